//! The whole way of an import: read, compare, wait; then enter the directory, or be given up.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::identifiant::{Rna, Siren};
use jiff::civil::Date;
use platform::journal::{self, Evenement, Visibilite};
use platform::{ReadTx, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect};
use serde_json::json;
use socle::PersonneId;
use socle::organisation::{self, Nature};
use web::{Erreur, Instance};

use super::attente;
use super::bascule;
use super::dates::{self, DateRedite};
use super::difference::{Cadre, Changement, Connu, Issue, comparer, remplace};
use super::disparus::{self, ListeLue};
use super::fiche::{Contexte, Fiche, court};
use super::fichier::{FichierRecu, reconnaitre};
use super::histoire::{self, etat, import};
use super::lieu::Lieux;
use super::rapport::{Difference, Laissee, Rapport};
use super::succession::{self, Lien};
use super::{
    ANNUAIRE_IMPORTE, IMPORT_ANNULE, ImportRefuse, conventions, ecarts, ess_france, liste, rna, rules, siae, sirene,
};
use crate::acteur::{self, agrement, etablissement, theme, valeur};
use crate::vocabulaire::{Champ, EtatActeur, Origine};

/// Told from time to time: table, bytes read, size (0 when unknown).
pub type Progres = fn(&str, u64, u64);

/// Progress that nobody watches.
pub const SANS_PROGRES: Progres = |_, _, _| {};

/// Actors compared by one transaction.
const PAR_LOT: usize = 400;

/// An import asked for.
#[derive(Clone, Debug)]
pub struct Demande {
    /// Files.
    pub fichiers: Vec<FichierRecu>,
    /// A try: to be looked at first.
    pub essai: bool,
    /// Who asks.
    pub par: Option<PersonneId>,
    /// Day of the lists that do not say it (ESS France, mapped lists).
    pub liste_du: Option<Date>,
}

/// An import read, that waits.
#[derive(Clone, Debug)]
pub struct Prepare {
    /// Identifier.
    pub id: String,
    /// What it would change.
    pub rapport: Rapport,
}

/// Reads the files and writes what would change in the waiting room. Nothing of it is seen in the directory.
///
/// # Errors
/// A file is refused whole (it is written in the history), or the database does not answer.
pub async fn preparer(instance: &Instance, demande: Demande, progres: Progres) -> Result<Prepare, ImportRefuse> {
    let id = instance.ids.uuid().to_string();
    let noms: Vec<&str> = demande.fichiers.iter().map(|fichier| fichier.nom.as_str()).collect();
    let ouvert = import::Model {
        id: id.clone(),
        etat: etat::LECTURE.to_owned(),
        essai: demande.essai,
        fichiers: noms.join(", "),
        rapport: "{}".to_owned(),
        fait_par: demande.par.as_ref().map(|par| par.as_str().to_owned()),
        commence_le: instance.clock.instant(),
        fini_le: None,
        version: 1,
    };
    let tx = instance.db.begin().await?;
    histoire::ouvrir(&tx, ouvert).await?;
    tx.commit().await?;
    match lire_et_deposer(instance, &id, demande, progres).await {
        Ok(rapport) => {
            conclure(instance, &id, etat::PRET, &rapport).await?;
            Ok(Prepare { id, rapport })
        }
        Err(erreur) => {
            let rapport = Rapport { erreur: Some(erreur.to_string()), ..Rapport::default() };
            conclure(instance, &id, etat::REFUSE, &rapport).await?;
            Err(erreur)
        }
    }
}

async fn conclure(instance: &Instance, id: &str, etat: &str, rapport: &Rapport) -> Result<(), ImportRefuse> {
    let fini = (etat == etat::REFUSE).then(|| instance.clock.instant());
    let tx = instance.db.begin().await?;
    let conclu = histoire::conclure(&tx, id, etat, rapport, fini).await?;
    tx.commit().await?;
    if conclu { Ok(()) } else { Err(ImportRefuse::Interrompu) }
}

/// At the start of the service: a reading that a program stopped in the middle is closed, and said to be.
pub(crate) async fn au_demarrage(instance: &Instance) -> Result<(), Erreur> {
    let tx = instance.db.begin().await?;
    let fermees = histoire::fermer_les_lectures(&tx, instance.clock.instant()).await?;
    tx.commit().await?;
    if fermees > 0 {
        tracing::warn!(fermees, "des lectures d’annuaire s’étaient arrêtées avec le programme : abandonnées");
    }
    Ok(())
}

async fn lire_et_deposer(
    instance: &Instance,
    id: &str,
    demande: Demande,
    progres: Progres,
) -> Result<Rapport, ImportRefuse> {
    let tx = instance.db.read().await?;
    let connus = sirens_connus(&tx).await?;
    let associations = associations_connues(&tx).await?;
    drop(tx);
    let copie = instance.clone();
    let lecture = move || lire(&copie, &demande, (&connus, associations), &progres);
    let (fiches, liens, listes, mut rapport) =
        tokio::task::spawn_blocking(lecture).await.map_err(|_| ImportRefuse::Interrompu)??;
    let tx = instance.db.read().await?;
    let fiches = disparus::suivre(&tx, &listes, fiches, &mut rapport).await?;
    let entres = histoire::entres(&tx).await?;
    rapport.refus_admis = rules::refus_admis(&rapport, &entres);
    rules::courts(&rapport.fichiers, &entres).iter().for_each(|phrase| rapport.retenir(phrase));
    drop(tx);
    let mut par_siren: BTreeMap<Siren, Vec<Fiche>> = BTreeMap::new();
    for fiche in fiches {
        par_siren.entry(fiche.siren.clone()).or_default().push(fiche);
    }
    let par_siren: Vec<(Siren, Vec<Fiche>)> = par_siren.into_iter().collect();
    for lot in par_siren.chunks(PAR_LOT) {
        let tx = instance.db.read().await?;
        let connus = connus_du_lot(&tx, lot).await?;
        drop(tx);
        let debut = rapport.modifiees;
        let (changements, dates, differences) = comparer_le_lot(instance, id, lot, &connus, &mut rapport);
        if !changements.is_empty() || !dates.is_empty() {
            let tx = instance.db.begin().await?;
            attente::deposer(&tx, id, changements).await?;
            attente::deposer_les_dates(&tx, id, &dates).await?;
            attente::deposer_les_differences(&tx, id, debut, &differences).await?;
            tx.commit().await?;
        }
    }
    let tx = instance.db.begin().await?;
    rapport.liens = attente::deposer_les_liens(&tx, id, liens).await?;
    tx.commit().await?;
    Ok(rapport)
}

/// What the files say: pages, succession links, lists read whole, and the report.
type Lus = (Vec<Fiche>, Vec<Lien>, Vec<ListeLue>, Rapport);

/// Reads the files: the list of ESS France first, for it says which companies belong.
fn lire(
    instance: &Instance,
    demande: &Demande,
    (connus, mut associations): (&HashSet<u32>, HashMap<String, Siren>),
    progres: &dyn Fn(&str, u64, u64),
) -> Result<Lus, ImportRefuse> {
    let correspondances = liste::correspondances(&demande.fichiers)?;
    let (mut tables, mut listes) = (Vec::new(), Vec::new());
    for recu in demande.fichiers.iter().filter(|recu| !liste::est_une_correspondance(recu)) {
        match reconnaitre(recu) {
            Ok(lues) => tables.extend(lues),
            Err(erreur) => {
                let connue = liste::reconnaitre(recu, &correspondances);
                listes.push(connue.ok_or_else(|| liste::pourquoi(recu).unwrap_or(erreur))?);
            }
        }
    }
    if tables.is_empty() && listes.is_empty() {
        return Err(ImportRefuse::fichier("fichiers", None, "aucune liste avec la correspondance : envoyez les deux."));
    }
    let lieux = Lieux::nouveaux(instance.referentiel(), instance.perimetre());
    let (ess, jour) = (HashSet::new(), instance.aujourd_hui());
    let (entieres, rapport) = (Vec::new(), Rapport::default());
    let mut contexte = Contexte { lieux, jour, connus, ess_france: ess, listes: entieres, rapport, progres };
    let mut fiches = ess_france::lire(&tables, &mut contexte, demande.liste_du)?;
    let mut de_sirene = sirene::lire(&tables, &mut contexte)?;
    let liens = succession::lire(&tables, &mut contexte, &mut de_sirene)?;
    associations.extend(de_sirene.iter().filter_map(numero_rna));
    fiches.extend(de_sirene);
    fiches.extend(rna::lire(&tables, &mut contexte, &associations)?);
    fiches.extend(siae::lire(&tables, &mut contexte, demande.liste_du)?);
    fiches.extend(liste::lire(&listes, &mut contexte, demande.liste_du, &associations));
    let dites = conventions::lire(&tables, &mut contexte, &fiches, demande.liste_du)?;
    fiches.extend(dites);
    Ok((fiches, liens, contexte.listes, contexte.rapport))
}

fn numero_rna(fiche: &Fiche) -> Option<(String, Siren)> {
    let (_, numero) = fiche.faits.iter().find(|(champ, _)| *champ == Champ::Rna)?;
    Some((numero.clone(), fiche.siren.clone()))
}

async fn associations_connues(tx: &ReadTx) -> Result<HashMap<String, Siren>, DbErr> {
    let connues: Vec<(Option<Rna>, Option<Siren>)> = acteur::Entity::find()
        .filter(acteur::Column::Rna.is_not_null())
        .select_only()
        .columns([acteur::Column::Rna, acteur::Column::Siren])
        .into_tuple()
        .all(tx)
        .await?;
    Ok(connues.into_iter().filter_map(|(rna, siren)| Some((rna?.to_string(), siren?))).collect())
}

async fn sirens_connus(tx: &ReadTx) -> Result<HashSet<u32>, DbErr> {
    let sirens: Vec<Option<Siren>> =
        acteur::Entity::find().select_only().column(acteur::Column::Siren).into_tuple().all(tx).await?;
    Ok(sirens.iter().flatten().map(court).collect())
}

/// What is known of the SIREN of a batch: eight statements, whatever its size.
async fn connus_du_lot(tx: &ReadTx, lot: &[(Siren, Vec<Fiche>)]) -> Result<BTreeMap<Siren, Connu>, DbErr> {
    let sirens: Vec<Siren> = lot.iter().map(|(siren, _)| siren.clone()).collect();
    let mut connus: BTreeMap<Siren, Connu> = BTreeMap::new();
    let organisations = organisation::Entity::find().filter(organisation::Column::Siren.is_in(sirens.clone())).all(tx);
    for organisation in organisations.await? {
        if let Some(siren) = organisation.siren {
            connus.entry(siren).or_default().organisation = Some(organisation.id);
        }
    }
    communes_du_lot(tx, lot, &mut connus).await?;
    let mut acteurs = acteur::Entity::find().filter(acteur::Column::Siren.is_in(sirens)).all(tx).await?;
    let retrouves = sans_siren(tx, lot, (&connus, &acteurs)).await?;
    acteurs.extend(retrouves);
    let ids: Vec<acteur::ActeurId> = acteurs.iter().map(|acteur| acteur.id.clone()).collect();
    let siren_de: BTreeMap<acteur::ActeurId, Siren> =
        acteurs.iter().filter_map(|acteur| Some((acteur.id.clone(), acteur.siren.clone()?))).collect();
    for acteur in acteurs {
        if let Some(siren) = acteur.siren.clone() {
            connus.entry(siren).or_default().acteur = Some(acteur);
        }
    }
    let valeurs = valeur::Entity::find()
        .filter(valeur::Column::ActeurId.is_in(ids.clone()))
        .filter(valeur::Column::Courante.eq(true));
    for ligne in valeurs.all(tx).await? {
        if let Some(connu) = siren_de.get(&ligne.acteur_id).and_then(|siren| connus.get_mut(siren)) {
            connu.valeurs.push(ligne);
        }
    }
    let lignes = etablissement::Entity::find().filter(etablissement::Column::ActeurId.is_in(ids.clone()));
    for ligne in lignes.all(tx).await? {
        if let Some(connu) = siren_de.get(&ligne.acteur_id).and_then(|siren| connus.get_mut(siren)) {
            connu.etablissements.push(ligne);
        }
    }
    let lignes = agrement::Entity::find().filter(agrement::Column::ActeurId.is_in(ids.clone()));
    for ligne in lignes.all(tx).await? {
        if let Some(connu) = siren_de.get(&ligne.acteur_id).and_then(|siren| connus.get_mut(siren)) {
            connu.agrements.push(ligne);
        }
    }
    for ligne in theme::Entity::find().filter(theme::Column::ActeurId.is_in(ids)).all(tx).await? {
        if let Some(connu) = siren_de.get(&ligne.acteur_id).and_then(|siren| connus.get_mut(siren)) {
            connu.themes.push(ligne);
        }
    }
    Ok(connus)
}

/// Actors that people entered without a SIREN, and that the files name: by the RNA number, which Sirene gives beside the SIREN,
/// or by their organisation, whose SIREN somebody gave. They take the SIREN: the files complete their page instead of making a
/// second one. One that was withdrawn stays so.
async fn sans_siren(
    tx: &ReadTx,
    lot: &[(Siren, Vec<Fiche>)],
    (connus, avec): (&BTreeMap<Siren, Connu>, &[acteur::Model]),
) -> Result<Vec<acteur::Model>, DbErr> {
    let avec: HashSet<&Siren> = avec.iter().filter_map(|acteur| acteur.siren.as_ref()).collect();
    let libres: Vec<&(Siren, Vec<Fiche>)> = lot.iter().filter(|(siren, _)| !avec.contains(siren)).collect();
    let par_rna: BTreeMap<String, &Siren> = libres
        .iter()
        .flat_map(|(siren, fiches)| fiches.iter().filter_map(numero_rna).map(move |(rna, _)| (rna, siren)))
        .collect();
    let par_organisation: BTreeMap<&str, &Siren> = libres
        .iter()
        .filter_map(|(siren, _)| Some((connus.get(siren)?.organisation.as_ref()?.as_str(), siren)))
        .collect();
    if par_rna.is_empty() && par_organisation.is_empty() {
        return Ok(Vec::new());
    }
    let nommes = Condition::any()
        .add(acteur::Column::Rna.is_in(par_rna.keys().map(String::as_str)))
        .add(acteur::Column::OrganisationId.is_in(par_organisation.keys().copied()));
    let sans = acteur::Entity::find().filter(acteur::Column::Siren.is_null()).filter(nommes);
    let mut trouves = sans.order_by_asc(acteur::Column::Id).all(tx).await?;
    trouves.sort_by_key(|acteur| acteur.etat == EtatActeur::Masque);
    let (mut pris, mut retrouves) = (HashSet::new(), Vec::new());
    for acteur in trouves {
        let rna = acteur.rna.as_ref().and_then(|rna| par_rna.get(rna.as_str()));
        let siren = rna.or_else(|| par_organisation.get(acteur.organisation_id.as_str())).copied();
        // Two pages of one association are a pair for the bench: the older one takes the number.
        if let Some(siren) = siren.filter(|siren| pris.insert(*siren)) {
            retrouves.push(acteur::Model { siren: Some(siren.clone()), ..acteur });
        }
    }
    Ok(retrouves)
}

/// A commune that carries an insertion body may be known without its SIREN, by its code.
async fn communes_du_lot(
    tx: &ReadTx,
    lot: &[(Siren, Vec<Fiche>)],
    connus: &mut BTreeMap<Siren, Connu>,
) -> Result<(), DbErr> {
    let referentiel = domain::referentiel::Referentiel::embarque();
    let par_code: BTreeMap<&str, &Siren> = lot
        .iter()
        .filter(|(siren, _)| siren.as_str().starts_with("21"))
        .filter_map(|(siren, _)| Some((referentiel.commune_du_siren(siren.as_str())?.code.as_str(), siren)))
        .collect();
    if par_code.is_empty() {
        return Ok(());
    }
    let organisations = organisation::Entity::find()
        .filter(organisation::Column::Nature.eq(Nature::Commune))
        .filter(organisation::Column::Commune.is_in(par_code.keys().copied()));
    for organisation in organisations.all(tx).await? {
        let siren = organisation.commune.as_ref().and_then(|code| par_code.get(code.as_str()));
        if let Some(siren) = siren {
            connus.entry((*siren).clone()).or_default().organisation.get_or_insert(organisation.id);
        }
    }
    Ok(())
}

fn comparer_le_lot(
    instance: &Instance,
    import: &str,
    lot: &[(Siren, Vec<Fiche>)],
    connus: &BTreeMap<Siren, Connu>,
    rapport: &mut Rapport,
) -> (Vec<Changement>, Vec<DateRedite>, Vec<Difference>) {
    let jour_de = |le| instance.jour_de(le);
    let cadre = Cadre { import, ids: &*instance.ids, maintenant: instance.clock.instant(), jour_de: &jour_de };
    let (mut changements, mut dates, mut differences) = (Vec::new(), Vec::new(), Vec::new());
    let inconnu = Connu::default();
    for (siren, fiches) in lot {
        rapport.gardes += 1;
        let fiches: Vec<&Fiche> = fiches.iter().collect();
        let connu = connus.get(siren).unwrap_or(&inconnu);
        let redites = dates::redites(connu, &fiches);
        rapport.redites += u64::from(!redites.is_empty());
        dates.extend(redites);
        match comparer(cadre, siren, connu, &fiches) {
            Issue::Rien => rapport.inchanges += 1,
            Issue::SansNom => rapport.avertir(&format!("{siren} : aucun nom connu, laissé de côté.")),
            Issue::Change(changement) => {
                if changement.acteur.version == 1 {
                    rapport.nouveaux += 1;
                } else {
                    rapport.changes += 1;
                }
                if let Some(source) = sans_date(connu, &changement) {
                    rapport.retenir(&format!(
                        "Un fichier ({}) ne dit pas sa date, et changerait des faits datés : le fichier est peut-être ancien, ou un \
                         tableur a abîmé ses dates. Vérifiez-le, ou écrivez sa date dans son nom \
                         (nom-2026-11-01.csv).",
                        source.libelle()
                    ));
                }
                let dites = ecarts::dire(connu, &changement);
                dites.iter().for_each(|difference| rapport.changer(difference.clone()));
                differences.extend(dites);
                changements.push(*changement);
            }
        }
    }
    (changements, dates, differences)
}

/// A source without date that would take the place of what it said on a known day: nothing tells which is the newer.
fn sans_date(connu: &Connu, change: &Changement) -> Option<Origine> {
    let date = |deja: &&valeur::Model, dite: &valeur::Model| remplace(dite, deja) && deja.source_du.is_some();
    let dite = change.valeurs.iter().filter(|dite| dite.source_du.is_none());
    let fait = dite.filter(|dite| connu.valeurs.iter().any(|deja| date(&deja, dite))).map(|dite| dite.source).next();
    let lieu = || {
        let lieux = change.etablissements.iter().filter(|lieu| lieu.source_du.is_none());
        let connus = |lieu: &&etablissement::Model| {
            connu.etablissements.iter().any(|deja| deja.id == lieu.id && deja.source_du.is_some())
        };
        lieux.filter(connus).map(|lieu| lieu.source).next()
    };
    fait.or_else(lieu)
}

/// What was prepared enters the directory with its journal, but for the pages changed since it was read, which are named.
///
/// # Errors
/// It waits no more; the directory changes at this very moment: it still waits.
pub async fn appliquer(instance: &Instance, id: &str, par: Option<&PersonneId>) -> Result<Rapport, ImportRefuse> {
    let tx = instance.db.begin().await?;
    let mut rapport = histoire::un(&tx, id).await?.ok_or(ImportRefuse::PlusEnAttente)?.rapport();
    bascule::basculer(&tx, id, instance.clock.instant(), &mut rapport).await?;
    rapport.admis = par.is_some() || rapport.refus_nouveaux() == 0;
    histoire::noter(&tx, id, &rapport).await?;
    let faits = json!({ "nouveaux": rapport.nouveaux, "changes": rapport.changes, "refusees": rapport.refusees });
    conclure_la_bascule(tx, instance, evenement(ANNUAIRE_IMPORTE, id, par).faits(faits)).await?;
    Ok(rapport)
}

/// The last import is undone: the directory is as before it, but for the pages changed since, which are given.
///
/// # Errors
/// It is not the last one.
pub async fn annuler(instance: &Instance, id: &str, par: Option<&PersonneId>) -> Result<Vec<Laissee>, ImportRefuse> {
    let tx = instance.db.begin().await?;
    let laissees = bascule::annuler(&tx, id, instance.clock.instant()).await?;
    histoire::noter_les_laissees(&tx, id, &laissees).await?;
    let faits = json!({ "laissees": laissees.len() });
    conclure_la_bascule(tx, instance, evenement(IMPORT_ANNULE, id, par).faits(faits)).await?;
    Ok(laissees)
}

fn evenement(genre: &'static str, id: &str, par: Option<&PersonneId>) -> Evenement {
    Evenement::nouveau(genre, "annuaire_import", id).par(par.map(PersonneId::as_str)).visible(Visibilite::Exploitation)
}

/// Journal and index in the same transaction; then what older imports left is swept, on its own.
async fn conclure_la_bascule(tx: WriteTx, instance: &Instance, evenement: Evenement) -> Result<(), ImportRefuse> {
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    web::recherche::demander_la_reconstruction(&tx, instance).await?;
    tx.commit().await?;
    balayer(instance).await
}

async fn balayer(instance: &Instance) -> Result<(), ImportRefuse> {
    let tx = instance.db.begin().await?;
    attente::balayer(&tx).await?;
    Ok(tx.commit().await?)
}

/// What was prepared is given up. False when it waited no more.
///
/// # Errors
/// The engine refused.
pub async fn abandonner(instance: &Instance, id: &str) -> Result<bool, ImportRefuse> {
    let tx = instance.db.begin().await?;
    let attendait = histoire::passer(&tx, id, etat::PRET, etat::ABANDONNE, instance.clock.instant()).await?;
    tx.commit().await?;
    balayer(instance).await?;
    Ok(attendait)
}
