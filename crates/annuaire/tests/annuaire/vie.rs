//! The life of actors as Sirene tells it, month after month: closed, open again, moved, gone, taken over, hidden.

use std::io::Write;

use annuaire::acteur::{self, etablissement, storage, valeur};
use annuaire::generateur::{siren, siret};
use annuaire::import::fichier::FichierRecu;
use annuaire::import::histoire;
use annuaire::import::preparation::annuler;
use annuaire::import::rapport::Rapport;
use annuaire::vocabulaire::{Champ, Diffusion, EtatActeur, Origine};
use domain::droit::Fonction;
use rstest::rstest;
use sea_orm::{EntityTrait, PaginatorTrait};
use socle::mandat::{self, Verification};
use socle::organisation::{self, Nature};
use testkit::{Appli, Moteur};

use crate::gestes::importer_du;
use crate::sirene::{Lieu, Unite, liens, lieu, lieux, recu, unite, unites};

const OCTOBRE: &str = "2026-10-01";
const NOVEMBRE: &str = "2026-11-01";

async fn importer(appli: &Appli, fichiers: Vec<FichierRecu>) -> Rapport {
    appli.horloge.avancer(60);
    importer_du(appli, fichiers, None).await.unwrap()
}

async fn defaire(appli: &Appli) {
    appli.horloge.avancer(60);
    let tx = appli.instance.db.read().await.unwrap();
    let dernier = histoire::defaisable(&tx).await.unwrap().unwrap();
    drop(tx);
    annuler(&appli.instance, &dernier, None).await.unwrap();
}

async fn acteur(appli: &Appli, rang: u32) -> acteur::Model {
    let tx = appli.instance.db.read().await.unwrap();
    storage::par_siren(&tx, &siren(rang).parse().unwrap()).await.unwrap().unwrap()
}

async fn adresses(appli: &Appli, rang: u32) -> Vec<etablissement::Model> {
    let id = acteur(appli, rang).await.id;
    let tx = appli.instance.db.read().await.unwrap();
    storage::etablissements(&tx, &id).await.unwrap()
}

async fn fait(appli: &Appli, rang: u32, champ: Champ) -> valeur::Model {
    let id = acteur(appli, rang).await.id;
    let tx = appli.instance.db.read().await.unwrap();
    let valeurs = storage::valeurs(&tx, &id).await.unwrap();
    valeurs.into_iter().find(|v| v.courante && v.champ == champ && v.source == Origine::Sirene).unwrap()
}

async fn organisations(appli: &Appli) -> u64 {
    let tx = appli.instance.db.read().await.unwrap();
    organisation::Entity::find().count(&tx).await.unwrap()
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_date_de_la_source_avance_quand_elle_redit_la_meme_chose(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let mois = |jour| vec![unites(jour, &[unite(1, "A")]), lieux(jour, &[lieu(1, 1)])];
    importer(&appli, mois(OCTOBRE)).await;
    let avant = acteur(&appli, 1).await;
    let nom = fait(&appli, 1, Champ::Nom).await;
    assert_eq!(nom.source_du.unwrap().to_string(), OCTOBRE);

    let rapport = importer(&appli, mois(NOVEMBRE)).await;
    assert_eq!((rapport.changes, rapport.inchanges, rapport.redites), (0, 1, 1), "{}", rapport.en_texte());
    assert!(!rapport.sans_changement(), "it is worth being saved: Sirene still holds this actor in November");
    let redit = fait(&appli, 1, Champ::Nom).await;
    assert_eq!(redit.source_du.unwrap().to_string(), NOVEMBRE);
    assert_eq!((redit.id, redit.recu_le), (nom.id.clone(), nom.recu_le), "the same fact: no question is asked again");
    assert_eq!(adresses(&appli, 1).await[0].source_du.unwrap().to_string(), NOVEMBRE);
    assert_eq!(acteur(&appli, 1).await.version, avant.version, "who is writing on the page is not disturbed");

    // Nothing newer, or something older: no date moves.
    assert!(importer(&appli, mois(NOVEMBRE)).await.sans_changement());
    assert!(importer(&appli, mois(OCTOBRE)).await.sans_changement());
    assert_eq!(fait(&appli, 1, Champ::Nom).await.source_du.unwrap().to_string(), NOVEMBRE);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn les_dates_se_defont_aussi(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let mois = |jour| vec![unites(jour, &[unite(1, "A")]), lieux(jour, &[lieu(1, 1)])];
    importer(&appli, mois(OCTOBRE)).await;
    importer(&appli, mois(NOVEMBRE)).await;
    defaire(&appli).await;
    assert_eq!(fait(&appli, 1, Champ::Nom).await.source_du.unwrap().to_string(), OCTOBRE);
    assert_eq!(adresses(&appli, 1).await[0].source_du.unwrap().to_string(), OCTOBRE);
    appli.fin().await;
}

#[tokio::test]
async fn un_jour_a_venir_dans_le_fichier_ne_date_rien() {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    importer(&appli, vec![unites("2099-01-01", &[unite(1, "A")]), lieux(OCTOBRE, &[lieu(1, 1)])]).await;
    assert_eq!(fait(&appli, 1, Champ::Nom).await.source_du.unwrap().to_string(), OCTOBRE);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn defaire_retire_les_organisations_que_rien_d_autre_ne_tient(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let avant = organisations(&appli).await;
    let toutes: Vec<Unite> = (1..=7).map(|rang| unite(rang, "UNE ASSOCIATION")).collect();
    let adresses: Vec<Lieu> = (1..=7).map(|rang| lieu(rang, 1)).collect();
    importer(&appli, vec![unites(OCTOBRE, &toutes), lieux(OCTOBRE, &adresses)]).await;
    assert_eq!(organisations(&appli).await, avant + 7);
    // Somebody represents the fourth one.
    let (_, personne) = appli.connecter("presidente@exemple.invalid", None).await;
    let tenue = acteur(&appli, 4).await.organisation_id;
    let (clock, ids) = (&*appli.instance.clock, &*appli.instance.ids);
    let tx = appli.instance.db.begin().await.unwrap();
    let mandat = mandat::Nouveau {
        personne,
        organisation: tenue.clone(),
        fonction: Fonction::Representant,
        du: "2026-01-01".parse().unwrap(),
        au: None,
        preuve: "test".to_owned(),
        verifie_par: Some(Verification::Preuve),
    };
    mandat::donner(&tx, clock, ids, mandat).await.unwrap();
    tx.commit().await.unwrap();
    defaire(&appli).await;
    assert_eq!(organisations(&appli).await, avant + 1, "only the one that somebody represents stays");
    let tx = appli.instance.db.read().await.unwrap();
    assert!(organisation::par_id(&tx, &tenue).await.unwrap().is_some());
    drop(tx);
    // The same files again: the one that stayed is found by its SIREN.
    importer(&appli, vec![unites(OCTOBRE, &toutes), lieux(OCTOBRE, &adresses)]).await;
    assert_eq!(acteur(&appli, 4).await.organisation_id, tenue);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn ferme_rouvert_demenage_parti_repris(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let octobre = vec![
        unites(
            OCTOBRE,
            &[
                unite(1, "ROUVERTE"),
                unite(2, "DEMENAGEE"),
                unite(3, "PARTIE"),
                unite(4, "ABSORBEE"),
                unite(5, "REPRENEUSE"),
            ],
        ),
        lieux(OCTOBRE, &[lieu(1, 1), lieu(2, 1), lieu(3, 1), lieu(4, 1), lieu(5, 1)]),
    ];
    importer(&appli, octobre).await;

    // November: the door of the first is closed; the seat of the second is at Nancy; the third went to Metz; the fifth
    // took over the fourth.
    let ferme = |rang| Lieu { etat: "F", siege: false, ..lieu(rang, 1) };
    let a_nancy = Lieu { commune: "54395", postal: "54000", nom_commune: "NANCY", ..lieu(2, 2) };
    let a_metz = Lieu { commune: "57463", postal: "57000", nom_commune: "METZ", ..lieu(3, 2) };
    importer(&appli, vec![lieux(NOVEMBRE, &[ferme(1)])]).await;
    assert_eq!(acteur(&appli, 1).await.etat, EtatActeur::Cesse, "all its doors are closed, nothing else is said");
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let cessee = Unite { etat: "C", ..unite(4, "ABSORBEE") };
    let les_unites = [unite(1, "ROUVERTE"), unite(2, "DEMENAGEE"), unite(3, "PARTIE"), cessee, unite(5, "REPRENEUSE")];
    let les_liens = liens(&[
        ((2, 1), (2, 2), "2026-10-15", true),
        ((3, 1), (3, 2), "2026-10-20", true),
        ((4, 1), (5, 1), "2026-10-31", false),
        ((900, 1), (901, 1), "2026-10-31", false),
    ]);
    for fichier in [
        unites(NOVEMBRE, &les_unites),
        lieux(NOVEMBRE, &[ferme(2), a_nancy, ferme(3), a_metz, ferme(4), lieu(5, 1)]),
        les_liens,
    ] {
        let annuaire::import::fichier::Contenu::Octets(octets) = fichier.contenu else { unreachable!() };
        zip.start_file(fichier.nom, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&octets).unwrap();
    }
    let rapport = importer(&appli, vec![recu("novembre.zip", zip.finish().unwrap().into_inner())]).await;
    assert_eq!((rapport.nouveaux, rapport.refusees, rapport.liens), (0, 0, 3), "{}", rapport.en_texte());

    let etats = [(2, EtatActeur::Actif), (3, EtatActeur::Parti), (4, EtatActeur::Cesse), (5, EtatActeur::Actif)];
    for (rang, etat) in etats {
        assert_eq!(acteur(&appli, rang).await.etat, etat, "{rang}");
    }
    let demenagee = acteur(&appli, 2).await;
    assert_eq!(demenagee.commune.as_ref().unwrap().as_str(), "54395", "one SIREN, one page, another commune");
    let lieux_connus = adresses(&appli, 2).await;
    let sieges: Vec<&str> = lieux_connus.iter().filter(|e| e.siege).filter_map(|e| e.siret.as_deref()).collect();
    assert_eq!(sieges, [siret(2, 2)], "one seat only");
    let mut visiteur = appli.navigateur();
    let page = |acteur: &acteur::Model| format!("/annuaire/{}", acteur.reference);
    visiteur.ouvrir(&page(&demenagee)).await.exiger("Le siège a déménagé le 15 octobre 2026");
    let (absorbee, repreneuse) = (acteur(&appli, 4).await, acteur(&appli, 5).await);
    let vue = visiteur.ouvrir(&page(&absorbee)).await;
    vue.exiger("l’activité est reprise depuis le 31 octobre 2026 par REPRENEUSE").exiger("a cessé");
    assert!(vue.attribut(&format!("a[href='{}']", page(&repreneuse)), "href").is_some());
    visiteur.ouvrir(&page(&repreneuse)).await.exiger("a repris le 31 octobre 2026 l’activité de ABSORBEE");
    visiteur.ouvrir(&page(&acteur(&appli, 3).await)).await.exiger("n’a plus d’adresse ouverte dans le territoire");

    let mandat = Some((Nature::Departement, "Département", Fonction::AgentSite));
    let (mut agent, _) = appli.connecter("agent@exemple.invalid", mandat).await;
    agent.ouvrir("/reglages/annuaire").await.exiger("Reprises par une autre structure").exiger("REPRENEUSE");

    // Open again, said by the establishments alone; then the whole of November again: the links are known.
    importer(&appli, vec![lieux("2026-11-15", &[lieu(1, 1), lieu(3, 3)])]).await;
    assert_eq!(acteur(&appli, 1).await.etat, EtatActeur::Actif, "its door is open again");
    assert_eq!(acteur(&appli, 3).await.etat, EtatActeur::Actif, "back in the territory, elsewhere");
    defaire(&appli).await;
    assert_eq!(acteur(&appli, 3).await.etat, EtatActeur::Parti);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_import_de_liens_seuls_se_defait(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    importer(&appli, vec![unites(OCTOBRE, &[unite(1, "A")]), lieux(OCTOBRE, &[lieu(1, 1)])]).await;
    let seuls = || vec![liens(&[((1, 1), (8, 1), "2026-10-31", false)])];
    assert_eq!(importer(&appli, seuls()).await.liens, 1);
    assert!(importer(&appli, seuls()).await.sans_changement(), "known already");
    let url = format!("/annuaire/{}", acteur(&appli, 1).await.reference);
    let mut visiteur = appli.navigateur();
    let dit = format!("l’unité de SIREN {}", siren(8));
    visiteur.ouvrir(&url).await.exiger(&dit);
    // A link is refused with its line when it cannot be read, and the others are kept.
    let abime = "siretEtablissementPredecesseur,siretEtablissementSuccesseur,dateLienSuccession,transfertSiege\n\
                 2,43E+13,x,2026-10-31,true\n";
    let rapport = importer(&appli, vec![recu("liens.csv", abime)]).await;
    assert_eq!((rapport.liens, rapport.refusees), (0, 1));
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_diffusion_change_avec_le_temps(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    importer(&appli, vec![unites(OCTOBRE, &[unite(1, "A")]), lieux(OCTOBRE, &[lieu(1, 1)])]).await;
    assert!(adresses(&appli, 1).await[0].adresse.is_some());
    // The unit alone says it, without the file of establishments: the address goes at once.
    let partielle = Unite { diffusion: "P", ..unite(1, "A") };
    importer(&appli, vec![unites(NOVEMBRE, std::slice::from_ref(&partielle))]).await;
    let (discrete, cachee) = (acteur(&appli, 1).await, adresses(&appli, 1).await.remove(0));
    assert_eq!(discrete.diffusion, Diffusion::Partielle);
    assert_eq!((cachee.adresse, cachee.enseigne, cachee.longitude), (None, None, None));
    // A list that knows no better does not bring it back.
    let siae = format!(
        "siret,kind,nom,enseigne,naf,adresse,code_postal,commune,lon,lat,maj_le\n\
         {},ACI,A,ENSEIGNE,8899B,8 rue du Lavoir,54200,Toul,5.89,48.67,2026-11-10\n",
        siret(1, 2)
    );
    importer(&appli, vec![recu("siae.csv", siae)]).await;
    for adresse in adresses(&appli, 1).await {
        assert_eq!((adresse.adresse, adresse.longitude), (None, None), "{:?}", adresse.siret);
    }
    // The unit lifts its request: the next stock says the address again.
    importer(&appli, vec![unites("2026-11-20", &[unite(1, "A")]), lieux("2026-11-20", &[lieu(1, 1)])]).await;
    assert_eq!(acteur(&appli, 1).await.diffusion, Diffusion::Totale);
    assert_eq!(adresses(&appli, 1).await[0].adresse.as_deref(), Some("8 RUE DU LAVOIR"));
    appli.fin().await;
}

/// La Poste's own control key; the "virtual" SIRET of an antenna; the code of a former commune.
#[tokio::test]
async fn les_cas_particuliers_des_numeros_et_des_communes() {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    let virtuel = format!("{}99990", siren(3));
    let siae = format!(
        "siret,kind,nom,code_postal,commune,maj_le\n35600000000048,EI,LA POSTE,54000,Nancy,2026-10-01\n\
         {virtuel},ACI,ANTENNE,54200,Toul,2026-10-01\n"
    );
    let rapport = importer(&appli, vec![recu("siae.csv", siae)]).await;
    assert_eq!((rapport.nouveaux, rapport.refusees), (2, 0), "{}", rapport.en_texte());
    // Mance merged into Val de Briey in 2017: an old file still says 54341.
    let ancienne = Lieu { commune: "54341", postal: "54150", nom_commune: "MANCE", ..lieu(2, 1) };
    importer(&appli, vec![unites(OCTOBRE, &[unite(2, "A")]), lieux(OCTOBRE, &[ancienne])]).await;
    assert_eq!(acteur(&appli, 2).await.commune.unwrap().as_str(), "54099");
    appli.fin().await;
}
