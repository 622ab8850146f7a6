//! How the events of this feature are said.

use platform::journal::{Evenement, Visibilite};
use serde_json::Value;
use socle::projet;
use web::Contexte;
use web::feature::Rendu;

use crate::suivi::rules::EtatRecommandation;

pub(crate) const DEMANDE: &str = "accompagnement.demande";
pub(crate) const SAISI: &str = "accompagnement.saisi";
pub(crate) const REPONDU: &str = "accompagnement.repondu";
pub(crate) const REPONSE_ANNULEE: &str = "accompagnement.reponse-annulee";
pub(crate) const ATTENTE: &str = "accompagnement.attente";
pub(crate) const REPRISE: &str = "accompagnement.reprise";
pub(crate) const REFUSE: &str = "accompagnement.refuse";
pub(crate) const RECOMMANDE: &str = "accompagnement.recommande";
pub(crate) const DECIDE: &str = "accompagnement.recommandation-decidee";
pub(crate) const NOTE: &str = "accompagnement.note";
pub(crate) const MESSAGE: &str = "accompagnement.message";
pub(crate) const CONFIE: &str = "accompagnement.confie";
pub(crate) const RELATION_PROPOSEE: &str = "accompagnement.relation-proposee";
pub(crate) const RELATION_ENVOYEE: &str = "accompagnement.relation-envoyee";
pub(crate) const RELATION_REPONDUE: &str = "accompagnement.relation-repondue";
pub(crate) const FUSIONNE: &str = "accompagnement.fusionne";
pub(crate) const SEPARE: &str = "accompagnement.separe";
pub(crate) const REPRIS: &str = "accompagnement.repris";
pub(crate) const REPRIS_DE_NOUVEAU: &str = "accompagnement.repris-de-nouveau";
pub(crate) const REPRISE_ANNULEE: &str = "accompagnement.reprise-annulee";
pub(crate) const ROUVERT: &str = "accompagnement.rouvert";
pub(crate) const INVITE: &str = "accompagnement.invite";
pub(crate) const MAUVAISE_ADRESSE: &str = "accompagnement.mauvaise-adresse";
pub(crate) const MARCHE: &str = "accompagnement.marche";
pub(crate) const RECONNU: &str = "accompagnement.reconnu";

pub(crate) const RENDUS: &[(&str, Rendu)] = &[
    (DEMANDE, |_, f| format!("Accompagnement demandé. Réponse promise au plus tard le {}", jour(f, "promise_le"))),
    (SAISI, |_, _| "Projet saisi par le département après un appel".to_owned()),
    (REPRIS, |_, _| "Projet repris du tableau de suivi du département".to_owned()),
    (REPRIS_DE_NOUVEAU, |_, _| "Projet mis à jour d’après le tableau de suivi du département".to_owned()),
    (REPRISE_ANNULEE, |_, _| "Reprise du tableau de suivi annulée".to_owned()),
    (INVITE, |_, _| "Le porteur est invité à reconnaître son projet".to_owned()),
    (RECONNU, |_, f| {
        if f.get("corrige").and_then(Value::as_bool) == Some(true) {
            "Le porteur a corrigé ce qui était noté".to_owned()
        } else {
            "Le porteur a dit : « c’est bien cela »".to_owned()
        }
    }),
    (MAUVAISE_ADRESSE, |_, _| "L’adresse donnée n’était pas la bonne".to_owned()),
    (ROUVERT, |_, f| format!("Demande rouverte. Réponse promise au plus tard le {}", jour(f, "promise_le"))),
    (MARCHE, |_, f| match texte(f, "acte") {
        "vu" => "Marché prévu : vu par la facilitation".to_owned(),
        "contacte" => "Marché prévu : la facilitation a contacté la commune".to_owned(),
        _ => "Marché prévu : de nouveau à contacter".to_owned(),
    }),
    (REPONDU, |_, f| {
        if texte(f, "mode") == "telephone" {
            "Répondu par téléphone".to_owned()
        } else {
            "Réponse du département".to_owned()
        }
    }),
    (REPONSE_ANNULEE, |_, _| "La réponse par téléphone, notée par erreur, est annulée".to_owned()),
    (ATTENTE, |_, _| "Le département attend un élément de votre part : le délai est suspendu".to_owned()),
    (REPRISE, |_, f| format!("Le délai reprend. Réponse promise au plus tard le {}", jour(f, "promise_le"))),
    (REFUSE, |_, _| "Le département ne peut pas accompagner ce projet (raison donnée)".to_owned()),
    (RECOMMANDE, |_, _| "Nouvelle recommandation".to_owned()),
    (DECIDE, |_, f| match EtatRecommandation::lire(texte(f, "etat")) {
        Some(etat) => format!("Recommandation : {}", etat.libelle().to_lowercase()),
        None => "Recommandation examinée".to_owned(),
    }),
    (FUSIONNE, |_, f| format!("La fiche {} disait le même projet : elle est réunie à celle-ci", texte(f, "double"))),
    (SEPARE, |_, f| format!("La fiche {} est de nouveau à part", texte(f, "double"))),
    (NOTE, |_, _| "Entretien noté".to_owned()),
    (MESSAGE, |_, _| "Message".to_owned()),
    (CONFIE, |_, _| "Le projet change d’interlocuteur".to_owned()),
    (RELATION_PROPOSEE, |_, _| "Mise en relation proposée, à approuver par le porteur".to_owned()),
    (RELATION_ENVOYEE, |_, _| "Mise en relation approuvée et envoyée".to_owned()),
    (RELATION_REPONDUE, |_, f| match texte(f, "reponse") {
        "interesse" => "L’acteur est intéressé : les contacts sont échangés".to_owned(),
        "plus-tard" => "L’acteur répond : plus tard".to_owned(),
        _ => "L’acteur répond : pas cette fois".to_owned(),
    }),
];

fn texte<'a>(faits: &'a Value, cle: &str) -> &'a str {
    faits.get(cle).and_then(Value::as_str).unwrap_or_default()
}

fn jour(faits: &Value, cle: &str) -> String {
    texte(faits, cle).parse().map_or_else(|_| "une date inconnue".to_owned(), domain::dates::en_lettres)
}

/// An event of a project, by the visitor.
pub(crate) fn evenement(contexte: &Contexte, genre: &'static str, projet: &projet::Model) -> Evenement {
    Evenement::nouveau(genre, "projet", projet.id.as_str())
        .projet(projet.id.as_str())
        .par(contexte.visiteur.personne_id().map(|id| id.as_str()))
        .visible(Visibilite::Partage)
}
