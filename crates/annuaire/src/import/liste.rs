//! Lists that a mapping file describes: agreed enterprises (ESUS), lists of regional chambers (CRESS)… A mapping says by
//! which columns its list is recognised and where each thing is; an agent may send one with the list. CSV, XLSX or ODS.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use documents::lecture::{self, Case, FeuilleLue, Ligne};
use domain::identifiant::Siren;
use jiff::civil::Date;
use serde::Deserialize;

use super::ImportRefuse;
use super::fiche::{AgrementLu, Contexte, Fiche, court};
use super::fichier::{Contenu, FichierRecu};
use super::lieu::Situation;
use super::nombre;
use super::rapport::FichierLu;
use crate::vocabulaire::{Champ, GenreAgrement, Origine};

/// Larger files are not lists: they are read as streams, or refused.
const TAILLE_MAX: u64 = 20 * 1024 * 1024;

/// Mappings shipped.
const LIVREES: [(&str, &str); 2] = [
    ("esus.toml", include_str!("../../../../contenu/correspondances-annuaire/esus.toml")),
    ("cress.toml", include_str!("../../../../contenu/correspondances-annuaire/cress.toml")),
];

/// A mapping.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correspondance {
    /// Stable id.
    pub id: String,
    /// Name shown.
    pub nom: String,
    /// Where the list is published.
    pub source: String,
    /// Where its facts come from: [`Origine::Esus`] or [`Origine::Cress`].
    pub origine: Origine,
    /// The approval that it gives.
    #[serde(default)]
    pub agrement: Option<GenreAgrement>,
    /// What presence in it proves of the ESS, in words.
    #[serde(default)]
    pub preuve_ess: Option<String>,
    /// Columns by which the list is recognised.
    pub reconnait: Vec<String>,
    /// Where each thing is.
    pub colonnes: Colonnes,
}

/// Names of columns, the first that is there is read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Colonnes {
    /// SIREN.
    pub siren: Vec<String>,
    /// SIRET.
    pub siret: Vec<String>,
    /// Name.
    pub nom: Vec<String>,
    /// Short name.
    pub sigle: Vec<String>,
    /// Postal code.
    pub code_postal: Vec<String>,
    /// Name of the commune.
    pub commune: Vec<String>,
    /// INSEE code of the commune.
    pub code_commune: Vec<String>,
    /// Web site.
    pub site: Vec<String>,
    /// First day of the approval.
    pub du: Vec<String>,
    /// Last day of the approval.
    pub au: Vec<String>,
}

/// A list recognised.
pub struct Liste {
    nom: String,
    octets: u64,
    feuille: FeuilleLue,
    correspondance: Correspondance,
}

fn lire_toml(nom: &str, texte: &str) -> Result<Correspondance, ImportRefuse> {
    let lue: Correspondance = toml::from_str(texte).map_err(|erreur| {
        let ligne = erreur.span().map(|ou| texte.get(..ou.start).unwrap_or_default().lines().count().max(1) as u64);
        ImportRefuse::fichier(nom, ligne, format!("la correspondance n’est pas comprise ({}).", erreur.message()))
    })?;
    let refus = |motif: &str| Err(ImportRefuse::fichier(nom, None, motif));
    if !matches!(lue.origine, Origine::Esus | Origine::Cress) {
        return refus("« origine » doit valoir « esus » ou « cress ».");
    }
    if lue.reconnait.is_empty() || (lue.colonnes.siren.is_empty() && lue.colonnes.siret.is_empty()) {
        return refus("« reconnait » et la colonne du SIREN ou du SIRET sont nécessaires.");
    }
    Ok(lue)
}

static TOUTES: LazyLock<Result<Vec<Correspondance>, String>> = LazyLock::new(|| {
    LIVREES.iter().map(|(nom, texte)| lire_toml(nom, texte).map_err(|erreur| erreur.to_string())).collect()
});

/// The mappings sent among the files, then those shipped.
///
/// # Errors
/// A mapping is not understood.
pub fn correspondances(recus: &[FichierRecu]) -> Result<Vec<Correspondance>, ImportRefuse> {
    let mut toutes = Vec::new();
    for recu in recus.iter().filter(|recu| est_une_correspondance(recu)) {
        let octets = octets(recu)?;
        toutes.push(lire_toml(&recu.nom, &String::from_utf8_lossy(&octets))?);
    }
    match &*TOUTES {
        Ok(livrees) => toutes.extend(livrees.iter().cloned()),
        Err(erreur) => return Err(ImportRefuse::fichier("correspondances", None, erreur.clone())),
    }
    Ok(toutes)
}

/// A file that describes another one.
#[must_use]
pub fn est_une_correspondance(recu: &FichierRecu) -> bool {
    recu.nom.to_ascii_lowercase().ends_with(".toml")
}

fn octets(recu: &FichierRecu) -> Result<Vec<u8>, ImportRefuse> {
    match &recu.contenu {
        Contenu::Octets(octets) => Ok(octets.clone()),
        Contenu::Chemin(chemin) => std::fs::read(chemin).map_err(|erreur| {
            let motif = format!("le fichier ne peut pas être lu : {}.", platform::panne::du_fichier(&erreur));
            ImportRefuse::fichier(&recu.nom, None, motif)
        }),
    }
}

fn taille(recu: &FichierRecu) -> u64 {
    match &recu.contenu {
        Contenu::Octets(octets) => octets.len() as u64,
        Contenu::Chemin(chemin) => chemin.metadata().map_or(u64::MAX, |fiche| fiche.len()),
    }
}

/// The list that this file is, by the first mapping that recognises it. None when none does, or when it cannot be read:
/// what is wrong is said by who read it first.
#[must_use]
pub fn reconnaitre(recu: &FichierRecu, correspondances: &[Correspondance]) -> Option<Liste> {
    if taille(recu) > TAILLE_MAX {
        return None;
    }
    let octets = octets(recu).ok()?;
    let feuille = lecture::lire(&recu.nom, &octets).ok()?;
    let a = |nom: &String| feuille.colonne(nom).is_some();
    let correspondance = correspondances.iter().find(|c| c.reconnait.iter().all(a))?.clone();
    Some(Liste { nom: recu.nom.clone(), octets: octets.len() as u64, feuille, correspondance })
}

/// Reads the lists; `du` is the day of the list, when the agent gave it.
pub fn lire(listes: &[Liste], contexte: &mut Contexte<'_>, du: Option<Date>) -> Vec<Fiche> {
    let mut fiches = Vec::new();
    for liste in listes {
        let mut par_siren: BTreeMap<Siren, Fiche> = BTreeMap::new();
        for refus in &liste.feuille.refus {
            contexte.rapport.refuser(
                &liste.nom,
                refus.ligne.unwrap_or(0) as u64,
                refus.colonne.as_deref(),
                &*refus.raison,
            );
        }
        let rangs = Rangs::nouveaux(liste);
        for ligne in &liste.feuille.lignes {
            if let Err((colonne, motif)) = lire_ligne(liste, &rangs, ligne, contexte, &mut par_siren) {
                contexte.rapport.refuser(&liste.nom, ligne.numero as u64, Some(&colonne), motif);
            }
        }
        let lues = (liste.feuille.lignes.len() + liste.feuille.refus.len()) as u64;
        let (nom, genre) = (liste.nom.clone(), liste.correspondance.nom.clone());
        contexte.rapport.fichiers.push(FichierLu { nom, genre, lues, octets: liste.octets });
        contexte.rapport.lues += lues;
        fiches.extend(par_siren.into_values().map(|fiche| Fiche { du, ..fiche }));
    }
    fiches
}

/// Places of the columns that are there.
struct Rangs {
    siren: Option<usize>,
    siret: Option<usize>,
    nom: Option<usize>,
    sigle: Option<usize>,
    code_postal: Option<usize>,
    commune: Option<usize>,
    code_commune: Option<usize>,
    site: Option<usize>,
    du: Option<usize>,
    au: Option<usize>,
}

impl Rangs {
    fn nouveaux(liste: &Liste) -> Self {
        let rang = |noms: &[String]| noms.iter().find_map(|nom| liste.feuille.colonne(nom));
        let c = &liste.correspondance.colonnes;
        Self {
            siren: rang(&c.siren),
            siret: rang(&c.siret),
            nom: rang(&c.nom),
            sigle: rang(&c.sigle),
            code_postal: rang(&c.code_postal),
            commune: rang(&c.commune),
            code_commune: rang(&c.code_commune),
            site: rang(&c.site),
            du: rang(&c.du),
            au: rang(&c.au),
        }
    }
}

/// Which column, and why.
type RefusDeCase = (String, String);

fn lire_ligne(
    liste: &Liste,
    rangs: &Rangs,
    ligne: &Ligne,
    contexte: &mut Contexte<'_>,
    fiches: &mut BTreeMap<Siren, Fiche>,
) -> Result<(), RefusDeCase> {
    let vide = Case::Vide;
    let case = |rang: Option<usize>| rang.and_then(|rang| ligne.cases.get(rang)).unwrap_or(&vide);
    let texte = |rang| nettoye(&case(rang).texte());
    let nommer =
        |rang: Option<usize>| rang.and_then(|rang| liste.feuille.entetes.get(rang)).cloned().unwrap_or_default();
    let (siren, remarque) = match texte(rangs.siret) {
        vide if vide.is_empty() => nombre::siren(&texte(rangs.siren))
            .map(|lu| (lu.valeur, lu.remarque))
            .map_err(|erreur| (nommer(rangs.siren.or(rangs.siret)), erreur.to_string()))?,
        siret => nombre::siret(&siret)
            .map(|lu| (lu.valeur.1, lu.remarque))
            .map_err(|erreur| (nommer(rangs.siret), erreur.to_string()))?,
    };
    let connu = contexte.connus.contains(&court(&siren));
    let situation = match texte(rangs.code_commune) {
        vide if vide.is_empty() => contexte.lieux.du_nom(&texte(rangs.code_postal), &texte(rangs.commune)),
        code => contexte.lieux.du_code(code.as_bytes()).clone(),
    };
    let commune = match situation {
        Situation::Ici(commune) => Some(commune),
        // The seat may be elsewhere: the directory knows this actor by another place.
        Situation::Ailleurs if connu => None,
        Situation::Ailleurs => {
            contexte.rapport.ailleurs += 1;
            return Ok(());
        }
        Situation::Doute(_) if connu => None,
        Situation::Doute(motif) => return Err((nommer(rangs.commune), motif)),
    };
    let nom = Some(texte(rangs.nom)).filter(|nom| !nom.is_empty());
    if nom.is_none() && !connu {
        return Err((nommer(rangs.nom), "le nom manque".to_owned()));
    }
    let jour = |rang| case(rang).date().map_err(|motif| (nommer(rang), motif));
    let (du, au) = (jour(rangs.du)?, jour(rangs.au)?);
    if matches!((du, au), (Some(du), Some(au)) if au < du) {
        return Err((nommer(rangs.au), "la fin est avant le début".to_owned()));
    }
    if let Some(remarque) = remarque {
        contexte.rapport.remarquer(&liste.nom, ligne.numero as u64, None, remarque);
    }
    let correspondance = &liste.correspondance;
    let fiche = fiches.entry(siren.clone()).or_insert_with(|| Fiche::nouvelle(siren, correspondance.origine));
    fiche.dire(Champ::Nom, nom);
    fiche.dire(Champ::Sigle, Some(texte(rangs.sigle)).filter(|sigle| !sigle.is_empty()));
    let site = Some(texte(rangs.site)).filter(|s| s.starts_with("https://") || s.starts_with("http://"));
    fiche.dire(Champ::Site, site);
    fiche.dire(Champ::Commune, commune.map(|commune| commune.to_string()));
    // An approval that is over proves nothing any more.
    if au.is_none_or(|au| au >= contexte.jour) {
        fiche.dire(Champ::PreuveEss, correspondance.preuve_ess.clone());
    }
    if let Some(genre) = correspondance.agrement {
        fiche.agreer(AgrementLu { genre, du, au });
    }
    Ok(())
}

fn nettoye(texte: &str) -> String {
    texte.trim().chars().filter(|c| !c.is_control()).take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn les_correspondances_livrees_se_lisent() {
        let ids: Vec<String> = correspondances(&[]).unwrap().into_iter().map(|c| c.id).collect();
        assert_eq!(ids, ["esus", "cress"]);
    }

    #[rstest]
    #[case("id = 1", "n’est pas comprise")]
    #[case(
        "id='x'\nnom='x'\nsource='x'\norigine='sirene'\nreconnait=['A']\n[colonnes]\nsiren=['A']",
        "« esus » ou « cress »"
    )]
    #[case("id='x'\nnom='x'\nsource='x'\norigine='cress'\nreconnait=['A']\n[colonnes]\nnom=['A']", "nécessaires")]
    #[case(
        "id='x'\nnom='x'\nsource='x'\norigine='cress'\nreconnait=['A']\n[colonnes]\nsirenn=['A']",
        "n’est pas comprise"
    )]
    fn une_correspondance_fausse_dit_pourquoi(#[case] texte: &str, #[case] extrait: &str) {
        let erreur = lire_toml("x.toml", texte).unwrap_err().to_string();
        assert!(erreur.contains(extrait), "{erreur}");
    }
}
