//! The other sources: RNA, lists with a mapping, the folder looked at every morning; and the question that each asks.

use annuaire::acteur::{self, agrement, storage};
use annuaire::generateur::{siren, siret};
use annuaire::import::depot;
use annuaire::import::fichier::{Contenu, FichierRecu};
use annuaire::import::preparation::{Demande, SANS_PROGRES, preparer};
use annuaire::import::rapport::Rapport;
use annuaire::tenue::storage::{self as tenue, Auteur};
use annuaire::vocabulaire::{Champ, EtatActeur, Origine, Reponse};
use domain::droit::Fonction;
use rstest::rstest;
use socle::organisation::Nature;
use testkit::{Appli, Moteur};

use crate::gestes::importer_du;
use crate::sirene::{Unite, lieu, lieux, recu, unite, unites};

const OCTOBRE: &str = "2026-10-01";
const RNA: &str = "id;id_ex;siret;rup_mi;gestion;date_disso;titre;titre_court;objet;siteweb;telephone;observation;position;maj_time\n";

async fn importer(appli: &Appli, fichiers: Vec<FichierRecu>) -> Rapport {
    appli.horloge.avancer(60);
    importer_du(appli, fichiers, Some("2026-11-02".parse().unwrap())).await.unwrap()
}

async fn acteur(appli: &Appli, rang: u32) -> acteur::Model {
    let tx = appli.instance.db.read().await.unwrap();
    storage::par_siren(&tx, &siren(rang).parse().unwrap()).await.unwrap().unwrap()
}

async fn valeur(appli: &Appli, rang: u32, champ: Champ, source: Origine) -> Option<(String, String)> {
    let id = acteur(appli, rang).await.id;
    let tx = appli.instance.db.read().await.unwrap();
    let valeurs = storage::valeurs(&tx, &id).await.unwrap();
    let une = valeurs.into_iter().find(|v| v.courante && v.champ == champ && v.source == source)?;
    Some((une.valeur, une.source_du.map(|du| du.to_string()).unwrap_or_default()))
}

async fn agrements(appli: &Appli, rang: u32) -> Vec<agrement::Model> {
    let id = acteur(appli, rang).await.id;
    let tx = appli.instance.db.read().await.unwrap();
    storage::agrements(&tx, &id).await.unwrap()
}

fn octobre() -> Vec<FichierRecu> {
    let associations = [
        Unite { rna: "W542000001", ..unite(1, "UNE") },
        Unite { rna: "W542000002", ..unite(2, "DEUX") },
        unite(3, "TROIS"),
    ];
    vec![unites(OCTOBRE, &associations), lieux(OCTOBRE, &[lieu(1, 1), lieu(2, 1), lieu(3, 1)])]
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn le_rna_complete_les_associations_connues(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    importer(&appli, octobre()).await;
    let rna = format!(
        "{RNA}W542000001;;;;542P;0001-01-01;UNE;U1;réemployer des objets;https://une.invalid;0600000000;_;A;2026-10-20 10:00:00\n\
         W542000002;;;;542P;2026-09-01;DEUX;_;aider;;;_;D;2026-10-20 10:00:00\n\
         W542000099;;;;542P;0001-01-01;INCONNUE;;rien;;;_;A;2026-10-20 10:00:00\n\
         542P00003;;{};;542P;0001-01-01;TROIS;;jardiner;;;W542000003;R;2012-10-20 10:00:00\n",
        siret(3, 1)
    );
    let rapport = importer(&appli, vec![recu("rna_waldec.csv", rna)]).await;
    assert_eq!((rapport.nouveaux, rapport.changes, rapport.hors_champ), (0, 3, 1), "{}", rapport.en_texte());
    assert_eq!(rapport.remarquees, 1, "dissolved for one, active for the other: said");
    let objet = valeur(&appli, 1, Champ::Objet, Origine::Rna).await.unwrap();
    assert_eq!(objet, ("réemployer des objets".to_owned(), "2026-10-20".to_owned()));
    let une = acteur(&appli, 1).await;
    assert_eq!((une.sigle.as_deref(), une.site.as_deref()), (Some("U1"), Some("https://une.invalid")));
    assert_eq!(une.telephone, None, "a personal telephone is never read");
    assert_eq!(acteur(&appli, 2).await.etat, EtatActeur::Actif, "Sirene is followed on the life of a unit");
    assert_eq!(acteur(&appli, 3).await.rna.unwrap().to_string(), "W542000003", "found by its SIREN");
    appli.fin().await;
}

/// The real samples: nobody of them is known here, nothing enters.
#[tokio::test]
async fn les_extraits_reels_du_rna() {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    for nom in ["rna_sample_waldec.csv", "rna_sample_import.csv"] {
        let chemin = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/associations/");
        let chemin = std::path::PathBuf::from(chemin).join(nom);
        if !chemin.exists() {
            eprintln!("SAUTÉ : {} est absent", chemin.display());
            continue;
        }
        let rapport =
            importer(&appli, vec![FichierRecu { nom: nom.to_owned(), contenu: Contenu::Chemin(chemin) }]).await;
        assert!(rapport.lues > 0 && rapport.hors_champ == rapport.lues - rapport.refusees, "{}", rapport.en_texte());
        assert_eq!((rapport.nouveaux, rapport.changes), (0, 0));
    }
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_liste_a_correspondance_donne_des_agrements_dates(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    importer(&appli, octobre()).await;
    let esus = |fin: &str| {
        let texte = format!(
            "Liste nationale;;;;;\n\
             SIREN;Dénomination;Code postal;Commune;Date d'agrément;Date de fin d'agrément\n\
             {};UNE;54200;Toul;01/02/2024;{fin}\n\
             {};NOUVELLE SAS;54000;Nancy;01/02/2026;31/01/2031\n\
             {};D'AILLEURS;57000;Metz;01/02/2026;31/01/2031\n\
             2,43E+08;PERDUE;54000;Nancy;01/02/2026;31/01/2031\n\
             {};A L'ENVERS;54000;Nancy;01/02/2026;31/01/2020\n\
             2,43E+08;PERDUE AILLEURS;57000;Metz;01/02/2026;31/01/2031\n\
             {};SANS FIN LISIBLE;54000;Nancy;01/02/2026;#N/A\n",
            siren(1),
            siren(20),
            siren(21),
            siren(22),
            siren(23)
        );
        recu("esus.csv", texte)
    };
    let rapport = importer(&appli, vec![esus("31/01/2029")]).await;
    // A number that is lost elsewhere in France is nobody's business here.
    assert_eq!((rapport.nouveaux, rapport.changes, rapport.ailleurs), (1, 1, 2), "{}", rapport.en_texte());
    let ou: Vec<(u64, &str)> = rapport.refus.iter().map(|r| (r.ligne, r.motif.as_str())).collect();
    assert_eq!((ou.len(), ou[0].0, ou[1], ou[2].0), (3, 6, (7, "la fin est avant le début"), 9), "{ou:?}");
    let agrement = agrements(&appli, 1).await.remove(0);
    assert_eq!((agrement.genre.as_str(), agrement.source.as_str()), ("esus", "esus"));
    assert_eq!(
        (agrement.du.unwrap().to_string(), agrement.au.unwrap().to_string()),
        ("2024-02-01".to_owned(), "2029-01-31".to_owned())
    );
    assert_eq!(agrement.source_du.unwrap().to_string(), "2026-11-02", "the day that the agent gave");
    let nouvelle = acteur(&appli, 20).await;
    assert_eq!(nouvelle.ess_loi, Reponse::Oui, "an approval in force proves it: {}", nouvelle.ess_loi_motif);
    // Renewed: one approval, its new end.
    importer(&appli, vec![esus("31/01/2034")]).await;
    let renouvele = agrements(&appli, 1).await;
    assert_eq!((renouvele.len(), renouvele[0].au.unwrap().to_string()), (1, "2034-01-31".to_owned()));
    // Over: it proves nothing any more.
    let fini = format!(
        "SIREN;Dénomination;Code postal;Commune;Date de fin d'agrément\n{};NOUVELLE SAS;54000;Nancy;31/01/2026\n",
        siren(20)
    );
    importer(&appli, vec![recu("esus.csv", fini)]).await;
    assert_eq!(acteur(&appli, 20).await.ess_loi, Reponse::Inconnu);
    appli.fin().await;
}

/// Nobody imports anything: the day after its end, the approval proves nothing any more.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_agrement_qui_se_termine_ne_prouve_plus(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let jour = appli.instance.aujourd_hui();
    let liste = |fin: jiff::civil::Date| {
        let fin = fin.strftime("%d/%m/%Y");
        let texte = format!(
            "SIREN;Dénomination;Code postal;Commune;Date de fin d'agrément\n{};NOUVELLE SAS;54000;Nancy;{fin}\n",
            siren(20)
        );
        recu("esus.csv", texte)
    };
    importer(&appli, vec![liste(jour)]).await;
    assert_eq!(acteur(&appli, 20).await.ess_loi, Reponse::Oui, "its last day still holds");
    appli.le_lendemain().await;
    let apres = acteur(&appli, 20).await;
    assert_eq!(apres.ess_loi, Reponse::Inconnu, "{}", apres.ess_loi_motif);
    assert!(valeur(&appli, 20, Champ::PreuveEss, Origine::Esus).await.is_none_or(|(dite, _)| dite.is_empty()));
    // Renewed: it proves again.
    let demain = appli.instance.aujourd_hui().tomorrow().unwrap();
    importer(&appli, vec![liste(demain)]).await;
    assert_eq!(acteur(&appli, 20).await.ess_loi, Reponse::Oui);
    appli.fin().await;
}

#[tokio::test]
async fn un_agent_envoie_sa_correspondance_et_un_classeur() {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    let carte = "id = 'notre-chambre'\nnom = 'Notre chambre'\nsource = 'Courriel du 2 novembre 2026'\norigine = 'cress'\n\
                 reconnait = ['Numéro', 'Structure', 'Code Insee']\n[colonnes]\nsiret = ['Numéro']\nnom = ['Structure']\n\
                 code_commune = ['Code Insee']\nsite = ['Web']\n";
    let mut feuille = documents::export::Feuille::nouvelle(
        "Adhérents".to_owned(),
        ["Numéro", "Structure", "Code Insee", "Web"].map(|nom| (nom, documents::export::Genre::Texte)),
    );
    let numero = siret(1, 1);
    feuille.ajouter([numero.as_str().into(), "La Recyclerie".into(), "54528".into(), "https://r.invalid".into()]);
    let octets = feuille.ecrire(documents::export::Format::Xlsx).unwrap();
    // Without its mapping the workbook is not known; with it, whatever the order.
    let demande = |fichiers| Demande { fichiers, essai: true, par: None, liste_du: None };
    let classeur = || recu("adherents.xlsx", octets.clone());
    assert!(preparer(&appli.instance, demande(vec![classeur()]), SANS_PROGRES).await.is_err());
    let rapport = importer(&appli, vec![classeur(), recu("chambre.toml", carte)]).await;
    assert_eq!((rapport.nouveaux, rapport.refusees), (1, 0), "{}", rapport.en_texte());
    assert_eq!(acteur(&appli, 1).await.site.as_deref(), Some("https://r.invalid"));
    // A mapping that is wrong says where.
    let faux = carte.replace("siret =", "sirett =");
    let erreur = preparer(&appli.instance, demande(vec![classeur(), recu("chambre.toml", faux)]), SANS_PROGRES).await;
    let erreur = erreur.unwrap_err().to_string();
    assert!(erreur.contains("chambre.toml, ligne"), "{erreur}");
    let seule = preparer(&appli.instance, demande(vec![recu("chambre.toml", carte)]), SANS_PROGRES).await;
    assert!(seule.unwrap_err().to_string().contains("envoyez les deux"));
    appli.fin().await;
}

/// What a person said is never wiped: each source asks.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn chaque_source_pose_la_question_et_n_efface_rien(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    importer(&appli, octobre()).await;
    let avant = acteur(&appli, 1).await;
    let tx = appli.instance.db.begin().await.unwrap();
    let auteur = Auteur { source: Origine::Acteur, personne: None };
    let dits = [
        (Champ::Nom, "La bonne enseigne".to_owned()),
        (Champ::Site, "https://la-bonne.invalid".to_owned()),
        (Champ::Sigle, "LBE".to_owned()),
    ];
    tenue::dire(&tx, &appli.instance, &avant.id, auteur, &dits).await.unwrap();
    assert!(tenue::reprojeter(&tx, &appli.instance, avant.clone()).await.unwrap());
    tx.commit().await.unwrap();
    let (un, numero) = (siren(1), siret(1, 1));
    importer(&appli, vec![unites("2026-11-01", &[unite(1, "DIT SIRENE")])]).await;
    importer(&appli, vec![recu("rna.csv", format!("{RNA}x;;{numero};;;;;DIT RNA;;;;;A;2026-11-01 10:00:00\n"))]).await;
    let siae = format!("siret,kind,nom,code_postal,commune,maj_le\n{numero},EI,DIT SIAE,54200,Toul,2026-11-01\n");
    importer(&appli, vec![recu("siae.csv", siae)]).await;
    let esus =
        format!("SIREN;Nom;Code postal;Commune;Fin d'agrément;Date de fin d’agrément\n{un};DIT ESUS;54200;Toul;;\n");
    importer(&appli, vec![recu("esus.csv", esus)]).await;
    let cress = format!(
        "SIRET;Nom de la structure;Code postal;Commune;Site internet\n{numero};DIT CRESS;54200;Toul;https://x.invalid\n"
    );
    importer(&appli, vec![recu("cress.csv", cress)]).await;
    let ess = format!(
        "SIREN,Nom ou raison sociale de l'entreprise,Code postal,Libellé de la commune de l'établissement\n{un},DIT ESS FRANCE,54200,Toul\n"
    );
    importer(&appli, vec![recu("ess.csv", ess)]).await;
    let apres = acteur(&appli, 1).await;
    assert_eq!((apres.nom.as_str(), apres.sigle.as_deref()), ("La bonne enseigne", Some("LBE")));
    assert_eq!(apres.site.as_deref(), Some("https://la-bonne.invalid"));
    let tx = appli.instance.db.read().await.unwrap();
    let questions = tenue::questions(&tx).await.unwrap();
    drop(tx);
    for source in [Origine::Sirene, Origine::Rna, Origine::Siae, Origine::Esus, Origine::Cress, Origine::EssFrance] {
        assert!(questions.iter().any(|q| q.proposee_source == source), "{source} asks: {questions:?}");
    }
    // The next month says the same again: the question already answered is not asked anew.
    let posees = questions.len();
    importer(&appli, vec![unites("2026-11-15", &[unite(1, "DIT SIRENE")])]).await;
    let tx = appli.instance.db.read().await.unwrap();
    assert_eq!(tenue::questions(&tx).await.unwrap().len(), posees);
    drop(tx);
    appli.fin().await;
}

fn deposer(appli: &Appli, fichier: &FichierRecu) {
    let dossier = depot::dossier(&appli.instance);
    std::fs::create_dir_all(&dossier).unwrap();
    let Contenu::Octets(octets) = &fichier.contenu else { unreachable!() };
    std::fs::write(dossier.join(&fichier.nom), octets).unwrap();
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn chaque_mois_sans_personne(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let mandat = Some((Nature::Departement, "Département", Fonction::AgentSite));
    let (mut agent, _) = appli.connecter("agent@exemple.invalid", mandat).await;
    appli.le_lendemain().await;
    assert!(appli.courriels().await.is_empty(), "no folder, nothing to do");
    // The first import waits for somebody.
    octobre().iter().for_each(|fichier| deposer(&appli, fichier));
    deposer(&appli, &recu("StockUniteLegale.csv.part", "half"));
    appli.le_lendemain().await;
    let courriels = appli.courriels().await;
    assert_eq!(courriels.len(), 1);
    let texte = courriels[0].texte();
    assert!(texte.contains("C’est le premier import") && texte.contains("Nouveaux : 3"), "{texte}");
    let chemin = texte.split("http://terreau.test").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let page = agent.ouvrir(&chemin).await;
    page.exiger("Attend votre accord");
    agent.envoyer(&page, &chemin, &[("acte", "appliquer")]).await.exiger("Enregistré dans l’annuaire");
    let dossier = depot::dossier(&appli.instance);
    assert!(
        dossier.join("lus/StockUniteLegale_utf8.csv").exists() && dossier.join("StockUniteLegale.csv.part").exists()
    );
    // The next month enters alone; the day after, nothing is read again.
    deposer(&appli, &unites("2026-11-01", &[unite(1, "UNE AUTREMENT")]));
    appli.le_lendemain().await;
    assert_eq!(acteur(&appli, 1).await.nom, "UNE AUTREMENT");
    let courriels = appli.courriels().await;
    assert_eq!(courriels.len(), 2);
    assert!(courriels[1].sujet().contains("est enregistré"), "{}", courriels[1].sujet());
    appli.le_lendemain().await;
    assert_eq!(appli.courriels().await.len(), 2);
    // A file that cannot be read is put aside, with its reason in the mail; nothing is kept.
    deposer(&appli, &recu("n-importe-quoi.csv", "a,b\n1,2\n"));
    appli.le_lendemain().await;
    let courriels = appli.courriels().await;
    assert!(courriels[2].texte().contains("n’est pas reconnu"), "{}", courriels[2].texte());
    assert!(dossier.join("refuses/n-importe-quoi.csv").exists());
    appli.fin().await;
}

/// A row that its source never mends is admitted once, not every month.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_refus_deja_admis_n_arrete_plus_les_imports(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let mandat = Some((Nature::Departement, "Département", Fonction::AgentSite));
    let (mut agent, _) = appli.connecter("agent@exemple.invalid", mandat).await;
    let liste = |jour: &str, kind: &str, perdus: &[&str]| {
        let mut texte =
            format!("siret,kind,nom,code_postal,commune,maj_le\n{},{kind},UNE,54200,Toul,{jour}\n", siret(1, 1));
        perdus.iter().for_each(|perdu| texte += &format!("{perdu},EI,PERDUE,54200,Toul,{jour}\n"));
        recu("siae.csv", texte)
    };
    deposer(&appli, &liste("2026-10-01", "EI", &["\"2,43E+13\""]));
    appli.le_lendemain().await;
    let courriel = appli.courriels().await.remove(0);
    let chemin =
        courriel.texte().split("http://terreau.test").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let page = agent.ouvrir(&chemin).await;
    agent.envoyer(&page, &chemin, &[("acte", "appliquer")]).await.exiger("Enregistré dans l’annuaire");
    // The same row, refused again: the rest enters alone. The month after too.
    for (jour, kind) in [("2026-10-20", "ACI"), ("2026-11-01", "AI")] {
        deposer(&appli, &liste(jour, kind, &["\"2,43E+13\""]));
        appli.le_lendemain().await;
        let courriel = appli.courriels().await.pop().unwrap();
        assert!(courriel.sujet().contains("est enregistré"), "{} : {}", courriel.sujet(), courriel.texte());
        assert!(courriel.texte().contains("1, dont 1 déjà admises"), "{}", courriel.texte());
    }
    assert_eq!(agrements(&appli, 1).await.len(), 3);
    // Another one: an agent looks.
    deposer(&appli, &liste("2026-11-02", "EI", &["\"2,43E+13\"", "\"2,44E+13\""]));
    appli.le_lendemain().await;
    let courriel = appli.courriels().await.pop().unwrap();
    assert!(courriel.texte().contains("2, dont 1 déjà admises"), "{}", courriel.texte());
    appli.fin().await;
}
