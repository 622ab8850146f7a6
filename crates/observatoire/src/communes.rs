//! Communes: search, picker, page.

use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use domain::code::CodeCommune;
use domain::referentiel::canton::{Canton, CantonDe, canton_de};
use domain::referentiel::zonage::{self, Appartenance};
use domain::referentiel::{Commune, MILLESIME, Resolution, Trouvaille};
use geo::distance::Lieu;
use geo::{Carte, Contours};
use search::Document;
use serde::Serialize;
use socle::personne::courriel_normalise;
use socle::{projet, secteur};
use web::composants::{Bouton, Cellule, Contact, EtatVide, Html, Resume, Tableau, echapper, expliquer};
use web::feature::{DemandeCommune, Panneau};
use web::locaux::CantonLocal;
use web::recherche::{Portee, Source, Trouve};
use web::{Cache, Cadre, Erreur, Instance, Reponse, Saisie, texte};

/// Communes of the instance, for the search of the whole site. They come from the referential: no statement.
pub(crate) const SOURCES: &[Source] = &[Source {
    nom: "commune",
    titre: "Communes",
    page: Some("/communes"),
    lister: |_, instance, portee| Box::pin(async move { Ok(lister(instance, portee)) }),
    montrer: |_, instance, ids| Box::pin(async move { Ok(ids.iter().filter_map(|id| trouve(instance, id)).collect()) }),
}];

fn lister(instance: &Instance, portee: Portee<'_>) -> Vec<Document> {
    let communes = instance.perimetre().communes();
    let voulues = communes.filter(|code| match portee {
        Portee::Ids(ids) => ids.iter().any(|id| id == code.as_str()),
        Portee::Apres(apres) => code.as_str() > apres,
    });
    voulues.filter_map(|code| instance.referentiel().commune(code)).map(|commune| document(instance, commune)).collect()
}

fn document(instance: &Instance, commune: &Commune) -> Document {
    let code = commune.code.as_str();
    let mut fort: Vec<&str> = commune.codes_postaux().collect();
    fort.push(code);
    Document {
        source: "commune".to_owned(),
        id: code.to_owned(),
        titre: commune.nom.to_owned(),
        fort: fort.join(" "),
        corps: instance.referentiel().epci_de(commune).map(|epci| epci.nom.to_owned()).unwrap_or_default(),
        facettes: Vec::new(),
        tri: commune.cle.clone(),
    }
}

fn trouve(instance: &Instance, id: &str) -> Option<Trouve> {
    let code: CodeCommune = id.parse().ok()?;
    let commune =
        instance.referentiel().commune(&code).filter(|commune| instance.perimetre().contient(&commune.code))?;
    let habitants = commune.population.map(|n| texte::accorde(u64::from(n), "habitant", "habitants"));
    let epci = instance.referentiel().epci_de(commune).map(|epci| epci.nom.to_owned());
    Some(Trouve {
        id: id.to_owned(),
        titre: commune.nom.to_owned(),
        url: format!("/communes/{code}"),
        resume: [epci, habitants].into_iter().flatten().collect::<Vec<_>>().join(" · "),
        exemple: false,
    })
}

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
    cadre.demande().texte("q").trim().to_owned()
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

/// GET `/communes.json?q=`: what the picker shows while one types. `?lon=&lat=` (degrees, which the script rounds to a
/// kilometre): the commune whose town hall is nearest.
pub async fn completer(cadre: Cadre) -> Reponse {
    let suggestions: Vec<Suggestion> = match ici(&cadre) {
        Some(lieu) => la_plus_proche(&cadre.instance, lieu).into_iter().collect(),
        None => trouver(&cadre, &demande(&cadre), 8)
            .iter()
            .map(|t| Suggestion { code: t.code.as_str().to_owned(), libelle: t.libelle() })
            .collect(),
    };
    let entetes = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=3600")];
    Ok((entetes, serde_json::to_string(&suggestions)?).into_response())
}

/// Where the reader is, when the address says so.
fn ici(cadre: &Cadre) -> Option<Lieu> {
    let saisie = cadre.uri.query().map(|q| Saisie::decoder(q.as_bytes()))?;
    let degres = |nom: &str, max: f64| saisie.texte(nom).parse().ok().filter(|degres: &f64| degres.abs() <= max);
    Some(Lieu::nouveau((degres("lon", 180.0)?, degres("lat", 90.0)?)))
}

/// Nothing when the reader is not in the instance, or near it.
fn la_plus_proche(instance: &Instance, lieu: Lieu) -> Option<Suggestion> {
    const LOIN_KM: f64 = 30.0;
    let communes = instance.perimetre().communes().filter_map(|code| instance.referentiel().commune(code));
    let mairies: Vec<(Lieu, &Commune)> =
        communes.filter_map(|commune| Some((Lieu::nouveau(commune.mairie?), commune))).collect();
    let (km, commune) = lieu.le_plus_proche(&mairies)?;
    (km <= LOIN_KM).then(|| Suggestion {
        code: commune.code.as_str().to_owned(),
        libelle: format!("{} ({})", commune.nom, commune.departement),
    })
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
    zonage: Html,
    zonages: Vec<ZonageVu>,
    a_verifier: String,
}

struct ZonageVu {
    nom: String,
    precision: String,
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
        resume: resume(&cadre.instance, commune, &faits),
        zonage: expliquer("Un zonage peut ouvrir droit à une aide.", &mut vec!["zonage"], instance),
        zonages: zonages(&cadre.instance, commune),
        a_verifier: a_verifier(commune),
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

/// The lists that name the commune: national ones, then those entered here.
fn zonages(instance: &Instance, commune: &Commune) -> Vec<ZonageVu> {
    let nationaux = zonage::zonages_de(commune).filter_map(|(liste, appartenance)| {
        let partie = match appartenance {
            Appartenance::Oui => "",
            Appartenance::EnPartie => "En partie. ",
            Appartenance::AVerifier | Appartenance::Non => return None,
        };
        let depuis = texte::jour(liste.du);
        let duree =
            liste.au.map_or_else(|| format!("depuis le {depuis}"), |au| format!("du {depuis} au {}", texte::jour(au)));
        let precision = format!(
            "{partie}{} Liste {duree}, géographie {}. {} Source : {}.",
            liste.quoi, liste.geographie, liste.reserve, liste.source
        );
        Some(ZonageVu { nom: liste.nom.clone(), precision })
    });
    let jour = instance.aujourd_hui();
    let locaux = instance.locaux();
    let d_ici = locaux.listes.values().filter(|liste| liste.du <= jour && liste.au.is_none_or(|au| jour <= au));
    let d_ici = d_ici.filter(|liste| liste.communes.contains(&commune.code)).map(|liste| ZonageVu {
        nom: liste.nom.clone(),
        precision: format!(
            "Liste depuis le {}, géographie {}. Source : {}.",
            texte::jour(liste.du),
            liste.millesime,
            liste.source
        ),
    });
    nationaux.chain(d_ici).collect()
}

/// Absent from a list that is not complete: to be verified, never no. A list that is over is not asked about.
fn a_verifier(commune: &Commune) -> String {
    let noms: Vec<&str> = zonage::zonages_de(commune)
        .filter(|(liste, appartenance)| *appartenance == Appartenance::AVerifier && liste.au.is_none())
        .map(|(liste, _)| liste.nom.as_str())
        .collect();
    noms.join(", ")
}

fn canton(instance: &Instance, code: &CodeCommune) -> Option<Html> {
    let locaux = instance.locaux();
    let dit = |canton: &Canton| match locaux.cantons.get(canton.code) {
        Some(local) => en_canton(canton.nom, local),
        None => echapper(canton.nom),
    };
    match canton_de(code) {
        CantonDe::Un(canton) => Some(Html(dit(canton))),
        CantonDe::Partage(cantons) => {
            let noms: Vec<String> = cantons.into_iter().map(dit).collect();
            Some(Html(format!("Selon l’adresse :<br>{}", noms.join("<br>"))))
        }
        CantonDe::AVerifier => Some(Html("À vérifier".to_owned())),
        CantonDe::Aucun => None,
    }
}

/// The canton, who was elected there, when, and how to reach them: what the agent of the site entered.
fn en_canton(nom: &str, local: &CantonLocal) -> String {
    let mut html = echapper(nom);
    if !local.binome.is_empty() {
        html.push_str(&format!(" ({})", echapper(&local.binome.join(" et "))));
    }
    if !local.depuis.is_empty() {
        html.push_str(&format!("<br>Élection : {}", echapper(&local.depuis)));
    }
    if !local.contact.is_empty() {
        let contact = echapper(&local.contact);
        let lien = match courriel_normalise(&local.contact) {
            Some(adresse) => format!("<a class=\"govuk-link\" href=\"mailto:{}\">{contact}</a>", echapper(&adresse)),
            None => contact,
        };
        html.push_str(&format!("<br>Contact : {lien}"));
    }
    html
}

fn resume(instance: &Instance, commune: &Commune, faits: &domain::profil::FaitsCommune) -> Resume {
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
    if let Some(canton) = canton(instance, &commune.code) {
        resume = resume.html("Canton", canton);
    }
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
    let mut carte =
        Carte::nouvelle("carte-commune", titre, "La liste des communes voisines est sous la carte").jumeau("la liste");
    for voisine in voisines {
        carte.commune(voisine, "commune", Some(format!("/communes/{voisine}")));
    }
    carte.commune(code, "sel", None);
    carte.svg()
}
