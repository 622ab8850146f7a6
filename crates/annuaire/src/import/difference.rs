//! What an import changes for one actor. Pure: what is known and what the files say, in; what will change, out.

use domain::identifiant::Siren;
use domain::theme::Theme;
use jiff::civil::Date;
use platform::{Ids, Instant, Jour};
use socle::OrganisationId;
use socle::organisation::{self, Nature};

use super::agrements::agrements;
use super::confirmees::confirmees;
use super::fiche::{EtablissementLu, Fiche};
use crate::acteur::projection::{Fait, projeter, retenu};
use crate::acteur::{self, ActeurId, agrement, etablissement, theme, valeur};
use crate::doublon::cles::cle_de_l_adresse;
use crate::vocabulaire::{Champ, Diffusion, EtatActeur, Famille, Origine};

/// What is known of a SIREN.
#[derive(Clone, Debug, Default)]
pub struct Connu {
    /// The organisation behind it.
    pub organisation: Option<OrganisationId>,
    /// The actor.
    pub acteur: Option<acteur::Model>,
    /// Its current facts.
    pub valeurs: Vec<valeur::Model>,
    /// Its establishments.
    pub etablissements: Vec<etablissement::Model>,
    /// Its approvals.
    pub agrements: Vec<agrement::Model>,
    /// Its themes.
    pub themes: Vec<theme::Model>,
}

/// What an import writes for one actor: rows of the directory as they will be.
#[derive(Clone, Debug)]
pub struct Changement {
    /// The organisation, when it is new.
    pub organisation: Option<organisation::Model>,
    /// The actor; version 1 when it is new.
    pub acteur: acteur::Model,
    /// New facts.
    pub valeurs: Vec<valeur::Model>,
    /// Establishments new or changed.
    pub etablissements: Vec<etablissement::Model>,
    /// Approvals new or changed.
    pub agrements: Vec<agrement::Model>,
    /// Themes suggested.
    pub themes: Vec<theme::Model>,
}

/// What stands around the comparison.
#[derive(Clone, Copy)]
pub struct Cadre<'a> {
    /// Import.
    pub import: &'a str,
    /// New identifiers.
    pub ids: &'a dyn Ids,
    /// Now.
    pub maintenant: Instant,
    /// The day of an instant, here.
    pub jour_de: &'a dyn Fn(Instant) -> Date,
}

/// The outcome of a comparison.
#[derive(Clone, Debug)]
pub enum Issue {
    /// Nothing changes.
    Rien,
    /// No name is known: it cannot be shown.
    SansNom,
    /// It changes.
    Change(Box<Changement>),
}

/// Compares what is known of a SIREN with what the files say of it.
#[must_use]
pub fn comparer(cadre: Cadre<'_>, siren: &Siren, connu: &Connu, fiches: &[&Fiche]) -> Issue {
    let (organisation, lu) = avant(cadre, siren, connu);
    let etablissements = etablissements(cadre, &lu.id, connu, fiches);
    let lieux = Lieux::nouveaux(connu, &etablissements);
    let mut valeurs: Vec<valeur::Model> =
        fiches.iter().flat_map(|fiche| valeurs(cadre, &lu.id, connu, fiche, lieux)).collect();
    let gardees = confirmees(cadre, connu, &faits(connu, &valeurs));
    valeurs.extend(gardees);
    let agrements = agrements(&lu.id, connu, fiches);
    let nouveau = connu.acteur.is_none();
    if !nouveau && valeurs.is_empty() && etablissements.is_empty() && agrements.is_empty() {
        return Issue::Rien;
    }
    let faits = faits(connu, &valeurs);
    let acteur = projeter(lu, &faits);
    if acteur.nom.is_empty() {
        return Issue::SansNom;
    }
    let organisation = organisation.map(|organisation| organisation::Model {
        nature: if acteur.famille == Famille::Public { Nature::Public } else { Nature::Acteur },
        commune: acteur.commune.clone(),
        nom: acteur.nom.clone(),
        nom_tri: acteur.nom_tri.clone(),
        ..organisation
    });
    let themes = themes(&acteur, connu, &faits);
    Issue::Change(Box::new(Changement { organisation, acteur, valeurs, etablissements, agrements, themes }))
}

/// The organisation, when it is to be made, and the actor with the version it will have.
fn avant(cadre: Cadre<'_>, siren: &Siren, connu: &Connu) -> (Option<organisation::Model>, acteur::Model) {
    if let Some(lu) = connu.acteur.clone() {
        return (None, acteur::Model { version: lu.version + 1, modifie_le: cadre.maintenant, ..lu });
    }
    let nouvelle = connu.organisation.is_none().then(|| organisation::Model {
        id: OrganisationId::nouveau(cadre.ids),
        nature: Nature::Acteur,
        siren: Some(siren.clone()),
        rna: None,
        commune: None,
        nom: String::new(),
        nom_tri: String::new(),
        courriel: None,
        cree_le: cadre.maintenant,
        version: 1,
    });
    let organisation = connu.organisation.clone().or(nouvelle.as_ref().map(|nouvelle| nouvelle.id.clone()));
    let organisation = organisation.unwrap_or_else(|| OrganisationId::nouveau(cadre.ids));
    let (id, reference) = (ActeurId::nouveau(cadre.ids), cadre.ids.reference(8));
    (nouvelle, acteur::Model::nouveau(id, organisation, reference, Some(siren.clone()), cadre.maintenant))
}

/// A source older than what it already said changes nothing.
pub(super) fn plus_ancien(nouveau: Option<Date>, connu: Option<Jour>) -> bool {
    matches!((nouveau, connu), (Some(nouveau), Some(connu)) if nouveau < connu.0)
}

fn valeurs(cadre: Cadre<'_>, id: &ActeurId, connu: &Connu, fiche: &Fiche, lieux: Lieux) -> Vec<valeur::Model> {
    let deja: Vec<&valeur::Model> = connu.valeurs.iter().filter(|v| v.source == fiche.source).collect();
    let ancienne = |champ: Champ| deja.iter().find(|v| v.champ == champ).copied();
    let mut nouvelles = Vec::new();
    let mut dire = |champ: Champ, valeur: &str| {
        let ancienne = ancienne(champ);
        if ancienne.is_some_and(|a| a.valeur == valeur || plus_ancien(fiche.du, a.source_du)) {
            return;
        }
        let nouvelle = valeur::Model::nouvelle(cadre.ids, id, champ, valeur, fiche.source, cadre.maintenant);
        let (source_du, import_id) = (fiche.du.map(Jour), Some(cadre.import.to_owned()));
        nouvelles.push(valeur::Model { source_du, import_id, ..nouvelle });
    };
    for (champ, valeur) in fiche.faits.iter().filter(|(champ, _)| *champ != Champ::Etat) {
        dire(*champ, valeur);
    }
    let etat = |valeur: &str| valeur.parse::<EtatActeur>().ok();
    let dit = fiche.faits.iter().find(|(champ, _)| *champ == Champ::Etat).and_then(|(_, valeur)| etat(valeur));
    if fiche.source == Origine::Sirene {
        let connu = ancienne(Champ::Etat).and_then(|ancienne| etat(&ancienne.valeur));
        if let Some(etat) = etat_de_sirene(dit, connu, lieux, fiche.transferee) {
            dire(Champ::Etat, etat.as_str());
        }
    } else if let Some(dit) = dit {
        dire(Champ::Etat, dit.as_str());
    }
    // A field that the source no longer gives is withdrawn, when the source spoke of the unit itself.
    if fiche.faits.iter().any(|(champ, _)| *champ == Champ::Nom) {
        let dits = |champ: Champ| fiche.faits.iter().any(|(c, _)| *c == champ);
        for ancienne in deja.iter().filter(|v| !v.valeur.is_empty() && !dits(v.champ) && v.champ != Champ::Commune) {
            dire(ancienne.champ, "");
        }
    }
    nouvelles
}

/// What Sirene says of the life of a unit. `dit`: of the unit itself, when the file of legal units was read; `connu`: what it
/// said before. A unit in activity without open establishment here has left the territory, it has not ceased.
fn etat_de_sirene(
    dit: Option<EtatActeur>,
    connu: Option<EtatActeur>,
    lieux: Lieux,
    transferee: bool,
) -> Option<EtatActeur> {
    match (dit, lieux) {
        (Some(EtatActeur::Cesse), _) => Some(EtatActeur::Cesse),
        (Some(_), Lieux::TousFermes) => Some(EtatActeur::Parti),
        (Some(dit), _) => Some(dit),
        (None, Lieux::TousFermes) if transferee => Some(EtatActeur::Parti),
        // Said already, with more to say it than closed doors.
        (None, Lieux::TousFermes) => connu.filter(|connu| *connu == EtatActeur::Parti).or(Some(EtatActeur::Cesse)),
        // An establishment opens again: the unit is there again.
        (None, Lieux::UnOuvre) => connu.is_some().then_some(EtatActeur::Actif),
        (None, Lieux::Autres) => None,
    }
}

/// Is the address of the unit to be kept to oneself? What Sirene says now, else what is known.
fn partielle(connu: &Connu, fiches: &[&Fiche]) -> bool {
    let dite = fiches.iter().flat_map(|fiche| &fiche.faits).find(|(champ, _)| *champ == Champ::Diffusion);
    match dite {
        Some((_, valeur)) => valeur == Diffusion::Partielle.as_str(),
        None => connu.acteur.as_ref().is_some_and(|acteur| acteur.diffusion == Diffusion::Partielle),
    }
}

fn etablissements(cadre: Cadre<'_>, id: &ActeurId, connu: &Connu, fiches: &[&Fiche]) -> Vec<etablissement::Model> {
    let partielle = partielle(connu, fiches);
    let mut lignes = etablissements_dits(cadre, id, connu, fiches, partielle);
    let nouveau_siege = lignes.iter().any(|ligne| ligne.siege && ligne.source == Origine::Sirene);
    let mut autres: Vec<etablissement::Model> = Vec::new();
    for deja in connu.etablissements.iter().filter(|deja| !lignes.iter().any(|ligne| ligne.id == deja.id)) {
        // One seat only: the former one stays, as an establishment. Addresses go as soon as the unit asks for it.
        let siege = deja.siege && !nouveau_siege;
        let mut ligne = etablissement::Model { siege, ..deja.clone() };
        if partielle {
            ligne = sans_adresse(ligne);
        }
        if !identique(deja, &ligne) {
            autres.push(ligne);
        }
    }
    lignes.extend(autres);
    lignes
}

/// Without what would say where to knock.
fn sans_adresse(ligne: etablissement::Model) -> etablissement::Model {
    etablissement::Model { enseigne: None, adresse: None, longitude: None, latitude: None, ..ligne }
}

fn etablissements_dits(
    cadre: Cadre<'_>,
    id: &ActeurId,
    connu: &Connu,
    fiches: &[&Fiche],
    partielle: bool,
) -> Vec<etablissement::Model> {
    let mut lignes: Vec<etablissement::Model> = Vec::new();
    for fiche in fiches {
        for lu in &fiche.etablissements {
            let deja = deja_connu(connu, lu, &lignes);
            // Sirene knows an establishment better than a list: the list only adds those that Sirene has not named.
            let mieux_connu = deja.is_some_and(|e| e.source == Origine::Sirene && fiche.source != Origine::Sirene);
            if mieux_connu || lignes.iter().any(|l| l.siret.as_deref() == Some(lu.siret.as_str())) {
                continue;
            }
            let ligne = etablissement(cadre, id, fiche, lu, deja);
            let ligne = if partielle { sans_adresse(ligne) } else { ligne };
            // A place that takes its number is told by its source from then on, whatever the day when people added it.
            let dit_par_la_source = deja.filter(|e| e.siret.is_some() && !a_des_personnes(e.source));
            let plus_ancien = dit_par_la_source.is_some_and(|e| plus_ancien(fiche.lieux_du.or(fiche.du), e.source_du));
            if !plus_ancien && !deja.is_some_and(|e| identique(e, &ligne)) {
                lignes.push(ligne);
            }
        }
    }
    lignes
}

/// The place that the source names: by its SIRET; else the one that people added without a number, at the same address.
fn deja_connu<'a>(
    connu: &'a Connu,
    lu: &EtablissementLu,
    prises: &[etablissement::Model],
) -> Option<&'a etablissement::Model> {
    let numerote = connu.etablissements.iter().find(|e| e.siret.as_deref() == Some(lu.siret.as_str()));
    numerote.or_else(|| {
        let ici = lu.adresse.as_deref().and_then(cle_de_l_adresse)?;
        let ajoutes = connu.etablissements.iter().filter(|e| e.siret.is_none() && e.ouvert && e.commune == lu.commune);
        ajoutes
            .filter(|e| !prises.iter().any(|prise| prise.id == e.id))
            .find(|e| e.adresse.as_deref().and_then(cle_de_l_adresse).as_ref() == Some(&ici))
    })
}

fn etablissement(
    cadre: Cadre<'_>,
    id: &ActeurId,
    fiche: &Fiche,
    lu: &EtablissementLu,
    deja: Option<&etablissement::Model>,
) -> etablissement::Model {
    // Where people said that the door is stays; a source that gives no point leaves the one of another.
    let connu = deja.and_then(|e| Some((e, e.longitude.zip(e.latitude)?)));
    let dit = connu.filter(|(e, _)| a_des_personnes(e.source)).map(|(_, point)| point);
    let point = dit.or(lu.point).or(connu.map(|(_, point)| point));
    etablissement::Model {
        id: deja.map_or_else(|| cadre.ids.uuid().to_string(), |e| e.id.clone()),
        acteur_id: id.clone(),
        siret: Some(lu.siret.clone()),
        siege: lu.siege,
        enseigne: lu.enseigne.clone(),
        commune: lu.commune.clone(),
        adresse: lu.adresse.clone(),
        code_postal: lu.code_postal.clone(),
        longitude: point.map(|p| p.0),
        latitude: point.map(|p| p.1),
        naf: lu.naf.clone(),
        ouvert: lu.ouvert,
        source: fiche.source,
        source_du: fiche.lieux_du.or(fiche.du).map(Jour),
    }
}

fn a_des_personnes(source: Origine) -> bool {
    matches!(source, Origine::Acteur | Origine::Agent)
}

fn identique(deja: &etablissement::Model, ligne: &etablissement::Model) -> bool {
    deja.siret == ligne.siret
        && deja.siege == ligne.siege
        && deja.enseigne == ligne.enseigne
        && deja.commune == ligne.commune
        && deja.adresse == ligne.adresse
        && deja.code_postal == ligne.code_postal
        && deja.longitude == ligne.longitude
        && deja.latitude == ligne.latitude
        && deja.naf == ligne.naf
        && deja.ouvert == ligne.ouvert
        && deja.source == ligne.source
}

/// What is known of the doors of a unit in the territory, once the import is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lieux {
    /// At least one is known, and all are closed.
    TousFermes,
    /// One opens with this import.
    UnOuvre,
    /// None is known, or nothing changes there.
    Autres,
}

impl Lieux {
    fn nouveaux(connu: &Connu, lignes: &[etablissement::Model]) -> Self {
        let avant = |ligne: &etablissement::Model| connu.etablissements.iter().find(|e| e.id == ligne.id);
        let reste_ouvert = |e: &etablissement::Model| e.ouvert && !lignes.iter().any(|ligne| ligne.id == e.id);
        // A place that people added, without SIRET, keeps no unit open.
        let numerotes = || connu.etablissements.iter().filter(|e| e.siret.is_some());
        let ouvert = lignes.iter().any(|ligne| ligne.ouvert) || numerotes().any(reste_ouvert);
        let un_connu = !lignes.is_empty() || numerotes().next().is_some();
        if un_connu && !ouvert {
            Self::TousFermes
        } else if lignes.iter().any(|ligne| ligne.ouvert && !avant(ligne).is_some_and(|avant| avant.ouvert)) {
            Self::UnOuvre
        } else {
            Self::Autres
        }
    }
}

/// Does a new fact take the place of this one?
pub(super) fn remplace(nouvelle: &valeur::Model, ancienne: &valeur::Model) -> bool {
    (nouvelle.champ, nouvelle.source) == (ancienne.champ, ancienne.source)
}

/// Current facts once the new ones have taken their place.
fn faits(connu: &Connu, nouvelles: &[valeur::Model]) -> Vec<Fait> {
    let restent = connu.valeurs.iter().filter(|ancienne| !nouvelles.iter().any(|n| remplace(n, ancienne)));
    restent.chain(nouvelles).map(valeur::Model::fait).collect()
}

/// A NAF code that suggests more themes than this says nothing of any.
const THEMES_MAX: usize = 3;

/// Themes that a NAF code suggests.
#[must_use]
pub fn themes_du_naf(naf: Option<&str>) -> Vec<Theme> {
    let Some(naf) = naf else { return Vec::new() };
    let themes: Vec<Theme> = Theme::TOUS.iter().copied().filter(|theme| theme.naf().contains(&naf)).collect();
    if themes.len() > THEMES_MAX { Vec::new() } else { themes }
}

/// Themes suggested, beside those that somebody gave.
fn themes(acteur: &acteur::Model, connu: &Connu, faits: &[Fait]) -> Vec<theme::Model> {
    let insertion = retenu(faits, Champ::Siae).map(|fait| (Theme::Insertion, fait.source));
    let suggeres = themes_du_naf(acteur.naf.as_deref()).into_iter().map(|theme| (theme, Origine::Naf));
    let mut lignes: Vec<theme::Model> = Vec::new();
    for (theme, origine) in insertion.into_iter().chain(suggeres) {
        let donne = connu.themes.iter().any(|t| t.theme == theme.as_str() && t.origine != Origine::Naf);
        if !donne && !lignes.iter().any(|ligne| ligne.theme == theme.as_str()) {
            lignes.push(theme::Model { acteur_id: acteur.id.clone(), theme: theme.to_string(), origine });
        }
    }
    lignes
}
