//! The screen of imports.
