//! `terreau`: the command line.

#![expect(clippy::print_stdout, reason = "a command line speaks on its output")]

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use platform::configuration::{Configuration, Sources};
use server::ouverture::{self, Base, Ouverte};
use server::service;
use web::Instance;

#[derive(Parser)]
#[command(
    name = "terreau",
    version,
    about = "Un projet de commune trouve ses leviers, ses acteurs et son accompagnement"
)]
struct Ligne {
    /// Fichier de configuration (TOML). Par défaut : terreau.toml s’il existe.
    #[arg(long, global = true, env = "TERREAU_CONFIGURATION")]
    configuration: Option<PathBuf>,
    /// Donne une valeur de configuration : --regler adresse=127.0.0.1:8080
    #[arg(long = "regler", global = true, value_name = "CLE=VALEUR")]
    reglages: Vec<String>,
    #[command(subcommand)]
    commande: Commande,
}

#[derive(Subcommand)]
enum Commande {
    /// Sert le site.
    Serve,
    /// Prépare une instance vide, et imprime le lien du premier agent.
    Init {
        /// Département ou collectivité : 54, 2A, 20R, 69M, 974…
        #[arg(long)]
        departement: String,
    },
    /// Fait une démonstration de la Meurthe-et-Moselle (54) et la sert sur 127.0.0.1.
    Demo,
    /// Dit la configuration, sans secret, et ce qui ne va pas.
    Check,
    /// Imprime un nouveau lien pour un premier agent.
    LienAgent,
    /// Refait l’index de recherche à partir de la base.
    Reindex,
}

fn main() -> ExitCode {
    let ligne = Ligne::parse();
    match executer(&ligne) {
        Ok(code) => code,
        Err(erreur) => {
            println!("{erreur:#}");
            ExitCode::FAILURE
        }
    }
}

fn executer(ligne: &Ligne) -> anyhow::Result<ExitCode> {
    let configuration = configuration(ligne)?;
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_new(&configuration.journal)
                .context("journal n’est pas un filtre compris")?,
        )
        .with_writer(std::io::stderr)
        .init();
    let moteur =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("Le moteur ne démarre pas.")?;
    moteur.block_on(async {
        match &ligne.commande {
            Commande::Check => Ok(verifier(&configuration)),
            Commande::Init { .. } => initialiser(&configuration).await,
            Commande::Serve => {
                refuser_si_mal_regle(&configuration)?;
                let ouverte = ouverture::ouvrir(&configuration, Base::Existante).await?;
                service::servir(&configuration, ouverte).await.map(|()| ExitCode::SUCCESS)
            }
            Commande::Demo => demontrer(&configuration).await,
            Commande::Reindex => {
                let Ouverte { instance, .. } = ouverture::ouvrir(&configuration, Base::Existante).await?;
                web::recherche::demander_tout(&instance).await.map_err(|erreur| anyhow::anyhow!("{erreur:?}"))?;
                println!("Demandé. Le service refait l’index dans la minute, ou dès qu’il démarre.");
                Ok(ExitCode::SUCCESS)
            }
            Commande::LienAgent => {
                let Ouverte { instance, .. } = ouverture::ouvrir(&configuration, Base::Existante).await?;
                println!("{}", lien_du_premier_agent(&instance).await?);
                Ok(ExitCode::SUCCESS)
            }
        }
    })
}

fn configuration(ligne: &Ligne) -> anyhow::Result<Configuration> {
    let chemin = ligne.configuration.clone().or_else(|| Some(PathBuf::from("terreau.toml")).filter(|p| p.exists()));
    let fichier = match &chemin {
        Some(chemin) => Some(
            std::fs::read_to_string(chemin)
                .with_context(|| format!("Le fichier {} ne peut pas être lu.", chemin.display()))?,
        ),
        None => None,
    };
    let mut options: Vec<(String, String)> = Vec::new();
    match &ligne.commande {
        Commande::Init { departement } => options.push(("instance.departement".to_owned(), departement.clone())),
        Commande::Demo => {
            options.push(("instance.departement".to_owned(), "54".to_owned()));
            options.push(("demo".to_owned(), "true".to_owned()));
        }
        _ => {}
    }
    for reglage in &ligne.reglages {
        let (cle, valeur) =
            reglage.split_once('=').with_context(|| format!("« {reglage} » : écrivez --regler cle=valeur"))?;
        options.push((cle.to_owned(), valeur.to_owned()));
    }
    let sources = Sources {
        fichier,
        environnement: std::env::vars().filter(|(nom, _)| nom != "TERREAU_CONFIGURATION").collect(),
        options,
    };
    Ok(Configuration::charger(&sources)?)
}

fn verifier(configuration: &Configuration) -> ExitCode {
    print!("{}", configuration.presenter());
    let problemes = configuration.verifier();
    for probleme in &problemes {
        println!("! {probleme}");
    }
    if problemes.is_empty() {
        println!("Tout va bien.");
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn refuser_si_mal_regle(configuration: &Configuration) -> anyhow::Result<()> {
    let problemes = configuration.verifier();
    if problemes.is_empty() {
        return Ok(());
    }
    let liste: Vec<String> = problemes.iter().map(|probleme| format!("- {probleme}")).collect();
    anyhow::bail!("La configuration ne permet pas de servir :\n{}", liste.join("\n"))
}

async fn initialiser(configuration: &Configuration) -> anyhow::Result<ExitCode> {
    let Ouverte { instance, .. } = ouverture::ouvrir(configuration, Base::Nouvelle).await?;
    ouverture::semer(&instance).await?;
    println!("{} : {} communes.", instance.collectivite.nom, instance.perimetre().nombre());
    println!("Lancez « terreau serve », puis ouvrez une seule fois ce lien (7 jours) :");
    println!("{}", lien_du_premier_agent(&instance).await?);
    Ok(ExitCode::SUCCESS)
}

async fn lien_du_premier_agent(instance: &Instance) -> anyhow::Result<String> {
    let tx = instance.db.begin().await?;
    let chemin = comptes::premier_agent::creer_lien(&tx, &*instance.clock, &*instance.ids).await?;
    tx.commit().await?;
    Ok(instance.url(&chemin))
}

async fn demontrer(configuration: &Configuration) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(
        configuration.adresse.ip().is_loopback(),
        "La démonstration ne se sert que sur cet ordinateur (127.0.0.1) : on y entre sans mot de passe."
    );
    let ouverte = ouverture::ouvrir(configuration, Base::Nouvelle).await?;
    ouverture::semer(&ouverte.instance).await?;
    println!("\nTerreau, démonstration de la Meurthe-et-Moselle : {}\n", configuration.url_publique);
    println!("Vous pouvez entrer comme ({}/demo) :", configuration.url_publique);
    for role in comptes::demo::ROLES {
        println!("  - {} ({})", role.role, role.courriel);
    }
    println!("\nCtrl-C pour arrêter.");
    service::servir(configuration, ouverte).await?;
    Ok(ExitCode::SUCCESS)
}
