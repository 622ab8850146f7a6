//! The home page: a mayor understands it in ten seconds.

use askama::Template;
use socle::projet;
use web::{Cache, Cadre, Reponse, actifs};

struct Vu {
    titre: String,
    url: String,
    commune: String,
    etape: &'static str,
}

#[derive(Template)]
#[template(path = "accueil.html")]
struct Accueil {
    collectivite: String,
    illustration: String,
    projets: Vec<Vu>,
    communes: usize,
}

/// GET.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let projets = projet::publics(&tx, None, 3).await?;
    let page = Accueil {
        collectivite: cadre.identite().collectivite.clone(),
        illustration: actifs::url("accueil.svg"),
        communes: instance.perimetre().nombre(),
        projets: projets
            .into_iter()
            .map(|p| Vu {
                url: format!("/projets/{}", p.reference),
                commune: instance.referentiel().nom_commune(&p.commune).to_owned(),
                etape: p.etape.libelle(),
                titre: p.titre,
            })
            .collect(),
    };
    cadre.page("Accueil", &page)?.cache(Cache::Public(60)).repondre()
}
