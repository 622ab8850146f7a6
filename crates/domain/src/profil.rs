//! The profile of a project: what matching and simulation need. "Je ne sais pas" is an answer: `None` is unknown.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::cents::Cents;
use crate::code::CodeCommune;
use crate::enumeration::enumeration;
use crate::referentiel::zonage::DansUneListe;
use crate::theme::Theme;

/// Longest title of a project, characters.
pub const TITRE_MAX: usize = 120;
/// Longest description of a project, characters.
pub const MANQUE_MAX: usize = 3_000;
/// Themes of a project at most.
pub const THEMES_MAX: usize = 3;

enumeration! {
    /// Where the project stands.
    Etape {
        Idee = "idee", "Idée";
        Etude = "etude", "Étude";
        Montage = "montage", "Montage";
        Decide = "decide", "Décidé";
        Travaux = "travaux", "Travaux ou lancement";
        Activite = "activite", "En activité";
        Reprise = "reprise", "Reprise ou difficulté";
        Arrete = "arrete", "Arrêté";
        Inconnue = "inconnue", "Étape à préciser";
    }
}

impl Etape {
    /// The stages that a project can be at: those that an aid or an offer asks for.
    #[must_use]
    pub fn connues() -> &'static [Self] {
        Self::TOUS.split_last().map_or(&[], |(_, connues)| connues)
    }
}

enumeration! {
    /// Who bears it.
    Porteur {
        Commune = "commune", "Commune";
        Epci = "epci", "Intercommunalité (communauté de communes, d’agglomération…)";
        Syndicat = "syndicat", "Syndicat de communes";
        Petr = "petr", "Pays ou pôle territorial";
        Ccas = "ccas", "Centre communal ou intercommunal d’action sociale";
        EtablissementPublic = "etablissement-public", "Établissement public";
        AssociationEmployeuse = "association-employeuse", "Association qui emploie des salariés";
        AssociationSansSalarie = "association-sans-salarie", "Association sans salarié";
        Collectif = "collectif", "Groupe d’habitants, sans statut";
        Scic = "scic", "Société coopérative d’intérêt collectif (SCIC)";
        Scop = "scop", "Coopérative de salariés (SCOP) ou autre coopérative";
        Siae = "siae", "Structure d’insertion, entreprise adaptée ou ESAT";
        Mutuelle = "mutuelle", "Mutuelle";
        Fondation = "fondation", "Fondation ou fonds de dotation";
        SocieteEss = "societe-ess", "Société commerciale de l’économie sociale et solidaire";
        HorsEss = "hors-ess", "Autre entreprise";
        Bailleur = "bailleur", "Bailleur ou propriétaire";
        PasDecide = "pas-decide", "Pas encore décidé";
    }
}

enumeration! {
    /// What is needed.
    Besoin {
        Argent = "argent", "De l’argent";
        Conseil = "conseil", "Des conseils";
        Local = "local", "Un local";
        Partenaire = "partenaire", "Un partenaire";
        FormeJuridique = "forme-juridique", "Choisir une forme juridique";
    }
}

enumeration! {
    /// What the money is for.
    NatureDepense {
        Etude = "etude", "Étude";
        Acquisition = "acquisition", "Achat d’un bâtiment ou d’un terrain";
        Travaux = "travaux", "Travaux";
        Equipement = "equipement", "Équipement";
        Vehicule = "vehicule", "Véhicule";
        Poste = "poste", "Poste, salaire";
        Fonctionnement = "fonctionnement", "Fonctionnement";
        Animation = "animation", "Animation";
        Capital = "capital", "Capital ou trésorerie";
    }
}

enumeration! {
    /// An answer when not knowing is allowed.
    Reponse {
        Oui = "oui", "Oui";
        Non = "non", "Non";
        NeSaitPas = "ne-sait-pas", "Je ne sais pas";
    }
}

enumeration! {
    /// What kind of amount the cost is.
    BaseDeCout {
        Ht = "ht", "Hors taxes (HT)";
        Ttc = "ttc", "Toutes taxes comprises (TTC)";
    }
}

enumeration! {
    /// Rate of the VAT of the cost.
    TauxDeTva {
        Normal = "normal", "Le taux normal";
        Autre = "autre", "Un autre taux, ou plusieurs";
        NeSaitPas = "ne-sait-pas", "Je ne sais pas";
    }
}

impl Porteur {
    /// A public maître d'ouvrage: collectivité, grouping or their establishment.
    #[must_use]
    pub fn est_public(self) -> bool {
        matches!(
            self,
            Self::Commune | Self::Epci | Self::Syndicat | Self::Petr | Self::Ccas | Self::EtablissementPublic
        )
    }

    /// A collectivité territoriale or a grouping of them (CGCT L1111-10).
    #[must_use]
    pub fn est_collectivite(self) -> bool {
        matches!(self, Self::Commune | Self::Epci | Self::Syndicat | Self::Petr)
    }

    /// Under which heading a list of choices shows it; the kinds of a group follow each other.
    #[must_use]
    pub fn groupe(self) -> &'static str {
        match self {
            Self::HorsEss | Self::Bailleur | Self::PasDecide => "Autres réponses",
            public if public.est_public() => "Collectivités et organismes publics",
            _ => "Associations, habitants, économie sociale",
        }
    }

    /// An association.
    #[must_use]
    pub fn est_association(self) -> bool {
        matches!(self, Self::AssociationEmployeuse | Self::AssociationSansSalarie)
    }
}

impl NatureDepense {
    /// An investment (the rest is running cost).
    #[must_use]
    pub fn est_investissement(self) -> bool {
        matches!(self, Self::Etude | Self::Acquisition | Self::Travaux | Self::Equipement | Self::Vehicule)
    }
}

/// Fields asked later, when they help. All optional; stored as one JSON text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Complements {
    /// Needs ticked on screen 2; empty is "not said".
    pub besoins: Vec<Besoin>,
    /// "Le maire est-il informé ?", when the bearer is not the mairie.
    pub maire_informe: Option<Reponse>,
    /// Wished date, as typed (a year or a month is enough).
    pub date_souhaitee: Option<String>,
    /// What the money is for.
    pub depenses: Vec<NatureDepense>,
    /// HT or TTC.
    pub base: Option<BaseDeCout>,
    /// Is VAT recovered (FCTVA or otherwise)?
    pub tva_recuperee: Option<Reponse>,
    /// Its rate.
    pub taux_tva: Option<TauxDeTva>,
    /// Has a quote been signed?
    pub devis_signe: Option<Reponse>,
    /// Have works begun?
    pub travaux_commences: Option<Reponse>,
    /// Private money expected.
    pub fonds_prives: Option<Cents>,
    /// Public money already granted, outside what is simulated.
    pub aides_acquises: Option<Cents>,
    /// Public money asked for, not granted.
    pub aides_sollicitees: Option<Cents>,
    /// Public money thought of, not asked for.
    pub aides_envisagees: Option<Cents>,
    /// Is the lack of private initiative proved (rural commerce)?
    pub carence: Option<Reponse>,
    /// Does the operation belong to a field with a chef de file?
    pub chef_de_file: Option<Reponse>,
    /// Is a public market planned within 12 months?
    pub marche_prevu: Option<Reponse>,
    /// For which month (`2027-03`); absent when nobody knows.
    pub marche_mois: Option<String>,
    /// Answers that no rule reads, by question (feature `projets`).
    pub precisions: BTreeMap<String, Vec<String>>,
}

impl Complements {
    /// First day of the month for which a public market is planned.
    #[must_use]
    pub fn mois_du_marche(&self) -> Option<Date> {
        premier_du_mois(self.marche_mois.as_deref()?)
    }
}

/// First day of a month written `2027-03`.
#[must_use]
pub fn premier_du_mois(mois: &str) -> Option<Date> {
    (mois.len() == 7).then(|| format!("{mois}-01").parse().ok()).flatten()
}

/// The profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfilDeProjet {
    /// Commune of the project.
    pub commune: CodeCommune,
    /// One to three themes.
    pub themes: Vec<Theme>,
    /// Stage.
    pub etape: Etape,
    /// Bearer.
    pub porteur: Porteur,
    /// Cost, when known.
    pub cout: Option<Cents>,
    /// The rest.
    pub complements: Complements,
}

impl ProfilDeProjet {
    /// Some expenses said are investment, or all are running costs; unknown otherwise.
    #[must_use]
    pub fn investissement(&self) -> Option<bool> {
        let depenses = &self.complements.depenses;
        if depenses.is_empty() { None } else { Some(depenses.iter().any(|depense| depense.est_investissement())) }
    }
}

/// What is known of the commune for criteria.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaitsCommune {
    /// Code.
    pub code: CodeCommune,
    /// Name.
    pub nom: String,
    /// Inhabitants.
    pub population: Option<u32>,
    /// Département.
    pub departement: String,
    /// Region.
    pub region: String,
    /// EPCI (SIREN).
    pub epci: Option<String>,
    /// EPCI name.
    pub epci_nom: Option<String>,
    /// How it stands today to each list of communes: national ones, then those entered here.
    pub zonages: Vec<DansUneListe>,
}
