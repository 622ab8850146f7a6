//! The generator of volume: what it writes is what the product would have written, so the pages work on it, and cost the
//! same number of statements as before.

use rstest::rstest;
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};
use server::features;
use server::volume::{Volume, remplir};
use testkit::{Appli, Moteur, Navigateur};

const PETIT: Volume = Volume { projets: 120, acteurs: 80, demandes: 200, journal: 1_500, comptes: 1_800, graine: 7 };
const CHARGE: &str = "charge.lunevillois@exemple.invalid";

/// Pages of everyone, then of the chargé territorial.
const PAGES: [&str; 5] =
    ["/", "/annuaire?theme=commerce&ordre=nom", "/recherche?q=epicerie", "/communes/54329", "/carte"];
const PAGES_DU_CHARGE: [&str; 4] = ["/tableau", "/tableau/liste", "/projets", "/projets/cafecrey/suivi"];
const FACILITATION: &str = "facilitation@exemple.invalid";

async fn entrer(appli: &Appli, role: &str) -> Navigateur {
    let mut navigateur = appli.navigateur();
    let page = navigateur.ouvrir("/demo").await;
    navigateur.envoyer(&page, "/demo", &[("role", role)]).await;
    navigateur
}

/// Statements of each page.
async fn cout(appli: &Appli) -> Vec<(&'static str, u64)> {
    let (mut public, mut charge) = (appli.navigateur(), entrer(appli, CHARGE).await);
    let mut facilitation = entrer(appli, FACILITATION).await;
    let mut couts = Vec::new();
    for chemin in PAGES.into_iter().chain(PAGES_DU_CHARGE).chain(["/marches"]) {
        let navigateur = match chemin {
            "/marches" => &mut facilitation,
            _ if PAGES.contains(&chemin) => &mut public,
            _ => &mut charge,
        };
        let avant = appli.instance.db.nombre_de_requetes();
        assert!(navigateur.ouvrir(chemin).await.statut.is_success(), "{chemin}");
        couts.push((chemin, appli.instance.db.nombre_de_requetes() - avant));
    }
    couts
}

async fn nombre(appli: &Appli, table: &str) -> i64 {
    let tx = appli.instance.db.read().await.unwrap();
    let mut requete = raw_sql!(Postgres, "SELECT CAST(COUNT(*) AS BIGINT) AS nombre FROM nulle_part");
    requete.sql = requete.sql.replace("nulle_part", table);
    tx.query_one_raw(requete).await.unwrap().unwrap().try_get("", "nombre").unwrap()
}

#[derive(FromQueryResult)]
struct Suivi {
    reference: String,
    etat: String,
    etape: String,
    /// Is something planned?
    prevue: bool,
    /// By the generator, not by the demonstration.
    genere: bool,
}

/// Projects of the chargé's secteur.
async fn du_secteur(appli: &Appli) -> Vec<Suivi> {
    let tx = appli.instance.db.read().await.unwrap();
    let requete = raw_sql!(
        Postgres,
        "SELECT p.reference, d.etat, p.etape, d.prochaine_le IS NOT NULL AS prevue,
                p.titre LIKE '%(exemple)' AS genere
         FROM projet p JOIN demande d ON d.projet_id = p.id JOIN personne a ON a.id = d.agent_id
         WHERE a.courriel = {CHARGE} ORDER BY d.faite_le DESC, p.reference"
    );
    Suivi::find_by_statement(requete).all(&tx).await.unwrap()
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn les_pages_marchent_sur_ce_qui_est_genere(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut avant, seules) = (Vec::new(), cout(&appli).await);
    for table in ["projet", "acteur", "demande", "relation", "personne"] {
        avant.push((table, nombre(&appli, table).await));
    }
    remplir(&appli.instance, PETIT).await.unwrap();
    appli.travailler().await;

    let attendus = [120, 80, 120, 80, 1_800];
    for ((table, avant), attendu) in avant.into_iter().zip(attendus) {
        assert_eq!(nombre(&appli, table).await - avant, attendu, "{table}");
    }
    assert_eq!(cout(&appli).await, seules, "statements do not depend on the number of rows");

    let mut charge = entrer(&appli, CHARGE).await;
    let siens = du_secteur(&appli).await;
    let suivi = siens.iter().find(|suivi| suivi.genere && suivi.etat == "repondue").unwrap();
    let page = charge.ouvrir(&format!("/projets/{}", suivi.reference)).await;
    page.exiger("(exemple)").exiger("Projet décrit").exiger("Accompagnement demandé").exiger("Réponse du département");
    // The board shows the most urgent; the list, everything.
    charge.ouvrir("/tableau").await.exiger("À répondre");
    let liste = charge.ouvrir("/tableau/liste").await;
    let montre = |suivi: &&Suivi| liste.html.contains(&format!("/projets/{}/suivi", suivi.reference));
    let dus: Vec<_> = siens.iter().filter(|suivi| suivi.etat == "a-repondre").collect();
    assert!(!dus.is_empty() && dus.iter().all(montre), "what is owed is shown");
    let fini = |suivi: &&Suivi| suivi.etat == "refusee" || (suivi.etape == "arrete" && !suivi.prevue);
    let finis: Vec<_> = siens.iter().filter(fini).collect();
    assert!(!finis.is_empty() && !finis.iter().any(montre), "what is over is not");
    let mut public = appli.navigateur();
    public.ouvrir("/annuaire?q=ressourcerie").await.exiger("RESSOURCERIE EXEMPLE");
    public.ouvrir("/communes/54329").await.exiger("Lunéville");
    appli.fin().await;
}

#[tokio::test]
async fn la_meme_graine_donne_les_memes_lignes() {
    let mut fois = Vec::new();
    for graine in [7, 7, 8] {
        let appli = Appli::nouvelle(Moteur::Sqlite, features()).await;
        remplir(&appli.instance, Volume { graine, ..PETIT }).await.unwrap();
        let tx = appli.instance.db.read().await.unwrap();
        let requete = raw_sql!(
            Postgres,
            "SELECT (SELECT group_concat(reference || titre || commune, ',' ORDER BY reference) FROM projet)
                 || (SELECT group_concat(faite_le || promise_le || etat, ',' ORDER BY faite_le, promise_le, etat) FROM demande)
                 AS tout"
        );
        let tout: String = tx.query_one_raw(requete).await.unwrap().unwrap().try_get("", "tout").unwrap();
        fois.push(tout);
        drop(tx);
        appli.fin().await;
    }
    assert_eq!(fois[0], fois[1]);
    assert_ne!(fois[1], fois[2]);
}
