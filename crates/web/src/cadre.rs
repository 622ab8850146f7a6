//! The layout. [`Cadre`] turns a content into a whole page, with a stated cache policy and the visitor's menu.

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::{HeaderValue, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::{Cookie, SameSite};

use crate::affichage::{Affichage, raccourcis};
use crate::composants::{FilAriane, Html, Icone, Message, MessageVu, Signe};
use crate::contexte::{COOKIE_MESSAGE, COOKIE_VISITEUR, Contexte};
use crate::erreur::{Erreur, Reponse};
use crate::feature::EntreeMenu;
use crate::formulaire::{Erreurs, Formulaire, Saisie};
use crate::identite::Identite;
use crate::{accessibilite, actifs, sigles};

/// Who may keep a page, and how long. Stated by each page; private unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cache {
    /// Nobody: it shows something personal or a form.
    Jamais,
    /// Anyone, this many seconds, when the visitor is anonymous and no cookie is set; nobody otherwise.
    Public(u32),
}

/// Put in the extensions of an answer that may stand in a frame of any site: it holds nothing personal and no form. All
/// other answers refuse to be framed.
#[derive(Clone, Copy, Debug)]
pub struct Encadrable;

/// Extractor of every page.
#[derive(Clone)]
pub struct Cadre {
    /// The request.
    pub contexte: Contexte,
    identite: std::sync::Arc<Identite>,
}

impl<S: Send + Sync> FromRequestParts<S> for Cadre {
    type Rejection = Erreur;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Erreur> {
        Ok(Self::nouveau(Contexte::from_request_parts(parts, state).await?))
    }
}

impl std::ops::Deref for Cadre {
    type Target = Contexte;
    fn deref(&self) -> &Contexte {
        &self.contexte
    }
}

/// The page about to be answered.
pub struct Page<'a> {
    cadre: &'a Cadre,
    titre: String,
    corps: String,
    statut: StatusCode,
    cache: Cache,
    fil: FilAriane,
    en_erreur: bool,
    formulaires: bool,
    flux: Option<(&'static str, &'static str)>,
}

impl Cadre {
    /// The layout of a request.
    #[must_use]
    pub fn nouveau(contexte: Contexte) -> Self {
        let identite = contexte.instance.identite();
        Self { contexte, identite }
    }

    /// A page: its title and its content.
    ///
    /// # Errors
    /// The content could not be written.
    pub fn page<T: Template>(&self, titre: impl Into<String>, contenu: &T) -> Result<Page<'_>, Erreur> {
        let corps = contenu.render()?;
        let formulaires = corps.contains("name=\"_jeton\"");
        Ok(Page {
            cadre: self,
            titre: titre.into(),
            corps,
            statut: StatusCode::OK,
            cache: Cache::Jamais,
            fil: FilAriane::default(),
            en_erreur: false,
            formulaires,
            flux: None,
        })
    }

    /// An empty form.
    #[must_use]
    pub fn formulaire(&self) -> Formulaire {
        self.formulaire_avec(Saisie::default(), Erreurs::default())
    }

    /// What the address asks, after its `?`.
    #[must_use]
    pub fn demande(&self) -> Saisie {
        Saisie::decoder(self.uri.query().unwrap_or_default().as_bytes())
    }

    /// A form with values and errors.
    #[must_use]
    pub fn formulaire_avec(&self, saisie: Saisie, erreurs: Erreurs) -> Formulaire {
        Formulaire::nouveau(&self.contexte, saisie, erreurs)
    }

    /// Identity of the instance.
    #[must_use]
    pub fn identite(&self) -> &Identite {
        &self.identite
    }
}

impl Page<'_> {
    /// Status other than 200; from 422 on, the title says that there is an error.
    #[must_use]
    pub fn statut(mut self, statut: StatusCode) -> Self {
        self.en_erreur = statut == StatusCode::UNPROCESSABLE_ENTITY || statut == StatusCode::CONFLICT;
        self.statut = statut;
        self
    }

    /// Cache policy.
    #[must_use]
    pub fn cache(mut self, cache: Cache) -> Self {
        self.cache = cache;
        self
    }

    /// Breadcrumb: pages above this one.
    #[must_use]
    pub fn fil(mut self, etapes: &[(&str, &str)]) -> Self {
        self.fil = FilAriane::nouveau(etapes, &self.titre);
        self
    }

    /// The feed that tells what is new here: its title and its address, for those who read feeds.
    #[must_use]
    pub fn flux(mut self, titre: &'static str, adresse: &'static str) -> Self {
        self.flux = Some((titre, adresse));
        self
    }

    /// The answer.
    ///
    /// # Errors
    /// The layout could not be written.
    pub fn repondre(self) -> Reponse {
        let contexte = &self.cadre.contexte;
        let visiteur = &contexte.visiteur;
        let instance = &contexte.instance;
        let message = lire_message(contexte);
        let annulable = message.as_ref().is_some_and(|message| message.annuler.is_some());
        let formulaires = self.formulaires || annulable;
        let chemin = contexte.uri.path();
        // The switch of mandate and the sign-out are forms, only for signed-in people; the way back from an act is one too.
        let en_tete = (visiteur.personne().is_some() || annulable).then(|| self.cadre.formulaire().caches());
        let caches = en_tete.unwrap_or_default();
        let anonyme = visiteur.session.is_none() && !formulaires && message.is_none();
        let (menu, suite) = couper(instance.maison.menu(visiteur, instance.demo));
        let gabarit = Gabarit {
            titre: &self.titre,
            en_erreur: self.en_erreur,
            identite: &self.cadre.identite,
            nonce: &contexte.nonce,
            affichage: Affichage::de(contexte),
            raccourcis: raccourcis(contexte),
            css: actifs::url("terreau.css"),
            js: actifs::url("terreau.js"),
            favicon: actifs::url("favicon.svg"),
            flux: self.flux,
            demo: instance.demo,
            accessibilite: accessibilite::grille().mention(),
            menu,
            suite,
            chemin,
            personne: visiteur.personne().map(socle::personne::Model::nom_complet),
            liens: instance.maison.liens_de_fonction(visiteur),
            mandats: &visiteur.mandats,
            mandat: visiteur.mandat().map(|m| m.id.as_str()),
            message: message.map(|message| MessageVu::nouveau(message, caches.clone())),
            caches,
            fil: &self.fil,
            corps: &self.corps,
            sigles: sigles::a_expliquer(&self.corps),
            retour: chemin,
        };
        let html = crate::typographie::composer(&gabarit.render()?);
        let cache = match self.cache {
            Cache::Public(secondes) if anonyme && self.statut == StatusCode::OK => {
                format!("public, max-age={secondes}")
            }
            _ => "no-store".to_owned(),
        };
        let mut response = (
            self.statut,
            [(header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()), (header::CACHE_CONTROL, cache)],
            html,
        )
            .into_response();
        if (formulaires || visiteur.session.is_some()) && contexte.visiteur_nouveau {
            poser(&mut response, &cookie(contexte, COOKIE_VISITEUR, contexte.jeton_visiteur.clone(), 400));
        }
        if contexte.cookies.get(COOKIE_MESSAGE).is_some() {
            poser(&mut response, &retirer(contexte, COOKIE_MESSAGE));
        }
        Ok(response)
    }
}

#[derive(Template)]
#[template(path = "gabarit.html")]
struct Gabarit<'a> {
    titre: &'a str,
    en_erreur: bool,
    identite: &'a Identite,
    nonce: &'a str,
    affichage: Affichage,
    raccourcis: bool,
    css: String,
    js: String,
    favicon: String,
    flux: Option<(&'static str, &'static str)>,
    demo: bool,
    accessibilite: &'static str,
    menu: Vec<EntreeMenu>,
    /// Under "Plus".
    suite: Vec<EntreeMenu>,
    chemin: &'a str,
    personne: Option<String>,
    /// Pages that the visitor's functions open.
    liens: Vec<(&'static str, &'static str)>,
    mandats: &'a [socle::mandat::EnVigueur],
    mandat: Option<&'a str>,
    caches: Html,
    message: Option<MessageVu>,
    fil: &'a FilAriane,
    corps: &'a str,
    sigles: Vec<(&'static str, &'static str)>,
    retour: &'a str,
}

impl Gabarit<'_> {
    /// The entry under which this page stands: itself, or the nearest page of the breadcrumb that is one, or the nearest
    /// address; not every one above it.
    fn courant(&self, url: &str) -> bool {
        let est_une_entree = |chemin: &str| self.entrees().any(|entree| entree.url == chemin && chemin != "/");
        let chemin = std::iter::once(self.chemin).chain(self.fil.au_dessus()).find(|chemin| est_une_entree(chemin));
        let chemin = chemin.unwrap_or(self.chemin);
        let couvre = |url: &str| {
            let reste = chemin.strip_prefix(url);
            chemin == url || (url != "/" && reste.is_some_and(|reste| reste.starts_with('/')))
        };
        couvre(url) && !self.entrees().any(|autre| autre.url.len() > url.len() && couvre(autre.url))
    }

    fn entrees(&self) -> impl Iterator<Item = &EntreeMenu> {
        self.menu.iter().chain(&self.suite)
    }

    fn dans_la_suite(&self) -> bool {
        self.suite.iter().any(|entree| self.courant(entree.url))
    }
}

/// Entries in sight, then those under "Plus": a menu is one line.
fn couper(mut menu: Vec<EntreeMenu>) -> (Vec<EntreeMenu>, Vec<EntreeMenu>) {
    const EN_VUE: usize = 6;
    let suite = menu.split_off(menu.len().min(EN_VUE));
    (menu, suite)
}

/// A cookie of this house: `HttpOnly`, `Lax`, `Secure` on HTTPS, this many days (0: until the browser closes).
#[must_use]
pub fn cookie(contexte: &Contexte, nom: &'static str, valeur: String, jours: i64) -> Cookie<'static> {
    let mut cookie = Cookie::build((nom, valeur))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(contexte.instance.https());
    if jours > 0 {
        cookie = cookie.max_age(time::Duration::days(jours));
    }
    cookie.build()
}

/// Removes a cookie.
#[must_use]
pub fn retirer(contexte: &Contexte, nom: &'static str) -> Cookie<'static> {
    let mut cookie = cookie(contexte, nom, String::new(), 0);
    cookie.make_removal();
    cookie
}

/// Adds `Set-Cookie`.
pub fn poser(response: &mut Response, cookie: &Cookie<'static>) {
    if let Ok(valeur) = HeaderValue::from_str(&cookie.to_string()) {
        response.headers_mut().append(header::SET_COOKIE, valeur);
    }
}

/// 303 towards a path of this site, with a message shown once there.
#[must_use]
pub fn aller(contexte: &Contexte, vers: &str, message: impl Into<Message>) -> Response {
    let mut response = (StatusCode::SEE_OTHER, [(header::CACHE_CONTROL, "no-store")]).into_response();
    let vers = chemin_interne(vers);
    if let Ok(valeur) = HeaderValue::from_str(&vers) {
        response.headers_mut().insert(header::LOCATION, valeur);
    }
    let message: Message = message.into();
    if !message.phrase.is_empty()
        && let Ok(octets) = serde_json::to_vec(&message)
    {
        let instance = &contexte.instance;
        let expire = instance.clock.instant().plus_seconds(120);
        let signe = instance.signature.signer("message", &octets, expire);
        poser(&mut response, &cookie(contexte, COOKIE_MESSAGE, signe, 0));
    }
    response
}

/// A path of this site, whatever was asked: never another host.
#[must_use]
pub fn chemin_interne(vers: &str) -> String {
    let interne =
        vers.starts_with('/') && !vers.starts_with("//") && !vers.contains('\\') && !vers.contains(char::is_control);
    if interne { vers.to_owned() } else { "/".to_owned() }
}

fn lire_message(contexte: &Contexte) -> Option<Message> {
    let signe = contexte.cookies.get(COOKIE_MESSAGE)?.value();
    let instance = &contexte.instance;
    let octets = instance.signature.verifier("message", signe, instance.clock.instant()).ok()?;
    serde_json::from_slice(&octets).ok()
}

#[cfg(test)]
mod tests {
    use super::chemin_interne;
    use rstest::rstest;

    #[rstest]
    #[case("/projets/abc?x=1#ancre", "/projets/abc?x=1#ancre")]
    #[case("//autre.example/", "/")]
    #[case("https://autre.example/", "/")]
    #[case("/\\autre.example", "/")]
    #[case("/a\r\nSet-Cookie: b", "/")]
    fn on_ne_quitte_jamais_le_site(#[case] demande: &str, #[case] attendu: &str) {
        assert_eq!(chemin_interne(demande), attendu);
    }
}
