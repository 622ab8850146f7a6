//! Reading offers with their themes, stages and territories: a constant number of statements.

use std::collections::BTreeMap;

use domain::cents::Cents;
use domain::code::CodeCommune;
use domain::profil::Etape;
use domain::theme::Theme;
use platform::Instant;
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, raw_sql};

use super::storage::{Model, OffreComplete, OffreId, Reference, reference};
use crate::acteur::ActeurId;
use crate::liste::storage::valeurs;
use crate::vocabulaire::{GenreOffre, GenreTerritoire, Periode, Tarif};

/// An offer on one line.
#[derive(Clone, Debug, FromQueryResult)]
struct Lue {
    id: OffreId,
    acteur_id: ActeurId,
    titre: String,
    titre_tri: String,
    description: String,
    genre: GenreOffre,
    modes: String,
    tarif: Option<Tarif>,
    payant: bool,
    active: bool,
    exemple: bool,
    cree_le: Instant,
    modifie_le: Instant,
    version: i64,
    capacite: Option<String>,
    capacite_nombre: Option<i64>,
    capacite_periode: Option<Periode>,
    a_partir_de: Option<Cents>,
    prix_pour: Option<String>,
    themes: Option<String>,
    etapes: Option<String>,
    territoires: Option<String>,
}

impl From<Lue> for OffreComplete {
    fn from(lue: Lue) -> Self {
        Self {
            themes: valeurs::<Theme>(lue.themes.as_deref()),
            etapes: valeurs::<Etape>(lue.etapes.as_deref()),
            territoires: territoires(lue.territoires.as_deref()),
            references: Vec::new(),
            offre: Model {
                id: lue.id,
                acteur_id: lue.acteur_id,
                titre: lue.titre,
                titre_tri: lue.titre_tri,
                description: lue.description,
                genre: lue.genre,
                modes: lue.modes,
                tarif: lue.tarif,
                payant: lue.payant,
                active: lue.active,
                exemple: lue.exemple,
                cree_le: lue.cree_le,
                modifie_le: lue.modifie_le,
                version: lue.version,
                capacite: lue.capacite,
                capacite_nombre: lue.capacite_nombre,
                capacite_periode: lue.capacite_periode,
                a_partir_de: lue.a_partir_de,
                prix_pour: lue.prix_pour,
            },
        }
    }
}

/// `epci:200071066,commune:54129`, as the statements join them.
fn territoires(joints: Option<&str>) -> Vec<(GenreTerritoire, String)> {
    let mut territoires: Vec<(GenreTerritoire, String)> = joints
        .unwrap_or_default()
        .split(',')
        .filter_map(|texte| texte.split_once(':'))
        .filter_map(|(genre, code)| Some((genre.parse().ok()?, code.to_owned())))
        .collect();
    territoires.sort();
    territoires
}

/// The offers of an actor, by title; those withdrawn too.
///
/// # Errors
/// The engine refused.
pub async fn de_l_acteur(db: &impl ConnectionTrait, acteur: &ActeurId) -> Result<Vec<OffreComplete>, DbErr> {
    let acteur = acteur.as_str();
    let lues = Lue::find_by_statement(raw_sql!(
        Postgres,
        "SELECT o.id, o.acteur_id, o.titre, o.titre_tri, o.description, o.genre, o.modes, o.tarif, o.payant, o.active, o.exemple,
            o.cree_le, o.modifie_le, o.version, o.capacite, o.capacite_nombre, o.capacite_periode, o.a_partir_de, o.prix_pour,
            (SELECT string_agg(t.theme, ',') FROM offre_theme t WHERE t.offre_id = o.id) AS themes,
            (SELECT string_agg(e.etape, ',') FROM offre_etape e WHERE e.offre_id = o.id) AS etapes,
            (SELECT string_agg(z.genre || ':' || z.code, ',') FROM offre_territoire z WHERE z.offre_id = o.id) AS territoires
         FROM offre o WHERE o.acteur_id = {acteur} ORDER BY o.titre_tri, o.id"
    ))
    .all(db)
    .await?;
    let mut offres: Vec<OffreComplete> = lues.into_iter().map(OffreComplete::from).collect();
    rattacher(&mut offres, references_de_l_acteur(db, acteur).await?);
    Ok(offres)
}

async fn references_de_l_acteur(db: &impl ConnectionTrait, acteur: &str) -> Result<Vec<reference::Model>, DbErr> {
    reference::Entity::find()
        .from_raw_sql(raw_sql!(
            Postgres,
            "SELECT r.* FROM offre_reference r JOIN offre o ON o.id = r.offre_id WHERE o.acteur_id = {acteur}
             ORDER BY r.offre_id, r.rang"
        ))
        .all(db)
        .await
}

fn rattacher<'a>(offres: impl IntoIterator<Item = &'a mut OffreComplete>, references: Vec<reference::Model>) {
    let mut par_offre: BTreeMap<OffreId, Vec<Reference>> = BTreeMap::new();
    for reference::Model { offre_id, commune, annee, phrase, lien, .. } in references {
        par_offre.entry(offre_id).or_default().push(Reference { commune, annee, phrase, lien });
    }
    for complete in offres {
        complete.references = par_offre.remove(&complete.offre.id).unwrap_or_default();
    }
}

/// An offer with who offers it.
#[derive(Clone, Debug)]
pub struct OffreDActeur {
    /// The offer.
    pub complete: OffreComplete,
    /// Name of the actor.
    pub acteur: String,
    /// Its reference.
    pub reference: String,
    /// Commune of its seat.
    pub commune: Option<CodeCommune>,
    /// Where it is written to, never shown.
    pub courriel: Option<String>,
}

#[derive(Clone, Debug, FromQueryResult)]
struct DeLActeur {
    acteur: String,
    reference: String,
    commune: Option<CodeCommune>,
    courriel: Option<String>,
}

/// Every offer in force of actors in activity that shares a theme with these, by title: a list that stopped somewhere would
/// be unfair to those that come after. Two statements, whatever their number.
///
/// # Errors
/// The engine refused.
pub async fn sur_les_themes(db: &impl ConnectionTrait, themes: &[Theme]) -> Result<Vec<OffreDActeur>, DbErr> {
    if themes.is_empty() {
        return Ok(Vec::new());
    }
    let themes: Vec<&str> = themes.iter().map(|theme| theme.as_str()).collect();
    let lignes = db
        .query_all_raw(raw_sql!(
            Postgres,
            "SELECT o.id, o.acteur_id, o.titre, o.titre_tri, o.description, o.genre, o.modes, o.tarif, o.payant, o.active,
                o.exemple, o.cree_le, o.modifie_le, o.version, o.capacite, o.capacite_nombre, o.capacite_periode,
                o.a_partir_de, o.prix_pour, a.nom AS acteur, a.reference, a.commune, a.courriel,
                (SELECT string_agg(t.theme, ',') FROM offre_theme t WHERE t.offre_id = o.id) AS themes,
                (SELECT string_agg(e.etape, ',') FROM offre_etape e WHERE e.offre_id = o.id) AS etapes,
                (SELECT string_agg(z.genre || ':' || z.code, ',') FROM offre_territoire z WHERE z.offre_id = o.id)
                    AS territoires
             FROM offre o JOIN acteur a ON a.id = o.acteur_id
             WHERE o.active AND a.etat = 'actif'
               AND EXISTS (SELECT 1 FROM offre_theme c WHERE c.offre_id = o.id AND c.theme IN ({..themes}))
             ORDER BY o.titre_tri, o.id"
        ))
        .await?;
    let mut offres = lignes
        .iter()
        .map(|ligne| {
            let acteur = DeLActeur::from_query_result(ligne, "")?;
            Ok(OffreDActeur {
                complete: Lue::from_query_result(ligne, "")?.into(),
                acteur: acteur.acteur,
                reference: acteur.reference,
                commune: acteur.commune,
                courriel: acteur.courriel,
            })
        })
        .collect::<Result<Vec<OffreDActeur>, DbErr>>()?;
    let references = reference::Entity::find()
        .from_raw_sql(raw_sql!(
            Postgres,
            "SELECT r.* FROM offre_reference r JOIN offre o ON o.id = r.offre_id
             WHERE o.active AND EXISTS (SELECT 1 FROM offre_theme c WHERE c.offre_id = o.id AND c.theme IN ({..themes}))
             ORDER BY r.offre_id, r.rang"
        ))
        .all(db)
        .await?;
    rattacher(offres.iter_mut().map(|offre| &mut offre.complete), references);
    Ok(offres)
}

/// Saves an offer and what hangs on it, if nobody changed it since it was read. False on a conflict.
///
/// # Errors
/// The engine refused.
pub async fn enregistrer(tx: &platform::WriteTx, complete: OffreComplete) -> Result<bool, DbErr> {
    use super::storage::{Column, Entity, etape, inserer_les_liens, reference, territoire, theme};
    use sea_orm::IntoActiveModel;

    let id = complete.offre.id.as_str().to_owned();
    let nouvelle = Model { version: complete.offre.version + 1, ..complete.offre.clone() };
    let resultat = Entity::update_many()
        .set(nouvelle.into_active_model().reset_all())
        .filter(Column::Id.eq(id.as_str()))
        .filter(Column::Version.eq(complete.offre.version))
        .exec(tx)
        .await?;
    if resultat.rows_affected != 1 {
        return Ok(false);
    }
    theme::Entity::delete_many().filter(theme::Column::OffreId.eq(id.as_str())).exec(tx).await?;
    etape::Entity::delete_many().filter(etape::Column::OffreId.eq(id.as_str())).exec(tx).await?;
    territoire::Entity::delete_many().filter(territoire::Column::OffreId.eq(id.as_str())).exec(tx).await?;
    reference::Entity::delete_many().filter(reference::Column::OffreId.eq(id.as_str())).exec(tx).await?;
    inserer_les_liens(tx, complete).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_territoires_se_lisent_et_un_inconnu_est_ecarte() {
        let lus = territoires(Some("epci:200071066,commune:54129,lune:1,departement:54"));
        let genres: Vec<_> = lus.iter().map(|(genre, code)| (*genre, code.as_str())).collect();
        assert_eq!(
            genres,
            [
                (GenreTerritoire::Departement, "54"),
                (GenreTerritoire::Epci, "200071066"),
                (GenreTerritoire::Commune, "54129")
            ]
        );
        assert!(territoires(None).is_empty());
    }
}
