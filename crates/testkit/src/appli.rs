//! The application under test.

use std::sync::Arc;

use axum::Router;
use domain::droit::Fonction;
use domain::referentiel::Referentiel;
use platform::configuration::Oidc;
use platform::courriel::{Courriel, Postier};
use platform::crypto::{Cle, Signature};
use platform::fichiers::Fichiers;
use platform::periodique::planifier;
use platform::sauvegarde::Dossiers;
use platform::worker::Worker;
use platform::{Clock, Ids, Moteur, migration, outbox};
use socle::mandat::{self, Verification};
use socle::organisation::{self, Nature, Nouvelle};
use socle::{personne, session};
use web::application::{Instances, Limites, application, routes};
use web::instance::Parties;
use web::{Feature, Instance, Maison};

use crate::base::Base;
use crate::horloge::{HorlogeFixe, IdsSemes};
use crate::navigateur::Navigateur;

/// An application with its worker and mailbox.
pub struct Appli {
    /// Instance.
    pub instance: Instance,
    /// Clock.
    pub horloge: Arc<HorlogeFixe>,
    /// Every route: methods, path, declared access.
    pub routes: Vec<(&'static str, &'static str, web::Acces)>,
    router: Router,
    worker: Worker<Instance>,
    base: Base,
}

/// What stays when the application is opened again.
struct Tenu {
    ids: Arc<dyn Ids>,
    signature: Signature,
    demo: bool,
    oidc: Option<Oidc>,
    limites: Limites,
    espace_min: u64,
}

impl Appli {
    /// The département 54, these features, an empty database; `init` of each feature has run.
    pub async fn nouvelle(moteur: Moteur, features: Vec<Feature>) -> Self {
        Self::pour("54", moteur, features, false).await
    }

    /// The same as a demonstration.
    pub async fn demonstration(moteur: Moteur, features: Vec<Feature>) -> Self {
        Self::pour("54", moteur, features, true).await
    }

    /// For any collectivité.
    pub async fn pour(code: &str, moteur: Moteur, features: Vec<Feature>, demo: bool) -> Self {
        Self::neuve(code, moteur, features, demo, None, Limites::default()).await
    }

    /// The département 54 within these bounds.
    pub async fn avec_limites(moteur: Moteur, features: Vec<Feature>, limites: Limites) -> Self {
        Self::neuve("54", moteur, features, false, None, limites).await
    }

    /// The département 54 with an identity provider of agents.
    pub async fn avec_oidc(moteur: Moteur, features: Vec<Feature>, oidc: Oidc) -> Self {
        Self::neuve("54", moteur, features, false, Some(oidc), Limites::default()).await
    }

    async fn neuve(
        code: &str,
        moteur: Moteur,
        features: Vec<Feature>,
        demo: bool,
        oidc: Option<Oidc>,
        limites: Limites,
    ) -> Self {
        let ids = Arc::new(IdsSemes::default());
        let signature = Signature::nouvelle(Cle::nouvelle(&*ids), Vec::new());
        let tenu = Tenu { ids, signature, demo, oidc, limites, espace_min: 0 };
        Self::assembler(Base::nouvelle(moteur).await, Arc::new(HorlogeFixe::default()), features, code, tenu).await
    }

    /// The same database on a disk that is said to be almost full under so many free bytes.
    pub async fn a_l_etroit(self, features: Vec<Feature>, espace_min: u64) -> Self {
        self.ouvrir_encore(features, espace_min).await
    }

    /// The same database with other features: what an upgrade does, or a feature that is removed.
    pub async fn rouvrir(self, features: Vec<Feature>) -> Self {
        let espace_min = self.instance.dossiers.espace_min;
        self.ouvrir_encore(features, espace_min).await
    }

    async fn ouvrir_encore(self, features: Vec<Feature>, espace_min: u64) -> Self {
        let Self { instance, horloge, base, .. } = self;
        let tenu = Tenu {
            ids: Arc::clone(&instance.ids),
            signature: instance.signature.clone(),
            demo: instance.demo,
            oidc: instance.oidc.clone(),
            limites: Limites::default(),
            espace_min,
        };
        Self::assembler(base, horloge, features, &instance.collectivite.code, tenu).await
    }

    async fn assembler(base: Base, horloge: Arc<HorlogeFixe>, features: Vec<Feature>, code: &str, tenu: Tenu) -> Self {
        let Tenu { ids, signature, demo, oidc, limites, espace_min } = tenu;
        let mut maison = Maison::nouvelle(features);
        let routes = routes(&mut maison);
        migration::migrer(&base.db, &maison.migrations(), &*horloge).await.expect("migrations run");
        let parties = Parties {
            collectivite: Referentiel::embarque().collectivite(code).expect("a known collectivité"),
            db: base.db.clone(),
            clock: Arc::clone(&horloge) as Arc<dyn Clock>,
            ids,
            signature,
            fichiers: Fichiers::locaux(&base.dossier.path().join("fichiers"), 2_000_000).expect("a folder"),
            postier: Postier::memoire(),
            index: search::Index::en_memoire().expect("an index"),
            oidc,
            demo,
            url_publique: "http://terreau.test".to_owned(),
            maison: Arc::new(maison),
            dossiers: Dossiers {
                donnees: base.dossier.path().to_owned(),
                sauvegardes: base.dossier.path().join("sauvegardes"),
                espace_min,
            },
        };
        let instance = Instance::assembler(parties).await.expect("an instance");
        for semis in instance.maison.features.iter().filter_map(|feature| feature.init) {
            semis(&instance).await.expect("init runs");
        }
        if demo {
            for semis in instance.maison.features.iter().filter_map(|feature| feature.demo) {
                semis(&instance).await.expect("the demonstration is made");
            }
        }
        web::recherche::reconstruire(&instance).await.expect("the index is built");
        let worker = Worker::nouveau(instance.maison.taches());
        let declarees = routes.iter().map(|route| (route.methodes, route.chemin, route.acces)).collect();
        let router = application(Instances::une(instance.clone()), routes, &limites);
        Self { instance, horloge, routes: declarees, router, worker, base }
    }

    /// A browser that nobody used yet.
    #[must_use]
    pub fn navigateur(&self) -> Navigateur {
        Navigateur::nouveau(self.router.clone())
    }

    /// Runs the worker until nothing is due.
    pub async fn travailler(&self) {
        loop {
            let clock = &*self.instance.clock;
            let tour = self.worker.tour(&self.instance.db, clock, &self.instance).await.expect("the queue answers");
            if tour.faits + tour.remis + tour.morts == 0 {
                return;
            }
        }
    }

    /// Mails sent so far, oldest first (the worker runs first).
    pub async fn courriels(&self) -> Vec<Courriel> {
        self.travailler().await;
        self.instance.postier.recus()
    }

    /// A day passes: what is planned every day is done.
    ///
    /// # Panics
    /// The database does not answer.
    pub async fn le_lendemain(&self) {
        self.horloge.avancer_de_jours(1);
        let instance = &self.instance;
        let midi = instance.aujourd_hui().at(12, 0, 0, 0);
        let periodiques = instance.maison.periodiques();
        planifier(&instance.db, &*instance.clock, &*instance.ids, &periodiques, midi).await.expect("planned");
        self.travailler().await;
    }

    /// A person with a verified mandate, and a browser where they are signed in.
    pub async fn connecter(
        &self,
        courriel: &str,
        mandat: Option<(Nature, &str, Fonction)>,
    ) -> (Navigateur, socle::PersonneId) {
        let (clock, ids) = (&*self.instance.clock, &*self.instance.ids);
        let tx = self.instance.db.begin().await.expect("a transaction");
        let personne = personne::trouver_ou_creer(&tx, clock, ids, courriel).await.expect("a person");
        let nom = courriel.split('@').next().unwrap_or("x");
        personne::nommer(&tx, &personne, "Exemple", nom, None).await.expect("a name");
        if let Some((nature, nom, fonction)) = mandat {
            let organisation = self.organisation(&tx, nature, nom).await;
            let nouveau = mandat::Nouveau {
                personne: personne.id.clone(),
                organisation,
                fonction,
                du: "2026-01-01".parse().expect("a date"),
                au: None,
                preuve: "test".to_owned(),
                verifie_par: Some(Verification::Preuve),
            };
            mandat::donner(&tx, clock, ids, nouveau).await.expect("a mandate");
        }
        let jeton = ids.jeton();
        session::ouvrir(&tx, clock, &jeton, &personne.id, "navigateur de test").await.expect("a session");
        tx.commit().await.expect("a commit");
        let mut navigateur = self.navigateur();
        navigateur.poser_cookie(web::contexte::COOKIE_SESSION, &jeton);
        (navigateur, personne.id)
    }

    /// For [`Nature::Commune`] and [`Nature::Epci`], `nom` is a commune's code of the COG.
    async fn organisation(&self, tx: &platform::WriteTx, nature: Nature, nom: &str) -> socle::OrganisationId {
        let code = || nom.parse().expect("a commune code");
        let nom = nom.to_owned();
        let nouvelle = match nature {
            Nature::Commune => Nouvelle::commune(&code()),
            Nature::Epci => Nouvelle::epci(&code()).expect("an EPCI"),
            _ => Nouvelle { nature, siren: None, rna: None, commune: None, nom, courriel: None },
        };
        organisation::trouver_ou_creer(tx, &*self.instance.clock, &*self.instance.ids, nouvelle)
            .await
            .expect("an organisation")
            .id
    }

    /// Ends the test: no work may be left, none may have failed.
    pub async fn fin(self) {
        self.travailler().await;
        let tx = self.instance.db.read().await.expect("a snapshot");
        let echecs = outbox::echecs(&tx, 10).await.expect("the queue answers");
        assert!(echecs.is_empty(), "dead letters: {echecs:?}");
        let file = outbox::etat(&tx, self.instance.clock.instant()).await.expect("the queue answers");
        assert_eq!(file.en_attente, 0, "work is left in the outbox");
        drop(tx);
        let Self { base, instance, router, .. } = self;
        drop((instance, router));
        base.fin().await;
    }
}
