//! the ground of competence of the département. Compulsory for its own levers: without one, no publication.

use super::FicheRegle;
use crate::constat::Surete;
use crate::enumeration::enumeration;

enumeration! {
    /// Why the département may act.
    BaseDeCompetence {
        ProjetsDesCommunes = "projets-des-communes", "Projets des communes et groupements, à leur demande (CGCT L1111-10, I)";
        ServiceRural = "service-rural", "Commerce ou service rural, si la commune est maître d’ouvrage et l’initiative privée absente (CGCT L1111-10, I, alinéa 2)";
        SolidariteSociale = "solidarite-sociale", "Action sociale, autonomie, accès aux droits, cohésion territoriale (CGCT L3211-1)";
        Insertion = "insertion", "Insertion : chef de file (CGCT L3211-1 ; code de l’action sociale et des familles)";
        CompetencePartagee = "competence-partagee", "Culture, sport, tourisme, éducation populaire, langues régionales (loi NOTRe, articles 103 et 104)";
        AssistanceTechnique = "assistance-technique", "Assistance technique aux petites communes (CGCT L3232-1-1, R3232-1)";
        Agence = "agence", "Agence départementale avec les communes (CGCT L5511-1)";
        ImmobilierParDelegation = "immobilier-par-delegation", "Immobilier d’entreprise, par délégation de l’intercommunalité (CGCT L1511-3)";
        Garantie = "garantie", "Garantie d’emprunt, dans les limites légales (CGCT L3231-4)";
    }
}

/// Its page.
pub const FICHE: FicheRegle = FicheRegle {
    id: "r-20",
    titre: "Ce que le département a le droit de financer",
    texte: &[
        "Le département n’aide directement une entreprise que dans quelques cas prévus par la loi. Cela vaut aussi \
         pour une entreprise de l’économie sociale et solidaire. Chaque aide du département dit donc sur quelle base elle repose.",
        "La « solidarité territoriale » seule ne permet pas d’aider une entreprise (circulaire du 3 novembre 2016).",
    ],
    exemples: &[],
    unite: "",
    parametres: &[],
    surete: Surete::Haute,
};
