//! The space of a network: its members, what is to be done with each, its list.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use documents::export::{Feuille, Genre, Valeur};
use domain::droit::{Action, Lien};
use platform::{ReadTx, journal};
use sea_orm::ConnectionTrait;
use web::composants::{
    Cellule, ChampLong, ChampTexte, EtatVide, Exports, Html, Pagination, Resume, ResumeErreurs, Tableau,
};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, fichier, texte};

use super::annonce;
use super::demandes::{self, DemandeVue};
use super::liste::{self, Lue};
use super::relances;
use super::rules::{Adhesion, Silence, peut_annoncer, relancable, reste_aujourd_hui};
use super::storage::{self, Candidat, Membre, Reseau};
use crate::acteur;
use crate::evenements;
use crate::tenue::rules::{Fraicheur, fraicheur};
use crate::tenue::{campagne, relance};
use crate::vocabulaire::EtatActeur;

const PAR_PAGE: usize = 50;
/// Names offered when the words fit several.
const CANDIDATS: i64 = 10;

#[derive(Template)]
#[template(path = "mes_reseaux.html")]
struct PageMesReseaux {
    reseaux: Vec<Reseau>,
    rien: EtatVide,
}

/// One member on the page.
struct MembreVu {
    reference: String,
    nom: String,
    commune: String,
    etat: &'static str,
    confirmee: String,
    approuvee: String,
    /// What the actor answered to the network.
    adhesion: String,
    /// It may be announced again.
    a_redire: bool,
    /// Why it cannot be written to, when it cannot.
    silence: Option<&'static str>,
    caches: Html,
}

#[derive(Template)]
#[template(path = "reseau.html")]
pub(super) struct PageReseau {
    resume: ResumeErreurs,
    caches: Html,
    nom: String,
    reference: String,
    actif: bool,
    chiffres: Resume,
    demandes: Vec<DemandeVue>,
    qui: ChampTexte,
    liste: ChampLong,
    lue: Option<Lue>,
    refusees: Option<Tableau>,
    candidats: Vec<(String, String)>,
    caches_de_liste: Html,
    caches_de_relance: Html,
    a_relancer: usize,
    reste: usize,
    membres: Vec<MembreVu>,
    vide: EtatVide,
    pagination: Pagination,
    exports: Exports,
}

/// How the visitor stands to a network, and whether they may enter.
async fn ouvrir(db: &impl ConnectionTrait, cadre: &Cadre, reference: &str) -> Result<Reseau, Erreur> {
    let reseau = storage::tous(db, cadre.instance.aujourd_hui(), Some(reference)).await?.pop();
    let reseau = reseau.ok_or(Erreur::Introuvable("ce réseau"))?;
    if !reseau.actif
        && cadre.visiteur.mandats.iter().any(|m| m.organisation_id == reseau.organisation_id && m.verifie())
    {
        return Err(Erreur::Introuvable("l’espace de ce réseau : le département l’a fermé, écrivez-lui"));
    }
    cadre.visiteur.autoriser(lien(cadre, &reseau), Action::AnimerReseau)?;
    Ok(reseau)
}

fn lien(cadre: &Cadre, reseau: &Reseau) -> Lien {
    let mut siens = cadre.visiteur.mandats.iter().filter(|m| m.organisation_id == reseau.organisation_id);
    match siens.clone().any(socle::mandat::EnVigueur::verifie) {
        // A network that is closed is seen by the agents alone.
        true if reseau.actif => Lien::Porteur,
        true => Lien::Aucun,
        false if siens.next().is_some() => Lien::Declarant,
        false => Lien::Aucun,
    }
}

/// GET `/reseaux`: those of the visitor.
pub async fn lister(cadre: Cadre) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let tous = storage::tous(&tx, cadre.instance.aujourd_hui(), None).await?;
    let permis = |reseau: &Reseau| cadre.visiteur.autoriser(lien(&cadre, reseau), Action::AnimerReseau).is_ok();
    let page = PageMesReseaux {
        reseaux: tous.into_iter().filter(permis).collect(),
        rien: EtatVide {
            titre: "Aucun réseau".to_owned(),
            texte: "Vous ne représentez aucun réseau dans l’annuaire. Le département ouvre un espace de réseau à qui \
                    anime des structures."
                .to_owned(),
            action: None,
        },
    };
    cadre.page("Mes réseaux", &page)?.repondre()
}

fn fraicheur_de(instance: &Instance, membre: &Membre) -> Fraicheur {
    let depuis = instance.jour_de(membre.confirme_le.unwrap_or(membre.cree_le));
    fraicheur(instance.aujourd_hui(), depuis, None)
}

pub(super) fn peut_etre_relance(instance: &Instance, membre: &Membre) -> Result<(), Silence> {
    let recente = membre.relancee_le.is_some_and(|le| le > relance::limite(instance));
    relancable(membre.etat, fraicheur_de(instance, membre), membre.courriel.is_some(), recente)
}

fn a_jour(instance: &Instance, membre: &Membre) -> bool {
    membre.etat == EtatActeur::Actif && fraicheur_de(instance, membre) == Fraicheur::AJour
}

fn etat(instance: &Instance, membre: &Membre) -> &'static str {
    match (membre.etat, fraicheur_de(instance, membre)) {
        (EtatActeur::Actif, Fraicheur::AJour) => "à jour",
        (EtatActeur::Actif, _) => "à confirmer",
        (autre, _) => autre.libelle(),
    }
}

/// What the actor answered, in words.
fn dire_l_adhesion(adhesion: Adhesion) -> String {
    match adhesion {
        Adhesion::Confirmee(le) => format!("membre, selon la structure, depuis le {}", texte::jour(le)),
        Adhesion::Annoncee(le) => format!("annoncée le {}, la structure n’a pas répondu", texte::jour(le)),
        Adhesion::Perimee => "annoncée il y a plus d’un an, sans réponse : la fiche n’en dit plus rien".to_owned(),
        Adhesion::Refusee(le) => format!("a répondu non le {}", texte::jour(le)),
    }
}

/// Those that said no: the network sees why they are not there.
fn tableau_des_refus(instance: &Instance, refusees: &[Membre]) -> Option<Tableau> {
    let lignes = refusees.iter().map(|membre| {
        vec![
            Cellule::lien(&format!("/annuaire/{}", membre.reference), &membre.nom),
            Cellule::texte(dire_l_adhesion(membre.adhesion(instance))),
        ]
    });
    (!refusees.is_empty()).then(|| Tableau {
        legende: "Elles ont dit non".to_owned(),
        colonnes: ["Structure", "Réponse"].map(str::to_owned).into(),
        lignes: lignes.collect(),
    })
}

fn vu(cadre: &Cadre, membre: &Membre) -> MembreVu {
    let instance = &cadre.instance;
    let jour = |le| texte::jour(instance.jour_de(le));
    MembreVu {
        reference: membre.reference.clone(),
        nom: membre.nom.clone(),
        commune: membre.commune.as_ref().map_or_else(String::new, |c| instance.referentiel().nom_commune(c).to_owned()),
        etat: etat(instance, membre),
        confirmee: membre.confirme_le.map_or_else(|| "jamais".to_owned(), jour),
        approuvee: membre.approuve_le.map_or_else(|| "pas encore".to_owned(), jour),
        adhesion: dire_l_adhesion(membre.adhesion(instance)),
        a_redire: peut_annoncer(instance.aujourd_hui(), membre.adhesion(instance)),
        silence: peut_etre_relance(instance, membre).err().map(Silence::libelle),
        caches: cadre.formulaire().caches(),
    }
}

/// What a page shows besides the network itself.
#[derive(Default)]
pub(super) struct Vue {
    pub(super) saisie: Saisie,
    pub(super) erreurs: Erreurs,
    pub(super) candidats: Vec<Candidat>,
    pub(super) liste: Option<Lue>,
    pub(super) page: usize,
}

pub(super) async fn page(tx: &ReadTx, cadre: &Cadre, reseau: &Reseau, vue: Vue) -> Result<PageReseau, Erreur> {
    let instance = &cadre.instance;
    let tous = storage::membres(tx, &reseau.id, None).await?;
    let (refusees, membres): (Vec<Membre>, Vec<Membre>) = tous.into_iter().partition(|m| m.refuse_le.is_some());
    let demandes = demandes::lire(tx, cadre, reseau).await?;
    let (campagne, _) = campagne::lire(tx).await?;
    let envoyes = storage::relances_depuis(tx, &reseau.id, instance.debut_de(instance.aujourd_hui())).await?;
    let compter = |garde: &dyn Fn(&&Membre) -> bool| membres.iter().filter(|m| garde(m)).count();
    let pages = membres.len().div_ceil(PAR_PAGE).max(1);
    let numero = vue.page.clamp(1, pages);
    let nom_de = |code| instance.referentiel().nom_commune(code).to_owned();
    let f = cadre.formulaire_avec(vue.saisie, vue.erreurs);
    let url = format!("/reseaux/{}", reseau.reference);
    Ok(PageReseau {
        demandes,
        resume: f.resume(),
        caches: f.caches(),
        caches_de_liste: f.caches_gardes(&format!("{url}#liste")),
        chiffres: Resume::default()
            .ligne("Membres", membres.len().to_string())
            .ligne("Qui l’ont confirmé", compter(&|m| m.adhesion(instance).fait_foi()).to_string())
            .ligne("Fiches à jour", compter(&|m| a_jour(instance, m)).to_string())
            .ligne("Fiches relues par le réseau", compter(&|m| m.approuve_le.is_some()).to_string()),
        qui: f
            .texte("qui", "Structure à ajouter")
            .aide("Son nom, ou son numéro SIREN (neuf chiffres). Elle doit être dans l’annuaire."),
        liste: f
            .long("liste", "Une structure par ligne", 20_000)
            .lignes(6)
            .aide("Son numéro SIREN ou SIRET, ou son nom exact. Vous pouvez coller la première colonne d’un tableur."),
        lue: vue.liste,
        refusees: tableau_des_refus(instance, &refusees),
        candidats: vue
            .candidats
            .iter()
            .map(|c| {
                (c.reference.clone(), format!("{}, {}", c.nom, c.commune.as_ref().map_or_else(String::new, nom_de)))
            })
            .collect(),
        caches_de_relance: cadre.formulaire().caches(),
        a_relancer: compter(&|m| peut_etre_relance(instance, m).is_ok()),
        reste: reste_aujourd_hui(campagne.par_jour, envoyes),
        membres: membres.iter().skip((numero - 1) * PAR_PAGE).take(PAR_PAGE).map(|m| vu(cadre, m)).collect(),
        vide: EtatVide {
            titre: "Aucun membre".to_owned(),
            texte: "Ajoutez les structures du réseau, par leur nom ou leur SIREN.".to_owned(),
            action: None,
        },
        pagination: Pagination::nouvelle(&url, numero as u64, membres.len() as u64, PAR_PAGE as u64),
        exports: Exports::nouveaux("la liste des membres", &format!("{url}/export"), &[]),
        nom: reseau.nom.clone(),
        reference: reseau.reference.clone(),
        actif: reseau.actif,
    })
}

pub(super) fn repondre(cadre: &Cadre, page: &PageReseau, statut: StatusCode) -> Reponse {
    cadre.page(page.nom.clone(), page)?.statut(statut).fil(&[("Mes réseaux", "/reseaux")]).repondre()
}

/// GET `/reseaux/{reference}`.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let reseau = ouvrir(&tx, &cadre, &reference).await?;
    let vue = Vue { page: usize::try_from(cadre.demande().page()).unwrap_or(1), ..Vue::default() };
    let page = page(&tx, &cadre, &reseau, vue).await?;
    repondre(&cadre, &page, StatusCode::OK)
}

/// POST: adds, approves, writes to, or takes away a member; answers to who claims one.
pub async fn agir(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let reseau = ouvrir(&tx, &cadre, &reference).await?;
    match form.saisie.texte("acte") {
        "ajouter" => ajouter(tx, &cadre, &reseau, form).await,
        "lire-la-liste" => liste::annoncer(tx, &cadre, &reseau, &form).await,
        "ajouter-la-liste" => liste::ajouter(tx, &cadre, &reseau, form).await,
        "relancer-toutes" => {
            drop(tx);
            relances::relancer(&cadre, &reseau, form, None).await
        }
        "relancer" => {
            drop(tx);
            let membre = form.saisie.texte("membre").to_owned();
            relances::relancer(&cadre, &reseau, form, Some(&membre)).await
        }
        acte @ ("approuver" | "retirer") => {
            let approuve = acte == "approuver";
            changer(tx, &cadre, &reseau, form, approuve).await
        }
        acte @ ("confirmer-demande" | "ecarter-demande") => {
            let confirme = acte == "confirmer-demande";
            drop(tx);
            demandes::repondre(&cadre, &reseau, form, confirme).await
        }
        _ => Err(Erreur::Invalide("Choisissez ce que vous voulez faire.".to_owned())),
    }
}

async fn ajouter(tx: ReadTx, cadre: &Cadre, reseau: &Reseau, form: CheckedForm) -> Reponse {
    let demande = match form.saisie.texte("membre") {
        "" => form.saisie.texte("qui").trim().to_owned(),
        choisi => choisi.to_owned(),
    };
    let mut erreurs = Erreurs::default();
    let mut candidats = Vec::new();
    if demande.chars().count() < 2 {
        erreurs.ajouter("qui", "Écrivez le nom ou le SIREN de la structure.");
    } else {
        candidats = storage::chercher(&tx, &demande, CANDIDATS).await?;
        let exact = candidats.iter().position(|c| c.reference == demande);
        if let Some(rang) = exact {
            candidats = vec![candidats.swap_remove(rang)];
        }
        match candidats.len() {
            0 => erreurs.ajouter("qui", "Aucune structure de l’annuaire ne répond à ces mots."),
            1 => {}
            _ => erreurs.ajouter("qui", "Plusieurs structures répondent à ces mots : choisissez-en une ci-dessous."),
        }
    }
    let [candidat] = candidats.as_slice() else {
        let vue = Vue { saisie: form.saisie.clone(), erreurs, candidats, page: 1, ..Vue::default() };
        let page = page(&tx, cadre, reseau, vue).await?;
        return repondre(cadre, &page, StatusCode::UNPROCESSABLE_ENTITY);
    };
    let instance = &cadre.instance;
    let connu = storage::membres(&tx, &reseau.id, Some(&candidat.reference)).await?.pop();
    if let Some(adhesion) = connu.map(|membre| membre.adhesion(instance))
        && !peut_annoncer(instance.aujourd_hui(), adhesion)
    {
        let message = match adhesion {
            Adhesion::Refusee(le) => {
                let le = texte::jour(le);
                format!("{} a répondu non le {le}. Vous pourrez la citer de nouveau un an après.", candidat.nom)
            }
            _ => format!("{} était déjà dans le réseau.", candidat.nom),
        };
        return Ok(form.aller(&format!("/reseaux/{}", reseau.reference), &message));
    }
    drop(tx);
    let tx = instance.db.begin().await?;
    let par = cadre.visiteur.personne_id();
    let ajoute = storage::ajouter(&tx, &reseau.id, &candidat.id, instance.clock.instant(), par).await?;
    let message = if ajoute {
        let evenement = evenements::de_l_acteur(cadre, evenements::MEMBRE_AJOUTE, &candidat.id)
            .faits(serde_json::json!({ "reseau": reseau.id.as_str() }));
        journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
        let membre = membre(&tx, reseau, &candidat.reference).await?;
        let suite = if annonce::prevenir(&tx, instance, reseau, &membre).await? {
            "Un courriel lui demande si c’est juste."
        } else {
            "Nous n’avons pas de courriel pour lui demander si c’est juste : dites-lui de répondre depuis « Ma structure »."
        };
        format!("{} est dans le réseau. {suite}", candidat.nom)
    } else {
        format!("{} était déjà dans le réseau.", candidat.nom)
    };
    form.conclure(tx, &format!("/reseaux/{}", reseau.reference), &message).await
}

/// The member named by the form; only one of this network.
pub(super) async fn membre(db: &impl ConnectionTrait, reseau: &Reseau, reference: &str) -> Result<Membre, Erreur> {
    let membre = storage::membres(db, &reseau.id, Some(reference)).await?.pop();
    membre.ok_or(Erreur::Introuvable("ce membre du réseau"))
}

async fn changer(tx: ReadTx, cadre: &Cadre, reseau: &Reseau, form: CheckedForm, approuve: bool) -> Reponse {
    let membre = membre(&tx, reseau, form.saisie.texte("membre")).await?;
    let acteur =
        acteur::storage::par_reference(&tx, &membre.reference).await?.ok_or(Erreur::Introuvable("cet acteur"))?;
    drop(tx);
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    let par = cadre.visiteur.personne_id();
    let fait_foi = membre.adhesion(instance).fait_foi();
    let (fait, genre, message) = if approuve {
        let fait = storage::approuver(&tx, instance, &reseau.id, acteur, (par, fait_foi)).await?;
        let suite = if fait_foi {
            ""
        } else {
            " Ce sera écrit sur la fiche quand la structure aura confirmé qu’elle est membre."
        };
        (fait, evenements::MEMBRE_APPROUVE, format!("La fiche de {} est dite juste.{suite}", membre.nom))
    } else {
        let fait = storage::retirer(&tx, instance, &reseau.id, acteur).await?;
        (fait, evenements::MEMBRE_RETIRE, format!("{} n’est plus dans le réseau.", membre.nom))
    };
    if !fait {
        return Err(Erreur::Invalide("La fiche vient de changer. Revenez à la liste et recommencez.".to_owned()));
    }
    let evenement =
        evenements::de_l_acteur(cadre, genre, &membre.id).faits(serde_json::json!({ "reseau": reseau.id.as_str() }));
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    form.conclure(tx, &format!("/reseaux/{}", reseau.reference), &message).await
}

/// GET `/reseaux/{reference}/export?format=`: the members, and where each page stands.
pub async fn telecharger(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let reseau = ouvrir(&tx, &cadre, &reference).await?;
    let sans = || Erreur::Invalide("Choisissez un format.".to_owned());
    let format = fichier::format_demande(&cadre.demande())?.ok_or_else(sans)?;
    let membres = storage::membres(&tx, &reseau.id, None).await?;
    let colonnes = [
        ("Référence", Genre::Texte),
        ("Nom", Genre::Texte),
        ("SIREN", Genre::Texte),
        ("Commune", Genre::Texte),
        ("État de la fiche", Genre::Texte),
        ("Confirmée le", Genre::Date),
        ("Relue par le réseau le", Genre::Date),
        ("Adhésion", Genre::Texte),
        ("Page", Genre::Texte),
    ];
    let mut feuille = Feuille::nouvelle(format!("Membres : {}", reseau.nom), colonnes);
    for membre in &membres {
        let jour = |le: Option<platform::Instant>| le.map(|le| instance.jour_de(le));
        let commune = membre.commune.as_ref().map(|code| instance.referentiel().nom_commune(code));
        feuille.ajouter([
            Valeur::from(membre.reference.as_str()),
            membre.nom.as_str().into(),
            membre.siren.as_ref().map(domain::identifiant::Siren::as_str).into(),
            commune.into(),
            etat(instance, membre).into(),
            jour(membre.confirme_le).into(),
            jour(membre.approuve_le).into(),
            dire_l_adhesion(membre.adhesion(instance)).into(),
            instance.url(&format!("/annuaire/{}", membre.reference)).into(),
        ]);
    }
    fichier::exporter(instance, &feuille, format)
}

impl Reseau {
    /// For the list of the agent.
    pub(super) fn cellules(&self) -> Vec<Cellule> {
        vec![
            Cellule::lien(&format!("/reseaux/{}", self.reference), &self.nom),
            Cellule::texte(if self.actif { "ouvert" } else { "fermé" }),
            Cellule::nombre(self.membres.to_string()),
            Cellule::nombre(self.personnes.to_string()),
        ]
    }
}

/// The networks, as a table.
pub(super) fn tableau(reseaux: &[Reseau]) -> Tableau {
    Tableau {
        legende: "Réseaux".to_owned(),
        colonnes: ["Réseau", "Espace", "Membres", "Personnes vérifiées"].map(str::to_owned).into(),
        lignes: reseaux.iter().map(Reseau::cellules).collect(),
    }
}
