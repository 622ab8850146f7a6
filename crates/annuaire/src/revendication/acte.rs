//! What a claim accepted or refused changes: a verified mandate on the actor's organisation; a mail to who claimed, and to
//! those who represented the actor already. In the caller's transaction.

use domain::droit::Fonction;
use platform::{Clock, Ids, WriteTx};
use sea_orm::EntityTrait;
use socle::mandat::{self, Etat, Nouveau, Verification};
use socle::{PersonneId, personne};
use web::{Erreur, Instance, courriels};

use super::rules::{EtatRevendication, Moyen};
use super::storage::{self, Revendication};
use crate::acteur;
use crate::doublon;
use crate::vocabulaire::EtatActeur;

/// Said when two answers cross.
pub(crate) const DEJA_DECIDEE: &str = "Cette demande a déjà reçu une réponse.";

/// A mandate on the actor's organisation, with its person.
type Membre = (mandat::Model, personne::Model);

/// What proves it, in the words of the mandate.
fn preuve(r: &Revendication) -> String {
    match r.moyen {
        Moyen::Courriel => format!("Lien reçu à l’adresse {} de la structure", r.preuve),
        Moyen::Poste => "Code reçu par lettre au siège de la structure".to_owned(),
        Moyen::Reseau => format!("Parole d’un réseau ({})", r.preuve),
        Moyen::Agent => "Vérifié par un agent du département".to_owned(),
    }
}

/// The actor claimed, where it is now.
pub(crate) async fn acteur_de(db: &impl sea_orm::ConnectionTrait, r: &Revendication) -> Result<acteur::Model, Erreur> {
    let lu = acteur::Entity::find_by_id(r.acteur_id.clone()).one(db).await?;
    let acteur = doublon::chemin::suivre(db, lu.ok_or(Erreur::Introuvable("cet acteur"))?).await?;
    if acteur.etat == EtatActeur::Masque {
        return Err(Erreur::Introuvable("cet acteur"));
    }
    Ok(acteur)
}

/// Accepts: who claimed represents the actor from today, verified, and has nothing more to prove: what else they asked about
/// it is closed. False when it was decided meanwhile.
pub(crate) async fn accepter(
    tx: &WriteTx,
    instance: &Instance,
    r: &Revendication,
    par: Option<&PersonneId>,
) -> Result<bool, Erreur> {
    let le = instance.clock.instant();
    if !storage::decider(tx, &r.id, EtatRevendication::Acceptee, None, par, le).await? {
        return Ok(false);
    }
    let acteur = acteur_de(tx, r).await?;
    storage::clore_les_autres(tx, &acteur.id, &r.personne_id, par, le).await?;
    let organisation = std::slice::from_ref(&acteur.organisation_id);
    let membres = mandat::des_organisations(tx, organisation, instance.aujourd_hui()).await?;
    let acceptee = Acceptee { instance, r, acteur, par, membres };
    acceptee.donner_le_mandat(tx).await?;
    acceptee.prevenir(tx).await?;
    Ok(true)
}

/// A claim that holds, and who held the page before.
struct Acceptee<'a> {
    instance: &'a Instance,
    r: &'a Revendication,
    acteur: acteur::Model,
    par: Option<&'a PersonneId>,
    membres: Vec<Membre>,
}

impl Acceptee<'_> {
    async fn donner_le_mandat(&self, tx: &WriteTx) -> Result<(), Erreur> {
        let (clock, ids): (&dyn Clock, &dyn Ids) = (&*self.instance.clock, &*self.instance.ids);
        match self.membres.iter().find(|(mandat, _)| mandat.personne_id == self.r.personne_id) {
            Some((mandat, _)) if mandat.etat == Etat::Declare => {
                mandat::verifier(tx, clock, &mandat.id, self.par, &preuve(self.r)).await?;
            }
            Some(_) => {}
            None => {
                let verification = self.par.map_or(Verification::Preuve, |par| Verification::Personne(par.clone()));
                let nouveau = Nouveau {
                    personne: self.r.personne_id.clone(),
                    organisation: self.acteur.organisation_id.clone(),
                    fonction: Fonction::Representant,
                    du: self.instance.aujourd_hui(),
                    au: None,
                    preuve: preuve(self.r),
                    verifie_par: Some(verification),
                };
                mandat::donner(tx, clock, ids, nouveau).await?;
            }
        }
        Ok(())
    }

    /// Tells who is accepted, and those who held the page already.
    async fn prevenir(&self, tx: &WriteTx) -> Result<(), Erreur> {
        let (instance, acteur) = (self.instance, &self.acteur);
        let Some(nouveau) = personne::par_id(tx, &self.r.personne_id).await? else { return Ok(()) };
        let lien = instance.url(&format!("/annuaire/{}", acteur.reference));
        if let Some(adresse) = &nouveau.courriel {
            let valeurs = [("organisation", acteur.nom.as_str()), ("lien", &lien)];
            courriels::ecrire(tx, instance, adresse, "mandat-verifie", &valeurs).await?;
        }
        let sujet = format!("{} : une personne de plus tient la fiche", acteur.nom);
        let texte = format!(
            "{} peut maintenant tenir la fiche de {} dans l’annuaire. Si ce n’est pas normal, dites-le nous.\n\n{lien}",
            nouveau.nom_complet(),
            acteur.nom
        );
        let tenaient = self.membres.iter().filter(|(m, _)| m.etat == Etat::Verifie && m.personne_id != nouveau.id);
        for (_, ancien) in tenaient {
            courriels::prevenir(tx, instance, ancien, self.par, &sujet, &texte).await?;
        }
        Ok(())
    }
}

/// Refuses, with the reason that who claimed will read. False when it was decided meanwhile.
pub(crate) async fn refuser(
    tx: &WriteTx,
    instance: &Instance,
    r: &Revendication,
    par: Option<&PersonneId>,
    motif: &str,
) -> Result<bool, Erreur> {
    let le = instance.clock.instant();
    if !storage::decider(tx, &r.id, EtatRevendication::Refusee, Some(motif), par, le).await? {
        return Ok(false);
    }
    let acteur = acteur_de(tx, r).await?;
    if let Some(adresse) = personne::par_id(tx, &r.personne_id).await?.and_then(|personne| personne.courriel) {
        let valeurs = [("organisation", acteur.nom.as_str()), ("motif", motif)];
        courriels::ecrire(tx, instance, adresse, "mandat-refuse", &valeurs).await?;
    }
    Ok(true)
}
