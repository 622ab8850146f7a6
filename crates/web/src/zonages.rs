//! Lists of communes that a condition may name: national ones, then those entered on the screens.

use domain::code::CodeCommune;
use domain::constat::{Source, Surete};
use domain::referentiel::Commune;
use domain::referentiel::zonage::{self, Appartenance, DansUneListe, situer};
use jiff::civil::Date;

use crate::locaux::{ListeLocale, Locaux};

/// Before the id of a list entered here: it never takes the name of a national one.
const ICI: &str = "ici.";

/// A list that may be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListeConnue {
    /// Stable id.
    pub id: String,
    /// Name.
    pub nom: String,
    /// Year of its first day.
    pub annee: i16,
    /// Entered here, not shipped.
    pub locale: bool,
}

/// Every list, national ones first.
#[must_use]
pub fn connues(locaux: &Locaux) -> Vec<ListeConnue> {
    let nationales = zonage::tous().iter().map(|fiche| ListeConnue {
        id: fiche.id.clone(),
        nom: fiche.nom.clone(),
        annee: fiche.du.year(),
        locale: false,
    });
    let locales = locaux.listes.iter().map(|(id, liste)| ListeConnue {
        id: format!("{ICI}{id}"),
        nom: liste.nom.clone(),
        annee: liste.du.year(),
        locale: true,
    });
    nationales.chain(locales).collect()
}

/// How a commune stands on a day to every list.
#[must_use]
pub fn situations(commune: &Commune, locaux: &Locaux, jour: Date) -> Vec<DansUneListe> {
    let mut toutes = zonage::situations(commune, jour);
    toutes.extend(locaux.listes.iter().map(|(id, liste)| DansUneListe {
        liste: format!("{ICI}{id}"),
        annee: liste.du.year(),
        situation: situer(jour, liste.du, liste.au, true, appartenance(commune, liste)),
        reserve: String::new(),
        source: Source {
            libelle: format!("{} (liste {}, géographie {})", liste.source, liste.nom, liste.millesime),
            url: None,
            consultee_le: None,
            surete: Surete::Moyenne,
        },
    }));
    toutes
}

/// The communes of a list entered here; none for another list, or one that was withdrawn.
#[must_use]
pub fn communes(locaux: &Locaux, id: &str) -> Vec<CodeCommune> {
    let liste = id.strip_prefix(ICI).and_then(|id| locaux.listes.get(id));
    liste.map_or_else(Vec::new, |liste| liste.communes.clone())
}

fn appartenance(commune: &Commune, liste: &ListeLocale) -> Appartenance {
    if liste.communes.contains(&commune.code) {
        Appartenance::Oui
    } else if liste.complete {
        Appartenance::Non
    } else {
        Appartenance::AVerifier
    }
}
