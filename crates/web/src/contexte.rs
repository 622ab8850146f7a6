//! What is known of one request: its number, its visitor, the nonce of its page.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Method, Uri};
use axum_extra::extract::CookieJar;
use domain::droit::{Action, Demandeur, Fonction, Lien, Refus, autoriser};
use platform::crypto::empreinte_de_jeton;
use sea_orm::DbErr;
use socle::mandat::{self, EnVigueur};
use socle::saisie::Proprietaire;
use socle::secteur::{self, SecteurId};
use socle::session::PAS_DE_VISITE_S;
use socle::{PersonneId, organisation, personne, projet, session};

use crate::erreur::Erreur;
use crate::instance::Instance;

/// Cookie of a signed-in browser.
pub const COOKIE_SESSION: &str = "terreau_session";
/// Cookie of any browser that was shown a form (binds CSRF tokens, doubles and drafts without account to it).
pub const COOKIE_VISITEUR: &str = "terreau_visiteur";
/// Cookie of the message shown once after a redirect.
pub const COOKIE_MESSAGE: &str = "terreau_message";

/// Who visits.
#[derive(Clone, Debug, Default)]
pub struct Visiteur {
    /// Signed-in person with the session's id.
    pub session: Option<(session::Model, personne::Model)>,
    /// Mandates in force today.
    pub mandats: Vec<EnVigueur>,
    /// Secteurs that the person answers for today.
    pub secteurs: Vec<SecteurId>,
    /// Secret of this browser: the drafts made in it without account are its own.
    navigateur: Option<String>,
    fonctions: Vec<Fonction>,
}

impl Visiteur {
    /// The person, when signed in.
    #[must_use]
    pub fn personne(&self) -> Option<&personne::Model> {
        self.session.as_ref().map(|(_, personne)| personne)
    }

    /// The person's id, when signed in.
    #[must_use]
    pub fn personne_id(&self) -> Option<&PersonneId> {
        self.personne().map(|personne| &personne.id)
    }

    /// The person, or "sign in first".
    ///
    /// # Errors
    /// Nobody is signed in.
    pub fn connecte(&self) -> Result<&personne::Model, Erreur> {
        self.personne().ok_or(Erreur::Interdit(Refus::ConnexionRequise))
    }

    /// Works for the département, whatever the function.
    #[must_use]
    pub fn est_agent(&self) -> bool {
        self.fonctions.iter().any(|fonction| fonction.est_du_departement())
    }

    /// For the table of rights.
    #[must_use]
    pub fn demandeur(&self) -> Demandeur<'_> {
        Demandeur { connecte: self.session.is_some(), fonctions: &self.fonctions }
    }

    /// May they do this, linked so to the project?
    ///
    /// # Errors
    /// The reason of the refusal.
    pub fn autoriser(&self, lien: Lien, action: Action) -> Result<(), Erreur> {
        autoriser(self.demandeur(), lien, action).map_err(Erreur::Interdit)
    }

    /// May they do this, whatever the project?
    #[must_use]
    pub fn peut(&self, action: Action) -> bool {
        autoriser(self.demandeur(), Lien::Aucun, action).is_ok()
    }

    /// The mandate chosen with "Pour quelle commune ?", or the only one.
    #[must_use]
    pub fn mandat(&self) -> Option<&EnVigueur> {
        let choisi = self.session.as_ref().and_then(|(session, _)| session.mandat_id.as_ref());
        self.mandats.iter().find(|mandat| Some(&mandat.id) == choisi).or_else(|| self.mandats.first())
    }

    /// Drafts made without account in this browser, last changed first (one statement; none without the cookie).
    ///
    /// # Errors
    /// The engine refused.
    pub async fn brouillons(&self, db: &impl sea_orm::ConnectionTrait) -> Result<Vec<projet::Model>, DbErr> {
        match &self.navigateur {
            Some(navigateur) => projet::brouillons(db, navigateur).await,
            None => Ok(Vec::new()),
        }
    }

    /// How they stand to a project (at most three statements).
    ///
    /// # Errors
    /// The engine refused.
    pub async fn lien(
        &self,
        db: &impl sea_orm::ConnectionTrait,
        instance: &Instance,
        projet: &projet::Model,
    ) -> Result<Lien, DbErr> {
        let jour = instance.aujourd_hui();
        let secteur = if self.secteurs.is_empty() {
            None
        } else {
            secteur::interlocuteur(db, &projet.commune, jour).await?.map(|i| i.secteur_id)
        };
        // Handed by name, whatever the secteur: asked only for agents in office outside their own.
        if let Some(agent) = self.personne_id()
            && self.fonctions.contains(&Fonction::ChargeTerritorial)
            && !secteur.as_ref().is_some_and(|secteur| self.secteurs.contains(secteur))
            && instance.maison.attribue(db, &projet.id, agent, jour).await?
        {
            return Ok(Lien::ChargeDuSecteur);
        }
        let personne = self.personne_id().map(|id| (id, self.mandats.as_slice()));
        let secret = self.navigateur.as_deref();
        projet::lien(db, projet, personne, secret, &self.secteurs, secteur.as_ref()).await
    }
}

/// One request, shared by middleware, extractors and pages.
#[derive(Clone)]
pub struct Contexte(Arc<Interieur>);

/// Its parts.
pub struct Interieur {
    /// Instance served.
    pub instance: Instance,
    /// Number shown on the page of a 500 and written in the log.
    pub numero: String,
    /// Nonce of the page's one style element.
    pub nonce: String,
    /// Method.
    pub methode: Method,
    /// Address asked.
    pub uri: Uri,
    /// Who.
    pub visiteur: Visiteur,
    /// Cookies received.
    pub cookies: CookieJar,
    /// Value of the visitor cookie; made when absent.
    pub jeton_visiteur: String,
    /// Was the visitor cookie absent?
    pub visiteur_nouveau: bool,
    /// Browser and system in a few words ("Firefox sur Windows"), for the list of sessions.
    pub appareil: String,
}

impl Deref for Contexte {
    type Target = Interieur;
    fn deref(&self) -> &Interieur {
        &self.0
    }
}

impl Contexte {
    /// Reads the cookies; two or three statements when a session cookie is there, none otherwise.
    ///
    /// # Errors
    /// The engine refused.
    pub async fn lire(
        instance: Instance,
        methode: Method,
        uri: Uri,
        cookies: CookieJar,
        agent: &str,
    ) -> Result<Self, Erreur> {
        let jeton = cookies.get(COOKIE_VISITEUR).map(|c| c.value().to_owned()).filter(|jeton| est_un_jeton(jeton));
        let visiteur_nouveau = jeton.is_none();
        let visiteur = Visiteur { navigateur: jeton.clone(), ..lire_visiteur(&instance, &cookies).await? };
        Ok(Self(Arc::new(Interieur {
            numero: instance.ids.reference(10),
            nonce: instance.ids.reference(22),
            jeton_visiteur: jeton.unwrap_or_else(|| instance.ids.jeton()),
            visiteur_nouveau,
            appareil: appareil(agent),
            instance,
            methode,
            uri,
            visiteur,
            cookies,
        })))
    }

    /// Whose unsent text this browser keeps and finds again: the person's once signed in, the browser's own otherwise.
    #[must_use]
    pub fn proprietaire_des_saisies(&self) -> Proprietaire {
        match self.visiteur.personne_id() {
            Some(id) => Proprietaire::personne(id),
            None => Proprietaire::navigateur(&empreinte_de_jeton(&format!("saisies/{}", self.jeton_visiteur))),
        }
    }

    /// Digest that binds tokens to this browser and, once signed in, to this session.
    #[must_use]
    pub fn empreinte_visiteur(&self) -> String {
        let session = self.visiteur.session.as_ref().map_or("", |(session, _)| session.id.as_str());
        empreinte_de_jeton(&format!("{}/{session}", self.jeton_visiteur))
    }
}

/// What a person recognises of a `User-Agent`; never kept whole.
fn appareil(agent: &str) -> String {
    let connu = |noms: &[(&str, &'static str)], sinon: &'static str| {
        noms.iter().find(|(marque, _)| agent.contains(marque)).map_or(sinon, |(_, nom)| *nom)
    };
    let navigateurs =
        [("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari")];
    let systemes = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    format!("{} sur {}", connu(&navigateurs, "Un navigateur"), connu(&systemes, "un appareil"))
}

fn est_un_jeton(texte: &str) -> bool {
    texte.len() == 64 && texte.bytes().all(|o| o.is_ascii_hexdigit())
}

async fn lire_visiteur(instance: &Instance, cookies: &CookieJar) -> Result<Visiteur, Erreur> {
    let Some(jeton) = cookies.get(COOKIE_SESSION).map(|c| c.value()).filter(|jeton| est_un_jeton(jeton)) else {
        return Ok(Visiteur::default());
    };
    let maintenant = instance.clock.instant();
    let tx = instance.db.read().await?;
    let Some((session, personne)) = session::retrouver(&tx, maintenant, jeton).await? else {
        return Ok(Visiteur::default());
    };
    let jour = instance.aujourd_hui();
    let mandats: Vec<EnVigueur> = mandat::en_vigueur(&tx, &personne.id, jour)
        .await?
        .into_iter()
        // A function of the département holds only in the département's own organisation.
        .filter(|m| !m.fonction.est_du_departement() || m.nature == organisation::Nature::Departement)
        .collect();
    let fonctions: Vec<Fonction> = mandats.iter().filter(|m| m.verifie()).map(|m| m.fonction).collect();
    let secteurs = if fonctions.contains(&Fonction::ChargeTerritorial) {
        secteur::de_l_agent(&tx, &personne.id, jour).await?
    } else {
        Vec::new()
    };
    drop(tx);
    if maintenant.seconds_since(session.vu_le) > PAS_DE_VISITE_S {
        let tx = instance.db.begin().await?;
        session::noter_visite(&tx, &session.id, maintenant).await?;
        tx.commit().await?;
    }
    Ok(Visiteur { session: Some((session, personne)), mandats, secteurs, fonctions, navigateur: None })
}

impl<S: Send + Sync> FromRequestParts<S> for Contexte {
    type Rejection = Erreur;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Erreur> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Erreur::interne("aucun contexte pour cette requête"))
    }
}
