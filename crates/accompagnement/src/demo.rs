//! The invented requests of the demonstration, on the projects that `projets` invented. Nothing of it is read outside `demo`.

use jiff::ToSpan;
use jiff::civil::Date;
use platform::horloge::Arretee;
use platform::journal::{self, Evenement, Visibilite};
use platform::{Clock, Jour, WriteTx};
use serde::Deserialize;
use serde_json::json;
use socle::{PersonneId, projet, secteur};
use web::{Erreur, Instance};

use crate::demande::rules::{self, Acte, Horloge};
use crate::demande::storage::{self, Model};
use crate::evenements;
use crate::suivi::rules::{EtatRecommandation, GenreEchange};

#[derive(Deserialize)]
struct Fichier {
    demande: Vec<Inventee>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inventee {
    projet: String,
    il_y_a: i32,
    message: String,
    rappel: Option<String>,
    #[serde(default)]
    interets: Vec<String>,
    etat: String,
    attend_depuis: Option<i32>,
    repondue_apres: Option<i32>,
    mode: Option<String>,
    #[serde(default)]
    reponse: String,
    /// What is awaited of the commune.
    #[serde(default)]
    attente: String,
    prochaine: Option<String>,
    prochaine_dans: Option<i32>,
    #[serde(default)]
    recommandations: Vec<Conseil>,
    #[serde(default)]
    notes: Vec<Note>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Conseil {
    genre: String,
    titre: String,
    texte: String,
    etat: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    il_y_a: i32,
    texte: String,
}

/// Makes the invented requests; does nothing outside the 54, or when they are there.
///
/// # Errors
/// The file is wrong (a test reads it), or the engine refused.
pub(crate) async fn semer(instance: &Instance) -> Result<(), Erreur> {
    if instance.collectivite.code != "54" {
        return Ok(());
    }
    let fichier: Fichier =
        toml::from_str(include_str!("../../../demonstration/54/accompagnements.toml")).map_err(Erreur::interne)?;
    let tx = instance.db.begin().await?;
    for inventee in fichier.demande {
        // The projects belong to another feature: a demonstration without it has no requests.
        let Some(projet) = projet::par_reference(&tx, &inventee.projet).await? else { continue };
        if storage::du_projet(&tx, &projet.id).await?.is_none() {
            inventer(&tx, instance, &projet, inventee).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

fn avant(jour: Date, jours: i32) -> Result<Date, Erreur> {
    jour.checked_sub(jours.days()).map_err(Erreur::interne)
}

/// The clock of a request made some days ago, as the rules would have left it.
fn horloge(instance: &Instance, inventee: &Inventee, faite_le: Date, delai: u32) -> Result<Horloge, Erreur> {
    let (jour, zone) = (instance.aujourd_hui(), instance.collectivite.feries.into());
    let demandee = rules::promettre(faite_le, delai, zone);
    let (acte, quand) = match inventee.etat.as_str() {
        "repondue" => {
            let apres = inventee.repondue_apres.unwrap_or_default().days();
            (Acte::Repondre, faite_le.checked_add(apres).map_err(Erreur::interne)?)
        }
        "attend-la-commune" => (Acte::Attendre, avant(jour, inventee.attend_depuis.unwrap_or_default())?),
        _ => return Ok(demandee),
    };
    rules::apres(demandee, acte, quand, zone).map_err(|impossible| Erreur::interne(impossible.0))
}

async fn inventer(tx: &WriteTx, instance: &Instance, projet: &projet::Model, inventee: Inventee) -> Result<(), Erreur> {
    let jour = instance.aujourd_hui();
    let faite_le = avant(jour, inventee.il_y_a)?;
    let interlocuteur = secteur::interlocuteur(tx, &projet.commune, jour).await?;
    let delai = interlocuteur.as_ref().map_or(5, |i| u32::try_from(i.delai_jours_ouvres).unwrap_or(5));
    let horloge = horloge(instance, &inventee, faite_le, delai)?;
    let contact_le = horloge.repondue_le.or(horloge.attend_depuis).unwrap_or(faite_le);
    let agent = interlocuteur.as_ref().and_then(|i| i.personne_id.clone());
    let demande = Model {
        id: instance.ids.uuid().to_string(),
        projet_id: projet.id.clone(),
        secteur_id: interlocuteur.as_ref().map(|i| i.secteur_id.clone()),
        agent_id: agent.clone(),
        confiee: false,
        faite_par: projet.auteur_id.clone(),
        faite_le: Jour(faite_le),
        promise_le: Jour(horloge.promise_le),
        etat: rules::Etat::ARepondre.as_str().to_owned(),
        attend_depuis: None,
        repondue_le: None,
        mode: inventee.mode.clone(),
        message: inventee.message.clone(),
        rappel: inventee.rappel.clone(),
        interets: serde_json::to_string(&inventee.interets)?,
        prochaine_action: inventee.prochaine.clone(),
        prochaine_le: match inventee.prochaine_dans {
            Some(dans) => Some(Jour(avant(jour, -dans)?)),
            None => None,
        },
        contact_le: Jour(contact_le),
        version: 1,
    };
    storage::inserer(tx, demande.avec(horloge)).await?;
    raconter(tx, instance, projet, faite_le, horloge, &inventee).await?;
    if let Some(agent) = agent {
        parler(tx, instance, projet, &agent, horloge, &inventee).await?;
        conseiller(tx, instance, projet, &agent, &inventee).await?;
    }
    Ok(())
}

async fn raconter(
    tx: &WriteTx,
    instance: &Instance,
    projet: &projet::Model,
    faite_le: Date,
    horloge: Horloge,
    inventee: &Inventee,
) -> Result<(), Erreur> {
    let mut faits =
        vec![(faite_le, evenements::DEMANDE, json!({"promise_le": horloge.promise_le}), projet.auteur_id.clone())];
    faits.extend(horloge.repondue_le.map(|le| (le, evenements::REPONDU, json!({"mode": inventee.mode}), None)));
    faits.extend(horloge.attend_depuis.map(|le| (le, evenements::ATTENTE, json!({}), None)));
    for (le, genre, faits, par) in faits {
        let evenement = Evenement::nouveau(genre, "projet", projet.id.as_str())
            .projet(projet.id.as_str())
            .par(par.as_ref().map(PersonneId::as_str))
            .visible(Visibilite::Partage)
            .faits(faits);
        journal::ecrire(tx, &matin(instance, le), &*instance.ids, evenement).await?;
    }
    Ok(())
}

/// What the agent wrote: the answer, or what is awaited.
async fn parler(
    tx: &WriteTx,
    instance: &Instance,
    projet: &projet::Model,
    agent: &PersonneId,
    horloge: Horloge,
    inventee: &Inventee,
) -> Result<(), Erreur> {
    let dites = [
        (horloge.repondue_le, GenreEchange::Reponse, &inventee.reponse),
        (horloge.attend_depuis, GenreEchange::Attente, &inventee.attente),
    ];
    for (le, genre, texte) in dites {
        if let Some(le) = le.filter(|_| !texte.is_empty()) {
            let alors = matin(instance, le);
            storage::echanger(tx, &alors, &*instance.ids, &projet.id, Some(agent), (genre, texte)).await?;
        }
    }
    Ok(())
}

async fn conseiller(
    tx: &WriteTx,
    instance: &Instance,
    projet: &projet::Model,
    agent: &PersonneId,
    inventee: &Inventee,
) -> Result<(), Erreur> {
    let (jour, ids) = (instance.aujourd_hui(), &*instance.ids);
    let alors = matin(instance, avant(jour, inventee.il_y_a - inventee.repondue_apres.unwrap_or_default())?);
    for conseil in &inventee.recommandations {
        let nouvelle = storage::NouvelleRecommandation {
            projet: &projet.id,
            par: agent,
            genre: &conseil.genre,
            titre: &conseil.titre,
            cible: None,
            texte: &conseil.texte,
        };
        let id = storage::recommander(tx, &alors, ids, nouvelle).await?;
        let etat = EtatRecommandation::lire(&conseil.etat)
            .ok_or_else(|| Erreur::interne(format!("état inconnu : {}", conseil.etat)))?;
        storage::decider(tx, &id, etat, None).await?;
    }
    for note in &inventee.notes {
        let alors = matin(instance, avant(jour, note.il_y_a)?);
        storage::echanger(tx, &alors, ids, &projet.id, Some(agent), (GenreEchange::Note, &note.texte)).await?;
    }
    Ok(())
}

/// Ten in the morning of that day.
fn matin(instance: &Instance, jour: Date) -> impl Clock + use<> {
    Arretee::de(instance.debut_de(jour).plus_seconds(10 * 3_600))
}
