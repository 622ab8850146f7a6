//! Read API: pages of actors that follow a cursor (never an offset: a consumer would see doubles and holes), one actor.
//! Answers are JSON, errors too. Anyone may ask, from any site, within the limits of everyone.

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use search::{Ordre, Requete};
use serde::Serialize;
use serde_json::Value;
use utoipa::{OpenApi, ToSchema};
use web::{Cadre, Reponse, Saisie};

use super::acteur::{self, ActeurOuvert};
use crate::acteur::storage;
use crate::liste::demande::{Demande, interroger};
use crate::vocabulaire::EtatActeur;

/// Actors of a page, unless asked otherwise.
const LIMITE: usize = 50;
/// At most.
const LIMITE_MAX: usize = 100;
/// Filters, as in the list.
const FILTRES: &[&str] =
    &["q", "theme", "insee", "autour", "epci", "secteur", "canton", "famille", "agrement", "offre", "accueil", "ess"];

/// Une page d’acteurs.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageDActeurs {
    /// Combien d’acteurs répondent aux filtres, en tout.
    total: usize,
    /// Les acteurs de cette page, par nom.
    acteurs: Vec<ActeurOuvert>,
    /// Curseur de la page suivante ; absent à la dernière.
    curseur: Option<String>,
    /// Adresse de la page suivante ; absente à la dernière.
    suivante: Option<String>,
}

/// Pourquoi la demande n’a pas de réponse (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct Probleme {
    /// En quelques mots.
    title: String,
    /// Le statut HTTP.
    status: u16,
    /// Ce qu’il faut corriger.
    detail: String,
}

fn probleme(statut: StatusCode, detail: impl Into<String>) -> Response {
    let title = if statut == StatusCode::NOT_FOUND { "Introuvable" } else { "Demande incomprise" };
    let corps = Probleme { title: title.to_owned(), status: statut.as_u16(), detail: detail.into() };
    repondre(statut, "application/problem+json", &corps, "no-store")
}

fn repondre(statut: StatusCode, media: &'static str, corps: &impl Serialize, cache: &'static str) -> Response {
    let Ok(json) = serde_json::to_string(corps) else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let mut reponse = (statut, json).into_response();
    let entetes = reponse.headers_mut();
    entetes.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    entetes.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    entetes.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    // The answer is the same for everyone: a cache needs no cookie to know it.
    entetes.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    reponse
}

/// What is wrong with the address, if anything: an API never leaves a filter out in silence.
fn refus(saisie: &Saisie, demande: &Demande, noms: &[String]) -> Option<String> {
    let connu = |nom: &&String| FILTRES.contains(&nom.as_str()) || matches!(nom.as_str(), "limite" | "curseur");
    if let Some(inconnu) = noms.iter().find(|nom| !connu(nom)) {
        return Some(format!(
            "« {inconnu} » n’est pas un filtre connu. Filtres : {}, limite, curseur.",
            FILTRES.join(", ")
        ));
    }
    let compris = demande.filtres.parametres();
    let perdu = FILTRES
        .iter()
        .find(|nom| !saisie.texte(nom).trim().is_empty() && !compris.iter().any(|(compris, _)| compris == *nom));
    perdu.map(|nom| format!("La valeur de « {nom} » n’est pas comprise."))
}

fn limite(saisie: &Saisie) -> Option<usize> {
    match saisie.texte("limite").trim() {
        "" => Some(LIMITE),
        texte => texte.parse().ok().filter(|limite| (1..=LIMITE_MAX).contains(limite)),
    }
}

fn lire_curseur(texte: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(texte).ok()?).ok().filter(|cle| !cle.is_empty())
}

/// Lire les acteurs, page par page.
///
/// Les mêmes filtres que l’annuaire. Suivez `curseur`, ou l’adresse `suivante`, jusqu’à ce qu’il n’y en ait plus.
#[utoipa::path(
    get,
    path = "/api/v1/acteurs",
    tag = "Acteurs",
    params(
        ("q" = Option<String>, Query, description = "Mots cherchés : nom, activité, besoin"),
        ("theme" = Option<String>, Query, description = "Identifiant d’un thème"),
        ("insee" = Option<String>, Query, description = "Code officiel géographique d’une commune"),
        ("autour" = Option<String>, Query, description = "Autour de la commune : voisines, 5, 10, 20 ou 30 (kilomètres)"),
        ("epci" = Option<String>, Query, description = "SIREN d’une intercommunalité"),
        ("secteur" = Option<String>, Query, description = "Secteur du département"),
        ("canton" = Option<String>, Query, description = "Code d’un canton"),
        ("famille" = Option<String>, Query, description = "Forme : association, cooperative, mutuelle, fondation, societe, public, autre"),
        ("agrement" = Option<String>, Query, description = "Agrément en vigueur"),
        ("accueil" = Option<String>, Query, description = "visites, ventes (aux collectivités) ou benevoles"),
        ("offre" = Option<String>, Query, description = "Genre d’offre"),
        ("ess" = Option<String>, Query, description = "ESS selon la loi : oui, non, inconnu"),
        ("limite" = Option<u8>, Query, minimum = 1, maximum = 100, description = "Acteurs par page, 50 sans rien dire"),
        ("curseur" = Option<String>, Query, description = "Curseur donné par la page précédente"),
    ),
    responses(
        (status = 200, description = "Une page", body = PageDActeurs),
        (status = 400, description = "Un filtre n’est pas compris", body = Probleme, content_type = "application/problem+json"),
    )
)]
pub async fn lister(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let octets = cadre.uri.query().unwrap_or_default().as_bytes();
    let saisie = Saisie::decoder(octets);
    let noms: Vec<String> = form_urlencoded::parse(octets).map(|(nom, _)| nom.into_owned()).collect();
    let tx = instance.db.read().await?;
    let demande = Demande::lire(&tx, &cadre.instance, cadre.demande()).await?;
    if let Some(pourquoi) = refus(&saisie, &demande, &noms) {
        return Ok(probleme(StatusCode::BAD_REQUEST, pourquoi));
    }
    let Some(limite) = limite(&saisie) else {
        return Ok(probleme(StatusCode::BAD_REQUEST, format!("« limite » va de 1 à {LIMITE_MAX}.")));
    };
    let apres = match saisie.texte("curseur") {
        "" => None,
        texte => match lire_curseur(texte) {
            Some(cle) => Some(cle),
            None => return Ok(probleme(StatusCode::BAD_REQUEST, "Ce curseur n’est pas l’un des nôtres.")),
        },
    };
    let requete = Requete { ordre: Ordre::Nom, nombre: limite, apres, ..demande.requete };
    let resultat = interroger(instance, &requete)?;
    let acteurs = acteur::lire(&tx, instance, &resultat.ids).await?;
    drop(tx);
    let curseur = resultat.suite.map(|cle| URL_SAFE_NO_PAD.encode(cle));
    let suivante = curseur.as_deref().map(|curseur| instance.url(&suite(&saisie, limite, curseur)));
    let page = PageDActeurs {
        total: resultat.total,
        acteurs: acteurs.into_iter().map(|(_, acteur)| acteur).collect(),
        curseur,
        suivante,
    };
    Ok(repondre(StatusCode::OK, "application/json", &page, "public, max-age=60"))
}

fn suite(saisie: &Saisie, limite: usize, curseur: &str) -> String {
    let mut chaine = form_urlencoded::Serializer::new(String::new());
    for nom in FILTRES {
        if !saisie.texte(nom).is_empty() {
            chaine.append_pair(nom, saisie.texte(nom));
        }
    }
    chaine.append_pair("limite", &limite.to_string()).append_pair("curseur", curseur);
    format!("/api/v1/acteurs?{}", chaine.finish())
}

/// Lire un acteur.
#[utoipa::path(
    get,
    path = "/api/v1/acteurs/{reference}",
    tag = "Acteurs",
    params(("reference" = String, Path, description = "Référence de l’acteur")),
    responses(
        (status = 200, description = "L’acteur", body = ActeurOuvert),
        (status = 404, description = "Aucun acteur public n’a cette référence", body = Probleme, content_type = "application/problem+json"),
    )
)]
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let trouve = storage::par_reference(&tx, &reference).await?.filter(|a| a.etat == EtatActeur::Actif);
    let ouvert = match trouve {
        Some(trouve) => acteur::lire(&tx, instance, &[trouve.id.as_str().to_owned()]).await?.pop(),
        None => None,
    };
    Ok(match ouvert {
        Some((_, acteur)) => repondre(StatusCode::OK, "application/json", &acteur, "public, max-age=60"),
        None => probleme(StatusCode::NOT_FOUND, "Aucun acteur public n’a cette référence."),
    })
}

#[derive(OpenApi)]
#[openapi(
    paths(lister, montrer),
    components(schemas(ActeurOuvert, PageDActeurs, Probleme)),
    tags((name = "Acteurs", description = "Les acteurs de l’économie sociale et solidaire de l’annuaire"))
)]
struct Document;

/// What this API says of itself.
pub(crate) fn document() -> Value {
    serde_json::to_value(Document::openapi()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_curseur_se_relit_et_rien_d_autre() {
        assert_eq!(lire_curseur(&URL_SAFE_NO_PAD.encode("menuiserie\u{1f}id")), Some("menuiserie\u{1f}id".to_owned()));
        for faux in ["", "é", "====", "zz z"] {
            assert_eq!(lire_curseur(faux), None, "{faux}");
        }
    }

    #[test]
    fn chaque_filtre_est_decrit() {
        let document = document();
        let parametres = document["paths"]["/api/v1/acteurs"]["get"]["parameters"].as_array().unwrap();
        let decrits: Vec<&str> = parametres.iter().map(|p| p["name"].as_str().unwrap()).collect();
        for filtre in FILTRES.iter().chain(&["limite", "curseur"]) {
            assert!(decrits.contains(filtre), "{filtre}");
        }
        assert_eq!(decrits.len(), FILTRES.len() + 2);
    }
}
