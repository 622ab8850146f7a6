//! The reader's own look of the pages: light, dark, high contrast; and, for agents, keys. Kept in cookies of the browser, no
//! account needed.

use askama::Template;
use axum::http::StatusCode;
use web::affichage::{Affichage, COOKIE_AFFICHAGE, COOKIE_RACCOURCIS, RACCOURCIS_OUI, raccourcis, retenir};
use web::composants::{Bouton, ChampOptions, Html, Message, OptionDeChamp, ResumeErreurs};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Reponse, Saisie};

const TITRE: &str = "Affichage";

#[derive(Template)]
#[template(path = "affichage.html")]
struct PageAffichage {
    resume: ResumeErreurs,
    caches: Html,
    choix: ChampOptions,
    raccourcis: Option<ChampOptions>,
    envoyer: Bouton,
}

fn page(cadre: &Cadre, saisie: Saisie, erreurs: Erreurs) -> PageAffichage {
    let f = cadre.formulaire_avec(saisie, erreurs);
    let options =
        Affichage::TOUS.iter().map(|affichage| OptionDeChamp::nouvelle(affichage.as_str(), affichage.libelle()));
    let touches = || {
        f.radios(
            "raccourcis",
            "Voulez-vous des raccourcis clavier ?",
            [OptionDeChamp::nouvelle("non", "Non"), OptionDeChamp::nouvelle(RACCOURCIS_OUI, "Oui")],
        )
        .aide(
            "Un chiffre ouvre une entrée du menu, la touche / va à la recherche, la touche ? montre la liste. Rien ne se \
             passe pendant que vous écrivez dans un champ.",
        )
    };
    PageAffichage {
        resume: f.resume(),
        caches: f.caches(),
        choix: f.radios("affichage", "Comment voulez-vous voir les pages ?", options),
        raccourcis: cadre.visiteur.est_agent().then(touches),
        envoyer: Bouton::envoyer("Enregistrer"),
    }
}

fn dit(raccourcis: bool) -> &'static str {
    if raccourcis { RACCOURCIS_OUI } else { "non" }
}

/// GET.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let saisie =
        Saisie::default().avec("affichage", Affichage::de(&cadre).as_str()).avec("raccourcis", dit(raccourcis(&cadre)));
    cadre.page(TITRE, &page(&cadre, saisie, Erreurs::default()))?.repondre()
}

/// POST.
pub async fn choisir(cadre: Cadre, form: CheckedForm) -> Reponse {
    let mut lecteur = form.lecteur();
    let Some(affichage) = lecteur.choix::<Affichage>("affichage", "Choisissez un affichage dans la liste.") else {
        let page = page(&cadre, form.saisie.clone(), lecteur.erreurs);
        return cadre.page(TITRE, &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
    };
    let avant = [("affichage", Affichage::de(&cadre).as_str()), ("raccourcis", dit(raccourcis(&cadre)))];
    let message = Message::nouveau("Votre choix est gardé dans ce navigateur.").annulable("/affichage", &avant);
    let mut reponse = form.aller("/affichage", message);
    let couleurs = Some(affichage.as_str()).filter(|_| affichage != Affichage::Appareil);
    retenir(&mut reponse, &cadre, COOKIE_AFFICHAGE, couleurs);
    if cadre.visiteur.est_agent() {
        let touches = Some(RACCOURCIS_OUI).filter(|oui| form.saisie.texte("raccourcis") == *oui);
        retenir(&mut reponse, &cadre, COOKIE_RACCOURCIS, touches);
    }
    Ok(reponse)
}
