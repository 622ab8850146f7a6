//! Which commune of the instance a row is in: by INSEE code, of today or former, or by postal code and name.

use std::collections::{BTreeSet, HashMap};

use domain::code::CodeCommune;
use domain::perimetre::Perimetre;
use domain::referentiel::{Referentiel, Resolution};
use domain::tri::cle_de_tri;

use super::fichier::texte;

/// Where a row is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Situation {
    /// A commune of the instance.
    Ici(CodeCommune),
    /// Elsewhere: the row is left aside.
    Ailleurs,
    /// Here perhaps: the row is refused with this reason.
    Doute(String),
    /// The cell of the code holds something else: the row is shifted, and refused with this reason.
    PasUnCode(String),
    /// The cell of the name holds a number: the same.
    PasUnNom(String),
}

/// Finds communes of one instance.
pub struct Lieux<'a> {
    referentiel: &'static Referentiel,
    perimetre: &'a Perimetre,
    par_code: HashMap<[u8; 5], Situation>,
    par_postal: HashMap<&'static str, Vec<CodeCommune>>,
    debuts: BTreeSet<&'static str>,
    par_nom: HashMap<(String, String), Situation>,
}

impl<'a> Lieux<'a> {
    /// For the communes of a perimeter.
    #[must_use]
    pub fn nouveaux(referentiel: &'static Referentiel, perimetre: &'a Perimetre) -> Self {
        let mut par_postal: HashMap<&'static str, Vec<CodeCommune>> = HashMap::new();
        for commune in perimetre.communes().filter_map(|code| referentiel.commune(code)) {
            for postal in commune.codes_postaux() {
                par_postal.entry(postal).or_default().push(commune.code.clone());
            }
        }
        let debuts = par_postal.keys().filter_map(|postal| postal.get(..2)).collect();
        Self { referentiel, perimetre, par_code: HashMap::new(), par_postal, debuts, par_nom: HashMap::new() }
    }

    /// The commune of the instance behind an INSEE code. A doubt: several communes took its place, one of them here.
    /// Each code is resolved once: this runs on every row of a national file.
    pub fn du_code(&mut self, octets: &[u8]) -> Situation {
        let cle = match octets {
            // Abroad; or masked.
            [] | b"[ND]" => return Situation::Ailleurs,
            // A lost zero in front: 01004 was written 1004.
            [a, b, c, d] => [b'0', *a, *b, *c, *d],
            autres => match <[u8; 5]>::try_from(autres) {
                Ok(cle) => cle,
                Err(_) => return pas_un_code("de commune", &texte(octets)),
            },
        };
        let (referentiel, perimetre) = (self.referentiel, self.perimetre);
        self.par_code.entry(cle).or_insert_with(|| resoudre(referentiel, perimetre, &cle)).clone()
    }

    /// A row without code of commune: abroad, or shifted, by its other cells.
    #[must_use]
    pub fn sans_code(postal: &str, nom: &str) -> Situation {
        if !postal.is_empty() && !postal.contains("[ND]") && code_postal(postal).is_none() {
            pas_un_code("postal", postal)
        } else if est_un_nombre(nom) {
            pas_un_nom(nom)
        } else {
            Situation::Ailleurs
        }
    }

    /// The commune of the instance behind a postal code and a name. Rows of other départements stop at the postal code,
    /// and each pair is looked up once: this runs on every row of a national list.
    pub fn du_nom(&mut self, postal: &str, nom: &str) -> Situation {
        let Some(postal) = code_postal(postal) else { return Self::sans_code(postal, nom) };
        if est_un_nombre(nom) {
            return pas_un_nom(nom);
        }
        if !postal.get(..2).is_some_and(|debut| self.debuts.contains(debut)) {
            return Situation::Ailleurs;
        }
        let paire = (postal, nom.trim().to_owned());
        if let Some(deja) = self.par_nom.get(&paire) {
            return deja.clone();
        }
        let situation = self.chercher(&paire.0, &paire.1);
        self.par_nom.insert(paire, situation.clone());
        situation
    }

    fn chercher(&self, postal: &str, nom: &str) -> Situation {
        let cle = cle_de_la_commune(nom);
        let candidates = self.par_postal.get(postal).map_or(&[][..], Vec::as_slice);
        if let Some(code) = candidates.iter().find(|code| cle_de_tri(self.referentiel.nom_commune(code)) == cle) {
            return Situation::Ici(code.clone());
        }
        let nommees = self.referentiel.chercher_commune(&cle, 8, Some(self.perimetre));
        let proche = nommees.iter().find(|t| candidates.contains(&t.code) && est_nommee(t, &cle));
        let cedex =
            nommees.iter().find(|t| candidates.is_empty() && est_nommee(t, &cle) && meme_departement(t, postal));
        match (proche.or(cedex), candidates) {
            (Some(trouvee), _) => Situation::Ici(trouvee.code.clone()),
            (None, []) => Situation::Ailleurs,
            (None, [_, ..]) if !self.est_ailleurs(&cle, postal) => {
                Situation::Doute(format!("la commune « {nom} » n’est pas trouvée avec le code postal {postal}"))
            }
            _ => Situation::Ailleurs,
        }
    }

    /// A postal code may serve communes of two départements.
    fn est_ailleurs(&self, cle: &str, postal: &str) -> bool {
        self.referentiel.chercher_commune(cle, 8, None).iter().any(|trouvee| {
            est_nommee(trouvee, cle)
                && self.referentiel.commune(&trouvee.code).is_some_and(|c| c.codes_postaux().any(|p| p == postal))
        })
    }
}

/// Five digits; spaces and the marks of spreadsheets aside.
pub(super) fn code_postal(brut: &str) -> Option<String> {
    let sans_espace: String = brut.chars().filter(|c| !c.is_whitespace()).collect();
    let postal = match sans_espace.trim_end_matches(".0") {
        // A lost zero in front: 01000 was written 1000.
        court if court.len() == 4 => format!("0{court}"),
        autre => autre.to_owned(),
    };
    (postal.len() == 5 && postal.bytes().all(|octet| octet.is_ascii_digit())).then_some(postal)
}

/// No commune is called so.
fn est_un_nombre(nom: &str) -> bool {
    !nom.trim().is_empty() && nom.trim().bytes().all(|octet| octet.is_ascii_digit() || octet == b'.')
}

fn pas_un_code(quoi: &str, lu: &str) -> Situation {
    Situation::PasUnCode(format!("« {} » n’est pas un code {quoi} : la ligne est peut-être décalée", debut(lu)))
}

fn pas_un_nom(lu: &str) -> Situation {
    Situation::PasUnNom(format!("« {} » n’est pas un nom de commune : la ligne est peut-être décalée", debut(lu)))
}

/// Enough of a cell to find it again.
fn debut(lu: &str) -> String {
    lu.trim().chars().filter(|c| !c.is_control()).take(40).collect()
}

/// "NANCY CEDEX", "PARIS 13": the commune alone.
fn cle_de_la_commune(nom: &str) -> String {
    let cle = cle_de_tri(nom);
    let mots: Vec<&str> =
        cle.split(' ').take_while(|mot| *mot != "cedex" && !mot.starts_with(|c: char| c.is_ascii_digit())).collect();
    mots.join(" ")
}

fn est_nommee(trouvee: &domain::referentiel::Trouvaille, cle: &str) -> bool {
    let saints = |texte: &str| {
        let mots = texte.split(' ').map(|mot| match mot {
            "st" => "saint",
            "ste" => "sainte",
            autre => autre,
        });
        mots.collect::<Vec<_>>().join(" ")
    };
    [Some(trouvee.nom), trouvee.par].into_iter().flatten().any(|nom| cle_de_tri(nom) == saints(cle))
}

fn meme_departement(trouvee: &domain::referentiel::Trouvaille, postal: &str) -> bool {
    postal.starts_with(trouvee.departement.trim_end_matches(['A', 'B']))
}

fn resoudre(referentiel: &'static Referentiel, perimetre: &Perimetre, octets: &[u8; 5]) -> Situation {
    let code = std::str::from_utf8(octets).ok().and_then(|texte| texte.parse::<CodeCommune>().ok());
    let Some(code) = code else { return pas_un_code("de commune", &texte(octets)) };
    match referentiel.resoudre(&code) {
        Resolution::Actuelle(commune) | Resolution::Ancienne(commune) if perimetre.contient(&commune.code) => {
            Situation::Ici(commune.code.clone())
        }
        Resolution::Ambigue(communes) if communes.iter().any(|commune| perimetre.contient(&commune.code)) => {
            let noms: Vec<&str> = communes.iter().map(|commune| commune.nom).collect();
            Situation::Doute(format!(
                "le code {code} est celui d’une ancienne commune, partagée depuis entre {} : à vérifier",
                noms.join(" et ")
            ))
        }
        _ => Situation::Ailleurs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("54200", "Écrouves", "54174")]
    #[case("54500", "VANDOEUVRE LES NANCY", "54547")]
    #[case("54150", "Val de Briey", "54099")]
    #[case("54150", "Briey", "54099")] // déléguée
    #[case("54035", "Nancy Cedex", "54395")]
    #[case("54210", "ST NICOLAS DE PORT", "54483")]
    fn trouve_par_le_code_postal_et_le_nom(#[case] postal: &str, #[case] nom: &str, #[case] code: &str) {
        let referentiel = Referentiel::embarque();
        let perimetre = referentiel.collectivite("54").unwrap().perimetre(referentiel);
        let attendue = Situation::Ici(code.parse().unwrap());
        assert_eq!(Lieux::nouveaux(referentiel, &perimetre).du_nom(postal, nom), attendue);
    }

    #[test]
    fn le_doute_n_est_pas_ailleurs() {
        let referentiel = Referentiel::embarque();
        let perimetre = referentiel.collectivite("54").unwrap().perimetre(referentiel);
        let mut lieux = Lieux::nouveaux(referentiel, &perimetre);
        assert_eq!(lieux.du_nom("57000", "Metz"), Situation::Ailleurs);
        assert!(matches!(lieux.du_nom("54200", "Villeneuve-la-Nulle"), Situation::Doute(_)));
        assert_eq!(lieux.du_code(b"54395"), Situation::Ici("54395".parse().unwrap()));
        assert_eq!(lieux.du_code(b"57463"), Situation::Ailleurs);
        assert_eq!(lieux.du_code(b""), Situation::Ailleurs, "abroad");
    }

    #[rstest]
    #[case::vide("", "", None)]
    #[case::sans_postal("", "Metz", None)]
    #[case::espaces("57 000", "Metz", None)]
    #[case::tableur("1000.0", "Bourg-en-Bresse", None)]
    #[case::masque("[ND]", "[ND]", None)]
    #[case::adresse("8 rue du Lavoir", "54200", Some("postal"))]
    #[case::decalee("", "54200", Some("nom de commune"))]
    #[case::trop_court("542", "Toul", Some("postal"))]
    #[case::deux_codes("57000", "57000", Some("nom de commune"))]
    fn une_cellule_qui_n_est_pas_un_code_n_est_pas_ailleurs(
        #[case] postal: &str,
        #[case] nom: &str,
        #[case] attendu: Option<&str>,
    ) {
        let referentiel = Referentiel::embarque();
        let perimetre = referentiel.collectivite("54").unwrap().perimetre(referentiel);
        let mut lieux = Lieux::nouveaux(referentiel, &perimetre);
        match (lieux.du_nom(postal, nom), attendu) {
            (Situation::PasUnCode(motif) | Situation::PasUnNom(motif), Some(extrait)) => {
                assert!(motif.contains(extrait), "{motif}");
            }
            (situation, attendu) => assert_eq!((situation, attendu), (Situation::Ailleurs, None)),
        }
        for faux in [&b"x"[..], b"DU LAVOIR", b"RUE D", b"54 00"] {
            assert!(matches!(lieux.du_code(faux), Situation::PasUnCode(_)), "{faux:?}");
        }
    }
}
