//! Following a project: the agent's page ([`pages`]) and what is done there ([`actes`]), doubles (`fusion`), the bearer's
//! side ([`commune`]), the panel of the project page; [`rules`]: what may be said of a recommendation.

pub mod actes;
pub mod commune;
mod fusion;
pub mod pages;
pub mod rules;

use askama::Template;
use domain::dates::avec_le_jour;
use domain::droit::{Action, Lien};
use web::Erreur;
use web::composants::{ChampLong, Etiquette, Html, Ton};
use web::feature::{DemandePanneau, Lieu, Panneau};
use web::texte;

use self::rules::EtatRecommandation;
use crate::demande::rules::{Etat, Horloge};
use crate::demande::storage::{self, Model, Recommandation};
use crate::relation;

/// Exchanges shown at once.
const ECHANGES_MAX: i64 = 50;

/// A recommendation as shown.
pub(crate) struct RecommandationVue {
    pub(crate) recommandation: Recommandation,
    pub(crate) etiquette: Etiquette,
    pub(crate) genre: &'static str,
    pub(crate) suites: &'static [EtatRecommandation],
}

impl From<Recommandation> for RecommandationVue {
    fn from(recommandation: Recommandation) -> Self {
        let etat = EtatRecommandation::lire(&recommandation.etat).unwrap_or(EtatRecommandation::Proposee);
        let ton = match etat {
            EtatRecommandation::Proposee => Ton::Attente,
            EtatRecommandation::EnCours | EtatRecommandation::Terminee => Ton::Positif,
            EtatRecommandation::Blocage => Ton::Negatif,
            EtatRecommandation::PasInteresse | EtatRecommandation::DejaFaite => Ton::Neutre,
        };
        let etiquette = Etiquette::nouvelle(etat.libelle(), ton);
        let genre = match recommandation.genre.as_str() {
            "levier" => "Levier",
            "acteur" => "Acteur",
            "ressource" => "Ressource",
            _ => "Action",
        };
        Self { suites: etat.suites(), recommandation, etiquette, genre }
    }
}

/// A note or a message as shown.
pub(crate) struct EchangeVu {
    pub(crate) quand: String,
    pub(crate) qui: String,
    pub(crate) corps: Html,
    pub(crate) note: bool,
}

pub(crate) fn echange_vu(instance: &web::Instance, e: storage::Echange) -> EchangeVu {
    EchangeVu {
        quand: texte::moment(instance.heure_de(e.ecrit_le)),
        qui: e
            .qui
            .map(|qui| qui.trim().to_owned())
            .filter(|qui| !qui.is_empty())
            .unwrap_or_else(|| "une personne".to_owned()),
        corps: Html(texte::paragraphes(&e.texte)),
        note: e.genre == "note",
    }
}

#[derive(Template)]
#[template(path = "panneau.html")]
struct CorpsDuPanneau {
    reference: String,
    etat: Etiquette,
    phrase: String,
    reponse: Html,
    recommandations: Vec<RecommandationVue>,
    relations: Vec<relation::RelationVue>,
    echanges: Vec<EchangeVu>,
    caches: Html,
    message: ChampLong,
    peut_agir: bool,
    agent: bool,
}

#[derive(Template)]
#[template(
    source = "{% if agent %}<p class=\"govuk-body\">Personne n’a encore demandé d’accompagnement.</p><p><a class=\"govuk-link\" href=\"/projets/{{ reference }}/suivi\">Suivre ce projet</a></p>{% else %}<p class=\"govuk-body\">Une personne du département peut vous aider à avancer. C’est gratuit, et ce n’est pas une demande de subvention.</p><p><a class=\"govuk-button\" href=\"/projets/{{ reference }}/accompagnement\">Demander un accompagnement</a></p>{% endif %}",
    ext = "html"
)]
struct Invitation {
    reference: String,
    agent: bool,
}

/// The panel: an invitation to ask, or where the request stands with all that was said.
///
/// # Errors
/// The engine refused.
pub(crate) async fn panneau(demande: &DemandePanneau<'_>) -> Result<Option<Panneau>, Erreur> {
    let visiteur = &demande.cadre.visiteur;
    if visiteur.autoriser(demande.lien, Action::VoirProjet).is_err() {
        return Ok(None);
    }
    let agent = visiteur.autoriser(demande.lien, Action::Accompagner).is_ok();
    let titre = "Accompagnement".to_owned();
    let corps = match storage::du_projet(demande.tx, &demande.projet.id).await? {
        None => Invitation { reference: demande.projet.reference.clone(), agent }.render()?,
        Some(ligne) if demande.lieu == Lieu::Resultat => {
            format!(
                "<p class=\"govuk-body\">{} <a class=\"govuk-link\" href=\"/projets/{}#accompagnement\">Voir l’accompagnement</a></p>",
                phrase(&ligne),
                demande.projet.reference
            )
        }
        Some(ligne) => corps(demande, &ligne, agent).await?,
    };
    Ok(Some(Panneau { id: "accompagnement", titre, corps }))
}

async fn corps(demande: &DemandePanneau<'_>, ligne: &Model, agent: bool) -> Result<String, Erreur> {
    let instance = &demande.cadre.instance;
    let f = demande.cadre.formulaire();
    let recommandations = storage::recommandations(demande.tx, &demande.projet.id).await?;
    let relations = relation::du_projet(demande.tx, &demande.projet.id).await?;
    let echanges = storage::echanges(demande.tx, &demande.projet.id, ECHANGES_MAX).await?;
    let corps = CorpsDuPanneau {
        reference: demande.projet.reference.clone(),
        etat: etiquette(ligne.etat()),
        phrase: phrase(ligne),
        reponse: Html(texte::paragraphes(&ligne.reponse)),
        recommandations: recommandations.into_iter().map(RecommandationVue::from).collect(),
        relations: relations.into_iter().map(relation::RelationVue::from).collect(),
        echanges: echanges.into_iter().map(|e| echange_vu(instance, e)).collect(),
        caches: f.caches(),
        message: f.long("texte", "Votre message", 3_000).lignes(4),
        peut_agir: demande.lien < Lien::Aucun && !agent,
        agent,
    };
    Ok(corps.render()?)
}

pub(crate) fn etiquette(etat: Etat) -> Etiquette {
    let ton = match etat {
        Etat::ARepondre | Etat::AttendLaCommune => Ton::Attente,
        Etat::Repondue => Ton::Positif,
        Etat::Refusee => Ton::Negatif,
    };
    Etiquette::nouvelle(etat.libelle(), ton)
}

/// Where the request stands, in one sentence.
fn phrase(ligne: &Model) -> String {
    let Horloge { etat, promise_le, repondue_le, .. } = ligne.horloge();
    match (etat, repondue_le) {
        (Etat::ARepondre, _) => format!(
            "Demande du {}. Réponse promise au plus tard le {}.",
            texte::jour(ligne.faite_le.0),
            avec_le_jour(promise_le)
        ),
        (Etat::AttendLaCommune, _) => {
            "Le département attend un élément de votre part. Le délai est suspendu.".to_owned()
        }
        (Etat::Repondue, Some(le)) => format!("Première réponse le {}.", texte::jour(le)),
        (Etat::Repondue, None) => "Le département a répondu.".to_owned(),
        (Etat::Refusee, _) => {
            "Le département ne peut pas accompagner ce projet. La raison est donnée ci-dessous.".to_owned()
        }
    }
}

/// Erases all that is held of a project (retention, after visa). The journal keeps its facts.
pub(crate) async fn purger(tx: &platform::WriteTx, projet: &socle::ProjetId) -> Result<(), sea_orm::DbErr> {
    use sea_orm::{ConnectionTrait as _, raw_sql};
    let projet = projet.as_str();
    for requete in [
        raw_sql!(Postgres, "DELETE FROM relation WHERE projet_id = {projet}"),
        raw_sql!(Postgres, "DELETE FROM echange WHERE projet_id = {projet}"),
        raw_sql!(Postgres, "DELETE FROM recommandation WHERE projet_id = {projet}"),
        raw_sql!(Postgres, "DELETE FROM demande WHERE projet_id = {projet}"),
        raw_sql!(Postgres, "DELETE FROM reprise_projet WHERE projet_id = {projet}"),
    ] {
        tx.execute_raw(requete).await?;
    }
    Ok(())
}
