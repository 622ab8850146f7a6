//! The page of a portrait, its sheet of two pages, the list of portraits.

use askama::Template;
use axum::extract::Path;
use graphiques::Barres;
use socle::secteur;
use web::composants::{ChampTexte, Html, ResumeErreurs, Tableau};
use web::formulaire::{Erreurs, trouver_commune};
use web::{Cache, Cadre, Erreur, Reponse, cadre, texte};

use super::territoire::{Genre, Territoire, adresse};
use super::vue::Portrait;
use crate::liste::filtres::Vue;
use crate::liste::vu::ActeurVu;

#[derive(Template)]
#[template(path = "portrait.html")]
struct PagePortrait {
    titre: String,
    note: Option<String>,
    en_bref: Vec<String>,
    vide: bool,
    familles: Option<Barres>,
    agrements: Option<Barres>,
    effectifs: Option<Barres>,
    salaries: Option<String>,
    themes: Option<Tableau>,
    sans_taux: bool,
    manques: Vec<String>,
    juge: bool,
    surveilles: String,
    km: u16,
    carte: Html,
    par_commune: Option<Tableau>,
    acteurs: Vec<ActeurVu>,
    liste: Option<String>,
    vers_carte: Option<String>,
    fiche: String,
    integrer: Option<String>,
}

/// Rows of the table of themes on the sheet, and gaps told there: two pages of paper, whatever the territory.
const THEMES_IMPRIMES: usize = 14;
const MANQUES_IMPRIMES: usize = 6;

/// The first ones, and how many are left out.
fn les_premiers<T>(mut tous: Vec<T>, nombre: usize) -> (Vec<T>, u64) {
    let reste = tous.len().saturating_sub(nombre);
    tous.truncate(nombre);
    (tous, reste as u64)
}

#[derive(Template)]
#[template(path = "portrait_fiche.html")]
struct PageFiche {
    titre: String,
    le: String,
    note: Option<String>,
    en_bref: Vec<String>,
    familles: Option<Barres>,
    effectifs: Option<Barres>,
    salaries: Option<String>,
    themes: Option<Tableau>,
    /// Themes and gaps that only the page of the portrait tells.
    autres_themes: u64,
    manques: Vec<String>,
    autres_manques: u64,
    juge: bool,
    km: u16,
    carte: Html,
    acteurs: Vec<ActeurVu>,
    autres: bool,
    contact: String,
    adresse: String,
    retour: String,
}

async fn portrait(cadre: &Cadre, genre: &str, code: &str) -> Result<Portrait, Erreur> {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let territoire = Territoire::trouver(&tx, instance, genre, code).await?;
    Portrait::lire(&tx, instance, territoire).await
}

/// GET `/annuaire/portrait/{genre}/{code}`.
pub async fn montrer(cadre: Cadre, Path((genre, code)): Path<(String, String)>) -> Reponse {
    let instance = &cadre.instance;
    let portrait = portrait(&cadre, &genre, &code).await?;
    let territoire = &portrait.territoire;
    let titre = format!("Portrait : {}", territoire.nom);
    let avec = portrait.total() > 0;
    let page = PagePortrait {
        titre: titre.clone(),
        note: territoire.note.clone(),
        en_bref: portrait.en_bref(),
        vide: !avec,
        familles: portrait.familles(),
        agrements: portrait.agrements(),
        effectifs: portrait.effectifs(),
        salaries: portrait.salaries(),
        themes: portrait.themes(&cadre),
        sans_taux: portrait.sans_taux(),
        manques: portrait.manques(&cadre),
        juge: portrait.juge,
        surveilles: instance.locaux().themes.noms(&portrait.parametres.themes),
        km: portrait.parametres.km,
        carte: portrait.carte(instance),
        par_commune: portrait.par_commune(instance),
        acteurs: portrait.acteurs(instance).0,
        liste: avec.then(|| territoire.filtres.adresse()),
        vers_carte: avec.then(|| territoire.filtres.en_vue(Vue::Carte).adresse()),
        fiche: format!("{}/imprimer", territoire.adresse()),
        integrer: avec.then(|| territoire.filtres.sous("/integrer")),
    };
    let fil = [("Annuaire", "/annuaire"), ("Portraits de territoire", "/annuaire/portraits")];
    cadre.page(titre, &page)?.fil(&fil).cache(Cache::Public(300)).repondre()
}

/// GET `/annuaire/portrait/{genre}/{code}/imprimer`: two pages of paper.
pub async fn imprimer(cadre: Cadre, Path((genre, code)): Path<(String, String)>) -> Reponse {
    let instance = &cadre.instance;
    let portrait = portrait(&cadre, &genre, &code).await?;
    let territoire = &portrait.territoire;
    let titre = format!("Les acteurs de l’économie sociale et solidaire : {}", territoire.nom);
    let identite = cadre.identite();
    let joindre = [&identite.collectivite, &identite.telephone, &identite.courriel];
    let (acteurs, autres) = portrait.acteurs(instance);
    let (manques, autres_manques) = les_premiers(portrait.manques(&cadre), MANQUES_IMPRIMES);
    let mut themes = portrait.themes(&cadre);
    let mut autres_themes = 0;
    if let Some(table) = &mut themes {
        (table.lignes, autres_themes) = les_premiers(std::mem::take(&mut table.lignes), THEMES_IMPRIMES);
    }
    let page = PageFiche {
        titre: titre.clone(),
        le: texte::jour(instance.aujourd_hui()),
        note: territoire.note.clone(),
        en_bref: portrait.en_bref(),
        familles: portrait.familles(),
        effectifs: portrait.effectifs(),
        salaries: portrait.salaries(),
        themes,
        autres_themes,
        manques,
        autres_manques,
        juge: portrait.juge,
        km: portrait.parametres.km,
        carte: portrait.carte(instance),
        acteurs,
        autres,
        contact: joindre.into_iter().filter(|dit| !dit.is_empty()).cloned().collect::<Vec<_>>().join(" · "),
        adresse: instance.url(&territoire.adresse()),
        retour: territoire.adresse(),
    };
    let fil = [("Annuaire", "/annuaire"), (territoire.nom.as_str(), page.retour.as_str())];
    cadre.page(titre, &page)?.fil(&fil).cache(Cache::Public(300)).repondre()
}

struct Groupe {
    id: &'static str,
    titre: &'static str,
    liens: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "portraits.html")]
struct PagePortraits {
    resume: ResumeErreurs,
    commune: ChampTexte,
    tout: (String, String),
    groupes: Vec<Groupe>,
}

/// GET `/annuaire/portraits?commune=`: every territory; a commune typed goes to its portrait.
pub async fn lister(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let saisie = cadre.demande();
    let mut erreurs = Erreurs::default();
    match saisie.texte("commune").trim() {
        "" => {}
        saisi => match trouver_commune(instance, saisi) {
            Ok(code) => return Ok(cadre::aller(&cadre, &adresse(Genre::Commune, code.as_str()), "")),
            Err(phrase) => erreurs.ajouter("commune", phrase),
        },
    }
    let tx = instance.db.read().await?;
    let secteurs = secteur::tous(&tx).await?;
    drop(tx);
    let mut epci: Vec<(String, String)> = instance
        .perimetre()
        .communes()
        .filter_map(|code| instance.referentiel().epci_de(instance.referentiel().commune(code)?))
        .map(|epci| (epci.nom.to_owned(), adresse(Genre::Epci, epci.code.as_str())))
        .collect();
    epci.sort();
    epci.dedup();
    let mut cantons: Vec<(String, String)> = instance
        .cantons()
        .iter()
        .filter(|canton| canton.communes().next().is_some())
        .map(|canton| (canton.nom.to_owned(), adresse(Genre::Canton, canton.code)))
        .collect();
    cantons.sort();
    let du_departement =
        secteurs.into_iter().map(|secteur| (secteur.nom, adresse(Genre::Secteur, &secteur.nom_tri))).collect();
    let groupes = [
        Groupe { id: "secteurs", titre: "Secteurs du département", liens: du_departement },
        Groupe { id: "epci", titre: "Intercommunalités", liens: epci },
        Groupe { id: "cantons", titre: "Cantons", liens: cantons },
    ];
    let f = cadre.formulaire_avec(saisie, erreurs);
    let tout = Territoire::departement(instance);
    let page = PagePortraits {
        resume: f.resume(),
        commune: f.texte("commune", "Commune").commune(),
        tout: (tout.nom.clone(), tout.adresse()),
        groupes: groupes.into_iter().filter(|groupe| !groupe.liens.is_empty()).collect(),
    };
    cadre.page("Portraits de territoire", &page)?.fil(&[("Annuaire", "/annuaire")]).cache(Cache::Public(300)).repondre()
}
