//! What the directory lets be found: its documents for the index, and its results among those of the whole site.

use std::collections::{BTreeMap, BTreeSet};

use domain::code::CodeCommune;
use domain::identifiant::{Rna, Siren};
use platform::ReadTx;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};
use search::Document;
use web::recherche::{Portee, Source, Trouve};
use web::{Erreur, Instance, zonages};

use crate::acteur::{self, ActeurId, agrement, etablissement, theme, valeur};
use crate::activite;
use crate::liste::storage::{self, Ligne};
use crate::offre::storage::{self as offre, OffreId};
use crate::tenue::champs::OUVERTURES;
use crate::vocabulaire::{Champ, EtatActeur, GenreAgrement, GenreTerritoire, Reponse};

/// Name of the source in the index.
pub(crate) const SOURCE: &str = "acteur";

/// Axes of the facets.
pub(crate) mod axe {
    pub(crate) const THEME: &str = "theme";
    pub(crate) const COMMUNE: &str = "commune";
    pub(crate) const EPCI: &str = "epci";
    pub(crate) const FAMILLE: &str = "famille";
    pub(crate) const AGREMENT: &str = "agrement";
    pub(crate) const OFFRE: &str = "offre";
    /// Legal way of an offer.
    pub(crate) const VOIE: &str = "voie";
    /// How the price of an offer is made.
    pub(crate) const TARIF: &str = "tarif";
    pub(crate) const ESS: &str = "ess";
    /// Said yes: open to visits, sells to public bodies, welcomes volunteers.
    pub(crate) const ACCUEIL: &str = "accueil";
    pub(crate) const ACTIVITE: &str = "activite";
    /// Official bracket of employees.
    pub(crate) const TRANCHE: &str = "tranche";
    /// `oui` when it may leave this site: open tables, exports, frames, mails.
    pub(crate) const SORT: &str = "sort";
    /// Territories that an offer says it serves: `departement`, `epci:SIREN`, `commune:CODE`.
    pub(crate) const DESSERT: &str = "dessert";
}

/// Actors, for the search of the whole site.
pub(crate) const SOURCES: &[Source] = &[Source {
    nom: SOURCE,
    titre: "Acteurs",
    page: Some("/annuaire"),
    lister: |tx, instance, portee| Box::pin(lister(tx, instance, portee)),
    montrer: |tx, instance, ids| Box::pin(montrer(tx, instance, ids)),
}];

/// Actors read at a time.
const LOT: u64 = 500;

async fn lister(tx: &ReadTx, instance: &Instance, portee: Portee<'_>) -> Result<Vec<Document>, Erreur> {
    let requete =
        acteur::Entity::find().filter(acteur::Column::Etat.eq(EtatActeur::Actif)).order_by_asc(acteur::Column::Id);
    let requete = match portee {
        Portee::Ids(ids) => requete.filter(acteur::Column::Id.is_in(ids.iter().map(String::as_str))),
        Portee::Apres(apres) => requete.filter(acteur::Column::Id.gt(apres)).limit(LOT),
    };
    let acteurs = requete.all(tx).await?;
    let ids: Vec<ActeurId> = acteurs.iter().map(|acteur| acteur.id.clone()).collect();
    let autour = Autour::lire(tx, instance, &ids).await?;
    Ok(acteurs.iter().map(|acteur| autour.document(instance, acteur)).collect())
}

async fn montrer(tx: &ReadTx, instance: &Instance, ids: &[String]) -> Result<Vec<Trouve>, Erreur> {
    let lignes = storage::lignes(tx, ids, instance.aujourd_hui()).await?;
    Ok(lignes.into_iter().map(|ligne| trouve(instance, ligne)).collect())
}

fn trouve(instance: &Instance, ligne: Ligne) -> Trouve {
    let lieu = ligne.commune.as_ref().map(|code| instance.referentiel().nom_commune(code).to_owned());
    let parties = [Some(ligne.famille.libelle().to_owned()), lieu, ligne.resume_themes(&instance.locaux().themes)];
    Trouve {
        url: format!("/annuaire/{}", ligne.reference),
        resume: parties.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        id: ligne.id,
        titre: ligne.nom,
        exemple: ligne.exemple,
    }
}

/// A territory as the index holds it.
pub(crate) fn jeton_de_territoire(genre: GenreTerritoire, code: &str) -> String {
    match genre {
        GenreTerritoire::Departement => genre.as_str().to_owned(),
        GenreTerritoire::Epci | GenreTerritoire::Commune | GenreTerritoire::Perimetre => format!("{genre}:{code}"),
    }
}

/// The same for what an offer says: a perimeter is found by each of its communes.
fn jetons_de_territoire(instance: &Instance, genre: GenreTerritoire, code: &str) -> Vec<String> {
    match genre {
        GenreTerritoire::Perimetre => zonages::communes(&instance.locaux(), code)
            .iter()
            .map(|commune| jeton_de_territoire(GenreTerritoire::Commune, commune.as_str()))
            .collect(),
        _ => vec![jeton_de_territoire(genre, code)],
    }
}

/// What hangs on actors, by actor: six statements whatever their number.
struct Autour {
    etablissements: BTreeMap<ActeurId, Vec<etablissement::Model>>,
    agrements: BTreeMap<ActeurId, Vec<agrement::Model>>,
    themes: BTreeMap<ActeurId, Vec<theme::Model>>,
    offres: BTreeMap<ActeurId, Vec<offre::Model>>,
    territoires: BTreeMap<OffreId, Vec<String>>,
    ouvertures: BTreeMap<ActeurId, Vec<valeur::Model>>,
}

impl Autour {
    async fn lire(tx: &ReadTx, instance: &Instance, ids: &[ActeurId]) -> Result<Self, DbErr> {
        let ids = || ids.iter().map(ActeurId::as_str);
        let etablissements = etablissement::Entity::find()
            .filter(etablissement::Column::ActeurId.is_in(ids()))
            .filter(etablissement::Column::Ouvert.eq(true))
            .order_by_asc(etablissement::Column::Id);
        let agrements = agrement::Entity::find().filter(agrement::Column::ActeurId.is_in(ids()));
        let themes = theme::Entity::find().filter(theme::Column::ActeurId.is_in(ids()));
        let offres = offre::Entity::find()
            .filter(offre::Column::ActeurId.is_in(ids()))
            .filter(offre::Column::Active.eq(true))
            .order_by_asc(offre::Column::Id);
        let offres = offres.all(tx).await?;
        let ouvertures = valeur::Entity::find()
            .filter(valeur::Column::ActeurId.is_in(ids()))
            .filter(valeur::Column::Champ.is_in(OUVERTURES))
            .filter(valeur::Column::Courante.eq(true));
        Ok(Self {
            ouvertures: par_acteur(ouvertures.all(tx).await?, |v| v.acteur_id.clone()),
            etablissements: par_acteur(etablissements.all(tx).await?, |e| e.acteur_id.clone()),
            agrements: par_acteur(agrements.all(tx).await?, |a| a.acteur_id.clone()),
            themes: par_acteur(themes.all(tx).await?, |t| t.acteur_id.clone()),
            territoires: territoires(tx, instance, &offres).await?,
            offres: par_acteur(offres, |o| o.acteur_id.clone()),
        })
    }

    fn document(&self, instance: &Instance, acteur: &acteur::Model) -> Document {
        let id = &acteur.id;
        let etablissements = self.etablissements.get(id).map_or(&[][..], Vec::as_slice);
        let offres = self.offres.get(id).map_or(&[][..], Vec::as_slice);
        let jour = instance.aujourd_hui();
        let agrements: BTreeSet<GenreAgrement> = self
            .agrements
            .get(id)
            .into_iter()
            .flatten()
            .filter(|agrement| agrement.au.is_none_or(|au| jour <= au.0))
            .filter_map(agrement::Model::genre)
            .collect();
        let themes: BTreeSet<_> = self.themes.get(id).into_iter().flatten().filter_map(theme::Model::theme).collect();
        let lieux = lieux(instance, acteur, etablissements);
        let noms_des_lieux = lieux.iter().map(|code| instance.referentiel().nom_commune(code));
        let locaux = instance.locaux();
        let division = acteur.naf.as_deref().and_then(activite::division);
        let corps = acteur
            .presentation
            .as_deref()
            .into_iter()
            .chain(offres.iter().map(|offre| offre.description.as_str()))
            .chain(themes.iter().map(|theme| locaux.themes.nom(*theme)))
            .chain(agrements.iter().flat_map(|genre| [genre.libelle(), genre.as_str()]))
            .chain(noms_des_lieux)
            .chain([acteur.famille.libelle()])
            .chain(division.and_then(activite::libelle))
            .chain(numeros(acteur, etablissements));
        let fort = acteur
            .sigle
            .as_deref()
            .into_iter()
            .chain(etablissements.iter().filter_map(|e| e.enseigne.as_deref()))
            .chain(offres.iter().map(|offre| offre.titre.as_str()));
        let mut facettes =
            vec![(axe::FAMILLE, acteur.famille.as_str().to_owned()), (axe::ESS, acteur.ess_loi.as_str().to_owned())];
        facettes.extend(themes.iter().map(|theme| (axe::THEME, theme.as_str().to_owned())));
        facettes.extend(agrements.iter().map(|genre| (axe::AGREMENT, genre.as_str().to_owned())));
        let dites = self.ouvertures.get(id).map_or(&[][..], Vec::as_slice);
        let ouvertes = OUVERTURES.into_iter().filter(|champ| dit_oui(dites, *champ));
        facettes.extend(ouvertes.map(|champ| (axe::ACCUEIL, champ.as_str().to_owned())));
        facettes.extend((!acteur.reservee()).then(|| (axe::SORT, "oui".to_owned())));
        facettes.extend(acteur.tranche.clone().map(|tranche| (axe::TRANCHE, tranche)));
        facettes.extend(division.map(|code| (axe::ACTIVITE, code.to_owned())));
        let desserte: BTreeSet<String> =
            offres.iter().flat_map(|o| self.territoires.get(&o.id).into_iter().flatten().cloned()).collect();
        facettes.extend(desserte.into_iter().map(|territoire| (axe::DESSERT, territoire)));
        let genres: BTreeSet<_> = offres.iter().map(|offre| offre.genre).collect();
        facettes.extend(genres.iter().map(|genre| (axe::OFFRE, genre.as_str().to_owned())));
        let voies: BTreeSet<_> = offres.iter().flat_map(offre::Model::modes).collect();
        facettes.extend(voies.iter().map(|mode| (axe::VOIE, mode.as_str().to_owned())));
        let tarifs: BTreeSet<_> = offres.iter().filter_map(|offre| offre.tarif).collect();
        facettes.extend(tarifs.iter().map(|tarif| (axe::TARIF, tarif.as_str().to_owned())));
        let epci: BTreeSet<String> =
            lieux.iter().filter_map(|code| instance.faits_commune(code)).filter_map(|faits| faits.epci).collect();
        facettes.extend(epci.into_iter().map(|epci| (axe::EPCI, epci)));
        facettes.extend(lieux.iter().map(|code| (axe::COMMUNE, code.as_str().to_owned())));
        Document {
            source: SOURCE.to_owned(),
            id: id.as_str().to_owned(),
            titre: acteur.nom.clone(),
            fort: fort.collect::<Vec<_>>().join(" \n"),
            corps: corps.collect::<Vec<_>>().join(" \n"),
            facettes,
            tri: acteur.nom_tri.clone(),
        }
    }
}

/// The numbers and the code by which the registers know the actor: people copy them from an invoice or a statute.
fn numeros<'a>(
    acteur: &'a acteur::Model,
    etablissements: &'a [etablissement::Model],
) -> impl Iterator<Item = &'a str> + 'a {
    let siens = [acteur.siren.as_ref().map(Siren::as_str), acteur.rna.as_ref().map(Rna::as_str), acteur.naf.as_deref()];
    let sirets = etablissements.iter().filter_map(|e| e.siret.as_deref());
    siens.into_iter().flatten().chain(sirets)
}

/// Does the source that is followed for this field say yes?
fn dit_oui(valeurs: &[valeur::Model], champ: Champ) -> bool {
    valeur::retenue(valeurs, champ).is_some_and(|valeur| valeur.valeur == Reponse::Oui.as_str())
}

/// Territories that each of these offers serves.
async fn territoires(
    tx: &ReadTx,
    instance: &Instance,
    offres: &[offre::Model],
) -> Result<BTreeMap<OffreId, Vec<String>>, DbErr> {
    use offre::territoire::{Column, Entity};
    let mut par_offre: BTreeMap<OffreId, Vec<String>> = BTreeMap::new();
    if offres.is_empty() {
        return Ok(par_offre);
    }
    let ids = offres.iter().map(|offre| offre.id.as_str());
    for servi in Entity::find().filter(Column::OffreId.is_in(ids)).all(tx).await? {
        if let Ok(genre) = servi.genre.parse::<GenreTerritoire>() {
            par_offre.entry(servi.offre_id).or_default().extend(jetons_de_territoire(instance, genre, &servi.code));
        }
    }
    // An offer that names no place serves them all.
    for offre in offres {
        let partout = || vec![jeton_de_territoire(GenreTerritoire::Departement, "")];
        par_offre.entry(offre.id.clone()).or_insert_with(partout);
    }
    Ok(par_offre)
}

/// Communes of the instance where the actor is: its seat and its open establishments.
fn lieux(
    instance: &Instance,
    acteur: &acteur::Model,
    etablissements: &[etablissement::Model],
) -> BTreeSet<CodeCommune> {
    acteur
        .commune
        .iter()
        .chain(etablissements.iter().map(|etablissement| &etablissement.commune))
        .filter(|code| instance.perimetre().contient(code))
        .cloned()
        .collect()
}

fn par_acteur<M>(lignes: Vec<M>, cle: impl Fn(&M) -> ActeurId) -> BTreeMap<ActeurId, Vec<M>> {
    let mut par: BTreeMap<ActeurId, Vec<M>> = BTreeMap::new();
    for ligne in lignes {
        par.entry(cle(&ligne)).or_default().push(ligne);
    }
    par
}
