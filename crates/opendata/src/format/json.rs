//! An array of objects, one a line.

use web::ouvert::{Case, Jeu};

use super::{Echec, Ecrivain, objet};

pub(super) struct Json {
    jeu: &'static Jeu,
    avant: &'static str,
}

impl Json {
    pub(super) fn nouveau(jeu: &'static Jeu) -> Self {
        Self { jeu, avant: "[\n" }
    }
}

impl Ecrivain for Json {
    fn lot(&mut self, lignes: Vec<Vec<Case>>) -> Result<Vec<u8>, Echec> {
        let mut texte = String::new();
        for ligne in lignes {
            texte.push_str(std::mem::replace(&mut self.avant, ",\n"));
            texte.push_str(&objet(self.jeu, &ligne));
        }
        Ok(texte.into_bytes())
    }

    fn fin(&mut self) -> Result<Vec<u8>, Echec> {
        let debut = if self.avant == "[\n" { "[\n" } else { "" };
        Ok(format!("{debut}\n]\n").into_bytes())
    }
}
