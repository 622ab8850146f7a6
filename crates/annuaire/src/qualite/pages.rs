//! The score of one page, explained to who keeps it.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use jiff::ToSpan;
use platform::Instant;
use web::composants::{Cellule, Etiquette, Tableau, Ton};
use web::{Cadre, Erreur, Instance, Reponse};

use super::rules::{self, Point};
use super::storage;
use crate::acces;
use crate::tenue::rules::A_CONFIRMER_MOIS;

#[derive(Template)]
#[template(path = "qualite.html")]
struct PageQualite {
    nom: String,
    reference: String,
    note: u8,
    reste: usize,
    points: Tableau,
}

/// A confirmation before this instant is worth nothing any more.
pub(crate) fn il_y_a_un_an(instance: &Instance) -> Instant {
    instance.debut_de(instance.aujourd_hui().saturating_sub(A_CONFIRMER_MOIS.months()))
}

/// GET `/annuaire/{reference}/qualite`: two statements.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let acteur = acces::ouvrir(&tx, &reference).await?;
    acces::autoriser(&cadre, &acteur)?;
    let regardees = storage::regarder(&tx, Some(&acteur.id), instance.aujourd_hui()).await?;
    let regardee = regardees.first().ok_or(Erreur::Introuvable("la note de cette fiche, qui n’est plus montrée"))?;
    let etat = regardee.etat(il_y_a_un_an(instance));
    let points = rules::points(&etat);
    let page = PageQualite {
        note: rules::note(&etat),
        reste: points.iter().filter(|point| !point.gagne).count(),
        points: Tableau {
            legende: "Ce qui compte, et comment le gagner".to_owned(),
            colonnes: ["Quoi", "Points", "Ce que l’on voit", "Pour gagner les points"].map(str::to_owned).into(),
            lignes: points.iter().map(|point| ligne(&reference, point)).collect(),
        },
        nom: acteur.nom,
        reference,
    };
    acces::sous_la_fiche(&cadre, "Qualité de la fiche", (&page.nom, &page.reference), &page, StatusCode::OK)
}

fn ligne(reference: &str, point: &Point) -> Vec<Cellule> {
    let critere = point.critere;
    let (gagnes, ton) = if point.gagne { (point.sur, Ton::Positif) } else { (0, Ton::Attente) };
    let suite = match (point.gagne, critere.ou()) {
        (true, _) => Cellule::texte("C’est gagné."),
        (false, Some(ou)) => Cellule::lien(&format!("/annuaire/{reference}/{ou}"), critere.pour_gagner()),
        (false, None) => Cellule::texte(critere.pour_gagner()),
    };
    vec![
        Cellule::texte(critere.libelle()),
        Cellule::html(Etiquette::nouvelle(format!("{gagnes} sur {}", point.sur), ton)),
        Cellule::texte(critere.constat(point.gagne)),
        suite,
    ]
}
