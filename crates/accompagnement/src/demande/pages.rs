//! The commune asks: what it hopes for, where to call back. The acknowledgement gives the promised day at once.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::constat::Verdict;
use domain::dates::avec_le_jour;
use domain::droit::{Action, Fonction};
use jiff::civil::Date;
use platform::horloge::Arretee;
use platform::{Jour, ReadTx, WriteTx, journal};
use socle::projet::{self, Etat as EtatProjet};
use socle::secteur::{self, Interlocuteur};
use socle::{mandat, personne};
use web::composants::{
    Alerte, ChampLong, ChampOptions, ChampTexte, Html, OptionDeChamp, ResumeErreurs, expliquer_html,
};
use web::courriels::{self, Modele};
use web::feature::{Famille, Proposition};
use web::formulaire::Erreurs;
use web::textes::en_html;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, contact, texte};

use super::attribution;
use super::rules::{self, Etat};
use super::storage::{self, Model};
use crate::evenements::{self, evenement};
use crate::suivi::rules::GenreEchange;

#[derive(Template)]
#[template(path = "demande.html")]
struct PageDemande {
    gratuit: Html,
    titre: String,
    reference: String,
    resume: ResumeErreurs,
    caches: Html,
    /// Why the request before was refused, and when.
    refus: Option<(String, Html)>,
    promesse: String,
    interets: Option<ChampOptions>,
    /// Something is ticked already: it stays in sight.
    interets_ouverts: bool,
    message: ChampLong,
    rappel: ChampTexte,
}

async fn page(cadre: &Cadre, projet: &projet::Model, saisie: Saisie, erreurs: Erreurs) -> Result<PageDemande, Erreur> {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let interlocuteur = secteur::interlocuteur(&tx, &projet.commune, instance.aujourd_hui()).await?;
    let f = cadre.formulaire_avec(saisie, erreurs);
    let refus = storage::dernier(&tx, &projet.id, GenreEchange::Refus).await?;
    let options: Vec<OptionDeChamp> = possibles(instance, &tx, projet).await?.iter().map(option).collect();
    Ok(PageDemande {
        titre: projet.titre.clone(),
        reference: projet.reference.clone(),
        resume: f.resume(),
        caches: f.caches_gardes(&format!("/projets/{}/accompagnement", projet.reference)),
        interets_ouverts: !f.saisie.liste("interets").is_empty(),
        refus: refus.map(|e| (texte::jour(instance.jour_de(e.ecrit_le)), Html(texte::paragraphes(&e.texte)))),
        promesse: contact::promesse(instance, interlocuteur.as_ref()),
        interets: (!options.is_empty()).then(|| {
            f.cases("interets", "Qu’est-ce qui vous intéresse ? (facultatif)", options)
                .aide(instance.texte("demande.interets"))
        }),
        message: f.long("message", "Qu’attendez-vous de nous ?", 2_000).aide(instance.texte("demande.message")),
        rappel: f
            .texte("rappel", "Téléphone où vous rappeler (facultatif)")
            .aide(instance.texte("demande.rappel"))
            .remplir("tel"),
        gratuit: expliquer_html(&en_html(&instance.texte("demande.gratuit")), &mut vec!["accompagnement"], instance),
    })
}

/// Levers and actors that fit a project, or may.
pub(crate) async fn possibles(
    instance: &Instance,
    tx: &ReadTx,
    projet: &projet::Model,
) -> Result<Vec<Proposition>, Erreur> {
    let profil = projet.profil(projet::themes(tx, &projet.id).await?);
    Ok(web::feature::propositions_pour(tx, instance, &profil).await?.into_iter().filter(est_possible).collect())
}

fn est_possible(proposition: &Proposition) -> bool {
    proposition.famille != Famille::FormeJuridique && matches!(proposition.verdict, Verdict::Oui | Verdict::AVerifier)
}

fn option(proposition: &Proposition) -> OptionDeChamp {
    let option = OptionDeChamp::nouvelle(&proposition.titre, &proposition.titre);
    // A structure without an offer is its own title.
    if proposition.porteur == proposition.titre { option } else { option.aide(&proposition.porteur) }
}

/// What was ticked, among what the page proposes: nothing else can be written for an agent to read.
async fn interets(cadre: &Cadre, saisie: &Saisie, projet: &projet::Model) -> Result<Vec<String>, Erreur> {
    let coches = saisie.liste("interets");
    if coches.is_empty() {
        return Ok(Vec::new());
    }
    let tx = cadre.instance.db.read().await?;
    let proposes = possibles(&cadre.instance, &tx, projet).await?;
    Ok(proposes.into_iter().map(|p| p.titre).filter(|titre| coches.contains(titre)).collect())
}

/// A project that asked for nothing, or whose request was refused.
async fn ouvrir(cadre: &Cadre, reference: &str) -> Result<projet::Model, Erreur> {
    let tx = cadre.instance.db.read().await?;
    let projet = projet::par_reference(&tx, reference).await?.ok_or(Erreur::Introuvable("ce projet"))?;
    let lien = cadre.visiteur.lien(&tx, &cadre.instance, &projet).await?;
    cadre.visiteur.autoriser(lien, Action::AgirPourLePorteur)?;
    match storage::du_projet(&tx, &projet.id).await? {
        Some(demande) if demande.etat() != Etat::Refusee => Err(deja_demande(&projet)),
        _ => Ok(projet),
    }
}

fn deja_demande(projet: &projet::Model) -> Erreur {
    Erreur::Aller(format!("/projets/{}#accompagnement", projet.reference))
}

/// GET. A draft is kept first: an answer needs someone to answer to.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let projet = ouvrir(&cadre, &reference).await?;
    if projet.etat == EtatProjet::Brouillon {
        let message = "Gardez d’abord votre projet : il nous faut une adresse où vous répondre.";
        return Ok(web::cadre::aller(&cadre, &format!("/projets/{reference}/garder"), message));
    }
    let telephone = cadre.visiteur.personne().and_then(|p| p.telephone.clone()).unwrap_or_default();
    let page = page(&cadre, &projet, Saisie::default().avec("rappel", telephone), Erreurs::default()).await?;
    cadre.page("Demander un accompagnement", &page)?.repondre()
}

/// POST: the request, its acknowledgement, and the mail to who answers.
pub async fn demander(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let projet = ouvrir(&cadre, &reference).await?;
    let personne = cadre.visiteur.connecte()?.clone();
    let mut l = form.lecteur();
    let message = l.texte("message", "Dites-nous en une phrase ce que vous attendez.", 5, 2_000);
    let rappel = l.texte_libre("rappel", 60);
    let (Some(message), true) = (message, l.erreurs.est_vide()) else {
        let erreurs = l.erreurs;
        let page = page(&cadre, &projet, form.saisie, erreurs).await?;
        return cadre.page("Demander un accompagnement", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
    };
    let instance = &cadre.instance;
    let interets = interets(&cadre, &form.saisie, &projet).await?;
    let tx = instance.db.begin().await?;
    let nouvelle =
        Nouvelle { faite_par: Some(personne.id.clone()), message, rappel, interets: serde_json::to_string(&interets)? };
    let ancienne = storage::du_projet(&tx, &projet.id).await?;
    let genre = if ancienne.is_some() { evenements::ROUVERT } else { evenements::DEMANDE };
    let (demande, interlocuteur) = match ancienne {
        Some(ancienne) => redemander(&tx, instance, &projet, ancienne, nouvelle).await?,
        None => creer(&tx, instance, &projet, nouvelle).await?,
    };
    let evenement = evenement(&cadre, genre, &projet).faits(serde_json::json!({"promise_le": demande.promise_le}));
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    accuser_reception(&tx, instance, &projet, &demande, &personne, interlocuteur.as_ref()).await?;
    prevenir_l_equipe(&tx, instance, &projet, &demande, Some(&personne.id)).await?;
    let phrase = format!(
        "Votre demande est envoyée. Vous aurez une réponse au plus tard le {}.",
        avec_le_jour(demande.promise_le.0)
    );
    form.conclure(tx, &format!("/projets/{reference}"), &phrase).await
}

/// A request about to be made.
pub(crate) struct Nouvelle {
    pub(crate) faite_par: Option<socle::PersonneId>,
    pub(crate) message: String,
    pub(crate) rappel: Option<String>,
    pub(crate) interets: String,
}

/// Inserts a request: to the agent of the commune's secteur today, or their replacement; to the coordination otherwise.
pub(crate) async fn creer(
    tx: &WriteTx,
    instance: &Instance,
    projet: &projet::Model,
    nouvelle: Nouvelle,
) -> Result<(Model, Option<Interlocuteur>), Erreur> {
    let jour = instance.aujourd_hui();
    let (promise, interlocuteur) = promise_du_jour(tx, instance, projet).await?;
    let demande = Model {
        id: instance.ids.uuid().to_string(),
        projet_id: projet.id.clone(),
        secteur_id: interlocuteur.as_ref().map(|i| i.secteur_id.clone()),
        agent_id: interlocuteur.as_ref().and_then(|i| i.personne_id.clone()),
        confiee: false,
        faite_par: nouvelle.faite_par,
        faite_le: Jour(jour),
        promise_le: Jour(promise),
        etat: Etat::ARepondre.as_str().to_owned(),
        attend_depuis: None,
        repondue_le: None,
        mode: None,
        message: nouvelle.message,
        rappel: nouvelle.rappel,
        interets: nouvelle.interets,
        prochaine_action: None,
        prochaine_le: None,
        contact_le: Jour(jour),
        version: 1,
    };
    if !storage::inserer(tx, demande.clone()).await? {
        return Err(deja_demande(projet));
    }
    Ok((demande, interlocuteur))
}

/// The day promised to who asks today, and who answers.
pub(crate) async fn promise_du_jour(
    db: &impl sea_orm::ConnectionTrait,
    instance: &Instance,
    projet: &projet::Model,
) -> Result<(Date, Option<Interlocuteur>), Erreur> {
    let jour = instance.aujourd_hui();
    let interlocuteur = secteur::interlocuteur(db, &projet.commune, jour).await?;
    Ok((contact::date_promise(instance, interlocuteur.as_ref(), jour), interlocuteur))
}

/// A closed request as it lives again today, followed by who answers for the commune today; what was handed to someone by
/// name stays with them.
pub(crate) fn rouverte(
    instance: &Instance,
    demande: Model,
    promise: Date,
    interlocuteur: Option<&Interlocuteur>,
) -> Result<Model, rules::Impossible> {
    let (jour, locaux) = (instance.aujourd_hui(), instance.locaux());
    let calendrier = locaux.calendrier(instance.collectivite.feries);
    let horloge = rules::apres(demande.horloge(), rules::Acte::Rouvrir(promise), jour, calendrier)?;
    Ok(Model {
        secteur_id: interlocuteur.map(|i| i.secteur_id.clone()),
        agent_id: if demande.confiee { demande.agent_id } else { interlocuteur.and_then(|i| i.personne_id.clone()) },
        faite_le: Jour(jour),
        contact_le: Jour(jour),
        mode: None,
        ..demande
    }
    .avec(horloge))
}

/// The commune asks again after a refusal: what it had asked stays in the conversation, at its date.
async fn redemander(
    tx: &WriteTx,
    instance: &Instance,
    projet: &projet::Model,
    ancienne: Model,
    nouvelle: Nouvelle,
) -> Result<(Model, Option<Interlocuteur>), Erreur> {
    let alors = Arretee::de(instance.debut_de(ancienne.faite_le.0));
    let dite = (GenreEchange::Demande, ancienne.message.as_str());
    storage::echanger(tx, &alors, &*instance.ids, &projet.id, ancienne.faite_par.as_ref(), dite).await?;
    let (promise, interlocuteur) = promise_du_jour(tx, instance, projet).await?;
    let Ok(rouverte) = rouverte(instance, ancienne, promise, interlocuteur.as_ref()) else {
        return Err(deja_demande(projet));
    };
    let demande = Model {
        faite_par: nouvelle.faite_par,
        message: nouvelle.message,
        rappel: nouvelle.rappel,
        interets: nouvelle.interets,
        ..rouverte
    };
    if !storage::enregistrer(tx, &demande).await? {
        return Err(deja_demande(projet));
    }
    Ok((demande, interlocuteur))
}

async fn accuser_reception(
    tx: &WriteTx,
    instance: &Instance,
    projet: &projet::Model,
    demande: &Model,
    personne: &personne::Model,
    interlocuteur: Option<&Interlocuteur>,
) -> Result<(), Erreur> {
    let Some(a) = personne.courriel.clone() else { return Ok(()) };
    let carte = contact::du_secteur(instance, interlocuteur.cloned());
    let qui = match interlocuteur.and_then(Interlocuteur::nom_complet) {
        Some(nom) => format!("{nom} {}", carte.role),
        None => carte.role,
    };
    let joindre = [carte.telephone, carte.courriel].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let valeurs = [
        ("projet", projet.titre.as_str()),
        ("contact", &qui),
        ("promise", &avec_le_jour(demande.promise_le.0)),
        ("joindre", &joindre),
        ("alerte", &Alerte::devis().texte),
        ("lien", &instance.url(&format!("/projets/{}", projet.reference))),
    ];
    courriels::ecrire(tx, instance, a, "accuse-de-reception", &valeurs).await
}

/// Who answers today, or every coordinator when there is nobody.
pub(crate) async fn equipe(
    tx: &impl sea_orm::ConnectionTrait,
    instance: &Instance,
    demande: &Model,
) -> Result<Vec<personne::Model>, Erreur> {
    let jour = instance.aujourd_hui();
    match attribution::repondant(tx, demande, jour).await? {
        Some(agent) => Ok(vec![agent]),
        None => Ok(mandat::titulaires(tx, Fonction::Coordinateur, jour).await?),
    }
}

/// Tells who answers that someone asks, never who wrote the request down.
pub(crate) async fn prevenir_l_equipe(
    tx: &WriteTx,
    instance: &Instance,
    projet: &projet::Model,
    demande: &Model,
    par: Option<&socle::PersonneId>,
) -> Result<(), Erreur> {
    let valeurs = [
        ("commune", instance.referentiel().nom_commune(&projet.commune)),
        ("projet", &projet.titre),
        ("promise", &avec_le_jour(demande.promise_le.0)),
        ("lien", &instance.url(&format!("/projets/{}/suivi", projet.reference))),
    ];
    let Modele { sujet, texte } = courriels::composer(instance, "nouvelle-demande", &valeurs)?;
    for agent in equipe(tx, instance, demande).await? {
        courriels::prevenir(tx, instance, &agent, par, &sujet, &texte).await?;
    }
    Ok(())
}
