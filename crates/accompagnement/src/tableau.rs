//! The board: what is to be answered and when, what is late, next actions, who has had no news. Each column shows the most
//! urgent; the rest is in the list.
//!
//! - [`liste`]: the same requests as a table, filtered, ordered, chosen. - [`lot`]: what is done to those chosen, and undone.
//! - [`criteres`]: filters as an address. - [`filtres`]: those that an agent keeps. - [`storage`]: the queries.

mod criteres;
pub mod filtres;
pub mod liste;
pub mod lot;
pub(crate) mod storage;

use askama::Template;
use axum::http::StatusCode;
use domain::droit::{Action, Fonction};
use jiff::civil::Date;
use socle::secteur::{self, Repondant, SecteurId};
use socle::{PersonneId, mandat, personne};
use web::composants::{
    Cellule, Colonne, Etiquette, Exports, Fiche, Fiches, Html, Onglets, OptionDeChamp, Planche, ResumeErreurs,
    Selection, Tableau, Ton,
};
use web::formulaire::Erreurs;
use web::{Cadre, Erreur, Instance, Reponse, Saisie, fichier, texte};

use crate::demande::attribution;
use crate::demande::listes::{self, Bornes, Carte, Charge, Ligne, Portefeuille, Rayon};
use crate::demande::rules::{self, Etat, Horloge};
use crate::pilotage::export;

use criteres::{Criteres, Delai, SANS_SECTEUR, Suite, Tri};

/// Cards of a column: what one reads.
const PAR_COLONNE: i64 = 8;
/// Requests without news that are looked at.
const SILENCIEUSES: i64 = 30;
/// Requests of an export.
const EXPORT_MAX: i64 = 50_000;

#[derive(Template)]
#[template(path = "tableau.html")]
struct PageTableau {
    resume: ResumeErreurs,
    onglets: Onglets,
    planche: Planche,
    /// Said when the filter changed the board.
    annonce: String,
    exports: Exports,
    coordination: Option<Coordination>,
}

struct Coordination {
    filtre: Selection,
    charge: Tableau,
    de: Selection,
    a: Selection,
    caches: Html,
}

/// The two views of what one follows.
fn onglets(ici: &str) -> Onglets {
    Onglets::nouveaux("Vue", &[("En colonnes", "/tableau"), ("En liste", liste::URL)], ici)
}

/// GET. A chargé sees the communes of their secteurs (and those they replace) and what was handed to them by name, less what
/// was handed to others; the coordination sees all, or one secteur with `?secteur=`.
pub async fn montrer(cadre: Cadre) -> Reponse {
    page(&cadre, Saisie::default(), Erreurs::default()).await
}

/// The board again, with what was chosen and what is wrong with it.
pub(crate) async fn en_erreur(cadre: &Cadre, saisie: Saisie, erreurs: Erreurs) -> Reponse {
    page(cadre, saisie, erreurs).await
}

async fn page(cadre: &Cadre, saisie: Saisie, erreurs: Erreurs) -> Reponse {
    let statut = if erreurs.est_vide() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let instance = &cadre.instance;
    let jour = instance.aujourd_hui();
    let coordonne = cadre.visiteur.peut(Action::Coordonner);
    let demande = cadre.demande();
    let tx = instance.db.read().await?;
    let repondants = secteur::repondants(&tx, jour).await?;
    let choisi = demande.texte("secteur");
    let portefeuille = if coordonne { du_filtre(choisi, jour) } else { a_soi(cadre, &repondants, jour)? };
    if let Some(format) = fichier::format_demande(&demande)? {
        let lignes = listes::ouvertes(&tx, &portefeuille, EXPORT_MAX).await?;
        let equipe = Equipe::lire(&tx, repondants, jour).await?;
        return fichier::exporter(instance, &export::tableau(instance, &lignes, |ligne| equipe.qui(ligne)), format);
    }
    let cartes = listes::au_tableau(&tx, &portefeuille, &bornes(instance, jour)).await?;
    let exports = Exports::nouveaux("ce tableau", "/tableau", &[("secteur", choisi)]);
    let resume = cadre.formulaire_avec(saisie.clone(), erreurs.clone()).resume();
    let rempli = (saisie, erreurs);
    let coordination = if coordonne { Some(coordination(cadre, &tx, jour, &demande, rempli).await?) } else { None };
    let page = PageTableau {
        resume,
        onglets: onglets("/tableau"),
        annonce: annonce(&cartes),
        planche: planche(instance, &cartes, jour, choisi),
        exports,
        coordination,
    };
    cadre.page("Tableau de bord", &page)?.statut(statut).repondre()
}

/// What the coordination asks for: all, one secteur whoever follows, or what has none.
fn du_filtre(choisi: &str, jour: Date) -> Portefeuille {
    let vide = Portefeuille::du(jour);
    match choisi {
        "" => Portefeuille { tout: true, ..vide },
        SANS_SECTEUR => Portefeuille { sans_secteur: true, ..vide },
        id => Portefeuille { secteurs: vec![SecteurId(id.to_owned())], ..vide },
    }
}

/// What is one's own to do today.
async fn a_suivre(cadre: &Cadre, tx: &impl sea_orm::ConnectionTrait, jour: Date) -> Result<Portefeuille, Erreur> {
    if cadre.visiteur.peut(Action::Coordonner) {
        return Ok(Portefeuille { tout: true, ..Portefeuille::du(jour) });
    }
    let repondants = secteur::repondants(tx, jour).await?;
    a_soi(cadre, &repondants, jour)
}

fn a_soi(cadre: &Cadre, repondants: &[Repondant], jour: Date) -> Result<Portefeuille, Erreur> {
    let moi = &cadre.visiteur.connecte()?.id;
    let remplaces = repondants.iter().filter(|r| &r.personne_id == moi).map(|r| r.agent.clone());
    Ok(Portefeuille {
        secteurs: cadre.visiteur.secteurs.clone(),
        sauf_a: repondants.iter().map(|r| r.agent.clone()).collect(),
        agents: std::iter::once(moi.clone()).chain(remplaces).collect(),
        ..Portefeuille::du(jour)
    })
}

/// Who answers today, by name.
struct Equipe {
    /// Full names, with the agent in whose name they answer.
    repondants: Vec<(PersonneId, String)>,
    secteurs: Vec<secteur::Vue>,
}

impl Equipe {
    async fn lire(tx: &platform::ReadTx, repondants: Vec<Repondant>, jour: Date) -> Result<Self, Erreur> {
        let nommer = |r: Repondant| (r.agent, format!("{} {}", r.prenom, r.nom));
        Ok(Self { repondants: repondants.into_iter().map(nommer).collect(), secteurs: secteur::vues(tx, jour).await? })
    }

    fn qui(&self, ligne: &Ligne) -> Option<&str> {
        let par_nom = self.repondants.iter().find(|(agent, _)| Some(agent) == ligne.confiee_a.as_ref());
        let du_secteur = || self.secteurs.iter().find(|s| Some(&s.id) == ligne.secteur_id.as_ref());
        par_nom.map(|(_, nom)| nom.as_str()).or_else(|| du_secteur()?.agents.as_deref())
    }
}

fn bornes(instance: &Instance, jour: Date) -> Bornes {
    let dernier_en_retard = dernier_en_retard(instance, jour);
    Bornes { par_colonne: PAR_COLONNE, silencieuses: SILENCIEUSES, dernier_en_retard, silence: rules::silence(jour) }
}

fn dernier_en_retard(instance: &Instance, jour: Date) -> Date {
    let locaux = instance.locaux();
    rules::dernier_jour_en_retard(jour, locaux.calendrier(instance.collectivite.feries))
}

/// How many in a column, shown or not.
fn nombre(cartes: &[Carte], rayon: Rayon) -> i64 {
    cartes.iter().find(|carte| carte.rayon() == Some(rayon)).map_or(0, |carte| carte.nombre)
}

fn annonce(cartes: &[Carte]) -> String {
    let [retard, a_repondre] = [Rayon::Retard, Rayon::ARepondre].map(|rayon| nombre(cartes, rayon).unsigned_abs());
    format!("{} en retard, {a_repondre} à répondre", texte::accorde(retard, "demande", "demandes"))
}

fn planche(instance: &Instance, cartes: &[Carte], jour: Date, secteur: &str) -> Planche {
    let colonne = |rayon: Rayon, id: &str, titre: &str, vide: &str, liste: Criteres| {
        let siennes: Vec<&Carte> = cartes.iter().filter(|carte| carte.rayon() == Some(rayon)).collect();
        let nombre = nombre(cartes, rayon);
        let autres = nombre.unsigned_abs().saturating_sub(siennes.len() as u64);
        let compte = match rayon {
            Rayon::Silence if nombre == SILENCIEUSES => format!("{nombre} derniers contacts"),
            _ => nombre.to_string(),
        };
        let liste = Criteres { secteur: secteur.to_owned(), ..liste };
        let mots = match (rayon, autres) {
            (Rayon::Silence, _) if nombre == SILENCIEUSES => "Voir les autres".to_owned(),
            (_, 1) => "Voir l’autre".to_owned(),
            _ => format!("Voir les {autres} autres"),
        };
        Colonne {
            id: id.to_owned(),
            titre: titre.to_owned(),
            compte,
            vide: vide.to_owned(),
            fiches: Fiches(siennes.iter().map(|carte| fiche(instance, carte, rayon, jour)).collect()),
            suite: (autres > 0).then(|| (mots, liste.adresse())),
        }
    };
    let du_delai = |delai| Criteres { delai: Some(delai), ..Criteres::default() };
    let prevue = Criteres { suite: Some(Suite::Prevue), tri: Tri::Suite, ..Criteres::default() };
    let muette = Criteres { tri: Tri::Contact, decroissant: true, ..du_delai(Delai::SansNouvelles) };
    let colonnes = vec![
        colonne(Rayon::Retard, "retard", "Promis et en retard", "Rien n’est en retard.", du_delai(Delai::Retard)),
        colonne(Rayon::ARepondre, "a-repondre", "À répondre", "Aucune demande n’attend.", du_delai(Delai::ARepondre)),
        colonne(Rayon::Actions, "actions", "Mes prochaines actions", "Aucune action prévue.", prevue),
        colonne(
            Rayon::Attente,
            "attente",
            "La commune est attendue",
            "Aucun délai suspendu.",
            du_delai(Delai::Suspendu),
        ),
        colonne(
            Rayon::Silence,
            "silence",
            "Sans nouvelles depuis 45 jours",
            "Tout le monde a eu des nouvelles.",
            muette,
        ),
    ];
    Planche { colonnes }
}

fn fiche(instance: &Instance, carte: &Carte, rayon: Rayon, jour: Date) -> Fiche {
    let ligne = &carte.ligne;
    let etiquette = match (rayon, ligne.prochaine_le) {
        (Rayon::Actions, Some(le)) => a_faire_le(le.0, jour),
        _ => delai(instance, ligne, jour),
    };
    let commune = instance.referentiel().nom_commune(&ligne.commune);
    let suite = ligne.prochaine_action.as_deref().unwrap_or_else(|| ligne.etape.libelle());
    Fiche::nouvelle(&ligne.titre, format!("/projets/{}/suivi", ligne.reference), format!("{commune} · {suite}"))
        .etiquette(etiquette)
}

/// The day of the next action.
fn a_faire_le(le: Date, jour: Date) -> Etiquette {
    let ton = if le < jour { Ton::Negatif } else { Ton::Neutre };
    Etiquette::nouvelle(texte::jour(le), ton)
}

/// Where the answer stands, in a word or two.
fn delai(instance: &Instance, ligne: &Ligne, jour: Date) -> Etiquette {
    let locaux = instance.locaux();
    let etat = Etat::lire(&ligne.etat);
    match rules::jours_restants(ligne.horloge(), jour, locaux.calendrier(instance.collectivite.feries)) {
        Some(jours) if jours < 0 => {
            let note = texte::accorde(u64::from(jours.unsigned_abs()), "jour de retard", "jours de retard");
            Etiquette::nouvelle(note, Ton::Negatif)
        }
        Some(0) => Etiquette::nouvelle("Aujourd’hui", Ton::Attente),
        Some(jours) => {
            let note = format!("{} restants", texte::accorde(u64::from(jours.unsigned_abs()), "jour", "jours"));
            Etiquette::nouvelle(note, Ton::Neutre)
        }
        None if etat == Etat::AttendLaCommune => Etiquette::nouvelle("Délai suspendu", Ton::Neutre),
        None if rules::sans_nouvelles(etat, ligne.etape, ligne.contact_le.0, jour) && ligne.prochaine_le.is_none() => {
            Etiquette::nouvelle(format!("depuis le {}", texte::jour(ligne.contact_le.0)), Ton::Attente)
        }
        None => Etiquette::nouvelle("Répondu", Ton::Positif),
    }
}

/// Load by secteur and hand-over of a portfolio: from who holds projects, in office or gone, to who is in office.
async fn coordination(
    cadre: &Cadre,
    tx: &platform::ReadTx,
    jour: Date,
    demande: &Saisie,
    (saisie, erreurs): (Saisie, Erreurs),
) -> Result<Coordination, Erreur> {
    let secteurs = secteur::vues(tx, jour).await?;
    let agents = mandat::titulaires(tx, Fonction::ChargeTerritorial, jour).await?;
    let mut detenteurs = attribution::detenteurs(tx, jour).await?;
    detenteurs.extend(agents.iter().filter(|a| !detenteurs.iter().any(|d| d.id == a.id)).cloned().collect::<Vec<_>>());
    detenteurs.sort_by(|a, b| a.nom_tri.cmp(&b.nom_tri));
    let filtre = cadre.formulaire_avec(demande.clone(), Erreurs::default());
    let f = cadre.formulaire_avec(saisie, erreurs);
    let charge = charge(&cadre.instance, &secteurs, &listes::charge(tx, jour).await?, jour);
    let option = |a: &personne::Model| OptionDeChamp::nouvelle(a.id.as_str(), a.nom_complet());
    let avec = |mots: &str, options: Vec<OptionDeChamp>| {
        std::iter::once(OptionDeChamp::nouvelle("", mots)).chain(options).collect::<Vec<_>>()
    };
    let filtres = secteurs.iter().map(|s| OptionDeChamp::nouvelle(s.id.as_str(), &s.nom));
    let filtres = filtres.chain([OptionDeChamp::nouvelle(SANS_SECTEUR, "Sans secteur")]).collect();
    let qui = "Choisissez une personne";
    Ok(Coordination {
        filtre: filtre.selection("secteur", "Secteur", avec("Tous les secteurs", filtres)),
        charge,
        de: f.selection("de", "Le portefeuille de", avec(qui, detenteurs.iter().map(option).collect())),
        a: f.selection("a", "À qui le transmettre ?", avec(qui, agents.iter().map(option).collect())),
        caches: f.caches(),
    })
}

/// What each secteur carries today. What is counted is not what is shown: the board has its bounds.
fn charge(instance: &Instance, secteurs: &[secteur::Vue], charges: &[Charge], jour: Date) -> Tableau {
    let locaux = instance.locaux();
    let zone = locaux.calendrier(instance.collectivite.feries);
    let reste = |charge: &Charge| {
        let promise_le = charge.promise_le?.0;
        let etat = Etat::lire(&charge.etat);
        rules::jours_restants(Horloge { etat, promise_le, attend_depuis: None, repondue_le: None }, jour, zone)
    };
    let compte = |secteur: Option<&SecteurId>, filtre: &dyn Fn(&Charge) -> bool| {
        let siennes = charges.iter().filter(|charge| charge.secteur_id.as_ref() == secteur);
        siennes.filter(|charge| filtre(charge)).map(|charge| charge.nombre).sum::<i64>().to_string()
    };
    let ligne = |nom: &str, agents: Option<&str>, secteur: Option<&SecteurId>| {
        vec![
            Cellule::texte(nom),
            Cellule::texte(agents.unwrap_or("la coordination")),
            Cellule::nombre(compte(secteur, &|_| true)),
            Cellule::nombre(compte(secteur, &|charge| reste(charge).is_some())),
            Cellule::nombre(compte(secteur, &|charge| reste(charge).is_some_and(|jours| jours < 0))),
        ]
    };
    let sans = charges.iter().any(|charge| charge.secteur_id.is_none());
    let lignes = secteurs.iter().map(|s| ligne(&s.nom, s.agents.as_deref(), Some(&s.id)));
    Tableau {
        legende: "Charge par secteur".to_owned(),
        colonnes: ["Secteur", "Qui répond", "Projets en cours", "À répondre", "En retard"].map(str::to_owned).to_vec(),
        lignes: lignes.chain(sans.then(|| ligne("Sans secteur", None, None))).collect(),
    }
}
