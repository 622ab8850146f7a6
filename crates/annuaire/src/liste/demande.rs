//! What is asked of the list, and what the index answers.

use platform::ReadTx;
use search::{Filtre, Requete, Resultat};
use socle::secteur;
use web::formulaire::Erreurs;
use web::{Erreur, Instance, Saisie};

use super::filtres::Filtres;
use crate::recherche::axe;

/// What is asked, with what it takes to answer: two statements at most.
pub(crate) struct Demande {
    pub(crate) filtres: Filtres,
    pub(crate) erreurs: Erreurs,
    pub(crate) secteurs: Vec<secteur::Model>,
    pub(crate) requete: Requete,
    pub(crate) saisie: Saisie,
}

impl Demande {
    /// From what an address asks, or a search that is kept.
    pub(crate) async fn lire(tx: &ReadTx, instance: &Instance, saisie: Saisie) -> Result<Self, Erreur> {
        let secteurs = secteur::tous(tx).await?;
        let (filtres, erreurs) = Filtres::lire(&saisie, instance, &secteurs);
        let communes = match secteurs.iter().find(|s| Some(&s.nom_tri) == filtres.secteur.as_ref()) {
            Some(secteur) => secteur::communes(tx, &secteur.id, instance.aujourd_hui()).await?,
            None => Vec::new(),
        };
        let requete = filtres.requete(instance, communes);
        Ok(Self { filtres, erreurs, secteurs, requete, saisie })
    }

    /// Without those that stay on this site: for what leaves it.
    #[must_use]
    pub(crate) fn qui_sort(mut self) -> Self {
        self.requete.filtres.push(Filtre { axe: axe::SORT, valeurs: vec!["oui".to_owned()] });
        self
    }

    /// The first filter asked that is not understood, or no longer.
    pub(crate) fn perdu(&self) -> Option<&'static str> {
        self.filtres.perdu(&self.saisie)
    }

    /// What is asked, in words.
    pub(crate) fn en_mots(&self, instance: &Instance) -> String {
        self.filtres.en_mots(instance, &self.secteurs)
    }
}

/// Asks the index.
pub(crate) fn interroger(instance: &Instance, requete: &Requete) -> Result<Resultat, Erreur> {
    instance.index.chercher(requete).map_err(Erreur::interne)
}
