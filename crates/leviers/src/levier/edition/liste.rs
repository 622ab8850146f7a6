//! All sheets for the agents: those to read again first, and what the program or a feed proposes.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use domain::theme::NomsDeThemes;
use jiff::civil::Date;
use platform::{Clock, journal};
use web::composants::{Bouton, Cellule, EtatVide, Etiquette, Html, OptionDeChamp, Poids, Selection, Tableau, Ton};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Reponse, texte};

use crate::evenements::{CREE, MODIFIE, evenement};
use crate::levier::Levier;
use crate::levier::mots::differences;
use crate::levier::semis::{self, Nouveaute};
use crate::levier::storage::{self, Auteur, Etat, Model, SEMIS};
use crate::recherche;

struct NouveauteVue {
    id: String,
    nom: String,
    nouvelle: bool,
    modifie_ici: bool,
    differences: Option<Tableau>,
}

#[derive(Template)]
#[template(path = "gerer.html")]
struct PageListe {
    nouveautes: Vec<NouveauteVue>,
    caches: Html,
    responsable: Selection,
    a_relire: Option<Tableau>,
    rien_a_relire: EtatVide,
    autres: Option<Tableau>,
}

/// GET.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let jour = instance.aujourd_hui();
    let saisie = cadre.demande();
    let tx = instance.db.read().await?;
    let fiches = storage::toutes(&tx).await?;
    let noms = instance.locaux().themes.noms_de_themes();
    let nouveautes = semis::nouveautes(&fiches, &semis::catalogues(instance.demo)?)?;
    let lues: Vec<(Model, Levier)> =
        fiches.into_iter().map(|fiche| fiche.levier().map(|levier| (fiche, levier))).collect::<Result<_, _>>()?;
    let choisi = saisie.texte("responsable").to_owned();
    let a_montrer = lues.iter().filter(|(_, levier)| choisi.is_empty() || levier.responsable == choisi);
    let (mut a_relire, autres): (Vec<_>, Vec<_>) = a_montrer.partition(|(fiche, _)| fiche.a_relire_le(jour));
    a_relire.sort_by_key(|(fiche, _)| fiche.a_revoir_le.0);
    let f = cadre.formulaire_avec(saisie, Erreurs::default());
    let page = PageListe {
        nouveautes: nouveautes.iter().map(|nouveaute| self::nouveaute(nouveaute, &noms)).collect(),
        caches: f.caches(),
        responsable: f.selection("responsable", "Qui tient la fiche à jour", responsables(&lues)),
        a_relire: tableau("À relire d’abord", &a_relire, jour),
        rien_a_relire: EtatVide {
            titre: "Rien à relire".to_owned(),
            texte: "Aucune fiche n’attend : toutes ont été relues à temps et aucune aide publiée n’est finie."
                .to_owned(),
            action: None,
        },
        autres: tableau("Les autres fiches", &autres, jour),
    };
    cadre.page("Fiches des aides et appuis", &page)?.fil(&[("Aides et appuis", "/leviers")]).repondre()
}

fn responsables(lues: &[(Model, Levier)]) -> Vec<OptionDeChamp> {
    let compte = lues.iter().fold(BTreeMap::<&str, u64>::new(), |mut compte, (_, levier)| {
        *compte.entry(&levier.responsable).or_default() += 1;
        compte
    });
    std::iter::once(OptionDeChamp::nouvelle("", "Tout le monde"))
        .chain(compte.into_iter().map(|(qui, nombre)| {
            OptionDeChamp::nouvelle(qui, format!("{qui} ({})", texte::accorde(nombre, "fiche", "fiches")))
        }))
        .collect()
}

fn nouveaute(nouveaute: &Nouveaute, noms: &NomsDeThemes) -> NouveauteVue {
    let Nouveaute { propose, actuelle, modifie_ici } = nouveaute;
    let titres = ("Fiche du site", "Fiche proposée");
    NouveauteVue {
        id: propose.id.clone(),
        nom: propose.nom.clone(),
        nouvelle: actuelle.is_none(),
        modifie_ici: *modifie_ici,
        differences: actuelle.as_ref().and_then(|actuelle| tableau_des_differences(actuelle, propose, titres, noms)),
    }
}

/// What differs between two sheets, line by line; nothing when they say the same.
pub(crate) fn tableau_des_differences(
    avant: &Levier,
    apres: &Levier,
    titres: (&str, &str),
    noms: &NomsDeThemes,
) -> Option<Tableau> {
    let lignes: Vec<Vec<Cellule>> = differences(avant, apres, noms)
        .iter()
        .map(|d| [&d.cle, &d.avant, &d.apres].map(|t| Cellule::texte(if t.is_empty() { "–" } else { t })).to_vec())
        .collect();
    (!lignes.is_empty()).then(|| Tableau {
        legende: "Ce qui change".to_owned(),
        colonnes: vec!["Ligne".to_owned(), titres.0.to_owned(), titres.1.to_owned()],
        lignes,
    })
}

/// Tag of a state.
pub(crate) fn etiquette(etat: Etat) -> Etiquette {
    let ton = match etat {
        Etat::Publie => Ton::Positif,
        Etat::ARelire => Ton::Attente,
        Etat::Retire => Ton::Neutre,
    };
    Etiquette::nouvelle(etat.libelle(), ton)
}

fn tableau(legende: &str, fiches: &[&(Model, Levier)], jour: Date) -> Option<Tableau> {
    let lignes: Vec<Vec<Cellule>> = fiches
        .iter()
        .map(|(fiche, levier)| {
            vec![
                Cellule::lien(&format!("/reglages/leviers/{}", fiche.id), &levier.nom),
                Cellule::html(etiquette(fiche.etat())),
                Cellule::texte(pourquoi(fiche, jour)),
                Cellule::texte(texte::jour(fiche.a_revoir_le.0)),
                Cellule::texte(&levier.responsable),
            ]
        })
        .collect();
    (!lignes.is_empty()).then(|| Tableau {
        legende: format!("{legende} : {}", texte::accorde(lignes.len() as u64, "fiche", "fiches")),
        colonnes: ["Fiche", "État", "À savoir", "À revoir le", "Responsable"].map(str::to_owned).to_vec(),
        lignes,
    })
}

fn pourquoi(fiche: &Model, jour: Date) -> String {
    let mut raisons = Vec::new();
    if fiche.propose.is_some() {
        raisons.push("la source a changé".to_owned());
    }
    if fiche.etat() == Etat::Publie && fiche.a_revoir_le.0 <= jour {
        raisons.push("date de relecture passée : hors du calcul".to_owned());
    }
    if let Some(au) = fiche.valable_au.filter(|au| au.0 < jour) {
        raisons.push(format!("finie depuis le {}", texte::jour(au.0)));
    }
    if let Some(source) = fiche.origine.strip_prefix("import:") {
        raisons.push(format!("importée ({source})"));
    } else if fiche.modifie_ici {
        raisons.push("texte du site".to_owned());
    }
    if raisons.is_empty() { "–".to_owned() } else { raisons.join(" ; ") }
}

/// POST: adopt what is proposed, or keep one's own text.
pub async fn choisir(cadre: Cadre, Path(id): Path<String>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let clock: &dyn Clock = &*instance.clock;
    let personne = cadre.visiteur.personne_id();
    let tx = instance.db.begin().await?;
    let lue = storage::par_id(&tx, &id).await?;
    let attendues: Vec<Model> = lue.iter().cloned().collect();
    let catalogues = semis::catalogues(instance.demo)?;
    let nouveaute = semis::nouveautes(&attendues, &catalogues)?
        .into_iter()
        .find(|nouveaute| nouveaute.propose.id == id)
        .ok_or_else(|| Erreur::Invalide("Ce choix a déjà été fait. Revenez à la liste des fiches.".to_owned()))?;
    let adopter = form.saisie.texte("choix") == "adopter";
    if adopter && nouveaute.propose.verifier().is_err() {
        return Err(Erreur::Invalide(
            "Il manque quelque chose au texte proposé (la base de compétence, par exemple). Ouvrez la fiche et complétez-la."
                .to_owned(),
        ));
    }
    let origine = lue.as_ref().map_or(SEMIS, |fiche| fiche.origine.as_str());
    let auteur = Auteur { personne, origine, commentaire: "Texte proposé par la source, adopté" };
    let genre = match &lue {
        None if adopter => {
            storage::creer(&tx, clock, &nouveaute.propose, Etat::Publie, auteur).await?;
            CREE
        }
        // A sheet shipped and not wanted: kept withdrawn, so that it is not proposed again.
        None => {
            storage::creer(&tx, clock, &nouveaute.propose, Etat::Retire, auteur).await?;
            CREE
        }
        Some(fiche) if adopter => {
            if !storage::enregistrer(&tx, clock, fiche, &nouveaute.propose, fiche.etat(), auteur).await? {
                return Err(Erreur::Invalide(
                    "La fiche vient de changer. Revenez à la liste et recommencez.".to_owned(),
                ));
            }
            MODIFIE
        }
        Some(fiche) => {
            storage::garder_le_mien(&tx, &fiche.id, &storage::empreinte(&nouveaute.propose)?).await?;
            MODIFIE
        }
    };
    journal::ecrire(&tx, clock, &*instance.ids, evenement(genre, &id, personne.map(|p| p.as_str()))).await?;
    recherche::suivre(&tx, instance, &id).await?;
    let message = if adopter { "Le texte proposé est adopté." } else { "Vous gardez le texte du site." };
    form.conclure(tx, "/reglages/leviers", message).await
}
