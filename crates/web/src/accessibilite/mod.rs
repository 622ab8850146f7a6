//! What this version of the product meets of the RGAA: 106 criteria, each with its proofs or what a person must do. The
//! rate, the statement, the footer and `docs/accessibilite.md` are all read from here.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

const GRILLE: &str = include_str!("rgaa.toml");

/// The table of criteria.
#[derive(Debug, Default, Deserialize)]
pub struct Grille {
    /// Version of the RGAA.
    pub version: String,
    /// Day of the last reading, ISO.
    pub releve: String,
    /// Pages read to judge what no test proves.
    #[serde(default, rename = "page")]
    pub pages: Vec<PageLue>,
    /// Automatic proofs, by name.
    pub preuves: BTreeMap<String, Preuve>,
    /// The 13 themes, in order.
    #[serde(rename = "theme")]
    pub themes: Vec<ThemeRgaa>,
}

/// A test that runs at each change.
#[derive(Debug, Deserialize)]
pub struct Preuve {
    /// What it checks, in French.
    pub dit: String,
    /// Where it stands, from the root of the project.
    pub fichier: String,
    /// Words by which it is found there.
    pub contient: String,
}

/// A page of the sample.
#[derive(Debug, Deserialize)]
pub struct PageLue {
    /// What it is, in French.
    pub nom: String,
    /// Where: `/projets/{reference}`.
    pub adresse: String,
    /// Who was reading.
    pub qui: String,
}

/// A theme of the RGAA.
#[derive(Debug, Deserialize)]
pub struct ThemeRgaa {
    /// Name.
    pub nom: String,
    /// Criteria.
    #[serde(rename = "critere")]
    pub criteres: Vec<Critere>,
}

/// A criterion.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Critere {
    /// `8.2`.
    pub numero: String,
    /// The question of the RGAA.
    pub titre: String,
    /// The answer.
    pub etat: Etat,
    /// Why it does not apply, or is not met.
    pub raison: Option<String>,
    /// What a person must do to judge.
    pub a_faire: Option<String>,
    /// What was read to say that it is met, and what was mended.
    pub jugement: Option<String>,
    /// Names of the proofs.
    #[serde(default)]
    pub preuves: Vec<String>,
    /// Day when someone read the pages or the code to say so, ISO.
    pub lu: Option<String>,
    /// How to judge it again, step by step, and what to expect.
    pub procedure: Option<String>,
}

/// Answer to a criterion. What is not judged yet is neither met nor missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Etat {
    /// Met: every proof passes and nothing is left to judge.
    Conforme,
    /// Not met.
    NonConforme,
    /// A person must judge.
    AVerifier,
    /// Nothing of the kind in the product.
    NonApplicable,
}

impl Critere {
    /// What a person did, or has to do.
    #[must_use]
    pub fn a_la_main(&self) -> &str {
        [&self.a_faire, &self.raison, &self.jugement].into_iter().find_map(Option::as_deref).unwrap_or_default()
    }
}

impl Etat {
    /// In words.
    #[must_use]
    pub fn mot(self) -> &'static str {
        match self {
            Self::Conforme => "respecté",
            Self::NonConforme => "non respecté",
            Self::AVerifier => "à vérifier",
            Self::NonApplicable => "sans objet",
        }
    }
}

static LUE: LazyLock<Grille> = LazyLock::new(|| {
    // A damaged file is caught by the test of this module.
    toml::from_str(GRILLE).unwrap_or_default()
});

/// The table.
#[must_use]
pub fn grille() -> &'static Grille {
    &LUE
}

impl Grille {
    /// Criteria in order.
    pub fn criteres(&self) -> impl Iterator<Item = &Critere> {
        self.themes.iter().flat_map(|theme| &theme.criteres)
    }

    /// Criteria with this answer, in order.
    pub fn en_etat(&self, etat: Etat) -> impl Iterator<Item = &Critere> {
        self.criteres().filter(move |critere| critere.etat == etat)
    }

    /// How many have this answer.
    #[must_use]
    pub fn nombre(&self, etat: Etat) -> usize {
        self.en_etat(etat).count()
    }

    /// Met, in percent of those that apply, rounded down: what is still to be judged counts as not met.
    #[must_use]
    pub fn taux(&self) -> usize {
        let applicables = self.criteres().count() - self.nombre(Etat::NonApplicable);
        (self.nombre(Etat::Conforme) * 100).checked_div(applicables).unwrap_or(0)
    }

    /// The words that the law gives to this rate (décret n° 2019-768 du 24 juillet 2019 ; à vérifier): on every page.
    #[must_use]
    pub fn mention(&self) -> &'static str {
        match self.taux() {
            100 => "totalement conforme",
            50..100 => "partiellement conforme",
            _ => "non conforme",
        }
    }

    /// What a criterion is proved by, in French.
    pub fn preuves_de<'a>(&'a self, critere: &'a Critere) -> impl Iterator<Item = &'a str> {
        critere.preuves.iter().filter_map(|nom| self.preuves.get(nom)).map(|preuve| preuve.dit.as_str())
    }

    /// The table as `docs/accessibilite.md` shows it.
    #[must_use]
    pub fn en_markdown(&self) -> String {
        let mut lignes = vec![
            format!(
                "{} critères sur {} qui s’appliquent : {} %. À vérifier par une personne : {}. Non respectés : {}. Sans objet : {}.",
                self.nombre(Etat::Conforme),
                self.criteres().count() - self.nombre(Etat::NonApplicable),
                self.taux(),
                self.nombre(Etat::AVerifier),
                self.nombre(Etat::NonConforme),
                self.nombre(Etat::NonApplicable),
            ),
            String::new(),
            "| critère | état | preuves automatiques | à la main |".to_owned(),
            "| --- | --- | --- | --- |".to_owned(),
        ];
        for critere in self.criteres() {
            let preuves: Vec<String> = critere.preuves.iter().map(|nom| format!("`{nom}`")).collect();
            let main = critere.a_la_main();
            let lu = critere.lu.as_ref().map(|jour| format!(" (lu le {jour})")).unwrap_or_default();
            lignes.push(format!(
                "| {} {} | {} | {} | {main}{lu} |",
                critere.numero,
                critere.titre,
                critere.etat.mot(),
                preuves.join(", "),
            ));
        }
        lignes.extend([
            String::new(),
            "### Juger de nouveau, à la main".to_owned(),
            String::new(),
            "L’échantillon est la liste des pages lues, plus bas. Le jour et le résultat s’écrivent dans la grille."
                .to_owned(),
            String::new(),
            "| critère | comment, et ce qui est attendu | dernière lecture | résultat |".to_owned(),
            "| --- | --- | --- | --- |".to_owned(),
        ]);
        for critere in self.criteres() {
            if let (Some(procedure), Some(lu)) = (&critere.procedure, &critere.lu) {
                lignes.push(format!("| {} | {procedure} | {lu} | {} |", critere.numero, critere.etat.mot()));
            }
        }
        lignes.extend([String::new(), "| page lue | adresse | par |".to_owned(), "| --- | --- | --- |".to_owned()]);
        lignes.extend(self.pages.iter().map(|page| format!("| {} | `{}` | {} |", page.nom, page.adresse, page.qui)));
        lignes.extend([
            String::new(),
            "| preuve | ce qu’elle vérifie | où |".to_owned(),
            "| --- | --- | --- |".to_owned(),
        ]);
        for (nom, preuve) in &self.preuves {
            lignes.push(format!("| `{nom}` | {} | `{}` |", preuve.dit, preuve.fichier));
        }
        lignes.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Etat, GRILLE, Grille, grille};

    #[test]
    fn la_grille_a_ses_106_criteres_dans_l_ordre() {
        let lue: Grille = toml::from_str(GRILLE).unwrap();
        let par_theme: Vec<usize> = lue.themes.iter().map(|theme| theme.criteres.len()).collect();
        assert_eq!(par_theme, [9, 2, 3, 13, 8, 2, 5, 10, 4, 14, 13, 11, 12]);
        for (theme, rang) in lue.themes.iter().zip(1..) {
            for (critere, place) in theme.criteres.iter().zip(1..) {
                assert_eq!(critere.numero, format!("{rang}.{place}"));
            }
        }
    }

    #[test]
    fn chaque_reponse_a_de_quoi_etre_crue() {
        let grille = grille();
        for critere in grille.criteres() {
            let numero = &critere.numero;
            assert_eq!(
                critere.raison.is_some(),
                matches!(critere.etat, Etat::NonApplicable | Etat::NonConforme),
                "{numero}"
            );
            assert_eq!(critere.a_faire.is_some(), critere.etat == Etat::AVerifier, "{numero}");
            assert!(critere.jugement.is_none() || critere.etat == Etat::Conforme, "{numero}");
            assert!(critere.jugement.is_none() || critere.lu.is_some(), "{numero}: judged, but when?");
            assert_eq!(critere.procedure.is_some(), critere.lu.is_some(), "{numero}: judged by hand, but how?");
            // A sentence, not only a day, where no test proves.
            let vu = !critere.preuves.is_empty() || (critere.lu.is_some() && !critere.a_la_main().is_empty());
            assert!(vu || critere.etat == Etat::AVerifier, "{numero}: nothing says so");
            for preuve in &critere.preuves {
                assert!(grille.preuves.contains_key(preuve), "{numero}: {preuve} is not described");
            }
        }
        let utiles: BTreeSet<&String> = grille.criteres().flat_map(|critere| &critere.preuves).collect();
        for nom in grille.preuves.keys() {
            assert!(utiles.contains(nom), "{nom} proves nothing");
        }
    }

    #[test]
    fn le_taux_compte_ce_qui_n_est_pas_juge_comme_non_respecte() {
        let critere = |etat: &str| format!("[[theme.critere]]\nnumero = \"1.1\"\ntitre = \"\"\netat = \"{etat}\"\n");
        let en_tete = "version = \"\"\nreleve = \"\"\n[preuves]\n[[theme]]\nnom = \"\"\n".to_owned();
        let lire = |etats: &[&str]| -> Grille {
            toml::from_str(&etats.iter().fold(en_tete.clone(), |texte, etat| texte + &critere(etat))).unwrap()
        };
        let moitie = lire(&["conforme", "a-verifier", "non-applicable"]);
        assert_eq!((moitie.taux(), moitie.mention()), (50, "partiellement conforme"));
        let peu = lire(&["conforme", "non-conforme", "a-verifier"]);
        assert_eq!((peu.taux(), peu.mention()), (33, "non conforme"));
        assert_eq!(lire(&["conforme", "non-applicable"]).mention(), "totalement conforme");
    }
}
