//! Days that are not worked: public holidays of the zone, closing days added here. And the electoral period.

use domain::dates::{avec_le_jour, en_lettres, ferie};
use jiff::ToSpan as _;
use jiff::civil::Date;
use web::composants::{Html, echapper};
use web::formulaire::lire_date;
use web::locaux::{FERMETURES, Fermeture, PERIODE, Periode};
use web::{Cadre, CheckedForm, Reponse, Saisie};

use crate::ecran::{Ecran, Etat, acte, enregistrer};

const JOURS_MAX: usize = 60;

fn ecrites(fermetures: &[Fermeture]) -> String {
    let ligne = |f: &Fermeture| format!("{} {}", f.jour.strftime("%d/%m/%Y"), f.motif);
    fermetures.iter().map(ligne).collect::<Vec<_>>().join("\n")
}

/// One day a line: `24/12/2026 Pont de Noël`.
fn lire_jours(texte: &str) -> Result<Vec<Fermeture>, String> {
    let mut jours: Vec<Fermeture> = Vec::new();
    for (rang, ligne) in texte.lines().enumerate().filter(|(_, ligne)| !ligne.trim().is_empty()) {
        let (date, motif) = ligne.trim().split_once(' ').unwrap_or((ligne.trim(), ""));
        let jour = lire_date(date).ok_or_else(|| {
            format!("Ligne {} : « {date} » n’est pas une date. Écrivez 24/12/2026 puis la raison.", rang + 1)
        })?;
        if motif.trim().is_empty() || motif.chars().count() > 80 {
            return Err(format!("Ligne {} : donnez la raison, en 80 caractères au plus.", rang + 1));
        }
        if jours.iter().any(|deja| deja.jour == jour) {
            return Err(format!("Ligne {} : ce jour est déjà dans la liste.", rang + 1));
        }
        jours.push(Fermeture { jour, motif: motif.trim().to_owned() });
    }
    if jours.len() > JOURS_MAX {
        return Err(format!("{} jours : il en faut {JOURS_MAX} au plus. Retirez les jours passés.", jours.len()));
    }
    jours.sort_by_key(|fermeture| fermeture.jour);
    Ok(jours)
}

fn feries_a_venir(cadre: &Cadre) -> Html {
    let debut = cadre.instance.aujourd_hui();
    let lignes: String = (0..366_i64)
        .map(|n| debut.saturating_add(n.days()))
        .filter_map(|jour| ferie(jour, cadre.instance.collectivite.feries).map(|nom| (jour, nom)))
        .map(|(jour, nom)| format!("<li>{} : {}</li>", echapper(&avec_le_jour(jour)), echapper(nom)))
        .collect();
    Html(format!(
        "<h2 class=\"govuk-heading-l\">Jours fériés des douze prochains mois</h2><ul class=\"govuk-list govuk-list--bullet\">{lignes}</ul><p class=\"govuk-hint\">Code du travail, articles L3133-1, L3134-13 et L3422-2. Ils sont comptés d’office.</p>"
    ))
}

fn page_fermetures(cadre: &Cadre, etat: Etat) -> Reponse {
    let locaux = cadre.instance.locaux();
    let f = etat.formulaire(cadre);
    let ecran = Ecran {
        titre: "Jours fériés et fermetures".to_owned(),
        introduction: vec![
            "Les délais de réponse se comptent en jours ouvrés. Ajoutez ici les jours où vos services sont fermés."
                .to_owned(),
        ],
        action: "/reglages/fermetures".to_owned(),
        champs: vec![Html(
            f.long("jours", "Jours de fermeture", 6_000)
                .aide("Un jour par ligne : la date puis la raison. Par exemple : 24/12/2026 Pont de Noël")
                .lignes(8)
                .to_string(),
        )],
        version: locaux.version(FERMETURES),
        cle: FERMETURES.to_owned(),
        suite: Some(feries_a_venir(cadre)),
        ..Ecran::default()
    };
    ecran.repondre(cadre, &f, etat, &[])
}

/// GET.
pub async fn fermetures(cadre: Cadre) -> Reponse {
    let jours = ecrites(&cadre.instance.locaux().fermetures);
    page_fermetures(&cadre, Etat::de(Saisie::default().avec("jours", jours)))
}

/// POST.
pub async fn enregistrer_fermetures(cadre: Cadre, form: CheckedForm) -> Reponse {
    let jours = match lire_jours(form.saisie.texte("jours")) {
        Ok(jours) => jours,
        Err(phrase) => {
            let mut l = form.lecteur();
            l.erreurs.ajouter("jours", phrase);
            let erreurs = l.erreurs;
            return page_fermetures(&cadre, Etat::en_erreur(form.saisie, erreurs));
        }
    };
    let message = "Les jours de fermeture sont enregistrés. Les prochains délais en tiennent compte.";
    match enregistrer(&cadre, &form, FERMETURES, Some(&jours), "/reglages/fermetures", message).await? {
        Some(reponse) => Ok(reponse),
        None => {
            let actuel = ecrites(&cadre.instance.locaux().fermetures);
            page_fermetures(&cadre, Etat::en_conflit(form.saisie, &actuel))
        }
    }
}

fn dite(periode: &Periode) -> String {
    format!("{}, du {} au {}", periode.scrutin, en_lettres(periode.du), en_lettres(periode.au))
}

fn page_periode(cadre: &Cadre, etat: Etat) -> Reponse {
    let locaux = cadre.instance.locaux();
    let f = etat.formulaire(cadre);
    let ecran = Ecran {
        titre: "Période électorale".to_owned(),
        introduction: vec![
            "Avant un scrutin, une collectivité ne peut pas faire la promotion de ses réalisations (code électoral, article L52-1). \
             Entre ces dates, les textes de promotion sont figés et le site montre leur version d’origine."
                .to_owned(),
            "Pour les élections départementales de mars 2028, la période commencerait le 1er septembre 2027 (à vérifier avec le service juridique)."
                .to_owned(),
        ],
        avis: locaux.periode_en_cours(cadre.instance.aujourd_hui()).map(|p| format!("En cours : {}.", dite(p))),
        action: "/reglages/periode-electorale".to_owned(),
        champs: vec![
            Html(f.texte("scrutin", "Scrutin").aide("Par exemple : élections départementales de mars 2028.").to_string()),
            Html(f.texte("du", "Premier jour").date().to_string()),
            Html(f.texte("au", "Dernier jour").aide("Le jour du scrutin, second tour compris.").date().to_string()),
        ],
        retour: locaux.periode.as_ref().map(|_| "Retirer la période"),
        version: locaux.version(PERIODE),
        cle: PERIODE.to_owned(),
        ..Ecran::default()
    };
    ecran.repondre(cadre, &f, etat, &[])
}

/// GET.
pub async fn periode(cadre: Cadre) -> Reponse {
    let locaux = cadre.instance.locaux();
    let saisie = match &locaux.periode {
        Some(p) => {
            Saisie::default().avec("scrutin", &p.scrutin).avec("du", p.du.to_string()).avec("au", p.au.to_string())
        }
        None => Saisie::default(),
    };
    page_periode(&cadre, Etat::de(saisie))
}

/// POST.
pub async fn enregistrer_periode(cadre: Cadre, form: CheckedForm) -> Reponse {
    let (valeur, message) = if acte(&form) == "retour" {
        (None, "La période est retirée.")
    } else {
        let mut l = form.lecteur();
        let scrutin = l.texte("scrutin", "Nommez le scrutin.", 3, 100);
        let (du, au): (Option<Date>, Option<Date>) = (l.date("du"), l.date("au"));
        if du.is_none() {
            l.erreurs.ajouter("du", "Donnez le premier jour.");
        }
        if au.is_none() || au < du {
            l.erreurs.ajouter("au", "Donnez le dernier jour, après le premier.");
        }
        let (Some(scrutin), Some(du), Some(au), true) = (scrutin, du, au, l.erreurs.est_vide()) else {
            let erreurs = l.erreurs;
            return page_periode(&cadre, Etat::en_erreur(form.saisie, erreurs));
        };
        (Some(Periode { du, au, scrutin }), "La période est enregistrée.")
    };
    match enregistrer(&cadre, &form, PERIODE, valeur.as_ref(), "/reglages/periode-electorale", message).await? {
        Some(reponse) => Ok(reponse),
        None => {
            let actuel = cadre.instance.locaux().periode.as_ref().map(dite).unwrap_or_default();
            page_periode(&cadre, Etat::en_conflit(form.saisie, &actuel))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ecrites, lire_jours};
    use rstest::rstest;

    #[test]
    fn les_jours_se_lisent_et_se_relisent() {
        let jours = lire_jours("31/12/2026 Pont\n\n 2026-12-24 Veille de Noël ").unwrap();
        assert_eq!(ecrites(&jours), "24/12/2026 Veille de Noël\n31/12/2026 Pont");
        assert_eq!(lire_jours(&ecrites(&jours)).unwrap(), jours);
        assert!(lire_jours("").unwrap().is_empty());
    }

    #[rstest]
    #[case("24/12/2026 Pont\nbientôt Fermé", "Ligne 2")]
    #[case("24/12/2026", "donnez la raison")]
    #[case("24/12/2026 Pont\n24/12/2026 Pont", "déjà")]
    fn une_ligne_fausse_est_dite(#[case] texte: &str, #[case] attendu: &str) {
        assert!(lire_jours(texte).unwrap_err().contains(attendu));
    }
}
