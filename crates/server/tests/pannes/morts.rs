//! `kill -9` at any moment. Everything acknowledged is there, once; nothing is half saved; no work is lost; a mail is
//! doubled at most once per death, and then carries the same Message-ID.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use platform::worker::ARRETE_A_CHAQUE_ESSAI;
use platform::{Db, Moteur, SystemClock, WriteTx, outbox};
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use rstest::rstest;
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult, raw_sql};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::banc::{Courrier, Site, Vivant};

/// Requests sent at the same time: three describe a project, one asks for a mail.
const ENSEMBLE: u64 = 4;

#[derive(Clone, Debug)]
struct Envoi {
    chemin: &'static str,
    corps: String,
    /// Title of the project, or address.
    marque: String,
}

impl Envoi {
    /// The `n`-th thing to do. The key makes it the same form however often it is sent.
    fn nouveau(n: u64, jeton: &str) -> Self {
        let cle = format!("cle-{n:08}");
        let mut champs = vec![("_jeton", jeton.to_owned()), ("_cle", cle)];
        let (chemin, marque) = if n.is_multiple_of(ENSEMBLE) {
            let adresse = format!("panne-{n}@exemple.invalid");
            champs.push(("courriel", adresse.clone()));
            ("/connexion", adresse)
        } else {
            let titre = format!("Panne {n:08}");
            champs.push(("titre", titre.clone()));
            champs.push(("commune", "Cirey-sur-Vezouze (54)".to_owned()));
            champs.push(("manque", "Une phrase assez longue pour être acceptée.".to_owned()));
            champs.push(("themes", "commerce".to_owned()));
            ("/projets/nouveau", titre)
        };
        let corps = form_urlencoded::Serializer::new(String::new()).extend_pairs(champs).finish();
        Self { chemin, corps, marque }
    }
}

#[derive(Clone)]
struct Client {
    http: reqwest::Client,
    cookie: String,
    jeton: String,
    suivant: Arc<AtomicU64>,
    recues: Arc<AtomicUsize>,
    arrivee: Arc<Notify>,
    /// Raised just before the program is killed.
    mort: Arc<AtomicBool>,
}

/// What a client had not been told of when the program died.
struct SansReponse {
    envoi: Envoi,
    /// Begun while the program lived: in flight at its death.
    en_vol: bool,
}

impl Client {
    async fn nouveau(site: &Site) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        let reponse = http.get(site.url("/projets/nouveau")).send().await.unwrap();
        let cookie = reponse.headers()[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let page = reponse.text().await.unwrap();
        let jeton = page.split("name=\"_jeton\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let (suivant, recues) = (Arc::default(), Arc::default());
        Self { http, cookie, jeton, suivant, recues, arrivee: Arc::default(), mort: Arc::default() }
    }

    /// True when the program acknowledged.
    async fn envoyer(&self, site: &str, envoi: &Envoi) -> bool {
        let demande = self
            .http
            .post(format!("{site}{}", envoi.chemin))
            .header(COOKIE, &self.cookie)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(envoi.corps.clone());
        let Ok(reponse) = demande.send().await else { return false };
        let statut = reponse.status();
        let vers = reponse.headers().get(LOCATION).cloned();
        if statut == 503 {
            // The shutdown of the server is said as it is: not acknowledged.
            return false;
        }
        assert_eq!(statut, 303, "{envoi:?} : {}", reponse.text().await.unwrap_or_default());
        assert!(vers.is_some());
        self.recues.fetch_add(1, Ordering::SeqCst);
        self.arrivee.notify_one();
        true
    }

    /// Sends without end until the program dies; returns what was acknowledged and what was not.
    async fn charger(self, site: String) -> (Vec<Envoi>, SansReponse) {
        let mut acquis = Vec::new();
        loop {
            let n = self.suivant.fetch_add(1, Ordering::SeqCst);
            let envoi = Envoi::nouveau(n, &self.jeton);
            let en_vol = !self.mort.load(Ordering::SeqCst);
            if !self.envoyer(&site, &envoi).await {
                return (acquis, SansReponse { envoi, en_vol });
            }
            acquis.push(envoi);
        }
    }

    async fn attendre(&self, reponses: usize) {
        while self.recues.load(Ordering::SeqCst) < reponses {
            self.arrivee.notified().await;
        }
    }
}

/// splitmix64: the moments of a run come from its seed, which is printed.
pub(crate) struct Hasard(u64);

impl Hasard {
    /// The seed of this run (`TERREAU_GRAINE` does one again).
    pub(crate) fn de_l_essai() -> (Self, u64) {
        let graine =
            std::env::var("TERREAU_GRAINE").map_or(u64::from(std::process::id()), |texte| texte.parse().unwrap());
        println!("graine {graine}");
        (Self(graine), graine)
    }

    pub(crate) fn jusqu_a(&mut self, borne: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % borne
    }
}

#[derive(Debug, Default)]
struct Bilan {
    morts: usize,
    /// Deaths with at least one request begun before and not answered.
    en_vol: usize,
    /// Requests in flight at a death, and saved although nobody was told.
    commis_sans_reponse: usize,
    /// Requests in flight at a death, and not saved at all.
    non_commis: usize,
    /// Pieces of work that a death left under way.
    travaux_interrompus: u64,
    /// Lives that one piece of work went through without its end.
    essais: u64,
    /// Pieces of work given up because every try died, and played again.
    rejoues: u64,
    acquis: usize,
    courriels: usize,
    doubles: usize,
}

#[derive(FromQueryResult)]
struct Nombre {
    nombre: i64,
}

/// 40 in the ordinary tests; `script/pannes` asks for more.
pub(crate) fn nombre_de_morts() -> usize {
    std::env::var("TERREAU_PANNES").map_or(40, |texte| texte.parse().unwrap())
}

pub(crate) async fn compter(db: &Db, texte: &'static str) -> u64 {
    let tx = db.read().await.unwrap();
    let instruction = sea_orm::Statement::from_string(tx.get_database_backend(), texte);
    let ligne = Nombre::find_by_statement(instruction).one(&tx).await.unwrap().unwrap();
    u64::try_from(ligne.nombre).unwrap()
}

/// While the program is dead: what it left, and time passes (leases run out, delays are over).
async fn constater(site: &Site, sans_reponse: &[SansReponse], bilan: &mut Bilan) {
    let db = site.base().await;
    bilan.travaux_interrompus +=
        compter(&db, "SELECT CAST(COUNT(*) AS BIGINT) AS nombre FROM outbox WHERE reserve_jusque IS NOT NULL").await;
    bilan.essais = bilan
        .essais
        .max(compter(&db, "SELECT CAST(COALESCE(MAX(tentatives), 0) AS BIGINT) AS nombre FROM outbox").await);
    for SansReponse { envoi, en_vol } in sans_reponse {
        let marque = envoi.marque.as_str();
        let tx = db.read().await.unwrap();
        let trouve = Nombre::find_by_statement(raw_sql!(
            Postgres,
            "SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM projet WHERE titre = {marque})
                  + (SELECT CAST(COUNT(*) AS BIGINT) FROM jeton WHERE cible = {marque}) AS nombre"
        ))
        .one(&tx)
        .await
        .unwrap()
        .unwrap();
        match trouve.nombre {
            0 => bilan.non_commis += usize::from(*en_vol),
            1 => bilan.commis_sans_reponse += 1,
            plus => panic!("{envoi:?} est enregistré {plus} fois"),
        }
    }
    let tx = db.begin().await.unwrap();
    tx.execute_unprepared("UPDATE outbox SET reserve_jusque = NULL, pas_avant = 0").await.unwrap();
    bilan.rejoues += rejouer_les_coupes(&tx).await;
    tx.commit().await.unwrap();
    db.fermer().await.unwrap();
}

/// Ten lives in a row cut under one piece of work, the nightly backup most often: it is kept, `/sante` says so, and an agent
/// plays it again, as here. A failure for any other reason is one of the program, and stays.
async fn rejouer_les_coupes(tx: &WriteTx) -> u64 {
    let echecs = outbox::echecs(tx, 100).await.unwrap();
    let coupes = echecs.into_iter().filter(|travail| travail.erreur.as_deref() == Some(ARRETE_A_CHAQUE_ESSAI));
    let ids: Vec<String> = coupes.map(|travail| travail.id).collect();
    outbox::rejouer(tx, &SystemClock, &ids).await.unwrap()
}

#[derive(FromQueryResult)]
struct Decrit {
    titre: String,
    lignes: i64,
    themes: i64,
}

/// Every project saved is whole; every acknowledged one is there; every code asked left by mail.
async fn verifier(site: &Site, courrier: &Courrier, acquis: &[Envoi], bilan: &mut Bilan) {
    let db = site.base().await;
    let tx = db.read().await.unwrap();
    let decrits = Decrit::find_by_statement(raw_sql!(
        Postgres,
        "SELECT p.titre, (SELECT CAST(COUNT(*) AS BIGINT) FROM journal j WHERE j.projet_id = p.id) AS lignes,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM projet_theme t WHERE t.projet_id = p.id) AS themes
         FROM projet p WHERE p.titre LIKE 'Panne %'"
    ))
    .all(&tx)
    .await
    .unwrap();
    let mut titres = BTreeSet::new();
    for decrit in decrits {
        assert_eq!((decrit.lignes, decrit.themes), (1, 1), "{} est à moitié enregistré", decrit.titre);
        assert!(titres.insert(decrit.titre.clone()), "{} est enregistré deux fois", decrit.titre);
    }
    #[derive(FromQueryResult)]
    struct Code {
        cible: String,
    }
    let codes = Code::find_by_statement(raw_sql!(Postgres, "SELECT cible FROM jeton WHERE usage = 'connexion'"))
        .all(&tx)
        .await
        .unwrap();
    drop(tx);
    let nombre_de_codes = codes.len();
    let codes: BTreeSet<String> = codes.into_iter().map(|code| code.cible).collect();
    assert_eq!(codes.len(), nombre_de_codes, "a form sent again made two codes");
    for envoi in acquis {
        let la =
            if envoi.chemin == "/connexion" { codes.contains(&envoi.marque) } else { titres.contains(&envoi.marque) };
        assert!(la, "acquitté et perdu : {envoi:?}");
    }
    assert_eq!(titres.len() + codes.len(), acquis.len(), "everything sent was acknowledged in the end, and only once");
    let recus = courrier.recus();
    let mut par_adresse: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for recu in &recus {
        par_adresse.entry(recu.a.clone()).or_default().push(recu.identifiant.clone());
    }
    let ecrites: BTreeSet<String> = par_adresse.keys().cloned().collect();
    assert_eq!(ecrites, codes, "each code saved has its mail, and no other mail left");
    for (adresse, identifiants) in &par_adresse {
        assert!(identifiants.iter().all(|id| !id.is_empty() && *id == identifiants[0]), "{adresse} : {identifiants:?}");
    }
    bilan.courriels = recus.len();
    bilan.doubles = recus.len() - ecrites.len();
    assert!(bilan.doubles <= bilan.morts, "{bilan:?}: one death doubles one mail at most");
    let tx = db.read().await.unwrap();
    let restes = outbox::ligne::Entity::find().all(&tx).await.unwrap();
    assert!(restes.is_empty(), "work is left: {restes:?}\n{}", site.journal.lock().unwrap());
    drop(tx);
    db.fermer().await.unwrap();
}

async fn vie(
    site: &Site,
    client: &Client,
    hasard: &mut Hasard,
    vivant: Vivant,
    bilan: &mut Bilan,
) -> (Vec<Envoi>, Vec<SansReponse>) {
    client.mort.store(false, Ordering::SeqCst);
    let mut charges = JoinSet::new();
    for _ in 0..ENSEMBLE {
        charges.spawn(client.clone().charger(site.url("")));
    }
    let but = client.recues.load(Ordering::SeqCst) + 1 + usize::try_from(hasard.jusqu_a(20)).unwrap();
    client.attendre(but).await;
    // Not a wait for something: the moment itself is drawn.
    tokio::time::sleep(Duration::from_micros(hasard.jusqu_a(6_000))).await;
    client.mort.store(true, Ordering::SeqCst);
    vivant.tuer().await;
    let (mut acquis, mut sans_reponse) = (Vec::new(), Vec::new());
    while let Some(charge) = charges.join_next().await {
        let (siens, dernier) = charge.unwrap();
        acquis.extend(siens);
        sans_reponse.push(dernier);
    }
    bilan.morts += 1;
    bilan.en_vol += usize::from(sans_reponse.iter().any(|dernier| dernier.en_vol));
    (acquis, sans_reponse)
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rien_d_acquitte_ne_se_perd(#[case] moteur: Moteur) {
    let nombre = nombre_de_morts();
    let (mut hasard, graine) = Hasard::de_l_essai();
    let debut = Instant::now();
    let mut bilan = Bilan::default();
    let courrier = Courrier::lancer().await;
    let site = Site::installer(moteur, courrier.port, None).await;
    let mut vivant = site.lancer().await;
    let client = Client::nouveau(&site).await;
    let mut acquis = Vec::new();
    for _ in 0..nombre {
        let (siens, sans_reponse) = vie(&site, &client, &mut hasard, vivant, &mut bilan).await;
        acquis.extend(siens);
        constater(&site, &sans_reponse, &mut bilan).await;
        vivant = site.lancer().await;
        // The visitor sends the same form again: once is enough, whatever happened.
        for SansReponse { envoi, .. } in sans_reponse {
            assert!(client.envoyer(&site.url(""), &envoi).await, "{envoi:?}");
            acquis.push(envoi);
        }
    }
    bilan.acquis = acquis.len();
    let db = site.base().await;
    let fin = Instant::now() + Duration::from_secs(120);
    loop {
        let attente =
            compter(&db, "SELECT CAST(COUNT(*) AS BIGINT) AS nombre FROM outbox WHERE etat = 'attente'").await;
        let tx = db.begin().await.unwrap();
        let rejoues = rejouer_les_coupes(&tx).await;
        tx.commit().await.unwrap();
        bilan.rejoues += rejoues;
        if attente + rejoues == 0 {
            break;
        }
        assert!(Instant::now() < fin, "the work does not end:\n{}", site.journal.lock().unwrap());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    db.fermer().await.unwrap();
    verifier(&site, &courrier, &acquis, &mut bilan).await;
    vivant.tuer().await;
    assert!(bilan.en_vol * 10 >= bilan.morts * 9, "{bilan:?}: the deaths must fall during writes");
    // The proof that they did, in the database itself: rows that nobody was told of, work left half-way.
    let preuves = u64::try_from(bilan.commis_sans_reponse).unwrap() + bilan.travaux_interrompus;
    assert!(preuves * 10 >= u64::try_from(bilan.morts).unwrap(), "{bilan:?}");
    assert!(!site.journal.lock().unwrap().contains("@exemple.invalid"), "the log holds an address");
    println!(
        "PANNES {moteur:?} : {} morts, {} pendant une écriture, {} demandes acquittées, {} enregistrées sans réponse, \
         {} pas du tout, {} travaux interrompus ({} fois le même, {} rejoués), {} courriels dont {} doublés, {} s, graine {graine}",
        bilan.morts,
        bilan.en_vol,
        bilan.acquis,
        bilan.commis_sans_reponse,
        bilan.non_commis,
        bilan.travaux_interrompus,
        bilan.essais,
        bilan.rejoues,
        bilan.courriels,
        bilan.doubles,
        debut.elapsed().as_secs()
    );
    site.fin().await;
}
