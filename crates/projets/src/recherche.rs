//! What of the projects everyone may find: those that their bearers published, as their public page shows them.

use std::collections::BTreeMap;

use domain::theme::Theme;
use platform::ReadTx;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};
use search::Document;
use socle::ProjetId;
use socle::projet::{self, Diffusion, Etat, theme};
use web::recherche::{PROJET, Portee, Source, Trouve};
use web::{Erreur, Instance};

/// Published projects, for the search of the whole site.
pub(crate) const SOURCES: &[Source] = &[Source {
    nom: PROJET,
    titre: "Projets publiés",
    page: None,
    lister: |tx, instance, portee| Box::pin(lister(tx, instance, portee)),
    montrer: |tx, instance, ids| Box::pin(montrer(tx, instance, ids)),
}];

/// Projects read at a time.
const LOT: u64 = 500;

fn publics() -> Select<projet::Entity> {
    projet::Entity::find()
        .filter(projet::Column::Diffusion.eq(Diffusion::Public))
        .filter(projet::Column::Etat.eq(Etat::Garde))
        .order_by_asc(projet::Column::Id)
}

async fn lister(tx: &ReadTx, instance: &Instance, portee: Portee<'_>) -> Result<Vec<Document>, Erreur> {
    let requete = match portee {
        Portee::Ids(ids) => publics().filter(projet::Column::Id.is_in(ids.iter().map(String::as_str))),
        Portee::Apres(apres) => publics().filter(projet::Column::Id.gt(apres)).limit(LOT),
    };
    let projets = requete.all(tx).await?;
    let ids = projets.iter().map(|projet| projet.id.clone());
    let lignes = theme::Entity::find().filter(theme::Column::ProjetId.is_in(ids)).all(tx).await?;
    let mut themes: BTreeMap<ProjetId, Vec<Theme>> = BTreeMap::new();
    for ligne in lignes {
        themes.entry(ligne.projet_id).or_default().extend(ligne.theme.parse::<Theme>().ok());
    }
    Ok(projets
        .iter()
        .map(|projet| document(instance, projet, themes.get(&projet.id).map_or(&[], Vec::as_slice)))
        .collect())
}

fn document(instance: &Instance, projet: &projet::Model, themes: &[Theme]) -> Document {
    let commune = instance.referentiel().nom_commune(&projet.commune);
    let locaux = instance.locaux();
    let corps = [projet.manque.as_str(), projet.etape.libelle(), projet.porteur.libelle()];
    let corps = corps.into_iter().chain(themes.iter().map(|theme| locaux.themes.nom(*theme)));
    Document {
        source: PROJET.to_owned(),
        id: projet.id.to_string(),
        titre: projet.titre.clone(),
        fort: commune.to_owned(),
        corps: corps.collect::<Vec<_>>().join(" \n"),
        facettes: Vec::new(),
        tri: projet.titre_tri.clone(),
    }
}

async fn montrer(tx: &ReadTx, instance: &Instance, ids: &[String]) -> Result<Vec<Trouve>, Erreur> {
    let projets = publics().filter(projet::Column::Id.is_in(ids.iter().map(String::as_str))).all(tx).await?;
    Ok(projets.into_iter().map(|projet| trouve(instance, projet)).collect())
}

fn trouve(instance: &Instance, projet: projet::Model) -> Trouve {
    let commune = instance.referentiel().nom_commune(&projet.commune);
    Trouve {
        id: projet.id.to_string(),
        url: format!("/projets/{}", projet.reference),
        resume: format!("{commune} · {}", projet.etape.libelle()),
        titre: projet.titre,
        exemple: false,
    }
}
