//! What `terreau vote` prints for people.

use std::io::{self, Write};

use ::vote::clauses;
use ::vote::explain::{self, Compared, Missing, Payment, Sensitivity, Shortfall, Span};
use ::vote::record::{Counted, Parameters};
use ::vote::{CountError, Election, Measure, Outcome, Round};

/// The rule, the winners, and how sure they are.
pub(super) fn resultat(compte: &Counted<'_>, parametres: &Parameters, sortie: &mut dyn Write) -> io::Result<()> {
    let election = &compte.document.election;
    writeln!(sortie, "Règle : {}", parametres.rule.text())?;
    writeln!(sortie, "{}", parametres.tie.text())?;
    for clause in &parametres.clauses {
        writeln!(sortie, "{}", clause.text(election))?;
    }
    bulletins(compte, sortie)?;
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
    writeln!(sortie, "{}", certitude(&compte.outcome))?;
    for ajout in compte.outcome.shares.iter().filter_map(|part| part.increments.as_ref()) {
        writeln!(sortie, "Part finale de chaque votant : {} ({} unités ajoutées).", ajout.per_voter, ajout.added)?;
    }
    for plancher in clauses::unmet_floors(election, &parametres.clauses, &compte.outcome) {
        writeln!(sortie, "{}", plancher.text())?;
    }
    if !parametres.clauses.is_empty() {
        let sans = compte.record.pointer("/without_clauses/winners").and_then(serde_json::Value::as_array);
        let liste: Vec<&str> = sans.into_iter().flatten().filter_map(serde_json::Value::as_str).collect();
        writeln!(sortie, "Sans les clauses, les projets retenus seraient : {}.", ou_aucun(&liste))?;
    }
    Ok(())
}

fn bulletins(compte: &Counted<'_>, sortie: &mut dyn Write) -> io::Result<()> {
    let election = &compte.document.election;
    writeln!(
        sortie,
        "\n{} bulletins comptés, {} nuls, {} projets, enveloppe {}.",
        election.ballots.total(),
        compte.document.void.len(),
        election.projects.len(),
        election.amount(election.budget)
    )?;
    let nuls = compte.record.pointer("/input/void").and_then(serde_json::Value::as_object);
    for (raison, nombre) in nuls.into_iter().flatten() {
        writeln!(sortie, "- nuls, {raison} : {nombre}")?;
    }
    writeln!(sortie)
}

fn certitude(resultat: &Outcome) -> String {
    if resultat.exact {
        return "Résultat exact : chaque choix est prouvé.".to_owned();
    }
    let doute = resultat.certificate.unproved;
    format!("Résultat en calcul approché : {doute} choix sur {} ne sont pas prouvés.", resultat.rounds.len().max(1))
}

fn ou_aucun(liste: &[&str]) -> String {
    if liste.is_empty() { "aucun".to_owned() } else { liste.join(", ") }
}

fn retenus(election: &Election, resultat: &Outcome, sortie: &mut dyn Write) -> io::Result<()> {
    let largeur = largeur(election, &resultat.winners);
    let mesure = resultat.rounds.first().map_or("mesure", |tour| mesure(tour.measure));
    writeln!(sortie, "{:>4}  {:largeur$}  {:>14}  {:>8}  {mesure:>12}  nom", "rang", "projet", "coût", "voix")?;
    for (rang, tour) in resultat.rounds.iter().enumerate() {
        let projet = &election.projects[tour.project];
        let clause = tour.clause.as_ref().map_or(String::new(), |clause| format!(" [{clause}]"));
        writeln!(
            sortie,
            "{:>4}  {:largeur$}  {:>14}  {:>8}  {:>12}  {}{clause}",
            rang + 1,
            projet.id,
            election.amount(projet.cost),
            tour.supporters,
            valeur(tour),
            projet.name
        )?;
    }
    Ok(())
}

fn largeur(election: &Election, projets: &[usize]) -> usize {
    projets.iter().map(|&p| election.projects[p].id.chars().count()).max().unwrap_or(0).max("projet".len())
}

fn mesure(mesure: Measure) -> &'static str {
    match mesure {
        Measure::Score => "score",
        Measure::ScorePerCost => "par euro",
        Measure::Price => "prix",
        Measure::Load => "charge",
        Measure::Whole => "ensemble",
    }
}

fn valeur(tour: &Round) -> String {
    match tour.measure {
        Measure::Whole => "–".to_owned(),
        Measure::Score => format!("{:.0}", tour.value),
        _ if tour.value.is_infinite() => "imposé".to_owned(),
        _ => format!("{:.6}", tour.value),
    }
}

/// Who paid what for each project, and what was left to them.
pub(super) fn tours(compte: &Counted<'_>, parametres: &Parameters, sortie: &mut dyn Write) -> anyhow::Result<()> {
    let election = &compte.document.election;
    let paiements = explain::payments(election, parametres.rule, &compte.outcome)?;
    let mut reste = election.budget;
    writeln!(sortie, "\nTour par tour (montants arrondis au centième) :")?;
    for (rang, (tour, paiements)) in compte.outcome.rounds.iter().zip(&paiements).enumerate() {
        let projet = &election.projects[tour.project];
        reste = reste.saturating_sub(projet.cost);
        writeln!(
            sortie,
            "\n{}. {} ({}), coût {}, {} {} ; il reste {} dans l’enveloppe.",
            rang + 1,
            projet.name,
            projet.id,
            election.amount(projet.cost),
            mesure(tour.measure),
            valeur(tour),
            election.amount(reste)
        )?;
        if tour.tied > 1 {
            writeln!(sortie, "   {} projets à égalité : la règle de départage a décidé.", tour.tied)?;
        }
        for paiement in paiements {
            writeln!(sortie, "   {}", payeurs(paiement))?;
        }
        if let Some(manque) = non_paye(election, projet.cost, paiements) {
            writeln!(sortie, "   Les votants n’ont pas assez : {manque} pris sur le reste de l’enveloppe.")?;
        }
    }
    Ok(())
}

/// What the voters did not pay of a project, for the rules that allow it.
fn non_paye(election: &Election, cout: u64, paiements: &[Payment]) -> Option<String> {
    let paye: f64 = paiements.iter().map(|paiement| paiement.paid.total).sum();
    let cout: f64 = election.amount(cout).parse().ok()?;
    (!paiements.is_empty() && cout - paye >= 0.005).then(|| format!("{:.2}", cout - paye))
}

fn payeurs(paiement: &Payment) -> String {
    let Payment { voters, paid, left, .. } = paiement;
    let (paid, left) = (fourchette(*paid), fourchette(*left));
    match (paiement.whole, *voters) {
        (true, 1) => format!("1 votant paie {paid} et garde {left}."),
        (true, _) => format!("{voters} votants paient {paid} et gardent {left}."),
        (false, 1) => format!("1 votant donne tout ce qu’il a : {paid}."),
        (false, _) => format!("{voters} votants donnent tout ce qu’ils ont : {paid}."),
    }
}

fn fourchette(montants: Span) -> String {
    let (moins, plus) = (format!("{:.2}", montants.least), format!("{:.2}", montants.most));
    if moins == plus { moins } else { format!("de {moins} à {plus}") }
}

/// What a project that lost was missing.
pub(super) fn manque(
    projet: &str,
    compte: &Counted<'_>,
    parametres: &Parameters,
    sortie: &mut dyn Write,
) -> io::Result<()> {
    let election = &compte.document.election;
    let Some(Shortfall { votes, cost, budget }) = compte.shortfall else {
        return writeln!(sortie, "\nLe projet « {projet} » est retenu.");
    };
    let motifs = explain::motives(election, parametres.rule, &parametres.clauses, &compte.outcome);
    let motif = election.position(projet).and_then(|projet| motifs[projet]);
    let motif = motif.map_or(String::new(), |motif| format!(" : {}", motif.text(election)));
    writeln!(sortie, "\nLe projet « {projet} » n’est pas retenu{motif}. Un seul de ces changements aurait suffi :")?;
    let dire = |manque: Missing, suffit: &dyn Fn(u64) -> String| match manque.enough() {
        Some(assez) => suffit(assez),
        None => format!("aucun ({})", manque.reason().unwrap_or("inconnu")),
    };
    let voix = dire(votes, &|voix| format!("{voix} bulletin(s) de plus, pour lui seul"));
    let cout = dire(cost, &|cout| format!("un coût de {}", election.amount(cout)));
    let enveloppe = dire(budget, &|total| format!("une enveloppe de {}", election.amount(total)));
    writeln!(sortie, "- voix : {voix}\n- coût : {cout}\n- enveloppe : {enveloppe}")
}

/// Whether the winners change without the doubtful ballots.
pub(super) fn douteux(election: &Election, change: &Sensitivity, sortie: &mut dyn Write) -> io::Result<()> {
    let noms = |projets: &[usize]| -> String {
        let ids: Vec<&str> = projets.iter().map(|&p| election.projects[p].id.as_str()).collect();
        ou_aucun(&ids)
    };
    let sans = match change.ballots {
        1 => "Sans le bulletin douteux".to_owned(),
        nombre => format!("Sans les {nombre} bulletins douteux"),
    };
    if change.gained.is_empty() && change.lost.is_empty() {
        return writeln!(sortie, "\n{sans}, les projets retenus sont les mêmes.");
    }
    writeln!(sortie, "\n{sans}, les projets retenus changent :")?;
    writeln!(sortie, "- en moins : {}\n- en plus : {}", noms(&change.lost), noms(&change.gained))
}

/// The same ballots under several rules: figures, then projects.
pub(super) fn comparaison(election: &Election, lignes: &[Compared], sortie: &mut dyn Write) -> io::Result<()> {
    let noms: Vec<String> = lignes.iter().map(|ligne| ligne.rule.name()).collect();
    let large = noms.iter().map(String::len).max().unwrap_or(5);
    writeln!(
        sortie,
        "{:>3}  {:large$}  {:>7}  {:>14}  {:>15}  exact",
        "n°", "règle", "retenus", "coût", "votants servis"
    )?;
    for (numero, (ligne, nom)) in lignes.iter().zip(&noms).enumerate() {
        match &ligne.result {
            Ok((resultat, satisfaction)) => {
                let cout = election.amount(resultat.total);
                let servis = pour_cent(satisfaction.with_a_winner, satisfaction.ballots);
                let exact = if resultat.exact { "oui" } else { "non" };
                let nombre = resultat.winners.len();
                writeln!(sortie, "{:>3}  {nom:large$}  {nombre:>7}  {cout:>14}  {servis:>15}  {exact}", numero + 1)?;
            }
            Err(raison) => writeln!(sortie, "{:>3}  {nom:large$}  {}", numero + 1, sans_objet(raison))?,
        }
    }
    let resultats: Vec<Option<&Outcome>> =
        lignes.iter().map(|ligne| ligne.result.as_ref().ok().map(|(resultat, _)| resultat)).collect();
    let retenu = |projet: usize, resultat: &Option<&Outcome>| match resultat {
        Some(resultat) if resultat.winners.contains(&projet) => "oui",
        Some(_) => "–",
        None => "",
    };
    let projets: Vec<usize> = (0..election.projects.len())
        .filter(|&projet| resultats.iter().any(|resultat| retenu(projet, resultat) == "oui"))
        .collect();
    let large = largeur(election, &projets);
    write!(sortie, "\n{:large$}  {:>14}", "projet", "coût")?;
    for numero in 1..=lignes.len() {
        write!(sortie, "  {numero:>3}")?;
    }
    writeln!(sortie, "  nom")?;
    for projet in projets {
        let vu = &election.projects[projet];
        write!(sortie, "{:large$}  {:>14}", vu.id, election.amount(vu.cost))?;
        for resultat in &resultats {
            write!(sortie, "  {:>3}", retenu(projet, resultat))?;
        }
        writeln!(sortie, "  {}", vu.name)?;
    }
    Ok(())
}

fn sans_objet(raison: &CountError) -> String {
    match raison {
        CountError::NotApplicable { reason, .. } => format!("sans objet : {reason}"),
        autre => autre.to_string(),
    }
}

/// Rounded to the tenth, without doubles.
fn pour_cent(part: u64, tout: u64) -> String {
    let milliemes = (1_000 * part + tout / 2) / tout.max(1);
    format!("{},{} %", milliemes / 10, milliemes % 10)
}
