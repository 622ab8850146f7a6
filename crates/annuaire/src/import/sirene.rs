//! Official Sirene stock files. First the establishments: those of the instance's communes go to a temporary file; then
//! the legal units: those found there that belong, or may belong, to the ESS; then the temporary file again. The memory
//! holds the set of SIREN of the territory and the actors kept, whatever the size of the national files.

use std::collections::{HashMap, HashSet};
use std::io::{BufReader, BufWriter, Seek, Write};

use csv::ByteRecord;
use domain::code::CodeCommune;
use geo::lambert::en_degres;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::ImportRefuse;
use super::api::{POINT, PREUVE_ESS};
use super::dates::jour_du_nom;
use super::fiche::{
    Cellules, Contexte, EtablissementLu, Fiche, Incomprise, JourDuStock, court, en_nombre, naf, ou_remarquer, parcourir,
};
use super::fichier::{Genre, Table};
use super::lieu::{Lieux, Situation, code_postal};
use super::nombre;
use crate::ess::formes::{Forme, activite_exclue, forme};
use crate::portrait::rules::bornes;
use crate::vocabulaire::{Champ, Diffusion, EtatActeur, Origine};

const ETAT_UNITE: &str = "etatAdministratifUniteLegale";
const TRAITEE_LE: &str = "dateDernierTraitementUniteLegale";
/// Since March 2024, in the projection of the place: Lambert-93 on the mainland, others overseas.
pub(super) const LAMBERT: [&str; 2] =
    ["coordonneeLambertAbscisseEtablissement", "coordonneeLambertOrdonneeEtablissement"];
const TRANCHE: &str = "trancheEffectifsUniteLegale";

/// An establishment on its way through the temporary file.
#[derive(Serialize, Deserialize)]
struct Passage {
    siret: String,
    siege: bool,
    enseigne: Option<String>,
    commune: String,
    adresse: Option<String>,
    code_postal: Option<String>,
    longitude: Option<f64>,
    latitude: Option<f64>,
    naf: Option<String>,
    ouvert: bool,
    #[serde(skip)]
    traite_le: Option<Date>,
}

/// Reads the Sirene tables.
///
/// # Errors
/// A file is cut or damaged; the temporary file cannot be written.
pub fn lire(tables: &[Table], contexte: &mut Contexte<'_>) -> Result<Vec<Fiche>, ImportRefuse> {
    let de = |genre: Genre| tables.iter().filter(move |table| table.genre == genre);
    let disque = |erreur: &dyn std::fmt::Display| {
        ImportRefuse::fichier("fichier temporaire", None, format!("il ne peut pas être écrit ({erreur})."))
    };
    let (mut lieux_du, mut unites_du) = (JourDuStock::nouveau(contexte.jour), JourDuStock::nouveau(contexte.jour));
    let mut passages = csv::Writer::from_writer(BufWriter::new(tempfile::tempfile().map_err(|e| disque(&e))?));
    let mut presents = HashSet::new();
    for table in de(Genre::Etablissement) {
        let mut erreur = None;
        let commune = table.entete.colonne("codeCommuneEtablissement").unwrap_or(usize::MAX);
        parcourir(table, contexte, |ligne, numero, contexte| {
            if let Some(passage) = etablissement(table, ligne, numero, commune, contexte, &mut presents) {
                lieux_du.voir(passage.traite_le);
                erreur = erreur.take().or(passages.serialize(passage).err());
            }
        })?;
        if let Some(erreur) = erreur {
            return Err(disque(&erreur));
        }
    }
    let mut fiches = HashMap::new();
    for table in de(Genre::UniteLegale) {
        let rang = table.entete.colonne("siren").unwrap_or(usize::MAX);
        parcourir(table, contexte, |ligne, numero, contexte| {
            // Most rows of a national file stop here, before anything is decoded.
            let vu = |cle: &u32| presents.contains(cle) || contexte.connus.contains(cle);
            if ligne.get(rang).and_then(en_nombre).is_some_and(|cle| !vu(&cle)) {
                contexte.rapport.ailleurs += 1;
                return;
            }
            let cellules = Cellules::nouvelles(&table.entete, ligne);
            unite_legale(table, &cellules, numero, contexte, &presents, (&mut fiches, &mut unites_du));
        })?;
    }
    avertir(tables, contexte);
    let mut fichier = passages.into_inner().map_err(|e| disque(&e))?.into_inner().map_err(|e| disque(&e))?;
    fichier.flush().and_then(|()| fichier.rewind()).map_err(|e| disque(&e))?;
    let mut lecteur = csv::Reader::from_reader(BufReader::new(fichier));
    for passage in lecteur.deserialize::<Passage>() {
        rattacher(passage.map_err(|e| disque(&e))?, contexte, &mut fiches);
    }
    let du_nom = |genre| de(genre).filter_map(|table| jour_du_nom(&table.nom)).filter(|du| *du <= contexte.jour).max();
    let lieux_du = lieux_du.jour().or_else(|| du_nom(Genre::Etablissement));
    let unites_du = unites_du.jour().or_else(|| du_nom(Genre::UniteLegale));
    // Dated by the whole file: a row whose own day is lost is still of this stock.
    let dite = |fiche: &Fiche| fiche.faits.iter().any(|(champ, _)| *champ == Champ::Etat);
    let dater = |fiche: Fiche| Fiche { du: unites_du.filter(|_| dite(&fiche)).or(lieux_du), lieux_du, ..fiche };
    let mut fiches: Vec<Fiche> = fiches.into_values().map(situer).map(dater).collect();
    fiches.sort_by(|a, b| a.siren.cmp(&b.siren));
    Ok(fiches)
}

fn avertir(tables: &[Table], contexte: &mut Contexte<'_>) {
    let a = |genre: Genre| tables.iter().any(|table| table.genre == genre);
    match (a(Genre::UniteLegale), a(Genre::Etablissement)) {
        (true, false) => contexte.rapport.avertir(
            "Sans le fichier des établissements (StockEtablissement), seuls les acteurs déjà connus sont mis à jour.",
        ),
        (false, true) => contexte.rapport.avertir(
            "Sans le fichier des unités légales (StockUniteLegale), seuls les acteurs déjà connus sont mis à jour.",
        ),
        _ => {}
    }
}

/// The commune is looked at before anything else of the row: most rows of a national file stop there.
fn etablissement(
    table: &Table,
    ligne: &ByteRecord,
    numero: u64,
    rang_commune: usize,
    contexte: &mut Contexte<'_>,
    presents: &mut HashSet<u32>,
) -> Option<Passage> {
    let cellules = Cellules::nouvelles(&table.entete, ligne);
    let situation = match ligne.get(rang_commune).unwrap_or_default() {
        [] => {
            let [postal, nom] =
                ["codePostalEtablissement", "libelleCommuneEtablissement"].map(|colonne| cellules.texte(colonne));
            Lieux::sans_code(&postal, &nom)
        }
        code => contexte.lieux.du_code(code),
    };
    let (colonne, motif) = match situation {
        Situation::Ici(commune) => {
            return passage(table, &cellules, numero, &commune, contexte, presents);
        }
        Situation::Ailleurs => {
            contexte.rapport.ailleurs += 1;
            return None;
        }
        Situation::PasUnNom(motif) => ("libelleCommuneEtablissement", motif),
        Situation::PasUnCode(motif) if ligne.get(rang_commune).is_none_or(<[u8]>::is_empty) => {
            ("codePostalEtablissement", motif)
        }
        Situation::Doute(motif) | Situation::PasUnCode(motif) => ("codeCommuneEtablissement", motif),
    };
    contexte.rapport.refuser(&table.nom, numero, Some(colonne), motif);
    None
}

/// An establishment of the territory, when it can be used.
fn passage(
    table: &Table,
    cellules: &Cellules<'_>,
    numero: u64,
    commune: &CodeCommune,
    contexte: &mut Contexte<'_>,
    presents: &mut HashSet<u32>,
) -> Option<Passage> {
    let lu = match nombre::siret(&cellules.texte("siret")) {
        Ok(lu) => lu,
        Err(erreur) => {
            contexte.rapport.refuser(&table.nom, numero, Some("siret"), erreur.to_string());
            return None;
        }
    };
    if let Some(remarque) = lu.remarque {
        contexte.rapport.remarquer(&table.nom, numero, Some("siret"), remarque);
    }
    let (siret, siren) = lu.valeur;
    let ouvert = match cellules.texte("etatAdministratifEtablissement").as_str() {
        "A" => true,
        "F" => false,
        autre => {
            let motif = format!("« {autre} » n’est pas un état : A (actif) ou F (fermé)");
            contexte.rapport.refuser(&table.nom, numero, Some("etatAdministratifEtablissement"), motif);
            return None;
        }
    };
    let court = court(&siren);
    if ouvert {
        presents.insert(court);
    } else if !contexte.connus.contains(&court) {
        contexte.rapport.hors_champ += 1;
        return None;
    }
    let traite_le = ou_remarquer(cellules.jour("dateDernierTraitementEtablissement"), contexte, table, numero);
    let siege = ou_remarquer(cellules.oui("etablissementSiege"), contexte, table, numero).unwrap_or(false);
    let diffusible = cellules.texte("statutDiffusionEtablissement") == "O";
    let point = if diffusible { ou_remarquer(point(cellules, commune), contexte, table, numero) } else { None };
    let voie = [
        "numeroVoieEtablissement",
        "indiceRepetitionEtablissement",
        "typeVoieEtablissement",
        "libelleVoieEtablissement",
    ];
    let voie: Vec<String> = voie.iter().filter_map(|colonne| cellules.plein(colonne)).collect();
    Some(Passage {
        siret,
        siege,
        enseigne: cellules
            .plein("enseigne1Etablissement")
            .or_else(|| cellules.plein("denominationUsuelleEtablissement"))
            .filter(|_| diffusible),
        commune: commune.to_string(),
        adresse: Some(voie.join(" ")).filter(|voie| diffusible && !voie.is_empty()),
        code_postal: cellules.plein("codePostalEtablissement").map(|brut| code_postal(&brut).unwrap_or(brut)),
        longitude: point.map(|point| point.0),
        latitude: point.map(|point| point.1),
        naf: naf_rev2(cellules, "Etablissement"),
        ouvert,
        traite_le,
    })
}

/// Where the door is (WGS84). Overseas, Sirene uses a projection for each territory: no point is better than a false one.
fn point(cellules: &Cellules<'_>, commune: &CodeCommune) -> Result<Option<(f64, f64)>, Incomprise> {
    if let Some(point) = cellules.point(POINT)? {
        return Ok(Some(point));
    }
    let [x, y] = LAMBERT.map(|colonne| cellules.plein(colonne).map(|brut| brut.replace(',', ".")));
    if (x.is_none() && y.is_none()) || commune.est_outre_mer() {
        return Ok(None);
    }
    let metres = |brut: Option<String>| brut.and_then(|brut| brut.parse::<f64>().ok());
    let [abscisse, _] = LAMBERT;
    let lu = metres(x).zip(metres(y)).and_then(en_degres);
    lu.map(Some)
        .ok_or_else(|| (abscisse, "ces coordonnées ne sont pas un point de la métropole en Lambert-93".to_owned()))
}

fn naf_rev2(cellules: &Cellules<'_>, quoi: &str) -> Option<String> {
    let nomenclature = cellules.texte(&format!("nomenclatureActivitePrincipale{quoi}"));
    let code = naf(&cellules.texte(&format!("activitePrincipale{quoi}")))?;
    (nomenclature.is_empty() || nomenclature == "NAFRev2").then_some(code)
}

fn unite_legale(
    table: &Table,
    cellules: &Cellules<'_>,
    numero: u64,
    contexte: &mut Contexte<'_>,
    presents: &HashSet<u32>,
    (fiches, du): (&mut HashMap<u32, Fiche>, &mut JourDuStock),
) {
    let lu = match nombre::siren(&cellules.texte("siren")) {
        Ok(lu) => lu,
        Err(erreur) => return contexte.rapport.refuser(&table.nom, numero, Some("siren"), erreur.to_string()),
    };
    let cle = court(&lu.valeur);
    let connu = contexte.connus.contains(&cle);
    if !connu && !presents.contains(&cle) {
        contexte.rapport.ailleurs += 1;
        return;
    }
    du.voir(ou_remarquer(cellules.jour(TRAITEE_LE), contexte, table, numero));
    if let Some(remarque) = lu.remarque {
        contexte.rapport.remarquer(&table.nom, numero, Some("siren"), remarque);
    }
    let etat = cellules.texte(ETAT_UNITE);
    if !matches!(etat.as_str(), "A" | "C" | "") {
        let motif = format!("« {etat} » n’est pas un état : A (active) ou C (cessée)");
        return contexte.rapport.refuser(&table.nom, numero, Some(ETAT_UNITE), motif);
    }
    if !connu && !a_sa_place(cellules, contexte.ess_france.contains(&cle)) {
        contexte.rapport.hors_champ += 1;
        return;
    }
    if fiches.contains_key(&cle) {
        let motif = "ce SIREN est déjà dans une ligne précédente : la première est gardée";
        return contexte.rapport.remarquer(&table.nom, numero, Some("siren"), motif);
    }
    let tranche = cellules.plein(TRANCHE).and_then(|brute| tranche(&brute));
    if let Some(inconnue) = tranche.as_deref().filter(|tranche| bornes(tranche).is_none()) {
        let motif =
            format!("« {inconnue} » n’est pas une tranche d’effectifs connue : gardée telle quelle, à vérifier");
        contexte.rapport.remarquer(&table.nom, numero, Some(TRANCHE), motif);
    }
    fiches.insert(cle, fiche(lu.valeur, cellules, tranche));
}

/// The code of a bracket of employees; its first zero comes back where a spreadsheet took `01` for a number. Nothing when the
/// unit employs nobody known (`NN`).
fn tranche(brute: &str) -> Option<String> {
    let code = brute.strip_suffix(".0").unwrap_or(brute);
    (code != "NN").then(|| format!("{code:0>2}"))
}

/// Does a unit of the territory enter the directory? The flag or the list of ESS France; else its form, unless its
/// activity is of those left out; active, named, fully or partly diffusible, never a natural person.
fn a_sa_place(cellules: &Cellules<'_>, dans_la_liste: bool) -> bool {
    let forme = forme(&cellules.texte("categorieJuridiqueUniteLegale"));
    let exclue = naf_rev2(cellules, "UniteLegale").is_some_and(|naf| activite_exclue(&naf));
    let par_la_forme = matches!(forme, Forme::Nommee(_) | Forme::AConfirmer(_)) && !exclue;
    let dite = cellules.texte("economieSocialeSolidaireUniteLegale") == "O" || cellules.plein(PREUVE_ESS).is_some();
    let ess = dite || dans_la_liste || par_la_forme;
    ess && forme != Forme::PersonnePhysique
        && cellules.texte(ETAT_UNITE) != "C"
        && cellules.texte("statutDiffusionUniteLegale") != "N"
        && nom(cellules).is_some()
}

fn nom(cellules: &Cellules<'_>) -> Option<String> {
    cellules.plein("denominationUniteLegale").or_else(|| cellules.plein("denominationUsuelle1UniteLegale"))
}

fn fiche(siren: domain::identifiant::Siren, cellules: &Cellules<'_>, tranche: Option<String>) -> Fiche {
    let mut fiche = Fiche::nouvelle(siren, Origine::Sirene);
    fiche.dire(Champ::Nom, nom(cellules));
    fiche.dire(Champ::Sigle, cellules.plein("sigleUniteLegale"));
    let rna = cellules.plein("identifiantAssociationUniteLegale");
    fiche.dire(Champ::Rna, rna.filter(|rna| rna.parse::<domain::identifiant::Rna>().is_ok()));
    fiche.dire(Champ::CategorieJuridique, cellules.plein("categorieJuridiqueUniteLegale"));
    fiche.dire(Champ::Naf, naf_rev2(cellules, "UniteLegale"));
    fiche.dire(Champ::Tranche, tranche);
    fiche.dire(Champ::PreuveEss, cellules.plein(PREUVE_ESS));
    let ess = cellules.plein("economieSocialeSolidaireUniteLegale");
    fiche.dire(Champ::SireneEss, ess.filter(|valeur| valeur == "O" || valeur == "N"));
    let etat = if cellules.texte(ETAT_UNITE) == "C" { EtatActeur::Cesse } else { EtatActeur::Actif };
    fiche.dire(Champ::Etat, Some(etat.to_string()));
    let diffusion = match cellules.texte("statutDiffusionUniteLegale").as_str() {
        "P" | "N" => Diffusion::Partielle,
        _ => Diffusion::Totale,
    };
    fiche.dire(Champ::Diffusion, Some(diffusion.to_string()));
    fiche
}

fn rattacher(passage: Passage, contexte: &Contexte<'_>, fiches: &mut HashMap<u32, Fiche>) {
    let Some(siren) = passage.siret.get(..9).and_then(|debut| debut.parse::<domain::identifiant::Siren>().ok()) else {
        return;
    };
    let cle = court(&siren);
    if contexte.connus.contains(&cle) {
        fiches.entry(cle).or_insert_with(|| Fiche::nouvelle(siren, Origine::Sirene));
    }
    let (Some(fiche), Ok(commune)) = (fiches.get_mut(&cle), passage.commune.parse()) else {
        return;
    };
    let deja = fiche.etablissements.iter().any(|e| e.siret == passage.siret);
    if !deja {
        // The legal unit may ask not to be shown where its establishment did not.
        let partielle = fiche.faits.iter().any(|(c, v)| *c == Champ::Diffusion && v == Diffusion::Partielle.as_str());
        fiche.etablissements.push(EtablissementLu {
            siret: passage.siret,
            siege: passage.siege,
            enseigne: passage.enseigne.filter(|_| !partielle),
            commune,
            adresse: passage.adresse.filter(|_| !partielle),
            code_postal: passage.code_postal,
            point: passage.longitude.zip(passage.latitude).filter(|_| !partielle),
            naf: passage.naf,
            ouvert: passage.ouvert,
        });
    }
}

/// Where the actor is found: its seat when it is here, else its first open establishment.
fn situer(mut fiche: Fiche) -> Fiche {
    fiche.etablissements.sort_by(|a, b| (!a.siege, !a.ouvert, &a.siret).cmp(&(!b.siege, !b.ouvert, &b.siret)));
    let commune =
        fiche.etablissements.iter().find(|e| e.ouvert).or(fiche.etablissements.first()).map(|e| e.commune.to_string());
    fiche.dire(Champ::Commune, commune);
    fiche
}
