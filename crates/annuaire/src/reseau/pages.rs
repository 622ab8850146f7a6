//! The space of a network: its members, what is to be done with each, its list.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use documents::export::{Feuille, Genre, Valeur};
use domain::droit::{Action, Lien};
use platform::{ReadTx, journal};
use sea_orm::ConnectionTrait;
use web::composants::{Cellule, ChampTexte, EtatVide, Exports, Html, Pagination, Resume, ResumeErreurs, Tableau};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, fichier, texte};

use super::demandes::{self, DemandeVue};
use super::relances;
use super::rules::{Silence, relancable, reste_aujourd_hui};
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
    /// Why it cannot be written to, when it cannot.
    silence: Option<&'static str>,
    caches: Html,
}

#[derive(Template)]
#[template(path = "reseau.html")]
struct PageReseau {
    resume: ResumeErreurs,
    caches: Html,
    nom: String,
    reference: String,
    actif: bool,
    chiffres: Resume,
    demandes: Vec<DemandeVue>,
    qui: ChampTexte,
    candidats: Vec<(String, String)>,
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
        silence: peut_etre_relance(instance, membre).err().map(Silence::libelle),
        caches: cadre.formulaire().caches(),
    }
}

/// What a page shows besides the network itself.
#[derive(Default)]
struct Vue {
    saisie: Saisie,
    erreurs: Erreurs,
    candidats: Vec<Candidat>,
    page: usize,
}

async fn page(tx: &ReadTx, cadre: &Cadre, reseau: &Reseau, vue: Vue) -> Result<PageReseau, Erreur> {
    let instance = &cadre.instance;
    let membres = storage::membres(tx, &reseau.id, None).await?;
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
        chiffres: Resume::default()
            .ligne("Membres", membres.len().to_string())
            .ligne("Fiches à jour", compter(&|m| a_jour(instance, m)).to_string())
            .ligne("Fiches relues par le réseau", compter(&|m| m.approuve_le.is_some()).to_string()),
        qui: f
            .texte("qui", "Structure à ajouter")
            .aide("Son nom, ou son numéro SIREN (neuf chiffres). Elle doit être dans l’annuaire."),
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

fn repondre(cadre: &Cadre, page: &PageReseau, statut: StatusCode) -> Reponse {
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
        let vue = Vue { saisie: form.saisie.clone(), erreurs, candidats, page: 1 };
        let page = page(&tx, cadre, reseau, vue).await?;
        return repondre(cadre, &page, StatusCode::UNPROCESSABLE_ENTITY);
    };
    drop(tx);
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    let par = cadre.visiteur.personne_id();
    let ajoute = storage::ajouter(&tx, &reseau.id, &candidat.id, instance.clock.instant(), par).await?;
    let message = if ajoute {
        let evenement = evenements::de_l_acteur(cadre, evenements::MEMBRE_AJOUTE, &candidat.id)
            .faits(serde_json::json!({ "reseau": reseau.id.as_str() }));
        journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
        format!("{} est dans le réseau.", candidat.nom)
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
    let (fait, genre, message) = if approuve {
        let fait = storage::approuver(&tx, instance, &reseau.id, acteur, par).await?;
        (fait, evenements::MEMBRE_APPROUVE, format!("La fiche de {} est dite juste.", membre.nom))
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
