//! Secteurs: communes (dated), agents in charge, absences with their replacement, promised delay.
//!
//! - here: the list, a new one. [`un`]: the page of one, who is in charge, its end. `historique`: what it was.
//! - [`absences`]: who is away, who answers meanwhile.

pub mod absences;
mod historique;
pub mod un;

use askama::Template;
use axum::http::StatusCode;
use domain::droit::Fonction;
use platform::journal::{self, Evenement, Visibilite};
use socle::mandat;
use socle::secteur::{self, Nouveau, absence};
use web::composants::{
    Bouton, Cellule, ChampLong, ChampTexte, EtatVide, Html, OptionDeChamp, Poids, ResumeErreurs, Selection, Tableau,
};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Formulaire, Reponse, Saisie, texte};

use crate::listes::{AIDE_COMMUNES, COMMUNES_MAX, lire_communes};

struct ChampsSecteur {
    textes: Vec<ChampTexte>,
    communes: ChampLong,
}

fn champs(f: &Formulaire) -> ChampsSecteur {
    ChampsSecteur {
        textes: vec![
            f.texte("nom", "Nom du secteur"),
            f.texte("telephone", "Téléphone montré aux communes (facultatif)").telephone(),
            f.texte("courriel", "Courriel montré aux communes (facultatif)").courriel(),
            f.texte("delai", "Délai de réponse promis, en jours ouvrés").chiffres(),
            f.texte("du", "À partir du").date(),
        ],
        communes: f.long("communes", "Communes du secteur", COMMUNES_MAX).aide(AIDE_COMMUNES).lignes(8),
    }
}

#[derive(Template)]
#[template(path = "secteurs.html")]
struct PageSecteurs {
    resume: ResumeErreurs,
    caches: Html,
    caches_du_secteur: Html,
    tableau: Option<Tableau>,
    vide: EtatVide,
    sans_secteur: String,
    champs: ChampsSecteur,
    absences: Vec<AbsenceVue>,
    agent: Selection,
    absence: Vec<ChampTexte>,
    remplacant: Selection,
}

struct AbsenceVue {
    id: String,
    qui: String,
    phrase: String,
    commencee: bool,
}

async fn page(cadre: &Cadre, saisie: Saisie, erreurs: Erreurs) -> Result<PageSecteurs, Erreur> {
    let instance = &cadre.instance;
    let jour = instance.aujourd_hui();
    let tx = instance.db.read().await?;
    let vues = secteur::vues(&tx, jour).await?;
    let agents = mandat::titulaires(&tx, Fonction::ChargeTerritorial, jour).await?;
    let absences = absence::a_partir_du(&tx, jour).await?;
    let couvertes = secteur::communes_couvertes(&tx, jour).await?;
    let manquantes = instance.perimetre().communes().filter(|c| !couvertes.contains(*c)).count();
    let f = cadre.formulaire_avec(saisie, erreurs);
    let options = |vide: &str| {
        std::iter::once(OptionDeChamp::nouvelle("", vide))
            .chain(agents.iter().map(|a| OptionDeChamp::nouvelle(a.id.as_str(), a.nom_complet())))
            .collect::<Vec<_>>()
    };
    Ok(PageSecteurs {
        resume: f.resume(),
        caches: f.caches(),
        caches_du_secteur: f.caches_gardes("/reglages/secteurs"),
        tableau: (!vues.is_empty()).then(|| Tableau {
            legende: texte::accorde(vues.len() as u64, "secteur", "secteurs"),
            colonnes: ["Secteur", "Communes", "Qui répond", "Délai promis"].map(str::to_owned).to_vec(),
            lignes: vues
                .iter()
                .map(|v| {
                    vec![
                        Cellule::lien(&format!("/reglages/secteurs/{}", v.id), &v.nom),
                        if v.communes == 0 {
                            Cellule::texte("Aucune aujourd’hui")
                        } else {
                            Cellule::nombre(v.communes.to_string())
                        },
                        Cellule::texte(v.agents.as_deref().unwrap_or("Personne : la coordination répond")),
                        Cellule::texte(texte::accorde(
                            v.delai_jours_ouvres.unsigned_abs(),
                            "jour ouvré",
                            "jours ouvrés",
                        )),
                    ]
                })
                .collect(),
        }),
        vide: EtatVide {
            titre: "Aucun secteur".to_owned(),
            texte: "Tant qu’il n’y en a pas, toutes les demandes vont à la coordination.".to_owned(),
            action: None,
        },
        sans_secteur: if manquantes == 0 {
            "Toutes les communes ont un secteur.".to_owned()
        } else {
            format!(
                "{} : la coordination répond pour elles.",
                texte::accorde(manquantes as u64, "commune n’a pas de secteur", "communes n’ont pas de secteur")
            )
        },
        champs: champs(&f),
        absences: absences
            .into_iter()
            .map(|a| AbsenceVue {
                commencee: a.du.0 < jour,
                qui: format!("{} {}", a.prenom, a.nom),
                id: a.id,
                phrase: format!(
                    "{} {}, du {} au {}{}",
                    a.prenom,
                    a.nom,
                    texte::jour(a.du.0),
                    texte::jour(a.au.0),
                    a.remplacant
                        .map_or_else(|| ", sans remplacement".to_owned(), |qui| format!(", remplacement : {qui}"))
                ),
            })
            .collect(),
        agent: f.selection("agent", "Qui s’absente ?", options("Choisissez une personne")),
        absence: vec![
            f.texte("absence_du", "Absence à partir du").date(),
            f.texte("absence_au", "Absence jusqu’au").date(),
        ],
        remplacant: f.selection(
            "remplacant",
            "Qui répond pendant ce temps ?",
            options("Personne : la coordination répond"),
        ),
    })
}

/// GET.
pub async fn liste(cadre: Cadre) -> Reponse {
    let jour = cadre.instance.aujourd_hui().to_string();
    let page = page(&cadre, Saisie::default().avec("delai", "5").avec("du", jour), Erreurs::default()).await?;
    cadre.page("Secteurs et absences", &page)?.fil(&[("Réglages", "/reglages")]).repondre()
}

fn lire(form: &CheckedForm) -> Result<Nouveau, Erreurs> {
    let instance = &form.contexte.instance;
    let mut l = form.lecteur();
    let nom = l.texte("nom", "Donnez un nom au secteur.", 2, 80);
    let telephone = l.telephone("telephone");
    let courriel = if form.saisie.texte("courriel").trim().is_empty() { None } else { l.courriel("courriel", "") };
    let delai: Option<i64> = l.choix("delai", "Écrivez un nombre de jours, par exemple 5.");
    if delai.is_some_and(|d| !(1..=60).contains(&d)) {
        l.erreurs.ajouter("delai", "Entre 1 et 60 jours ouvrés.");
    }
    let du = l.date("du");
    if du.is_none() {
        l.erreurs.ajouter("du", "Donnez le premier jour.");
    }
    let communes = lire_communes(instance, form.saisie.texte("communes"));
    if let Err(phrase) = &communes {
        l.erreurs.ajouter("communes", phrase);
    }
    match (nom, delai, du, communes, l.erreurs.est_vide()) {
        (Some(nom), Some(delai_jours_ouvres), Some(du), Ok(communes), true) => {
            Ok(Nouveau { nom, telephone, courriel, delai_jours_ouvres, communes, du })
        }
        _ => Err(l.erreurs),
    }
}

/// POST: a new secteur; its communes leave the secteur where they were on the eve.
pub async fn creer(cadre: Cadre, form: CheckedForm) -> Reponse {
    let nouveau = match lire(&form) {
        Ok(nouveau) => nouveau,
        Err(erreurs) => {
            let page = page(&cadre, form.saisie, erreurs).await?;
            return cadre.page("Secteurs et absences", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
        }
    };
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    secteur::liberer(&tx, &nouveau.communes, nouveau.du).await?;
    let id = secteur::creer(&tx, &*instance.ids, nouveau).await?;
    noter(&tx, &cadre, id.as_str(), "cree").await?;
    form.conclure(tx, "/reglages/secteurs", "Le secteur est créé.").await
}

/// One line of the journal: what was done, without the words typed.
async fn noter(tx: &platform::WriteTx, cadre: &Cadre, id: &str, acte: &str) -> Result<(), Erreur> {
    let evenement = Evenement::nouveau(crate::REGLAGE_CHANGE, "secteur", id)
        .faits(serde_json::json!({ "acte": acte }))
        .par(cadre.visiteur.personne_id().map(|id| id.as_str()))
        .visible(Visibilite::Exploitation);
    journal::ecrire(tx, &*cadre.instance.clock, &*cadre.instance.ids, evenement).await?;
    Ok(())
}
