//! The page of the list. Rights are asked again of the database: the index is only a cache.

use askama::Template;
use search::{Requete, Resultat};
use web::composants::{CarteVive, Depliant, EtatVide, FiltresActifs, Html, Onglets, Pagination, Tableau};
use web::{Cache, Cadre, Erreur, Instance, Reponse, cadre, texte};

use super::carte::{POINTS_MAX, carte, points};
use super::choix::Recherche;
use super::demande::{Demande, interroger};
use super::filtres::{Filtres, Vue};
use super::impression::imprimer;
use super::storage::{self, Ligne};
use super::tableau::tableau;
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
    carte: Option<(Html, CarteVive)>,
    /// What the shades of the map say.
    communes: Option<Depliant>,
    tableau: Option<Tableau>,
    vues: Onglets,
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

/// Other ways of taking the same.
struct Vers {
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
    let vue = filtres.vue;
    demande.requete.facettes = if vue == Vue::Carte { AXES_DE_LA_CARTE } else { AXES };
    let (resultat, ids) = demander(instance, &mut demande.requete, filtres)?;
    let lignes = storage::lignes(&tx, &ids, instance.aujourd_hui()).await?;
    let points = match vue {
        Vue::Carte if resultat.total <= POINTS_MAX => {
            Some(points(instance, &demande.requete, storage::places(&tx, &resultat.ids).await?))
        }
        _ => None,
    };
    let dessinee = (vue == Vue::Carte && resultat.total > 0).then(|| {
        let (dessin, vive, communes) = carte(&cadre, filtres, &demande.requete, &resultat, (points, "la liste"));
        ((dessin, vive), Depliant::nouveau("Combien d’acteurs par commune", Html(communes.to_string())))
    });
    let (carte, communes) = dessinee.unzip();
    let total = u64::try_from(resultat.total).unwrap_or(u64::MAX);
    let en_liste = filtres.en_vue(Vue::Liste);
    let page = PageListe {
        recherche: Recherche::nouvelle(&cadre, &demande, &resultat),
        actifs: FiltresActifs { actifs: filtres.actifs(instance, &demande.secteurs), tout: "/annuaire".to_owned() },
        compte: texte::accorde(total, "acteur", "acteurs"),
        notes: notes(&demande, &resultat),
        garder: Garder::nouveau(&cadre, &en_liste),
        pagination: Pagination::nouvelle(&filtres.en_vue(vue).adresse(), filtres.page as u64, total, PAR_PAGE as u64),
        carte,
        communes,
        tableau: (vue != Vue::Liste && !lignes.is_empty()).then(|| tableau(instance, &lignes)),
        acteurs: if vue == Vue::Liste { en_cartes(instance, filtres, lignes) } else { Vec::new() },
        vues: vues(filtres),
        vers: Vers {
            impression: filtres.en_vue(Vue::Impression).adresse(),
            export: en_liste.chaine(),
            integrer: en_liste.sous("/integrer"),
        },
        vide: vide(filtres, &resultat, ids.is_empty()),
        proposer: proposer(cadre.demande().texte("q"), resultat.total),
    };
    cadre.page("Annuaire", &page)?.flux(flux::TITRE, flux::ADRESSE).cache(Cache::Public(60)).repondre()
}

/// What the index answers, and the ids of the rows of this page. A map draws more of them than a page names.
fn demander(instance: &Instance, requete: &mut Requete, filtres: &Filtres) -> Result<(Resultat, Vec<String>), Erreur> {
    let premier = (filtres.page - 1) * PAR_PAGE;
    if filtres.vue != Vue::Carte {
        (requete.premier, requete.nombre) = (premier, PAR_PAGE);
        let resultat = interroger(instance, requete)?;
        let ids = resultat.ids.clone();
        return Ok((resultat, ids));
    }
    requete.nombre = POINTS_MAX;
    let resultat = interroger(instance, requete)?;
    let ids = if premier < POINTS_MAX {
        resultat.ids.iter().skip(premier).take(PAR_PAGE).cloned().collect()
    } else {
        interroger(instance, &Requete { premier, nombre: PAR_PAGE, facettes: &[], ..requete.clone() })?.ids
    };
    Ok((resultat, ids))
}

/// Same answer, other ways: each one has its address.
fn vues(filtres: &Filtres) -> Onglets {
    let adresse = |vue| filtres.en_vue(vue).adresse();
    let (liste, tableau, carte) = (adresse(Vue::Liste), adresse(Vue::Tableau), adresse(Vue::Carte));
    let onglets = [("Liste", liste.as_str()), ("Tableau", &tableau), ("Carte", &carte)];
    Onglets::nouveaux("Montrer l’annuaire", &onglets, &adresse(filtres.vue))
}

fn en_cartes(instance: &Instance, filtres: &Filtres, lignes: Vec<Ligne>) -> Vec<ActeurVu> {
    let vu = |ligne: Ligne| {
        let ou = ligne.commune.clone();
        ActeurVu::nouveau(instance, ligne).loin_de(instance, filtres, ou.as_ref())
    };
    lignes.into_iter().map(vu).collect()
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

fn vide(filtres: &Filtres, resultat: &Resultat, page_vide: bool) -> Option<EtatVide> {
    if resultat.total > 0 {
        return page_vide.then(|| EtatVide {
            titre: "Il n’y a plus d’acteur à cette page".to_owned(),
            texte: "La liste a peut-être changé depuis.".to_owned(),
            action: Some(("Revenir au début de la liste".to_owned(), filtres.en_vue(filtres.vue).adresse())),
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
