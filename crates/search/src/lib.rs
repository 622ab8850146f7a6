//! Full-text index in French with facets; plain structs in and out
