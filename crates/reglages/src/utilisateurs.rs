//! Who acts as what for the département: giving and ending a function.

use askama::Template;
use axum::http::StatusCode;
use domain::droit::Fonction;
use platform::journal::{self, Evenement, Visibilite};
use socle::mandat::{self, MandatId, Nouveau, Verification};
use socle::organisation::{self, Nature, Nouvelle};
use socle::personne;
use web::composants::{Bouton, ChampOptions, ChampTexte, Html, OptionDeChamp, ResumeErreurs};
use web::courriels;
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Reponse, Saisie, texte};

struct Titulaire {
    id: String,
    personne: String,
    qui: String,
    courriel: String,
    fonction: &'static str,
    depuis: String,
}

#[derive(Template)]
#[template(path = "utilisateurs.html")]
struct PageUtilisateurs {
    resume: ResumeErreurs,
    caches: Html,
    titulaires: Vec<Titulaire>,
    textes: Vec<ChampTexte>,
    fonction: ChampOptions,
}

async fn page(cadre: &Cadre, saisie: Saisie, erreurs: Erreurs) -> Result<PageUtilisateurs, Erreur> {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let titulaires = mandat::du_departement(&tx, instance.aujourd_hui()).await?;
    let f = cadre.formulaire_avec(saisie, erreurs);
    Ok(PageUtilisateurs {
        resume: f.resume(),
        caches: f.caches(),
        titulaires: titulaires
            .into_iter()
            .map(|t| Titulaire {
                qui: format!("{} {}", t.prenom, t.nom),
                personne: t.personne_id.as_str().to_owned(),
                id: t.id.as_str().to_owned(),
                courriel: t.courriel.unwrap_or_default(),
                fonction: t.fonction.libelle(),
                depuis: texte::jour(t.du.0),
            })
            .collect(),
        textes: vec![
            f.texte("prenom", "Prénom"),
            f.texte("nom", "Nom"),
            f.texte("courriel", "Courriel professionnel").courriel().remplir("off"),
            f.texte("au", "Jusqu’à quelle date ? (facultatif)")
                .aide("Laissez vide s’il n’y a pas de fin prévue.")
                .date(),
        ],
        fonction: f.radios(
            "fonction",
            "Fonction au département",
            Fonction::TOUS
                .iter()
                .filter(|f| f.est_du_departement())
                .map(|f| OptionDeChamp::nouvelle(f.as_str(), f.libelle())),
        ),
    })
}

/// GET.
pub async fn liste(cadre: Cadre) -> Reponse {
    let page = page(&cadre, Saisie::default(), Erreurs::default()).await?;
    cadre.page("Agents et élus du département", &page)?.fil(&[("Réglages", "/reglages")]).repondre()
}

/// POST: gives a function; the person is told by mail where to sign in.
pub async fn donner(cadre: Cadre, form: CheckedForm) -> Reponse {
    let mut l = form.lecteur();
    let prenom = l.texte("prenom", "Indiquez le prénom.", 1, 80);
    let nom = l.texte("nom", "Indiquez le nom.", 1, 80);
    let courriel = l.courriel("courriel", "Indiquez l’adresse.");
    let au = l.date("au");
    if au.is_some_and(|au| au < cadre.instance.aujourd_hui()) {
        l.erreurs.ajouter("au", mandat::FIN_PASSEE);
    }
    let fonction = l.choix::<Fonction>("fonction", "Choisissez une fonction.").filter(|f| f.est_du_departement());
    let (Some(prenom), Some(nom), Some(courriel), Some(fonction), true) =
        (prenom, nom, courriel, fonction, l.erreurs.est_vide())
    else {
        let erreurs = l.erreurs;
        let page = page(&cadre, form.saisie, erreurs).await?;
        return cadre.page("Agents et élus du département", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
    };
    let instance = &cadre.instance;
    let (clock, ids) = (&*instance.clock, &*instance.ids);
    let agent = cadre.visiteur.connecte()?.id.clone();
    let tx = instance.db.begin().await?;
    let personne = personne::trouver_ou_creer(&tx, clock, ids, &courriel).await?;
    if personne.nom.is_empty() {
        personne::nommer(&tx, &personne, &prenom, &nom, None).await?;
    }
    let organisation = match organisation::du_departement(&tx).await? {
        Some(organisation) => organisation,
        None => {
            let nom = instance.collectivite.nom.clone();
            let nouvelle =
                Nouvelle { nature: Nature::Departement, siren: None, rna: None, commune: None, nom, courriel: None };
            organisation::trouver_ou_creer(&tx, clock, ids, nouvelle).await?
        }
    };
    if mandat::deja(&tx, &personne.id, &organisation.id, fonction, instance.aujourd_hui()).await? {
        return Ok(form.aller("/reglages/utilisateurs", "Cette personne a déjà cette fonction."));
    }
    let nouveau = Nouveau {
        personne: personne.id,
        organisation: organisation.id,
        fonction,
        du: instance.aujourd_hui(),
        au,
        preuve: "Donné par l’agent qui gère le site".to_owned(),
        verifie_par: Some(Verification::Personne(agent.clone())),
    };
    let mandat = mandat::donner(&tx, clock, ids, nouveau).await?;
    noter(&tx, &cadre, mandat.id.as_str()).await?;
    let lien = instance.url("/connexion");
    let valeurs = [("fonction", fonction.libelle()), ("lien", &lien)];
    courriels::ecrire(&tx, instance, courriel, "fonction-donnee", &valeurs).await?;
    form.conclure(tx, "/reglages/utilisateurs", "La fonction est donnée. La personne reçoit un courriel.").await
}

async fn noter(tx: &platform::WriteTx, cadre: &Cadre, mandat: &str) -> Result<(), Erreur> {
    let evenement = Evenement::nouveau(crate::REGLAGE_CHANGE, "mandat", mandat)
        .par(cadre.visiteur.personne_id().map(|id| id.as_str()))
        .visible(Visibilite::Exploitation);
    journal::ecrire(tx, &*cadre.instance.clock, &*cadre.instance.ids, evenement).await?;
    Ok(())
}

/// POST: a function ends; the site keeps at least one agent who runs it.
pub async fn terminer(cadre: Cadre, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let id = MandatId(form.saisie.texte("mandat").to_owned());
    let jour = instance.aujourd_hui();
    let tx = instance.db.begin().await?;
    let titulaires = mandat::du_departement(&tx, jour).await?;
    let cible = titulaires.iter().find(|t| t.id == id).ok_or(Erreur::Introuvable("cette fonction"))?;
    let agents = titulaires.iter().filter(|t| t.fonction == Fonction::AgentSite).count();
    if cible.fonction == Fonction::AgentSite && agents == 1 {
        let message = "C’est le dernier agent qui gère le site. Donnez d’abord cette fonction à quelqu’un d’autre.";
        return Ok(form.aller("/reglages/utilisateurs", message));
    }
    mandat::terminer(&tx, &id, jour.yesterday().map_err(Erreur::interne)?).await?;
    noter(&tx, &cadre, id.as_str()).await?;
    form.conclure(tx, "/reglages/utilisateurs", "La fonction est terminée.").await
}
