//! "C'est ma structure": a proof that somebody else holds, or nothing.

use annuaire::acteur::ActeurId;
use axum::http::StatusCode;
use rstest::rstest;
use sea_orm::{ConnectionTrait, raw_sql};
use testkit::{Appli, Moteur, Navigateur};

use crate::gestes::{self, agent};
use crate::monde::{Acteur, appli_avec};

const LISTE: &str = "/reglages/annuaire/revendications";

async fn monde(moteur: Moteur) -> (Appli, ActeurId, String) {
    let (appli, faits) = appli_avec(moteur, &[Acteur { nom: "La Ressourcerie", ..Acteur::default() }]).await;
    let (id, reference) = faits[0].clone();
    let acteur = id.as_str();
    let tx = appli.instance.db.begin().await.unwrap();
    for phrase in [
        raw_sql!(
            Postgres,
            "UPDATE acteur SET site = 'https://www.laressourcerie.invalid', courriel = 'laressourcerie@gmail.com' WHERE id = {acteur}"
        ),
        raw_sql!(
            Postgres,
            "UPDATE acteur_etablissement SET siret = '73282932000074', code_postal = '54000' WHERE acteur_id = {acteur}"
        ),
    ] {
        tx.execute_raw(phrase).await.unwrap();
    }
    tx.commit().await.unwrap();
    (appli, id, reference)
}

/// Asks for a letter; the address where an agent prepares it.
async fn demander_une_lettre(qui: &mut Navigateur, agent: &mut Navigateur, url: &str) -> String {
    let page = qui.ouvrir(url).await;
    qui.envoyer(&page, url, &[("moyen", "poste")]).await;
    agent.ouvrir(LISTE).await.attribut("main th a, main td a", "href").unwrap()
}

/// The path of the first link of a mail that begins so.
fn lien(texte: &str, debut: &str) -> String {
    let depuis = texte.find(debut).unwrap();
    texte[depuis..].split(char::is_whitespace).next().unwrap().to_owned()
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_structure_repond_par_courriel(#[case] moteur: Moteur) {
    let (appli, _, reference) = monde(moteur).await;
    let fiche = format!("/annuaire/{reference}");
    let url = format!("{fiche}/revendiquer");
    let mut anonyme = appli.navigateur();
    anonyme.ouvrir(&fiche).await.exiger("C’est votre structure");
    assert_eq!(anonyme.demander("GET", &url, None).await.statut, StatusCode::SEE_OTHER, "signed-in people only");
    let (mut camille, _) = appli.connecter("camille@exemple.invalid", None).await;

    // An address that proves nothing is refused beside its field; what was typed stays.
    let page = camille.ouvrir(&url).await;
    page.exiger("@laressourcerie.invalid").exiger("12 rue des Tests").exiger("54000");
    assert!(!page.contient("@gmail.com"), "a public mailbox proves nothing");
    for adresse in ["laressourcerie@gmail.com", "x@laressourcerie.invalid.mechant.example"] {
        let refus = camille.envoyer(&page, &url, &[("moyen", "courriel"), ("courriel", adresse)]).await;
        assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY, "{adresse}");
        refus.exiger("elle ne montre rien");
        assert_eq!(refus.attribut("#courriel", "value").as_deref(), Some(adresse));
    }
    assert!(appli.courriels().await.is_empty());

    // The link goes to the structure; opening it does nothing; its button makes a verified mandate, once.
    let page = camille.ouvrir(&url).await;
    let demande = [("moyen", "courriel"), ("courriel", "Contact@LaRessourcerie.invalid")];
    camille.envoyer(&page, &url, &demande).await.exiger("Un lien est parti");
    let courriels = appli.courriels().await;
    assert_eq!(courriels.len(), 1);
    let lien = lien(courriels[0].texte(), "/c-est-notre-structure/");
    let reponse = anonyme.ouvrir(&lien).await;
    reponse.exiger("Qui tient cette fiche").exiger("camille@exemple.invalid").exiger("La Ressourcerie");
    assert_eq!(camille.ouvrir(&format!("{fiche}/modifier")).await.statut, StatusCode::FORBIDDEN);
    anonyme.envoyer(&reponse, &lien, &[("reponse", "oui")]).await.exiger("tient maintenant la fiche");
    let page = camille.ouvrir(&format!("{fiche}/modifier")).await;
    page.exiger("Tenir la fiche à jour");
    assert_eq!(anonyme.ouvrir(&lien).await.statut, StatusCode::NOT_FOUND);
    // Now they publish at once.
    let modifier = format!("{fiche}/modifier");
    let envoi = [("presentation", "Nous réparons."), ("visites", "oui"), ("acte", "enregistrer")];
    camille.envoyer(&page, &modifier, &envoi).await.exiger("est enregistrée");
    anonyme.ouvrir(&fiche).await.exiger("Nous réparons.").exiger("Ouvert aux visites").exiger("l’acteur lui-même");
    // What the actor opens is found; what it did not say is not.
    appli.travailler().await;
    anonyme.ouvrir("/annuaire?accueil=visites").await.exiger("La Ressourcerie").exiger("Ouvert aux visites");
    assert!(!anonyme.ouvrir("/annuaire?accueil=ventes").await.contient("La Ressourcerie"));

    // Another one, whom the structure does not know; those who hold the page are told only of who is accepted.
    let (mut autre, _) = appli.connecter("autre@exemple.invalid", None).await;
    let tx = appli.instance.db.begin().await.unwrap();
    tx.execute_raw(raw_sql!(
        Postgres,
        "UPDATE acteur SET site = 'https://www.laressourcerie.invalid' WHERE reference = {reference}"
    ))
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let page = autre.ouvrir(&url).await;
    autre.envoyer(&page, &url, &[("moyen", "courriel"), ("courriel", "contact@laressourcerie.invalid")]).await;
    let courriels = appli.courriels().await;
    let lien = self::lien(courriels.last().unwrap().texte(), "/c-est-notre-structure/");
    let reponse = anonyme.ouvrir(&lien).await;
    anonyme.envoyer(&reponse, &lien, &[("reponse", "non")]).await.exiger("La demande est refusée");
    assert_eq!(autre.ouvrir(&format!("{fiche}/modifier")).await.statut, StatusCode::FORBIDDEN);
    let courriels = appli.courriels().await;
    assert!(courriels.last().unwrap().texte().contains("la structure a répondu que non"));
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_code_arrive_par_la_poste(#[case] moteur: Moteur) {
    let (appli, id, reference) = monde(moteur).await;
    // The only address is written to even when no source says that it is the seat.
    executer(&appli, raw_sql!(Postgres, "UPDATE acteur_etablissement SET siege = {false} WHERE acteur_id = {id}"))
        .await;
    let (fiche, mut agent) = (format!("/annuaire/{reference}"), agent(&appli).await);
    let (url, saisir) = (format!("{fiche}/revendiquer"), format!("{fiche}/revendiquer/code"));
    let (mut camille, _) = appli.connecter("camille@exemple.invalid", None).await;
    let page = camille.ouvrir(&url).await;
    camille.envoyer(&page, &url, &[("moyen", "poste")]).await.exiger("Un agent prépare la lettre");
    // Nobody asked, wrong, or old: the same answer.
    let (mut curieux, _) = appli.connecter("curieux@exemple.invalid", None).await;
    let page = curieux.ouvrir(&saisir).await;
    let reponse = curieux.envoyer(&page, &saisir, &[("code", "ABCD-2345")]).await;
    assert_eq!(reponse.statut, StatusCode::UNPROCESSABLE_ENTITY);
    reponse.exiger("Ce code n’est pas le bon");

    let liste = agent.ouvrir(LISTE).await;
    liste.exiger("1 demande").exiger("lettre à imprimer");
    let une = liste.attribut("main th a, main td a", "href").unwrap();
    assert_eq!(agent.ouvrir(&format!("{une}/lettre")).await.statut, StatusCode::NOT_FOUND, "not made yet");
    let lettre = async |agent: &mut Navigateur| {
        let page = agent.ouvrir(&une).await;
        let lettre = agent.envoyer(&page, &une, &[("acte", "lettre")]).await;
        lettre.exiger("12 rue des Tests").exiger("54000").exiger("La Ressourcerie");
        let code = lettre.textes("p.govuk-heading-xl").remove(0);
        assert_eq!(
            agent.ouvrir(&format!("{une}/lettre")).await.textes("p.govuk-heading-xl")[0],
            code,
            "printed again, the same"
        );
        code
    };
    let perdue = lettre(&mut agent).await;
    appli.horloge.avancer_de_jours(2);
    let mut agent = gestes::agent(&appli).await;
    let recue = lettre(&mut agent).await;
    assert_ne!(perdue, recue);
    let (mut camille, _) = appli.connecter("camille@exemple.invalid", None).await;
    camille.ouvrir(&url).await.exiger("J’ai reçu la lettre");
    let essayer = async |camille: &mut Navigateur, code: &str| {
        let page = camille.ouvrir(&saisir).await;
        camille.envoyer(&page, &saisir, &[("code", code)]).await
    };
    assert_eq!(
        essayer(&mut camille, &perdue).await.statut,
        StatusCode::UNPROCESSABLE_ENTITY,
        "the first letter is dead"
    );
    // Somebody else who read the letter has nothing to do with it.
    let (mut curieux, _) = appli.connecter("curieux@exemple.invalid", None).await;
    assert_eq!(essayer(&mut curieux, &recue).await.statut, StatusCode::UNPROCESSABLE_ENTITY);
    let tapee = format!(" {} ", recue.to_lowercase().replace('-', " "));
    essayer(&mut camille, &tapee).await.exiger("C’est vérifié").exiger("Tenir la fiche à jour");
    agent.ouvrir(&format!("{LISTE}?vue=decidees")).await.exiger("acceptée");
    // Nothing readable is kept.
    let brut = recue.replace('-', "");
    let tx = appli.instance.db.read().await.unwrap();
    let lignes =
        tx.query_all_raw(raw_sql!(Postgres, "SELECT COALESCE(code, '') AS c, cible FROM jeton")).await.unwrap();
    for ligne in lignes {
        let (code, cible): (String, String) = (ligne.try_get("", "c").unwrap(), ligne.try_get("", "cible").unwrap());
        assert!(!code.contains(&brut) && !cible.contains(&brut));
    }
    drop(tx);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn cinq_essais_puis_une_autre_lettre(#[case] moteur: Moteur) {
    let (appli, _, reference) = monde(moteur).await;
    let (url, mut agent) = (format!("/annuaire/{reference}/revendiquer"), agent(&appli).await);
    let saisir = format!("{url}/code");
    let (mut camille, _) = appli.connecter("camille@exemple.invalid", None).await;
    let une = demander_une_lettre(&mut camille, &mut agent, &url).await;
    let page = agent.ouvrir(&une).await;
    let code = agent.envoyer(&page, &une, &[("acte", "lettre")]).await.textes("p.govuk-heading-xl").remove(0);
    for _ in 0..5 {
        let page = camille.ouvrir(&saisir).await;
        camille.envoyer(&page, &saisir, &[("code", "22222222")]).await.exiger("Ce code n’est pas le bon");
    }
    let page = camille.ouvrir(&saisir).await;
    camille.envoyer(&page, &saisir, &[("code", &code)]).await.exiger("Ce code n’est pas le bon");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_agent_verifie_ou_refuse_avec_la_raison(#[case] moteur: Moteur) {
    let (appli, id, reference) = monde(moteur).await;
    let acteur = id.as_str();
    let tx = appli.instance.db.begin().await.unwrap();
    tx.execute_raw(raw_sql!(Postgres, "UPDATE acteur SET diffusion = 'partielle', site = NULL WHERE id = {acteur}"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let (url, mut agent) = (format!("/annuaire/{reference}/revendiquer"), agent(&appli).await);
    let (mut camille, _) = appli.connecter("camille@exemple.invalid", None).await;
    let page = camille.ouvrir(&url).await;
    assert!(!page.contient("12 rue des Tests"), "a partial diffusion has no address to write to");
    let refus = camille.envoyer(&page, &url, &[("moyen", "poste")]).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    let page = camille.ouvrir(&url).await;
    let mot = "Présidente, <script>alert(1)</script> voir le site de la fédération";
    camille.envoyer(&page, &url, &[("moyen", "reseau"), ("preuve", mot)]).await.exiger("un agent la lira");
    let une = agent.ouvrir(LISTE).await.attribut("main th a, main td a", "href").unwrap();
    let page = agent.ouvrir(&une).await;
    page.exiger("<script>alert(1)</script>");
    assert!(!page.html.contains("<script>alert"));
    let sans = agent.envoyer(&page, &une, &[("acte", "refuser")]).await;
    assert_eq!(sans.statut, StatusCode::UNPROCESSABLE_ENTITY);
    agent
        .envoyer(&page, &une, &[("acte", "refuser"), ("motif", "La fédération ne vous connaît pas.")])
        .await
        .exiger("refusée");
    assert!(appli.courriels().await.last().unwrap().texte().contains("La fédération ne vous connaît pas."));
    let encore = agent.envoyer(&page, &une, &[("acte", "accepter"), ("_cle", "une-autre")]).await;
    encore.exiger("déjà reçu une réponse");

    let page = camille.ouvrir(&url).await;
    camille.envoyer(&page, &url, &[("moyen", "agent"), ("preuve", "Présidente depuis mars, statuts joints")]).await;
    let une = agent.ouvrir(LISTE).await.attribut("main th a, main td a", "href").unwrap();
    let page = agent.ouvrir(&une).await;
    agent.envoyer(&page, &une, &[("acte", "accepter")]).await.exiger("est acceptée");
    camille.ouvrir(&format!("/annuaire/{reference}/modifier")).await.exiger("Tenir la fiche à jour");

    // Too many in a day: it is said, nothing is kept.
    let (mut insistant, _) = appli.connecter("insistant@exemple.invalid", None).await;
    for rang in 0..5 {
        let page = insistant.ouvrir(&url).await;
        let mots = [("moyen", "agent"), ("preuve", "Je suis le trésorier de la structure")];
        let attendu = if rang < 3 { "Un agent la lira" } else { "Vous avez déjà fait trois demandes aujourd’hui" };
        insistant.envoyer(&page, &url, &mots).await.exiger(attendu);
    }
    agent.ouvrir(LISTE).await.exiger("3 demandes");
    appli.fin().await;
}

async fn executer(appli: &Appli, phrase: sea_orm::Statement) {
    let tx = appli.instance.db.begin().await.unwrap();
    tx.execute_raw(phrase).await.unwrap();
    tx.commit().await.unwrap();
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_diffusion_partielle_ne_dit_pas_ses_contacts_a_qui_revendique(#[case] moteur: Moteur) {
    let (appli, id, reference) = monde(moteur).await;
    let acteur = id.as_str();
    executer(&appli, raw_sql!(Postgres, "UPDATE acteur SET diffusion = 'partielle' WHERE id = {acteur}")).await;
    let url = format!("/annuaire/{reference}/revendiquer");
    let (mut camille, _) = appli.connecter("camille@exemple.invalid", None).await;
    let page = camille.ouvrir(&url).await;
    assert!(!page.contient("laressourcerie.invalid"), "a hidden site is not told");
    let demande = [("moyen", "courriel"), ("courriel", "contact@laressourcerie.invalid")];
    let refus = camille.envoyer(&page, &url, &demande).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(appli.courriels().await.is_empty(), "nor written to");

    // The site that it gave itself is shown to all: it proves.
    executer(
        &appli,
        raw_sql!(
            Postgres,
            "INSERT INTO acteur_valeur (id, acteur_id, champ, valeur, source, recu_le, courante)
             VALUES ('v-site', {acteur}, 'site', 'https://www.laressourcerie.invalid', 'acteur', 0, TRUE)"
        ),
    )
    .await;
    let page = camille.ouvrir(&url).await;
    page.exiger("@laressourcerie.invalid");
    camille.envoyer(&page, &url, &demande).await.exiger("Un lien est parti");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_autre_lettre_annule_la_premiere_pour_de_bon(#[case] moteur: Moteur) {
    let (appli, _, reference) = monde(moteur).await;
    let (url, mut agent) = (format!("/annuaire/{reference}/revendiquer"), agent(&appli).await);
    let saisir = format!("{url}/code");
    let (mut camille, _) = appli.connecter("camille@exemple.invalid", None).await;
    let une = demander_une_lettre(&mut camille, &mut agent, &url).await;
    let mut codes = Vec::new();
    for _ in 0..2 {
        let page = agent.ouvrir(&une).await;
        codes.push(agent.envoyer(&page, &une, &[("acte", "lettre")]).await.textes("p.govuk-heading-xl").remove(0));
        appli.horloge.avancer(60);
    }
    for essai in ["22222222"; 5].into_iter().chain([codes[0].as_str()]) {
        let page = camille.ouvrir(&saisir).await;
        camille.envoyer(&page, &saisir, &[("code", essai)]).await.exiger("Ce code n’est pas le bon");
    }
    // Past its days, nothing prints a code that opens nothing.
    appli.horloge.avancer_de_jours(61);
    let mut agent = gestes::agent(&appli).await;
    assert_eq!(agent.ouvrir(&format!("{une}/lettre")).await.statut, StatusCode::NOT_FOUND);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_reponse_clot_les_autres_demandes_de_la_meme_personne(#[case] moteur: Moteur) {
    let (appli, _, reference) = monde(moteur).await;
    let (url, mut agent) = (format!("/annuaire/{reference}/revendiquer"), agent(&appli).await);
    let (mut camille, _) = appli.connecter("camille@exemple.invalid", None).await;
    let (mut autre, _) = appli.connecter("autre@exemple.invalid", None).await;
    let mots = [("moyen", "agent"), ("preuve", "Je suis la trésorière de la structure")];
    let page = camille.ouvrir(&url).await;
    camille.envoyer(&page, &url, &mots).await.exiger("Un agent la lira");
    appli.horloge.avancer(60);
    let page = camille.ouvrir(&url).await;
    camille.envoyer(&page, &url, &[("moyen", "poste")]).await.exiger("Un agent prépare la lettre");
    appli.horloge.avancer(60);
    let page_autre = autre.ouvrir(&url).await;
    autre.envoyer(&page_autre, &url, &mots).await.exiger("Un agent la lira");
    agent.ouvrir(LISTE).await.exiger("3 demandes");
    let une = agent.ouvrir(LISTE).await.attribut("main th a, main td a", "href").unwrap();
    let page_une = agent.ouvrir(&une).await;
    agent.envoyer(&page_une, &une, &[("acte", "accepter")]).await.exiger("est acceptée").exiger("1 demande");
    // Once they represent it, there is nothing to claim any more.
    let page = camille.envoyer_sans_suivre(&page, &url, &[("moyen", "poste"), ("_cle", "une-autre")]).await;
    assert_eq!(page.statut, StatusCode::SEE_OTHER);
    agent.ouvrir(LISTE).await.exiger("1 demande");

    // The newest answer first.
    appli.horloge.avancer(60);
    let une = agent.ouvrir(LISTE).await.attribut("main th a, main td a", "href").unwrap();
    let page = agent.ouvrir(&une).await;
    agent.envoyer(&page, &une, &[("acte", "refuser"), ("motif", "Inconnue là-bas.")]).await.exiger("est refusée");
    let decidees = agent.ouvrir(&format!("{LISTE}?vue=decidees")).await;
    decidees.exiger("3 demandes");
    assert_eq!(decidees.attribut("main th a, main td a", "href").as_deref(), Some(une.as_str()));
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_fiche_close_ou_endormie_ne_se_revendique_pas(#[case] moteur: Moteur) {
    let (appli, id, reference) = monde(moteur).await;
    let acteur = id.as_str();
    let url = format!("/annuaire/{reference}/revendiquer");
    let (mut camille, _) = appli.connecter("camille@exemple.invalid", None).await;
    let page = camille.ouvrir(&url).await;
    for etat in ["cesse", "endormi"] {
        executer(&appli, raw_sql!(Postgres, "UPDATE acteur SET etat = {etat} WHERE id = {acteur}")).await;
        assert_eq!(camille.ouvrir(&url).await.statut, StatusCode::NOT_FOUND, "{etat}");
        let champs = [("moyen", "agent"), ("preuve", "Je suis la trésorière de la structure"), ("_cle", etat)];
        assert_eq!(camille.envoyer_sans_suivre(&page, &url, &champs).await.statut, StatusCode::NOT_FOUND, "{etat}");
    }
    let mut agent = gestes::agent(&appli).await;
    assert_eq!(agent.ouvrir(&url).await.statut, StatusCode::OK, "an agent sees the pages that sleep");
    appli.fin().await;
}
