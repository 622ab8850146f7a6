//! The list to print.

use askama::Template;
use platform::ReadTx;
use web::composants::Tableau;
use web::{Cache, Cadre, Reponse, texte};

use super::demande::{Demande, interroger};
use super::filtres::Vue;
use super::storage;
use super::tableau::tableau;

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
        tableau: tableau(instance, &lignes),
        retour: demande.filtres.en_vue(Vue::Liste).adresse(),
    };
    cadre.page("Annuaire à imprimer", &page)?.fil(&[("Annuaire", "/annuaire")]).cache(Cache::Public(60)).repondre()
}
