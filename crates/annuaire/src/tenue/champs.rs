//! The fields of a page that people may give: as shown, as a form, as typed and checked.

use std::collections::BTreeMap;

use domain::theme::Theme;
use web::Saisie;
use web::composants::{Cellule, ChampLong, ChampOptions, ChampTexte, OptionDeChamp, Tableau};
use web::formulaire::{Formulaire, Lecteur};
use web::locaux::ThemesLocaux;

use crate::acteur;
use crate::acteur::valeur::{self, retenue};
use crate::vocabulaire::Champ;

/// Themes of an actor: beyond, it says nothing.
pub(crate) const THEMES_MAX: usize = 5;

/// Fields that people may give, with the name of the form field.
pub(crate) const CHAMPS: [(Champ, &str); 6] = [
    (Champ::Nom, "nom"),
    (Champ::Sigle, "sigle"),
    (Champ::Presentation, "presentation"),
    (Champ::Site, "site"),
    (Champ::Courriel, "courriel"),
    (Champ::Telephone, "telephone"),
];

/// What an actor opens to others: yes, no, or nobody said.
pub(crate) const OUVERTURES: [Champ; 3] = [Champ::Visites, Champ::Ventes, Champ::Benevoles];

/// Name of the form field of each.
fn noms() -> impl Iterator<Item = (Champ, &'static str)> {
    CHAMPS.into_iter().chain(OUVERTURES.into_iter().map(|champ| (champ, champ.as_str())))
}

/// What the page shows of each field; nothing said is nothing there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Montre(BTreeMap<Champ, String>);

impl Montre {
    pub(crate) fn nouveau(acteur: &acteur::Model, valeurs: &[valeur::Model]) -> Self {
        let texte = |champ| match champ {
            Champ::Nom => Some(acteur.nom.clone()),
            Champ::Sigle => acteur.sigle.clone(),
            Champ::Presentation => acteur.presentation.clone(),
            Champ::Site => acteur.site.clone(),
            Champ::Courriel => acteur.courriel.clone(),
            Champ::Telephone => acteur.telephone.clone(),
            champ => retenue(valeurs, champ).map(|dite| dite.valeur.clone()),
        };
        Self(noms().filter_map(|(champ, _)| Some((champ, texte(champ)?))).collect())
    }

    pub(crate) fn de(&self, champ: Champ) -> &str {
        self.0.get(&champ).map_or("", String::as_str)
    }

    /// As a form holds it.
    pub(crate) fn en_saisie(&self) -> Saisie {
        noms().fold(Saisie::default(), |saisie, (champ, nom)| saisie.avec(nom, self.de(champ)))
    }

    /// Only what differs from what is shown: the rest keeps its source.
    pub(crate) fn changements(&self, valeurs: &[(Champ, String)]) -> Vec<(Champ, String)> {
        valeurs.iter().filter(|(champ, valeur)| self.de(*champ) != valeur).cloned().collect()
    }

    /// All that the form changes, the themes too: who saves second must see what the first one did before writing over it.
    pub(crate) fn tableau(&self, themes: &[Theme], locaux: &ThemesLocaux) -> Tableau {
        let champs = noms().map(|(champ, _)| vec![Cellule::texte(champ.libelle()), dire(self.de(champ))]);
        let themes = vec![Cellule::texte("Thèmes"), dire(&locaux.noms(themes))];
        Tableau {
            legende: "Ce que dit la fiche maintenant".to_owned(),
            colonnes: ["Quoi", "Maintenant"].map(str::to_owned).into(),
            lignes: champs.chain([themes]).collect(),
        }
    }
}

/// A value, or that there is none.
pub(crate) fn dire(texte: &str) -> Cellule {
    Cellule::texte(if texte.is_empty() { "rien" } else { texte })
}

/// The form.
pub(crate) struct ChampsFiche {
    pub(crate) nom: ChampTexte,
    pub(crate) sigle: ChampTexte,
    pub(crate) presentation: ChampLong,
    pub(crate) site: ChampTexte,
    pub(crate) courriel: ChampTexte,
    pub(crate) telephone: ChampTexte,
    pub(crate) ouvertures: Vec<ChampOptions>,
}

impl ChampsFiche {
    pub(crate) fn nouveaux(f: &Formulaire) -> Self {
        let ouverture = |champ: Champ| {
            let options = [("oui", "Oui"), ("non", "Non"), ("", "Je ne sais pas")];
            let options = options.map(|(valeur, mots)| OptionDeChamp::nouvelle(valeur, mots));
            f.radios(champ.as_str(), champ.libelle(), options).en_ligne()
        };
        Self {
            nom: f.texte("nom", "Nom"),
            sigle: f.texte("sigle", "Sigle (facultatif)"),
            presentation: f
                .long("presentation", "Ce que fait la structure (facultatif)", 2_000)
                .lignes(6)
                .aide("Deux à cinq phrases, avec des mots simples : pour qui, où, quoi."),
            site: f.texte("site", "Site internet (facultatif)").aide("Exemple : https://www.exemple.fr"),
            courriel: f
                .texte("courriel", "Courriel public (facultatif)")
                .aide("Celui de la structure, que tout le monde verra. Pas celui d’une personne."),
            telephone: f.texte("telephone", "Téléphone public (facultatif)").aide("Exemple : 03 83 00 00 00"),
            ouvertures: OUVERTURES.map(ouverture).into(),
        }
    }
}

/// What was typed, checked; errors go to the reader. What the page shows already is not checked: a source wrote it so, and
/// who corrects another field need not repair it.
pub(crate) fn lire(l: &mut Lecteur<'_>, saisie: &Saisie, montre: &Montre) -> Vec<(Champ, String)> {
    let nom = l.texte("nom", "Écrivez le nom de la structure.", 2, 200).unwrap_or_default();
    let mut libre = |champ, max| l.texte_libre(champ, max).unwrap_or_default();
    let (sigle, presentation) = (libre("sigle", 40), libre("presentation", 2_000));
    let site = libre("site", 200);
    let ecrit = saisie.texte("courriel").trim();
    let courriel = match ecrit {
        "" => String::new(),
        connu if connu == montre.de(Champ::Courriel) => connu.to_owned(),
        _ => l.courriel("courriel", "").unwrap_or_default(),
    };
    let adresse = site.starts_with("https://") || site.starts_with("http://");
    if !site.is_empty() && !adresse && site != montre.de(Champ::Site) {
        l.erreurs.ajouter("site", "Une adresse de site commence par https://.");
    }
    let telephone = match saisie.texte("telephone").trim() {
        connu if connu == montre.de(Champ::Telephone) => connu.to_owned(),
        _ => l.telephone("telephone").unwrap_or_default(),
    };
    let valeurs = [nom, sigle, presentation, site, courriel, telephone];
    let mut lues: Vec<(Champ, String)> = CHAMPS.iter().map(|(champ, _)| *champ).zip(valeurs).collect();
    for champ in OUVERTURES {
        match saisie.texte(champ.as_str()) {
            reponse @ ("oui" | "non" | "") => lues.push((champ, reponse.to_owned())),
            _ => l.erreurs.ajouter(champ.as_str(), "Choisissez : oui, non, ou je ne sais pas."),
        }
    }
    lues
}

/// Themes typed.
pub(crate) fn lire_les_themes(l: &mut Lecteur<'_>) -> Vec<Theme> {
    l.plusieurs("themes", THEMES_MAX, "Choisissez cinq thèmes au plus.")
}

/// Before and after, field by field.
pub(crate) fn avant_apres(
    montre: &Montre,
    changements: &[(Champ, String)],
    themes: Option<(&[Theme], &[Theme])>,
    noms: &ThemesLocaux,
) -> Tableau {
    let mut lignes: Vec<Vec<Cellule>> = changements
        .iter()
        .map(|(champ, apres)| vec![Cellule::texte(champ.libelle()), dire(montre.de(*champ)), dire(apres)])
        .collect();
    if let Some((avant, apres)) = themes {
        lignes.push(vec![Cellule::texte("Thèmes"), dire(&noms.noms(avant)), dire(&noms.noms(apres))]);
    }
    Tableau {
        legende: "Ce qui changera".to_owned(),
        colonnes: ["Quoi", "Avant", "Après"].map(str::to_owned).into(),
        lignes,
    }
}
