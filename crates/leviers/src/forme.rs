//! Legal forms: for whom, with which money, who decides, what a collectivité may do in it. Facts of law, shipped in
//! `contenu/formes-juridiques`; proposed when a project still has to choose its bearer or its form.

use std::sync::LazyLock;

use askama::Template;
use axum::extract::Path;
use domain::constat::{Source, Verdict};
use domain::profil::{Besoin, FaitsCommune, Porteur, ProfilDeProjet};
use jiff::civil::Date;
use rust_embed::RustEmbed;
use serde::Deserialize;
use web::composants::Resume;
use web::feature::{Famille, Proposition};
use web::locaux::Locaux;
use web::textes::derives::FORME;
use web::{Cache, Cadre, Erreur, Reponse, texte};

use crate::catalogue::fichiers;
use crate::levier::Critere;
use crate::levier::mots;
use crate::levier::rules::juger_criteres;
use crate::levier::toml::{FichierRefuse, deserialiser};

#[derive(RustEmbed)]
#[folder = "../../contenu/formes-juridiques"]
struct Fichiers;

/// A legal form.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormeJuridique {
    /// Stable id, the name of its file.
    pub id: String,
    /// Name.
    pub nom: String,
    /// One or two sentences.
    pub resume: String,
    /// Typical uses.
    pub pour_quoi: String,
    /// How many members, which ones.
    pub membres: String,
    /// Capital, profits, reserves.
    pub argent: String,
    /// Who decides.
    pub decision: String,
    /// What a commune or EPCI may do in it.
    pub collectivite: String,
    /// What to beware of.
    pub attention: String,
    /// Legal texts.
    pub bases_legales: Vec<String>,
    /// Where it was read.
    pub source: Source,
    /// Conditions.
    pub criteres: Vec<Critere>,
}

static FORMES: LazyLock<Result<Vec<FormeJuridique>, FichierRefuse>> =
    LazyLock::new(|| fichiers::<Fichiers>().iter().map(|(fichier, texte)| deserialiser(fichier, texte)).collect());

impl FormeJuridique {
    /// As the agent of the site left it: its sentences; conditions, law and source are those shipped.
    fn ici(&self, locaux: &Locaux, jour: Date) -> Self {
        let texte = |champ: &str| locaux.texte(&format!("{FORME}.{}.{champ}", self.id), jour);
        Self {
            resume: texte("resume"),
            pour_quoi: texte("pour_quoi"),
            membres: texte("membres"),
            argent: texte("argent"),
            decision: texte("decision"),
            collectivite: texte("collectivite"),
            attention: texte("attention"),
            ..self.clone()
        }
    }
}

/// Every form, by id.
///
/// # Errors
/// A shipped file is wrong (a test reads them all).
pub fn toutes() -> Result<&'static [FormeJuridique], Erreur> {
    FORMES.as_deref().map_err(Erreur::interne)
}

/// Is the choice of a form open? The bearer is undecided, has no status yet, or the need was ticked.
#[must_use]
pub fn se_pose(profil: &ProfilDeProjet) -> bool {
    matches!(profil.porteur, Porteur::PasDecide | Porteur::Collectif)
        || profil.complements.besoins.contains(&Besoin::FormeJuridique)
}

pub(crate) fn propositions(
    profil: &ProfilDeProjet,
    commune: &FaitsCommune,
    locaux: &Locaux,
    jour: Date,
) -> Result<Vec<Proposition>, Erreur> {
    if !se_pose(profil) {
        return Ok(Vec::new());
    }
    Ok(toutes()?.iter().map(|forme| proposition(&forme.ici(locaux, jour), profil, commune)).collect())
}

fn proposition(forme: &FormeJuridique, profil: &ProfilDeProjet, commune: &FaitsCommune) -> Proposition {
    let mut constats = juger_criteres(&forme.criteres, &forme.source, profil, commune);
    for constat in &mut constats {
        constat.phrase = constat.phrase.replace("Cette aide", "Cette forme");
    }
    let verdict = match Verdict::ensemble(constats.iter().map(|constat| constat.verdict)) {
        Verdict::SansObjet => Verdict::Oui,
        verdict => verdict,
    };
    Proposition {
        famille: Famille::FormeJuridique,
        id: forme.id.clone(),
        titre: forme.nom.clone(),
        porteur: forme.membres.clone(),
        resume: forme.resume.clone(),
        montant: None,
        url: Some(format!("/formes-juridiques/{}", forme.id)),
        verdict,
        constats,
        aide: None,
        exemple: false,
        payant: false,
        courriel: None,
    }
}

#[derive(Template)]
#[template(path = "formes.html")]
struct PageFormes {
    formes: Vec<FormeJuridique>,
}

/// GET: every form.
pub async fn liste(cadre: Cadre) -> Reponse {
    let (locaux, jour) = (cadre.instance.locaux(), cadre.instance.aujourd_hui());
    let page = PageFormes { formes: toutes()?.iter().map(|forme| forme.ici(&locaux, jour)).collect() };
    cadre
        .page("Choisir une forme juridique", &page)?
        .fil(&[("Aides et appuis", "/leviers")])
        .cache(Cache::Public(300))
        .repondre()
}

#[derive(Template)]
#[template(path = "forme.html")]
struct PageForme {
    forme: FormeJuridique,
    resume: Resume,
    conditions: Vec<String>,
    source: String,
    surete: &'static str,
}

/// GET: one form.
pub async fn montrer(cadre: Cadre, Path(id): Path<String>) -> Reponse {
    let forme = toutes()?.iter().find(|forme| forme.id == id).ok_or(Erreur::Introuvable("cette forme juridique"))?;
    let forme = forme.ici(&cadre.instance.locaux(), cadre.instance.aujourd_hui());
    let relevee = forme.source.consultee_le.map(|jour| format!(", relevé le {}", texte::jour(jour)));
    let page = PageForme {
        resume: Resume::default()
            .ligne("Pour quoi", &forme.pour_quoi)
            .ligne("Membres", &forme.membres)
            .ligne("Argent", &forme.argent)
            .ligne("Qui décide", &forme.decision)
            .ligne("Place d’une collectivité", &forme.collectivite)
            .ligne("Attention", &forme.attention)
            .ligne("Textes de loi", forme.bases_legales.join(" ; ")),
        conditions: forme.criteres.iter().map(mots::en_mots).collect(),
        source: format!("{}{}", forme.source.libelle, relevee.unwrap_or_default()),
        surete: mots::surete(forme.source.surete),
        forme,
    };
    cadre
        .page(page.forme.nom.clone(), &page)?
        .fil(&[("Aides et appuis", "/leviers"), ("Formes juridiques", "/formes-juridiques")])
        .cache(Cache::Public(300))
        .repondre()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::constat::Surete;
    use domain::profil::{Complements, Etape};
    use domain::theme::Theme;
    use rstest::rstest;

    const JOUR: Date = jiff::civil::date(2026, 11, 24);

    fn profil(porteur: Porteur, besoins: Vec<Besoin>) -> ProfilDeProjet {
        ProfilDeProjet {
            commune: "54129".parse().unwrap(),
            themes: vec![Theme::Commerce],
            etape: Etape::Idee,
            porteur,
            cout: None,
            complements: Complements { besoins, ..Complements::default() },
        }
    }

    fn cirey() -> FaitsCommune {
        FaitsCommune {
            code: "54129".parse().unwrap(),
            nom: "Cirey-sur-Vezouze".into(),
            population: Some(1_555),
            departement: "54".into(),
            region: "44".into(),
            epci: None,
            epci_nom: None,
            zonages: Vec::new(),
        }
    }

    #[test]
    fn toutes_les_formes_se_lisent_et_leur_fichier_porte_leur_nom() {
        let noms: Vec<String> = fichiers::<Fichiers>().into_iter().map(|fichier| fichier.0).collect();
        let formes = toutes().unwrap();
        assert!(formes.len() >= 9, "{}", formes.len());
        for forme in formes {
            assert!(noms.contains(&format!("{}.toml", forme.id)), "{}", forme.id);
            assert!(!forme.bases_legales.is_empty() && !forme.criteres.is_empty(), "{}", forme.id);
            let dit = forme.bases_legales.join(" ").contains("à vérifier");
            assert!(forme.source.surete != Surete::Faible || dit, "{} : de mémoire, et ne le dit pas", forme.id);
        }
    }

    #[rstest]
    #[case::groupe(Porteur::Collectif, vec![], true)]
    #[case::pas_decide(Porteur::PasDecide, vec![], true)]
    #[case::demande(Porteur::Commune, vec![Besoin::FormeJuridique], true)]
    #[case::une_commune_qui_cherche_de_l_argent(Porteur::Commune, vec![Besoin::Argent], false)]
    fn la_question_ne_se_pose_que_si_le_choix_est_ouvert(
        #[case] porteur: Porteur,
        #[case] besoins: Vec<Besoin>,
        #[case] attendu: bool,
    ) {
        let profil = profil(porteur, besoins);
        assert_eq!(se_pose(&profil), attendu);
        let propositions = propositions(&profil, &cirey(), &Locaux::default(), JOUR).unwrap();
        assert_eq!(!propositions.is_empty(), attendu);
    }

    #[rstest]
    #[case::la_scic_associe_habitants_et_commune(Porteur::Collectif, "scic", Verdict::AVerifier)]
    #[case::une_commune_n_est_pas_une_scop(Porteur::Commune, "scop", Verdict::Non)]
    #[case::une_regie_est_a_la_commune(Porteur::AssociationEmployeuse, "regie-communale", Verdict::Non)]
    #[case::des_habitants_font_une_association(Porteur::Collectif, "association", Verdict::Oui)]
    fn chaque_forme_a_ses_raisons(#[case] porteur: Porteur, #[case] id: &str, #[case] attendu: Verdict) {
        let propositions =
            propositions(&profil(porteur, vec![Besoin::FormeJuridique]), &cirey(), &Locaux::default(), JOUR).unwrap();
        let proposition = propositions.iter().find(|p| p.id == id).unwrap();
        assert_eq!(proposition.verdict, attendu, "{:?}", proposition.constats);
        assert!(proposition.constats.iter().all(|constat| !constat.sources.is_empty()));
    }
}
