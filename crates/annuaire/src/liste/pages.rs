//! The list of actors, its map by commune, its print. Rights are asked again of the database: the index is only a cache.

use std::collections::BTreeMap;

use askama::Template;
use domain::code::CodeCommune;
use domain::referentiel::canton;
use domain::theme::Theme;
use geo::{Carte, Teintes};
use platform::ReadTx;
use search::{Requete, Resultat};
use socle::secteur;
use web::composants::{
    CarteVive, Cellule, ChampTexte, EtatVide, Etiquette, FiltresActifs, Html, OptionDeChamp, Pagination, ResumeErreurs,
    Selection, Tableau, Ton,
};
use web::formulaire::Erreurs;
use web::{Cache, Cadre, Erreur, Instance, Reponse, Saisie, cadre, texte};

use super::autour::{Autour, RAYONS, km_entre};
use super::filtres::{Filtres, Vue, libelle_ess};
use super::storage::{self, Ligne};
use crate::activite;
use crate::recherche::axe;
use crate::tenue::champs::OUVERTURES;
use crate::vocabulaire::{Champ, Famille, GenreAgrement, GenreOffre, Reponse as TroisValeurs};

/// Rows of a page.
const PAR_PAGE: usize = 50;
/// Axes counted beside their choices.
const AXES: &[&str] =
    &[axe::THEME, axe::EPCI, axe::FAMILLE, axe::ACTIVITE, axe::AGREMENT, axe::OFFRE, axe::ACCUEIL, axe::ESS];
/// The same, and what the map counts.
const AXES_DE_LA_CARTE: &[&str] = &[
    axe::THEME,
    axe::EPCI,
    axe::FAMILLE,
    axe::ACTIVITE,
    axe::AGREMENT,
    axe::OFFRE,
    axe::ACCUEIL,
    axe::ESS,
    axe::COMMUNE,
];
/// Rows printed at most: beyond, the exports serve better.
const IMPRESSION_MAX: usize = 1_000;

/// What is asked, with what it takes to answer: two statements at most.
pub(crate) struct Demande {
    pub(crate) filtres: Filtres,
    pub(crate) erreurs: Erreurs,
    pub(crate) secteurs: Vec<secteur::Model>,
    pub(crate) requete: Requete,
    pub(crate) saisie: Saisie,
}

impl Demande {
    pub(crate) async fn lire(tx: &ReadTx, cadre: &Cadre) -> Result<Self, Erreur> {
        let instance = &cadre.instance;
        let saisie = cadre.uri.query().map(|q| Saisie::decoder(q.as_bytes())).unwrap_or_default();
        let secteurs = secteur::tous(tx).await?;
        let (filtres, erreurs) = Filtres::lire(&saisie, instance, &secteurs);
        let communes = match secteurs.iter().find(|s| Some(&s.nom_tri) == filtres.secteur.as_ref()) {
            Some(secteur) => secteur::communes(tx, &secteur.id, instance.aujourd_hui()).await?,
            None => Vec::new(),
        };
        let requete = filtres.requete(instance, communes);
        Ok(Self { filtres, erreurs, secteurs, requete, saisie })
    }

    /// What is asked, in words, for print and exports.
    pub(crate) fn en_mots(&self, instance: &Instance) -> String {
        let actifs = self.filtres.actifs(instance, &self.secteurs);
        if actifs.is_empty() {
            return "Tous les acteurs".to_owned();
        }
        actifs.into_iter().map(|(libelle, _)| libelle).collect::<Vec<_>>().join(" ; ")
    }
}

pub(crate) fn interroger(instance: &Instance, requete: &Requete) -> Result<Resultat, Erreur> {
    instance.index.chercher(requete).map_err(Erreur::interne)
}

/// An actor as the list shows it.
pub(crate) struct ActeurVu {
    pub(crate) url: String,
    pub(crate) nom: String,
    pub(crate) sigle: Option<String>,
    pub(crate) etiquettes: Vec<Etiquette>,
    pub(crate) lieu: String,
    pub(crate) presentation: Option<String>,
}

impl ActeurVu {
    pub(crate) fn nouveau(instance: &Instance, ligne: Ligne) -> Self {
        let mut etiquettes = Vec::new();
        if ligne.exemple {
            etiquettes.push(Etiquette::nouvelle("exemple", Ton::Neutre));
        }
        etiquettes.push(match ligne.ess_loi {
            TroisValeurs::Oui => Etiquette::nouvelle("ESS", Ton::Positif),
            TroisValeurs::Non => Etiquette::nouvelle("Hors ESS", Ton::Neutre),
            TroisValeurs::Inconnu => Etiquette::nouvelle("ESS à vérifier", Ton::Attente),
        });
        etiquettes.extend(ligne.agrements().iter().map(|genre| Etiquette::nouvelle(genre.libelle(), Ton::Neutre)));
        let commune = ligne.commune.as_ref().map(|code| instance.referentiel().nom_commune(code).to_owned());
        let themes = ligne.resume_themes(&instance.locaux().themes);
        let parties = [Some(ligne.famille.libelle().to_owned()), commune, themes];
        Self {
            url: format!("/annuaire/{}", ligne.reference),
            etiquettes,
            lieu: parties.into_iter().flatten().collect::<Vec<_>>().join(" · "),
            presentation: ligne.presentation.map(|texte| abreger(&texte)),
            sigle: ligne.sigle.filter(|sigle| *sigle != ligne.nom),
            nom: ligne.nom,
        }
    }
}

impl ActeurVu {
    /// Says how far it is from the commune around which one looks.
    fn loin_de(mut self, instance: &Instance, filtres: &Filtres, ou: Option<&CodeCommune>) -> Self {
        let depuis = filtres.commune.as_ref().filter(|_| filtres.autour != Autour::Seule);
        let km = depuis.zip(ou).filter(|(ici, la)| ici != la).and_then(|(ici, la)| km_entre(instance, ici, la));
        if let Some(km) = km {
            self.lieu = format!("{} · à {km:.0}\u{a0}km", self.lieu);
        }
        self
    }
}

/// The beginning of a text, cut between words.
fn abreger(texte: &str) -> String {
    const LONGUEUR: usize = 180;
    if texte.chars().count() <= LONGUEUR {
        return texte.to_owned();
    }
    let debut: String = texte.chars().take(LONGUEUR).collect();
    let coupe = debut.rfind(' ').and_then(|fin| debut.get(..fin)).unwrap_or(&debut);
    format!("{}…", coupe.trim_end_matches([',', ' ', ';', ':']))
}

/// The fields of the search.
struct Recherche {
    resume: ResumeErreurs,
    q: ChampTexte,
    theme: Selection,
    commune: ChampTexte,
    autour: Selection,
    autres: Vec<Selection>,
    avances: bool,
    vue: &'static str,
}

impl Recherche {
    fn nouvelle(cadre: &Cadre, demande: &Demande, resultat: &Resultat) -> Self {
        let instance = &cadre.instance;
        // A field in error shows again what was typed.
        let saisie = if demande.erreurs.est_vide() { demande.filtres.saisie(instance) } else { demande.saisie.clone() };
        let f = cadre.formulaire_avec(saisie, demande.erreurs.clone());
        let choix = |tous: &str, axe: &str, options: &[(&str, &str)], choisie: Option<&str>| {
            let options = options.iter().map(|(valeur, libelle)| ((*valeur).to_owned(), (*libelle).to_owned()));
            comptes(tous, axe, options, choisie, resultat)
        };
        let filtres = &demande.filtres;
        let locaux = instance.locaux();
        let themes: Vec<_> = Theme::TOUS.iter().map(|t| (t.as_str(), locaux.themes.nom(*t))).collect();
        let familles: Vec<_> = Famille::TOUS.iter().map(|x| (x.as_str(), x.libelle())).collect();
        let agrements: Vec<_> = GenreAgrement::TOUS.iter().map(|x| (x.as_str(), x.libelle())).collect();
        let offres: Vec<_> = GenreOffre::TOUS.iter().map(|x| (x.as_str(), x.libelle())).collect();
        let ouvertures: Vec<_> = OUVERTURES.iter().map(|x| (x.as_str(), x.libelle())).collect();
        let ess: Vec<_> = TroisValeurs::TOUS.iter().map(|x| (x.as_str(), libelle_ess(*x))).collect();
        let epci = epci(instance, resultat, filtres.epci.as_deref());
        let mut autres = vec![
            f.selection(
                "epci",
                "Intercommunalité",
                comptes("Toutes", axe::EPCI, epci, filtres.epci.as_deref(), resultat),
            ),
            f.selection(
                "famille",
                "Forme",
                choix("Toutes", axe::FAMILLE, &familles, filtres.famille.map(Famille::as_str)),
            ),
            f.selection(
                "activite",
                "Activité déclarée à l’Insee",
                choix("Toutes", axe::ACTIVITE, activite::divisions(), filtres.activite.as_deref()),
            ),
            f.selection(
                "agrement",
                "Agrément",
                choix("Tous", axe::AGREMENT, &agrements, filtres.agrement.map(GenreAgrement::as_str)),
            ),
            f.selection(
                "offre",
                "Ce qui est proposé",
                choix("Tout", axe::OFFRE, &offres, filtres.offre.map(GenreOffre::as_str)),
            ),
            f.selection(
                "accueil",
                "Accueil et achats",
                choix("Peu importe", axe::ACCUEIL, &ouvertures, filtres.accueil.map(Champ::as_str)),
            ),
            f.selection(
                "ess",
                "Économie sociale et solidaire (ESS)",
                choix("Toutes les réponses", axe::ESS, &ess, filtres.ess.map(TroisValeurs::as_str)),
            ),
        ];
        if !demande.secteurs.is_empty() {
            let secteurs = demande.secteurs.iter().map(|s| OptionDeChamp::nouvelle(&s.nom_tri, &s.nom));
            let options = std::iter::once(OptionDeChamp::nouvelle("", "Tous")).chain(secteurs);
            autres.push(f.selection("secteur", "Secteur du département", options));
        }
        let cantons = canton::cantons_de(|code| instance.perimetre().contient(code));
        // A canton that is only a part of a town has no commune of its own: nobody can be sorted into it.
        let cantons: Vec<_> = cantons.into_iter().filter(|canton| canton.communes().next().is_some()).collect();
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
            theme: f.selection("theme", "Thème", choix("Tous", axe::THEME, &themes, filtres.theme.map(Theme::as_str))),
            commune: f.texte("commune", "Commune").commune(),
            autour: f.selection("autour", "Autour de la commune", autour()),
            autres,
            avances: filtres.avances(),
            vue: if filtres.vue == Vue::Carte { "carte" } else { "" },
        }
    }
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
fn epci(instance: &Instance, resultat: &Resultat, choisie: Option<&str>) -> Vec<(String, String)> {
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
fn comptes(
    tous: &str,
    axe: &str,
    options: impl IntoIterator<Item = (String, String)>,
    choisie: Option<&str>,
    resultat: &Resultat,
) -> Vec<OptionDeChamp> {
    let utiles = options.into_iter().filter_map(|(valeur, libelle)| {
        let nombre = resultat.compte(axe, &valeur);
        (nombre > 0 || choisie == Some(valeur.as_str()))
            .then(|| OptionDeChamp::nouvelle(valeur, format!("{libelle} ({nombre})")))
    });
    std::iter::once(OptionDeChamp::nouvelle("", tous)).chain(utiles).collect()
}

#[derive(Template)]
#[template(path = "liste.html")]
struct PageListe {
    recherche: Recherche,
    actifs: FiltresActifs,
    compte: String,
    notes: Vec<String>,
    acteurs: Vec<ActeurVu>,
    pagination: Pagination,
    carte: Option<(Html, CarteVive, Tableau)>,
    vers: Vers,
    garder: Garder,
    vide: Option<EtatVide>,
}

/// Keeping this search: a form for who is signed in, the way in for the others.
struct Garder {
    caches: Option<Html>,
    filtres: String,
    connexion: String,
}

impl Garder {
    fn nouveau(cadre: &Cadre, filtres: &Filtres) -> Self {
        let retour: String = form_urlencoded::byte_serialize(filtres.adresse().as_bytes()).collect();
        Self {
            caches: cadre.visiteur.personne().map(|_| cadre.formulaire().caches()),
            filtres: filtres.chaine(),
            connexion: format!("/connexion?retour={retour}"),
        }
    }
}

/// Other ways of showing the same.
struct Vers {
    liste: Option<String>,
    carte: Option<String>,
    impression: String,
    export: String,
    integrer: String,
}

/// GET `/annuaire`.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let mut demande = Demande::lire(&tx, &cadre).await?;
    let adresse = demande.filtres.adresse();
    let demandee = cadre.uri.path_and_query().map_or("", |p| p.as_str());
    // A form sent without script carries its empty fields and the commune as typed: one state has one address.
    let envoyee = demandee.contains("commune=") || demandee.contains("=&") || demandee.ends_with('=');
    if demande.erreurs.est_vide() && envoyee && demandee != adresse {
        return Ok(cadre::aller(&cadre, &adresse, ""));
    }
    if demande.filtres.vue == Vue::Impression {
        return imprimer(&cadre, &tx, demande).await;
    }
    let filtres = &demande.filtres;
    demande.requete.facettes = if filtres.vue == Vue::Carte { AXES_DE_LA_CARTE } else { AXES };
    demande.requete.nombre = if filtres.vue == Vue::Carte { 0 } else { PAR_PAGE };
    demande.requete.premier = (filtres.page - 1) * PAR_PAGE;
    let resultat = interroger(instance, &demande.requete)?;
    let lignes = storage::lignes(&tx, &resultat.ids, instance.aujourd_hui()).await?;
    let total = u64::try_from(resultat.total).unwrap_or(u64::MAX);
    let en_liste = filtres.en_vue(Vue::Liste);
    let page = PageListe {
        recherche: Recherche::nouvelle(&cadre, &demande, &resultat),
        actifs: FiltresActifs { actifs: filtres.actifs(instance, &demande.secteurs), tout: "/annuaire".to_owned() },
        compte: texte::accorde(total, "acteur", "acteurs"),
        notes: notes(&resultat),
        acteurs: lignes
            .into_iter()
            .map(|ligne| {
                let ou = ligne.commune.clone();
                ActeurVu::nouveau(instance, ligne).loin_de(instance, filtres, ou.as_ref())
            })
            .collect(),
        garder: Garder::nouveau(&cadre, &en_liste),
        pagination: Pagination::nouvelle(
            &en_liste.adresse(),
            filtres.page as u64,
            if filtres.vue == Vue::Carte { 0 } else { total },
            PAR_PAGE as u64,
        ),
        carte: (filtres.vue == Vue::Carte && resultat.total > 0)
            .then(|| carte(&cadre, filtres, &demande.requete, &resultat)),
        vers: Vers {
            liste: (filtres.vue == Vue::Carte).then(|| en_liste.adresse()),
            carte: (filtres.vue == Vue::Liste).then(|| filtres.en_vue(Vue::Carte).adresse()),
            impression: filtres.en_vue(Vue::Impression).adresse(),
            export: en_liste.chaine(),
            integrer: match en_liste.chaine() {
                vide if vide.is_empty() => "/integrer".to_owned(),
                chaine => format!("/integrer?{chaine}"),
            },
        },
        vide: vide(filtres, &resultat),
    };
    cadre.page("Annuaire", &page)?.cache(Cache::Public(60)).repondre()
}

fn notes(resultat: &Resultat) -> Vec<String> {
    let mut notes = Vec::new();
    if resultat.sans_mot {
        notes.push("Ces mots sont trop courants pour chercher : ajoutez un nom ou une activité.".to_owned());
    }
    if !resultat.approches.is_empty() && resultat.total > 0 {
        notes.push(format!(
            "Aucune fiche ne contient exactement « {} » : voici ce qui s’en approche.",
            resultat.approches.join(" ")
        ));
    }
    if resultat.partiel {
        notes.push("Aucune fiche ne contient tous vos mots : voici celles qui en contiennent une partie.".to_owned());
    }
    notes
}

fn vide(filtres: &Filtres, resultat: &Resultat) -> Option<EtatVide> {
    if resultat.total > 0 {
        return (resultat.ids.is_empty() && filtres.vue == Vue::Liste).then(|| EtatVide {
            titre: "Il n’y a plus d’acteur à cette page".to_owned(),
            texte: "La liste a peut-être changé depuis.".to_owned(),
            action: Some(("Revenir au début de la liste".to_owned(), filtres.en_vue(Vue::Liste).adresse())),
        });
    }
    if *filtres == (Filtres { page: filtres.page, vue: filtres.vue, ..Filtres::default() }) {
        return Some(EtatVide {
            titre: "L’annuaire est encore vide".to_owned(),
            texte: "Un agent du site peut y importer les acteurs à partir du répertoire Sirene et de la liste des structures d’insertion.".to_owned(),
            action: None,
        });
    }
    Some(EtatVide {
        titre: "Aucun acteur ne répond à tous ces critères".to_owned(),
        texte:
            "Retirez un filtre, écrivez un seul mot, ou élargissez aux communes voisines. L’annuaire ne contient pas \
                tous les acteurs : la personne qui suit votre secteur en connaît d’autres."
                .to_owned(),
        action: Some(("Voir tous les acteurs".to_owned(), "/annuaire".to_owned())),
    })
}

/// Actors by commune: a map for the eye, a table for everyone. No statement: the counts come from the index.
pub(crate) fn carte(
    cadre: &Cadre,
    filtres: &Filtres,
    requete: &Requete,
    resultat: &Resultat,
) -> (Html, CarteVive, Tableau) {
    let instance = &cadre.instance;
    let gardees: Vec<&Vec<String>> =
        requete.filtres.iter().filter(|f| f.axe == axe::COMMUNE).map(|f| &f.valeurs).collect();
    // The commune axis is counted as if it were not filtered: keep what the filters keep.
    let nombres: BTreeMap<CodeCommune, usize> = resultat
        .facettes
        .get(axe::COMMUNE)
        .into_iter()
        .flatten()
        .filter(|(code, _)| gardees.iter().all(|valeurs| valeurs.contains(code)))
        .filter_map(|(code, nombre)| Some((code.parse().ok()?, *nombre)))
        .collect();
    let adresse = |code: &CodeCommune| {
        Filtres { commune: Some(code.clone()), autour: Autour::Seule, ..filtres.en_vue(Vue::Liste) }.adresse()
    };
    let titre = format!("Communes où est un acteur, {}", cadre.identite().collectivite);
    let mut carte = Carte::nouvelle("carte-acteurs", titre, "Le tableau sous la carte dit la même chose");
    let entier = |nombre: usize| i64::try_from(nombre).unwrap_or(i64::MAX);
    let valeurs: Vec<i64> = nombres.values().copied().map(entier).collect();
    let teintes = Teintes::de(&valeurs, "Acteurs par commune");
    for commune in instance.perimetre().communes() {
        let nombre = nombres.get(commune);
        let classe = teintes.classe(nombre.copied().map_or(0, entier));
        carte.commune(commune, classe, nombre.map(|_| adresse(commune)));
    }
    let mut lignes: Vec<(&str, &CodeCommune, usize)> =
        nombres.iter().map(|(code, nombre)| (instance.referentiel().nom_commune(code), code, *nombre)).collect();
    lignes.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(b.0)));
    let tableau = Tableau {
        legende: "Acteurs par commune. Un acteur qui a plusieurs adresses compte dans chacune de ses communes."
            .to_owned(),
        colonnes: ["Commune", "Acteurs"].map(str::to_owned).to_vec(),
        lignes: lignes
            .into_iter()
            .map(|(nom, code, nombre)| {
                vec![Cellule::lien(&adresse(code), nom), Cellule::nombre(domain::cents::milliers(nombre as u64))]
            })
            .collect(),
    };
    let points = format!("/annuaire/export?format=geojson&{}", filtres.en_vue(Vue::Liste).chaine());
    (Html(carte.legende(teintes).svg()), CarteVive::nouvelle(cadre, points), tableau)
}

#[derive(Template)]
#[template(path = "impression.html")]
struct PageImpression {
    demande: String,
    le: String,
    compte: String,
    manque: Option<String>,
    tableau: Tableau,
    retour: String,
}

async fn imprimer(cadre: &Cadre, tx: &ReadTx, mut demande: Demande) -> Reponse {
    let instance = &cadre.instance;
    demande.requete.nombre = IMPRESSION_MAX;
    let resultat = interroger(instance, &demande.requete)?;
    let lignes = storage::lignes(tx, &resultat.ids, instance.aujourd_hui()).await?;
    let total = u64::try_from(resultat.total).unwrap_or(u64::MAX);
    let page = PageImpression {
        demande: demande.en_mots(instance),
        le: texte::jour(instance.aujourd_hui()),
        compte: texte::accorde(total, "acteur", "acteurs"),
        manque: (resultat.total > IMPRESSION_MAX).then(|| {
            format!(
                "Seuls les {} premiers sont imprimés. Filtrez, ou prenez le tableau complet à télécharger.",
                domain::cents::milliers(IMPRESSION_MAX as u64)
            )
        }),
        tableau: Tableau {
            legende: "Acteurs".to_owned(),
            colonnes: ["Nom", "Forme", "Commune", "Thèmes", "Agréments", "ESS selon la loi"]
                .map(str::to_owned)
                .to_vec(),
            lignes: lignes.iter().map(|ligne| en_cellules(instance, ligne)).collect(),
        },
        retour: demande.filtres.en_vue(Vue::Liste).adresse(),
    };
    cadre.page("Annuaire à imprimer", &page)?.fil(&[("Annuaire", "/annuaire")]).cache(Cache::Public(60)).repondre()
}

fn en_cellules(instance: &Instance, ligne: &Ligne) -> Vec<Cellule> {
    let agrements: Vec<&str> = ligne.agrements().iter().map(|genre| genre.libelle()).collect();
    let nom = if ligne.exemple { format!("{} (exemple)", ligne.nom) } else { ligne.nom.clone() };
    vec![
        Cellule::lien(&format!("/annuaire/{}", ligne.reference), &nom),
        Cellule::texte(ligne.famille.libelle()),
        Cellule::texte(ligne.commune.as_ref().map_or("–", |code| instance.referentiel().nom_commune(code))),
        Cellule::texte(ligne.resume_themes(&instance.locaux().themes).unwrap_or_default()),
        Cellule::texte(agrements.join(", ")),
        Cellule::texte(ligne.ess_loi.libelle()),
    ]
}

#[cfg(test)]
mod tests {
    use super::abreger;

    #[test]
    fn un_long_texte_se_coupe_entre_deux_mots() {
        assert_eq!(abreger("court"), "court");
        let coupe = abreger(&"mot ".repeat(100));
        assert!(coupe.ends_with("mot…") && coupe.chars().count() <= 181, "{coupe}");
        assert_eq!(abreger(&"é".repeat(300)).chars().count(), 181);
    }
}
