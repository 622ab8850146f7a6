//! Funnel and delays for the direction; the département's real delay for everyone (never by secteur: one secteur is one person).

use askama::Template;
use domain::dates::jours_ouvres_entre;
use domain::profil::Etape;
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeMap;
use web::composants::{Cellule, OptionDeChamp, Selection, Tableau};
use web::{Cache, Cadre, Erreur, Instance, Reponse, Saisie, texte};

use crate::demande::rules::Etat;
use crate::demande::storage::{self, PourChiffres};

/// Figures are over twelve months.
fn depuis(jour: Date) -> Result<Date, Erreur> {
    jour.checked_sub(1.year()).map_err(Erreur::interne)
}

/// Median of the working days between request and first answer; `None` when nothing was answered.
fn mediane(instance: &Instance, lignes: &[&PourChiffres]) -> Option<i32> {
    let locaux = instance.locaux();
    let zone = locaux.calendrier(instance.collectivite.feries);
    let mut delais: Vec<i32> =
        lignes.iter().filter_map(|l| l.repondue_le.map(|le| jours_ouvres_entre(l.faite_le.0, le.0, zone))).collect();
    delais.sort_unstable();
    delais.get(delais.len().saturating_sub(1) / 2).copied()
}

/// Answers in time among those answered or late, in whole percents; `None` when there is none.
fn a_temps(lignes: &[&PourChiffres], jour: Date) -> Option<usize> {
    let dus: Vec<bool> = lignes
        .iter()
        .filter_map(|l| match l.repondue_le {
            Some(le) => Some(le.0 <= l.promise_le.0),
            None if Etat::lire(&l.etat) == Etat::ARepondre && l.promise_le.0 < jour => Some(false),
            None => None,
        })
        .collect();
    let bons = dus.iter().filter(|bon| **bon).count();
    (bons * 100).checked_div(dus.len())
}

#[derive(Template)]
#[template(path = "pilotage.html")]
struct PagePilotage {
    le: String,
    filtre: Selection,
    entonnoir: Vec<Barre>,
    par_secteur: Tableau,
    par_etape: Tableau,
    note: String,
}

struct Barre {
    libelle: &'static str,
    nombre: usize,
    part: usize,
}

/// GET `?secteur=`: funnel, delays, a note to read aloud.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let jour = instance.aujourd_hui();
    let demande = cadre.uri.query().map(|q| Saisie::decoder(q.as_bytes())).unwrap_or_default();
    let tx = instance.db.read().await?;
    let toutes = storage::depuis(&tx, depuis(jour)?).await?;
    let secteurs: Vec<String> = {
        let mut noms: Vec<String> = toutes.iter().filter_map(|l| l.secteur.clone()).collect();
        noms.sort();
        noms.dedup();
        noms
    };
    let choisi = demande.texte("secteur").to_owned();
    let lignes: Vec<&PourChiffres> =
        toutes.iter().filter(|l| choisi.is_empty() || l.secteur.as_deref() == Some(choisi.as_str())).collect();
    let f = cadre.formulaire_avec(demande, web::formulaire::Erreurs::default());
    let options = std::iter::once(OptionDeChamp::nouvelle("", "Tous les secteurs"))
        .chain(secteurs.iter().map(|s| OptionDeChamp::nouvelle(s, s)));
    let page = PagePilotage {
        le: texte::jour(jour),
        filtre: f.selection("secteur", "Secteur", options),
        entonnoir: entonnoir(&lignes),
        par_secteur: par_secteur(instance, &lignes, jour),
        par_etape: par_etape(&lignes),
        note: note(instance, &lignes, jour),
    };
    cadre.page("Pilotage", &page)?.repondre()
}

fn entonnoir(lignes: &[&PourChiffres]) -> Vec<Barre> {
    let compte = |filtre: &dyn Fn(&PourChiffres) -> bool| lignes.iter().filter(|l| filtre(l)).count();
    let avances = [Etape::Decide, Etape::Travaux, Etape::Activite];
    let total = lignes.len();
    [
        ("Demandes reçues", total),
        ("Demandes qui ont une réponse", compte(&|l| l.repondue_le.is_some())),
        ("Projets décidés, lancés ou en activité", compte(&|l| avances.contains(&l.etape))),
        ("Projets en activité", compte(&|l| l.etape == Etape::Activite)),
    ]
    .map(|(libelle, nombre)| Barre { libelle, nombre, part: (nombre * 100).checked_div(total).unwrap_or(0) })
    .into()
}

fn par_secteur(instance: &Instance, lignes: &[&PourChiffres], jour: Date) -> Tableau {
    let mut groupes: BTreeMap<&str, Vec<&PourChiffres>> = BTreeMap::new();
    for ligne in lignes {
        groupes.entry(ligne.secteur.as_deref().unwrap_or("Coordination")).or_default().push(ligne);
    }
    Tableau {
        legende: "Délais par secteur, sur douze mois".to_owned(),
        colonnes: ["Secteur", "Demandes", "Répondues", "Délai médian", "Dans le délai promis"]
            .map(str::to_owned)
            .to_vec(),
        lignes: groupes
            .into_iter()
            .map(|(nom, lignes)| {
                vec![
                    Cellule::texte(nom),
                    Cellule::nombre(lignes.len().to_string()),
                    Cellule::nombre(lignes.iter().filter(|l| l.repondue_le.is_some()).count().to_string()),
                    Cellule::nombre(en_jours(mediane(instance, &lignes))),
                    Cellule::nombre(en_pourcents(a_temps(&lignes, jour))),
                ]
            })
            .collect(),
    }
}

fn par_etape(lignes: &[&PourChiffres]) -> Tableau {
    Tableau {
        legende: "Projets accompagnés par étape".to_owned(),
        colonnes: ["Étape", "Projets"].map(str::to_owned).to_vec(),
        lignes: Etape::TOUS
            .iter()
            .map(|etape| {
                let nombre = lignes.iter().filter(|l| l.etape == *etape).count();
                vec![Cellule::texte(etape.libelle()), Cellule::nombre(nombre.to_string())]
            })
            .collect(),
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
        en_jours(mediane(instance, lignes)),
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
    let toutes = storage::depuis(&tx, depuis(jour)?).await?;
    let lignes: Vec<&PourChiffres> = toutes.iter().collect();
    let phrase = if lignes.iter().any(|l| l.repondue_le.is_some()) {
        note(instance, &lignes, jour)
    } else {
        "Aucune demande n’a encore reçu de réponse : il n’y a pas de délai à montrer.".to_owned()
    };
    cadre.page("Nos délais de réponse", &PageDelais { phrase })?.cache(Cache::Public(3600)).repondre()
}
