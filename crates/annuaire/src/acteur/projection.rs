//! From facts to the projection: for each field, the value of the source that knows best; then the two answers on the
//! ESS. Pure.

use domain::code::CodeCommune;
use domain::identifiant::{Rna, Siren};
use domain::referentiel::Referentiel;
use jiff::civil::Date;

use crate::ess::{Avis, Faits, PreuvePublic, formes, rules};
use crate::vocabulaire::{Champ, Diffusion, EtatActeur, Famille, Origine};

/// A fact, as the projection sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fait {
    /// What it is about.
    pub champ: Champ,
    /// The value; empty when the source withdrew it.
    pub valeur: String,
    /// Where it comes from.
    pub source: Origine,
    /// Date of the source.
    pub du: Option<Date>,
}

/// What is read of an actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Projection {
    /// Name; empty when no source gives one.
    pub nom: String,
    /// Short name.
    pub sigle: Option<String>,
    /// RNA number.
    pub rna: Option<Rna>,
    /// INSEE legal category.
    pub categorie_juridique: Option<String>,
    /// Family of legal form.
    pub famille: Famille,
    /// NAF rév. 2, with the dot.
    pub naf: Option<String>,
    /// INSEE bracket of employees.
    pub tranche: Option<String>,
    /// Shown or not.
    pub etat: EtatActeur,
    /// Diffusion status.
    pub diffusion: Diffusion,
    /// ESS by law.
    pub ess_loi: Avis,
    /// ESS in statistics.
    pub ess_stat: Avis,
    /// What it does.
    pub presentation: Option<String>,
    /// Web site.
    pub site: Option<String>,
    /// Address to write to.
    pub courriel: Option<String>,
    /// Telephone.
    pub telephone: Option<String>,
    /// Commune of the seat.
    pub commune: Option<CodeCommune>,
}

/// Who knows best. Facts of identity: the register first. The rest: those who know the actor first.
fn rang(champ: Champ, source: Origine) -> u8 {
    let registre = matches!(
        champ,
        Champ::Rna | Champ::CategorieJuridique | Champ::Naf | Champ::Tranche | Champ::Diffusion | Champ::Commune
    );
    let ordre = if registre {
        [Origine::Sirene, Origine::Agent, Origine::Acteur, Origine::Siae, Origine::EssFrance, Origine::Exemple]
    } else {
        [Origine::Agent, Origine::Acteur, Origine::Sirene, Origine::Siae, Origine::EssFrance, Origine::Exemple]
    };
    ordre.iter().position(|o| *o == source).and_then(|rang| u8::try_from(rang).ok()).unwrap_or(u8::MAX)
}

/// The fact shown for a field: of the source that knows best.
#[must_use]
pub fn retenu(faits: &[Fait], champ: Champ) -> Option<&Fait> {
    faits.iter().filter(|f| f.champ == champ && !f.valeur.is_empty()).min_by_key(|f| rang(champ, f.source))
}

/// Is this SIREN that of a public body? Asked when no source gives the legal category.
#[must_use]
pub fn preuve_public(siren: Option<&Siren>) -> Option<PreuvePublic> {
    let siren = siren.map(Siren::as_str).filter(|siren| siren.starts_with(['1', '2']))?;
    let referentiel = Referentiel::embarque();
    let connu = referentiel.epci(siren).is_some() || referentiel.commune_du_siren(siren).is_some();
    Some(if connu { PreuvePublic::Referentiel } else { PreuvePublic::Numero })
}

/// Makes the projection.
#[must_use]
pub fn projeter(siren: Option<&Siren>, faits: &[Fait]) -> Projection {
    let texte = |champ| retenu(faits, champ).map(|f| f.valeur.clone());
    let (categorie, naf) = (texte(Champ::CategorieJuridique), texte(Champ::Naf));
    let pour_ess = Faits {
        categorie: categorie.as_deref(),
        naf: naf.as_deref(),
        sirene: texte(Champ::SireneEss).as_deref().map(|valeur| valeur == "O"),
        ess_france: retenu(faits, Champ::EssFrance).is_some(),
        preuve: retenu(faits, Champ::PreuveEss).is_some(),
        siae: retenu(faits, Champ::Siae).is_some(),
        public: preuve_public(siren),
    };
    let famille = match (formes::famille(categorie.as_deref()), pour_ess.public) {
        (Famille::Autre, Some(_)) if categorie.is_none() => Famille::Public,
        (famille, _) => famille,
    };
    Projection {
        nom: texte(Champ::Nom).unwrap_or_default(),
        sigle: texte(Champ::Sigle),
        rna: texte(Champ::Rna).and_then(|t| t.parse().ok()),
        famille,
        tranche: texte(Champ::Tranche),
        etat: texte(Champ::Etat).and_then(|t| t.parse().ok()).unwrap_or(EtatActeur::Actif),
        diffusion: texte(Champ::Diffusion).and_then(|t| t.parse().ok()).unwrap_or(Diffusion::Totale),
        ess_loi: rules::loi(&pour_ess),
        ess_stat: rules::statistique(&pour_ess),
        presentation: texte(Champ::Presentation),
        site: texte(Champ::Site),
        courriel: texte(Champ::Courriel),
        telephone: texte(Champ::Telephone),
        commune: texte(Champ::Commune).and_then(|t| t.parse().ok()),
        categorie_juridique: categorie,
        naf,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulaire::Reponse;

    fn fait(champ: Champ, source: Origine, valeur: &str) -> Fait {
        Fait { champ, valeur: valeur.to_owned(), source, du: None }
    }

    #[test]
    fn le_registre_sait_mieux_l_identite_et_l_agent_le_nom() {
        let faits = [
            fait(Champ::Nom, Origine::Sirene, "RESSOURCERIE DU TOULOIS"),
            fait(Champ::Nom, Origine::Agent, "La Ressourcerie du Toulois"),
            fait(Champ::Naf, Origine::Siae, "88.99B"),
            fait(Champ::Naf, Origine::Sirene, "47.79Z"),
            fait(Champ::CategorieJuridique, Origine::Sirene, "9220"),
            fait(Champ::SireneEss, Origine::Sirene, "O"),
        ];
        let projection = projeter(None, &faits);
        assert_eq!(projection.nom, "La Ressourcerie du Toulois");
        assert_eq!(projection.naf.as_deref(), Some("47.79Z"));
        assert_eq!((projection.ess_loi.reponse, projection.ess_stat.reponse), (Reponse::Oui, Reponse::Oui));
    }

    #[test]
    fn une_valeur_retiree_laisse_la_place() {
        let faits =
            [fait(Champ::Site, Origine::Agent, ""), fait(Champ::Site, Origine::Siae, "https://exemple.invalid")];
        assert_eq!(projeter(None, &faits).site.as_deref(), Some("https://exemple.invalid"));
    }

    #[test]
    fn une_communaute_de_communes_n_est_pas_de_l_ess() {
        let siren: Siren = "200041515".parse().unwrap();
        assert_eq!(preuve_public(Some(&siren)), Some(PreuvePublic::Referentiel));
        let projection = projeter(Some(&siren), &[fait(Champ::Siae, Origine::Siae, "aci")]);
        assert_eq!((projection.famille, projection.ess_loi.reponse), (Famille::Public, Reponse::Non));
    }
}
