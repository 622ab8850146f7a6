//! Levers: what helps a project, for whom, on which conditions, with reasons
