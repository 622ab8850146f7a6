//! "Votre structure n'y est pas ?": anyone proposes one, with an account or only an address. Nothing enters before an agent
//! has read it; who is in already is shown first.

use askama::Template;
use axum::http::StatusCode;
use platform::{WriteTx, journal};
use web::composants::{ChampLong, ChampTexte, Html, ResumeErreurs};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Reponse, Saisie};

use super::agent::depart;
use super::champs::{self, ChampsStructure};
use super::semblables::{self, DejaLa, Semblable};
use crate::evenements;
use crate::moderation::auteur;
use crate::moderation::rules::Genre;
use crate::moderation::storage::{self as moderation, Nouvelle};
use crate::vocabulaire::Champ;

/// Address of this page.
pub(crate) const URL: &str = "/annuaire/proposer-une-structure";
/// Structures that wait; beyond, it is said, so that nobody writes for nothing.
const EN_ATTENTE: i64 = 300;
/// Proposals of one author in a day; beyond, the same answer, and nothing is kept.
const PAR_AUTEUR: i64 = 10;

#[derive(Template)]
#[template(path = "proposer_structure.html")]
struct PageProposer {
    resume: ResumeErreurs,
    caches: Html,
    deja: Option<(String, String)>,
    semblables: Vec<Semblable>,
    structure: ChampsStructure,
    mot: ChampLong,
    courriel_auteur: Option<ChampTexte>,
}

fn repondre(
    cadre: &Cadre,
    saisie: Saisie,
    erreurs: Erreurs,
    deja: Option<(String, String)>,
    semblables: Vec<Semblable>,
) -> Reponse {
    let statut = if erreurs.est_vide() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let f = cadre.formulaire_avec(saisie, erreurs);
    let page = PageProposer {
        resume: f.resume(),
        caches: f.caches_gardes(URL),
        deja,
        semblables,
        structure: ChampsStructure::nouveaux(cadre, &f, false),
        mot: f
            .long("mot", "Autre chose à nous dire (facultatif)", auteur::MOT_MAX)
            .lignes(3)
            .aide("Par exemple : votre rôle dans la structure, où on peut lire ce qu’elle fait."),
        courriel_auteur: auteur::champ(cadre, &f),
    };
    cadre.page("Proposer une structure", &page)?.statut(statut).fil(&[("Annuaire", "/annuaire")]).repondre()
}

/// GET; the address may say a name and a commune already.
pub async fn montrer(cadre: Cadre) -> Reponse {
    repondre(&cadre, depart(&cadre), Erreurs::default(), None, Vec::new())
}

/// POST: those that may be the same, or the proposal waits.
pub async fn envoyer(cadre: Cadre, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let lue = champs::lire(instance, &form.saisie);
    let mut l = form.lecteur();
    let personne = cadre.visiteur.personne_id();
    let (mot, courriel) = auteur::lire(&cadre, &mut l);
    let autres = l.erreurs;
    let lue = match lue {
        Ok(lue) if autres.est_vide() => lue,
        lue => {
            let mut erreurs = lue.err().unwrap_or_default();
            autres.toutes().for_each(|erreur| erreurs.ajouter(&erreur.champ, erreur.phrase));
            return repondre(&cadre, form.saisie.clone(), erreurs, None, Vec::new());
        }
    };
    let lecture = instance.db.read().await?;
    let deja = semblables::de_ce_numero(&lecture, &lue).await?.map(DejaLa::from);
    let semblables = semblables::chercher(&lecture, instance, &lue).await?;
    drop(lecture);
    // One that is withdrawn is not told: the agent sees it.
    if let Some(DejaLa::Fiche { nom, url }) = deja {
        let champ = if form.saisie.texte("numero").trim().is_empty() { "rna" } else { "numero" };
        let mut erreurs = Erreurs::default();
        erreurs.ajouter(champ, "Ce numéro est déjà dans l’annuaire : ouvrez la fiche, plus bas.");
        return repondre(&cadre, form.saisie.clone(), erreurs, Some((nom, url)), Vec::new());
    }
    if !semblables.is_empty() && form.saisie.texte("acte") != "aucune" {
        return repondre(&cadre, form.saisie.clone(), Erreurs::default(), None, semblables);
    }
    let tx = instance.db.begin().await?;
    let hier = instance.clock.instant().plus_seconds(-86_400);
    let (attendent, siennes) = semblables::propositions(&tx, personne, courriel.as_deref(), hier).await?;
    if attendent >= EN_ATTENTE {
        let phrase = "Beaucoup de structures attendent déjà une réponse. Revenez dans quelques jours.";
        return Err(Erreur::Invalide(phrase.to_owned()));
    }
    if siennes < PAR_AUTEUR {
        garder(&tx, &cadre, &form.saisie, lue.de(Champ::Nom), (courriel.as_deref(), &mot)).await?;
    }
    let message = "Merci. Un agent lira votre proposition ; la réponse vous viendra par courriel.";
    form.conclure(tx, "/annuaire", message).await
}

async fn garder(
    tx: &WriteTx,
    cadre: &Cadre,
    saisie: &Saisie,
    nom: &str,
    (courriel, mot): (Option<&str>, &str),
) -> Result<(), Erreur> {
    let instance = &cadre.instance;
    let contenu = champs::en_texte(saisie);
    let reference = instance.ids.reference(10);
    let nouvelle = Nouvelle {
        id: instance.ids.uuid().to_string(),
        reference: reference.clone(),
        genre: Genre::Structure,
        acteur: None,
        titre: Some(nom),
        contenu: Some(&contenu),
        personne: cadre.visiteur.personne_id(),
        courriel,
        ecarts: &[],
        mot,
        le: instance.clock.instant(),
    };
    moderation::inserer(tx, nouvelle).await?;
    let evenement = evenements::du_site(cadre, evenements::STRUCTURE_PROPOSEE, &reference);
    Ok(journal::ecrire(tx, &*instance.clock, &*instance.ids, evenement).await?)
}
