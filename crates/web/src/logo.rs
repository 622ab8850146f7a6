//! The logo of the collectivité: drawn again small when it was received, kept among the settings, served under its digest.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use socle::reglage;

/// Key of the setting.
pub const CLE: &str = "logo";

/// As kept. Without image: there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Logo {
    /// PNG, in base64.
    png: String,
    /// Width, pixels.
    pub largeur: u32,
    /// Height, pixels.
    pub hauteur: u32,
    /// What it says, for who does not see it.
    pub mots: String,
    /// Digest of the image: its address.
    pub empreinte: String,
    /// Version read, for the optimistic lock.
    #[serde(skip)]
    pub version: i64,
}

impl Logo {
    /// An image drawn again, with its words.
    #[must_use]
    pub fn nouveau(png: &[u8], (largeur, hauteur): (u32, u32), mots: String, empreinte: String) -> Self {
        Self { png: STANDARD.encode(png), largeur, hauteur, mots, empreinte, version: 0 }
    }

    /// Among all settings.
    #[must_use]
    pub fn parmi(lignes: &[reglage::Model]) -> Self {
        let (lu, version) = reglage::parmi::<Self>(lignes, CLE);
        Self { version, ..lu.unwrap_or_default() }
    }

    /// Is there one?
    #[must_use]
    pub fn existe(&self) -> bool {
        !self.png.is_empty()
    }

    /// The image.
    #[must_use]
    pub fn octets(&self) -> Vec<u8> {
        STANDARD.decode(&self.png).unwrap_or_default()
    }

    /// Where it is served.
    #[must_use]
    pub fn url(&self) -> String {
        format!("/logo/{}", self.empreinte)
    }

    /// Width on a page, where its height is that of the header.
    #[must_use]
    pub fn largeur_pour(&self, hauteur: u32) -> u32 {
        (self.largeur * hauteur).div_ceil(self.hauteur.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::Logo;

    #[test]
    fn un_logo_se_garde_et_se_mesure() {
        let logo = Logo::nouveau(b"png", (480, 96), "Département".to_owned(), "abc".to_owned());
        assert!(logo.existe() && !Logo::default().existe());
        assert_eq!((logo.octets().as_slice(), logo.url().as_str()), (&b"png"[..], "/logo/abc"));
        assert_eq!((logo.largeur_pour(44), Logo::default().largeur_pour(44)), (220, 0));
        let relu: Logo = serde_json::from_str(&serde_json::to_string(&logo).unwrap()).unwrap();
        assert_eq!(relu, logo);
    }
}
