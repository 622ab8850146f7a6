//! A server-made SVG map: communes as shapes (links when asked), points. It has a title and a description with its figures;
//! its few links are reached with Tab, and the twin that the page puts after it (a table, a list) is one key away. Colours
//! and patterns are classes of the style sheet; nothing is styled inline (strict CSP).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use domain::code::CodeCommune;
use domain::referentiel::Referentiel;

use crate::contour::{Contours, Grille};
use crate::teintes::Teintes;

/// Width of the drawing, in its own units.
const LARGEUR: f64 = 600.0;
/// More links than that are left to the twin: nobody presses Tab through a whole département.
const ARRETS_AU_PLUS: usize = 24;
/// Points in the same square of this side are one circle with their number.
const MAILLE: i32 = 26;

/// One commune of the map.
#[derive(Clone, Debug)]
struct Forme {
    commune: CodeCommune,
    classe: &'static str,
    lien: Option<String>,
    nom: String,
    nombre: Option<i64>,
}

/// What is counted, in words: "acteur", "acteurs".
type Unite = (&'static str, &'static str);

/// A point with its label: one thing, or so many at the same place.
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
    /// How many it stands for.
    pub nombre: usize,
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
    unite: Unite,
    jumeau: Option<&'static str>,
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
            unite: ("", ""),
            jumeau: None,
        }
    }

    /// Shades and their legend; the communes were added with their classes.
    #[must_use]
    pub fn legende(mut self, teintes: Teintes) -> Self {
        self.teintes = Some(teintes);
        self
    }

    /// What the numbers of its communes count ("acteur", "acteurs").
    #[must_use]
    pub fn comptant(mut self, un: &'static str, plusieurs: &'static str) -> Self {
        self.unite = (un, plusieurs);
        self
    }

    /// The page says the same after the map, in this form ("le tableau", "la liste"): a link leads there.
    #[must_use]
    pub fn jumeau(mut self, quoi: &'static str) -> Self {
        self.jumeau = Some(quoi);
        self
    }

    /// Adds a commune, with its class and where it leads.
    pub fn commune(&mut self, commune: &CodeCommune, classe: &'static str, lien: Option<String>) -> &mut Self {
        self.ajouter(commune, classe, lien, None)
    }

    /// Adds a commune with its number, said when it is pointed at and in the description.
    pub fn commune_comptee(
        &mut self,
        commune: &CodeCommune,
        classe: &'static str,
        lien: Option<String>,
        nombre: i64,
    ) -> &mut Self {
        self.ajouter(commune, classe, lien, Some(nombre))
    }

    fn ajouter(
        &mut self,
        commune: &CodeCommune,
        classe: &'static str,
        lien: Option<String>,
        nombre: Option<i64>,
    ) -> &mut Self {
        let nom = Referentiel::embarque().nom_commune(commune).to_owned();
        self.formes.push(Forme { commune: commune.clone(), classe, lien, nom, nombre });
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
        let (id, liens) = (self.id, self.liens());
        self.ouvrir(&mut svg, &projection);
        if let Some(teintes) = &self.teintes {
            teintes.ecrire_motifs(&mut svg, id);
        }
        for (forme, anneaux) in &traces {
            self.ecrire_forme(&mut svg, &projection, (forme, liens), anneaux);
        }
        for groupe in groupes(&projection, &self.points) {
            ecrire_groupe(&mut svg, liens, &groupe);
        }
        svg.push_str("</svg>");
        if let Some(teintes) = &self.teintes {
            teintes.ecrire_legende(&mut svg, id);
        }
        svg.push_str("</figure>");
        if self.jumeau.is_some() {
            let _ = write!(svg, "<div id=\"{id}-suite\"></div>");
        }
        svg
    }

    /// Caption, way to the twin, then the drawing with its name and its figures.
    fn ouvrir(&self, svg: &mut String, projection: &Projection) {
        let (id, titre) = (self.id, echapper(&self.titre));
        let legende = format!("{titre}. {}.", echapper(&self.description));
        // Readers that do not tie a caption to its figure are told by the name (RGAA 1.9).
        let _ = write!(
            svg,
            "<figure class=\"tr-carte\" id=\"{id}\" role=\"figure\" aria-label=\"{legende}\"><figcaption>{legende}"
        );
        if let Some(quoi) = self.jumeau {
            let _ = write!(svg, " <a class=\"govuk-link tr-pas-imprime\" href=\"#{id}-suite\">Voir {quoi}</a>");
        }
        // An image has no parts for who hears it: with links, the drawing is a group.
        let role = if self.liens() == Liens::Aucun { "img" } else { "group" };
        let _ = write!(
            svg,
            "</figcaption><svg class=\"tr-carte-svg\" viewBox=\"0 0 {} {}\" role=\"{role}\" \
             aria-labelledby=\"{id}-titre\" aria-describedby=\"{id}-desc\" focusable=\"false\">\
             <title id=\"{id}-titre\">{titre}</title><desc id=\"{id}-desc\">{}</desc>",
            projection.largeur,
            projection.hauteur,
            echapper(&self.chiffres()),
        );
    }

    /// "591 communes, 31 avec des acteurs, le plus : Nancy, 14 acteurs."
    fn chiffres(&self) -> String {
        let mut phrase = accorder(self.formes.len(), ("commune", "communes"));
        let comptees = self.formes.iter().filter_map(|forme| Some((forme, forme.nombre.filter(|n| *n > 0)?)));
        let comptees: Vec<(&Forme, i64)> = comptees.collect();
        // The first one of the greatest: the order of the page decides, not the one of the iterator.
        let le_plus = comptees.iter().copied().rev().max_by_key(|(_, nombre)| *nombre);
        if let Some((forme, nombre)) = le_plus {
            let _ = write!(phrase, ", {} avec des {}", comptees.len(), self.unite.1);
            let _ = write!(phrase, ", le plus : {}, {}", forme.nom, self.compte(nombre));
        }
        // Circles that say how many are the figures of the communes once more.
        if !self.points.is_empty() && self.points.iter().all(|point| point.nombre == 1) {
            let _ = write!(phrase, ", {}", accorder(self.points.len(), ("point", "points")));
        }
        phrase + "."
    }

    fn compte(&self, nombre: i64) -> String {
        accorder(usize::try_from(nombre).unwrap_or(0), self.unite)
    }

    fn liens(&self) -> Liens {
        let formes = self.formes.iter().filter(|forme| forme.lien.is_some()).count();
        match formes + self.points.iter().filter(|point| point.lien.is_some()).count() {
            0 => Liens::Aucun,
            1..=ARRETS_AU_PLUS => Liens::AuClavier,
            _ => Liens::ALaSouris,
        }
    }

    fn ecrire_forme(
        &self,
        svg: &mut String,
        projection: &Projection,
        (forme, liens): (&Forme, Liens),
        anneaux: &[Vec<Grille>],
    ) {
        let chemin: String = anneaux.iter().map(|anneau| projection.chemin(anneau)).collect();
        if chemin.is_empty() {
            return;
        }
        let nombre = forme.nombre.map(|nombre| format!(" : {}", self.compte(nombre))).unwrap_or_default();
        let titre = echapper(&format!("{}{nombre}", forme.nom));
        ouvrir_lien(svg, liens, forme.lien.as_deref(), &titre);
        let motif = forme.classe.strip_prefix("teinte-");
        let motif = motif.map(|rang| format!(" fill=\"url(#{}-m{rang})\"", self.id)).unwrap_or_default();
        let _ = write!(svg, "<path class=\"{}\"{motif} d=\"{chemin}\"><title>{titre}</title></path>", forme.classe);
        fermer_lien(svg, forme.lien.as_deref());
    }
}

/// How the links of a map are reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Liens {
    Aucun,
    AuClavier,
    /// Too many for Tab: the twin is the way in.
    ALaSouris,
}

/// "1 acteur", "2 acteurs".
fn accorder(nombre: usize, (un, plusieurs): Unite) -> String {
    let chiffres = domain::cents::milliers(nombre as u64);
    format!("{chiffres}\u{a0}{}", if nombre < 2 { un } else { plusieurs })
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

    /// How many they stand for.
    fn nombre(&self) -> usize {
        self.points.iter().map(|point| point.nombre).sum()
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
fn ecrire_groupe(svg: &mut String, liens: Liens, groupe: &Groupe<'_>) {
    let (x, y) = groupe.milieu();
    if let [point] = groupe.points.as_slice()
        && point.nombre == 1
    {
        let titre = echapper(&point.titre);
        ouvrir_lien(svg, liens, point.lien.as_deref(), &titre);
        let _ = write!(
            svg,
            "<circle class=\"{}\" cx=\"{x}\" cy=\"{y}\" r=\"7\"><title>{titre}</title></circle>",
            point.classe
        );
        fermer_lien(svg, point.lien.as_deref());
        return;
    }
    let (nombre, classe) = (groupe.nombre(), groupe.points.first().map_or("", |point| point.classe));
    let rayon = match nombre {
        0..10 => 10,
        10..1_000 => 14,
        _ => 18,
    };
    let noms: Vec<String> = groupe.points.iter().take(5).map(|point| echapper(&point.titre)).collect();
    let suite = if groupe.points.len() > noms.len() { "…" } else { "" };
    let _ = write!(
        svg,
        "<g class=\"groupe {classe}\"><title>{}{suite}</title><circle cx=\"{x}\" cy=\"{y}\" r=\"{rayon}\"/><text x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{nombre}</text></g>",
        noms.join(", "),
        y + 4,
    );
}

fn ouvrir_lien(svg: &mut String, liens: Liens, lien: Option<&str>, titre: &str) {
    if let Some(lien) = lien {
        let arret = if liens == Liens::ALaSouris { " tabindex=\"-1\"" } else { "" };
        let _ = write!(svg, "<a href=\"{}\"{arret} aria-label=\"{titre}\">", echapper(lien));
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
mod tests;
