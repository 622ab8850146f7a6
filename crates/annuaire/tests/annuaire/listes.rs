//! Whole lists: who left them, which day they are of, and when a list looks too wrong to enter without anyone.

use annuaire::acteur::{Entity as Acteurs, agrement, storage};
use annuaire::generateur::{siren, siret};
use annuaire::import::depot;
use annuaire::import::fichier::{Contenu, FichierRecu};
use annuaire::import::rapport::Rapport;
use annuaire::vocabulaire::{Champ, Origine, Reponse};
use jiff::civil::Date;
use rstest::rstest;
use sea_orm::{EntityTrait, PaginatorTrait};
use testkit::{Appli, Moteur};

use crate::gestes::{agent, importer_du};
use crate::import::{liste_de, par_siren};
use crate::sirene::recu;

fn ess_france(nom: &str, rangs: &[u32]) -> FichierRecu {
    let mut texte =
        "SIREN,Nom ou raison sociale de l'entreprise,Code postal,Libellé de la commune de l'établissement\n".to_owned();
    for rang in rangs {
        texte += &format!("{},STRUCTURE {rang},54200,Toul\n", siren(*rang));
    }
    recu(nom, texte)
}

fn cress(rangs: &[u32]) -> FichierRecu {
    let mut texte = "SIRET;Nom de la structure;Code postal;Commune\n".to_owned();
    for rang in rangs {
        texte += &format!("{};STRUCTURE {rang};54200;Toul\n", siret(*rang, 1));
    }
    recu("cress.csv", texte)
}

fn esus(rangs: &[u32]) -> FichierRecu {
    let mut texte = "SIREN;Dénomination;Code postal;Commune;Date de fin d'agrément\n".to_owned();
    for rang in rangs {
        texte += &format!("{};STRUCTURE {rang};54200;Toul;31/01/2031\n", siren(*rang));
    }
    recu("esus.csv", texte)
}

async fn importer(appli: &Appli, fichier: FichierRecu, du: &str) -> Rapport {
    appli.horloge.avancer(60);
    importer_du(appli, vec![fichier], Some(du.parse::<Date>().unwrap())).await.unwrap()
}

async fn ess(appli: &Appli, rang: u32) -> Reponse {
    par_siren(appli, &siren(rang)).await.unwrap().ess_loi
}

async fn agrements(appli: &Appli, siren: &str) -> Vec<agrement::Model> {
    let id = par_siren(appli, siren).await.unwrap().id;
    let tx = appli.instance.db.read().await.unwrap();
    storage::agrements(&tx, &id).await.unwrap()
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn qui_quitte_une_liste_n_y_est_plus(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    for (liste, source) in [
        (ess_france as fn(&str, &[u32]) -> FichierRecu, "ess-france"),
        (|_: &str, rangs: &[u32]| cress(rangs), "cress"),
        (|_: &str, rangs: &[u32]| esus(rangs), "esus"),
    ] {
        let (a, b) = match source {
            "ess-france" => (1, 2),
            "cress" => (3, 4),
            _ => (5, 6),
        };
        importer(&appli, liste("liste.csv", &[a, b]), "2026-10-01").await;
        assert_eq!((ess(&appli, a).await, ess(&appli, b).await), (Reponse::Oui, Reponse::Oui), "{source}");
        let rapport = importer(&appli, liste("liste.csv", &[a]), "2026-11-01").await;
        assert_eq!(rapport.disparus, 1, "{source} : {}", rapport.en_texte());
        assert_eq!((ess(&appli, a).await, ess(&appli, b).await), (Reponse::Oui, Reponse::Inconnu), "{source}");
        // Known by that list alone: still there, still named.
        assert_eq!(par_siren(&appli, &siren(b)).await.unwrap().nom, format!("STRUCTURE {b}"));
        // An older list brings nobody back, nor anybody else.
        let avant = {
            let tx = appli.instance.db.read().await.unwrap();
            Acteurs::find().count(&tx).await.unwrap()
        };
        let vieille = importer(&appli, liste("liste.csv", &[a, b, b + 50]), "2026-10-15").await;
        assert!(vieille.avertissements.iter().any(|a| a.contains("plus ancienne")), "{}", vieille.en_texte());
        assert_eq!(ess(&appli, b).await, Reponse::Inconnu, "{source}");
        let apres = {
            let tx = appli.instance.db.read().await.unwrap();
            Acteurs::find().count(&tx).await.unwrap()
        };
        assert_eq!(avant, apres, "{source}: what a newer list no longer says is not said again");
        // In a newer one again: as before.
        importer(&appli, liste("liste.csv", &[a, b]), "2026-11-02").await;
        assert_eq!(ess(&appli, b).await, Reponse::Oui, "{source}");
    }
    // An approval that its list no longer names is to be verified.
    importer(&appli, esus(&[5]), "2026-11-03").await;
    let marque = agrements(&appli, &siren(6)).await.remove(0);
    assert_eq!(marque.libelle.as_deref(), Some("n’est plus dans la liste du 3\u{a0}novembre\u{a0}2026, à vérifier"));
    appli.fin().await;
}

/// What a list says of whom to write to enters the page; what is somebody's own does not, and the report says so without it.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_liste_apporte_l_adresse_et_les_contacts_de_la_structure(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let entete = "SIRET;Numéro RNA;Nom de la structure;Adresse;Code postal;Commune;Code NAF;Courriel;Téléphone\n";
    let liste = format!(
        "{entete}{};W543000001;LES PANIERS;3 place du Marché;54200;Toul;47.21Z;contact@paniers.invalid;03 83 00 00 00\n\
         {};;LE CAFÉ;;54200;Toul;;jeanne.martin@cafe.invalid;06 12 34 56 78\n",
        siret(11, 1),
        siret(12, 1)
    );
    let rapport = importer(&appli, recu("cress.csv", liste), "2026-10-01").await;
    let dit = rapport.en_texte();
    assert!(dit.contains("celui d’une personne") && !dit.contains("jeanne") && !dit.contains("06 12"), "{dit}");
    let paniers = par_siren(&appli, &siren(11)).await.unwrap();
    assert_eq!(paniers.courriel.as_deref(), Some("contact@paniers.invalid"));
    assert_eq!(paniers.telephone.as_deref(), Some("03 83 00 00 00"));
    assert_eq!((paniers.naf.as_deref(), paniers.rna.unwrap().as_str()), (Some("47.21Z"), "W543000001"));
    let tx = appli.instance.db.read().await.unwrap();
    let lieux = storage::etablissements(&tx, &paniers.id).await.unwrap();
    assert_eq!(lieux[0].adresse.as_deref(), Some("3 place du Marché"));
    drop(tx);
    let cafe = par_siren(&appli, &siren(12)).await.unwrap();
    assert_eq!((cafe.courriel, cafe.telephone), (None, None));

    // The next list has only the number of the association: it is the same one. Another is told what to do.
    let seuls = "SIRET;RNA;Nom de la structure;Code postal;Commune;Courriel\n\
                 ;W543000001;LES PANIERS;54200;Toul;accueil@paniers.invalid\n\
                 ;W543000009;LE COLLECTIF;54200;Toul;contact@collectif.invalid\n";
    let rapport = importer(&appli, recu("cress.csv", seuls), "2026-11-01").await;
    assert_eq!(rapport.refusees, 1, "{}", rapport.en_texte());
    assert!(rapport.en_texte().contains("Ajouter une structure"), "{}", rapport.en_texte());
    let paniers = par_siren(&appli, &siren(11)).await.unwrap();
    assert_eq!(paniers.courriel.as_deref(), Some("accueil@paniers.invalid"));
    appli.fin().await;
}

/// The seat of a known actor moves elsewhere in France: it is still in the national list.
#[tokio::test]
async fn qui_demenage_ailleurs_reste_dans_la_liste() {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![annuaire::feature()]).await;
    importer(&appli, ess_france("e.csv", &[1, 2]), "2026-10-01").await;
    let Contenu::Octets(octets) = ess_france("e.csv", &[1, 2]).contenu else { unreachable!() };
    let ailleurs = String::from_utf8(octets).unwrap().replace("STRUCTURE 2,54200,Toul", "STRUCTURE 2,57000,Metz");
    let rapport = importer(&appli, recu("e.csv", ailleurs), "2026-11-01").await;
    assert_eq!(rapport.disparus, 0, "{}", rapport.en_texte());
    assert_eq!(ess(&appli, 2).await, Reponse::Oui);
    appli.fin().await;
}

fn deposer(appli: &Appli, fichier: &FichierRecu) {
    let dossier = depot::dossier(&appli.instance);
    std::fs::create_dir_all(&dossier).unwrap();
    let Contenu::Octets(octets) = &fichier.contenu else { unreachable!() };
    std::fs::write(dossier.join(&fichier.nom), octets).unwrap();
}

/// The subject and the text of the last mail.
async fn dernier_courriel(appli: &Appli) -> String {
    appli.le_lendemain().await;
    let courriels = appli.courriels().await;
    let dernier = courriels.last().unwrap();
    format!("{}\n{}", dernier.sujet(), dernier.texte())
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn le_dossier_date_par_le_nom_ou_attend(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let _agent = agent(&appli).await;
    importer(&appli, ess_france("e.csv", &[1, 2]), "2026-10-01").await;
    deposer(&appli, &ess_france("liste-ess-2026-11-02.csv", &[1, 2, 3]));
    let texte = dernier_courriel(&appli).await;
    assert!(texte.contains("est enregistré"), "{texte}");
    let id = par_siren(&appli, &siren(3)).await.unwrap().id;
    let tx = appli.instance.db.read().await.unwrap();
    let dite = storage::valeurs(&tx, &id).await.unwrap().into_iter().find(|v| v.champ == Champ::EssFrance).unwrap();
    assert_eq!((dite.source, dite.source_du.unwrap().to_string()), (Origine::EssFrance, "2026-11-02".to_owned()));
    drop(tx);
    deposer(&appli, &ess_france("liste-ess.csv", &[1, 2, 3, 4]));
    let texte = dernier_courriel(&appli).await;
    assert!(texte.contains("attend votre accord") && texte.contains("ne dit pas sa date"), "{texte}");
    assert!(par_siren(&appli, &siren(4)).await.is_none());
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_perte_subite_et_un_fichier_d_ailleurs_attendent_un_agent(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let _agent = agent(&appli).await;
    crate::gestes::importer(&appli, vec![liste_de("2020", &[])]).await.unwrap();
    let tx = appli.instance.db.read().await.unwrap();
    let sirens: Vec<String> =
        Acteurs::find().all(&tx).await.unwrap().iter().map(|a| a.siren.as_ref().unwrap().to_string()).collect();
    drop(tx);
    let partis: Vec<&str> = sirens.iter().take(12).map(String::as_str).collect();
    deposer(&appli, &liste_de("2025", &partis));
    let texte = dernier_courriel(&appli).await;
    assert!(texte.contains("attend votre accord") && texte.contains("12 structures"), "{texte}");
    assert!(agrements(&appli, partis[0]).await.iter().all(|a| a.libelle.is_none()), "nothing is withdrawn");
    // Two leave: ordinary.
    deposer(&appli, &liste_de("2025", &partis[..2]));
    let texte = dernier_courriel(&appli).await;
    assert!(texte.contains("est enregistré"), "{texte}");
    assert!(agrements(&appli, partis[0]).await.iter().all(|a| a.libelle.is_some()));
    // Nothing of this file is here: perhaps its columns are not those that its header says.
    let metz = format!("siret,kind,nom,code_postal,commune,maj_le\n{},EI,UNE,57000,Metz,2026-01-01\n", siret(1, 1));
    deposer(&appli, &recu("siae-metz.csv", metz));
    let texte = dernier_courriel(&appli).await;
    assert!(texte.contains("attend votre accord") && texte.contains("Aucune ligne"), "{texte}");
    appli.fin().await;
}

fn conventions(lignes: &[(u32, &str, &str, &str)]) -> FichierRecu {
    let mut texte = "asp_id,kind,siret_signature,is_active,created_at,deactivated_at\n".to_owned();
    for (rang, genre, active, fin) in lignes {
        texte += &format!("{rang},{genre},{},{active},2020-12-18,{fin}\n", siret(*rang, 1));
    }
    recu("conventions.csv", texte)
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_convention_finie_termine_l_agrement(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let (un, deux) = (siret(1, 1), siret(2, 1));
    let liste = format!(
        "siret,kind,nom,code_postal,commune,maj_le\n{un},EI,UNE,54200,Toul,2020-12-18\n{un},ACI,UNE,54200,Toul,2020-12-18\n\
         {deux},AI,DEUX,54200,Toul,2020-12-18\n"
    );
    let lignes = [(1, "EI", "False", "2026-03-31"), (1, "ACI", "True", ""), (9, "EI", "True", "")];
    // The list and the conventions, together.
    let rapport = importer_du(&appli, vec![recu("siae.csv", liste), conventions(&lignes)], None).await.unwrap();
    assert_eq!((rapport.nouveaux, rapport.refusees, rapport.disparus), (2, 0, 0), "{}", rapport.en_texte());
    let dates = |agrements: Vec<agrement::Model>| -> Vec<(String, String, String)> {
        let jour = |jour: Option<platform::Jour>| jour.map(|jour| jour.to_string()).unwrap_or_default();
        agrements.into_iter().map(|a| (a.genre, jour(a.du), jour(a.au))).collect()
    };
    let attendues = |fin: &str| {
        [("aci", "2020-12-18", ""), ("ei", "2020-12-18", fin)]
            .map(|(g, du, au)| (g.to_owned(), du.to_owned(), au.to_owned()))
    };
    assert_eq!(dates(agrements(&appli, &siren(1)).await), attendues("2026-03-31"));
    assert_eq!(dates(agrements(&appli, &siren(2)).await), [("ai".to_owned(), String::new(), String::new())]);
    // In force again, in a newer file; one that cannot be read is refused by its line.
    let lignes =
        [(1, "EI", "True", ""), (1, "ACI", "True", ""), (1, "XX", "True", ""), (2, "AI", "False", "2026-09-30")];
    let rapport = importer(&appli, conventions(&lignes), "2026-11-01").await;
    assert_eq!(rapport.refusees, 1, "{}", rapport.en_texte());
    assert_eq!(dates(agrements(&appli, &siren(1)).await), attendues(""));
    assert_eq!(agrements(&appli, &siren(2)).await[0].au.unwrap().to_string(), "2026-09-30");
    appli.fin().await;
}
