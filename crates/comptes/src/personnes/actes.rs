//! What the page of a person does: verify, refuse, end a function, change its last day and undo it, close sessions.

use axum::extract::Path;
use domain::droit::Fonction;
use jiff::civil::Date;
use platform::{WriteTx, journal};
use socle::mandat::{self, MandatId};
use socle::{PersonneId, session};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Reponse};

use super::rules::{self, FinChangee};
use super::{ICI, champ, page, remettre, storage};
use crate::evenements::{FIN_CHANGEE, SESSIONS_FERMEES, evenement};
use crate::mandats::{mettre_fin, repondre_au_declarant};

const DEJA: &str = "Cette fonction a changé entre-temps. Regardez, puis recommencez.";

/// POST: `acte` says what.
pub async fn agir(cadre: Cadre, Path(id): Path<String>, form: CheckedForm) -> Reponse {
    let personne = PersonneId(id);
    let acte = form.saisie.texte("acte").to_owned();
    if acte == "sessions" {
        return fermer_les_sessions(&cadre, &form, &personne).await;
    }
    let tx = cadre.instance.db.begin().await?;
    let id = MandatId(form.saisie.texte("mandat").to_owned());
    // A function of somebody else is not on this page.
    let mandat = mandat::par_id(&tx, &id).await?.filter(|mandat| mandat.personne_id == personne);
    let mandat = mandat.ok_or(Erreur::Introuvable("cette fonction"))?;
    if form.version() != mandat.version {
        return Ok(form.aller(&adresse(&personne), DEJA));
    }
    let fait = match acte.as_str() {
        "verifier" => trancher(&tx, &cadre, &form, &mandat, true).await?,
        "refuser" => trancher(&tx, &cadre, &form, &mandat, false).await?,
        "terminer" => terminer(&tx, &cadre, &form, &mandat).await?,
        "fin" => changer_la_fin(&tx, &cadre, &form, &mandat).await?,
        "remettre" => defaire(&tx, &cadre, &mandat).await?,
        _ => return Err(Erreur::Invalide("Choisissez ce qu’il faut faire de cette fonction.".to_owned())),
    };
    match fait {
        Ok(message) => form.conclure(tx, &adresse(&personne), message).await,
        Err((nom, phrase)) => {
            drop(tx);
            let mut erreurs = Erreurs::default();
            erreurs.ajouter(&champ(nom, mandat.id.as_str()), phrase);
            page(&cadre, &personne, form.saisie, erreurs).await
        }
    }
}

fn adresse(personne: &PersonneId) -> String {
    format!("{ICI}/{personne}")
}

/// Done, with the message; or the field and what is wrong with it.
type Fait = Result<&'static str, (&'static str, String)>;

fn motif(form: &CheckedForm, mandat: &mandat::Model) -> Result<String, (&'static str, String)> {
    let nom = champ("motif", mandat.id.as_str());
    let mut lecteur = form.lecteur();
    let motif = lecteur.texte_libre(&nom, 500).unwrap_or_default();
    lecteur.erreurs.de(&nom).map_or(Ok(motif), |phrase| Err(("motif", phrase.to_owned())))
}

async fn trancher(
    tx: &WriteTx,
    cadre: &Cadre,
    form: &CheckedForm,
    mandat: &mandat::Model,
    oui: bool,
) -> Result<Fait, Erreur> {
    let motif = match motif(form, mandat) {
        Ok(motif) if !oui && motif.is_empty() => {
            return Ok(Err(("motif", "Pour refuser, donnez la raison : la personne la lira.".to_owned())));
        }
        Ok(motif) => motif,
        Err(faute) => return Ok(Err(faute)),
    };
    if !repondre_au_declarant(tx, cadre, &mandat.id, oui, &motif).await? {
        return Ok(Err(("motif", "Quelqu’un d’autre a déjà répondu.".to_owned())));
    }
    Ok(Ok(if oui { "La fonction est vérifiée." } else { "La fonction est refusée." }))
}

async fn terminer(tx: &WriteTx, cadre: &Cadre, form: &CheckedForm, mandat: &mandat::Model) -> Result<Fait, Erreur> {
    let jour = cadre.instance.aujourd_hui();
    let hier = jour.yesterday().map_err(Erreur::interne)?;
    if mandat.au.is_some_and(|au| au.0 < jour) {
        return Ok(Err(("motif", "Cette fonction était déjà terminée.".to_owned())));
    }
    match motif(form, mandat) {
        Ok(motif) if motif.is_empty() => {
            Ok(Err(("motif", "Pour terminer une fonction, donnez la raison : la personne la lira.".to_owned())))
        }
        Ok(_) if sans_agent(tx, mandat, Some(hier)).await? => Ok(Err(("motif", DERNIER_AGENT.to_owned()))),
        Ok(motif) => {
            mettre_fin(tx, cadre, &mandat.id, &motif).await?;
            Ok(Ok("La fonction est terminée."))
        }
        Err(faute) => Ok(Err(faute)),
    }
}

pub(crate) const DERNIER_AGENT: &str =
    "C’est le dernier agent qui gère le site. Donnez d’abord cette fonction à quelqu’un d’autre.";

/// Would nobody run the site the day after this end?
pub(crate) async fn sans_agent(tx: &WriteTx, mandat: &mandat::Model, fin: Option<Date>) -> Result<bool, Erreur> {
    let Some(dernier) = fin else { return Ok(false) };
    let ensuite = mandat::du_departement(tx, dernier.tomorrow().map_err(Erreur::interne)?).await?;
    let apres = ensuite.iter().filter(|t| t.fonction == Fonction::AgentSite && t.id != mandat.id).count();
    Ok(rules::laisse_le_site_sans_agent(mandat.fonction, mandat.au.map(|au| au.0), fin, apres))
}

async fn changer_la_fin(
    tx: &WriteTx,
    cadre: &Cadre,
    form: &CheckedForm,
    mandat: &mandat::Model,
) -> Result<Fait, Erreur> {
    let nom = champ("fin", mandat.id.as_str());
    let mut lecteur = form.lecteur();
    let fin = lecteur.date(&nom);
    if let Some(phrase) = lecteur.erreurs.de(&nom) {
        return Ok(Err(("fin", phrase.to_owned())));
    }
    if mandat.etat == mandat::Etat::Refuse {
        return Ok(Err(("fin", "Cette fonction a été refusée : elle n’a pas de dernier jour.".to_owned())));
    }
    if let Err(phrase) = rules::fin_possible(mandat.du.0, fin, cadre.instance.aujourd_hui()) {
        return Ok(Err(("fin", phrase.to_owned())));
    }
    if sans_agent(tx, mandat, fin).await? {
        return Ok(Err(("fin", DERNIER_AGENT.to_owned())));
    }
    ecrire_la_fin(tx, cadre, mandat, fin).await?;
    Ok(Ok("Le dernier jour est enregistré. Vous pouvez défaire ce changement sur cette page."))
}

/// The last day before the last change is put back; undoing is a change too.
async fn defaire(tx: &WriteTx, cadre: &Cadre, mandat: &mandat::Model) -> Result<Fait, Erreur> {
    let changements = storage::derniers_changements(tx, &[&mandat.id]).await?;
    let Some(changement) = remettre(mandat, changements.get(mandat.id.as_str())) else {
        return Ok(Err(("fin", "Il n’y a plus rien à défaire.".to_owned())));
    };
    if sans_agent(tx, mandat, changement.avant).await? {
        return Ok(Err(("fin", DERNIER_AGENT.to_owned())));
    }
    ecrire_la_fin(tx, cadre, mandat, changement.avant).await?;
    Ok(Ok("Le dernier jour d’avant est remis."))
}

async fn ecrire_la_fin(tx: &WriteTx, cadre: &Cadre, mandat: &mandat::Model, fin: Option<Date>) -> Result<(), Erreur> {
    let instance = &cadre.instance;
    mandat::changer_la_fin(tx, &mandat.id, fin).await?;
    let par = cadre.visiteur.personne_id().map(|par| par.as_str());
    let faits = FinChangee { avant: mandat.au.map(|au| au.0), apres: fin };
    let change = evenement(FIN_CHANGEE, "mandat", mandat.id.as_str(), par).faits(faits);
    journal::ecrire(tx, &*instance.clock, &*instance.ids, change).await?;
    Ok(())
}

/// A lost telephone, a departure: every session of the person ends, but the one of the agent who asks for it.
async fn fermer_les_sessions(cadre: &Cadre, form: &CheckedForm, personne: &PersonneId) -> Reponse {
    let instance = &cadre.instance;
    let ici = cadre.visiteur.session.as_ref().filter(|(session, _)| &session.personne_id == personne);
    let sauf = ici.map_or("", |(session, _)| session.id.as_str());
    let tx = instance.db.begin().await?;
    socle::personne::par_id(&tx, personne).await?.ok_or(Erreur::Introuvable("cette personne"))?;
    let fermees = session::fermer_les_autres(&tx, personne, sauf).await?;
    let par = cadre.visiteur.personne_id().map(|par| par.as_str());
    let ferme = evenement(SESSIONS_FERMEES, "personne", personne.as_str(), par);
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, ferme).await?;
    let message = match (fermees, sauf) {
        (0, _) => "Il n’y avait pas d’autre session ouverte.",
        (_, "") => "Les sessions sont fermées. La personne devra se connecter de nouveau.",
        _ => "Vos autres sessions sont fermées. Celle-ci reste ouverte.",
    };
    form.conclure(tx, &adresse(personne), message).await
}
