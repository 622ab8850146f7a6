//! The main job, walked through the real pages, on both databases.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails with a line number")]

mod appels;
mod attribution;
mod brouillon;
mod formulaires;
mod interface;
mod marches;
mod nouvelles;
mod porteurs;
mod publication;
mod recherche;
mod reouverture;
mod saisies;
mod suivi;
mod textes;

use axum::http::StatusCode;
use domain::droit::Fonction;
use rstest::rstest;
use server::features;
use socle::organisation::Nature;
use testkit::{Appli, Moteur, Navigateur, Page};

pub(crate) const IDEE: &[(&str, &str)] = &[
    ("titre", "Rouvrir le café-épicerie"),
    ("commune", "Cirey-sur-Vezouze (54)"),
    ("manque", "Plus de commerce depuis deux ans. Les habitants âgés font quinze kilomètres."),
    ("themes", "commerce"),
];

pub(crate) async fn decrire(navigateur: &mut Navigateur) -> (Page, String) {
    let page = navigateur.ouvrir("/projets/nouveau").await;
    let page = navigateur.envoyer(&page, "/projets/nouveau", IDEE).await;
    page.exiger("Où vous en êtes");
    let reference = page.chemin.split('/').nth(2).unwrap().to_owned();
    let champs = [
        ("etape", "etude"),
        ("porteur", "commune"),
        ("besoins", "argent"),
        ("cout", "120 000"),
        ("maire_informe", "oui"),
    ];
    let page = navigateur.envoyer(&page, &format!("/projets/{reference}/suite"), &champs).await;
    (page, reference)
}

/// The path of the link in a mail.
pub(crate) fn lien(texte: &str, debut: &str) -> String {
    let debut = texte.find(debut).unwrap_or_else(|| panic!("pas de lien {debut} dans :\n{texte}"));
    let (_, reste) = texte.split_at(debut);
    reste.split(['\n', ' ']).next().unwrap().to_owned()
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_idee_devient_un_projet_accompagne(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mut maire = appli.navigateur();

    // Without account: described, seen.
    let (resultat, reference) = decrire(&mut maire).await;
    resultat.exiger("Rouvrir le café-épicerie – Cirey-sur-Vezouze");
    resultat.exiger("Ne signez aucun devis avant la réponse écrite de chaque financeur");
    resultat.exiger("Claude Exemple-Chargé");
    resultat.exiger("au plus tard le mardi 1er décembre 2026");
    resultat.exiger("à payer");
    assert_eq!(resultat.entetes["cache-control"], "no-store");

    // Another browser does not see it.
    let page = appli.navigateur().ouvrir(&format!("/projets/{reference}")).await;
    page.exiger("Connectez-vous pour continuer");

    // Kept: one address, a code.
    let page = maire.ouvrir(&format!("/projets/{reference}/garder")).await;
    let page = maire.envoyer(&page, "/connexion", &[("courriel", "maire@cirey.invalid")]).await;
    page.exiger("Vérifiez vos courriels");
    let courriel = appli.courriels().await.pop().unwrap();
    let code: String = courriel.texte().split("Votre code : ").nth(1).unwrap().chars().take(6).collect();
    let page = maire.envoyer(&page, "/connexion/code", &[("code", &code)]).await;
    page.exiger("Votre projet est gardé").exiger("Déclaré, non confirmé");

    // The mairie confirms from its own address, without account.
    let page = maire.envoyer(&page, &format!("/projets/{reference}/demander-confirmation"), &[]).await;
    page.exiger("Nous avons écrit à l’adresse officielle de la mairie");
    let courriel = appli.courriels().await.pop().unwrap();
    assert_eq!(courriel.destinataire(), "mairie-54129@demonstration.invalid");
    let chemin = lien(courriel.texte(), "/confirmation/");
    let mut mairie = appli.navigateur();
    let page = mairie.ouvrir(&chemin).await;
    let page = mairie.envoyer(&page, &chemin, &[("reponse", "oui")]).await;
    page.exiger("Le projet est confirmé au nom de votre commune");

    // Asks.
    let page = maire.ouvrir(&format!("/projets/{reference}/accompagnement")).await;
    page.exiger("Ce n’est pas une demande de subvention");
    let action = format!("/projets/{reference}/accompagnement");
    let page = maire.envoyer(&page, &action, &[("message", "Nous aider à choisir la forme juridique.")]).await;
    page.exiger("au plus tard le mardi 1er décembre 2026");
    let courriels = appli.courriels().await;
    let destinataires: Vec<&str> = courriels.iter().rev().take(2).map(|c| c.destinataire()).collect();
    assert!(destinataires.contains(&"maire@cirey.invalid"), "{destinataires:?}");
    assert!(destinataires.contains(&"charge.lunevillois@exemple.invalid"), "{destinataires:?}");

    // The chargé answers on their board.
    let mut charge = appli.navigateur();
    let page = charge.ouvrir("/demo").await;
    let page = charge.envoyer(&page, "/demo", &[("role", "charge.lunevillois@exemple.invalid")]).await;
    page.exiger("À répondre (2)").exiger("Rouvrir le café-épicerie");
    let suivi = format!("/projets/{reference}/suivi");
    let page = charge.ouvrir(&suivi).await;
    page.exiger("Encore 5 jours ouvrés");
    let recommander =
        [("acte", "recommander"), ("genre", "acteur"), ("reco_titre", "Appeler l’union des coopératives")];
    let page = envoyer_acte(&mut charge, &page, &suivi, &recommander).await;
    page.exiger("La recommandation est envoyée");
    let repondre = [("acte", "repondre"), ("reponse", "Je passe mardi à la mairie."), ("version", "1")];
    let page = envoyer_acte(&mut charge, &page, &suivi, &repondre).await;
    page.exiger("La réponse est envoyée").exiger("Répondu");
    let courriels = appli.courriels().await;
    let reponse = courriels.iter().rfind(|c| c.destinataire() == "maire@cirey.invalid").unwrap();
    assert_eq!(reponse.sujet(), "Le département vous répond");

    // The commune sees it and takes it up.
    let page = maire.ouvrir(&format!("/projets/{reference}")).await;
    page.exiger("Je passe mardi à la mairie").exiger("Appeler l’union des coopératives");
    let action = format!("/projets/{reference}/accompagnement/recommandation");
    let page = maire.envoyer(&page, &action, &[("etat", "en-cours")]).await;
    page.exiger("En cours").exiger("Recommandation : en cours");

    // The public sees nothing until it is published, and then neither cost nor exchanges.
    let mut public = appli.navigateur();
    assert!(!public.ouvrir("/carte").await.html.contains(&reference));
    appli.fin().await;
}

/// The follow-up page has several forms to the same address: fields are given whole.
pub(crate) async fn envoyer_acte(
    navigateur: &mut Navigateur,
    page: &Page,
    chemin: &str,
    champs: &[(&str, &str)],
) -> Page {
    navigateur.envoyer(page, chemin, champs).await
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_erreur_ne_perd_rien_de_ce_qui_est_tape(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, features()).await;
    let mut visiteur = appli.navigateur();
    let page = visiteur.ouvrir("/projets/nouveau").await;
    let champs = [("titre", "<b>Un titre</b>"), ("commune", "Nullepart-les-Bains"), ("manque", "court")];
    let page = visiteur.envoyer(&page, "/projets/nouveau", &champs).await;
    assert_eq!(page.statut, StatusCode::UNPROCESSABLE_ENTITY);
    page.exiger("3 points sont à corriger").exiger("Nous ne trouvons pas").exiger("Choisissez au moins un thème");
    assert_eq!(page.attribut("#titre", "value").as_deref(), Some("<b>Un titre</b>"));
    assert_eq!(page.attribut("#commune", "value").as_deref(), Some("Nullepart-les-Bains"));
    assert!(page.textes("title")[0].starts_with("Erreur"));
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_formulaire_envoye_deux_fois_ne_fait_qu_un_projet(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, features()).await;
    let mut visiteur = appli.navigateur();
    let page = visiteur.ouvrir("/projets/nouveau").await;
    let un = visiteur.envoyer(&page, "/projets/nouveau", IDEE).await;
    let deux = visiteur.envoyer(&page, "/projets/nouveau", IDEE).await;
    assert_eq!(un.chemin, deux.chemin);
    appli.fin().await;
}

/// The browser sends its form again because the first answer, cookies included, never came.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_brouillon_dont_la_reponse_se_perd_reste_au_visiteur(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, features()).await;
    let mut visiteur = appli.navigateur();
    let page = visiteur.ouvrir("/projets/nouveau").await;
    let mut coupe = visiteur.clone();
    let perdue = coupe.envoyer_sans_suivre(&page, "/projets/nouveau", IDEE).await;
    assert_eq!(perdue.statut, StatusCode::SEE_OTHER);

    let suite = visiteur.envoyer(&page, "/projets/nouveau", IDEE).await;
    assert_eq!(suite.statut, StatusCode::OK);
    suite.exiger("Où vous en êtes");
    assert_eq!(perdue.entetes["location"], suite.chemin.as_str(), "one project, not two");
    appli.navigateur().ouvrir(&suite.chemin).await.exiger("Connectez-vous pour continuer");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_formulaire_d_ailleurs_est_refuse(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, features()).await;
    let mut visiteur = appli.navigateur();
    let page = visiteur.poster("/projets/nouveau", "titre=Sans+jeton&commune=54129").await;
    assert_eq!(page.statut, StatusCode::FORBIDDEN);
    page.exiger("Le formulaire n’a pas été pris en compte");
    // The token of one browser is of no use in another.
    let mut autre = appli.navigateur();
    let vue = autre.ouvrir("/projets/nouveau").await;
    let page = visiteur.envoyer(&vue, "/projets/nouveau", IDEE).await;
    assert_eq!(page.statut, StatusCode::FORBIDDEN);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn deux_agents_sur_la_meme_demande(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut porteur, _) = appli.connecter("porteuse@exemple.invalid", None).await;
    let (_, reference) = decrire(&mut porteur).await;
    let page = porteur.ouvrir(&format!("/projets/{reference}/accompagnement")).await;
    let action = format!("/projets/{reference}/accompagnement");
    porteur.envoyer(&page, &action, &[("message", "Une question simple.")]).await.exiger("Votre demande est envoyée");

    let departement = Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::Coordinateur));
    let (mut une, _) = appli.connecter("une@exemple.invalid", departement).await;
    let (mut autre, _) = appli.connecter("autre@exemple.invalid", departement).await;
    let suivi = format!("/projets/{reference}/suivi");
    let (vue_une, vue_autre) = (une.ouvrir(&suivi).await, autre.ouvrir(&suivi).await);
    let reponse = |texte| [("acte", "repondre"), ("reponse", texte), ("version", "1")];
    une.envoyer(&vue_une, &suivi, &reponse("Première réponse.")).await.exiger("La réponse est envoyée");
    let page = autre.envoyer(&vue_autre, &suivi, &reponse("Seconde réponse, à ne pas perdre.")).await;
    assert_eq!(page.statut, StatusCode::CONFLICT);
    page.exiger("Quelqu’un a agi sur cette demande").exiger("Première réponse.");
    assert!(page.html.contains("Seconde réponse, à ne pas perdre."), "the second keeps its text");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_appel_saisi_puis_reconnu(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mut charge = appli.navigateur();
    let page = charge.ouvrir("/demo").await;
    charge.envoyer(&page, "/demo", &[("role", "charge.lunevillois@exemple.invalid")]).await;
    let page = charge.ouvrir("/saisir").await;
    let champs = [
        ("commune", "54480"),
        ("phrase", "La secrétaire cherche une solution pour la cantine."),
        ("courriel", "secretariat@exemple.invalid"),
    ];
    let page = charge.envoyer(&page, "/saisir", &champs).await;
    assert_eq!(page.statut, StatusCode::UNPROCESSABLE_ENTITY);
    page.exiger("Plusieurs communes correspondent");
    let page = charge.envoyer(&page, "/saisir", &[("commune", "Petitmont")]).await;
    page.exiger("L’appel est saisi").exiger("Encore 5 jours ouvrés");
    let suivi = page.chemin.clone();
    let page = charge.envoyer(&page, &suivi, &[("acte", "telephone")]).await;
    page.exiger("répondu par téléphone");

    let courriel = appli.courriels().await.pop().unwrap();
    assert_eq!(courriel.sujet(), "Est-ce bien cela ?");
    let chemin = lien(courriel.texte(), "/est-ce-bien-cela/");
    let mut secretaire = appli.navigateur();
    let page = secretaire.ouvrir(&chemin).await;
    page.exiger("La secrétaire cherche une solution pour la cantine");
    secretaire.envoyer(&page, &chemin, &[]).await.exiger("connectez-vous avec la même adresse");
    // The link works once.
    assert_eq!(secretaire.ouvrir(&chemin).await.statut, StatusCode::NOT_FOUND);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_mise_en_relation_avec_l_accord_des_deux(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut porteur, _) = appli.connecter("porteuse@exemple.invalid", None).await;
    let (_, reference) = decrire(&mut porteur).await;
    let action = format!("/projets/{reference}/accompagnement");
    let page = porteur.ouvrir(&action).await;
    porteur.envoyer(&page, &action, &[("message", "Une question simple.")]).await;
    let mut charge = appli.navigateur();
    let page = charge.ouvrir("/demo").await;
    charge.envoyer(&page, "/demo", &[("role", "charge.lunevillois@exemple.invalid")]).await;
    let page = charge.ouvrir(&format!("/projets/{reference}/suivi")).await;
    let relation = format!("/projets/{reference}/relation");
    let champs = |courriel| {
        [
            ("acteur", "Les Granges partagées (exemple)"),
            ("acteur_courriel", courriel),
            ("acteur_texte", "Une commune cherche un appui."),
        ]
    };
    // In the demonstration nobody real is written to.
    let refus = charge.envoyer(&page, &relation, &champs("vraie@adresse.fr")).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refus.exiger("on n’écrit qu’à des adresses inventées");
    charge
        .envoyer(&page, &relation, &champs("granges@exemple.invalid"))
        .await
        .exiger("Le texte est proposé au porteur");
    assert!(!appli.courriels().await.iter().any(|c| c.destinataire() == "granges@exemple.invalid"), "nothing left yet");
    let page = charge.ouvrir(&format!("/projets/{reference}/suivi")).await;
    let refus = charge.envoyer(&page, &relation, &champs("Granges@exemple.invalid")).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY, "one introduction at a time");
    refus.exiger("est déjà en cours pour ce projet");

    let page = porteur.ouvrir(&format!("/projets/{reference}")).await;
    let page = porteur.envoyer(&page, &format!("/projets/{reference}/relation/approuver"), &[("reponse", "oui")]).await;
    page.exiger("Le texte est envoyé");
    let courriels = appli.courriels().await;
    let recu = courriels.iter().find(|c| c.destinataire() == "granges@exemple.invalid").unwrap();
    let chemin = lien(recu.texte(), "/relation/");
    let mut acteur = appli.navigateur();
    let page = acteur.ouvrir(&chemin).await;
    acteur.envoyer(&page, &chemin, &[("reponse", "interesse")]).await.exiger("Vous recevez les coordonnées du porteur");
    let courriels = appli.courriels().await;
    let contact = courriels.iter().rfind(|c| c.destinataire() == "granges@exemple.invalid").unwrap();
    assert!(contact.texte().contains("porteuse@exemple.invalid"), "{}", contact.texte());
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn deux_fiches_pour_un_projet_se_reunissent_et_se_separent(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut porteuse, _) = appli.connecter("porteuse@exemple.invalid", None).await;
    let (_, reste) = decrire(&mut porteuse).await;
    let mut charge = appli.navigateur();
    let page = charge.ouvrir("/demo").await;
    charge.envoyer(&page, "/demo", &[("role", "charge.lunevillois@exemple.invalid")]).await;
    let page = charge.ouvrir("/saisir").await;
    let champs = [("commune", "Cirey-sur-Vezouze (54)"), ("phrase", "La mairie veut rouvrir le café du village.")];
    let page = charge.envoyer(&page, "/saisir", &champs).await;
    let double = page.chemin.split('/').nth(2).unwrap().to_owned();
    let suivi = format!("/projets/{double}/suivi");

    // A wrong reference is refused beside its field, and nothing changes.
    let fusionner = |reference| [("acte", "fusionner"), ("fusion", reference)];
    let refus = charge.envoyer(&page, &suivi, &fusionner("zzzzzzzz")).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refus.exiger("Aucun projet n’a cette référence");
    assert_eq!(charge.envoyer(&page, &suivi, &fusionner(&double)).await.statut, StatusCode::UNPROCESSABLE_ENTITY);

    // Merged: the request comes along, the old address leads to the project that stays.
    let page = charge.envoyer(&page, &suivi, &fusionner(&reste)).await;
    page.exiger("Les deux fiches n’en font plus qu’une").exiger("Encore 5 jours ouvrés");
    let page = charge.ouvrir(&format!("/projets/{double}")).await;
    assert_eq!(page.chemin, format!("/projets/{reste}"));
    page.exiger("elle est réunie à celle-ci");

    // One level of doubles: what was said on the double of a double would be shown nowhere.
    let (_, troisieme) = decrire(&mut porteuse).await;
    let suivi_reste = format!("/projets/{reste}/suivi");
    let page = charge.ouvrir(&suivi_reste).await;
    let refus = charge.envoyer(&page, &suivi_reste, &fusionner(&troisieme)).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refus.exiger("Séparez-les d’abord");

    // Parted: each has what it had.
    let page = charge.ouvrir(&suivi_reste).await;
    let page = charge.envoyer(&page, &suivi_reste, &[("acte", "separer"), ("double", &double)]).await;
    page.exiger("Les deux fiches sont séparées").exiger("Encore 5 jours ouvrés");
    charge.ouvrir(&suivi_reste).await.exiger("Pas de demande");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn les_precisions_viennent_quand_elles_aident(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, features()).await;
    let (mut porteuse, _) = appli.connecter("porteuse@exemple.invalid", None).await;
    let (_, reference) = decrire(&mut porteuse).await;
    let fiche = format!("/projets/{reference}");
    porteuse.ouvrir(&fiche).await.exiger("Faire tourner le projet, trois ans (0 sur 6)");
    let url = format!("{fiche}/precisions/exploitation");
    let page = porteuse.ouvrir(&url).await;
    let page = porteuse.envoyer(&page, &url, &[("recettes_1", "beaucoup"), ("depenses_1", "42 000,50")]).await;
    assert_eq!(page.statut, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.attribut("#recettes_1", "value").as_deref(), Some("beaucoup"));
    let page = porteuse.envoyer(&page, &url, &[("recettes_1", "45000")]).await;
    page.exiger("C’est enregistré").exiger("(2 sur 6)").exiger("42 000,50 €");
    // What was typed comes back; an answer emptied is taken back.
    let page = porteuse.ouvrir(&url).await;
    assert_eq!(page.attribut("#recettes_1", "value").as_deref(), Some("45\u{202f}000"));
    let page = porteuse.envoyer(&page, &url, &[("depenses_1", "")]).await;
    page.exiger("(1 sur 6)");
    assert_eq!(appli.navigateur().ouvrir(&format!("{fiche}/precisions/inconnu")).await.statut, StatusCode::NOT_FOUND);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn les_leviers_viennent_avec_leurs_raisons_et_entrent_dans_le_calcul(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mut maire = appli.navigateur();
    let (resultat, _) = decrire(&mut maire).await;
    resultat.exiger("Dotation d’équipement des territoires ruraux (DETR)").exiger("Reconquête du commerce rural");
    resultat.exiger("Cette aide n’est pas pour ce porteur (commune)").exiger("taux d’exemple");
    let page = maire.ouvrir("/leviers/detr").await;
    page.exiger("Préfecture du département").exiger("CGCT, articles L2334-32 et suivants");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_maire_verifiee_confirme_elle_meme_son_projet(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mandat = Some((Nature::Commune, "54129", Fonction::Maire));
    let (mut maire, _) = appli.connecter("maire.verifiee@exemple.invalid", mandat).await;
    let (_, reference) = decrire(&mut maire).await;
    let fiche = format!("/projets/{reference}");
    let page = maire.ouvrir(&fiche).await;
    page.exiger("Le confirmez-vous ?").exiger("Inviter un collègue");
    assert!(!page.contient("Écrire à la mairie"), "nobody writes to their own mairie");
    let page = maire.envoyer(&page, &format!("{fiche}/confirmer"), &[]).await;
    page.exiger("Merci. Le projet est confirmé.");
    assert!(!page.contient("Déclaré, non confirmé"));
    // Of another commune: only described.
    let (mut autre, _) =
        appli.connecter("ailleurs@exemple.invalid", Some((Nature::Commune, "54395", Fonction::Maire))).await;
    let (_, reference) = decrire(&mut autre).await;
    autre.ouvrir(&format!("/projets/{reference}")).await.exiger("Écrire à la mairie");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_marche_prevu_se_signale_une_fois_aux_facilitateurs(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut porteuse, _) = appli.connecter("porteuse@exemple.invalid", None).await;
    let (_, reference) = decrire(&mut porteuse).await;
    let url = format!("/projets/{reference}/precisions");
    for (reponse, attendus) in [("ne-sait-pas", 0), ("oui", 1), ("oui", 1)] {
        let page = porteuse.ouvrir(&url).await;
        porteuse.envoyer(&page, &url, &[("marche_prevu", reponse)]).await.exiger("Ce qui peut vous aider");
        let courriels = appli.courriels().await;
        let signaux: Vec<_> = courriels.iter().filter(|c| c.destinataire() == "facilitation@exemple.invalid").collect();
        assert_eq!(signaux.len(), attendus, "{reponse}");
        assert!(signaux.iter().all(|c| c.sujet() == "Un marché est prévu : Rouvrir le café-épicerie"));
    }
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn ce_que_dit_la_fonction_n_est_pas_demande(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mandat = |fonction| Some((Nature::Commune, "54129", fonction));
    let (mut maire, _) = appli.connecter("maire@exemple.invalid", mandat(Fonction::Maire)).await;
    let page = maire.ouvrir("/projets/nouveau").await;
    assert_eq!(page.attribut("#commune", "value").as_deref(), Some("Cirey-sur-Vezouze"));
    let page = maire.ouvrir("/projets/nouveau?commune=54395").await;
    assert_eq!(page.attribut("#commune", "value").as_deref(), Some("Nancy"));

    let choisi = |page: &Page| {
        let porteur = page.attribut("#porteur option[selected]", "value").unwrap_or_default();
        (porteur, page.attribut("[name=maire_informe][checked]", "value").unwrap_or_default())
    };
    let page = maire.envoyer(&page, "/projets/nouveau", IDEE).await;
    page.exiger("Où vous en êtes");
    assert_eq!(choisi(&page), ("commune".to_owned(), "oui".to_owned()));

    // An agent of the commune does not know for the mayor; a project elsewhere is not their commune's.
    let (mut agent, _) = appli.connecter("agent@exemple.invalid", mandat(Fonction::AgentCommune)).await;
    let page = agent.ouvrir("/projets/nouveau").await;
    let la_sienne = agent.envoyer(&page, "/projets/nouveau", IDEE).await;
    assert_eq!(choisi(&la_sienne), ("commune".to_owned(), String::new()));
    let page = agent.ouvrir("/projets/nouveau").await;
    let ailleurs = [IDEE[0], ("commune", "Nancy"), IDEE[2], IDEE[3]];
    let page = agent.envoyer(&page, "/projets/nouveau", &ailleurs).await;
    assert_eq!(choisi(&page), (String::new(), String::new()));
    appli.fin().await;
}
