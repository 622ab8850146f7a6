//! Create and change a sheet: preview, try on typical projects, save, publish, withdraw. A form in progress is in the
//! page alone until it is saved.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::code::CodeCommune;
use domain::constat::Verdict;
use platform::{Clock, journal};
use web::composants::{
    Bouton, Cellule, ChampTexte, Etiquette, Html, OptionDeChamp, Poids, ResumeErreurs, Selection, Tableau, Ton,
};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, zonages};

use super::formulaire::{self, Bloc, Partie};
use super::liste::{etiquette, tableau_des_differences};
use crate::essai::{self, Essai, ProjetEtiquete};
use crate::evenements::{CREE, MODIFIE, PUBLIE, RETIRE, evenement};
use crate::levier::Levier;
use crate::levier::pages::FicheVue;
use crate::levier::storage::{self, AGENT, Auteur, Etat, Model};
use crate::recherche;

/// What the agent sees before publishing.
struct Apercu {
    nom: String,
    fiche: FicheVue,
    essais: Tableau,
    change: Option<Tableau>,
}

#[derive(Template)]
#[template(path = "edition.html")]
struct PageEdition {
    titre: String,
    action: String,
    resume: ResumeErreurs,
    caches: Html,
    caches_du_texte: Html,
    etat: Option<Etiquette>,
    existe: bool,
    publiee: bool,
    retiree: bool,
    version: i64,
    conflit: Option<Tableau>,
    en_conflit: bool,
    apercu: Option<Apercu>,
    parties: Vec<Partie>,
    blocs: Vec<Bloc>,
    ajout: Selection,
    projet: Selection,
    commentaire: ChampTexte,
}

/// What is shown beside the form.
#[derive(Default)]
struct AvecLe {
    erreurs: Erreurs,
    essayer: Option<Levier>,
    conflit_avec: Option<Levier>,
}

fn page(cadre: &Cadre, lue: Option<&Model>, saisie: Saisie, avec: AvecLe) -> Result<PageEdition, Erreur> {
    let f = cadre.formulaire_avec(saisie, avec.erreurs);
    let publiee = lue.map(Model::levier).transpose()?;
    let noms = cadre.instance.locaux().themes.noms_de_themes();
    let conflit = match (&publiee, &avec.conflit_avec) {
        (Some(enregistree), Some(ecrite)) => {
            tableau_des_differences(enregistree, ecrite, ("Enregistré par l’autre personne", "Votre texte"), &noms)
        }
        _ => None,
    };
    let apercu = avec.essayer.map(|levier| apercu(cadre, publiee.as_ref(), &levier, &f.saisie)).transpose()?;
    let etat = lue.map(Model::etat);
    let action = lue.map_or_else(|| "/reglages/leviers/nouveau".to_owned(), |l| format!("/reglages/leviers/{}", l.id));
    Ok(PageEdition {
        titre: publiee.map_or_else(|| "Nouvelle fiche".to_owned(), |levier| levier.nom),
        resume: f.resume(),
        caches: f.caches(),
        caches_du_texte: f.caches_gardes(&action),
        action,
        etat: etat.map(etiquette),
        existe: lue.is_some(),
        publiee: etat == Some(Etat::Publie),
        retiree: etat == Some(Etat::Retire),
        version: f.version(lue.map_or(0, |lue| lue.version)),
        en_conflit: avec.conflit_avec.is_some(),
        conflit,
        apercu,
        parties: formulaire::parties(&f, lue.is_none(), &cadre.instance.locaux().themes),
        blocs: formulaire::blocs(&f, &zonages::connues(&cadre.instance.locaux())),
        ajout: formulaire::ajout(&f),
        projet: f.selection("projet", "Essayer aussi sur ce projet", projets()?),
        commentaire: f
            .texte("commentaire", "Pourquoi ce changement ? (facultatif)")
            .aide("Lu dans l’historique. Exemple : règlement 2027 voté le 12 janvier."),
    })
}

fn projets() -> Result<Vec<OptionDeChamp>, Erreur> {
    let autres = essai::projets().map_err(Erreur::interne)?.iter().filter(|projet| !projet.typique);
    Ok(std::iter::once(OptionDeChamp::nouvelle("", "Aucun autre"))
        .chain(autres.map(|projet| OptionDeChamp::nouvelle(&projet.id, &projet.titre)))
        .collect())
}

fn apercu(cadre: &Cadre, avant: Option<&Levier>, apres: &Levier, saisie: &Saisie) -> Result<Apercu, Erreur> {
    let instance = &cadre.instance;
    let jour = instance.aujourd_hui();
    let noms = instance.locaux().themes.noms_de_themes();
    let autre = saisie.texte("projet");
    let essais: Vec<Essai> = essai::projets()
        .map_err(Erreur::interne)?
        .iter()
        .filter(|projet| projet.typique || projet.id == autre)
        .filter_map(|projet| {
            let projet = ProjetEtiquete { commune: commune_d_ici(instance, &projet.commune), ..projet.clone() };
            let commune = instance.faits_pour_criteres(&projet.commune)?;
            Some(essai::essayer(avant, apres, &projet, &commune, jour, &noms))
        })
        .collect();
    Ok(Apercu {
        nom: apres.nom.clone(),
        fiche: FicheVue::nouvelle(apres, jour, instance),
        essais: tableau_des_essais(&essais),
        change: avant
            .and_then(|avant| tableau_des_differences(avant, apres, ("Publié ou enregistré", "Votre texte"), &noms)),
    })
}

/// The commune of a typical project or, where this site does not reach it, the one of here that is nearest in population:
/// a sheet of here only says no to a commune of elsewhere.
fn commune_d_ici(instance: &Instance, commune: &CodeCommune) -> CodeCommune {
    let habitants = |code: &CodeCommune| instance.referentiel().commune(code).and_then(|commune| commune.population);
    if instance.perimetre().contient(commune) {
        return commune.clone();
    }
    let visee = habitants(commune).unwrap_or_default();
    let ecart = |code: &&CodeCommune| (habitants(code).unwrap_or(u32::MAX).abs_diff(visee), code.as_str().to_owned());
    instance.perimetre().communes().min_by_key(ecart).unwrap_or(commune).clone()
}

fn tableau_des_essais(essais: &[Essai]) -> Tableau {
    let mot = |verdict: Verdict| match verdict {
        Verdict::Oui | Verdict::SansObjet => Etiquette::nouvelle("oui", Ton::Positif),
        Verdict::AVerifier => Etiquette::nouvelle("à vérifier", Ton::Attente),
        Verdict::Non => Etiquette::nouvelle("non", Ton::Negatif),
    };
    Tableau {
        legende: "Essai sur des projets types".to_owned(),
        colonnes: ["Projet", "Avant", "Après", "Pourquoi"].map(str::to_owned).to_vec(),
        lignes: essais
            .iter()
            .map(|essai| {
                vec![
                    Cellule::texte(&essai.titre),
                    essai.avant.map_or_else(|| Cellule::texte("–"), |avant| Cellule::html(mot(avant))),
                    Cellule::html(mot(essai.apres)),
                    Cellule::texte(if essai.raisons.is_empty() {
                        "Tout convient.".to_owned()
                    } else {
                        essai.raisons.join(" ")
                    }),
                ]
            })
            .collect(),
    }
}

fn repondre(cadre: &Cadre, page: &PageEdition, statut: StatusCode) -> Reponse {
    let fil = [("Aides et appuis", "/leviers"), ("Fiches", "/reglages/leviers")];
    cadre.page(page.titre.clone(), page)?.statut(statut).fil(&fil).repondre()
}

/// GET: a new sheet.
pub async fn nouvelle(cadre: Cadre) -> Reponse {
    let jour = cadre.instance.aujourd_hui();
    let saisie = Saisie::default()
        .avec("aide", "non")
        .avec("source_le", jour.to_string())
        .avec("source_surete", "faible")
        .avec("a_revoir_le", jour.checked_add(jiff::Span::new().months(6)).map_or(String::new(), |j| j.to_string()));
    repondre(&cadre, &page(&cadre, None, saisie, AvecLe::default())?, StatusCode::OK)
}

/// GET: a sheet to change.
pub async fn modifier(cadre: Cadre, Path(id): Path<String>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let lue = storage::par_id(&tx, &id).await?.ok_or(Erreur::Introuvable("cette fiche d’aide"))?;
    let saisie = formulaire::en_saisie(&lue.levier()?);
    repondre(&cadre, &page(&cadre, Some(&lue), saisie, AvecLe::default())?, StatusCode::OK)
}

/// POST: a new sheet.
pub async fn creer(cadre: Cadre, form: CheckedForm) -> Reponse {
    agir(cadre, None, form).await
}

/// POST: a sheet changed.
pub async fn enregistrer(cadre: Cadre, Path(id): Path<String>, form: CheckedForm) -> Reponse {
    agir(cadre, Some(id), form).await
}

async fn agir(cadre: Cadre, id: Option<String>, form: CheckedForm) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let lue = match &id {
        Some(id) => Some(storage::par_id(&tx, id).await?.ok_or(Erreur::Introuvable("cette fiche d’aide"))?),
        None => None,
    };
    drop(tx);
    let saisie = form.saisie.clone();
    let acte = saisie.texte("acte").to_owned();
    let montrer = |saisie, avec, statut| repondre(&cadre, &page(&cadre, lue.as_ref(), saisie, avec)?, statut);
    if acte == "ajouter" {
        return montrer(formulaire::ajouter(saisie), AvecLe::default(), StatusCode::OK);
    }
    if let Some(rang) = acte.strip_prefix("retirer-") {
        return montrer(formulaire::retirer(saisie, rang), AvecLe::default(), StatusCode::OK);
    }
    let levier = match formulaire::lire(&saisie, id.as_deref(), &zonages::connues(&cadre.instance.locaux())) {
        Ok(levier) => levier,
        Err(erreurs) => {
            let avec = AvecLe { erreurs, ..AvecLe::default() };
            return montrer(saisie, avec, StatusCode::UNPROCESSABLE_ENTITY);
        }
    };
    match acte.as_str() {
        "publier" => ecrire(cadre, lue, levier, Etat::Publie, form).await,
        "garder" => {
            let etat = lue.as_ref().map_or(Etat::ARelire, Model::etat);
            ecrire(cadre, lue, levier, etat, form).await
        }
        _ => montrer(saisie, AvecLe { essayer: Some(levier), ..AvecLe::default() }, StatusCode::OK),
    }
}

async fn ecrire(cadre: Cadre, lue: Option<Model>, levier: Levier, etat: Etat, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let clock: &dyn Clock = &*instance.clock;
    let personne = cadre.visiteur.personne_id();
    let commentaire: String = form.saisie.texte("commentaire").trim().chars().take(300).collect();
    let auteur = Auteur { personne, origine: AGENT, commentaire: &commentaire };
    let tx = instance.db.begin().await?;
    let genre = match &lue {
        None if storage::par_id(&tx, &levier.id).await?.is_some() => {
            drop(tx);
            let mut erreurs = Erreurs::default();
            erreurs.ajouter("id", "Cet identifiant est déjà pris par une autre fiche. Écrivez-en un autre.");
            let page = page(&cadre, None, form.saisie, AvecLe { erreurs, ..AvecLe::default() })?;
            return repondre(&cadre, &page, StatusCode::UNPROCESSABLE_ENTITY);
        }
        None => {
            storage::creer(&tx, clock, &levier, etat, auteur).await?;
            CREE
        }
        Some(lue) => {
            let libre =
                form.version() == lue.version && storage::enregistrer(&tx, clock, lue, &levier, etat, auteur).await?;
            if !libre {
                drop(tx);
                return en_conflit(cadre, &levier, form).await;
            }
            if etat == Etat::Publie && lue.etat() != Etat::Publie { PUBLIE } else { MODIFIE }
        }
    };
    journal::ecrire(&tx, clock, &*instance.ids, evenement(genre, &levier.id, personne.map(|p| p.as_str()))).await?;
    recherche::suivre(&tx, instance, &levier.id).await?;
    let message = match etat {
        Etat::Publie => "La fiche est publiée.",
        Etat::ARelire => "La fiche est enregistrée. Elle n’est pas encore publiée.",
        Etat::Retire => "La fiche est enregistrée. Elle reste retirée.",
    };
    form.conclure(tx, &format!("/reglages/leviers/{}", levier.id), message).await
}

/// Somebody saved in between: both texts, the agent's own in the form.
async fn en_conflit(cadre: Cadre, levier: &Levier, form: CheckedForm) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let lue = storage::par_id(&tx, &levier.id).await?.ok_or(Erreur::Introuvable("cette fiche d’aide"))?;
    let avec = AvecLe { conflit_avec: Some(levier.clone()), ..AvecLe::default() };
    let page = page(&cadre, Some(&lue), form.saisie.sur_la_version_actuelle(), avec)?;
    repondre(&cadre, &page, StatusCode::CONFLICT)
}

/// POST: withdraws a sheet. Publishing goes through the form, which checks it.
pub async fn retirer(cadre: Cadre, Path(id): Path<String>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let clock: &dyn Clock = &*instance.clock;
    let personne = cadre.visiteur.personne_id();
    let tx = instance.db.begin().await?;
    let lue = storage::par_id(&tx, &id).await?.ok_or(Erreur::Introuvable("cette fiche d’aide"))?;
    let auteur = Auteur { personne, origine: AGENT, commentaire: "" };
    let libre = form.version() == lue.version
        && storage::enregistrer(&tx, clock, &lue, &lue.levier()?, Etat::Retire, auteur).await?;
    if !libre {
        return Err(Erreur::Invalide(
            "La fiche a changé pendant que vous lisiez. Revenez à sa page, relisez-la et recommencez.".to_owned(),
        ));
    }
    journal::ecrire(&tx, clock, &*instance.ids, evenement(RETIRE, &id, personne.map(|p| p.as_str()))).await?;
    recherche::suivre(&tx, instance, &id).await?;
    let message = "La fiche est retirée : elle n’est plus proposée à personne.";
    form.conclure(tx, &format!("/reglages/leviers/{id}"), message).await
}
