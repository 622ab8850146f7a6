//! What the report of an import names, its download, and the undoing of the last one.

use annuaire::acteur::{self, storage};
use annuaire::generateur::{siren, siret};
use annuaire::import::fichier::FichierRecu;
use annuaire::import::histoire;
use annuaire::tenue::storage as tenue;
use rstest::rstest;
use sea_orm::EntityTrait;
use testkit::{Appli, Moteur, Navigateur, Page};

use crate::gestes::{agent, importer};
use crate::import::par_siren;
use crate::sirene::{Lieu, lieu, lieux, recu, unite, unites};

const URL: &str = "/reglages/imports/annuaire";

/// Sends files on the screen; gives the report.
async fn essayer(agent: &mut Navigateur, fichier: &FichierRecu) -> Page {
    let annuaire::import::fichier::Contenu::Octets(octets) = &fichier.contenu else { unreachable!() };
    let page = agent.ouvrir(URL).await;
    agent.envoyer_fichier(&page, URL, &[], ("fichier", &fichier.nom, octets)).await
}

/// Several files as one.
fn ensemble(fichiers: Vec<FichierRecu>) -> FichierRecu {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for fichier in fichiers {
        let annuaire::import::fichier::Contenu::Octets(octets) = fichier.contenu else { unreachable!() };
        zip.start_file(fichier.nom, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&octets).unwrap();
    }
    recu("mois.zip", zip.finish().unwrap().into_inner())
}

fn siae(lignes: &[(u32, &str)], du: &str) -> FichierRecu {
    let mut texte = "siret,kind,nom,code_postal,commune,maj_le\n".to_owned();
    for (rang, genre) in lignes {
        texte += &format!("{},{genre},STRUCTURE {rang},54200,Toul,{du}\n", siret(*rang, 1));
    }
    recu("siae.csv", texte)
}

async fn lien(appli: &Appli, rang: u32) -> String {
    format!("/annuaire/{}", par_siren(appli, &siren(rang)).await.unwrap().reference)
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn le_rapport_nomme_ce_qui_change(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let mut agent = agent(&appli).await;
    let octobre = [unite(1, "PREMIERE"), unite(2, "DEUXIEME"), unite(3, "TROISIEME")];
    let portes = [lieu(1, 1), lieu(2, 1), lieu(3, 1)];
    importer(&appli, vec![unites("2026-10-01", &octobre), lieux("2026-10-01", &portes)]).await.unwrap();
    appli.horloge.avancer(60);
    // Renamed; closed; moved; a new one.
    let novembre = [unite(1, "RENOMMEE"), unite(2, "DEUXIEME"), unite(3, "TROISIEME"), unite(4, "NOUVELLE")];
    let ferme = Lieu { etat: "F", siege: false, ..lieu(2, 1) };
    let vieille = Lieu { etat: "F", siege: false, ..lieu(3, 1) };
    let a_nancy = Lieu { commune: "54395", postal: "54000", nom_commune: "NANCY", ..lieu(3, 2) };
    let portes = [lieu(1, 1), ferme, vieille, a_nancy, lieu(4, 1)];
    let mois = ensemble(vec![unites("2026-11-01", &novembre), lieux("2026-11-01", &portes)]);
    let rapport = essayer(&mut agent, &mois).await;
    let lignes = rapport.textes("#differences tbody tr").join("\n");
    for attendu in
        ["NOUVELLE", "Nouvel acteur", "Établissement fermé", "Nouvel établissement", "Nancy", "PREMIERE", "RENOMMEE"]
    {
        assert!(lignes.contains(attendu), "{attendu} : {lignes}");
    }
    assert!(lignes.contains("n’a plus d’adresse ouverte"), "a state is told in words: {lignes}");
    // The one renamed stands under the name that the agent knows, with its page.
    let ancien = lien(&appli, 1).await;
    assert_eq!(rapport.textes(&format!("#differences a[href='{ancien}']")), ["PREMIERE"]);
    let action = rapport.attribut("form[action^='/reglages/imports/annuaire/']", "action").unwrap();
    let telechargement = rapport.attribut("a[href*='/export?format=csv']", "href").unwrap();
    assert_eq!(telechargement, format!("{action}/export?format=csv"));
    let csv = agent.ouvrir(&telechargement).await.html;
    assert!(
        csv.contains("NOUVELLE") && csv.contains("Établissement fermé") && csv.contains("http://terreau.test"),
        "{csv}"
    );
    let fait = agent.envoyer(&rapport, &action, &[("acte", "appliquer")]).await;
    let nouvelle = lien(&appli, 4).await;
    assert_eq!(fait.textes(&format!("#differences a[href='{nouvelle}']")), ["NOUVELLE"]);
    // Approvals: new, and that a list no longer names.
    appli.horloge.avancer(60);
    importer(&appli, vec![siae(&[(1, "EI"), (4, "EI")], "2026-10-01")]).await.unwrap();
    appli.horloge.avancer(60);
    let rapport = essayer(&mut agent, &siae(&[(1, "EI"), (1, "ACI")], "2026-11-02")).await;
    let lignes = rapport.textes("#differences tbody tr").join("\n");
    assert!(
        lignes.contains("Atelier et chantier d’insertion") && lignes.contains("n’est plus dans la liste"),
        "{lignes}"
    );
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_liste_coupee_le_dit_et_se_telecharge_entiere(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let mut agent = agent(&appli).await;
    let rangs: Vec<(u32, &str)> = (1..=310).map(|rang| (rang, "EI")).collect();
    let rapport = essayer(&mut agent, &siae(&rangs, "2026-10-01")).await;
    rapport.exiger("Les 300 premiers changements sur 310");
    assert_eq!(rapport.textes("#differences tbody tr").len(), 300);
    let telechargement = rapport.attribut("a[href*='/export?format=csv']", "href").unwrap();
    let csv = agent.ouvrir(&telechargement).await.html;
    assert_eq!(csv.lines().count(), 311, "every change, and the header");
    assert_eq!(agent.ouvrir(&format!("{URL}/inconnu/export?format=csv")).await.statut, 404);
    appli.fin().await;
}

async fn acteur(appli: &Appli, rang: u32) -> acteur::Model {
    par_siren(appli, &siren(rang)).await.unwrap()
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_fiche_changee_depuis_n_empeche_pas_de_defaire(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let mut agent = agent(&appli).await;
    importer(&appli, vec![siae(&[(1, "EI"), (2, "EI")], "2026-10-01")]).await.unwrap();
    appli.horloge.avancer(60);
    let novembre = siae(&[(1, "ACI"), (2, "ACI"), (3, "EI"), (4, "EI")], "2026-11-01");
    importer(&appli, vec![novembre]).await.unwrap();
    // One known before is touched since, somebody proposes on a new one; the night puts nobody in the way.
    let tx = appli.instance.db.begin().await.unwrap();
    assert!(storage::enregistrer(&tx, &acteur(&appli, 2).await).await.unwrap());
    tx.commit().await.unwrap();
    let url = format!("{}/proposer", lien(&appli, 4).await);
    let mut voisin = appli.navigateur();
    let page = voisin.ouvrir(&url).await;
    let champs = [("mot", "La structure a fermé."), ("courriel_auteur", "voisin@exemple.invalid")];
    voisin.envoyer(&page, &url, &champs).await.exiger("Un agent lira");
    let (maintenant, version) = (appli.instance.clock.instant(), acteur(&appli, 1).await.version);
    let tx = appli.instance.db.begin().await.unwrap();
    assert!(tenue::endormir(&tx, maintenant.plus_seconds(1), None, maintenant).await.unwrap() > 0);
    tx.commit().await.unwrap();
    assert_eq!(acteur(&appli, 1).await.version, version, "to fall asleep is no word of anybody");

    let tx = appli.instance.db.read().await.unwrap();
    let dernier = histoire::defaisable(&tx).await.unwrap().unwrap();
    drop(tx);
    let url = format!("{URL}/{dernier}");
    let page = agent.ouvrir(&url).await;
    let defait = agent.envoyer(&page, &url, &[("acte", "defaire")]).await;
    assert_eq!(defait.statut, 200, "{}", defait.texte());
    defait.exiger("Défait").exiger("fiches sont restées");
    let (deux, quatre) = (lien(&appli, 2).await, lien(&appli, 4).await);
    for url in [&deux, &quatre] {
        assert_eq!(defait.textes(&format!("#laissees a[href='{url}']")).len(), 1, "{}", defait.texte());
    }
    defait.exiger("changée depuis").exiger("quelqu’un s’en sert déjà");
    // Untouched: as before. Touched: as they are.
    let genres = |rang: u32| {
        let appli = &appli;
        async move {
            let id = acteur(appli, rang).await.id;
            let tx = appli.instance.db.read().await.unwrap();
            let agrements = storage::agrements(&tx, &id).await.unwrap();
            agrements.into_iter().map(|a| a.genre).collect::<Vec<_>>()
        }
    };
    assert_eq!(genres(1).await, ["ei"]);
    assert_eq!(genres(2).await, ["aci", "ei"]);
    assert!(par_siren(&appli, &siren(3)).await.is_none(), "brought by the import, untouched: gone");
    assert_eq!(genres(4).await, ["ei"]);
    let tx = appli.instance.db.read().await.unwrap();
    let noms = storage::valeurs(&tx, &acteur(&appli, 4).await.id).await.unwrap();
    assert!(noms.iter().any(|v| v.courante), "the facts of the page left stay with it");
    assert_eq!(annuaire::acteur::Entity::find().all(&tx).await.unwrap().len(), 3);
    drop(tx);
    appli.fin().await;
}
