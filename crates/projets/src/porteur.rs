//! Who bears a project: what follows when a description changes it.

use domain::droit::Lien;
use domain::profil::Porteur;
use platform::WriteTx;
use socle::mandat::EnVigueur;
use socle::organisation::{Nature, Nouvelle};
use socle::projet::{self, Etat, porteur};
use web::composants::OptionDeChamp;
use web::{Cadre, Erreur};

/// Is this a project of the commune itself? Only then is the mairie asked.
pub(crate) fn est_la_commune(projet: &projet::Model) -> bool {
    porteur::nature_de(projet.porteur) == Some(Nature::Commune)
}

/// The bearer in words, when no organisation is tied yet: an EPCI is known by the commune.
pub(crate) fn nom(projet: &projet::Model) -> String {
    match projet.porteur {
        Porteur::Epci => Nouvelle::epci(&projet.commune).map(|epci| epci.nom),
        _ => None,
    }
    .unwrap_or_else(|| projet.porteur.libelle().to_owned())
}

/// Said beside the field that would take a project away from the organisation that bears it.
pub(crate) const PAS_A_VOUS: &str =
    "Ce projet est à la structure qui le porte. Elle seule peut changer cela : demandez à une personne qui y agit.";

/// May who stands so to the project change it to this? Another bearer is for the one that bears it to say.
pub(crate) fn peut_changer(lien: Lien, avant: &projet::Model, apres: &projet::Model) -> bool {
    avant.organisation_id.is_none() || lien == Lien::Porteur || porteur::meme_porteur(avant, apres)
}

/// Who bears the project or described it says for which organisation; an invited person or an agent does not.
fn dit_le_porteur(lien: Lien) -> bool {
    matches!(lien, Lien::Porteur | Lien::Declarant)
}

/// The organisations for which the visitor may say that they bear the project; empty when their mandates leave no choice.
pub(crate) fn structures(cadre: &Cadre, lien: Lien) -> Vec<OptionDeChamp> {
    let mut siennes: Vec<_> =
        cadre.visiteur.mandats.iter().filter(|m| m.verifie() && porteur::se_choisit(m.nature)).collect();
    siennes.dedup_by(|a, b| a.organisation_id == b.organisation_id);
    if siennes.is_empty() || !dit_le_porteur(lien) {
        return Vec::new();
    }
    siennes
        .iter()
        .map(|mandat| OptionDeChamp::nouvelle(mandat.organisation_id.as_str(), &mandat.organisation))
        .chain([OptionDeChamp::nouvelle("", "Une autre, ou je ne sais pas")])
        .collect()
}

/// Which of them to show as chosen: what was said; the first time, the one for which the visitor acts.
pub(crate) fn structure_sue(cadre: &Cadre, lien: Lien, projet: &projet::Model, dit: bool) -> String {
    let agit_pour = || cadre.visiteur.mandat().map(|mandat| &mandat.organisation_id);
    let sue = if dit { projet.organisation_id.as_ref() } else { agit_pour() };
    let siennes = structures(cadre, lien);
    let sue = siennes.iter().find(|option| sue.is_some_and(|id| id.as_str() == option.valeur));
    sue.map(|option| option.valeur.clone()).unwrap_or_default()
}

/// The changed project with the organisation that bears it now. Another bearer has nothing confirmed yet.
pub(crate) fn ajuster(
    cadre: &Cadre,
    lien: Lien,
    avant: &projet::Model,
    mut apres: projet::Model,
    reponse: Option<&str>,
) -> projet::Model {
    let visiteur = &cadre.visiteur;
    let choisi = visiteur.mandat().map(|mandat| &mandat.id);
    // A draft is nobody's until it is kept.
    let dit = dit_le_porteur(lien) && apres.etat == Etat::Garde;
    let mandats: &[EnVigueur] = if dit { &visiteur.mandats } else { &[] };
    apres.organisation_id = porteur::apres_changement(avant, &apres, mandats, choisi, reponse.filter(|_| dit));
    if !porteur::meme_porteur(avant, &apres) {
        (apres.confirme_le, apres.confirme_par) = (None, None);
    }
    apres
}

/// Who gives a project to another bearer keeps sight of it, as invited.
pub(crate) async fn garder_la_vue(tx: &WriteTx, cadre: &Cadre, projet: &projet::Model) -> Result<(), Erreur> {
    let (instance, visiteur) = (&cadre.instance, &cadre.visiteur);
    let Some(soi) = visiteur.personne_id() else { return Ok(()) };
    if visiteur.lien(tx, instance, projet).await? == Lien::Aucun {
        projet::ajouter_membre(tx, &*instance.ids, &projet.id, soi, Some(soi), instance.clock.instant()).await?;
    }
    Ok(())
}
