//! Whom to call for a commune: the chargé of the secteur, the replacement, or the coordination when there is nobody.

use domain::dates::{ajouter_jours_ouvres, avec_le_jour};
use jiff::civil::Date;
use socle::secteur::Interlocuteur;

use crate::composants::Contact;
use crate::instance::Instance;

/// The card of the contact.
#[must_use]
pub fn du_secteur(instance: &Instance, interlocuteur: Option<Interlocuteur>) -> Contact {
    let identite = instance.identite();
    let dit = |texte: &str| (!texte.is_empty()).then(|| texte.to_owned());
    let nom = interlocuteur.as_ref().and_then(Interlocuteur::nom_complet);
    let (telephone, courriel) =
        interlocuteur.as_ref().map_or((None, None), |i| (i.telephone.clone(), i.courriel.clone()));
    let (Some(interlocuteur), Some(nom)) = (interlocuteur, nom) else {
        return Contact {
            nom: identite.collectivite.clone(),
            role: "La coordination répond pour votre commune.".to_owned(),
            telephone: dit(&identite.telephone).or(telephone),
            courriel: dit(&identite.courriel).or(courriel),
            note: None,
        };
    };
    Contact {
        nom,
        role: format!("suit votre secteur ({}).", interlocuteur.secteur),
        telephone: telephone.or_else(|| dit(&identite.telephone)),
        courriel: courriel.or_else(|| dit(&identite.courriel)),
        note: Some(if interlocuteur.remplace {
            "Remplace la personne habituelle, absente aujourd’hui. Vous pouvez aussi l’appeler.".to_owned()
        } else {
            "Vous pouvez aussi l’appeler.".to_owned()
        }),
    }
}

/// The last day of the promised answer to a request made on `jour`; without secteur, the coordination's own delay.
#[must_use]
pub fn date_promise(instance: &Instance, interlocuteur: Option<&Interlocuteur>, jour: Date) -> Date {
    let delai = interlocuteur
        .map_or(instance.identite().delai_jours_ouvres, |i| u32::try_from(i.delai_jours_ouvres).unwrap_or(0));
    let locaux = instance.locaux();
    ajouter_jours_ouvres(jour, delai, locaux.calendrier(instance.collectivite.feries))
}

/// "Si vous demandez un accompagnement aujourd'hui…".
#[must_use]
pub fn promesse(instance: &Instance, interlocuteur: Option<&Interlocuteur>) -> String {
    let limite = date_promise(instance, interlocuteur, instance.aujourd_hui());
    format!("Si vous demandez un accompagnement, vous aurez une réponse au plus tard le {}.", avec_le_jour(limite))
}
