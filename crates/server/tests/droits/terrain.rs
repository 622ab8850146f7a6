//! The world in which every route is asked: a project in secret, an actor, and a person for each function.

use accompagnement::demande::storage as demandes;
use annuaire::acteur::{self, ActeurId};
use annuaire::offre::storage as offre;
use annuaire::reseau;
use annuaire::revendication::rules::{EtatRevendication, Moyen};
use annuaire::revendication::storage::{self as revendications, Revendication};
use annuaire::vocabulaire::{GenreOffre, Tarif};
use domain::code::CodeCommune;
use domain::droit::Fonction;
use domain::profil::{Etape, Porteur};
use domain::theme::Theme;
use jiff::civil::date;
use platform::WriteTx;
use server::features;
use socle::mandat::{self, Nouveau, Verification};
use socle::organisation::{self, Nature, Nouvelle};
use socle::projet;
use socle::secteur::{self, SecteurId};
use socle::{OrganisationId, PersonneId, jeton, personne, session};
use std::collections::BTreeMap;
use testkit::{Appli, Moteur, Navigateur, Page};
use web::contexte::COOKIE_SESSION;

use crate::{AUTRE_COMMUNE, COMMUNE, Qui, TOUS, dire, poster, verifier_les_secrets};

pub(crate) struct Terrain {
    pub(crate) appli: Appli,
    pub(crate) secteur: SecteurId,
    pub(crate) autre_secteur: SecteurId,
    pub(crate) titulaire: PersonneId,
    /// An actor of the directory with an offer; who represents an actor represents this one.
    pub(crate) acteur: ActeurEnVue,
    pub(crate) session_d_ailleurs: String,
    /// Asks for accompaniment for the commune, whatever is done to the people of a decor.
    pub(crate) secretaire: Navigateur,
    pub(crate) numero: u32,
}

/// An actor, its reference, one of its offers.
pub(crate) struct ActeurEnVue {
    pub(crate) id: String,
    pub(crate) organisation: OrganisationId,
    pub(crate) reference: String,
    pub(crate) offre: String,
    /// It is a network too.
    pub(crate) reseau: String,
}

/// One world for one route: a person for each function, signed in.
pub(crate) struct Decor {
    pub(crate) sessions: BTreeMap<Qui, String>,
    pub(crate) personnes: BTreeMap<Qui, PersonneId>,
}

impl Terrain {
    pub(crate) async fn nouveau(moteur: Moteur) -> Self {
        let appli = Appli::nouvelle(moteur, features()).await;
        let tx = appli.instance.db.begin().await.unwrap();
        let ids = &*appli.instance.ids;
        let secteur = |nom: &str, code: &str| secteur::Nouveau {
            nom: nom.to_owned(),
            telephone: None,
            courriel: None,
            delai_jours_ouvres: 5,
            communes: vec![code.parse::<CodeCommune>().unwrap()],
            du: date(2026, 1, 1),
        };
        let ici = secteur::creer(&tx, ids, secteur("Ici", COMMUNE)).await.unwrap();
        let ailleurs = secteur::creer(&tx, ids, secteur("Ailleurs", AUTRE_COMMUNE)).await.unwrap();
        let titulaire =
            personne::trouver_ou_creer(&tx, &*appli.horloge, ids, "titulaire@exemple.invalid").await.unwrap();
        secteur::confier(&tx, ids, &ici, &titulaire.id, date(2026, 1, 1)).await.unwrap();
        let acteur = un_acteur(&tx, &appli).await;
        tx.commit().await.unwrap();
        let (secretaire, _) = appli
            .connecter("secretaire@exemple.invalid", Some((Nature::Commune, COMMUNE, Fonction::AgentCommune)))
            .await;
        let ailleurs_aussi = Appli::nouvelle(Moteur::Sqlite, vec![]).await;
        let tx = ailleurs_aussi.instance.db.begin().await.unwrap();
        let inconnu = personne::trouver_ou_creer(&tx, &*appli.horloge, ids, "maire@exemple.invalid").await.unwrap();
        let session_d_ailleurs = ids.jeton();
        session::ouvrir(&tx, &*appli.horloge, &session_d_ailleurs, &inconnu.id, "ailleurs").await.unwrap();
        tx.commit().await.unwrap();
        ailleurs_aussi.fin().await;
        Self {
            secteur: ici,
            autre_secteur: ailleurs,
            titulaire: titulaire.id,
            acteur,
            session_d_ailleurs,
            secretaire,
            appli,
            numero: 0,
        }
    }

    pub(crate) async fn decor(&mut self) -> Decor {
        self.numero += 1;
        let (horloge, ids) = (&*self.appli.horloge, &*self.appli.instance.ids);
        let tx = self.appli.instance.db.begin().await.unwrap();
        let mut decor = Decor { sessions: BTreeMap::new(), personnes: BTreeMap::new() };
        for (qui, nom, _) in TOUS {
            if matches!(qui, Qui::Anonyme | Qui::AutreInstance) {
                continue;
            }
            let courriel = format!("{nom}-{}@exemple.invalid", self.numero);
            let personne = personne::trouver_ou_creer(&tx, horloge, ids, &courriel).await.unwrap();
            let (prenom, telephone) = match qui {
                Qui::Declarant | Qui::Expire => ("prenom-interdit", Some("03 99 73 94 00")),
                _ => ("Prénom", None),
            };
            personne::nommer(&tx, &personne, prenom, nom, telephone).await.unwrap();
            self.armer(&tx, *qui, &personne.id).await;
            let secret = ids.jeton();
            session::ouvrir(&tx, horloge, &secret, &personne.id, "essai").await.unwrap();
            decor.sessions.insert(*qui, secret);
            decor.personnes.insert(*qui, personne.id);
        }
        tx.commit().await.unwrap();
        decor.sessions.insert(Qui::AutreInstance, self.session_d_ailleurs.clone());
        decor
    }

    /// Gives a person what makes their function.
    pub(crate) async fn armer(&self, tx: &WriteTx, qui: Qui, personne: &PersonneId) {
        let ids = &*self.appli.instance.ids;
        let debut = date(2026, 1, 1);
        let (nature, nom, fonction) = match qui {
            Qui::Porteur | Qui::NonVerifie | Qui::Expire => (Nature::Commune, COMMUNE, Fonction::Maire),
            Qui::AutreCommune => (Nature::Commune, AUTRE_COMMUNE, Fonction::Maire),
            Qui::Acteur => (Nature::Acteur, "", Fonction::Representant),
            Qui::Charge | Qui::AutreSecteur | Qui::Remplacant | Qui::Confie => {
                (Nature::Departement, "Département", Fonction::ChargeTerritorial)
            }
            Qui::Coordinateur => (Nature::Departement, "Département", Fonction::Coordinateur),
            Qui::Direction => (Nature::Departement, "Département", Fonction::Direction),
            Qui::Facilitateur => (Nature::Departement, "Département", Fonction::Facilitateur),
            Qui::AgentSite => (Nature::Departement, "Département", Fonction::AgentSite),
            Qui::Anonyme | Qui::AutreInstance | Qui::Declarant => return,
        };
        let nouveau = Nouveau {
            personne: personne.clone(),
            organisation: self.organisation(tx, nature, nom).await,
            fonction,
            du: debut,
            au: (qui == Qui::Expire).then(|| date(2026, 10, 31)),
            preuve: "essai".to_owned(),
            verifie_par: (qui != Qui::NonVerifie).then_some(Verification::Preuve),
        };
        mandat::donner(tx, &*self.appli.horloge, ids, nouveau).await.unwrap();
        match qui {
            Qui::Charge => secteur::confier(tx, ids, &self.secteur, personne, debut).await.unwrap(),
            Qui::AutreSecteur => secteur::confier(tx, ids, &self.autre_secteur, personne, debut).await.unwrap(),
            Qui::Remplacant => {
                let (du, au) = (date(2026, 11, 20), date(2026, 11, 30));
                secteur::absence::noter(tx, ids, &self.titulaire, du, au, Some(personne)).await.unwrap();
            }
            _ => {}
        }
    }

    pub(crate) async fn organisation(&self, tx: &WriteTx, nature: Nature, nom: &str) -> OrganisationId {
        if nature == Nature::Acteur {
            return self.acteur.organisation.clone();
        }
        if nature == Nature::Departement
            && let Some(deja) = organisation::du_departement(tx).await.unwrap()
        {
            return deja.id;
        }
        let commune = (nature == Nature::Commune).then(|| nom.parse().unwrap());
        let nouvelle = Nouvelle { nature, siren: None, rna: None, commune, nom: nom.to_owned(), courriel: None };
        organisation::trouver_ou_creer(tx, &*self.appli.horloge, &*self.appli.instance.ids, nouvelle).await.unwrap().id
    }

    /// A private project of the commune, with a request for accompaniment handed to one of the decor.
    pub(crate) async fn projet(&self, decor: &Decor, qui: Qui) -> String {
        let instance = &self.appli.instance;
        let auteur = if qui == Qui::Expire { Qui::Expire } else { Qui::Declarant };
        let tx = instance.db.begin().await.unwrap();
        let reference = instance.ids.reference(10);
        let maintenant = instance.clock.instant();
        let projet = projet::Model {
            reference: reference.clone(),
            titre: "Titre-interdit".to_owned(),
            manque: "Manque-interdit".to_owned(),
            etape: Etape::TOUS[0],
            porteur: Porteur::Commune,
            organisation_id: Some(self.organisation(&tx, Nature::Commune, COMMUNE).await),
            auteur_id: decor.personnes.get(&auteur).cloned(),
            origine: "site".to_owned(),
            ..projet::Model::nouveau(&*instance.ids, COMMUNE.parse().unwrap(), maintenant)
        };
        let projet = projet::inserer(&tx, projet, &["commerce".parse::<Theme>().unwrap()]).await.unwrap();
        tx.commit().await.unwrap();
        let mut secretaire = self.secretaire.clone();
        let chemin = format!("/projets/{reference}/accompagnement");
        let page = secretaire.ouvrir(&chemin).await;
        secretaire.envoyer(&page, &chemin, &[("message", "Message-interdit")]).await;
        let (tx, agent_id) = (instance.db.begin().await.unwrap(), decor.personnes.get(&Qui::Confie).cloned());
        let demande = demandes::du_projet(&tx, &projet.id).await.unwrap().unwrap();
        demandes::enregistrer(&tx, &demandes::Model { agent_id, confiee: true, ..demande }).await.unwrap();
        tx.commit().await.unwrap();
        reference
    }

    /// What stands for a parameter of a path. Unknown names get a value that nothing has.
    pub(crate) async fn valeur(&self, chemin: &str, nom: &str, reference: &str) -> String {
        let usage = |usage: &'static str, cible: String| async move {
            let instance = &self.appli.instance;
            let secret = instance.ids.jeton();
            let tx = instance.db.begin().await.unwrap();
            jeton::creer(&tx, &*instance.clock, usage, &cible, &secret, None, 3600).await.unwrap();
            tx.commit().await.unwrap();
            secret
        };
        match (nom, chemin) {
            ("reference", chemin)
                if chemin.starts_with("/annuaire/") || chemin.starts_with("/reglages/annuaire/fiches/") =>
            {
                self.acteur.reference.clone()
            }
            ("reference", chemin) if chemin.starts_with("/reseaux/") => self.acteur.reseau.clone(),
            ("reference", chemin) if chemin.starts_with("/api/v1/acteurs/") => self.acteur.reference.clone(),
            ("offre", _) => self.acteur.offre.clone(),
            ("reference", _) => reference.to_owned(),
            ("code", "/reglages/cantons/{code}") => "5401".to_owned(),
            ("fichier", _) => "acteurs.csv".to_owned(),
            ("genre", _) => "commune".to_owned(),
            ("code", _) => COMMUNE.to_owned(),
            ("cle", _) => "accueil.titre".to_owned(),
            ("id", "/reglages/courriels/{id}") => "connexion".to_owned(),
            ("id", "/reglages/themes/{id}") => "commerce".to_owned(),
            ("secret", "/connexion/lien/{secret}") => usage("connexion", "lien@exemple.invalid".to_owned()).await,
            ("secret", "/premier-agent/{secret}") => usage("premier-agent", "agent-site".to_owned()).await,
            ("secret", "/confirmation/{secret}") => usage("confirmation-projet", reference.to_owned()).await,
            ("secret", "/est-ce-bien-cela/{secret}") => {
                usage("est-ce-bien-cela", format!("{reference}/secretariat@exemple.invalid")).await
            }
            ("secret", "/c-est-notre-structure/{secret}") => {
                usage("annuaire-revendication", self.revendication().await).await
            }
            ("id", chemin) if chemin.starts_with("/reglages/annuaire/revendications/") => self.revendication().await,
            ("secret", "/arreter-une-alerte/{secret}") => {
                let expire = self.appli.instance.clock.instant().plus_seconds(3600);
                self.appli.instance.signature.signer("annuaire-alerte", b"une-recherche", expire)
            }
            ("secret", "/annonce-d-un-reseau/{secret}") => usage("annuaire-adhesion", self.annonce().await).await,
            ("secret", "/confirmer-une-fiche/{secret}") => usage("annuaire-confirmation", self.acteur.id.clone()).await,
            ("id", "/regles/{id}") => "r-01".to_owned(),
            ("id", "/formes-juridiques/{id}") => "scic".to_owned(),
            ("id", chemin) if chemin.contains("/leviers/") => "detr".to_owned(),
            ("groupe", _) => "batiment".to_owned(),
            // That one is deleted: not the secteur that the other routes stand in.
            ("id", "/reglages/secteurs/{id}/retirer") => self.secteur_de_trop().await,
            ("id", chemin) if chemin.starts_with("/reglages/secteurs/") => self.secteur.as_str().to_owned(),
            ("id", "/reglages/personnes/{id}") => self.titulaire.as_str().to_owned(),
            _ => "inconnu".to_owned(),
        }
    }

    /// A secteur that nothing stands in.
    async fn secteur_de_trop(&self) -> String {
        let nouveau = secteur::Nouveau {
            nom: "De trop".to_owned(),
            telephone: None,
            courriel: None,
            delai_jours_ouvres: 5,
            communes: Vec::new(),
            du: date(2026, 1, 1),
        };
        let tx = self.appli.instance.db.begin().await.unwrap();
        let id = secteur::creer(&tx, &*self.appli.instance.ids, nouveau).await.unwrap();
        tx.commit().await.unwrap();
        id.as_str().to_owned()
    }

    /// A network names the actor among its members.
    async fn annonce(&self) -> String {
        let instance = &self.appli.instance;
        let tx = instance.db.begin().await.unwrap();
        let reseau = reseau::storage::tous(&tx, instance.aujourd_hui(), Some(&self.acteur.reseau)).await.unwrap();
        let (id, acteur) = (reseau[0].id.clone(), ActeurId(self.acteur.id.clone()));
        reseau::storage::ajouter(&tx, &id, &acteur, instance.clock.instant(), None).await.unwrap();
        tx.commit().await.unwrap();
        format!("{}/{}", id.as_str(), self.acteur.id)
    }

    /// A claim on the actor, that waits for a letter.
    pub(crate) async fn revendication(&self) -> String {
        let instance = &self.appli.instance;
        let tx = instance.db.begin().await.unwrap();
        let (horloge, ids) = (&*instance.clock, &*instance.ids);
        let personne = personne::trouver_ou_creer(&tx, horloge, ids, "revendique@exemple.invalid").await.unwrap();
        let revendication = Revendication {
            id: instance.ids.uuid().to_string(),
            reference: instance.ids.reference(10),
            acteur_id: ActeurId(self.acteur.id.clone()),
            personne_id: personne.id,
            moyen: Moyen::Agent,
            preuve: "Présidente".to_owned(),
            etat: EtatRevendication::Attente,
            motif: None,
            demandee_le: instance.clock.instant(),
            lettre_le: None,
            decidee_le: None,
            version: 1,
        };
        revendications::inserer(&tx, &revendication).await.unwrap();
        tx.commit().await.unwrap();
        revendication.reference
    }

    pub(crate) async fn chemin(&self, decor: &Decor, modele: &str, reference: &str) -> String {
        let mut chemin = modele.to_owned();
        while let Some((avant, reste)) = chemin.split_once('{') {
            let (parametre, apres) = reste.split_once('}').unwrap();
            let valeur = match self.objet(decor, modele, parametre, reference).await {
                Some(objet) => objet,
                None => self.valeur(modele, parametre, reference).await,
            };
            chemin = format!("{avant}{valeur}{apres}");
        }
        chemin
    }

    pub(crate) fn navigateur(&self, decor: &Decor, qui: Qui) -> Navigateur {
        let mut navigateur = self.appli.navigateur();
        if let Some(session) = decor.sessions.get(&qui) {
            navigateur.poser_cookie(COOKIE_SESSION, session);
        }
        navigateur
    }

    /// One question, with a token of the form so that rights answer and not the check of forms.
    pub(crate) async fn demander(
        &self,
        decor: &Decor,
        qui: Qui,
        (methode, modele): (&str, &str),
        reference: &str,
    ) -> Page {
        let chemin = &self.chemin(decor, modele, reference).await;
        let mut navigateur = self.navigateur(decor, qui);
        if methode == "GET" {
            return navigateur.demander("GET", chemin, None).await;
        }
        let connecte = !matches!(qui, Qui::Anonyme | Qui::AutreInstance);
        let page = navigateur.ouvrir(if connecte { "/compte" } else { "/connexion" }).await;
        let jeton = page.attribut("input[name=_jeton]", "value").unwrap();
        let cle = self.appli.instance.ids.reference(16);
        let corps = self.corps(decor, qui, modele, reference).await;
        let mut champs = vec![("_jeton", jeton.as_str()), ("_cle", cle.as_str())];
        champs.extend(corps.iter().map(|(nom, valeur)| (*nom, valeur.as_str())));
        let reponse = poster(&mut navigateur, chemin, &champs).await;
        assert!(!reponse.contient("Le formulaire n’a pas été pris en compte"), "{methode} {chemin} {qui:?}");
        reponse
    }

    pub(crate) async fn ligne(&mut self, methode: &str, modele: &str) -> Vec<String> {
        let mut decor = self.decor().await;
        let mut cellules = Vec::new();
        // Reading changes nothing: one project for all, and one for who handed theirs over.
        let mut lus: BTreeMap<bool, String> = BTreeMap::new();
        for (qui, nom, _) in TOUS {
            if *qui == Qui::AutreInstance {
                decor.sessions.insert(*qui, self.session_d_ailleurs.clone());
            }
            let remis = *qui == Qui::Expire;
            let reference = match lus.get(&remis) {
                Some(reference) if methode == "GET" => reference.clone(),
                _ if methode == "GET" || modele.contains("{reference}") || modele.contains("{secret}") => {
                    self.projet(&decor, *qui).await
                }
                _ => String::new(),
            };
            lus.insert(remis, reference.clone());
            let page = self.demander(&decor, *qui, (methode, modele), &reference).await;
            assert_ne!(page.statut.as_u16(), 500, "{methode} {modele} {nom} : {}", page.texte());
            verifier_les_secrets(*qui, methode, modele, &page);
            cellules.push(dire(*qui, &page));
        }
        cellules
    }
}

/// An actor with an offer, as somebody of the département wrote it.
async fn un_acteur(tx: &WriteTx, appli: &Appli) -> ActeurEnVue {
    let (horloge, ids) = (&*appli.horloge, &*appli.instance.ids);
    let nouvelle = Nouvelle {
        nature: Nature::Acteur,
        siren: None,
        rna: None,
        commune: Some(COMMUNE.parse().unwrap()),
        nom: "Un acteur (exemple)".to_owned(),
        courriel: None,
    };
    let organisation = organisation::trouver_ou_creer(tx, horloge, ids, nouvelle).await.unwrap();
    let maintenant = appli.instance.clock.instant();
    let (id, reference) = (ActeurId::nouveau(ids), ids.reference(8));
    let numero = id.to_string();
    let nu = acteur::Model::nouveau(id.clone(), organisation.id.clone(), reference.clone(), None, maintenant);
    let acteur = acteur::Model {
        nom: organisation.nom,
        nom_tri: organisation.nom_tri,
        commune: organisation.commune,
        exemple: true,
        ..nu
    };
    acteur::storage::inserer(tx, acteur).await.unwrap();
    let offre = offre::Model {
        id: offre::OffreId::nouveau(ids),
        acteur_id: id,
        titre: "Conseil".to_owned(),
        titre_tri: "conseil".to_owned(),
        description: "Un conseil.".to_owned(),
        genre: GenreOffre::Ingenierie,
        modes: String::new(),
        tarif: Some(Tarif::Gratuit),
        payant: false,
        active: true,
        exemple: true,
        cree_le: maintenant,
        modifie_le: maintenant,
        version: 1,
        capacite: None,
        capacite_nombre: None,
        capacite_periode: None,
        a_partir_de: None,
        prix_pour: None,
    };
    let adresse = offre.reference().to_owned();
    let complete =
        offre::OffreComplete { offre, themes: vec![], etapes: vec![], territoires: vec![], references: vec![] };
    offre::inserer(tx, complete).await.unwrap();
    assert!(reseau::storage::marquer(tx, ids, &organisation.id, maintenant, None).await.unwrap().1);
    let reseau = reseau::storage::de_l_organisation(tx, &organisation.id).await.unwrap().unwrap().reference;
    ActeurEnVue { id: numero, organisation: organisation.id, reference, offre: adresse, reseau }
}
