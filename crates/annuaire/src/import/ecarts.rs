//! What the report of an import says of one actor, in words: new, renamed, moved, closed, agreed, gone. Pure.

use domain::referentiel::Referentiel;
use platform::Jour;
use web::texte;

use super::difference::{Changement, Connu, remplace};
use super::rapport::Difference;
use crate::acteur::{agrement, etablissement, valeur};
use crate::vocabulaire::{Champ, Diffusion, EtatActeur, GenreAgrement, Origine};

/// The lines of one actor. It stands under the name that is known: a new one is told as a line.
pub(super) fn dire(connu: &Connu, change: &Changement) -> Vec<Difference> {
    let nouveau = connu.acteur.is_none();
    let nom = connu.acteur.as_ref().map_or(&change.acteur.nom, |acteur| &acteur.nom);
    let ecarts = if nouveau { vec![arrivee(change)] } else { de_l_acteur(connu, change) };
    let difference = |(champ, avant, apres): Ecart| Difference {
        acteur: nom.clone(),
        reference: change.acteur.reference.clone(),
        nouveau,
        champ,
        avant,
        apres,
    };
    ecarts.into_iter().map(difference).collect()
}

/// What, before, after.
type Ecart = (String, String, String);

fn arrivee(change: &Changement) -> Ecart {
    let commune = change.acteur.commune.as_ref().map(|code| Referentiel::embarque().nom_commune(code));
    let agrements = change.agrements.iter().map(libelle);
    let dits = commune.map(str::to_owned).into_iter().chain(agrements).collect::<Vec<_>>().join(", ");
    let dits = if dits.is_empty() { "commune inconnue".to_owned() } else { dits };
    ("Nouvel acteur".to_owned(), String::new(), dits)
}

fn de_l_acteur(connu: &Connu, change: &Changement) -> Vec<Ecart> {
    let valeurs =
        change.valeurs.iter().filter(|v| v.source != Origine::Confirme).map(|nouvelle| valeur(connu, nouvelle));
    let lieux = change
        .etablissements
        .iter()
        .flat_map(|ligne| lieu(connu.etablissements.iter().find(|deja| deja.id == ligne.id), ligne));
    let agrements = change.agrements.iter().map(|ligne| {
        agrement(connu.agrements.iter().find(|a| (&a.genre, &a.source) == (&ligne.genre, &ligne.source)), ligne)
    });
    valeurs.chain(lieux).chain(agrements).collect()
}

fn valeur(connu: &Connu, nouvelle: &valeur::Model) -> Ecart {
    let avant = connu.valeurs.iter().find(|v| remplace(nouvelle, v)).map_or("", |v| v.valeur.as_str());
    let mots = |valeur: &str| mots(nouvelle.champ, valeur);
    (nouvelle.champ.libelle().to_owned(), mots(avant), mots(&nouvelle.valeur))
}

/// A value as people read it.
fn mots(champ: Champ, valeur: &str) -> String {
    let lu = match champ {
        Champ::Etat => valeur.parse().ok().map(|etat: EtatActeur| etat.libelle().to_owned()),
        Champ::Diffusion => valeur.parse().ok().map(|diffusion: Diffusion| diffusion.libelle().to_owned()),
        Champ::Commune => valeur.parse().ok().map(|code| Referentiel::embarque().nom_commune(&code).to_owned()),
        _ => None,
    };
    lu.unwrap_or_else(|| valeur.to_owned())
}

fn lieu(deja: Option<&etablissement::Model>, ligne: &etablissement::Model) -> Vec<Ecart> {
    let dire = |quoi: &str, avant: String, apres: String| (quoi.to_owned(), avant, apres);
    let ici = adresse(ligne);
    let Some(deja) = deja else {
        let quoi = if ligne.ouvert { "Nouvel établissement" } else { "Établissement fermé" };
        return vec![dire(quoi, String::new(), ici)];
    };
    let mut ecarts = Vec::new();
    let avant = adresse(deja);
    match (deja.ouvert, ligne.ouvert) {
        (true, false) => ecarts.push(dire("Établissement fermé", avant.clone(), "fermé".to_owned())),
        (false, true) => ecarts.push(dire("Établissement rouvert", "fermé".to_owned(), ici.clone())),
        _ => {}
    }
    if avant != ici {
        ecarts.push(dire("Adresse", avant, ici));
    }
    if deja.siege != ligne.siege {
        let [avant, apres] = [deja, ligne].map(|lieu| if lieu.siege { "siège" } else { "établissement secondaire" });
        ecarts.push(dire("Siège", avant.to_owned(), apres.to_owned()));
    }
    let [la, ici] = [deja, ligne].map(point);
    if la != ici {
        ecarts.push(dire("Point sur la carte", la, ici));
    }
    if deja.enseigne != ligne.enseigne {
        let [avant, apres] = [deja, ligne].map(|lieu| lieu.enseigne.clone().unwrap_or_default());
        ecarts.push(dire("Enseigne", avant, apres));
    }
    ecarts
}

/// Latitude and longitude, to a metre.
fn point(lieu: &etablissement::Model) -> String {
    let degres = lieu.latitude.zip(lieu.longitude);
    degres.map(|(latitude, longitude)| format!("{latitude:.5}, {longitude:.5}")).unwrap_or_default()
}

fn adresse(lieu: &etablissement::Model) -> String {
    let commune = Referentiel::embarque().nom_commune(&lieu.commune);
    let ville = lieu.code_postal.as_ref().map_or_else(|| commune.to_owned(), |code| format!("{code} {commune}"));
    lieu.adresse.iter().cloned().chain([ville]).collect::<Vec<_>>().join(", ")
}

fn agrement(deja: Option<&agrement::Model>, ligne: &agrement::Model) -> Ecart {
    ("Agrément".to_owned(), deja.map(libelle).unwrap_or_default(), libelle(ligne))
}

fn libelle(agrement: &agrement::Model) -> String {
    let genre = agrement.genre.parse().map_or(agrement.genre.as_str(), |genre: GenreAgrement| genre.libelle());
    let jour = |mot: &str, jour: Option<Jour>| jour.map(|jour| format!("{mot} {}", texte::jour(jour.0)));
    let suites = [jour("depuis le", agrement.du), jour("jusqu’au", agrement.au), agrement.libelle.clone()];
    [Some(genre.to_owned())].into_iter().chain(suites).flatten().collect::<Vec<_>>().join(", ")
}
