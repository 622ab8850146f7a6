//! Those that the campaign cannot reach: to be confirmed, without any e-mail known. Who asked not to be canvassed is counted,
//! never listed.

use askama::Template;
use documents::export::{Feuille, Genre, Valeur};
use domain::code::CodeCommune;
use jiff::ToSpan;
use platform::Instant;
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, raw_sql};
use web::composants::{Cellule, Exports, Resume, Tableau};
use web::{Cadre, Erreur, Instance, Reponse, fichier, texte};

use super::rules::A_CONFIRMER_MOIS;

const EXPORT: &str = "/reglages/annuaire/campagne/export";
/// Shown on the page; the download gives all.
const MONTRES: i64 = 50;
const TOUS: i64 = i64::MAX;

/// An actor without e-mail.
#[derive(Clone, Debug, FromQueryResult)]
struct Injoignable {
    reference: String,
    nom: String,
    commune: Option<CodeCommune>,
    telephone: Option<String>,
    site: Option<String>,
    adresse: Option<String>,
    depuis: Instant,
}

/// How many.
#[derive(Clone, Copy, Debug, Default, FromQueryResult)]
struct Nombres {
    injoignables: i64,
    discretes: i64,
}

fn avant(instance: &Instance) -> Instant {
    instance.debut_de(instance.aujourd_hui().saturating_sub(A_CONFIRMER_MOIS.months()))
}

async fn nombres(db: &impl ConnectionTrait, avant: Instant) -> Result<Nombres, DbErr> {
    let avant = avant.0;
    let nombres = Nombres::find_by_statement(raw_sql!(
        Postgres,
        "SELECT CAST(COUNT(CASE WHEN a.diffusion = 'totale' AND a.courriel IS NULL THEN 1 END) AS BIGINT) AS injoignables,
            CAST(COUNT(CASE WHEN a.diffusion <> 'totale' THEN 1 END) AS BIGINT) AS discretes
         FROM acteur a WHERE a.etat IN ('actif', 'endormi') AND COALESCE(a.confirme_le, a.cree_le) < {avant}
           AND NOT EXISTS (SELECT 1 FROM acteur_valeur v WHERE v.acteur_id = a.id AND v.champ = 'courriel'
               AND v.source = 'acteur' AND v.courante AND v.valeur = a.courriel)"
    ));
    Ok(nombres.one(db).await?.unwrap_or_default())
}

/// By name. The address of a natural person is their home: it is not given.
async fn lire(db: &impl ConnectionTrait, avant: Instant, limite: i64) -> Result<Vec<Injoignable>, DbErr> {
    let avant = avant.0;
    Injoignable::find_by_statement(raw_sql!(
        Postgres,
        "SELECT a.reference, a.nom, a.commune, a.telephone, a.site, COALESCE(a.confirme_le, a.cree_le) AS depuis,
            (SELECT e.adresse || ', ' || COALESCE(e.code_postal, '') FROM acteur_etablissement e
             WHERE e.acteur_id = a.id AND e.ouvert AND e.adresse IS NOT NULL
               AND COALESCE(a.categorie_juridique, '') NOT LIKE '1%'
             ORDER BY e.siege DESC, e.id LIMIT 1) AS adresse
         FROM acteur a WHERE a.etat IN ('actif', 'endormi') AND a.diffusion = 'totale' AND a.courriel IS NULL
           AND COALESCE(a.confirme_le, a.cree_le) < {avant}
         ORDER BY a.nom_tri, a.id LIMIT {limite}"
    ))
    .all(db)
    .await
}

/// What the page of the campaign says of them.
#[derive(Template)]
#[template(path = "injoignables.html")]
pub(super) struct Injoignables {
    chiffres: Resume,
    liste: Option<Tableau>,
    exports: Exports,
}

/// Reads them.
pub(super) async fn montrer(db: &impl ConnectionTrait, instance: &Instance) -> Result<Injoignables, DbErr> {
    let avant = avant(instance);
    let nombres = nombres(db, avant).await?;
    let premiers = lire(db, avant, MONTRES).await?;
    Ok(Injoignables {
        chiffres: Resume::default()
            .ligne("Sans courriel connu", nombres.injoignables.to_string())
            .ligne("Ne veulent pas être démarchées : rien ne leur est écrit", nombres.discretes.to_string()),
        liste: (!premiers.is_empty()).then(|| tableau(instance, &premiers, nombres.injoignables)),
        exports: Exports::nouveaux("toutes les structures sans courriel", EXPORT, &[]),
    })
}

fn tableau(instance: &Instance, premiers: &[Injoignable], total: i64) -> Tableau {
    let lignes = premiers.iter().map(|un| {
        vec![
            Cellule::lien(&format!("/annuaire/{}/modifier", un.reference), &un.nom),
            Cellule::texte(commune(instance, un).unwrap_or("non connue")),
            Cellule::texte(un.telephone.as_deref().unwrap_or("aucun")),
            Cellule::texte(texte::jour(instance.jour_de(un.depuis))),
        ]
    });
    let montres = premiers.len();
    let coupe = i64::try_from(montres).is_ok_and(|montres| montres < total);
    Tableau {
        legende: if coupe { format!("Les {montres} premières sur {total}") } else { "Sans courriel connu".to_owned() },
        colonnes: ["Structure", "Commune", "Téléphone", "Dernières nouvelles"].map(str::to_owned).into(),
        lignes: lignes.collect(),
    }
}

fn commune<'a>(instance: &'a Instance, un: &'a Injoignable) -> Option<&'a str> {
    un.commune.as_ref().map(|code| instance.referentiel().nom_commune(code))
}

/// GET `/reglages/annuaire/campagne/export?format=`.
pub async fn telecharger(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let format = fichier::format_demande(&cadre.demande())?
        .ok_or_else(|| Erreur::Invalide("Choisissez un format.".to_owned()))?;
    let tx = instance.db.read().await?;
    let tous = lire(&tx, avant(instance), TOUS).await?;
    let colonnes = ["Référence", "Nom", "Commune", "Adresse", "Téléphone", "Site", "Dernières nouvelles", "Page"];
    let genre = |nom: &str| if nom == "Dernières nouvelles" { Genre::Date } else { Genre::Texte };
    let mut feuille = Feuille::nouvelle("Structures sans courriel".to_owned(), colonnes.map(|nom| (nom, genre(nom))));
    for un in &tous {
        feuille.ajouter([
            Valeur::from(un.reference.as_str()),
            un.nom.as_str().into(),
            commune(instance, un).into(),
            un.adresse.as_deref().into(),
            un.telephone.as_deref().into(),
            un.site.as_deref().into(),
            instance.jour_de(un.depuis).into(),
            instance.url(&format!("/annuaire/{}", un.reference)).into(),
        ]);
    }
    fichier::exporter(instance, &feuille, format)
}
