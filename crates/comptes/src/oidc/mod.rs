//! Sign-in of agents with OpenID Connect, after ProConnect's profile: code, PKCE, state and nonce, ID token signed RS256
//! or ES256, signed profile, sign-out. An identity opens an account; it never gives a function: mandates do.
//!
//! - [`fournisseur`]: what is said with the provider, each token verified.
//! - [`rules`]: to which account an identity belongs.

mod fournisseur;
mod rules;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::Cookie;
use platform::configuration::Oidc;
use platform::crypto::egaux;
use platform::{WriteTx, journal};
use socle::personne;
use web::cadre::{cookie, poser, retirer};
use web::contexte::COOKIE_SESSION;
use web::{Cadre, Erreur, Reponse, Suite};

use crate::connexion::preparer_entree;
use crate::evenements::{self, evenement};
use fournisseur::{Attente, Echec, Fournisseur};
use rules::{Compte, Connu, Identite, choisir};

const CHEMIN_DU_RETOUR: &str = "/connexion/agents/retour";
const COOKIE_ATTENTE: &str = "terreau_agents";
const COOKIE_SORTIE: &str = "terreau_sortie";
const USAGE: &str = "connexion-agents";
/// Time to identify oneself there.
const ATTENTE_S: i64 = 15 * 60;
/// A cookie holds no more.
const JETON_MAX: usize = 3_500;

fn configure(cadre: &Cadre) -> Result<&Oidc, Erreur> {
    cadre.instance.oidc.as_ref().ok_or(Erreur::Introuvable("cette page"))
}

fn dire(oidc: &Oidc, echec: Echec) -> Erreur {
    match echec {
        Echec::Injoignable(cause) => {
            tracing::error!(cause, "le fournisseur d’identité ne répond pas");
            Erreur::Indisponible("le service qui identifie les agents")
        }
        Echec::Refuse(cause) => {
            tracing::warn!(cause, "identité refusée");
            refus(oidc, "n’a pas confirmé votre identité")
        }
    }
}

fn refus(oidc: &Oidc, quoi: &str) -> Erreur {
    Erreur::Invalide(format!(
        "{} {quoi}. Personne n’est entré. Revenez à la page « Se connecter » et recommencez, ou entrez avec votre adresse \
         de courriel.",
        oidc.nom
    ))
}

/// GET: to the provider. `?suite=`: what follows, signed.
pub async fn partir(cadre: Cadre) -> Reponse {
    let (instance, oidc) = (&cadre.instance, configure(&cadre)?);
    let demande = cadre.demande();
    let suite = Suite::lire(instance, demande.texte("suite"));
    let attente = Attente {
        etat: instance.ids.jeton(),
        nonce: instance.ids.jeton(),
        verificateur: instance.ids.jeton(),
        suite: suite.signer(instance),
    };
    let fournisseur = Fournisseur::decouvrir(oidc).await.map_err(|echec| dire(oidc, echec))?;
    let url = fournisseur.depart(&instance.url(CHEMIN_DU_RETOUR), &attente).map_err(|echec| dire(oidc, echec))?;
    let expire = instance.clock.instant().plus_seconds(ATTENTE_S);
    let signee = instance.signature.signer(USAGE, &serde_json::to_vec(&attente)?, expire);
    let mut reponse = vers_l_exterieur(url.as_str());
    poser(&mut reponse, &cookie(&cadre, COOKIE_ATTENTE, signee, 0));
    Ok(reponse)
}

fn vers_l_exterieur(url: &str) -> Response {
    let mut reponse = (StatusCode::SEE_OTHER, [(header::CACHE_CONTROL, "no-store")]).into_response();
    if let Ok(valeur) = HeaderValue::from_str(url) {
        reponse.headers_mut().insert(header::LOCATION, valeur);
    }
    reponse
}

fn attente(cadre: &Cadre) -> Option<Attente> {
    let signee = cadre.cookies.get(COOKIE_ATTENTE)?.value();
    let octets = cadre.instance.signature.verifier(USAGE, signee, cadre.instance.clock.instant()).ok()?;
    serde_json::from_slice(&octets).ok()
}

/// GET: back from the provider.
pub async fn revenir(cadre: Cadre) -> Reponse {
    let (instance, oidc) = (&cadre.instance, configure(&cadre)?);
    let demande = cadre.demande();
    let attente = attente(&cadre)
        .filter(|attente| egaux(&attente.etat, demande.texte("state")))
        .ok_or_else(|| refus(oidc, "répond à une demande que ce navigateur n’a pas faite, ou trop ancienne"))?;
    if !demande.texte("error").is_empty() {
        return Err(refus(oidc, "dit que la connexion a été abandonnée"));
    }
    // RFC 9207: the answer of one provider is not given to another.
    let emetteur = demande.texte("iss");
    if !emetteur.is_empty() && emetteur != oidc.emetteur {
        return Err(refus(oidc, "n’est pas le fournisseur attendu"));
    }
    let fournisseur = Fournisseur::decouvrir(oidc).await.map_err(|echec| dire(oidc, echec))?;
    let (identite, jeton) = fournisseur
        .identifier(&*instance.clock, &instance.url(CHEMIN_DU_RETOUR), demande.texte("code"), &attente)
        .await
        .map_err(|echec| dire(oidc, echec))?;
    let tx = instance.db.begin().await?;
    let personne = ouvrir_compte(&cadre, &tx, oidc, &identite).await?;
    let entree = preparer_entree(&cadre, &tx, &personne, &Suite::lire(instance, &attente.suite)).await?;
    tx.commit().await?;
    let mut reponse = web::cadre::aller(&cadre, &entree.vers, entree.message);
    poser(&mut reponse, &cookie(&cadre, COOKIE_SESSION, entree.secret, crate::connexion::JOURS));
    poser(&mut reponse, &retirer(&cadre, COOKIE_ATTENTE));
    if jeton.len() <= JETON_MAX {
        poser(&mut reponse, &a_la_sortie(cookie(&cadre, COOKIE_SORTIE, jeton, 0)));
    }
    Ok(reponse)
}

/// The provider's token travels only where it is of use.
fn a_la_sortie(mut cookie: Cookie<'static>) -> Cookie<'static> {
    cookie.set_path("/deconnexion");
    cookie
}

async fn ouvrir_compte(
    cadre: &Cadre,
    tx: &WriteTx,
    oidc: &Oidc,
    identite: &Identite,
) -> Result<personne::Model, Erreur> {
    let instance = &cadre.instance;
    let (clock, ids) = (&*instance.clock, &*instance.ids);
    let par_sujet = personne::par_sujet(tx, &identite.sujet).await?;
    let par_courriel = personne::par_courriel(tx, &identite.courriel).await?;
    let connu = Connu {
        par_sujet: par_sujet.as_ref().map(|p| p.id.clone()),
        par_courriel: par_courriel.as_ref().map(|p| (p.id.clone(), p.oidc_sub.is_some())),
        connecte: cadre.visiteur.personne_id().cloned(),
    };
    let personne = match (choisir(identite, connu, &oidc.domaines), par_sujet, par_courriel) {
        (Compte::Entrer(_), Some(personne), _) => return Ok(personne),
        (Compte::Relier(_), _, Some(personne)) => personne,
        (Compte::Creer, ..) => personne::trouver_ou_creer(tx, clock, ids, &identite.courriel).await?,
        (Compte::DejaRelie, ..) => {
            return Err(refus(oidc, "donne une adresse qui est déjà celle d’une autre identité"));
        }
        _ => {
            return Err(refus(
                oidc,
                "ne dit pas que cette adresse est bien la vôtre. Entrez d’abord une fois par courriel, puis recommencez",
            ));
        }
    };
    personne::relier(tx, &personne.id, &identite.sujet).await?;
    let relie = evenement(evenements::IDENTITE_RELIEE, "personne", personne.id.as_str(), Some(personne.id.as_str()));
    journal::ecrire(tx, clock, ids, relie).await?;
    if personne.nom.is_empty() && !identite.nom.is_empty() {
        let telephone = personne.telephone.clone();
        return Ok(personne::nommer(tx, &personne, &identite.prenom, &identite.nom, telephone.as_deref()).await?);
    }
    Ok(personne)
}

/// After the sign-out of this site: where to go next, when the visitor came with a provider's identity.
pub(crate) fn apres_la_sortie(cadre: &Cadre) -> Option<&'static str> {
    cadre.instance.oidc.as_ref()?;
    cadre.cookies.get(COOKIE_SORTIE).map(|_| "/deconnexion/agents")
}

#[derive(Template)]
#[template(path = "deconnexion_agents.html")]
struct PageSortie<'a> {
    nom: &'a str,
    url: String,
}

/// GET: still signed in at the provider's; a link ends it. A link and not a redirect: a form of this site may not lead
/// elsewhere (`form-action 'self'`).
pub async fn sortir(cadre: Cadre) -> Reponse {
    let oidc = configure(&cadre)?;
    let instance = &cadre.instance;
    let fini = || Ok(web::cadre::aller(&cadre, "/", "Vous êtes déconnecté."));
    let Some(jeton) = cadre.cookies.get(COOKIE_SORTIE).map(|c| c.value().to_owned()) else { return fini() };
    let fournisseur = Fournisseur::decouvrir(oidc).await.map_err(|echec| dire(oidc, echec))?;
    let etat = instance.ids.reference(22);
    let Some(url) = fournisseur.sortie(&jeton, &instance.url("/deconnexion/retour"), &etat) else { return fini() };
    cadre.page("Vous êtes déconnecté", &PageSortie { nom: &oidc.nom, url: url.into() })?.repondre()
}

/// GET: back from the provider's sign-out.
pub async fn sorti(cadre: Cadre) -> Reponse {
    configure(&cadre)?;
    let mut reponse = web::cadre::aller(&cadre, "/", "Vous êtes déconnecté.");
    poser(&mut reponse, &a_la_sortie(retirer(&cadre, COOKIE_SORTIE)));
    Ok(reponse)
}
