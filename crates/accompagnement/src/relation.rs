//! Introductions: the agent writes, the bearer approves the text, the actor answers by a signed page without account;
//! contacts are exchanged only when both agree.

use std::collections::HashSet;

use askama::Template;
use axum::extract::Path;
use domain::droit::Action;
use platform::journal::{self, Evenement, Visibilite};
use platform::{Instant, ReadTx, WriteTx};
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, IntoActiveModel, raw_sql};
use socle::jeton;
use socle::projet;
use socle::{PersonneId, ProjetId, personne};
use web::composants::{Bouton, Etiquette, Html, Poids, Ton};
use web::courriels;
use web::feature::{Attente, DemandeStructure, Famille};
use web::formulaire::Lecteur;
use web::{Cadre, CheckedForm, Erreur, Reponse, texte};

use crate::demande::pages::possibles;
use crate::evenements::{self, evenement};
use crate::suivi::pages as suivi;
use crate::suivi::prevenir::{Nouvelle, agents_concernes, dire, prevenir_le_porteur, prevenir_les_agents};

const USAGE: &str = "relation";
/// An association's volunteers meet once a month.
const DUREE_S: i64 = 45 * 24 * 3600;
const PLUS_TARD: &str = "plus-tard";
const NOTE_PLUS_TARD: &str = "Merci, c’est noté : plus tard. Le même lien vous attend, pendant 45 jours encore.";
/// Subject of the mails that tell agents the answer.
const REPONSE: &str = "Réponse à une mise en relation";

/// Columns of `relation`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "relation")]
pub struct Model {
    /// Identifier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Project.
    pub projet_id: ProjetId,
    /// Name of the actor.
    pub acteur: String,
    /// Where it is written to.
    pub courriel: String,
    /// Text that the bearer approves.
    pub texte: String,
    /// `a-approuver`, `non-envoyee`, `envoyee`, `interesse`, `pas-cette-fois`, `plus-tard`.
    pub etat: String,
    /// Agent.
    pub proposee_par: PersonneId,
    /// When.
    pub proposee_le: Instant,
    /// Bearer's member.
    pub approuvee_par: Option<PersonneId>,
    /// When.
    pub approuvee_le: Option<Instant>,
    /// When the actor answered.
    pub repondue_le: Option<Instant>,
    /// Optimistic lock.
    pub version: i64,
}

/// No declared relation.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// An introduction as shown.
pub(crate) struct RelationVue {
    pub(crate) etiquette: Etiquette,
    pub(crate) corps: Html,
    pub(crate) a_approuver: bool,
    pub(crate) relation: Model,
}

impl From<Model> for RelationVue {
    fn from(relation: Model) -> Self {
        let etiquette = match relation.etat.as_str() {
            "a-approuver" => Etiquette::nouvelle("À approuver par le porteur", Ton::Attente),
            "non-envoyee" => Etiquette::nouvelle("Non envoyée", Ton::Neutre),
            "envoyee" => Etiquette::nouvelle("Envoyée", Ton::Attente),
            "interesse" => Etiquette::nouvelle("Intéressé", Ton::Positif),
            PLUS_TARD => Etiquette::nouvelle("Plus tard", Ton::Neutre),
            _ => Etiquette::nouvelle("Pas cette fois", Ton::Neutre),
        };
        Self {
            etiquette,
            corps: Html(texte::paragraphes(&relation.texte)),
            a_approuver: relation.etat == "a-approuver",
            relation,
        }
    }
}

/// Introductions of a project and of its doubles, oldest first.
pub(crate) async fn du_projet(db: &impl ConnectionTrait, projet: &ProjetId) -> Result<Vec<Model>, DbErr> {
    let projet = projet.as_str();
    Entity::find()
        .from_raw_sql(raw_sql!(
            Postgres,
            "SELECT * FROM relation
             WHERE projet_id IN (SELECT CAST({projet} AS TEXT) UNION ALL SELECT id FROM projet WHERE fusionne_dans = {projet})
             ORDER BY proposee_le, id"
        ))
        .all(db)
        .await
}

/// Introductions that left and that a structure has not answered, oldest first. One statement.
pub(crate) async fn attendues(demande: &DemandeStructure<'_>) -> Result<Vec<Attente>, Erreur> {
    #[derive(FromQueryResult)]
    struct Attendue {
        titre: String,
        etat: String,
        envoyee_le: Option<Instant>,
    }
    let courriel = demande.courriel.to_lowercase();
    let lignes = Attendue::find_by_statement(raw_sql!(
        Postgres,
        "SELECT p.titre, r.etat, r.approuvee_le AS envoyee_le FROM relation r JOIN projet p ON p.id = r.projet_id
         WHERE LOWER(r.courriel) = {courriel} AND r.etat IN ('envoyee', 'plus-tard') ORDER BY r.proposee_le, r.id LIMIT 20"
    ))
    .all(demande.tx)
    .await?;
    let attente = |ligne: Attendue| Attente {
        quoi: match ligne.etat.as_str() {
            PLUS_TARD => format!("Mise en relation : {} (vous avez répondu « plus tard »)", ligne.titre),
            _ => format!("Mise en relation : {}", ligne.titre),
        },
        comment: match ligne.envoyee_le {
            Some(le) => {
                let le = texte::jour(demande.instance.jour_de(le));
                format!("Répondez par le lien du courriel envoyé le {le} à {}.", demande.courriel)
            }
            None => format!("Répondez par le lien du courriel envoyé à {}.", demande.courriel),
        },
    };
    Ok(lignes.into_iter().map(attente).collect())
}

async fn enregistrer(tx: &WriteTx, relation: &Model) -> Result<bool, DbErr> {
    let nouveau = Model { version: relation.version + 1, ..relation.clone() };
    let resultat = Entity::update_many()
        .set(nouveau.into_active_model().reset_all())
        .filter(Column::Id.eq(relation.id.clone()))
        .filter(Column::Version.eq(relation.version))
        .exec(tx)
        .await?;
    Ok(resultat.rows_affected == 1)
}

async fn ouvrir_projet(cadre: &Cadre, reference: &str, action: Action) -> Result<(projet::Model, ReadTx), Erreur> {
    let tx = cadre.instance.db.read().await?;
    let projet = projet::par_reference(&tx, reference).await?.ok_or(Erreur::Introuvable("ce projet"))?;
    let lien = cadre.visiteur.lien(&tx, &cadre.instance, &projet).await?;
    cadre.visiteur.autoriser(lien, action)?;
    Ok((projet, tx))
}

/// Who is to be introduced, and where they are written to.
struct Destinataire {
    acteur: String,
    courriel: String,
    payant: bool,
}

impl Model {
    /// Neither refused by the bearer nor answered for good.
    fn attend(&self) -> bool {
        matches!(self.etat.as_str(), "a-approuver" | "envoyee" | PLUS_TARD)
    }
}

/// The actors ticked in the directory, and the one typed.
async fn destinataires(
    cadre: &Cadre,
    form: &CheckedForm,
    projet: &projet::Model,
    l: &mut Lecteur<'_>,
) -> Result<Vec<Destinataire>, Erreur> {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let coches = form.saisie.liste("acteurs");
    let mut destinataires: Vec<Destinataire> = possibles(instance, &tx, projet)
        .await?
        .into_iter()
        .filter(|p| p.famille == Famille::Acteur && coches.contains(&p.id))
        .filter_map(|p| Some(Destinataire { acteur: p.porteur, courriel: p.courriel?, payant: p.payant }))
        .collect();
    // Two offers of one structure are one structure.
    let mut adresses = HashSet::new();
    destinataires.retain(|destinataire| adresses.insert(destinataire.courriel.to_lowercase()));
    // A single paid provider would be a preference; one typed by hand is a second one.
    let mut payants = destinataires.iter().filter(|destinataire| destinataire.payant).count();
    if destinataires.is_empty() || !form.saisie.texte("acteur").trim().is_empty() {
        let acteur = l.texte("acteur", "Cochez un acteur, ou donnez son nom.", 2, 150);
        let courriel = l.courriel("acteur_courriel", "Donnez l’adresse de l’acteur.");
        if let (Some(acteur), Some(courriel)) = (acteur, courriel) {
            if payants > 0 && adresses.insert(courriel.to_lowercase()) {
                payants += 1;
            }
            destinataires.push(Destinataire { acteur, courriel, payant: false });
        }
    }
    let en_cours: Vec<Model> = du_projet(&tx, &projet.id).await?.into_iter().filter(Model::attend).collect();
    for deja in destinataires.iter().filter(|d| en_cours.iter().any(|r| r.courriel.eq_ignore_ascii_case(&d.courriel))) {
        let phrase = format!("Une mise en relation avec {} est déjà en cours pour ce projet.", deja.acteur);
        l.erreurs.ajouter(if coches.is_empty() { "acteur_courriel" } else { "acteurs" }, phrase);
    }
    if payants == 1 {
        l.erreurs.ajouter("acteurs", "Ce service se paie : proposez au moins deux acteurs, le porteur choisit.");
    }
    // In the demonstration nobody real is written to.
    if destinataires.iter().any(|d| !instance.peut_ecrire_a(&d.courriel)) {
        l.erreurs.ajouter(
            "acteur_courriel",
            "Dans la démonstration, on n’écrit qu’à des adresses inventées, en « .invalid ».",
        );
    }
    Ok(destinataires)
}

/// POST, agent: proposes a text to the bearer, for one actor or several.
pub async fn proposer(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let ouvert = suivi::ouvrir(&cadre, &reference).await?;
    let mut l = form.lecteur();
    let destinataires = destinataires(&cadre, &form, &ouvert.projet, &mut l).await?;
    let texte = l.texte("acteur_texte", "Écrivez le texte à approuver.", 10, 2_000);
    let (Some(texte), true) = (texte, l.erreurs.est_vide()) else {
        let erreurs = l.erreurs;
        return suivi::en_erreur(&cadre, ouvert, form.saisie.clone(), erreurs).await;
    };
    let instance = &cadre.instance;
    let (clock, ids) = (&*instance.clock, &*instance.ids);
    let agent = cadre.visiteur.connecte()?.id.clone();
    let noms: Vec<&str> = destinataires.iter().map(|d| d.acteur.as_str()).collect();
    let nouvelle = Nouvelle::de("relation-a-approuver", &[("acteurs", &noms.join(", "))]);
    let tx = instance.db.begin().await?;
    for destinataire in &destinataires {
        let relation = Model {
            id: ids.uuid().to_string(),
            projet_id: ouvert.projet.id.clone(),
            acteur: destinataire.acteur.clone(),
            courriel: destinataire.courriel.clone(),
            texte: texte.clone(),
            etat: "a-approuver".to_owned(),
            proposee_par: agent.clone(),
            proposee_le: clock.instant(),
            approuvee_par: None,
            approuvee_le: None,
            repondue_le: None,
            version: 1,
        };
        Entity::insert(relation.into_active_model()).exec_without_returning(&tx).await?;
        journal::ecrire(&tx, clock, ids, evenement(&cadre, evenements::RELATION_PROPOSEE, &ouvert.projet)).await?;
    }
    let prevenus = prevenir_le_porteur(&tx, &cadre, &ouvert.projet, &nouvelle).await?;
    let message = dire("Le texte est proposé au porteur.", prevenus);
    form.conclure(tx, &format!("/projets/{reference}/suivi"), message).await
}

/// POST, bearer: approves, and the mail leaves; or not.
pub async fn approuver(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let (projet, lecture) = ouvrir_projet(&cadre, &reference, Action::AgirPourLePorteur).await?;
    let id = form.saisie.texte("relation").to_owned();
    let relation = du_projet(&lecture, &projet.id)
        .await?
        .into_iter()
        .find(|relation| relation.id == id)
        .ok_or(Erreur::Introuvable("cette mise en relation"))?;
    drop(lecture);
    let vers = format!("/projets/{reference}#accompagnement");
    if relation.etat != "a-approuver" {
        return Ok(form.aller(&vers, "Cette mise en relation a déjà sa réponse."));
    }
    let instance = &cadre.instance;
    let (clock, ids) = (&*instance.clock, &*instance.ids);
    let porteur = cadre.visiteur.connecte()?.clone();
    let oui = form.saisie.texte("reponse") == "oui";
    let suite = Model {
        etat: if oui { "envoyee" } else { "non-envoyee" }.to_owned(),
        approuvee_par: oui.then(|| porteur.id.clone()),
        approuvee_le: oui.then(|| clock.instant()),
        ..relation
    };
    let tx = instance.db.begin().await?;
    if !enregistrer(&tx, &suite).await? {
        return Err(Erreur::Aller(vers));
    }
    if !oui {
        return form.conclure(tx, &vers, "Rien n’est envoyé.").await;
    }
    let secret = ids.jeton();
    jeton::creer(&tx, clock, USAGE, &suite.id, &secret, None, DUREE_S).await?;
    let lien = instance.url(&format!("/relation/{secret}"));
    let valeurs = [("projet", projet.titre.as_str()), ("texte", &suite.texte), ("lien", &lien)];
    courriels::ecrire(&tx, instance, &suite.courriel, "mise-en-relation", &valeurs).await?;
    journal::ecrire(&tx, clock, ids, evenement(&cadre, evenements::RELATION_ENVOYEE, &projet)).await?;
    form.conclure(tx, &vers, "Le texte est envoyé. Vous serez prévenu de la réponse.").await
}

#[derive(Template)]
#[template(path = "relation.html")]
struct PageRelation {
    acteur: String,
    corps: Html,
    /// When the actor answered "later".
    plus_tard: Option<String>,
    caches: Html,
    secret: String,
}

async fn du_lien(cadre: &Cadre, secret: &str) -> Result<(Model, projet::Model), Erreur> {
    let perime =
        || Erreur::Introuvable("cette mise en relation : vous avez déjà répondu, ou le lien a plus de 45 jours");
    let tx = cadre.instance.db.read().await?;
    let jeton = jeton::lire(&tx, cadre.instance.clock.instant(), USAGE, secret).await?.ok_or_else(perime)?;
    let relation = Entity::find_by_id(jeton.cible).one(&tx).await?.ok_or_else(perime)?;
    let projet = projet::Entity::find_by_id(relation.projet_id.clone()).one(&tx).await?.ok_or_else(perime)?;
    Ok((relation, projet))
}

/// GET, actor without account: opening does nothing.
pub async fn ouvrir(cadre: Cadre, Path(secret): Path<String>) -> Reponse {
    let (relation, _) = du_lien(&cadre, &secret).await?;
    let instance = &cadre.instance;
    let page = PageRelation {
        plus_tard: relation.repondue_le.map(|le| texte::jour(instance.jour_de(le))),
        acteur: relation.acteur,
        corps: Html(texte::paragraphes(&relation.texte)),
        caches: cadre.formulaire().caches(),
        secret,
    };
    cadre.page("Répondre à une mise en relation", &page)?.repondre()
}

/// POST, actor: interested, not this time, later. Interested: each gets the other's address. Later is not an answer yet: the
/// link holds.
pub async fn repondre(cadre: Cadre, Path(secret): Path<String>, form: CheckedForm) -> Reponse {
    let (relation, projet) = du_lien(&cadre, &secret).await?;
    let etat = match form.saisie.texte("reponse") {
        etat @ ("interesse" | "pas-cette-fois" | "plus-tard") => etat.to_owned(),
        _ => {
            return Err(Erreur::Invalide(
                "Choisissez une des trois réponses : rouvrez le lien du courriel, puis un des trois boutons."
                    .to_owned(),
            ));
        }
    };
    let instance = &cadre.instance;
    let (clock, ids) = (&*instance.clock, &*instance.ids);
    let tx = instance.db.begin().await?;
    if etat == PLUS_TARD {
        jeton::prolonger(&tx, USAGE, &secret, clock.instant().plus_seconds(DUREE_S)).await?;
        if relation.etat == PLUS_TARD {
            return form.conclure(tx, "/", NOTE_PLUS_TARD).await;
        }
    } else {
        jeton::utiliser(&tx, clock.instant(), USAGE, &secret).await?;
    }
    let suite = Model { etat: etat.clone(), repondue_le: Some(clock.instant()), ..relation };
    if !enregistrer(&tx, &suite).await? {
        return Err(Erreur::Invalide("Cette réponse est arrivée deux fois : la première compte.".to_owned()));
    }
    let evenement = Evenement::nouveau(evenements::RELATION_REPONDUE, "projet", projet.id.as_str())
        .projet(projet.id.as_str())
        .visible(Visibilite::Partage)
        .faits(serde_json::json!({"reponse": etat}));
    journal::ecrire(&tx, clock, ids, evenement).await?;
    let merci = faire_suivre(&tx, &cadre, &suite, &projet).await?;
    form.conclure(tx, "/", merci).await
}

/// The bearer and the agent who proposed the introduction are told; gives back the word to the actor.
async fn faire_suivre(
    tx: &WriteTx,
    cadre: &Cadre,
    relation: &Model,
    projet: &projet::Model,
) -> Result<&'static str, Erreur> {
    let acteur = &relation.acteur;
    let (mot, merci) = match relation.etat.as_str() {
        "interesse" => {
            echanger_les_contacts(tx, cadre, relation, projet).await?;
            (
                format!("{acteur} est intéressé. Son adresse : {}", relation.courriel),
                "Merci. Vous recevez les coordonnées du porteur par courriel.",
            )
        }
        PLUS_TARD => (format!("{acteur} répond : plus tard."), NOTE_PLUS_TARD),
        _ => (format!("{acteur} répond : pas cette fois."), "Merci d’avoir répondu."),
    };
    prevenir_le_porteur(tx, cadre, projet, &Nouvelle::de("relation-repondue", &[("reponse", &mot)])).await?;
    let agents = agents_concernes(tx, &cadre.instance, projet, &relation.proposee_par).await?;
    prevenir_les_agents(tx, cadre, projet, &agents, (REPONSE, &mot)).await?;
    Ok(merci)
}

/// The one who approved agreed that the actor writes to them. Of who has left since, nothing is said: those who bear the
/// project now have the actor's address.
async fn echanger_les_contacts(
    tx: &WriteTx,
    cadre: &Cadre,
    relation: &Model,
    projet: &projet::Model,
) -> Result<(), Erreur> {
    let Some(id) = &relation.approuvee_par else { return Ok(()) };
    let Some(porteur) = personne::par_id(tx, id).await? else { return Ok(()) };
    let la = projet::personnes(tx, projet, cadre.instance.aujourd_hui()).await?.iter().any(|p| p.id == porteur.id);
    let contact = if la {
        vec![porteur.nom_complet(), porteur.courriel.unwrap_or_default(), porteur.telephone.unwrap_or_default()]
    } else {
        vec!["La personne qui suivait ce projet a changé. Le porteur a votre adresse : il vous écrira.".to_owned()]
    };
    let contact: Vec<String> = contact.into_iter().filter(|texte| !texte.is_empty()).collect();
    let valeurs = [("projet", projet.titre.as_str()), ("contact", &contact.join("\n"))];
    courriels::ecrire(tx, &cadre.instance, &relation.courriel, "coordonnees", &valeurs).await
}
