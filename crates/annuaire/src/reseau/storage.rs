//! Networks, members, approvals. No rule here.

use domain::code::CodeCommune;
use domain::identifiant::Siren;
use platform::{Ids, Instant, Jour, WriteTx, identifiant};
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, IntoActiveModel, raw_sql};
use socle::{OrganisationId, PersonneId};
use web::Instance;

use super::rules::{Adhesion, adhesion};
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
              WHERE m.reseau_id = r.id AND m.refuse_le IS NULL AND a.etat <> 'masque') AS membres,
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

/// The open networks of which this actor said that it is a member, by name: their word counts.
///
/// # Errors
/// The engine refused.
pub async fn de_l_acteur(db: &impl ConnectionTrait, acteur: &ActeurId) -> Result<Vec<Nomme>, DbErr> {
    let acteur = acteur.as_str();
    Nomme::find_by_statement(raw_sql!(
        Postgres,
        "SELECT r.reference, r.organisation_id, o.nom
         FROM reseau_membre m JOIN reseau r ON r.id = m.reseau_id JOIN organisation o ON o.id = r.organisation_id
         WHERE m.acteur_id = {acteur} AND r.actif AND m.confirme_le IS NOT NULL AND m.refuse_le IS NULL
         ORDER BY o.nom_tri, r.id"
    ))
    .all(db)
    .await
}

/// A network that names an actor among its members, and what the actor answered.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Annonce {
    /// Network.
    pub reseau_id: ReseauId,
    /// Its reference.
    pub reference: String,
    /// Its name.
    pub nom: String,
    /// Announced.
    pub ajoute_le: Instant,
    /// The actor said yes.
    pub confirme_le: Option<Instant>,
    /// The actor said no.
    pub refuse_le: Option<Instant>,
}

impl Annonce {
    /// What it is worth.
    #[must_use]
    pub fn adhesion(&self, instance: &Instance) -> Adhesion {
        let jour = |le| instance.jour_de(le);
        adhesion(instance.aujourd_hui(), jour(self.ajoute_le), self.confirme_le.map(jour), self.refuse_le.map(jour))
    }
}

/// The open networks that name this actor, by name, whatever it answered.
///
/// # Errors
/// The engine refused.
pub async fn annonces(db: &impl ConnectionTrait, acteur: &ActeurId) -> Result<Vec<Annonce>, DbErr> {
    let acteur = acteur.as_str();
    Annonce::find_by_statement(raw_sql!(
        Postgres,
        "SELECT m.reseau_id, r.reference, o.nom, m.ajoute_le, m.confirme_le, m.refuse_le
         FROM reseau_membre m JOIN reseau r ON r.id = m.reseau_id JOIN organisation o ON o.id = r.organisation_id
         WHERE m.acteur_id = {acteur} AND r.actif ORDER BY o.nom_tri, r.id"
    ))
    .all(db)
    .await
}

/// Writes what an actor answers to a network: yes or no, from now on. What the network said of the page follows. False when
/// the network names it no more, or the page just changed.
///
/// # Errors
/// The engine refused.
pub async fn repondre(
    tx: &WriteTx,
    instance: &Instance,
    reseau: &ReseauId,
    acteur: acteur::Model,
    oui: bool,
) -> Result<bool, DbErr> {
    let (id, cle, le) = (reseau.as_str(), acteur.id.as_str(), instance.clock.instant().0);
    let fait = tx
        .execute_raw(raw_sql!(
            Postgres,
            "UPDATE reseau_membre SET confirme_le = CASE WHEN {oui} THEN CAST({le} AS BIGINT) END,
                refuse_le = CASE WHEN {oui} THEN NULL ELSE CAST({le} AS BIGINT) END
             WHERE reseau_id = {id} AND acteur_id = {cle}"
        ))
        .await?;
    Ok(fait.rows_affected() == 1 && redire_les_approbations(tx, instance, acteur).await?)
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
           AND m.confirme_le IS NOT NULL AND m.refuse_le IS NULL
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
    /// Announced by the network.
    pub ajoute_le: Instant,
    /// The actor said that it is a member.
    pub adhere_le: Option<Instant>,
    /// The actor said that it is not.
    pub refuse_le: Option<Instant>,
}

impl Membre {
    /// What its membership is worth.
    #[must_use]
    pub fn adhesion(&self, instance: &Instance) -> Adhesion {
        let jour = |le| instance.jour_de(le);
        adhesion(instance.aujourd_hui(), jour(self.ajoute_le), self.adhere_le.map(jour), self.refuse_le.map(jour))
    }
}

/// The members of a network, by name; or the one with this reference. Those that said no too.
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
            m.ajoute_le, m.confirme_le AS adhere_le, m.refuse_le,
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

/// Announces a member, or announces it anew: its earlier answer, if any, no longer holds. False when it was one already.
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
             VALUES ({reseau}, {acteur}, {le}, {par})
             ON CONFLICT (reseau_id, acteur_id) DO UPDATE SET ajoute_le = excluded.ajoute_le,
                ajoute_par = excluded.ajoute_par, refuse_le = NULL, approuve_le = NULL, approuve_par = NULL
             WHERE reseau_membre.confirme_le IS NULL"
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

/// The network says that the page is right. Of a member that said that it is one (`fait_foi`), it is a dated fact, and the page
/// is confirmed; of another it waits for the actor's word. False when it is no member, or the page just changed.
///
/// # Errors
/// The engine refused.
pub async fn approuver(
    tx: &WriteTx,
    instance: &Instance,
    reseau: &ReseauId,
    acteur: acteur::Model,
    (par, fait_foi): (Option<&PersonneId>, bool),
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
    if !fait_foi {
        return Ok(true);
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
         WHERE m.acteur_id = {id} AND m.approuve_le IS NOT NULL AND m.confirme_le IS NOT NULL AND m.refuse_le IS NULL
         ORDER BY o.nom_tri, o.id"
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

/// Actors of these SIREN, or of one of these names (as sorted): for a pasted list. One statement.
///
/// # Errors
/// The engine refused.
pub async fn nommes(
    db: &impl ConnectionTrait,
    reseau: &ReseauId,
    sirens: &[&str],
    noms: &[String],
) -> Result<Vec<Trouvee>, DbErr> {
    // Neither list may be empty in SQL.
    let (sirens, noms) = (ou_rien(sirens.iter().map(|s| (*s).to_owned())), ou_rien(noms.iter().cloned()));
    let reseau = reseau.as_str();
    Trouvee::find_by_statement(raw_sql!(
        Postgres,
        "SELECT a.id, a.reference, a.nom, a.nom_tri, a.siren, a.commune, m.ajoute_le, m.confirme_le, m.refuse_le
         FROM acteur a LEFT JOIN reseau_membre m ON m.acteur_id = a.id AND m.reseau_id = {reseau}
         WHERE a.etat <> 'masque' AND (a.siren IN ({..sirens}) OR a.nom_tri IN ({..noms}))
         ORDER BY a.nom_tri, a.id"
    ))
    .all(db)
    .await
}

fn ou_rien(valeurs: impl Iterator<Item = String>) -> Vec<String> {
    let valeurs: Vec<String> = valeurs.collect();
    if valeurs.is_empty() { vec![String::new()] } else { valeurs }
}

/// An actor named by a pasted list, and how it stands to the network.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Trouvee {
    /// Actor.
    pub id: ActeurId,
    /// Reference.
    pub reference: String,
    /// Name.
    pub nom: String,
    /// As sorted.
    pub nom_tri: String,
    /// SIREN.
    pub siren: Option<Siren>,
    /// Commune.
    pub commune: Option<CodeCommune>,
    /// Announced already.
    pub ajoute_le: Option<Instant>,
    /// It said yes.
    pub confirme_le: Option<Instant>,
    /// It said no.
    pub refuse_le: Option<Instant>,
}

impl Trouvee {
    /// What its membership is worth, when the network named it already.
    #[must_use]
    pub fn adhesion(&self, instance: &Instance) -> Option<Adhesion> {
        let jour = |le| instance.jour_de(le);
        let annoncee = jour(self.ajoute_le?);
        Some(adhesion(instance.aujourd_hui(), annoncee, self.confirme_le.map(jour), self.refuse_le.map(jour)))
    }
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
