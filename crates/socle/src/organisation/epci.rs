//! EPCI that were declared by their name alone: their SIREN is found in the referential when nothing is in doubt.

use std::collections::BTreeSet;

use domain::identifiant::Siren;
use domain::referentiel::{Epci, Referentiel};
use platform::WriteTx;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{FromQueryResult as _, raw_sql};

use super::{Column, Entity, Model, OrganisationId, par_siren, reunion};
use crate::nom_tri;

/// EPCI without a SIREN, that somebody or a project holds to.
///
/// # Errors
/// The engine refused.
pub async fn sans_numero(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Model::find_by_statement(raw_sql!(
        Postgres,
        "SELECT o.* FROM organisation o WHERE o.nature = 'epci' AND o.siren IS NULL
           AND (EXISTS (SELECT 1 FROM mandat m WHERE m.organisation_id = o.id)
             OR EXISTS (SELECT 1 FROM projet p WHERE p.organisation_id = o.id))
         ORDER BY o.nom_tri, o.id LIMIT 200"
    ))
    .all(db)
    .await
}

/// Words of a name that tell one EPCI from another.
fn mots(nom: &str) -> BTreeSet<String> {
    const COMMUNS: &[&str] = &[
        "cc",
        "ca",
        "cu",
        "communaute",
        "communes",
        "commune",
        "com",
        "agglomeration",
        "agglo",
        "urbaine",
        "metropole",
        "de",
        "d",
        "des",
        "du",
        "la",
        "le",
        "les",
        "l",
        "et",
        "en",
        "a",
        "au",
        "aux",
        "intercommunalite",
        "epci",
    ];
    nom_tri(nom).split(' ').filter(|mot| !mot.is_empty() && !COMMUNS.contains(mot)).map(str::to_owned).collect()
}

/// The EPCI that this organisation is, when nothing is in doubt: that of its commune, by the same name or by no name of its
/// own; without a commune, the only one of this name.
#[must_use]
pub fn reconnaitre(organisation: &Model, referentiel: &'static Referentiel) -> Option<&'static Epci> {
    let siens = mots(&organisation.nom);
    if let Some(commune) = &organisation.commune {
        let epci = referentiel.epci_de(referentiel.commune(commune)?)?;
        return (siens.is_empty() || siens == mots(epci.nom)).then_some(epci);
    }
    if siens.is_empty() {
        return None;
    }
    let mut du_nom = referentiel.tous_les_epci().filter(|epci| mots(epci.nom) == siens);
    du_nom.next().filter(|_| du_nom.next().is_none())
}

/// Says which EPCI it is. Known already by its number: what hangs on this one goes to it.
///
/// # Errors
/// The engine refused.
pub async fn preciser(tx: &WriteTx, id: &OrganisationId, epci: &Epci) -> Result<(), DbErr> {
    let Ok(siren) = epci.code.as_str().parse::<Siren>() else { return Ok(()) };
    if let Some(connue) = par_siren(tx, &siren).await? {
        return reunion::reunir(tx, id, &connue.id).await.map(|_| ());
    }
    Entity::update_many()
        .col_expr(Column::Siren, Expr::value(siren.as_str()))
        .col_expr(Column::Nom, Expr::value(epci.nom))
        .col_expr(Column::NomTri, Expr::value(nom_tri(epci.nom)))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id.clone()))
        .filter(Column::Siren.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Gives their SIREN to those that are not in doubt. How many.
///
/// # Errors
/// The engine refused.
pub async fn completer(tx: &WriteTx) -> Result<usize, DbErr> {
    let referentiel = Referentiel::embarque();
    let mut faites = 0;
    for organisation in sans_numero(tx).await? {
        if let Some(epci) = reconnaitre(&organisation, referentiel) {
            preciser(tx, &organisation.id, epci).await?;
            faites += 1;
        }
    }
    Ok(faites)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::organisation::Nature;
    use platform::Instant;
    use rstest::rstest;

    #[rstest]
    #[case::le_meme_nom("Communauté de communes de Vezouze en Piémont", Some("54129"), Some("200069433"))]
    #[case::abrege("CC Vezouze Piémont", Some("54129"), Some("200069433"))]
    #[case::sans_nom_propre("Communauté de communes", Some("54129"), Some("200069433"))]
    #[case::un_autre_nom("CC de la Haute Vezouze", Some("54129"), None)]
    #[case::sans_commune("CC de Vezouze en Piémont", None, Some("200069433"))]
    #[case::sans_rien("Communauté de communes", None, None)]
    fn une_intercommunalite_se_reconnait_sans_doute(
        #[case] nom: &str,
        #[case] commune: Option<&str>,
        #[case] attendu: Option<&str>,
    ) {
        let organisation = Model {
            id: OrganisationId("o".to_owned()),
            nature: Nature::Epci,
            siren: None,
            rna: None,
            commune: commune.map(|code| code.parse().unwrap()),
            nom: nom.to_owned(),
            nom_tri: nom_tri(nom),
            courriel: None,
            cree_le: Instant(0),
            version: 1,
        };
        let reconnue = reconnaitre(&organisation, Referentiel::embarque());
        assert_eq!(reconnue.map(|epci| epci.code.as_str()), attendu);
    }
}
