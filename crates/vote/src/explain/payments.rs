//! Who paid what, round by round, and what was left to them.

use std::collections::BTreeMap;

use crate::election::Election;
use crate::error::CountError;
use crate::outcome::{Measure, Outcome, Round};
use crate::profile::{Profile, Supporter, Utility};
use crate::rule::Rule;
use crate::rules::greedy::to_f64;

/// Most lines for the supporters who gave all they had, in one round.
const LINES: u64 = 8;
/// Amounts closer than this part of the share are the same for a reader.
const SAME: f64 = 1e-9;

/// Voters who paid for a project in one round, in amounts of the currency.
///
/// Made with doubles, for readers: the price and the numbers of payers of a [`Round`] are the exact figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Payment {
    /// How many voters.
    pub voters: u64,
    /// They paid the whole price; otherwise, all they had.
    pub whole: bool,
    /// What each of them paid.
    pub paid: Span,
    /// What was left to each of them.
    pub left: Span,
}

/// The least, the most and the sum of some amounts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// The least.
    pub least: f64,
    /// The most.
    pub most: f64,
    /// All together.
    pub total: f64,
}

impl Default for Span {
    fn default() -> Self {
        Self { least: f64::INFINITY, most: 0.0, total: 0.0 }
    }
}

impl Span {
    fn add(&mut self, amount: f64, voters: f64) {
        self.least = self.least.min(amount);
        self.most = self.most.max(amount);
        self.total += amount * voters;
    }
}

impl Payment {
    fn new(whole: bool) -> Self {
        Self { voters: 0, whole, paid: Span::default(), left: Span::default() }
    }

    fn add(&mut self, paid: f64, left: f64, voters: u32) {
        self.voters += u64::from(voters);
        self.paid.add(paid, f64::from(voters));
        self.left.add(left, f64::from(voters));
    }
}

/// The payments of each round, for the rules where voters pay (Equal Shares, bounded overspending, Phragmén).
///
/// A round has one line for each utility of those who paid the whole price, and at most about eight lines, by amount, for
/// those who gave all they had: the size does not depend on the number of ballots.
///
/// # Errors
/// A vote without ballots.
pub fn payments(election: &Election, rule: Rule, outcome: &Outcome) -> Result<Vec<Vec<Payment>>, CountError> {
    Ok(followed(election, rule, outcome)?.0)
}

/// The payments of each round, and what the supporters of each project still have at the end, in the currency, when voters
/// hold money: both from one profile, which weighs as much as the ballots.
pub(crate) fn followed(
    election: &Election,
    rule: Rule,
    outcome: &Outcome,
) -> Result<(Vec<Vec<Payment>>, Vec<f64>), CountError> {
    let utility = match rule {
        Rule::EqualShares { utility, .. } | Rule::Overspending(utility) => utility,
        Rule::Phragmen { .. } => Utility::Cardinality,
        _ => return Ok((vec![Vec::new(); outcome.rounds.len()], Vec::new())),
    };
    let profile = Profile::new(election, utility)?;
    let mut rounds = Vec::with_capacity(outcome.rounds.len());
    let left = replay(&profile, outcome, |payments| rounds.push(payments));
    let supporters = |project| profile.supporters(project).iter();
    let support = (0..profile.projects()).map(|project| {
        // From zero: the sum of nothing is otherwise a negative zero.
        supporters(project).fold(0.0, |sum, s: &Supporter| sum + f64::from(s.weight) * left[s.group as usize])
    });
    let support = support.collect();
    Ok((rounds, support))
}

/// Follows the money of each group of ballots; gives what is left at the end, in the currency.
fn replay(profile: &Profile<'_>, outcome: &Outcome, mut each: impl FnMut(Vec<Payment>)) -> Vec<f64> {
    let mut purses = Purses { profile, amounts: vec![0.0; profile.election.ballots.groups()], share: 0.0 };
    for (position, round) in outcome.rounds.iter().enumerate() {
        if let Some(share) = outcome.shares.iter().rfind(|share| share.first_round == position) {
            purses.share = share.value;
            purses.amounts.fill(share.value);
        }
        each(match round.measure {
            Measure::Price => purses.pay(round),
            Measure::Load => purses.bear(round),
            _ => Vec::new(),
        });
    }
    purses.amounts
}

/// What each group of ballots has left, or the load that it bears.
struct Purses<'p> {
    profile: &'p Profile<'p>,
    amounts: Vec<f64>,
    share: f64,
}

impl Purses<'_> {
    /// Supporters pay the price of their utility, or all they have.
    fn pay(&mut self, round: &Round) -> Vec<Payment> {
        let scale = to_f64(self.profile.scale(round.project));
        // The price of one euro of utility, or of one project or point.
        let unit = if self.profile.utility == Utility::Cost { to_f64(self.profile.election.unit()) } else { 1.0 };
        let price = round.value * scale / unit;
        let mut whole: BTreeMap<u32, Payment> = BTreeMap::new();
        let mut all = Vec::new();
        for &Supporter { group, weight, value } in self.profile.supporters(round.project) {
            let amount = &mut self.amounts[group as usize];
            let (had, asked) = (*amount, price * f64::from(value));
            if had <= 0.0 {
                continue;
            }
            let left = had - asked;
            *amount = if left > SAME * self.share { left } else { 0.0 };
            if left > -SAME * self.share {
                whole.entry(value).or_insert(Payment::new(true)).add(asked, *amount, weight);
            } else {
                all.push((had, weight));
            }
        }
        whole.into_values().rev().chain(self.lines(all)).collect()
    }

    /// Supporters give what they earned since their last purchase.
    fn bear(&mut self, round: &Round) -> Vec<Payment> {
        let mut all = Vec::new();
        for &Supporter { group, weight, .. } in self.profile.supporters(round.project) {
            let earned = round.value - self.amounts[group as usize];
            if earned > SAME * round.value {
                all.push((earned, weight));
            }
            self.amounts[group as usize] = round.value;
        }
        self.share = round.value;
        self.lines(all)
    }

    /// Those who gave all they had, from the one who gave most: one line for each amount, or for each part of them.
    fn lines(&self, mut all: Vec<(f64, u32)>) -> Vec<Payment> {
        all.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        let differ = |a: f64, b: f64| (a - b).abs() > SAME * self.share;
        let amounts = 1 + all.windows(2).filter(|pair| differ(pair[0].0, pair[1].0)).count() as u64;
        let voters: u64 = all.iter().map(|(_, weight)| u64::from(*weight)).sum();
        let quota = if amounts <= LINES { 0 } else { voters.div_ceil(LINES) };
        let mut lines: Vec<Payment> = Vec::new();
        for (paid, weight) in all {
            match lines.last_mut() {
                Some(line) if line.voters < quota || !differ(line.paid.least, paid) => line.add(paid, 0.0, weight),
                _ => {
                    let mut line = Payment::new(false);
                    line.add(paid, 0.0, weight);
                    lines.push(line);
                }
            }
        }
        lines
    }
}
