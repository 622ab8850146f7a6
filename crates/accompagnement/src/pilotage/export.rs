//! Exactly the requests that are filtered, one a row.

use documents::export::{Feuille, Genre, Valeur};
use jiff::civil::Date;
use web::Instance;

use super::chiffres::{cantons, dans_le_delai, delai, themes};
use crate::demande::listes::{Ligne, PourChiffres};
use crate::demande::rules::Etat;

/// The requests of the direction's page.
pub(super) fn pilotage(instance: &Instance, lignes: &[&PourChiffres], jour: Date) -> Feuille {
    let mut feuille = Feuille::nouvelle(
        "Pilotage",
        [
            ("Référence", Genre::Texte),
            ("Projet", Genre::Texte),
            ("Code commune", Genre::Texte),
            ("Commune", Genre::Texte),
            ("Canton (plusieurs : à vérifier)", Genre::Texte),
            ("Secteur", Genre::Texte),
            ("Thèmes", Genre::Texte),
            ("Étape", Genre::Texte),
            ("Coût estimé (€)", Genre::Montant),
            ("Demande du", Genre::Date),
            ("Réponse promise le", Genre::Date),
            ("Répondue le", Genre::Date),
            ("Jours ouvrés avant réponse", Genre::Entier),
            ("Dans le délai", Genre::Texte),
        ],
    );
    let locaux = instance.locaux();
    let calendrier = locaux.calendrier(instance.collectivite.feries);
    for ligne in lignes {
        feuille.ajouter([
            Valeur::from(ligne.reference.as_str()),
            Valeur::from(ligne.titre.as_str()),
            Valeur::from(ligne.commune.as_str()),
            Valeur::from(instance.referentiel().nom_commune(&ligne.commune)),
            Valeur::from(cantons(ligne).map(|c| c.nom).collect::<Vec<_>>().join(" ; ")),
            Valeur::from(ligne.secteur.as_deref()),
            Valeur::from(themes(ligne).map(|t| locaux.themes.nom(t)).collect::<Vec<_>>().join(" ; ")),
            Valeur::from(ligne.etape.libelle()),
            Valeur::from(ligne.cout),
            Valeur::from(ligne.faite_le.0),
            Valeur::from(ligne.promise_le.0),
            Valeur::from(ligne.repondue_le.map(|le| le.0)),
            Valeur::from(delai(ligne, calendrier).map(i64::from)),
            Valeur::from(dans_le_delai(ligne, jour).map(|oui| if oui { "oui" } else { "non" })),
        ]);
    }
    feuille
}

/// The requests of the chargé's board; `qui` names who answers each.
pub(crate) fn tableau<'a>(instance: &Instance, lignes: &[Ligne], qui: impl Fn(&Ligne) -> Option<&'a str>) -> Feuille {
    let mut feuille = Feuille::nouvelle(
        "Tableau de bord",
        [
            ("Référence", Genre::Texte),
            ("Projet", Genre::Texte),
            ("Code commune", Genre::Texte),
            ("Commune", Genre::Texte),
            ("Secteur", Genre::Texte),
            ("Suivi par", Genre::Texte),
            ("État", Genre::Texte),
            ("Étape", Genre::Texte),
            ("Demande du", Genre::Date),
            ("Réponse promise le", Genre::Date),
            ("Répondue le", Genre::Date),
            ("Prochaine action", Genre::Texte),
            ("Prochaine action le", Genre::Date),
            ("Dernier contact", Genre::Date),
        ],
    );
    for ligne in lignes {
        feuille.ajouter([
            Valeur::from(ligne.reference.as_str()),
            Valeur::from(ligne.titre.as_str()),
            Valeur::from(ligne.commune.as_str()),
            Valeur::from(instance.referentiel().nom_commune(&ligne.commune)),
            Valeur::from(ligne.secteur.as_deref()),
            Valeur::from(qui(ligne)),
            Valeur::from(Etat::lire(&ligne.etat).libelle()),
            Valeur::from(ligne.etape.libelle()),
            Valeur::from(ligne.faite_le.0),
            Valeur::from(ligne.promise_le.0),
            Valeur::from(ligne.repondue_le.map(|le| le.0)),
            Valeur::from(ligne.prochaine_action.as_deref()),
            Valeur::from(ligne.prochaine_le.map(|le| le.0)),
            Valeur::from(ligne.contact_le.0),
        ]);
    }
    feuille
}
