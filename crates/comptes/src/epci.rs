//! EPCI declared by their name alone, that the referential does not name without doubt: an agent says which one each is.

use std::collections::BTreeMap;

use platform::{ReadTx, journal};
use socle::OrganisationId;
use socle::organisation::{self, Model, Nature, epci};
use web::composants::{OptionDeChamp, Selection};
use web::formulaire::Erreurs;
use web::{Cadre, CheckedForm, Erreur, Formulaire, Instance, Reponse};

use crate::evenements::{EPCI_PRECISEE, evenement};
use crate::mandats::page_a_verifier;

const ICI: &str = "/agents/mandats";

/// An EPCI, with those that it may be.
pub(crate) struct Question {
    organisation: Model,
    possibles: Vec<(String, String)>,
}

/// The same on the page.
pub(crate) struct AQuestionner {
    pub(crate) id: String,
    pub(crate) nom: String,
    pub(crate) laquelle: Selection,
}

impl Question {
    pub(crate) fn en_question(self, f: &Formulaire) -> AQuestionner {
        let options = std::iter::once(OptionDeChamp::nouvelle("", "Choisissez"))
            .chain(self.possibles.into_iter().map(|(code, nom)| OptionDeChamp::nouvelle(code, nom)));
        let id = self.organisation.id.as_str().to_owned();
        AQuestionner { laquelle: f.selection(champ(&id), "Laquelle est-ce ?", options), nom: self.organisation.nom, id }
    }
}

fn champ(organisation: &str) -> String {
    format!("epci_{organisation}")
}

/// The EPCI of the territory, by name.
fn du_territoire(instance: &Instance) -> Vec<(String, String)> {
    let referentiel = instance.referentiel();
    let communes = instance.perimetre().communes().filter_map(|code| referentiel.commune(code));
    let par_nom: BTreeMap<String, (String, String)> = communes
        .filter_map(|commune| referentiel.epci_de(commune))
        .map(|epci| (socle::nom_tri(epci.nom), (epci.code.as_str().to_owned(), epci.nom.to_owned())))
        .collect();
    par_nom.into_values().collect()
}

/// Those that wait for somebody's word.
pub(crate) async fn a_questionner(tx: &ReadTx, instance: &Instance) -> Result<Vec<Question>, Erreur> {
    let sans = epci::sans_numero(tx).await?;
    if sans.is_empty() {
        return Ok(Vec::new());
    }
    let possibles = du_territoire(instance);
    Ok(sans.into_iter().map(|organisation| Question { organisation, possibles: possibles.clone() }).collect())
}

/// POST: this one is that one.
pub async fn preciser(cadre: Cadre, form: CheckedForm) -> Reponse {
    let instance = &cadre.instance;
    let id = OrganisationId(form.saisie.texte("organisation").to_owned());
    let tx = instance.db.begin().await?;
    let organisation = organisation::par_id(&tx, &id)
        .await?
        .filter(|o| o.nature == Nature::Epci)
        .ok_or(Erreur::Introuvable("cette intercommunalité"))?;
    if organisation.siren.is_some() {
        return Ok(form.aller(ICI, "Quelqu’un d’autre a déjà dit laquelle c’est."));
    }
    let champ = champ(id.as_str());
    let Some(choisie) = instance.referentiel().epci(form.saisie.texte(&champ)) else {
        drop(tx);
        let mut erreurs = Erreurs::default();
        erreurs.ajouter(&champ, "Choisissez l’intercommunalité dans la liste.");
        return page_a_verifier(&cadre, form.saisie, erreurs).await;
    };
    epci::preciser(&tx, &id, choisie).await?;
    let par = cadre.visiteur.personne_id().map(|par| par.as_str());
    let precisee = evenement(EPCI_PRECISEE, "organisation", id.as_str(), par);
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, precisee).await?;
    form.conclure(tx, ICI, "C’est enregistré : les fonctions et les projets la suivent.").await
}
