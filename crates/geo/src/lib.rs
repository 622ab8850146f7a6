//! Contours, server-made SVG maps, GeoJSON
