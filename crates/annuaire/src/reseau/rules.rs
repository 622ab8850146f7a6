//! Who a network may write to, what its announcement of a member is worth, the lines of a list that it pastes. Pure.

use domain::identifiant::{Siren, Siret};
use jiff::ToSpan;
use jiff::civil::Date;

use crate::tenue::rules::Fraicheur;
use crate::vocabulaire::EtatActeur;

/// Why a member is not written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// Its page is right, or the actor is no longer there.
    Inutile,
    /// No address that may be used.
    SansAdresse,
    /// Written to lately: once in sixty days, by anybody.
    DejaRelancee,
}

impl Silence {
    /// Words.
    #[must_use]
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Inutile => "rien à confirmer",
            Self::SansAdresse => "pas de courriel utilisable",
            Self::DejaRelancee => "déjà relancée depuis moins de 60 jours",
        }
    }
}

/// May this member be written to? `recente`: somebody wrote to it within sixty days.
///
/// # Errors
/// Why not.
pub fn relancable(etat: EtatActeur, fraicheur: Fraicheur, joignable: bool, recente: bool) -> Result<(), Silence> {
    let present = matches!(etat, EtatActeur::Actif | EtatActeur::Endormi);
    if !present || fraicheur == Fraicheur::AJour {
        Err(Silence::Inutile)
    } else if !joignable {
        Err(Silence::SansAdresse)
    } else if recente {
        Err(Silence::DejaRelancee)
    } else {
        Ok(())
    }
}

/// A network's announcement holds so many months without the actor's word; a refusal forbids another one for as long.
pub const ANNONCE_MOIS: i32 = 12;

/// What the membership of an actor is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adhesion {
    /// The actor said so.
    Confirmee(Date),
    /// The network says so, the actor has not answered yet.
    Annoncee(Date),
    /// The network said so too long ago: nothing is shown any more.
    Perimee,
    /// The actor said no.
    Refusee(Date),
}

impl Adhesion {
    /// The network may speak for this member: its word confirms a page and a person.
    #[must_use]
    pub fn fait_foi(self) -> bool {
        matches!(self, Self::Confirmee(_))
    }
}

/// `annoncee`: when the network said so; what the actor answered last.
#[must_use]
pub fn adhesion(jour: Date, annoncee: Date, confirmee: Option<Date>, refusee: Option<Date>) -> Adhesion {
    match (refusee, confirmee) {
        (Some(le), _) => Adhesion::Refusee(le),
        (None, Some(le)) => Adhesion::Confirmee(le),
        (None, None) if annoncee.saturating_add(ANNONCE_MOIS.months()) <= jour => Adhesion::Perimee,
        (None, None) => Adhesion::Annoncee(annoncee),
    }
}

/// May the network announce again who is in this state?
#[must_use]
pub fn peut_annoncer(jour: Date, adhesion: Adhesion) -> bool {
    match adhesion {
        Adhesion::Confirmee(_) | Adhesion::Annoncee(_) => false,
        Adhesion::Perimee => true,
        Adhesion::Refusee(le) => le.saturating_add(ANNONCE_MOIS.months()) <= jour,
    }
}

/// Lines of a pasted list, at most.
pub const LIGNES_MAX: usize = 300;

/// What a line of a pasted list names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nommee {
    /// By its SIREN, or that of its SIRET.
    Siren(Siren),
    /// By its name.
    Nom(String),
    /// By a number that is no number.
    Abimee(String),
}

/// Reads a pasted list: one structure per line. Columns of a spreadsheet beside the first are left aside.
#[must_use]
pub fn lignes(texte: &str) -> Vec<(String, Nommee)> {
    texte
        .lines()
        .map(|ligne| ligne.split(['\t', ';']).next().unwrap_or_default().trim().trim_matches('"').trim())
        .filter(|ligne| !ligne.is_empty())
        .map(|ligne| (ligne.to_owned(), nommee(ligne)))
        .collect()
}

fn nommee(ligne: &str) -> Nommee {
    let lettres = ligne.chars().filter(|c| c.is_alphabetic()).count();
    let chiffres = ligne.chars().filter(char::is_ascii_digit).count();
    // A spreadsheet leaves one letter in a number (`4,43E+08`); a name has more, or no digit that counts.
    if lettres > 1 || chiffres < 8 && lettres > 0 && !ligne.contains('+') {
        return Nommee::Nom(ligne.to_owned());
    }
    let lu = if chiffres > 11 { ligne.parse::<Siret>().map(|siret| siret.siren()) } else { ligne.parse::<Siren>() };
    lu.map_or_else(|erreur| Nommee::Abimee(format!("{erreur}.")), Nommee::Siren)
}

/// Mails that a network may still send today: the rhythm of the site holds for each network.
#[must_use]
pub fn reste_aujourd_hui(par_jour: u32, envoyes: u32) -> usize {
    usize::try_from(par_jour.saturating_sub(envoyes)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(EtatActeur::Actif, Fraicheur::AConfirmer, true, false, Ok(()))]
    #[case(EtatActeur::Endormi, Fraicheur::Endormie, true, false, Ok(()))]
    #[case(EtatActeur::Actif, Fraicheur::AJour, true, false, Err(Silence::Inutile))]
    #[case(EtatActeur::Cesse, Fraicheur::AConfirmer, true, false, Err(Silence::Inutile))]
    #[case(EtatActeur::Actif, Fraicheur::AConfirmer, false, false, Err(Silence::SansAdresse))]
    #[case(EtatActeur::Actif, Fraicheur::AConfirmer, true, true, Err(Silence::DejaRelancee))]
    fn un_membre_n_est_relance_que_s_il_le_faut(
        #[case] etat: EtatActeur,
        #[case] fraicheur: Fraicheur,
        #[case] joignable: bool,
        #[case] recente: bool,
        #[case] attendu: Result<(), Silence>,
    ) {
        assert_eq!(relancable(etat, fraicheur, joignable, recente), attendu);
    }

    fn jour(texte: &str) -> Date {
        texte.parse().unwrap()
    }

    #[rstest]
    #[case::annoncee("2026-11-25", None, None, Adhesion::Annoncee(jour("2026-11-25")), false)]
    #[case::presque_un_an("2025-11-26", None, None, Adhesion::Annoncee(jour("2025-11-26")), false)]
    #[case::un_an("2025-11-25", None, None, Adhesion::Perimee, true)]
    #[case::confirmee("2020-01-01", Some("2020-02-01"), None, Adhesion::Confirmee(jour("2020-02-01")), false)]
    #[case::refusee("2026-01-01", None, Some("2026-02-01"), Adhesion::Refusee(jour("2026-02-01")), false)]
    #[case::quittee("2020-01-01", Some("2020-02-01"), Some("2026-02-01"), Adhesion::Refusee(jour("2026-02-01")), false)]
    #[case::refusee_il_y_a_un_an("2020-01-01", None, Some("2025-11-25"), Adhesion::Refusee(jour("2025-11-25")), true)]
    fn un_reseau_annonce_et_l_acteur_repond(
        #[case] annoncee: &str,
        #[case] confirmee: Option<&str>,
        #[case] refusee: Option<&str>,
        #[case] attendue: Adhesion,
        #[case] encore: bool,
    ) {
        let aujourd_hui = jour("2026-11-25");
        let lue = adhesion(aujourd_hui, jour(annoncee), confirmee.map(jour), refusee.map(jour));
        assert_eq!(lue, attendue);
        assert_eq!(peut_annoncer(aujourd_hui, lue), encore);
        assert_eq!(lue.fait_foi(), matches!(attendue, Adhesion::Confirmee(_)));
    }

    #[rstest]
    #[case::siren("443 061 841", "siren 443061841")]
    #[case::siret("44306184100047", "siren 443061841")]
    #[case::cle_fausse("443061842", "abimee")]
    #[case::tableur("4,43E+08", "abimee")]
    #[case::nom("La Recyclerie de Toul", "nom")]
    #[case::nom_a_chiffres("Ferme 2000", "nom")]
    #[case::trop_court("12", "abimee")]
    fn une_ligne_nomme_une_structure(#[case] ligne: &str, #[case] attendue: &str) {
        let lue = match nommee(ligne) {
            Nommee::Siren(siren) => format!("siren {siren}"),
            Nommee::Nom(_) => "nom".to_owned(),
            Nommee::Abimee(_) => "abimee".to_owned(),
        };
        assert_eq!(lue, attendue);
    }

    #[test]
    fn une_liste_collee_d_un_tableur_se_lit_par_sa_premiere_colonne() {
        let lues = lignes("443061841\tLa Recyclerie\r\n\n\"Les Granges\";54\n");
        let textes: Vec<&str> = lues.iter().map(|(texte, _)| texte.as_str()).collect();
        assert_eq!(textes, ["443061841", "Les Granges"]);
    }

    #[rstest]
    #[case(30, 0, 30)]
    #[case(30, 29, 1)]
    #[case(30, 31, 0)]
    #[case(0, 0, 0)]
    fn le_rythme_du_site_vaut_pour_chaque_reseau(#[case] par_jour: u32, #[case] envoyes: u32, #[case] reste: usize) {
        assert_eq!(reste_aujourd_hui(par_jour, envoyes), reste);
    }
}
