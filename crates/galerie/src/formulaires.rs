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
    cadre.formulaire_avec(Saisie::default().avec("cout-faux", "beaucoup"), erreurs)
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
            etats: vec![etat!("Vide", f.long("manque", "Ce qui manque, et pour qui", 600))],
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
            etats: vec![etat!("Fermée", {
                let themes = [OptionDeChamp::nouvelle("", "Tous"), OptionDeChamp::nouvelle("mobilite", "Mobilité")];
                f.selection("theme", "Thème", themes)
            })],
        },
        Vitrine {
            id: "fichier",
            nom: "Fichier",
            pour: "un document. Les types et le poids admis sont dits avant.",
            contre: "des données de santé ou d’identité.",
            etats: vec![etat!("Vide", f.fichier("piece", "Votre devis", &[Genre::Pdf, Genre::Png]))],
        },
    ]
}
