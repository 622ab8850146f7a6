//! The table of actors.

use futures_util::future::BoxFuture;
use platform::{Instant, ReadTx};
use sea_orm::{FromQueryResult, raw_sql};
use web::ouvert::{Case, Colonne, Etat, Genre, Jeu, Lot, compter, suite};
use web::{Erreur, Instance};

use super::acteur::{self, ActeurOuvert};

/// Rows read at a time.
const LOT: u64 = 500;

/// Columns, in the order of [`cases`].
const COLONNES: &[Colonne] = &[
    Colonne::texte("reference", "Référence stable, celle de l’adresse de sa page"),
    Colonne::texte("nom", "Nom"),
    Colonne::texte("sigle", "Sigle"),
    Colonne::texte("siren", "SIREN, neuf chiffres"),
    Colonne::texte("siret", "SIRET de l’adresse donnée ici : le siège, sinon un autre établissement ouvert"),
    Colonne::texte("rna", "Numéro au répertoire national des associations"),
    Colonne::texte("forme", "association, cooperative, mutuelle, fondation, societe, public, autre"),
    Colonne::texte("categorie_juridique", "Catégorie juridique de l’Insee, quatre chiffres"),
    Colonne::texte("naf", "Activité principale, NAF rév. 2"),
    Colonne::texte("tranche_effectif", "Tranche d’effectif de l’Insee, pour toute la structure"),
    Colonne::texte("code_commune", "Code officiel géographique de la commune"),
    Colonne::texte("commune", "Nom de la commune"),
    Colonne::texte("code_epci", "SIREN de l’intercommunalité"),
    Colonne::texte("epci", "Nom de l’intercommunalité"),
    Colonne::texte("adresse", "Numéro et rue ; vide en cas de diffusion partielle"),
    Colonne::texte("code_postal", "Code postal"),
    Colonne::nouvelle("longitude", Genre::Decimal, "Longitude, WGS84"),
    Colonne::nouvelle("latitude", Genre::Decimal, "Latitude, WGS84"),
    Colonne::texte("precision", "Ce que vaut le point : adresse, ou mairie de la commune"),
    Colonne::texte("themes", "Thèmes, séparés par |"),
    Colonne::texte("agrements", "Agréments et conventions en vigueur, séparés par |"),
    Colonne::texte("offres", "Titres des offres, séparés par |"),
    Colonne::texte(
        "offres_prix",
        "Prix « à partir de » de chaque offre, en euros, dans le même ordre, séparés par | ; vide si non dit",
    ),
    Colonne::texte(
        "offres_voies",
        "Voies de chaque offre (achat, subvention, adhesion, capital), séparées par une virgule ; les offres dans le même \
         ordre, séparées par |",
    ),
    Colonne::texte(
        "offres_tarifs",
        "Comment se calcule le prix de chaque offre (gratuit, journee, forfait, succes, abonnement, devis), séparés par |",
    ),
    Colonne::texte("ess_loi", "Fait partie de l’ESS selon la loi du 31 juillet 2014 : oui, non, inconnu"),
    Colonne::texte("ess_loi_motif", "Pourquoi"),
    Colonne::texte("ess_statistique", "Fait partie de l’ESS selon l’Insee : oui, non, inconnu"),
    Colonne::texte("ess_statistique_motif", "Pourquoi"),
    Colonne::texte("presentation", "Ce que fait la structure, dans ses mots, sans coordonnées"),
    Colonne::texte("site", "Site internet"),
    Colonne::texte("courriel", "Courriel de la structure ; jamais celui d’une personne"),
    Colonne::texte("telephone", "Téléphone fixe de la structure"),
    Colonne::nouvelle("confirme_le", Genre::Date, "Dernière confirmation par la structure ou par un agent"),
    Colonne::nouvelle("modifie_le", Genre::Date, "Dernier changement"),
    Colonne::nouvelle("exemple", Genre::Booleen, "Vrai si l’acteur est inventé pour une démonstration"),
    Colonne::texte("page", "Adresse de sa page"),
];
/// Ranks of the place.
const LIEU: [usize; 2] = [16, 17];

/// The table.
pub const JEUX: &[Jeu] = &[Jeu {
    id: "acteurs",
    titre: "Acteurs de l’économie sociale et solidaire",
    description: "Associations, coopératives, mutuelles, fondations et entreprises connues de l’annuaire, en activité : \
                  qui elles sont, où, pour quels thèmes, avec quels agréments. Sources : Sirene (Insee), structures \
                  d’insertion par l’activité économique, liste d’ESS France, les structures elles-mêmes. Aucune donnée \
                  personnelle : ni entrepreneur individuel, ni adresse ni contact d’une personne. L’annuaire ne contient pas tous les acteurs.",
    mots_cles: &["économie sociale et solidaire", "ESS", "associations", "coopératives", "insertion", "annuaire"],
    colonnes: COLONNES,
    lieu: Some(LIEU),
    etat: |tx, instance| etat(tx, instance),
    lot: |tx, instance, apres| lot(tx, instance, apres),
}];

#[derive(FromQueryResult)]
struct Compte {
    lignes: i64,
    modifie_le: Option<i64>,
    themes: i64,
    offres: i64,
    offre_le: Option<i64>,
    agrements: i64,
    etablissements: i64,
}

fn etat<'a>(tx: &'a ReadTx, instance: &'a Instance) -> BoxFuture<'a, Result<Etat, Erreur>> {
    Box::pin(async move {
        let jour = instance.aujourd_hui().to_string();
        let question = raw_sql!(
            Postgres,
            "SELECT CAST(COUNT(*) AS BIGINT) AS lignes, MAX(modifie_le) AS modifie_le,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM acteur_theme) AS themes,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM offre WHERE active) AS offres,
                (SELECT MAX(modifie_le) FROM offre) AS offre_le,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM acteur_agrement WHERE au IS NULL OR au >= {jour}) AS agrements,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM acteur_etablissement WHERE ouvert) AS etablissements
             FROM acteur WHERE etat = 'actif'
                AND COALESCE(categorie_juridique, CASE diffusion WHEN 'partielle' THEN '1' ELSE '' END) NOT LIKE '1%'"
        );
        let Compte { lignes, modifie_le, themes, offres, offre_le, agrements, etablissements } =
            compter(tx, question).await?;
        Ok(Etat {
            lignes: u64::try_from(lignes).unwrap_or(0),
            modifie_le: modifie_le.max(offre_le).map(Instant),
            empreinte: format!("{:?}", (lignes, modifie_le, themes, offres, offre_le, agrements, etablissements)),
        })
    })
}

fn lot<'a>(tx: &'a ReadTx, instance: &'a Instance, apres: &'a str) -> BoxFuture<'a, Result<Lot, Erreur>> {
    Box::pin(async move {
        let ids = acteur::ids_apres(tx, apres, LOT).await?;
        let lignes = acteur::lire(tx, instance, &ids).await?;
        let suite = suite(&ids, LOT, Clone::clone);
        Ok(Lot { lignes: lignes.into_iter().map(|(_, acteur)| cases(acteur)).collect(), suite })
    })
}

fn cases(a: ActeurOuvert) -> Vec<Case> {
    vec![
        a.reference.into(),
        a.nom.into(),
        a.sigle.into(),
        a.siren.into(),
        a.siret.into(),
        a.rna.into(),
        a.forme.into(),
        a.categorie_juridique.into(),
        a.naf.into(),
        a.tranche_effectif.into(),
        a.code_commune.into(),
        a.commune.into(),
        a.code_epci.into(),
        a.epci.into(),
        a.adresse.into(),
        a.code_postal.into(),
        a.longitude.into(),
        a.latitude.into(),
        a.precision.into(),
        a.themes.join("|").into(),
        a.agrements.join("|").into(),
        a.offres.join("|").into(),
        a.offres_prix.join("|").into(),
        a.offres_voies.join("|").into(),
        a.offres_tarifs.join("|").into(),
        a.ess_loi.into(),
        a.ess_loi_motif.into(),
        a.ess_statistique.into(),
        a.ess_statistique_motif.into(),
        a.presentation.into(),
        a.site.into(),
        a.courriel.into(),
        a.telephone.into(),
        a.confirme_le.into(),
        a.modifie_le.into(),
        a.exemple.into(),
        a.page.into(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn le_lieu_est_aux_colonnes_qui_le_disent() {
        assert_eq!(LIEU.map(|rang| COLONNES[rang].nom), ["longitude", "latitude"]);
    }
}
