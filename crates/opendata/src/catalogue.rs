//! The page of the catalogue, in plain French.

use askama::Template;
use web::composants::{Cellule, EtatVide, Tableau};
use web::ouvert::{Etat, Jeu};
use web::{Cache, Cadre, Erreur, Instance, Reponse, texte};

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

/// Every table, as it is now.
pub(crate) async fn etats(instance: &Instance) -> Result<Vec<(&'static Jeu, Etat)>, Erreur> {
    let tx = instance.db.read().await?;
    let mut etats = Vec::new();
    for jeu in instance.maison.jeux() {
        etats.push((jeu, (jeu.etat)(&tx, instance).await?));
    }
    Ok(etats)
}

fn vu(instance: &Instance, jeu: &'static Jeu, etat: &Etat) -> JeuVu {
    JeuVu {
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
    }
}

/// GET `/donnees`.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let etats = etats(instance).await?;
    let page = PageCatalogue {
        jeux: etats.iter().map(|(jeu, etat)| vu(instance, jeu, etat)).collect(),
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
