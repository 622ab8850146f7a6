//! Projects and their themes, older ones more often finished.

use domain::profil::{Besoin, Complements, Etape, NatureDepense, Porteur, Reponse};
use domain::theme::Theme;
use jiff::civil::Date;
use platform::{Ids, Instant, WriteTx};
use sea_orm::ConnectionTrait as _;
use socle::nom_tri;
use socle::projet::publication::REPRENDRE;

use super::comptes::Comptes;
use super::lot::Lot;
use super::territoire::Lieu;
use super::{ANNEES, Monde};

/// A project made, and what the other parts need of it.
pub(super) struct Projet<'a> {
    pub(super) id: String,
    pub(super) lieu: &'a Lieu,
    pub(super) auteur: String,
    pub(super) jour: Date,
    pub(super) cree_le: Instant,
    pub(super) confirme: bool,
    pub(super) publie_le: Option<Instant>,
    pub(super) etape: Etape,
}

const COLONNES: &[&str] = &[
    "id",
    "reference",
    "titre",
    "titre_tri",
    "manque",
    "commune",
    "etape",
    "porteur",
    "organisation_id",
    "auteur_id",
    "brouillon",
    "etat",
    "confirme_le",
    "confirme_par",
    "diffusion",
    "publie_le",
    "cout",
    "complements",
    "origine",
    "cree_le",
    "modifie_le",
    "fusionne_dans",
    "version",
];

const ACTES: &[&str] = &["Rouvrir", "Créer", "Agrandir", "Reprendre", "Rénover", "Faire vivre", "Partager"];

const OBJETS: &[&str] = &[
    "l’épicerie et le café du village",
    "une micro-crèche associative",
    "une maison de santé",
    "un habitat partagé",
    "un tiers-lieu dans l’ancienne école",
    "une ressourcerie",
    "un garage solidaire",
    "le jardin partagé",
    "une recyclerie sportive",
    "un espace de vie sociale",
    "le cinéma associatif",
    "un atelier vélo",
    "une cuisine collective",
    "une régie de quartier",
    "un chantier d’insertion",
    "le verger communal",
    "une chaufferie au bois",
    "des bureaux à partager",
    "un lieu pour les jeunes",
    "un service de transport à la demande",
];

const MANQUES: &[&str] = &[
    "Les personnes âgées n’ont plus de commerce à moins de dix kilomètres, et beaucoup ne conduisent plus.",
    "Les jeunes parents cherchent une place d’accueil. La liste d’attente est de deux ans.",
    "Le bâtiment appartient à la commune, il est vide depuis huit ans. Une association est prête à s’y installer.",
    "Une trentaine d’habitants se réunissent chaque mois. Il manque un local, un statut et quelqu’un pour aider à compter.",
    "Le dernier artisan part à la retraite l’an prochain. Personne ne reprend, et deux emplois sont en jeu.",
];

const PORTEURS: &[Porteur] = &[
    Porteur::Commune,
    Porteur::Commune,
    Porteur::Commune,
    Porteur::Commune,
    Porteur::Commune,
    Porteur::Epci,
    Porteur::AssociationEmployeuse,
    Porteur::AssociationSansSalarie,
    Porteur::Collectif,
    Porteur::Scic,
];

/// In the order of their days, the oldest first.
pub(super) async fn ecrire<'a>(
    monde: &Monde<'_>,
    tx: &WriteTx,
    communes: &'a [Lieu],
    comptes: &Comptes,
) -> anyhow::Result<Vec<Projet<'a>>> {
    let mut projets = Vec::new();
    let (mut lot, mut themes) = (Lot::nouveau(tx, "projet", COLONNES), Vec::new());
    for numero in 0..monde.volume.projets {
        let reste = i64::from(monde.volume.projets - numero);
        let age = reste * ANNEES * 365 / i64::from(monde.volume.projets);
        let rang = usize::try_from(monde.hasard.entre(0, i64::try_from(communes.len())? - 1))?;
        let Some(lieu) = communes.get(rang) else { continue };
        let projet = projet(monde, &mut lot, lieu, comptes.de_la_commune(rang), comptes.habitants(), age).await?;
        themes.push(projet.id.clone());
        projets.push(projet);
    }
    lot.finir().await?;
    ecrire_les_themes(monde, tx, themes).await?;
    tx.execute_unprepared(REPRENDRE).await?;
    Ok(projets)
}

async fn ecrire_les_themes(monde: &Monde<'_>, tx: &WriteTx, projets: Vec<String>) -> anyhow::Result<()> {
    let mut lot = Lot::nouveau(tx, "projet_theme", &["projet_id", "theme", "rang"]);
    for projet in projets {
        let premier = usize::try_from(monde.hasard.entre(0, 1_000))?;
        for rang in 0..monde.hasard.entre(1, 3) {
            let place = (premier + usize::try_from(rang)? * 7) % Theme::TOUS.len();
            if let Some(theme) = Theme::TOUS.get(place) {
                lot.ajouter(vec![projet.clone().into(), theme.as_str().into(), rang.into()]).await?;
            }
        }
    }
    lot.finir().await
}

/// Where a project of that age stands.
fn etape(monde: &Monde<'_>, age: i64) -> Etape {
    let possibles: &[Etape] = match age {
        ..365 => &[Etape::Idee, Etape::Etude, Etape::Montage, Etape::Decide],
        365..1_095 => &[Etape::Decide, Etape::Travaux, Etape::Travaux, Etape::Activite, Etape::Activite, Etape::Arrete],
        _ => &[Etape::Activite, Etape::Activite, Etape::Activite, Etape::Arrete],
    };
    monde.hasard.parmi(possibles).copied().unwrap_or(Etape::Idee)
}

async fn projet<'a>(
    monde: &Monde<'_>,
    lot: &mut Lot<'_>,
    lieu: &'a Lieu,
    de_la_commune: &[String],
    habitants: &[String],
    age: i64,
) -> anyhow::Result<Projet<'a>> {
    let hasard = monde.hasard;
    let porteur = hasard.parmi(PORTEURS).copied().unwrap_or(Porteur::Commune);
    let de_la_mairie = porteur == Porteur::Commune && !de_la_commune.is_empty();
    let auteurs = if de_la_mairie { de_la_commune } else { habitants };
    let auteur = hasard.parmi(auteurs).cloned();
    let jour = monde.avant(age);
    let cree_le = monde.heure(jour);
    let confirme = de_la_mairie && hasard.pour_cent(90);
    let publie = hasard.pour_cent(40) && age > 30;
    let publie_le = publie.then(|| cree_le.plus_seconds(30 * 86_400));
    let (id, etape) = (hasard.id(cree_le), etape(monde, age));
    let titre = format!("{} {} à {} (exemple)", hasard.mot(ACTES), hasard.mot(OBJETS), lieu.nom);
    let manque = format!("{} {}", hasard.mot(MANQUES), hasard.mot(MANQUES));
    lot.ajouter(vec![
        id.clone().into(),
        hasard.reference(8).into(),
        titre.clone().into(),
        nom_tri(&titre).into(),
        manque.into(),
        lieu.code.as_str().into(),
        etape.as_str().into(),
        porteur.as_str().into(),
        de_la_mairie.then(|| lieu.organisation.clone()).into(),
        auteur.clone().into(),
        None::<String>.into(),
        "garde".into(),
        confirme.then_some(cree_le.0).into(),
        confirme.then(|| "mairie".to_owned()).into(),
        if publie { "public" } else { "prive" }.into(),
        publie_le.map(|le| le.0).into(),
        hasard.pour_cent(70).then(|| hasard.entre(5, 900) * 100_000).into(),
        serde_json::to_string(&complements(monde))?.into(),
        "web".into(),
        cree_le.0.into(),
        publie_le.unwrap_or(cree_le).0.into(),
        None::<String>.into(),
        1_i64.into(),
    ])
    .await?;
    Ok(Projet { id, lieu, auteur: auteur.unwrap_or_default(), jour, cree_le, confirme, publie_le, etape })
}

fn complements(monde: &Monde<'_>) -> Complements {
    let hasard = monde.hasard;
    Complements {
        besoins: hasard.parmi(Besoin::TOUS).copied().into_iter().collect(),
        depenses: hasard.parmi(NatureDepense::TOUS).copied().into_iter().collect(),
        marche_prevu: hasard.pour_cent(2).then_some(Reponse::Oui),
        devis_signe: hasard.pour_cent(30).then_some(Reponse::Non),
        ..Complements::default()
    }
}
