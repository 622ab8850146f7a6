//! One search for the whole site: results by family, a few of each, and the way to the rest. What everyone may find is in the
//! index; the visitor's own (projects, requests, settings) and what is in memory (rules, help, words) is asked of the features.

use std::collections::HashMap;

use askama::Template;
use axum::http::header;
use axum::response::IntoResponse as _;
use platform::ReadTx;
use search::Requete;
use serde::Serialize;
use web::composants::{Bouton, EtatVide, Pagination};
use web::recherche::{Source, Trouve};
use web::trouvailles::{DemandeTrouver, Mots, Trouvailles};
use web::{Cache, Cadre, Erreur, Reponse, texte};

/// Results of each family, on the page of all of them.
const PAR_FAMILLE: usize = 8;
/// Results of one family alone.
const PAR_PAGE: usize = 50;
/// Results of one family that is not in the index.
const HORS_INDEX_MAX: usize = 200;
/// Longest text shown back.
const LONGUEUR: usize = 200;

struct Groupe {
    nom: &'static str,
    titre: &'static str,
    compte: String,
    nombre: String,
    trouves: Vec<Trouve>,
    suite: Option<String>,
    /// No result holds all the words as they were typed.
    approche: bool,
}

#[derive(Template)]
#[template(path = "recherche.html")]
struct PageRecherche {
    q: String,
    seul: bool,
    tous: String,
    approche: bool,
    groupes: Vec<Groupe>,
    vide: Option<EtatVide>,
    pagination: Pagination,
}

/// What is asked.
struct Demande {
    q: String,
    /// The name of one family alone, of the index or not; empty: all.
    dans: String,
    /// The same, of the index.
    seul: Option<&'static Source>,
    page: usize,
}

impl Demande {
    fn lire(cadre: &Cadre) -> Self {
        let saisie = cadre.demande();
        let dans = saisie.texte("dans");
        Self {
            q: saisie.texte("q").trim().chars().take(LONGUEUR).collect(),
            seul: cadre.instance.maison.sources().find(|source| source.nom == dans),
            dans: dans.to_owned(),
            page: saisie.texte("page").parse().unwrap_or(1).clamp(1, 1_000),
        }
    }

    fn adresse(&self, page: &str) -> String {
        let q: String = form_urlencoded::byte_serialize(self.q.as_bytes()).collect();
        format!("{page}?q={q}")
    }

    fn adresse_de(&self, source: &Source) -> String {
        source
            .page
            .map_or_else(|| format!("{}&dans={}", self.adresse("/recherche"), source.nom), |page| self.adresse(page))
    }
}

/// GET `/recherche?q=`; `dans` shows one family alone, page by page.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let demande = Demande::lire(&cadre);
    let hors_index = hors_index(&cadre, &demande).await?;
    // A family that nobody knows is every family.
    let une_de_celles_la = hors_index.iter().any(|famille| famille.nom == demande.dans);
    let (mut groupes, mut total) = (Vec::new(), 0);
    if !demande.q.is_empty() && !une_de_celles_la {
        (groupes, total) = dans_l_index(&cadre, &demande, true).await?;
        // Close answers only help where nothing answers exactly.
        if groupes.is_empty() && hors_index.is_empty() {
            (groupes, total) = dans_l_index(&cadre, &demande, false).await?;
        }
    }
    let (avant, apres): (Vec<Trouvailles>, _) = hors_index
        .into_iter()
        .filter(|famille| demande.seul.is_none() && (!une_de_celles_la || famille.nom == demande.dans))
        .partition(|famille| famille.avant);
    let du_visiteur = avant.into_iter().map(|famille| Groupe::hors_index(famille, &demande));
    let autres = apres.into_iter().map(|famille| Groupe::hors_index(famille, &demande));
    let groupes: Vec<Groupe> = du_visiteur.chain(groupes).chain(autres).collect();
    let q = &demande.q;
    let vide = (groupes.is_empty() && !q.is_empty()).then(|| EtatVide {
        titre: format!("Rien ne répond à « {q} »"),
        texte: "Essayez un mot plus simple, ou un seul mot. Vous pouvez aussi chercher par commune.".to_owned(),
        action: Some(("Chercher une commune".to_owned(), "/communes".to_owned())),
    });
    let titre = if q.is_empty() { "Rechercher".to_owned() } else { format!("Recherche : {q}") };
    let (total, base) = match demande.seul {
        Some(seul) => (total, format!("{}&dans={}", demande.adresse("/recherche"), seul.nom)),
        None => (0, demande.adresse("/recherche")),
    };
    let page = PageRecherche {
        seul: demande.seul.is_some() || une_de_celles_la,
        tous: demande.adresse("/recherche"),
        approche: groupes.iter().any(|groupe| groupe.approche),
        groupes,
        vide,
        pagination: Pagination::nouvelle(&base, demande.page as u64, total as u64, PAR_PAGE as u64),
        q: demande.q,
    };
    cadre.page(titre, &page)?.cache(Cache::Public(60)).repondre()
}

/// What answers in the index, by family, and how many in the last one.
async fn dans_l_index(cadre: &Cadre, demande: &Demande, exacte: bool) -> Result<(Vec<Groupe>, usize), Erreur> {
    let tx = cadre.instance.db.read().await?;
    let (mut groupes, mut total) = (Vec::new(), 0);
    for source in cadre.instance.maison.sources().filter(|s| demande.seul.is_none_or(|seul| seul.nom == s.nom)) {
        if let Some((groupe, combien)) = chercher(&tx, cadre, source, demande, exacte).await? {
            groupes.push(groupe);
            total = combien;
        }
    }
    Ok((groupes, total))
}

/// Families that are not in the index: the visitor's own, and what is in memory. As many statements whatever is found.
async fn hors_index(cadre: &Cadre, demande: &Demande) -> Result<Vec<Trouvailles>, Erreur> {
    let mots = Mots::de(&demande.q);
    if mots.sont_vides() || demande.seul.is_some() {
        return Ok(Vec::new());
    }
    let tx = cadre.instance.db.read().await?;
    let max = if demande.dans.is_empty() { PAR_FAMILLE } else { HORS_INDEX_MAX };
    let demande = DemandeTrouver { tx: &tx, cadre, q: &demande.q, mots: &mots, max };
    Ok(cadre.instance.maison.trouver(&demande).await)
}

impl Groupe {
    fn hors_index(famille: Trouvailles, demande: &Demande) -> Self {
        let toutes = || format!("{}&dans={}", demande.adresse("/recherche"), famille.nom);
        let reste = famille.total > famille.trouves.len();
        Self {
            compte: compte(famille.total),
            nombre: famille.total.to_string(),
            suite: reste.then(|| famille.suite.clone().unwrap_or_else(toutes)),
            nom: famille.nom,
            titre: famille.titre,
            trouves: famille.trouves,
            approche: false,
        }
    }
}

fn compte(total: usize) -> String {
    texte::accorde(u64::try_from(total).unwrap_or(u64::MAX), "résultat", "résultats")
}

/// Source of the directory in the index.
const STRUCTURES: &str = "acteur";

#[derive(Serialize)]
struct Suggestion {
    libelle: String,
}

/// GET `/structures.json?q=`: the names of the directory that the picker shows while one types.
pub async fn structures(cadre: Cadre) -> Reponse {
    let demande = Demande::lire(&cadre);
    let annuaire = cadre.instance.maison.sources().find(|source| source.nom == STRUCTURES);
    let trouvees = match annuaire {
        Some(source) if !demande.q.is_empty() => {
            chercher(&cadre.instance.db.read().await?, &cadre, source, &demande, false).await?
        }
        _ => None,
    };
    let suggestions: Vec<Suggestion> = trouvees
        .into_iter()
        .flat_map(|(groupe, _)| groupe.trouves)
        .map(|trouve| Suggestion { libelle: trouve.titre })
        .collect();
    let entetes = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=60")];
    Ok((entetes, serde_json::to_string(&suggestions)?).into_response())
}

/// What answers in one family, and how many in all. The index is only a cache: rights are asked again of the database,
/// and a family of which nothing may be shown is not named.
async fn chercher(
    tx: &ReadTx,
    cadre: &Cadre,
    source: &'static Source,
    demande: &Demande,
    exacte: bool,
) -> Result<Option<(Groupe, usize)>, Erreur> {
    let instance = &cadre.instance;
    let nombre = if demande.seul.is_some() { PAR_PAGE } else { PAR_FAMILLE };
    let premier = if demande.seul.is_some() { (demande.page - 1) * PAR_PAGE } else { 0 };
    let requete =
        Requete { source: source.nom, texte: demande.q.clone(), premier, nombre, exacte, ..Requete::default() };
    let resultat = instance.index.chercher(&requete).map_err(Erreur::interne)?;
    if resultat.sans_mot || resultat.ids.is_empty() {
        return Ok(None);
    }
    let montres = (source.montrer)(tx, instance, &resultat.ids).await?;
    let mut par_id: HashMap<String, Trouve> = montres.into_iter().map(|t| (t.id.clone(), t)).collect();
    let trouves: Vec<Trouve> = resultat.ids.iter().filter_map(|id| par_id.remove(id)).collect();
    if trouves.is_empty() {
        return Ok(None);
    }
    let groupe = Groupe {
        nom: source.nom,
        titre: source.titre,
        compte: compte(resultat.total),
        nombre: resultat.total.to_string(),
        trouves,
        suite: (demande.seul.is_none() && resultat.total > PAR_FAMILLE).then(|| demande.adresse_de(source)),
        approche: resultat.partiel || !resultat.approches.is_empty(),
    };
    Ok(Some((groupe, resultat.total)))
}
