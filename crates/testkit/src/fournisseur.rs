//! An identity provider that really signs: discovery, keys, codes with PKCE, ID tokens RS256 or ES256, signed profile. On
//! an ephemeral port of this machine. [`Ruse`] makes it lie in one way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::ecdsa::signature::Signer as _;
use platform::configuration::{Oidc, Secret};
use rsa::pkcs1v15::SigningKey as CleRsa;
use rsa::signature::SignatureEncoding as _;
use rsa::traits::PublicKeyParts as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::horloge::MAINTENANT_S;

/// How it lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ruse {
    /// It does not.
    #[default]
    Aucune,
    /// Another nonce.
    AutreNonce,
    /// For another client.
    AutreAudience,
    /// From another issuer.
    AutreEmetteur,
    /// An ID token that has expired.
    Expire,
    /// Signed by a key that it does not publish.
    AutreCle,
    /// `alg: none`.
    SansSignature,
    /// Signed with the client's secret.
    SecretPartage,
    /// A profile of someone else.
    AutrePersonne,
    /// A profile signed by another key.
    ProfilFalsifie,
    /// An access token that is not the one of the ID token.
    AutreJetonDAcces,
    /// A weaker level than asked.
    NiveauFaible,
}

/// The person whom it identifies.
#[derive(Clone, Debug)]
pub struct PersonneConnue {
    /// Subject.
    pub sujet: String,
    /// Address.
    pub courriel: String,
    /// `email_verified`, when it says so.
    pub verifie: Option<bool>,
}

struct Etat {
    emetteur: String,
    rsa: CleRsa<rsa::sha2::Sha256>,
    ec: p256::ecdsa::SigningKey,
    intruse: p256::ecdsa::SigningKey,
    elliptique: bool,
    ruse: Ruse,
    personne: PersonneConnue,
    /// Code → challenge and nonce; a code serves once.
    codes: HashMap<String, (String, String)>,
    numero: u64,
}

/// A running provider.
#[derive(Clone)]
pub struct Fournisseur(Arc<Mutex<Etat>>);

const CLIENT: &str = "terreau-essai";
const SECRET: &str = "un-secret-d-essai-assez-long-pour-hs256";

impl Fournisseur {
    /// Starts it, signing with RS256, or ES256 when `elliptique`.
    pub async fn lancer(elliptique: bool) -> Self {
        let ecoute = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = ecoute.local_addr().expect("an address").port();
        let cle = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).expect("an RSA key");
        let ec = |octet: u8| p256::ecdsa::SigningKey::from_slice(&[octet; 32]).expect("an elliptic key");
        let etat = Etat {
            emetteur: format!("http://127.0.0.1:{port}"),
            rsa: CleRsa::new(cle),
            ec: ec(7),
            intruse: ec(9),
            elliptique,
            ruse: Ruse::Aucune,
            personne: PersonneConnue {
                sujet: "agent-1".to_owned(),
                courriel: "agent@departement.invalid".to_owned(),
                verifie: None,
            },
            codes: HashMap::new(),
            numero: 0,
        };
        let fournisseur = Self(Arc::new(Mutex::new(etat)));
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(description))
            .route("/cles", get(cles))
            .route("/jeton", post(jeton))
            .route("/profil", get(profil))
            .with_state(fournisseur.clone());
        tokio::spawn(async move { axum::serve(ecoute, routes).await });
        fournisseur
    }

    /// The configuration of a site that trusts it for `departement.invalid`.
    #[must_use]
    pub fn configuration(&self) -> Oidc {
        Oidc {
            emetteur: self.etat().emetteur.clone(),
            client: CLIENT.to_owned(),
            secret: Secret::nouveau(SECRET),
            nom: "ProConnect".to_owned(),
            domaines: vec!["departement.invalid".to_owned()],
            niveaux: vec!["eidas1".to_owned(), "eidas2".to_owned()],
        }
    }

    /// From now on it lies so.
    pub fn ruser(&self, ruse: Ruse) {
        self.etat().ruse = ruse;
    }

    /// From now on it identifies this person.
    pub fn identifier(&self, sujet: &str, courriel: &str, verifie: Option<bool>) {
        self.etat().personne = PersonneConnue { sujet: sujet.to_owned(), courriel: courriel.to_owned(), verifie };
    }

    /// What the person does there: accepts. `depart` is the address to which the site sent them; the answer is the
    /// path on the site to which they come back.
    #[must_use]
    pub fn accepter(&self, depart: &str) -> String {
        let question = depart.split_once('?').expect("a query").1;
        let champs: HashMap<String, String> = form_urlencoded::parse(question.as_bytes()).into_owned().collect();
        assert_eq!(champs["response_type"], "code");
        assert_eq!(champs["client_id"], CLIENT);
        assert_eq!(champs["code_challenge_method"], "S256");
        assert!(champs["scope"].split(' ').any(|portee| portee == "openid"));
        let mut etat = self.etat();
        etat.numero += 1;
        let code = format!("code-{}", etat.numero);
        etat.codes.insert(code.clone(), (champs["code_challenge"].clone(), champs["nonce"].clone()));
        let retour = champs["redirect_uri"].split("terreau.test").nth(1).expect("a path of the site").to_owned();
        let suite = form_urlencoded::Serializer::new(String::new())
            .append_pair("code", &code)
            .append_pair("state", &champs["state"])
            .append_pair("iss", &etat.emetteur)
            .finish();
        format!("{retour}?{suite}")
    }

    fn etat(&self) -> MutexGuard<'_, Etat> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn description(State(fournisseur): State<Fournisseur>) -> axum::Json<Value> {
    let etat = fournisseur.etat();
    let url = |chemin: &str| format!("{}{chemin}", etat.emetteur);
    axum::Json(json!({
        "issuer": etat.emetteur, "authorization_endpoint": url("/entrer"), "token_endpoint": url("/jeton"),
        "userinfo_endpoint": url("/profil"), "jwks_uri": url("/cles"), "end_session_endpoint": url("/sortir"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"],
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "scopes_supported": ["openid", "given_name", "usual_name", "email", "siret", "uid"],
    }))
}

async fn cles(State(fournisseur): State<Fournisseur>) -> axum::Json<Value> {
    let etat = fournisseur.etat();
    let publique = etat.rsa.as_ref().to_public_key();
    let point = etat.ec.verifying_key().to_sec1_point(false);
    let b64 = |octets: &[u8]| URL_SAFE_NO_PAD.encode(octets);
    axum::Json(json!({"keys": [
        {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "rsa", "n": b64(&publique.n().to_bytes_be()), "e": b64(&publique.e().to_bytes_be())},
        {"kty": "EC", "use": "sig", "alg": "ES256", "kid": "ec", "crv": "P-256",
         "x": b64(point.x().expect("a point")), "y": b64(point.y().expect("a point"))},
    ]}))
}

impl Etat {
    fn signer(&self, charge: &Value, elliptique: bool, fausse: bool) -> String {
        let b64 = |valeur: &Value| URL_SAFE_NO_PAD.encode(valeur.to_string());
        let (alg, kid) = match (self.ruse, elliptique) {
            (Ruse::SansSignature, _) => ("none", "rsa"),
            (Ruse::SecretPartage, _) => ("HS256", "rsa"),
            (_, true) => ("ES256", "ec"),
            (_, false) => ("RS256", "rsa"),
        };
        let message = format!("{}.{}", b64(&json!({"typ": "JWT", "alg": alg, "kid": kid})), b64(charge));
        let signature = match (alg, fausse) {
            ("none", _) => Vec::new(),
            ("HS256", _) => avec_le_secret(message.as_bytes()),
            ("ES256", fausse) => {
                let cle = if fausse { &self.intruse } else { &self.ec };
                let signature: p256::ecdsa::Signature = cle.sign(message.as_bytes());
                signature.to_bytes().to_vec()
            }
            (_, false) => rsa::signature::Signer::sign(&self.rsa, message.as_bytes()).to_vec(),
            // Right form, wrong key: the signature of something else.
            (_, true) => rsa::signature::Signer::sign(&self.rsa, b"autre chose").to_vec(),
        };
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn avec_le_secret(message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any length is a key");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

async fn jeton(State(fournisseur): State<Fournisseur>, corps: String) -> Response {
    let champs: HashMap<String, String> = form_urlencoded::parse(corps.as_bytes()).into_owned().collect();
    let champ = |nom: &str| champs.get(nom).cloned().unwrap_or_default();
    let refuser = |erreur| (StatusCode::BAD_REQUEST, axum::Json(json!({"error": erreur}))).into_response();
    if champ("client_id") != CLIENT || champ("client_secret") != SECRET {
        return refuser("invalid_client");
    }
    let mut etat = fournisseur.etat();
    let Some((defi, nonce)) = etat.codes.remove(&champ("code")) else { return refuser("invalid_grant") };
    if URL_SAFE_NO_PAD.encode(Sha256::digest(champ("code_verifier"))) != defi {
        return refuser("invalid_grant");
    }
    let acces = "jeton-d-acces";
    let vrai_ou = |ruse: Ruse, autre: &str, vrai: &str| if etat.ruse == ruse { autre } else { vrai }.to_owned();
    let empreinte = Sha256::digest(if etat.ruse == Ruse::AutreJetonDAcces { "un autre" } else { acces });
    let fin = if etat.ruse == Ruse::Expire { MAINTENANT_S - 60 } else { MAINTENANT_S + 86_400 };
    let charge = json!({
        "iss": vrai_ou(Ruse::AutreEmetteur, "http://127.0.0.1:1", &etat.emetteur),
        "aud": vrai_ou(Ruse::AutreAudience, "un-autre-site", CLIENT),
        "nonce": vrai_ou(Ruse::AutreNonce, "un-autre-nonce", &nonce),
        "acr": vrai_ou(Ruse::NiveauFaible, "eidas0", "eidas1"),
        "sub": etat.personne.sujet, "iat": MAINTENANT_S - 5, "exp": fin,
        "at_hash": URL_SAFE_NO_PAD.encode(empreinte.get(..16).expect("a digest")),
    });
    let jeton = etat.signer(&charge, etat.elliptique, etat.ruse == Ruse::AutreCle);
    axum::Json(json!({"access_token": acces, "token_type": "Bearer", "expires_in": 60, "id_token": jeton}))
        .into_response()
}

async fn profil(State(fournisseur): State<Fournisseur>, entetes: HeaderMap) -> Response {
    if entetes.get(header::AUTHORIZATION).is_none_or(|jeton| jeton != "Bearer jeton-d-acces") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let etat = fournisseur.etat();
    let sujet = if etat.ruse == Ruse::AutrePersonne { "agent-2" } else { &etat.personne.sujet };
    let mut charge = json!({
        "iss": etat.emetteur, "aud": CLIENT, "sub": sujet, "email": etat.personne.courriel,
        "given_name": "Noa", "usual_name": "Exemple-Agent", "siret": "22540001200010", "uid": "n-1",
    });
    if let (Some(verifie), Some(champs)) = (etat.personne.verifie, charge.as_object_mut()) {
        champs.insert("email_verified".to_owned(), json!(verifie));
    }
    let jeton = etat.signer(&charge, false, etat.ruse == Ruse::ProfilFalsifie);
    ([(header::CONTENT_TYPE, "application/jwt")], jeton).into_response()
}
