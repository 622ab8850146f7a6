//! Matching offers with a project. Pure: each criterion gives a constat with its reason; unknown is never no. Providers
//! are never ranked by preference, and one who is paid is never alone without the page saying so.

use std::collections::BTreeSet;

use domain::constat::{Constat, Source, Surete, Verdict};
use domain::profil::{Besoin, Etape, FaitsCommune, ProfilDeProjet};
use domain::referentiel::Referentiel;
use domain::theme::{NomsDeThemes, Theme};
use jiff::civil::Date;
use platform::Instant;
use web::feature::{Famille, Proposition};

use crate::offre::lecture::OffreDActeur;
use crate::vocabulaire::{GenreOffre, GenreTerritoire, ModeOffre};

/// Matches every offer. `noms` says how themes are called here; `jour_de` gives the civil day of an instant.
#[must_use]
pub fn apparier(
    offres: &[OffreDActeur],
    profil: &ProfilDeProjet,
    commune: &FaitsCommune,
    noms: &NomsDeThemes,
    jour_de: &dyn Fn(Instant) -> Date,
) -> Vec<Proposition> {
    let jugees: Vec<(&OffreDActeur, Vec<Constat>)> =
        offres.iter().map(|offre| (offre, constats(offre, profil, commune, noms))).collect();
    let possibles: Vec<&OffreDActeur> =
        jugees.iter().filter(|(_, constats)| ensemble(constats) != Verdict::Non).map(|(offre, _)| *offre).collect();
    jugees
        .into_iter()
        .map(|(offre, mut constats)| {
            constats.extend(choix(offre, &possibles, &profil.themes));
            proposition(offre, constats, jour_de(offre.complete.offre.modifie_le))
        })
        .collect()
}

fn ensemble(constats: &[Constat]) -> Verdict {
    Verdict::ensemble(constats.iter().map(|constat| constat.verdict))
}

fn proposition(offre: &OffreDActeur, constats: Vec<Constat>, mise_a_jour: Date) -> Proposition {
    let url = format!("/annuaire/{}", offre.reference);
    let source = Source {
        libelle: format!("Offre décrite dans la fiche de {}", offre.acteur),
        url: Some(url.clone()),
        consultee_le: Some(mise_a_jour),
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
        montant: Some(paiement(lue.mode).to_owned()),
        url: Some(url),
        verdict,
        constats,
        aide: None,
        exemple: lue.exemple,
        payant: lue.payant,
        courriel: offre.courriel.clone(),
    }
}

fn paiement(mode: ModeOffre) -> &'static str {
    match mode {
        ModeOffre::Gratuit => "Gratuit.",
        ModeOffre::Achat => "Payant : un achat, par marché public pour une commune.",
        ModeOffre::Subvention => "Payant : par une subvention à l’acteur.",
        ModeOffre::Adhesion => "Payant : par une adhésion.",
        ModeOffre::Capital => "Par une entrée au capital.",
    }
}

fn constats(
    offre: &OffreDActeur,
    profil: &ProfilDeProjet,
    commune: &FaitsCommune,
    noms: &NomsDeThemes,
) -> Vec<Constat> {
    let complete = &offre.complete;
    [
        themes(&complete.themes, &profil.themes, noms),
        etapes(&complete.etapes, profil.etape),
        lieu(offre, commune).unwrap_or_else(|| territoire(&complete.territoires, commune)),
        besoin(complete.offre.genre, &profil.complements.besoins),
    ]
    .into()
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

fn territoire(servis: &[(GenreTerritoire, String)], commune: &FaitsCommune) -> Constat {
    const CODE: &str = "territoire";
    if servis.is_empty() {
        return Constat::critere(CODE, Verdict::Oui, "Cette offre vaut dans tout le territoire.");
    }
    let mut inconnu = false;
    for (genre, code) in servis {
        let ici = match genre {
            GenreTerritoire::Departement => Some(commune.departement.as_str()),
            GenreTerritoire::Epci => commune.epci.as_deref(),
            GenreTerritoire::Commune => Some(commune.code.as_str()),
        };
        match ici {
            Some(ici) if ici == code => {
                let phrase = format!("Cette offre est proposée à {} ({}).", commune.nom, nom(*genre, code));
                return Constat::critere(CODE, Verdict::Oui, phrase);
            }
            Some(_) => {}
            None => inconnu = true,
        }
    }
    let noms: Vec<String> = servis.iter().map(|(genre, code)| nom(*genre, code)).collect();
    let ou = noms.join(", ");
    if inconnu {
        let phrase =
            format!("L’intercommunalité de {} n’est pas connue. Cette offre est proposée à : {ou}.", commune.nom);
        return Constat::critere(CODE, Verdict::AVerifier, phrase);
    }
    Constat::critere(
        CODE,
        Verdict::Non,
        format!("Cette offre n’est pas proposée à {}, seulement à : {ou}.", commune.nom),
    )
}

fn nom(genre: GenreTerritoire, code: &str) -> String {
    let referentiel = Referentiel::embarque();
    let nom = match genre {
        GenreTerritoire::Departement => referentiel.departement(code).map(|d| d.nom),
        GenreTerritoire::Epci => referentiel.epci(code).map(|e| e.nom),
        GenreTerritoire::Commune => code.parse().ok().and_then(|code| referentiel.commune(&code)).map(|c| c.nom),
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

/// For a paid offer: how many others could do the same, so that nobody is chosen for want of knowing another.
fn choix(offre: &OffreDActeur, possibles: &[&OffreDActeur], voulus: &[Theme]) -> Option<Constat> {
    const CODE: &str = "choix";
    let lue = &offre.complete.offre;
    if !lue.payant {
        return None;
    }
    let semblables = |autre: &&&OffreDActeur| {
        let partage = |theme: &&Theme| offre.complete.themes.contains(theme) && autre.complete.themes.contains(theme);
        autre.complete.offre.genre == lue.genre
            && autre.complete.offre.payant
            && autre.complete.offre.acteur_id != lue.acteur_id
            && voulus.iter().any(|theme| partage(&theme))
    };
    let autres: BTreeSet<&str> = possibles.iter().filter(semblables).map(|autre| autre.acteur.as_str()).collect();
    let constat = if autres.is_empty() {
        Constat::critere(
            CODE,
            Verdict::AVerifier,
            "C’est payant, et nous ne connaissons ici que cet acteur pour ce service. Cherchez-en un autre avant de choisir.",
        )
    } else {
        let noms: Vec<&str> = autres.into_iter().collect();
        let phrase = format!("C’est payant. Demandez aussi à : {}. Comparez avant de choisir.", noms.join(", "));
        Constat::critere(CODE, Verdict::Oui, phrase)
    };
    Some(constat)
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
