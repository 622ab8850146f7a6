//! Mail: one message, one recipient, plain text always present, an HTML twin if wanted.
//!
//! A message is asked through the outbox; its Message-ID is made from the outbox id, so that a mail doubled by a
//! crash between the server's acceptance and our record is recognised as the same by the recipient's mailbox.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::{self, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::colonne::Instant;
use crate::configuration::Smtp;
use crate::db::Db;
use crate::horloge::Clock;
use crate::migration::Migration;
use crate::worker::EchecTravail;

/// The table of the demonstration's mailbox. Gathered by `server` with the other migrations.
pub const MIGRATIONS: &[Migration] = &[Migration {
    feature: "courriel",
    numero: 1,
    nom: "boîte locale de la démonstration",
    sql: "CREATE TABLE courriel_local (
        message_id TEXT NOT NULL PRIMARY KEY,
        recu_le BIGINT NOT NULL,
        destinataire TEXT NOT NULL,
        sujet TEXT NOT NULL,
        texte TEXT NOT NULL,
        html TEXT);
      CREATE INDEX courriel_local_recu_le ON courriel_local (recu_le)",
}];

/// A checked address of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adresse(Mailbox);

/// Text that cannot stand in a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CourrielError {
    /// Not one mail address.
    #[error("ce n’est pas une adresse de courriel")]
    Adresse,
    /// A line break or another control character where one line is expected.
    #[error("le sujet et les en-têtes tiennent sur une ligne")]
    Ligne,
    /// The plain text is missing.
    #[error("le texte du courriel est vide")]
    TexteVide,
}

impl Adresse {
    /// Reads `nom@domaine` or `Nom <nom@domaine>`.
    ///
    /// # Errors
    /// Not one address, or it holds a control character.
    pub fn lire(texte: &str) -> Result<Self, CourrielError> {
        if texte.chars().any(char::is_control) || texte.len() > 320 {
            return Err(CourrielError::Adresse);
        }
        texte.trim().parse().map(Self).map_err(|_| CourrielError::Adresse)
    }

    /// `nom@domaine`.
    #[must_use]
    pub fn courte(&self) -> &str {
        self.0.email.as_ref()
    }
}

/// One message to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Courriel {
    a: Adresse,
    sujet: String,
    texte: String,
    html: Option<String>,
    identifiant: String,
    desabonnement: Option<String>,
}

impl Courriel {
    /// A message; `travail` is the id of the outbox row it is sent for.
    ///
    /// # Errors
    /// Line break in the subject or in `travail`, or empty text.
    pub fn nouveau(
        travail: &str,
        a: Adresse,
        sujet: impl Into<String>,
        texte: impl Into<String>,
    ) -> Result<Self, CourrielError> {
        let (sujet, texte) = (sujet.into(), texte.into());
        let sur = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if sujet.chars().any(char::is_control) || travail.is_empty() || !travail.chars().all(sur) {
            return Err(CourrielError::Ligne);
        }
        if texte.trim().is_empty() {
            return Err(CourrielError::TexteVide);
        }
        Ok(Self { a, sujet, texte, html: None, identifiant: travail.to_owned(), desabonnement: None })
    }

    /// Adds the HTML twin of the text.
    #[must_use]
    pub fn html(mut self, html: impl Into<String>) -> Self {
        self.html = Some(html.into());
        self
    }

    /// Address of the page that stops such mails (`List-Unsubscribe`, RFC 2369; the page has a button).
    ///
    /// # Errors
    /// Not an `https` or `http` address on one line.
    pub fn desabonnement(mut self, url: &str) -> Result<Self, CourrielError> {
        let propre = url.bytes().all(|b| b.is_ascii_graphic() && !b"<>".contains(&b));
        if !propre || !(url.starts_with("https://") || url.starts_with("http://")) {
            return Err(CourrielError::Ligne);
        }
        self.desabonnement = Some(url.to_owned());
        Ok(self)
    }

    /// To whom.
    #[must_use]
    pub fn destinataire(&self) -> &str {
        self.a.courte()
    }

    /// Subject.
    #[must_use]
    pub fn sujet(&self) -> &str {
        &self.sujet
    }

    /// Plain text.
    #[must_use]
    pub fn texte(&self) -> &str {
        &self.texte
    }

    /// Address of the page that stops such mails, when there is one.
    #[must_use]
    pub fn arret(&self) -> Option<&str> {
        self.desabonnement.as_deref()
    }

    fn message(&self, expediteur: &Mailbox, quand: SystemTime) -> Result<Message, EchecTravail> {
        let identifiant = format!("<{}@{}>", self.identifiant, expediteur.email.domain());
        let mut message = Message::builder()
            .from(expediteur.clone())
            .to(self.a.0.clone())
            .subject(self.sujet.clone())
            .date(quand)
            .message_id(Some(identifiant))
            // RFC 3834: no absence message answers this.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        if let Some(url) = &self.desabonnement {
            message = message
                .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("List-Unsubscribe"), format!("<{url}>")));
        }
        let message = match &self.html {
            Some(html) => message.multipart(MultiPart::alternative_plain_html(self.texte.clone(), html.clone())),
            None => message.singlepart(lettre::message::SinglePart::plain(self.texte.clone())),
        };
        message.map_err(|erreur| EchecTravail::Definitif(format!("message refusé : {erreur}")))
    }
}

/// Who carries the mail.
#[derive(Clone)]
pub enum Postier {
    /// A mail server.
    Smtp {
        /// Pooled connections.
        transport: AsyncSmtpTransport<Tokio1Executor>,
        /// `From`.
        expediteur: Box<Mailbox>,
    },
    /// Demonstration: kept in the database, readable on a page; nothing leaves.
    BoiteLocale(Db),
    /// No server is set: mails wait.
    Absent,
    /// Tests.
    Memoire(Arc<Mutex<Vec<Courriel>>>),
}

impl Postier {
    /// Opens the pool of a mail server. No connection is made before the first mail.
    ///
    /// # Errors
    /// Address, sender or password file not understood.
    pub fn smtp(smtp: &Smtp) -> Result<Self, PostierError> {
        let expediteur = Box::new(smtp.expediteur.parse().map_err(|_| PostierError::Expediteur)?);
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(smtp.url.reveler())
            .map_err(|_| PostierError::Adresse)?
            .timeout(Some(Duration::from_secs(20)))
            .pool_config(PoolConfig::new().max_size(4));
        if let Some(utilisateur) = &smtp.utilisateur {
            let mot_de_passe = mot_de_passe(smtp)?;
            transport = transport.credentials(Credentials::new(utilisateur.clone(), mot_de_passe));
        }
        Ok(Self::Smtp { transport: transport.build(), expediteur })
    }

    /// A mailbox in memory.
    #[must_use]
    pub fn memoire() -> Self {
        Self::Memoire(Arc::new(Mutex::new(Vec::new())))
    }

    /// Carries one message. Sent twice with the same outbox id, it bears the same Message-ID.
    ///
    /// # Errors
    /// `Temporaire`: to be tried again later; `Definitif`: the server refuses this message for good.
    pub async fn envoyer(&self, courriel: &Courriel, clock: &dyn Clock) -> Result<(), EchecTravail> {
        match self {
            Self::Smtp { transport, expediteur } => {
                let message = courriel.message(expediteur, date_d_envoi(clock))?;
                match transport.send(message).await {
                    Ok(_) => Ok(()),
                    Err(erreur) => Err(echec(&erreur)),
                }
            }
            Self::Absent => {
                Err(EchecTravail::Temporaire("aucun serveur de courriel n’est réglé (smtp.url)".to_owned()))
            }
            Self::BoiteLocale(db) => Ok(deposer(db, courriel, clock).await?),
            Self::Memoire(boite) => {
                boite.lock().unwrap_or_else(PoisonError::into_inner).push(courriel.clone());
                Ok(())
            }
        }
    }

    /// What the mailbox in memory holds, oldest first; empty for the other carriers.
    #[must_use]
    pub fn recus(&self) -> Vec<Courriel> {
        match self {
            Self::Memoire(boite) => boite.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            Self::Smtp { .. } | Self::BoiteLocale(_) | Self::Absent => Vec::new(),
        }
    }
}

/// Why the mail server's settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PostierError {
    /// Sender.
    #[error("smtp.expediteur n’est pas une adresse de courriel")]
    Expediteur,
    /// Address of the server.
    #[error("smtp.url n’est pas comprise : attendu smtps://serveur ou smtp://serveur:587?tls=required")]
    Adresse,
    /// Password file.
    #[error("le fichier du mot de passe de courriel ne peut pas être lu")]
    MotDePasse(#[source] std::io::Error),
}

fn mot_de_passe(smtp: &Smtp) -> Result<String, PostierError> {
    let lire = |chemin: &Path| {
        std::fs::read_to_string(chemin)
            .map(|texte| texte.trim_end_matches(['\r', '\n']).to_owned())
            .map_err(PostierError::MotDePasse)
    };
    match (&smtp.fichier_mot_de_passe, &smtp.mot_de_passe) {
        (Some(chemin), _) => lire(chemin),
        (None, Some(secret)) => Ok(secret.reveler().to_owned()),
        (None, None) => Ok(String::new()),
    }
}

fn date_d_envoi(clock: &dyn Clock) -> SystemTime {
    let secondes = u64::try_from(clock.now().as_second()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_secs(secondes)
}

/// A 5xx answer is for good; all the rest (4xx, no server, cut connection) is tried again. Refused credentials
/// (RFC 4954: 530, 534, 535, 538) are our settings' fault, not the message's: it waits for the operator.
fn echec(erreur: &smtp::Error) -> EchecTravail {
    let code = erreur.status().map(|code| code.to_string());
    let identification = matches!(code.as_deref(), Some("530" | "534" | "535" | "538"));
    let phrase = format!("serveur de courriel : {erreur}");
    if erreur.is_permanent() && !identification {
        EchecTravail::Definitif(phrase)
    } else {
        EchecTravail::Temporaire(phrase)
    }
}

async fn deposer(db: &Db, courriel: &Courriel, clock: &dyn Clock) -> Result<(), DbErr> {
    let (identifiant, quand) = (courriel.identifiant.as_str(), clock.instant().0);
    let (a, sujet, texte) = (courriel.destinataire(), &courriel.sujet, &courriel.texte);
    let html = courriel.html.as_deref();
    let tx = db.begin().await?;
    tx.execute_raw(sea_orm::raw_sql!(
        Postgres,
        "INSERT INTO courriel_local (message_id, recu_le, destinataire, sujet, texte, html)
         VALUES ({identifiant}, {quand}, {a}, {sujet}, {texte}, {html}) ON CONFLICT (message_id) DO NOTHING"
    ))
    .await?;
    tx.commit().await
}

/// A message of the demonstration's mailbox.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct CourrielLocal {
    /// Outbox id.
    pub message_id: String,
    /// When it would have left.
    pub recu_le: Instant,
    /// To whom.
    pub destinataire: String,
    /// Subject.
    pub sujet: String,
    /// Plain text.
    pub texte: String,
    /// HTML twin.
    pub html: Option<String>,
}

/// The latest messages of the demonstration's mailbox, newest first.
///
/// # Errors
/// The engine refused.
pub async fn boite_locale(db: &impl ConnectionTrait, limite: i64) -> Result<Vec<CourrielLocal>, DbErr> {
    CourrielLocal::find_by_statement(sea_orm::raw_sql!(
        Postgres,
        "SELECT message_id, recu_le, destinataire, sujet, texte, html FROM courriel_local
         ORDER BY recu_le DESC, message_id DESC LIMIT {limite}"
    ))
    .all(db)
    .await
}

#[cfg(test)]
mod tests;
