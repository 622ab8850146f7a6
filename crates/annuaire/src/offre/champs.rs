//! The form of an offer: as shown, as typed and checked, as kept while it waits for an agent.

use domain::cents::Cents;
use domain::code::CodeCommune;
use domain::profil::Etape;
use domain::theme::Theme;
use socle::nom_tri;
use web::composants::{ChampLong, ChampOptions, ChampTexte, OptionDeChamp, Selection};
use web::formulaire::{Erreurs, Formulaire, Lecteur, trouver_commune};
use web::{Cadre, Instance, Saisie};

use super::storage::{Model, OffreComplete, OffreId, Reference, joindre};
use crate::acteur;
use crate::import::fiche::est_une_adresse;
use crate::vocabulaire::{GenreOffre, GenreTerritoire, ModeOffre, Periode, Tarif};

/// Themes of an offer: beyond, it says nothing.
const THEMES_MAX: usize = 5;
/// Communes named one by one: beyond, an intercommunalité says it better.
const COMMUNES_MAX: usize = 100;
/// Projects already done that an offer names.
const REFERENCES: usize = 3;
/// The oldest year of a reference, and how large a capacity may be: beyond, it was mistyped.
const ANNEE_MIN: i64 = 1900;
const NOMBRE_MAX: i64 = 1_000_000;

fn options<T: Copy>(tous: &[T], id: impl Fn(T) -> &'static str, nom: impl Fn(T) -> &'static str) -> Vec<OptionDeChamp> {
    tous.iter().map(|valeur| OptionDeChamp::nouvelle(id(*valeur), nom(*valeur))).collect()
}

/// The form.
pub(crate) struct ChampsOffre {
    pub(crate) titre: ChampTexte,
    pub(crate) description: ChampLong,
    pub(crate) genre: Selection,
    pub(crate) modes: ChampOptions,
    pub(crate) tarif: Selection,
    pub(crate) prix: [ChampTexte; 2],
    pub(crate) capacite: (ChampTexte, ChampTexte, Selection),
    pub(crate) themes: ChampOptions,
    pub(crate) etapes: ChampOptions,
    pub(crate) epci: ChampOptions,
    pub(crate) perimetres: Option<ChampOptions>,
    pub(crate) communes: ChampLong,
    pub(crate) references: Vec<[ChampTexte; 4]>,
}

impl ChampsOffre {
    pub(crate) fn nouveaux(cadre: &Cadre, f: &Formulaire) -> Self {
        let instance = &cadre.instance;
        let choisir = || std::iter::once(OptionDeChamp::nouvelle("", "Choisir"));
        let perimetres = perimetres(instance);
        Self {
            titre: f
                .texte("titre", "Titre")
                .aide("Ce que vous proposez, en quelques mots. Exemple : diagnostic avant la reprise d’un café."),
            description: f
                .long("description", "En une ou deux phrases", 600)
                .lignes(3)
                .aide("Ce que la commune reçoit, et comment cela se passe."),
            genre: f.selection(
                "genre",
                "Ce que l’offre apporte",
                choisir().chain(options(GenreOffre::TOUS, GenreOffre::as_str, GenreOffre::libelle)),
            ),
            modes: f
                .cases("mode", "Comment cela se paie", options(ModeOffre::TOUS, ModeOffre::as_str, ModeOffre::libelle))
                .aide("Cochez toutes les voies que vous acceptez. Rien, si c’est gratuit et que personne ne paie."),
            tarif: f.selection(
                "tarif",
                "Comment le prix se calcule",
                choisir().chain(options(Tarif::TOUS, Tarif::as_str, Tarif::libelle)),
            ),
            prix: [
                f.texte("a_partir_de", "Prix à partir de (facultatif)")
                    .aide("En euros, taxes comprises si vous en facturez. Exemple : 450")
                    .montant(),
                f.texte("prix_pour", "Pour (facultatif)").aide("Exemple : la journée, un repas, une adhésion d’un an."),
            ],
            capacite: (
                f.texte("capacite", "Ce que vous pouvez faire au plus (facultatif)")
                    .aide("Quoi, en quelques mots. Exemple : projets suivis, places, mètres carrés."),
                f.texte("capacite_nombre", "Combien (facultatif)").chiffres(),
                f.selection(
                    "capacite_periode",
                    "Sur combien de temps",
                    std::iter::once(OptionDeChamp::nouvelle("", "En tout")).chain(options(
                        Periode::TOUS,
                        Periode::as_str,
                        Periode::libelle,
                    )),
                ),
            ),
            themes: f
                .cases("themes", "Thèmes", options(Theme::TOUS, Theme::as_str, Theme::libelle))
                .aide("Un à cinq thèmes : l’offre sera proposée aux projets qui ont un de ces thèmes.")
                .en_colonnes(),
            etapes: f
                .cases("etapes", "Étapes du projet", options(Etape::connues(), Etape::as_str, Etape::libelle))
                .aide("Ne cochez rien si l’offre vaut à toutes les étapes.")
                .en_colonnes(),
            epci: f
                .cases("epci", "Intercommunalités où l’offre est proposée", intercommunalites(instance))
                .aide("Ne cochez rien, et n’écrivez aucune commune, si l’offre vaut dans tout le territoire.")
                .en_colonnes(),
            perimetres: (!perimetres.is_empty())
                .then(|| f.cases("perimetres", "Périmètres où l’offre est proposée", perimetres).en_colonnes()),
            communes: f
                .long("communes", "Communes où l’offre est proposée", 4_000)
                .lignes(3)
                .aide("Facultatif. Une commune par ligne : son nom ou son code postal."),
            references: (1..=REFERENCES).map(|rang| reference(f, rang)).collect(),
        }
    }
}

fn reference(f: &Formulaire, rang: usize) -> [ChampTexte; 4] {
    let champ = |quoi: &str, libelle: &str| f.texte(nom(quoi, rang), &format!("{libelle} (projet {rang})"));
    [
        champ("phrase", "Ce que vous avez fait")
            .aide("Une phrase. Exemple : ouverture d’une épicerie tenue par dix habitants."),
        champ("annee", "Année").chiffres(),
        champ("commune", "Commune").commune(),
        champ("lien", "Page à lire").aide("Facultatif. Commence par https://"),
    ]
}

/// Name of a form field of a reference.
fn nom(quoi: &str, rang: usize) -> String {
    format!("fait_{quoi}_{rang}")
}

/// The perimeters that the département entered.
fn perimetres(instance: &Instance) -> Vec<OptionDeChamp> {
    let connues = web::zonages::connues(&instance.locaux()).into_iter().filter(|liste| liste.locale);
    connues.map(|liste| OptionDeChamp::nouvelle(liste.id, liste.nom)).collect()
}

fn intercommunalites(instance: &Instance) -> Vec<OptionDeChamp> {
    let mut epci: Vec<(String, String)> = instance
        .perimetre()
        .communes()
        .filter_map(|code| instance.faits_commune(code))
        .filter_map(|faits| faits.epci_nom.zip(faits.epci))
        .collect();
    epci.sort();
    epci.dedup();
    epci.into_iter().map(|(nom, code)| OptionDeChamp::nouvelle(code, nom)).collect()
}

/// An offer as a form holds it.
pub(crate) fn en_saisie(instance: &Instance, complete: &OffreComplete) -> Saisie {
    let offre = &complete.offre;
    let mut saisie = Saisie::default()
        .avec("titre", &offre.titre)
        .avec("description", &offre.description)
        .avec("genre", offre.genre.as_str())
        .avec("tarif", offre.tarif.map_or("", Tarif::as_str));
    for mode in offre.modes() {
        saisie = saisie.avec("mode", mode.as_str());
    }
    for theme in &complete.themes {
        saisie = saisie.avec("themes", theme.as_str());
    }
    for etape in &complete.etapes {
        saisie = saisie.avec("etapes", etape.as_str());
    }
    let mut communes = Vec::new();
    for (genre, code) in &complete.territoires {
        match (genre, code.parse::<CodeCommune>()) {
            (GenreTerritoire::Epci, _) => saisie = saisie.avec("epci", code),
            (GenreTerritoire::Perimetre, _) => saisie = saisie.avec("perimetres", code),
            (GenreTerritoire::Commune, Ok(code)) => communes.push(instance.referentiel().nom_commune(&code).to_owned()),
            _ => {}
        }
    }
    let offre = &complete.offre;
    saisie = saisie
        .avec("communes", communes.join("\n"))
        .avec("capacite", offre.capacite.clone().unwrap_or_default())
        .avec("capacite_nombre", offre.capacite_nombre.map(|nombre| nombre.to_string()).unwrap_or_default())
        .avec("capacite_periode", offre.capacite_periode.map_or("", Periode::as_str))
        .avec_montant("a_partir_de", offre.a_partir_de)
        .avec("prix_pour", offre.prix_pour.clone().unwrap_or_default());
    for (rang, fait) in (1..).zip(&complete.references) {
        let commune = fait.commune.as_ref().map_or("", |code| instance.referentiel().nom_commune(code));
        saisie = saisie
            .avec(&nom("phrase", rang), fait.phrase.as_str())
            .avec(&nom("annee", rang), fait.annee.to_string())
            .avec(&nom("commune", rang), commune)
            .avec(&nom("lien", rang), fait.lien.clone().unwrap_or_default());
    }
    saisie
}

/// What was typed, as it is kept while it waits for an agent.
pub(crate) fn en_texte(saisie: &Saisie) -> String {
    let simples = ["titre", "description", "genre", "tarif", "a_partir_de", "prix_pour", "capacite", "capacite_nombre"];
    let listes = ["mode", "capacite_periode", "themes", "etapes", "epci", "perimetres", "communes"];
    let faits = (1..=REFERENCES)
        .flat_map(|rang| ["phrase", "annee", "commune", "lien"].into_iter().map(move |quoi| nom(quoi, rang)));
    let noms: Vec<String> = simples.into_iter().chain(listes).map(str::to_owned).chain(faits).collect();
    let couples: Vec<(&str, &str)> = noms
        .iter()
        .flat_map(|nom| saisie.liste(nom).iter().map(move |valeur| (nom.as_str(), valeur.as_str())))
        .filter(|(_, valeur)| !valeur.is_empty())
        .collect();
    serde_json::to_string(&couples).unwrap_or_default()
}

/// What waits since the time when an offer was either free or paid in one way.
pub(crate) fn d_aujourd_hui(saisie: Saisie) -> Saisie {
    let gratuit = Tarif::Gratuit.as_str();
    let ancienne = saisie.liste("mode").iter().any(|mode| mode == gratuit);
    if ancienne { saisie.sans("mode").avec("tarif", gratuit) } else { saisie }
}

/// What was typed, checked.
pub(crate) struct Lue {
    pub(crate) titre: String,
    description: String,
    genre: GenreOffre,
    modes: Vec<ModeOffre>,
    tarif: Tarif,
    themes: Vec<Theme>,
    etapes: Vec<Etape>,
    territoires: Vec<(GenreTerritoire, String)>,
    capacite: Option<String>,
    capacite_nombre: Option<i64>,
    capacite_periode: Option<Periode>,
    a_partir_de: Option<Cents>,
    prix_pour: Option<String>,
    references: Vec<Reference>,
}

/// Reads the form.
///
/// # Errors
/// What is wrong, field by field.
pub(crate) fn lire(instance: &Instance, saisie: &Saisie) -> Result<Lue, Erreurs> {
    let mut l = saisie.lecteur();
    let titre = l.texte("titre", "Donnez un titre à l’offre.", 5, 120);
    let description = l.texte("description", "Décrivez l’offre en une ou deux phrases.", 10, 600);
    let genre = l.choix("genre", "Choisissez ce que l’offre apporte.");
    let tarif = l.choix("tarif", "Dites comment le prix se calcule, ou que c’est gratuit.");
    let modes: Vec<ModeOffre> = l.plusieurs("mode", ModeOffre::TOUS.len(), "");
    if modes.is_empty() && tarif != Some(Tarif::Gratuit) && l.erreurs.de("mode").is_none() {
        l.erreurs.ajouter("mode", "Dites comment cela se paie : cochez au moins une voie.");
    }
    let themes: Vec<Theme> = l.plusieurs("themes", THEMES_MAX, "Choisissez cinq thèmes au plus.");
    if themes.is_empty() {
        l.erreurs.ajouter("themes", "Choisissez au moins un thème.");
    }
    let etapes = l.plusieurs("etapes", Etape::TOUS.len(), "");
    let territoires = territoires(&mut l, instance, saisie);
    let (capacite, capacite_nombre, capacite_periode) = capacite(&mut l);
    let a_partir_de = l.montant("a_partir_de").filter(|prix| *prix > Cents::ZERO);
    let prix_pour = l.texte_libre("prix_pour", 60);
    if a_partir_de.is_some() && tarif == Some(Tarif::Gratuit) {
        l.erreurs.ajouter(
            "a_partir_de",
            "Vous avez dit que c’est gratuit : effacez le prix, ou dites comment cela se paie.",
        );
    }
    if prix_pour.is_some() && a_partir_de.is_none() && l.erreurs.de("a_partir_de").is_none() {
        l.erreurs.ajouter("a_partir_de", "Écrivez le prix, ou effacez « Pour ».");
    }
    let references = references(&mut l, instance, saisie);
    match (titre, description, genre, tarif) {
        (Some(titre), Some(description), Some(genre), Some(tarif)) if l.erreurs.est_vide() => Ok(Lue {
            titre,
            description,
            genre,
            modes,
            tarif,
            themes,
            etapes,
            territoires,
            capacite,
            capacite_nombre,
            capacite_periode,
            a_partir_de,
            prix_pour,
            references,
        }),
        _ => Err(l.erreurs),
    }
}

fn capacite(l: &mut Lecteur<'_>) -> (Option<String>, Option<i64>, Option<Periode>) {
    let quoi = l.texte_libre("capacite", 60);
    let nombre = l.texte_libre("capacite_nombre", 12).and_then(|ecrit| {
        let lu = ecrit.chars().filter(|c| !c.is_whitespace()).collect::<String>().parse::<i64>().ok();
        let bon = lu.filter(|nombre| (1..=NOMBRE_MAX).contains(nombre));
        if bon.is_none() {
            l.erreurs.ajouter("capacite_nombre", "Écrivez un nombre entier, par exemple 12.");
        }
        bon
    });
    let periode = l.choix_libre("capacite_periode");
    if quoi.is_none() && nombre.is_some() {
        l.erreurs.ajouter("capacite", "Dites ce que compte ce nombre : places, projets, mètres carrés…");
    }
    // A length of time without a number says nothing.
    (quoi, nombre, periode.filter(|_| nombre.is_some()))
}

fn references(l: &mut Lecteur<'_>, instance: &Instance, saisie: &Saisie) -> Vec<Reference> {
    (1..=REFERENCES).filter_map(|rang| lire_une_reference(l, instance, saisie, rang)).collect()
}

fn lire_une_reference(l: &mut Lecteur<'_>, instance: &Instance, saisie: &Saisie, rang: usize) -> Option<Reference> {
    let ecrit = |quoi: &str| !saisie.texte(&nom(quoi, rang)).trim().is_empty();
    if !["phrase", "annee", "commune", "lien"].into_iter().any(ecrit) {
        return None;
    }
    let phrase = l.texte(&nom("phrase", rang), "Dites en une phrase ce que vous avez fait.", 10, 200);
    let bornes = ANNEE_MIN..=i64::from(instance.aujourd_hui().year());
    let annee = saisie.texte(&nom("annee", rang)).trim().parse::<i64>().ok().filter(|annee| bornes.contains(annee));
    if annee.is_none() {
        l.erreurs.ajouter(&nom("annee", rang), "Écrivez l’année en quatre chiffres, par exemple 2024.");
    }
    let commune = if ecrit("commune") { l.commune(&nom("commune", rang), instance) } else { None };
    let lien = l.texte_libre(&nom("lien", rang), 300);
    if lien.as_deref().is_some_and(|lien| !est_une_adresse(lien)) {
        l.erreurs.ajouter(&nom("lien", rang), "Une adresse de page commence par https://.");
    }
    Some(Reference { commune, annee: annee?, phrase: phrase?, lien })
}

fn territoires(l: &mut Lecteur<'_>, instance: &Instance, saisie: &Saisie) -> Vec<(GenreTerritoire, String)> {
    let connues: Vec<String> = intercommunalites(instance).into_iter().map(|option| option.valeur).collect();
    let mut territoires = Vec::new();
    for code in saisie.liste("epci") {
        if connues.contains(code) {
            territoires.push((GenreTerritoire::Epci, code.clone()));
        } else {
            l.erreurs.ajouter("epci", "Ce choix n’existe pas. Choisissez dans la liste.");
        }
    }
    let connus: Vec<String> = perimetres(instance).into_iter().map(|option| option.valeur).collect();
    for code in saisie.liste("perimetres") {
        if connus.contains(code) {
            territoires.push((GenreTerritoire::Perimetre, code.clone()));
        } else {
            l.erreurs.ajouter("perimetres", "Ce choix n’existe pas. Choisissez dans la liste.");
        }
    }
    let lignes: Vec<&str> = saisie.texte("communes").lines().map(str::trim).filter(|ligne| !ligne.is_empty()).collect();
    if lignes.len() > COMMUNES_MAX {
        l.erreurs.ajouter("communes", "C’est trop de communes : 100 au plus. Cochez plutôt une intercommunalité.");
        return territoires;
    }
    for (rang, ligne) in (1..).zip(lignes) {
        match trouver_commune(instance, ligne) {
            Ok(code) => territoires.push((GenreTerritoire::Commune, code.to_string())),
            Err(phrase) => l.erreurs.ajouter("communes", format!("Ligne {rang} : {phrase}")),
        }
    }
    territoires.sort();
    territoires.dedup();
    territoires
}

impl Lue {
    /// The offer as it will be saved: `avant` when it exists.
    pub(crate) fn completer(self, instance: &Instance, acteur: &acteur::Model, avant: Option<&Model>) -> OffreComplete {
        let maintenant = instance.clock.instant();
        let offre = Model {
            id: avant.map_or_else(|| OffreId::nouveau(&*instance.ids), |offre| offre.id.clone()),
            acteur_id: acteur.id.clone(),
            titre_tri: nom_tri(&self.titre),
            titre: self.titre,
            description: self.description,
            genre: self.genre,
            modes: joindre(&self.modes),
            tarif: Some(self.tarif),
            payant: self.tarif != Tarif::Gratuit,
            active: avant.is_none_or(|offre| offre.active),
            exemple: acteur.exemple,
            cree_le: avant.map_or(maintenant, |offre| offre.cree_le),
            modifie_le: maintenant,
            version: avant.map_or(1, |offre| offre.version),
            capacite: self.capacite,
            capacite_nombre: self.capacite_nombre,
            capacite_periode: self.capacite_periode,
            a_partir_de: self.a_partir_de,
            prix_pour: self.prix_pour,
        };
        let Self { themes, etapes, territoires, references, .. } = self;
        OffreComplete { offre, themes, etapes, territoires, references }
    }
}
