//! Charts and maps, on invented figures.

use domain::cents::Cents;
use domain::code::CodeCommune;
use geo::{Carte, Contours, Point, Teintes};
use graphiques::{Barre, Barres, Courbes, Empilees, Flux, Legende, Lien, Part, Radar, Serie};
use web::Cadre;
use web::composants::{Cellule, Html, Tableau};

use crate::vitrine::{Vitrine, etat};

pub(crate) fn vitrines(cadre: &Cadre) -> Vec<Vitrine> {
    vec![
        Vitrine {
            id: "barres",
            nom: "Barres",
            pour: "comparer quelques quantités. Le tableau est le dessin.",
            contre: "les parts d’un tout : barres empilées.",
            etats: vec![
                etat!("Barres", {
                    let barre = |libelle, nombre: i64| Barre::nouvelle(libelle, nombre, nombre.to_string());
                    let legende =
                        Legende::nouvelle("barres-simples", "Projets (exemple)", "Du plus grand au plus petit.");
                    let lignes = vec![barre("Idée", 13), barre("Étude", 9), barre("Travaux", 3)];
                    Barres::nouvelles(legende, ["Étape", "Projets"], lignes)
                }),
                etat!("Entonnoir", {
                    let barre = |libelle, nombre: i64| Barre::nouvelle(libelle, nombre, nombre.to_string());
                    let phrase = "Neuf demandes sur treize ont une réponse.";
                    let legende = Legende::nouvelle("barres-entonnoir", "De la demande à l’activité (exemple)", phrase);
                    let lignes =
                        vec![barre("Demandes reçues", 13), barre("Avec une réponse", 9), barre("Projets décidés", 3)];
                    Barres::nouvelles(legende, ["Étape", "Projets"], lignes).en_entonnoir()
                }),
            ],
        },
        Vitrine {
            id: "empilees",
            nom: "Barres empilées",
            pour: "qui paie quoi ; les parts d’un tout.",
            contre: "plus de six parts.",
            etats: vec![
                etat!("Un tout", {
                    let parts =
                        [30_000, 12_000, 78_000].map(|euros| Part::nouvelle(euros, Cents::euros(euros).en_euros()));
                    let legende =
                        Legende::nouvelle("empilee-seule", "Qui paie (exemple)", "Il reste 78 000 € à payer.");
                    let noms = ["Département", "Région", "Reste à payer"].map(str::to_owned).to_vec();
                    Empilees::nouvelles(legende, "Projet", noms, vec![("Coût".to_owned(), parts.to_vec())])
                }),
                etat!("Deux scénarios", {
                    let parts = |euros: [i64; 3]| euros.map(|e| Part::nouvelle(e, Cents::euros(e).en_euros())).to_vec();
                    let phrase = "Sans aide, tout reste à payer.";
                    let legende = Legende::nouvelle("empilee-deux", "Avec et sans aide (exemple)", phrase);
                    let noms = ["Département", "Région", "Reste à payer"].map(str::to_owned).to_vec();
                    let (avec, sans) = (parts([30_000, 12_000, 78_000]), parts([0, 0, 120_000]));
                    let lignes = vec![("Avec aides".to_owned(), avec), ("Sans".to_owned(), sans)];
                    Empilees::nouvelles(legende, "Scénario", noms, lignes)
                }),
            ],
        },
        Vitrine {
            id: "courbes",
            nom: "Courbes",
            pour: "une quantité au fil du temps.",
            contre: "des choses sans ordre : des barres.",
            etats: vec![etat!("Deux séries", {
                let legende =
                    Legende::nouvelle("courbes-mois", "Demandes par mois (exemple)", "Le plus haut est en mars.");
                let mois = ["janv.", "févr.", "mars", "avril", "mai", "juin"].map(str::to_owned).to_vec();
                let recues = Serie::nouvelle("Reçues", [1, 2, 9, 4, 4, 3]);
                let repondues = Serie::nouvelle("Répondues", [0, 2, 5, 6, 4, 3]);
                Courbes::nouvelles(legende, "Mois", mois, vec![recues, repondues])
            })],
        },
        Vitrine {
            id: "radar",
            nom: "Radar",
            pour: "quelques notes sur une même échelle, avant et après.",
            contre: "comparer deux projets : un tableau.",
            etats: vec![etat!("Avant, après", {
                let phrase = "L’argent reste le point faible.";
                let legende = Legende::nouvelle("radar-test", "Où en est le projet (exemple)", phrase);
                let axes = ["Besoin", "Partenaires", "Argent", "Local", "Équipe"].map(str::to_owned).to_vec();
                let (avant, apres) =
                    (Serie::nouvelle("Avant", [1, 2, 0, 3, 2]), Serie::nouvelle("Après", [4, 3, 1, 3, 4]));
                Radar::nouveau(legende, axes, 4, vec![avant, apres])
            })],
        },
        Vitrine {
            id: "flux",
            nom: "Flux d’argent",
            pour: "d’où vient l’argent et où il va.",
            contre: "plus de douze sommes : un tableau.",
            etats: vec![etat!("Un plan", {
                let legende =
                    Legende::nouvelle("flux-plan", "D’où vient l’argent (exemple)", "La commune paie le plus.");
                let lien = |de, vers, euros| Lien::nouveau(de, vers, euros, Cents::euros(euros).en_euros());
                let liens = [
                    lien("Département", "Café-épicerie", 30_000),
                    lien("Région", "Café-épicerie", 12_000),
                    lien("Commune", "Café-épicerie", 78_000),
                    lien("Café-épicerie", "Travaux", 95_000),
                    lien("Café-épicerie", "Équipement", 25_000),
                ];
                Flux::nouveau(legende, &liens)
            })],
        },
        cartes(cadre),
    ]
}

/// A commune and those that touch it, shaded by an invented number; points, gathered where they would hide one another.
fn cartes(cadre: &Cadre) -> Vitrine {
    let instance = &cadre.instance;
    let voisines = |commune: &CodeCommune| Contours::embarques().voisines(commune);
    let communes: Vec<CodeCommune> =
        instance.perimetre().communes().map(voisines).find(|voisines| voisines.len() > 6).unwrap_or_default();
    Vitrine {
        id: "carte",
        nom: "Carte",
        pour: "dire où. Toujours avec sa liste ou son tableau, qu’un lien de la carte ouvre.",
        contre: "comparer des quantités précises : un tableau.",
        etats: vec![
            etat!("Teintes et motifs, et le tableau", {
                let nombres: Vec<i64> = (0..).map(|rang| rang * 7 % 23).take(communes.len()).collect();
                let teintes = Teintes::de(&nombres, "Projets par commune");
                let mut carte =
                    Carte::nouvelle("carte-teintee", "Projets par commune (exemple)", "Le tableau dit la même chose")
                        .comptant("projet", "projets")
                        .jumeau("le tableau");
                let mut lignes = Vec::new();
                for (commune, nombre) in communes.iter().zip(nombres) {
                    carte.commune_comptee(commune, teintes.classe(nombre), None, nombre);
                    let nom = instance.referentiel().nom_commune(commune);
                    lignes.push(vec![Cellule::texte(nom), Cellule::nombre(nombre.to_string())]);
                }
                let legende = "Projets par commune (exemple)".to_owned();
                let tableau = Tableau { legende, colonnes: ["Commune", "Projets"].map(str::to_owned).to_vec(), lignes };
                Html(format!("{}{tableau}", carte.legende(teintes).svg()))
            }),
            etat!("Points regroupés, et la liste", {
                let mut carte = Carte::nouvelle("carte-points", "Acteurs (exemple)", "La liste dit la même chose")
                    .jumeau("la liste");
                let mut liste = Vec::new();
                for (rang, commune) in communes.iter().enumerate() {
                    carte.commune(commune, "commune", None);
                    let place = instance.referentiel().commune(commune).and_then(|c| c.mairie);
                    for numero in 0..=rang % 3 {
                        let Some((lon, lat)) = place else { continue };
                        let titre = format!("Acteur {}", 10 * rang + numero);
                        liste.push(format!("<li>{titre}, {}</li>", instance.referentiel().nom_commune(commune)));
                        carte.point(Point { lon, lat, titre, lien: None, classe: "point", nombre: 1 });
                    }
                }
                Html(format!("{}<ul class=\"govuk-list\">{}</ul>", carte.svg(), liste.concat()))
            }),
        ],
    }
}
