//! Texts of mails: subject and text with a closed list of values, tried on a sample before they are saved.

use askama::Template;
use axum::extract::Path;
use web::composants::{Html, echapper};
use web::courriels::Modele;
use web::courriels::modeles::{self, CourrielType, SUJET_MAX, TEXTE_MAX};
use web::locaux::COURRIEL;
use web::{Cadre, CheckedForm, Erreur, Reponse, Saisie};

use crate::ecran::{Ecran, Etat, acte, enregistrer};

struct Ligne {
    url: String,
    quand: &'static str,
    sujet: String,
    modifie: bool,
}

#[derive(Template)]
#[template(path = "courriels.html")]
struct PageCourriels {
    lignes: Vec<Ligne>,
}

/// GET.
pub async fn liste(cadre: Cadre) -> Reponse {
    let locaux = cadre.instance.locaux();
    let lignes = modeles::types().iter().map(|c| {
        let local = locaux.courriel(&c.id);
        Ligne {
            url: format!("/reglages/courriels/{}", c.id),
            quand: &c.quand,
            sujet: local.unwrap_or(&c.defaut).sujet.clone(),
            modifie: local.is_some(),
        }
    });
    let page = PageCourriels { lignes: lignes.collect() };
    cadre.page("Textes des courriels", &page)?.fil(&[("Réglages", "/reglages")]).repondre()
}

fn trouver(id: &str) -> Result<&'static CourrielType, Erreur> {
    modeles::trouver(id).ok_or(Erreur::Introuvable("ce courriel"))
}

fn actuel(cadre: &Cadre, c: &CourrielType) -> Modele {
    cadre.instance.locaux().courriel(&c.id).unwrap_or(&c.defaut).clone()
}

fn page(cadre: &Cadre, c: &CourrielType, etat: Etat) -> Reponse {
    let locaux = cadre.instance.locaux();
    let cle = format!("{COURRIEL}{}", c.id);
    let f = etat.formulaire(cadre);
    let sujet = f.texte("sujet", "Sujet");
    let texte = f
        .long("texte", "Texte", TEXTE_MAX)
        .aide("La signature du site est ajoutée à la fin. Une seule idée par courriel.")
        .lignes(16);
    let ecran = Ecran {
        titre: format!("Courriel : {}", c.quand.trim_end_matches('.').to_lowercase()),
        action: format!("/reglages/courriels/{}", c.id),
        champs: vec![Html(valeurs(c)), Html(sujet.to_string()), Html(texte.to_string())],
        avec_apercu: true,
        retour: locaux.courriel(&c.id).map(|_| "Revenir au texte d’origine"),
        version: locaux.version(&cle),
        cle,
        ..Ecran::default()
    };
    ecran.repondre(cadre, &f, etat, &[("Textes des courriels", "/reglages/courriels")])
}

/// The values that may be used, in a table.
fn valeurs(c: &CourrielType) -> String {
    let ligne = |nom: &str, quoi: &str, obligatoire: bool| {
        let suite = if obligatoire { " (obligatoire)" } else { "" };
        format!("<li><code>{{{{ {} }}}}</code> {}{suite}</li>", echapper(nom), echapper(quoi))
    };
    let mut lignes: Vec<String> = c.variables.iter().map(|v| ligne(&v.nom, &v.quoi, v.obligatoire)).collect();
    lignes.push(ligne("site", "Le nom du site", false));
    lignes.push(ligne("collectivite", "Le nom de la collectivité", false));
    format!(
        "<p class=\"govuk-body\">Valeurs que vous pouvez écrire, remplacées à l’envoi :</p><ul class=\"govuk-list govuk-list--bullet\">{}</ul>",
        lignes.concat()
    )
}

/// GET.
pub async fn montrer(cadre: Cadre, Path(id): Path<String>) -> Reponse {
    let c = trouver(&id)?;
    let Modele { sujet, texte } = actuel(&cadre, c);
    page(&cadre, c, Etat::de(Saisie::default().avec("sujet", sujet).avec("texte", texte.trim())))
}

/// POST: preview on the sample, save, or as shipped.
pub async fn enregistrer_courriel(cadre: Cadre, Path(id): Path<String>, form: CheckedForm) -> Reponse {
    let c = trouver(&id)?;
    let cle = format!("{COURRIEL}{}", c.id);
    let (valeur, message) = if acte(&form) == "retour" {
        (None, "Le texte d’origine est remis.")
    } else {
        let mut l = form.lecteur();
        let sujet = l.texte("sujet", "Donnez un sujet.", 3, SUJET_MAX);
        let texte = l.texte("texte", "Écrivez le texte.", 10, TEXTE_MAX);
        let (Some(sujet), Some(texte)) = (sujet, texte) else {
            let erreurs = l.erreurs;
            return page(&cadre, c, Etat::en_erreur(form.saisie, erreurs));
        };
        let modele = Modele { sujet, texte };
        let identite = cadre.identite();
        match c.essayer(&modele, &identite.nom, &identite.collectivite) {
            Err(phrase) => {
                l.erreurs.ajouter("texte", phrase);
                let erreurs = l.erreurs;
                return page(&cadre, c, Etat::en_erreur(form.saisie, erreurs));
            }
            Ok(exemple) if acte(&form) == "apercu" => {
                let apercu = Some(Html(format!(
                    "<p><strong>{}</strong></p>{}",
                    echapper(&exemple.sujet),
                    web::texte::paragraphes(&exemple.texte)
                )));
                return page(&cadre, c, Etat { apercu, ..Etat::de(form.saisie) });
            }
            Ok(_) => (Some(modele), "Le courriel est enregistré. Les prochains partent avec ce texte."),
        }
    };
    match enregistrer(&cadre, &form, &cle, valeur.as_ref(), "/reglages/courriels", message).await? {
        Some(reponse) => Ok(reponse),
        None => {
            let Modele { sujet, texte } = actuel(&cadre, c);
            page(&cadre, c, Etat::en_conflit(form.saisie, &format!("{sujet}\n\n{texte}")))
        }
    }
}
