//! A few invented actors, put straight into the tables.

use annuaire::acteur::{self, ActeurId, agrement, etablissement, storage, theme, valeur};
use annuaire::offre::storage::{self as offre, OffreComplete, OffreId};
use annuaire::vocabulaire::{
    Champ, Diffusion, EtatActeur, Famille, GenreOffre, GenreTerritoire, ModeOffre, Origine, Reponse, Tarif,
};
use domain::profil::Etape;
use domain::theme::Theme;
use platform::{Jour, WriteTx};
use sea_orm::{EntityTrait, IntoActiveModel};
use socle::organisation::{self, Nature};
use testkit::{Appli, Moteur};
use web::{Instance, recherche};

/// What differs from one actor to another.
pub(crate) struct Acteur {
    pub(crate) nom: &'static str,
    pub(crate) commune: &'static str,
    pub(crate) theme: Theme,
    pub(crate) famille: Famille,
    pub(crate) etat: EtatActeur,
    pub(crate) diffusion: Diffusion,
    pub(crate) ess: Reponse,
    pub(crate) presentation: &'static str,
    pub(crate) agrement: Option<(&'static str, Option<&'static str>)>,
}

impl Default for Acteur {
    fn default() -> Self {
        Self {
            nom: "Sans nom",
            commune: "54395",
            theme: Theme::Commerce,
            famille: Famille::Association,
            etat: EtatActeur::Actif,
            diffusion: Diffusion::Totale,
            ess: Reponse::Oui,
            presentation: "Une présentation.",
            agrement: None,
        }
    }
}

/// Inserts an actor with one establishment, one theme and its facts. Gives its id and reference.
pub(crate) async fn inserer(tx: &WriteTx, instance: &Instance, voulu: &Acteur) -> (ActeurId, String) {
    let nouvelle = organisation::Nouvelle {
        nature: Nature::Acteur,
        siren: None,
        rna: None,
        commune: Some(voulu.commune.parse().unwrap()),
        nom: voulu.nom.to_owned(),
        courriel: None,
    };
    let organisation = organisation::trouver_ou_creer(tx, &*instance.clock, &*instance.ids, nouvelle).await.unwrap();
    let (id, reference) = (ActeurId::nouveau(&*instance.ids), instance.ids.reference(8));
    let maintenant = instance.clock.instant();
    let nu = acteur::Model::nouveau(id.clone(), organisation.id, reference.clone(), None, maintenant);
    let modele = acteur::Model {
        nom: voulu.nom.to_owned(),
        nom_tri: socle::nom_tri(voulu.nom),
        categorie_juridique: Some("9220".to_owned()),
        famille: voulu.famille,
        naf: Some("94.99Z".to_owned()),
        etat: voulu.etat,
        diffusion: voulu.diffusion,
        ess_loi: voulu.ess,
        ess_loi_motif: "Association : le motif selon la loi.".to_owned(),
        ess_stat_motif: "Sirene ne dit rien.".to_owned(),
        presentation: Some(voulu.presentation.to_owned()),
        site: Some("exemple.invalid".to_owned()),
        courriel: Some("contact@exemple.invalid".to_owned()),
        telephone: Some("03 83 00 00 00".to_owned()),
        commune: Some(voulu.commune.parse().unwrap()),
        ..nu
    };
    storage::inserer(tx, modele).await.unwrap();
    let le = Some(Jour("2026-01-15".parse().unwrap()));
    let adresse = etablissement::Model {
        id: instance.ids.uuid().to_string(),
        acteur_id: id.clone(),
        siret: None,
        siege: true,
        enseigne: None,
        commune: voulu.commune.parse().unwrap(),
        adresse: (voulu.diffusion == Diffusion::Totale).then(|| "12 rue des Tests".to_owned()),
        code_postal: None,
        longitude: Some(6.184),
        latitude: Some(48.692),
        naf: None,
        ouvert: true,
        source: Origine::Sirene,
        source_du: le,
    };
    etablissement::Entity::insert(adresse.into_active_model()).exec_without_returning(tx).await.unwrap();
    let lien = theme::Model { acteur_id: id.clone(), theme: voulu.theme.to_string(), origine: Origine::Naf };
    theme::Entity::insert(lien.into_active_model()).exec_without_returning(tx).await.unwrap();
    if let Some((genre, au)) = voulu.agrement {
        let agrement = agrement::Model {
            acteur_id: id.clone(),
            genre: genre.to_owned(),
            source: "siae".to_owned(),
            libelle: None,
            du: Some(Jour("2020-01-01".parse().unwrap())),
            au: au.map(|au| Jour(au.parse().unwrap())),
            source_du: le,
            preuve: None,
        };
        agrement::Entity::insert(agrement.into_active_model()).exec_without_returning(tx).await.unwrap();
    }
    for (champ, texte) in [(Champ::Nom, voulu.nom), (Champ::Naf, "94.99Z"), (Champ::Telephone, "03 83 00 00 00")] {
        let fait = valeur::Model::nouvelle(&*instance.ids, &id, champ, texte, Origine::Sirene, maintenant);
        let fait = valeur::Model { source_du: le, ..fait };
        valeur::Entity::insert(fait.into_active_model()).exec_without_returning(tx).await.unwrap();
    }
    (id, reference)
}

/// Inserts an offer; free when it has no legal way.
pub(crate) async fn offrir(
    tx: &WriteTx,
    instance: &Instance,
    acteur: &ActeurId,
    titre: &str,
    mode: Option<ModeOffre>,
    etapes: &[Etape],
    territoires: &[(GenreTerritoire, &str)],
) {
    let maintenant = instance.clock.instant();
    let modele = offre::Model {
        id: OffreId::nouveau(&*instance.ids),
        acteur_id: acteur.clone(),
        titre: titre.to_owned(),
        titre_tri: socle::nom_tri(titre),
        description: "Une offre de test.".to_owned(),
        genre: GenreOffre::Ingenierie,
        modes: offre::joindre(mode.as_slice()),
        tarif: mode.is_none().then_some(Tarif::Gratuit),
        payant: mode.is_some(),
        active: true,
        exemple: false,
        cree_le: maintenant,
        modifie_le: maintenant,
        version: 1,
        capacite: None,
        capacite_nombre: None,
        capacite_periode: None,
        a_partir_de: None,
        prix_pour: None,
    };
    let complete = OffreComplete {
        offre: modele,
        themes: vec![Theme::Commerce],
        etapes: etapes.to_vec(),
        territoires: territoires.iter().map(|(genre, code)| (*genre, (*code).to_owned())).collect(),
        references: Vec::new(),
    };
    offre::inserer(tx, complete).await.unwrap();
}

/// An application with these actors, indexed. References in the same order.
pub(crate) async fn appli_avec(moteur: Moteur, acteurs: &[Acteur]) -> (Appli, Vec<(ActeurId, String)>) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let mut faits = Vec::new();
    let tx = appli.instance.db.begin().await.unwrap();
    for acteur in acteurs {
        faits.push(inserer(&tx, &appli.instance, acteur).await);
    }
    recherche::demander_la_reconstruction(&tx, &appli.instance).await.unwrap();
    tx.commit().await.unwrap();
    appli.travailler().await;
    (appli, faits)
}
