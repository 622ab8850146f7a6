//! Rights as one pure table: a person's functions (from mandates in force) and link to a project give yes or a reason.
//!
//! Storage answers "what is the link"; nothing else in the house decides who may do what.

use crate::enumeration::enumeration;

enumeration! {
    /// The function that a mandate gives in an organisation.
    Fonction {
        Maire = "maire", "Maire ou président·e";
        Elu = "elu", "Élu·e";
        AgentCommune = "agent-commune", "Agent de la collectivité";
        Representant = "representant", "Représentant·e de la structure";
        ChargeTerritorial = "charge-territorial", "Chargé·e territorial·e";
        Coordinateur = "coordinateur", "Coordinateur·rice";
        Direction = "direction", "Direction, élu·e du département";
        Facilitateur = "facilitateur", "Facilitateur·rice de clauses";
        AgentSite = "agent-site", "Agent qui gère le site";
    }
}

impl Fonction {
    /// Given only inside the département.
    #[must_use]
    pub fn est_du_departement(self) -> bool {
        matches!(
            self,
            Self::ChargeTerritorial | Self::Coordinateur | Self::Direction | Self::Facilitateur | Self::AgentSite
        )
    }
}

/// How a person stands to one project, strongest link first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lien {
    /// Chargé territorial of the project's secteur or to whom it was handed by name, or replacing them today.
    ChargeDuSecteur,
    /// Holds a verified mandate of the bearer, or described a project that nobody has to confirm.
    Porteur,
    /// Invited by who bears it: sees it and works on it, decides neither who comes in nor what is public.
    Invite,
    /// Described the project; the mandate is declared, not verified.
    Declarant,
    /// None.
    Aucun,
}

/// What may be asked of the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Read the project whole.
    VoirProjet,
    /// Read a project that its bearers share with the whole département.
    VoirProjetPartage,
    /// Change its description.
    ModifierProjet,
    /// Publish or withdraw it (a dated act of the bearer).
    PublierProjet,
    /// Invite a colleague.
    InviterMembre,
    /// Say that the commune really bears it.
    ConfirmerProjet,
    /// Ask for accompaniment, reply, take up a recommendation.
    AgirPourLePorteur,
    /// Answer, recommend, note, introduce, hand over.
    Accompagner,
    /// The chargé's board.
    VoirTableauDeBord,
    /// Verify a declared function, end one that is over.
    VerifierMandats,
    /// All secteurs, load, portfolios.
    Coordonner,
    /// Funnel, delays, exports.
    Piloter,
    /// Signals of procurement planned.
    VoirMarches,
    /// Identity, texts, users, imports, jobs, backups.
    GererLeSite,
    /// Edit the levers.
    GererLesLeviers,
    /// Change what an actor of the directory offers; the link is to the actor's organisation.
    ModifierActeur,
    /// See and animate the members of a network; the link is to the network's organisation.
    AnimerReseau,
}

/// Why not, in words that can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refus {
    /// Sign in first.
    ConnexionRequise,
    /// The person's mandates do not give it.
    FonctionRequise(&'static str),
    /// The project is private and the person has no link to it.
    ProjetPrive,
    /// The mandate is declared, not verified yet.
    MandatAVerifier,
}

impl Refus {
    /// The sentence of the 403 page.
    #[must_use]
    pub fn phrase(self) -> String {
        match self {
            Self::ConnexionRequise => "Connectez-vous pour continuer.".to_owned(),
            Self::FonctionRequise(qui) => format!("Cette page est réservée : {qui}."),
            Self::ProjetPrive => {
                "Ce projet est privé : seules les personnes qui le portent et l'équipe du département \
                qui l'accompagne peuvent le voir."
                    .to_owned()
            }
            Self::MandatAVerifier => "Votre fonction n'est pas encore vérifiée. Vous voyez les projets que vous avez \
                décrits ; le reste s'ouvrira quand la mairie, un collègue ou le département l'aura confirmée."
                .to_owned(),
        }
    }
}

/// Who asks: nobody signed in, or a person with the functions of mandates in force and verified.
#[derive(Clone, Copy, Debug)]
pub struct Demandeur<'a> {
    /// Signed in.
    pub connecte: bool,
    /// Functions in force and verified.
    pub fonctions: &'a [Fonction],
}

/// May `qui`, linked so to the project, do this? Yes, or the reason.
///
/// # Errors
/// The reason of the refusal.
pub fn autoriser(qui: Demandeur<'_>, lien: Lien, action: Action) -> Result<(), Refus> {
    if !qui.connecte && lien == Lien::Aucun {
        return Err(Refus::ConnexionRequise);
    }
    match action {
        Action::VoirProjet => {
            permettre(lien < Lien::Aucun || qui.a(&[Fonction::Coordinateur, Fonction::Direction]), Refus::ProjetPrive)
        }
        Action::VoirProjetPartage => {
            permettre(qui.connecte && qui.fonctions.iter().any(|f| f.est_du_departement()), Refus::ProjetPrive)
        }
        Action::ModifierProjet => permettre(lien < Lien::Aucun, Refus::ProjetPrive),
        // Who accompanies never answers in the bearer's place, nor approves what they wrote themselves.
        Action::AgirPourLePorteur => match lien {
            Lien::Porteur | Lien::Invite | Lien::Declarant => Ok(()),
            Lien::ChargeDuSecteur => Err(Refus::FonctionRequise("les personnes qui portent le projet")),
            Lien::Aucun => Err(Refus::ProjetPrive),
        },
        Action::PublierProjet | Action::InviterMembre => match lien {
            Lien::Porteur => Ok(()),
            Lien::Declarant => Err(Refus::MandatAVerifier),
            Lien::ChargeDuSecteur | Lien::Invite => Err(Refus::FonctionRequise("les personnes qui portent le projet")),
            Lien::Aucun => Err(Refus::ProjetPrive),
        },
        Action::ConfirmerProjet => permettre(
            matches!(lien, Lien::Porteur | Lien::ChargeDuSecteur) || qui.a(&[Fonction::Coordinateur]),
            Refus::FonctionRequise("la mairie ou l'équipe du département"),
        ),
        Action::Accompagner => permettre(
            lien == Lien::ChargeDuSecteur || qui.a(&[Fonction::Coordinateur]),
            Refus::FonctionRequise("la personne chargée de ce secteur, ou la coordination"),
        ),
        Action::VoirTableauDeBord => permettre(
            qui.a(&[Fonction::ChargeTerritorial, Fonction::Coordinateur]),
            Refus::FonctionRequise("les chargés territoriaux et la coordination"),
        ),
        Action::VerifierMandats => permettre(
            qui.a(&[Fonction::ChargeTerritorial, Fonction::Coordinateur, Fonction::AgentSite]),
            Refus::FonctionRequise("les chargés territoriaux, la coordination et les agents qui gèrent le site"),
        ),
        Action::Coordonner => permettre(qui.a(&[Fonction::Coordinateur]), Refus::FonctionRequise("la coordination")),
        Action::Piloter => permettre(
            qui.a(&[Fonction::Coordinateur, Fonction::Direction]),
            Refus::FonctionRequise("la direction et la coordination"),
        ),
        Action::VoirMarches => permettre(
            qui.a(&[Fonction::Facilitateur, Fonction::Coordinateur]),
            Refus::FonctionRequise("les facilitateurs de clauses"),
        ),
        Action::GererLeSite => {
            permettre(qui.a(&[Fonction::AgentSite]), Refus::FonctionRequise("les agents qui gèrent le site"))
        }
        Action::ModifierActeur => match lien {
            Lien::Porteur => Ok(()),
            _ if qui.a(&[Fonction::AgentSite]) => Ok(()),
            Lien::Declarant => Err(Refus::MandatAVerifier),
            Lien::ChargeDuSecteur | Lien::Invite | Lien::Aucun => Err(Refus::FonctionRequise(
                "les personnes qui représentent cette structure, et les agents qui gèrent le site",
            )),
        },
        Action::AnimerReseau => match lien {
            Lien::Porteur => Ok(()),
            _ if qui.a(&[Fonction::AgentSite]) => Ok(()),
            Lien::Declarant => Err(Refus::MandatAVerifier),
            Lien::ChargeDuSecteur | Lien::Invite | Lien::Aucun => Err(Refus::FonctionRequise(
                "les personnes qui représentent ce réseau, et les agents qui gèrent le site",
            )),
        },
        Action::GererLesLeviers => permettre(
            qui.a(&[Fonction::AgentSite, Fonction::Coordinateur]),
            Refus::FonctionRequise("les agents qui gèrent le site et la coordination"),
        ),
    }
}

impl Demandeur<'_> {
    fn a(&self, fonctions: &[Fonction]) -> bool {
        self.connecte && self.fonctions.iter().any(|f| fonctions.contains(f))
    }
}

fn permettre(oui: bool, sinon: Refus) -> Result<(), Refus> {
    if oui { Ok(()) } else { Err(sinon) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::anonyme_ne_voit_pas(&[], Lien::Aucun, Action::VoirProjet, Err(Refus::ProjetPrive))]
    #[case::porteur_voit(&[], Lien::Porteur, Action::VoirProjet, Ok(()))]
    #[case::declarant_modifie(&[], Lien::Declarant, Action::ModifierProjet, Ok(()))]
    #[case::declarant_ne_publie_pas(&[], Lien::Declarant, Action::PublierProjet, Err(Refus::MandatAVerifier))]
    #[case::invite_voit(&[], Lien::Invite, Action::VoirProjet, Ok(()))]
    #[case::invite_modifie(&[], Lien::Invite, Action::ModifierProjet, Ok(()))]
    #[case::invite_demande(&[], Lien::Invite, Action::AgirPourLePorteur, Ok(()))]
    #[case::invite_n_invite_pas(&[], Lien::Invite, Action::InviterMembre, Err(Refus::FonctionRequise("les personnes qui portent le projet")))]
    #[case::invite_ne_publie_pas(&[], Lien::Invite, Action::PublierProjet, Err(Refus::FonctionRequise("les personnes qui portent le projet")))]
    #[case::invite_ne_confirme_pas(&[], Lien::Invite, Action::ConfirmerProjet, Err(Refus::FonctionRequise("la mairie ou l'équipe du département")))]
    #[case::charge_ne_publie_pas(&[Fonction::ChargeTerritorial], Lien::ChargeDuSecteur, Action::PublierProjet, Err(Refus::FonctionRequise("les personnes qui portent le projet")))]
    #[case::charge_d_un_autre_secteur(&[Fonction::ChargeTerritorial], Lien::Aucun, Action::VoirProjet, Err(Refus::ProjetPrive))]
    #[case::charge_accompagne(&[Fonction::ChargeTerritorial], Lien::ChargeDuSecteur, Action::Accompagner, Ok(()))]
    #[case::direction_n_accompagne_pas(&[Fonction::Direction], Lien::Aucun, Action::Accompagner, Err(Refus::FonctionRequise("la personne chargée de ce secteur, ou la coordination")))]
    #[case::charge_n_approuve_pas_pour_le_porteur(&[Fonction::ChargeTerritorial], Lien::ChargeDuSecteur, Action::AgirPourLePorteur, Err(Refus::FonctionRequise("les personnes qui portent le projet")))]
    #[case::declarant_demande(&[], Lien::Declarant, Action::AgirPourLePorteur, Ok(()))]
    #[case::direction_pilote(&[Fonction::Direction], Lien::Aucun, Action::Piloter, Ok(()))]
    #[case::agent_site_ne_voit_pas_les_projets(&[Fonction::AgentSite], Lien::Aucun, Action::VoirProjet, Err(Refus::ProjetPrive))]
    #[case::facilitateur_lit_ce_qui_est_partage(&[Fonction::Facilitateur], Lien::Aucun, Action::VoirProjetPartage, Ok(()))]
    #[case::autre_secteur_lit_ce_qui_est_partage(&[Fonction::ChargeTerritorial], Lien::Aucun, Action::VoirProjetPartage, Ok(()))]
    #[case::une_autre_mairie_ne_le_lit_pas(&[Fonction::Maire], Lien::Aucun, Action::VoirProjetPartage, Err(Refus::ProjetPrive))]
    #[case::agent_site_verifie_les_fonctions(&[Fonction::AgentSite], Lien::Aucun, Action::VerifierMandats, Ok(()))]
    #[case::charge_verifie_les_fonctions(&[Fonction::ChargeTerritorial], Lien::Aucun, Action::VerifierMandats, Ok(()))]
    #[case::direction_ne_verifie_pas(&[Fonction::Direction], Lien::Aucun, Action::VerifierMandats, Err(Refus::FonctionRequise("les chargés territoriaux, la coordination et les agents qui gèrent le site")))]
    #[case::agent_site_n_a_pas_le_tableau_du_charge(&[Fonction::AgentSite], Lien::Aucun, Action::VoirTableauDeBord, Err(Refus::FonctionRequise("les chargés territoriaux et la coordination")))]
    #[case::representant_modifie_son_acteur(&[], Lien::Porteur, Action::ModifierActeur, Ok(()))]
    #[case::agent_site_modifie_tout_acteur(&[Fonction::AgentSite], Lien::Aucun, Action::ModifierActeur, Ok(()))]
    #[case::representant_a_verifier(&[], Lien::Declarant, Action::ModifierActeur, Err(Refus::MandatAVerifier))]
    #[case::charge_ne_modifie_pas_un_acteur(&[Fonction::ChargeTerritorial], Lien::Aucun, Action::ModifierActeur, Err(Refus::FonctionRequise("les personnes qui représentent cette structure, et les agents qui gèrent le site")))]
    #[case::un_reseau_anime_ses_membres(&[], Lien::Porteur, Action::AnimerReseau, Ok(()))]
    #[case::agent_site_voit_les_reseaux(&[Fonction::AgentSite], Lien::Aucun, Action::AnimerReseau, Ok(()))]
    #[case::reseau_a_verifier(&[], Lien::Declarant, Action::AnimerReseau, Err(Refus::MandatAVerifier))]
    #[case::un_autre_reseau(&[Fonction::Representant], Lien::Aucun, Action::AnimerReseau, Err(Refus::FonctionRequise("les personnes qui représentent ce réseau, et les agents qui gèrent le site")))]
    fn la_table_des_droits(
        #[case] fonctions: &[Fonction],
        #[case] lien: Lien,
        #[case] action: Action,
        #[case] attendu: Result<(), Refus>,
    ) {
        assert_eq!(autoriser(Demandeur { connecte: true, fonctions }, lien, action), attendu);
    }

    #[test]
    fn un_visiteur_sans_lien_doit_se_connecter() {
        let visiteur = Demandeur { connecte: false, fonctions: &[] };
        assert_eq!(autoriser(visiteur, Lien::Aucun, Action::VoirProjet), Err(Refus::ConnexionRequise));
        assert_eq!(autoriser(visiteur, Lien::Declarant, Action::ModifierProjet), Ok(()));
        assert_eq!(autoriser(visiteur, Lien::Declarant, Action::PublierProjet), Err(Refus::MandatAVerifier));
    }

    #[test]
    fn chaque_fonction_se_relit() {
        for fonction in Fonction::TOUS {
            assert_eq!(fonction.as_str().parse(), Ok(*fonction));
        }
    }
}
