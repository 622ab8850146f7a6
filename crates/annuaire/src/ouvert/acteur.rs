//! An actor as everyone may take it.

use std::collections::BTreeMap;

use domain::code::CodeCommune;
use domain::theme::Theme;
use jiff::civil::Date;
use platform::{Instant, ReadTx};
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, raw_sql};
use serde::Serialize;
use utoipa::ToSchema;
use web::Instance;
use web::ouvert::{courriel_de_structure, sans_coordonnees, telephone_de_structure};

use crate::acteur::reservee;
use crate::liste::storage::valeurs;
use crate::vocabulaire::{Diffusion, Famille, GenreAgrement, Reponse};

/// Ids in one statement.
const LOT: usize = 500;

/// Un acteur de l’économie sociale et solidaire.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ActeurOuvert {
    /// Référence stable, celle de l’adresse de sa page.
    pub reference: String,
    /// Nom.
    pub nom: String,
    /// Sigle.
    pub sigle: Option<String>,
    /// SIREN, neuf chiffres.
    pub siren: Option<String>,
    /// SIRET de l’adresse donnée ici.
    pub siret: Option<String>,
    /// Numéro au répertoire national des associations.
    pub rna: Option<String>,
    /// Forme : association, cooperative, mutuelle, fondation, societe, public, autre.
    pub forme: String,
    /// Catégorie juridique de l’Insee, quatre chiffres.
    pub categorie_juridique: Option<String>,
    /// Activité principale, NAF rév. 2, avec le point.
    pub naf: Option<String>,
    /// Tranche d’effectif de l’Insee, pour toute la structure.
    pub tranche_effectif: Option<String>,
    /// Code de la commune, Code officiel géographique.
    pub code_commune: Option<String>,
    /// Nom de la commune.
    pub commune: Option<String>,
    /// SIREN de l’intercommunalité.
    pub code_epci: Option<String>,
    /// Nom de l’intercommunalité.
    pub epci: Option<String>,
    /// Numéro et rue. Vide en cas de diffusion partielle.
    pub adresse: Option<String>,
    /// Code postal.
    pub code_postal: Option<String>,
    /// Longitude, WGS84.
    pub longitude: Option<f64>,
    /// Latitude, WGS84.
    pub latitude: Option<f64>,
    /// Ce que vaut le point : adresse, ou mairie de la commune.
    pub precision: Option<&'static str>,
    /// Thèmes, par identifiant.
    pub themes: Vec<String>,
    /// Agréments en vigueur, par identifiant.
    pub agrements: Vec<String>,
    /// Titres des offres.
    pub offres: Vec<String>,
    /// Prix « à partir de » de chaque offre, en euros, dans le même ordre ; vide quand il n’est pas dit.
    pub offres_prix: Vec<String>,
    /// Voies de chaque offre, dans le même ordre, séparées par une virgule : achat, subvention, adhesion, capital.
    pub offres_voies: Vec<String>,
    /// Comment se calcule le prix de chaque offre, dans le même ordre : gratuit, journee, forfait, succes, abonnement, devis.
    pub offres_tarifs: Vec<String>,
    /// Fait partie de l’ESS selon la loi : oui, non, inconnu.
    pub ess_loi: String,
    /// Pourquoi.
    pub ess_loi_motif: String,
    /// Fait partie de l’ESS selon la statistique : oui, non, inconnu.
    pub ess_statistique: String,
    /// Pourquoi.
    pub ess_statistique_motif: String,
    /// Ce que fait la structure, dans ses mots, sans coordonnées.
    pub presentation: Option<String>,
    /// Site internet.
    pub site: Option<String>,
    /// Courriel de la structure, jamais celui d’une personne.
    pub courriel: Option<String>,
    /// Téléphone fixe de la structure.
    pub telephone: Option<String>,
    /// Diffusion choisie à l’Insee : totale, ou partielle (ni adresse ni contact).
    pub diffusion: String,
    /// Jour de la dernière confirmation par la structure ou par un agent.
    #[schema(value_type = Option<String>, format = Date)]
    pub confirme_le: Option<Date>,
    /// Jour du dernier changement.
    #[schema(value_type = String, format = Date)]
    pub modifie_le: Date,
    /// Vrai si l’acteur est inventé pour une démonstration.
    pub exemple: bool,
    /// Adresse de sa page.
    pub page: String,
}

#[derive(FromQueryResult)]
struct Ligne {
    id: String,
    reference: String,
    nom: String,
    sigle: Option<String>,
    siren: Option<String>,
    rna: Option<String>,
    famille: Famille,
    categorie_juridique: Option<String>,
    naf: Option<String>,
    tranche: Option<String>,
    commune: Option<CodeCommune>,
    ess_loi: Reponse,
    ess_loi_motif: String,
    ess_stat: Reponse,
    ess_stat_motif: String,
    presentation: Option<String>,
    site: Option<String>,
    courriel: Option<String>,
    telephone: Option<String>,
    diffusion: Diffusion,
    exemple: bool,
    modifie_le: Instant,
    confirme_le: Option<Instant>,
    themes: Option<String>,
    agrements: Option<String>,
    offres: Option<String>,
    siret: Option<String>,
    adresse: Option<String>,
    code_postal: Option<String>,
    longitude: Option<f64>,
    latitude: Option<f64>,
}

/// Between offers, and between what is read of one: never in a title.
const ENTRE_OFFRES: char = '\u{1f}';
const ENTRE_CHAMPS: char = '\u{1e}';

/// Those of these ids that everyone may take, in the order of `ids`. One statement for each five hundred.
///
/// # Errors
/// The engine refused.
pub async fn lire(tx: &ReadTx, instance: &Instance, ids: &[String]) -> Result<Vec<(String, ActeurOuvert)>, DbErr> {
    let jour = instance.aujourd_hui().to_string();
    let mut par_id: BTreeMap<String, ActeurOuvert> = BTreeMap::new();
    for lot in ids.chunks(LOT) {
        for ligne in lignes(tx, lot, &jour).await?.into_iter().filter(|ligne| !ligne.reservee()) {
            par_id.insert(ligne.id.clone(), ligne.ouvrir(instance));
        }
    }
    Ok(ids.iter().filter_map(|id| par_id.remove_entry(id)).collect())
}

async fn lignes(tx: &ReadTx, ids: &[String], jour: &str) -> Result<Vec<Ligne>, DbErr> {
    let (entre, puis) = (ENTRE_OFFRES.to_string(), ENTRE_CHAMPS.to_string());
    Ligne::find_by_statement(raw_sql!(
        Postgres,
        "SELECT a.id, a.reference, a.nom, a.sigle, a.siren, a.rna, a.famille, a.categorie_juridique, a.naf, a.tranche,
            a.commune, a.ess_loi, a.ess_loi_motif, a.ess_stat, a.ess_stat_motif, a.presentation, a.site, a.courriel,
            a.telephone, a.diffusion, a.exemple, a.modifie_le, a.confirme_le,
            (SELECT string_agg(t.theme, ',') FROM acteur_theme t WHERE t.acteur_id = a.id) AS themes,
            (SELECT string_agg(g.genre, ',') FROM acteur_agrement g
             WHERE g.acteur_id = a.id AND (g.au IS NULL OR g.au >= {jour})) AS agrements,
            (SELECT string_agg(o.titre || {puis} || COALESCE(CAST(o.a_partir_de AS TEXT), '') || {puis} || o.modes || {puis}
                || COALESCE(o.tarif, ''), {entre})
             FROM offre o WHERE o.acteur_id = a.id AND o.active) AS offres,
            e.siret, e.adresse, e.code_postal, e.longitude, e.latitude
         FROM acteur a
         LEFT JOIN acteur_etablissement e ON e.id = (
            SELECT f.id FROM acteur_etablissement f WHERE f.acteur_id = a.id AND f.ouvert
            ORDER BY f.siege DESC, f.id LIMIT 1)
         WHERE a.etat = 'actif' AND a.id IN ({..ids})"
    ))
    .all(tx)
    .await
}

/// Ids after one, in order: what the table reads, batch by batch.
///
/// # Errors
/// The engine refused.
pub async fn ids_apres(tx: &ReadTx, apres: &str, nombre: u64) -> Result<Vec<String>, DbErr> {
    use crate::acteur::{Column, Entity};
    use crate::vocabulaire::EtatActeur;
    use sea_orm::{QueryOrder, QuerySelect};
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Etat.eq(EtatActeur::Actif))
        .filter(Column::Id.gt(apres))
        .order_by_asc(Column::Id)
        .limit(nombre)
        .into_tuple()
        .all(tx)
        .await
}

impl Ligne {
    /// In no open table: see [`crate::acteur::Model::reservee`].
    fn reservee(&self) -> bool {
        reservee(self.diffusion, self.categorie_juridique.as_deref())
    }

    fn ouvrir(self, instance: &Instance) -> ActeurOuvert {
        let joignable = self.diffusion == Diffusion::Totale;
        let faits = self.commune.as_ref().and_then(|code| instance.faits_commune(code));
        let mairie = self.commune.as_ref().and_then(|code| instance.referentiel().commune(code)?.mairie);
        let exact = self.longitude.zip(self.latitude).filter(|_| joignable);
        let lieu = exact.map(|lieu| (lieu, "adresse")).or_else(|| mairie.map(|lieu| (lieu, "mairie")));
        let noms = [self.nom.as_str(), self.sigle.as_deref().unwrap_or_default()];
        let courriel = self.courriel.as_deref().and_then(|courriel| courriel_de_structure(courriel, &noms));
        let telephone = self.telephone.as_deref().and_then(telephone_de_structure);
        let lues = offres(self.offres.as_deref());
        let de_chacune = |quoi: fn(&OffreOuverte) -> &String| lues.iter().map(quoi).cloned().collect();
        let pour_tous = |texte: Option<&str>| texte.filter(|_| joignable).map(str::to_owned);
        ActeurOuvert {
            courriel: pour_tous(courriel),
            telephone: pour_tous(telephone),
            adresse: pour_tous(self.adresse.as_deref()),
            code_postal: pour_tous(self.code_postal.as_deref()),
            site: pour_tous(self.site.as_deref()),
            presentation: self.presentation.as_deref().map(sans_coordonnees),
            longitude: lieu.map(|((longitude, _), _)| longitude),
            latitude: lieu.map(|((_, latitude), _)| latitude),
            precision: lieu.map(|(_, precision)| precision),
            forme: self.famille.as_str().to_owned(),
            themes: ids_de::<Theme>(self.themes.as_deref(), Theme::as_str),
            agrements: ids_de::<GenreAgrement>(self.agrements.as_deref(), GenreAgrement::as_str),
            offres: de_chacune(|offre| &offre.titre),
            offres_prix: de_chacune(|offre| &offre.prix),
            offres_voies: de_chacune(|offre| &offre.voies),
            offres_tarifs: de_chacune(|offre| &offre.tarif),
            code_commune: self.commune.as_ref().map(|code| code.as_str().to_owned()),
            commune: faits.as_ref().map(|faits| faits.nom.clone()),
            code_epci: faits.as_ref().and_then(|faits| faits.epci.clone()),
            epci: faits.and_then(|faits| faits.epci_nom),
            ess_loi: self.ess_loi.as_str().to_owned(),
            // They name a document that an agent typed.
            ess_loi_motif: sans_coordonnees(&self.ess_loi_motif),
            ess_statistique: self.ess_stat.as_str().to_owned(),
            ess_statistique_motif: sans_coordonnees(&self.ess_stat_motif),
            diffusion: self.diffusion.as_str().to_owned(),
            confirme_le: self.confirme_le.map(|le| instance.jour_de(le)),
            modifie_le: instance.jour_de(self.modifie_le),
            page: instance.url(&format!("/annuaire/{}", self.reference)),
            reference: self.reference,
            nom: self.nom,
            sigle: self.sigle,
            siren: self.siren,
            siret: self.siret,
            rna: self.rna,
            categorie_juridique: self.categorie_juridique,
            naf: self.naf,
            tranche_effectif: self.tranche,
            exemple: self.exemple,
        }
    }
}

fn ids_de<T: std::str::FromStr + Ord>(joints: Option<&str>, id: fn(T) -> &'static str) -> Vec<String> {
    valeurs::<T>(joints).into_iter().map(|valeur| id(valeur).to_owned()).collect()
}

/// An offer as everyone may take it. The derived order is that of the titles.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct OffreOuverte {
    titre: String,
    /// Euros.
    prix: String,
    voies: String,
    tarif: String,
}

/// Offers by title: the engine joins them in no order. People write titles: they lose their contacts too.
fn offres(jointes: Option<&str>) -> Vec<OffreOuverte> {
    let une = |jointe: &str| {
        let mut champs = jointe.split(ENTRE_CHAMPS).map(str::to_owned);
        let mut suivant = || champs.next().unwrap_or_default();
        let (titre, prix) = (sans_coordonnees(&suivant()), suivant());
        let euros = prix.parse().map(|cents: i64| format!("{}.{:02}", cents / 100, cents % 100));
        OffreOuverte { titre, prix: euros.unwrap_or_default(), voies: suivant(), tarif: suivant() }
    };
    let toutes = jointes.unwrap_or_default().split(ENTRE_OFFRES).filter(|jointe| !jointe.is_empty());
    let mut offres: Vec<OffreOuverte> = toutes.map(une).collect();
    offres.sort();
    offres
}
