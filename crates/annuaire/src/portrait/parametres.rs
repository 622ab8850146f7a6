//! Which themes are watched, and from how far a gap is said. As shipped, or as set on screen; the setting keeps its dates.

use askama::Template;
use axum::http::StatusCode;
use domain::theme::Theme;
use platform::journal;
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use socle::reglage;
use web::composants::{ChampOptions, ChampTexte, Conflit, Html, Resume, ResumeErreurs};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Reponse, Saisie, texte};

use crate::evenements;
use crate::tenue::FIL;

/// Key of the setting.
pub const CLE: &str = "annuaire.portrait";
const URL: &str = "/reglages/annuaire/portrait";
/// Distances that make sense, kilometres.
const KM: std::ops::RangeInclusive<u16> = 1..=60;

/// What a portrait says is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parametres {
    /// Beyond so many kilometres, from one town hall to the other, an actor is far.
    pub km: u16,
    /// Themes watched.
    pub themes: Vec<Theme>,
}

impl Default for Parametres {
    /// Services of every day. A choice of this house, to be set on screen: no text defines them.
    fn default() -> Self {
        use Theme::{
            AccesAuxDroits, Alimentation, BienVieillir, Commerce, Insertion, Mobilite, Pauvrete, PetiteEnfance,
            Reemploi, Sante, VieAssociative,
        };
        let themes = vec![
            Commerce,
            PetiteEnfance,
            Sante,
            BienVieillir,
            AccesAuxDroits,
            Mobilite,
            Alimentation,
            Reemploi,
            VieAssociative,
            Insertion,
            Pauvrete,
        ];
        Self { km: 15, themes }
    }
}

/// Those in force, with the version of the setting (0: as shipped).
///
/// # Errors
/// The engine refused.
pub async fn lire(db: &impl sea_orm::ConnectionTrait) -> Result<(Parametres, i64), DbErr> {
    Ok(reglage::lire(db, CLE).await?.unwrap_or_default())
}

#[derive(Template)]
#[template(path = "portrait_parametres.html")]
struct PageParametres {
    resume: ResumeErreurs,
    conflit: Option<Conflit>,
    km: ChampTexte,
    themes: ChampOptions,
    version: i64,
    depuis: String,
    caches: Html,
}

async fn page(cadre: &Cadre, saisie: Option<Saisie>, erreurs: Erreurs, conflit: bool, statut: StatusCode) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let tous = reglage::tous(&tx).await?;
    drop(tx);
    let (enregistres, version) = reglage::parmi::<Parametres>(&tous, CLE);
    let enregistres = enregistres.unwrap_or_default();
    let ligne = tous.iter().find(|ligne| ligne.cle == CLE);
    let themes = &instance.locaux().themes;
    let conflit = conflit.then(|| {
        let enregistre = Resume::default()
            .ligne("Distance", format!("{} km", enregistres.km))
            .ligne("Thèmes surveillés", themes.noms(&enregistres.themes));
        Conflit::sur("ces réglages").enregistre(enregistre)
    });
    let saisie = saisie.unwrap_or_else(|| {
        let saisie = Saisie::default().avec("km", enregistres.km.to_string());
        enregistres.themes.iter().fold(saisie, |saisie, theme| saisie.avec("themes", theme.as_str()))
    });
    let choisis = saisie.liste("themes").to_vec();
    let f = cadre.formulaire_avec(saisie, erreurs);
    let page = PageParametres {
        resume: f.resume(),
        conflit,
        km: f
            .texte("km", "À partir de combien de kilomètres un acteur est-il trop loin ?")
            .aide("Un nombre entier, de 1 à 60. La distance se compte d’une mairie à l’autre, à vol d’oiseau."),
        themes: f.cases("themes", "Thèmes surveillés (facultatif)", themes.options(&choisis)),
        version: f.version(version),
        depuis: ligne.map_or_else(
            || "Ce sont les valeurs livrées avec le site : un choix de départ, qu’aucun texte ne fixe.".to_owned(),
            |ligne| format!("En vigueur depuis le {}.", texte::jour(instance.jour_de(ligne.modifie_le))),
        ),
        caches: f.caches(),
    };
    cadre.page("Ce que disent les portraits de territoire", &page)?.statut(statut).fil(&FIL).repondre()
}

/// GET `/reglages/annuaire/portrait`.
pub async fn montrer(cadre: Cadre) -> Reponse {
    page(&cadre, None, Erreurs::default(), false, StatusCode::OK).await
}

/// POST.
pub async fn enregistrer(cadre: Cadre, form: CheckedForm) -> Reponse {
    let mut lecteur = form.lecteur();
    let themes: Vec<Theme> = lecteur.plusieurs("themes", Theme::TOUS.len(), "Trop de thèmes.");
    let km = form.saisie.texte("km").trim().parse::<u16>().ok().filter(|km| KM.contains(km));
    if km.is_none() {
        lecteur.erreurs.ajouter("km", "Donnez un nombre de kilomètres, de 1 à 60.");
    }
    let erreurs = lecteur.erreurs;
    let (Some(km), true) = (km, erreurs.est_vide()) else {
        return page(&cadre, Some(form.saisie.clone()), erreurs, false, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let instance = &cadre.instance;
    let par = cadre.visiteur.personne_id();
    let tx = instance.db.begin().await?;
    if !reglage::ecrire(&tx, &*instance.clock, CLE, &Parametres { km, themes }, form.version(), par).await? {
        drop(tx);
        return page(
            &cadre,
            Some(form.saisie.sur_la_version_actuelle()),
            Erreurs::default(),
            true,
            StatusCode::CONFLICT,
        )
        .await;
    }
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenements::du_reglage(&cadre, CLE)).await?;
    form.conclure(tx, URL, "C’est enregistré. Les portraits suivent dans les cinq minutes.").await
}
