use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::Field;
use bytes::Bytes;
use jiff::civil::date;
use web::ouvert::{Colonne, Genre, Lot};

use super::*;

const COLONNES: &[Colonne] = &[
    Colonne::nouvelle("nom", Genre::Texte, "Nom"),
    Colonne::nouvelle("combien", Genre::Decimal, "Combien"),
    Colonne::nouvelle("lon", Genre::Decimal, "Longitude"),
    Colonne::nouvelle("lat", Genre::Decimal, "Latitude"),
    Colonne::nouvelle("vrai", Genre::Booleen, "Vrai"),
    Colonne::nouvelle("le", Genre::Date, "Le"),
];

static JEU: Jeu = Jeu {
    id: "essai",
    titre: "Essai",
    description: "Un essai.",
    mots_cles: &[],
    colonnes: COLONNES,
    lieu: Some([2, 3]),
    etat: |_, _| Box::pin(async { Err(web::Erreur::interne("sans base")) }),
    lot: |_, _, _| Box::pin(async { Ok(Lot::default()) }),
};

fn lignes() -> Vec<Vec<Case>> {
    vec![
        vec![
            "Épicerie, \"café\"\n=1+1".into(),
            3.0.into(),
            6.5.into(),
            48.25.into(),
            true.into(),
            date(2026, 11, 24).into(),
        ],
        vec!["01004".into(), Case::Vide, Case::Vide, 48.0.into(), false.into(), Case::Vide],
    ]
}

fn ecrire(format: Format, lots: &[Vec<Vec<Case>>]) -> Vec<u8> {
    let mut ecrivain = ecrivain(format, &JEU).unwrap();
    let mut octets: Vec<u8> = lots.iter().flat_map(|lot| ecrivain.lot(lot.clone()).unwrap()).collect();
    octets.extend(ecrivain.fin().unwrap());
    octets
}

#[test]
fn le_csv_est_celui_des_donnees_ouvertes() {
    let texte = String::from_utf8(ecrire(Format::Csv, &[lignes()])).unwrap();
    assert_eq!(
        texte,
        "nom,combien,lon,lat,vrai,le\r\n\
         \"Épicerie, \"\"café\"\"\n=1+1\",3,6.5,48.25,true,2026-11-24\r\n\
         01004,,,48,false,\r\n"
    );
    assert_eq!(ecrire(Format::Csv, &[]), b"nom,combien,lon,lat,vrai,le\r\n", "a table without rows has its header");
}

#[test]
fn le_json_et_le_geojson_se_lisent_quel_que_soit_le_decoupage() {
    for lots in [vec![lignes()], lignes().into_iter().map(|ligne| vec![ligne]).collect(), vec![]] {
        let nombre: usize = lots.iter().map(Vec::len).sum();
        let json: serde_json::Value = serde_json::from_slice(&ecrire(Format::Json, &lots)).unwrap();
        assert_eq!(json.as_array().unwrap().len(), nombre);
        let carte: serde_json::Value = serde_json::from_slice(&ecrire(Format::GeoJson, &lots)).unwrap();
        let objets = carte["features"].as_array().unwrap();
        assert_eq!(objets.len(), nombre);
        if nombre > 0 {
            assert_eq!(json[0]["nom"], "Épicerie, \"café\"\n=1+1");
            assert_eq!((&json[1]["nom"], &json[1]["combien"]), (&"01004".into(), &serde_json::Value::Null));
            assert_eq!(objets[0]["geometry"]["coordinates"], serde_json::json!([6.5, 48.25]));
            assert!(objets[1]["geometry"].is_null(), "half a place is no place");
        }
    }
}

#[test]
fn le_parquet_se_relit_avec_ses_genres() {
    // More than a row group.
    let lots: Vec<Vec<Vec<Case>>> = (0..1_500).map(|_| lignes()).collect();
    let lecteur = SerializedFileReader::new(Bytes::from(ecrire(Format::Parquet, &lots))).unwrap();
    assert_eq!(lecteur.metadata().file_metadata().num_rows(), 3_000);
    assert_eq!(lecteur.metadata().num_row_groups(), 2);
    let lues: Vec<Vec<Field>> = lecteur
        .get_row_iter(None)
        .unwrap()
        .take(2)
        .map(|ligne| ligne.unwrap().get_column_iter().map(|(_, champ)| champ.clone()).collect())
        .collect();
    let jour = jiff::civil::Date::since(date(2026, 11, 24), date(1970, 1, 1)).unwrap().get_days();
    assert_eq!(
        lues[0],
        [
            Field::Str("Épicerie, \"café\"\n=1+1".to_owned()),
            Field::Double(3.0),
            Field::Double(6.5),
            Field::Double(48.25),
            Field::Bool(true),
            Field::Date(jour),
        ]
    );
    assert_eq!(lues[1][1], Field::Null);
    let vide = SerializedFileReader::new(Bytes::from(ecrire(Format::Parquet, &[]))).unwrap();
    assert_eq!(vide.metadata().file_metadata().num_rows(), 0);
}
