//! The sheets shipped in the program. `contenu/leviers` is national and seeds every instance; `demonstration/54/leviers`
//! is read by the demonstration alone.

use std::collections::BTreeSet;

use rust_embed::RustEmbed;

use crate::levier::Levier;
use crate::levier::toml::{FichierRefuse, lire};

#[derive(RustEmbed)]
#[folder = "../../contenu/leviers"]
struct Nationaux;

#[derive(RustEmbed)]
#[folder = "../../demonstration/54/leviers"]
struct Demonstration;

/// Levers by id, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    leviers: Vec<Levier>,
}

impl Catalogue {
    /// The national sheets.
    ///
    /// # Errors
    /// A shipped file is wrong (a test reads them all).
    pub fn embarque() -> Result<Self, FichierRefuse> {
        Self::de_fichiers(fichiers::<Nationaux>())
    }

    /// The sheets of the demonstration (Meurthe-et-Moselle). Called by the demonstration only.
    ///
    /// # Errors
    /// A shipped file is wrong (a test reads them all).
    pub fn demonstration() -> Result<Self, FichierRefuse> {
        Self::de_fichiers(fichiers::<Demonstration>())
    }

    /// Reads files (name, text), in the order of names.
    ///
    /// # Errors
    /// The first wrong file, or an id seen twice.
    pub fn de_fichiers(fichiers: impl IntoIterator<Item = (String, String)>) -> Result<Self, FichierRefuse> {
        let mut vus = BTreeSet::new();
        let mut leviers = Vec::new();
        for (fichier, texte) in fichiers {
            let levier = lire(&fichier, &texte)?;
            if !vus.insert(levier.id.clone()) {
                let message = format!("l’identifiant « {} » est déjà pris par une autre fiche", levier.id);
                return Err(FichierRefuse { fichier, ligne: None, message });
            }
            leviers.push(levier);
        }
        leviers.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(Self { leviers })
    }

    /// Its levers, by id.
    #[must_use]
    pub fn leviers(&self) -> &[Levier] {
        &self.leviers
    }

    /// One lever.
    #[must_use]
    pub fn par_id(&self, id: &str) -> Option<&Levier> {
        self.leviers.iter().find(|levier| levier.id == id)
    }
}

/// Every file of an embedded folder, as text; what is not UTF-8 shows as replacement signs and is refused by the reader.
pub(crate) fn fichiers<E: RustEmbed>() -> Vec<(String, String)> {
    let mut tous: Vec<(String, String)> = E::iter()
        .filter(|nom| nom.ends_with(".toml"))
        .filter_map(|nom| {
            E::get(&nom).map(|contenu| (nom.into_owned(), String::from_utf8_lossy(&contenu.data).into_owned()))
        })
        .collect();
    tous.sort();
    tous
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::levier::GenreDeFinanceur;

    #[test]
    fn toutes_les_fiches_livrees_se_lisent_et_leur_fichier_porte_leur_nom() {
        let noms: Vec<String> =
            fichiers::<Nationaux>().into_iter().chain(fichiers::<Demonstration>()).map(|f| f.0).collect();
        let (nationaux, demonstration) = (Catalogue::embarque().unwrap(), Catalogue::demonstration().unwrap());
        assert_eq!((nationaux.leviers().len(), demonstration.leviers().len()), (21, 15));
        for levier in nationaux.leviers().iter().chain(demonstration.leviers()) {
            assert!(noms.contains(&format!("{}.toml", levier.id)), "{}", levier.id);
        }
    }

    #[test]
    fn rien_de_local_dans_les_fiches_nationales_et_pas_d_identifiant_en_double() {
        let (nationaux, demonstration) = (Catalogue::embarque().unwrap(), Catalogue::demonstration().unwrap());
        for levier in nationaux.leviers() {
            assert!(demonstration.par_id(&levier.id).is_none(), "{}", levier.id);
            assert_ne!(levier.porteur.genre, GenreDeFinanceur::Departement, "{}", levier.id);
        }
    }

    #[test]
    fn le_meme_identifiant_deux_fois_est_refuse() {
        let texte = include_str!("../../../contenu/leviers/dla.toml").to_owned();
        let deux = [("a.toml".to_owned(), texte.clone()), ("b.toml".to_owned(), texte)];
        assert!(Catalogue::de_fichiers(deux).unwrap_err().to_string().contains("déjà pris"));
    }
}
