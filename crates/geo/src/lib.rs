//! Contours of every commune and server-made SVG maps, readable without script, by a screen reader and on paper.
//!
//! - [`contour`]: the embedded topology (arcs shared by neighbours) and what is read from it.
//! - [`carte`]: an SVG map of any set of communes, with links, classes and points; points that would hide one another are gathered.
//! - [`teintes`]: shades of a choropleth, each with its pattern, and their legend.
//! - [`geojson`]: contours for the live map.
//! - [`distance`]: kilometres between two places, the nearest of many.
//! - [`lambert`]: points of official files, in the projection of the mainland, as longitude and latitude.

pub mod carte;
pub mod contour;
pub mod distance;
pub mod geojson;
pub mod lambert;
pub mod teintes;

pub use carte::{Carte, Point};
pub use contour::Contours;
pub use teintes::Teintes;
