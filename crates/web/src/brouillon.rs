//! Drafts made without account in this browser: the way back to them, and the way to erase them on a shared computer.

use askama::Template;
use platform::ReadTx;
use socle::projet;

use crate::composants::{Html, composant};
use crate::{Cadre, Erreur};

/// A draft as offered.
#[derive(Clone, Debug)]
pub struct Brouillon {
    /// Title.
    pub titre: String,
    /// Reference in addresses.
    pub reference: String,
    /// Page where it was left.
    pub page: &'static str,
    /// Hidden fields of its form.
    pub caches: Html,
}

/// The drafts of this browser; writes nothing when there is none.
#[derive(Template, Clone, Debug, Default)]
#[template(path = "composants/brouillons.html")]
pub struct Brouillons {
    /// Last changed first.
    pub brouillons: Vec<Brouillon>,
}

composant!(Brouillons);

impl Brouillons {
    /// Those of the visitor's browser: no statement for who never had a form, one otherwise.
    ///
    /// # Errors
    /// The engine refused.
    pub async fn du_visiteur(cadre: &Cadre, tx: &ReadTx) -> Result<Self, Erreur> {
        let projets = cadre.visiteur.brouillons(tx).await?;
        let brouillons = projets.into_iter().map(|projet| Brouillon::nouveau(cadre, projet)).collect();
        Ok(Self { brouillons })
    }

    /// None?
    #[must_use]
    pub fn est_vide(&self) -> bool {
        self.brouillons.is_empty()
    }
}

impl Brouillon {
    fn nouveau(cadre: &Cadre, projet: projet::Model) -> Self {
        Self {
            page: if projet.situe() { "resultat" } else { "suite" },
            titre: projet.titre,
            reference: projet.reference,
            caches: cadre.formulaire().caches(),
        }
    }
}
