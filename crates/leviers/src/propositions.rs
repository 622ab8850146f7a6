//! What fits a project: levers in force, and legal forms when the question is open. One statement, then pure matching.

use domain::constat::Surete;
use sea_orm::DbErr;
use web::Erreur;
use web::feature::{DemandePropositions, Famille, Proposition};

use crate::forme;
use crate::levier::rules::{Appariement, Exemples, aide, apparier};
use crate::levier::{Levier, storage};

/// Propositions of this feature.
pub(crate) async fn proposer(demande: &DemandePropositions<'_>) -> Result<Vec<Proposition>, Erreur> {
    let leviers: Result<Vec<Levier>, DbErr> = storage::en_vigueur(demande.tx, demande.jour).await;
    let exemples = if demande.instance.demo { Exemples::Comptes } else { Exemples::Ignores };
    let locaux = demande.instance.locaux();
    let noms = locaux.themes.noms_de_themes();
    let leviers = leviers?.into_iter().map(|levier| {
        let appariement = apparier(&levier, demande.profil, demande.faits, demande.jour, &noms);
        du_levier(levier, appariement, exemples)
    });
    Ok(leviers.chain(forme::propositions(demande.profil, demande.faits, &locaux, demande.jour)?).collect())
}

fn du_levier(levier: Levier, appariement: Appariement, exemples: Exemples) -> Proposition {
    let aide = aide(&levier, &appariement, exemples);
    let porteur = match &levier.porteur.avec {
        Some(avec) => format!("{} (avec : {avec})", levier.porteur.nom),
        None => levier.porteur.nom,
    };
    // From memory: the amount is never shown as certain.
    let montant = match levier.source.surete {
        Surete::Faible if !levier.montant.to_lowercase().contains("à vérifier") => {
            format!("{} (à vérifier)", levier.montant)
        }
        _ => levier.montant,
    };
    Proposition {
        famille: Famille::Levier,
        url: Some(format!("/leviers/{}", levier.id)),
        id: levier.id,
        titre: levier.nom,
        porteur,
        resume: levier.resume,
        montant: Some(montant),
        verdict: appariement.verdict,
        constats: appariement.constats,
        exemple: levier.aide.is_some_and(|a| a.exemple) && exemples == Exemples::Comptes,
        aide,
        payant: false,
        courriel: None,
    }
}
