//! Published projects as open data: what the public page shows, nothing more. A project is there by the dated act of its
//! bearer, and leaves when they take it back.

use futures_util::future::BoxFuture;
use platform::{Instant, ReadTx};
use sea_orm::{FromQueryResult, raw_sql};
use socle::projet::{Publie, publication};
use web::ouvert::{Case, Colonne, Etat, Genre, Jeu, Lot, compter, sans_coordonnees, suite};
use web::{Erreur, Instance};

/// Rows read at a time.
const LOT: u64 = 500;

const COLONNES: &[Colonne] = &[
    Colonne::texte("reference", "Référence stable, celle de l’adresse de sa page"),
    Colonne::texte("titre", "Titre"),
    Colonne::texte("code_commune", "Code officiel géographique de la commune"),
    Colonne::texte("commune", "Nom de la commune"),
    Colonne::nouvelle("longitude", Genre::Decimal, "Longitude de la mairie, jamais celle du projet (WGS84)"),
    Colonne::nouvelle("latitude", Genre::Decimal, "Latitude de la mairie (WGS84)"),
    Colonne::texte("themes", "Thèmes, séparés par |"),
    Colonne::texte("etape", "Étape : idee, etude, montage…"),
    Colonne::texte("ce_qui_manque", "Ce qui manque et pour qui, sans coordonnées"),
    Colonne::nouvelle("publie_le", Genre::Date, "Jour où le porteur l’a rendu public"),
    Colonne::texte("page", "Adresse de sa page"),
];

/// The table.
pub const JEUX: &[Jeu] = &[Jeu {
    id: "projets",
    titre: "Projets rendus publics",
    description: "Les projets de communes, d’associations et d’habitants que leurs porteurs ont choisi de rendre publics : ce \
                  qui manque, où, à quelle étape. Ni coût, ni adresse, ni nom de personne.",
    mots_cles: &["projets", "communes", "services de proximité", "développement local"],
    colonnes: COLONNES,
    lieu: Some([4, 5]),
    etat: |tx, instance| Box::pin(etat(tx, instance)),
    lot: |tx, instance, apres| lot(tx, instance, apres),
}];

#[derive(FromQueryResult)]
struct Compte {
    lignes: i64,
    modifie_le: Option<i64>,
}

async fn etat(tx: &ReadTx, _: &Instance) -> Result<Etat, Erreur> {
    let question = raw_sql!(
        Postgres,
        "SELECT CAST(COUNT(*) AS BIGINT) AS lignes, MAX(publie_le) AS modifie_le FROM projet
         WHERE diffusion = 'public' AND etat = 'garde'"
    );
    let compte: Compte = compter(tx, question).await?;
    Ok(Etat {
        lignes: u64::try_from(compte.lignes).unwrap_or(0),
        modifie_le: compte.modifie_le.map(Instant),
        empreinte: format!("{:?}", (compte.lignes, compte.modifie_le)),
    })
}

fn lot<'a>(tx: &'a ReadTx, instance: &'a Instance, apres: &'a str) -> BoxFuture<'a, Result<Lot, Erreur>> {
    Box::pin(async move {
        let publies = publication::publics_apres(tx, apres, LOT).await?;
        let lignes = publies.iter().map(|publie| cases(instance, publie)).collect();
        Ok(Lot { lignes, suite: suite(&publies, LOT, |publie| publie.id.to_string()) })
    })
}

fn cases(instance: &Instance, publie: &Publie) -> Vec<Case> {
    let mairie = instance.referentiel().commune(&publie.commune).and_then(|commune| commune.mairie);
    let (longitude, latitude) = mairie.unzip();
    vec![
        publie.reference.as_str().into(),
        sans_coordonnees(&publie.titre).into(),
        publie.commune.as_str().into(),
        instance.referentiel().nom_commune(&publie.commune).into(),
        longitude.into(),
        latitude.into(),
        Some(publie.themes.as_str()).filter(|themes| !themes.is_empty()).into(),
        publie.etape.as_str().into(),
        sans_coordonnees(&publie.manque).into(),
        Some(instance.jour_de(publie.publie_le)).into(),
        instance.url(&format!("/projets/{}", publie.reference)).into(),
    ]
}
