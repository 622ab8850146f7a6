//! Exactly what is filtered, as a spreadsheet (CSV, XLSX, ODS), for a map (GeoJSON) or for an address book (vCard 4). The same
//! reading as the open table: nothing of a person, in any of them.

use std::str::FromStr;

use documents::export::{Feuille, Format, Genre, Valeur};
use documents::vcard::{self, Carte};
use domain::theme::Theme;
use serde_json::{Value, json};
use web::{Cadre, Erreur, Instance, Reponse, fichier};

use crate::liste::demande::{Demande, interroger};
use crate::liste::filtres::Filtres;
use crate::ouvert::acteur::{self as ouvert, ActeurOuvert};
use crate::vocabulaire::{Diffusion, Famille, GenreAgrement, ModeOffre, Reponse as TroisValeurs, Tarif};

/// What is asked for.
enum Forme {
    Tableau(Format),
    GeoJson,
    VCard,
}

/// GET `/annuaire/export?format=`.
pub async fn telecharger(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let forme = forme(&cadre)?;
    let tx = instance.db.read().await?;
    let mut demande = Demande::lire(&tx, &cadre.instance, cadre.demande()).await?.qui_sort();
    if !demande.erreurs.est_vide() {
        return Err(Erreur::Invalide("Le filtre de commune n’est pas compris. Revenez à l’annuaire.".to_owned()));
    }
    if let Some(nom) = demande.perdu() {
        let nom = Filtres::en_clair(nom);
        return Err(Erreur::Invalide(format!(
            "Dans cette adresse, {nom} n’existe pas, ou plus. Revenez à l’annuaire."
        )));
    }
    demande.requete.nombre = usize::MAX;
    let resultat = interroger(instance, &demande.requete)?;
    let acteurs = ouvert::lire(&tx, instance, &resultat.ids).await?;
    drop(tx);
    let acteurs: Vec<ActeurOuvert> = acteurs.into_iter().map(|(_, acteur)| acteur).collect();
    // Thirty thousand rows take a second to write: not on a thread that serves pages.
    let (instance, titre) = (instance.clone(), format!("Annuaire : {}", demande.en_mots(instance)));
    let ecrire = move || {
        let nom = |extension: &str| format!("annuaire-{}.{extension}", instance.aujourd_hui());
        match forme {
            Forme::GeoJson => {
                let octets = geojson(&acteurs).to_string().into_bytes();
                fichier::telecharger(&nom("geojson"), "application/geo+json", octets)
            }
            Forme::VCard => {
                let cartes: Vec<Carte> = acteurs.into_iter().map(|acteur| carte(&instance, acteur)).collect();
                let octets = vcard::ecrire(&cartes).into_bytes();
                fichier::telecharger(&nom("vcf"), "text/vcard; charset=utf-8", octets)
            }
            Forme::Tableau(format) => fichier::exporter(&instance, &feuille(titre, &acteurs), format),
        }
    };
    tokio::task::spawn_blocking(ecrire).await.map_err(Erreur::interne)?
}

fn forme(cadre: &Cadre) -> Result<Forme, Erreur> {
    let saisie = cadre.demande();
    match saisie.texte("format") {
        "geojson" => Ok(Forme::GeoJson),
        "vcf" => Ok(Forme::VCard),
        autre => autre.parse().map(Forme::Tableau).map_err(|_| {
            Erreur::Invalide("Ce format n’existe pas. Choisissez csv, xlsx, ods, geojson ou vcf.".to_owned())
        }),
    }
}

/// What the vocabulary says of an id.
fn libelle<T: FromStr>(id: &str, libelle: fn(T) -> &'static str) -> &'static str {
    id.parse().map(libelle).unwrap_or_default()
}

fn libelles<T: FromStr>(ids: &[String], de: fn(T) -> &'static str) -> Vec<&'static str> {
    ids.iter().map(|id| libelle(id, de)).filter(|libelle| !libelle.is_empty()).collect()
}

/// Columns of the spreadsheets, in the order of [`ligne`].
const COLONNES: [(&str, Genre); 28] = [
    ("Référence", Genre::Texte),
    ("Nom", Genre::Texte),
    ("Sigle", Genre::Texte),
    ("SIREN", Genre::Texte),
    ("SIRET", Genre::Texte),
    ("RNA", Genre::Texte),
    ("Forme", Genre::Texte),
    ("Catégorie juridique", Genre::Texte),
    ("NAF", Genre::Texte),
    ("Adresse", Genre::Texte),
    ("Code postal", Genre::Texte),
    ("Code commune", Genre::Texte),
    ("Commune", Genre::Texte),
    ("Intercommunalité", Genre::Texte),
    ("Thèmes", Genre::Texte),
    ("Agréments", Genre::Texte),
    ("Offres", Genre::Texte),
    ("ESS selon la loi", Genre::Texte),
    ("Pourquoi (loi)", Genre::Texte),
    ("ESS dans les statistiques", Genre::Texte),
    ("Pourquoi (statistiques)", Genre::Texte),
    ("Site", Genre::Texte),
    ("Courriel", Genre::Texte),
    ("Téléphone", Genre::Texte),
    ("Confirmé le", Genre::Date),
    ("Diffusion", Genre::Texte),
    ("Exemple", Genre::Texte),
    ("Page", Genre::Texte),
];

fn feuille(titre: String, acteurs: &[ActeurOuvert]) -> Feuille {
    let mut feuille = Feuille::nouvelle(titre, COLONNES);
    for acteur in acteurs {
        feuille.ajouter(ligne(acteur));
    }
    feuille
}

fn ligne(acteur: &ActeurOuvert) -> [Valeur; 28] {
    [
        acteur.reference.as_str().into(),
        acteur.nom.as_str().into(),
        acteur.sigle.as_deref().into(),
        acteur.siren.as_deref().into(),
        acteur.siret.as_deref().into(),
        acteur.rna.as_deref().into(),
        libelle(&acteur.forme, Famille::libelle).into(),
        acteur.categorie_juridique.as_deref().into(),
        acteur.naf.as_deref().into(),
        acteur.adresse.as_deref().into(),
        acteur.code_postal.as_deref().into(),
        acteur.code_commune.as_deref().into(),
        acteur.commune.as_deref().into(),
        acteur.epci.as_deref().into(),
        libelles(&acteur.themes, Theme::libelle).join(", ").into(),
        libelles(&acteur.agrements, GenreAgrement::libelle).join(", ").into(),
        offres(acteur).join(" ; ").into(),
        libelle(&acteur.ess_loi, TroisValeurs::libelle).into(),
        acteur.ess_loi_motif.as_str().into(),
        libelle(&acteur.ess_statistique, TroisValeurs::libelle).into(),
        acteur.ess_statistique_motif.as_str().into(),
        acteur.site.as_deref().into(),
        acteur.courriel.as_deref().into(),
        acteur.telephone.as_deref().into(),
        acteur.confirme_le.map_or(Valeur::Vide, Valeur::Date),
        libelle(&acteur.diffusion, Diffusion::libelle).into(),
        if acteur.exemple { "exemple" } else { "" }.into(),
        acteur.page.as_str().into(),
    ]
}

/// Titles, each with its legal ways, how its price is made and the lowest one, when they are said.
fn offres(acteur: &ActeurOuvert) -> Vec<String> {
    let prix = acteur.offres_prix.iter().zip(&acteur.offres_voies).zip(&acteur.offres_tarifs);
    acteur.offres.iter().zip(prix).map(|(titre, ((prix, voies), tarif))| offre(titre, prix, voies, tarif)).collect()
}

fn offre(titre: &str, prix: &str, voies: &str, tarif: &str) -> String {
    let voies: Vec<String> = voies.split(',').map(str::to_owned).collect();
    let prix = (!prix.is_empty()).then(|| format!("à partir de {} €", prix.replace('.', ",").trim_end_matches(",00")));
    let dits: Vec<String> = libelles(&voies, ModeOffre::libelle)
        .into_iter()
        .chain([libelle(tarif, Tarif::libelle)])
        .filter(|dit| !dit.is_empty())
        .map(str::to_owned)
        .chain(prix)
        .collect();
    if dits.is_empty() { titre.to_owned() } else { format!("{titre} ({})", dits.join(", ")) }
}

/// An actor in an address book: what everyone may take of it, nothing more.
fn carte(instance: &Instance, acteur: ActeurOuvert) -> Carte {
    let locaux = instance.locaux();
    let themes = acteur.themes.iter().filter_map(|theme| theme.parse::<Theme>().ok());
    let exemple = if acteur.exemple { "Exemple inventé. " } else { "" };
    Carte {
        uid: acteur.page.clone(),
        rue: acteur.adresse.unwrap_or_default(),
        ville: acteur.commune.unwrap_or_default(),
        code_postal: acteur.code_postal.unwrap_or_default(),
        lieu: acteur.longitude.zip(acteur.latitude).filter(|_| acteur.precision == Some("adresse")),
        telephone: acteur.telephone.unwrap_or_default(),
        courriel: acteur.courriel.unwrap_or_default(),
        site: acteur.site.unwrap_or_default(),
        categories: themes.map(|theme| locaux.themes.nom(theme).to_owned()).collect(),
        note: format!("{exemple}{}", acteur.presentation.unwrap_or_default()),
        nom: acteur.nom,
        source: acteur.page,
    }
}

/// RFC 7946. An actor whose place is not known has a null geometry: it is not left out.
fn geojson(acteurs: &[ActeurOuvert]) -> Value {
    let objets: Vec<Value> = acteurs
        .iter()
        .map(|acteur| {
            let lieu = acteur.longitude.zip(acteur.latitude);
            json!({
                "type": "Feature",
                "id": acteur.reference,
                "geometry": lieu.map(|(lon, lat)| json!({"type": "Point", "coordinates": [lon, lat]})),
                "properties": {
                    "nom": acteur.nom,
                    "forme": libelle(&acteur.forme, Famille::libelle),
                    "siren": acteur.siren,
                    "commune": acteur.code_commune,
                    "themes": libelles(&acteur.themes, Theme::libelle),
                    "agrements": libelles(&acteur.agrements, GenreAgrement::libelle),
                    "ess_loi": acteur.ess_loi,
                    "ess_statistiques": acteur.ess_statistique,
                    "precision": acteur.precision,
                    "exemple": acteur.exemple,
                    "page": acteur.page,
                },
            })
        })
        .collect();
    json!({ "type": "FeatureCollection", "features": objets })
}
