//! The questions asked later, by group: each group says when it helps. Pure data; one place to add a question.
//! What rules and criteria read (money, quote, works, lack of private initiative, market) has its own typed fields in
//! [`domain::profil::Complements`] and its own page; these answers are for the people who accompany the project.

use std::collections::BTreeMap;

use domain::cents::Cents;
use domain::profil::{Besoin, Etape, NatureDepense, Porteur, ProfilDeProjet, Reponse};
use domain::theme::Colonne;

/// Answers by key of question; a list because some take several.
pub type Reponses = BTreeMap<String, Vec<String>>;

/// A closed answer: stable id, label.
pub type Choix = &'static [(&'static str, &'static str)];

/// How a question is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Genre {
    /// Yes, no, I do not know.
    Avis,
    /// One of a list.
    Un(Choix),
    /// Several of a list.
    Plusieurs(Choix),
    /// One line, at most so many characters.
    Ligne(usize),
    /// Some lines, at most so many characters.
    Texte(usize),
    /// Euros, kept as cents.
    Montant,
    /// A whole number, at most so much.
    Nombre(u32),
    /// A number with one decimal, at most so much.
    Dixiemes(u32),
    /// A civil date.
    Date,
}

/// One question.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// Stable key, also the name of the field.
    pub cle: &'static str,
    /// The question.
    pub libelle: &'static str,
    /// Help under it.
    pub aide: &'static str,
    /// How it is answered.
    pub genre: Genre,
}

/// Questions asked together.
pub struct Groupe {
    /// Stable key, in the address.
    pub cle: &'static str,
    /// Heading.
    pub titre: &'static str,
    /// What answering brings.
    pub pourquoi: &'static str,
    /// Questions.
    pub questions: &'static [Question],
    /// Does it help this project now?
    pub utile: fn(&ProfilDeProjet) -> bool,
}

const fn question(cle: &'static str, libelle: &'static str, aide: &'static str, genre: Genre) -> Question {
    Question { cle, libelle, aide, genre }
}

const PROPRIETAIRES: Choix = &[
    ("commune", "La commune"),
    ("intercommunalite", "L’intercommunalité"),
    ("prive", "Un propriétaire privé"),
    ("bailleur", "Un bailleur social"),
    ("autre", "Quelqu’un d’autre"),
    ("ne-sait-pas", "Je ne sais pas"),
];
const ETATS: Choix = &[
    ("bon", "Utilisable tout de suite"),
    ("a-rafraichir", "À rafraîchir"),
    ("gros-travaux", "Gros travaux"),
    ("ruine", "En ruine, ou terrain nu"),
    ("ne-sait-pas", "Je ne sais pas"),
];
const CHAUFFAGES: Choix = &[
    ("electricite", "Électricité"),
    ("gaz-fioul", "Gaz ou fioul"),
    ("bois-reseau", "Bois, réseau de chaleur"),
    ("aucun", "Aucun"),
    ("ne-sait-pas", "Je ne sais pas"),
];
const DECISIONS: Choix = &[
    ("aucune", "Aucune pour l’instant"),
    ("prevue", "Une délibération est prévue"),
    ("prise", "Une délibération est prise"),
    ("delegation", "Le maire a reçu délégation pour demander des subventions"),
];
const COMPETENCES: Choix = &[
    ("commune", "La commune"),
    ("intercommunalite", "L’intercommunalité"),
    ("syndicat", "Un syndicat"),
    ("ne-sait-pas", "Je ne sais pas"),
];
const PARTENAIRES: Choix = &[
    ("epci", "L’intercommunalité"),
    ("agence", "L’agence technique départementale"),
    ("caue", "Le conseil d’architecture, d’urbanisme et de l’environnement (CAUE)"),
    ("sous-prefecture", "La sous-préfecture"),
    ("gal", "Le groupe d’action locale (LEADER)"),
    ("caf", "La caisse d’allocations familiales (CAF)"),
    ("msa", "La mutualité sociale agricole (MSA)"),
    ("binome", "Les deux conseillers départementaux du canton"),
];
const PUBLICS: Choix = &[
    ("tous", "Tous les habitants"),
    ("enfants", "Enfants et familles"),
    ("jeunes", "Jeunes"),
    ("aines", "Personnes âgées"),
    ("handicap", "Personnes en situation de handicap"),
    ("demandeurs-d-emploi", "Personnes sans emploi"),
    ("precarite", "Personnes en difficulté"),
];

/// All groups, in the order shown.
pub const GROUPES: &[Groupe] = &[
    Groupe {
        cle: "batiment",
        titre: "Bâtiment et terrain",
        pourquoi: "Un architecte-conseil ou l’agence technique peut alors venir voir en connaissance de cause.",
        questions: &[
            question("proprietaire", "À qui est le bâtiment ou le terrain ?", "", Genre::Un(PROPRIETAIRES)),
            question("etat_du_bati", "Dans quel état est-il ?", "", Genre::Un(ETATS)),
            question("surface", "Quelle surface, en m² ?", "À peu près.", Genre::Nombre(1_000_000)),
            question("vacance", "Depuis quand est-il vide ?", "Par exemple : depuis 2021.", Genre::Ligne(60)),
            question(
                "abf",
                "Est-il près d’un monument protégé ?",
                "L’architecte des Bâtiments de France (ABF) donne alors son avis.",
                Genre::Avis,
            ),
            question("risque", "Y a-t-il un risque connu (inondation, mine, pollution) ?", "", Genre::Avis),
            question("accessible", "Une personne en fauteuil peut-elle entrer ?", "", Genre::Avis),
            question("chauffage", "Comment est-il chauffé ?", "", Genre::Un(CHAUFFAGES)),
        ],
        utile: |p| {
            p.complements.depenses.iter().any(|d| matches!(d, NatureDepense::Acquisition | NatureDepense::Travaux))
                || p.complements.besoins.contains(&Besoin::Local)
        },
    },
    Groupe {
        cle: "exploitation",
        titre: "Faire tourner le projet, trois ans",
        pourquoi: "Un financeur regarde si le projet tient après l’ouverture.",
        questions: &[
            question("recettes_1", "Recettes de la première année", "", Genre::Montant),
            question("depenses_1", "Dépenses de la première année", "", Genre::Montant),
            question("recettes_2", "Recettes de la deuxième année", "", Genre::Montant),
            question("depenses_2", "Dépenses de la deuxième année", "", Genre::Montant),
            question("recettes_3", "Recettes de la troisième année", "", Genre::Montant),
            question("depenses_3", "Dépenses de la troisième année", "", Genre::Montant),
        ],
        utile: |p| !matches!(p.etape, Etape::Idee | Etape::Arrete) && p.complements.besoins.contains(&Besoin::Argent),
    },
    Groupe {
        cle: "calendrier",
        titre: "Calendrier et décision",
        pourquoi: "Une date limite ou une délibération change l’ordre des démarches.",
        questions: &[
            question("date_limite", "Y a-t-il une date à ne pas dépasser ?", "Par exemple 24/11/2027.", Genre::Date),
            question(
                "date_limite_motif",
                "Pourquoi cette date ?",
                "Fin de bail, départ d’un commerçant…",
                Genre::Ligne(120),
            ),
            question("decision", "Où en est la décision du conseil ?", "", Genre::Un(DECISIONS)),
            question("deliberation", "Référence et date de la délibération", "", Genre::Ligne(120)),
        ],
        utile: |p| p.porteur.est_public() && p.etape != Etape::Idee,
    },
    Groupe {
        cle: "territoire",
        titre: "Qui est compétent, qui est déjà au courant",
        pourquoi: "Personne n’aime apprendre un projet après les autres. Et la compétence dit qui peut financer.",
        questions: &[
            question(
                "competence",
                "Qui a la compétence ?",
                "La commune a pu la confier à l’intercommunalité ou à un syndicat.",
                Genre::Un(COMPETENCES),
            ),
            question("partenaires", "Qui avez-vous déjà contacté ?", "", Genre::Plusieurs(PARTENAIRES)),
            question("communes_desservies", "Quelles communes en profiteraient ?", "", Genre::Ligne(300)),
        ],
        utile: |p| p.etape != Etape::Arrete,
    },
    Groupe {
        cle: "carence",
        titre: "Ce qui existe déjà",
        pourquoi: "Pour aider un service privé, la commune doit montrer que personne d’autre ne le rend.",
        questions: &[
            question("offre_existante", "Quelle offre existe aujourd’hui ?", "", Genre::Texte(800)),
            question("distance_km", "À combien de kilomètres ?", "", Genre::Nombre(500)),
            question(
                "preuve_de_carence",
                "Qu’est-ce qui le montre ?",
                "Enquête, annonces sans réponse, fermeture…",
                Genre::Texte(800),
            ),
        ],
        utile: |p| p.themes.iter().any(|t| t.colonne() == Colonne::Services) && p.porteur.est_collectivite(),
    },
    Groupe {
        cle: "public",
        titre: "Pour qui, et avec qui",
        pourquoi: "Certains appuis sont réservés à un public ; d’autres demandent que les habitants participent.",
        questions: &[
            question("publics", "Pour qui est le projet ?", "", Genre::Plusieurs(PUBLICS)),
            question(
                "nombre_de_personnes",
                "Combien de personnes seraient concernées ?",
                "À peu près.",
                Genre::Nombre(10_000_000),
            ),
            question(
                "participation",
                "Comment les habitants participent-ils ?",
                "Réunion, questionnaire, parts de coopérative…",
                Genre::Texte(800),
            ),
        ],
        utile: |p| p.etape != Etape::Arrete,
    },
    Groupe {
        cle: "emplois",
        titre: "Emplois",
        pourquoi: "Des aides existent pour un poste, et des structures d’insertion peuvent y prendre part.",
        questions: &[
            question(
                "emplois",
                "Combien d’emplois à temps plein seraient créés ?",
                "En équivalent temps plein (ETP) : un mi-temps compte 0,5.",
                Genre::Dixiemes(10_000),
            ),
            question("emplois_insertion", "Dont pour des personnes en insertion", "", Genre::Dixiemes(10_000)),
            question("benevoles", "Combien de bénévoles ?", "", Genre::Nombre(100_000)),
        ],
        utile: |p| {
            p.complements.depenses.contains(&NatureDepense::Poste)
                || matches!(p.porteur, Porteur::AssociationEmployeuse | Porteur::Siae | Porteur::Scic | Porteur::Scop)
        },
    },
    Groupe {
        cle: "contact",
        titre: "Vous joindre",
        pourquoi: "Pour vous appeler quand vous êtes là.",
        questions: &[
            question(
                "contact_fonction",
                "Qui suit le projet chez vous ?",
                "La fonction suffit : maire, première adjointe, secrétaire…",
                Genre::Ligne(120),
            ),
            question("contact_horaires", "Quels jours et à quelles heures ?", "", Genre::Ligne(120)),
            question("contact_depuis", "Depuis quand cette personne le suit-elle ?", "", Genre::Date),
            question(
                "contact_jusqu_au",
                "Jusqu’à quand cette personne le suit-elle ?",
                "Si vous le savez.",
                Genre::Date,
            ),
        ],
        utile: |p| p.etape != Etape::Arrete,
    },
];

/// The group of this key.
#[must_use]
pub fn groupe(cle: &str) -> Option<&'static Groupe> {
    GROUPES.iter().find(|groupe| groupe.cle == cle)
}

impl Groupe {
    /// How many of its questions have an answer.
    #[must_use]
    pub fn repondues(&self, reponses: &Reponses) -> usize {
        self.questions.iter().filter(|q| reponses.get(q.cle).is_some_and(|r| !r.is_empty())).count()
    }
}

impl Question {
    /// The answer as shown; `None` when there is none.
    #[must_use]
    pub fn dire(&self, reponses: &Reponses) -> Option<String> {
        let valeurs = reponses.get(self.cle).filter(|valeurs| !valeurs.is_empty())?;
        let mots: Vec<String> = valeurs.iter().map(|valeur| self.mot(valeur)).collect();
        Some(mots.join(", "))
    }

    fn mot(&self, valeur: &str) -> String {
        match self.genre {
            Genre::Avis => valeur.parse::<Reponse>().map_or_else(|_| valeur.to_owned(), |r| r.libelle().to_owned()),
            Genre::Un(choix) | Genre::Plusieurs(choix) => {
                choix.iter().find(|(id, _)| *id == valeur).map_or(valeur, |(_, libelle)| *libelle).to_owned()
            }
            Genre::Montant => valeur.parse().map_or_else(|_| valeur.to_owned(), |cents| Cents(cents).to_string()),
            Genre::Nombre(_) => valeur.parse().map_or_else(|_| valeur.to_owned(), domain::cents::milliers),
            Genre::Dixiemes(_) => valeur.replace('.', ","),
            Genre::Date => valeur.parse().map_or_else(|_| valeur.to_owned(), domain::dates::en_lettres),
            Genre::Ligne(_) | Genre::Texte(_) => valeur.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::collections::BTreeSet;

    #[test]
    fn chaque_cle_n_existe_qu_une_fois() {
        let cles: Vec<&str> = GROUPES.iter().flat_map(|g| g.questions).map(|q| q.cle).collect();
        assert_eq!(cles.iter().collect::<BTreeSet<_>>().len(), cles.len());
        assert_eq!(GROUPES.iter().map(|g| g.cle).collect::<BTreeSet<_>>().len(), GROUPES.len());
    }

    #[rstest]
    #[case("recettes_1", "120050", "1 200,50 €")]
    #[case("surface", "1200", "1 200")]
    #[case("emplois", "2.5", "2,5")]
    #[case("emplois", "3", "3")]
    #[case("date_limite", "2027-11-24", "24 novembre 2027")]
    #[case("abf", "ne-sait-pas", "Je ne sais pas")]
    #[case("decision", "prise", "Une délibération est prise")]
    #[case("decision", "abolie", "abolie")]
    fn une_reponse_se_dit(#[case] cle: &str, #[case] valeur: &str, #[case] attendu: &str) {
        let question = GROUPES.iter().flat_map(|g| g.questions).find(|q| q.cle == cle).unwrap();
        let reponses = Reponses::from([(cle.to_owned(), vec![valeur.to_owned()])]);
        let dit = question.dire(&reponses).map(|mots| mots.replace(['\u{a0}', '\u{202f}'], " "));
        assert_eq!(dit.as_deref(), Some(attendu));
        assert_eq!(question.dire(&Reponses::new()), None);
    }
}
