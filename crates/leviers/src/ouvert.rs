//! The sheets of aids as open data: those published and not over.

use futures_util::future::BoxFuture;
use platform::ReadTx;
use sea_orm::{FromQueryResult, raw_sql};
use web::ouvert::{Case, Colonne, Etat, Genre, Jeu, Lot, compter, sans_coordonnees};
use web::{Erreur, Instance};

use crate::levier::Levier;
use crate::levier::storage;

const COLONNES: &[Colonne] = &[
    Colonne::texte("id", "Identifiant stable"),
    Colonne::texte("nom", "Nom de l’aide ou de l’appui"),
    Colonne::texte("nature", "subvention, pret, garantie, ingenierie, zonage, forme-juridique, recrutement"),
    Colonne::texte("resume", "Ce que c’est, en une ou deux phrases"),
    Colonne::texte("pour_quoi", "Ce qu’elle peut payer ou apporter"),
    Colonne::texte("montant", "Le montant, en mots"),
    Colonne::texte("financeur", "Qui la propose"),
    Colonne::texte(
        "genre_de_financeur",
        "departement, region, etat, agence, commune, epci, fondation, securite-sociale, prive",
    ),
    Colonne::texte("bases_legales", "Textes, séparés par |"),
    Colonne::texte("site", "Page de l’aide, chez qui la propose"),
    Colonne::nouvelle("valable_du", Genre::Date, "Premier jour"),
    Colonne::nouvelle("valable_au", Genre::Date, "Dernier jour"),
    Colonne::nouvelle("a_revoir_le", Genre::Date, "Jour à partir duquel la fiche doit être relue"),
    Colonne::texte("page", "Adresse de sa page ici"),
];

/// The table.
pub const JEUX: &[Jeu] = &[Jeu {
    id: "aides",
    titre: "Aides et appuis aux projets",
    description: "Les fiches publiées : subventions, prêts, conseil, zonages. Ce que l’aide apporte, qui la propose, ses textes, \
                  le jour où la fiche doit être relue. Les conditions détaillées sont sur la page de chaque aide.",
    mots_cles: &["aides", "subventions", "collectivités", "ingénierie", "financement"],
    colonnes: COLONNES,
    lieu: None,
    etat: |tx, instance| Box::pin(etat(tx, instance)),
    lot: |tx, instance, apres| lot(tx, instance, apres),
}];

#[derive(FromQueryResult)]
struct Compte {
    lignes: i64,
    versions: Option<i64>,
}

async fn etat(tx: &ReadTx, instance: &Instance) -> Result<Etat, Erreur> {
    let jour = instance.aujourd_hui().to_string();
    let question = raw_sql!(
        Postgres,
        "SELECT CAST(COUNT(*) AS BIGINT) AS lignes, CAST(SUM(version) AS BIGINT) AS versions FROM levier
         WHERE etat = 'publie' AND (valable_au IS NULL OR valable_au >= {jour})"
    );
    let compte: Compte = compter(tx, question).await?;
    Ok(Etat {
        lignes: u64::try_from(compte.lignes).unwrap_or(0),
        modifie_le: None,
        empreinte: format!("{:?}", (compte.lignes, compte.versions)),
    })
}

/// A few hundred sheets at most: one batch.
fn lot<'a>(tx: &'a ReadTx, instance: &'a Instance, apres: &'a str) -> BoxFuture<'a, Result<Lot, Erreur>> {
    Box::pin(async move {
        let leviers = storage::trouvables(tx, instance.aujourd_hui(), storage::Lot::Apres(apres)).await?;
        Ok(Lot { lignes: leviers.iter().map(|levier| cases(instance, levier)).collect(), suite: None })
    })
}

fn cases(instance: &Instance, levier: &Levier) -> Vec<Case> {
    vec![
        levier.id.as_str().into(),
        levier.nom.as_str().into(),
        levier.nature.as_str().into(),
        sans_coordonnees(&levier.resume).into(),
        sans_coordonnees(&levier.pour_quoi).into(),
        sans_coordonnees(&levier.montant).into(),
        levier.porteur.nom.as_str().into(),
        levier.porteur.genre.as_str().into(),
        levier.bases_legales.join("|").into(),
        levier.url.as_deref().into(),
        levier.valable_du.into(),
        levier.valable_au.into(),
        levier.a_revoir_le.into(),
        instance.url(&format!("/leviers/{}", levier.id)).into(),
    ]
}
