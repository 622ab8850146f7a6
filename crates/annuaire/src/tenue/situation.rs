//! What only an agent may say of an actor: withdrawn at its request, closed, part of the ESS or not by a document that was
//! shown (by law, in statistics: two decisions), another legal category. Each with its reason, in the journal; taken back by the same page. Below, every value of the page
//! with where it comes from and who said it, past ones too.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::code::CodeCommune;
use platform::{ReadTx, journal};
use socle::personne;
use web::composants::{
    Cellule, ChampLong, ChampTexte, Conflit, Html, OptionDeChamp, Resume, ResumeErreurs, Selection, Tableau,
};
use web::formulaire::{Erreurs, Formulaire, Lecteur};
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, texte};

use super::storage::{self as tenue, Auteur};
use super::{FIL, agreer};
use crate::acteur::{self, storage, valeur};
use crate::doublon::chemin;
use crate::ess::{Decision, decision};
use crate::evenements;
use crate::vocabulaire::{Champ, EtatActeur, Famille, Origine, Reponse as TroisValeurs};

/// Fields of this page, and their names in the form.
const CHAMPS: [(Champ, &str); 3] =
    [(Champ::Etat, "etat"), (Champ::CategorieJuridique, "categorie"), (Champ::Commune, "commune")];

/// One of the two answers on the ESS, as this page asks it.
struct Question {
    champ: Champ,
    /// Names of the fields of the form: the answer, the document.
    reponse: &'static str,
    document: &'static str,
    libelle: &'static str,
}

const QUESTIONS: [Question; 2] = [
    Question {
        champ: Champ::DecisionEssLoi,
        reponse: "ess_loi",
        document: "ess_loi_document",
        libelle: "ESS selon la loi",
    },
    Question {
        champ: Champ::DecisionEssStat,
        reponse: "ess_stat",
        document: "ess_stat_document",
        libelle: "ESS dans les statistiques",
    },
];

/// No document makes a public body part of the ESS.
const PUBLIQUE: &str = "Un organisme public ne fait pas partie de l’ESS (loi 2014-856, article 1). Si c’est une erreur, \
                        corrigez d’abord la catégorie juridique.";

/// What an agent may say of the state; nothing: as the sources say.
const ETATS: [EtatActeur; 3] = [EtatActeur::Actif, EtatActeur::Cesse, EtatActeur::Masque];

#[derive(Template)]
#[template(path = "situation.html")]
struct PageSituation {
    nom: String,
    url: String,
    /// The public page, when there is one.
    fiche: Option<String>,
    resume: ResumeErreurs,
    caches: Html,
    version: i64,
    conflit: Option<Conflit>,
    dit: Resume,
    etat: Selection,
    ess: Vec<(Selection, ChampTexte)>,
    categorie: ChampTexte,
    commune: ChampTexte,
    /// The page of its approvals, of its places.
    agrements: String,
    adresses: Option<String>,
    motif: ChampLong,
    valeurs: Tableau,
}

/// The address of this page.
pub(crate) fn url(reference: &str) -> String {
    format!("/reglages/annuaire/fiches/{reference}")
}

struct Ouvert {
    acteur: acteur::Model,
    valeurs: Vec<valeur::Model>,
}

async fn ouvrir(tx: &ReadTx, reference: &str) -> Result<Ouvert, Erreur> {
    let acteur = storage::par_reference(tx, reference).await?.ok_or(Erreur::Introuvable("cet acteur"))?;
    if acteur.etat == EtatActeur::Masque {
        let bout = chemin::suivre(tx, acteur.clone()).await?;
        // Merged, not withdrawn: parting them is another page.
        if bout.id != acteur.id {
            return Err(Erreur::Aller(url(&bout.reference)));
        }
    }
    let valeurs = storage::valeurs(tx, &acteur.id).await?;
    Ok(Ouvert { acteur, valeurs })
}

impl Ouvert {
    /// What an agent says today of a field.
    fn dite(&self, champ: Champ) -> &str {
        let dite = self.valeurs.iter().find(|v| v.courante && v.champ == champ && v.source == Origine::Agent);
        dite.map_or("", |valeur| valeur.valeur.as_str())
    }

    fn saisie(&self, instance: &Instance) -> Saisie {
        let decisions = QUESTIONS.iter().fold(Saisie::default(), |saisie, question| {
            match Decision::lire(self.dite(question.champ), None) {
                Some(lue) => {
                    saisie.avec(question.reponse, lue.reponse().as_str()).avec(question.document, lue.document)
                }
                None => saisie,
            }
        });
        CHAMPS.iter().fold(decisions, |saisie, (champ, nom)| {
            let dite = self.dite(*champ);
            match (champ, dite.parse::<CodeCommune>()) {
                (Champ::Commune, Ok(code)) => saisie.avec(nom, instance.referentiel().nom_commune(&code)),
                _ => saisie.avec(nom, dite),
            }
        })
    }
}

/// GET.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let tx = cadre.instance.db.read().await?;
    let ouvert = ouvrir(&tx, &reference).await?;
    let saisie = ouvert.saisie(&cadre.instance);
    repondre(&cadre, &tx, &ouvert, cadre.formulaire_avec(saisie, Erreurs::default()), None).await
}

async fn repondre(cadre: &Cadre, tx: &ReadTx, ouvert: &Ouvert, f: Formulaire, conflit: Option<Conflit>) -> Reponse {
    let statut = match (&conflit, f.erreurs.est_vide()) {
        (Some(_), _) => StatusCode::CONFLICT,
        (None, true) => StatusCode::OK,
        (None, false) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let acteur = &ouvert.acteur;
    let etats = ETATS.iter().map(|etat| OptionDeChamp::nouvelle(etat.as_str(), etat.libelle()));
    let page = PageSituation {
        nom: acteur.nom.clone(),
        url: url(&acteur.reference),
        fiche: (acteur.etat != EtatActeur::Masque).then(|| format!("/annuaire/{}", acteur.reference)),
        resume: f.resume(),
        caches: f.caches_gardes(&url(&acteur.reference)),
        version: f.version(acteur.version),
        conflit,
        dit: dit(&cadre.instance, acteur),
        etat: f.selection(
            "etat",
            "État de la structure",
            std::iter::once(OptionDeChamp::nouvelle("", "Comme le disent les sources")).chain(etats),
        ),
        ess: QUESTIONS.iter().map(|question| question.champs(&f)).collect(),
        categorie: f
            .texte("categorie", "Catégorie juridique de l’Insee, si celle des sources est fausse (facultatif)")
            .chiffres()
            .aide("Quatre chiffres. Exemple : 9220, association déclarée."),
        commune: f
            .texte("commune", "Commune, si elle manque ou si celle des sources est fausse (facultatif)")
            .aide("Là où la structure se trouve. Vide : comme le disent les sources.")
            .commune(),
        agrements: agreer::url(&acteur.reference),
        adresses: (acteur.etat != EtatActeur::Masque).then(|| format!("/annuaire/{}/adresses", acteur.reference)),
        motif: f.long("motif", "Pourquoi ? Qui vous l’a demandé, quel document avez-vous vu ?", 500),
        valeurs: tableau(tx, &cadre.instance, &ouvert.valeurs).await?,
    };
    cadre.page("Situation d’une structure", &page)?.statut(statut).fil(&FIL).repondre()
}

impl Question {
    fn champs(&self, f: &Formulaire) -> (Selection, ChampTexte) {
        let options = [
            ("", "Comme le disent les sources"),
            ("oui", "Oui, un document le montre"),
            ("non", "Non, un document le montre"),
        ];
        let options = options.map(|(valeur, mots)| OptionDeChamp::nouvelle(valeur, mots));
        let document = format!("Document vu : {} (facultatif)", self.libelle);
        (
            f.selection(self.reponse, self.libelle, options),
            f.texte(self.document, &document).aide(
                "Son nom et sa date, sans nom de personne : tout le monde les lit. Exemple : statuts du 12 mars 2024.",
            ),
        )
    }

    /// What was decided, as a fact: empty when the sources are followed. A decision stands on a document.
    fn lire(&self, l: &mut Lecteur<'_>) -> String {
        let document = l.texte_libre(self.document, 200);
        match (l.choix_libre::<TroisValeurs>(self.reponse), document) {
            (Some(reponse @ (TroisValeurs::Oui | TroisValeurs::Non)), Some(document)) => {
                decision::ecrire(reponse, &document)
            }
            (Some(TroisValeurs::Oui | TroisValeurs::Non), None) => {
                l.erreurs.ajouter(self.document, "Nommez le document que vous avez vu, avec sa date.");
                String::new()
            }
            (_, Some(_)) => {
                l.erreurs.ajouter(self.reponse, "Dites ce que montre le document : oui ou non. Sinon, effacez-le.");
                String::new()
            }
            (_, None) => String::new(),
        }
    }
}

fn dit(instance: &Instance, acteur: &acteur::Model) -> Resume {
    let commune = acteur.commune.as_ref().map_or("non connue", |code| instance.referentiel().nom_commune(code));
    Resume::default()
        .ligne("Commune", commune)
        .ligne("État", acteur.etat.libelle())
        .ligne("ESS selon la loi", format!("{} : {}", acteur.ess_loi.libelle(), acteur.ess_loi_motif))
        .ligne("ESS dans les statistiques", format!("{} : {}", acteur.ess_stat.libelle(), acteur.ess_stat_motif))
        .ligne("Catégorie juridique", acteur.categorie_juridique.as_deref().unwrap_or("non connue"))
}

/// Every value, the ones in force first, with its source, its date and who said it.
async fn tableau(tx: &ReadTx, instance: &Instance, valeurs: &[valeur::Model]) -> Result<Tableau, Erreur> {
    let auteurs: Vec<&str> = valeurs.iter().filter_map(|v| v.auteur_id.as_ref()).map(|id| id.as_str()).collect();
    let noms: BTreeMap<String, String> = personne::noms(tx, &auteurs).await?;
    let mut rangees: Vec<&valeur::Model> = valeurs.iter().collect();
    rangees.sort_by_key(|v| (!v.courante, v.champ.libelle(), std::cmp::Reverse(v.recu_le)));
    let lignes = rangees.into_iter().map(|v| {
        let qui = v.auteur_id.as_ref().map(|id| noms.get(id.as_str()).map_or("compte effacé", String::as_str));
        let le = texte::jour(v.source_du.map_or_else(|| instance.jour_de(v.recu_le), |jour| jour.0));
        vec![
            Cellule::texte(v.champ.libelle()),
            Cellule::texte(if v.valeur.is_empty() { "(rien)" } else { &v.valeur }),
            Cellule::texte(v.source.libelle()),
            Cellule::texte(le),
            Cellule::texte(qui.unwrap_or("–")),
            Cellule::texte(if v.courante { "en cours" } else { "passée" }),
        ]
    });
    Ok(Tableau {
        legende: "D’où vient chaque valeur".to_owned(),
        colonnes: ["Champ", "Valeur", "Source", "Date", "Dite par", "État"].map(str::to_owned).into(),
        lignes: lignes.collect(),
    })
}

/// What was typed: the fields that change, and why.
fn lire(form: &CheckedForm, instance: &Instance, ouvert: &Ouvert) -> Result<(Vec<(Champ, String)>, String), Erreurs> {
    let mut l = form.lecteur();
    let etat: Option<EtatActeur> = l.choix_libre("etat");
    let etat = etat.filter(|etat| ETATS.contains(etat)).map_or("", |etat| etat.as_str());
    let decisions = QUESTIONS.map(|question| (question.champ, question.lire(&mut l)));
    let categorie = l.texte_libre("categorie", 4).unwrap_or_default();
    if !categorie.is_empty() && (categorie.len() != 4 || !categorie.bytes().all(|octet| octet.is_ascii_digit())) {
        l.erreurs.ajouter("categorie", "Écrivez les quatre chiffres du code. Exemple : 9220.");
    }
    let commune = match form.saisie.texte("commune").trim() {
        "" => String::new(),
        _ => l.commune("commune", instance).map(|code| code.to_string()).unwrap_or_default(),
    };
    let motif = l.texte("motif", "Dites pourquoi : un autre agent le lira.", 5, 500).unwrap_or_default();
    for (question, (_, decidee)) in QUESTIONS.iter().zip(&decisions) {
        let oui = Decision::lire(decidee, None).is_some_and(|decision| decision.oui);
        if oui && ouvert.acteur.famille == Famille::Public && categorie.is_empty() {
            l.erreurs.ajouter(question.reponse, PUBLIQUE);
        }
    }
    let lus = [etat.to_owned(), categorie, commune];
    let lus = CHAMPS.iter().map(|(champ, _)| *champ).zip(lus).chain(decisions);
    let changes: Vec<_> = lus.filter(|(champ, lu)| ouvert.dite(*champ) != lu).collect();
    if changes.is_empty() && l.erreurs.est_vide() {
        l.erreurs.ajouter("etat", "Rien ne change : choisissez ce que vous voulez dire.");
    }
    if l.erreurs.est_vide() { Ok((changes, motif)) } else { Err(l.erreurs) }
}

/// POST.
pub async fn enregistrer(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let lecture = instance.db.read().await?;
    let ouvert = ouvrir(&lecture, &reference).await?;
    let (changes, motif) = match lire(&form, instance, &ouvert) {
        Ok(lus) => lus,
        Err(erreurs) => {
            let f = cadre.formulaire_avec(form.saisie.clone(), erreurs);
            return repondre(&cadre, &lecture, &ouvert, f, None).await;
        }
    };
    drop(lecture);
    let tx = instance.db.begin().await?;
    let auteur = Auteur { source: Origine::Agent, personne: cadre.visiteur.personne_id() };
    tenue::dire(&tx, instance, &ouvert.acteur.id, auteur, &changes).await?;
    let lu = acteur::Model { version: form.version(), ..ouvert.acteur.clone() };
    if !tenue::reprojeter(&tx, instance, lu).await? {
        tx.rollback().await?;
        let lecture = instance.db.read().await?;
        let ouvert = ouvrir(&lecture, &reference).await?;
        let conflit = Conflit::sur("cette fiche").enregistre(tableau(&lecture, instance, &ouvert.valeurs).await?);
        let f = cadre.formulaire_avec(form.saisie.sur_la_version_actuelle(), Erreurs::default());
        return repondre(&cadre, &lecture, &ouvert, f, Some(conflit)).await;
    }
    let champs: Vec<&str> = changes.iter().map(|(champ, _)| champ.as_str()).collect();
    let evenement = evenements::de_l_acteur(&cadre, evenements::SITUE, &ouvert.acteur.id)
        .faits(serde_json::json!({ "champs": champs, "motif": motif }));
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    form.conclure(tx, &url(&reference), "C’est enregistré. Pour revenir en arrière, changez le choix ci-dessous.").await
}
