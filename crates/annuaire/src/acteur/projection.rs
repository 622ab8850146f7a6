//! From facts to the projection: for each field, the value of the source that knows best; then the two answers on the
//! ESS. Pure.

use domain::identifiant::Siren;
use domain::referentiel::Referentiel;
use jiff::civil::Date;

use super::Model;
use super::precedence::rang;
use crate::ess::{Decision, Faits, Piece, PreuvePublic, formes, rules};
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

fn decision(faits: &[Fait], champ: Champ) -> Option<Decision<'_>> {
    retenu(faits, champ).and_then(|fait| Decision::lire(&fait.valeur, fait.du))
}

/// Makes the projection: what facts say takes the place of what was read of the actor. Its identity, its dates and its
/// version stay.
#[must_use]
pub fn projeter(acteur: Model, faits: &[Fait]) -> Model {
    let texte = |champ| retenu(faits, champ).map(|f| f.valeur.clone());
    let (categorie, naf) = (texte(Champ::CategorieJuridique), texte(Champ::Naf));
    let pour_ess = Faits {
        categorie: categorie.as_deref(),
        naf: naf.as_deref(),
        sirene: texte(Champ::SireneEss).as_deref().map(|valeur| valeur == "O"),
        ess_france: retenu(faits, Champ::EssFrance).is_some(),
        preuve: retenu(faits, Champ::PreuveEss).map(|f| Piece { nom: &f.valeur, source: f.source.libelle() }),
        decision_loi: decision(faits, Champ::DecisionEssLoi),
        decision_stat: decision(faits, Champ::DecisionEssStat),
        siae: retenu(faits, Champ::Siae).is_some(),
        public: preuve_public(acteur.siren.as_ref()),
    };
    let famille = match (formes::famille(categorie.as_deref()), pour_ess.public) {
        (Famille::Autre, Some(_)) if categorie.is_none() => Famille::Public,
        (famille, _) => famille,
    };
    let (loi, statistique) = (rules::loi(&pour_ess), rules::statistique(&pour_ess));
    let nom = texte(Champ::Nom).unwrap_or_default();
    Model {
        nom_tri: socle::nom_tri(&nom),
        nom,
        sigle: texte(Champ::Sigle),
        rna: texte(Champ::Rna).and_then(|t| t.parse().ok()),
        famille,
        tranche: texte(Champ::Tranche),
        etat: match texte(Champ::Etat).and_then(|t| t.parse().ok()).unwrap_or(EtatActeur::Actif) {
            // Only a confirmation wakes a page: facts do not.
            EtatActeur::Actif if acteur.etat == EtatActeur::Endormi => EtatActeur::Endormi,
            etat => etat,
        },
        diffusion: texte(Champ::Diffusion).and_then(|t| t.parse().ok()).unwrap_or(Diffusion::Totale),
        ess_loi: loi.reponse,
        ess_loi_motif: loi.motif,
        ess_stat: statistique.reponse,
        ess_stat_motif: statistique.motif,
        presentation: texte(Champ::Presentation),
        site: texte(Champ::Site),
        courriel: texte(Champ::Courriel),
        telephone: texte(Champ::Telephone),
        commune: texte(Champ::Commune).and_then(|t| t.parse().ok()),
        categorie_juridique: categorie,
        naf,
        ..acteur
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acteur::ActeurId;
    use crate::vocabulaire::Reponse;
    use platform::Instant;
    use socle::OrganisationId;

    fn nu(siren: Option<Siren>) -> Model {
        let (id, organisation) = (ActeurId("a".to_owned()), OrganisationId("o".to_owned()));
        Model::nouveau(id, organisation, "reference".to_owned(), siren, Instant(0))
    }

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
        let projection = projeter(nu(None), &faits);
        assert_eq!(projection.nom, "La Ressourcerie du Toulois");
        assert_eq!(projection.naf.as_deref(), Some("47.79Z"));
        assert_eq!((projection.ess_loi, projection.ess_stat), (Reponse::Oui, Reponse::Oui));
    }

    #[test]
    fn une_valeur_retiree_laisse_la_place() {
        let faits =
            [fait(Champ::Site, Origine::Agent, ""), fait(Champ::Site, Origine::Siae, "https://exemple.invalid")];
        assert_eq!(projeter(nu(None), &faits).site.as_deref(), Some("https://exemple.invalid"));
    }

    #[test]
    fn un_agent_decide_de_chaque_reponse_contre_sirene() {
        let sirene = [
            fait(Champ::CategorieJuridique, Origine::Sirene, "9220"),
            fait(Champ::Naf, Origine::Sirene, "88.99B"),
            fait(Champ::SireneEss, Origine::Sirene, "O"),
        ];
        let non = Fait {
            du: Some(jiff::civil::date(2026, 11, 24)),
            ..fait(Champ::DecisionEssLoi, Origine::Agent, "non : statuts du 12 mars 2024")
        };
        let projection = projeter(nu(None), &[sirene.as_slice(), &[non]].concat());
        assert_eq!((projection.ess_loi, projection.ess_stat), (Reponse::Non, Reponse::Oui));
        assert_eq!(
            projection.ess_loi_motif,
            "Décidé par un agent du département le 24\u{a0}novembre\u{a0}2026, sur un document : statuts du 12 mars 2024. Sirene \
             dit le contraire."
        );
        let retiree = fait(Champ::DecisionEssLoi, Origine::Agent, "");
        assert_eq!(projeter(nu(None), &[sirene.as_slice(), &[retiree]].concat()).ess_loi, Reponse::Oui);
        let stat = fait(Champ::DecisionEssStat, Origine::Agent, "non : réponse de l’Insee du 3 juin 2026");
        let projection = projeter(nu(None), &[sirene.as_slice(), &[stat]].concat());
        assert_eq!((projection.ess_loi, projection.ess_stat), (Reponse::Oui, Reponse::Non));
    }

    #[test]
    fn la_phrase_nomme_le_document_et_sa_source() {
        let liste = [fait(Champ::PreuveEss, Origine::Esus, "agrément ESUS du 3 mai 2024")];
        let motif = projeter(nu(None), &liste).ess_loi_motif;
        assert!(motif.contains("agrément ESUS du 3 mai 2024") && motif.contains("(ESUS)"), "{motif}");
    }

    #[test]
    fn une_communaute_de_communes_n_est_pas_de_l_ess() {
        let siren: Siren = "200041515".parse().unwrap();
        assert_eq!(preuve_public(Some(&siren)), Some(PreuvePublic::Referentiel));
        let projection = projeter(nu(Some(siren)), &[fait(Champ::Siae, Origine::Siae, "aci")]);
        assert_eq!((projection.famille, projection.ess_loi), (Famille::Public, Reponse::Non));
    }
}
