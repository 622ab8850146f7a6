//! The page of an actor, corrected or confirmed by its verified representative or by the agent of the site. What they
//! say is a fact like the others, with its source and its date; an emptied field goes back to the official source.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::theme::Theme;
use platform::{ReadTx, WriteTx, journal};
use sea_orm::IntoActiveModel;
use sea_orm::entity::prelude::*;
use web::composants::{ChampOptions, Conflit, Html, ResumeErreurs, Tableau};
use web::formulaire::Erreurs;
use web::locaux::ThemesLocaux;
use web::{Cadre, CheckedForm, Erreur, Reponse, Saisie, texte};

use super::champs::{self, ChampsFiche, Montre};
use super::storage::{self as tenue, Auteur};
use crate::acteur::{self, storage, theme};
use crate::reseau::storage as reseau;
use crate::vocabulaire::{Champ, Origine};
use crate::{acces, evenements};

#[derive(Template)]
#[template(path = "modifier_acteur.html")]
struct PageModifier {
    nom: String,
    reference: String,
    confirme: String,
    resume: ResumeErreurs,
    caches: Html,
    version: i64,
    /// The space of the network that this organisation is.
    reseau: Option<String>,
    /// Somebody saved in between: what the page says now.
    conflit: Option<Conflit>,
    apercu: Option<Tableau>,
    champs: ChampsFiche,
    themes: ChampOptions,
}

/// The actor with its themes, for who may change it.
struct Ouvert {
    acteur: acteur::Model,
    montre: Montre,
    themes: Vec<Theme>,
    reseau: Option<String>,
}

async fn ouvrir(tx: &ReadTx, cadre: &Cadre, reference: &str) -> Result<Ouvert, Erreur> {
    let acteur = acces::ouvrir(tx, reference).await?;
    acces::autoriser(cadre, &acteur)?;
    let themes = storage::themes(tx, &acteur.id).await?;
    let reseau = reseau::de_l_organisation(tx, &acteur.organisation_id).await?.filter(|reseau| reseau.actif);
    let reseau = reseau.map(|reseau| format!("/reseaux/{}", reseau.reference));
    let montre = Montre::nouveau(&acteur, &storage::valeurs(tx, &acteur.id).await?);
    Ok(Ouvert { reseau, themes: themes.iter().filter_map(theme::Model::theme).collect(), montre, acteur })
}

fn en_saisie(ouvert: &Ouvert) -> Saisie {
    ouvert.themes.iter().fold(ouvert.montre.en_saisie(), |saisie, theme| saisie.avec("themes", theme.as_str()))
}

fn page(cadre: &Cadre, ouvert: &Ouvert, saisie: Saisie, erreurs: Erreurs) -> PageModifier {
    let f = cadre.formulaire_avec(saisie, erreurs);
    let acteur = &ouvert.acteur;
    let confirme = acteur.confirme_le.map(|le| texte::jour(cadre.instance.jour_de(le)));
    let themes = cadre.instance.locaux().themes.options(f.saisie.liste("themes"));
    PageModifier {
        nom: acteur.nom.clone(),
        reference: acteur.reference.clone(),
        confirme: confirme.map_or_else(
            || "Personne n’a encore confirmé cette fiche.".to_owned(),
            |le| format!("Fiche confirmée le {le}."),
        ),
        resume: f.resume(),
        caches: f.caches_gardes(&format!("/annuaire/{}/modifier", acteur.reference)),
        version: f.version(acteur.version),
        reseau: ouvert.reseau.clone(),
        conflit: None,
        apercu: None,
        champs: ChampsFiche::nouveaux(&f),
        themes: f.cases("themes", "Thèmes", themes).aide("Un à cinq thèmes.").en_colonnes(),
    }
}

/// What was typed, checked.
struct Lue {
    valeurs: Vec<(Champ, String)>,
    themes: Vec<Theme>,
}

fn lire(form: &CheckedForm, montre: &Montre) -> Result<Lue, Erreurs> {
    let mut l = form.lecteur();
    let (valeurs, themes) = (champs::lire(&mut l, &form.saisie, montre), champs::lire_les_themes(&mut l));
    if l.erreurs.est_vide() { Ok(Lue { valeurs, themes }) } else { Err(l.erreurs) }
}

impl Lue {
    /// Themes, when they differ: an actor always has its own, in no order.
    fn themes_changes(&self, ouvert: &Ouvert) -> bool {
        self.themes.len() != ouvert.themes.len() || self.themes.iter().any(|theme| !ouvert.themes.contains(theme))
    }

    fn apercu(&self, ouvert: &Ouvert, noms: &ThemesLocaux) -> Tableau {
        let themes = self.themes_changes(ouvert).then_some((ouvert.themes.as_slice(), self.themes.as_slice()));
        champs::avant_apres(&ouvert.montre, &ouvert.montre.changements(&self.valeurs), themes, noms)
    }
}

/// GET `/annuaire/{reference}/modifier`.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let ouvert = ouvrir(&tx, &cadre, &reference).await?;
    let page = page(&cadre, &ouvert, en_saisie(&ouvert), Erreurs::default());
    repondre(&cadre, &page, StatusCode::OK)
}

fn repondre(cadre: &Cadre, page: &PageModifier, statut: StatusCode) -> Reponse {
    acces::sous_la_fiche(cadre, "Tenir la fiche à jour", (&page.nom, &page.reference), page, statut)
}

/// POST: sees what would change, or saves.
pub async fn enregistrer(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let lecture = cadre.instance.db.read().await?;
    let ouvert = ouvrir(&lecture, &cadre, &reference).await?;
    drop(lecture);
    match lire(&form, &ouvert.montre) {
        Err(erreurs) => {
            let page = page(&cadre, &ouvert, form.saisie.clone(), erreurs);
            repondre(&cadre, &page, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Ok(lue) if form.saisie.texte("acte") == "voir" => {
            let page = page(&cadre, &ouvert, form.saisie.clone(), Erreurs::default());
            let apercu = Some(lue.apercu(&ouvert, &cadre.instance.locaux().themes));
            repondre(&cadre, &PageModifier { apercu, ..page }, StatusCode::OK)
        }
        Ok(lue) => ecrire(&cadre, form, ouvert, Some(lue)).await,
    }
}

/// POST `/annuaire/{reference}/confirmer`: all is right.
pub async fn confirmer(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let lecture = cadre.instance.db.read().await?;
    let ouvert = ouvrir(&lecture, &cadre, &reference).await?;
    drop(lecture);
    ecrire(&cadre, form, ouvert, None).await
}

/// Who writes: the actor itself, when its representative does.
fn auteur<'a>(cadre: &'a Cadre, acteur: &acteur::Model) -> Auteur<'a> {
    let source = if acces::represente(&cadre.visiteur, acteur) { Origine::Acteur } else { Origine::Agent };
    Auteur { source, personne: cadre.visiteur.personne_id() }
}

/// Saves what was typed, if anything was; either way the page is confirmed from today.
async fn ecrire(cadre: &Cadre, form: CheckedForm, ouvert: Ouvert, lue: Option<Lue>) -> Reponse {
    let instance = &cadre.instance;
    let acteur = &ouvert.acteur;
    let auteur = auteur(cadre, acteur);
    let tx = instance.db.begin().await?;
    if let Some(lue) = &lue {
        tenue::dire(&tx, instance, &acteur.id, auteur, &ouvert.montre.changements(&lue.valeurs)).await?;
        if lue.themes_changes(&ouvert) {
            remplacer_les_themes(&tx, acteur, &lue.themes, auteur.source).await?;
        }
    }
    let confirme = acteur::Model { version: form.version(), ..acteur.clone().confirme(instance.clock.instant()) };
    if !tenue::reprojeter(&tx, instance, confirme).await? {
        tx.rollback().await?;
        return en_conflit(cadre, lue.is_some().then_some(form.saisie), &acteur.reference).await;
    }
    tenue::noter_le_retour(&tx, &acteur.id, instance.clock.instant(), true).await?;
    let (genre, message) = match lue {
        Some(_) => (evenements::MODIFIE, "La fiche est enregistrée."),
        None => (evenements::CONFIRME, "Merci. La fiche est confirmée."),
    };
    let evenement = evenements::de_l_acteur(cadre, genre, &acteur.id);
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    form.conclure(tx, &format!("/annuaire/{}", acteur.reference), message).await
}

/// The themes that somebody gives take the place of all those of the actor.
pub(crate) async fn remplacer_les_themes(
    tx: &WriteTx,
    acteur: &acteur::Model,
    themes: &[Theme],
    origine: Origine,
) -> Result<(), DbErr> {
    theme::Entity::delete_many().filter(theme::Column::ActeurId.eq(acteur.id.clone())).exec(tx).await?;
    let lignes = themes.iter().map(|theme| {
        theme::Model { acteur_id: acteur.id.clone(), theme: theme.to_string(), origine }.into_active_model()
    });
    if !themes.is_empty() {
        theme::Entity::insert_many(lignes).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Somebody saved in between: what the page says now, above one's own text.
async fn en_conflit(cadre: &Cadre, saisie: Option<Saisie>, reference: &str) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let ouvert = ouvrir(&tx, cadre, reference).await?;
    let enregistre = ouvert.montre.tableau(&ouvert.themes, &cadre.instance.locaux().themes);
    let conflit = Conflit::sur("cette fiche").enregistre(enregistre);
    let saisie = saisie.map_or_else(|| en_saisie(&ouvert), Saisie::sur_la_version_actuelle);
    let page = page(cadre, &ouvert, saisie, Erreurs::default());
    repondre(cadre, &PageModifier { conflit: Some(conflit), ..page }, StatusCode::CONFLICT)
}
