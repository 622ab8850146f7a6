//! The pages of the rules of this room.

use domain::constat::Surete;
use domain::regle::{FicheRegle, Parametre};
use jiff::civil::date;

/// the legal perimeter, with the share of the development fund.
pub const R40_FONDS: FicheRegle = FicheRegle {
    id: "r-40",
    titre: "Qui fait partie de l’économie sociale et solidaire, selon la loi",
    texte: &[
        "La loi vise des personnes de droit privé, à trois conditions. Leur but n’est pas seulement de partager des \
         bénéfices. Leurs statuts prévoient une gouvernance démocratique. Elles gardent l’essentiel de leurs bénéfices \
         pour leur activité, avec des réserves que l’on ne partage pas.",
        "Par leur forme : les coopératives, les mutuelles, les fondations, les associations. Par choix : les sociétés \
         commerciales qui remplissent les conditions et qui le déclarent.",
        "Une société commerciale de l’ESS met au moins 20 % de son bénéfice dans un fonds de développement. Elle le \
         fait jusqu’à ce que ses réserves atteignent 20 % du capital. Elle met au moins 50 % en réserves ou en report. Une société « à \
         mission » n’en fait pas partie pour cette seule raison.",
        "Dans l’annuaire, la réponse est « oui », « non » ou « inconnu », avec sa raison. Quand rien n’est dit, la \
         réponse est « inconnu », jamais « non ».",
        "Un agent du département peut décider « oui » ou « non » contre une source qui se trompe, sur un document qu’il a \
         vu : la fiche montre le document et la date. Il ne peut pas dire « oui » d’un organisme public.",
    ],
    exemples: &[
        "Bénéfice 10 000 €, capital 20 000 €, réserves 1 000 € : au moins 2 000 € au fonds de développement, au moins \
         5 000 € en réserves ou en report, au plus 5 000 € à distribuer.",
        "Une communauté de communes qui porte un chantier d’insertion : non, c’est un organisme public.",
    ],
    unite: "points de base du bénéfice pour le fonds de développement (2 000 = 20 %)",
    parametres: &[Parametre {
        du: date(2014, 8, 2),
        au: None,
        valeur: 2_000,
        citation: "Loi 2014-856 du 31 juillet 2014, article 1 ; décret 2015-858 (date de début à vérifier)",
    }],
    surete: Surete::Moyenne,
};

/// R-40, share of reserves and carry-forward: a parameter of the same page.
pub const R40_RESERVES: FicheRegle = FicheRegle {
    unite: "points de base du bénéfice pour les réserves et le report (5 000 = 50 %)",
    parametres: &[Parametre {
        du: date(2014, 8, 2),
        au: None,
        valeur: 5_000,
        citation: "Loi 2014-856 du 31 juillet 2014, article 1 (date de début à vérifier)",
    }],
    ..R40_FONDS
};

/// ESUS.
pub const R41: FicheRegle = FicheRegle {
    id: "r-41",
    titre: "L’agrément « entreprise solidaire d’utilité sociale » (ESUS)",
    texte: &[
        "Le préfet le donne à un organisme de l’ESS dont le but principal est l’utilité sociale, à trois conditions. \
         Cette utilité pèse sur ses comptes. Ses salaires sont limités. Ses titres ne sont pas cotés.",
        "La moyenne des cinq plus hauts salaires ne dépasse pas 7 fois le SMIC annuel, le plus haut 10 fois.",
        "Les structures d’insertion, les entreprises adaptées et quelques autres l’ont de droit, avec moins de \
         conditions. Il dure 5 ans (2 ans pour une entreprise de moins de 3 ans, à vérifier).",
    ],
    exemples: &["En 2026 : 153 134,52 € pour la moyenne des cinq plus hauts salaires, 218 763,60 € pour le plus haut."],
    unite: "centimes d’euro : SMIC annuel brut à temps plein",
    parametres: &[Parametre {
        du: date(2026, 1, 1),
        au: Some(date(2026, 12, 31)),
        valeur: 2_187_636,
        citation: "Code du travail, article L3332-17-1 ; SMIC de janvier 2026 (fin à vérifier)",
    }],
    surete: Surete::Moyenne,
};

/// legal categories and statistics.
pub const R42: FicheRegle = FicheRegle {
    id: "r-42",
    titre: "Ce que dit la catégorie juridique de l’Insee",
    texte: &[
        "L’Insee compte une liste de catégories juridiques (coopératives, mutuelles, associations, fondations), moins \
         quelques activités : administration, organisations patronales, professionnelles, syndicales, religieuses et \
         politiques. La loi, elle, ne retire aucune activité : l’annuaire montre donc deux réponses.",
        "L’Insee ne compte pas les sociétés commerciales de l’ESS. Les SCIC n’ont pas de catégorie à elles, et les \
         SCOP en SAS se cachent dans la catégorie 5710.",
        "La liste des catégories de l’annuaire est à vérifier : une forme juridique seule donne « probable », c’est-à-dire \
         « inconnu » avec sa raison.",
    ],
    exemples: &[
        "Association déclarée (9220) sans indication de Sirene : inconnu, probable.",
        "SA de HLM (5546) : ce n’est pas une coopérative ; SA coopérative de production de HLM (5547) : c’en est une.",
    ],
    unite: "",
    parametres: &[],
    surete: Surete::Faible,
};

/// the field of Sirene.
pub const R43: FicheRegle = FicheRegle {
    id: "r-43",
    titre: "Ce que dit le répertoire Sirene",
    texte: &[
        "Sirene a un champ « économie sociale et solidaire » : oui, non, ou rien. Le plus souvent il n’y a rien, et rien \
         ne veut pas dire non.",
        "« Oui » dans Sirene, ou présence dans la liste d’ESS France : oui, au sens de la loi. « Non » pour une société : \
         non. « Non » pour une association ou une coopérative : les deux se contredisent, à vérifier.",
    ],
    exemples: &[],
    unite: "",
    parametres: &[],
    surete: Surete::Haute,
};

/// Every rule of this room, in order.
pub const FICHES: &[FicheRegle] = &[R40_FONDS, R41, R42, R43];
