//! What happened on a project: the journal read newest first, on the project's page and, as a panel, where an agent follows it.

use domain::droit::{Action, Lien};
use platform::ReadTx;
use platform::journal::{self, Visibilite};
use socle::{personne, projet};
use web::composants::{Chronologie, EvenementVu};
use web::feature::{DemandePanneau, Lieu, Panneau};
use web::{Cadre, Erreur, texte};

/// Lines of the timeline shown at once.
const CHRONOLOGIE_MAX: u64 = 60;

/// The timeline, as much of it as the visitor may read. Two statements.
pub(crate) async fn chronologie(
    cadre: &Cadre,
    tx: &ReadTx,
    projet: &projet::Model,
    lien: Lien,
) -> Result<Chronologie, Erreur> {
    let instance = &cadre.instance;
    let visibles: &[Visibilite] = if cadre.visiteur.autoriser(lien, Action::VoirProjet).is_err() {
        // Shared with the whole team: they read the project, not what passes between those it concerns.
        &[Visibilite::Public]
    } else if lien == Lien::ChargeDuSecteur || cadre.visiteur.peut(Action::Coordonner) {
        &[Visibilite::Public, Visibilite::Partage, Visibilite::Agents]
    } else {
        &[Visibilite::Public, Visibilite::Partage]
    };
    let lignes = journal::du_projet(tx, projet.id.as_str(), visibles, CHRONOLOGIE_MAX).await?;
    let mut auteurs: Vec<&str> = lignes.iter().filter_map(|ligne| ligne.personne.as_deref()).collect();
    auteurs.sort_unstable();
    auteurs.dedup();
    let noms = personne::noms(tx, &auteurs).await?;
    let evenements = lignes
        .iter()
        .map(|ligne| EvenementVu {
            quand: texte::moment(instance.heure_de(ligne.instant)),
            iso: ligne.instant.timestamp().to_string(),
            phrase: instance.maison.dire(ligne),
            qui: ligne.personne.as_ref().and_then(|id| noms.get(id)).filter(|nom| !nom.trim().is_empty()).cloned(),
        })
        .collect();
    Ok(Chronologie { evenements })
}

/// The panel of the agent's page; the project's page has its own place for it.
pub(crate) async fn panneau(demande: &DemandePanneau<'_>) -> Result<Option<Panneau>, Erreur> {
    if demande.lieu != Lieu::Suivi || demande.cadre.visiteur.autoriser(demande.lien, Action::VoirProjet).is_err() {
        return Ok(None);
    }
    let corps = chronologie(demande.cadre, demande.tx, demande.projet, demande.lien).await?.to_string();
    Ok(Some(Panneau { id: "histoire", titre: "Ce qui s’est passé".to_owned(), corps, plie: true }))
}
