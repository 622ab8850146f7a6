//! Approvals that end: shown as ended on the page, left out of the filters, told to the agents three months before.

use askama::Template;
use jiff::ToSpan;
use jiff::civil::Date;
use platform::{Jour, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, raw_sql};
use web::composants::{Cellule, EtatVide, Etiquette, Tableau, Ton};
use web::{Cadre, Reponse, texte};

use super::FIL;
use super::rules::{Echeance, PREVENIR_MOIS, echeance};
use crate::acteur::ActeurId;
use crate::vocabulaire::{GenreAgrement, Origine};

/// Ended for longer: no longer a task.
const ANCIENS_MOIS: i32 = 12;
const MONTRES: i64 = 200;

/// An approval that ends, or that a list no longer names.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Fini {
    /// Reference of the actor.
    pub reference: String,
    /// Its name.
    pub nom: String,
    /// Kind, as stored.
    pub genre: String,
    /// Who says so, as stored.
    pub source: String,
    /// Last day.
    pub au: Option<Jour>,
    /// What became of it, in words, when a list no longer names it.
    pub libelle: Option<String>,
}

/// Those that ended within a year, those that end within three months, those that a list no longer names.
///
/// # Errors
/// The engine refused.
pub async fn a_suivre(db: &impl ConnectionTrait, jour: Date, limite: i64) -> Result<Vec<Fini>, DbErr> {
    let du = jour.saturating_sub(ANCIENS_MOIS.months()).to_string();
    let au = jour.saturating_add(PREVENIR_MOIS.months()).to_string();
    Fini::find_by_statement(raw_sql!(
        Postgres,
        "SELECT a.reference, a.nom, g.genre, g.source, g.au, g.libelle
         FROM acteur_agrement g JOIN acteur a ON a.id = g.acteur_id
         WHERE a.etat IN ('actif', 'endormi') AND ((g.au >= {du} AND g.au <= {au}) OR g.libelle IS NOT NULL)
         ORDER BY COALESCE(g.au, '9999'), a.nom_tri, a.id, g.genre, g.source LIMIT {limite}"
    ))
    .all(db)
    .await
}

/// The actors whose approval ended between two days: the index must forget it.
///
/// # Errors
/// The engine refused.
pub async fn finis_entre(db: &impl ConnectionTrait, du: Date, au: Date) -> Result<Vec<ActeurId>, DbErr> {
    #[derive(FromQueryResult)]
    struct Ligne {
        acteur_id: ActeurId,
    }
    let (du, au) = (du.to_string(), au.to_string());
    let lignes = Ligne::find_by_statement(raw_sql!(
        Postgres,
        "SELECT DISTINCT acteur_id FROM acteur_agrement WHERE au >= {du} AND au <= {au} ORDER BY acteur_id"
    ));
    Ok(lignes.all(db).await?.into_iter().map(|ligne| ligne.acteur_id).collect())
}

/// Withdraws what approvals that ended proved of the ESS, where no other of the same source is in force. Gives whose.
///
/// # Errors
/// The engine refused.
pub async fn retirer_les_preuves(tx: &WriteTx, jour: Date) -> Result<Vec<ActeurId>, DbErr> {
    #[derive(FromQueryResult)]
    struct Preuve {
        id: String,
        acteur_id: ActeurId,
    }
    let jour = jour.to_string();
    let preuves = Preuve::find_by_statement(raw_sql!(
        Postgres,
        "SELECT v.id, v.acteur_id FROM acteur_valeur v
         WHERE v.courante AND v.champ = 'preuve-ess' AND v.source IN ('esus', 'cress') AND EXISTS (
             SELECT 1 FROM acteur_agrement g WHERE g.acteur_id = v.acteur_id AND g.au < {jour}
               AND (g.source = v.source OR (v.source = 'esus' AND g.source = 'agent' AND g.genre = 'esus')))
           AND NOT EXISTS (
             SELECT 1 FROM acteur_agrement g WHERE g.acteur_id = v.acteur_id AND (g.au IS NULL OR g.au >= {jour})
               AND (g.source = v.source OR (v.source = 'esus' AND g.source = 'agent' AND g.genre = 'esus')))
         ORDER BY v.acteur_id, v.id"
    ))
    .all(tx)
    .await?;
    for preuve in &preuves {
        let id = preuve.id.as_str();
        tx.execute_raw(raw_sql!(Postgres, "UPDATE acteur_valeur SET courante = FALSE WHERE id = {id}")).await?;
    }
    Ok(preuves.into_iter().map(|preuve| preuve.acteur_id).collect())
}

#[derive(Template)]
#[template(path = "agrements_finis.html")]
struct PageAgrements {
    mois: i32,
    agrements: Option<Tableau>,
    rien: EtatVide,
}

/// GET `/reglages/annuaire/agrements`.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let jour = cadre.instance.aujourd_hui();
    let finis = a_suivre(&tx, jour, MONTRES).await?;
    let page = PageAgrements {
        mois: PREVENIR_MOIS,
        agrements: (!finis.is_empty()).then(|| tableau(jour, &finis)),
        rien: EtatVide {
            titre: "Aucun agrément ne se termine".to_owned(),
            texte: "Les agréments sans date de fin connue ne peuvent pas être suivis.".to_owned(),
            action: None,
        },
    };
    cadre.page("Agréments qui se terminent", &page)?.fil(&FIL).repondre()
}

fn tableau(jour: Date, finis: &[Fini]) -> Tableau {
    let lignes = finis.iter().map(|fini| {
        let genre = fini.genre.parse().map_or(fini.genre.as_str(), |genre: GenreAgrement| genre.libelle());
        let source = fini.source.parse().map_or(fini.source.as_str(), |source: Origine| source.libelle());
        let (quand, etiquette) = match fini.au {
            Some(au) => (texte::jour(au.0), etiquette(echeance(jour, au.0))),
            None => ("non connue".to_owned(), Etiquette::nouvelle("n’est plus dans la liste", Ton::Attente)),
        };
        vec![
            Cellule::lien(&format!("/annuaire/{}", fini.reference), &fini.nom),
            Cellule::texte(genre),
            Cellule::texte(quand),
            Cellule::html(etiquette),
            Cellule::texte(source),
        ]
    });
    // A list that is cut says so.
    let legende = if finis.len() as u64 == MONTRES.unsigned_abs() {
        format!("Les {MONTRES} premiers agréments, le plus ancien d’abord")
    } else {
        "Agréments, le plus ancien d’abord".to_owned()
    };
    Tableau {
        legende,
        colonnes: ["Acteur", "Agrément", "Fin", "État", "Source"].map(str::to_owned).into(),
        lignes: lignes.collect(),
    }
}

fn etiquette(echeance: Echeance) -> Etiquette {
    match echeance {
        Echeance::Terminee => Etiquette::nouvelle("terminé", Ton::Negatif),
        Echeance::Proche(jours) => {
            let jours = texte::accorde(u64::from(jours), "jour", "jours");
            Etiquette::nouvelle(format!("dans {jours}"), Ton::Attente)
        }
        Echeance::Lointaine => Etiquette::nouvelle("en cours", Ton::Positif),
    }
}
