//! The list to print.

use askama::Template;
use platform::ReadTx;
use web::composants::{Cellule, Tableau};
use web::{Cache, Cadre, Instance, Reponse, texte};

use super::demande::{Demande, interroger};
use super::filtres::Vue;
use super::storage::{self, Ligne};

/// Rows printed at most: beyond, the exports serve better.
const IMPRESSION_MAX: usize = 1_000;

#[derive(Template)]
#[template(path = "impression.html")]
struct PageImpression {
    demande: String,
    le: String,
    compte: String,
    manque: Option<String>,
    tableau: Tableau,
    retour: String,
}

pub(super) async fn imprimer(cadre: &Cadre, tx: &ReadTx, mut demande: Demande) -> Reponse {
    let instance = &cadre.instance;
    demande.requete.nombre = IMPRESSION_MAX;
    let resultat = interroger(instance, &demande.requete)?;
    let lignes = storage::lignes(tx, &resultat.ids, instance.aujourd_hui()).await?;
    let total = u64::try_from(resultat.total).unwrap_or(u64::MAX);
    let page = PageImpression {
        demande: demande.en_mots(instance),
        le: texte::jour(instance.aujourd_hui()),
        compte: texte::accorde(total, "acteur", "acteurs"),
        manque: (resultat.total > IMPRESSION_MAX).then(|| {
            format!(
                "Seuls les {} premiers sont imprimés. Filtrez, ou prenez le tableau complet à télécharger.",
                domain::cents::milliers(IMPRESSION_MAX as u64)
            )
        }),
        tableau: Tableau {
            legende: "Acteurs".to_owned(),
            colonnes: ["Nom", "Forme", "Commune", "Thèmes", "Agréments", "ESS selon la loi"]
                .map(str::to_owned)
                .to_vec(),
            lignes: lignes.iter().map(|ligne| en_cellules(instance, ligne)).collect(),
        },
        retour: demande.filtres.en_vue(Vue::Liste).adresse(),
    };
    cadre.page("Annuaire à imprimer", &page)?.fil(&[("Annuaire", "/annuaire")]).cache(Cache::Public(60)).repondre()
}

fn en_cellules(instance: &Instance, ligne: &Ligne) -> Vec<Cellule> {
    let agrements: Vec<&str> = ligne.agrements().iter().map(|genre| genre.libelle()).collect();
    let nom = if ligne.exemple { format!("{} (exemple)", ligne.nom) } else { ligne.nom.clone() };
    vec![
        Cellule::lien(&format!("/annuaire/{}", ligne.reference), &nom),
        Cellule::texte(ligne.famille.libelle()),
        Cellule::texte(ligne.commune.as_ref().map_or("–", |code| instance.referentiel().nom_commune(code))),
        Cellule::texte(ligne.resume_themes(&instance.locaux().themes).unwrap_or_default()),
        Cellule::texte(agrements.join(", ")),
        Cellule::texte(ligne.ess_loi.libelle()),
    ]
}
