//! Answers of the public interfaces, as they come: the API Sirene of Insee (one establishment, one legal unit, or a list),
//! "Recherche d'entreprises", and the tables of data.gouv.fr (the list of ESS France). They are laid out as the files are, and
//! read by the same readers.

use std::io::Read;

use serde_json::Value;

use super::ImportRefuse;
use super::fichier::Table;
use super::sirene::LAMBERT;

/// Larger answers are stock files.
const TAILLE_MAX: u64 = 20 * 1024 * 1024;

/// Column that no stock file has: what proves the ESS, when the interface only says that it is so.
pub(super) const PREUVE_ESS: &str = "preuveEssInterface";
/// "Recherche d'entreprises" says ESS for Sirene or for the list of ESS France: it proves, it is not the flag of Insee.
const RECHERCHE: &str = "Marquée ESS par l’API Recherche d’entreprises (Sirene ou liste d’ESS France)";

const UNITE: [&str; 15] = [
    "siren",
    "statutDiffusionUniteLegale",
    "sigleUniteLegale",
    "identifiantAssociationUniteLegale",
    "trancheEffectifsUniteLegale",
    "dateDernierTraitementUniteLegale",
    "etatAdministratifUniteLegale",
    "denominationUniteLegale",
    "denominationUsuelle1UniteLegale",
    "categorieJuridiqueUniteLegale",
    "activitePrincipaleUniteLegale",
    "nomenclatureActivitePrincipaleUniteLegale",
    "nicSiegeUniteLegale",
    "economieSocialeSolidaireUniteLegale",
    PREUVE_ESS,
];

/// Columns that no stock file has: "Recherche d'entreprises" gives degrees where Sirene gives Lambert.
pub(super) const POINT: [&str; 2] = ["longitudeInterface", "latitudeInterface"];

const ETABLISSEMENT: [&str; 21] = [
    "siret",
    "statutDiffusionEtablissement",
    "dateDernierTraitementEtablissement",
    "etablissementSiege",
    "numeroVoieEtablissement",
    "indiceRepetitionEtablissement",
    "typeVoieEtablissement",
    "libelleVoieEtablissement",
    "codePostalEtablissement",
    "libelleCommuneEtablissement",
    "codeCommuneEtablissement",
    "codePaysEtrangerEtablissement",
    "etatAdministratifEtablissement",
    "enseigne1Etablissement",
    "denominationUsuelleEtablissement",
    "activitePrincipaleEtablissement",
    "nomenclatureActivitePrincipaleEtablissement",
    LAMBERT[0],
    LAMBERT[1],
    POINT[0],
    POINT[1],
];

/// Rows on their way to the layout of the stock files.
#[derive(Default)]
struct Lignes {
    unites: Vec<Vec<String>>,
    etablissements: Vec<Vec<String>>,
}

/// The tables of an answer.
///
/// # Errors
/// It is not JSON, or no answer of these interfaces.
pub(super) fn tables(nom: &str, lecteur: impl Read, taille: u64) -> Result<Vec<Table>, ImportRefuse> {
    let refuse = |motif: String| ImportRefuse::fichier(nom, None, motif);
    if taille > TAILLE_MAX {
        return Err(refuse(
            "ce fichier JSON est trop gros. Prenez les fichiers stocks de Sirene, au format CSV.".to_owned(),
        ));
    }
    let reponse: Value = serde_json::from_reader(lecteur).map_err(|erreur| {
        refuse(format!("ce fichier JSON est abîmé ou coupé (ligne {}). Téléchargez-le de nouveau.", erreur.line()))
    })?;
    if let Some(rangs) = reponse.get("data").and_then(Value::as_array) {
        return tabulaire(nom, rangs).map(|table| vec![table]);
    }
    let mut lignes = Lignes::default();
    if !lignes.lire(&reponse) {
        return Err(refuse(
            "ce fichier JSON n’est pas reconnu. Attendu : une réponse de l’API Sirene de l’Insee (établissements ou unités \
             légales) ou de l’API Recherche d’entreprises. Ou la liste d’ESS France, par l’API de data.gouv.fr."
                .to_owned(),
        ));
    }
    let mut tables = Vec::new();
    for (quoi, colonnes, lignes) in
        [("établissements", &ETABLISSEMENT[..], &lignes.etablissements), ("unités légales", &UNITE[..], &lignes.unites)]
    {
        if !lignes.is_empty() {
            let csv = csv(colonnes, lignes).map_err(|erreur| refuse(erreur.to_string()))?;
            tables.push(Table::en_memoire(format!("{nom} ({quoi})"), &csv)?);
        }
    }
    Ok(tables)
}

/// The rows of a table of data.gouv.fr (`{"data": [{column: cell}]}`), known by their columns as a file is.
fn tabulaire(nom: &str, rangs: &[Value]) -> Result<Table, ImportRefuse> {
    let Some(premier) = rangs.first().and_then(Value::as_object) else {
        return Err(ImportRefuse::fichier(nom, None, "cette réponse JSON n’a aucune ligne."));
    };
    let colonnes: Vec<&str> = premier.keys().map(String::as_str).collect();
    let lignes: Vec<Vec<String>> = rangs.iter().map(|rang| ligne(&colonnes, &[rang])).collect();
    let csv = csv(&colonnes, &lignes).map_err(|erreur| ImportRefuse::fichier(nom, None, erreur.to_string()))?;
    Table::en_memoire(nom.to_owned(), &csv)
}

fn csv(colonnes: &[&str], lignes: &[Vec<String>]) -> Result<Vec<u8>, csv::Error> {
    let mut ecrivain = csv::Writer::from_writer(Vec::new());
    ecrivain.write_record(colonnes)?;
    for ligne in lignes {
        ecrivain.write_record(ligne)?;
    }
    ecrivain.into_inner().map_err(|erreur| csv::Error::from(erreur.into_error()))
}

impl Lignes {
    /// False when it is nothing known.
    fn lire(&mut self, reponse: &Value) -> bool {
        if let Some(liste) = reponse.as_array() {
            return !liste.is_empty() && liste.iter().all(|un| self.lire(un));
        }
        for cle in ["etablissements", "unitesLegales", "etablissement", "uniteLegale"] {
            let dedans = reponse.get(cle).filter(|_| reponse.get("siret").is_none());
            if let Some(dedans) = dedans {
                return self.lire(dedans);
            }
        }
        if let Some(resultats) = reponse.get("results").and_then(Value::as_array) {
            return resultats.iter().all(|entreprise| self.entreprise(entreprise));
        }
        if reponse.get("siret").is_some() && reponse.get("uniteLegale").is_some() {
            self.etablissement(reponse);
            return true;
        }
        if reponse.get("siren").is_some() && reponse.get("periodesUniteLegale").is_some() {
            self.unites.push(ligne(&UNITE, &[reponse, periode(reponse, "periodesUniteLegale")]));
            return true;
        }
        reponse.get("nature_juridique").is_some() && self.entreprise(reponse)
    }

    fn etablissement(&mut self, lu: &Value) {
        let dedans = |cle: &str| lu.get(cle).unwrap_or(&Value::Null);
        let parties = [lu, dedans("adresseEtablissement"), periode(lu, "periodesEtablissement")];
        self.etablissements.push(ligne(&ETABLISSEMENT, &parties));
        self.unite(ligne(&UNITE, &[lu, dedans("uniteLegale")]));
    }

    /// Several establishments say their unit again.
    fn unite(&mut self, unite: Vec<String>) {
        if !self.unites.iter().any(|deja| deja.first() == unite.first()) {
            self.unites.push(unite);
        }
    }

    fn entreprise(&mut self, lue: &Value) -> bool {
        let Some(siren) = lue.get("siren").and_then(Value::as_str) else { return false };
        let complements = lue.get("complements").unwrap_or(&Value::Null);
        let ess = complements.get("est_ess").and_then(Value::as_bool).unwrap_or(false);
        let t = |cle: &str| texte(lue.get(cle));
        let unite = UNITE.map(|colonne| match colonne {
            "siren" => siren.to_owned(),
            "statutDiffusionUniteLegale" => t("statut_diffusion"),
            "sigleUniteLegale" => t("sigle"),
            "identifiantAssociationUniteLegale" => texte(complements.get("identifiant_association")),
            "trancheEffectifsUniteLegale" => t("tranche_effectif_salarie"),
            "dateDernierTraitementUniteLegale" => t("date_mise_a_jour_insee"),
            "etatAdministratifUniteLegale" => t("etat_administratif"),
            "denominationUniteLegale" => t("nom_raison_sociale"),
            "categorieJuridiqueUniteLegale" => t("nature_juridique"),
            "activitePrincipaleUniteLegale" => t("activite_principale"),
            "nomenclatureActivitePrincipaleUniteLegale" => "NAFRev2".to_owned(),
            PREUVE_ESS if ess => RECHERCHE.to_owned(),
            _ => String::new(),
        });
        self.unite(unite.into());
        let autres = lue.get("matching_etablissements").and_then(Value::as_array);
        // The seat first: it says more of its address.
        for lieu in lue.get("siege").into_iter().chain(autres.into_iter().flatten()) {
            let deja = |siret: &str| self.etablissements.iter().any(|l| l.first().is_some_and(|deja| deja == siret));
            if lieu.get("siret").and_then(Value::as_str).is_some_and(|siret| !deja(siret)) {
                let traite_le = t("date_mise_a_jour_insee");
                let rang = ETABLISSEMENT.map(|colonne| lieu_de_la_recherche(lieu, colonne, &traite_le));
                self.etablissements.push(rang.into());
            }
        }
        true
    }
}

fn lieu_de_la_recherche(lieu: &Value, colonne: &str, traite_le: &str) -> String {
    let t = |cle: &str| texte(lieu.get(cle));
    match colonne {
        "siret" => t("siret"),
        "statutDiffusionEtablissement" => t("statut_diffusion_etablissement"),
        "dateDernierTraitementEtablissement" => {
            Some(t("date_mise_a_jour_insee")).filter(|jour| !jour.is_empty()).unwrap_or_else(|| traite_le.to_owned())
        }
        "etablissementSiege" => t("est_siege"),
        "numeroVoieEtablissement" => t("numero_voie"),
        "indiceRepetitionEtablissement" => t("indice_repetition"),
        "typeVoieEtablissement" => t("type_voie"),
        "libelleVoieEtablissement" => t("libelle_voie"),
        "codePostalEtablissement" => t("code_postal"),
        "libelleCommuneEtablissement" => t("libelle_commune"),
        "codeCommuneEtablissement" => t("commune"),
        "codePaysEtrangerEtablissement" => t("code_pays_etranger"),
        "etatAdministratifEtablissement" => t("etat_administratif"),
        "enseigne1Etablissement" => texte(lieu.get("liste_enseignes").and_then(|noms| noms.get(0))),
        "activitePrincipaleEtablissement" => t("activite_principale"),
        "nomenclatureActivitePrincipaleEtablissement" => "NAFRev2".to_owned(),
        autre if autre == POINT[0] => t("longitude"),
        autre if autre == POINT[1] => t("latitude"),
        _ => String::new(),
    }
}

/// The period that is not over; Insee gives it first.
fn periode<'a>(lu: &'a Value, cle: &str) -> &'a Value {
    let periodes = lu.get(cle).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    periodes.iter().find(|p| p.get("dateFin").is_none_or(Value::is_null)).or(periodes.first()).unwrap_or(&Value::Null)
}

/// A row of these columns, each taken where it is first said.
fn ligne(colonnes: &[&str], parties: &[&Value]) -> Vec<String> {
    let dite = |colonne: &str| parties.iter().find_map(|partie| partie.get(colonne).filter(|valeur| !valeur.is_null()));
    colonnes.iter().map(|colonne| texte(dite(colonne))).collect()
}

fn texte(valeur: Option<&Value>) -> String {
    match valeur {
        Some(Value::String(texte)) => texte.clone(),
        Some(Value::Bool(vrai)) => vrai.to_string(),
        Some(Value::Number(nombre)) => nombre.to_string(),
        _ => String::new(),
    }
}
