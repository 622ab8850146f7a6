//! Who bears a project, who may act for it: mandates that end, begin, invitations that come and go.

use axum::http::StatusCode;
use domain::droit::Fonction;
use rstest::rstest;
use server::features;
use socle::organisation::Nature;
use testkit::{Appli, Moteur, Navigateur, Page};

use crate::{IDEE, decrire};

pub(crate) const CIREY: Option<(Nature, &str, Fonction)> = Some((Nature::Commune, "54129", Fonction::Maire));
pub(crate) const ANCIEN: &str = "ancien.maire@exemple.invalid";

pub(crate) async fn charge(appli: &Appli) -> Navigateur {
    let mut charge = appli.navigateur();
    let page = charge.ouvrir("/demo").await;
    charge.envoyer(&page, "/demo", &[("role", "charge.lunevillois@exemple.invalid")]).await;
    charge
}

/// Subjects of the mails to an address, oldest first.
pub(crate) async fn sujets(appli: &Appli, a: &str) -> Vec<String> {
    appli.courriels().await.iter().filter(|c| c.destinataire() == a).map(|c| c.sujet().to_owned()).collect()
}

/// The département ends the verified function of the only one who bears this name.
pub(crate) async fn terminer(appli: &Appli, agent: &mut Navigateur, commune: &str, nom: &str) {
    let page = agent.ouvrir(&format!("/agents/mandats?commune={commune}")).await;
    let jeton = page.attribut("input[name=_jeton]", "value").unwrap();
    let (_, apres) = page.html.split_once(&format!("Exemple {nom}")).unwrap_or_else(|| panic!("{}", page.texte()));
    let (_, mandat) = apres.split_once("name=\"mandat\" value=\"").unwrap();
    let (mandat, _) = mandat.split_once('"').unwrap();
    let corps = format!(
        "_jeton={jeton}&_cle={}&mandat={mandat}&reponse=terminer&motif_{mandat}=Fin+du+mandat",
        appli.instance.ids.reference(12)
    );
    assert_eq!(agent.poster("/agents/mandats", &corps).await.statut, StatusCode::SEE_OTHER);
}

/// Describes for this bearer, signed in.
async fn decrire_pour(navigateur: &mut Navigateur, porteur: &str) -> (Page, String) {
    let page = navigateur.ouvrir("/projets/nouveau").await;
    let page = navigateur.envoyer(&page, "/projets/nouveau", IDEE).await;
    let reference = page.chemin.split('/').nth(2).unwrap().to_owned();
    let suite = format!("/projets/{reference}/suite");
    navigateur.envoyer(&page, &suite, &[("etape", "idee"), ("porteur", porteur)]).await;
    (navigateur.ouvrir(&format!("/projets/{reference}")).await, reference)
}

/// Declares, then is verified by the chargé.
async fn declarer(appli: &Appli, qui: &str, charge: &mut Navigateur, champs: &[(&str, &str)]) -> Navigateur {
    let (mut navigateur, _) = appli.connecter(qui, None).await;
    let page = navigateur.ouvrir("/compte/mandats/nouveau").await;
    navigateur.envoyer(&page, "/compte/mandats/nouveau", champs).await.exiger("Votre fonction est déclarée");
    let page = charge.ouvrir("/agents/mandats").await;
    charge.envoyer(&page, "/agents/mandats", &[("reponse", "oui")]).await.exiger("La fonction est vérifiée");
    navigateur
}

/// What the form asks of an organisation.
type Structure = [(&'static str, &'static str); 4];

const fn structure(nature: &'static str, commune: &'static str, nom: &'static str, numero: &'static str) -> Structure {
    [("nature", nature), ("commune", commune), ("nom", nom), ("numero", numero)]
}

#[rstest]
#[case::epci(
    Moteur::Sqlite,
    "epci",
    structure("epci", "Cirey-sur-Vezouze (54)", "", ""),
    structure("epci", "Blâmont (54)", "La com’com", "")
)]
#[case::epci_postgres(
    Moteur::Postgres,
    "epci",
    structure("epci", "Cirey-sur-Vezouze (54)", "", ""),
    structure("epci", "Blâmont (54)", "La com’com", "")
)]
#[case::syndicat(
    Moteur::Sqlite,
    "syndicat",
    structure("public", "Blâmont (54)", "Syndicat scolaire des Trois Vallées", ""),
    structure("public", "Blâmont (54)", "syndicat scolaire des trois vallees", "")
)]
#[case::syndicat_postgres(
    Moteur::Postgres,
    "syndicat",
    structure("public", "Blâmont (54)", "Syndicat scolaire", "225 400 019"),
    structure("public", "Lunéville (54)", "Notre syndicat", "225400019")
)]
#[case::ccas(
    Moteur::Sqlite,
    "ccas",
    structure("public", "Cirey-sur-Vezouze (54)", "CCAS", ""),
    structure("public", "Cirey-sur-Vezouze (54)", "Centre communal d’action sociale de Cirey", "")
)]
#[case::association(
    Moteur::Sqlite,
    "association-employeuse",
    structure("acteur", "Blâmont (54)", "Les Amis du four", ""),
    structure("acteur", "Blâmont (54)", "LES AMIS DU FOUR", "")
)]
#[case::association_postgres(
    Moteur::Postgres,
    "association-sans-salarie",
    structure("acteur", "Blâmont (54)", "Les Amis du four", "W543000001"),
    structure("acteur", "Cirey-sur-Vezouze (54)", "Amis du four à pain", "w543000001")
)]
#[case::collectif(
    Moteur::Sqlite,
    "collectif",
    structure("collectif", "Blâmont (54)", "Le jardin partagé", ""),
    structure("collectif", "Blâmont (54)", "Le Jardin partagé", "")
)]
#[tokio::test]
async fn une_structure_porte_son_projet_et_le_garde_quand_on_change(
    #[case] moteur: Moteur,
    #[case] porteur: &str,
    #[case] une: Structure,
    #[case] autre: Structure,
) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mut charge = charge(&appli).await;
    let qui = [("fonction", "representant"), ("preuve", "Délibération")];
    let champs = |structure: Structure| structure.into_iter().chain(qui).collect::<Vec<_>>();
    let mut premiere = declarer(&appli, "premiere@exemple.invalid", &mut charge, &champs(une)).await;

    // Who bears it is known by the mandate: the rights are there at once.
    let (page, reference) = decrire_pour(&mut premiere, porteur).await;
    let fiche = format!("/projets/{reference}");
    page.exiger("Inviter un collègue").exiger("Rendre le projet public");
    assert_eq!(premiere.ouvrir(&format!("{fiche}/inviter")).await.statut, StatusCode::OK);
    assert_eq!(premiere.ouvrir(&format!("{fiche}/publier")).await.statut, StatusCode::OK);

    // The same organisation, however it is written: a colleague, who takes over.
    let mut seconde = declarer(&appli, "seconde@exemple.invalid", &mut charge, &champs(autre)).await;
    premiere.ouvrir("/compte/collegues").await.exiger("Exemple seconde");
    seconde.ouvrir(&fiche).await.exiger("Inviter un collègue");
    let page = seconde.ouvrir("/compte/collegues").await;
    let page = seconde.envoyer(&page, "/compte/collegues", &[("acte", "terminer")]).await;
    page.exiger("La fonction est terminée");
    assert_eq!(premiere.ouvrir(&fiche).await.statut, StatusCode::FORBIDDEN, "who left has handed it over");
    seconde.ouvrir("/projets").await.exiger("Rouvrir le café-épicerie");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn on_n_ecrit_a_la_mairie_que_pour_son_projet(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut habitante, _) = appli.connecter("habitante@exemple.invalid", None).await;
    for (porteur, ecrit) in [("commune", true), ("epci", false), ("syndicat", false), ("ccas", false)] {
        let (page, reference) = decrire_pour(&mut habitante, porteur).await;
        assert_eq!(page.contient("Écrire à la mairie"), ecrit, "{porteur}");
        let mairie = "mairie-54129@demonstration.invalid";
        let avant = sujets(&appli, mairie).await.len();
        let jeton = page.attribut("input[name=_jeton]", "value").unwrap_or_default();
        let action = format!("/projets/{reference}/demander-confirmation");
        habitante.poster(&action, &format!("_jeton={jeton}&_cle={porteur}{reference}")).await;
        assert_eq!(sujets(&appli, mairie).await.len() - avant, usize::from(ecrit), "{porteur}");
        if !ecrit {
            page.exiger("Votre contact au département peut le confirmer");
        }
    }
    appli.fin().await;
}

/// Kept in a draft by nobody known, then confirmed by the département: its bearer takes it up.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn confirme_pour_l_intercommunalite_elle_le_tient(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mut charge = charge(&appli).await;
    let champs =
        [("nature", "epci"), ("commune", "Blâmont (54)"), ("fonction", "maire"), ("preuve", "Élue le 10 avril")];
    let mut presidente = declarer(&appli, "presidente@exemple.invalid", &mut charge, &champs).await;
    let (mut habitante, _) = appli.connecter("habitante@exemple.invalid", None).await;
    let (_, reference) = decrire_pour(&mut habitante, "epci").await;
    let fiche = format!("/projets/{reference}");
    assert_eq!(presidente.ouvrir(&fiche).await.statut, StatusCode::FORBIDDEN, "private until it is confirmed");
    let page = charge.ouvrir(&fiche).await;
    page.exiger("CC de Vezouze en Piémont");
    assert!(!page.contient("au nom de la commune"), "{}", page.texte());
    charge.envoyer(&page, &format!("{fiche}/confirmer"), &[]).await.exiger("Le projet est confirmé");
    presidente.ouvrir(&fiche).await.exiger("Inviter un collègue").exiger("Rendre le projet public");
    // Its bearer changes: it is to be confirmed again, and who changed it still sees it.
    let page = presidente.ouvrir(&format!("{fiche}/suite")).await;
    presidente.envoyer(&page, &format!("{fiche}/suite"), &[("porteur", "ccas")]).await;
    presidente.ouvrir(&fiche).await.exiger("Déclaré, non confirmé");
    appli.fin().await;
}

async fn cout(appli: &Appli, navigateur: &mut Navigateur, chemin: &str) -> u64 {
    let avant = appli.instance.db.nombre_de_requetes();
    assert_eq!(navigateur.ouvrir(chemin).await.statut, StatusCode::OK);
    appli.instance.db.nombre_de_requetes() - avant
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_invitation_se_voit_se_retire_et_se_quitte(#[case] moteur: Moteur) {
    const INVITE: &str = "invitee@exemple.invalid";
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut maire, _) = appli.connecter("maire.porteuse@exemple.invalid", CIREY).await;
    let (mut collegue, _) = appli.connecter("collegue@exemple.invalid", CIREY).await;
    let (_, reference) = decrire(&mut maire).await;
    let fiche = format!("/projets/{reference}");
    let (inviter, membres) = (format!("{fiche}/inviter"), format!("{fiche}/membres"));
    let page = maire.ouvrir(&inviter).await;
    let page = maire.envoyer(&page, &inviter, &[("courriel", INVITE)]).await;
    page.exiger("L’invitation est envoyée").exiger(INVITE).exiger("Exemple collegue");
    let une = cout(&appli, &mut maire, &fiche).await;
    let jeton = page.attribut("input[name=_jeton]", "value").unwrap();
    for numero in 0..3 {
        let corps = format!("_jeton={jeton}&_cle=invite{numero}&courriel=invite{numero}%40exemple.invalid");
        assert_eq!(maire.poster(&inviter, &corps).await.statut, StatusCode::SEE_OTHER);
    }
    assert_eq!(cout(&appli, &mut maire, &fiche).await, une, "statements do not depend on who has access");
    for _ in 0..4 {
        let page = maire.ouvrir(&fiche).await;
        maire.envoyer(&page, &membres, &[]).await.exiger("L’invitation est retirée");
    }
    let page = maire.ouvrir(&inviter).await;
    maire.envoyer(&page, &inviter, &[("courriel", INVITE)]).await.exiger("L’invitation est envoyée");
    // A colleague is one already: nobody is invited twice.
    let page = maire.ouvrir(&inviter).await;
    let page = maire.envoyer(&page, &inviter, &[("courriel", "collegue@exemple.invalid")]).await;
    page.exiger("a déjà accès à ce projet");
    assert!(sujets(&appli, "collegue@exemple.invalid").await.is_empty());

    // Sees and changes; neither invites, nor publishes, nor confirms, nor sees who else is there.
    let (mut invitee, _) = appli.connecter(INVITE, None).await;
    let page = invitee.ouvrir(&fiche).await;
    page.exiger("Quitter ce projet");
    assert!(!page.contient("Inviter un collègue") && !page.contient("Exemple collegue"), "{}", page.texte());
    assert_eq!(invitee.ouvrir(&format!("{fiche}/suite")).await.statut, StatusCode::OK);
    for chemin in ["inviter", "publier"] {
        assert_eq!(invitee.ouvrir(&format!("{fiche}/{chemin}")).await.statut, StatusCode::FORBIDDEN, "{chemin}");
    }
    let jeton = page.attribut("input[name=_jeton]", "value").unwrap();
    for chemin in ["confirmer", "publier", "inviter", "membres"] {
        let corps = format!("_jeton={jeton}&_cle=refus-{chemin}&acte=retirer&membre=x");
        assert_eq!(
            invitee.poster(&format!("{fiche}/{chemin}"), &corps).await.statut,
            StatusCode::FORBIDDEN,
            "{chemin}"
        );
    }

    // The project is not theirs to give away.
    let page = invitee.ouvrir(&format!("{fiche}/suite")).await;
    let refus = invitee.envoyer(&page, &format!("{fiche}/suite"), &[("porteur", "epci")]).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refus.exiger("Ce projet est à la structure qui le porte");
    let page = invitee.ouvrir(&format!("{fiche}/description")).await;
    let refus = invitee.envoyer(&page, &format!("{fiche}/description"), &[("commune", "Nancy (54)")]).await;
    assert_eq!(refus.statut, StatusCode::UNPROCESSABLE_ENTITY);
    let page = invitee.ouvrir(&format!("{fiche}/suite")).await;
    invitee.envoyer(&page, &format!("{fiche}/suite"), &[("etape", "montage")]).await.exiger("Ce qui peut");

    // Withdrawn by another colleague than who invited; invited again; then leaves by herself.
    let page = collegue.ouvrir(&fiche).await;
    let page = collegue.envoyer(&page, &membres, &[]).await;
    page.exiger("L’invitation est retirée").exiger("Invitation retirée");
    assert!(page.attribut("form[action$='/membres']", "action").is_none(), "nobody is left to withdraw");
    assert_eq!(invitee.ouvrir(&fiche).await.statut, StatusCode::FORBIDDEN);
    let page = maire.ouvrir(&inviter).await;
    maire.envoyer(&page, &inviter, &[("courriel", INVITE)]).await.exiger("L’invitation est envoyée");
    let page = invitee.ouvrir(&fiche).await;
    invitee.envoyer(&page, &membres, &[]).await.exiger("Vous avez quitté le projet");
    assert_eq!(invitee.ouvrir(&fiche).await.statut, StatusCode::FORBIDDEN);
    maire.ouvrir(&fiche).await.exiger("Une personne invitée a quitté le projet");
    appli.fin().await;
}

/// Described first, without account or without a verified function: the organisation has it when it is known.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_projet_decrit_avant_va_a_la_commune_quand_on_sait(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mut charge = charge(&appli).await;
    let (mut collegue, _) = appli.connecter("collegue@exemple.invalid", CIREY).await;

    // A draft, kept with the code of who is mayor.
    appli.connecter(ANCIEN, CIREY).await;
    let mut navigateur = appli.navigateur();
    let (_, reference) = decrire(&mut navigateur).await;
    assert_eq!(collegue.ouvrir(&format!("/projets/{reference}")).await.statut, StatusCode::FORBIDDEN);
    let page = navigateur.ouvrir(&format!("/projets/{reference}/garder")).await;
    let page = navigateur.envoyer(&page, "/connexion", &[("courriel", ANCIEN)]).await;
    let courriel = appli.courriels().await.pop().unwrap();
    let code: String = courriel.texte().split("Votre code : ").nth(1).unwrap().chars().take(6).collect();
    navigateur.envoyer(&page, "/connexion/code", &[("code", &code)]).await.exiger("Votre projet est gardé");
    collegue.ouvrir(&format!("/projets/{reference}")).await.exiger("Inviter un collègue");

    // Kept by somebody who is verified afterwards.
    let (mut secretaire, _) = appli.connecter("secretaire.neuve@exemple.invalid", None).await;
    let (page, reference) = decrire_pour(&mut secretaire, "commune").await;
    page.exiger("Écrire à la mairie");
    let fiche = format!("/projets/{reference}");
    assert_eq!(collegue.ouvrir(&fiche).await.statut, StatusCode::FORBIDDEN, "declared is not theirs");
    let page = secretaire.ouvrir("/compte/mandats/nouveau").await;
    let champs = [("nature", "commune"), ("commune", "Cirey-sur-Vezouze (54)"), ("fonction", "agent-commune")];
    secretaire.envoyer(&page, "/compte/mandats/nouveau", &champs).await.exiger("Votre fonction est déclarée");
    assert_eq!(collegue.ouvrir(&fiche).await.statut, StatusCode::FORBIDDEN, "nor with a function only declared");
    let page = charge.ouvrir("/agents/mandats").await;
    charge.envoyer(&page, "/agents/mandats", &[("reponse", "oui")]).await.exiger("La fonction est vérifiée");
    collegue.ouvrir(&fiche).await.exiger("Inviter un collègue");
    terminer(&appli, &mut charge, "Cirey-sur-Vezouze", "secretaire.neuve").await;
    assert_eq!(secretaire.ouvrir(&fiche).await.statut, StatusCode::FORBIDDEN, "handed over with the function");
    appli.fin().await;
}

/// Who acts for two associations says which; "another" unties.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn de_deux_structures_on_dit_laquelle(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mut charge = charge(&appli).await;
    let champs = |nom| {
        let [nature, commune, nom, numero] = structure("acteur", "Blâmont (54)", nom, "");
        [nature, commune, nom, numero, ("fonction", "representant")]
    };
    let mut four = declarer(&appli, "four@exemple.invalid", &mut charge, &champs("Les Amis du four")).await;
    let mut deux = declarer(&appli, "deux@exemple.invalid", &mut charge, &champs("Le Jardin")).await;
    let page = deux.ouvrir("/compte/mandats/nouveau").await;
    deux.envoyer(&page, "/compte/mandats/nouveau", &champs("Les Amis du four")).await;
    let page = charge.ouvrir("/agents/mandats").await;
    charge.envoyer(&page, "/agents/mandats", &[("reponse", "oui")]).await.exiger("La fonction est vérifiée");

    let (_, reference) = decrire_pour(&mut deux, "pas-decide").await;
    let (fiche, suite) = (format!("/projets/{reference}"), format!("/projets/{reference}/suite"));
    let page = deux.ouvrir(&suite).await;
    page.exiger("Au nom de laquelle de vos structures ?").exiger("Le Jardin").exiger("Une autre, ou je ne sais pas");
    let (_, apres) = page.html.split_once("name=\"structure\"").unwrap();
    let valeurs: Vec<String> = page
        .html
        .match_indices("name=\"structure\"")
        .filter_map(|(debut, _)| page.html[debut..].split_once("value=\"").and_then(|(_, v)| v.split_once('"')))
        .map(|(valeur, _)| valeur.to_owned())
        .collect();
    let amis = if apres.find("Les Amis du four") < apres.find("Le Jardin") { &valeurs[0] } else { &valeurs[1] };
    deux.envoyer(&page, &suite, &[("porteur", "scic"), ("structure", amis)]).await;
    deux.ouvrir(&fiche).await.exiger("Les Amis du four (Société coopérative");
    assert_eq!(four.ouvrir(&fiche).await.statut, StatusCode::OK);
    let page = deux.ouvrir(&suite).await;
    deux.envoyer(&page, &suite, &[]).await;
    assert_eq!(four.ouvrir(&fiche).await.statut, StatusCode::OK, "what is shown as chosen stays chosen");
    let page = deux.ouvrir(&suite).await;
    deux.envoyer(&page, &suite, &[("structure", "")]).await;
    assert_eq!(four.ouvrir(&fiche).await.statut, StatusCode::FORBIDDEN);
    assert_eq!(deux.ouvrir(&fiche).await.statut, StatusCode::OK);
    // Who acts for a commune is not asked more than before.
    let (mut maire, _) = appli.connecter("maire@exemple.invalid", CIREY).await;
    let (_, reference) = decrire(&mut maire).await;
    assert!(!maire.ouvrir(&format!("/projets/{reference}/suite")).await.contient("de vos structures"));
    appli.fin().await;
}

/// A mayor joined a project by a merge: the end of the function ends that too.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn qui_est_venu_par_une_fusion_part_avec_sa_fonction(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mut charge = charge(&appli).await;
    let (mut ancien, _) = appli.connecter(ANCIEN, CIREY).await;
    let (_, double) = decrire_pour(&mut ancien, "commune").await;
    let (mut habitante, _) = appli.connecter("habitante@exemple.invalid", None).await;
    let (_, reste) = decrire_pour(&mut habitante, "collectif").await;
    let fiche = format!("/projets/{reste}");
    assert_eq!(ancien.ouvrir(&fiche).await.statut, StatusCode::FORBIDDEN);
    let suivi = format!("/projets/{double}/suivi");
    let page = charge.ouvrir(&suivi).await;
    let page = charge.envoyer(&page, &suivi, &[("acte", "fusionner"), ("fusion", &reste)]).await;
    page.exiger("Les deux fiches n’en font plus qu’une");
    ancien.ouvrir(&fiche).await.exiger("Quitter ce projet");
    terminer(&appli, &mut charge, "Cirey-sur-Vezouze", "ancien.maire").await;
    assert_eq!(ancien.ouvrir(&fiche).await.statut, StatusCode::FORBIDDEN);
    appli.fin().await;
}
