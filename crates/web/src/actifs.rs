//! Style sheet, script, fonts, icons: built by npm into `interface/dist`, embedded, named by their digest.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::erreur::{Erreur, Reponse};

// A missing folder is a compile error: run `script/interface` first.
#[derive(RustEmbed)]
#[folder = "../../interface/dist"]
struct Dossier;

struct Actif {
    empreinte: String,
    genre: String,
    contenu: std::borrow::Cow<'static, [u8]>,
}

static ACTIFS: LazyLock<HashMap<String, Actif>> = LazyLock::new(|| {
    let mut actifs: HashMap<String, Actif> = Dossier::iter()
        .filter_map(|nom| Dossier::get(&nom).map(|fichier| (nom.into_owned(), fichier)))
        .map(|(nom, fichier)| {
            let genre = fichier.metadata.mimetype().to_owned();
            (nom, Actif { empreinte: empreinte(&fichier.data), genre, contenu: fichier.data })
        })
        .collect();
    adresser_la_feuille(&mut actifs);
    actifs
});

fn empreinte(octets: &[u8]) -> String {
    Sha256::digest(octets).iter().take(6).map(|o| format!("{o:02x}")).collect()
}

/// The style sheet names the typeface by its digest too, so that browsers keep both for ever.
fn adresser_la_feuille(actifs: &mut HashMap<String, Actif>) {
    let cites: Vec<(String, String)> =
        actifs.iter().map(|(nom, actif)| (format!("./{nom}"), format!("../{}/{nom}", actif.empreinte))).collect();
    if let Some(feuille) = actifs.get_mut("terreau.css") {
        let texte = String::from_utf8_lossy(&feuille.contenu).into_owned();
        let texte = cites.iter().fold(texte, |texte, (nom, adresse)| texte.replace(nom, adresse));
        feuille.empreinte = empreinte(texte.as_bytes());
        feuille.contenu = texte.into_bytes().into();
    }
}

/// The address of a file of `interface/dist`; it changes when the file does.
#[must_use]
pub fn url(nom: &str) -> String {
    match ACTIFS.get(nom) {
        Some(actif) => format!("/actifs/{}/{nom}", actif.empreinte),
        None => format!("/actifs/absent/{nom}"),
    }
}

/// Serves a file; an old digest gets the present file without the right to keep it.
///
/// # Errors
/// No such file.
pub async fn servir(Path((empreinte, nom)): Path<(String, String)>) -> Reponse {
    let actif = ACTIFS.get(&nom).ok_or(Erreur::Introuvable("ce fichier"))?;
    let cache = if actif.empreinte == empreinte { "public, max-age=31536000, immutable" } else { "no-cache" };
    let genre =
        if actif.genre.starts_with("text/") { format!("{}; charset=utf-8", actif.genre) } else { actif.genre.clone() };
    let entetes = [(header::CONTENT_TYPE, genre), (header::CACHE_CONTROL, cache.to_owned())];
    let contenu: Response = match &actif.contenu {
        std::borrow::Cow::Borrowed(octets) => (entetes, *octets).into_response(),
        std::borrow::Cow::Owned(octets) => (entetes, octets.clone()).into_response(),
    };
    Ok(contenu)
}
