//! What fits a project, with the reasons, and what would remain to pay. Each feature of the house proposes; this page
//! orders and shows. Nothing that does not fit is hidden: it is folded, with its reason.

use askama::Template;
use axum::extract::Path;
use domain::cents::Cents;
use domain::constat::{Constat, Nature, Source, Verdict};
use domain::dates::en_lettres;
use domain::droit::Action;
use domain::plan::{self, Aide, Simulation};
use domain::profil::{Besoin, ProfilDeProjet};
use domain::regle::financement::pourcentage;
use graphiques::{Empilees, Legende, Part, SERIES_MAX};
use socle::projet::{self, Etat};
use socle::secteur;
use web::composants::{Alerte, ConstatVue, Contact, Etapes, Etiquette, Html, Terme, Ton};
use web::feature::{DemandePanneau, Famille, Lieu, Panneau, Proposition, propositions_pour};
use web::{Cadre, Instance, Reponse, Saisie, contact};

use crate::acces::{self, Ouvert};

/// A proposition as shown.
pub(crate) struct PropositionVue {
    pub(crate) proposition: Proposition,
    pub(crate) etiquette: Etiquette,
    pub(crate) constats: Vec<ConstatVue>,
    /// Where every reason was read, when it is the same place: said once.
    pub(crate) sources: Vec<Source>,
    /// Ids are unique in the page: `levier-detr`.
    pub(crate) ancre: String,
}

impl PropositionVue {
    /// Why it may fit, in a line; the whole is one press away.
    fn raisons(&self) -> String {
        let oui = self.proposition.constats.iter().filter(|constat| constat.verdict == Verdict::Oui);
        oui.take(RAISONS_EN_VUE).map(|constat| constat.phrase.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Words of the fold that holds every reason.
    fn titre_des_raisons(&self) -> String {
        let constats = &self.proposition.constats;
        match constats.iter().filter(|constat| constat.verdict == Verdict::AVerifier).count() {
            0 => "Pourquoi ?".to_owned(),
            1 => "Pourquoi ? 1 point à vérifier".to_owned(),
            nombre => format!("Pourquoi ? {nombre} points à vérifier"),
        }
    }
}

/// A family with what fits, what is to be verified, and what does not fit.
struct FamilleVue {
    id: &'static str,
    titre: &'static str,
    /// What is said in sight of each one: an aid with its reasons, the others by name.
    detaillee: bool,
    ordre: &'static str,
    vide: String,
    possibles: Vec<PropositionVue>,
    /// Folded: what a reader looks at after the first ones.
    autres: Vec<PropositionVue>,
    refusees: Vec<PropositionVue>,
}

impl FamilleVue {
    fn nombre(&self) -> usize {
        self.possibles.len() + self.autres.len()
    }

    /// Words of the fold.
    fn titre_des_autres(&self) -> String {
        let nombre = self.autres.len();
        let a_verifier = self.autres.iter().all(|p| p.proposition.verdict == Verdict::AVerifier);
        let suite = if a_verifier { " à vérifier" } else { "" };
        if nombre == 1 { format!("1 autre{suite}") } else { format!("{nombre} autres{suite}") }
    }
}

/// Aids and supports in sight; the others are one press away, with their reasons.
const EN_VUE: usize = 3;

/// Reasons of an aid in sight.
const RAISONS_EN_VUE: usize = 2;

/// Words that rules and aids cannot do without, explained once on the page.
const MOTS_DU_METIER: &[&str] = &["plan-de-financement", "maitre-d-ouvrage", "fonds-de-concours"];

#[derive(Template)]
#[template(path = "resultat.html")]
struct PageResultat {
    etapes: Etapes,
    projet: projet::Model,
    commune: String,
    alerte: Alerte,
    termes: Vec<Terme>,
    contact: Contact,
    promesse: String,
    plan: Option<PlanVue>,
    demande_le_cout: bool,
    familles: Vec<FamilleVue>,
    panneaux: Vec<Panneau>,
    caches: Html,
    brouillon: bool,
    textes: Textes,
}

/// Sentences that the agent who runs the site may change.
struct Textes {
    intro: String,
    garder: String,
    a_verifier: String,
}

impl Textes {
    fn de(instance: &Instance) -> Self {
        Self {
            intro: instance.texte("resultat.intro"),
            garder: instance.texte("resultat.garder"),
            a_verifier: instance.texte("resultat.a-verifier"),
        }
    }
}

/// The simulation as shown.
struct PlanVue {
    qui_paie: Empilees,
    simulation: Simulation,
    le: String,
    choix: Vec<ChoixDAide>,
    /// The reader has just chosen: what they chose stays in sight.
    choix_fait: bool,
    constats: Vec<ConstatVue>,
    /// A rule says no: it is never folded.
    refus: bool,
}

/// An aid that one may count or leave out.
struct ChoixDAide {
    id: String,
    nom: String,
    comptee: bool,
    bonus: Option<Bonus>,
    exemple: bool,
}

/// What an aid adds when a condition of its sheet is met: counted only when the reader says so.
struct Bonus {
    taux: String,
    compte: bool,
}

/// GET.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let ouvert = acces::ouvrir(&cadre, &reference, Action::VoirProjet).await?;
    let instance = &cadre.instance;
    let jour = instance.aujourd_hui();
    let profil = ouvert.projet.profil(ouvert.themes.clone());
    let propositions = propositions_pour(&ouvert.tx, instance, &profil).await?;
    let interlocuteur = secteur::interlocuteur(&ouvert.tx, &ouvert.projet.commune, jour).await?;
    let panneaux = panneaux(&cadre, &ouvert, Lieu::Resultat).await;
    let choisies = cadre.uri.query().map(|q| Saisie::decoder(q.as_bytes()));
    let page = PageResultat {
        etapes: Etapes::nouvelles(&["Votre idée", "Où vous en êtes", "Ce qui peut vous aider"], 3),
        commune: instance.referentiel().nom_commune(&ouvert.projet.commune).to_owned(),
        alerte: Alerte::devis(),
        termes: MOTS_DU_METIER.iter().filter_map(|cle| Terme::ici(cle, instance)).collect(),
        promesse: contact::promesse(instance, interlocuteur.as_ref()),
        contact: contact::du_secteur(instance, interlocuteur),
        plan: plan_de(instance, &profil, &propositions, choisies.as_ref()),
        demande_le_cout: profil.cout.is_none() && profil.complements.besoins.contains(&Besoin::Argent),
        familles: familles(instance, propositions),
        textes: Textes::de(instance),
        panneaux,
        caches: cadre.formulaire().caches(),
        brouillon: ouvert.projet.etat == Etat::Brouillon,
        projet: ouvert.projet,
    };
    cadre.page("Ce qui peut vous aider", &page)?.repondre()
}

/// The panels of the other features.
pub(crate) async fn panneaux(cadre: &Cadre, ouvert: &Ouvert, lieu: Lieu) -> Vec<Panneau> {
    let Ouvert { tx, projet, themes, lien } = ouvert;
    let demande = DemandePanneau { tx, cadre, projet, themes, lien: *lien, lieu };
    cadre.instance.maison.panneaux(&demande).await
}

fn plan_de(
    instance: &Instance,
    profil: &ProfilDeProjet,
    propositions: &[Proposition],
    choisies: Option<&Saisie>,
) -> Option<PlanVue> {
    let choix_fait = choisies.filter(|saisie| !saisie.texte("compter").is_empty());
    let choisie = |liste: &str, id: &str| choix_fait.is_some_and(|saisie| saisie.liste(liste).iter().any(|c| c == id));
    let comptee = |id: &str| choix_fait.is_none() || choisie("aide", id);
    let possibles = || {
        propositions
            .iter()
            .filter(|p| matches!(p.verdict, Verdict::Oui | Verdict::AVerifier))
            .filter_map(|p| p.aide.as_ref().map(|aide| (p, aide)))
    };
    let aides: Vec<Aide> = possibles()
        .filter(|(_, aide)| comptee(&aide.id))
        .map(|(_, aide)| Aide { avec_bonus: choisie("bonus", &aide.id), ..aide.clone() })
        .collect();
    let simulation = plan::simuler(profil, &aides, instance.aujourd_hui())?;
    let choix = possibles()
        .filter(|(_, aide)| aide.montant.is_some())
        .map(|(p, aide)| ChoixDAide {
            id: aide.id.clone(),
            nom: aide.nom.clone(),
            comptee: comptee(&aide.id),
            bonus: aide
                .montant
                .and_then(|montant| montant.bonus)
                .map(|bonus| Bonus { taux: pourcentage(bonus), compte: choisie("bonus", &aide.id) }),
            exemple: p.exemple,
        })
        .collect();
    let qui_paie = qui_paie(&simulation);
    Some(PlanVue {
        qui_paie,
        le: en_lettres(simulation.le),
        constats: ConstatVue::tous(&simulation.constats),
        refus: simulation.constats.iter().any(|constat| constat.verdict == Verdict::Non),
        choix,
        choix_fait: choix_fait.is_some(),
        simulation,
    })
}

/// The plan as one bar: aids by name as long as an eye tells them apart, then the rest.
fn qui_paie(simulation: &Simulation) -> Empilees {
    let fixes = [
        ("Aides déjà accordées", simulation.acquis),
        ("Argent privé", simulation.prive),
        ("Reste à payer", simulation.reste_a_charge),
    ];
    let fixes: Vec<(&str, Cents)> = fixes.into_iter().filter(|(_, montant)| *montant > Cents::ZERO).collect();
    let aides: Vec<(&str, Cents)> = simulation.aides.iter().map(|aide| (aide.nom.as_str(), aide.montant)).collect();
    let aides: Vec<(&str, Cents)> = aides.into_iter().filter(|(_, montant)| *montant > Cents::ZERO).collect();
    let place = SERIES_MAX - fixes.len();
    let nommees = if aides.len() > place { place - 1 } else { aides.len() };
    let (nommees, autres) = aides.split_at(nommees);
    let autres: Cents = autres.iter().map(|(_, montant)| *montant).sum();
    let autres = (autres > Cents::ZERO).then_some(("Autres aides", autres));
    let parts: Vec<(&str, Cents)> = nommees.iter().copied().chain(autres).chain(fixes).collect();
    let phrase = format!("Le projet coûte {}.", simulation.cout.en_euros());
    Empilees::nouvelles(
        Legende::nouvelle("qui-paie", "Qui paierait quoi", phrase),
        "Montant",
        parts.iter().map(|(nom, _)| (*nom).to_owned()).collect(),
        vec![("Coût".to_owned(), parts.iter().map(|(_, m)| Part::nouvelle(m.0, m.en_euros())).collect())],
    )
}

fn familles(instance: &Instance, propositions: Vec<Proposition>) -> Vec<FamilleVue> {
    let mut vues = [
        famille(Famille::Levier, "leviers", "Des aides et des appuis", instance.texte("resultat.aucun-levier")),
        famille(
            Famille::Acteur,
            "acteurs",
            "Des acteurs qui peuvent vous aider",
            instance.texte("resultat.aucun-acteur"),
        ),
        famille(
            Famille::FormeJuridique,
            "formes",
            "Des formes juridiques possibles",
            instance.texte("resultat.aucune-forme"),
        ),
    ];
    for proposition in propositions {
        let Some((_, vue)) = vues.iter_mut().find(|(famille, _)| *famille == proposition.famille) else { continue };
        let refusee = proposition.verdict == Verdict::Non;
        let liste = if refusee { &mut vue.refusees } else { &mut vue.possibles };
        liste.push(proposition.into());
    }
    let [(_, leviers), ..] = &mut vues;
    leviers.detaillee = true;
    leviers.ordre =
        "Ordre : ce qui convient, puis ce dont le montant est connu, puis ce qui a le moins de points à vérifier.";
    leviers.possibles.sort_by_key(utilite);
    leviers.autres = leviers.possibles.split_off(leviers.possibles.len().min(EN_VUE));
    vues.into_iter().map(|(_, vue)| vue).collect()
}

/// The sources that all criteria share, taken from each of them. A rule has its own page.
fn sources_communes(constats: &mut [Constat]) -> Vec<Source> {
    let mut criteres = constats.iter_mut().filter(|constat| constat.nature != Nature::Regle);
    let Some(premier) = criteres.next() else { return Vec::new() };
    let mut memes = vec![premier];
    for constat in criteres {
        if constat.sources != memes[0].sources {
            return Vec::new();
        }
        memes.push(constat);
    }
    let sources = memes[0].sources.clone();
    memes.into_iter().for_each(|constat| constat.sources.clear());
    sources
}

fn famille(famille: Famille, id: &'static str, titre: &'static str, vide: String) -> (Famille, FamilleVue) {
    let ordre =
        "Ordre : ce qui convient, puis ce qui est à vérifier, par ordre alphabétique. Personne n’est mis en avant.";
    let (possibles, autres, refusees) = (Vec::new(), Vec::new(), Vec::new());
    (famille, FamilleVue { id, titre, detaillee: false, ordre, vide, possibles, autres, refusees })
}

/// What serves first: it fits, its amount is counted, little is left to verify. Equals stay in alphabetical order.
fn utilite(vue: &PropositionVue) -> (bool, bool, usize) {
    let p = &vue.proposition;
    let chiffree = p.aide.as_ref().is_some_and(|aide| aide.montant.is_some());
    let a_verifier = p.constats.iter().filter(|constat| constat.verdict == Verdict::AVerifier).count();
    (p.verdict == Verdict::AVerifier, !chiffree, a_verifier)
}

impl From<Proposition> for PropositionVue {
    fn from(proposition: Proposition) -> Self {
        let etiquette = match proposition.verdict {
            Verdict::Oui => Etiquette::nouvelle("Semble possible", Ton::Positif),
            Verdict::AVerifier => Etiquette::nouvelle("À vérifier", Ton::Attente),
            Verdict::SansObjet => Etiquette::nouvelle("Sans condition", Ton::Neutre),
            Verdict::Non => Etiquette::nouvelle("Ne convient pas", Ton::Negatif),
        };
        let famille = match proposition.famille {
            Famille::Levier => "levier",
            Famille::Acteur => "acteur",
            Famille::FormeJuridique => "forme",
        };
        let mut constats = proposition.constats.clone();
        let sources = sources_communes(&mut constats);
        Self {
            etiquette,
            constats: ConstatVue::tous(&constats),
            sources,
            ancre: format!("{famille}-{}", proposition.id),
            proposition,
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::constat::{Constat, Source, Surete, Verdict};

    use super::sources_communes;

    fn lu(ou: &str) -> Source {
        Source { libelle: ou.to_owned(), url: None, consultee_le: None, surete: Surete::Haute }
    }

    fn critere(ou: &str) -> Constat {
        Constat::critere("population", Verdict::Oui, "Oui.").source(lu(ou))
    }

    #[test]
    fn une_source_commune_se_dit_une_fois() {
        let regle = Constat::regle("r-05", Verdict::AVerifier, "Avez-vous signé ?").source(lu("la loi"));
        let mut memes = [critere("la page"), regle.clone(), critere("la page")];
        assert_eq!(sources_communes(&mut memes), [lu("la page")]);
        assert!(memes[0].sources.is_empty() && memes[2].sources.is_empty());
        assert_eq!(memes[1].sources, regle.sources, "a rule keeps its own");

        let mut autres = [critere("la page"), critere("une autre")];
        assert!(sources_communes(&mut autres).is_empty());
        assert_eq!(autres[1].sources, [lu("une autre")]);
        assert!(sources_communes(&mut []).is_empty());
    }
}
