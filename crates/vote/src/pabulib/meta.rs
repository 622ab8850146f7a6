//! `META`: keys, amounts, limits of a ballot.

use std::borrow::Cow;
use std::collections::HashSet;

use super::cells::cells;
use super::leniencies::Reports;
use super::rows::{Rows, check_section, is_section};
use super::{BallotRules, Limits, ReadError, VoidReason, error};
use crate::election::{BallotKind, Choice, Election, LARGEST_AMOUNT};

/// One line of `META`.
pub(super) struct MetaEntry<'a> {
    pub(super) line: usize,
    pub(super) key: Cow<'a, str>,
    pub(super) value: Cow<'a, str>,
}

pub(super) fn read_meta<'a>(rows: &mut Rows<'a>, report: &mut Reports) -> Result<Vec<MetaEntry<'a>>, ReadError> {
    let mut meta: Vec<MetaEntry<'a>> = Vec::new();
    let mut keys: HashSet<Cow<'a, str>> = HashSet::new();
    while let Some((line, row)) = rows.next()? {
        if is_section(row, "PROJECTS") {
            check_section(line, row, "PROJECTS", report);
            return Ok(meta);
        }
        if meta.len() == MOST_KEYS {
            return Err(error(line, format!("META a plus de {MOST_KEYS} lignes.")));
        }
        let mut parts = cells(row);
        let key = parts.next().unwrap_or_default();
        let value = parts.next().unwrap_or_default();
        if key.eq_ignore_ascii_case("key") && value.eq_ignore_ascii_case("value") {
            continue;
        }
        let more: Vec<_> = parts.filter(|cell| !cell.is_empty()).collect();
        let value = if more.is_empty() {
            value
        } else {
            report.add(line, "un « ; » sans guillemets dans une valeur : la suite en fait partie");
            Cow::Owned(std::iter::once(value).chain(more).collect::<Vec<_>>().join(";"))
        };
        if !keys.insert(key.clone()) {
            return Err(error(line, format!("« {key} » est donné deux fois. Gardez une seule ligne.")));
        }
        meta.push(MetaEntry { line, key, value });
    }
    Err(error(rows.line + 1, "le fichier s’arrête avant la section PROJECTS. Est-il entier ?"))
}

/// Most lines of `META`.
const MOST_KEYS: usize = 1_000;

/// A number that the file announces (`num_votes`, `num_projects`), nothing when it does not.
pub(super) fn announced(meta: &[MetaEntry<'_>], key: &str) -> Result<Option<usize>, ReadError> {
    let Some(found) = entry(meta, key).filter(|found| !found.value.is_empty()) else { return Ok(None) };
    let wrong =
        || error(found.line, format!("« {key} » vaut « {} » : écrivez un nombre entier, sans espace.", found.value));
    found.value.parse().map(Some).map_err(|_| wrong())
}

/// Keys that would change the count, and that this reader does not apply.
pub(super) fn not_applied(meta: &[MetaEntry<'_>], limits: Limits, report: &mut Reports) -> Result<(), ReadError> {
    for key in ["min_length_per_category", "max_length_per_category"] {
        let Some(found) = entry(meta, key).filter(|found| !found.value.is_empty()) else { continue };
        let what = format!(
            "la limite « {key} » n’est pas appliquée : les bulletins comptent quel que soit leur nombre de projets par catégorie"
        );
        if limits == Limits::Enforce {
            return Err(error(found.line, format!("{what}. Retirez-la, ou ne demandez pas les limites.")));
        }
        report.add(found.line, what);
    }
    if let Some(found) = entry(meta, "default_score").filter(|found| !matches!(found.value.as_ref(), "" | "0" | "0.0"))
    {
        report.add(
            found.line,
            "« default_score » n’est pas appliqué : un projet que le bulletin ne nomme pas n’a aucun point",
        );
    }
    Ok(())
}

/// A decimal number as digits and number of decimals, without final zeros.
#[derive(Clone, Copy)]
pub(super) struct Decimal {
    digits: u64,
    pub(super) decimals: u32,
}

impl Decimal {
    fn at(self, decimals: u32) -> Option<u64> {
        self.digits.checked_mul(10_u64.checked_pow(decimals.checked_sub(self.decimals)?)?)
    }
}

/// What a number that cannot be read has of its own, and how to write it.
fn unreadable(what: &str, text: &str) -> String {
    let inner_space = |c: char| c.is_whitespace() || c == '\u{202f}' || c == '\u{a0}';
    let decimals = text.rsplit_once(['.', ',']).map_or("", |(_, decimals)| decimals);
    let plain = text.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',');
    if text.is_empty() {
        return format!("{what} manque. Écrivez par exemple 12500.50.");
    }
    if text.chars().any(inner_space) {
        let joined: String = text.chars().filter(|c| !inner_space(*c)).collect();
        return format!("{what} « {text} » contient une espace. Écrivez-le sans : {joined}.");
    }
    if text.starts_with('-') {
        return format!("{what} « {text} » est négatif. Écrivez un nombre supérieur à zéro.");
    }
    if text.contains(['e', 'E']) && text.chars().all(|c| c.is_ascii_digit() || "eE+-.,".contains(c)) {
        return format!(
            "{what} « {text} » est écrit avec un exposant. Écrivez tous ses chiffres, par exemple 1000000."
        );
    }
    if plain && text.matches(['.', ',']).count() == 1 && decimals.len() > 6 {
        return format!(
            "{what} « {text} » a {} décimales, il en faut six au plus (un calcul de tableur en laisse parfois trop). \
             Arrondissez-le, par exemple au centime.",
            decimals.len()
        );
    }
    if plain && text.matches(['.', ',']).count() > 1 {
        return format!("{what} « {text} » a plusieurs points ou virgules. Écrivez par exemple 12500.50.");
    }
    if text.chars().all(|c| c.is_ascii_digit()) {
        return format!("{what} « {text} » est trop grand pour être compté exactement.");
    }
    format!("{what} « {text} » n’est pas un nombre positif lisible. Écrivez par exemple 12500.50.")
}

pub(super) fn decimal(line: usize, what: &str, text: &str, report: &mut Reports) -> Result<Decimal, ReadError> {
    let wrong = || error(line, unreadable(what, text));
    if let Some((_, after)) = text.split_once(',')
        && after.len() == 3
        && after.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Err(error(
            line,
            format!(
                "{what} « {text} » est ambigu : la virgule sépare-t-elle les milliers ou les décimales ? Écrivez par exemple 12500 ou 12.5."
            ),
        ));
    }
    let mut digits: u64 = 0;
    let mut decimals: Option<u32> = None;
    let mut zeros = 0_u32;
    let mut any = false;
    for character in text.chars() {
        match character {
            '0'..='9' => {
                any = true;
                if let Some(count) = &mut decimals {
                    // Final zeros add nothing: they wait until another digit follows.
                    if character == '0' {
                        zeros += 1;
                        continue;
                    }
                    *count += zeros + 1;
                    for _ in 0..zeros {
                        digits = digits.checked_mul(10).ok_or_else(wrong)?;
                    }
                    zeros = 0;
                }
                let digit = u64::from(character) - u64::from('0');
                digits = digits.checked_mul(10).and_then(|d| d.checked_add(digit)).ok_or_else(wrong)?;
            }
            '.' | ',' if decimals.is_none() => {
                if character == ',' {
                    report.add(line, "une virgule décimale, lue comme un point");
                }
                decimals = Some(0);
            }
            _ => return Err(wrong()),
        }
    }
    let decimals = decimals.unwrap_or(0);
    if !any || decimals > 6 {
        return Err(wrong());
    }
    Ok(Decimal { digits, decimals })
}

pub(super) fn amount(line: usize, what: &str, value: Decimal, decimals: u32) -> Result<u64, ReadError> {
    match value.at(decimals) {
        Some(0) => Err(error(line, format!("{what} doit être supérieur à zéro."))),
        Some(amount) if amount <= LARGEST_AMOUNT => Ok(amount),
        _ => Err(error(line, format!("{what} est trop grand pour être compté exactement."))),
    }
}

pub(super) fn entry<'m, 'a>(meta: &'m [MetaEntry<'a>], key: &str) -> Option<&'m MetaEntry<'a>> {
    meta.iter().find(|entry| entry.key == key)
}

pub(super) fn ballot_kind(meta: &[MetaEntry<'_>], report: &mut Reports) -> Result<BallotKind, ReadError> {
    let Some(found) = entry(meta, "vote_type") else {
        report.add(1, "« vote_type » manque : les bulletins sont lus comme des approbations");
        return Ok(BallotKind::Approval);
    };
    BallotKind::from_name(&found.value.to_lowercase())
        .ok_or_else(|| error(found.line, format!("le type de vote « {} » n’est pas connu.", found.value)))
}

pub(super) fn ballot_rules(
    meta: &[MetaEntry<'_>],
    election: &Election,
    report: &mut Reports,
) -> Result<BallotRules, ReadError> {
    let mut number = |key: &str, decimals: u32| -> Result<Option<u64>, ReadError> {
        let Some(entry) = entry(meta, key).filter(|entry| !entry.value.is_empty()) else { return Ok(None) };
        let value = decimal(entry.line, &format!("La limite {key}"), &entry.value, report)?;
        match value.at(decimals) {
            Some(value) => Ok(Some(value)),
            None if value.decimals > decimals => {
                Err(error(entry.line, format!("la limite {key} a trop de décimales.")))
            }
            None => Ok(None),
        }
    };
    let choose_one = (election.kind == BallotKind::ChooseOne).then_some(1);
    Ok(BallotRules {
        min_length: number("min_length", 0)?,
        max_length: number("max_length", 0)?.or(choose_one),
        min_sum_cost: number("min_sum_cost", election.decimals)?,
        max_sum_cost: number("max_sum_cost", election.decimals)?,
        min_points: number("min_points", 0)?,
        max_points: number("max_points", 0)?,
        min_sum_points: number("min_sum_points", 0)?,
        max_sum_points: number("max_sum_points", 0)?,
    })
}

impl BallotRules {
    /// The first limit that a ballot breaks.
    #[must_use]
    pub fn broken_by(&self, election: &Election, ballot: &[Choice]) -> Option<VoidReason> {
        let length = ballot.len() as u64;
        if self.min_length.is_some_and(|min| length < min) {
            return Some(VoidReason::TooShort);
        }
        if self.max_length.is_some_and(|max| length > max) {
            return Some(VoidReason::TooLong);
        }
        if self.min_sum_cost.is_some() || self.max_sum_cost.is_some() {
            let cost = election.cost_of(ballot.iter().map(|choice| choice.project as usize));
            if self.min_sum_cost.is_some_and(|min| cost < min) {
                return Some(VoidReason::TooCheap);
            }
            if self.max_sum_cost.is_some_and(|max| cost > max) {
                return Some(VoidReason::TooExpensive);
            }
        }
        if !election.kind.has_points() {
            return None;
        }
        let outside = |points: u64, min: Option<u64>, max: Option<u64>| {
            min.is_some_and(|min| points < min) || max.is_some_and(|max| points > max)
        };
        if ballot.iter().any(|choice| outside(u64::from(choice.points), self.min_points, self.max_points)) {
            return Some(VoidReason::Points);
        }
        let sum = ballot.iter().map(|choice| u64::from(choice.points)).sum();
        outside(sum, self.min_sum_points, self.max_sum_points).then_some(VoidReason::SumOfPoints)
    }
}
