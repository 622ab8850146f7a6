//! The provider: where to go, what it answers, how each token is verified. Nothing is kept from one sign-in to the next,
//! so that a key which the provider changes is known at once.

use std::time::{Duration, SystemTime};

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreGenderClaim, CoreIdToken, CoreIdTokenVerifier,
    CoreJwsSigningAlgorithm,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AdditionalClaims, AuthType, AuthenticationContextClass, AuthorizationCode, ClientId,
    ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, LogoutRequest, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, ProviderMetadataWithLogout,
    RedirectUrl, Scope, TokenResponse, UserInfoClaims, reqwest,
};
use platform::Clock;
use platform::configuration::Oidc;
use serde::{Deserialize, Serialize};
use url::Url;

use super::rules::{Identite, portees};

/// A provider that answers slowly must not hold a page.
const DELAI: Duration = Duration::from_secs(10);

/// Why nobody was let in. The texts are for the log; the page says it in French.
#[derive(Debug)]
pub(crate) enum Echec {
    /// The provider does not answer, or not as a provider does.
    Injoignable(String),
    /// What it gave is not what was asked, or not from it.
    Refuse(String),
}

/// What is kept in the visitor's own browser between the departure and the return.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Attente {
    pub(crate) etat: String,
    pub(crate) nonce: String,
    pub(crate) verificateur: String,
    pub(crate) suite: String,
}

/// A provider found.
pub(crate) struct Fournisseur<'a> {
    oidc: &'a Oidc,
    http: reqwest::Client,
    metadonnees: ProviderMetadataWithLogout,
}

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// ProConnect's name for the family name.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Complement {
    usual_name: Option<String>,
}

impl AdditionalClaims for Complement {}

fn injoignable(erreur: impl std::fmt::Display) -> Echec {
    Echec::Injoignable(erreur.to_string())
}

fn refuse(erreur: impl std::fmt::Display) -> Echec {
    Echec::Refuse(erreur.to_string())
}

impl<'a> Fournisseur<'a> {
    /// Reads its public description and its keys.
    pub(crate) async fn decouvrir(oidc: &'a Oidc) -> Result<Self, Echec> {
        // A redirect followed would let a provider send us anywhere.
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(DELAI)
            .build()
            .map_err(injoignable)?;
        let emetteur = IssuerUrl::new(oidc.emetteur.clone()).map_err(injoignable)?;
        let metadonnees = ProviderMetadataWithLogout::discover_async(emetteur, &http).await.map_err(injoignable)?;
        Ok(Self { oidc, http, metadonnees })
    }

    fn client(&self, retour: &str) -> Result<Client, Echec> {
        let secret = ClientSecret::new(self.oidc.secret.reveler().to_owned());
        let client = CoreClient::from_provider_metadata(
            self.metadonnees.clone(),
            ClientId::new(self.oidc.client.clone()),
            Some(secret),
        )
        .set_redirect_uri(RedirectUrl::new(retour.to_owned()).map_err(injoignable)?);
        let dans_le_corps = self
            .metadonnees
            .token_endpoint_auth_methods_supported()
            .is_some_and(|methodes| methodes.contains(&CoreClientAuthMethod::ClientSecretPost));
        Ok(if dans_le_corps { client.set_auth_type(AuthType::RequestBody) } else { client })
    }

    /// Where to send the visitor.
    pub(crate) fn depart(&self, retour: &str, attente: &Attente) -> Result<Url, Echec> {
        let client = self.client(retour)?;
        let verificateur = PkceCodeVerifier::new(attente.verificateur.clone());
        let (etat, nonce) = (CsrfToken::new(attente.etat.clone()), Nonce::new(attente.nonce.clone()));
        let offertes: Vec<String> = self
            .metadonnees
            .scopes_supported()
            .map(|offertes| offertes.iter().map(|portee| portee.to_string()).collect())
            .unwrap_or_default();
        let mut demande = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || etat, || nonce)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verificateur));
        for portee in portees(&offertes) {
            demande = demande.add_scope(Scope::new((*portee).to_owned()));
        }
        for niveau in &self.oidc.niveaux {
            demande = demande.add_auth_context_value(AuthenticationContextClass::new(niveau.clone()));
        }
        Ok(demande.url().0)
    }

    /// Exchanges the code, verifies the ID token, then asks who it is. Returns the ID token for the sign-out.
    pub(crate) async fn identifier(
        &self,
        clock: &dyn Clock,
        retour: &str,
        code: &str,
        attente: &Attente,
    ) -> Result<(Identite, String), Echec> {
        let client = self.client(retour)?;
        let jetons = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(injoignable)?
            .set_pkce_verifier(PkceCodeVerifier::new(attente.verificateur.clone()))
            .request_async(&self.http)
            .await
            .map_err(|erreur| match erreur {
                openidconnect::RequestTokenError::Request(erreur) => injoignable(erreur),
                // The answer's body is not quoted: it may hold a token.
                openidconnect::RequestTokenError::ServerResponse(reponse) => {
                    Echec::Refuse(format!("code refusé : {}", reponse.error()))
                }
                _ => refuse("réponse illisible du fournisseur"),
            })?;
        let jeton = jetons.id_token().ok_or_else(|| refuse("pas de jeton d’identité"))?;
        let instant = u64::try_from(clock.instant().0).unwrap_or(0);
        let verificateur = self.verificateur(&client, instant);
        let nonce = Nonce::new(attente.nonce.clone());
        let attestation = jeton.claims(&verificateur, &nonce).map_err(refuse)?;
        if let Some(empreinte) = attestation.access_token_hash() {
            verifier_empreinte(empreinte, jetons.access_token(), jeton, &verificateur)?;
        }
        let profil: UserInfoClaims<Complement, CoreGenderClaim> = client
            .user_info(jetons.access_token().clone(), Some(attestation.subject().clone()))
            .map_err(injoignable)?
            .request_async(&self.http)
            .await
            .map_err(|erreur| match erreur {
                openidconnect::UserInfoError::Request(erreur) => injoignable(erreur),
                openidconnect::UserInfoError::ClaimsVerification(erreur) => refuse(erreur),
                _ => refuse("profil illisible"),
            })?;
        Ok((self.lire(&profil)?, jeton.to_string()))
    }

    /// Two signatures are accepted, whatever the provider announces; the level is one of those asked.
    fn verificateur<'c>(&'c self, client: &'c Client, micros: u64) -> CoreIdTokenVerifier<'c> {
        client
            .id_token_verifier()
            .set_allowed_algs([CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, CoreJwsSigningAlgorithm::EcdsaP256Sha256])
            .set_time_fn(move || (SystemTime::UNIX_EPOCH + Duration::from_micros(micros)).into())
            .set_auth_context_verifier_fn(|niveau| {
                let admis = &self.oidc.niveaux;
                let connu = niveau.is_some_and(|niveau| admis.iter().any(|admis| admis == niveau.as_str()));
                if admis.is_empty() || connu { Ok(()) } else { Err("niveau d’identité insuffisant".to_owned()) }
            })
    }

    fn lire(&self, profil: &UserInfoClaims<Complement, CoreGenderClaim>) -> Result<Identite, Echec> {
        let courriel = profil
            .email()
            .and_then(|courriel| socle::personne::courriel_normalise(courriel.as_str()))
            .ok_or_else(|| refuse("pas d’adresse de courriel"))?;
        let prenom = profil.given_name().and_then(|prenom| prenom.get(None)).map(|prenom| prenom.as_str());
        let nom = profil.family_name().and_then(|nom| nom.get(None)).map(|nom| nom.as_str());
        let court = |texte: Option<&str>| -> String {
            texte.unwrap_or_default().chars().filter(|c| !c.is_control()).take(80).collect::<String>().trim().to_owned()
        };
        Ok(Identite {
            sujet: format!("{} {}", self.oidc.emetteur, profil.subject().as_str()),
            courriel,
            verifie: profil.email_verified(),
            prenom: court(prenom),
            nom: court(profil.additional_claims().usual_name.as_deref().or(nom)),
        })
    }

    /// Where to end the session at the provider's, if it can be.
    pub(crate) fn sortie(&self, jeton: &str, retour: &str, etat: &str) -> Option<Url> {
        let fin = self.metadonnees.additional_metadata().end_session_endpoint.clone()?;
        let jeton: CoreIdToken = jeton.parse().ok()?;
        let retour = PostLogoutRedirectUrl::new(retour.to_owned()).ok()?;
        Some(
            LogoutRequest::from(fin)
                .set_id_token_hint(&jeton)
                .set_post_logout_redirect_uri(retour)
                .set_state(CsrfToken::new(etat.to_owned()))
                .http_get_url(),
        )
    }
}

fn verifier_empreinte(
    attendue: &AccessTokenHash,
    acces: &AccessToken,
    jeton: &CoreIdToken,
    verificateur: &CoreIdTokenVerifier<'_>,
) -> Result<(), Echec> {
    let algorithme = jeton.signing_alg().map_err(refuse)?;
    let cle = jeton.signing_key(verificateur).map_err(refuse)?;
    let calculee = AccessTokenHash::from_token(acces, algorithme, cle).map_err(refuse)?;
    if calculee == *attendue {
        Ok(())
    } else {
        Err(refuse("le jeton d’accès n’est pas celui du jeton d’identité"))
    }
}
