//! Matching offers with a project. Pure: each criterion gives a constat with its reason; unknown is never no. Providers
//! are never ranked by preference, and one who is paid is never alone without the page saying so.

use std::collections::{BTreeMap, BTreeSet};

use domain::constat::{Constat, Source, Surete, Verdict};
use domain::profil::{Besoin, Etape, FaitsCommune, ProfilDeProjet};
use domain::referentiel::Referentiel;
use domain::referentiel::zonage::Situation;
use domain::theme::{NomsDeThemes, Theme};
use jiff::civil::Date;
use platform::Instant;
use web::feature::{Famille, Proposition};

use crate::offre::lecture::OffreDActeur;
use crate::offre::storage::{Model, Reference};
use crate::offre::vue;
use crate::vocabulaire::{GenreOffre, GenreTerritoire, ModeOffre};

/// How things are called here.
#[derive(Clone, Copy)]
pub struct Mots<'a> {
    /// Themes.
    pub themes: &'a NomsDeThemes,
    /// A perimeter of the département.
    pub perimetre: &'a dyn Fn(&str) -> String,
    /// The civil day of an instant.
    pub jour_de: &'a dyn Fn(Instant) -> Date,
}

/// Matches every offer.
#[must_use]
pub fn apparier(
    offres: &[OffreDActeur],
    profil: &ProfilDeProjet,
    commune: &FaitsCommune,
    mots: &Mots<'_>,
) -> Vec<Proposition> {
    let jugees: Vec<(&OffreDActeur, Vec<Constat>)> =
        offres.iter().map(|offre| (offre, constats(offre, profil, commune, mots))).collect();
    let possibles = jugees.iter().filter(|(_, constats)| ensemble(constats) != Verdict::Non).map(|(offre, _)| *offre);
    let concurrents = Concurrents::nouveaux(possibles, &profil.themes);
    jugees
        .into_iter()
        .map(|(offre, mut constats)| {
            constats.extend(concurrents.choix(offre, &profil.themes));
            proposition(offre, constats, mots)
        })
        .collect()
}

fn ensemble(constats: &[Constat]) -> Verdict {
    Verdict::ensemble(constats.iter().map(|constat| constat.verdict))
}

fn proposition(offre: &OffreDActeur, constats: Vec<Constat>, mots: &Mots<'_>) -> Proposition {
    let url = format!("/annuaire/{}", offre.reference);
    let source = Source {
        libelle: format!("Offre décrite dans la fiche de {}", offre.acteur),
        url: Some(url.clone()),
        consultee_le: Some((mots.jour_de)(offre.complete.offre.modifie_le)),
        surete: Surete::Moyenne,
    };
    let verdict = ensemble(&constats);
    let constats = constats.into_iter().map(|constat| constat.source(source.clone())).collect();
    let lue = &offre.complete.offre;
    Proposition {
        famille: Famille::Acteur,
        id: lue.id.as_str().to_owned(),
        titre: lue.titre.clone(),
        porteur: offre.acteur.clone(),
        resume: lue.description.clone(),
        montant: Some(match vue::prix(lue) {
            Some(prix) => format!("{} {prix}", paiement(lue)),
            None => paiement(lue),
        }),
        url: Some(url),
        verdict,
        constats,
        aide: None,
        exemple: lue.exemple,
        payant: lue.payant,
        courriel: offre.courriel.clone(),
    }
}

/// Free, or by which legal ways: a commune chooses among those that the actor accepts.
fn paiement(offre: &Model) -> String {
    if !offre.payant {
        return "Gratuit.".to_owned();
    }
    let modes = offre.modes();
    if modes == [ModeOffre::Capital] {
        return "Par une entrée au capital.".to_owned();
    }
    let voies: Vec<&str> = modes.into_iter().map(voie).collect();
    if voies.is_empty() { "Payant.".to_owned() } else { format!("Payant : {}.", voies.join(", ou ")) }
}

fn voie(mode: ModeOffre) -> &'static str {
    match mode {
        ModeOffre::Achat => "un achat, par marché public pour une commune",
        ModeOffre::Subvention => "une subvention à l’acteur",
        ModeOffre::Adhesion => "une adhésion",
        ModeOffre::Capital => "une entrée au capital",
    }
}

fn constats(offre: &OffreDActeur, profil: &ProfilDeProjet, commune: &FaitsCommune, mots: &Mots<'_>) -> Vec<Constat> {
    let complete = &offre.complete;
    let toujours = [
        themes(&complete.themes, &profil.themes, mots.themes),
        etapes(&complete.etapes, profil.etape),
        lieu(offre, commune).unwrap_or_else(|| territoire(&complete.territoires, commune, mots)),
        besoin(complete.offre.genre, &profil.complements.besoins),
    ];
    let dits = [capacite(&complete.offre), deja_fait(&complete.references)];
    toujours.into_iter().chain(dits.into_iter().flatten()).collect()
}

/// What it can do at most: told, never judged.
fn capacite(offre: &Model) -> Option<Constat> {
    vue::capacite(offre).map(|phrase| Constat::critere("capacite", Verdict::SansObjet, phrase))
}

/// What was done already: told, never judged.
fn deja_fait(references: &[Reference]) -> Option<Constat> {
    let referentiel = Referentiel::embarque();
    let dits: Vec<String> = references
        .iter()
        .map(|fait| match &fait.commune {
            Some(commune) => format!("{} ({}, {})", sans_point(fait), referentiel.nom_commune(commune), fait.annee),
            None => format!("{} ({})", sans_point(fait), fait.annee),
        })
        .collect();
    let phrase = format!("Déjà fait : {}.", dits.join(" ; "));
    (!dits.is_empty()).then(|| Constat::critere("deja-fait", Verdict::SansObjet, phrase))
}

fn sans_point(fait: &Reference) -> &str {
    fait.phrase.trim_end_matches('.')
}

fn themes(offerts: &[Theme], voulus: &[Theme], noms: &NomsDeThemes) -> Constat {
    let communs: Vec<Theme> = voulus.iter().filter(|theme| offerts.contains(theme)).copied().collect();
    if communs.is_empty() {
        return Constat::critere(
            "themes",
            Verdict::Non,
            format!("Cette offre porte sur d’autres thèmes : {}.", noms.noms(offerts.iter().copied())),
        );
    }
    Constat::critere(
        "themes",
        Verdict::Oui,
        format!("Cette offre porte sur un thème du projet : {}.", noms.noms(communs)),
    )
}

fn etapes(acceptees: &[Etape], etape: Etape) -> Constat {
    const CODE: &str = "etapes";
    if acceptees.is_empty() {
        return Constat::critere(CODE, Verdict::Oui, "Cette offre vaut à toutes les étapes d’un projet.");
    }
    if acceptees.contains(&etape) {
        return Constat::critere(
            CODE,
            Verdict::Oui,
            format!("Cette offre vaut à l’étape du projet : {}.", etape.libelle()),
        );
    }
    let noms: Vec<&str> = acceptees.iter().map(|acceptee| acceptee.libelle()).collect();
    if etape == Etape::Inconnue {
        let phrase = format!("Dites où en est le projet. Cette offre vaut pour : {}.", noms.join(", "));
        return Constat::critere(CODE, Verdict::AVerifier, phrase);
    }
    let phrase =
        format!("Le projet est à l’étape « {} ». Cette offre vaut pour : {}.", etape.libelle(), noms.join(", "));
    Constat::critere(CODE, Verdict::Non, phrase)
}

/// A place does not move: without a word of the actor about territories, it serves who is near.
const LOCAL_KM: f64 = 15.0;

/// For a place whose actor named no territory: how far it is, when both town halls are known.
fn lieu(offre: &OffreDActeur, commune: &FaitsCommune) -> Option<Constat> {
    const CODE: &str = "territoire";
    if offre.complete.offre.genre != GenreOffre::Local || !offre.complete.territoires.is_empty() {
        return None;
    }
    let referentiel = Referentiel::embarque();
    let la_bas = referentiel.commune(offre.commune.as_ref()?)?;
    let km = geo::distance::km(la_bas.mairie?, referentiel.commune(&commune.code)?.mairie?);
    let ou = format!("{}, à environ {}\u{a0}km de {}", la_bas.nom, km.round(), commune.nom);
    Some(if km <= LOCAL_KM {
        Constat::critere(CODE, Verdict::Oui, format!("Ce lieu est à {ou}."))
    } else {
        Constat::critere(CODE, Verdict::Non, format!("Ce lieu est à {ou} : il est trop loin pour servir au projet."))
    })
}

/// Is the commune in this territory served? Nothing: not known.
fn y_est(genre: GenreTerritoire, code: &str, commune: &FaitsCommune) -> Option<bool> {
    match genre {
        GenreTerritoire::Departement => Some(commune.departement == code),
        GenreTerritoire::Epci => commune.epci.as_deref().map(|epci| epci == code),
        GenreTerritoire::Commune => Some(commune.code.as_str() == code),
        GenreTerritoire::Perimetre => match commune.zonages.iter().find(|liste| liste.liste == code)?.situation {
            Situation::Oui => Some(true),
            Situation::Non | Situation::Terminee(_) | Situation::PasCommencee(_) => Some(false),
            Situation::EnPartie | Situation::Incomplete | Situation::NonCouverte => None,
        },
    }
}

fn territoire(servis: &[(GenreTerritoire, String)], commune: &FaitsCommune, mots: &Mots<'_>) -> Constat {
    const CODE: &str = "territoire";
    if servis.is_empty() {
        return Constat::critere(CODE, Verdict::Oui, "Cette offre vaut dans tout le territoire.");
    }
    let mut inconnu = false;
    for (genre, code) in servis {
        match y_est(*genre, code, commune) {
            Some(true) => {
                let phrase = format!("Cette offre est proposée à {} ({}).", commune.nom, nom(*genre, code, mots));
                return Constat::critere(CODE, Verdict::Oui, phrase);
            }
            Some(false) => {}
            None => inconnu = true,
        }
    }
    let noms: Vec<String> = servis.iter().map(|(genre, code)| nom(*genre, code, mots)).collect();
    let ou = noms.join(", ");
    if inconnu {
        let phrase =
            format!("Nous ne savons pas si {} en fait partie. Cette offre est proposée à : {ou}.", commune.nom);
        return Constat::critere(CODE, Verdict::AVerifier, phrase);
    }
    Constat::critere(
        CODE,
        Verdict::Non,
        format!("Cette offre n’est pas proposée à {}, seulement à : {ou}.", commune.nom),
    )
}

fn nom(genre: GenreTerritoire, code: &str, mots: &Mots<'_>) -> String {
    let referentiel = Referentiel::embarque();
    let nom = match genre {
        GenreTerritoire::Departement => referentiel.departement(code).map(|d| d.nom),
        GenreTerritoire::Epci => referentiel.epci(code).map(|e| e.nom),
        GenreTerritoire::Commune => code.parse().ok().and_then(|code| referentiel.commune(&code)).map(|c| c.nom),
        GenreTerritoire::Perimetre => return (mots.perimetre)(code),
    };
    nom.unwrap_or(code).to_owned()
}

/// Needs that a kind of offer answers.
fn besoins_servis(genre: GenreOffre) -> &'static [Besoin] {
    match genre {
        GenreOffre::Ingenierie => &[Besoin::Conseil, Besoin::FormeJuridique, Besoin::Partenaire],
        GenreOffre::Formation => &[Besoin::Conseil],
        GenreOffre::Local => &[Besoin::Local],
        GenreOffre::Financement => &[Besoin::Argent],
        GenreOffre::Insertion | GenreOffre::Service => &[Besoin::Partenaire],
    }
}

/// A need that was not ticked is not refused: people tick what they think of. Nothing ticked: advice serves every project;
/// what somebody else would do or own in it is to be verified.
fn besoin(genre: GenreOffre, dits: &[Besoin]) -> Constat {
    const CODE: &str = "besoin";
    let apporte = genre.libelle();
    if dits.is_empty() {
        let conseil = matches!(genre, GenreOffre::Ingenierie | GenreOffre::Formation);
        return Constat::critere(
            CODE,
            if conseil { Verdict::SansObjet } else { Verdict::AVerifier },
            format!("Vous n’avez pas dit ce qu’il vous faut. Cette offre apporte : {apporte}."),
        );
    }
    match dits.iter().find(|besoin| besoins_servis(genre).contains(besoin)) {
        Some(besoin) => {
            let phrase = format!("Vous cherchez : {}. Cette offre apporte : {apporte}.", besoin.libelle());
            Constat::critere(CODE, Verdict::Oui, phrase)
        }
        None => {
            let phrase = format!(
                "Cette offre apporte : {apporte}. Vous n’avez pas coché ce besoin : voyez s’il vous est utile."
            );
            Constat::critere(CODE, Verdict::AVerifier, phrase)
        }
    }
}

/// Who else is paid for the same: by kind of offer and theme of the project, the actors that may do it.
struct Concurrents<'a>(BTreeMap<(GenreOffre, Theme), BTreeSet<(&'a str, &'a str)>>);

impl<'a> Concurrents<'a> {
    fn nouveaux(possibles: impl Iterator<Item = &'a OffreDActeur>, voulus: &[Theme]) -> Self {
        let mut par_cle: BTreeMap<(GenreOffre, Theme), BTreeSet<(&str, &str)>> = BTreeMap::new();
        for offre in possibles.filter(|offre| offre.complete.offre.payant) {
            let acteur = (offre.acteur.as_str(), offre.complete.offre.acteur_id.as_str());
            for theme in voulus.iter().filter(|theme| offre.complete.themes.contains(theme)) {
                par_cle.entry((offre.complete.offre.genre, *theme)).or_default().insert(acteur);
            }
        }
        Self(par_cle)
    }

    /// For a paid offer: who else could do the same, so that nobody is chosen for want of knowing another.
    fn choix(&self, offre: &OffreDActeur, voulus: &[Theme]) -> Option<Constat> {
        const CODE: &str = "choix";
        let lue = &offre.complete.offre;
        if !lue.payant {
            return None;
        }
        let siens = voulus.iter().filter(|theme| offre.complete.themes.contains(theme));
        let autres: BTreeSet<&str> = siens
            .filter_map(|theme| self.0.get(&(lue.genre, *theme)))
            .flatten()
            .filter(|(_, id)| *id != lue.acteur_id.as_str())
            .map(|(nom, _)| *nom)
            .collect();
        Some(if autres.is_empty() {
            Constat::critere(
                CODE,
                Verdict::AVerifier,
                "C’est payant, et nous ne connaissons ici que cet acteur pour ce service. Cherchez-en un autre avant de choisir.",
            )
        } else {
            Constat::critere(CODE, Verdict::Oui, comparez(&autres))
        })
    }
}

/// Names said in a sentence: beyond, nobody reads them.
const NOMMES: usize = 10;

fn comparez(autres: &BTreeSet<&str>) -> String {
    let noms: Vec<&str> = autres.iter().take(NOMMES).copied().collect();
    let reste = autres.len() - noms.len();
    let suite = match reste {
        0 => String::new(),
        1 => " et 1 autre dans cette liste".to_owned(),
        reste => format!(" et {reste} autres dans cette liste"),
    };
    format!("C’est payant. Demandez aussi à : {}{suite}. Comparez avant de choisir.", noms.join(", "))
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
