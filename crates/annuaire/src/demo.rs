//! The directory of the demonstration: the real insertion bodies of the 54, through the same import as everybody's
//! files (list of 2020: its date is shown), and invented actors plainly marked.

use domain::cents::Cents;
use domain::code::CodeCommune;
use domain::profil::Etape;
use domain::theme::Theme;
use platform::WriteTx;
use sea_orm::IntoActiveModel;
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use socle::OrganisationId;
use socle::organisation::{self, Nature};
use web::{Erreur, Instance};

use crate::acteur::projection::{Fait, projeter};
use crate::acteur::{self, ActeurId, agrement, etablissement, storage, theme, valeur};
use crate::import::fichier::{Contenu, FichierRecu};
use crate::import::preparation::{Demande, SANS_PROGRES, appliquer, preparer};
use crate::offre::storage::{self as offres, OffreComplete, OffreId, Reference};
use crate::reseau::storage as reseau;
use crate::vocabulaire::{Champ, GenreAgrement, GenreOffre, GenreTerritoire, ModeOffre, Origine, Periode, Tarif};

#[derive(Deserialize)]
struct Fichier {
    acteur: Vec<Exemple>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exemple {
    nom: String,
    categorie: String,
    naf: String,
    commune: CodeCommune,
    presentation: String,
    courriel: String,
    #[serde(default)]
    preuve: Option<String>,
    themes: Vec<Theme>,
    #[serde(default)]
    agrements: Vec<GenreAgrement>,
    #[serde(default)]
    offre: Vec<ExempleOffre>,
    /// It animates the members.
    #[serde(default)]
    reseau: bool,
    #[serde(default)]
    membre: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExempleOffre {
    titre: String,
    description: String,
    genre: GenreOffre,
    modes: Vec<ModeOffre>,
    /// None: the actor did not say.
    #[serde(default)]
    tarif: Option<Tarif>,
    themes: Vec<Theme>,
    #[serde(default)]
    etapes: Vec<Etape>,
    #[serde(default)]
    epci: Vec<String>,
    #[serde(default)]
    capacite: Option<String>,
    #[serde(default)]
    capacite_nombre: Option<i64>,
    #[serde(default)]
    capacite_periode: Option<Periode>,
    /// Euros.
    #[serde(default)]
    a_partir_de: Option<i64>,
    #[serde(default)]
    prix_pour: Option<String>,
    #[serde(default)]
    fait: Vec<ExempleFait>,
}

/// A project already done, invented too.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExempleFait {
    commune: CodeCommune,
    annee: i64,
    phrase: String,
}

/// Fills the directory; does nothing when it holds something already, or outside the 54.
///
/// # Errors
/// A shipped file is wrong, or the engine refused.
pub(crate) async fn semer(instance: &Instance) -> Result<(), Erreur> {
    let tx = instance.db.read().await?;
    let deja = acteur::Entity::find().one(&tx).await?.is_some();
    drop(tx);
    if deja || instance.collectivite.code != "54" {
        return Ok(());
    }
    let siae = include_bytes!("../../../demonstration/54/siae-2020.csv").to_vec();
    let fichiers = vec![FichierRecu { nom: "siae-2020.csv".to_owned(), contenu: Contenu::Octets(siae) }];
    let demande = Demande { fichiers, essai: false, par: None, liste_du: None };
    let prepare = preparer(instance, demande, SANS_PROGRES).await?;
    appliquer(instance, &prepare.id, None).await?;
    let fichier: Fichier =
        toml::from_str(include_str!("../../../demonstration/54/acteurs.toml")).map_err(Erreur::interne)?;
    let tx = instance.db.begin().await?;
    let (mut reseau, mut membres) = (None, Vec::new());
    for exemple in fichier.acteur {
        let (anime, membre) = (exemple.reseau, exemple.membre);
        let (id, organisation) = inserer(&tx, instance, exemple).await?;
        if anime {
            reseau = Some(organisation);
        }
        if membre {
            membres.push(id);
        }
    }
    if let Some(organisation) = reseau {
        animer(&tx, instance, &organisation, &membres).await?;
    }
    Ok(tx.commit().await?)
}

/// The network of the demonstration.
async fn animer(
    tx: &WriteTx,
    instance: &Instance,
    organisation: &OrganisationId,
    membres: &[ActeurId],
) -> Result<(), DbErr> {
    let maintenant = instance.clock.instant();
    reseau::marquer(tx, &*instance.ids, organisation, maintenant, None).await?;
    let Some(reseau) = reseau::de_l_organisation(tx, organisation).await? else { return Ok(()) };
    for membre in membres {
        reseau::ajouter(tx, &reseau.id, membre, maintenant, None).await?;
        if let Some(acteur) = acteur::Entity::find_by_id(membre.clone()).one(tx).await? {
            reseau::repondre(tx, instance, &reseau.id, acteur, true).await?;
        }
    }
    Ok(())
}

async fn inserer(tx: &WriteTx, instance: &Instance, exemple: Exemple) -> Result<(ActeurId, OrganisationId), DbErr> {
    let (clock, ids) = (&*instance.clock, &*instance.ids);
    let maintenant = clock.instant();
    let nouvelle = organisation::Nouvelle {
        nature: Nature::Acteur,
        siren: None,
        rna: None,
        commune: Some(exemple.commune.clone()),
        nom: exemple.nom.clone(),
        courriel: Some(exemple.courriel.clone()),
    };
    let organisation = organisation::trouver_ou_creer(tx, clock, ids, nouvelle).await?;
    let faits = faits(&exemple);
    let id = ActeurId::nouveau(ids);
    let nu = acteur::Model::nouveau(id.clone(), organisation.id.clone(), ids.reference(8), None, maintenant);
    let acteur = acteur::Model { exemple: true, ..projeter(nu, &faits) };
    storage::inserer(tx, acteur).await?;
    let valeurs = faits.iter().map(|fait| {
        valeur::Model::nouvelle(ids, &id, fait.champ, &fait.valeur, fait.source, maintenant).into_active_model()
    });
    valeur::Entity::insert_many(valeurs).exec_without_returning(tx).await?;
    rattacher(tx, instance, &id, &exemple).await?;
    for offre in exemple.offre {
        offres::inserer(tx, offre_complete(instance, &id, offre)).await?;
    }
    Ok((id, organisation.id))
}

fn faits(exemple: &Exemple) -> Vec<Fait> {
    let mut faits = vec![
        (Champ::Nom, exemple.nom.clone()),
        (Champ::CategorieJuridique, exemple.categorie.clone()),
        (Champ::Naf, exemple.naf.clone()),
        (Champ::Commune, exemple.commune.to_string()),
        (Champ::Presentation, exemple.presentation.clone()),
        (Champ::Courriel, exemple.courriel.clone()),
    ];
    faits.extend(exemple.preuve.clone().map(|preuve| (Champ::PreuveEss, preuve)));
    faits.into_iter().map(|(champ, valeur)| Fait { champ, valeur, source: Origine::Exemple, du: None }).collect()
}

async fn rattacher(tx: &WriteTx, instance: &Instance, id: &ActeurId, exemple: &Exemple) -> Result<(), DbErr> {
    let commune = instance.referentiel().commune(&exemple.commune);
    let point = commune.and_then(|commune| commune.mairie);
    let lieu = etablissement::Model {
        id: instance.ids.uuid().to_string(),
        acteur_id: id.clone(),
        siret: None,
        siege: true,
        enseigne: None,
        commune: exemple.commune.clone(),
        adresse: None,
        code_postal: commune.and_then(|commune| commune.codes_postaux().next()).map(str::to_owned),
        longitude: point.map(|p| p.0),
        latitude: point.map(|p| p.1),
        naf: Some(exemple.naf.clone()),
        ouvert: true,
        source: Origine::Exemple,
        source_du: None,
    };
    etablissement::Entity::insert(lieu.into_active_model()).exec_without_returning(tx).await?;
    let themes = exemple.themes.iter().map(|theme| {
        theme::Model { acteur_id: id.clone(), theme: theme.to_string(), origine: Origine::Exemple }.into_active_model()
    });
    theme::Entity::insert_many(themes).exec_without_returning(tx).await?;
    let agrements = exemple.agrements.iter().map(|genre| {
        let agrement = agrement::Model {
            acteur_id: id.clone(),
            genre: genre.to_string(),
            source: Origine::Exemple.to_string(),
            libelle: None,
            du: None,
            au: None,
            source_du: None,
            preuve: None,
        };
        agrement.into_active_model()
    });
    agrement::Entity::insert_many(agrements).exec_without_returning(tx).await?;
    Ok(())
}

fn offre_complete(instance: &Instance, acteur: &ActeurId, exemple: ExempleOffre) -> OffreComplete {
    let maintenant = instance.clock.instant();
    let offre = offres::Model {
        id: OffreId::nouveau(&*instance.ids),
        acteur_id: acteur.clone(),
        titre_tri: socle::nom_tri(&exemple.titre),
        titre: exemple.titre,
        description: exemple.description,
        genre: exemple.genre,
        modes: offres::joindre(&exemple.modes),
        tarif: exemple.tarif,
        payant: exemple.tarif != Some(Tarif::Gratuit),
        active: true,
        exemple: true,
        cree_le: maintenant,
        modifie_le: maintenant,
        version: 1,
        capacite: exemple.capacite,
        capacite_nombre: exemple.capacite_nombre,
        capacite_periode: exemple.capacite_periode,
        a_partir_de: exemple.a_partir_de.map(Cents::euros),
        prix_pour: exemple.prix_pour,
    };
    let territoires = exemple.epci.into_iter().map(|code| (GenreTerritoire::Epci, code)).collect();
    let deja_fait = exemple.fait.into_iter().map(|fait| Reference {
        commune: Some(fait.commune),
        annee: fait.annee,
        phrase: fait.phrase,
        lien: None,
    });
    OffreComplete {
        offre,
        themes: exemple.themes,
        etapes: exemple.etapes,
        territoires,
        references: deja_fait.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::referentiel::Referentiel;

    #[test]
    fn les_acteurs_inventes_se_voient_et_chaque_theme_payant_a_deux_prestataires() {
        let fichier: Fichier = toml::from_str(include_str!("../../../demonstration/54/acteurs.toml")).unwrap();
        let referentiel = Referentiel::embarque();
        let perimetre = referentiel.collectivite("54").unwrap().perimetre(referentiel);
        for acteur in &fichier.acteur {
            assert!(acteur.nom.ends_with("(exemple)") && acteur.courriel.ends_with(".invalid"), "{}", acteur.nom);
            assert!(perimetre.contient(&acteur.commune), "{}", acteur.nom);
            assert!(!acteur.offre.is_empty(), "{}", acteur.nom);
            for epci in acteur.offre.iter().flat_map(|offre| &offre.epci) {
                assert!(referentiel.epci(epci).is_some(), "{} : {epci}", acteur.nom);
            }
        }
        use Theme::{Alimentation, Commerce, Habitat, Mobilite, Numerique, PetiteEnfance, Reemploi, TiersLieu};
        for theme in [Commerce, TiersLieu, Mobilite, Reemploi, Alimentation, Habitat, PetiteEnfance, Numerique] {
            let payants = fichier.acteur.iter().filter(|acteur| {
                acteur.offre.iter().any(|o| {
                    o.tarif != Some(Tarif::Gratuit) && o.genre == GenreOffre::Ingenierie && o.themes.contains(&theme)
                })
            });
            assert!(payants.count() >= 2, "{theme} : deux prestataires payants au moins");
        }
    }
}
