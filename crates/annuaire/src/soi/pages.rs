//! "Ma structure": one page with what is to be done for each structure that the visitor represents.

use askama::Template;
use domain::droit::Fonction;
use platform::{ReadTx, journal};
use socle::OrganisationId;
use web::composants::{EtatVide, Etiquette, Html, Ton};
use web::feature::{Attente, DemandeStructure};
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, texte};

use super::rules::{AFaire, Tenue, a_faire};
use super::storage::{self, Sienne};
use crate::acteur;
use crate::evenements;
use crate::reseau::annonce::{message, oui_ou_non};
use crate::reseau::rules::Adhesion;
use crate::reseau::storage as reseau;
use crate::tenue::rules::{Fraicheur, fraicheur};

/// Address of this page.
pub(crate) const URL: &str = "/ma-structure";

/// Something to do, as shown.
struct Tache {
    quoi: &'static str,
    pourquoi: String,
    url: Option<String>,
    /// It is done by a button: the page is right.
    confirmer: bool,
}

/// A network that names the structure.
struct AnnonceVue {
    reference: String,
    nom: String,
    etat: String,
    /// The other answer is offered.
    oui: bool,
    non: bool,
    caches: Html,
}

/// A structure, as shown.
struct StructureVue {
    nom: String,
    reference: String,
    etiquette: Etiquette,
    version: i64,
    caches: Html,
    taches: Vec<Tache>,
    attentes: Vec<Attente>,
    annonces: Vec<AnnonceVue>,
    propositions: i64,
    offres: i64,
    photos: i64,
}

#[derive(Template)]
#[template(path = "ma_structure.html")]
struct PageMaStructure {
    structures: Vec<StructureVue>,
    a_verifier: Vec<String>,
    rien: EtatVide,
}

/// Organisations that the visitor represents, verified or not yet.
fn organisations(cadre: &Cadre, verifiees: bool) -> Vec<(OrganisationId, String)> {
    let siens = cadre.visiteur.mandats.iter().filter(|m| m.verifie() == verifiees);
    let mut siennes: Vec<(OrganisationId, String)> = siens
        .filter(|m| verifiees || m.fonction == Fonction::Representant)
        .map(|m| (m.organisation_id.clone(), m.organisation.clone()))
        .collect();
    siennes.dedup();
    siennes
}

async fn lire(tx: &ReadTx, cadre: &Cadre) -> Result<Vec<Sienne>, Erreur> {
    let siennes = organisations(cadre, true);
    let ids: Vec<&str> = siennes.iter().map(|(id, _)| id.as_str()).collect();
    Ok(storage::siennes(tx, &ids, cadre.instance.aujourd_hui()).await?)
}

/// GET `/ma-structure`.
pub async fn montrer(cadre: Cadre) -> Reponse {
    cadre.visiteur.connecte()?;
    let tx = cadre.instance.db.read().await?;
    let mut structures = Vec::new();
    for sienne in lire(&tx, &cadre).await? {
        structures.push(vue(&tx, &cadre, sienne).await?);
    }
    let page = PageMaStructure {
        structures,
        a_verifier: organisations(&cadre, false).into_iter().map(|(_, nom)| nom).collect(),
        rien: EtatVide {
            titre: "Aucune structure de l’annuaire".to_owned(),
            texte: "Vous ne représentez encore aucune structure de l’annuaire. Cherchez la vôtre, ouvrez sa fiche, puis « Tenir \
                    cette fiche ». Si elle n’y est pas, proposez-la."
                .to_owned(),
            action: Some(("Chercher ma structure".to_owned(), "/annuaire".to_owned())),
        },
    };
    cadre.page("Ma structure", &page)?.repondre()
}

fn fraicheur_de(instance: &Instance, sienne: &Sienne) -> Fraicheur {
    if sienne.etat == crate::vocabulaire::EtatActeur::Endormi {
        return Fraicheur::Endormie;
    }
    fraicheur(instance.aujourd_hui(), instance.jour_de(sienne.confirme_le.unwrap_or(sienne.cree_le)), None)
}

async fn vue(tx: &ReadTx, cadre: &Cadre, sienne: Sienne) -> Result<StructureVue, Erreur> {
    let instance = &cadre.instance;
    let fraicheur = fraicheur_de(instance, &sienne);
    let rempli = |texte: &Option<String>| texte.as_ref().is_some_and(|texte| !texte.is_empty());
    let tenue = Tenue {
        fraicheur,
        presentation: rempli(&sienne.presentation),
        contact: rempli(&sienne.courriel) || rempli(&sienne.telephone),
        offres: sienne.offres,
        photos: sienne.photos,
        collegues: sienne.collegues,
    };
    let attentes = match &sienne.courriel {
        Some(courriel) => instance.maison.attentes(&DemandeStructure { tx, instance, courriel }).await,
        None => Vec::new(),
    };
    let annonces = reseau::annonces(tx, &sienne.id).await?;
    Ok(StructureVue {
        etiquette: match fraicheur {
            Fraicheur::AJour => Etiquette::nouvelle("fiche à jour", Ton::Positif),
            Fraicheur::AConfirmer => Etiquette::nouvelle("à confirmer", Ton::Attente),
            Fraicheur::Endormie => Etiquette::nouvelle("cachée au public", Ton::Negatif),
        },
        taches: a_faire(tenue).into_iter().map(|quoi| tache(quoi, &sienne)).collect(),
        annonces: annonces.into_iter().filter_map(|annonce| annonce_vue(cadre, annonce)).collect(),
        attentes,
        caches: cadre.formulaire().caches(),
        version: sienne.version,
        propositions: sienne.propositions,
        offres: sienne.offres,
        photos: sienne.photos,
        nom: sienne.nom,
        reference: sienne.reference,
    })
}

fn tache(quoi: AFaire, sienne: &Sienne) -> Tache {
    let fiche = |suite: &str| Some(format!("/annuaire/{}/{suite}", sienne.reference));
    let (quoi, pourquoi, url, confirmer) = match quoi {
        AFaire::Reveiller => (
            "Confirmer la fiche",
            "Le public ne la voit plus : personne ne l’a relue depuis deux ans.".to_owned(),
            fiche("modifier"),
            true,
        ),
        AFaire::Confirmer => (
            "Confirmer la fiche",
            "Personne ne l’a relue depuis un an : elle dit « à confirmer ».".to_owned(),
            fiche("modifier"),
            true,
        ),
        AFaire::Collegues => (
            "Répondre à des collègues",
            format!(
                "{} agir pour la structure : confirmez, ou non.",
                texte::accorde(sienne.collegues.unsigned_abs(), "personne dit", "personnes disent")
            ),
            Some("/compte/collegues".to_owned()),
            false,
        ),
        AFaire::Contact => {
            ("Dire comment vous joindre", "La fiche n’a ni courriel ni téléphone.".to_owned(), fiche("modifier"), false)
        }
        AFaire::Presentation => {
            ("Dire ce que fait la structure", "La fiche n’a pas de présentation.".to_owned(), fiche("modifier"), false)
        }
        AFaire::Offres => (
            "Décrire une offre",
            "Sans offre, aucun projet de commune ne vous trouve.".to_owned(),
            fiche("offres/nouvelle"),
            false,
        ),
        AFaire::Photo => ("Ajouter une photo", "Elle donne envie de venir.".to_owned(), fiche("photos"), false),
    };
    Tache { quoi, pourquoi, url, confirmer }
}

fn annonce_vue(cadre: &Cadre, annonce: reseau::Annonce) -> Option<AnnonceVue> {
    let (etat, oui, non) = match annonce.adhesion(&cadre.instance) {
        Adhesion::Annoncee(le) => {
            (format!("dit le {} que vous êtes parmi ses membres. Est-ce juste ?", texte::jour(le)), true, true)
        }
        Adhesion::Confirmee(le) => (format!("vous avez confirmé le {}", texte::jour(le)), false, true),
        Adhesion::Refusee(le) => (format!("vous avez répondu non le {}", texte::jour(le)), true, false),
        Adhesion::Perimee => return None,
    };
    Some(AnnonceVue {
        reference: annonce.reference,
        nom: annonce.nom,
        etat,
        oui,
        non,
        caches: cadre.formulaire().caches(),
    })
}

/// POST: yes or no to a network.
pub async fn repondre(cadre: Cadre, form: CheckedForm) -> Reponse {
    cadre.visiteur.connecte()?;
    let instance = &cadre.instance;
    let oui = oui_ou_non(&form)?;
    let lecture = instance.db.read().await?;
    let voulue = form.saisie.texte("structure");
    let siennes = lire(&lecture, &cadre).await?;
    let sienne = siennes.into_iter().find(|s| s.reference == voulue).ok_or(Erreur::Introuvable("cette structure"))?;
    let annonces = reseau::annonces(&lecture, &sienne.id).await?;
    let annonce = annonces.into_iter().find(|annonce| annonce.reference == form.saisie.texte("reseau"));
    let annonce = annonce.ok_or(Erreur::Introuvable("ce réseau"))?;
    let acteur = acteur::storage::par_reference(&lecture, &sienne.reference).await?;
    let acteur = acteur.ok_or(Erreur::Introuvable("cet acteur"))?;
    drop(lecture);
    let tx = instance.db.begin().await?;
    if !reseau::repondre(&tx, instance, &annonce.reseau_id, acteur, oui).await? {
        return Err(Erreur::Invalide("La fiche vient de changer. Revenez à la page et recommencez.".to_owned()));
    }
    let genre = if oui { evenements::ADHESION_CONFIRMEE } else { evenements::ADHESION_REFUSEE };
    let evenement = evenements::de_l_acteur(&cadre, genre, &sienne.id)
        .faits(serde_json::json!({ "reseau": annonce.reseau_id.as_str() }));
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    form.conclure(tx, URL, &message(oui, &annonce.nom)).await
}
