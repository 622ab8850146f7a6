//! A network's word: people who say that they act for one of its members, and that the network can tell. Its verified people
//! answer; an agent still may.

use domain::droit::Fonction;
use platform::{ReadTx, WriteTx, journal};
use sea_orm::ConnectionTrait;
use socle::mandat::{self, Etat};
use socle::personne;
use web::composants::Html;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, courriels, texte};

use super::storage::{self, Demande, Reseau};
use crate::acteur;
use crate::evenements;
use crate::revendication::{acte, storage as revendications};

/// Shown at once, the oldest first; the next ones come when these are answered.
const MONTREES: i64 = 20;

/// A claim on the page of the network.
pub(super) struct DemandeVue {
    pub(super) reference: String,
    pub(super) acteur: String,
    pub(super) fiche: String,
    pub(super) qui: String,
    pub(super) mots: String,
    pub(super) le: String,
    pub(super) caches: Html,
}

/// Those that wait for this network; never the visitor's own.
pub(super) async fn lire(tx: &ReadTx, cadre: &Cadre, reseau: &Reseau) -> Result<Vec<DemandeVue>, Erreur> {
    let demandes = storage::demandes(tx, &reseau.id, None, cadre.visiteur.personne_id(), MONTREES).await?;
    let ids: Vec<&str> = demandes.iter().map(|demande| demande.personne_id.as_str()).collect();
    let noms = personne::noms(tx, &ids).await?;
    let vue = |demande: Demande| {
        let qui = noms.get(demande.personne_id.as_str()).cloned()?;
        Some(vue(cadre, demande, qui))
    };
    Ok(demandes.into_iter().filter_map(vue).collect())
}

fn vue(cadre: &Cadre, demande: Demande, qui: String) -> DemandeVue {
    DemandeVue {
        qui,
        fiche: format!("/annuaire/{}", demande.fiche),
        le: texte::jour(cadre.instance.jour_de(demande.demandee_le)),
        caches: cadre.formulaire().caches(),
        reference: demande.reference,
        acteur: demande.acteur,
        mots: demande.preuve,
    }
}

/// The network tells, or cannot.
pub(super) async fn repondre(cadre: &Cadre, reseau: &Reseau, form: CheckedForm, confirme: bool) -> Reponse {
    let instance = &cadre.instance;
    let (url, par) = (format!("/reseaux/{}", reseau.reference), cadre.visiteur.personne_id());
    let tx = instance.db.begin().await?;
    let reference = form.saisie.texte("demande");
    let Some(demande) = storage::demandes(&tx, &reseau.id, Some(reference), par, 1).await?.pop() else {
        return Ok(form.aller(&url, acte::DEJA_DECIDEE));
    };
    let revendication =
        revendications::par_reference(&tx, reference).await?.ok_or(Erreur::Introuvable("cette demande"))?;
    let fait = if confirme {
        acte::accepter(&tx, instance, &revendication, par).await?
    } else {
        let motif = format!("{} n’a pas pu confirmer. Vous pouvez choisir une autre façon.", reseau.nom);
        acte::refuser(&tx, instance, &revendication, par, &motif).await?
    };
    if !fait {
        return Ok(form.aller(&url, acte::DEJA_DECIDEE));
    }
    let genre = if confirme { evenements::REVENDICATION_ACCEPTEE } else { evenements::REVENDICATION_REFUSEE };
    let evenement = evenements::de_l_acteur(cadre, genre, &revendication.acteur_id)
        .faits(serde_json::json!({ "moyen": revendication.moyen.as_str(), "reseau": reseau.id.as_str() }));
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    let message = if confirme {
        format!("Cette personne tient maintenant la fiche de {}.", demande.acteur)
    } else {
        "C’est noté. La personne est prévenue : elle peut choisir une autre façon.".to_owned()
    };
    form.conclure(tx, &url, &message).await
}

/// Tells the verified people of the networks of an actor that somebody claims it by their word.
pub(crate) async fn prevenir(
    tx: &WriteTx,
    instance: &Instance,
    acteur: &acteur::Model,
    qui: &personne::Model,
) -> Result<(), Erreur> {
    for reseau in storage::de_l_acteur(tx, &acteur.id).await? {
        let lien = instance.url(&format!("/reseaux/{}", reseau.reference));
        let sujet = format!("{} : qui tient sa fiche ?", acteur.nom);
        let texte = format!(
            "{} dit agir pour {}, et que {} peut le confirmer. Si vous connaissez cette personne, confirmez-le. Sinon, \
             dites-le : elle choisira une autre façon.\n\n{lien}",
            qui.nom_complet(),
            acteur.nom,
            reseau.nom
        );
        for representant in representants(tx, instance, &reseau).await? {
            courriels::prevenir(tx, instance, &representant, Some(&qui.id), &sujet, &texte).await?;
        }
    }
    Ok(())
}

async fn representants(
    db: &impl ConnectionTrait,
    instance: &Instance,
    reseau: &storage::Nomme,
) -> Result<Vec<personne::Model>, Erreur> {
    let organisation = std::slice::from_ref(&reseau.organisation_id);
    let membres = mandat::des_organisations(db, organisation, instance.aujourd_hui()).await?;
    let verifie = |m: &mandat::Model| m.etat == Etat::Verifie && m.fonction == Fonction::Representant;
    Ok(membres.into_iter().filter(|(m, _)| verifie(m)).map(|(_, personne)| personne).collect())
}
