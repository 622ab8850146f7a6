//! People: mayors and agents of communes, term after term, and inhabitants without a mandate.

use domain::droit::Fonction;
use jiff::civil::{Date, date};
use platform::WriteTx;
use socle::nom_tri;

use super::Monde;
use super::lot::Lot;
use super::territoire::Lieu;

/// Municipal terms: first and last day.
const MANDATURES: &[(Date, Option<Date>)] = &[
    (date(2008, 3, 16), Some(date(2014, 3, 29))),
    (date(2014, 3, 30), Some(date(2020, 5, 17))),
    (date(2020, 5, 18), Some(date(2026, 3, 21))),
    (date(2026, 3, 22), None),
];

const PRENOMS: &[&str] = &[
    "Camille",
    "Dominique",
    "Claude",
    "Maxime",
    "Andrea",
    "Alix",
    "Sacha",
    "Lou",
    "Morgan",
    "Charlie",
    "Ange",
    "Noa",
    "Eden",
    "Yaël",
    "Stéphane",
    "Pascale",
    "Michelle",
    "Joël",
    "Renée",
    "Valère",
];

const NOMS: &[&str] = &[
    "Exemple-Martin",
    "Exemple-Petit",
    "Exemple-Durand",
    "Exemple-Leroy",
    "Exemple-Moreau",
    "Exemple-Simon",
    "Exemple-Laurent",
    "Exemple-Garcia",
    "Exemple-Roux",
    "Exemple-Fournier",
    "Exemple-Girard",
    "Exemple-Étienne",
];

const PERSONNE: &[&str] = &[
    "id",
    "courriel",
    "prenom",
    "nom",
    "nom_tri",
    "telephone",
    "cree_le",
    "vu_le",
    "efface_le",
    "oidc_sub",
    "resume_quotidien",
    "version",
];

const MANDAT: &[&str] = &[
    "id",
    "personne_id",
    "organisation_id",
    "fonction",
    "du",
    "au",
    "etat",
    "preuve",
    "verifie_par",
    "verifie_le",
    "version",
];

/// Who was made.
pub(super) struct Comptes {
    /// Of each commune, in the order of the communes.
    par_commune: Vec<Vec<String>>,
    /// Without a mandate.
    habitants: Vec<String>,
}

impl Comptes {
    pub(super) fn nombre(&self) -> usize {
        self.habitants.len() + self.par_commune.iter().map(Vec::len).sum::<usize>()
    }

    pub(super) fn de_la_commune(&self, rang: usize) -> &[String] {
        self.par_commune.get(rang).map_or(&[], Vec::as_slice)
    }

    pub(super) fn habitants(&self) -> &[String] {
        &self.habitants
    }
}

/// One account in three holds a mandate of a commune.
pub(super) async fn ecrire(monde: &Monde<'_>, tx: &WriteTx, communes: &[Lieu]) -> anyhow::Result<Comptes> {
    let mut comptes = Comptes { par_commune: communes.iter().map(|_| Vec::new()).collect(), habitants: Vec::new() };
    let mut elus = Vec::new();
    let mut personnes = Lot::nouveau(tx, "personne", PERSONNE);
    for numero in 0..monde.volume.comptes {
        let mandature = MANDATURES.get(usize::try_from(numero / 3)? % MANDATURES.len()).copied();
        let depuis = mandature.filter(|_| numero % 3 == 0).map_or_else(
            || monde.avant(monde.hasard.entre(0, 10 * 365)),
            |(du, _)| du.saturating_add(jiff::Span::new().days(monde.hasard.entre(0, 60))),
        );
        let id = personne(monde, &mut personnes, numero, depuis.min(monde.jour)).await?;
        let rang = usize::try_from(numero / 3)? % communes.len().max(1);
        match (mandature, comptes.par_commune.get_mut(rang)) {
            (Some(mandature), Some(les_leurs)) if numero % 3 == 0 => {
                les_leurs.push(id.clone());
                elus.push((id, rang, mandature));
            }
            _ => comptes.habitants.push(id),
        }
    }
    personnes.finir().await?;
    let mut mandats = Lot::nouveau(tx, "mandat", MANDAT);
    for (personne, rang, mandature) in elus {
        if let Some(commune) = communes.get(rang) {
            mandat(monde, &mut mandats, personne, commune, mandature).await?;
        }
    }
    mandats.finir().await?;
    Ok(comptes)
}

async fn personne(monde: &Monde<'_>, lot: &mut Lot<'_>, numero: u32, depuis: Date) -> anyhow::Result<String> {
    let (prenom, nom) = (monde.hasard.mot(PRENOMS), monde.hasard.mot(NOMS));
    let cree_le = monde.heure(depuis);
    let id = monde.hasard.id(cree_le);
    let rien = None::<String>;
    lot.ajouter(vec![
        id.clone().into(),
        format!("compte-{numero}@exemple.invalid").into(),
        prenom.into(),
        nom.into(),
        nom_tri(&format!("{nom} {prenom}")).into(),
        rien.clone().into(),
        cree_le.0.into(),
        Some(cree_le.0).into(),
        None::<i64>.into(),
        rien.into(),
        monde.hasard.pour_cent(20).into(),
        2_i64.into(),
    ])
    .await?;
    Ok(id)
}

async fn mandat(
    monde: &Monde<'_>,
    lot: &mut Lot<'_>,
    personne: String,
    commune: &Lieu,
    (du, au): (Date, Option<Date>),
) -> anyhow::Result<()> {
    let fonction = monde.hasard.parmi(&[Fonction::Maire, Fonction::Elu, Fonction::AgentCommune]);
    let verifie = monde.hasard.pour_cent(95).then(|| monde.heure(du));
    lot.ajouter(vec![
        monde.hasard.id(monde.heure(du)).into(),
        personne.into(),
        commune.organisation.clone().into(),
        fonction.map_or("elu", |fonction| fonction.as_str()).into(),
        du.to_string().into(),
        au.map(|au| au.to_string()).into(),
        if verifie.is_some() { "verifie" } else { "declare" }.into(),
        "Personne inventée".into(),
        None::<String>.into(),
        verifie.map(|verifie| verifie.0).into(),
        1_i64.into(),
    ])
    .await
}
