//! For whom one acts. A declared mandate shows one's own projects only, until the official address, a member of the
//! organisation or an agent of the département verifies it.

use askama::Template;
use axum::http::StatusCode;
use domain::droit::{Fonction, Refus};
use platform::{WriteTx, journal};
use socle::mandat::{self, MandatId, Nouveau};
use socle::organisation::{self, Nature, Nouvelle};
use web::composants::{Bouton, ChampOptions, ChampTexte, EtatVide, Html, OptionDeChamp, Poids, ResumeErreurs};
use web::courriels;
use web::formulaire::{Erreurs, trouver_commune};
use web::{Cadre, CheckedForm, Erreur, Reponse, Saisie, texte};

use crate::collegues::{self, Collegue};
use crate::connexion::{est_l_adresse_officielle, preuve_par_adresse};
use crate::epci;
use crate::evenements::{self, evenement};
use crate::personnes::actes::{DERNIER_AGENT, sans_agent};
use crate::structure;

/// Functions that anyone may declare.
const DECLARABLES: &[Fonction] = &[Fonction::Maire, Fonction::Elu, Fonction::AgentCommune, Fonction::Representant];

#[derive(Template)]
#[template(path = "mandat_nouveau.html")]
struct PageNouveau {
    resume: ResumeErreurs,
    caches: Html,
    nature: ChampOptions,
    commune: ChampTexte,
    nom: ChampTexte,
    numero: ChampTexte,
    fonction: ChampOptions,
    preuve: ChampTexte,
    au: ChampTexte,
}

fn page_nouveau(cadre: &Cadre, saisie: Saisie, erreurs: Erreurs) -> PageNouveau {
    let formulaire = cadre.formulaire_avec(saisie, erreurs);
    PageNouveau {
        resume: formulaire.resume(),
        caches: formulaire.caches(),
        nature: formulaire.radios(
            "nature",
            "Pour qui agissez-vous ?",
            [
                OptionDeChamp::nouvelle("commune", "Une commune"),
                OptionDeChamp::nouvelle("epci", "Une intercommunalité"),
                OptionDeChamp::nouvelle("public", "Un autre organisme public (syndicat, centre d’action sociale…)"),
                OptionDeChamp::nouvelle("acteur", "Une association, une coopérative, une entreprise, une fondation…"),
                OptionDeChamp::nouvelle("collectif", "Un groupe d’habitants"),
            ],
        ),
        commune: formulaire.texte("commune", "Commune").aide("La commune elle-même, ou celle du siège.").commune(),
        nom: formulaire
            .texte("nom", "Nom de la structure")
            .aide("Inutile pour une commune ou une intercommunalité. Si la structure est dans l’annuaire, reprenez son nom.")
            .structure(),
        numero: formulaire
            .texte("numero", "Son numéro SIREN ou RNA (facultatif)")
            .aide("Neuf chiffres, ou W puis neuf chiffres. Il évite de confondre deux structures du même nom."),
        fonction: formulaire.radios(
            "fonction",
            "Votre fonction",
            DECLARABLES.iter().map(|f| OptionDeChamp::nouvelle(f.as_str(), f.libelle())),
        ),
        preuve: formulaire
            .texte("preuve", "Qu’est-ce qui le montre ? (facultatif)")
            .aide("Par exemple : arrêté de nomination, procès-verbal d’élection, adresse du site où votre nom figure."),
        au: formulaire
            .texte("au", "Jusqu’à quelle date ? (facultatif)")
            .aide("Laissez vide si vous ne savez pas. Un mandat municipal court jusqu’aux élections.")
            .date(),
    }
}

/// GET.
pub async fn nouveau(cadre: Cadre) -> Reponse {
    let page = page_nouveau(&cadre, Saisie::default(), Erreurs::default());
    cadre.page("Déclarer une fonction", &page)?.fil(&[("Mon compte", "/compte")]).repondre()
}

/// POST.
pub async fn declarer(cadre: Cadre, form: CheckedForm) -> Reponse {
    let personne = cadre.visiteur.connecte()?.clone();
    let instance = &cadre.instance;
    let mut lecteur = form.lecteur();
    let structure = structure::lire(&mut lecteur, &form.saisie, instance);
    let fonction: Option<Fonction> = lecteur.choix("fonction", "Choisissez votre fonction.");
    if fonction.is_some_and(|fonction| !DECLARABLES.contains(&fonction)) {
        lecteur.erreurs.ajouter("fonction", "Cette fonction se donne par le département. Choisissez dans la liste.");
    }
    let preuve = lecteur.texte_libre("preuve", 500).unwrap_or_default();
    let au = lecteur.date("au");
    if au.is_some_and(|au| au < instance.aujourd_hui()) {
        lecteur.erreurs.ajouter("au", mandat::FIN_PASSEE);
    }
    let (Some(structure), Some(fonction), true) = (structure, fonction, lecteur.erreurs.est_vide()) else {
        let erreurs = lecteur.erreurs;
        let page = page_nouveau(&cadre, form.saisie, erreurs);
        return cadre.page("Déclarer une fonction", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
    };
    let officielle = structure.nature == Nature::Commune
        && personne
            .courriel
            .as_deref()
            .is_some_and(|courriel| est_l_adresse_officielle(instance, structure.commune.as_ref(), courriel));
    let (clock, ids) = (&*instance.clock, &*instance.ids);
    let tx = instance.db.begin().await?;
    let organisation = structure::trouver(&tx, clock, ids, structure).await?;
    if mandat::deja(&tx, &personne.id, &organisation.id, fonction, instance.aujourd_hui()).await? {
        let message = format!("Vous avez déjà cette fonction pour {}.", organisation.nom);
        return Ok(form.aller("/compte", &message));
    }
    let mandat = mandat::donner(
        &tx,
        clock,
        ids,
        Nouveau {
            personne: personne.id.clone(),
            organisation: organisation.id,
            fonction,
            du: instance.aujourd_hui(),
            au,
            preuve: if officielle { "Adresse officielle de la mairie".to_owned() } else { preuve },
            verifie_par: preuve_par_adresse(officielle),
        },
    )
    .await?;
    let genre = if officielle { evenements::MANDAT_VERIFIE } else { evenements::MANDAT_DECLARE };
    journal::ecrire(&tx, clock, ids, evenement(genre, "mandat", mandat.id.as_str(), Some(personne.id.as_str())))
        .await?;
    let message = if officielle {
        "Votre fonction est vérifiée : vous utilisez l’adresse officielle de la mairie."
    } else {
        "Votre fonction est déclarée. Le département ou un collègue va la vérifier ; en attendant, vous voyez les projets que vous avez décrits."
    };
    form.conclure(tx, "/compte", message).await
}

/// POST: one's own mandate ends today.
pub async fn terminer(cadre: Cadre, form: CheckedForm) -> Reponse {
    let choisi = form.saisie.texte("mandat");
    let mandat =
        cadre.visiteur.mandats.iter().find(|m| m.id.as_str() == choisi).ok_or(Erreur::Introuvable("cette fonction"))?;
    let tx = cadre.instance.db.begin().await?;
    let entier = mandat::par_id(&tx, &mandat.id).await?.ok_or(Erreur::Introuvable("cette fonction"))?;
    let hier = cadre.instance.aujourd_hui().yesterday().map_err(Erreur::interne)?;
    if sans_agent(&tx, &entier, Some(hier)).await? {
        return Ok(form.aller("/compte", DERNIER_AGENT));
    }
    mettre_fin(&tx, &cadre, &mandat.id, "").await?;
    form.conclure(tx, "/compte", "Cette fonction est terminée.").await
}

/// Ends a mandate today: the projects of the organisation stay with it, whoever comes next; the person is told, unless
/// it is their own act.
pub(crate) async fn mettre_fin(tx: &WriteTx, cadre: &Cadre, id: &MandatId, motif: &str) -> Result<(), Erreur> {
    let instance = &cadre.instance;
    let (clock, ids) = (&*instance.clock, &*instance.ids);
    let mandat = mandat::par_id(tx, id).await?.ok_or(Erreur::Introuvable("cette fonction"))?;
    let hier = instance.aujourd_hui().yesterday().map_err(Erreur::interne)?;
    mandat::terminer(tx, id, hier).await?;
    socle::projet::quitter_ceux_de(tx, &mandat.personne_id, &mandat.organisation_id, clock.instant()).await?;
    let par = cadre.visiteur.personne_id();
    let termine = evenement(evenements::MANDAT_TERMINE, "mandat", id.as_str(), par.map(|par| par.as_str()));
    journal::ecrire(tx, clock, ids, termine).await?;
    if let Some((personne, organisation)) = mandat::personne_et_organisation(tx, id).await? {
        // Nobody is told of what they did themselves.
        let adresse = personne.courriel.filter(|_| par != Some(&personne.id));
        if let Some(a) = adresse {
            let lien = instance.url("/compte/mandats/nouveau");
            let motif = if motif.is_empty() { "elle est finie." } else { motif };
            let valeurs = [("organisation", organisation.as_str()), ("motif", motif), ("lien", &lien)];
            courriels::ecrire(tx, instance, a, "mandat-termine", &valeurs).await?;
        }
    }
    Ok(())
}

struct AVerifier {
    id: String,
    motif: ChampTexte,
    qui: String,
    courriel: String,
    fonction: &'static str,
    organisation: String,
    preuve: String,
    depuis: String,
}

#[derive(Template)]
#[template(path = "mandats_a_verifier.html")]
struct PageAVerifier {
    caches: Html,
    resume: ResumeErreurs,
    commune: ChampTexte,
    cherchee: Option<String>,
    en_vigueur: Vec<(Collegue, ChampTexte)>,
    mandats: Vec<AVerifier>,
    vide: EtatVide,
    epci: Vec<epci::AQuestionner>,
}

/// Name of the field of a mandate: several are on the page.
pub(crate) fn champ(mandat: &str) -> String {
    format!("motif_{mandat}")
}

/// GET: declared mandates that wait for an agent.
pub async fn a_verifier(cadre: Cadre) -> Reponse {
    page_a_verifier(&cadre, cadre.demande(), Erreurs::default()).await
}

/// The page; with what was typed and what is wrong with it, when something is.
pub(crate) async fn page_a_verifier(cadre: &Cadre, saisie: Saisie, mut erreurs: Erreurs) -> Reponse {
    let refusee = !erreurs.est_vide();
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let mandats = mandat::declares(&tx, 100).await?;
    let sans_numero = epci::a_questionner(&tx, instance).await?;
    let demandee = saisie.texte("commune").trim().to_owned();
    let cherchee = match demandee.as_str() {
        "" => None,
        texte => trouver_commune(instance, texte).map_err(|phrase| erreurs.ajouter("commune", phrase)).ok(),
    };
    let en_vigueur = match &cherchee {
        Some(commune) => {
            let mut organisations = organisation::de_la_commune_toutes(&tx, commune).await?;
            if let Some(siren) = Nouvelle::epci(commune).and_then(|epci| epci.siren) {
                organisations.extend(organisation::par_siren(&tx, &siren).await?);
            }
            let noms = organisations.into_iter().map(|o| (o.id, o.nom)).collect::<Vec<_>>();
            collegues::lire(&tx, instance, &noms, None).await?
        }
        None => Vec::new(),
    };
    let formulaire = cadre.formulaire_avec(saisie, erreurs);
    let page = PageAVerifier {
        caches: formulaire.caches(),
        resume: formulaire.resume(),
        commune: formulaire.texte("commune", "Commune").aide("Nom, code postal ou code INSEE.").commune(),
        cherchee: cherchee.map(|commune| instance.referentiel().nom_commune(&commune).to_owned()),
        en_vigueur: en_vigueur
            .into_iter()
            .map(|collegue| {
                let raison = formulaire.texte(champ(&collegue.id), "Pourquoi cette fonction est terminée");
                (collegue, raison)
            })
            .collect(),
        epci: sans_numero.into_iter().map(|un| un.en_question(&formulaire)).collect(),
        mandats: mandats
            .into_iter()
            .map(|m| AVerifier {
                motif: formulaire.texte(champ(m.id.as_str()), "Preuve vue, ou raison du refus"),
                id: m.id.as_str().to_owned(),
                qui: format!("{} {}", m.prenom, m.nom),
                courriel: m.courriel.unwrap_or_default(),
                fonction: m.fonction.libelle(),
                organisation: m.organisation,
                preuve: m.preuve,
                depuis: texte::jour(m.du.0),
            })
            .collect(),
        vide: EtatVide {
            titre: "Aucune fonction à vérifier".to_owned(),
            texte: "Quand une personne déclare une fonction sans l’adresse officielle de sa mairie, elle apparaît ici."
                .to_owned(),
            action: None,
        },
    };
    let statut = if refusee { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    cadre.page("Fonctions à vérifier", &page)?.statut(statut).repondre()
}

/// POST: yes or no, with the proof or the reason; the person is told.
pub async fn trancher(cadre: Cadre, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let id = MandatId(form.saisie.texte("mandat").to_owned());
    let champ = champ(id.as_str());
    let mut lecteur = form.lecteur();
    let motif = lecteur.texte_libre(&champ, 500).unwrap_or_default();
    let reponse = form.saisie.texte("reponse");
    let manque = match reponse {
        "non" => "Pour refuser, donnez la raison : la personne la lira.",
        _ => "Pour terminer une fonction, donnez la raison : la personne la lira.",
    };
    if lecteur.erreurs.est_vide() && motif.is_empty() && matches!(reponse, "non" | "terminer") {
        lecteur.erreurs.ajouter(&champ, manque);
    }
    if !lecteur.erreurs.est_vide() {
        let erreurs = lecteur.erreurs;
        let saisie = de_la_page(&cadre, &form, &id).await?;
        return page_a_verifier(&cadre, saisie, erreurs).await;
    }
    let oui = match reponse {
        "oui" => true,
        "non" => false,
        "terminer" => return terminer_pour(&cadre, &form, &id, &motif).await,
        _ => return Err(Erreur::Invalide("Choisissez : vérifier, refuser ou terminer. Revenez à la page.".to_owned())),
    };
    let tx = instance.db.begin().await?;
    if !repondre_au_declarant(&tx, &cadre, &id, oui, &motif).await? {
        return Ok(form.aller("/agents/mandats", "Quelqu’un d’autre a déjà répondu."));
    }
    form.conclure(tx, "/agents/mandats", if oui { "La fonction est vérifiée." } else { "La fonction est refusée." })
        .await
}

/// What was typed, on the page that showed it: that of the commune whose functions are in force.
async fn de_la_page(cadre: &Cadre, form: &CheckedForm, id: &MandatId) -> Result<Saisie, Erreur> {
    if form.saisie.texte("reponse") != "terminer" || !form.saisie.texte("commune").is_empty() {
        return Ok(form.saisie.clone());
    }
    let tx = cadre.instance.db.read().await?;
    let Some(mandat) = mandat::par_id(&tx, id).await? else { return Ok(form.saisie.clone()) };
    let commune = organisation::par_id(&tx, &mandat.organisation_id).await?.and_then(|o| o.commune);
    Ok(match commune {
        Some(commune) => form.saisie.clone().avec("commune", commune.as_str()),
        None => form.saisie.clone(),
    })
}

/// Yes or no to a declared function, in the journal and by mail. False when somebody else answered first.
pub(crate) async fn repondre_au_declarant(
    tx: &WriteTx,
    cadre: &Cadre,
    id: &MandatId,
    oui: bool,
    motif: &str,
) -> Result<bool, Erreur> {
    let instance = &cadre.instance;
    let (clock, ids) = (&*instance.clock, &*instance.ids);
    let agent = cadre.visiteur.connecte()?.id.clone();
    let preuve = if motif.is_empty() { "Vérifié par le département" } else { motif };
    let fait = if oui {
        mandat::verifier(tx, clock, id, Some(&agent), preuve).await?
    } else {
        mandat::refuser(tx, clock, id, &agent, preuve).await?
    };
    if !fait {
        return Ok(false);
    }
    let genre = if oui { evenements::MANDAT_VERIFIE } else { evenements::MANDAT_REFUSE };
    journal::ecrire(tx, clock, ids, evenement(genre, "mandat", id.as_str(), Some(agent.as_str()))).await?;
    if let Some((personne, organisation)) = mandat::personne_et_organisation(tx, id).await?
        && let Some(a) = personne.courriel
    {
        let lien = instance.url("/projets");
        let organisation = ("organisation", organisation.as_str());
        if oui {
            courriels::ecrire(tx, instance, a, "mandat-verifie", &[organisation, ("lien", &lien)]).await?;
        } else {
            courriels::ecrire(tx, instance, a, "mandat-refuse", &[organisation, ("motif", motif)]).await?;
        }
    }
    Ok(true)
}

/// An agent ends a function of a commune or an actor that is over (the mayor resigned, the contract ended).
async fn terminer_pour(cadre: &Cadre, form: &CheckedForm, id: &MandatId, motif: &str) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    let mandat = mandat::par_id(&tx, id).await?.ok_or(Erreur::Introuvable("cette fonction"))?;
    if mandat.fonction.est_du_departement() {
        return Err(Erreur::Interdit(Refus::FonctionRequise("les agents qui gèrent le site")));
    }
    if mandat.au.is_some_and(|au| au.0 < instance.aujourd_hui()) {
        return Ok(form.aller("/agents/mandats", "Cette fonction était déjà terminée."));
    }
    mettre_fin(&tx, cadre, id, motif).await?;
    form.conclure(tx, "/agents/mandats", "La fonction est terminée.").await
}
