//! From a line of a spreadsheet to a project. Pure: the commune is found by a function that is given.

use std::collections::BTreeMap;

use documents::lecture::{FeuilleLue, Ligne, Refus};
use domain::cents::Cents;
use domain::code::CodeCommune;
use domain::profil::{Etape, MANQUE_MAX, Porteur, THEMES_MAX, TITRE_MAX};
use domain::theme::Theme;
use domain::tri::cle_de_tri;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::colonnes::{Champ, Correspondance};

/// A line read: what the project will be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fiche {
    /// Line of the file.
    #[serde(skip)]
    pub ligne: usize,
    /// External key: the file's own, or commune and title.
    pub cle: String,
    /// Title.
    pub titre: String,
    /// Commune.
    pub commune: CodeCommune,
    /// Description.
    pub manque: String,
    /// Stage; the idea when the file says nothing.
    pub etape: Option<Etape>,
    /// Bearer.
    pub porteur: Option<Porteur>,
    /// Themes.
    pub themes: Vec<Theme>,
    /// Cost.
    pub cout: Option<Cents>,
    /// First contact.
    pub date: Option<Date>,
    /// Last contact.
    pub dernier_contact: Option<Date>,
    /// Whom to call.
    pub contact: Option<String>,
    /// Next action.
    pub action: Option<String>,
    /// When.
    pub action_le: Option<Date>,
    /// Everything else of the line, header by header: nothing is lost.
    pub reste: String,
    /// What was not understood and is kept as words only.
    pub remarques: Vec<String>,
}

/// Reads all lines; a key met twice is refused the second time.
pub fn lire(
    feuille: &FeuilleLue,
    correspondance: &Correspondance,
    trouver_commune: &dyn Fn(&str) -> Result<CodeCommune, String>,
) -> (Vec<Fiche>, Vec<Refus>) {
    let (mut fiches, mut refus) = (Vec::new(), feuille.refus.clone());
    let mut vues: BTreeMap<String, usize> = BTreeMap::new();
    for ligne in &feuille.lignes {
        match lire_ligne(feuille, ligne, correspondance, trouver_commune) {
            Ok(fiche) => match vues.get(&fiche.cle) {
                Some(premiere) => {
                    let raison = format!("Même projet que la ligne {premiere}. Gardez-en une seule.");
                    refus.push(Refus::de_la_ligne(ligne.numero, raison));
                }
                None => {
                    vues.insert(fiche.cle.clone(), ligne.numero);
                    fiches.push(fiche);
                }
            },
            Err(erreur) => refus.push(erreur),
        }
    }
    refus.sort_by_key(|r| r.ligne);
    (fiches, refus)
}

fn lire_ligne(
    feuille: &FeuilleLue,
    ligne: &Ligne,
    correspondance: &Correspondance,
    trouver_commune: &dyn Fn(&str) -> Result<CodeCommune, String>,
) -> Result<Fiche, Refus> {
    let colonne = |champ| correspondance.colonne(feuille, champ);
    let texte = |champ| match colonne(champ) {
        Some(rang) => feuille.valeur(ligne, rang, |case| case.lire_texte()),
        None => Ok(None),
    };
    let date = |champ| match colonne(champ) {
        Some(rang) => feuille.valeur(ligne, rang, |case| case.date()),
        None => Ok(None),
    };
    let absent = |champ: Champ, raison: &str| Refus {
        ligne: Some(ligne.numero),
        colonne: colonne(champ).and_then(|rang| feuille.entetes.get(rang).cloned()),
        raison: raison.to_owned(),
    };
    let titre_entier = texte(Champ::Titre)?.ok_or_else(|| absent(Champ::Titre, "Il manque le titre du projet."))?;
    let lieu = texte(Champ::Commune)?.ok_or_else(|| absent(Champ::Commune, "Il manque la commune."))?;
    let commune = trouver_commune(&lieu).map_err(|raison| absent(Champ::Commune, &raison))?;
    let mut remarques = Vec::new();
    let mut reste = autres_colonnes(feuille, ligne, correspondance);
    let titre = couper(&titre_entier, TITRE_MAX);
    if titre != titre_entier {
        reste.push(format!("Titre entier : {titre_entier}"));
    }
    let manque_entier = texte(Champ::Manque)?.unwrap_or_default();
    let manque = couper(&manque_entier, MANQUE_MAX);
    if manque != manque_entier {
        remarques.push("description coupée".to_owned());
    }
    let mut vocabulaire = |champ: Champ, saisi: Option<String>, compris: bool| {
        if let (Some(saisi), false) = (saisi, compris) {
            remarques.push(format!("« {saisi} » n’est pas une valeur connue ({})", champ.libelle().to_lowercase()));
            reste.push(format!("{} : {saisi}", champ.libelle()));
        }
    };
    let saisi = texte(Champ::Etape)?;
    let etape = saisi.as_deref().and_then(|t| choisir(t, Etape::TOUS, |e| e.as_str(), |e| e.libelle()));
    vocabulaire(Champ::Etape, saisi, etape.is_some());
    let saisi = texte(Champ::Porteur)?;
    let porteur = saisi.as_deref().and_then(|t| choisir(t, Porteur::TOUS, |p| p.as_str(), |p| p.libelle()));
    vocabulaire(Champ::Porteur, saisi, porteur.is_some());
    let saisi = texte(Champ::Themes)?;
    let (themes, tous) = saisi.as_deref().map_or((Vec::new(), true), themes_de);
    vocabulaire(Champ::Themes, saisi, tous);
    let cout = match colonne(Champ::Cout) {
        Some(rang) => feuille.valeur(ligne, rang, |case| case.montant())?,
        None => None,
    };
    let cle = match texte(Champ::Cle)? {
        Some(cle) => format!("n:{}", cle_de_tri(&cle)),
        None => format!("t:{commune}:{}", cle_de_tri(&titre_entier)),
    };
    Ok(Fiche {
        ligne: ligne.numero,
        cle,
        titre,
        commune,
        manque,
        etape,
        porteur,
        themes,
        cout,
        date: date(Champ::Date)?,
        dernier_contact: date(Champ::DernierContact)?,
        contact: texte(Champ::Contact)?.map(|contact| couper(&contact, 200)),
        action: texte(Champ::Action)?.map(|action| couper(&action, 300)),
        action_le: date(Champ::ActionLe)?,
        reste: couper(&reste.join("\n"), 5_000),
        remarques,
    })
}

/// Columns that no field takes, in words.
fn autres_colonnes(feuille: &FeuilleLue, ligne: &Ligne, correspondance: &Correspondance) -> Vec<String> {
    feuille
        .entetes
        .iter()
        .zip(&ligne.cases)
        .filter(|(entete, case)| !case.est_vide() && !correspondance.0.values().any(|prise| prise == *entete))
        .map(|(entete, case)| format!("{entete} : {}", case.texte()))
        .collect()
}

fn couper(texte: &str, max: usize) -> String {
    if texte.chars().count() <= max { texte.to_owned() } else { texte.chars().take(max - 1).chain(['…']).collect() }
}

/// One value of a vocabulary, by its id, its label, or a beginning of a label that only one has.
fn choisir<T: Copy>(saisi: &str, tous: &[T], id: fn(T) -> &'static str, libelle: fn(T) -> &'static str) -> Option<T> {
    let cle = cle_de_tri(saisi);
    let exacte = tous.iter().copied().find(|t| cle_de_tri(id(*t)) == cle || cle_de_tri(libelle(*t)) == cle);
    let debut = || {
        let mut proches = tous.iter().copied().filter(|t| cle.len() >= 4 && cle_de_tri(libelle(*t)).starts_with(&cle));
        proches.next().filter(|_| proches.next().is_none())
    };
    exacte.or_else(debut)
}

/// Themes of a cell; false when one of its words is not a theme, or there are too many.
fn themes_de(saisi: &str) -> (Vec<Theme>, bool) {
    let un = |texte: &str| choisir(texte, Theme::TOUS, |t| t.as_str(), |t| t.libelle());
    // A label may itself hold commas.
    if let Some(theme) = un(saisi) {
        return (vec![theme], true);
    }
    let separateurs: &[char] = if saisi.contains([';', '/', '|', '\n']) { &[';', '/', '|', '\n'] } else { &[','] };
    let mots: Vec<&str> = saisi.split(separateurs).map(str::trim).filter(|mot| !mot.is_empty()).collect();
    let mut themes: Vec<Theme> = Vec::new();
    let mut tous = true;
    for mot in mots {
        match un(mot) {
            Some(theme) if themes.contains(&theme) => {}
            Some(theme) if themes.len() < THEMES_MAX => themes.push(theme),
            _ => tous = false,
        }
    }
    (themes, tous)
}

#[cfg(test)]
mod tests {
    use super::*;
    use documents::lecture::lire as lire_fichier;
    use proptest::prelude::*;
    use rstest::rstest;

    const TABLEAU: &str = "N°;Intitulé;Commune;Thématique;Avancement;Porteur;Coût;Date;Contact;Canton\n\
        12;Rouvrir le café;Cirey;Commerce / Mobilité;Étude;Commune;45 000,50 €;24/11/2026;Mme Exemple 03 00 00 00 00;Baccarat\n\
        13;;Cirey;;;;;;;\n\
        14;Halle;Nancy;;;;12.345;;;\n\
        15;Halle;Ailleurs;;;;;;;\n\
        12;Doublon;Cirey;;;;;;;\n\
        16;Vélo;Cirey;Réparation, vélo;presque fini;Association;;;;\n";

    fn commune(texte: &str) -> Result<CodeCommune, String> {
        match texte {
            "Cirey" => Ok("54129".parse().expect("un code")),
            "Nancy" => Ok("54395".parse().expect("un code")),
            _ => Err("Plusieurs communes correspondent.".to_owned()),
        }
    }

    #[test]
    fn un_tableau_de_suivi_se_lit_ligne_a_ligne() {
        let feuille = lire_fichier("suivi.csv", TABLEAU.as_bytes()).expect("lu");
        let correspondance = Correspondance::deviner(&feuille, &Correspondance::default());
        assert_eq!(correspondance.0.len(), 9, "{correspondance:?}");
        let (fiches, refus) = lire(&feuille, &correspondance, &commune);
        let premiere = &fiches[0];
        assert_eq!((premiere.cle.as_str(), premiere.cout), ("n:12", Some(Cents(4_500_050))));
        assert_eq!(premiere.themes, [Theme::Commerce, Theme::Mobilite]);
        assert_eq!((premiere.etape, premiere.porteur), (Some(Etape::Etude), Some(Porteur::Commune)));
        assert_eq!(premiere.reste, "Canton : Baccarat");
        let derniere = &fiches[1];
        assert_eq!(derniere.themes, [Theme::Reparation]);
        assert_eq!((derniere.etape, derniere.porteur), (None, None), "« Association » has two meanings");
        assert_eq!(derniere.remarques.len(), 2);
        assert_eq!(derniere.reste, "Étape : presque fini\nQui porte le projet : Association");
        let dites: Vec<String> = refus.iter().map(Refus::to_string).collect();
        assert_eq!(dites.len(), 4, "{dites:#?}");
        assert!(dites[0].contains("Ligne 3, colonne « Intitulé » : Il manque le titre"));
        assert!(dites[1].contains("Ligne 4, colonne « Coût » : « 12.345 » peut se lire de deux façons"));
        assert!(dites[2].contains("Ligne 5, colonne « Commune » : Plusieurs communes"));
        assert!(dites[3].contains("Ligne 6 : Même projet que la ligne 2"));
    }

    #[rstest]
    #[case("Petite enfance", &[Theme::PetiteEnfance], true)]
    #[case("Commerce, café, multiservice", &[Theme::Commerce], true)]
    #[case("mobilité;mobilite;Habitat", &[Theme::Mobilite, Theme::Habitat], true)]
    #[case("Sport, Culture", &[Theme::Sport, Theme::Culture], true)]
    #[case("Licorne / Sport", &[Theme::Sport], false)]
    #[case("", &[], true)]
    fn les_themes_d_une_case(#[case] saisi: &str, #[case] attendus: &[Theme], #[case] tous: bool) {
        assert_eq!(themes_de(saisi), (attendus.to_vec(), tous));
    }

    proptest! {
        #[test]
        fn aucune_ligne_n_est_perdue(texte in "[a-zé;\"\n ]{0,200}") {
            let Ok(feuille) = lire_fichier("x.csv", format!("Titre;Commune;Note\n{texte}").as_bytes()) else { return Ok(()) };
            let correspondance = Correspondance::deviner(&feuille, &Correspondance::default());
            let (fiches, refus) = lire(&feuille, &correspondance, &commune);
            prop_assert_eq!(fiches.len() + refus.len(), feuille.lignes.len() + feuille.refus.len());
        }
    }
}
