//! Which territory: its communes today, and the list of the directory that says the same.

use domain::code::CodeCommune;
use domain::referentiel::canton::{self, Canton};
use domain::referentiel::{Epci, Resolution};
use domain::vocabulaire;
use platform::ReadTx;
use socle::secteur;
use web::{Erreur, Instance};

use crate::liste::filtres::Filtres;

vocabulaire! {
    /// Kind of a territory, as in the address.
    Genre {
        Commune = "commune", "Commune";
        Epci = "epci", "Intercommunalité";
        Secteur = "secteur", "Secteur";
        Canton = "canton", "Canton";
        Departement = "departement", "Département";
    }
}

/// A territory of the instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Territoire {
    /// Kind.
    pub genre: Genre,
    /// Code in the address.
    pub code: String,
    /// Name, in a title.
    pub nom: String,
    /// Its communes that are in the instance, by code.
    pub communes: Vec<CodeCommune>,
    /// The same in the directory.
    pub filtres: Filtres,
    /// What must be known before reading.
    pub note: Option<String>,
}

/// Address of a portrait.
#[must_use]
pub fn adresse(genre: Genre, code: &str) -> String {
    let code: String = form_urlencoded::byte_serialize(code.as_bytes()).collect::<String>().replace('+', "%20");
    format!("/annuaire/portrait/{genre}/{code}")
}

impl Territoire {
    /// Address of its portrait.
    #[must_use]
    pub fn adresse(&self) -> String {
        adresse(self.genre, &self.code)
    }

    /// The territory of an address. One statement at most, two for a secteur.
    ///
    /// # Errors
    /// Nothing of that name here; [`Erreur::Aller`] for a commune that changed its code, for a canton inside a town.
    pub async fn trouver(tx: &ReadTx, instance: &Instance, genre: &str, code: &str) -> Result<Self, Erreur> {
        let trouve = match genre.parse().map_err(|_| inconnu())? {
            Genre::Commune => Self::commune(instance, code)?,
            Genre::Epci => instance.referentiel().epci(code).and_then(|epci| Self::epci(instance, epci)),
            Genre::Canton => match canton::canton(code) {
                Some(canton) => Self::canton(instance, canton)?,
                None => None,
            },
            Genre::Departement => (code == instance.collectivite.code).then(|| Self::departement(instance)),
            Genre::Secteur => Self::secteur(tx, instance, code).await?,
        };
        trouve.ok_or_else(inconnu)
    }

    fn commune(instance: &Instance, code: &str) -> Result<Option<Self>, Erreur> {
        let code: CodeCommune = code.parse().map_err(|_| inconnu())?;
        let commune = match instance.referentiel().resoudre(&code) {
            Resolution::Actuelle(commune) => commune,
            Resolution::Ancienne(commune) => {
                return Err(Erreur::Aller(adresse(Genre::Commune, commune.code.as_str())));
            }
            Resolution::Ambigue(_) | Resolution::Inconnue => return Ok(None),
        };
        Ok(instance.perimetre().contient(&commune.code).then(|| Self {
            genre: Genre::Commune,
            code: commune.code.as_str().to_owned(),
            nom: commune.nom.to_owned(),
            communes: vec![commune.code.clone()],
            filtres: Filtres { commune: Some(commune.code.clone()), page: 1, ..Filtres::default() },
            note: None,
        }))
    }

    fn epci(instance: &Instance, epci: &Epci) -> Option<Self> {
        let tous = epci.membres().count();
        let communes = du_perimetre(instance, epci.membres());
        let dehors = tous - communes.len();
        let filtres = Filtres { epci: Some(epci.code.as_str().to_owned()), page: 1, ..Filtres::default() };
        (!communes.is_empty()).then(|| Self {
            genre: Genre::Epci,
            code: epci.code.as_str().to_owned(),
            nom: epci.nom.to_owned(),
            communes,
            filtres,
            note: (dehors > 0).then(|| {
                let communes = web::texte::accorde(dehors as u64, "commune", "communes");
                format!("Hors du département, donc pas compté ici : {communes} de cette intercommunalité.")
            }),
        })
    }

    /// A canton inside a town has no whole commune: nothing can be counted of it, but in the town.
    fn canton(instance: &Instance, canton: &Canton) -> Result<Option<Self>, Erreur> {
        let communes = du_perimetre(instance, canton.communes());
        let centre: Option<CodeCommune> = canton.centre.parse().ok();
        let centre = centre.filter(|code| instance.perimetre().contient(code));
        let partage = centre.filter(|code| !communes.contains(code));
        if communes.is_empty() {
            return match partage {
                Some(ville) => Err(Erreur::Aller(adresse(Genre::Commune, ville.as_str()))),
                None => Ok(None),
            };
        }
        Ok(Some(Self {
            genre: Genre::Canton,
            code: canton.code.to_owned(),
            nom: format!("Canton de {}", canton.nom),
            communes,
            filtres: Filtres { canton: Some(canton.code.to_owned()), page: 1, ..Filtres::default() },
            note: partage.map(|code| {
                let ville = instance.referentiel().nom_commune(&code).to_owned();
                format!("{ville} est partagée entre plusieurs cantons, rue par rue : elle n’est pas comptée ici.")
            }),
        }))
    }

    /// The whole instance.
    #[must_use]
    pub fn departement(instance: &Instance) -> Self {
        Self {
            genre: Genre::Departement,
            code: instance.collectivite.code.clone(),
            nom: instance.collectivite.nom.clone(),
            communes: instance.perimetre().communes().cloned().collect(),
            filtres: Filtres { page: 1, ..Filtres::default() },
            note: None,
        }
    }

    async fn secteur(tx: &ReadTx, instance: &Instance, code: &str) -> Result<Option<Self>, Erreur> {
        let tous = secteur::tous(tx).await?;
        let Some(secteur) = tous.into_iter().find(|secteur| secteur.nom_tri == code) else { return Ok(None) };
        let communes = secteur::communes(tx, &secteur.id, instance.aujourd_hui()).await?;
        Ok(Some(Self {
            genre: Genre::Secteur,
            code: secteur.nom_tri.clone(),
            nom: format!("Secteur {}", secteur.nom),
            communes: du_perimetre(instance, communes.iter().map(String::as_str)),
            filtres: Filtres { secteur: Some(secteur.nom_tri), page: 1, ..Filtres::default() },
            note: None,
        }))
    }
}

fn inconnu() -> Erreur {
    Erreur::Introuvable("ce territoire")
}

fn du_perimetre<'a>(instance: &Instance, codes: impl Iterator<Item = &'a str>) -> Vec<CodeCommune> {
    let codes = codes.filter_map(|code| code.parse().ok());
    codes.filter(|code| instance.perimetre().contient(code)).collect()
}
