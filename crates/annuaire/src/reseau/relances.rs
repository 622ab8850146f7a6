//! A network writes to its members that must confirm their page.

use platform::journal;
use web::{Cadre, CheckedForm, Reponse, texte};

use super::pages::{membre, peut_etre_relance};
use super::rules::reste_aujourd_hui;
use super::storage::{self, Reseau};
use crate::evenements;
use crate::tenue::storage::ARelancer;
use crate::tenue::{campagne, relance};

/// Writes to one member, or to as many as the day allows.
pub(super) async fn relancer(cadre: &Cadre, reseau: &Reseau, form: CheckedForm, un: Option<&str>) -> Reponse {
    let instance = &cadre.instance;
    // Counted, read and written while nobody else does: two clicks at once do not write twice.
    let tx = instance.db.begin().await?;
    storage::reserver(&tx, &reseau.id).await?;
    let membres = match un {
        Some(reference) => vec![membre(&tx, reseau, reference).await?],
        None => storage::membres(&tx, &reseau.id, None).await?,
    };
    let (campagne, _) = campagne::lire(&tx).await?;
    let envoyes = storage::relances_depuis(&tx, &reseau.id, instance.debut_de(instance.aujourd_hui())).await?;
    let reste = reste_aujourd_hui(campagne.par_jour, envoyes);
    let maintenant = instance.clock.instant();
    let mut partis: u64 = 0;
    let relancables = membres.iter().filter(|m| m.refuse_le.is_none() && peut_etre_relance(instance, m).is_ok());
    for membre in relancables.take(reste) {
        let Some(courriel) = membre.courriel.clone() else { continue };
        if !instance.peut_ecrire_a(&courriel) {
            continue;
        }
        let acteur =
            ARelancer { id: membre.id.clone(), reference: membre.reference.clone(), nom: membre.nom.clone(), courriel };
        if !relance::relancer(&tx, instance, &acteur).await? {
            continue;
        }
        storage::noter_la_relance(&tx, &reseau.id, &membre.id, maintenant).await?;
        let evenement = evenements::de_l_acteur(cadre, evenements::MEMBRE_RELANCE, &membre.id)
            .faits(serde_json::json!({ "reseau": reseau.id.as_str() }));
        journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
        partis += 1;
    }
    let message = match (partis, reste) {
        (0, 0) => "Le nombre de courriels du jour est atteint. Revenez demain.".to_owned(),
        (0, _) => "Personne n’est à relancer.".to_owned(),
        (partis, _) => {
            format!("{} : la réponse se verra ici.", texte::accorde(partis, "courriel envoyé", "courriels envoyés"))
        }
    };
    form.conclure(tx, &format!("/reseaux/{}", reseau.reference), &message).await
}
