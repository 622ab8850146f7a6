//! The pages of who claims: which proof, then the code received by post.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use platform::{ReadTx, WriteTx, journal};
use socle::{jeton, personne};
use web::composants::{ChampLong, ChampOptions, ChampTexte, Html, OptionDeChamp, ResumeErreurs};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, courriels};

use super::acte;
use super::rules::{Connu, EtatRevendication, Moyen, adresse_postale, code_saisi, domaines, est_de_la_maison, moyens};
use super::storage::{self, Revendication};
use crate::acteur::{self, etablissement};
use crate::evenements;
use crate::reseau::demandes;
use crate::vocabulaire::EtatActeur;
use crate::{acces, acteur::storage as acteurs};

/// Use of the link of a mail.
pub(crate) const USAGE_LIEN: &str = "annuaire-revendication";
/// Use of the code of a letter.
pub(crate) const USAGE_CODE: &str = "annuaire-code-postal";
/// A link of a mail holds so long.
const LIEN_S: i64 = 7 * 86_400;
/// A code received by post holds so long.
pub(crate) const CODE_JOURS: i64 = 60;
/// Claims of one person in a day; beyond, they are told to come back.
const PAR_PERSONNE: i64 = 3;
/// Claims on one actor in a day; beyond, the same answer, and nothing leaves.
const PAR_ACTEUR: i64 = 10;

/// The actor as the public sees it, with its seat: a claim must not tell a contact that the page hides, nor write to it.
pub(crate) struct Ouvert {
    pub(crate) acteur: acteur::Model,
    siege: Option<etablissement::Model>,
}

impl Ouvert {
    pub(crate) async fn lire(tx: &ReadTx, acteur: acteur::Model) -> Result<Self, Erreur> {
        let etablissements = acteurs::etablissements(tx, &acteur.id).await?;
        let siege = ou_ecrire(etablissements);
        let valeurs = acteurs::valeurs(tx, &acteur.id).await?;
        Ok(Self { acteur: crate::fiche::au_public(acteur, &valeurs), siege })
    }

    fn connu(&self) -> Connu<'_> {
        Connu {
            site: self.acteur.site.as_deref(),
            courriel: self.acteur.courriel.as_deref(),
            siege: self.siege.as_ref().and_then(|siege| siege.adresse.as_deref()),
            siret: self.siege.is_some(),
            diffusion: Some(self.acteur.diffusion),
        }
    }

    /// Lines of the postal address of the seat, when a letter may go there.
    pub(crate) fn adresse_du_siege(&self, instance: &Instance) -> Option<Vec<String>> {
        let rue = adresse_postale(&self.connu())?.to_owned();
        let siege = self.siege.as_ref()?;
        Some(vec![self.acteur.nom.clone(), rue, siege.ville(instance)])
    }
}

/// The seat; the only open address when no source says which one is the seat.
fn ou_ecrire(etablissements: Vec<etablissement::Model>) -> Option<etablissement::Model> {
    let mut ouverts: Vec<_> = etablissements.into_iter().filter(|e| e.ouvert && e.siret.is_some()).collect();
    let siege = ouverts.iter().position(|e| e.siege);
    match siege {
        Some(rang) => Some(ouverts.swap_remove(rang)),
        None if ouverts.len() == 1 => ouverts.pop(),
        None => None,
    }
}

#[derive(Template)]
#[template(path = "revendiquer.html")]
struct PageRevendiquer {
    nom: String,
    reference: String,
    resume: ResumeErreurs,
    caches: Html,
    en_cours: Vec<String>,
    code_attendu: bool,
    moyen: ChampOptions,
    courriel: Option<ChampTexte>,
    preuve: ChampLong,
}

fn page(
    cadre: &Cadre,
    ouvert: &Ouvert,
    attentes: &[Revendication],
    saisie: Saisie,
    erreurs: Erreurs,
) -> PageRevendiquer {
    let f = cadre.formulaire_avec(saisie, erreurs);
    let (connu, acteur) = (ouvert.connu(), &ouvert.acteur);
    let domaines = domaines(&connu);
    let ou = domaines.iter().map(|d| format!("@{d}")).collect::<Vec<_>>().join(" ou ");
    let options = moyens(&connu).into_iter().map(|moyen| {
        let aide = match moyen {
            Moyen::Courriel => format!("Un lien part à une adresse qui finit par {ou}. Le plus rapide."),
            Moyen::Poste => format!(
                "Une lettre part à cette adresse : {}. Elle porte un code à saisir ici, valable {CODE_JOURS} jours.",
                ouvert.adresse_du_siege(&cadre.instance).unwrap_or_default().join(", ")
            ),
            Moyen::Reseau => "Une union, une fédération, une chambre régionale… Dites laquelle, et qui y \
                               appeler. S’il a son espace sur ce site, il lit votre nom (ou votre adresse) et ces mots, et répond lui-même."
                .to_owned(),
            Moyen::Agent => "Dites qui vous êtes dans la structure, et ce qui le montre.".to_owned(),
        };
        OptionDeChamp::nouvelle(moyen.as_str(), moyen.libelle()).aide(aide)
    });
    PageRevendiquer {
        nom: acteur.nom.clone(),
        reference: acteur.reference.clone(),
        resume: f.resume(),
        caches: f.caches_gardes(&format!("/annuaire/{}/revendiquer", acteur.reference)),
        en_cours: attentes.iter().map(|r| r.moyen.libelle().to_owned()).collect(),
        code_attendu: attentes.iter().any(|r| r.moyen == Moyen::Poste),
        moyen: f.radios("moyen", "Comment le montrer ?", options),
        courriel: (!domaines.is_empty()).then(|| {
            f.texte("courriel", "Adresse de courriel de la structure")
                .aide(format!("Seulement pour le lien par courriel. Elle finit par {ou}."))
                .courriel()
        }),
        preuve: f.long("preuve", "Ce qui le montre, en quelques mots", 600).lignes(3).aide(
            "Seulement pour un réseau ou un agent : votre nom, votre rôle, qui peut le confirmer, où on peut le lire.",
        ),
    }
}

fn repondre(cadre: &Cadre, page: &PageRevendiquer, statut: StatusCode) -> Reponse {
    acces::sous_la_fiche(cadre, "C’est ma structure", (&page.nom, &page.reference), page, statut)
}

/// An actor that may be claimed, and what the visitor asked already. Who represents it corrects it; one that closed has
/// nobody to speak for it; one that sleeps is seen by those who may wake it, as on its page.
async fn ouvrir(tx: &ReadTx, cadre: &Cadre, reference: &str) -> Result<(Ouvert, Vec<Revendication>), Erreur> {
    let personne = &cadre.visiteur.connecte()?.id;
    let acteur = acces::ouvrir(tx, reference).await?;
    if acces::represente(&cadre.visiteur, &acteur) {
        return Err(Erreur::Aller(format!("/annuaire/{reference}/modifier")));
    }
    let dort = acteur.etat == EtatActeur::Endormi && acces::autoriser(cadre, &acteur).is_err();
    if dort || acteur.etat == EtatActeur::Cesse {
        return Err(Erreur::Introuvable("cet acteur"));
    }
    let attentes = storage::en_attente(tx, &acteur.id, personne).await?;
    Ok((Ouvert::lire(tx, acteur).await?, attentes))
}

/// GET `/annuaire/{reference}/revendiquer`.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let (ouvert, attentes) = ouvrir(&tx, &cadre, &reference).await?;
    repondre(&cadre, &page(&cadre, &ouvert, &attentes, Saisie::default(), Erreurs::default()), StatusCode::OK)
}

/// What was asked, checked.
fn lire(form: &CheckedForm, ouvert: &Ouvert) -> Result<(Moyen, String), Erreurs> {
    let mut l = form.lecteur();
    let connu = ouvert.connu();
    let moyen: Option<Moyen> = l.choix("moyen", "Choisissez comment le montrer.");
    if moyen.is_some_and(|moyen| !moyens(&connu).contains(&moyen)) {
        l.erreurs.ajouter("moyen", "Cette façon n’est pas possible pour cette structure. Choisissez-en une autre.");
    }
    let preuve = match moyen {
        Some(Moyen::Courriel) => {
            let courriel = l.courriel("courriel", "Écrivez une adresse de la structure.");
            if courriel.as_deref().is_some_and(|courriel| !est_de_la_maison(courriel, &domaines(&connu))) {
                let ou = domaines(&connu).iter().map(|d| format!("@{d}")).collect::<Vec<_>>().join(" ou ");
                l.erreurs.ajouter(
                    "courriel",
                    format!("Cette adresse ne finit pas par {ou} : elle ne montre rien. Choisissez une autre façon."),
                );
            }
            courriel
        }
        Some(Moyen::Reseau | Moyen::Agent) => l.texte("preuve", "Dites qui vous êtes, et ce qui le montre.", 10, 600),
        Some(Moyen::Poste) | None => Some(String::new()),
    };
    match (moyen, preuve) {
        (Some(moyen), Some(preuve)) if l.erreurs.est_vide() => Ok((moyen, preuve)),
        _ => Err(l.erreurs),
    }
}

/// POST: asks.
pub async fn demander(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let lecture = instance.db.read().await?;
    let (ouvert, attentes) = ouvrir(&lecture, &cadre, &reference).await?;
    drop(lecture);
    let (moyen, preuve) = match lire(&form, &ouvert) {
        Ok(lu) => lu,
        Err(erreurs) => {
            let page = page(&cadre, &ouvert, &attentes, form.saisie.clone(), erreurs);
            return repondre(&cadre, &page, StatusCode::UNPROCESSABLE_ENTITY);
        }
    };
    let tx = instance.db.begin().await?;
    let hier = instance.clock.instant().plus_seconds(-86_400);
    let personne = cadre.visiteur.connecte()?;
    let (siennes, sur_lui) = storage::nombre_depuis(&tx, &ouvert.acteur.id, &personne.id, hier).await?;
    if siennes >= PAR_PERSONNE {
        return Err(Erreur::Invalide("Vous avez déjà fait trois demandes aujourd’hui. Revenez demain.".to_owned()));
    }
    if sur_lui < PAR_ACTEUR {
        noter(&tx, &cadre, &ouvert.acteur, personne, (moyen, preuve)).await?;
    }
    let message = match moyen {
        Moyen::Courriel => "Un lien est parti à cette adresse. Il est valable sept jours.",
        Moyen::Poste => "Votre demande est notée. Un agent prépare la lettre ; revenez ici avec le code.",
        Moyen::Reseau => "Votre demande est notée. Le réseau ou un agent la lira ; la réponse vient par courriel.",
        Moyen::Agent => "Votre demande est notée. Un agent la lira et vous répondra par courriel.",
    };
    form.conclure(tx, &format!("/annuaire/{}", ouvert.acteur.reference), message).await
}

/// The claim waits; its link leaves when the proof is a mail.
async fn noter(
    tx: &WriteTx,
    cadre: &Cadre,
    acteur: &acteur::Model,
    personne: &personne::Model,
    (moyen, preuve): (Moyen, String),
) -> Result<(), Erreur> {
    let instance = &cadre.instance;
    let revendication = Revendication {
        id: instance.ids.uuid().to_string(),
        reference: instance.ids.reference(10),
        acteur_id: acteur.id.clone(),
        personne_id: personne.id.clone(),
        moyen,
        preuve,
        etat: EtatRevendication::Attente,
        motif: None,
        demandee_le: instance.clock.instant(),
        lettre_le: None,
        decidee_le: None,
        version: 1,
    };
    if moyen == Moyen::Courriel {
        envoyer_le_lien(tx, instance, &revendication, acteur, &personne.nom_complet()).await?;
    }
    if moyen == Moyen::Reseau {
        demandes::prevenir(tx, instance, acteur, personne).await?;
    }
    storage::inserer(tx, &revendication).await?;
    let evenement = evenements::de_l_acteur(cadre, evenements::REVENDIQUE, &acteur.id)
        .faits(serde_json::json!({ "moyen": moyen.as_str() }));
    Ok(journal::ecrire(tx, &*instance.clock, &*instance.ids, evenement).await?)
}

async fn envoyer_le_lien(
    tx: &WriteTx,
    instance: &Instance,
    r: &Revendication,
    acteur: &acteur::Model,
    qui: &str,
) -> Result<(), Erreur> {
    let secret = instance.ids.jeton();
    jeton::creer(tx, &*instance.clock, USAGE_LIEN, &r.reference, &secret, None, LIEN_S).await?;
    let lien = instance.url(&format!("/c-est-notre-structure/{secret}"));
    let valeurs = [("acteur", acteur.nom.as_str()), ("qui", qui), ("lien", &lien)];
    courriels::ecrire(tx, instance, r.preuve.as_str(), "c-est-ma-structure", &valeurs).await
}

#[derive(Template)]
#[template(path = "code_postal.html")]
struct PageCode {
    nom: String,
    reference: String,
    resume: ResumeErreurs,
    caches: Html,
    code: ChampTexte,
}

fn page_du_code(cadre: &Cadre, acteur: &acteur::Model, saisie: Saisie, erreurs: Erreurs) -> PageCode {
    let f = cadre.formulaire_avec(saisie, erreurs);
    PageCode {
        nom: acteur.nom.clone(),
        reference: acteur.reference.clone(),
        resume: f.resume(),
        caches: f.caches(),
        code: f.texte("code", "Code de la lettre").aide("Huit lettres ou chiffres. Exemple : ABCD-2345."),
    }
}

fn montrer_le_code(cadre: &Cadre, page: &PageCode, statut: StatusCode) -> Reponse {
    acces::sous_la_fiche(cadre, "Saisir le code de la lettre", (&page.nom, &page.reference), page, statut)
}

/// GET `/annuaire/{reference}/revendiquer/code`.
pub async fn montrer_code(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    cadre.visiteur.connecte()?;
    let tx = cadre.instance.db.read().await?;
    let acteur = acces::ouvrir(&tx, &reference).await?;
    montrer_le_code(&cadre, &page_du_code(&cadre, &acteur, Saisie::default(), Erreurs::default()), StatusCode::OK)
}

/// POST: the code. The same answer whether it is wrong, old, or nobody asked for one.
pub async fn verifier_code(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let personne = cadre.visiteur.connecte()?.id.clone();
    let instance = &cadre.instance;
    let lecture = instance.db.read().await?;
    let acteur = acces::ouvrir(&lecture, &reference).await?;
    let attentes = storage::en_attente(&lecture, &acteur.id, &personne).await?;
    drop(lecture);
    let code = code_saisi(form.saisie.texte("code"));
    let tx = instance.db.begin().await?;
    let attendue = attentes.iter().find(|r| r.moyen == Moyen::Poste && r.lettre_le.is_some());
    let juste = match attendue {
        Some(r) => jeton::utiliser_code(&tx, instance.clock.instant(), USAGE_CODE, &r.reference, &code).await?,
        None => false,
    };
    let Some(revendication) = attendue.filter(|_| juste) else {
        // A wrong try counts even though nothing else is saved.
        tx.commit().await?;
        let mut erreurs = Erreurs::default();
        erreurs.ajouter(
            "code",
            "Ce code n’est pas le bon, ou il n’est plus valable. Après cinq essais, demandez une autre lettre.",
        );
        let page = page_du_code(&cadre, &acteur, form.saisie.clone(), erreurs);
        return montrer_le_code(&cadre, &page, StatusCode::UNPROCESSABLE_ENTITY);
    };
    if !acte::accepter(&tx, instance, revendication, None).await? {
        tx.rollback().await?;
        return Ok(form.aller(&format!("/annuaire/{reference}"), acte::DEJA_DECIDEE));
    }
    let evenement = evenements::de_l_acteur(&cadre, evenements::REVENDICATION_ACCEPTEE, &acteur.id)
        .faits(serde_json::json!({ "moyen": Moyen::Poste.as_str() }));
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    form.conclure(tx, &format!("/annuaire/{reference}/modifier"), "C’est vérifié : vous tenez maintenant cette fiche.")
        .await
}
