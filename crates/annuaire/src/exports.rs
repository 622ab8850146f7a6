//! Exactly what is filtered, as a spreadsheet (CSV, XLSX, ODS), for a map (GeoJSON) or for an address book (vCard 4). Open data: nothing that the pages
//! do not show.

use std::collections::BTreeMap;

use documents::export::{Feuille, Format, Genre, Valeur};
use documents::vcard::{self, Carte};
use domain::code::CodeCommune;
use domain::identifiant::{Rna, Siren};
use domain::theme::Theme;
use jiff::civil::Date;
use platform::ReadTx;
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, raw_sql};
use serde_json::{Value, json};
use web::{Cadre, Erreur, Instance, Reponse, fichier};

use crate::liste::demande::{Demande, interroger};
use crate::liste::storage::valeurs;
use crate::ouvert::acteur::{self as ouvert, ActeurOuvert};
use crate::vocabulaire::{Diffusion, Famille, GenreAgrement, Reponse as TroisValeurs};

/// Ids in one statement.
const LOT: usize = 500;

/// An actor as exported.
#[derive(Clone, Debug, FromQueryResult)]
struct Exporte {
    id: String,
    reference: String,
    nom: String,
    sigle: Option<String>,
    siren: Option<Siren>,
    rna: Option<Rna>,
    famille: Famille,
    categorie_juridique: Option<String>,
    naf: Option<String>,
    commune: Option<CodeCommune>,
    ess_loi: TroisValeurs,
    ess_loi_motif: String,
    ess_stat: TroisValeurs,
    ess_stat_motif: String,
    site: Option<String>,
    diffusion: Diffusion,
    exemple: bool,
    themes: Option<String>,
    agrements: Option<String>,
    offres: Option<String>,
    longitude: Option<f64>,
    latitude: Option<f64>,
}

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
    let mut demande = Demande::lire(&tx, &cadre.instance, cadre.demande()).await?;
    if !demande.erreurs.est_vide() {
        return Err(Erreur::Invalide("Le filtre de commune n’est pas compris. Revenez à l’annuaire.".to_owned()));
    }
    demande.requete.nombre = usize::MAX;
    let resultat = interroger(instance, &demande.requete)?;
    if matches!(forme, Forme::VCard) {
        let acteurs = ouvert::lire(&tx, instance, &resultat.ids).await?;
        let cartes: Vec<Carte> = acteurs.into_iter().map(|(_, acteur)| carte(instance, acteur)).collect();
        let nom = format!("annuaire-{}.vcf", instance.aujourd_hui());
        return fichier::telecharger(&nom, "text/vcard; charset=utf-8", vcard::ecrire(&cartes).into_bytes());
    }
    let acteurs = lire(&tx, &resultat.ids, instance.aujourd_hui()).await?;
    drop(tx);
    // Thirty thousand rows take a second to write: not on a thread that serves pages.
    let (instance, titre) = (instance.clone(), format!("Annuaire : {}", demande.en_mots(instance)));
    let ecrire = move || match forme {
        Forme::GeoJson | Forme::VCard => {
            let nom = format!("annuaire-{}.geojson", instance.aujourd_hui());
            fichier::telecharger(&nom, "application/geo+json", geojson(&instance, &acteurs).to_string().into_bytes())
        }
        Forme::Tableau(format) => fichier::exporter(&instance, &feuille(&instance, titre, &acteurs), format),
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

/// In the order of `ids`, in activity only; the place is that of the seat, or of the first open establishment.
async fn lire(tx: &ReadTx, ids: &[String], jour: Date) -> Result<Vec<Exporte>, DbErr> {
    let mut par_id: BTreeMap<String, Exporte> = BTreeMap::new();
    for lot in ids.chunks(LOT) {
        for exporte in lire_un_lot(tx, lot, jour).await? {
            par_id.insert(exporte.id.clone(), exporte);
        }
    }
    Ok(ids.iter().filter_map(|id| par_id.remove(id)).collect())
}

async fn lire_un_lot(tx: &ReadTx, ids: &[String], jour: Date) -> Result<Vec<Exporte>, DbErr> {
    let jour = jour.to_string();
    Exporte::find_by_statement(raw_sql!(
        Postgres,
        "SELECT a.id, a.reference, a.nom, a.sigle, a.siren, a.rna, a.famille, a.categorie_juridique, a.naf, a.commune,
            a.ess_loi, a.ess_loi_motif, a.ess_stat, a.ess_stat_motif, a.site, a.diffusion, a.exemple,
            (SELECT string_agg(t.theme, ',') FROM acteur_theme t WHERE t.acteur_id = a.id) AS themes,
            (SELECT string_agg(g.genre, ',') FROM acteur_agrement g
             WHERE g.acteur_id = a.id AND (g.au IS NULL OR g.au >= {jour})) AS agrements,
            (SELECT string_agg(o.titre, ' ; ') FROM offre o WHERE o.acteur_id = a.id AND o.active) AS offres,
            e.longitude, e.latitude
         FROM acteur a
         LEFT JOIN acteur_etablissement e ON e.id = (
            SELECT f.id FROM acteur_etablissement f WHERE f.acteur_id = a.id AND f.ouvert AND f.longitude IS NOT NULL
            ORDER BY f.siege DESC, f.id LIMIT 1)
         WHERE a.etat = 'actif' AND a.id IN ({..ids})"
    ))
    .all(tx)
    .await
}

impl Exporte {
    fn themes(&self) -> Vec<&'static str> {
        valeurs::<Theme>(self.themes.as_deref()).into_iter().map(Theme::libelle).collect()
    }

    fn agrements(&self) -> Vec<&'static str> {
        valeurs::<GenreAgrement>(self.agrements.as_deref()).into_iter().map(GenreAgrement::libelle).collect()
    }

    /// Its site; under partial diffusion the page decides by the origin of the value, the export gives none.
    fn site(&self) -> Option<&str> {
        self.site.as_deref().filter(|_| self.diffusion == Diffusion::Totale)
    }

    /// Longitude and latitude, and how precise they are.
    fn lieu(&self, instance: &Instance) -> Option<((f64, f64), &'static str)> {
        let exact = self.longitude.zip(self.latitude).filter(|_| self.diffusion == Diffusion::Totale);
        let mairie = || self.commune.as_ref().and_then(|code| instance.referentiel().commune(code)?.mairie);
        exact.map(|lieu| (lieu, "adresse")).or_else(|| mairie().map(|lieu| (lieu, "mairie de la commune")))
    }
}

fn feuille(instance: &Instance, titre: String, acteurs: &[Exporte]) -> Feuille {
    let colonnes = [
        "Référence",
        "Nom",
        "Sigle",
        "SIREN",
        "RNA",
        "Forme",
        "Catégorie juridique",
        "NAF",
        "Code commune",
        "Commune",
        "Intercommunalité",
        "Thèmes",
        "Agréments",
        "Offres",
        "ESS selon la loi",
        "Pourquoi (loi)",
        "ESS dans les statistiques",
        "Pourquoi (statistiques)",
        "Site",
        "Diffusion",
        "Exemple",
        "Page",
    ];
    let mut feuille = Feuille::nouvelle(titre, colonnes.map(|nom| (nom, Genre::Texte)));
    for acteur in acteurs {
        let faits = acteur.commune.as_ref().and_then(|code| instance.faits_commune(code));
        let (commune, epci) = faits.map(|faits| (faits.nom, faits.epci_nom)).unzip();
        feuille.ajouter([
            Valeur::from(acteur.reference.as_str()),
            acteur.nom.as_str().into(),
            acteur.sigle.as_deref().into(),
            acteur.siren.as_ref().map(Siren::as_str).into(),
            acteur.rna.as_ref().map(Rna::as_str).into(),
            acteur.famille.libelle().into(),
            acteur.categorie_juridique.as_deref().into(),
            acteur.naf.as_deref().into(),
            acteur.commune.as_ref().map(CodeCommune::as_str).into(),
            commune.into(),
            epci.flatten().into(),
            acteur.themes().join(", ").into(),
            acteur.agrements().join(", ").into(),
            acteur.offres.as_deref().into(),
            acteur.ess_loi.libelle().into(),
            acteur.ess_loi_motif.as_str().into(),
            acteur.ess_stat.libelle().into(),
            acteur.ess_stat_motif.as_str().into(),
            acteur.site().into(),
            acteur.diffusion.libelle().into(),
            if acteur.exemple { "exemple" } else { "" }.into(),
            instance.url(&format!("/annuaire/{}", acteur.reference)).into(),
        ]);
    }
    feuille
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
fn geojson(instance: &Instance, acteurs: &[Exporte]) -> Value {
    let objets: Vec<Value> = acteurs
        .iter()
        .map(|acteur| {
            let lieu = acteur.lieu(instance);
            json!({
                "type": "Feature",
                "id": acteur.reference,
                "geometry": lieu.map(|((lon, lat), _)| json!({"type": "Point", "coordinates": [lon, lat]})),
                "properties": {
                    "nom": acteur.nom,
                    "forme": acteur.famille.libelle(),
                    "siren": acteur.siren.as_ref().map(Siren::as_str),
                    "commune": acteur.commune.as_ref().map(CodeCommune::as_str),
                    "themes": acteur.themes(),
                    "agrements": acteur.agrements(),
                    "ess_loi": acteur.ess_loi.as_str(),
                    "ess_statistiques": acteur.ess_stat.as_str(),
                    "precision": lieu.map(|(_, precision)| precision),
                    "exemple": acteur.exemple,
                    "page": instance.url(&format!("/annuaire/{}", acteur.reference)),
                },
            })
        })
        .collect();
    json!({ "type": "FeatureCollection", "features": objets })
}
