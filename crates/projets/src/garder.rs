//! From a draft to a project of one's own: account, colleagues, list; erasing a draft on a shared computer.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use domain::droit::{Action, Lien};
use platform::{ReadTx, journal};
use serde_json::{Value, json};
use socle::projet::{self, Etat};
use socle::{OrganisationId, PersonneId, mandat, personne};
use web::brouillon::Brouillons;
use web::composants::{Cellule, ChampTexte, EtatVide, Html, ResumeErreurs, Tableau};
use web::courriels;
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Reponse, Saisie, Suite, texte};

use crate::acces;
use crate::evenements::{self, evenement};

/// Projects listed on one page of one's own.
const LISTE_MAX: u64 = 200;

#[derive(Template)]
#[template(path = "garder.html")]
struct PageGarder {
    titre: String,
    reference: String,
    caches: Html,
    suite: String,
    courriel: ChampTexte,
    connecte: bool,
}

/// GET: one address is enough; signed in, one button.
pub async fn montrer(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let ouvert = acces::ouvrir(&cadre, &reference, Action::ModifierProjet).await?;
    let fiche = format!("/projets/{reference}");
    if ouvert.projet.etat != Etat::Brouillon {
        return Ok(web::cadre::aller(&cadre, &fiche, "Ce projet est déjà gardé."));
    }
    let formulaire = cadre.formulaire();
    let suite = Suite { retour: fiche, garder: Some(reference.clone()) };
    let page = PageGarder {
        titre: ouvert.projet.titre,
        reference,
        caches: formulaire.caches(),
        suite: suite.signer(&cadre.instance),
        courriel: formulaire
            .texte("courriel", "Votre adresse de courriel")
            .aide("Nous vous envoyons un lien et un code, valables 24 heures. Pas de mot de passe à retenir.")
            .courriel(),
        connecte: cadre.visiteur.personne().is_some(),
    };
    cadre.page("Garder ce projet", &page)?.repondre()
}

/// POST, signed in: the draft becomes theirs.
pub async fn garder(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let ouvert = acces::ouvrir(&cadre, &reference, Action::ModifierProjet).await?;
    let personne = cadre.visiteur.connecte()?.id.clone();
    drop(ouvert.tx);
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    let choisi = cadre.visiteur.mandat().map(|mandat| &mandat.id);
    let pour = (instance.aujourd_hui(), choisi);
    projet::rattacher(&tx, &*instance.clock, &*instance.ids, &ouvert.projet, &personne, pour).await?;
    form.conclure(tx, &format!("/projets/{reference}"), "Votre projet est gardé. Il reste privé.").await
}

/// POST: erases a draft. A kept project is never erased here.
pub async fn effacer(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let ouvert = acces::ouvrir(&cadre, &reference, Action::ModifierProjet).await?;
    drop(ouvert.tx);
    let instance = &cadre.instance;
    let tx = instance.db.begin().await?;
    if !projet::effacer_brouillon(&tx, &ouvert.projet.id).await? {
        return Err(Erreur::Invalide("Ce projet est gardé dans un compte : il ne s’efface pas ainsi.".to_owned()));
    }
    form.conclure(tx, "/", "Le brouillon est effacé.").await
}

#[derive(Template)]
#[template(path = "mes_projets.html")]
struct MesProjets {
    connecte: bool,
    brouillons: Brouillons,
    tableau: Option<Tableau>,
    vide: EtatVide,
}

/// GET: projects of the signed-in person, drafts of the browser. Who has neither account nor draft is asked to sign in.
pub async fn mes_projets(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let brouillons = Brouillons::du_visiteur(&cadre, &tx).await?;
    let projets = match cadre.visiteur.connecte() {
        Ok(personne) => {
            let mandats = cadre.visiteur.mandats.iter().filter(|m| m.verifie());
            let organisations: Vec<OrganisationId> = mandats.map(|m| m.organisation_id.clone()).collect();
            projet::de_la_personne(&tx, &personne.id, &organisations, LISTE_MAX).await?
        }
        Err(refus) if brouillons.est_vide() => return Err(refus),
        Err(_) => Vec::new(),
    };
    let lignes: Vec<Vec<Cellule>> = projets
        .iter()
        .map(|p| {
            vec![
                Cellule::lien(&format!("/projets/{}", p.reference), &p.titre),
                Cellule::texte(instance.referentiel().nom_commune(&p.commune)),
                Cellule::texte(p.etape.libelle()),
                Cellule::texte(texte::jour(instance.jour_de(p.modifie_le))),
            ]
        })
        .collect();
    let page = MesProjets {
        connecte: cadre.visiteur.personne().is_some(),
        brouillons,
        tableau: (!lignes.is_empty()).then(|| Tableau {
            legende: texte::accorde(lignes.len() as u64, "projet", "projets"),
            colonnes: ["Projet", "Commune", "Étape", "Dernier changement"].map(str::to_owned).to_vec(),
            lignes,
        }),
        vide: EtatVide {
            titre: "Aucun projet pour l’instant".to_owned(),
            texte: "Décrivez une idée : vous voyez tout de suite qui peut aider, et pourquoi.".to_owned(),
            action: Some(("Décrire un projet".to_owned(), "/projets/nouveau".to_owned())),
        },
    };
    cadre.page("Mes projets", &page)?.repondre()
}

#[derive(Template)]
#[template(path = "inviter.html")]
struct PageInviter {
    titre: String,
    reference: String,
    resume: ResumeErreurs,
    caches: Html,
    courriel: ChampTexte,
}

fn page_inviter(cadre: &Cadre, projet: &projet::Model, saisie: Saisie, erreurs: Erreurs) -> PageInviter {
    let formulaire = cadre.formulaire_avec(saisie, erreurs);
    PageInviter {
        titre: projet.titre.clone(),
        reference: projet.reference.clone(),
        resume: formulaire.resume(),
        caches: formulaire.caches(),
        courriel: formulaire
            .texte("courriel", "Adresse de courriel de votre collègue")
            .aide("Cette personne pourra voir et modifier le projet. Elle ne pourra ni inviter, ni le rendre public.")
            .courriel()
            .remplir("off"),
    }
}

/// GET.
pub async fn invitation(cadre: Cadre, Path(reference): Path<String>) -> Reponse {
    let ouvert = acces::ouvrir(&cadre, &reference, Action::InviterMembre).await?;
    let page = page_inviter(&cadre, &ouvert.projet, Saisie::default(), Erreurs::default());
    cadre.page("Inviter un collègue", &page)?.repondre()
}

/// POST: the colleague is a member at once; a mail tells them where to go.
pub async fn inviter(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let ouvert = acces::ouvrir(&cadre, &reference, Action::InviterMembre).await?;
    drop(ouvert.tx);
    let projet = ouvert.projet;
    let mut lecteur = form.lecteur();
    let Some(courriel) = lecteur.courriel("courriel", "Indiquez l’adresse de votre collègue.") else {
        let erreurs = lecteur.erreurs;
        let page = page_inviter(&cadre, &projet, form.saisie, erreurs);
        return cadre.page("Inviter un collègue", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
    };
    let instance = &cadre.instance;
    let (clock, ids) = (&*instance.clock, &*instance.ids);
    let tx = instance.db.begin().await?;
    let invite = personne::trouver_ou_creer(&tx, clock, ids, &courriel).await?;
    let mandats = mandat::en_vigueur(&tx, &invite.id, instance.aujourd_hui()).await?;
    let deja = projet::lien(&tx, &projet, Some((&invite.id, &mandats)), None, &[], None).await? != Lien::Aucun;
    let message = if deja { "Cette personne a déjà accès à ce projet." } else { "L’invitation est envoyée." };
    if !deja {
        projet::ajouter_membre(&tx, ids, &projet.id, &invite.id, cadre.visiteur.personne_id(), clock.instant()).await?;
        journal::ecrire(&tx, clock, ids, evenement(&cadre, evenements::INVITE, &projet)).await?;
        let qui = cadre.visiteur.personne().map(personne::Model::nom_complet).unwrap_or_default();
        let lien = instance.url(&format!("/projets/{reference}"));
        let valeurs = [("qui", qui.as_str()), ("projet", &projet.titre), ("lien", &lien)];
        courriels::ecrire(&tx, instance, courriel, "invitation", &valeurs).await?;
    }
    form.conclure(tx, &format!("/projets/{reference}"), message).await
}

/// What this feature holds about a person.
pub(crate) async fn export(tx: &ReadTx, personne: &PersonneId) -> Result<Value, Erreur> {
    let projets = projet::decrits_par(tx, personne, LISTE_MAX).await?;
    let pieces: Vec<Value> = crate::pieces::storage::de_la_personne(tx, personne)
        .await?
        .iter()
        .map(|p| {
            json!({
                "projet": p.projet, "nom": p.nom, "libelle": p.libelle, "octets": p.taille,
                "ajoutee_le": p.ajoutee_le.timestamp().to_string(),
                "retiree_le": p.retiree_le.map(|le| le.timestamp().to_string()),
            })
        })
        .collect();
    let projets: Vec<Value> = projets
        .iter()
        .map(|p| {
            json!({
                "reference": p.reference, "titre": p.titre, "commune": p.commune, "ce_qui_manque": p.manque,
                "etape": p.etape, "porteur": p.porteur, "cout_centimes": p.cout.map(|c| c.0),
                "precisions": p.complements(), "decrit_le": p.cree_le.timestamp().to_string(),
            })
        })
        .collect();
    let date = |instant: platform::Instant| instant.timestamp().to_string();
    let invitations: Vec<Value> = projet::invitations(tx, personne)
        .await?
        .into_iter()
        .map(|i| json!({"projet": i.reference, "depuis_le": date(i.du), "jusqu_au": i.au.map(date)}))
        .collect();
    Ok(json!({"projets": projets, "pieces_jointes": pieces, "invitations": invitations}))
}
