//! Imports on both engines: real files when they are there, damaged variants made here.

use std::io::Write;
use std::path::PathBuf;

use annuaire::acteur::{self, ActeurId, Entity as Acteurs, agrement, etablissement, storage, theme, valeur};
use annuaire::import::ImportRefuse;
use annuaire::import::fichier::{Contenu, FichierRecu};
use annuaire::import::histoire::{self, etat};
use annuaire::import::preparation::{Demande, SANS_PROGRES, abandonner, annuler, appliquer, preparer};
use annuaire::import::rapport::Rapport;
use annuaire::vocabulaire::{Champ, Diffusion, EtatActeur, Famille, Origine, Reponse};
use rstest::rstest;
use sea_orm::{EntityTrait, PaginatorTrait, QueryOrder, QuerySelect};
use testkit::{Appli, Moteur};

fn recu(nom: &str, octets: impl Into<Vec<u8>>) -> FichierRecu {
    FichierRecu { nom: nom.to_owned(), contenu: Contenu::Octets(octets.into()) }
}

/// A real file, or `None` with a word when the folder is absent.
fn reel(chemin: &str) -> Option<FichierRecu> {
    let complet = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/")).join(chemin);
    if !complet.exists() {
        eprintln!("SAUTÉ : {} est absent", complet.display());
        return None;
    }
    Some(FichierRecu { nom: chemin.to_owned(), contenu: Contenu::Chemin(complet) })
}

pub(crate) async fn importer(appli: &Appli, fichiers: Vec<FichierRecu>) -> Result<Rapport, ImportRefuse> {
    let demande = Demande { fichiers, essai: false, par: None, liste_du: None };
    let prepare = preparer(&appli.instance, demande, SANS_PROGRES).await?;
    appliquer(&appli.instance, &prepare.id, None).await
}

async fn par_siren(appli: &Appli, siren: &str) -> Option<acteur::Model> {
    let tx = appli.instance.db.read().await.unwrap();
    storage::par_siren(&tx, &siren.parse().unwrap()).await.unwrap()
}

async fn nombre(appli: &Appli) -> u64 {
    let tx = appli.instance.db.read().await.unwrap();
    Acteurs::find().count(&tx).await.unwrap()
}

const ENTETE_UL: &str = "siren,statutDiffusionUniteLegale,sigleUniteLegale,identifiantAssociationUniteLegale,\
trancheEffectifsUniteLegale,dateDernierTraitementUniteLegale,etatAdministratifUniteLegale,denominationUniteLegale,\
categorieJuridiqueUniteLegale,activitePrincipaleUniteLegale,nomenclatureActivitePrincipaleUniteLegale,\
economieSocialeSolidaireUniteLegale,colonneDeDemain";
const ENTETE_ETAB: &str = "siret,statutDiffusionEtablissement,etablissementSiege,numeroVoieEtablissement,\
typeVoieEtablissement,libelleVoieEtablissement,codePostalEtablissement,codeCommuneEtablissement,\
etatAdministratifEtablissement,enseigne1Etablissement,activitePrincipaleEtablissement,\
nomenclatureActivitePrincipaleEtablissement";

/// SIREN and SIRET with a right key, for invented bodies.
fn siren(rang: u32) -> String {
    annuaire::generateur::siren(rang)
}

fn siret(rang: u32, nic: u32) -> String {
    annuaire::generateur::siret(rang, nic)
}

fn unites(lignes: &[String]) -> FichierRecu {
    recu("StockUniteLegale.csv", format!("{ENTETE_UL}\n{}\n", lignes.join("\n")))
}

fn etablissements(lignes: &[String]) -> FichierRecu {
    recu("StockEtablissement.csv", format!("{ENTETE_ETAB}\n{}\n", lignes.join("\n")))
}

fn unite(rang: u32, nom: &str, categorie: &str, ess: &str) -> String {
    format!("{},O,,W542000001,11,2026-10-01T10:00:00,A,{nom},{categorie},47.79Z,NAFRev2,{ess},x", siren(rang))
}

fn etablissement(rang: u32, commune: &str, etat: &str) -> String {
    format!("{},O,true,8,RUE,DU LAVOIR,54200,{commune},{etat},LA RESSOURCERIE,47.79Z,NAFRev2", siret(rang, 1))
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn sirene_garde_les_acteurs_du_territoire(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let ul = unites(&[
        unite(1, "RESSOURCERIE D'EXEMPLE", "9220", "O"),
        unite(2, "ASSOCIATION SANS INDICATION", "9220", ""),
        unite(3, "SAS SANS INDICATION", "5710", ""),
        unite(4, "SAS SOLIDAIRE", "5710", "O"),
        unite(5, "ASSOCIATION D'AILLEURS", "9220", "O"),
        unite(6, "DUPONT JEAN", "1000", ""),
        unite(7, "COMMUNE", "7210", ""),
    ]);
    let etabs = etablissements(&[
        etablissement(1, "54528", "A"),
        etablissement(2, "54528", "A"),
        etablissement(3, "54528", "A"),
        etablissement(4, "54528", "A"),
        etablissement(5, "57463", "A"),
        etablissement(6, "54528", "A"),
        etablissement(7, "54528", "A"),
    ]);
    let rapport = importer(&appli, vec![ul.clone(), etabs.clone()]).await.unwrap();
    assert_eq!((rapport.lues, rapport.gardes, rapport.nouveaux, rapport.refusees), (14, 3, 3, 0), "{rapport:?}");
    assert_eq!((rapport.ailleurs, rapport.hors_champ), (2, 3), "{rapport:?}");
    let ressourcerie = par_siren(&appli, &siren(1)).await.unwrap();
    assert_eq!((ressourcerie.famille, ressourcerie.etat), (Famille::Association, EtatActeur::Actif));
    assert_eq!((ressourcerie.ess_loi, ressourcerie.ess_stat), (Reponse::Oui, Reponse::Oui));
    assert_eq!(ressourcerie.commune.as_ref().unwrap().as_str(), "54528");
    assert_eq!(par_siren(&appli, &siren(2)).await.unwrap().ess_loi, Reponse::Inconnu);
    assert!(par_siren(&appli, &siren(3)).await.is_none(), "une SAS sans indication n’entre pas");
    let sas = par_siren(&appli, &siren(4)).await.unwrap();
    assert_eq!((sas.ess_loi, sas.ess_stat), (Reponse::Oui, Reponse::Non));
    let tx = appli.instance.db.read().await.unwrap();
    let lieux = storage::etablissements(&tx, &ressourcerie.id).await.unwrap();
    assert_eq!(lieux.len(), 1);
    assert_eq!(lieux[0].adresse.as_deref(), Some("8 RUE DU LAVOIR"));
    let themes: Vec<theme::Model> = storage::themes(&tx, &ressourcerie.id).await.unwrap();
    assert_eq!((themes[0].theme.as_str(), themes[0].origine), ("reemploi", Origine::Naf));
    let valeurs: Vec<valeur::Model> = storage::valeurs(&tx, &ressourcerie.id).await.unwrap();
    let naf = valeurs.iter().find(|v| v.champ == Champ::Naf).unwrap();
    assert_eq!((naf.valeur.as_str(), naf.source), ("47.79Z", Origine::Sirene));
    assert_eq!(naf.source_du.unwrap().to_string(), "2026-10-01");
    drop(tx);

    let encore = importer(&appli, vec![ul, etabs]).await.unwrap();
    assert!(encore.sans_changement(), "{encore:?}");
    assert_eq!((encore.gardes, encore.inchanges), (3, 3));
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn ce_qui_change_garde_sa_trace(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let lieu = etablissements(&[etablissement(1, "54528", "A")]);
    importer(&appli, vec![unites(&[unite(1, "ANCIEN NOM", "9220", "")]), lieu.clone()]).await.unwrap();
    let avant = par_siren(&appli, &siren(1)).await.unwrap();
    let renomme = unite(1, "NOUVEAU NOM", "9220", "O").replace("2026-10-01", "2026-11-01");
    let rapport = importer(&appli, vec![unites(&[renomme]), lieu.clone()]).await.unwrap();
    assert_eq!((rapport.nouveaux, rapport.changes, rapport.modifiees), (0, 1, 2), "{rapport:?}");
    let difference = rapport.differences.iter().find(|d| d.champ == "Nom").unwrap();
    assert_eq!((difference.avant.as_str(), difference.apres.as_str()), ("ANCIEN NOM", "NOUVEAU NOM"));
    let apres = par_siren(&appli, &siren(1)).await.unwrap();
    assert_eq!((apres.nom.as_str(), apres.ess_loi, apres.version), ("NOUVEAU NOM", Reponse::Oui, avant.version + 1));
    assert_eq!(apres.reference, avant.reference);
    let tx = appli.instance.db.read().await.unwrap();
    let valeurs = storage::valeurs(&tx, &apres.id).await.unwrap();
    let noms: Vec<(&str, bool)> =
        valeurs.iter().filter(|v| v.champ == Champ::Nom).map(|v| (v.valeur.as_str(), v.courante)).collect();
    assert_eq!(noms, [("NOUVEAU NOM", true), ("ANCIEN NOM", false)]);
    drop(tx);
    // An older stock file does not bring the past back.
    let vieux = importer(&appli, vec![unites(&[unite(1, "ANCIEN NOM", "9220", "")]), lieu]).await.unwrap();
    assert!(vieux.sans_changement(), "{vieux:?}");
    // The place closes: the actor leaves the list, and comes back when it opens again.
    let ferme = etablissements(&[etablissement(1, "54528", "F")]);
    importer(&appli, vec![ferme]).await.unwrap();
    assert_eq!(par_siren(&appli, &siren(1)).await.unwrap().etat, EtatActeur::Cesse);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_diffusion_partielle_est_respectee(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let partielle = unite(1, "ASSOCIATION DISCRETE", "9220", "O").replacen(",O,", ",P,", 1);
    let masquee = unite(2, "[ND]", "9220", "O").replacen(",O,", ",P,", 1);
    let lieux = etablissements(&[etablissement(1, "54528", "A"), etablissement(2, "54528", "A")]);
    let rapport = importer(&appli, vec![unites(&[partielle, masquee]), lieux]).await.unwrap();
    assert_eq!(rapport.nouveaux, 1, "un nom masqué n’entre pas : {rapport:?}");
    let acteur = par_siren(&appli, &siren(1)).await.unwrap();
    assert_eq!(acteur.diffusion, Diffusion::Partielle);
    let tx = appli.instance.db.read().await.unwrap();
    let lieux: Vec<etablissement::Model> = storage::etablissements(&tx, &acteur.id).await.unwrap();
    assert_eq!((lieux[0].adresse.as_deref(), lieux[0].enseigne.as_deref()), (None, None));
    drop(tx);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_essai_ne_change_rien_puis_s_applique_ou_cede(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let instance = &appli.instance;
    let fichiers =
        |nom: &str| vec![unites(&[unite(1, nom, "9220", "O")]), etablissements(&[etablissement(1, "54528", "A")])];
    let demande = |nom: &str| Demande { fichiers: fichiers(nom), essai: true, par: None, liste_du: None };
    let essai = preparer(instance, demande("UN"), SANS_PROGRES).await.unwrap();
    assert_eq!((essai.rapport.nouveaux, nombre(&appli).await), (1, 0));
    assert!(abandonner(instance, &essai.id).await.unwrap());
    assert!(matches!(appliquer(instance, &essai.id, None).await, Err(ImportRefuse::PlusEnAttente)));
    assert_eq!(nombre(&appli).await, 0);

    // Two tries of the same actor: the first applied wins, the second must be asked again, whole.
    let premier = preparer(instance, demande("UN"), SANS_PROGRES).await.unwrap();
    let second = preparer(instance, demande("UN"), SANS_PROGRES).await.unwrap();
    appliquer(instance, &premier.id, None).await.unwrap();
    assert!(matches!(appliquer(instance, &second.id, None).await, Err(ImportRefuse::Conflit)));
    assert_eq!(nombre(&appli).await, 1);

    // Somebody changes the actor between the try and its application.
    let renomme = unite(1, "DEUX", "9220", "O").replace("2026-10-01", "2026-11-01");
    let fichiers = vec![unites(&[renomme]), etablissements(&[etablissement(1, "54528", "A")])];
    let demande = Demande { fichiers, essai: true, par: None, liste_du: None };
    let essai = preparer(instance, demande, SANS_PROGRES).await.unwrap();
    let acteur = par_siren(&appli, &siren(1)).await.unwrap();
    let tx = instance.db.begin().await.unwrap();
    assert!(storage::enregistrer(&tx, &acteur).await.unwrap());
    tx.commit().await.unwrap();
    assert!(matches!(appliquer(instance, &essai.id, None).await, Err(ImportRefuse::Conflit)));
    let inchange = par_siren(&appli, &siren(1)).await.unwrap();
    assert_eq!((inchange.nom.as_str(), inchange.version), ("UN", acteur.version + 1), "rien à moitié");
    let tx = instance.db.read().await.unwrap();
    let etats: Vec<String> = histoire::derniers(&tx, 10).await.unwrap().into_iter().map(|i| i.etat).collect();
    assert!(etats.contains(&etat::ABANDONNE.to_owned()) && etats.contains(&etat::APPLIQUE.to_owned()), "{etats:?}");
    drop(tx);
    appli.fin().await;
}

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

/// The real list of 2020: the 54 has public bodies in it, which are not ESS.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_liste_reelle_des_siae(#[case] moteur: Moteur) {
    let Some(liste) = reel("siae/siae-liste.csv") else { return };
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let rapport = importer(&appli, vec![liste.clone()]).await.unwrap();
    assert_eq!(rapport.lues, 3_367, "{}", rapport.en_texte());
    assert_eq!(rapport.refusees, 0, "{}", rapport.en_texte());
    assert_eq!(rapport.lues - rapport.ailleurs, 65, "65 lignes dans le 54");
    assert_eq!(rapport.nouveaux, 64, "une entreprise y a deux établissements");
    let communaute = par_siren(&appli, "200041515").await.unwrap();
    assert_eq!((communaute.famille, communaute.ess_loi), (Famille::Public, Reponse::Non));
    let publics = {
        let tx = appli.instance.db.read().await.unwrap();
        Acteurs::find().all(&tx).await.unwrap().iter().filter(|a| a.ess_loi == Reponse::Non).count()
    };
    assert_eq!(publics, 11, "communes, communautés de communes et CCAS");
    assert!(importer(&appli, vec![liste]).await.unwrap().sans_changement());
    appli.fin().await;
}

/// The real rows of Sirene: the Somme, by establishments then legal units, whatever the year of the layout.
#[tokio::test]
async fn les_extraits_reels_de_sirene() {
    let (Some(ul), Some(etabs), Some(ess)) = (
        reel("sirene/StockUniteLegale_extrait_2022-04.csv"),
        reel("sirene/StockEtablissement_extrait_2024-04.csv"),
        reel("sirene/unites-legales-ess-2026.csv"),
    ) else {
        return;
    };
    for departement in ["80", "04", "44"] {
        let appli = Appli::pour(departement, Moteur::Sqlite, vec![annuaire::feature()], false).await;
        let rapport = importer(&appli, vec![ul.clone(), etabs.clone()]).await.unwrap();
        assert_eq!(rapport.lues, 526 + 79, "{}", rapport.en_texte());
        assert_eq!(rapport.refusees, 0, "{}", rapport.en_texte());
        assert!(importer(&appli, vec![ul.clone(), etabs.clone()]).await.unwrap().sans_changement());
        // The legal units of 2026 alone: known actors only, unknown columns accepted.
        let rapport = importer(&appli, vec![ess.clone()]).await.unwrap();
        assert_eq!((rapport.lues, rapport.nouveaux, rapport.refusees), (2_190, 0, 0), "{}", rapport.en_texte());
        assert_eq!(rapport.avertissements.len(), 1);
        appli.fin().await;
    }
}

/// The list of ESS France, made of the real row.
#[tokio::test]
async fn la_ligne_reelle_d_ess_france() {
    let Some(json) = reel("associations/api-tabulaire-liste-ess.json") else { return };
    let Contenu::Chemin(chemin) = json.contenu else { unreachable!() };
    let valeur: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(chemin).unwrap()).unwrap();
    let ligne = valeur["data"][0].as_object().unwrap();
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(ligne.keys()).unwrap();
    csv.write_record(ligne.values().map(|v| v.as_str().unwrap())).unwrap();
    let appli = Appli::pour("75", Moteur::Sqlite, vec![annuaire::feature()], false).await;
    let rapport = importer(&appli, vec![recu("ess-france.csv", csv.into_inner().unwrap())]).await.unwrap();
    assert_eq!((rapport.nouveaux, rapport.refusees), (1, 0), "{}", rapport.en_texte());
    assert_eq!(par_siren(&appli, "800329849").await.unwrap().ess_loi, Reponse::Oui);
    appli.fin().await;
}

/// The other files of associations are not read by the directory, and say so.
#[tokio::test]
async fn les_fichiers_reels_d_associations_sont_refuses_avec_leur_raison() {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    for chemin in [
        "associations/tiers-lieux-numeriques-2023.csv",
        "siae/conventions-asp.csv",
        "siae/secteurs.csv",
        "sirene/dessin-StockUniteLegale.csv",
    ] {
        let Some(fichier) = reel(chemin) else { continue };
        let erreur = importer(&appli, vec![fichier]).await.unwrap_err().to_string();
        assert!(erreur.contains("RNA") || erreur.contains("n’est pas reconnu"), "{chemin} : {erreur}");
    }
    appli.fin().await;
}

/// Every row of the directory, but for versions.
async fn tout(appli: &Appli) -> Vec<String> {
    let tx = appli.instance.db.read().await.unwrap();
    let acteurs = Acteurs::find().order_by_asc(acteur::Column::Id).all(&tx).await.unwrap();
    let mut lignes: Vec<String> = acteurs
        .into_iter()
        .map(|a| format!("{:?}", acteur::Model { version: 0, modifie_le: platform::Instant(0), ..a }))
        .collect();
    for id in Acteurs::find().select_only().column(acteur::Column::Id).into_tuple::<ActeurId>().all(&tx).await.unwrap()
    {
        lignes.extend(storage::etablissements(&tx, &id).await.unwrap().iter().map(|e| format!("{e:?}")));
        lignes.extend(storage::agrements(&tx, &id).await.unwrap().iter().map(|a| format!("{a:?}")));
        lignes.extend(storage::themes(&tx, &id).await.unwrap().iter().map(|t| format!("{t:?}")));
        lignes.extend(storage::valeurs(&tx, &id).await.unwrap().iter().map(|v| format!("{v:?}")));
    }
    lignes
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn le_dernier_import_se_defait_et_rien_d_autre(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let premier = [unites(&[unite(1, "A", "9220", "O")]), etablissements(&[etablissement(1, "54528", "A")])];
    importer(&appli, premier.to_vec()).await.unwrap();
    let avant = tout(&appli).await;
    appli.horloge.avancer(60);

    // Renamed, moved from one commune to another; a new one.
    let plus_tard = |ligne: String| ligne.replace("2026-10-01", "2026-11-01");
    let second = [
        unites(&[plus_tard(unite(1, "A RENOMMEE", "9220", "O")), plus_tard(unite(2, "B", "9220", "O"))]),
        etablissements(&[
            etablissement(1, "54528", "F"),
            etablissement(1, "54395", "A").replace(&siret(1, 1), &siret(1, 2)),
            etablissement(2, "54129", "A"),
        ]),
    ];
    importer(&appli, second.to_vec()).await.unwrap();
    let apres = tout(&appli).await;
    assert_ne!(avant, apres);
    assert_eq!((nombre(&appli).await, par_siren(&appli, &siren(1)).await.unwrap().nom.as_str()), (2, "A RENOMMEE"));

    let tx = appli.instance.db.read().await.unwrap();
    let imports = histoire::derniers(&tx, 10).await.unwrap();
    drop(tx);
    let (dernier, ancien) = (&imports[0].id, &imports[1].id);
    let refus = annuler(&appli.instance, ancien, None).await.unwrap_err();
    assert!(matches!(refus, ImportRefuse::PasLeDernier), "{refus}");
    assert_eq!(tout(&appli).await, apres, "refused: nothing moved");

    let version = par_siren(&appli, &siren(1)).await.unwrap().version;
    annuler(&appli.instance, dernier, None).await.unwrap();
    assert_eq!(tout(&appli).await, avant);
    assert!(par_siren(&appli, &siren(1)).await.unwrap().version > version, "who read the page of before is told");
    let refus = annuler(&appli.instance, dernier, None).await.unwrap_err();
    assert!(matches!(refus, ImportRefuse::PasLeDernier), "once: {refus}");
    let refus = annuler(&appli.instance, ancien, None).await.unwrap_err();
    assert!(matches!(refus, ImportRefuse::PasLeDernier), "what the one before replaced is kept no more: {refus}");
    assert_eq!(tout(&appli).await, avant);
    appli.horloge.avancer(60);
    // The same files enter again; a page changed since forbids the undoing, by its name, and loses nothing.
    importer(&appli, second.to_vec()).await.unwrap();
    assert_eq!(nombre(&appli).await, 2);
    let change = par_siren(&appli, &siren(2)).await.unwrap();
    let tx = appli.instance.db.begin().await.unwrap();
    assert!(storage::enregistrer(&tx, &change).await.unwrap());
    tx.commit().await.unwrap();
    let tx = appli.instance.db.read().await.unwrap();
    let dernier = histoire::defaisable(&tx).await.unwrap().unwrap();
    drop(tx);
    let apres = tout(&appli).await;
    let refus = annuler(&appli.instance, &dernier, None).await.unwrap_err();
    assert!(refus.to_string().contains("ces fiches ont changé depuis. B"), "{refus}");
    assert_eq!(tout(&appli).await, apres);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_acteur_entre_quand_l_annuaire_le_montre(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let fichiers = |noms: [&str; 2], du: &str| {
        let lignes = [unite(1, noms[0], "9220", "O"), unite(2, noms[1], "9220", "O")];
        let lignes = lignes.map(|ligne| ligne.replace("2026-10-01", du));
        vec![unites(&lignes), etablissements(&[etablissement(1, "54528", "A"), etablissement(2, "54528", "A")])]
    };
    let demande = |fichiers| Demande { fichiers, essai: false, par: None, liste_du: None };
    let lu_le = appli.instance.clock.instant();
    let prepare = preparer(&appli.instance, demande(fichiers(["A", "B"], "2026-10-01")), SANS_PROGRES).await.unwrap();
    appli.horloge.avancer(7_200);
    appliquer(&appli.instance, &prepare.id, None).await.unwrap();
    let entre = par_siren(&appli, &siren(1)).await.unwrap();
    assert!(entre.cree_le >= lu_le.plus_seconds(7_200), "read before, shown now");
    assert_eq!(entre.cree_le, entre.modifie_le);

    let second = fichiers(["A RENOMMEE", "B"], "2026-11-01");
    let prepare = preparer(&appli.instance, demande(second), SANS_PROGRES).await.unwrap();
    appli.horloge.avancer(7_200);
    appliquer(&appli.instance, &prepare.id, None).await.unwrap();
    let change = par_siren(&appli, &siren(1)).await.unwrap();
    assert!(change.cree_le == entre.cree_le && change.modifie_le >= entre.modifie_le.plus_seconds(7_200));
    appli.horloge.avancer(60);
    annuler(&appli.instance, &prepare.id, None).await.unwrap();
    let defait = par_siren(&appli, &siren(1)).await.unwrap();
    assert_eq!((defait.nom.as_str(), defait.cree_le), ("A", entre.cree_le));
    assert!(defait.modifie_le >= change.modifie_le.plus_seconds(60), "undone: a change too");
    appli.fin().await;
}

/// The list of insertion bodies with another date, without some of its rows.
pub(crate) fn liste_de(annee: &str, sans: &[&str]) -> FichierRecu {
    let texte = String::from_utf8(include_bytes!("../../../../demonstration/54/siae-2020.csv").to_vec()).unwrap();
    let lignes: Vec<&str> = texte.lines().filter(|ligne| !sans.iter().any(|siren| ligne.contains(siren))).collect();
    recu("siae.csv", lignes.join("\n").replace("2020-", &format!("{annee}-")))
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_liste_plus_recente_marque_ceux_qui_n_y_sont_plus(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    importer(&appli, vec![liste_de("2020", &[])]).await.unwrap();
    let tx = appli.instance.db.read().await.unwrap();
    let premier = Acteurs::find().order_by_asc(acteur::Column::NomTri).one(&tx).await.unwrap().unwrap();
    drop(tx);
    let siren = premier.siren.clone().unwrap();

    let rapport = importer(&appli, vec![liste_de("2026", &[siren.as_str()])]).await.unwrap();
    assert_eq!(rapport.disparus, 1, "{rapport:?}");
    let tx = appli.instance.db.read().await.unwrap();
    let apres = storage::par_siren(&tx, &siren).await.unwrap().unwrap();
    assert_eq!(apres.etat, EtatActeur::Actif, "gone from a list is not closed");
    let agrements = storage::agrements(&tx, &apres.id).await.unwrap();
    assert!(!agrements.is_empty());
    for agrement in agrements {
        let libelle = agrement.libelle.unwrap();
        assert!(
            libelle.starts_with("n’est plus dans la liste du ") && libelle.ends_with("2026, à vérifier"),
            "{libelle}"
        );
        assert_eq!(agrement.au, None, "no end is invented");
    }
    drop(tx);
    // In the list again: as before. A list cut in the middle makes nobody disappear.
    let rapport = importer(&appli, vec![liste_de("2027", &[])]).await.unwrap();
    assert_eq!(rapport.disparus, 0);
    let tx = appli.instance.db.read().await.unwrap();
    assert!(storage::agrements(&tx, &premier.id).await.unwrap().iter().all(|a| a.libelle.is_none()));
    drop(tx);
    let texte = String::from_utf8(include_bytes!("../../../../demonstration/54/siae-2020.csv").to_vec()).unwrap();
    let debut: Vec<&str> = texte.lines().take(8).collect();
    let rapport = importer(&appli, vec![recu("siae.csv", debut.join("\n").replace("2020-", "2028-"))]).await.unwrap();
    assert_eq!(rapport.disparus, 0);
    assert!(rapport.avertissements.iter().any(|a| a.contains("elle semble incomplète")), "{rapport:?}");
    appli.fin().await;
}
