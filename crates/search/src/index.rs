//! The index: a cache in the data folder, rebuilt from the database. One process writes it (`serve`), any may read.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tantivy::collector::Count;
use tantivy::query::{AllQuery, BooleanQuery, Occur, Query};
use tantivy::schema::{FAST, Field, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions};
use tantivy::{IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, Term};

use crate::analyse;
use crate::collecte::{Collecte, SEPARATEUR};
use crate::requete::{Filtre, Mots, Ordre, Requete, filtrer, jeton};
use crate::{Document, Resultat};

/// Changes with the fields, the analysis or the sources: an older index is then made anew.
const VERSION: &str = "8";
/// Written in the folder once the index holds everything.
const TEMOIN: &str = "complet";
/// Memory of the writer, which works alone and seldom.
const MEMOIRE_OCTETS: usize = 32 * 1024 * 1024;
/// Axis that holds the name of the source.
const AXE_SOURCE: &str = "source";

/// Why the index did not answer.
#[derive(Debug, thiserror::Error)]
pub enum Echec {
    /// The engine.
    #[error("index de recherche : {0}")]
    Moteur(#[from] tantivy::TantivyError),
    /// The disk.
    #[error("dossier de l’index : {0}")]
    Disque(#[from] std::io::Error),
}

/// Fields of the engine.
pub(crate) struct Champs {
    cle: Field,
    titre: Field,
    fort: Field,
    corps: Field,
    pub(crate) mots: Field,
    pub(crate) facettes: Field,
    tri: Field,
}

impl Champs {
    fn schema() -> (Schema, Self) {
        let texte = |analyseur: &str, option| {
            let indexation = TextFieldIndexing::default().set_tokenizer(analyseur).set_index_option(option);
            TextOptions::default().set_indexing_options(indexation)
        };
        let racines = || texte("racines", IndexRecordOption::WithFreqs);
        let mut schema = Schema::builder();
        let champs = Self {
            cle: schema.add_text_field("cle", STRING),
            titre: schema.add_text_field("titre", racines()),
            fort: schema.add_text_field("fort", racines()),
            corps: schema.add_text_field("corps", racines()),
            mots: schema.add_text_field("mots", texte("mots", IndexRecordOption::Basic)),
            facettes: schema.add_text_field("facettes", STRING | FAST),
            tri: schema.add_text_field("tri", FAST),
        };
        (schema.build(), champs)
    }

    /// Fields searched by stem, with what they weigh.
    pub(crate) fn par_poids(&self) -> [(Field, f32); 3] {
        [(self.titre, 4.0), (self.fort, 2.0), (self.corps, 1.0)]
    }
}

/// Axis → value → how many documents.
type Facettes = BTreeMap<String, BTreeMap<String, usize>>;

/// Counts kept: a counted axis reads every document found, and one page after another asks the same.
const COMPTES: usize = 1_000;

/// Counts of the index as it stands; forgotten when it changes.
#[derive(Default)]
struct Comptes {
    generation: u64,
    par_question: HashMap<String, Arc<Facettes>>,
}

impl Comptes {
    fn deja(&self, lecteur: &Searcher, question: &str) -> Option<Arc<Facettes>> {
        let vivant = self.generation == lecteur.generation().generation_id();
        self.par_question.get(question).filter(|_| vivant).map(Arc::clone)
    }

    fn retenir(&mut self, lecteur: &Searcher, question: String, facettes: Facettes) -> Arc<Facettes> {
        let (facettes, generation) = (Arc::new(facettes), lecteur.generation().generation_id());
        if self.generation != generation || self.par_question.len() >= COMPTES {
            self.par_question.clear();
            self.generation = generation;
        }
        self.par_question.insert(question, Arc::clone(&facettes));
        facettes
    }
}

/// The one writer of the index.
struct Ecrivain {
    moteur: IndexWriter,
    /// A rebuild has begun and is not over: should it stop there, what it did is forgotten.
    en_reconstruction: bool,
}

/// The index.
pub struct Index {
    moteur: tantivy::Index,
    lecteur: IndexReader,
    ecrivain: Mutex<Option<Ecrivain>>,
    champs: Champs,
    temoin: Option<PathBuf>,
    complet: AtomicBool,
    comptes: Mutex<Comptes>,
}

impl Index {
    /// Opens the index of a folder that is its own; absent, damaged or older, it is made anew and [`Index::complet`]
    /// says that it must be rebuilt.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn ouvrir(dossier: &Path) -> Result<Self, Echec> {
        let temoin = dossier.join(TEMOIN);
        let version = std::fs::read_to_string(&temoin).ok();
        // Without witness a first rebuild is under way, or stopped half-way: another process must not take its folder.
        if version.as_ref().is_none_or(|version| version == VERSION)
            && let Ok(moteur) = tantivy::Index::open_in_dir(dossier)
            && moteur.schema() == Champs::schema().0
        {
            return Self::sur(moteur, Some(temoin), version.is_some());
        }
        if dossier.exists() {
            std::fs::remove_dir_all(dossier)?;
        }
        std::fs::create_dir_all(dossier)?;
        let moteur = tantivy::Index::create_in_dir(dossier, Champs::schema().0)?;
        Self::sur(moteur, Some(temoin), false)
    }

    /// An index in memory, for tests.
    ///
    /// # Errors
    /// The engine refused.
    pub fn en_memoire() -> Result<Self, Echec> {
        Self::sur(tantivy::Index::create_in_ram(Champs::schema().0), None, false)
    }

    fn sur(moteur: tantivy::Index, temoin: Option<PathBuf>, complet: bool) -> Result<Self, Echec> {
        moteur.tokenizers().register("racines", analyse::racines());
        moteur.tokenizers().register("mots", analyse::mots_entiers());
        let lecteur = moteur.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let (champs, complet) = (Champs::schema().1, AtomicBool::new(complet));
        let (ecrivain, comptes) = (Mutex::new(None), Mutex::default());
        Ok(Self { moteur, lecteur, ecrivain, champs, temoin, complet, comptes })
    }

    /// Does it hold everything? False until the first rebuild is over.
    #[must_use]
    pub fn complet(&self) -> bool {
        self.complet.load(Ordering::Acquire)
    }

    /// How many documents.
    ///
    /// # Errors
    /// The engine refused.
    pub fn nombre(&self) -> Result<usize, Echec> {
        Ok(self.lecteur.searcher().search(&AllQuery, &Count)?)
    }

    /// Removes some documents of a source, puts others (a document put again takes the place of the older one), and
    /// shows the change. On the disk when this returns.
    ///
    /// # Errors
    /// The engine or the disk refused; nothing is changed.
    pub fn ecrire(&self, source: &str, retirer: &[String], mettre: &[Document]) -> Result<(), Echec> {
        let mut garde = self.ecrivain();
        let ecrivain = self.ouvrir_l_ecrivain(&mut garde)?;
        if std::mem::take(&mut ecrivain.en_reconstruction) {
            ecrivain.moteur.rollback()?;
        }
        let ecrivain = &mut ecrivain.moteur;
        for id in retirer.iter().chain(mettre.iter().map(|document| &document.id)) {
            ecrivain.delete_term(Term::from_field_text(self.champs.cle, &jeton(source, id)));
        }
        self.ajouter_a(ecrivain, mettre)?;
        self.valider(ecrivain)
    }

    /// Begins a rebuild: nothing changes for readers until [`Index::terminer`].
    ///
    /// # Errors
    /// The engine refused.
    pub fn vider(&self) -> Result<(), Echec> {
        let mut garde = self.ecrivain();
        let ecrivain = self.ouvrir_l_ecrivain(&mut garde)?;
        ecrivain.moteur.rollback()?;
        ecrivain.en_reconstruction = true;
        ecrivain.moteur.delete_all_documents()?;
        Ok(())
    }

    /// Adds documents to a rebuild.
    ///
    /// # Errors
    /// The engine refused.
    pub fn ajouter(&self, documents: &[Document]) -> Result<(), Echec> {
        let mut garde = self.ecrivain();
        let ecrivain = self.ouvrir_l_ecrivain(&mut garde)?;
        self.ajouter_a(&ecrivain.moteur, documents)
    }

    /// Ends a rebuild: readers see it whole, at once.
    ///
    /// # Errors
    /// The engine or the disk refused; readers keep the older index.
    pub fn terminer(&self) -> Result<(), Echec> {
        let mut garde = self.ecrivain();
        let ecrivain = self.ouvrir_l_ecrivain(&mut garde)?;
        self.valider(&mut ecrivain.moteur)?;
        ecrivain.en_reconstruction = false;
        if let Some(temoin) = &self.temoin {
            std::fs::write(temoin, VERSION)?;
        }
        self.complet.store(true, Ordering::Release);
        Ok(())
    }

    fn ecrivain(&self) -> MutexGuard<'_, Option<Ecrivain>> {
        self.ecrivain.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opened at the first writing only: a command that reads does not take the lock of the folder.
    fn ouvrir_l_ecrivain<'a>(&self, garde: &'a mut Option<Ecrivain>) -> Result<&'a mut Ecrivain, Echec> {
        let ecrivain = match garde.take() {
            Some(ecrivain) => ecrivain,
            None => {
                Ecrivain { moteur: self.moteur.writer_with_num_threads(1, MEMOIRE_OCTETS)?, en_reconstruction: false }
            }
        };
        Ok(garde.insert(ecrivain))
    }

    fn ajouter_a(&self, ecrivain: &IndexWriter, documents: &[Document]) -> Result<(), Echec> {
        for document in documents {
            ecrivain.add_document(self.en_document(document))?;
        }
        Ok(())
    }

    fn valider(&self, ecrivain: &mut IndexWriter) -> Result<(), Echec> {
        ecrivain.commit()?;
        Ok(self.lecteur.reload()?)
    }

    fn en_document(&self, document: &Document) -> TantivyDocument {
        let champs = &self.champs;
        let mut en = TantivyDocument::default();
        en.add_text(champs.cle, jeton(&document.source, &document.id));
        en.add_text(champs.tri, format!("{}{SEPARATEUR}{}", document.tri, document.id));
        en.add_text(champs.facettes, jeton(AXE_SOURCE, &document.source));
        for (axe, valeur) in &document.facettes {
            en.add_text(champs.facettes, jeton(axe, valeur));
        }
        for (champ, texte) in
            [(champs.titre, &document.titre), (champs.fort, &document.fort), (champs.corps, &document.corps)]
        {
            en.add_text(champ, texte);
            en.add_text(champs.mots, texte);
        }
        en
    }

    /// Searches.
    ///
    /// # Errors
    /// The engine or the disk refused: never because of what was typed.
    pub fn chercher(&self, requete: &Requete) -> Result<Resultat, Echec> {
        let lecteur = self.lecteur.searcher();
        let mots = Mots::lire(requete);
        let par_score = requete.ordre == Ordre::Pertinence && !mots.est_vide();
        let tete = requete.premier.saturating_add(requete.nombre);
        let apres = requete.apres.clone().filter(|_| !par_score);
        let collecte = Collecte { tete, par_score, apres, axes: Vec::new() };
        let (mut des_mots, mut partiel) = (mots.requete(&self.champs, &lecteur, true)?, false);
        let mut recolte = lecteur.search(&self.filtree(&*des_mots.requete, requete, None), &collecte)?;
        if recolte.total == 0 && mots.plusieurs() && !requete.exacte {
            des_mots = mots.requete(&self.champs, &lecteur, false)?;
            recolte = lecteur.search(&self.filtree(&*des_mots.requete, requete, None), &collecte)?;
            partiel = recolte.total > 0;
        }
        let facettes = self.facettes(&lecteur, requete, &*des_mots.requete, partiel)?;
        let reste = !par_score && recolte.candidats > recolte.tete.len();
        let suite = recolte.tete.last().map(|(_, cle)| cle.clone()).filter(|_| reste);
        let id = |(_, cle): (f32, String)| cle.rsplit(SEPARATEUR).next().map(str::to_owned);
        Ok(Resultat {
            ids: recolte.tete.into_iter().skip(requete.premier).filter_map(id).collect(),
            total: recolte.total,
            suite,
            facettes,
            approches: des_mots.approches,
            partiel,
            sans_mot: mots.est_vide() && !requete.texte.trim().is_empty(),
        })
    }

    /// The counts wanted: all filters hold, but for an axis that is itself filtered, those of the other axes.
    fn facettes(
        &self,
        lecteur: &Searcher,
        requete: &Requete,
        mots: &dyn Query,
        partiel: bool,
    ) -> Result<Facettes, Echec> {
        let filtre = |axe: &&'static str| requete.filtres.iter().any(|filtre| filtre.axe == *axe);
        let (filtres, libres): (Vec<_>, Vec<_>) = requete.facettes.iter().copied().partition(filtre);
        let passages = std::iter::once((None, libres)).chain(filtres.into_iter().map(|axe| (Some(axe), vec![axe])));
        let mut facettes = Facettes::new();
        for (sauf, axes) in passages.filter(|(_, axes)| !axes.is_empty()) {
            let des_autres: Vec<&Filtre> = requete.filtres.iter().filter(|filtre| Some(filtre.axe) != sauf).collect();
            let cle = format!(
                "{:?}",
                (requete.source, &requete.texte, requete.inacheve, requete.exacte, partiel, des_autres, &axes)
            );
            // Apart: in the head of the `match`, the lock would be held until its end.
            let deja = self.comptes().deja(lecteur, &cle);
            let comptees = match deja {
                Some(comptees) => comptees,
                None => {
                    let collecte = Collecte { tete: 0, par_score: false, apres: None, axes };
                    let recolte = lecteur.search(&self.filtree(mots, requete, sauf), &collecte)?;
                    self.comptes().retenir(lecteur, cle, recolte.facettes)
                }
            };
            facettes.extend(comptees.iter().map(|(axe, valeurs)| (axe.clone(), valeurs.clone())));
        }
        Ok(facettes)
    }

    fn comptes(&self) -> MutexGuard<'_, Comptes> {
        self.comptes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The words under every filter but those of one axis.
    fn filtree(&self, mots: &dyn Query, requete: &Requete, sauf: Option<&str>) -> BooleanQuery {
        let source = Filtre { axe: AXE_SOURCE, valeurs: vec![requete.source.to_owned()] };
        let filtres = std::iter::once(&source).chain(requete.filtres.iter().filter(|f| sauf != Some(f.axe)));
        let mut clauses: Vec<(Occur, Box<dyn Query>)> =
            filtres.map(|filtre| (Occur::Must, filtrer(&self.champs, filtre))).collect();
        clauses.push((Occur::Must, mots.box_clone()));
        BooleanQuery::new(clauses)
    }
}
