//! What every screen of a setting does: a form with its version, a conflict that shows both texts, a journal line, the
//! way back (history, as shipped).

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use platform::journal::{self, Evenement, Visibilite};
use serde::Serialize;
use socle::reglage;
use web::composants::{Bouton, Html, Poids, ResumeErreurs, echapper};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Formulaire, Reponse, Saisie};

/// A screen with one form.
#[derive(Template, Default)]
#[template(path = "ecran.html")]
pub(crate) struct Ecran {
    pub(crate) titre: String,
    pub(crate) introduction: Vec<String>,
    /// Said in a box above the form (electoral period, unusual state).
    pub(crate) avis: Option<String>,
    pub(crate) apercu: Option<Html>,
    pub(crate) action: String,
    pub(crate) champs: Vec<Html>,
    /// Offer to look before saving.
    pub(crate) avec_apercu: bool,
    /// Words of the button that goes back to what is shipped, or removes.
    pub(crate) retour: Option<&'static str>,
    /// Key whose history is shown.
    pub(crate) cle: String,
    pub(crate) version: i64,
    /// Nothing may be changed.
    pub(crate) ferme: bool,
    /// After the form.
    pub(crate) suite: Option<Html>,
    /// What someone else saved meanwhile.
    pub(crate) conflit: Option<Html>,
    pub(crate) resume: Option<ResumeErreurs>,
    pub(crate) caches: Html,
}

/// What was typed and what is wrong with it.
#[derive(Default)]
pub(crate) struct Etat {
    pub(crate) saisie: Saisie,
    pub(crate) erreurs: Erreurs,
    pub(crate) conflit: Option<Html>,
    pub(crate) apercu: Option<Html>,
}

impl Etat {
    pub(crate) fn de(saisie: Saisie) -> Self {
        Self { saisie, ..Self::default() }
    }

    pub(crate) fn en_erreur(saisie: Saisie, erreurs: Erreurs) -> Self {
        Self { saisie, erreurs, ..Self::default() }
    }

    /// Someone else saved this text meanwhile.
    pub(crate) fn en_conflit(saisie: Saisie, enregistre: &str) -> Self {
        let html = format!("<pre class=\"tr-texte\">{}</pre>", echapper(enregistre));
        Self { saisie: saisie.sur_la_version_actuelle(), conflit: Some(Html(html)), ..Self::default() }
    }

    pub(crate) fn formulaire(&self, cadre: &Cadre) -> Formulaire {
        cadre.formulaire_avec(self.saisie.clone(), self.erreurs.clone())
    }

    fn statut(&self) -> StatusCode {
        if self.conflit.is_some() {
            StatusCode::CONFLICT
        } else if self.erreurs.est_vide() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        }
    }
}

impl Ecran {
    /// The answer, with the state of the form.
    pub(crate) fn repondre(
        mut self,
        cadre: &Cadre,
        formulaire: &Formulaire,
        etat: Etat,
        fil: &[(&str, &str)],
    ) -> Reponse {
        let statut = etat.statut();
        self.resume = Some(formulaire.resume());
        self.caches = formulaire.caches_gardes(&self.action);
        self.version = formulaire.version(self.version);
        self.conflit = etat.conflit;
        self.apercu = self.apercu.or(etat.apercu);
        let mut etapes = vec![("Réglages", "/reglages")];
        etapes.extend(fil);
        cadre.page(self.titre.clone(), &self)?.statut(statut).fil(&etapes).repondre()
    }
}

/// The version that the form carried.
pub(crate) fn version(form: &CheckedForm) -> i64 {
    form.version()
}

/// Which button was pressed.
pub(crate) fn acte(form: &CheckedForm) -> &str {
    form.saisie.texte("acte")
}

/// Saves a setting (`None`: as shipped), its journal line and the answer together, then reads the settings again.
/// `None` when someone else changed it meanwhile.
pub(crate) async fn enregistrer<T: Serialize>(
    cadre: &Cadre,
    form: &CheckedForm,
    cle: &str,
    valeur: Option<&T>,
    vers: &str,
    message: &str,
) -> Result<Option<Response>, Erreur> {
    enregistrer_version(cadre, form, cle, (&valeur, version(form)), vers, message).await
}

/// The same, with a version that does not come from the form.
pub(crate) async fn enregistrer_version<T: Serialize>(
    cadre: &Cadre,
    form: &CheckedForm,
    cle: &str,
    (valeur, version): (&T, i64),
    vers: &str,
    message: &str,
) -> Result<Option<Response>, Erreur> {
    let instance = &cadre.instance;
    let par = cadre.visiteur.personne_id();
    let tx = instance.db.begin().await?;
    if !reglage::ecrire(&tx, &*instance.clock, cle, valeur, version, par).await? {
        drop(tx);
        instance.relire_reglages().await?;
        return Ok(None);
    }
    let evenement = Evenement::nouveau(crate::REGLAGE_CHANGE, "reglage", cle)
        .par(par.map(|id| id.as_str()))
        .visible(Visibilite::Exploitation);
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    let reponse = form.conclure(tx, vers, message).await?;
    instance.relire_reglages().await?;
    Ok(Some(reponse))
}
