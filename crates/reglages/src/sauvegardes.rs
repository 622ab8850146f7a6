//! Backups seen and asked for on screen; the nightly one; rotation; the daily housekeeping.

use askama::Template;
use platform::espace::Espace;
use platform::outbox::{self, Travail, ligne};
use platform::sauvegarde::{Motif, SauvegardeError, lister, rotation, sauvegarder};
use platform::worker::EchecTravail;
use socle::{formulaire, jeton, projet, session};
use web::composants::{Cellule, EtatVide, Html, Progression, Tableau};
use web::{Cadre, CheckedForm, Instance, Reponse, texte};

/// Subject of a backup asked for on screen.
pub(crate) const SAUVEGARDER: &str = "sauvegarde";
/// Subject of the nightly backup.
pub(crate) const CHAQUE_NUIT: &str = "sauvegarde.nuit";
/// Subject of the housekeeping.
pub(crate) const MENAGE: &str = "menage";
/// A backup of a large instance takes minutes, seconds.
pub(crate) const DUREE_MAX_S: u32 = 2 * 3_600;
/// Beyond this age the page and `/sante` say so, hours.
const AGE_MAX_H: i64 = 48;
const BROUILLON_S: i64 = 30 * 86_400;
const FORMULAIRE_S: i64 = 2 * 86_400;

#[derive(Template)]
#[template(path = "sauvegardes.html")]
struct PageSauvegardes {
    caches: Html,
    age: String,
    vieille: bool,
    disque: Option<String>,
    disque_plein: bool,
    en_cours: Option<Progression>,
    tableau: Option<Tableau>,
    vide: EtatVide,
    dossier: String,
}

/// Age of the last backup in hours; `None` when there is none or the folder cannot be read.
pub(crate) fn age_h(instance: &Instance) -> Option<i64> {
    let liste = lister(&instance.dossiers.sauvegardes).ok()?;
    let derniere = liste.first()?;
    Some(instance.clock.instant().seconds_since(derniere.fiche.faite_le) / 3600)
}

/// What the health page says of backups.
pub(crate) fn etat(instance: &Instance) -> &'static str {
    match age_h(instance) {
        Some(age) if age <= AGE_MAX_H => "récente",
        Some(_) => "ancienne",
        None => "aucune",
    }
}

/// Room left on the disk of the data.
pub(crate) fn espace(instance: &Instance) -> Espace {
    Espace::lire(&instance.dossiers.donnees, instance.dossiers.espace_min)
}

/// In a sentence, with what to do when there is little; nothing when it is not known.
pub(crate) fn dire_l_espace(espace: Espace) -> Option<String> {
    match espace {
        Espace::Inconnu => None,
        Espace::Assez(libre) => Some(format!("Il reste {} sur le disque du serveur.", taille(libre))),
        Espace::Peu(libre) => Some(format!(
            "Il ne reste que {} sur le disque du serveur. Quand il sera plein, le site ne pourra plus rien enregistrer. \
             Demandez à l’exploitant de faire de la place : des sauvegardes à copier ailleurs, par exemple.",
            taille(libre)
        )),
    }
}

/// GET.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let liste = lister(&instance.dossiers.sauvegardes).unwrap_or_default();
    let tx = instance.db.read().await?;
    let en_cours = outbox::attend(&tx, SAUVEGARDER).await?;
    let age = age_h(instance);
    let espace = espace(instance);
    let ligne = |s: &platform::sauvegarde::Sauvegarde| {
        vec![
            Cellule::texte(texte::moment(instance.heure_de(s.fiche.faite_le))),
            Cellule::texte(s.fiche.motif.libelle()),
            Cellule::nombre(taille(s.fiche.octets())),
            Cellule::texte(s.nom()),
        ]
    };
    let page = PageSauvegardes {
        caches: cadre.formulaire().caches(),
        age: dire_l_age(age),
        vieille: age.is_none_or(|age| age > AGE_MAX_H),
        disque_plein: matches!(espace, Espace::Peu(_)),
        disque: dire_l_espace(espace),
        en_cours: en_cours.then(|| Progression::inconnue("sauvegarde", "Une sauvegarde est en cours.")),
        tableau: (!liste.is_empty()).then(|| Tableau {
            legende: texte::accorde(liste.len() as u64, "sauvegarde", "sauvegardes"),
            colonnes: ["Faite le", "Pourquoi", "Taille", "Nom"].map(str::to_owned).to_vec(),
            lignes: liste.iter().map(ligne).collect(),
        }),
        vide: EtatVide {
            titre: "Aucune sauvegarde".to_owned(),
            texte: "La première se fait cette nuit. Vous pouvez aussi la demander maintenant.".to_owned(),
            action: None,
        },
        dossier: instance.dossiers.sauvegardes.display().to_string(),
    };
    cadre.page("Sauvegardes", &page)?.fil(&[("Réglages", "/reglages")]).repondre()
}

fn dire_l_age(age: Option<i64>) -> String {
    match age {
        None => "Il n’y a encore aucune sauvegarde.".to_owned(),
        Some(0) => "La dernière sauvegarde a moins d’une heure.".to_owned(),
        Some(h) if h < 48 => {
            format!("La dernière sauvegarde a {}.", texte::accorde(h.unsigned_abs(), "heure", "heures"))
        }
        Some(h) => format!("La dernière sauvegarde a {} jours.", h / 24),
    }
}

/// "12,4 Mo", "3,1 Go".
fn taille(octets: u64) -> String {
    const GIGA: u64 = 1_000_000_000;
    let (unite, dixieme) = if octets < GIGA { ("Mo", 100_000) } else { ("Go", GIGA / 10) };
    let dixiemes = octets.div_ceil(dixieme);
    format!("{},{}\u{a0}{unite}", dixiemes / 10, dixiemes % 10)
}

/// POST: asks for a backup; the worker makes it.
pub async fn demander(cadre: Cadre, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    let travail = Travail::nouveau(SAUVEGARDER, ()).une_fois(SAUVEGARDER);
    outbox::demander(&tx, &*instance.clock, &*instance.ids, travail).await?;
    form.conclure(tx, "/reglages/sauvegardes", "La sauvegarde est demandée. Rechargez la page dans une minute.").await
}

#[expect(clippy::needless_pass_by_value, reason = "the end of a chain of results")]
fn echec(erreur: SauvegardeError) -> EchecTravail {
    EchecTravail::Temporaire(erreur.to_string())
}

/// Worker: a backup asked for on screen.
pub(crate) async fn faire(instance: Instance, _: ligne::Model) -> Result<(), EchecTravail> {
    sauvegarder(&instance.db, &instance.dossiers, &*instance.clock, Motif::Demandee).await.map_err(echec)?;
    Ok(())
}

/// Worker: the nightly backup, then the rotation. A demonstration keeps none.
pub(crate) async fn chaque_nuit(instance: Instance, _: ligne::Model) -> Result<(), EchecTravail> {
    if instance.demo {
        return Ok(());
    }
    sauvegarder(&instance.db, &instance.dossiers, &*instance.clock, Motif::Quotidienne).await.map_err(echec)?;
    rotation::nettoyer(&instance.dossiers.sauvegardes, instance.aujourd_hui(), instance.fuseau()).map_err(echec)?;
    Ok(())
}

/// Worker: drafts that nobody kept, expired links and sessions, answers of old forms.
pub(crate) async fn menage(instance: Instance, _: ligne::Model) -> Result<(), EchecTravail> {
    let maintenant = instance.clock.instant();
    let tx = instance.db.begin().await?;
    let brouillons = projet::nettoyer_brouillons(&tx, maintenant.plus_seconds(-BROUILLON_S)).await?;
    let jetons = jeton::nettoyer(&tx, maintenant).await?;
    let sessions = session::nettoyer(&tx, maintenant).await?;
    formulaire::nettoyer(&tx, maintenant.plus_seconds(-FORMULAIRE_S)).await?;
    tx.commit().await?;
    tracing::info!(brouillons, jetons, sessions, "ménage du jour");
    Ok(())
}
