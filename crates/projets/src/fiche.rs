//! The project's page: what is known, the panels of the other features, what happened. The public sees less, and only
//! what the bearer published.

use askama::Template;
use axum::extract::Path;
use domain::droit::{Action, Lien};
use platform::journal::{self, Visibilite};
use socle::projet::{self, Diffusion};
use socle::{organisation, personne};
use web::composants::{Chronologie, Contact, Etiquette, EvenementVu, Html, Resume, Ton};
use web::feature::{Lieu, Panneau};
use web::{Cache, Cadre, Erreur, Reponse, texte};

use crate::acces::{self, Ouvert};
use crate::precisions::{self, GroupeVu};
use crate::resultat;

/// Lines of the timeline shown at once.
const CHRONOLOGIE_MAX: u64 = 60;

#[derive(Template)]
#[template(path = "fiche.html")]
struct Fiche {
    projet: projet::Model,
    commune: String,
    code_commune: String,
    etiquettes: Vec<Etiquette>,
    resume: Resume,
    manque: Html,
    contact: Contact,
    utiles: Vec<GroupeVu>,
    autres: Vec<GroupeVu>,
    panneaux: Vec<Panneau>,
    chronologie: Chronologie,
    caches: Html,
    peut_modifier: bool,
    peut_publier: bool,
    peut_inviter: bool,
    peut_confirmer: bool,
    peut_demander_confirmation: bool,
}

#[derive(Template)]
#[template(path = "fiche_publique.html")]
struct FichePublique {
    projet: projet::Model,
    commune: String,
    code_commune: String,
    themes: String,
    manque: Html,
    publie_le: String,
}

/// GET: the whole page for those who bear or accompany the project, the public part for the others.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let ouvert = acces::trouver(&cadre, &reference).await?;
    match cadre.visiteur.autoriser(ouvert.lien, Action::VoirProjet) {
        Ok(()) => entiere(&cadre, ouvert).await,
        Err(_) if ouvert.projet.diffusion == Diffusion::Public => publique(&cadre, ouvert),
        Err(refus) => Err(refus),
    }
}

async fn entiere(cadre: &Cadre, ouvert: Ouvert) -> Reponse {
    let instance = &cadre.instance;
    let panneaux = resultat::panneaux(cadre, &ouvert, Lieu::Fiche).await;
    let visibles: &[Visibilite] = if ouvert.lien == Lien::ChargeDuSecteur || cadre.visiteur.peut(Action::Coordonner) {
        &[Visibilite::Public, Visibilite::Partage, Visibilite::Agents]
    } else {
        &[Visibilite::Public, Visibilite::Partage]
    };
    let lignes = journal::du_projet(&ouvert.tx, ouvert.projet.id.as_str(), visibles, CHRONOLOGIE_MAX).await?;
    let mut auteurs: Vec<&str> = lignes.iter().filter_map(|ligne| ligne.personne.as_deref()).collect();
    auteurs.sort_unstable();
    auteurs.dedup();
    let noms = personne::noms(&ouvert.tx, &auteurs).await?;
    let evenements = lignes
        .iter()
        .map(|ligne| EvenementVu {
            quand: texte::moment(instance.heure_de(ligne.instant)),
            iso: ligne.instant.timestamp().to_string(),
            phrase: instance.maison.dire(ligne),
            qui: ligne.personne.as_ref().and_then(|id| noms.get(id)).filter(|nom| !nom.trim().is_empty()).cloned(),
        })
        .collect();
    let organisation = match &ouvert.projet.organisation_id {
        Some(id) => organisation::par_id(&ouvert.tx, id).await?.map(|o| o.nom),
        None => None,
    };
    let interlocuteur =
        socle::secteur::interlocuteur(&ouvert.tx, &ouvert.projet.commune, instance.aujourd_hui()).await?;
    let Ouvert { projet, themes, lien, .. } = ouvert;
    let peut = |action| cadre.visiteur.autoriser(lien, action).is_ok();
    let non_confirme = projet.declare_non_confirme();
    let (utiles, autres) = precisions::groupes(&projet.profil(themes.clone()), &projet.reference);
    let page = Fiche {
        commune: instance.referentiel().nom_commune(&projet.commune).to_owned(),
        code_commune: projet.commune.as_str().to_owned(),
        etiquettes: etiquettes(&projet),
        resume: resume(
            &projet,
            &instance.locaux().themes.noms(&themes),
            organisation.as_deref(),
            peut(Action::ModifierProjet),
        ),
        manque: Html(texte::paragraphes(&projet.manque)),
        contact: web::contact::du_secteur(instance, interlocuteur),
        utiles,
        autres,
        panneaux,
        chronologie: Chronologie { evenements },
        caches: cadre.formulaire().caches(),
        peut_modifier: peut(Action::ModifierProjet),
        peut_publier: peut(Action::PublierProjet),
        peut_inviter: peut(Action::InviterMembre),
        peut_confirmer: non_confirme && peut(Action::ConfirmerProjet),
        peut_demander_confirmation: non_confirme && lien == Lien::Declarant && cadre.visiteur.personne().is_some(),
        projet,
    };
    let titre = page.projet.titre.clone();
    cadre.page(titre, &page)?.fil(&acces::fil(cadre, &[])).repondre()
}

fn etiquettes(projet: &projet::Model) -> Vec<Etiquette> {
    let mut etiquettes = vec![Etiquette::nouvelle(projet.etape.libelle(), Ton::Neutre)];
    if projet.declare_non_confirme() {
        etiquettes.push(Etiquette::nouvelle("Déclaré, non confirmé", Ton::Attente));
    } else if projet.confirme_le.is_some() {
        etiquettes.push(Etiquette::nouvelle("Confirmé", Ton::Positif));
    }
    etiquettes.push(match projet.diffusion {
        Diffusion::Prive => Etiquette::nouvelle("Privé", Ton::Neutre),
        Diffusion::Public => Etiquette::nouvelle("Public", Ton::Positif),
    });
    etiquettes
}

fn resume(projet: &projet::Model, noms_des_themes: &str, organisation: Option<&str>, modifiable: bool) -> Resume {
    let url = |page: &str| format!("/projets/{}/{page}", projet.reference);
    let complements = projet.complements();
    let mut resume = Resume::default();
    let lignes: [(&str, String, &str, &str); 6] = [
        ("Thèmes", noms_des_themes.to_owned(), "description", "les thèmes"),
        ("Étape", projet.etape.libelle().to_owned(), "suite", "l’étape"),
        (
            "Qui porte le projet",
            organisation.map_or_else(
                || projet.porteur.libelle().to_owned(),
                |nom| format!("{nom} ({})", projet.porteur.libelle()),
            ),
            "suite",
            "le porteur",
        ),
        ("Coût estimé", texte::dit(projet.cout.map(|cout| cout.en_euros())), "suite", "le coût"),
        ("Date souhaitée", texte::dit(complements.date_souhaitee), "suite", "la date"),
        (
            "Besoins",
            if complements.besoins.is_empty() {
                "Non précisés".to_owned()
            } else {
                complements.besoins.iter().map(|b| b.libelle()).collect::<Vec<_>>().join(", ")
            },
            "suite",
            "les besoins",
        ),
    ];
    for (cle, valeur, page, quoi) in lignes {
        resume = resume.ligne(cle, valeur);
        if modifiable {
            resume = resume.modifier(url(page), quoi);
        }
    }
    resume
}

fn publique(cadre: &Cadre, ouvert: Ouvert) -> Result<axum::response::Response, Erreur> {
    let Ouvert { projet, themes, .. } = ouvert;
    let instance = &cadre.instance;
    let page = FichePublique {
        commune: instance.referentiel().nom_commune(&projet.commune).to_owned(),
        code_commune: projet.commune.as_str().to_owned(),
        themes: instance.locaux().themes.noms(&themes),
        manque: Html(texte::paragraphes(&projet.manque)),
        publie_le: projet.publie_le.map(|le| texte::jour(instance.jour_de(le))).unwrap_or_default(),
        projet,
    };
    let titre = page.projet.titre.clone();
    cadre.page(titre, &page)?.fil(&[("Ce qui se fait", "/carte")]).cache(Cache::Public(60)).repondre()
}
