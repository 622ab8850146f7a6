//! Configuration: default values, then the TOML file, then the environment (`TERREAU_SMTP_URL`), then the flags; the last one wins.
//!
//! Each value remembers where it came from. An unknown name is refused with the nearest known one.

mod cles;
mod secret;
mod verification;

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

pub use secret::Secret;

use cles::{CLES, Definition, definition, la_plus_proche};

/// Where a value was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origine {
    /// Nobody said anything.
    Defaut,
    /// The TOML file.
    Fichier,
    /// A `TERREAU_*` variable.
    Environnement,
    /// The command line.
    Option,
}

impl fmt::Display for Origine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Defaut => "par défaut",
            Self::Fichier => "fichier",
            Self::Environnement => "environnement",
            Self::Option => "ligne de commande",
        })
    }
}

/// Something wrong in the configuration, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probleme {
    /// The key, as in the file (`smtp.url`).
    pub cle: String,
    /// What is wrong.
    pub phrase: String,
    /// What to do.
    pub remede: String,
}

impl fmt::Display for Probleme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} : {} {}", self.cle, self.phrase, self.remede)
    }
}

/// The configuration could not be read: every reason at once.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("configuration refusée :\n{}", .0.iter().map(|p| format!("- {p}")).collect::<Vec<_>>().join("\n"))]
pub struct ConfigurationError(pub Vec<Probleme>);

/// What the configuration is read from; `server` gathers it.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Text of the TOML file, if there is one.
    pub fichier: Option<String>,
    /// Environment variables; those that do not begin with `TERREAU_` are ignored.
    pub environnement: Vec<(String, String)>,
    /// Flags, by key (`adresse`, `smtp.url`).
    pub options: Vec<(String, String)>,
}

/// Outgoing mail.
#[derive(Clone, Debug)]
pub struct Smtp {
    /// `smtp://serveur:587?tls=required` or `smtps://serveur`.
    pub url: Secret,
    /// Account, if the server wants one.
    pub utilisateur: Option<String>,
    /// Its password.
    pub mot_de_passe: Option<Secret>,
    /// A file that holds the password (instead of [`Smtp::mot_de_passe`]).
    pub fichier_mot_de_passe: Option<PathBuf>,
    /// `Terreau <terreau@exemple.fr>`.
    pub expediteur: String,
}

/// Sign-in of agents with OpenID Connect.
#[derive(Clone, Debug)]
pub struct Oidc {
    /// Address of the provider.
    pub emetteur: String,
    /// Our client id there.
    pub client: String,
    /// Our client secret there.
    pub secret: Secret,
    /// Its name on the button.
    pub nom: String,
    /// Domains of e-mail for which its word is enough; `*`: all (ProConnect's contract).
    pub domaines: Vec<String>,
    /// Accepted levels (`acr`: `eidas1`, `eidas2`…); empty: any.
    pub niveaux: Vec<String>,
}

/// Bounds against abuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limites {
    /// Largest accepted file, bytes.
    pub fichier_octets: u64,
    /// Requests per minute and per address.
    pub requetes_par_minute: u32,
    /// Codes asked or tried per hour and per address.
    pub connexions_par_heure: u32,
    /// Free bytes of the disk under which `/sante` and the agent's page say that it is almost full.
    pub espace_libre_octets: u64,
}

/// All that an operator decides outside the screens.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// Listening address.
    pub adresse: SocketAddr,
    /// Address seen by the public, without final `/`.
    pub url_publique: String,
    /// Folder of the database, the files and the index.
    pub donnees: PathBuf,
    /// `sqlite://…` or `postgres://…` (may hold a password).
    pub base_url: Secret,
    /// PostgreSQL schema.
    pub base_schema: String,
    /// Short name of the instance.
    pub instance: String,
    /// COG code of the département or collectivité (`54`, `6AE`), if already chosen.
    pub departement: Option<String>,
    /// Host name → configuration file of another instance, when one process serves several.
    pub hotes: BTreeMap<String, String>,
    /// Outgoing mail, if configured.
    pub smtp: Option<Smtp>,
    /// Agents' sign-in, if configured.
    pub oidc: Option<Oidc>,
    /// Demonstration: no mail leaves.
    pub demo: bool,
    /// Bounds.
    pub limites: Limites,
    /// Pieces of work done at the same time.
    pub travailleurs: u32,
    /// Filter of the technical log (`info`, `terreau=debug`).
    pub journal: String,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub mandataires: Vec<IpAddr>,
    /// Folder of the backups.
    pub sauvegardes: PathBuf,
    valeurs: BTreeMap<&'static str, Valeur>,
}

#[derive(Clone, Debug)]
struct Valeur {
    texte: Secret,
    origine: Origine,
}

impl Configuration {
    /// Reads all sources.
    ///
    /// # Errors
    /// Unknown names and values that are not understood, all together.
    pub fn charger(sources: &Sources) -> Result<Self, ConfigurationError> {
        let mut lecture = Lecture::default();
        lecture.fichier(sources.fichier.as_deref());
        lecture.environnement(&sources.environnement);
        for (cle, valeur) in &sources.options {
            lecture.poser(cle, valeur, Origine::Option);
        }
        lecture.terminer()
    }

    /// Where the value of a key came from.
    #[must_use]
    pub fn origine(&self, cle: &str) -> Origine {
        self.valeurs.get(cle).map_or(Origine::Defaut, |valeur| valeur.origine)
    }

    /// Every key with its value and origin, one a line, without any secret.
    #[must_use]
    pub fn presenter(&self) -> String {
        let mut texte = String::new();
        for definition in CLES {
            let (valeur, origine) = match self.valeurs.get(definition.nom) {
                Some(valeur) => (definition.montrer(&valeur.texte), valeur.origine),
                None => (self.par_defaut(definition), Origine::Defaut),
            };
            texte.push_str(&format!("{} = {valeur}  ({origine})\n", definition.nom));
        }
        texte
    }

    /// What is wrong with values that are each well written; empty when the service can start.
    #[must_use]
    pub fn verifier(&self) -> Vec<Probleme> {
        verification::verifier(self)
    }

    fn par_defaut(&self, definition: &Definition) -> String {
        match definition.nom {
            // Two defaults depend on other keys.
            "base.url" => self.base_url.masquer_url(),
            "sauvegarde.dossier" => self.sauvegardes.display().to_string(),
            "url-publique" => self.url_publique.clone(),
            "base.schema" => self.base_schema.clone(),
            _ => definition.defaut.unwrap_or("(rien)").to_owned(),
        }
    }
}

#[derive(Default)]
struct Lecture {
    valeurs: BTreeMap<&'static str, Valeur>,
    problemes: Vec<Probleme>,
}

impl Lecture {
    fn fichier(&mut self, texte: Option<&str>) {
        let Some(texte) = texte else { return };
        match texte.parse::<toml::Table>() {
            Ok(table) => self.table("", &table),
            // The whole message quotes the line, which may hold a secret: only its number is kept.
            Err(erreur) => {
                let debut = erreur.span().and_then(|span| texte.get(..span.start)).unwrap_or_default();
                self.problemes.push(Probleme {
                    cle: "fichier".to_owned(),
                    phrase: format!(
                        "le fichier n’est pas du TOML valable (ligne {}).",
                        debut.matches('\n').count() + 1
                    ),
                    remede: "Une valeur s’écrit ainsi : cle = \"valeur\", une liste ainsi : [\"une\", \"deux\"]."
                        .to_owned(),
                });
            }
        }
    }

    fn table(&mut self, prefixe: &str, table: &toml::Table) {
        for (nom, valeur) in table {
            let cle = if prefixe.is_empty() { nom.clone() } else { format!("{prefixe}.{nom}") };
            match valeur {
                toml::Value::Table(hotes) if cle == "hotes" => {
                    let liste: Vec<String> = hotes
                        .iter()
                        .map(|(hote, fichier)| format!("{hote}={}", fichier.as_str().unwrap_or_default()))
                        .collect();
                    self.poser("hotes", &liste.join(","), Origine::Fichier);
                }
                toml::Value::Table(dedans) => self.table(&cle, dedans),
                toml::Value::String(texte) => self.poser(&cle, texte, Origine::Fichier),
                toml::Value::Array(liste) => {
                    let liste: Vec<String> =
                        liste.iter().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).collect();
                    self.poser(&cle, &liste.join(","), Origine::Fichier);
                }
                autre => self.poser(&cle, &autre.to_string(), Origine::Fichier),
            }
        }
    }

    fn environnement(&mut self, variables: &[(String, String)]) {
        for (variable, valeur) in variables {
            let Some(reste) = variable.strip_prefix("TERREAU_") else {
                continue;
            };
            // These belong to the tests and scripts.
            if reste.starts_with("TEST_") || reste == "SHARED" || reste == "CONFIGURATION" {
                continue;
            }
            match CLES.iter().find(|d| d.variable() == *variable) {
                Some(definition) => self.poser(definition.nom, valeur, Origine::Environnement),
                None => {
                    let proche = la_plus_proche(variable, CLES.iter().map(Definition::variable));
                    self.inconnue(variable, &proche);
                }
            }
        }
    }

    fn poser(&mut self, cle: &str, valeur: &str, origine: Origine) {
        match definition(cle) {
            Some(definition) => {
                let texte = Secret::nouveau(valeur);
                self.valeurs.insert(definition.nom, Valeur { texte, origine });
            }
            None => {
                let proche = la_plus_proche(cle, CLES.iter().map(|d| d.nom.to_owned()));
                self.inconnue(cle, &proche);
            }
        }
    }

    fn inconnue(&mut self, cle: &str, proche: &str) {
        self.problemes.push(Probleme {
            cle: cle.to_owned(),
            phrase: "ce réglage n’existe pas.".to_owned(),
            remede: format!("Vouliez-vous écrire « {proche} » ?"),
        });
    }

    fn texte(&self, cle: &str) -> Option<String> {
        self.valeurs
            .get(cle)
            .map(|valeur| valeur.texte.reveler().to_owned())
            .or_else(|| definition(cle).and_then(|d| d.defaut.map(str::to_owned)))
            .filter(|texte| !texte.is_empty())
    }

    fn lire<T: FromStr>(&mut self, cle: &str, attendu: &str, repli: T) -> T {
        let Some(texte) = self.texte(cle) else {
            return repli;
        };
        texte.trim().parse().unwrap_or_else(|_| {
            self.mal_ecrit(cle, attendu);
            repli
        })
    }

    fn mal_ecrit(&mut self, cle: &str, attendu: &str) {
        let origine = self.valeurs.get(cle).map_or(Origine::Defaut, |v| v.origine);
        self.problemes.push(Probleme {
            cle: cle.to_owned(),
            phrase: format!("la valeur n’est pas comprise ({origine})."),
            remede: format!("Écrivez {attendu}."),
        });
    }

    fn terminer(mut self) -> Result<Configuration, ConfigurationError> {
        let adresse = self.lire(
            "adresse",
            "une adresse et un port, par exemple 127.0.0.1:8054",
            SocketAddr::from(([127, 0, 0, 1], 8054)),
        );
        let demo = self.lire("demo", "true ou false", false);
        let limites = Limites {
            fichier_octets: self.lire("limites.fichier-mo", "un nombre de mégaoctets", 20_u32).into(),
            requetes_par_minute: self.lire("limites.requetes-par-minute", "un nombre", 120),
            connexions_par_heure: self.lire("limites.connexions-par-heure", "un nombre", 60),
            espace_libre_octets: self.lire("limites.espace-libre-mo", "un nombre de mégaoctets", 1_000_u32).into(),
        };
        let limites = Limites {
            fichier_octets: limites.fichier_octets * 1_000_000,
            espace_libre_octets: limites.espace_libre_octets * 1_000_000,
            ..limites
        };
        let travailleurs = self.lire("travailleurs", "un nombre", 2);
        let mandataires = self.mandataires();
        let hotes = self.hotes();
        let donnees = PathBuf::from(self.texte("donnees").unwrap_or_default());
        let instance = self.texte("instance.nom").unwrap_or_default();
        let base_url =
            self.texte("base.url").unwrap_or_else(|| format!("sqlite://{}", donnees.join("terreau.sqlite").display()));
        let sauvegardes = self.texte("sauvegarde.dossier").map_or_else(|| donnees.join("sauvegardes"), PathBuf::from);
        let url_publique =
            self.texte("url-publique").unwrap_or_else(|| format!("http://{adresse}")).trim_end_matches('/').to_owned();
        let base_schema = self.texte("base.schema").unwrap_or_else(|| format!("dep_{}", instance.replace('-', "_")));
        let configuration = Configuration {
            adresse,
            url_publique,
            base_url: Secret::nouveau(base_url),
            base_schema,
            departement: self.texte("instance.departement"),
            instance,
            hotes,
            smtp: self.smtp(),
            oidc: self.oidc(),
            demo,
            limites,
            travailleurs,
            journal: self.texte("journal").unwrap_or_default(),
            mandataires,
            sauvegardes,
            donnees,
            valeurs: self.valeurs,
        };
        if self.problemes.is_empty() { Ok(configuration) } else { Err(ConfigurationError(self.problemes)) }
    }

    fn liste(&self, cle: &str) -> Vec<String> {
        self.texte(cle)
            .unwrap_or_default()
            .split(',')
            .map(|partie| partie.trim().to_owned())
            .filter(|partie| !partie.is_empty())
            .collect()
    }

    fn mandataires(&mut self) -> Vec<IpAddr> {
        let lues: Result<Vec<IpAddr>, _> = self.liste("mandataires").iter().map(|adresse| adresse.parse()).collect();
        lues.unwrap_or_else(|_| {
            self.mal_ecrit("mandataires", "des adresses IP séparées par des virgules");
            Vec::new()
        })
    }

    fn hotes(&mut self) -> BTreeMap<String, String> {
        let mut hotes = BTreeMap::new();
        for paire in self.liste("hotes") {
            match paire.split_once('=') {
                Some((hote, fichier)) if !hote.is_empty() && !fichier.is_empty() => {
                    hotes.insert(hote.to_lowercase(), fichier.to_owned());
                }
                _ => self.mal_ecrit("hotes", "des couples hôte=fichier séparés par des virgules"),
            }
        }
        hotes
    }

    fn smtp(&self) -> Option<Smtp> {
        Some(Smtp {
            url: Secret::nouveau(self.texte("smtp.url")?),
            utilisateur: self.texte("smtp.utilisateur"),
            mot_de_passe: self.texte("smtp.mot-de-passe").map(Secret::nouveau),
            fichier_mot_de_passe: self.texte("smtp.fichier-mot-de-passe").map(PathBuf::from),
            expediteur: self.texte("smtp.expediteur").unwrap_or_default(),
        })
    }

    fn oidc(&self) -> Option<Oidc> {
        Some(Oidc {
            emetteur: self.texte("oidc.emetteur")?,
            client: self.texte("oidc.client").unwrap_or_default(),
            secret: Secret::nouveau(self.texte("oidc.secret").unwrap_or_default()),
            nom: self.texte("oidc.nom").unwrap_or_default(),
            domaines: self.liste("oidc.domaines").iter().map(|domaine| domaine.to_lowercase()).collect(),
            niveaux: self.liste("oidc.niveaux"),
        })
    }
}

#[cfg(test)]
mod tests;
