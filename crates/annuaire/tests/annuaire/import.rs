//! Imports on both engines: what enters, what changes, what is undone. Files as people send them are in `forme`, real ones in
//! `reels`.

use crate::gestes::importer;
use crate::sirene::recu;
use annuaire::acteur::{self, ActeurId, Entity as Acteurs, etablissement, storage, theme, valeur};
use annuaire::generateur::{siren, siret};
use annuaire::import::ImportRefuse;
use annuaire::import::fichier::FichierRecu;
use annuaire::import::histoire::{self, etat};
use annuaire::import::preparation::{Demande, SANS_PROGRES, abandonner, annuler, appliquer, preparer};
use annuaire::vocabulaire::{Champ, Diffusion, EtatActeur, Famille, Origine, Reponse};
use rstest::rstest;
use sea_orm::{EntityTrait, PaginatorTrait, QueryOrder, QuerySelect};
use testkit::{Appli, Moteur};

pub(crate) async fn par_siren(appli: &Appli, siren: &str) -> Option<acteur::Model> {
    let tx = appli.instance.db.read().await.unwrap();
    storage::par_siren(&tx, &siren.parse().unwrap()).await.unwrap()
}

pub(crate) async fn nombre(appli: &Appli) -> u64 {
    let tx = appli.instance.db.read().await.unwrap();
    Acteurs::find().count(&tx).await.unwrap()
}

pub(crate) const ENTETE_UL: &str = "siren,statutDiffusionUniteLegale,sigleUniteLegale,identifiantAssociationUniteLegale,\
trancheEffectifsUniteLegale,dateDernierTraitementUniteLegale,etatAdministratifUniteLegale,denominationUniteLegale,\
categorieJuridiqueUniteLegale,activitePrincipaleUniteLegale,nomenclatureActivitePrincipaleUniteLegale,\
economieSocialeSolidaireUniteLegale,colonneDeDemain";
pub(crate) const ENTETE_ETAB: &str = "siret,statutDiffusionEtablissement,etablissementSiege,numeroVoieEtablissement,\
typeVoieEtablissement,libelleVoieEtablissement,codePostalEtablissement,codeCommuneEtablissement,\
etatAdministratifEtablissement,enseigne1Etablissement,activitePrincipaleEtablissement,\
nomenclatureActivitePrincipaleEtablissement";

pub(crate) fn unites(lignes: &[String]) -> FichierRecu {
    recu("StockUniteLegale.csv", format!("{ENTETE_UL}\n{}\n", lignes.join("\n")))
}

pub(crate) fn etablissements(lignes: &[String]) -> FichierRecu {
    recu("StockEtablissement.csv", format!("{ENTETE_ETAB}\n{}\n", lignes.join("\n")))
}

pub(crate) fn unite(rang: u32, nom: &str, categorie: &str, ess: &str) -> String {
    format!("{},O,,W542000001,11,2026-10-01T10:00:00,A,{nom},{categorie},47.79Z,NAFRev2,{ess},x", siren(rang))
}

pub(crate) fn etablissement(rang: u32, commune: &str, etat: &str) -> String {
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

    // Two tries of the same actor: the first applied wins, the second leaves it and says so.
    let premier = preparer(instance, demande("UN"), SANS_PROGRES).await.unwrap();
    let second = preparer(instance, demande("AUTREMENT"), SANS_PROGRES).await.unwrap();
    appliquer(instance, &premier.id, None).await.unwrap();
    let laisse = appliquer(instance, &second.id, None).await.unwrap();
    assert_eq!((laisse.nouveaux, laisse.modifiees, laisse.laissees.len()), (0, 0, 1), "{laisse:?}");
    assert!(laisse.laissees[0].motif.contains("entré depuis"), "{laisse:?}");
    assert_eq!((nombre(&appli).await, par_siren(&appli, &siren(1)).await.unwrap().nom.as_str()), (1, "UN"));
    let tx = instance.db.read().await.unwrap();
    let etats: Vec<String> = histoire::derniers(&tx, 10).await.unwrap().into_iter().map(|i| i.etat).collect();
    assert!(etats.contains(&etat::ABANDONNE.to_owned()) && etats.contains(&etat::APPLIQUE.to_owned()), "{etats:?}");
    drop(tx);
    appli.fin().await;
}

/// An import waits for days: what people wrote meanwhile stays, all the rest enters.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_fiche_changee_pendant_l_attente_est_laissee_et_elle_seule(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let instance = &appli.instance;
    let noms = |suffixe: &str, jour: &str| {
        let ligne = |rang: u32| unite(rang, &format!("NOM {rang}{suffixe}"), "9220", "O").replace("2026-10-01", jour);
        vec![
            unites(&[ligne(1), ligne(2), ligne(3)]),
            etablissements(&[1, 2, 3].map(|rang| etablissement(rang, "54528", "A"))),
        ]
    };
    let deux = |mut fichiers: Vec<FichierRecu>| {
        fichiers[0] = unites(&[1, 2].map(|rang| unite(rang, &format!("NOM {rang}"), "9220", "O")));
        fichiers
    };
    importer(&appli, deux(noms("", "2026-10-01"))).await.unwrap();
    appli.horloge.avancer(60);
    let demande = Demande { fichiers: noms(" BIS", "2026-11-01"), essai: true, par: None, liste_du: None };
    let essai = preparer(instance, demande.clone(), SANS_PROGRES).await.unwrap();
    assert_eq!((essai.rapport.nouveaux, essai.rapport.changes), (1, 2));
    // An agent corrects a page that the import touches.
    let corrige = par_siren(&appli, &siren(1)).await.unwrap();
    let tx = instance.db.begin().await.unwrap();
    assert!(storage::enregistrer(&tx, &corrige).await.unwrap());
    tx.commit().await.unwrap();
    let avant: Vec<String> = tout(&appli).await.into_iter().filter(|l| l.contains(corrige.id.as_str())).collect();

    let rapport = appliquer(instance, &essai.id, None).await.unwrap();
    assert_eq!((rapport.nouveaux, rapport.changes), (1, 1), "{rapport:?}");
    let laissees: Vec<(&str, &str)> = rapport.laissees.iter().map(|l| (l.nom.as_str(), l.motif.as_str())).collect();
    assert_eq!(laissees, [("NOM 1", "changée depuis la lecture")]);
    assert!(rapport.differences.iter().all(|d| d.acteur != "NOM 1"), "{rapport:?}");
    let noms_apres = async || {
        let mut noms = Vec::new();
        for rang in 1..=3 {
            noms.push(par_siren(&appli, &siren(rang)).await.unwrap().nom);
        }
        noms
    };
    assert_eq!(noms_apres().await, ["NOM 1", "NOM 2 BIS", "NOM 3 BIS"]);
    let apres: Vec<String> = tout(&appli).await.into_iter().filter(|l| l.contains(corrige.id.as_str())).collect();
    assert_eq!(apres, avant, "nothing of the page left moved, not even a date");
    let tx = instance.db.read().await.unwrap();
    let garde = histoire::un(&tx, &essai.id).await.unwrap().unwrap().rapport();
    drop(tx);
    assert_eq!(garde.laissees, rapport.laissees, "named in the report that stays");
    // The next reading brings what was left; undoing touches only what entered.
    appli.horloge.avancer(60);
    annuler(instance, &essai.id, None).await.unwrap();
    assert!(par_siren(&appli, &siren(3)).await.is_none());
    assert_eq!(par_siren(&appli, &siren(2)).await.unwrap().nom, "NOM 2");
    appli.horloge.avancer(60);
    let encore = preparer(instance, demande, SANS_PROGRES).await.unwrap();
    appliquer(instance, &encore.id, None).await.unwrap();
    assert_eq!(noms_apres().await, ["NOM 1 BIS", "NOM 2 BIS", "NOM 3 BIS"]);
    appli.fin().await;
}

/// The program stopped in the middle of a reading: at its next start, the history says so.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_lecture_morte_est_fermee_au_demarrage(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let morte = histoire::import::Model {
        id: "morte".to_owned(),
        etat: etat::LECTURE.to_owned(),
        essai: true,
        fichiers: "StockUniteLegale.zip".to_owned(),
        rapport: "{}".to_owned(),
        fait_par: None,
        commence_le: appli.instance.clock.instant(),
        fini_le: None,
        version: 1,
    };
    let tx = appli.instance.db.begin().await.unwrap();
    histoire::ouvrir(&tx, morte).await.unwrap();
    tx.commit().await.unwrap();
    appli.instance.maison.demarrer(&appli.instance).await;
    let tx = appli.instance.db.read().await.unwrap();
    let fermee = histoire::un(&tx, "morte").await.unwrap().unwrap();
    drop(tx);
    assert_eq!(fermee.etat, etat::ABANDONNE);
    assert!(fermee.rapport().erreur.unwrap().contains("Recommencez"), "{}", fermee.rapport);
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
    // The same files enter again; a page changed since is left, by its name, and loses nothing.
    importer(&appli, second.to_vec()).await.unwrap();
    assert_eq!(nombre(&appli).await, 2);
    let change = par_siren(&appli, &siren(2)).await.unwrap();
    let tx = appli.instance.db.begin().await.unwrap();
    assert!(storage::enregistrer(&tx, &change).await.unwrap());
    tx.commit().await.unwrap();
    let tx = appli.instance.db.read().await.unwrap();
    let dernier = histoire::defaisable(&tx).await.unwrap().unwrap();
    drop(tx);
    let b_apres: Vec<String> = tout(&appli).await.into_iter().filter(|ligne| !avant.contains(ligne)).collect();
    let laissees = annuler(&appli.instance, &dernier, None).await.unwrap();
    assert_eq!(laissees.iter().map(|l| l.nom.as_str()).collect::<Vec<_>>(), ["B"]);
    let tout = tout(&appli).await;
    assert!(avant.iter().all(|ligne| tout.contains(ligne)), "the other is as before");
    let de_b = format!("{:?}", change.id);
    assert!(b_apres.iter().filter(|ligne| ligne.contains(&de_b)).all(|ligne| tout.contains(ligne)));
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
    recu("siae.csv", (lignes.join("\n") + "\n").replace("2020-", &format!("{annee}-")))
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

    let rapport = importer(&appli, vec![liste_de("2021", &[siren.as_str()])]).await.unwrap();
    assert_eq!(rapport.disparus, 1, "{rapport:?}");
    let tx = appli.instance.db.read().await.unwrap();
    let apres = storage::par_siren(&tx, &siren).await.unwrap().unwrap();
    assert_eq!(apres.etat, EtatActeur::Actif, "gone from a list is not closed");
    let agrements = storage::agrements(&tx, &apres.id).await.unwrap();
    assert!(!agrements.is_empty());
    for agrement in agrements {
        let libelle = agrement.libelle.unwrap();
        assert!(
            libelle.starts_with("n’est plus dans la liste du ") && libelle.ends_with("2021, à vérifier"),
            "{libelle}"
        );
        assert_eq!(agrement.au, None, "no end is invented");
    }
    drop(tx);
    // In the list again: as before. A list cut in the middle makes nobody disappear.
    let rapport = importer(&appli, vec![liste_de("2022", &[])]).await.unwrap();
    assert_eq!(rapport.disparus, 0);
    let tx = appli.instance.db.read().await.unwrap();
    assert!(storage::agrements(&tx, &premier.id).await.unwrap().iter().all(|a| a.libelle.is_none()));
    drop(tx);
    let texte = String::from_utf8(include_bytes!("../../../../demonstration/54/siae-2020.csv").to_vec()).unwrap();
    let debut: Vec<&str> = texte.lines().take(8).collect();
    let rapport = importer(&appli, vec![recu("siae.csv", debut.join("\n").replace("2020-", "2023-"))]).await.unwrap();
    assert_eq!(rapport.disparus, 0);
    assert!(rapport.avertissements.iter().any(|a| a.contains("elle semble incomplète")), "{rapport:?}");
    appli.fin().await;
}
