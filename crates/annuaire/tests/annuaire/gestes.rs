//! What several rooms of these tests do: an agent comes in, files are imported.

use annuaire::import::ImportRefuse;
use annuaire::import::fichier::FichierRecu;
use annuaire::import::preparation::{Demande, SANS_PROGRES, appliquer, preparer};
use annuaire::import::rapport::Rapport;
use domain::droit::Fonction;
use socle::organisation::Nature;
use testkit::{Appli, Navigateur};

/// The agent of the site.
pub(crate) async fn agent(appli: &Appli) -> Navigateur {
    agent_nomme(appli, "agent@exemple.invalid").await
}

/// An agent of the site, by their address.
pub(crate) async fn agent_nomme(appli: &Appli, courriel: &str) -> Navigateur {
    appli.connecter(courriel, Some((Nature::Departement, "Département", Fonction::AgentSite))).await.0
}

/// Reads, compares and writes; or why nothing was done.
pub(crate) async fn importer(appli: &Appli, fichiers: Vec<FichierRecu>) -> Result<Rapport, ImportRefuse> {
    importer_du(appli, fichiers, None).await
}

/// The same, with the day of the lists.
pub(crate) async fn importer_du(
    appli: &Appli,
    fichiers: Vec<FichierRecu>,
    liste_du: Option<jiff::civil::Date>,
) -> Result<Rapport, ImportRefuse> {
    let demande = Demande { fichiers, essai: false, par: None, liste_du };
    let prepare = preparer(&appli.instance, demande, SANS_PROGRES).await?;
    appliquer(&appli.instance, &prepare.id, None).await
}
