//! Approvals and conventions that an agent says of a structure (ESUS, insertion, adapted company, GEIQ…): added, corrected,
//! ended, each with the document that shows it. What lists say stays beside, untouched.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use jiff::civil::Date;
use platform::{Jour, ReadTx, WriteTx, journal};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, raw_sql};
use web::composants::{
    Cellule, ChampTexte, Chronologie, Conflit, EtatVide, EvenementVu, Html, OptionDeChamp, ResumeErreurs, Selection,
    Tableau,
};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, texte};

use super::storage as tenue;
use super::{FIL, situation};
use crate::acteur::{self, ActeurId, agrement, storage, valeur};
use crate::doublon::chemin;
use crate::evenements;
use crate::fiche::source_et_date;
use crate::vocabulaire::{Champ, EtatActeur, GenreAgrement, Origine};

/// One that an agent said, as the page shows it.
struct Dit {
    genre: &'static str,
    cle: &'static str,
    jours: String,
    preuve: String,
    fini: bool,
    corriger: String,
    caches: Html,
}

#[derive(Template)]
#[template(path = "agreer.html")]
struct PageAgreer {
    nom: String,
    url: String,
    situation: String,
    resume: ResumeErreurs,
    caches: Html,
    version: i64,
    conflit: Option<Conflit>,
    dits: Vec<Dit>,
    autres: Option<Tableau>,
    vide: EtatVide,
    corrige: bool,
    genre: Selection,
    du: ChampTexte,
    au: ChampTexte,
    preuve: ChampTexte,
    histoire: Chronologie,
}

/// The address of this page.
pub(crate) fn url(reference: &str) -> String {
    format!("{}/agrements", situation::url(reference))
}

struct Ouvert {
    acteur: acteur::Model,
    agrements: Vec<agrement::Model>,
}

impl Ouvert {
    /// What an agent said of this kind.
    fn dit(&self, genre: GenreAgrement) -> Option<&agrement::Model> {
        let agent = Origine::Agent.as_str();
        self.agrements.iter().find(|a| a.source == agent && a.genre == genre.as_str())
    }
}

async fn ouvrir(tx: &ReadTx, reference: &str) -> Result<Ouvert, Erreur> {
    let acteur = storage::par_reference(tx, reference).await?.ok_or(Erreur::Introuvable("cet acteur"))?;
    if acteur.etat == EtatActeur::Masque {
        let bout = chemin::suivre(tx, acteur.clone()).await?;
        return Err(if bout.id == acteur.id {
            Erreur::Introuvable("cet acteur")
        } else {
            Erreur::Aller(url(&bout.reference))
        });
    }
    let agrements = storage::agrements(tx, &acteur.id).await?;
    Ok(Ouvert { acteur, agrements })
}

fn jours(a: &agrement::Model) -> String {
    let jour = |jour: Option<Jour>| jour.map_or_else(|| "jour non connu".to_owned(), |jour| texte::jour(jour.0));
    format!("du : {} ; au : {}", jour(a.du), jour(a.au))
}

/// Its kind in words; as stored when this version does not know it.
fn nom_de(a: &agrement::Model) -> &str {
    match a.genre() {
        Some(genre) => genre.libelle(),
        None => &a.genre,
    }
}

fn fini(instance: &Instance, a: &agrement::Model) -> bool {
    a.au.is_some_and(|au| au.0 < instance.aujourd_hui())
}

fn en_saisie(a: &agrement::Model) -> Saisie {
    let jour = |jour: Option<Jour>| jour.map(|jour| jour.0.to_string()).unwrap_or_default();
    Saisie::default()
        .avec("genre", a.genre.as_str())
        .avec("du", jour(a.du))
        .avec("au", jour(a.au))
        .avec("preuve", a.preuve.clone().unwrap_or_default())
}

async fn repondre(
    cadre: &Cadre,
    tx: &ReadTx,
    ouvert: &Ouvert,
    (saisie, erreurs): (Saisie, Erreurs),
    conflit: Option<Conflit>,
) -> Reponse {
    let instance = &cadre.instance;
    let statut = match (&conflit, erreurs.est_vide()) {
        (Some(_), _) => StatusCode::CONFLICT,
        (None, true) => StatusCode::OK,
        (None, false) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let f = cadre.formulaire_avec(saisie, erreurs);
    let ici = url(&ouvert.acteur.reference);
    let choisi: Option<GenreAgrement> = f.saisie.texte("genre").parse().ok();
    let genres = std::iter::once(OptionDeChamp::nouvelle("", "Choisir"))
        .chain(GenreAgrement::TOUS.iter().map(|genre| OptionDeChamp::nouvelle(genre.as_str(), genre.libelle())));
    let dit = |a: &agrement::Model| {
        let genre = a.genre()?;
        Some(Dit {
            genre: genre.libelle(),
            cle: genre.as_str(),
            jours: jours(a),
            preuve: a.preuve.clone().unwrap_or_else(|| "document non noté".to_owned()),
            fini: fini(instance, a),
            corriger: format!("{ici}?genre={genre}"),
            caches: cadre.formulaire().caches(),
        })
    };
    let agent = Origine::Agent.as_str();
    let histoire = journal::de_l_objet(tx, evenements::OBJET, ouvert.acteur.id.as_str(), 100).await?;
    let page = PageAgreer {
        nom: ouvert.acteur.nom.clone(),
        situation: situation::url(&ouvert.acteur.reference),
        resume: f.resume(),
        caches: f.caches(),
        version: f.version(ouvert.acteur.version),
        conflit,
        dits: ouvert.agrements.iter().filter(|a| a.source == agent).filter_map(dit).collect(),
        autres: autres(ouvert),
        vide: EtatVide {
            titre: "Aucun agrément dit par un agent".to_owned(),
            texte: "Ajoutez-en un quand vous avez lu l’arrêté, la convention ou le label, et que les listes ne le disent pas."
                .to_owned(),
            action: None,
        },
        corrige: choisi.is_some_and(|genre| ouvert.dit(genre).is_some()),
        genre: f.selection("genre", "Agrément ou convention", genres),
        du: f.texte("du", "Premier jour (si vous le connaissez)").date(),
        au: f.texte("au", "Dernier jour (si vous le connaissez)").date(),
        preuve: f
            .texte("preuve", "Document qui le montre")
            .aide("Son nom et sa date. Exemple : arrêté préfectoral du 12 mars 2024."),
        histoire: Chronologie {
            evenements: histoire
                .iter()
                .filter(|evenement| evenement.genre == evenements::AGREMENT)
                .map(|evenement| EvenementVu {
                    quand: texte::moment(instance.heure_de(evenement.instant)),
                    iso: evenement.instant.timestamp().to_string(),
                    phrase: instance.maison.dire(evenement),
                    qui: None,
                })
                .collect(),
        },
        url: ici,
    };
    cadre
        .page("Agréments d’une structure", &page)?
        .statut(statut)
        .fil(&[FIL[0], FIL[1], ("Situation d’une structure", page.situation.as_str())])
        .repondre()
}

fn autres(ouvert: &Ouvert) -> Option<Tableau> {
    let agent = Origine::Agent.as_str();
    let lignes: Vec<Vec<Cellule>> = ouvert
        .agrements
        .iter()
        .filter(|a| a.source != agent)
        .map(|a| {
            let nom = nom_de(a);
            let source = a.source().map_or_else(|| a.source.clone(), |source| source_et_date(source, a.source_du));
            vec![Cellule::texte(nom), Cellule::texte(jours(a)), Cellule::texte(source)]
        })
        .collect();
    (!lignes.is_empty()).then(|| Tableau {
        legende: "Ce que disent les listes".to_owned(),
        colonnes: ["Agrément", "Jours", "Source"].map(str::to_owned).into(),
        lignes,
    })
}

/// GET; `?genre=` opens one to correct it.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let ouvert = ouvrir(&tx, &reference).await?;
    let demande = cadre.demande();
    let genre: Option<GenreAgrement> = demande.texte("genre").parse().ok();
    let saisie = genre.and_then(|genre| ouvert.dit(genre)).map_or_else(Saisie::default, en_saisie);
    repondre(&cadre, &tx, &ouvert, (saisie, Erreurs::default()), None).await
}

/// What the agent does.
enum Acte {
    /// Says one, or says it anew.
    Dire { genre: GenreAgrement, du: Option<Date>, au: Option<Date>, preuve: String },
    /// It ended today.
    Terminer(GenreAgrement),
    /// It was never true.
    Retirer(GenreAgrement),
}

impl Acte {
    fn genre(&self) -> GenreAgrement {
        match self {
            Self::Dire { genre, .. } | Self::Terminer(genre) | Self::Retirer(genre) => *genre,
        }
    }

    fn nom(&self) -> &'static str {
        match self {
            Self::Dire { .. } => "dit",
            Self::Terminer(_) => "termine",
            Self::Retirer(_) => "retire",
        }
    }
}

fn lire(form: &CheckedForm, ouvert: &Ouvert) -> Result<Acte, Erreurs> {
    let mut l = form.lecteur();
    let acte = form.saisie.texte("acte");
    if acte == "terminer" || acte == "retirer" {
        let genre: Option<GenreAgrement> = form.saisie.texte("dit").parse().ok();
        return match genre.filter(|genre| ouvert.dit(*genre).is_some()) {
            Some(genre) if acte == "terminer" => Ok(Acte::Terminer(genre)),
            Some(genre) => Ok(Acte::Retirer(genre)),
            None => {
                l.erreurs.ajouter("genre", "Cet agrément n’est plus dans la liste : quelqu’un vient de le retirer.");
                Err(l.erreurs)
            }
        };
    }
    let genre = l.choix("genre", "Choisissez l’agrément ou la convention.");
    let (du, au) = (l.date("du"), l.date("au"));
    if let (Some(du), Some(au)) = (du, au)
        && au < du
    {
        l.erreurs.ajouter("au", "Le dernier jour est avant le premier.");
    }
    let preuve = l.texte("preuve", "Dites quel document vous avez vu : un autre agent le lira.", 5, 200);
    match (genre, preuve) {
        (Some(genre), Some(preuve)) if l.erreurs.est_vide() => Ok(Acte::Dire { genre, du, au, preuve }),
        _ => Err(l.erreurs),
    }
}

/// POST.
pub async fn enregistrer(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let lecture = instance.db.read().await?;
    let ouvert = ouvrir(&lecture, &reference).await?;
    let acte = match lire(&form, &ouvert) {
        Ok(acte) => acte,
        Err(erreurs) => return repondre(&cadre, &lecture, &ouvert, (form.saisie.clone(), erreurs), None).await,
    };
    drop(lecture);
    let tx = instance.db.begin().await?;
    ecrire(&tx, instance, &ouvert.acteur.id, &acte).await?;
    prouver(&tx, &cadre, &ouvert.acteur.id, &acte).await?;
    let lu = acteur::Model { version: form.version(), ..ouvert.acteur.clone() };
    if !tenue::reprojeter(&tx, instance, lu).await? {
        tx.rollback().await?;
        let lecture = instance.db.read().await?;
        let ouvert = ouvrir(&lecture, &reference).await?;
        let conflit = Conflit::sur("cette fiche");
        let conflit = match agrements_en_tableau(&ouvert) {
            Some(tableau) => conflit.enregistre(tableau),
            None => conflit,
        };
        let saisie = form.saisie.clone().sur_la_version_actuelle();
        return repondre(&cadre, &lecture, &ouvert, (saisie, Erreurs::default()), Some(conflit)).await;
    }
    let evenement = evenements::de_l_acteur(&cadre, evenements::AGREMENT, &ouvert.acteur.id)
        .faits(serde_json::json!({ "genre": acte.genre().as_str(), "acte": acte.nom() }));
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    let message = match acte {
        Acte::Dire { .. } => "L’agrément est enregistré.",
        Acte::Terminer(_) => "L’agrément est terminé : la fiche le dit, les filtres ne le trouvent plus.",
        Acte::Retirer(_) => "L’agrément est retiré de la fiche.",
    };
    form.conclure(tx, &url(&reference), message).await
}

fn agrements_en_tableau(ouvert: &Ouvert) -> Option<Tableau> {
    let lignes: Vec<Vec<Cellule>> = ouvert
        .agrements
        .iter()
        .map(|a| {
            let nom = nom_de(a);
            vec![Cellule::texte(nom), Cellule::texte(jours(a)), Cellule::texte(a.preuve.as_deref().unwrap_or("–"))]
        })
        .collect();
    (!lignes.is_empty()).then(|| Tableau {
        legende: "Ce que dit la fiche maintenant".to_owned(),
        colonnes: ["Agrément", "Jours", "Document"].map(str::to_owned).into(),
        lignes,
    })
}

async fn ecrire(tx: &WriteTx, instance: &Instance, acteur: &ActeurId, acte: &Acte) -> Result<(), DbErr> {
    let (id, genre, aujourd_hui) = (acteur.as_str(), acte.genre().as_str(), instance.aujourd_hui());
    match acte {
        Acte::Dire { genre, du, au, preuve } => {
            let cle = genre.as_str();
            tx.execute_raw(raw_sql!(
                Postgres,
                "DELETE FROM acteur_agrement WHERE acteur_id = {id} AND genre = {cle} AND source = 'agent'"
            ))
            .await?;
            let ligne = agrement::Model {
                acteur_id: acteur.clone(),
                genre: genre.to_string(),
                source: Origine::Agent.to_string(),
                libelle: None,
                du: du.map(Jour),
                au: au.map(Jour),
                source_du: Some(Jour(aujourd_hui)),
                preuve: Some(preuve.clone()),
            };
            agrement::Entity::insert(ligne.into_active_model()).exec_without_returning(tx).await?;
        }
        Acte::Terminer(_) => {
            // The last day is over: the filters forget it today.
            let hier = aujourd_hui.yesterday().unwrap_or(aujourd_hui).to_string();
            let aujourd_hui = aujourd_hui.to_string();
            tx.execute_raw(raw_sql!(
                Postgres,
                "UPDATE acteur_agrement SET au = {hier}, source_du = {aujourd_hui}
                 WHERE acteur_id = {id} AND genre = {genre} AND source = 'agent' AND (au IS NULL OR au > {hier})"
            ))
            .await?;
        }
        Acte::Retirer(_) => {
            tx.execute_raw(raw_sql!(
                Postgres,
                "DELETE FROM acteur_agrement WHERE acteur_id = {id} AND genre = {genre} AND source = 'agent'"
            ))
            .await?;
        }
    }
    Ok(())
}

/// An ESUS approval shows that a structure is part of the ESS (rule R-41), as long as it holds; the others say nothing of it.
async fn prouver(tx: &WriteTx, cadre: &Cadre, acteur: &ActeurId, acte: &Acte) -> Result<(), DbErr> {
    if acte.genre() != GenreAgrement::Esus {
        return Ok(());
    }
    let (instance, id) = (&cadre.instance, acteur.as_str());
    // Only what an agent said through this page: that of a list is another fact.
    tx.execute_raw(raw_sql!(
        Postgres,
        "UPDATE acteur_valeur SET courante = FALSE
         WHERE acteur_id = {id} AND champ = 'preuve-ess' AND source = 'esus' AND courante AND auteur_id IS NOT NULL"
    ))
    .await?;
    let Acte::Dire { au, preuve, .. } = acte else { return Ok(()) };
    if au.is_some_and(|au| au < instance.aujourd_hui()) {
        return Ok(());
    }
    let le = instance.clock.instant();
    // The source is that of the approval; who saw the paper is said in words, for the reason shown to everyone.
    let dite =
        format!("agrément ESUS, {preuve}, vu par un agent du département le {}", texte::jour(instance.jour_de(le)));
    let deja = valeur::Entity::find()
        .filter(valeur::Column::ActeurId.eq(acteur.clone()))
        .filter(valeur::Column::Champ.eq(Champ::PreuveEss))
        .filter(valeur::Column::Source.eq(Origine::Esus))
        .filter(valeur::Column::Courante.eq(true));
    if deja.one(tx).await?.is_some() {
        // The list of ESUS companies says it already.
        return Ok(());
    }
    let fait = valeur::Model::nouvelle(&*instance.ids, acteur, Champ::PreuveEss, &dite, Origine::Esus, le);
    let source_du = Some(Jour(instance.jour_de(le)));
    let fait = valeur::Model { source_du, auteur_id: cadre.visiteur.personne_id().cloned(), ..fait };
    valeur::Entity::insert(fait.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}
