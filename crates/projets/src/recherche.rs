//! What of the projects everyone may find: those that their bearers published, as their public page shows them. And those
//! that only their own people find.

use platform::ReadTx;
use search::Document;
use socle::OrganisationId;
use socle::projet::{self, Publie, publication};
use web::recherche::{PROJET, Portee, Source, Trouve};
use web::trouvailles::{DemandeTrouver, Trouvailles};
use web::{Erreur, Instance};

/// Published projects, for the search of the whole site.
pub(crate) const SOURCES: &[Source] = &[Source {
    nom: PROJET,
    titre: "Projets publiés",
    page: None,
    lister: |tx, instance, portee| Box::pin(lister(tx, instance, portee)),
    montrer: |tx, instance, ids| Box::pin(montrer(tx, instance, ids)),
}];

/// Projects read at a time.
const LOT: u64 = 500;

async fn lister(tx: &ReadTx, instance: &Instance, portee: Portee<'_>) -> Result<Vec<Document>, Erreur> {
    let publies = match portee {
        Portee::Ids(ids) => parmi(tx, ids).await?,
        Portee::Apres(apres) => publication::publics_apres(tx, apres, LOT).await?,
    };
    Ok(publies.iter().map(|publie| document(instance, publie)).collect())
}

async fn parmi(tx: &ReadTx, ids: &[String]) -> Result<Vec<Publie>, Erreur> {
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    Ok(publication::publics_parmi(tx, &ids).await?)
}

fn document(instance: &Instance, publie: &Publie) -> Document {
    let commune = instance.referentiel().nom_commune(&publie.commune);
    let locaux = instance.locaux();
    let themes = publie.themes();
    let corps = [publie.manque.as_str(), publie.etape.libelle()];
    let corps = corps.into_iter().chain(themes.iter().map(|theme| locaux.themes.nom(*theme)));
    Document {
        source: PROJET.to_owned(),
        id: publie.id.to_string(),
        titre: publie.titre.clone(),
        fort: commune.to_owned(),
        corps: corps.collect::<Vec<_>>().join(" \n"),
        facettes: Vec::new(),
        tri: publie.titre_tri.clone(),
    }
}

async fn montrer(tx: &ReadTx, instance: &Instance, ids: &[String]) -> Result<Vec<Trouve>, Erreur> {
    Ok(parmi(tx, ids).await?.into_iter().map(|publie| trouve(instance, publie)).collect())
}

fn trouve(instance: &Instance, publie: Publie) -> Trouve {
    let commune = instance.referentiel().nom_commune(&publie.commune);
    Trouve {
        id: publie.id.to_string(),
        url: format!("/projets/{}", publie.reference),
        resume: format!("{commune} · {}", publie.etape.libelle()),
        titre: publie.titre,
        exemple: false,
    }
}

/// Projects of a person that are looked through.
const SIENS_MAX: u64 = 500;

/// The visitor's own projects, published or not: those of their list. One statement; none for who is not signed in.
pub(crate) async fn siens(demande: &DemandeTrouver<'_>) -> Result<Vec<Trouvailles>, Erreur> {
    let DemandeTrouver { tx, cadre, mots, max, .. } = demande;
    let Some(personne) = cadre.visiteur.personne_id() else { return Ok(Vec::new()) };
    let mandats = cadre.visiteur.mandats.iter().filter(|mandat| mandat.verifie());
    let organisations: Vec<OrganisationId> = mandats.map(|mandat| mandat.organisation_id.clone()).collect();
    let siens = projet::de_la_personne(*tx, personne, &organisations, SIENS_MAX).await?;
    let referentiel = cadre.instance.referentiel();
    let trouves = siens.into_iter().filter_map(|projet| {
        let commune = referentiel.nom_commune(&projet.commune);
        let textes = [projet.titre.as_str(), commune, &projet.manque, &projet.reference];
        mots.sont_dans(textes).then(|| Trouve {
            id: projet.id.to_string(),
            url: format!("/projets/{}", projet.reference),
            resume: format!("{commune} · {}", projet.etape.libelle()),
            titre: projet.titre.clone(),
            exemple: false,
        })
    });
    Ok(vec![Trouvailles::nouvelles("mes-projets", "Vos projets", trouves.collect(), *max).avant()])
}
