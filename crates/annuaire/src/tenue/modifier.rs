//! The page of an actor, corrected or confirmed by its verified representative or by the agent of the site. What they
//! say is a fact like the others, with its source and its date; an emptied field goes back to the official source.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::theme::Theme;
use platform::{ReadTx, WriteTx, journal};
use sea_orm::IntoActiveModel;
use sea_orm::entity::prelude::*;
use web::composants::{Cellule, ChampLong, ChampOptions, ChampTexte, Html, ResumeErreurs, Tableau};
use web::formulaire::Erreurs;
use web::locaux::ThemesLocaux;
use web::{Cadre, CheckedForm, Erreur, Reponse, Saisie, texte};

use super::storage::{self as tenue, Auteur};
use crate::acteur::{self, storage, theme};
use crate::reseau::storage as reseau;
use crate::vocabulaire::{Champ, EtatActeur, Origine};
use crate::{acces, evenements};

/// Themes of an actor: beyond, it says nothing.
const THEMES_MAX: usize = 5;

/// Fields that people may give, with the name of the form field.
const CHAMPS: [(Champ, &str); 6] = [
    (Champ::Nom, "nom"),
    (Champ::Sigle, "sigle"),
    (Champ::Presentation, "presentation"),
    (Champ::Site, "site"),
    (Champ::Courriel, "courriel"),
    (Champ::Telephone, "telephone"),
];

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
    conflit: Option<Tableau>,
    apercu: Option<Tableau>,
    champ_nom: ChampTexte,
    sigle: ChampTexte,
    presentation: ChampLong,
    site: ChampTexte,
    courriel: ChampTexte,
    telephone: ChampTexte,
    themes: ChampOptions,
}

/// The actor with its themes, for who may change it.
struct Ouvert {
    acteur: acteur::Model,
    themes: Vec<Theme>,
    reseau: Option<String>,
}

async fn ouvrir(tx: &ReadTx, cadre: &Cadre, reference: &str) -> Result<Ouvert, Erreur> {
    let acteur = acces::ouvrir(tx, reference).await?;
    acces::autoriser(cadre, &acteur)?;
    let themes = storage::themes(tx, &acteur.id).await?;
    let reseau = reseau::de_l_organisation(tx, &acteur.organisation_id).await?.filter(|reseau| reseau.actif);
    let reseau = reseau.map(|reseau| format!("/reseaux/{}", reseau.reference));
    Ok(Ouvert { reseau, themes: themes.iter().filter_map(theme::Model::theme).collect(), acteur })
}

/// What is shown of a field.
fn montre(acteur: &acteur::Model, champ: Champ) -> &str {
    let valeur = match champ {
        Champ::Nom => return &acteur.nom,
        Champ::Sigle => &acteur.sigle,
        Champ::Presentation => &acteur.presentation,
        Champ::Site => &acteur.site,
        Champ::Courriel => &acteur.courriel,
        Champ::Telephone => &acteur.telephone,
        _ => &None,
    };
    valeur.as_deref().unwrap_or_default()
}

fn en_saisie(ouvert: &Ouvert) -> Saisie {
    let champs = CHAMPS.iter().fold(Saisie::default(), |s, (champ, nom)| s.avec(nom, montre(&ouvert.acteur, *champ)));
    ouvert.themes.iter().fold(champs, |saisie, theme| saisie.avec("themes", theme.as_str()))
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
        caches: f.caches(),
        version: acteur.version,
        reseau: ouvert.reseau.clone(),
        conflit: None,
        apercu: None,
        champ_nom: f.texte("nom", "Nom"),
        sigle: f.texte("sigle", "Sigle (facultatif)"),
        presentation: f
            .long("presentation", "Ce que fait la structure (facultatif)", 2_000)
            .lignes(6)
            .aide("Deux à cinq phrases, avec des mots simples : pour qui, où, quoi."),
        site: f.texte("site", "Site internet (facultatif)").aide("Exemple : https://www.exemple.fr"),
        courriel: f
            .texte("courriel", "Courriel public (facultatif)")
            .aide("Celui de la structure, que tout le monde verra. Pas celui d’une personne."),
        telephone: f.texte("telephone", "Téléphone public (facultatif)").aide("Exemple : 03 83 00 00 00"),
        themes: f.cases("themes", "Thèmes", themes).aide("Un à cinq thèmes.").en_colonnes(),
    }
}

/// What was typed, checked.
struct Lue {
    valeurs: Vec<(Champ, String)>,
    themes: Vec<Theme>,
}

fn lire(form: &CheckedForm) -> Result<Lue, Erreurs> {
    let mut l = form.lecteur();
    let nom = l.texte("nom", "Écrivez le nom de la structure.", 2, 200);
    let mut libre = |champ, max| l.texte_libre(champ, max).unwrap_or_default();
    let (sigle, presentation) = (libre("sigle", 40), libre("presentation", 2_000));
    let (site, telephone) = (libre("site", 200), libre("telephone", 30));
    let ecrit = !form.saisie.texte("courriel").trim().is_empty();
    let courriel = if ecrit { l.courriel("courriel", "").unwrap_or_default() } else { String::new() };
    let adresse = site.starts_with("https://") || site.starts_with("http://");
    if !site.is_empty() && !adresse {
        l.erreurs.ajouter("site", "Une adresse de site commence par https://.");
    }
    if !telephone.is_empty() && telephone.chars().filter(char::is_ascii_digit).count() < 10 {
        l.erreurs.ajouter("telephone", "Écrivez un numéro à dix chiffres. Exemple : 03 83 00 00 00");
    }
    let themes: Vec<Theme> = l.plusieurs("themes", THEMES_MAX, "Choisissez cinq thèmes au plus.");
    match nom {
        Some(nom) if l.erreurs.est_vide() => {
            let valeurs = [nom, sigle, presentation, site, courriel, telephone];
            Ok(Lue { valeurs: CHAMPS.iter().map(|(champ, _)| *champ).zip(valeurs).collect(), themes })
        }
        _ => Err(l.erreurs),
    }
}

impl Lue {
    /// Only what differs from what is shown: the rest keeps its source.
    fn changements(&self, acteur: &acteur::Model) -> Vec<(Champ, String)> {
        self.valeurs.iter().filter(|(champ, valeur)| montre(acteur, *champ) != valeur).cloned().collect()
    }

    /// Themes, when they differ: an actor always has its own, in no order.
    fn themes_changes(&self, ouvert: &Ouvert) -> bool {
        self.themes.len() != ouvert.themes.len() || self.themes.iter().any(|theme| !ouvert.themes.contains(theme))
    }

    fn apercu(&self, ouvert: &Ouvert, noms: &ThemesLocaux) -> Tableau {
        let dire = |texte: &str| Cellule::texte(if texte.is_empty() { "rien" } else { texte });
        let mut lignes: Vec<Vec<Cellule>> = self
            .changements(&ouvert.acteur)
            .iter()
            .map(|(champ, apres)| {
                vec![Cellule::texte(champ.libelle()), dire(montre(&ouvert.acteur, *champ)), dire(apres)]
            })
            .collect();
        if self.themes_changes(ouvert) {
            lignes.push(vec![
                Cellule::texte("Thèmes"),
                dire(&noms.noms(&ouvert.themes)),
                dire(&noms.noms(&self.themes)),
            ]);
        }
        Tableau {
            legende: "Ce qui changera".to_owned(),
            colonnes: ["Quoi", "Avant", "Après"].map(str::to_owned).into(),
            lignes,
        }
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
    let retour = format!("/annuaire/{}", page.reference);
    let fil = [("Annuaire", "/annuaire"), (page.nom.as_str(), retour.as_str())];
    cadre.page("Tenir la fiche à jour", page)?.statut(statut).fil(&fil).repondre()
}

/// POST: sees what would change, or saves.
pub async fn enregistrer(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let lecture = cadre.instance.db.read().await?;
    let ouvert = ouvrir(&lecture, &cadre, &reference).await?;
    drop(lecture);
    match lire(&form) {
        Err(erreurs) => {
            let page = page(&cadre, &ouvert, form.saisie.clone(), erreurs);
            let page = PageModifier { version: version_lue(&form), ..page };
            repondre(&cadre, &page, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Ok(lue) if form.saisie.texte("acte") == "voir" => {
            let page = page(&cadre, &ouvert, form.saisie.clone(), Erreurs::default());
            let page = PageModifier {
                apercu: Some(lue.apercu(&ouvert, &cadre.instance.locaux().themes)),
                version: version_lue(&form),
                ..page
            };
            repondre(&cadre, &page, StatusCode::OK)
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

fn version_lue(form: &CheckedForm) -> i64 {
    form.saisie.texte("version").parse().unwrap_or(0)
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
        tenue::dire(&tx, instance, &acteur.id, auteur, &lue.changements(acteur)).await?;
        if lue.themes_changes(&ouvert) {
            remplacer_les_themes(&tx, acteur, &lue.themes, auteur.source).await?;
        }
    }
    let confirme = acteur::Model {
        version: version_lue(&form),
        confirme_le: Some(instance.clock.instant()),
        etat: if acteur.etat == EtatActeur::Endormi { EtatActeur::Actif } else { acteur.etat },
        ..acteur.clone()
    };
    if !tenue::reprojeter(&tx, instance, confirme).await? {
        tx.rollback().await?;
        return en_conflit(cadre, lue.is_some().then_some(form.saisie), &acteur.reference).await;
    }
    tenue::noter_la_confirmation(&tx, &acteur.id, instance.clock.instant()).await?;
    let (genre, message) = match lue {
        Some(_) => (evenements::MODIFIE, "La fiche est enregistrée."),
        None => (evenements::CONFIRME, "Merci. La fiche est confirmée."),
    };
    let evenement = evenements::de_l_acteur(cadre, genre, &acteur.id);
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    form.conclure(tx, &format!("/annuaire/{}", acteur.reference), message).await
}

async fn remplacer_les_themes(
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
    let lignes = CHAMPS
        .iter()
        .map(|(champ, _)| vec![Cellule::texte(champ.libelle()), Cellule::texte(montre(&ouvert.acteur, *champ))]);
    let conflit = Tableau {
        legende: "Ce que dit la fiche maintenant".to_owned(),
        colonnes: ["Quoi", "Maintenant"].map(str::to_owned).into(),
        lignes: lignes.collect(),
    };
    let saisie = saisie.unwrap_or_else(|| en_saisie(&ouvert));
    let page = page(cadre, &ouvert, saisie, Erreurs::default());
    repondre(cadre, &PageModifier { conflit: Some(conflit), ..page }, StatusCode::CONFLICT)
}
