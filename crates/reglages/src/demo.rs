//! The six territories of the demonstration, and an identity to show.

use domain::code::CodeCommune;
use jiff::civil::date;
use serde::Deserialize;
use socle::{reglage, secteur};
use web::identite::{CLE, Identite};
use web::{Erreur, Instance};

#[derive(Deserialize)]
struct Fichier {
    secteur: Vec<Secteur>,
}

#[derive(Deserialize)]
struct Secteur {
    nom: String,
    epci: Vec<String>,
}

/// Makes the secteurs of the demonstration; does nothing when some exist already, or outside the 54.
///
/// # Errors
/// The engine refused.
pub async fn semer(instance: &Instance) -> Result<(), Erreur> {
    if instance.collectivite.code != "54" {
        return Ok(());
    }
    let fichier: Fichier =
        toml::from_str(include_str!("../../../demonstration/54/secteurs.toml")).map_err(Erreur::interne)?;
    let tx = instance.db.begin().await?;
    if !secteur::tous(&tx).await?.is_empty() {
        return Ok(());
    }
    for (rang, secteur) in fichier.secteur.into_iter().enumerate() {
        let nouveau = secteur::Nouveau {
            communes: communes(instance, &secteur.epci),
            nom: secteur.nom,
            // The range 03 53 01 is kept for fiction by the regulator (ARCEP).
            telephone: Some(format!("03 53 01 00 {:02}", rang + 10)),
            courriel: Some("equipe@exemple.invalid".to_owned()),
            delai_jours_ouvres: 5,
            du: date(2026, 1, 1),
        };
        secteur::creer(&tx, &*instance.ids, nouveau).await?;
    }
    let identite = Identite {
        courriel: "equipe@exemple.invalid".to_owned(),
        telephone: "03 53 01 00 01".to_owned(),
        hebergeur: "Démonstration : votre propre ordinateur".to_owned(),
        directeur_publication: "Démonstration : personne".to_owned(),
        dpo: "dpo@exemple.invalid".to_owned(),
        ..Identite::default()
    };
    reglage::ecrire(&tx, &*instance.clock, CLE, &identite, 0, None).await?;
    tx.commit().await?;
    instance.relire_reglages().await
}

fn communes(instance: &Instance, epci: &[String]) -> Vec<CodeCommune> {
    let referentiel = instance.referentiel();
    epci.iter()
        .filter_map(|siren| referentiel.epci(siren))
        .flat_map(domain::referentiel::Epci::membres)
        .filter_map(|code| code.parse().ok())
        .filter(|code| instance.perimetre().contient(code))
        .collect()
}
