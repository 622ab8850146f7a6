//! A rule as a value: its name, its text in French, and how to apply it.

use crate::control::Control;
use crate::election::Election;
use crate::error::CountError;
use crate::outcome::Outcome;
use crate::profile::Utility;
use crate::rules::equal_shares::{self, Completion, StopWhen};
use crate::rules::greedy::{Misfit, Order, Score};
use crate::rules::{greedy, kemeny, knapsack, majority_judgment, maximin, overspending, phragmen};
use crate::tie::TieBreak;

/// A selection rule, with its variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// Sort, take what fits.
    Greedy {
        /// Order of the projects.
        order: Order,
        /// What does not fit.
        misfit: Misfit,
        /// Fewest votes or points.
        threshold: Option<u64>,
    },
    /// Set of highest total score.
    Knapsack(Utility),
    /// Method of Equal Shares.
    EqualShares {
        /// What a voter gains.
        utility: Utility,
        /// What is done with the money left.
        completion: Completion,
    },
    /// Equal Shares with bounded overspending.
    Overspending(Utility),
    /// Sequential Phragmén, then perhaps a greedy filling.
    Phragmen {
        /// Greedy filling.
        fill: bool,
    },
    /// Maximin support.
    Maximin,
    /// Majority judgment.
    MajorityJudgment,
    /// Kemeny.
    Kemeny,
}

/// French names, and the names that they stand for; the README lists them.
const ALIASES: [(&str, &str); 13] = [
    ("plus_de_voix", "greedy_votes"),
    ("glouton", "greedy_votes"),
    ("plus_de_points", "greedy_score"),
    ("voix_par_euro", "greedy_score_per_cost"),
    ("sac_a_dos", "knapsack_optimum_card"),
    ("parts_egales", "mes_cost"),
    ("parts_egales_completees", "mes_cost_add1"),
    ("parts_egales_puis_voix", "mes_cost_add1_then_greedy_votes"),
    ("parts_egales_points", "mes_points"),
    ("depassement_borne", "bos_cost"),
    ("phragmen_puis_voix", "phragmen_then_greedy_votes"),
    ("soutien_maximin", "maximin_support"),
    ("jugement_majoritaire", "majority_judgment"),
];

impl Rule {
    /// Reads a name: those of the reference files (`mes_cost_add1`), or a French alias (`parts_egales`).
    ///
    /// A greedy rule may end with `_threshold_100` (fewest votes) and `_no_skip` (stop at the first misfit).
    ///
    /// ```
    /// use vote::Rule;
    ///
    /// let rule = Rule::from_name("parts_egales_completees")?;
    /// assert_eq!((rule, rule.name().as_str()), (Rule::from_name("mes_cost_add1")?, "mes_cost_add1"));
    /// assert!(rule.text().contains("jamais retenu"));
    /// assert!(Rule::from_name("au_hasard").is_err());
    /// # Ok::<(), vote::CountError>(())
    /// ```
    ///
    /// # Errors
    /// [`CountError::UnknownRule`].
    pub fn from_name(name: &str) -> Result<Self, CountError> {
        let full = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, full)| full);
        Self::parse(full).ok_or_else(|| CountError::UnknownRule(name.to_owned()))
    }

    fn parse(name: &str) -> Option<Self> {
        match name {
            "phragmen" => return Some(Self::Phragmen { fill: false }),
            "phragmen_then_greedy_votes" => return Some(Self::Phragmen { fill: true }),
            "maximin_support" => return Some(Self::Maximin),
            "majority_judgment" => return Some(Self::MajorityJudgment),
            "kemeny" => return Some(Self::Kemeny),
            _ => {}
        }
        if let Some(utility) = name.strip_prefix("knapsack_optimum_") {
            return utility_named(utility).map(Self::Knapsack);
        }
        if let Some(utility) = name.strip_prefix("bos_") {
            return utility_named(utility).map(Self::Overspending);
        }
        if let Some(rest) = name.strip_prefix("mes_") {
            return Self::parse_equal_shares(rest);
        }
        Self::parse_greedy(name)
    }

    fn parse_greedy(name: &str) -> Option<Self> {
        let (name, misfit) = match name.strip_suffix("_no_skip") {
            Some(name) => (name, Misfit::Stop),
            None => (name, Misfit::Skip),
        };
        let (name, threshold) = match name.split_once("_threshold_") {
            Some((name, least)) => (name, Some(least.parse().ok()?)),
            None => (name, None),
        };
        let order = match name {
            "greedy_votes" => Order::Score(Score::Votes),
            "greedy_score" | "greedy_points" => Order::Score(Score::Points),
            "greedy_score_per_cost" => Order::ScorePerCost,
            _ => return None,
        };
        Some(Self::Greedy { order, misfit, threshold })
    }

    fn parse_equal_shares(rest: &str) -> Option<Self> {
        let (rest, fill) = match rest {
            rest if rest.ends_with("_add1u") => (rest.strip_suffix('u')?, Some(Order::Score(Score::Votes))),
            rest => match rest.split_once("_then_greedy_") {
                Some((rest, "votes")) => (rest, Some(Order::Score(Score::Votes))),
                Some((rest, "score_per_cost")) => (rest, Some(Order::ScorePerCost)),
                Some(_) => return None,
                None => (rest, None),
            },
        };
        let (utility, add1) = match rest.split_once("_add1") {
            Some((utility, "")) => (utility, Some(StopWhen::Overspend)),
            Some((utility, "_stop_when_exhaustive")) => (utility, Some(StopWhen::Exhaustive)),
            Some(_) => return None,
            None => (rest, None),
        };
        Some(Self::EqualShares { utility: utility_named(utility)?, completion: Completion { add1, fill } })
    }

    /// The name that [`Rule::from_name`] reads.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Greedy { order, misfit, threshold } => {
                let order = match order {
                    Order::Score(Score::Votes) => "greedy_votes",
                    Order::Score(Score::Points) => "greedy_score",
                    Order::ScorePerCost => "greedy_score_per_cost",
                };
                let threshold = threshold.map_or(String::new(), |least| format!("_threshold_{least}"));
                let misfit = if *misfit == Misfit::Stop { "_no_skip" } else { "" };
                format!("{order}{threshold}{misfit}")
            }
            Self::Knapsack(utility) => format!("knapsack_optimum_{}", utility.name()),
            Self::Overspending(utility) => format!("bos_{}", utility.name()),
            Self::EqualShares { utility, completion } => {
                let add1 = match completion.add1 {
                    None => "",
                    Some(StopWhen::Overspend) => "_add1",
                    Some(StopWhen::Exhaustive) => "_add1_stop_when_exhaustive",
                };
                let fill = match completion.fill {
                    None => "",
                    Some(Order::Score(_)) => "_then_greedy_votes",
                    Some(Order::ScorePerCost) => "_then_greedy_score_per_cost",
                };
                format!("mes_{}{add1}{fill}", utility.name())
            }
            Self::Phragmen { fill: false } => "phragmen".to_owned(),
            Self::Phragmen { fill: true } => "phragmen_then_greedy_votes".to_owned(),
            Self::Maximin => "maximin_support".to_owned(),
            Self::MajorityJudgment => "majority_judgment".to_owned(),
            Self::Kemeny => "kemeny".to_owned(),
        }
    }

    /// The rule in plain French, to be printed in the règlement and in the record.
    #[must_use]
    pub fn text(&self) -> String {
        let unsupported = " Un projet que personne ne soutient n’est jamais retenu.";
        let text = match self {
            Self::Greedy { order, misfit, threshold } => {
                let order = match order {
                    Order::Score(Score::Votes) => "Les projets sont classés par nombre de voix.",
                    Order::Score(Score::Points) => "Les projets sont classés par total de points.",
                    Order::ScorePerCost => "Les projets sont classés par nombre de voix (ou de points) par euro.",
                };
                let misfit = match misfit {
                    Misfit::Skip => " Dans cet ordre, chaque projet qui tient dans le reste de l’enveloppe est retenu ; les autres sont passés.",
                    Misfit::Stop => " Dans cet ordre, les projets sont retenus jusqu’au premier qui ne tient pas dans l’enveloppe.",
                };
                let threshold = threshold
                    .map_or(String::new(), |least| format!(" Il faut au moins {least} voix ou points pour être retenu."));
                format!("{order}{misfit}{threshold}")
            }
            Self::Knapsack(utility) => format!("{KNAPSACK}{}", utility_text(*utility)),
            Self::EqualShares { utility, completion } => {
                format!("{}{}{}", shares_text(), utility_text(*utility), completion_text(*completion))
            }
            Self::Overspending(utility) => format!("{OVERSPENDING}{}", utility_text(*utility)),
            Self::Phragmen { fill } => {
                let fill = if *fill { " Le reste de l’enveloppe va aux projets qui ont le plus de voix (le plus de points, si les bulletins en donnent ou classent les projets) et qui tiennent encore." } else { "" };
                format!("{PHRAGMEN}{fill}")
            }
            Self::Maximin => MAXIMIN.to_owned(),
            Self::MajorityJudgment => "Chaque projet reçoit sa mention majoritaire (la médiane). À mention égale, on retire une mention médiane à chacun jusqu’à les départager. Dans cet ordre, chaque projet qui tient dans l’enveloppe est retenu ; un projet à la plus basse mention ne l’est pas. Un projet qu’un bulletin ne juge pas y reçoit la plus basse mention.".to_owned(),
            Self::Kemeny => "Les projets sont rangés dans l’ordre qui contredit le moins les classements du jury ; un projet qu’un bulletin ne classe pas y vient après tous ceux qu’il classe. Dans cet ordre, chaque projet qui tient dans l’enveloppe est retenu.".to_owned(),
        };
        format!("{text}{unsupported}")
    }

    /// Applies the rule.
    ///
    /// # Errors
    /// [`CountError`].
    pub fn count(&self, election: &Election, tie: &TieBreak, control: &Control<'_>) -> Result<Outcome, CountError> {
        match *self {
            Self::Greedy { order, misfit, threshold } => greedy::greedy(election, order, misfit, threshold, tie),
            Self::Knapsack(utility) => knapsack::knapsack(election, utility, tie, control),
            Self::EqualShares { utility, completion } => {
                equal_shares::equal_shares(election, utility, completion, tie, control)
            }
            Self::Overspending(utility) => overspending::bounded_overspending(election, utility, tie, control),
            Self::Phragmen { fill } => {
                let mut outcome = phragmen::phragmen(election, tie, control)?;
                if fill {
                    let rest = equal_shares::Filling { limits: &[], excluded: &[], envelope: election.budget };
                    equal_shares::fill(election, Order::Score(Score::Votes), tie, &rest, &mut outcome);
                }
                Ok(outcome)
            }
            Self::Maximin => maximin::maximin_support(election, tie, control),
            Self::MajorityJudgment => majority_judgment::majority_judgment(election, tie),
            Self::Kemeny => kemeny::kemeny_budget(election, tie, control),
        }
    }
}

fn utility_named(name: &str) -> Option<Utility> {
    [Utility::Cost, Utility::Cardinality, Utility::Points, Utility::Positional, Utility::BordaZeroLast]
        .into_iter()
        .find(|utility| utility.name() == name)
}

// The texts that fix a result to the last project: each detail of these decides on some vote, and a test says which.

const KNAPSACK: &str = "Les projets retenus sont ceux qui donnent ensemble aux votants la plus grande utilité possible dans l’enveloppe : la somme, sur les bulletins, des utilités des projets retenus. Si plusieurs ensembles atteignent ce maximum, la règle d’égalité range tous les projets ; dans cet ordre, un projet est retenu dès qu’un de ces ensembles le contient avec ceux déjà retenus, sans ceux déjà écartés.";

const OVERSPENDING: &str = "L’enveloppe est partagée également entre tous les bulletins, blancs compris. Un projet peut être acheté même si ses soutiens n’en paient qu’une partie. Pour chaque projet soutenu qui tient dans le reste de l’enveloppe, et pour chaque somme λ demandée par unité d’utilité, chaque soutien donne λ fois son utilité, ou tout ce qui lui reste si c’est moins. La part α est ce qui est ainsi réuni, divisé par le coût, 1 au plus. Le prix est ρ = λ / α. Chaque projet prend le λ pour lequel ρ / α est le plus petit (le plus petit de ces λ, s’il y en a plusieurs). On achète chaque fois le projet dont ρ / α est le plus petit. Chaque soutien paie ρ fois son utilité, ou tout ce qui lui reste si c’est moins. L’enveloppe paie ce qui manque. On s’arrête quand aucun projet qui tient n’a de soutien à qui il reste de l’argent. Le total ne dépasse jamais l’enveloppe.";

const PHRAGMEN: &str = "Les projets plus chers que toute l’enveloppe sont écartés d’abord. Chaque votant gagne de l’argent à la même vitesse, sans limite. Un projet est acheté dès que ses soutiens peuvent le payer ensemble : chacun d’eux donne alors tout ce qu’il a. On s’arrête dès qu’un projet que ses soutiens peuvent payer ne tient plus dans le reste de l’enveloppe, même si d’autres, à égalité avec lui ou plus tard, tiendraient encore.";

const MAXIMIN: &str = "Les projets sont ajoutés un à un. Pour chaque projet soutenu qui tient dans le reste de l’enveloppe, les coûts de ce projet et de ceux déjà retenus sont répartis entre leurs soutiens de façon que le votant le plus chargé le soit le moins possible ; on prend le projet pour lequel cette plus forte charge est la plus petite. Un projet qui ne tient pas est passé, et l’on continue avec les autres, jusqu’à ce qu’aucun projet soutenu ne tienne.";

fn shares_text() -> &'static str {
    "L’enveloppe est partagée également entre tous les bulletins, blancs compris. Un projet est acheté par les votants qui le soutiennent ; chacun paie au plus ce qui lui reste. On achète chaque fois le projet dont le prix, pour une même utilité, est le plus bas."
}

fn utility_text(utility: Utility) -> &'static str {
    match utility {
        Utility::Cost => " L’utilité d’un projet soutenu est son coût.",
        Utility::Cardinality => " Chaque projet soutenu compte autant.",
        Utility::Points => " L’utilité d’un projet est le nombre de points donnés.",
        Utility::Positional => " L’utilité d’un projet dépend de sa place : pour trois projets classés, 3, 2 puis 1.",
        Utility::BordaZeroLast => " L’utilité d’un projet est le nombre de projets classés après lui.",
    }
}

fn completion_text(completion: Completion) -> String {
    let add1 = match completion.add1 {
        None => "",
        Some(StopWhen::Overspend) => {
            " Pour utiliser le reste, on recommence en ajoutant une unité de monnaie à chaque part, et on garde le dernier résultat avant de dépasser l’enveloppe ; on s’arrête aussi quand tous les projets soutenus sont retenus."
        }
        Some(StopWhen::Exhaustive) => {
            " Pour utiliser le reste, on recommence en ajoutant une unité de monnaie à chaque part, jusqu’à ce qu’aucun autre projet ne tienne ou que l’enveloppe soit dépassée."
        }
    };
    let fill = match completion.fill {
        None => "",
        Some(Order::Score(_)) => {
            " Enfin, le reste va aux projets qui ont le plus de voix (le plus de points, si les bulletins en donnent ou classent les projets) et qui tiennent encore."
        }
        Some(Order::ScorePerCost) => {
            " Enfin, le reste va aux projets qui ont le plus de voix (ou de points) par euro et qui tiennent encore."
        }
    };
    format!("{add1}{fill}")
}
