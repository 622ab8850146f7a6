//! What an import did, in words: read, new, changed, proposed, kept, refused with place and reason.

use std::fmt;

use web::texte::accorde;

use super::correspondance::Correspondance;
use super::fiche::Inconnus;

/// An element refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refus {
    /// "ligne 4", "aide n° 3".
    pub place: String,
    /// Why, and what to do.
    pub raison: String,
}

/// The report.
#[derive(Clone, Debug)]
pub struct Rapport {
    /// Name of the feed.
    pub source: String,
    /// Nothing was written.
    pub essai: bool,
    /// Elements of the file.
    pub lues: usize,
    /// Names of new sheets: they wait for an agent.
    pub nouvelles: Vec<String>,
    /// Names of waiting sheets that the feed changed.
    pub changees: Vec<String>,
    /// Names of sheets that agents hold: the change waits for their choice.
    pub proposees: Vec<String>,
    /// Sheets that say the same.
    pub gardees: usize,
    /// Sheets known that the feed no longer has: nothing is withdrawn alone.
    pub absentes: Vec<String>,
    /// Refused.
    pub refus: Vec<Refus>,
    /// Words that the mapping does not know.
    pub inconnus: Inconnus,
}

impl Rapport {
    pub(crate) fn nouveau(
        correspondance: &Correspondance,
        essai: bool,
        lues: usize,
        refus: Vec<Refus>,
        inconnus: Inconnus,
    ) -> Self {
        Self {
            source: correspondance.nom.clone(),
            essai,
            lues,
            nouvelles: Vec::new(),
            changees: Vec::new(),
            proposees: Vec::new(),
            gardees: 0,
            absentes: Vec::new(),
            refus,
            inconnus,
        }
    }

    /// Did anything change?
    #[must_use]
    pub fn change(&self) -> bool {
        !(self.nouvelles.is_empty() && self.changees.is_empty() && self.proposees.is_empty())
    }

    /// Lines of the report, those that say nothing left out.
    #[must_use]
    pub fn lignes(&self) -> Vec<(String, Vec<String>)> {
        let nombre = |n: usize, un: &str, plusieurs: &str| accorde(n as u64, un, plusieurs);
        let mut lignes = vec![(nombre(self.lues, "aide lue", "aides lues"), Vec::new())];
        let mut dire = |compte: usize, un: &str, plusieurs: &str, noms: &[String]| {
            if compte > 0 {
                lignes.push((nombre(compte, un, plusieurs), noms.to_vec()));
            }
        };
        dire(self.nouvelles.len(), "nouvelle fiche, à relire", "nouvelles fiches, à relire", &self.nouvelles);
        dire(self.changees.len(), "fiche à relire a changé", "fiches à relire ont changé", &self.changees);
        dire(
            self.proposees.len(),
            "fiche tenue par vos agents : le changement est proposé",
            "fiches tenues par vos agents : les changements sont proposés",
            &self.proposees,
        );
        dire(self.gardees, "fiche inchangée", "fiches inchangées", &[]);
        dire(
            self.absentes.len(),
            "fiche n’est plus dans ce fichier : rien n’est retiré sans vous",
            "fiches ne sont plus dans ce fichier : rien n’est retiré sans vous",
            &self.absentes,
        );
        let refus: Vec<String> = self.refus.iter().map(|r| format!("{} : {}", r.place, r.raison)).collect();
        dire(refus.len(), "aide refusée", "aides refusées", &refus);
        for (quoi, mots) in &self.inconnus {
            let mots: Vec<String> = mots.iter().cloned().collect();
            let (un, plusieurs) = (format!("mot inconnu ({quoi})"), format!("mots inconnus ({quoi})"));
            dire(mots.len(), &un, &plusieurs, &mots);
        }
        lignes
    }
}

impl fmt::Display for Rapport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = if self.essai { " (essai : rien n’est enregistré)" } else { "" };
        writeln!(f, "{}{mode}", self.source)?;
        for (titre, details) in self.lignes() {
            writeln!(f, "- {titre}")?;
            for detail in details {
                writeln!(f, "    {detail}")?;
            }
        }
        Ok(())
    }
}
