//! Files and tables through the real pages, on both databases: attachments, exports.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails with a line number")]

use axum::http::StatusCode;
use documents::lecture::{Case, lire};
use domain::droit::Fonction;
use rstest::rstest;
use server::features;
use socle::organisation::Nature;
use testkit::Moteur;
use testkit::{Appli, Navigateur, Page};

const PDF: &[u8] = b"%PDF-1.7\nun devis";

async fn projet_garde(navigateur: &mut Navigateur) -> String {
    let page = navigateur.ouvrir("/projets/nouveau").await;
    let champs = [
        ("titre", "Rouvrir le café-épicerie"),
        ("commune", "Cirey-sur-Vezouze (54)"),
        ("manque", "Plus de commerce depuis deux ans."),
        ("themes", "commerce"),
    ];
    let page = navigateur.envoyer(&page, "/projets/nouveau", &champs).await;
    page.chemin.split('/').nth(2).unwrap().to_owned()
}

async fn entrer(appli: &Appli, role: &str) -> Navigateur {
    let mut navigateur = appli.navigateur();
    let page = navigateur.ouvrir("/demo").await;
    navigateur.envoyer(&page, "/demo", &[("role", role)]).await;
    navigateur
}

async fn joindre(navigateur: &mut Navigateur, page: &Page, action: &str, nom: &str, octets: &[u8]) -> Page {
    navigateur.envoyer_fichier(page, action, &[("libelle", "Devis de la toiture")], ("fichier", nom, octets)).await
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_piece_se_joint_se_lit_se_retire_et_revient(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut maire, _) =
        appli.connecter("maire@cirey.invalid", Some((Nature::Commune, "54129", Fonction::Maire))).await;
    let reference = projet_garde(&mut maire).await;
    let action = format!("/projets/{reference}/pieces");
    let page = maire.ouvrir(&action).await;
    page.exiger("Aucune pièce pour l’instant").exiger("2 Mo au plus");

    // Its bytes say what it is, not its name.
    let refusee = joindre(&mut maire, &page, &action, "devis.pdf", b"MZ\x90\x00\x03\x00\x00\x00").await;
    assert_eq!(refusee.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refusee.exiger("Ce type de fichier n’est pas accepté");
    assert_eq!(refusee.attribut("#libelle", "value").as_deref(), Some("Devis de la toiture"), "what was typed stays");
    let vide = maire.envoyer(&page, &action, &[]).await;
    assert_eq!(vide.statut, StatusCode::BAD_REQUEST, "a form without file part is not this form");
    let trop = joindre(&mut maire, &page, &action, "gros.pdf", &vec![b'x'; 2_000_001]).await;
    assert_eq!(trop.statut, StatusCode::PAYLOAD_TOO_LARGE);
    trop.exiger("La limite est de 2 Mo");

    let page = joindre(&mut maire, &page, &action, "../Devis d'été.pdf", PDF).await;
    page.exiger("La pièce est ajoutée").exiger("Devis de la toiture").exiger("PDF, 1 ko");
    // The same form sent twice adds one piece.
    for _ in 0..2 {
        let page = joindre(&mut maire, &refusee, &action, "devis.pdf", PDF).await;
        assert_eq!(page.textes("#t-pieces ~ ul a").len(), 2);
    }

    let adresse = page.attribut("#t-pieces ~ ul a", "href").unwrap();
    let recue = maire.ouvrir(&adresse).await;
    assert_eq!(recue.octets, PDF);
    assert_eq!(recue.entetes["x-content-type-options"], "nosniff");
    assert_eq!(recue.entetes["cache-control"], "no-store");
    assert!(recue.entetes["content-disposition"].to_str().unwrap().starts_with("attachment; filename=\"Devis d_"));

    // The chargé of the secteur sees it, the one of another does not, nor a visitor.
    let mut charge = entrer(&appli, "charge.lunevillois@exemple.invalid").await;
    assert_eq!(charge.ouvrir(&adresse).await.octets, PDF);
    charge.ouvrir(&format!("/projets/{reference}")).await.exiger("Pièces jointes").exiger("Devis de la toiture");
    let (mut autre, _) =
        appli.connecter("maire@autre.invalid", Some((Nature::Commune, "54395", Fonction::Maire))).await;
    assert_eq!(autre.ouvrir(&adresse).await.statut, StatusCode::FORBIDDEN);
    appli.navigateur().ouvrir(&adresse).await.exiger("Connectez-vous pour continuer");

    // Taken away, brought back.
    let page = maire.ouvrir(&action).await;
    let page = maire.envoyer(&page, &format!("{adresse}/retirer"), &[]).await;
    page.exiger("La pièce est retirée").exiger("Retirées depuis moins de trente jours");
    assert_eq!(page.textes(".tr-message form button"), ["Annuler"]);
    assert_eq!(maire.ouvrir(&adresse).await.statut, StatusCode::NOT_FOUND);
    let page = maire.envoyer(&page, &format!("{adresse}/remettre"), &[]).await;
    page.exiger("La pièce est remise");
    assert_eq!(maire.ouvrir(&adresse).await.octets, PDF);

    // Taken away for good: the worker erases the bytes.
    let page = maire.ouvrir(&action).await;
    maire.envoyer(&page, &format!("{adresse}/retirer"), &[]).await;
    appli.horloge.avancer_de_jours(32);
    appli.travailler().await;
    let page = maire.ouvrir(&action).await;
    assert!(!page.contient("Retirées depuis"));
    appli.fin().await;
}

/// One grey square, as a telephone writes it: turned, with the place where it was taken.
fn photo() -> Vec<u8> {
    let segment = |marque: u8, contenu: &[u8]| {
        let longueur = u16::try_from(contenu.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marque], &longueur[..], contenu].concat()
    };
    let exif = b"Exif\0\0II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\x0f\x01\x02\0\x14\0\0\0\x26\0\0\0\0\0\0\0GPS 48.58 N, 6.94 E\0";
    [
        b"\xff\xd8".to_vec(),
        segment(0xe1, exif),
        segment(0xdb, &[&[0][..], &[1; 64]].concat()),
        segment(0xc0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]),
        segment(0xda, &[1, 1, 0, 0, 63, 0]),
        b"\x2a\xff\xd9".to_vec(),
    ]
    .concat()
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_photo_ne_dit_pas_ou_elle_fut_prise(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, features()).await;
    let (mut maire, _) =
        appli.connecter("maire@cirey.invalid", Some((Nature::Commune, "54129", Fonction::Maire))).await;
    let action = format!("/projets/{}/pieces", projet_garde(&mut maire).await);
    let page = maire.ouvrir(&action).await;
    let coupee = joindre(&mut maire, &page, &action, "local.jpg", &photo()[..40]).await;
    assert_eq!(coupee.statut, StatusCode::UNPROCESSABLE_ENTITY);
    coupee.exiger("Cette image est abîmée");

    let page = joindre(&mut maire, &page, &action, "local.jpg", &photo()).await;
    let gardee = maire.ouvrir(&page.attribut("#t-pieces ~ ul a", "href").unwrap()).await.octets;
    assert!(gardee.starts_with(b"\xff\xd8") && gardee.ends_with(b"\x2a\xff\xd9"));
    assert!(!gardee.windows(3).any(|mot| mot == b"GPS"));
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_piece_est_annoncee_a_l_autre_cote_une_seule_fois(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut maire, _) =
        appli.connecter("maire@cirey.invalid", Some((Nature::Commune, "54129", Fonction::Maire))).await;
    let reference = projet_garde(&mut maire).await;
    let action = format!("/projets/{reference}/pieces");
    let mut charge = entrer(&appli, "charge.lunevillois@exemple.invalid").await;
    let annonces = async || {
        appli.horloge.avancer(601);
        let courriels = appli.courriels().await;
        let annonces = courriels.iter().filter(|courriel| courriel.sujet().starts_with("Nouvelle pièce jointe"));
        annonces.map(|courriel| courriel.destinataire().to_owned()).collect::<Vec<_>>()
    };

    // Nobody accompanies the project yet: nobody is told.
    let page = maire.ouvrir(&action).await;
    joindre(&mut maire, &page, &action, "avant.pdf", PDF).await.exiger("La pièce est ajoutée");
    assert!(annonces().await.is_empty());

    let demande = format!("/projets/{reference}/accompagnement");
    let page = maire.ouvrir(&demande).await;
    maire.envoyer(&page, &demande, &[("message", "Nous aider à choisir la forme juridique.")]).await;
    for nom in ["devis.pdf", "plan.pdf", "statuts.pdf"] {
        let page = maire.ouvrir(&action).await;
        joindre(&mut maire, &page, &action, nom, PDF).await.exiger("La pièce est ajoutée");
    }
    assert_eq!(annonces().await, ["charge.lunevillois@exemple.invalid"], "one mail for three files");

    let page = charge.ouvrir(&action).await;
    joindre(&mut charge, &page, &action, "modele.pdf", PDF).await.exiger("La pièce est ajoutée");
    assert_eq!(annonces().await, ["charge.lunevillois@exemple.invalid", "maire@cirey.invalid"]);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn le_pilotage_exporte_exactement_ce_qui_est_filtre(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mut coordination = entrer(&appli, "coordination@exemple.invalid").await;
    let page = coordination.ouvrir("/pilotage").await;
    page.exiger("Projets accompagnés par thème");
    let toutes = lignes(&coordination.ouvrir("/pilotage?format=csv").await);
    assert!(toutes.len() > 1, "the demonstration has requests");
    for format in ["xlsx", "ods", "csv"] {
        let page = coordination.ouvrir(&format!("/pilotage?theme=commerce&format={format}")).await;
        let disposition = page.entetes["content-disposition"].to_str().unwrap();
        assert!(disposition.contains(&format!("pilotage-2026-11-24.{format}")), "{disposition}");
        let filtrees = lignes(&page);
        let attendues: Vec<_> = toutes.iter().filter(|l| l[6].contains("Commerce")).cloned().collect();
        assert!(!attendues.is_empty() && attendues.len() < toutes.len());
        assert_eq!(filtrees, attendues, "{format}");
    }
    let mauvais = coordination.ouvrir("/pilotage?format=exe").await;
    assert_eq!(mauvais.statut, StatusCode::BAD_REQUEST);
    coordination.ouvrir("/pilotage?theme=energies&secteur=aucun").await.exiger("Aucune demande ne correspond");
    coordination.ouvrir("/pilotage?canton=5401").await.exiger("Tous les cantons");
    coordination.ouvrir("/pilotage/note?theme=commerce").await.exiger("thème « Commerce, café, multiservice »");
    let mut charge = entrer(&appli, "charge.lunevillois@exemple.invalid").await;
    assert_eq!(charge.ouvrir("/pilotage?format=csv").await.statut, StatusCode::FORBIDDEN);
    let tableau = lignes(&charge.ouvrir("/tableau?format=ods").await);
    assert!(!tableau.is_empty());
    assert!(tableau.iter().all(|l| l[4] == tableau[0][4]), "only the chargé's secteur");
    appli.fin().await;
}

/// Rows of a downloaded table, as words; dates and amounts read the same in every format.
fn lignes(page: &Page) -> Vec<Vec<String>> {
    assert_eq!(page.statut, StatusCode::OK);
    let feuille = lire("export", &page.octets).expect("a table");
    let mots = |(rang, case): (usize, &Case)| match rang {
        8 if feuille.entetes.get(8).is_some_and(|e| e.starts_with("Coût")) => format!("{:?}", case.montant()),
        _ => case.texte(),
    };
    feuille.lignes.iter().map(|ligne| ligne.cases.iter().enumerate().map(mots).collect()).collect()
}

const SUIVI: &str = "N°;Intitulé;Commune;Thématique;Avancement;Coût;Date;Contact;Prochaine action;Remarque\r\n\
    1;Halle de marché;Cirey-sur-Vezouze;Commerce;Étude;45 000,50 €;12/03/2026;Mme Exemple porteuse@projet.invalid;Appeler;Vu en mars\r\n\
    2;Garage solidaire;Nancy;Mobilité;presque fini;12 000;01/02/2026;;;\r\n\
    3;Sans commune;;Sport;;;;;;\r\n\
    4;Hors du territoire;Épinal;Sport;;;;;;\r\n\
    5;Montant douteux;Nancy;Sport;;12.345;;;;\r\n";

async fn reprendre(navigateur: &mut Navigateur, nom: &str, octets: &[u8]) -> Page {
    let page = navigateur.ouvrir("/tableau/import").await;
    let page = navigateur.envoyer_fichier(&page, "/tableau/import", &[], ("fichier", nom, octets)).await;
    page.exiger("Rien n’est encore repris");
    page
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_tableau_de_suivi_se_reprend_une_fois_et_s_annule(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mut coordination = entrer(&appli, "coordination@exemple.invalid").await;
    let avant = appli.courriels().await.len();
    let octets = SUIVI.as_bytes();

    let apercu = reprendre(&mut coordination, "suivi.csv", octets).await;
    apercu.exiger("2 nouveaux, 0 changé, 0 inchangé, 0 laissé, 3 refusés");
    apercu.exiger("Colonne « Commune »").exiger("Il manque la commune").exiger("n’est pas dans le territoire");
    apercu.exiger("peut se lire de deux façons").exiger("« presque fini » n’est pas une valeur connue");
    let chemin = apercu.chemin.clone();
    let rapport = coordination.envoyer(&apercu, &chemin, &[]).await;
    rapport.exiger("Le tableau est repris").exiger("2 nouveaux");
    coordination.ouvrir("/tableau").await.exiger("Halle de marché").exiger("Garage solidaire");
    assert_eq!(appli.courriels().await.len(), avant, "nobody is written to");

    // The same file changes nothing; the same form neither.
    let encore = coordination.envoyer(&apercu, &chemin, &[]).await;
    encore.exiger("2 nouveaux");
    let apercu = reprendre(&mut coordination, "suivi.csv", octets).await;
    apercu.exiger("0 nouveau, 0 changé, 2 inchangés").exiger("Il n’y a rien à reprendre");

    // One line changed: one project changes, then comes back.
    let change = SUIVI.replace("45 000,50", "50 000");
    let apercu = reprendre(&mut coordination, "suivi.csv", change.as_bytes()).await;
    apercu.exiger("0 nouveau, 1 changé, 1 inchangé");
    let chemin = apercu.chemin.clone();
    let rapport = coordination.envoyer(&apercu, &chemin, &[]).await;
    let page = coordination.envoyer(&rapport, &format!("{chemin}/annuler"), &[]).await;
    page.exiger("La reprise est annulée pour 1 projet").exiger("Cette reprise a été annulée");
    let apercu = reprendre(&mut coordination, "suivi.csv", octets).await;
    apercu.exiger("0 nouveau, 0 changé, 2 inchangés");

    // Rights.
    let mut charge = entrer(&appli, "charge.lunevillois@exemple.invalid").await;
    assert_eq!(charge.ouvrir("/tableau/import").await.statut, StatusCode::FORBIDDEN);
    assert_eq!(charge.ouvrir(&chemin).await.statut, StatusCode::FORBIDDEN);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_reprise_annulee_laisse_ce_qui_fut_touche_depuis(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mut coordination = entrer(&appli, "coordination@exemple.invalid").await;
    let apercu = reprendre(&mut coordination, "suivi.csv", SUIVI.as_bytes()).await;
    let chemin = apercu.chemin.clone();
    let rapport = coordination.envoyer(&apercu, &chemin, &[]).await;
    let tableau = coordination.ouvrir("/tableau").await;
    let lien = tableau.html.split("href=\"").find(|suite| suite.contains("Halle de marché")).unwrap();
    let suivi = lien.split('"').next().unwrap().to_owned();
    let reference = suivi.split('/').nth(2).unwrap();
    let page = coordination.ouvrir(&format!("/projets/{reference}")).await;
    page.exiger("45 000 €").exiger("Projet repris du tableau de suivi du département");
    let mut charge = entrer(&appli, "charge.lunevillois@exemple.invalid").await;
    let action = format!("/projets/{reference}/description");
    let page = charge.ouvrir(&action).await;
    charge
        .envoyer(&page, &action, &[("titre", "Halle de marché couverte"), ("manque", "Une halle pour le marché.")])
        .await;

    let page = coordination.envoyer(&rapport, &format!("{chemin}/annuler"), &[]).await;
    page.exiger("La reprise est annulée pour 1 projet").exiger("1 projet modifié depuis");
    let tableau = coordination.ouvrir("/tableau").await;
    tableau.exiger("Halle de marché couverte");
    assert!(!tableau.contient("Garage solidaire"));
    appli.fin().await;
}

#[rstest]
#[case("", b"" as &[u8], "Choisissez un fichier")]
#[case("vide.csv", b"", "est vide")]
#[case("photo.csv", b"\x89PNG\r\n\x1a\n0000", "une image ou une photo")]
#[case("abime.xlsx", b"PK\x03\x04xl/workbook.xml", "abîmé ou incomplet")]
#[case("rien.csv", b"\n\n;\n", "aucune ligne")]
#[tokio::test]
async fn un_fichier_illisible_est_refuse_a_cote_de_son_champ(
    #[case] nom: &str,
    #[case] octets: &[u8],
    #[case] attendu: &str,
) {
    let appli = Appli::demonstration(Moteur::Sqlite, features()).await;
    let mut coordination = entrer(&appli, "coordination@exemple.invalid").await;
    let page = coordination.ouvrir("/tableau/import").await;
    let page = coordination.envoyer_fichier(&page, "/tableau/import", &[], ("fichier", nom, octets)).await;
    assert_eq!(page.statut, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.textes("#fichier-erreur").join(" ").contains(attendu), "{:?}", page.textes("#fichier-erreur"));
    appli.fin().await;
}

/// What the house writes to people, each mail on its sample: a change of words is read in the diff.
#[test]
fn les_mots_des_courriels() {
    let courriels = web::courriels::modeles::types().iter().map(|courriel| {
        let rendu = courriel.essayer(&courriel.defaut, "Terreau", "Département d’exemple").expect(&courriel.id);
        format!("# {}\n{}\nSujet : {}\n\n{}\n", courriel.id, courriel.quand, rendu.sujet, rendu.texte)
    });
    insta::assert_snapshot!("courriels", courriels.collect::<Vec<_>>().join("\n"));
}

/// The note and the model délibération for the conseil, without the levers: they change with their sheets.
#[tokio::test]
async fn les_mots_de_la_note_et_de_la_deliberation() {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![comptes::feature(), projets::feature()]).await;
    let (mut maire, _) =
        appli.connecter("maire@cirey.invalid", Some((Nature::Commune, "54129", Fonction::Maire))).await;
    let reference = projet_garde(&mut maire).await;
    let suite = format!("/projets/{reference}/suite");
    let page = maire.ouvrir(&suite).await;
    maire.envoyer(&page, &suite, &[("etape", "etude"), ("porteur", "commune"), ("cout", "120 000")]).await;
    let note = maire.ouvrir(&format!("/projets/{reference}/note")).await;
    let lignes = note.textes(".tr-impression h1, .tr-impression h2, .tr-impression p, .tr-impression li").join("\n");
    insta::assert_snapshot!("note", lignes.replace(&reference, "REFERENCE"));
    appli.fin().await;
}

/// The first line of each table that leaves the house: who reads it by machine counts on it.
#[tokio::test]
async fn les_entetes_des_exports() {
    let appli = Appli::demonstration(Moteur::Sqlite, features()).await;
    let mut coordination = entrer(&appli, "coordination@exemple.invalid").await;
    let mut entetes = Vec::new();
    for export in ["/tableau?format=csv", "/pilotage?format=csv", "/annuaire/export?format=csv"] {
        let fichier = coordination.ouvrir(export).await;
        entetes.push(format!("{export}\n{}", fichier.html.trim_start_matches('\u{feff}').lines().next().unwrap()));
    }
    let publics = projets::publication::en_donnees(&appli.instance).await.unwrap();
    let publics = String::from_utf8(publics.ecrire(documents::export::Format::Csv).unwrap()).unwrap();
    entetes.push(format!("terreau export\n{}", publics.trim_start_matches('\u{feff}').lines().next().unwrap()));
    insta::assert_snapshot!("entetes", entetes.join("\n\n"));
    appli.fin().await;
}

/// What the command says of an import, line by line.
#[tokio::test]
async fn les_mots_d_un_rapport_d_import() {
    let appli = Appli::nouvelle(Moteur::Sqlite, features()).await;
    let dossier = tempfile::tempdir().unwrap();
    let fichier = dossier.path().join("siae.csv");
    let liste = "siret,kind,nom,code_postal,commune\n\
                 2,43E+13,ACI,Numéro abîmé (exemple),54000,Nancy\n\
                 123,EI,Numéro trop court (exemple),54000,Nancy\n\
                 81063001500019,EI,Ailleurs (exemple),67000,Strasbourg\n";
    std::fs::write(&fichier, liste).unwrap();
    let options = annuaire::import::commande::Options { fichiers: vec![fichier], essai: true, liste_du: None };
    let rapport = annuaire::import::commande::importer(&appli.instance, &options, |_, _, _| {}).await.unwrap();
    assert!(!rapport.faite, "nothing was read rightly: the command fails");
    insta::assert_snapshot!("rapport-annuaire", rapport.texte);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn chaque_jeu_ouvert_se_prend_dans_chaque_format(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mut n = appli.navigateur();
    let page = n.ouvrir("/donnees").await;
    assert_eq!(page.textes("main section h2").len(), 4, "{}", page.texte());
    let dcat: serde_json::Value = serde_json::from_str(&n.ouvrir("/donnees/catalogue.jsonld").await.html).unwrap();
    let mut pris = 0;
    for jeu in dcat["dcat:dataset"].as_array().unwrap() {
        for distribution in jeu["dcat:distribution"].as_array().unwrap() {
            let adresse = distribution["dcat:downloadURL"]["@id"].as_str().unwrap();
            let fichier = n.ouvrir(adresse.strip_prefix("http://terreau.test").unwrap()).await;
            assert_eq!(fichier.statut, StatusCode::OK, "{adresse}");
            assert!(!fichier.octets.is_empty(), "{adresse}");
            assert!(!fichier.html.contains("[coordonnées retirées]@"), "{adresse}");
            pris += 1;
        }
    }
    assert_eq!(pris, 11, "three tables, four formats, one without a place");
    let acteurs = n.ouvrir("/donnees/acteurs.csv").await.html;
    assert!(acteurs.lines().count() > 50, "{}", acteurs.lines().count());
    let document: serde_json::Value = serde_json::from_str(&n.ouvrir("/api/v1/openapi.json").await.html).unwrap();
    assert!(document["paths"]["/api/v1/acteurs"]["get"].is_object(), "{document}");
    appli.fin().await;
}
