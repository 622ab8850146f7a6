//! One collectivité served: its database, perimeter, identity, clock. Nothing else is global but the read-only referential.

use std::ops::Deref;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::code::CodeCommune;
use domain::perimetre::Perimetre;
use domain::profil::FaitsCommune;
use domain::referentiel::canton::{self, Canton};
use domain::referentiel::{Collectivite, Referentiel};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use platform::configuration::Oidc;
use platform::courriel::Postier;
use platform::crypto::Signature;
use platform::fichiers::Fichiers;
use platform::sauvegarde::Dossiers;
use platform::{Clock, Db, Ids};
use socle::reglage;

use crate::erreur::Erreur;
use crate::feature::Maison;
use crate::identite::Identite;
use crate::locaux::Locaux;
use crate::zonages;

/// What an instance is made of.
pub struct Parties {
    /// Département or collectivité with its competences.
    pub collectivite: Collectivite,
    /// Database.
    pub db: Db,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// New identifiers and secrets.
    pub ids: Arc<dyn Ids>,
    /// Key of signed links and forms.
    pub signature: Signature,
    /// Files kept.
    pub fichiers: Fichiers,
    /// Carrier of mail.
    pub postier: Postier,
    /// Full-text index: a cache, rebuilt from the database.
    pub index: search::Index,
    /// Identity provider of agents, when there is one.
    pub oidc: Option<Oidc>,
    /// Demonstration: examples are shown, no mail leaves.
    pub demo: bool,
    /// Address seen by the public, without final `/`.
    pub url_publique: String,
    /// Features gathered.
    pub maison: Arc<Maison>,
    /// Signature key, files, backups.
    pub dossiers: Dossiers,
}

struct Interieur {
    parties: Parties,
    perimetre: Perimetre,
    cantons: OnceLock<Vec<&'static Canton>>,
    fuseau: TimeZone,
    identite: RwLock<Arc<Identite>>,
    locaux: RwLock<Arc<Locaux>>,
}

/// A shared handle.
#[derive(Clone)]
pub struct Instance(Arc<Interieur>);

impl Deref for Instance {
    type Target = Parties;
    fn deref(&self) -> &Parties {
        &self.0.parties
    }
}

impl Instance {
    /// Assembles an instance; its identity is read from the settings.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn assembler(parties: Parties) -> Result<Self, Erreur> {
        let perimetre = parties.collectivite.perimetre(Referentiel::embarque());
        let fuseau = TimeZone::get(parties.collectivite.fuseau).unwrap_or(TimeZone::UTC);
        let (identite, locaux) = lire_reglages(&parties).await?;
        Ok(Self(Arc::new(Interieur {
            parties,
            perimetre,
            cantons: OnceLock::new(),
            fuseau,
            identite: RwLock::new(Arc::new(identite)),
            locaux: RwLock::new(Arc::new(locaux)),
        })))
    }

    /// May a mail go to this address? In a demonstration, only invented ones are written to.
    #[must_use]
    pub fn peut_ecrire_a(&self, courriel: &str) -> bool {
        !self.demo || courriel.ends_with(".invalid")
    }

    /// Today, in the instance's time zone.
    #[must_use]
    pub fn aujourd_hui(&self) -> Date {
        self.clock.today(&self.0.fuseau)
    }

    /// The civil day of an instant, in the instance's time zone.
    #[must_use]
    pub fn jour_de(&self, instant: platform::Instant) -> Date {
        self.0.fuseau.to_datetime(instant.timestamp()).date()
    }

    /// The civil day and time of an instant, in the instance's time zone.
    #[must_use]
    pub fn heure_de(&self, instant: platform::Instant) -> jiff::civil::DateTime {
        self.0.fuseau.to_datetime(instant.timestamp())
    }

    /// The first instant of a civil day, in the instance's time zone.
    #[must_use]
    pub fn debut_de(&self, jour: Date) -> platform::Instant {
        let minuit = jour.at(0, 0, 0, 0);
        self.0.fuseau.to_timestamp(minuit).map_or_else(|_| self.clock.instant(), Into::into)
    }

    /// Its communes.
    #[must_use]
    pub fn perimetre(&self) -> &Perimetre {
        &self.0.perimetre
    }

    /// Its cantons, by code.
    #[must_use]
    pub fn cantons(&self) -> &[&'static Canton] {
        self.0.cantons.get_or_init(|| canton::cantons_de(self.perimetre()))
    }

    /// The national referential.
    #[must_use]
    pub fn referentiel(&self) -> &'static Referentiel {
        Referentiel::embarque()
    }

    /// Name, colours, contact, as last saved.
    #[must_use]
    pub fn identite(&self) -> Arc<Identite> {
        Arc::clone(&self.0.identite.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What the agent of the site changed on screen: texts, mails, themes, lists, closing days.
    #[must_use]
    pub fn locaux(&self) -> Arc<Locaux> {
        Arc::clone(&self.0.locaux.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// After a change of the settings.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn relire_reglages(&self) -> Result<(), Erreur> {
        let (identite, locaux) = lire_reglages(&self.0.parties).await?;
        *self.0.identite.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(identite);
        *self.0.locaux.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(locaux);
        Ok(())
    }

    /// A text of the site, as the agent left it or as shipped; the shipped one where the electoral period freezes it.
    #[must_use]
    pub fn texte(&self, cle: &str) -> String {
        self.locaux().texte(cle, self.aujourd_hui())
    }

    /// The instance's time zone.
    #[must_use]
    pub fn fuseau(&self) -> &TimeZone {
        &self.0.fuseau
    }

    /// What is known of a commune, for criteria: with how it stands today to each list of communes.
    #[must_use]
    pub fn faits_pour_criteres(&self, code: &CodeCommune) -> Option<FaitsCommune> {
        let commune = self.referentiel().commune(code)?;
        let zonages = zonages::situations(commune, &self.locaux(), self.aujourd_hui());
        Some(FaitsCommune { zonages, ..self.faits_commune(code)? })
    }

    /// What is known of a commune, without the lists that name it.
    #[must_use]
    pub fn faits_commune(&self, code: &CodeCommune) -> Option<FaitsCommune> {
        let commune = self.referentiel().commune(code)?;
        let epci = self.referentiel().epci_de(commune);
        Some(FaitsCommune {
            code: commune.code.clone(),
            nom: commune.nom.to_owned(),
            population: commune.population,
            departement: commune.departement.to_owned(),
            region: commune.region.to_owned(),
            epci: epci.map(|e| e.code.as_str().to_owned()),
            epci_nom: epci.map(|e| e.nom.to_owned()),
            zonages: Vec::new(),
        })
    }

    /// A whole address, for mails.
    #[must_use]
    pub fn url(&self, chemin: &str) -> String {
        format!("{}{chemin}", self.url_publique)
    }

    /// Cookies travel on HTTPS only, unless the instance itself is served without it (demonstration, tests).
    #[must_use]
    pub fn https(&self) -> bool {
        self.url_publique.starts_with("https://")
    }
}

async fn lire_reglages(parties: &Parties) -> Result<(Identite, Locaux), Erreur> {
    let tx = parties.db.read().await?;
    let lignes = reglage::tous(&tx).await?;
    Ok((Identite::parmi(&lignes, &parties.collectivite), Locaux::parmi(&lignes)))
}

impl<S: Send + Sync> FromRequestParts<S> for Instance {
    type Rejection = Erreur;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Erreur> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Erreur::interne("aucune instance pour cette requête"))
    }
}
