//! The filters that an agent keeps under a name, one's own.

use askama::Template;
use axum::http::StatusCode;
use socle::PersonneId;
use web::composants::{Bouton, ChampTexte, Html, Message, Poids};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Reponse, Saisie};

use super::criteres::Criteres;
use super::liste;
use super::storage::{self, Filtre};

/// Where they are kept.
const URL: &str = "/tableau/filtres";
/// Filters of one person.
const MAX: usize = 12;
/// Longest name, characters.
const NOM_MAX: usize = 60;

/// A filter as shown.
struct FiltreVu {
    nom: String,
    requete: String,
    ici: bool,
}

/// Those of the visitor, and the way to keep this one.
#[derive(Template)]
#[template(path = "filtres_gardes.html")]
pub(super) struct FiltresGardes {
    filtres: Vec<FiltreVu>,
    caches: Html,
    /// This list.
    requete: String,
    /// This list is filtered, and not kept yet.
    a_garder: bool,
    nom: ChampTexte,
    ouvert: bool,
}

/// Those of a person. One statement.
pub(super) async fn gardes(
    cadre: &Cadre,
    tx: &platform::ReadTx,
    moi: &PersonneId,
    criteres: &Criteres,
    saisie: &Saisie,
    erreurs: &Erreurs,
) -> Result<FiltresGardes, Erreur> {
    let requete = criteres.chaine();
    let filtres = storage::filtres(tx, moi).await?;
    let a_garder = !criteres.est_vide() && !filtres.iter().any(|filtre| filtre.requete == requete);
    let f = cadre.formulaire_avec(saisie.clone(), erreurs.clone());
    let vus = filtres.into_iter().map(|filtre| FiltreVu {
        ici: filtre.requete == requete,
        requete: filtre.requete,
        nom: filtre.nom,
    });
    Ok(FiltresGardes {
        filtres: vus.collect(),
        caches: f.caches(),
        requete,
        a_garder,
        nom: f.texte("nom", "Nom de ce filtre").aide("Par exemple : en retard à Lunéville."),
        ouvert: erreurs.de("nom").is_some(),
    })
}

/// POST: keeps the list under a name, or forgets a name.
pub async fn agir(cadre: Cadre, form: CheckedForm) -> Reponse {
    let moi = cadre.visiteur.connecte()?.id.clone();
    let demande = Saisie::decoder(form.saisie.texte("requete").as_bytes());
    let (criteres, fautes) = Criteres::lire(&demande, &cadre.instance);
    let requete = criteres.chaine();
    let tx = cadre.instance.db.begin().await?;
    if form.saisie.texte("acte") == "supprimer" {
        let nom = form.saisie.texte("nom").to_owned();
        if !storage::oublier_filtre(&tx, &moi, &nom).await? {
            return Err(Erreur::Introuvable("ce filtre"));
        }
        let message = Message::nouveau(format!("Le filtre « {nom} » est supprimé."))
            .annulable(URL, &[("nom", &nom), ("requete", &requete)]);
        return form.conclure(tx, liste::URL, message).await;
    }
    let mut l = form.lecteur();
    let nom = l.texte("nom", "Donnez un nom à ce filtre.", 1, NOM_MAX);
    if !fautes.est_vide() || criteres.est_vide() {
        l.erreurs.ajouter("nom", "Choisissez d’abord un filtre, puis gardez-le.");
    }
    let deja = storage::filtres(&tx, &moi).await?;
    if deja.len() >= MAX && !deja.iter().any(|filtre| Some(&filtre.nom) == nom.as_ref()) {
        l.erreurs.ajouter("nom", format!("Vous gardez déjà {MAX} filtres. Supprimez-en un d’abord."));
    }
    let (Some(nom), true) = (nom, l.erreurs.est_vide()) else {
        drop(tx);
        let erreurs = l.erreurs;
        return liste::page(&cadre, &demande, form.saisie, erreurs, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    storage::garder_filtre(&tx, &moi, &Filtre { nom: nom.clone(), requete }).await?;
    form.conclure(tx, &criteres.adresse(), &format!("Le filtre « {nom} » est gardé.")).await
}
