//! Files as people send them: damaged by a spreadsheet, compressed, or not what they say.

use std::io::Write;

use annuaire::acteur::{agrement, storage};
use annuaire::generateur::{siren, siret};
use annuaire::import::histoire::{self, etat};
use annuaire::vocabulaire::Reponse;
use rstest::rstest;
use testkit::{Appli, Moteur};

use crate::gestes::importer;
use crate::import::{ENTETE_ETAB, ENTETE_UL, etablissement, nombre, par_siren, unite};
use crate::sirene::recu;

/// Read where it can be done without doubt.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn les_fichiers_abimes_qui_se_lisent(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    // Semicolons, Windows-1252, CRLF, a header repeated, a shifted row, a number lost to a spreadsheet.
    let texte = format!(
        "siret;kind;nom;enseigne;naf;adresse;code_postal;commune;maj_le\r\n\
         {};ACI;RÉGIE DE L’ÉTÉ;;8899B;1 rue du Lavoir;54200;Écrouves;2020-12-18\r\n\
         siret;kind;nom;enseigne;naf;adresse;code_postal;commune;maj_le\r\n\
         {};EI;TROP COURTE;;8899B\r\n\
         2,43E+13;EI;PERDUE;;8899B;;54200;Toul;2020-12-18\r\n\
         {};XX;GENRE INCONNU;;8899B;;54200;Toul;2020-12-18\r\n\
         {};EI;VILLE INCONNUE;;8899B;;54200;Villeneuve-la-Nulle;2020-12-18\r\n\
         {};EI;AILLEURS;;8899B;;57000;Metz;2020-12-18\r\n",
        siret(1, 1),
        siret(2, 1),
        siret(3, 1),
        siret(4, 1),
        siret(5, 1)
    );
    let octets = texte.chars().map(|c| if c == '’' { 0x92 } else { u8::try_from(u32::from(c)).unwrap() });
    let rapport = importer(&appli, vec![recu("siae.csv", octets.collect::<Vec<u8>>())]).await.unwrap();
    assert_eq!((rapport.nouveaux, rapport.refusees, rapport.ailleurs), (1, 4, 1), "{rapport:?}");
    let ou: Vec<(u64, Option<&str>)> = rapport.refus.iter().map(|r| (r.ligne, r.colonne.as_deref())).collect();
    assert_eq!(ou, [(4, None), (5, Some("siret")), (6, Some("kind")), (7, Some("commune"))]);
    assert!(rapport.refus[1].motif.contains("abîmé par un tableur"));
    assert_eq!(rapport.remarques[0].ligne, 3, "l’en-tête répété est sauté et dit");
    let acteur = par_siren(&appli, &siren(1)).await.unwrap();
    assert_eq!(acteur.nom, "RÉGIE DE L’ÉTÉ");
    assert_eq!(acteur.ess_loi, Reponse::Inconnu);
    let tx = appli.instance.db.read().await.unwrap();
    let agrements: Vec<agrement::Model> = storage::agrements(&tx, &acteur.id).await.unwrap();
    assert_eq!(
        (agrements[0].genre.as_str(), agrements[0].source_du.unwrap().to_string()),
        ("aci", "2020-12-18".to_owned())
    );
    drop(tx);
    // UTF-8 with BOM, and lost zeros put back.
    let court = siret(1, 1);
    let bom = format!(
        "\u{feff}SIREN,Nom ou raison sociale de l'entreprise,Famille juridique de l'entreprise,Code postal,Libellé de la commune de l'établissement\n{},RÉGIE DE L’ÉTÉ,Associations,54200,ECROUVES\n",
        &court[..9]
    );
    let rapport = importer(&appli, vec![recu("ess.csv", bom)]).await.unwrap();
    assert_eq!((rapport.changes, rapport.refusees), (1, 0), "{rapport:?}");
    assert_eq!(par_siren(&appli, &siren(1)).await.unwrap().ess_loi, Reponse::Oui);
    appli.fin().await;
}

/// Refused whole, with the file, the line when there is one, and what to do; nothing is kept.
#[rstest]
#[case::vide("", "vide")]
#[case::inconnu("a,b,c\n1,2,3\n", "n’est pas reconnu")]
#[case::double("siret,kind,nom,code_postal,commune,siret\n", "deux fois")]
#[case::utf16("\u{0}s\u{0}i\u{0}r\u{0}e\u{0}t", "CSV UTF-8")]
#[case::coupe("siret,kind,nom,code_postal,commune\n80746931700018,EI,X,54200,Toul\n8074693", "coupé")]
#[case::guillemet(
    "siret,kind,nom,code_postal,commune\n80746931700018,EI,\"X,54200,Toul\n1,EI,Y,54200,Toul\n2,EI,Z,54200,Toul\n",
    "coupé"
)]
#[case::zip("PK\u{3}\u{4}nimporte quoi", "zip est abîmée")]
#[tokio::test]
async fn les_fichiers_refuses(#[case] contenu: &str, #[case] extrait: &str) {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    let erreur = importer(&appli, vec![recu("fichier.csv", contenu)]).await.unwrap_err();
    assert!(erreur.to_string().contains(extrait), "{erreur}");
    assert_eq!(nombre(&appli).await, 0);
    let tx = appli.instance.db.read().await.unwrap();
    let dernier = histoire::derniers(&tx, 1).await.unwrap().remove(0);
    assert_eq!(dernier.etat, etat::REFUSE);
    assert!(dernier.rapport().erreur.is_some(), "l’historique dit pourquoi");
    drop(tx);
    appli.fin().await;
}

#[tokio::test]
async fn une_ligne_sans_fin_ne_prend_pas_la_memoire() {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    let mut octets = b"siret,kind,nom,code_postal,commune\n80746931700018,EI,\"".to_vec();
    octets.extend(std::iter::repeat_n(b"x,y\n", 2_000_000).flatten());
    let erreur = importer(&appli, vec![recu("siae.csv", octets)]).await.unwrap_err();
    assert!(erreur.to_string().contains("guillemet"), "{erreur}");
    appli.fin().await;
}

#[tokio::test]
async fn un_zip_et_un_gzip_se_lisent_comme_le_fichier() {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (nom, texte) in [
        ("StockUniteLegale_utf8.csv", format!("{ENTETE_UL}\n{}\n", unite(1, "ZIPPEE", "9220", "O"))),
        ("StockEtablissement_utf8.csv", format!("{ENTETE_ETAB}\n{}\n", etablissement(1, "54528", "A"))),
    ] {
        zip.start_file(nom, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(texte.as_bytes()).unwrap();
    }
    let octets = zip.finish().unwrap().into_inner();
    let coupe = octets[..octets.len() - 60].to_vec();
    let rapport = importer(&appli, vec![recu("sirene.zip", octets)]).await.unwrap();
    assert_eq!(rapport.nouveaux, 1, "{rapport:?}");
    assert!(importer(&appli, vec![recu("sirene.zip", coupe)]).await.is_err());
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(format!("{ENTETE_UL}\n{}\n", unite(1, "ZIPPEE", "9220", "O")).as_bytes()).unwrap();
    let rapport = importer(&appli, vec![recu("ul.csv.gz", gz.finish().unwrap())]).await.unwrap();
    assert_eq!((rapport.gardes, rapport.inchanges), (1, 1), "{rapport:?}");
    appli.fin().await;
}
