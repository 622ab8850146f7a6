//! Which commune of the instance a row is in: by INSEE code, of today or former, or by postal code and name.

use std::collections::{BTreeSet, HashMap};

use domain::code::CodeCommune;
use domain::perimetre::Perimetre;
use domain::referentiel::{Referentiel, Resolution};
use domain::tri::cle_de_tri;

/// Where a row is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Situation {
    /// A commune of the instance.
    Ici(CodeCommune),
    /// Elsewhere: the row is left aside.
    Ailleurs,
    /// Here perhaps: the row is refused with this reason.
    Doute(String),
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
    pub fn du_code(&mut self, octets: &[u8]) -> &Situation {
        let cle = match octets {
            // A lost zero in front: 01004 was written 1004.
            [a, b, c, d] => [b'0', *a, *b, *c, *d],
            autres => match <[u8; 5]>::try_from(autres) {
                Ok(cle) => cle,
                Err(_) => return &Situation::Ailleurs,
            },
        };
        let (referentiel, perimetre) = (self.referentiel, self.perimetre);
        self.par_code.entry(cle).or_insert_with(|| resoudre(referentiel, perimetre, &cle))
    }

    /// The commune of the instance behind a postal code and a name. Rows of other départements stop at the postal code,
    /// and each pair is looked up once: this runs on every row of a national list.
    pub fn du_nom(&mut self, postal: &str, nom: &str) -> Situation {
        let postal = match postal.trim().trim_end_matches(".0") {
            // A lost zero in front: 01000 was written 1000.
            court if court.len() == 4 => format!("0{court}"),
            autre => autre.to_owned(),
        };
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
    let Some(code) = code else { return Situation::Ailleurs };
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
        assert_eq!(lieux.du_code(b"54395"), &Situation::Ici("54395".parse().unwrap()));
        assert_eq!(lieux.du_code(b"57463"), &Situation::Ailleurs);
        assert_eq!(lieux.du_code(b"x"), &Situation::Ailleurs);
    }
}
