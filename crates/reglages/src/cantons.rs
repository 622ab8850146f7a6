//! Cantons of the territory: names of the two conseillers départementaux, entered here when they may be shown.

use askama::Template;
use axum::extract::Path;
use domain::referentiel::canton::{self, Canton};
use web::composants::{Cellule, EtatVide, Html, Tableau};
use web::locaux::{CANTON, CantonLocal};
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie};

use crate::ecran::{Ecran, Etat, acte, enregistrer};

#[derive(Template)]
#[template(path = "cantons.html")]
struct PageCantons {
    tableau: Option<Tableau>,
    vide: EtatVide,
    source: String,
}

/// GET.
pub async fn liste(cadre: Cadre) -> Reponse {
    let locaux = cadre.instance.locaux();
    let ligne = |c: &&'static Canton| {
        let local = locaux.cantons.get(c.code).cloned().unwrap_or_default();
        let binome = if local.binome.is_empty() { "Non renseigné".to_owned() } else { local.binome.join(" et ") };
        vec![
            Cellule::lien(&format!("/reglages/cantons/{}", c.code), c.nom),
            Cellule::nombre(c.communes().count().to_string()),
            Cellule::texte(binome),
        ]
    };
    let lignes: Vec<Vec<Cellule>> = cadre.instance.cantons().iter().map(ligne).collect();
    let page = PageCantons {
        tableau: (!lignes.is_empty()).then(|| Tableau {
            legende: format!("{} cantons", lignes.len()),
            colonnes: ["Canton", "Communes entières", "Binôme"].map(str::to_owned).to_vec(),
            lignes,
        }),
        vide: EtatVide {
            titre: "Pas de canton".to_owned(),
            texte: "Cette collectivité n’a pas de canton (Paris, Métropole de Lyon, Martinique, Guyane).".to_owned(),
            action: None,
        },
        source: format!("{}, géographie {}.", canton::SOURCE, canton::MILLESIME),
    };
    cadre.page("Cantons", &page)?.fil(&[("Réglages", "/reglages")]).repondre()
}

fn trouver(instance: &Instance, code: &str) -> Result<&'static Canton, Erreur> {
    instance.cantons().iter().find(|c| c.code == code).copied().ok_or(Erreur::Introuvable("ce canton"))
}

fn page(cadre: &Cadre, c: &Canton, etat: Etat) -> Reponse {
    let locaux = cadre.instance.locaux();
    let f = etat.formulaire(cadre);
    let cle = format!("{CANTON}{}", c.code);
    let ecran = Ecran {
        titre: format!("Canton {}", c.nom),
        introduction: vec![
            "Facultatif. Ces noms publics sont montrés sur la page des communes du canton. Retirez-les à la fin du mandat."
                .to_owned(),
        ],
        action: format!("/reglages/cantons/{}", c.code),
        champs: vec![
            Html(f.texte("un", "Prénom et nom, premier membre du binôme").to_string()),
            Html(f.texte("deux", "Prénom et nom, second membre du binôme (facultatif)").to_string()),
            Html(f.texte("contact", "Comment les joindre (facultatif)").aide("Adresse officielle, pas une adresse personnelle.").to_string()),
            Html(f.texte("depuis", "Élus quand ? (facultatif)").aide("Par exemple : juin 2021.").to_string()),
        ],
        retour: locaux.cantons.get(c.code).map(|_| "Retirer ces noms"),
        version: locaux.version(&cle),
        cle,
        ..Ecran::default()
    };
    ecran.repondre(cadre, &f, etat, &[("Cantons", "/reglages/cantons")])
}

/// GET.
pub async fn montrer(cadre: Cadre, Path(code): Path<String>) -> Reponse {
    let c = trouver(&cadre.instance, &code)?;
    let local = cadre.instance.locaux().cantons.get(c.code).cloned().unwrap_or_default();
    let nom = |rang: usize| local.binome.get(rang).cloned().unwrap_or_default();
    let saisie = Saisie::default()
        .avec("un", nom(0))
        .avec("deux", nom(1))
        .avec("contact", &local.contact)
        .avec("depuis", &local.depuis);
    page(&cadre, c, Etat::de(saisie))
}

/// POST.
pub async fn enregistrer_canton(cadre: Cadre, Path(code): Path<String>, form: CheckedForm) -> Reponse {
    let c = trouver(&cadre.instance, &code)?;
    let (valeur, message) = if acte(&form) == "retour" {
        (None, "Les noms sont retirés.")
    } else {
        let mut l = form.lecteur();
        let un = l.texte("un", "Donnez au moins un nom, ou retirez ces noms.", 2, 80);
        let deux = l.texte_libre("deux", 80);
        let (contact, depuis) = (l.texte_libre("contact", 120), l.texte_libre("depuis", 60));
        let (Some(un), true) = (un, l.erreurs.est_vide()) else {
            let erreurs = l.erreurs;
            return page(&cadre, c, Etat::en_erreur(form.saisie, erreurs));
        };
        let binome = std::iter::once(un).chain(deux).collect();
        let local = CantonLocal { binome, contact: contact.unwrap_or_default(), depuis: depuis.unwrap_or_default() };
        (Some(local), "Le canton est enregistré.")
    };
    let cle = format!("{CANTON}{}", c.code);
    match enregistrer(&cadre, &form, &cle, valeur.as_ref(), "/reglages/cantons", message).await? {
        Some(reponse) => Ok(reponse),
        None => {
            let actuel = cadre.instance.locaux().cantons.get(c.code).map(|l| l.binome.join(", ")).unwrap_or_default();
            page(&cadre, c, Etat::en_conflit(form.saisie, &actuel))
        }
    }
}
