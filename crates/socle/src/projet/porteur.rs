//! The organisation that bears a project. Known by the mandate of who keeps it (or by their answer, when they act for
//! several), at confirmation otherwise. An EPCI is that of the project's commune, found by its SIREN.

use domain::code::CodeCommune;
use domain::profil::Porteur;
use domain::referentiel::Referentiel;
use jiff::civil::Date;
use platform::{Clock, Ids, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};

use super::{Column, Entity, Etat, Model};
use crate::mandat::{self, EnVigueur, MandatId};
use crate::organisation::{self, Nature, Nouvelle, OrganisationId, est_d_action_sociale};

/// The kind of organisation that bears so; none while it is not decided.
#[must_use]
pub fn nature_de(porteur: Porteur) -> Option<Nature> {
    Some(match porteur {
        Porteur::Commune => Nature::Commune,
        Porteur::Epci => Nature::Epci,
        Porteur::Syndicat | Porteur::Petr | Porteur::Ccas | Porteur::EtablissementPublic => Nature::Public,
        Porteur::Collectif => Nature::Collectif,
        Porteur::PasDecide => return None,
        Porteur::AssociationEmployeuse
        | Porteur::AssociationSansSalarie
        | Porteur::Scic
        | Porteur::Scop
        | Porteur::Siae
        | Porteur::Mutuelle
        | Porteur::Fondation
        | Porteur::SocieteEss
        | Porteur::HorsEss
        | Porteur::Bailleur => Nature::Acteur,
    })
}

/// Several organisations of this kind may bear a project of the same place: only who acts for one says which.
#[must_use]
pub fn se_choisit(nature: Nature) -> bool {
    matches!(nature, Nature::Public | Nature::Acteur | Nature::Collectif)
}

fn epci_de(commune: &CodeCommune) -> Option<&'static str> {
    let referentiel = Referentiel::embarque();
    referentiel.commune(commune).and_then(|commune| referentiel.epci_de(commune)).map(|epci| epci.code.as_str())
}

/// May the organisation of this mandate be the one that bears this project?
fn convient(projet: &Model, mandat: &EnVigueur) -> bool {
    match nature_de(projet.porteur) {
        Some(Nature::Commune) => mandat.nature == Nature::Commune && mandat.commune.as_ref() == Some(&projet.commune),
        Some(Nature::Epci) => mandat.siren.as_ref().is_some_and(|s| Some(s.as_str()) == epci_de(&projet.commune)),
        Some(Nature::Public) => {
            mandat.nature == Nature::Public
                && est_d_action_sociale(&mandat.organisation) == (projet.porteur == Porteur::Ccas)
        }
        nature => nature == Some(mandat.nature),
    }
}

/// The organisation that verified mandates say: that of the mandate chosen, else the only one that suits.
#[must_use]
pub fn selon_les_mandats(projet: &Model, mandats: &[EnVigueur], choisi: Option<&MandatId>) -> Option<OrganisationId> {
    let siens: Vec<_> = mandats.iter().filter(|mandat| mandat.verifie() && convient(projet, mandat)).collect();
    seule(&siens, choisi)
}

fn seule(siens: &[&EnVigueur], choisi: Option<&MandatId>) -> Option<OrganisationId> {
    let choisie = siens.iter().find(|mandat| Some(&mandat.id) == choisi).copied();
    let seule = siens.split_first().and_then(|(premier, autres)| {
        autres.iter().all(|mandat| mandat.organisation_id == premier.organisation_id).then_some(*premier)
    });
    choisie.or(seule).map(|mandat| mandat.organisation_id.clone())
}

/// Is the bearer the same before and after a change, as far as the description tells?
#[must_use]
pub fn meme_porteur(avant: &Model, apres: &Model) -> bool {
    match (nature_de(avant.porteur), nature_de(apres.porteur)) {
        (avant, apres) if avant != apres => false,
        (_, Some(Nature::Commune)) => avant.commune == apres.commune,
        (_, Some(Nature::Epci)) => epci_de(&avant.commune) == epci_de(&apres.commune),
        (_, Some(Nature::Public)) => (avant.porteur == Porteur::Ccas) == (apres.porteur == Porteur::Ccas),
        _ => true,
    }
}

/// Who bears the project after a change by someone with these mandates. `reponse`: the organisation they named, empty
/// when they named none of theirs, nothing when they were not asked.
#[must_use]
pub fn apres_changement(
    avant: &Model,
    apres: &Model,
    mandats: &[EnVigueur],
    choisi: Option<&MandatId>,
    reponse: Option<&str>,
) -> Option<OrganisationId> {
    let reste = avant.organisation_id.clone().filter(|_| meme_porteur(avant, apres));
    match (nature_de(apres.porteur), reponse) {
        (None, _) => None,
        (Some(nature), Some(reponse)) if se_choisit(nature) => {
            let sienne = |id: &str| mandats.iter().find(|m| m.verifie() && m.organisation_id.as_str() == id);
            match sienne(reponse).filter(|mandat| convient(apres, mandat)) {
                Some(mandat) => Some(mandat.organisation_id.clone()),
                // One's own is let go; that of somebody else is not one's to let go.
                None => reste.filter(|organisation| sienne(organisation.as_str()).is_none()),
            }
        }
        _ => reste.or_else(|| selon_les_mandats(apres, mandats, choisi)),
    }
}

/// Who bears a project that is confirmed: the commune, its EPCI, or the only organisation that its author named.
///
/// # Errors
/// The engine refused.
pub async fn a_la_confirmation(
    tx: &WriteTx,
    clock: &dyn Clock,
    ids: &dyn Ids,
    projet: &Model,
    jour: Date,
) -> Result<Option<OrganisationId>, DbErr> {
    let nouvelle = match (&projet.organisation_id, projet.porteur) {
        (Some(connue), _) => return Ok(Some(connue.clone())),
        (None, Porteur::Commune) => Some(Nouvelle::commune(&projet.commune)),
        (None, Porteur::Epci) => Nouvelle::epci(&projet.commune),
        (None, _) => None,
    };
    if let Some(nouvelle) = nouvelle {
        return Ok(Some(organisation::trouver_ou_creer(tx, clock, ids, nouvelle).await?.id));
    }
    let Some(auteur) = &projet.auteur_id else { return Ok(None) };
    let mandats = mandat::en_vigueur(tx, auteur, jour).await?;
    let siens: Vec<_> = mandats.iter().filter(|mandat| convient(projet, mandat)).collect();
    Ok(seule(&siens, None))
}

/// A mandate is verified: what its holder described for this organisation before is its own from now on.
///
/// # Errors
/// The engine refused.
pub(crate) async fn lier_les_siens(tx: &WriteTx, verifie: &mandat::Model) -> Result<(), DbErr> {
    let projets = Entity::find()
        .filter(Column::AuteurId.eq(verifie.personne_id.clone()))
        .filter(Column::OrganisationId.is_null())
        .filter(Column::Etat.eq(Etat::Garde))
        .all(tx)
        .await?;
    if projets.is_empty() {
        return Ok(());
    }
    let mandats = mandat::en_vigueur(tx, &verifie.personne_id, verifie.du.0).await?;
    for projet in &projets {
        if let Some(organisation) = selon_les_mandats(projet, &mandats, Some(&verifie.id)) {
            lier(tx, projet, &organisation).await?;
        }
    }
    Ok(())
}

/// Ties a project to the organisation that bears it.
pub(super) async fn lier(tx: &WriteTx, projet: &Model, organisation: &OrganisationId) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::OrganisationId, Expr::value(organisation.as_str().to_owned()))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(projet.id.clone()))
        .filter(Column::OrganisationId.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mandat::Etat as EtatDuMandat;
    use domain::droit::Fonction;
    use platform::{Instant, SystemIds};
    use rstest::rstest;

    /// EPCI of Cirey-sur-Vezouze and of Blâmont.
    const VEZOUZE: &str = "200069433";

    fn projet(porteur: Porteur, commune: &str, organisation: Option<&str>) -> Model {
        let nu = Model::nouveau(&SystemIds, commune.parse().unwrap(), Instant(0));
        Model { porteur, organisation_id: organisation.map(|id| OrganisationId(id.to_owned())), ..nu }
    }

    /// `id` stands for the mandate and its organisation; a leading `?` for a mandate that is not verified.
    fn mandat(id: &str) -> EnVigueur {
        let declare = id.starts_with('?');
        let id = id.trim_start_matches('?');
        let (nature, siren, commune, nom) = match id {
            "cirey" => (Nature::Commune, None, Some("54129"), "Cirey-sur-Vezouze"),
            "vezouze" => (Nature::Epci, Some(VEZOUZE), None, "CC de Vezouze en Piémont"),
            // The directory knows the same EPCI as a public body.
            "vezouze-annuaire" => (Nature::Public, Some(VEZOUZE), None, "CC de Vezouze en Piémont"),
            "ccas" => (Nature::Public, None, Some("54129"), "Centre communal d’action sociale"),
            "syndicat" => (Nature::Public, None, Some("54077"), "Syndicat scolaire"),
            autre => (Nature::Acteur, None, Some("54129"), autre),
        };
        EnVigueur {
            id: MandatId(id.to_owned()),
            organisation_id: OrganisationId(id.to_owned()),
            organisation: nom.to_owned(),
            nature,
            siren: siren.map(|siren| siren.parse().unwrap()),
            commune: commune.map(|code| code.parse().unwrap()),
            fonction: Fonction::Representant,
            etat: if declare { EtatDuMandat::Declare } else { EtatDuMandat::Verifie },
        }
    }

    #[rstest]
    #[case::sa_commune(Porteur::Commune, &["cirey"], None, Some("cirey"))]
    #[case::pas_verifie(Porteur::Commune, &["?cirey"], None, None)]
    #[case::son_epci(Porteur::Epci, &["cirey", "vezouze"], None, Some("vezouze"))]
    #[case::l_epci_de_l_annuaire(Porteur::Epci, &["vezouze-annuaire"], None, Some("vezouze-annuaire"))]
    #[case::le_ccas_n_est_pas_le_syndicat(Porteur::Ccas, &["syndicat", "ccas"], None, Some("ccas"))]
    #[case::le_syndicat_n_est_pas_le_ccas(Porteur::Syndicat, &["syndicat", "ccas"], None, Some("syndicat"))]
    #[case::une_seule_association(Porteur::AssociationEmployeuse, &["amis", "cirey"], None, Some("amis"))]
    #[case::de_deux_on_ne_sait_pas(Porteur::AssociationEmployeuse, &["amis", "four"], None, None)]
    #[case::de_deux_celle_choisie(Porteur::AssociationEmployeuse, &["amis", "four"], Some("four"), Some("four"))]
    #[case::choisie_mais_pas_de_ce_genre(Porteur::AssociationEmployeuse, &["amis", "cirey"], Some("cirey"), Some("amis"))]
    #[case::pas_decide(Porteur::PasDecide, &["cirey", "amis"], None, None)]
    fn le_mandat_dit_qui_porte(
        #[case] porteur: Porteur,
        #[case] mandats: &[&str],
        #[case] choisi: Option<&str>,
        #[case] attendu: Option<&str>,
    ) {
        let mandats: Vec<EnVigueur> = mandats.iter().map(|id| mandat(id)).collect();
        let choisi = choisi.map(|id| MandatId(id.to_owned()));
        let trouve = selon_les_mandats(&projet(porteur, "54129", None), &mandats, choisi.as_ref());
        assert_eq!(trouve, attendu.map(|id| OrganisationId(id.to_owned())));
    }

    #[rstest]
    #[case::rien_ne_change((Porteur::Commune, "54129", Some("cirey")), (Porteur::Commune, "54129"), &[], None, Some("cirey"))]
    #[case::une_autre_commune((Porteur::Commune, "54129", Some("cirey")), (Porteur::Commune, "54077"), &["cirey"], None, None)]
    #[case::le_meme_epci((Porteur::Epci, "54129", Some("vezouze")), (Porteur::Epci, "54077"), &[], None, Some("vezouze"))]
    #[case::de_la_commune_a_l_epci((Porteur::Commune, "54129", Some("cirey")), (Porteur::Epci, "54129"), &["cirey", "vezouze"], None, Some("vezouze"))]
    #[case::plus_decide((Porteur::Commune, "54129", Some("cirey")), (Porteur::PasDecide, "54129"), &["cirey"], None, None)]
    #[case::dite((Porteur::PasDecide, "54129", None), (Porteur::Scic, "54129"), &["amis", "four"], Some("four"), Some("four"))]
    #[case::aucune_des_siennes((Porteur::PasDecide, "54129", None), (Porteur::Scic, "54129"), &["amis"], Some(""), None)]
    #[case::la_sienne_se_retire((Porteur::Scic, "54129", Some("amis")), (Porteur::Scic, "54129"), &["amis"], Some(""), None)]
    #[case::celle_d_un_autre_reste((Porteur::Scic, "54129", Some("four")), (Porteur::Scic, "54129"), &["amis"], Some(""), Some("four"))]
    #[case::pas_celle_d_un_autre((Porteur::PasDecide, "54129", None), (Porteur::Scic, "54129"), &["amis"], Some("four"), None)]
    #[case::pas_une_declaree((Porteur::PasDecide, "54129", None), (Porteur::Scic, "54129"), &["amis", "?four"], Some("four"), None)]
    #[case::la_reponse_ne_vaut_pas_pour_la_commune((Porteur::PasDecide, "54129", None), (Porteur::Commune, "54129"), &["amis", "cirey"], Some("amis"), Some("cirey"))]
    fn un_changement_de_porteur(
        #[case] avant: (Porteur, &str, Option<&str>),
        #[case] apres: (Porteur, &str),
        #[case] mandats: &[&str],
        #[case] reponse: Option<&str>,
        #[case] attendu: Option<&str>,
    ) {
        let mandats: Vec<EnVigueur> = mandats.iter().map(|id| mandat(id)).collect();
        let (avant, apres) = (projet(avant.0, avant.1, avant.2), projet(apres.0, apres.1, avant.2));
        let trouve = apres_changement(&avant, &apres, &mandats, None, reponse);
        assert_eq!(trouve, attendu.map(|id| OrganisationId(id.to_owned())));
    }
}
