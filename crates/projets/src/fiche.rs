//! The project's page: what is known, the panels of the other features, what happened. Where it is shared, the team of the
//! département reads it without the exchanges. The public sees only what the bearer published.

use askama::Template;
use axum::extract::Path;
use domain::droit::{Action, Lien};
use socle::organisation;
use socle::projet::{self, Diffusion, Publie, publication};
use web::composants::{Chronologie, Contact, Etiquette, Html, Resume, Ton};
use web::feature::{Lieu, Panneau};
use web::{Cache, Cadre, Erreur, Reponse, texte};

use crate::acces::{self, Ouvert};
use crate::collegues::{self, AccesVu};
use crate::histoire;
use crate::porteur;
use crate::precisions::{self, GroupeVu};
use crate::publication::Perimee;
use crate::resultat;

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
    /// What the public still sees, when the project changed since.
    perimee: Option<Perimee>,
    /// Bears or accompanies the project; the others only read it.
    concerne: bool,
    partage: bool,
    peut_modifier: bool,
    peut_publier: bool,
    peut_inviter: bool,
    peut_confirmer: bool,
    peut_demander_confirmation: bool,
    /// Declared for the commune itself: the mairie may be asked.
    pour_la_commune: bool,
    porteur: String,
    acces: Vec<AccesVu>,
    invite: bool,
}

#[derive(Template)]
#[template(path = "fiche_publique.html")]
struct FichePublique {
    publie: Publie,
    commune: String,
    themes: String,
    manque: Html,
    publie_le: String,
}

/// GET: the whole page for those who bear or accompany the project, the public part for the others.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let ouvert = acces::trouver(&cadre, &reference).await?;
    match cadre.visiteur.autoriser(ouvert.lien, Action::VoirProjet) {
        Ok(()) => entiere(&cadre, ouvert).await,
        Err(_) if ouvert.projet.diffusion == Diffusion::Partage && cadre.visiteur.peut(Action::VoirProjetPartage) => {
            entiere(&cadre, ouvert).await
        }
        Err(refus) => {
            let publie = publication::publie(&ouvert.tx, &ouvert.projet.id).await?.ok_or(refus)?;
            publique(&cadre, publie)
        }
    }
}

async fn entiere(cadre: &Cadre, ouvert: Ouvert) -> Reponse {
    let instance = &cadre.instance;
    let panneaux = resultat::panneaux(cadre, &ouvert, Lieu::Fiche).await;
    let concerne = cadre.visiteur.autoriser(ouvert.lien, Action::VoirProjet).is_ok();
    let chronologie = histoire::chronologie(cadre, &ouvert.tx, &ouvert.projet, ouvert.lien).await?;
    let organisation = match &ouvert.projet.organisation_id {
        Some(id) => organisation::par_id(&ouvert.tx, id).await?.map(|o| o.nom),
        None => None,
    };
    let interlocuteur =
        socle::secteur::interlocuteur(&ouvert.tx, &ouvert.projet.commune, instance.aujourd_hui()).await?;
    let peut = |action| cadre.visiteur.autoriser(ouvert.lien, action).is_ok();
    let acces = match peut(Action::InviterMembre) {
        true => collegues::lire(&ouvert.tx, cadre, &ouvert.projet).await?,
        false => Vec::new(),
    };
    let publie = publication::publie(&ouvert.tx, &ouvert.projet.id).await?;
    let Ouvert { projet, themes, lien, .. } = ouvert;
    let perimee = publie.filter(|publie| publie.differe(&projet, &themes)).map(|p| Perimee::nouvelle(instance, &p));
    let peut = |action| cadre.visiteur.autoriser(lien, action).is_ok();
    let non_confirme = projet.declare_non_confirme();
    let (utiles, autres) = precisions::groupes(&projet.profil(themes.clone()), &projet.reference);
    let page = Fiche {
        commune: instance.referentiel().nom_commune(&projet.commune).to_owned(),
        code_commune: projet.commune.as_str().to_owned(),
        etiquettes: etiquettes(&projet),
        perimee,
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
        chronologie,
        caches: cadre.formulaire().caches(),
        concerne,
        partage: projet.diffusion == Diffusion::Partage,
        peut_modifier: peut(Action::ModifierProjet),
        peut_publier: peut(Action::PublierProjet),
        peut_inviter: peut(Action::InviterMembre),
        peut_confirmer: non_confirme && peut(Action::ConfirmerProjet),
        peut_demander_confirmation: non_confirme
            && matches!(lien, Lien::Declarant | Lien::Invite)
            && cadre.visiteur.personne().is_some(),
        pour_la_commune: porteur::est_la_commune(&projet),
        porteur: organisation.unwrap_or_else(|| porteur::nom(&projet)),
        acces,
        invite: lien == Lien::Invite,
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
        Diffusion::Partage => Etiquette::nouvelle("Partagé", Ton::Neutre),
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

fn publique(cadre: &Cadre, publie: Publie) -> Result<axum::response::Response, Erreur> {
    let instance = &cadre.instance;
    let page = FichePublique {
        commune: instance.referentiel().nom_commune(&publie.commune).to_owned(),
        themes: instance.locaux().themes.noms(&publie.themes()),
        manque: Html(texte::paragraphes(&publie.manque)),
        publie_le: texte::jour(instance.jour_de(publie.publie_le)),
        publie,
    };
    let titre = page.publie.titre.clone();
    cadre.page(titre, &page)?.fil(&[("Ce qui se fait", "/carte")]).cache(Cache::Public(60)).repondre()
}
