//! A project changes hands: one by one from its page, or the whole portfolio of a person from the board. Who receives is
//! told, and who gives when somebody else decides it.

use domain::droit::{Action, Fonction};
use jiff::civil::Date;
use platform::journal::{self, Evenement, Visibilite};
use platform::{ReadTx, WriteTx};
use socle::{PersonneId, ProjetId, mandat, personne, projet, secteur};
use web::courriels::{self, Modele};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Reponse, texte};

use super::actes::{CHANGEE, en_conflit};
use super::pages::{Ouvert, en_erreur, vers};
use super::prevenir::presenter;
use crate::demande::attribution::{self, Suivi};
use crate::demande::storage::{self, Model};
use crate::evenements::{self, evenement};
use crate::tableau;

/// Who receives, and the request once it is theirs.
struct Remise {
    nouveau: personne::Model,
    demande: Model,
    /// Who followed it so far.
    ancien: Option<personne::Model>,
}

/// POST, agent: the project goes to a colleague, of this secteur or another.
pub(super) async fn confier(cadre: &Cadre, form: &CheckedForm, ouvert: Ouvert) -> Reponse {
    let Some(demande) = ouvert.demande.clone() else {
        return Ok(form.aller(&vers(&ouvert.projet), "Ouvrez d’abord le suivi de ce projet, plus bas sur cette page."));
    };
    let instance = &cadre.instance;
    let lecture = instance.db.read().await?;
    let choisi = PersonneId(form.saisie.texte("agent").to_owned());
    let remise = match remise(&lecture, &ouvert, demande, &choisi, instance.aujourd_hui()).await? {
        Ok(remise) => remise,
        Err(pourquoi) => {
            drop(lecture);
            let mut erreurs = Erreurs::default();
            erreurs.ajouter("agent", pourquoi);
            return en_erreur(cadre, ouvert, form.saisie.clone(), erreurs).await;
        }
    };
    drop(lecture);
    let projet = &ouvert.projet;
    let tx = instance.db.begin().await?;
    if !storage::enregistrer(&tx, &Model { version: form.version(), ..remise.demande }).await? {
        drop(tx);
        return en_conflit(cadre, form, &projet.reference, CHANGEE).await;
    }
    annoncer(&tx, cadre, projet, &remise.nouveau, remise.ancien.as_ref()).await?;
    // Who gives away a project of another secteur no longer enters it.
    let lien = cadre.visiteur.lien(&tx, instance, projet).await?;
    let reste = cadre.visiteur.autoriser(lien, Action::Accompagner).is_ok();
    let suite = if reste { vers(projet) } else { "/tableau".to_owned() };
    let phrase = format!("Le projet est confié à {}. Un courriel le lui dit.", remise.nouveau.nom_complet());
    form.conclure(tx, &suite, &phrase).await
}

/// The journal, who receives and who gives, then those who bear the project.
async fn annoncer(
    tx: &WriteTx,
    cadre: &Cadre,
    projet: &projet::Model,
    nouveau: &personne::Model,
    ancien: Option<&personne::Model>,
) -> Result<(), Erreur> {
    let instance = &cadre.instance;
    let faits = serde_json::json!({"agent": nouveau.id.as_str()});
    let evenement = evenement(cadre, evenements::CONFIE, projet).faits(faits);
    journal::ecrire(tx, &*instance.clock, &*instance.ids, evenement).await?;
    let quoi = format!("le projet « {} » ({})", projet.titre, instance.referentiel().nom_commune(&projet.commune));
    prevenir(tx, cadre, nouveau, ancien, &quoi, &vers(projet)).await?;
    presenter(tx, cadre, std::slice::from_ref(&projet.id), nouveau).await?;
    Ok(())
}

/// Reads who receives; or says why nothing changes.
async fn remise(
    tx: &ReadTx,
    ouvert: &Ouvert,
    demande: Model,
    choisi: &PersonneId,
    jour: Date,
) -> Result<Result<Remise, String>, Erreur> {
    let titulaires = mandat::titulaires(tx, Fonction::ChargeTerritorial, jour).await?;
    let Some(nouveau) = titulaires.into_iter().find(|t| &t.id == choisi) else {
        return Ok(Err("Choisissez à qui confier le projet.".to_owned()));
    };
    // Given to the one of its secteur, it follows its commune again.
    let du_secteur = secteur::interlocuteur(tx, &ouvert.projet.commune, jour)
        .await?
        .is_some_and(|i| !i.remplace && i.personne_id.as_ref() == Some(choisi));
    let deja = if demande.confiee { demande.agent_id.as_ref() == Some(choisi) } else { du_secteur };
    if deja {
        return Ok(Err(format!("{} suit déjà ce projet. Choisissez quelqu’un d’autre.", nouveau.nom_complet())));
    }
    let ancien = attribution::repondant(tx, &demande, jour).await?.filter(|ancien| ancien.id != nouveau.id);
    let demande = Model { agent_id: Some(nouveau.id.clone()), confiee: !du_secteur, ..demande };
    Ok(Ok(Remise { nouveau, demande, ancien }))
}

/// Tells who receives, with the way there; and who gives, who may have no right to enter any more.
async fn prevenir(
    tx: &WriteTx,
    cadre: &Cadre,
    nouveau: &personne::Model,
    ancien: Option<&personne::Model>,
    quoi: &str,
    chemin: &str,
) -> Result<(), Erreur> {
    let (instance, par) = (&cadre.instance, cadre.visiteur.connecte()?);
    let (qui, a) = (par.nom_complet(), nouveau.nom_complet());
    let lien = instance.url(chemin);
    let valeurs = [("qui", qui.as_str()), ("quoi", quoi), ("lien", &lien)];
    let Modele { sujet, texte } = courriels::composer(instance, "suivi-confie", &valeurs)?;
    courriels::prevenir(tx, instance, nouveau, Some(&par.id), &sujet, &texte).await?;
    if let Some(ancien) = ancien {
        let valeurs = [("qui", qui.as_str()), ("quoi", quoi), ("a", &a)];
        let Modele { sujet, texte } = courriels::composer(instance, "suivi-passe", &valeurs)?;
        courriels::prevenir(tx, instance, ancien, Some(&par.id), &sujet, &texte).await?;
    }
    Ok(())
}

/// POST, coordination: a whole portfolio changes hands, of someone in office or who has left.
pub async fn transmettre(cadre: Cadre, form: CheckedForm) -> Reponse {
    let (instance, jour) = (&cadre.instance, cadre.instance.aujourd_hui());
    let tx = instance.db.begin().await?;
    let titulaires = mandat::titulaires(&tx, Fonction::ChargeTerritorial, jour).await?;
    let (ancien, nouveau) = match choisies(&tx, &form, &titulaires).await? {
        Ok(choisies) => choisies,
        Err(erreurs) => {
            drop(tx);
            return tableau::en_erreur(&cadre, form.saisie, erreurs).await;
        }
    };
    let suivis = attribution::portefeuille(&tx, &ancien.id, jour).await?;
    if suivis.is_empty() {
        return Ok(form.aller("/tableau", "Cette personne ne suit aucun projet : rien n’a changé."));
    }
    attribution::transmettre(&tx, &suivis, &nouveau.id, jour).await?;
    noter(&tx, &cadre, &suivis, &nouveau.id).await?;
    let combien = suivis.len() as u64;
    let projets = texte::accorde(combien, "projet", "projets");
    let quoi = format!("{projets} que suivait {}", ancien.nom_complet());
    let en_fonction = titulaires.iter().find(|t| t.id == ancien.id);
    prevenir(&tx, &cadre, nouveau, en_fonction, &quoi, "/tableau").await?;
    let ids: Vec<ProjetId> = suivis.into_iter().map(|suivi| suivi.projet_id).collect();
    let prevenus = presenter(&tx, &cadre, &ids, nouveau).await? as u64;
    let dits = match prevenus {
        0 => "Personne n’a donné d’adresse parmi leurs porteurs : dites-le par téléphone.".to_owned(),
        _ => texte::accorde(prevenus, "personne est prévenue.", "personnes sont prévenues."),
    };
    let passes = texte::accorde(combien, "projet change d’interlocuteur.", "projets changent d’interlocuteur.");
    let message = format!("{passes} {dits}");
    form.conclure(tx, "/tableau", &message).await
}

/// Who gives and who receives, or what is wrong beside each list.
async fn choisies<'a>(
    tx: &WriteTx,
    form: &CheckedForm,
    titulaires: &'a [personne::Model],
) -> Result<Result<(personne::Model, &'a personne::Model), Erreurs>, Erreur> {
    let (de, a) = (form.saisie.texte("de"), form.saisie.texte("a"));
    let mut erreurs = Erreurs::default();
    let ancien = match de {
        "" => None,
        de => personne::par_id(tx, &PersonneId(de.to_owned())).await?,
    };
    if ancien.is_none() {
        erreurs.ajouter("de", "Choisissez de qui vient le portefeuille.");
    }
    let nouveau = titulaires.iter().find(|t| t.id.as_str() == a);
    match nouveau {
        None if a.is_empty() => erreurs.ajouter("a", "Choisissez qui reçoit le portefeuille."),
        None => {
            erreurs.ajouter("a", "Cette personne n’est pas chargée territoriale aujourd’hui. Choisissez-en une autre.")
        }
        Some(_) if a == de => {
            erreurs.ajouter("a", "Choisissez une autre personne que celle qui donne le portefeuille.")
        }
        Some(_) => {}
    }
    Ok(match (ancien, nouveau) {
        (Some(ancien), Some(nouveau)) if erreurs.est_vide() => Ok((ancien, nouveau)),
        _ => Err(erreurs),
    })
}

/// One line of the journal for each project.
async fn noter(tx: &WriteTx, cadre: &Cadre, suivis: &[Suivi], a: &PersonneId) -> Result<(), Erreur> {
    let instance = &cadre.instance;
    let evenements = suivis.iter().map(|suivi| {
        Evenement::nouveau(evenements::CONFIE, "projet", suivi.projet_id.as_str())
            .projet(suivi.projet_id.as_str())
            .par(cadre.visiteur.personne_id().map(PersonneId::as_str))
            .visible(Visibilite::Partage)
            .faits(serde_json::json!({"agent": a.as_str()}))
    });
    journal::ecrire_tous(tx, &*instance.clock, &*instance.ids, evenements).await?;
    Ok(())
}
