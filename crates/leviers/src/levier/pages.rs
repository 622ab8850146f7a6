//! What everyone reads: the list of levers with its filters, and the whole sheet of one.

use std::str::FromStr;

use askama::Template;
use axum::extract::Path;
use domain::constat::Surete;
use domain::droit::Action;
use domain::profil::Porteur;
use domain::theme::Theme;
use jiff::civil::Date;
use web::composants::{
    Bouton, Cellule, EtatVide, Etiquette, Html, OptionDeChamp, Pagination, Poids, Resume, Selection, Ton, echapper,
};
use web::formulaire::Erreurs;
use web::locaux::ThemesLocaux;
use web::{Cache, Cadre, Erreur, Instance, Reponse, Saisie, texte};

use super::storage::{self, Etat};
use super::{Condition, Critere, Levier, NatureDeLevier, mots};

const PAR_PAGE: usize = 20;

/// What the visitor narrows the list to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filtres {
    theme: Option<Theme>,
    porteur: Option<Porteur>,
    nature: Option<NatureDeLevier>,
}

impl Filtres {
    fn lire(saisie: &Saisie) -> Self {
        fn un<T: FromStr>(saisie: &Saisie, nom: &str) -> Option<T> {
            saisie.texte(nom).parse().ok()
        }
        let nature = saisie.texte("nature");
        Self {
            theme: un(saisie, "theme"),
            porteur: un(saisie, "porteur"),
            nature: NatureDeLevier::TOUTES.iter().copied().find(|n| n.as_str() == nature),
        }
    }

    /// A sheet stays when nothing that it says excludes the filter: a doubt is not a no.
    pub(crate) fn garde(self, levier: &Levier) -> bool {
        let theme = self.theme.is_none_or(|theme| {
            levier.themes.is_empty() || levier.themes.contains(&theme) || levier.themes_a_verifier.contains(&theme)
        });
        let porteur = self.porteur.is_none_or(|porteur| levier.accueille(porteur));
        theme && porteur && self.nature.is_none_or(|nature| nature == levier.nature)
    }

    fn adresse(self) -> String {
        let champs = [
            ("theme", self.theme.map(Theme::as_str)),
            ("porteur", self.porteur.map(Porteur::as_str)),
            ("nature", self.nature.map(NatureDeLevier::as_str)),
        ];
        let choisis: Vec<String> =
            champs.into_iter().filter_map(|(nom, valeur)| valeur.map(|valeur| format!("{nom}={valeur}"))).collect();
        if choisis.is_empty() { "/leviers".to_owned() } else { format!("/leviers?{}", choisis.join("&")) }
    }
}

struct LevierVu {
    id: String,
    nom: String,
    nature: Etiquette,
    porteur: String,
    resume: String,
    montant: String,
    de_memoire: bool,
}

impl From<&Levier> for LevierVu {
    fn from(levier: &Levier) -> Self {
        Self {
            id: levier.id.clone(),
            nom: levier.nom.clone(),
            nature: Etiquette::nouvelle(levier.nature.libelle(), Ton::Neutre),
            porteur: levier.porteur.nom.clone(),
            resume: levier.resume.clone(),
            montant: levier.montant.clone(),
            de_memoire: levier.source.surete == Surete::Faible,
        }
    }
}

#[derive(Template)]
#[template(path = "leviers.html")]
struct PageLeviers {
    filtres: [Selection; 3],
    filtree: bool,
    compte: String,
    leviers: Vec<LevierVu>,
    vide: EtatVide,
    pagination: Pagination,
    agent: bool,
}

/// GET: levers in force, by name.
pub async fn liste(cadre: Cadre) -> Reponse {
    let saisie = cadre.demande();
    let filtres = Filtres::lire(&saisie);
    let tx = cadre.instance.db.read().await?;
    let tous = storage::en_vigueur(&tx, cadre.instance.aujourd_hui()).await?;
    let trouves: Vec<&Levier> = tous.iter().filter(|levier| filtres.garde(levier)).collect();
    let pages = trouves.len().div_ceil(PAR_PAGE).max(1);
    let page: usize = saisie.texte("page").parse().unwrap_or(1).clamp(1, pages);
    let f = cadre.formulaire_avec(saisie, Erreurs::default());
    let vue = PageLeviers {
        filtres: [
            f.selection("theme", "Thème", avec_tous("Tous les thèmes", cadre.instance.locaux().themes.options(&[]))),
            f.selection("porteur", "Qui porte le projet ?", avec_tous("Tous les porteurs", porteurs())),
            f.selection("nature", "Ce que vous cherchez", avec_tous("Tout", natures())),
        ],
        filtree: filtres != Filtres::default(),
        compte: texte::accorde(trouves.len() as u64, "aide ou appui", "aides et appuis"),
        leviers: trouves.iter().skip((page - 1) * PAR_PAGE).take(PAR_PAGE).map(|levier| (*levier).into()).collect(),
        vide: EtatVide {
            titre: "Aucune fiche ne correspond".to_owned(),
            texte: "Retirez un filtre. La personne chargée de votre secteur peut aussi connaître d’autres aides."
                .to_owned(),
            action: Some(("Voir toutes les fiches".to_owned(), "/leviers".to_owned())),
        },
        pagination: Pagination::nouvelle(&filtres.adresse(), page as u64, trouves.len() as u64, PAR_PAGE as u64),
        agent: cadre.visiteur.peut(Action::GererLesLeviers),
    };
    cadre.page("Aides et appuis", &vue)?.cache(Cache::Public(60)).repondre()
}

fn avec_tous(libelle: &str, options: Vec<OptionDeChamp>) -> Vec<OptionDeChamp> {
    std::iter::once(OptionDeChamp::nouvelle("", libelle)).chain(options).collect()
}

/// Bearers.
pub(crate) fn porteurs() -> Vec<OptionDeChamp> {
    OptionDeChamp::par_groupes(
        Porteur::TOUS.iter().map(|p| (p.groupe(), OptionDeChamp::nouvelle(p.as_str(), p.libelle()))),
    )
}

/// Kinds of lever.
pub(crate) fn natures() -> Vec<OptionDeChamp> {
    NatureDeLevier::TOUTES.iter().map(|n| OptionDeChamp::nouvelle(n.as_str(), n.libelle())).collect()
}

/// The whole sheet: on its page, and in the preview of the agents.
#[derive(Template)]
#[template(path = "fiche.html")]
pub(crate) struct FicheVue {
    en_bref: String,
    avertissements: Vec<String>,
    faits: Resume,
    conditions: Vec<(String, Option<String>)>,
    origine: Resume,
}

impl askama::filters::HtmlSafe for FicheVue {}

impl FicheVue {
    pub(crate) fn nouvelle(levier: &Levier, jour: Date, instance: &Instance) -> Self {
        let conditions = levier
            .criteres
            .iter()
            .filter(|critere| !dit_en_haut(critere))
            .map(|critere| (mots::en_mots(critere), critere.source.as_ref().map(|source| source.libelle.clone())))
            .collect();
        Self {
            en_bref: levier.resume.clone(),
            avertissements: avertissements(levier, jour, instance.demo),
            faits: faits(levier, &instance.locaux().themes),
            conditions,
            origine: origine(levier),
        }
    }
}

/// Who and where are told among the facts, not again among the conditions.
fn dit_en_haut(critere: &Critere) -> bool {
    let general = critere.pour.is_empty() && critere.source.is_none();
    general && matches!(critere.condition, Condition::Porteurs { .. } | Condition::Territoire(_))
}

fn faits(levier: &Levier, noms: &ThemesLocaux) -> Resume {
    let en_haut = || levier.criteres.iter().filter(|critere| dit_en_haut(critere));
    let pour_qui: Vec<String> = en_haut()
        .filter(|critere| matches!(critere.condition, Condition::Porteurs { .. }))
        .map(|critere| mots::en_mots(critere).trim_start_matches("Pour : ").to_owned())
        .collect();
    let ou: Vec<&str> = en_haut()
        .filter_map(
            |critere| if let Condition::Territoire(zone) = &critere.condition { Some(zone.nom.as_str()) } else { None },
        )
        .collect();
    let ou_rien = |mots: String, sinon: &str| if mots.is_empty() { sinon.to_owned() } else { mots };
    let quand = match (levier.valable_du, levier.valable_au) {
        (None, None) => "Aucune date connue : à vérifier avec qui propose l’aide".to_owned(),
        (Some(du), None) => format!("À partir du {}", texte::jour(du)),
        (None, Some(au)) => format!("Jusqu’au {}", texte::jour(au)),
        (Some(du), Some(au)) => format!("Du {} au {}", texte::jour(du), texte::jour(au)),
    };
    let porteur = match &levier.porteur.avec {
        Some(avec) => format!("{} ({}), avec : {avec}", levier.porteur.nom, levier.porteur.genre.libelle()),
        None => format!("{} ({})", levier.porteur.nom, levier.porteur.genre.libelle()),
    };
    let themes = match (noms.noms(&levier.themes), noms.noms(&levier.themes_a_verifier)) {
        (surs, _) if surs.is_empty() => "Tous".to_owned(),
        (surs, doutes) if doutes.is_empty() => surs,
        (surs, doutes) => format!("{surs}. À vérifier : {doutes}"),
    };
    let faits = Resume::default()
        .ligne("Ce que c’est", levier.nature.libelle())
        .ligne("Qui propose", porteur)
        .ligne("Pour qui", ou_rien(pour_qui.join(". "), "Tout le monde, sauf condition ci-dessous"))
        .ligne("Pour quoi", &levier.pour_quoi)
        .ligne("Thèmes", themes)
        .ligne("Où", ou_rien(texte::majuscule(&ou.join(" ; ")), "Partout, sauf condition ci-dessous"))
        .ligne("Quand", quand)
        .ligne("Montant", &levier.montant);
    let faits = match &levier.contact {
        Some(contact) => faits.ligne("Contact", contact),
        None => faits,
    };
    match &levier.url {
        Some(url) => faits.html("Page de l’aide", lien_externe(url)),
        None => faits,
    }
}

fn origine(levier: &Levier) -> Resume {
    let source = &levier.source;
    let libelle = match &source.url {
        Some(url) => Html(format!("{} ({})", echapper(&source.libelle), lien_externe(url))),
        None => Cellule::texte(&source.libelle).html,
    };
    let relevee = source.consultee_le.map_or_else(|| "Jour inconnu".to_owned(), texte::jour);
    let mut resume = Resume::default();
    if !levier.bases_legales.is_empty() {
        resume = resume.ligne("Textes de loi", levier.bases_legales.join(" ; "));
    }
    if let Some(base) = levier.base_de_competence {
        let regle = "<a class=\"govuk-link\" href=\"/regles/r-20\">Pourquoi le département peut agir</a>";
        resume = resume.html("Base de compétence", Html(format!("{}. {regle}", echapper(base.libelle()))));
    }
    resume
        .html("Source", libelle)
        .ligne("Relevé le", relevee)
        .ligne("Sûreté", mots::surete(source.surete))
        .ligne("Fiche tenue par", &levier.responsable)
        .ligne("Sera relue le", texte::jour(levier.a_revoir_le))
}

fn lien_externe(url: &str) -> Html {
    let url = echapper(url);
    Html(format!("<a class=\"govuk-link\" href=\"{url}\" rel=\"noopener external\">{url}</a>"))
}

fn avertissements(levier: &Levier, jour: Date, demo: bool) -> Vec<String> {
    let mut dits = Vec::new();
    if let Some(du) = levier.valable_du.filter(|du| jour < *du) {
        dits.push(format!("Cette aide n’est pas encore ouverte : elle commence le {}.", texte::jour(du)));
    }
    if let Some(au) = levier.valable_au.filter(|au| *au < jour) {
        dits.push(format!(
            "Cette aide était annoncée jusqu’au {}. Elle n’est plus proposée aux projets. Demandez si elle continue.",
            texte::jour(au)
        ));
    }
    if levier.a_revoir_le <= jour {
        dits.push(format!(
            "Cette fiche devait être relue le {}. Elle a peut-être changé : elle n’entre pas dans le calcul.",
            texte::jour(levier.a_revoir_le)
        ));
    }
    if levier.source.surete == Surete::Faible {
        dits.push("Cette fiche est écrite de mémoire : tout est à vérifier avant de vous engager.".to_owned());
    }
    if levier.aide.is_some_and(|aide| aide.exemple) {
        dits.push(if demo {
            "Les chiffres du calcul sont un exemple, pour la démonstration seulement.".to_owned()
        } else {
            "Le montant n’est pas connu avec certitude : rien n’est compté dans le calcul.".to_owned()
        });
    }
    dits
}

#[derive(Template)]
#[template(path = "levier.html")]
struct PageLevier {
    nom: String,
    id: String,
    retiree: bool,
    fiche: FicheVue,
    agent: bool,
}

/// GET: one lever. A withdrawn one says so; one that waits for an agent is seen by agents only.
pub async fn montrer(cadre: Cadre, Path(id): Path<String>) -> Reponse {
    let agent = cadre.visiteur.peut(Action::GererLesLeviers);
    let tx = cadre.instance.db.read().await?;
    let modele = storage::par_id(&tx, &id)
        .await?
        .filter(|modele| agent || modele.etat() != Etat::ARelire)
        .ok_or(Erreur::Introuvable("cette fiche d’aide"))?;
    let levier = modele.levier()?;
    let page = PageLevier {
        fiche: FicheVue::nouvelle(&levier, cadre.instance.aujourd_hui(), &cadre.instance),
        retiree: modele.etat() == Etat::Retire,
        nom: levier.nom.clone(),
        id,
        agent,
    };
    cadre.page(levier.nom, &page)?.fil(&[("Aides et appuis", "/leviers")]).cache(Cache::Public(60)).repondre()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;
    use rstest::rstest;

    #[rstest]
    #[case::tout("", &["detr", "dla", "fdva-2"], &[])]
    #[case::une_association("porteur=association-sans-salarie", &["fdva-2"], &["detr", "dla"])]
    #[case::un_theme("theme=jeunesse", &["fonjep", "detr"], &["france-services"])]
    #[case::une_nature("nature=pret", &["banque-des-territoires"], &["detr"])]
    #[case::valeur_inconnue("theme=n-importe-quoi", &["detr"], &[])]
    fn les_filtres(#[case] requete: &str, #[case] gardees: &[&str], #[case] otees: &[&str]) {
        let filtres = Filtres::lire(&Saisie::decoder(requete.as_bytes()));
        let catalogue = Catalogue::embarque().unwrap();
        for id in gardees {
            assert!(filtres.garde(catalogue.par_id(id).unwrap()), "{id}");
        }
        for id in otees {
            assert!(!filtres.garde(catalogue.par_id(id).unwrap()), "{id}");
        }
    }
}
