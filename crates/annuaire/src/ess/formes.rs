//! what the INSEE legal category (four digits) says of the form. Labels read in the INSEE nomenclature; that the
//! categories belong to the ESS is from memory, so a form alone gives at most "probable".

use crate::vocabulaire::Famille;

/// What a form means for the ESS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forme {
    /// A form that the law names: cooperative, mutuelle, fondation, association.
    Nommee(Famille),
    /// Close to one of those; to be confirmed (SICA, cooperatives of construction).
    AConfirmer(Famille),
    /// A company (commercial, or civil): ESS only if it fulfils the conditions and declares it.
    Societe,
    /// Public law.
    Publique,
    /// A natural person.
    PersonnePhysique,
    /// No legal personality.
    SansPersonnalite,
    /// Syndicates, professional orders: never by their form.
    JamaisParForme,
    /// An association or alike outside the list (lawyers, congregations).
    HorsListe,
    /// Nothing can be said from the code.
    Inconnue,
}

const COOPERATIVES: &[&str] = &[
    "5191", "5192", "5193", "5194", "5195", "5196", "6595", "6596", // banks
    "5458", "5558", "5658", // SCOP
    "5460", "5560", "5660", "6560", // other cooperatives: most SCIC
    "5451", "5551", "5651", "6551", // consommation
    "5453", "5553", "5653", // artisanales
    "5454", "5554", "5654", "6554", // maritimes
    "5455", "5555", "5655", // transport
    "5552", "5652", // commerçants
    "5459", "5559", "5659", // unions
    "5547", "5647", // HLM (5546 and 5646, SA de HLM, are not cooperatives)
    "6316", "6317", "6318", // agricoles
    "5203", "5307", "5309", "6558", // other forms
];
const COOPERATIVES_A_CONFIRMER: &[&str] = &["5443", "5543", "5643", "6543", "5432", "5532", "5632", "6532"];
const MUTUELLES: &[&str] = &["8210", "8250", "8290", "6411"];
const ASSOCIATIONS: &[&str] = &["9220", "9221", "9222", "9223", "9230", "9260"];

/// The form behind a category.
#[must_use]
pub fn forme(categorie: &str) -> Forme {
    match categorie {
        c if COOPERATIVES.contains(&c) => Forme::Nommee(Famille::Cooperative),
        c if COOPERATIVES_A_CONFIRMER.contains(&c) => Forme::AConfirmer(Famille::Cooperative),
        c if MUTUELLES.contains(&c) => Forme::Nommee(Famille::Mutuelle),
        c if ASSOCIATIONS.contains(&c) => Forme::Nommee(Famille::Association),
        "9300" => Forme::Nommee(Famille::Fondation),
        "9210" => Forme::SansPersonnalite,
        "9224" | "9240" => Forme::HorsListe,
        c if c.len() != 4 => Forme::Inconnue,
        c if c.starts_with('1') => Forme::PersonnePhysique,
        c if c.starts_with('2') => Forme::SansPersonnalite,
        c if c.starts_with('4') || c.starts_with('7') => Forme::Publique,
        c if c.starts_with('5') || c.starts_with('6') => Forme::Societe,
        c if c.starts_with("84") => Forme::JamaisParForme,
        _ => Forme::Inconnue,
    }
}

/// The family shown and filtered on.
#[must_use]
pub fn famille(categorie: Option<&str>) -> Famille {
    match categorie.map(forme) {
        Some(Forme::Nommee(famille) | Forme::AConfirmer(famille)) => famille,
        Some(Forme::Societe) => Famille::Societe,
        Some(Forme::Publique) => Famille::Public,
        Some(_) if categorie.is_some_and(|c| c == "9210" || c == "9224") => Famille::Association,
        _ => Famille::Autre,
    }
}

/// Activities usually left out of the statistics: public administration, employers', professional, trade-union,
/// religious and political organisations. From memory.
#[must_use]
pub fn activite_exclue(naf: &str) -> bool {
    naf.starts_with("84") || matches!(naf, "94.11Z" | "94.12Z" | "94.20Z" | "94.91Z" | "94.92Z")
}
