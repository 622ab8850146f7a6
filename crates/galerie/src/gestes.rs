//! Buttons, links, disclosure, dialogue, tabs.

use web::Cadre;
use web::composants::{Bouton, Depliant, Dialogue, Html, Onglets, Poids, Signe};

use crate::vitrine::{Vitrine, etat};

pub(crate) fn vitrines(_cadre: &Cadre) -> Vec<Vitrine> {
    vec![
        Vitrine {
            id: "bouton",
            nom: "Bouton",
            pour: "envoyer un formulaire, commencer une démarche.",
            contre: "aller lire une page : un lien suffit.",
            etats: vec![
                etat!("Principal", Bouton::envoyer("Enregistrer")),
                etat!("Secondaire", Bouton::envoyer("Voir l’aperçu").poids(Poids::Secondaire).valeur("acte", "apercu")),
                etat!("Grave : termine ou efface", Bouton::envoyer("Effacer mon compte").poids(Poids::Grave)),
                etat!(
                    "Léger, dans une liste",
                    Bouton::envoyer("Retirer").poids(Poids::Leger).precision("le devis de toiture")
                ),
                etat!("Avec un signe", Bouton::aller("Décrire un projet", "/projets/nouveau").signe(Signe::Pousse)),
                etat!("Imprimer", Bouton::imprimer()),
            ],
        },
        Vitrine {
            id: "depliant",
            nom: "Dépliant",
            pour: "un détail que peu de gens lisent : une source, un refus, un réglage rare.",
            contre: "ce que tout le monde doit voir ; un champ obligatoire.",
            etats: vec![
                etat!(
                    "Fermé",
                    Depliant::nouveau("D’où viennent ces informations", Html("<p>De la base Sirene.</p>".to_owned()))
                ),
                etat!(
                    "Ouvert",
                    Depliant::nouveau("Plus de filtres", Html("<p>Intercommunalité, forme.</p>".to_owned())).ouvert()
                ),
            ],
        },
        Vitrine {
            id: "dialogue",
            nom: "Dialogue",
            pour: "une précision à lire sans quitter la page.",
            contre: "demander « êtes-vous sûr ? » : faites, puis proposez d’annuler.",
            etats: vec![etat!(
                "Fermé (pressez le bouton)",
                Dialogue {
                    id: "dialogue-delai".to_owned(),
                    bouton: "Comment le délai est compté".to_owned(),
                    titre: "Le délai de réponse".to_owned(),
                    corps: Html(
                        "<p>En jours ouvrés. Il s’arrête quand un élément est attendu de la commune.</p>".to_owned()
                    ),
                }
            )],
        },
        Vitrine {
            id: "onglets",
            nom: "Onglets",
            pour: "plusieurs vues de la même chose, chacune avec son adresse.",
            contre: "les étapes d’une démarche ; plus de six vues.",
            etats: vec![etat!(
                "Deux vues",
                Onglets::nouveaux("Vue", &[("Liste", "/annuaire"), ("Carte", "/annuaire?vue=carte")], "/annuaire")
            )],
        },
    ]
}
