//! What is asked of the list. One state has one address, which can be kept, sent, printed.

use domain::code::CodeCommune;
use domain::referentiel::canton;
use domain::theme::Theme;
use search::{Filtre, Ordre, Requete};
use socle::secteur;
use web::formulaire::{Erreurs, trouver_commune};
use web::{Instance, Saisie};

use super::autour::Autour;
use crate::activite;
use crate::recherche::{SOURCE, axe, jeton_de_territoire};
use crate::tenue::champs::OUVERTURES;
use crate::vocabulaire::{Champ, Famille, GenreAgrement, GenreOffre, GenreTerritoire, ModeOffre, Reponse, Tarif};

/// Longest search, characters.
const LONGUEUR: usize = 200;
/// No page beyond: nobody reads there.
const PAGE_MAX: usize = 10_000;

/// How the answer is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Vue {
    /// Fifty a page.
    #[default]
    Liste,
    /// Fifty rows a page.
    Tableau,
    /// On a map, by commune and one by one; the same actors below.
    Carte,
    /// All of it, to print.
    Impression,
}

impl Vue {
    fn lire(texte: &str) -> Self {
        match texte {
            "tableau" => Self::Tableau,
            "carte" => Self::Carte,
            "impression" => Self::Impression,
            _ => Self::Liste,
        }
    }

    /// In the address; empty for the list.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Liste => "",
            Self::Tableau => "tableau",
            Self::Carte => "carte",
            Self::Impression => "impression",
        }
    }
}

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filtres {
    /// Words.
    pub q: String,
    /// Theme.
    pub theme: Option<Theme>,
    /// Commune.
    pub commune: Option<CodeCommune>,
    /// How far around it.
    pub autour: Autour,
    /// EPCI (SIREN).
    pub epci: Option<String>,
    /// Secteur, by its sort key.
    pub secteur: Option<String>,
    /// Canton (INSEE code).
    pub canton: Option<String>,
    /// Family of legal form.
    pub famille: Option<Famille>,
    /// Activity: division of the NAF.
    pub activite: Option<String>,
    /// Approval.
    pub agrement: Option<GenreAgrement>,
    /// Kind of offer.
    pub offre: Option<GenreOffre>,
    /// Legal way of an offer.
    pub voie: Option<ModeOffre>,
    /// How the price of an offer is made.
    pub tarif: Option<Tarif>,
    /// What is open to others: visits, purchases, volunteers.
    pub accueil: Option<Champ>,
    /// ESS by law.
    pub ess: Option<Reponse>,
    /// By name even when words are given.
    pub par_nom: bool,
    /// How it is shown.
    pub vue: Vue,
    /// Page, from 1.
    pub page: usize,
}

impl Filtres {
    /// Names of what filters, as in the address: all but how the answer is shown.
    pub const NOMS: &[&str] = &[
        "q", "theme", "insee", "autour", "epci", "secteur", "canton", "famille", "activite", "agrement", "offre",
        "voie", "tarif", "accueil", "ess",
    ];

    /// The first filter asked that is not understood, or no longer: a secteur renamed, a commune merged. Who asks once and
    /// reads for long (a search kept, a frame, a program) must be told: left out, it would show much more than was asked.
    #[must_use]
    pub fn perdu(&self, saisie: &Saisie) -> Option<&'static str> {
        let compris = self.parametres();
        let lu = |nom: &str| compris.iter().any(|(compris, _)| *compris == nom);
        Self::NOMS.iter().copied().find(|nom| !saisie.texte(nom).trim().is_empty() && !lu(nom))
    }

    /// A filter's name as people say it.
    pub(crate) fn en_clair(nom: &'static str) -> &'static str {
        match nom {
            "secteur" => "le secteur",
            "insee" | "autour" => "la commune",
            "epci" => "l’intercommunalité",
            "canton" => "le canton",
            "theme" => "le thème",
            "famille" => "la forme",
            "activite" => "l’activité",
            "agrement" => "l’agrément",
            "voie" => "la façon de payer",
            autre => autre,
        }
    }

    /// Reads the address. What does not exist is left out; an unknown commune is said beside its field.
    #[must_use]
    pub fn lire(saisie: &Saisie, instance: &Instance, secteurs: &[secteur::Model]) -> (Self, Erreurs) {
        let mut erreurs = Erreurs::default();
        let texte = |nom: &str| saisie.texte(nom).trim();
        // What is typed may be a postal code; the address that is kept holds an INSEE code, under another name: 54129 is
        // both Cirey-sur-Vezouze and the postal code of Magnières.
        let commune = match texte("commune") {
            "" => texte("insee").parse().ok().filter(|code| instance.perimetre().contient(code)),
            saisi => trouver_commune(instance, saisi).map_err(|phrase| erreurs.ajouter("commune", phrase)).ok(),
        };
        let epci = Some(texte("epci")).filter(|code| instance.referentiel().epci(code).is_some()).map(str::to_owned);
        let secteur = secteurs.iter().find(|s| s.nom_tri == texte("secteur")).map(|s| s.nom_tri.clone());
        let canton = canton::canton(texte("canton")).map(|canton| canton.code.to_owned());
        let filtres = Self {
            canton,
            activite: activite::libelle(texte("activite")).map(|_| texte("activite").to_owned()),
            q: texte("q").chars().take(LONGUEUR).collect(),
            theme: texte("theme").parse().ok(),
            // `voisines=1`: addresses kept from before distances.
            autour: commune
                .as_ref()
                .map(|_| Autour::lire(if texte("voisines") == "1" { "1" } else { texte("autour") }))
                .unwrap_or_default(),
            commune,
            epci,
            secteur,
            famille: texte("famille").parse().ok(),
            agrement: texte("agrement").parse().ok(),
            offre: texte("offre").parse().ok(),
            voie: texte("voie").parse().ok(),
            tarif: texte("tarif").parse().ok(),
            accueil: texte("accueil").parse().ok().filter(|champ| OUVERTURES.contains(champ)),
            ess: texte("ess").parse().ok(),
            par_nom: texte("ordre") == "nom",
            vue: Vue::lire(texte("vue")),
            page: texte("page").parse().unwrap_or(1).clamp(1, PAGE_MAX),
        };
        (filtres, erreurs)
    }

    /// Names and values that are not the ordinary ones, in a fixed order.
    #[must_use]
    pub fn parametres(&self) -> Vec<(&'static str, String)> {
        let page = if self.page > 1 { self.page.to_string() } else { String::new() };
        let parametres = [
            ("q", self.q.clone()),
            ("theme", self.theme.map(|t| t.to_string()).unwrap_or_default()),
            ("insee", self.commune.as_ref().map(ToString::to_string).unwrap_or_default()),
            ("autour", self.autour.valeur()),
            ("epci", self.epci.clone().unwrap_or_default()),
            ("secteur", self.secteur.clone().unwrap_or_default()),
            ("canton", self.canton.clone().unwrap_or_default()),
            ("famille", self.famille.map(|f| f.to_string()).unwrap_or_default()),
            ("activite", self.activite.clone().unwrap_or_default()),
            ("agrement", self.agrement.map(|a| a.to_string()).unwrap_or_default()),
            ("offre", self.offre.map(|o| o.to_string()).unwrap_or_default()),
            ("voie", self.voie.map(|v| v.to_string()).unwrap_or_default()),
            ("tarif", self.tarif.map(|t| t.to_string()).unwrap_or_default()),
            ("accueil", self.accueil.map(|c| c.to_string()).unwrap_or_default()),
            ("ess", self.ess.map(|e| e.to_string()).unwrap_or_default()),
            ("ordre", if self.par_nom { "nom".to_owned() } else { String::new() }),
            ("vue", self.vue.as_str().to_owned()),
            ("page", page),
        ];
        parametres.into_iter().filter(|(_, valeur)| !valeur.is_empty()).collect()
    }

    /// The query string, without `?`.
    #[must_use]
    pub fn chaine(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.parametres()).finish()
    }

    /// The one address of this state.
    #[must_use]
    pub fn adresse(&self) -> String {
        self.sous("/annuaire")
    }

    /// This state, shown by another page.
    #[must_use]
    pub fn sous(&self, chemin: &str) -> String {
        match self.chaine() {
            vide if vide.is_empty() => chemin.to_owned(),
            chaine => format!("{chemin}?{chaine}"),
        }
    }

    /// The same on its first page, shown another way.
    #[must_use]
    pub fn en_vue(&self, vue: Vue) -> Self {
        Self { vue, page: 1, ..self.clone() }
    }

    /// What the form shows.
    #[must_use]
    pub fn saisie(&self, instance: &Instance) -> Saisie {
        let commune = |code: &CodeCommune| {
            let departement = instance.referentiel().commune(code).map_or("", |commune| commune.departement);
            format!("{} ({departement})", instance.referentiel().nom_commune(code))
        };
        self.parametres().into_iter().fold(Saisie::default(), |saisie, (nom, valeur)| match (nom, &self.commune) {
            ("insee", Some(code)) => saisie.avec("commune", commune(code)),
            _ => saisie.avec(nom, valeur),
        })
    }

    /// Is a filter of the folded part in force?
    #[must_use]
    pub fn avances(&self) -> bool {
        let plies = Self { q: String::new(), theme: None, commune: None, vue: Vue::Liste, page: 1, ..self.clone() };
        plies != Self { page: 1, ..Self::default() }
    }

    /// Filters in force: in words, with the address of the same list without each one.
    #[must_use]
    pub fn actifs(&self, instance: &Instance, secteurs: &[secteur::Model]) -> Vec<(String, String)> {
        let base = self.en_vue(self.vue);
        let mut actifs = Vec::new();
        let mut ajouter = |libelle: Option<String>, sans: Self| {
            if let Some(libelle) = libelle {
                actifs.push((libelle, sans.adresse()));
            }
        };
        let lieu = self.commune.as_ref().map(|code| self.autour.en_mots(instance.referentiel().nom_commune(code)));
        let secteur = secteurs.iter().find(|s| Some(&s.nom_tri) == self.secteur.as_ref());
        let epci = self.epci.as_deref().and_then(|code| instance.referentiel().epci(code));
        ajouter((!self.q.is_empty()).then(|| format!("« {} »", self.q)), Self { q: String::new(), ..base.clone() });
        ajouter(self.theme.map(|t| instance.locaux().themes.nom(t).to_owned()), Self { theme: None, ..base.clone() });
        ajouter(lieu, Self { commune: None, autour: Autour::Seule, ..base.clone() });
        ajouter(epci.map(|e| e.nom.to_owned()), Self { epci: None, ..base.clone() });
        ajouter(secteur.map(|s| format!("Secteur {}", s.nom)), Self { secteur: None, ..base.clone() });
        let du_canton = self.canton.as_deref().and_then(canton::canton).map(|c| format!("Canton de {}", c.nom));
        ajouter(du_canton, Self { canton: None, ..base.clone() });
        ajouter(self.famille.map(|f| f.libelle().to_owned()), Self { famille: None, ..base.clone() });
        let activite = self.activite.as_deref().and_then(activite::libelle).map(str::to_owned);
        ajouter(activite, Self { activite: None, ..base.clone() });
        ajouter(self.agrement.map(|a| a.libelle().to_owned()), Self { agrement: None, ..base.clone() });
        ajouter(self.offre.map(|o| format!("Offre : {}", o.libelle())), Self { offre: None, ..base.clone() });
        ajouter(self.voie.map(|v| format!("Offre : {}", v.libelle())), Self { voie: None, ..base.clone() });
        ajouter(self.tarif.map(|t| format!("Prix : {}", t.libelle())), Self { tarif: None, ..base.clone() });
        ajouter(self.accueil.map(|c| c.libelle().to_owned()), Self { accueil: None, ..base.clone() });
        ajouter(self.ess.map(|e| libelle_ess(e).to_owned()), Self { ess: None, ..base });
        actifs
    }

    /// All of them in one line.
    #[must_use]
    pub fn en_mots(&self, instance: &Instance, secteurs: &[secteur::Model]) -> String {
        let mots: Vec<String> = self.actifs(instance, secteurs).into_iter().map(|(libelle, _)| libelle).collect();
        if mots.is_empty() { "Tous les acteurs".to_owned() } else { mots.join(" ; ") }
    }

    /// The question to the index. `communes_du_secteur` are those of [`Filtres::secteur`] today.
    #[must_use]
    pub fn requete(&self, instance: &Instance, communes_du_secteur: Vec<String>) -> Requete {
        let mut filtres = Vec::new();
        let mut garder = |axe, valeur: Option<&str>| {
            filtres.extend(valeur.map(|valeur| Filtre { axe, valeurs: vec![valeur.to_owned()] }));
        };
        garder(axe::THEME, self.theme.map(Theme::as_str));
        garder(axe::EPCI, self.epci.as_deref());
        garder(axe::FAMILLE, self.famille.map(Famille::as_str));
        garder(axe::ACTIVITE, self.activite.as_deref());
        garder(axe::AGREMENT, self.agrement.map(GenreAgrement::as_str));
        garder(axe::OFFRE, self.offre.map(GenreOffre::as_str));
        garder(axe::VOIE, self.voie.map(ModeOffre::as_str));
        garder(axe::TARIF, self.tarif.map(Tarif::as_str));
        garder(axe::ACCUEIL, self.accueil.map(Champ::as_str));
        garder(axe::ESS, self.ess.map(Reponse::as_str));
        if let (Some(commune), Autour::Desservie) = (&self.commune, self.autour) {
            filtres.push(Filtre { axe: axe::DESSERT, valeurs: desserte(instance, commune) });
        } else if let Some(commune) = &self.commune {
            let valeurs = self.autour.communes(instance, commune).iter().map(ToString::to_string).collect();
            filtres.push(Filtre { axe: axe::COMMUNE, valeurs });
        }
        if let Some(canton) = self.canton.as_deref().and_then(canton::canton) {
            filtres.push(Filtre { axe: axe::COMMUNE, valeurs: canton.communes().map(str::to_owned).collect() });
        }
        if self.secteur.is_some() {
            filtres.push(Filtre { axe: axe::COMMUNE, valeurs: communes_du_secteur });
        }
        let ordre = if self.par_nom { Ordre::Nom } else { Ordre::Pertinence };
        Requete { source: SOURCE, texte: self.q.clone(), filtres, ordre, ..Requete::default() }
    }
}

/// The territories served that hold a commune: the whole département, its intercommunalité, itself.
fn desserte(instance: &Instance, commune: &CodeCommune) -> Vec<String> {
    let epci = instance.faits_commune(commune).and_then(|faits| faits.epci);
    let epci = epci.map(|code| jeton_de_territoire(GenreTerritoire::Epci, &code));
    [
        Some(jeton_de_territoire(GenreTerritoire::Departement, "")),
        epci,
        Some(jeton_de_territoire(GenreTerritoire::Commune, commune.as_str())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// "ESS by law", in words.
#[must_use]
pub fn libelle_ess(reponse: Reponse) -> &'static str {
    match reponse {
        Reponse::Oui => "De l’ESS selon la loi",
        Reponse::Non => "Hors de l’ESS selon la loi",
        Reponse::Inconnu => "ESS à vérifier",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tous() -> Filtres {
        Filtres {
            q: "café".to_owned(),
            theme: Some(Theme::Commerce),
            commune: "54129".parse().ok(),
            autour: Autour::Km(10),
            epci: Some("200041515".to_owned()),
            secteur: Some("toulois".to_owned()),
            canton: Some("5401".to_owned()),
            famille: Some(Famille::Association),
            activite: Some("94".to_owned()),
            agrement: Some(GenreAgrement::TOUS[0]),
            offre: Some(GenreOffre::TOUS[0]),
            voie: Some(ModeOffre::TOUS[0]),
            tarif: Some(Tarif::TOUS[0]),
            accueil: Some(OUVERTURES[0]),
            ess: Some(Reponse::Oui),
            par_nom: true,
            vue: Vue::Carte,
            page: 2,
        }
    }

    #[test]
    fn chaque_filtre_a_son_nom() {
        let noms: Vec<&str> = tous().parametres().into_iter().map(|(nom, _)| nom).collect();
        let filtres: Vec<&str> = noms.into_iter().filter(|nom| !matches!(*nom, "ordre" | "vue" | "page")).collect();
        assert_eq!(filtres, Filtres::NOMS);
    }

    #[test]
    fn un_filtre_perdu_se_dit() {
        let demande = |chaine: &str| Saisie::decoder(chaine.as_bytes());
        assert_eq!(tous().perdu(&demande("q=café&secteur=toulois&vue=carte&page=2")), None);
        let sans = Filtres { secteur: None, ..tous() };
        assert_eq!(sans.perdu(&demande("q=café&secteur=toulois")), Some("secteur"));
        assert_eq!(sans.perdu(&demande("secteur=+")), None, "an empty field asks nothing");
    }
}
