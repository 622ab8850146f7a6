//! What a visa of the archives covers leaves whole: rows of every feature, stored files; one project stops no other.

use domain::droit::Fonction;
use platform::fichiers::{Depot, Genre};
use projets::pieces::storage::{self, Nouvelle};
use rstest::rstest;
use sea_orm::{ConnectionTrait as _, FromQueryResult, raw_sql};
use socle::organisation::Nature;
use socle::{PersonneId, projet};
use testkit::{Appli, Moteur, Navigateur};

use crate::{ouverte, projet_clos};

const VERS: &str = "/reglages/conservation";

/// Eleven years later, the agent who records visas.
async fn agent_du_visa(appli: &Appli) -> Navigateur {
    appli.horloge.avancer_de_jours(11 * 366);
    let mandat = Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::AgentSite));
    appli.connecter("autre@exemple.invalid", mandat).await.0
}

async fn viser(agent: &mut Navigateur, projets: &[&projet::Model]) {
    let page = agent.ouvrir(VERS).await;
    let mut champs = vec![
        ("acte", "visa"),
        ("reference", "2037-12"),
        ("archiviste", "Archives d’exemple"),
        ("accorde_le", "2037-12-01"),
        ("confirme", "oui"),
    ];
    champs.extend(projets.iter().map(|projet| ("projets", projet.reference.as_str())));
    agent.envoyer(&page, VERS, &champs).await.exiger("Le visa est enregistré");
}

async fn joindre(appli: &Appli, projet: &projet::Model, par: &PersonneId) -> Depot {
    let (instance, ids) = (&appli.instance, &*appli.instance.ids);
    let depot = instance.fichiers.deposer(ids, b"%PDF-1.7\n", Genre::Pdf).await.unwrap();
    let tx = instance.db.begin().await.unwrap();
    let nouvelle = Nouvelle { projet: &projet.id, nom: "devis.pdf", libelle: "Devis", depot: &depot, par };
    storage::ajouter(&tx, &*instance.clock, ids, nouvelle).await.unwrap();
    web::fichier::retenir(&tx, instance, &depot).await.unwrap();
    tx.commit().await.unwrap();
    depot
}

async fn reste(appli: &Appli, projet: &projet::Model) -> bool {
    let tx = appli.instance.db.read().await.unwrap();
    projet::par_reference(&tx, &projet.reference).await.unwrap().is_some()
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_projet_part_avec_ses_pieces_et_leurs_fichiers(#[case] moteur: Moteur) {
    let (appli, _) = ouverte(moteur).await;
    let (avec, sans) = (projet_clos(&appli, "Projet avec devis").await, projet_clos(&appli, "Projet sans pièce").await);
    let (_, personne) = appli.connecter("porteuse@exemple.invalid", None).await;
    let depot = joindre(&appli, &avec, &personne).await;
    let mut agent = agent_du_visa(&appli).await;
    viser(&mut agent, &[&avec, &sans]).await;
    appli.travailler().await;
    assert!(!reste(&appli, &avec).await && !reste(&appli, &sans).await, "both are erased");
    appli.horloge.avancer_de_jours(2);
    appli.travailler().await;
    assert!(appli.instance.fichiers.lire(&depot.cle, &depot.empreinte).await.is_err(), "the bytes too");
    agent_du_visa(&appli).await.ouvrir(VERS).await.exiger("Rien à effacer");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_projet_qui_resiste_n_arrete_pas_les_autres(#[case] moteur: Moteur) {
    let (appli, _) = ouverte(moteur).await;
    let mut projets = [projet_clos(&appli, "Un projet clos").await, projet_clos(&appli, "Un autre").await];
    // Erased in the order of their ids: the one that resists comes first.
    projets.sort_by_key(|projet| projet.id.to_string());
    let [premier, second] = projets;
    let tx = appli.instance.db.begin().await.unwrap();
    tx.execute_unprepared("CREATE TABLE obstacle (projet_id TEXT NOT NULL REFERENCES projet(id))").await.unwrap();
    let id = premier.id.as_str();
    tx.execute_raw(raw_sql!(Postgres, "INSERT INTO obstacle (projet_id) VALUES ({id})")).await.unwrap();
    tx.commit().await.unwrap();
    let mut agent = agent_du_visa(&appli).await;
    viser(&mut agent, &[&premier, &second]).await;
    appli.travailler().await;
    assert!(reste(&appli, &premier).await && !reste(&appli, &second).await);

    // What resisted is gone: the work, tried again, ends.
    let tx = appli.instance.db.begin().await.unwrap();
    tx.execute_unprepared("DELETE FROM obstacle").await.unwrap();
    tx.commit().await.unwrap();
    appli.horloge.avancer_de_jours(2);
    appli.travailler().await;
    assert!(!reste(&appli, &premier).await);
    appli.fin().await;
}

#[derive(FromQueryResult)]
struct Table {
    nom: String,
}

/// A table that refers to a project and that no purge empties keeps it from ever being erased.
#[tokio::test]
async fn chaque_table_qui_tient_a_un_projet_est_videe() {
    let (appli, _) = ouverte(Moteur::Sqlite).await;
    let tx = appli.instance.db.read().await.unwrap();
    let question = raw_sql!(
        Postgres,
        "SELECT DISTINCT t.name AS nom FROM sqlite_master t, pragma_foreign_key_list(t.name) f
         WHERE t.type = 'table' AND f.\"table\" = 'projet' AND f.on_delete <> 'CASCADE' ORDER BY t.name"
    );
    let tables: Vec<String> =
        Table::find_by_statement(question).all(&tx).await.unwrap().into_iter().map(|table| table.nom).collect();
    drop(tx);
    // Emptied by `projets` (piece_jointe), `accompagnement` and the socle: a new table joins its feature's `purge`, then this.
    let videes = [
        "demande",
        "echange",
        "marche",
        "piece_jointe",
        "projet_membre",
        "projet_theme",
        "recommandation",
        "relation",
        "reprise_projet",
    ];
    assert_eq!(tables, videes);
    appli.fin().await;
}
