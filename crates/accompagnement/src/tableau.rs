//! The board: what is to be answered and when, what is late, next actions, who has had no news.

use askama::Template;
use domain::droit::{Action, Fonction};
use jiff::civil::Date;
use socle::secteur::{self, SecteurId};
use socle::{PersonneId, mandat};
use web::composants::{
    Cellule, Colonne, Etiquette, Exports, Fiche, Fiches, Html, OptionDeChamp, Planche, Selection, Tableau, Ton,
};
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, fichier, texte};

use crate::demande::listes::{self, Bornes, Charge, Ligne, Portefeuille};
use crate::demande::rules::{self, Etat, Horloge};
use crate::demande::storage;
use crate::pilotage::export;

/// Requests shown.
const LIMITE: i64 = 200;
/// Of which, without news.
const SILENCIEUSES: i64 = 30;
/// Requests of an export.
const EXPORT_MAX: i64 = 50_000;

#[derive(Template)]
#[template(path = "tableau.html")]
struct PageTableau {
    planche: Planche,
    tronque: bool,
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

/// GET. A chargé sees their secteurs (and those they replace); the coordination sees all, or one with `?secteur=`.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let jour = instance.aujourd_hui();
    let coordonne = cadre.visiteur.peut(Action::Coordonner);
    let demande = cadre.demande();
    let tx = instance.db.read().await?;
    let secteurs = if coordonne { secteur::vues(&tx, jour).await? } else { Vec::new() };
    let choisi = demande.texte("secteur");
    let vus: Vec<SecteurId> = match coordonne {
        true if choisi.is_empty() => secteurs.iter().map(|s| s.id.clone()).collect(),
        true => vec![SecteurId(choisi.to_owned())],
        false => cadre.visiteur.secteurs.clone(),
    };
    let portefeuille = Portefeuille { secteurs: &vus, sans_secteur: coordonne && choisi.is_empty() };
    if let Some(format) = fichier::format_demande(&demande)? {
        let lignes = listes::ouvertes(&tx, portefeuille, EXPORT_MAX).await?;
        return fichier::exporter(instance, &export::tableau(instance, &lignes), format);
    }
    let bornes = Bornes { toutes: LIMITE, silencieuses: SILENCIEUSES };
    let lignes = listes::a_suivre(&tx, portefeuille, &rules::silence(jour), bornes).await?;
    let secteur = demande.texte("secteur").to_owned();
    let exports = Exports::nouveaux("ce tableau", "/tableau", &[("secteur", &secteur)]);
    let coordination = if coordonne { Some(coordination(&cadre, &tx, &secteurs, jour, &demande).await?) } else { None };
    let page = PageTableau {
        planche: planche(instance, &lignes, jour),
        tronque: lignes.len() as i64 == LIMITE,
        annonce: texte::accorde(lignes.len() as u64, "demande à suivre", "demandes à suivre"),
        exports,
        coordination,
    };
    cadre.page("Tableau de bord", &page)?.repondre()
}

fn planche(instance: &Instance, lignes: &[Ligne], jour: Date) -> Planche {
    let locaux = instance.locaux();
    let zone = locaux.calendrier(instance.collectivite.feries);
    let mut a_repondre = Vec::new();
    let mut retard = Vec::new();
    let mut actions = Vec::new();
    let mut silence = Vec::new();
    let mut attente = Vec::new();
    for ligne in lignes {
        let etat = Etat::lire(&ligne.etat);
        match rules::jours_restants(ligne.horloge(), jour, zone) {
            Some(jours) if jours < 0 => {
                let note = texte::accorde(u64::from(jours.unsigned_abs()), "jour de retard", "jours de retard");
                retard.push(carte(instance, ligne, Etiquette::nouvelle(note, Ton::Negatif)));
            }
            Some(0) => a_repondre.push(carte(instance, ligne, Etiquette::nouvelle("Aujourd’hui", Ton::Attente))),
            Some(jours) => {
                let note = format!("{} restants", texte::accorde(u64::from(jours.unsigned_abs()), "jour", "jours"));
                a_repondre.push(carte(instance, ligne, Etiquette::nouvelle(note, Ton::Neutre)));
            }
            None if etat == Etat::AttendLaCommune => {
                attente.push(carte(instance, ligne, Etiquette::nouvelle("Délai suspendu", Ton::Neutre)));
            }
            None => {}
        }
        if let Some(le) = ligne.prochaine_le {
            let ton = if le.0 < jour { Ton::Negatif } else { Ton::Neutre };
            actions.push((le.0, carte(instance, ligne, Etiquette::nouvelle(texte::jour(le.0), ton))));
        } else if rules::sans_nouvelles(etat, ligne.etape, ligne.contact_le.0, jour) {
            let etiquette = Etiquette::nouvelle(format!("depuis le {}", texte::jour(ligne.contact_le.0)), Ton::Attente);
            silence.push(carte(instance, ligne, etiquette));
        }
    }
    actions.sort_by_key(|(le, _)| *le);
    let actions = actions.into_iter().map(|(_, carte)| carte).collect();
    let suite = silence.len() as i64 == SILENCIEUSES;
    let colonne = |id: &str, titre: &str, vide: &str, fiches: Vec<Fiche>| Colonne {
        id: id.to_owned(),
        titre: titre.to_owned(),
        compte: if suite && id == "silence" {
            format!("{} derniers contacts", fiches.len())
        } else {
            fiches.len().to_string()
        },
        vide: vide.to_owned(),
        fiches: Fiches(fiches),
    };
    let colonnes = vec![
        colonne("retard", "Promis et en retard", "Rien n’est en retard.", retard),
        colonne("a-repondre", "À répondre", "Aucune demande n’attend.", a_repondre),
        colonne("actions", "Mes prochaines actions", "Aucune action prévue.", actions),
        colonne("attente", "La commune est attendue", "Aucun délai suspendu.", attente),
        colonne("silence", "Sans nouvelles depuis 45 jours", "Tout le monde a eu des nouvelles.", silence),
    ];
    Planche { colonnes }
}

fn carte(instance: &Instance, ligne: &Ligne, etiquette: Etiquette) -> Fiche {
    let commune = instance.referentiel().nom_commune(&ligne.commune);
    let suite = ligne.prochaine_action.as_deref().unwrap_or_else(|| ligne.etape.libelle());
    Fiche::nouvelle(&ligne.titre, format!("/projets/{}/suivi", ligne.reference), format!("{commune} · {suite}"))
        .etiquette(etiquette)
}

/// Load by secteur and hand-over of a portfolio.
async fn coordination(
    cadre: &Cadre,
    tx: &platform::ReadTx,
    secteurs: &[secteur::Vue],
    jour: Date,
    demande: &Saisie,
) -> Result<Coordination, Erreur> {
    let agents = mandat::titulaires(tx, Fonction::ChargeTerritorial, jour).await?;
    let f = cadre.formulaire_avec(demande.clone(), web::formulaire::Erreurs::default());
    let charge = charge(&cadre.instance, secteurs, &listes::charge(tx).await?, jour);
    let personnes = || agents.iter().map(|a| OptionDeChamp::nouvelle(a.id.as_str(), a.nom_complet()));
    let vide = |mots: &str| std::iter::once(OptionDeChamp::nouvelle("", mots));
    Ok(Coordination {
        filtre: f.selection(
            "secteur",
            "Secteur",
            vide("Tous les secteurs").chain(secteurs.iter().map(|s| OptionDeChamp::nouvelle(s.id.as_str(), &s.nom))),
        ),
        charge,
        de: f.selection("de", "Le portefeuille de", vide("Choisissez une personne").chain(personnes())),
        a: f.selection("a", "passe à", vide("Choisissez une personne").chain(personnes())),
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
    let compte = |secteur: &SecteurId, filtre: &dyn Fn(&Charge) -> bool| {
        let siennes = charges.iter().filter(|charge| charge.secteur_id.as_ref() == Some(secteur));
        siennes.filter(|charge| filtre(charge)).map(|charge| charge.nombre).sum::<i64>().to_string()
    };
    let ligne = |secteur: &secteur::Vue| {
        vec![
            Cellule::texte(&secteur.nom),
            Cellule::texte(secteur.agents.as_deref().unwrap_or("la coordination")),
            Cellule::nombre(compte(&secteur.id, &|_| true)),
            Cellule::nombre(compte(&secteur.id, &|charge| reste(charge).is_some())),
            Cellule::nombre(compte(&secteur.id, &|charge| reste(charge).is_some_and(|jours| jours < 0))),
        ]
    };
    Tableau {
        legende: "Charge par secteur".to_owned(),
        colonnes: ["Secteur", "Qui répond", "Projets en cours", "À répondre", "En retard"].map(str::to_owned).to_vec(),
        lignes: secteurs.iter().map(ligne).collect(),
    }
}

/// POST: a whole portfolio changes hands.
pub async fn transmettre(cadre: Cadre, form: CheckedForm) -> Reponse {
    let (de, a) = (form.saisie.texte("de").to_owned(), form.saisie.texte("a").to_owned());
    if de.is_empty() || a.is_empty() || de == a {
        return Err(Erreur::Invalide("Choisissez deux personnes différentes.".to_owned()));
    }
    let instance = &cadre.instance;
    let (de, a) = (PersonneId(de), PersonneId(a));
    let tx = instance.db.begin().await?;
    let titulaires = mandat::titulaires(&tx, Fonction::ChargeTerritorial, instance.aujourd_hui()).await?;
    if !titulaires.iter().any(|t| t.id == a) {
        return Err(Erreur::Invalide("La personne qui reçoit n’est pas chargée territoriale aujourd’hui.".to_owned()));
    }
    let combien = storage::transmettre(&tx, &de, &a).await?;
    let message = format!("{} changent d’interlocuteur.", texte::accorde(combien, "projet", "projets"));
    form.conclure(tx, "/tableau", &message).await
}
