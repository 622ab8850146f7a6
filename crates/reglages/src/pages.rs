//! Help, legal notice, personal data, health, and the agent's index.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use platform::Instant;
use platform::espace::Espace;
use platform::outbox::{self, EtatDeLaFile};
use sea_orm::{ConnectionTrait as _, DbErr, raw_sql};
use serde_json::json;
use web::composants::{Html, expliquer_html};
use web::feature::{Donnees, LienReglage};
use web::identite::Identite;
use web::textes::en_html;
use web::{Cache, Cadre, Instance, Reponse};

use crate::sauvegardes;

#[derive(Template)]
#[template(path = "aide.html")]
struct Aide {
    identite: Identite,
    introduction: String,
    etapes: Html,
    questions: Html,
}

/// A text of the site written in Markdown; empty when it says nothing.
pub(crate) fn en_markdown(cadre: &Cadre, cle: &str) -> Html {
    Html(en_html(&cadre.instance.texte(cle)))
}

/// GET.
pub async fn aide(cadre: Cadre) -> Reponse {
    // Each word of the trade is explained the first time that the page writes it.
    let mut cles = vec!["accompagnement", "secteur", "deliberation", "zonage"];
    let mut explique = |cle: &str| expliquer_html(&en_html(&cadre.instance.texte(cle)), &mut cles, &cadre.instance);
    let page = Aide {
        identite: cadre.identite().clone(),
        introduction: cadre.instance.texte("aide.introduction"),
        etapes: explique("aide.etapes"),
        questions: explique("aide.questions"),
    };
    cadre.page("Aide", &page)?.cache(Cache::Public(3600)).repondre()
}

#[derive(Template)]
#[template(path = "mentions_legales.html")]
struct MentionsLegales {
    identite: Identite,
    complement: Html,
}

/// GET (loi n° 2004-575 du 21 juin 2004, article 1-1 ; à vérifier).
pub async fn mentions_legales(cadre: Cadre) -> Reponse {
    let page =
        MentionsLegales { identite: cadre.identite().clone(), complement: en_markdown(&cadre, "mentions.complement") };
    cadre.page("Mentions légales", &page)?.cache(Cache::Public(3600)).repondre()
}

#[derive(Template)]
#[template(path = "donnees_personnelles.html")]
struct DonneesPersonnelles {
    identite: Identite,
    donnees: Vec<Donnees>,
    complement: Html,
}

/// GET: what each feature keeps, why, how long (RGPD, article 13).
pub async fn donnees_personnelles(cadre: Cadre) -> Reponse {
    let donnees = cadre.instance.maison.features.iter().flat_map(|feature| feature.donnees).copied().collect();
    let page = DonneesPersonnelles {
        identite: cadre.identite().clone(),
        donnees,
        complement: en_markdown(&cadre, "donnees.complement"),
    };
    cadre.page("Données personnelles", &page)?.cache(Cache::Public(3600)).repondre()
}

#[derive(Template)]
#[template(path = "reglages.html")]
struct Index {
    liens: Vec<LienReglage>,
    /// Said when the disk is almost full.
    disque: Option<String>,
}

/// GET.
pub async fn reglages(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let disque = match sauvegardes::espace(instance) {
        peu @ Espace::Peu(_) => sauvegardes::dire_l_espace(peu),
        _ => None,
    };
    cadre.page("Réglages", &Index { liens: instance.maison.reglages(), disque })?.repondre()
}

/// A witness younger than this is proof enough that the base writes: whoever asks often does not make it write more.
const TEMOIN_S: i64 = 10;

/// The queue, read; the base writes too, which a full disk forbids.
async fn ausculter(instance: &Instance) -> Result<EtatDeLaFile, DbErr> {
    let maintenant = instance.clock.instant();
    let tx = instance.db.read().await?;
    let file = outbox::etat(&tx, maintenant).await?;
    let temoin = tx.query_one_raw(raw_sql!(Postgres, "SELECT instant FROM sante_temoin WHERE id = 'sante'")).await?;
    let vu = temoin.map(|ligne| ligne.try_get("", "instant").map(Instant)).transpose()?;
    drop(tx);
    if vu.is_none_or(|vu| maintenant.seconds_since(vu) >= TEMOIN_S) {
        let tx = instance.db.begin().await?;
        let instant = maintenant.0;
        tx.execute_raw(raw_sql!(
            Postgres,
            "INSERT INTO sante_temoin (id, instant) VALUES ('sante', {instant})
             ON CONFLICT (id) DO UPDATE SET instant = excluded.instant"
        ))
        .await?;
        tx.commit().await?;
    }
    Ok(file)
}

/// GET: for the operator's watch. 200 when all is well, 503 with the reason otherwise.
pub async fn sante(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let (statut, corps) = match ausculter(instance).await {
        Ok(file) => {
            let espace = sauvegardes::espace(instance);
            let etat = match espace {
                _ if file.retard_s >= 3600 => "en retard",
                Espace::Peu(_) => "disque presque plein",
                Espace::Assez(_) | Espace::Inconnu => "bon",
            };
            let statut = if etat == "bon" { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
            let corps = json!({
                "etat": etat, "disque": espace.mot(), "disque_libre_mo": espace.libre().map(|o| o / 1_000_000), "base": "lit et écrit", "retard_s": file.retard_s,
                "travaux_en_attente": file.en_attente, "travaux_en_echec": file.en_echec,
                "sauvegarde": sauvegardes::etat(instance), "sauvegarde_age_h": sauvegardes::age_h(instance),
            });
            (statut, corps)
        }
        Err(erreur) => {
            tracing::error!(%erreur, "la base ne répond pas, ou n’écrit plus");
            (StatusCode::SERVICE_UNAVAILABLE, json!({"etat": "en panne", "base": "ne répond pas, ou n’écrit plus"}))
        }
    };
    let entetes = [(header::CONTENT_TYPE, "application/json; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    Ok((statut, entetes, corps.to_string()).into_response())
}
