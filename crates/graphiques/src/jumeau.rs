//! What drawings share: the patterns beside the colours, and the table that says the same.

use askama::Template;
use askama::filters::HtmlSafe;

/// Drawn over the colour of each series: it is told from the others without colour too.
const MOTIFS: [&str; SERIES_MAX] = [
    "",
    "<path class=\"tr-trait\" d=\"M-2 2l4-4M0 8l8-8M6 10l4-4\"/>",
    "<circle class=\"tr-point\" cx=\"4\" cy=\"4\" r=\"1.6\"/>",
    "<path class=\"tr-trait\" d=\"M0 4h8\"/>",
    "<path class=\"tr-trait\" d=\"M0 0l8 8M0 8l8-8\"/>",
    "<path class=\"tr-trait\" d=\"M4 0v8\"/>",
];

/// Series that an eye tells apart, by colour and by pattern.
pub const SERIES_MAX: usize = 6;

/// The patterns of a drawing, named `{id}-m1` to `{id}-m6`; the drawing fills its shapes with them.
#[derive(Template, Clone, Debug)]
#[template(path = "motifs.html")]
pub struct Motifs {
    id: String,
    motifs: Vec<&'static str>,
}

impl Motifs {
    /// As many as there are series.
    #[must_use]
    pub fn nouveaux(id: &str, nombre: usize) -> Self {
        Self { id: id.to_owned(), motifs: MOTIFS.into_iter().take(nombre).collect() }
    }
}

/// The table twin, folded under the drawing: one key away.
#[derive(Template, Clone, Debug)]
#[template(path = "jumeau.html")]
pub struct Jumeau {
    /// What it holds.
    pub titre: String,
    /// Headers.
    pub colonnes: Vec<String>,
    /// Rows; the first cell is the row's header.
    pub lignes: Vec<Vec<String>>,
}

impl HtmlSafe for Motifs {}
impl HtmlSafe for Jumeau {}

/// The rank of a series' pattern: after the last one, the first again.
pub(crate) fn motif(rang: usize) -> usize {
    rang % SERIES_MAX + 1
}
