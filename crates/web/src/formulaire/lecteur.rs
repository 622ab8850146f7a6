//! Fields read one by one; each error goes to its field.

use std::ops::RangeInclusive;
use std::str::FromStr;

use domain::cents::{Cents, MontantInvalide, milliers};
use domain::code::CodeCommune;
use domain::referentiel::Trouvaille;
use domain::tri::cle_de_tri;
use jiff::civil::Date;

use super::{Erreurs, Saisie};

const INEXISTANT: &str = "Ce choix n’existe pas. Choisissez dans la liste.";

/// Reads fields; each error goes to its field.
pub struct Lecteur<'a> {
    pub(super) saisie: &'a Saisie,
    /// Gathered so far.
    pub erreurs: Erreurs,
}

impl Lecteur<'_> {
    /// A text between two lengths (characters), spaces trimmed.
    pub fn texte(&mut self, nom: &str, vide: &str, min: usize, max: usize) -> Option<String> {
        let texte = self.saisie.texte(nom).trim();
        let longueur = texte.chars().count();
        if longueur == 0 {
            self.erreurs.ajouter(nom, vide);
        } else if longueur < min {
            self.erreurs.ajouter(nom, format!("C’est trop court : écrivez au moins {min}\u{a0}caractères."));
        } else if longueur > max {
            self.erreurs.ajouter(
                nom,
                format!(
                    "C’est trop long : {}\u{a0}caractères, {} au plus. Retirez-en {}.",
                    milliers(longueur as u64),
                    milliers(max as u64),
                    milliers((longueur - max) as u64)
                ),
            );
        } else {
            return Some(texte.to_owned());
        }
        None
    }

    /// A text that may be left empty.
    pub fn texte_libre(&mut self, nom: &str, max: usize) -> Option<String> {
        if self.saisie.texte(nom).trim().is_empty() { None } else { self.texte(nom, "", 1, max) }
    }

    /// One of a closed vocabulary.
    pub fn choix<T: FromStr>(&mut self, nom: &str, vide: &str) -> Option<T> {
        match self.saisie.texte(nom).parse() {
            Ok(valeur) => Some(valeur),
            Err(_) => {
                self.erreurs.ajouter(nom, vide);
                None
            }
        }
    }

    /// One of a closed vocabulary, or nothing; what is neither is said: it would wipe the answer kept.
    pub fn choix_libre<T: FromStr>(&mut self, nom: &str) -> Option<T> {
        let texte = self.saisie.texte(nom);
        let choix = texte.parse().ok();
        if choix.is_none() && !texte.is_empty() {
            self.erreurs.ajouter(nom, INEXISTANT);
        }
        choix
    }

    /// A telephone number as people write it, or nothing: ten digits, four for a short number, up to fifteen from abroad.
    pub fn telephone(&mut self, nom: &str) -> Option<String> {
        let telephone = self.texte_libre(nom, 30)?;
        let chiffres = telephone.chars().filter(char::is_ascii_digit).count();
        let ecrit = telephone.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+.-/()".contains(c));
        if ecrit && (chiffres == 4 || (10..=15).contains(&chiffres)) {
            return Some(telephone);
        }
        self.erreurs.ajouter(nom, "Écrivez un numéro à dix chiffres, par exemple 03 83 00 00 00.");
        None
    }

    /// Several of a closed vocabulary, doubles once; unknown values are refused.
    pub fn plusieurs<T: FromStr + PartialEq>(&mut self, nom: &str, max: usize, trop: &str) -> Vec<T> {
        let mut valeurs: Vec<T> = Vec::new();
        for texte in self.saisie.liste(nom) {
            match texte.parse::<T>() {
                Ok(valeur) if !valeurs.contains(&valeur) => valeurs.push(valeur),
                Ok(_) => {}
                Err(_) => self.erreurs.ajouter(nom, INEXISTANT),
            }
        }
        if valeurs.len() > max {
            self.erreurs.ajouter(nom, trop);
        }
        valeurs
    }

    /// An amount of at most ten billion euros, or nothing.
    pub fn montant(&mut self, nom: &str) -> Option<Cents> {
        let texte = self.saisie.texte(nom).trim();
        if texte.is_empty() {
            return None;
        }
        let dit = match texte.parse::<Cents>() {
            Ok(montant) => return Some(montant),
            Err(MontantInvalide::PasUnNombre(_)) => {
                "Écrivez un montant en euros, par exemple 45 000 ou 45 000,50.".to_owned()
            }
            Err(MontantInvalide::TropGrand) => "Ce montant est trop grand. Vérifiez le nombre de zéros.".to_owned(),
            Err(raison) => format!("{raison}."),
        };
        self.erreurs.ajouter(nom, dit);
        None
    }

    /// A civil date (`AAAA-MM-JJ` from a date field, or `JJ/MM/AAAA` typed), or nothing.
    pub fn date(&mut self, nom: &str) -> Option<Date> {
        let texte = self.saisie.texte(nom).trim();
        if texte.is_empty() {
            return None;
        }
        let date = lire_date(texte);
        if date.is_none() {
            self.erreurs.ajouter(nom, "Écrivez une date comme 24/11/2026, avec les quatre chiffres de l’année.");
        }
        date
    }

    /// A commune by code or by name; the choice to make when several fit.
    pub fn commune(&mut self, nom: &str, instance: &crate::Instance) -> Option<CodeCommune> {
        let texte = self.saisie.texte(nom).trim();
        match trouver_commune(instance, texte) {
            Ok(code) => Some(code),
            Err(phrase) => {
                self.erreurs.ajouter(nom, phrase);
                None
            }
        }
    }

    /// An e-mail address, normalised.
    pub fn courriel(&mut self, nom: &str, vide: &str) -> Option<String> {
        let texte = self.saisie.texte(nom).trim();
        if texte.is_empty() {
            self.erreurs.ajouter(nom, vide);
            return None;
        }
        let adresse = socle::personne::courriel_normalise(texte);
        if adresse.is_none() {
            self.erreurs.ajouter(nom, "Cette adresse n’est pas complète. Exemple : mairie@exemple.fr");
        }
        adresse
    }
}

/// Years that a form may speak of. A date field sends the year 26 when two digits are typed: it is not guessed.
const ANNEES: RangeInclusive<i16> = 1900..=2100;

/// `AAAA-MM-JJ`, or the day, the month and the year in four digits as people write them.
#[must_use]
pub fn lire_date(texte: &str) -> Option<Date> {
    let date = texte.parse::<Date>().ok().or_else(|| lire_jour_mois_annee(texte))?;
    ANNEES.contains(&date.year()).then_some(date)
}

fn lire_jour_mois_annee(texte: &str) -> Option<Date> {
    let parties: Vec<&str> = texte.split(['/', '.', '-', ' ']).filter(|p| !p.is_empty()).collect();
    let [jour, mois, annee] = parties.as_slice() else { return None };
    Date::new(annee.parse().ok()?, mois.parse().ok()?, jour.parse().ok()?).ok()
}

/// The commune of the instance's perimeter that a text names: a code, "Cirey-sur-Vezouze (54)", a name, a postal code.
///
/// # Errors
/// The sentence to show beside the field.
pub fn trouver_commune(instance: &crate::Instance, texte: &str) -> Result<CodeCommune, String> {
    if texte.is_empty() {
        return Err("Indiquez la commune.".to_owned());
    }
    // "Cirey-sur-Vezouze (54)", as the list shows it.
    let nom = texte.split(" (").next().unwrap_or(texte).trim();
    let perimetre = instance.perimetre();
    let trouvees = instance.referentiel().chercher_commune(nom, 6, Some(perimetre));
    let cle = cle_de_tri(nom);
    // Five digits may be an INSEE code and also the postal code of others: people mean the postal code.
    let postal = trouvees.iter().any(|t| {
        instance.referentiel().commune(&t.code).is_some_and(|commune| commune.codes_postaux().any(|code| code == nom))
    });
    let nommee = |t: &&Trouvaille| {
        (t.code.as_str() == nom && !postal)
            || cle_de_tri(t.nom) == cle
            || t.par.is_some_and(|par| cle_de_tri(par) == cle)
    };
    let exactes: Vec<&Trouvaille> = trouvees.iter().filter(nommee).collect();
    match (exactes.as_slice(), trouvees.as_slice()) {
        ([une], _) => Ok(une.code.clone()),
        ([], [une]) => Ok(une.code.clone()),
        (_, []) => Err(match instance.referentiel().chercher_commune(nom, 1, None).first() {
            Some(ailleurs) => {
                format!(
                    "{} n’est pas dans le territoire de ce site ({}).",
                    ailleurs.libelle(),
                    instance.collectivite.nom
                )
            }
            None => {
                format!("Nous ne trouvons pas «\u{a0}{texte}\u{a0}». Vérifiez l’orthographe, ou tapez le code postal.")
            }
        }),
        (_, plusieurs) => {
            let noms: Vec<&str> = plusieurs.iter().map(|t| t.nom).collect();
            Err(format!("Plusieurs communes correspondent\u{a0}: {}. Écrivez le nom complet.", noms.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Saisie;

    #[rstest]
    #[case("2026-12-05", true)]
    #[case("5/12/2026", true)]
    #[case("05-12-2026", true)]
    #[case("5.12.2026", true)]
    #[case("05/12/26", false)]
    #[case("0026-12-05", false)]
    #[case("05/12/20266", false)]
    #[case("31/02/2026", false)]
    #[case("5 décembre", false)]
    fn une_date_dit_ses_quatre_chiffres_d_annee(#[case] tape: &str, #[case] bonne: bool) {
        let saisie = Saisie::default().avec("jour", tape);
        let mut lecteur = saisie.lecteur();
        assert_eq!(lecteur.date("jour").is_some(), bonne);
        assert_eq!(lecteur.erreurs.de("jour").is_none(), bonne);
    }

    #[rstest]
    #[case("45 000 euros", "")]
    #[case("-5", "négatif")]
    #[case("45.000", "deux façons")]
    #[case("99999999999", "trop grand")]
    #[case("beaucoup", "par exemple 45")]
    fn un_montant_refuse_dit_pourquoi(#[case] tape: &str, #[case] raison: &str) {
        let saisie = Saisie::default().avec("cout", tape);
        let mut lecteur = saisie.lecteur();
        assert_eq!(lecteur.montant("cout").is_some(), raison.is_empty());
        assert!(lecteur.erreurs.de("cout").unwrap_or_default().contains(raison));
    }

    #[rstest]
    #[case("03 83 00 00 00", true)]
    #[case("+33 (0)3.83.00-00-00", true)]
    #[case("3949", true)]
    #[case("abc", false)]
    #[case("03 83 00 00", false)]
    #[case("03 83 00 00 00 poste 12", false)]
    fn un_telephone_se_compose(#[case] tape: &str, #[case] bon: bool) {
        let saisie = Saisie::default().avec("telephone", tape);
        let mut lecteur = saisie.lecteur();
        assert_eq!(lecteur.telephone("telephone"), bon.then(|| tape.to_owned()));
        assert_eq!(lecteur.erreurs.de("telephone").is_none(), bon);
    }

    #[rstest]
    #[case("", None, false)]
    #[case("12", Some(12), false)]
    #[case("zzz", None, true)]
    fn un_choix_inconnu_n_efface_rien_en_silence(#[case] tape: &str, #[case] lu: Option<u8>, #[case] dit: bool) {
        let saisie = Saisie::default().avec("choix", tape);
        let mut lecteur = saisie.lecteur();
        assert_eq!(lecteur.choix_libre::<u8>("choix"), lu);
        assert_eq!(lecteur.erreurs.de("choix").is_some(), dit);
    }

    #[test]
    fn un_texte_trop_long_revient_entier_avec_son_compte() {
        let saisie = Saisie::default().avec("texte", "é".repeat(60_000));
        let mut lecteur = saisie.lecteur();
        assert_eq!(lecteur.texte("texte", "", 1, 3_000), None);
        let dit = lecteur.erreurs.de("texte").unwrap();
        assert!(dit.ends_with("Retirez-en 57\u{202f}000."), "{dit}");
    }
}
