//! The face of a feature: plain data that `server` gathers. Adding a feature is one crate and one line there.

use std::collections::BTreeMap;

use axum::routing::MethodRouter;
use domain::constat::{Constat, Verdict};
use domain::droit::{Action, Fonction, Lien};
use domain::plan::Aide;
use domain::profil::{FaitsCommune, ProfilDeProjet};
use domain::regle::FicheRegle;
use domain::theme::Theme;
use futures_util::future::BoxFuture;
use jiff::civil::Date;
use platform::journal::ligne;
use platform::periodique::Periodique;
use platform::worker::Tache;
use platform::{Migration, ReadTx, WriteTx};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use serde_json::Value;
use socle::projet;

use crate::cadre::Cadre;
use crate::contexte::Visiteur;
use crate::erreur::Erreur;
use crate::instance::Instance;
use crate::recherche::Source;
use crate::trouvailles::{DemandeTrouver, Trouvailles, Trouver};

/// Who may enter a route, checked before its handler runs; a test walks every route as every function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acces {
    /// Everyone.
    Public,
    /// Anyone signed in.
    Connecte,
    /// Those whose functions give this action, whatever the project.
    Action(Action),
    /// Decided on the object (a project, a signed link): the handler asks the table of rights.
    SelonObjet,
    /// Only in a demonstration.
    Demo,
}

impl Acces {
    /// May this visitor enter?
    ///
    /// # Errors
    /// The reason.
    pub fn verifier(self, visiteur: &Visiteur, demo: bool) -> Result<(), Erreur> {
        match self {
            Self::Public | Self::SelonObjet => Ok(()),
            Self::Connecte => visiteur.connecte().map(|_| ()),
            Self::Action(action) => visiteur.autoriser(Lien::Aucun, action),
            Self::Demo if demo => Ok(()),
            Self::Demo => Err(Erreur::Introuvable("cette page")),
        }
    }
}

/// A route with its declared access.
pub struct Route {
    /// `GET` or `POST`, or both ("GET POST"); for the test of rights.
    pub methodes: &'static str,
    /// Path of axum: `/projets/{reference}`.
    pub chemin: &'static str,
    /// Who may enter.
    pub acces: Acces,
    /// Handlers.
    pub vers: MethodRouter,
}

/// An entry of the menu, shown to those who may enter.
#[derive(Clone, Debug)]
pub struct EntreeMenu {
    /// Order.
    pub rang: u16,
    /// Words.
    pub libelle: &'static str,
    /// Where.
    pub url: &'static str,
    /// Who sees it.
    pub acces: Acces,
}

/// What a feature is asked for a project's profile.
pub struct DemandePropositions<'a> {
    /// Snapshot.
    pub tx: &'a ReadTx,
    /// Instance.
    pub instance: &'a Instance,
    /// Profile.
    pub profil: &'a ProfilDeProjet,
    /// Facts of the commune.
    pub faits: &'a FaitsCommune,
    /// Day.
    pub jour: Date,
}

/// Family of a proposition, in the order of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Famille {
    /// A lever: grant, loan, engineering.
    Levier,
    /// An ESS actor with an offer.
    Acteur,
    /// A legal form.
    FormeJuridique,
}

/// Something that may fit a project, with the reasons.
#[derive(Clone, Debug)]
pub struct Proposition {
    /// Family.
    pub famille: Famille,
    /// Stable id inside the family.
    pub id: String,
    /// Title.
    pub titre: String,
    /// Who offers it.
    pub porteur: String,
    /// One sentence: what it brings.
    pub resume: String,
    /// Amount in words, when something is known.
    pub montant: Option<String>,
    /// Page.
    pub url: Option<String>,
    /// All criteria together.
    pub verdict: Verdict,
    /// Each criterion.
    pub constats: Vec<Constat>,
    /// For the simulation, when it counts there.
    pub aide: Option<Aide>,
    /// Marked as an example (demonstration).
    pub exemple: bool,
    /// The service is paid: at least two providers are shown (nobody is recommended alone).
    pub payant: bool,
    /// Where an agent may write for an introduction; never shown on a page.
    pub courriel: Option<String>,
}

/// Propositions of one feature.
pub type Propositions = for<'a> fn(&'a DemandePropositions<'a>) -> BoxFuture<'a, Result<Vec<Proposition>, Erreur>>;

/// Where a panel is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lieu {
    /// Under the answer "what fits".
    Resultat,
    /// On the project's own page.
    Fiche,
    /// On the page of the agent who follows the project.
    Suivi,
}

/// What a panel of the project page is given.
pub struct DemandePanneau<'a> {
    /// Snapshot.
    pub tx: &'a ReadTx,
    /// Layout (for forms).
    pub cadre: &'a Cadre,
    /// Project.
    pub projet: &'a projet::Model,
    /// Its themes.
    pub themes: &'a [Theme],
    /// How the visitor stands to it.
    pub lien: Lien,
    /// Where the panel is shown.
    pub lieu: Lieu,
}

/// A part of the project page.
#[derive(Clone, Debug)]
pub struct Panneau {
    /// Anchor.
    pub id: &'static str,
    /// Heading.
    pub titre: String,
    /// Body, already HTML.
    pub corps: String,
    /// Long and seldom read: folded beside others.
    pub plie: bool,
}

/// A panel: at most a few statements, filters its own rights, fails alone.
pub type PanneauProjet = for<'a> fn(&'a DemandePanneau<'a>) -> BoxFuture<'a, Result<Option<Panneau>, Erreur>>;

/// What a feature is asked for the page of a commune.
pub struct DemandeCommune<'a> {
    /// Snapshot.
    pub tx: &'a ReadTx,
    /// Layout.
    pub cadre: &'a Cadre,
    /// Commune.
    pub faits: &'a FaitsCommune,
}

/// A part of the page of a commune.
pub type PanneauCommune = for<'a> fn(&'a DemandeCommune<'a>) -> BoxFuture<'a, Result<Option<Panneau>, Erreur>>;

/// What a feature is asked about a structure of the directory, for the page of who represents it.
pub struct DemandeStructure<'a> {
    /// Snapshot.
    pub tx: &'a ReadTx,
    /// Instance.
    pub instance: &'a Instance,
    /// Where it is written to.
    pub courriel: &'a str,
}

/// Something that waits for the answer of a structure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attente {
    /// What, in one sentence.
    pub quoi: String,
    /// How to answer.
    pub comment: String,
}

/// What waits for the answer of a structure, in one feature: at most two statements.
pub type Attentes = for<'a> fn(&'a DemandeStructure<'a>) -> BoxFuture<'a, Result<Vec<Attente>, Erreur>>;

/// Work at `init`, at the making of a demonstration, or at the start of the service.
pub type Semis = for<'a> fn(&'a Instance) -> BoxFuture<'a, Result<(), Erreur>>;

/// Rights of a person over their data: what a feature holds about them, as readable JSON.
pub type Export = for<'a> fn(&'a ReadTx, &'a socle::PersonneId) -> BoxFuture<'a, Result<Value, Erreur>>;

/// Erasure of a person: what a feature holds that says who they are, in the transaction that erases the account.
pub type Effacement = for<'a> fn(&'a WriteTx, &'a Instance, &'a socle::PersonneId) -> BoxFuture<'a, Result<(), Erreur>>;

/// How the journal's events of one kind are said.
pub type Rendu = fn(&ligne::Model, &Value) -> String;

/// What a feature does when another one did something to a project, in the same transaction.
pub type Ecoute = for<'a> fn(&'a WriteTx, &'a Cadre, &'a projet::Model) -> BoxFuture<'a, Result<(), Erreur>>;

/// The statement that finds a row when a project was handed by name to a person, or to someone whom they replace that day:
/// they then stand to it as the chargé of its secteur.
pub type Attribution = fn(&projet::ProjetId, &socle::PersonneId, Date) -> Statement;

/// What a feature keeps about people, for the privacy page (RGPD art. 13 and 30).
#[derive(Clone, Copy, Debug)]
pub struct Donnees {
    /// What.
    pub quoi: &'static str,
    /// Why, and on which basis.
    pub pourquoi: &'static str,
    /// How long.
    pub duree: &'static str,
}

/// A line of the menu of settings.
#[derive(Clone, Copy, Debug)]
pub struct LienReglage {
    /// Order.
    pub rang: u16,
    /// Words.
    pub libelle: &'static str,
    /// One sentence: what is done there.
    pub texte: &'static str,
    /// Where.
    pub url: &'static str,
}

/// Erases what a feature holds of a project whose keeping time is over. The journal keeps its facts and ids.
pub type Purge = for<'a> fn(&'a WriteTx, &'a Instance, &'a socle::ProjetId) -> BoxFuture<'a, Result<(), DbErr>>;

/// The face.
#[derive(Default)]
pub struct Feature {
    /// Name of the crate.
    pub nom: &'static str,
    /// Tables.
    pub migrations: &'static [Migration],
    /// Routes.
    pub routes: Vec<Route>,
    /// Work after a commit.
    pub taches: Vec<Tache<Instance>>,
    /// To whom a project was handed by name.
    pub attribution: Option<Attribution>,
    /// How its events are said, by kind.
    pub evenements: &'static [(&'static str, Rendu)],
    /// The events of others that it hears, by kind.
    pub ecoutes: &'static [(&'static str, Ecoute)],
    /// Menu.
    pub menu: Vec<EntreeMenu>,
    /// What may fit a project.
    pub propositions: Option<Propositions>,
    /// What it lets be found.
    pub sources: &'static [Source],
    /// What it finds beside the index, for one visitor.
    pub trouver: Option<Trouver>,
    /// Parts of the project page.
    pub panneaux: &'static [PanneauProjet],
    /// Parts of a commune's page.
    pub panneaux_commune: &'static [PanneauCommune],
    /// Rules that it owns.
    pub regles: &'static [FicheRegle],
    /// First content of an instance.
    pub init: Option<Semis>,
    /// Content of the demonstration.
    pub demo: Option<Semis>,
    /// What it puts right at each start of the service, before anyone is answered.
    pub demarrage: Option<Semis>,
    /// What it holds about a person.
    pub export: Option<Export>,
    /// What it erases of a person who asks for it.
    pub effacer: Option<Effacement>,
    /// What it keeps about people, in words.
    pub donnees: &'static [Donnees],
    /// Its lines in the menu of settings.
    pub reglages: Vec<LienReglage>,
    /// Its daily work.
    pub periodiques: &'static [Periodique],
    /// Erases what it holds of a project (rows that refer to it), before the project itself goes.
    pub purge: Option<Purge>,
    /// Its pages in one's account: address and words.
    pub liens_compte: &'static [(&'static str, &'static str)],
    /// Its pages in the menu of one's account, for who holds such a function: function, address, words.
    pub liens_de_fonction: &'static [(Fonction, &'static str, &'static str)],
    /// What waits for the answer of a structure.
    pub attentes: Option<Attentes>,
    /// Tables that everyone may take.
    pub jeux: &'static [crate::ouvert::Jeu],
    /// Its read API, described: an OpenAPI document whose paths and schemas join those of the others.
    pub api: Option<fn() -> Value>,
}

/// All features, gathered.
#[derive(Default)]
pub struct Maison {
    /// Features, in the order of their migrations.
    pub features: Vec<Feature>,
}

impl Maison {
    /// Gathers.
    #[must_use]
    pub fn nouvelle(features: Vec<Feature>) -> Self {
        Self { features }
    }

    /// Every table, kernel first.
    #[must_use]
    pub fn migrations(&self) -> Vec<Migration> {
        let noyau = [
            platform::journal::MIGRATIONS,
            platform::courriel::MIGRATIONS,
            platform::fichiers::MIGRATIONS,
            platform::periodique::MIGRATIONS,
            socle::MIGRATIONS,
        ];
        noyau.into_iter().chain(self.features.iter().map(|f| f.migrations)).flatten().copied().collect()
    }

    /// Puts right what a stop in the middle left, in each feature; one that fails is logged, and the service starts.
    pub async fn demarrer(&self, instance: &Instance) {
        for feature in &self.features {
            let Some(demarrage) = feature.demarrage else { continue };
            if let Err(erreur) = demarrage(instance).await {
                tracing::error!(feature = feature.nom, ?erreur, "le démarrage d’une partie du service n’a pas abouti");
            }
        }
    }

    /// The functions of the worker.
    #[must_use]
    pub fn taches(&self) -> Vec<Tache<Instance>> {
        crate::courriels::taches()
            .into_iter()
            .chain(crate::recherche::taches())
            .chain(crate::fichier::taches())
            .chain(self.features.iter().flat_map(|feature| feature.taches.iter().cloned()))
            .collect()
    }

    /// What the features let be found.
    pub fn sources(&self) -> impl Iterator<Item = &'static Source> {
        self.features.iter().flat_map(|feature| feature.sources)
    }

    /// What the features find beside the index, in their order; one that fails is left out and logged.
    pub async fn trouver(&self, demande: &DemandeTrouver<'_>) -> Vec<Trouvailles> {
        let mut familles = Vec::new();
        for feature in &self.features {
            let Some(trouver) = feature.trouver else { continue };
            match trouver(demande).await {
                Ok(siennes) => familles.extend(siennes.into_iter().filter(|famille| famille.total > 0)),
                Err(erreur) => tracing::error!(feature = feature.nom, ?erreur, "une recherche n’a pas abouti"),
            }
        }
        familles
    }

    /// The open tables, in the order of features.
    pub fn jeux(&self) -> impl Iterator<Item = &'static crate::ouvert::Jeu> {
        self.features.iter().flat_map(|feature| feature.jeux)
    }

    /// The daily work: that of the index, then that of the features.
    #[must_use]
    pub fn periodiques(&self) -> Vec<Periodique> {
        let des_features = self.features.iter().flat_map(|feature| feature.periodiques).copied();
        std::iter::once(crate::recherche::CHAQUE_NUIT).chain(des_features).collect()
    }

    /// The menu of settings, in order.
    #[must_use]
    pub fn reglages(&self) -> Vec<LienReglage> {
        let mut liens: Vec<LienReglage> = self.features.iter().flat_map(|f| f.reglages.iter()).copied().collect();
        liens.sort_by_key(|lien| lien.rang);
        liens
    }

    /// Menu entries that the visitor may enter, in order.
    #[must_use]
    pub fn menu(&self, visiteur: &Visiteur, demo: bool) -> Vec<EntreeMenu> {
        let mut menu: Vec<EntreeMenu> = self
            .features
            .iter()
            .flat_map(|feature| feature.menu.iter())
            .filter(|entree| entree.acces.verifier(visiteur, demo).is_ok())
            .cloned()
            .collect();
        menu.sort_by_key(|entree| entree.rang);
        menu
    }

    /// Everything that may fit a profile: families in order; inside one, what fits before what is to be verified,
    /// before what does not fit; then by title. Providers are never ranked by preference.
    ///
    /// # Errors
    /// A feature failed.
    pub async fn propositions(&self, demande: &DemandePropositions<'_>) -> Result<Vec<Proposition>, Erreur> {
        let mut toutes = Vec::new();
        for propositions in self.features.iter().filter_map(|feature| feature.propositions) {
            toutes.extend(propositions(demande).await?);
        }
        toutes.sort_by_cached_key(|p| (p.famille, rang_du_verdict(p.verdict), domain::tri::cle_de_tri(&p.titre)));
        Ok(toutes)
    }

    /// Was a project handed by name to this agent, or to someone whom they replace? At most one statement per feature that
    /// hands projects over.
    ///
    /// # Errors
    /// The engine refused.
    pub async fn attribue(
        &self,
        db: &impl ConnectionTrait,
        projet: &projet::ProjetId,
        agent: &socle::PersonneId,
        jour: Date,
    ) -> Result<bool, DbErr> {
        for attribution in self.features.iter().filter_map(|feature| feature.attribution) {
            if db.query_one_raw(attribution(projet, agent, jour)).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Lets the features that listen hear what was done to a project.
    ///
    /// # Errors
    /// A feature failed: nothing is saved.
    pub async fn annoncer(
        &self,
        tx: &WriteTx,
        cadre: &Cadre,
        projet: &projet::Model,
        genre: &str,
    ) -> Result<(), Erreur> {
        let ecoutes = self.features.iter().flat_map(|feature| feature.ecoutes);
        for (_, ecouter) in ecoutes.filter(|(attendu, _)| *attendu == genre) {
            ecouter(tx, cadre, projet).await?;
        }
        Ok(())
    }

    /// The panels of a project; one that fails is left out and logged, the page goes on.
    pub async fn panneaux(&self, demande: &DemandePanneau<'_>) -> Vec<Panneau> {
        let mut panneaux = Vec::new();
        for feature in &self.features {
            for panneau in feature.panneaux {
                match panneau(demande).await {
                    Ok(panneau) => panneaux.extend(panneau),
                    Err(erreur) => {
                        tracing::error!(feature = feature.nom, ?erreur, "un panneau n’a pas pu être affiché")
                    }
                }
            }
        }
        panneaux
    }

    /// What waits for the answer of a structure; a feature that fails is left out and logged, the page goes on.
    pub async fn attentes(&self, demande: &DemandeStructure<'_>) -> Vec<Attente> {
        let mut toutes = Vec::new();
        for feature in &self.features {
            let Some(attentes) = feature.attentes else { continue };
            match attentes(demande).await {
                Ok(attentes) => toutes.extend(attentes),
                Err(erreur) => tracing::error!(feature = feature.nom, ?erreur, "des attentes n’ont pas pu être lues"),
            }
        }
        toutes
    }

    /// The pages that the visitor's functions open in the menu of their account, in the order of features.
    #[must_use]
    pub fn liens_de_fonction(&self, visiteur: &Visiteur) -> Vec<(&'static str, &'static str)> {
        let tenue = |fonction: Fonction| visiteur.mandats.iter().any(|mandat| mandat.fonction == fonction);
        let liens = self.features.iter().flat_map(|feature| feature.liens_de_fonction);
        liens.filter(|(fonction, ..)| tenue(*fonction)).map(|(_, url, mots)| (*url, *mots)).collect()
    }

    /// All rules with a page: those of the kernel, then those of the features.
    pub fn regles(&self) -> impl Iterator<Item = &FicheRegle> {
        domain::regle::toutes().iter().chain(self.features.iter().flat_map(|feature| feature.regles))
    }

    /// The sentence of an event; an unknown kind (a feature removed since) is said by its kind.
    #[must_use]
    pub fn dire(&self, evenement: &ligne::Model) -> String {
        let faits: Value = serde_json::from_str(&evenement.faits).unwrap_or_default();
        let rendus: BTreeMap<&str, Rendu> =
            self.features.iter().flat_map(|feature| feature.evenements.iter().copied()).collect();
        match rendus.get(evenement.genre.as_str()) {
            Some(rendu) => rendu(evenement, &faits),
            None => evenement.genre.clone(),
        }
    }
}

/// What may fit a project, today; nothing when its commune is unknown.
///
/// # Errors
/// A feature failed.
pub async fn propositions_pour(
    tx: &ReadTx,
    instance: &Instance,
    profil: &ProfilDeProjet,
) -> Result<Vec<Proposition>, Erreur> {
    let Some(faits) = instance.faits_pour_criteres(&profil.commune) else { return Ok(Vec::new()) };
    let demande = DemandePropositions { tx, instance, profil, faits: &faits, jour: instance.aujourd_hui() };
    instance.maison.propositions(&demande).await
}

fn rang_du_verdict(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Oui => 0,
        Verdict::AVerifier => 1,
        Verdict::SansObjet => 2,
        Verdict::Non => 3,
    }
}
