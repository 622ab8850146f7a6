//! Actors on the page of a commune: those of the commune, then how many around, by theme. One statement.

use std::collections::BTreeSet;

use askama::Template;
use domain::theme::Theme;
use search::Requete;
use web::Erreur;
use web::feature::{DemandeCommune, Panneau};

use crate::liste::autour::Autour;
use crate::liste::demande::interroger;
use crate::liste::filtres::Filtres;
use crate::liste::storage;
use crate::liste::vu::ActeurVu;
use crate::portrait::territoire;
use crate::recherche::axe;

/// Actors named; the list has the others.
const NOMMES: usize = 12;

struct ThemeAutour {
    libelle: String,
    nombre: usize,
    url: String,
}

#[derive(Template)]
#[template(path = "panneau_commune.html")]
struct CorpsPanneau {
    commune: String,
    acteurs: Vec<ActeurVu>,
    tous: Option<(usize, String)>,
    autour: Vec<ThemeAutour>,
    portrait: String,
    integrer: String,
}

pub(crate) async fn commune(demande: &DemandeCommune<'_>) -> Result<Option<Panneau>, Erreur> {
    let instance = &demande.cadre.instance;
    let ici = Filtres { commune: Some(demande.faits.code.clone()), page: 1, ..Filtres::default() };
    let avec_voisines = Filtres { autour: Autour::Voisines, ..ici.clone() };
    let de_la_commune = interroger(instance, &Requete { nombre: NOMMES, ..ici.requete(instance, Vec::new()) })?;
    let voisins =
        interroger(instance, &Requete { facettes: &[axe::THEME], ..avec_voisines.requete(instance, Vec::new()) })?;
    let lignes = storage::lignes(demande.tx, &de_la_commune.ids, instance.aujourd_hui()).await?;
    let themes: BTreeSet<Theme> =
        Theme::TOUS.iter().copied().filter(|theme| voisins.compte(axe::THEME, theme.as_str()) > 0).collect();
    let corps = CorpsPanneau {
        portrait: territoire::adresse(territoire::Genre::Commune, demande.faits.code.as_str()),
        integrer: format!("/integrer?{}", ici.chaine()),
        commune: demande.faits.nom.clone(),
        tous: (de_la_commune.total > lignes.len()).then(|| (de_la_commune.total, ici.adresse())),
        acteurs: lignes.into_iter().map(|ligne| ActeurVu::nouveau(instance, ligne)).collect(),
        autour: themes
            .into_iter()
            .map(|theme| ThemeAutour {
                libelle: instance.locaux().themes.nom(theme).to_owned(),
                nombre: voisins.compte(axe::THEME, theme.as_str()),
                url: Filtres { theme: Some(theme), ..avec_voisines.clone() }.adresse(),
            })
            .collect(),
    };
    Ok(Some(Panneau { id: "acteurs", titre: "Acteurs".to_owned(), corps: corps.render()?, plie: false }))
}
