//! Accompaniment: request, promise, answer, recommendations, introductions
