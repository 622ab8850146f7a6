//! Work that the service could not do (mails, imports): seen, understood, replayed, several at once.

use askama::Template;
use axum::http::StatusCode;
use platform::outbox::{self, EtatDeLaFile};
use web::composants::{Bouton, Cellule, EtatVide, Html, ResumeErreurs, Tableau, TableauDeTravail};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Reponse, Saisie, texte};

/// Name of the boxes.
const CHOIX: &str = "travail";
/// Shown at most.
const LIMITE: u64 = 100;

#[derive(Template)]
#[template(path = "travaux.html")]
struct PageTravaux {
    resume: ResumeErreurs,
    erreur: Option<String>,
    caches: Html,
    echecs: Option<TableauDeTravail>,
    rejouer: Bouton,
    en_attente: u64,
    retard: String,
    vide: EtatVide,
}

/// GET.
pub async fn liste(cadre: Cadre) -> Reponse {
    montrer(&cadre, Erreurs::default(), StatusCode::OK).await
}

async fn montrer(cadre: &Cadre, erreurs: Erreurs, statut: StatusCode) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let EtatDeLaFile { retard_s, en_attente, .. } = outbox::etat(&tx, instance.clock.instant()).await?;
    let echecs = outbox::echecs(&tx, LIMITE).await?;
    let lignes = echecs.iter().map(|e| {
        vec![
            Cellule::texte(&e.sujet),
            Cellule::texte(texte::moment(instance.heure_de(e.cree_le))),
            Cellule::nombre(e.tentatives.to_string()),
            Cellule::texte(e.erreur.as_deref().unwrap_or_default()),
        ]
    });
    let tableau = Tableau {
        legende: "Travaux qui ont échoué".to_owned(),
        colonnes: ["Travail", "Demandé le", "Essais", "Dernière erreur"].map(str::to_owned).to_vec(),
        lignes: lignes.collect(),
    };
    let choix = echecs.iter().map(|e| e.id.clone()).collect();
    let erreur = erreurs.de(PREMIER).map(str::to_owned);
    let f = cadre.formulaire_avec(Saisie::default(), erreurs);
    let page = PageTravaux {
        erreur,
        resume: f.resume(),
        caches: f.caches(),
        echecs: (!echecs.is_empty()).then(|| TableauDeTravail::nouveau(tableau).choisissable(CHOIX, choix)),
        rejouer: Bouton::envoyer("Refaire les travaux choisis"),
        en_attente,
        retard: if retard_s < 120 { "à jour".to_owned() } else { format!("en retard de {} minutes", retard_s / 60) },
        vide: EtatVide {
            titre: "Rien n’a échoué".to_owned(),
            texte: "Les courriels et les autres travaux partent normalement.".to_owned(),
            action: None,
        },
    };
    cadre.page("Travaux du service", &page)?.statut(statut).fil(&[("Réglages", "/reglages")]).repondre()
}

/// Where the error leads: the first box.
const PREMIER: &str = "travail-0";

/// POST: tries again those that are chosen.
pub async fn rejouer(cadre: Cadre, form: CheckedForm) -> Reponse {
    let choisis = form.saisie.liste(CHOIX);
    if choisis.is_empty() {
        let mut erreurs = Erreurs::default();
        erreurs.ajouter(PREMIER, "Choisissez au moins un travail à refaire.");
        return montrer(&cadre, erreurs, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let tx = cadre.instance.db.begin().await?;
    let message = match outbox::rejouer(&tx, &*cadre.instance.clock, choisis).await? {
        0 => "Ces travaux ne sont plus en échec.".to_owned(),
        1 => "Le travail va être refait.".to_owned(),
        nombre => format!("{nombre} travaux vont être refaits."),
    };
    form.conclure(tx, "/reglages/travaux", &message).await
}
