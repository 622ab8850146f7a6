//! Secteurs: communes (dated), agents in charge, absences with their replacement, promised delay.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::code::CodeCommune;
use domain::droit::Fonction;
use jiff::civil::Date;
use platform::journal::{self, Evenement, Visibilite};
use socle::PersonneId;
use socle::secteur::{self, Nouveau, SecteurId, absence};
use socle::{mandat, personne};
use std::collections::BTreeSet;
use web::composants::{
    Cellule, ChampLong, ChampTexte, Conflit, EtatVide, Html, OptionDeChamp, Resume, ResumeErreurs, Selection, Tableau,
};
use web::formulaire::{Erreurs, Lecteur};
use web::{Cadre, CheckedForm, Erreur, Formulaire, Instance, Reponse, Saisie, texte};

struct ChampsSecteur {
    textes: Vec<ChampTexte>,
    communes: ChampLong,
}

fn champs(f: &Formulaire) -> ChampsSecteur {
    ChampsSecteur {
        textes: vec![
            f.texte("nom", "Nom du secteur"),
            f.texte("telephone", "Téléphone montré aux communes").telephone(),
            f.texte("courriel", "Courriel montré aux communes").courriel(),
            f.texte("delai", "Délai de réponse promis, en jours ouvrés").chiffres(),
            f.texte("du", "À partir du").date(),
        ],
        communes: f
            .long("communes", "Communes du secteur", 20_000)
            .aide("Codes officiels de communes (54129) ou d’intercommunalités (200069433), séparés par des espaces ou des retours à la ligne.")
            .lignes(8),
    }
}

#[derive(Template)]
#[template(path = "secteurs.html")]
struct PageSecteurs {
    resume: ResumeErreurs,
    caches: Html,
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
        tableau: (!vues.is_empty()).then(|| Tableau {
            legende: texte::accorde(vues.len() as u64, "secteur", "secteurs"),
            colonnes: ["Secteur", "Communes", "Qui répond", "Délai promis"].map(str::to_owned).to_vec(),
            lignes: vues
                .iter()
                .map(|v| {
                    vec![
                        Cellule::lien(&format!("/reglages/secteurs/{}", v.id), &v.nom),
                        Cellule::nombre(v.communes.to_string()),
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
        absence: vec![f.texte("absence_du", "Du").date(), f.texte("absence_au", "Au").date()],
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

/// Codes of communes or EPCI typed in a text; what is not understood is an error with the word.
fn lire_communes(l: &mut Lecteur<'_>, instance: &Instance, texte: &str) -> Vec<CodeCommune> {
    let referentiel = instance.referentiel();
    let mut codes = BTreeSet::new();
    for mot in texte.split([' ', ',', ';', '\n', '\t']).filter(|mot| !mot.is_empty()) {
        if let Some(epci) = referentiel.epci(mot) {
            codes.extend(epci.membres().filter_map(|c| c.parse().ok()).filter(|c| instance.perimetre().contient(c)));
            continue;
        }
        match mot.parse::<CodeCommune>() {
            Ok(code) if instance.perimetre().contient(&code) => {
                codes.insert(code);
            }
            _ => l.erreurs.ajouter(
                "communes",
                format!("« {mot} » n’est pas une commune de ce territoire, ni une intercommunalité."),
            ),
        }
    }
    if codes.is_empty() {
        l.erreurs.ajouter("communes", "Donnez au moins une commune.");
    }
    codes.into_iter().collect()
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
    let communes = lire_communes(&mut l, instance, form.saisie.texte("communes"));
    match (nom, delai, du, l.erreurs.est_vide()) {
        (Some(nom), Some(delai_jours_ouvres), Some(du), true) => {
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
    noter(&tx, &cadre, id.as_str()).await?;
    form.conclure(tx, "/reglages/secteurs", "Le secteur est créé.").await
}

async fn noter(tx: &platform::WriteTx, cadre: &Cadre, id: &str) -> Result<(), Erreur> {
    let evenement = Evenement::nouveau(crate::REGLAGE_CHANGE, "secteur", id)
        .par(cadre.visiteur.personne_id().map(|id| id.as_str()))
        .visible(Visibilite::Exploitation);
    journal::ecrire(tx, &*cadre.instance.clock, &*cadre.instance.ids, evenement).await?;
    Ok(())
}

#[derive(Template)]
#[template(path = "secteur.html")]
struct PageSecteur {
    id: String,
    nom: String,
    resume: ResumeErreurs,
    caches: Html,
    version: i64,
    conflit: Option<Conflit>,
    champs: ChampsSecteur,
    agents: Vec<String>,
    agent: Selection,
    agent_du: ChampTexte,
}

/// What is saved, to compare with what was typed.
fn enregistre(secteur: &secteur::Model, communes: &[String], instance: &Instance) -> Resume {
    let referentiel = instance.referentiel();
    let codes: Vec<CodeCommune> = communes.iter().filter_map(|code| code.parse().ok()).collect();
    let noms: Vec<&str> = codes.iter().map(|code| referentiel.nom_commune(code)).collect();
    Resume::default()
        .ligne("Nom du secteur", &secteur.nom)
        .ligne("Téléphone montré aux communes", secteur.telephone.as_deref().unwrap_or("Aucun"))
        .ligne("Courriel montré aux communes", secteur.courriel.as_deref().unwrap_or("Aucun"))
        .ligne(
            "Délai de réponse promis",
            texte::accorde(secteur.delai_jours_ouvres.unsigned_abs(), "jour ouvré", "jours ouvrés"),
        )
        .ligne("Communes du secteur", noms.join(", "))
}

async fn page_secteur(
    cadre: &Cadre,
    id: &SecteurId,
    saisie: Option<Saisie>,
    erreurs: Erreurs,
    conflit: bool,
) -> Result<PageSecteur, Erreur> {
    let instance = &cadre.instance;
    let jour = instance.aujourd_hui();
    let tx = instance.db.read().await?;
    let secteur = secteur::par_id(&tx, id).await?.ok_or(Erreur::Introuvable("ce secteur"))?;
    let communes = secteur::communes(&tx, id, jour).await?;
    let agents = secteur::agents(&tx, id, jour).await?;
    let titulaires = mandat::titulaires(&tx, Fonction::ChargeTerritorial, jour).await?;
    let conflit = conflit.then(|| Conflit::sur("ce secteur").enregistre(enregistre(&secteur, &communes, instance)));
    let saisie = saisie.unwrap_or_else(|| {
        Saisie::default()
            .avec("nom", &secteur.nom)
            .avec("telephone", secteur.telephone.clone().unwrap_or_default())
            .avec("courriel", secteur.courriel.clone().unwrap_or_default())
            .avec("delai", secteur.delai_jours_ouvres.to_string())
            .avec("du", jour.to_string())
            .avec("communes", communes.join(" "))
            .avec("agent_du", jour.to_string())
    });
    let f = cadre.formulaire_avec(saisie, erreurs);
    Ok(PageSecteur {
        id: id.as_str().to_owned(),
        nom: secteur.nom,
        version: f.version(secteur.version),
        resume: f.resume(),
        caches: f.caches(),
        conflit,
        champs: champs(&f),
        agents: agents.iter().map(personne::Model::nom_complet).collect(),
        agent: f.selection(
            "agent",
            "Confier le secteur à",
            std::iter::once(OptionDeChamp::nouvelle("", "Choisissez une personne"))
                .chain(titulaires.iter().map(|a| OptionDeChamp::nouvelle(a.id.as_str(), a.nom_complet()))),
        ),
        agent_du: f.texte("agent_du", "À partir du").date(),
    })
}

/// GET.
pub async fn montrer(cadre: Cadre, Path(id): Path<String>) -> Reponse {
    let page = page_secteur(&cadre, &SecteurId(id), None, Erreurs::default(), false).await?;
    cadre
        .page(page.nom.clone(), &page)?
        .fil(&[("Réglages", "/reglages"), ("Secteurs", "/reglages/secteurs")])
        .repondre()
}

/// POST: name, contact, delay, communes from a day.
pub async fn enregistrer(cadre: Cadre, Path(id): Path<String>, form: CheckedForm) -> Reponse {
    let id = SecteurId(id);
    let nouveau = match lire(&form) {
        Ok(nouveau) => nouveau,
        Err(erreurs) => {
            let page = page_secteur(&cadre, &id, Some(form.saisie), erreurs, false).await?;
            return cadre.page(page.nom.clone(), &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
        }
    };
    let tx = cadre.instance.db.begin().await?;
    if !secteur::modifier(&tx, &id, form.version(), &nouveau).await? {
        drop(tx);
        let page =
            page_secteur(&cadre, &id, Some(form.saisie.sur_la_version_actuelle()), Erreurs::default(), true).await?;
        return cadre.page(page.nom.clone(), &page)?.statut(StatusCode::CONFLICT).repondre();
    }
    noter(&tx, &cadre, id.as_str()).await?;
    form.conclure(tx, &format!("/reglages/secteurs/{id}"), "Le secteur est enregistré.").await
}

/// POST: who is in charge from a day; the one before ends on the eve.
pub async fn confier(cadre: Cadre, Path(id): Path<String>, form: CheckedForm) -> Reponse {
    let id = SecteurId(id);
    let (agent, du) =
        (form.saisie.texte("agent").to_owned(), web::formulaire::lire_date(form.saisie.texte("agent_du")));
    let (false, Some(du)) = (agent.is_empty(), du) else {
        let mut erreurs = Erreurs::default();
        erreurs.ajouter("agent", "Choisissez une personne et un premier jour.");
        let page = page_secteur(&cadre, &id, None, erreurs, false).await?;
        return cadre.page(page.nom.clone(), &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
    };
    let tx = cadre.instance.db.begin().await?;
    exiger_agent(&tx, &PersonneId(agent.clone()), cadre.instance.aujourd_hui()).await?;
    secteur::relever(&tx, &id, du).await?;
    secteur::confier(&tx, &*cadre.instance.ids, &id, &PersonneId(agent), du).await?;
    noter(&tx, &cadre, id.as_str()).await?;
    form.conclure(tx, &format!("/reglages/secteurs/{id}"), "Le secteur est confié.").await
}

async fn exiger_agent(tx: &platform::WriteTx, id: &PersonneId, jour: Date) -> Result<(), Erreur> {
    let titulaires = mandat::titulaires(tx, Fonction::ChargeTerritorial, jour).await?;
    if titulaires.iter().any(|t| &t.id == id) {
        return Ok(());
    }
    Err(Erreur::Invalide(
        "Cette personne n’est pas chargée territoriale aujourd’hui. Donnez-lui d’abord cette fonction.".to_owned(),
    ))
}

/// POST: an absence with its replacement.
pub async fn absenter(cadre: Cadre, form: CheckedForm) -> Reponse {
    let mut l = form.lecteur();
    let agent = form.saisie.texte("agent").to_owned();
    if agent.is_empty() {
        l.erreurs.ajouter("agent", "Choisissez qui s’absente.");
    }
    let (du, au) = (l.date("absence_du"), l.date("absence_au"));
    if du.is_none() {
        l.erreurs.ajouter("absence_du", "Donnez le premier jour.");
    }
    if au.is_none() || au < du {
        l.erreurs.ajouter("absence_au", "Donnez le dernier jour, après le premier.");
    }
    let remplacant = Some(form.saisie.texte("remplacant").to_owned()).filter(|r| !r.is_empty());
    if remplacant.as_deref() == Some(agent.as_str()) {
        l.erreurs.ajouter("remplacant", "Une personne ne se remplace pas elle-même.");
    }
    let (Some(du), Some(au), true) = (du, au, l.erreurs.est_vide()) else {
        let erreurs = l.erreurs;
        let page = page(&cadre, form.saisie, erreurs).await?;
        return cadre.page("Secteurs et absences", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
    };
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    exiger_agent(&tx, &PersonneId(agent.clone()), instance.aujourd_hui()).await?;
    let remplacant = remplacant.map(PersonneId);
    if let Some(remplacant) = &remplacant {
        exiger_agent(&tx, remplacant, instance.aujourd_hui()).await?;
    }
    absence::noter(&tx, &*instance.ids, &PersonneId(agent.clone()), du, au, remplacant.as_ref()).await?;
    noter(&tx, &cadre, &agent).await?;
    form.conclure(tx, "/reglages/secteurs", "L’absence est notée. Les nouvelles demandes iront au remplacement.").await
}

/// POST: the absent is back today; an absence to come is withdrawn.
pub async fn revenir(cadre: Cadre, Path(id): Path<String>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let jour = instance.aujourd_hui();
    let tx = instance.db.begin().await?;
    // Withdrawn already by someone else: what was asked is done.
    if let Some(absence) = absence::par_id(&tx, &id).await? {
        absence::revenir(&tx, &absence, jour).await?;
        noter(&tx, &cadre, absence.personne_id.as_str()).await?;
    }
    form.conclure(
        tx,
        "/reglages/secteurs",
        "C’est noté : les nouvelles demandes vont de nouveau à la personne de retour.",
    )
    .await
}
