//! Real files as a spreadsheet damages them: what can be read without doubt is read, what cannot is refused by its line with
//! the reason, and a file cut in the middle leaves nothing.

use std::path::PathBuf;

use annuaire::acteur::Entity as Acteurs;
use annuaire::import::ImportRefuse;
use annuaire::import::fichier::{Contenu, FichierRecu, texte};
use annuaire::import::preparation::{Demande, SANS_PROGRES, preparer};
use annuaire::import::rapport::Rapport;
use rstest::rstest;
use sea_orm::{EntityTrait, PaginatorTrait};
use testkit::{Appli, Moteur};

use crate::gestes::importer;
use crate::sirene::recu;

/// A set of files that is imported together, in a département where it brings actors.
pub(crate) struct Jeu {
    pub(crate) departement: &'static str,
    pub(crate) fichiers: &'static [&'static str],
}

pub(crate) const SIAE: Jeu = Jeu { departement: "54", fichiers: &["siae/siae-liste.csv"] };
pub(crate) const SIRENE: Jeu = Jeu {
    departement: "80",
    fichiers: &["sirene/StockUniteLegale_extrait_2022-04.csv", "sirene/StockEtablissement_extrait_2024-04.csv"],
};
const SIRENE_04: Jeu = Jeu { departement: "04", fichiers: SIRENE.fichiers };

/// Bytes of a set; none with a word when the folder is absent.
pub(crate) fn octets(jeu: &Jeu) -> Option<Vec<(String, Vec<u8>)>> {
    let racine = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/"));
    let lire = |nom: &&str| {
        let chemin = racine.join(nom);
        if !chemin.exists() {
            eprintln!("SAUTÉ : {} est absent", chemin.display());
            return None;
        }
        let octets = std::fs::read(chemin).unwrap();
        Some(((*nom).to_owned(), if nom.contains("UniteLegale") { de_l_ess(&octets) } else { octets }))
    };
    jeu.fichiers.iter().map(lire).collect()
}

/// Real legal units, with an invented flag: none of these few rows is of the ESS, and a test that keeps nobody proves nothing.
fn de_l_ess(octets: &[u8]) -> Vec<u8> {
    let mut rang_du_drapeau = usize::MAX;
    lignes(octets, b',', |rang, cellules| {
        if rang == 0 {
            rang_du_drapeau = cellules.iter().position(|nom| nom == "economieSocialeSolidaireUniteLegale").unwrap();
        } else if let Some(drapeau) = cellules.get_mut(rang_du_drapeau) {
            *drapeau = "O".to_owned();
        }
    })
}

/// The set with every file damaged so; the report, and how many actors entered.
async fn abime(jeu: &Jeu, degat: fn(&[u8]) -> Vec<u8>) -> Option<(Result<Rapport, ImportRefuse>, u64)> {
    let appli = Appli::pour(jeu.departement, Moteur::Sqlite, vec![annuaire::feature()], false).await;
    let fichiers = octets(jeu)?.into_iter().map(|(nom, octets)| recu(&nom, degat(&octets))).collect();
    let rapport = importer(&appli, fichiers).await;
    let tx = appli.instance.db.read().await.unwrap();
    let acteurs = Acteurs::find().count(&tx).await.unwrap();
    drop(tx);
    appli.fin().await;
    Some((rapport, acteurs))
}

/// Rewrites each row.
pub(crate) fn lignes(octets: &[u8], separateur: u8, mut changer: impl FnMut(usize, &mut Vec<String>)) -> Vec<u8> {
    let entete = octets.split(|o| *o == b'\n').next().unwrap();
    let sien = if entete.contains(&b';') { b';' } else { b',' };
    let mut lecteur = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(sien).from_reader(octets);
    let mut ecrivain = csv::WriterBuilder::new().delimiter(separateur).flexible(true).from_writer(Vec::new());
    for (rang, ligne) in lecteur.byte_records().enumerate() {
        let mut cellules: Vec<String> = ligne.unwrap().iter().map(|c| texte(c).into_owned()).collect();
        changer(rang, &mut cellules);
        ecrivain.write_record(&cellules).unwrap();
    }
    ecrivain.into_inner().unwrap()
}

fn intact(octets: &[u8]) -> Vec<u8> {
    octets.to_vec()
}

fn windows_1252(octets: &[u8]) -> Vec<u8> {
    encoding_rs::WINDOWS_1252.encode(std::str::from_utf8(octets).unwrap()).0.into_owned()
}

pub(crate) fn zeros_perdus(octets: &[u8]) -> Vec<u8> {
    lignes(octets, b',', |rang, cellules| {
        for cellule in cellules.iter_mut().filter(|_| rang > 0) {
            if cellule.len() > 3 && cellule.bytes().all(|o| o.is_ascii_digit()) {
                *cellule = cellule.trim_start_matches('0').to_owned();
            }
        }
    })
}

pub(crate) fn points_virgules(octets: &[u8]) -> Vec<u8> {
    let texte = String::from_utf8(lignes(octets, b';', |_, _| {})).unwrap();
    texte.replace('\n', "\r\n").into_bytes()
}

pub(crate) fn entete_double(octets: &[u8]) -> Vec<u8> {
    let fin = octets.iter().position(|o| *o == b'\n').unwrap() + 1;
    let (entete, reste) = octets.split_at(fin);
    let milieu = reste.iter().skip(reste.len() / 2).position(|o| *o == b'\n').unwrap() + reste.len() / 2 + 1;
    [entete, &reste[..milieu], entete, &reste[milieu..]].concat()
}

/// SIREN and SIRET of one row in two, as a spreadsheet shows a long number.
fn notation_scientifique(octets: &[u8]) -> Vec<u8> {
    lignes(octets, b',', |rang, cellules| {
        for cellule in cellules.iter_mut().filter(|_| rang > 0 && rang % 2 == 0) {
            let chiffres = cellule.bytes().all(|o| o.is_ascii_digit());
            if chiffres && matches!(cellule.len(), 9 | 14) {
                *cellule = format!("{},{}E+{:02}", &cellule[..1], &cellule[1..3], cellule.len() - 1);
            }
        }
    })
}

/// One row in three has a cell too many.
fn colonnes_decalees(octets: &[u8]) -> Vec<u8> {
    lignes(octets, b',', |rang, cellules| {
        if rang > 0 && rang % 3 == 0 {
            cellules.insert(1, String::new());
        }
    })
}

fn tout_decale(octets: &[u8]) -> Vec<u8> {
    lignes(octets, b',', |rang, cellules| {
        if rang > 0 {
            cellules.insert(1, String::new());
        }
    })
}

/// One row in three is shifted by an empty cell, and loses its last one: the width says nothing.
fn decalees_a_largeur_egale(octets: &[u8]) -> Vec<u8> {
    lignes(octets, b',', |rang, cellules| {
        if rang > 0 && rang % 3 == 0 {
            cellules.insert(1, String::new());
            cellules.pop();
        }
    })
}

/// Cut in the middle of a row.
fn coupe(octets: &[u8]) -> Vec<u8> {
    let fin = octets.iter().skip(octets.len() / 2).position(|o| *o == b'\n').unwrap() + octets.len() / 2;
    octets[..fin + 12].to_vec()
}

#[rstest]
#[case::siae_windows(&SIAE, windows_1252)]
#[case::siae_zeros(&SIAE, zeros_perdus)]
#[case::siae_points_virgules(&SIAE, points_virgules)]
#[case::siae_entete(&SIAE, entete_double)]
#[case::sirene_windows(&SIRENE, windows_1252)]
#[case::sirene_points_virgules(&SIRENE, points_virgules)]
#[case::sirene_entete(&SIRENE, entete_double)]
#[case::sirene_zeros_du_04(&SIRENE_04, zeros_perdus)]
#[tokio::test]
async fn ce_qui_se_lit_sans_doute_est_lu(#[case] jeu: &Jeu, #[case] degat: fn(&[u8]) -> Vec<u8>) {
    let Some((bon, acteurs)) = abime(jeu, intact).await else { return };
    let (rapport, gardes) = abime(jeu, degat).await.unwrap();
    let (bon, rapport) = (bon.unwrap(), rapport.unwrap());
    assert_eq!(gardes, acteurs, "{}", rapport.en_texte());
    let comptes = |r: &Rapport| (r.nouveaux, r.refusees, r.ailleurs, r.hors_champ);
    assert_eq!(comptes(&rapport), comptes(&bon), "{}", rapport.en_texte());
    assert!(acteurs > 0 || jeu.departement == "04", "the proof needs somebody");
}

#[rstest]
#[case::siae(&SIAE)]
#[case::sirene(&SIRENE)]
#[tokio::test]
async fn un_numero_perdu_est_refuse_par_sa_ligne(#[case] jeu: &Jeu) {
    let Some((bon, acteurs)) = abime(jeu, intact).await else { return };
    let (rapport, gardes) = abime(jeu, notation_scientifique).await.unwrap();
    let rapport = rapport.unwrap();
    assert!(rapport.refusees > bon.unwrap().refusees, "{}", rapport.en_texte());
    assert!(gardes <= acteurs);
    for refus in &rapport.refus {
        assert!(refus.motif.contains("abîmé par un tableur"), "{refus:?}");
        assert!(refus.ligne % 2 == 1 && refus.ligne > 1, "the line that a text editor shows: {refus:?}");
        assert!(matches!(refus.colonne.as_deref(), Some("siret" | "siren")), "{refus:?}");
    }
}

#[rstest]
#[case::siae(&SIAE)]
#[case::sirene(&SIRENE)]
#[tokio::test]
async fn une_ligne_decalee_est_refusee_et_elle_seule(#[case] jeu: &Jeu) {
    let Some((bon, acteurs)) = abime(jeu, intact).await else { return };
    let (rapport, gardes) = abime(jeu, colonnes_decalees).await.unwrap();
    let (bon, rapport) = (bon.unwrap(), rapport.unwrap());
    let decalees: u64 = rapport.fichiers.iter().map(|fichier| fichier.lues / 3).sum();
    assert_eq!(rapport.refusees, bon.refusees + decalees, "{}", rapport.en_texte());
    assert!(gardes <= acteurs && rapport.refus.iter().all(|refus| refus.motif.contains("décalée")));
    let (refuse, gardes) = abime(jeu, tout_decale).await.unwrap();
    assert!(refuse.unwrap_err().to_string().contains("plus de la moitié des lignes sont décalées"));
    assert_eq!(gardes, 0);
}

/// The width is right, the place is not one: never read as "elsewhere".
#[rstest]
#[case::siae(&SIAE, 3_367 / 3, &["code_postal", "commune"])]
#[case::sirene(&SIRENE, 79 / 3, &["codePostalEtablissement", "libelleCommuneEtablissement", "codeCommuneEtablissement"])]
#[tokio::test]
async fn une_ligne_decalee_a_largeur_egale_est_refusee(
    #[case] jeu: &Jeu,
    #[case] decalees: u64,
    #[case] colonnes: &[&str],
) {
    let Some((rapport, _)) = abime(jeu, decalees_a_largeur_egale).await else { return };
    let rapport = rapport.unwrap();
    let du_lieu = rapport.refus.iter().filter(|r| colonnes.contains(&r.colonne.as_deref().unwrap_or(""))).count();
    assert!(rapport.refusees >= decalees && du_lieu as u64 >= decalees.min(250), "{}", rapport.en_texte());
    let ligne = rapport.refus.iter().find(|r| colonnes.contains(&r.colonne.as_deref().unwrap_or(""))).unwrap();
    assert!(ligne.motif.contains("n’est pas un") && ligne.ligne % 3 == 1, "{ligne:?}");
}

/// A quotation mark that nothing closes swallows the next rows: said where it opens, with all that it took.
#[rstest]
#[case::largeur_juste(false)]
#[case::largeur_fausse(true)]
#[tokio::test]
async fn un_guillemet_jamais_ferme_dit_ou_il_s_ouvre(#[case] au_debut: bool) {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    let siret = |rang| annuaire::generateur::siret(rang, 1);
    let mut texte = "siret,kind,nom,code_postal,commune\n".to_owned();
    for rang in 1..=20 {
        let (siret, nom) = match rang {
            4 => (siret(rang), "\"OUVERT"),
            12 if au_debut => (format!("\"{}\"", siret(rang)), "FERME"),
            12 => (siret(rang), "\"FERME\""),
            _ => (siret(rang), "UN"),
        };
        texte += &format!("{siret},EI,{nom},54000,Nancy\n");
    }
    let rapport = importer(&appli, vec![recu("siae.csv", texte)]).await.unwrap();
    let guillemet = rapport.refus.iter().find(|refus| refus.motif.contains("guillemet")).unwrap();
    assert_eq!(guillemet.ligne, 5, "the line where it opens: {guillemet:?}");
    assert!(guillemet.motif.contains("lignes 5 à"), "{guillemet:?}");
    assert_eq!(rapport.lues, 20, "every line that it took is counted");
    appli.fin().await;
}

/// A workbook that no mapping knows is told by its columns, never as an archive.
#[tokio::test]
async fn un_classeur_inconnu_dit_ses_colonnes() {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    let mut feuille = documents::export::Feuille::nouvelle(
        "Adhérents".to_owned(),
        ["Numéro", "Structure"].map(|nom| (nom, documents::export::Genre::Texte)),
    );
    feuille.ajouter(["1".into(), "La Recyclerie".into()]);
    for (nom, format) in
        [("liste.xlsx", documents::export::Format::Xlsx), ("liste.ods", documents::export::Format::Ods)]
    {
        let octets = feuille.ecrire(format).unwrap();
        let refus = importer(&appli, vec![recu(nom, octets)]).await.unwrap_err().to_string();
        assert!(refus.contains("« Numéro, Structure »") && refus.contains("correspondance"), "{refus}");
    }
    let refus = importer(&appli, vec![recu("liste.xlsx", b"PK\x03\x04abime".to_vec())]).await.unwrap_err().to_string();
    assert!(!refus.contains("aucun fichier .csv"), "{refus}");
    appli.fin().await;
}

#[rstest]
#[case::siae(&SIAE)]
#[case::sirene(&SIRENE)]
#[tokio::test]
async fn un_fichier_coupe_ne_laisse_rien(#[case] jeu: &Jeu) {
    let Some((refuse, gardes)) = abime(jeu, coupe).await else { return };
    assert!(refuse.unwrap_err().to_string().contains("coupé"));
    assert_eq!(gardes, 0, "never half an import");
}

/// The list shipped with the demonstration is always there: the same proofs on it.
#[tokio::test]
async fn la_liste_livree_abimee() {
    let liste = include_bytes!("../../../../demonstration/54/siae-2020.csv");
    for (degat, nouveaux) in
        [(windows_1252 as fn(&[u8]) -> Vec<u8>, 64), (zeros_perdus, 64), (points_virgules, 64), (entete_double, 64)]
    {
        let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
        let rapport = importer(&appli, vec![recu("siae.csv", degat(liste))]).await.unwrap();
        assert_eq!((rapport.nouveaux, rapport.refusees), (nouveaux, 0), "{}", rapport.en_texte());
        appli.fin().await;
    }
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    assert!(importer(&appli, vec![recu("siae.csv", coupe(liste))]).await.is_err());
    // Killed in the middle or refused: the same import, whole, goes on as if nothing had been.
    let rapport = importer(&appli, vec![recu("siae.csv", liste.to_vec())]).await.unwrap();
    assert_eq!(rapport.nouveaux, 64);
    appli.fin().await;
}

/// What is read, and not entered.
async fn lire(appli: &Appli, fichiers: Vec<FichierRecu>) -> Rapport {
    let demande = Demande { fichiers, essai: true, par: None, liste_du: None };
    preparer(&appli.instance, demande, SANS_PROGRES).await.unwrap().rapport
}

/// Where a line ends, in the middle.
fn milieu(octets: &[u8]) -> usize {
    octets.iter().skip(octets.len() / 2).position(|o| *o == b'\n').unwrap() + octets.len() / 2
}

/// Cut inside its last cell: the row has all its cells, only the end of its line is missing. A whole file may be so too: it waits,
/// and a person may let it in.
#[tokio::test]
async fn un_fichier_coupe_dans_sa_derniere_cellule_attend() {
    let liste = include_bytes!("../../../../demonstration/54/siae-2020.csv");
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    let coupe = &liste[..milieu(liste) - 3];
    let esus = "SIREN;Dénomination;Code postal;Commune;Date de fin d'agrément\n329387862;UNE;54000;Nancy;31/01/20";
    for (nom, octets) in [("siae.csv", coupe), ("esus-2026-11-02.csv", esus.as_bytes())] {
        let lu = lire(&appli, vec![recu(nom, octets)]).await;
        assert!(lu.retenues.iter().any(|phrase| phrase.contains("peut-être coupé")), "{nom} : {}", lu.en_texte());
    }
    let entier = &liste[..liste.len() - 1];
    let rapport = importer(&appli, vec![recu("siae.csv", entier)]).await.unwrap();
    assert_eq!((rapport.nouveaux, rapport.refusees), (64, 0), "{}", rapport.en_texte());
    let lu = lire(&appli, vec![recu("siae.csv", liste.to_vec())]).await;
    assert!(lu.retenues.is_empty(), "{}", lu.en_texte());
    appli.fin().await;
}

/// Cut at the end of a line, it is a file like another: only the last one of its kind tells it.
#[rstest]
#[case::siae(false)]
#[case::stock_sirene(true)]
#[tokio::test]
async fn un_fichier_coupe_en_fin_de_ligne_attend(#[case] sirene: bool) {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    let fichier = if sirene {
        let lieux: Vec<_> = (1..=60).map(|rang| crate::sirene::lieu(rang, 1)).collect();
        crate::sirene::lieux("2026-11-01", &lieux)
    } else {
        recu("siae.csv", include_bytes!("../../../../demonstration/54/siae-2020.csv").to_vec())
    };
    let Contenu::Octets(octets) = &fichier.contenu else { unreachable!() };
    importer(&appli, vec![fichier.clone()]).await.unwrap();
    assert!(lire(&appli, vec![fichier.clone()]).await.retenues.is_empty());
    let lu = lire(&appli, vec![recu(&fichier.nom, &octets[..=milieu(octets)])]).await;
    let avant = if sirene { "contre 60" } else { "contre 65" };
    let dite = |phrase: &String| phrase.contains("bien plus court") && phrase.contains(avant);
    assert!(lu.retenues.iter().any(dite), "{}", lu.en_texte());
    appli.fin().await;
}
