//! "Signaler une erreur": anyone proposes a correction, with an account or only an address. Nothing changes before an agent
//! has read it. Who is verified is sent to the page where they correct at once.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::theme::Theme;
use platform::{ReadTx, WriteTx, journal};
use web::composants::{ChampLong, ChampOptions, ChampTexte, Html, ResumeErreurs};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Reponse, Saisie};

use super::auteur;
use super::rules::{Ecart, Genre, Quoi};
use super::storage::{self, Nouvelle};
use crate::acteur::{self, storage as acteurs, theme};
use crate::tenue::champs::{self, ChampsFiche, Montre};
use crate::{acces, evenements};

/// Proposals that wait on one actor; beyond, it is said, so that nobody writes for nothing.
const PAR_ACTEUR: i64 = 30;
/// Proposals of one author in a day; beyond, the same answer, and nothing is kept.
const PAR_AUTEUR: i64 = 10;

#[derive(Template)]
#[template(path = "proposer.html")]
struct PageProposer {
    nom: String,
    reference: String,
    declare: bool,
    resume: ResumeErreurs,
    caches: Html,
    champs: ChampsFiche,
    themes: ChampOptions,
    mot: ChampLong,
    courriel_auteur: Option<ChampTexte>,
}

struct Ouvert {
    acteur: acteur::Model,
    montre: Montre,
    themes: Vec<Theme>,
}

impl Ouvert {
    fn en_saisie(&self) -> Saisie {
        self.themes.iter().fold(self.montre.en_saisie(), |saisie, theme| saisie.avec("themes", theme.as_str()))
    }
}

/// Themes as a proposal keeps them: in the order of their ids, whatever the order in which they were ticked.
pub(super) fn joints(themes: &[Theme]) -> String {
    let mut ids: Vec<&str> = themes.iter().map(|theme| theme.as_str()).collect();
    ids.sort_unstable();
    ids.join(",")
}

/// The actor with what its page shows to everyone: a proposal must not tell what the page hides.
async fn ouvrir(tx: &ReadTx, cadre: &Cadre, reference: &str) -> Result<Ouvert, Erreur> {
    let acteur = acces::ouvrir(tx, reference).await?;
    if cadre.visiteur.personne().is_some() && acces::autoriser(cadre, &acteur).is_ok() {
        return Err(Erreur::Aller(format!("/annuaire/{reference}/modifier")));
    }
    if acteur.etat == crate::vocabulaire::EtatActeur::Endormi {
        return Err(Erreur::Introuvable("cet acteur"));
    }
    let valeurs = acteurs::valeurs(tx, &acteur.id).await?;
    let visible = crate::fiche::au_public(acteur.clone(), &valeurs);
    let themes = acteurs::themes(tx, &acteur.id).await?.iter().filter_map(theme::Model::theme).collect();
    Ok(Ouvert { montre: Montre::nouveau(&visible, &valeurs), themes, acteur })
}

fn page(cadre: &Cadre, ouvert: &Ouvert, saisie: Saisie, erreurs: Erreurs) -> PageProposer {
    let themes = cadre.instance.locaux().themes.options(saisie.liste("themes"));
    let f = cadre.formulaire_avec(saisie, erreurs);
    PageProposer {
        themes: f.cases("themes", "Thèmes", themes).aide("Un à cinq thèmes.").en_colonnes(),
        nom: ouvert.acteur.nom.clone(),
        reference: ouvert.acteur.reference.clone(),
        declare: cadre.visiteur.mandats.iter().any(|m| m.organisation_id == ouvert.acteur.organisation_id),
        resume: f.resume(),
        caches: f.caches_gardes(&format!("/annuaire/{}/proposer", ouvert.acteur.reference)),
        champs: ChampsFiche::nouveaux(&f),
        mot: f
            .long("mot", "Le reste, en quelques mots (facultatif)", auteur::MOT_MAX)
            .lignes(3)
            .aide("Par exemple : la structure a déménagé, elle a fermé, c’est la même qu’une autre fiche."),
        courriel_auteur: auteur::champ(cadre, &f),
    }
}

fn repondre(cadre: &Cadre, page: &PageProposer, statut: StatusCode) -> Reponse {
    acces::sous_la_fiche(cadre, "Proposer une correction", (&page.nom, &page.reference), page, statut)
}

/// GET `/annuaire/{reference}/proposer`.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let ouvert = ouvrir(&tx, &cadre, &reference).await?;
    let page = page(&cadre, &ouvert, ouvert.en_saisie(), Erreurs::default());
    repondre(&cadre, &page, StatusCode::OK)
}

/// POST: what differs waits for an agent.
pub async fn envoyer(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let lecture = instance.db.read().await?;
    let ouvert = ouvrir(&lecture, &cadre, &reference).await?;
    drop(lecture);
    let mut l = form.lecteur();
    let valeurs = champs::lire(&mut l, &form.saisie, &ouvert.montre);
    let themes = champs::lire_les_themes(&mut l);
    let personne = cadre.visiteur.personne_id();
    let (mot, courriel) = auteur::lire(&cadre, &mut l);
    let ecart = |(champ, apres)| Ecart { champ: Quoi::Champ(champ), avant: ouvert.montre.de(champ).to_owned(), apres };
    let mut ecarts: Vec<Ecart> = ouvert.montre.changements(&valeurs).into_iter().map(ecart).collect();
    let (avant, apres) = (joints(&ouvert.themes), joints(&themes));
    if avant != apres {
        ecarts.push(Ecart { champ: Quoi::Themes, avant, apres });
    }
    if l.erreurs.est_vide() && ecarts.is_empty() && mot.is_empty() {
        l.erreurs.ajouter("mot", "Rien ne change : corrigez un champ, ou dites ce qui ne va pas.");
    }
    if !l.erreurs.est_vide() {
        let page = page(&cadre, &ouvert, form.saisie.clone(), l.erreurs);
        return repondre(&cadre, &page, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let tx = instance.db.begin().await?;
    let hier = instance.clock.instant().plus_seconds(-86_400);
    let (attendent, siennes) = storage::nombres(&tx, &ouvert.acteur.id, personne, courriel.as_deref(), hier).await?;
    if attendent >= PAR_ACTEUR {
        let phrase = "Beaucoup de corrections attendent déjà pour cette fiche. Revenez dans quelques jours.";
        return Err(Erreur::Invalide(phrase.to_owned()));
    }
    if siennes < PAR_AUTEUR {
        garder(&tx, &cadre, &ouvert.acteur, courriel.as_deref(), (&ecarts, &mot)).await?;
    }
    let message = "Merci. Un agent lira votre proposition ; la réponse vous viendra par courriel.";
    form.conclure(tx, &format!("/annuaire/{}", ouvert.acteur.reference), message).await
}

async fn garder(
    tx: &WriteTx,
    cadre: &Cadre,
    acteur: &acteur::Model,
    courriel: Option<&str>,
    (ecarts, mot): (&[Ecart], &str),
) -> Result<(), Erreur> {
    let instance = &cadre.instance;
    let nouvelle = Nouvelle {
        id: instance.ids.uuid().to_string(),
        reference: instance.ids.reference(10),
        genre: Genre::Correction,
        acteur: Some(&acteur.id),
        titre: None,
        contenu: None,
        personne: cadre.visiteur.personne_id(),
        courriel,
        ecarts,
        mot,
        le: instance.clock.instant(),
    };
    storage::inserer(tx, nouvelle).await?;
    let evenement = evenements::de_l_acteur(cadre, evenements::PROPOSE, &acteur.id);
    Ok(journal::ecrire(tx, &*instance.clock, &*instance.ids, evenement).await?)
}
