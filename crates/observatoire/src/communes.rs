//! Communes: search, picker, page.

use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use domain::code::CodeCommune;
use domain::referentiel::{MILLESIME, Resolution, Trouvaille};
use geo::{Carte, Contours};
use serde::Serialize;
use socle::{projet, secteur};
use web::composants::{Cellule, Contact, EtatVide, Html, Resume, Tableau, echapper};
use web::feature::{DemandeCommune, Panneau};
use web::{Cache, Cadre, Erreur, Reponse, Saisie};

/// Answers of a search.
const LIMITE: usize = 30;

#[derive(Template)]
#[template(path = "communes.html")]
struct PageCommunes {
    q: String,
    tableau: Option<Tableau>,
    vide: Option<EtatVide>,
}

fn demande(cadre: &Cadre) -> String {
    cadre.uri.query().map(|q| Saisie::decoder(q.as_bytes()).texte("q").trim().to_owned()).unwrap_or_default()
}

fn trouver(cadre: &Cadre, q: &str, limite: usize) -> Vec<Trouvaille> {
    // "Cirey-sur-Vezouze (54)", as the picker writes it.
    let q = q.split(" (").next().unwrap_or(q);
    cadre.instance.referentiel().chercher_commune(q, limite, Some(cadre.instance.perimetre()))
}

/// GET `/communes?q=`: one answer goes straight to its page.
pub async fn chercher(cadre: Cadre) -> Reponse {
    let q = demande(&cadre);
    let trouvees = trouver(&cadre, &q, LIMITE);
    if let [une] = trouvees.as_slice() {
        return Ok(web::cadre::aller(&cadre, &format!("/communes/{}", une.code), ""));
    }
    let lignes: Vec<Vec<Cellule>> = trouvees
        .iter()
        .map(|t| {
            vec![
                Cellule::lien(&format!("/communes/{}", t.code), t.nom),
                Cellule::texte(t.epci.unwrap_or("–")),
                Cellule::texte(t.par.map(|par| format!("comprend {par}")).unwrap_or_default()),
            ]
        })
        .collect();
    let page = PageCommunes {
        tableau: (!lignes.is_empty()).then(|| Tableau {
            legende: format!("Communes qui répondent à « {q} »"),
            colonnes: ["Commune", "Intercommunalité", "Remarque"].map(str::to_owned).to_vec(),
            lignes,
        }),
        vide: (trouvees.is_empty() && !q.is_empty()).then(|| EtatVide {
            titre: format!("Aucune commune ne répond à « {q} »"),
            texte:
                "Vérifiez l’orthographe, ou tapez le code postal. Seules les communes de ce territoire sont proposées."
                    .to_owned(),
            action: None,
        }),
        q,
    };
    cadre.page("Communes", &page)?.cache(Cache::Public(300)).repondre()
}

#[derive(Serialize)]
struct Suggestion {
    code: String,
    libelle: String,
}

/// GET `/communes.json?q=`: what the picker shows while one types.
pub async fn completer(cadre: Cadre) -> Reponse {
    let suggestions: Vec<Suggestion> = trouver(&cadre, &demande(&cadre), 8)
        .iter()
        .map(|t| Suggestion { code: t.code.as_str().to_owned(), libelle: t.libelle() })
        .collect();
    let entetes = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=3600")];
    Ok((entetes, serde_json::to_string(&suggestions)?).into_response())
}

#[derive(Template)]
#[template(path = "commune.html")]
struct PageCommune {
    nom: String,
    code: String,
    resume: Resume,
    contact: Contact,
    carte: Html,
    voisines: Vec<(String, String)>,
    panneaux: Vec<Panneau>,
    projets: Option<Tableau>,
}

/// GET: facts, contact, actors (panel), published projects, neighbours.
pub async fn montrer(cadre: Cadre, Path(code): Path<String>) -> Reponse {
    let inconnue = || Erreur::Introuvable("cette commune");
    let code: CodeCommune = code.parse().map_err(|_| inconnue())?;
    let instance = &cadre.instance;
    let commune = match instance.referentiel().resoudre(&code) {
        Resolution::Actuelle(commune) => commune,
        Resolution::Ancienne(commune) => {
            return Ok(web::cadre::aller(
                &cadre,
                &format!("/communes/{}", commune.code),
                "Cette commune a changé de code.",
            ));
        }
        Resolution::Ambigue(_) | Resolution::Inconnue => return Err(inconnue()),
    };
    if !instance.perimetre().contient(&commune.code) {
        return Err(inconnue());
    }
    let faits = instance.faits_commune(&commune.code).ok_or_else(inconnue)?;
    let tx = instance.db.read().await?;
    let interlocuteur = secteur::interlocuteur(&tx, &commune.code, instance.aujourd_hui()).await?;
    let projets = projet::publics(&tx, Some(&commune.code), 50).await?;
    let panneaux = panneaux(&cadre, &DemandeCommune { tx: &tx, cadre: &cadre, faits: &faits }).await;
    let voisines = Contours::embarques().voisines(&commune.code);
    let page = PageCommune {
        nom: commune.nom.to_owned(),
        code: commune.code.as_str().to_owned(),
        resume: resume(commune, &faits),
        contact: web::contact::du_secteur(instance, interlocuteur),
        carte: Html(carte(commune.nom, &commune.code, &voisines)),
        voisines: voisines
            .iter()
            .filter(|voisine| instance.perimetre().contient(voisine))
            .map(|v| (v.as_str().to_owned(), instance.referentiel().nom_commune(v).to_owned()))
            .collect(),
        panneaux,
        projets: (!projets.is_empty()).then(|| Tableau {
            legende: "Projets publiés par ceux qui les portent".to_owned(),
            colonnes: ["Projet", "Étape"].map(str::to_owned).to_vec(),
            lignes: projets
                .iter()
                .map(|p| {
                    vec![
                        Cellule::lien(&format!("/projets/{}", p.reference), &p.titre),
                        Cellule::texte(p.etape.libelle()),
                    ]
                })
                .collect(),
        }),
    };
    cadre.page(commune.nom, &page)?.fil(&[("Communes", "/communes")]).cache(Cache::Public(60)).repondre()
}

async fn panneaux(cadre: &Cadre, demande: &DemandeCommune<'_>) -> Vec<Panneau> {
    let mut panneaux = Vec::new();
    for panneau in cadre.instance.maison.features.iter().flat_map(|feature| feature.panneaux_commune) {
        if let Ok(Some(panneau)) = panneau(demande).await {
            panneaux.push(panneau);
        }
    }
    panneaux
}

fn resume(commune: &domain::referentiel::Commune, faits: &domain::profil::FaitsCommune) -> Resume {
    let inconnu = "Non connu";
    let codes: Vec<&str> = commune.codes_postaux().collect();
    let mut resume = Resume::default()
        .ligne(
            "Habitants",
            commune.population.map_or_else(|| inconnu.to_owned(), |n| domain::cents::milliers(u64::from(n))),
        )
        .ligne("Intercommunalité", faits.epci_nom.as_deref().unwrap_or("Aucune"))
        .ligne("Code postal", codes.join(", "))
        .ligne("Code officiel", format!("{} (géographie {MILLESIME})", commune.code));
    if let Some(telephone) = commune.telephone {
        let compose = web::texte::telephone_compose(telephone);
        let lien = format!("<a class=\"govuk-link\" href=\"tel:{compose}\">{}</a>", echapper(telephone));
        resume = resume.html("Mairie", Html(lien));
    }
    if let Some(courriel) = commune.courriel {
        let courriel = echapper(courriel);
        let lien = format!("<a class=\"govuk-link\" href=\"mailto:{courriel}\">{courriel}</a>");
        resume = resume.html("Courriel de la mairie", Html(lien));
    }
    resume
}

fn carte(nom: &str, code: &CodeCommune, voisines: &[CodeCommune]) -> String {
    let titre = format!("{nom} et les communes voisines");
    let mut carte = Carte::nouvelle("carte-commune", titre, "La liste des communes voisines est sous la carte");
    for voisine in voisines {
        carte.commune(voisine, "commune", Some(format!("/communes/{voisine}")));
    }
    carte.commune(code, "sel", None);
    carte.svg()
}
