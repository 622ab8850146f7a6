//! Two actors side by side: what differs is chosen, what would move is told, then they are merged, or set aside for ever.
//! The first of the address stays; the second goes into it.
//!
//! - `vue`: what the page says of the two.

mod vue;

use axum::extract::Path;
use axum::http::StatusCode;
use platform::{ReadTx, journal};
use web::composants::Conflit;
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Reponse, Saisie};

use self::vue::{PageBanc, apercu, cote_a_cote, page};

use super::demenagement::{self, Suite};
use super::fusion::{self, Refuse};
use super::liste::URL;
use super::reunion::{Choisis, Choix, Compare, comparer, montrables};
use super::rules::Raison;
use super::storage::paires::{self, etat};
use crate::acteur::{self, agrement, etablissement, storage, theme, valeur};
use crate::evenements;
use crate::offre::lecture;
use crate::offre::storage::OffreComplete;
use crate::tenue::FIL;
use crate::vocabulaire::EtatActeur;

/// One of the two, with all that hangs on it.
struct Cote {
    acteur: acteur::Model,
    valeurs: Vec<valeur::Model>,
    etablissements: Vec<etablissement::Model>,
    agrements: Vec<agrement::Model>,
    themes: Vec<theme::Model>,
    offres: Vec<OffreComplete>,
    personnes: i64,
    projets: i64,
    suite: Suite,
}

impl Cote {
    async fn lire(tx: &ReadTx, reference: &str) -> Result<Self, Erreur> {
        let acteur = storage::par_reference(tx, reference).await?.ok_or(Erreur::Introuvable("cet acteur"))?;
        if acteur.etat == EtatActeur::Masque {
            return Err(Erreur::Introuvable("cet acteur : il est déjà réuni à un autre, ou retiré de l’annuaire"));
        }
        let (personnes, projets) = socle::organisation::reunion::compter(tx, &acteur.organisation_id).await?;
        Ok(Self {
            valeurs: storage::valeurs(tx, &acteur.id).await?,
            etablissements: storage::etablissements(tx, &acteur.id).await?,
            agrements: storage::agrements(tx, &acteur.id).await?,
            themes: storage::themes(tx, &acteur.id).await?,
            offres: lecture::de_l_acteur(tx, &acteur.id).await?,
            personnes,
            projets,
            suite: demenagement::compter(tx, &acteur.id).await?,
            acteur,
        })
    }
}

/// Both, and why they may be the same.
struct Paire {
    garde: Cote,
    absorbe: Cote,
    compares: Vec<Compare>,
    etat: Option<String>,
    raisons: Vec<Raison>,
}

impl Paire {
    async fn lire(tx: &ReadTx, a: &str, b: &str) -> Result<Self, Erreur> {
        if a == b {
            return Err(Erreur::Introuvable("cette paire : c’est deux fois la même fiche"));
        }
        let (garde, absorbe) = (Cote::lire(tx, a).await?, Cote::lire(tx, b).await?);
        let (etat, raisons) = paires::la_paire(tx, &garde.acteur.id, &absorbe.acteur.id).await?.unzip();
        let compares = comparer(&garde.valeurs, &montrables(absorbe.acteur.diffusion, absorbe.valeurs.clone()));
        Ok(Self { compares, etat, raisons: raisons.unwrap_or_default(), garde, absorbe })
    }

    fn adresse(&self) -> String {
        format!("{URL}/{}/{}", self.garde.acteur.reference, self.absorbe.acteur.reference)
    }

    fn choix(&self, saisie: &Saisie) -> Choisis {
        let differents = self.compares.iter().filter(|compare| compare.differe());
        differents
            .map(|compare| {
                let choix = match saisie.texte(compare.champ.as_str()) {
                    "b" => Choix::Absorbe,
                    _ => Choix::Garde,
                };
                (compare.champ, choix)
            })
            .collect()
    }
}

fn repondre(cadre: &Cadre, page: &PageBanc, statut: StatusCode) -> Reponse {
    let fil = [FIL[0], FIL[1], ("Doublons", URL)];
    cadre.page("Comparer deux fiches", page)?.statut(statut).fil(&fil).repondre()
}

/// GET `/reglages/annuaire/doublons/{a}/{b}`.
pub async fn montrer(cadre: Cadre, Path((a, b)): Path<(String, String)>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let paire = Paire::lire(&tx, &a, &b).await?;
    repondre(&cadre, &page(&cadre, &paire, Saisie::default(), Erreurs::default()), StatusCode::OK)
}

/// POST: sees what the merge would give, merges, sets aside, or takes back among the pairs to judge.
pub async fn decider(cadre: Cadre, Path((a, b)): Path<(String, String)>, form: CheckedForm) -> Reponse {
    let lecture = cadre.instance.db.read().await?;
    let paire = Paire::lire(&lecture, &a, &b).await?;
    drop(lecture);
    match form.saisie.texte("acte") {
        "voir" => {
            let choisis = paire.choix(&form.saisie);
            let vue = page(&cadre, &paire, form.saisie.clone(), Erreurs::default());
            let apercu = Some(apercu(&cadre.instance, &paire, &choisis));
            repondre(&cadre, &PageBanc { apercu, versions: versions(&form), ..vue }, StatusCode::OK)
        }
        "reunir" => reunir(&cadre, &form, paire).await,
        "ecarter" => juger(&cadre, &form, &paire, etat::ECARTE, "Paire écartée : elle ne sera plus proposée.").await,
        "reprendre" => juger(&cadre, &form, &paire, etat::PROPOSE, "Paire remise parmi celles à juger.").await,
        _ => Err(Erreur::Invalide("Choisissez : voir, réunir ou écarter.".to_owned())),
    }
}

fn versions(form: &CheckedForm) -> (i64, i64) {
    let lire = |nom| form.saisie.texte(nom).parse().unwrap_or(0);
    (lire("version_a"), lire("version_b"))
}

async fn juger(cadre: &Cadre, form: &CheckedForm, paire: &Paire, etat: &str, message: &str) -> Reponse {
    let instance = &cadre.instance;
    let par = cadre.visiteur.personne_id().map(|id| id.as_str());
    let tx = instance.db.begin().await?;
    let (a, b) = (&paire.garde.acteur.id, &paire.absorbe.acteur.id);
    paires::juger(&tx, a, b, etat, par, instance.clock.instant()).await?;
    let genre = if etat == etat::ECARTE { evenements::ECARTE } else { evenements::REPRIS };
    let evenement = evenements::de_l_acteur(cadre, genre, a).faits(serde_json::json!({ "autre": b.as_str() }));
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    form.conclure(tx, URL, message).await
}

async fn reunir(cadre: &Cadre, form: &CheckedForm, paire: Paire) -> Reponse {
    let instance = &cadre.instance;
    let par = cadre.visiteur.personne_id().map(|id| id.as_str());
    let choisis = paire.choix(&form.saisie);
    let (version_a, version_b) = versions(form);
    let (a, b) = (paire.garde.acteur, paire.absorbe.acteur);
    let (id_a, id_b) = (a.id.clone(), b.id.clone());
    let references = (a.reference.clone(), b.reference.clone());
    let (garde, absorbe) = (acteur::Model { version: version_a, ..a }, acteur::Model { version: version_b, ..b });
    let tx = instance.db.begin().await?;
    let fait = fusion::reunir(&tx, instance, garde, absorbe, &choisis, par).await;
    let id = match fait {
        Ok(id) => id,
        Err(Refuse::Conflit) => {
            tx.rollback().await?;
            return en_conflit(cadre, form, (&references.0, &references.1)).await;
        }
        Err(autre) => return Err(autre.into()),
    };
    for (genre, de, autre) in [(evenements::REUNI, &id_a, &id_b), (evenements::ABSORBE, &id_b, &id_a)] {
        let evenement = evenements::de_l_acteur(cadre, genre, de).faits(serde_json::json!({ "autre": autre.as_str() }));
        journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    }
    let vers = format!("/reglages/annuaire/reunions/{id}");
    form.conclure(tx, &vers, "Les deux fiches sont réunies. L’ancienne adresse mène à la nouvelle.").await
}

/// Somebody changed one of the two: what they say now stands above the choices made.
async fn en_conflit(cadre: &Cadre, form: &CheckedForm, (a, b): (&str, &str)) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let paire = Paire::lire(&tx, a, b).await?;
    let page = page(cadre, &paire, form.saisie.clone(), Erreurs::default());
    let conflit = Conflit::sur("une de ces deux fiches").enregistre(cote_a_cote(&cadre.instance, &paire));
    repondre(cadre, &PageBanc { conflit: Some(conflit), ..page }, StatusCode::CONFLICT)
}

impl From<Refuse> for Erreur {
    fn from(refus: Refuse) -> Self {
        match refus {
            Refuse::Base(erreur) => erreur.into(),
            Refuse::Impossible(phrase) => Self::Invalide(phrase),
            Refuse::Conflit => {
                Self::Invalide("Une des deux fiches vient de changer. Revenez à la page et recommencez.".to_owned())
            }
        }
    }
}
