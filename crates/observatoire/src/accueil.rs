//! The home page: a mayor understands it in ten seconds.

use askama::Template;
use socle::projet;
use web::brouillon::Brouillons;
use web::composants::{Bouton, Dessin, Html, Icone, Illustration, Poids, Signe};
use web::{Cache, Cadre, Instance, Reponse, textes};

struct Vu {
    titre: String,
    url: String,
    commune: String,
    etape: &'static str,
}

/// What the agent of the site may change.
struct Textes {
    titre: String,
    accroche: String,
    prive: String,
    contact: String,
    gratuit: String,
    annonce: Option<Html>,
}

impl Textes {
    fn lire(instance: &Instance) -> Self {
        let texte = |cle| instance.texte(cle);
        let annonce = texte("accueil.annonce");
        Self {
            titre: texte("accueil.titre"),
            accroche: texte("accueil.accroche"),
            prive: texte("accueil.prive"),
            contact: texte("accueil.contact"),
            gratuit: texte("accueil.gratuit"),
            annonce: (!annonce.is_empty()).then(|| Html(textes::en_html(&annonce))),
        }
    }
}

#[derive(Template)]
#[template(path = "accueil.html")]
struct Accueil {
    collectivite: String,
    textes: Textes,
    brouillons: Brouillons,
    projets: Vec<Vu>,
    communes: usize,
}

/// GET. Kept for a minute by anyone, unless it shows a draft of this browser.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let projets = projet::publics(&tx, None, 3).await?;
    let page = Accueil {
        brouillons: Brouillons::du_visiteur(&cadre, &tx).await?,
        textes: Textes::lire(instance),
        collectivite: cadre.identite().collectivite.clone(),
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
