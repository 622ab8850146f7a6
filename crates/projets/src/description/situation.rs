//! Second screen: how far the project is, who bears it, what it needs, how much it costs.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::droit::{Action, Fonction, Lien};
use domain::profil::{Besoin, Complements, Etape, Porteur, Reponse as Avis};
use socle::projet::{self, Etat};
use web::composants::{
    ChampOptions, ChampTexte, Conflit, Etapes, Html, OptionDeChamp, Resume, ResumeErreurs, Selection, expliquer,
};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Formulaire, Reponse, Saisie, texte};

use super::{NOMS_DES_ETAPES, agit_pour_l_epci, avec_option, avis, conclure, mandat_de_commune};
use crate::acces::{self, Ouvert};
use crate::porteur;

#[derive(Template)]
#[template(path = "ecran_2.html")]
struct Page {
    etapes: Etapes,
    reference: String,
    resume: ResumeErreurs,
    caches: Html,
    /// Of the form of the answers: what is typed is kept.
    caches_du_texte: Html,
    version: i64,
    conflit: Option<Conflit>,
    etape: ChampOptions,
    porteur: Selection,
    structure: Option<ChampOptions>,
    maire: ChampOptions,
    besoins: ChampOptions,
    cout: ChampTexte,
    date: ChampTexte,
    brouillon: bool,
}

fn page(cadre: &Cadre, lien: Lien, formulaire: &Formulaire, projet: &projet::Model, conflit: Option<Conflit>) -> Page {
    let structures = porteur::structures(cadre, lien);
    let porteurs =
        std::iter::once(OptionDeChamp::nouvelle("", "Choisissez dans la liste")).chain(OptionDeChamp::par_groupes(
            Porteur::TOUS.iter().map(|p| (p.groupe(), OptionDeChamp::nouvelle(p.as_str(), p.libelle()))),
        ));
    Page {
        etapes: Etapes::nouvelles(NOMS_DES_ETAPES, 2),
        reference: projet.reference.clone(),
        resume: formulaire.resume(),
        caches: formulaire.caches(),
        caches_du_texte: formulaire.caches_gardes(&format!("/projets/{}/suite", projet.reference)),
        version: formulaire.version(projet.version),
        conflit,
        etape: formulaire.radios(
            "etape",
            "Où en êtes-vous ?",
            Etape::connues()
                .iter()
                .filter(|e| **e != Etape::Arrete)
                .map(|e| OptionDeChamp::nouvelle(e.as_str(), e.libelle()))
                .chain([OptionDeChamp::nouvelle(Etape::Inconnue.as_str(), Avis::NeSaitPas.libelle())]),
        ),
        porteur: formulaire.selection("porteur", "Qui porte le projet ?", porteurs).aide_expliquee(expliquer(
            "Celui qui signe et qui paie : le maître d’ouvrage. « Pas encore décidé » est une réponse.",
            &mut vec!["maitre-d-ouvrage"],
            &cadre.instance,
        )),
        structure: (!structures.is_empty()).then(|| {
            formulaire
                .radios("structure", "Au nom de laquelle de vos structures ?", structures)
                .aide("Si c’est l’une d’elles qui porte le projet : ses autres membres le verront.")
        }),
        maire: formulaire
            .radios("maire_informe", "Le maire est-il informé ?", avis())
            .aide("Si le projet n’est pas porté par la mairie.")
            .en_ligne(),
        besoins: formulaire.cases(
            "besoins",
            "De quoi avez-vous besoin ?",
            Besoin::TOUS.iter().map(|b| OptionDeChamp::nouvelle(b.as_str(), b.libelle())),
        ),
        cout: formulaire
            .texte("cout", "Combien cela coûterait-il, en tout ?")
            .aide("Un ordre de grandeur suffit. Laissez vide si vous ne savez pas.")
            .montant(),
        date: formulaire
            .texte("date_souhaitee", "Pour quand ?")
            .aide("Une année ou un mois suffit. Laissez vide si vous ne savez pas."),
        brouillon: projet.etat == Etat::Brouillon,
    }
}

/// GET.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let Ouvert { projet, lien, .. } = acces::ouvrir(&cadre, &reference, Action::ModifierProjet).await?;
    let formulaire = cadre.formulaire_avec(ce_qui_est_su(&cadre, lien, &projet), Erreurs::default());
    cadre.page("Où vous en êtes", &page(&cadre, lien, &formulaire, &projet, None))?.repondre()
}

/// What was said; the first time, what the visitor's function says.
fn ce_qui_est_su(cadre: &Cadre, lien: Lien, projet: &projet::Model) -> Saisie {
    let complements = projet.complements();
    let dit = projet.situe();
    // Shown for the first time to who acts for the commune: they bear it, and a mayor knows.
    let pour_la_sienne = mandat_de_commune(cadre).filter(|(commune, _)| !dit && **commune == projet.commune);
    let porteur = match (dit, pour_la_sienne) {
        (true, _) => Some(projet.porteur),
        (false, Some(_)) => Some(Porteur::Commune),
        (false, None) => agit_pour_l_epci(cadre, &projet.commune).then_some(Porteur::Epci),
    };
    let maire = pour_la_sienne.filter(|(_, fonction)| *fonction == Fonction::Maire).map(|_| Avis::Oui);
    let mut saisie = Saisie::default().avec("etape", projet.etape.as_str());
    saisie = avec_option(saisie, "porteur", porteur.map(Porteur::as_str));
    saisie = avec_option(saisie, "maire_informe", complements.maire_informe.or(maire).map(Avis::as_str));
    saisie = avec_option(saisie, "date_souhaitee", complements.date_souhaitee.as_deref());
    saisie =
        saisie.avec_montant("cout", projet.cout).avec("structure", porteur::structure_sue(cadre, lien, projet, dit));
    for besoin in &complements.besoins {
        saisie = saisie.avec("besoins", besoin.as_str());
    }
    saisie
}

/// What is saved, to compare with what was typed.
fn enregistre(projet: &projet::Model) -> Resume {
    let complements = projet.complements();
    let besoins: Vec<&str> = complements.besoins.iter().map(|besoin| besoin.libelle()).collect();
    Resume::default()
        .ligne("Étape", projet.etape.libelle())
        .ligne("Qui porte le projet", projet.porteur.libelle())
        .ligne("Le maire est-il informé ?", texte::dit(complements.maire_informe.map(Avis::libelle)))
        .ligne("Besoins", texte::dit(Some(besoins.join(", ")).filter(|texte| !texte.is_empty())))
        .ligne("Coût estimé", texte::dit(projet.cout.map(|cout| cout.en_euros())))
        .ligne("Date souhaitée", texte::dit(complements.date_souhaitee))
}

/// POST: goes to what fits.
pub async fn enregistrer(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let Ouvert { projet, lien, tx, .. } = acces::ouvrir(&cadre, &reference, Action::ModifierProjet).await?;
    drop(tx);
    let mut lecteur = form.lecteur();
    let etape = lecteur.choix("etape", "Dites où vous en êtes, ou « Je ne sais pas ».");
    let porteur = lecteur.choix("porteur", "Choisissez qui porte le projet, ou « Pas encore décidé ».");
    let complements = Complements {
        besoins: lecteur.plusieurs("besoins", Besoin::TOUS.len(), ""),
        maire_informe: lecteur.choix_libre("maire_informe"),
        date_souhaitee: lecteur.texte_libre("date_souhaitee", 60),
        ..projet.complements()
    };
    let cout = lecteur.montant("cout");
    if let Some(porteur) = porteur
        && !porteur::peut_changer(lien, &projet, &projet::Model { porteur, ..projet.clone() })
    {
        lecteur.erreurs.ajouter("porteur", porteur::PAS_A_VOUS);
    }
    let (Some(etape), Some(porteur), true) = (etape, porteur, lecteur.erreurs.est_vide()) else {
        let erreurs = lecteur.erreurs;
        let formulaire = cadre.formulaire_avec(form.saisie, erreurs);
        let vue = page(&cadre, lien, &formulaire, &projet, None);
        return cadre.page("Où vous en êtes", &vue)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
    };
    let change = projet::Model {
        etape,
        porteur,
        cout,
        complements: serde_json::to_string(&complements)?,
        version: form.version(),
        ..projet.clone()
    };
    let structures = porteur::structures(&cadre, lien);
    let reponse = (!structures.is_empty()).then(|| form.saisie.texte("structure"));
    let change = porteur::ajuster(&cadre, lien, &projet, change, reponse);
    let faits = serde_json::json!({"partie": if projet.etape == etape { "description" } else { "etape" }, "etape": etape.as_str()});
    let vers = format!("/projets/{reference}/resultat");
    match conclure(&cadre, &form, &change, faits, &vers, "").await? {
        Some(reponse) => Ok(reponse),
        None => {
            let conflit = Conflit::sur("ce projet").enregistre(enregistre(&projet));
            let formulaire = cadre.formulaire_avec(form.saisie.sur_la_version_actuelle(), Erreurs::default());
            cadre
                .page("Où vous en êtes", &page(&cadre, lien, &formulaire, &projet, Some(conflit)))?
                .statut(StatusCode::CONFLICT)
                .repondre()
        }
    }
}
