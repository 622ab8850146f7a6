//! Read API: pages of actors that follow a cursor (never an offset: a consumer would see doubles and holes), one actor.
//! Answers are JSON, errors too. Anyone may ask, from any site, within the limits of everyone.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use search::{Ordre, Requete};
use serde::Serialize;
use serde_json::Value;
use utoipa::{OpenApi, ToSchema};
use web::ouvert::pour_tous;
use web::{Cadre, Erreur, Reponse, Saisie};

use super::acteur::{self, ActeurOuvert};
use crate::acces::{self, Trouve};
use crate::liste::demande::{Demande, interroger};
use crate::liste::filtres::Filtres;

/// Actors of a page, unless asked otherwise.
const LIMITE: usize = 50;
/// At most.
const LIMITE_MAX: usize = 100;

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
#[derive(ToSchema)]
#[expect(dead_code, reason = "described here; written by the middleware, which answers every error")]
pub struct Probleme {
    /// En quelques mots.
    title: String,
    /// Le statut HTTP.
    status: u16,
    /// Ce qu’il faut corriger.
    detail: String,
}

fn repondre(corps: &impl Serialize) -> Reponse {
    Ok(pour_tous("application/json", 60, serde_json::to_string(corps)?))
}

/// What is wrong with the address, if anything: an API never leaves a filter out in silence.
fn refus(demande: &Demande, noms: &[String]) -> Option<String> {
    let connu = |nom: &&String| Filtres::NOMS.contains(&nom.as_str()) || matches!(nom.as_str(), "limite" | "curseur");
    if let Some(inconnu) = noms.iter().find(|nom| !connu(nom)) {
        return Some(format!(
            "« {inconnu} » n’est pas un filtre connu. Filtres : {}, limite, curseur.",
            Filtres::NOMS.join(", ")
        ));
    }
    demande.perdu().map(|nom| format!("La valeur de « {nom} » n’est pas comprise."))
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
        ("autour" = Option<String>, Query, description = "Autour de la commune : voisines, 5, 10, 20 ou 30 (kilomètres), desservie (qui dit y venir)"),
        ("epci" = Option<String>, Query, description = "SIREN d’une intercommunalité"),
        ("secteur" = Option<String>, Query, description = "Secteur du département"),
        ("canton" = Option<String>, Query, description = "Code d’un canton"),
        ("famille" = Option<String>, Query, description = "Forme : association, cooperative, mutuelle, fondation, societe, public, autre"),
        ("activite" = Option<String>, Query, description = "Activité : division de la NAF, deux chiffres"),
        ("agrement" = Option<String>, Query, description = "Agrément en vigueur"),
        ("accueil" = Option<String>, Query, description = "visites, ventes (aux collectivités) ou benevoles"),
        ("offre" = Option<String>, Query, description = "Genre d’offre"),
        ("voie" = Option<String>, Query, description = "Voie d’une offre : achat, subvention, adhesion, capital"),
        ("tarif" = Option<String>, Query, description = "Prix d’une offre : gratuit, journee, forfait, succes, abonnement, devis"),
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
    let tx = instance.db.read().await?;
    let demande = Demande::lire(&tx, &cadre.instance, cadre.demande()).await?.qui_sort();
    let octets = cadre.uri.query().unwrap_or_default().as_bytes();
    let noms: Vec<String> = form_urlencoded::parse(octets).map(|(nom, _)| nom.into_owned()).collect();
    if let Some(pourquoi) = refus(&demande, &noms) {
        return Err(Erreur::Invalide(pourquoi));
    }
    let saisie = &demande.saisie;
    let limite = limite(saisie).ok_or_else(|| Erreur::Invalide(format!("« limite » va de 1 à {LIMITE_MAX}.")))?;
    let pas_le_notre = || Erreur::Invalide("Ce curseur n’est pas l’un des nôtres.".to_owned());
    let apres = match saisie.texte("curseur") {
        "" => None,
        texte => Some(lire_curseur(texte).ok_or_else(pas_le_notre)?),
    };
    let requete = Requete { ordre: Ordre::Nom, nombre: limite, apres, ..demande.requete.clone() };
    let resultat = interroger(instance, &requete)?;
    let acteurs = acteur::lire(&tx, instance, &resultat.ids).await?;
    drop(tx);
    let curseur = resultat.suite.map(|cle| URL_SAFE_NO_PAD.encode(cle));
    let suivante = curseur.as_deref().map(|curseur| instance.url(&suite(saisie, limite, curseur)));
    let page = PageDActeurs {
        total: resultat.total,
        acteurs: acteurs.into_iter().map(|(_, acteur)| acteur).collect(),
        curseur,
        suivante,
    };
    repondre(&page)
}

fn suite(saisie: &Saisie, limite: usize, curseur: &str) -> String {
    let mut chaine = form_urlencoded::Serializer::new(String::new());
    for nom in Filtres::NOMS {
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
        (status = 308, description = "Réuni à un autre acteur, qui est à cette adresse"),
        (status = 404, description = "Aucun acteur public n’a cette référence", body = Probleme, content_type = "application/problem+json"),
    )
)]
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let trouve = match acces::trouver(&tx, &reference).await? {
        Trouve::Ici(acteur) => acteur,
        Trouve::Ailleurs(reference) => return Ok(ailleurs(&reference)),
    };
    let ouvert = acteur::lire(&tx, instance, &[trouve.id.as_str().to_owned()]).await?.pop();
    repondre(&ouvert.ok_or(Erreur::Introuvable("cet acteur"))?.1)
}

/// An actor merged into another: whoever kept its reference finds it.
fn ailleurs(reference: &str) -> Response {
    let vers = format!("/api/v1/acteurs/{reference}");
    let entetes = [(header::LOCATION, vers.as_str()), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    (StatusCode::PERMANENT_REDIRECT, entetes).into_response()
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
        for filtre in Filtres::NOMS.iter().chain(&["limite", "curseur"]) {
            assert!(decrits.contains(filtre), "{filtre}");
        }
        assert_eq!(decrits.len(), Filtres::NOMS.len() + 2);
    }
}
