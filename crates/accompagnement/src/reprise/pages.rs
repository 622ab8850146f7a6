//! The screens of the coordination: send the file, say what its columns are, see each line, import, undo.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use documents::export::{Feuille, Genre as Colonne, Valeur};
use documents::lecture::{self, FeuilleLue};
use platform::fichiers::Genre;
use web::composants::{
    Bouton, Cellule, ChampFichier, Exports, Html, OptionDeChamp, Poids, ResumeErreurs, Selection, Tableau,
};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, CheckedFormFichier, Erreur, Instance, Reponse, Saisie, fichier, texte};

use super::colonnes::{Champ, Correspondance};
use super::import::{self, LigneRapport, Rapport, Sort};
use super::storage::{self, Reprise};

/// Lines of a report shown on screen; all are in its export.
const LIGNES_VUES: usize = 300;
/// Past imports shown.
const PASSEES: i64 = 10;

#[derive(Template)]
#[template(path = "reprise_envoi.html")]
struct PageEnvoi {
    resume: ResumeErreurs,
    caches: Html,
    fichier: ChampFichier,
    passees: Vec<(String, String, String)>,
    lignes_max: usize,
}

async fn page_envoi(cadre: &Cadre, saisie: Saisie, erreurs: Erreurs) -> Reponse {
    let instance = &cadre.instance;
    let statut = if erreurs.est_vide() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let passees = storage::dernieres(&instance.db.read().await?, PASSEES).await?;
    let f = cadre.formulaire_avec(saisie, erreurs);
    let page = PageEnvoi {
        resume: f.resume(),
        caches: f.caches(),
        fichier: f
            .fichier("fichier", "Votre tableau de suivi", Genre::TABLEAUX)
            .aide("La première ligne doit contenir les titres des colonnes."),
        passees: passees
            .into_iter()
            .map(|r| {
                let le = r.faite_le.map(|le| texte::moment(instance.heure_de(le))).unwrap_or_default();
                let etat = if r.etat == "annulee" { ", annulé depuis" } else { "" };
                (r.reference, r.nom, format!("repris le {le}{etat}"))
            })
            .collect(),
        lignes_max: import::LIGNES_MAX,
    };
    cadre
        .page("Reprendre un tableau de suivi", &page)?
        .fil(&[("Tableau de bord", "/tableau")])
        .statut(statut)
        .repondre()
}

/// GET.
pub async fn envoi(cadre: Cadre) -> Reponse {
    page_envoi(&cadre, Saisie::default(), Erreurs::default()).await
}

/// POST: the file is kept, nothing is imported yet.
pub async fn envoyer(cadre: Cadre, form: CheckedFormFichier) -> Reponse {
    let instance = &cadre.instance;
    let mut l = form.lecteur();
    let recu = form.attendre(&mut l.erreurs, "fichier", Genre::TABLEAUX, "Choisissez un fichier.");
    let Some((recu, genre)) = recu else {
        let erreurs = l.erreurs;
        return page_envoi(&cadre, form.saisie.clone(), erreurs).await;
    };
    if let Err(refus) = lecture::lire(&recu.nom, &recu.octets) {
        l.erreurs.ajouter("fichier", refus.to_string());
        let erreurs = l.erreurs;
        return page_envoi(&cadre, form.saisie.clone(), erreurs).await;
    }
    let depot = instance.fichiers.deposer(&*instance.ids, &recu.octets, genre).await?;
    let tx = instance.db.begin().await?;
    fichier::retenir(&tx, instance, &depot).await?;
    let par = cadre.visiteur.personne_id();
    let reprise = storage::recevoir(&tx, &*instance.clock, &*instance.ids, &recu.nom, Some(&depot), par).await?;
    form.conclure(tx, &format!("/tableau/import/{}", reprise.reference), "").await
}

async fn trouver(instance: &Instance, reference: &str) -> Result<Reprise, Erreur> {
    let tx = instance.db.read().await?;
    storage::par_reference(&tx, reference).await?.ok_or(Erreur::Introuvable("cet import"))
}

async fn relire(instance: &Instance, reprise: &Reprise) -> Result<FeuilleLue, Erreur> {
    let (Some(cle), Some(empreinte)) = (&reprise.cle, &reprise.empreinte) else {
        return Err(Erreur::Introuvable("le fichier de cet import"));
    };
    let octets = instance.fichiers.lire(cle, empreinte).await?;
    lecture::lire(&reprise.nom, &octets).map_err(|refus| Erreur::Invalide(refus.to_string()))
}

/// The columns chosen; those of the file that do not exist are ignored.
fn choisies(feuille: &FeuilleLue, saisie: &Saisie) -> Correspondance {
    let entete = |champ: &Champ| feuille.entetes.iter().find(|e| *e == saisie.texte(champ.nom())).cloned();
    Correspondance(Champ::TOUS.iter().filter_map(|champ| Some((*champ, entete(champ)?))).collect())
}

#[derive(Template)]
#[template(path = "reprise_apercu.html")]
struct PageApercu {
    reference: String,
    nom: String,
    feuille: String,
    autres: String,
    champs: Vec<Selection>,
    correspondance: Vec<(&'static str, String)>,
    manquants: Vec<&'static str>,
    caches: Html,
    resume: String,
    reprises: usize,
    lignes: Tableau,
    cachees: usize,
}

#[derive(Template)]
#[template(path = "reprise_rapport.html")]
struct PageRapport {
    reference: String,
    nom: String,
    quand: String,
    annulee: bool,
    annulable: bool,
    resume: String,
    exports: Exports,
    lignes: Tableau,
    cachees: usize,
    caches: Html,
}

/// GET: the columns and what would happen to each line; once done, the report.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let instance = &cadre.instance;
    let reprise = trouver(instance, &reference).await?;
    let demande = cadre.demande();
    if reprise.etat != "lue" {
        return rapport(&cadre, &reprise, &demande).await;
    }
    let feuille = relire(instance, &reprise).await?;
    let tx = instance.db.read().await?;
    let correspondance = if demande == Saisie::default() {
        Correspondance::deviner(&feuille, &import::correspondance_gardee(&tx).await?)
    } else {
        choisies(&feuille, &demande)
    };
    let manquants: Vec<&'static str> = [Champ::Titre, Champ::Commune]
        .into_iter()
        .filter(|champ| !correspondance.0.contains_key(champ))
        .map(Champ::libelle)
        .collect();
    let rapport = if manquants.is_empty() {
        import::essayer(&tx, instance, &feuille, &correspondance).await?
    } else {
        Rapport::default()
    };
    let saisie = correspondance.0.iter().fold(Saisie::default(), |s, (champ, entete)| s.avec(champ.nom(), entete));
    let f = cadre.formulaire_avec(saisie, Erreurs::default());
    let options = || {
        let entetes = feuille.entetes.iter().map(|entete| OptionDeChamp::nouvelle(entete, entete));
        std::iter::once(OptionDeChamp::nouvelle("", "Aucune colonne")).chain(entetes)
    };
    let page = PageApercu {
        reference,
        nom: reprise.nom,
        feuille: feuille.nom.clone(),
        autres: feuille.autres.join(", "),
        champs: Champ::TOUS.iter().map(|champ| f.selection(champ.nom(), champ.libelle(), options())).collect(),
        correspondance: correspondance.0.iter().map(|(champ, entete)| (champ.nom(), entete.clone())).collect(),
        manquants,
        caches: f.caches(),
        resume: rapport.resume(),
        reprises: rapport.nombre(Sort::Nouveau) + rapport.nombre(Sort::Change),
        cachees: rapport.0.len().saturating_sub(LIGNES_VUES),
        lignes: tableau("Ce qui arriverait à chaque ligne", rapport.0),
    };
    cadre
        .page("Vérifier avant de reprendre", &page)?
        .fil(&[("Tableau de bord", "/tableau"), ("Reprendre un tableau", "/tableau/import")])
        .repondre()
}

/// What needs an eye first.
fn tableau(legende: &str, mut lignes: Vec<LigneRapport>) -> Tableau {
    lignes.sort_by_key(import::rang);
    Tableau {
        legende: legende.to_owned(),
        colonnes: ["Ligne", "Projet", "Résultat", "Pourquoi, ou ce qui est gardé en toutes lettres"]
            .map(str::to_owned)
            .to_vec(),
        lignes: lignes
            .into_iter()
            .take(LIGNES_VUES)
            .map(|ligne| {
                vec![
                    Cellule::texte(ligne.ligne.map_or_else(|| "Fichier".to_owned(), |l| l.to_string())),
                    Cellule::texte(ligne.titre),
                    Cellule::texte(ligne.sort.libelle()),
                    Cellule::texte(ligne.note),
                ]
            })
            .collect(),
    }
}

async fn rapport(cadre: &Cadre, reprise: &Reprise, demande: &Saisie) -> Reponse {
    let instance = &cadre.instance;
    let rapport: Rapport = serde_json::from_str(&reprise.rapport)?;
    if let Some(format) = fichier::format_demande(demande)? {
        return fichier::exporter(instance, &export(&rapport), format);
    }
    let derniere = storage::dernieres(&instance.db.read().await?, 1).await?;
    let annulee = reprise.etat == "annulee";
    let chemin = format!("/tableau/import/{}", reprise.reference);
    let page = PageRapport {
        reference: reprise.reference.clone(),
        nom: reprise.nom.clone(),
        quand: reprise.faite_le.map(|le| texte::moment(instance.heure_de(le))).unwrap_or_default(),
        annulee,
        annulable: !annulee && derniere.iter().any(|d| d.id == reprise.id),
        resume: rapport.resume(),
        exports: Exports::nouveaux("ce rapport", &chemin, &[]),
        cachees: rapport.0.len().saturating_sub(LIGNES_VUES),
        lignes: tableau("Ce qui est arrivé à chaque ligne", rapport.0),
        caches: cadre.formulaire().caches(),
    };
    cadre
        .page("Rapport de la reprise", &page)?
        .fil(&[("Tableau de bord", "/tableau"), ("Reprendre un tableau", "/tableau/import")])
        .repondre()
}

fn export(rapport: &Rapport) -> Feuille {
    let colonnes = [
        ("Ligne", Colonne::Entier),
        ("Projet", Colonne::Texte),
        ("Résultat", Colonne::Texte),
        ("Pourquoi", Colonne::Texte),
    ];
    let mut feuille = Feuille::nouvelle("Rapport de reprise", colonnes);
    for ligne in &rapport.0 {
        feuille.ajouter([
            Valeur::from(ligne.ligne.and_then(|l| i64::try_from(l).ok())),
            Valeur::from(ligne.titre.as_str()),
            Valeur::from(ligne.sort.libelle()),
            Valeur::from(ligne.note.as_str()),
        ]);
    }
    feuille
}

/// POST: all lines that can be read, in one transaction.
pub async fn reprendre(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let reprise = trouver(instance, &reference).await?;
    let vers = format!("/tableau/import/{reference}");
    if reprise.etat != "lue" {
        return Err(Erreur::Aller(vers));
    }
    let feuille = relire(instance, &reprise).await?;
    let correspondance = choisies(&feuille, &form.saisie);
    if ![Champ::Titre, Champ::Commune].iter().all(|champ| correspondance.0.contains_key(champ)) {
        return Err(Erreur::Invalide("Dites d’abord quelles colonnes donnent le titre et la commune.".to_owned()));
    }
    let tx = instance.db.begin().await?;
    let par = cadre.visiteur.personne_id();
    let rapport = import::executer(&tx, instance, &reprise, &feuille, &correspondance, par).await?;
    if let Some(cle) = &reprise.cle {
        // The rows are in the base: the file itself, which names people, does not stay.
        fichier::retirer(&tx, instance, cle).await?;
    }
    form.conclure(tx, &vers, &format!("Le tableau est repris : {}.", rapport.resume())).await
}

/// POST: undoes the last import.
pub async fn annuler(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let reprise = trouver(instance, &reference).await?;
    let derniere = storage::dernieres(&instance.db.read().await?, 1).await?;
    if !derniere.iter().any(|d| d.id == reprise.id) {
        return Err(Erreur::Invalide("Seule la dernière reprise peut être annulée.".to_owned()));
    }
    let tx = instance.db.begin().await?;
    let (defaits, restes) = import::annuler(&tx, instance, &reprise, cadre.visiteur.personne_id()).await?;
    let mut message = format!("La reprise est annulée pour {}.", texte::accorde(defaits as u64, "projet", "projets"));
    if restes > 0 {
        let restes = texte::accorde(restes as u64, "projet", "projets");
        message.push_str(&format!(" {restes} modifié depuis sur le site : rien n’y change."));
    }
    form.conclure(tx, &format!("/tableau/import/{reference}"), &message).await
}
