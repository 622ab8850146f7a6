//! One's account: name, "Pour quelle commune ?", sessions, data to take away, erasure.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use platform::{ReadTx, journal};
use serde_json::{Map, Value, json};
use socle::mandat::{EnVigueur, MandatId};
use socle::{PersonneId, personne, session};
use web::cadre::{poser, retirer};
use web::composants::{Bouton, ChampOptions, ChampTexte, Etiquette, Html, OptionDeChamp, Poids, ResumeErreurs, Ton};
use web::contexte::COOKIE_SESSION;
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Reponse, Saisie, courriels, texte};

use crate::evenements::{self, evenement};

struct MandatVu {
    mandat: EnVigueur,
    etiquette: Etiquette,
}

struct SessionVue {
    id: String,
    appareil: String,
    vu: String,
    celle_ci: bool,
}

#[derive(Template)]
#[template(path = "compte.html")]
struct PageCompte {
    resume: ResumeErreurs,
    caches: Html,
    courriel: String,
    prenom: ChampTexte,
    nom: ChampTexte,
    telephone: ChampTexte,
    resume_quotidien: ChampOptions,
    mandats: Vec<MandatVu>,
    sessions: Vec<SessionVue>,
    sans_nom: bool,
    collegues: bool,
    liens: Vec<(&'static str, &'static str)>,
}

async fn page_compte(cadre: &Cadre, saisie: Saisie, erreurs: Erreurs) -> Result<PageCompte, Erreur> {
    let (session, personne) = connecte(cadre)?;
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let sessions = session::de_la_personne(&tx, &personne.id, instance.clock.instant()).await?;
    let formulaire = cadre.formulaire_avec(saisie, erreurs);
    Ok(PageCompte {
        resume: formulaire.resume(),
        caches: formulaire.caches(),
        courriel: personne.courriel.clone().unwrap_or_default(),
        prenom: formulaire.texte("prenom", "Prénom").remplir("given-name"),
        nom: formulaire.texte("nom", "Nom").remplir("family-name"),
        telephone: formulaire
            .texte("telephone", "Téléphone (facultatif)")
            .aide("Pour que l’on puisse vous rappeler.")
            .telephone(),
        resume_quotidien: formulaire.radios(
            "resume_quotidien",
            "Comment voulez-vous être prévenu ?",
            [
                OptionDeChamp::nouvelle("non", "Un courriel à chaque nouvelle importante"),
                OptionDeChamp::nouvelle("oui", "Un seul courriel par jour, s’il y a du nouveau"),
            ],
        ),
        mandats: cadre
            .visiteur
            .mandats
            .iter()
            .map(|mandat| MandatVu {
                etiquette: if mandat.verifie() {
                    Etiquette::nouvelle("vérifiée", Ton::Positif)
                } else {
                    Etiquette::nouvelle("déclarée, à vérifier", Ton::Attente)
                },
                mandat: mandat.clone(),
            })
            .collect(),
        sessions: sessions
            .into_iter()
            .map(|s| SessionVue {
                vu: texte::moment(instance.heure_de(s.vu_le)),
                celle_ci: s.id == session.id,
                appareil: s.appareil,
                id: s.id,
            })
            .collect(),
        sans_nom: personne.nom.is_empty(),
        liens: instance.maison.features.iter().flat_map(|feature| feature.liens_compte).copied().collect(),
        collegues: cadre.visiteur.mandats.iter().any(crate::collegues::tient_la_liste),
    })
}

fn connecte(cadre: &Cadre) -> Result<(session::Model, personne::Model), Erreur> {
    cadre.visiteur.session.clone().ok_or(Erreur::Interdit(domain::droit::Refus::ConnexionRequise))
}

/// GET.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let (_, personne) = connecte(&cadre)?;
    let saisie = Saisie::default()
        .avec("prenom", personne.prenom)
        .avec("nom", personne.nom)
        .avec("telephone", personne.telephone.unwrap_or_default())
        .avec("resume_quotidien", if personne.resume_quotidien { "oui" } else { "non" });
    let page = page_compte(&cadre, saisie, Erreurs::default()).await?;
    cadre.page("Mon compte", &page)?.repondre()
}

/// POST: name and telephone.
pub async fn enregistrer(cadre: Cadre, form: CheckedForm) -> Reponse {
    let (_, personne) = connecte(&cadre)?;
    let mut lecteur = form.lecteur();
    let prenom = lecteur.texte("prenom", "Indiquez votre prénom.", 1, 80);
    let nom = lecteur.texte("nom", "Indiquez votre nom.", 1, 80);
    let telephone = lecteur.telephone("telephone");
    let (Some(prenom), Some(nom), true) = (prenom, nom, lecteur.erreurs.est_vide()) else {
        let erreurs = lecteur.erreurs;
        let page = page_compte(&cadre, form.saisie, erreurs).await?;
        return cadre.page("Mon compte", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
    };
    let tx = cadre.instance.db.begin().await?;
    personne::nommer(&tx, &personne, &prenom, &nom, telephone.as_deref()).await?;
    personne::preferer_resume(&tx, &personne.id, form.saisie.texte("resume_quotidien") == "oui").await?;
    form.conclure(tx, "/compte", "C’est enregistré.").await
}

/// POST: "Pour quelle commune ?".
pub async fn choisir_mandat(cadre: Cadre, form: CheckedForm) -> Reponse {
    let (session, _) = connecte(&cadre)?;
    let choisi = form.saisie.texte("mandat");
    let mandat =
        cadre.visiteur.mandats.iter().find(|m| m.id.as_str() == choisi).ok_or(Erreur::Introuvable("cette fonction"))?;
    let message = format!("Vous agissez pour {}.", mandat.organisation);
    let id: MandatId = mandat.id.clone();
    let tx = cadre.instance.db.begin().await?;
    session::choisir_mandat(&tx, &session.id, Some(&id)).await?;
    let retour = web::cadre::chemin_interne(form.saisie.texte("retour"));
    form.conclure(tx, &retour, &message).await
}

/// POST: one session, or all the others.
pub async fn fermer_session(cadre: Cadre, form: CheckedForm) -> Reponse {
    let (session, personne) = connecte(&cadre)?;
    let tx = cadre.instance.db.begin().await?;
    match form.saisie.texte("session") {
        "" => {
            session::fermer_les_autres(&tx, &personne.id, &session.id).await?;
        }
        id => {
            session::fermer(&tx, &personne.id, id).await?;
        }
    }
    form.conclure(tx, "/compte", "C’est fermé.").await
}

/// GET: all that the house holds about the person, as one JSON file (RGPD art. 15 and 20).
pub async fn exporter(cadre: Cadre) -> Reponse {
    let (_, personne) = connecte(&cadre)?;
    let tx = cadre.instance.db.read().await?;
    let mut tout = Map::new();
    for feature in &cadre.instance.maison.features {
        if let Some(export) = feature.export {
            tout.insert(feature.nom.to_owned(), export(&tx, &personne.id).await?);
        }
    }
    let entetes = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"mes-donnees.json\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((entetes, serde_json::to_string_pretty(&Value::Object(tout))?).into_response())
}

/// What this feature holds about a person.
pub(crate) async fn exporter_identite(tx: &ReadTx, id: &PersonneId) -> Result<Value, Erreur> {
    let Some(personne) = personne::par_id(tx, id).await? else { return Ok(Value::Null) };
    let mandats = socle::mandat::de_la_personne(tx, id).await?;
    Ok(json!({
        "courriel": personne.courriel, "prenom": personne.prenom, "nom": personne.nom, "telephone": personne.telephone,
        "compte_cree_le": personne.cree_le.timestamp().to_string(),
        "fonctions": mandats.iter().map(|m| json!({
            "fonction": m.fonction, "du": m.du, "au": m.au, "preuve": m.preuve,
        })).collect::<Vec<_>>(),
        "textes_pas_encore_envoyes": crate::saisies::exporter(tx, id).await?,
    }))
}

#[derive(Template)]
#[template(path = "effacer.html")]
struct PageEffacer {
    caches: Html,
}

/// GET: what erasing does and does not do.
pub async fn montrer_effacement(cadre: Cadre) -> Reponse {
    let page = PageEffacer { caches: cadre.formulaire().caches() };
    cadre.page("Effacer mon compte", &page)?.fil(&[("Mon compte", "/compte")]).repondre()
}

/// POST: name, address and telephone vanish here and in every feature, mails that have not left too; mandates end, sessions
/// close. Projects stay with their bearer.
pub async fn effacer(cadre: Cadre, form: CheckedForm) -> Reponse {
    let (_, personne) = connecte(&cadre)?;
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    for effacer in instance.maison.features.iter().filter_map(|feature| feature.effacer) {
        effacer(&tx, instance, &personne.id).await?;
    }
    if let Some(adresse) = &personne.courriel {
        courriels::oublier(&tx, adresse).await?;
    }
    personne::effacer(&tx, &*instance.clock, &personne.id, instance.aujourd_hui()).await?;
    let evenement = evenement(evenements::EFFACEMENT, "personne", personne.id.as_str(), None);
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    let mut reponse = form.conclure(tx, "/", "Votre compte est effacé.").await?;
    poser(&mut reponse, &retirer(&cadre, COOKIE_SESSION));
    Ok(reponse)
}
