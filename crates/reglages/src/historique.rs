//! The values that a setting had: seen, put back.

use askama::Template;
use platform::Instant;
use serde_json::Value;
use socle::{PersonneId, personne, reglage};
use web::composants::Html;
use web::{Cadre, CheckedForm, Erreur, Reponse, texte};

use crate::ecran;

const LISTE_MAX: u64 = 50;

struct Valeur {
    version: i64,
    quand: String,
    qui: String,
    texte: String,
}

#[derive(Template)]
#[template(path = "historique.html")]
struct PageHistorique {
    cle: String,
    version: i64,
    caches: Html,
    actuelle: Option<Valeur>,
    anciennes: Vec<Valeur>,
}

/// GET `?cle=`.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let cle = cadre.demande().texte("cle").to_owned();
    let tx = cadre.instance.db.read().await?;
    let actuelle = reglage::tous(&tx).await?.into_iter().find(|ligne| ligne.cle == cle);
    let version = actuelle.as_ref().map_or(0, |ligne| ligne.version);
    let mut anciennes = Vec::new();
    for a in reglage::anciens(&tx, &cle, LISTE_MAX).await? {
        anciennes.push(valeur(&cadre, &tx, a.version, &a.valeur, a.modifie_le, a.modifie_par).await?);
    }
    let actuelle = match actuelle {
        Some(a) => Some(valeur(&cadre, &tx, a.version, &a.valeur, a.modifie_le, a.modifie_par).await?),
        None => None,
    };
    let page = PageHistorique { version, caches: cadre.formulaire().caches(), actuelle, anciennes, cle };
    cadre.page("Historique d’un réglage", &page)?.fil(&[("Réglages", "/reglages")]).repondre()
}

async fn valeur(
    cadre: &Cadre,
    tx: &platform::ReadTx,
    version: i64,
    valeur: &str,
    quand: Instant,
    qui: Option<PersonneId>,
) -> Result<Valeur, Erreur> {
    let qui = match qui {
        Some(id) => personne::par_id(tx, &id).await?.map_or_else(String::new, |p| p.nom_complet()),
        None => "l’installation".to_owned(),
    };
    let quand = texte::moment(cadre.instance.heure_de(quand));
    Ok(Valeur { version, quand, qui, texte: lisible(&serde_json::from_str(valeur).unwrap_or_default()) })
}

/// A stored value as a person reads it.
fn lisible(valeur: &Value) -> String {
    match valeur {
        Value::Null => "(comme à l’installation)".to_owned(),
        Value::String(texte) => texte.clone(),
        Value::Bool(oui) => if *oui { "oui" } else { "non" }.to_owned(),
        Value::Number(nombre) => nombre.to_string(),
        Value::Array(liste) => liste.iter().map(lisible).collect::<Vec<_>>().join(", "),
        Value::Object(champs) => {
            let lignes = champs.iter().map(|(nom, valeur)| format!("{nom} : {}", lisible(valeur)));
            lignes.collect::<Vec<_>>().join("\n")
        }
    }
}

/// POST: a former value is put back as a new version.
pub async fn remettre(cadre: Cadre, form: CheckedForm) -> Reponse {
    let cle = form.saisie.texte("cle").to_owned();
    let voulue: i64 = form.saisie.texte("ancienne").parse().unwrap_or(0);
    let tx = cadre.instance.db.read().await?;
    let anciennes = reglage::anciens(&tx, &cle, LISTE_MAX).await?;
    drop(tx);
    let ancienne = anciennes.iter().find(|a| a.version == voulue).ok_or(Erreur::Introuvable("cette version"))?;
    let valeur: Value = serde_json::from_str(&ancienne.valeur)?;
    let vers = format!("/reglages/historique?cle={cle}");
    let depart = (&valeur, ecran::version(&form));
    let faite =
        ecran::enregistrer_version(&cadre, &form, &cle, depart, &vers, "L’ancienne version est remise en place.")
            .await?;
    match faite {
        Some(reponse) => Ok(reponse),
        None => Ok(form.aller(&vers, "Ce réglage a changé au même moment. Regardez, puis recommencez.")),
    }
}

#[cfg(test)]
mod tests {
    use super::lisible;
    use serde_json::json;

    #[test]
    fn une_valeur_se_lit() {
        assert_eq!(lisible(&json!("Bonjour")), "Bonjour");
        assert_eq!(lisible(&json!({"nom": "A", "communes": ["54129", "54395"]})), "communes : 54129, 54395\nnom : A");
        assert_eq!(lisible(&json!(null)), "(comme à l’installation)");
    }
}
