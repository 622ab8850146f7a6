//! Where an actor is: the point that Sirene gives, in Lambert-93 or in degrees, before that of a list, after that of people.

use annuaire::acteur::etablissement;
use annuaire::generateur::{siren, siret};
use annuaire::import::fichier::FichierRecu;
use annuaire::vocabulaire::Origine;
use rstest::rstest;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::json;
use testkit::{Appli, Moteur};

use crate::gestes::importer;
use crate::sirene::recu;

/// One association, its seat in that commune, with these coordinates.
fn stock(jour: &str, diffusion: &str, commune: &str, point: [&str; 2]) -> Vec<FichierRecu> {
    let unite = format!(
        "siren;statutDiffusionUniteLegale;dateDernierTraitementUniteLegale;etatAdministratifUniteLegale;\
         denominationUniteLegale;categorieJuridiqueUniteLegale\n{};{diffusion};{jour}T10:00:00;A;UNE;9220\n",
        siren(1)
    );
    let [x, y] = point;
    let lieu = format!(
        "siret;statutDiffusionEtablissement;dateDernierTraitementEtablissement;etablissementSiege;libelleVoieEtablissement;\
         codeCommuneEtablissement;coordonneeLambertAbscisseEtablissement;coordonneeLambertOrdonneeEtablissement;\
         etatAdministratifEtablissement\n{};{diffusion};{jour}T10:00:00;true;DU LAVOIR;{commune};{x};{y};A\n",
        siret(1, 1)
    );
    vec![recu("StockUniteLegale.csv", unite), recu("StockEtablissement.csv", lieu)]
}

async fn lieux(appli: &Appli) -> Vec<etablissement::Model> {
    let tx = appli.instance.db.read().await.unwrap();
    etablissement::Entity::find().all(&tx).await.unwrap()
}

async fn point(appli: &Appli) -> Option<(f64, f64)> {
    let lieu = lieux(appli).await.remove(0);
    lieu.longitude.zip(lieu.latitude)
}

const NANCY: [&str; 2] = ["934000.0", "6849500.0"];
const NANCY_DEGRES: (f64, f64) = (6.180_652, 48.703_222);

#[rstest]
#[case::point("54", "54395", "O", NANCY, Some(NANCY_DEGRES), 0)]
#[case::virgule("54", "54395", "O", ["934000,0", "6849500,0"], Some(NANCY_DEGRES), 0)]
#[case::sans("54", "54395", "O", ["", ""], None, 0)]
#[case::masque("54", "54395", "O", ["[ND]", "[ND]"], None, 0)]
#[case::axes_echanges("54", "54395", "O", ["6849500.0", "934000.0"], None, 1)]
#[case::diffusion_partielle("54", "54395", "P", NANCY, None, 0)]
#[case::outre_mer("974", "97411", "O", ["338000.0", "7690000.0"], None, 0)]
#[tokio::test]
async fn le_point_de_sirene_place_l_acteur(
    #[case] departement: &str,
    #[case] commune: &str,
    #[case] diffusion: &str,
    #[case] lambert: [&str; 2],
    #[case] attendu: Option<(f64, f64)>,
    #[case] remarques: u64,
) {
    let appli = Appli::pour(departement, Moteur::Sqlite, vec![annuaire::feature()], false).await;
    let rapport = importer(&appli, stock("2026-10-01", diffusion, commune, lambert)).await.unwrap();
    assert_eq!((rapport.nouveaux, rapport.remarquees, rapport.refusees), (1, remarques, 0), "{}", rapport.en_texte());
    assert_eq!(point(&appli).await, attendu);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn les_personnes_puis_sirene_puis_une_liste(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let liste = format!(
        "siret,kind,nom,code_postal,commune,lon,lat,maj_le\n{},EI,UNE,54000,Nancy,6.1,48.6,2026-10-01\n",
        siret(1, 1)
    );
    importer(&appli, vec![recu("siae.csv", liste.clone())]).await.unwrap();
    assert_eq!(point(&appli).await, Some((6.1, 48.6)));
    let rapport = importer(&appli, stock("2026-10-01", "O", "54395", NANCY)).await.unwrap();
    assert_eq!(point(&appli).await, Some(NANCY_DEGRES));
    assert!(rapport.differences.iter().any(|d| d.champ == "Point sur la carte"), "{}", rapport.en_texte());
    // The list again, and Sirene without point: it stays.
    importer(&appli, vec![recu("siae.csv", liste.replace("2026-10-01", "2026-11-01"))]).await.unwrap();
    importer(&appli, stock("2026-11-01", "O", "54395", ["", ""])).await.unwrap();
    assert_eq!(point(&appli).await, Some(NANCY_DEGRES));
    // Somebody moved it: their word stays.
    let dit = etablissement::Model { source: Origine::Agent, longitude: Some(6.2), ..lieux(&appli).await.remove(0) };
    let tx = appli.instance.db.begin().await.unwrap();
    etablissement::Entity::update(dit.into_active_model().reset_all()).exec(&tx).await.unwrap();
    tx.commit().await.unwrap();
    importer(&appli, stock("2026-11-15", "O", "54395", NANCY)).await.unwrap();
    assert_eq!(point(&appli).await, Some((6.2, NANCY_DEGRES.1)));
    // Sirene asks for discretion: nothing says where to knock.
    importer(&appli, stock("2026-11-20", "P", "54395", NANCY)).await.unwrap();
    assert_eq!(point(&appli).await, None);
    appli.fin().await;
}

#[tokio::test]
async fn les_interfaces_donnent_le_meme_point() {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    let siege = json!({
        "siret": siret(1, 1), "commune": "54395", "est_siege": true, "etat_administratif": "A",
        "statut_diffusion_etablissement": "O", "latitude": "48.703222", "longitude": "6.180652",
    });
    let entreprise = json!({
        "siren": siren(1), "nom_raison_sociale": "UNE", "nature_juridique": "9220", "etat_administratif": "A",
        "statut_diffusion": "O", "date_mise_a_jour_insee": "2026-10-01T10:00:00", "siege": siege,
        "complements": { "est_ess": true },
    });
    importer(&appli, vec![recu("recherche.json", json!({ "results": [entreprise] }).to_string())]).await.unwrap();
    assert_eq!(point(&appli).await, Some(NANCY_DEGRES));
    let etablissement = json!({ "etablissement": {
        "siren": siren(1), "siret": siret(1, 1), "statutDiffusionEtablissement": "O", "etablissementSiege": true,
        "dateDernierTraitementEtablissement": "2026-11-01T10:00:00",
        "uniteLegale": { "etatAdministratifUniteLegale": "A", "denominationUniteLegale": "UNE",
            "categorieJuridiqueUniteLegale": "9220", "statutDiffusionUniteLegale": "O",
            "dateDernierTraitementUniteLegale": "2026-11-01T10:00:00" },
        "adresseEtablissement": { "codeCommuneEtablissement": "54395",
            "coordonneeLambertAbscisseEtablissement": "652381.5", "coordonneeLambertOrdonneeEtablissement": "6862047.3" },
        "periodesEtablissement": [{ "dateFin": null, "etatAdministratifEtablissement": "A" }],
    } });
    importer(&appli, vec![recu("siret.json", etablissement.to_string())]).await.unwrap();
    assert_eq!(point(&appli).await, Some((2.351_006, 48.856_702)));
    appli.fin().await;
}
