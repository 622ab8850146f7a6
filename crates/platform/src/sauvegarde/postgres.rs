//! `pg_dump` and `pg_restore`: PostgreSQL's own client tools. The password travels by the environment, never on the
//! command line that other accounts of the machine can read.

use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;
use url::Url;

use super::SauvegardeError;
use crate::db::Db;

pub(super) async fn sauver(db: &Db, vers: &Path) -> Result<(), SauvegardeError> {
    let mut commande = outil("pg_dump", db.url())?;
    commande.args(["--format=custom", "--no-owner", "--no-privileges"]).arg(format!("--schema={}", db.schema()));
    lancer("pg_dump", commande.arg(format!("--file={}", vers.display()))).await?;
    let mut commande = Command::new("pg_restore");
    let contenu = lancer("pg_restore", commande.arg("--list").arg(vers)).await?;
    if !contenu.contains("schema_migration") {
        return Err(SauvegardeError::Abimee("pg_dump n’a pas copié les tables".to_owned()));
    }
    Ok(())
}

/// All or nothing: one transaction.
pub(super) async fn restaurer(url: &str, de: &Path) -> Result<(), SauvegardeError> {
    let mut commande = outil("pg_restore", url)?;
    // The database is named by the environment; an empty value asks for it.
    commande.args(["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--dbname="]);
    lancer("pg_restore", commande.arg(de)).await.map(|_| ())
}

fn outil(nom: &'static str, url: &str) -> Result<Command, SauvegardeError> {
    let mal_ecrite = || SauvegardeError::Refusee("L’adresse de la base (base.url) ne se comprend pas.".to_owned());
    let url = Url::parse(url).map_err(|_| mal_ecrite())?;
    let mut commande = Command::new(nom);
    let mut poser = |variable: &str, valeur: &str| {
        if !valeur.is_empty() {
            commande.env(variable, decoder(valeur));
        }
    };
    poser("PGHOST", url.host_str().unwrap_or_default());
    poser("PGPORT", &url.port().map(|port| port.to_string()).unwrap_or_default());
    poser("PGUSER", url.username());
    poser("PGPASSWORD", url.password().unwrap_or_default());
    poser("PGDATABASE", url.path().trim_start_matches('/'));
    for (cle, valeur) in url.query_pairs() {
        match cle.as_ref() {
            "sslmode" | "ssl-mode" => poser("PGSSLMODE", &valeur),
            "sslrootcert" | "ssl-root-cert" => poser("PGSSLROOTCERT", &valeur),
            "host" => poser("PGHOST", &valeur),
            _ => {}
        }
    }
    Ok(commande)
}

/// `%40` in a name or a password.
fn decoder(texte: &str) -> String {
    let paire = format!("x={}", texte.replace('+', "%2B"));
    url::form_urlencoded::parse(paire.as_bytes()).next().map(|(_, valeur)| valeur.into_owned()).unwrap_or_default()
}

async fn lancer(outil: &'static str, commande: &mut Command) -> Result<String, SauvegardeError> {
    let echec = |raison: String| SauvegardeError::Outil { outil, raison };
    // Plain messages, whatever the machine's language; killed with the work that waits for it.
    let sortie = commande.env("LC_ALL", "C.UTF-8").stdin(Stdio::null()).kill_on_drop(true).output().await;
    let sortie = sortie.map_err(|erreur| {
        echec(format!(
            "il ne se lance pas ({}). Installez les outils de PostgreSQL : apt-get install postgresql-client",
            crate::panne::du_fichier(&erreur)
        ))
    })?;
    if sortie.status.success() {
        return Ok(String::from_utf8_lossy(&sortie.stdout).into_owned());
    }
    let dit = String::from_utf8_lossy(&sortie.stderr);
    Err(echec(dit.lines().take(5).collect::<Vec<_>>().join(" ")))
}
