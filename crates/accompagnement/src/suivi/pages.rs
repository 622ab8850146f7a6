//! The agent's page of a project: everything in one place, each act a short form. Two agents at once: the second is told
//! what the first did and keeps their text.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::dates::avec_le_jour;
use domain::droit::{Action, Fonction, Lien};
use domain::profil::Etape;
use platform::ReadTx;
use socle::mandat;
use socle::projet;
use web::composants::{
    Alerte, ChampLong, ChampOptions, ChampTexte, Etiquette, Html, OptionDeChamp, Resume, ResumeErreurs, Selection,
};
use web::feature::{DemandePanneau, Famille, Lieu, Panneau, Proposition};
use web::formulaire::Erreurs;
use web::{Cadre, Erreur, Formulaire, Reponse, Saisie, texte};

use super::{Attendu, RecommandationVue, attendu, conversation, etiquette};
use crate::demande::attribution::repondant;
use crate::demande::pages as demandes;
use crate::demande::rules::{self, Etat};
use crate::demande::storage::{self, Model};
use crate::invitation::{self, SansAdresse};
use crate::relation::{self, RelationVue};

#[derive(Template)]
#[template(path = "suivi.html")]
pub(super) struct PageSuivi {
    projet: projet::Model,
    commune: String,
    manque: Html,
    resume_erreurs: ResumeErreurs,
    /// Why what was sent is not saved.
    conflit: Option<String>,
    /// What was typed for an act that is no longer offered.
    tape: Html,
    formulaire: Formulaire,
    caches: Html,
    version: i64,
    ouvert: bool,
    close: bool,
    attendu: Option<Attendu>,
    /// Nobody gave an address: how to reach someone, whom we wrote to, and the form to invite.
    sans_adresse: Option<Invitation>,
    etat: Etiquette,
    delai: String,
    faits: Resume,
    reponse: ChampLong,
    reco_cible: Option<Selection>,
    reco_genre: ChampOptions,
    reco_titre: ChampTexte,
    reco_texte: ChampLong,
    note: ChampLong,
    attente: ChampLong,
    motif: ChampLong,
    prochaine: ChampTexte,
    prochaine_le: ChampTexte,
    etape: Selection,
    agent: Selection,
    acteurs: Option<ChampOptions>,
    acteur: ChampTexte,
    acteur_courriel: ChampTexte,
    acteur_texte: ChampLong,
    alerte: Alerte,
    recommandations: Vec<RecommandationVue>,
    relations: Vec<RelationVue>,
    conversation: Option<Html>,
    panneaux: Vec<Panneau>,
    fusion: ChampTexte,
    doubles: Vec<projet::Model>,
    attend: bool,
    a_repondre: bool,
    plis: Plis,
}

impl PageSuivi {
    /// Hidden fields of one of the forms where one writes at length: its text is kept as one types.
    fn gardes(&self, acte: &str) -> Html {
        self.formulaire.caches_gardes(&format!("/projets/{}/suivi#{acte}", self.projet.reference))
    }
}

/// What is folded away opens again where something is to be corrected.
struct Plis {
    recommander: bool,
    relier: bool,
    attendre: bool,
    confier: bool,
    refuser: bool,
    reunir: bool,
    inviter: bool,
}

/// How to invite someone, and who was invited.
struct Invitation {
    attente: Option<String>,
    champ: ChampTexte,
}

impl Plis {
    fn selon(erreurs: &Erreurs) -> Self {
        let ouvert = |champs: &[&str]| champs.iter().any(|champ| erreurs.de(champ).is_some());
        Self {
            recommander: ouvert(&["reco_cible", "genre", "reco_titre", "reco_texte"]),
            relier: ouvert(&["acteurs", "acteur", "acteur_courriel", "acteur_texte"]),
            attendre: ouvert(&["attente"]),
            confier: ouvert(&["agent"]),
            refuser: ouvert(&["motif"]),
            reunir: ouvert(&["fusion"]),
            inviter: ouvert(&["porteur_courriel"]),
        }
    }
}

/// A project that the visitor may accompany, with its request.
pub(crate) struct Ouvert {
    pub(crate) projet: projet::Model,
    pub(crate) lien: Lien,
    pub(crate) demande: Option<Model>,
}

pub(crate) async fn ouvrir(cadre: &Cadre, reference: &str) -> Result<Ouvert, Erreur> {
    let tx = cadre.instance.db.read().await?;
    let Some(projet) = projet::par_reference(&tx, reference).await? else {
        return Err(match projet::remplacant(&tx, reference).await? {
            Some(reste) => Erreur::Aller(format!("/projets/{reste}/suivi")),
            None => Erreur::Introuvable("ce projet"),
        });
    };
    let lien = cadre.visiteur.lien(&tx, &cadre.instance, &projet).await?;
    cadre.visiteur.autoriser(lien, Action::Accompagner)?;
    let demande = storage::du_projet(&tx, &projet.id).await?;
    Ok(Ouvert { projet, lien, demande })
}

pub(super) async fn page(
    cadre: &Cadre,
    ouvert: Ouvert,
    saisie: Saisie,
    erreurs: Erreurs,
    conflit: Option<String>,
) -> Result<PageSuivi, Erreur> {
    let instance = &cadre.instance;
    let jour = instance.aujourd_hui();
    let tx = instance.db.read().await?;
    let panneaux = panneaux(cadre, &tx, &ouvert).await?;
    let Ouvert { projet, demande, .. } = ouvert;
    let titulaires = mandat::titulaires(&tx, Fonction::ChargeTerritorial, jour).await?;
    let recommandations = storage::recommandations(&tx, &projet.id).await?;
    let relations = relation::du_projet(&tx, &projet.id).await?;
    let conversation = conversation(instance, &tx, &projet.id).await?;
    let attendu = match &demande {
        Some(demande) => attendu(instance, &tx, demande, &projet.id).await?,
        None => None,
    };
    let sans_adresse = invitation::si_personne(&tx, instance, &projet).await?;
    let doubles = projet::doubles(&tx, &projet.id).await?;
    let possibles = demandes::possibles(instance, &tx, &projet).await?;
    let repondant = match &demande {
        Some(demande) => repondant(&tx, demande, jour).await?,
        None => None,
    };
    let suivi_par = repondant.map_or_else(|| "la coordination".to_owned(), |qui| qui.nom_complet());
    let plis = Plis::selon(&erreurs);
    let etat = demande.as_ref().map(Model::etat);
    let tape = if conflit.is_some() { tape(etat, &saisie) } else { Html::default() };
    let f = cadre.formulaire_avec(saisie, erreurs);
    let choix = |vide: &str, options: Vec<OptionDeChamp>| {
        std::iter::once(OptionDeChamp::nouvelle("", vide)).chain(options).collect::<Vec<_>>()
    };
    Ok(PageSuivi {
        commune: instance.referentiel().nom_commune(&projet.commune).to_owned(),
        manque: Html(texte::paragraphes(&projet.manque)),
        resume_erreurs: f.resume(),
        tape,
        conflit,
        caches: f.caches(),
        version: f.version(demande.as_ref().map_or(0, |d| d.version)),
        ouvert: demande.is_some(),
        close: etat == Some(Etat::Refusee),
        attendu,
        sans_adresse: sans_adresse.map(|SansAdresse { attente }| Invitation {
            attente,
            champ: f.texte("porteur_courriel", "Adresse de courriel du porteur").courriel(),
        }),
        etat: etat.map_or_else(|| Etiquette::nouvelle("Pas de demande", web::composants::Ton::Neutre), etiquette),
        delai: demande.as_ref().map(|d| delai(instance, d)).unwrap_or_default(),
        faits: demande.as_ref().map(|d| faits(d).ligne("Suivi aujourd’hui par", &suivi_par)).unwrap_or_default(),
        reponse: f
            .long("reponse", "Votre réponse à la commune", 5_000)
            .aide("Elle part par courriel et reste dans les échanges du projet.")
            .lignes(6),
        reco_cible: options_de_recommandation(&possibles).map(|options| {
            f.selection("reco_cible", "Parmi ce qui correspond au projet", options)
                .aide("Ou laissez vide, et écrivez votre recommandation.")
        }),
        reco_genre: f
            .radios(
                "genre",
                "Que recommandez-vous ?",
                [
                    ("levier", "Un levier"),
                    ("acteur", "Un acteur"),
                    ("ressource", "Une ressource"),
                    ("action", "Une action"),
                ]
                .map(|(v, l)| OptionDeChamp::nouvelle(v, l)),
            )
            .en_ligne(),
        reco_titre: f
            .texte("reco_titre", "Ce que vous recommandez, en quelques mots")
            .aide("Inutile si vous avez choisi dans la liste."),
        reco_texte: f.long("reco_texte", "Pourquoi, et comment faire (facultatif)", 2_000).lignes(3),
        note: f
            .long("note", "Noter un entretien", 3_000)
            .aide("Des faits seulement : la personne peut lire cette note.")
            .lignes(4)
            .hors_ligne(),
        attente: f
            .long("attente", "Ce que vous attendez de la commune", 2_000)
            .aide("Le délai est suspendu jusqu’à sa réponse.")
            .lignes(3),
        motif: f
            .long("motif", "Pourquoi le département ne peut pas accompagner", 2_000)
            .aide("La commune lira cette raison.")
            .lignes(3),
        prochaine: f.texte("prochaine", "Ma prochaine action").aide("Par exemple : rappeler la secrétaire."),
        prochaine_le: f.texte("prochaine_le", "Pour le").date(),
        etape: f.selection(
            "etape",
            "Étape du projet",
            Etape::TOUS.iter().map(|e| OptionDeChamp::nouvelle(e.as_str(), e.libelle())),
        ),
        agent: f
            .selection(
                "agent",
                "Confier à",
                choix(
                    "Choisissez une personne",
                    titulaires.iter().map(|a| OptionDeChamp::nouvelle(a.id.as_str(), a.nom_complet())).collect(),
                ),
            )
            .aide("De ce secteur ou d’un autre. Un courriel prévient la personne, et la commune."),
        acteurs: options_d_acteurs(&possibles).map(|options| {
            f.cases("acteurs", "Acteurs de l’annuaire qui correspondent", options)
                .aide("Quand le service se paie, proposez-en au moins deux : le porteur choisit.")
        }),
        acteur: f.texte("acteur", "Ou un autre acteur : son nom"),
        acteur_courriel: f.texte("acteur_courriel", "Son adresse de courriel").courriel().remplir("off"),
        acteur_texte: f
            .long("acteur_texte", "Texte de la mise en relation", 2_000)
            .aide("La commune l’approuve avant l’envoi. N’y mettez que ce qu’elle accepte de dire.")
            .lignes(5),
        alerte: Alerte::devis(),
        recommandations: recommandations.into_iter().map(RecommandationVue::from).collect(),
        relations: relations.into_iter().map(RelationVue::from).collect(),
        conversation,
        panneaux,
        fusion: f
            .texte("fusion", "Référence de l’autre fiche")
            .aide("Celle qui reste. Les échanges des deux se lisent alors ensemble, et vous pourrez les séparer."),
        doubles,
        attend: etat == Some(Etat::AttendLaCommune),
        a_repondre: etat == Some(Etat::ARepondre),
        plis,
        projet,
        formulaire: f,
    })
}

/// What was typed in forms that this state no longer offers.
fn tape(etat: Option<Etat>, saisie: &Saisie) -> Html {
    let champs: &[&str] = match etat {
        Some(Etat::Refusee) => &["reponse", "attente", "motif"],
        Some(Etat::ARepondre) | None => &[],
        Some(_) => &["attente"],
    };
    Html(champs.iter().map(|champ| texte::paragraphes(saisie.texte(champ))).collect())
}

/// What the other features show of the project.
async fn panneaux(cadre: &Cadre, tx: &ReadTx, ouvert: &Ouvert) -> Result<Vec<Panneau>, Erreur> {
    let Ouvert { projet, lien, .. } = ouvert;
    let themes = projet::themes(tx, &projet.id).await?;
    let demande = DemandePanneau { tx, cadre, projet, themes: &themes, lien: *lien, lieu: Lieu::Suivi };
    Ok(cadre.instance.maison.panneaux(&demande).await)
}

fn options_de_recommandation(possibles: &[Proposition]) -> Option<Vec<OptionDeChamp>> {
    let de = |acteurs: bool| possibles.iter().filter(move |p| (p.famille == Famille::Acteur) == acteurs);
    let options = OptionDeChamp::par_groupes(de(false).chain(de(true)).filter_map(|p| {
        let groupe = if p.famille == Famille::Acteur { "Acteurs" } else { "Aides et appuis" };
        let libelle = format!("{} ({})", p.titre, p.verdict.libelle());
        Some((groupe, OptionDeChamp::nouvelle(p.url.as_deref()?, libelle)))
    }));
    let vide = OptionDeChamp::nouvelle("", "Autre chose");
    (!options.is_empty()).then(|| std::iter::once(vide).chain(options).collect())
}

fn options_d_acteurs(possibles: &[Proposition]) -> Option<Vec<OptionDeChamp>> {
    let options: Vec<OptionDeChamp> = possibles
        .iter()
        .filter(|p| p.famille == Famille::Acteur && p.courriel.is_some())
        .map(|p| {
            let prix = if p.payant { "service payant" } else { "gratuit, ou à convenir" };
            let nom = if p.porteur == p.titre { p.titre.clone() } else { format!("{} – {}", p.porteur, p.titre) };
            OptionDeChamp::nouvelle(&p.id, nom).aide(prix)
        })
        .collect();
    (!options.is_empty()).then_some(options)
}

/// "Encore 3 jours ouvrés", "en retard de 2 jours ouvrés".
pub(crate) fn delai(instance: &web::Instance, demande: &Model) -> String {
    let locaux = instance.locaux();
    let calendrier = locaux.calendrier(instance.collectivite.feries);
    match rules::jours_restants(demande.horloge(), instance.aujourd_hui(), calendrier) {
        Some(jours) if jours < 0 => {
            format!("En retard de {}", texte::accorde(u64::from(jours.unsigned_abs()), "jour ouvré", "jours ouvrés"))
        }
        Some(0) => "À répondre aujourd’hui".to_owned(),
        Some(jours) => format!(
            "Encore {} (promis le {})",
            texte::accorde(u64::from(jours.unsigned_abs()), "jour ouvré", "jours ouvrés"),
            avec_le_jour(demande.promise_le.0)
        ),
        None => String::new(),
    }
}

fn faits(demande: &Model) -> Resume {
    let mut resume = Resume::default()
        .ligne("Demandé le", texte::jour(demande.faite_le.0))
        .ligne("Ce que la commune attend", &demande.message);
    let interets = demande.interets();
    if !interets.is_empty() {
        resume = resume.ligne("Ce qui l’intéresse", interets.join(", "));
    }
    if let Some(rappel) = &demande.rappel {
        resume = resume.ligne("À rappeler", rappel);
    }
    resume
}

fn valeurs(ouvert: &Ouvert) -> Saisie {
    let saisie = Saisie::default().avec("etape", ouvert.projet.etape.as_str()).avec("genre", "action");
    match &ouvert.demande {
        Some(demande) => saisie
            .avec("prochaine", demande.prochaine_action.clone().unwrap_or_default())
            .avec("prochaine_le", demande.prochaine_le.map(|j| j.to_string()).unwrap_or_default()),
        None => saisie,
    }
}

/// GET.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let ouvert = ouvrir(&cadre, &reference).await?;
    let (saisie, titre) = (valeurs(&ouvert), format!("Suivi : {}", ouvert.projet.titre));
    let page = page(&cadre, ouvert, saisie, Erreurs::default(), None).await?;
    cadre.page(titre, &page)?.fil(&[("Tableau de bord", "/tableau")]).repondre()
}

pub(crate) fn vers(projet: &projet::Model) -> String {
    format!("/projets/{}/suivi", projet.reference)
}

pub(crate) async fn en_erreur(cadre: &Cadre, ouvert: Ouvert, saisie: Saisie, erreurs: Erreurs) -> Reponse {
    let titre = format!("Suivi : {}", ouvert.projet.titre);
    let page = page(cadre, ouvert, saisie, erreurs, None).await?;
    cadre.page(titre, &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre()
}
