//! One actor, once: pairs found, set aside, merged with everything that hangs on them, undone to the letter.

use annuaire::acteur::{ActeurId, storage};
use annuaire::vocabulaire::{Champ, EtatActeur, GenreTerritoire, ModeOffre, Origine};
use axum::http::{StatusCode, header};
use domain::droit::Fonction;
use rstest::rstest;
use sea_orm::{ConnectionTrait, raw_sql};
use socle::mandat::{self, Nouveau, Verification};
use testkit::{Appli, Moteur, Navigateur, Page};

use crate::gestes::agent_nomme as agent;
use crate::gestes::importer;
use crate::import::liste_de;
use crate::monde::{Acteur, appli_avec, offrir};

const LISTE: &str = "/reglages/annuaire/doublons";

async fn executer(appli: &Appli, phrases: Vec<sea_orm::Statement>) {
    let tx = appli.instance.db.begin().await.unwrap();
    for phrase in phrases {
        tx.execute_raw(phrase).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// An actor of a town that shares nothing with the others: other contacts, other address.
fn a_part(id: &ActeurId, numero: u32) -> Vec<sea_orm::Statement> {
    let id = id.as_str();
    let (site, courriel) = (format!("https://exemple-{numero}.invalid"), format!("contact@exemple-{numero}.invalid"));
    let (telephone, adresse) = (format!("03 83 11 22 {numero:02}"), format!("{numero} rue Seule"));
    vec![
        raw_sql!(
            Postgres,
            "UPDATE acteur SET site = {site}, courriel = {courriel}, telephone = {telephone} WHERE id = {id}"
        ),
        raw_sql!(Postgres, "UPDATE acteur_etablissement SET adresse = {adresse} WHERE acteur_id = {id}"),
    ]
}

async fn chercher(appli: &Appli, agent: &mut Navigateur) -> Page {
    let page = agent.ouvrir(LISTE).await;
    agent.envoyer(&page, LISTE, &[]).await.exiger("La recherche est lancée");
    appli.travailler().await;
    agent.ouvrir(LISTE).await
}

/// Everything that the directory and the socle hold, but what counts the changes.
async fn photographie(appli: &Appli) -> Vec<String> {
    let requetes = [
        "SELECT 'a' || a.id || '|' || a.nom || '|' || a.etat || '|' || COALESCE(a.siren, '') || '|' || COALESCE(a.rna, '') || '|'
            || COALESCE(a.telephone, '') || '|' || COALESCE(a.site, '') || '|' || COALESCE(a.courriel, '') || '|'
            || COALESCE(CAST(a.confirme_le AS TEXT), '') || '|' || a.ess_loi || '|' || a.famille AS t FROM acteur a",
        "SELECT 'v' || id || '|' || acteur_id || '|' || champ || '|' || valeur || '|' || source || '|'
            || CASE WHEN courante THEN 'oui' ELSE 'non' END AS t FROM acteur_valeur",
        "SELECT 'e' || id || '|' || acteur_id || '|' || CASE WHEN siege THEN 'siege' ELSE '' END AS t FROM acteur_etablissement",
        "SELECT 'o' || id || '|' || acteur_id AS t FROM offre",
        "SELECT 'g' || acteur_id || '|' || genre || '|' || source AS t FROM acteur_agrement",
        "SELECT 't' || acteur_id || '|' || theme || '|' || origine AS t FROM acteur_theme",
        "SELECT 'm' || id || '|' || organisation_id AS t FROM mandat",
        "SELECT 'p' || id || '|' || COALESCE(organisation_id, '') AS t FROM projet",
        "SELECT 'r' || id || '|' || nom || '|' || COALESCE(siren, '') AS t FROM organisation",
        "SELECT 'n' || reseau_id || '|' || acteur_id AS t FROM reseau_membre",
        "SELECT 'd' || id || '|' || acteur_id || '|' || etat AS t FROM acteur_revendication",
        "SELECT 'c' || id || '|' || acteur_id || '|' || etat AS t FROM acteur_proposition",
    ];
    let tx = appli.instance.db.read().await.unwrap();
    let mut tout = Vec::new();
    for requete in requetes {
        let phrase = sea_orm::Statement::from_string(tx.get_database_backend(), requete);
        for ligne in tx.query_all_raw(phrase).await.unwrap() {
            tout.push(ligne.try_get::<String>("", "t").unwrap());
        }
    }
    tout.sort();
    tout
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn deux_fiches_d_une_structure_se_reunissent_puis_se_separent(#[case] moteur: Moteur) {
    let acteurs = [
        Acteur { nom: "LA RESSOURCERIE DU TOULOIS", agrement: Some(("aci", None)), ..Acteur::default() },
        Acteur {
            nom: "Association Ressourcerie du Toulois",
            theme: domain::theme::Theme::Reemploi,
            agrement: Some(("esus", None)),
            ..Acteur::default()
        },
        Acteur { nom: "Un club de pétanque", ..Acteur::default() },
        Acteur { nom: "Un club de pétanques", ..Acteur::default() },
    ];
    let (appli, faits) = appli_avec(moteur, &acteurs).await;
    let (id_b, ref_b) = faits[0].clone();
    let (id_a, ref_a) = faits[1].clone();
    // A has no number; B has one, an establishment of that number, an offer, somebody, a project.
    let b = id_b.as_str();
    let mut preparer = a_part(&faits[2].0, 3);
    preparer.extend(a_part(&faits[3].0, 4));
    preparer.extend([
        raw_sql!(Postgres, "UPDATE acteur SET siren = '732829320' WHERE id = {b}"),
        raw_sql!(
            Postgres,
            "UPDATE organisation SET siren = '732829320' WHERE id = (SELECT organisation_id FROM acteur WHERE id = {b})"
        ),
        raw_sql!(Postgres, "UPDATE acteur_etablissement SET siret = '73282932000074' WHERE acteur_id = {b}"),
    ]);
    // It is a member of a network; somebody claims it, somebody proposes a change.
    let id_du_test = "un";
    preparer.extend([
        raw_sql!(
            Postgres,
            "INSERT INTO reseau (id, organisation_id, reference, actif, cree_le)
             SELECT {id_du_test}, organisation_id, 'RESEAU', TRUE, 0 FROM acteur WHERE id = {b}"
        ),
        raw_sql!(
            Postgres,
            "INSERT INTO reseau_membre (reseau_id, acteur_id, ajoute_le, approuve_le) VALUES ({id_du_test}, {b}, 0, 5)"
        ),
        raw_sql!(
            Postgres,
            "INSERT INTO acteur_proposition (id, reference, acteur_id, ecarts, mot, etat, proposee_le, version)
             VALUES ('p1', 'P1', {b}, '[]', '', 'attente', 0, 1), ('p2', 'P2', {b}, '[]', '', 'refusee', 0, 1)"
        ),
    ]);
    executer(&appli, preparer).await;
    let tx = appli.instance.db.begin().await.unwrap();
    offrir(
        &tx,
        &appli.instance,
        &id_b,
        "Diagnostic déchets",
        Some(ModeOffre::Achat),
        &[],
        &[(GenreTerritoire::Departement, "54")],
    )
    .await;
    let lu = storage::par_reference(&tx, &ref_b).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let (mut tenante, tenante_id) = appli.connecter("tenante@exemple.invalid", None).await;
    let tx = appli.instance.db.begin().await.unwrap();
    let nouveau = Nouveau {
        personne: tenante_id,
        organisation: lu.organisation_id.clone(),
        fonction: Fonction::Representant,
        du: "2026-01-01".parse().unwrap(),
        au: None,
        preuve: "test".to_owned(),
        verifie_par: Some(Verification::Preuve),
    };
    mandat::donner(&tx, &*appli.instance.clock, &*appli.instance.ids, nouveau).await.unwrap();
    tx.commit().await.unwrap();
    let mut agent = agent(&appli, "agent@exemple.invalid").await;

    // Found, with the reasons; the surest first; filtered.
    agent.ouvrir(LISTE).await.exiger("Aucune paire à juger");
    let liste = chercher(&appli, &mut agent).await;
    liste.exiger("2 paires").exiger("même nom, même commune").exiger("même courriel").exiger("noms proches");
    agent.ouvrir(&format!("{LISTE}?surete=sure")).await.exiger("1 paire").exiger("RESSOURCERIE");
    agent.ouvrir(&format!("{LISTE}?raison=nom-proche")).await.exiger("1 paire").exiger("pétanque");
    agent.ouvrir(&format!("{LISTE}?raison=rna")).await.exiger("0 paire");

    // Set aside: never proposed again, and can be taken back.
    let petanque = format!("{LISTE}/{}/{}", faits[2].1, faits[3].1);
    let page = agent.ouvrir(&petanque).await;
    agent.envoyer(&page, &petanque, &[("acte", "ecarter")]).await.exiger("Paire écartée").exiger("1 paire");
    chercher(&appli, &mut agent).await.exiger("1 paire");
    agent.ouvrir(&format!("{LISTE}?vue=ecartees")).await.exiger("pétanque");
    agent.ouvrir(&petanque).await.exiger("Un agent a écarté cette paire").exiger("Remettre cette paire");

    // The actor says its telephone on B: it is the best known.
    let url = format!("/annuaire/{ref_b}/modifier");
    let page = tenante.ouvrir(&url).await;
    tenante
        .envoyer(&page, &url, &[("telephone", "03 83 99 88 77"), ("acte", "enregistrer")])
        .await
        .exiger("est enregistrée");

    // Side by side, each value with where it comes from; a preview writes nothing.
    let avant = photographie(&appli).await;
    let banc = format!("{LISTE}/{ref_a}/{ref_b}");
    let page = agent.ouvrir(&banc).await;
    page.exiger("732829320 passe à la fiche qui reste")
        .exiger("1 suit")
        .exiger("03 83 99 88 77")
        .exiger("l’acteur lui-même")
        .exiger("Réseaux dont elle est membre 1 suit")
        .exiger("Demandes en attente 1 suit");
    let choix = [("nom", "a"), ("telephone", "b"), ("acte", "voir")];
    let vue = agent.envoyer(&page, &banc, &choix).await;
    vue.exiger("La fiche après la réunion").exiger("la fiche qui part");
    assert_eq!(photographie(&appli).await, avant, "a preview writes nothing");

    // Two agents: the second sees what changed, keeps its choices, merges nothing.
    let page_ancienne = agent.ouvrir(&banc).await;
    let url = format!("/annuaire/{ref_a}/modifier");
    let page = agent.ouvrir(&url).await;
    agent.envoyer(&page, &url, &[("sigle", "RDT"), ("acte", "enregistrer")]).await.exiger("est enregistrée");
    let conflit = agent.envoyer(&page_ancienne, &banc, &[("telephone", "b"), ("acte", "reunir")]).await;
    assert_eq!(conflit.statut, StatusCode::CONFLICT);
    conflit.exiger("Quelqu’un a modifié une de ces deux fiches").exiger("RDT");
    assert_eq!(conflit.attribut("input[name=telephone][value=b]", "checked").as_deref(), Some(""), "the choice stays");

    // Merged.
    let avant = photographie(&appli).await;
    let reunie = agent.envoyer(&conflit, &banc, &[("nom", "a"), ("telephone", "b"), ("acte", "reunir")]).await;
    reunie.exiger("Les deux fiches sont réunies").exiger("Défaire la réunion").exiger("Demandes en attente passées 1");
    appli.travailler().await;
    let mut visiteur = appli.navigateur();
    let vieille = visiteur.demander("GET", &format!("/annuaire/{ref_b}"), None).await;
    assert_eq!(vieille.statut, StatusCode::PERMANENT_REDIRECT);
    assert_eq!(vieille.entetes.get(header::LOCATION).unwrap(), &format!("/annuaire/{ref_a}"));
    let fiche = visiteur.ouvrir(&format!("/annuaire/{ref_a}")).await;
    fiche
        .exiger("Association Ressourcerie du Toulois")
        .exiger("732829320")
        .exiger("03 83 99 88 77")
        .exiger("l’acteur lui-même")
        .exiger("Diagnostic déchets")
        .exiger("Atelier et chantier d’insertion")
        .exiger("Entreprise solidaire")
        .exiger("73282932000074");
    let trouves = visiteur.ouvrir("/annuaire?q=ressourcerie").await;
    trouves.exiger("1 acteur");
    // Its network has it as a member; what waits for an agent follows, what was decided stays.
    let apres = photographie(&appli).await;
    for attendu in
        [format!("nun|{}", id_a.as_str()), format!("cp1|{}|attente", id_a.as_str()), format!("cp2|{b}|refusee")]
    {
        assert!(apres.contains(&attendu), "{attendu}");
    }
    let export = visiteur.ouvrir("/annuaire/export?format=csv").await;
    assert!(export.html.contains(&ref_a) && !export.html.contains(&ref_b), "exports follow");
    // Who represented B represents A; its old addresses lead there.
    tenante.ouvrir(&format!("/annuaire/{ref_b}/modifier")).await.exiger("Association Ressourcerie du Toulois");
    tenante.ouvrir(&format!("/annuaire/{ref_a}/modifier")).await.exiger("Tenir la fiche à jour");
    assert_eq!(agent.ouvrir(&banc).await.statut, StatusCode::NOT_FOUND);
    chercher(&appli, &mut agent).await.exiger("Aucune paire à juger");

    // Undone: to the letter.
    let page = agent.ouvrir(&format!("{LISTE}?vue=reunies")).await;
    let lien = page.attribut("main td a, main th a", "href").unwrap();
    let page = agent.ouvrir(&lien).await;
    agent.envoyer(&page, &lien, &[]).await.exiger("La réunion est défaite").exiger("Cette réunion est défaite");
    appli.travailler().await;
    assert_eq!(photographie(&appli).await, avant, "everything is where it was");
    let encore = agent.envoyer_sans_suivre(&page, &lien, &[("_cle", "une-autre-cle")]).await;
    assert_eq!(encore.statut, StatusCode::BAD_REQUEST);
    visiteur.ouvrir(&format!("/annuaire/{ref_b}")).await.exiger("LA RESSOURCERIE DU TOULOIS");
    let lue = {
        let tx = appli.instance.db.read().await.unwrap();
        storage::par_reference(&tx, &ref_b).await.unwrap().unwrap()
    };
    assert_eq!((lue.etat, lue.id), (EtatActeur::Actif, id_b));
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn ce_que_l_on_corrige_apres_une_reunion_reste(#[case] moteur: Moteur) {
    let acteurs =
        ["Épicerie du Pont", "L’épicerie du pont", "EPICERIE DU PONT"].map(|nom| Acteur { nom, ..Acteur::default() });
    let (appli, faits) = appli_avec(moteur, &acteurs).await;
    let references: Vec<&str> = faits.iter().map(|(_, reference)| reference.as_str()).collect();
    let mut agent = agent(&appli, "agent@exemple.invalid").await;
    let mut reunir = async |a: &str, b: &str| {
        let banc = format!("{LISTE}/{a}/{b}");
        let page = agent.ouvrir(&banc).await;
        agent.envoyer(&page, &banc, &[("acte", "reunir")]).await.exiger("sont réunies").chemin.clone()
    };
    // The third into the second, the second into the first: an old address leads to the end.
    let premiere = reunir(references[1], references[2]).await;
    let seconde = reunir(references[0], references[1]).await;
    let vieille = agent.demander("GET", &format!("/annuaire/{}", references[2]), None).await;
    assert_eq!(vieille.entetes.get(header::LOCATION).unwrap(), &format!("/annuaire/{}", references[0]));

    // The last one first.
    let page = agent.ouvrir(&premiere).await;
    let refus = agent.envoyer(&page, &premiere, &[]).await;
    assert_eq!(refus.statut, StatusCode::BAD_REQUEST);
    refus.exiger("Défaites d’abord la réunion de");

    // Corrected since: the correction stays, the rest goes back.
    let url = format!("/annuaire/{}/modifier", references[0]);
    let page = agent.ouvrir(&url).await;
    agent
        .envoyer(&page, &url, &[("telephone", "03 83 55 55 55"), ("acte", "enregistrer")])
        .await
        .exiger("est enregistrée");
    let page = agent.ouvrir(&seconde).await;
    agent.envoyer(&page, &seconde, &[]).await.exiger("La réunion est défaite");
    let tx = appli.instance.db.read().await.unwrap();
    let premier = storage::par_reference(&tx, references[0]).await.unwrap().unwrap();
    assert_eq!(premier.telephone.as_deref(), Some("03 83 55 55 55"));
    let dits = storage::valeurs(&tx, &premier.id).await.unwrap();
    assert!(dits.iter().any(|v| v.courante && v.champ == Champ::Telephone && v.source == Origine::Agent));
    let second = storage::par_reference(&tx, references[1]).await.unwrap().unwrap();
    assert_eq!(second.etat, EtatActeur::Actif);
    drop(tx);
    let page = agent.ouvrir(&premiere).await;
    agent.envoyer(&page, &premiere, &[]).await.exiger("La réunion est défaite");
    agent.ouvrir(&format!("/annuaire/{}", references[2])).await.exiger("EPICERIE DU PONT");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn l_import_suivant_ne_ramene_pas_la_fiche_reunie(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    importer(&appli, vec![liste_de("2020", &[])]).await.unwrap();
    let mut agent = agent(&appli, "agent@exemple.invalid").await;
    let lus = {
        let tx = appli.instance.db.read().await.unwrap();
        let lignes = tx
            .query_all_raw(raw_sql!(Postgres, "SELECT reference FROM acteur ORDER BY nom_tri, id LIMIT 2"))
            .await
            .unwrap();
        lignes.iter().map(|ligne| ligne.try_get::<String>("", "reference").unwrap()).collect::<Vec<_>>()
    };
    // Two units, one of which took over from the other; the list of the next year holds both.
    let banc = format!("{LISTE}/{}/{}", lus[0], lus[1]);
    let page = agent.ouvrir(&banc).await;
    page.exiger("Deux SIREN").exiger("reste attaché à l’ancienne fiche");
    agent.envoyer(&page, &banc, &[("acte", "reunir")]).await.exiger("sont réunies");
    appli.horloge.avancer(60);
    importer(&appli, vec![liste_de("2021", &[])]).await.unwrap();
    let tx = appli.instance.db.read().await.unwrap();
    let absorbe = storage::par_reference(&tx, &lus[1]).await.unwrap().unwrap();
    assert_eq!(absorbe.etat, EtatActeur::Masque, "the list does not bring it back");
    assert!(absorbe.siren.is_some(), "it keeps its number: nothing is made anew for it");
    let nombre = tx
        .query_one_raw(raw_sql!(Postgres, "SELECT CAST(COUNT(*) AS BIGINT) AS n FROM acteur"))
        .await
        .unwrap()
        .unwrap();
    let sirens = tx
        .query_one_raw(raw_sql!(Postgres, "SELECT CAST(COUNT(DISTINCT siren) AS BIGINT) AS n FROM acteur"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(nombre.try_get::<i64>("", "n").unwrap(), sirens.try_get::<i64>("", "n").unwrap());
    drop(tx);
    let vieille = appli.navigateur().demander("GET", &format!("/annuaire/{}", lus[1]), None).await;
    assert_eq!(vieille.statut, StatusCode::PERMANENT_REDIRECT);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_paire_remise_par_un_agent_reste_a_juger(#[case] moteur: Moteur) {
    let acteurs = ["Un club de pétanque", "La Maison des vins"].map(|nom| Acteur { nom, ..Acteur::default() });
    let (appli, faits) = appli_avec(moteur, &acteurs).await;
    let mut preparer = a_part(&faits[0].0, 3);
    preparer.extend(a_part(&faits[1].0, 4));
    executer(&appli, preparer).await;
    let mut agent = agent(&appli, "agent@exemple.invalid").await;
    chercher(&appli, &mut agent).await.exiger("Aucune paire à juger");
    let banc = format!("{LISTE}/{}/{}", faits[0].1, faits[1].1);
    for acte in ["ecarter", "reprendre"] {
        let page = agent.ouvrir(&banc).await;
        agent.envoyer(&page, &banc, &[("acte", acte)]).await;
    }
    agent.ouvrir(LISTE).await.exiger("1 paire").exiger("choisie par un agent");
    chercher(&appli, &mut agent).await.exiger("1 paire");
    appli.fin().await;
}
