//! Extractors, layout and form components, error pages, security headers, the face of a feature
