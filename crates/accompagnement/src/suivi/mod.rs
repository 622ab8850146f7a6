//! Following a project: the agent's page ([`pages`]) and what is done there ([`actes`]), hand-overs ([`confier`]), doubles
//! (`fusion`), the bearer's side ([`commune`]), the panel of the project page, the conversation that both show; `prevenir`: who
//! is told; [`rules`]: what may be said of a recommendation.

pub mod actes;
pub mod commune;
pub mod confier;
mod fusion;
pub mod pages;
pub(crate) mod prevenir;
pub mod rules;

use askama::Template;
use domain::dates::avec_le_jour;
use domain::droit::{Action, Lien};
use web::Erreur;
use web::composants::{ChampLong, Etiquette, Html, Ton};
use web::feature::{DemandePanneau, Lieu, Panneau};
use web::texte;

use self::rules::{EtatRecommandation, GenreEchange};
use crate::demande::attribution::repondant;
use crate::demande::rules::{Etat, Horloge};
use crate::demande::storage::{self, Model, Recommandation};
use crate::relation;

/// Exchanges shown.
const ECHANGES_MAX: i64 = 200;
/// Of which, without unfolding.
const RECENTS: usize = 5;

/// A recommendation as shown.
pub(crate) struct RecommandationVue {
    pub(crate) recommandation: Recommandation,
    pub(crate) etiquette: Etiquette,
    pub(crate) genre: &'static str,
    pub(crate) suites: &'static [EtatRecommandation],
}

impl From<Recommandation> for RecommandationVue {
    fn from(recommandation: Recommandation) -> Self {
        let etat = recommandation.etat();
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

/// What was said, as shown.
struct EchangeVu {
    quand: String,
    qui: String,
    corps: Html,
    quoi: Option<&'static str>,
}

/// What is awaited of the commune: since when, and what.
pub(crate) struct Attendu {
    pub(crate) depuis: String,
    pub(crate) corps: Html,
}

/// What the commune is asked for, as long as it is awaited.
pub(crate) async fn attendu(
    instance: &web::Instance,
    tx: &platform::ReadTx,
    demande: &Model,
    projet: &socle::ProjetId,
) -> Result<Option<Attendu>, Erreur> {
    if demande.etat() != Etat::AttendLaCommune {
        return Ok(None);
    }
    let attente = storage::dernier(tx, projet, GenreEchange::Attente).await?;
    Ok(attente.map(|e| Attendu {
        depuis: texte::jour(instance.jour_de(e.ecrit_le)),
        corps: Html(texte::paragraphes(&e.texte)),
    }))
}

#[derive(Template)]
#[template(path = "conversation.html")]
struct Conversation {
    recents: Vec<EchangeVu>,
    anciens: Vec<EchangeVu>,
    tronquee: bool,
}

/// What was said of a project, newest first, the older part folded; nothing when nothing was said.
pub(crate) async fn conversation(
    instance: &web::Instance,
    tx: &platform::ReadTx,
    projet: &socle::ProjetId,
) -> Result<Option<Html>, Erreur> {
    let mut recents: Vec<EchangeVu> = storage::echanges(tx, projet, ECHANGES_MAX)
        .await?
        .into_iter()
        .map(|echange| echange_vu(instance, echange))
        .collect();
    if recents.is_empty() {
        return Ok(None);
    }
    let tronquee = recents.len() as i64 == ECHANGES_MAX;
    let anciens = recents.split_off(recents.len().min(RECENTS));
    Ok(Some(Html(Conversation { recents, anciens, tronquee }.render()?)))
}

fn echange_vu(instance: &web::Instance, e: storage::Echange) -> EchangeVu {
    let genre = e.genre.parse::<GenreEchange>().unwrap_or(GenreEchange::Message);
    let quand = match genre {
        // Of a request only the day is known.
        GenreEchange::Demande => texte::jour(instance.jour_de(e.ecrit_le)),
        _ => texte::moment(instance.heure_de(e.ecrit_le)),
    };
    EchangeVu {
        quand,
        qui: e
            .qui
            .map(|qui| qui.trim().to_owned())
            .filter(|qui| !qui.is_empty())
            .unwrap_or_else(|| "une personne".to_owned()),
        corps: Html(texte::paragraphes(&e.texte)),
        quoi: (genre != GenreEchange::Message).then(|| genre.libelle()),
    }
}

#[derive(Template)]
#[template(path = "panneau.html")]
struct CorpsDuPanneau {
    reference: String,
    etat: Etiquette,
    phrase: String,
    attendu: Option<Attendu>,
    close: bool,
    recommandations: Vec<RecommandationVue>,
    relations: Vec<relation::RelationVue>,
    conversation: Option<Html>,
    caches: Html,
    message: ChampLong,
    peut_agir: bool,
    agent: bool,
}

#[derive(Template)]
#[template(
    source = "{% if agent %}<p class=\"govuk-body\">Personne n’a encore demandé d’accompagnement.</p><p><a class=\"govuk-link\" href=\"/projets/{{ reference }}/suivi\">Suivre ce projet</a></p>{% else %}<p class=\"govuk-body\">{{ invitation }}</p><p><a class=\"govuk-button\" href=\"/projets/{{ reference }}/accompagnement\">Demander un accompagnement</a></p>{% endif %}",
    ext = "html"
)]
struct Invitation {
    reference: String,
    /// May be changed by the agent who runs the site.
    invitation: String,
    agent: bool,
}

/// The panel: an invitation to ask, or where the request stands with all that was said.
///
/// # Errors
/// The engine refused.
pub(crate) async fn panneau(demande: &DemandePanneau<'_>) -> Result<Option<Panneau>, Erreur> {
    let visiteur = &demande.cadre.visiteur;
    if demande.lieu == Lieu::Suivi || visiteur.autoriser(demande.lien, Action::VoirProjet).is_err() {
        return Ok(None);
    }
    let agent = visiteur.autoriser(demande.lien, Action::Accompagner).is_ok();
    let titre = "Accompagnement".to_owned();
    let corps = match storage::du_projet(demande.tx, &demande.projet.id).await? {
        None => {
            let invitation = demande.cadre.instance.texte("demande.invitation");
            Invitation { reference: demande.projet.reference.clone(), invitation, agent }.render()?
        }
        Some(ligne) if demande.lieu == Lieu::Resultat => {
            format!(
                "<p class=\"govuk-body\">{} <a class=\"govuk-link\" href=\"/projets/{}#accompagnement\">Voir l’accompagnement</a></p>",
                phrase(&ligne),
                demande.projet.reference
            )
        }
        Some(ligne) => corps(demande, &ligne, agent).await?,
    };
    Ok(Some(Panneau { id: "accompagnement", titre, corps, plie: false }))
}

async fn corps(demande: &DemandePanneau<'_>, ligne: &Model, agent: bool) -> Result<String, Erreur> {
    let instance = &demande.cadre.instance;
    let f = demande.cadre.formulaire();
    let recommandations = storage::recommandations(demande.tx, &demande.projet.id).await?;
    let relations = relation::du_projet(demande.tx, &demande.projet.id).await?;
    // The card of the secteur names someone else.
    let par_nom = if ligne.confiee { repondant(demande.tx, ligne, instance.aujourd_hui()).await? } else { None };
    let suivi = par_nom.map(|qui| format!(" {} suit votre projet.", qui.nom_complet())).unwrap_or_default();
    let corps = CorpsDuPanneau {
        reference: demande.projet.reference.clone(),
        etat: etiquette(ligne.etat()),
        phrase: phrase(ligne) + &suivi,
        attendu: attendu(instance, demande.tx, ligne, &demande.projet.id).await?,
        close: ligne.etat() == Etat::Refusee,
        recommandations: recommandations.into_iter().map(RecommandationVue::from).collect(),
        relations: relations.into_iter().map(relation::RelationVue::from).collect(),
        conversation: conversation(instance, demande.tx, &demande.projet.id).await?,
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
        raw_sql!(Postgres, "DELETE FROM marche WHERE projet_id = {projet}"),
        raw_sql!(Postgres, "DELETE FROM demande WHERE projet_id = {projet}"),
        raw_sql!(Postgres, "DELETE FROM reprise_projet WHERE projet_id = {projet}"),
    ] {
        tx.execute_raw(requete).await?;
    }
    Ok(())
}
