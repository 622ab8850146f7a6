//! The objects that only some routes need, made when a row asks for them: without one, "404" would prove nothing.

use accompagnement::{relation, reprise};
use annuaire::acteur::ActeurId;
use annuaire::alertes::storage as alertes;
use annuaire::import::fichier::{Contenu, FichierRecu};
use annuaire::import::preparation::{Demande, SANS_PROGRES, preparer};
use annuaire::moderation;
use annuaire::photo::{rules::Petite, storage as photos};
use platform::fichiers::Genre;
use projets::pieces::storage as pieces;
use sea_orm::{EntityTrait, IntoActiveModel};
use socle::{jeton, mandat, projet};

use crate::Qui;
use crate::terrain::{Decor, Terrain};

/// The columns of the official list, with one body of the commune.
const LISTE: &[u8] = b"siret,kind,nom,enseigne,naf,adresse,code_postal,commune,lon,lat,maj_le\n\
    41147627800030,ACI,UN CHANTIER,,0113Z,Rue,54480,Cirey-sur-Vezouze,6.9,48.5,2020-12-18\n";

impl Terrain {
    /// What stands for a parameter, when an object must be made for it.
    pub(crate) async fn objet(&self, decor: &Decor, modele: &str, nom: &str, reference: &str) -> Option<String> {
        match (nom, modele) {
            ("page", "/facile-a-lire/{page}") => Some("projet".to_owned()),
            ("piece", _) => Some(self.piece(decor, reference).await),
            ("photo", _) => Some(self.photo().await),
            ("secret", "/relation/{secret}") => Some(self.relation_ecrite(decor, reference).await),
            ("id", "/annuaire/recherches/{id}") => Some(self.recherche(decor).await),
            ("id", modele) if modele.starts_with("/reglages/annuaire/propositions/") => Some(self.correction().await),
            ("id", modele) if modele.starts_with("/reglages/imports/annuaire/{id}") => Some(self.import().await),
            ("reference", modele) if modele.starts_with("/tableau/import/") => Some(self.reprise().await),
            _ => None,
        }
    }

    /// What the form of a route names, when an empty one would name nothing.
    pub(crate) async fn corps(
        &self,
        decor: &Decor,
        qui: Qui,
        modele: &str,
        reference: &str,
    ) -> Vec<(&'static str, String)> {
        match modele {
            "/compte/mandat" | "/compte/mandats/terminer" => self.mandat(decor, qui).await,
            "/compte/collegues" => self.mandat(decor, Qui::NonVerifie).await,
            "/reglages/utilisateurs/terminer" => self.mandat(decor, Qui::Facilitateur).await,
            "/reglages/personnes/{id}" => vec![("acte", "sessions".to_owned())],
            "/projets/{reference}/relation/approuver" if decor.sessions.contains_key(&qui) => {
                vec![("relation", self.relation(decor, reference).await)]
            }
            _ => Vec::new(),
        }
    }

    async fn mandat(&self, decor: &Decor, qui: Qui) -> Vec<(&'static str, String)> {
        let Some(personne) = decor.personnes.get(&qui) else { return Vec::new() };
        let tx = self.appli.instance.db.read().await.unwrap();
        let mandats = mandat::de_la_personne(&tx, personne).await.unwrap();
        mandats.into_iter().take(1).map(|mandat| ("mandat", mandat.id.as_str().to_owned())).collect()
    }

    async fn piece(&self, decor: &Decor, reference: &str) -> String {
        let instance = &self.appli.instance;
        let depot = instance.fichiers.deposer(&*instance.ids, b"Vu sur place.", Genre::Txt).await.unwrap();
        let tx = instance.db.begin().await.unwrap();
        let projet = projet::par_reference(&tx, reference).await.unwrap().unwrap();
        let par = &decor.personnes[&Qui::Declarant];
        let nouvelle = pieces::Nouvelle { projet: &projet.id, nom: "note.txt", libelle: "Note", depot: &depot, par };
        pieces::ajouter(&tx, &*instance.clock, &*instance.ids, nouvelle).await.unwrap();
        let reference = pieces::du_projet(&tx, &projet.id).await.unwrap().remove(0).reference;
        tx.commit().await.unwrap();
        reference
    }

    async fn photo(&self) -> String {
        let instance = &self.appli.instance;
        let petite = Petite { octets: b"\xff\xd8\xff\xe0".to_vec(), largeur: 1, hauteur: 1 };
        let depot = instance.fichiers.deposer(&*instance.ids, &petite.octets, Genre::Jpg).await.unwrap();
        let reference = instance.ids.reference(12);
        let tx = instance.db.begin().await.unwrap();
        let nouvelle = photos::Nouvelle {
            id: instance.ids.uuid().to_string(),
            reference: reference.clone(),
            acteur: &ActeurId(self.acteur.id.clone()),
            depot: &depot,
            petite: &petite,
            description: "La cour",
            par: None,
            le: instance.clock.instant(),
        };
        photos::ajouter(&tx, nouvelle).await.unwrap();
        tx.commit().await.unwrap();
        reference
    }

    /// An introduction that waits for the bearer's word.
    async fn relation(&self, decor: &Decor, reference: &str) -> String {
        let instance = &self.appli.instance;
        let tx = instance.db.begin().await.unwrap();
        let projet = projet::par_reference(&tx, reference).await.unwrap().unwrap();
        let relation = relation::Model {
            id: instance.ids.uuid().to_string(),
            projet_id: projet.id,
            acteur: "Un acteur (exemple)".to_owned(),
            courriel: "acteur@exemple.invalid".to_owned(),
            texte: "Bonjour, un projet près de chez vous.".to_owned(),
            etat: "a-approuver".to_owned(),
            proposee_par: decor.personnes[&Qui::Charge].clone(),
            proposee_le: instance.clock.instant(),
            approuvee_par: None,
            approuvee_le: None,
            repondue_le: None,
            version: 1,
        };
        let id = relation.id.clone();
        relation::Entity::insert(relation.into_active_model()).exec_without_returning(&tx).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// The link that its actor received.
    async fn relation_ecrite(&self, decor: &Decor, reference: &str) -> String {
        let instance = &self.appli.instance;
        let (id, secret) = (self.relation(decor, reference).await, instance.ids.jeton());
        let tx = instance.db.begin().await.unwrap();
        jeton::creer(&tx, &*instance.clock, "relation", &id, &secret, None, 3600).await.unwrap();
        tx.commit().await.unwrap();
        secret
    }

    /// A search kept by one person: to the others it is not there.
    async fn recherche(&self, decor: &Decor) -> String {
        let instance = &self.appli.instance;
        let tx = instance.db.begin().await.unwrap();
        let (id, le) = (alertes::RechercheId::nouveau(&*instance.ids), instance.clock.instant());
        let recherche = alertes::Model {
            id: id.clone(),
            personne_id: decor.personnes[&Qui::Declarant].clone(),
            filtres: format!("q={}", id.as_str()),
            alerte: false,
            cree_le: le,
            vu_le: le,
            envoye_le: None,
        };
        alertes::Entity::insert(recherche.into_active_model()).exec_without_returning(&tx).await.unwrap();
        tx.commit().await.unwrap();
        id.as_str().to_owned()
    }

    /// A correction that somebody proposed.
    async fn correction(&self) -> String {
        let instance = &self.appli.instance;
        let reference = instance.ids.reference(10);
        let tx = instance.db.begin().await.unwrap();
        let nouvelle = moderation::storage::Nouvelle {
            id: instance.ids.uuid().to_string(),
            reference: reference.clone(),
            genre: moderation::rules::Genre::Correction,
            acteur: Some(&ActeurId(self.acteur.id.clone())),
            titre: None,
            contenu: None,
            personne: None,
            courriel: Some("passant@exemple.invalid"),
            ecarts: &[],
            mot: "Le numéro a changé.",
            le: instance.clock.instant(),
        };
        moderation::storage::inserer(&tx, nouvelle).await.unwrap();
        tx.commit().await.unwrap();
        reference
    }

    /// An import of the directory that waits for the agent's word.
    async fn import(&self) -> String {
        let fichiers = vec![FichierRecu { nom: "siae.csv".to_owned(), contenu: Contenu::Octets(LISTE.to_vec()) }];
        let demande = Demande { fichiers, essai: true, par: None, liste_du: None };
        preparer(&self.appli.instance, demande, SANS_PROGRES).await.unwrap().id
    }

    /// A spreadsheet of projects, received and not yet taken over.
    async fn reprise(&self) -> String {
        let instance = &self.appli.instance;
        let octets = b"Titre;Commune\nUn lavoir;Cirey-sur-Vezouze\n";
        let depot = instance.fichiers.deposer(&*instance.ids, octets, Genre::Csv).await.unwrap();
        let tx = instance.db.begin().await.unwrap();
        let (clock, ids) = (&*instance.clock, &*instance.ids);
        let reprise = reprise::storage::recevoir(&tx, clock, ids, "suivi.csv", Some(&depot), None).await.unwrap();
        tx.commit().await.unwrap();
        reprise.reference
    }
}
