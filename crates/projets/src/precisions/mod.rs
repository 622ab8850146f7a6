//! The precisions asked later, one small page a group, each offered when it helps.

pub mod questions;

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::cents::Cents;
use domain::droit::Action;
use domain::profil::{ProfilDeProjet, Reponse as Avis};
use socle::projet;
use web::composants::{Conflit, Html, OptionDeChamp, Resume, ResumeErreurs};
use web::feature::{DemandePanneau, Lieu, Panneau};
use web::formulaire::{Erreurs, Lecteur};
use web::{Cadre, CheckedForm, Erreur, Formulaire, Reponse, Saisie};

use self::questions::{Choix, GROUPES, Genre, Groupe, Question, Reponses};
use crate::acces::{self, Ouvert};
use crate::description::{argent, conclure};

#[derive(Template)]
#[template(path = "precisions.html")]
struct PagePrecisions {
    reference: String,
    titre: &'static str,
    pourquoi: &'static str,
    action: String,
    resume: ResumeErreurs,
    caches: Html,
    version: i64,
    conflit: Option<Conflit>,
    champs: Vec<Html>,
}

fn page(
    formulaire: &Formulaire,
    groupe: &'static Groupe,
    projet: &projet::Model,
    conflit: Option<Conflit>,
) -> PagePrecisions {
    let action = format!("/projets/{}/precisions/{}", projet.reference, groupe.cle);
    PagePrecisions {
        reference: projet.reference.clone(),
        titre: groupe.titre,
        pourquoi: groupe.pourquoi,
        resume: formulaire.resume(),
        caches: formulaire.caches_gardes(&action),
        action,
        version: formulaire.version(projet.version),
        conflit,
        champs: groupe.questions.iter().map(|question| champ(formulaire, question)).collect(),
    }
}

fn champ(f: &Formulaire, question: &Question) -> Html {
    let Question { cle, libelle, aide, genre } = *question;
    let options = |choix: Choix| choix.iter().map(|(id, libelle)| OptionDeChamp::nouvelle(*id, *libelle));
    let ligne = || f.texte(cle, libelle);
    Html(match genre {
        Genre::Avis => {
            let avis = Avis::TOUS.iter().map(|a| OptionDeChamp::nouvelle(a.as_str(), a.libelle()));
            f.radios(cle, libelle, avis).aide(aide).en_ligne().to_string()
        }
        Genre::Un(choix) => f.radios(cle, libelle, options(choix)).aide(aide).to_string(),
        Genre::Plusieurs(choix) => f.cases(cle, libelle, options(choix)).aide(aide).to_string(),
        Genre::Texte(max) => f.long(cle, libelle, max).aide(aide).lignes(3).to_string(),
        Genre::Ligne(_) => ligne().aide(aide).to_string(),
        Genre::Montant => ligne().aide(aide).montant().to_string(),
        Genre::Nombre(_) => ligne().aide(aide).chiffres().to_string(),
        Genre::Dixiemes(_) => ligne().aide(aide).decimal().to_string(),
        Genre::Date => ligne().aide(aide).date().to_string(),
    })
}

fn groupe(cle: &str) -> Result<&'static Groupe, Erreur> {
    questions::groupe(cle).ok_or(Erreur::Introuvable("ces questions"))
}

/// GET: one group.
pub async fn montrer(cadre: Cadre, Path((reference, cle)): Path<(String, String)>) -> Reponse {
    let groupe = groupe(&cle)?;
    let Ouvert { projet, .. } = acces::ouvrir(&cadre, &reference, Action::ModifierProjet).await?;
    let reponses = projet.complements().precisions;
    let mut saisie = Saisie::default();
    for question in groupe.questions {
        for valeur in reponses.get(question.cle).into_iter().flatten() {
            // An amount is kept in cents and typed in euros.
            saisie = match (question.genre, valeur.parse()) {
                (Genre::Montant, Ok(cents)) => saisie.avec_montant(question.cle, Some(Cents(cents))),
                (Genre::Dixiemes(_), _) => saisie.avec(question.cle, valeur.replace('.', ",")),
                _ => saisie.avec(question.cle, valeur),
            };
        }
    }
    let formulaire = cadre.formulaire_avec(saisie, Erreurs::default());
    let url = format!("/projets/{reference}");
    cadre
        .page(groupe.titre, &page(&formulaire, groupe, &projet, None))?
        .fil(&acces::fil(&cadre, &[(&projet.titre, &url)]))
        .repondre()
}

/// POST: the answers of one group replace those given before; an empty answer takes one back.
pub async fn repondre(cadre: Cadre, Path((reference, cle)): Path<(String, String)>, form: CheckedForm) -> Reponse {
    let groupe = groupe(&cle)?;
    let Ouvert { projet, tx, .. } = acces::ouvrir(&cadre, &reference, Action::ModifierProjet).await?;
    drop(tx);
    let mut lecteur = form.lecteur();
    let mut complements = projet.complements();
    for question in groupe.questions {
        let valeurs = lire(&mut lecteur, &form.saisie, question);
        if valeurs.is_empty() {
            complements.precisions.remove(question.cle);
        } else {
            complements.precisions.insert(question.cle.to_owned(), valeurs);
        }
    }
    if !lecteur.erreurs.est_vide() {
        let formulaire = cadre.formulaire_avec(form.saisie.clone(), lecteur.erreurs);
        let page = page(&formulaire, groupe, &projet, None);
        return cadre.page(groupe.titre, &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
    }
    let change =
        projet::Model { complements: serde_json::to_string(&complements)?, version: form.version(), ..projet.clone() };
    let faits = serde_json::json!({"partie": "precisions", "groupe": groupe.cle});
    let vers = format!("/projets/{reference}#precisions");
    match conclure(&cadre, &form, &change, faits, &vers, "C’est enregistré.").await? {
        Some(reponse) => Ok(reponse),
        None => {
            let actuelles = projet.complements().precisions;
            let conflit = Conflit::sur("ce projet").enregistre(dites(groupe, &actuelles));
            let formulaire = cadre.formulaire_avec(form.saisie.sur_la_version_actuelle(), Erreurs::default());
            let page = page(&formulaire, groupe, &projet, Some(conflit));
            cadre.page(groupe.titre, &page)?.statut(StatusCode::CONFLICT).repondre()
        }
    }
}

fn lire(lecteur: &mut Lecteur<'_>, saisie: &Saisie, question: &Question) -> Vec<String> {
    let cle = question.cle;
    let connu = |choix: Choix, valeur: &str| choix.iter().any(|(id, _)| *id == valeur);
    let une = |valeur: Option<String>| valeur.into_iter().collect();
    match question.genre {
        Genre::Avis => une(lecteur.choix_libre::<Avis>(cle).map(|avis| avis.as_str().to_owned())),
        Genre::Un(choix) => une(Some(saisie.texte(cle).to_owned()).filter(|valeur| connu(choix, valeur))),
        Genre::Plusieurs(choix) => {
            choix.iter().map(|(id, _)| (*id).to_owned()).filter(|id| saisie.liste(cle).contains(id)).collect()
        }
        Genre::Ligne(max) | Genre::Texte(max) => une(lecteur.texte_libre(cle, max)),
        Genre::Montant => une(lecteur.montant(cle).map(|cents| cents.0.to_string())),
        Genre::Date => une(lecteur.date(cle).map(|date| date.to_string())),
        Genre::Nombre(max) => une(nombre(lecteur, saisie, cle, max)),
        Genre::Dixiemes(max) => une(dixiemes(lecteur, saisie, cle, max)),
    }
}

fn nombre(lecteur: &mut Lecteur<'_>, saisie: &Saisie, cle: &str, max: u32) -> Option<String> {
    let chiffres: String = saisie.texte(cle).chars().filter(|c| !c.is_whitespace()).collect();
    if chiffres.is_empty() {
        return None;
    }
    match chiffres.parse::<u32>() {
        Ok(nombre) if nombre <= max => Some(nombre.to_string()),
        Ok(_) => {
            lecteur.erreurs.ajouter(cle, "Ce nombre est trop grand. Vérifiez le nombre de zéros.");
            None
        }
        Err(_) => {
            lecteur.erreurs.ajouter(cle, "Écrivez un nombre entier, par exemple 120.");
            None
        }
    }
}

#[derive(Template)]
#[template(
    source = "{% if dits.is_empty() %}<p class=\"govuk-body\">Rien n’est encore précisé.</p>{% endif %}{% for (titre, reponses) in dits %}<h3 class=\"govuk-heading-m\">{{ titre }}</h3>{{ reponses }}{% endfor %}",
    ext = "html"
)]
struct Dites {
    dits: Vec<(&'static str, Resume)>,
}

/// The panel of the agent's page: what was answered so far. The project's page shows it beside the questions.
pub(crate) async fn panneau(demande: &DemandePanneau<'_>) -> Result<Option<Panneau>, Erreur> {
    if demande.lieu != Lieu::Suivi || demande.cadre.visiteur.autoriser(demande.lien, Action::VoirProjet).is_err() {
        return Ok(None);
    }
    let (projet, themes) = (demande.projet, demande.themes.to_vec());
    let (utiles, _) = groupes(&projet.profil(themes), &projet.reference);
    let argent = argent::dites(projet).map(|reponses| ("L’argent, le devis, la TVA", reponses));
    let groupes = utiles.into_iter().filter(|g| g.repondu).map(|g| (g.titre, g.reponses));
    let corps = Dites { dits: argent.into_iter().chain(groupes).collect() }.render()?;
    Ok(Some(Panneau { id: "precisions", titre: "Ce que le porteur a précisé".to_owned(), corps, plie: true }))
}

/// "2,5" or "2.5", kept as "2.5"; one decimal is enough to say a part of a full time.
fn dixiemes(lecteur: &mut Lecteur<'_>, saisie: &Saisie, cle: &str, max: u32) -> Option<String> {
    let texte: String = saisie.texte(cle).chars().filter(|c| !c.is_whitespace()).collect();
    if texte.is_empty() {
        return None;
    }
    let (entier, decimale) = texte.split_once([',', '.']).unwrap_or((&texte, "0"));
    match (entier.parse::<u32>(), decimale.parse::<u32>()) {
        (Ok(entier), Ok(dixiemes)) if decimale.len() == 1 && entier < max => Some(match dixiemes {
            0 => entier.to_string(),
            dixiemes => format!("{entier}.{dixiemes}"),
        }),
        (Ok(entier), Ok(_)) if entier >= max => {
            lecteur.erreurs.ajouter(cle, "Ce nombre est trop grand. Vérifiez la virgule.");
            None
        }
        _ => {
            lecteur
                .erreurs
                .ajouter(cle, "Écrivez un nombre avec un chiffre après la virgule au plus, par exemple 2,5.");
            None
        }
    }
}

/// A group as offered on the project's page.
pub(crate) struct GroupeVu {
    pub(crate) titre: &'static str,
    pub(crate) pourquoi: &'static str,
    pub(crate) url: String,
    pub(crate) etat: String,
    pub(crate) reponses: Resume,
    pub(crate) repondu: bool,
}

/// Groups that help now, or have answers; then the others.
pub(crate) fn groupes(profil: &ProfilDeProjet, reference: &str) -> (Vec<GroupeVu>, Vec<GroupeVu>) {
    let reponses = &profil.complements.precisions;
    let (utiles, autres): (Vec<&Groupe>, Vec<&Groupe>) =
        GROUPES.iter().partition(|groupe| (groupe.utile)(profil) || groupe.repondues(reponses) > 0);
    let vus = |groupes: Vec<&Groupe>| groupes.into_iter().map(|g| groupe_vu(g, reponses, reference)).collect();
    (vus(utiles), vus(autres))
}

/// What was answered to the questions of a group.
fn dites(groupe: &Groupe, reponses: &Reponses) -> Resume {
    groupe.questions.iter().fold(Resume::default(), |resume, question| match question.dire(reponses) {
        Some(reponse) => resume.ligne(question.libelle, reponse),
        None => resume,
    })
}

fn groupe_vu(groupe: &Groupe, reponses: &Reponses, reference: &str) -> GroupeVu {
    let repondues = groupe.repondues(reponses);
    GroupeVu {
        titre: groupe.titre,
        pourquoi: groupe.pourquoi,
        url: format!("/projets/{reference}/precisions/{}", groupe.cle),
        etat: format!("{repondues} sur {}", groupe.questions.len()),
        reponses: dites(groupe, reponses),
        repondu: repondues > 0,
    }
}
