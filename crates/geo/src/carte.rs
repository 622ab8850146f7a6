//! A server-made SVG map: communes as shapes (links when asked), points. The drawing is for the eye and the mouse; its
//! caption and the table twin that the page puts beside it say the same to everyone. Colours and
//! patterns are classes of the style sheet; nothing is styled inline (strict CSP).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use domain::code::CodeCommune;
use domain::referentiel::Referentiel;

use crate::contour::{Contours, Grille};
use crate::teintes::Teintes;

/// Width of the drawing, in its own units.
const LARGEUR: f64 = 600.0;
/// Points in the same square of this side are one circle with their number.
const MAILLE: i32 = 26;

/// One commune of the map.
#[derive(Clone, Debug)]
struct Forme {
    commune: CodeCommune,
    classe: &'static str,
    lien: Option<String>,
    titre: String,
}

/// A point with its label.
#[derive(Clone, Debug)]
pub struct Point {
    /// Longitude, WGS84.
    pub lon: f64,
    /// Latitude, WGS84.
    pub lat: f64,
    /// What it is.
    pub titre: String,
    /// Where it leads.
    pub lien: Option<String>,
    /// Class of the style sheet.
    pub classe: &'static str,
}

/// A map being made.
#[derive(Clone, Debug)]
pub struct Carte {
    id: &'static str,
    titre: String,
    description: String,
    formes: Vec<Forme>,
    points: Vec<Point>,
    teintes: Option<Teintes>,
}

impl Carte {
    /// An empty map; `id` is unique in the page.
    #[must_use]
    pub fn nouvelle(id: &'static str, titre: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            id,
            titre: titre.into(),
            description: description.into(),
            formes: Vec::new(),
            points: Vec::new(),
            teintes: None,
        }
    }

    /// Shades and their legend; the communes were added with their classes.
    #[must_use]
    pub fn legende(mut self, teintes: Teintes) -> Self {
        self.teintes = Some(teintes);
        self
    }

    /// Adds a commune, with its class and where it leads.
    pub fn commune(&mut self, commune: &CodeCommune, classe: &'static str, lien: Option<String>) -> &mut Self {
        let titre = Referentiel::embarque().nom_commune(commune).to_owned();
        self.formes.push(Forme { commune: commune.clone(), classe, lien, titre });
        self
    }

    /// Adds a point.
    pub fn point(&mut self, point: Point) -> &mut Self {
        self.points.push(point);
        self
    }

    /// The SVG text; empty when no commune has a contour.
    #[must_use]
    pub fn svg(&self) -> String {
        let contours = Contours::embarques();
        let traces: Vec<(&Forme, Vec<Vec<Grille>>)> =
            self.formes.iter().map(|forme| (forme, contours.anneaux(&forme.commune))).collect();
        let tous = traces.iter().flat_map(|(_, anneaux)| anneaux.iter().flatten().copied());
        let Some(projection) = Projection::sur(tous) else {
            return String::new();
        };
        let mut svg = String::with_capacity(64 * 1024);
        let id = self.id;
        let _ = write!(
            svg,
            "<figure class=\"tr-carte\" id=\"{id}\"><figcaption>{}. {}</figcaption>\
             <svg class=\"tr-carte-svg\" viewBox=\"0 0 {} {}\" aria-hidden=\"true\" focusable=\"false\">",
            echapper(&self.titre),
            echapper(&self.description),
            projection.largeur,
            projection.hauteur,
        );
        if let Some(teintes) = &self.teintes {
            teintes.ecrire_motifs(&mut svg, id);
        }
        for (forme, anneaux) in &traces {
            ecrire_forme(&mut svg, &projection, (id, forme), anneaux);
        }
        for groupe in groupes(&projection, &self.points) {
            ecrire_groupe(&mut svg, &groupe);
        }
        svg.push_str("</svg>");
        if let Some(teintes) = &self.teintes {
            teintes.ecrire_legende(&mut svg, id);
        }
        svg.push_str("</figure>");
        svg
    }
}

fn ecrire_forme(svg: &mut String, projection: &Projection, (id, forme): (&str, &Forme), anneaux: &[Vec<Grille>]) {
    let chemin: String = anneaux.iter().map(|anneau| projection.chemin(anneau)).collect();
    if chemin.is_empty() {
        return;
    }
    let titre = echapper(&forme.titre);
    ouvrir_lien(svg, forme.lien.as_deref(), &titre);
    let motif =
        forme.classe.strip_prefix("teinte-").map(|rang| format!(" fill=\"url(#{id}-m{rang})\"")).unwrap_or_default();
    let _ = write!(svg, "<path class=\"{}\"{motif} d=\"{chemin}\"><title>{titre}</title></path>", forme.classe);
    fermer_lien(svg, forme.lien.as_deref());
}

/// Points of the same square.
#[derive(Default)]
struct Groupe<'a> {
    places: Vec<(i32, i32)>,
    points: Vec<&'a Point>,
}

impl Groupe<'_> {
    /// In the middle of its points.
    fn milieu(&self) -> (i32, i32) {
        let nombre = i32::try_from(self.places.len()).unwrap_or(i32::MAX).max(1);
        let (x, y) = self.places.iter().fold((0, 0), |(x, y), place| (x + place.0, y + place.1));
        (x / nombre, y / nombre)
    }
}

fn groupes<'a>(projection: &Projection, points: &'a [Point]) -> Vec<Groupe<'a>> {
    let mut mailles: BTreeMap<(i32, i32), Groupe<'a>> = BTreeMap::new();
    for point in points {
        let place = projection.degres(point.lon, point.lat);
        let groupe = mailles.entry((place.1.div_euclid(MAILLE), place.0.div_euclid(MAILLE))).or_default();
        groupe.places.push(place);
        groupe.points.push(point);
    }
    mailles.into_values().collect()
}

/// A point leads somewhere; a group says how many and names the first ones.
fn ecrire_groupe(svg: &mut String, groupe: &Groupe<'_>) {
    let (x, y) = groupe.milieu();
    if let [point] = groupe.points.as_slice() {
        let titre = echapper(&point.titre);
        ouvrir_lien(svg, point.lien.as_deref(), &titre);
        let _ = write!(
            svg,
            "<circle class=\"{}\" cx=\"{x}\" cy=\"{y}\" r=\"7\"><title>{titre}</title></circle>",
            point.classe
        );
        fermer_lien(svg, point.lien.as_deref());
        return;
    }
    let nombre = groupe.points.len();
    let rayon = if nombre < 10 { 10 } else { 14 };
    let noms: Vec<String> = groupe.points.iter().take(5).map(|point| echapper(&point.titre)).collect();
    let suite = if nombre > noms.len() { "…" } else { "" };
    let _ = write!(
        svg,
        "<g class=\"groupe\"><title>{}{suite}</title><circle cx=\"{x}\" cy=\"{y}\" r=\"{rayon}\"/><text x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{nombre}</text></g>",
        noms.join(", "),
        y + 4,
    );
}

/// Links of a map are not stops of the keyboard: the table twin beside the map is the way in.
fn ouvrir_lien(svg: &mut String, lien: Option<&str>, titre: &str) {
    if let Some(lien) = lien {
        let _ = write!(svg, "<a href=\"{}\" tabindex=\"-1\" aria-label=\"{titre}\">", echapper(lien));
    }
}

fn fermer_lien(svg: &mut String, lien: Option<&str>) {
    if lien.is_some() {
        svg.push_str("</a>");
    }
}

/// Equirectangular at the latitude of the drawing: the error inside a département is below a pixel.
struct Projection {
    x0: f64,
    y0: f64,
    cosinus: f64,
    echelle: f64,
    largeur: i32,
    hauteur: i32,
}

impl Projection {
    fn sur(points: impl Iterator<Item = Grille>) -> Option<Self> {
        let (x0, x1, y0, y1) = points.fold(None, |cadre: Option<(i32, i32, i32, i32)>, (x, y)| {
            Some(cadre.map_or((x, x, y, y), |(a, b, c, d)| (a.min(x), b.max(x), c.min(y), d.max(y))))
        })?;
        let cosinus = (f64::from(y0 + y1) / 20_000.0).to_radians().cos();
        let largeur_degres = (f64::from(x1 - x0) * cosinus).max(1.0);
        let hauteur_degres = f64::from(y1 - y0).max(1.0);
        let echelle = LARGEUR / largeur_degres.max(hauteur_degres);
        Some(Self {
            x0: f64::from(x0),
            y0: f64::from(y1),
            cosinus,
            echelle,
            largeur: entier(largeur_degres * echelle) + 2,
            hauteur: entier(hauteur_degres * echelle) + 2,
        })
    }

    fn pixel(&self, (x, y): Grille) -> (i32, i32) {
        let px = (f64::from(x) - self.x0) * self.cosinus * self.echelle + 1.0;
        let py = (self.y0 - f64::from(y)) * self.echelle + 1.0;
        (entier(px), entier(py))
    }

    fn degres(&self, lon: f64, lat: f64) -> (i32, i32) {
        self.pixel((entier(lon * 10_000.0), entier(lat * 10_000.0)))
    }

    /// Relative path, points on the same pixel left out: neighbours round the shared border to the same pixels.
    fn chemin(&self, anneau: &[Grille]) -> String {
        let mut chemin = String::new();
        let mut avant: Option<(i32, i32)> = None;
        for point in anneau.iter().map(|p| self.pixel(*p)) {
            match avant {
                None => {
                    let _ = write!(chemin, "M{} {}", point.0, point.1);
                }
                Some(precedent) if precedent == point => continue,
                Some((x, y)) => {
                    let _ = write!(chemin, "l{} {}", point.0 - x, point.1 - y);
                }
            }
            avant = Some(point);
        }
        chemin.push('z');
        chemin
    }
}

#[expect(clippy::cast_possible_truncation, reason = "pixels of a drawing: a few hundred")]
fn entier(valeur: f64) -> i32 {
    valeur.round() as i32
}

pub(crate) fn echapper(texte: &str) -> String {
    texte.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carte_de(code: &str) -> String {
        let referentiel = Referentiel::embarque();
        let collectivite = referentiel.collectivite(code).unwrap();
        let perimetre = collectivite.perimetre(referentiel);
        let mut carte = Carte::nouvelle("carte", collectivite.nom, "Les communes");
        for commune in perimetre.communes() {
            carte.commune(commune, "commune", Some(format!("/communes/{commune}")));
        }
        carte.svg()
    }

    #[test]
    fn toute_collectivite_a_sa_carte_legere() {
        for code in ["54", "35", "6AE", "20R", "69M", "69D", "974", "75", "976", "62"] {
            let svg = carte_de(code);
            assert!(svg.contains("<path"), "{code}");
            assert!(svg.len() < 260_000, "{code} : {} octets", svg.len());
        }
        let svg = carte_de("54");
        assert!(svg.len() < 160_000, "54 : {} octets", svg.len());
        assert_eq!(svg.matches("<path").count(), 591);
    }

    #[test]
    fn des_points_qui_se_cachent_font_un_groupe() {
        let mut carte = Carte::nouvelle("c", "t", "d");
        carte.commune(&"54129".parse().unwrap(), "commune", None);
        let point = |titre: &str, lon| Point { lon, lat: 48.58, titre: titre.to_owned(), lien: None, classe: "point" };
        carte.point(point("Un", 6.93)).point(point("Deux", 6.9301)).point(point("Trois", 6.99));
        let svg = carte.svg();
        assert_eq!(svg.matches("class=\"groupe\"").count(), 1, "{svg}");
        assert!(svg.contains("<title>Un, Deux</title>") && svg.contains(">2</text>"), "{svg}");
        assert_eq!(svg.matches("class=\"point\"").count(), 1);
    }

    #[test]
    fn une_carte_sans_commune_est_vide() {
        assert_eq!(Carte::nouvelle("c", "t", "d").svg(), "");
    }

    #[test]
    fn un_titre_hostile_est_echappe() {
        let mut carte = Carte::nouvelle("c", "<script>", "\"");
        carte.commune(&"54129".parse().unwrap(), "commune", None);
        assert!(!carte.svg().contains("<script>"));
    }
}
