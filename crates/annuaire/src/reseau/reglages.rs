//! The agent's screen: which organisations are networks.

use askama::Template;
use axum::http::StatusCode;
use domain::identifiant::Siren;
use platform::journal;
use socle::organisation::{self, Nature, Nouvelle};
use web::composants::{ChampTexte, EtatVide, Html, ResumeErreurs, Tableau};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Reponse, Saisie};

use super::pages::tableau;
use super::storage::{self, Reseau};
use crate::evenements;
use crate::tenue::FIL;

const URL: &str = "/reglages/annuaire/reseaux";

#[derive(Template)]
#[template(path = "reglages_reseaux.html")]
struct PageReseaux {
    resume: ResumeErreurs,
    caches: Html,
    siren: ChampTexte,
    nom: ChampTexte,
    tableau: Option<Tableau>,
    reseaux: Vec<Reseau>,
    vide: EtatVide,
}

async fn page(cadre: &Cadre, saisie: Saisie, erreurs: Erreurs) -> Result<PageReseaux, Erreur> {
    let tx = cadre.instance.db.read().await?;
    let reseaux = storage::tous(&tx, cadre.instance.aujourd_hui(), None).await?;
    let f = cadre.formulaire_avec(saisie, erreurs);
    Ok(PageReseaux {
        resume: f.resume(),
        caches: f.caches(),
        siren: f.texte("siren", "Numéro SIREN du réseau").chiffres().aide("Neuf chiffres. Exemple : 344 613 658"),
        nom: f
            .texte("nom", "Nom, si l’annuaire ne le connaît pas (facultatif)")
            .aide("Exemple : le nom complet de la chambre régionale."),
        tableau: (!reseaux.is_empty()).then(|| tableau(&reseaux)),
        reseaux,
        vide: EtatVide {
            titre: "Aucun réseau".to_owned(),
            texte: "Une organisation marquée ici reçoit un espace pour animer ses membres.".to_owned(),
            action: None,
        },
    })
}

fn repondre(cadre: &Cadre, page: &PageReseaux, statut: StatusCode) -> Reponse {
    cadre.page("Réseaux", page)?.statut(statut).fil(&FIL).repondre()
}

/// GET `/reglages/annuaire/reseaux`.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let page = page(&cadre, Saisie::default(), Erreurs::default()).await?;
    repondre(&cadre, &page, StatusCode::OK)
}

/// POST: marks an organisation, closes or opens its space.
pub async fn decider(cadre: Cadre, form: CheckedForm) -> Reponse {
    match form.saisie.texte("acte") {
        "fermer" => activer(&cadre, form, false).await,
        "ouvrir" => activer(&cadre, form, true).await,
        _ => marquer(&cadre, form).await,
    }
}

async fn activer(cadre: &Cadre, form: CheckedForm, actif: bool) -> Reponse {
    let instance = &cadre.instance;
    let reference = form.saisie.texte("reseau").to_owned();
    let tx = instance.db.begin().await?;
    if !storage::activer(&tx, &reference, actif).await? {
        return Ok(form.aller(URL, "C’était déjà fait."));
    }
    let genre = if actif { evenements::RESEAU_MARQUE } else { evenements::RESEAU_FERME };
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenements::du_site(cadre, genre, &reference)).await?;
    let message = if actif { "L’espace du réseau est ouvert." } else { "L’espace du réseau est fermé." };
    form.conclure(tx, URL, message).await
}

async fn marquer(cadre: &Cadre, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let siren = form.saisie.texte("siren").parse::<Siren>();
    let mut lecteur = form.lecteur();
    let nom = lecteur.texte_libre("nom", 200).unwrap_or_default();
    let mut erreurs = lecteur.erreurs;
    if let Err(erreur) = &siren {
        erreurs.ajouter("siren", erreur.to_string());
    }
    let tx = instance.db.begin().await?;
    if let (Ok(siren), true) = (siren, erreurs.est_vide()) {
        let connue = organisation::par_siren(&tx, &siren).await?;
        if connue.is_none() && nom.chars().count() < 2 {
            erreurs.ajouter("nom", "Ce SIREN n’est pas connu ici : écrivez le nom du réseau.");
        } else {
            let nouvelle =
                Nouvelle { nature: Nature::Acteur, siren: Some(siren), rna: None, commune: None, nom, courriel: None };
            let organisation = organisation::trouver_ou_creer(&tx, &*instance.clock, &*instance.ids, nouvelle).await?;
            let (le, par) = (instance.clock.instant(), cadre.visiteur.personne_id());
            let (reference, fait) = storage::marquer(&tx, &*instance.ids, &organisation.id, le, par).await?;
            let message = format!(
                "{} {}. Ses représentants vérifiés trouvent leur espace dans leur compte.",
                organisation.nom,
                if fait { "est un réseau" } else { "était déjà un réseau" }
            );
            if fait {
                let evenement = evenements::du_site(cadre, evenements::RESEAU_MARQUE, &reference);
                journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
            }
            return form.conclure(tx, URL, &message).await;
        }
    }
    drop(tx);
    let page = page(cadre, form.saisie.clone(), erreurs).await?;
    repondre(cadre, &page, StatusCode::UNPROCESSABLE_ENTITY)
}
