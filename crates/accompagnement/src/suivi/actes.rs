//! What the agent does on a project: each act of the page, in one transaction with its journal and its mail.

use axum::extract::Path;
use axum::http::StatusCode;
use domain::dates::avec_le_jour;
use domain::profil::Etape;
use platform::{Jour, journal};
use socle::projet;
use web::composants::Alerte;
use web::feature::{Famille, Proposition};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Reponse};

use super::confier;
use super::fusion::{self, Fusion};
use super::pages::{Ouvert, en_erreur, ouvrir, page, vers};
use super::prevenir::{Nouvelle, dire, prevenir_le_porteur};
use super::rules::GenreEchange;
use crate::demande::pages as demandes;
use crate::demande::rules::{self, Acte};
use crate::demande::storage::{self, Model};
use crate::evenements::{self, evenement};
use crate::invitation;

/// What one act changes.
struct Effet {
    demande: Model,
    genre: &'static str,
    faits: serde_json::Value,
    /// What the act says: it joins the conversation.
    echange: Option<(GenreEchange, String)>,
    /// For the bearer.
    courriel: Option<Nouvelle>,
    message: &'static str,
}

impl Effet {
    /// A new promised day, that the journal keeps and the bearer is told.
    fn promis(demande: Model, genre: &'static str, courriel: Nouvelle, message: &'static str) -> Self {
        let faits = serde_json::json!({"promise_le": demande.promise_le});
        Self { demande, genre, faits, echange: None, courriel: Some(courriel), message }
    }
}

fn promesse(courriel: &'static str, demande: &Model) -> Nouvelle {
    Nouvelle::de(courriel, &[("jour", &avec_le_jour(demande.promise_le.0))])
}

/// POST: one act.
pub async fn agir(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let ouvert = ouvrir(&cadre, &reference).await?;
    match form.saisie.texte("acte").to_owned().as_str() {
        "ouvrir" => accueillir(&cadre, &form, ouvert).await,
        "etape" => changer_l_etape(&cadre, &form, ouvert).await,
        "noter" => noter(&cadre, &form, ouvert).await,
        "recommander" => recommander(&cadre, &form, ouvert).await,
        "confier" => confier::confier(&cadre, &form, ouvert).await,
        "fusionner" => match fusion::fusionner(&cadre, &form, ouvert.projet.clone()).await? {
            Fusion::Faite(reponse) => Ok(reponse),
            Fusion::Refusee(pourquoi) => {
                let mut erreurs = Erreurs::default();
                erreurs.ajouter("fusion", pourquoi);
                en_erreur(&cadre, ouvert, form.saisie, erreurs).await
            }
        },
        "inviter" => invitation::inviter(&cadre, &form, ouvert).await,
        "separer" => fusion::separer(&cadre, &form, ouvert.projet).await,
        acte => changer(&cadre, &form, ouvert, acte).await,
    }
}

/// An agent follows a project whose bearer did not ask through the site.
async fn accueillir(cadre: &Cadre, form: &CheckedForm, ouvert: Ouvert) -> Reponse {
    if ouvert.demande.is_some() {
        return Ok(form.aller(&vers(&ouvert.projet), "Le suivi est déjà ouvert."));
    }
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    let nouvelle = demandes::Nouvelle {
        faite_par: ouvert.projet.auteur_id.clone(),
        message: "Suivi ouvert par le département.".to_owned(),
        rappel: None,
        interets: "[]".to_owned(),
    };
    let (demande, _) = demandes::creer(&tx, instance, &ouvert.projet, nouvelle).await?;
    let faits = serde_json::json!({"promise_le": demande.promise_le});
    let evenement = evenement(cadre, evenements::DEMANDE, &ouvert.projet).faits(faits);
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    form.conclure(tx, &vers(&ouvert.projet), "Le suivi est ouvert.").await
}

/// The version of the project that the page of the stage showed; `version` is that of the request.
fn version_lue(form: &CheckedForm) -> i64 {
    form.saisie.texte("version_projet").parse().unwrap_or(0)
}

async fn changer_l_etape(cadre: &Cadre, form: &CheckedForm, ouvert: Ouvert) -> Reponse {
    let instance = &cadre.instance;
    let mut l = form.lecteur();
    let Some(etape) = l.choix::<Etape>("etape", "Choisissez une étape dans la liste.") else {
        let erreurs = l.erreurs;
        return en_erreur(cadre, ouvert, form.saisie.clone(), erreurs).await;
    };
    let projet = projet::Model { etape, version: version_lue(form), ..ouvert.projet };
    let tx = instance.db.begin().await?;
    if !projet::enregistrer(&tx, &projet, instance.clock.instant()).await? {
        drop(tx);
        return etape_en_conflit(cadre, form, &projet.reference).await;
    }
    let faits = serde_json::json!({"partie": "etape", "etape": etape.as_str()});
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement(cadre, "projet.modifie", &projet).faits(faits))
        .await?;
    form.conclure(tx, &vers(&projet), "L’étape est changée.").await
}

/// Says the stage that is saved: the form shows the one that was chosen.
async fn etape_en_conflit(cadre: &Cadre, form: &CheckedForm, reference: &str) -> Reponse {
    let etape = ouvrir(cadre, reference).await?.projet.etape;
    let pourquoi =
        format!("Quelqu’un a changé ce projet pendant que vous lisiez. Son étape est « {} ».", etape.libelle());
    en_conflit(cadre, form, reference, &pourquoi).await
}

/// A conversation, in 30 seconds. Facts: the person can read it.
async fn noter(cadre: &Cadre, form: &CheckedForm, ouvert: Ouvert) -> Reponse {
    let mut l = form.lecteur();
    let Some(texte) = l.texte("note", "Écrivez ce qui s’est dit.", 3, 3_000) else {
        let erreurs = l.erreurs;
        return en_erreur(cadre, ouvert, form.saisie.clone(), erreurs).await;
    };
    let instance = &cadre.instance;
    let (clock, ids) = (&*instance.clock, &*instance.ids);
    let agent = cadre.visiteur.connecte()?.id.clone();
    let tx = instance.db.begin().await?;
    storage::echanger(&tx, clock, ids, &ouvert.projet.id, Some(&agent), (GenreEchange::Note, &texte)).await?;
    if let Some(demande) = storage::du_projet(&tx, &ouvert.projet.id).await? {
        storage::enregistrer(&tx, &Model { contact_le: Jour(instance.aujourd_hui()), ..demande }).await?;
    }
    journal::ecrire(&tx, clock, ids, evenement(cadre, evenements::NOTE, &ouvert.projet)).await?;
    form.conclure(tx, &vers(&ouvert.projet), "L’entretien est noté.").await
}

async fn recommander(cadre: &Cadre, form: &CheckedForm, ouvert: Ouvert) -> Reponse {
    let instance = &cadre.instance;
    let choisie = choisie_dans_la_liste(cadre, form, &ouvert.projet).await?;
    let mut l = form.lecteur();
    let titre = match &choisie {
        Some(proposition) => Some(proposition.titre.clone()),
        None => l.texte("reco_titre", "Choisissez dans la liste, ou dites ce que vous recommandez.", 3, 150),
    };
    let texte = l.texte_libre("reco_texte", 2_000).unwrap_or_default();
    let (Some(titre), true) = (titre, l.erreurs.est_vide()) else {
        let erreurs = l.erreurs;
        return en_erreur(cadre, ouvert, form.saisie.clone(), erreurs).await;
    };
    let genre = match (&choisie, form.saisie.texte("genre")) {
        (Some(p), _) if p.famille == Famille::Acteur => "acteur",
        (Some(_), _) => "levier",
        (None, genre @ ("levier" | "acteur" | "ressource")) => genre,
        (None, _) => "action",
    };
    let (clock, ids) = (&*instance.clock, &*instance.ids);
    let agent = cadre.visiteur.connecte()?.clone();
    let tx = instance.db.begin().await?;
    let nouvelle = storage::NouvelleRecommandation {
        projet: &ouvert.projet.id,
        par: &agent.id,
        genre,
        titre: &titre,
        cible: choisie.as_ref().and_then(|p| p.url.as_deref()),
        texte: &texte,
    };
    storage::recommander(&tx, clock, ids, nouvelle).await?;
    journal::ecrire(&tx, clock, ids, evenement(cadre, evenements::RECOMMANDE, &ouvert.projet)).await?;
    let qui = agent.nom_complet();
    let nouvelle = Nouvelle::de("recommandation", &[("qui", &qui), ("titre", &titre), ("mot", &texte)]);
    let prevenus = prevenir_le_porteur(&tx, cadre, &ouvert.projet, &nouvelle).await?;
    form.conclure(tx, &vers(&ouvert.projet), dire("La recommandation est envoyée.", prevenus)).await
}

/// The lever or actor chosen, read again among what fits: nothing else can be pointed to.
async fn choisie_dans_la_liste(
    cadre: &Cadre,
    form: &CheckedForm,
    projet: &projet::Model,
) -> Result<Option<Proposition>, Erreur> {
    let url = form.saisie.texte("reco_cible");
    if url.is_empty() {
        return Ok(None);
    }
    let tx = cadre.instance.db.read().await?;
    let possibles = demandes::possibles(&cadre.instance, &tx, projet).await?;
    Ok(possibles.into_iter().find(|p| p.url.as_deref() == Some(url)))
}

async fn changer(cadre: &Cadre, form: &CheckedForm, ouvert: Ouvert, acte: &str) -> Reponse {
    let Some(demande) = ouvert.demande.clone() else {
        return Ok(form.aller(&vers(&ouvert.projet), "Ouvrez d’abord le suivi de ce projet, plus bas sur cette page."));
    };
    let effet = match effet(cadre, form, &ouvert.projet, &demande, acte).await {
        Ok(effet) => effet,
        Err(Empeche::Erreurs(erreurs)) => return en_erreur(cadre, ouvert, form.saisie.clone(), erreurs).await,
        Err(Empeche::Impossible(pourquoi)) => {
            return en_conflit(cadre, form, &ouvert.projet.reference, pourquoi).await;
        }
        Err(Empeche::Autre(erreur)) => return Err(erreur),
    };
    let instance = &cadre.instance;
    let (clock, ids) = (&*instance.clock, &*instance.ids);
    let lue = form.version();
    let tx = instance.db.begin().await?;
    if !storage::enregistrer(&tx, &Model { version: lue, ..effet.demande }).await? {
        drop(tx);
        return en_conflit(cadre, form, &ouvert.projet.reference, CHANGEE).await;
    }
    let projet = &ouvert.projet;
    if let Some((genre, texte)) = &effet.echange {
        storage::echanger(&tx, clock, ids, &projet.id, cadre.visiteur.personne_id(), (*genre, texte)).await?;
    }
    journal::ecrire(&tx, clock, ids, evenement(cadre, effet.genre, projet).faits(effet.faits)).await?;
    let message = match effet.courriel {
        Some(nouvelle) => dire(effet.message, prevenir_le_porteur(&tx, cadre, projet, &nouvelle).await?),
        None => effet.message,
    };
    form.conclure(tx, &vers(projet), message).await
}

/// Why what was typed is not saved.
pub(super) const CHANGEE: &str = "Quelqu’un a agi sur cette demande pendant que vous écriviez.";

/// The page as it stands now, with what was typed: someone else acted meanwhile, or the act makes no sense any more.
pub(super) async fn en_conflit(cadre: &Cadre, form: &CheckedForm, reference: &str, pourquoi: &str) -> Reponse {
    let ouvert = ouvrir(cadre, reference).await?;
    let titre = format!("Suivi : {}", ouvert.projet.titre);
    let saisie = form.saisie.clone().sur_la_version_actuelle();
    let page = page(cadre, ouvert, saisie, Erreurs::default(), Some(pourquoi.to_owned())).await?;
    cadre.page(titre, &page)?.statut(StatusCode::CONFLICT).repondre()
}

enum Empeche {
    Erreurs(Erreurs),
    Impossible(&'static str),
    Autre(Erreur),
}

impl From<rules::Impossible> for Empeche {
    fn from(impossible: rules::Impossible) -> Self {
        Self::Impossible(impossible.0)
    }
}

impl From<Erreur> for Empeche {
    fn from(erreur: Erreur) -> Self {
        Self::Autre(erreur)
    }
}

async fn effet(
    cadre: &Cadre,
    form: &CheckedForm,
    projet: &projet::Model,
    demande: &Model,
    acte: &str,
) -> Result<Effet, Empeche> {
    let instance = &cadre.instance;
    let locaux = instance.locaux();
    let (jour, zone) = (instance.aujourd_hui(), locaux.calendrier(instance.collectivite.feries));
    let agent = cadre.visiteur.connecte().map_err(Empeche::Autre)?;
    let mut l = form.lecteur();
    let apres = |acte| rules::apres(demande.horloge(), acte, jour, zone);
    let contact = |demande: Model| Model { contact_le: Jour(jour), ..demande };
    match acte {
        "repondre" => {
            let reponse = l
                .texte("reponse", "Écrivez votre réponse.", 5, 5_000)
                .ok_or_else(|| Empeche::Erreurs(l.erreurs.clone()))?;
            let qui = agent.nom_complet();
            let valeurs = [("qui", qui.as_str()), ("reponse", &reponse), ("devis", &Alerte::devis().texte)];
            let courriel = Some(Nouvelle::de("reponse-du-departement", &valeurs));
            let demande =
                Model { mode: Some("courriel".to_owned()), ..contact(demande.clone()).avec(apres(Acte::Repondre)?) };
            Ok(Effet {
                demande,
                echange: Some((GenreEchange::Reponse, reponse)),
                genre: evenements::REPONDU,
                faits: serde_json::json!({"mode": "courriel"}),
                courriel,
                message: "La réponse est envoyée.",
            })
        }
        "telephone" => Ok(Effet {
            demande: Model {
                mode: Some("telephone".to_owned()),
                ..contact(demande.clone()).avec(apres(Acte::Repondre)?)
            },
            echange: None,
            genre: evenements::REPONDU,
            faits: serde_json::json!({"mode": "telephone"}),
            courriel: None,
            message: "Noté : répondu par téléphone.",
        }),
        "attendre" => {
            let attente = l
                .texte("attente", "Dites ce que vous attendez.", 5, 2_000)
                .ok_or_else(|| Empeche::Erreurs(l.erreurs.clone()))?;
            let qui = agent.nom_complet();
            let courriel = Some(Nouvelle::de("element-attendu", &[("qui", &qui), ("attente", &attente)]));
            Ok(Effet {
                demande: contact(demande.clone()).avec(apres(Acte::Attendre)?),
                echange: Some((GenreEchange::Attente, attente)),
                genre: evenements::ATTENTE,
                faits: serde_json::json!({}),
                courriel,
                message: "Le délai est suspendu. La commune est prévenue.",
            })
        }
        "reprendre" => {
            let demande = demande.clone().avec(apres(Acte::Reprendre)?);
            let courriel = promesse("delai-reprend", &demande);
            Ok(Effet::promis(demande, evenements::REPRISE, courriel, "L’élément est reçu. Le délai reprend."))
        }
        "rouvrir" => {
            let tx = instance.db.read().await.map_err(|e| Empeche::Autre(e.into()))?;
            let (promise, interlocuteur) = demandes::promise_du_jour(&tx, instance, projet).await?;
            let demande = demandes::rouverte(instance, demande.clone(), promise, interlocuteur.as_ref())?;
            let courriel = promesse("demande-rouverte", &demande);
            Ok(Effet::promis(demande, evenements::ROUVERT, courriel, "La demande est rouverte."))
        }
        "refuser" => {
            let motif = l
                .texte("motif", "Donnez la raison : la commune la lira.", 10, 2_000)
                .ok_or_else(|| Empeche::Erreurs(l.erreurs.clone()))?;
            let courriel = Some(Nouvelle::de("demande-refusee", &[("motif", &motif)]));
            Ok(Effet {
                demande: contact(demande.clone()).avec(apres(Acte::Refuser)?),
                echange: Some((GenreEchange::Refus, motif)),
                genre: evenements::REFUSE,
                faits: serde_json::json!({}),
                courriel,
                message: "La demande est close. La commune lit la raison.",
            })
        }
        "suite" => {
            let prochaine_le = l.date("prochaine_le");
            let prochaine_action = l.texte_libre("prochaine", 200);
            if !l.erreurs.est_vide() {
                return Err(Empeche::Erreurs(l.erreurs));
            }
            Ok(Effet {
                demande: Model { prochaine_action, prochaine_le: prochaine_le.map(Jour), ..demande.clone() },
                echange: None,
                genre: evenements::NOTE,
                faits: serde_json::json!({"partie": "prochaine-action"}),
                courriel: None,
                message: "La prochaine action est notée.",
            })
        }
        _ => Err(Empeche::Autre(Erreur::Invalide(
            "Cette action n’existe pas. Rechargez la page du suivi et recommencez.".to_owned(),
        ))),
    }
}
