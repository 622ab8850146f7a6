//! The two answers, and the figures of. Pure. The order of the branches is the strength of the evidence.

use domain::Cents;
use jiff::civil::Date;
use web::texte;

use super::decision::{Decision, Piece};
use super::fiches::{R40_FONDS, R40_RESERVES, R41};
use super::formes::{Forme, activite_exclue, forme};
use crate::vocabulaire::Reponse;

/// Why a body is known to be public when its legal category is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreuvePublic {
    /// Its SIREN is that of a commune or of an intercommunalité in the referential.
    Referentiel,
    /// Its SIREN begins with 1 or 2, kept by the INSEE for public bodies.
    Numero,
}

/// What is known of an actor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faits<'a> {
    /// INSEE legal category.
    pub categorie: Option<&'a str>,
    /// NAF rév. 2, with the dot.
    pub naf: Option<&'a str>,
    /// `economieSocialeSolidaireUniteLegale`: O, N, or nothing, which is not no.
    pub sirene: Option<bool>,
    /// In the list of ESS France.
    pub ess_france: bool,
    /// A document or a list that proves it (approval, statutes).
    pub preuve: Option<Piece<'a>>,
    /// What an agent decided of the first answer.
    pub decision_loi: Option<Decision<'a>>,
    /// What an agent decided of the second one.
    pub decision_stat: Option<Decision<'a>>,
    /// In the list of insertion bodies: not a proof.
    pub siae: bool,
    /// Public body.
    pub public: Option<PreuvePublic>,
}

/// An answer with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Avis {
    /// Answer.
    pub reponse: Reponse,
    /// One sentence, with the source.
    pub motif: String,
}

fn oui(motif: &str) -> Avis {
    Avis { reponse: Reponse::Oui, motif: motif.to_owned() }
}

fn non(motif: &str) -> Avis {
    Avis { reponse: Reponse::Non, motif: motif.to_owned() }
}

fn inconnu(motif: &str) -> Avis {
    Avis { reponse: Reponse::Inconnu, motif: motif.to_owned() }
}

/// What an agent decided, the document and the day. A source that says otherwise is said too: nobody hides it.
fn decidee(decision: Decision<'_>, sirene: Option<bool>) -> Avis {
    let le = decision.le.map(|le| format!(" le {}", texte::jour(le))).unwrap_or_default();
    let contraire = match sirene {
        Some(dit) if dit != decision.oui => " Sirene dit le contraire.",
        _ => "",
    };
    let motif = format!(
        "Décidé par un agent du département{le}, sur un document : {}.{contraire}",
        decision.document.trim_end_matches('.')
    );
    Avis { reponse: decision.reponse(), motif }
}

/// ESS by law.
#[must_use]
pub fn loi(faits: &Faits<'_>) -> Avis {
    let forme = faits.categorie.map_or(Forme::Inconnue, forme);
    if let Some(avis) = organisme_public(faits, forme) {
        return avis;
    }
    if let Some(decision) = faits.decision_loi {
        return decidee(decision, faits.sirene);
    }
    if let Some(Piece { nom, source }) = faits.preuve {
        return oui(&format!("Un document le prouve : {nom} ({source})."));
    }
    let dit_oui = faits.sirene == Some(true) || faits.ess_france;
    match (forme, dit_oui) {
        (Forme::PersonnePhysique | Forme::SansPersonnalite, true) => {
            inconnu("Une liste dit oui, mais la forme juridique n’a pas de personnalité morale : à vérifier.")
        }
        (Forme::PersonnePhysique, false) => {
            non("Une personne qui exerce en son nom n’est pas une personne morale (loi 2014-856, article 1).")
        }
        (Forme::SansPersonnalite, false) => {
            non("Pas de personnalité morale : la loi ne vise que des personnes morales (loi 2014-856, article 1).")
        }
        _ if faits.sirene == Some(true) => oui("Le répertoire Sirene de l’Insee le dit (champ ESS : oui)."),
        _ if faits.ess_france => oui("Dans la liste des entreprises de l’ESS publiée par ESS France."),
        _ if faits.sirene == Some(false) => sirene_dit_non(forme),
        _ => par_la_forme(forme, faits.siae),
    }
}

fn organisme_public(faits: &Faits<'_>, forme: Forme) -> Option<Avis> {
    let motif = match (forme, faits.public) {
        (Forme::Publique, _) => "Organisme public (catégorie juridique de l’Insee)",
        (Forme::Inconnue, Some(PreuvePublic::Referentiel)) => {
            "Commune ou intercommunalité (code officiel géographique)"
        }
        (Forme::Inconnue, Some(PreuvePublic::Numero)) => "Organisme public (numéro SIREN commençant par 1 ou 2, Insee)",
        _ => return None,
    };
    Some(non(&format!("{motif} : la loi ne vise que des personnes de droit privé (loi 2014-856, article 1).")))
}

fn sirene_dit_non(forme: Forme) -> Avis {
    match forme {
        Forme::Nommee(_) | Forme::AConfirmer(_) | Forme::HorsListe => {
            inconnu("Sirene dit non (champ ESS), mais la forme juridique est de celles que la loi nomme : à vérifier.")
        }
        _ => non("Le répertoire Sirene de l’Insee le dit (champ ESS : non)."),
    }
}

fn par_la_forme(forme: Forme, siae: bool) -> Avis {
    match forme {
        Forme::Nommee(famille) => inconnu(&format!(
            "Probable par la forme juridique ({}, Insee) ; Sirene ne dit rien : à vérifier.",
            famille.libelle().to_lowercase()
        )),
        Forme::AConfirmer(_) => {
            inconnu("La forme juridique (Insee) est proche d’une coopérative ; Sirene ne dit rien : à vérifier.")
        }
        Forme::JamaisParForme => {
            non("Syndicat ou ordre professionnel (catégorie juridique de l’Insee) : la loi ne le nomme pas.")
        }
        Forme::Societe => inconnu(
            "Une société n’en fait partie que si elle remplit les conditions de la loi et le déclare ; Sirene ne dit rien.",
        ),
        _ if siae => {
            inconnu("Structure d’insertion : cela ne suffit pas. La forme juridique n’est pas connue, à vérifier.")
        }
        _ => inconnu("La forme juridique ne permet pas de conclure : à vérifier."),
    }
}

/// ESS in statistics: the INSEE counts a list of legal categories, minus some activities.
#[must_use]
pub fn statistique(faits: &Faits<'_>) -> Avis {
    let forme = faits.categorie.map_or(Forme::Inconnue, forme);
    if let Some(avis) = organisme_public(faits, forme) {
        return Avis { motif: avis.motif.replace(AU_SENS_DE_LA_LOI, HORS_DES_STATISTIQUES), ..avis };
    }
    if let Some(decision) = faits.decision_stat {
        return decidee(decision, faits.sirene);
    }
    match (forme, faits.naf) {
        (Forme::Societe, _) => non("L’Insee ne compte pas les sociétés commerciales de l’ESS dans ses statistiques."),
        (Forme::PersonnePhysique | Forme::SansPersonnalite | Forme::JamaisParForme, _) => {
            non("Cette catégorie juridique n’est pas dans la liste de l’Insee.")
        }
        (Forme::Nommee(_), Some(naf)) if activite_exclue(naf) => inconnu(&format!(
            "Probablement non : l’activité {naf} est d’ordinaire retirée des statistiques (à vérifier)."
        )),
        (Forme::Nommee(_), Some(_)) if faits.sirene == Some(true) => {
            oui("Catégorie juridique et activité comptées, et Sirene le dit (Insee, champ ESS : oui).")
        }
        (Forme::Nommee(_), _) if faits.sirene == Some(false) => {
            inconnu("La catégorie juridique est de celles que l’Insee compte, mais Sirene dit non : à vérifier.")
        }
        (Forme::Nommee(_), _) => {
            inconnu("Probable : la catégorie juridique est de celles que l’Insee compte (à vérifier).")
        }
        _ => inconnu("La catégorie juridique ne permet pas de conclure : à vérifier."),
    }
}

const AU_SENS_DE_LA_LOI: &str = "la loi ne vise que des personnes de droit privé (loi 2014-856, article 1)";
const HORS_DES_STATISTIQUES: &str = "hors du champ statistique de l’ESS";

/// How an ESS company may share a profit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partage {
    /// Least amount for the development fund.
    pub fonds_de_developpement: Cents,
    /// Least amount for reserves and carry-forward.
    pub reserves: Cents,
    /// Most that may be shared.
    pub distribuable: Cents,
}

/// R-40 for a commercial company on a day: 20 % of the profit to the development fund until the reserves reach 20 % of
/// the capital, 50 % to reserves or carry-forward. `None` when no parameter covers the day.
#[must_use]
pub fn partage(benefice: Cents, capital: Cents, reserves: Cents, jour: Date) -> Option<Partage> {
    let (fonds, mises_en_reserve) = (R40_FONDS.parametre(jour)?.valeur, R40_RESERVES.parametre(jour)?.valeur);
    let benefice = benefice.max(Cents::ZERO);
    let plafond = part(capital, fonds);
    let reste = Cents((plafond.0 - reserves.0).max(0));
    let fonds_de_developpement = part(benefice, fonds).min(reste);
    let reserves = part(benefice, mises_en_reserve);
    Some(Partage { fonds_de_developpement, reserves, distribuable: Cents(benefice.0 - reserves.0) })
}

/// the mean of the five best paid, and the best paid, stay below these yearly amounts. `None` when the SMIC of
/// that day is not known.
#[must_use]
pub fn plafonds_esus(jour: Date) -> Option<(Cents, Cents)> {
    let smic = R41.parametre(jour)?.valeur;
    Some((Cents(smic.saturating_mul(7)), Cents(smic.saturating_mul(10))))
}

/// Basis points of an amount, rounded up to the cent: a floor is never under the law.
fn part(montant: Cents, points: i64) -> Cents {
    let numerateur = i128::from(montant.0) * i128::from(points);
    Cents(i64::try_from((numerateur + 9_999) / 10_000).unwrap_or(i64::MAX))
}
