//! The invented projects of the demonstration. Nothing of it is read outside `demo`.

use domain::cents::Cents;
use domain::code::CodeCommune;
use domain::profil::{Besoin, Complements, Etape, NatureDepense, Porteur, Reponse};
use domain::theme::Theme;
use platform::horloge::Arretee;
use platform::journal::{self, Evenement, Visibilite};
use platform::{Clock, Instant, WriteTx};
use serde::Deserialize;
use socle::organisation::{self, Nouvelle};
use socle::projet::{self, Diffusion, publication};
use socle::{OrganisationId, personne};
use web::{Erreur, Instance};

use crate::evenements;

const JOUR_S: i64 = 86_400;

#[derive(Deserialize)]
struct Fichier {
    projet: Vec<Invente>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Invente {
    cle: String,
    auteur: String,
    titre: String,
    commune: CodeCommune,
    manque: String,
    themes: Vec<Theme>,
    etape: Etape,
    porteur: Porteur,
    cout: Option<i64>,
    #[serde(default)]
    besoins: Vec<Besoin>,
    #[serde(default)]
    depenses: Vec<NatureDepense>,
    marche_prevu: Option<Reponse>,
    devis_signe: Option<Reponse>,
    travaux_commences: Option<Reponse>,
    #[serde(default)]
    confirme: bool,
    #[serde(default)]
    public: bool,
    il_y_a: i64,
}

/// Makes the invented projects; does nothing outside the 54, or when they are there.
///
/// # Errors
/// The file is wrong (a test reads it), or the engine refused.
pub(crate) async fn semer(instance: &Instance) -> Result<(), Erreur> {
    if instance.collectivite.code != "54" {
        return Ok(());
    }
    let fichier: Fichier =
        toml::from_str(include_str!("../../../demonstration/54/projets.toml")).map_err(Erreur::interne)?;
    let tx = instance.db.begin().await?;
    for invente in fichier.projet {
        if projet::par_reference(&tx, &invente.cle).await?.is_none() {
            inventer(&tx, instance, invente).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

async fn inventer(tx: &WriteTx, instance: &Instance, invente: Invente) -> Result<(), Erreur> {
    let ids = &*instance.ids;
    let alors = Arretee::de(instance.clock.instant().plus_seconds(-invente.il_y_a * JOUR_S));
    let quand = alors.instant();
    let auteur = personne::trouver_ou_creer(tx, &alors, ids, &invente.auteur).await?.id;
    let organisation_id = if invente.confirme { bearer(tx, instance, &alors, &invente).await? } else { None };
    let complements = Complements {
        besoins: invente.besoins,
        depenses: invente.depenses,
        marche_prevu: invente.marche_prevu,
        devis_signe: invente.devis_signe,
        travaux_commences: invente.travaux_commences,
        ..Complements::default()
    };
    let projet = projet::Model {
        reference: invente.cle,
        titre: invente.titre,
        manque: invente.manque,
        etape: invente.etape,
        porteur: invente.porteur,
        organisation_id,
        auteur_id: Some(auteur),
        confirme_le: invente.confirme.then_some(quand),
        confirme_par: invente.confirme.then(|| "mairie".to_owned()),
        diffusion: if invente.public { Diffusion::Public } else { Diffusion::Prive },
        publie_le: invente.public.then_some(quand),
        cout: invente.cout.map(Cents::euros),
        complements: serde_json::to_string(&complements)?,
        ..projet::Model::nouveau(ids, invente.commune, quand)
    };
    let projet = projet::inserer(tx, projet, &invente.themes).await?;
    if invente.public {
        publication::publier(tx, &projet, &invente.themes, Reponse::NeSaitPas, quand).await?;
    }
    raconter(tx, instance, &projet, quand).await
}

/// The commune or the EPCI of the commune.
async fn bearer(
    tx: &WriteTx,
    instance: &Instance,
    alors: &Arretee,
    invente: &Invente,
) -> Result<Option<OrganisationId>, Erreur> {
    let nouvelle = match invente.porteur {
        Porteur::Commune => Some(Nouvelle::commune(&invente.commune)),
        Porteur::Epci => Nouvelle::epci(&invente.commune),
        _ => None,
    };
    let Some(nouvelle) = nouvelle else { return Ok(None) };
    Ok(Some(organisation::trouver_ou_creer(tx, alors, &*instance.ids, nouvelle).await?.id))
}

/// The journal says what would have happened, an hour apart.
async fn raconter(tx: &WriteTx, instance: &Instance, projet: &projet::Model, quand: Instant) -> Result<(), Erreur> {
    let faits = [
        (true, evenements::DECRIT, serde_json::json!({})),
        (true, projet::EVENEMENT_GARDE, serde_json::json!({})),
        (projet.confirme_le.is_some(), evenements::CONFIRME, serde_json::json!({"par": "mairie"})),
        (projet.publie_le.is_some(), evenements::PUBLIE, serde_json::json!({})),
    ];
    for (heure, (_, genre, faits)) in (0_i64..).zip(faits.into_iter().filter(|(vrai, ..)| *vrai)) {
        let evenement = Evenement::nouveau(genre, "projet", projet.id.as_str())
            .projet(projet.id.as_str())
            .par(projet.auteur_id.as_ref().map(socle::PersonneId::as_str))
            .visible(Visibilite::Partage)
            .faits(faits);
        let alors = Arretee::de(quand.plus_seconds(heure * 3_600));
        journal::ecrire(tx, &alors, &*instance.ids, evenement).await?;
    }
    Ok(())
}
