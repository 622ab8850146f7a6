//! An agent makes the page of a structure that the directory does not have. Those that may be the same come first.

use askama::Template;
use axum::http::StatusCode;
use domain::identifiant::{Rna, Siren, Siret};
use platform::ReadTx;
use socle::organisation;
use web::composants::{Html, ResumeErreurs};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Reponse, Saisie};

use super::acte;
use super::champs::{self, ChampsStructure};
use super::semblables::{self, DejaLa, Semblable};
use crate::tenue::{FIL, situation};

/// Address of this page.
pub(crate) const URL: &str = "/reglages/annuaire/nouvelle-fiche";

#[derive(Template)]
#[template(path = "creer_acteur.html")]
struct PageCreer {
    resume: ResumeErreurs,
    caches: Html,
    cherche: bool,
    deja: Option<(String, String)>,
    semblables: Vec<Semblable>,
    structure: ChampsStructure,
}

/// What stands above the form.
#[derive(Default)]
struct Trouves {
    cherche: bool,
    deja: Option<(String, String)>,
    semblables: Vec<Semblable>,
}

fn repondre(cadre: &Cadre, saisie: Saisie, erreurs: Erreurs, trouves: Trouves) -> Reponse {
    let statut = if erreurs.est_vide() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let f = cadre.formulaire_avec(saisie, erreurs);
    let page = PageCreer {
        resume: f.resume(),
        caches: f.caches_gardes(URL),
        cherche: trouves.cherche,
        deja: trouves.deja,
        semblables: trouves.semblables,
        structure: ChampsStructure::nouveaux(cadre, &f, true),
    };
    cadre.page("Ajouter une structure", &page)?.statut(statut).fil(&FIL).repondre()
}

/// GET; the address may say a name and a commune already.
pub async fn montrer(cadre: Cadre) -> Reponse {
    repondre(&cadre, depart(&cadre), Erreurs::default(), Trouves::default())
}

/// What the address already says.
pub(crate) fn depart(cadre: &Cadre) -> Saisie {
    let demande = cadre.demande();
    ["nom", "commune"].into_iter().fold(Saisie::default(), |saisie, nom| saisie.avec(nom, demande.texte(nom)))
}

/// Fills the empty fields with what the site knows of the number typed.
async fn completer(tx: &ReadTx, cadre: &Cadre, saisie: Saisie) -> Result<Saisie, Erreur> {
    let numero = saisie.texte("numero");
    let siren = numero.parse::<Siren>().ok().or_else(|| numero.parse::<Siret>().ok().map(|siret| siret.siren()));
    let connue = match (siren, saisie.texte("rna").parse::<Rna>()) {
        (Some(siren), _) => organisation::par_siren(tx, &siren).await?,
        (None, Ok(rna)) => organisation::par_rna(tx, &rna).await?,
        (None, Err(_)) => None,
    };
    let Some(connue) = connue else { return Ok(saisie) };
    let commune = connue.commune.as_ref().map(|code| cadre.instance.referentiel().nom_commune(code).to_owned());
    let su = [
        ("nom", Some(connue.nom)),
        ("commune", commune),
        ("rna", connue.rna.map(|rna| rna.to_string())),
        ("numero", connue.siren.map(|siren| siren.to_string())),
    ];
    Ok(su.into_iter().fold(saisie, |saisie, (nom, su)| match su {
        Some(su) if saisie.texte(nom).trim().is_empty() => saisie.sans(nom).avec(nom, su),
        _ => saisie,
    }))
}

/// POST: looks for it, or makes its page.
pub async fn enregistrer(cadre: Cadre, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let lecture = instance.db.read().await?;
    let saisie = completer(&lecture, &cadre, form.saisie.clone()).await?;
    let lue = match champs::lire(instance, &saisie) {
        Ok(lue) => lue,
        Err(erreurs) => return repondre(&cadre, saisie, erreurs, Trouves::default()),
    };
    let deja = semblables::de_ce_numero(&lecture, &lue).await?.map(DejaLa::from);
    let semblables = semblables::chercher(&lecture, instance, &lue).await?;
    drop(lecture);
    if let Some(deja) = deja {
        let mut erreurs = Erreurs::default();
        let deja = match deja {
            DejaLa::Fiche { nom, url } => (format!("Ce numéro est celui de {nom}, qui est dans l’annuaire."), url),
            DejaLa::Retiree { reference } => {
                ("Ce numéro est celui d’une fiche retirée de l’annuaire.".to_owned(), situation::url(&reference))
            }
        };
        let champ = if saisie.texte("numero").trim().is_empty() { "rna" } else { "numero" };
        erreurs.ajouter(champ, deja.0.clone());
        return repondre(&cadre, saisie, erreurs, Trouves { deja: Some(deja), ..Trouves::default() });
    }
    let acte = form.saisie.texte("acte");
    if acte == "chercher" || (acte == "creer" && !semblables.is_empty()) {
        let trouves = Trouves { cherche: true, deja: None, semblables };
        return repondre(&cadre, saisie, Erreurs::default(), trouves);
    }
    let tx = instance.db.begin().await?;
    // Asked again where nobody else writes: two agents who type the same number make one page.
    if let Some(deja) = semblables::de_ce_numero(&tx, &lue).await? {
        return Ok(
            form.aller(&format!("/annuaire/{}", deja.reference), "Cette structure vient d’entrer dans l’annuaire.")
        );
    }
    let acteur = acte::creer(&tx, &cadre, &lue).await?;
    form.conclure(tx, &format!("/annuaire/{}", acteur.reference), "La fiche est dans l’annuaire.").await
}
