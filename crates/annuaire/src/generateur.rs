//! Volume in the official layout of Sirene, for tests and measures. Every body is invented, and its name says so.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use domain::referentiel::Referentiel;

/// Columns of `StockUniteLegale`, in the official order of 2026.
pub const COLONNES_UNITE_LEGALE: &str = "siren,statutDiffusionUniteLegale,unitePurgeeUniteLegale,\
dateCreationUniteLegale,sigleUniteLegale,sexeUniteLegale,prenom1UniteLegale,prenom2UniteLegale,prenom3UniteLegale,\
prenom4UniteLegale,prenomUsuelUniteLegale,pseudonymeUniteLegale,identifiantAssociationUniteLegale,\
trancheEffectifsUniteLegale,anneeEffectifsUniteLegale,dateDernierTraitementUniteLegale,nombrePeriodesUniteLegale,\
categorieEntreprise,anneeCategorieEntreprise,dateDebut,etatAdministratifUniteLegale,nomUniteLegale,\
nomUsageUniteLegale,denominationUniteLegale,denominationUsuelle1UniteLegale,denominationUsuelle2UniteLegale,\
denominationUsuelle3UniteLegale,categorieJuridiqueUniteLegale,activitePrincipaleUniteLegale,\
nomenclatureActivitePrincipaleUniteLegale,nicSiegeUniteLegale,economieSocialeSolidaireUniteLegale,\
societeMissionUniteLegale,caractereEmployeurUniteLegale,activitePrincipaleNAF25UniteLegale";

/// Columns of `StockEtablissement`, in the official order of 2026.
pub const COLONNES_ETABLISSEMENT: &str = "siren,nic,siret,statutDiffusionEtablissement,dateCreationEtablissement,\
trancheEffectifsEtablissement,anneeEffectifsEtablissement,activitePrincipaleRegistreMetiersEtablissement,\
dateDernierTraitementEtablissement,etablissementSiege,nombrePeriodesEtablissement,complementAdresseEtablissement,\
numeroVoieEtablissement,indiceRepetitionEtablissement,dernierNumeroVoieEtablissement,\
indiceRepetitionDernierNumeroVoieEtablissement,typeVoieEtablissement,libelleVoieEtablissement,\
codePostalEtablissement,libelleCommuneEtablissement,libelleCommuneEtrangerEtablissement,\
distributionSpecialeEtablissement,codeCommuneEtablissement,codeCedexEtablissement,libelleCedexEtablissement,\
codePaysEtrangerEtablissement,libellePaysEtrangerEtablissement,identifiantAdresseEtablissement,\
coordonneeLambertAbscisseEtablissement,coordonneeLambertOrdonneeEtablissement,complementAdresse2Etablissement,\
numeroVoie2Etablissement,indiceRepetition2Etablissement,typeVoie2Etablissement,libelleVoie2Etablissement,\
codePostal2Etablissement,libelleCommune2Etablissement,libelleCommuneEtranger2Etablissement,\
distributionSpeciale2Etablissement,codeCommune2Etablissement,codeCedex2Etablissement,libelleCedex2Etablissement,\
codePaysEtranger2Etablissement,libellePaysEtranger2Etablissement,dateDebut,etatAdministratifEtablissement,\
enseigne1Etablissement,enseigne2Etablissement,enseigne3Etablissement,denominationUsuelleEtablissement,\
activitePrincipaleEtablissement,nomenclatureActivitePrincipaleEtablissement,caractereEmployeurEtablissement,\
activitePrincipaleNAF25Etablissement";

/// What is generated.
#[derive(Clone, Copy, Debug)]
pub struct Volume<'a> {
    /// Actors in these communes.
    pub acteurs: u32,
    /// Codes and postal codes of the communes they are in.
    pub communes: &'a [(String, String)],
    /// Bodies elsewhere, outside the ESS or closed, around each actor: a national file is mostly made of them.
    pub autour: u32,
}

/// Legal category, NAF and flag, in turn.
const FORMES: [(&str, &str, &str); 8] = [
    ("9220", "94.99Z", "O"),
    ("9220", "47.79Z", "O"),
    ("9220", "88.10A", ""),
    ("5460", "47.11B", "O"),
    ("5710", "71.12B", "O"),
    ("9222", "78.20Z", "O"),
    ("8210", "86.21Z", ""),
    ("9220", "90.01Z", ""),
];
const NOMS: [&str; 6] = ["RESSOURCERIE", "EPICERIE", "TIERS LIEU", "CRECHE", "GARAGE SOLIDAIRE", "JARDIN PARTAGE"];

/// Options of `terreau generer sirene`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Combien d’acteurs de l’ESS dans le département.
    #[arg(long, default_value_t = 30_000)]
    pub acteurs: u32,
    /// Combien d’autres entreprises, d’ailleurs, autour de chacun.
    #[arg(long, default_value_t = 3)]
    pub autour: u32,
    /// Département des acteurs.
    #[arg(long, default_value = "54")]
    pub departement: String,
    /// Dossier où écrire les deux fichiers.
    #[arg(long)]
    pub dossier: PathBuf,
}

impl Options {
    /// Writes the files; gives what to do next.
    ///
    /// # Errors
    /// The disk refuses, or the département is not known.
    pub fn generer(&self) -> io::Result<String> {
        let communes = communes(&self.departement);
        if communes.is_empty() {
            return Err(io::Error::other(format!("le département « {} » n’est pas connu", self.departement)));
        }
        std::fs::create_dir_all(&self.dossier)?;
        let chemins = ["StockUniteLegale_exemple.csv", "StockEtablissement_exemple.csv"].map(|n| self.dossier.join(n));
        let volume = Volume { acteurs: self.acteurs, communes: &communes, autour: self.autour };
        let (mut unites, mut lieux) =
            (BufWriter::new(File::create(&chemins[0])?), BufWriter::new(File::create(&chemins[1])?));
        ecrire(volume, &mut unites, &mut lieux)?;
        unites.flush()?;
        lieux.flush()?;
        let [unites, lieux] = chemins.map(|chemin| chemin.display().to_string());
        Ok(format!("Fichiers d’exemple écrits. Pour les importer : terreau import annuaire {unites} {lieux}"))
    }
}

/// Codes and postal codes of the communes of a département.
#[must_use]
pub fn communes(departement: &str) -> Vec<(String, String)> {
    let communes = Referentiel::embarque().communes_du_departement(departement);
    communes.map(|c| (c.code.to_string(), c.codes_postaux().next().unwrap_or_default().to_owned())).collect()
}

/// Numbers that the generator can make without a double.
const NUMEROS: u32 = 1_000_000;

/// Writes both files.
///
/// # Errors
/// The disk refuses, or more bodies are asked than there are numbers.
pub fn ecrire(volume: Volume<'_>, unites: &mut impl Write, etablissements: &mut impl Write) -> io::Result<()> {
    let total = volume.autour.checked_add(1).and_then(|chacun| chacun.checked_mul(volume.acteurs));
    if total.is_none_or(|total| total >= NUMEROS) {
        return Err(io::Error::other(format!("{NUMEROS} organismes au plus, avec ceux d’autour")));
    }
    writeln!(unites, "{COLONNES_UNITE_LEGALE}")?;
    writeln!(etablissements, "{COLONNES_ETABLISSEMENT}")?;
    let mut rang = 0;
    for acteur in 0..volume.acteurs {
        rang += 1;
        let forme = choisir(&FORMES, acteur).copied().unwrap_or(("9220", "94.99Z", "O"));
        let nom = format!("{} EXEMPLE {rang}", choisir(&NOMS, acteur / 3).copied().unwrap_or("ASSOCIATION"));
        let vide = (String::from("01001"), String::from("01400"));
        let commune = choisir(volume.communes, acteur).unwrap_or(&vide);
        unite(unites, rang, &nom, forme)?;
        etablissement(etablissements, rang, commune, forme.1, "A")?;
        for _ in 0..volume.autour {
            rang += 1;
            let ailleurs = (format!("57{:03}", rang % 700 + 1), "57000".to_owned());
            unite(unites, rang, &format!("SOCIETE EXEMPLE {rang}"), ("5499", "62.01Z", ""))?;
            etablissement(etablissements, rang, &ailleurs, "62.01Z", if rang % 3 == 0 { "F" } else { "A" })?;
        }
    }
    Ok(())
}

fn choisir<T>(liste: &[T], rang: u32) -> Option<&T> {
    let rang = usize::try_from(rang).ok()?;
    liste.get(rang.checked_rem(liste.len())?)
}

fn unite(sortie: &mut impl Write, rang: u32, nom: &str, forme: (&str, &str, &str)) -> io::Result<()> {
    let (siren, (categorie, naf, ess)) = (siren(rang), forme);
    writeln!(
        sortie,
        "{siren},O,,2012-03-01,,,,,,,,,,11,2024,2026-09-{:02}T10:12:30,3,PME,2023,2020-01-01,A,,,{nom},,,,{categorie},{naf},NAFRev2,00001,{ess},N,O,",
        rang % 28 + 1
    )
}

fn etablissement(
    sortie: &mut impl Write,
    rang: u32,
    commune: &(String, String),
    naf: &str,
    etat: &str,
) -> io::Result<()> {
    let (siren, siret, (code, postal)) = (siren(rang), siret(rang, 1), commune);
    let nic = siret.get(9..).unwrap_or_default();
    writeln!(
        sortie,
        "{siren},{nic},{siret},O,2012-03-01,11,2024,,2026-09-{:02}T10:12:30,true,2,,{},,,,RUE,DE L'EXEMPLE,{postal},COMMUNE,,,{code},,,,,{code}_0012_00001,881234.12,6834567.21,,,,,,,,,,,,,,,2020-01-01,{etat},,,,,{naf},NAFRev2,O,",
        rang % 28 + 1,
        rang % 90 + 1
    )
}

/// An invented SIREN with a right control key: from 990 000 000 on, where the INSEE gives none today.
#[must_use]
pub fn siren(rang: u32) -> String {
    avec_cle(&format!("99{:06}", rang % NUMEROS))
}

/// An invented SIRET with a right control key.
#[must_use]
pub fn siret(rang: u32, nic: u32) -> String {
    avec_cle(&format!("{}{:04}", siren(rang), nic % 10_000))
}

/// Adds the Luhn digit.
fn avec_cle(debut: &str) -> String {
    let somme: u32 = debut
        .bytes()
        .rev()
        .enumerate()
        .map(|(rang, octet)| {
            let chiffre = u32::from(octet - b'0') * if rang % 2 == 0 { 2 } else { 1 };
            if chiffre > 9 { chiffre - 9 } else { chiffre }
        })
        .sum();
    format!("{debut}{}", (10 - somme % 10) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_numeros_inventes_ont_une_cle_juste() {
        for rang in [0, 1, 99, 123_456, 999_999] {
            assert!(siren(rang).parse::<domain::identifiant::Siren>().is_ok());
            assert!(siret(rang, 7).parse::<domain::identifiant::Siret>().is_ok());
        }
    }

    #[test]
    fn chaque_ligne_a_autant_de_cellules_que_l_en_tete() {
        let communes = [("54395".to_owned(), "54000".to_owned())];
        let (mut unites, mut lieux) = (Vec::new(), Vec::new());
        let volume = Volume { acteurs: 9, communes: &communes, autour: 2 };
        ecrire(volume, &mut unites, &mut lieux).unwrap();
        for fichier in [unites, lieux] {
            let texte = String::from_utf8(fichier).unwrap();
            let comptes: Vec<usize> = texte.lines().map(|ligne| ligne.split(',').count()).collect();
            assert_eq!(comptes.len(), 1 + 9 * 3);
            assert!(comptes.iter().all(|n| *n == comptes[0]), "{comptes:?}");
        }
    }
}
