//! What the public sees, by a dated act of the bearer: never a cost, an address or a name. What was published stays as it
//! was until the bearer publishes again: a change made since is shown to them, not to the public.
//!
//! - `rules`: what a text must not say before the conseil has decided.

mod rules;

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use documents::export::{Feuille, Genre, Valeur};
use domain::code::CodeCommune;
use domain::droit::Action;
use domain::profil::{Etape, Reponse as Avis};
use domain::theme::Theme;
use platform::journal;
use socle::projet::{self, Diffusion, Publie, publication};
use web::composants::{ChampOptions, Html, ResumeErreurs, expliquer};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, recherche, texte};

use crate::acces::{self, Ouvert};
use crate::description::avis;
use crate::evenements::{self, evenement};

/// Rows of the open data: those of a spreadsheet.
const LIGNES_MAX: u64 = 1_000_000;

/// A text as everyone sees it.
pub(crate) struct Vu {
    pub(crate) titre: String,
    pub(crate) lieu: String,
    pub(crate) manque: Html,
}

impl Vu {
    fn nouveau(
        instance: &Instance,
        titre: &str,
        manque: &str,
        (commune, etape, themes): (&CodeCommune, Etape, &[Theme]),
    ) -> Self {
        let commune = instance.referentiel().nom_commune(commune);
        Self {
            titre: titre.to_owned(),
            lieu: format!("{commune} · {} · {}", etape.libelle(), instance.locaux().themes.noms(themes)),
            manque: Html(texte::paragraphes(manque)),
        }
    }

    fn publie(instance: &Instance, publie: &Publie) -> Self {
        Self::nouveau(instance, &publie.titre, &publie.manque, (&publie.commune, publie.etape, &publie.themes()))
    }
}

/// What the public sees, when the project says something else now.
pub(crate) struct Perimee {
    pub(crate) vu: Vu,
    pub(crate) le: String,
}

impl Perimee {
    pub(crate) fn nouvelle(instance: &Instance, publie: &Publie) -> Self {
        Self { vu: Vu::publie(instance, publie), le: texte::jour(instance.jour_de(publie.publie_le)) }
    }
}

#[derive(Template)]
#[template(path = "publier.html")]
struct PagePublier {
    reference: String,
    resume: ResumeErreurs,
    caches: Html,
    version: i64,
    change: bool,
    /// What the public sees now, when something is published.
    avant: Option<Perimee>,
    /// Nothing changed since.
    a_jour: bool,
    vu: Vu,
    erreurs: [Option<String>; 2],
    deliberation: ChampOptions,
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
    for publie in projet::publics(&tx, None, LIGNES_MAX).await? {
        feuille.ajouter([
            Valeur::from(publie.reference.as_str()),
            Valeur::from(publie.titre.as_str()),
            Valeur::from(publie.commune.as_str()),
            Valeur::from(instance.referentiel().nom_commune(&publie.commune)),
            Valeur::from(publie.themes.as_str()),
            Valeur::from(publie.etape.as_str()),
            Valeur::from(publie.manque.as_str()),
            Valeur::from(Some(instance.jour_de(publie.publie_le))),
            Valeur::from(instance.url(&format!("/projets/{}", publie.reference))),
        ]);
    }
    Ok(feuille)
}

const TITRE: &str = "Rendre le projet public";

/// GET: what would be public, before it is; beside what is, when the project changed since.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let ouvert = acces::ouvrir(&cadre, &reference, Action::PublierProjet).await?;
    // Who already said that the délibération is taken is not asked again.
    let saisie =
        match ouvert.projet.complements().precisions.get("decision").and_then(|d| d.first()).map(String::as_str) {
            Some("prise") => Saisie::default().avec("deliberation", Avis::Oui.as_str()),
            _ => Saisie::default(),
        };
    repondre(&cadre, ouvert, saisie, Erreurs::default(), StatusCode::OK).await
}

async fn repondre(cadre: &Cadre, ouvert: Ouvert, saisie: Saisie, erreurs: Erreurs, statut: StatusCode) -> Reponse {
    let instance = &cadre.instance;
    let Ouvert { tx, projet, themes, .. } = ouvert;
    let publie = publication::publie(&tx, &projet.id).await?;
    let question = if projet.porteur.est_public() {
        "Le conseil a-t-il délibéré sur ce projet ?"
    } else {
        "Votre conseil, ou celui de la commune, a-t-il pris une décision sur ce projet ?"
    };
    let f = cadre.formulaire_avec(saisie, erreurs);
    let page = PagePublier {
        resume: f.resume(),
        caches: f.caches(),
        version: f.version(projet.version),
        change: statut == StatusCode::CONFLICT,
        a_jour: publie.as_ref().is_some_and(|publie| !publie.differe(&projet, &themes)),
        avant: publie.map(|publie| Perimee::nouvelle(instance, &publie)),
        vu: Vu::nouveau(instance, &projet.titre, &projet.manque, (&projet.commune, projet.etape, &themes)),
        erreurs: ["titre", "manque"].map(|champ| f.erreurs.de(champ).map(str::to_owned)),
        deliberation: f
            .radios("deliberation", question, avis())
            .aide_expliquee(expliquer(
                "Avant une délibération, ni prix ni adresse ne sont publiés : ils gêneraient un achat ou une vente.",
                &mut vec!["deliberation"],
                instance,
            ))
            .en_ligne(),
        reference: projet.reference,
    };
    let url = format!("/projets/{}", page.reference);
    cadre.page(TITRE, &page)?.statut(statut).fil(&[(&projet.titre, &url)]).repondre()
}

/// Had the conseil decided? Unless it had, a price or an address is refused where it is written.
fn lire(form: &CheckedForm, projet: &projet::Model) -> Result<Avis, Erreurs> {
    let mut lecteur = form.lecteur();
    let vide = "Dites si le conseil a délibéré. « Je ne sais pas » est une réponse.";
    let deliberation = lecteur.choix("deliberation", vide);
    if deliberation != Some(Avis::Oui) {
        for (champ, nom, texte) in [("titre", "Le titre", &projet.titre), ("manque", "Le texte", &projet.manque)] {
            if let Some(refus) = rules::refus(nom, texte) {
                lecteur.erreurs.ajouter(champ, refus);
            }
        }
    }
    deliberation.filter(|_| lecteur.erreurs.est_vide()).ok_or(lecteur.erreurs)
}

/// POST: the text read on the page becomes public, dated; it replaces what was published before.
pub async fn publier(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let ouvert = acces::ouvrir(&cadre, &reference, Action::PublierProjet).await?;
    let deliberation = match lire(&form, &ouvert.projet) {
        Ok(deliberation) => deliberation,
        Err(erreurs) => return repondre(&cadre, ouvert, form.saisie, erreurs, StatusCode::UNPROCESSABLE_ENTITY).await,
    };
    // Nobody publishes a text that they did not read.
    if form.version() != ouvert.projet.version {
        let saisie = form.saisie.sur_la_version_actuelle();
        return repondre(&cadre, ouvert, saisie, Erreurs::default(), StatusCode::CONFLICT).await;
    }
    let Ouvert { tx, projet, themes, .. } = ouvert;
    drop(tx);
    let instance = &cadre.instance;
    let maintenant = instance.clock.instant();
    let encore = projet.diffusion == Diffusion::Public;
    let change = projet::Model { diffusion: Diffusion::Public, publie_le: Some(maintenant), ..projet };
    let tx = instance.db.begin().await?;
    if !projet::enregistrer(&tx, &change, maintenant).await? {
        return Err(change_entre_temps());
    }
    publication::publier(&tx, &change, &themes, deliberation, maintenant).await?;
    let faits = serde_json::json!({"nouvelle_version": encore, "deliberation": deliberation.as_str()});
    let evenement = evenement(&cadre, evenements::PUBLIE, &change).faits(faits);
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    recherche::demander(&tx, instance, recherche::PROJET, vec![change.id.to_string()]).await?;
    let message = if encore { "La nouvelle version est publique." } else { "Votre projet est public." };
    form.conclure(tx, &format!("/projets/{reference}"), message).await
}

fn change_entre_temps() -> Erreur {
    Erreur::Invalide("Le projet a changé entre-temps. Revenez à sa page et recommencez.".to_owned())
}

/// POST: nothing of it is public nor shared any more, and what was published is not kept.
pub async fn retirer(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    cacher(&cadre, &reference, &form, (Diffusion::Prive, evenements::RETIRE), "Votre projet est de nouveau privé.")
        .await
}

/// POST: the whole team of the département may read it.
pub async fn partager(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let message = "Toute l’équipe du département peut lire votre projet. Le public ne le voit pas.";
    cacher(&cadre, &reference, &form, (Diffusion::Partage, evenements::PARTAGE), message).await
}

/// The public sees nothing of it.
async fn cacher(
    cadre: &Cadre,
    reference: &str,
    form: &CheckedForm,
    (diffusion, genre): (Diffusion, &'static str),
    message: &str,
) -> Reponse {
    let ouvert = acces::ouvrir(cadre, reference, Action::PublierProjet).await?;
    drop(ouvert.tx);
    let instance = &cadre.instance;
    let change = projet::Model { diffusion, publie_le: None, ..ouvert.projet };
    let tx = instance.db.begin().await?;
    if !projet::enregistrer(&tx, &change, instance.clock.instant()).await? {
        return Err(change_entre_temps());
    }
    publication::depublier(&tx, &change.id).await?;
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement(cadre, genre, &change)).await?;
    recherche::demander(&tx, instance, recherche::PROJET, vec![change.id.to_string()]).await?;
    form.conclure(tx, &format!("/projets/{reference}"), message).await
}
