//! What a secteur was: who was in charge, which communes came and left, who changed it.

use std::collections::{BTreeMap, BTreeSet};

use domain::code::CodeCommune;
use jiff::civil::Date;
use platform::journal::{self, ligne};
use sea_orm::ConnectionTrait;
use serde_json::Value;
use socle::personne;
use socle::secteur::SecteurId;
use socle::secteur::fin::{self, Passage};
use web::{Cadre, Erreur, Instance, texte};

const CHANGEMENTS_MAX: u64 = 30;
/// Names written for one day; beyond, how many more.
const NOMS_MAX: usize = 12;

/// Ready to show, newest first.
pub(super) struct Historique {
    /// Who was, is or will be in charge.
    pub(super) charges: Vec<String>,
    /// Communes that came or left, day by day.
    pub(super) communes: Vec<String>,
    /// Who changed what on the screens.
    pub(super) changements: Vec<String>,
    /// The last day on which it has, or will have, a commune; `None`: no end is known.
    fin: Option<Date>,
}

impl Historique {
    /// It had communes and will have none.
    pub(super) fn termine(&self, aujourd_hui: &[String], jour: Date) -> bool {
        aujourd_hui.is_empty() && self.fin.is_some_and(|fin| fin < jour)
    }
}

/// Three statements, and one for the names.
pub(super) async fn lire(cadre: &Cadre, db: &impl ConnectionTrait, id: &SecteurId) -> Result<Historique, Erreur> {
    let charges = fin::charges(db, id).await?;
    let passages = fin::passages(db, id).await?;
    let lignes = journal::de_l_objet(db, "secteur", id.as_str(), CHANGEMENTS_MAX).await?;
    let qui: BTreeSet<&str> = lignes.iter().filter_map(|ligne| ligne.personne.as_deref()).collect();
    let noms = personne::noms(db, &qui.into_iter().collect::<Vec<_>>()).await?;
    let nom_de = |ligne: &ligne::Model| {
        ligne.personne.as_ref().and_then(|id| noms.get(id)).map_or("un compte effacé", String::as_str).to_owned()
    };
    Ok(Historique {
        charges: charges
            .iter()
            .map(|c| format!("{} : {}", format!("{} {}", c.prenom, c.nom).trim(), duree(c.du.0, c.au.map(|au| au.0))))
            .collect(),
        fin: passages.iter().map(|p| p.au.map_or(Date::MAX, |au| au.0)).max().filter(|fin| *fin < Date::MAX),
        communes: mouvements(&passages, &cadre.instance),
        changements: lignes
            .iter()
            .map(|l| {
                let quand = texte::moment(cadre.instance.heure_de(l.instant));
                format!("{quand} : {}, par {}", acte(l), nom_de(l))
            })
            .collect(),
    })
}

fn duree(du: Date, au: Option<Date>) -> String {
    match au {
        None => format!("depuis le {}", texte::jour(du)),
        Some(au) => format!("du {} au {}", texte::jour(du), texte::jour(au)),
    }
}

fn acte(ligne: &ligne::Model) -> &'static str {
    let faits: Value = serde_json::from_str(&ligne.faits).unwrap_or_default();
    match faits.get("acte").and_then(Value::as_str).unwrap_or_default() {
        "cree" => "secteur créé",
        "confie" => "secteur confié à une personne",
        "sans-agent" => "secteur laissé à la coordination",
        "termine" => "secteur terminé",
        _ => "secteur modifié",
    }
}

/// "Le 1er janvier 2027 : arrivent Cirey-sur-Vezouze, Val-et-Châtillon ; partent Blâmont."
fn mouvements(passages: &[Passage], instance: &Instance) -> Vec<String> {
    let mut jours: BTreeMap<Date, [Vec<String>; 2]> = BTreeMap::new();
    for passage in passages {
        let Ok(code) = passage.commune.parse::<CodeCommune>() else { continue };
        let nom = instance.referentiel().nom_commune(&code).to_owned();
        if let Ok(du) = passage.du.parse::<Date>() {
            jours.entry(du).or_default()[0].push(nom.clone());
        }
        // The day after the last one is the day on which it is elsewhere.
        if let Some(depart) = passage.au.and_then(|au| au.0.tomorrow().ok()) {
            jours.entry(depart).or_default()[1].push(nom);
        }
    }
    let phrase = |(jour, [arrivees, departs]): (Date, [Vec<String>; 2])| {
        let parties = [("arrivent", arrivees), ("partent", departs)];
        let parties: Vec<String> = parties
            .into_iter()
            .filter(|(_, noms)| !noms.is_empty())
            .map(|(verbe, noms)| format!("{verbe} {}", enumerer(noms)))
            .collect();
        format!("Le {} : {}", texte::jour(jour), parties.join(" ; "))
    };
    jours.into_iter().rev().map(phrase).collect()
}

fn enumerer(mut noms: Vec<String>) -> String {
    noms.sort_unstable();
    let reste = noms.len().saturating_sub(NOMS_MAX);
    noms.truncate(NOMS_MAX);
    let dites = noms.join(", ");
    if reste == 0 { dites } else { format!("{dites} et {}", texte::accorde(reste as u64, "autre", "autres")) }
}
