//! What the agent reads after an import or a try: read, kept, changed, refused with line and reason.

use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};

/// Lines shown of each list; the counts are always whole.
const LIMITE: usize = 300;

/// A file read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FichierLu {
    /// Name.
    pub nom: String,
    /// What it holds, in words.
    pub genre: String,
    /// Rows read.
    pub lues: u64,
    /// Bytes read, once unzipped.
    pub octets: u64,
    /// The answer of an interface: as many rows as were asked for.
    #[serde(default)]
    pub reponse: bool,
}

/// A row refused, or read with a remark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signalement {
    /// File.
    pub fichier: String,
    /// Line, from 1.
    pub ligne: u64,
    /// Column, when it is one.
    pub colonne: Option<String>,
    /// Why, and what to do.
    pub motif: String,
}

/// A field that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromQueryResult)]
pub struct Difference {
    /// Actor, under the name known before.
    pub acteur: String,
    /// Reference of the actor.
    pub reference: String,
    /// The page is new: it opens once the import is in.
    #[serde(default)]
    pub nouveau: bool,
    /// Field, in words.
    pub champ: String,
    /// Before; empty when nothing was known.
    pub avant: String,
    /// After.
    pub apres: String,
}

/// A page that the import, or its undoing, left as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromQueryResult)]
pub struct Laissee {
    /// Name.
    pub nom: String,
    /// Reference; none when the page is no more.
    pub reference: Option<String>,
    /// Why.
    pub motif: String,
}

/// The report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rapport {
    /// Files.
    pub fichiers: Vec<FichierLu>,
    /// Rows read.
    pub lues: u64,
    /// Rows of other territories, left aside.
    pub ailleurs: u64,
    /// Rows of this territory that nothing relates to the ESS, or closed and unknown here, left aside.
    pub hors_champ: u64,
    /// Actors found in the files.
    pub gardes: u64,
    /// Actors new in the directory.
    pub nouveaux: u64,
    /// Actors that change.
    pub changes: u64,
    /// Actors that do not.
    pub inchanges: u64,
    /// Actors of which a newer source says the same again: only the date of the source moves.
    pub redites: u64,
    /// Succession links that were not known.
    pub liens: u64,
    /// Actors that a newer list no longer names.
    pub disparus: u64,
    /// Rows refused.
    pub refusees: u64,
    /// The first of them.
    pub refus: Vec<Signalement>,
    /// Of them, those that an agent admitted already, for the same reason.
    pub refus_admis: u64,
    /// It entered by the word of an agent, or with nothing refused that none had admitted.
    pub admis: bool,
    /// Rows read with a remark.
    pub remarquees: u64,
    /// The first of them.
    pub remarques: Vec<Signalement>,
    /// Fields that change.
    pub modifiees: u64,
    /// The first of them.
    pub differences: Vec<Difference>,
    /// What the agent should know of the whole.
    pub avertissements: Vec<String>,
    /// Of them, why it does not enter without an agent.
    pub retenues: Vec<String>,
    /// Entered, or undone, but for these pages.
    pub laissees: Vec<Laissee>,
    /// Why nothing was kept.
    pub erreur: Option<String>,
}

impl Rapport {
    /// A row refused.
    pub fn refuser(&mut self, fichier: &str, ligne: u64, colonne: Option<&str>, motif: impl Into<String>) {
        self.refusees += 1;
        ajouter(&mut self.refus, signalement(fichier, ligne, colonne, motif.into()));
    }

    /// A row read with a remark.
    pub fn remarquer(&mut self, fichier: &str, ligne: u64, colonne: Option<&str>, motif: impl Into<String>) {
        self.remarquees += 1;
        ajouter(&mut self.remarques, signalement(fichier, ligne, colonne, motif.into()));
    }

    /// A field that changes.
    pub fn changer(&mut self, difference: Difference) {
        self.modifiees += 1;
        ajouter(&mut self.differences, difference);
    }

    /// Rows refused that no agent has admitted yet.
    #[must_use]
    pub fn refus_nouveaux(&self) -> u64 {
        self.refusees.saturating_sub(self.refus_admis)
    }

    /// A remark on the whole, once.
    pub fn avertir(&mut self, phrase: &str) {
        if !self.avertissements.iter().any(|deja| deja == phrase) {
            self.avertissements.push(phrase.to_owned());
        }
    }

    /// A remark on the whole that keeps it from entering without an agent.
    pub fn retenir(&mut self, phrase: &str) {
        self.avertir(phrase);
        if !self.retenues.iter().any(|deja| deja == phrase) {
            self.retenues.push(phrase.to_owned());
        }
    }

    /// Rows were there, and nothing could be used of any.
    #[must_use]
    pub fn rien_de_lu(&self) -> bool {
        (self.lues == 0 || self.refusees > 0) && self.gardes == 0 && self.liens == 0
    }

    /// Nothing changes, not even the date of a source.
    #[must_use]
    pub fn sans_changement(&self) -> bool {
        self.nouveaux == 0 && self.changes == 0 && self.redites == 0 && self.liens == 0
    }

    /// Said when the list of changes is cut.
    #[must_use]
    pub fn coupe(&self) -> Option<String> {
        let montres = self.differences.len();
        (montres as u64 != self.modifiees).then(|| format!("Les {montres} premiers changements sur {}", self.modifiees))
    }

    /// How many rows are refused, and how many of them an agent admitted already.
    #[must_use]
    pub fn refus_en_mots(&self) -> String {
        match self.refus_admis {
            0 => self.refusees.to_string(),
            admis => format!("{}, dont {admis} déjà admises", self.refusees),
        }
    }

    /// The figures alone, for a mail: no name, no line.
    #[must_use]
    pub fn en_bref(&self) -> String {
        let fichiers: Vec<String> = self.fichiers.iter().map(|f| format!("{} ({} lignes)", f.nom, f.lues)).collect();
        let laissees = match self.laissees.len() {
            0 => String::new(),
            n => format!(" Fiches changées depuis la lecture, laissées : {n}."),
        };
        format!(
            "Fichiers lus : {}.\nNouveaux : {}. Changés : {}. Redits par une source plus récente : {}. Lignes refusées : {}.{laissees}",
            fichiers.join(", "),
            self.nouveaux,
            self.changes,
            self.redites,
            self.refus_en_mots()
        )
    }

    /// The report as text, for the command line.
    #[must_use]
    pub fn en_texte(&self) -> String {
        let mut lignes: Vec<String> = self
            .fichiers
            .iter()
            .map(|f| format!("{} : {}, {} lignes, {} octets", f.nom, f.genre, f.lues, f.octets))
            .collect();
        lignes.push(format!(
            "Lignes lues : {} (hors du territoire : {}, hors du champ : {}, refusées : {})",
            self.lues, self.ailleurs, self.hors_champ, self.refusees
        ));
        lignes.push(format!(
            "Acteurs trouvés : {} (nouveaux : {}, changés : {}, sans changement : {}, disparus d’une liste : {})",
            self.gardes, self.nouveaux, self.changes, self.inchanges, self.disparus
        ));
        if self.redites > 0 || self.liens > 0 {
            lignes.push(format!(
                "Redits par une source plus récente : {} ; liens de succession nouveaux : {}",
                self.redites, self.liens
            ));
        }
        let signaler = |titre: &str, total: u64, liste: &[Signalement]| {
            let mut lignes = vec![format!("{titre} : {total}")];
            lignes.extend(liste.iter().map(|s| {
                let colonne = s.colonne.as_ref().map(|c| format!(", colonne {c}")).unwrap_or_default();
                format!("  - {}, ligne {}{colonne} : {}", s.fichier, s.ligne, s.motif)
            }));
            lignes
        };
        if self.refusees > 0 {
            lignes.extend(signaler("Refusées", self.refusees, &self.refus));
        }
        if self.remarquees > 0 {
            lignes.extend(signaler("À vérifier", self.remarquees, &self.remarques));
        }
        lignes.extend(self.differences.iter().map(|d| {
            let avant = if d.avant.is_empty() { "rien" } else { d.avant.as_str() };
            format!("  {} ({}), {} : {avant} → {}", d.acteur, d.reference, d.champ, d.apres)
        }));
        if let Some(coupe) = self.coupe() {
            lignes.push(format!("{coupe}."));
        }
        lignes.extend(self.avertissements.iter().cloned());
        lignes.join("\n")
    }
}

fn signalement(fichier: &str, ligne: u64, colonne: Option<&str>, motif: String) -> Signalement {
    Signalement { fichier: fichier.to_owned(), ligne, colonne: colonne.map(str::to_owned), motif }
}

fn ajouter<T>(liste: &mut Vec<T>, element: T) {
    if liste.len() < LIMITE {
        liste.push(element);
    }
}
