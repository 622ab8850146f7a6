//! The screen of imports: one or two files, what would change, then the agent's word; the history below.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use documents::export::{Feuille, Genre as GenreDeColonne, Valeur};
use platform::fichiers::Genre;
use socle::{PersonneId, personne};
use web::composants::{Cellule, ChampFichier, ChampTexte, EtatVide, Exports, Html, Resume, ResumeErreurs, Tableau};
use web::fichier::CheckedFormFichier;
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Reponse, Saisie, fichier, texte};

use super::ImportRefuse;
use super::attente;
use super::fichier::{Contenu, FichierRecu};
use super::histoire::{self, etat, import};
use super::preparation::{Demande, SANS_PROGRES, abandonner, annuler, appliquer, preparer};
use super::rapport::Rapport;

const URL: &str = "/reglages/imports/annuaire";
const FIL: [(&str, &str); 2] = [("Réglages", "/reglages"), ("Importer l’annuaire", URL)];
/// Imports shown.
const HISTORIQUE: u64 = 20;

#[derive(Template)]
#[template(path = "imports.html")]
struct PageImports {
    resume: ResumeErreurs,
    caches: Html,
    premier: ChampFichier,
    second: ChampFichier,
    troisieme: ChampFichier,
    liste_du: ChampTexte,
    historique: Tableau,
    vide: EtatVide,
}

#[derive(Template)]
#[template(path = "rapport_import.html")]
struct PageRapport {
    id: String,
    quand: String,
    etat: &'static str,
    par: String,
    alerte: Option<String>,
    attend: bool,
    /// It can be undone.
    defaisable: bool,
    caches: Html,
    chiffres: Resume,
    differences: Tableau,
    exports: Exports,
    /// How many pages the undoing left, in words.
    reste: String,
    /// It was undone; else it entered.
    defait: bool,
    laissees: Tableau,
    rapport: Rapport,
}

/// What an agent reads of a state.
fn libelle(etat: &str) -> &'static str {
    match etat {
        etat::PRET => "Attend votre accord.",
        etat::APPLIQUE => "Enregistré dans l’annuaire.",
        etat::ANNULE => "Défait : l’annuaire est comme avant cet import.",
        etat::ABANDONNE => "Abandonné : rien n’a été enregistré.",
        etat::REFUSE => "Refusé.",
        _ => "Lecture en cours, ou interrompue.",
    }
}

impl From<ImportRefuse> for Erreur {
    fn from(refus: ImportRefuse) -> Self {
        match refus {
            ImportRefuse::Base(erreur) => erreur.into(),
            autre => Self::Invalide(autre.to_string()),
        }
    }
}

async fn page(cadre: &Cadre, saisie: Saisie, erreurs: Erreurs) -> Result<PageImports, Erreur> {
    let tx = cadre.instance.db.read().await?;
    let imports = histoire::derniers(&tx, HISTORIQUE).await?;
    let f = cadre.formulaire_avec(saisie, erreurs);
    let champ = |nom, libelle| {
        f.fichier(nom, libelle, &[Genre::Csv])
            .aussi("zip")
            .aussi("gz")
            .aussi("xlsx")
            .aussi("ods")
            .aussi("json")
            .aussi("toml")
    };
    Ok(PageImports {
        resume: f.resume(),
        caches: f.caches(),
        premier: champ("fichier", "Fichier"),
        second: champ("second", "Deuxième fichier (facultatif)")
            .aide("Par exemple les établissements, quand le premier porte les unités légales."),
        troisieme: champ("troisieme", "Troisième fichier (facultatif)")
            .aide("Par exemple les liens de succession de Sirene : qui a déménagé, qui a repris quoi."),
        liste_du: f
            .texte("liste_du", "Date de la liste (facultatif)")
            .aide("Pour ESS France, ESUS ou une chambre régionale, quand le nom du fichier ne la dit pas. Exemple : 24/11/2026."),
        historique: Tableau {
            legende: "Derniers imports, le plus récent d’abord".to_owned(),
            colonnes: ["Quand", "Fichiers", "Résultat", "Nouveaux", "Changés", "Lignes refusées"]
                .map(str::to_owned)
                .into(),
            lignes: imports.iter().map(|import| ligne(cadre, import)).collect(),
        },
        vide: EtatVide {
            titre: "Aucun import".to_owned(),
            texte: "L’annuaire se remplit avec les fichiers publics ci-dessus.".to_owned(),
            action: None,
        },
    })
}

fn ligne(cadre: &Cadre, import: &import::Model) -> Vec<Cellule> {
    let rapport = import.rapport();
    let quand = texte::moment(cadre.instance.heure_de(import.commence_le));
    vec![
        Cellule::lien(&format!("{URL}/{}", import.id), &quand),
        Cellule::texte(&import.fichiers),
        Cellule::texte(libelle(&import.etat)),
        Cellule::nombre(rapport.nouveaux.to_string()),
        Cellule::nombre(rapport.changes.to_string()),
        Cellule::nombre(rapport.refusees.to_string()),
    ]
}

/// GET.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let page = page(&cadre, Saisie::default(), Erreurs::default()).await?;
    cadre.page("Importer l’annuaire", &page)?.fil(&FIL[..1]).repondre()
}

/// POST: reads and compares; nothing is kept before the agent's word.
pub async fn recevoir(cadre: Cadre, form: CheckedFormFichier) -> Reponse {
    let mut lecteur = form.lecteur();
    let liste_du = lecteur.date("liste_du");
    if liste_du.is_some_and(|du| du > cadre.instance.aujourd_hui()) {
        lecteur.erreurs.ajouter("liste_du", "La date de la liste est à venir. Vérifiez-la.");
    }
    let fichiers: Vec<FichierRecu> = ["fichier", "second", "troisieme"]
        .into_iter()
        .filter_map(|champ| form.fichier(champ))
        .map(|recu| FichierRecu { nom: recu.nom.clone(), contenu: Contenu::Octets(recu.octets.to_vec()) })
        .collect();
    if fichiers.is_empty() {
        lecteur.erreurs.ajouter("fichier", "Choisissez un fichier CSV, zip, gz, xlsx, ods ou JSON.");
    }
    let mut erreurs = lecteur.erreurs;
    if erreurs.est_vide() {
        let par = cadre.visiteur.personne_id().cloned();
        match preparer(&cadre.instance, Demande { fichiers, essai: true, par, liste_du }, SANS_PROGRES).await {
            Ok(prepare) => {
                let tx = cadre.instance.db.begin().await?;
                let vers = format!("{URL}/{}", prepare.id);
                return form.conclure(tx, &vers, "Les fichiers sont lus. Rien n’est encore enregistré.").await;
            }
            Err(ImportRefuse::Base(erreur)) => return Err(erreur.into()),
            Err(refus) => erreurs.ajouter("fichier", refus.to_string()),
        }
    }
    let page = page(&cadre, form.saisie.clone(), erreurs).await?;
    cadre.page("Importer l’annuaire", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).fil(&FIL[..1]).repondre()
}

/// GET of one import.
pub async fn montrer_un(cadre: Cadre, Path(id): Path<String>) -> Reponse {
    repondre(&cadre, &id, None).await
}

async fn repondre(cadre: &Cadre, id: &str, alerte: Option<String>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let import = histoire::un(&tx, id).await?.ok_or(Erreur::Introuvable("cet import"))?;
    let par = match &import.fait_par {
        Some(par) => personne::par_id(&tx, &PersonneId(par.clone())).await?.map(|p| format!("{} {}", p.prenom, p.nom)),
        None => None,
    };
    let defaisable = histoire::defaisable(&tx).await?;
    let statut = if alerte.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let rapport = import.rapport();
    let page = PageRapport {
        quand: texte::moment(cadre.instance.heure_de(import.commence_le)),
        etat: libelle(&import.etat),
        par: par.map_or_else(|| "Demandé par la ligne de commande.".to_owned(), |par| format!("Demandé par {par}.")),
        alerte,
        attend: import.etat == etat::PRET,
        defaisable: defaisable.as_ref() == Some(&import.id),
        caches: cadre.formulaire().caches(),
        chiffres: chiffres(&rapport),
        differences: differences(&rapport, import.etat == etat::APPLIQUE),
        exports: Exports::nouveaux("tous les changements", &format!("{URL}/{}/export", import.id), &[]),
        reste: texte::accorde(rapport.laissees.len() as u64, "fiche est restée", "fiches sont restées"),
        defait: import.etat == etat::ANNULE,
        laissees: laissees(&rapport),
        id: import.id,
        rapport,
    };
    cadre.page("Rapport d’import", &page)?.statut(statut).fil(&FIL).repondre()
}

fn chiffres(rapport: &Rapport) -> Resume {
    let fichiers = rapport
        .fichiers
        .iter()
        .fold(Resume::default(), |resume, f| resume.ligne(&f.nom, format!("{}, {}\u{a0}lignes", f.genre, f.lues)));
    fichiers
        .ligne("Lignes lues", rapport.lues.to_string())
        .ligne("Lignes d’autres territoires, laissées", rapport.ailleurs.to_string())
        .ligne("Lignes hors de l’ESS ou fermées, laissées", rapport.hors_champ.to_string())
        .ligne("Lignes refusées", rapport.refus_en_mots())
        .ligne("Acteurs trouvés", rapport.gardes.to_string())
        .ligne("Nouveaux", rapport.nouveaux.to_string())
        .ligne("Changés", rapport.changes.to_string())
        .ligne("Sans changement", rapport.inchanges.to_string())
        .ligne("Redits par une source plus récente : seule la date avance", rapport.redites.to_string())
        .ligne("Liens de succession nouveaux", rapport.liens.to_string())
        .ligne("Disparus d’une liste, à vérifier", rapport.disparus.to_string())
}

/// A new actor has no page before the import is in.
fn differences(rapport: &Rapport, applique: bool) -> Tableau {
    let dire = |valeur: &str, vide: &str| if valeur.is_empty() { vide.to_owned() } else { valeur.to_owned() };
    let lignes = rapport.differences.iter().map(|d| {
        let (avant, apres) = (dire(&d.avant, "rien"), dire(&d.apres, "retiré"));
        let acteur = if d.nouveau && !applique {
            Cellule::texte(&d.acteur)
        } else {
            Cellule::lien(&format!("/annuaire/{}", d.reference), &d.acteur)
        };
        vec![acteur, Cellule::texte(&d.champ), Cellule::texte(avant), Cellule::texte(apres)]
    });
    Tableau {
        legende: rapport.coupe().unwrap_or_else(|| "Avant et après, par acteur".to_owned()),
        colonnes: ["Acteur", "Quoi", "Avant", "Après"].map(str::to_owned).into(),
        lignes: lignes.collect(),
    }
}

fn laissees(rapport: &Rapport) -> Tableau {
    let lignes = rapport.laissees.iter().map(|laissee| {
        let nom = match &laissee.reference {
            Some(reference) => Cellule::lien(&format!("/annuaire/{reference}"), &laissee.nom),
            None => Cellule::texte(&laissee.nom),
        };
        vec![nom, Cellule::texte(&laissee.motif)]
    });
    Tableau {
        legende: "Fiches laissées comme elles sont".to_owned(),
        colonnes: ["Acteur", "Pourquoi"].map(str::to_owned).into(),
        lignes: lignes.collect(),
    }
}

/// GET of the changes of one import, whole while it waits or can be undone; afterwards, those that its report kept.
pub async fn telecharger(cadre: Cadre, Path(id): Path<String>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let import = histoire::un(&tx, &id).await?.ok_or(Erreur::Introuvable("cet import"))?;
    let format = fichier::format_demande(&cadre.demande())?
        .ok_or_else(|| Erreur::Invalide("Choisissez un format.".to_owned()))?;
    let entieres = attente::differences(&tx, &id).await?;
    let differences = if entieres.is_empty() { import.rapport().differences } else { entieres };
    let colonnes = ["Référence", "Acteur", "Quoi", "Avant", "Après", "Page"].map(|nom| (nom, GenreDeColonne::Texte));
    let mut feuille = Feuille::nouvelle("Changements de l’annuaire".to_owned(), colonnes);
    for d in &differences {
        feuille.ajouter([
            Valeur::from(d.reference.as_str()),
            d.acteur.as_str().into(),
            d.champ.as_str().into(),
            d.avant.as_str().into(),
            d.apres.as_str().into(),
            cadre.instance.url(&format!("/annuaire/{}", d.reference)).into(),
        ]);
    }
    fichier::exporter(&cadre.instance, &feuille, format)
}

fn enregistre(rapport: &Rapport) -> String {
    let (nouveaux, changes) = (rapport.nouveaux, rapport.changes);
    match rapport.laissees.len() as u64 {
        0 => format!("L’annuaire est à jour : {nouveaux} nouveaux acteurs, {changes} changés."),
        n => {
            let laissees = texte::accorde(
                n,
                "fiche changée depuis la lecture, laissée",
                "fiches changées depuis la lecture, laissées",
            );
            format!(
                "L’import est enregistré : {nouveaux} nouveaux acteurs, {changes} changés ; {laissees} comme elles sont."
            )
        }
    }
}

/// POST of one import: lets it in, gives it up, or undoes it.
pub async fn decider(cadre: Cadre, Path(id): Path<String>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let fait = match form.saisie.texte("acte") {
        "appliquer" => appliquer(instance, &id, cadre.visiteur.personne_id()).await.map(|rapport| enregistre(&rapport)),
        "defaire" => annuler(instance, &id, cadre.visiteur.personne_id()).await.map(|laissees| match laissees.len() {
            0 => "L’import est défait : l’annuaire est comme avant.".to_owned(),
            _ => "L’import est défait, sauf pour les fiches changées depuis.".to_owned(),
        }),
        "abandonner" => match abandonner(instance, &id).await {
            Ok(true) => Ok("L’import est abandonné : rien n’a été enregistré.".to_owned()),
            Ok(false) => Err(ImportRefuse::PlusEnAttente),
            Err(erreur) => Err(erreur),
        },
        _ => return Err(Erreur::Invalide("Choisissez d’enregistrer, d’abandonner ou de défaire.".to_owned())),
    };
    match fait {
        Ok(message) => {
            let tx = instance.db.begin().await?;
            form.conclure(tx, &format!("{URL}/{id}"), &message).await
        }
        Err(ImportRefuse::Base(erreur)) => Err(erreur.into()),
        Err(refus) => repondre(&cadre, &id, Some(refus.to_string())).await,
    }
}
