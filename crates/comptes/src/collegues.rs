//! Who acts for the same organisation. Whoever leads it or works for it confirms a colleague, and ends a function that is
//! over: a mayor resigns, the next one takes over.

use askama::Template;
use axum::http::StatusCode;
use domain::droit::{Fonction, Refus};
use platform::journal;
use sea_orm::ConnectionTrait;
use socle::mandat::{self, EnVigueur, MandatId};
use socle::{OrganisationId, PersonneId};
use web::composants::{ChampTexte, Etiquette, Html, ResumeErreurs, Ton};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, texte};

use crate::evenements::{self, evenement};
use crate::mandats::{champ, mettre_fin};

/// May the holder of this mandate confirm and end those of the same organisation? An élu without delegation may not.
pub(crate) fn tient_la_liste(mandat: &EnVigueur) -> bool {
    mandat.verifie() && matches!(mandat.fonction, Fonction::Maire | Fonction::AgentCommune | Fonction::Representant)
}

/// Someone who acts for an organisation.
pub(crate) struct Collegue {
    pub(crate) id: String,
    pub(crate) qui: String,
    pub(crate) courriel: String,
    pub(crate) fonction: &'static str,
    pub(crate) organisation: String,
    pub(crate) etiquette: Etiquette,
    pub(crate) du: String,
    pub(crate) au: String,
    pub(crate) preuve: String,
    pub(crate) declare: bool,
    pub(crate) soi: bool,
}

/// The people of these organisations, today.
pub(crate) async fn lire(
    db: &impl ConnectionTrait,
    instance: &Instance,
    organisations: &[(OrganisationId, String)],
    soi: Option<&PersonneId>,
) -> Result<Vec<Collegue>, Erreur> {
    let ids: Vec<OrganisationId> = organisations.iter().map(|(id, _)| id.clone()).collect();
    let membres = mandat::des_organisations(db, &ids, instance.aujourd_hui()).await?;
    let nom_de = |id: &OrganisationId| {
        organisations.iter().find(|(connu, _)| connu == id).map(|(_, nom)| nom.clone()).unwrap_or_default()
    };
    Ok(membres
        .into_iter()
        .map(|(mandat, personne)| {
            let declare = mandat.etat == mandat::Etat::Declare;
            Collegue {
                id: mandat.id.as_str().to_owned(),
                soi: soi == Some(&personne.id),
                qui: personne.nom_complet(),
                courriel: personne.courriel.unwrap_or_default(),
                fonction: mandat.fonction.libelle(),
                organisation: nom_de(&mandat.organisation_id),
                etiquette: if declare {
                    Etiquette::nouvelle("déclarée, à vérifier", Ton::Attente)
                } else {
                    Etiquette::nouvelle("vérifiée", Ton::Positif)
                },
                du: texte::jour(mandat.du.0),
                au: mandat.au.map(|au| texte::jour(au.0)).unwrap_or_default(),
                preuve: mandat.preuve,
                declare,
            }
        })
        .collect())
}

fn organisations(cadre: &Cadre) -> Result<Vec<(OrganisationId, String)>, Erreur> {
    cadre.visiteur.connecte()?;
    let mut tenues: Vec<(OrganisationId, String)> = cadre
        .visiteur
        .mandats
        .iter()
        .filter(|mandat| tient_la_liste(mandat))
        .map(|mandat| (mandat.organisation_id.clone(), mandat.organisation.clone()))
        .collect();
    tenues.dedup();
    if tenues.is_empty() {
        return Err(Erreur::Interdit(Refus::FonctionRequise(
            "le maire, les agents de la collectivité, les représentants d’une structure, une fois leur fonction vérifiée",
        )));
    }
    Ok(tenues)
}

#[derive(Template)]
#[template(path = "collegues.html")]
struct PageCollegues {
    caches: Html,
    resume: ResumeErreurs,
    collegues: Vec<(Collegue, ChampTexte)>,
}

/// GET.
pub async fn montrer(cadre: Cadre) -> Reponse {
    page(&cadre, Saisie::default(), Erreurs::default()).await
}

async fn page(cadre: &Cadre, saisie: Saisie, erreurs: Erreurs) -> Reponse {
    let statut = if erreurs.est_vide() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let tenues = organisations(cadre)?;
    let tx = cadre.instance.db.read().await?;
    let collegues = lire(&tx, &cadre.instance, &tenues, cadre.visiteur.personne_id()).await?;
    drop(tx);
    let f = cadre.formulaire_avec(saisie, erreurs);
    let avec_motif = |collegue: Collegue| {
        let motif = f.texte(champ(&collegue.id), "Raison, ou preuve vue").aide("Facultatif.");
        (collegue, motif)
    };
    let page = PageCollegues {
        caches: f.caches(),
        resume: f.resume(),
        collegues: collegues.into_iter().map(avec_motif).collect(),
    };
    cadre.page("Qui agit avec vous", &page)?.statut(statut).fil(&[("Mon compte", "/compte")]).repondre()
}

/// POST: confirms or ends.
pub async fn agir(cadre: Cadre, form: CheckedForm) -> Reponse {
    const ICI: &str = "/compte/collegues";
    let tenues = organisations(&cadre)?;
    let instance = &cadre.instance;
    let moi = cadre.visiteur.connecte()?.id.clone();
    let id = MandatId(form.saisie.texte("mandat").to_owned());
    let mut lecteur = form.lecteur();
    let motif = lecteur.texte_libre(&champ(id.as_str()), 500).unwrap_or_default();
    if !lecteur.erreurs.est_vide() {
        let erreurs = lecteur.erreurs;
        return page(&cadre, form.saisie, erreurs).await;
    }
    let tx = instance.db.begin().await?;
    let introuvable = Erreur::Introuvable("cette fonction");
    let cible = mandat::par_id(&tx, &id).await?.ok_or_else(|| introuvable.clone())?;
    // Someone else's organisation, or one's own mandate: as if it were not there.
    if cible.personne_id == moi || !tenues.iter().any(|(tenue, _)| *tenue == cible.organisation_id) {
        return Err(introuvable);
    }
    match form.saisie.texte("acte") {
        "confirmer" => {
            let preuve = if motif.is_empty() { "Confirmé par un collègue".to_owned() } else { motif };
            if !mandat::verifier(&tx, &*instance.clock, &id, Some(&moi), &preuve).await? {
                return Ok(form.aller(ICI, "Quelqu’un d’autre a déjà répondu."));
            }
            let verifie = evenement(evenements::MANDAT_VERIFIE, "mandat", id.as_str(), Some(moi.as_str()));
            journal::ecrire(&tx, &*instance.clock, &*instance.ids, verifie).await?;
            if let Some((personne, organisation)) = mandat::personne_et_organisation(&tx, &id).await?
                && let Some(a) = personne.courriel
            {
                let lien = instance.url("/projets");
                let valeurs = [("organisation", organisation.as_str()), ("lien", &lien)];
                web::courriels::ecrire(&tx, instance, a, "mandat-verifie", &valeurs).await?;
            }
            form.conclure(tx, ICI, "La fonction est confirmée.").await
        }
        "terminer" if cible.au.is_some_and(|au| au.0 < instance.aujourd_hui()) => {
            Ok(form.aller(ICI, "Cette fonction était déjà terminée."))
        }
        "terminer" => {
            mettre_fin(&tx, &cadre, &id, &motif).await?;
            form.conclure(tx, ICI, "La fonction est terminée.").await
        }
        _ => Err(Erreur::Invalide("Choisissez : confirmer ou terminer. Revenez à la page.".to_owned())),
    }
}
