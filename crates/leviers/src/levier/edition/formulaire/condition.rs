//! The conditions of a sheet as blocks of fields, and back. A block is named after its rank; the hidden field `critere`
//! lists the ranks present, so that adding and removing one is a button and needs no script.
//!
//! A new kind of condition: its name in `GENRES`, its fields in `champs_de`, both ways in `en_saisie` and `lire_condition`.

use std::str::FromStr;

use domain::profil::{Etape, NatureDepense, Porteur};
use web::composants::{Html, OptionDeChamp, Selection};
use web::formulaire::Lecteur;
use web::zonages::ListeConnue;
use web::{Formulaire, Saisie};

use super::{Champ, texte};
use super::{source, zonage};
use crate::levier::critere::{Condition, Critere, Population, Territoire};
use crate::levier::pages::porteurs;

/// No sheet has more conditions.
const CRITERES_MAX: usize = 30;

/// Kinds of conditions that may be added.
const GENRES: &[(&str, &str)] = &[
    ("porteurs", "Qui porte le projet"),
    ("territoire", "Territoire"),
    ("population", "Nombre d’habitants"),
    ("etapes", "Étapes du projet"),
    ("depenses", "Ce que l’argent peut payer"),
    ("devis", "Aucun devis signé"),
    ("travaux", "Travaux non commencés"),
    ("carence", "Le service manque sur place"),
    ("marche-prevu", "Un marché est prévu"),
    ("adhesion", "Adhésion à un organisme"),
    ("zonage", "Zonage ou label"),
    ("autre", "Autre condition, en une phrase"),
];

/// A condition as fields.
pub(crate) struct Bloc {
    pub(crate) rang: usize,
    pub(crate) titre: String,
    pub(crate) champs: Vec<Champ>,
    /// For whom and where it was read: folded.
    pub(crate) details: Vec<Champ>,
    pub(crate) caches: Html,
}

/// Kinds of conditions, for the button that adds one.
pub(crate) fn ajout(f: &Formulaire) -> Selection {
    f.selection("ajout", "Ajouter une condition", GENRES.iter().map(|(code, nom)| OptionDeChamp::nouvelle(*code, *nom)))
}

pub(super) fn rangs(saisie: &Saisie) -> Vec<usize> {
    saisie.liste("critere").iter().filter_map(|rang| rang.parse().ok()).take(CRITERES_MAX).collect()
}

/// A condition more, of the kind chosen.
pub(crate) fn ajouter(saisie: Saisie) -> Saisie {
    let rang = rangs(&saisie).iter().max().map_or(0, |dernier| dernier + 1);
    let genre = saisie.texte("ajout").to_owned();
    if rangs(&saisie).len() >= CRITERES_MAX || !GENRES.iter().any(|(code, _)| *code == genre) {
        return saisie;
    }
    let nom = format!("c{rang}_genre");
    saisie.sans(&nom).avec("critere", rang.to_string()).avec(&nom, genre)
}

/// A condition less.
pub(crate) fn retirer(saisie: Saisie, rang: &str) -> Saisie {
    let restent: Vec<usize> = rangs(&saisie).into_iter().filter(|autre| autre.to_string() != rang).collect();
    restent.into_iter().fold(saisie.sans("critere"), |saisie, rang| saisie.avec("critere", rang.to_string()))
}

/// The conditions typed so far.
pub(crate) fn blocs(f: &Formulaire, listes: &[ListeConnue]) -> Vec<Bloc> {
    rangs(&f.saisie)
        .into_iter()
        .enumerate()
        .filter_map(|(ordre, rang)| {
            let genre = f.saisie.texte(&format!("c{rang}_genre"));
            let (code, nom) = GENRES.iter().find(|(code, _)| *code == genre)?;
            Some(Bloc {
                rang,
                titre: format!("Condition {} : {}", ordre + 1, nom.to_lowercase()),
                champs: if *code == "zonage" { zonage::champs(f, rang, listes) } else { champs_de(f, code, rang) },
                details: details(f, rang),
                caches: Html(format!(
                    "<input type=\"hidden\" name=\"critere\" value=\"{rang}\"><input type=\"hidden\" name=\"c{rang}_genre\" value=\"{code}\">"
                )),
            })
        })
        .collect()
}

fn champs_de(f: &Formulaire, genre: &str, rang: usize) -> Vec<Champ> {
    let nom = |champ: &str| format!("c{rang}_{champ}");
    let cases = |champ: &str, legende: &str, options: Vec<OptionDeChamp>| {
        Champ::Options(f.cases(nom(champ), legende, options).en_colonnes())
    };
    let deux = |options: fn() -> Vec<OptionDeChamp>| {
        vec![cases("surs", "Acceptés", options()), cases("doutes", "Peut-être acceptés (facultatif)", options())]
    };
    let court = |champ: &str, libelle: &str| Champ::Texte(texte(f, nom(champ), libelle));
    let nombre = |champ: &str, libelle: &str| Champ::Texte(texte(f, nom(champ), libelle).chiffres());
    let codes = |champ: &str, libelle: &str| {
        Champ::Long(f.long(nom(champ), libelle, 20_000).aide("Codes séparés par des espaces.").lignes(2))
    };
    match genre {
        "porteurs" => deux(porteurs),
        "etapes" => deux(|| options(Etape::connues(), Etape::as_str, Etape::libelle)),
        "depenses" => deux(|| options(NatureDepense::TOUS, NatureDepense::as_str, NatureDepense::libelle)),
        "population" => vec![
            nombre("au_moins", "Au moins"),
            nombre("au_plus", "Au plus"),
            nombre("moins_de", "Moins de"),
            nombre("a_verifier_jusqu_a", "Parfois possible jusqu’à"),
        ],
        "territoire" => vec![
            court("nom", "Nom du territoire, avec son article (« la Meurthe-et-Moselle »)"),
            codes("departements", "Départements (54, 2A…) (facultatif)"),
            codes("regions", "Régions (44…) (facultatif)"),
            codes("epci", "Intercommunalités (numéro SIREN) (facultatif)"),
            codes("communes", "Communes (54129…) (facultatif)"),
            codes("sauf_epci", "Sauf les intercommunalités (facultatif)"),
            nombre("millesime", "Année de la liste (facultatif)"),
        ],
        "adhesion" => vec![court("organisme", "Organisme, avec son article (« l’agence MMD 54 »)")],
        "autre" => vec![Champ::Long(f.long(nom("phrase"), "La condition, en une phrase", 1_000).lignes(2))],
        _ => Vec::new(),
    }
}

fn details(f: &Formulaire, rang: usize) -> Vec<Champ> {
    let nom = |champ: &str| format!("c{rang}_{champ}");
    vec![
        Champ::Options(
            f.cases(nom("pour"), "Cette condition ne vaut que pour (facultatif)", porteurs())
                .aide("Aucun coché : tous.")
                .en_colonnes(),
        ),
        Champ::Texte(texte(
            f,
            nom("source_libelle"),
            "Source de cette condition, si ce n’est pas celle de la fiche (facultatif)",
        )),
        Champ::Texte(texte(f, nom("source_url"), "Adresse de cette source (facultatif)")),
        Champ::Texte(texte(f, nom("source_le"), "Relevé le (facultatif)").date()),
        Champ::Selection(source::surete(f, nom("source_surete"))),
    ]
}

fn options<T: Copy>(tous: &[T], code: fn(T) -> &'static str, libelle: fn(T) -> &'static str) -> Vec<OptionDeChamp> {
    tous.iter().map(|valeur| OptionDeChamp::nouvelle(code(*valeur), libelle(*valeur))).collect()
}

pub(super) fn en_saisie(saisie: Saisie, rang: usize, critere: &Critere) -> Saisie {
    let nom = |champ: &str| format!("c{rang}_{champ}");
    let liste = |saisie: Saisie, champ: &str, codes: &[&str]| {
        codes.iter().fold(saisie, |saisie, code| saisie.avec(&nom(champ), *code))
    };
    let joints = |codes: &[&str]| codes.join(" ");
    let nombre = |n: Option<u32>| n.map(|n| n.to_string()).unwrap_or_default();
    let annee = |n: Option<i16>| n.map(|n| n.to_string()).unwrap_or_default();
    let mut s = saisie.avec("critere", rang.to_string()).avec(&nom("genre"), critere.condition.code());
    s = match &critere.condition {
        Condition::Porteurs { acceptes, a_verifier } => {
            let codes = |p: &[Porteur]| p.iter().map(|p| p.as_str()).collect::<Vec<_>>();
            liste(liste(s, "surs", &codes(acceptes)), "doutes", &codes(a_verifier))
        }
        Condition::Etapes { acceptees, a_verifier } => {
            let codes = |e: &[Etape]| e.iter().map(|e| e.as_str()).collect::<Vec<_>>();
            liste(liste(s, "surs", &codes(acceptees)), "doutes", &codes(a_verifier))
        }
        Condition::Depenses { acceptees, a_verifier } => {
            let codes = |d: &[NatureDepense]| d.iter().map(|d| d.as_str()).collect::<Vec<_>>();
            liste(liste(s, "surs", &codes(acceptees)), "doutes", &codes(a_verifier))
        }
        Condition::Population(p) => s
            .avec(&nom("au_moins"), nombre(p.au_moins))
            .avec(&nom("au_plus"), nombre(p.au_plus))
            .avec(&nom("moins_de"), nombre(p.moins_de))
            .avec(&nom("a_verifier_jusqu_a"), nombre(p.a_verifier_jusqu_a)),
        Condition::Territoire(t) => s
            .avec(&nom("nom"), &t.nom)
            .avec(&nom("departements"), t.departements.join(" "))
            .avec(&nom("regions"), t.regions.join(" "))
            .avec(&nom("epci"), joints(&t.epci.iter().map(|c| c.as_str()).collect::<Vec<_>>()))
            .avec(&nom("communes"), joints(&t.communes.iter().map(|c| c.as_str()).collect::<Vec<_>>()))
            .avec(&nom("sauf_epci"), joints(&t.sauf_epci.iter().map(|c| c.as_str()).collect::<Vec<_>>()))
            .avec(&nom("millesime"), annee(t.millesime)),
        Condition::Adhesion { organisme } => s.avec(&nom("organisme"), organisme),
        Condition::Zonage(z) => zonage::en_saisie(s, rang, z),
        Condition::Autre { phrase } => s.avec(&nom("phrase"), phrase),
        Condition::DevisNonSigne | Condition::TravauxNonCommences | Condition::Carence | Condition::MarchePrevu => s,
    };
    s = liste(s, "pour", &critere.pour.iter().map(|p| p.as_str()).collect::<Vec<_>>());
    match &critere.source {
        Some(source) => source::en_saisie(s, &nom(""), source),
        None => s,
    }
}

pub(super) fn lire(l: &mut Lecteur<'_>, saisie: &Saisie, rang: usize, listes: &[ListeConnue]) -> Option<Critere> {
    let nom = |champ: &str| format!("c{rang}_{champ}");
    let condition = lire_condition(l, saisie, rang, listes)?;
    let pour = l.plusieurs(&nom("pour"), 18, "C’est trop.");
    let source = source::lire(l, &nom(""));
    Some(Critere { condition, pour, source })
}

fn lire_condition(l: &mut Lecteur<'_>, saisie: &Saisie, rang: usize, listes: &[ListeConnue]) -> Option<Condition> {
    let nom = |champ: &str| format!("c{rang}_{champ}");
    Some(match saisie.texte(&nom("genre")) {
        "porteurs" => {
            let (acceptes, a_verifier) = surs_et_doutes(l, rang)?;
            Condition::Porteurs { acceptes, a_verifier }
        }
        "etapes" => {
            let (acceptees, a_verifier) = surs_et_doutes(l, rang)?;
            Condition::Etapes { acceptees, a_verifier }
        }
        "depenses" => {
            let (acceptees, a_verifier) = surs_et_doutes(l, rang)?;
            Condition::Depenses { acceptees, a_verifier }
        }
        "population" => lire_population(l, saisie, rang)?,
        "territoire" => lire_territoire(l, saisie, rang)?,
        "devis" => Condition::DevisNonSigne,
        "travaux" => Condition::TravauxNonCommences,
        "carence" => Condition::Carence,
        "marche-prevu" => Condition::MarchePrevu,
        "adhesion" => Condition::Adhesion {
            organisme: l.texte(&nom("organisme"), "Dites à quel organisme il faut adhérer.", 2, 160)?,
        },
        "zonage" => Condition::Zonage(zonage::lire(l, saisie, rang, listes)?),
        "autre" => {
            Condition::Autre { phrase: l.texte(&nom("phrase"), "Écrivez la condition en une phrase.", 3, 1_000)? }
        }
        _ => {
            l.erreurs.ajouter("ajout", "Une condition n’a pas été comprise. Retirez-la et ajoutez-la de nouveau.");
            return None;
        }
    })
}

fn surs_et_doutes<T: FromStr + PartialEq>(l: &mut Lecteur<'_>, rang: usize) -> Option<(Vec<T>, Vec<T>)> {
    let surs: Vec<T> = l.plusieurs(&format!("c{rang}_surs"), 18, "C’est trop.");
    let mut doutes: Vec<T> = l.plusieurs(&format!("c{rang}_doutes"), 18, "C’est trop.");
    doutes.retain(|doute| !surs.contains(doute));
    if surs.is_empty() && doutes.is_empty() {
        l.erreurs.ajouter(&format!("c{rang}_surs"), "Cochez au moins une case, ou retirez la condition.");
        return None;
    }
    Some((surs, doutes))
}

fn lire_population(l: &mut Lecteur<'_>, saisie: &Saisie, rang: usize) -> Option<Condition> {
    let mut un = |champ: &str| nombre_libre(l, saisie, &format!("c{rang}_{champ}"));
    let population = Population {
        au_moins: un("au_moins")?,
        au_plus: un("au_plus")?,
        moins_de: un("moins_de")?,
        a_verifier_jusqu_a: un("a_verifier_jusqu_a")?,
    };
    if population.au_moins.or(population.au_plus).or(population.moins_de).is_none() {
        l.erreurs.ajouter(&format!("c{rang}_au_moins"), "Donnez au moins une limite, ou retirez la condition.");
        return None;
    }
    Some(Condition::Population(population))
}

fn lire_territoire(l: &mut Lecteur<'_>, saisie: &Saisie, rang: usize) -> Option<Condition> {
    let nom = |champ: &str| format!("c{rang}_{champ}");
    let mots = |champ: &str| -> Vec<String> {
        saisie
            .texte(&nom(champ))
            .split([' ', ',', ';', '\n', '\t'])
            .filter(|m| !m.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let regions = mots("regions");
    if let Some(faux) = regions.iter().find(|code| code.len() != 2 || !code.bytes().all(|o| o.is_ascii_digit())) {
        l.erreurs.ajouter(&nom("regions"), format!("« {faux} » n’est pas un code de région : deux chiffres."));
    }
    let departements: Vec<domain::code::CodeDepartement> = codes(l, saisie, &nom("departements"), "un département")?;
    let zone = Territoire {
        nom: l.texte(&nom("nom"), "Donnez le nom du territoire.", 2, 200)?,
        departements: departements.iter().map(ToString::to_string).collect(),
        regions,
        epci: codes(l, saisie, &nom("epci"), "une intercommunalité")?,
        communes: codes(l, saisie, &nom("communes"), "une commune")?,
        sauf_epci: codes(l, saisie, &nom("sauf_epci"), "une intercommunalité")?,
        millesime: annee_libre(l, saisie, &nom("millesime"))?,
    };
    let vide =
        zone.departements.is_empty() && zone.regions.is_empty() && zone.epci.is_empty() && zone.communes.is_empty();
    if vide {
        l.erreurs.ajouter(&nom("departements"), "Donnez au moins un code, ou retirez la condition.");
        return None;
    }
    Some(Condition::Territoire(zone))
}

pub(super) fn codes<T: FromStr>(l: &mut Lecteur<'_>, saisie: &Saisie, nom: &str, quoi: &str) -> Option<Vec<T>> {
    let mut codes = Vec::new();
    for mot in saisie.texte(nom).split([' ', ',', ';', '\n', '\t']).filter(|mot| !mot.is_empty()) {
        match mot.parse() {
            Ok(code) => codes.push(code),
            Err(_) => {
                l.erreurs.ajouter(nom, format!("« {mot} » n’est pas le code d’{quoi}."));
                return None;
            }
        }
    }
    Some(codes)
}

fn chiffres(saisie: &Saisie, nom: &str) -> String {
    saisie.texte(nom).chars().filter(|c| !c.is_whitespace()).collect()
}

pub(super) fn nombre<T: FromStr>(l: &mut Lecteur<'_>, saisie: &Saisie, nom: &str, annee: bool) -> Option<T> {
    let lu = chiffres(saisie, nom).parse().ok();
    if lu.is_none() {
        let exemple =
            if annee { "Écrivez une année, par exemple 2024." } else { "Écrivez un nombre, par exemple 2 000." };
        l.erreurs.ajouter(nom, exemple);
    }
    lu
}

fn nombre_libre(l: &mut Lecteur<'_>, saisie: &Saisie, nom: &str) -> Option<Option<u32>> {
    if chiffres(saisie, nom).is_empty() { Some(None) } else { nombre(l, saisie, nom, false).map(Some) }
}

pub(super) fn annee_libre(l: &mut Lecteur<'_>, saisie: &Saisie, nom: &str) -> Option<Option<i16>> {
    if chiffres(saisie, nom).is_empty() { Some(None) } else { nombre(l, saisie, nom, true).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::super::{en_saisie, lire};
    use super::{ajouter, rangs, retirer};
    use crate::Catalogue;

    #[test]
    fn une_condition_s_ajoute_et_se_retire() {
        let detr = Catalogue::embarque().unwrap().par_id("detr").unwrap().clone();
        let avec = ajouter(en_saisie(&detr).avec("ajout", "autre"));
        let rang = rangs(&avec).len() - 1;
        assert!(lire(&avec, Some("detr"), &[]).unwrap_err().de(&format!("c{rang}_phrase")).is_some(), "empty: said so");
        let remplie = avec.avec(&format!("c{rang}_phrase"), "Le conseil a délibéré.");
        assert_eq!(lire(&remplie, Some("detr"), &[]).unwrap().criteres.len(), detr.criteres.len() + 1);
        let sans = retirer(retirer(remplie, &rang.to_string()), "0");
        assert_eq!(lire(&sans, Some("detr"), &[]).unwrap().criteres, detr.criteres[1..]);
    }
}
