//! Everything on one page: what was said is never overwritten, what is awaited is seen by both sides, and the page of the
//! agent shows what the project's page shows.

use axum::http::StatusCode;
use platform::journal::{self, Evenement};
use rstest::rstest;
use sea_orm::{ConnectionTrait, raw_sql};
use server::features;
use socle::projet;
use testkit::{Appli, Moteur, Navigateur, Page};

use crate::decrire;

pub(crate) const CHARGE: &str = "charge.lunevillois@exemple.invalid";

/// A role of the demonstration.
pub(crate) async fn entrer(appli: &Appli, role: &str) -> Navigateur {
    let mut navigateur = appli.navigateur();
    let page = navigateur.ouvrir("/demo").await;
    navigateur.envoyer(&page, "/demo", &[("role", role)]).await;
    navigateur
}

/// A project whose bearer asked, with its two sides and its reference.
pub(crate) async fn demandee(appli: &Appli) -> (Navigateur, Navigateur, String) {
    let (mut porteur, _) = appli.connecter("porteuse@exemple.invalid", None).await;
    let (_, reference) = decrire(&mut porteur).await;
    let action = format!("/projets/{reference}/accompagnement");
    let page = porteur.ouvrir(&action).await;
    porteur
        .envoyer(&page, &action, &[("message", "Nous aider à choisir la forme juridique.")])
        .await
        .exiger("Votre demande est envoyée");
    (porteur, entrer(appli, CHARGE).await, reference)
}

/// An act of the agent, on the page as it stands.
pub(crate) async fn agir(charge: &mut Navigateur, reference: &str, champs: &[(&str, &str)]) -> Page {
    let suivi = format!("/projets/{reference}/suivi");
    let page = charge.ouvrir(&suivi).await;
    let version = page.attribut("input[name=version]", "value").unwrap_or_default();
    let champs: Vec<(&str, &str)> = champs.iter().copied().chain([("version", version.as_str())]).collect();
    charge.envoyer(&page, &suivi, &champs).await
}

/// Statements of the agent's page.
async fn cout(appli: &Appli, charge: &mut Navigateur, reference: &str) -> u64 {
    let avant = appli.instance.db.nombre_de_requetes();
    charge.ouvrir(&format!("/projets/{reference}/suivi")).await;
    appli.instance.db.nombre_de_requetes() - avant
}

/// Mails with this subject: who received them, and their text.
pub(crate) async fn recus(appli: &Appli, sujet: &str) -> Vec<(String, String)> {
    let courriels = appli.courriels().await;
    courriels
        .iter()
        .filter(|c| c.sujet() == sujet)
        .map(|c| (c.destinataire().to_owned(), c.texte().replace('\u{a0}', " ")))
        .collect()
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn chaque_reponse_reste_dans_la_conversation(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut porteur, mut charge, reference) = demandee(&appli).await;
    let repondre = |texte| [("acte", "repondre"), ("reponse", texte)];
    agir(&mut charge, &reference, &repondre("Je passe mardi à la mairie.")).await.exiger("La réponse est envoyée");
    let une = cout(&appli, &mut charge, &reference).await;
    appli.horloge.avancer_de_jours(1);
    agir(&mut charge, &reference, &repondre("Finalement jeudi, à dix heures.")).await;
    assert_eq!(cout(&appli, &mut charge, &reference).await, une, "statements do not depend on what was said");
    appli.horloge.avancer_de_jours(1);
    let refus = [("acte", "refuser"), ("motif", "Ce projet relève de la Région, que je préviens.")];
    let suivi = agir(&mut charge, &reference, &refus).await;
    let fiche = porteur.ouvrir(&format!("/projets/{reference}")).await;
    for page in [&suivi, &fiche] {
        page.exiger("Je passe mardi à la mairie").exiger("Finalement jeudi").exiger("relève de la Région");
        let lignes = page.textes(".tr-echanges li");
        let dits: Vec<&str> = lignes
            .iter()
            .map(|ligne| match ligne {
                l if l.contains("mardi") => "mardi",
                l if l.contains("jeudi") => "jeudi",
                l if l.contains("Région") => "refus",
                _ => "autre",
            })
            .collect();
        assert_eq!(dits, ["refus", "jeudi", "mardi"], "dated, newest first, each once");
        assert!(lignes[0].contains("raison du refus") && lignes[1].contains("réponse du département"), "{lignes:?}");
        assert!(lignes[2].contains("Claude Exemple-Chargé, 24 novembre 2026"), "{lignes:?}");
    }
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_element_attendu_se_voit_des_deux_cotes_tant_qu_il_manque(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut porteur, mut charge, reference) = demandee(&appli).await;
    let fiche = format!("/projets/{reference}");
    let attendu = |page: &Page| page.textes(".tr-attendu").join(" ");
    let suivi =
        agir(&mut charge, &reference, &[("acte", "attendre"), ("attente", "La délibération du conseil.")]).await;
    let vue = porteur.ouvrir(&fiche).await;
    for page in [&suivi, &vue] {
        let attendu = attendu(page);
        assert!(attendu.contains("La délibération du conseil.") && attendu.contains("24 novembre 2026"), "{attendu}");
    }

    // The agent has it: the clock goes on, the commune is told the new day.
    let suivi = agir(&mut charge, &reference, &[("acte", "reprendre")]).await;
    suivi.exiger("Le délai reprend");
    let vue = porteur.ouvrir(&fiche).await;
    assert!(attendu(&suivi).is_empty() && attendu(&vue).is_empty(), "nothing is awaited any more");
    vue.exiger("La délibération du conseil.");
    let dits = recus(&appli, "Élément reçu : le délai reprend").await;
    assert_eq!(dits.len(), 1);
    assert!(dits[0].0 == "porteuse@exemple.invalid" && dits[0].1.contains("mardi 1er décembre 2026"), "{dits:?}");

    // Awaited again: the answer of the commune ends it, and says the new day.
    appli.horloge.avancer(3_600);
    let champs = [("acte", "attendre"), ("attente", "Le plan du local.")];
    assert!(attendu(&agir(&mut charge, &reference, &champs).await).contains("Le plan du local."));
    appli.horloge.avancer_de_jours(1);
    let page = porteur.ouvrir(&fiche).await;
    let message = format!("{fiche}/accompagnement/message");
    let page = porteur.envoyer(&page, &message, &[("texte", "Le plan est joint.")]).await;
    page.exiger("Réponse promise au plus tard le mercredi 2 décembre 2026");
    let suivi = charge.ouvrir(&format!("{fiche}/suivi")).await;
    for page in [&page, &suivi] {
        assert!(attendu(page).is_empty(), "{}", attendu(page));
        page.exiger("Le plan du local.").exiger("Le plan est joint.");
    }
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_page_de_suivi_montre_pieces_precisions_et_histoire(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut porteur, mut charge, reference) = demandee(&appli).await;
    let fiche = format!("/projets/{reference}");
    let suivi = charge.ouvrir(&format!("{fiche}/suivi")).await;
    suivi.exiger("Pièces jointes").exiger("Aucune pièce pour l’instant").exiger("Rien n’est encore précisé");

    let pieces = format!("{fiche}/pieces");
    let page = porteur.ouvrir(&pieces).await;
    let fichier = ("fichier", "devis.pdf", b"%PDF-1.7\nun devis".as_slice());
    porteur.envoyer_fichier(&page, &pieces, &[("libelle", "Devis de la toiture")], fichier).await;
    let url = format!("{fiche}/precisions/exploitation");
    let page = porteur.ouvrir(&url).await;
    porteur.envoyer(&page, &url, &[("recettes_1", "45000")]).await;
    let argent = format!("{fiche}/precisions");
    let page = porteur.ouvrir(&argent).await;
    porteur.envoyer(&page, &argent, &[("devis_signe", "non")]).await;

    let suivi = charge.ouvrir(&format!("{fiche}/suivi")).await;
    assert_eq!(
        suivi.attribut("#pieces a[download]", "href").as_deref().map(|url| url.starts_with(&pieces)),
        Some(true)
    );
    suivi.exiger("Devis de la toiture").exiger("45 000 €");
    let precisions = suivi.textes("#precisions").join(" ");
    assert!(precisions.contains("Avez-vous déjà signé un devis ou un bon de commande ? Non"), "{precisions}");
    let histoire = suivi.textes("#histoire").join(" ");
    assert!(histoire.contains("Accompagnement demandé") && histoire.contains("Projet décrit"), "{histoire}");
    assert_eq!(suivi.textes("#accompagnement").len(), 0, "its own panel is the page");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_message_refuse_garde_ce_qui_est_tape(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut porteur, mut charge, reference) = demandee(&appli).await;
    let fiche = format!("/projets/{reference}");
    let message = format!("{fiche}/accompagnement/message");
    let vue = porteur.ouvrir(&fiche).await;
    let vide = porteur.envoyer(&vue, &message, &[("texte", " ")]).await;
    assert_eq!(vide.statut, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(vide.textes("#texte-erreur").join(" ").contains("Écrivez votre message"), "{}", vide.texte());
    let long = "Une phrase de trop. ".repeat(200);
    let page = porteur.envoyer(&vide, &message, &[("texte", &long)]).await;
    assert_eq!(page.statut, StatusCode::UNPROCESSABLE_ENTITY);
    page.exiger("C’est trop long");
    assert!(page.html.contains(long.trim()), "what was typed stays");
    porteur.envoyer(&page, &message, &[("texte", "Voici la réponse.")]).await.exiger("Votre message est envoyé");

    // The word about a recommendation is never cut in silence.
    let recommander = [("acte", "recommander"), ("genre", "action"), ("reco_titre", "Écrire aux propriétaires")];
    agir(&mut charge, &reference, &recommander).await.exiger("La recommandation est envoyée");
    let decider = format!("{fiche}/accompagnement/recommandation");
    let vue = porteur.ouvrir(&fiche).await;
    let motif = "Nous avons déjà écrit. ".repeat(30);
    let page = porteur.envoyer(&vue, &decider, &[("etat", "deja-faite"), ("motif", &motif)]).await;
    assert_eq!(page.statut, StatusCode::UNPROCESSABLE_ENTITY);
    page.exiger("C’est trop long").exiger("Écrire aux propriétaires");
    assert!(page.html.contains(motif.trim()), "what was typed stays");
    let page = porteur.envoyer(&page, &decider, &[("etat", "deja-faite"), ("motif", "Fait en mars.")]).await;
    page.exiger("Fait en mars.").exiger("Déjà faite");
    appli.fin().await;
}

/// An answer given before the conversation held them is still read, at its date.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_reponse_d_avant_rejoint_la_conversation(#[case] moteur: Moteur) {
    let mut avant = features();
    let accompagnement = avant.iter_mut().find(|feature| feature.nom == "accompagnement").unwrap();
    accompagnement.migrations = accompagnement.migrations.split_at(4).0;
    // Its panel reads the tables of today.
    accompagnement.panneaux = &[];
    let appli = Appli::nouvelle(moteur, avant).await;
    let (mut porteur, id) = appli.connecter("porteuse@exemple.invalid", None).await;
    let (_, reference) = decrire(&mut porteur).await;
    let tx = appli.instance.db.begin().await.unwrap();
    let projet = projet::par_reference(&tx, &reference).await.unwrap().unwrap();
    let (projet, personne) = (projet.id.as_str(), id.as_str());
    tx.execute_raw(raw_sql!(
        Postgres,
        "INSERT INTO demande (id, projet_id, faite_par, faite_le, promise_le, etat, repondue_le, message, interets, reponse,
            contact_le, version)
         VALUES ('une', {projet}, {personne}, '2026-11-24', '2026-12-01', 'repondue', '2026-11-24', 'Bonjour', '[]',
            'La réponse d’avant.', '2026-11-24', 1)"
    ))
    .await
    .unwrap();
    let fait = Evenement::nouveau("accompagnement.repondu", "projet", projet).projet(projet).par(Some(personne));
    journal::ecrire(&tx, &*appli.horloge, &*appli.instance.ids, fait).await.unwrap();
    tx.commit().await.unwrap();
    appli.horloge.avancer_de_jours(3);

    let appli = appli.rouvrir(features()).await;
    let (mut porteur, _) = appli.connecter("porteuse@exemple.invalid", None).await;
    let page = porteur.ouvrir(&format!("/projets/{reference}")).await;
    let dits = page.textes(".tr-echanges li");
    assert_eq!(dits.len(), 1, "{dits:?}");
    assert!(dits[0].starts_with("Exemple porteuse, 24 novembre 2026") && dits[0].contains("La réponse d’avant."));
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn deux_agents_sur_un_suivi_se_voient(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut porteur, _) = appli.connecter("porteuse@exemple.invalid", None).await;
    let (_, reference) = decrire(&mut porteur).await;
    let suivi = format!("/projets/{reference}/suivi");
    let (mut charge, mut coordination) =
        (entrer(&appli, CHARGE).await, entrer(&appli, "coordination@exemple.invalid").await);

    // Both opened the page before anybody followed the project.
    let (une, autre) = (charge.ouvrir(&suivi).await, coordination.ouvrir(&suivi).await);
    charge.envoyer(&une, &suivi, &[("acte", "ouvrir")]).await.exiger("Le suivi est ouvert");
    coordination.envoyer(&autre, &suivi, &[("acte", "ouvrir")]).await.exiger("Le suivi est déjà ouvert");
    let action = format!("/projets/{reference}/accompagnement");
    assert_eq!(
        porteur.ouvrir(&action).await.chemin,
        format!("/projets/{reference}#accompagnement"),
        "the bearer sees that it is open"
    );

    // Both change the stage they read.
    let (une, autre) = (charge.ouvrir(&suivi).await, coordination.ouvrir(&suivi).await);
    let lue = |page: &Page| page.attribut("input[name=version_projet]", "value").unwrap();
    let (lue_une, lue_autre) = (lue(&une), lue(&autre));
    fn etape<'a>(etape: &'a str, version: &'a str) -> [(&'a str, &'a str); 3] {
        [("acte", "etape"), ("etape", etape), ("version_projet", version)]
    }
    charge.envoyer(&une, &suivi, &etape("travaux", &lue_une)).await.exiger("L’étape est changée");
    let conflit = coordination.envoyer(&autre, &suivi, &etape("idee", &lue_autre)).await;
    assert_eq!(conflit.statut, StatusCode::CONFLICT);
    conflit.exiger("Son étape est « Travaux ou lancement »");
    let lue = lue(&conflit);
    coordination.envoyer(&conflit, &suivi, &etape("idee", &lue)).await.exiger("L’étape est changée");
    appli.fin().await;
}
