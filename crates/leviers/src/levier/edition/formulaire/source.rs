//! Where a sheet, or one of its conditions, was read: the same four fields, named after `debut`.

use domain::constat::{Source, Surete};
use web::composants::{OptionDeChamp, Selection};
use web::formulaire::Lecteur;
use web::{Formulaire, Saisie};

pub(super) fn surete(f: &Formulaire, nom: String) -> Selection {
    let options = [Surete::Haute, Surete::Moyenne, Surete::Faible]
        .map(|surete| OptionDeChamp::nouvelle(code_surete(surete), crate::levier::mots::surete(surete)));
    f.selection(nom, "Sûreté de la source", options)
}

fn code_surete(surete: Surete) -> &'static str {
    match surete {
        Surete::Haute => "haute",
        Surete::Moyenne => "moyenne",
        Surete::Faible => "faible",
    }
}

pub(super) fn en_saisie(saisie: Saisie, debut: &str, source: &Source) -> Saisie {
    saisie
        .avec(&format!("{debut}source_libelle"), &source.libelle)
        .avec(&format!("{debut}source_url"), source.url.clone().unwrap_or_default())
        .avec(&format!("{debut}source_le"), source.consultee_le.map(|d| d.to_string()).unwrap_or_default())
        .avec(&format!("{debut}source_surete"), code_surete(source.surete))
}

pub(super) fn lire(l: &mut Lecteur<'_>, debut: &str) -> Option<Source> {
    let libelle = l.texte_libre(&format!("{debut}source_libelle"), 300)?;
    let url = l.texte_libre(&format!("{debut}source_url"), 500);
    if url.as_deref().is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
        l.erreurs.ajouter(&format!("{debut}source_url"), "Une adresse commence par https://.");
    }
    let consultee_le = l.date(&format!("{debut}source_le"));
    let surete = match l.choix_libre::<String>(&format!("{debut}source_surete")).as_deref() {
        Some("haute") => Surete::Haute,
        Some("moyenne") => Surete::Moyenne,
        _ => Surete::Faible,
    };
    Some(Source { libelle, url, consultee_le, surete })
}
