//! Funnel and delays for the direction; the département's real delay for everyone (never by secteur: one secteur is one person).
//!
//! - [`chiffres`]: what is counted, over which requests; pure.
//! - [`dessins`]: the same figures, drawn.
//! - [`export`]: the same requests, one a row.

mod chiffres;
mod dessins;
pub(crate) mod export;

use askama::Template;
use domain::cents::Cents;
use domain::profil::Etape;
use domain::theme::Theme;
use graphiques::{Barres, Courbes, Empilees};
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeMap;
use web::composants::{Bouton, Cellule, Exports, OptionDeChamp, Poids, Selection, Tableau};
use web::{Cache, Cadre, Erreur, Instance, Reponse, fichier, texte};

use chiffres::{Axe, Filtre, a_temps, dans_le_delai, mediane};

use crate::demande::listes::{self, PourChiffres};

/// Figures are over twelve months.
fn depuis(jour: Date) -> Result<Date, Erreur> {
    jour.checked_sub(1.year()).map_err(Erreur::interne)
}

#[derive(Template)]
#[template(path = "pilotage.html")]
struct PagePilotage {
    le: String,
    filtres: Vec<Selection>,
    exports: Exports,
    url_note: String,
    nombre: usize,
    /// Said when a filter changed the figures.
    annonce: String,
    imprimer: Bouton,
    entonnoir: Barres,
    par_mois: Courbes,
    promesses: Empilees,
    delais: Tableau,
    par_etape: Barres,
    par_theme: Barres,
    note: String,
}

/// GET `?secteur=&canton=&theme=&etape=&par=`: funnel, delays, a note to read aloud; `&format=` downloads the same requests.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let jour = instance.aujourd_hui();
    let demande = cadre.demande();
    let filtre = Filtre::lire(&demande);
    let par = demande.texte("par").parse().unwrap_or(Axe::Secteur);
    let toutes = listes::depuis(&instance.db.read().await?, depuis(jour)?).await?;
    let lignes: Vec<&PourChiffres> = toutes.iter().filter(|ligne| filtre.garde(ligne)).collect();
    if let Some(format) = fichier::format_demande(&demande)? {
        return fichier::exporter(instance, &export::pilotage(instance, &lignes, jour), format);
    }
    let champs = filtre.champs();
    let locaux = instance.locaux();
    let f = cadre.formulaire_avec(demande, web::formulaire::Erreurs::default());
    let page = PagePilotage {
        le: texte::jour(jour),
        filtres: vec![
            f.selection("secteur", "Secteur", choix("Tous les secteurs", secteurs(&toutes))),
            f.selection(
                "canton",
                "Canton",
                choix("Tous les cantons", instance.cantons().iter().map(|c| (c.code, c.nom))),
            ),
            f.selection(
                "theme",
                "Thème",
                std::iter::once(OptionDeChamp::nouvelle("", "Tous les thèmes"))
                    .chain(locaux.themes.grouper(Theme::TOUS.iter().map(|t| (*t, locaux.themes.nom(*t).to_owned())))),
            ),
            f.selection(
                "etape",
                "Étape",
                choix("Toutes les étapes", Etape::TOUS.iter().map(|e| (e.as_str(), e.libelle()))),
            ),
            f.selection(
                "par",
                "Les délais par",
                Axe::TOUS.iter().map(|axe| OptionDeChamp::nouvelle(axe.as_str(), axe.libelle())),
            ),
        ],
        exports: Exports::nouveaux(texte::accorde(lignes.len() as u64, "demande", "demandes"), "/pilotage", &champs),
        url_note: adresse("/pilotage/note", &champs),
        nombre: lignes.len(),
        annonce: texte::accorde(lignes.len() as u64, "demande", "demandes"),
        imprimer: Bouton::imprimer(),
        entonnoir: dessins::entonnoir(&lignes),
        par_mois: dessins::par_mois(&lignes, depuis(jour)?, jour),
        promesses: dessins::promesses(&lignes, jour),
        delais: delais_par(instance, par, &lignes, jour),
        par_etape: dessins::par_etape(&lignes),
        par_theme: dessins::par_theme(&lignes, usize::MAX, &locaux.themes),
        note: note(instance, &lignes, jour),
    };
    cadre.page("Pilotage", &page)?.repondre()
}

fn adresse(chemin: &str, champs: &[(&str, &str)]) -> String {
    let champs = champs.iter().filter(|(_, valeur)| !valeur.is_empty());
    format!("{chemin}?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(champs).finish())
}

/// Secteurs with a request in the period, by name.
fn secteurs(toutes: &[PourChiffres]) -> Vec<(&str, &str)> {
    let noms: std::collections::BTreeSet<&str> = toutes.iter().map(chiffres::secteur).collect();
    noms.into_iter().map(|nom| (nom, nom)).collect()
}

fn choix<'a>(tous: &str, valeurs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<OptionDeChamp> {
    let valeurs = valeurs.into_iter().map(|(valeur, libelle)| OptionDeChamp::nouvelle(valeur, libelle));
    std::iter::once(OptionDeChamp::nouvelle("", tous)).chain(valeurs).collect()
}

#[derive(Template)]
#[template(path = "pilotage_note.html")]
struct PageNote {
    territoire: String,
    perimetre: String,
    le: String,
    depuis: String,
    phrase: String,
    imprimer: Bouton,
    entonnoir: Barres,
    cout: Option<String>,
    par_theme: Barres,
    en_retard: Vec<String>,
    retour: String,
}

/// Late requests named on the note: one page.
const RETARDS_MAX: usize = 8;
/// Themes on the note, most frequent first: one page.
const THEMES_MAX: usize = 8;

/// GET: one page to print for the vice-président·e, over what is filtered.
pub async fn note_imprimee(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let jour = instance.aujourd_hui();
    let demande = cadre.demande();
    let filtre = Filtre::lire(&demande);
    let debut = depuis(jour)?;
    let toutes = listes::depuis(&instance.db.read().await?, debut).await?;
    let lignes: Vec<&PourChiffres> = toutes.iter().filter(|ligne| filtre.garde(ligne)).collect();
    let en_retard = lignes.iter().filter(|l| l.repondue_le.is_none() && dans_le_delai(l, jour) == Some(false));
    let page = PageNote {
        territoire: instance.collectivite.nom.to_owned(),
        perimetre: filtre.mots(&instance.locaux().themes),
        le: texte::jour(jour),
        depuis: texte::jour(debut),
        phrase: note(instance, &lignes, jour),
        imprimer: Bouton::imprimer(),
        entonnoir: dessins::entonnoir(&lignes),
        cout: cout_total(&lignes),
        par_theme: dessins::par_theme(&lignes, THEMES_MAX, &instance.locaux().themes),
        en_retard: en_retard.take(RETARDS_MAX).map(|ligne| retard(instance, ligne)).collect(),
        retour: adresse("/pilotage", &filtre.champs()),
    };
    cadre.page("Note de pilotage", &page)?.fil(&[("Pilotage", "/pilotage")]).repondre()
}

fn retard(instance: &Instance, ligne: &PourChiffres) -> String {
    format!(
        "{} ({}), réponse promise le {}",
        ligne.titre,
        instance.referentiel().nom_commune(&ligne.commune),
        texte::jour(ligne.promise_le.0)
    )
}

/// Known costs are summed and counted; unknown ones are told, never taken for zero.
fn cout_total(lignes: &[&PourChiffres]) -> Option<String> {
    let connus: Vec<Cents> = lignes.iter().filter_map(|ligne| ligne.cout).collect();
    let total: Cents = connus.iter().copied().sum();
    (!connus.is_empty()).then(|| {
        format!(
            "Coût estimé des projets : {} pour {} sur {}. Le coût des autres n’est pas connu.",
            total.en_euros(),
            texte::accorde(connus.len() as u64, "projet", "projets"),
            lignes.len()
        )
    })
}

/// The delays, by what the reader asked for. A request on several themes or cantons counts in each.
fn delais_par(instance: &Instance, par: Axe, lignes: &[&PourChiffres], jour: Date) -> Tableau {
    let locaux = instance.locaux();
    let calendrier = locaux.calendrier(instance.collectivite.feries);
    let mut groupes: BTreeMap<(usize, String), Vec<&PourChiffres>> = BTreeMap::new();
    for ligne in lignes {
        for groupe in par.groupes(ligne, &locaux.themes) {
            groupes.entry(groupe).or_default().push(ligne);
        }
    }
    let en_cellules = |((_, nom), lignes): ((usize, String), Vec<&PourChiffres>)| {
        vec![
            Cellule::texte(nom),
            Cellule::nombre(lignes.len().to_string()),
            Cellule::nombre(lignes.iter().filter(|l| l.repondue_le.is_some()).count().to_string()),
            Cellule::nombre(en_jours(mediane(&lignes, calendrier))),
            Cellule::nombre(en_pourcents(a_temps(&lignes, jour))),
        ]
    };
    let [premiere, suite @ ..] = [par.libelle(), "Demandes", "Répondues", "Délai médian", "Dans le délai promis"];
    Tableau {
        legende: format!("Délais par {}, sur douze mois", par.libelle().to_lowercase()),
        colonnes: std::iter::once(premiere).chain(suite).map(str::to_owned).collect(),
        lignes: groupes.into_iter().map(en_cellules).collect(),
    }
}

fn en_jours(jours: Option<i32>) -> String {
    jours.map_or_else(|| "–".to_owned(), |j| texte::accorde(u64::from(j.unsigned_abs()), "jour ouvré", "jours ouvrés"))
}

fn en_pourcents(part: Option<usize>) -> String {
    part.map_or_else(|| "–".to_owned(), |p| format!("{p}\u{a0}%"))
}

fn note(instance: &Instance, lignes: &[&PourChiffres], jour: Date) -> String {
    let repondues = lignes.iter().filter(|l| l.repondue_le.is_some()).count();
    format!(
        "Sur douze mois, au {} : {} d’accompagnement, {} ont une réponse. Délai médian : {}. Dans le délai promis : {}.",
        texte::jour(jour),
        texte::accorde(lignes.len() as u64, "demande", "demandes"),
        repondues,
        en_jours(mediane(lignes, instance.locaux().calendrier(instance.collectivite.feries))),
        en_pourcents(a_temps(lignes, jour)),
    )
}

#[derive(Template)]
#[template(path = "delais.html")]
struct PageDelais {
    phrase: String,
}

/// GET: for everyone, for the whole département.
pub async fn delais(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let jour = instance.aujourd_hui();
    let tx = instance.db.read().await?;
    let toutes = listes::depuis(&tx, depuis(jour)?).await?;
    let lignes: Vec<&PourChiffres> = toutes.iter().collect();
    let phrase = if lignes.iter().any(|l| l.repondue_le.is_some()) {
        note(instance, &lignes, jour)
    } else {
        "Aucune demande n’a encore reçu de réponse : il n’y a pas de délai à montrer.".to_owned()
    };
    cadre.page("Nos délais de réponse", &PageDelais { phrase })?.cache(Cache::Public(3600)).repondre()
}
