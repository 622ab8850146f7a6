//! The bench: the real program in its own process, a real mail server, cables that can be cut.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use platform::{Db, DbOptions, Moteur};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, ChildStdin, Command};
use tokio::task::{AbortHandle, JoinSet};

/// A mail server: each message accepted is a file. It ends with its standard input.
pub(crate) struct Courrier {
    _processus: Child,
    _entree: ChildStdin,
    boite: TempDir,
    pub(crate) port: u16,
}

/// A mail received: who to, and its Message-ID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Recu {
    pub(crate) a: String,
    pub(crate) identifiant: String,
}

impl Courrier {
    pub(crate) async fn lancer() -> Self {
        let boite = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../platform/tests/serveur_smtp.py");
        let mut processus = Command::new("/usr/bin/python3")
            .arg(script)
            .arg(boite.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("python3 manque : apt-get install python3-aiosmtpd");
        let entree = processus.stdin.take().unwrap();
        let ligne = BufReader::new(processus.stdout.take().unwrap()).lines().next_line().await.unwrap();
        let port = ligne.expect("apt-get install python3-aiosmtpd").trim().parse().unwrap();
        Self { _processus: processus, _entree: entree, boite, port }
    }

    pub(crate) fn recus(&self) -> Vec<Recu> {
        let fichiers = std::fs::read_dir(self.boite.path()).unwrap().map(|fichier| fichier.unwrap().path());
        let mut recus: Vec<Recu> = fichiers.filter(|f| f.extension().is_some_and(|e| e == "eml")).map(lire).collect();
        recus.sort();
        recus
    }
}

fn lire(fichier: PathBuf) -> Recu {
    let texte = std::fs::read_to_string(fichier).unwrap();
    let entete = |nom: &str| {
        texte
            .lines()
            .find_map(|ligne| ligne.strip_prefix(nom))
            .map(|valeur| valeur.trim().to_owned())
            .unwrap_or_default()
    };
    Recu { a: entete("To:"), identifiant: entete("Message-ID:") }
}

/// A cable between the program and a server, that can be cut and put back.
pub(crate) struct Cable {
    pub(crate) port: u16,
    branche: Arc<AtomicBool>,
    passages: Arc<Mutex<Vec<AbortHandle>>>,
    _ecoute: JoinSet<()>,
}

impl Cable {
    pub(crate) async fn vers(cible: u16) -> Self {
        let ecoute = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = ecoute.local_addr().unwrap().port();
        let branche = Arc::new(AtomicBool::new(true));
        let passages: Arc<Mutex<Vec<AbortHandle>>> = Arc::default();
        let (ouvert, tous) = (Arc::clone(&branche), Arc::clone(&passages));
        let mut taches = JoinSet::new();
        taches.spawn(async move {
            while let Ok((mut ici, _)) = ecoute.accept().await {
                if !ouvert.load(Ordering::SeqCst) {
                    continue;
                }
                let passage = tokio::spawn(async move {
                    if let Ok(mut la_bas) = TcpStream::connect(("127.0.0.1", cible)).await {
                        let _ = copy_bidirectional(&mut ici, &mut la_bas).await;
                    }
                });
                tous.lock().unwrap().push(passage.abort_handle());
            }
        });
        Self { port, branche, passages, _ecoute: taches }
    }

    pub(crate) fn couper(&self) {
        self.branche.store(false, Ordering::SeqCst);
        self.passages.lock().unwrap().drain(..).for_each(|passage| passage.abort());
    }

    pub(crate) fn rebrancher(&self) {
        self.branche.store(true, Ordering::SeqCst);
    }
}

/// One instance on one database: what stays when the program dies.
pub(crate) struct Site {
    pub(crate) dossier: TempDir,
    base_url: String,
    base_directe: String,
    schema: String,
    smtp: u16,
    port: u16,
    /// What the program said in all its lives.
    pub(crate) journal: Arc<Mutex<String>>,
}

/// The program while it lives.
pub(crate) struct Vivant {
    pub(crate) processus: Child,
}

impl Site {
    /// Runs `terreau init`. `base`: port of a cable to PostgreSQL, when there is one.
    pub(crate) async fn installer(moteur: Moteur, smtp: u16, base: Option<u16>) -> Self {
        let dossier = tempfile::tempdir().unwrap();
        let graine = std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos();
        let (base_directe, schema) = match moteur {
            Moteur::Sqlite => (format!("sqlite://{}", dossier.path().join("base.sqlite").display()), String::new()),
            Moteur::Postgres => {
                let url = std::env::var("TERREAU_TEST_POSTGRES")
                    .expect("TERREAU_TEST_POSTGRES: export TERREAU_TEST_POSTGRES=\"$(script/postgres-de-test)\"");
                (url, format!("panne_{}_{graine}", std::process::id()))
            }
        };
        let base_url = match base {
            Some(port) => base_directe.replace(&format!(":{}/", port_de(&base_directe)), &format!(":{port}/")),
            None => base_directe.clone(),
        };
        // Free at this instant; the program takes it again at each life.
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let site = Self { dossier, base_url, base_directe, schema, smtp, port, journal: Arc::default() };
        let sortie = site.commande(&["init", "--departement", "54"]).output().await.unwrap();
        assert!(sortie.status.success(), "{}", String::from_utf8_lossy(&sortie.stderr));
        site
    }

    pub(crate) fn url(&self, chemin: &str) -> String {
        format!("http://127.0.0.1:{}{chemin}", self.port)
    }

    fn arguments(&self, ordre: &[&str]) -> Vec<String> {
        let mut arguments: Vec<String> = ordre.iter().map(|mot| (*mot).to_owned()).collect();
        let mut regler = |texte: String| arguments.extend(["--regler".to_owned(), texte]);
        regler(format!("donnees={}", self.dossier.path().display()));
        regler(format!("base.url={}", self.base_url));
        if !self.schema.is_empty() {
            regler(format!("base.schema={}", self.schema));
        }
        if ordre.first() != Some(&"init") {
            regler("instance.departement=54".to_owned());
        }
        regler(format!("adresse=127.0.0.1:{}", self.port));
        regler(format!("url-publique=http://127.0.0.1:{}", self.port));
        regler(format!("smtp.url=smtp://127.0.0.1:{}", self.smtp));
        regler("smtp.expediteur=Terreau <terreau@exemple.invalid>".to_owned());
        regler("limites.requetes-par-minute=10000000".to_owned());
        regler("limites.connexions-par-heure=10000000".to_owned());
        arguments
    }

    /// A command of the program on this instance.
    pub(crate) fn commande(&self, ordre: &[&str]) -> Command {
        let mut commande = Command::new(binaire());
        commande.args(self.arguments(ordre)).kill_on_drop(true);
        sans_nos_variables(&mut commande);
        commande
    }

    /// Starts the program and waits until it says that it answers.
    pub(crate) async fn lancer(&self) -> Vivant {
        self.attendre(self.commande(&["serve"])).await
    }

    /// The same where no file may grow beyond `kio` KiB: a full disk.
    pub(crate) async fn lancer_disque_plein(&self, kio: u64) -> Vivant {
        let mut commande = Command::new("bash");
        commande
            .arg("-c")
            .arg(format!("trap '' XFSZ; ulimit -f {kio}; exec \"$0\" \"$@\""))
            .arg(binaire())
            .args(self.arguments(&["serve"]))
            .kill_on_drop(true);
        sans_nos_variables(&mut commande);
        self.attendre(commande).await
    }

    async fn attendre(&self, mut commande: Command) -> Vivant {
        let mut processus = commande.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut lignes = BufReader::new(processus.stderr.take().unwrap()).lines();
        let journal = Arc::clone(&self.journal);
        loop {
            let ligne = lignes.next_line().await.unwrap();
            let Some(ligne) = ligne else { panic!("le programme ne démarre pas :\n{}", journal.lock().unwrap()) };
            journal.lock().unwrap().push_str(&format!("{ligne}\n"));
            if ligne.contains("le service répond") {
                break;
            }
        }
        tokio::spawn(async move {
            while let Ok(Some(ligne)) = lignes.next_line().await {
                journal.lock().unwrap().push_str(&format!("{ligne}\n"));
            }
        });
        Vivant { processus }
    }

    /// The database, read and repaired from outside.
    pub(crate) async fn base(&self) -> Db {
        let mut options = DbOptions::new(self.base_directe.clone(), self.schema.clone());
        options.lecteurs = 1;
        Db::ouvrir(&options).await.unwrap()
    }

    pub(crate) async fn fin(self) {
        if self.schema.is_empty() {
            return;
        }
        use sea_orm::ConnectionTrait as _;
        let db = self.base().await;
        let tx = db.begin().await.unwrap();
        tx.execute_unprepared(&format!("DROP SCHEMA {} CASCADE", self.schema)).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// The program under test; another build of it by `TERREAU_BINAIRE`.
fn binaire() -> String {
    std::env::var("TERREAU_BINAIRE").unwrap_or_else(|_| env!("CARGO_BIN_EXE_terreau").to_owned())
}

/// The variables of the test are not settings of the program, which refuses names that it does not know.
fn sans_nos_variables(commande: &mut Command) {
    for nom in ["TERREAU_PANNES", "TERREAU_GRAINE", "TERREAU_BINAIRE", "TERREAU_TEST_POSTGRES"] {
        commande.env_remove(nom);
    }
}

/// Port of an address `postgres://qui@hote:port/base`.
pub(crate) fn port_de(url: &str) -> u16 {
    url.rsplit_once('/').unwrap().0.rsplit_once(':').unwrap().1.parse().unwrap()
}

impl Vivant {
    /// `kill -9`.
    pub(crate) async fn tuer(mut self) {
        self.processus.kill().await.unwrap();
    }
}
