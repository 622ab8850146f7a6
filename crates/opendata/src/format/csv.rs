//! CSV as OpenDataFrance asks ("Produire un fichier CSV de qualité", 2022) and as RFC 4180 writes it: UTF-8, comma, CRLF, one
//! header, decimal point, ISO dates. Not the CSV of the site's own spreadsheets, which is made for French Excel.

use web::ouvert::{Case, Jeu};

use super::{Echec, Ecrivain};

pub(super) struct Csv {
    entete: Option<Vec<&'static str>>,
}

impl Csv {
    pub(super) fn nouveau(jeu: &'static Jeu) -> Self {
        Self { entete: Some(jeu.colonnes.iter().map(|colonne| colonne.nom).collect()) }
    }

    fn ecrire(&mut self, lignes: &[Vec<Case>]) -> Result<Vec<u8>, Echec> {
        let echec = |erreur: csv::Error| Echec(erreur.to_string());
        let mut sortie = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        if let Some(entete) = self.entete.take() {
            sortie.write_record(entete).map_err(echec)?;
        }
        for ligne in lignes {
            sortie.write_record(ligne.iter().map(texte)).map_err(echec)?;
        }
        sortie.into_inner().map_err(|erreur| Echec(erreur.to_string()))
    }
}

fn texte(case: &Case) -> String {
    match case {
        Case::Vide => String::new(),
        Case::Texte(texte) => texte.clone(),
        Case::Decimal(nombre) => nombre.to_string(),
        Case::Booleen(vrai) => vrai.to_string(),
        Case::Date(date) => date.to_string(),
    }
}

impl Ecrivain for Csv {
    fn lot(&mut self, lignes: Vec<Vec<Case>>) -> Result<Vec<u8>, Echec> {
        self.ecrire(&lignes)
    }

    fn fin(&mut self) -> Result<Vec<u8>, Echec> {
        self.ecrire(&[])
    }
}
