//! The page of an actor: what it does, what it offers, where it is, and where each fact comes from.
//!
//! - `lieux`: its addresses, and their map.
//! - `sources`: where each fact comes from, and what of it the public sees.

mod lieux;
mod sources;

use askama::Template;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::cents::milliers;
use domain::droit::Action;
use domain::theme::Theme;
use platform::{Jour, ReadTx};
use web::composants::{Cellule, Etiquette, Html, Resume, Tableau, Ton, echapper};
use web::{Cache, Cadre, Erreur, Instance, Reponse, texte};

use self::lieux::{carte, tableau_des_etablissements};
use self::sources::provenance;
pub(crate) use self::sources::{au_public, source_et_date};
use crate::acces::{self, Trouve};
use crate::acteur::valeur::{self, retenue};
use crate::acteur::{self, agrement, etablissement, storage, succession, theme};
use crate::activite;
use crate::offre::lecture;
use crate::offre::storage::OffreComplete;
use crate::offre::vue::OffreVue;
use crate::photo;
use crate::photo::pages::PhotoVue;
use crate::photo::storage::Photo;
use crate::portrait::rules::bornes;
use crate::reseau::rules::Adhesion;
use crate::reseau::storage::{self as reseau, Annonce};
use crate::tenue::champs::OUVERTURES;
use crate::tenue::rules::{Fraicheur, fraicheur, regle};
use crate::tenue::situation;
use crate::vocabulaire::{Champ, Diffusion, EtatActeur, Origine, Reponse as TroisValeurs};

/// ESS by law or in statistics: the answer, why, and from which facts.
struct EssVue {
    titre: &'static str,
    etiquette: Etiquette,
    motif: String,
    /// The facts it stands on, each with its source and its date.
    appuis: String,
    regle: &'static str,
}

/// Facts that each answer reads, a decision first.
const APPUIS_LOI: &[Champ] =
    &[Champ::DecisionEssLoi, Champ::PreuveEss, Champ::SireneEss, Champ::EssFrance, Champ::CategorieJuridique];
const APPUIS_STAT: &[Champ] = &[Champ::DecisionEssStat, Champ::CategorieJuridique, Champ::Naf, Champ::SireneEss];

impl EssVue {
    fn selon_la_loi(acteur: &acteur::Model, valeurs: &[valeur::Model]) -> Self {
        let motif = (acteur.ess_loi, acteur.ess_loi_motif.as_str());
        Self::nouvelle("Selon la loi", motif, appuis(valeurs, APPUIS_LOI), "r-40")
    }

    fn en_statistique(acteur: &acteur::Model, valeurs: &[valeur::Model]) -> Self {
        let motif = (acteur.ess_stat, acteur.ess_stat_motif.as_str());
        Self::nouvelle("Dans les statistiques", motif, appuis(valeurs, APPUIS_STAT), "r-42")
    }

    fn nouvelle(
        titre: &'static str,
        (reponse, motif): (TroisValeurs, &str),
        appuis: String,
        regle: &'static str,
    ) -> Self {
        let etiquette = match reponse {
            TroisValeurs::Oui => Etiquette::nouvelle("oui", Ton::Positif),
            TroisValeurs::Non => Etiquette::nouvelle("non", Ton::Neutre),
            TroisValeurs::Inconnu => Etiquette::nouvelle("à vérifier", Ton::Attente),
        };
        Self { titre, etiquette, motif: motif.to_owned(), appuis, regle }
    }
}

/// "Insee, répertoire Sirene, 1 novembre 2026 ; …": the sources of what is retained, with their dates, each one once.
fn appuis(valeurs: &[valeur::Model], champs: &[Champ]) -> String {
    let retenues = champs.iter().filter_map(|champ| retenue(valeurs, *champ));
    let mut dites: Vec<String> = Vec::new();
    for source in retenues.map(|v| source_et_date(v.source, v.source_du)) {
        if !dites.contains(&source) {
            dites.push(source);
        }
    }
    dites.join(" ; ")
}

#[derive(Template)]
#[template(path = "fiche.html")]
struct PageFiche {
    nom: String,
    sigle: Option<String>,
    surtitre: String,
    exemple: bool,
    avis: Vec<&'static str>,
    presentation: Html,
    themes: Vec<(String, Option<&'static str>)>,
    photos: Vec<PhotoVue>,
    offres: Vec<OffreVue>,
    ess: [EssVue; 2],
    resume: Resume,
    agrements: Option<Tableau>,
    etablissements: Option<Tableau>,
    recits: Vec<succession::Recit>,
    carte: Html,
    provenance: Option<Tableau>,
    gerer: Option<String>,
    /// The page of what only an agent may say.
    situer: Option<String>,
    proposer: String,
    proposer_offre: Option<String>,
    revendiquer: Option<String>,
}

/// What hangs on an actor.
struct Lue {
    etablissements: Vec<etablissement::Model>,
    agrements: Vec<agrement::Model>,
    themes: Vec<theme::Model>,
    valeurs: Vec<valeur::Model>,
    offres: Vec<OffreComplete>,
    etapes: Vec<succession::Etape>,
    photos: Vec<Photo>,
    reseaux: Vec<Annonce>,
}

impl Lue {
    async fn lire(tx: &ReadTx, acteur: &acteur::Model) -> Result<Self, Erreur> {
        Ok(Self {
            etablissements: storage::etablissements(tx, &acteur.id).await?,
            agrements: storage::agrements(tx, &acteur.id).await?,
            themes: storage::themes(tx, &acteur.id).await?,
            valeurs: storage::valeurs(tx, &acteur.id).await?,
            offres: lecture::de_l_acteur(tx, &acteur.id).await?,
            etapes: succession::de_l_acteur(tx, acteur).await?,
            photos: photo::storage::de_l_acteur(tx, &acteur.id).await?,
            reseaux: reseau::annonces(tx, &acteur.id).await?,
        })
    }
}

/// GET. Ten statements, whatever the actor.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let acteur = match acces::trouver(&tx, &reference).await? {
        Trouve::Ici(acteur) => *acteur,
        Trouve::Ailleurs(reference) => return Ok(deplacee(&reference)),
    };
    let gerable = acces::autoriser(&cadre, &acteur).is_ok();
    if acteur.etat == EtatActeur::Endormi && !gerable {
        return Err(Erreur::Introuvable("cet acteur"));
    }
    let lue = Lue::lire(&tx, &acteur).await?;
    let page = page(&cadre, acteur, lue, gerable);
    let titre = page.nom.clone();
    cadre.page(titre, &page)?.fil(&[("Annuaire", "/annuaire")]).cache(Cache::Public(60)).repondre()
}

fn page(cadre: &Cadre, acteur: acteur::Model, lue: Lue, gerable: bool) -> PageFiche {
    let instance = &cadre.instance;
    let sirene = lue.valeurs.iter().any(|v| v.courante && v.source == Origine::Sirene);
    let offertes = lue.offres.into_iter().filter(|complete| complete.offre.active);
    PageFiche {
        surtitre: surtitre(instance, &acteur),
        exemple: acteur.exemple,
        avis: avis(instance, &acteur, sirene),
        presentation: Html(texte::paragraphes(acteur.presentation.as_deref().unwrap_or_default())),
        themes: lue.themes.iter().filter_map(|theme| theme_vu(instance, theme)).collect(),
        photos: lue.photos.into_iter().map(|photo| PhotoVue::nouvelle(&acteur, photo)).collect(),
        offres: offertes.map(|complete| OffreVue::nouvelle(instance, complete)).collect(),
        ess: [EssVue::selon_la_loi(&acteur, &lue.valeurs), EssVue::en_statistique(&acteur, &lue.valeurs)],
        resume: reseaux(instance, &lue.reseaux, resume(&acteur, &lue.valeurs)),
        agrements: tableau_des_agrements(instance, &lue.agrements),
        etablissements: tableau_des_etablissements(instance, &acteur, &lue.etablissements),
        recits: succession::raconter(acteur.siren.as_ref().map_or("", |siren| siren.as_str()), &lue.etapes),
        carte: Html(carte(instance, &acteur, &lue.etablissements)),
        provenance: provenance(&acteur, &lue.valeurs),
        gerer: gerable.then(|| format!("/annuaire/{}", acteur.reference)),
        situer: cadre.visiteur.peut(Action::GererLeSite).then(|| situation::url(&acteur.reference)),
        proposer: format!("/annuaire/{}/proposer", acteur.reference),
        proposer_offre: (!gerable && acteur.etat == EtatActeur::Actif)
            .then(|| format!("/annuaire/{}/offres/proposer", acteur.reference)),
        revendiquer: (!acces::represente(&cadre.visiteur, &acteur) && acteur.etat != EtatActeur::Cesse)
            .then(|| format!("/annuaire/{}/revendiquer", acteur.reference)),
        sigle: acteur.sigle.filter(|sigle| *sigle != acteur.nom),
        nom: acteur.nom,
    }
}

/// For good, as far as one knows: a merge that is undone is seen again within the hour.
fn deplacee(reference: &str) -> Response {
    let entetes =
        [(header::LOCATION, format!("/annuaire/{reference}")), (header::CACHE_CONTROL, "max-age=3600".to_owned())];
    (StatusCode::PERMANENT_REDIRECT, entetes).into_response()
}

fn surtitre(instance: &Instance, acteur: &acteur::Model) -> String {
    let commune = acteur.commune.as_ref().map(|code| instance.referentiel().nom_commune(code));
    [Some(acteur.famille.libelle()), commune].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Sirene's own dates do not matter here: a page that it holds is still to be confirmed.
fn a_confirmer(instance: &Instance, acteur: &acteur::Model) -> bool {
    let depuis = instance.jour_de(acteur.confirme_le.unwrap_or(acteur.cree_le));
    fraicheur(instance.aujourd_hui(), depuis, None) != Fraicheur::AJour
}

fn avis(instance: &Instance, acteur: &acteur::Model, sirene: bool) -> Vec<&'static str> {
    let mut avis = Vec::new();
    if acteur.exemple {
        avis.push("Exemple : cet acteur est inventé pour la démonstration.");
    }
    if acteur.etat == EtatActeur::Cesse {
        avis.push("Cet acteur a cessé son activité, selon nos sources.");
    }
    if acteur.etat == EtatActeur::Parti {
        avis.push(
            "Selon Sirene, cet acteur n’a plus d’adresse ouverte dans le territoire : il n’est plus dans la liste.",
        );
    }
    if acteur.etat == EtatActeur::Endormi {
        avis.push(
            "Le public ne voit plus cette fiche : personne ne l’a confirmée depuis deux ans. Confirmez-la, elle revient \
             aussitôt.",
        );
        if sirene {
            avis.push(regle(instance.aujourd_hui()).pourquoi);
        }
    }
    if acteur.etat == EtatActeur::Actif && a_confirmer(instance, acteur) {
        avis.push("À confirmer : personne n’a relu cette fiche depuis plus d’un an. Vérifiez avant de vous déplacer.");
    }
    if acteur.diffusion == Diffusion::Partielle {
        avis.push(
            "Cet acteur a demandé une diffusion partielle de ses données (répertoire Sirene) : son adresse n’est pas \
             publiée, et il ne doit pas être démarché.",
        );
    }
    avis
}

/// A theme, with a note when it is only guessed.
fn theme_vu(instance: &Instance, theme: &theme::Model) -> Option<(String, Option<&'static str>)> {
    let note = (theme.origine == Origine::Naf).then_some("déduit de l’activité déclarée, à vérifier");
    theme.theme().map(|lu: Theme| (instance.locaux().themes.nom(lu).to_owned(), note))
}

const FORMES_EXPLIQUEES: &str = "<a class=\"govuk-link\" href=\"/formes-juridiques\">Les formes expliquées</a>";

/// Facts; the fold at the end of the page says where each one comes from.
fn resume(acteur: &acteur::Model, valeurs: &[valeur::Model]) -> Resume {
    let ligne = |resume: Resume, cle: &str, html: Option<String>| match html {
        Some(html) => resume.html(cle, Html(html)),
        None => resume,
    };
    let texte = |valeur: Option<&str>| valeur.map(echapper);
    let mut resume = Resume::default();
    resume = ligne(resume, "SIREN", texte(acteur.siren.as_ref().map(domain::identifiant::Siren::as_str)));
    resume = ligne(resume, "Numéro RNA", texte(acteur.rna.as_ref().map(domain::identifiant::Rna::as_str)));
    let forme = match &acteur.categorie_juridique {
        Some(code) => format!("{} (catégorie juridique {code})", acteur.famille.libelle()),
        None => acteur.famille.libelle().to_owned(),
    };
    let forme = format!("{} {FORMES_EXPLIQUEES}", echapper(&forme));
    resume = ligne(resume, "Forme", Some(forme));
    let activite = acteur.naf.as_deref().map(|naf| match activite::division(naf).and_then(activite::libelle) {
        Some(division) => format!("{} ({})", echapper(division), echapper(naf)),
        None => echapper(naf),
    });
    resume = ligne(resume, "Activité principale (NAF)", activite);
    resume = ligne(resume, "Effectif", acteur.tranche.as_deref().and_then(effectif));
    let relue = retenue(valeurs, Champ::Approbation).map(|relue| echapper(&relue.valeur));
    resume = ligne(resume, "Fiche relue par", relue);
    let acteur = &au_public(acteur.clone(), valeurs);
    let site = acteur.site.as_deref().and_then(lien_du_site);
    resume = ligne(resume, "Site internet", site);
    let telephone = acteur.telephone.as_deref().map(|telephone| {
        let compose = web::texte::telephone_compose(telephone);
        format!("<a class=\"govuk-link\" href=\"tel:{compose}\">{}</a>", echapper(telephone))
    });
    resume = ligne(resume, "Téléphone", telephone);
    let courriel = acteur.courriel.as_deref().map(|courriel| {
        let courriel = echapper(courriel);
        format!("<a class=\"govuk-link\" href=\"mailto:{courriel}\">{courriel}</a>")
    });
    resume = ligne(resume, "Courriel", courriel);
    OUVERTURES.into_iter().fold(resume, |resume, champ| {
        let dit = retenue(valeurs, champ).map(|valeur| echapper(&valeur.valeur));
        ligne(resume, champ.libelle(), dit)
    })
}

/// The networks that name the actor; what it has not confirmed is said so, what is too old or refused is not shown.
fn reseaux(instance: &Instance, annonces: &[Annonce], resume: Resume) -> Resume {
    let dits: Vec<String> = annonces
        .iter()
        .filter_map(|annonce| match annonce.adhesion(instance) {
            Adhesion::Confirmee(_) => Some(echapper(&annonce.nom)),
            Adhesion::Annoncee(_) => {
                Some(format!("{} (annoncé par le réseau, non confirmé par l’acteur)", echapper(&annonce.nom)))
            }
            Adhesion::Perimee | Adhesion::Refusee(_) => None,
        })
        .collect();
    if dits.is_empty() { resume } else { resume.html("Réseaux", Html(dits.join("<br>"))) }
}

/// A class of workforce of Sirene, in words.
fn effectif(tranche: &str) -> Option<String> {
    bornes(tranche).map(|bornes| match bornes {
        (0, Some(0)) => "aucun salarié".to_owned(),
        (de, Some(a)) => format!("de {} à {} personnes", milliers(de), milliers(a)),
        (de, None) => format!("{} personnes ou plus", milliers(de)),
    })
}

/// Only an address of the web: never `javascript:`.
fn lien_du_site(site: &str) -> Option<String> {
    let adresse = if site.starts_with("http://") || site.starts_with("https://") {
        site.to_owned()
    } else if site.contains(':') {
        return Some(echapper(site));
    } else {
        format!("https://{site}")
    };
    Some(format!(
        "<a class=\"govuk-link\" href=\"{}\" rel=\"noopener external nofollow\">{}</a>",
        echapper(&adresse),
        echapper(site)
    ))
}

fn tableau_des_agrements(instance: &Instance, agrements: &[agrement::Model]) -> Option<Tableau> {
    let jour = instance.aujourd_hui();
    let date = |jour: Option<Jour>| jour.map_or_else(|| "non connu".to_owned(), |jour| texte::jour(jour.0));
    let lignes: Vec<Vec<Cellule>> = agrements
        .iter()
        .map(|agrement| {
            let nom = agrement.genre().map_or(agrement.genre.as_str(), |genre| genre.libelle());
            let nom = agrement.libelle.as_ref().map_or_else(|| nom.to_owned(), |plus| format!("{nom} : {plus}"));
            let fini = agrement.au.is_some_and(|au| au.0 < jour);
            let au = if fini { format!("{} (terminé)", date(agrement.au)) } else { date(agrement.au) };
            let source =
                agrement.source().map_or_else(|| agrement.source.clone(), |s| source_et_date(s, agrement.source_du));
            vec![Cellule::texte(nom), Cellule::texte(date(agrement.du)), Cellule::texte(au), Cellule::texte(source)]
        })
        .collect();
    (!lignes.is_empty()).then(|| Tableau {
        legende: "Agréments et conventions".to_owned(),
        colonnes: ["Agrément", "Depuis", "Jusqu’au", "Source"].map(str::to_owned).to_vec(),
        lignes,
    })
}

#[cfg(test)]
mod tests {
    use super::lien_du_site;
    use rstest::rstest;

    #[rstest]
    #[case("exemple.fr", "href=\"https://exemple.fr\"")]
    #[case("http://exemple.fr/a?b=\"c", "href=\"http://exemple.fr/a?b=&quot;c\"")]
    fn un_site_devient_un_lien(#[case] site: &str, #[case] attendu: &str) {
        let html = lien_du_site(site).unwrap();
        assert!(html.contains(attendu), "{html}");
    }

    #[test]
    fn un_site_hostile_reste_du_texte() {
        assert_eq!(lien_du_site("javascript:alert(1)").unwrap(), "javascript:alert(1)");
    }
}
