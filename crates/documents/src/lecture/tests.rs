use super::*;
use crate::export::{Feuille, Format, Genre, Valeur};
use domain::cents::Cents;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use rstest::rstest;

fn textes(feuille: &FeuilleLue) -> Vec<Vec<String>> {
    feuille.lignes.iter().map(|ligne| ligne.cases.iter().map(Case::texte).collect()).collect()
}

fn raison(resultat: Result<FeuilleLue, Refus>) -> String {
    resultat.expect_err("le fichier est refusé").to_string()
}

#[rstest]
#[case::utf8("Commune;Objet\nÉpinal;Café\n".as_bytes().to_vec())]
#[case::bom("\u{feff}Commune;Objet\r\nÉpinal;Café\r\n".as_bytes().to_vec())]
#[case::virgules("Commune,Objet\nÉpinal,Café\n".as_bytes().to_vec())]
#[case::tabulations("Commune\tObjet\rÉpinal\tCafé\r".as_bytes().to_vec())]
#[case::windows(b"Commune;Objet\r\n\xc9pinal;Caf\xe9\r\n".to_vec())]
#[case::annonce("sep=,\nCommune,Objet\nÉpinal,Café\n".as_bytes().to_vec())]
#[case::titre("Suivi 2026;\n;\nCommune;Objet\nÉpinal;Café\n".as_bytes().to_vec())]
#[case::entete_double("Commune;Objet\ncommune;OBJET\nÉpinal;Café\n;\n".as_bytes().to_vec())]
#[case::utf16le(utf16("Commune;Objet\r\nÉpinal;Café\r\n", u16::to_le_bytes))]
#[case::utf16be(utf16("Commune;Objet\r\nÉpinal;Café\r\n", u16::to_be_bytes))]
fn les_textes_de_toute_sorte(#[case] octets: Vec<u8>) {
    let feuille = lire("projets.csv", &octets).expect("le fichier est lu");
    assert_eq!(feuille.entetes, ["Commune", "Objet"]);
    assert_eq!(textes(&feuille), [["Épinal", "Café"]]);
}

fn utf16(texte: &str, ordre: fn(u16) -> [u8; 2]) -> Vec<u8> {
    "\u{feff}".encode_utf16().chain(texte.encode_utf16()).flat_map(ordre).collect()
}

#[test]
fn les_lignes_gardent_leur_numero_malgre_les_retours_entre_guillemets() {
    let feuille = lire("a.csv", b"a;b\r1;\"deux\r\nlignes\"\r\n\r\n3;\"a \"\"b\"\" ;c\"\n").expect("lu");
    assert_eq!(feuille.lignes.iter().map(|l| l.numero).collect::<Vec<_>>(), [2, 5]);
    assert_eq!(textes(&feuille), [["1", "deux\nlignes"], ["3", "a \"b\" ;c"]]);
}

#[test]
fn une_ligne_trop_longue_est_refusee_une_courte_est_completee() {
    let feuille = lire("a.csv", b"a;b;c\n1;2;3\n1;2;3;4\n5\n").expect("lu");
    assert_eq!(textes(&feuille), [["1", "2", "3"], ["5", "", ""]]);
    assert_eq!(feuille.refus.len(), 1);
    assert!(feuille.refus[0].to_string().starts_with("Ligne 3 : Cette ligne a 4 colonnes"));
}

#[test]
fn les_colonnes_ont_toutes_un_nom_different() {
    let feuille = lire("a.csv", b"Nom;nom;;Date\n1;2;3;4\n").expect("lu");
    assert_eq!(feuille.entetes, ["Nom", "nom (2)", "Colonne C", "Date"]);
    assert_eq!(feuille.colonne("DATE"), Some(3));
    assert_eq!(
        (lettre(25), lettre(26), lettre(701), lettre(702)),
        ("Z".into(), "AA".into(), "ZZ".into(), "AAA".into())
    );
}

#[rstest]
#[case(b"", "vide")]
#[case(b"\n\n;;\n", "aucune ligne")]
#[case(b"%PDF-1.7", "PDF")]
#[case(b"\xd0\xcf\x11\xe0\xa1\xb1", "ancien format")]
#[case(b"PK\x03\x04rien", "abîmé")]
#[case(b"\x00\x01\x02\x03", "n’est pas un tableau")]
#[case(b"a;b\n1;\"jamais fini\n2;3\n", "Ligne 2 : Un guillemet")]
#[case(b"a;b\n1;2\n\"caf\xe9;3\nautre;4\n\"fin;5\n", "Ligne 3 : Un guillemet ouvre")]
#[case(b"a;b;c\n\"caf\xe9;3;1\nautre;4;\"\n\"fin;5;6\"\n", "Ligne 2 : Un guillemet ouvre")]
fn ce_qui_n_est_pas_un_tableau_est_dit(#[case] octets: &[u8], #[case] attendu: &str) {
    let raison = raison(lire("x", octets));
    assert!(raison.contains(attendu), "{raison}");
}

/// A small archive that unpacks to more than what is accepted, and one that announces a million rows.
#[test]
fn les_bombes_sont_refusees_avant_d_eclater() {
    let ligne = r#"<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16000" office:value-type="float" office:value="1"/></table:table-row>"#;
    let contenu = format!(
        "<office:document-content><table:table table:name=\"a\">{ligne}</table:table></office:document-content>"
    );
    let bombe = archive(&[("mimetype", Format::Ods.genre().as_bytes()), ("content.xml", contenu.as_bytes())]);
    assert!(raison(lire("bombe.ods", &bombe)).contains("trop grand"));
    let zeros = vec![0_u8; 310 * 1024 * 1024];
    let bombe = archive(&[("xl/workbook.xml", &zeros)]);
    assert!(bombe.len() < 2 * 1024 * 1024);
    assert!(raison(lire("bombe.xlsx", &bombe)).contains("trop grand"));
}

fn archive(fichiers: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (nom, octets) in fichiers {
        zip.start_file(*nom, zip::write::SimpleFileOptions::default()).expect("un fichier");
        zip.write_all(octets).expect("des octets");
    }
    zip.finish().expect("une archive").into_inner()
}

#[rstest]
#[case(Case::de_texte("600 092,00 €"), Ok(Some(Cents(60_009_200))))]
#[case(Case::Nombre(600_092.0), Ok(Some(Cents(60_009_200))))]
#[case(Case::Nombre(0.1 + 0.2), Ok(Some(Cents(30))))]
#[case(Case::Vide, Ok(None))]
#[case(Case::de_texte("1.234"), Err("deux façons"))]
#[case(Case::Nombre(-5.0), Err("négatif"))]
#[case(Case::Nombre(f64::INFINITY), Err("n’est pas un montant"))]
#[case(Case::Nombre(1e300), Err("trop grand"))]
#[case(Case::Erreur("#REF!".into()), Err("#REF!"))]
fn les_montants(#[case] case: Case, #[case] attendu: Result<Option<Cents>, &str>) {
    comparer(case.montant(), attendu);
}

#[rstest]
#[case("24/11/2026", Ok(Some(date(2026, 11, 24))))]
#[case("4.1.2026", Ok(Some(date(2026, 1, 4))))]
#[case("2026-11-24T10:00:00", Ok(Some(date(2026, 11, 24))))]
#[case("24/11/2026 10:00", Ok(Some(date(2026, 11, 24))))]
#[case("24/11/26", Err("quatre chiffres"))]
#[case("31/02/2026", Err("n’existe pas"))]
#[case("bientôt", Err("n’est pas une date"))]
#[case("45985", Err("n’est pas une date"))]
fn les_dates(#[case] texte: &str, #[case] attendu: Result<Option<Date>, &str>) {
    comparer(Case::de_texte(texte).date(), attendu);
}

#[rstest]
#[case("225 400 019", Ok(Some(("225400019", false))))]
#[case("5520135", Ok(Some(("005520135", true))))]
#[case("5520136", Err("compte 9 chiffres"))]
#[case("520135", Err("compte 9 chiffres"))]
fn les_siren_abimes(#[case] texte: &str, #[case] attendu: Result<Option<(&str, bool)>, &str>) {
    let lu = Case::de_texte(texte).siren().map(|n| n.map(|n| (n.valeur.to_string(), n.restaure)));
    comparer(lu, attendu.map(|n| n.map(|(valeur, restaure)| (valeur.to_owned(), restaure))));
}

#[rstest]
#[case(Case::de_texte("2,43E+13"), Err("abîmé par un tableur"))]
#[case(Case::Nombre(21_540_129_000_014.0), Ok(Some(("21540129000014", false))))]
#[case(Case::Nombre(5_520_135_000_019.0), Err("compte 14 chiffres"))]
#[case(Case::de_texte("5520135000038"), Err("compte 14 chiffres"))]
fn les_siret_abimes(#[case] case: Case, #[case] attendu: Result<Option<(&str, bool)>, &str>) {
    let lu = case.siret().map(|n| n.map(|n| (n.valeur.to_string(), n.restaure)));
    comparer(lu, attendu.map(|n| n.map(|(valeur, restaure)| (valeur.to_owned(), restaure))));
}

fn comparer<T: PartialEq + std::fmt::Debug>(lu: Result<T, String>, attendu: Result<T, &str>) {
    match (lu, attendu) {
        (Ok(lu), Ok(attendu)) => assert_eq!(lu, attendu),
        (Err(erreur), Err(extrait)) => assert!(erreur.contains(extrait), "{erreur}"),
        (lu, attendu) => panic!("{lu:?} au lieu de {attendu:?}"),
    }
}

fn valeur() -> impl Strategy<Value = Valeur> {
    prop_oneof![
        Just(Valeur::Vide),
        "[^\\p{C}]{1,40}|[=+@-][a-z(){}|]{1,9}| deux  espaces |a\tb|ligne\nautre".prop_map(Valeur::from),
        (0..1_000_000_000_000_i64).prop_map(|c| Valeur::Montant(Cents(c))),
        (0..40_000_i32).prop_map(|jours| Valeur::Date(date(1950, 1, 1).saturating_add(jiff::Span::new().days(jours)))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// What we write, we read again, in the three formats.
    #[test]
    fn ce_qui_est_ecrit_se_relit(lignes in prop::collection::vec(prop::collection::vec(valeur(), 3), 1..12)) {
        let mut feuille = Feuille::nouvelle("Aller/retour", [("clé", Genre::Entier), ("a", Genre::Texte), ("b", Genre::Montant), ("c", Genre::Date)]);
        for (rang, ligne) in (1_i64..).zip(&lignes) {
            feuille.ajouter(std::iter::once(Valeur::Entier(rang)).chain(ligne.iter().cloned()));
        }
        for format in Format::TOUS {
            let octets = feuille.ecrire(*format).expect("écrit");
            let lue = lire("retour", &octets).expect("relu");
            prop_assert_eq!(lue.lignes.len(), lignes.len(), "{:?}", format);
            for (lue, ecrite) in lue.lignes.iter().zip(&feuille.lignes) {
                for (case, valeur) in lue.cases.iter().zip(ecrite) {
                    match valeur {
                        Valeur::Vide => prop_assert!(case.est_vide()),
                        Valeur::Texte(texte) => prop_assert_eq!(case.texte(), texte.trim(), "{:?}", format),
                        Valeur::Entier(nombre) => prop_assert_eq!(case.entier(), Ok(u64::try_from(*nombre).ok())),
                        Valeur::Montant(cents) => prop_assert_eq!(case.montant(), Ok(Some(*cents)), "{:?}", format),
                        Valeur::Date(date) => prop_assert_eq!(case.date(), Ok(Some(*date))),
                    }
                }
            }
        }
    }

    /// No bytes make it panic, nor a workbook cut or scratched anywhere.
    #[test]
    fn aucun_fichier_ne_panique(octets in prop::collection::vec(any::<u8>(), 0..400), place in any::<prop::sample::Index>(), valeur in any::<u8>()) {
        let _ = lire("hasard", &octets);
        let mut feuille = Feuille::nouvelle("A", [("a", Genre::Texte), ("b", Genre::Montant)]);
        feuille.ajouter([Valeur::from("x"), Valeur::Montant(Cents(5))]);
        for format in Format::TOUS {
            let mut fichier = feuille.ecrire(*format).expect("écrit");
            let rang = place.index(fichier.len());
            let _ = lire("coupé", &fichier[..rang]);
            fichier[rang] ^= valeur;
            let _ = lire("rayé", &fichier);
        }
    }
}

#[test]
fn aucune_formule_ne_part_dans_un_csv() {
    let mut feuille = Feuille::nouvelle("A", [("=titre", Genre::Texte)]);
    feuille.ajouter([Valeur::from("=HYPERLINK(\"http://x.invalid\")")]);
    feuille.ajouter([Valeur::from("+33 3 83 00 00 00")]);
    let texte = String::from_utf8(feuille.ecrire(Format::Csv).expect("écrit")).expect("UTF-8");
    assert_eq!(texte, "\u{feff}'=titre\r\n\"'=HYPERLINK(\"\"http://x.invalid\"\")\"\r\n'+33 3 83 00 00 00\r\n");
}

#[rstest]
#[case::xls(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1W\0o\0r\0k\0b\0o\0o\0k\0", "ancien format (.xls)")]
#[case::protege(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1..E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0", "mot de passe")]
#[case::pdf(b"%PDF-1.7\n", "PDF")]
#[case::png(b"\x89PNG\r\n\x1a\n", "image")]
#[case::jpeg(b"\xff\xd8\xff\xe0\0\x10JFIF", "image")]
#[case::photo_de_telephone(b"\0\0\0\x18ftypheic", "image")]
fn ce_qui_n_est_pas_un_tableau_dit_quoi_envoyer(#[case] octets: &[u8], #[case] mot: &str) {
    let phrase = raison(lire("suivi.xlsx", octets));
    assert!(phrase.contains(mot) && phrase.contains("enregistrez-le en .xlsx ou .csv"), "{phrase}");
}
