//! Work that the service could not do (mails, imports): seen, understood, replayed.

use askama::Template;
use platform::outbox::{self, EtatDeLaFile};
use web::composants::{EtatVide, Html};
use web::{Cadre, CheckedForm, Reponse, texte};

struct Echec {
    id: String,
    sujet: String,
    quand: String,
    tentatives: i64,
    erreur: String,
}

#[derive(Template)]
#[template(path = "travaux.html")]
struct PageTravaux {
    caches: Html,
    echecs: Vec<Echec>,
    en_attente: u64,
    retard: String,
    vide: EtatVide,
}

/// GET.
pub async fn liste(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let EtatDeLaFile { retard_s, en_attente, .. } = outbox::etat(&tx, instance.clock.instant()).await?;
    let echecs = outbox::echecs(&tx, 100).await?;
    let page = PageTravaux {
        caches: cadre.formulaire().caches(),
        echecs: echecs
            .into_iter()
            .map(|e| Echec {
                quand: texte::moment(instance.heure_de(e.cree_le)),
                id: e.id,
                sujet: e.sujet,
                tentatives: e.tentatives,
                erreur: e.erreur.unwrap_or_default(),
            })
            .collect(),
        en_attente,
        retard: if retard_s < 120 { "à jour".to_owned() } else { format!("en retard de {} minutes", retard_s / 60) },
        vide: EtatVide {
            titre: "Rien n’a échoué".to_owned(),
            texte: "Les courriels et les autres travaux partent normalement.".to_owned(),
            action: None,
        },
    };
    cadre.page("Travaux du service", &page)?.fil(&[("Réglages", "/reglages")]).repondre()
}

/// POST: tries one again.
pub async fn rejouer(cadre: Cadre, form: CheckedForm) -> Reponse {
    let tx = cadre.instance.db.begin().await?;
    let fait = outbox::rejouer(&tx, &*cadre.instance.clock, form.saisie.texte("travail")).await?;
    let message = if fait { "Le travail va être refait." } else { "Ce travail n’est plus en échec." };
    form.conclure(tx, "/reglages/travaux", message).await
}
