//! Who proposes something that an agent reads: the fields that every such page has, read in one place.

use web::Cadre;
use web::composants::ChampTexte;
use web::formulaire::{Formulaire, Lecteur};

/// Characters of what is said beside a proposal.
pub(crate) const MOT_MAX: usize = 600;
const COURRIEL: &str = "courriel_auteur";

/// Where to answer; not asked of who is signed in.
pub(crate) fn champ(cadre: &Cadre, f: &Formulaire) -> Option<ChampTexte> {
    cadre.visiteur.personne().is_none().then(|| {
        f.texte(COURRIEL, "Votre adresse de courriel")
            .aide("Pour vous répondre. Elle n’est pas montrée, et s’efface un mois après la réponse.")
            .courriel()
    })
}

/// What is said beside it, and where to answer who has no account.
pub(crate) fn lire(cadre: &Cadre, l: &mut Lecteur<'_>) -> (String, Option<String>) {
    let mot = l.texte_libre("mot", MOT_MAX).unwrap_or_default();
    let courriel = match cadre.visiteur.personne_id() {
        Some(_) => None,
        None => l.courriel(COURRIEL, "Écrivez votre adresse : la réponse y part."),
    };
    (mot, courriel)
}
