//! First screen: the idea, where, about what. Makes the draft (or, signed in, the project).

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::code::CodeCommune;
use domain::droit::{Action, Lien};
use domain::profil::{MANQUE_MAX, THEMES_MAX, TITRE_MAX};
use domain::theme::Theme;
use platform::journal;
use socle::projet::{self, Diffusion, Etat};
use web::brouillon::Brouillons;
use web::composants::{ChampLong, ChampOptions, ChampTexte, Conflit, Etapes, Html, Resume, ResumeErreurs};
use web::formulaire::{Erreurs, deja_envoye};
use web::{Cadre, CheckedForm, Erreur, Formulaire, Reponse, Saisie};

use super::{NOMS_DES_ETAPES, mandat_de_commune};
use crate::acces::{self, Ouvert};
use crate::evenements::{self, evenement};
use crate::porteur;

#[derive(Template)]
#[template(path = "ecran_1.html")]
struct Page {
    etapes: Etapes,
    /// Drafts already there, on an empty first screen.
    brouillons: Brouillons,
    action: String,
    resume: ResumeErreurs,
    caches: Html,
    version: Option<i64>,
    conflit: Option<Conflit>,
    titre: ChampTexte,
    commune: ChampTexte,
    manque: ChampLong,
    themes: ChampOptions,
    nouveau: bool,
}

fn page(
    cadre: &Cadre,
    formulaire: &Formulaire,
    action: String,
    actuelle: Option<i64>,
    conflit: Option<Conflit>,
) -> Page {
    let locaux = cadre.instance.locaux();
    Page {
        etapes: Etapes::nouvelles(NOMS_DES_ETAPES, 1),
        brouillons: Brouillons::default(),
        nouveau: actuelle.is_none(),
        resume: formulaire.resume(),
        caches: formulaire.caches_gardes(&action),
        action,
        version: actuelle.map(|actuelle| formulaire.version(actuelle)),
        conflit,
        titre: formulaire
            .texte("titre", "Titre court de votre projet")
            .aide("En quelques mots. Par exemple : rouvrir le café-épicerie."),
        commune: formulaire.texte("commune", "Commune du projet").aide("Tapez le nom ou le code postal.").commune(),
        manque: formulaire
            .long("manque", "Qu’est-ce qui manque aujourd’hui, et pour qui ?", MANQUE_MAX)
            .aide("Deux ou trois phrases suffisent. N’écrivez pas de nom de personne."),
        themes: formulaire
            .cases("themes", "De quoi s’agit-il ?", locaux.themes.options(formulaire.saisie.liste("themes")))
            .aide("Choisissez un à trois thèmes.")
            .en_colonnes(),
    }
}

/// GET: an empty first screen. `?commune=54129` fills the commune (from its page); so does the visitor's own mandate.
/// `?deja=` is the key of a form of this page sent already: it leads to what it made.
pub async fn nouveau(cadre: Cadre) -> Reponse {
    let demandee = cadre.demande();
    let tx = cadre.instance.db.read().await?;
    // Back from the second screen: the project is made, its first screen is there.
    if let Some(vers) = deja_envoye(&cadre, &tx, demandee.texte("deja")).await? {
        let fiche = vers.strip_suffix("/suite").map(|fiche| format!("{fiche}/description"));
        return Err(Erreur::Aller(fiche.unwrap_or(vers)));
    }
    let demandee: Option<CodeCommune> = demandee.texte("commune").parse().ok();
    let la_sienne = || mandat_de_commune(&cadre).map(|(code, _)| code.clone());
    let commune = demandee.or_else(la_sienne).map(|code| cadre.instance.referentiel().nom_commune(&code).to_owned());
    let saisie = commune.map_or_else(Saisie::default, |nom| Saisie::default().avec("commune", nom));
    let formulaire = cadre.formulaire_avec(saisie, Erreurs::default());
    let brouillons = Brouillons::du_visiteur(&cadre, &tx).await?;
    let vue = Page { brouillons, ..page(&cadre, &formulaire, "/projets/nouveau".to_owned(), None, None) };
    cadre.page("Décrire un projet", &vue)?.repondre()
}

/// What screen 1 says.
struct Idee {
    titre: String,
    manque: String,
    commune: CodeCommune,
    themes: Vec<Theme>,
}

fn lire_idee(form: &CheckedForm) -> Result<Idee, Erreurs> {
    let mut lecteur = form.lecteur();
    let titre = lecteur.texte("titre", "Donnez un titre à votre projet.", 3, TITRE_MAX);
    let commune = lecteur.commune("commune", &form.contexte.instance);
    let manque = lecteur.texte("manque", "Dites en quelques mots ce qui manque, et pour qui.", 10, MANQUE_MAX);
    let themes: Vec<Theme> = lecteur.plusieurs("themes", THEMES_MAX, "Choisissez trois thèmes au plus.");
    if themes.is_empty() {
        lecteur.erreurs.ajouter("themes", "Choisissez au moins un thème.");
    }
    match (titre, commune, manque, lecteur.erreurs.est_vide()) {
        (Some(titre), Some(commune), Some(manque), true) => Ok(Idee { titre, manque, commune, themes }),
        _ => Err(lecteur.erreurs),
    }
}

/// The commune of a project that the commune (or its EPCI) bears is not for everyone to change.
fn sans_changer_de_porteur(lien: Lien, projet: &projet::Model, idee: Idee) -> Result<Idee, Erreurs> {
    let apres = projet::Model { commune: idee.commune.clone(), ..projet.clone() };
    if porteur::peut_changer(lien, projet, &apres) {
        return Ok(idee);
    }
    let mut erreurs = Erreurs::default();
    erreurs.ajouter("commune", porteur::PAS_A_VOUS);
    Err(erreurs)
}

/// POST: makes the draft (or, signed in, the project) and goes to screen 2.
pub async fn creer(cadre: Cadre, form: CheckedForm) -> Reponse {
    let idee = match lire_idee(&form) {
        Ok(idee) => idee,
        Err(erreurs) => {
            let formulaire = cadre.formulaire_avec(form.saisie, erreurs);
            let vue = page(&cadre, &formulaire, "/projets/nouveau".to_owned(), None, None);
            return cadre.page("Décrire un projet", &vue)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
        }
    };
    let instance = &cadre.instance;
    let auteur = cadre.visiteur.personne_id().cloned();
    let nu = projet::Model::nouveau(&*instance.ids, idee.commune, instance.clock.instant());
    let projet = projet::Model {
        brouillon: auteur.is_none().then(|| projet::empreinte_de_brouillon(&cadre.jeton_visiteur, &nu.reference)),
        titre: idee.titre,
        manque: idee.manque,
        etat: if auteur.is_some() { Etat::Garde } else { Etat::Brouillon },
        auteur_id: auteur,
        ..nu
    };
    let tx = instance.db.begin().await?;
    let projet = projet::inserer(&tx, projet, &idee.themes).await?;
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement(&cadre, evenements::DECRIT, &projet)).await?;
    form.conclure(tx, &format!("/projets/{}/suite", projet.reference), "").await
}

/// GET: screen 1 of a project already made.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let Ouvert { projet, themes, .. } = acces::ouvrir(&cadre, &reference, Action::ModifierProjet).await?;
    let mut saisie = Saisie::default()
        .avec("titre", &projet.titre)
        .avec("commune", cadre.instance.referentiel().nom_commune(&projet.commune))
        .avec("manque", &projet.manque);
    for theme in &themes {
        saisie = saisie.avec("themes", theme.as_str());
    }
    let formulaire = cadre.formulaire_avec(saisie, Erreurs::default());
    let vue = page(&cadre, &formulaire, format!("/projets/{reference}/description"), Some(projet.version), None);
    cadre
        .page("Votre idée", &vue)?
        .fil(&acces::fil(&cadre, &[(&projet.titre, &format!("/projets/{reference}"))]))
        .repondre()
}

/// POST.
pub async fn enregistrer(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let Ouvert { projet, themes, tx, lien } = acces::ouvrir(&cadre, &reference, Action::ModifierProjet).await?;
    drop(tx);
    let action = format!("/projets/{reference}/description");
    let idee = match lire_idee(&form).and_then(|idee| sans_changer_de_porteur(lien, &projet, idee)) {
        Ok(idee) => idee,
        Err(erreurs) => {
            let formulaire = cadre.formulaire_avec(form.saisie, erreurs);
            let vue = page(&cadre, &formulaire, action, Some(projet.version), None);
            return cadre.page("Votre idée", &vue)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
        }
    };
    let actuel = projet.clone();
    let change = projet::Model {
        titre: idee.titre,
        manque: idee.manque,
        commune: idee.commune,
        version: form.version(),
        ..projet
    };
    let change = porteur::ajuster(&cadre, lien, &actuel, change, None);
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    if !projet::enregistrer(&tx, &change, instance.clock.instant()).await? {
        drop(tx);
        let enregistre = Resume::default()
            .ligne("Titre", actuel.titre)
            .ligne("Commune", instance.referentiel().nom_commune(&actuel.commune))
            .ligne("Ce qui manque", actuel.manque)
            .ligne("Thèmes", instance.locaux().themes.noms(&themes));
        let conflit = Conflit::sur("ce projet").enregistre(enregistre);
        let saisie = form.saisie.sur_la_version_actuelle();
        let formulaire = cadre.formulaire_avec(saisie, Erreurs::default());
        let vue = page(&cadre, &formulaire, action, Some(actuel.version), Some(conflit));
        return cadre.page("Votre idée", &vue)?.statut(StatusCode::CONFLICT).repondre();
    }
    projet::ecrire_themes(&tx, &change.id, &idee.themes).await?;
    porteur::garder_la_vue(&tx, &cadre, &change).await?;
    let faits = serde_json::json!({"partie": "description"});
    journal::ecrire(
        &tx,
        &*instance.clock,
        &*instance.ids,
        evenement(&cadre, evenements::MODIFIE, &change).faits(faits),
    )
    .await?;
    let message = match change.diffusion {
        Diffusion::Public => "Votre description est enregistrée. Le public voit encore la version publiée.",
        _ => "Votre description est enregistrée.",
    };
    form.conclure(tx, &format!("/projets/{reference}/resultat"), message).await
}
