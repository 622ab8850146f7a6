//! What can go wrong, said in plain French with the line when there is one.

/// A vote that cannot be counted, or not with this rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CountError {
    /// Zero or too large.
    #[error("L’enveloppe doit être supérieure à zéro et inférieure à 10¹⁵ unités.")]
    Budget,
    /// Zero or too large.
    #[error("Le coût du projet « {0} » doit être supérieur à zéro et inférieur à 10¹⁵ unités.")]
    Cost(String),
    /// Met twice.
    #[error("Le projet « {0} » est cité deux fois.")]
    DuplicateProject(String),
    /// Named by a ballot, absent from the list.
    #[error("Le projet « {0} » n’est pas dans la liste.")]
    UnknownProject(String),
    /// A ballot built in code that no reader gives.
    #[error("Ces bulletins ne peuvent pas être comptés : {0}.")]
    Ballot(&'static str),
    /// Decimals past what amounts hold.
    #[error("Les montants ont au plus quinze décimales.")]
    Decimals,
    /// A vote built in code that a file cannot hold.
    #[error("Ce vote ne s’écrit pas dans un fichier : « {text} » {reason}.")]
    Unwritable {
        /// What cannot be written.
        text: String,
        /// Why.
        reason: &'static str,
    },
    /// Nobody voted.
    #[error("Aucun bulletin : il n’y a rien à dépouiller.")]
    NoBallots,
    /// The rule needs something that these ballots do not say.
    #[error("La règle « {rule} » ne convient pas à ces bulletins : {reason}")]
    NotApplicable {
        /// Name of the rule.
        rule: String,
        /// Why.
        reason: &'static str,
    },
    /// The name means no rule.
    #[error("La règle « {0} » n’existe pas. Exemples : greedy_votes, mes_cost, mes_cost_add1, phragmen.")]
    UnknownRule(String),
    /// Neither a rule for ties nor the seed of a lot.
    #[error(
        "Le départage « {0} » n’existe pas. Écrivez recommended, lexico, ou lot: suivi de la graine publiée (une graine de chiffres ou de plusieurs mots se passe de « lot: »)."
    )]
    UnknownTie(String),
    /// The computation would take too much memory or time.
    #[error("Ce calcul est trop grand pour cette règle : {0}")]
    TooLarge(&'static str),
    /// A clause names something that does not exist.
    #[error("La clause « {clause} » n’est pas applicable : {reason}")]
    Clause {
        /// The clause.
        clause: String,
        /// Why.
        reason: String,
    },
    /// The time that the caller allowed is over.
    #[error(
        "Le temps accordé est écoulé : le dépouillement a été arrêté. Accordez plus de temps, ou choisissez une règle plus rapide."
    )]
    OutOfTime,
    /// The caller asked to stop.
    #[error("Le dépouillement a été arrêté.")]
    Cancelled,
}
