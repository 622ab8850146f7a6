//! Where one is: breadcrumb, steps.

use web::Cadre;
use web::composants::{Etapes, FilAriane};

use crate::vitrine::{Vitrine, etat};

pub(crate) fn vitrines(_cadre: &Cadre) -> Vec<Vitrine> {
    vec![
        Vitrine {
            id: "fil",
            nom: "Fil d’Ariane",
            pour: "une page sous une autre.",
            contre: "une démarche : des étapes.",
            etats: vec![etat!("Deux niveaux", FilAriane::nouveau(&[("Communes", "/communes")], "Cirey-sur-Vezouze"))],
        },
        Vitrine {
            id: "etapes",
            nom: "Étapes",
            pour: "une démarche de deux à cinq écrans : dire où l’on est et ce qui reste.",
            contre: "des vues que l’on ouvre dans n’importe quel ordre : des onglets.",
            etats: vec![
                etat!("Au début", Etapes::nouvelles(&["Votre idée", "Où vous en êtes", "Ce qui peut aider"], 1)),
                etat!("À la fin", Etapes::nouvelles(&["Votre idée", "Où vous en êtes", "Ce qui peut aider"], 3)),
            ],
        },
    ]
}
