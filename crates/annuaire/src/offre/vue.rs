//! An offer as its pages show it.

use domain::cents::milliers;
use web::{Instance, texte, zonages};

use super::storage::{Model, OffreComplete, Reference};
use crate::vocabulaire::{GenreTerritoire, Tarif};

/// An offer as shown.
pub(crate) struct OffreVue {
    pub(crate) titre: String,
    pub(crate) description: String,
    pub(crate) genre: &'static str,
    /// "Gratuit", or the legal ways.
    pub(crate) mode: String,
    pub(crate) themes: String,
    pub(crate) etapes: String,
    pub(crate) territoire: String,
    pub(crate) le: String,
    pub(crate) exemple: bool,
    pub(crate) active: bool,
    /// "À partir de 450 € pour la journée."
    pub(crate) prix: Option<String>,
    /// "Au plus 12 projets suivis par an."
    pub(crate) capacite: Option<String>,
    pub(crate) references: Vec<ReferenceVue>,
    /// Short reference, inside the actor.
    pub(crate) reference: String,
}

/// A project already done, as shown.
pub(crate) struct ReferenceVue {
    /// "Cirey-sur-Vezouze, 2024".
    pub(crate) ou: String,
    pub(crate) phrase: String,
    pub(crate) lien: Option<String>,
}

impl OffreVue {
    pub(crate) fn nouvelle(instance: &Instance, complete: OffreComplete) -> Self {
        let etapes: Vec<&str> = complete.etapes.iter().map(|etape| etape.libelle()).collect();
        Self {
            reference: complete.offre.reference().to_owned(),
            genre: complete.offre.genre.libelle(),
            mode: voies(&complete.offre),
            themes: instance.locaux().themes.noms(&complete.themes),
            etapes: if etapes.is_empty() { "À toutes les étapes".to_owned() } else { etapes.join(", ") },
            territoire: territoire(instance, &complete.territoires),
            le: texte::jour(instance.jour_de(complete.offre.modifie_le)),
            prix: prix(&complete.offre),
            capacite: capacite(&complete.offre),
            references: complete.references.into_iter().map(|fait| ReferenceVue::nouvelle(instance, fait)).collect(),
            exemple: complete.offre.exemple,
            active: complete.offre.active,
            titre: complete.offre.titre,
            description: complete.offre.description,
        }
    }
}

impl ReferenceVue {
    fn nouvelle(instance: &Instance, fait: Reference) -> Self {
        let commune = fait.commune.as_ref().map(|code| instance.referentiel().nom_commune(code).to_owned());
        let ou = [commune, Some(fait.annee.to_string())].into_iter().flatten().collect::<Vec<_>>().join(", ");
        Self { ou, phrase: fait.phrase, lien: fait.lien }
    }
}

/// The legal ways, in a few words; that it is free comes first.
pub(crate) fn voies(offre: &Model) -> String {
    let gratuit = (offre.tarif == Some(Tarif::Gratuit)).then_some("Gratuit");
    let modes = offre.modes();
    gratuit.into_iter().chain(modes.iter().map(|mode| mode.libelle())).collect::<Vec<_>>().join(", ")
}

/// How the price is made, then the lowest one, in words.
pub(crate) fn prix(offre: &Model) -> Option<String> {
    let tarif = offre.tarif.filter(|tarif| *tarif != Tarif::Gratuit).map(|tarif| format!("{}.", tarif.libelle()));
    let prix = offre.a_partir_de.map(|prix| match &offre.prix_pour {
        Some(pour) => format!("À partir de {prix}. Pour : {pour}."),
        None => format!("À partir de {prix}."),
    });
    let dits: Vec<String> = [tarif, prix].into_iter().flatten().collect();
    (!dits.is_empty()).then(|| dits.join(" "))
}

/// How much it can do, in words.
pub(crate) fn capacite(offre: &Model) -> Option<String> {
    let quoi = offre.capacite.as_ref()?;
    Some(match (offre.capacite_nombre, offre.capacite_periode) {
        (Some(nombre), periode) => {
            let nombre = milliers(nombre.unsigned_abs());
            let periode = periode.map(|periode| format!(" {}", periode.libelle())).unwrap_or_default();
            format!("Au plus {nombre} {quoi}{periode}.")
        }
        (None, _) => format!("Peut faire : {quoi}."),
    })
}

/// Where an offer is given, in words.
pub(crate) fn territoire(instance: &Instance, territoires: &[(GenreTerritoire, String)]) -> String {
    if territoires.is_empty() {
        return format!("Tout le territoire ({})", instance.collectivite.nom);
    }
    let noms: Vec<String> = territoires.iter().map(|(genre, code)| nom_du_territoire(instance, *genre, code)).collect();
    noms.join(", ")
}

fn nom_du_territoire(instance: &Instance, genre: GenreTerritoire, code: &str) -> String {
    let referentiel = instance.referentiel();
    if genre == GenreTerritoire::Perimetre {
        return nom_du_perimetre(instance, code);
    }
    let nom = match genre {
        GenreTerritoire::Departement => referentiel.departement(code).map(|d| d.nom),
        GenreTerritoire::Epci => referentiel.epci(code).map(|e| e.nom),
        GenreTerritoire::Commune => code.parse().ok().and_then(|code| referentiel.commune(&code)).map(|c| c.nom),
        GenreTerritoire::Perimetre => None,
    };
    nom.unwrap_or(code).to_owned()
}

/// A perimeter that the département withdrew keeps its place, without a name.
pub(crate) fn nom_du_perimetre(instance: &Instance, code: &str) -> String {
    let liste = zonages::connues(&instance.locaux()).into_iter().find(|liste| liste.id == code);
    liste.map_or_else(|| "un périmètre qui n’existe plus".to_owned(), |liste| liste.nom)
}
