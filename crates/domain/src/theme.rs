//! One vocabulary of themes for projects, actors, levers, offers, calls and contracts. NAF codes suggest, never decide.
//! Source: the three priorities of Meurthe-et-Moselle's territorial contracts; a département may rename and regroup.

use std::collections::BTreeMap;

use crate::enumeration::enumeration;

enumeration! {
    /// A leaf of the vocabulary.
    Theme {
        Commerce = "commerce", "Commerce, café, multiservice";
        PetiteEnfance = "petite-enfance", "Petite enfance";
        Enfance = "enfance", "Enfance, périscolaire";
        Sante = "sante", "Santé de proximité";
        BienVieillir = "bien-vieillir", "Bien vieillir, aide à domicile";
        Handicap = "handicap", "Handicap, aidants";
        AccesAuxDroits = "acces-aux-droits", "Accès aux droits";
        Numerique = "numerique", "Numérique";
        Mobilite = "mobilite", "Mobilité";
        Habitat = "habitat", "Habitat";
        TiersLieu = "tiers-lieu", "Tiers-lieu, locaux partagés";
        Alimentation = "alimentation", "Alimentation locale";
        Jardins = "jardins", "Jardins, foncier agricole";
        Reemploi = "reemploi", "Réemploi, déchets";
        Reparation = "reparation", "Réparation, vélo";
        Renovation = "renovation", "Rénovation, sobriété";
        Energies = "energies", "Énergies citoyennes";
        Eau = "eau", "Eau, biodiversité";
        Foret = "foret", "Forêt, bois";
        Risques = "risques", "Risques, éducation à l’environnement";
        VieAssociative = "vie-associative", "Vie associative, espace de vie sociale";
        Culture = "culture", "Culture";
        Sport = "sport", "Sport";
        Insertion = "insertion", "Insertion, emploi";
        Pauvrete = "pauvrete", "Pauvreté, aide alimentaire";
        Hebergement = "hebergement", "Accueil, hébergement social";
        Jeunesse = "jeunesse", "Jeunesse, éducation populaire";
        Participation = "participation", "Participation citoyenne";
        Egalite = "egalite", "Égalité, lutte contre les violences";
        Patrimoine = "patrimoine", "Patrimoine, tourisme doux";
    }
}

enumeration! {
    /// The three groups of themes.
    Colonne {
        Services = "services", "Accès aux services";
        Transition = "transition", "Transition écologique";
        Lien = "lien", "Solidarité, lien social, citoyenneté";
    }
}

/// How themes are called in a département: as shipped, unless its agent renamed some.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NomsDeThemes(BTreeMap<Theme, String>);

impl NomsDeThemes {
    /// The name here.
    #[must_use]
    pub fn nom(&self, theme: Theme) -> &str {
        self.0.get(&theme).map_or_else(|| theme.libelle(), String::as_str)
    }

    /// Several names; some hold commas.
    pub fn noms(&self, themes: impl IntoIterator<Item = Theme>) -> String {
        themes.into_iter().map(|theme| self.nom(theme)).collect::<Vec<_>>().join(" ; ")
    }
}

impl FromIterator<(Theme, String)> for NomsDeThemes {
    fn from_iter<I: IntoIterator<Item = (Theme, String)>>(renommes: I) -> Self {
        Self(renommes.into_iter().collect())
    }
}

impl Theme {
    /// Its group.
    #[must_use]
    pub fn colonne(self) -> Colonne {
        if self <= Self::TiersLieu {
            Colonne::Services
        } else if self <= Self::Risques {
            Colonne::Transition
        } else {
            Colonne::Lien
        }
    }

    /// NAF rév. 2 codes that suggest this theme.
    #[must_use]
    pub fn naf(self) -> &'static [&'static str] {
        match self {
            Self::Commerce => &["47.11B", "56.30Z", "56.10A"],
            Self::PetiteEnfance => &["88.91A"],
            Self::Enfance => &["88.99A", "93.29Z"],
            Self::Sante => &["86.21Z", "86.90D", "86.90F"],
            Self::BienVieillir => &["88.10A", "87.30A"],
            Self::Handicap => &["88.10B", "88.10C", "87.30B"],
            Self::AccesAuxDroits => &["84.11Z", "88.99B"],
            Self::Numerique => &["95.11Z", "85.59B", "62.02A"],
            Self::Mobilite => &["49.32Z", "45.20A", "77.11A"],
            Self::Habitat => &["68.20A", "55.90Z"],
            Self::TiersLieu => &["68.20B", "82.11Z"],
            Self::Alimentation => &["46.31Z", "47.81Z", "56.29A"],
            Self::Jardins => &["01.13Z", "01.50Z"],
            Self::Reemploi => &["47.79Z", "38.32Z", "38.11Z"],
            Self::Reparation => &["95.22Z", "95.29Z"],
            Self::Renovation => &["43.29A", "43.39Z", "71.12B"],
            Self::Energies => &["35.11Z", "35.30Z"],
            Self::Eau => &["81.30Z", "91.04Z", "37.00Z"],
            Self::Foret => &["02.40Z", "02.20Z", "16.10A"],
            Self::Risques => &["94.99Z", "85.59B"],
            Self::VieAssociative => &["94.99Z", "93.29Z"],
            Self::Culture => &["90.01Z", "90.04Z", "91.01Z"],
            Self::Sport => &["93.12Z", "93.11Z"],
            Self::Insertion => &["78.20Z", "78.30Z", "88.99B"],
            Self::Pauvrete => &["88.99B"],
            Self::Hebergement => &["87.90B"],
            Self::Jeunesse => &["94.99Z", "85.52Z"],
            Self::Participation => &["94.99Z"],
            Self::Egalite => &["88.99B", "94.99Z"],
            Self::Patrimoine => &["91.03Z", "55.20Z"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trente_feuilles_sous_trois_colonnes() {
        let compte = |colonne| Theme::TOUS.iter().filter(|t| t.colonne() == colonne).count();
        assert_eq!((compte(Colonne::Services), compte(Colonne::Transition), compte(Colonne::Lien)), (11, 9, 10));
    }

    #[test]
    fn chaque_theme_se_relit() {
        for theme in Theme::TOUS {
            assert_eq!(theme.as_str().parse(), Ok(*theme));
        }
    }
}
