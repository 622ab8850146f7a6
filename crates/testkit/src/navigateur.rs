//! A browser without socket: keeps cookies, follows redirects, fills the forms that pages really show.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use scraper::{ElementRef, Html, Selector};
use tower::ServiceExt;

/// A browser.
#[derive(Clone)]
pub struct Navigateur {
    router: Router,
    cookies: BTreeMap<String, String>,
    adresse: SocketAddr,
    entete: Option<(header::HeaderName, String)>,
    hote: String,
}

/// Host name of the site under test.
const HOTE: &str = "terreau.test";

/// What it shows.
#[derive(Clone, Debug)]
pub struct Page {
    /// Path after redirects.
    pub chemin: String,
    /// Status.
    pub statut: StatusCode,
    /// Headers of the last answer.
    pub entetes: axum::http::HeaderMap,
    /// Body, as text.
    pub html: String,
    /// Body, as it came (a download).
    pub octets: Vec<u8>,
}

impl Navigateur {
    /// A browser without cookies.
    #[must_use]
    pub fn nouveau(router: Router) -> Self {
        Self {
            router,
            cookies: BTreeMap::new(),
            adresse: SocketAddr::from(([127, 0, 0, 1], 1)),
            entete: None,
            hote: HOTE.to_owned(),
        }
    }

    /// From another address of the network.
    #[must_use]
    pub fn depuis(mut self, adresse: [u8; 4]) -> Self {
        self.adresse = SocketAddr::from((adresse, 1));
        self
    }

    /// Towards another host name.
    #[must_use]
    pub fn vers(mut self, hote: &str) -> Self {
        hote.clone_into(&mut self.hote);
        self
    }

    /// Puts a cookie.
    pub fn poser_cookie(&mut self, nom: &str, valeur: &str) {
        self.cookies.insert(nom.to_owned(), valeur.to_owned());
    }

    /// Asks for a page and follows redirects.
    pub async fn ouvrir(&mut self, chemin: &str) -> Page {
        let page = self.demander("GET", chemin, None).await;
        self.suivre(page).await
    }

    /// Sends the first form of `page` whose action is `action`, with its own values changed by `champs`.
    pub async fn envoyer(&mut self, page: &Page, action: &str, champs: &[(&str, &str)]) -> Page {
        let corps = page.remplir(action, champs);
        let reponse = self.demander("POST", action, Some(corps)).await;
        self.suivre(reponse).await
    }

    /// Sends the first form towards `action` with a file, as a browser does (`multipart/form-data`).
    pub async fn envoyer_fichier(
        &mut self,
        page: &Page,
        action: &str,
        champs: &[(&str, &str)],
        fichier: (&str, &str, &[u8]),
    ) -> Page {
        let reponse = self.poster_fichier(action, &page.valeurs(action, champs), fichier).await;
        self.suivre(reponse).await
    }

    /// Sends fields and a file as they are, without following.
    pub async fn poster_fichier(
        &mut self,
        action: &str,
        valeurs: &[(String, String)],
        (champ, nom, octets): (&str, &str, &[u8]),
    ) -> Page {
        const BORNE: &str = "----borne-du-navigateur-de-test";
        let mut corps = Vec::new();
        for (nom, valeur) in valeurs {
            corps.extend(
                format!("--{BORNE}\r\nContent-Disposition: form-data; name=\"{nom}\"\r\n\r\n{valeur}\r\n").bytes(),
            );
        }
        let entete = format!(
            "--{BORNE}\r\nContent-Disposition: form-data; name=\"{champ}\"; filename=\"{nom}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        corps.extend(entete.bytes().chain(octets.iter().copied()).chain(format!("\r\n--{BORNE}--\r\n").bytes()));
        let genre = format!("multipart/form-data; boundary={BORNE}");
        self.transmettre("POST", action, Some((&genre, corps))).await
    }

    /// The same without following the answer.
    pub async fn envoyer_sans_suivre(&mut self, page: &Page, action: &str, champs: &[(&str, &str)]) -> Page {
        let corps = page.remplir(action, champs);
        self.demander("POST", action, Some(corps)).await
    }

    /// Sends a body as it is, without following.
    pub async fn poster(&mut self, chemin: &str, corps: &str) -> Page {
        self.demander("POST", chemin, Some(corps.to_owned())).await
    }

    /// Asks without following redirects.
    pub async fn demander(&mut self, methode: &str, chemin: &str, corps: Option<String>) -> Page {
        let corps = corps.map(|corps| ("application/x-www-form-urlencoded", corps.into_bytes()));
        self.transmettre(methode, chemin, corps).await
    }

    /// Asks with one header more, without following.
    pub async fn demander_avec(&mut self, chemin: &str, entete: header::HeaderName, valeur: &str) -> Page {
        self.entete = Some((entete, valeur.to_owned()));
        let page = self.demander("GET", chemin, None).await;
        self.entete = None;
        page
    }

    async fn transmettre(&mut self, methode: &str, chemin: &str, corps: Option<(&str, Vec<u8>)>) -> Page {
        let cookies: Vec<String> = self.cookies.iter().map(|(nom, valeur)| format!("{nom}={valeur}")).collect();
        let mut requete = Request::builder()
            .method(methode)
            .uri(chemin.split('#').next().unwrap_or(chemin))
            .header(header::HOST, &self.hote);
        if !cookies.is_empty() {
            requete = requete.header(header::COOKIE, cookies.join("; "));
        }
        if let Some((nom, valeur)) = &self.entete {
            requete = requete.header(nom, valeur);
        }
        if let Some((genre, _)) = &corps {
            requete = requete.header(header::CONTENT_TYPE, *genre);
        }
        let corps = corps.map_or_else(Vec::new, |(_, octets)| octets);
        let requete = requete.extension(ConnectInfo(self.adresse)).body(Body::from(corps)).expect("a request");
        let reponse = self.router.clone().oneshot(requete).await.expect("an answer");
        let (statut, entetes) = (reponse.status(), reponse.headers().clone());
        let octets = to_bytes(reponse.into_body(), 64 * 1024 * 1024).await.expect("a body");
        self.retenir(&entetes);
        let html = String::from_utf8_lossy(&octets).into_owned();
        Page { chemin: chemin.to_owned(), statut, entetes, html, octets: octets.to_vec() }
    }

    async fn suivre(&mut self, mut page: Page) -> Page {
        for _ in 0..5 {
            let Some(vers) = page.entetes.get(header::LOCATION).filter(|_| page.statut == StatusCode::SEE_OTHER) else {
                return page;
            };
            let vers = vers.to_str().expect("an address").to_owned();
            page = self.demander("GET", &vers, None).await;
        }
        panic!("more than five redirects, last one to {}", page.chemin);
    }

    fn retenir(&mut self, entetes: &axum::http::HeaderMap) {
        for cookie in entetes.get_all(header::SET_COOKIE) {
            let texte = cookie.to_str().expect("a cookie");
            let (paire, attributs) = texte.split_once(';').unwrap_or((texte, ""));
            let (nom, valeur) = paire.split_once('=').expect("a name and a value");
            if attributs.contains("Max-Age=0") {
                self.cookies.remove(nom.trim());
            } else {
                self.cookies.insert(nom.trim().to_owned(), valeur.to_owned());
            }
        }
    }
}

impl Page {
    pub(crate) fn document(&self) -> Html {
        Html::parse_document(&self.html)
    }

    /// Text of every element that a CSS selector finds, spaces made single.
    #[must_use]
    pub fn textes(&self, selecteur: &str) -> Vec<String> {
        let selecteur = Selector::parse(selecteur).expect("a CSS selector");
        self.document().select(&selecteur).map(texte_de).collect()
    }

    /// Text of the whole content.
    #[must_use]
    pub fn texte(&self) -> String {
        self.textes("main").join(" ")
    }

    /// Attribute of the first element found.
    #[must_use]
    pub fn attribut(&self, selecteur: &str, nom: &str) -> Option<String> {
        let selecteur = Selector::parse(selecteur).expect("a CSS selector");
        self.document().select(&selecteur).next().and_then(|e| e.attr(nom)).map(str::to_owned)
    }

    /// Is this text in the content?
    #[must_use]
    pub fn contient(&self, texte: &str) -> bool {
        sans_insecables(&self.texte()).contains(&sans_insecables(texte))
    }

    /// Fails with the page's text when a text is missing.
    #[track_caller]
    pub fn exiger(&self, texte: &str) -> &Self {
        assert!(self.contient(texte), "« {texte} » manque sur {} ({}) :\n{}", self.chemin, self.statut, self.texte());
        self
    }

    /// The body of a form of this page, filled as a browser would.
    fn remplir(&self, action: &str, champs: &[(&str, &str)]) -> String {
        corps(&self.valeurs(action, champs))
    }

    fn valeurs(&self, action: &str, champs: &[(&str, &str)]) -> Vec<(String, String)> {
        let document = self.document();
        let formulaires = Selector::parse("form[method=post]").expect("a CSS selector");
        let formulaire = document
            .select(&formulaires)
            .find(|f| f.attr("action") == Some(action))
            .unwrap_or_else(|| panic!("no form towards {action} on {}:\n{}", self.chemin, self.texte()));
        let mut valeurs = valeurs_de(formulaire);
        let remplaces: Vec<&str> = champs.iter().map(|(nom, _)| *nom).collect();
        valeurs.retain(|(nom, _)| !remplaces.contains(&nom.as_str()));
        valeurs.extend(champs.iter().map(|(nom, valeur)| ((*nom).to_owned(), (*valeur).to_owned())));
        valeurs
    }
}

/// Values as a browser sends them.
#[must_use]
pub fn corps(valeurs: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(valeurs).finish()
}

pub(crate) fn valeurs_de(formulaire: ElementRef<'_>) -> Vec<(String, String)> {
    let champs = Selector::parse("input[name], textarea[name], select[name]").expect("a CSS selector");
    let choisie = Selector::parse("option[selected]").expect("a CSS selector");
    let premiere = Selector::parse("option").expect("a CSS selector");
    let mut valeurs = Vec::new();
    for champ in formulaire.select(&champs) {
        let nom = champ.attr("name").unwrap_or_default().to_owned();
        let valeur = match champ.value().name() {
            "textarea" => Some(champ.text().collect()),
            "select" => champ
                .select(&choisie)
                .next()
                .or_else(|| champ.select(&premiere).next())
                .and_then(|option| option.attr("value"))
                .map(str::to_owned),
            _ if champ.attr("type") == Some("file") => None,
            _ if matches!(champ.attr("type"), Some("radio" | "checkbox")) && champ.attr("checked").is_none() => None,
            _ => Some(champ.attr("value").unwrap_or_default().to_owned()),
        };
        valeurs.extend(valeur.map(|valeur| (nom, valeur)));
    }
    valeurs
}

fn texte_de(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn sans_insecables(texte: &str) -> String {
    texte.replace(['\u{a0}', '\u{202f}'], " ")
}
