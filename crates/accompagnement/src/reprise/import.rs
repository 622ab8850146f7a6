//! A file and its columns become projects: first what would happen to each line, then one transaction.

use std::collections::BTreeMap;

use documents::lecture::{FeuilleLue, Refus};
use domain::code::CodeCommune;
use domain::tri::cle_de_tri;
use platform::WriteTx;
use platform::crypto::empreinte_de_jeton;
use sea_orm::{ConnectionTrait, EntityTrait};
use serde::{Deserialize, Serialize};
use socle::projet::{self};
use socle::{PersonneId, reglage};
use web::formulaire::trouver_commune;
use web::{Erreur, Instance};

use super::colonnes::Correspondance;
use super::ecriture::Ecriture;
use super::rules::{self, Fiche};
use super::storage::{self, Avant, Connu, Reprise};
use crate::demande::storage as demandes;
use crate::evenements;

/// Lines of one import: one short transaction.
pub const LIGNES_MAX: usize = 2_000;
/// Setting that keeps the last columns.
const REGLAGE: &str = "reprise.correspondance";
/// `mode` of a request that comes from a spreadsheet: left out of the figures of delay.
pub(crate) const MODE: &str = "reprise";

/// What happens to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// A new project.
    Nouveau,
    /// A project that an import made, changed in the file since.
    Change,
    /// Already there, the same.
    Inchange,
    /// Left as it is on the site.
    Laisse,
    /// Not read.
    Refuse,
}

impl Sort {
    /// In a word.
    #[must_use]
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Nouveau => "Nouveau",
            Self::Change => "Changé",
            Self::Inchange => "Inchangé",
            Self::Laisse => "Laissé",
            Self::Refuse => "Refusé",
        }
    }
}

/// A line of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LigneRapport {
    /// Line of the file.
    pub ligne: Option<usize>,
    /// Title.
    pub titre: String,
    /// What happened.
    pub sort: Sort,
    /// Why, or what was kept as words only.
    pub note: String,
}

/// The report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rapport(pub Vec<LigneRapport>);

impl Rapport {
    /// Lines with this outcome.
    #[must_use]
    pub fn nombre(&self, sort: Sort) -> usize {
        self.0.iter().filter(|ligne| ligne.sort == sort).count()
    }

    /// "12 nouveaux, 1 changé, 0 inchangé, 2 laissés, 3 refusés".
    #[must_use]
    pub fn resume(&self) -> String {
        let accorde = |sort, un, plusieurs| web::texte::accorde(self.nombre(sort) as u64, un, plusieurs);
        [
            accorde(Sort::Nouveau, "nouveau", "nouveaux"),
            accorde(Sort::Change, "changé", "changés"),
            accorde(Sort::Inchange, "inchangé", "inchangés"),
            accorde(Sort::Laisse, "laissé", "laissés"),
            accorde(Sort::Refuse, "refusé", "refusés"),
        ]
        .join(", ")
    }
}

/// The columns used last time.
///
/// # Errors
/// The engine refused.
pub async fn correspondance_gardee(db: &impl ConnectionTrait) -> Result<Correspondance, Erreur> {
    Ok(reglage::lire::<Correspondance>(db, REGLAGE).await?.map(|(gardee, _)| gardee).unwrap_or_default())
}

/// A line with what would happen to it.
struct Prevue {
    fiche: Fiche,
    connu: Option<Connu>,
    sort: Sort,
    note: String,
}

struct Prevision {
    lignes: Vec<Prevue>,
    refus: Vec<Refus>,
}

impl Prevision {
    fn rapport(&self) -> Rapport {
        let refus = self.refus.iter().map(|refus| LigneRapport {
            ligne: refus.ligne,
            titre: refus.colonne.as_ref().map(|c| format!("Colonne « {c} »")).unwrap_or_default(),
            sort: Sort::Refuse,
            note: refus.raison.clone(),
        });
        let lignes = self.lignes.iter().map(|prevue| LigneRapport {
            ligne: Some(prevue.fiche.ligne),
            titre: prevue.fiche.titre.clone(),
            sort: prevue.sort,
            note: prevue.note.clone(),
        });
        let mut toutes: Vec<LigneRapport> = refus.chain(lignes).collect();
        toutes.sort_by_key(|ligne| ligne.ligne);
        Rapport(toutes)
    }
}

async fn prevoir(
    db: &impl ConnectionTrait,
    instance: &Instance,
    feuille: &FeuilleLue,
    correspondance: &Correspondance,
) -> Result<Prevision, Erreur> {
    let (fiches, mut refus) = rules::lire(feuille, correspondance, &|texte| trouver_commune(instance, texte));
    if feuille.lignes.len() > LIGNES_MAX {
        let raison = format!(
            "Ce fichier a plus de {LIGNES_MAX} lignes. Coupez-le en plusieurs : rien ne sera repris deux fois."
        );
        refus.insert(0, Refus::du_fichier(raison));
        return Ok(Prevision { lignes: Vec::new(), refus });
    }
    let cles: Vec<&str> = fiches.iter().map(|fiche| fiche.cle.as_str()).collect();
    let mut connus: BTreeMap<String, Connu> =
        storage::connus(db, &cles).await?.into_iter().map(|connu| (connu.cle.clone(), connu)).collect();
    let titres: Vec<String> = fiches.iter().map(|fiche| socle::nom_tri(&fiche.titre)).collect();
    let homonymes: BTreeMap<(CodeCommune, String), String> =
        storage::homonymes(db, &titres).await?.into_iter().map(|h| ((h.commune, h.titre_tri), h.reference)).collect();
    let lignes = fiches
        .into_iter()
        .zip(titres)
        .map(|(fiche, titre)| {
            let connu = connus.remove(&fiche.cle);
            let homonyme = homonymes.get(&(fiche.commune.clone(), titre));
            let (sort, note) = decider(&fiche, connu.as_ref(), homonyme);
            Prevue { fiche, connu, sort, note }
        })
        .collect();
    Ok(Prevision { lignes, refus })
}

fn decider(fiche: &Fiche, connu: Option<&Connu>, homonyme: Option<&String>) -> (Sort, String) {
    match (connu, homonyme) {
        (None, Some(reference)) => {
            (Sort::Laisse, format!("Un projet du même titre est déjà sur le site (référence {reference})."))
        }
        (None, None) => (Sort::Nouveau, fiche.remarques.join(" ; ")),
        (Some(connu), _) if connu.etat != "garde" => {
            (Sort::Laisse, "Ce projet a été retiré, ou réuni à un autre, sur le site.".to_owned())
        }
        (Some(connu), _) if connu.empreinte == empreinte(fiche) => (Sort::Inchange, String::new()),
        (Some(connu), _) if !connu.intact() => {
            (Sort::Laisse, "Modifié sur le site depuis : la version du site est gardée.".to_owned())
        }
        (Some(_), _) => (Sort::Change, fiche.remarques.join(" ; ")),
    }
}

/// Digest of what a line says.
pub(super) fn empreinte(fiche: &Fiche) -> String {
    empreinte_de_jeton(&serde_json::to_string(fiche).unwrap_or_default())
}

/// What would happen, line by line; writes nothing.
///
/// # Errors
/// The engine refused.
pub async fn essayer(
    db: &impl ConnectionTrait,
    instance: &Instance,
    feuille: &FeuilleLue,
    correspondance: &Correspondance,
) -> Result<Rapport, Erreur> {
    Ok(prevoir(db, instance, feuille, correspondance).await?.rapport())
}

/// Does it, in the transaction given: all lines that can be read, or nothing.
///
/// # Errors
/// The engine refused, or the import was done meanwhile.
pub async fn executer(
    tx: &WriteTx,
    instance: &Instance,
    reprise: &Reprise,
    feuille: &FeuilleLue,
    correspondance: &Correspondance,
    par: Option<&PersonneId>,
) -> Result<Rapport, Erreur> {
    let prevision = prevoir(tx, instance, feuille, correspondance).await?;
    let mut ecriture = Ecriture { tx, instance, reprise, par, secteurs: BTreeMap::new() };
    for prevue in &prevision.lignes {
        match (prevue.sort, &prevue.connu) {
            (Sort::Nouveau, _) => ecriture.creer(&prevue.fiche).await?,
            (Sort::Change, Some(connu)) => ecriture.changer(&prevue.fiche, connu).await?,
            _ => {}
        }
    }
    let rapport = prevision.rapport();
    if !storage::faire(tx, &*instance.clock, reprise, &serde_json::to_string(&rapport)?).await? {
        return Err(Erreur::Aller(format!("/tableau/import/{}", reprise.reference)));
    }
    let version = reglage::lire::<Correspondance>(tx, REGLAGE).await?.map_or(0, |(_, version)| version);
    reglage::ecrire(tx, &*instance.clock, REGLAGE, correspondance, version, par).await?;
    Ok(rapport)
}

/// Undoes an import: what it made leaves the board, what it changed comes back. What was touched since stays. Returns how
/// many projects came back or left, and how many stay.
///
/// # Errors
/// The engine refused, or the import was undone meanwhile.
pub async fn annuler(
    tx: &WriteTx,
    instance: &Instance,
    reprise: &Reprise,
    par: Option<&PersonneId>,
) -> Result<(usize, usize), Erreur> {
    let connus = storage::de_la_reprise(tx, &reprise.id).await?;
    let ecriture = Ecriture { tx, instance, reprise, par, secteurs: BTreeMap::new() };
    let (mut defaits, mut restes) = (0, 0);
    for connu in connus {
        if !connu.intact() || connu.gestes > 0 || connu.etat != "garde" {
            restes += 1;
            continue;
        }
        defaits += 1;
        match &connu.avant {
            None => {
                storage::oublier(tx, &*instance.clock, &connu).await?;
                ecriture.noter(&connu.projet_id, evenements::REPRISE_ANNULEE).await?;
            }
            Some(avant) => {
                let valeurs: Avant = serde_json::from_str(avant)?;
                let projet = projet::Entity::find_by_id(connu.projet_id.clone()).one(tx).await?;
                let demande = demandes::du_projet(tx, &connu.projet_id).await?;
                if let (Some(projet), Some(demande)) = (projet, demande) {
                    ecriture.poser(&connu.cle, projet, demande, valeurs, None).await?;
                }
            }
        }
    }
    if !storage::annuler(tx, &*instance.clock, reprise).await? {
        return Err(Erreur::Aller(format!("/tableau/import/{}", reprise.reference)));
    }
    Ok((defaits, restes))
}

/// Which column holds what, as kept from the last time or guessed from the headers.
///
/// # Errors
/// The engine refused.
pub async fn deviner(instance: &Instance, feuille: &FeuilleLue) -> Result<Correspondance, Erreur> {
    let gardee = correspondance_gardee(&instance.db.read().await?).await?;
    Ok(Correspondance::deviner(feuille, &gardee))
}

/// The command line: reads a file, tries it, or does it in one transaction.
///
/// # Errors
/// The engine refused.
pub async fn par_commande(
    instance: &Instance,
    nom: &str,
    feuille: &FeuilleLue,
    correspondance: &Correspondance,
    essai: bool,
) -> Result<Rapport, Erreur> {
    if essai {
        return essayer(&instance.db.read().await?, instance, feuille, correspondance).await;
    }
    let tx = instance.db.begin().await?;
    let reprise = storage::recevoir(&tx, &*instance.clock, &*instance.ids, nom, None, None).await?;
    let rapport = executer(&tx, instance, &reprise, feuille, correspondance, None).await?;
    tx.commit().await?;
    Ok(rapport)
}

/// Sort key of a report: what needs an eye first.
#[must_use]
pub fn rang(ligne: &LigneRapport) -> (u8, Option<usize>, String) {
    let rang = match ligne.sort {
        Sort::Refuse => 0,
        Sort::Laisse => 1,
        Sort::Change => 2,
        Sort::Nouveau => 3,
        Sort::Inchange => 4,
    };
    (rang, ligne.ligne, cle_de_tri(&ligne.titre))
}
