//! One search for the whole site: results by family, a few of each, and the way to the rest.

use std::collections::HashMap;

use askama::Template;
use search::Requete;
use web::composants::EtatVide;
use web::recherche::{Source, Trouve};
use web::{Cache, Cadre, Erreur, Reponse, Saisie, texte};

/// Results of each family.
const PAR_FAMILLE: usize = 8;
/// Longest text shown back.
const LONGUEUR: usize = 200;

struct Groupe {
    nom: &'static str,
    titre: &'static str,
    compte: String,
    trouves: Vec<Trouve>,
    suite: Option<String>,
}

#[derive(Template)]
#[template(path = "recherche.html")]
struct PageRecherche {
    q: String,
    groupes: Vec<Groupe>,
    vide: Option<EtatVide>,
}

/// GET `/recherche?q=`.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let saisie = cadre.uri.query().map(|q| Saisie::decoder(q.as_bytes())).unwrap_or_default();
    let q: String = saisie.texte("q").trim().chars().take(LONGUEUR).collect();
    let mut groupes = Vec::new();
    if !q.is_empty() {
        for source in cadre.instance.maison.sources() {
            groupes.extend(chercher(&cadre, source, &q).await?);
        }
    }
    let vide = (groupes.is_empty() && !q.is_empty()).then(|| EtatVide {
        titre: format!("Rien ne répond à « {q} »"),
        texte: "Essayez un mot plus simple, ou un seul mot. Vous pouvez aussi chercher par commune.".to_owned(),
        action: Some(("Chercher une commune".to_owned(), "/communes".to_owned())),
    });
    let titre = if q.is_empty() { "Rechercher".to_owned() } else { format!("Recherche : {q}") };
    cadre.page(titre, &PageRecherche { q, groupes, vide })?.cache(Cache::Public(60)).repondre()
}

async fn chercher(cadre: &Cadre, source: &'static Source, q: &str) -> Result<Option<Groupe>, Erreur> {
    let instance = &cadre.instance;
    let requete = Requete { source: source.nom, texte: q.to_owned(), nombre: PAR_FAMILLE, ..Requete::default() };
    let resultat = instance.index.chercher(&requete).map_err(Erreur::interne)?;
    if resultat.sans_mot || resultat.ids.is_empty() {
        return Ok(None);
    }
    let tx = instance.db.read().await?;
    let montres = (source.montrer)(&tx, instance, &resultat.ids).await?;
    let mut par_id: HashMap<String, Trouve> = montres.into_iter().map(|t| (t.id.clone(), t)).collect();
    let adresse: String = form_urlencoded::byte_serialize(q.as_bytes()).collect();
    Ok(Some(Groupe {
        nom: source.nom,
        titre: source.titre,
        compte: texte::accorde(u64::try_from(resultat.total).unwrap_or(u64::MAX), "résultat", "résultats"),
        trouves: resultat.ids.iter().filter_map(|id| par_id.remove(id)).collect(),
        suite: (resultat.total > PAR_FAMILLE).then(|| format!("{}?q={adresse}", source.page)),
    }))
}
