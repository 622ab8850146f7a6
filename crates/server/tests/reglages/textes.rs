//! Texts that stand outside the pages of texts, on both databases: pages easy to read, words explained, legal forms.

use rstest::rstest;
use testkit::Moteur;

use super::ouverte;

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn facile_a_lire_mots_et_formes_se_changent(#[case] moteur: Moteur) {
    let (appli, mut agent) = ouverte(moteur).await;
    let mut public = appli.navigateur();
    let liste = agent.ouvrir("/reglages/textes").await;
    liste.exiger("Dire mon idée, en facile à lire").exiger("Mots expliqués").exiger("Sens de « fonds de concours »");
    liste.exiger("Société coopérative d’intérêt collectif (SCIC)").exiger("Qui décide");

    // A part of a page easy to read: title, then one idea a line; the picture and the link stay.
    let chemin = "/reglages/textes/facile.projet.demander";
    let page = agent.ouvrir(chemin).await;
    page.exiger("Appuyez sur le bouton « Demander un accompagnement »");
    let texte = "Demander un rendez-vous\nAppelez la mairie.\n\n  <b>Une personne</b> vous répond.  ";
    agent
        .envoyer(&page, chemin, &[("contenu", texte), ("acte", "enregistrer")])
        .await
        .exiger("Le texte est enregistré");
    let facile = public.ouvrir("/facile-a-lire/projet").await;
    facile.exiger("Demander un rendez-vous").exiger("Appelez la mairie.").exiger("<b>Une personne</b> vous répond.");
    facile.exiger("Écrire l’idée").exiger("Dire mon idée maintenant");
    assert!(!facile.contient("Le site vous donne une date"));

    // A word.
    let chemin = "/reglages/textes/glossaire.fonds-de-concours";
    let page = agent.ouvrir(chemin).await;
    let sens = "Une aide entre la commune et son intercommunalité, dans ce territoire.";
    agent.envoyer(&page, chemin, &[("contenu", sens), ("acte", "enregistrer")]).await;
    let terme = web::composants::Terme::ici("fonds-de-concours", &appli.instance).unwrap().to_string();
    assert!(terme.contains(sens), "{terme}");

    // A legal form: in its page, in the list; then as shipped.
    let chemin = "/reglages/textes/forme.scic.collectivite";
    let page = agent.ouvrir(chemin).await;
    let phrase = "Oui, avec l’avis du service juridique du département.";
    agent.envoyer(&page, chemin, &[("contenu", phrase), ("acte", "enregistrer")]).await;
    public.ouvrir("/formes-juridiques/scic").await.exiger(phrase).exiger("Textes de loi");
    public.ouvrir("/formes-juridiques").await.exiger(phrase);
    let page = agent.ouvrir(chemin).await;
    page.exiger("Texte d’origine").exiger("au plus 50 % du capital");
    agent.envoyer(&page, chemin, &[("acte", "retour")]).await.exiger("Le texte d’origine est remis");
    assert!(!public.ouvrir("/formes-juridiques/scic").await.contient(phrase));
    appli.fin().await;
}
