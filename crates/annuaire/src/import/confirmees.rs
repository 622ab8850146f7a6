//! What a page showed when it was confirmed, in one click or by its form: a later official value that says otherwise does not
//! take its place. What was shown becomes a fact of that day, and the question is asked (`tenue`). Pure.

use platform::Jour;

use super::difference::{Cadre, Connu};
use crate::acteur::projection::{Fait, retenu};
use crate::acteur::valeur::{self, retenue};
use crate::tenue::champs::CHAMPS;
use crate::tenue::rules::differe;
use crate::vocabulaire::Origine;

/// The facts to keep; `apres`: the facts once the import is in. Who asked not to be canvassed gives no contact so: those of
/// lists were not shown.
pub(super) fn confirmees(cadre: Cadre<'_>, connu: &Connu, apres: &[Fait]) -> Vec<valeur::Model> {
    let Some((acteur, le)) = connu.acteur.as_ref().and_then(|acteur| Some((acteur, acteur.confirme_le?))) else {
        return Vec::new();
    };
    let montrees = CHAMPS.iter().filter_map(|(champ, _)| retenue(&connu.valeurs, *champ));
    let montrees = montrees.filter(|v| !v.source.personne() && v.recu_le <= le && !v.cachee(acteur.diffusion));
    let gardees = montrees.filter(|v| retenu(apres, v.champ).is_none_or(|fait| differe(&fait.valeur, &v.valeur)));
    gardees
        .map(|v| {
            let dite = valeur::Model::nouvelle(cadre.ids, &acteur.id, v.champ, &v.valeur, Origine::Confirme, le);
            let (source_du, import_id) = (Some(Jour((cadre.jour_de)(le))), Some(cadre.import.to_owned()));
            valeur::Model { source_du, import_id, ..dite }
        })
        .collect()
}
