//! The agent's answer to a structure that somebody proposed: its page is made, corrected where it must be; or it is in the
//! directory already; or it is refused, with the reason.

use askama::Template;
use axum::http::StatusCode;
use platform::{WriteTx, journal};
use socle::personne;
use web::composants::{ChampLong, ChampOptions, Html, OptionDeChamp, Resume, ResumeErreurs, Tableau};
use web::formulaire::{Erreurs, Lecteur};
use web::{Cadre, CheckedForm, Erreur, Reponse, Saisie, courriels, texte};

use super::acte;
use super::champs::{self, ChampsStructure};
use super::semblables::{self, DejaLa, Semblable};
use crate::acteur::storage as acteurs;
use crate::evenements;
use crate::moderation::examiner::{DEJA_REPONDU, URL, fiche_de};
use crate::moderation::storage::{self as moderation, Proposition, etat};
use crate::tenue::{FIL, situation};

#[derive(Template)]
#[template(path = "structure_proposee.html")]
struct PageExaminer {
    nom: String,
    fiche: Resume,
    mot: Html,
    resume: ResumeErreurs,
    caches: Html,
    reference: String,
    attend: bool,
    deja: Option<(String, String)>,
    compare: Option<Tableau>,
    celle_ci: Option<ChampOptions>,
    structure: ChampsStructure,
    motif: ChampLong,
}

/// A proposal with who is like it, as it is now.
struct Lue {
    qui: Option<personne::Model>,
    deja: Option<DejaLa>,
    semblables: Vec<Semblable>,
    compare: Option<Tableau>,
}

async fn lire(cadre: &Cadre, proposition: &Proposition, saisie: &Saisie) -> Result<Lue, Erreur> {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let qui = match &proposition.personne_id {
        Some(id) => personne::par_id(&tx, id).await?,
        None => None,
    };
    let Ok(lue) = champs::lire(instance, saisie) else {
        return Ok(Lue { qui, deja: None, semblables: Vec::new(), compare: None });
    };
    let deja = semblables::de_ce_numero(&tx, &lue).await?.map(DejaLa::from);
    let semblables = semblables::chercher(&tx, instance, &lue).await?;
    let compare = (!semblables.is_empty()).then(|| semblables::cote_a_cote(instance, &lue, &semblables));
    Ok(Lue { qui, deja, semblables, compare })
}

fn repondre(cadre: &Cadre, p: &Proposition, lue: Lue, saisie: Saisie, erreurs: Erreurs) -> Reponse {
    let statut = if erreurs.est_vide() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let f = cadre.formulaire_avec(saisie, erreurs);
    let options = lue.semblables.iter().map(|semblable| {
        OptionDeChamp::nouvelle(semblable.reference.as_str(), format!("{}, {}", semblable.nom, semblable.commune))
            .aide(semblable.pourquoi.clone())
    });
    let page = PageExaminer {
        nom: p.titre.clone().unwrap_or_default(),
        fiche: fiche_de(cadre, lue.qui.as_ref(), p, false),
        mot: Html(texte::paragraphes(&p.mot)),
        resume: f.resume(),
        caches: f.caches_gardes(&format!("{URL}/{}", p.reference)),
        reference: p.reference.clone(),
        attend: p.etat == etat::ATTENTE,
        deja: lue.deja.map(|deja| match deja {
            DejaLa::Fiche { nom, url } => (format!("Ce numéro est celui de {nom}, qui est dans l’annuaire."), url),
            DejaLa::Retiree { reference } => {
                ("Ce numéro est celui d’une fiche retirée de l’annuaire.".to_owned(), situation::url(&reference))
            }
        }),
        celle_ci: (!lue.semblables.is_empty()).then(|| f.radios("celle_ci", "Est-ce l’une de celles-ci ?", options)),
        compare: lue.compare,
        structure: ChampsStructure::nouveaux(cadre, &f, true),
        motif: f.long("motif", "Raison du refus", 500).aide("Seulement pour refuser : la personne la lira."),
    };
    cadre.page("Une structure proposée", &page)?.statut(statut).fil(&[FIL[0], FIL[1], ("Propositions", URL)]).repondre()
}

/// GET.
pub(crate) async fn montrer(cadre: &Cadre, proposition: &Proposition) -> Reponse {
    let saisie = champs::depuis_le_texte(proposition.contenu.as_deref().unwrap_or_default());
    let lue = lire(cadre, proposition, &saisie).await?;
    repondre(cadre, proposition, lue, saisie, Erreurs::default())
}

/// What the agent decides.
enum Decision {
    Creer(Box<champs::Lue>),
    CelleCi(String),
    Refuser(String),
}

fn decision(cadre: &Cadre, form: &CheckedForm, lue: &Lue) -> Result<Decision, Erreurs> {
    let mut l: Lecteur<'_> = form.lecteur();
    match form.saisie.texte("acte") {
        "creer" => champs::lire(&cadre.instance, &form.saisie).map(|lue| Decision::Creer(Box::new(lue))),
        "celle-ci" => {
            let choisie = form.saisie.texte("celle_ci");
            match lue.semblables.iter().find(|semblable| semblable.reference == choisie) {
                Some(semblable) => Ok(Decision::CelleCi(semblable.reference.clone())),
                None => {
                    l.erreurs.ajouter("celle_ci", "Choisissez la fiche de cette structure.");
                    Err(l.erreurs)
                }
            }
        }
        _ => match l.texte("motif", "Donnez la raison : la personne la lira.", 3, 500) {
            Some(motif) => Ok(Decision::Refuser(motif)),
            None => Err(l.erreurs),
        },
    }
}

/// POST.
pub(crate) async fn decider(cadre: &Cadre, proposition: &Proposition, form: CheckedForm) -> Reponse {
    if proposition.etat != etat::ATTENTE {
        return Ok(form.aller(URL, DEJA_REPONDU));
    }
    let lue = lire(cadre, proposition, &form.saisie).await?;
    let decision = match decision(cadre, &form, &lue) {
        Ok(decision) => decision,
        Err(erreurs) => return repondre(cadre, proposition, lue, form.saisie.clone(), erreurs),
    };
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    let (suite, motif) = match &decision {
        Decision::Creer(_) => (etat::ACCEPTEE, None),
        Decision::CelleCi(_) => (etat::DOUBLE, None),
        Decision::Refuser(motif) => (etat::REFUSEE, Some(motif.as_str())),
    };
    let (par, le) = (cadre.visiteur.personne_id(), instance.clock.instant());
    if !moderation::decider(&tx, &proposition.id, suite, motif, par, le).await? {
        tx.rollback().await?;
        return Ok(form.aller(URL, DEJA_REPONDU));
    }
    let (reponse, vers, message) = match decision {
        Decision::Creer(typee) => {
            if semblables::de_ce_numero(&tx, &typee).await?.is_some() {
                tx.rollback().await?;
                let mut erreurs = Erreurs::default();
                erreurs.ajouter("numero", "Ce numéro est déjà dans l’annuaire.");
                return repondre(cadre, proposition, lue, form.saisie.clone(), erreurs);
            }
            let acteur = acte::creer(&tx, cadre, &typee).await?;
            moderation::rattacher(&tx, &proposition.id, &acteur.id).await?;
            ("Elle a maintenant sa fiche. Si c’est votre structure, vous pouvez la tenir vous-même : ouvrez la fiche, puis \
              « Tenir cette fiche »."
                .to_owned(),
             format!("/annuaire/{}", acteur.reference),
             "La fiche est dans l’annuaire. La personne est prévenue.")
        }
        Decision::CelleCi(reference) => {
            let acteur = acteurs::par_reference(&tx, &reference).await?.ok_or(Erreur::Introuvable("cet acteur"))?;
            moderation::rattacher(&tx, &proposition.id, &acteur.id).await?;
            (
                "Elle y est déjà. Si quelque chose n’est pas juste, vous pouvez le dire depuis sa fiche.".to_owned(),
                format!("/annuaire/{reference}"),
                "C’est noté. La personne reçoit l’adresse de la fiche.",
            )
        }
        Decision::Refuser(motif) => {
            (format!("Elle n’est pas retenue : {motif}"), "/annuaire".to_owned(), "La proposition est refusée.")
        }
    };
    noter(&tx, cadre, proposition, suite).await?;
    prevenir(&tx, cadre, proposition, lue.qui.as_ref(), &reponse, &vers).await?;
    form.conclure(tx, URL, message).await
}

async fn noter(tx: &WriteTx, cadre: &Cadre, proposition: &Proposition, suite: &str) -> Result<(), Erreur> {
    let instance = &cadre.instance;
    let evenement = evenements::du_site(cadre, evenements::STRUCTURE_JUGEE, &proposition.reference)
        .faits(serde_json::json!({ "suite": suite }));
    Ok(journal::ecrire(tx, &*instance.clock, &*instance.ids, evenement).await?)
}

/// Tells who proposed it.
pub(crate) async fn prevenir(
    tx: &WriteTx,
    cadre: &Cadre,
    proposition: &Proposition,
    qui: Option<&personne::Model>,
    reponse: &str,
    vers: &str,
) -> Result<(), Erreur> {
    let adresse = qui.and_then(|qui| qui.courriel.clone()).or_else(|| proposition.courriel.clone());
    let Some(adresse) = adresse else { return Ok(()) };
    let lien = cadre.instance.url(vers);
    let quoi = proposition.titre.as_deref().unwrap_or_default();
    let valeurs = [("quoi", quoi), ("reponse", reponse), ("lien", &lien)];
    courriels::ecrire(tx, &cadre.instance, adresse, "reponse-a-un-ajout", &valeurs).await
}
