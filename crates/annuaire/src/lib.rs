//! Directory of the actors of the social and solidarity economy and of what they offer
