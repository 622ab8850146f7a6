use platform::{Instant, Jour};
use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::acteur::ActeurId;

fn valeur(acteur: &str, champ: Champ, source: Origine, texte: &str) -> valeur::Model {
    valeur::Model {
        id: format!("{acteur}/{}/{}", champ.as_str(), source.as_str()),
        acteur_id: ActeurId(acteur.to_owned()),
        champ,
        valeur: texte.to_owned(),
        source,
        source_du: Some(Jour("2026-01-15".parse().unwrap())),
        auteur_id: None,
        import_id: None,
        recu_le: Instant(0),
        courante: true,
    }
}

/// The facts of the actor that stays, after the merge.
fn apres(garde: &[valeur::Model], ecrits: &Ecrits) -> Vec<valeur::Model> {
    let restent = garde.iter().filter(|v| !ecrits.eteintes.contains(&v.id)).cloned();
    let dites = ecrits.dites.iter().map(|(champ, texte)| valeur("agent", *champ, Origine::Agent, texte));
    restent.chain(ecrits.copiees.iter().cloned()).chain(dites).collect()
}

fn montre(valeurs: &[valeur::Model], champ: Champ) -> Option<(String, Origine)> {
    montree(valeurs, champ).map(|v| (v.valeur, v.source))
}

const A: &str = "a";
const B: &str = "b";

#[rstest]
#[case::rien_a_choisir(None, Some(Origine::Siae), Choix::Garde, false, "b", Origine::Siae)]
#[case::garde(Some(Origine::Siae), Some(Origine::Agent), Choix::Garde, false, "a", Origine::Siae)]
#[case::le_mieux_place_vient(Some(Origine::Siae), Some(Origine::Acteur), Choix::Absorbe, false, "b", Origine::Acteur)]
#[case::la_meme_source_est_remplacee(
    Some(Origine::Siae),
    Some(Origine::Siae),
    Choix::Absorbe,
    false,
    "b",
    Origine::Siae
)]
#[case::l_agent_dit_ce_qu_il_choisit(
    Some(Origine::Sirene),
    Some(Origine::Siae),
    Choix::Absorbe,
    false,
    "b",
    Origine::Agent
)]
#[case::une_personne_cede(Some(Origine::Agent), Some(Origine::Siae), Choix::Absorbe, false, "b", Origine::Siae)]
#[case::le_registre_d_une_autre_unite(
    Some(Origine::Sirene),
    Some(Origine::Sirene),
    Choix::Absorbe,
    false,
    "b",
    Origine::Agent
)]
#[case::le_registre_suit_le_siren(None, Some(Origine::Sirene), Choix::Absorbe, true, "b", Origine::Sirene)]
fn la_valeur_choisie_est_montree_avec_sa_source(
    #[case] garde: Option<Origine>,
    #[case] absorbe: Option<Origine>,
    #[case] choix: Choix,
    #[case] siren_suit: bool,
    #[case] attendue: &str,
    #[case] source: Origine,
) {
    let garde: Vec<_> = garde.map(|source| valeur(A, Champ::Telephone, source, A)).into_iter().collect();
    let absorbe: Vec<_> = absorbe.map(|source| valeur(B, Champ::Telephone, source, B)).into_iter().collect();
    let choisis = if garde.is_empty() { Choisis::new() } else { Choisis::from([(Champ::Telephone, choix)]) };
    let ecrits = reunir(&garde, &absorbe, &choisis, siren_suit);
    assert_eq!(montre(&apres(&garde, &ecrits), Champ::Telephone), Some((attendue.to_owned(), source)));
}

#[test]
fn les_listes_ou_il_figure_suivent_et_son_etat_reste() {
    let garde = [valeur(A, Champ::Etat, Origine::Sirene, "actif")];
    let absorbe = [
        valeur(B, Champ::Siae, Origine::Siae, "aci"),
        valeur(B, Champ::Etat, Origine::Sirene, "cesse"),
        valeur(B, Champ::Etat, Origine::Agent, "masque"),
        valeur(B, Champ::SireneEss, Origine::Sirene, "O"),
    ];
    let ecrits = reunir(&garde, &absorbe, &Choisis::new(), false);
    assert_eq!(ecrits.copiees.iter().map(|v| v.champ).collect::<Vec<_>>(), [Champ::Siae]);
    let avec_le_siren = reunir(&[], &absorbe, &Choisis::new(), true);
    let champs: Vec<_> = avec_le_siren.copiees.iter().map(|v| (v.champ, v.source)).collect();
    assert_eq!(
        champs,
        [(Champ::Siae, Origine::Siae), (Champ::Etat, Origine::Sirene), (Champ::SireneEss, Origine::Sirene)]
    );
}

#[test]
fn une_diffusion_partielle_garde_ses_contacts() {
    let valeurs = vec![
        valeur(B, Champ::Courriel, Origine::Siae, "x@exemple.invalid"),
        valeur(B, Champ::Telephone, Origine::Acteur, "03"),
        valeur(B, Champ::Nom, Origine::Sirene, "B"),
    ];
    let montrees = montrables(Diffusion::Partielle, valeurs.clone());
    assert_eq!(montrees.iter().map(|v| v.champ).collect::<Vec<_>>(), [Champ::Telephone, Champ::Nom]);
    assert_eq!(montrables(Diffusion::Totale, valeurs).len(), 3);
}

fn des_valeurs(acteur: &'static str) -> impl Strategy<Value = Vec<valeur::Model>> {
    let champs = prop::sample::select(vec![Champ::Nom, Champ::Telephone, Champ::Site, Champ::Naf, Champ::Siae]);
    let sources = prop::sample::select(vec![Origine::Acteur, Origine::Agent, Origine::Sirene, Origine::Siae]);
    prop::collection::btree_map((champs, sources), "[ab]?", 0..8).prop_map(move |faits| {
        let mut humains = std::collections::BTreeSet::new();
        faits
            .into_iter()
            // People speak with one voice: one current fact of a person by field.
            .filter(|((champ, source), _)| !humaine(*source) || humains.insert(*champ))
            .map(|((champ, source), texte)| valeur(acteur, champ, source, &texte))
            .collect()
    })
}

proptest! {
    /// Whatever both know: what is shown afterwards is what was chosen, and one fact is current by field and source.
    #[test]
    fn ce_qui_est_choisi_est_montre(garde in des_valeurs(A), absorbe in des_valeurs(B), absorber in any::<bool>(), suit in any::<bool>()) {
        let choix = if absorber { Choix::Absorbe } else { Choix::Garde };
        let compares = comparer(&garde, &absorbe);
        let choisis: Choisis = compares.iter().filter(|c| c.differe()).map(|c| (c.champ, choix)).collect();
        let ecrits = reunir(&garde, &absorbe, &choisis, suit);
        let ensuite = apres(&garde, &ecrits);
        for compare in compares {
            let voulue = match (choisis.get(&compare.champ).copied().unwrap_or(compare.defaut()), compare.garde, compare.absorbe) {
                (Choix::Absorbe, _, Some(v)) | (Choix::Garde, Some(v), _) | (Choix::Absorbe, Some(v), None) => Some(v.valeur),
                _ => None,
            };
            prop_assert_eq!(montre(&ensuite, compare.champ).map(|(valeur, _)| valeur), voulue);
        }
        let mut cles: Vec<_> = ensuite.iter().map(|v| (v.champ, v.source)).collect();
        let nombre = cles.len();
        cles.sort();
        cles.dedup();
        prop_assert_eq!(cles.len(), nombre, "one current fact by field and source");
    }
}
