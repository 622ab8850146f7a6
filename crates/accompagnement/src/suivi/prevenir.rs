//! Who is told of what happens on a project: those who bear it, those who accompany it.

use domain::droit::Fonction;
use platform::WriteTx;
use socle::{PersonneId, mandat, personne, projet};
use web::courriels::{self, Modele};
use web::{Cadre, Erreur, Instance};

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
    let page = format!("/projets/{}#accompagnement", projet.reference);
    let modele = composer(&cadre.instance, projet, (sujet, texte, &page))?;
    Ok(courriels::prevenir_le_porteur(tx, &cadre.instance, projet, cadre.visiteur.personne_id(), &modele).await?)
}

/// Tells these agents, never who acts.
pub(crate) async fn prevenir_les_agents(
    tx: &WriteTx,
    cadre: &Cadre,
    projet: &projet::Model,
    agents: &[personne::Model],
    (sujet, texte): (&str, &str),
) -> Result<usize, Erreur> {
    let page = format!("/projets/{}/suivi", projet.reference);
    let modele = composer(&cadre.instance, projet, (sujet, texte, &page))?;
    let par = cadre.visiteur.personne_id();
    let mut prevenus = 0;
    for agent in agents.iter().filter(|agent| Some(&agent.id) != par) {
        courriels::prevenir(tx, &cadre.instance, agent, par, &modele.sujet, &modele.texte).await?;
        prevenus += 1;
    }
    Ok(prevenus)
}

fn composer(
    instance: &Instance,
    projet: &projet::Model,
    (sujet, texte, page): (&str, &str, &str),
) -> Result<Modele, Erreur> {
    let lien = instance.url(page);
    let valeurs = [("sujet", sujet), ("projet", &projet.titre), ("nouvelle", texte), ("lien", &lien)];
    courriels::composer(instance, "nouvelle-du-projet", &valeurs)
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
