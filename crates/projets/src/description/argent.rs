//! What the rules need to know about money: asked later, when it makes the estimate more exact.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::dates::mois_en_lettres;
use domain::droit::Action;
use domain::profil::{BaseDeCout, Complements, NatureDepense, Reponse as Avis, TauxDeTva};
use socle::projet;
use web::composants::{
    ChampOptions, ChampTexte, Conflit, Html, OptionDeChamp, Resume, ResumeErreurs, Selection, expliquer,
};
use web::formulaire::{Erreurs, Lecteur};
use web::{Cadre, CheckedForm, Formulaire, Reponse, Saisie, texte};

use super::{avec_option, avis, conclure, marche};
use crate::acces::{self, Ouvert};

#[derive(Template)]
#[template(path = "ecran_3.html")]
struct Page {
    reference: String,
    resume: ResumeErreurs,
    caches: Html,
    version: i64,
    conflit: Option<Conflit>,
    depenses: ChampOptions,
    base: ChampOptions,
    tva: ChampOptions,
    taux: ChampOptions,
    montants: Vec<ChampTexte>,
    questions: Vec<ChampOptions>,
    marche_mois: Selection,
}

const QUESTIONS: &[(&str, &str, &str)] = &[
    (
        "devis_signe",
        "Avez-vous déjà signé un devis ou un bon de commande ?",
        "Beaucoup d’aides sont perdues si un devis est signé trop tôt.",
    ),
    ("travaux_commences", "Les travaux ont-ils commencé ?", ""),
    (
        "carence",
        "Est-il prouvé que personne d’autre ne rend ce service ?",
        "C’est ce que la loi appelle la carence de l’initiative privée.",
    ),
    (
        "chef_de_file",
        "Le projet relève-t-il d’un domaine où une collectivité est chef de file ?",
        "Un chef de file, par exemple : le département pour l’action sociale, la région pour les transports.",
    ),
    (
        "marche_prevu",
        "Un marché public est-il prévu dans les 12 mois ?",
        "Un marché peut réserver des heures à des personnes en insertion.",
    ),
];

fn page(cadre: &Cadre, formulaire: &Formulaire, projet: &projet::Model, conflit: Option<Conflit>) -> Page {
    let jour = cadre.instance.aujourd_hui();
    let question = |(nom, legende, aide): &(&'static str, &'static str, &'static str)| {
        let champ = formulaire.radios(*nom, legende, avis()).en_ligne();
        let expliquee = expliquer(aide, &mut vec!["carence", "chef-de-file"], &cadre.instance);
        if aide.is_empty() { champ } else { champ.aide_expliquee(expliquee) }
    };
    let montant = |nom, libelle, aide: &str| formulaire.texte(nom, libelle).aide(aide).montant();
    Page {
        reference: projet.reference.clone(),
        resume: formulaire.resume(),
        caches: formulaire.caches_gardes(&format!("/projets/{}/precisions", projet.reference)),
        version: formulaire.version(projet.version),
        conflit,
        depenses: formulaire.cases(
            "depenses",
            "À quoi servirait l’argent ?",
            NatureDepense::TOUS.iter().map(|n| OptionDeChamp::nouvelle(n.as_str(), n.libelle())),
        ),
        base: formulaire
            .radios(
                "base",
                "Le coût que vous avez indiqué est :",
                BaseDeCout::TOUS
                    .iter()
                    .map(|b| OptionDeChamp::nouvelle(b.as_str(), b.libelle()))
                    .chain([OptionDeChamp::nouvelle("", Avis::NeSaitPas.libelle())]),
            )
            .en_ligne(),
        tva: formulaire
            .radios("tva_recuperee", "La TVA sera-t-elle récupérée ?", avis())
            .aide("Un local loué n’ouvre en général pas droit au fonds de compensation pour la TVA.")
            .en_ligne(),
        taux: formulaire
            .radios(
                "taux_tva",
                "À quel taux de TVA ?",
                TauxDeTva::TOUS.iter().map(|t| OptionDeChamp::nouvelle(t.as_str(), t.libelle())),
            )
            .aide("Il est sur les devis. Sans lui, le calcul ne passe pas du TTC au hors taxes.")
            .en_ligne(),
        montants: vec![
            montant("fonds_prives", "Argent privé attendu", "Dons, mécénat, parts des habitants."),
            montant("aides_acquises", "Aides publiques déjà accordées par écrit", ""),
            montant(
                "aides_sollicitees",
                "Aides publiques demandées, sans réponse",
                "Elles ne comptent pas dans le calcul tant qu’elles ne sont pas accordées.",
            ),
            montant("aides_envisagees", "Aides publiques que vous pensez demander", "Elles ne comptent pas non plus."),
        ],
        questions: QUESTIONS.iter().map(question).collect(),
        marche_mois: marche::champ(formulaire, jour),
    }
}

/// GET.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let Ouvert { projet, .. } = acces::ouvrir(&cadre, &reference, Action::ModifierProjet).await?;
    let c = projet.complements();
    let mut saisie = Saisie::default();
    for depense in &c.depenses {
        saisie = saisie.avec("depenses", depense.as_str());
    }
    saisie = avec_option(saisie, "base", c.base.map(BaseDeCout::as_str));
    saisie = avec_option(saisie, "taux_tva", c.taux_tva.map(TauxDeTva::as_str));
    for (nom, avis) in [
        ("tva_recuperee", c.tva_recuperee),
        ("devis_signe", c.devis_signe),
        ("travaux_commences", c.travaux_commences),
        ("carence", c.carence),
        ("chef_de_file", c.chef_de_file),
        ("marche_prevu", c.marche_prevu),
    ] {
        saisie = avec_option(saisie, nom, avis.map(Avis::as_str));
    }
    saisie = avec_option(saisie, "marche_mois", c.marche_mois.as_deref())
        .avec_montant("fonds_prives", c.fonds_prives)
        .avec_montant("aides_acquises", c.aides_acquises)
        .avec_montant("aides_sollicitees", c.aides_sollicitees)
        .avec_montant("aides_envisagees", c.aides_envisagees);
    let formulaire = cadre.formulaire_avec(saisie, Erreurs::default());
    let url = format!("/projets/{reference}/resultat");
    cadre
        .page("Préciser le projet", &page(&cadre, &formulaire, &projet, None))?
        .fil(&acces::fil(&cadre, &[(&projet.titre, &url)]))
        .repondre()
}

fn lire_precisions(lecteur: &mut Lecteur<'_>, deja: Complements) -> Complements {
    let marche_prevu = lecteur.choix_libre("marche_prevu");
    Complements {
        depenses: lecteur.plusieurs("depenses", NatureDepense::TOUS.len(), ""),
        base: lecteur.choix_libre("base"),
        tva_recuperee: lecteur.choix_libre("tva_recuperee"),
        taux_tva: lecteur.choix_libre("taux_tva"),
        devis_signe: lecteur.choix_libre("devis_signe"),
        travaux_commences: lecteur.choix_libre("travaux_commences"),
        carence: lecteur.choix_libre("carence"),
        chef_de_file: lecteur.choix_libre("chef_de_file"),
        marche_prevu,
        marche_mois: marche::lire(lecteur).filter(|_| marche_prevu == Some(Avis::Oui)),
        fonds_prives: lecteur.montant("fonds_prives"),
        aides_acquises: lecteur.montant("aides_acquises"),
        aides_sollicitees: lecteur.montant("aides_sollicitees"),
        aides_envisagees: lecteur.montant("aides_envisagees"),
        ..deja
    }
}

/// Each question with what is saved.
fn reponses(projet: &projet::Model) -> Vec<(&'static str, Option<String>)> {
    let c = projet.complements();
    let depenses: Vec<&str> = c.depenses.iter().map(|nature| nature.libelle()).collect();
    let mut reponses = vec![
        ("À quoi servirait l’argent ?", Some(depenses.join(", ")).filter(|texte| !texte.is_empty())),
        ("Le coût que vous avez indiqué est :", c.base.map(|base| base.libelle().to_owned())),
        ("La TVA sera-t-elle récupérée ?", c.tva_recuperee.map(|avis| avis.libelle().to_owned())),
        ("À quel taux de TVA ?", c.taux_tva.map(|taux| taux.libelle().to_owned())),
        ("Argent privé attendu", c.fonds_prives.map(|cents| cents.en_euros())),
        ("Aides publiques déjà accordées par écrit", c.aides_acquises.map(|cents| cents.en_euros())),
        ("Aides publiques demandées, sans réponse", c.aides_sollicitees.map(|cents| cents.en_euros())),
        ("Aides publiques que vous pensez demander", c.aides_envisagees.map(|cents| cents.en_euros())),
    ];
    let avis = [c.devis_signe, c.travaux_commences, c.carence, c.chef_de_file, c.marche_prevu];
    reponses.extend(QUESTIONS.iter().zip(avis).map(|(q, avis)| (q.1, avis.map(|avis| avis.libelle().to_owned()))));
    reponses.push((marche::QUESTION, c.mois_du_marche().map(mois_en_lettres)));
    reponses
}

/// What is saved, to compare with what was typed.
fn enregistre(projet: &projet::Model) -> Resume {
    reponses(projet)
        .into_iter()
        .fold(Resume::default(), |resume, (question, dit)| resume.ligne(question, texte::dit(dit)))
}

/// What was answered, and nothing of what was not; `None` when there is nothing.
pub(crate) fn dites(projet: &projet::Model) -> Option<Resume> {
    reponses(projet)
        .into_iter()
        .filter_map(|(question, dit)| Some((question, dit?)))
        .fold(None, |resume: Option<Resume>, (question, dit)| Some(resume.unwrap_or_default().ligne(question, dit)))
}

/// POST.
pub async fn enregistrer(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let Ouvert { projet, tx, .. } = acces::ouvrir(&cadre, &reference, Action::ModifierProjet).await?;
    drop(tx);
    let mut lecteur = form.lecteur();
    let complements = lire_precisions(&mut lecteur, projet.complements());
    if !lecteur.erreurs.est_vide() {
        let erreurs = lecteur.erreurs;
        let formulaire = cadre.formulaire_avec(form.saisie, erreurs);
        let vue = page(&cadre, &formulaire, &projet, None);
        return cadre.page("Préciser le projet", &vue)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
    }
    let change =
        projet::Model { complements: serde_json::to_string(&complements)?, version: form.version(), ..projet.clone() };
    let vers = format!("/projets/{reference}/resultat");
    match conclure(&cadre, &form, &change, serde_json::json!({"partie": "precisions"}), &vers, "").await? {
        Some(reponse) => Ok(reponse),
        None => {
            let conflit = Conflit::sur("ce projet").enregistre(enregistre(&projet));
            let formulaire = cadre.formulaire_avec(form.saisie.sur_la_version_actuelle(), Erreurs::default());
            cadre
                .page("Préciser le projet", &page(&cadre, &formulaire, &projet, Some(conflit)))?
                .statut(StatusCode::CONFLICT)
                .repondre()
        }
    }
}
