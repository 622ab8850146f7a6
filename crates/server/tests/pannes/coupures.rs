//! The database, the mail server, the disk do not answer: the page says so, nothing is half saved, the work waits, and all
//! goes on when they come back.

use std::time::{Duration, Instant};

use platform::Moteur;
use reqwest::StatusCode;
use reqwest::header::{COOKIE, SET_COOKIE};
use rstest::rstest;

use crate::banc::{Cable, Courrier, Site, port_de};

struct Visite {
    http: reqwest::Client,
    cookie: String,
    jeton: String,
    numero: u32,
}

impl Visite {
    async fn nouvelle(site: &Site) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        let reponse = http.get(site.url("/projets/nouveau")).send().await.unwrap();
        let cookie = reponse.headers()[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let page = reponse.text().await.unwrap();
        let jeton = page.split("name=\"_jeton\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        Self { http, cookie, jeton, numero: 0 }
    }

    async fn lire(&self, site: &Site, chemin: &str) -> (StatusCode, String) {
        let reponse = self.http.get(site.url(chemin)).send().await.unwrap();
        (reponse.status(), reponse.text().await.unwrap())
    }

    async fn poster(&mut self, site: &Site, chemin: &str, champs: &[(&str, &str)]) -> (StatusCode, String) {
        self.numero += 1;
        let cle = self.numero.to_string();
        let corps = form_urlencoded::Serializer::new(String::new())
            .append_pair("_jeton", &self.jeton)
            .append_pair("_cle", &cle)
            .extend_pairs(champs)
            .finish();
        let demande = self.http.post(site.url(chemin)).header(COOKIE, &self.cookie);
        let reponse =
            demande.header("content-type", "application/x-www-form-urlencoded").body(corps).send().await.unwrap();
        (reponse.status(), reponse.text().await.unwrap())
    }

    async fn decrire(&mut self, site: &Site, manque: &str) -> (StatusCode, String) {
        let champs =
            [("titre", "Un projet"), ("commune", "Cirey-sur-Vezouze (54)"), ("manque", manque), ("themes", "commerce")];
        self.poster(site, "/projets/nouveau", &champs).await
    }

    /// Asks again until the answer is this one.
    async fn attendre(&self, site: &Site, chemin: &str, statut: StatusCode) {
        let fin = Instant::now() + Duration::from_secs(30);
        while self.lire(site, chemin).await.0 != statut {
            assert!(Instant::now() < fin, "{chemin} ne répond pas {statut}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn la_base_s_arrete_puis_revient() {
    let courrier = Courrier::lancer().await;
    let directe = std::env::var("TERREAU_TEST_POSTGRES").expect("TERREAU_TEST_POSTGRES");
    let cable = Cable::vers(port_de(&directe)).await;
    let site = Site::installer(Moteur::Postgres, courrier.port, Some(cable.port)).await;
    let vivant = site.lancer().await;
    let mut visite = Visite::nouvelle(&site).await;
    assert_eq!(visite.lire(&site, "/sante").await.0, StatusCode::OK);

    cable.couper();
    let (statut, page) = visite.decrire(&site, "Une phrase assez longue.").await;
    assert_eq!(statut, StatusCode::SERVICE_UNAVAILABLE, "{page}");
    assert!(page.contains("la base de données ne répond pas"), "{page}");
    let (statut, _) = visite.lire(&site, "/sante").await;
    assert_eq!(statut, StatusCode::SERVICE_UNAVAILABLE);
    // A page that needs no data still answers.
    assert_eq!(visite.lire(&site, "/aide").await.0, StatusCode::OK);

    cable.rebrancher();
    visite.attendre(&site, "/sante", StatusCode::OK).await;
    assert_eq!(visite.decrire(&site, "Une phrase assez longue.").await.0, StatusCode::SEE_OTHER);
    vivant.tuer().await;
    site.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn le_courriel_attend_le_serveur(#[case] moteur: Moteur) {
    let courrier = Courrier::lancer().await;
    let cable = Cable::vers(courrier.port).await;
    let site = Site::installer(moteur, cable.port, None).await;
    let vivant = site.lancer().await;
    let mut visite = Visite::nouvelle(&site).await;
    cable.couper();
    let (statut, _) = visite.poster(&site, "/connexion", &[("courriel", "mairie@exemple.invalid")]).await;
    assert_eq!(statut, StatusCode::SEE_OTHER, "the answer does not wait for the mail");
    let db = site.base().await;
    attendre_le_travail(&db, |erreur| erreur.is_some()).await;
    assert!(courrier.recus().is_empty());
    assert!(!site.journal.lock().unwrap().contains("mairie@"), "the log holds an address");

    use sea_orm::ConnectionTrait as _;
    // Asked an hour ago and tried in vain: late, although its next try is not due yet.
    let tx = db.begin().await.unwrap();
    tx.execute_unprepared("UPDATE outbox SET cree_le = cree_le - 3600000000").await.unwrap();
    tx.commit().await.unwrap();
    let (statut, sante) = visite.lire(&site, "/sante").await;
    assert_eq!(statut, StatusCode::SERVICE_UNAVAILABLE, "{sante}");
    assert!(sante.contains("en retard"), "{sante}");

    // The delay before the next try passes while the server comes back.
    cable.rebrancher();
    vivant.tuer().await;
    let tx = db.begin().await.unwrap();
    tx.execute_unprepared("UPDATE outbox SET reserve_jusque = NULL, pas_avant = 0").await.unwrap();
    tx.commit().await.unwrap();
    let vivant = site.lancer().await;
    let fin = Instant::now() + Duration::from_secs(30);
    while courrier.recus().is_empty() {
        assert!(Instant::now() < fin, "le courriel ne part pas :\n{}", site.journal.lock().unwrap());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(courrier.recus()[0].a, "mairie@exemple.invalid");
    vivant.tuer().await;
    db.fermer().await.unwrap();
    site.fin().await;
}

async fn attendre_le_travail(db: &platform::Db, voulu: impl Fn(Option<&str>) -> bool) {
    use platform::outbox::ligne;
    use sea_orm::EntityTrait as _;
    let fin = Instant::now() + Duration::from_secs(30);
    loop {
        let tx = db.read().await.unwrap();
        let travaux = ligne::Entity::find().all(&tx).await.unwrap();
        if travaux.iter().any(|travail| voulu(travail.erreur.as_deref())) {
            return;
        }
        drop(tx);
        assert!(Instant::now() < fin, "{travaux:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// SQLite: no file of the program may grow beyond a size: full from the start, or after some writes. What was saved stays
/// readable, what cannot be saved is said, and nothing is said to be saved that is not.
#[rstest]
#[case::des_le_debut(100, 0)]
#[case::apres_quelques_ecritures(0, 400)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn le_disque_est_plein(#[case] fixe_kio: u64, #[case] de_plus_kio: u64) {
    let courrier = Courrier::lancer().await;
    let site = Site::installer(Moteur::Sqlite, courrier.port, None).await;
    let taille = |nom: &str| std::fs::metadata(site.dossier.path().join(nom)).map_or(0, |fichier| fichier.len() / 1024);
    let limite =
        if fixe_kio > 0 { fixe_kio } else { taille("base.sqlite").max(taille("base.sqlite-wal")) + de_plus_kio };
    let vivant = site.lancer_disque_plein(limite).await;
    let mut visite = Visite::nouvelle(&site).await;
    let manque = "Une phrase assez longue. ".repeat(60);
    let mut acquis = 0;
    let page = loop {
        let (statut, page) = visite.decrire(&site, &manque).await;
        if statut != StatusCode::SEE_OTHER {
            assert_eq!(statut, StatusCode::SERVICE_UNAVAILABLE, "{page}");
            break page;
        }
        acquis += 1;
        assert!(acquis < 2_000, "the disk is never full");
    };
    assert!(page.contains("le disque"), "{page}");
    for _ in 0..10 {
        // Still full: still said, each time.
        assert_eq!(visite.decrire(&site, &manque).await.0, StatusCode::SERVICE_UNAVAILABLE);
    }
    assert_eq!(visite.lire(&site, "/communes/54129").await.0, StatusCode::OK, "reading goes on");
    // Its witness is small: it may still find a place where a form finds none.
    if fixe_kio > 0 {
        let (statut, sante) = visite.lire(&site, "/sante").await;
        assert_eq!(statut, StatusCode::SERVICE_UNAVAILABLE, "{sante}");
    }
    vivant.tuer().await;

    // Space is made: everything acknowledged is there, and it goes on.
    let vivant = site.lancer().await;
    let db = site.base().await;
    let tx = db.read().await.unwrap();
    use sea_orm::{EntityTrait as _, PaginatorTrait as _};
    assert_eq!(socle::projet::Entity::find().count(&tx).await.unwrap(), acquis);
    drop(tx);
    assert_eq!(visite.decrire(&site, &manque).await.0, StatusCode::SEE_OTHER);
    vivant.tuer().await;
    db.fermer().await.unwrap();
}
