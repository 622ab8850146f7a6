//! The page of the attachments: list, add, take away, bring back, download.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::droit::{Action, Lien};
use platform::fichiers::{self, Genre};
use platform::{WriteTx, journal};
use socle::projet::{self, Etat};
use web::composants::{ChampFichier, ChampTexte, Html, Message, ResumeErreurs};
use web::contexte::Visiteur;
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, CheckedFormFichier, Erreur, Instance, Reponse, Saisie, fichier, texte};

use super::rules::{PIECES_MAX, peut_revenir, taille_en_mots};
use super::storage::{self, Piece};
use crate::acces::{self, Ouvert};
use crate::evenements::{self, evenement};

/// An attachment as shown.
pub(crate) struct PieceVue {
    pub(super) reference: String,
    pub(super) titre: String,
    pub(super) detail: String,
}

impl PieceVue {
    pub(crate) fn nouvelle(instance: &Instance, piece: &Piece) -> Self {
        let titre = if piece.libelle.is_empty() { piece.nom.clone() } else { piece.libelle.clone() };
        let (acte, le) = match piece.retiree_le {
            Some(le) => ("retirée", le),
            None => ("ajoutée", piece.ajoutee_le),
        };
        let qui = match (&piece.ajoutee_par, piece.retiree_le) {
            (Some(nom), None) if !nom.trim().is_empty() => format!(" par {}", nom.trim()),
            _ => String::new(),
        };
        let detail = format!(
            "{}, {}, {acte} le {}{qui}",
            piece.genre.to_uppercase(),
            taille_en_mots(piece.taille),
            texte::jour(instance.jour_de(le))
        );
        Self { reference: piece.reference.clone(), titre, detail }
    }
}

#[derive(Template)]
#[template(path = "pieces.html")]
struct PagePieces {
    titre: String,
    reference: String,
    pieces: Vec<PieceVue>,
    retirees: Vec<PieceVue>,
    ajout: Option<Ajout>,
    plein: bool,
    caches: Html,
}

struct Ajout {
    resume: ResumeErreurs,
    fichier: ChampFichier,
    libelle: ChampTexte,
}

/// A draft without account may vanish alone: it holds no file.
pub(crate) fn gardable(projet: &projet::Model) -> bool {
    projet.etat == Etat::Garde
}

/// Adds and takes away: those who bear the project, and those who accompany it.
pub(crate) fn peut_changer(visiteur: &Visiteur, lien: Lien) -> bool {
    visiteur.personne().is_some()
        && [Action::ModifierProjet, Action::Accompagner].iter().any(|a| visiteur.autoriser(lien, *a).is_ok())
}

async fn ouvrir(cadre: &Cadre, reference: &str) -> Result<Ouvert, Erreur> {
    let ouvert = acces::ouvrir(cadre, reference, Action::VoirProjet).await?;
    cadre.visiteur.connecte()?;
    if gardable(&ouvert.projet) { Ok(ouvert) } else { Err(Erreur::Aller(format!("/projets/{reference}/garder"))) }
}

async fn ouvrir_pour_changer(cadre: &Cadre, reference: &str) -> Result<Ouvert, Erreur> {
    let ouvert = ouvrir(cadre, reference).await?;
    if !peut_changer(&cadre.visiteur, ouvert.lien) {
        cadre.visiteur.autoriser(ouvert.lien, Action::Accompagner)?;
    }
    Ok(ouvert)
}

async fn page(cadre: &Cadre, ouvert: &Ouvert, saisie: Saisie, erreurs: Erreurs) -> Result<PagePieces, Erreur> {
    let instance = &cadre.instance;
    let maintenant = instance.clock.instant();
    let lignes = storage::du_projet(&ouvert.tx, &ouvert.projet.id).await?;
    let vue = |piece: &Piece| PieceVue::nouvelle(instance, piece);
    let pieces: Vec<PieceVue> = lignes.iter().filter(|p| p.retiree_le.is_none()).map(vue).collect();
    let peut = peut_changer(&cadre.visiteur, ouvert.lien);
    let retirees = lignes.iter().filter(|p| peut && p.retiree_le.is_some_and(|le| peut_revenir(le, maintenant)));
    let plein = pieces.len() >= PIECES_MAX;
    let f = cadre.formulaire_avec(saisie, erreurs);
    Ok(PagePieces {
        titre: ouvert.projet.titre.clone(),
        reference: ouvert.projet.reference.clone(),
        retirees: retirees.map(vue).collect(),
        pieces,
        plein,
        caches: f.caches(),
        ajout: (peut && !plein).then(|| Ajout {
            resume: f.resume(),
            fichier: f.fichier("fichier", "Fichier", Genre::TOUS),
            libelle: f
                .texte("libelle", "Qu’est-ce que c’est ? (facultatif)")
                .aide("Par exemple : devis de la toiture."),
        }),
    })
}

/// GET.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let ouvert = ouvrir(&cadre, &reference).await?;
    repondre(&cadre, &ouvert, Saisie::default(), Erreurs::default()).await
}

async fn repondre(cadre: &Cadre, ouvert: &Ouvert, saisie: Saisie, erreurs: Erreurs) -> Reponse {
    let statut = if erreurs.est_vide() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let contenu = page(cadre, ouvert, saisie, erreurs).await?;
    let projet = (contenu.titre.clone(), format!("/projets/{}", contenu.reference));
    cadre.page("Pièces jointes", &contenu)?.fil(&acces::fil(cadre, &[(&projet.0, &projet.1)])).statut(statut).repondre()
}

/// POST: a file. It is on the disk before the transaction that names it.
pub async fn ajouter(cadre: Cadre, Path(reference): Path<String>, form: CheckedFormFichier) -> Reponse {
    let ouvert = ouvrir_pour_changer(&cadre, &reference).await?;
    let instance = &cadre.instance;
    let auteur = cadre.visiteur.connecte()?.id.clone();
    let mut l = form.lecteur();
    let libelle = l.texte_libre("libelle", 120).unwrap_or_default();
    let recu = form.attendre(&mut l.erreurs, "fichier", Genre::TOUS, "Choisissez un fichier.");
    let presentes = storage::du_projet(&ouvert.tx, &ouvert.projet.id).await?;
    if presentes.iter().filter(|p| p.retiree_le.is_none()).count() >= PIECES_MAX {
        l.erreurs.ajouter("fichier", format!("Ce projet a déjà {PIECES_MAX} pièces. Retirez-en une d’abord."));
    }
    let (Some((fichier, genre)), true) = (recu, l.erreurs.est_vide()) else {
        let erreurs = l.erreurs;
        return repondre(&cadre, &ouvert, form.saisie.clone(), erreurs).await;
    };
    let Ouvert { tx, projet, .. } = ouvert;
    drop(tx);
    let depot = instance.fichiers.deposer(&*instance.ids, &fichier.octets, genre).await?;
    let tx = instance.db.begin().await?;
    fichier::retenir(&tx, instance, &depot).await?;
    let nouvelle =
        storage::Nouvelle { projet: &projet.id, nom: &fichier.nom, libelle: &libelle, depot: &depot, par: &auteur };
    let id = storage::ajouter(&tx, &*instance.clock, &*instance.ids, nouvelle).await?;
    noter(&tx, &cadre, projet::EVENEMENT_PIECE, &projet, &id, genre.extension()).await?;
    instance.maison.annoncer(&tx, &cadre, &projet, projet::EVENEMENT_PIECE).await?;
    form.conclure(tx, &format!("/projets/{reference}/pieces"), "La pièce est ajoutée.").await
}

async fn noter(
    tx: &WriteTx,
    cadre: &Cadre,
    quoi: &'static str,
    projet: &projet::Model,
    piece: &str,
    genre: &str,
) -> Result<(), Erreur> {
    let faits = serde_json::json!({"piece": piece, "genre": genre});
    let instance = &cadre.instance;
    journal::ecrire(tx, &*instance.clock, &*instance.ids, evenement(cadre, quoi, projet).faits(faits)).await?;
    Ok(())
}

async fn trouver(ouvert: &Ouvert, piece: &str) -> Result<Piece, Erreur> {
    let pieces = storage::du_projet(&ouvert.tx, &ouvert.projet.id).await?;
    pieces.into_iter().find(|p| p.reference == piece).ok_or(Erreur::Introuvable("cette pièce"))
}

/// GET: the bytes, as a download, to those who may see the project.
pub async fn telecharger(cadre: Cadre, Path((reference, piece)): Path<(String, String)>) -> Reponse {
    let ouvert = ouvrir(&cadre, &reference).await?;
    let piece = trouver(&ouvert, &piece).await?;
    drop(ouvert);
    if piece.retiree_le.is_some() {
        return Err(Erreur::Introuvable("cette pièce : elle a été retirée"));
    }
    let genre = Genre::lire(&piece.genre).ok_or_else(|| Erreur::interne("genre de fichier inconnu"))?;
    let octets = cadre.instance.fichiers.lire(&piece.cle, &piece.empreinte).await?;
    fichier::telecharger(&nom_honnete(&piece.nom, genre), genre.media(), octets)
}

/// The name as sent, with the extension of what the file really is.
fn nom_honnete(nom: &str, genre: Genre) -> String {
    let attendue = genre.extension();
    let dite = nom.rsplit_once('.').map(|(_, fin)| fin.to_lowercase()).unwrap_or_default();
    let synonyme = matches!((dite.as_str(), genre), ("jpeg", Genre::Jpg));
    if dite == attendue || synonyme { nom.to_owned() } else { format!("{nom}.{attendue}") }
}

/// POST: takes away; the file stays for a while, to come back.
pub async fn retirer(cadre: Cadre, Path((reference, piece)): Path<(String, String)>, form: CheckedForm) -> Reponse {
    let ouvert = ouvrir_pour_changer(&cadre, &reference).await?;
    let piece = trouver(&ouvert, &piece).await?;
    let Ouvert { tx, projet, .. } = ouvert;
    drop(tx);
    let instance = &cadre.instance;
    let auteur = cadre.visiteur.connecte()?.id.clone();
    let tx = instance.db.begin().await?;
    if !storage::retirer(&tx, &*instance.clock, &piece, &auteur).await? {
        return Err(Erreur::Aller(format!("/projets/{reference}/pieces")));
    }
    fichier::retirer(&tx, instance, &piece.cle).await?;
    noter(&tx, &cadre, evenements::PIECE_RETIREE, &projet, &piece.id, &piece.genre).await?;
    let message =
        format!("La pièce est retirée. Vous pouvez la remettre pendant {} jours.", fichiers::JOURS_POUR_REVENIR);
    let adresse = format!("/projets/{reference}/pieces");
    let message = Message::nouveau(message).annulable(&format!("{adresse}/{}/remettre", piece.reference), &[]);
    form.conclure(tx, &adresse, message).await
}

/// POST: brings back.
pub async fn rendre(cadre: Cadre, Path((reference, piece)): Path<(String, String)>, form: CheckedForm) -> Reponse {
    let ouvert = ouvrir_pour_changer(&cadre, &reference).await?;
    let piece = trouver(&ouvert, &piece).await?;
    let Ouvert { tx, projet, .. } = ouvert;
    drop(tx);
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    let la = storage::rendre(&tx, &piece).await? && fichiers::rendre(&tx, &piece.cle).await?;
    if !la {
        return Err(Erreur::Invalide(
            "Cette pièce ne peut plus être remise. Envoyez le fichier de nouveau.".to_owned(),
        ));
    }
    noter(&tx, &cadre, evenements::PIECE_RENDUE, &projet, &piece.id, &piece.genre).await?;
    form.conclure(tx, &format!("/projets/{reference}/pieces"), "La pièce est remise.").await
}
