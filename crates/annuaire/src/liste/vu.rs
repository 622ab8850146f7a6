//! An actor as a list shows it.

use domain::code::CodeCommune;
use web::Instance;
use web::composants::{Etiquette, Ton};

use super::autour::{Autour, km_entre};
use super::filtres::Filtres;
use super::storage::Ligne;
use crate::vocabulaire::Reponse as TroisValeurs;

/// An actor as the list shows it.
pub(crate) struct ActeurVu {
    pub(crate) url: String,
    pub(crate) nom: String,
    pub(crate) sigle: Option<String>,
    pub(crate) etiquettes: Vec<Etiquette>,
    pub(crate) lieu: String,
    pub(crate) presentation: Option<String>,
}

impl ActeurVu {
    pub(crate) fn nouveau(instance: &Instance, ligne: Ligne) -> Self {
        let mut etiquettes = Vec::new();
        if ligne.exemple {
            etiquettes.push(Etiquette::nouvelle("exemple", Ton::Neutre));
        }
        etiquettes.push(match ligne.ess_loi {
            TroisValeurs::Oui => Etiquette::nouvelle("ESS", Ton::Positif),
            TroisValeurs::Non => Etiquette::nouvelle("Hors ESS", Ton::Neutre),
            TroisValeurs::Inconnu => Etiquette::nouvelle("ESS à vérifier", Ton::Attente),
        });
        etiquettes.extend(ligne.agrements().iter().map(|genre| Etiquette::nouvelle(genre.libelle(), Ton::Neutre)));
        let commune = ligne.commune.as_ref().map(|code| instance.referentiel().nom_commune(code).to_owned());
        let themes = ligne.resume_themes(&instance.locaux().themes);
        let parties = [Some(ligne.famille.libelle().to_owned()), commune, themes];
        Self {
            url: format!("/annuaire/{}", ligne.reference),
            etiquettes,
            lieu: parties.into_iter().flatten().collect::<Vec<_>>().join(" · "),
            presentation: ligne.presentation.map(|texte| abreger(&texte)),
            sigle: ligne.sigle.filter(|sigle| *sigle != ligne.nom),
            nom: ligne.nom,
        }
    }
}

impl ActeurVu {
    /// Says how far it is from the commune around which one looks.
    pub(super) fn loin_de(mut self, instance: &Instance, filtres: &Filtres, ou: Option<&CodeCommune>) -> Self {
        let depuis = filtres.commune.as_ref().filter(|_| filtres.autour != Autour::Seule);
        let km = depuis.zip(ou).filter(|(ici, la)| ici != la).and_then(|(ici, la)| km_entre(instance, ici, la));
        if let Some(km) = km {
            self.lieu = format!("{} · à {km:.0}\u{a0}km", self.lieu);
        }
        self
    }
}

/// The beginning of a text, cut between words.
fn abreger(texte: &str) -> String {
    const LONGUEUR: usize = 180;
    if texte.chars().count() <= LONGUEUR {
        return texte.to_owned();
    }
    let debut: String = texte.chars().take(LONGUEUR).collect();
    let coupe = debut.rfind(' ').and_then(|fin| debut.get(..fin)).unwrap_or(&debut);
    format!("{}…", coupe.trim_end_matches([',', ' ', ';', ':']))
}

#[cfg(test)]
mod tests {
    use super::abreger;

    #[test]
    fn un_long_texte_se_coupe_entre_deux_mots() {
        assert_eq!(abreger("court"), "court");
        let coupe = abreger(&"mot ".repeat(100));
        assert!(coupe.ends_with("mot…") && coupe.chars().count() <= 181, "{coupe}");
        assert_eq!(abreger(&"é".repeat(300)).chars().count(), 181);
    }
}
