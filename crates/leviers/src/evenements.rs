//! How the events of this feature are said.

use platform::journal::{Evenement, Visibilite};
use serde_json::Value;
use web::feature::Rendu;

pub(crate) const CREE: &str = "levier.cree";
pub(crate) const MODIFIE: &str = "levier.modifie";
pub(crate) const PUBLIE: &str = "levier.publie";
pub(crate) const RETIRE: &str = "levier.retire";
pub(crate) const RESTAURE: &str = "levier.restaure";
pub(crate) const IMPORTE: &str = "levier.importe";

pub(crate) const RENDUS: &[(&str, Rendu)] = &[
    (CREE, |e, _| format!("Fiche d’aide créée : {}", e.objet_id)),
    (MODIFIE, |e, _| format!("Fiche d’aide modifiée : {}", e.objet_id)),
    (PUBLIE, |e, _| format!("Fiche d’aide publiée : {}", e.objet_id)),
    (RETIRE, |e, _| format!("Fiche d’aide retirée : {}", e.objet_id)),
    (RESTAURE, |e, f| format!("Fiche d’aide {} : retour à la version {}", e.objet_id, nombre(f, "version"))),
    (IMPORTE, |e, f| {
        format!(
            "Import d’aides ({}) : {} lues, {} nouvelles, {} changées, {} refusées",
            e.objet_id,
            nombre(f, "lues"),
            nombre(f, "nouvelles"),
            nombre(f, "changees"),
            nombre(f, "refusees")
        )
    }),
];

fn nombre(faits: &Value, cle: &str) -> i64 {
    faits.get(cle).and_then(Value::as_i64).unwrap_or_default()
}

/// An event of a sheet: seen by the agents.
pub(crate) fn evenement(genre: &'static str, levier: &str, par: Option<&str>) -> Evenement {
    Evenement::nouveau(genre, "levier", levier).par(par).visible(Visibilite::Agents)
}
