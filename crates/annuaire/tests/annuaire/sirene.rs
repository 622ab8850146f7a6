//! Sirene files written by hand for the tests: invented bodies, real columns.

use annuaire::generateur;
use annuaire::import::fichier::{Contenu, FichierRecu};

/// A file in memory.
pub(crate) fn recu(nom: &str, octets: impl Into<Vec<u8>>) -> FichierRecu {
    FichierRecu { nom: nom.to_owned(), contenu: Contenu::Octets(octets.into()) }
}

/// A legal unit.
#[derive(Clone, Debug)]
pub(crate) struct Unite {
    pub(crate) rang: u32,
    pub(crate) nom: &'static str,
    pub(crate) etat: &'static str,
    pub(crate) diffusion: &'static str,
    pub(crate) rna: &'static str,
}

/// An active association of the ESS.
pub(crate) fn unite(rang: u32, nom: &'static str) -> Unite {
    Unite { rang, nom, etat: "A", diffusion: "O", rna: "" }
}

/// An establishment.
#[derive(Clone, Debug)]
pub(crate) struct Lieu {
    pub(crate) rang: u32,
    pub(crate) nic: u32,
    pub(crate) commune: &'static str,
    pub(crate) postal: &'static str,
    pub(crate) nom_commune: &'static str,
    pub(crate) siege: bool,
    pub(crate) etat: &'static str,
}

/// The open seat of a unit, in Toul.
pub(crate) fn lieu(rang: u32, nic: u32) -> Lieu {
    Lieu { rang, nic, commune: "54528", postal: "54200", nom_commune: "TOUL", siege: true, etat: "A" }
}

/// The file of legal units of a stock of that day.
pub(crate) fn unites(jour: &str, unites: &[Unite]) -> FichierRecu {
    let mut texte =
        "siren,statutDiffusionUniteLegale,identifiantAssociationUniteLegale,dateDernierTraitementUniteLegale,\
                     etatAdministratifUniteLegale,denominationUniteLegale,categorieJuridiqueUniteLegale,\
                     activitePrincipaleUniteLegale,nomenclatureActivitePrincipaleUniteLegale,\
                     economieSocialeSolidaireUniteLegale\n"
            .to_owned();
    for u in unites {
        let siren = generateur::siren(u.rang);
        texte +=
            &format!("{siren},{},{},{jour}T10:00:00,{},{},9220,47.79Z,NAFRev2,O\n", u.diffusion, u.rna, u.etat, u.nom);
    }
    recu("StockUniteLegale_utf8.csv", texte)
}

/// The file of establishments of a stock of that day.
pub(crate) fn lieux(jour: &str, lieux: &[Lieu]) -> FichierRecu {
    let mut texte = "siret,statutDiffusionEtablissement,dateDernierTraitementEtablissement,etablissementSiege,\
                     numeroVoieEtablissement,typeVoieEtablissement,libelleVoieEtablissement,codePostalEtablissement,\
                     libelleCommuneEtablissement,codeCommuneEtablissement,etatAdministratifEtablissement,\
                     enseigne1Etablissement,activitePrincipaleEtablissement,nomenclatureActivitePrincipaleEtablissement\n"
        .to_owned();
    for l in lieux {
        let siret = generateur::siret(l.rang, l.nic);
        texte += &format!(
            "{siret},O,{jour}T10:00:00,{},8,RUE,DU LAVOIR,{},{},{},{},ENSEIGNE,47.79Z,NAFRev2\n",
            l.siege, l.postal, l.nom_commune, l.commune, l.etat
        );
    }
    recu("StockEtablissement_utf8.csv", texte)
}

/// A link: from and to (unit, number of the establishment), day, seat moved.
pub(crate) type Lien<'a> = ((u32, u32), (u32, u32), &'a str, bool);

/// The file of succession links.
pub(crate) fn liens(liens: &[Lien<'_>]) -> FichierRecu {
    let mut texte = "siretEtablissementPredecesseur,siretEtablissementSuccesseur,dateLienSuccession,transfertSiege,\
                     continuiteEconomique,dateDernierTraitementLienSuccession\n"
        .to_owned();
    for ((de, nic), (vers, autre), le, siege) in liens {
        let (avant, apres) = (generateur::siret(*de, *nic), generateur::siret(*vers, *autre));
        texte += &format!("{avant},{apres},{le},{siege},true,{le}T10:00:00\n");
    }
    recu("StockEtablissementLiensSuccession_utf8.csv", texte)
}
