//! The agents' work list: what an official source says otherwise than people did, pages that sleep, the campaign.

use askama::Template;
use jiff::ToSpan;
use platform::journal;
use web::composants::{Cellule, EtatVide, Html, Resume, Tableau};
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, texte};

use super::rules::{A_CONFIRMER_MOIS, regle};
use super::storage::{self as tenue, Auteur, Chiffres, Question};
use crate::acteur::storage;
use crate::acteur::succession::{self, Reprise};
use crate::evenements;
use crate::vocabulaire::Origine;

const URL: &str = "/reglages/annuaire";
/// Questions and pages shown at a time: those decided make room for the next.
const MONTRES: usize = 50;

struct QuestionVue {
    reference: String,
    nom: String,
    champ: &'static str,
    cle: &'static str,
    gardee: String,
    gardee_par: String,
    proposee: String,
    proposee_par: String,
    proposee_id: String,
    caches: Html,
}

/// Another list of what is to be done.
struct Liste {
    url: &'static str,
    titre: &'static str,
    texte: &'static str,
}

/// The other lists.
const LISTES: [Liste; 5] = [
    Liste {
        url: "/reglages/annuaire/qualite",
        titre: "Que réparer d’abord",
        texte: "Les fiches à compléter, celles qui servent le plus en premier.",
    },
    Liste {
        url: "/reglages/annuaire/campagne",
        titre: "Campagne de confirmation",
        texte: "Combien de courriels par jour, à qui, et ce qu’ils ont donné.",
    },
    Liste {
        url: "/reglages/annuaire/agrements",
        titre: "Agréments qui se terminent",
        texte: "Trois mois avant leur fin, et ceux qui sont finis.",
    },
    Liste { url: "/reglages/annuaire/reseaux", titre: "Réseaux", texte: "Qui anime ses membres dans l’annuaire." },
    Liste {
        url: "/reglages/annuaire/sources",
        titre: "L’ordre des sources",
        texte: "Quand plusieurs sources parlent, laquelle est montrée, et pourquoi.",
    },
];

#[derive(Template)]
#[template(path = "a_tenir.html")]
struct PageATenir {
    chiffres: Resume,
    listes: Vec<Liste>,
    compte: usize,
    questions: Vec<QuestionVue>,
    rien: EtatVide,
    endormies: Option<Tableau>,
    reprises: Option<Tableau>,
    mois: i32,
    pourquoi: &'static str,
    depuis: String,
}

/// GET `/reglages/annuaire`.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let questions = tenue::questions(&tx).await?;
    let il_y_a_un_an = instance.aujourd_hui().saturating_sub(A_CONFIRMER_MOIS.months());
    let chiffres = tenue::chiffres(&tx, instance.debut_de(il_y_a_un_an)).await?;
    let endormies = tenue::endormies(&tx, i64::try_from(MONTRES).unwrap_or(i64::MAX)).await?;
    let reprises = succession::reprises(&tx, il_y_a_un_an, i64::try_from(MONTRES).unwrap_or(i64::MAX)).await?;
    let regle = regle(instance.aujourd_hui());
    let page = PageATenir {
        reprises: (!reprises.is_empty()).then(|| tableau_des_reprises(&reprises)),
        chiffres: resume(chiffres),
        listes: Vec::from(LISTES),
        compte: questions.len(),
        questions: questions.into_iter().take(MONTRES).map(|question| vue(&cadre, question)).collect(),
        rien: EtatVide {
            titre: "Rien à trancher".to_owned(),
            texte: "Quand un import apporte une valeur différente de celle que l’acteur ou un agent a donnée \
                    ou confirmée, elle n’efface rien : la question est posée ici."
                .to_owned(),
            action: None,
        },
        endormies: (!endormies.is_empty()).then(|| tableau(instance, &endormies)),
        mois: regle.cachee_mois,
        pourquoi: regle.pourquoi,
        depuis: texte::jour(regle.depuis),
    };
    cadre.page("Tenir l’annuaire à jour", &page)?.fil(&[("Réglages", "/reglages")]).repondre()
}

fn vue(cadre: &Cadre, question: Question) -> QuestionVue {
    let jour_de = |le| texte::jour(cadre.instance.jour_de(le));
    let proposee_du = question.proposee_du.map_or_else(|| "date inconnue".to_owned(), |du| texte::jour(du.0));
    QuestionVue {
        gardee_par: format!("{}, {}", question.gardee_source.libelle(), jour_de(question.gardee_le)),
        proposee_par: format!("{}, {proposee_du}", question.proposee_source.libelle()),
        champ: question.champ.libelle(),
        cle: question.champ.as_str(),
        proposee: question.proposee_dite(),
        reference: question.reference,
        nom: question.nom,
        gardee: question.gardee,
        proposee_id: question.proposee_id,
        caches: cadre.formulaire().caches(),
    }
}

fn resume(chiffres: Chiffres) -> Resume {
    Resume::default()
        .ligne("Fiches visibles", chiffres.visibles.to_string())
        .ligne("À confirmer, sans nouvelles depuis un an", chiffres.a_confirmer.to_string())
        .ligne("Endormies, cachées au public", chiffres.endormies.to_string())
        .ligne("Courriels de relance envoyés depuis un an", chiffres.relances.to_string())
        .ligne("Suivis d’une confirmation", chiffres.confirmees.to_string())
}

fn tableau_des_reprises(reprises: &[Reprise]) -> Tableau {
    let lignes = reprises.iter().map(|reprise| {
        vec![
            Cellule::lien(&format!("/annuaire/{}", reprise.reference), &reprise.nom),
            Cellule::lien(&format!("/annuaire/{}", reprise.repreneur_reference), &reprise.repreneur),
            Cellule::texte(texte::jour(reprise.le.0)),
        ]
    });
    Tableau {
        legende: "Fiches reprises par une autre".to_owned(),
        colonnes: ["Fiche", "Reprise par", "Depuis le"].map(str::to_owned).into(),
        lignes: lignes.collect(),
    }
}

fn tableau(instance: &Instance, fiches: &[tenue::Fiche]) -> Tableau {
    let jour = |le| texte::jour(instance.jour_de(le));
    let lignes = fiches.iter().map(|fiche| {
        vec![
            Cellule::lien(&format!("/annuaire/{}/modifier", fiche.reference), &fiche.nom),
            Cellule::texte(jour(fiche.depuis)),
            Cellule::texte(fiche.relance_le.map_or_else(|| "jamais".to_owned(), jour)),
        ]
    });
    Tableau {
        legende: "Fiches endormies".to_owned(),
        colonnes: ["Acteur", "Dernières nouvelles", "Dernière relance"].map(str::to_owned).into(),
        lignes: lignes.collect(),
    }
}

/// POST: keeps what people said, or takes the official value. Either way a dated fact says so.
pub async fn trancher(cadre: Cadre, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let prendre = match form.saisie.texte("choix") {
        "prendre" => true,
        "garder" => false,
        _ => return Err(Erreur::Invalide("Choisissez de garder la valeur, ou de prendre la nouvelle.".to_owned())),
    };
    let tx = instance.db.begin().await?;
    let posee = tenue::questions(&tx).await?.into_iter().find(|question| {
        question.reference == form.saisie.texte("reference")
            && question.champ.as_str() == form.saisie.texte("champ")
            && question.proposee_id == form.saisie.texte("proposee")
    });
    let Some(question) = posee else {
        return Ok(form.aller(URL, "Cette question ne se pose plus : quelqu’un y a répondu, ou la source a changé."));
    };
    let acteur = storage::par_reference(&tx, &question.reference).await?.ok_or(Erreur::Introuvable("cet acteur"))?;
    let (source, valeur) =
        if prendre { (Origine::Agent, String::new()) } else { (question.gardee_source, question.gardee) };
    let auteur = Auteur { source, personne: cadre.visiteur.personne_id() };
    let id = acteur.id.clone();
    tenue::dire(&tx, instance, &id, auteur, &[(question.champ, valeur)]).await?;
    if !tenue::reprojeter(&tx, instance, acteur).await? {
        return Err(Erreur::Invalide("La fiche vient de changer. Revenez à la liste et recommencez.".to_owned()));
    }
    let evenement = evenements::de_l_acteur(&cadre, evenements::TRANCHE, &id)
        .faits(serde_json::json!({ "champ": question.champ.as_str(), "prise": prendre }));
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    let message = if prendre { "La valeur officielle est prise." } else { "Vous gardez la valeur de la fiche." };
    form.conclure(tx, URL, message).await
}
