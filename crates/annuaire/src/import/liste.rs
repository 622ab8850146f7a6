//! Lists that a mapping file describes: agreed enterprises (ESUS), lists of regional chambers (CRESS)… A mapping says by
//! which columns its list is recognised and where each thing is; an agent may send one with the list. CSV, XLSX or ODS.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use documents::correspondance;
use documents::lecture::{self, Case, FeuilleLue, Ligne, Refus};
use domain::code::CodeCommune;
use domain::identifiant::{Rna, Siren};
use jiff::civil::Date;
use serde::Deserialize;
use web::ouvert::{courriel_de_structure, telephone_de_structure};

use super::disparus::ListeLue;
use super::fiche::{
    AgrementLu, Contexte, EtablissementLu, Fiche, court, est_une_adresse, nettoye, peut_etre_coupe, rien_ici,
};
use super::fichier::{Contenu, FichierRecu};
use super::lieu::Situation;
use super::nombre::{self, Lu};
use super::rapport::{FichierLu, Rapport};
use super::{ImportRefuse, fiche};
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
    /// It names everyone: who is no longer in a newer one has left it.
    #[serde(default)]
    pub entiere: bool,
    /// Columns by which the list is recognised.
    pub reconnait: Vec<String>,
    /// Where each thing is: names of columns, the first that is there is read.
    pub colonnes: BTreeMap<Colonne, Vec<String>>,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colonne {
    /// SIREN.
    Siren,
    /// SIRET.
    Siret,
    /// RNA number.
    Rna,
    /// Name.
    Nom,
    /// Short name.
    Sigle,
    /// Postal code.
    CodePostal,
    /// Name of the commune.
    Commune,
    /// INSEE code of the commune.
    CodeCommune,
    /// Number and street, kept with a SIRET.
    Adresse,
    /// Activity (NAF rév. 2).
    Naf,
    /// Web site.
    Site,
    /// General mail address of the structure; the one of a person is left out.
    Courriel,
    /// Telephone of the structure; a mobile is left out.
    Telephone,
    /// First day of the approval.
    Du,
    /// Last day of the approval.
    Au,
}

/// A list recognised.
pub struct Liste {
    nom: String,
    octets: u64,
    /// A text whose last row has no line end.
    sans_fin: bool,
    feuille: FeuilleLue,
    correspondance: Correspondance,
}

fn lire_toml(nom: &str, texte: &str) -> Result<Correspondance, ImportRefuse> {
    let lue: Correspondance = correspondance::lire(texte).map_err(|incompris| {
        let ligne = incompris.ligne.map(|ligne| ligne as u64);
        ImportRefuse::fichier(nom, ligne, format!("la correspondance n’est pas comprise ({}).", incompris.message))
    })?;
    let refus = |motif: &str| Err(ImportRefuse::fichier(nom, None, motif));
    if !matches!(lue.origine, Origine::Esus | Origine::Cress) {
        return refus("« origine » doit valoir « esus » ou « cress ».");
    }
    if lue.reconnait.is_empty()
        || ![Colonne::Siren, Colonne::Siret, Colonne::Rna].iter().any(|numero| lue.colonnes.contains_key(numero))
    {
        return refus("« reconnait » et la colonne du SIREN, du SIRET ou du RNA sont nécessaires.");
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

fn octets(recu: &FichierRecu) -> Result<Cow<'_, [u8]>, ImportRefuse> {
    match &recu.contenu {
        Contenu::Octets(octets) => Ok(Cow::Borrowed(octets)),
        Contenu::Chemin(chemin) => std::fs::read(chemin).map(Cow::Owned).map_err(|erreur| {
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
    let sans_fin = !est_un_classeur(&recu.nom) && !octets.ends_with(b"\n");
    Some(Liste { nom: recu.nom.clone(), octets: octets.len() as u64, sans_fin, feuille, correspondance })
}

/// Why a workbook is not read: it is damaged, or no mapping knows its columns. None for other files.
#[must_use]
pub fn pourquoi(recu: &FichierRecu) -> Option<ImportRefuse> {
    if !est_un_classeur(&recu.nom) || taille(recu) > TAILLE_MAX {
        return None;
    }
    let octets = octets(recu).ok()?;
    let motif = match lecture::lire(&recu.nom, &octets) {
        Err(refus) => format!("ce classeur ne se lit pas : {refus}"),
        Ok(feuille) => {
            let vus: Vec<&str> = feuille.entetes.iter().take(6).map(String::as_str).collect();
            format!(
                "ce classeur n’est pas reconnu à ses colonnes (« {} »). Joignez sa correspondance (.toml) ; pour Sirene, le RNA, \
                 les SIAE ou ESS France, enregistrez-le au format CSV.",
                vus.join(", ").chars().take(120).collect::<String>()
            )
        }
    };
    Some(ImportRefuse::fichier(&recu.nom, None, motif))
}

fn est_un_classeur(nom: &str) -> bool {
    let nom = nom.to_ascii_lowercase();
    [".xlsx", ".xlsm", ".ods"].iter().any(|fin| nom.ends_with(fin))
}

/// SIREN of the associations known by their RNA number.
pub(super) type Associations = HashMap<String, Siren>;

/// Said of an association that has no SIREN, or whose SIREN is not known: pages are kept by their SIREN here.
const SANS_SIREN: &str = "le SIREN de cette association n’est pas connu : lisez d’abord Sirene. Si elle n’en a pas, ajoutez-la \
                          avec ce numéro par « Ajouter une structure »";

/// Reads the lists; `du` is the day of the list, when the agent gave it.
pub(super) fn lire(
    listes: &[Liste],
    contexte: &mut Contexte<'_>,
    du: Option<Date>,
    associations: &Associations,
) -> Vec<Fiche> {
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
        let (rangs, ailleurs) = (rangs(liste), contexte.rapport.ailleurs);
        for ligne in &liste.feuille.lignes {
            let cellules = Cellules { feuille: &liste.feuille, rangs: &rangs, ligne, associations };
            if let Err(refus) = lire_ligne(liste, &cellules, contexte, &mut par_siren) {
                contexte.rapport.refuser(&liste.nom, ligne.numero as u64, refus.colonne.as_deref(), &*refus.raison);
            }
        }
        let lues = (liste.feuille.lignes.len() + liste.feuille.refus.len()) as u64;
        let (nom, genre) = (liste.nom.clone(), liste.correspondance.nom.clone());
        contexte.rapport.fichiers.push(FichierLu { nom, genre, lues, octets: liste.octets, reponse: false });
        contexte.rapport.lues += lues;
        if lues > 0 && contexte.rapport.ailleurs - ailleurs == lues {
            contexte.rapport.retenir(&rien_ici(&liste.nom));
        }
        if liste.sans_fin {
            contexte.rapport.retenir(&peut_etre_coupe(&liste.nom));
        }
        let du = contexte.jour_de_la_liste(du, &liste.nom);
        if liste.correspondance.entiere {
            contexte.listes.push(ListeLue::nouvelle(liste.correspondance.origine, &liste.nom, du, &par_siren));
        }
        fiches.extend(par_siren.into_values().map(|fiche| Fiche { du, ..fiche }));
    }
    fiches
}

/// Places of the columns that are there.
fn rangs(liste: &Liste) -> BTreeMap<Colonne, usize> {
    let rang = |noms: &Vec<String>| noms.iter().find_map(|nom| liste.feuille.colonne(nom));
    liste.correspondance.colonnes.iter().filter_map(|(colonne, noms)| Some((*colonne, rang(noms)?))).collect()
}

/// A row, read by what its columns hold.
struct Cellules<'a> {
    feuille: &'a FeuilleLue,
    rangs: &'a BTreeMap<Colonne, usize>,
    ligne: &'a Ligne,
    associations: &'a Associations,
}

impl Cellules<'_> {
    /// The text of a cell, when there is some.
    fn texte(&self, colonne: Colonne) -> Result<Option<String>, Refus> {
        let Some(rang) = self.rangs.get(&colonne) else { return Ok(None) };
        let lu = self.feuille.valeur(self.ligne, *rang, Case::lire_texte)?;
        Ok(lu.map(|texte| nettoye(&texte)).filter(|texte| !texte.is_empty()))
    }

    fn jour(&self, colonne: Colonne) -> Result<Option<Date>, Refus> {
        let Some(rang) = self.rangs.get(&colonne) else { return Ok(None) };
        self.feuille.valeur(self.ligne, *rang, Case::date)
    }

    /// Why this cell cannot be used.
    fn refus(&self, colonne: Colonne, raison: impl Into<String>) -> Refus {
        let entete = self.rangs.get(&colonne).and_then(|rang| self.feuille.entetes.get(*rang));
        Refus { ligne: Some(self.ligne.numero), colonne: entete.cloned(), raison: raison.into() }
    }

    fn siret(&self) -> Result<Option<Lu<(String, Siren)>>, Refus> {
        let siret = self.texte(Colonne::Siret)?.map(|siret| nombre::siret(&siret));
        siret.transpose().map_err(|erreur| self.refus(Colonne::Siret, erreur.to_string()))
    }

    fn rna(&self) -> Result<Option<Rna>, Refus> {
        let rna = self.texte(Colonne::Rna)?.map(|rna| rna.parse::<Rna>());
        rna.transpose().map_err(|erreur| self.refus(Colonne::Rna, erreur.to_string()))
    }

    /// Whom the row is about: by SIRET, by SIREN, else by the number of an association whose SIREN is known.
    fn siren(&self) -> Result<Lu<Siren>, Refus> {
        if let Some(lu) = self.siret()? {
            return Ok(Lu { valeur: lu.valeur.1, remarque: lu.remarque });
        }
        match (self.texte(Colonne::Siren)?, self.rna()?) {
            (None, Some(rna)) => {
                let connu = self.associations.get(rna.as_str()).cloned();
                let valeur = connu.ok_or_else(|| self.refus(Colonne::Rna, SANS_SIREN))?;
                Ok(Lu { valeur, remarque: None })
            }
            (siren, _) => nombre::siren(&siren.unwrap_or_default())
                .map_err(|erreur| self.refus(Colonne::Siren, erreur.to_string())),
        }
    }

    /// The contact of this column when it is that of the structure; else a remark, without the contact, and nothing.
    fn contact(
        &self,
        colonne: Colonne,
        (rapport, liste): (&mut Rapport, &str),
        de_structure: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<String>, Refus> {
        let Some(ecrit) = self.texte(colonne)? else { return Ok(None) };
        let lu = de_structure(&ecrit);
        if lu.is_none() {
            let entete = self.rangs.get(&colonne).and_then(|rang| self.feuille.entetes.get(*rang));
            let motif = "ce contact semble celui d’une personne, ou n’est pas complet : laissé de côté";
            rapport.remarquer(liste, self.ligne.numero as u64, entete.map(String::as_str), motif);
        }
        Ok(lu)
    }

    /// The place of this row, when it has a number and an address.
    fn etablissement(&self, commune: &CodeCommune, naf: Option<&str>) -> Result<Option<EtablissementLu>, Refus> {
        let (Some(lu), Some(adresse)) = (self.siret()?, self.texte(Colonne::Adresse)?) else { return Ok(None) };
        Ok(Some(EtablissementLu {
            siret: lu.valeur.0,
            // The list does not say which one is the seat.
            siege: false,
            enseigne: None,
            commune: commune.clone(),
            adresse: Some(adresse),
            code_postal: self.texte(Colonne::CodePostal)?,
            point: None,
            naf: naf.map(str::to_owned),
            ouvert: true,
        }))
    }

    fn situation(&self, contexte: &mut Contexte<'_>) -> Result<Situation, Refus> {
        Ok(match self.texte(Colonne::CodeCommune)? {
            Some(code) => contexte.lieux.du_code(code.as_bytes()),
            None => {
                let texte = |colonne| self.texte(colonne).map(Option::unwrap_or_default);
                contexte.lieux.du_nom(&texte(Colonne::CodePostal)?, &texte(Colonne::Commune)?)
            }
        })
    }

    fn agrement(&self) -> Result<(Option<Date>, Option<Date>), Refus> {
        let (du, au) = (self.jour(Colonne::Du)?, self.jour(Colonne::Au)?);
        match (du, au) {
            (Some(du), Some(au)) if au < du => Err(self.refus(Colonne::Au, "la fin est avant le début")),
            dates => Ok(dates),
        }
    }
}

fn lire_ligne(
    liste: &Liste,
    cellules: &Cellules<'_>,
    contexte: &mut Contexte<'_>,
    fiches: &mut BTreeMap<Siren, Fiche>,
) -> Result<(), Refus> {
    // The place first: a number damaged elsewhere in France is nobody's business here.
    let (situation, siren) = (cellules.situation(contexte)?, cellules.siren());
    let connu = siren.as_ref().is_ok_and(|lu| contexte.connus.contains(&court(&lu.valeur)));
    let commune = match situation {
        Situation::Ici(commune) => Some(commune),
        // The seat may be elsewhere: the directory knows this actor by another place.
        Situation::Ailleurs | Situation::Doute(_) if connu => None,
        Situation::PasUnCode(motif) => {
            let code = cellules.texte(Colonne::CodeCommune)?.map_or(Colonne::CodePostal, |_| Colonne::CodeCommune);
            return Err(cellules.refus(code, motif));
        }
        Situation::Ailleurs => {
            contexte.rapport.ailleurs += 1;
            return Ok(());
        }
        Situation::Doute(motif) | Situation::PasUnNom(motif) => {
            return Err(cellules.refus(Colonne::Commune, motif));
        }
    };
    let Lu { valeur: siren, remarque } = siren?;
    let nom = cellules.texte(Colonne::Nom)?;
    if nom.is_none() && !connu {
        return Err(cellules.refus(Colonne::Nom, "le nom manque"));
    }
    let (du, au) = cellules.agrement()?;
    let (sigle, site) = (cellules.texte(Colonne::Sigle)?, cellules.texte(Colonne::Site)?);
    let (rna, naf) = (cellules.rna()?, cellules.texte(Colonne::Naf)?.and_then(|code| fiche::naf(&code)));
    let etablissement = match &commune {
        Some(commune) => cellules.etablissement(commune, naf.as_deref())?,
        None => None,
    };
    let noms = [nom.as_deref().unwrap_or_default(), sigle.as_deref().unwrap_or_default()];
    let courriel = |ecrit: &str| courriel_de_structure(ecrit, &noms).filter(|c| !c.contains(' ')).map(str::to_owned);
    let courriel = cellules.contact(Colonne::Courriel, (&mut contexte.rapport, &liste.nom), courriel)?;
    let telephone = |ecrit: &str| telephone_de_structure(ecrit).map(str::to_owned);
    let telephone = cellules.contact(Colonne::Telephone, (&mut contexte.rapport, &liste.nom), telephone)?;
    if let Some(remarque) = remarque {
        contexte.rapport.remarquer(&liste.nom, cellules.ligne.numero as u64, None, remarque);
    }
    let correspondance = &liste.correspondance;
    let fiche = fiches.entry(siren.clone()).or_insert_with(|| Fiche::nouvelle(siren, correspondance.origine));
    fiche.dire(Champ::Nom, nom);
    fiche.dire(Champ::Sigle, sigle);
    fiche.dire(Champ::Site, site.filter(|site| est_une_adresse(site)));
    fiche.dire(Champ::Commune, commune.map(|commune| commune.to_string()));
    fiche.dire(Champ::Rna, rna.map(|rna| rna.to_string()));
    fiche.dire(Champ::Naf, naf);
    fiche.dire(Champ::Courriel, courriel);
    fiche.dire(Champ::Telephone, telephone);
    if let Some(lu) = etablissement.filter(|lu| !fiche.etablissements.iter().any(|e| e.siret == lu.siret)) {
        fiche.etablissements.push(lu);
    }
    // An approval that is over proves nothing any more.
    if au.is_none_or(|au| au >= contexte.jour) {
        fiche.dire(Champ::PreuveEss, correspondance.preuve_ess.clone());
    }
    if let Some(genre) = correspondance.agrement {
        fiche.agreer(AgrementLu { exact: false, genre, du, au });
    }
    Ok(())
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
