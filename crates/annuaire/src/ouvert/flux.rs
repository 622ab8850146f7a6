//! The newest actors, as an RSS feed: what a press service, a network or a person follows without an account.

use jiff::fmt::rfc2822::DateTimePrinter;
use platform::Instant;
use rss::{Channel, Guid, Item};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};
use web::composants::echapper;
use web::ouvert::pour_tous;
use web::{Cadre, Erreur, Reponse};

use super::acteur::{self, ActeurOuvert};
use crate::acteur::{Column, Entity};
use crate::vocabulaire::EtatActeur;

/// What it is called.
pub(crate) const TITRE: &str = "Nouveaux acteurs de l’annuaire";
/// Where it is.
pub(crate) const ADRESSE: &str = "/annuaire/nouveautes.rss";
/// Entries.
const ENTREES: u64 = 50;

/// GET `/annuaire/nouveautes.rss`.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let nouveaux: Vec<(String, i64)> = Entity::find()
        .select_only()
        .column(Column::Id)
        .column(Column::CreeLe)
        .filter(Column::Etat.eq(EtatActeur::Actif))
        .order_by_desc(Column::CreeLe)
        .order_by_asc(Column::Id)
        .limit(ENTREES)
        .into_tuple()
        .all(&tx)
        .await?;
    let ids: Vec<String> = nouveaux.iter().map(|(id, _)| id.clone()).collect();
    let acteurs = acteur::lire(&tx, instance, &ids).await?;
    drop(tx);
    let depuis = |id: &str| nouveaux.iter().find(|(nouveau, _)| nouveau == id).map(|(_, le)| *le);
    let mut entrees = Vec::new();
    for (id, acteur) in &acteurs {
        let le = depuis(id).map(|le| DateTimePrinter::new().timestamp_to_string(&Instant(le).timestamp()));
        entrees.push(Item {
            title: Some(acteur.nom.clone()),
            link: Some(acteur.page.clone()),
            guid: Some(Guid { value: acteur.page.clone(), permalink: true }),
            pub_date: le.transpose().map_err(Erreur::interne)?,
            // Readers show a description as HTML: what people wrote must stay words.
            description: Some(echapper(&resumer(acteur))),
            ..Item::default()
        });
    }
    let identite = cadre.identite();
    let flux = Channel {
        title: format!("{TITRE} – {}", identite.nom),
        link: instance.url("/annuaire"),
        description: format!("Les derniers acteurs entrés dans l’annuaire, {}", identite.collectivite),
        language: Some("fr".to_owned()),
        items: entrees,
        ..Channel::default()
    };
    Ok(pour_tous("application/rss+xml; charset=utf-8", 900, flux.to_string()))
}

fn resumer(acteur: &ActeurOuvert) -> String {
    let exemple = if acteur.exemple { "Exemple inventé. " } else { "" };
    let parties = [acteur.commune.as_deref(), acteur.presentation.as_deref()];
    format!("{exemple}{}", parties.into_iter().flatten().collect::<Vec<_>>().join(" – "))
}
