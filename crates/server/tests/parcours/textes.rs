//! Sentences of the result, of the request and of the news to bearers, changed by the agent who runs the site.

use rstest::rstest;
use server::features;
use testkit::{Appli, Moteur};

use crate::suivi::{demandee, entrer};
use crate::{decrire, envoyer_acte};

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn les_phrases_du_resultat_de_la_demande_et_des_nouvelles_se_changent(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mut site = entrer(&appli, "site@exemple.invalid").await;
    let liste = site.ouvrir("/reglages/textes").await;
    liste.exiger("Ce que veut dire « À vérifier »").exiger("Demander un accompagnement");
    for (cle, phrase) in [
        ("resultat.intro", "Voici des pistes, sans promesse."),
        ("resultat.a-verifier", "« À vérifier » : appelez-nous."),
        ("demande.invitation", "Claude vous aide, c’est gratuit."),
        ("demande.gratuit", "Gratuit, **et sans dossier**."),
        ("demande.message", "Trois mots suffisent."),
    ] {
        let chemin = format!("/reglages/textes/{cle}");
        let page = site.ouvrir(&chemin).await;
        let apercu = site.envoyer(&page, &chemin, &[("contenu", phrase), ("acte", "apercu")]).await;
        assert!(apercu.statut.is_success(), "{}", apercu.texte());
        site.envoyer(&apercu, &chemin, &[("contenu", phrase), ("acte", "enregistrer")]).await.exiger("est enregistré");
    }
    let mut maire = appli.navigateur();
    let (resultat, _) = decrire(&mut maire).await;
    resultat.exiger("Voici des pistes, sans promesse.").exiger("« À vérifier » : appelez-nous.");
    resultat.exiger("Claude vous aide, c’est gratuit.");
    assert!(!resultat.contient("Rien n’est encore accordé"));
    let (mut porteur, _) = appli.connecter("lectrice@exemple.invalid", None).await;
    let (_, reference) = decrire(&mut porteur).await;
    let page = porteur.ouvrir(&format!("/projets/{reference}/accompagnement")).await;
    page.exiger("Gratuit, et sans dossier.").exiger("Trois mots suffisent.");
    assert_eq!(page.textes("main strong")[0], "et sans dossier");

    // A mail of the follow-up, by the same room as the others: it must say the reason.
    let chemin = "/reglages/courriels/demande-refusee";
    let page = site.ouvrir(chemin).await;
    page.exiger("La raison");
    let sans = [("sujet", "Réponse"), ("texte", "Non. {{ lien }}"), ("acte", "enregistrer")];
    assert_eq!(site.envoyer(&page, chemin, &sans).await.statut.as_u16(), 422);
    let avec = [
        ("sujet", "Notre réponse"),
        ("texte", "Pour « {{ projet }} » : {{ motif }} {{ lien }}"),
        ("acte", "enregistrer"),
    ];
    site.envoyer(&page, chemin, &avec).await.exiger("enregistré");
    let (_, _, reference) = demandee(&appli).await;
    let suivi = format!("/projets/{reference}/suivi");
    let mut charge = entrer(&appli, "charge.lunevillois@exemple.invalid").await;
    let page = charge.ouvrir(&suivi).await;
    envoyer_acte(&mut charge, &page, &suivi, &[("acte", "refuser"), ("motif", "Le projet est ailleurs.")]).await;
    let courriel = appli.courriels().await.pop().unwrap();
    assert_eq!(courriel.sujet(), "Notre réponse");
    assert!(
        courriel.texte().contains("Pour « Rouvrir le café-épicerie » : Le projet est ailleurs."),
        "{}",
        courriel.texte()
    );
    appli.fin().await;
}
