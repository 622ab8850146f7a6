//! The agents' side: claims that wait, one claim with its proof, the letter to print.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use platform::{Instant, ReadTx, journal};
use socle::{jeton, personne};
use web::composants::{Cellule, ChampTexte, Html, Resume, ResumeErreurs, Tableau};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, texte};

use super::acte;
use super::demande::{CODE_JOURS, Ouvert, USAGE_CODE};
use super::rules::{EtatRevendication, Moyen, code, code_imprime};
use super::storage::{self, Ligne, Revendication};
use crate::a_decider::{self, Liste, Tranche};
use crate::acteur;
use crate::evenements;
use crate::tenue::FIL;

/// Address of the list.
pub(crate) const URL: &str = "/reglages/annuaire/revendications";
const LISTE: Liste = Liste {
    url: URL,
    titre: "Demandes pour tenir une fiche",
    intro: "Des personnes disent « c’est ma structure ». Vous vérifiez, vous imprimez les lettres, vous acceptez ou vous \
            refusez.",
    onglets: "Demandes",
    un: "demande",
    plusieurs: "demandes",
    vide: "Aucune demande",
    quand: "Quand une personne dit « c’est ma structure » sur une fiche, sa demande vient ici.",
};

/// GET: those that wait, or those decided. Three statements.
pub async fn lister(cadre: Cadre) -> Reponse {
    let tranche = Tranche::demandee(&cadre);
    let tx = cadre.instance.db.read().await?;
    let (total, lignes) = storage::lister(&tx, tranche).await?;
    let noms = personne::noms(&tx, &lignes.iter().map(|ligne| ligne.personne_id.as_str()).collect::<Vec<_>>()).await?;
    let tableau = (!lignes.is_empty()).then(|| tableau(&cadre.instance, &lignes, &noms));
    a_decider::montrer(&cadre, &LISTE, tranche, total, tableau)
}

/// What an agent has to do about it, in a few words.
fn a_faire(moyen: Moyen, etat: EtatRevendication, lettre_le: Option<Instant>) -> &'static str {
    match (etat, moyen, lettre_le) {
        (EtatRevendication::Attente, Moyen::Courriel, _) => "attend la réponse de la structure",
        (EtatRevendication::Attente, Moyen::Poste, None) => "lettre à imprimer",
        (EtatRevendication::Attente, Moyen::Poste, Some(_)) => "lettre imprimée, attend le code",
        (EtatRevendication::Attente, Moyen::Reseau | Moyen::Agent, _) => "à vérifier",
        (etat, ..) => etat.libelle(),
    }
}

fn tableau(instance: &Instance, lignes: &[Ligne], noms: &BTreeMap<String, String>) -> Tableau {
    let lignes = lignes.iter().map(|ligne| {
        let commune = ligne.commune.as_ref().map_or("–", |code| instance.referentiel().nom_commune(code));
        vec![
            Cellule::lien(&format!("{URL}/{}", ligne.reference), &ligne.acteur),
            Cellule::texte(commune),
            Cellule::texte(noms.get(ligne.personne_id.as_str()).map_or("compte effacé", String::as_str)),
            Cellule::texte(ligne.moyen.libelle()),
            Cellule::texte(texte::jour(instance.jour_de(ligne.demandee_le))),
            Cellule::texte(a_faire(ligne.moyen, ligne.etat, ligne.lettre_le)),
        ]
    });
    Tableau {
        legende: "Demandes, celles qui vous attendent d’abord".to_owned(),
        colonnes: ["Structure", "Commune", "Qui", "Preuve", "Demandée le", "Suite"].map(str::to_owned).into(),
        lignes: lignes.collect(),
    }
}

#[derive(Template)]
#[template(path = "revendication.html")]
struct PageUne {
    nom: String,
    url: String,
    fiche: Resume,
    reference: String,
    resume: ResumeErreurs,
    caches: Html,
    attend: bool,
    lettre: Option<bool>,
    motif: ChampTexte,
}

struct Lue {
    revendication: Revendication,
    ouvert: Ouvert,
    qui: Option<personne::Model>,
}

async fn lire(tx: &ReadTx, reference: &str) -> Result<Lue, Erreur> {
    let revendication = storage::par_reference(tx, reference).await?.ok_or(Erreur::Introuvable("cette demande"))?;
    let acteur = acte::acteur_de(tx, &revendication).await?;
    let qui = personne::par_id(tx, &revendication.personne_id).await?;
    Ok(Lue { ouvert: Ouvert::lire(tx, acteur).await?, revendication, qui })
}

fn page(cadre: &Cadre, lue: &Lue, saisie: Saisie, erreurs: Erreurs) -> PageUne {
    let f = cadre.formulaire_avec(saisie, erreurs);
    let (r, acteur): (_, &acteur::Model) = (&lue.revendication, &lue.ouvert.acteur);
    let instance = &cadre.instance;
    let qui = lue.qui.as_ref();
    let adresse = lue.ouvert.adresse_du_siege(instance);
    let mut fiche = Resume::default()
        .ligne("Qui", qui.map(personne::Model::nom_complet).unwrap_or_default())
        .ligne("Courriel", qui.and_then(|qui| qui.courriel.clone()).unwrap_or_default())
        .ligne("Preuve", r.moyen.libelle())
        .ligne("Demandée le", texte::jour(instance.jour_de(r.demandee_le)))
        .ligne("État", a_faire(r.moyen, r.etat, r.lettre_le));
    if !r.preuve.is_empty() {
        fiche = fiche.ligne(if r.moyen == Moyen::Courriel { "Adresse" } else { "En ses mots" }, &r.preuve);
    }
    if let (Moyen::Poste, Some(adresse)) = (r.moyen, &adresse) {
        fiche = fiche.ligne("Lettre à", adresse.join(", "));
    }
    if let Some(motif) = &r.motif {
        fiche = fiche.ligne("Raison du refus", motif);
    }
    let attend = r.etat == EtatRevendication::Attente;
    PageUne {
        nom: acteur.nom.clone(),
        url: format!("/annuaire/{}", acteur.reference),
        fiche,
        reference: r.reference.clone(),
        resume: f.resume(),
        caches: f.caches(),
        attend,
        lettre: (attend && r.moyen == Moyen::Poste && adresse.is_some()).then(|| lettre_valable(instance, r).is_some()),
        motif: f.texte("motif", "Raison du refus").aide("Seulement pour refuser : la personne la lira."),
    }
}

fn repondre(cadre: &Cadre, page: &PageUne, statut: StatusCode) -> Reponse {
    cadre
        .page("Une demande pour tenir une fiche", page)?
        .statut(statut)
        .fil(&[FIL[0], FIL[1], ("Demandes pour tenir une fiche", URL)])
        .repondre()
}

/// GET `/reglages/annuaire/revendications/{id}`.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let lue = lire(&tx, &reference).await?;
    repondre(&cadre, &page(&cadre, &lue, Saisie::default(), Erreurs::default()), StatusCode::OK)
}

/// POST: accepts, refuses with the reason, or makes the letter.
pub async fn decider(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let agent = cadre.visiteur.connecte()?.id.clone();
    let lecture = instance.db.read().await?;
    let lue = lire(&lecture, &reference).await?;
    drop(lecture);
    let r = &lue.revendication;
    let acte = form.saisie.texte("acte");
    if acte == "lettre" {
        return preparer_la_lettre(&cadre, &form, &lue).await;
    }
    let mut l = form.lecteur();
    let motif = match acte {
        "accepter" => String::new(),
        "refuser" => l.texte("motif", "Donnez la raison : la personne la lira.", 3, 500).unwrap_or_default(),
        _ => return Err(Erreur::Invalide("Choisissez : accepter, refuser, ou préparer la lettre.".to_owned())),
    };
    if !l.erreurs.est_vide() {
        let page = page(&cadre, &lue, form.saisie.clone(), l.erreurs);
        return repondre(&cadre, &page, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let oui = acte == "accepter";
    let tx = instance.db.begin().await?;
    let fait = match oui {
        true => acte::accepter(&tx, instance, r, Some(&agent)).await?,
        false => acte::refuser(&tx, instance, r, Some(&agent), &motif).await?,
    };
    if !fait {
        return Ok(form.aller(URL, acte::DEJA_DECIDEE));
    }
    let genre = if oui { evenements::REVENDICATION_ACCEPTEE } else { evenements::REVENDICATION_REFUSEE };
    let faits = serde_json::json!({ "moyen": r.moyen.as_str() });
    let evenement = evenements::de_l_acteur(&cadre, genre, &lue.ouvert.acteur.id).faits(faits);
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    let message =
        if oui { "La demande est acceptée : cette personne tient la fiche." } else { "La demande est refusée." };
    form.conclure(tx, URL, message).await
}

/// When the code of a letter opens nothing any more.
fn fin_du_code(lettre_le: Instant) -> Instant {
    lettre_le.plus_seconds(CODE_JOURS * 86_400)
}

/// When the letter was made, while its code opens something.
fn lettre_valable(instance: &Instance, r: &Revendication) -> Option<Instant> {
    r.lettre_le.filter(|le| instance.clock.instant() < fin_du_code(*le))
}

/// The code of a letter: made again from the key of the site, so that the letter can be printed twice and nothing readable
/// is kept. Only its digest is stored.
fn code_de(instance: &Instance, r: &Revendication, lettre_le: Instant) -> String {
    let signe = instance.signature.signer(USAGE_CODE, r.id.as_bytes(), fin_du_code(lettre_le));
    let empreinte = jeton::empreinte(&signe);
    let octets: Vec<u8> = empreinte
        .as_bytes()
        .chunks(2)
        .filter_map(|paire| u8::from_str_radix(std::str::from_utf8(paire).ok()?, 16).ok())
        .collect();
    code(&octets)
}

async fn preparer_la_lettre(cadre: &Cadre, form: &CheckedForm, lue: &Lue) -> Reponse {
    let instance = &cadre.instance;
    let r = &lue.revendication;
    if r.moyen != Moyen::Poste || r.etat != EtatRevendication::Attente {
        return Err(Erreur::Invalide("Cette demande n’attend pas de lettre.".to_owned()));
    }
    if lue.ouvert.adresse_du_siege(instance).is_none() {
        return Err(Erreur::Invalide("Le siège n’a pas d’adresse où écrire.".to_owned()));
    }
    let le = instance.clock.instant();
    let tx = instance.db.begin().await?;
    if !storage::noter_la_lettre(&tx, &r.id, le).await? {
        tx.rollback().await?;
        return Ok(form.aller(URL, acte::DEJA_DECIDEE));
    }
    // One letter holds: without this, five wrong tries of its code would give life again to the one before.
    jeton::oublier(&tx, &r.reference).await?;
    let (secret, code) = (instance.ids.jeton(), code_de(instance, r, le));
    jeton::creer(&tx, &*instance.clock, USAGE_CODE, &r.reference, &secret, Some(&code), CODE_JOURS * 86_400).await?;
    form.conclure(tx, &format!("{URL}/{}/lettre", r.reference), "").await
}

#[derive(Template)]
#[template(path = "lettre.html")]
struct PageLettre {
    expediteur: String,
    adresse: Vec<String>,
    le: String,
    nom: String,
    qui: String,
    ou: String,
    code: String,
    jusqu_au: String,
    retour: String,
}

/// GET `/reglages/annuaire/revendications/{id}/lettre`: to print. Changes nothing.
pub async fn lettre(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let lue = lire(&tx, &reference).await?;
    let r = &lue.revendication;
    let (Some(le), Some(adresse), EtatRevendication::Attente) =
        (lettre_valable(instance, r), lue.ouvert.adresse_du_siege(instance), r.etat)
    else {
        return Err(Erreur::Introuvable("cette lettre : elle n’est pas préparée, ou son code n’est plus valable"));
    };
    let page = PageLettre {
        expediteur: cadre.identite().collectivite.clone(),
        adresse,
        le: texte::jour(instance.jour_de(le)),
        nom: lue.ouvert.acteur.nom.clone(),
        qui: lue.qui.as_ref().map(personne::Model::nom_complet).unwrap_or_default(),
        ou: instance.url(&format!("/annuaire/{}/revendiquer/code", lue.ouvert.acteur.reference)),
        code: code_imprime(&code_de(instance, r, le)),
        jusqu_au: texte::jour(instance.jour_de(fin_du_code(le))),
        retour: format!("{URL}/{reference}"),
    };
    cadre.page("Lettre à imprimer", &page)?.fil(&[FIL[0], FIL[1], ("Demandes pour tenir une fiche", URL)]).repondre()
}
