//! A structure that the directory does not have: made by an agent, proposed by anyone, joined by the import that brings its
//! number later.

use annuaire::acteur::{self, etablissement, storage, valeur};
use annuaire::generateur::{siren, siret};
use annuaire::import::histoire;
use annuaire::import::preparation::annuler;
use annuaire::vocabulaire::{Champ, EtatActeur, Origine};
use axum::http::StatusCode;
use rstest::rstest;
use sea_orm::{EntityTrait, PaginatorTrait};
use socle::organisation::{self, Nature};
use testkit::{Appli, Moteur, Navigateur, Page};

use crate::gestes::{agent, importer};
use crate::monde::{Acteur, appli_avec};
use crate::sirene::{Unite, lieu, lieux, unite, unites};

const NOUVELLE: &str = "/reglages/annuaire/nouvelle-fiche";
const PROPOSER: &str = "/annuaire/proposer-une-structure";
const PROPOSITIONS: &str = "/reglages/annuaire/propositions";

async fn combien(appli: &Appli) -> u64 {
    let tx = appli.instance.db.read().await.unwrap();
    acteur::Entity::find().count(&tx).await.unwrap()
}

/// The actor whose page is at the end of this address.
async fn acteur_de(appli: &Appli, page: &Page) -> acteur::Model {
    let reference = page.chemin.rsplit('/').next().unwrap().to_owned();
    let tx = appli.instance.db.read().await.unwrap();
    storage::par_reference(&tx, &reference).await.unwrap().unwrap()
}

async fn premiere(agent: &mut Navigateur) -> String {
    agent.ouvrir(PROPOSITIONS).await.attribut("main th a, main td a", "href").unwrap()
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_agent_cree_une_fiche_apres_avoir_cherche(#[case] moteur: Moteur) {
    let connue = Acteur { nom: "La Ressourcerie du Toulois", commune: "54528", ..Acteur::default() };
    let (appli, faits) = appli_avec(moteur, &[connue]).await;
    let mut agent = agent(&appli).await;

    // Only an agent of the site; what is missing is said beside its field.
    assert_eq!(appli.navigateur().demander("GET", NOUVELLE, None).await.statut, StatusCode::SEE_OTHER);
    let page = agent.ouvrir(NOUVELLE).await;
    let vide = agent.envoyer(&page, NOUVELLE, &[("acte", "creer")]).await;
    assert_eq!(vide.statut, StatusCode::UNPROCESSABLE_ENTITY);
    vide.exiger("Écrivez un numéro SIREN, SIRET ou RNA").exiger("Écrivez le nom de la structure");

    // One that looks like it is shown first: nothing is made before the agent says that it is another.
    let numero = siren(70);
    let champs = [
        ("numero", numero.as_str()),
        ("nom", "Ressourcerie du toulois"),
        ("commune", "Toul"),
        ("adresse", "8 rue du Lavoir"),
        ("forme", "9220"),
        ("naf", "4779Z"),
        ("courriel", "contact@ressourcerie.invalid"),
        ("themes", "reemploi"),
    ];
    let avec = |acte| champs.iter().copied().chain([("acte", acte)]).collect::<Vec<_>>();
    let trouvee = agent.envoyer(&vide, NOUVELLE, &avec("creer")).await;
    trouvee.exiger("Est-ce l’une de celles-ci ?").exiger("même nom, même commune");
    assert_eq!(trouvee.attribut("#t-semblables + ul a", "href"), Some(format!("/annuaire/{}", faits[0].1)));
    assert_eq!(combien(&appli).await, 1);
    let creee = agent.envoyer(&trouvee, NOUVELLE, &[("acte", "creer-quand-meme")]).await;
    creee.exiger("La fiche est dans l’annuaire").exiger("Ressourcerie du toulois").exiger("un agent du département");
    let acteur = acteur_de(&appli, &creee).await;
    assert_eq!(acteur.siren.as_ref().map(ToString::to_string), Some(numero.clone()));
    assert_eq!(acteur.naf.as_deref(), Some("47.79Z"));
    let tx = appli.instance.db.read().await.unwrap();
    let valeurs = storage::valeurs(&tx, &acteur.id).await.unwrap();
    assert!(valeurs.iter().all(|v| v.source == Origine::Agent && v.auteur_id.is_some() && v.courante));
    assert_eq!(storage::themes(&tx, &acteur.id).await.unwrap().len(), 1);
    drop(tx);
    appli.travailler().await;
    appli.navigateur().ouvrir("/annuaire?q=ressourcerie+toulois").await.exiger("2\u{a0}acteurs");

    // The same number again, or its SIRET: its page, and nothing made.
    let (etablissement, page) = (siret(70, 1), agent.ouvrir(NOUVELLE).await);
    let double = [("numero", etablissement.as_str()), ("nom", "Autre nom"), ("commune", "Nancy"), ("acte", "creer")];
    let refus = agent.envoyer(&page, NOUVELLE, &double).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refus.exiger("Ce numéro est celui de Ressourcerie du toulois");
    assert_eq!(combien(&appli).await, 2);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_collectif_sans_numero_et_ce_que_le_site_sait_deja(#[case] moteur: Moteur) {
    let (appli, _) = appli_avec(moteur, &[]).await;
    let mut agent = agent(&appli).await;
    let page = agent.ouvrir(&format!("{NOUVELLE}?nom=Les+Voisins")).await;
    assert_eq!(page.attribut("#nom", "value").as_deref(), Some("Les Voisins"));
    let champs = [("emergence", "oui"), ("commune", "Cirey-sur-Vezouze"), ("acte", "creer")];
    let fiche = agent.envoyer(&page, NOUVELLE, &champs).await;
    fiche.exiger("La fiche est dans l’annuaire");
    let acteur = acteur_de(&appli, &fiche).await;
    let tx = appli.instance.db.read().await.unwrap();
    let organisation = organisation::par_id(&tx, &acteur.organisation_id).await.unwrap().unwrap();
    assert_eq!((organisation.nature, organisation.nom.as_str()), (Nature::Collectif, "Les Voisins"));
    drop(tx);

    // A structure that somebody declared in their account: its number fills the form, and its people hold the page.
    let tx = appli.instance.db.begin().await.unwrap();
    let declaree = organisation::Nouvelle {
        nature: Nature::Acteur,
        siren: Some(siren(71).parse().unwrap()),
        rna: None,
        commune: Some("54528".parse().unwrap()),
        nom: "La Fabrique".to_owned(),
        courriel: None,
    };
    let (clock, ids) = (&*appli.instance.clock, &*appli.instance.ids);
    let declaree = organisation::trouver_ou_creer(&tx, clock, ids, declaree).await.unwrap();
    tx.commit().await.unwrap();
    let numero = siren(71);
    let page = agent.ouvrir(NOUVELLE).await;
    let lue = agent.envoyer(&page, NOUVELLE, &[("numero", &numero), ("acte", "chercher")]).await;
    lue.exiger("Aucune fiche de l’annuaire ne ressemble");
    assert_eq!(lue.attribut("#nom", "value").as_deref(), Some("La Fabrique"));
    let fiche = agent.envoyer(&lue, NOUVELLE, &[("acte", "creer")]).await;
    assert_eq!(acteur_de(&appli, &fiche).await.organisation_id, declaree.id);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn chacun_propose_une_structure_et_un_agent_repond(#[case] moteur: Moteur) {
    let connue = Acteur { nom: "Les Granges partagées", commune: "54528", ..Acteur::default() };
    let (appli, faits) = appli_avec(moteur, &[connue]).await;
    let (mut agent, mut voisin) = (agent(&appli).await, appli.navigateur());

    // From an empty search, with the words that found nothing.
    let rien = voisin.ouvrir("/annuaire?q=zebulon").await;
    rien.exiger("Votre structure n’y est pas ?");
    let porte = rien.attribut("a[href^='/annuaire/proposer-une-structure']", "href").unwrap();
    let page = voisin.ouvrir(&porte).await;
    assert_eq!(page.attribut("#nom", "value").as_deref(), Some("zebulon"));
    let faux = voisin.envoyer(&page, PROPOSER, &[("rna", "12"), ("site", "javascript:alert(1)")]).await;
    assert_eq!(faux.statut, StatusCode::UNPROCESSABLE_ENTITY);
    faux.exiger("n’est pas un numéro RNA").exiger("commence par https://").exiger("Écrivez votre adresse");

    let champs = [
        ("rna", "W543001234"),
        ("nom", "Granges partagées"),
        ("commune", "Toul"),
        ("presentation", "<img src=x onerror=alert(1)> Un lieu partagé."),
        ("mot", "J’y suis bénévole."),
        ("courriel_auteur", "voisin@exemple.invalid"),
        ("acte", "proposer"),
    ];
    let page = voisin.ouvrir(PROPOSER).await;
    let semblable = voisin.envoyer(&page, PROPOSER, &champs).await;
    semblable.exiger("C’est celle-ci : Les Granges partagées");
    let envoyee = voisin.envoyer(&semblable, PROPOSER, &[("acte", "aucune")]).await;
    envoyee.exiger("Un agent lira votre proposition");
    assert_eq!(combien(&appli).await, 1, "nothing enters before an agent");

    // The agent sees it beside the one that looks like it, and says that it is the same.
    agent.ouvrir(PROPOSITIONS).await.exiger("structure à ajouter");
    let une = premiere(&mut agent).await;
    let lue = agent.ouvrir(&une).await;
    lue.exiger("La proposition, à côté de l’annuaire").exiger("voisin@exemple.invalid").exiger("J’y suis bénévole");
    assert!(!lue.html.contains("<img src=x"));
    let sans_choix = agent.envoyer(&lue, &une, &[("acte", "celle-ci")]).await;
    assert_eq!(sans_choix.statut, StatusCode::UNPROCESSABLE_ENTITY);
    let celle_ci = [("acte", "celle-ci"), ("celle_ci", faits[0].1.as_str())];
    agent.envoyer(&sans_choix, &une, &celle_ci).await.exiger("La personne reçoit l’adresse");
    let courriel = appli.courriels().await.pop().unwrap();
    assert_eq!(courriel.destinataire(), "voisin@exemple.invalid");
    assert!(courriel.texte().contains(&format!("/annuaire/{}", faits[0].1)), "{}", courriel.texte());
    assert_eq!(combien(&appli).await, 1);

    // Another one: corrected, made, told; its author may then claim it.
    let (mut camille, _) = appli.connecter("camille@exemple.invalid", None).await;
    let page = camille.ouvrir(PROPOSER).await;
    assert!(page.attribut("#courriel_auteur", "name").is_none(), "who has an account is answered there");
    let champs = [("emergence", "oui"), ("nom", "Le Fournil commun"), ("commune", "Nancy"), ("acte", "proposer")];
    camille.envoyer(&page, PROPOSER, &champs).await.exiger("Un agent lira");
    let une = premiere(&mut agent).await;
    let page = agent.ouvrir(&une).await;
    let creer = [("acte", "creer"), ("nom", "Le Fournil commun de Nancy"), ("forme", "9210")];
    agent.envoyer(&page, &une, &creer).await.exiger("La fiche est dans l’annuaire");
    let texte = appli.courriels().await.pop().unwrap().texte().to_owned();
    assert!(texte.contains("Elle a maintenant sa fiche"), "{texte}");
    let reference = texte.lines().find_map(|ligne| ligne.split_once("/annuaire/")).unwrap().1.trim().to_owned();
    appli.navigateur().ouvrir(&format!("/annuaire/{reference}")).await.exiger("Le Fournil commun de Nancy");
    camille.ouvrir(&format!("/annuaire/{reference}/revendiquer")).await.exiger("Un agent du département, qui vérifie");
    let encore = agent.envoyer(&page, &une, &[("acte", "creer"), ("_cle", "encore")]).await;
    encore.exiger("déjà répondu");
    assert_eq!(combien(&appli).await, 2);

    // Refused, with the reason.
    let page = voisin.ouvrir(PROPOSER).await;
    let champs = [
        ("emergence", "oui"),
        ("nom", "Mon voisin Paul"),
        ("commune", "Nancy"),
        ("courriel_auteur", "farceur@exemple.invalid"),
    ];
    voisin.envoyer(&page, PROPOSER, &champs).await.exiger("Un agent lira");
    let une = premiere(&mut agent).await;
    let page = agent.ouvrir(&une).await;
    let sans = agent.envoyer(&page, &une, &[("acte", "refuser")]).await;
    assert_eq!(sans.statut, StatusCode::UNPROCESSABLE_ENTITY);
    let refus = [("acte", "refuser"), ("motif", "Ce n’est pas une structure.")];
    agent.envoyer(&sans, &une, &refus).await.exiger("La proposition est refusée");
    assert!(appli.courriels().await.pop().unwrap().texte().contains("Ce n’est pas une structure."));
    assert_eq!(combien(&appli).await, 2);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_fiche_retiree_ne_revient_ni_ne_se_dit(#[case] moteur: Moteur) {
    let (appli, _) = appli_avec(moteur, &[]).await;
    let (mut agent, numero) = (agent(&appli).await, siren(72));
    let page = agent.ouvrir(NOUVELLE).await;
    let champs = [("numero", numero.as_str()), ("nom", "La Discrète"), ("commune", "Toul"), ("acte", "creer")];
    let fiche = agent.envoyer(&page, NOUVELLE, &champs).await;
    let reference = acteur_de(&appli, &fiche).await.reference;
    let situation = format!("/reglages/annuaire/fiches/{reference}");
    let page = agent.ouvrir(&situation).await;
    let masquer = [("etat", "masque"), ("motif", "Elle l’a demandé au téléphone.")];
    agent.envoyer(&page, &situation, &masquer).await.exiger("C’est enregistré");

    let page = agent.ouvrir(NOUVELLE).await;
    agent.envoyer(&page, NOUVELLE, &champs).await.exiger("une fiche retirée de l’annuaire");
    let mut visiteur = appli.navigateur();
    let page = visiteur.ouvrir(PROPOSER).await;
    let dits = [champs[0], champs[1], champs[2], ("courriel_auteur", "v@exemple.invalid"), ("acte", "proposer")];
    let reponse = visiteur.envoyer(&page, PROPOSER, &dits).await;
    reponse.exiger("Un agent lira");
    let une = premiere(&mut agent).await;
    let lue = agent.ouvrir(&une).await;
    lue.exiger("une fiche retirée de l’annuaire");
    let refus = agent.envoyer(&lue, &une, &[("acte", "creer")]).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(combien(&appli).await, 1);
    agent.ouvrir(&une).await.exiger("en attente");
    // Sirene does not bring it back.
    importer(&appli, vec![unites("2026-11-20", &[unite(72, "LA DISCRETE")])]).await.unwrap();
    let tx = appli.instance.db.read().await.unwrap();
    let acteur = storage::par_siren(&tx, &numero.parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(acteur.etat, EtatActeur::Masque);
    drop(tx);
    appli.fin().await;
}

/// The actor of this SIREN, its facts in force and its places.
async fn lu(appli: &Appli, rang: u32) -> (acteur::Model, Vec<valeur::Model>, Vec<etablissement::Model>) {
    let tx = appli.instance.db.read().await.unwrap();
    let acteur = storage::par_siren(&tx, &siren(rang).parse().unwrap()).await.unwrap().unwrap();
    let valeurs = storage::valeurs(&tx, &acteur.id).await.unwrap();
    let lieux = storage::etablissements(&tx, &acteur.id).await.unwrap();
    (acteur, valeurs, lieux)
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn l_import_qui_apporte_le_meme_numero_complete_la_fiche(#[case] moteur: Moteur) {
    let (appli, _) = appli_avec(moteur, &[]).await;
    let mut agent = agent(&appli).await;
    let (numero, etablissement) = (siren(73), siret(74, 1));
    // One with its SIREN and a street, one with its SIRET, one with its RNA number alone.
    let creations: [&[(&str, &str)]; 3] = [
        &[("numero", &numero), ("nom", "L’Atelier"), ("adresse", "8 r. du Lavoir"), ("commune", "Toul")],
        &[("numero", &etablissement), ("nom", "La Fabrique"), ("commune", "Toul")],
        &[("rna", "W543001234"), ("nom", "Le Verger"), ("commune", "Toul"), ("telephone", "03 83 00 00 01")],
    ];
    let mut references = Vec::new();
    for champs in creations {
        let page = agent.ouvrir(NOUVELLE).await;
        let champs: Vec<(&str, &str)> = champs.iter().copied().chain([("acte", "creer-quand-meme")]).collect();
        let fiche = agent.envoyer(&page, NOUVELLE, &champs).await;
        references.push(acteur_de(&appli, &fiche).await.reference);
    }
    appli.horloge.avancer(60);
    let du_verger = Unite { rna: "W543001234", ..unite(75, "LE VERGER PARTAGE") };
    let jour = "2026-11-20";
    let stock = vec![
        unites(jour, &[unite(73, "ATELIER DU TOULOIS"), unite(74, "LA FABRIQUE"), du_verger]),
        lieux(jour, &[lieu(73, 1), lieu(74, 1), lieu(75, 1)]),
    ];
    let rapport = importer(&appli, stock).await.unwrap();
    assert_eq!((rapport.nouveaux, rapport.changes), (0, 3), "{}", rapport.en_texte());
    assert_eq!(combien(&appli).await, 3, "joined, not doubled");
    for (rang, reference) in [73, 74, 75].into_iter().zip(&references) {
        let (acteur, valeurs, lieux) = lu(&appli, rang).await;
        assert_eq!(&acteur.reference, reference);
        // The name that the agent gave stays; the activity that Sirene alone knows enters; the place is one, numbered.
        assert_eq!(valeur::retenue(&valeurs, Champ::Nom).unwrap().source, Origine::Agent);
        assert_eq!(valeur::retenue(&valeurs, Champ::Naf).unwrap().source, Origine::Sirene);
        assert_eq!(acteur.naf.as_deref(), Some("47.79Z"));
        let numerotes: Vec<_> = lieux.iter().map(|l| (l.siret.as_deref(), l.source, l.siege)).collect();
        assert_eq!(numerotes, [(Some(siret(rang, 1).as_str()), Origine::Sirene, true)]);
    }
    let tx = appli.instance.db.read().await.unwrap();
    let verger = storage::par_siren(&tx, &siren(75).parse().unwrap()).await.unwrap().unwrap();
    let organisation = organisation::par_id(&tx, &verger.organisation_id).await.unwrap().unwrap();
    assert_eq!(organisation.siren.map(|s| s.to_string()), Some(siren(75)));
    drop(tx);
    // Where Sirene says something else than the agent did, the question is asked.
    agent.ouvrir("/reglages/annuaire").await.exiger("ATELIER DU TOULOIS").exiger("LE VERGER PARTAGE");

    // Undone: the pages are as they were, without number where they had none.
    appli.horloge.avancer(60);
    let tx = appli.instance.db.read().await.unwrap();
    let dernier = histoire::defaisable(&tx).await.unwrap().unwrap();
    drop(tx);
    assert!(annuler(&appli.instance, &dernier, None).await.unwrap().is_empty());
    let tx = appli.instance.db.read().await.unwrap();
    let verger = storage::par_reference(&tx, &references[2]).await.unwrap().unwrap();
    assert_eq!((verger.siren, verger.naf), (None, None));
    assert_eq!(storage::etablissements(&tx, &verger.id).await.unwrap().len(), 0);
    drop(tx);
    // And brought again.
    appli.horloge.avancer(60);
    let du_verger = Unite { rna: "W543001234", ..unite(75, "LE VERGER PARTAGE") };
    let rapport = importer(&appli, vec![unites("2026-11-21", &[du_verger])]).await.unwrap();
    assert_eq!((rapport.nouveaux, combien(&appli).await), (0, 3));
    appli.fin().await;
}
