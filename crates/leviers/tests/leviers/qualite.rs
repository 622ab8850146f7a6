//! Forty projects labelled by hand against the program: precision, recall, wrong reasons. The figures are published in
//! `docs/qualite-des-rapprochements.md`; `TERREAU_ECRIRE=1` writes them there, otherwise the test compares.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use domain::constat::Verdict;
use domain::profil::FaitsCommune;
use domain::referentiel::Referentiel;
use domain::referentiel::zonage::situations;
use domain::theme::NomsDeThemes;
use jiff::civil::{Date, date};
use leviers::essai::{ProjetEtiquete, projets};
use leviers::{Catalogue, Levier, apparier};

/// The day on which the labels were written.
const JOUR: Date = date(2026, 11, 24);
const PUBLIE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/qualite-des-rapprochements.md");
/// Below these, in hundredths of a percent, the test fails.
const PRECISION_MIN: u32 = 9_900;
const RAPPEL_MIN: u32 = 9_900;
const EXACTS_MIN: u32 = 9_800;

fn faits(projet: &ProjetEtiquete) -> FaitsCommune {
    let referentiel = Referentiel::embarque();
    let commune = referentiel.commune(&projet.commune).unwrap();
    let epci = referentiel.epci_de(commune);
    FaitsCommune {
        code: commune.code.clone(),
        nom: commune.nom.to_owned(),
        population: commune.population,
        departement: commune.departement.to_owned(),
        region: commune.region.to_owned(),
        epci: epci.map(|e| e.code.as_str().to_owned()),
        epci_nom: epci.map(|e| e.nom.to_owned()),
        zonages: situations(commune, JOUR),
    }
}

/// As the storage does: what is not in force is not proposed at all.
fn en_vigueur() -> Vec<Levier> {
    let tous = [Catalogue::embarque().unwrap(), Catalogue::demonstration().unwrap()];
    tous.iter()
        .flat_map(|catalogue| catalogue.leviers().to_vec())
        .filter(|l| l.valable_du.is_none_or(|du| du <= JOUR) && l.valable_au.is_none_or(|au| JOUR <= au))
        .collect()
}

/// Label of each lever: verdict, and the criterion that refuses.
fn etiquettes(projet: &ProjetEtiquete) -> BTreeMap<&str, (Verdict, Option<&str>)> {
    let attendus = &projet.attendus;
    let mut toutes = BTreeMap::new();
    let oui = attendus.oui.iter().map(|id| (id, Verdict::Oui, None));
    let doute = attendus.a_verifier.iter().map(|id| (id, Verdict::AVerifier, None));
    let refus = attendus
        .refus
        .iter()
        .flat_map(|(critere, ids)| ids.iter().map(move |id| (id, Verdict::Non, Some(critere.as_str()))));
    for (id, verdict, critere) in oui.chain(doute).chain(refus) {
        assert!(toutes.insert(id.as_str(), (verdict, critere)).is_none(), "{} : {id} deux fois", projet.id);
    }
    toutes
}

#[derive(Default)]
struct Mesure {
    paires: u32,
    justes: u32,
    proposes_a_tort: Vec<String>,
    manques: Vec<String>,
    exacts: u32,
    trop_surs: Vec<String>,
    trop_prudents: Vec<String>,
    refus_justes: u32,
    mauvaises_raisons: Vec<String>,
}

fn centiemes(part: u32, tout: u32) -> u32 {
    (part * 10_000).checked_div(tout).unwrap_or(10_000)
}

fn mesurer() -> Mesure {
    let leviers = en_vigueur();
    let mut m = Mesure::default();
    for projet in projets().unwrap() {
        let etiquettes = etiquettes(projet);
        let connus: BTreeSet<&str> = leviers.iter().map(|levier| levier.id.as_str()).collect();
        let dits: BTreeSet<&str> = etiquettes.keys().copied().collect();
        assert_eq!(connus, dits, "{} : chaque levier a une étiquette", projet.id);
        let (profil, faits) = (projet.profil(), faits(projet));
        for levier in &leviers {
            let (attendu, critere) = etiquettes[levier.id.as_str()];
            let appariement = apparier(levier, &profil, &faits, JOUR, &NomsDeThemes::default());
            let obtenu = appariement.verdict;
            let raisons: Vec<&str> = appariement.refus().map(|constat| constat.code.as_str()).collect();
            let nom =
                format!("{} / {} : attendu {}, obtenu {}", projet.id, levier.id, attendu.libelle(), obtenu.libelle());
            m.paires += 1;
            m.exacts += u32::from(attendu == obtenu);
            match (attendu == Verdict::Non, obtenu == Verdict::Non) {
                (false, false) => {
                    m.justes += 1;
                    match (attendu, obtenu) {
                        (Verdict::AVerifier, Verdict::Oui) => m.trop_surs.push(nom),
                        (Verdict::Oui, Verdict::AVerifier) => m.trop_prudents.push(nom),
                        _ => {}
                    }
                }
                (true, false) => m.proposes_a_tort.push(format!("{nom} (refus attendu : {})", critere.unwrap_or("?"))),
                (false, true) => m.manques.push(format!("{nom} ({})", raisons.join(", "))),
                (true, true) => {
                    m.refus_justes += 1;
                    if !critere.is_some_and(|critere| raisons.contains(&critere)) {
                        let attendue = critere.unwrap_or("?");
                        m.mauvaises_raisons
                            .push(format!("{nom}, raison attendue {attendue}, dites {}", raisons.join(", ")));
                    }
                }
            }
        }
    }
    m
}

fn pour_cent(centiemes: u32) -> String {
    format!("{},{:02} %", centiemes / 100, centiemes % 100)
}

impl Mesure {
    fn precision(&self) -> u32 {
        centiemes(self.justes, self.justes + u32::try_from(self.proposes_a_tort.len()).unwrap())
    }

    fn rappel(&self) -> u32 {
        centiemes(self.justes, self.justes + u32::try_from(self.manques.len()).unwrap())
    }

    fn tableau(&self) -> String {
        let mut t = String::from("| mesure | valeur |\n| --- | --- |\n");
        let mut ligne = |quoi: &str, valeur: String| writeln!(t, "| {quoi} | {valeur} |").unwrap();
        ligne("projets étiquetés", projets().unwrap().len().to_string());
        ligne("leviers en vigueur", en_vigueur().len().to_string());
        ligne("paires jugées", self.paires.to_string());
        ligne("précision (proposés à raison / proposés)", pour_cent(self.precision()));
        ligne("rappel (proposés à raison / attendus)", pour_cent(self.rappel()));
        ligne("réponse exacte (oui, à vérifier, non)", pour_cent(centiemes(self.exacts, self.paires)));
        ligne("proposés à tort", self.proposes_a_tort.len().to_string());
        ligne("manqués", self.manques.len().to_string());
        ligne("« oui » alors qu’il fallait « à vérifier »", self.trop_surs.len().to_string());
        ligne("« à vérifier » alors qu’il fallait « oui »", self.trop_prudents.len().to_string());
        ligne("refus justes", self.refus_justes.to_string());
        ligne("refus justes pour une mauvaise raison", self.mauvaises_raisons.len().to_string());
        t
    }

    fn ecarts(&self) -> String {
        [&self.proposes_a_tort, &self.manques, &self.trop_surs, &self.trop_prudents, &self.mauvaises_raisons]
            .into_iter()
            .flatten()
            .map(|ecart| format!("- {ecart}\n"))
            .collect()
    }
}

#[test]
fn la_qualite_publiee_est_celle_du_programme() {
    let m = mesurer();
    let (debut, fin) = ("<!-- mesure : début -->\n", "<!-- mesure : fin -->");
    let ecarts = if m.ecarts().is_empty() { "Aucun écart.\n".to_owned() } else { m.ecarts() };
    let bloc = format!("{}\n### Écarts\n\n{ecarts}", m.tableau());
    let texte = std::fs::read_to_string(PUBLIE).unwrap();
    let (avant, reste) = texte.split_once(debut).unwrap();
    let (publie, apres) = reste.split_once(fin).unwrap();
    if std::env::var_os("TERREAU_ECRIRE").is_some() {
        std::fs::write(PUBLIE, format!("{avant}{debut}{bloc}{fin}{apres}")).unwrap();
    } else {
        assert_eq!(publie, bloc, "les chiffres ont changé : TERREAU_ECRIRE=1 les publie");
    }
    assert!(m.precision() >= PRECISION_MIN && m.rappel() >= RAPPEL_MIN, "{}\n{}", m.tableau(), m.ecarts());
    assert!(centiemes(m.exacts, m.paires) >= EXACTS_MIN, "{}\n{}", m.tableau(), m.ecarts());
    assert_eq!(m.trop_surs, Vec::<String>::new(), "une promesse de trop");
}

#[test]
fn cinq_projets_types_et_quarante_en_tout_de_porteurs_varies() {
    let projets = projets().unwrap();
    assert_eq!((projets.len(), projets.iter().filter(|projet| projet.typique).count()), (40, 5));
    let porteurs: BTreeSet<_> = projets.iter().map(|projet| projet.porteur).collect();
    let themes: BTreeSet<_> = projets.iter().flat_map(|projet| &projet.themes).collect();
    let etapes: BTreeSet<_> = projets.iter().map(|projet| projet.etape).collect();
    assert!(porteurs.len() >= 14 && themes.len() >= 20 && etapes.len() == 8, "{porteurs:?} {themes:?} {etapes:?}");
}
