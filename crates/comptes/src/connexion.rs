//! Sign-in by mail: a code to type and a link to open, 24 hours, one use. The link opens a page with a button, because
//! antivirus programs open links. The answer is the same whether the address is known or not.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use platform::crypto::{LongueurDeCode, code_a_usage_unique};
use platform::{Clock, Ids, WriteTx, journal};
use socle::mandat::{self, Verification};
use socle::organisation;
use socle::{jeton, personne, projet, session};
use web::cadre::{cookie, poser, retirer};
use web::composants::{Bouton, ChampTexte, Html, ResumeErreurs};
use web::contexte::COOKIE_SESSION;
use web::courriels;
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, Suite, suite};

use crate::evenements::{self, evenement};
use crate::oidc;

const USAGE: &str = "connexion";
/// Mails to one address in one hour; beyond, the same answer and no mail.
const MAILS_PAR_HEURE: u64 = 5;
/// Life of the session's cookie, in days.
pub(crate) const JOURS: i64 = 30;
/// The address under which a code was asked, signed, from one page to the next.
const USAGE_ADRESSE: &str = "adresse-de-connexion";

#[derive(Template)]
#[template(path = "connexion.html")]
struct PageConnexion {
    resume: ResumeErreurs,
    caches: Html,
    suite: String,
    courriel: ChampTexte,
    demo: bool,
    fournisseur: Option<String>,
}

fn page_connexion(cadre: &Cadre, saisie: Saisie, erreurs: Erreurs, suite: String) -> PageConnexion {
    let formulaire = cadre.formulaire_avec(saisie, erreurs);
    PageConnexion {
        resume: formulaire.resume(),
        caches: formulaire.caches(),
        suite,
        courriel: formulaire
            .texte("courriel", "Votre adresse de courriel")
            .aide("Celle de la mairie ou de la structure convient, même partagée.")
            .courriel(),
        demo: cadre.instance.demo,
        fournisseur: cadre.instance.oidc.as_ref().map(|oidc| oidc.nom.clone()),
    }
}

/// GET. `?retour=/chemin`: where to go afterwards.
pub async fn montrer(cadre: Cadre) -> Reponse {
    if cadre.visiteur.personne().is_some() {
        return Ok(web::cadre::aller(&cadre, "/projets", ""));
    }
    let demande = cadre.demande();
    let retour = if demande.texte("retour").is_empty() { "/projets" } else { demande.texte("retour") };
    let suite = Suite::vers(retour).signer(&cadre.instance);
    cadre.page("Se connecter", &page_connexion(&cadre, Saisie::default(), Erreurs::default(), suite))?.repondre()
}

/// POST: sends the mail.
pub async fn demander(cadre: Cadre, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let suite = Suite::lire(instance, form.saisie.texte("suite"));
    let mut lecteur = form.lecteur();
    let Some(courriel) = lecteur.courriel("courriel", "Indiquez votre adresse de courriel.") else {
        let erreurs = lecteur.erreurs;
        let page = page_connexion(&cadre, form.saisie, erreurs, suite.signer(instance));
        return cadre.page("Se connecter", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
    };
    let maintenant = instance.clock.instant();
    let tx = instance.db.begin().await?;
    if jeton::nombre_depuis(&tx, USAGE, &courriel, maintenant.plus_seconds(-3600)).await? < MAILS_PAR_HEURE {
        envoyer(&tx, instance, &courriel, &suite).await?;
    }
    let adresse =
        instance.signature.signer(USAGE_ADRESSE, courriel.as_bytes(), maintenant.plus_seconds(suite::DUREE_S));
    form.conclure(tx, &format!("/connexion/code?a={adresse}&suite={}", suite.signer(instance)), "").await
}

async fn envoyer(tx: &WriteTx, instance: &Instance, courriel: &str, suite: &Suite) -> Result<(), Erreur> {
    let (clock, ids): (&dyn Clock, &dyn Ids) = (&*instance.clock, &*instance.ids);
    let (secret, code) = (ids.jeton(), code_a_usage_unique(ids, LongueurDeCode::Six));
    jeton::creer(tx, clock, USAGE, courriel, &secret, Some(&code), suite::DUREE_S).await?;
    let lien = instance.url(&format!("/connexion/lien/{secret}?suite={}", suite.signer(instance)));
    courriels::ecrire(tx, instance, courriel, "connexion", &[("code", &code), ("lien", &lien)]).await
}

#[derive(Template)]
#[template(path = "code.html")]
struct PageCode {
    resume: ResumeErreurs,
    caches: Html,
    courriel: String,
    adresse: String,
    suite: String,
    code: ChampTexte,
    demo: bool,
}

fn page_code(cadre: &Cadre, adresse: &str, suite: &str, erreurs: Erreurs) -> Result<PageCode, Erreur> {
    let courriel = lire_adresse(&cadre.instance, adresse)?;
    let formulaire = cadre.formulaire_avec(Saisie::default(), erreurs);
    Ok(PageCode {
        resume: formulaire.resume(),
        caches: formulaire.caches(),
        courriel,
        adresse: adresse.to_owned(),
        suite: suite.to_owned(),
        code: formulaire.texte("code", "Code reçu").aide("Six chiffres.").chiffres().remplir("one-time-code"),
        demo: cadre.instance.demo,
    })
}

fn lire_adresse(instance: &Instance, signee: &str) -> Result<String, Erreur> {
    let octets = instance
        .signature
        .verifier(USAGE_ADRESSE, signee, instance.clock.instant())
        .map_err(|_| Erreur::Introuvable("cette demande de connexion : elle a plus de 24 heures. Recommencez"))?;
    String::from_utf8(octets).map_err(|_| Erreur::Invalide("Adresse illisible.".to_owned()))
}

/// GET: where to type the code.
pub async fn montrer_code(cadre: Cadre) -> Reponse {
    let demande = cadre.demande();
    let page = page_code(&cadre, demande.texte("a"), demande.texte("suite"), Erreurs::default())?;
    cadre.page("Vérifiez vos courriels", &page)?.repondre()
}

/// POST: the code.
pub async fn verifier_code(cadre: Cadre, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let (adresse, suite) = (form.saisie.texte("a").to_owned(), form.saisie.texte("suite").to_owned());
    let courriel = lire_adresse(instance, &adresse)?;
    let code: String = form.saisie.texte("code").chars().filter(char::is_ascii_digit).collect();
    let tx = instance.db.begin().await?;
    let juste = jeton::utiliser_code(&tx, instance.clock.instant(), USAGE, &courriel, &code).await?;
    if !juste {
        // A wrong try counts even though nothing else is saved.
        tx.commit().await?;
        let mut erreurs = Erreurs::default();
        erreurs
            .ajouter("code", "Ce code n’est pas le bon, ou il a déjà servi. Après cinq essais, demandez-en un autre.");
        let page = page_code(&cadre, &adresse, &suite, erreurs)?;
        return cadre.page("Vérifiez vos courriels", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
    }
    entrer(&cadre, &form, tx, &courriel, &Suite::lire(instance, &suite)).await
}

#[derive(Template)]
#[template(path = "lien.html")]
struct PageLien {
    caches: Html,
    courriel: String,
    secret: String,
    suite: String,
}

/// GET: the page with a button; opening it uses nothing.
pub async fn montrer_lien(cadre: Cadre, Path(secret): Path<String>) -> Reponse {
    let demande = cadre.demande();
    let tx = cadre.instance.db.read().await?;
    let jeton = jeton::lire(&tx, cadre.instance.clock.instant(), USAGE, &secret).await?.ok_or(LIEN_PERIME)?;
    drop(tx);
    let suite = demande.texte("suite").to_owned();
    let page = PageLien { caches: cadre.formulaire().caches(), courriel: jeton.cible, secret, suite };
    cadre.page("Se connecter", &page)?.repondre()
}

const LIEN_PERIME: Erreur =
    Erreur::Introuvable("ce lien de connexion : il a déjà servi, ou il a plus de 24 heures. Demandez-en un autre");

/// POST: the button.
pub async fn suivre_lien(cadre: Cadre, Path(secret): Path<String>, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let suite = Suite::lire(instance, form.saisie.texte("suite"));
    let tx = instance.db.begin().await?;
    let courriel = jeton::utiliser(&tx, instance.clock.instant(), USAGE, &secret).await?.ok_or(LIEN_PERIME)?;
    entrer(&cadre, &form, tx, &courriel, &suite).await
}

/// Opens a session for an address that was just proved.
async fn entrer(cadre: &Cadre, form: &CheckedForm, tx: WriteTx, courriel: &str, suite: &Suite) -> Reponse {
    let instance = &cadre.instance;
    let personne = personne::trouver_ou_creer(&tx, &*instance.clock, &*instance.ids, courriel).await?;
    let entree = preparer_entree(cadre, &tx, &personne, suite).await?;
    let mut reponse = form.conclure(tx, &entree.vers, entree.message).await?;
    poser(&mut reponse, &cookie(cadre, COOKIE_SESSION, entree.secret, JOURS));
    Ok(reponse)
}

/// A person about to enter.
pub(crate) struct Entree {
    /// Where they go.
    pub(crate) vers: String,
    /// What they are told there.
    pub(crate) message: &'static str,
    /// Secret of the cookie.
    pub(crate) secret: String,
}

/// Keeps the draft that was asked, verifies what the address proves, opens the session.
pub(crate) async fn preparer_entree(
    cadre: &Cadre,
    tx: &WriteTx,
    personne: &personne::Model,
    suite: &Suite,
) -> Result<Entree, Erreur> {
    let instance = &cadre.instance;
    let (clock, ids): (&dyn Clock, &dyn Ids) = (&*instance.clock, &*instance.ids);
    let mut garde = false;
    if let Some(reference) = &suite.garder
        && let Some(projet) = projet::par_reference(tx, reference).await?
    {
        garde = projet::rattacher(tx, clock, ids, &projet, &personne.id, (instance.aujourd_hui(), None)).await?;
    }
    verifier_par_adresse(tx, instance, personne).await?;
    let secret = ouvrir_session(tx, cadre, &personne.id).await?;
    let message = if garde { "Votre projet est gardé. Il reste privé." } else { "Vous êtes connecté." };
    let vers = if personne.nom.is_empty() && !garde { "/compte" } else { suite.retour.as_str() };
    Ok(Entree { vers: vers.to_owned(), message, secret })
}

/// Opens a session under a new secret and writes the event; returns the secret of the cookie. The session that this
/// browser had ends: nobody is left signed in behind.
pub(crate) async fn ouvrir_session(
    tx: &WriteTx,
    cadre: &Cadre,
    personne: &socle::PersonneId,
) -> Result<String, Erreur> {
    let instance = &cadre.instance;
    if let Some((precedente, qui)) = &cadre.visiteur.session {
        session::fermer(tx, &qui.id, &precedente.id).await?;
    }
    let secret = instance.ids.jeton();
    session::ouvrir(tx, &*instance.clock, &secret, personne, &cadre.appareil).await?;
    let evenement = evenement(evenements::CONNEXION, "personne", personne.as_str(), Some(personne.as_str()));
    journal::ecrire(tx, &*instance.clock, &*instance.ids, evenement).await?;
    Ok(secret)
}

/// Who signs in with the official address of a mairie has proved their declared mandate for that commune.
async fn verifier_par_adresse(tx: &WriteTx, instance: &Instance, personne: &personne::Model) -> Result<(), Erreur> {
    let Some(courriel) = personne.courriel.as_deref() else { return Ok(()) };
    let declares = mandat::en_vigueur(tx, &personne.id, instance.aujourd_hui()).await?;
    for mandat in declares.iter().filter(|m| !m.verifie() && m.nature == organisation::Nature::Commune) {
        if est_l_adresse_officielle(instance, mandat.commune.as_ref(), courriel) {
            mandat::verifier(tx, &*instance.clock, &mandat.id, None, "Adresse officielle de la mairie").await?;
        }
    }
    Ok(())
}

/// Is this the address that the mairie publishes (annuaire de l'administration)?
pub(crate) fn est_l_adresse_officielle(
    instance: &Instance,
    commune: Option<&domain::code::CodeCommune>,
    courriel: &str,
) -> bool {
    commune
        .and_then(|code| instance.referentiel().commune(code))
        .and_then(|commune| commune.courriel)
        .and_then(personne::courriel_normalise)
        .is_some_and(|officielle| officielle == courriel)
}

/// Verifies at once a mandate given with a proof.
pub(crate) fn preuve_par_adresse(officielle: bool) -> Option<Verification> {
    officielle.then_some(Verification::Preuve)
}

/// POST: ends this session.
pub async fn sortir(cadre: Cadre, form: CheckedForm) -> Result<Response, Erreur> {
    let (session, personne) =
        cadre.visiteur.session.clone().ok_or(Erreur::Interdit(domain::droit::Refus::ConnexionRequise))?;
    let tx = cadre.instance.db.begin().await?;
    session::fermer(&tx, &personne.id, &session.id).await?;
    let vers = oidc::apres_la_sortie(&cadre).unwrap_or("/");
    let mut reponse = form.conclure(tx, vers, "Vous êtes déconnecté.").await?;
    poser(&mut reponse, &retirer(&cadre, COOKIE_SESSION));
    Ok(reponse)
}
