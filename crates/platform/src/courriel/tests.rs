//! Mail against a real SMTP server process.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use crate::configuration::{Secret, Smtp};
use crate::courriel::{Adresse, Courriel, CourrielError, MIGRATIONS, Postier, boite_locale};
use crate::worker::EchecTravail;
use crate::{Db, DbOptions, SystemClock};

/// Ends with its standard input, which is dropped with the test.
struct Serveur {
    processus: Child,
    entree: Option<ChildStdin>,
    boite: tempfile::TempDir,
    port: u16,
}

impl Serveur {
    fn lancer() -> Self {
        let boite = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/serveur_smtp.py");
        let mut processus = Command::new("/usr/bin/python3")
            .arg(script)
            .arg(boite.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 manque : apt-get install python3-aiosmtpd");
        let mut ligne = String::new();
        BufReader::new(processus.stdout.take().unwrap()).read_line(&mut ligne).unwrap();
        let port =
            ligne.trim().parse().expect("le serveur de courriel n'a pas démarré : apt-get install python3-aiosmtpd");
        let entree = processus.stdin.take();
        Self { processus, entree, boite, port }
    }

    fn postier(&self) -> Postier {
        postier(self.port)
    }

    fn recus(&self) -> Vec<String> {
        let mut noms: Vec<_> = std::fs::read_dir(self.boite.path()).unwrap().map(|e| e.unwrap().path()).collect();
        noms.sort();
        noms.iter().map(|nom| std::fs::read_to_string(nom).unwrap()).collect()
    }
}

impl Drop for Serveur {
    fn drop(&mut self) {
        drop(self.entree.take());
        let _ = self.processus.wait();
    }
}

fn postier(port: u16) -> Postier {
    Postier::smtp(&Smtp {
        url: Secret::nouveau(format!("smtp://127.0.0.1:{port}")),
        utilisateur: None,
        mot_de_passe: None,
        fichier_mot_de_passe: None,
        expediteur: "Terreau <terreau@exemple.invalid>".to_owned(),
    })
    .unwrap()
}

fn courriel(a: &str) -> Courriel {
    let a = Adresse::lire(&format!("{a}@exemple.invalid")).unwrap();
    Courriel::nouveau("0197-abc", a, "Réponse à votre projet", "Bonjour,\n\nÉté.").unwrap()
}

#[tokio::test]
async fn a_mail_arrives_with_its_stable_message_id_and_both_bodies() {
    let serveur = Serveur::lancer();
    let postier = serveur.postier();
    let message = courriel("mairie").html("<p>Bonjour</p>").desabonnement("https://terreau.invalid/arret/x").unwrap();
    postier.envoyer(&message, &SystemClock).await.unwrap();
    postier.envoyer(&message, &SystemClock).await.unwrap();
    let recus = serveur.recus();
    assert_eq!(recus.len(), 2);
    for recu in &recus {
        for attendu in [
            "Message-ID: <0197-abc@exemple.invalid>\r\n",
            "To: mairie@exemple.invalid\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "List-Unsubscribe: <https://terreau.invalid/arret/x>\r\n",
            "Content-Type: text/plain; charset=utf-8\r\n",
            "Content-Type: text/html; charset=utf-8\r\n",
            "<p>Bonjour</p>",
        ] {
            assert!(recu.contains(attendu), "{attendu} manque dans\n{recu}");
        }
    }
}

#[tokio::test]
async fn the_answer_of_the_server_decides_between_later_and_never() {
    let serveur = Serveur::lancer();
    let postier = serveur.postier();
    for (a, temporaire) in [("plus-tard", true), ("jamais", false), ("coupe-avant", true)] {
        let erreur = postier.envoyer(&courriel(a), &SystemClock).await.unwrap_err();
        assert_eq!(matches!(erreur, EchecTravail::Temporaire(_)), temporaire, "{a} : {erreur:?}");
    }
    assert_eq!(serveur.recus().len(), 0);
    postier.envoyer(&courriel("mairie"), &SystemClock).await.unwrap();
    assert_eq!(serveur.recus().len(), 1, "the pool recovers");
}

#[tokio::test]
async fn a_connection_cut_after_acceptance_is_tried_again_under_the_same_message_id() {
    let serveur = Serveur::lancer();
    let postier = serveur.postier();
    for _ in 0..2 {
        let resultat = postier.envoyer(&courriel("coupe-apres"), &SystemClock).await;
        assert!(matches!(resultat, Err(EchecTravail::Temporaire(_))));
    }
    let recus = serveur.recus();
    assert_eq!(recus.len(), 2);
    assert!(recus.iter().all(|recu| recu.contains("Message-ID: <0197-abc@exemple.invalid>")));
}

#[tokio::test]
async fn an_absent_server_means_later() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let resultat = postier(port).envoyer(&courriel("x"), &SystemClock).await;
    assert!(matches!(resultat, Err(EchecTravail::Temporaire(_))));
}

#[test]
fn nothing_written_by_a_person_can_add_a_header() {
    let piege = "x\r\nBcc: tous@exemple.invalid";
    assert_eq!(Adresse::lire(piege), Err(CourrielError::Adresse));
    assert_eq!(Adresse::lire("a@b.invalid, c@d.invalid"), Err(CourrielError::Adresse));
    let a = || Adresse::lire("a@b.invalid").unwrap();
    for (travail, sujet) in [("1", piege), (piege, "x"), ("", "x")] {
        assert_eq!(Courriel::nouveau(travail, a(), sujet, "t"), Err(CourrielError::Ligne));
    }
    assert_eq!(Courriel::nouveau("1", a(), "s", " "), Err(CourrielError::TexteVide));
    assert!(courriel("a").desabonnement("https://a\r\nBcc: b@c.invalid").is_err());
}

#[tokio::test]
async fn in_demonstration_a_mail_is_kept_once_in_the_local_mailbox() {
    let dossier = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/base.sqlite", dossier.path().display());
    let db = Db::ouvrir(&DbOptions::new(url, "")).await.unwrap();
    crate::migration::migrer(&db, MIGRATIONS, &SystemClock).await.unwrap();
    let postier = Postier::BoiteLocale(db.clone());
    for _ in 0..2 {
        postier.envoyer(&courriel("mairie"), &SystemClock).await.unwrap();
    }
    let boite = boite_locale(&db.read().await.unwrap(), 10).await.unwrap();
    assert_eq!(boite.len(), 1);
    assert_eq!(boite[0].sujet, "Réponse à votre projet");
    assert_eq!(boite[0].destinataire, "mairie@exemple.invalid");
}
