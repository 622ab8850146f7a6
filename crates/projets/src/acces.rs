//! Opening a project: the row, its themes, how the visitor stands to it, the right asked.

use domain::droit::{Action, Lien};
use domain::theme::Theme;
use platform::ReadTx;
use socle::projet;
use web::{Contexte, Erreur};

/// A project opened in a snapshot.
pub(crate) struct Ouvert {
    pub(crate) tx: ReadTx,
    pub(crate) projet: projet::Model,
    pub(crate) themes: Vec<Theme>,
    pub(crate) lien: Lien,
}

/// Opens without asking for a right; the caller decides what to show.
pub(crate) async fn trouver(contexte: &Contexte, reference: &str) -> Result<Ouvert, Erreur> {
    let tx = contexte.instance.db.read().await?;
    let Some(projet) = projet::par_reference(&tx, reference).await? else {
        // A double leads to the project that stays, which asks for its own rights.
        return Err(match projet::remplacant(&tx, reference).await? {
            Some(reste) => Erreur::Aller(format!("/projets/{reste}")),
            None => Erreur::Introuvable("ce projet"),
        });
    };
    let themes = projet::themes(&tx, &projet.id).await?;
    let lien = contexte.visiteur.lien(&tx, &contexte.instance, &projet).await?;
    Ok(Ouvert { tx, projet, themes, lien })
}

/// Opens for an action, or says why not.
pub(crate) async fn ouvrir(contexte: &Contexte, reference: &str, action: Action) -> Result<Ouvert, Erreur> {
    let ouvert = trouver(contexte, reference).await?;
    contexte.visiteur.autoriser(ouvert.lien, action)?;
    Ok(ouvert)
}

/// The pages above one of a project: who follows projects comes from the board, who bears some from their own; a visitor
/// without account from nowhere.
pub(crate) fn fil<'a>(contexte: &Contexte, suite: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let visiteur = &contexte.visiteur;
    let dessus = if visiteur.peut(Action::VoirTableauDeBord) {
        Some(("Tableau de bord", "/tableau"))
    } else {
        visiteur.personne().map(|_| ("Mes projets", "/projets"))
    };
    dessus.into_iter().chain(suite.iter().copied()).collect()
}
