//! Tables, summaries, tags, cards, board, filters, paging, exports.

use domain::cents::Cents;
use web::Cadre;
use web::composants::{
    Cellule, Colonne, Etiquette, Exports, Fiche, Fiches, FiltresActifs, Imprimer, Ordre, Pagination, Planche, Resume,
    Signe, Tableau, TableauDeTravail, Ton,
};

use crate::vitrine::{Vitrine, etat};

pub(crate) fn vitrines(_cadre: &Cadre) -> Vec<Vitrine> {
    vec![
        Vitrine {
            id: "tableau",
            nom: "Tableau",
            pour: "comparer des lignes. Sur un téléphone, chaque ligne devient une carte.",
            contre: "une liste de choses à ouvrir : des fiches.",
            etats: vec![
                etat!("Argent et taux", {
                    let ligne = |nom, taux, euros| {
                        vec![Cellule::texte(nom), Cellule::nombre(taux), Cellule::montant(Cents::euros(euros))]
                    };
                    Tableau {
                        legende: "Plan de financement (exemple)".to_owned(),
                        colonnes: ["Qui paie", "Part", "Montant"].map(str::to_owned).to_vec(),
                        lignes: vec![
                            ligne("Département", "25\u{a0}%", 30_000),
                            ligne("Région", "10\u{a0}%", 12_000),
                            ligne("Reste à payer", "65\u{a0}%", 78_000),
                        ],
                    }
                }),
                etat!(
                    "Vide",
                    Tableau {
                        legende: "Aides demandées (exemple)".to_owned(),
                        colonnes: ["Qui paie", "Montant"].map(str::to_owned).to_vec(),
                        lignes: Vec::new(),
                    }
                ),
            ],
        },
        Vitrine {
            id: "travail",
            nom: "Tableau de travail",
            pour: "ranger par colonne, choisir plusieurs lignes pour un même geste.",
            contre: "le public : il lit, il ne traite pas.",
            etats: vec![etat!("Rangé par délai, une ligne déjà choisie", {
                let ligne = |nom, commune, jours| {
                    vec![Cellule::lien("/projets", nom), Cellule::texte(commune), Cellule::nombre(jours)]
                };
                let tri = |nom: &str, ordre| Some((format!("/composants/donnees?ordre={nom}"), ordre));
                let tableau = Tableau {
                    legende: "Projets qui attendent une réponse (exemple)".to_owned(),
                    colonnes: ["Projet", "Commune", "Jours restants"].map(str::to_owned).to_vec(),
                    lignes: vec![
                        ligne("Un garage solidaire", "Val de Briey", "3"),
                        ligne("Une navette pour le marché", "Baccarat", "5"),
                    ],
                };
                TableauDeTravail::nouveau(tableau)
                    .triable(vec![tri("nom", Ordre::Aucun), None, tri("jours", Ordre::Croissant)])
                    .choisissable("projet", vec!["a".to_owned(), "b".to_owned()])
                    .choisies(&["b".to_owned()])
            })],
        },
        Vitrine {
            id: "resume",
            nom: "Liste de faits",
            pour: "ce qu’on sait d’une chose, un fait par ligne, avec où le changer.",
            contre: "comparer plusieurs choses : un tableau.",
            etats: vec![etat!(
                "Avec un lien pour changer",
                Resume::default()
                    .ligne("Commune", "Cirey-sur-Vezouze")
                    .ligne("Coût", "Pas encore connu")
                    .modifier("/projets", "le coût")
            )],
        },
        Vitrine {
            id: "etiquette",
            nom: "Étiquette d’état",
            pour: "un état, en un ou deux mots.",
            contre: "un lien, un filtre, une phrase.",
            etats: vec![
                etat!("Neutre", Etiquette::nouvelle("exemple", Ton::Neutre)),
                etat!("Fait", Etiquette::nouvelle("Semble possible", Ton::Positif)),
                etat!("Attente", Etiquette::nouvelle("À vérifier", Ton::Attente)),
                etat!("Refus ou retard", Etiquette::nouvelle("7 jours de retard", Ton::Negatif)),
            ],
        },
        Vitrine {
            id: "fiches",
            nom: "Fiches",
            pour: "une liste de choses à ouvrir.",
            contre: "comparer des chiffres : un tableau.",
            etats: vec![etat!(
                "Avec signe, étiquette, texte",
                Fiches(vec![
                    Fiche::nouvelle("Rouvrir le café-épicerie", "/projets", "Cirey-sur-Vezouze · Étude")
                        .signe(Signe::Pousse),
                    Fiche::nouvelle("Boucle matière (exemple)", "/annuaire", "Baccarat")
                        .signe(Signe::Personnes)
                        .etiquette(Etiquette::nouvelle("exemple", Ton::Neutre))
                        .texte("Coopérative d’études sur le réemploi et les déchets."),
                ])
            )],
        },
        Vitrine {
            id: "planche",
            nom: "Tableau de bord",
            pour: "ce qui attend quelqu’un, par urgence.",
            contre: "tout montrer : au-delà de dix fiches par colonne, une liste avec filtres.",
            etats: vec![etat!("Une colonne pleine, une vide", {
                let colonne = |id: &str, titre: &str, fiches: Vec<Fiche>| Colonne {
                    id: id.to_owned(),
                    titre: titre.to_owned(),
                    compte: fiches.len().to_string(),
                    vide: "Rien n’attend ici.".to_owned(),
                    suite: (!fiches.is_empty()).then(|| ("Voir les 12 autres".to_owned(), "/tableau/liste".to_owned())),
                    fiches: Fiches(fiches),
                };
                let jardins = Fiche::nouvelle("Des jardins partagés", "/projets", "Blâmont · Idée");
                let retard = Etiquette::nouvelle("7 jours de retard", Ton::Negatif);
                Planche {
                    colonnes: vec![
                        colonne("retard", "En retard", vec![jardins.etiquette(retard)]),
                        colonne("repondre", "À répondre", Vec::new()),
                    ],
                }
            })],
        },
        Vitrine {
            id: "filtres",
            nom: "Filtres actifs",
            pour: "dire ce qui réduit la liste, et le retirer d’un geste.",
            contre: "proposer des filtres : un formulaire.",
            etats: vec![etat!(
                "Deux filtres",
                FiltresActifs {
                    actifs: vec![
                        ("Thème : Mobilité".to_owned(), "/annuaire".to_owned()),
                        ("Commune : Nancy".to_owned(), "/annuaire?theme=mobilite".to_owned()),
                    ],
                    tout: "/annuaire".to_owned(),
                }
            )],
        },
        Vitrine {
            id: "pagination",
            nom: "Pages",
            pour: "une liste de plus de cinquante lignes.",
            contre: "un texte.",
            etats: vec![etat!("Au milieu", Pagination::nouvelle("/annuaire", 2, 120, 50))],
        },
        Vitrine {
            id: "exports",
            nom: "Téléchargements",
            pour: "emporter exactement ce que la page montre.",
            contre: "un document à lire : une page à imprimer.",
            etats: vec![etat!(
                "Trois formats",
                Exports::nouveaux("les acteurs", "/annuaire/export", &[("theme", "mobilite")])
            )],
        },
        Vitrine {
            id: "impression",
            nom: "Page à imprimer",
            pour: "une note d’une page, un modèle de délibération : l’écran montre ce que le papier dira. Menu et pied de page ne s’impriment pas, les dépliants s’ouvrent.",
            contre: "une page de travail.",
            etats: vec![
                etat!("En haut d’une page à imprimer", Imprimer::default()),
                etat!("Avec le chemin du retour", Imprimer::revenir("Revenir à la liste", "/annuaire")),
            ],
        },
    ]
}
