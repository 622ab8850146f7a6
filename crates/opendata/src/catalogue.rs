//! The page of the catalogue, in plain French.

use askama::Template;
use web::composants::{Cellule, EtatVide, Tableau};
use web::ouvert::Jeu;
use web::{Cache, Cadre, Reponse, texte};

use crate::format::Format;

/// Address of a file.
pub(crate) fn adresse(jeu: &Jeu, format: Format) -> String {
    format!("/donnees/{}.{format}", jeu.id)
}

struct JeuVu {
    id: &'static str,
    titre: &'static str,
    description: &'static str,
    compte: String,
    modifie: Option<String>,
    fichiers: Vec<(String, &'static str, &'static str)>,
    colonnes: Tableau,
}

#[derive(Template)]
#[template(path = "catalogue.html")]
struct PageCatalogue {
    jeux: Vec<JeuVu>,
    vide: EtatVide,
    avec_api: bool,
    moissonnage: String,
    source: String,
}

/// GET `/donnees`.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let mut jeux = Vec::new();
    for jeu in instance.maison.jeux() {
        let etat = (jeu.etat)(&tx, instance).await?;
        jeux.push(JeuVu {
            id: jeu.id,
            titre: jeu.titre,
            description: jeu.description,
            compte: texte::accorde(etat.lignes, "ligne", "lignes"),
            modifie: etat.modifie_le.map(|le| texte::jour(instance.jour_de(le))),
            fichiers: Format::du(jeu).map(|f| (adresse(jeu, f), f.libelle(), f.usage())).collect(),
            colonnes: Tableau {
                legende: format!("Colonnes : {}", jeu.titre),
                colonnes: ["Colonne", "Genre", "Ce que c’est"].map(str::to_owned).to_vec(),
                lignes: jeu
                    .colonnes
                    .iter()
                    .map(|c| [c.nom, c.genre.libelle(), c.sens].map(Cellule::texte).to_vec())
                    .collect(),
            },
        });
    }
    drop(tx);
    let page = PageCatalogue {
        jeux,
        vide: EtatVide {
            titre: "Aucun jeu de données pour l’instant".to_owned(),
            texte: "Ce site ne publie encore rien sous cette forme.".to_owned(),
            action: None,
        },
        avec_api: instance.maison.features.iter().any(|feature| feature.api.is_some()),
        moissonnage: instance.url("/donnees/catalogue.jsonld"),
        source: cadre.identite().collectivite.clone(),
    };
    cadre.page("Données ouvertes", &page)?.cache(Cache::Public(300)).repondre()
}
