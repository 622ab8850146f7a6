//! Secrets: tokens kept as digests, short signed messages with a purpose and an expiry, one-time codes, and the
//! key file of the instance. Randomness always comes from [`Ids`].

use std::fmt;
use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::colonne::Instant;
use crate::horloge::Ids;

/// What is stored of a token: its SHA-256 in hexadecimal. A stolen table gives no usable link.
#[must_use]
pub fn empreinte_de_jeton(jeton: &str) -> String {
    hexadecimal(&Sha256::digest(jeton.as_bytes()))
}

/// Compares two secrets without telling by its duration where they differ.
#[must_use]
pub fn egaux(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

/// Length of a one-time code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LongueurDeCode {
    /// Six digits.
    Six,
    /// Seven digits.
    Sept,
    /// Eight digits.
    Huit,
}

/// A one-time code of decimal digits, every value equally likely (draws above the last whole multiple are redone).
#[must_use]
pub fn code_a_usage_unique(ids: &dyn Ids, longueur: LongueurDeCode) -> String {
    let (chiffres, borne) = match longueur {
        LongueurDeCode::Six => (6, 1_000_000_u32),
        LongueurDeCode::Sept => (7, 10_000_000),
        LongueurDeCode::Huit => (8, 100_000_000),
    };
    let entier = u32::MAX - u32::MAX % borne;
    loop {
        let mut octets = [0_u8; 4];
        ids.octets(&mut octets);
        let tirage = u32::from_le_bytes(octets);
        if tirage < entier {
            return format!("{:0chiffres$}", tirage % borne);
        }
    }
}

/// One 256-bit key. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Cle([u8; 32]);

impl fmt::Debug for Cle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cle(…)")
    }
}

impl Cle {
    /// A new random key.
    #[must_use]
    pub fn nouvelle(ids: &dyn Ids) -> Self {
        let mut octets = [0_u8; 32];
        ids.octets(&mut octets);
        Self(octets)
    }

    fn lire(texte: &str) -> Option<Self> {
        let octets = texte.as_bytes();
        if octets.len() != 64 {
            return None;
        }
        let mut cle = [0_u8; 32];
        for (place, paire) in cle.iter_mut().zip(octets.chunks_exact(2)) {
            *place = u8::from_str_radix(std::str::from_utf8(paire).ok()?, 16).ok()?;
        }
        Some(Self(cle))
    }

    fn mac(&self, parties: &[&[u8]]) -> Hmac<Sha256> {
        // The block of SHA-256 is 64 bytes: a shorter key is padded with zeros, as HMAC defines (RFC 2104).
        let mut bloc = [0_u8; 64];
        for (place, octet) in bloc.iter_mut().zip(self.0) {
            *place = octet;
        }
        let mut mac = Hmac::<Sha256>::new(&bloc.into());
        for partie in parties {
            // Lengths first: two different cuts of the same bytes never sign alike.
            mac.update(&(partie.len() as u64).to_be_bytes());
            mac.update(partie);
        }
        mac
    }

    /// A key for one usage only, so that a leak of one does not open the others.
    #[must_use]
    pub fn deriver(&self, usage: &str) -> Self {
        Self(self.mac(&[b"terreau/derivation", usage.as_bytes()]).finalize().into_bytes().into())
    }
}

/// Why a signed message is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Cut, altered, or signed for another usage.
    #[error("ce lien n’est pas valable")]
    Invalide,
    /// Right, but too old.
    #[error("ce lien a expiré")]
    Expire,
}

/// Why the key file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum CleError {
    /// The file could not be read or written.
    #[error("fichier de clés : {}", crate::panne::du_fichier(.0))]
    Fichier(#[from] std::io::Error),
    /// The file is not a list of keys.
    #[error("le fichier de clés est abîmé : attendu une clé de 64 caractères hexadécimaux par ligne")]
    Abime,
}

/// Signs short messages. The first key signs, all verify: a key is retired after the last message it signed has expired.
#[derive(Clone, Debug)]
pub struct Signature {
    premiere: Cle,
    anciennes: Vec<Cle>,
}

impl Signature {
    /// Signs with `premiere`, still accepts `anciennes`.
    #[must_use]
    pub fn nouvelle(premiere: Cle, anciennes: Vec<Cle>) -> Self {
        Self { premiere, anciennes }
    }

    /// Reads the key file; refuses to start on a damaged one.
    ///
    /// # Errors
    /// Absent, unreadable or damaged file.
    pub fn lire(chemin: &Path) -> Result<Self, CleError> {
        let texte = std::fs::read_to_string(chemin)?;
        let mut cles = Vec::new();
        for ligne in texte.lines().map(str::trim).filter(|l| !l.is_empty()) {
            cles.push(Cle::lire(ligne).ok_or(CleError::Abime)?);
        }
        let mut cles = cles.into_iter();
        let premiere = cles.next().ok_or(CleError::Abime)?;
        Ok(Self::nouvelle(premiere, cles.collect()))
    }

    /// Creates the key file, readable by its owner alone (0600). Never replaces an existing one.
    ///
    /// # Errors
    /// The file exists already or cannot be written.
    pub fn creer(chemin: &Path, ids: &dyn Ids) -> Result<Self, CleError> {
        let signature = Self::nouvelle(Cle::nouvelle(ids), Vec::new());
        signature.ecrire_nouveau(chemin)?;
        Ok(signature)
    }

    /// Puts a new key first and keeps the former ones for verification.
    ///
    /// # Errors
    /// The file cannot be read or written; it is then unchanged.
    pub fn renouveler(chemin: &Path, ids: &dyn Ids) -> Result<Self, CleError> {
        let Self { premiere, anciennes } = Self::lire(chemin)?;
        let mut suite = vec![premiere];
        suite.extend(anciennes);
        let signature = Self::nouvelle(Cle::nouvelle(ids), suite);
        let provisoire = chemin.with_extension("nouveau");
        match std::fs::remove_file(&provisoire) {
            Err(erreur) if erreur.kind() != std::io::ErrorKind::NotFound => {
                return Err(erreur.into());
            }
            _ => {}
        }
        signature.ecrire_nouveau(&provisoire)?;
        std::fs::rename(&provisoire, chemin)?;
        Ok(signature)
    }

    fn ecrire_nouveau(&self, chemin: &Path) -> std::io::Result<()> {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let mut fichier = options.open(chemin)?;
        for cle in std::iter::once(&self.premiere).chain(&self.anciennes) {
            writeln!(fichier, "{}", hexadecimal(&cle.0))?;
        }
        fichier.sync_all()
    }

    /// A signed text fit for an address or a cookie: `expiry.payload.mac`. The payload is readable, not secret.
    #[must_use]
    pub fn signer(&self, usage: &str, charge: &[u8], expire: Instant) -> String {
        let mac = self.premiere.mac(&[usage.as_bytes(), expire.0.to_string().as_bytes(), charge]);
        format!(
            "{}.{}.{}",
            expire.0,
            URL_SAFE_NO_PAD.encode(charge),
            URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
        )
    }

    /// The payload of a text signed for the same usage and not expired.
    ///
    /// # Errors
    /// See [`SignatureError`].
    pub fn verifier(&self, usage: &str, texte: &str, maintenant: Instant) -> Result<Vec<u8>, SignatureError> {
        let mut parties = texte.split('.');
        let (Some(expire), Some(charge), Some(mac), None) =
            (parties.next(), parties.next(), parties.next(), parties.next())
        else {
            return Err(SignatureError::Invalide);
        };
        let decoder = |partie: &str| URL_SAFE_NO_PAD.decode(partie).map_err(|_| SignatureError::Invalide);
        let (charge, mac) = (decoder(charge)?, decoder(mac)?);
        let juste = std::iter::once(&self.premiere)
            .chain(&self.anciennes)
            .any(|cle| cle.mac(&[usage.as_bytes(), expire.as_bytes(), &charge]).verify_slice(&mac).is_ok());
        if !juste {
            return Err(SignatureError::Invalide);
        }
        let expire: i64 = expire.parse().map_err(|_| SignatureError::Invalide)?;
        if maintenant.0 >= expire {
            return Err(SignatureError::Expire);
        }
        Ok(charge)
    }
}

/// Bytes as lower-case hexadecimal.
pub(crate) fn hexadecimal(octets: &[u8]) -> String {
    use std::fmt::Write as _;
    octets.iter().fold(String::new(), |mut texte, octet| {
        let _ = write!(texte, "{octet:02x}");
        texte
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::{
        Cle, Instant, LongueurDeCode, Signature, SignatureError, code_a_usage_unique, egaux, empreinte_de_jeton,
    };
    use crate::horloge::{Ids, SystemIds};

    /// Gives the listed draws one after the other.
    struct Tirages(Mutex<Vec<u32>>);

    impl Ids for Tirages {
        fn uuid(&self) -> Uuid {
            Uuid::nil()
        }
        fn octets(&self, destination: &mut [u8]) {
            destination.copy_from_slice(&self.0.lock().unwrap().remove(0).to_le_bytes());
        }
    }

    fn signature() -> Signature {
        Signature::nouvelle(Cle::nouvelle(&SystemIds), Vec::new())
    }

    #[test]
    fn a_code_keeps_its_leading_zeros() {
        let ids = Tirages(Mutex::new(vec![1_000_042]));
        assert_eq!(code_a_usage_unique(&ids, LongueurDeCode::Six), "000042");
    }

    #[test]
    fn a_draw_that_would_favour_small_codes_is_redone() {
        let ids = Tirages(Mutex::new(vec![u32::MAX, 4_294_000_000, 7]));
        assert_eq!(code_a_usage_unique(&ids, LongueurDeCode::Huit), "00000007");
    }

    #[test]
    fn a_token_is_stored_as_its_sha256() {
        assert_eq!(empreinte_de_jeton("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(egaux("abc", "abc") && !egaux("abc", "abd") && !egaux("abc", "ab"));
    }

    #[test]
    fn a_message_expires_and_serves_one_usage_only() {
        let signature = signature();
        let texte = signature.signer("lien", b"projet-7", Instant(1000));
        let lire = |usage, quand| signature.verifier(usage, &texte, Instant(quand));
        assert_eq!(lire("lien", 999).unwrap(), b"projet-7");
        assert_eq!(lire("lien", 1000), Err(SignatureError::Expire));
        assert_eq!(lire("flash", 999), Err(SignatureError::Invalide));
    }

    #[test]
    fn a_renewed_key_still_reads_what_the_former_one_signed() {
        let dossier = tempfile::tempdir().unwrap();
        let chemin = dossier.path().join("cles");
        let avant = Signature::creer(&chemin, &SystemIds).unwrap();
        let texte = avant.signer("lien", b"x", Instant(10));
        let apres = Signature::renouveler(&chemin, &SystemIds).unwrap();
        let relue = Signature::lire(&chemin).unwrap();
        assert_eq!(relue.verifier("lien", &texte, Instant(1)).unwrap(), b"x");
        let nouveau = apres.signer("lien", b"x", Instant(10));
        assert_eq!(avant.verifier("lien", &nouveau, Instant(1)), Err(SignatureError::Invalide));
        assert!(Signature::creer(&chemin, &SystemIds).is_err(), "never replaced");
        assert!(!format!("{relue:?}").contains(&std::fs::read_to_string(&chemin).unwrap()[..8]));
    }

    #[cfg(unix)]
    #[test]
    fn the_key_file_is_readable_by_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let dossier = tempfile::tempdir().unwrap();
        let chemin = dossier.path().join("cles");
        Signature::creer(&chemin, &SystemIds).unwrap();
        let mode = std::fs::metadata(&chemin).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_key_file_is_refused() {
        let dossier = tempfile::tempdir().unwrap();
        let chemin = dossier.path().join("cles");
        for texte in ["", "zz", &"é".repeat(32)] {
            std::fs::write(&chemin, texte).unwrap();
            assert!(Signature::lire(&chemin).is_err(), "{texte}");
        }
    }

    #[test]
    fn derived_keys_differ_by_usage() {
        let cle = Cle::nouvelle(&SystemIds);
        assert_ne!(cle.deriver("session"), cle.deriver("lien"));
        assert_eq!(cle.deriver("lien"), cle.deriver("lien"));
    }

    proptest! {
        #[test]
        fn one_changed_character_is_refused(charge: Vec<u8>, place: prop::sample::Index) {
            let signature = signature();
            let mut texte = signature.signer("u", &charge, Instant(i64::MAX)).into_bytes();
            let place = place.index(texte.len());
            texte[place] = if texte[place] == b'A' { b'B' } else { b'A' };
            let texte = String::from_utf8(texte).unwrap();
            prop_assert_eq!(signature.verifier("u", &texte, Instant(0)), Err(SignatureError::Invalide));
        }
    }
}
