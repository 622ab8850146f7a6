//! The screen of retention and the worker that erases.

use askama::Template;
use axum::http::StatusCode;
use jiff::ToSpan as _;
use platform::journal::{self, Evenement, Visibilite};
use platform::outbox::{self, Travail, ligne};
use platform::worker::EchecTravail;
use platform::{Instant, Jour};
use sea_orm::DbErr;
use socle::projet;
use web::composants::{Bouton, Cellule, ChampOptions, ChampTexte, Html, OptionDeChamp, Poids, ResumeErreurs, Tableau};
use web::formulaire::Erreurs;
use web::locaux::{CONSERVATION, Conservation};
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, recherche, texte};

use super::storage::{self, Candidat, Couvert, NouveauVisa};
use crate::ecran::{self, acte};

/// Subject in the outbox.
pub(crate) const EFFACER: &str = "conservation.effacer";
const LISTE_MAX: i64 = 200;

#[derive(Template)]
#[template(path = "conservation.html")]
struct PageConservation {
    resume: ResumeErreurs,
    caches: Html,
    version: i64,
    conflit: bool,
    parametre: Vec<ChampTexte>,
    annees: u16,
    source: String,
    projets: Option<ChampOptions>,
    visa: Vec<ChampTexte>,
    confirmation: ChampOptions,
    visas: Option<Tableau>,
}

/// The instant before which a closed project may go.
fn limite(instance: &Instance, annees: i64) -> Instant {
    let jour = instance.aujourd_hui();
    instance.debut_de(jour.saturating_sub(annees.years()))
}

async fn page(cadre: &Cadre, saisie: Saisie, erreurs: Erreurs, conflit: bool) -> Result<PageConservation, Erreur> {
    let instance = &cadre.instance;
    let locaux = instance.locaux();
    let Conservation { annees, source } = locaux.conservation.clone();
    let tx = instance.db.read().await?;
    let candidats = storage::candidats(&tx, limite(instance, annees.into()), LISTE_MAX).await?;
    let visas = storage::visas(&tx, LISTE_MAX).await?;
    let saisie = if saisie.texte("annees").is_empty() {
        saisie.avec("annees", annees.to_string()).avec("source", &source)
    } else {
        saisie
    };
    let f = cadre.formulaire_avec(saisie, erreurs);
    let option = |c: &Candidat| {
        let depuis = texte::jour(instance.jour_de(c.modifie_le));
        OptionDeChamp::nouvelle(&c.reference, &c.titre).aide(format!(
            "{}, {}, dernier changement le {depuis}",
            instance.referentiel().nom_commune(&c.commune),
            c.etape.libelle().to_lowercase()
        ))
    };
    let confirmer =
        [OptionDeChamp::nouvelle("oui", "Le visa porte bien sur les projets cochés. L’effacement ne se défait pas.")];
    Ok(PageConservation {
        resume: f.resume(),
        caches: f.caches(),
        version: f.version(locaux.version(CONSERVATION)),
        conflit,
        parametre: vec![
            f.texte("annees", "Garder un projet clos pendant, en années").chiffres(),
            f.texte("source", "Ce qui fixe cette durée").aide("Tableau de gestion, date, référence."),
        ],
        annees,
        source,
        projets: (!candidats.is_empty())
            .then(|| f.cases("projets", "Projets clos dont la durée est passée", candidats.iter().map(option))),
        visa: vec![
            f.texte("reference", "Référence du visa"),
            f.texte("archiviste", "Qui l’a donné").aide("Nom ou fonction, aux Archives départementales."),
            f.texte("accorde_le", "Date du visa").date(),
        ],
        confirmation: f.cases("confirme", "Confirmation", confirmer),
        visas: (!visas.is_empty()).then(|| Tableau {
            legende: "Visas enregistrés".to_owned(),
            colonnes: ["Visa", "Donné par", "Date", "Projets", "Effacés", "Repris entre-temps, gardés"]
                .map(str::to_owned)
                .to_vec(),
            lignes: visas
                .iter()
                .map(|v| {
                    vec![
                        Cellule::texte(&v.reference),
                        Cellule::texte(&v.archiviste),
                        Cellule::texte(texte::jour(v.accorde_le.0)),
                        Cellule::nombre(v.projets.to_string()),
                        Cellule::nombre(v.effaces.to_string()),
                        Cellule::nombre(v.repris.to_string()),
                    ]
                })
                .collect(),
        }),
    })
}

const TITRE: &str = "Conservation et effacement";

/// GET.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let page = page(&cadre, Saisie::default(), Erreurs::default(), false).await?;
    cadre.page(TITRE, &page)?.fil(&[("Réglages", "/reglages")]).repondre()
}

/// POST: the keeping time, or a visa.
pub async fn enregistrer(cadre: Cadre, form: CheckedForm) -> Reponse {
    if acte(&form) == "duree" { regler(cadre, form).await } else { viser(cadre, form).await }
}

async fn refuser(cadre: &Cadre, form: CheckedForm, erreurs: Erreurs, conflit: bool) -> Reponse {
    let statut = if conflit { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    let saisie = if conflit { form.saisie.sur_la_version_actuelle() } else { form.saisie };
    let page = page(cadre, saisie, erreurs, conflit).await?;
    cadre.page(TITRE, &page)?.statut(statut).fil(&[("Réglages", "/reglages")]).repondre()
}

async fn regler(cadre: Cadre, form: CheckedForm) -> Reponse {
    let mut l = form.lecteur();
    let annees: Option<u16> = l.choix("annees", "Écrivez un nombre d’années, par exemple 10.");
    if annees.is_some_and(|annees| !(1..=100).contains(&annees)) {
        l.erreurs.ajouter("annees", "Entre 1 et 100 ans.");
    }
    let source = l.texte("source", "Dites ce qui fixe cette durée.", 3, 300);
    let (Some(annees), Some(source), true) = (annees, source, l.erreurs.est_vide()) else {
        let erreurs = l.erreurs;
        return refuser(&cadre, form, erreurs, false).await;
    };
    let valeur = Conservation { annees, source };
    let vers = "/reglages/conservation";
    match ecran::enregistrer(&cadre, &form, CONSERVATION, Some(&valeur), vers, "La durée est enregistrée.").await? {
        Some(reponse) => Ok(reponse),
        None => refuser(&cadre, form, Erreurs::default(), true).await,
    }
}

async fn viser(cadre: Cadre, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let annees = i64::from(instance.locaux().conservation.annees);
    let mut l = form.lecteur();
    let reference = l.texte("reference", "Donnez la référence du visa.", 2, 100);
    let archiviste = l.texte("archiviste", "Dites qui a donné le visa.", 2, 100);
    let accorde_le = l.date("accorde_le");
    if accorde_le.is_none_or(|jour| jour > instance.aujourd_hui()) {
        l.erreurs.ajouter("accorde_le", "Donnez la date du visa, au plus tard aujourd’hui.");
    }
    if form.saisie.texte("confirme") != "oui" {
        l.erreurs.ajouter("confirme", "Cochez la confirmation : l’effacement ne se défait pas.");
    }
    let coches = form.saisie.liste("projets");
    let tx = instance.db.begin().await?;
    // Read again inside the transaction: only what is still closed and old enough may be covered.
    let candidats = storage::candidats(&tx, limite(instance, annees), LISTE_MAX).await?;
    let couverts: Vec<Candidat> = candidats.into_iter().filter(|c| coches.contains(&c.reference)).collect();
    if coches.is_empty() {
        l.erreurs.ajouter("projets", "Cochez les projets que le visa permet d’effacer.");
    } else if couverts.len() < coches.len() {
        l.erreurs.ajouter("projets", "Un des projets n’est plus à effacer. Vérifiez la liste.");
    }
    let (Some(reference), Some(archiviste), Some(accorde_le), true) =
        (reference, archiviste, accorde_le, l.erreurs.est_vide())
    else {
        drop(tx);
        let erreurs = l.erreurs;
        return refuser(&cadre, form, erreurs, false).await;
    };
    let (clock, ids) = (&*instance.clock, &*instance.ids);
    let par = cadre.visiteur.personne_id().map(|id| id.as_str().to_owned());
    let id = ids.uuid().to_string();
    let visa =
        NouveauVisa { id, reference, archiviste, accorde_le: Jour(accorde_le), annees, par, le: clock.instant() };
    storage::enregistrer(&tx, &visa, &couverts).await?;
    let evenement = Evenement::nouveau(crate::VISA, "visa", &visa.id)
        .par(visa.par.as_deref())
        .visible(Visibilite::Exploitation)
        .faits(serde_json::json!({"projets": couverts.len()}));
    journal::ecrire(&tx, clock, ids, evenement).await?;
    outbox::demander(&tx, clock, ids, Travail::nouveau(EFFACER, &visa.id)).await?;
    form.conclure(tx, "/reglages/conservation", "Le visa est enregistré. Les projets vont être effacés.").await
}

/// Worker: erases what a visa covers, each project in its own transaction: what stops one stops no other, and is tried
/// again. Idempotent: what is done is marked so in the same transaction.
pub(crate) async fn effacer(instance: Instance, travail: ligne::Model) -> Result<(), EchecTravail> {
    let visa: String = serde_json::from_str(&travail.charge)?;
    let tx = instance.db.read().await?;
    let couverts = storage::a_effacer(&tx, &visa).await?;
    drop(tx);
    let mut echecs = Vec::new();
    for couvert in &couverts {
        if let Err(erreur) = effacer_un(&instance, &visa, couvert).await {
            echecs.push(format!("{} : {erreur}", couvert.projet_id));
        }
    }
    if echecs.is_empty() { Ok(()) } else { Err(EchecTravail::Temporaire(echecs.join(" ; "))) }
}

/// One project and what each feature holds of it. Taken up again since, it is kept.
async fn effacer_un(instance: &Instance, visa: &str, couvert: &Couvert) -> Result<(), DbErr> {
    let (clock, ids) = (&*instance.clock, &*instance.ids);
    let tx = instance.db.begin().await?;
    let clos = storage::toujours_clos(&tx, &couvert.projet_id, limite(instance, couvert.annees)).await?;
    if clos {
        for purge in instance.maison.features.iter().filter_map(|feature| feature.purge) {
            purge(&tx, instance, &couvert.projet_id).await?;
        }
        projet::purger(&tx, &couvert.projet_id).await?;
        recherche::demander(&tx, instance, recherche::PROJET, vec![couvert.projet_id.to_string()]).await?;
        let evenement = Evenement::nouveau(crate::EFFACE, "projet", couvert.projet_id.as_str())
            .visible(Visibilite::Exploitation)
            .faits(serde_json::json!({"visa": visa}));
        journal::ecrire(&tx, clock, ids, evenement).await?;
    }
    let etat = if clos { "efface" } else { "repris" };
    storage::conclure(&tx, visa, &couvert.projet_id, etat, clock.instant()).await?;
    tx.commit().await
}
