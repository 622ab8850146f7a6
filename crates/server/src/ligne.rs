//! The command line in French: clap has no translation, so its help is laid out again and its errors are said again.

use std::path::Path;
use std::process::ExitCode;

use anyhow::anyhow;
use clap::error::{ContextKind, ErrorKind};
use clap::{Arg, ArgAction, Command, Error};
use platform::panne::{du_fichier, en_francais as erreur_en_francais};
use web::Erreur;

/// Exit code of a line that is not understood, clap's own.
const PAS_COMPRISE: u8 = 2;
const AIDE: &str = "{about-with-newline}\nUsage : {usage}\n\n{all-args}{after-help}\n";

/// The command and all those under it, their help in French.
#[must_use]
pub fn en_francais(commande: Command) -> Command {
    let version = commande.get_version().is_some();
    let commande = commande
        .help_template(AIDE)
        .subcommand_help_heading("Commandes")
        .subcommand_value_name("COMMANDE")
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(drapeau("aide", 'h', "help", "Dit à quoi sert la commande, et ses options").action(ArgAction::Help))
        .mut_args(|arg| {
            // "[default: x]" and "[env: X=]" have no translation: the default is said in the help itself.
            let defaut: Vec<String> =
                arg.get_default_values().iter().map(|valeur| valeur.to_string_lossy().into_owned()).collect();
            let aide = arg.get_help().map(ToString::to_string);
            match aide.filter(|_| !defaut.is_empty() && arg.get_action().takes_values()) {
                Some(aide) => {
                    arg.hide_default_value(true).hide_env(true).help(format!("{aide} (sinon : {})", defaut.join(",")))
                }
                None => arg.hide_env(true),
            }
        })
        .mut_subcommands(en_francais);
    if version {
        commande.arg(drapeau("version", 'V', "version", "Dit la version").action(ArgAction::Version))
    } else {
        commande
    }
}

fn drapeau(nom: &'static str, court: char, long: &'static str, aide: &'static str) -> Arg {
    Arg::new(nom).short(court).long(long).help(aide)
}

/// Says why the line is not understood, or the help that was asked for.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks on its outputs")]
pub fn dire(erreur: &Error) -> ExitCode {
    if !erreur.use_stderr() {
        print!("{}", erreur.render());
        return ExitCode::SUCCESS;
    }
    eprintln!("{}", phrase(erreur));
    ExitCode::from(PAS_COMPRISE)
}

fn phrase(erreur: &Error) -> String {
    let mot = |quoi| erreur.get(quoi).map(ToString::to_string).filter(|mot| !mot.is_empty());
    let dit = |quoi| mot(quoi).unwrap_or_default();
    let phrase = match erreur.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => return erreur.render().to_string(),
        ErrorKind::InvalidSubcommand => {
            format!("La commande « {} » n’existe pas.", dit(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand => {
            format!("Il manque la suite de la commande : {}.", dit(ContextKind::ValidSubcommand))
        }
        ErrorKind::MissingRequiredArgument => format!("Il manque {}.", dit(ContextKind::InvalidArg)),
        ErrorKind::UnknownArgument => format!("« {} » n’est pas attendu ici.", dit(ContextKind::InvalidArg)),
        ErrorKind::ArgumentConflict => {
            format!("{} ne va pas avec {}.", dit(ContextKind::InvalidArg), dit(ContextKind::PriorArg))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => valeur_refusee(erreur, &dit),
        _ => "Cette ligne de commande n’est pas comprise.".to_owned(),
    };
    let suggestion = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue]
        .into_iter()
        .find_map(mot)
        .map(|mot| format!(" Vouliez-vous écrire : {mot} ?"));
    let usage = mot(ContextKind::Usage).map(|usage| format!("\n\n{}", usage.replace("Usage:", "Usage :")));
    format!(
        "{phrase}{}{}\n\n« terreau --help » dit toutes les commandes.",
        suggestion.unwrap_or_default(),
        usage.unwrap_or_default()
    )
}

fn valeur_refusee(erreur: &Error, dit: &dyn Fn(ContextKind) -> String) -> String {
    let (option, valeur) = (dit(ContextKind::InvalidArg), dit(ContextKind::InvalidValue));
    let raison = std::error::Error::source(erreur)
        .map(|raison| format!(" : {}", erreur_en_francais(raison).unwrap_or_else(|| raison.to_string())))
        .unwrap_or_default();
    let possibles = Some(dit(ContextKind::ValidValue)).filter(|possibles| !possibles.is_empty());
    let possibles = possibles.map(|possibles| format!(" (possible : {possibles})")).unwrap_or_default();
    if valeur.is_empty() {
        format!("{option} attend une valeur{possibles}.")
    } else {
        format!("« {valeur} » ne convient pas à {option}{possibles}{raison}.")
    }
}

/// Reads a file named on the line.
///
/// # Errors
/// A sentence that says why.
pub fn lire(chemin: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(chemin).map_err(|erreur| refus("Le fichier", chemin, "être lu", &erreur))
}

/// An error and its causes, a line each, in French. What a tool says of a cause already told is left out.
#[must_use]
pub fn raconter(erreur: &anyhow::Error) -> Vec<String> {
    let mut phrases: Vec<String> = Vec::new();
    for cause in erreur.chain() {
        let outil = erreur_en_francais(cause);
        let fini = outil.is_some();
        let phrase = outil.unwrap_or_else(|| cause.to_string());
        match phrases.last() {
            None => phrases.push(phrase),
            Some(dite) if dite.contains(&phrase) => {}
            Some(_) => phrases.push(format!("  {phrase}")),
        }
        if fini {
            break;
        }
    }
    phrases
}

/// A fault of the pages, told on the command line.
#[must_use]
pub fn de_la_maison(quoi: &str, erreur: &Erreur) -> anyhow::Error {
    let pourquoi = match erreur {
        Erreur::Interne(cause) => format!("détail technique : {cause}"),
        Erreur::Indisponible(quoi) => format!("{quoi} ne répond pas"),
        Erreur::Invalide(phrase) => phrase.clone(),
        Erreur::Introuvable(quoi) => format!("{quoi} n’existe pas"),
        autre => format!("réponse {}", autre.statut().as_u16()),
    };
    anyhow!("{quoi} : {pourquoi}")
}

/// "Le fichier x ne peut pas être lu : il n’existe pas."
#[must_use]
pub fn refus(quoi: &str, chemin: &Path, acte: &str, erreur: &std::io::Error) -> anyhow::Error {
    anyhow!("{quoi} {} ne peut pas {acte} : {}.", chemin.display(), du_fichier(erreur))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::{Arg, Command};
    use rstest::rstest;

    use super::{en_francais, lire, phrase};

    fn terreau() -> Command {
        let format = Arg::new("format").long("format").value_parser(["csv", "ods"]);
        let export = Command::new("export").about("Écrit").arg(Arg::new("DOSSIER").required(true)).arg(format);
        let import = Command::new("import").subcommand_required(true).subcommand(Command::new("aides"));
        en_francais(Command::new("terreau").version("1").subcommand_required(true).subcommands([export, import]))
    }

    #[rstest]
    #[case(&["exporte"], "La commande « exporte » n’existe pas. Vouliez-vous écrire : ")]
    #[case(&["import"], "Il manque la suite de la commande : aides.")]
    #[case(&["export"], "Il manque <DOSSIER>.")]
    #[case(&["export", "d", "--formats"], "« --formats » n’est pas attendu ici. Vouliez-vous écrire : --format ?")]
    #[case(&["export", "d", "--format"], "--format <format> attend une valeur (possible : csv, ods).")]
    #[case(&["export", "d", "--format", "doc"], "« doc » ne convient pas à --format <format> (possible : csv, ods).")]
    fn a_line_not_understood_is_told_in_french(#[case] mots: &[&str], #[case] attendue: &str) {
        let erreur = terreau().try_get_matches_from([&["terreau"], mots].concat()).unwrap_err();
        let dite = phrase(&erreur);
        assert!(dite.starts_with(attendue), "{dite}");
        assert!(!dite.contains("Usage:") && !dite.contains("error"), "{dite}");
    }

    #[rstest]
    #[case(&["--help"], "Usage : terreau <COMMANDE>")]
    #[case(&["export", "-h"], "Dit à quoi sert la commande")]
    fn the_help_is_french(#[case] mots: &[&str], #[case] attendue: &str) {
        let aide = terreau().try_get_matches_from([&["terreau"], mots].concat()).unwrap_err();
        assert!(!aide.use_stderr());
        let aide = aide.render().to_string();
        assert!(aide.contains(attendue) && !aide.contains("Print"), "{aide}");
    }

    #[test]
    fn a_file_that_cannot_be_read_says_why() {
        let erreur = lire(Path::new("/nulle/part")).unwrap_err();
        assert_eq!(erreur.to_string(), "Le fichier /nulle/part ne peut pas être lu : il n’existe pas.");
    }
}
