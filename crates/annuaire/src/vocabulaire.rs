//! Closed vocabularies of the directory: stable id stored, label shown.

use domain::vocabulaire;
use sea_orm::DeriveValueType;

vocabulaire! {
    /// Three-valued answer: unknown is never no.
    #[derive(DeriveValueType)]
    #[sea_orm(value_type = "String")]
    Reponse {
        Oui = "oui", "oui";
        Non = "non", "non";
        Inconnu = "inconnu", "inconnu";
    }
}

vocabulaire! {
    /// Whether an actor is shown.
    #[derive(DeriveValueType)]
    #[sea_orm(value_type = "String")]
    EtatActeur {
        Actif = "actif", "en activité";
        Cesse = "cesse", "a cessé son activité";
        Endormi = "endormi", "sans nouvelles depuis deux ans";
        Masque = "masque", "retiré de l’annuaire";
        Parti = "parti", "n’a plus d’adresse ouverte dans le territoire";
    }
}

vocabulaire! {
    /// Diffusion status of Sirene (code de commerce, R123-232-1): `partielle` shows no address and is never canvassed.
    #[derive(DeriveValueType)]
    #[sea_orm(value_type = "String")]
    Diffusion {
        Totale = "totale", "diffusible";
        Partielle = "partielle", "diffusion partielle";
    }
}

vocabulaire! {
    /// Family of legal form, from the INSEE legal category.
    #[derive(DeriveValueType)]
    #[sea_orm(value_type = "String")]
    Famille {
        Association = "association", "Association";
        Cooperative = "cooperative", "Coopérative";
        Mutuelle = "mutuelle", "Mutuelle";
        Fondation = "fondation", "Fondation ou fonds de dotation";
        Societe = "societe", "Société";
        Public = "public", "Organisme public";
        Autre = "autre", "Forme à préciser";
    }
}

vocabulaire! {
    /// Approvals and conventions.
    #[derive(DeriveValueType)]
    #[sea_orm(value_type = "String")]
    GenreAgrement {
        Ei = "ei", "Entreprise d’insertion";
        Aci = "aci", "Atelier et chantier d’insertion";
        Ai = "ai", "Association intermédiaire";
        Etti = "etti", "Entreprise de travail temporaire d’insertion";
        Eiti = "eiti", "Entreprise d’insertion par le travail indépendant";
        Geiq = "geiq", "Groupement d’employeurs pour l’insertion et la qualification";
        Sep = "sep", "Travail en prison";
        Ea = "ea", "Entreprise adaptée";
        Eatt = "eatt", "Entreprise adaptée de travail temporaire";
        Esat = "esat", "Établissement et service d’aide par le travail";
        Esus = "esus", "Entreprise solidaire d’utilité sociale";
    }
}

vocabulaire! {
    /// A fact about an actor: what its value is about.
    #[derive(DeriveValueType)]
    #[sea_orm(value_type = "String")]
    Champ {
        Nom = "nom", "Nom";
        Sigle = "sigle", "Sigle";
        Rna = "rna", "Numéro RNA";
        CategorieJuridique = "categorie-juridique", "Catégorie juridique";
        Naf = "naf", "Activité principale (NAF)";
        Tranche = "tranche", "Tranche d’effectif";
        Etat = "etat", "État";
        Diffusion = "diffusion", "Diffusion";
        Commune = "commune", "Commune du siège";
        SireneEss = "sirene-ess", "Appartenance à l’ESS dite par Sirene";
        EssFrance = "ess-france", "Présence dans la liste d’ESS France";
        Siae = "siae", "Présence dans la liste des structures d’insertion";
        PreuveEss = "preuve-ess", "Document qui prouve l’appartenance à l’ESS";
        DecisionEssLoi = "decision-ess-loi", "ESS selon la loi, décidé par un agent";
        DecisionEssStat = "decision-ess-stat", "ESS dans les statistiques, décidé par un agent";
        Presentation = "presentation", "Présentation";
        Site = "site", "Site internet";
        Courriel = "courriel", "Courriel";
        Telephone = "telephone", "Téléphone";
        Approbation = "approbation", "Fiche relue par un réseau";
        Objet = "objet", "Objet déclaré";
        Visites = "visites", "Ouvert aux visites";
        Ventes = "ventes", "Vend aux collectivités";
        Benevoles = "benevoles", "Accueille des bénévoles";
    }
}

vocabulaire! {
    /// Where a fact comes from.
    #[derive(DeriveValueType)]
    #[sea_orm(value_type = "String")]
    Origine {
        Acteur = "acteur", "l’acteur lui-même";
        Agent = "agent", "un agent du département";
        Sirene = "sirene", "Insee, répertoire Sirene";
        Siae = "siae", "liste des structures d’insertion (ministère du Travail)";
        EssFrance = "ess-france", "liste des entreprises de l’ESS (ESS France)";
        Naf = "naf", "déduit de l’activité principale, à vérifier";
        Exemple = "exemple", "exemple inventé pour la démonstration";
        Reseau = "reseau", "un réseau dont la structure est membre";
        Confirme = "confirme", "la fiche, quand elle a été confirmée";
        Rna = "rna", "répertoire national des associations (RNA)";
        Esus = "esus", "liste des entreprises solidaires d’utilité sociale (ESUS)";
        Cress = "cress", "liste d’une chambre régionale de l’économie sociale et solidaire";
    }
}

impl Origine {
    /// Somebody spoke, or said that the page is right; else a source did.
    #[must_use]
    pub fn personne(self) -> bool {
        matches!(self, Self::Acteur | Self::Agent | Self::Confirme)
    }
}

vocabulaire! {
    /// What an offer brings.
    #[derive(DeriveValueType)]
    #[sea_orm(value_type = "String")]
    GenreOffre {
        Ingenierie = "ingenierie", "Ingénierie, conseil";
        Local = "local", "Local, lieu";
        Formation = "formation", "Formation";
        Insertion = "insertion", "Emploi en insertion";
        Financement = "financement", "Financement";
        Service = "service", "Service";
    }
}

vocabulaire! {
    /// The legal way by which a commune takes an offer; an actor may accept several.
    #[derive(DeriveValueType)]
    #[sea_orm(value_type = "String")]
    ModeOffre {
        Achat = "achat", "Achat (marché public)";
        Subvention = "subvention", "Subvention";
        Adhesion = "adhesion", "Adhésion";
        Capital = "capital", "Entrée au capital";
    }
}

vocabulaire! {
    /// How the price of an offer is made.
    #[derive(DeriveValueType)]
    #[sea_orm(value_type = "String")]
    Tarif {
        Gratuit = "gratuit", "Gratuit pour la commune";
        Journee = "journee", "À la journée";
        Forfait = "forfait", "Au forfait";
        Succes = "succes", "Au succès";
        Abonnement = "abonnement", "Par abonnement ou adhésion";
        Devis = "devis", "Sur devis";
    }
}

vocabulaire! {
    /// How long a capacity is counted over.
    #[derive(DeriveValueType)]
    #[sea_orm(value_type = "String")]
    Periode {
        Jour = "jour", "par jour";
        Semaine = "semaine", "par semaine";
        Mois = "mois", "par mois";
        An = "an", "par an";
    }
}

vocabulaire! {
    /// Kind of a territory served.
    #[derive(DeriveValueType)]
    #[sea_orm(value_type = "String")]
    GenreTerritoire {
        Departement = "departement", "Département";
        Epci = "epci", "Intercommunalité";
        Commune = "commune", "Commune";
        Perimetre = "perimetre", "Périmètre du département";
    }
}
