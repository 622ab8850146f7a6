//! Charts and maps, on invented figures.

use geo::{Carte, Point, Teintes};
use graphiques::{Barre, Barres, Courbes, Empilees, Flux, Legende, Lien, Part, Radar, Serie};
use web::Cadre;
use web::composants::Html;

use crate::vitrine::{Vitrine, etat};

fn mots(liste: &[&str]) -> Vec<String> {
    liste.iter().map(|mot| (*mot).to_owned()).collect()
}

fn legende(id: &str, titre: &str, phrase: &str) -> Legende {
    Legende::nouvelle(id, format!("{titre} (exemple)"), phrase)
}

fn barres() -> Vec<Barre> {
    [("Demandes reçues", 13), ("Demandes qui ont une réponse", 9), ("Projets décidés", 3), ("En activité", 1)]
        .map(|(libelle, nombre)| Barre::nouvelle(libelle, nombre, nombre.to_string()))
        .to_vec()
}

fn parts(valeurs: [i64; 3]) -> Vec<Part> {
    valeurs.map(|euros| Part::nouvelle(euros, format!("{euros}\u{a0}000\u{a0}€"))).to_vec()
}

fn liens() -> Vec<Lien> {
    let lien = |de, vers, milliers: i64| Lien::nouveau(de, vers, milliers, format!("{milliers}\u{a0}000\u{a0}€"));
    vec![
        lien("Département", "Café-épicerie", 30),
        lien("Région", "Café-épicerie", 12),
        lien("Commune", "Café-épicerie", 78),
        lien("Café-épicerie", "Travaux", 95),
        lien("Café-épicerie", "Équipement", 25),
    ]
}

/// Communes of the instance, shaded by an invented number.
fn teintee(cadre: &Cadre) -> Html {
    let perimetre = cadre.instance.perimetre();
    let valeur = |rang: usize| i64::try_from(rang * 7 % 23).unwrap_or(0);
    let valeurs: Vec<i64> = (0..perimetre.nombre()).map(valeur).collect();
    let teintes = Teintes::de(&valeurs, "Projets par commune");
    let mut carte = Carte::nouvelle("carte-teintee", "Projets par commune (exemple)", "Le tableau dit la même chose");
    for (rang, commune) in perimetre.communes().enumerate() {
        carte.commune(commune, teintes.classe(valeur(rang)), None);
    }
    Html(carte.legende(teintes).svg())
}

/// Points, gathered where they would hide one another.
fn pointee(cadre: &Cadre) -> Html {
    let instance = &cadre.instance;
    let mut carte = Carte::nouvelle("carte-points", "Acteurs (exemple)", "La liste dit la même chose");
    for (rang, commune) in instance.perimetre().communes().enumerate() {
        carte.commune(commune, "commune", None);
        let place = instance.referentiel().commune(commune).and_then(|c| c.mairie);
        if let (0, Some((lon, lat))) = (rang % 9, place) {
            carte.point(Point { lon, lat, titre: format!("Acteur {rang}"), lien: None, classe: "point" });
        }
    }
    Html(carte.svg())
}

pub(crate) fn vitrines(cadre: &Cadre) -> Vec<Vitrine> {
    vec![
        Vitrine {
            id: "barres",
            nom: "Barres",
            pour: "comparer quelques quantités. Le tableau est le dessin.",
            contre: "les parts d’un tout : barres empilées.",
            etats: vec![
                etat!(
                    "Barres",
                    Barres::nouvelles(
                        legende("barres-simples", "Projets", "Du plus grand au plus petit."),
                        ["Étape", "Projets"],
                        barres()
                    )
                ),
                etat!(
                    "Entonnoir",
                    Barres::nouvelles(
                        legende(
                            "barres-entonnoir",
                            "De la demande à l’activité",
                            "Neuf demandes sur treize ont une réponse."
                        ),
                        ["Étape", "Projets"],
                        barres()
                    )
                    .en_entonnoir()
                ),
            ],
        },
        Vitrine {
            id: "empilees",
            nom: "Barres empilées",
            pour: "qui paie quoi ; les parts d’un tout.",
            contre: "plus de six parts.",
            etats: vec![
                etat!(
                    "Un tout",
                    Empilees::nouvelles(
                        legende("empilee-seule", "Qui paie", "Il reste 78 000 € à payer."),
                        "Projet",
                        mots(&["Département", "Région", "Reste à payer"]),
                        vec![("Coût".to_owned(), parts([30, 12, 78]))]
                    )
                ),
                etat!(
                    "Deux scénarios",
                    Empilees::nouvelles(
                        legende("empilee-deux", "Avec et sans aide", "Sans aide, tout reste à payer."),
                        "Scénario",
                        mots(&["Département", "Région", "Reste à payer"]),
                        vec![("Avec aides".to_owned(), parts([30, 12, 78])), ("Sans".to_owned(), parts([0, 0, 120]))]
                    )
                ),
            ],
        },
        Vitrine {
            id: "courbes",
            nom: "Courbes",
            pour: "une quantité au fil du temps.",
            contre: "des choses sans ordre : des barres.",
            etats: vec![etat!(
                "Deux séries",
                Courbes::nouvelles(
                    legende("courbes-mois", "Demandes par mois", "Le plus haut est en mars."),
                    "Mois",
                    mots(&["janv.", "févr.", "mars", "avril", "mai", "juin"]),
                    vec![
                        Serie::nouvelle("Reçues", [1, 2, 9, 4, 4, 3]),
                        Serie::nouvelle("Répondues", [0, 2, 5, 6, 4, 3])
                    ]
                )
            )],
        },
        Vitrine {
            id: "radar",
            nom: "Radar",
            pour: "quelques notes sur une même échelle, avant et après.",
            contre: "comparer deux projets : un tableau.",
            etats: vec![etat!(
                "Avant, après",
                Radar::nouveau(
                    legende("radar-test", "Où en est le projet", "L’argent reste le point faible."),
                    mots(&["Besoin", "Partenaires", "Argent", "Local", "Équipe"]),
                    4,
                    vec![Serie::nouvelle("Avant", [1, 2, 0, 3, 2]), Serie::nouvelle("Après", [4, 3, 1, 3, 4])]
                )
            )],
        },
        Vitrine {
            id: "flux",
            nom: "Flux d’argent",
            pour: "d’où vient l’argent et où il va.",
            contre: "plus de douze sommes : un tableau.",
            etats: vec![etat!(
                "Un plan",
                Flux::nouveau(
                    legende("flux-plan", "D’où vient l’argent, où il va", "La commune paie le plus."),
                    &liens()
                )
            )],
        },
        Vitrine {
            id: "carte",
            nom: "Carte",
            pour: "dire où. Toujours avec sa liste ou son tableau.",
            contre: "comparer des quantités précises : un tableau.",
            etats: vec![etat!("Teintes et motifs", teintee(cadre)), etat!("Points regroupés", pointee(cadre))],
        },
    ]
}
