//! An actor: the projection for reading ([`Model`]), its establishments, approvals and themes, and the facts with their
//! provenance ([`valeur`]) from which the projection is made ([`projection`]); what became of it ([`succession`]);
//! which source is followed ([`precedence`]).

pub mod agrement;
pub mod etablissement;
pub mod precedence;
pub mod projection;
pub mod storage;
pub mod succession;
pub mod theme;
pub mod valeur;

use domain::code::CodeCommune;
use domain::identifiant::{Rna, Siren};
use platform::{Instant, identifiant};
use sea_orm::entity::prelude::*;
use socle::OrganisationId;

use crate::vocabulaire::{Diffusion, EtatActeur, Famille, Reponse};

identifiant!(
    /// Identifier of an actor, never shown.
    ActeurId
);

/// Columns of `acteur`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acteur")]
pub struct Model {
    /// Identifier, never shown.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ActeurId,
    /// The organisation behind it.
    pub organisation_id: OrganisationId,
    /// Short reference in addresses and on the telephone.
    pub reference: String,
    /// Name.
    pub nom: String,
    /// Sort key.
    pub nom_tri: String,
    /// Short name.
    pub sigle: Option<String>,
    /// SIREN, when it has one.
    pub siren: Option<Siren>,
    /// RNA number, when it has one.
    pub rna: Option<Rna>,
    /// INSEE legal category (four digits).
    pub categorie_juridique: Option<String>,
    /// Family of legal form.
    pub famille: Famille,
    /// NAF rév. 2, with the dot.
    pub naf: Option<String>,
    /// INSEE bracket of employees.
    pub tranche: Option<String>,
    /// Shown or not.
    pub etat: EtatActeur,
    /// Diffusion status of Sirene.
    pub diffusion: Diffusion,
    /// ESS by law.
    pub ess_loi: Reponse,
    /// Why, in one sentence.
    pub ess_loi_motif: String,
    /// ESS in statistics.
    pub ess_stat: Reponse,
    /// Why, in one sentence.
    pub ess_stat_motif: String,
    /// What it does, in its words.
    pub presentation: Option<String>,
    /// Web site.
    pub site: Option<String>,
    /// Address to write to.
    pub courriel: Option<String>,
    /// Telephone.
    pub telephone: Option<String>,
    /// Where it is found: its seat when it is in the perimeter, else its first establishment there.
    pub commune: Option<CodeCommune>,
    /// Invented for the demonstration.
    pub exemple: bool,
    /// First known.
    pub cree_le: Instant,
    /// Last change.
    pub modifie_le: Instant,
    /// Optimistic lock.
    pub version: i64,
    /// Last time that the actor, or somebody who knows it, said that its page is right.
    pub confirme_le: Option<Instant>,
}

/// Is it a natural person (legal category 1…)? Not known when the category is not.
pub(crate) fn personne_physique(categorie: Option<&str>) -> Option<bool> {
    categorie.map(|categorie| categorie.starts_with('1'))
}

/// See [`Model::reservee`]. Written once more, in SQL, by the count of the open table (`ouvert::jeu`).
pub(crate) fn reservee(diffusion: Diffusion, categorie: Option<&str>) -> bool {
    personne_physique(categorie).unwrap_or(diffusion == Diffusion::Partielle)
}

impl Model {
    /// A natural person (legal category 1…), whose very name is personal data, or somebody who refused diffusion and may be one:
    /// shown on this site, in nothing that leaves it (code de commerce, R123-232-1; RGPD, article 5).
    #[must_use]
    pub fn reservee(&self) -> bool {
        reservee(self.diffusion, self.categorie_juridique.as_deref())
    }

    /// Said right: confirmed from this instant, awake if it slept.
    #[must_use]
    pub fn confirme(self, le: Instant) -> Self {
        let etat = if self.etat == EtatActeur::Endormi { EtatActeur::Actif } else { self.etat };
        Self { etat, confirme_le: Some(le), ..self }
    }

    /// An actor of which nothing is known yet: [`projection::projeter`] dresses it with facts.
    #[must_use]
    pub fn nouveau(
        id: ActeurId,
        organisation_id: OrganisationId,
        reference: String,
        siren: Option<Siren>,
        maintenant: Instant,
    ) -> Self {
        Self {
            id,
            organisation_id,
            reference,
            nom: String::new(),
            nom_tri: String::new(),
            sigle: None,
            siren,
            rna: None,
            categorie_juridique: None,
            famille: Famille::Autre,
            naf: None,
            tranche: None,
            etat: EtatActeur::Actif,
            diffusion: Diffusion::Totale,
            ess_loi: Reponse::Inconnu,
            ess_loi_motif: String::new(),
            ess_stat: Reponse::Inconnu,
            ess_stat_motif: String::new(),
            presentation: None,
            site: None,
            courriel: None,
            telephone: None,
            commune: None,
            exemple: false,
            cree_le: maintenant,
            modifie_le: maintenant,
            version: 1,
            confirme_le: None,
        }
    }
}

/// No declared relation: joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
