//! What was asked and said of the projects: requests (their clock is set by the rules of the room), recommendations,
//! conversations, introductions to actors.

use accompagnement::demande::rules::{self, Acte, Etat, Horloge};
use accompagnement::suivi::rules::GenreEchange;
use domain::profil::Etape;
use jiff::civil::Date;
use platform::WriteTx;

use super::Monde;
use super::lot::Lot;
use super::projets::Projet;

/// What was made.
pub(super) struct Suivis {
    pub(super) demandes: usize,
    pub(super) relations: u32,
    /// Of each project that asked, in the order of the projects: day asked, clock.
    pub(super) horloges: Vec<(Date, Horloge)>,
}

const DEMANDE: &[&str] = &[
    "id",
    "projet_id",
    "secteur_id",
    "agent_id",
    "faite_par",
    "faite_le",
    "promise_le",
    "etat",
    "attend_depuis",
    "repondue_le",
    "mode",
    "message",
    "rappel",
    "interets",
    "prochaine_action",
    "prochaine_le",
    "contact_le",
    "version",
];
const RECOMMANDATION: &[&str] =
    &["id", "projet_id", "genre", "cible", "titre", "texte", "etat", "motif", "faite_par", "faite_le", "version"];
const ECHANGE: &[&str] = &["id", "projet_id", "genre", "auteur_id", "texte", "ecrit_le"];
const RELATION: &[&str] = &[
    "id",
    "projet_id",
    "acteur",
    "courriel",
    "texte",
    "etat",
    "proposee_par",
    "proposee_le",
    "approuvee_par",
    "approuvee_le",
    "repondue_le",
    "version",
];

const MESSAGES: &[&str] = &[
    "Nous aimerions savoir par où commencer, et qui d’autre l’a déjà fait par ici.",
    "Le conseil se réunit le mois prochain : il nous faudrait un avis sur le montage avant.",
    "Nous cherchons un porteur pour l’exploitation et une première idée des aides possibles.",
];
const REPONSES: &[&str] = &[
    "Bonjour, je vous propose de nous voir sur place. D’ici là, regardez les deux recommandations ci-dessous.",
    "Bonjour, une commune voisine a mené le même projet : je vous mets en relation. Ne signez aucun devis avant.",
];
const ACTIONS: &[&str] =
    &["Rappeler la mairie", "Relire le plan de financement", "Visite sur place", "Réunion de montage"];
const CONSEILS: &[(&str, &str)] = &[
    ("action", "Demander une délibération de principe (exemple)"),
    ("ressource", "Lire le guide des commerces de village (exemple)"),
    ("acteur", "Rencontrer une coopérative du territoire (exemple)"),
    ("levier", "Étudier l’aide à l’investissement local (exemple)"),
];
const ETATS_CONSEIL: &[&str] = &["proposee", "en-cours", "terminee", "pas-interesse", "deja-faite"];
const NOTES: &[&str] = &[
    "Appel de la mairie : le conseil est d’accord sur le principe, le vote est prévu au prochain conseil.",
    "Visite du local avec l’association. Travaux d’accessibilité à prévoir, devis attendu.",
    "Le porteur a reçu l’avis du CAUE et le transmet.",
];
const ETATS_RELATION: &[&str] = &["a-approuver", "envoyee", "interesse", "pas-cette-fois", "plus-tard"];

/// The most recent projects ask first when there are fewer requests than projects.
pub(super) async fn ecrire(monde: &Monde<'_>, tx: &WriteTx, projets: &[Projet<'_>]) -> anyhow::Result<Suivis> {
    let demandes = projets.len().min(usize::try_from(monde.volume.demandes)?);
    let suivis = projets.get(projets.len() - demandes..).unwrap_or_default();
    let mut horloges = Vec::with_capacity(demandes);
    let mut lot = Lot::nouveau(tx, "demande", DEMANDE);
    for projet in suivis {
        horloges.push(demande(monde, &mut lot, projet).await?);
    }
    lot.finir().await?;
    let (mut conseils, mut echanges) =
        (Lot::nouveau(tx, "recommandation", RECOMMANDATION), Lot::nouveau(tx, "echange", ECHANGE));
    for (projet, (_, horloge)) in suivis.iter().zip(&horloges) {
        repondre(monde, &mut echanges, projet, *horloge).await?;
        for _ in 0..monde.hasard.entre(0, 4) {
            recommandation(monde, &mut conseils, projet).await?;
            echange(monde, &mut echanges, projet).await?;
        }
    }
    conseils.finir().await?;
    echanges.finir().await?;
    let relations = monde.volume.demandes.saturating_sub(u32::try_from(demandes)?);
    let mut lot = Lot::nouveau(tx, "relation", RELATION);
    for numero in 0..relations {
        if let Some(projet) = monde.hasard.parmi(suivis) {
            relation(monde, &mut lot, projet, numero).await?;
        }
    }
    lot.finir().await?;
    Ok(Suivis { demandes, relations, horloges })
}

impl Projet<'_> {
    /// Who answers: the agent of the secteur, or the author where there is none yet.
    pub(super) fn agent(&self) -> &str {
        self.lieu.agent.as_deref().unwrap_or(&self.auteur)
    }
}

/// A day of the life of the project, at most so many days after its description.
fn ensuite(monde: &Monde<'_>, projet: &Projet<'_>, jours: i64) -> Date {
    let apres = jiff::Span::new().days(monde.hasard.entre(1, jours));
    projet.jour.saturating_add(apres).min(monde.jour)
}

/// The clock as the rules leave it: nearly all that is older than three weeks was answered.
fn horloge(monde: &Monde<'_>, faite_le: Date, delai: u32) -> Horloge {
    let zone = monde.instance.collectivite.feries.into();
    let demandee = rules::promettre(faite_le, delai, zone);
    let age = i64::from((monde.jour - faite_le).get_days());
    let acte = match (age, monde.hasard.entre(1, 100)) {
        (..=7, 1..=60) | (8..=21, 1..=8) => return demandee,
        (..=120, 61..=66) => Acte::Attendre,
        (_, 96..) => Acte::Refuser,
        _ => Acte::Repondre,
    };
    let quand = faite_le.saturating_add(jiff::Span::new().days(monde.hasard.entre(0, 8))).min(monde.jour);
    rules::apres(demandee, acte, quand, zone).unwrap_or(demandee)
}

async fn demande(monde: &Monde<'_>, lot: &mut Lot<'_>, projet: &Projet<'_>) -> anyhow::Result<(Date, Horloge)> {
    let hasard = monde.hasard;
    let faite_le = projet.jour.saturating_add(jiff::Span::new().days(hasard.entre(0, 5))).min(monde.jour);
    let horloge = horloge(monde, faite_le, projet.lieu.delai);
    let repondue = horloge.etat == Etat::Repondue;
    let finie = matches!(projet.etape, Etape::Activite | Etape::Arrete);
    let contact_le = match horloge.repondue_le {
        Some(le) => le.saturating_add(jiff::Span::new().days(hasard.entre(0, 500))).min(monde.jour),
        None => faite_le,
    };
    let prochaine = (repondue && !finie && hasard.pour_cent(15)).then(|| {
        let dans = jiff::Span::new().days(hasard.entre(-5, 40));
        (hasard.mot(ACTIONS), monde.jour.saturating_add(dans).to_string())
    });
    let mode = horloge.repondue_le.map(|_| if hasard.pour_cent(30) { "telephone" } else { "courriel" });
    lot.ajouter(vec![
        hasard.id(monde.heure(faite_le)).into(),
        projet.id.clone().into(),
        projet.lieu.secteur.clone().into(),
        projet.lieu.agent.clone().into(),
        projet.auteur.clone().into(),
        faite_le.to_string().into(),
        horloge.promise_le.to_string().into(),
        horloge.etat.as_str().into(),
        horloge.attend_depuis.map(|le| le.to_string()).into(),
        horloge.repondue_le.map(|le| le.to_string()).into(),
        mode.into(),
        hasard.mot(MESSAGES).into(),
        None::<String>.into(),
        "[]".into(),
        prochaine.as_ref().map(|(quoi, _)| *quoi).into(),
        prochaine.map(|(_, quand)| quand).into(),
        contact_le.to_string().into(),
        1_i64.into(),
    ])
    .await?;
    Ok((faite_le, horloge))
}

async fn recommandation(monde: &Monde<'_>, lot: &mut Lot<'_>, projet: &Projet<'_>) -> anyhow::Result<()> {
    let faite_le = monde.heure(ensuite(monde, projet, 120));
    let (genre, titre) = monde.hasard.parmi(CONSEILS).copied().unwrap_or_default();
    lot.ajouter(vec![
        monde.hasard.id(faite_le).into(),
        projet.id.clone().into(),
        genre.into(),
        None::<String>.into(),
        titre.into(),
        monde.hasard.mot(REPONSES).into(),
        monde.hasard.mot(ETATS_CONSEIL).into(),
        None::<String>.into(),
        projet.agent().into(),
        faite_le.0.into(),
        1_i64.into(),
    ])
    .await
}

/// What the agent wrote: the answer, the refusal, what is awaited.
async fn repondre(monde: &Monde<'_>, lot: &mut Lot<'_>, projet: &Projet<'_>, horloge: Horloge) -> anyhow::Result<()> {
    let genre = match horloge.etat {
        Etat::Refusee => GenreEchange::Refus,
        Etat::AttendLaCommune => GenreEchange::Attente,
        _ => GenreEchange::Reponse,
    };
    let Some(le) = horloge.repondue_le.or(horloge.attend_depuis).map(|le| monde.heure(le)) else { return Ok(()) };
    lot.ajouter(vec![
        monde.hasard.id(le).into(),
        projet.id.clone().into(),
        genre.as_str().into(),
        projet.agent().into(),
        monde.hasard.mot(REPONSES).into(),
        le.0.into(),
    ])
    .await
}

async fn echange(monde: &Monde<'_>, lot: &mut Lot<'_>, projet: &Projet<'_>) -> anyhow::Result<()> {
    let (ecrit_le, note) = (monde.heure(ensuite(monde, projet, 400)), monde.hasard.pour_cent(60));
    lot.ajouter(vec![
        monde.hasard.id(ecrit_le).into(),
        projet.id.clone().into(),
        if note { "note" } else { "message" }.into(),
        if note { projet.agent() } else { &projet.auteur }.into(),
        monde.hasard.mot(if note { NOTES } else { MESSAGES }).into(),
        ecrit_le.0.into(),
    ])
    .await
}

async fn relation(monde: &Monde<'_>, lot: &mut Lot<'_>, projet: &Projet<'_>, numero: u32) -> anyhow::Result<()> {
    let le = monde.heure(ensuite(monde, projet, 200));
    let etat = monde.hasard.mot(ETATS_RELATION);
    let approuvee = etat != "a-approuver";
    let repondue = approuvee && etat != "envoyee";
    lot.ajouter(vec![
        monde.hasard.id(le).into(),
        projet.id.clone().into(),
        format!("ASSOCIATION EXEMPLE {numero}").into(),
        format!("acteur-{numero}@exemple.invalid").into(),
        monde.hasard.mot(MESSAGES).into(),
        etat.into(),
        projet.agent().into(),
        le.0.into(),
        approuvee.then(|| projet.auteur.clone()).into(),
        approuvee.then_some(le.0).into(),
        repondue.then_some(le.0).into(),
        1_i64.into(),
    ])
    .await
}
