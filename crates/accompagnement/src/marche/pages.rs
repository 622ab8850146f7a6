//! The list of the facilitation: whom to call and when, what was done, by whom.

use askama::Template;
use domain::dates::mois_en_lettres;
use domain::droit::Action;
use domain::profil::Reponse as Avis;
use jiff::civil::Date;
use platform::journal::{self, Visibilite};
use socle::projet::{self, Diffusion, Etat};
use socle::secteur;
use web::composants::{EtatVide, Etiquette, Html, Terme, Ton};
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, texte};

use super::rules::{self, Place, Suivi};
use super::storage::{self, Marche};
use crate::evenements::{self, evenement};

/// A market as shown.
struct MarcheVu {
    reference: String,
    titre: String,
    /// The project's page, for who may open it.
    page: Option<String>,
    mois: Etiquette,
    etape: &'static str,
    cout: String,
    commune: String,
    code_commune: String,
    /// Telephone of the mairie: shown, and dialled.
    mairie: Option<(&'static str, String)>,
    charge: String,
    /// What was done, when, by whom.
    fait: Option<String>,
    vu: bool,
    place: Place,
}

#[derive(Template)]
#[template(path = "marches.html")]
struct PageMarches {
    clause: Option<Terme>,
    a_contacter: Vec<MarcheVu>,
    contactes: Vec<MarcheVu>,
    passes: Vec<MarcheVu>,
    caches: Html,
    vide: EtatVide,
}

#[derive(Template)]
#[template(path = "marche.html")]
struct LigneMarche<'a> {
    m: &'a MarcheVu,
    caches: &'a Html,
}

impl PageMarches {
    fn ligne(&self, marche: &MarcheVu) -> Result<Html, askama::Error> {
        LigneMarche { m: marche, caches: &self.caches }.render().map(Html)
    }
}

/// GET.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let jour = instance.aujourd_hui();
    let tx = instance.db.read().await?;
    let charges =
        Charges { secteurs: secteur::vues(&tx, jour).await?, repondants: secteur::repondants(&tx, jour).await? };
    let mut marches = storage::prevus(&tx, jour).await?;
    // The next months first, then those whose month nobody knows.
    marches.sort_by_cached_key(|m| {
        let mois = m.annonce(jour).mois;
        (mois.is_none(), mois)
    });
    let vus: Vec<MarcheVu> = marches.into_iter().map(|marche| vu(&cadre, &charges, marche, jour)).collect();
    let (a_contacter, suite): (Vec<_>, Vec<_>) = vus.into_iter().partition(|m| m.place == Place::AContacter);
    let (contactes, passes) = suite.into_iter().partition(|m| m.place == Place::Contacte);
    let page = PageMarches {
        clause: Terme::ici("clause", instance),
        a_contacter,
        contactes,
        passes,
        caches: cadre.formulaire().caches(),
        vide: EtatVide {
            titre: "Aucune commune à appeler pour l’instant".to_owned(),
            texte: "Quand un porteur dit qu’un marché public est prévu dans les 12 mois, son projet apparaît ici."
                .to_owned(),
            action: None,
        },
    };
    cadre.page("Marchés prévus", &page)?.repondre()
}

fn vu(cadre: &Cadre, charges: &Charges, marche: Marche, jour: Date) -> MarcheVu {
    let instance = &cadre.instance;
    let annonce = marche.annonce(instance.jour_de(marche.modifie_le));
    let ouvert = marche.diffusion == Diffusion::Public || cadre.visiteur.peut(Action::Coordonner);
    let commune = instance.referentiel().commune(&marche.commune);
    MarcheVu {
        page: ouvert.then(|| format!("/projets/{}", marche.reference)),
        mois: match annonce.mois {
            Some(mois) => Etiquette::nouvelle(mois_en_lettres(mois), Ton::Attente),
            None => Etiquette::nouvelle("Mois non connu", Ton::Neutre),
        },
        etape: marche.etape.libelle(),
        cout: marche.cout.map_or_else(|| "non connu".to_owned(), |cout| cout.en_euros()),
        commune: instance.referentiel().nom_commune(&marche.commune).to_owned(),
        code_commune: marche.commune.as_str().to_owned(),
        mairie: commune.and_then(|c| c.telephone).map(|affiche| (affiche, texte::telephone_compose(affiche))),
        charge: charges.du(&marche),
        fait: fait(instance, &marche),
        vu: marche.suivi() == Some(Suivi::Vu),
        place: rules::place(annonce, marche.suivi(), jour),
        reference: marche.reference,
        titre: marche.titre,
    }
}

/// Who answers that day: for each secteur, and in the name of each agent.
struct Charges {
    secteurs: Vec<secteur::Vue>,
    repondants: Vec<secteur::Repondant>,
}

impl Charges {
    /// Who accompanies the commune, to speak with before calling it. A request handed to someone who has left comes back to
    /// the secteur.
    fn du(&self, marche: &Marche) -> String {
        let nomme = self.repondants.iter().find(|r| Some(&r.agent) == marche.agent_id.as_ref());
        let nomme = nomme.map(|r| format!("{} {}", r.prenom, r.nom)).filter(|nom| !nom.trim().is_empty());
        let du_secteur = || self.secteurs.iter().find(|s| Some(&s.id) == marche.secteur_id.as_ref())?.agents.clone();
        let mut mots = nomme.or_else(du_secteur).unwrap_or_else(|| "la coordination".to_owned());
        if let Some(secteur) = &marche.secteur {
            mots = format!("{mots} (secteur {secteur})");
        }
        match &marche.telephone {
            Some(telephone) => format!("{mots}, {telephone}"),
            None => mots,
        }
    }
}

/// "Contacté le 24 novembre 2026 par Ada Martin".
fn fait(instance: &Instance, marche: &Marche) -> Option<String> {
    let (suivi, le) = (marche.suivi()?, texte::jour(instance.jour_de(marche.suivi_le?)));
    let par = marche.suivi_par.as_deref().map(str::trim).filter(|nom| !nom.is_empty()).unwrap_or("une personne");
    Some(format!("{} le {le} par {par}", suivi.libelle()))
}

/// POST: seen, called, or neither after all.
pub async fn noter(cadre: Cadre, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let acte = form.saisie.texte("acte");
    let suivi = match acte {
        "annuler" => None,
        acte => Some(acte.parse::<Suivi>().map_err(|_| {
            Erreur::Invalide("Ce choix n’existe pas. Revenez à la liste des marchés et recommencez.".to_owned())
        })?),
    };
    let par = cadre.visiteur.connecte()?.id.clone();
    let tx = instance.db.begin().await?;
    let projet = projet::par_reference(&tx, form.saisie.texte("projet"))
        .await?
        .filter(|p| p.etat == Etat::Garde && p.complements().marche_prevu == Some(Avis::Oui))
        .ok_or(Erreur::Introuvable("ce marché : il n’est peut-être plus prévu"))?;
    storage::noter(&tx, &projet.id, suivi, &par, instance.clock.instant()).await?;
    let faits = serde_json::json!({"acte": suivi.map(Suivi::as_str)});
    let evenement = evenement(&cadre, evenements::MARCHE, &projet).visible(Visibilite::Agents).faits(faits);
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    let message = match suivi {
        Some(Suivi::Vu) => "C’est noté : vu.",
        Some(Suivi::Contacte) => "C’est noté : la commune est contactée. Le marché est plus bas sur cette page.",
        None => "C’est annulé. La commune est de nouveau à contacter.",
    };
    form.conclure(tx, "/marches", message).await
}
