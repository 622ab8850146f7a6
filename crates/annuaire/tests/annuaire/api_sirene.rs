//! Answers of the public interfaces of Sirene, as they come: JSON, read as the stock files are.

use std::path::PathBuf;

use annuaire::acteur::Entity as Acteurs;
use annuaire::generateur::{siren, siret};
use annuaire::import::fichier::{Contenu, FichierRecu};
use annuaire::import::rapport::Rapport;
use annuaire::vocabulaire::{EtatActeur, Reponse};
use rstest::rstest;
use sea_orm::EntityTrait;
use serde_json::json;
use testkit::{Appli, Moteur};

use crate::gestes::importer;
use crate::import::par_siren;
use crate::sirene::recu;

async fn lire(departement: &str, nom: &str) -> Option<(Appli, Rapport)> {
    let chemin = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/sirene/")).join(nom);
    if !chemin.exists() {
        eprintln!("SAUTÉ : {} est absent", chemin.display());
        return None;
    }
    let appli = Appli::pour(departement, Moteur::Sqlite, vec![annuaire::feature()], false).await;
    let fichier = FichierRecu { nom: nom.to_owned(), contenu: Contenu::Chemin(chemin) };
    let rapport = importer(&appli, vec![fichier]).await.unwrap();
    Some((appli, rapport))
}

#[tokio::test]
async fn les_reponses_reelles_des_interfaces_se_lisent() {
    // Natural persons only, in these answers: they never enter.
    for (nom, lues) in [
        ("api-sirene-v3-etablissement.json", 2),
        ("api-sirene-v3-etablissements-liste.json", 20 + 16),
        ("api-sirene-v3-unite-legale.json", 1),
    ] {
        let Some((appli, rapport)) = lire("33", nom).await else { continue };
        assert_eq!((rapport.nouveaux, rapport.refusees), (0, 0), "{nom} : {}", rapport.en_texte());
        assert!(rapport.lues >= lues.min(20), "{nom} : {}", rapport.en_texte());
        appli.fin().await;
    }
    let Some((appli, rapport)) = lire("34", "api-recherche-entreprises-extrait.json").await else { return };
    assert_eq!(rapport.refusees, 0, "{}", rapport.en_texte());
    assert!(rapport.nouveaux >= 1, "{}", rapport.en_texte());
    let tx = appli.instance.db.read().await.unwrap();
    let noms: Vec<String> = Acteurs::find().all(&tx).await.unwrap().into_iter().map(|acteur| acteur.nom).collect();
    drop(tx);
    assert!(noms.iter().any(|nom| nom == "ASSOCIATION GANYMEDE"), "{noms:?}");
    appli.fin().await;
}

fn etablissement(rang: u32, etat: &str) -> serde_json::Value {
    json!({
        "siren": siren(rang), "siret": siret(rang, 1), "statutDiffusionEtablissement": "O",
        "dateDernierTraitementEtablissement": "2026-10-01T10:00:00", "etablissementSiege": true,
        "uniteLegale": {
            "etatAdministratifUniteLegale": "A", "statutDiffusionUniteLegale": "O", "categorieJuridiqueUniteLegale": "9220",
            "denominationUniteLegale": "LA RECYCLERIE", "activitePrincipaleUniteLegale": "47.79Z",
            "nomenclatureActivitePrincipaleUniteLegale": "NAFRev2", "economieSocialeSolidaireUniteLegale": "O",
            "dateDernierTraitementUniteLegale": "2026-10-01T10:00:00",
        },
        "adresseEtablissement": {
            "numeroVoieEtablissement": "8", "typeVoieEtablissement": "RUE", "libelleVoieEtablissement": "DU LAVOIR",
            "codePostalEtablissement": "54200", "libelleCommuneEtablissement": "TOUL", "codeCommuneEtablissement": "54528",
        },
        "periodesEtablissement": [
            { "dateFin": null, "etatAdministratifEtablissement": etat, "activitePrincipaleEtablissement": "47.79Z",
              "nomenclatureActivitePrincipaleEtablissement": "NAFRev2" },
            { "dateFin": "2019-12-31", "etatAdministratifEtablissement": "F" },
        ],
    })
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_reponse_donne_la_meme_fiche_que_le_stock(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let seul = json!({ "header": { "statut": 200 }, "etablissement": etablissement(1, "A") });
    let rapport = importer(&appli, vec![recu("siret.json", seul.to_string())]).await.unwrap();
    assert_eq!((rapport.nouveaux, rapport.refusees), (1, 0), "{}", rapport.en_texte());
    let acteur = par_siren(&appli, &siren(1)).await.unwrap();
    assert_eq!((acteur.nom.as_str(), acteur.ess_loi, acteur.ess_stat), ("LA RECYCLERIE", Reponse::Oui, Reponse::Oui));
    assert_eq!(acteur.commune.unwrap().as_str(), "54528");
    // Closed, in a list; a unit alone, whose last period speaks.
    let liste = json!({ "etablissements": [etablissement(1, "F")] }).to_string().replace("2026-10-01", "2026-11-01");
    importer(&appli, vec![recu("liste.json", liste)]).await.unwrap();
    assert_eq!(par_siren(&appli, &siren(1)).await.unwrap().etat, EtatActeur::Parti, "active, without open door here");
    let unite = json!({ "uniteLegale": {
        "siren": siren(1), "statutDiffusionUniteLegale": "O", "dateDernierTraitementUniteLegale": "2026-11-15T10:00:00",
        "periodesUniteLegale": [
            { "dateFin": null, "etatAdministratifUniteLegale": "C", "denominationUniteLegale": "LA RECYCLERIE",
              "categorieJuridiqueUniteLegale": "9220" },
            { "dateFin": "2026-10-31", "etatAdministratifUniteLegale": "A", "denominationUniteLegale": "ANCIEN NOM" },
        ],
    } });
    importer(&appli, vec![recu("siren.json", unite.to_string())]).await.unwrap();
    let acteur = par_siren(&appli, &siren(1)).await.unwrap();
    assert_eq!((acteur.nom.as_str(), acteur.etat), ("LA RECYCLERIE", EtatActeur::Cesse));
    // What is no answer of Sirene says so.
    for faux in ["{\"a\": 1}", "[1, 2]", "{ coupe"] {
        let refus = importer(&appli, vec![recu("x.json", faux)]).await.unwrap_err().to_string();
        assert!(refus.contains("JSON"), "{refus}");
    }
    appli.fin().await;
}

/// "ESS" in the open search may come from Sirene or from the list of ESS France: it proves, it is not the flag.
#[tokio::test]
async fn la_recherche_d_entreprises_se_lit() {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    let siege = json!({
        "siret": siret(1, 1), "commune": "54528", "code_postal": "54200", "libelle_commune": "TOUL", "est_siege": true,
        "etat_administratif": "A", "numero_voie": "8", "type_voie": "RUE", "libelle_voie": "DU LAVOIR",
        "activite_principale": "47.79Z", "statut_diffusion_etablissement": "O",
    });
    let entreprise = json!({
        "siren": siren(1), "nom_complet": "LA RECYCLERIE (LR)", "nom_raison_sociale": "LA RECYCLERIE", "sigle": "LR",
        "nature_juridique": "5710", "activite_principale": "47.79Z", "etat_administratif": "A", "statut_diffusion": "O",
        "tranche_effectif_salarie": "11", "date_mise_a_jour_insee": "2026-10-01T10:00:00", "siege": siege,
        "matching_etablissements": [siege], "complements": { "est_ess": true, "identifiant_association": null },
    });
    let reponse = json!({ "results": [entreprise], "total_results": 1 });
    let rapport = importer(&appli, vec![recu("recherche.json", reponse.to_string())]).await.unwrap();
    assert_eq!((rapport.nouveaux, rapport.refusees), (1, 0), "{}", rapport.en_texte());
    let acteur = par_siren(&appli, &siren(1)).await.unwrap();
    assert_eq!((acteur.nom.as_str(), acteur.sigle.as_deref()), ("LA RECYCLERIE", Some("LR")));
    assert_eq!((acteur.ess_loi, acteur.ess_stat), (Reponse::Oui, Reponse::Non), "a proof, not the flag of Insee");
    appli.fin().await;
}
