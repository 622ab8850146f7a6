//! Two actors side by side: what differs is chosen, what would move is told, then they are merged, or set aside for ever.
//! The first of the address stays; the second goes into it.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use platform::{ReadTx, journal};
use web::composants::{Cellule, ChampOptions, Conflit, Etiquette, Html, OptionDeChamp, Resume, ResumeErreurs, Tableau};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, texte};

use super::demenagement::{self, Suite};
use super::fusion::{self, Refuse};
use super::liste::{URL, ton};
use super::reunion::{Choisis, Choix, Compare, comparer, montrables};
use super::rules::{Raison, Surete};
use super::storage::{self as doublons, etat};
use crate::acteur::{self, agrement, etablissement, storage, theme, valeur};
use crate::evenements;
use crate::fiche::source_et_date;
use crate::offre::lecture;
use crate::offre::storage::OffreComplete;
use crate::tenue::FIL;
use crate::vocabulaire::{Champ, EtatActeur};

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
        let (etat, raisons) = doublons::la_paire(tx, &garde.acteur.id, &absorbe.acteur.id).await?.unzip();
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

#[derive(Template)]
#[template(path = "banc.html")]
struct PageBanc {
    adresse: String,
    inverse: String,
    garde: String,
    garde_url: String,
    absorbe: String,
    absorbe_url: String,
    raisons: Vec<Etiquette>,
    avertissement: Option<String>,
    ecartee: bool,
    compare: Tableau,
    resume: ResumeErreurs,
    caches: Html,
    versions: (i64, i64),
    conflit: Option<Conflit>,
    choix: Vec<ChampOptions>,
    mouvements: Resume,
    apercu: Option<Tableau>,
}

fn provenance(v: &valeur::Model) -> String {
    source_et_date(v.source, v.source_du)
}

/// A value in the words of the page.
fn dire(instance: &Instance, v: &valeur::Model) -> String {
    match v.champ {
        Champ::Commune => v.valeur.parse().map_or_else(
            |_| v.valeur.clone(),
            |code| format!("{} ({})", instance.referentiel().nom_commune(&code), v.valeur),
        ),
        _ => v.valeur.clone(),
    }
}

fn cote_a_cote(instance: &Instance, paire: &Paire) -> Tableau {
    let cellule = |v: Option<&valeur::Model>| {
        v.map_or_else(
            || Cellule::texte("–"),
            |v| {
                Cellule::html(format!(
                    "{}<br><span class=\"govuk-hint\">{}</span>",
                    web::composants::echapper(&dire(instance, v)),
                    web::composants::echapper(&provenance(v))
                ))
            },
        )
    };
    let siren = |cote: &Cote| Cellule::texte(cote.acteur.siren.as_ref().map_or("–", |siren| siren.as_str()));
    let mut lignes = vec![vec![Cellule::texte("SIREN"), siren(&paire.garde), siren(&paire.absorbe)]];
    lignes.extend(paire.compares.iter().map(|compare| {
        vec![
            Cellule::texte(compare.champ.libelle()),
            cellule(compare.garde.as_ref()),
            cellule(compare.absorbe.as_ref()),
        ]
    }));
    let liste =
        |textes: Vec<String>| Cellule::texte(if textes.is_empty() { "–".to_owned() } else { textes.join(" ; ") });
    let adresses = |cote: &Cote| {
        let une = |e: &etablissement::Model| {
            let adresse = e.adresse.clone().unwrap_or_else(|| "adresse non connue".to_owned());
            let siret = e.siret.as_ref().map_or_else(String::new, |siret| format!(", SIRET {siret}"));
            format!(
                "{adresse}, {}{siret}{}",
                instance.referentiel().nom_commune(&e.commune),
                if e.ouvert { "" } else { " (fermé)" }
            )
        };
        liste(cote.etablissements.iter().map(une).collect())
    };
    let agrements = |cote: &Cote| {
        liste(
            cote.agrements
                .iter()
                .map(|a| a.genre().map_or(a.genre.clone(), |genre| genre.libelle().to_owned()))
                .collect(),
        )
    };
    let themes = |cote: &Cote| {
        let noms = &instance.locaux().themes;
        let themes: Vec<_> = cote.themes.iter().filter_map(theme::Model::theme).collect();
        Cellule::texte(noms.noms(&themes))
    };
    let offres = |cote: &Cote| liste(cote.offres.iter().map(|complete| complete.offre.titre.clone()).collect());
    lignes.push(vec![Cellule::texte("Adresses"), adresses(&paire.garde), adresses(&paire.absorbe)]);
    lignes.push(vec![Cellule::texte("Agréments"), agrements(&paire.garde), agrements(&paire.absorbe)]);
    lignes.push(vec![Cellule::texte("Thèmes"), themes(&paire.garde), themes(&paire.absorbe)]);
    lignes.push(vec![Cellule::texte("Offres"), offres(&paire.garde), offres(&paire.absorbe)]);
    Tableau {
        legende: "Les deux fiches, côte à côte".to_owned(),
        colonnes: vec![
            "Quoi".to_owned(),
            format!("Reste : {}", paire.garde.acteur.nom),
            format!("Part : {}", paire.absorbe.acteur.nom),
        ],
        lignes,
    }
}

/// What goes from one to the other.
fn mouvements(paire: &Paire) -> Resume {
    let (garde, absorbe) = (&paire.garde, &paire.absorbe);
    let siren = garde.acteur.siren.as_ref().or(absorbe.acteur.siren.as_ref()).map(|siren| siren.as_str());
    let suivent = demenagement::suivent(siren, &garde.etablissements, absorbe.etablissements.clone()).len();
    let restent = absorbe.etablissements.len() - suivent;
    let nombre = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let entier = |n: i64| u64::try_from(n).unwrap_or(0);
    let mut etablissements =
        texte::accorde(nombre(suivent), "passe à la fiche qui reste", "passent à la fiche qui reste");
    if restent > 0 {
        etablissements = format!(
            "{etablissements} ; {} avec l’ancienne fiche : autre SIREN, ou adresse déjà connue",
            texte::accorde(nombre(restent), "reste", "restent")
        );
    }
    let numero = match (&garde.acteur.siren, &absorbe.acteur.siren) {
        (Some(a), Some(b)) if a != b => {
            format!("{} reste ; {} reste attaché à l’ancienne fiche", a.as_str(), b.as_str())
        }
        (None, Some(b)) => format!("{} passe à la fiche qui reste", b.as_str()),
        (Some(a), _) => a.as_str().to_owned(),
        (None, None) => "aucun".to_owned(),
    };
    Resume::default()
        .ligne("SIREN", numero)
        .ligne("Établissements", etablissements)
        .ligne("Agréments", "ceux qui manquent sont ajoutés")
        .ligne("Thèmes", "ceux qui manquent sont ajoutés")
        .ligne(
            "Offres",
            texte::accorde(nombre(absorbe.offres.len()), "passe à la fiche qui reste", "passent à la fiche qui reste"),
        )
        .ligne(
            "Photos",
            texte::accorde(entier(absorbe.suite.photos), "passe à la fiche qui reste", "passent à la fiche qui reste"),
        )
        .ligne("Réseaux dont elle est membre", texte::accorde(entier(absorbe.suite.reseaux), "suit", "suivent"))
        .ligne("Demandes en attente", texte::accorde(entier(absorbe.suite.demandes), "suit", "suivent"))
        .ligne("Fonctions des personnes", texte::accorde(entier(absorbe.personnes), "suit", "suivent"))
        .ligne("Projets", texte::accorde(entier(absorbe.projets), "suit", "suivent"))
        .ligne("Ancienne adresse de la page", "elle mène à la fiche qui reste")
}

fn apercu(instance: &Instance, paire: &Paire, choisis: &Choisis) -> Tableau {
    let lignes = paire.compares.iter().filter_map(|compare| {
        let choix = choisis.get(&compare.champ).copied().unwrap_or(compare.defaut());
        let (retenue, de) = match choix {
            Choix::Garde => (compare.garde.as_ref()?, "la fiche qui reste"),
            Choix::Absorbe => (compare.absorbe.as_ref()?, "la fiche qui part"),
        };
        let champ = compare.champ.libelle();
        Some(vec![
            Cellule::texte(champ),
            Cellule::texte(dire(instance, retenue)),
            Cellule::texte(de),
            Cellule::texte(provenance(retenue)),
        ])
    });
    Tableau {
        legende: "La fiche après la réunion".to_owned(),
        colonnes: ["Quoi", "Valeur", "Vient de", "Source"].map(str::to_owned).into(),
        lignes: lignes.collect(),
    }
}

fn avertissement(paire: &Paire) -> Option<String> {
    let (a, b) = (&paire.garde.acteur, &paire.absorbe.acteur);
    match (&a.siren, &b.siren) {
        (Some(un), Some(autre)) if un != autre => Some(format!(
            "Deux SIREN : ce sont deux unités légales ({} et {}). Ne les réunissez que si l’une a pris la suite de l’autre.",
            un.as_str(),
            autre.as_str()
        )),
        _ => None,
    }
}

fn page(cadre: &Cadre, paire: &Paire, saisie: Saisie, erreurs: Erreurs) -> PageBanc {
    let instance = &cadre.instance;
    let saisie = paire.compares.iter().filter(|compare| compare.differe()).fold(saisie, |saisie, compare| {
        let nom = compare.champ.as_str();
        if saisie.texte(nom).is_empty() { saisie.avec(nom, "a") } else { saisie }
    });
    let f = cadre.formulaire_avec(saisie, erreurs);
    let choix = paire.compares.iter().filter(|compare| compare.differe()).filter_map(|compare| {
        let (a, b) = (compare.garde.as_ref()?, compare.absorbe.as_ref()?);
        let option = |lettre, v: &valeur::Model| OptionDeChamp::nouvelle(lettre, dire(instance, v)).aide(provenance(v));
        Some(f.radios(compare.champ.as_str(), compare.champ.libelle(), [option("a", a), option("b", b)]))
    });
    let (a, b) = (&paire.garde.acteur, &paire.absorbe.acteur);
    let points: i64 = paire.raisons.iter().map(|raison| raison.points()).sum();
    let surete = Surete::de(points).unwrap_or(Surete::Possible);
    PageBanc {
        adresse: paire.adresse(),
        inverse: format!("{URL}/{}/{}", b.reference, a.reference),
        garde: a.nom.clone(),
        garde_url: format!("/annuaire/{}", a.reference),
        absorbe: b.nom.clone(),
        absorbe_url: format!("/annuaire/{}", b.reference),
        raisons: paire.raisons.iter().map(|raison| Etiquette::nouvelle(raison.libelle(), ton(surete))).collect(),
        avertissement: avertissement(paire),
        ecartee: paire.etat.as_deref() == Some(etat::ECARTE),
        compare: cote_a_cote(instance, paire),
        resume: f.resume(),
        caches: f.caches(),
        versions: (a.version, b.version),
        conflit: None,
        choix: choix.collect(),
        mouvements: mouvements(paire),
        apercu: None,
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
    doublons::juger(&tx, a, b, etat, par, instance.clock.instant()).await?;
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
