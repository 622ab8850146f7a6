//! The places of an actor, told by itself: an antenna that the register does not know is added, and closed when it is over.
//! Those of Sirene change at Sirene.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::code::CodeCommune;
use platform::{Jour, ReadTx, journal};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, raw_sql};
use web::composants::{ChampTexte, Html, ResumeErreurs};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie};

use super::storage as tenue;
use crate::acteur::{self, etablissement, storage};
use crate::vocabulaire::{Diffusion, Origine};
use crate::{acces, evenements};

/// Places that people may add.
const ANTENNES_MAX: usize = 50;

struct Lieu {
    id: String,
    texte: String,
    source: &'static str,
    ouvert: bool,
    a_soi: bool,
    caches: Html,
}

#[derive(Template)]
#[template(path = "adresses.html")]
struct PageAdresses {
    nom: String,
    reference: String,
    resume: ResumeErreurs,
    caches: Html,
    partielle: bool,
    lieux: Vec<Lieu>,
    enseigne: ChampTexte,
    adresse: ChampTexte,
    code_postal: ChampTexte,
    commune: ChampTexte,
}

/// Added by people: they may close it.
fn a_soi(e: &etablissement::Model) -> bool {
    e.siret.is_none() && matches!(e.source, Origine::Acteur | Origine::Agent)
}

async fn ouvrir(
    tx: &ReadTx,
    cadre: &Cadre,
    reference: &str,
) -> Result<(acteur::Model, Vec<etablissement::Model>), Erreur> {
    let acteur = acces::ouvrir(tx, reference).await?;
    acces::autoriser(cadre, &acteur)?;
    let etablissements = storage::etablissements(tx, &acteur.id).await?;
    Ok((acteur, etablissements))
}

fn dire(instance: &Instance, e: &etablissement::Model) -> String {
    [e.enseigne.clone(), e.adresse.clone(), Some(e.ville(instance))]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

fn repondre(
    cadre: &Cadre,
    acteur: &acteur::Model,
    etablissements: &[etablissement::Model],
    saisie: Saisie,
    erreurs: Erreurs,
) -> Reponse {
    let statut = if erreurs.est_vide() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let f = cadre.formulaire_avec(saisie, erreurs);
    let lieu = |e: &etablissement::Model| Lieu {
        id: e.id.rsplit('-').next().unwrap_or_default().to_owned(),
        texte: dire(&cadre.instance, e),
        source: e.source.libelle(),
        ouvert: e.ouvert,
        a_soi: a_soi(e),
        caches: cadre.formulaire().caches(),
    };
    let page = PageAdresses {
        nom: acteur.nom.clone(),
        reference: acteur.reference.clone(),
        resume: f.resume(),
        caches: f.caches(),
        partielle: acteur.diffusion == Diffusion::Partielle,
        lieux: etablissements.iter().map(lieu).collect(),
        enseigne: f.texte("enseigne", "Nom du lieu (facultatif)").aide("Exemple : la boutique, l’antenne de Toul."),
        adresse: f.texte("adresse", "Numéro et rue"),
        code_postal: f.texte("code_postal", "Code postal (facultatif)").chiffres(),
        commune: f.texte("commune", "Commune").commune(),
    };
    acces::sous_la_fiche(cadre, "Adresses", (&acteur.nom, &acteur.reference), &page, statut)
}

/// GET `/annuaire/{reference}/adresses`.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let (acteur, etablissements) = ouvrir(&tx, &cadre, &reference).await?;
    repondre(&cadre, &acteur, &etablissements, Saisie::default(), Erreurs::default())
}

/// A place as typed.
struct Tape {
    enseigne: Option<String>,
    adresse: String,
    code_postal: Option<String>,
    commune: CodeCommune,
}

fn lire(form: &CheckedForm, instance: &Instance, deja: &[etablissement::Model]) -> Result<Tape, Erreurs> {
    let mut l = form.lecteur();
    let enseigne = l.texte_libre("enseigne", 100);
    let adresse = l.texte("adresse", "Écrivez le numéro et la rue.", 3, 200);
    let code_postal = l.texte_libre("code_postal", 5);
    if code_postal.as_deref().is_some_and(|code| code.len() != 5 || !code.chars().all(|c| c.is_ascii_digit())) {
        l.erreurs.ajouter("code_postal", "Un code postal a cinq chiffres.");
    }
    let commune = l.commune("commune", instance);
    if deja.iter().filter(|e| a_soi(e) && e.ouvert).count() >= ANTENNES_MAX {
        l.erreurs
            .ajouter("adresse", format!("Cette fiche a déjà {ANTENNES_MAX} adresses ajoutées. Fermez-en une d’abord."));
    }
    match (adresse, commune) {
        (Some(adresse), Some(commune)) if l.erreurs.est_vide() => Ok(Tape { enseigne, adresse, code_postal, commune }),
        _ => Err(l.erreurs),
    }
}

/// POST: adds a place, or closes one (`fermer`).
pub async fn enregistrer(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let lecture = instance.db.read().await?;
    let (acteur, etablissements) = ouvrir(&lecture, &cadre, &reference).await?;
    drop(lecture);
    let choisi = form.saisie.texte("fermer");
    if !choisi.is_empty() {
        let fermable = |e: &&etablissement::Model| a_soi(e) && e.ouvert && e.id.ends_with(&format!("-{choisi}"));
        let Some(lieu) = etablissements.iter().find(fermable) else {
            return Ok(form.aller(&format!("/annuaire/{reference}/adresses"), "Cette adresse était déjà fermée."));
        };
        return conclure(&cadre, &form, &acteur, Acte::Fermer(lieu.id.clone())).await;
    }
    match lire(&form, instance, &etablissements) {
        Ok(tape) => conclure(&cadre, &form, &acteur, Acte::Ajouter(tape)).await,
        Err(erreurs) => repondre(&cadre, &acteur, &etablissements, form.saisie.clone(), erreurs),
    }
}

enum Acte {
    Ajouter(Tape),
    Fermer(String),
}

async fn conclure(cadre: &Cadre, form: &CheckedForm, acteur: &acteur::Model, acte: Acte) -> Reponse {
    let instance = &cadre.instance;
    let source = if acces::represente(&cadre.visiteur, acteur) { Origine::Acteur } else { Origine::Agent };
    let tx = instance.db.begin().await?;
    let message = match acte {
        Acte::Ajouter(tape) => {
            let ligne = etablissement::Model {
                id: instance.ids.uuid().to_string(),
                acteur_id: acteur.id.clone(),
                siret: None,
                siege: false,
                enseigne: tape.enseigne,
                commune: tape.commune,
                adresse: Some(tape.adresse),
                code_postal: tape.code_postal,
                longitude: None,
                latitude: None,
                naf: None,
                ouvert: true,
                source,
                source_du: Some(Jour(instance.aujourd_hui())),
            };
            etablissement::Entity::insert(ligne.into_active_model()).exec_without_returning(&tx).await?;
            "L’adresse est ajoutée."
        }
        Acte::Fermer(id) => {
            let jour = instance.aujourd_hui().to_string();
            tx.execute_raw(raw_sql!(
                Postgres,
                "UPDATE acteur_etablissement SET ouvert = FALSE, source_du = {jour} WHERE id = {id}"
            ))
            .await?;
            "L’adresse est fermée."
        }
    };
    // The page as it is now: a place added crosses no text of somebody else.
    let lu = acteur::Entity::find_by_id(acteur.id.clone()).one(&tx).await?.ok_or(Erreur::Introuvable("cet acteur"))?;
    if !tenue::reprojeter(&tx, instance, lu).await? {
        return Err(Erreur::Invalide("La fiche vient de changer. Revenez à la page et recommencez.".to_owned()));
    }
    let evenement = evenements::de_l_acteur(cadre, evenements::ADRESSES, &acteur.id);
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    form.conclure(tx, &format!("/annuaire/{}/adresses", acteur.reference), message).await
}
