//! The points of a page. Pure. The scale is a choice of the house ([P] of the practice, not a rule of law): it rewards what
//! helps a commune call the right actor, and what the actor alone can say.

use domain::vocabulaire;

vocabulaire! {
    /// What a page is looked at for.
    Critere {
        Confirmee = "confirmee", "Confirmation de moins d’un an";
        Presentation = "presentation", "Présentation";
        Contact = "contact", "Courriel ou téléphone";
        Offre = "offre", "Au moins une offre";
        Themes = "themes", "Thèmes choisis";
        Adresse = "adresse", "Adresse";
        Ess = "ess", "Appartenance à l’ESS";
        Site = "site", "Site internet";
    }
}

/// A presentation shorter than this says nothing.
pub const PRESENTATION_MIN: i64 = 80;

/// What is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Etat {
    /// Confirmed within the year, by the actor or somebody who knows it.
    pub confirmee: bool,
    /// Characters of its presentation.
    pub presentation: i64,
    /// A way to reach it that is shown.
    pub contact: bool,
    /// Active offers.
    pub offres: i64,
    /// Themes that somebody chose: those that the NAF suggests do not count.
    pub themes: i64,
    /// An open place with its street, or the right to keep it to oneself.
    pub adresse: bool,
    /// ESS by law: yes or no, with its evidence.
    pub ess: bool,
    /// A web site.
    pub site: bool,
    /// Approvals in force.
    pub agrements: i64,
}

/// One point of the scale, for one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// What is looked at.
    pub critere: Critere,
    /// Worth so much.
    pub sur: u8,
    /// Gained.
    pub gagne: bool,
}

impl Critere {
    /// What it is worth. The whole is 100.
    #[must_use]
    pub fn sur(self) -> u8 {
        match self {
            Self::Confirmee => 25,
            Self::Presentation => 20,
            Self::Contact | Self::Offre => 15,
            Self::Themes => 10,
            Self::Adresse | Self::Ess | Self::Site => 5,
        }
    }

    /// Is it so on this page?
    #[must_use]
    pub fn gagne(self, etat: &Etat) -> bool {
        match self {
            Self::Confirmee => etat.confirmee,
            Self::Presentation => etat.presentation >= PRESENTATION_MIN,
            Self::Contact => etat.contact,
            Self::Offre => etat.offres > 0,
            Self::Themes => etat.themes > 0,
            Self::Adresse => etat.adresse,
            Self::Ess => etat.ess,
            Self::Site => etat.site,
        }
    }

    /// What is seen, in one sentence.
    #[must_use]
    pub fn constat(self, gagne: bool) -> &'static str {
        match (self, gagne) {
            (Self::Confirmee, true) => "La fiche a été confirmée depuis moins d’un an.",
            (Self::Confirmee, false) => "Personne n’a confirmé la fiche depuis un an.",
            (Self::Presentation, true) => "La présentation dit ce que fait la structure.",
            (Self::Presentation, false) => "La présentation manque, ou tient en quelques mots.",
            (Self::Contact, true) => "On peut joindre la structure.",
            (Self::Contact, false) => "Aucun moyen de joindre la structure n’est montré.",
            (Self::Offre, true) => "Une offre au moins est décrite.",
            (Self::Offre, false) => "Aucune offre n’est décrite.",
            (Self::Themes, true) => "Les thèmes ont été choisis.",
            (Self::Themes, false) => "Les thèmes sont devinés, ou manquent.",
            (Self::Adresse, true) => "L’adresse est connue, ou cachée à la demande de la structure.",
            (Self::Adresse, false) => "Aucune adresse ouverte n’est connue.",
            (Self::Ess, true) => "On sait si la structure est de l’économie sociale et solidaire.",
            (Self::Ess, false) => "On ne sait pas si la structure est de l’économie sociale et solidaire.",
            (Self::Site, true) => "Le site internet est donné.",
            (Self::Site, false) => "Aucun site internet n’est donné.",
        }
    }

    /// How to gain it.
    #[must_use]
    pub fn pour_gagner(self) -> &'static str {
        match self {
            Self::Confirmee => "Relisez la fiche, puis « Tout est juste ».",
            Self::Presentation => "Écrivez deux à cinq phrases : pour qui, où, quoi.",
            Self::Contact => "Donnez le courriel ou le téléphone de la structure, pas celui d’une personne.",
            Self::Offre => "Décrivez une chose que la structure peut faire pour une commune.",
            Self::Themes => "Choisissez un à cinq thèmes.",
            Self::Adresse => "Vérifiez l’adresse déclarée à l’Insee.",
            Self::Ess => "Envoyez au département le document qui le prouve, par exemple les statuts.",
            Self::Site => "Donnez l’adresse du site, s’il y en a un.",
        }
    }

    /// Where on the pages of the actor; nothing when it is done elsewhere.
    #[must_use]
    pub fn ou(self) -> Option<&'static str> {
        match self {
            Self::Offre => Some("offres"),
            Self::Adresse | Self::Ess => None,
            _ => Some("modifier"),
        }
    }
}

/// Every point, in the order of what it is worth.
#[must_use]
pub fn points(etat: &Etat) -> Vec<Point> {
    let point = |critere: &Critere| Point { critere: *critere, sur: critere.sur(), gagne: critere.gagne(etat) };
    Critere::TOUS.iter().map(point).collect()
}

/// The score, from 0 to 100.
#[must_use]
pub fn note(etat: &Etat) -> u8 {
    points(etat).iter().filter(|point| point.gagne).map(|point| point.sur).sum()
}

/// How much a page serves: 1, plus its active offers (5 at most), plus its approvals in force (3 at most). Visits are not
/// counted: the site follows nobody.
#[must_use]
pub fn importance(etat: &Etat) -> u32 {
    let jusqu_a = |nombre: i64, max: i64| u32::try_from(nombre.clamp(0, max)).unwrap_or(0);
    1 + jusqu_a(etat.offres, 5) + jusqu_a(etat.agrements, 3)
}

/// What is repaired first: the points that lack, times how much the page serves.
#[must_use]
pub fn urgence(etat: &Etat) -> u32 {
    u32::from(100 - note(etat)) * importance(etat)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn pleine() -> Etat {
        Etat {
            confirmee: true,
            presentation: PRESENTATION_MIN,
            contact: true,
            offres: 1,
            themes: 1,
            adresse: true,
            ess: true,
            site: true,
            agrements: 0,
        }
    }

    #[test]
    fn l_echelle_fait_cent() {
        assert_eq!(Critere::TOUS.iter().map(|critere| u32::from(critere.sur())).sum::<u32>(), 100);
        assert_eq!((note(&pleine()), note(&Etat::default())), (100, 0));
        assert_eq!(urgence(&pleine()), 0, "nothing to repair");
    }

    #[rstest]
    #[case::confirmee(Etat { confirmee: false, ..pleine() }, 75)]
    #[case::quelques_mots(Etat { presentation: PRESENTATION_MIN - 1, ..pleine() }, 80)]
    #[case::themes_devines(Etat { themes: 0, ..pleine() }, 90)]
    #[case::sans_offre(Etat { offres: 0, ..pleine() }, 85)]
    fn ce_qui_manque_se_paie(#[case] etat: Etat, #[case] attendue: u8) {
        assert_eq!(note(&etat), attendue);
        assert_eq!(points(&etat).iter().filter(|point| !point.gagne).count(), 1);
    }

    #[test]
    fn une_fiche_qui_sert_se_repare_avant_une_autre() {
        let seule = Etat { confirmee: false, ..pleine() };
        let servie = Etat { offres: 9, agrements: 9, ..seule };
        assert_eq!((importance(&seule), importance(&servie)), (2, 9));
        assert!(urgence(&servie) > urgence(&seule));
    }

    proptest! {
        #[test]
        fn gagner_un_point_n_en_fait_perdre_aucun(
            confirmee: bool, contact: bool, adresse: bool, ess: bool, site: bool,
            presentation in 0_i64..200, offres in 0_i64..9, themes in 0_i64..9, agrements in 0_i64..9,
        ) {
            let etat = Etat { confirmee, presentation, contact, offres, themes, adresse, ess, site, agrements };
            prop_assert!(note(&etat) <= 100);
            let (relue, offrante) = (Etat { confirmee: true, ..etat }, Etat { offres: offres + 1, ..etat });
            prop_assert!(note(&relue) >= note(&etat));
            prop_assert!(note(&offrante) >= note(&etat));
            let avec_site = Etat { site: true, ..etat };
            prop_assert!(urgence(&avec_site) <= urgence(&etat));
        }
    }
}
