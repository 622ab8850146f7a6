//! The two screens that describe a project, and the precisions asked later. Nothing is lost: the draft is saved from the
//! first screen, errors keep what was typed, a change made elsewhere meanwhile is shown beside one's own.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::code::CodeCommune;
use domain::droit::{Action, Fonction};
use domain::profil::{BaseDeCout, Besoin, Complements, Etape, NatureDepense, Porteur, Reponse as Avis};
use domain::theme::Theme;
use platform::journal;
use socle::organisation::Nature;
use socle::projet::{self, Diffusion, Etat};
use socle::{ProjetId, mandat};
use web::composants::{
    ChampLong, ChampOptions, ChampTexte, Conflit, Etapes, Html, OptionDeChamp, Resume, ResumeErreurs, Selection,
};
use web::formulaire::{Erreurs, Lecteur};
use web::{Cadre, CheckedForm, Formulaire, Reponse, Saisie, courriels};

use crate::acces::{self, Ouvert};
use crate::evenements::{self, evenement};

/// Longest title, characters.
pub const TITRE_MAX: usize = 120;
/// Longest description, characters.
pub const MANQUE_MAX: usize = 3_000;
/// Themes at most.
pub const THEMES_MAX: usize = 3;

const NOMS_DES_ETAPES: &[&str] = &["Votre idée", "Où vous en êtes", "Ce qui peut vous aider"];

// ---------------------------------------------------------------------------------------------------- screen 1

#[derive(Template)]
#[template(path = "ecran_1.html")]
struct Ecran1 {
    etapes: Etapes,
    action: String,
    resume: ResumeErreurs,
    caches: Html,
    version: Option<i64>,
    conflit: Option<Conflit>,
    titre: ChampTexte,
    commune: ChampTexte,
    manque: ChampLong,
    themes: ChampOptions,
    nouveau: bool,
}

fn ecran_1_de(
    cadre: &Cadre,
    formulaire: &Formulaire,
    action: String,
    version: Option<i64>,
    conflit: Option<Conflit>,
) -> Ecran1 {
    let locaux = cadre.instance.locaux();
    Ecran1 {
        etapes: Etapes::nouvelles(NOMS_DES_ETAPES, 1),
        nouveau: version.is_none(),
        action,
        resume: formulaire.resume(),
        caches: formulaire.caches(),
        version,
        conflit,
        titre: formulaire
            .texte("titre", "Titre court de votre projet")
            .aide("En quelques mots. Par exemple : rouvrir le café-épicerie."),
        commune: formulaire.texte("commune", "Commune du projet").aide("Tapez le nom ou le code postal.").commune(),
        manque: formulaire
            .long("manque", "Qu’est-ce qui manque aujourd’hui, et pour qui ?", MANQUE_MAX)
            .aide("Deux ou trois phrases suffisent. N’écrivez pas de nom de personne."),
        themes: formulaire
            .cases("themes", "De quoi s’agit-il ?", locaux.themes.options(formulaire.saisie.liste("themes")))
            .aide("Choisissez un à trois thèmes.")
            .en_colonnes(),
    }
}

/// The mandate by which the visitor acts for this commune: what it says is not asked.
fn mandat_de_commune(cadre: &Cadre) -> Option<(&CodeCommune, Fonction)> {
    let mandat = cadre.visiteur.mandat().filter(|mandat| mandat.nature == Nature::Commune)?;
    Some((mandat.commune.as_ref()?, mandat.fonction))
}

/// GET: an empty first screen. `?commune=54129` fills the commune (from its page); so does the visitor's own mandate.
pub async fn nouveau(cadre: Cadre) -> Reponse {
    let demandee = cadre.uri.query().map(|q| Saisie::decoder(q.as_bytes())).unwrap_or_default();
    let demandee: Option<CodeCommune> = demandee.texte("commune").parse().ok();
    let la_sienne = || mandat_de_commune(&cadre).map(|(code, _)| code.clone());
    let commune = demandee.or_else(la_sienne).map(|code| cadre.instance.referentiel().nom_commune(&code).to_owned());
    let saisie = commune.map_or_else(Saisie::default, |nom| Saisie::default().avec("commune", nom));
    let formulaire = cadre.formulaire_avec(saisie, Erreurs::default());
    cadre
        .page("Décrire un projet", &ecran_1_de(&cadre, &formulaire, "/projets/nouveau".to_owned(), None, None))?
        .repondre()
}

/// What screen 1 says.
struct Idee {
    titre: String,
    manque: String,
    commune: CodeCommune,
    themes: Vec<Theme>,
}

fn lire_idee(form: &CheckedForm) -> Result<Idee, Erreurs> {
    let mut lecteur = form.lecteur();
    let titre = lecteur.texte("titre", "Donnez un titre à votre projet.", 3, TITRE_MAX);
    let commune = lecteur.commune("commune", &form.contexte.instance);
    let manque = lecteur.texte("manque", "Dites en quelques mots ce qui manque, et pour qui.", 10, MANQUE_MAX);
    let themes: Vec<Theme> = lecteur.plusieurs("themes", THEMES_MAX, "Choisissez trois thèmes au plus.");
    if themes.is_empty() {
        lecteur.erreurs.ajouter("themes", "Choisissez au moins un thème.");
    }
    match (titre, commune, manque, lecteur.erreurs.est_vide()) {
        (Some(titre), Some(commune), Some(manque), true) => Ok(Idee { titre, manque, commune, themes }),
        _ => Err(lecteur.erreurs),
    }
}

/// POST: makes the draft (or, signed in, the project) and goes to screen 2.
pub async fn creer(cadre: Cadre, form: CheckedForm) -> Reponse {
    let idee = match lire_idee(&form) {
        Ok(idee) => idee,
        Err(erreurs) => {
            let formulaire = cadre.formulaire_avec(form.saisie, erreurs);
            let page = ecran_1_de(&cadre, &formulaire, "/projets/nouveau".to_owned(), None, None);
            return cadre.page("Décrire un projet", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
        }
    };
    let instance = &cadre.instance;
    let reference = instance.ids.reference(8);
    let auteur = cadre.visiteur.personne_id().cloned();
    let maintenant = instance.clock.instant();
    let projet = projet::Model {
        id: ProjetId::nouveau(&*instance.ids),
        brouillon: auteur.is_none().then(|| projet::empreinte_de_brouillon(&cadre.jeton_visiteur, &reference)),
        reference,
        titre: idee.titre,
        titre_tri: String::new(),
        manque: idee.manque,
        commune: idee.commune,
        etape: Etape::Idee,
        porteur: Porteur::PasDecide,
        organisation_id: None,
        etat: if auteur.is_some() { Etat::Garde } else { Etat::Brouillon },
        auteur_id: auteur,
        confirme_le: None,
        confirme_par: None,
        diffusion: Diffusion::Prive,
        publie_le: None,
        cout: None,
        complements: serde_json::to_string(&Complements::default())?,
        origine: "web".to_owned(),
        cree_le: maintenant,
        modifie_le: maintenant,
        fusionne_dans: None,
        version: 1,
    };
    let tx = instance.db.begin().await?;
    let projet = projet::inserer(&tx, projet, &idee.themes).await?;
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement(&cadre, evenements::DECRIT, &projet)).await?;
    form.conclure(tx, &format!("/projets/{}/suite", projet.reference), "").await
}

/// GET: screen 1 of a project already made.
pub async fn ecran_1(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let Ouvert { projet, themes, .. } = acces::ouvrir(&cadre, &reference, Action::ModifierProjet).await?;
    let mut saisie = Saisie::default()
        .avec("titre", &projet.titre)
        .avec("commune", cadre.instance.referentiel().nom_commune(&projet.commune))
        .avec("manque", &projet.manque);
    for theme in &themes {
        saisie = saisie.avec("themes", theme.as_str());
    }
    let formulaire = cadre.formulaire_avec(saisie, Erreurs::default());
    let page = ecran_1_de(&cadre, &formulaire, format!("/projets/{reference}/description"), Some(projet.version), None);
    cadre.page("Votre idée", &page)?.fil(&fil(&projet.titre, &format!("/projets/{reference}"))).repondre()
}

/// POST.
pub async fn enregistrer_1(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let Ouvert { projet, themes, tx, .. } = acces::ouvrir(&cadre, &reference, Action::ModifierProjet).await?;
    drop(tx);
    let action = format!("/projets/{reference}/description");
    let idee = match lire_idee(&form) {
        Ok(idee) => idee,
        Err(erreurs) => {
            let formulaire = cadre.formulaire_avec(form.saisie, erreurs);
            let page = ecran_1_de(&cadre, &formulaire, action, Some(projet.version), None);
            return cadre.page("Votre idée", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
        }
    };
    let actuel = projet.clone();
    let change = projet::Model {
        titre: idee.titre,
        manque: idee.manque,
        commune: idee.commune,
        version: version_lue(&form),
        ..projet
    };
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    if !projet::enregistrer(&tx, &change, instance.clock.instant()).await? {
        drop(tx);
        let enregistre = Resume::default()
            .ligne("Titre", actuel.titre)
            .ligne("Commune", instance.referentiel().nom_commune(&actuel.commune))
            .ligne("Ce qui manque", actuel.manque)
            .ligne("Thèmes", instance.locaux().themes.noms(&themes));
        let conflit = Conflit::sur("ce projet").enregistre(enregistre);
        let formulaire = cadre.formulaire_avec(form.saisie, Erreurs::default());
        let page = ecran_1_de(&cadre, &formulaire, action, Some(actuel.version), Some(conflit));
        return cadre.page("Votre idée", &page)?.statut(StatusCode::CONFLICT).repondre();
    }
    projet::ecrire_themes(&tx, &change.id, &idee.themes).await?;
    let faits = serde_json::json!({"partie": "description"});
    journal::ecrire(
        &tx,
        &*instance.clock,
        &*instance.ids,
        evenement(&cadre, evenements::MODIFIE, &change).faits(faits),
    )
    .await?;
    web::recherche::suivre_le_projet(&tx, instance, &change).await?;
    form.conclure(tx, &format!("/projets/{reference}/resultat"), "Votre description est enregistrée.").await
}

pub(crate) fn version_lue(form: &CheckedForm) -> i64 {
    form.saisie.texte("version").parse().unwrap_or(0)
}

fn fil<'a>(titre: &'a str, url: &'a str) -> [(&'a str, &'a str); 1] {
    [(titre, url)]
}

// ---------------------------------------------------------------------------------------------------- screen 2

#[derive(Template)]
#[template(path = "ecran_2.html")]
struct Ecran2 {
    etapes: Etapes,
    reference: String,
    resume: ResumeErreurs,
    caches: Html,
    version: i64,
    conflit: Option<Conflit>,
    etape: ChampOptions,
    porteur: Selection,
    maire: ChampOptions,
    besoins: ChampOptions,
    cout: ChampTexte,
    date: ChampTexte,
    brouillon: bool,
}

fn ecran_2_de(formulaire: &Formulaire, projet: &projet::Model, conflit: bool) -> Ecran2 {
    let porteurs = std::iter::once(OptionDeChamp::nouvelle("", "Choisissez dans la liste"))
        .chain(Porteur::TOUS.iter().map(|p| OptionDeChamp::nouvelle(p.as_str(), p.libelle())));
    Ecran2 {
        etapes: Etapes::nouvelles(NOMS_DES_ETAPES, 2),
        reference: projet.reference.clone(),
        resume: formulaire.resume(),
        caches: formulaire.caches(),
        version: projet.version,
        conflit: conflit.then(|| Conflit::sur("ce projet")),
        etape: formulaire.radios(
            "etape",
            "Où en êtes-vous ?",
            Etape::TOUS
                .iter()
                .filter(|e| **e != Etape::Arrete)
                .map(|e| OptionDeChamp::nouvelle(e.as_str(), e.libelle())),
        ),
        porteur: formulaire
            .selection("porteur", "Qui porte le projet ?", porteurs)
            .aide("Celui qui signe et qui paie. « Pas encore décidé » est une réponse."),
        maire: formulaire
            .radios("maire_informe", "Le maire est-il informé ?", avis())
            .aide("Si le projet n’est pas porté par la mairie.")
            .en_ligne(),
        besoins: formulaire.cases(
            "besoins",
            "De quoi avez-vous besoin ?",
            Besoin::TOUS.iter().map(|b| OptionDeChamp::nouvelle(b.as_str(), b.libelle())),
        ),
        cout: formulaire
            .texte("cout", "Combien cela coûterait-il, en tout ?")
            .aide("Un ordre de grandeur suffit. Laissez vide si vous ne savez pas.")
            .montant(),
        date: formulaire
            .texte("date_souhaitee", "Pour quand ?")
            .aide("Une année ou un mois suffit. Laissez vide si vous ne savez pas."),
        brouillon: projet.etat == Etat::Brouillon,
    }
}

fn avis() -> impl Iterator<Item = OptionDeChamp> {
    Avis::TOUS.iter().map(|a| OptionDeChamp::nouvelle(a.as_str(), a.libelle()))
}

/// GET.
pub async fn ecran_2(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let Ouvert { projet, .. } = acces::ouvrir(&cadre, &reference, Action::ModifierProjet).await?;
    let complements = projet.complements();
    let dit = !complements.besoins.is_empty() || projet.porteur != Porteur::PasDecide;
    // Shown for the first time to who acts for the commune: they bear it, and a mayor knows.
    let pour_la_sienne = mandat_de_commune(&cadre).filter(|(commune, _)| !dit && **commune == projet.commune);
    let porteur = if dit { Some(projet.porteur) } else { pour_la_sienne.map(|_| Porteur::Commune) };
    let maire = pour_la_sienne.filter(|(_, fonction)| *fonction == Fonction::Maire).map(|_| Avis::Oui);
    let mut saisie = Saisie::default().avec("etape", projet.etape.as_str());
    saisie = avec_option(saisie, "porteur", porteur.map(Porteur::as_str));
    saisie = avec_option(saisie, "maire_informe", complements.maire_informe.or(maire).map(Avis::as_str));
    saisie = avec_option(saisie, "date_souhaitee", complements.date_souhaitee.as_deref());
    saisie = saisie.avec_montant("cout", projet.cout);
    for besoin in &complements.besoins {
        saisie = saisie.avec("besoins", besoin.as_str());
    }
    let formulaire = cadre.formulaire_avec(saisie, Erreurs::default());
    cadre.page("Où vous en êtes", &ecran_2_de(&formulaire, &projet, false))?.repondre()
}

fn avec_option(saisie: Saisie, nom: &str, valeur: Option<&str>) -> Saisie {
    match valeur {
        Some(valeur) => saisie.avec(nom, valeur),
        None => saisie,
    }
}

/// POST: goes to what fits.
pub async fn enregistrer_2(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let Ouvert { projet, tx, .. } = acces::ouvrir(&cadre, &reference, Action::ModifierProjet).await?;
    drop(tx);
    let mut lecteur = form.lecteur();
    let etape = lecteur.choix("etape", "Dites où vous en êtes.");
    let porteur = lecteur.choix("porteur", "Choisissez qui porte le projet, ou « Pas encore décidé ».");
    let complements = Complements {
        besoins: lecteur.plusieurs("besoins", Besoin::TOUS.len(), ""),
        maire_informe: lecteur.choix_libre("maire_informe"),
        date_souhaitee: lecteur.texte_libre("date_souhaitee", 60),
        ..projet.complements()
    };
    let cout = lecteur.montant("cout");
    let (Some(etape), Some(porteur), true) = (etape, porteur, lecteur.erreurs.est_vide()) else {
        let erreurs = lecteur.erreurs;
        let formulaire = cadre.formulaire_avec(form.saisie, erreurs);
        let page = ecran_2_de(&formulaire, &projet, false);
        return cadre.page("Où vous en êtes", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
    };
    let change = projet::Model {
        etape,
        porteur,
        cout,
        complements: serde_json::to_string(&complements)?,
        version: version_lue(&form),
        ..projet.clone()
    };
    let faits = serde_json::json!({"partie": if projet.etape == etape { "description" } else { "etape" }, "etape": etape.as_str()});
    let vers = format!("/projets/{reference}/resultat");
    match enregistrer(&cadre, &form, &change, faits, &vers, "").await? {
        Some(reponse) => Ok(reponse),
        None => {
            let formulaire = cadre.formulaire_avec(form.saisie, Erreurs::default());
            cadre
                .page("Où vous en êtes", &ecran_2_de(&formulaire, &projet, true))?
                .statut(StatusCode::CONFLICT)
                .repondre()
        }
    }
}

/// Saves with its event and goes on; `None` when someone else saved meanwhile.
pub(crate) async fn enregistrer(
    cadre: &Cadre,
    form: &CheckedForm,
    change: &projet::Model,
    faits: serde_json::Value,
    vers: &str,
    message: &str,
) -> Result<Option<axum::response::Response>, web::Erreur> {
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    let annonce = marche_annonce(&tx, change).await?;
    if !projet::enregistrer(&tx, change, instance.clock.instant()).await? {
        return Ok(None);
    }
    let evenement = evenement(cadre, evenements::MODIFIE, change).faits(faits);
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    web::recherche::suivre_le_projet(&tx, instance, change).await?;
    if annonce {
        annoncer_le_marche(&tx, cadre, change).await?;
    }
    form.conclure(tx, vers, message).await.map(Some)
}

/// Does this change say for the first time that a public market is planned? A draft tells nobody.
async fn marche_annonce(tx: &platform::WriteTx, change: &projet::Model) -> Result<bool, web::Erreur> {
    let prevu = |projet: &projet::Model| projet.complements().marche_prevu == Some(Avis::Oui);
    if change.etat != Etat::Garde || !prevu(change) {
        return Ok(false);
    }
    Ok(projet::par_reference(tx, &change.reference).await?.is_some_and(|avant| !prevu(&avant)))
}

/// A market planned within twelve months signals itself to those who write insertion clauses.
async fn annoncer_le_marche(tx: &platform::WriteTx, cadre: &Cadre, projet: &projet::Model) -> Result<(), web::Erreur> {
    let instance = &cadre.instance;
    let commune = instance.referentiel().nom_commune(&projet.commune);
    let lien = instance.url("/marches");
    let valeurs = [("commune", commune), ("projet", projet.titre.as_str()), ("lien", &lien)];
    let modele = courriels::composer(instance, "marche-prevu", &valeurs)?;
    for facilitateur in mandat::titulaires(tx, Fonction::Facilitateur, instance.aujourd_hui()).await? {
        let par = cadre.visiteur.personne_id();
        courriels::prevenir(tx, instance, &facilitateur, par, &modele.sujet, &modele.texte).await?;
    }
    Ok(())
}

// ---------------------------------------------------------------------------------------------------- precisions

#[derive(Template)]
#[template(path = "ecran_3.html")]
struct Ecran3 {
    reference: String,
    resume: ResumeErreurs,
    caches: Html,
    version: i64,
    conflit: Option<Conflit>,
    depenses: ChampOptions,
    base: ChampOptions,
    tva: ChampOptions,
    montants: Vec<ChampTexte>,
    questions: Vec<ChampOptions>,
}

const QUESTIONS: &[(&str, &str, &str)] = &[
    (
        "devis_signe",
        "Avez-vous déjà signé un devis ou un bon de commande ?",
        "Beaucoup d’aides sont perdues si un devis est signé trop tôt.",
    ),
    ("travaux_commences", "Les travaux ont-ils commencé ?", ""),
    (
        "carence",
        "Est-il prouvé que personne d’autre ne rend ce service ?",
        "C’est ce que la loi appelle la carence de l’initiative privée.",
    ),
    (
        "chef_de_file",
        "Le projet relève-t-il d’un domaine où une collectivité est chef de file ?",
        "Par exemple l’action sociale (département) ou les transports (région). « Je ne sais pas » convient.",
    ),
    (
        "marche_prevu",
        "Un marché public est-il prévu dans les 12 mois ?",
        "Un marché peut réserver des heures à des personnes en insertion.",
    ),
];

fn ecran_3_de(formulaire: &Formulaire, projet: &projet::Model, conflit: bool) -> Ecran3 {
    let question = |(nom, legende, aide): &(&'static str, &'static str, &'static str)| {
        let champ = formulaire.radios(*nom, legende, avis()).en_ligne();
        if aide.is_empty() { champ } else { champ.aide(*aide) }
    };
    let montant = |nom, libelle, aide: &str| formulaire.texte(nom, libelle).aide(aide).montant();
    Ecran3 {
        reference: projet.reference.clone(),
        resume: formulaire.resume(),
        caches: formulaire.caches(),
        version: projet.version,
        conflit: conflit.then(|| Conflit::sur("ce projet")),
        depenses: formulaire.cases(
            "depenses",
            "À quoi servirait l’argent ?",
            NatureDepense::TOUS.iter().map(|n| OptionDeChamp::nouvelle(n.as_str(), n.libelle())),
        ),
        base: formulaire
            .radios(
                "base",
                "Le coût que vous avez indiqué est :",
                BaseDeCout::TOUS.iter().map(|b| OptionDeChamp::nouvelle(b.as_str(), b.libelle())),
            )
            .en_ligne(),
        tva: formulaire
            .radios("tva_recuperee", "La TVA sera-t-elle récupérée ?", avis())
            .aide("Un local loué n’ouvre en général pas droit au fonds de compensation pour la TVA.")
            .en_ligne(),
        montants: vec![
            montant("fonds_prives", "Argent privé attendu", "Dons, mécénat, parts des habitants."),
            montant("aides_acquises", "Aides publiques déjà accordées par écrit", ""),
            montant(
                "aides_sollicitees",
                "Aides publiques demandées, sans réponse",
                "Elles ne comptent pas dans le calcul tant qu’elles ne sont pas accordées.",
            ),
        ],
        questions: QUESTIONS.iter().map(question).collect(),
    }
}

/// GET.
pub async fn ecran_3(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let Ouvert { projet, .. } = acces::ouvrir(&cadre, &reference, Action::ModifierProjet).await?;
    let c = projet.complements();
    let mut saisie = Saisie::default();
    for depense in &c.depenses {
        saisie = saisie.avec("depenses", depense.as_str());
    }
    saisie = avec_option(saisie, "base", c.base.map(BaseDeCout::as_str));
    for (nom, avis) in [
        ("tva_recuperee", c.tva_recuperee),
        ("devis_signe", c.devis_signe),
        ("travaux_commences", c.travaux_commences),
        ("carence", c.carence),
        ("chef_de_file", c.chef_de_file),
        ("marche_prevu", c.marche_prevu),
    ] {
        saisie = avec_option(saisie, nom, avis.map(Avis::as_str));
    }
    saisie = saisie
        .avec_montant("fonds_prives", c.fonds_prives)
        .avec_montant("aides_acquises", c.aides_acquises)
        .avec_montant("aides_sollicitees", c.aides_sollicitees);
    let formulaire = cadre.formulaire_avec(saisie, Erreurs::default());
    let url = format!("/projets/{reference}/resultat");
    cadre
        .page("Préciser le projet", &ecran_3_de(&formulaire, &projet, false))?
        .fil(&fil(&projet.titre, &url))
        .repondre()
}

fn lire_precisions(lecteur: &mut Lecteur<'_>, deja: Complements) -> Complements {
    Complements {
        depenses: lecteur.plusieurs("depenses", NatureDepense::TOUS.len(), ""),
        base: lecteur.choix_libre("base"),
        tva_recuperee: lecteur.choix_libre("tva_recuperee"),
        devis_signe: lecteur.choix_libre("devis_signe"),
        travaux_commences: lecteur.choix_libre("travaux_commences"),
        carence: lecteur.choix_libre("carence"),
        chef_de_file: lecteur.choix_libre("chef_de_file"),
        marche_prevu: lecteur.choix_libre("marche_prevu"),
        fonds_prives: lecteur.montant("fonds_prives"),
        aides_acquises: lecteur.montant("aides_acquises"),
        aides_sollicitees: lecteur.montant("aides_sollicitees"),
        ..deja
    }
}

/// POST.
pub async fn enregistrer_3(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let Ouvert { projet, tx, .. } = acces::ouvrir(&cadre, &reference, Action::ModifierProjet).await?;
    drop(tx);
    let mut lecteur = form.lecteur();
    let complements = lire_precisions(&mut lecteur, projet.complements());
    if !lecteur.erreurs.est_vide() {
        let erreurs = lecteur.erreurs;
        let formulaire = cadre.formulaire_avec(form.saisie, erreurs);
        let page = ecran_3_de(&formulaire, &projet, false);
        return cadre.page("Préciser le projet", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
    }
    let change = projet::Model {
        complements: serde_json::to_string(&complements)?,
        version: version_lue(&form),
        ..projet.clone()
    };
    let vers = format!("/projets/{reference}/resultat");
    match enregistrer(&cadre, &form, &change, serde_json::json!({"partie": "precisions"}), &vers, "").await? {
        Some(reponse) => Ok(reponse),
        None => {
            let formulaire = cadre.formulaire_avec(form.saisie, Erreurs::default());
            cadre
                .page("Préciser le projet", &ecran_3_de(&formulaire, &projet, true))?
                .statut(StatusCode::CONFLICT)
                .repondre()
        }
    }
}
