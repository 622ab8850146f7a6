//! The month of a planned public market: asked where the market is told, never compulsory.

use domain::dates::mois_en_lettres;
use domain::profil::premier_du_mois;
use jiff::ToSpan;
use jiff::civil::Date;
use web::Formulaire;
use web::composants::{OptionDeChamp, Selection};
use web::formulaire::Lecteur;

pub(super) const QUESTION: &str = "Pour quel mois est prévu ce marché ?";
const CHAMP: &str = "marche_mois";
const MOIS_A_VENIR: i32 = 12;

/// This month and the twelve that follow; the month said before stays, even when it is over.
pub(super) fn champ(formulaire: &Formulaire, jour: Date) -> Selection {
    let option = |mois: Date| OptionDeChamp::nouvelle(mois.strftime("%Y-%m").to_string(), mois_en_lettres(mois));
    let a_venir = (0..=MOIS_A_VENIR).map(|rang| jour.first_of_month().saturating_add(rang.months()));
    let dit = premier_du_mois(formulaire.saisie.texte(CHAMP)).filter(|mois| !a_venir.clone().any(|m| m == *mois));
    let options = std::iter::once(OptionDeChamp::nouvelle("", "Je ne sais pas"))
        .chain(dit.into_iter().chain(a_venir.clone()).map(option));
    formulaire.selection(CHAMP, QUESTION, options).aide("Si un marché est prévu. Pour vous appeler au bon moment.")
}

/// The month chosen, or nothing.
pub(super) fn lire(lecteur: &mut Lecteur<'_>) -> Option<String> {
    let mois = lecteur.texte_libre(CHAMP, 7)?;
    if premier_du_mois(&mois).is_none() {
        lecteur.erreurs.ajouter(CHAMP, "Choisissez un mois dans la liste, ou « Je ne sais pas ».");
        return None;
    }
    Some(mois)
}
