//! What the bench says of two actors: side by side, what would move, what the merge would give.

use askama::Template;
use web::composants::{
    Cellule, ChampOptions, Conflit, Etiquette, Html, OptionDeChamp, Resume, ResumeErreurs, Tableau, echapper,
};
use web::formulaire::Erreurs;
use web::{Cadre, Instance, Saisie, texte};

use super::{Cote, Paire};
use crate::acteur::{agrement, etablissement, theme, valeur};
use crate::doublon::demenagement;
use crate::doublon::liste::{URL, ton};
use crate::doublon::reunion::{Choisis, Choix};
use crate::doublon::rules::Surete;
use crate::doublon::storage::paires::etat;
use crate::fiche::source_et_date;
use crate::vocabulaire::Champ;

#[derive(Template)]
#[template(path = "banc.html")]
pub(super) struct PageBanc {
    pub(super) adresse: String,
    pub(super) inverse: String,
    pub(super) garde: String,
    pub(super) garde_url: String,
    pub(super) absorbe: String,
    pub(super) absorbe_url: String,
    pub(super) raisons: Vec<Etiquette>,
    pub(super) avertissement: Option<String>,
    pub(super) ecartee: bool,
    pub(super) compare: Tableau,
    pub(super) resume: ResumeErreurs,
    pub(super) caches: Html,
    pub(super) versions: (i64, i64),
    pub(super) conflit: Option<Conflit>,
    pub(super) choix: Vec<ChampOptions>,
    pub(super) mouvements: Resume,
    pub(super) apercu: Option<Tableau>,
}

fn provenance(v: &valeur::Model) -> String {
    source_et_date(v.source, v.source_du)
}

/// A value in the words of the page.
fn dire(instance: &Instance, v: &valeur::Model) -> String {
    match v.champ {
        Champ::Commune => v.valeur.parse().map_or_else(
            |_| v.valeur.clone(),
            |code| format!("{} ({})", instance.referentiel().nom_commune(&code), v.valeur),
        ),
        _ => v.valeur.clone(),
    }
}

pub(super) fn cote_a_cote(instance: &Instance, paire: &Paire) -> Tableau {
    let mut lignes = vec![ligne(instance, paire, "SIREN", siren)];
    lignes.extend(paire.compares.iter().map(|compare| {
        let champ = Cellule::texte(compare.champ.libelle());
        vec![champ, fait(instance, compare.garde.as_ref()), fait(instance, compare.absorbe.as_ref())]
    }));
    let suite: [(&str, Dire); 4] =
        [("Adresses", adresses), ("Agréments", agrements), ("Thèmes", themes), ("Offres", offres)];
    lignes.extend(suite.map(|(quoi, dire)| ligne(instance, paire, quoi, dire)));
    Tableau {
        legende: "Les deux fiches, côte à côte".to_owned(),
        colonnes: vec![
            "Quoi".to_owned(),
            format!("Reste : {}", paire.garde.acteur.nom),
            format!("Part : {}", paire.absorbe.acteur.nom),
        ],
        lignes,
    }
}

/// What one of the two says.
type Dire = fn(&Instance, &Cote) -> Cellule;

fn ligne(instance: &Instance, paire: &Paire, quoi: &str, dire: Dire) -> Vec<Cellule> {
    vec![Cellule::texte(quoi), dire(instance, &paire.garde), dire(instance, &paire.absorbe)]
}

/// A value, with where it comes from.
fn fait(instance: &Instance, v: Option<&valeur::Model>) -> Cellule {
    let Some(v) = v else { return Cellule::texte("–") };
    let (texte, source) = (echapper(&dire(instance, v)), echapper(&provenance(v)));
    Cellule::html(format!("{texte}<br><span class=\"govuk-hint\">{source}</span>"))
}

fn siren(_: &Instance, cote: &Cote) -> Cellule {
    Cellule::texte(cote.acteur.siren.as_ref().map_or("–", |siren| siren.as_str()))
}

fn liste(textes: impl Iterator<Item = String>) -> Cellule {
    let dit = textes.collect::<Vec<_>>().join(" ; ");
    Cellule::texte(if dit.is_empty() { "–" } else { dit.as_str() })
}

fn adresses(instance: &Instance, cote: &Cote) -> Cellule {
    let une = |e: &etablissement::Model| {
        let adresse = e.adresse.as_deref().unwrap_or("adresse non connue");
        let siret = e.siret.as_ref().map_or_else(String::new, |siret| format!(", SIRET {siret}"));
        let commune = instance.referentiel().nom_commune(&e.commune);
        format!("{adresse}, {commune}{siret}{}", if e.ouvert { "" } else { " (fermé)" })
    };
    liste(cote.etablissements.iter().map(une))
}

fn agrements(_: &Instance, cote: &Cote) -> Cellule {
    let un = |a: &agrement::Model| a.genre().map_or(a.genre.clone(), |genre| genre.libelle().to_owned());
    liste(cote.agrements.iter().map(un))
}

fn themes(instance: &Instance, cote: &Cote) -> Cellule {
    let themes: Vec<_> = cote.themes.iter().filter_map(theme::Model::theme).collect();
    Cellule::texte(instance.locaux().themes.noms(&themes))
}

fn offres(_: &Instance, cote: &Cote) -> Cellule {
    liste(cote.offres.iter().map(|complete| complete.offre.titre.clone()))
}

/// What goes from one to the other.
fn mouvements(paire: &Paire) -> Resume {
    let absorbe = &paire.absorbe;
    let nombre = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let entier = |n: i64| u64::try_from(n).unwrap_or(0);
    let passe = |n| texte::accorde(n, "passe à la fiche qui reste", "passent à la fiche qui reste");
    let suit = |n| texte::accorde(entier(n), "suit", "suivent");
    Resume::default()
        .ligne("SIREN", mouvement_du_siren(paire))
        .ligne("Établissements", mouvement_des_lieux(paire))
        .ligne("Agréments", "ceux qui manquent sont ajoutés")
        .ligne("Thèmes", "ceux qui manquent sont ajoutés")
        .ligne("Offres", passe(nombre(absorbe.offres.len())))
        .ligne("Photos", passe(entier(absorbe.suite.photos)))
        .ligne("Réseaux dont elle est membre", suit(absorbe.suite.reseaux))
        .ligne("Demandes en attente", suit(absorbe.suite.demandes))
        .ligne("Fonctions des personnes", suit(absorbe.personnes))
        .ligne("Projets", suit(absorbe.projets))
        .ligne("Ancienne adresse de la page", "elle mène à la fiche qui reste")
}

fn mouvement_du_siren(paire: &Paire) -> String {
    match (&paire.garde.acteur.siren, &paire.absorbe.acteur.siren) {
        (Some(a), Some(b)) if a != b => {
            format!("{} reste ; {} reste attaché à l’ancienne fiche", a.as_str(), b.as_str())
        }
        (None, Some(b)) => format!("{} passe à la fiche qui reste", b.as_str()),
        (Some(a), _) => a.as_str().to_owned(),
        (None, None) => "aucun".to_owned(),
    }
}

fn mouvement_des_lieux(paire: &Paire) -> String {
    let (garde, absorbe) = (&paire.garde, &paire.absorbe);
    let siren = garde.acteur.siren.as_ref().or(absorbe.acteur.siren.as_ref()).map(|siren| siren.as_str());
    let suivent = demenagement::suivent(siren, &garde.etablissements, absorbe.etablissements.clone()).len();
    let restent = absorbe.etablissements.len() - suivent;
    let nombre = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let passent = texte::accorde(nombre(suivent), "passe à la fiche qui reste", "passent à la fiche qui reste");
    if restent == 0 {
        return passent;
    }
    let restent = texte::accorde(nombre(restent), "reste", "restent");
    format!("{passent} ; {restent} avec l’ancienne fiche : autre SIREN, ou adresse déjà connue")
}

pub(super) fn apercu(instance: &Instance, paire: &Paire, choisis: &Choisis) -> Tableau {
    let lignes = paire.compares.iter().filter_map(|compare| {
        let choix = choisis.get(&compare.champ).copied().unwrap_or(compare.defaut());
        let (retenue, de) = match choix {
            Choix::Garde => (compare.garde.as_ref()?, "la fiche qui reste"),
            Choix::Absorbe => (compare.absorbe.as_ref()?, "la fiche qui part"),
        };
        let champ = compare.champ.libelle();
        Some(vec![
            Cellule::texte(champ),
            Cellule::texte(dire(instance, retenue)),
            Cellule::texte(de),
            Cellule::texte(provenance(retenue)),
        ])
    });
    Tableau {
        legende: "La fiche après la réunion".to_owned(),
        colonnes: ["Quoi", "Valeur", "Vient de", "Source"].map(str::to_owned).into(),
        lignes: lignes.collect(),
    }
}

fn avertissement(paire: &Paire) -> Option<String> {
    let (a, b) = (&paire.garde.acteur, &paire.absorbe.acteur);
    match (&a.siren, &b.siren) {
        (Some(un), Some(autre)) if un != autre => Some(format!(
            "Deux SIREN : ce sont deux unités légales ({} et {}). Ne les réunissez que si l’une a pris la suite de l’autre.",
            un.as_str(),
            autre.as_str()
        )),
        _ => None,
    }
}

pub(super) fn page(cadre: &Cadre, paire: &Paire, saisie: Saisie, erreurs: Erreurs) -> PageBanc {
    let instance = &cadre.instance;
    let saisie = paire.compares.iter().filter(|compare| compare.differe()).fold(saisie, |saisie, compare| {
        let nom = compare.champ.as_str();
        if saisie.texte(nom).is_empty() { saisie.avec(nom, "a") } else { saisie }
    });
    let f = cadre.formulaire_avec(saisie, erreurs);
    let choix = paire.compares.iter().filter(|compare| compare.differe()).filter_map(|compare| {
        let (a, b) = (compare.garde.as_ref()?, compare.absorbe.as_ref()?);
        let option = |lettre, v: &valeur::Model| OptionDeChamp::nouvelle(lettre, dire(instance, v)).aide(provenance(v));
        Some(f.radios(compare.champ.as_str(), compare.champ.libelle(), [option("a", a), option("b", b)]))
    });
    let (a, b) = (&paire.garde.acteur, &paire.absorbe.acteur);
    let points: i64 = paire.raisons.iter().map(|raison| raison.points()).sum();
    let surete = Surete::de(points).unwrap_or(Surete::Possible);
    PageBanc {
        adresse: paire.adresse(),
        inverse: format!("{URL}/{}/{}", b.reference, a.reference),
        garde: a.nom.clone(),
        garde_url: format!("/annuaire/{}", a.reference),
        absorbe: b.nom.clone(),
        absorbe_url: format!("/annuaire/{}", b.reference),
        raisons: paire.raisons.iter().map(|raison| Etiquette::nouvelle(raison.libelle(), ton(surete))).collect(),
        avertissement: avertissement(paire),
        ecartee: paire.etat.as_deref() == Some(etat::ECARTE),
        compare: cote_a_cote(instance, paire),
        resume: f.resume(),
        caches: f.caches(),
        versions: (a.version, b.version),
        conflit: None,
        choix: choix.collect(),
        mouvements: mouvements(paire),
        apercu: None,
    }
}
