//! Finding a commune as people say it: name, postal code, INSEE code; accents, hyphens and "St" do not matter.

use super::{Commune, Referentiel, TypeCommune};
use crate::code::CodeCommune;
use crate::perimetre::Perimetre;
use crate::tri::cle_de_tri;

/// A commune found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouvaille {
    /// The commune of today.
    pub code: CodeCommune,
    /// Its name.
    pub nom: &'static str,
    /// Département code.
    pub departement: &'static str,
    /// EPCI name.
    pub epci: Option<&'static str>,
    /// When the search met a déléguée, associée or arrondissement: its name.
    pub par: Option<&'static str>,
}

impl Trouvaille {
    /// "Cirey-sur-Vezouze (54)", "Arboys en Bugey (01), qui comprend Arbignieu".
    #[must_use]
    pub fn libelle(&self) -> String {
        match self.par {
            None => format!("{} ({})", self.nom, self.departement),
            Some(par) => format!("{} ({}), qui comprend {par}", self.nom, self.departement),
        }
    }
}

impl Referentiel {
    /// Communes whose name, postal code or code begins so, exact names first; inside `perimetre` only, when given.
    #[must_use]
    pub fn chercher_commune(
        &'static self,
        texte: &str,
        limite: usize,
        perimetre: Option<&Perimetre>,
    ) -> Vec<Trouvaille> {
        let cle = developper(&cle_de_tri(texte));
        if cle.is_empty() {
            return Vec::new();
        }
        let mut trouvees: Vec<(u8, &'static Commune)> = self
            .tries
            .iter()
            .filter_map(|&rang| self.rang(rang))
            .filter_map(|commune| qualite(commune, &cle).map(|qualite| (qualite, commune)))
            .collect();
        trouvees.sort_by_key(|(qualite, _)| *qualite);
        let mut resultat: Vec<Trouvaille> = Vec::new();
        for (_, commune) in trouvees {
            let Some(trouvaille) = self.trouvaille(commune) else {
                continue;
            };
            let dedans = perimetre.is_none_or(|p| p.contient(&trouvaille.code));
            if dedans && !resultat.iter().any(|deja| deja.code == trouvaille.code) {
                resultat.push(trouvaille);
            }
            if resultat.len() == limite {
                break;
            }
        }
        resultat
    }

    fn trouvaille(&'static self, commune: &'static Commune) -> Option<Trouvaille> {
        let actuelle = match commune.genre {
            TypeCommune::Actuelle => commune,
            _ => self.commune(&commune.parent?.parse().ok()?)?,
        };
        Some(Trouvaille {
            code: actuelle.code.clone(),
            nom: actuelle.nom,
            departement: actuelle.departement,
            epci: self.epci_de(actuelle).map(|epci| epci.nom),
            par: (commune.genre != TypeCommune::Actuelle && commune.nom != actuelle.nom).then_some(commune.nom),
        })
    }
}

/// 0 exact, 1 begins so, 2 a word begins so; déléguées after communes of today.
fn qualite(commune: &Commune, cle: &str) -> Option<u8> {
    let rang = if commune.cle == cle || commune.code.as_str().eq_ignore_ascii_case(cle) {
        0
    } else if commune.cle.starts_with(cle) || (cle.len() == 5 && commune.codes_postaux().any(|c| c == cle)) {
        1
    } else if commune.cle.match_indices(cle).any(|(i, _)| i > 0 && commune.cle.as_bytes().get(i - 1) == Some(&b' ')) {
        2
    } else {
        return None;
    };
    Some(rang * 2 + u8::from(commune.genre != TypeCommune::Actuelle))
}

fn developper(cle: &str) -> String {
    cle.split(' ')
        .map(|mot| match mot {
            "st" => "saint",
            "ste" => "sainte",
            autre => autre,
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("cirey sur vezouze", "54129")]
    #[case("CIREY-SUR-VEZ", "54129")]
    #[case("54480", "54129")]
    #[case("54129", "54129")]
    #[case("st nicolas de port", "54483")]
    #[case("vandoeuvre", "54547")]
    #[case("Arbignieu", "01015")]
    fn trouve_comme_on_dit(#[case] texte: &str, #[case] code: &str) {
        let trouvees = Referentiel::embarque().chercher_commune(texte, 8, None);
        assert!(trouvees.iter().any(|t| t.code.as_str() == code), "{trouvees:?}");
    }

    #[test]
    fn le_nom_exact_vient_d_abord_et_le_perimetre_filtre() {
        let referentiel = Referentiel::embarque();
        assert_eq!(referentiel.chercher_commune("Nancy", 3, None)[0].nom, "Nancy");
        let perimetre = referentiel.collectivite("54").unwrap().perimetre(referentiel);
        let dedans = referentiel.chercher_commune("saint", 50, Some(&perimetre));
        assert!(!dedans.is_empty() && dedans.iter().all(|t| perimetre.contient(&t.code)));
        assert!(referentiel.chercher_commune("", 5, None).is_empty());
    }
}
