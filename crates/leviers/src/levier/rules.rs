//! Matching a lever with a project. Pure: each criterion gives a constat with its reason; unknown is never no.

use domain::cents::milliers;
use domain::constat::{Constat, Source, Verdict};
use domain::dates::en_lettres;
use domain::plan::Aide;
use domain::profil::{Etape, FaitsCommune, Porteur, ProfilDeProjet, Reponse};
use domain::theme::{NomsDeThemes, Theme};
use jiff::civil::Date;

use super::critere::{Condition, Critere, Population, Territoire};
use super::{Levier, NatureDeLevier, zonage};

/// What a lever says of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appariement {
    /// Id of the lever.
    pub levier: String,
    /// Answer of all criteria together; never `SansObjet`.
    pub verdict: Verdict,
    /// One per criterion, in the order of the sheet; `SansObjet` for those of other bearers.
    pub constats: Vec<Constat>,
    /// Is the lever in force and its sheet read again in time? Otherwise it stays out of the simulation.
    pub en_vigueur: bool,
}

impl Appariement {
    /// Constats that refuse.
    pub fn refus(&self) -> impl Iterator<Item = &Constat> {
        self.constats.iter().filter(|constat| constat.verdict == Verdict::Non)
    }

    /// Constats still to be checked.
    pub fn a_verifier(&self) -> impl Iterator<Item = &Constat> {
        self.constats.iter().filter(|constat| constat.verdict == Verdict::AVerifier)
    }
}

/// Do figures marked "exemple" count?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exemples {
    /// In the demonstration only.
    Comptes,
    /// Everywhere else.
    Ignores,
}

/// Matches one lever with a project on a day; `noms` says how themes are called here.
#[must_use]
pub fn apparier(
    levier: &Levier,
    profil: &ProfilDeProjet,
    commune: &FaitsCommune,
    jour: Date,
    noms: &NomsDeThemes,
) -> Appariement {
    let dates = constats_de_dates(levier, jour);
    let en_vigueur = dates.is_empty();
    let criteres = levier.criteres.iter().map(|critere| juger(critere, profil, commune));
    let constats: Vec<Constat> = themes(levier, profil, noms)
        .into_iter()
        .map(Jugement::Propre)
        .chain(criteres)
        .chain(dates.into_iter().map(Jugement::Propre))
        .map(|jugement| jugement.avec_source(&levier.source))
        .collect();
    let verdict = match Verdict::ensemble(constats.iter().map(|constat| constat.verdict)) {
        Verdict::SansObjet => Verdict::Oui,
        verdict => verdict,
    };
    Appariement { levier: levier.id.clone(), verdict, constats, en_vigueur }
}

/// Matches every lever: yes first, then those with the fewest doubts, refusals last; the order of the catalogue otherwise.
#[must_use]
pub fn apparier_tous<'a>(
    leviers: impl IntoIterator<Item = &'a Levier>,
    profil: &ProfilDeProjet,
    commune: &FaitsCommune,
    jour: Date,
    noms: &NomsDeThemes,
) -> Vec<(&'a Levier, Appariement)> {
    let mut paires: Vec<_> =
        leviers.into_iter().map(|levier| (levier, apparier(levier, profil, commune, jour, noms))).collect();
    paires.sort_by_key(|(_, appariement)| {
        let rang = match appariement.verdict {
            Verdict::Oui => 0,
            Verdict::AVerifier | Verdict::SansObjet => 1,
            Verdict::Non => 2,
        };
        (rang, appariement.a_verifier().count())
    });
    paires
}

/// The aid to simulate: only a subsidy, in force, that is not refused. Its amount is `None` while it is not known, or
/// when its figures are examples and examples do not count: the plan then names it without counting it.
#[must_use]
pub fn aide(levier: &Levier, appariement: &Appariement, exemples: Exemples) -> Option<Aide> {
    let parametres = levier.aide?;
    let compte = matches!(levier.nature, NatureDeLevier::Subvention | NatureDeLevier::Recrutement)
        && appariement.en_vigueur
        && appariement.verdict != Verdict::Non;
    compte.then(|| Aide {
        id: levier.id.clone(),
        nom: levier.nom.clone(),
        montant: parametres.montant.filter(|_| !parametres.exemple || exemples == Exemples::Comptes),
        avec_bonus: false,
        publique: parametres.publique,
        fonds_de_concours: parametres.fonds_de_concours,
    })
}

/// A constat, and the criterion it comes from when it has its own source.
enum Jugement<'a> {
    Propre(Constat),
    Du(&'a Critere, Constat),
}

impl Jugement<'_> {
    fn avec_source(self, defaut: &Source) -> Constat {
        let (constat, source) = match self {
            Self::Propre(constat) => (constat, defaut),
            Self::Du(critere, constat) => (constat, critere.source.as_ref().unwrap_or(defaut)),
        };
        constat.source(source.clone())
    }
}

/// Judges conditions alone, each constat with its source: for what is not a lever but has conditions too.
#[must_use]
pub fn juger_criteres(
    criteres: &[Critere],
    source: &Source,
    profil: &ProfilDeProjet,
    commune: &FaitsCommune,
) -> Vec<Constat> {
    criteres.iter().map(|critere| juger(critere, profil, commune).avec_source(source)).collect()
}

fn constats_de_dates(levier: &Levier, jour: Date) -> Vec<Constat> {
    let mut constats = Vec::new();
    if let Some(du) = levier.valable_du.filter(|du| jour < *du) {
        constats.push(doute(
            "validite",
            format!("Cette aide commence le {} : ce n’est pas encore ouvert.", en_lettres(du)),
        ));
    }
    if let Some(au) = levier.valable_au.filter(|au| *au < jour) {
        let phrase = format!("Cette aide était annoncée jusqu’au {} : demandez si elle continue.", en_lettres(au));
        constats.push(doute("validite", phrase));
    }
    if levier.a_revoir_le <= jour {
        let phrase = format!(
            "Cette fiche devait être relue le {} : elle a peut-être changé, elle n’entre pas dans le calcul.",
            en_lettres(levier.a_revoir_le)
        );
        constats.push(doute("relecture", phrase));
    }
    constats
}

fn themes(levier: &Levier, profil: &ProfilDeProjet, noms: &NomsDeThemes) -> Option<Constat> {
    if levier.themes.is_empty() {
        return None;
    }
    let commun = |liste: &[Theme]| profil.themes.iter().find(|theme| liste.contains(theme)).copied();
    let constat = if let Some(theme) = commun(&levier.themes) {
        oui("themes", format!("Le thème « {} » est aidé.", noms.nom(theme)))
    } else if let Some(theme) = commun(&levier.themes_a_verifier) {
        doute("themes", format!("Le thème « {} » est peut-être aidé : demandez-le.", noms.nom(theme)))
    } else if profil.themes.is_empty() {
        doute("themes", "Le projet n’a pas encore de thème.")
    } else {
        let aides = liste(levier.themes.iter().map(|theme| noms.nom(*theme)));
        non("themes", format!("Cette aide ne concerne pas les thèmes du projet. Elle concerne : {aides}."))
    };
    Some(constat)
}

fn juger<'a>(critere: &'a Critere, profil: &ProfilDeProjet, commune: &FaitsCommune) -> Jugement<'a> {
    let code = critere.condition.code();
    let indecis = profil.porteur == Porteur::PasDecide;
    if !critere.pour.is_empty() && !critere.pour.contains(&profil.porteur) && !indecis {
        let constat = Constat::critere(code, Verdict::SansObjet, "Cette condition ne concerne pas ce porteur.");
        return Jugement::Du(critere, constat);
    }
    let mut constat = examiner(&critere.condition, profil, commune);
    if !critere.pour.is_empty() && indecis && constat.verdict == Verdict::Non {
        let porteurs = liste(critere.pour.iter().map(|porteur| porteur.libelle()));
        constat.verdict = Verdict::AVerifier;
        constat.phrase = format!("{} Cette condition ne vaut que pour : {porteurs}.", constat.phrase);
    }
    Jugement::Du(critere, constat)
}

fn examiner(condition: &Condition, profil: &ProfilDeProjet, commune: &FaitsCommune) -> Constat {
    let complements = &profil.complements;
    match condition {
        Condition::Porteurs { acceptes, a_verifier } => porteurs(acceptes, a_verifier, profil.porteur),
        Condition::Etapes { acceptees, a_verifier } => etapes(acceptees, a_verifier, profil.etape),
        Condition::Depenses { acceptees, a_verifier } => depenses(acceptees, a_verifier, &complements.depenses),
        Condition::Population(limites) => population(limites, commune),
        Condition::Territoire(zone) => territoire(zone, commune),
        Condition::DevisNonSigne => devis(complements.devis_signe),
        Condition::TravauxNonCommences => travaux(complements.travaux_commences, profil.etape),
        Condition::Carence => carence(complements.carence),
        Condition::MarchePrevu => marche(complements.marche_prevu),
        Condition::Adhesion { organisme } => {
            doute("adhesion", format!("Il faut adhérer à un organisme : {organisme}."))
        }
        Condition::Zonage(liste) => zonage::juger(liste, commune),
        Condition::Autre { phrase } => doute("autre", phrase.clone()),
    }
}

fn porteurs(acceptes: &[Porteur], a_verifier: &[Porteur], porteur: Porteur) -> Constat {
    const CODE: &str = "porteurs";
    let admis = || liste(acceptes.iter().map(|accepte| accepte.libelle()));
    let nom = minuscule(porteur.libelle());
    if acceptes.contains(&porteur) {
        return oui(CODE, format!("Ce porteur est accepté : {nom}."));
    }
    if a_verifier.contains(&porteur) {
        return doute(CODE, format!("Ce porteur est peut-être accepté ({nom}) : demandez-le."));
    }
    match porteur {
        Porteur::PasDecide => {
            doute(CODE, format!("Cela dépend de qui portera le projet. Cette aide est pour : {}.", admis()))
        }
        Porteur::Collectif if acceptes.iter().chain(a_verifier).any(|accepte| peut_naitre_d_un_groupe(*accepte)) => {
            doute(
                CODE,
                format!(
                    "Votre groupe n’a pas encore de statut. Cette aide est pour : {}. Il faut d’abord une structure.",
                    admis()
                ),
            )
        }
        _ => non(CODE, format!("Cette aide n’est pas pour ce porteur ({nom}). Elle est pour : {}.", admis())),
    }
}

/// What inhabitants can found; they do not become a landlord, a mutual or a foundation.
fn peut_naitre_d_un_groupe(porteur: Porteur) -> bool {
    porteur.est_association()
        || matches!(porteur, Porteur::Scic | Porteur::Scop | Porteur::SocieteEss | Porteur::HorsEss)
}

fn etapes(acceptees: &[Etape], a_verifier: &[Etape], etape: Etape) -> Constat {
    let nom = minuscule(etape.libelle());
    let admises = || liste(acceptees.iter().map(|acceptee| acceptee.libelle()));
    if etape == Etape::Inconnue {
        doute("etapes", format!("Dites où en est le projet. Étapes acceptées : {}.", admises()))
    } else if acceptees.contains(&etape) {
        oui("etapes", format!("Cette étape est acceptée : {nom}."))
    } else if a_verifier.contains(&etape) {
        doute("etapes", format!("À cette étape ({nom}), l’aide est peut-être possible : demandez-le."))
    } else {
        non("etapes", format!("À cette étape ({nom}), l’aide n’est pas possible. Étapes acceptées : {}.", admises()))
    }
}

fn depenses(
    acceptees: &[domain::profil::NatureDepense],
    a_verifier: &[domain::profil::NatureDepense],
    prevues: &[domain::profil::NatureDepense],
) -> Constat {
    const CODE: &str = "depenses";
    let admises = || liste(acceptees.iter().map(|depense| depense.libelle()));
    if prevues.is_empty() {
        return doute(CODE, format!("Dites à quoi servira l’argent. Cette aide peut payer : {}.", admises()));
    }
    let (payees, autres): (Vec<_>, Vec<_>) = prevues.iter().partition(|depense| acceptees.contains(depense));
    if payees.is_empty() {
        return if autres.iter().any(|depense| a_verifier.contains(depense)) {
            doute(
                CODE,
                format!(
                    "Ces dépenses sont peut-être acceptées : demandez-le. Cette aide paie surtout : {}.",
                    admises()
                ),
            )
        } else {
            non(CODE, format!("Cette aide ne paie pas ces dépenses. Elle peut payer : {}.", admises()))
        };
    }
    let retenues = liste(payees.iter().map(|depense| depense.libelle()));
    if autres.is_empty() {
        return oui(CODE, format!("Ces dépenses sont acceptées : {retenues}."));
    }
    let reste = liste(autres.iter().map(|depense| depense.libelle()));
    oui(CODE, format!("Dépenses acceptées : {retenues}. Elle ne paie pas forcément : {reste}."))
}

fn population(limites: &Population, commune: &FaitsCommune) -> Constat {
    const CODE: &str = "population";
    let regle = en_mots(limites);
    let Some(habitants) = commune.population else {
        return doute(CODE, format!("Le nombre d’habitants n’est pas connu. La limite : {regle}."));
    };
    let assez = limites.au_moins.is_none_or(|minimum| habitants >= minimum);
    let pas_trop = limites.au_plus.is_none_or(|maximum| habitants <= maximum)
        && limites.moins_de.is_none_or(|seuil| habitants < seuil);
    let nombre = milliers(u64::from(habitants));
    let nom = &commune.nom;
    let constat = if assez && pas_trop {
        oui(CODE, format!("{nom} a {nombre} habitants. La limite : {regle}."))
    } else if assez && limites.a_verifier_jusqu_a.is_some_and(|plafond| habitants <= plafond) {
        doute(
            CODE,
            format!("{nom} a {nombre} habitants, la limite est {regle} : c’est parfois possible au-delà, demandez-le."),
        )
    } else {
        non(CODE, format!("{nom} a {nombre} habitants. La limite : {regle}."))
    };
    constat.chiffre("Habitants", nombre)
}

fn en_mots(limites: &Population) -> String {
    let partie =
        |mots: &str, valeur: Option<u32>| valeur.map(|n| format!("{mots} {} habitants", milliers(u64::from(n))));
    [partie("au moins", limites.au_moins), partie("au plus", limites.au_plus), partie("moins de", limites.moins_de)]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" et ")
}

fn territoire(zone: &Territoire, commune: &FaitsCommune) -> Constat {
    const CODE: &str = "territoire";
    let (nom, ou) = (&commune.nom, &zone.nom);
    let epci = |liste: &[domain::code::CodeEpci]| {
        commune.epci.as_ref().is_some_and(|siren| liste.iter().any(|code| code.as_str() == siren))
    };
    if epci(&zone.sauf_epci) {
        return non(CODE, format!("Territoire de l’aide : {ou}. {nom} n’en fait pas partie."));
    }
    let dedans = zone.departements.contains(&commune.departement)
        || zone.regions.contains(&commune.region)
        || zone.communes.contains(&commune.code)
        || epci(&zone.epci);
    if dedans {
        return oui(CODE, format!("Territoire de l’aide : {ou}. {nom} en fait partie."));
    }
    if let Some(annee) = zone.millesime {
        return doute(
            CODE,
            format!(
                "Territoire de l’aide : {ou}. {nom} n’est pas dans la liste de {annee} : demandez si elle a changé."
            ),
        );
    }
    if !zone.epci.is_empty() && commune.epci.is_none() {
        return doute(CODE, format!("Territoire de l’aide : {ou}. L’intercommunalité de {nom} n’est pas connue."));
    }
    non(CODE, format!("Territoire de l’aide : {ou}. {nom} n’en fait pas partie."))
}

fn devis(signe: Option<Reponse>) -> Constat {
    match signe {
        Some(Reponse::Non) => oui("devis", "Aucun devis n’est signé : gardez-le ainsi jusqu’à la réponse écrite."),
        Some(Reponse::Oui) => {
            non("devis", "Un devis est déjà signé : cette aide demande de ne rien signer avant sa réponse.")
        }
        _ => doute("devis", "Avez-vous signé un devis ? Cette aide demande de ne rien signer avant sa réponse."),
    }
}

fn travaux(commences: Option<Reponse>, etape: Etape) -> Constat {
    const CODE: &str = "travaux";
    match (commences, etape) {
        (Some(Reponse::Non), _) => oui(CODE, "Les travaux n’ont pas commencé."),
        (Some(Reponse::Oui), _) => {
            non(CODE, "Les travaux ont commencé : cette aide demande d’attendre sa réponse avant de commencer.")
        }
        (_, Etape::Travaux | Etape::Activite) => doute(
            CODE,
            "Le projet semble avoir commencé. Cette aide demande d’attendre sa réponse : dites ce qui reste à faire.",
        ),
        _ => doute(CODE, "Les travaux ont-ils commencé ? Cette aide demande d’attendre sa réponse avant de commencer."),
    }
}

fn carence(prouvee: Option<Reponse>) -> Constat {
    match prouvee {
        Some(Reponse::Oui) => oui("carence", "Il manque ce service sur place, et vous pouvez le prouver."),
        Some(Reponse::Non) => non(
            "carence",
            "Cette aide n’est possible que si aucun privé ne rend déjà ce service sur place : d’après vous, ce n’est pas le cas.",
        ),
        _ => doute("carence", "Il faut prouver que ce service manque : quelle offre existe, à quelle distance ?"),
    }
}

fn marche(prevu: Option<Reponse>) -> Constat {
    match prevu {
        Some(Reponse::Oui) => oui("marche-prevu", "Un marché est prévu dans les douze mois."),
        Some(Reponse::Non) => {
            non("marche-prevu", "Cet appui prépare un marché, et aucun marché n’est prévu dans les douze mois.")
        }
        _ => doute("marche-prevu", "Prévoyez-vous un marché (travaux, services) dans les douze mois ?"),
    }
}

pub(super) fn oui(code: &str, phrase: impl Into<String>) -> Constat {
    Constat::critere(code, Verdict::Oui, typographie(phrase.into()))
}

pub(super) fn non(code: &str, phrase: impl Into<String>) -> Constat {
    Constat::critere(code, Verdict::Non, typographie(phrase.into()))
}

pub(super) fn doute(code: &str, phrase: impl Into<String>) -> Constat {
    Constat::critere(code, Verdict::AVerifier, typographie(phrase.into()))
}

/// No-break spaces where French puts them, so that no line begins with a colon.
fn typographie(phrase: String) -> String {
    [" :", " ?", " !", " ;", " »", " habitants"]
        .iter()
        .fold(phrase, |phrase, signe| phrase.replace(signe, &signe.replacen(' ', "\u{a0}", 1)))
        .replace("« ", "«\u{a0}")
}

fn liste<'a>(noms: impl IntoIterator<Item = &'a str>) -> String {
    noms.into_iter().map(minuscule).collect::<Vec<_>>().join(", ")
}

/// First letter in lower case, unless the word is an acronym.
fn minuscule(texte: &str) -> String {
    let mut lettres = texte.chars();
    match (lettres.next(), lettres.clone().next()) {
        (Some(premiere), Some(seconde)) if !seconde.is_uppercase() => premiere.to_lowercase().chain(lettres).collect(),
        _ => texte.to_owned(),
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
