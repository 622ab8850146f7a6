//! Several instances in one process, chosen by host name: each is a whole configuration file, with its own folder and
//! database. The first one, which listens, answers at the host of its `url-publique`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use platform::configuration::{Configuration, Sources};

use crate::ligne;

/// The configurations named by `hotes`, by host name; empty when one instance answers everywhere. Paths are read from
/// `dossier`, the folder of the first file. Environment and flags are of the first instance alone.
///
/// # Errors
/// A file that cannot be read or understood; two instances on one folder, one database or one host.
pub fn autres(premiere: &Configuration, dossier: &Path) -> anyhow::Result<BTreeMap<String, Configuration>> {
    let mut lues = BTreeMap::new();
    for (hote, fichier) in &premiere.hotes {
        let chemin = dossier.join(fichier);
        let texte = String::from_utf8(ligne::lire(&chemin)?)
            .with_context(|| format!("Le fichier {} n’est pas un texte en UTF-8", chemin.display()))?;
        let sources = Sources { fichier: Some(texte), ..Sources::default() };
        let lue = Configuration::charger(&sources).with_context(|| format!("{hote} : {}", chemin.display()))?;
        if !lue.hotes.is_empty() {
            bail!(
                "{hote} : seul le premier fichier dit quels hôtes sont servis. Retirez « hotes » de {}.",
                chemin.display()
            );
        }
        lues.insert(hote.clone(), lue);
    }
    if !lues.is_empty() {
        separer(premiere, &lues)?;
    }
    Ok(lues)
}

/// Host name of the public address: where the first instance answers when others are served beside it.
#[must_use]
pub fn hote_de(configuration: &Configuration) -> String {
    let sans_schema = configuration.url_publique.split("://").nth(1).unwrap_or_default();
    web::application::nom_d_hote(sans_schema.split('/').next().unwrap_or_default())
}

/// No instance reads or writes what is another's.
fn separer(premiere: &Configuration, autres: &BTreeMap<String, Configuration>) -> anyhow::Result<()> {
    let sien = hote_de(premiere);
    ensure!(!autres.contains_key(&sien), "{sien} est déjà l’hôte de la première instance (url-publique).");
    let mut vues: Vec<(&str, &Configuration)> = vec![(&sien, premiere)];
    for (hote, lue) in autres {
        for (autre, vue) in &vues {
            ensure!(
                std::path::absolute(&lue.donnees)? != std::path::absolute(&vue.donnees)?,
                "{hote} et {autre} ont le même dossier : donnez à chacun son « donnees »."
            );
            ensure!(
                (lue.base_url.reveler(), &lue.base_schema) != (vue.base_url.reveler(), &vue.base_schema),
                "{hote} et {autre} ont la même base : donnez à chacun son « base.url » ou son « base.schema »."
            );
        }
        vues.push((hote, lue));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn premiere(texte: &str) -> Configuration {
        Configuration::charger(&Sources { fichier: Some(texte.to_owned()), ..Sources::default() }).unwrap()
    }

    const ICI: &str =
        "url-publique = 'https://ici.invalid'\ndonnees = '/d/ici'\n[hotes]\n'Ailleurs.invalid' = 'ailleurs.toml'";

    #[test]
    fn chaque_hote_a_sa_configuration() {
        let dossier = tempfile::tempdir().unwrap();
        std::fs::write(dossier.path().join("ailleurs.toml"), "donnees = '/d/ailleurs'\ninstance.departement = '35'")
            .unwrap();
        let lues = autres(&premiere(ICI), dossier.path()).unwrap();
        assert_eq!(lues["ailleurs.invalid"].departement.as_deref(), Some("35"));
        assert_eq!(hote_de(&premiere(ICI)), "ici.invalid");
        assert!(
            autres(&premiere("donnees = '/d/ici'"), dossier.path()).unwrap().is_empty(),
            "one instance, every host"
        );
    }

    #[rstest]
    #[case::meme_dossier("donnees = '/d/ici'\nbase.url = 'sqlite:///autre.sqlite'", "le même dossier")]
    #[case::meme_base("donnees = '/d/ailleurs'\nbase.url = 'sqlite:///d/ici/terreau.sqlite'", "la même base")]
    #[case::hotes_dans_hotes("donnees = '/d/ailleurs'\n[hotes]\n'x.invalid' = 'x.toml'", "seul le premier fichier")]
    #[case::inconnu("donnes = '/d/ailleurs'", "ailleurs.invalid")]
    fn deux_instances_ne_se_melangent_pas(#[case] texte: &str, #[case] phrase: &str) {
        let dossier = tempfile::tempdir().unwrap();
        std::fs::write(dossier.path().join("ailleurs.toml"), texte).unwrap();
        let erreur = autres(&premiere(ICI), dossier.path()).unwrap_err();
        assert!(format!("{erreur:#}").contains(phrase), "{erreur:#}");
    }

    #[test]
    fn le_meme_hote_deux_fois_est_refuse() {
        let dossier = tempfile::tempdir().unwrap();
        std::fs::write(dossier.path().join("ailleurs.toml"), "donnees = '/d/ailleurs'").unwrap();
        let texte = ICI.replace("https://ici.invalid", "https://AILLEURS.invalid:8443");
        let erreur = autres(&premiere(&texte), dossier.path()).unwrap_err();
        assert!(erreur.to_string().contains("déjà l’hôte de la première"), "{erreur}");
    }
}
