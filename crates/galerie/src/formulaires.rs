//! Fields, each tied to its label, its help and its error.

use platform::fichiers::Genre;
use web::composants::OptionDeChamp;
use web::formulaire::Erreurs;
use web::{Cadre, Formulaire, Saisie};

use crate::vitrine::{Vitrine, etat};

/// A form that came back with errors: its summary stands on top of the page, as everywhere.
pub(crate) fn en_erreur(cadre: &Cadre) -> Formulaire {
    let mut erreurs = Erreurs::default();
    erreurs.ajouter("titre-faux", "Donnez un titre à votre projet.");
    erreurs.ajouter("cout-faux", "Écrivez un montant en euros, par exemple 45 000 ou 45 000,50.");
    erreurs.ajouter("manque-faux", "C’est trop court : écrivez au moins 10\u{a0}caractères.");
    erreurs.ajouter("etape-fausse", "Choisissez une étape.");
    erreurs.ajouter("theme-faux", "Choisissez un thème dans la liste.");
    erreurs.ajouter("piece-fausse", "Ce fichier n’est pas du bon type. Types acceptés : pdf, png.");
    cadre.formulaire_avec(Saisie::default().avec("cout-faux", "beaucoup").avec("manque-faux", "Rien"), erreurs)
}

pub(crate) fn vitrines(cadre: &Cadre) -> Vec<Vitrine> {
    let f = cadre.formulaire_avec(Saisie::default().avec("etape", "etude"), Erreurs::default());
    let faux = en_erreur(cadre);
    vec![
        Vitrine {
            id: "texte",
            nom: "Champ de texte",
            pour: "une réponse d’une ligne. La largeur dit la longueur attendue.",
            contre: "un choix connu d’avance : boutons radio ou liste.",
            etats: vec![
                etat!("Avec aide", f.texte("titre", "Titre court").aide("Dix mots au plus.")),
                etat!("En erreur", faux.texte("titre-faux", "Titre court").aide("Dix mots au plus.")),
                etat!("Courriel", f.texte("courriel", "Votre adresse de courriel").courriel()),
                etat!("Téléphone", f.texte("telephone", "Téléphone").telephone()),
                etat!("Date", f.texte("date", "Date souhaitée").date()),
                etat!("Montant", f.texte("cout", "Combien cela coûterait-il ?").montant()),
                etat!("Montant en erreur", faux.texte("cout-faux", "Combien cela coûterait-il ?").montant()),
                etat!("Commune", f.texte("commune", "Commune").commune().aide("Le nom, ou le code postal.")),
                etat!("Structure de l’annuaire", f.texte("structure", "Nom de la structure").structure()),
            ],
        },
        Vitrine {
            id: "long",
            nom: "Champ long",
            pour: "quelques phrases. Le compte des caractères se met à jour.",
            contre: "un texte mis en forme.",
            etats: vec![
                etat!("Vide", f.long("manque", "Ce qui manque, et pour qui", 600)),
                etat!("En erreur", faux.long("manque-faux", "Ce qui manque, et pour qui", 600)),
                etat!("Sans réseau, pour un agent", f.long("note", "Noter un entretien", 3_000).hors_ligne()),
            ],
        },
        Vitrine {
            id: "garde",
            nom: "Texte gardé en tapant",
            pour: "un long texte : il est gardé par le site, et se retrouve au retour. Une ligne dans le formulaire.",
            contre: "un mot de passe, un code, une donnée de santé ; un formulaire de deux champs.",
            etats: vec![etat!("À mettre dans le formulaire : rien ne se voit avant la première lettre", {
                f.caches_gardes("/composants/formulaires")
            })],
        },
        Vitrine {
            id: "choix",
            nom: "Boutons radio et cases",
            pour: "moins de dix choix, tous visibles. Radio : un seul. Cases : autant qu’on veut.",
            contre: "une longue liste connue de l’agent : liste repliée.",
            etats: vec![
                etat!("Un seul", {
                    let etapes = [
                        OptionDeChamp::nouvelle("idee", "Idée"),
                        OptionDeChamp::nouvelle("etude", "Étude").aide("Quelqu’un regarde si c’est possible."),
                    ];
                    f.radios("etape", "Étape", etapes)
                }),
                etat!("Plusieurs", {
                    let besoins = [("argent", "De l’argent"), ("conseil", "Un conseil"), ("local", "Un local")];
                    let besoins = besoins.map(|(valeur, mots)| OptionDeChamp::nouvelle(valeur, mots));
                    f.cases("besoins", "Besoins", besoins).aide("Plusieurs réponses possibles.")
                }),
                etat!("Par groupes", {
                    let themes = [
                        OptionDeChamp::nouvelle("commerce", "Commerce, café").groupe("Accès aux services"),
                        OptionDeChamp::nouvelle("mobilite", "Mobilité"),
                        OptionDeChamp::nouvelle("reemploi", "Réemploi, déchets").groupe("Transition écologique"),
                        OptionDeChamp::nouvelle("foret", "Forêt, bois"),
                    ];
                    f.cases("themes", "De quoi s’agit-il ?", themes)
                }),
                etat!("En erreur", {
                    let etapes = [OptionDeChamp::nouvelle("idee", "Idée"), OptionDeChamp::nouvelle("etude", "Étude")];
                    faux.radios("etape-fausse", "Étape du projet", etapes)
                }),
                etat!("Sur une ligne", {
                    let reponses = [OptionDeChamp::nouvelle("oui", "Oui"), OptionDeChamp::nouvelle("non", "Non")];
                    f.radios("maire", "Le maire est-il informé ?", reponses).en_ligne()
                }),
            ],
        },
        Vitrine {
            id: "selection",
            nom: "Liste repliée",
            pour: "un filtre ; plus de dix choix courts.",
            contre: "une question posée à un habitant : il ne voit pas ses choix.",
            etats: vec![
                etat!("Fermée", {
                    let themes = [OptionDeChamp::nouvelle("", "Tous"), OptionDeChamp::nouvelle("mobilite", "Mobilité")];
                    f.selection("theme", "Thème", themes)
                }),
                etat!("Avec ce que chaque choix donnerait (un filtre)", {
                    let themes = [("", "Tous (48)"), ("mobilite", "Mobilité (12)"), ("foret", "Forêt, bois (0)")];
                    let themes = themes.map(|(valeur, mots)| OptionDeChamp::nouvelle(valeur, mots));
                    f.selection("facette", "Thème des structures", themes).aide("La liste suit dès que l’on choisit.")
                }),
                etat!("En erreur", {
                    let themes =
                        [OptionDeChamp::nouvelle("", "Choisir"), OptionDeChamp::nouvelle("mobilite", "Mobilité")];
                    faux.selection("theme-faux", "Thème", themes)
                }),
            ],
        },
        Vitrine {
            id: "fichier",
            nom: "Fichier",
            pour: "un document. Les types et le poids admis sont dits avant.",
            contre: "des données de santé ou d’identité.",
            etats: vec![
                etat!("Vide", f.fichier("piece", "Votre devis", &[Genre::Pdf, Genre::Png])),
                etat!("En erreur", faux.fichier("piece-fausse", "Votre devis", &[Genre::Pdf, Genre::Png])),
            ],
        },
        Vitrine {
            id: "resume-erreurs",
            nom: "Résumé des erreurs",
            pour: "le haut d’une page refusée, une seule fois : un lien par erreur, lu d’abord.",
            contre: "une erreur seule, à côté de son champ : les deux vont ensemble.",
            etats: vec![etat!("Sans erreur : rien. Avec erreurs : voir le haut de cette page", f.resume())],
        },
    ]
}
