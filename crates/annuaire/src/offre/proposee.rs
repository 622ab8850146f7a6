//! An offer that somebody who is not verified proposes for an actor waits for an agent, beside those that the page has.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use platform::{ReadTx, WriteTx, journal};
use socle::personne;
use web::composants::{ChampLong, ChampTexte, Html, Resume, ResumeErreurs};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Reponse, Saisie, texte};

use super::champs::{self, ChampsOffre};
use super::lecture;
use super::pages::{OFFRES_MAX, noter};
use super::storage;
use super::vue::OffreVue;
use crate::acteur;
use crate::creation::champs::depuis_le_texte;
use crate::creation::examiner::prevenir;
use crate::moderation::auteur;
use crate::moderation::examiner::{DEJA_REPONDU, URL, acteur_de, fiche_de};
use crate::moderation::rules::Genre;
use crate::moderation::storage::{self as moderation, Nouvelle, Proposition, etat};
use crate::tenue::FIL;
use crate::vocabulaire::EtatActeur;
use crate::{acces, evenements};

/// Proposals that wait on one actor, and of one author in a day: as for corrections.
const PAR_ACTEUR: i64 = 30;
const PAR_AUTEUR: i64 = 10;

#[derive(Template)]
#[template(path = "proposer_offre.html")]
struct PageProposer {
    nom: String,
    reference: String,
    resume: ResumeErreurs,
    caches: Html,
    champs: ChampsOffre,
    mot: ChampLong,
    courriel_auteur: Option<ChampTexte>,
}

async fn ouvrir(tx: &ReadTx, cadre: &Cadre, reference: &str) -> Result<acteur::Model, Erreur> {
    let acteur = acces::ouvrir(tx, reference).await?;
    if cadre.visiteur.personne().is_some() && acces::autoriser(cadre, &acteur).is_ok() {
        return Err(Erreur::Aller(format!("/annuaire/{reference}/offres/nouvelle")));
    }
    match acteur.etat {
        EtatActeur::Actif => Ok(acteur),
        _ => Err(Erreur::Introuvable("cet acteur")),
    }
}

fn repondre(cadre: &Cadre, acteur: &acteur::Model, saisie: Saisie, erreurs: Erreurs) -> Reponse {
    let statut = if erreurs.est_vide() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let f = cadre.formulaire_avec(saisie, erreurs);
    let page = PageProposer {
        nom: acteur.nom.clone(),
        reference: acteur.reference.clone(),
        resume: f.resume(),
        caches: f.caches_gardes(&format!("/annuaire/{}/offres/proposer", acteur.reference)),
        champs: ChampsOffre::nouveaux(cadre, &f),
        mot: f
            .long("mot", "Comment le savez-vous ? (facultatif)", auteur::MOT_MAX)
            .lignes(3)
            .aide("Par exemple : vous y travaillez, c’est écrit sur leur site."),
        courriel_auteur: auteur::champ(cadre, &f),
    };
    acces::sous_la_fiche(cadre, "Proposer une offre", (&page.nom, &page.reference), &page, statut)
}

/// GET `/annuaire/{reference}/offres/proposer`.
pub async fn demander(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let acteur = ouvrir(&tx, &cadre, &reference).await?;
    repondre(&cadre, &acteur, Saisie::default(), Erreurs::default())
}

/// POST: it waits.
pub async fn envoyer(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let lecture = instance.db.read().await?;
    let acteur = ouvrir(&lecture, &cadre, &reference).await?;
    drop(lecture);
    let lue = champs::lire(instance, &form.saisie);
    let mut l = form.lecteur();
    let personne = cadre.visiteur.personne_id();
    let (mot, courriel) = auteur::lire(&cadre, &mut l);
    let autres = l.erreurs;
    let lue = match lue {
        Ok(lue) if autres.est_vide() => lue,
        lue => {
            let mut erreurs = lue.err().unwrap_or_default();
            autres.toutes().for_each(|erreur| erreurs.ajouter(&erreur.champ, erreur.phrase));
            return repondre(&cadre, &acteur, form.saisie.clone(), erreurs);
        }
    };
    let tx = instance.db.begin().await?;
    let hier = instance.clock.instant().plus_seconds(-86_400);
    let (attendent, siennes) = moderation::nombres(&tx, &acteur.id, personne, courriel.as_deref(), hier).await?;
    if attendent >= PAR_ACTEUR {
        let phrase = "Beaucoup de propositions attendent déjà pour cette fiche. Revenez dans quelques jours.";
        return Err(Erreur::Invalide(phrase.to_owned()));
    }
    if siennes < PAR_AUTEUR {
        garder(&tx, &cadre, &acteur, (&lue.titre, &champs::en_texte(&form.saisie)), (courriel.as_deref(), &mot))
            .await?;
    }
    let message = "Merci. Un agent lira votre proposition ; la réponse vous viendra par courriel.";
    form.conclure(tx, &format!("/annuaire/{reference}"), message).await
}

async fn garder(
    tx: &WriteTx,
    cadre: &Cadre,
    acteur: &acteur::Model,
    (titre, contenu): (&str, &str),
    (courriel, mot): (Option<&str>, &str),
) -> Result<(), Erreur> {
    let instance = &cadre.instance;
    let nouvelle = Nouvelle {
        id: instance.ids.uuid().to_string(),
        reference: instance.ids.reference(10),
        genre: Genre::Offre,
        acteur: Some(&acteur.id),
        titre: Some(titre),
        contenu: Some(contenu),
        personne: cadre.visiteur.personne_id(),
        courriel,
        ecarts: &[],
        mot,
        le: instance.clock.instant(),
    };
    moderation::inserer(tx, nouvelle).await?;
    let evenement = evenements::de_l_acteur(cadre, evenements::OFFRE_PROPOSEE, &acteur.id);
    Ok(journal::ecrire(tx, &*instance.clock, &*instance.ids, evenement).await?)
}

#[derive(Template)]
#[template(path = "offre_proposee.html")]
struct PageProposee {
    nom: String,
    url: String,
    fiche: Resume,
    mot: Html,
    resume: ResumeErreurs,
    caches: Html,
    reference: String,
    attend: bool,
    connues: Vec<OffreVue>,
    champs: ChampsOffre,
    motif: ChampLong,
}

/// A proposal with what the page offers already.
struct Lue {
    acteur: acteur::Model,
    qui: Option<personne::Model>,
    connues: Vec<storage::OffreComplete>,
}

async fn lire(tx: &ReadTx, proposition: &Proposition) -> Result<Lue, Erreur> {
    let acteur = acteur_de(tx, proposition).await?;
    let qui = match &proposition.personne_id {
        Some(id) => personne::par_id(tx, id).await?,
        None => None,
    };
    let connues = lecture::de_l_acteur(tx, &acteur.id).await?;
    Ok(Lue { acteur, qui, connues })
}

fn montrer_la(cadre: &Cadre, p: &Proposition, lue: Lue, saisie: Saisie, erreurs: Erreurs) -> Reponse {
    let instance = &cadre.instance;
    let statut = if erreurs.est_vide() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let f = cadre.formulaire_avec(saisie, erreurs);
    let page = PageProposee {
        nom: lue.acteur.nom.clone(),
        url: format!("/annuaire/{}", lue.acteur.reference),
        fiche: fiche_de(cadre, lue.qui.as_ref(), p, false),
        mot: Html(texte::paragraphes(&p.mot)),
        resume: f.resume(),
        caches: f.caches_gardes(&format!("{URL}/{}", p.reference)),
        reference: p.reference.clone(),
        attend: p.etat == etat::ATTENTE,
        connues: lue.connues.into_iter().map(|complete| OffreVue::nouvelle(instance, complete)).collect(),
        champs: ChampsOffre::nouveaux(cadre, &f),
        motif: f.long("motif", "Raison du refus", 500).aide("Seulement pour refuser : la personne la lira."),
    };
    cadre.page("Une offre proposée", &page)?.statut(statut).fil(&[FIL[0], FIL[1], ("Propositions", URL)]).repondre()
}

/// GET, for the agent.
pub(crate) async fn montrer(cadre: &Cadre, tx: &ReadTx, proposition: &Proposition) -> Reponse {
    let lue = lire(tx, proposition).await?;
    let saisie = champs::d_aujourd_hui(depuis_le_texte(proposition.contenu.as_deref().unwrap_or_default()));
    montrer_la(cadre, proposition, lue, saisie, Erreurs::default())
}

/// POST, by the agent: adds it, corrected where it must be, or refuses it with the reason.
pub(crate) async fn decider(cadre: &Cadre, tx: ReadTx, proposition: &Proposition, form: CheckedForm) -> Reponse {
    if proposition.etat != etat::ATTENTE {
        return Ok(form.aller(URL, DEJA_REPONDU));
    }
    let instance = &cadre.instance;
    let lue = lire(&tx, proposition).await?;
    drop(tx);
    let (offre, motif) = if form.saisie.texte("acte") == "ajouter" {
        match champs::lire(instance, &form.saisie) {
            Ok(_) if lue.connues.len() >= OFFRES_MAX => {
                return Err(Erreur::Invalide("Cet acteur a déjà cinquante offres : modifiez-en une.".to_owned()));
            }
            Ok(typee) => (Some(typee), None),
            Err(erreurs) => return montrer_la(cadre, proposition, lue, form.saisie.clone(), erreurs),
        }
    } else {
        let mut l = form.lecteur();
        match l.texte("motif", "Donnez la raison : la personne la lira.", 3, 500) {
            Some(motif) => (None, Some(motif)),
            None => return montrer_la(cadre, proposition, lue, form.saisie.clone(), l.erreurs),
        }
    };
    let tx = instance.db.begin().await?;
    let suite = if offre.is_some() { etat::ACCEPTEE } else { etat::REFUSEE };
    let (par, le) = (cadre.visiteur.personne_id(), instance.clock.instant());
    if !moderation::decider(&tx, &proposition.id, suite, motif.as_deref(), par, le).await? {
        tx.rollback().await?;
        return Ok(form.aller(URL, DEJA_REPONDU));
    }
    let (reponse, message) = match (offre, motif) {
        (Some(typee), _) => {
            let complete = typee.completer(instance, &lue.acteur, None);
            let id = complete.offre.id.clone();
            storage::inserer(&tx, complete).await?;
            noter(&tx, cadre, evenements::OFFRE_AJOUTEE, &lue.acteur, &id).await?;
            ("Elle est maintenant sur la fiche.".to_owned(), "L’offre est sur la fiche. La personne est prévenue.")
        }
        (None, motif) => {
            let evenement = evenements::de_l_acteur(cadre, evenements::OFFRE_REFUSEE, &lue.acteur.id);
            journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
            (format!("Elle n’est pas retenue : {}", motif.unwrap_or_default()), "La proposition est refusée.")
        }
    };
    let vers = format!("/annuaire/{}", lue.acteur.reference);
    prevenir(&tx, cadre, proposition, lue.qui.as_ref(), &reponse, &vers).await?;
    form.conclure(tx, URL, message).await
}
