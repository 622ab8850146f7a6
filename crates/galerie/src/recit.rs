//! What is told: constats, timeline, contact, warnings, conflict, empty state, progress, words explained.

use domain::constat::{Constat, Source, Surete, Verdict};
use web::Cadre;
use web::composants::{
    Alerte, Chronologie, Conflit, ConstatVue, Contact, EtatVide, EvenementVu, Html, Message, MessageVu, Progression,
    Resume, Terme,
};

use crate::vitrine::{Vitrine, etat};

pub(crate) fn vitrines(cadre: &Cadre) -> Vec<Vitrine> {
    vec![
        Vitrine {
            id: "constat",
            nom: "Constat",
            pour: "ce que dit une règle ou une condition, avec la raison et la source.",
            contre: "un avis. Ce qui manque n’est jamais un non : « à vérifier ».",
            etats: vec![
                etat!("Oui", {
                    let phrase = "La commune a moins de 2 000 habitants.";
                    let source = Source {
                        libelle: "Règlement (exemple)".to_owned(),
                        url: None,
                        consultee_le: None,
                        surete: Surete::Haute,
                    };
                    ConstatVue::nouveau(Constat::critere("population", Verdict::Oui, phrase).source(source))
                }),
                etat!(
                    "Non",
                    ConstatVue::nouveau(Constat::critere(
                        "population",
                        Verdict::Non,
                        "La commune a plus de 2 000 habitants."
                    ))
                ),
                etat!(
                    "À vérifier",
                    ConstatVue::nouveau(Constat::critere(
                        "population",
                        Verdict::AVerifier,
                        "La population n’est pas connue."
                    ))
                ),
                etat!(
                    "Sans objet",
                    ConstatVue::nouveau(Constat::critere(
                        "population",
                        Verdict::SansObjet,
                        "Une association n’a pas d’habitants."
                    ))
                ),
                etat!(
                    "D’une règle, avec ses chiffres",
                    ConstatVue::nouveau(
                        Constat::regle("r-01", Verdict::Oui, "La part de la commune suffit.").chiffre("Part", "35 %")
                    )
                ),
            ],
        },
        Vitrine {
            id: "alerte",
            nom: "Alerte",
            pour: "ce qui fait perdre de l’argent ou un droit. Une par page.",
            contre: "une information : un texte.",
            etats: vec![etat!("Ne signez rien", Alerte::devis())],
        },
        Vitrine {
            id: "conflit",
            nom: "Conflit",
            pour: "quelqu’un a enregistré avant : les deux textes restent.",
            contre: "une erreur de saisie : le résumé des erreurs.",
            etats: vec![etat!(
                "Avec ce qui est enregistré",
                Conflit::sur("ce projet").enregistre(Resume::default().ligne("Titre", "Rouvrir le café"))
            )],
        },
        Vitrine {
            id: "message",
            nom: "Message d’un geste fait",
            pour: "dire que c’est fait, et comment revenir en arrière.",
            contre: "une erreur.",
            etats: vec![
                etat!("Avec « Annuler »", {
                    let fait = Message::nouveau("Votre choix est gardé dans ce navigateur.");
                    MessageVu::nouveau(
                        fait.annulable("/affichage", &[("affichage", "appareil")]),
                        cadre.formulaire().caches(),
                    )
                }),
                etat!("Sans retour", MessageVu::nouveau(Message::nouveau("La demande est envoyée."), Html::default())),
            ],
        },
        Vitrine {
            id: "chronologie",
            nom: "Chronologie",
            pour: "ce qui s’est passé, le plus récent d’abord.",
            contre: "ce qui va se passer : des étapes.",
            etats: vec![etat!("Deux faits", {
                let fait = |quand: &str, iso: &str, phrase: &str, qui: Option<&str>| EvenementVu {
                    quand: quand.to_owned(),
                    iso: iso.to_owned(),
                    phrase: phrase.to_owned(),
                    qui: qui.map(str::to_owned),
                };
                Chronologie {
                    evenements: vec![
                        fait(
                            "24 novembre 2026 à 10 h 12",
                            "2026-11-24T10:12",
                            "Réponse envoyée",
                            Some("Claude Exemple"),
                        ),
                        fait("20 novembre 2026 à 9 h 00", "2026-11-20T09:00", "Accompagnement demandé", None),
                    ],
                }
            })],
        },
        Vitrine {
            id: "contact",
            nom: "Contact",
            pour: "qui appeler. Un nom, un téléphone, un délai promis.",
            contre: "une liste de personnes : des fiches.",
            etats: vec![etat!(
                "Complet",
                Contact {
                    nom: "Claude Exemple".to_owned(),
                    role: "suit votre secteur.".to_owned(),
                    telephone: Some("03 53 01 00 15".to_owned()),
                    courriel: Some("equipe@exemple.invalid".to_owned()),
                    note: Some("Vous pouvez aussi l’appeler.".to_owned()),
                }
            )],
        },
        Vitrine {
            id: "vide",
            nom: "État vide",
            pour: "dire pourquoi il n’y a rien, et quoi faire.",
            contre: "une recherche sans résultat due à une faute : proposer une autre écriture.",
            etats: vec![etat!(
                "Avec une action",
                EtatVide {
                    titre: "Aucun projet pour l’instant".to_owned(),
                    texte: "Décrivez votre idée : cinq minutes suffisent.".to_owned(),
                    action: Some(("Décrire un projet".to_owned(), "/projets/nouveau".to_owned())),
                }
            )],
        },
        Vitrine {
            id: "progression",
            nom: "Travail en cours",
            pour: "un import, une sauvegarde : plus de trois secondes.",
            contre: "une page ordinaire : elle doit être rapide. Il n’y a pas de page en gris qui attend : ce qui est montré reste, jusqu’à ce que la suite soit là.",
            etats: vec![
                etat!("Mesuré", Progression::nouvelle("import", "Lignes lues", 12_000, 30_000)),
                etat!("Sans mesure", Progression::inconnue("copie", "La sauvegarde se prépare")),
            ],
        },
        Vitrine {
            id: "terme",
            nom: "Mot expliqué",
            pour: "un mot du métier, la première fois, là où il est écrit.",
            contre: "chaque ligne ; un mot que l’on peut remplacer par un plus simple.",
            etats: vec![etat!("Dans une phrase (pressez le mot)", {
                let terme = Terme::de("plan-de-financement").map(|terme| terme.to_string()).unwrap_or_default();
                Html(format!("<p>Il faut un {terme} avant de demander l’aide.</p>"))
            })],
        },
    ]
}
