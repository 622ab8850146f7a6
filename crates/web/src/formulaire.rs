//! Forms. [`CheckedForm`] is the only way to read one: it checks where it comes from, and a form sent twice gets its
//! first answer. [`Formulaire`] is the way to show one: values typed and errors come back beside their fields.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use axum::response::Response;
use domain::cents::Cents;
use domain::code::CodeCommune;
use domain::referentiel::Trouvaille;
use domain::tri::cle_de_tri;
use jiff::civil::Date;
use platform::crypto::empreinte_de_jeton;
use platform::fichiers::Genre;
use platform::{Instant, WriteTx};
use socle::formulaire;

use crate::cadre;
use crate::composants::{ChampFichier, ChampLong, ChampOptions, ChampTexte, EnErreur, OptionDeChamp, Selection};
use crate::contexte::Contexte;
use crate::erreur::{Erreur, Reponse};

/// A page with a form may stay open this long.
const VALIDITE_S: i64 = 24 * 3600;
/// Hidden field of the token.
const CHAMP_JETON: &str = "_jeton";
/// Hidden field of the one-use key.
const CHAMP_CLE: &str = "_cle";
/// Hidden field: version of the row that the person read.
const CHAMP_VERSION: &str = "version";
/// Largest form without file, bytes.
pub(crate) const TAILLE_MAX: usize = 256 * 1024;
/// No field is longer, characters.
const LONGUEUR_MAX: usize = 20_000;

/// What was typed, field by field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saisie(BTreeMap<String, Vec<String>>);

impl Saisie {
    /// Decodes `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn decoder(octets: &[u8]) -> Self {
        let mut champs: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (nom, valeur) in form_urlencoded::parse(octets) {
            champs.entry(nom.into_owned()).or_default().push(nettoyer(&valeur));
        }
        Self(champs)
    }

    /// First value of a field; empty when absent.
    #[must_use]
    pub fn texte(&self, nom: &str) -> &str {
        self.0.get(nom).and_then(|valeurs| valeurs.first()).map_or("", String::as_str)
    }

    /// All values of a field.
    #[must_use]
    pub fn liste(&self, nom: &str) -> &[String] {
        self.0.get(nom).map_or(&[], Vec::as_slice)
    }

    /// Sets a value (what is already known, before the first display).
    #[must_use]
    pub fn avec(mut self, nom: &str, valeur: impl Into<String>) -> Self {
        self.0.entry(nom.to_owned()).or_default().push(valeur.into());
        self
    }

    /// Sets an amount as one types it, in euros; nothing where it is not known.
    #[must_use]
    pub fn avec_montant(self, nom: &str, montant: Option<Cents>) -> Self {
        match montant {
            Some(montant) => self.avec(nom, montant.to_string().trim_end_matches(['€', '\u{a0}'])),
            None => self,
        }
    }

    /// Reads fields one by one, gathering errors.
    #[must_use]
    pub fn lecteur(&self) -> Lecteur<'_> {
        Lecteur { saisie: self, erreurs: Erreurs::default() }
    }

    /// What was typed, over the row as it is now: the next save replaces it on purpose. For the page of a conflict.
    #[must_use]
    pub fn sur_la_version_actuelle(self) -> Self {
        self.sans(CHAMP_VERSION)
    }

    /// Forgets a field.
    #[must_use]
    pub fn sans(mut self, nom: &str) -> Self {
        self.0.remove(nom);
        self
    }
}

/// Control characters and lone surrogates never enter the database; line ends are `\n`.
pub(crate) fn nettoyer(valeur: &str) -> String {
    valeur
        .replace("\r\n", "\n")
        .chars()
        .filter(|c| *c == '\n' || *c == '\t' || !c.is_control())
        .take(LONGUEUR_MAX)
        .collect::<String>()
}

/// Errors, each tied to a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erreurs(Vec<(String, String)>);

impl Erreurs {
    /// Adds one; the first of a field is shown.
    pub fn ajouter(&mut self, champ: &str, phrase: impl Into<String>) {
        if !self.0.iter().any(|(deja, _)| deja == champ) {
            self.0.push((champ.to_owned(), phrase.into()));
        }
    }

    /// None?
    #[must_use]
    pub fn est_vide(&self) -> bool {
        self.0.is_empty()
    }

    /// Of a field.
    #[must_use]
    pub fn de(&self, champ: &str) -> Option<&str> {
        self.0.iter().find(|(nom, _)| nom == champ).map(|(_, phrase)| phrase.as_str())
    }

    /// All, in the order found.
    pub fn toutes(&self) -> impl Iterator<Item = EnErreur> {
        self.0.iter().map(|(champ, phrase)| EnErreur { champ: champ.clone(), phrase: phrase.clone() })
    }
}

/// A form received and checked.
pub struct CheckedForm {
    /// What was typed.
    pub saisie: Saisie,
    /// The request.
    pub contexte: Contexte,
    cle: String,
}

impl<S: Send + Sync> FromRequest<S> for CheckedForm {
    type Rejection = Erreur;

    async fn from_request(request: Request, state: &S) -> Result<Self, Erreur> {
        let contexte = request
            .extensions()
            .get::<Contexte>()
            .cloned()
            .ok_or_else(|| Erreur::interne("aucun contexte pour ce formulaire"))?;
        verifier_origine(request.headers())?;
        let urlencode = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|genre| genre.to_str().ok())
            .is_some_and(|genre| genre.starts_with("application/x-www-form-urlencoded"));
        if !urlencode {
            return Err(Erreur::Invalide("Ce formulaire n’a pas la forme attendue.".to_owned()));
        }
        let octets = Bytes::from_request(request, state).await.map_err(|_| Erreur::TropGros(TAILLE_MAX as u64))?;
        if octets.len() > TAILLE_MAX {
            return Err(Erreur::TropGros(TAILLE_MAX as u64));
        }
        Self::verifier(contexte, Saisie::decoder(&octets)).await
    }
}

pub(crate) fn verifier_origine(entetes: &axum::http::HeaderMap) -> Result<(), Erreur> {
    let site = entetes.get("sec-fetch-site").and_then(|v| v.to_str().ok());
    if matches!(site, Some("cross-site")) {
        return Err(Erreur::FormulaireRefuse("Ce formulaire vient d’un autre site : il n’a pas été pris en compte."));
    }
    Ok(())
}

impl CheckedForm {
    /// Checks the token, and whether this very form was already answered.
    ///
    /// # Errors
    /// [`Erreur::FormulaireRefuse`], or [`Erreur::Aller`] towards the first answer.
    pub async fn verifier(contexte: Contexte, saisie: Saisie) -> Result<Self, Erreur> {
        let instance = &contexte.instance;
        let perime = Erreur::FormulaireRefuse(
            "Cette page est restée ouverte trop longtemps, ou vous vous êtes connecté entre-temps. Revenez en arrière, \
             rechargez la page et envoyez de nouveau.",
        );
        let charge = instance
            .signature
            .verifier("formulaire", saisie.texte(CHAMP_JETON), instance.clock.instant())
            .map_err(|_| perime.clone())?;
        if charge != contexte.empreinte_visiteur().as_bytes() {
            return Err(perime);
        }
        let cle = empreinte_de_jeton(&format!("{}/{}", contexte.empreinte_visiteur(), saisie.texte(CHAMP_CLE)));
        let tx = instance.db.read().await?;
        if let Some(vers) = formulaire::reponse(&tx, &cle).await? {
            return Err(Erreur::Aller(vers));
        }
        Ok(Self { saisie, contexte, cle })
    }

    /// Reads fields one by one, gathering errors.
    #[must_use]
    pub fn lecteur(&self) -> Lecteur<'_> {
        self.saisie.lecteur()
    }

    /// Version of the row that the person had read when they typed. Zero (nothing saved yet) when the form did not say.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.saisie.texte(CHAMP_VERSION).parse().unwrap_or(0)
    }

    /// Commits the data together with the answer to this form, then goes there with a message.
    ///
    /// # Errors
    /// The engine refused. When the same form was answered at the same moment, its first answer is given.
    pub async fn conclure(&self, tx: WriteTx, vers: &str, message: &str) -> Reponse {
        let instance = &self.contexte.instance;
        let maintenant: Instant = instance.clock.instant();
        if let Err(erreur) = formulaire::retenir(&tx, &self.cle, vers, maintenant).await {
            drop(tx);
            let lecture = instance.db.read().await?;
            return match formulaire::reponse(&lecture, &self.cle).await? {
                Some(premiere) => Err(Erreur::Aller(premiere)),
                None => Err(erreur.into()),
            };
        }
        tx.commit().await?;
        Ok(self.aller(vers, message))
    }

    /// Goes somewhere with a message, without having written.
    #[must_use]
    pub fn aller(&self, vers: &str, message: &str) -> Response {
        cadre::aller(&self.contexte, vers, message)
    }
}

/// Reads fields; each error goes to its field.
pub struct Lecteur<'a> {
    saisie: &'a Saisie,
    /// Gathered so far.
    pub erreurs: Erreurs,
}

impl Lecteur<'_> {
    /// A text between two lengths (characters), spaces trimmed.
    pub fn texte(&mut self, nom: &str, vide: &str, min: usize, max: usize) -> Option<String> {
        let texte = self.saisie.texte(nom).trim();
        let longueur = texte.chars().count();
        if longueur == 0 {
            self.erreurs.ajouter(nom, vide);
        } else if longueur < min {
            self.erreurs.ajouter(nom, format!("C’est trop court : écrivez au moins {min}\u{a0}caractères."));
        } else if longueur > max {
            self.erreurs.ajouter(
                nom,
                format!("C’est trop long : {longueur}\u{a0}caractères, {max} au plus. Retirez-en {}.", longueur - max),
            );
        } else {
            return Some(texte.to_owned());
        }
        None
    }

    /// A text that may be left empty.
    pub fn texte_libre(&mut self, nom: &str, max: usize) -> Option<String> {
        if self.saisie.texte(nom).trim().is_empty() { None } else { self.texte(nom, "", 1, max) }
    }

    /// One of a closed vocabulary.
    pub fn choix<T: FromStr>(&mut self, nom: &str, vide: &str) -> Option<T> {
        match self.saisie.texte(nom).parse() {
            Ok(valeur) => Some(valeur),
            Err(_) => {
                self.erreurs.ajouter(nom, vide);
                None
            }
        }
    }

    /// One of a closed vocabulary, or nothing.
    #[must_use]
    pub fn choix_libre<T: FromStr>(&self, nom: &str) -> Option<T> {
        self.saisie.texte(nom).parse().ok()
    }

    /// Several of a closed vocabulary, doubles once; unknown values are refused.
    pub fn plusieurs<T: FromStr + PartialEq>(&mut self, nom: &str, max: usize, trop: &str) -> Vec<T> {
        let mut valeurs: Vec<T> = Vec::new();
        for texte in self.saisie.liste(nom) {
            match texte.parse::<T>() {
                Ok(valeur) if !valeurs.contains(&valeur) => valeurs.push(valeur),
                Ok(_) => {}
                Err(_) => self.erreurs.ajouter(nom, "Ce choix n’existe pas. Choisissez dans la liste."),
            }
        }
        if valeurs.len() > max {
            self.erreurs.ajouter(nom, trop);
        }
        valeurs
    }

    /// An amount of at most ten billion euros, or nothing.
    pub fn montant(&mut self, nom: &str) -> Option<Cents> {
        let texte = self.saisie.texte(nom).trim();
        if texte.is_empty() {
            return None;
        }
        match texte.parse::<Cents>() {
            Ok(montant) if montant < Cents::ZERO => self.erreurs.ajouter(nom, "Un montant ne peut pas être négatif."),
            Ok(montant) if montant > Cents::euros(10_000_000_000) => {
                self.erreurs.ajouter(nom, "Ce montant est trop grand. Vérifiez le nombre de zéros.");
            }
            Ok(montant) => return Some(montant),
            Err(_) => self.erreurs.ajouter(nom, "Écrivez un montant en euros, par exemple 45 000 ou 45 000,50."),
        }
        None
    }

    /// A civil date (`AAAA-MM-JJ` from a date field, or `JJ/MM/AAAA` typed), or nothing.
    pub fn date(&mut self, nom: &str) -> Option<Date> {
        let texte = self.saisie.texte(nom).trim();
        if texte.is_empty() {
            return None;
        }
        let date = lire_date(texte);
        if date.is_none() {
            self.erreurs.ajouter(nom, "Écrivez une date comme 24/11/2026.");
        }
        date
    }

    /// A commune by code or by name; the choice to make when several fit.
    pub fn commune(&mut self, nom: &str, instance: &crate::Instance) -> Option<CodeCommune> {
        let texte = self.saisie.texte(nom).trim();
        match trouver_commune(instance, texte) {
            Ok(code) => Some(code),
            Err(phrase) => {
                self.erreurs.ajouter(nom, phrase);
                None
            }
        }
    }

    /// An e-mail address, normalised.
    pub fn courriel(&mut self, nom: &str, vide: &str) -> Option<String> {
        let texte = self.saisie.texte(nom).trim();
        if texte.is_empty() {
            self.erreurs.ajouter(nom, vide);
            return None;
        }
        let adresse = socle::personne::courriel_normalise(texte);
        if adresse.is_none() {
            self.erreurs.ajouter(nom, "Cette adresse n’est pas complète. Exemple : mairie@exemple.fr");
        }
        adresse
    }
}

/// `AAAA-MM-JJ` or `JJ/MM/AAAA`.
#[must_use]
pub fn lire_date(texte: &str) -> Option<Date> {
    if let Ok(date) = texte.parse::<Date>() {
        return Some(date);
    }
    let mut parties = texte.split(['/', '.', ' ']).filter(|p| !p.is_empty());
    let (jour, mois, annee) = (parties.next()?, parties.next()?, parties.next()?);
    if parties.next().is_some() {
        return None;
    }
    Date::new(annee.parse().ok()?, mois.parse().ok()?, jour.parse().ok()?).ok()
}

/// The commune of the instance's perimeter that a text names: a code, "Cirey-sur-Vezouze (54)", a name, a postal code.
///
/// # Errors
/// The sentence to show beside the field.
pub fn trouver_commune(instance: &crate::Instance, texte: &str) -> Result<CodeCommune, String> {
    if texte.is_empty() {
        return Err("Indiquez la commune.".to_owned());
    }
    // "Cirey-sur-Vezouze (54)", as the list shows it.
    let nom = texte.split(" (").next().unwrap_or(texte).trim();
    let perimetre = instance.perimetre();
    let trouvees = instance.referentiel().chercher_commune(nom, 6, Some(perimetre));
    let cle = cle_de_tri(nom);
    // Five digits may be an INSEE code and also the postal code of others: people mean the postal code.
    let postal = trouvees.iter().any(|t| {
        instance.referentiel().commune(&t.code).is_some_and(|commune| commune.codes_postaux().any(|code| code == nom))
    });
    let nommee = |t: &&Trouvaille| {
        (t.code.as_str() == nom && !postal)
            || cle_de_tri(t.nom) == cle
            || t.par.is_some_and(|par| cle_de_tri(par) == cle)
    };
    let exactes: Vec<&Trouvaille> = trouvees.iter().filter(nommee).collect();
    match (exactes.as_slice(), trouvees.as_slice()) {
        ([une], _) => Ok(une.code.clone()),
        ([], [une]) => Ok(une.code.clone()),
        (_, []) => Err(match instance.referentiel().chercher_commune(nom, 1, None).first() {
            Some(ailleurs) => {
                format!(
                    "{} n’est pas dans le territoire de ce site ({}).",
                    ailleurs.libelle(),
                    instance.collectivite.nom
                )
            }
            None => {
                format!("Nous ne trouvons pas «\u{a0}{texte}\u{a0}». Vérifiez l’orthographe, ou tapez le code postal.")
            }
        }),
        (_, plusieurs) => {
            let noms: Vec<&str> = plusieurs.iter().map(|t| t.nom).collect();
            Err(format!("Plusieurs communes correspondent\u{a0}: {}. Écrivez le nom complet.", noms.join(", ")))
        }
    }
}

/// A form about to be shown: hidden fields, values and errors.
#[derive(Clone, Debug)]
pub struct Formulaire {
    jeton: String,
    cle: String,
    octets_max: u64,
    /// Values to show again.
    pub saisie: Saisie,
    /// Errors to show.
    pub erreurs: Erreurs,
}

impl Formulaire {
    /// A new form for this visitor.
    #[must_use]
    pub fn nouveau(contexte: &Contexte, saisie: Saisie, erreurs: Erreurs) -> Self {
        let instance = &contexte.instance;
        let expire = instance.clock.instant().plus_seconds(VALIDITE_S);
        let jeton = instance.signature.signer("formulaire", contexte.empreinte_visiteur().as_bytes(), expire);
        Self { jeton, cle: instance.ids.reference(16), octets_max: instance.fichiers.octets_max(), saisie, erreurs }
    }

    /// Hidden fields: to put first in every `form`.
    #[must_use]
    pub fn caches(&self) -> crate::composants::Html {
        let (jeton, cle) = (&self.jeton, &self.cle);
        crate::composants::Html(format!(
            "<input type=\"hidden\" name=\"{CHAMP_JETON}\" value=\"{jeton}\"><input type=\"hidden\" name=\"{CHAMP_CLE}\" value=\"{cle}\">"
        ))
    }

    /// Version to write in the page: the one that the person had read when the form comes back with an error or a preview
    /// (else what someone saved meanwhile would be written over unseen), `actuelle` when it is shown for the first time.
    #[must_use]
    pub fn version(&self, actuelle: i64) -> i64 {
        self.saisie.texte(CHAMP_VERSION).parse().unwrap_or(actuelle)
    }

    /// One line of text.
    #[must_use]
    pub fn texte(&self, nom: impl Into<Cow<'static, str>>, libelle: &str) -> ChampTexte {
        let nom = nom.into();
        let (valeur, erreur) = (self.saisie.texte(&nom), self.erreurs.de(&nom));
        ChampTexte::nouveau(nom.clone(), libelle, valeur, erreur)
    }

    /// Several lines.
    #[must_use]
    pub fn long(&self, nom: impl Into<Cow<'static, str>>, libelle: &str, max: usize) -> ChampLong {
        let nom = nom.into();
        let (valeur, erreur) = (self.saisie.texte(&nom), self.erreurs.de(&nom));
        ChampLong::nouveau(nom.clone(), libelle, valeur, erreur, max)
    }

    /// One of several, all in sight.
    #[must_use]
    pub fn radios(
        &self,
        nom: impl Into<Cow<'static, str>>,
        legende: &str,
        options: impl IntoIterator<Item = OptionDeChamp>,
    ) -> ChampOptions {
        let nom = nom.into();
        let (choisies, erreur) = (self.saisie.liste(&nom), self.erreurs.de(&nom));
        ChampOptions::radios(nom.clone(), legende, options, choisies, erreur)
    }

    /// Any of several.
    #[must_use]
    pub fn cases(
        &self,
        nom: impl Into<Cow<'static, str>>,
        legende: &str,
        options: impl IntoIterator<Item = OptionDeChamp>,
    ) -> ChampOptions {
        let nom = nom.into();
        let (choisies, erreur) = (self.saisie.liste(&nom), self.erreurs.de(&nom));
        ChampOptions::cases(nom.clone(), legende, options, choisies, erreur)
    }

    /// One of many, folded.
    #[must_use]
    pub fn selection(
        &self,
        nom: impl Into<Cow<'static, str>>,
        libelle: &str,
        options: impl IntoIterator<Item = OptionDeChamp>,
    ) -> Selection {
        let nom = nom.into();
        let (choisie, erreur) = (self.saisie.texte(&nom), self.erreurs.de(&nom));
        Selection::nouvelle(nom.clone(), libelle, options, choisie, erreur)
    }

    /// A file; its form needs `enctype="multipart/form-data"`.
    #[must_use]
    pub fn fichier(&self, nom: &'static str, libelle: &str, permis: &[Genre]) -> ChampFichier {
        ChampFichier::nouveau(nom, libelle, permis, self.octets_max, self.erreurs.de(nom))
    }

    /// The summary of errors, on top of the page.
    #[must_use]
    pub fn resume(&self) -> crate::composants::ResumeErreurs {
        crate::composants::ResumeErreurs { erreurs: self.erreurs.toutes().collect() }
    }
}
