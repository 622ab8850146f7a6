//! Published projects on a map of the communes, and the same as a table.

use askama::Template;
use domain::code::CodeCommune;
use geo::Carte;
use socle::projet;
use std::collections::BTreeSet;
use web::composants::{Cellule, EtatVide, Html, Tableau};
use web::{Cache, Cadre, Reponse, texte};

/// Projects named under the map, last published first; every commune of a published project is on the map.
const LIMITE: u64 = 100;

#[derive(Template)]
#[template(path = "carte.html")]
struct PageCarte {
    carte: Html,
    tableau: Option<Tableau>,
    vide: EtatVide,
}

/// GET.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let projets = projet::publics(&tx, None, LIMITE).await?;
    let communes = projet::publics_par_commune(&tx).await?;
    let avec: BTreeSet<&CodeCommune> = communes.iter().map(|publics| &publics.commune).collect();
    let total = communes.iter().filter_map(|publics| u64::try_from(publics.nombre).ok()).sum();
    let titre = format!("Communes où un projet est publié, {}", cadre.identite().collectivite);
    let mut carte = Carte::nouvelle("carte-projets", titre, "Le tableau sous la carte nomme les derniers projets");
    for commune in instance.perimetre().communes() {
        let classe = if avec.contains(commune) { "sel" } else { "commune" };
        carte.commune(commune, classe, Some(format!("/communes/{commune}")));
    }
    let page = PageCarte {
        carte: Html(carte.svg()),
        tableau: (!projets.is_empty()).then(|| Tableau {
            legende: legende(total),
            colonnes: ["Projet", "Commune", "Étape", "Publié le"].map(str::to_owned).to_vec(),
            lignes: projets
                .iter()
                .map(|p| {
                    vec![
                        Cellule::lien(&format!("/projets/{}", p.reference), &p.titre),
                        Cellule::lien(
                            &format!("/communes/{}", p.commune),
                            instance.referentiel().nom_commune(&p.commune),
                        ),
                        Cellule::texte(p.etape.libelle()),
                        Cellule::texte(p.publie_le.map(|le| texte::jour(instance.jour_de(le))).unwrap_or_default()),
                    ]
                })
                .collect(),
        }),
        vide: EtatVide {
            titre: "Aucun projet publié pour l’instant".to_owned(),
            texte: "Un projet reste privé tant que ceux qui le portent ne le publient pas.".to_owned(),
            action: Some(("Décrire un projet".to_owned(), "/projets/nouveau".to_owned())),
        },
    };
    cadre.page("Ce qui se fait", &page)?.cache(Cache::Public(300)).repondre()
}

fn legende(total: u64) -> String {
    let publies = texte::accorde(total, "projet publié", "projets publiés");
    if total > LIMITE { format!("{publies} : voici les {LIMITE} derniers") } else { publies }
}
