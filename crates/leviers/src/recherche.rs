//! What of the levers everyone may find: published sheets that are not over.

use domain::theme::Theme;
use jiff::civil::Date;
use platform::{ReadTx, WriteTx};
use sea_orm::DbErr;
use search::Document;
use web::recherche::{self, Portee, Source, Trouve};
use web::{Erreur, Instance, texte};

use crate::levier::Levier;
use crate::levier::storage::{self, Lot};

/// Name of the source in the index.
const SOURCE: &str = "levier";

/// Levers, for the search of the whole site.
pub(crate) const SOURCES: &[Source] = &[Source {
    nom: SOURCE,
    titre: "Aides et appuis",
    page: None,
    lister: |tx, instance, portee| Box::pin(lister(tx, instance, portee)),
    montrer: |tx, instance, ids| Box::pin(montrer(tx, instance, ids)),
}];

/// Asks that the index follow a sheet, in the transaction that writes it.
pub(crate) async fn suivre(tx: &WriteTx, instance: &Instance, id: &str) -> Result<(), DbErr> {
    recherche::demander(tx, instance, SOURCE, vec![id.to_owned()]).await
}

async fn lister(tx: &ReadTx, instance: &Instance, portee: Portee<'_>) -> Result<Vec<Document>, Erreur> {
    let lot = match portee {
        Portee::Ids(ids) => Lot::Ids(ids),
        Portee::Apres(apres) => Lot::Apres(apres),
    };
    let leviers = storage::trouvables(tx, instance.aujourd_hui(), lot).await?;
    Ok(leviers.into_iter().map(document).collect())
}

fn document(levier: Levier) -> Document {
    let themes = levier.themes.iter().chain(&levier.themes_a_verifier).map(|theme| Theme::libelle(*theme));
    let corps = [levier.resume.as_str(), &levier.pour_quoi, &levier.montant].into_iter().chain(themes);
    let fort = [levier.porteur.nom.as_str(), levier.nature.libelle()].into_iter().chain(levier.porteur.avec.as_deref());
    Document {
        source: SOURCE.to_owned(),
        fort: fort.collect::<Vec<_>>().join(" \n"),
        corps: corps.collect::<Vec<_>>().join(" \n"),
        facettes: Vec::new(),
        tri: socle::nom_tri(&levier.nom),
        titre: levier.nom,
        id: levier.id,
    }
}

async fn montrer(tx: &ReadTx, instance: &Instance, ids: &[String]) -> Result<Vec<Trouve>, Erreur> {
    let jour = instance.aujourd_hui();
    let leviers = storage::trouvables(tx, jour, Lot::Ids(ids)).await?;
    Ok(leviers.into_iter().map(|levier| trouve(levier, jour)).collect())
}

fn trouve(levier: Levier, jour: Date) -> Trouve {
    let debut = levier.valable_du.filter(|du| jour < *du).map(|du| format!("Ouvre le {}", texte::jour(du)));
    let parties = [Some(levier.nature.libelle().to_owned()), Some(levier.porteur.nom), debut];
    Trouve {
        url: format!("/leviers/{}", levier.id),
        resume: parties.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        id: levier.id,
        titre: levier.nom,
        exemple: false,
    }
}
