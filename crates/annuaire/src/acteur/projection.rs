//! From facts to the projection: for each field, the value of the source that knows best. Pure.
