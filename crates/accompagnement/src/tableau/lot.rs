//! What is done at once to the requests chosen in the list: the acts of the page of a project, each with its journal line and
//! its mails. What someone changed meanwhile is left alone, and said. What no mail told is undone by one button, for a day.

use axum::extract::Path;
use axum::http::StatusCode;
use domain::droit::Fonction;
use jiff::civil::Date;
use platform::worker::EchecTravail;
use platform::{Jour, WriteTx, journal, outbox};
use serde_json::json;
use socle::{PersonneId, ProjetId, mandat, personne};
use web::composants::Message;
use web::formulaire::Lecteur;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, texte};

use super::a_suivre;
use super::criteres::Criteres;
use super::liste::{self, CHOIX, PAR_PAGE, PREMIER};
use super::storage::{self, Avant, Choisie, Lot};
use crate::demande::attribution::{self, Suivi};
use crate::demande::rules::{self, Acte, Etat};
use crate::demande::storage::{Model, enregistrer};
use crate::evenements::{self, evenement};
use crate::suivi::confier;
use crate::suivi::prevenir::presenter;

/// Daily work: what can be undone no more is forgotten.
pub(crate) const MENAGE: &str = "accompagnement.menage";
/// A bulk act is undone on the day, seconds.
const DEFAIRE_S: i64 = 86_400;

const SUITE: &str = "suite";
const TELEPHONE: &str = "telephone";

/// What is asked of the requests chosen.
enum Geste {
    Suite { action: Option<String>, le: Option<Date> },
    Telephone,
    Confier(PersonneId),
}

/// POST `/tableau/lot`.
pub async fn agir(cadre: Cadre, form: CheckedForm) -> Reponse {
    let demande = Saisie::decoder(form.saisie.texte("requete").as_bytes());
    let (criteres, _) = Criteres::lire(&demande, &cadre.instance);
    let mut l = form.lecteur();
    let geste = lire(&mut l, form.saisie.texte("acte"))?;
    let choix = choix(&form.saisie);
    if choix.is_empty() {
        l.erreurs.ajouter(PREMIER, "Choisissez au moins une demande dans la liste.");
    }
    let instance = &cadre.instance;
    let jour = instance.aujourd_hui();
    let tx = instance.db.begin().await?;
    let nouveau = match &geste {
        Geste::Confier(a) => {
            let nouveau = titulaire(&tx, a, jour).await?;
            if nouveau.is_none() {
                l.erreurs.ajouter("agent", "Choisissez à qui confier ces demandes.");
            }
            nouveau
        }
        _ => None,
    };
    if !l.erreurs.est_vide() {
        drop(tx);
        let erreurs = l.erreurs;
        return liste::page(&cadre, &demande, form.saisie, erreurs, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let portefeuille = a_suivre(&cadre, &tx, jour).await?;
    let references: Vec<&str> = choix.iter().map(|(reference, _)| *reference).collect();
    let trouvees = storage::choisies(&tx, &portefeuille, &references).await?;
    let lue = |choisie: &Choisie| choix.iter().any(|c| *c == (&choisie.projet.reference, choisie.demande.version));
    let (intactes, changees): (Vec<Choisie>, Vec<Choisie>) = trouvees.into_iter().partition(lue);
    let ailleurs = choix.len() - intactes.len() - changees.len();
    let fait = match (geste, nouveau) {
        (Geste::Suite { action, le }, _) => prevoir(&tx, &cadre, intactes, (action, le)).await?,
        (Geste::Telephone, _) => repondre(&tx, &cadre, intactes).await?,
        (Geste::Confier(_), Some(nouveau)) => confier(&tx, &cadre, intactes, &nouveau).await?,
        (Geste::Confier(_), None) => return Err(Erreur::interne("personne à qui confier")),
    };
    let message = fait.message(&tx, &cadre, changees.len(), ailleurs).await?;
    form.conclure(tx, &criteres.adresse(), message).await
}

fn lire(l: &mut Lecteur<'_>, acte: &str) -> Result<Geste, Erreur> {
    Ok(match acte {
        SUITE => {
            let action = l.texte_libre("prochaine", 200);
            let le = l.date("prochaine_le");
            if action.is_none() && le.is_none() && l.erreurs.est_vide() {
                l.erreurs.ajouter("prochaine", "Dites quoi faire, ou pour quand.");
            }
            Geste::Suite { action, le }
        }
        TELEPHONE => Geste::Telephone,
        "confier" => {
            let agent = l.texte_libre("agent", 100).unwrap_or_default();
            Geste::Confier(PersonneId(agent))
        }
        _ => return Err(Erreur::Invalide("Cette action n’existe pas.".to_owned())),
    })
}

/// References with the version that was read.
fn choix(saisie: &Saisie) -> Vec<(&str, i64)> {
    let mut choix: Vec<(&str, i64)> = Vec::new();
    for (reference, version) in saisie.liste(CHOIX).iter().filter_map(|valeur| valeur.split_once(':')) {
        if let Ok(version) = version.parse()
            && !choix.iter().any(|(deja, _)| *deja == reference)
            && (choix.len() as u64) < PAR_PAGE
        {
            choix.push((reference, version));
        }
    }
    choix
}

async fn titulaire(tx: &WriteTx, qui: &PersonneId, jour: Date) -> Result<Option<personne::Model>, Erreur> {
    let titulaires = mandat::titulaires(tx, Fonction::ChargeTerritorial, jour).await?;
    Ok(titulaires.into_iter().find(|titulaire| &titulaire.id == qui))
}

/// What was done.
struct Fait {
    phrase: String,
    /// Where nothing was to be done, and why.
    sans_objet: Option<String>,
    /// Changed by someone between the reading and the writing: left alone.
    depassees: usize,
    /// The act and what it replaced, where it can be undone.
    avant: Option<(&'static str, Vec<Avant>)>,
}

impl Fait {
    /// Everything in a few sentences, with the way back.
    async fn message(self, tx: &WriteTx, cadre: &Cadre, changees: usize, ailleurs: usize) -> Result<Message, Erreur> {
        let mut phrases = vec![self.phrase];
        phrases.extend(self.sans_objet);
        match changees + self.depassees {
            0 => {}
            1 => phrases
                .push("Une autre a changé pendant que vous choisissiez : regardez-la, rien n’y est fait.".to_owned()),
            n => phrases.push(format!("{n} autres ont changé pendant que vous choisissiez : rien n’y est fait.")),
        }
        if ailleurs > 0 {
            let combien = texte::accorde(ailleurs as u64, "demande n’est plus à vous", "demandes ne sont plus à vous");
            phrases.push(format!("{combien} : rien n’y est fait."));
        }
        let message = Message::nouveau(phrases.join(" "));
        let Some((acte, avant)) = self.avant.filter(|(_, avant)| !avant.is_empty()) else { return Ok(message) };
        let instance = &cadre.instance;
        let id = instance.ids.reference(16);
        let lot = Lot { acte: acte.to_owned(), avant: serde_json::to_string(&avant)? };
        storage::noter_lot(tx, (&id, &cadre.visiteur.connecte()?.id), &lot, instance.clock.instant()).await?;
        Ok(message.annulable(&format!("/tableau/lot/{id}/annuler"), &[]))
    }
}

/// The same next action for each.
async fn prevoir(
    tx: &WriteTx,
    cadre: &Cadre,
    choisies: Vec<Choisie>,
    (action, le): (Option<String>, Option<Date>),
) -> Result<Fait, Erreur> {
    let (mut avant, mut depassees) = (Vec::new(), 0);
    for choisie in choisies {
        let etait = Avant::de(&choisie);
        let Choisie { projet, demande } = choisie;
        let demande = Model {
            prochaine_action: action.clone().or(demande.prochaine_action),
            prochaine_le: le.map(Jour).or(demande.prochaine_le),
            ..demande
        };
        if !enregistrer(tx, &demande).await? {
            depassees += 1;
            continue;
        }
        avant.push(etait);
        let faits = json!({"partie": "prochaine-action"});
        noter(tx, cadre, evenement(cadre, evenements::NOTE, &projet).faits(faits)).await?;
    }
    let combien = texte::accorde(avant.len() as u64, "demande", "demandes");
    let phrase = format!("La prochaine action est notée pour {combien}.");
    Ok(Fait { phrase, sans_objet: None, depassees, avant: Some((SUITE, avant)) })
}

/// Answered by telephone today, where an answer was owed.
async fn repondre(tx: &WriteTx, cadre: &Cadre, choisies: Vec<Choisie>) -> Result<Fait, Erreur> {
    let instance = &cadre.instance;
    let jour = instance.aujourd_hui();
    let locaux = instance.locaux();
    let calendrier = locaux.calendrier(instance.collectivite.feries);
    let due = |choisie: &Choisie| matches!(choisie.demande.etat(), Etat::ARepondre | Etat::AttendLaCommune);
    let (dues, deja): (Vec<Choisie>, Vec<Choisie>) = choisies.into_iter().partition(due);
    let (mut avant, mut depassees) = (Vec::new(), 0);
    for choisie in dues {
        let Ok(horloge) = rules::apres(choisie.demande.horloge(), Acte::Repondre, jour, calendrier) else { continue };
        let etait = Avant::de(&choisie);
        let Choisie { projet, demande } = choisie;
        let demande = Model { mode: Some("telephone".to_owned()), contact_le: Jour(jour), ..demande.avec(horloge) };
        if !enregistrer(tx, &demande).await? {
            depassees += 1;
            continue;
        }
        avant.push(etait);
        let faits = json!({"mode": "telephone"});
        noter(tx, cadre, evenement(cadre, evenements::REPONDU, &projet).faits(faits)).await?;
    }
    let phrase = match avant.len() {
        0 => "Rien n’a changé.".to_owned(),
        n => format!("Noté : répondu par téléphone à {}.", texte::accorde(n as u64, "demande", "demandes")),
    };
    let sans_objet = (!deja.is_empty()).then(|| {
        let combien = texte::accorde(deja.len() as u64, "demande avait déjà", "demandes avaient déjà");
        format!("{combien} une réponse.")
    });
    Ok(Fait { phrase, sans_objet, depassees, avant: Some((TELEPHONE, avant)) })
}

/// They go to a colleague, who is told once; so are those who gave them, and each commune. Mails left: not undone, given back.
async fn confier(
    tx: &WriteTx,
    cadre: &Cadre,
    choisies: Vec<Choisie>,
    nouveau: &personne::Model,
) -> Result<Fait, Erreur> {
    let jour = cadre.instance.aujourd_hui();
    let mut passees = Vec::new();
    let mut anciens: Vec<(personne::Model, u64)> = Vec::new();
    let total = choisies.len();
    for choisie in choisies {
        let ancien = attribution::repondant(tx, &choisie.demande, jour).await?;
        if ancien.as_ref().is_some_and(|ancien| ancien.id == nouveau.id) {
            continue;
        }
        if let Some(ancien) = ancien {
            match anciens.iter_mut().find(|(deja, _)| deja.id == ancien.id) {
                Some((_, combien)) => *combien += 1,
                None => anciens.push((ancien, 1)),
            }
        }
        passees.push(choisie);
    }
    let deja = total - passees.len();
    let sans_objet = (deja > 0).then(|| {
        let combien = texte::accorde(deja as u64, "demande", "demandes");
        format!("{} suivait déjà {combien}.", nouveau.nom_complet())
    });
    if passees.is_empty() {
        return Ok(Fait { phrase: "Rien n’a changé.".to_owned(), sans_objet, depassees: 0, avant: None });
    }
    let suivis: Vec<Suivi> = passees.iter().map(|c| Suivi { projet_id: c.projet.id.clone() }).collect();
    attribution::transmettre(tx, &suivis, &nouveau.id, jour).await?;
    confier::noter(tx, cadre, &suivis, &nouveau.id).await?;
    let combien = |nombre: u64| texte::accorde(nombre, "projet", "projets");
    let chemin = liste::URL;
    confier::prevenir(tx, cadre, nouveau, None, &combien(suivis.len() as u64), chemin).await?;
    for (ancien, nombre) in &anciens {
        confier::prevenir_l_ancien(tx, cadre, nouveau, ancien, &combien(*nombre)).await?;
    }
    let ids: Vec<ProjetId> = suivis.iter().map(|suivi| suivi.projet_id.clone()).collect();
    presenter(tx, cadre, &ids, nouveau).await?;
    let projets = texte::accorde(suivis.len() as u64, "projet est confié", "projets sont confiés");
    let phrase = format!("{projets} à {}. Un courriel le lui dit.", nouveau.nom_complet());
    Ok(Fait { phrase, sans_objet, depassees: 0, avant: None })
}

async fn noter(tx: &WriteTx, cadre: &Cadre, evenement: journal::Evenement) -> Result<(), Erreur> {
    journal::ecrire(tx, &*cadre.instance.clock, &*cadre.instance.ids, evenement).await?;
    Ok(())
}

/// POST `/tableau/lot/{id}/annuler`: each request is again what it was, but those that changed since.
pub async fn annuler(cadre: Cadre, Path(id): Path<String>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let jour = instance.aujourd_hui();
    let moi = cadre.visiteur.connecte()?.id.clone();
    let tx = instance.db.begin().await?;
    let lot = storage::prendre_lot(&tx, &id, &moi).await?;
    let lot = lot.ok_or(Erreur::Introuvable("ce que vous voulez annuler : c’est déjà fait, ou trop ancien"))?;
    let mut avant: Vec<Avant> = serde_json::from_str(&lot.avant)?;
    let total = avant.len();
    let references: Vec<String> = avant.iter().map(|a| a.reference.clone()).collect();
    let references: Vec<&str> = references.iter().map(String::as_str).collect();
    let portefeuille = a_suivre(&cadre, &tx, jour).await?;
    let mut revenues = 0;
    for Choisie { projet, demande } in storage::choisies(&tx, &portefeuille, &references).await? {
        let sienne = |a: &Avant| a.reference == projet.reference && a.version == demande.version;
        let Some(rang) = avant.iter().position(sienne) else { continue };
        if !enregistrer(&tx, &avant.swap_remove(rang).remettre(demande)).await? {
            continue;
        }
        let evenement = if lot.acte == TELEPHONE {
            evenement(&cadre, evenements::REPONSE_ANNULEE, &projet)
        } else {
            evenement(&cadre, evenements::NOTE, &projet).faits(json!({"partie": "prochaine-action"}))
        };
        noter(&tx, &cadre, evenement).await?;
        revenues += 1;
    }
    let mut phrase = match texte::accorde(revenues as u64, "demande est", "demandes sont") {
        _ if revenues == 0 => "Rien n’est annulé.".to_owned(),
        combien => format!("{combien} comme avant."),
    };
    if revenues < total {
        let restent = texte::accorde((total - revenues) as u64, "a changé depuis", "ont changé depuis");
        phrase = format!("{phrase} {restent} : rien n’y est fait.");
    }
    form.conclure(tx, liste::URL, &phrase).await
}

/// Worker, every night.
pub(crate) async fn menage(instance: Instance, _: outbox::ligne::Model) -> Result<(), EchecTravail> {
    let tx = instance.db.begin().await?;
    storage::oublier_lots(&tx, instance.clock.instant().plus_seconds(-DEFAIRE_S)).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{CHOIX, choix};
    use web::Saisie;

    #[test]
    fn un_choix_dit_ce_qui_a_ete_lu_une_fois() {
        let saisie = ["abc:3", "abc:4", "def:x", "ghi", "jkl:1"]
            .iter()
            .fold(Saisie::default(), |saisie, valeur| saisie.avec(CHOIX, *valeur));
        assert_eq!(choix(&saisie), [("abc", 3), ("jkl", 1)]);
    }
}
