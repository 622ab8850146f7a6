//! A sheet in words, line by line: shown on its page, and compared line by line between two versions.

use domain::cents::milliers;
use domain::constat::Surete;
use domain::dates::en_lettres;
use domain::plan::Montant;
use domain::profil::{Etape, NatureDepense, Porteur};
use domain::regle::financement::pourcentage;
use domain::theme::NomsDeThemes;

use super::critere::{Condition, Critere, Population, Territoire, Zonage};
use super::{Levier, ParametresAide};

/// A line of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ligne {
    /// What.
    pub cle: String,
    /// In words.
    pub valeur: String,
}

/// What differs on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What.
    pub cle: String,
    /// Before; empty when the line is new.
    pub avant: String,
    /// After; empty when the line is gone.
    pub apres: String,
}

/// The whole sheet; what is not said has no line.
#[must_use]
pub fn lignes(levier: &Levier, noms: &NomsDeThemes) -> Vec<Ligne> {
    let mut lignes = Vec::new();
    let mut dire = |cle: &str, valeur: String| {
        if !valeur.is_empty() {
            lignes.push(Ligne { cle: cle.to_owned(), valeur });
        }
    };
    dire("Nom", levier.nom.clone());
    dire("Ce que c’est", levier.nature.libelle().to_owned());
    dire("Qui propose", format!("{} ({})", levier.porteur.nom, levier.porteur.genre.libelle().to_lowercase()));
    dire("Avec", levier.porteur.avec.clone().unwrap_or_default());
    dire("En bref", levier.resume.clone());
    dire("Pour quoi", levier.pour_quoi.clone());
    dire("Montant", levier.montant.clone());
    dire("Thèmes", noms.noms(levier.themes.iter().copied()));
    dire("Thèmes à vérifier", noms.noms(levier.themes_a_verifier.iter().copied()));
    dire("Ouverte à partir du", levier.valable_du.map(en_lettres).unwrap_or_default());
    dire("Ouverte jusqu’au", levier.valable_au.map(en_lettres).unwrap_or_default());
    dire("Textes de loi", levier.bases_legales.join(" ; "));
    dire("Base de compétence", levier.base_de_competence.map(|base| base.libelle().to_owned()).unwrap_or_default());
    dire("Contact", levier.contact.clone().unwrap_or_default());
    dire("Page", levier.url.clone().unwrap_or_default());
    dire("Source", source(levier));
    dire("Sûreté de la source", surete(levier.source.surete).to_owned());
    dire("Qui tient la fiche à jour", levier.responsable.clone());
    dire("À revoir le", en_lettres(levier.a_revoir_le));
    dire("Dans le calcul", levier.aide.map(calcul).unwrap_or_default());
    for (rang, critere) in levier.criteres.iter().enumerate() {
        dire(&format!("Condition {}", rang + 1), en_mots(critere));
    }
    lignes
}

/// Lines that differ, in the order of the sheet; conditions are compared by what they say, not by their rank.
#[must_use]
pub fn differences(avant: &Levier, apres: &Levier, noms: &NomsDeThemes) -> Vec<Difference> {
    let (avant, apres) = (lignes(avant, noms), lignes(apres, noms));
    let est_condition = |ligne: &Ligne| ligne.cle.starts_with("Condition ");
    let mut differences = Vec::new();
    for ligne in avant.iter().filter(|ligne| !est_condition(ligne)) {
        let suite = apres.iter().find(|autre| autre.cle == ligne.cle).map_or("", |autre| autre.valeur.as_str());
        if suite != ligne.valeur {
            let (cle, avant, apres) = (ligne.cle.clone(), ligne.valeur.clone(), suite.to_owned());
            differences.push(Difference { cle, avant, apres });
        }
    }
    for ligne in apres.iter().filter(|l| !est_condition(l) && !avant.iter().any(|autre| autre.cle == l.cle)) {
        let (cle, apres) = (ligne.cle.clone(), ligne.valeur.clone());
        differences.push(Difference { cle, avant: String::new(), apres });
    }
    let absentes_de = |de: &[Ligne], dans: &[Ligne]| -> Vec<String> {
        let dites =
            |l: &&Ligne| est_condition(l) && !dans.iter().any(|autre| est_condition(autre) && autre.valeur == l.valeur);
        de.iter().filter(dites).map(|ligne| ligne.valeur.clone()).collect()
    };
    let (otees, ajoutees) = (absentes_de(&avant, &apres), absentes_de(&apres, &avant));
    differences.extend(otees.into_iter().map(|avant| Difference {
        cle: "Condition retirée".to_owned(),
        avant,
        apres: String::new(),
    }));
    differences.extend(ajoutees.into_iter().map(|apres| Difference {
        cle: "Condition ajoutée".to_owned(),
        avant: String::new(),
        apres,
    }));
    differences
}

/// How sure a source is, in words.
#[must_use]
pub fn surete(surete: Surete) -> &'static str {
    match surete {
        Surete::Haute => "Lue sur un texte officiel",
        Surete::Moyenne => "Connue, à relire",
        Surete::Faible => "De mémoire : à vérifier",
    }
}

fn source(levier: &Levier) -> String {
    let source = &levier.source;
    let le = source.consultee_le.map(|jour| format!(" (relevé le {})", en_lettres(jour))).unwrap_or_default();
    let url = source.url.as_deref().map(|url| format!(", {url}")).unwrap_or_default();
    format!("{}{url}{le}", source.libelle)
}

fn calcul(aide: ParametresAide) -> String {
    let mut mots = vec![if aide.publique { "argent public" } else { "argent privé" }.to_owned()];
    if aide.fonds_de_concours {
        mots.push("fonds de concours".to_owned());
    }
    mots.push(aide.montant.map_or_else(|| "montant inconnu, rien n’est compté".to_owned(), montant));
    if aide.exemple {
        mots.push("chiffres d’exemple".to_owned());
    }
    mots.join(", ")
}

fn montant(montant: Montant) -> String {
    let Montant { taux, bonus, plafond, minimum, forfait, plafond_public } = montant;
    [
        forfait.map(|forfait| format!("somme fixe de {}", forfait.en_euros())),
        taux.map(|taux| format!("{} du coût", pourcentage(taux))),
        bonus.map(|bonus| format!("bonus de {}", pourcentage(bonus))),
        plafond.map(|plafond| format!("au plus {}", plafond.en_euros())),
        minimum.map(|minimum| format!("rien en dessous de {}", minimum.en_euros())),
        plafond_public.map(|part| format!("aides publiques ensemble : au plus {} du coût", pourcentage(part))),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
}

/// A condition, with the bearers it concerns.
#[must_use]
pub fn en_mots(critere: &Critere) -> String {
    let condition = condition(&critere.condition);
    if critere.pour.is_empty() { condition } else { format!("{condition} (pour : {})", porteurs(&critere.pour)) }
}

fn condition(condition: &Condition) -> String {
    match condition {
        Condition::Porteurs { acceptes, a_verifier } => avec_doute("Pour", &porteurs(acceptes), &porteurs(a_verifier)),
        Condition::Etapes { acceptees, a_verifier } => {
            avec_doute("Étapes acceptées", &etapes(acceptees), &etapes(a_verifier))
        }
        Condition::Depenses { acceptees, a_verifier } => {
            avec_doute("Peut payer", &depenses(acceptees), &depenses(a_verifier))
        }
        Condition::Population(limites) => format!("Habitants de la commune : {}", population(limites)),
        Condition::Territoire(zone) => territoire(zone),
        Condition::DevisNonSigne => "Aucun devis signé avant la réponse".to_owned(),
        Condition::TravauxNonCommences => "Travaux non commencés avant la réponse".to_owned(),
        Condition::Carence => "Le service manque sur place, et on peut le prouver".to_owned(),
        Condition::MarchePrevu => "Un marché est prévu dans les douze mois".to_owned(),
        Condition::Adhesion { organisme } => format!("Adhérer à un organisme : {organisme}"),
        Condition::Zonage(zonage) => en_zonage(zonage),
        Condition::Autre { phrase } => phrase.clone(),
    }
}

fn avec_doute(debut: &str, surs: &str, doutes: &str) -> String {
    match (surs, doutes) {
        (surs, "") => format!("{debut} : {surs}"),
        ("", doutes) => format!("{debut}, à vérifier : {doutes}"),
        (surs, doutes) => format!("{debut} : {surs}. À vérifier : {doutes}"),
    }
}

fn population(limites: &Population) -> String {
    let partie = |mots: &str, valeur: Option<u32>| valeur.map(|n| format!("{mots} {}", milliers(u64::from(n))));
    [
        partie("au moins", limites.au_moins),
        partie("au plus", limites.au_plus),
        partie("moins de", limites.moins_de),
        partie("parfois jusqu’à", limites.a_verifier_jusqu_a),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
}

fn territoire(zone: &Territoire) -> String {
    let codes: Vec<String> = [
        ("départements", zone.departements.clone()),
        ("régions", zone.regions.clone()),
        ("intercommunalités", zone.epci.iter().map(ToString::to_string).collect()),
        ("communes", zone.communes.iter().map(ToString::to_string).collect()),
        ("sauf", zone.sauf_epci.iter().map(ToString::to_string).collect()),
    ]
    .into_iter()
    .filter(|(_, codes)| !codes.is_empty())
    .map(|(quoi, codes)| format!("{quoi} {}", codes.join(" ")))
    .collect();
    let annee = zone.millesime.map(|annee| format!(", liste de {annee}")).unwrap_or_default();
    format!("Territoire : {} ({}{annee})", zone.nom, codes.join(" ; "))
}

fn en_zonage(zonage: &Zonage) -> String {
    let liste = |mots: &str, codes: &[domain::code::CodeCommune]| {
        let codes: Vec<&str> = codes.iter().map(domain::code::CodeCommune::as_str).collect();
        if codes.is_empty() { String::new() } else { format!(", {mots} {}", codes.join(" ")) }
    };
    if let Some(id) = &zonage.liste {
        return format!("Être dans {}, liste de {} (liste de ce site : {id})", zonage.nom, zonage.millesime);
    }
    format!(
        "Être dans {}, liste de {}{}{}",
        zonage.nom,
        zonage.millesime,
        liste("communes connues :", &zonage.communes),
        liste("absentes :", &zonage.absentes)
    )
}

fn porteurs(porteurs: &[Porteur]) -> String {
    joindre(porteurs.iter().map(|porteur| porteur.libelle()))
}

fn etapes(etapes: &[Etape]) -> String {
    joindre(etapes.iter().map(|etape| etape.libelle()))
}

fn depenses(depenses: &[NatureDepense]) -> String {
    joindre(depenses.iter().map(|depense| depense.libelle()))
}

fn joindre<'a>(mots: impl Iterator<Item = &'a str>) -> String {
    mots.collect::<Vec<_>>().join(" ; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;

    fn detr() -> Levier {
        Catalogue::embarque().unwrap().par_id("detr").unwrap().clone()
    }

    #[test]
    fn une_fiche_ne_differe_pas_d_elle_meme_et_toutes_se_disent() {
        for catalogue in [Catalogue::embarque().unwrap(), Catalogue::demonstration().unwrap()] {
            for levier in catalogue.leviers() {
                assert_eq!(differences(levier, levier, &NomsDeThemes::default()), []);
                assert!(
                    lignes(levier, &NomsDeThemes::default()).iter().all(|ligne| !ligne.valeur.is_empty()),
                    "{}",
                    levier.id
                );
            }
        }
    }

    #[test]
    fn une_condition_otee_et_une_autre_ajoutee_se_disent_sans_les_voisines() {
        let avant = detr();
        let mut apres = avant.clone();
        apres.montant = "20 % à 60 %.".into();
        apres.criteres.remove(0);
        apres.criteres.push(Critere { condition: Condition::Carence, pour: vec![], source: None });
        let dites: Vec<String> =
            differences(&avant, &apres, &NomsDeThemes::default()).into_iter().map(|d| d.cle).collect();
        assert_eq!(dites, ["Montant", "Condition retirée", "Condition ajoutée"]);
    }
}
