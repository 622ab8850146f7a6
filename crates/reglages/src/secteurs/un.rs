//! One secteur: its contact and communes, who is in charge, its history, its end.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::code::CodeCommune;
use domain::droit::Fonction;
use socle::PersonneId;
use socle::secteur::{self, SecteurId, fin};
use socle::{mandat, personne};
use web::composants::{Bouton, ChampTexte, Conflit, Html, OptionDeChamp, Poids, Resume, ResumeErreurs, Selection};
use web::formulaire::{Erreurs, lire_date};
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, texte};

use super::historique::{self, Historique};
use super::{ChampsSecteur, champs, lire, noter};
use crate::listes::ecrite;

/// Choice of the form: nobody, the coordination answers.
const PERSONNE: &str = "personne";

#[derive(Template)]
#[template(path = "secteur.html")]
struct PageSecteur {
    id: String,
    nom: String,
    resume: ResumeErreurs,
    caches: Html,
    caches_du_secteur: Html,
    version: i64,
    conflit: Option<Conflit>,
    champs: ChampsSecteur,
    agents: Vec<String>,
    agent: Selection,
    agent_du: ChampTexte,
    historique: Historique,
    termine: bool,
}

/// What is saved, to compare with what was typed.
fn enregistre(secteur: &secteur::Model, communes: &[String], instance: &Instance) -> Resume {
    let referentiel = instance.referentiel();
    let codes: Vec<CodeCommune> = communes.iter().filter_map(|code| code.parse().ok()).collect();
    let noms: Vec<&str> = codes.iter().map(|code| referentiel.nom_commune(code)).collect();
    Resume::default()
        .ligne("Nom du secteur", &secteur.nom)
        .ligne("Téléphone montré aux communes", secteur.telephone.as_deref().unwrap_or("Aucun"))
        .ligne("Courriel montré aux communes", secteur.courriel.as_deref().unwrap_or("Aucun"))
        .ligne(
            "Délai de réponse promis",
            texte::accorde(secteur.delai_jours_ouvres.unsigned_abs(), "jour ouvré", "jours ouvrés"),
        )
        .ligne("Communes du secteur", noms.join(", "))
}

/// The form as it is saved.
fn en_saisie(secteur: &secteur::Model, communes: &[String], instance: &Instance) -> Saisie {
    let jour = instance.aujourd_hui().to_string();
    let codes = communes.iter().filter_map(|code| code.parse().ok());
    let lignes: Vec<String> = codes.map(|code| ecrite(instance, &code)).collect();
    Saisie::default()
        .avec("nom", &secteur.nom)
        .avec("telephone", secteur.telephone.clone().unwrap_or_default())
        .avec("courriel", secteur.courriel.clone().unwrap_or_default())
        .avec("delai", secteur.delai_jours_ouvres.to_string())
        .avec("du", &jour)
        .avec("communes", lignes.join("\n"))
        .avec("agent_du", jour)
}

/// What the page shows beside what is saved.
#[derive(Default)]
struct AvecLe {
    /// The whole form, as typed.
    saisie: Option<Saisie>,
    /// Some fields, as typed, over what is saved.
    champs: Vec<(&'static str, String)>,
    erreurs: Erreurs,
    conflit: bool,
}

async fn page(cadre: &Cadre, id: &SecteurId, avec: AvecLe) -> Result<PageSecteur, Erreur> {
    let instance = &cadre.instance;
    let jour = instance.aujourd_hui();
    let tx = instance.db.read().await?;
    let secteur = secteur::par_id(&tx, id).await?.ok_or(Erreur::Introuvable("ce secteur"))?;
    let communes = secteur::communes(&tx, id, jour).await?;
    let agents = secteur::agents(&tx, id, jour).await?;
    let titulaires = mandat::titulaires(&tx, Fonction::ChargeTerritorial, jour).await?;
    let historique = historique::lire(cadre, &tx, id).await?;
    drop(tx);
    let conflit =
        avec.conflit.then(|| Conflit::sur("ce secteur").enregistre(enregistre(&secteur, &communes, instance)));
    let saisie = avec.saisie.unwrap_or_else(|| en_saisie(&secteur, &communes, instance));
    let saisie = avec.champs.into_iter().fold(saisie, |saisie, (nom, valeur)| saisie.sans(nom).avec(nom, valeur));
    let f = cadre.formulaire_avec(saisie, avec.erreurs);
    let choix = [
        OptionDeChamp::nouvelle("", "Choisissez une personne"),
        OptionDeChamp::nouvelle(PERSONNE, "Personne : la coordination répond"),
    ];
    Ok(PageSecteur {
        id: id.as_str().to_owned(),
        nom: secteur.nom,
        version: f.version(secteur.version),
        resume: f.resume(),
        caches: f.caches(),
        caches_du_secteur: f.caches_gardes(&format!("/reglages/secteurs/{}", id.as_str())),
        conflit,
        champs: champs(&f),
        termine: historique.termine(&communes, jour),
        agents: agents.iter().map(personne::Model::nom_complet).collect(),
        agent: f.selection(
            "agent",
            "Confier le secteur à",
            choix.into_iter().chain(titulaires.iter().map(|a| OptionDeChamp::nouvelle(a.id.as_str(), a.nom_complet()))),
        ),
        agent_du: f.texte("agent_du", "À partir du").date(),
        historique,
    })
}

fn repondre(cadre: &Cadre, page: &PageSecteur, statut: StatusCode) -> Reponse {
    let fil = [("Réglages", "/reglages"), ("Secteurs", "/reglages/secteurs")];
    cadre.page(page.nom.clone(), page)?.statut(statut).fil(&fil).repondre()
}

/// GET.
pub async fn montrer(cadre: Cadre, Path(id): Path<String>) -> Reponse {
    repondre(&cadre, &page(&cadre, &SecteurId(id), AvecLe::default()).await?, StatusCode::OK)
}

/// POST: name, contact, delay, communes from a day.
pub async fn enregistrer(cadre: Cadre, Path(id): Path<String>, form: CheckedForm) -> Reponse {
    let id = SecteurId(id);
    let nouveau = match lire(&form) {
        Ok(nouveau) => nouveau,
        Err(erreurs) => {
            let avec = AvecLe { saisie: Some(form.saisie), erreurs, ..AvecLe::default() };
            return repondre(&cadre, &page(&cadre, &id, avec).await?, StatusCode::UNPROCESSABLE_ENTITY);
        }
    };
    let tx = cadre.instance.db.begin().await?;
    if !secteur::modifier(&tx, &id, form.version(), &nouveau).await? {
        drop(tx);
        let saisie = Some(form.saisie.sur_la_version_actuelle());
        let avec = AvecLe { saisie, conflit: true, ..AvecLe::default() };
        return repondre(&cadre, &page(&cadre, &id, avec).await?, StatusCode::CONFLICT);
    }
    noter(&tx, &cadre, id.as_str(), "modifie").await?;
    form.conclure(tx, &format!("/reglages/secteurs/{id}"), "Le secteur est enregistré.").await
}

/// POST: who is in charge from a day, or nobody; the one before ends on the eve.
pub async fn confier(cadre: Cadre, Path(id): Path<String>, form: CheckedForm) -> Reponse {
    let (id, instance) = (SecteurId(id), &cadre.instance);
    let agent = form.saisie.texte("agent").to_owned();
    let du = lire_date(form.saisie.texte("agent_du"));
    let tx = instance.db.begin().await?;
    secteur::par_id(&tx, &id).await?.ok_or(Erreur::Introuvable("ce secteur"))?;
    let titulaires = mandat::titulaires(&tx, Fonction::ChargeTerritorial, instance.aujourd_hui()).await?;
    let mut erreurs = Erreurs::default();
    if agent.is_empty() {
        erreurs.ajouter("agent", "Choisissez une personne, ou « Personne ».");
    } else if agent != PERSONNE && !titulaires.iter().any(|t| t.id.as_str() == agent) {
        erreurs.ajouter(
            "agent",
            "Cette personne n’est pas chargée territoriale aujourd’hui. Donnez-lui d’abord cette fonction.",
        );
    }
    let (Some(du), true) = (du, erreurs.est_vide()) else {
        if du.is_none() {
            erreurs.ajouter("agent_du", "Donnez le premier jour.");
        }
        drop(tx);
        let champs = vec![("agent", agent), ("agent_du", form.saisie.texte("agent_du").to_owned())];
        let avec = AvecLe { champs, erreurs, ..AvecLe::default() };
        return repondre(&cadre, &page(&cadre, &id, avec).await?, StatusCode::UNPROCESSABLE_ENTITY);
    };
    secteur::relever(&tx, &id, du).await?;
    let message = if agent == PERSONNE {
        noter(&tx, &cadre, id.as_str(), "sans-agent").await?;
        "C’est noté : à partir de ce jour, la coordination répond."
    } else {
        secteur::confier(&tx, &*instance.ids, &id, &PersonneId(agent), du).await?;
        noter(&tx, &cadre, id.as_str(), "confie").await?;
        "Le secteur est confié."
    };
    form.conclure(tx, &format!("/reglages/secteurs/{id}"), message).await
}

/// POST: the secteur is deleted when nothing names it; otherwise it ends today, and what it was stays.
pub async fn retirer(cadre: Cadre, Path(id): Path<String>, form: CheckedForm) -> Reponse {
    let (id, instance) = (SecteurId(id), &cadre.instance);
    let tx = instance.db.begin().await?;
    secteur::par_id(&tx, &id).await?.ok_or(Erreur::Introuvable("ce secteur"))?;
    if fin::supprimer(&tx, &id).await? {
        noter(&tx, &cadre, id.as_str(), "supprime").await?;
        let message = "Le secteur est supprimé. La coordination répond pour ses communes.";
        return form.conclure(tx, "/reglages/secteurs", message).await;
    }
    // What was refused took the whole transaction with it.
    drop(tx);
    let tx = instance.db.begin().await?;
    fin::terminer(&tx, &id, instance.aujourd_hui()).await?;
    noter(&tx, &cadre, id.as_str(), "termine").await?;
    let message =
        "Des demandes nomment ce secteur : il est terminé, pas supprimé. La coordination répond pour ses communes.";
    form.conclure(tx, &format!("/reglages/secteurs/{id}"), message).await
}
