//! States of a recommendation, as the State's engineering uses them (domain note 2.2): proposed, under way, blocked, done,
//! not interested, already done; kinds of what is said. Pure.

domain::vocabulaire! {
    /// What is said of a project, each kind as it is named in the conversation.
    GenreEchange {
        Note = "note", "note d’entretien";
        Message = "message", "message";
        Reponse = "reponse", "réponse du département";
        Attente = "attente", "élément attendu";
        Refus = "refus", "raison du refus";
        Demande = "demande", "demande précédente";
    }
}

/// Where a recommendation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EtatRecommandation {
    /// Made by the agent, no answer yet.
    Proposee,
    /// The bearer takes it up.
    EnCours,
    /// Taken up, but something stops it: the bearer says what.
    Blocage,
    /// Done.
    Terminee,
    /// The bearer does not want it.
    PasInteresse,
    /// It had been done before.
    DejaFaite,
}

impl EtatRecommandation {
    /// All, in the order shown.
    pub const TOUS: [Self; 6] =
        [Self::Proposee, Self::EnCours, Self::Blocage, Self::Terminee, Self::PasInteresse, Self::DejaFaite];

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proposee => "proposee",
            Self::EnCours => "en-cours",
            Self::Blocage => "blocage",
            Self::Terminee => "terminee",
            Self::PasInteresse => "pas-interesse",
            Self::DejaFaite => "deja-faite",
        }
    }

    /// In words.
    #[must_use]
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Proposee => "Proposée",
            Self::EnCours => "En cours",
            Self::Blocage => "Bloquée",
            Self::Terminee => "Terminée",
            Self::PasInteresse => "Non retenue",
            Self::DejaFaite => "Déjà faite",
        }
    }

    /// The button of the bearer.
    #[must_use]
    pub fn bouton(self) -> &'static str {
        match self {
            Self::Proposee => "Remettre à plus tard",
            Self::EnCours => "Nous la suivons",
            Self::Blocage => "Nous sommes bloqués",
            Self::Terminee => "C’est fait",
            Self::PasInteresse => "Pas pour nous",
            Self::DejaFaite => "C’était déjà fait",
        }
    }

    /// Reads what is stored or sent.
    #[must_use]
    pub fn lire(texte: &str) -> Option<Self> {
        Self::TOUS.into_iter().find(|etat| etat.as_str() == texte)
    }

    /// What the bearer may say from here. Nothing is final: people change their mind, the journal keeps both.
    #[must_use]
    pub fn suites(self) -> &'static [Self] {
        match self {
            Self::Proposee => &[Self::EnCours, Self::DejaFaite, Self::PasInteresse],
            Self::EnCours => &[Self::Terminee, Self::Blocage, Self::PasInteresse],
            Self::Blocage => &[Self::EnCours, Self::Terminee, Self::PasInteresse],
            Self::Terminee | Self::PasInteresse | Self::DejaFaite => &[Self::EnCours],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::EtatRecommandation as E;
    use rstest::rstest;

    #[test]
    fn chaque_etat_se_relit_et_mene_quelque_part() {
        for etat in E::TOUS {
            assert_eq!(E::lire(etat.as_str()), Some(etat));
            assert!(!etat.suites().is_empty() && !etat.suites().contains(&etat));
        }
        assert_eq!(E::lire("retenue"), None);
    }

    #[rstest]
    #[case(E::Proposee, E::Blocage, false)]
    #[case(E::EnCours, E::Blocage, true)]
    #[case(E::PasInteresse, E::EnCours, true)]
    #[case(E::Terminee, E::DejaFaite, false)]
    fn ce_que_le_porteur_peut_dire(#[case] de: E, #[case] vers: E, #[case] possible: bool) {
        assert_eq!(de.suites().contains(&vers), possible);
    }
}
