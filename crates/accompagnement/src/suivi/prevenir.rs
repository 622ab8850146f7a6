//! Who is told of what happens on a project: those who bear it, those who accompany it.

use domain::droit::Fonction;
use platform::WriteTx;
use socle::{PersonneId, ProjetId, mandat, personne, projet};
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

/// Page of a project where its bearer reads what is new.
fn page_du_porteur(reference: &str) -> String {
    format!("/projets/{reference}#accompagnement")
}

/// A mail to those who bear a project: its id in `contenu/courriels`, and what it says beside the project and its page.
pub(crate) struct Nouvelle {
    /// Id of the mail.
    pub(crate) courriel: &'static str,
    /// Its values.
    pub(crate) valeurs: Vec<(&'static str, String)>,
}

impl Nouvelle {
    pub(crate) fn de(courriel: &'static str, valeurs: &[(&'static str, &str)]) -> Self {
        Self { courriel, valeurs: valeurs.iter().map(|(nom, valeur)| (*nom, (*valeur).to_owned())).collect() }
    }
}

/// Tells those who bear the project, each once, never who acts. Gives back how many were told.
pub(crate) async fn prevenir_le_porteur(
    tx: &WriteTx,
    cadre: &Cadre,
    projet: &projet::Model,
    nouvelle: &Nouvelle,
) -> Result<usize, Erreur> {
    let lien = cadre.instance.url(&page_du_porteur(&projet.reference));
    let communes = [("projet", projet.titre.as_str()), ("lien", lien.as_str())];
    let valeurs: Vec<(&str, &str)> =
        communes.into_iter().chain(nouvelle.valeurs.iter().map(|(nom, valeur)| (*nom, valeur.as_str()))).collect();
    let modele = courriels::composer(&cadre.instance, nouvelle.courriel, &valeurs)?;
    Ok(courriels::prevenir_le_porteur(tx, &cadre.instance, projet, cadre.visiteur.personne_id(), &modele).await?)
}

/// Tells those who bear these projects who follows them now: one mail each, with the telephone to call.
pub(crate) async fn presenter(
    tx: &WriteTx,
    cadre: &Cadre,
    projets: &[ProjetId],
    nouveau: &personne::Model,
) -> Result<usize, Erreur> {
    let (instance, par) = (&cadre.instance, cadre.visiteur.personne_id());
    let identite = instance.identite();
    let numero = nouveau.telephone.clone().filter(|t| !t.is_empty()).unwrap_or_else(|| identite.telephone.clone());
    let telephone = if numero.is_empty() { String::new() } else { format!("Téléphone : {numero}") };
    let composer = |siens: &[projet::ADire]| {
        let (suivis, page) = match siens {
            [seul] => (format!("votre projet « {} ».", seul.titre), page_du_porteur(&seul.reference)),
            plusieurs => {
                let lignes: Vec<String> = plusieurs.iter().map(|un| format!("- {}", un.titre)).collect();
                (format!("vos projets :\n{}", lignes.join("\n")), "/projets".to_owned())
            }
        };
        let lien = instance.url(&page);
        let nom = nouveau.nom_complet();
        let valeurs = [("nouveau", nom.as_str()), ("projets", &suivis), ("telephone", &telephone), ("lien", &lien)];
        courriels::composer(instance, "interlocuteur-change", &valeurs)
    };
    courriels::prevenir_les_porteurs(tx, instance, projets, par, &composer).await
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
