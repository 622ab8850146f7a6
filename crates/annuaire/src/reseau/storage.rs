//! Networks, members, approvals. No rule here.

use domain::code::CodeCommune;
use domain::identifiant::Siren;
use platform::{Ids, Instant, Jour, WriteTx, identifiant};
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, IntoActiveModel, raw_sql};
use socle::{OrganisationId, PersonneId};
use web::Instance;

use crate::acteur::{self, ActeurId, valeur};
use crate::tenue::storage as tenue;
use crate::vocabulaire::{Champ, EtatActeur, Origine};

identifiant!(
    /// Identifier of a network, never shown.
    ReseauId
);

/// Columns of `reseau`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reseau")]
pub struct Model {
    /// Identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReseauId,
    /// The organisation: its people are those of its mandates.
    pub organisation_id: OrganisationId,
    /// Short reference in addresses.
    pub reference: String,
    /// Still one.
    pub actif: bool,
    /// Marked so.
    pub cree_le: Instant,
    /// By whom.
    pub cree_par: Option<PersonneId>,
}

/// No declared relation.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A network with its name.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Reseau {
    /// Identifier.
    pub id: ReseauId,
    /// Organisation.
    pub organisation_id: OrganisationId,
    /// Reference.
    pub reference: String,
    /// Name of the organisation.
    pub nom: String,
    /// Its SIREN.
    pub siren: Option<Siren>,
    /// Still one.
    pub actif: bool,
    /// Members.
    pub membres: i64,
    /// Verified people.
    pub personnes: i64,
}

/// Every network, by name; or the one with this reference.
///
/// # Errors
/// The engine refused.
pub async fn tous(
    db: &impl ConnectionTrait,
    jour: jiff::civil::Date,
    reference: Option<&str>,
) -> Result<Vec<Reseau>, DbErr> {
    let (jour, tout, reference) = (Jour(jour).to_string(), reference.is_none(), reference.unwrap_or_default());
    Reseau::find_by_statement(raw_sql!(
        Postgres,
        "SELECT r.id, r.organisation_id, r.reference, o.nom, o.siren, r.actif,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM reseau_membre m JOIN acteur a ON a.id = m.acteur_id
              WHERE m.reseau_id = r.id AND a.etat <> 'masque') AS membres,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM mandat d WHERE d.organisation_id = o.id AND d.etat = 'verifie'
               AND d.du <= {jour} AND (d.au IS NULL OR d.au >= {jour})) AS personnes
         FROM reseau r JOIN organisation o ON o.id = r.organisation_id
         WHERE {tout} OR r.reference = {reference} ORDER BY o.nom_tri, r.id"
    ))
    .all(db)
    .await
}

/// A network, as a mail names it.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Nomme {
    /// Reference.
    pub reference: String,
    /// Organisation.
    pub organisation_id: OrganisationId,
    /// Name of the organisation.
    pub nom: String,
}

/// The open networks that have this actor as a member, by name.
///
/// # Errors
/// The engine refused.
pub async fn de_l_acteur(db: &impl ConnectionTrait, acteur: &ActeurId) -> Result<Vec<Nomme>, DbErr> {
    let acteur = acteur.as_str();
    Nomme::find_by_statement(raw_sql!(
        Postgres,
        "SELECT r.reference, r.organisation_id, o.nom
         FROM reseau_membre m JOIN reseau r ON r.id = m.reseau_id JOIN organisation o ON o.id = r.organisation_id
         WHERE m.acteur_id = {acteur} AND r.actif ORDER BY o.nom_tri, r.id"
    ))
    .all(db)
    .await
}

/// A claim on a member, by the network's word.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Demande {
    /// Its reference.
    pub reference: String,
    /// Name of the actor.
    pub acteur: String,
    /// Reference of the actor.
    pub fiche: String,
    /// Who claims.
    pub personne_id: PersonneId,
    /// In their words.
    pub preuve: String,
    /// Asked.
    pub demandee_le: Instant,
}

/// Claims on the members of a network that wait for its word, oldest first; or the one with this reference. Nobody answers
/// to their own.
///
/// # Errors
/// The engine refused.
pub async fn demandes(
    db: &impl ConnectionTrait,
    reseau: &ReseauId,
    reference: Option<&str>,
    sauf: Option<&PersonneId>,
    limite: i64,
) -> Result<Vec<Demande>, DbErr> {
    let (reseau, sauf) = (reseau.as_str(), sauf.map_or("", PersonneId::as_str));
    let (tout, reference) = (reference.is_none(), reference.unwrap_or_default());
    Demande::find_by_statement(raw_sql!(
        Postgres,
        "SELECT d.reference, a.nom AS acteur, a.reference AS fiche, d.personne_id, d.preuve, d.demandee_le
         FROM reseau_membre m JOIN acteur_revendication d ON d.acteur_id = m.acteur_id
         JOIN acteur a ON a.id = d.acteur_id
         WHERE m.reseau_id = {reseau} AND d.etat = 'attente' AND d.moyen = 'reseau' AND a.etat <> 'masque'
           AND d.personne_id <> {sauf} AND ({tout} OR d.reference = {reference})
         ORDER BY d.demandee_le, d.id LIMIT {limite}"
    ))
    .all(db)
    .await
}

/// The network of this organisation.
///
/// # Errors
/// The engine refused.
pub async fn de_l_organisation(db: &impl ConnectionTrait, id: &OrganisationId) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::OrganisationId.eq(id.clone())).one(db).await
}

/// Marks an organisation as a network, or marks it again. Its reference, and whether anything changed.
///
/// # Errors
/// The engine refused.
pub async fn marquer(
    tx: &WriteTx,
    ids: &dyn Ids,
    organisation: &OrganisationId,
    le: Instant,
    par: Option<&PersonneId>,
) -> Result<(String, bool), DbErr> {
    if let Some(connu) = de_l_organisation(tx, organisation).await? {
        let fait = activer(tx, &connu.reference, true).await?;
        return Ok((connu.reference, fait));
    }
    let reseau = Model {
        id: ReseauId::nouveau(ids),
        organisation_id: organisation.clone(),
        reference: ids.reference(8),
        actif: true,
        cree_le: le,
        cree_par: par.cloned(),
    };
    let reference = reseau.reference.clone();
    Entity::insert(reseau.into_active_model()).exec_without_returning(tx).await?;
    Ok((reference, true))
}

/// Nobody else counts or writes for this network until the end of the transaction.
///
/// # Errors
/// The engine refused.
pub async fn reserver(tx: &WriteTx, reseau: &ReseauId) -> Result<(), DbErr> {
    let id = reseau.as_str();
    tx.execute_raw(raw_sql!(Postgres, "UPDATE reseau SET actif = actif WHERE id = {id}")).await?;
    Ok(())
}

/// Opens or closes the space of a network. False when it was so already.
///
/// # Errors
/// The engine refused.
pub async fn activer(tx: &WriteTx, reference: &str, actif: bool) -> Result<bool, DbErr> {
    let fait = tx
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE reseau SET actif = {actif} WHERE reference = {reference} AND actif <> {actif}"
        ))
        .await?;
    Ok(fait.rows_affected() == 1)
}

/// A member, as its network sees it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Membre {
    /// Actor.
    pub id: ActeurId,
    /// Its reference.
    pub reference: String,
    /// Its name.
    pub nom: String,
    /// Its SIREN.
    pub siren: Option<Siren>,
    /// Its commune.
    pub commune: Option<CodeCommune>,
    /// Shown or not.
    pub etat: EtatActeur,
    /// First known.
    pub cree_le: Instant,
    /// Last confirmation.
    pub confirme_le: Option<Instant>,
    /// Said right by this network.
    pub approuve_le: Option<Instant>,
    /// Last mail of anybody.
    pub relancee_le: Option<Instant>,
    /// An address that may be used.
    pub courriel: Option<String>,
}

/// The members of a network, by name; or the one with this reference.
///
/// # Errors
/// The engine refused.
pub async fn membres(
    db: &impl ConnectionTrait,
    reseau: &ReseauId,
    reference: Option<&str>,
) -> Result<Vec<Membre>, DbErr> {
    let (reseau, tout, reference) = (reseau.as_str(), reference.is_none(), reference.unwrap_or_default());
    Membre::find_by_statement(raw_sql!(
        Postgres,
        "SELECT a.id, a.reference, a.nom, a.siren, a.commune, a.etat, a.cree_le, a.confirme_le, m.approuve_le,
            (SELECT MAX(r.envoyee_le) FROM acteur_relance r WHERE r.acteur_id = a.id) AS relancee_le,
            CASE WHEN a.diffusion = 'totale' OR EXISTS (
                SELECT 1 FROM acteur_valeur v WHERE v.acteur_id = a.id AND v.champ = 'courriel' AND v.source = 'acteur'
                  AND v.courante AND v.valeur = a.courriel) THEN a.courriel END AS courriel
         FROM reseau_membre m JOIN acteur a ON a.id = m.acteur_id
         WHERE m.reseau_id = {reseau} AND a.etat <> 'masque' AND ({tout} OR a.reference = {reference})
         ORDER BY a.nom_tri, a.id"
    ))
    .all(db)
    .await
}

/// Adds a member. False when it was one already.
///
/// # Errors
/// The engine refused.
pub async fn ajouter(
    tx: &WriteTx,
    reseau: &ReseauId,
    acteur: &ActeurId,
    le: Instant,
    par: Option<&PersonneId>,
) -> Result<bool, DbErr> {
    let (reseau, acteur, le, par) = (reseau.as_str(), acteur.as_str(), le.0, par.map(PersonneId::as_str));
    let fait = tx
        .execute_raw(raw_sql!(
            Postgres,
            "INSERT INTO reseau_membre (reseau_id, acteur_id, ajoute_le, ajoute_par)
             VALUES ({reseau}, {acteur}, {le}, {par}) ON CONFLICT DO NOTHING"
        ))
        .await?;
    Ok(fait.rows_affected() == 1)
}

/// A member leaves: what the network approved no longer counts. False when it was none, or the page just changed.
///
/// # Errors
/// The engine refused.
pub async fn retirer(
    tx: &WriteTx,
    instance: &Instance,
    reseau: &ReseauId,
    acteur: acteur::Model,
) -> Result<bool, DbErr> {
    let (reseau, id) = (reseau.as_str(), acteur.id.as_str());
    let fait = tx
        .execute_raw(raw_sql!(Postgres, "DELETE FROM reseau_membre WHERE reseau_id = {reseau} AND acteur_id = {id}"))
        .await?;
    Ok(fait.rows_affected() == 1 && redire_les_approbations(tx, instance, acteur).await?)
}

/// The network says that the page is right: a dated fact, and the page is confirmed. False when it is no member, or the
/// page just changed.
///
/// # Errors
/// The engine refused.
pub async fn approuver(
    tx: &WriteTx,
    instance: &Instance,
    reseau: &ReseauId,
    acteur: acteur::Model,
    par: Option<&PersonneId>,
) -> Result<bool, DbErr> {
    let le = instance.clock.instant();
    let (reseau, id, quand, par) = (reseau.as_str(), acteur.id.as_str(), le.0, par.map(PersonneId::as_str));
    let fait = tx
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE reseau_membre SET approuve_le = {quand}, approuve_par = {par}
             WHERE reseau_id = {reseau} AND acteur_id = {id}"
        ))
        .await?;
    if fait.rows_affected() == 0 {
        return Ok(false);
    }
    tenue::noter_le_retour(tx, &acteur.id, le, true).await?;
    redire_les_approbations(tx, instance, acteur.confirme(le)).await
}

/// The fact "read by such networks", as it is now.
async fn redire_les_approbations(tx: &WriteTx, instance: &Instance, acteur: acteur::Model) -> Result<bool, DbErr> {
    #[derive(FromQueryResult)]
    struct Nom {
        nom: String,
    }
    let id = acteur.id.as_str();
    let noms = Nom::find_by_statement(raw_sql!(
        Postgres,
        "SELECT o.nom FROM reseau_membre m JOIN reseau r ON r.id = m.reseau_id
         JOIN organisation o ON o.id = r.organisation_id
         WHERE m.acteur_id = {id} AND m.approuve_le IS NOT NULL ORDER BY o.nom_tri, o.id"
    ));
    let noms: Vec<String> = noms.all(tx).await?.into_iter().map(|ligne| ligne.nom).collect();
    tx.execute_raw(raw_sql!(
        Postgres,
        "UPDATE acteur_valeur SET courante = FALSE
         WHERE acteur_id = {id} AND champ = 'approbation' AND source = 'reseau' AND courante"
    ))
    .await?;
    let le = instance.clock.instant();
    let dite =
        valeur::Model::nouvelle(&*instance.ids, &acteur.id, Champ::Approbation, &noms.join(", "), Origine::Reseau, le);
    let dite = valeur::Model { source_du: Some(Jour(instance.jour_de(le))), ..dite };
    valeur::Entity::insert(dite.into_active_model()).exec_without_returning(tx).await?;
    tenue::reprojeter(tx, instance, acteur).await
}

/// Mails sent to members of this network since an instant, by its people.
///
/// # Errors
/// The engine refused.
pub async fn relances_depuis(db: &impl ConnectionTrait, reseau: &ReseauId, depuis: Instant) -> Result<u32, DbErr> {
    #[derive(FromQueryResult)]
    struct Compte {
        nombre: i64,
    }
    let (reseau, depuis) = (reseau.as_str(), depuis.0);
    let compte = Compte::find_by_statement(raw_sql!(
        Postgres,
        "SELECT CAST(COUNT(*) AS BIGINT) AS nombre FROM reseau_membre
         WHERE reseau_id = {reseau} AND relance_le >= {depuis}"
    ));
    Ok(compte.one(db).await?.and_then(|c| u32::try_from(c.nombre).ok()).unwrap_or(0))
}

/// Writes that the network wrote to a member.
///
/// # Errors
/// The engine refused.
pub async fn noter_la_relance(tx: &WriteTx, reseau: &ReseauId, acteur: &ActeurId, le: Instant) -> Result<(), DbErr> {
    let (reseau, acteur, le) = (reseau.as_str(), acteur.as_str(), le.0);
    tx.execute_raw(raw_sql!(
        Postgres,
        "UPDATE reseau_membre SET relance_le = {le} WHERE reseau_id = {reseau} AND acteur_id = {acteur}"
    ))
    .await?;
    Ok(())
}

/// An actor that a network may be looking for.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Candidat {
    /// Actor.
    pub id: ActeurId,
    /// Reference.
    pub reference: String,
    /// Name.
    pub nom: String,
    /// Commune.
    pub commune: Option<CodeCommune>,
}

/// Actors by SIREN, by reference, or by some words of their name; at most `limite`.
///
/// # Errors
/// The engine refused.
pub async fn chercher(db: &impl ConnectionTrait, demande: &str, limite: i64) -> Result<Vec<Candidat>, DbErr> {
    let siren: String = demande.chars().filter(|c| !c.is_whitespace()).collect();
    let cle = socle::nom_tri(demande).replace(['%', '_', '\\'], " ");
    let mots = format!("%{}%", cle.split_whitespace().collect::<Vec<_>>().join("%"));
    Candidat::find_by_statement(raw_sql!(
        Postgres,
        "SELECT a.id, a.reference, a.nom, a.commune FROM acteur a
         WHERE a.etat <> 'masque' AND (a.siren = {siren} OR a.reference = {demande} OR a.nom_tri LIKE {mots})
         ORDER BY CASE WHEN a.siren = {siren} OR a.reference = {demande} THEN 0 ELSE 1 END, a.nom_tri, a.id LIMIT {limite}"
    ))
    .all(db)
    .await
}
