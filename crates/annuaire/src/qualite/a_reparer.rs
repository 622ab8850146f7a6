//! "What to repair first": the agents' work list. The lowest scores of the pages that serve most come first.

use askama::Template;
use documents::export::{Feuille, Genre, Valeur};
use web::composants::{Cellule, EtatVide, Exports, OptionDeChamp, Pagination, Selection, Tableau};
use web::formulaire::Erreurs;
use web::{Cadre, Erreur, Instance, Reponse, Saisie, fichier};

use super::pages::il_y_a_un_an;
use super::rules::{self, Critere, Etat};
use super::storage::{self, Regardee};
use crate::tenue::FIL;
use crate::vocabulaire::{EtatActeur, Famille};

const URL: &str = "/reglages/annuaire/qualite";
const EXPORT: &str = "/reglages/annuaire/qualite/export";
const PAR_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "a_reparer.html")]
struct PageAReparer {
    manque: Selection,
    famille: Selection,
    compte: usize,
    moyenne: String,
    fiches: Option<Tableau>,
    rien: EtatVide,
    pagination: Pagination,
    exports: Exports,
}

/// A page, and what it lacks.
struct Fiche {
    regardee: Regardee,
    etat: Etat,
}

/// What is asked for.
#[derive(Default)]
struct Filtre {
    manque: Option<Critere>,
    famille: Option<Famille>,
}

impl Filtre {
    fn lire(saisie: &Saisie) -> Self {
        Self { manque: saisie.texte("manque").parse().ok(), famille: saisie.texte("famille").parse().ok() }
    }

    fn garde(&self, fiche: &Fiche) -> bool {
        self.manque.is_none_or(|critere| !critere.gagne(&fiche.etat))
            && self.famille.is_none_or(|famille| fiche.regardee.famille == famille)
    }

    fn champs(&self) -> [(&'static str, &'static str); 2] {
        [("manque", self.manque.map_or("", Critere::as_str)), ("famille", self.famille.map_or("", Famille::as_str))]
    }
}

fn saisie(cadre: &Cadre) -> Saisie {
    cadre.demande()
}

/// The pages asked for, what is most urgent first; one statement.
async fn lire(instance: &Instance, filtre: &Filtre) -> Result<Vec<Fiche>, Erreur> {
    let tx = instance.db.read().await?;
    let depuis = il_y_a_un_an(instance);
    let regardees = storage::regarder(&tx, None, instance.aujourd_hui()).await?;
    let fiches = regardees.into_iter().map(|regardee| Fiche { etat: regardee.etat(depuis), regardee });
    let mut fiches: Vec<Fiche> = fiches.filter(|fiche| filtre.garde(fiche)).collect();
    // The order of names stays between equals.
    fiches.sort_by_key(|fiche| std::cmp::Reverse(rules::urgence(&fiche.etat)));
    Ok(fiches)
}

/// GET `/reglages/annuaire/qualite`.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let saisie = saisie(&cadre);
    let filtre = Filtre::lire(&saisie);
    let fiches = lire(&cadre.instance, &filtre).await?;
    let pages = fiches.len().div_ceil(PAR_PAGE).max(1);
    let page = saisie.texte("page").parse::<usize>().unwrap_or(1).clamp(1, pages);
    let f = cadre.formulaire_avec(saisie, Erreurs::default());
    let toutes = |libelle: &str| std::iter::once(OptionDeChamp::nouvelle("", libelle)).collect::<Vec<_>>();
    let criteres = Critere::TOUS.iter().map(|c| OptionDeChamp::nouvelle(c.as_str(), c.libelle()));
    let familles = Famille::TOUS.iter().map(|famille| OptionDeChamp::nouvelle(famille.as_str(), famille.libelle()));
    let montrees = fiches.iter().skip((page - 1) * PAR_PAGE).take(PAR_PAGE);
    let total = fiches.len();
    let vue = PageAReparer {
        manque: f.selection("manque", "Ce qui manque", toutes("Peu importe").into_iter().chain(criteres)),
        famille: f.selection("famille", "Forme", toutes("Toutes").into_iter().chain(familles)),
        compte: total,
        moyenne: moyenne(&fiches),
        fiches: (total > 0).then(|| tableau(&cadre.instance, montrees)),
        rien: EtatVide {
            titre: "Rien à réparer ici".to_owned(),
            texte: "Aucune fiche ne répond à ce filtre.".to_owned(),
            action: None,
        },
        pagination: Pagination::nouvelle(&adresse(&filtre), page as u64, total as u64, PAR_PAGE as u64),
        exports: Exports::nouveaux("cette liste", EXPORT, &filtre.champs()),
    };
    cadre.page("Que réparer d’abord", &vue)?.fil(&FIL).repondre()
}

fn adresse(filtre: &Filtre) -> String {
    let champs: Vec<String> =
        filtre.champs().iter().filter(|(_, v)| !v.is_empty()).map(|(nom, valeur)| format!("{nom}={valeur}")).collect();
    if champs.is_empty() { URL.to_owned() } else { format!("{URL}?{}", champs.join("&")) }
}

fn moyenne(fiches: &[Fiche]) -> String {
    let total: usize = fiches.iter().map(|fiche| usize::from(rules::note(&fiche.etat))).sum();
    total.checked_div(fiches.len()).map_or_else(|| "–".to_owned(), |moyenne| format!("{moyenne} sur 100"))
}

fn manques(etat: &Etat) -> String {
    let manquent: Vec<&str> =
        rules::points(etat).iter().filter(|point| !point.gagne).map(|point| point.critere.libelle()).collect();
    if manquent.is_empty() { "rien".to_owned() } else { manquent.join(", ") }
}

fn tableau<'a>(instance: &Instance, fiches: impl Iterator<Item = &'a Fiche>) -> Tableau {
    let lignes = fiches.map(|fiche| {
        let commune = fiche.regardee.commune.as_ref().map_or("", |code| instance.referentiel().nom_commune(code));
        let endormie = if fiche.regardee.etat == EtatActeur::Endormi { " (endormie)" } else { "" };
        vec![
            Cellule::lien(
                &format!("/annuaire/{}/qualite", fiche.regardee.reference),
                &format!("{}{endormie}", fiche.regardee.nom),
            ),
            Cellule::texte(commune),
            Cellule::nombre(rules::note(&fiche.etat).to_string()),
            Cellule::nombre(rules::importance(&fiche.etat).to_string()),
            Cellule::texte(manques(&fiche.etat)),
        ]
    });
    Tableau {
        legende: "Fiches, les plus urgentes d’abord".to_owned(),
        colonnes: ["Acteur", "Commune", "Note", "Importance", "Ce qui manque"].map(str::to_owned).into(),
        lignes: lignes.collect(),
    }
}

/// GET `/reglages/annuaire/qualite/export?format=`.
pub async fn telecharger(cadre: Cadre) -> Reponse {
    let saisie = saisie(&cadre);
    let format =
        fichier::format_demande(&saisie)?.ok_or_else(|| Erreur::Invalide("Choisissez un format.".to_owned()))?;
    let fiches = lire(&cadre.instance, &Filtre::lire(&saisie)).await?;
    let colonnes = ["Référence", "Nom", "Commune", "Note", "Importance", "Ce qui manque", "Page"];
    let genre = |nom: &str| if matches!(nom, "Note" | "Importance") { Genre::Entier } else { Genre::Texte };
    let mut feuille = Feuille::nouvelle("Fiches à réparer".to_owned(), colonnes.map(|nom| (nom, genre(nom))));
    for fiche in &fiches {
        let commune = fiche.regardee.commune.as_ref().map(|code| cadre.instance.referentiel().nom_commune(code));
        feuille.ajouter([
            Valeur::from(fiche.regardee.reference.as_str()),
            fiche.regardee.nom.as_str().into(),
            commune.into(),
            i64::from(rules::note(&fiche.etat)).into(),
            i64::from(rules::importance(&fiche.etat)).into(),
            manques(&fiche.etat).into(),
            cadre.instance.url(&format!("/annuaire/{}", fiche.regardee.reference)).into(),
        ]);
    }
    fichier::exporter(&cadre.instance, &feuille, format)
}
