//! `terreau vote`: counts a Pabulib file, writes its record, recounts a record.
//!
//! Exit codes: 0 when all is well, 1 when a file or a rule cannot be used, 3 when a record differs from the recount, 4 when
//! the winners change without the doubtful ballots.

use std::cell::{Cell, RefCell};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use ::vote::pabulib::{Leniency, Limits, ReadOptions, read};
use ::vote::record::{self, Parameters};
use ::vote::{Control, Progress, Rule, TieBreak, explain};
use anyhow::Context;
use clap::{Args, Subcommand};

mod tableau;

/// A record that is not the recount.
const DIFFERENT: u8 = 3;
/// Winners that depend on doubtful ballots.
const FRAGILE: u8 = 4;

/// The names of the rules, under the help.
const REGLES: &str = "\
Règles (à la place de U, l’utilité : cost, card, points, positional, borda_zero_last) :
  greedy_votes, greedy_score       plus de voix, plus de points (_threshold_N : au moins N ; _no_skip : arrêt au premier
                                   projet qui ne tient pas)                           plus_de_voix, glouton, plus_de_points
  greedy_score_per_cost            plus de voix ou de points par euro                 voix_par_euro
  knapsack_optimum_U               plus grand total dans l’enveloppe                  sac_a_dos
  mes_U                            parts égales                                       parts_egales, parts_egales_points
  mes_U_add1                       parts égales, complétées unité par unité           parts_egales_completees
  mes_U_add1_stop_when_exhaustive  de même, arrêt quand rien d’autre ne tient
  …_then_greedy_votes              puis complétées par les voix (ou …_then_greedy_score_per_cost)
                                                                                      parts_egales_puis_voix
  bos_U                            parts égales, dépassement borné                    depassement_borne
  phragmen                         Phragmén séquentiel (…_then_greedy_votes)          phragmen_puis_voix
  maximin_support                  soutien maximin                                    soutien_maximin
  majority_judgment                jugement majoritaire                               jugement_majoritaire
  kemeny                           Kemeny, pour un petit jury qui classe";

/// What can be done with votes.
#[derive(Subcommand)]
pub enum CommandeVote {
    /// Dépouille un fichier Pabulib (.pb).
    Depouiller(Depouiller),
    /// Compare plusieurs règles sur les mêmes bulletins.
    Comparer(Comparer),
    /// Recompte un procès-verbal à partir du fichier des bulletins.
    Verifier {
        /// Le procès-verbal (JSON) écrit par « depouiller --json ».
        proces_verbal: PathBuf,
        /// Le fichier des bulletins (.pb).
        fichier: PathBuf,
        /// Le temps permis.
        #[command(flatten)]
        duree: Duree,
    },
}

/// How long a count may last.
#[derive(Args)]
pub struct Duree {
    /// Arrête le calcul après ce nombre de secondes (code de sortie 1). Sans limite par défaut.
    #[arg(long, value_name = "SECONDES")]
    temps_max: Option<u64>,
}

impl Duree {
    fn controle<'a>(&self, suivre: &'a dyn Fn(Progress)) -> Control<'a> {
        let controle = Control::default().on_progress(suivre);
        match self.temps_max {
            Some(secondes) => controle.within(Duration::from_secs(secondes)),
            None => controle,
        }
    }
}

/// Arguments of `depouiller`.
#[derive(Args)]
#[command(after_help = REGLES)]
pub struct Depouiller {
    /// Le fichier des bulletins (.pb).
    fichier: PathBuf,
    /// La règle : greedy_votes, mes_cost, mes_cost_add1, phragmen… ou plus_de_voix, parts_egales, parts_egales_completees…
    #[arg(long, value_name = "R")]
    regle: String,
    /// À égalité : recommended (coût, voix, identifiant), lexico, ou lot:GRAINE, la graine publiée d’un tirage au sort.
    #[arg(long, value_name = "D", default_value = "recommended")]
    departage: String,
    /// Écrit le procès-verbal (JSON) au lieu du tableau.
    #[arg(long)]
    json: bool,
    /// Un fichier JSON de clauses : planchers, sous-enveloppes, plafonds, projets exclusifs, soutien minimum.
    #[arg(long, value_name = "FICHIER")]
    clauses: Option<PathBuf>,
    #[command(flatten)]
    lecture: Lecture,
    #[command(flatten)]
    duree: Duree,
    /// Un fichier de bulletins douteux : un « voter_id » par ligne. Dit si le résultat change sans eux (code de sortie 4).
    #[arg(long, value_name = "FICHIER")]
    douteux: Option<PathBuf>,
    /// Montre chaque tour : qui a payé combien, et ce qu’il leur reste.
    #[arg(long, conflicts_with = "json")]
    tours: bool,
    /// Dit aussi ce qui manquait à ce projet pour être retenu (recompte plusieurs fois).
    #[arg(long, value_name = "PROJET")]
    expliquer: Option<String>,
}

/// Arguments of `comparer`.
#[derive(Args)]
#[command(after_help = REGLES)]
pub struct Comparer {
    /// Le fichier des bulletins (.pb).
    fichier: PathBuf,
    /// Les règles, séparées par des virgules.
    #[arg(
        long,
        value_name = "R,R…",
        value_delimiter = ',',
        default_value = "greedy_votes,greedy_score_per_cost,mes_cost,mes_cost_add1,phragmen"
    )]
    regles: Vec<String>,
    /// À égalité : recommended (coût, voix, identifiant), lexico, ou lot:GRAINE, la graine publiée d’un tirage au sort.
    #[arg(long, value_name = "D", default_value = "recommended")]
    departage: String,
    /// Écrit la comparaison en JSON au lieu du tableau.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    lecture: Lecture,
    #[command(flatten)]
    duree: Duree,
}

/// How the file is read.
#[derive(Args)]
struct Lecture {
    /// Déclare nuls les bulletins hors des limites du fichier, au lieu de les compter.
    #[arg(long)]
    limites: bool,
    /// Accepte deux bulletins du même votant.
    #[arg(long)]
    doublons: bool,
}

impl Lecture {
    fn options(&self) -> ReadOptions {
        let limits = if self.limites { Limits::Enforce } else { Limits::Report };
        ReadOptions { limits, keep_duplicates: self.doublons }
    }
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
        CommandeVote::Comparer(demande) => comparer(demande, sortie, remarques),
        CommandeVote::Verifier { proces_verbal, fichier, duree } => {
            let avancement = Avancement::new(remarques);
            let suivre = |progress: Progress| avancement.suivre(progress);
            verifier(proces_verbal, fichier, &duree.controle(&suivre), sortie)
        }
    }
}

fn lire(chemin: &Path) -> anyhow::Result<Vec<u8>> {
    crate::ligne::lire(chemin)
}

fn parametres(demande: &Depouiller, octets: &[u8]) -> anyhow::Result<Parameters> {
    let reading = demande.lecture.options();
    let clauses = match &demande.clauses {
        None => Vec::new(),
        Some(chemin) => {
            let decimals = read(octets, reading)?.election.decimals;
            let json = serde_json::from_slice(&lire(chemin)?)
                .with_context(|| format!("Le fichier de clauses {} n’est pas du JSON.", chemin.display()))?;
            record::clauses_from_json(&json, decimals).with_context(|| format!("Fichier {}", chemin.display()))?
        }
    };
    let doubtful = match &demande.douteux {
        None => Vec::new(),
        Some(chemin) => identifiants(chemin)?,
    };
    Ok(Parameters {
        rule: Rule::from_name(&demande.regle)?,
        tie: TieBreak::from_name(&demande.departage)?,
        clauses,
        reading,
        doubtful,
        explained: demande.expliquer.clone(),
    })
}

/// One identifier for each line that is not empty.
fn identifiants(chemin: &Path) -> anyhow::Result<Vec<String>> {
    let texte = String::from_utf8(lire(chemin)?)
        .with_context(|| format!("Le fichier {} n’est pas en UTF-8.", chemin.display()))?;
    let lignes = texte.trim_start_matches('\u{feff}').lines().map(str::trim).filter(|ligne| !ligne.is_empty());
    let ids: Vec<String> = lignes.map(str::to_owned).collect();
    anyhow::ensure!(!ids.is_empty(), "Le fichier {} ne nomme aucun votant.", chemin.display());
    Ok(ids)
}

fn depouiller(demande: &Depouiller, sortie: &mut dyn Write, remarques: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let octets = lire(&demande.fichier)?;
    let parametres = parametres(demande, &octets)?;
    let avancement = Avancement::new(remarques);
    let suivre = |progress: Progress| avancement.suivre(progress);
    let controle = demande.duree.controle(&suivre);
    let compte = record::count(&octets, &parametres, &controle)?;
    avancement.souplesses(&compte.document.leniencies)?;
    if demande.json {
        writeln!(sortie, "{}", record::canonical(&compte.record))?;
    } else {
        tableau::resultat(&compte, &parametres, sortie)?;
    }
    if demande.tours {
        tableau::tours(&compte, &parametres, sortie)?;
    }
    if let (Some(projet), false) = (&demande.expliquer, demande.json) {
        tableau::manque(projet, &compte, &parametres, sortie)?;
    }
    let Some(change) = &compte.sensitivity else { return Ok(ExitCode::SUCCESS) };
    if !demande.json {
        tableau::douteux(&compte.document.election, change, sortie)?;
    }
    let meme = change.gained.is_empty() && change.lost.is_empty();
    Ok(if meme { ExitCode::SUCCESS } else { ExitCode::from(FRAGILE) })
}

/// What is said beside the result: progress, and what the reader forgave.
struct Avancement<'s> {
    remarques: RefCell<&'s mut dyn Write>,
    debut: Instant,
    /// When to speak next, after the beginning: twice as late each time.
    prochain: Cell<Duration>,
}

impl<'s> Avancement<'s> {
    /// Counts that end sooner say nothing.
    const PATIENCE: Duration = Duration::from_secs(2);

    fn new(remarques: &'s mut dyn Write) -> Self {
        Self { remarques: RefCell::new(remarques), debut: Instant::now(), prochain: Cell::new(Self::PATIENCE) }
    }

    /// One line each time the waiting doubles: readable for a person, short for a log.
    fn suivre(&self, progress: Progress) {
        let attente = self.debut.elapsed();
        if attente < self.prochain.get() {
            return;
        }
        self.prochain.set(2 * attente.max(Self::PATIENCE));
        // A closed terminal does not stop a count.
        let _ = writeln!(self.remarques.borrow_mut(), "… {} s : {}", attente.as_secs(), phrase(progress));
    }

    fn souplesses(&self, souplesses: &[Leniency]) -> std::io::Result<()> {
        let mut remarques = self.remarques.borrow_mut();
        for souplesse in souplesses {
            if souplesse.line == 0 {
                writeln!(remarques, "{}", souplesse.what)?;
            } else {
                writeln!(remarques, "Ligne {} : {}", souplesse.line, souplesse.what)?;
            }
        }
        Ok(())
    }
}

/// Where a count stands, in French.
fn phrase(progress: Progress) -> String {
    match progress {
        Progress::Rounds { selected, .. } => format!("{selected} projets retenus jusqu’ici"),
        Progress::Increments { added, runs, .. } => format!("{added} unités ajoutées par votant, {runs} calculs"),
        Progress::Search { done, of } => format!("{done} étapes sur {of}"),
        Progress::Recounts { done } => format!("{done} dépouillements"),
        _ => "le calcul continue".to_owned(),
    }
}

fn comparer(demande: &Comparer, sortie: &mut dyn Write, remarques: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let octets = lire(&demande.fichier)?;
    let document = read(&octets, demande.lecture.options())?;
    let regles = demande.regles.iter().map(|nom| Rule::from_name(nom.trim())).collect::<Result<Vec<_>, _>>()?;
    let tie = TieBreak::from_name(&demande.departage)?;
    let avancement = Avancement::new(remarques);
    let suivre = |progress: Progress| avancement.suivre(progress);
    let controle = demande.duree.controle(&suivre);
    let lignes = explain::compare(&document.election, &regles, &tie, &controle)?;
    avancement.souplesses(&document.leniencies)?;
    if demande.json {
        writeln!(sortie, "{}", record::canonical(&record::comparison(&octets, &document, &tie, &lignes)))?;
    } else {
        tableau::comparaison(&document.election, &lignes, sortie)?;
    }
    anyhow::ensure!(
        lignes.iter().any(|ligne| ligne.result.is_ok()),
        "Aucune de ces règles ne convient à ces bulletins."
    );
    Ok(ExitCode::SUCCESS)
}

fn verifier(
    proces_verbal: &Path,
    fichier: &Path,
    controle: &Control<'_>,
    sortie: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let recompte = record::verify(&lire(proces_verbal)?, &lire(fichier)?, controle)?;
    if recompte.is_right() {
        writeln!(sortie, "Le procès-verbal est conforme : mêmes bulletins, même règle, même résultat.")?;
    } else {
        writeln!(sortie, "Le procès-verbal n’est pas conforme. Écarts (procès-verbal, puis recompte) :")?;
    }
    let ecarts = &recompte.differences;
    for ecart in ecarts.iter().take(20) {
        writeln!(sortie, "- {ecart}")?;
    }
    if ecarts.len() > 20 {
        writeln!(sortie, "… et {} autres.", ecarts.len() - 20)?;
    }
    if !recompte.unchecked.is_empty() {
        writeln!(sortie, "Ce que le recompte ne peut pas vérifier :")?;
    }
    for libre in &recompte.unchecked {
        writeln!(sortie, "- {libre}")?;
    }
    Ok(if recompte.is_right() { ExitCode::SUCCESS } else { ExitCode::from(DIFFERENT) })
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
        // The text of the rule is a part of the record; two keys of one name are not read as the last one.
        for (avant, apres, code) in [
            ("proces-verbal/2", "proces-verbal/1", None),
            ("\"exact\":true", "\"exact\":false,\"exact\":true", None),
            ("Un projet que", "Un  projet que", faux.1),
        ] {
            std::fs::write(&chemin, json.replacen(avant, apres, 1)).unwrap();
            let (texte, issue) = lancer(&["verifier", chemin.to_str().unwrap(), FICHIER]);
            assert!(issue == code && !texte.contains("est conforme"), "{apres} {texte}");
        }
        std::fs::write(&chemin, json.replacen("\"participatory-budgeting\"", "\"autre\"", 1)).unwrap();
        let (texte, issue) = lancer(&["verifier", chemin.to_str().unwrap(), FICHIER]);
        assert!(issue == conforme.1 && texte.contains("ne peut pas vérifier") && texte.contains("autre"), "{texte}");
    }

    #[test]
    fn le_proces_verbal_dit_ce_qui_manquait() {
        let demande = ["depouiller", FICHIER, "--regle", "mes_cost", "--expliquer", "B", "--json"];
        let (json, _) = lancer(&demande);
        let lu: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(lu["shortfall"]["project"], "B");
        let (texte, code) = lancer(&["depouiller", FICHIER, "--regle", "mes_cost", "--expliquer", "Z"]);
        assert!(code.is_none() && texte.contains("« Z »"), "{texte}");
    }

    #[test]
    fn un_departage_mal_ecrit_n_est_pas_un_tirage() {
        let (texte, code) = lancer(&["depouiller", FICHIER, "--regle", "mes_cost", "--departage", "lexiko"]);
        assert!(code.is_none() && texte.contains("« lexiko »") && texte.contains("lot:"), "{texte}");
        let (texte, _) = lancer(&["depouiller", FICHIER, "--regle", "mes_cost", "--departage", "lot:graine"]);
        assert!(texte.contains("la graine « graine »"), "{texte}");
    }

    #[test]
    fn une_clause_fausse_nomme_son_fichier() {
        let dossier = tempfile::tempdir().unwrap();
        let chemin = dossier.path().join("clauses.json");
        std::fs::write(&chemin, r#"[{"type":"soutien_minimum","voix":"3"}]"#).unwrap();
        let clauses = chemin.to_str().unwrap();
        let (texte, code) = lancer(&["depouiller", FICHIER, "--regle", "mes_cost", "--clauses", clauses]);
        assert!(code.is_none() && texte.contains(clauses) && texte.contains("« voix »"), "{texte}");
        assert!(!texte.contains("procès-verbal"), "{texte}");
    }

    #[test]
    fn un_plancher_non_tenu_est_dit() {
        let dossier = tempfile::tempdir().unwrap();
        let (votes, clauses) = (dossier.path().join("votes.pb"), dossier.path().join("clauses.json"));
        let texte = "META\nkey;value\nbudget;100\nvote_type;approval\nPROJECTS\nproject_id;cost;canton\na;60;Nord\nb;60;Sud\n\
                     VOTES\nvoter_id;vote\n0;a\n1;b\n";
        std::fs::write(&votes, texte).unwrap();
        std::fs::write(&clauses, r#"[{"type":"plancher","nombre":1}]"#).unwrap();
        let (fichier, clauses) = (votes.to_str().unwrap(), clauses.to_str().unwrap());
        let (texte, _) = lancer(&["depouiller", fichier, "--regle", "greedy_votes", "--clauses", clauses]);
        assert!(texte.contains("Plancher non tenu pour « Sud »"), "{texte}");
    }

    #[test]
    fn les_tours_disent_qui_paie() {
        let (texte, _) = lancer(&["depouiller", FICHIER, "--regle", "mes_cost", "--tours"]);
        assert!(texte.contains("1. Projet A (A), coût 300000, prix 0.166667 ; il reste 700000"), "{texte}");
        assert!(texte.contains("6 votants paient 50000.00 et gardent 50000.00."), "{texte}");
        assert!(texte.contains("3 votants donnent tout ce qu’ils ont : 57500.00."), "{texte}");
    }

    #[test]
    fn les_bulletins_douteux_se_retirent() {
        let dossier = tempfile::tempdir().unwrap();
        let liste = dossier.path().join("douteux.txt");
        let chemin = liste.to_str().unwrap();
        let avec = |douteux: &str, regle: &str| {
            std::fs::write(&liste, douteux).unwrap();
            lancer(&["depouiller", FICHIER, "--regle", regle, "--douteux", chemin])
        };
        let (meme, tranquille) = avec("0\n", "greedy_votes");
        assert!(meme.contains("Sans le bulletin douteux, les projets retenus sont les mêmes."), "{meme}");
        let (change, fragile) = avec("6\r\n7\r\n\r\n8\r\n", "mes_cost");
        assert!(change.contains("- en moins : "), "{change}");
        assert_ne!(tranquille, fragile);
        let (erreur, code) = avec("12\n", "mes_cost");
        assert!(code.is_none() && erreur.contains("« 12 »"), "{erreur}");
        let (erreur, code) = avec("\n", "mes_cost");
        assert!(code.is_none() && erreur.contains("ne nomme aucun votant"), "{erreur}");
    }

    #[test]
    fn un_proces_verbal_garde_les_bulletins_douteux() {
        let dossier = tempfile::tempdir().unwrap();
        let (liste, chemin) = (dossier.path().join("douteux.txt"), dossier.path().join("pv.json"));
        std::fs::write(&liste, "6\n7\n8\n").unwrap();
        let douteux = ["--douteux", liste.to_str().unwrap(), "--json"];
        let (json, _) = lancer(&[&["depouiller", FICHIER, "--regle", "mes_cost"], &douteux[..]].concat());
        std::fs::write(&chemin, &json).unwrap();
        let (texte, _) = lancer(&["verifier", chemin.to_str().unwrap(), FICHIER]);
        assert!(texte.contains("est conforme"), "{texte}");
        std::fs::write(&chemin, json.replace("[\"6\",\"7\",\"8\"]", "[\"6\",\"7\"]")).unwrap();
        let (texte, _) = lancer(&["verifier", chemin.to_str().unwrap(), FICHIER]);
        assert!(texte.contains("/sensitivity/ballots"), "{texte}");
    }

    #[test]
    fn les_regles_se_comparent() {
        let (texte, code) = lancer(&["comparer", FICHIER, "--regles", "plus_de_voix,mes_cost,mes_points"]);
        assert!(code.is_some(), "{texte}");
        assert!(texte.contains("sans objet : elle demande des points"), "{texte}");
        assert!(texte.lines().any(|ligne| ligne.starts_with('B') && ligne.contains("oui    –")), "{texte}");
        let (json, _) = lancer(&["comparer", FICHIER, "--json"]);
        let lu: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(lu["rules"].as_array().unwrap().len(), 5);
        assert_eq!(lu["rules"][2]["winners"], serde_json::json!(["A", "E", "D"]));
        let (erreur, code) = lancer(&["comparer", FICHIER, "--regles", "mes_points"]);
        assert!(code.is_none() && erreur.contains("Aucune de ces règles"), "{erreur}");
    }

    /// Written names, and names of the help.
    #[test]
    fn chaque_regle_a_son_nom() {
        let points = concat!(env!("CARGO_MANIFEST_DIR"), "/../vote/tests/vote/micro/micro_08_cumulative.pb");
        let rangs = concat!(env!("CARGO_MANIFEST_DIR"), "/../vote/tests/vote/micro/micro_09_ordinal.pb");
        let noms = [
            (FICHIER, "greedy_votes greedy_votes_no_skip greedy_votes_threshold_2 greedy_score greedy_score_per_cost"),
            (FICHIER, "knapsack_optimum_cost knapsack_optimum_card mes_cost mes_card mes_cost_add1 mes_card_add1"),
            (FICHIER, "mes_cost_add1_stop_when_exhaustive mes_cost_add1_then_greedy_votes mes_cost_then_greedy_votes"),
            (FICHIER, "bos_cost bos_card phragmen phragmen_then_greedy_votes maximin_support"),
            (
                points,
                "mes_points mes_points_add1 mes_points_then_greedy_score_per_cost knapsack_optimum_points bos_points",
            ),
            (points, "majority_judgment greedy_score jugement_majoritaire plus_de_points parts_egales_points"),
            (rangs, "mes_positional mes_positional_add1 mes_borda_zero_last mes_points bos_points kemeny"),
            (FICHIER, "plus_de_voix glouton voix_par_euro sac_a_dos parts_egales parts_egales_completees"),
            (FICHIER, "parts_egales_puis_voix depassement_borne phragmen_puis_voix soutien_maximin"),
        ];
        for (fichier, regles) in noms {
            for regle in regles.split(' ') {
                let (json, code) = lancer(&["depouiller", fichier, "--regle", regle, "--json"]);
                assert!(code.is_some(), "{regle} {json}");
                let lu: serde_json::Value = serde_json::from_str(&json).unwrap();
                assert!(lu["winners"].is_array() && lu["rounds"].is_array(), "{regle}");
                assert!(lu["total_cost"].is_string() && lu["exact"] == true, "{regle}");
                assert_eq!(lu["rounds"].as_array().unwrap().len(), lu["winners"].as_array().unwrap().len(), "{regle}");
                let (texte, _) = lancer(&["depouiller", fichier, "--regle", regle, "--departage", "lexico", "--tours"]);
                assert!(texte.contains("Règle : ") && texte.contains("Résultat exact"), "{regle} {texte}");
            }
        }
    }

    #[test]
    fn un_fichier_abime_est_refuse_avec_sa_ligne() {
        let dossier = tempfile::tempdir().unwrap();
        let chemin = dossier.path().join("abime.pb");
        let bon = std::fs::read(FICHIER).unwrap();
        let texte = String::from_utf8(bon.clone()).unwrap();
        let utf_16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(texte.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let cas: [(Vec<u8>, &str); 8] = [
            (bon[..bon.len() / 2].to_vec(), "Ligne"),
            (texte.replacen("300000", "NaN", 1).into_bytes(), "NaN"),
            (texte.replacen("300000", "-5", 1).into_bytes(), "-5"),
            (texte.replacen("300000", "0", 1).into_bytes(), "supérieur à zéro"),
            (texte.replacen("\n9;", "\n8;", 1).into_bytes(), "déjà voté"),
            (texte.replacen("9;C,D,F", "9;C,D,Z", 1).into_bytes(), "« Z »"),
            (utf_16, "UTF-16"),
            (Vec::new(), "META"),
        ];
        for (octets, mots) in cas {
            std::fs::write(&chemin, octets).unwrap();
            for regle in ["greedy_votes", "mes_cost_add1", "phragmen", "maximin_support", "sac_a_dos", "bos_cost"] {
                let (dit, code) = lancer(&["depouiller", chemin.to_str().unwrap(), "--regle", regle]);
                assert!(code.is_none() && dit.contains(mots), "{mots} {regle} {dit}");
            }
        }
    }

    #[test]
    fn un_calcul_long_se_suit_et_se_borne() {
        let mut remarques = Vec::new();
        let avancement = super::Avancement::new(&mut remarques);
        avancement.suivre(super::Progress::Rounds { selected: 1, spent: 2 });
        // As if the patience of the reader were over.
        avancement.prochain.set(std::time::Duration::ZERO);
        avancement.suivre(super::Progress::Rounds { selected: 3, spent: 4 });
        avancement.suivre(super::Progress::Recounts { done: 5 });
        assert_eq!(String::from_utf8(remarques).unwrap(), "… 0 s : 3 projets retenus jusqu’ici\n");
        for regle in ["mes_cost", "mes_cost_add1", "phragmen", "maximin_support", "bos_cost", "sac_a_dos"] {
            let (dit, code) = lancer(&["depouiller", FICHIER, "--regle", regle, "--temps-max", "0"]);
            assert!(code.is_none() && dit.contains("Le temps accordé est écoulé"), "{regle} {dit}");
        }
    }

    #[test]
    fn ce_qui_ne_peut_pas_suffire_dit_pourquoi() {
        let dossier = tempfile::tempdir().unwrap();
        let chemin = dossier.path().join("votes.pb");
        let texte = "META\nkey;value\nbudget;100\nvote_type;approval\nPROJECTS\nproject_id;cost\na;60\nb;500\nc;10\n\
                     VOTES\nvoter_id;vote\n0;a\n1;b\n";
        std::fs::write(&chemin, texte).unwrap();
        let expliquer = |projet| {
            lancer(&["depouiller", chemin.to_str().unwrap(), "--regle", "greedy_votes", "--expliquer", projet]).0
        };
        let (cher, sans_soutien) = (expliquer("b"), expliquer("c"));
        assert!(cher.contains("- voix : aucun (ce projet coûte plus que toute l’enveloppe)"), "{cher}");
        assert!(cher.contains("- enveloppe : une enveloppe de 560"), "{cher}");
        assert!(sans_soutien.contains("- coût : aucun (personne ne soutient ce projet"), "{sans_soutien}");
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
