//! A project described, screen by screen: [`idee`], [`situation`], and the money asked later ([`argent`]). Nothing is lost: the
//! draft is saved from the first screen, errors keep what was typed, a change made elsewhere meanwhile is shown beside
//! one's own.

pub mod argent;
pub mod idee;
mod marche;
pub mod situation;

use domain::code::CodeCommune;
use domain::droit::Fonction;
use domain::profil::Reponse as Avis;
use platform::journal;
use socle::mandat;
use socle::organisation::{Nature, Nouvelle};
use socle::projet::{self, Etat};
use web::composants::OptionDeChamp;
use web::{Cadre, CheckedForm, Saisie, courriels};

use crate::evenements::{self, evenement};
use crate::porteur;

const NOMS_DES_ETAPES: &[&str] = &["Votre idée", "Où vous en êtes", "Ce qui peut vous aider"];

/// The mandate by which the visitor acts for this commune: what it says is not asked.
fn mandat_de_commune(cadre: &Cadre) -> Option<(&CodeCommune, Fonction)> {
    let mandat = cadre.visiteur.mandat().filter(|mandat| mandat.nature == Nature::Commune)?;
    Some((mandat.commune.as_ref()?, mandat.fonction))
}

/// Does the visitor act for the EPCI of this commune?
fn agit_pour_l_epci(cadre: &Cadre, commune: &CodeCommune) -> bool {
    let siren = Nouvelle::epci(commune).and_then(|epci| epci.siren);
    siren.is_some() && cadre.visiteur.mandat().is_some_and(|mandat| mandat.siren == siren)
}

/// Yes, no, I do not know.
pub(crate) fn avis() -> impl Iterator<Item = OptionDeChamp> {
    Avis::TOUS.iter().map(|a| OptionDeChamp::nouvelle(a.as_str(), a.libelle()))
}

/// With a value when there is one.
fn avec_option(saisie: Saisie, nom: &str, valeur: Option<&str>) -> Saisie {
    match valeur {
        Some(valeur) => saisie.avec(nom, valeur),
        None => saisie,
    }
}

/// Saves with its event and goes on; `None` when someone else saved meanwhile.
pub(crate) async fn conclure(
    cadre: &Cadre,
    form: &CheckedForm,
    change: &projet::Model,
    faits: serde_json::Value,
    vers: &str,
    message: &str,
) -> Result<Option<axum::response::Response>, web::Erreur> {
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    let annonce = marche_annonce(&tx, change).await?;
    if !projet::enregistrer(&tx, change, instance.clock.instant()).await? {
        return Ok(None);
    }
    let evenement = evenement(cadre, evenements::MODIFIE, change).faits(faits);
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    porteur::garder_la_vue(&tx, cadre, change).await?;
    if annonce {
        annoncer_le_marche(&tx, cadre, change).await?;
    }
    form.conclure(tx, vers, message).await.map(Some)
}

/// Does this change say for the first time that a public market is planned? A draft tells nobody.
async fn marche_annonce(tx: &platform::WriteTx, change: &projet::Model) -> Result<bool, web::Erreur> {
    let prevu = |projet: &projet::Model| projet.complements().marche_prevu == Some(Avis::Oui);
    if change.etat != Etat::Garde || !prevu(change) {
        return Ok(false);
    }
    Ok(projet::par_reference(tx, &change.reference).await?.is_some_and(|avant| !prevu(&avant)))
}

/// A market planned within twelve months signals itself to those who write insertion clauses.
async fn annoncer_le_marche(tx: &platform::WriteTx, cadre: &Cadre, projet: &projet::Model) -> Result<(), web::Erreur> {
    let instance = &cadre.instance;
    let commune = instance.referentiel().nom_commune(&projet.commune);
    let lien = instance.url("/marches");
    let valeurs = [("commune", commune), ("projet", projet.titre.as_str()), ("lien", &lien)];
    let modele = courriels::composer(instance, "marche-prevu", &valeurs)?;
    for facilitateur in mandat::titulaires(tx, Fonction::Facilitateur, instance.aujourd_hui()).await? {
        let par = cadre.visiteur.personne_id();
        courriels::prevenir(tx, instance, &facilitateur, par, &modele.sujet, &modele.texte).await?;
    }
    Ok(())
}
