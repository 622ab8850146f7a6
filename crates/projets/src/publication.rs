//! What the public sees, by a dated act of the bearer: never a cost, an address or a name.

use askama::Template;
use axum::extract::Path;
use documents::export::{Feuille, Genre, Valeur};
use domain::droit::Action;
use platform::journal;
use socle::projet::{self, Diffusion};
use web::composants::Html;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, recherche};

use crate::acces;
use crate::evenements::{self, evenement};

/// Rows of the open data: those of a spreadsheet.
const LIGNES_MAX: u64 = 1_000_000;

#[derive(Template)]
#[template(path = "publier.html")]
struct PagePublier {
    projet: projet::Model,
    commune: String,
    themes: String,
    manque: Html,
    caches: Html,
}

/// Published projects, as open data: what the public page shows, nothing more.
///
/// # Errors
/// The engine refused.
pub async fn en_donnees(instance: &Instance) -> Result<Feuille, Erreur> {
    let mut feuille = Feuille::nouvelle(
        "Projets publics",
        [
            ("reference", Genre::Texte),
            ("titre", Genre::Texte),
            ("code_commune", Genre::Texte),
            ("commune", Genre::Texte),
            ("themes", Genre::Texte),
            ("etape", Genre::Texte),
            ("ce_qui_manque", Genre::Texte),
            ("publie_le", Genre::Date),
            ("page", Genre::Texte),
        ],
    );
    let tx = instance.db.read().await?;
    for projet in projet::publics(&tx, None, LIGNES_MAX).await? {
        let themes = projet::themes(&tx, &projet.id).await?;
        feuille.ajouter([
            Valeur::from(projet.reference.as_str()),
            Valeur::from(projet.titre.as_str()),
            Valeur::from(projet.commune.as_str()),
            Valeur::from(instance.referentiel().nom_commune(&projet.commune)),
            Valeur::from(themes.iter().map(|t| t.as_str()).collect::<Vec<_>>().join("|")),
            Valeur::from(projet.etape.as_str()),
            Valeur::from(projet.manque.as_str()),
            Valeur::from(projet.publie_le.map(|le| instance.jour_de(le))),
            Valeur::from(instance.url(&format!("/projets/{}", projet.reference))),
        ]);
    }
    Ok(feuille)
}

/// GET: what would be public, before it is.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let ouvert = acces::ouvrir(&cadre, &reference, Action::PublierProjet).await?;
    let page = PagePublier {
        commune: cadre.instance.referentiel().nom_commune(&ouvert.projet.commune).to_owned(),
        themes: cadre.instance.locaux().themes.noms(&ouvert.themes),
        manque: Html(web::texte::paragraphes(&ouvert.projet.manque)),
        caches: cadre.formulaire().caches(),
        projet: ouvert.projet,
    };
    cadre.page("Rendre le projet public", &page)?.repondre()
}

/// POST.
pub async fn publier(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    changer(&cadre, &reference, &form, Diffusion::Public, "Votre projet est public.").await
}

/// POST.
pub async fn retirer(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    changer(&cadre, &reference, &form, Diffusion::Prive, "Votre projet est de nouveau privé.").await
}

async fn changer(cadre: &Cadre, reference: &str, form: &CheckedForm, diffusion: Diffusion, message: &str) -> Reponse {
    let ouvert = acces::ouvrir(cadre, reference, Action::PublierProjet).await?;
    drop(ouvert.tx);
    let instance = &cadre.instance;
    let maintenant = instance.clock.instant();
    let public = diffusion == Diffusion::Public;
    let change = projet::Model { diffusion, publie_le: public.then_some(maintenant), ..ouvert.projet };
    let tx = instance.db.begin().await?;
    if !projet::enregistrer(&tx, &change, maintenant).await? {
        return Err(Erreur::Invalide("Le projet a changé entre-temps. Revenez à sa page et recommencez.".to_owned()));
    }
    let genre = if public { evenements::PUBLIE } else { evenements::RETIRE };
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement(cadre, genre, &change)).await?;
    recherche::demander(&tx, instance, recherche::PROJET, vec![change.id.to_string()]).await?;
    form.conclure(tx, &format!("/projets/{reference}"), message).await
}
