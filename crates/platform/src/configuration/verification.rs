//! What `terreau check` says: values that are well written but cannot work together.

use super::{Configuration, Probleme};

pub(super) fn verifier(c: &Configuration) -> Vec<Probleme> {
    let mut problemes = Vec::new();
    let mut dire = |cle: &str, phrase: &str, remede: &str| {
        problemes.push(Probleme { cle: cle.to_owned(), phrase: phrase.to_owned(), remede: remede.to_owned() });
    };
    let base = c.base_url.reveler();
    if !["sqlite:", "postgres://", "postgresql://"].iter().any(|debut| base.starts_with(debut)) {
        dire(
            "base.url",
            "cette base n’est pas connue.",
            "Écrivez sqlite://chemin/fichier.sqlite ou postgres://utilisateur@serveur/base.",
        );
    }
    if !c.url_publique.starts_with("https://") && !c.adresse.ip().is_loopback() {
        dire(
            "url-publique",
            "le site est ouvert au réseau sans adresse https : les mots de passe et les liens de connexion passeraient en clair.",
            "Placez un serveur mandataire avec un certificat devant Terreau, puis écrivez son adresse https.",
        );
    }
    if c.demo && !c.adresse.ip().is_loopback() {
        dire(
            "demo",
            "la démonstration est ouverte au réseau : chacun peut y entrer sans mot de passe.",
            "Laissez adresse = \"127.0.0.1:8054\", ou écrivez demo = false.",
        );
    }
    courriel(c, &mut dire);
    if let Some(oidc) = &c.oidc {
        if !oidc.emetteur.starts_with("https://") && !oidc.emetteur.starts_with("http://127.0.0.1") {
            dire(
                "oidc.emetteur",
                "l’adresse du fournisseur d’identité doit commencer par https://.",
                "Recopiez l’adresse donnée par ProConnect ou par votre service informatique.",
            );
        }
        if oidc.client.is_empty() || oidc.secret.reveler().is_empty() {
            dire(
                "oidc.client",
                "la connexion des agents est commencée mais pas complète.",
                "Donnez oidc.client et oidc.secret, ou retirez oidc.emetteur.",
            );
        }
        if oidc.domaines.is_empty() {
            dire(
                "oidc.domaines",
                "le site ne sait pas de quelles adresses ce fournisseur répond.",
                "Donnez vos domaines (oidc.domaines = \"exemple.fr\"), ou \"*\" si le fournisseur vérifie toutes les adresses.",
            );
        }
    }
    if c.travailleurs == 0 {
        dire(
            "travailleurs",
            "aucun travail différé ne serait fait : aucun courriel ne partirait.",
            "Écrivez 1 ou plus.",
        );
    }
    problemes
}

fn courriel(c: &Configuration, dire: &mut impl FnMut(&str, &str, &str)) {
    let Some(smtp) = &c.smtp else {
        if !c.demo {
            dire(
                "smtp.url",
                "aucun serveur de courriel : personne ne pourra se connecter par courriel.",
                "Demandez à votre service informatique l’adresse du serveur, puis écrivez smtp.url et smtp.expediteur.",
            );
        }
        return;
    };
    let url = smtp.url.reveler();
    if !url.starts_with("smtp://") && !url.starts_with("smtps://") {
        dire(
            "smtp.url",
            "cette adresse n’est pas comprise.",
            "Écrivez smtps://serveur ou smtp://serveur:587?tls=required.",
        );
    }
    if smtp.expediteur.parse::<lettre::message::Mailbox>().is_err() {
        dire(
            "smtp.expediteur",
            "l’expéditeur n’est pas une adresse de courriel.",
            "Écrivez par exemple « Terreau <terreau@exemple.fr> ».",
        );
    }
    if smtp.mot_de_passe.is_some() && smtp.fichier_mot_de_passe.is_some() {
        dire("smtp.mot-de-passe", "le mot de passe est donné deux fois.", "Gardez smtp.fichier-mot-de-passe seul.");
    }
    if let Some(fichier) = &smtp.fichier_mot_de_passe
        && std::fs::read_to_string(fichier).is_err()
    {
        dire("smtp.fichier-mot-de-passe", "ce fichier ne peut pas être lu.", "Vérifiez son chemin et ses droits.");
    }
}
