//! Who is told of what happens on a project: those who bear it, those who accompany it.

use domain::droit::Fonction;
use platform::WriteTx;
use socle::{PersonneId, mandat, personne, projet};
use web::{Cadre, Erreur, Instance, courriels};

use crate::demande::pages::equipe;
use crate::demande::storage;

/// Said when an act told nobody: nobody gave an address.
const PERSONNE: &str = "C’est enregistré, mais personne n’a été prévenu : dites-le par téléphone.";

/// The message of an act that tells so many people.
pub(crate) fn dire(message: &'static str, prevenus: usize) -> &'static str {
    if prevenus == 0 { PERSONNE } else { message }
}

/// Tells those who bear the project, each once, never who acts. Gives back how many were told.
pub(crate) async fn prevenir_le_porteur(
    tx: &WriteTx,
    cadre: &Cadre,
    projet: &projet::Model,
    sujet: &str,
    texte: &str,
) -> Result<usize, Erreur> {
    let personnes = projet::personnes(tx, projet).await?;
    let page = format!("/projets/{}#accompagnement", projet.reference);
    prevenir(tx, cadre, projet, &personnes, (sujet, texte, &page)).await
}

/// Tells these agents, never who acts.
pub(crate) async fn prevenir_les_agents(
    tx: &WriteTx,
    cadre: &Cadre,
    projet: &projet::Model,
    agents: &[personne::Model],
    (sujet, texte): (&str, &str),
) -> Result<usize, Erreur> {
    prevenir(tx, cadre, projet, agents, (sujet, texte, &format!("/projets/{}/suivi", projet.reference))).await
}

async fn prevenir(
    tx: &WriteTx,
    cadre: &Cadre,
    projet: &projet::Model,
    personnes: &[personne::Model],
    (sujet, texte, page): (&str, &str, &str),
) -> Result<usize, Erreur> {
    let instance = &cadre.instance;
    let lien = instance.url(page);
    let valeurs = [("sujet", sujet), ("projet", &projet.titre), ("nouvelle", texte), ("lien", &lien)];
    let modele = courriels::composer(instance, "nouvelle-du-projet", &valeurs)?;
    let par = cadre.visiteur.personne_id();
    let mut prevenus = 0;
    for personne in personnes.iter().filter(|personne| Some(&personne.id) != par) {
        courriels::prevenir(tx, instance, personne, par, &modele.sujet, &modele.texte).await?;
        prevenus += 1;
    }
    Ok(prevenus)
}

/// The agent who began something, while they still follow the project; who follows it now otherwise.
pub(crate) async fn agents_concernes(
    tx: &WriteTx,
    instance: &Instance,
    projet: &projet::Model,
    agent: &PersonneId,
) -> Result<Vec<personne::Model>, Erreur> {
    let Some(demande) = storage::du_projet(tx, &projet.id).await? else { return Ok(Vec::new()) };
    let equipe = equipe(tx, instance, &demande).await?;
    let coordination = mandat::titulaires(tx, Fonction::Coordinateur, instance.aujourd_hui()).await?;
    let lui = equipe.iter().chain(&coordination).find(|un| un.id == *agent).cloned();
    Ok(lui.map_or(equipe, |lui| vec![lui]))
}
