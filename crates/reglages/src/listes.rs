//! Dated lists of communes entered here: perimeters, labels, zonings. Shown on the page of each commune, with their year
//! and their source.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::Path;
use domain::code::{CodeCommune, CodeEpci};
use web::composants::{Cellule, EtatVide, Html, OptionDeChamp, Tableau};
use web::formulaire::{Erreurs, trouver_commune};
use web::locaux::{ListeLocale, ZONAGE};
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, texte};

use crate::ecran::{Ecran, Etat, acte, enregistrer};

/// Longest list typed: every commune of a large département, by code and name.
pub(crate) const COMMUNES_MAX: usize = 60_000;
/// How communes are typed, here and wherever a list of them is asked.
pub(crate) const AIDE_COMMUNES: &str = "Une par ligne : nom (Cirey-sur-Vezouze), code officiel (54129), ou code d’intercommunalité (9 chiffres) pour toutes ses communes.";
/// Errors shown for one list: beyond, the person first corrects those.
const FAUTES_MAX: usize = 8;

#[derive(Template)]
#[template(path = "listes.html")]
struct PageListes {
    tableau: Option<Tableau>,
    vide: EtatVide,
    nationales: Vec<(String, String)>,
}

/// GET.
pub async fn liste(cadre: Cadre) -> Reponse {
    let locaux = cadre.instance.locaux();
    let ligne = |(id, liste): (&String, &ListeLocale)| {
        vec![
            Cellule::lien(&format!("/reglages/listes/{id}"), &liste.nom),
            Cellule::nombre(liste.communes.len().to_string()),
            Cellule::texte(duree(liste)),
            Cellule::texte(&liste.source),
        ]
    };
    let lignes: Vec<Vec<Cellule>> = locaux.listes.iter().map(ligne).collect();
    let page = PageListes {
        tableau: (!lignes.is_empty()).then(|| Tableau {
            legende: "Listes de ce territoire".to_owned(),
            colonnes: ["Liste", "Communes", "Dates", "Source"].map(str::to_owned).to_vec(),
            lignes,
        }),
        vide: EtatVide {
            titre: "Aucune liste de ce territoire".to_owned(),
            texte: "Ajoutez par exemple le périmètre d’un pays, d’un GAL ou d’un label, avec sa date et sa source."
                .to_owned(),
            action: None,
        },
        nationales: domain::referentiel::zonage::tous()
            .iter()
            .map(|z| (z.nom.clone(), format!("géographie {}, {}. {}", z.geographie, z.source, z.reserve)))
            .collect(),
    };
    cadre.page("Périmètres et zonages", &page)?.fil(&[("Réglages", "/reglages")]).repondre()
}

fn duree(liste: &ListeLocale) -> String {
    match liste.au {
        None => format!("depuis le {}", texte::jour(liste.du)),
        Some(au) => format!("du {} au {}", texte::jour(liste.du), texte::jour(au)),
    }
}

fn page(cadre: &Cadre, id: Option<&str>, etat: Etat) -> Reponse {
    let locaux = cadre.instance.locaux();
    let f = etat.formulaire(cadre);
    let complete = [
        OptionDeChamp::nouvelle("oui", "Oui : une commune absente de la liste n’y est pas"),
        OptionDeChamp::nouvelle("non", "Non, ou je ne sais pas : l’absence est « à vérifier »"),
    ];
    let cle = id.map(|id| format!("{ZONAGE}{id}")).unwrap_or_default();
    let ecran = Ecran {
        titre: id.and_then(|id| locaux.listes.get(id)).map_or("Nouvelle liste de communes", |l| &l.nom).to_owned(),
        action: format!("/reglages/listes/{}", id.unwrap_or("nouvelle")),
        champs: vec![
            Html(
                f.texte("nom", "Nom")
                    .aide("Comme il sera lu : « Pays du Lunévillois », « GAL Terres de Lorraine ».")
                    .to_string(),
            ),
            Html(f.texte("du", "Premier jour").date().to_string()),
            Html(
                f.texte("au", "Dernier jour (facultatif)")
                    .aide("Laissez vide s’il n’est pas connu.")
                    .date()
                    .to_string(),
            ),
            Html(f.texte("millesime", "Année des codes de communes").chiffres().to_string()),
            Html(f.texte("source", "Source").aide("Arrêté, convention, page : ce qui permet de vérifier.").to_string()),
            Html(f.radios("complete", "La liste est-elle complète ?", complete).to_string()),
            Html(f.long("communes", "Communes", COMMUNES_MAX).aide(AIDE_COMMUNES).lignes(12).to_string()),
        ],
        retour: id.map(|_| "Retirer cette liste"),
        version: locaux.version(&cle),
        cle,
        ..Ecran::default()
    };
    ecran.repondre(cadre, &f, etat, &[("Périmètres et zonages", "/reglages/listes")])
}

/// GET: an empty form.
pub async fn nouvelle(cadre: Cadre) -> Reponse {
    let millesime = domain::referentiel::MILLESIME.to_string();
    page(&cadre, None, Etat::de(Saisie::default().avec("millesime", millesime).avec("complete", "non")))
}

/// GET.
pub async fn montrer(cadre: Cadre, Path(id): Path<String>) -> Reponse {
    let locaux = cadre.instance.locaux();
    let liste = locaux.listes.get(&id).ok_or(Erreur::Introuvable("cette liste"))?;
    let noms: Vec<String> = liste.communes.iter().map(|c| ecrite(&cadre.instance, c)).collect();
    let saisie = Saisie::default()
        .avec("nom", &liste.nom)
        .avec("du", liste.du.to_string())
        .avec("au", liste.au.map(|au| au.to_string()).unwrap_or_default())
        .avec("millesime", liste.millesime.to_string())
        .avec("source", &liste.source)
        .avec("complete", if liste.complete { "oui" } else { "non" })
        .avec("communes", noms.join("\n"));
    page(&cadre, Some(&id), Etat::de(saisie))
}

/// "54129 Cirey-sur-Vezouze": read again by its code.
pub(crate) fn ecrite(instance: &Instance, code: &CodeCommune) -> String {
    format!("{code} {}", instance.referentiel().nom_commune(code))
}

/// The communes of a pasted text; each fault with its line.
pub(crate) fn lire_communes(instance: &Instance, texte: &str) -> Result<Vec<CodeCommune>, String> {
    let (mut codes, mut fautes) = (BTreeSet::new(), Vec::new());
    for (rang, ligne) in texte.lines().enumerate() {
        for morceau in morceaux(ligne) {
            match lire_une(instance, morceau) {
                Ok(lues) => codes.extend(lues),
                Err(phrase) => fautes.push(format!("Ligne {} : {phrase}", rang + 1)),
            }
        }
    }
    if fautes.is_empty() && codes.is_empty() {
        return Err("Donnez au moins une commune.".to_owned());
    }
    if fautes.is_empty() {
        return Ok(codes.into_iter().collect());
    }
    let reste = fautes.len().saturating_sub(FAUTES_MAX);
    fautes.truncate(FAUTES_MAX);
    if reste > 0 {
        fautes.push(format!("Et {reste} autres lignes."));
    }
    Err(fautes.join(" "))
}

/// What stands between commas; a line of nothing but codes is a list of codes.
fn morceaux(ligne: &str) -> impl Iterator<Item = &str> {
    let code = |mot: &str| mot.parse::<CodeCommune>().is_ok() || mot.parse::<CodeEpci>().is_ok();
    let seuls = ligne.split([';', '\t', ',', ' ']).filter(|mot| !mot.is_empty()).all(code);
    let coupe = move |c: char| matches!(c, ';' | '\t' | ',') || (seuls && c == ' ');
    ligne.split(coupe).map(str::trim).filter(|morceau| !morceau.is_empty())
}

fn lire_une(instance: &Instance, morceau: &str) -> Result<Vec<CodeCommune>, String> {
    let premier = morceau.split_whitespace().next().unwrap_or(morceau);
    if premier.parse::<CodeEpci>().is_ok() {
        let epci = instance
            .referentiel()
            .epci(premier)
            .ok_or_else(|| format!("l’intercommunalité {premier} n’est pas connue."))?;
        let dedans = epci.membres().filter_map(|code| code.parse().ok()).filter(|c| instance.perimetre().contient(c));
        return Ok(dedans.collect());
    }
    if let Ok(code) = premier.parse::<CodeCommune>()
        && instance.perimetre().contient(&code)
    {
        return Ok(vec![code]);
    }
    trouver_commune(instance, morceau).map(|code| vec![code])
}

fn lire(cadre: &Cadre, form: &CheckedForm) -> Result<ListeLocale, Erreurs> {
    let mut l = form.lecteur();
    let nom = l.texte("nom", "Donnez un nom à la liste.", 2, 100);
    let source = l.texte("source", "Dites d’où vient la liste.", 3, 300);
    let (du, au) = (l.date("du"), l.date("au"));
    if du.is_none() {
        l.erreurs.ajouter("du", "Donnez le premier jour.");
    }
    if au.is_some() && au < du {
        l.erreurs.ajouter("au", "Le dernier jour vient avant le premier.");
    }
    let millesime: Option<i16> = l.choix("millesime", "Écrivez une année, par exemple 2026.");
    if millesime.is_some_and(|annee| !(1990..=2100).contains(&annee)) {
        l.erreurs.ajouter("millesime", "Écrivez une année entre 1990 et 2100.");
    }
    let communes = lire_communes(&cadre.instance, form.saisie.texte("communes"));
    if let Err(phrase) = &communes {
        l.erreurs.ajouter("communes", phrase);
    }
    let complete = form.saisie.texte("complete") == "oui";
    match (nom, source, du, millesime, communes, l.erreurs.est_vide()) {
        (Some(nom), Some(source), Some(du), Some(millesime), Ok(communes), true) => {
            Ok(ListeLocale { nom, du, au, millesime, source, complete, communes })
        }
        _ => Err(l.erreurs),
    }
}

/// POST `/reglages/listes/nouvelle`.
pub async fn creer(cadre: Cadre, form: CheckedForm) -> Reponse {
    // The id is random: two lists may have the same name.
    let id = cadre.instance.ids.reference(8);
    sauver(cadre, form, None, &id).await
}

/// POST: change, or remove.
pub async fn modifier(cadre: Cadre, Path(id): Path<String>, form: CheckedForm) -> Reponse {
    if !cadre.instance.locaux().listes.contains_key(&id) {
        return Err(Erreur::Introuvable("cette liste"));
    }
    sauver(cadre, form, Some(&id), &id).await
}

async fn sauver(cadre: Cadre, form: CheckedForm, connue: Option<&str>, id: &str) -> Reponse {
    let cle = format!("{ZONAGE}{id}");
    let (valeur, message) = if acte(&form) == "retour" && connue.is_some() {
        (None, "La liste est retirée. L’historique la garde.")
    } else {
        match lire(&cadre, &form) {
            Ok(liste) => (Some(liste), "La liste est enregistrée. Elle est visible sur la page de ses communes."),
            Err(erreurs) => return page(&cadre, connue, Etat::en_erreur(form.saisie, erreurs)),
        }
    };
    match enregistrer(&cadre, &form, &cle, valeur.as_ref(), "/reglages/listes", message).await? {
        Some(reponse) => Ok(reponse),
        None => {
            let locaux = cadre.instance.locaux();
            let actuel = locaux.listes.get(id).map_or_else(
                || "Cette liste a été retirée.".to_owned(),
                |l| format!("{}, {} ({} communes)", l.nom, duree(l), l.communes.len()),
            );
            page(&cadre, connue, Etat::en_conflit(form.saisie, &actuel))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::morceaux;
    use rstest::rstest;

    #[rstest]
    #[case("54129 54395", &["54129", "54395"])]
    #[case("54129 Cirey-sur-Vezouze", &["54129 Cirey-sur-Vezouze"])]
    #[case(" Nancy ; 54329,200069433", &["Nancy", "54329", "200069433"])]
    #[case("Val et Châtillon", &["Val et Châtillon"])]
    fn une_ligne_se_coupe(#[case] ligne: &str, #[case] attendus: &[&str]) {
        assert_eq!(morceaux(ligne).collect::<Vec<_>>(), attendus);
    }
}
