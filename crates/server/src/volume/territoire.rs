//! The communes: their organisations, and the secteur and agent who answer for each today.

use std::collections::BTreeMap;

use domain::code::CodeCommune;
use platform::WriteTx;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use socle::organisation::{self, Nature};
use socle::{nom_tri, secteur};

use super::lot::Lot;
use super::{ANNEES, Monde};

/// A commune of the instance.
pub(super) struct Lieu {
    pub(super) code: CodeCommune,
    pub(super) nom: String,
    pub(super) organisation: String,
    pub(super) secteur: Option<String>,
    pub(super) agent: Option<String>,
    /// Promised delay, in working days.
    pub(super) delai: u32,
}

const COLONNES: &[&str] =
    &["id", "nature", "siren", "rna", "commune", "nom", "nom_tri", "courriel", "cree_le", "version"];

/// Makes the organisations that are missing.
pub(super) async fn communes(monde: &Monde<'_>, tx: &WriteTx) -> anyhow::Result<Vec<Lieu>> {
    let instance = monde.instance;
    let connues: BTreeMap<CodeCommune, String> = organisation::Entity::find()
        .filter(organisation::Column::Nature.eq(Nature::Commune))
        .all(tx)
        .await?
        .into_iter()
        .filter_map(|organisation| Some((organisation.commune?, organisation.id.0)))
        .collect();
    let debut = monde.heure(monde.avant(ANNEES * 365));
    let mut lot = Lot::nouveau(tx, "organisation", COLONNES);
    let mut lieux = Vec::new();
    for code in instance.perimetre().communes() {
        let nom = instance.referentiel().nom_commune(code);
        let organisation = match connues.get(code) {
            Some(id) => id.clone(),
            None => {
                let (id, rien) = (monde.hasard.id(debut), None::<String>);
                lot.ajouter(vec![
                    id.clone().into(),
                    "commune".into(),
                    rien.clone().into(),
                    rien.into(),
                    code.as_str().into(),
                    nom.into(),
                    nom_tri(nom).into(),
                    format!("mairie-{}@exemple.invalid", code.as_str().to_lowercase()).into(),
                    debut.0.into(),
                    1_i64.into(),
                ])
                .await?;
                id
            }
        };
        let qui = secteur::interlocuteur(tx, code, monde.jour).await?;
        lieux.push(Lieu {
            code: code.clone(),
            nom: nom.to_owned(),
            organisation,
            secteur: qui.as_ref().map(|qui| qui.secteur_id.0.clone()),
            agent: qui.as_ref().and_then(|qui| qui.personne_id.clone()).map(|id| id.0),
            delai: qui.map_or(5, |qui| u32::try_from(qui.delai_jours_ouvres).unwrap_or(5)),
        });
    }
    lot.finir().await?;
    Ok(lieux)
}
