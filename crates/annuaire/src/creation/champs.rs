//! The form of a structure that the directory does not have: as shown, as typed and checked, as kept while it waits.

use domain::code::CodeCommune;
use domain::theme::Theme;
use web::composants::{ChampOptions, ChampTexte, OptionDeChamp, Selection};
use web::formulaire::{Erreurs, Formulaire};
use web::{Cadre, Instance, Saisie};

use super::rules::{FORMES, Identite, identite};
use crate::import::fiche::naf;
use crate::tenue::champs::{self, ChampsFiche, Montre, OUVERTURES};
use crate::vocabulaire::Champ;

/// Names of the form fields that say what the structure is.
const NOMS: [&str; 15] = [
    "numero",
    "rna",
    "emergence",
    "forme",
    "categorie",
    "naf",
    "commune",
    "adresse",
    "code_postal",
    "nom",
    "sigle",
    "presentation",
    "site",
    "courriel",
    "telephone",
];

/// The form.
pub(crate) struct ChampsStructure {
    pub(crate) numero: ChampTexte,
    pub(crate) rna: ChampTexte,
    pub(crate) emergence: ChampOptions,
    pub(crate) forme: Selection,
    /// Four digits and a code of activity: agents read them in a register.
    pub(crate) codes: Option<[ChampTexte; 2]>,
    pub(crate) commune: ChampTexte,
    pub(crate) adresse: ChampTexte,
    pub(crate) code_postal: ChampTexte,
    pub(crate) themes: ChampOptions,
    pub(crate) champs: ChampsFiche,
}

impl ChampsStructure {
    pub(crate) fn nouveaux(cadre: &Cadre, f: &Formulaire, agent: bool) -> Self {
        let themes = cadre.instance.locaux().themes.options(f.saisie.liste("themes"));
        let formes = std::iter::once(OptionDeChamp::nouvelle("", "Je ne sais pas"))
            .chain(FORMES.iter().map(|(code, nom)| OptionDeChamp::nouvelle(*code, *nom)));
        let non_dit = OptionDeChamp::nouvelle("oui", "Elle n’en a pas encore : c’est un collectif qui se crée");
        Self {
            numero: f
                .texte("numero", "Numéro SIREN ou SIRET")
                .aide("Neuf ou quatorze chiffres. Il est sur les factures et les courriers officiels.")
                .chiffres(),
            rna: f
                .texte("rna", "Numéro RNA (facultatif)")
                .aide("Pour une association : la lettre W et neuf chiffres, sur le récépissé de la préfecture."),
            emergence: f.cases("emergence", "La structure a-t-elle un numéro ?", [non_dit]),
            forme: f.selection("forme", "Forme juridique", formes),
            codes: agent.then(|| {
                [
                    f.texte("categorie", "Ou la catégorie juridique de l’Insee (facultatif)")
                        .aide("Quatre chiffres, si la forme n’est pas dans la liste. Exemple : 6560.")
                        .chiffres(),
                    f.texte("naf", "Activité principale, code NAF (facultatif)").aide("Exemple : 88.99B"),
                ]
            }),
            commune: f.texte("commune", "Commune").commune(),
            adresse: f
                .texte("adresse", "Numéro et rue (facultatif)")
                .aide("Là où l’on peut venir. Tout le monde la verra."),
            code_postal: f.texte("code_postal", "Code postal (facultatif)").chiffres(),
            themes: f.cases("themes", "Ce qu’elle fait", themes).aide("Un à cinq thèmes.").en_colonnes(),
            champs: ChampsFiche::nouveaux(f),
        }
    }
}

/// A structure as typed, checked.
#[derive(Clone, Debug)]
pub(crate) struct Lue {
    pub(crate) identite: Identite,
    pub(crate) commune: CodeCommune,
    pub(crate) adresse: Option<String>,
    pub(crate) code_postal: Option<String>,
    pub(crate) themes: Vec<Theme>,
    faits: Vec<(Champ, String)>,
}

impl Lue {
    /// Every fact that was given, the commune too.
    pub(crate) fn faits(&self) -> &[(Champ, String)] {
        &self.faits
    }

    /// What was given for a field; nothing when nothing was.
    pub(crate) fn de(&self, champ: Champ) -> &str {
        self.faits.iter().find(|(dit, _)| *dit == champ).map_or("", |(_, valeur)| valeur)
    }
}

/// Reads the form.
///
/// # Errors
/// What is wrong, field by field.
pub(crate) fn lire(instance: &Instance, saisie: &Saisie) -> Result<Lue, Erreurs> {
    let mut l = saisie.lecteur();
    let emergente = saisie.liste("emergence").iter().any(|oui| oui == "oui");
    let identite = match identite(saisie.texte("numero"), saisie.texte("rna"), emergente) {
        Ok(identite) => Some(identite),
        Err((champ, phrase)) => {
            l.erreurs.ajouter(champ, phrase);
            None
        }
    };
    let mut faits = champs::lire(&mut l, saisie, &Montre::default());
    let commune = l.commune("commune", instance);
    let adresse = l.texte_libre("adresse", 200);
    let code_postal = l.texte_libre("code_postal", 5);
    if code_postal.as_deref().is_some_and(|code| code.len() != 5 || !chiffres(code)) {
        l.erreurs.ajouter("code_postal", "Un code postal a cinq chiffres.");
    }
    let forme = saisie.texte("forme");
    if !forme.is_empty() && !FORMES.iter().any(|(code, _)| *code == forme) {
        l.erreurs.ajouter("forme", "Ce choix n’existe pas. Choisissez dans la liste.");
    }
    let categorie = l.texte_libre("categorie", 4);
    if categorie.as_deref().is_some_and(|code| code.len() != 4 || !chiffres(code)) {
        l.erreurs.ajouter("categorie", "Écrivez les quatre chiffres du code. Exemple : 6560.");
    }
    let ecrit = l.texte_libre("naf", 10);
    let activite = ecrit.as_deref().and_then(naf);
    if ecrit.is_some() && activite.is_none() {
        l.erreurs.ajouter("naf", "Un code NAF a quatre chiffres et une lettre. Exemple : 88.99B.");
    }
    let themes = champs::lire_les_themes(&mut l);
    let (Some(identite), Some(commune), true) = (identite, commune, l.erreurs.est_vide()) else {
        return Err(l.erreurs);
    };
    faits.extend([
        (Champ::Rna, identite.rna().map(ToString::to_string).unwrap_or_default()),
        (Champ::CategorieJuridique, categorie.unwrap_or_else(|| forme.to_owned())),
        (Champ::Naf, activite.unwrap_or_default()),
        (Champ::Commune, commune.to_string()),
    ]);
    faits.retain(|(_, valeur)| !valeur.is_empty());
    Ok(Lue { identite, commune, adresse, code_postal, themes, faits })
}

fn chiffres(texte: &str) -> bool {
    texte.bytes().all(|octet| octet.is_ascii_digit())
}

/// What was typed, as it is kept while it waits for an agent.
pub(crate) fn en_texte(saisie: &Saisie) -> String {
    let noms = NOMS.into_iter().chain(["themes"]).chain(OUVERTURES.into_iter().map(Champ::as_str));
    let couples: Vec<(&str, &str)> = noms
        .flat_map(|nom| saisie.liste(nom).iter().map(move |valeur| (nom, valeur.as_str())))
        .filter(|(_, valeur)| !valeur.is_empty())
        .collect();
    serde_json::to_string(&couples).unwrap_or_default()
}

/// And back, as a form holds it.
pub(crate) fn depuis_le_texte(garde: &str) -> Saisie {
    let couples: Vec<(String, String)> = serde_json::from_str(garde).unwrap_or_default();
    couples.into_iter().fold(Saisie::default(), |saisie, (nom, valeur)| saisie.avec(&nom, valeur))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ce_qui_attend_revient_tel_qu_il_fut_ecrit() {
        let saisie = Saisie::default()
            .avec("numero", "443061841")
            .avec("nom", "L’Épicerie « du coin »")
            .avec("themes", "commerce")
            .avec("themes", "alimentation")
            .avec("visites", "oui")
            .avec("acte", "proposer");
        let revenue = depuis_le_texte(&en_texte(&saisie));
        assert_eq!(revenue, saisie.sans("acte"));
        assert_eq!(depuis_le_texte("pas du JSON"), Saisie::default());
    }
}
