//! How the events of this feature are said. Security events stay with the operator.

use platform::journal::{Evenement, Visibilite};
use web::feature::Rendu;

pub(crate) const CONNEXION: &str = "compte.connexion";
pub(crate) const IDENTITE_RELIEE: &str = "compte.identite_reliee";
pub(crate) const EFFACEMENT: &str = "compte.effacement";
pub(crate) const MANDAT_DECLARE: &str = "mandat.declare";
pub(crate) const MANDAT_VERIFIE: &str = "mandat.verifie";
pub(crate) const MANDAT_REFUSE: &str = "mandat.refuse";
pub(crate) const MANDAT_TERMINE: &str = "mandat.termine";

pub(crate) const FIN_CHANGEE: &str = "mandat.fin_changee";
pub(crate) const EPCI_PRECISEE: &str = "organisation.epci_precisee";
pub(crate) const SESSIONS_FERMEES: &str = "compte.sessions_fermees";

pub(crate) const RENDUS: &[(&str, Rendu)] = &[
    (CONNEXION, |_, _| "Connexion".to_owned()),
    (IDENTITE_RELIEE, |_, _| "Compte relié à une identité professionnelle".to_owned()),
    (EFFACEMENT, |_, _| "Compte effacé à la demande de la personne".to_owned()),
    (MANDAT_DECLARE, |_, _| "Fonction déclarée".to_owned()),
    (MANDAT_VERIFIE, |_, _| "Fonction vérifiée".to_owned()),
    (MANDAT_REFUSE, |_, _| "Fonction refusée".to_owned()),
    (MANDAT_TERMINE, |_, _| "Fonction terminée".to_owned()),
    (FIN_CHANGEE, |_, _| "Dernier jour d’une fonction changé".to_owned()),
    (EPCI_PRECISEE, |_, _| "Une intercommunalité déclarée par son nom a son numéro".to_owned()),
    (SESSIONS_FERMEES, |_, _| "Sessions fermées par un agent du site".to_owned()),
];

pub(crate) fn evenement(genre: &'static str, objet: &'static str, id: &str, par: Option<&str>) -> Evenement {
    Evenement::nouveau(genre, objet, id).par(par).visible(Visibilite::Exploitation)
}
