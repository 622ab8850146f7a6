//! "Déclaré, non confirmé", until the mairie's official address, a member or an agent confirms.

use askama::Template;
use axum::extract::Path;
use domain::droit::Action;
use platform::journal::{self, Evenement, Visibilite};
use platform::{Clock, Ids, WriteTx};
use socle::jeton;
use socle::projet;
use web::composants::Html;
use web::courriels;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse};

use crate::acces;
use crate::evenements::{self, evenement};
use crate::porteur;

const USAGE: &str = "confirmation-projet";
/// A shared mailbox may be opened twice a week, and the council meets.
const DUREE_S: i64 = 30 * 24 * 3600;

/// POST: a member of the bearer or an agent confirms.
pub async fn confirmer(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let ouvert = acces::ouvrir(&cadre, &reference, Action::ConfirmerProjet).await?;
    drop(ouvert.tx);
    let instance = &cadre.instance;
    let agent = cadre.visiteur.peut(Action::VoirTableauDeBord);
    let tx = instance.db.begin().await?;
    let par = if agent { "departement" } else { "collectivite" };
    if !noter(&tx, instance, &ouvert.projet, par, cadre.visiteur.personne_id().map(|id| id.as_str())).await? {
        return Err(deja_change());
    }
    form.conclure(tx, &format!("/projets/{reference}"), "Merci. Le projet est confirmé.").await
}

fn deja_change() -> Erreur {
    Erreur::Invalide("Le projet a changé entre-temps. Revenez à sa page et recommencez.".to_owned())
}

/// Confirms, ties the project to the organisation that bears it, writes the event. False on a conflict.
async fn noter(
    tx: &WriteTx,
    instance: &Instance,
    projet: &projet::Model,
    par: &'static str,
    personne: Option<&str>,
) -> Result<bool, Erreur> {
    let (clock, ids): (&dyn Clock, &dyn Ids) = (&*instance.clock, &*instance.ids);
    let jour = instance.aujourd_hui();
    let organisation_id = projet::porteur::a_la_confirmation(tx, clock, ids, projet, jour).await?;
    let confirme = projet::Model {
        confirme_le: Some(clock.instant()),
        confirme_par: Some(par.to_owned()),
        organisation_id,
        ..projet.clone()
    };
    if !projet::enregistrer(tx, &confirme, clock.instant()).await? {
        return Ok(false);
    }
    let evenement = Evenement::nouveau(evenements::CONFIRME, "projet", projet.id.as_str())
        .projet(projet.id.as_str())
        .par(personne)
        .visible(Visibilite::Partage)
        .faits(serde_json::json!({ "par": par }));
    journal::ecrire(tx, clock, ids, evenement).await?;
    Ok(true)
}

/// The official address of the mairie, for its own projects only; in a demonstration nobody real is written to.
fn adresse_de_la_mairie(instance: &Instance, projet: &projet::Model) -> Option<String> {
    if !porteur::est_la_commune(projet) {
        return None;
    }
    let commune = instance.referentiel().commune(&projet.commune)?;
    if instance.demo {
        return Some(format!("mairie-{}@demonstration.invalid", commune.code.as_str().to_lowercase()));
    }
    commune.courriel.map(str::to_owned)
}

/// POST: writes to the mairie.
pub async fn demander(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let ouvert = acces::ouvrir(&cadre, &reference, Action::AgirPourLePorteur).await?;
    drop(ouvert.tx);
    let (instance, projet) = (&cadre.instance, ouvert.projet);
    let fiche = format!("/projets/{reference}");
    let Some(adresse) = adresse_de_la_mairie(instance, &projet) else {
        return Ok(form.aller(
            &fiche,
            "L’adresse officielle du porteur n’est pas connue. Appelez votre contact : il peut confirmer.",
        ));
    };
    let (clock, ids) = (&*instance.clock, &*instance.ids);
    let maintenant = clock.instant();
    let tx = instance.db.begin().await?;
    // One such mail a day for a project: the mairie is not to be flooded.
    if jeton::nombre_depuis(&tx, USAGE, &reference, maintenant.plus_seconds(-86_400)).await? > 0 {
        drop(tx);
        return Ok(form.aller(&fiche, "Nous avons déjà écrit à la mairie aujourd’hui."));
    }
    let secret = ids.jeton();
    jeton::creer(&tx, clock, USAGE, &reference, &secret, None, DUREE_S).await?;
    let lien = instance.url(&format!("/confirmation/{secret}"));
    let commune = instance.referentiel().nom_commune(&projet.commune);
    let valeurs = [("commune", commune), ("projet", &projet.titre), ("lien", &lien)];
    courriels::ecrire(&tx, instance, adresse, "confirmation", &valeurs).await?;
    journal::ecrire(&tx, clock, ids, evenement(&cadre, evenements::CONFIRMATION_DEMANDEE, &projet)).await?;
    form.conclure(tx, &fiche, "Nous avons écrit à l’adresse officielle de la mairie.").await
}

#[derive(Template)]
#[template(path = "confirmation.html")]
struct PageConfirmation {
    titre: String,
    commune: String,
    manque: Html,
    caches: Html,
    secret: String,
}

/// GET: opening the link does nothing (antivirus programs open links); the page has two buttons.
pub async fn ouvrir(cadre: Cadre, Path(secret): Path<String>) -> Reponse {
    let (projet, tx) = projet_du_lien(&cadre, &secret).await?;
    drop(tx);
    let page = PageConfirmation {
        commune: cadre.instance.referentiel().nom_commune(&projet.commune).to_owned(),
        manque: Html(web::texte::paragraphes(&projet.manque)),
        titre: projet.titre,
        caches: cadre.formulaire().caches(),
        secret,
    };
    cadre.page("Confirmer un projet", &page)?.repondre()
}

async fn projet_du_lien(cadre: &Cadre, secret: &str) -> Result<(projet::Model, platform::ReadTx), Erreur> {
    let perime = Erreur::Introuvable("cette demande de confirmation : elle a déjà servi, ou elle a plus de 30 jours");
    let tx = cadre.instance.db.read().await?;
    let jeton = jeton::lire(&tx, cadre.instance.clock.instant(), USAGE, secret).await?.ok_or_else(|| perime.clone())?;
    // Another bearer since: it is no longer for the mairie to say.
    let projet = projet::par_reference(&tx, &jeton.cible).await?.filter(porteur::est_la_commune).ok_or(perime)?;
    Ok((projet, tx))
}

/// POST: the mairie answers, without account.
pub async fn repondre(cadre: Cadre, Path(secret): Path<String>, form: CheckedForm) -> Reponse {
    let (projet, lecture) = projet_du_lien(&cadre, &secret).await?;
    drop(lecture);
    let oui = match form.saisie.texte("reponse") {
        "oui" => true,
        "non" => false,
        _ => {
            return Err(Erreur::Invalide(
                "Choisissez une des deux réponses : rouvrez le lien du courriel, puis un des deux boutons.".to_owned(),
            ));
        }
    };
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    jeton::utiliser(&tx, instance.clock.instant(), USAGE, &secret).await?;
    if oui {
        if !noter(&tx, instance, &projet, "mairie", None).await? {
            return Err(deja_change());
        }
        return form.conclure(tx, "/", "Merci. Le projet est confirmé au nom de votre commune.").await;
    }
    let evenement = Evenement::nouveau(evenements::REFUSE_PAR_LA_MAIRIE, "projet", projet.id.as_str())
        .projet(projet.id.as_str())
        .visible(Visibilite::Partage);
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    form.conclure(tx, "/", "Merci. Le projet reste « déclaré, non confirmé ».").await
}
