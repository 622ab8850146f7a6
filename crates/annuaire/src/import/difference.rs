//! What an import changes for one actor. Pure: what is known and what the files say, in; what will change, out.

use domain::identifiant::Siren;
use domain::theme::Theme;
use jiff::civil::Date;
use platform::{Ids, Instant, Jour};
use socle::OrganisationId;
use socle::organisation::Nature;

use super::attente::{attente_acteur, attente_agrement, attente_etablissement, attente_theme, attente_valeur};
use super::fiche::{EtablissementLu, Fiche};
use super::rapport::Difference;
use crate::acteur::projection::{Fait, Projection, projeter, retenu};
use crate::acteur::{self, ActeurId, agrement, etablissement, theme, valeur};
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

/// What an import writes for one actor.
#[derive(Clone, Debug)]
pub struct Changement {
    /// The actor as it will be.
    pub acteur: attente_acteur::Model,
    /// New facts.
    pub valeurs: Vec<attente_valeur::Model>,
    /// Establishments new or changed.
    pub etablissements: Vec<attente_etablissement::Model>,
    /// Approvals new or changed.
    pub agrements: Vec<attente_agrement::Model>,
    /// Themes suggested.
    pub themes: Vec<attente_theme::Model>,
    /// For the report.
    pub differences: Vec<Difference>,
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
    let id = connu.acteur.as_ref().map_or_else(|| ActeurId::nouveau(cadre.ids), |acteur| acteur.id.clone());
    let etablissements = etablissements(cadre, &id, connu, fiches);
    let ferme = tout_est_ferme(connu, &etablissements);
    let valeurs: Vec<attente_valeur::Model> =
        fiches.iter().flat_map(|fiche| valeurs(cadre, &id, connu, fiche, ferme)).collect();
    let agrements = agrements(cadre, &id, connu, fiches);
    let nouveau = connu.acteur.is_none();
    if !nouveau && valeurs.is_empty() && etablissements.is_empty() && agrements.is_empty() {
        return Issue::Rien;
    }
    let faits = faits(connu, &valeurs);
    let projection = projeter(Some(siren), &faits);
    if projection.nom.is_empty() {
        return Issue::SansNom;
    }
    let reference = connu.acteur.as_ref().map_or_else(|| cadre.ids.reference(8), |acteur| acteur.reference.clone());
    let differences = if nouveau { Vec::new() } else { differences(connu, &valeurs, &projection.nom, &reference) };
    let themes = themes(cadre, &id, connu, &projection, &faits);
    let acteur = ligne(cadre, siren, connu, id, reference, projection);
    Issue::Change(Box::new(Changement { acteur, valeurs, etablissements, agrements, themes, differences }))
}

fn ligne(
    cadre: Cadre<'_>,
    siren: &Siren,
    connu: &Connu,
    acteur_id: ActeurId,
    reference: String,
    projection: Projection,
) -> attente_acteur::Model {
    let organisation =
        connu.acteur.as_ref().map(|acteur| acteur.organisation_id.clone()).or(connu.organisation.clone());
    let nature = if projection.famille == Famille::Public { Nature::Public } else { Nature::Acteur };
    attente_acteur::Model {
        import_id: cadre.import.to_owned(),
        acteur_id,
        nouveau: connu.acteur.is_none(),
        version_lue: connu.acteur.as_ref().map_or(0, |acteur| acteur.version),
        organisation_nouvelle: organisation.is_none(),
        organisation_id: organisation.unwrap_or_else(|| OrganisationId::nouveau(cadre.ids)),
        nature,
        reference,
        nom_tri: socle::nom_tri(&projection.nom),
        nom: projection.nom,
        sigle: projection.sigle,
        siren: Some(siren.clone()),
        rna: projection.rna,
        categorie_juridique: projection.categorie_juridique,
        famille: projection.famille,
        naf: projection.naf,
        tranche: projection.tranche,
        etat: projection.etat,
        diffusion: projection.diffusion,
        ess_loi: projection.ess_loi.reponse,
        ess_loi_motif: projection.ess_loi.motif,
        ess_stat: projection.ess_stat.reponse,
        ess_stat_motif: projection.ess_stat.motif,
        presentation: projection.presentation,
        site: projection.site,
        courriel: projection.courriel,
        telephone: projection.telephone,
        commune: projection.commune,
        recu_le: cadre.maintenant,
    }
}

/// A source older than what it already said changes nothing.
fn plus_ancien(nouveau: Option<Date>, connu: Option<Jour>) -> bool {
    matches!((nouveau, connu), (Some(nouveau), Some(connu)) if nouveau < connu.0)
}

fn valeurs(cadre: Cadre<'_>, id: &ActeurId, connu: &Connu, fiche: &Fiche, ferme: bool) -> Vec<attente_valeur::Model> {
    let deja: Vec<&valeur::Model> = connu.valeurs.iter().filter(|v| v.source == fiche.source).collect();
    let ancienne = |champ: Champ| deja.iter().find(|v| v.champ == champ).copied();
    let mut nouvelles = Vec::new();
    let mut dire = |champ: Champ, valeur: &str| {
        let ancienne = ancienne(champ);
        if ancienne.is_some_and(|a| a.valeur == valeur || plus_ancien(fiche.du, a.source_du)) {
            return;
        }
        nouvelles.push(attente_valeur::Model {
            import_id: cadre.import.to_owned(),
            id: cadre.ids.uuid().to_string(),
            remplace: ancienne.map(|a| a.id.clone()),
            acteur_id: id.clone(),
            champ,
            valeur: valeur.to_owned(),
            source: fiche.source,
            source_du: fiche.du.map(Jour),
            recu_le: cadre.maintenant,
        });
    };
    let etat_dit = fiche.faits.iter().any(|(champ, _)| *champ == Champ::Etat);
    for (champ, valeur) in &fiche.faits {
        match champ {
            Champ::Etat if ferme => dire(Champ::Etat, EtatActeur::Cesse.as_str()),
            champ => dire(*champ, valeur),
        }
    }
    if ferme && !etat_dit && fiche.source == Origine::Sirene {
        dire(Champ::Etat, EtatActeur::Cesse.as_str());
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

fn etablissements(
    cadre: Cadre<'_>,
    id: &ActeurId,
    connu: &Connu,
    fiches: &[&Fiche],
) -> Vec<attente_etablissement::Model> {
    let mut lignes: Vec<attente_etablissement::Model> = Vec::new();
    for fiche in fiches {
        for lu in &fiche.etablissements {
            let deja = connu.etablissements.iter().find(|e| e.siret.as_deref() == Some(lu.siret.as_str()));
            // Sirene knows an establishment better than a list: the list only adds those that Sirene has not named.
            let mieux_connu = deja.is_some_and(|e| e.source == Origine::Sirene && fiche.source != Origine::Sirene);
            if mieux_connu || lignes.iter().any(|l| l.siret.as_deref() == Some(lu.siret.as_str())) {
                continue;
            }
            let ligne = etablissement(cadre, id, fiche, lu, deja);
            if !deja.is_some_and(|e| identique(e, &ligne) || plus_ancien(fiche.du, e.source_du)) {
                lignes.push(ligne);
            }
        }
    }
    lignes
}

fn etablissement(
    cadre: Cadre<'_>,
    id: &ActeurId,
    fiche: &Fiche,
    lu: &EtablissementLu,
    deja: Option<&etablissement::Model>,
) -> attente_etablissement::Model {
    let partielle =
        fiche.faits.iter().any(|(champ, v)| *champ == Champ::Diffusion && v == Diffusion::Partielle.as_str());
    // Sirene gives no point: the one of a list stays.
    let point = lu.point.or_else(|| deja.and_then(|e| e.longitude.zip(e.latitude))).filter(|_| !partielle);
    attente_etablissement::Model {
        import_id: cadre.import.to_owned(),
        id: deja.map_or_else(|| cadre.ids.uuid().to_string(), |e| e.id.clone()),
        nouveau: deja.is_none(),
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
        source_du: fiche.du.map(Jour),
    }
}

fn identique(deja: &etablissement::Model, ligne: &attente_etablissement::Model) -> bool {
    deja.siege == ligne.siege
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

/// At least one establishment is known, and all are closed.
fn tout_est_ferme(connu: &Connu, lignes: &[attente_etablissement::Model]) -> bool {
    let reste_ouvert = |e: &etablissement::Model| e.ouvert && !lignes.iter().any(|ligne| ligne.id == e.id);
    let ouvert = lignes.iter().any(|ligne| ligne.ouvert) || connu.etablissements.iter().any(reste_ouvert);
    let un_connu = !lignes.is_empty() || !connu.etablissements.is_empty();
    un_connu && !ouvert
}

fn agrements(cadre: Cadre<'_>, id: &ActeurId, connu: &Connu, fiches: &[&Fiche]) -> Vec<attente_agrement::Model> {
    let mut lignes = Vec::new();
    for fiche in fiches {
        for genre in &fiche.agrements {
            let deja = connu.agrements.iter().any(|a| a.genre == genre.as_str() && a.source == fiche.source.as_str());
            if !deja {
                lignes.push(attente_agrement::Model {
                    import_id: cadre.import.to_owned(),
                    acteur_id: id.clone(),
                    genre: genre.to_string(),
                    source: fiche.source.to_string(),
                    libelle: None,
                    du: None,
                    au: None,
                    source_du: fiche.du.map(Jour),
                });
            }
        }
    }
    lignes
}

/// Current facts once the new ones have taken their place.
fn faits(connu: &Connu, nouvelles: &[attente_valeur::Model]) -> Vec<Fait> {
    let remplacee = |id: &str| nouvelles.iter().any(|n| n.remplace.as_deref() == Some(id));
    let anciennes = connu.valeurs.iter().filter(|v| !remplacee(&v.id)).map(|v| Fait {
        champ: v.champ,
        valeur: v.valeur.clone(),
        source: v.source,
        du: v.source_du.map(|j| j.0),
    });
    let nouvelles = nouvelles.iter().map(|v| Fait {
        champ: v.champ,
        valeur: v.valeur.clone(),
        source: v.source,
        du: v.source_du.map(|j| j.0),
    });
    anciennes.chain(nouvelles).collect()
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
fn themes(
    cadre: Cadre<'_>,
    id: &ActeurId,
    connu: &Connu,
    projection: &Projection,
    faits: &[Fait],
) -> Vec<attente_theme::Model> {
    let insertion = retenu(faits, Champ::Siae).map(|fait| (Theme::Insertion, fait.source));
    let suggeres = themes_du_naf(projection.naf.as_deref()).into_iter().map(|theme| (theme, Origine::Naf));
    let mut lignes: Vec<attente_theme::Model> = Vec::new();
    for (theme, origine) in insertion.into_iter().chain(suggeres) {
        let donne = connu.themes.iter().any(|t| t.theme == theme.as_str() && t.origine != Origine::Naf);
        if !donne && !lignes.iter().any(|ligne| ligne.theme == theme.as_str()) {
            lignes.push(attente_theme::Model {
                import_id: cadre.import.to_owned(),
                acteur_id: id.clone(),
                theme: theme.to_string(),
                origine,
            });
        }
    }
    lignes
}

fn differences(connu: &Connu, nouvelles: &[attente_valeur::Model], nom: &str, reference: &str) -> Vec<Difference> {
    nouvelles
        .iter()
        .map(|nouvelle| {
            let avant = connu.valeurs.iter().find(|v| Some(&v.id) == nouvelle.remplace.as_ref());
            Difference {
                acteur: nom.to_owned(),
                reference: reference.to_owned(),
                champ: nouvelle.champ.libelle().to_owned(),
                avant: avant.map(|v| v.valeur.clone()).unwrap_or_default(),
                apres: nouvelle.valeur.clone(),
            }
        })
        .collect()
}
