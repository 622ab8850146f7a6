//! The agents' side: proposals that wait, and one of them, field by field.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::theme::Theme;
use platform::{ReadTx, WriteTx, journal};
use sea_orm::EntityTrait;
use socle::{PersonneId, personne};
use web::composants::{
    Cellule, ChampOptions, ChampTexte, Conflit, Html, OptionDeChamp, Resume, ResumeErreurs, Tableau,
};
use web::formulaire::Erreurs;
use web::locaux::ThemesLocaux;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, courriels, texte};

use super::proposer::joints;
use super::rules::{Ecart, Etat, Genre, Quoi, etat as comparer};
use super::storage::{self, Ligne, Proposition, etat};
use crate::a_decider::{self, Liste, Tranche};
use crate::acteur::{self, storage as acteurs, theme};
use crate::creation;
use crate::doublon;
use crate::evenements;
use crate::offre;
use crate::tenue::FIL;
use crate::tenue::champs::{Montre, dire};
use crate::tenue::modifier::remplacer_les_themes;
use crate::tenue::storage::{self as tenue, Auteur};
use crate::vocabulaire::{Champ, EtatActeur, Origine};

/// Address of the list.
pub(crate) const URL: &str = "/reglages/annuaire/propositions";
/// Said when two answers cross.
pub(crate) const DEJA_REPONDU: &str = "Quelqu’un d’autre a déjà répondu.";
const LISTE: Liste = Liste {
    url: URL,
    titre: "Propositions pour l’annuaire",
    intro: "Des personnes qui ne représentent pas la structure, ou dont la fonction n’est pas vérifiée, proposent des \
            corrections, des offres, des structures absentes. Rien ne change sans vous.",
    onglets: "Propositions",
    un: "proposition",
    plusieurs: "propositions",
    vide: "Aucune proposition",
    quand: "Quand une personne qui ne représente pas la structure signale une erreur, sa proposition vient ici.",
};

/// GET: those that wait, or those decided. Three statements.
pub async fn lister(cadre: Cadre) -> Reponse {
    let tranche = Tranche::demandee(&cadre);
    let tx = cadre.instance.db.read().await?;
    let (total, lignes) = storage::lister(&tx, tranche).await?;
    let comptes: Vec<&str> =
        lignes.iter().filter_map(|ligne| ligne.personne_id.as_ref()).map(PersonneId::as_str).collect();
    let noms = personne::noms(&tx, &comptes).await?;
    let tableau = (!lignes.is_empty()).then(|| tableau(&cadre.instance, &lignes, &noms));
    a_decider::montrer(&cadre, &LISTE, tranche, total, tableau)
}

fn etat_en_mots(etat_lu: &str) -> &'static str {
    match etat_lu {
        etat::DOUBLE => "déjà dans l’annuaire",
        etat::ACCEPTEE => "acceptée",
        etat::PARTIELLE => "acceptée en partie",
        etat::REFUSEE => "refusée",
        _ => "en attente",
    }
}

fn tableau(instance: &Instance, lignes: &[Ligne], noms: &BTreeMap<String, String>) -> Tableau {
    let lignes = lignes.iter().map(|ligne| {
        let commune = ligne.commune.as_ref().map_or("–", |code| instance.referentiel().nom_commune(code));
        let champs = ligne.champs();
        let nom = ligne.personne_id.as_ref().and_then(|id| noms.get(id.as_str())).or(ligne.courriel.as_ref());
        vec![
            Cellule::lien(&format!("{URL}/{}", ligne.reference), &ligne.acteur),
            Cellule::texte(commune),
            Cellule::texte(if champs.is_empty() { "un mot".to_owned() } else { champs }),
            Cellule::texte(nom.map_or("compte effacé", String::as_str)),
            Cellule::texte(texte::jour(instance.jour_de(ligne.proposee_le))),
            Cellule::texte(etat_en_mots(&ligne.etat)),
        ]
    });
    Tableau {
        legende: "Propositions".to_owned(),
        colonnes: ["Structure", "Commune", "Quoi", "Qui", "Le", "État"].map(str::to_owned).into(),
        lignes: lignes.collect(),
    }
}

#[derive(Template)]
#[template(path = "proposition.html")]
struct PageUne {
    nom: String,
    url: String,
    fiche: Resume,
    mot: Html,
    ecarts: Option<Tableau>,
    changee: bool,
    attend: bool,
    reference: String,
    resume: ResumeErreurs,
    conflit: Option<Conflit>,
    caches: Html,
    version: i64,
    prendre: Option<ChampOptions>,
    motif: ChampTexte,
}

struct Lue {
    proposition: Proposition,
    acteur: acteur::Model,
    montre: Montre,
    themes: Vec<Theme>,
    qui: Option<personne::Model>,
    declare: bool,
}

impl Lue {
    /// What the page says today.
    fn de(&self, quoi: Quoi) -> String {
        match quoi {
            Quoi::Champ(champ) => self.montre.de(champ).to_owned(),
            Quoi::Themes => joints(&self.themes),
        }
    }

    fn etat(&self, ecart: &Ecart) -> Etat {
        comparer(ecart, &self.de(ecart.champ))
    }

    /// What is left to take: the page does not say it yet.
    fn prenables(&self) -> Vec<Ecart> {
        self.proposition.ecarts().into_iter().filter(|ecart| self.etat(ecart) != Etat::DejaFait).collect()
    }
}

/// The actor that a proposal is about, where it is now.
pub(crate) async fn acteur_de(tx: &ReadTx, proposition: &Proposition) -> Result<acteur::Model, Erreur> {
    let lu = match &proposition.acteur_id {
        Some(id) => acteur::Entity::find_by_id(id.clone()).one(tx).await?,
        None => None,
    };
    let acteur = doublon::chemin::suivre(tx, lu.ok_or(Erreur::Introuvable("cet acteur"))?).await?;
    if acteur.etat == EtatActeur::Masque {
        return Err(Erreur::Introuvable("cet acteur"));
    }
    Ok(acteur)
}

async fn trouver(tx: &ReadTx, reference: &str) -> Result<Proposition, Erreur> {
    storage::par_reference(tx, reference).await?.ok_or(Erreur::Introuvable("cette proposition"))
}

async fn lire(tx: &ReadTx, instance: &Instance, proposition: Proposition) -> Result<Lue, Erreur> {
    let acteur = acteur_de(tx, &proposition).await?;
    let themes = acteurs::themes(tx, &acteur.id).await?.iter().filter_map(theme::Model::theme).collect();
    let montre = Montre::nouveau(&acteur, &acteurs::valeurs(tx, &acteur.id).await?);
    let (mut qui, mut declare) = (None, false);
    if let Some(id) = &proposition.personne_id {
        qui = personne::par_id(tx, id).await?;
        let mandats = socle::mandat::en_vigueur(tx, id, instance.aujourd_hui()).await?;
        declare = mandats.iter().any(|m| m.organisation_id == acteur.organisation_id && !m.verifie());
    }
    Ok(Lue { proposition, acteur, montre, themes, qui, declare })
}

/// A value in words.
fn en_mots(noms: &ThemesLocaux, quoi: Quoi, valeur: &str) -> String {
    match quoi {
        Quoi::Champ(_) => valeur.to_owned(),
        Quoi::Themes => noms.noms(&themes_de(valeur)),
    }
}

fn themes_de(joints: &str) -> Vec<Theme> {
    joints.split(',').filter_map(|theme| theme.parse().ok()).collect()
}

fn ecarts(noms: &ThemesLocaux, lue: &Lue) -> Tableau {
    let lignes = lue.proposition.ecarts().into_iter().map(|ecart| {
        let note = match lue.etat(&ecart) {
            Etat::Inchangee => "",
            Etat::ChangeeDepuis => "la fiche a changé depuis",
            Etat::DejaFait => "la fiche le dit déjà",
        };
        vec![
            Cellule::texte(ecart.champ.libelle()),
            dire(&en_mots(noms, ecart.champ, &ecart.avant)),
            dire(&en_mots(noms, ecart.champ, &lue.de(ecart.champ))),
            dire(&en_mots(noms, ecart.champ, &ecart.apres)),
            Cellule::texte(note),
        ]
    });
    Tableau {
        legende: "Champ par champ".to_owned(),
        colonnes: ["Quoi", "Quand il a été écrit", "Aujourd’hui", "Proposé", "À savoir"].map(str::to_owned).into(),
        lignes: lignes.collect(),
    }
}

/// Who proposes, where they are answered, since when, and what became of it.
pub(crate) fn fiche_de(cadre: &Cadre, qui: Option<&personne::Model>, p: &Proposition, declare: bool) -> Resume {
    let nom = qui.map(personne::Model::nom_complet).unwrap_or_else(|| "Une personne sans compte".to_owned());
    let courriel = qui.and_then(|qui| qui.courriel.clone()).or_else(|| p.courriel.clone()).unwrap_or_default();
    let mut fiche = Resume::default().ligne("Qui", nom).ligne("Courriel", courriel);
    if declare {
        fiche = fiche.ligne("Fonction", "dit agir pour la structure, non vérifié");
    }
    fiche = fiche.ligne("Le", texte::jour(cadre.instance.jour_de(p.proposee_le))).ligne("État", etat_en_mots(&p.etat));
    match &p.motif {
        Some(motif) => fiche.ligne("Raison du refus", motif),
        None => fiche,
    }
}

fn page(cadre: &Cadre, lue: &Lue, saisie: Option<Saisie>, erreurs: Erreurs) -> PageUne {
    let p = &lue.proposition;
    let prenables = lue.prenables();
    // Ticked from the start: what the page still says as when it was written.
    let saisie = saisie.unwrap_or_else(|| {
        let sures = prenables.iter().filter(|e| lue.etat(e) == Etat::Inchangee);
        sures.fold(Saisie::default(), |saisie, e| saisie.avec("prendre", e.champ.as_str()))
    });
    let f = cadre.formulaire_avec(saisie, erreurs);
    let noms = &cadre.instance.locaux().themes;
    let fiche = fiche_de(cadre, lue.qui.as_ref(), p, lue.declare);
    let attend = p.etat == etat::ATTENTE;
    let options = prenables.iter().map(|e| {
        let apres = en_mots(noms, e.champ, &e.apres);
        let apres = if apres.is_empty() { "rien".to_owned() } else { apres };
        OptionDeChamp::nouvelle(e.champ.as_str(), e.champ.libelle()).aide(apres)
    });
    PageUne {
        nom: lue.acteur.nom.clone(),
        url: format!("/annuaire/{}", lue.acteur.reference),
        fiche,
        mot: Html(texte::paragraphes(&p.mot)),
        ecarts: (!p.ecarts().is_empty()).then(|| ecarts(noms, lue)),
        changee: attend && prenables.iter().any(|e| lue.etat(e) == Etat::ChangeeDepuis),
        attend,
        reference: p.reference.clone(),
        resume: f.resume(),
        conflit: None,
        caches: f.caches(),
        version: f.version(lue.acteur.version),
        prendre: (attend && !prenables.is_empty()).then(|| f.cases("prendre", "Prendre", options)),
        motif: f.texte("motif", "Raison du refus").aide("Seulement pour refuser : la personne la lira."),
    }
}

fn repondre(cadre: &Cadre, page: &PageUne, statut: StatusCode) -> Reponse {
    cadre
        .page("Une proposition pour l’annuaire", page)?
        .statut(statut)
        .fil(&[FIL[0], FIL[1], ("Propositions", URL)])
        .repondre()
}

/// GET `/reglages/annuaire/propositions/{id}`.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let proposition = trouver(&tx, &reference).await?;
    match proposition.genre {
        Genre::Correction => {}
        Genre::Structure => {
            drop(tx);
            return creation::examiner::montrer(&cadre, &proposition).await;
        }
        Genre::Offre => return offre::proposee::montrer(&cadre, &tx, &proposition).await,
    }
    let lue = lire(&tx, &cadre.instance, proposition).await?;
    repondre(&cadre, &page(&cadre, &lue, None, Erreurs::default()), StatusCode::OK)
}

/// What the agent answers: the fields taken, or why nothing is, with what is wrong in it.
fn lire_la_reponse(form: &CheckedForm, lue: &Lue) -> Result<(Vec<Ecart>, Option<String>, Erreurs), Erreur> {
    let mut l = form.lecteur();
    let (mut pris, mut motif) = (Vec::new(), None);
    match form.saisie.texte("acte") {
        "prendre" => {
            let voulus: Vec<Quoi> = l.plusieurs("prendre", 50, "C’est trop.");
            let prenables = lue.prenables();
            pris = prenables.iter().filter(|e| voulus.contains(&e.champ)).cloned().collect();
            if pris.is_empty() && !prenables.is_empty() {
                l.erreurs.ajouter("prendre", "Cochez ce que vous prenez, ou refusez.");
            }
        }
        "refuser" => motif = l.texte("motif", "Donnez la raison : la personne la lira.", 3, 500),
        _ => return Err(Erreur::Invalide("Choisissez de prendre ou de refuser.".to_owned())),
    }
    Ok((pris, motif, l.erreurs))
}

/// POST: takes all, takes some, or refuses.
pub async fn decider(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let lecture = instance.db.read().await?;
    let proposition = trouver(&lecture, &reference).await?;
    match proposition.genre {
        Genre::Correction => {}
        Genre::Structure => {
            drop(lecture);
            return creation::examiner::decider(&cadre, &proposition, form).await;
        }
        Genre::Offre => return offre::proposee::decider(&cadre, lecture, &proposition, form).await,
    }
    let lue = lire(&lecture, instance, proposition).await?;
    drop(lecture);
    if lue.proposition.etat != etat::ATTENTE {
        return Ok(form.aller(URL, DEJA_REPONDU));
    }
    let (pris, motif, erreurs) = lire_la_reponse(&form, &lue)?;
    if !erreurs.est_vide() {
        let page = page(&cadre, &lue, Some(form.saisie.clone()), erreurs);
        return repondre(&cadre, &page, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let tx = instance.db.begin().await?;
    if !ecrire(&tx, &cadre, &form, &lue, &pris).await? {
        tx.rollback().await?;
        return en_conflit(&cadre, &form, &reference).await;
    }
    let suite = match (&motif, pris.len() == lue.prenables().len()) {
        (Some(_), _) => etat::REFUSEE,
        (None, true) => etat::ACCEPTEE,
        (None, false) => etat::PARTIELLE,
    };
    let par = cadre.visiteur.personne_id();
    let le = instance.clock.instant();
    if !storage::decider(&tx, &lue.proposition.id, suite, motif.as_deref(), par, le).await? {
        tx.rollback().await?;
        return Ok(form.aller(URL, DEJA_REPONDU));
    }
    prevenir(&tx, &cadre, &lue, suite, motif.as_deref(), &pris).await?;
    let message = if motif.is_some() { "La proposition est refusée." } else { "La fiche est corrigée." };
    form.conclure(tx, URL, message).await
}

/// The agent takes the fields for their own: the page says so. False when the page changed since it was read.
async fn ecrire(tx: &WriteTx, cadre: &Cadre, form: &CheckedForm, lue: &Lue, pris: &[Ecart]) -> Result<bool, Erreur> {
    let instance = &cadre.instance;
    let genre = if pris.is_empty() { evenements::PROPOSITION_REFUSEE } else { evenements::PROPOSITION_PRISE };
    if !pris.is_empty() {
        let auteur = Auteur { source: Origine::Agent, personne: cadre.visiteur.personne_id() };
        let fait = |e: &Ecart| match e.champ {
            Quoi::Champ(champ) => Some((champ, e.apres.clone())),
            Quoi::Themes => None,
        };
        let faits: Vec<(Champ, String)> = pris.iter().filter_map(fait).collect();
        tenue::dire(tx, instance, &lue.acteur.id, auteur, &faits).await?;
        if let Some(themes) = pris.iter().find(|e| e.champ == Quoi::Themes) {
            remplacer_les_themes(tx, &lue.acteur, &themes_de(&themes.apres), Origine::Agent).await?;
        }
        let version = form.version();
        let acteur = acteur::Model { version, ..lue.acteur.clone() };
        if !tenue::reprojeter(tx, instance, acteur).await? {
            return Ok(false);
        }
    }
    let champs: Vec<&str> = pris.iter().map(|e| e.champ.as_str()).collect();
    let evenement =
        evenements::de_l_acteur(cadre, genre, &lue.acteur.id).faits(serde_json::json!({ "champs": champs }));
    journal::ecrire(tx, &*instance.clock, &*instance.ids, evenement).await?;
    Ok(true)
}

async fn prevenir(
    tx: &WriteTx,
    cadre: &Cadre,
    lue: &Lue,
    suite: &str,
    motif: Option<&str>,
    pris: &[Ecart],
) -> Result<(), Erreur> {
    let adresse = lue.qui.as_ref().and_then(|qui| qui.courriel.clone()).or_else(|| lue.proposition.courriel.clone());
    let Some(adresse) = adresse else { return Ok(()) };
    let champs: Vec<&str> = pris.iter().map(|e| e.champ.libelle()).collect();
    let reponse = match (suite, motif) {
        (etat::REFUSEE, Some(motif)) => format!("Elle n’est pas retenue : {motif}"),
        (etat::PARTIELLE, _) => format!("La fiche est corrigée en partie : {}.", champs.join(", ")),
        _ => "La fiche est corrigée.".to_owned(),
    };
    let lien = cadre.instance.url(&format!("/annuaire/{}", lue.acteur.reference));
    let valeurs = [("acteur", lue.acteur.nom.as_str()), ("reponse", &reponse), ("lien", &lien)];
    courriels::ecrire(tx, &cadre.instance, adresse, "reponse-a-une-proposition", &valeurs).await
}

/// Somebody changed the page since: what it says now stands beside the proposal, what was ticked stays.
async fn en_conflit(cadre: &Cadre, form: &CheckedForm, reference: &str) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let lue = lire(&tx, &cadre.instance, trouver(&tx, reference).await?).await?;
    let page = page(cadre, &lue, Some(form.saisie.clone().sur_la_version_actuelle()), Erreurs::default());
    let conflit = Conflit::sur("cette fiche").enregistre(ecarts(&cadre.instance.locaux().themes, &lue));
    repondre(cadre, &PageUne { conflit: Some(conflit), ecarts: None, ..page }, StatusCode::CONFLICT)
}
