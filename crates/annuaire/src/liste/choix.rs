//! The form of the search: choices that lead somewhere, with how many actors behind each.

use domain::theme::Theme;
use search::Resultat;
use web::composants::{ChampTexte, OptionDeChamp, ResumeErreurs, Selection};
use web::{Cadre, Instance};

use super::autour::RAYONS;
use super::demande::Demande;
use super::filtres::libelle_ess;
use crate::activite;
use crate::recherche::axe;
use crate::tenue::champs::OUVERTURES;
use crate::vocabulaire::{Champ, Famille, GenreAgrement, GenreOffre, ModeOffre, Reponse as TroisValeurs, Tarif};

/// The fields of the search.
pub(super) struct Recherche {
    pub(super) resume: ResumeErreurs,
    pub(super) q: ChampTexte,
    pub(super) theme: Selection,
    pub(super) commune: ChampTexte,
    pub(super) autour: Selection,
    pub(super) autres: Vec<Selection>,
    pub(super) avances: bool,
    pub(super) vue: &'static str,
}

impl Recherche {
    pub(super) fn nouvelle(cadre: &Cadre, demande: &Demande, resultat: &Resultat) -> Self {
        let instance = &cadre.instance;
        // A field in error shows again what was typed.
        let saisie = if demande.erreurs.est_vide() { demande.filtres.saisie(instance) } else { demande.saisie.clone() };
        let f = cadre.formulaire_avec(saisie, demande.erreurs.clone());
        let choix = |nom, libelle, tous, axe, options: Options, choisie: Option<&str>| {
            f.selection(nom, libelle, comptes(tous, axe, options, choisie, resultat))
        };
        let filtres = &demande.filtres;
        let locaux = instance.locaux();
        let choisi = filtres.theme;
        let themes = locaux.themes.grouper(Theme::TOUS.iter().filter_map(|theme| {
            let nombre = resultat.compte(axe::THEME, theme.as_str());
            let utile = nombre > 0 || choisi == Some(*theme);
            utile.then(|| (*theme, format!("{} ({nombre})", locaux.themes.nom(*theme))))
        }));
        let familles = options(Famille::TOUS, Famille::as_str, Famille::libelle);
        let agrements = options(GenreAgrement::TOUS, GenreAgrement::as_str, GenreAgrement::libelle);
        let offres = options(GenreOffre::TOUS, GenreOffre::as_str, GenreOffre::libelle);
        let voies = options(ModeOffre::TOUS, ModeOffre::as_str, ModeOffre::libelle);
        let tarifs = options(Tarif::TOUS, Tarif::as_str, Tarif::libelle);
        let ouvertures = options(&OUVERTURES, Champ::as_str, Champ::libelle);
        let ess = options(TroisValeurs::TOUS, TroisValeurs::as_str, libelle_ess);
        let activites =
            activite::divisions().iter().map(|(code, nom)| ((*code).to_owned(), (*nom).to_owned())).collect();
        let epci = epci(instance, resultat, filtres.epci.as_deref());
        let (famille, agrement) = (filtres.famille.map(Famille::as_str), filtres.agrement.map(GenreAgrement::as_str));
        let (offre, accueil) = (filtres.offre.map(GenreOffre::as_str), filtres.accueil.map(Champ::as_str));
        let mut autres = vec![
            choix("epci", "Intercommunalité", "Toutes", axe::EPCI, epci, filtres.epci.as_deref()),
            choix("famille", "Forme", "Toutes", axe::FAMILLE, familles, famille),
            choix(
                "activite",
                "Activité déclarée à l’Insee",
                "Toutes",
                axe::ACTIVITE,
                activites,
                filtres.activite.as_deref(),
            ),
            choix("agrement", "Agrément", "Tous", axe::AGREMENT, agrements, agrement),
            choix("offre", "Ce qui est proposé", "Tout", axe::OFFRE, offres, offre),
            choix("voie", "Comment cela se paie", "Peu importe", axe::VOIE, voies, filtres.voie.map(ModeOffre::as_str)),
            choix(
                "tarif",
                "Comment le prix se calcule",
                "Peu importe",
                axe::TARIF,
                tarifs,
                filtres.tarif.map(Tarif::as_str),
            ),
            choix("accueil", "Accueil et achats", "Peu importe", axe::ACCUEIL, ouvertures, accueil),
            choix(
                "ess",
                "Économie sociale et solidaire (ESS)",
                "Toutes les réponses",
                axe::ESS,
                ess,
                filtres.ess.map(TroisValeurs::as_str),
            ),
        ];
        if !demande.secteurs.is_empty() {
            let secteurs = demande.secteurs.iter().map(|s| OptionDeChamp::nouvelle(&s.nom_tri, &s.nom));
            let options = std::iter::once(OptionDeChamp::nouvelle("", "Tous")).chain(secteurs);
            autres.push(f.selection("secteur", "Secteur du département", options));
        }
        // A canton that is only a part of a town has no commune of its own: nobody can be sorted into it.
        let cantons: Vec<_> = instance.cantons().iter().filter(|canton| canton.communes().next().is_some()).collect();
        if !cantons.is_empty() {
            let options = cantons.iter().map(|canton| OptionDeChamp::nouvelle(canton.code, canton.nom));
            let options = std::iter::once(OptionDeChamp::nouvelle("", "Tous")).chain(options);
            autres.push(f.selection("canton", "Canton", options));
        }
        let ordres =
            [OptionDeChamp::nouvelle("", "Meilleures réponses d’abord"), OptionDeChamp::nouvelle("nom", "Par nom")];
        autres.push(f.selection("ordre", "Ordre", ordres));
        Self {
            resume: f.resume(),
            q: f.texte("q", "Un nom, un mot, un besoin"),
            theme: f.selection("theme", "Thème", std::iter::once(OptionDeChamp::nouvelle("", "Tous")).chain(themes)),
            commune: f.texte("commune", "Commune").commune(),
            autour: f.selection("autour", "Autour de la commune", autour()),
            autres,
            avances: filtres.avances(),
            vue: filtres.vue.as_str(),
        }
    }
}

/// Choices of a field: value and label.
type Options = Vec<(String, String)>;

/// The values of a vocabulary, as choices.
fn options<'a, T: Copy>(valeurs: &[T], id: fn(T) -> &'static str, libelle: impl Fn(T) -> &'a str) -> Options {
    valeurs.iter().map(|valeur| (id(*valeur).to_owned(), libelle(*valeur).to_owned())).collect()
}

/// Distances around the commune typed.
pub(crate) fn autour() -> Vec<OptionDeChamp> {
    let rayons = RAYONS.iter().map(|km| OptionDeChamp::nouvelle(km.to_string(), format!("À {km}\u{a0}km à la ronde")));
    [
        ("", "Cette commune seulement"),
        ("voisines", "Avec les communes voisines"),
        ("desservie", "Qui dit y venir, d’où que ce soit"),
    ]
    .into_iter()
    .map(|(valeur, libelle)| OptionDeChamp::nouvelle(valeur, libelle))
    .chain(rayons)
    .collect()
}

/// Intercommunalités where an actor is, by name.
fn epci(instance: &Instance, resultat: &Resultat, choisie: Option<&str>) -> Options {
    let trouvees = resultat.facettes.get(axe::EPCI).into_iter().flatten().map(|(code, _)| code.as_str());
    let mut epci: Vec<(String, String)> = trouvees
        .chain(choisie)
        .filter_map(|code| instance.referentiel().epci(code))
        .map(|epci| (epci.nom.to_owned(), epci.code.as_str().to_owned()))
        .collect();
    epci.sort();
    epci.dedup();
    epci.into_iter().map(|(nom, code)| (code, nom)).collect()
}

/// Choices that lead somewhere, with how many actors; the chosen one is always there.
fn comptes(tous: &str, axe: &str, options: Options, choisie: Option<&str>, resultat: &Resultat) -> Vec<OptionDeChamp> {
    let utiles = options.into_iter().filter_map(|(valeur, libelle)| {
        let nombre = resultat.compte(axe, &valeur);
        (nombre > 0 || choisie == Some(valeur.as_str()))
            .then(|| OptionDeChamp::nouvelle(valeur, format!("{libelle} ({nombre})")))
    });
    std::iter::once(OptionDeChamp::nouvelle("", tous)).chain(utiles).collect()
}
