//! The journal: for each project what surely happened, then what goes on, until the number asked for is reached.

use jiff::civil::Date;
use platform::{Instant, WriteTx};
use serde_json::{Value as Json, json};

use super::Monde;
use super::accompagnement::Suivis;
use super::lot::Lot;
use super::projets::Projet;

const COLONNES: &[&str] =
    &["id", "instant", "genre", "version", "personne", "objet", "objet_id", "projet_id", "visibilite", "faits"];

/// What goes on in a project, and whether the agent did it.
const ENSUITE: &[(&str, bool)] = &[
    ("accompagnement.note", true),
    ("accompagnement.message", false),
    ("accompagnement.recommande", true),
    ("projet.modifie", false),
    ("accompagnement.message", true),
];

/// Returns how many lines.
pub(super) async fn ecrire(
    monde: &Monde<'_>,
    tx: &WriteTx,
    projets: &[Projet<'_>],
    suivis: &Suivis,
) -> anyhow::Result<u32> {
    let mut lot = Lot::nouveau(tx, "journal", COLONNES);
    let mut reste = monde.volume.journal;
    let sans_demande = projets.len() - suivis.horloges.len();
    for (rang, projet) in projets.iter().enumerate() {
        let suivi = rang.checked_sub(sans_demande).and_then(|rang| suivis.horloges.get(rang));
        for (quand, genre, faits) in surs(monde, projet, suivi) {
            if reste > 0 {
                ligne(monde, &mut lot, projet, (quand, genre, faits, false)).await?;
                reste -= 1;
            }
        }
    }
    while let (1.., Some(projet)) = (reste, monde.hasard.parmi(projets)) {
        let (genre, agent) = monde.hasard.parmi(ENSUITE).copied().unwrap_or_default();
        let faits = if genre == "projet.modifie" { json!({"partie": "description"}) } else { json!({}) };
        let apres = projet.cree_le.plus_seconds(monde.hasard.entre(86_400, 3 * 365 * 86_400));
        let quand = apres.min(monde.instance.clock.instant());
        ligne(monde, &mut lot, projet, (quand, genre, faits, agent)).await?;
        reste -= 1;
    }
    lot.finir().await?;
    Ok(monde.volume.journal - reste)
}

type Fait = (Instant, &'static str, Json);

/// What the rows of the project say has happened.
fn surs(
    monde: &Monde<'_>,
    projet: &Projet<'_>,
    suivi: Option<&(Date, accompagnement::demande::rules::Horloge)>,
) -> Vec<Fait> {
    let debut = projet.cree_le;
    let mut faits = vec![(debut, "projet.decrit", json!({})), (debut.plus_seconds(60), "projet.garde", json!({}))];
    if projet.confirme {
        faits.push((debut.plus_seconds(3_600), "projet.confirme", json!({"par": "mairie"})));
    }
    faits.extend(projet.publie_le.map(|le| (le, "projet.publie", json!({}))));
    if let Some((faite_le, horloge)) = suivi {
        let promise = json!({"promise_le": horloge.promise_le.to_string()});
        faits.push((monde.heure(*faite_le), "accompagnement.demande", promise));
        let attente = horloge.attend_depuis.map(|le| (monde.heure(le), "accompagnement.attente", json!({})));
        let reponse = horloge.repondue_le.map(|le| {
            let refusee = horloge.etat == accompagnement::demande::rules::Etat::Refusee;
            let genre = if refusee { "accompagnement.refuse" } else { "accompagnement.repondu" };
            (monde.heure(le), genre, json!({"mode": "courriel"}))
        });
        faits.extend(attente.into_iter().chain(reponse));
    }
    faits
}

async fn ligne(
    monde: &Monde<'_>,
    lot: &mut Lot<'_>,
    projet: &Projet<'_>,
    (quand, genre, faits, agent): (Instant, &'static str, Json, bool),
) -> anyhow::Result<()> {
    lot.ajouter(vec![
        monde.hasard.id(quand).into(),
        quand.0.into(),
        genre.into(),
        1_i64.into(),
        if agent { projet.agent() } else { &projet.auteur }.into(),
        "projet".into(),
        projet.id.clone().into(),
        projet.id.clone().into(),
        "partage".into(),
        faits.to_string().into(),
    ])
    .await
}
