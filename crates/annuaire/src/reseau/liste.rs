//! A network pastes the list of its members: SIREN, SIRET or names, one per line. Each line is answered before anything is
//! added; what was answered "to add" is added at once, or not at all.

use std::collections::BTreeMap;

use domain::identifiant::Siren;
use platform::{ReadTx, journal};
use socle::nom_tri;
use web::composants::{Cellule, Tableau};
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, texte};

use super::annonce;
use super::pages::{Vue, membre, page, repondre};
use super::rules::{Adhesion, LIGNES_MAX, Nommee, lignes, peut_annoncer};
use super::storage::{self, Reseau, Trouvee};
use crate::creation;
use crate::evenements;

/// What becomes of a line.
enum Sort {
    /// Added when the network says so.
    Ajouter(Trouvee),
    /// Why not.
    Laisser(String),
    /// Not in the directory: the way to propose it.
    Inconnue(String),
}

/// A pasted list, answered line by line.
pub(super) struct Lue {
    pub(super) texte: String,
    pub(super) a_ajouter: usize,
    pub(super) rapport: Tableau,
}

async fn lire(tx: &ReadTx, instance: &Instance, reseau: &Reseau, colle: &str) -> Result<Vec<(String, Sort)>, Erreur> {
    let lues = lignes(colle);
    let sirens: Vec<&str> = lues.iter().filter_map(|(_, nommee)| siren(nommee)).map(Siren::as_str).collect();
    let noms: Vec<String> = lues
        .iter()
        .filter_map(|(_, nommee)| match nommee {
            Nommee::Nom(nom) => Some(nom_tri(nom)),
            _ => None,
        })
        .collect();
    let trouvees = storage::nommes(tx, &reseau.id, &sirens, &noms).await?;
    let mut par_nom: BTreeMap<&str, Vec<&Trouvee>> = BTreeMap::new();
    for trouvee in &trouvees {
        par_nom.entry(trouvee.nom_tri.as_str()).or_default().push(trouvee);
    }
    let mut deja: Vec<String> = Vec::new();
    let mut sorts = Vec::new();
    for (ligne, nommee) in lues {
        let sort = match &nommee {
            Nommee::Abimee(pourquoi) => Sort::Laisser(pourquoi.clone()),
            Nommee::Siren(siren) => match trouvees.iter().find(|t| t.siren.as_ref() == Some(siren)) {
                Some(trouvee) => juger(instance, trouvee),
                None => Sort::Inconnue(String::new()),
            },
            Nommee::Nom(nom) => match par_nom.get(nom_tri(nom).as_str()).map(Vec::as_slice) {
                Some([trouvee]) => juger(instance, trouvee),
                Some([_, _, ..]) => Sort::Laisser(
                    "plusieurs fiches portent ce nom : écrivez le SIREN, ou ajoutez-la à la main".to_owned(),
                ),
                _ => Sort::Inconnue(nom.clone()),
            },
        };
        let sort = match sort {
            Sort::Ajouter(trouvee) if deja.contains(&trouvee.reference) => {
                Sort::Laisser("déjà nommée plus haut dans cette liste".to_owned())
            }
            Sort::Ajouter(trouvee) => {
                deja.push(trouvee.reference.clone());
                Sort::Ajouter(trouvee)
            }
            autre => autre,
        };
        sorts.push((ligne, sort));
    }
    Ok(sorts)
}

fn siren(nommee: &Nommee) -> Option<&Siren> {
    match nommee {
        Nommee::Siren(siren) => Some(siren),
        _ => None,
    }
}

fn juger(instance: &Instance, trouvee: &Trouvee) -> Sort {
    match trouvee.adhesion(instance) {
        Some(adhesion) if !peut_annoncer(instance.aujourd_hui(), adhesion) => match adhesion {
            Adhesion::Refusee(le) => Sort::Laisser(format!("la structure a répondu non le {}", texte::jour(le))),
            _ => Sort::Laisser("déjà dans le réseau".to_owned()),
        },
        _ => Sort::Ajouter(trouvee.clone()),
    }
}

fn rapport(instance: &Instance, sorts: &[(String, Sort)]) -> Tableau {
    let lignes = (1..).zip(sorts).map(|(rang, (ligne, sort))| {
        let suite = match sort {
            Sort::Ajouter(trouvee) => {
                let commune = trouvee.commune.as_ref().map(|code| instance.referentiel().nom_commune(code));
                let ou = commune.map(|commune| format!(", {commune}")).unwrap_or_default();
                Cellule::texte(format!("à ajouter : {}{ou}", trouvee.nom))
            }
            Sort::Laisser(pourquoi) => Cellule::texte(pourquoi),
            Sort::Inconnue(nom) => {
                let nom: String = form_urlencoded::byte_serialize(nom.as_bytes()).collect();
                Cellule::lien(&format!("{}?nom={nom}", creation::proposer::URL), "pas dans l’annuaire : la proposer")
            }
        };
        vec![Cellule::nombre(rang.to_string()), Cellule::texte(ligne), suite]
    });
    Tableau {
        legende: "Votre liste, ligne par ligne".to_owned(),
        colonnes: ["Ligne", "Écrit", "Ce qui se passera"].map(str::to_owned).into(),
        lignes: lignes.collect(),
    }
}

fn trop_longue(colle: &str) -> bool {
    lignes(colle).len() > LIGNES_MAX
}

/// POST `acte=lire-la-liste`: the report, line by line. Nothing is added.
pub(super) async fn annoncer(tx: ReadTx, cadre: &Cadre, reseau: &Reseau, form: &CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let colle = form.saisie.texte("liste");
    let mut vue = Vue { saisie: form.saisie.clone(), page: 1, ..Vue::default() };
    if lignes(colle).is_empty() {
        vue.erreurs.ajouter("liste", "Collez une structure par ligne : son SIREN, son SIRET ou son nom.");
    } else if trop_longue(colle) {
        vue.erreurs
            .ajouter("liste", format!("C’est trop long : {LIGNES_MAX} lignes au plus. Envoyez-la en plusieurs fois."));
    } else {
        let sorts = lire(&tx, instance, reseau, colle).await?;
        let a_ajouter = sorts.iter().filter(|(_, sort)| matches!(sort, Sort::Ajouter(_))).count();
        vue.liste = Some(Lue { texte: colle.to_owned(), a_ajouter, rapport: rapport(instance, &sorts) });
    }
    let statut =
        if vue.erreurs.est_vide() { axum::http::StatusCode::OK } else { axum::http::StatusCode::UNPROCESSABLE_ENTITY };
    let page = page(&tx, cadre, reseau, vue).await?;
    repondre(cadre, &page, statut)
}

/// POST `acte=ajouter-la-liste`: those that the report said to add, all at once; each is told.
pub(super) async fn ajouter(tx: ReadTx, cadre: &Cadre, reseau: &Reseau, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let colle = form.saisie.texte("liste").to_owned();
    if trop_longue(&colle) {
        return Err(Erreur::Invalide(format!("Cette liste a plus de {LIGNES_MAX} lignes.")));
    }
    let sorts = lire(&tx, instance, reseau, &colle).await?;
    drop(tx);
    let tx = instance.db.begin().await?;
    storage::reserver(&tx, &reseau.id).await?;
    let (par, le) = (cadre.visiteur.personne_id(), instance.clock.instant());
    let (mut ajoutees, mut ecrites): (u64, u64) = (0, 0);
    for (_, sort) in &sorts {
        let Sort::Ajouter(trouvee) = sort else { continue };
        if !storage::ajouter(&tx, &reseau.id, &trouvee.id, le, par).await? {
            continue;
        }
        ajoutees += 1;
        let membre = membre(&tx, reseau, &trouvee.reference).await?;
        ecrites += u64::from(annonce::prevenir(&tx, instance, reseau, &membre).await?);
        let evenement = evenements::de_l_acteur(cadre, evenements::MEMBRE_AJOUTE, &trouvee.id)
            .faits(serde_json::json!({ "reseau": reseau.id.as_str() }));
        journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    }
    let message = format!(
        "{} dans le réseau ; {} pour demander leur accord.",
        texte::accorde(ajoutees, "structure ajoutée", "structures ajoutées"),
        texte::accorde(ecrites, "courriel part", "courriels partent"),
    );
    form.conclure(tx, &format!("/reseaux/{}", reseau.reference), &message).await
}
