//! The application: routes of all features inside the middleware, in order. One function makes it for `serve` and tests.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum_extra::extract::CookieJar;
use domain::droit::Refus;
use governor::{DefaultKeyedRateLimiter, Quota};
use serde::Serialize;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::cadre::{Cadre, Encadrable, poser, retirer};
use crate::composants::Html;
use crate::contexte::{COOKIE_SESSION, Contexte};
use crate::erreur::{Erreur, Reponse};
use crate::feature::{Acces, Maison, Route};
use crate::hotes::hote_inconnu;
pub use crate::hotes::{Instances, nom_d_hote};
use crate::poids::{self, Poids};
use crate::{actifs, texte};

/// Bounds of the application.
#[derive(Clone, Debug)]
pub struct Limites {
    /// Largest body, bytes (a file sent).
    pub corps_octets: usize,
    /// Requests per minute and per address; `None` switches the limit off (tests, benchmarks).
    pub requetes_par_minute: Option<NonZeroU32>,
    /// Codes asked or tried per hour and per address; `None` switches the limit off.
    pub connexions_par_heure: Option<NonZeroU32>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub mandataires: Vec<IpAddr>,
    /// Time given to one request.
    pub delai: Duration,
}

impl Default for Limites {
    fn default() -> Self {
        Self {
            corps_octets: 20 * 1024 * 1024,
            requetes_par_minute: None,
            connexions_par_heure: None,
            mandataires: Vec::new(),
            delai: Duration::from_secs(60),
        }
    }
}

/// A body this many times too large is still read and thrown away: a browser shows the page that says "too large" only
/// when it could send everything. Above, the connection is cut.
const CORPS_LUS: usize = 4;

/// The whole application.
pub fn application(instances: Instances, routes: Vec<Route>, limites: &Limites) -> Router {
    let mut router = Router::new();
    for route in routes {
        router = router.route(route.chemin, garder(route));
    }
    let limiteur = Arc::new(Limiteur {
        requetes: limites.requetes_par_minute.map(|nombre| DefaultKeyedRateLimiter::keyed(Quota::per_minute(nombre))),
        connexions: limites.connexions_par_heure.map(|nombre| DefaultKeyedRateLimiter::keyed(Quota::per_hour(nombre))),
        mandataires: limites.mandataires.clone(),
    });
    let mesures = Arc::new(Poids::default());
    let corps_octets = limites.corps_octets as u64;
    // From the inside out.
    router
        .fallback(|| async { Erreur::Introuvable("cette page") })
        .layer(RequestBodyLimitLayer::new(limites.corps_octets.saturating_mul(CORPS_LUS)))
        .layer(from_fn(move |contexte, request, suite| rendre_les_erreurs(contexte, request, suite, corps_octets)))
        .layer(from_fn(move |request, suite| ouvrir(instances.clone(), limiteur.clone(), request, suite)))
        .route("/actifs/{empreinte}/{nom}", get(actifs::servir))
        .layer(CatchPanicLayer::custom(panique))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, limites.delai))
        .layer(from_fn(repondre_aux_programmes))
        .layer(CompressionLayer::new().quality(CompressionLevel::Precise(4)))
        .layer(from_fn(move |request, suite| poids::mesurer(mesures.clone(), request, suite)))
}

/// All routes of the house.
#[must_use]
pub fn routes(maison: &mut Maison) -> Vec<Route> {
    maison.features.iter_mut().flat_map(|feature| std::mem::take(&mut feature.routes)).collect()
}

fn garder(route: Route) -> axum::routing::MethodRouter {
    let acces = route.acces;
    route.vers.layer(from_fn(move |request: Request, suite: Next| async move {
        match entrer(acces, &request) {
            Ok(()) => suite.run(request).await,
            Err(erreur) => erreur.into_response(),
        }
    }))
}

fn entrer(acces: Acces, request: &Request) -> Result<(), Erreur> {
    let contexte = request.extensions().get::<Contexte>().ok_or_else(|| Erreur::interne("aucun contexte"))?;
    acces.verifier(&contexte.visiteur, contexte.instance.demo)
}

struct Limiteur {
    requetes: Option<DefaultKeyedRateLimiter<IpAddr>>,
    connexions: Option<DefaultKeyedRateLimiter<IpAddr>>,
    mandataires: Vec<IpAddr>,
}

impl Limiteur {
    fn admettre(&self, request: &Request) -> Result<(), Erreur> {
        let Some(adresse) = self.adresse(request) else { return Ok(()) };
        let depasse = |limiteur: &Option<DefaultKeyedRateLimiter<IpAddr>>| {
            limiteur.as_ref().is_some_and(|limiteur| limiteur.check_key(&adresse).is_err())
        };
        if depasse(&self.requetes) {
            return Err(Erreur::TropDeDemandes(60));
        }
        // Whoever asks for codes for many addresses, or tries many codes, waits longer.
        let connexion = request.method() == Method::POST && request.uri().path().starts_with("/connexion");
        if connexion && depasse(&self.connexions) {
            return Err(Erreur::TropDeDemandes(600));
        }
        Ok(())
    }

    /// The peer, or what a trusted proxy says of it (the last address that the proxy itself added).
    fn adresse(&self, request: &Request) -> Option<IpAddr> {
        let pair = request.extensions().get::<ConnectInfo<std::net::SocketAddr>>()?.0.ip();
        if !self.mandataires.contains(&pair) {
            return Some(pair);
        }
        let chaine = request.headers().get("x-forwarded-for")?.to_str().ok()?;
        chaine.rsplit(',').next()?.trim().parse().ok()
    }
}

/// Outermost layer of pages: instance, limits, visitor, security headers.
async fn ouvrir(instances: Instances, limiteur: Arc<Limiteur>, mut request: Request, suite: Next) -> Response {
    let Some(instance) = instances.choisir(&request).cloned() else { return hote_inconnu() };
    let cookies = CookieJar::from_headers(request.headers());
    let (methode, uri) = (request.method().clone(), request.uri().clone());
    let admis = limiteur.admettre(&request).and_then(|()| adresse_possible(request.uri().path()));
    let sans_session = CookieJar::new();
    let agent = request.headers().get(header::USER_AGENT).and_then(|a| a.to_str().ok()).unwrap_or_default().to_owned();
    let (contexte, erreur) = match Contexte::lire(instance.clone(), methode.clone(), uri.clone(), cookies, &agent).await
    {
        Ok(contexte) => (Some(contexte), admis.err()),
        // The database does not answer: the page that says so needs no visitor.
        Err(erreur) => (Contexte::lire(instance.clone(), methode, uri, sans_session, &agent).await.ok(), Some(erreur)),
    };
    let Some(contexte) = contexte else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    request.extensions_mut().insert(instance);
    request.extensions_mut().insert(contexte.clone());
    let mut response = match erreur {
        Some(erreur) => repondre_erreur(&contexte, &erreur),
        None => suite.run(request).await,
    };
    let encadrable = response.extensions_mut().remove::<Encadrable>().is_some();
    proteger(&contexte, response.headers_mut(), encadrable);
    response
}

/// No reference holds a NUL, and no text column takes one: such an address names nothing.
fn adresse_possible(chemin: &str) -> Result<(), Erreur> {
    if chemin.contains("%00") { Err(Erreur::Introuvable("cette page")) } else { Ok(()) }
}

async fn rendre_les_erreurs(contexte: Contexte, request: Request, suite: Next, corps_octets: u64) -> Response {
    let mut response = suite.run(request).await;
    if let Some(erreur) = response.extensions_mut().remove::<Erreur>() {
        return repondre_erreur(&contexte, &erreur);
    }
    match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => {
            let permises = response.headers_mut().remove(header::ALLOW);
            let mut refus = repondre_erreur(&contexte, &Erreur::Methode);
            refus.headers_mut().extend(permises.map(|permises| (header::ALLOW, permises)));
            refus
        }
        StatusCode::PAYLOAD_TOO_LARGE => repondre_erreur(&contexte, &Erreur::TropGros(corps_octets)),
        _ => response,
    }
}

/// Headers of every page. No inline script, no inline style but the nonce'd accent, nothing from elsewhere
/// but the background of maps that the instance chose. Framed by nobody but where the page said so.
fn proteger(contexte: &Contexte, entetes: &mut HeaderMap, encadrable: bool) {
    let csp = format!(
        "default-src 'none'; style-src 'self' 'nonce-{}'; script-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'{}; worker-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors {}",
        contexte.nonce,
        contexte.instance.identite().fond.hote(),
        if encadrable { "*" } else { "'none'" },
    );
    let mut poser = |nom: HeaderName, valeur: &str| {
        if let (Ok(valeur), false) = (HeaderValue::from_str(valeur), entetes.contains_key(&nom)) {
            entetes.insert(nom, valeur);
        }
    };
    poser(header::CONTENT_SECURITY_POLICY, &csp);
    poser(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if !encadrable {
        poser(header::X_FRAME_OPTIONS, "DENY");
    }
    poser(header::REFERRER_POLICY, "same-origin");
    poser(
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(self), browsing-topics=()",
    );
    poser(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    poser(HeaderName::from_static("x-request-id"), &contexte.numero);
    // A tool of measure subtracts two readings: how many statements a page cost.
    if contexte.instance.demo {
        poser(HeaderName::from_static("x-requetes-sql"), &contexte.instance.db.nombre_de_requetes().to_string());
    }
    poser(header::VARY, "Cookie");
    poser(header::CACHE_CONTROL, "no-store");
    if contexte.instance.https() {
        poser(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the signature that the panic layer asks for")]
fn panique(cause: Box<dyn std::any::Any + Send>) -> Response {
    let texte = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("cause inconnue");
    tracing::error!(cause = texte, "arrêt inattendu d’une page");
    let corps = "<!DOCTYPE html><html lang=\"fr\"><title>Erreur</title><h1>Quelque chose n’a pas marché</h1>\
                 <p>Rien n’a été enregistré. Revenez en arrière et réessayez.</p></html>";
    let mut response = Response::new(Body::from(corps));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

#[derive(Template)]
#[template(path = "erreur.html")]
struct PageErreur {
    titre: &'static str,
    paragraphes: Vec<String>,
    pistes: Vec<(&'static str, String)>,
    contact: Html,
}

/// Why the API does not answer (RFC 9457), in the words of the page.
#[derive(Serialize)]
struct Probleme<'a> {
    title: &'a str,
    status: u16,
    detail: String,
}

/// The page of an error; for a program, the same as JSON.
#[must_use]
pub fn repondre_erreur(contexte: &Contexte, erreur: &Erreur) -> Response {
    match erreur {
        Erreur::Aller(vers) => return crate::cadre::aller(contexte, vers, ""),
        Erreur::Interdit(Refus::ConnexionRequise) => return vers_connexion(contexte),
        Erreur::Interne(cause) => {
            tracing::error!(numero = contexte.numero, chemin = contexte.uri.path(), %cause, "erreur")
        }
        _ => {}
    }
    let cadre = Cadre::nouveau(contexte.clone());
    let page = page_erreur(contexte, &cadre, erreur);
    let reponse = if pour_un_programme(contexte.uri.path()) {
        probleme(erreur, &page)
    } else {
        let titre = page.titre;
        cadre.page(titre, &page).and_then(|p| p.statut(erreur.statut()).repondre())
    };
    match reponse {
        Ok(mut response) => {
            if let Erreur::TropDeDemandes(secondes) = erreur {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*secondes));
            }
            response
        }
        Err(autre) => autre.statut().into_response(),
    }
}

fn pour_un_programme(chemin: &str) -> bool {
    chemin.starts_with("/api/")
}

fn probleme(erreur: &Erreur, page: &PageErreur) -> Reponse {
    // What follows the first sentence leads to pages, but for the number of an error of ours.
    let dits = if matches!(erreur, Erreur::Interne(_)) { 2 } else { 1 };
    let detail = page.paragraphes.iter().take(dits).map(String::as_str).collect::<Vec<_>>().join(" ");
    ecrire_le_probleme(erreur.statut(), page.titre, detail)
}

fn ecrire_le_probleme(statut: StatusCode, title: &str, detail: String) -> Reponse {
    let corps = Probleme { title, status: statut.as_u16(), detail };
    let entetes = [
        (header::CONTENT_TYPE, "application/problem+json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    Ok((statut, entetes, serde_json::to_string(&corps)?).into_response())
}

/// What stops a request from outside (a panic, the time limit) knows no page: a program is answered as JSON all the same.
async fn repondre_aux_programmes(request: Request, suite: Next) -> Response {
    let programme = pour_un_programme(request.uri().path());
    let reponse = suite.run(request).await;
    let json = reponse.headers().get(header::CONTENT_TYPE).is_some_and(|genre| genre.as_bytes().ends_with(b"json"));
    if !programme || json || !reponse.status().is_server_error() {
        return reponse;
    }
    let detail = "Rien n’a été enregistré. Réessayez dans un instant.".to_owned();
    ecrire_le_probleme(reponse.status(), "Quelque chose n’a pas marché", detail).unwrap_or(reponse)
}

/// Signing in brings back to the page that was asked (GET only: a form would be lost, its page says so).
fn vers_connexion(contexte: &Contexte) -> Response {
    let retour = if contexte.methode == axum::http::Method::GET {
        contexte.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned()
    } else {
        "/".to_owned()
    };
    let retour: String = form_urlencoded::byte_serialize(retour.as_bytes()).collect();
    let mut response =
        crate::cadre::aller(contexte, &format!("/connexion?retour={retour}"), "Connectez-vous pour continuer.");
    // A cookie whose session ended is of no use.
    if contexte.cookies.get(COOKIE_SESSION).is_some() {
        poser(&mut response, &retirer(contexte, COOKIE_SESSION));
    }
    response
}

fn page_erreur(contexte: &Contexte, cadre: &Cadre, erreur: &Erreur) -> PageErreur {
    let identite = cadre.identite();
    let aide = || vec![("Retourner à l’accueil", "/".to_owned()), ("Lire l’aide", "/aide".to_owned())];
    let (titre, paragraphes, pistes) = match erreur {
        Erreur::Introuvable(quoi) => (
            "Page introuvable",
            vec![
                format!("Nous ne trouvons pas {quoi}. L’adresse est peut-être mal recopiée, ou la page a été retirée."),
                "Voici où vous pouvez aller.".to_owned(),
            ],
            vec![
                ("Retourner à l’accueil", "/".to_owned()),
                ("Décrire un projet", "/projets/nouveau".to_owned()),
                ("Chercher une commune", "/communes".to_owned()),
                ("Chercher un acteur", "/annuaire".to_owned()),
            ],
        ),
        Erreur::Interdit(refus) => (
            "Cette page ne vous est pas ouverte",
            vec![refus.phrase(), "Si vous pensez que c’est une erreur, dites-le nous.".to_owned()],
            aide(),
        ),
        Erreur::FormulaireRefuse(pourquoi) => {
            ("Le formulaire n’a pas été pris en compte", vec![(*pourquoi).to_owned()], aide())
        }
        Erreur::Invalide(pourquoi) => ("Demande incomprise", vec![pourquoi.clone()], aide()),
        Erreur::Methode => ("Demande incomprise", vec!["Cette adresse ne s’utilise pas ainsi.".to_owned()], aide()),
        Erreur::TropGros(octets) => (
            "C’est trop lourd",
            vec![format!(
                "La limite est de {} Mo. Réduisez le fichier ou le texte, puis réessayez.",
                octets.div_ceil(1024 * 1024)
            )],
            aide(),
        ),
        Erreur::TropDeDemandes(secondes) => (
            "Trop de demandes à la fois",
            vec![format!("Attendez {secondes} secondes, puis réessayez. Rien n’est perdu.")],
            aide(),
        ),
        Erreur::Indisponible(quoi) => (
            "Le service est momentanément indisponible",
            vec![format!(
                "En ce moment, {quoi} ne répond pas. Ce qui était enregistré ne risque rien. Réessayez dans quelques minutes."
            )],
            Vec::new(),
        ),
        Erreur::Interne(_) | Erreur::Aller(_) => (
            "Quelque chose n’a pas marché",
            vec![
                "L’erreur vient de notre côté. Rien n’a été enregistré à moitié. Réessayez dans un instant.".to_owned(),
                format!("Si cela recommence, donnez-nous ce numéro : {}.", contexte.numero),
            ],
            aide(),
        ),
    };
    let contact = if identite.courriel.is_empty() && identite.telephone.is_empty() {
        Html::default()
    } else {
        Html(texte::paragraphes(&format!("Nous joindre : {} {}", identite.telephone, identite.courriel)))
    };
    PageErreur { titre, paragraphes, pistes, contact }
}
