//! Files: received by a form ([`CheckedFormFichier`]: the same checks as [`CheckedForm`]), given as a download
//! ([`telecharger`], [`exporter`]), and put in order by the worker.

use std::ops::Deref;

use axum::body::Bytes;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use documents::export::{Feuille, Format};
use documents::lecture::pas_un_tableau;
use domain::tri::cle_de_tri;
use platform::WriteTx;
use platform::fichiers::image::sans_traces;
use platform::fichiers::{Depot, FichierError, Genre, reconnaitre};
use platform::outbox::{self, Travail};
use platform::worker::{EchecTravail, Tache};
use sea_orm::DbErr;

use crate::contexte::Contexte;
use crate::erreur::{Erreur, Reponse};
use crate::formulaire::{CheckedForm, Erreurs, Saisie, TAILLE_MAX, nettoyer, verifier_origine};
use crate::instance::Instance;

/// Fields of one form, files included.
const CHAMPS_MAX: usize = 500;
/// Longest name kept, characters.
const NOM_MAX: usize = 120;

/// A file received.
#[derive(Clone, Debug)]
pub struct FichierRecu {
    /// Field.
    pub champ: String,
    /// Its name, without folder nor hostile character.
    pub nom: String,
    /// Its bytes.
    pub octets: Bytes,
}

/// A form with files, received and checked.
pub struct CheckedFormFichier {
    form: CheckedForm,
    fichiers: Vec<FichierRecu>,
}

impl Deref for CheckedFormFichier {
    type Target = CheckedForm;
    fn deref(&self) -> &CheckedForm {
        &self.form
    }
}

impl<S: Send + Sync> FromRequest<S> for CheckedFormFichier {
    type Rejection = Erreur;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, Erreur> {
        let contexte = request
            .extensions()
            .get::<Contexte>()
            .cloned()
            .ok_or_else(|| Erreur::interne("aucun contexte pour ce formulaire"))?;
        verifier_origine(request.headers())?;
        // The application's own bound stands above; here each file has its limit.
        DefaultBodyLimit::disable().apply(&mut request);
        let limite = contexte.instance.fichiers.octets_max();
        let multipart = Multipart::from_request(request, state)
            .await
            .map_err(|_| Erreur::Invalide("Ce formulaire n’a pas la forme attendue.".to_owned()))?;
        let (saisie, fichiers) = recevoir(multipart, limite).await?;
        Ok(Self { form: CheckedForm::verifier(contexte, saisie).await?, fichiers })
    }
}

async fn recevoir(mut multipart: Multipart, limite: u64) -> Result<(Saisie, Vec<FichierRecu>), Erreur> {
    let refus = |erreur: MultipartError| match erreur.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Erreur::TropGros(limite),
        _ => Erreur::Invalide("L’envoi s’est interrompu. Réessayez.".to_owned()),
    };
    let (mut saisie, mut fichiers) = (Saisie::default(), Vec::new());
    let (mut champs, mut reste) = (0, TAILLE_MAX);
    let mut trop_gros = false;
    while let Some(champ) = multipart.next_field().await.map_err(refus)? {
        champs += 1;
        if champs > CHAMPS_MAX {
            return Err(Erreur::Invalide("Ce formulaire a trop de champs.".to_owned()));
        }
        let nom = champ.name().unwrap_or_default().to_owned();
        let choisi = champ.file_name().is_some_and(|nom| !nom.is_empty());
        let fichier = champ.file_name().map(nom_propre);
        let permis = if fichier.is_some() { usize::try_from(limite).unwrap_or(usize::MAX) } else { reste };
        let Some(octets) = lire_champ(champ, permis).await.map_err(refus)? else {
            trop_gros = true;
            continue;
        };
        match fichier {
            Some(_) if octets.is_empty() && !choisi => {}
            Some(fichier) if !trop_gros => {
                fichiers.push(FichierRecu { champ: nom, nom: fichier, octets: octets.into() });
            }
            Some(_) => {}
            None => {
                reste = reste.saturating_sub(octets.len());
                saisie = saisie.avec(&nom, nettoyer(&String::from_utf8_lossy(&octets)));
            }
        }
    }
    // The whole was read first: a browser shows the answer only when it could send everything.
    if trop_gros { Err(Erreur::TropGros(limite)) } else { Ok((saisie, fichiers)) }
}

/// `None` when it is longer than permitted: the rest is read and thrown away.
async fn lire_champ(mut champ: Field<'_>, permis: usize) -> Result<Option<Vec<u8>>, MultipartError> {
    let mut octets = Vec::new();
    let mut trop = false;
    while let Some(morceau) = champ.chunk().await? {
        trop = trop || octets.len() + morceau.len() > permis;
        if trop {
            octets = Vec::new();
        } else {
            octets.extend_from_slice(&morceau);
        }
    }
    Ok((!trop).then_some(octets))
}

/// The last part of a path, without what another system could misread.
fn nom_propre(nom: &str) -> String {
    let dernier = nom.rsplit(['/', '\\']).next().unwrap_or(nom);
    let sur: String = dernier
        .chars()
        .filter(|c| !c.is_control() && !matches!(c, '"' | '<' | '>' | '|' | ':' | '*' | '?' | '\u{202a}'..='\u{202e}'))
        .collect();
    let sur = sur.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let trop = sur.chars().count().saturating_sub(NOM_MAX);
    // The end holds the extension.
    let court: String = sur.chars().skip(trop).collect();
    if court.is_empty() { "sans nom".to_owned() } else { court }
}

impl CheckedFormFichier {
    /// The first file of a field.
    #[must_use]
    pub fn fichier(&self, champ: &str) -> Option<&FichierRecu> {
        self.fichiers.iter().find(|fichier| fichier.champ == champ)
    }

    /// The file of a field and what it really is; an image comes without its place nor its date. The error goes beside
    /// the field.
    pub fn attendre(
        &self,
        erreurs: &mut Erreurs,
        champ: &str,
        permis: &[Genre],
        vide: &str,
    ) -> Option<(FichierRecu, Genre)> {
        let lu = match self.fichier(champ) {
            None => Err(vide.to_owned()),
            Some(fichier) => accepter(fichier, permis),
        };
        lu.map_err(|phrase| erreurs.ajouter(champ, phrase)).ok()
    }
}

fn accepter(fichier: &FichierRecu, permis: &[Genre]) -> Result<(FichierRecu, Genre), String> {
    if permis == Genre::TABLEAUX
        && let Some(phrase) = pas_un_tableau(&fichier.octets)
    {
        return Err(phrase.to_owned());
    }
    let genre = reconnaitre(&fichier.nom, &fichier.octets)?;
    if !permis.contains(&genre) {
        let noms: Vec<&str> = permis.iter().map(|genre| genre.extension()).collect();
        return Err(format!("Ce fichier n’est pas du bon type. Types acceptés : {}.", noms.join(", ")));
    }
    let octets = sans_traces(genre, fichier.octets.clone())?;
    Ok((FichierRecu { octets, ..fichier.clone() }, genre))
}

/// A download: never shown inside the site, never kept by a cache, its type never guessed.
///
/// # Errors
/// The name cannot be written in a header.
pub fn telecharger(nom: &str, media: &'static str, octets: Vec<u8>) -> Reponse {
    let disposition = HeaderValue::from_str(&disposition(nom)).map_err(Erreur::interne)?;
    let entetes = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media)),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (HeaderName::from_static("content-security-policy"), HeaderValue::from_static("default-src 'none'; sandbox")),
    ];
    Ok((entetes, octets).into_response())
}

/// A plain name for old tools, the true one for the others (RFC 6266).
fn disposition(nom: &str) -> String {
    let simple: String =
        nom.chars().map(|c| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' }).collect();
    let vrai: String =
        form_urlencoded::byte_serialize(nom.as_bytes()).collect::<String>().replace('+', "%20").replace('*', "%2A");
    format!("attachment; filename=\"{simple}\"; filename*=UTF-8''{vrai}")
}

/// A table as a download: `pilotage-2026-11-24.xlsx`.
///
/// # Errors
/// [`Erreur::Invalide`] when it has too many rows for a spreadsheet.
pub fn exporter(instance: &Instance, feuille: &Feuille, format: Format) -> Reponse {
    let octets = feuille.ecrire(format).map_err(|echec| match echec {
        documents::export::EchecExport::TropDeLignes(_) => {
            Erreur::Invalide(format!("L’export est trop grand : {echec}."))
        }
        documents::export::EchecExport::Ecriture(_) => Erreur::interne(echec),
    })?;
    let nom = cle_de_tri(&feuille.titre).replace(' ', "-");
    telecharger(&format!("{nom}-{}.{}", instance.aujourd_hui(), format.extension()), format.genre(), octets)
}

/// The format asked by `?format=`; `None` for the page itself.
///
/// # Errors
/// [`Erreur::Invalide`] when there is no such format.
pub fn format_demande(demande: &Saisie) -> Result<Option<Format>, Erreur> {
    match demande.texte("format") {
        "" => Ok(None),
        texte => texte
            .parse()
            .map(Some)
            .map_err(|inconnu: documents::export::FormatInconnu| Erreur::Invalide(inconnu.to_string())),
    }
}

impl From<FichierError> for Erreur {
    fn from(erreur: FichierError) -> Self {
        match erreur {
            FichierError::Base(erreur) => erreur.into(),
            FichierError::Abime(_) => Self::interne(erreur),
            FichierError::Depot(object) => {
                tracing::error!(erreur = %object, "les fichiers ne répondent pas");
                Self::Indisponible("le rangement des fichiers")
            }
        }
    }
}

/// Names a file in the transaction of the data, and asks for the next tidying.
///
/// # Errors
/// The engine refused.
pub async fn retenir(tx: &WriteTx, instance: &Instance, depot: &Depot) -> Result<(), DbErr> {
    platform::fichiers::retenir(tx, &*instance.clock, depot).await?;
    prevoir_le_rangement(tx, instance, 1).await
}

/// Takes a file away, and asks for the tidying that will erase it.
///
/// # Errors
/// The engine refused.
pub async fn retirer(tx: &WriteTx, instance: &Instance, cle: &str) -> Result<(), DbErr> {
    platform::fichiers::retirer(tx, &*instance.clock, cle).await?;
    prevoir_le_rangement(tx, instance, platform::fichiers::JOURS_POUR_REVENIR + 1).await
}

/// Forgets a file for good, and asks for the tidying that erases its bytes.
///
/// # Errors
/// The engine refused.
pub async fn effacer(tx: &WriteTx, instance: &Instance, cle: &str) -> Result<(), DbErr> {
    platform::fichiers::effacer(tx, cle).await?;
    prevoir_le_rangement(tx, instance, 1).await
}

/// Subject in the outbox.
const SUJET: &str = "fichiers.ranger";

async fn prevoir_le_rangement(tx: &WriteTx, instance: &Instance, jours: i64) -> Result<(), DbErr> {
    let instant = instance.clock.instant().plus_seconds((jours * 24 + 2) * 3600);
    let travail =
        Travail::nouveau(SUJET, ()).pas_avant(instant).une_fois(format!("{SUJET}/{}", instance.jour_de(instant)));
    outbox::demander(tx, &*instance.clock, &*instance.ids, travail).await.map(|_| ())
}

/// The worker's functions.
#[must_use]
pub fn taches() -> Vec<Tache<Instance>> {
    vec![Tache::nouvelle(SUJET, |instance: Instance, _| async move {
        let ranges = instance.fichiers.ranger(&instance.db, &*instance.clock).await;
        ranges.map(|_| ()).map_err(|erreur| EchecTravail::Temporaire(erreur.to_string()))
    })]
}

#[cfg(test)]
mod tests {
    use super::{disposition, nom_propre};
    use rstest::rstest;

    #[rstest]
    #[case("C:\\Bureau\\Devis toiture.pdf", "Devis toiture.pdf")]
    #[case("../../etc/passwd", "passwd")]
    #[case("a\"b\r\n<c>.pdf", "abc.pdf")]
    #[case("...", "sans nom")]
    #[case("", "sans nom")]
    fn un_nom_recu_ne_sort_jamais_de_sa_place(#[case] recu: &str, #[case] attendu: &str) {
        assert_eq!(nom_propre(recu), attendu);
    }

    #[test]
    fn un_nom_trop_long_garde_son_extension() {
        let nom = nom_propre(&format!("{}.pdf", "é".repeat(500)));
        assert_eq!((nom.chars().count(), nom.ends_with(".pdf")), (120, true));
    }

    #[test]
    fn le_nom_part_dans_un_entete_sans_rien_y_ajouter() {
        assert_eq!(
            disposition("Devis d’été \"1\".pdf"),
            "attachment; filename=\"Devis d__t_ _1_.pdf\"; filename*=UTF-8''Devis%20d%E2%80%99%C3%A9t%C3%A9%20%221%22.pdf"
        );
    }
}
