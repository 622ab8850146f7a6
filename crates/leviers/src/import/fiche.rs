//! An element of a feed and its mapping give a sheet, or the reason why not. What the feed does not say clearly becomes
//! a condition "à vérifier", never a guess.

use std::collections::{BTreeMap, BTreeSet};

use domain::code::CodeCommune;
use domain::constat::{Source, Surete};
use domain::profil::Porteur;
use domain::theme::Theme;
use domain::tri::cle_de_tri;
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use serde_json::Value;

use super::correspondance::{Correspondance, sens};
use super::lecture::textes;
use super::texte::{couper, debut, en_texte};
use crate::levier::critere::{Condition, Critere, Territoire};
use crate::levier::edition::formulaire::identifiant_de;
use crate::levier::{Anomalie, Financeur, Levier, NatureDeLevier, ParametresAide};

/// Words that the mapping does not know, by field.
pub type Inconnus = BTreeMap<&'static str, BTreeSet<String>>;

/// Reads the fields of one element.
struct Lecture<'a> {
    correspondance: &'a Correspondance,
    element: &'a Value,
}

impl Lecture<'_> {
    fn premier(&self, chemins: &[String]) -> Option<String> {
        chemins.iter().find_map(|chemin| textes(self.element, chemin).into_iter().next())
    }

    fn liste(&self, chemins: &[String]) -> Vec<String> {
        let bruts = chemins.iter().map(|chemin| textes(self.element, chemin)).find(|liste| !liste.is_empty());
        let coupe = |texte: String| match &self.correspondance.separateur {
            Some(separateur) => texte.split(separateur.as_str()).map(|mot| mot.trim().to_owned()).collect(),
            None => vec![texte],
        };
        bruts.unwrap_or_default().into_iter().flat_map(coupe).filter(|mot| !mot.is_empty()).collect()
    }

    fn texte(&self, chemins: &[String], max: usize) -> Option<String> {
        self.premier(chemins).map(|html| en_texte(&html, max)).filter(|texte| !texte.is_empty())
    }
}

/// Makes the sheet.
///
/// # Errors
/// The reason why the element is refused, in words.
pub fn faire(
    correspondance: &Correspondance,
    element: &Value,
    jour: Date,
    jour_de: &dyn Fn(Timestamp) -> Date,
    inconnus: &mut Inconnus,
) -> Result<Levier, String> {
    let l = Lecture { correspondance, element };
    let champs = &correspondance.champs;
    let cle = l.premier(&champs.cle).ok_or("Il manque l’identifiant de l’aide dans le flux.")?;
    let nom = l.texte(&champs.nom, 160).ok_or("Il manque le nom de l’aide.")?;
    let pour_quoi = l.texte(&champs.pour_quoi, 4_000).unwrap_or_default();
    let resume = l.texte(&champs.resume, 300).filter(|r| *r != nom).unwrap_or_else(|| debut(&pour_quoi, 300));
    if pour_quoi.is_empty() && resume.is_empty() {
        return Err("Il manque la description de l’aide.".to_owned());
    }
    let mut conditions = Vec::new();
    let porteur = porteur(&l);
    let nature = nature(&l, inconnus);
    let themes = themes(&l, &mut conditions, inconnus);
    publics(&l, &mut conditions, inconnus);
    territoire(&l, &mut conditions, inconnus);
    let valable_du = date(&l, &champs.ouverture, "Ouverture", jour_de, &mut conditions);
    let valable_au = date(&l, &champs.cloture, "Date limite", jour_de, &mut conditions);
    if let Some(phrase) = l.texte(&champs.conditions, 1_000) {
        conditions.push(Condition::Autre { phrase });
    }
    let url = l
        .premier(&champs.url)
        .map(|url| url.replace(' ', ""))
        .filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    let levier = Levier {
        id: identifiant_de(&format!("{}-{cle}", correspondance.id)),
        resume: if resume.is_empty() { nom.clone() } else { resume },
        pour_quoi: if pour_quoi.is_empty() { "Voir la page de l’aide.".to_owned() } else { pour_quoi },
        nom,
        nature,
        montant: montant(&l),
        bases_legales: Vec::new(),
        base_de_competence: None,
        contact: l.texte(&champs.contact, 600),
        responsable: correspondance.responsable.clone(),
        a_revoir_le: jour.checked_add(Span::new().months(correspondance.relecture_mois)).unwrap_or(jour),
        valable_du,
        valable_au,
        themes,
        themes_a_verifier: Vec::new(),
        aide: (nature == NatureDeLevier::Subvention).then_some(ParametresAide {
            publique: porteur.genre.est_public(),
            fonds_de_concours: false,
            exemple: false,
            montant: None,
        }),
        porteur,
        source: Source {
            libelle: correspondance.source.clone(),
            url: url.clone(),
            consultee_le: Some(jour),
            surete: Surete::Moyenne,
        },
        url,
        criteres: conditions.into_iter().map(|condition| Critere { condition, pour: vec![], source: None }).collect(),
    };
    refuser(&levier)?;
    Ok(levier)
}

/// R-20 is asked when an agent publishes: a feed cannot answer.
fn refuser(levier: &Levier) -> Result<(), String> {
    let Err(anomalies) = levier.verifier() else { return Ok(()) };
    let graves: Vec<String> = anomalies
        .iter()
        .filter(|a| a.champ != "base_de_competence")
        .map(|Anomalie { message, .. }| message.clone())
        .collect();
    if graves.is_empty() { Ok(()) } else { Err(graves.join(" ")) }
}

fn porteur(l: &Lecture<'_>) -> Financeur {
    let defaut = &l.correspondance.porteur;
    let Some(brut) = l.premier(&l.correspondance.champs.porteur) else { return defaut.clone() };
    let noms = noms_de_porteurs(&brut);
    let (Some(nom), autres) = (noms.first(), noms.get(1..).unwrap_or_default()) else { return defaut.clone() };
    let cle = cle_de_tri(nom);
    let genre = l.correspondance.vocabulaire.genres.iter().find(|(mot, _)| cle.contains(&cle_de_tri(mot)));
    Financeur {
        nom: couper(nom, 160),
        genre: genre.map_or(defaut.genre, |(_, genre)| *genre),
        avec: (!autres.is_empty()).then(|| couper(&autres.join(", "), 160)),
    }
}

/// Names of "[{ nom: 'ADEME', siren: '385290309', roles: [ 'instructeur' ]}, …]" (dispositif-aide), those who pay first;
/// any other text is one name.
fn noms_de_porteurs(brut: &str) -> Vec<String> {
    if !brut.starts_with("[{") {
        return vec![en_texte(brut, 160)];
    }
    let mut noms: Vec<(bool, String)> = brut
        .split('{')
        .skip(1)
        .filter_map(|porteur| {
            let (_, suite) = porteur.split_once("nom")?;
            let debut = suite.find(['\'', '"'])?;
            let guillemet = suite.get(debut..=debut)?;
            let nom = suite.get(debut + 1..)?.split(guillemet).next()?;
            Some((!porteur.contains("financeur"), nom.trim().to_owned()))
        })
        .collect();
    noms.sort_by_key(|(autre, _)| *autre);
    noms.into_iter().map(|(_, nom)| nom).collect()
}

fn nature(l: &Lecture<'_>, inconnus: &mut Inconnus) -> NatureDeLevier {
    let c = l.correspondance;
    let mut trouvees = Vec::new();
    for mot in l.liste(&c.champs.natures) {
        match sens(&c.vocabulaire.natures, &mot) {
            Some(nature) => trouvees.push(*nature),
            None => {
                inconnus.entry("nature").or_default().insert(mot);
            }
        }
    }
    // Money first: it is what the simulation asks about.
    let subvention = trouvees.iter().find(|n| **n == NatureDeLevier::Subvention);
    subvention.or(trouvees.first()).copied().unwrap_or(c.nature)
}

fn themes(l: &Lecture<'_>, conditions: &mut Vec<Condition>, inconnus: &mut Inconnus) -> Vec<Theme> {
    let c = l.correspondance;
    let mots = l.liste(&c.champs.themes);
    let mut themes: Vec<Theme> = Vec::new();
    for mot in &mots {
        match sens(&c.vocabulaire.themes, mot) {
            Some(connus) => themes.extend(connus),
            None => {
                inconnus.entry("thème").or_default().insert(mot.clone());
            }
        }
    }
    themes.sort();
    themes.dedup();
    if themes.is_empty() && !mots.is_empty() {
        let phrase = couper(&format!("Thèmes dits par la source : {}.", mots.join(", ")), 1_000);
        conditions.push(Condition::Autre { phrase });
    }
    themes
}

fn publics(l: &Lecture<'_>, conditions: &mut Vec<Condition>, inconnus: &mut Inconnus) {
    let c = l.correspondance;
    let mots = l.liste(&c.champs.publics);
    let mut acceptes: Vec<Porteur> = Vec::new();
    let mut flous = Vec::new();
    for mot in &mots {
        match sens(&c.vocabulaire.publics, mot) {
            Some(connus) => acceptes.extend(connus),
            None => {
                inconnus.entry("public").or_default().insert(mot.clone());
                flous.push(mot.clone());
            }
        }
    }
    acceptes.sort();
    acceptes.dedup();
    // A word that we do not know may be anybody: then nobody is refused.
    if flous.is_empty() && !acceptes.is_empty() {
        conditions.push(Condition::Porteurs { acceptes, a_verifier: Vec::new() });
    } else if !mots.is_empty() {
        let phrase = couper(&format!("Publics dits par la source : {}.", mots.join(", ")), 1_000);
        conditions.push(Condition::Autre { phrase });
    }
}

fn territoire(l: &Lecture<'_>, conditions: &mut Vec<Condition>, inconnus: &mut Inconnus) {
    let c = l.correspondance;
    let mots = l.liste(&c.champs.territoires);
    let mut zones = Vec::new();
    let mut flous = Vec::new();
    for mot in &mots {
        match zone(c, mot) {
            Some(zone) => zones.push(zone),
            None => {
                inconnus.entry("territoire").or_default().insert(mot.clone());
                flous.push(mot.clone());
            }
        }
    }
    if mots.is_empty() {
        zones.extend(c.territoire.clone());
    }
    let partout = |zone: &Territoire| {
        zone.departements.is_empty() && zone.regions.is_empty() && zone.epci.is_empty() && zone.communes.is_empty()
    };
    if !flous.is_empty() {
        let phrase = couper(&format!("Territoire dit par la source : {}.", flous.join(", ")), 1_000);
        conditions.push(Condition::Autre { phrase });
    } else if !zones.is_empty() && !zones.iter().any(partout) {
        conditions.push(Condition::Territoire(reunir(zones)));
    }
    let sauf = l.liste(&c.champs.exclusions);
    if !sauf.is_empty() {
        let phrase = couper(&format!("Territoires exclus par la source : {}.", sauf.join(", ")), 1_000);
        conditions.push(Condition::Autre { phrase });
    }
}

/// A word of the mapping, or a code of the national format: `PAYS-99100`, `REG-84`, `DEP-01`, `COM-83141`, `EPCI-…`.
fn zone(c: &Correspondance, mot: &str) -> Option<Territoire> {
    if let Some(zone) = sens(&c.vocabulaire.territoires, mot) {
        return Some(zone.clone());
    }
    let (genre, code) = mot.split_once('-')?;
    let nom = |quoi: &str| format!("{quoi} {code}");
    match genre {
        "PAYS" if code == "99100" => Some(Territoire { nom: "la France".to_owned(), ..Territoire::default() }),
        "REG" => Some(Territoire { nom: nom("la région"), regions: vec![code.to_owned()], ..Territoire::default() }),
        "DEP" => Some(Territoire {
            nom: nom("le département"),
            departements: vec![code.to_owned()],
            ..Territoire::default()
        }),
        "COM" => {
            let commune: CodeCommune = code.parse().ok()?;
            Some(Territoire { nom: nom("la commune"), communes: vec![commune], ..Territoire::default() })
        }
        "EPCI" => {
            let epci = code.parse().ok()?;
            Some(Territoire { nom: nom("l’intercommunalité"), epci: vec![epci], ..Territoire::default() })
        }
        _ => None,
    }
}

fn reunir(zones: Vec<Territoire>) -> Territoire {
    let nom = couper(&zones.iter().map(|zone| zone.nom.as_str()).collect::<Vec<_>>().join(", "), 200);
    zones.into_iter().fold(Territoire { nom, ..Territoire::default() }, |mut tout, zone| {
        tout.departements.extend(zone.departements);
        tout.regions.extend(zone.regions);
        tout.epci.extend(zone.epci);
        tout.communes.extend(zone.communes);
        tout
    })
}

fn montant(l: &Lecture<'_>) -> String {
    let champs = &l.correspondance.champs;
    let mots = l.texte(&champs.montant, 800);
    let taux = match (l.premier(&champs.taux_min), l.premier(&champs.taux_max)) {
        (Some(min), Some(max)) if min != max => Some(format!("De {min} à {max} %")),
        (None | Some(_), Some(max)) => Some(format!("Jusqu’à {max} %")),
        (Some(min), None) => Some(format!("À partir de {min} %")),
        (None, None) => None,
    };
    match (taux, mots) {
        (Some(taux), Some(mots)) => format!("{taux}. {mots}"),
        (Some(taux), None) => format!("{taux} (dit par la source, à vérifier)."),
        (None, Some(mots)) => mots,
        (None, None) => "À vérifier sur la page de l’aide.".to_owned(),
    }
}

fn date(
    l: &Lecture<'_>,
    chemins: &[String],
    quoi: &str,
    jour_de: &dyn Fn(Timestamp) -> Date,
    conditions: &mut Vec<Condition>,
) -> Option<Date> {
    let texte = l.premier(chemins)?;
    let lue = lire_date(&texte, jour_de);
    if lue.is_none() {
        conditions.push(Condition::Autre { phrase: couper(&format!("{quoi} dite par la source : {texte}."), 1_000) });
    }
    lue
}

/// `2025-10-15`, `2019-07-07T22:00:00.000Z` (the next day in Paris), `2023-12-31T23:59:59+01:00`, `15 avril 2022`,
/// `15/04/2022`.
fn lire_date(texte: &str, jour_de: &dyn Fn(Timestamp) -> Date) -> Option<Date> {
    if texte.contains('T')
        && let Ok(instant) = texte.parse::<Timestamp>()
    {
        return Some(jour_de(instant));
    }
    if let Some(date) = web::formulaire::lire_date(texte) {
        return Some(date);
    }
    let mots: Vec<&str> = texte.split_whitespace().collect();
    let [jour, mois, annee] = mots.as_slice() else { return None };
    const MOIS: &[&str] = &[
        "janvier",
        "fevrier",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "aout",
        "septembre",
        "octobre",
        "novembre",
        "decembre",
    ];
    let rang = MOIS.iter().position(|nom| *nom == cle_de_tri(mois))?;
    let jour = jour.trim_end_matches("er").parse().ok()?;
    Date::new(annee.parse().ok()?, i8::try_from(rang + 1).ok()?, jour).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use rstest::rstest;

    #[rstest]
    #[case("2025-10-15", Some(date(2025, 10, 15)))]
    #[case("2019-07-07T22:00:00.000Z", Some(date(2019, 7, 8)))]
    #[case("2023-12-31T23:59:59+01:00", Some(date(2023, 12, 31)))]
    #[case("15 août 2022", Some(date(2022, 8, 15)))]
    #[case("1er mars 2022", Some(date(2022, 3, 1)))]
    #[case("04/07/2024", Some(date(2024, 7, 4)))]
    #[case("bientôt", None)]
    #[case("31 février 2022", None)]
    fn les_dates_des_flux(#[case] texte: &str, #[case] attendu: Option<Date>) {
        // Summer time in Paris for the one that matters.
        let jour_de = |instant: Timestamp| {
            jiff::tz::Offset::constant(if instant.to_string().as_str() < "2019-12" { 2 } else { 1 })
                .to_datetime(instant)
                .date()
        };
        assert_eq!(lire_date(texte, &jour_de), attendu);
    }

    #[rstest]
    #[case("[{ nom: 'ADEME', siren: '385290309', roles: [ 'instructeur' ]}, { nom: 'BPIFRANCE', roles: [ 'financeur' ]}]", &["BPIFRANCE", "ADEME"])]
    #[case("Région Grand Est", &["Région Grand Est"])]
    #[case("[{ cassé", &[])]
    fn les_porteurs(#[case] brut: &str, #[case] attendus: &[&str]) {
        assert_eq!(noms_de_porteurs(brut), attendus);
    }
}
