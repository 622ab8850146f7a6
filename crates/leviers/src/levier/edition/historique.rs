//! Every version of a sheet, what changed, and return to one of them (as a new version: nothing is lost).

use askama::Template;
use axum::extract::Path;
use platform::{Clock, journal};
use web::composants::{Bouton, Etiquette, Html, Poids, Tableau};
use web::{Cadre, CheckedForm, Erreur, Reponse, texte};

use super::liste::{etiquette, tableau_des_differences};
use crate::evenements::{RESTAURE, evenement};
use crate::levier::Levier;
use crate::levier::storage::{self, AGENT, Auteur, Etat, SEMIS, Version};
use crate::recherche;

/// No page shows more versions.
const MAX: i64 = 100;

struct VersionVue {
    numero: i64,
    quand: String,
    qui: String,
    etat: Etiquette,
    commentaire: String,
    change: Option<Tableau>,
    premiere: bool,
    courante: bool,
}

#[derive(Template)]
#[template(path = "historique.html")]
struct PageHistorique {
    id: String,
    nom: String,
    version: i64,
    caches: Html,
    versions: Vec<VersionVue>,
}

/// GET.
pub async fn montrer(cadre: Cadre, Path(id): Path<String>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let lue = storage::par_id(&tx, &id).await?.ok_or(Erreur::Introuvable("cette fiche d’aide"))?;
    let versions = storage::versions(&tx, &id, MAX).await?;
    let fiches: Vec<Levier> = versions.iter().map(Version::levier).collect::<Result<_, _>>()?;
    let noms = cadre.instance.locaux().themes.noms_de_themes();
    let vues = versions
        .iter()
        .enumerate()
        .zip(&fiches)
        .map(|((rang, version), fiche)| VersionVue {
            numero: version.numero,
            quand: texte::moment(cadre.instance.heure_de(version.ecrit_le)),
            qui: qui(version),
            etat: etiquette(Etat::lire(&version.etat)),
            commentaire: version.commentaire.clone(),
            change: fiches
                .get(rang + 1)
                .and_then(|avant| tableau_des_differences(avant, fiche, ("Avant", "Après"), &noms)),
            premiere: version.numero == 1,
            courante: rang == 0,
        })
        .collect();
    let nom = lue.levier()?.nom;
    let caches = cadre.formulaire().caches();
    let page = PageHistorique { nom: nom.clone(), version: lue.version, caches, versions: vues, id: id.clone() };
    let fiche = format!("/reglages/leviers/{id}");
    cadre.page("Historique de la fiche", &page)?.fil(&[("Fiches", "/reglages/leviers"), (&nom, &fiche)]).repondre()
}

fn qui(version: &Version) -> String {
    match (&version.qui, version.origine.as_str()) {
        (Some(qui), _) if !qui.trim().is_empty() => qui.clone(),
        (_, SEMIS) => "le logiciel".to_owned(),
        (_, origine) if origine.starts_with("import:") => "un import".to_owned(),
        _ => "une personne effacée depuis".to_owned(),
    }
}

/// POST.
pub async fn restaurer(cadre: Cadre, Path(id): Path<String>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let clock: &dyn Clock = &*instance.clock;
    let personne = cadre.visiteur.personne_id();
    let numero: i64 = form.saisie.texte("numero").parse().unwrap_or(0);
    let tx = instance.db.begin().await?;
    let lue = storage::par_id(&tx, &id).await?.ok_or(Erreur::Introuvable("cette fiche d’aide"))?;
    let ancienne = storage::version(&tx, &id, numero).await?.ok_or(Erreur::Introuvable("cette version"))?;
    let commentaire = format!("Retour à la version {numero}");
    let auteur = Auteur { personne, origine: AGENT, commentaire: &commentaire };
    let libre = form.version() == lue.version
        && storage::enregistrer(&tx, clock, &lue, &ancienne.levier()?, lue.etat(), auteur).await?;
    if !libre {
        return Err(Erreur::Invalide(
            "La fiche a changé pendant que vous lisiez son historique. Relisez-le et recommencez.".to_owned(),
        ));
    }
    let evenement =
        evenement(RESTAURE, &id, personne.map(|p| p.as_str())).faits(serde_json::json!({ "version": numero }));
    journal::ecrire(&tx, clock, &*instance.ids, evenement).await?;
    recherche::suivre(&tx, instance, &id).await?;
    form.conclure(
        tx,
        &format!("/reglages/leviers/{id}"),
        &format!("La fiche dit de nouveau ce que disait la version {numero}."),
    )
    .await
}
