//! What an import writes, line by line, in the one transaction of the import.

use std::collections::BTreeMap;

use domain::code::CodeCommune;
use domain::profil::{Etape, Porteur};
use platform::journal::{self, Evenement, Visibilite};
use platform::{Clock, Ids, Jour, WriteTx};
use sea_orm::EntityTrait;
use socle::projet;
use socle::secteur::{self, Interlocuteur};
use socle::{PersonneId, ProjetId};
use web::{Erreur, Instance};

use super::import::{MODE, empreinte};
use super::rules::Fiche;
use super::storage::{self, Avant, Connu, Ecrit, Reprise};
use crate::demande::rules::Etat;
use crate::demande::storage as demandes;
use crate::evenements;

/// One import being written.
pub(super) struct Ecriture<'a> {
    pub(super) tx: &'a WriteTx,
    pub(super) instance: &'a Instance,
    pub(super) reprise: &'a Reprise,
    pub(super) par: Option<&'a PersonneId>,
    pub(super) secteurs: BTreeMap<CodeCommune, Option<Interlocuteur>>,
}

impl Ecriture<'_> {
    /// A project that nobody knew.
    pub(super) async fn creer(&mut self, fiche: &Fiche) -> Result<(), Erreur> {
        let (clock, ids): (&dyn Clock, &dyn Ids) = (&*self.instance.clock, &*self.instance.ids);
        let maintenant = clock.instant();
        let projet = projet::Model {
            titre: fiche.titre.clone(),
            manque: fiche.manque.clone(),
            etape: fiche.etape.unwrap_or(Etape::Idee),
            porteur: fiche.porteur.unwrap_or(Porteur::PasDecide),
            cout: fiche.cout,
            origine: "import".to_owned(),
            ..projet::Model::nouveau(ids, fiche.commune.clone(), maintenant)
        };
        let projet = projet::inserer(self.tx, projet, &fiche.themes).await?;
        let demande = self.demande(&projet, fiche).await?;
        demandes::inserer(self.tx, demande).await?;
        self.noter(&projet.id, evenements::REPRIS).await?;
        let ecrit = Ecrit {
            cle: &fiche.cle,
            projet: &projet.id,
            reprise: &self.reprise.id,
            empreinte: &empreinte(fiche),
            version_projet: 1,
            version_demande: 1,
            avant: None,
        };
        Ok(storage::ecrire(self.tx, ecrit).await?)
    }

    /// Already answered, before the site: no promise runs, nobody is written to.
    async fn demande(&mut self, projet: &projet::Model, fiche: &Fiche) -> Result<demandes::Model, Erreur> {
        let jour = self.instance.aujourd_hui();
        let interlocuteur = match self.secteurs.get(&projet.commune) {
            Some(connu) => connu.clone(),
            None => {
                let trouve = secteur::interlocuteur(self.tx, &projet.commune, jour).await?;
                self.secteurs.insert(projet.commune.clone(), trouve.clone());
                trouve
            }
        };
        let faite_le = Jour(fiche.date.unwrap_or(jour));
        Ok(demandes::Model {
            id: self.instance.ids.uuid().to_string(),
            projet_id: projet.id.clone(),
            secteur_id: interlocuteur.as_ref().map(|i| i.secteur_id.clone()),
            agent_id: interlocuteur.and_then(|i| i.personne_id),
            confiee: false,
            faite_par: None,
            faite_le,
            promise_le: faite_le,
            etat: Etat::Repondue.as_str().to_owned(),
            attend_depuis: None,
            repondue_le: Some(faite_le),
            mode: Some(MODE.to_owned()),
            message: message(fiche),
            rappel: fiche.contact.clone(),
            interets: "[]".to_owned(),
            prochaine_action: fiche.action.clone(),
            prochaine_le: fiche.action_le.map(Jour),
            contact_le: Jour(fiche.dernier_contact.or(fiche.date).unwrap_or(jour)),
            version: 1,
        })
    }

    /// A project that an earlier import made.
    pub(super) async fn changer(&mut self, fiche: &Fiche, connu: &Connu) -> Result<(), Erreur> {
        let projet = projet::Entity::find_by_id(connu.projet_id.clone()).one(self.tx).await?;
        let demande = demandes::du_projet(self.tx, &connu.projet_id).await?;
        let (Some(projet), Some(demande)) = (projet, demande) else {
            return Err(Erreur::interne("un projet repris a disparu"));
        };
        let avant = Avant {
            titre: projet.titre.clone(),
            manque: projet.manque.clone(),
            commune: projet.commune.clone(),
            etape: projet.etape,
            porteur: projet.porteur,
            cout: projet.cout,
            themes: projet::themes(self.tx, &projet.id).await?,
            rappel: demande.rappel.clone(),
            message: demande.message.clone(),
            action: demande.prochaine_action.clone(),
            action_le: demande.prochaine_le,
            contact_le: demande.contact_le,
            empreinte: connu.empreinte.clone(),
        };
        // A cell emptied in the file says nothing: what was known stays.
        let apres = Avant {
            titre: fiche.titre.clone(),
            manque: fiche.manque.clone(),
            commune: fiche.commune.clone(),
            etape: fiche.etape.unwrap_or(projet.etape),
            porteur: fiche.porteur.unwrap_or(projet.porteur),
            cout: fiche.cout.or(projet.cout),
            themes: if fiche.themes.is_empty() { avant.themes.clone() } else { fiche.themes.clone() },
            rappel: fiche.contact.clone().or_else(|| avant.rappel.clone()),
            message: message(fiche),
            action: fiche.action.clone().or_else(|| avant.action.clone()),
            action_le: fiche.action_le.map(Jour).or(avant.action_le),
            contact_le: fiche.dernier_contact.or(fiche.date).map_or(avant.contact_le, Jour),
            empreinte: empreinte(fiche),
        };
        let avant = serde_json::to_string(&avant)?;
        self.poser(&fiche.cle, projet, demande, apres, Some(&avant)).await
    }

    /// Writes these values on a project and its request.
    pub(super) async fn poser(
        &self,
        cle: &str,
        projet: projet::Model,
        demande: demandes::Model,
        valeurs: Avant,
        avant: Option<&str>,
    ) -> Result<(), Erreur> {
        let (version_projet, version_demande) = (projet.version + 1, demande.version + 1);
        let projet = projet::Model {
            titre: valeurs.titre,
            manque: valeurs.manque,
            commune: valeurs.commune,
            etape: valeurs.etape,
            porteur: valeurs.porteur,
            cout: valeurs.cout,
            ..projet
        };
        let demande = demandes::Model {
            rappel: valeurs.rappel,
            message: valeurs.message,
            prochaine_action: valeurs.action,
            prochaine_le: valeurs.action_le,
            contact_le: valeurs.contact_le,
            ..demande
        };
        let ecrits = projet::enregistrer(self.tx, &projet, self.instance.clock.instant()).await?
            && demandes::enregistrer(self.tx, &demande).await?;
        if !ecrits {
            return Err(Erreur::interne("un projet repris a changé pendant l’import"));
        }
        projet::ecrire_themes(self.tx, &projet.id, &valeurs.themes).await?;
        self.noter(&projet.id, evenements::REPRIS_DE_NOUVEAU).await?;
        let ecrit = Ecrit {
            cle,
            projet: &projet.id,
            reprise: &self.reprise.id,
            empreinte: &valeurs.empreinte,
            version_projet,
            version_demande,
            avant,
        };
        Ok(storage::ecrire(self.tx, ecrit).await?)
    }

    /// A word in the history of the project.
    pub(super) async fn noter(&self, projet: &ProjetId, genre: &'static str) -> Result<(), Erreur> {
        let evenement = Evenement::nouveau(genre, "projet", projet.as_str())
            .projet(projet.as_str())
            .par(self.par.map(PersonneId::as_str))
            .visible(Visibilite::Partage)
            .faits(serde_json::json!({"reprise": self.reprise.reference}));
        journal::ecrire(self.tx, &*self.instance.clock, &*self.instance.ids, evenement).await?;
        Ok(())
    }
}

fn message(fiche: &Fiche) -> String {
    let debut = "Repris d’un tableau de suivi.";
    if fiche.reste.is_empty() { debut.to_owned() } else { format!("{debut}\n{}", fiche.reste) }
}
