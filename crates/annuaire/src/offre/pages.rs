//! The offers of an actor, on screen: its verified representative and the agent of the site add, change, withdraw and
//! put back. Each act is in the journal; a withdrawn offer is kept, so that it can come back.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::code::CodeCommune;
use domain::profil::Etape;
use domain::theme::Theme;
use platform::{ReadTx, WriteTx, journal};
use socle::nom_tri;
use web::composants::{
    ChampLong, ChampOptions, ChampTexte, Chronologie, EvenementVu, Html, OptionDeChamp, ResumeErreurs, Selection,
};
use web::formulaire::{Erreurs, Lecteur, trouver_commune};
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, recherche, texte};

use super::lecture;
use super::storage::{self, Model, OffreComplete, OffreId};
use super::vue::OffreVue;
use crate::recherche::SOURCE;
use crate::vocabulaire::{GenreOffre, GenreTerritoire, ModeOffre};
use crate::{acces, acteur, evenements};

/// Themes of an offer: beyond, it says nothing.
const THEMES_MAX: usize = 5;
/// Communes named one by one: beyond, an intercommunalité says it better.
const COMMUNES_MAX: usize = 100;
/// Offers of an actor.
const OFFRES_MAX: usize = 50;

async fn ouvrir(tx: &ReadTx, cadre: &Cadre, reference: &str) -> Result<acteur::Model, Erreur> {
    let acteur = acces::ouvrir(tx, reference).await?;
    acces::autoriser(cadre, &acteur)?;
    Ok(acteur)
}

/// The offer with this short reference.
async fn trouver(tx: &ReadTx, acteur: &acteur::Model, offre: &str) -> Result<OffreComplete, Erreur> {
    let offres = lecture::de_l_acteur(tx, &acteur.id).await?;
    offres.into_iter().find(|complete| complete.offre.reference() == offre).ok_or(Erreur::Introuvable("cette offre"))
}

struct OffreGeree {
    offre: OffreVue,
    caches: Html,
}

#[derive(Template)]
#[template(path = "offres.html")]
struct PageOffres {
    nom: String,
    reference: String,
    offres: Vec<OffreGeree>,
    peut_ajouter: bool,
    histoire: Chronologie,
}

/// GET `/annuaire/{reference}/offres`.
pub async fn lister(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let acteur = ouvrir(&tx, &cadre, &reference).await?;
    let offres = lecture::de_l_acteur(&tx, &acteur.id).await?;
    let histoire = journal::de_l_objet(&tx, evenements::OBJET, acteur.id.as_str(), 50).await?;
    let evenements = histoire
        .iter()
        .map(|evenement| EvenementVu {
            quand: texte::moment(instance.heure_de(evenement.instant)),
            iso: evenement.instant.timestamp().to_string(),
            phrase: dire(instance, evenement, &offres),
            qui: None,
        })
        .collect();
    let page = PageOffres {
        peut_ajouter: offres.len() < OFFRES_MAX,
        histoire: Chronologie { evenements },
        offres: offres
            .into_iter()
            .map(|complete| OffreGeree {
                offre: OffreVue::nouvelle(instance, complete),
                caches: cadre.formulaire().caches(),
            })
            .collect(),
        nom: acteur.nom,
        reference,
    };
    acces::sous_la_fiche(&cadre, "Offres", (&page.nom, &page.reference), &page, StatusCode::OK)
}

/// The journal holds no text: the title is that of the offer today.
fn dire(instance: &Instance, evenement: &journal::ligne::Model, offres: &[OffreComplete]) -> String {
    let faits: serde_json::Value = serde_json::from_str(&evenement.faits).unwrap_or_default();
    let id = faits.get("offre").and_then(serde_json::Value::as_str).unwrap_or_default();
    let titre = offres.iter().find(|complete| complete.offre.id.as_str() == id).map(|complete| &complete.offre.titre);
    let phrase = instance.maison.dire(evenement);
    titre.map_or_else(|| phrase.clone(), |titre| format!("{phrase} : {titre}"))
}

#[derive(Template)]
#[template(path = "offre.html")]
struct PageOffre {
    acteur: String,
    nouvelle: bool,
    action: String,
    retour: String,
    version: i64,
    resume: ResumeErreurs,
    caches: Html,
    conflit: Option<OffreVue>,
    titre: ChampTexte,
    description: ChampLong,
    genre: Selection,
    mode: ChampOptions,
    themes: ChampOptions,
    etapes: ChampOptions,
    epci: ChampOptions,
    communes: ChampLong,
}

fn options<T: Copy>(tous: &[T], id: impl Fn(T) -> &'static str, nom: impl Fn(T) -> &'static str) -> Vec<OptionDeChamp> {
    tous.iter().map(|valeur| OptionDeChamp::nouvelle(id(*valeur), nom(*valeur))).collect()
}

fn page(
    cadre: &Cadre,
    acteur: &acteur::Model,
    offre: Option<&OffreComplete>,
    saisie: Saisie,
    erreurs: Erreurs,
) -> PageOffre {
    let base = format!("/annuaire/{}/offres", acteur.reference);
    let action = format!("{base}/{}", offre.map_or("nouvelle", |complete| complete.offre.reference()));
    let f = cadre.formulaire_avec(saisie, erreurs);
    let choisir = std::iter::once(OptionDeChamp::nouvelle("", "Choisir"));
    PageOffre {
        acteur: acteur.nom.clone(),
        nouvelle: offre.is_none(),
        caches: f.caches_gardes(&action),
        action,
        retour: base,
        version: offre.map_or(0, |complete| complete.offre.version),
        resume: f.resume(),
        conflit: None,
        titre: f
            .texte("titre", "Titre")
            .aide("Ce que vous proposez, en quelques mots. Exemple : diagnostic avant la reprise d’un café."),
        description: f
            .long("description", "En une ou deux phrases", 600)
            .lignes(3)
            .aide("Ce que la commune reçoit, et comment cela se passe."),
        genre: f.selection(
            "genre",
            "Ce que l’offre apporte",
            choisir.chain(options(GenreOffre::TOUS, GenreOffre::as_str, GenreOffre::libelle)),
        ),
        mode: f.radios("mode", "Comment cela se paie", options(ModeOffre::TOUS, ModeOffre::as_str, ModeOffre::libelle)),
        themes: f
            .cases("themes", "Thèmes", options(Theme::TOUS, Theme::as_str, Theme::libelle))
            .aide("Un à cinq thèmes : l’offre sera proposée aux projets qui ont un de ces thèmes.")
            .en_colonnes(),
        etapes: f
            .cases("etapes", "Étapes du projet (facultatif)", options(Etape::connues(), Etape::as_str, Etape::libelle))
            .aide("Ne cochez rien si l’offre vaut à toutes les étapes.")
            .en_colonnes(),
        epci: f
            .cases("epci", "Intercommunalités où l’offre est proposée (facultatif)", intercommunalites(&cadre.instance))
            .aide("Ne cochez rien, et n’écrivez aucune commune, si l’offre vaut dans tout le territoire.")
            .en_colonnes(),
        communes: f
            .long("communes", "Communes où l’offre est proposée (facultatif)", 4_000)
            .lignes(3)
            .aide("Une commune par ligne : son nom ou son code postal."),
    }
}

fn intercommunalites(instance: &Instance) -> Vec<OptionDeChamp> {
    let mut epci: Vec<(String, String)> = instance
        .perimetre()
        .communes()
        .filter_map(|code| instance.faits_commune(code))
        .filter_map(|faits| faits.epci_nom.zip(faits.epci))
        .collect();
    epci.sort();
    epci.dedup();
    epci.into_iter().map(|(nom, code)| OptionDeChamp::nouvelle(code, nom)).collect()
}

fn en_saisie(instance: &Instance, complete: &OffreComplete) -> Saisie {
    let offre = &complete.offre;
    let mut saisie = Saisie::default()
        .avec("titre", &offre.titre)
        .avec("description", &offre.description)
        .avec("genre", offre.genre.as_str())
        .avec("mode", offre.mode.as_str());
    for theme in &complete.themes {
        saisie = saisie.avec("themes", theme.as_str());
    }
    for etape in &complete.etapes {
        saisie = saisie.avec("etapes", etape.as_str());
    }
    let mut communes = Vec::new();
    for (genre, code) in &complete.territoires {
        match (genre, code.parse::<CodeCommune>()) {
            (GenreTerritoire::Epci, _) => saisie = saisie.avec("epci", code),
            (GenreTerritoire::Commune, Ok(code)) => communes.push(instance.referentiel().nom_commune(&code).to_owned()),
            _ => {}
        }
    }
    saisie.avec("communes", communes.join("\n"))
}

/// What was typed, checked.
struct Lue {
    titre: String,
    description: String,
    genre: GenreOffre,
    mode: ModeOffre,
    themes: Vec<Theme>,
    etapes: Vec<Etape>,
    territoires: Vec<(GenreTerritoire, String)>,
}

fn lire(form: &CheckedForm) -> Result<Lue, Erreurs> {
    let mut l = form.lecteur();
    let titre = l.texte("titre", "Donnez un titre à l’offre.", 5, 120);
    let description = l.texte("description", "Décrivez l’offre en une ou deux phrases.", 10, 600);
    let genre = l.choix("genre", "Choisissez ce que l’offre apporte.");
    let mode = l.choix("mode", "Dites comment cela se paie.");
    let themes: Vec<Theme> = l.plusieurs("themes", THEMES_MAX, "Choisissez cinq thèmes au plus.");
    if themes.is_empty() {
        l.erreurs.ajouter("themes", "Choisissez au moins un thème.");
    }
    let etapes = l.plusieurs("etapes", Etape::TOUS.len(), "");
    let territoires = territoires(&mut l, form);
    match (titre, description, genre, mode) {
        (Some(titre), Some(description), Some(genre), Some(mode)) if l.erreurs.est_vide() => {
            Ok(Lue { titre, description, genre, mode, themes, etapes, territoires })
        }
        _ => Err(l.erreurs),
    }
}

fn territoires(l: &mut Lecteur<'_>, form: &CheckedForm) -> Vec<(GenreTerritoire, String)> {
    let instance = &form.contexte.instance;
    let connues: Vec<String> = intercommunalites(instance).into_iter().map(|option| option.valeur).collect();
    let mut territoires = Vec::new();
    for code in form.saisie.liste("epci") {
        if connues.contains(code) {
            territoires.push((GenreTerritoire::Epci, code.clone()));
        } else {
            l.erreurs.ajouter("epci", "Ce choix n’existe pas. Choisissez dans la liste.");
        }
    }
    let lignes: Vec<&str> =
        form.saisie.texte("communes").lines().map(str::trim).filter(|ligne| !ligne.is_empty()).collect();
    if lignes.len() > COMMUNES_MAX {
        l.erreurs.ajouter("communes", "C’est trop de communes : 100 au plus. Cochez plutôt une intercommunalité.");
        return territoires;
    }
    for (rang, ligne) in (1..).zip(lignes) {
        match trouver_commune(instance, ligne) {
            Ok(code) => territoires.push((GenreTerritoire::Commune, code.to_string())),
            Err(phrase) => l.erreurs.ajouter("communes", format!("Ligne {rang} : {phrase}")),
        }
    }
    territoires.sort();
    territoires.dedup();
    territoires
}

impl Lue {
    /// The offer as it will be saved: `avant` when it exists.
    fn completer(self, instance: &Instance, acteur: &acteur::Model, avant: Option<&Model>) -> OffreComplete {
        let maintenant = instance.clock.instant();
        let offre = Model {
            id: avant.map_or_else(|| OffreId::nouveau(&*instance.ids), |offre| offre.id.clone()),
            acteur_id: acteur.id.clone(),
            titre_tri: nom_tri(&self.titre),
            titre: self.titre,
            description: self.description,
            genre: self.genre,
            mode: self.mode,
            payant: self.mode != ModeOffre::Gratuit,
            active: avant.is_none_or(|offre| offre.active),
            exemple: acteur.exemple,
            cree_le: avant.map_or(maintenant, |offre| offre.cree_le),
            modifie_le: maintenant,
            version: avant.map_or(1, |offre| offre.version),
        };
        OffreComplete { offre, themes: self.themes, etapes: self.etapes, territoires: self.territoires }
    }
}

async fn noter(
    tx: &WriteTx,
    cadre: &Cadre,
    genre: &'static str,
    acteur: &acteur::Model,
    offre: &OffreId,
) -> Result<(), Erreur> {
    let instance = &cadre.instance;
    let evenement = evenements::evenement(cadre, genre, &acteur.id, offre);
    journal::ecrire(tx, &*instance.clock, &*instance.ids, evenement).await?;
    Ok(recherche::demander(tx, instance, SOURCE, vec![acteur.id.to_string()]).await?)
}

/// GET `/annuaire/{reference}/offres/nouvelle`.
pub async fn nouvelle(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let acteur = ouvrir(&tx, &cadre, &reference).await?;
    let page = page(&cadre, &acteur, None, Saisie::default(), Erreurs::default());
    cadre.page("Ajouter une offre", &page)?.repondre()
}

/// POST.
pub async fn ajouter(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let lecture = cadre.instance.db.read().await?;
    let acteur = ouvrir(&lecture, &cadre, &reference).await?;
    if lecture::de_l_acteur(&lecture, &acteur.id).await?.len() >= OFFRES_MAX {
        return Err(Erreur::Invalide("Cet acteur a déjà cinquante offres : modifiez-en une.".to_owned()));
    }
    drop(lecture);
    let lue = match lire(&form) {
        Ok(lue) => lue,
        Err(erreurs) => {
            let page = page(&cadre, &acteur, None, form.saisie, erreurs);
            return cadre.page("Ajouter une offre", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
        }
    };
    let complete = lue.completer(&cadre.instance, &acteur, None);
    let id = complete.offre.id.clone();
    let tx = cadre.instance.db.begin().await?;
    storage::inserer(&tx, complete).await?;
    noter(&tx, &cadre, evenements::OFFRE_AJOUTEE, &acteur, &id).await?;
    form.conclure(tx, &format!("/annuaire/{reference}/offres"), "L’offre est ajoutée.").await
}

/// GET `/annuaire/{reference}/offres/{offre}`.
pub async fn modifier(cadre: Cadre, Path((reference, offre)): Path<(String, String)>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let acteur = ouvrir(&tx, &cadre, &reference).await?;
    let complete = trouver(&tx, &acteur, &offre).await?;
    let saisie = en_saisie(&cadre.instance, &complete);
    let page = page(&cadre, &acteur, Some(&complete), saisie, Erreurs::default());
    cadre.page("Modifier une offre", &page)?.repondre()
}

/// POST. When someone changed it meanwhile, both texts are shown and nothing is lost.
pub async fn enregistrer(cadre: Cadre, Path((reference, offre)): Path<(String, String)>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let lecture = instance.db.read().await?;
    let acteur = ouvrir(&lecture, &cadre, &reference).await?;
    let avant = trouver(&lecture, &acteur, &offre).await?;
    drop(lecture);
    let lue = match lire(&form) {
        Ok(lue) => lue,
        Err(erreurs) => {
            let mut page = page(&cadre, &acteur, Some(&avant), form.saisie.clone(), erreurs);
            page.version = form.version();
            return cadre.page("Modifier une offre", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
        }
    };
    let mut complete = lue.completer(instance, &acteur, Some(&avant.offre));
    complete.offre.version = form.version();
    let id = complete.offre.id.clone();
    let tx = instance.db.begin().await?;
    if !lecture::enregistrer(&tx, complete).await? {
        tx.rollback().await?;
        let lecture = instance.db.read().await?;
        let actuelle = trouver(&lecture, &acteur, &offre).await?;
        let mut page = page(&cadre, &acteur, Some(&actuelle), form.saisie, Erreurs::default());
        page.conflit = Some(OffreVue::nouvelle(instance, actuelle));
        return cadre.page("Modifier une offre", &page)?.statut(StatusCode::CONFLICT).repondre();
    }
    noter(&tx, &cadre, evenements::OFFRE_MODIFIEE, &acteur, &id).await?;
    form.conclure(tx, &format!("/annuaire/{reference}/offres"), "L’offre est enregistrée.").await
}

/// POST `/annuaire/{reference}/offres/{offre}/etat`: withdraws, or puts back.
pub async fn changer_l_etat(
    cadre: Cadre,
    Path((reference, offre)): Path<(String, String)>,
    form: CheckedForm,
) -> Reponse {
    let instance = &cadre.instance;
    let lecture = instance.db.read().await?;
    let acteur = ouvrir(&lecture, &cadre, &reference).await?;
    let mut complete = trouver(&lecture, &acteur, &offre).await?;
    drop(lecture);
    let (active, genre, message) = match form.saisie.texte("etat") {
        "retirer" => {
            (false, evenements::OFFRE_RETIREE, "L’offre est retirée. Vous pouvez la remettre quand vous voulez.")
        }
        "remettre" => (true, evenements::OFFRE_REMISE, "L’offre est de nouveau dans l’annuaire."),
        _ => return Err(Erreur::Invalide("Ce choix n’existe pas.".to_owned())),
    };
    let retour = format!("/annuaire/{reference}/offres");
    if complete.offre.active == active {
        return Ok(form.aller(&retour, message));
    }
    complete.offre.active = active;
    complete.offre.modifie_le = instance.clock.instant();
    let id = complete.offre.id.clone();
    let tx = instance.db.begin().await?;
    if !lecture::enregistrer(&tx, complete).await? {
        tx.rollback().await?;
        return Ok(form.aller(&retour, "Quelqu’un vient de modifier cette offre. Relisez-la, puis recommencez."));
    }
    noter(&tx, &cadre, genre, &acteur, &id).await?;
    form.conclure(tx, &retour, message).await
}
