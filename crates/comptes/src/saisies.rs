//! What is typed in a long form and not sent yet: kept as one types, found again on return, erased by a button. Asked by the
//! script of the pages alone; each only reaches what is their own.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use platform::{ReadTx, WriteTx};
use serde::Serialize;
use serde_json::{Value, json};
use socle::PersonneId;
use socle::saisie::{self, Proprietaire};
use web::formulaire::CHAMP_BROUILLON;
use web::{Cadre, CheckedForm, Erreur, Reponse, texte};

/// Longest name of a form, characters.
const NOM_MAX: usize = 200;
/// Most text kept for one form, bytes.
const OCTETS_MAX: usize = 100_000;
/// Forms of one page.
const FORMULAIRES_MAX: usize = 12;

#[derive(Serialize)]
struct Gardee {
    formulaire: String,
    quand: String,
    champs: Value,
}

fn json(valeur: &impl Serialize) -> Result<Response, Erreur> {
    let entetes = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    Ok((entetes, serde_json::to_string(valeur)?).into_response())
}

/// GET `/brouillon?f=…&f=…`: what is kept of these forms.
pub async fn lire(cadre: Cadre) -> Reponse {
    let demande = cadre.demande();
    let noms: Vec<String> = demande.liste("f").iter().take(FORMULAIRES_MAX).cloned().collect();
    let tx = cadre.instance.db.read().await?;
    let maintenant = cadre.instance.clock.instant();
    let lues = saisie::lire(&tx, &cadre.proprietaire_des_saisies(), &noms, maintenant).await?;
    let gardees = lues.into_iter().map(|lue| Gardee {
        quand: texte::moment(cadre.instance.heure_de(lue.gardee_le)),
        champs: serde_json::from_str(&lue.champs).unwrap_or_default(),
        formulaire: lue.formulaire,
    });
    json(&gardees.collect::<Vec<_>>())
}

/// The form that is kept or erased.
fn nom(form: &CheckedForm) -> Result<String, Erreur> {
    let nom = form.saisie.texte(CHAMP_BROUILLON);
    if nom.starts_with('/') && nom.chars().count() <= NOM_MAX {
        Ok(nom.to_owned())
    } else {
        Err(Erreur::Invalide("Ce formulaire n’est pas connu.".to_owned()))
    }
}

/// POST `/brouillon`: keeps the whole form as it is typed now. A form that was sent meanwhile is not kept again: it has its
/// answer, which [`CheckedForm`] gives. Answers the hour.
pub async fn garder(form: CheckedForm) -> Reponse {
    let nom = nom(&form)?;
    let champs: Vec<(&str, &str)> = form.saisie.champs().collect();
    let texte_garde = serde_json::to_string(&champs)?;
    if texte_garde.len() > OCTETS_MAX {
        return Err(Erreur::TropGros(OCTETS_MAX as u64));
    }
    let instance = &form.contexte.instance;
    let maintenant = instance.clock.instant();
    let tx = instance.db.begin().await?;
    if let Some(vers) = form.deja_repondu(&tx).await? {
        return Err(Erreur::Aller(vers));
    }
    saisie::garder(&tx, &form.contexte.proprietaire_des_saisies(), &nom, &texte_garde, maintenant).await?;
    tx.commit().await?;
    json(&json!({"heure": texte::heure(instance.heure_de(maintenant))}))
}

/// POST `/brouillon/effacer`: nothing is kept of this form any more.
pub async fn effacer(form: CheckedForm) -> Reponse {
    let nom = nom(&form)?;
    let tx = form.contexte.instance.db.begin().await?;
    saisie::oublier(&tx, &form.contexte.proprietaire_des_saisies(), &nom).await?;
    tx.commit().await?;
    json(&json!({}))
}

/// What a person has typed and not sent.
pub(crate) async fn exporter(tx: &ReadTx, personne: &PersonneId) -> Result<Value, Erreur> {
    let gardees = saisie::de(tx, &Proprietaire::personne(personne)).await?;
    let gardees = gardees.into_iter().map(|g| {
        let champs: Value = serde_json::from_str(&g.champs).unwrap_or_default();
        json!({"formulaire": g.formulaire, "le": g.gardee_le.timestamp().to_string(), "champs": champs})
    });
    Ok(gardees.collect())
}

/// Erased with the account.
pub(crate) async fn oublier(tx: &WriteTx, personne: &PersonneId) -> Result<(), Erreur> {
    Ok(saisie::oublier_tout(tx, &Proprietaire::personne(personne)).await?)
}
