//! `terreau`: the command line.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use accompagnement::reprise::import;
use anyhow::Context;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use documents::export::Format;
use platform::configuration::{Configuration, Sources};
use server::examen::{Examen, examiner};
use server::ouverture::{self, Base, Ouverte};
use server::{instances, ligne, sauvegardes, service};
use web::Instance;

/// Pages are many small texts: this allocator takes less time over them than the system's (measured: docs/performance.md).
#[global_allocator]
static ALLOCATEUR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    /// Écrit les données publiques (projets publiés) dans un dossier.
    Export {
        /// Le dossier, créé s’il n’existe pas.
        dossier: PathBuf,
        /// csv, ods ou xlsx.
        #[arg(long, default_value = "csv")]
        format: Format,
    },
    /// Imprime un nouveau lien pour un premier agent.
    LienAgent,
    /// Refait l’index de recherche à partir de la base.
    Reindex,
    /// Dépouille un vote, ou recompte un procès-verbal. Ne touche pas à l’instance.
    Vote {
        #[command(subcommand)]
        commande: server::vote::CommandeVote,
    },
    /// Importe un fichier.
    Import {
        #[command(subcommand)]
        quoi: Import,
    },
    /// Écrit des données inventées, pour des essais de volume. Ne touche pas à une instance en service.
    Generer {
        #[command(subcommand)]
        quoi: Generer,
    },
    /// Sauvegarde la base, les fichiers et la clé, pendant que le site tourne.
    Backup,
    /// Remet une sauvegarde en place (le service doit être arrêté). Sans nom : la liste des sauvegardes.
    Restore {
        /// Nom ou dossier de la sauvegarde ; « derniere » pour la plus récente.
        sauvegarde: Option<String>,
        /// Remplace ce qui existe, après l’avoir sauvegardé.
        #[arg(long)]
        remplacer: bool,
    },
}

#[derive(Subcommand)]
enum Import {
    /// Les aides d’un partenaire (JSON, CSV, XLSX ou ODS). Elles attendent la relecture d’un agent.
    Aides {
        /// Le fichier.
        chemin: PathBuf,
        /// La source, quand elle n’est pas reconnue : departement-drome, dispositif-aide…
        #[arg(long)]
        source: Option<String>,
        /// Dit ce qui changerait, sans rien enregistrer.
        #[arg(long)]
        essai: bool,
    },
    /// Le tableau de suivi des projets : Excel, LibreOffice ou CSV.
    Projets {
        /// Le fichier.
        fichier: PathBuf,
        /// Dit ce qui arriverait à chaque ligne, sans rien écrire.
        #[arg(long)]
        essai: bool,
    },
    /// L’annuaire des acteurs : fichiers Sirene de l’Insee, liste des SIAE, liste d’ESS France.
    Annuaire(annuaire::import::commande::Options),
}

#[derive(Subcommand)]
enum Generer {
    /// Des fichiers au dessin officiel de Sirene ; chaque nom y dit « EXEMPLE ».
    Sirene(annuaire::generateur::Options),
    /// Vingt ans d’un grand département, dans une démonstration neuve (54).
    Departement(server::volume::Volume),
}

#[expect(clippy::print_stderr, reason = "errors of a command line")]
fn main() -> ExitCode {
    let lue = ligne::en_francais(Ligne::command()).try_get_matches().and_then(|lus| Ligne::from_arg_matches(&lus));
    let fait = match lue {
        Ok(ligne) => executer(&ligne),
        Err(erreur) => return ligne::dire(&erreur),
    };
    fait.unwrap_or_else(|erreur| {
        // Whoever read has stopped reading (`| head`): nothing is wrong, and nobody is there to be told.
        if erreur.chain().any(rien_ne_lit) {
            return ExitCode::from(LECTEUR_PARTI);
        }
        ligne::raconter(&erreur).iter().for_each(|phrase| eprintln!("{phrase}"));
        ExitCode::FAILURE
    })
}

/// Exit code of the programs that the shell stops when nobody reads them any more (128 + SIGPIPE).
const LECTEUR_PARTI: u8 = 141;

fn rien_ne_lit(erreur: &(dyn std::error::Error + 'static)) -> bool {
    erreur.downcast_ref::<io::Error>().is_some_and(|erreur| erreur.kind() == io::ErrorKind::BrokenPipe)
}

fn executer(ligne: &Ligne) -> anyhow::Result<ExitCode> {
    if let Commande::Vote { commande } = &ligne.commande {
        return server::vote::executer(commande, &mut std::io::stdout().lock(), &mut std::io::stderr());
    }
    if let Commande::Generer { quoi: Generer::Sirene(options) } = &ligne.commande {
        return dire(options.generer().context("Les fichiers ne peuvent pas être écrits.")?);
    }
    let configuration = configuration(ligne)?;
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_new(&configuration.journal).map_err(|_| {
            anyhow::anyhow!(
                "journal : « {} » n’est pas un filtre compris. Écrivez info, warn, ou terreau=debug.",
                configuration.journal
            )
        })?)
        .with_writer(std::io::stderr)
        .init();
    let moteur =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("Le moteur ne démarre pas.")?;
    moteur.block_on(async {
        match &ligne.commande {
            Commande::Check => {
                let autres = instances::autres(&configuration, &dossier_de_configuration(ligne))?;
                verifier(&configuration, &autres).await
            }
            Commande::Init { .. } => initialiser(&configuration).await,
            Commande::Serve => {
                let autres = instances::autres(&configuration, &dossier_de_configuration(ligne))?;
                servir(&configuration, &autres).await.map(|()| ExitCode::SUCCESS)
            }
            Commande::Demo => demontrer(&configuration).await,
            Commande::Reindex => {
                let Ouverte { instance, .. } = ouverture::ouvrir(&configuration, Base::Existante).await?;
                web::recherche::demander_tout(&instance)
                    .await
                    .map_err(|erreur| ligne::de_la_maison("L’index ne peut pas être demandé", &erreur))?;
                writeln!(io::stdout(), "Demandé. Le service refait l’index dans la minute, ou dès qu’il démarre.")?;
                Ok(ExitCode::SUCCESS)
            }
            Commande::Backup => sauvegardes::sauver(&configuration).await.and_then(dire),
            Commande::Restore { sauvegarde, remplacer } => {
                sauvegardes::remettre(&configuration, sauvegarde.as_deref(), *remplacer).await.and_then(dire)
            }
            Commande::Export { dossier, format } => exporter(&configuration, dossier, *format).await,
            Commande::LienAgent => {
                let Ouverte { instance, .. } = ouverture::ouvrir(&configuration, Base::Existante).await?;
                writeln!(io::stdout(), "{}", lien_du_premier_agent(&instance).await?)?;
                Ok(ExitCode::SUCCESS)
            }
            Commande::Import { quoi } => {
                let Ouverte { instance, .. } = ouverture::ouvrir(&configuration, Base::Existante).await?;
                importer(&instance, quoi).await
            }
            Commande::Generer { quoi: Generer::Departement(volume) } => {
                server::volume::generer(&configuration, *volume).await.and_then(dire)
            }
            Commande::Vote { .. } | Commande::Generer { .. } => Ok(ExitCode::SUCCESS),
        }
    })
}

#[expect(clippy::needless_pass_by_value, reason = "the end of a chain of results")]
fn dire(texte: String) -> anyhow::Result<ExitCode> {
    writeln!(io::stdout(), "{texte}")?;
    Ok(ExitCode::SUCCESS)
}

fn fichier_de_configuration(ligne: &Ligne) -> Option<PathBuf> {
    ligne.configuration.clone().or_else(|| Some(PathBuf::from("terreau.toml")).filter(|p| p.exists()))
}

/// Where the files of the other instances are looked for.
fn dossier_de_configuration(ligne: &Ligne) -> PathBuf {
    fichier_de_configuration(ligne).and_then(|chemin| Some(chemin.parent()?.to_owned())).unwrap_or_default()
}

fn configuration(ligne: &Ligne) -> anyhow::Result<Configuration> {
    let chemin = fichier_de_configuration(ligne);
    let fichier = match &chemin {
        Some(chemin) => Some(
            String::from_utf8(ligne::lire(chemin)?)
                .with_context(|| format!("Le fichier {} n’est pas un texte en UTF-8", chemin.display()))?,
        ),
        None => None,
    };
    let mut options: Vec<(String, String)> = Vec::new();
    match &ligne.commande {
        Commande::Init { departement } => options.push(("instance.departement".to_owned(), departement.clone())),
        Commande::Demo | Commande::Generer { .. } => {
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

async fn verifier(configuration: &Configuration, autres: &BTreeMap<String, Configuration>) -> anyhow::Result<ExitCode> {
    let mut sans_probleme = dire_l_examen(configuration).await?;
    for (hote, autre) in autres {
        writeln!(io::stdout(), "\n{hote}\n")?;
        sans_probleme &= dire_l_examen(autre).await?;
    }
    if sans_probleme {
        writeln!(io::stdout(), "Tout va bien.")?;
        Ok(ExitCode::SUCCESS)
    } else {
        Ok(ExitCode::FAILURE)
    }
}

/// Says a configuration and what is wrong with it; true when nothing is.
async fn dire_l_examen(configuration: &Configuration) -> anyhow::Result<bool> {
    write!(io::stdout(), "{}", configuration.presenter())?;
    let Examen { constats, mut problemes } = examiner(configuration).await;
    writeln!(io::stdout())?;
    for constat in &constats {
        writeln!(io::stdout(), "- {constat}")?;
    }
    problemes.extend(configuration.verifier().iter().map(ToString::to_string));
    for probleme in &problemes {
        writeln!(io::stdout(), "! {probleme}")?;
    }
    Ok(problemes.is_empty())
}

/// One instance, or each at its host: every one of them is opened before the first answer.
async fn servir(configuration: &Configuration, autres: &BTreeMap<String, Configuration>) -> anyhow::Result<()> {
    refuser_si_mal_regle(configuration)?;
    let ouverte = ouverture::ouvrir(configuration, Base::Existante).await?;
    let mut ouvertes = BTreeMap::new();
    for (hote, autre) in autres {
        refuser_si_mal_regle(autre).with_context(|| hote.clone())?;
        let ouverte = ouverture::ouvrir(autre, Base::Existante).await.with_context(|| hote.clone())?;
        ouvertes.insert(hote.clone(), ouverte);
    }
    service::servir(configuration, ouverte, ouvertes).await
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
    writeln!(io::stdout(), "{} : {} communes.", instance.collectivite.nom, instance.perimetre().nombre())?;
    writeln!(io::stdout(), "Lancez « terreau serve », puis ouvrez une seule fois ce lien (7 jours) :")?;
    writeln!(io::stdout(), "{}", lien_du_premier_agent(&instance).await?)?;
    Ok(ExitCode::SUCCESS)
}

async fn importer(instance: &Instance, quoi: &Import) -> anyhow::Result<ExitCode> {
    match quoi {
        Import::Aides { chemin, source, essai } => {
            let octets = ligne::lire(chemin)?;
            let nom = chemin.file_name().unwrap_or_default().to_string_lossy();
            let fichier = leviers::import::Fichier { nom: &nom, octets: &octets, source: source.as_deref() };
            match leviers::import::importer(instance, None, fichier, *essai).await {
                Ok(rapport) => write!(io::stdout(), "{rapport}")?,
                Err(leviers::import::Echec::Fichier(raison)) => anyhow::bail!("{raison}"),
                Err(leviers::import::Echec::Erreur(erreur)) => {
                    return Err(ligne::de_la_maison("Rien n’est enregistré", &erreur));
                }
            }
        }
        Import::Projets { fichier, essai } => return importer_projets(instance, fichier, *essai).await,
        Import::Annuaire(options) => {
            let fin = annuaire::import::commande::importer(instance, options, dire_l_avancement).await?;
            writeln!(io::stdout(), "{}", fin.texte)?;
            if !fin.faite {
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// On the error output: the report stands alone on the other.
#[expect(clippy::print_stderr, reason = "progress of a command line")]
fn dire_l_avancement(fichier: &str, lus: u64, taille: u64) {
    let mo = |octets: u64| octets / 1_000_000;
    match taille {
        0 => eprintln!("{fichier} : {} Mo lus", mo(lus)),
        taille => eprintln!("{fichier} : {} Mo lus sur {}", mo(lus), mo(taille)),
    }
}

async fn importer_projets(instance: &Instance, fichier: &Path, essai: bool) -> anyhow::Result<ExitCode> {
    let octets = ligne::lire(fichier)?;
    let nom = fichier.file_name().unwrap_or_default().to_string_lossy();
    let feuille = documents::lecture::lire(&nom, &octets)?;
    let echec = |erreur| ligne::de_la_maison("La reprise n’a pas pu se faire, rien n’est écrit", &erreur);
    let correspondance = import::deviner(instance, &feuille).await.map_err(echec)?;
    if let Some(champ) = correspondance.manque() {
        anyhow::bail!(
            "Aucune colonne ne se reconnaît comme « {} ». Les colonnes de ce fichier : {}. Renommez-en une, ou faites la \
             reprise sur le site (Tableau de bord, « Reprendre un tableau »), où les colonnes se choisissent.",
            champ.libelle(),
            feuille.entetes.join(", ")
        );
    }
    let rapport = import::par_commande(instance, &nom, &feuille, &correspondance, essai).await.map_err(echec)?;
    for (champ, entete) in &correspondance.0 {
        writeln!(io::stdout(), "{} : colonne « {entete} »", champ.libelle())?;
    }
    for ligne in rapport.0.iter().filter(|ligne| ligne.sort != import::Sort::Inchange) {
        let numero = ligne.ligne.map(|numero| format!("ligne {numero}, ")).unwrap_or_default();
        writeln!(io::stdout(), "{numero}{} : {} {}", ligne.titre, ligne.sort.libelle().to_lowercase(), ligne.note)?;
    }
    writeln!(io::stdout(), "{}{}.", if essai { "Essai, rien n’est écrit : " } else { "" }, rapport.resume())?;
    Ok(if rapport.nombre(import::Sort::Refuse) == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn exporter(configuration: &Configuration, dossier: &Path, format: Format) -> anyhow::Result<ExitCode> {
    let Ouverte { instance, .. } = ouverture::ouvrir(configuration, Base::Existante).await?;
    let feuille = projets::publication::en_donnees(&instance)
        .await
        .map_err(|erreur| ligne::de_la_maison("Les projets publics ne se lisent pas", &erreur))?;
    std::fs::create_dir_all(dossier).map_err(|erreur| ligne::refus("Le dossier", dossier, "être créé", &erreur))?;
    let fichier = dossier.join(format!("projets-publics.{}", format.extension()));
    std::fs::write(&fichier, feuille.ecrire(format)?)
        .map_err(|erreur| ligne::refus("Le fichier", &fichier, "être écrit", &erreur))?;
    writeln!(io::stdout(), "{} : {} projets publics.", fichier.display(), feuille.lignes.len())?;
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
    // Just sown, perhaps over an older one: the index follows before anyone is told that nothing was found.
    web::recherche::reconstruire(&ouverte.instance)
        .await
        .map_err(|erreur| ligne::de_la_maison("L’index de recherche ne se construit pas", &erreur))?;
    writeln!(io::stdout(), "\nTerreau, démonstration de la Meurthe-et-Moselle : {}\n", configuration.url_publique)?;
    writeln!(io::stdout(), "Vous pouvez entrer comme ({}/demo) :", configuration.url_publique)?;
    for role in comptes::demo::ROLES {
        writeln!(io::stdout(), "  - {} ({})", role.role, role.courriel)?;
    }
    writeln!(io::stdout(), "\nCtrl-C pour arrêter.")?;
    service::servir(configuration, ouverte, BTreeMap::new()).await?;
    Ok(ExitCode::SUCCESS)
}
