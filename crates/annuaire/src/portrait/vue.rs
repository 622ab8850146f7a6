//! A portrait in words, tables and drawings, for the page and for the sheet.

use std::collections::BTreeMap;

use domain::cents::milliers;
use domain::code::CodeCommune;
use domain::referentiel::MILLESIME;
use domain::theme::Theme;
use geo::distance::Lieu;
use geo::{Carte, Contours, Teintes};
use graphiques::{Barre, Barres, Legende};
use platform::ReadTx;
use search::{Requete, Resultat};
use web::composants::{Cellule, Html, Tableau};
use web::{Cadre, Erreur, Instance, texte};

use super::parametres::{self, Parametres};
use super::rules::{self, Classe, Desserte, Emplois, HABITANTS_POUR_COMPARER, Manque, Place};
use super::storage;
use super::territoire::{Genre, Territoire};
use crate::liste::demande::interroger;
use crate::liste::filtres::Filtres;
use crate::liste::storage as liste;
use crate::liste::vu::ActeurVu;
use crate::recherche::axe;
use crate::vocabulaire::{Famille, GenreAgrement};

/// Axes counted.
const AXES: &[&str] = &[axe::THEME, axe::FAMILLE, axe::AGREMENT, axe::TRANCHE, axe::COMMUNE];
/// Actors named, for a commune.
const NOMMES: usize = 20;
/// Communes named in a gap.
const COMMUNES_NOMMEES: usize = 5;

/// What is known of a territory.
pub(super) struct Portrait {
    pub(super) territoire: Territoire,
    ici: Resultat,
    partout: Resultat,
    habitants: u64,
    habitants_partout: u64,
    /// Communes whose number of inhabitants is not known.
    sans_habitants: usize,
    emplois: Emplois,
    manques: Vec<Manque>,
    /// Was anything looked for: themes watched, and a town hall whose place is known?
    pub(super) juge: bool,
    pub(super) parametres: Parametres,
    lignes: Vec<liste::Ligne>,
}

/// Actors found by bracket of employees; those of no bracket are the rest.
fn tranches(trouves: &Resultat) -> Vec<(Option<String>, u64)> {
    let connues: Vec<(Option<String>, u64)> = trouves
        .facettes
        .get(axe::TRANCHE)
        .into_iter()
        .flatten()
        .map(|(tranche, nombre)| (Some(tranche.clone()), *nombre as u64))
        .collect();
    let sans = trouves.total as u64 - connues.iter().map(|(_, nombre)| nombre).sum::<u64>();
    connues.into_iter().chain([(None, sans)]).collect()
}

/// The town halls of the communes where a theme has an actor.
fn lieux(instance: &Instance, theme: Theme) -> Result<Vec<(Lieu, CodeCommune)>, Erreur> {
    let tous = Filtres { theme: Some(theme), ..Filtres::default() }.requete(instance, Vec::new());
    let trouves = interroger(instance, &Requete { facettes: &[axe::COMMUNE], nombre: 0, ..tous })?;
    let communes = trouves.facettes.get(axe::COMMUNE).into_iter().flatten();
    Ok(communes
        .filter_map(|(code, _)| {
            let code: CodeCommune = code.parse().ok()?;
            Some((Lieu::nouveau(instance.referentiel().commune(&code)?.mairie?), code))
        })
        .collect())
}

impl Portrait {
    /// Four statements at most, whatever the territory: the index counts, and keeps its counts until it changes.
    pub(super) async fn lire(tx: &ReadTx, instance: &Instance, territoire: Territoire) -> Result<Self, Erreur> {
        let (parametres, _) = parametres::lire(tx).await?;
        let du_secteur = match territoire.genre {
            Genre::Secteur => territoire.communes.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        };
        let nombre = if territoire.genre == Genre::Commune { NOMMES } else { 0 };
        let requete = territoire.filtres.requete(instance, du_secteur);
        let ici = interroger(instance, &Requete { facettes: AXES, nombre, ..requete })?;
        let tout = Filtres::default().requete(instance, Vec::new());
        let partout = interroger(instance, &Requete { facettes: AXES, nombre: 0, ..tout })?;
        let lignes = liste::lignes(tx, &ici.ids, instance.aujourd_hui()).await?;
        let emplois = rules::emplois(&tranches(&ici));
        let mut dessertes = storage::territoires_servis(tx, &instance.locaux(), &parametres.themes).await?;
        for (theme, desserte) in &mut dessertes {
            desserte.lieux = lieux(instance, *theme)?;
        }
        let places: Vec<Place> = territoire.communes.iter().map(|code| place(instance, code)).collect();
        let rien = Desserte::default();
        let manques = parametres.themes.iter().filter_map(|theme| {
            rules::manque(*theme, f64::from(parametres.km), &places, dessertes.get(theme).unwrap_or(&rien))
        });
        let manques = manques.collect();
        Ok(Self {
            juge: !parametres.themes.is_empty() && places.iter().any(|place| place.mairie.is_some()),
            habitants: habitants(&places),
            sans_habitants: places.iter().filter(|place| place.habitants.is_none()).count(),
            habitants_partout: instance
                .perimetre()
                .communes()
                .filter_map(|code| instance.referentiel().commune(code)?.population)
                .map(u64::from)
                .sum(),
            territoire,
            ici,
            partout,
            emplois,
            manques,
            parametres,
            lignes,
        })
    }

    fn est_tout(&self) -> bool {
        self.territoire.genre == Genre::Departement
    }

    pub(super) fn total(&self) -> u64 {
        self.ici.total as u64
    }

    /// The first lines: who is there, for how many inhabitants.
    pub(super) fn en_bref(&self) -> Vec<String> {
        let mut dits = Vec::new();
        let habitants = texte::accorde(self.habitants, "habitant", "habitants");
        let communes = match self.territoire.communes.len() {
            1 => String::new(),
            n => format!(", {}", texte::accorde(n as u64, "commune", "communes")),
        };
        dits.push(format!("{habitants}{communes} (géographie {MILLESIME})."));
        if self.sans_habitants > 0 {
            let n = texte::accorde(self.sans_habitants as u64, "commune", "communes");
            dits.push(format!("{n} sans nombre d’habitants connu."));
        }
        let acteurs = texte::accorde(self.total(), "acteur connu", "acteurs connus");
        dits.push(match (rules::pour_mille(self.total(), self.habitants), self.taux_partout(self.partout.total)) {
            (Some(taux), Some(partout)) if !self.est_tout() => format!(
                "{acteurs} de l’annuaire, soit {} pour 1\u{202f}000 habitants. Dans tout le département : {}.",
                dixiemes(taux),
                dixiemes(partout)
            ),
            (Some(taux), _) => format!("{acteurs} de l’annuaire, soit {} pour 1\u{202f}000 habitants.", dixiemes(taux)),
            (None, _) => format!("{acteurs} de l’annuaire."),
        });
        dits
    }

    fn taux_partout(&self, nombre: usize) -> Option<u64> {
        rules::pour_mille(nombre as u64, self.habitants_partout)
    }

    /// Employees, between two numbers.
    pub(super) fn salaries(&self) -> Option<String> {
        let Emplois { bas, haut, connues, .. } = self.emplois;
        let combien = match haut {
            Some(haut) if haut == bas => milliers(bas),
            Some(haut) => format!("entre {} et {}", milliers(bas), milliers(haut)),
            None => format!("au moins {}", milliers(bas)),
        };
        (connues > 0).then(|| {
            format!(
                "Ces structures emploient {combien} personnes, toutes leurs adresses comptées, même ailleurs. L’effectif \
                 est connu pour {}.",
                texte::accorde(connues, "structure", "structures")
            )
        })
    }

    pub(super) fn effectifs(&self) -> Option<Barres> {
        let barre = |(classe, nombre): &(Classe, u64)| {
            Barre::nouvelle(classe.libelle(), i64::try_from(*nombre).unwrap_or(i64::MAX), milliers(*nombre))
        };
        let legende = Legende::nouvelle("effectifs", "Structures par nombre de salariés", "");
        let lignes: Vec<Barre> = self.emplois.classes.iter().map(barre).collect();
        (!lignes.is_empty()).then(|| Barres::nouvelles(legende, ["Effectif", "Structures"], lignes))
    }

    pub(super) fn familles(&self) -> Option<Barres> {
        let de = |famille: &Famille| (famille.libelle(), self.ici.compte(axe::FAMILLE, famille.as_str()));
        let legende = Legende::nouvelle("familles", "Acteurs par forme", "");
        barres(legende, ["Forme", "Acteurs"], Famille::TOUS.iter().map(de))
    }

    pub(super) fn agrements(&self) -> Option<Barres> {
        let de = |genre: &GenreAgrement| (genre.libelle(), self.ici.compte(axe::AGREMENT, genre.as_str()));
        let legende = Legende::nouvelle("agrements", "Agréments et conventions", "Un acteur peut en avoir plusieurs.");
        barres(legende, ["Agrément", "Acteurs"], GenreAgrement::TOUS.iter().map(de))
    }

    /// Themes, here and in the whole département. A territory too small has no rate.
    pub(super) fn themes(&self, cadre: &Cadre) -> Option<Tableau> {
        let locaux = cadre.instance.locaux();
        let mut themes: Vec<(Theme, usize)> =
            Theme::TOUS.iter().map(|t| (*t, self.ici.compte(axe::THEME, t.as_str()))).filter(|(_, n)| *n > 0).collect();
        themes.sort_by_key(|(theme, nombre)| (std::cmp::Reverse(*nombre), *theme));
        let comparer = !self.est_tout() && self.habitants >= HABITANTS_POUR_COMPARER;
        let adresse = |theme| Filtres { theme: Some(theme), ..self.territoire.filtres.clone() }.adresse();
        let ligne = |(theme, nombre): &(Theme, usize)| {
            let mut cellules =
                vec![Cellule::lien(&adresse(*theme), locaux.themes.nom(*theme)), Cellule::nombre(nombre.to_string())];
            if comparer {
                let ici = rules::pour_mille(*nombre as u64, self.habitants);
                let partout = self.taux_partout(self.partout.compte(axe::THEME, theme.as_str()));
                cellules.extend([ici, partout].map(|taux| Cellule::nombre(taux.map(dixiemes).unwrap_or_default())));
            }
            cellules
        };
        let colonnes = ["Thème", "Acteurs", "Pour 1\u{202f}000 habitants", "Dans le département"];
        (!themes.is_empty()).then(|| Tableau {
            legende: "Acteurs par thème. Un acteur peut avoir plusieurs thèmes.".to_owned(),
            colonnes: colonnes.iter().take(if comparer { 4 } else { 2 }).map(|nom| (*nom).to_owned()).collect(),
            lignes: themes.iter().map(ligne).collect(),
        })
    }

    /// Why there is no rate, when there is none.
    pub(super) fn sans_taux(&self) -> bool {
        self.habitants < HABITANTS_POUR_COMPARER
    }

    /// What is missing, a sentence a theme.
    pub(super) fn manques(&self, cadre: &Cadre) -> Vec<String> {
        let instance = &cadre.instance;
        let (locaux, km) = (instance.locaux(), self.parametres.km);
        let nom = |code: &CodeCommune| instance.referentiel().nom_commune(code).to_owned();
        let dire = |manque: &Manque| {
            let theme = locaux.themes.nom(manque.theme);
            let rien = format!("« {theme} » : aucun acteur connu à moins de {km}\u{a0}km");
            match manque.communes.as_slice() {
                [(_, Some((distance, vers)))] if self.territoire.communes.len() == 1 => {
                    format!("{rien}. Le plus proche est à {distance:.0}\u{a0}km, à {}.", nom(vers))
                }
                [(_, None)] if self.territoire.communes.len() == 1 => format!("{rien}, ni plus loin dans l’annuaire."),
                communes => {
                    let nommees: Vec<String> =
                        communes.iter().take(COMMUNES_NOMMEES).map(|(code, _)| nom(code)).collect();
                    let suite = if communes.len() > COMMUNES_NOMMEES { "…" } else { "" };
                    let habitants = manque
                        .habitants
                        .map_or_else(String::new, |n| format!(" ({})", texte::accorde(n, "habitant", "habitants")));
                    let sur = self.territoire.communes.len();
                    format!(
                        "{rien} de {} sur {sur}{habitants} : {}{suite}",
                        texte::accorde(communes.len() as u64, "commune", "communes"),
                        nommees.join(", ")
                    )
                }
            }
        };
        self.manques.iter().map(dire).collect()
    }

    /// Actors named, for a commune; `true` when there are others.
    pub(super) fn acteurs(&self, instance: &Instance) -> (Vec<ActeurVu>, bool) {
        let vus: Vec<ActeurVu> = self.lignes.iter().cloned().map(|l| ActeurVu::nouveau(instance, l)).collect();
        let autres = self.ici.total > vus.len();
        (vus, autres)
    }

    /// Actors by commune; for a commune, where it is.
    pub(super) fn carte(&self, instance: &Instance) -> Html {
        let territoire = &self.territoire;
        let titre = format!("Acteurs par commune, {}", territoire.nom);
        if territoire.genre == Genre::Commune {
            let mut carte =
                Carte::nouvelle("carte-portrait", format!("Où est {}", territoire.nom), "Avec les communes voisines");
            for commune in &territoire.communes {
                for voisine in Contours::embarques().voisines(commune) {
                    let lien = instance.perimetre().contient(&voisine);
                    let lien = lien.then(|| super::territoire::adresse(Genre::Commune, voisine.as_str()));
                    carte.commune(&voisine, "commune", lien);
                }
                carte.commune(commune, "sel", None);
            }
            return Html(carte.svg());
        }
        let nombres: BTreeMap<&CodeCommune, i64> = territoire
            .communes
            .iter()
            .map(|code| (code, i64::try_from(self.partout.compte(axe::COMMUNE, code.as_str())).unwrap_or(i64::MAX)))
            .collect();
        let valeurs: Vec<i64> = nombres.values().copied().filter(|n| *n > 0).collect();
        let teintes = Teintes::de(&valeurs, "Acteurs par commune");
        let mut carte = Carte::nouvelle("carte-portrait", titre, "Chaque commune mène à son portrait")
            .comptant("acteur", "acteurs")
            .jumeau("le tableau");
        for (commune, nombre) in &nombres {
            let lien = super::territoire::adresse(Genre::Commune, commune.as_str());
            carte.commune_comptee(commune, teintes.classe(*nombre), Some(lien), *nombre);
        }
        Html(carte.legende(teintes).svg())
    }

    /// Communes with an actor, most first: what the map shows, in words.
    pub(super) fn par_commune(&self, instance: &Instance) -> Option<Tableau> {
        if self.territoire.genre == Genre::Commune {
            return None;
        }
        let compte = |code: &CodeCommune| self.partout.compte(axe::COMMUNE, code.as_str());
        let mut communes: Vec<(&CodeCommune, usize)> =
            self.territoire.communes.iter().map(|code| (code, compte(code))).filter(|(_, n)| *n > 0).collect();
        let nom = |code: &CodeCommune| instance.referentiel().nom_commune(code).to_owned();
        communes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| nom(a.0).cmp(&nom(b.0))));
        let ligne = |(code, nombre): &(&CodeCommune, usize)| {
            let adresse = super::territoire::adresse(Genre::Commune, code.as_str());
            vec![Cellule::lien(&adresse, &nom(code)), Cellule::nombre(milliers(*nombre as u64))]
        };
        (!communes.is_empty()).then(|| Tableau {
            legende: "Acteurs par commune. Un acteur qui a plusieurs adresses compte dans chacune.".to_owned(),
            colonnes: ["Commune", "Acteurs"].map(str::to_owned).to_vec(),
            lignes: communes.iter().map(ligne).collect(),
        })
    }
}

fn place(instance: &Instance, code: &CodeCommune) -> Place {
    let commune = instance.referentiel().commune(code);
    Place {
        commune: code.clone(),
        mairie: commune.and_then(|commune| commune.mairie).map(Lieu::nouveau),
        habitants: commune.and_then(|commune| commune.population),
    }
}

fn habitants(places: &[Place]) -> u64 {
    places.iter().filter_map(|place| place.habitants).map(u64::from).sum()
}

/// "2,3".
/// Only asked where there is someone: a rate that rounds to nothing is said to be small, not absent.
fn dixiemes(taux: u64) -> String {
    if taux == 0 {
        return "moins de 0,1".to_owned();
    }
    format!("{},{}", milliers(taux / 10), taux % 10)
}

fn barres<'a>(
    legende: Legende,
    colonnes: [&str; 2],
    comptes: impl Iterator<Item = (&'a str, usize)>,
) -> Option<Barres> {
    let mut comptes: Vec<(&str, usize)> = comptes.filter(|(_, nombre)| *nombre > 0).collect();
    comptes.sort_by_key(|(_, nombre)| std::cmp::Reverse(*nombre));
    let barre = |(libelle, nombre): &(&str, usize)| {
        Barre::nouvelle(*libelle, i64::try_from(*nombre).unwrap_or(i64::MAX), milliers(*nombre as u64))
    };
    (!comptes.is_empty()).then(|| Barres::nouvelles(legende, colonnes, comptes.iter().map(barre).collect()))
}
