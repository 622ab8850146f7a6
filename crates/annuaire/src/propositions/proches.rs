//! Structures of the directory that work on a theme of the project, near it, and that described no offer on it: real ones
//! seldom describe what they offer, and a bearer must hear of them all the same. Always "à vérifier": nobody said that
//! they are available. One question to the index (two when few are near), then one statement.

use domain::code::CodeCommune;
use domain::constat::{Constat, Source, Surete, Verdict};
use domain::theme::{NomsDeThemes, Theme};
use platform::Instant;
use sea_orm::FromQueryResult;
use sea_orm::entity::prelude::*;
use sea_orm::raw_sql;
use search::{Filtre, Ordre, Requete};
use web::feature::{DemandePropositions, Famille, Proposition};
use web::{Erreur, Instance};

use crate::liste::autour::{Autour, km_entre};
use crate::liste::demande::interroger;
use crate::recherche::{SOURCE, axe};
use crate::vocabulaire::{Origine, Reponse};

/// How far one looks, kilometres: further when few are near.
const RAYONS: [u16; 2] = [10, 20];
/// Enough to call; the directory has the others.
const NOMBRE: usize = 8;
/// Read at most, before keeping the nearest.
const LUES: usize = 100;

/// A structure near the project.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Proche {
    id: String,
    nom: String,
    reference: String,
    commune: Option<CodeCommune>,
    courriel: Option<String>,
    exemple: bool,
    modifie_le: Instant,
    naf: Option<String>,
    /// `theme:origine`, joined by commas.
    themes: Option<String>,
}

/// Social work (division 88 of the NAF) says how a body of insertion looks after its people, not what it makes: no theme is
/// guessed from it.
const ACTION_SOCIALE: &str = "88";

impl Proche {
    /// Does somebody say one of these themes, or an activity that means something?
    fn dit_quelque_chose(&self, voulus: &[Theme]) -> bool {
        let sociale = self.naf.as_deref().is_some_and(|naf| naf.starts_with(ACTION_SOCIALE));
        origines(self.themes.as_deref(), voulus).iter().any(|(_, origine)| *origine != Origine::Naf || !sociale)
    }
}

/// What the directory proposes beside offers.
pub(super) async fn proposer(demande: &DemandePropositions<'_>) -> Result<Vec<Proposition>, Erreur> {
    let DemandePropositions { tx, instance, profil, .. } = demande;
    if profil.themes.is_empty() {
        return Ok(Vec::new());
    }
    let ids = autour(instance, &profil.commune, &profil.themes)?;
    let mut proches: Vec<(f64, Proche)> = sans_offre(*tx, &ids, &profil.themes)
        .await?
        .into_iter()
        .filter(|proche| proche.dit_quelque_chose(&profil.themes))
        .filter_map(|proche| Some((km_entre(instance, &profil.commune, proche.commune.as_ref()?)?, proche)))
        .collect();
    proches.sort_by(|a, b| a.0.total_cmp(&b.0));
    proches.truncate(NOMBRE);
    let noms = instance.locaux().themes.noms_de_themes();
    Ok(proches
        .into_iter()
        .map(|(km, proche)| {
            let mise_a_jour = instance.jour_de(proche.modifie_le);
            let commune =
                proche.commune.as_ref().map_or("", |code| instance.referentiel().nom_commune(code)).to_owned();
            proposition(proche, &commune, km, &profil.themes, &noms, mise_a_jour)
        })
        .collect())
}

/// Ids of the actors on these themes around the commune. A body that the law leaves out of the ESS is not one of them.
fn autour(instance: &Instance, commune: &CodeCommune, themes: &[Theme]) -> Result<Vec<String>, Erreur> {
    let valeurs = |textes: &[&str]| textes.iter().map(|texte| (*texte).to_owned()).collect::<Vec<_>>();
    let themes: Vec<&str> = themes.iter().map(|theme| theme.as_str()).collect();
    let mut ids = Vec::new();
    for km in RAYONS {
        let communes = Autour::Km(km).communes(instance, commune);
        let requete = Requete {
            source: SOURCE,
            filtres: vec![
                Filtre { axe: axe::THEME, valeurs: valeurs(&themes) },
                Filtre { axe: axe::COMMUNE, valeurs: communes.iter().map(ToString::to_string).collect() },
                Filtre { axe: axe::ESS, valeurs: valeurs(&[Reponse::Oui.as_str(), Reponse::Inconnu.as_str()]) },
            ],
            ordre: Ordre::Nom,
            nombre: LUES,
            ..Requete::default()
        };
        ids = interroger(instance, &requete)?.ids;
        if ids.len() >= NOMBRE {
            break;
        }
    }
    Ok(ids)
}

/// Those that are in activity and have no offer in force on these themes: an offer says more, and is proposed by itself.
async fn sans_offre(db: &impl ConnectionTrait, ids: &[String], themes: &[Theme]) -> Result<Vec<Proche>, DbErr> {
    // Nobody near is asked too: a page costs as many statements whatever the directory holds.
    let ids: Vec<&str> = ids.iter().map(String::as_str).chain([""]).collect();
    let themes: Vec<&str> = themes.iter().map(|theme| theme.as_str()).collect();
    Proche::find_by_statement(raw_sql!(
        Postgres,
        "SELECT a.id, a.nom, a.reference, a.commune, a.courriel, a.exemple, a.modifie_le, a.naf,
            (SELECT string_agg(t.theme || ':' || t.origine, ',') FROM acteur_theme t
             WHERE t.acteur_id = a.id AND t.theme IN ({..themes})) AS themes
         FROM acteur a
         WHERE a.etat = 'actif' AND a.id IN ({..ids})
           AND NOT EXISTS (SELECT 1 FROM offre o JOIN offre_theme c ON c.offre_id = o.id
                           WHERE o.acteur_id = a.id AND o.active AND c.theme IN ({..themes}))
         ORDER BY a.nom_tri, a.id"
    ))
    .all(db)
    .await
}

/// The project's themes on which the structure works, and who says so.
fn origines(themes: Option<&str>, voulus: &[Theme]) -> Vec<(Theme, Origine)> {
    let mut lus: Vec<(Theme, Origine)> = themes
        .unwrap_or_default()
        .split(',')
        .filter_map(|texte| texte.split_once(':'))
        .filter_map(|(theme, origine)| Some((theme.parse().ok()?, origine.parse().ok()?)))
        .filter(|(theme, _)| voulus.contains(theme))
        .collect();
    lus.sort();
    lus
}

fn proposition(
    proche: Proche,
    commune: &str,
    km: f64,
    voulus: &[Theme],
    noms: &NomsDeThemes,
    mise_a_jour: jiff::civil::Date,
) -> Proposition {
    let url = format!("/annuaire/{}", proche.reference);
    let source = Source {
        libelle: format!("Fiche de {} dans l’annuaire", proche.nom),
        url: Some(url.clone()),
        consultee_le: Some(mise_a_jour),
        surete: Surete::Moyenne,
    };
    let constats: Vec<Constat> = [
        theme(&origines(proche.themes.as_deref(), voulus), noms),
        Constat::critere("territoire", Verdict::Oui, lieu(commune, km)),
        Constat::critere(
            "offre",
            Verdict::AVerifier,
            "Cette structure n’a pas encore dit ce qu’elle propose à des projets comme le vôtre. Demandez-le-lui.",
        ),
    ]
    .into_iter()
    .map(|constat| constat.source(source.clone()))
    .collect();
    Proposition {
        famille: Famille::Acteur,
        id: proche.id,
        titre: proche.nom.clone(),
        porteur: proche.nom,
        resume: format!("Structure proche du projet. {}", lieu(commune, km)),
        montant: None,
        url: Some(url),
        verdict: Verdict::ensemble(constats.iter().map(|constat| constat.verdict)),
        constats,
        aide: None,
        exemple: proche.exemple,
        payant: false,
        courriel: proche.courriel,
    }
}

fn lieu(commune: &str, km: f64) -> String {
    match km.round() {
        km if km < 1.0 => format!("Elle est dans la même commune : {commune}."),
        km => format!("Elle est à {commune}, à environ {km}\u{a0}km à vol d’oiseau."),
    }
}

/// What a code of activity suggests is not what somebody said.
fn theme(origines: &[(Theme, Origine)], noms: &NomsDeThemes) -> Constat {
    const CODE: &str = "themes";
    let dits: Vec<Theme> = origines.iter().filter(|(_, o)| *o != Origine::Naf).map(|(theme, _)| *theme).collect();
    if dits.is_empty() {
        let devines = noms.noms(origines.iter().map(|(theme, _)| *theme));
        let phrase =
            format!("D’après son activité déclarée, elle travaille peut-être sur un thème du projet : {devines}.");
        return Constat::critere(CODE, Verdict::AVerifier, phrase);
    }
    Constat::critere(CODE, Verdict::Oui, format!("Elle travaille sur un thème du projet : {}.", noms.noms(dits)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn proche(themes: &str) -> Proposition {
        let voulus = [Theme::Reemploi, Theme::Insertion];
        proposition(une(themes), "Lunéville", 7.6, &voulus, &NomsDeThemes::default(), "2026-11-24".parse().unwrap())
    }

    fn une(themes: &str) -> Proche {
        Proche {
            id: "a".to_owned(),
            nom: "Une structure".to_owned(),
            reference: "abc".to_owned(),
            commune: None,
            courriel: None,
            exemple: false,
            modifie_le: Instant(0),
            naf: None,
            themes: Some(themes.to_owned()),
        }
    }

    #[rstest]
    #[case::dit("insertion:siae", Verdict::Oui)]
    #[case::devine("reemploi:naf", Verdict::AVerifier)]
    #[case::les_deux("reemploi:naf,insertion:agent", Verdict::Oui)]
    fn un_theme_devine_n_est_pas_un_theme_dit(#[case] themes: &str, #[case] attendu: Verdict) {
        let proposition = proche(themes);
        assert_eq!(proposition.constats[0].verdict, attendu, "{}", proposition.constats[0].phrase);
        assert_eq!(proposition.verdict, Verdict::AVerifier, "nobody said that it is available");
        assert!(proposition.constats.iter().all(|constat| !constat.sources.is_empty()));
    }

    #[test]
    fn seuls_les_themes_du_projet_sont_dits() {
        let phrase = &proche("reemploi:naf,insertion:siae,sport:agent,lune:agent").constats[0].phrase;
        assert_eq!(phrase, "Elle travaille sur un thème du projet : Insertion, emploi.");
    }

    #[rstest]
    #[case::dit("insertion:siae", "88.99B", true)]
    #[case::devine("reemploi:naf", "38.11Z", true)]
    #[case::devine_de_l_action_sociale("reemploi:naf", "88.10C", false)]
    #[case::autre_theme("sport:agent", "93.12Z", false)]
    fn l_action_sociale_ne_fait_rien_deviner(#[case] themes: &str, #[case] naf: &str, #[case] attendu: bool) {
        let proche = Proche { naf: Some(naf.to_owned()), ..une(themes) };
        assert_eq!(proche.dit_quelque_chose(&[Theme::Reemploi, Theme::Insertion]), attendu);
    }

    #[rstest]
    #[case(0.4, "Elle est dans la même commune : Lunéville.")]
    #[case(7.6, "Elle est à Lunéville, à environ 8\u{a0}km à vol d’oiseau.")]
    fn la_distance_est_dite(#[case] km: f64, #[case] attendu: &str) {
        assert_eq!(lieu("Lunéville", km), attendu);
    }
}
