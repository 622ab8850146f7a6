//! Who has access to a project, for those who may invite; an invitation taken back, a project left.

use axum::extract::Path;
use domain::droit::{Action, Fonction};
use platform::{ReadTx, journal};
use socle::projet;
use web::{Cadre, CheckedForm, Erreur, Reponse};

use crate::acces;
use crate::evenements::{self, evenement};

/// Someone who has access, as they are shown.
pub(crate) struct AccesVu {
    pub(crate) qui: String,
    pub(crate) titre: &'static str,
    /// To take back: the invitation.
    pub(crate) invitation: Option<String>,
}

/// By name.
pub(crate) async fn lire(tx: &ReadTx, cadre: &Cadre, projet: &projet::Model) -> Result<Vec<AccesVu>, Erreur> {
    let acces = projet::acces(tx, projet, cadre.instance.aujourd_hui()).await?;
    Ok(acces.into_iter().map(AccesVu::from).collect())
}

impl From<projet::Acces> for AccesVu {
    fn from(acces: projet::Acces) -> Self {
        let nom = format!("{} {}", acces.prenom, acces.nom).trim().to_owned();
        let courriel = acces.courriel.unwrap_or_default();
        let invite = acces.titre == "invite";
        Self {
            qui: match (nom.is_empty(), invite) {
                (true, _) => courriel,
                (false, true) => format!("{nom} ({courriel})"),
                (false, false) => nom,
            },
            titre: match acces.fonction {
                Some(fonction) => Fonction::libelle(fonction),
                None if invite => "invité·e",
                None => "a décrit le projet",
            },
            invitation: invite.then_some(acces.id),
        }
    }
}

/// POST: takes back an invitation, or leaves.
pub async fn agir(cadre: Cadre, Path(reference): Path<String>, form: CheckedForm) -> Reponse {
    let ouvert = acces::ouvrir(&cadre, &reference, Action::AgirPourLePorteur).await?;
    let part = form.saisie.texte("acte") == "quitter";
    if !part {
        cadre.visiteur.autoriser(ouvert.lien, Action::InviterMembre)?;
    }
    let moi = cadre.visiteur.connecte()?.id.clone();
    let projet = ouvert.projet;
    drop(ouvert.tx);
    let instance = &cadre.instance;
    let maintenant = instance.clock.instant();
    let fiche = format!("/projets/{reference}");
    let tx = instance.db.begin().await?;
    let (fait, genre, vers, message) = match form.saisie.texte("acte") {
        "quitter" => {
            let fait = projet::quitter(&tx, &projet.id, &moi, maintenant).await?;
            (fait, evenements::QUITTE, "/projets", "Vous avez quitté le projet.")
        }
        "retirer" => {
            let fait = projet::retirer(&tx, &projet.id, form.saisie.texte("membre"), maintenant).await?;
            let message = "L’invitation est retirée. Pour la rendre, invitez de nouveau la même adresse.";
            (fait, evenements::INVITATION_RETIREE, fiche.as_str(), message)
        }
        _ => {
            return Err(Erreur::Invalide(
                "Choisissez : retirer une invitation, ou quitter le projet. Revenez à la page du projet.".to_owned(),
            ));
        }
    };
    if !fait {
        drop(tx);
        return Ok(form.aller(&fiche, "Cette invitation était déjà retirée."));
    }
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement(&cadre, genre, &projet)).await?;
    form.conclure(tx, vers, message).await
}
