//! Majority judgment: projects ranked by their median grade.
//!
//! **Definition.** The majority grade of a project is its lower median. Two projects of equal median are separated by
//! removing one median grade from each, again and again, until the medians differ.
//!
//! **Source.** Balinski, Laraki, *Majority Judgment* (2010). A rule of consensus, not proportional.
//!
//! **Cost.** `O(grades)` for one comparison, whatever the number of ballots: medians removed one by one go away from the middle,
//! one side then the other, so equal grades are removed together.

use std::cmp::Ordering;

use crate::election::Election;
use crate::error::CountError;
use crate::outcome::{Certificate, Measure, Outcome, Round};
use crate::tie::TieBreak;

/// Most numbers of ballots kept, one for each project and grade.
const MOST_COUNTS: u64 = 10_000_000;

/// The lower median grade, from the number of ballots that gave each grade, the worst first. `None` without ballots.
#[must_use]
pub fn majority_grade(counts: &[u64]) -> Option<usize> {
    let total: u64 = counts.iter().sum();
    let middle = total.div_ceil(2);
    let mut seen = 0;
    counts.iter().position(|count| {
        seen += count;
        total > 0 && seen >= middle
    })
}

/// Compares two projects: `Greater` when the first one is better.
#[must_use]
pub fn compare(first: &[u64], second: &[u64]) -> Ordering {
    let (mut first, mut second) = (removals(first), removals(second));
    loop {
        for turn in 0..2 {
            let grade = |sides: &[Side; 2]| sides[turn].last().map(|(grade, _)| *grade);
            match grade(&first).cmp(&grade(&second)) {
                Ordering::Equal => {}
                decided => return decided,
            }
        }
        // The same grades on both sides, for as long as none of them runs out.
        let left = first.iter().chain(&second).filter_map(|side| side.last()).map(|(_, left)| *left);
        let Some(rounds) = left.min() else { return Ordering::Equal };
        for side in first.iter_mut().chain(&mut second) {
            side.last_mut().into_iter().for_each(|(_, left)| *left -= rounds);
            side.pop_if(|(_, left)| *left == 0);
        }
    }
}

/// Grades and how many ballots gave them, from the far end to the middle.
type Side = Vec<(usize, u64)>;

/// The worse half of the grades and the better half, the one that loses its grade nearest to the middle first.
fn removals(counts: &[u64]) -> [Side; 2] {
    let total: u64 = counts.iter().sum();
    let (mut worse, mut better) = (Side::new(), Side::new());
    let mut rest = total / 2;
    for (grade, &count) in counts.iter().enumerate() {
        let here = count.min(rest);
        rest -= here;
        worse.extend((here > 0).then_some((grade, here)));
        better.extend((count > here).then_some((grade, count - here)));
    }
    better.reverse();
    // The lower median of an even number of ballots is in the worse half.
    if total.is_multiple_of(2) { [worse, better] } else { [better, worse] }
}

/// The ranking, the best first; projects exactly equal stand together.
///
/// ```
/// use vote::rules::majority_judgment::ranking;
///
/// // Ten ballots: « A » has five grades 1 and five grades 2; « B » four and six.
/// assert_eq!(ranking(&[vec![0, 5, 5, 0], vec![0, 4, 6, 0]]), [vec![1], vec![0]]);
/// ```
#[must_use]
pub fn ranking(counts: &[Vec<u64>]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by(|&a, &b| compare(&counts[b], &counts[a]).then(a.cmp(&b)));
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for project in order {
        match groups.last_mut() {
            Some(group) if compare(&counts[group[0]], &counts[project]).is_eq() => group.push(project),
            _ => groups.push(vec![project]),
        }
    }
    groups
}

/// Number of ballots that gave each grade to each project. A project that a ballot does not grade gets the worst grade.
pub(crate) fn grade_counts(election: &Election) -> Vec<Vec<u64>> {
    let best = election.ballots.iter().flat_map(|(ballot, _)| ballot).map(|choice| choice.points).max().unwrap_or(0);
    let mut counts = vec![vec![0_u64; best as usize + 1]; election.projects.len()];
    let total = election.ballots.total();
    for (ballot, weight) in election.ballots.iter() {
        for choice in ballot {
            counts[choice.project as usize][choice.points as usize] += weight;
        }
    }
    for grades in &mut counts {
        let given: u64 = grades.iter().sum();
        grades[0] += total - given;
    }
    counts
}

/// Takes the projects in the order of the ranking, skipping what does not fit and what has the worst median.
///
/// ```
/// use vote::rules::majority_judgment::majority_judgment;
/// # use vote::{BallotKind, Election, Project, TieBreak};
/// # let project = |id: &str, cost| Project { id: id.into(), cost, ..Project::default() };
/// # let mut election = Election::new(BallotKind::Grades, 1_000,
/// #     vec![project("bancs", 600), project("four", 500), project("serre", 300)])?;
/// // Grades go from 0 to 3; « serre » is graded by one voter only, and gets 0 from the others.
/// election.score(&[("bancs", 3), ("four", 2), ("serre", 3)])?;
/// election.score(&[("bancs", 2), ("four", 2)])?;
/// election.score(&[("bancs", 2), ("four", 3)])?;
/// let outcome = majority_judgment(&election, &TieBreak::Recommended)?;
/// // Two medians of 2. One median removed from each, « bancs » has 2 and 3, « four » 2 and 3: equal, the cheapest wins.
/// assert_eq!(outcome.winner_ids(&election), ["four"]);
/// assert_eq!((outcome.rounds[0].value, outcome.rounds[0].tied), (2.0, 2));
/// # Ok::<(), vote::CountError>(())
/// ```
///
/// # Errors
/// No ballot, ballots without grades, or too many grades.
pub fn majority_judgment(election: &Election, tie: &TieBreak) -> Result<Outcome, CountError> {
    if !election.kind.has_points() {
        let rule = "majority_judgment".to_owned();
        return Err(CountError::NotApplicable { rule, reason: "elle demande des mentions (des points) par projet." });
    }
    election.check_ballots()?;
    let best = election.ballots.iter().flat_map(|(ballot, _)| ballot).map(|choice| choice.points).max().unwrap_or(0);
    if best > 1_000 || u64::from(best) * election.projects.len() as u64 > MOST_COUNTS {
        return Err(CountError::TooLarge(
            "plus de mille mentions différentes, ou trop de projets pour tant de mentions.",
        ));
    }
    let counts = grade_counts(election);
    let votes = election.votes();
    let ranks = tie.ranks(election);
    let mut left = election.budget;
    let mut rounds = Vec::new();
    for mut group in ranking(&counts) {
        group.sort_by_key(|&project| ranks[project]);
        for &project in &group {
            let Some(grade) = majority_grade(&counts[project]).filter(|grade| *grade > 0) else { continue };
            let cost = election.projects[project].cost;
            if cost > left {
                continue;
            }
            left -= cost;
            let figure = (f64::from(u32::try_from(grade).unwrap_or(u32::MAX)), Some(grade.to_string()));
            rounds.push(Round { tied: group.len(), ..Round::new(project, votes[project], Measure::Score, figure) });
        }
    }
    let certificate = Certificate::by_integers(&rounds);
    Ok(Outcome::new(election, rounds, true, certificate))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As in the definition: one median after the other.
    fn one_by_one(first: &[u64], second: &[u64]) -> Ordering {
        let (mut first, mut second) = (first.to_vec(), second.to_vec());
        loop {
            let (a, b) = (majority_grade(&first), majority_grade(&second));
            let (Some(grade), true) = (a, a == b) else { return a.cmp(&b) };
            first[grade] -= 1;
            second[grade] -= 1;
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 5_000, ..ProptestConfig::default() })]

        #[test]
        fn grades_removed_together_or_one_by_one(
            first in prop::collection::vec(0_u64..6, 1..5),
            second in prop::collection::vec(0_u64..6, 1..5),
        ) {
            prop_assert_eq!(compare(&first, &second), one_by_one(&first, &second));
            let mut turned = first.clone();
            turned.rotate_left(1);
            prop_assert_eq!(compare(&first, &turned), one_by_one(&first, &turned));
        }
    }

    #[test]
    fn a_billion_ballots_are_compared_at_once() {
        let (first, second) = ([1_000_000_000, 2_000_000_001], [1_000_000_001, 2_000_000_000]);
        assert_eq!(compare(&first, &second), Ordering::Greater);
        assert_eq!(compare(&first, &first), Ordering::Equal);
    }
}
