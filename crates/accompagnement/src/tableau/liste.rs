//! The requests that an agent follows, as a table: filtered, ordered, chosen to act on several at once. Cards on a telephone.

use std::collections::BTreeMap;

use askama::Template;
use axum::http::StatusCode;
use domain::droit::{Action, Fonction};
use domain::profil::Etape;
use domain::theme::Theme;
use jiff::civil::Date;
use socle::{mandat, personne, secteur};
use web::composants::{
    Bouton, Cellule, ChampTexte, Etiquette, Exports, FiltresActifs, Html, Onglets, OptionDeChamp, Ordre, Pagination,
    Poids, ResumeErreurs, Selection, Tableau, TableauDeTravail, echapper,
};
use web::formulaire::Erreurs;
use web::recherche::Trouve;
use web::trouvailles::{DemandeTrouver, Trouvailles};
use web::{Cadre, Erreur, Formulaire, Instance, Reponse, Saisie, fichier, texte};

use super::criteres::{Criteres, Delai, SANS_SECTEUR, Suite, Tri};
use super::filtres::{self, FiltresGardes};
use super::storage::{self, Jours, LigneDeListe};
use super::{Equipe, a_faire_le, a_suivre, delai, dernier_en_retard, onglets};
use crate::demande::rules;
use crate::pilotage::export;

/// Where.
pub(crate) const URL: &str = "/tableau/liste";
/// Requests of a page; as many are acted on at once.
pub(super) const PAR_PAGE: u64 = 50;
/// Requests of an export.
const EXPORT_MAX: i64 = 50_000;
/// Name of the boxes.
pub(super) const CHOIX: &str = "demande";
/// Where an error about the choice leads: the first box.
pub(super) const PREMIER: &str = "demande-0";

#[derive(Template)]
#[template(path = "liste.html")]
struct PageListe {
    resume: ResumeErreurs,
    onglets: Onglets,
    champs: Vec<Html>,
    tri: &'static str,
    ordre: &'static str,
    compte: String,
    actifs: FiltresActifs,
    gardes: FiltresGardes,
    caches: Html,
    /// The list to come back to.
    ici: String,
    erreur: Option<String>,
    table: Option<TableauDeTravail>,
    vide: String,
    prochaine: ChampTexte,
    prochaine_le: ChampTexte,
    agent: Selection,
    pagination: Pagination,
    exports: Exports,
}

/// GET.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let demande = cadre.demande();
    if let Some(format) = fichier::format_demande(&demande)? {
        return exporter(&cadre, &demande, format).await;
    }
    page(&cadre, &demande, Saisie::default(), Erreurs::default(), StatusCode::OK).await
}

/// The list that `demande` asks for, with what was typed in the forms of its acts.
pub(super) async fn page(
    cadre: &Cadre,
    demande: &Saisie,
    saisie: Saisie,
    erreurs: Erreurs,
    statut: StatusCode,
) -> Reponse {
    let instance = &cadre.instance;
    let jour = instance.aujourd_hui();
    let (criteres, fautes) = Criteres::lire(demande, instance);
    let moi = cadre.visiteur.connecte()?.id.clone();
    let tx = instance.db.read().await?;
    let portefeuille = a_suivre(cadre, &tx, jour).await?;
    let numero = demande.page();
    let premier = ((numero - 1) * PAR_PAGE).cast_signed();
    let bornes = (premier, PAR_PAGE.cast_signed());
    // A filter that is not understood would show more than one thinks: nothing is shown, the field says why.
    let lignes = if fautes.est_vide() {
        storage::chercher(&tx, &portefeuille, &criteres, &jours(instance, jour), bornes).await?
    } else {
        Vec::new()
    };
    let secteurs = secteur::vues(&tx, jour).await?;
    let titulaires = mandat::titulaires(&tx, Fonction::ChargeTerritorial, jour).await?;
    let gardes = filtres::gardes(cadre, &tx, &moi, &criteres, &saisie, &erreurs).await?;
    let total = lignes.first().map_or(0, |ligne| ligne.total).unsigned_abs();
    let coordonne = cadre.visiteur.peut(Action::Coordonner);
    let resume = if fautes.est_vide() { erreurs.clone() } else { fautes.clone() };
    let champs = champs(&cadre.formulaire_avec(demande.clone(), fautes), instance, &secteurs, coordonne);
    let erreur = erreurs.de(PREMIER).map(str::to_owned);
    let f = cadre.formulaire_avec(saisie, erreurs);
    let contenu = PageListe {
        resume: ResumeErreurs { erreurs: resume.toutes().collect() },
        onglets: onglets(URL),
        champs,
        tri: criteres.tri.as_str(),
        ordre: if criteres.decroissant { "desc" } else { "" },
        compte: texte::accorde(total, "demande", "demandes"),
        actifs: actifs(&criteres, instance, &secteurs),
        gardes,
        caches: f.caches(),
        ici: criteres.chaine(),
        erreur,
        vide: vide(&criteres, numero),
        table: (!lignes.is_empty()).then(|| table(instance, &criteres, &lignes, jour, f.saisie.liste(CHOIX))),
        prochaine: f.texte("prochaine", "Ma prochaine action").aide("Par exemple : rappeler avant le conseil."),
        prochaine_le: f.texte("prochaine_le", "Pour le").date(),
        agent: f.selection("agent", "Confier à", collegues(&titulaires)),
        pagination: Pagination::nouvelle(&criteres.adresse(), numero, total, PAR_PAGE),
        exports: exports(&criteres),
    };
    cadre
        .page("Liste des demandes suivies", &contenu)?
        .statut(statut)
        .fil(&[("Tableau de bord", "/tableau")])
        .repondre()
}

fn jours(instance: &Instance, jour: Date) -> Jours {
    Jours { dernier_en_retard: dernier_en_retard(instance, jour), silence: rules::silence(jour) }
}

fn exports(criteres: &Criteres) -> Exports {
    let parametres = criteres.parametres();
    let parametres: Vec<(&str, &str)> = parametres.iter().map(|(nom, valeur)| (*nom, valeur.as_str())).collect();
    Exports::nouveaux("cette liste", URL, &parametres)
}

async fn exporter(cadre: &Cadre, demande: &Saisie, format: documents::export::Format) -> Reponse {
    let instance = &cadre.instance;
    let jour = instance.aujourd_hui();
    let (criteres, fautes) = Criteres::lire(demande, instance);
    if !fautes.est_vide() {
        return Err(Erreur::Invalide("Un filtre de cette liste n’existe plus. Revenez à la liste.".to_owned()));
    }
    let tx = instance.db.read().await?;
    let portefeuille = a_suivre(cadre, &tx, jour).await?;
    let lignes = storage::chercher(&tx, &portefeuille, &criteres, &jours(instance, jour), (0, EXPORT_MAX)).await?;
    let lignes: Vec<_> = lignes.into_iter().map(|ligne| ligne.ligne).collect();
    let equipe = Equipe::lire(&tx, secteur::repondants(&tx, jour).await?, jour).await?;
    fichier::exporter(instance, &export::tableau(instance, &lignes, |ligne| equipe.qui(ligne)), format)
}

fn avec(mots: &str, options: impl IntoIterator<Item = OptionDeChamp>) -> Vec<OptionDeChamp> {
    std::iter::once(OptionDeChamp::nouvelle("", mots)).chain(options).collect()
}

fn collegues(titulaires: &[personne::Model]) -> Vec<OptionDeChamp> {
    avec("Choisissez une personne", titulaires.iter().map(|a| OptionDeChamp::nouvelle(a.id.as_str(), a.nom_complet())))
}

/// The fields of the filters.
fn champs(f: &Formulaire, instance: &Instance, secteurs: &[secteur::Vue], coordonne: bool) -> Vec<Html> {
    let option = |valeur: &str, mots: &str| OptionDeChamp::nouvelle(valeur, mots);
    let delais = Delai::TOUS.iter().map(|d| option(d.as_str(), &texte::majuscule(d.libelle())));
    let suites = Suite::TOUS.iter().map(|s| option(s.as_str(), &texte::majuscule(s.libelle())));
    let etapes = Etape::TOUS.iter().map(|e| option(e.as_str(), e.libelle()));
    let themes = instance.locaux().themes.options(f.saisie.liste("theme"));
    let mut champs = vec![
        f.texte("q", "Mots du titre").to_string(),
        f.selection("delai", "Réponse", avec("Toutes", delais)).to_string(),
        f.selection("suite", "Prochaine action", avec("Toutes", suites)).to_string(),
        f.selection("etape", "Étape du projet", avec("Toutes", etapes)).to_string(),
        f.selection("theme", "Thème", avec("Tous", themes)).to_string(),
        f.texte("commune", "Commune").commune().to_string(),
    ];
    if coordonne || secteurs.len() > 1 {
        let noms = secteurs.iter().map(|s| option(s.id.as_str(), &s.nom));
        let noms = noms.chain(coordonne.then(|| option(SANS_SECTEUR, "Sans secteur")));
        champs.push(f.selection("secteur", "Secteur", avec("Tous", noms)).to_string());
    }
    let oui = [option("oui", "Montrer aussi ce qui n’attend rien")];
    champs.push(f.cases("toutes", "Demandes répondues", oui).to_string());
    champs.into_iter().map(Html).collect()
}

/// Each filter in force, with the list without it.
fn actifs(criteres: &Criteres, instance: &Instance, secteurs: &[secteur::Vue]) -> FiltresActifs {
    let mut actifs = Vec::new();
    let mut ajouter = |mots: String, sans: Criteres| actifs.push((mots, sans.adresse()));
    let ici = || criteres.clone();
    if !criteres.q.is_empty() {
        ajouter(format!("« {} »", criteres.q), Criteres { q: String::new(), ..ici() });
    }
    if let Some(delai) = criteres.delai {
        ajouter(texte::majuscule(delai.libelle()), Criteres { delai: None, ..ici() });
    }
    if let Some(suite) = criteres.suite {
        ajouter(texte::majuscule(suite.libelle()), Criteres { suite: None, ..ici() });
    }
    if let Some(etape) = criteres.etape {
        ajouter(format!("Étape : {}", etape.libelle()), Criteres { etape: None, ..ici() });
    }
    if let Some(theme) = criteres.theme {
        ajouter(format!("Thème : {}", instance.locaux().themes.nom(theme)), Criteres { theme: None, ..ici() });
    }
    if let Some(code) = &criteres.commune {
        let nom = instance.referentiel().nom_commune(code);
        ajouter(format!("Commune : {nom}"), Criteres { commune: None, ..ici() });
    }
    if !criteres.secteur.is_empty() {
        let nom = secteurs.iter().find(|s| s.id.as_str() == criteres.secteur).map_or("aucun", |s| s.nom.as_str());
        ajouter(format!("Secteur : {nom}"), Criteres { secteur: String::new(), ..ici() });
    }
    if criteres.toutes {
        ajouter("Ce qui n’attend rien aussi".to_owned(), Criteres { toutes: false, ..ici() });
    }
    let tout = Criteres { tri: criteres.tri, decroissant: criteres.decroissant, ..Criteres::default() };
    FiltresActifs { actifs, tout: tout.adresse() }
}

fn vide(criteres: &Criteres, numero: u64) -> String {
    if numero > 1 {
        "Il n’y a rien sur cette page de la liste. Revenez à la première.".to_owned()
    } else if criteres.est_vide() {
        "Rien n’est à suivre pour l’instant. Une demande d’une commune de votre secteur arrivera ici.".to_owned()
    } else {
        "Aucune demande ne répond à ces filtres. Retirez-en un.".to_owned()
    }
}

fn table(
    instance: &Instance,
    criteres: &Criteres,
    lignes: &[LigneDeListe],
    jour: Date,
    choisies: &[String],
) -> TableauDeTravail {
    let colonnes: [(&str, Option<Tri>); 7] = [
        ("Projet", Some(Tri::Titre)),
        ("Commune", None),
        ("Étape", None),
        ("Réponse", Some(Tri::Delai)),
        ("Prochaine action", Some(Tri::Suite)),
        ("Secteur", Some(Tri::Secteur)),
        ("Dernier contact", Some(Tri::Contact)),
    ];
    let ordre = |tri: Tri| match (criteres.tri == tri, criteres.decroissant) {
        (false, _) => Ordre::Aucun,
        (true, false) => Ordre::Croissant,
        (true, true) => Ordre::Decroissant,
    };
    let tris = colonnes.map(|(_, tri)| tri.map(|tri| (criteres.trie_par(tri).adresse(), ordre(tri))));
    let themes: BTreeMap<&str, Theme> = Theme::TOUS.iter().map(|theme| (theme.as_str(), *theme)).collect();
    let tableau = Tableau {
        legende: "Demandes suivies".to_owned(),
        colonnes: colonnes.map(|(mots, _)| mots.to_owned()).to_vec(),
        lignes: lignes.iter().map(|ligne| rangee(instance, ligne, jour, &themes)).collect(),
    };
    let valeurs = lignes.iter().map(|l| format!("{}:{}", l.ligne.reference, l.version)).collect();
    TableauDeTravail::nouveau(tableau).triable(tris.to_vec()).choisissable(CHOIX, valeurs).choisies(choisies)
}

fn rangee(
    instance: &Instance,
    LigneDeListe { ligne, themes: siens, .. }: &LigneDeListe,
    jour: Date,
    themes: &BTreeMap<&str, Theme>,
) -> Vec<Cellule> {
    let locaux = instance.locaux();
    let siens = siens.iter().flat_map(|siens| siens.split(',')).filter_map(|id| themes.get(id));
    let siens: Vec<&str> = siens.map(|theme| locaux.themes.nom(*theme)).collect();
    let projet = format!(
        "{} <span class=\"govuk-hint\">{}</span>",
        Cellule::lien(&format!("/projets/{}/suivi", ligne.reference), &ligne.titre).html,
        echapper(&siens.join(", "))
    );
    vec![
        Cellule::html(projet),
        Cellule::texte(instance.referentiel().nom_commune(&ligne.commune)),
        Cellule::texte(ligne.etape.libelle()),
        Cellule::html(delai(instance, ligne, jour)),
        Cellule::html(suite(ligne.prochaine_action.as_deref(), ligne.prochaine_le.map(|le| le.0), jour)),
        Cellule::texte(ligne.secteur.as_deref().unwrap_or("Sans secteur")),
        Cellule::texte(texte::jour(ligne.contact_le.0)),
    ]
}

/// What is to be done, and when.
fn suite(action: Option<&str>, le: Option<Date>, jour: Date) -> String {
    let quand: Option<Etiquette> = le.map(|le| a_faire_le(le, jour));
    match (action, quand) {
        (None, None) => "Aucune".to_owned(),
        (None, Some(quand)) => quand.to_string(),
        (Some(action), None) => echapper(action),
        (Some(action), Some(quand)) => format!("{} {quand}", echapper(action)),
    }
}

/// The requests that an agent follows and whose title holds these words, whatever they wait for. Two statements; none for who
/// has no board.
pub(crate) async fn trouver(demande: &DemandeTrouver<'_>) -> Result<Vec<Trouvailles>, Erreur> {
    let DemandeTrouver { tx, cadre, q, mots, max } = demande;
    if mots.sont_vides() || !cadre.visiteur.peut(Action::VoirTableauDeBord) {
        return Ok(Vec::new());
    }
    let instance = &cadre.instance;
    let jour = instance.aujourd_hui();
    let portefeuille = a_suivre(cadre, *tx, jour).await?;
    let criteres = Criteres { q: (*q).to_owned(), toutes: true, ..Criteres::default() };
    let nombre = i64::try_from(*max).unwrap_or(i64::MAX);
    let lignes = storage::chercher(*tx, &portefeuille, &criteres, &jours(instance, jour), (0, nombre)).await?;
    let total = lignes.first().map_or(0, |ligne| usize::try_from(ligne.total).unwrap_or(usize::MAX));
    let trouves = lignes.into_iter().map(|LigneDeListe { ligne, .. }| Trouve {
        id: ligne.reference.clone(),
        url: format!("/projets/{}/suivi", ligne.reference),
        resume: format!("{} · {}", instance.referentiel().nom_commune(&ligne.commune), ligne.etape.libelle()),
        titre: ligne.titre,
        exemple: false,
    });
    let suivies = Trouvailles {
        nom: "demandes",
        titre: "Demandes que vous suivez",
        avant: true,
        total,
        trouves: trouves.collect(),
        suite: Some(criteres.adresse()),
    };
    Ok(vec![suivies])
}
