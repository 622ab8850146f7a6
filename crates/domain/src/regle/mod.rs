//! Dated rules. A rule has an id, a page, parameters valid between dates with their citation, and a pure function that
//! gives a [`Constat`](crate::constat::Constat). A date that no parameter covers gives "à vérifier", never a guess.

pub mod financement;
pub mod r20;

use jiff::civil::{Date, date};

use crate::constat::{Source, Surete};

/// A parameter of a rule between two dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parametre {
    /// First day.
    pub du: Date,
    /// Last day, when known.
    pub au: Option<Date>,
    /// Value in the rule's unit (basis points, cents, months…).
    pub valeur: i64,
    /// The text of law.
    pub citation: &'static str,
}

/// What the page of a rule shows.
#[derive(Clone, Copy, Debug)]
pub struct FicheRegle {
    /// `r-01`.
    pub id: &'static str,
    /// Title in plain French.
    pub titre: &'static str,
    /// What it says, one paragraph an element.
    pub texte: &'static [&'static str],
    /// Worked examples.
    pub exemples: &'static [&'static str],
    /// Unit of the parameters, in words.
    pub unite: &'static str,
    /// Dated parameters.
    pub parametres: &'static [Parametre],
    /// How sure we are of the wording.
    pub surete: Surete,
}

impl FicheRegle {
    /// The parameter in force on a day.
    #[must_use]
    pub fn parametre(&self, jour: Date) -> Option<Parametre> {
        self.parametres.iter().copied().find(|p| p.du <= jour && p.au.is_none_or(|au| jour <= au))
    }

    /// The source of a parameter.
    #[must_use]
    pub fn source(&self, parametre: Parametre) -> Source {
        Source { libelle: parametre.citation.to_owned(), url: None, consultee_le: None, surete: self.surete }
    }
}

/// own share of a public maître d'ouvrage.
pub const R01: FicheRegle = FicheRegle {
    id: "r-01",
    titre: "La collectivité garde au moins 20 % de l’argent public à sa charge",
    texte: &[
        "Quand une commune ou un groupement de communes investit, il paie lui-même au moins 20 % de tout l’argent \
         public du projet. Les autres aides publiques ne dépassent donc pas quatre fois ce qu’il paie.",
        "L’argent privé (dons, mécénat, organismes de droit privé) ne compte pas dans ce calcul.",
        "Le préfet peut accorder des exceptions par écrit. Sans cet écrit, comptez 20 %.",
    ],
    exemples: &[
        "100 000 € payés par la commune et 400 000 € d’aides publiques : 20 %, conforme, à la limite.",
        "89 000 € payés par la commune, 361 000 € d’aides publiques et 50 000 € de dons : 19,78 %, non conforme.",
    ],
    unite: "points de base (2 000 = 20 %)",
    parametres: &[Parametre {
        du: date(2010, 12, 16),
        au: None,
        valeur: 2_000,
        citation: "Code général des collectivités territoriales (CGCT), article L1111-10, III",
    }],
    surete: Surete::Haute,
};

/// 30 % where the law names a chef de file.
pub const R02: FicheRegle = FicheRegle {
    id: "r-02",
    titre: "30 % à sa charge quand une collectivité est chef de file",
    texte: &[
        "Dans certains domaines, la loi désigne une collectivité « chef de file ». Le maître d’ouvrage paie alors au \
         moins 30 % de l’argent public, sauf convention.",
        "Dans ces domaines, les aides de la Région et du Département ensemble sont aussi limitées. Cette règle est \
         signalée, elle ne bloque pas le calcul : vérifiez avec la personne chargée de votre secteur.",
    ],
    exemples: &[],
    unite: "points de base (3 000 = 30 %)",
    parametres: &[Parametre {
        du: date(2014, 1, 29),
        au: None,
        valeur: 3_000,
        citation: "CGCT, article L1111-9, I, 3° (date de début à vérifier)",
    }],
    surete: Surete::Moyenne,
};

/// local cap of public aid.
pub const R03: FicheRegle = FicheRegle {
    id: "r-03",
    titre: "Le plafond local d’aides publiques",
    texte: &[
        "Certains règlements locaux plafonnent le total des aides publiques à une part du coût hors taxes, souvent \
         80 %. Ce plafond n’existe que si le règlement de l’aide le dit.",
        "Ce n’est pas la règle des 20 % : les deux se calculent séparément.",
    ],
    exemples: &["Coût de 500 000 € et plafond de 80 % : au plus 400 000 € d’aides publiques."],
    unite: "",
    parametres: &[],
    surete: Surete::Haute,
};

/// nothing starts before the decision.
pub const R05: FicheRegle = FicheRegle {
    id: "r-05",
    titre: "Ne signez rien avant la réponse écrite",
    texte: &[
        "Attendez la réponse écrite de chaque financeur. La plupart des aides sont perdues si, avant elle, un devis, un \
         bon de commande ou un marché est signé, ou si les travaux commencent.",
        "Certains financeurs donnent une autorisation écrite de commencer plus tôt. Elle ne promet pas l’aide.",
    ],
    exemples: &[],
    unite: "",
    parametres: &[],
    surete: Surete::Haute,
};

/// fonds de concours.
pub const R52: FicheRegle = FicheRegle {
    id: "r-52",
    titre: "Le fonds de concours de l’intercommunalité",
    texte: &[
        "Une intercommunalité peut aider une de ses communes à payer un équipement. Son aide ne dépasse pas ce que la \
         commune paie elle-même, une fois les autres subventions retirées.",
        "La commune et l’intercommunalité votent chacune une délibération qui dit la même chose.",
    ],
    exemples: &["Il reste 60 000 € après les subventions : le fonds de concours est de 30 000 € au plus."],
    unite: "",
    parametres: &[],
    surete: Surete::Haute,
};

/// the base of the aids, with or without VAT.
pub const R53: FicheRegle = FicheRegle {
    id: "r-53",
    titre: "Hors taxes (HT) ou toutes taxes comprises (TTC)",
    texte: &[
        "Une commune récupère en général la TVA de ses investissements, un ou deux ans plus tard, par le fonds de \
         compensation pour la TVA (FCTVA). Une entreprise ou une coopérative qui vend avec TVA la récupère aussi. Les \
         aides se calculent alors sur le coût hors taxes, et la TVA est seulement à avancer.",
        "Quand la TVA n’est pas récupérée, elle est payée pour de bon : le calcul compte le coût TTC. C’est le cas de \
         beaucoup d’associations et, en général, d’un local que la commune loue.",
        "Le calcul n’ajoute ou ne retire la TVA que si vous dites que le taux normal s’applique. Pour un autre taux, pour \
         plusieurs taux, en Corse et outre-mer, il garde le coût que vous avez donné et le dit.",
        "Chaque règlement d’aide dit sur quelle base il calcule : vérifiez auprès du financeur.",
    ],
    exemples: &[
        "360 000 € TTC au taux normal, TVA récupérée : 300 000 € comptés, 60 000 € de TVA à avancer.",
        "300 000 € HT au taux normal, TVA non récupérée : 360 000 € à payer.",
    ],
    unite: "points de base (2 000 = 20 %)",
    parametres: &[Parametre {
        du: date(2014, 1, 1),
        au: None,
        valeur: 2_000,
        citation: "Code général des impôts, article 278 (taux normal)",
    }],
    surete: Surete::Moyenne,
};

/// convention above a yearly amount.
pub const R11: FicheRegle = FicheRegle {
    id: "r-11",
    titre: "Une convention au-dessus de 23 000 € par an",
    texte: &[
        "Un organisme privé qui reçoit plus de 23 000 € par an d’une même collectivité signe une convention avec elle.",
    ],
    exemples: &["15 000 € puis 9 000 € la même année : 24 000 €, convention obligatoire."],
    unite: "centimes d’euro par an",
    parametres: &[Parametre {
        du: date(2001, 6, 10),
        au: None,
        valeur: 2_300_000,
        citation: "Loi 2000-321 du 12 avril 2000, article 10 ; décret 2001-495",
    }],
    surete: Surete::Haute,
};

/// acknowledgement and silence.
pub const R18: FicheRegle = FicheRegle {
    id: "r-18",
    titre: "Accusé de réception et silence de l’administration",
    texte: &[
        "Une demande d’aide financière faite par une personne ou une association reçoit un accusé de réception. Sans \
         réponse pendant deux mois, elle est rejetée.",
        "Une demande d’accompagnement n’est pas une demande de subvention : le département vous répond dans le délai promis.",
        "Ces règles protègent les habitants et les associations ; elles ne s’appliquent pas entre administrations.",
    ],
    exemples: &["Demande du 31 décembre : rejet implicite le 28 ou le 29 février."],
    unite: "mois",
    parametres: &[Parametre {
        du: date(2016, 1, 1),
        au: None,
        valeur: 2,
        citation: "Code des relations entre le public et l’administration, articles L112-3, R112-5 et L231-4 (3°)",
    }],
    surete: Surete::Haute,
};

/// Every rule that has a page, in order.
#[must_use]
pub fn toutes() -> &'static [FicheRegle] {
    const TOUTES: &[FicheRegle] = &[R01, R02, R03, R05, R11, R18, r20::FICHE, R52, R53];
    TOUTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_periodes_d_une_regle_ne_se_recouvrent_pas() {
        for fiche in toutes() {
            for (rang, a) in fiche.parametres.iter().enumerate() {
                for b in fiche.parametres.iter().skip(rang + 1) {
                    let disjointes = a.au.is_some_and(|au| au < b.du) || b.au.is_some_and(|au| au < a.du);
                    assert!(disjointes, "{} : {a:?} et {b:?}", fiche.id);
                }
            }
        }
    }

    #[test]
    fn une_date_sans_parametre_n_invente_rien() {
        assert_eq!(R01.parametre(date(1990, 1, 1)), None);
        assert_eq!(R01.parametre(date(2026, 11, 24)).unwrap().valeur, 2_000);
    }
}
