//! Lists of addresses, one file a kind of page, one address a line: what a tool of measure walks through.

use std::path::Path;

use anyhow::Context;
use domain::theme::Theme;
use sea_orm::{FromQueryResult, raw_sql};
use web::Instance;

/// Words and pairs of words that someone would type.
const MOTS: &[&str] = &[
    "ressourcerie",
    "épicerie",
    "creche",
    "garages solidaires",
    "jardin partagé",
    "tiers-lieu",
    "associations sport",
    "insertion Nancy",
    "culture",
    "coopérative",
    "vélo",
    "l’aide à domicile",
    "réemploi Toul",
    "petite enfance",
    "restauration",
    "habitat",
    "recylerie",
    "EXEMPLE 1234",
    "santé Lunéville",
    "logement Briey",
];

#[derive(FromQueryResult)]
struct Ligne {
    valeur: String,
}

/// Writes `projets-publics`, `projets-du-secteur`, `acteurs`, `communes`, `annuaire`, `recherche`, each `.txt`.
pub(super) async fn ecrire(instance: &Instance, dossier: &Path) -> anyhow::Result<()> {
    let tx = instance.db.read().await?;
    let valeurs = async |requete| -> anyhow::Result<Vec<String>> {
        Ok(Ligne::find_by_statement(requete).all(&tx).await?.into_iter().map(|ligne| ligne.valeur).collect())
    };
    let publics = valeurs(raw_sql!(
        Postgres,
        "SELECT reference AS valeur FROM projet WHERE diffusion = 'public' AND etat = 'garde' ORDER BY reference"
    ))
    .await?;
    let charge =
        comptes::demo::ROLES.iter().find(|role| role.courriel.starts_with("charge")).map_or("", |r| r.courriel);
    let du_secteur = valeurs(raw_sql!(
        Postgres,
        "SELECT p.reference AS valeur FROM projet p JOIN demande d ON d.projet_id = p.id
         JOIN personne a ON a.id = d.agent_id
         WHERE a.courriel = {charge} AND p.etat = 'garde' ORDER BY p.reference"
    ))
    .await?;
    let acteurs =
        valeurs(raw_sql!(Postgres, "SELECT reference AS valeur FROM acteur WHERE etat = 'actif' ORDER BY reference"))
            .await?;
    let communes: Vec<String> = instance.perimetre().communes().map(|code| code.as_str().to_owned()).collect();
    std::fs::create_dir_all(dossier).with_context(|| format!("{} ne peut pas être créé.", dossier.display()))?;
    let fichier = |nom: &str, adresses: Vec<String>| {
        let chemin = dossier.join(format!("{nom}.txt"));
        std::fs::write(&chemin, adresses.join("\n") + "\n")
            .with_context(|| format!("{} ne peut pas être écrit.", chemin.display()))
    };
    let sous = |racine: &str, fins: &[String]| fins.iter().map(|fin| format!("{racine}{fin}")).collect();
    fichier("projets-publics", sous("/projets/", &publics))?;
    fichier("projets-du-secteur", sous("/projets/", &du_secteur))?;
    fichier("acteurs", sous("/annuaire/", &acteurs))?;
    fichier("communes", sous("/communes/", &communes))?;
    fichier("annuaire", annuaire(&communes))?;
    fichier("recherche", recherches(instance))
}

/// Filtered by theme and by commune with its neighbours, or by theme alone and far in the list; always by name.
fn annuaire(communes: &[String]) -> Vec<String> {
    let des_communes = communes.iter().zip(0..).flat_map(|(code, rang)| {
        let themes = Theme::TOUS.iter().cycle().skip(rang % Theme::TOUS.len()).step_by(7).take(4);
        themes.map(move |theme| format!("/annuaire?theme={theme}&insee={code}&voisines=1&ordre=nom"))
    });
    let pages = Theme::TOUS
        .iter()
        .flat_map(|theme| (1..=20).map(move |page| format!("/annuaire?theme={theme}&ordre=nom&page={page}")));
    des_communes.chain(pages).collect()
}

/// Each word with the name of some communes.
fn recherches(instance: &Instance) -> Vec<String> {
    let communes = instance.perimetre().communes().map(|code| instance.referentiel().nom_commune(code));
    communes
        .zip(MOTS.iter().cycle())
        .flat_map(|(commune, mot)| [(*mot).to_owned(), format!("{mot} {commune}"), commune.to_owned()])
        .map(|q| form_urlencoded::Serializer::new("/recherche?".to_owned()).append_pair("q", &q).finish())
        .collect()
}
