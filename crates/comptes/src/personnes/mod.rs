//! Who has an account, for the agent who runs the site: a list to search, a page for one person. Only what giving and
//! ending functions asks for: no telephone, no device, no hour.
//!
//! - `rules`: the last day of a function. `storage`: the list. [`actes`]: what the page does.

pub mod actes;
mod rules;
mod storage;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use jiff::civil::Date;
use platform::journal::ligne;
use socle::mandat::{self, Etat};
use socle::{PersonneId, personne, session};
use web::composants::{
    Bouton, Cellule, ChampTexte, EtatVide, Etiquette, Html, Pagination, Poids, ResumeErreurs, Tableau, Ton,
};
use web::formulaire::Erreurs;
use web::{Cadre, Erreur, Reponse, Saisie, texte};

use rules::FinChangee;
use storage::{FonctionVue, PAR_PAGE, Recherche, Vue};

/// Address of the list.
const ICI: &str = "/reglages/personnes";

#[derive(Template)]
#[template(path = "personnes.html")]
struct PagePersonnes {
    q: String,
    tableau: Option<Tableau>,
    vide: EtatVide,
    pagination: Pagination,
}

/// GET `?q=&page=`.
pub async fn liste(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let demande = cadre.demande();
    let q: String = demande.texte("q").trim().chars().take(100).collect();
    let recherche = Recherche::de(&q);
    let tx = instance.db.read().await?;
    let total = storage::compter(&tx, &recherche).await?;
    let page = demande.page().min(total.div_ceil(PAR_PAGE).max(1));
    let vues = storage::chercher(&tx, &recherche, page).await?;
    let ids: Vec<PersonneId> = vues.iter().map(|vue| vue.id.clone()).collect();
    let fonctions = storage::fonctions(&tx, &ids, instance.aujourd_hui()).await?;
    drop(tx);
    let lignes: Vec<Vec<Cellule>> = vues.iter().map(|vue| ligne_de(&cadre, vue, &fonctions)).collect();
    let adresse: String = url::form_urlencoded::byte_serialize(q.as_bytes()).collect();
    let contenu = PagePersonnes {
        tableau: (!lignes.is_empty()).then(|| Tableau {
            legende: texte::accorde(total, "personne", "personnes"),
            colonnes: ["Personne", "Courriel", "Fonctions", "Dernière visite"].map(str::to_owned).to_vec(),
            lignes,
        }),
        vide: EtatVide {
            titre: "Personne ne répond à cette recherche".to_owned(),
            texte: "Essayez un seul mot : le nom, ou le début de l’adresse.".to_owned(),
            action: Some(("Voir tout le monde".to_owned(), ICI.to_owned())),
        },
        pagination: Pagination::nouvelle(&format!("{ICI}?q={adresse}"), page, total, PAR_PAGE),
        q,
    };
    cadre.page("Personnes", &contenu)?.fil(&[("Réglages", "/reglages")]).repondre()
}

fn ligne_de(cadre: &Cadre, vue: &Vue, fonctions: &[FonctionVue]) -> Vec<Cellule> {
    let nom = format!("{} {}", vue.prenom, vue.nom).trim().to_owned();
    // Several have none: their links must not say the same.
    let nom = if nom.is_empty() { format!("Sans nom : {}", vue.courriel.as_deref().unwrap_or_default()) } else { nom };
    let siennes: Vec<String> = fonctions
        .iter()
        .filter(|f| f.personne_id == vue.id)
        .map(|f| {
            let doute = if f.etat == Etat::Declare { " (à vérifier)" } else { "" };
            format!("{}, {}{doute}", f.fonction.libelle(), f.organisation)
        })
        .collect();
    vec![
        Cellule::lien(&format!("{ICI}/{}", vue.id), &nom),
        Cellule::texte(vue.courriel.as_deref().unwrap_or_default()),
        Cellule::texte(if siennes.is_empty() { "Aucune".to_owned() } else { siennes.join(" ; ") }),
        Cellule::texte(visite(cadre, vue.vu_le)),
    ]
}

/// A day, never an hour.
fn visite(cadre: &Cadre, vu_le: Option<platform::Instant>) -> String {
    vu_le.map_or_else(|| "Jamais venue".to_owned(), |vu_le| texte::jour(cadre.instance.jour_de(vu_le)))
}

/// A function on the page of the person.
struct MandatVu {
    id: String,
    version: i64,
    titre: String,
    etiquette: Etiquette,
    dates: String,
    preuve: String,
    declare: bool,
    /// Ended or refused: only its last day may change, when it was not refused.
    termine: bool,
    refuse: bool,
    fin: ChampTexte,
    motif: ChampTexte,
    /// In words, the last day that the button gives back.
    remettre: Option<String>,
}

#[derive(Template)]
#[template(path = "personne.html")]
struct PagePersonne {
    id: String,
    nom: String,
    courriel: String,
    visite: String,
    sessions: String,
    a_des_sessions: bool,
    soi: bool,
    resume: ResumeErreurs,
    caches: Html,
    mandats: Vec<MandatVu>,
}

/// GET.
pub async fn montrer(cadre: Cadre, Path(id): Path<String>) -> Reponse {
    page(&cadre, &PersonneId(id), Saisie::default(), Erreurs::default()).await
}

/// The page of a person, with what was typed when an act was refused.
async fn page(cadre: &Cadre, id: &PersonneId, saisie: Saisie, erreurs: Erreurs) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let personne = personne::par_id(&tx, id).await?.filter(|personne| personne.efface_le.is_none());
    let personne = personne.ok_or(Erreur::Introuvable("cette personne"))?;
    let mut mandats = mandat::de_la_personne(&tx, id).await?;
    mandats.reverse();
    let organisations = storage::organisations(&tx, &mandats).await?;
    let ids: Vec<_> = mandats.iter().map(|mandat| &mandat.id).collect();
    let changements = storage::derniers_changements(&tx, &ids).await?;
    let sessions = session::de_la_personne(&tx, id, instance.clock.instant()).await?;
    drop(tx);
    let statut = if erreurs.est_vide() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let saisie = mandats.iter().fold(saisie, avec_la_fin);
    let f = cadre.formulaire_avec(saisie, erreurs);
    let nombre = sessions.len() as u64;
    let contenu = PagePersonne {
        id: id.as_str().to_owned(),
        nom: personne.nom_complet(),
        courriel: personne.courriel.clone().unwrap_or_default(),
        visite: visite(cadre, personne.vu_le),
        sessions: texte::accorde(nombre, "session ouverte", "sessions ouvertes"),
        a_des_sessions: nombre > 0,
        soi: cadre.visiteur.personne_id() == Some(id),
        resume: f.resume(),
        caches: f.caches(),
        mandats: mandats
            .iter()
            .map(|mandat| vu(&f, mandat, &organisations, changements.get(mandat.id.as_str()), instance.aujourd_hui()))
            .collect(),
    };
    let fil = [("Réglages", "/reglages"), ("Personnes", ICI)];
    cadre.page(contenu.nom.clone(), &contenu)?.statut(statut).fil(&fil).repondre()
}

/// Each function has its own fields: `fin_<mandat>`, `motif_<mandat>`. What was typed stays.
fn avec_la_fin(saisie: Saisie, mandat: &mandat::Model) -> Saisie {
    let nom = champ("fin", mandat.id.as_str());
    if !saisie.liste(&nom).is_empty() {
        return saisie;
    }
    saisie.avec(&nom, mandat.au.map(|au| au.0.to_string()).unwrap_or_default())
}

/// Name of a field of a function.
fn champ(quoi: &str, mandat: &str) -> String {
    format!("{quoi}_{mandat}")
}

fn vu(
    f: &web::Formulaire,
    mandat: &mandat::Model,
    organisations: &BTreeMap<String, String>,
    changement: Option<&ligne::Model>,
    jour: Date,
) -> MandatVu {
    let id = mandat.id.as_str();
    let fini = mandat.au.is_some_and(|au| au.0 < jour);
    let etiquette = match (mandat.etat, fini) {
        (Etat::Refuse, _) => Etiquette::nouvelle("refusée", Ton::Negatif),
        (_, true) => Etiquette::nouvelle("terminée", Ton::Neutre),
        (Etat::Declare, _) => Etiquette::nouvelle("déclarée, à vérifier", Ton::Attente),
        (Etat::Verifie, _) => Etiquette::nouvelle("vérifiée", Ton::Positif),
    };
    let organisation = organisations.get(mandat.organisation_id.as_str()).map_or("", String::as_str);
    let declare = mandat.etat == Etat::Declare && !fini;
    MandatVu {
        id: id.to_owned(),
        version: mandat.version,
        titre: format!("{}, {organisation}", mandat.fonction.libelle()),
        etiquette,
        dates: dates(mandat),
        preuve: mandat.preuve.clone(),
        declare,
        termine: fini,
        refuse: mandat.etat == Etat::Refuse,
        fin: f
            .texte(champ("fin", id), "Dernier jour (facultatif)")
            .aide("Laissez vide s’il n’y a pas de fin prévue.")
            .date(),
        motif: f.texte(
            champ("motif", id),
            if declare { "Preuve vue, ou raison du refus" } else { "Pourquoi cette fonction est terminée" },
        ),
        remettre: remettre(mandat, changement).map(|changement| en_mots(changement.avant)),
    }
}

fn dates(mandat: &mandat::Model) -> String {
    let du = texte::jour(mandat.du.0);
    mandat.au.map_or_else(|| format!("Depuis le {du}"), |au| format!("Du {du} au {}", texte::jour(au.0)))
}

fn en_mots(fin: Option<Date>) -> String {
    fin.map_or_else(|| "sans fin prévue".to_owned(), |fin| format!("jusqu’au {}", texte::jour(fin)))
}

/// The change that the button undoes.
fn remettre(mandat: &mandat::Model, changement: Option<&ligne::Model>) -> Option<FinChangee> {
    let dernier = changement.and_then(|ligne| serde_json::from_str(&ligne.faits).ok());
    rules::a_remettre(dernier, mandat.au.map(|au| au.0))
}
