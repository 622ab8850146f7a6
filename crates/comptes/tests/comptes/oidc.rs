//! Agents enter with an identity provider that really signs; each of its lies is refused.

use axum::http::{StatusCode, header};
use rstest::rstest;
use testkit::{Appli, Fournisseur, Moteur, Navigateur, Page, Ruse};

async fn partir(navigateur: &mut Navigateur) -> String {
    let page = navigateur.ouvrir("/connexion").await;
    page.exiger("Se connecter avec ProConnect");
    let bouton = page.attribut("a[href^='/connexion/agents']", "href").unwrap();
    let depart = navigateur.demander("GET", &bouton, None).await;
    assert_eq!(depart.statut, StatusCode::SEE_OTHER, "{}", depart.texte());
    depart.entetes[header::LOCATION].to_str().unwrap().to_owned()
}

async fn entrer(navigateur: &mut Navigateur, fournisseur: &Fournisseur) -> Page {
    let depart = partir(navigateur).await;
    navigateur.ouvrir(&fournisseur.accepter(&depart)).await
}

fn est_refuse(page: &Page, pourquoi: &str) {
    assert_eq!(page.statut, StatusCode::BAD_REQUEST, "{}", page.texte());
    page.exiger(pourquoi).exiger("Personne n’est entré");
}

#[rstest]
#[case::sqlite_rsa(Moteur::Sqlite, false)]
#[case::sqlite_ec(Moteur::Sqlite, true)]
#[case::postgres_rsa(Moteur::Postgres, false)]
#[case::postgres_ec(Moteur::Postgres, true)]
#[tokio::test]
async fn un_agent_entre_et_sort(#[case] moteur: Moteur, #[case] elliptique: bool) {
    let fournisseur = Fournisseur::lancer(elliptique).await;
    let appli = Appli::avec_oidc(moteur, vec![comptes::feature()], fournisseur.configuration()).await;
    let mut agent = appli.navigateur();
    let depart = partir(&mut agent).await;
    assert!(depart.contains("acr_values=eidas1+eidas2"), "{depart}");
    assert!(depart.contains("scope=openid+given_name+usual_name+email&"), "{depart}");
    let retour = fournisseur.accepter(&depart);
    let page = agent.demander("GET", &retour, None).await;
    assert_eq!(page.statut, StatusCode::SEE_OTHER, "{}", page.texte());
    let compte = agent.ouvrir("/compte").await;
    compte.exiger("agent@departement.invalid").exiger("Vous n’avez déclaré aucune fonction");
    assert_eq!(compte.attribut("input[name=nom]", "value").as_deref(), Some("Exemple-Agent"));

    // An identity is not a function.
    assert_eq!(agent.ouvrir("/agents/mandats").await.statut, StatusCode::FORBIDDEN);
    // The same answer of the provider serves once: the code is spent, the waiting is over.
    est_refuse(&agent.ouvrir(&retour).await, "demande que ce navigateur n’a pas faite");

    // The same person, another day, even if the address has changed there.
    fournisseur.identifier("agent-1", "agent.nouveau@departement.invalid", None);
    let mut autre = appli.navigateur();
    entrer(&mut autre, &fournisseur).await;
    autre.ouvrir("/compte").await.exiger("Adresse : agent@departement.invalid");

    // Signs out here, then there.
    let page = agent.envoyer(&compte, "/deconnexion", &[]).await;
    page.exiger("Vous êtes encore connecté à ProConnect");
    let sortie = page.attribut("main a.govuk-button", "href").unwrap();
    assert!(
        sortie.starts_with(&format!("{}/sortir?id_token_hint=ey", fournisseur.configuration().emetteur)),
        "{sortie}"
    );
    assert!(sortie.contains("post_logout_redirect_uri=http%3A%2F%2Fterreau.test%2Fdeconnexion%2Fretour"), "{sortie}");
    agent.ouvrir("/deconnexion/retour?state=x").await.exiger("Vous êtes déconnecté");
    agent.ouvrir("/compte").await.exiger("Connectez-vous pour continuer");
    appli.fin().await;
}

#[rstest]
#[case(Ruse::AutreNonce, false)]
#[case(Ruse::AutreAudience, false)]
#[case(Ruse::AutreEmetteur, false)]
#[case(Ruse::Expire, true)]
#[case(Ruse::AutreCle, false)]
#[case(Ruse::AutreCle, true)]
#[case(Ruse::SansSignature, false)]
#[case(Ruse::SecretPartage, false)]
#[case(Ruse::AutrePersonne, false)]
#[case(Ruse::ProfilFalsifie, false)]
#[case(Ruse::AutreJetonDAcces, true)]
#[case(Ruse::NiveauFaible, false)]
#[tokio::test]
async fn chaque_mensonge_est_refuse(#[case] ruse: Ruse, #[case] elliptique: bool) {
    let fournisseur = Fournisseur::lancer(elliptique).await;
    let appli = Appli::avec_oidc(Moteur::Sqlite, vec![comptes::feature()], fournisseur.configuration()).await;
    fournisseur.ruser(ruse);
    let mut agent = appli.navigateur();
    est_refuse(&entrer(&mut agent, &fournisseur).await, "n’a pas confirmé votre identité");
    agent.ouvrir("/compte").await.exiger("Connectez-vous pour continuer");
    // The same browser enters as soon as the provider says the truth.
    fournisseur.ruser(Ruse::Aucune);
    entrer(&mut agent, &fournisseur).await;
    agent.ouvrir("/compte").await.exiger("agent@departement.invalid");
    appli.fin().await;
}

#[tokio::test]
async fn une_reponse_ne_sert_que_le_navigateur_qui_l_a_demandee() {
    let fournisseur = Fournisseur::lancer(false).await;
    let appli = Appli::avec_oidc(Moteur::Sqlite, vec![comptes::feature()], fournisseur.configuration()).await;
    let (mut une, mut autre) = (appli.navigateur(), appli.navigateur());
    let depart = partir(&mut une).await;
    let retour = fournisseur.accepter(&depart);
    // Someone sends their own answer to another browser (sign-in forged), with or without a request of its own.
    est_refuse(&autre.ouvrir(&retour).await, "demande que ce navigateur n’a pas faite");
    partir(&mut autre).await;
    est_refuse(&autre.ouvrir(&retour).await, "demande que ce navigateur n’a pas faite");
    // Given up there; from another issuer; too late.
    let etat = retour.split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let abandon = une.ouvrir(&format!("/connexion/agents/retour?error=access_denied&state={etat}")).await;
    est_refuse(&abandon, "la connexion a été abandonnée");
    let ailleurs = une.ouvrir(&format!("/connexion/agents/retour?code=x&iss=https://autre.invalid&state={etat}")).await;
    est_refuse(&ailleurs, "n’est pas le fournisseur attendu");
    appli.horloge.avancer(16 * 60);
    est_refuse(&une.ouvrir(&retour).await, "trop ancienne");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_adresse_seule_n_ouvre_pas_le_compte_d_un_autre(#[case] moteur: Moteur) {
    let fournisseur = Fournisseur::lancer(true).await;
    let appli = Appli::avec_oidc(moteur, vec![comptes::feature()], fournisseur.configuration()).await;
    let (mut maire, _) = appli.connecter("maire@commune.invalid", None).await;
    fournisseur.identifier("autre-1", "maire@commune.invalid", None);
    let mut intrus = appli.navigateur();
    est_refuse(&entrer(&mut intrus, &fournisseur).await, "Entrez d’abord une fois par courriel");
    fournisseur.identifier("autre-1", "maire@commune.invalid", Some(false));
    est_refuse(&entrer(&mut intrus, &fournisseur).await, "Entrez d’abord une fois par courriel");

    // Signed in by mail, the mayor ties the two; afterwards nobody else can.
    let depart = maire.demander("GET", "/connexion/agents", None).await.entetes[header::LOCATION].clone();
    maire.ouvrir(&fournisseur.accepter(depart.to_str().unwrap())).await;
    maire.ouvrir("/compte").await.exiger("maire@commune.invalid");
    fournisseur.identifier("autre-2", "maire@commune.invalid", Some(true));
    est_refuse(&entrer(&mut intrus, &fournisseur).await, "déjà celle d’une autre identité");
    appli.fin().await;
}

#[tokio::test]
async fn sans_fournisseur_pas_de_bouton() {
    let appli = Appli::nouvelle(Moteur::Sqlite, vec![comptes::feature()]).await;
    let mut navigateur = appli.navigateur();
    assert!(!navigateur.ouvrir("/connexion").await.contient("ProConnect"));
    for chemin in ["/connexion/agents", "/connexion/agents/retour?code=x&state=y", "/deconnexion/agents"] {
        assert_eq!(navigateur.ouvrir(chemin).await.statut, StatusCode::NOT_FOUND, "{chemin}");
    }
    appli.fin().await;
}

#[tokio::test]
async fn un_fournisseur_absent_se_dit() {
    let fournisseur = Fournisseur::lancer(true).await;
    // Port 9 of this machine: nobody listens.
    let oidc =
        platform::configuration::Oidc { emetteur: "http://127.0.0.1:9".to_owned(), ..fournisseur.configuration() };
    let appli = Appli::avec_oidc(Moteur::Sqlite, vec![comptes::feature()], oidc).await;
    let page = appli.navigateur().ouvrir("/connexion/agents").await;
    assert_eq!(page.statut, StatusCode::SERVICE_UNAVAILABLE);
    page.exiger("le service qui identifie les agents ne répond pas");
    appli.fin().await;
}
