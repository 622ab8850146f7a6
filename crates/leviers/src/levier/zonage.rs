//! The condition "zonage": what a list of this site says of the commune or, without one, what the sheet knows. Pure.

use domain::constat::Constat;
use domain::dates::en_lettres;
use domain::profil::FaitsCommune;
use domain::referentiel::zonage::{DansUneListe, Situation};

use super::critere::Zonage;
use super::rules::{doute, non, oui};

pub(super) fn juger(liste: &Zonage, commune: &FaitsCommune) -> Constat {
    if let Some(id) = &liste.liste {
        return match commune.zonages.iter().find(|connue| connue.liste == *id) {
            Some(connue) => par_une_liste(liste, connue, &commune.nom).source(connue.source.clone()),
            None => {
                let (nom, ou) = (&commune.nom, &liste.nom);
                doute("zonage", format!("La liste n’est plus sur ce site : vérifiez si {nom} en fait partie ({ou})."))
            }
        };
    }
    let (nom, ou, annee) = (&commune.nom, &liste.nom, liste.millesime);
    if liste.communes.contains(&commune.code) {
        oui("zonage", format!("{nom} est dans la liste de {annee} : {ou}."))
    } else if liste.absentes.contains(&commune.code) || !liste.communes.is_empty() {
        doute("zonage", format!("{nom} n’est pas dans la liste de {annee} ({ou}) : demandez si la liste a changé."))
    } else {
        doute("zonage", format!("Vérifiez si {nom} est dans la liste de {annee} : {ou}."))
    }
}

/// What a list of this site says. Unless it is in force and of the year of the sheet, it says neither yes nor no.
fn par_une_liste(zonage: &Zonage, liste: &DansUneListe, nom: &str) -> Constat {
    const CODE: &str = "zonage";
    let (ou, annee) = (&zonage.nom, liste.annee);
    if annee != zonage.millesime {
        let voulue = zonage.millesime;
        return doute(
            CODE,
            format!("L’aide demande la liste de {voulue}, ce site a celle de {annee} : vérifiez pour {nom} ({ou})."),
        );
    }
    match liste.situation {
        Situation::Oui => oui(CODE, format!("{nom} est dans la liste de {annee} : {ou}.")),
        Situation::Non => non(CODE, format!("{nom} n’est pas dans la liste de {annee} : {ou}.")),
        Situation::EnPartie => doute(
            CODE,
            format!("Une partie de {nom} est dans la liste de {annee} : vérifiez pour l’adresse du projet ({ou})."),
        ),
        Situation::Incomplete if liste.reserve.is_empty() => {
            doute(CODE, format!("{nom} n’est pas dans la liste de {annee}, qui n’est pas complète : vérifiez ({ou})."))
        }
        Situation::Incomplete => {
            doute(CODE, format!("{nom} n’est pas dans la liste de {annee} ({ou}). {}", liste.reserve))
        }
        Situation::NonCouverte => doute(
            CODE,
            format!("Ce site n’a pas la liste de ce département : vérifiez si {nom} en fait partie ({ou})."),
        ),
        Situation::Terminee(au) => doute(
            CODE,
            format!("La liste de {annee} ne vaut plus depuis le {} : vérifiez pour {nom} ({ou}).", en_lettres(au)),
        ),
        Situation::PasCommencee(du) => doute(
            CODE,
            format!("La liste de {annee} vaut à partir du {} : vérifiez pour {nom} ({ou}).", en_lettres(du)),
        ),
    }
}
