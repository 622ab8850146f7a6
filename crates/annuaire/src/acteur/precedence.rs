//! Which source is followed, field by field: the one place that decides it. Data, dated, each with its reason; shown by
//! [`crate::tenue::sources`]. Between an agent and the actor, the last word is followed: who speaks takes the place of what
//! people said before on that field (`tenue::storage::dire`), so that one of both is there. A newer official value never wipes what a person said: it asks (`tenue`).

use jiff::civil::{Date, date};

use crate::vocabulaire::{Champ, Origine};

/// An order of sources.
pub struct Ordre {
    /// In force from.
    pub depuis: Date,
    /// For these fields; none: for all the others.
    pub champs: &'static [Champ],
    /// The first that says something is followed.
    pub sources: &'static [Origine],
    /// Why.
    pub pourquoi: &'static str,
}

use Origine::{Acteur, Agent, Confirme, Cress, EssFrance, Esus, Exemple, Reseau, Rna, Siae, Sirene};

/// The orders in force: one for a field, and one for all that is not named. Changing one is a new version, dated.
pub const ORDRES: &[Ordre] = &[
    Ordre {
        depuis: date(2026, 11, 1),
        champs: &[Champ::Diffusion],
        sources: &[Sirene, Agent, Acteur, Confirme, Rna, Siae, Esus, Cress, EssFrance, Exemple],
        pourquoi: "Le choix de ne pas être démarché se dit au répertoire Sirene (code de commerce, R123-232-1).",
    },
    Ordre {
        depuis: date(2026, 11, 1),
        champs: &[Champ::Rna, Champ::CategorieJuridique, Champ::Naf, Champ::Tranche, Champ::Commune],
        sources: &[Agent, Sirene, Acteur, Confirme, Rna, Siae, Esus, Cress, EssFrance, Exemple],
        pourquoi: "L’identité vient du registre, sauf quand un agent a corrigé une erreur.",
    },
    Ordre {
        depuis: date(2026, 11, 1),
        champs: &[],
        sources: &[Agent, Acteur, Confirme, Reseau, Sirene, Rna, Siae, Esus, Cress, EssFrance, Exemple],
        pourquoi: "Pour le reste, ceux qui connaissent la structure passent avant les listes.",
    },
];

/// The order in force for a field.
#[must_use]
pub fn ordre(champ: Champ) -> Option<&'static Ordre> {
    let nomme = ORDRES.iter().find(|ordre| ordre.champs.contains(&champ));
    nomme.or_else(|| ORDRES.iter().find(|ordre| ordre.champs.is_empty()))
}

/// Rank of a source for a field, the lowest is followed.
#[must_use]
pub fn rang(champ: Champ, source: Origine) -> usize {
    let place = ordre(champ).and_then(|ordre| ordre.sources.iter().position(|s| *s == source));
    place.unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chaque_source_a_sa_place_et_une_seule() {
        for ordre in ORDRES {
            for source in Origine::TOUS.iter().filter(|source| !matches!(source, Origine::Naf)) {
                let fois = ordre.sources.iter().filter(|s| *s == source).count();
                // A network only says that a page is right.
                let attendu = usize::from(*source != Reseau || ordre.champs.is_empty());
                assert_eq!(fois, attendu, "{source} : {}", ordre.pourquoi);
            }
        }
    }

    #[test]
    fn ceux_qui_connaissent_la_structure_passent_avant_les_listes() {
        for champ in [Champ::Site, Champ::Courriel, Champ::Telephone, Champ::Nom, Champ::Presentation] {
            for liste in [Sirene, Rna, Siae, Esus, Cress, EssFrance] {
                assert!(rang(champ, Acteur) < rang(champ, liste) && rang(champ, Agent) < rang(champ, liste));
            }
        }
        assert!(rang(Champ::Diffusion, Sirene) < rang(Champ::Diffusion, Agent));
        assert!(rang(Champ::Naf, Agent) < rang(Champ::Naf, Sirene));
    }
}
