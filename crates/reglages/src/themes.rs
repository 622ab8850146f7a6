//! Themes and priorities: renamed, moved to another column, no longer offered. Their ids never change, so that projects,
//! levers and actors keep them.

use askama::Template;
use axum::extract::Path;
use domain::theme::{Colonne, Theme};
use web::composants::{Html, OptionDeChamp};
use web::formulaire::Erreurs;
use web::locaux::{THEMES, ThemeLocal, ThemesLocaux};
use web::{Cadre, CheckedForm, Erreur, Reponse, Saisie};

use crate::ecran::{Ecran, Etat, acte, enregistrer};

const NOM_MAX: usize = 60;

struct Ligne {
    url: String,
    nom: String,
    origine: Option<&'static str>,
    masque: bool,
}

struct Groupe {
    url: String,
    nom: String,
    lignes: Vec<Ligne>,
}

#[derive(Template)]
#[template(path = "themes.html")]
struct PageThemes {
    groupes: Vec<Groupe>,
}

/// GET.
pub async fn liste(cadre: Cadre) -> Reponse {
    let locaux = cadre.instance.locaux();
    let themes = &locaux.themes;
    let ligne = |theme: Theme| Ligne {
        url: format!("/reglages/themes/{theme}"),
        nom: themes.nom(theme).to_owned(),
        origine: (themes.nom(theme) != theme.libelle()).then(|| theme.libelle()),
        masque: !themes.propose(theme),
    };
    let groupe = |colonne: Colonne| Groupe {
        url: format!("/reglages/themes/{colonne}"),
        nom: themes.nom_de_colonne(colonne).to_owned(),
        lignes: Theme::TOUS.iter().copied().filter(|t| themes.colonne(*t) == colonne).map(ligne).collect(),
    };
    let page = PageThemes { groupes: Colonne::TOUS.iter().copied().map(groupe).collect() };
    cadre.page("Thèmes et priorités", &page)?.fil(&[("Réglages", "/reglages")]).repondre()
}

/// A theme or a column, by its id.
#[derive(Clone, Copy)]
enum Objet {
    Theme(Theme),
    Colonne(Colonne),
}

impl Objet {
    fn lire(id: &str) -> Result<Self, Erreur> {
        let theme = id.parse().map(Self::Theme);
        theme.or_else(|_| id.parse().map(Self::Colonne)).map_err(|_| Erreur::Introuvable("ce thème"))
    }

    fn id(self) -> &'static str {
        match self {
            Self::Theme(theme) => theme.as_str(),
            Self::Colonne(colonne) => colonne.as_str(),
        }
    }

    fn origine(self) -> &'static str {
        match self {
            Self::Theme(theme) => theme.libelle(),
            Self::Colonne(colonne) => colonne.libelle(),
        }
    }

    fn nom(self, themes: &ThemesLocaux) -> &str {
        match self {
            Self::Theme(theme) => themes.nom(theme),
            Self::Colonne(colonne) => themes.nom_de_colonne(colonne),
        }
    }

    fn modifie(self, themes: &ThemesLocaux) -> bool {
        match self {
            Self::Theme(theme) => themes.themes.contains_key(theme.as_str()),
            Self::Colonne(colonne) => themes.colonnes.contains_key(colonne.as_str()),
        }
    }
}

fn page(cadre: &Cadre, objet: Objet, etat: Etat) -> Reponse {
    let locaux = cadre.instance.locaux();
    let f = etat.formulaire(cadre);
    let mut champs =
        vec![Html(f.texte("nom", "Nom montré").aide(format!("À l’origine : {}.", objet.origine())).to_string())];
    if let Objet::Theme(_) = objet {
        let colonnes =
            Colonne::TOUS.iter().map(|c| OptionDeChamp::nouvelle(c.as_str(), locaux.themes.nom_de_colonne(*c)));
        champs.push(Html(f.radios("colonne", "Priorité où il est rangé", colonnes).to_string()));
        let masquer = [OptionDeChamp::nouvelle("oui", "Ne plus le proposer (les projets qui l’ont déjà le gardent)")];
        champs.push(Html(f.cases("masque", "Proposer ce thème ?", masquer).to_string()));
    }
    let ecran = Ecran {
        titre: objet.nom(&locaux.themes).to_owned(),
        action: format!("/reglages/themes/{}", objet.id()),
        champs,
        retour: objet.modifie(&locaux.themes).then_some("Revenir à l’origine"),
        version: locaux.version(THEMES),
        cle: THEMES.to_owned(),
        ..Ecran::default()
    };
    ecran.repondre(cadre, &f, etat, &[("Thèmes et priorités", "/reglages/themes")])
}

/// GET.
pub async fn montrer(cadre: Cadre, Path(id): Path<String>) -> Reponse {
    let objet = Objet::lire(&id)?;
    let locaux = cadre.instance.locaux();
    let mut saisie = Saisie::default().avec("nom", objet.nom(&locaux.themes));
    if let Objet::Theme(theme) = objet {
        saisie = saisie.avec("colonne", locaux.themes.colonne(theme).as_str());
        if !locaux.themes.propose(theme) {
            saisie = saisie.avec("masque", "oui");
        }
    }
    page(&cadre, objet, Etat::de(saisie))
}

/// POST.
pub async fn enregistrer_theme(cadre: Cadre, Path(id): Path<String>, form: CheckedForm) -> Reponse {
    let objet = Objet::lire(&id)?;
    let mut themes = cadre.instance.locaux().themes.clone();
    if acte(&form) == "retour" {
        themes.themes.remove(objet.id());
        themes.colonnes.remove(objet.id());
    } else {
        let mut l = form.lecteur();
        let nom = l.texte("nom", "Donnez un nom.", 2, NOM_MAX);
        let pris = |nom: &str| {
            Theme::TOUS.iter().any(|t| t.as_str() != objet.id() && themes.nom(*t) == nom)
                || Colonne::TOUS.iter().any(|c| c.as_str() != objet.id() && themes.nom_de_colonne(*c) == nom)
        };
        if nom.as_deref().is_some_and(pris) {
            l.erreurs.ajouter("nom", "Un autre thème ou une autre priorité porte déjà ce nom.");
        }
        let colonne: Option<Colonne> = match objet {
            Objet::Theme(_) => l.choix("colonne", "Choisissez une priorité."),
            Objet::Colonne(_) => None,
        };
        let (Some(nom), true) = (nom, l.erreurs.est_vide()) else {
            let erreurs = l.erreurs;
            return page(&cadre, objet, Etat::en_erreur(form.saisie, erreurs));
        };
        match objet {
            Objet::Colonne(colonne) => {
                themes.colonnes.insert(colonne.as_str().to_owned(), nom);
            }
            Objet::Theme(theme) => {
                let local = ThemeLocal {
                    nom: if nom == theme.libelle() { String::new() } else { nom },
                    colonne: colonne.filter(|c| *c != theme.colonne()).map_or("", Colonne::as_str).to_owned(),
                    masque: form.saisie.texte("masque") == "oui",
                };
                themes.themes.insert(theme.as_str().to_owned(), local);
            }
        }
    }
    if !Theme::TOUS.iter().any(|theme| themes.propose(*theme)) {
        let mut erreurs = Erreurs::default();
        erreurs.ajouter("masque", "Gardez au moins un thème : sans lui, personne ne peut décrire un projet.");
        return page(&cadre, objet, Etat::en_erreur(form.saisie, erreurs));
    }
    match enregistrer(&cadre, &form, THEMES, Some(&themes), "/reglages/themes", "Le thème est enregistré.").await? {
        Some(reponse) => Ok(reponse),
        None => {
            let actuel = objet.nom(&cadre.instance.locaux().themes).to_owned();
            page(&cadre, objet, Etat::en_conflit(form.saisie, &actuel))
        }
    }
}
