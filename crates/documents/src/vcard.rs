//! vCard 4 (RFC 6350), as address books import it: one card for each organisation. Lines are folded at 75 octets, between
//! characters; what people wrote is escaped and cannot begin a property of its own.

/// An organisation's card. Empty texts are left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Carte {
    /// Stable identifier: an address book that imports again updates the same card.
    pub uid: String,
    /// Name.
    pub nom: String,
    /// Number and street.
    pub rue: String,
    /// Town.
    pub ville: String,
    /// Postal code.
    pub code_postal: String,
    /// Longitude and latitude.
    pub lieu: Option<(f64, f64)>,
    /// Telephone.
    pub telephone: String,
    /// Mail address.
    pub courriel: String,
    /// Web site.
    pub site: String,
    /// What it is about.
    pub categories: Vec<String>,
    /// What it does.
    pub note: String,
    /// Page where the card comes from.
    pub source: String,
}

/// The cards, one after another.
#[must_use]
pub fn ecrire(cartes: &[Carte]) -> String {
    let mut sortie = String::new();
    for carte in cartes {
        ecrire_une(&mut sortie, carte);
    }
    sortie
}

fn ecrire_une(sortie: &mut String, carte: &Carte) {
    let mut dire = |propriete: &str, valeur: String| {
        if !valeur.is_empty() {
            plier(sortie, &format!("{propriete}:{valeur}"));
        }
    };
    dire("BEGIN", "VCARD".to_owned());
    dire("VERSION", "4.0".to_owned());
    dire("KIND", "org".to_owned());
    dire("UID", uri(&carte.uid));
    dire("FN", echapper(&carte.nom));
    dire("ORG", echapper(&carte.nom));
    if [&carte.rue, &carte.ville, &carte.code_postal].iter().any(|partie| !partie.is_empty()) {
        let [rue, ville, code] = [&carte.rue, &carte.ville, &carte.code_postal].map(|partie| echapper(partie));
        dire("ADR;TYPE=work", format!(";;{rue};{ville};;{code};France"));
    }
    if let Some((longitude, latitude)) = carte.lieu {
        dire("GEO", format!("geo:{latitude},{longitude}"));
    }
    dire("TEL;TYPE=work", echapper(&carte.telephone));
    dire("EMAIL;TYPE=work", echapper(&carte.courriel));
    dire("URL", uri(&carte.site));
    dire("CATEGORIES", carte.categories.iter().map(|categorie| echapper(categorie)).collect::<Vec<_>>().join(","));
    dire("NOTE", echapper(&carte.note));
    dire("SOURCE", uri(&carte.source));
    dire("END", "VCARD".to_owned());
}

/// Text of a value (RFC 6350, 3.4): a line end is `\n`, marks that part values are escaped.
fn echapper(texte: &str) -> String {
    let mut dit = String::with_capacity(texte.len());
    for lettre in texte.replace("\r\n", "\n").chars() {
        match lettre {
            '\n' | '\r' => dit.push_str("\\n"),
            '\\' | ',' | ';' => {
                dit.push('\\');
                dit.push(lettre);
            }
            c if c.is_control() => {}
            c => dit.push(c),
        }
    }
    dit
}

/// An address: nothing in it ends a line.
fn uri(texte: &str) -> String {
    texte.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect()
}

/// Lines of 75 octets at most, those after the first begin with a space.
fn plier(sortie: &mut String, ligne: &str) {
    const OCTETS: usize = 75;
    let mut longueur = 0;
    for lettre in ligne.chars() {
        if longueur + lettre.len_utf8() > OCTETS {
            sortie.push_str("\r\n ");
            longueur = 1;
        }
        sortie.push(lettre);
        longueur += lettre.len_utf8();
    }
    sortie.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn deplier(texte: &str) -> String {
        texte.replace("\r\n ", "")
    }

    #[test]
    fn une_carte_dit_ce_qu_elle_sait() {
        let carte = Carte {
            uid: "https://exemple.invalid/annuaire/abcd".to_owned(),
            nom: "L’Épicerie, le café ; et plus".to_owned(),
            ville: "Cirey-sur-Vezouze".to_owned(),
            lieu: Some((6.94, 48.58)),
            categories: vec!["Commerce, café".to_owned(), "Insertion".to_owned()],
            note: "Deux\r\nlignes".to_owned(),
            ..Carte::default()
        };
        assert_eq!(
            deplier(&ecrire(&[carte])),
            "BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:org\r\nUID:https://exemple.invalid/annuaire/abcd\r\n\
             FN:L’Épicerie\\, le café \\; et plus\r\nORG:L’Épicerie\\, le café \\; et plus\r\n\
             ADR;TYPE=work:;;;Cirey-sur-Vezouze;;;France\r\nGEO:geo:48.58,6.94\r\n\
             CATEGORIES:Commerce\\, café,Insertion\r\nNOTE:Deux\\nlignes\r\nEND:VCARD\r\n"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn rien_de_ce_qui_est_ecrit_ne_commence_une_propriete(nom in ".*", note in "(?s).{0,300}", site in "(?s).{0,100}") {
            let cartes = [Carte { nom, note, site, ..Carte::default() }, Carte { nom: "Autre".to_owned(), ..Carte::default() }];
            let texte = ecrire(&cartes);
            for ligne in texte.split("\r\n") {
                prop_assert!(ligne.len() <= 75, "{ligne:?}");
                prop_assert!(!ligne.contains(['\r', '\n']), "{ligne:?}");
            }
            let debuts = deplier(&texte).split("\r\n").filter(|ligne| *ligne == "BEGIN:VCARD").count();
            prop_assert_eq!(debuts, 2);
            let connues = ["BEGIN", "VERSION", "KIND", "UID", "FN", "ORG", "NOTE", "URL", "END", ""];
            for ligne in deplier(&texte).split("\r\n") {
                let propriete = ligne.split([':', ';']).next().unwrap_or_default();
                prop_assert!(connues.contains(&propriete), "{ligne:?}");
            }
        }
    }
}
