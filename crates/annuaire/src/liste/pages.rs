//! The page of the list. Rights are asked again of the database: the index is only a cache.

use askama::Template;
use search::Resultat;
use web::composants::{CarteVive, EtatVide, FiltresActifs, Html, Pagination, Tableau};
use web::{Cache, Cadre, Reponse, cadre, texte};

use super::carte::carte;
use super::choix::Recherche;
use super::demande::{Demande, interroger};
use super::filtres::{Filtres, Vue};
use super::impression::imprimer;
use super::storage;
use super::vu::ActeurVu;
use crate::creation;
use crate::ouvert::flux;
use crate::recherche::axe;

/// Rows of a page.
const PAR_PAGE: usize = 50;
/// Axes counted beside their choices, and what the map counts.
const AXES_DE_LA_CARTE: &[&str] = &[
    axe::THEME,
    axe::EPCI,
    axe::FAMILLE,
    axe::ACTIVITE,
    axe::AGREMENT,
    axe::OFFRE,
    axe::VOIE,
    axe::TARIF,
    axe::ACCUEIL,
    axe::ESS,
    axe::COMMUNE,
];
/// The same, without the map.
const AXES: &[&str] = AXES_DE_LA_CARTE.split_at(AXES_DE_LA_CARTE.len() - 1).0;

#[derive(Template)]
#[template(path = "liste.html")]
struct PageListe {
    recherche: Recherche,
    actifs: FiltresActifs,
    compte: String,
    notes: Vec<String>,
    acteurs: Vec<ActeurVu>,
    pagination: Pagination,
    carte: Option<(Html, CarteVive, Tableau)>,
    vers: Vers,
    garder: Garder,
    vide: Option<EtatVide>,
    /// The way in for a structure that is not here, with the words that did not find it.
    proposer: String,
}

/// Keeping this search: a form for who is signed in, the way in for the others.
struct Garder {
    caches: Option<Html>,
    filtres: String,
    connexion: String,
}

impl Garder {
    fn nouveau(cadre: &Cadre, filtres: &Filtres) -> Self {
        let retour: String = form_urlencoded::byte_serialize(filtres.adresse().as_bytes()).collect();
        Self {
            caches: cadre.visiteur.personne().map(|_| cadre.formulaire().caches()),
            filtres: filtres.chaine(),
            connexion: format!("/connexion?retour={retour}"),
        }
    }
}

/// Other ways of showing the same.
struct Vers {
    liste: Option<String>,
    carte: Option<String>,
    impression: String,
    export: String,
    integrer: String,
}

/// GET `/annuaire`.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let mut demande = Demande::lire(&tx, instance, cadre.demande()).await?;
    let adresse = demande.filtres.adresse();
    let demandee = cadre.uri.path_and_query().map_or("", |p| p.as_str());
    // A form sent without script carries its empty fields and the commune as typed: one state has one address.
    let envoyee = demandee.contains("commune=") || demandee.contains("=&") || demandee.ends_with('=');
    if demande.erreurs.est_vide() && envoyee && demandee != adresse {
        return Ok(cadre::aller(&cadre, &adresse, ""));
    }
    if demande.filtres.vue == Vue::Impression {
        return imprimer(&cadre, &tx, demande).await;
    }
    let filtres = &demande.filtres;
    demande.requete.facettes = if filtres.vue == Vue::Carte { AXES_DE_LA_CARTE } else { AXES };
    demande.requete.nombre = if filtres.vue == Vue::Carte { 0 } else { PAR_PAGE };
    demande.requete.premier = (filtres.page - 1) * PAR_PAGE;
    let resultat = interroger(instance, &demande.requete)?;
    let lignes = storage::lignes(&tx, &resultat.ids, instance.aujourd_hui()).await?;
    let total = u64::try_from(resultat.total).unwrap_or(u64::MAX);
    let en_liste = filtres.en_vue(Vue::Liste);
    let page = PageListe {
        recherche: Recherche::nouvelle(&cadre, &demande, &resultat),
        actifs: FiltresActifs { actifs: filtres.actifs(instance, &demande.secteurs), tout: "/annuaire".to_owned() },
        compte: texte::accorde(total, "acteur", "acteurs"),
        notes: notes(&demande, &resultat),
        acteurs: lignes
            .into_iter()
            .map(|ligne| {
                let ou = ligne.commune.clone();
                ActeurVu::nouveau(instance, ligne).loin_de(instance, filtres, ou.as_ref())
            })
            .collect(),
        garder: Garder::nouveau(&cadre, &en_liste),
        pagination: Pagination::nouvelle(
            &en_liste.adresse(),
            filtres.page as u64,
            if filtres.vue == Vue::Carte { 0 } else { total },
            PAR_PAGE as u64,
        ),
        carte: (filtres.vue == Vue::Carte && resultat.total > 0)
            .then(|| carte(&cadre, filtres, &demande.requete, &resultat)),
        vers: Vers {
            liste: (filtres.vue == Vue::Carte).then(|| en_liste.adresse()),
            carte: (filtres.vue == Vue::Liste).then(|| filtres.en_vue(Vue::Carte).adresse()),
            impression: filtres.en_vue(Vue::Impression).adresse(),
            export: en_liste.chaine(),
            integrer: en_liste.sous("/integrer"),
        },
        vide: vide(filtres, &resultat),
        proposer: proposer(cadre.demande().texte("q"), resultat.total),
    };
    cadre.page("Annuaire", &page)?.flux(flux::TITRE, flux::ADRESSE).cache(Cache::Public(60)).repondre()
}

fn proposer(mots: &str, trouves: usize) -> String {
    if trouves > 0 || mots.trim().is_empty() {
        return creation::proposer::URL.to_owned();
    }
    let nom: String = form_urlencoded::byte_serialize(mots.trim().as_bytes()).collect();
    format!("{}?nom={nom}", creation::proposer::URL)
}

fn notes(demande: &Demande, resultat: &Resultat) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(nom) = demande.perdu() {
        notes.push(format!(
            "{} de cette adresse n’existe pas, ou plus : ce filtre est laissé de côté.",
            texte::majuscule(Filtres::en_clair(nom))
        ));
    }
    if resultat.sans_mot {
        notes.push("Ces mots sont trop courants pour chercher : ajoutez un nom ou une activité.".to_owned());
    }
    if !resultat.approches.is_empty() && resultat.total > 0 {
        notes.push(format!(
            "Aucune fiche ne contient exactement « {} » : voici ce qui s’en approche.",
            resultat.approches.join(" ")
        ));
    }
    if resultat.partiel {
        notes.push("Aucune fiche ne contient tous vos mots : voici celles qui en contiennent une partie.".to_owned());
    }
    notes
}

fn vide(filtres: &Filtres, resultat: &Resultat) -> Option<EtatVide> {
    if resultat.total > 0 {
        return (resultat.ids.is_empty() && filtres.vue == Vue::Liste).then(|| EtatVide {
            titre: "Il n’y a plus d’acteur à cette page".to_owned(),
            texte: "La liste a peut-être changé depuis.".to_owned(),
            action: Some(("Revenir au début de la liste".to_owned(), filtres.en_vue(Vue::Liste).adresse())),
        });
    }
    if *filtres == (Filtres { page: filtres.page, vue: filtres.vue, ..Filtres::default() }) {
        return Some(EtatVide {
            titre: "L’annuaire est encore vide".to_owned(),
            texte: "Un agent du site peut y importer les acteurs à partir du répertoire Sirene et de la liste des structures d’insertion.".to_owned(),
            action: None,
        });
    }
    Some(EtatVide {
        titre: "Aucun acteur ne répond à tous ces critères".to_owned(),
        texte:
            "Retirez un filtre, écrivez un seul mot, ou élargissez aux communes voisines. L’annuaire ne contient pas \
                tous les acteurs : la personne qui suit votre secteur en connaît d’autres."
                .to_owned(),
        action: Some(("Voir tous les acteurs".to_owned(), "/annuaire".to_owned())),
    })
}
