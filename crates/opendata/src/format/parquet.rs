//! Parquet, compressed by Snappy, which every reader knows: typed columns, dates as dates. Rows wait until a row group is
//! full, then leave.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::{Date, date};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physique};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};
use web::ouvert::{Case, Genre, Jeu};

use super::{Echec, Ecrivain};

/// Rows of a group.
const GROUPE: usize = 2_000;

/// Where the writer puts its bytes until they leave.
#[derive(Clone, Default)]
struct Tampon(Arc<Mutex<Vec<u8>>>);

impl Tampon {
    fn prendre(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Tampon {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(super) struct Parquet {
    jeu: &'static Jeu,
    tampon: Tampon,
    ecrivain: SerializedFileWriter<Tampon>,
    attente: Vec<Vec<Case>>,
}

impl From<ParquetError> for Echec {
    fn from(erreur: ParquetError) -> Self {
        Self(erreur.to_string())
    }
}

fn schema(jeu: &Jeu) -> Result<TypePtr, ParquetError> {
    let colonnes = jeu.colonnes.iter().map(|colonne| {
        let (physique, logique) = match colonne.genre {
            Genre::Texte => (Physique::BYTE_ARRAY, Some(LogicalType::String)),
            Genre::Decimal => (Physique::DOUBLE, None),
            Genre::Booleen => (Physique::BOOLEAN, None),
            Genre::Date => (Physique::INT32, Some(LogicalType::Date)),
        };
        let champ = Type::primitive_type_builder(colonne.nom, physique)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logique);
        champ.build().map(Arc::new)
    });
    let champs = colonnes.collect::<Result<Vec<_>, _>>()?;
    Ok(Arc::new(Type::group_type_builder(jeu.id).with_fields(champs).build()?))
}

impl Parquet {
    pub(super) fn nouveau(jeu: &'static Jeu) -> Result<Self, Echec> {
        let proprietes = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let tampon = Tampon::default();
        let ecrivain = SerializedFileWriter::new(tampon.clone(), schema(jeu)?, Arc::new(proprietes))?;
        Ok(Self { jeu, tampon, ecrivain, attente: Vec::new() })
    }

    /// Writes the rows that wait as one group.
    fn vider(&mut self) -> Result<(), Echec> {
        let lignes = std::mem::take(&mut self.attente);
        if lignes.is_empty() {
            return Ok(());
        }
        let mut groupe = self.ecrivain.next_row_group()?;
        for (rang, colonne) in self.jeu.colonnes.iter().enumerate() {
            let cases = || lignes.iter().map(move |ligne| ligne.get(rang).unwrap_or(&Case::Vide));
            let Some(mut sortie) = groupe.next_column()? else { break };
            macro_rules! ecrire {
                ($genre:ty, $valeur:expr) => {{
                    let valeurs: Vec<Option<_>> = cases().map($valeur).collect();
                    let niveaux: Vec<i16> = valeurs.iter().map(|valeur| i16::from(valeur.is_some())).collect();
                    let presentes: Vec<_> = valeurs.into_iter().flatten().collect();
                    sortie.typed::<$genre>().write_batch(&presentes, Some(&niveaux), None)?;
                }};
            }
            match colonne.genre {
                Genre::Texte => ecrire!(ByteArrayType, |case| match case {
                    Case::Texte(texte) => Some(ByteArray::from(texte.as_str())),
                    _ => None,
                }),
                Genre::Decimal => ecrire!(DoubleType, |case| match case {
                    Case::Decimal(nombre) => Some(*nombre),
                    _ => None,
                }),
                Genre::Booleen => ecrire!(BoolType, |case| match case {
                    Case::Booleen(vrai) => Some(*vrai),
                    _ => None,
                }),
                Genre::Date => ecrire!(Int32Type, |case| match case {
                    Case::Date(jour) => Some(jours_depuis_1970(*jour)),
                    _ => None,
                }),
            }
            sortie.close()?;
        }
        groupe.close()?;
        Ok(())
    }

    /// The writer keeps bytes of its own until it is told.
    fn sortir(&mut self) -> Result<Vec<u8>, Echec> {
        self.ecrivain.inner_mut().flush().map_err(|erreur| Echec(erreur.to_string()))?;
        Ok(self.tampon.prendre())
    }
}

fn jours_depuis_1970(jour: Date) -> i32 {
    jour.since(date(1970, 1, 1)).map_or(0, |duree| duree.get_days())
}

impl Ecrivain for Parquet {
    fn lot(&mut self, lignes: Vec<Vec<Case>>) -> Result<Vec<u8>, Echec> {
        self.attente.extend(lignes);
        if self.attente.len() >= GROUPE {
            self.vider()?;
        }
        self.sortir()
    }

    fn fin(&mut self) -> Result<Vec<u8>, Echec> {
        self.vider()?;
        self.ecrivain.finish()?;
        self.sortir()
    }
}
