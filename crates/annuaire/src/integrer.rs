//! The directory on another site: a page made to stand in a frame (no layout, no script, no cookie, its style inside), and
//! the page that gives the code to copy. Only that page may be framed elsewhere.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::theme::Theme;
use search::Requete;
use web::cadre::Encadrable;
use web::composants::{ChampTexte, Html, OptionDeChamp, ResumeErreurs, Selection, Tableau};
use web::{Cache, Cadre, Reponse, Saisie, texte};

use crate::liste::autour::Autour;
use crate::liste::carte::carte;
use crate::liste::choix::autour;
use crate::liste::demande::{Demande, interroger};
use crate::liste::filtres::{Filtres, Vue};
use crate::liste::storage;
use crate::liste::vu::ActeurVu;
use crate::recherche::axe;

/// All of its style: nothing else is loaded.
const STYLE: &str = include_str!("integrer.css");
/// How many actors a frame may show.
const NOMBRES: [usize; 4] = [10, 20, 30, 50];
/// As shipped.
const NOMBRE: usize = 20;

fn nombre(saisie: &Saisie) -> usize {
    saisie.texte("nombre").parse().ok().filter(|n| NOMBRES.contains(n)).unwrap_or(NOMBRE)
}

#[derive(Template)]
#[template(path = "integrer_cadre.html")]
struct PageEncadree<'a> {
    titre: String,
    nonce: &'a str,
    accent: &'a str,
    style: &'static str,
    compte: String,
    acteurs: Vec<ActeurVu>,
    carte: Option<(Html, Tableau)>,
    tout: String,
    nom: &'a str,
}

/// GET `/integrer/annuaire`: what stands in the frame.
pub async fn encadrer(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let mut demande = Demande::lire(&tx, &cadre.instance, cadre.demande()).await?.qui_sort();
    // A filter left out would show the whole département on the site of a commune, in silence.
    if !demande.erreurs.est_vide() || demande.perdu().is_some() {
        return refuser(&cadre);
    }
    let en_carte = demande.filtres.vue == Vue::Carte;
    demande.requete.nombre = if en_carte { 0 } else { nombre(&demande.saisie) };
    demande.requete.facettes = if en_carte { &[axe::COMMUNE] } else { &[] };
    let resultat = interroger(instance, &demande.requete)?;
    let lignes = storage::lignes(&tx, &resultat.ids, instance.aujourd_hui()).await?;
    drop(tx);
    let identite = cadre.identite();
    let page = PageEncadree {
        titre: demande.en_mots(instance),
        nonce: &cadre.nonce,
        accent: &identite.accent,
        style: STYLE,
        compte: texte::accorde(resultat.total as u64, "acteur", "acteurs"),
        acteurs: lignes.into_iter().map(|ligne| ActeurVu::nouveau(instance, ligne)).collect(),
        carte: (en_carte && resultat.total > 0).then(|| {
            let (dessin, _, tableau) =
                carte(&cadre, &demande.filtres, &demande.requete, &resultat, (None, "le tableau"));
            (dessin, tableau)
        }),
        tout: demande.filtres.en_vue(Vue::Liste).adresse(),
        nom: &identite.nom,
    };
    Ok(encadree(&cadre, StatusCode::OK, &page.render()?))
}

#[derive(Template)]
#[template(path = "integrer_refus.html")]
struct PageRefus<'a> {
    nonce: &'a str,
    accent: &'a str,
    style: &'static str,
    nom: &'a str,
}

/// In a frame, the ordinary page of errors would not show: it refuses to be framed.
fn refuser(cadre: &Cadre) -> Reponse {
    let identite = cadre.identite();
    let page = PageRefus { nonce: &cadre.nonce, accent: &identite.accent, style: STYLE, nom: &identite.nom };
    Ok(encadree(cadre, StatusCode::BAD_REQUEST, &page.render()?))
}

/// An answer that may stand in a frame. Its links open this site, whole, beside it: its pages refuse to be framed.
fn encadree(cadre: &Cadre, statut: StatusCode, html: &str) -> Response {
    let ailleurs = format!("target=\"_blank\" rel=\"noopener\" href=\"{}/", cadre.instance.url(""));
    let html = web::typographie::composer(html).replace("href=\"/", &ailleurs);
    let cache = if statut == StatusCode::OK { "public, max-age=300" } else { "no-store" };
    let entetes = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, cache)];
    let mut reponse = (statut, entetes, html).into_response();
    reponse.extensions_mut().insert(Encadrable);
    reponse
}

#[derive(Template)]
#[template(path = "integrer.html")]
struct PageIntegrer {
    resume: ResumeErreurs,
    commune: ChampTexte,
    autour: Selection,
    theme: Selection,
    vue: Selection,
    nombre: Selection,
    /// Filters that have no field here, kept.
    gardes: Vec<(&'static str, String)>,
    demande: String,
    compte: String,
    code: String,
    apercu: String,
}

/// GET `/integrer`: chooses what is shown, gives the code to copy, shows it.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let demande = Demande::lire(&tx, &cadre.instance, cadre.demande()).await?.qui_sort();
    drop(tx);
    let (filtres, nombre) = (&demande.filtres, nombre(&demande.saisie));
    let resultat = interroger(instance, &Requete { nombre: 0, ..demande.requete.clone() })?;
    let champs = if demande.erreurs.est_vide() { filtres.saisie(instance) } else { demande.saisie.clone() };
    let champs = champs.sans("nombre").avec("nombre", nombre.to_string());
    let f = cadre.formulaire_avec(champs, demande.erreurs.clone());
    let locaux = instance.locaux();
    let themes = locaux.themes.grouper(Theme::TOUS.iter().map(|t| (*t, locaux.themes.nom(*t).to_owned())));
    let vues = [OptionDeChamp::nouvelle("", "Une liste"), OptionDeChamp::nouvelle("carte", "Une carte par commune")];
    let apercu = adresse(filtres, nombre);
    let quoi = demande.en_mots(instance);
    let page = PageIntegrer {
        resume: f.resume(),
        commune: f.texte("commune", "Commune").commune().aide("Laissez vide pour tout le département."),
        autour: f.selection("autour", "Autour de la commune", autour()),
        theme: f.selection("theme", "Thème", std::iter::once(OptionDeChamp::nouvelle("", "Tous")).chain(themes)),
        vue: f.selection("vue", "Montrer", vues),
        nombre: f.selection(
            "nombre",
            "Acteurs montrés dans la liste",
            NOMBRES.map(|n| OptionDeChamp::nouvelle(n.to_string(), n.to_string())),
        ),
        gardes: gardes(filtres),
        compte: texte::accorde(resultat.total as u64, "acteur", "acteurs"),
        code: code(&instance.url(&apercu), &instance.url(&filtres.en_vue(Vue::Liste).adresse()), &quoi),
        demande: quoi,
        apercu,
    };
    let fil = [("Annuaire", "/annuaire")];
    cadre.page("Mettre l’annuaire sur votre site", &page)?.fil(&fil).cache(Cache::Public(300)).repondre()
}

/// What the form does not ask, kept through it.
fn gardes(filtres: &Filtres) -> Vec<(&'static str, String)> {
    let sans =
        Filtres { theme: None, commune: None, autour: Autour::Seule, vue: Vue::Liste, page: 1, ..filtres.clone() };
    sans.parametres()
}

fn adresse(filtres: &Filtres, nombre: usize) -> String {
    let vue = if filtres.vue == Vue::Carte { Vue::Carte } else { Vue::Liste };
    let adresse = filtres.en_vue(vue).sous("/integrer/annuaire");
    if nombre == NOMBRE || vue == Vue::Carte {
        return adresse;
    }
    let lien = if adresse.contains('?') { '&' } else { '?' };
    format!("{adresse}{lien}nombre={nombre}")
}

/// What a commune copies: the frame, and a link for who does not see frames.
fn code(cadre: &str, annuaire: &str, quoi: &str) -> String {
    let echapper = web::composants::echapper;
    format!(
        "<iframe src=\"{}\" title=\"Acteurs de l’économie sociale et solidaire : {}\" width=\"100%\" height=\"600\" loading=\"lazy\"></iframe>\n<p><a href=\"{}\">Voir ces acteurs dans l’annuaire</a></p>",
        echapper(cadre),
        echapper(quoi),
        echapper(annuaire)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn le_code_a_copier_ne_laisse_rien_sortir_de_ses_guillemets() {
        let code = code("https://a.invalid/?q=a&b", "https://a.invalid/", "« \"><script>alert(1)</script> »");
        assert!(!code.contains("<script>"), "{code}");
        assert!(code.contains("src=\"https://a.invalid/?q=a&amp;b\""), "{code}");
        assert_eq!(code.matches("<iframe").count(), 1);
    }

    #[test]
    fn une_adresse_par_demande() {
        let filtres = Filtres { page: 1, ..Filtres::default() };
        assert_eq!(adresse(&filtres, NOMBRE), "/integrer/annuaire");
        assert_eq!(adresse(&filtres, 50), "/integrer/annuaire?nombre=50");
        let carte = Filtres { vue: Vue::Carte, theme: Some(Theme::Mobilite), ..filtres };
        assert_eq!(adresse(&carte, 50), "/integrer/annuaire?theme=mobilite&vue=carte", "a map has no length");
    }
}
