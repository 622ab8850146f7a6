//! Keep a search, list those kept, delete one; the page of the link that stops a mail, with its button.

use askama::Template;
use axum::extract::Path;
use platform::ReadTx;
use serde_json::{Value, json};
use socle::{PersonneId, secteur};
use web::composants::{EtatVide, Html, Message};
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, texte};

use super::storage::{self, RechercheId};
use crate::liste::filtres::{Filtres, Vue};

const URL: &str = "/annuaire/recherches";
/// Searches that a person may keep.
const MAX: usize = 20;
/// Use of the signed links.
const USAGE: &str = "annuaire-alerte";
/// A link holds so long: longer than a person keeps a mail.
const VALABLE_JOURS: i64 = 400;

/// Address of the page that stops the mail of a search.
pub(super) fn lien_d_arret(instance: &Instance, id: &RechercheId) -> String {
    let expire = instance.clock.instant().plus_seconds(VALABLE_JOURS * 86_400);
    instance.url(&format!("/arreter-une-alerte/{}", instance.signature.signer(USAGE, id.as_str().as_bytes(), expire)))
}

struct RechercheVue {
    id: String,
    quoi: String,
    adresse: String,
    alerte: bool,
    /// A filter that no longer exists.
    perdu: Option<&'static str>,
    dit: String,
    caches: Html,
}

#[derive(Template)]
#[template(path = "recherches.html")]
struct PageRecherches {
    recherches: Vec<RechercheVue>,
    vide: EtatVide,
}

/// GET `/annuaire/recherches`.
pub async fn lister(cadre: Cadre) -> Reponse {
    let personne = cadre.visiteur.connecte()?.id.clone();
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let gardees = storage::de_la_personne(&tx, &personne).await?;
    let secteurs = secteur::tous(&tx).await?;
    drop(tx);
    let recherches = gardees.into_iter().map(|gardee| {
        let saisie = Saisie::decoder(gardee.filtres.as_bytes());
        let (filtres, _) = Filtres::lire(&saisie, instance, &secteurs);
        let dit = match (gardee.alerte, gardee.envoye_le) {
            (false, _) => "Aucun courriel.".to_owned(),
            (true, None) => {
                "Pour cette recherche, un courriel par semaine au plus, quand il y a du nouveau.".to_owned()
            }
            (true, Some(le)) => {
                let jour = texte::jour(instance.jour_de(le));
                format!("Pour cette recherche, un courriel par semaine au plus. Le dernier : le {jour}.")
            }
        };
        RechercheVue {
            id: gardee.id.to_string(),
            quoi: filtres.en_mots(instance, &secteurs),
            adresse: filtres.adresse(),
            perdu: filtres.perdu(&saisie).map(Filtres::en_clair),
            alerte: gardee.alerte,
            dit,
            caches: cadre.formulaire().caches(),
        }
    });
    let page = PageRecherches {
        recherches: recherches.collect(),
        vide: EtatVide {
            titre: "Vous n’avez gardé aucune recherche".to_owned(),
            texte: "Cherchez dans l’annuaire, puis gardez la recherche : elle se retrouve ici.".to_owned(),
            action: Some(("Chercher dans l’annuaire".to_owned(), "/annuaire".to_owned())),
        },
    };
    cadre.page("Mes recherches", &page)?.fil(&[("Annuaire", "/annuaire")]).repondre()
}

/// POST `/annuaire/recherches`.
pub async fn garder(cadre: Cadre, form: CheckedForm) -> Reponse {
    let personne = cadre.visiteur.connecte()?.id.clone();
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    let secteurs = secteur::tous(&tx).await?;
    let (filtres, _) = Filtres::lire(&Saisie::decoder(form.saisie.texte("filtres").as_bytes()), instance, &secteurs);
    let filtres = Filtres { par_nom: false, ..filtres.en_vue(Vue::Liste) };
    let chaine = filtres.chaine();
    let gardees = storage::de_la_personne(&tx, &personne).await?;
    if gardees.len() >= MAX && !gardees.iter().any(|gardee| gardee.filtres == chaine) {
        let message = format!("Vous gardez déjà {MAX} recherches. Supprimez-en une d’abord.");
        return Ok(form.aller(URL, &message));
    }
    let alerte = form.saisie.texte("alerte") == "oui";
    storage::garder(&tx, &*instance.ids, &personne, &chaine, alerte, instance.clock.instant()).await?;
    let message = if alerte {
        "La recherche est gardée. Un courriel vous dira ce qui est nouveau pour elle, une fois par semaine au plus."
    } else {
        "La recherche est gardée."
    };
    form.conclure(tx, URL, message).await
}

/// POST `/annuaire/recherches/{id}`.
pub async fn changer(cadre: Cadre, Path(id): Path<String>, form: CheckedForm) -> Reponse {
    let personne = cadre.visiteur.connecte()?.id.clone();
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    let recherche = storage::une(&tx, &personne, &id).await?.ok_or(Erreur::Introuvable("cette recherche"))?;
    let ici = format!("{URL}/{id}");
    let message = match form.saisie.texte("acte") {
        "supprimer" => {
            storage::supprimer(&tx, &recherche.id).await?;
            let alerte = if recherche.alerte { "oui" } else { "non" };
            Message::nouveau("La recherche est supprimée.")
                .annulable(URL, &[("filtres", recherche.filtres.as_str()), ("alerte", alerte)])
        }
        acte @ ("alerter" | "taire") => {
            storage::alerter(&tx, &recherche.id, acte == "alerter", instance.clock.instant()).await?;
            let (phrase, contraire) = match acte {
                "alerter" => ("Un courriel vous dira ce qui est nouveau.", "taire"),
                _ => ("Plus aucun courriel.", "alerter"),
            };
            Message::nouveau(phrase).annulable(&ici, &[("acte", contraire)])
        }
        _ => return Err(Erreur::Invalide("Choisissez ce qu’il faut faire de cette recherche.".to_owned())),
    };
    form.conclure(tx, URL, message).await
}

#[derive(Template)]
#[template(path = "arreter_alerte.html")]
struct PageArreter {
    quoi: Option<String>,
    secret: String,
    caches: Html,
}

/// The search of a signed link. The link says which one, never who.
async fn du_lien(
    tx: &impl sea_orm::ConnectionTrait,
    instance: &Instance,
    secret: &str,
) -> Result<Option<storage::Model>, Erreur> {
    let perime = || Erreur::Introuvable("cette alerte : le lien est trop ancien, ou mal recopié");
    let octets = instance.signature.verifier(USAGE, secret, instance.clock.instant()).map_err(|_| perime())?;
    let id = String::from_utf8(octets).map_err(|_| perime())?;
    Ok(storage::par_id(tx, &id).await?.filter(|recherche| recherche.alerte))
}

/// GET, without account: opening stops nothing (mail scanners open links).
pub async fn ouvrir(cadre: Cadre, Path(secret): Path<String>) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let recherche = du_lien(&tx, instance, &secret).await?;
    let secteurs = secteur::tous(&tx).await?;
    let quoi = recherche.map(|recherche| {
        let (filtres, _) = Filtres::lire(&Saisie::decoder(recherche.filtres.as_bytes()), instance, &secteurs);
        filtres.en_mots(instance, &secteurs)
    });
    let page = PageArreter { quoi, secret, caches: cadre.formulaire().caches() };
    cadre.page("Ne plus recevoir ce courriel", &page)?.repondre()
}

/// POST: no more mail for this search. It stays kept.
pub async fn arreter(cadre: Cadre, Path(secret): Path<String>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    if let Some(recherche) = du_lien(&tx, instance, &secret).await? {
        storage::alerter(&tx, &recherche.id, false, instance.clock.instant()).await?;
    }
    form.conclure(tx, "/annuaire", "C’est fait : vous ne recevrez plus ce courriel.").await
}

/// What is kept of a person, for their export.
pub(crate) async fn exporter(tx: &ReadTx, personne: &PersonneId) -> Result<Value, Erreur> {
    let gardees = storage::de_la_personne(tx, personne).await?;
    Ok(gardees
        .into_iter()
        .map(|gardee| {
            json!({
                "recherche": gardee.filtres,
                "courriel": gardee.alerte,
                "gardee_le": gardee.cree_le.timestamp().to_string(),
                "dernier_courriel": gardee.envoye_le.map(|le| le.timestamp().to_string()),
            })
        })
        .collect())
}
