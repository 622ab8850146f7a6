//! Texts of the site: seen, changed with a preview, put back as shipped. Promotional ones are frozen in an electoral
//! period.

use askama::Template;
use axum::extract::Path;
use domain::dates::en_lettres;
use web::composants::Html;
use web::formulaire::Erreurs;
use web::locaux::TEXTE;
use web::textes::{self, TexteDuSite, en_html};
use web::{Cadre, CheckedForm, Erreur, Reponse, Saisie, texte};

use crate::ecran::{Ecran, Etat, acte, enregistrer};

struct Ligne {
    url: String,
    titre: &'static str,
    extrait: String,
    modifie: bool,
    promotionnel: bool,
}

struct Groupe {
    page: &'static str,
    url: &'static str,
    lignes: Vec<Ligne>,
}

#[derive(Template)]
#[template(path = "textes.html")]
struct PageTextes {
    groupes: Vec<Groupe>,
    periode: Option<String>,
}

/// GET.
pub async fn liste(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let (locaux, jour) = (instance.locaux(), instance.aujourd_hui());
    let ligne = |t: &'static TexteDuSite| Ligne {
        url: format!("/reglages/textes/{}", t.cle),
        titre: &t.titre,
        extrait: extrait(&locaux.texte(&t.cle, jour)),
        modifie: locaux.texte_local(&t.cle).is_some(),
        promotionnel: t.promotionnel,
    };
    let page = PageTextes {
        groupes: textes::pages()
            .iter()
            .map(|p| Groupe { page: &p.page, url: &p.url, lignes: p.textes.iter().map(ligne).collect() })
            .collect(),
        periode: locaux.periode_en_cours(jour).map(|p| format!("{}, jusqu’au {}", p.scrutin, en_lettres(p.au))),
    };
    cadre.page("Textes du site", &page)?.fil(&[("Réglages", "/reglages")]).repondre()
}

fn extrait(texte: &str) -> String {
    let mut court: String = texte.chars().take(120).collect();
    if court.len() < texte.len() {
        court.push('…');
    }
    if court.is_empty() { "(vide : rien n’est montré)".to_owned() } else { court }
}

fn fige(cadre: &Cadre, t: &TexteDuSite) -> Option<String> {
    let locaux = cadre.instance.locaux();
    let periode = locaux.periode_en_cours(cadre.instance.aujourd_hui()).filter(|_| t.promotionnel)?;
    Some(format!(
        "Période électorale ({}) jusqu’au {} : ce texte est figé, le site montre la version d’origine (code électoral, article L52-1).",
        periode.scrutin,
        en_lettres(periode.au)
    ))
}

fn page(cadre: &Cadre, t: &TexteDuSite, etat: Etat) -> Reponse {
    let locaux = cadre.instance.locaux();
    let cle = format!("{TEXTE}{}", t.cle);
    let f = etat.formulaire(cadre);
    let aide = if t.markdown {
        format!("{} Vous pouvez écrire **gras**, des listes (- ou 1.), des titres (###), [un lien](https://…).", t.aide)
    } else {
        t.aide.clone()
    };
    let champ = f.long("contenu", &t.titre, t.max).aide(aide).lignes(if t.markdown { 14 } else { 3 });
    let avis = fige(cadre, t);
    let ecran = Ecran {
        titre: t.titre.clone(),
        action: format!("/reglages/textes/{}", t.cle),
        ferme: avis.is_some(),
        avis,
        champs: vec![Html(champ.to_string())],
        avec_apercu: true,
        retour: locaux.texte_local(&t.cle).map(|_| "Revenir au texte d’origine"),
        version: locaux.version(&cle),
        suite: Some(Html(format!("<h2 class=\"govuk-heading-m\">Texte d’origine</h2>{}", rendu(t, t.defaut.trim())))),
        cle,
        ..Ecran::default()
    };
    ecran.repondre(cadre, &f, etat, &[("Textes du site", "/reglages/textes")])
}

fn rendu(t: &TexteDuSite, contenu: &str) -> String {
    if contenu.is_empty() {
        "<p class=\"govuk-body\">(vide : rien n’est montré)</p>".to_owned()
    } else if t.markdown {
        en_html(contenu)
    } else {
        texte::paragraphes(contenu)
    }
}

fn trouver(cle: &str) -> Result<&'static TexteDuSite, Erreur> {
    textes::trouver(cle).ok_or(Erreur::Introuvable("ce texte"))
}

/// GET.
pub async fn montrer(cadre: Cadre, Path(cle): Path<String>) -> Reponse {
    let t = trouver(&cle)?;
    let locaux = cadre.instance.locaux();
    let contenu = locaux.texte_local(&t.cle).unwrap_or_else(|| t.defaut.trim());
    page(&cadre, t, Etat::de(Saisie::default().avec("contenu", contenu)))
}

/// POST: preview, save, or as shipped.
pub async fn enregistrer_texte(cadre: Cadre, Path(cle): Path<String>, form: CheckedForm) -> Reponse {
    let t = trouver(&cle)?;
    let mut l = form.lecteur();
    let lu = if t.facultatif && form.saisie.texte("contenu").trim().is_empty() {
        Some(String::new())
    } else {
        l.texte("contenu", "Ce texte ne peut pas être vide.", 1, t.max)
    };
    let mut erreurs = std::mem::take(&mut l.erreurs);
    if let Some(avis) = fige(&cadre, t) {
        erreurs.ajouter("contenu", avis);
    }
    let retour = acte(&form) == "retour";
    if retour && fige(&cadre, t).is_none() {
        erreurs = Erreurs::default();
    }
    let contenu = match lu {
        Some(contenu) if erreurs.est_vide() => contenu,
        None if retour && erreurs.est_vide() => String::new(),
        _ => return page(&cadre, t, Etat::en_erreur(form.saisie, erreurs)),
    };
    if acte(&form) == "apercu" {
        let apercu = Some(Html(rendu(t, &contenu)));
        return page(&cadre, t, Etat { apercu, ..Etat::de(form.saisie) });
    }
    let (valeur, message) = match retour {
        true => (None, "Le texte d’origine est remis."),
        false => (Some(&contenu), "Le texte est enregistré. Il est visible d’ici une minute."),
    };
    let cle = format!("{TEXTE}{}", t.cle);
    match enregistrer(&cadre, &form, &cle, valeur, "/reglages/textes", message).await? {
        Some(reponse) => Ok(reponse),
        None => {
            let locaux = cadre.instance.locaux();
            let actuel = locaux.texte_local(&t.cle).unwrap_or_else(|| t.defaut.trim()).to_owned();
            page(&cadre, t, Etat::en_conflit(form.saisie, &actuel))
        }
    }
}
