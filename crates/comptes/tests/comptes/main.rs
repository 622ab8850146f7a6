//! Accounts through their pages, on both databases.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails with a line number")]

mod compte;
mod connexion;
mod mandats;
mod oidc;
mod personnes;

use testkit::{Appli, Navigateur, Page};

/// The path of the link in a mail.
fn lien(texte: &str, debut: &str) -> String {
    let debut = texte.find(debut).unwrap_or_else(|| panic!("pas de lien {debut} dans :\n{texte}"));
    let (_, reste) = texte.split_at(debut);
    reste.split(['\n', ' ']).next().unwrap().to_owned()
}

fn code(texte: &str) -> String {
    texte.split("Votre code : ").nth(1).unwrap().chars().take(6).collect()
}

/// Asks for a code; returns the page where to type it.
async fn demander(navigateur: &mut Navigateur, courriel: &str) -> Page {
    let page = navigateur.ouvrir("/connexion").await;
    navigateur.envoyer(&page, "/connexion", &[("courriel", courriel)]).await
}

/// Text of the last mail to an address.
async fn dernier(appli: &Appli, a: &str) -> String {
    let courriels = appli.courriels().await;
    courriels.iter().rfind(|c| c.destinataire() == a).unwrap_or_else(|| panic!("rien à {a}")).texte().to_owned()
}

/// Enters with the code of a mail.
async fn entrer(appli: &Appli, courriel: &str) -> Navigateur {
    let mut navigateur = appli.navigateur();
    let page = demander(&mut navigateur, courriel).await;
    let code = code(&dernier(appli, courriel).await);
    navigateur.envoyer(&page, "/connexion/code", &[("code", &code)]).await.exiger("Vous êtes connecté");
    navigateur
}
