//! A file opened and saved again by a French spreadsheet: dates as `22/03/2024 15:40`, `VRAI` and `FAUX`, decimal commas, codes
//! that lost their first zeros, semicolons. It says the same thing as before; what cannot be read is told by its line.

use std::collections::BTreeSet;

use annuaire::acteur::{agrement, etablissement, storage, valeur};
use annuaire::generateur::{siren, siret};
use annuaire::import::fichier::{Contenu, FichierRecu};
use annuaire::import::preparation::{Demande, SANS_PROGRES, preparer};
use annuaire::import::rapport::Rapport;
use annuaire::vocabulaire::{Champ, Origine};
use rstest::rstest;
use sea_orm::EntityTrait;
use testkit::{Appli, Moteur};

use crate::degats::{Jeu, SIAE, SIRENE, entete_double, lignes, octets, points_virgules, zeros_perdus};
use crate::gestes::importer;
use crate::import::par_siren;
use crate::sirene::{Unite, lieu, lieux, recu, unite, unites};

const CONVENTIONS: Jeu = Jeu { departement: "54", fichiers: &["siae/conventions-asp.csv"] };
const RNA: Jeu =
    Jeu { departement: "54", fichiers: &["associations/rna_sample_waldec.csv", "associations/rna_sample_import.csv"] };
const ESS_2026: Jeu = Jeu { departement: "54", fichiers: &["sirene/unites-legales-ess-2026.csv"] };

/// What the spreadsheet writes in the place of a cell.
fn resaisie(cellule: &str) -> String {
    let chiffres = |texte: &str| !texte.is_empty() && texte.bytes().all(|o| o.is_ascii_digit());
    if let Some((jour, heure)) = cellule.get(..10).zip(cellule.get(10..)) {
        let parties: Vec<&str> = jour.split('-').collect();
        if let [annee, mois, jour] = parties[..]
            && [annee, mois, jour].into_iter().all(chiffres)
        {
            let heure = heure.get(1..6).map(|heure| format!(" {heure}")).unwrap_or_default();
            return format!("{jour}/{mois}/{annee}{heure}");
        }
    }
    match cellule {
        "true" | "True" => "VRAI".to_owned(),
        "false" | "False" => "FAUX".to_owned(),
        zeros if chiffres(zeros) && zeros.bytes().all(|o| o == b'0') => "0".to_owned(),
        nombre if chiffres(nombre) => nombre.trim_start_matches('0').to_owned(),
        autre => match autre.trim_start_matches('-').split_once('.') {
            Some((entier, decimales)) if chiffres(entier) && chiffres(decimales) => autre.replace('.', ","),
            _ => autre.to_owned(),
        },
    }
}

fn enregistre(octets: &[u8]) -> Vec<u8> {
    let relues = lignes(octets, b';', |rang, cellules| {
        cellules.iter_mut().filter(|_| rang > 0).for_each(|cellule| *cellule = resaisie(cellule));
    });
    String::from_utf8(relues).unwrap().replace('\n', "\r\n").into_bytes()
}

fn par_un_tableur(fichiers: &[FichierRecu]) -> Vec<FichierRecu> {
    abimes(fichiers, enregistre)
}

fn abimes(fichiers: &[FichierRecu], degat: Degat) -> Vec<FichierRecu> {
    let relu = |fichier: &FichierRecu| {
        let Contenu::Octets(octets) = &fichier.contenu else { unreachable!() };
        recu(&fichier.nom, degat(octets))
    };
    fichiers.iter().map(relu).collect()
}

/// What a spreadsheet does to the bytes of a file.
type Degat = fn(&[u8]) -> Vec<u8>;

/// What leaves a file readable without doubt.
const DEGATS: [Degat; 4] = [enregistre, zeros_perdus, points_virgules, entete_double];

fn recus(jeu: &Jeu) -> Option<Vec<FichierRecu>> {
    Some(octets(jeu)?.into_iter().map(|(nom, octets)| recu(&nom, octets)).collect())
}

/// The cells of a column of a set.
fn colonne(jeu: &[FichierRecu], nom: &str) -> Vec<String> {
    let mut trouvees = Vec::new();
    for fichier in jeu {
        let Contenu::Octets(octets) = &fichier.contenu else { unreachable!() };
        let mut rang = None;
        lignes(octets, b',', |numero, cellules| match numero {
            0 => rang = cellules.iter().position(|titre| titre == nom),
            _ => trouvees.extend(rang.and_then(|rang| cellules.get(rang).cloned())),
        });
    }
    trouvees
}

/// What the directory must know for a set to say something: the list that conventions date; invented associations with the
/// numbers of the register; invented seats in Nancy for the real legal units.
fn avant(jeu: &Jeu, fichiers: &[FichierRecu]) -> Option<Vec<FichierRecu>> {
    if jeu.fichiers == CONVENTIONS.fichiers {
        return recus(&SIAE);
    }
    if jeu.fichiers == RNA.fichiers {
        let numeros = [colonne(fichiers, "id"), colonne(fichiers, "rup_mi")].concat();
        let numeros: BTreeSet<String> =
            numeros.into_iter().filter(|numero| numero.starts_with('W') && numero.len() == 10).collect();
        let connues: Vec<Unite> =
            (1..).zip(numeros).map(|(rang, rna)| Unite { rna: rna.leak(), ..unite(rang, "UNE") }).collect();
        let portes: Vec<_> = connues.iter().map(|une| lieu(une.rang, 1)).collect();
        return Some(vec![unites("2026-10-01", &connues), lieux("2026-10-01", &portes)]);
    }
    if jeu.fichiers == ESS_2026.fichiers {
        let mut sieges = "siret,codeCommuneEtablissement,etatAdministratifEtablissement,etablissementSiege,\
                          dateDernierTraitementEtablissement\n"
            .to_owned();
        for siret in colonne(fichiers, "siretSiege") {
            sieges += &format!("{siret},54395,A,true,2026-10-01T10:00:00\n");
        }
        return Some([fichiers, &[recu("StockEtablissement.csv", sieges)]].concat());
    }
    Some(Vec::new())
}

#[rstest]
#[case::siae(&SIAE)]
#[case::sirene(&SIRENE)]
#[case::conventions(&CONVENTIONS)]
#[case::rna(&RNA)]
#[case::ess(&ESS_2026)]
#[tokio::test]
async fn abime_sans_doute_il_dit_la_meme_chose(#[case] jeu: &Jeu) {
    let Some(fichiers) = recus(jeu) else { return };
    let Some(avant) = avant(jeu, &fichiers) else { return };
    let appli = Appli::pour(jeu.departement, Moteur::Sqlite, vec![annuaire::feature()], false).await;
    if !avant.is_empty() {
        importer(&appli, avant).await.unwrap();
    }
    // Twice: closed places are taken of who is known.
    importer(&appli, fichiers.clone()).await.unwrap();
    let bon = importer(&appli, fichiers.clone()).await.unwrap();
    assert!(bon.gardes > 0, "the proof needs somebody: {}", bon.en_texte());
    for (rang, degat) in DEGATS.into_iter().enumerate() {
        let relu = importer(&appli, abimes(&fichiers, degat)).await.unwrap();
        assert!(relu.sans_changement(), "{rang} : {}", relu.en_texte());
        assert_eq!((relu.gardes, relu.refusees), (bon.gardes, bon.refusees), "{rang} : {}", relu.en_texte());
    }
    appli.fin().await;
}

/// A stock of that day: one association of few employees, with its seat.
fn stock(jour: &str, nom: &str, tranche: &str) -> Vec<FichierRecu> {
    let unite = format!(
        "siren,statutDiffusionUniteLegale,trancheEffectifsUniteLegale,dateDernierTraitementUniteLegale,\
         etatAdministratifUniteLegale,denominationUniteLegale,categorieJuridiqueUniteLegale\n\
         {},O,{tranche},{jour}T10:00:00,A,{nom},9220\n",
        siren(1)
    );
    vec![recu("StockUniteLegale.csv", unite), lieux(jour, &[lieu(1, 1)])]
}

async fn lire(appli: &Appli, fichiers: Vec<FichierRecu>) -> Rapport {
    let demande = Demande { fichiers, essai: true, par: None, liste_du: None };
    preparer(&appli.instance, demande, SANS_PROGRES).await.unwrap().rapport
}

async fn lieux_connus(appli: &Appli) -> Vec<etablissement::Model> {
    let tx = appli.instance.db.read().await.unwrap();
    etablissement::Entity::find().all(&tx).await.unwrap()
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_vieux_stock_passe_par_un_tableur_n_efface_rien(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    importer(&appli, stock("2026-10-01", "NOM DE 2026", "01")).await.unwrap();
    let vieux = importer(&appli, par_un_tableur(&stock("2020-11-20", "NOM DE 2020", "00"))).await.unwrap();
    assert!(vieux.sans_changement(), "{}", vieux.en_texte());
    // A newer one enters, with its day, its bracket and its seat.
    let neuf = importer(&appli, par_un_tableur(&stock("2026-11-20", "NOM DE NOVEMBRE", "00"))).await.unwrap();
    assert_eq!((neuf.changes, neuf.refusees, neuf.remarquees), (1, 0, 0), "{}", neuf.en_texte());
    let acteur = par_siren(&appli, &siren(1)).await.unwrap();
    assert_eq!(acteur.nom, "NOM DE NOVEMBRE");
    let tx = appli.instance.db.read().await.unwrap();
    let valeurs: Vec<valeur::Model> = storage::valeurs(&tx, &acteur.id).await.unwrap();
    drop(tx);
    let tranche =
        valeurs.iter().find(|v| v.courante && v.champ == Champ::Tranche && v.source == Origine::Sirene).unwrap();
    assert_eq!((tranche.valeur.as_str(), tranche.source_du.unwrap().to_string().as_str()), ("00", "2026-11-20"));
    let lieux = lieux_connus(&appli).await;
    assert!(lieux[0].siege && lieux[0].source_du.unwrap().to_string() == "2026-11-20", "{lieux:?}");
    appli.fin().await;
}

#[tokio::test]
async fn un_stock_sans_date_attend_un_agent() {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    importer(&appli, stock("2026-10-01", "CONNU", "01")).await.unwrap();
    // Days turned into the numbers that a spreadsheet keeps: told by their line, and nothing enters alone.
    let mut abimes = Vec::new();
    for fichier in stock("2026-11-20", "RENOMME", "XX") {
        let Contenu::Octets(octets) = fichier.contenu else { unreachable!() };
        abimes.push(recu(&fichier.nom, String::from_utf8(octets).unwrap().replace("2026-11-20T10:00:00", "46346")));
    }
    let lu = lire(&appli, abimes.clone()).await;
    assert_eq!((lu.remarquees, lu.refusees), (3, 0), "two days and a bracket: {}", lu.en_texte());
    assert!(lu.retenues.iter().any(|phrase| phrase.contains("ne dit pas sa date")), "{}", lu.en_texte());
    // Its day is in its name: nothing to wait for.
    for fichier in &mut abimes {
        fichier.nom = fichier.nom.replace(".csv", "-2026-11-20.csv");
    }
    let lu = lire(&appli, abimes).await;
    assert!(lu.retenues.is_empty() && lu.changes == 1, "{}", lu.en_texte());
    appli.fin().await;
}

/// Nobody has to compare two lists to see that a seat went.
#[tokio::test]
async fn un_siege_perdu_se_dit() {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    importer(&appli, stock("2026-10-01", "UNE", "01")).await.unwrap();
    let mut perdu = stock("2026-11-01", "UNE", "01");
    perdu[1] = lieux("2026-11-01", &[crate::sirene::Lieu { siege: false, ..lieu(1, 1) }]);
    let rapport = importer(&appli, perdu).await.unwrap();
    let siege = rapport.differences.iter().find(|d| d.champ == "Siège").unwrap();
    assert_eq!((siege.avant.as_str(), siege.apres.as_str()), ("siège", "établissement secondaire"));
    // Neither true nor false: told by its line.
    let mut faux = stock("2026-11-15", "UNE", "01");
    let Contenu::Octets(octets) = &faux[1].contenu else { unreachable!() };
    faux[1] = recu("StockEtablissement.csv", String::from_utf8(octets.clone()).unwrap().replace(",true,", ",siège,"));
    let lu = lire(&appli, faux).await;
    assert!(lu.remarques.iter().any(|r| r.colonne.as_deref() == Some("etablissementSiege")), "{}", lu.en_texte());
    appli.fin().await;
}

/// The shipped list, and conventions of its bodies.
fn liste_et_conventions(jour: &str) -> (FichierRecu, FichierRecu) {
    let texte = include_str!("../../../../demonstration/54/siae-2020.csv");
    let mut conventions = "asp_id,kind,siret_signature,is_active,created_at,deactivated_at\n".to_owned();
    for (rang, ligne) in texte.lines().skip(1).enumerate() {
        let cellules: Vec<&str> = ligne.split(',').collect();
        conventions += &format!("{rang},{},{},True,{jour},\n", cellules[1], cellules[0]);
    }
    (recu("siae.csv", texte), recu("conventions.csv", conventions))
}

async fn agrements_dates(appli: &Appli) -> usize {
    let tx = appli.instance.db.read().await.unwrap();
    agrement::Entity::find().all(&tx).await.unwrap().iter().filter(|agrement| agrement.du.is_some()).count()
}

#[rstest]
#[case::tableur("18/12/2020", 0)]
#[case::tirets("18-12-2020", 0)]
#[case::avec_l_heure("18/12/2020 10:00", 0)]
#[case::nombre("44183", 65)]
#[case::deux_sens("18/12/20", 65)]
#[tokio::test]
async fn une_date_de_convention_ne_se_perd_pas(#[case] ecrite: &str, #[case] refusees: u64) {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    let (liste, conventions) = liste_et_conventions("2020-12-18");
    importer(&appli, vec![liste, conventions]).await.unwrap();
    let connues = agrements_dates(&appli).await;
    assert!(connues > 60, "{connues}");
    let rapport = importer(&appli, vec![liste_et_conventions(ecrite).1]).await.unwrap();
    assert_eq!(rapport.refusees, refusees, "{}", rapport.en_texte());
    assert!(rapport.refus.iter().all(|refus| refus.colonne.as_deref() == Some("created_at")), "{}", rapport.en_texte());
    assert_eq!(agrements_dates(&appli).await, connues, "the days known stay");
    appli.fin().await;
}

#[rstest]
#[case::point("6.036698", 0, true)]
#[case::virgule("6,036698", 0, true)]
#[case::separateur_perdu("6036698", 1, false)]
#[case::sans_longitude("", 1, false)]
#[tokio::test]
async fn un_point_ne_se_perd_pas_sans_un_mot(#[case] longitude: &str, #[case] remarques: u64, #[case] garde: bool) {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    let texte = format!(
        "siret;kind;nom;code_postal;commune;lon;lat;maj_le\n{};EI;UNE;54200;Toul;{longitude};48,6751;2026-11-01\n",
        siret(1, 1)
    );
    let rapport = importer(&appli, vec![recu("siae.csv", texte)]).await.unwrap();
    assert_eq!((rapport.nouveaux, rapport.remarquees), (1, remarques), "{}", rapport.en_texte());
    let point = lieux_connus(&appli).await.remove(0).longitude.zip(lieux_connus(&appli).await.remove(0).latitude);
    assert_eq!(point, garde.then_some((6.036_698, 48.675_1)));
    appli.fin().await;
}

/// The exports of the ASP: bars, days as people write them, and a control row above the header. The lines are those that a text
/// editor shows.
#[tokio::test]
async fn la_ligne_de_controle_de_l_asp_est_sautee() {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    let texte = format!(
        "DEB20261101|||||\nsiret|kind|nom|code_postal|commune|maj_le\n{}|EI|UNE|54200|Toul|01/11/2026 10:00:00\n\
         2,43E+13|EI|PERDUE|54200|Toul|01/11/2026 10:00:00\n",
        siret(1, 1)
    );
    let rapport = importer(&appli, vec![recu("structures.csv", texte)]).await.unwrap();
    assert_eq!((rapport.nouveaux, rapport.lues, rapport.refusees), (1, 2, 1), "{}", rapport.en_texte());
    assert_eq!(rapport.refus[0].ligne, 4);
    let tx = appli.instance.db.read().await.unwrap();
    let agrements = agrement::Entity::find().all(&tx).await.unwrap();
    drop(tx);
    assert_eq!(agrements[0].source_du.unwrap().to_string(), "2026-11-01");
    appli.fin().await;
}
