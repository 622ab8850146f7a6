//! Which column of a spreadsheet holds what: guessed from its header, kept from one time to the next. Pure.

use std::collections::BTreeMap;

use documents::lecture::FeuilleLue;
use domain::tri::cle_de_tri;
use serde::{Deserialize, Serialize};

/// What a column may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Champ {
    /// The file's own identifier of a line.
    Cle,
    /// Title.
    Titre,
    /// Commune: name, code or postal code.
    Commune,
    /// What is missing, for whom.
    Manque,
    /// Stage.
    Etape,
    /// Kind of bearer.
    Porteur,
    /// Themes.
    Themes,
    /// Cost.
    Cout,
    /// First contact.
    Date,
    /// Last contact.
    DernierContact,
    /// Name, telephone, address of the person to call.
    Contact,
    /// What the agent does next.
    Action,
    /// When.
    ActionLe,
}

impl Champ {
    /// All, in the order shown.
    pub const TOUS: &[Self] = &[
        Self::Titre,
        Self::Commune,
        Self::Cle,
        Self::Manque,
        Self::Etape,
        Self::Porteur,
        Self::Themes,
        Self::Cout,
        Self::Date,
        Self::DernierContact,
        Self::Contact,
        Self::Action,
        Self::ActionLe,
    ];

    /// Name of its field in the form.
    #[must_use]
    pub fn nom(self) -> &'static str {
        match self {
            Self::Cle => "cle",
            Self::Titre => "titre",
            Self::Commune => "commune",
            Self::Manque => "manque",
            Self::Etape => "etape",
            Self::Porteur => "porteur",
            Self::Themes => "themes",
            Self::Cout => "cout",
            Self::Date => "date",
            Self::DernierContact => "dernier-contact",
            Self::Contact => "contact",
            Self::Action => "action",
            Self::ActionLe => "action-le",
        }
    }

    /// Label shown.
    #[must_use]
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Cle => "Numéro de dossier du tableau",
            Self::Titre => "Titre du projet (obligatoire)",
            Self::Commune => "Commune (obligatoire)",
            Self::Manque => "Description",
            Self::Etape => "Étape",
            Self::Porteur => "Qui porte le projet",
            Self::Themes => "Thèmes",
            Self::Cout => "Coût",
            Self::Date => "Date de la demande",
            Self::DernierContact => "Dernier contact",
            Self::Contact => "Personne à joindre",
            Self::Action => "Prochaine action",
            Self::ActionLe => "Date de la prochaine action",
        }
    }

    /// Words of headers that mean it, without accents.
    fn indices(self) -> &'static [&'static str] {
        match self {
            Self::Cle => &[
                "id",
                "n",
                "no",
                "num",
                "numero",
                "identifiant",
                "reference",
                "n dossier",
                "numero de dossier",
                "code projet",
            ],
            Self::Titre => {
                &["titre", "projet", "nom du projet", "intitule", "objet", "nom projet", "intitule du projet"]
            }
            Self::Commune => &[
                "commune",
                "ville",
                "code commune",
                "code insee",
                "insee",
                "code postal",
                "lieu",
                "territoire commune",
            ],
            Self::Manque => {
                &["description", "besoin", "resume", "commentaire", "observations", "descriptif", "contenu", "demande"]
            }
            Self::Etape => &["etape", "avancement", "stade", "statut", "etat", "phase", "etat d avancement"],
            Self::Porteur => &["porteur", "type de porteur", "statut du porteur", "structure", "porteur de projet"],
            Self::Themes => &["theme", "themes", "thematique", "thematiques", "domaine", "axe"],
            Self::Cout => &[
                "cout",
                "montant",
                "budget",
                "cout total",
                "cout ht",
                "cout estime",
                "montant du projet",
                "cout du projet",
            ],
            Self::Date => &[
                "date",
                "date de la demande",
                "date de demande",
                "premier contact",
                "date de contact",
                "date du contact",
                "recu le",
                "demande du",
            ],
            Self::DernierContact => &[
                "dernier contact",
                "date du dernier contact",
                "derniere relance",
                "maj",
                "mise a jour",
                "derniere visite",
            ],
            Self::Contact => &[
                "contact",
                "personne a joindre",
                "interlocuteur",
                "telephone",
                "tel",
                "coordonnees",
                "referent",
                "courriel",
                "mail",
                "email",
            ],
            Self::Action => &["prochaine action", "action", "suite", "suites a donner", "a faire", "suite a donner"],
            Self::ActionLe => &[
                "date de la prochaine action",
                "prochaine action le",
                "echeance",
                "relance le",
                "date d action",
                "rappel le",
            ],
        }
    }
}

/// Which column holds what, by header.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correspondance(pub BTreeMap<Champ, String>);

impl Correspondance {
    /// What was used last time where the headers are the same, what the headers say otherwise; a column serves once.
    #[must_use]
    pub fn deviner(feuille: &FeuilleLue, gardee: &Self) -> Self {
        let mut trouvee = BTreeMap::new();
        let mut libres: Vec<&String> = feuille.entetes.iter().collect();
        for (champ, entete) in &gardee.0 {
            if let Some(rang) = libres.iter().position(|libre| cle_de_tri(libre) == cle_de_tri(entete)) {
                trouvee.insert(*champ, libres.remove(rang).clone());
            }
        }
        for champ in Champ::TOUS.iter().filter(|champ| !gardee.0.contains_key(champ)) {
            // The words of our own pages first, then those of the spreadsheets in use.
            let libelle = champ.libelle();
            let connus: Vec<String> = [libelle, libelle.trim_end_matches(" (obligatoire)")]
                .map(cle_de_tri)
                .into_iter()
                .chain(champ.indices().iter().map(|mot| (*mot).to_owned()))
                .collect();
            let indice = |libre: &&String| connus.iter().position(|mot| *mot == cle_de_tri(libre));
            if let Some((rang, _)) = libres
                .iter()
                .enumerate()
                .filter_map(|(rang, libre)| Some((rang, indice(libre)?)))
                .min_by_key(|(_, i)| *i)
            {
                trouvee.insert(*champ, libres.remove(rang).clone());
            }
        }
        Self(trouvee)
    }

    /// The field without which no line can be read and that no column holds.
    #[must_use]
    pub fn manque(&self) -> Option<Champ> {
        [Champ::Titre, Champ::Commune].into_iter().find(|champ| !self.0.contains_key(champ))
    }

    /// Place of a field's column in this sheet.
    #[must_use]
    pub fn colonne(&self, feuille: &FeuilleLue, champ: Champ) -> Option<usize> {
        self.0.get(&champ).and_then(|entete| feuille.entetes.iter().position(|e| e == entete))
    }
}

#[cfg(test)]
mod tests {
    use documents::lecture::lire as lire_fichier;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Titre du projet;Commune", None)]
    #[case("Titre du projet (obligatoire);Commune (obligatoire)", None)]
    #[case("Nom du chat;Commune", Some(Champ::Titre))]
    #[case("Titre;Pays", Some(Champ::Commune))]
    fn les_colonnes_se_reconnaissent(#[case] entetes: &str, #[case] manque: Option<Champ>) {
        let feuille = lire_fichier("x.csv", format!("{entetes}\n1;2\n").as_bytes()).expect("lu");
        assert_eq!(Correspondance::deviner(&feuille, &Correspondance::default()).manque(), manque);
    }
}
