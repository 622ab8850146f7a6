//! A project described, seen, published
