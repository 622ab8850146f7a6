//! The first agent who runs the site: a one-time link printed by `terreau init`, never sent by mail.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::droit::Fonction;
use platform::{Clock, Ids, WriteTx};
use sea_orm::DbErr;
use socle::mandat::{self, Nouveau, Verification};
use socle::organisation::{self, Nature, Nouvelle};
use socle::{OrganisationId, jeton, personne};
use web::cadre::{cookie, poser};
use web::composants::{Bouton, ChampTexte, Html, ResumeErreurs};
use web::contexte::COOKIE_SESSION;
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie};

use crate::connexion::ouvrir_session;

const USAGE: &str = "premier-agent";
const DUREE_S: i64 = 7 * 24 * 3600;
const PERIME: Erreur = Erreur::Introuvable(
    "ce lien : il a déjà servi, ou il a plus de 7 jours. La commande « terreau lien-agent » en donne un autre",
);

/// Makes a link; its path is to be printed on the terminal.
///
/// # Errors
/// The engine refused.
pub async fn creer_lien(tx: &WriteTx, clock: &dyn Clock, ids: &dyn Ids) -> Result<String, DbErr> {
    let secret = ids.jeton();
    jeton::creer(tx, clock, USAGE, "agent-site", &secret, None, DUREE_S).await?;
    Ok(format!("/premier-agent/{secret}"))
}

/// The organisation of the département itself.
///
/// # Errors
/// The engine refused.
pub async fn departement(tx: &WriteTx, instance: &Instance) -> Result<OrganisationId, DbErr> {
    if let Some(connue) = organisation::du_departement(tx).await? {
        return Ok(connue.id);
    }
    let nom = instance.collectivite.nom.clone();
    let nouvelle = Nouvelle { nature: Nature::Departement, siren: None, rna: None, commune: None, nom, courriel: None };
    Ok(organisation::trouver_ou_creer(tx, &*instance.clock, &*instance.ids, nouvelle).await?.id)
}

#[derive(Template)]
#[template(path = "premier_agent.html")]
struct PagePremierAgent {
    resume: ResumeErreurs,
    caches: Html,
    secret: String,
    prenom: ChampTexte,
    nom: ChampTexte,
    courriel: ChampTexte,
}

fn page(cadre: &Cadre, secret: &str, saisie: Saisie, erreurs: Erreurs) -> PagePremierAgent {
    let formulaire = cadre.formulaire_avec(saisie, erreurs);
    PagePremierAgent {
        resume: formulaire.resume(),
        caches: formulaire.caches(),
        secret: secret.to_owned(),
        prenom: formulaire.texte("prenom", "Prénom").remplir("given-name"),
        nom: formulaire.texte("nom", "Nom").remplir("family-name"),
        courriel: formulaire.texte("courriel", "Adresse de courriel professionnelle").courriel(),
    }
}

/// GET.
pub async fn montrer(cadre: Cadre, Path(secret): Path<String>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    jeton::lire(&tx, cadre.instance.clock.instant(), USAGE, &secret).await?.ok_or(PERIME)?;
    drop(tx);
    cadre.page("Ouvrir le site", &page(&cadre, &secret, Saisie::default(), Erreurs::default()))?.repondre()
}

/// POST.
pub async fn entrer(cadre: Cadre, Path(secret): Path<String>, form: CheckedForm) -> Reponse {
    let mut lecteur = form.lecteur();
    let prenom = lecteur.texte("prenom", "Indiquez votre prénom.", 1, 80);
    let nom = lecteur.texte("nom", "Indiquez votre nom.", 1, 80);
    let courriel = lecteur.courriel("courriel", "Indiquez votre adresse de courriel.");
    let (Some(prenom), Some(nom), Some(courriel)) = (prenom, nom, courriel) else {
        let erreurs = lecteur.erreurs;
        let page = page(&cadre, &secret, form.saisie, erreurs);
        return cadre.page("Ouvrir le site", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
    };
    let instance = &cadre.instance;
    let (clock, ids) = (&*instance.clock, &*instance.ids);
    let tx = instance.db.begin().await?;
    jeton::utiliser(&tx, clock.instant(), USAGE, &secret).await?.ok_or(PERIME)?;
    let personne = personne::trouver_ou_creer(&tx, clock, ids, &courriel).await?;
    personne::nommer(&tx, &personne, &prenom, &nom, None).await?;
    let organisation = departement(&tx, instance).await?;
    let nouveau = Nouveau {
        personne: personne.id.clone(),
        organisation,
        fonction: Fonction::AgentSite,
        du: instance.aujourd_hui(),
        au: None,
        preuve: "Lien d’installation du site".to_owned(),
        verifie_par: Some(Verification::Preuve),
    };
    mandat::donner(&tx, clock, ids, nouveau).await?;
    let secret_de_session = ouvrir_session(&tx, &cadre, &personne.id).await?;
    let mut reponse =
        form.conclure(tx, "/reglages", "Bienvenue. Commencez par l’identité du site et les secteurs.").await?;
    poser(&mut reponse, &cookie(&cadre, COOKIE_SESSION, secret_de_session, 30));
    Ok(reponse)
}
