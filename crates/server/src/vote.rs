//! `terreau vote`: counts a Pabulib file, writes its record, recounts a record.
//!
//! Exit codes: 0 when all is well, 1 when a file or a rule cannot be used, 3 when a record differs from the recount.

use std::cell::Cell;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ::vote::pabulib::{Limits, ReadOptions, read};
use ::vote::record::{self, Counted, Parameters};
use ::vote::{Control, Election, Outcome, Progress, Rule, TieBreak, explain};
use anyhow::Context;
use clap::{Args, Subcommand};

/// A record that is not the recount.
const DIFFERENT: u8 = 3;

/// What can be done with votes.
#[derive(Subcommand)]
pub enum CommandeVote {
    /// Dépouille un fichier Pabulib (.pb).
    Depouiller(Depouiller),
    /// Recompte un procès-verbal à partir du fichier des bulletins.
    Verifier {
        /// Le procès-verbal (JSON) écrit par « depouiller --json ».
        proces_verbal: PathBuf,
        /// Le fichier des bulletins (.pb).
        fichier: PathBuf,
    },
}

/// Arguments of `depouiller`.
#[derive(Args)]
pub struct Depouiller {
    /// Le fichier des bulletins (.pb).
    fichier: PathBuf,
    /// La règle : greedy_votes, mes_cost, mes_cost_add1, phragmen… ou plus_de_voix, parts_egales, parts_egales_completees…
    #[arg(long, value_name = "R")]
    regle: String,
    /// À égalité : recommended (coût, voix, identifiant), lexico, ou la graine publiée d’un tirage au sort.
    #[arg(long, value_name = "D", default_value = "recommended")]
    departage: String,
    /// Écrit le procès-verbal (JSON) au lieu du tableau.
    #[arg(long)]
    json: bool,
    /// Un fichier JSON de clauses : planchers, sous-enveloppes, plafonds, projets exclusifs, soutien minimum.
    #[arg(long, value_name = "FICHIER")]
    clauses: Option<PathBuf>,
    /// Déclare nuls les bulletins hors des limites du fichier, au lieu de les compter.
    #[arg(long)]
    limites: bool,
    /// Accepte deux bulletins du même votant.
    #[arg(long)]
    doublons: bool,
    /// Dit aussi ce qui manquait à ce projet pour être retenu (recompte plusieurs fois).
    #[arg(long, value_name = "PROJET", conflicts_with = "json")]
    expliquer: Option<String>,
}

/// Runs the command; results go to `sortie`, progress and remarks to `remarques`.
///
/// # Errors
/// A file or a rule that cannot be used, with what to do.
pub fn executer(
    commande: &CommandeVote,
    sortie: &mut dyn Write,
    remarques: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    match commande {
        CommandeVote::Depouiller(demande) => depouiller(demande, sortie, remarques),
        CommandeVote::Verifier { proces_verbal, fichier } => verifier(proces_verbal, fichier, sortie),
    }
}

fn lire(chemin: &Path) -> anyhow::Result<Vec<u8>> {
    crate::ligne::lire(chemin)
}

fn depouiller(demande: &Depouiller, sortie: &mut dyn Write, remarques: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let octets = lire(&demande.fichier)?;
    let limits = if demande.limites { Limits::Enforce } else { Limits::Report };
    let reading = ReadOptions { limits, keep_duplicates: demande.doublons };
    let clauses = match &demande.clauses {
        None => Vec::new(),
        Some(chemin) => {
            let decimals = read(&octets, reading)?.election.decimals;
            record::clauses_from_json(&serde_json::from_slice(&lire(chemin)?)?, decimals)?
        }
    };
    let parametres = Parameters {
        rule: Rule::from_name(&demande.regle)?,
        tie: TieBreak::from_name(&demande.departage),
        clauses,
        reading,
    };
    let dernier = Cell::new(0_u64);
    let avancement = std::cell::RefCell::new(remarques);
    let suivre = |progress: Progress| {
        // One line each time the number of runs doubles: readable for a person, short for a log.
        if progress.runs >= 2 * dernier.get().max(64) {
            dernier.set(progress.runs);
            let mut remarques = avancement.borrow_mut();
            // A closed terminal does not stop a count.
            let _ = writeln!(remarques, "… {} unités ajoutées par votant, {} calculs", progress.added, progress.runs);
        }
    };
    let controle = Control::default().on_progress(&suivre);
    let compte = record::count(&octets, &parametres, &controle)?;
    let remarques = avancement.into_inner();
    for souplesse in &compte.document.leniencies {
        writeln!(remarques, "Ligne {} : {}", souplesse.line, souplesse.what)?;
    }
    if demande.json {
        writeln!(sortie, "{}", record::canonical(&compte.record))?;
    } else {
        tableau(&compte, &parametres, sortie)?;
    }
    if let Some(projet) = &demande.expliquer {
        expliquer(&compte, &parametres, projet, sortie)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn tableau(compte: &Counted<'_>, parametres: &Parameters, sortie: &mut dyn Write) -> anyhow::Result<()> {
    let election = &compte.document.election;
    writeln!(sortie, "Règle : {}", parametres.rule.text())?;
    writeln!(sortie, "{}", parametres.tie.text())?;
    for clause in &parametres.clauses {
        writeln!(sortie, "{}", clause.text(election))?;
    }
    let nuls = compte.document.void.len();
    writeln!(
        sortie,
        "\n{} bulletins comptés, {nuls} nuls, {} projets, enveloppe {}.\n",
        election.ballots.total(),
        election.projects.len(),
        election.amount(election.budget)
    )?;
    retenus(election, &compte.outcome, sortie)?;
    let satisfaction = explain::satisfaction(election, &compte.outcome);
    writeln!(
        sortie,
        "\n{} projets retenus pour {} ; {} votants sur {} ont au moins un projet retenu.",
        compte.outcome.winners.len(),
        election.amount(compte.outcome.total),
        satisfaction.with_a_winner,
        satisfaction.ballots
    )?;
    let exact = if compte.outcome.exact {
        "Résultat exact : chaque choix est prouvé."
    } else {
        "Résultat en calcul approché : cette règle ne se prouve pas sur un vote de cette taille."
    };
    writeln!(sortie, "{exact}")?;
    if let Some(ajout) = &compte.outcome.increments {
        writeln!(sortie, "Part finale de chaque votant : {} ({} unités ajoutées).", ajout.per_voter, ajout.added)?;
    }
    let sans = compte.record.pointer("/without_clauses/winners").and_then(serde_json::Value::as_array);
    if let Some(sans) = sans {
        let liste: Vec<&str> = sans.iter().filter_map(serde_json::Value::as_str).collect();
        writeln!(sortie, "Sans les clauses, les projets retenus seraient : {}.", liste.join(", "))?;
    }
    Ok(())
}

fn retenus(election: &Election, resultat: &Outcome, sortie: &mut dyn Write) -> anyhow::Result<()> {
    let largeur = resultat.winners.iter().map(|&p| election.projects[p].id.chars().count()).max().unwrap_or(2).max(6);
    writeln!(sortie, "{:>4}  {:largeur$}  {:>14}  {:>8}  nom", "rang", "projet", "coût", "voix")?;
    for (rang, tour) in resultat.rounds.iter().enumerate() {
        let projet = &election.projects[tour.project];
        let clause = tour.clause.as_ref().map_or(String::new(), |clause| format!(" [{clause}]"));
        writeln!(
            sortie,
            "{:>4}  {:largeur$}  {:>14}  {:>8}  {}{clause}",
            rang + 1,
            projet.id,
            election.amount(projet.cost),
            tour.supporters,
            projet.name
        )?;
    }
    Ok(())
}

fn expliquer(
    compte: &Counted<'_>,
    parametres: &Parameters,
    projet: &str,
    sortie: &mut dyn Write,
) -> anyhow::Result<()> {
    let election = &compte.document.election;
    let position =
        election.position(projet).with_context(|| format!("Le projet « {projet} » n’est pas dans le fichier."))?;
    if compte.outcome.winners.contains(&position) {
        writeln!(sortie, "\nLe projet « {projet} » est retenu.")?;
        return Ok(());
    }
    let manque = explain::shortfall(election, parametres.rule, &parametres.tie, position, &Control::default())?;
    writeln!(sortie, "\nLe projet « {projet} » n’est pas retenu. Un seul de ces changements aurait suffi :")?;
    let inconnu = || "aucun trouvé".to_owned();
    let voix = manque.votes.map_or_else(inconnu, |voix| format!("{voix} bulletin(s) de plus, pour lui seul"));
    let cout = manque.cost.map_or_else(inconnu, |cout| format!("un coût de {}", election.amount(cout)));
    let enveloppe = manque.budget.map_or_else(inconnu, |total| format!("une enveloppe de {}", election.amount(total)));
    writeln!(sortie, "- voix : {voix}\n- coût : {cout}\n- enveloppe : {enveloppe}")?;
    Ok(())
}

fn verifier(proces_verbal: &Path, fichier: &Path, sortie: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let ecarts = record::verify(&lire(proces_verbal)?, &lire(fichier)?, &Control::default())?;
    if ecarts.is_empty() {
        writeln!(sortie, "Le procès-verbal est conforme : mêmes bulletins, même règle, même résultat.")?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(sortie, "Le procès-verbal n’est pas conforme. Écarts (procès-verbal, puis recompte) :")?;
    for ecart in ecarts.iter().take(20) {
        writeln!(sortie, "- {ecart}")?;
    }
    if ecarts.len() > 20 {
        writeln!(sortie, "… et {} autres.", ecarts.len() - 20)?;
    }
    Ok(ExitCode::from(DIFFERENT))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::{CommandeVote, executer};

    const FICHIER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../vote/tests/vote/micro/micro_02_overspending.pb");

    #[derive(Parser)]
    struct Ligne {
        #[command(subcommand)]
        commande: CommandeVote,
    }

    /// The text written, and the exit code (`None` for an error).
    fn lancer(arguments: &[&str]) -> (String, Option<String>) {
        let ligne = Ligne::try_parse_from(["vote"].iter().chain(arguments)).unwrap();
        let (mut sortie, mut remarques) = (Vec::new(), Vec::new());
        let code = executer(&ligne.commande, &mut sortie, &mut remarques);
        let texte = String::from_utf8(sortie).unwrap();
        match code {
            Ok(code) => (texte, Some(format!("{code:?}"))),
            Err(erreur) => (format!("{erreur:#}"), None),
        }
    }

    #[test]
    fn le_tableau_dit_les_projets_et_la_regle() {
        let (texte, code) = lancer(&["depouiller", FICHIER, "--regle", "parts_egales_completees", "--expliquer", "B"]);
        assert!(code.is_some(), "{texte}");
        assert!(texte.contains("4 projets retenus pour 940000"), "{texte}");
        assert!(texte.contains("Résultat exact"), "{texte}");
        assert!(texte.contains("Le projet « B » n’est pas retenu"), "{texte}");
    }

    #[test]
    fn un_proces_verbal_se_recompte() {
        let dossier = tempfile::tempdir().unwrap();
        let chemin = dossier.path().join("pv.json");
        let (json, _) = lancer(&["depouiller", FICHIER, "--regle", "mes_cost", "--json"]);
        std::fs::write(&chemin, &json).unwrap();
        let conforme = lancer(&["verifier", chemin.to_str().unwrap(), FICHIER]);
        assert!(conforme.0.contains("est conforme"), "{}", conforme.0);
        std::fs::write(&chemin, json.replace("\"710000\"", "\"710001\"")).unwrap();
        let faux = lancer(&["verifier", chemin.to_str().unwrap(), FICHIER]);
        assert!(faux.0.contains("710001"), "{}", faux.0);
        assert_ne!(conforme.1, faux.1);
    }

    #[test]
    fn les_erreurs_disent_quoi_faire() {
        let (texte, code) = lancer(&["depouiller", FICHIER, "--regle", "au_hasard"]);
        assert!(code.is_none() && texte.contains("n’existe pas"), "{texte}");
        let (texte, code) = lancer(&["depouiller", "absent.pb", "--regle", "glouton"]);
        assert!(code.is_none() && texte.contains("absent.pb"), "{texte}");
        let (texte, code) = lancer(&["depouiller", FICHIER, "--regle", "mes_points"]);
        assert!(code.is_none() && texte.contains("points"), "{texte}");
    }
}
