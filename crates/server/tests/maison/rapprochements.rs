//! The forty labelled projects against the directory of the demonstration: offers and structures proposed rightly, wrongly,
//! missed. Published beside the levers in `docs/qualite-des-rapprochements.md`; `TERREAU_ECRIRE=1` writes it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use domain::constat::Verdict;
use leviers::essai::{ActeurAttendu, ProjetEtiquete, projets};
use rstest::rstest;
use server::features;
use testkit::{Appli, Moteur};
use web::feature::{Famille, Proposition, propositions_pour};

const PUBLIE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/qualite-des-rapprochements.md");
const OFFRES: &str = include_str!("../../../../demonstration/54/acteurs.toml");
const SIAE: &str = include_str!("../../../../demonstration/54/siae-2020.csv");
/// Below these, in hundredths of a percent, the test fails.
const PRECISION_MIN: u32 = 7_700;
const RAPPEL_MIN: u32 = 9_500;
/// A "yes" where a person says "to be verified" promises too much: no more than these.
const TROP_SURS_MAX: usize = 6;

#[derive(Default)]
struct Mesure {
    etiquettes: u32,
    proposes: u32,
    justes: u32,
    exacts: u32,
    a_tort: Vec<String>,
    manques: Vec<String>,
    trop_surs: Vec<String>,
    trop_prudents: Vec<String>,
    refus_justes: u32,
    mauvaises_raisons: Vec<String>,
}

fn centiemes(part: u32, tout: u32) -> u32 {
    (part * 10_000).checked_div(tout).unwrap_or(10_000)
}

fn pour_cent(centiemes: u32) -> String {
    format!("{},{:02} %", centiemes / 100, centiemes % 100)
}

impl Mesure {
    /// One project: what was proposed, and what a person expected.
    fn juger(&mut self, projet: &ProjetEtiquete, proposes: &[Proposition]) {
        let attendus: BTreeMap<&str, &ActeurAttendu> =
            projet.attendus.acteurs.iter().map(|attendu| (attendu.titre(), attendu)).collect();
        assert_eq!(attendus.len(), projet.attendus.acteurs.len(), "{} : deux étiquettes du même nom", projet.id);
        let obtenus: BTreeMap<&str, &Proposition> = proposes.iter().map(|p| (p.titre.as_str(), p)).collect();
        assert_eq!(obtenus.len(), proposes.len(), "{} : deux propositions du même titre", projet.id);
        let tous: BTreeSet<&str> = attendus.keys().chain(obtenus.keys()).copied().collect();
        self.etiquettes += u32::try_from(attendus.len()).unwrap();
        for titre in tous {
            let attendu = attendus.get(titre).map_or(Verdict::Non, |attendu| attendu.attendu);
            let obtenu = obtenus.get(titre).map_or(Verdict::Non, |obtenu| obtenu.verdict);
            self.compter(
                &projet.id,
                titre,
                (attendu, obtenu),
                attendus.get(titre).copied(),
                obtenus.get(titre).copied(),
            );
        }
    }

    fn compter(
        &mut self,
        projet: &str,
        titre: &str,
        (attendu, obtenu): (Verdict, Verdict),
        etiquette: Option<&ActeurAttendu>,
        proposition: Option<&Proposition>,
    ) {
        let pourquoi = etiquette.map_or("Autre thème, ou rien à y faire.", |e| e.raison.as_str());
        let nom =
            format!("{projet} / {titre} : attendu {}, obtenu {}. {pourquoi}", attendu.libelle(), obtenu.libelle());
        self.proposes += u32::from(obtenu != Verdict::Non);
        self.exacts += u32::from(attendu == obtenu);
        match (attendu, obtenu) {
            (Verdict::Non, Verdict::Non) => {
                self.refus_justes += 1;
                let dit = |code: &str| {
                    proposition.is_none_or(|p| p.constats.iter().any(|c| c.code == code && c.verdict == Verdict::Non))
                };
                if let Some(critere) = etiquette.and_then(|e| e.critere.as_deref())
                    && !dit(critere)
                {
                    self.mauvaises_raisons.push(format!("{nom} Raison attendue : {critere}."));
                }
            }
            (Verdict::Non, _) => self.a_tort.push(nom),
            (_, Verdict::Non) => self.manques.push(nom),
            (attendu, obtenu) => {
                self.justes += 1;
                match (attendu, obtenu) {
                    (Verdict::AVerifier, Verdict::Oui) => self.trop_surs.push(nom),
                    (Verdict::Oui, Verdict::AVerifier) => self.trop_prudents.push(nom),
                    _ => {}
                }
            }
        }
    }

    fn precision(&self) -> u32 {
        centiemes(self.justes, self.proposes)
    }

    fn rappel(&self) -> u32 {
        centiemes(self.justes, self.justes + u32::try_from(self.manques.len()).unwrap())
    }

    fn bloc(&self, offres: usize, structures: usize) -> String {
        let mut t = String::from("| mesure | valeur |\n| --- | --- |\n");
        let mut ligne = |quoi: &str, valeur: String| writeln!(t, "| {quoi} | {valeur} |").unwrap();
        ligne("projets étiquetés", projets().unwrap().len().to_string());
        ligne("offres de l’annuaire de démonstration", offres.to_string());
        ligne("structures réelles de l’insertion (lignes de la liste)", structures.to_string());
        ligne("étiquettes écrites, chacune avec sa raison", self.etiquettes.to_string());
        ligne("précision (proposés à raison / proposés)", pour_cent(self.precision()));
        ligne("rappel (proposés à raison / attendus)", pour_cent(self.rappel()));
        ligne("proposés à raison", self.justes.to_string());
        ligne("proposés à tort", self.a_tort.len().to_string());
        ligne("manqués", self.manques.len().to_string());
        ligne("« oui » alors qu’il fallait « à vérifier »", self.trop_surs.len().to_string());
        ligne("« à vérifier » alors qu’il fallait « oui »", self.trop_prudents.len().to_string());
        ligne("refus justes", self.refus_justes.to_string());
        ligne("refus justes pour une mauvaise raison", self.mauvaises_raisons.len().to_string());
        t.push_str("\n### Écarts des acteurs\n\n");
        let groupes = [
            ("Proposés à tort", &self.a_tort),
            ("Manqués", &self.manques),
            ("Trop sûrs", &self.trop_surs),
            ("Trop prudents", &self.trop_prudents),
            ("Mauvaises raisons", &self.mauvaises_raisons),
        ];
        for (titre, ecarts) in groupes.into_iter().filter(|(_, ecarts)| !ecarts.is_empty()) {
            let lignes: String = ecarts.iter().map(|ecart| format!("- {ecart}\n")).collect();
            write!(t, "{titre} :\n\n{lignes}\n").unwrap();
        }
        t
    }
}

/// Titles and names that exist: a label about nothing measures nothing.
fn connus() -> (BTreeSet<String>, usize, usize) {
    let fichier: toml::Table = OFFRES.parse().unwrap();
    let acteurs = fichier["acteur"].as_array().unwrap();
    let texte = |table: &toml::Value, champ: &str| table[champ].as_str().unwrap().to_owned();
    let offres: Vec<String> = acteurs
        .iter()
        .filter_map(|acteur| acteur.get("offre")?.as_array())
        .flatten()
        .map(|offre| texte(offre, "titre"))
        .collect();
    let mut connus: BTreeSet<String> = acteurs.iter().map(|acteur| texte(acteur, "nom")).collect();
    let siae: Vec<&str> = SIAE.lines().skip(1).filter_map(|ligne| ligne.split(',').nth(2)).collect();
    connus.extend(siae.iter().map(|nom| (*nom).to_owned()));
    let nombre = offres.len();
    connus.extend(offres);
    (connus, nombre, siae.len())
}

async fn mesurer(moteur: Moteur) -> Mesure {
    let appli = Appli::demonstration(moteur, features()).await;
    let instance = &appli.instance;
    let tx = instance.db.read().await.unwrap();
    let mut mesure = Mesure::default();
    for projet in projets().unwrap() {
        let mut proposes = propositions_pour(&tx, instance, &projet.profil()).await.unwrap();
        proposes.retain(|p| p.famille == Famille::Acteur);
        mesure.juger(projet, &proposes);
    }
    drop(tx);
    appli.fin().await;
    mesure
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_qualite_publiee_des_acteurs_est_celle_du_programme(#[case] moteur: Moteur) {
    let (_, offres, structures) = connus();
    let m = mesurer(moteur).await;
    let bloc = m.bloc(offres, structures);
    let (debut, fin) = ("<!-- acteurs : début -->\n", "<!-- acteurs : fin -->");
    let texte = std::fs::read_to_string(PUBLIE).unwrap();
    let (avant, reste) = texte.split_once(debut).unwrap();
    let (publie, apres) = reste.split_once(fin).unwrap();
    if std::env::var_os("TERREAU_ECRIRE").is_some() {
        std::fs::write(PUBLIE, format!("{avant}{debut}{bloc}{fin}{apres}")).unwrap();
    } else {
        assert_eq!(publie, bloc, "les chiffres ont changé : TERREAU_ECRIRE=1 les publie");
    }
    assert!(m.precision() >= PRECISION_MIN && m.rappel() >= RAPPEL_MIN, "{bloc}");
    assert!(m.trop_surs.len() <= TROP_SURS_MAX, "{bloc}");
}

#[test]
fn chaque_etiquette_nomme_quelque_chose_et_dit_pourquoi() {
    let (connus, ..) = connus();
    for projet in projets().unwrap() {
        for attendu in &projet.attendus.acteurs {
            let (titre, id) = (attendu.titre(), &projet.id);
            assert!(attendu.offre.is_some() != attendu.structure.is_some(), "{id} : offre ou structure");
            assert!(connus.contains(titre), "{id} : {titre} n’existe pas");
            assert!(attendu.raison.ends_with('.'), "{id} : {titre} sans raison");
            assert_eq!(attendu.attendu == Verdict::Non, attendu.critere.is_some(), "{id} : {titre}");
        }
    }
}
