//! The organisation for which a person declares that they act: a commune, the EPCI of a commune, or one known by its number,
//! else by its name and its commune. Nothing is asked that the referential knows.

use domain::identifiant::{NumeroInvalide, Rna, Siren};
use platform::{Clock, Ids, WriteTx};
use sea_orm::DbErr;
use socle::organisation::{self, Model, Nature, Nouvelle};
use web::formulaire::Lecteur;
use web::{Instance, Saisie};

/// What the form says of it.
pub(crate) fn lire(lecteur: &mut Lecteur<'_>, saisie: &Saisie, instance: &Instance) -> Option<Nouvelle> {
    let nature = match saisie.texte("nature") {
        "commune" => Some(Nature::Commune),
        "epci" => Some(Nature::Epci),
        "public" => Some(Nature::Public),
        "acteur" => Some(Nature::Acteur),
        "collectif" => Some(Nature::Collectif),
        _ => {
            lecteur.erreurs.ajouter("nature", "Dites pour qui vous agissez.");
            None
        }
    };
    let commune = lecteur.commune("commune", instance);
    match nature? {
        Nature::Commune => commune.map(|commune| Nouvelle::commune(&commune)),
        Nature::Epci => {
            let epci = Nouvelle::epci(&commune?);
            if epci.is_none() {
                lecteur.erreurs.ajouter("commune", "Cette commune ne fait partie d’aucune intercommunalité.");
            }
            epci
        }
        nature => {
            let nom = lecteur.texte("nom", "Donnez le nom de la structure.", 2, 150);
            let (siren, rna) = numero(lecteur, instance);
            Some(Nouvelle { nature, siren, rna, commune: Some(commune?), nom: nom?, courriel: None })
        }
    }
}

/// SIREN or RNA, when one was typed. The number of a commune or of an EPCI leads to its own answer.
fn numero(lecteur: &mut Lecteur<'_>, instance: &Instance) -> (Option<Siren>, Option<Rna>) {
    let Some(saisi) = lecteur.texte_libre("numero", 30) else { return (None, None) };
    let invalide = |erreur: NumeroInvalide| format!("{erreur}.");
    let lu: Result<(Option<Siren>, Option<Rna>), String> = if saisi.starts_with(['W', 'w']) {
        saisi.parse::<Rna>().map(|rna| (None, Some(rna))).map_err(invalide)
    } else {
        saisi
            .parse::<Siren>()
            .map_err(invalide)
            .and_then(|siren| pas_du_referentiel(siren, instance))
            .map(|s| (Some(s), None))
    };
    lu.unwrap_or_else(|phrase| {
        lecteur.erreurs.ajouter("numero", phrase);
        (None, None)
    })
}

fn pas_du_referentiel(siren: Siren, instance: &Instance) -> Result<Siren, String> {
    let referentiel = instance.referentiel();
    let connue = match (referentiel.epci(siren.as_str()), referentiel.commune_du_siren(siren.as_str())) {
        (Some(epci), _) => Some((epci.nom, "Une intercommunalité")),
        (None, Some(commune)) => Some((commune.nom, "Une commune")),
        (None, None) => None,
    };
    match connue {
        Some((nom, reponse)) => Err(format!("Ce numéro est celui de {nom} : choisissez plutôt « {reponse} ».")),
        None => Ok(siren),
    }
}

/// The organisation that was declared, made when nobody knew it.
///
/// # Errors
/// The engine refused.
pub(crate) async fn trouver(
    tx: &WriteTx,
    clock: &dyn Clock,
    ids: &dyn Ids,
    nouvelle: Nouvelle,
) -> Result<Model, DbErr> {
    let commune = match (nouvelle.nature, &nouvelle.commune) {
        (Nature::Commune | Nature::Epci, _) | (_, None) => {
            return organisation::trouver_ou_creer(tx, clock, ids, nouvelle).await;
        }
        (_, Some(commune)) => commune,
    };
    let par_numero = match (&nouvelle.siren, &nouvelle.rna) {
        (Some(siren), _) => organisation::par_siren(tx, siren).await?,
        (None, Some(rna)) => organisation::par_rna(tx, rna).await?,
        (None, None) => None,
    };
    if let Some(connue) = par_numero {
        return Ok(connue);
    }
    let nommee = organisation::nommee(tx, nouvelle.nature, commune, &nouvelle.nom).await?;
    // The same name under another number is another organisation.
    match nommee.filter(|o| o.siren.is_none() || nouvelle.siren.is_none() || o.siren == nouvelle.siren) {
        Some(connue) => Ok(connue),
        None => organisation::trouver_ou_creer(tx, clock, ids, nouvelle).await,
    }
}
