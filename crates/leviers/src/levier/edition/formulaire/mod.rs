//! A sheet as a form, and back: the sheet here, its conditions in `condition`, where it was read in `source`.

mod condition;
mod source;
mod zonage;

use domain::plan::Montant;
use domain::regle::r20::BaseDeCompetence;
use domain::theme::Theme;
use domain::tri::cle_de_tri;
use jiff::civil::Date;
use web::composants::{ChampLong, ChampOptions, ChampTexte, OptionDeChamp, Selection};
use web::formulaire::{Erreurs, Lecteur};
use web::locaux::ThemesLocaux;
use web::zonages::ListeConnue;
use web::{Formulaire, Saisie};

pub(crate) use self::condition::{Bloc, ajout, ajouter, blocs, retirer};
use crate::levier::critere::Critere;
use crate::levier::pages::natures;
use crate::levier::{Financeur, GenreDeFinanceur, Levier, NatureDeLevier, ParametresAide};

/// A field of any kind, ready to show.
pub(crate) enum Champ {
    Texte(ChampTexte),
    Long(ChampLong),
    Options(ChampOptions),
    Selection(Selection),
}

impl std::fmt::Display for Champ {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Texte(champ) => champ.fmt(f),
            Self::Long(champ) => champ.fmt(f),
            Self::Options(champ) => champ.fmt(f),
            Self::Selection(champ) => champ.fmt(f),
        }
    }
}

impl askama::filters::HtmlSafe for Champ {}

/// A part of the form under its heading.
pub(crate) struct Partie {
    pub(crate) titre: &'static str,
    pub(crate) champs: Vec<Champ>,
}

fn texte(f: &Formulaire, nom: impl Into<String>, libelle: &str) -> ChampTexte {
    f.texte(nom.into(), libelle)
}

/// The fields of the sheet itself.
pub(crate) fn parties(f: &Formulaire, nouvelle: bool, themes: &ThemesLocaux) -> Vec<Partie> {
    let genres = GenreDeFinanceur::TOUS.iter().map(|g| OptionDeChamp::nouvelle(g.as_str(), g.libelle()));
    let bases = std::iter::once(OptionDeChamp::nouvelle("", "Aucune (aide d’un autre financeur)"))
        .chain(BaseDeCompetence::TOUS.iter().map(|b| OptionDeChamp::nouvelle(b.as_str(), b.libelle())));
    let mut identite = vec![
        Champ::Texte(texte(f, "nom", "Nom de l’aide ou de l’appui")),
        Champ::Selection(f.selection("nature", "Ce que c’est", natures())),
        Champ::Long(f.long("resume", "En bref", 600).aide("Une ou deux phrases simples.").lignes(3)),
        Champ::Long(f.long("pour_quoi", "Pour quoi", 4_000).lignes(3)),
        Champ::Long(
            f.long("montant", "Montant, en mots", 1_000).aide("Dites « à vérifier » quand ce n’est pas sûr.").lignes(2),
        ),
    ];
    if nouvelle {
        let aide = "Facultatif : lettres minuscules, chiffres et tirets. Sert d’adresse à la page et ne change plus.";
        identite.insert(1, Champ::Texte(texte(f, "id", "Identifiant (facultatif)").aide(aide)));
    }
    vec![
        Partie { titre: "L’aide", champs: identite },
        Partie {
            titre: "Qui la propose",
            champs: vec![
                Champ::Texte(texte(f, "porteur_nom", "Nom de l’organisme")),
                Champ::Selection(f.selection("porteur_genre", "Sorte d’organisme", genres)),
                Champ::Texte(texte(f, "porteur_avec", "Avec qui (facultatif)")),
                Champ::Selection(
                    f.selection("base_de_competence", "Base de compétence (règle R-20)", bases)
                        .aide("Obligatoire pour une aide du département."),
                ),
                Champ::Texte(
                    texte(f, "contact", "Contact (facultatif)").aide("Un service, jamais le nom d’une personne."),
                ),
                Champ::Texte(texte(f, "url", "Page de l’aide (facultatif)").aide("Commence par https://")),
            ],
        },
        Partie {
            titre: "Thèmes",
            champs: vec![
                Champ::Options(
                    f.cases("themes", "Thèmes aidés (facultatif)", themes.options(f.saisie.liste("themes")))
                        .aide("Aucun coché : tous.")
                        .en_colonnes(),
                ),
                Champ::Options(
                    f.cases(
                        "themes_a_verifier",
                        "Thèmes peut-être aidés (facultatif)",
                        themes.options(f.saisie.liste("themes_a_verifier")),
                    )
                    .aide("Le texte n’est pas clair : le projet verra « à vérifier ».")
                    .en_colonnes(),
                ),
            ],
        },
        Partie {
            titre: "Dates, source et suivi",
            champs: vec![
                Champ::Texte(texte(f, "valable_du", "Ouverte à partir du (facultatif)").date()),
                Champ::Texte(texte(f, "valable_au", "Ouverte jusqu’au (facultatif)").date()),
                Champ::Texte(
                    texte(f, "responsable", "Qui tient la fiche à jour")
                        .aide("Une fonction, jamais le nom d’une personne."),
                ),
                Champ::Texte(
                    texte(f, "a_revoir_le", "À revoir le").date().aide("À partir de ce jour, la fiche sort du calcul."),
                ),
                Champ::Texte(texte(f, "source_libelle", "Source").aide("Une page, un article de loi, un règlement.")),
                Champ::Texte(texte(f, "source_url", "Adresse de la source (facultatif)")),
                Champ::Texte(texte(f, "source_le", "Relevé le (facultatif)").date()),
                Champ::Selection(source::surete(f, "source_surete".to_owned())),
                Champ::Long(f.long("bases_legales", "Textes de loi, un par ligne (facultatif)", 2_000).lignes(3)),
            ],
        },
        calcul(f),
    ]
}

fn calcul(f: &Formulaire) -> Partie {
    let un = |valeur: &str, libelle: &str| vec![OptionDeChamp::nouvelle(valeur, libelle)];
    let aides = ["non", "publique", "privee"].into_iter().zip([
        "Elle n’entre pas dans le calcul",
        "Argent public : compte dans la règle des 20 %",
        "Argent privé",
    ]);
    Partie {
        titre: "Dans le calcul du plan de financement",
        champs: vec![
            Champ::Options(f.radios(
                "aide",
                "Cette aide apporte-t-elle de l’argent au projet ?",
                aides.map(|(valeur, libelle)| OptionDeChamp::nouvelle(valeur, libelle)),
            )),
            Champ::Texte(
                texte(f, "taux", "Taux, en % du coût (facultatif)")
                    .chiffres()
                    .aide("Vide : montant inconnu, rien n’est compté."),
            ),
            Champ::Texte(texte(f, "bonus", "Bonus, en % du coût (facultatif)").chiffres()),
            Champ::Texte(texte(f, "forfait", "Somme fixe, à la place d’un taux (facultatif)").montant()),
            Champ::Texte(texte(f, "plafond", "Montant le plus haut (facultatif)").montant()),
            Champ::Texte(texte(f, "minimum", "Pas d’aide en dessous de (facultatif)").montant()),
            Champ::Texte(
                texte(
                    f,
                    "plafond_public",
                    "Plafond de toutes les aides publiques, en % du coût, règle R-03 (facultatif)",
                )
                .chiffres(),
            ),
            Champ::Options(f.cases(
                "fonds_de_concours",
                "Fonds de concours",
                un("oui", "C’est un fonds de concours (règle R-52)"),
            )),
            Champ::Options(f.cases(
                "exemple",
                "Chiffres d’exemple",
                un(
                    "oui",
                    "Ces chiffres ne viennent pas d’un texte officiel : ils ne comptent que dans la démonstration",
                ),
            )),
        ],
    }
}

/// The fields of a sheet.
#[must_use]
pub fn en_saisie(levier: &Levier) -> Saisie {
    let facultatif = |texte: &Option<String>| texte.clone().unwrap_or_default();
    let date = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
    let mut saisie = Saisie::default()
        .avec("id", &levier.id)
        .avec("nom", &levier.nom)
        .avec("nature", levier.nature.as_str())
        .avec("resume", &levier.resume)
        .avec("pour_quoi", &levier.pour_quoi)
        .avec("montant", &levier.montant)
        .avec("porteur_nom", &levier.porteur.nom)
        .avec("porteur_genre", levier.porteur.genre.as_str())
        .avec("porteur_avec", facultatif(&levier.porteur.avec))
        .avec("base_de_competence", levier.base_de_competence.map(BaseDeCompetence::as_str).unwrap_or_default())
        .avec("contact", facultatif(&levier.contact))
        .avec("url", facultatif(&levier.url))
        .avec("valable_du", date(levier.valable_du))
        .avec("valable_au", date(levier.valable_au))
        .avec("responsable", &levier.responsable)
        .avec("a_revoir_le", levier.a_revoir_le.to_string())
        .avec("bases_legales", levier.bases_legales.join("\n"));
    saisie = source::en_saisie(saisie, "", &levier.source);
    saisie = levier.themes.iter().fold(saisie, |s, theme| s.avec("themes", theme.as_str()));
    saisie = levier.themes_a_verifier.iter().fold(saisie, |s, theme| s.avec("themes_a_verifier", theme.as_str()));
    saisie = aide_en_saisie(saisie, levier.aide);
    levier
        .criteres
        .iter()
        .enumerate()
        .fold(saisie, |saisie, (rang, critere)| condition::en_saisie(saisie, rang, critere))
}

fn aide_en_saisie(saisie: Saisie, aide: Option<ParametresAide>) -> Saisie {
    let Some(aide) = aide else { return saisie.avec("aide", "non") };
    let montant = aide.montant.unwrap_or_default();
    let pour_cent = |points: Option<u32>| points.map(|p| format!("{},{:02}", p / 100, p % 100)).unwrap_or_default();
    let mut saisie = saisie
        .avec("aide", if aide.publique { "publique" } else { "privee" })
        .avec("taux", pour_cent(montant.taux))
        .avec("bonus", pour_cent(montant.bonus))
        .avec_montant("forfait", montant.forfait)
        .avec_montant("plafond", montant.plafond)
        .avec_montant("minimum", montant.minimum)
        .avec("plafond_public", pour_cent(montant.plafond_public));
    if aide.fonds_de_concours {
        saisie = saisie.avec("fonds_de_concours", "oui");
    }
    if aide.exemple { saisie.avec("exemple", "oui") } else { saisie }
}

/// A readable id made of a name.
#[must_use]
pub fn identifiant_de(nom: &str) -> String {
    let tirets: String =
        cle_de_tri(nom).chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let mots: Vec<&str> = tirets.split('-').filter(|mot| !mot.is_empty()).collect();
    let id = mots.join("-");
    id.chars().take(80).collect::<String>().trim_end_matches('-').to_owned()
}

/// The sheet that a form says. `id` is the one of an existing sheet.
///
/// # Errors
/// Every error, beside its field.
pub fn lire(saisie: &Saisie, id: Option<&str>, listes: &[ListeConnue]) -> Result<Levier, Erreurs> {
    let mut l = saisie.lecteur();
    let nom = l.texte("nom", "Donnez un nom à la fiche.", 3, 160);
    let id = id.map(str::to_owned).or_else(|| l.texte_libre("id", 80)).or_else(|| nom.as_deref().map(identifiant_de));
    let nature = un_de(&mut l, saisie, "nature", "Dites ce que c’est.", NatureDeLevier::TOUTES, NatureDeLevier::as_str);
    let genre = un_de(
        &mut l,
        saisie,
        "porteur_genre",
        "Choisissez une sorte.",
        GenreDeFinanceur::TOUS,
        GenreDeFinanceur::as_str,
    );
    let resume = l.texte("resume", "Dites l’aide en une ou deux phrases.", 10, 600);
    let pour_quoi = l.texte("pour_quoi", "Dites ce que l’aide peut payer ou apporter.", 3, 4_000);
    let montant = l.texte("montant", "Dites le montant, ou « à vérifier ».", 2, 1_000);
    let porteur_nom = l.texte("porteur_nom", "Dites qui propose l’aide.", 2, 160);
    let responsable = l.texte("responsable", "Dites quelle fonction tient la fiche à jour.", 2, 160);
    let a_revoir_le = l.date("a_revoir_le");
    if a_revoir_le.is_none() {
        l.erreurs.ajouter("a_revoir_le", "Donnez le jour où la fiche sera relue.");
    }
    let source = source::lire(&mut l, "");
    if source.is_none() {
        l.erreurs.ajouter("source_libelle", "Dites où la fiche a été lue, ou « de mémoire ».");
    }
    let max = "C’est trop : choisissez moins de thèmes, ou aucun pour les accepter tous.";
    let themes: Vec<Theme> = l.plusieurs("themes", 30, max);
    let themes_a_verifier: Vec<Theme> = l.plusieurs("themes_a_verifier", 30, max);
    let porteur_avec = l.texte_libre("porteur_avec", 160);
    let (contact, url) = (l.texte_libre("contact", 600), l.texte_libre("url", 500));
    let (valable_du, valable_au) = (l.date("valable_du"), l.date("valable_au"));
    let bases = l.texte_libre("bases_legales", 2_000).unwrap_or_default();
    let aide = lire_aide(&mut l, saisie);
    let criteres: Vec<Option<Critere>> =
        condition::rangs(saisie).into_iter().map(|rang| condition::lire(&mut l, saisie, rang, listes)).collect();
    let criteres: Option<Vec<Critere>> = criteres.into_iter().collect();
    let levier = (|| {
        Some(Levier {
            id: id?,
            nom: nom?,
            nature: nature?,
            resume: resume?,
            pour_quoi: pour_quoi?,
            montant: montant?,
            bases_legales: bases.lines().map(str::trim).filter(|b| !b.is_empty()).map(str::to_owned).collect(),
            base_de_competence: l.choix_libre("base_de_competence"),
            contact,
            url,
            responsable: responsable?,
            a_revoir_le: a_revoir_le?,
            valable_du,
            valable_au,
            themes_a_verifier: themes_a_verifier.into_iter().filter(|t| !themes.contains(t)).collect(),
            themes,
            porteur: Financeur { nom: porteur_nom?, genre: genre?, avec: porteur_avec },
            source: source?,
            aide,
            criteres: criteres?,
        })
    })();
    let mut erreurs = l.erreurs;
    match levier {
        Some(levier) if erreurs.est_vide() => match levier.verifier() {
            Ok(()) => Ok(levier),
            Err(anomalies) => {
                for anomalie in anomalies {
                    erreurs.ajouter(champ_de(anomalie.champ), anomalie.message);
                }
                Err(erreurs)
            }
        },
        _ => Err(erreurs),
    }
}

/// The field of the form that shows an anomaly of the sheet.
fn champ_de(champ: &'static str) -> &'static str {
    match champ {
        "porteur" => "porteur_nom",
        "source" => "source_libelle",
        // The id is made of the name where it is not typed.
        autre => autre,
    }
}

fn un_de<T: Copy>(
    l: &mut Lecteur<'_>,
    saisie: &Saisie,
    nom: &str,
    vide: &str,
    tous: &[T],
    code: fn(T) -> &'static str,
) -> Option<T> {
    let trouve = tous.iter().copied().find(|valeur| code(*valeur) == saisie.texte(nom));
    if trouve.is_none() {
        l.erreurs.ajouter(nom, vide);
    }
    trouve
}

fn lire_aide(l: &mut Lecteur<'_>, saisie: &Saisie) -> Option<ParametresAide> {
    let publique = match saisie.texte("aide") {
        "publique" => true,
        "privee" => false,
        _ => return None,
    };
    let montant = Montant {
        taux: pour_cent(l, saisie, "taux"),
        bonus: pour_cent(l, saisie, "bonus"),
        plafond: l.montant("plafond"),
        minimum: l.montant("minimum"),
        forfait: l.montant("forfait"),
        plafond_public: pour_cent(l, saisie, "plafond_public"),
    };
    if montant.forfait.is_some() && montant.taux.is_some() {
        l.erreurs.ajouter("forfait", "Donnez un taux ou une somme fixe, pas les deux.");
    }
    Some(ParametresAide {
        publique,
        fonds_de_concours: saisie.texte("fonds_de_concours") == "oui",
        exemple: saisie.texte("exemple") == "oui",
        montant: Some(montant).filter(|montant| *montant != Montant::default()),
    })
}

/// "30", "32,5", "32,50 %": basis points.
fn pour_cent(l: &mut Lecteur<'_>, saisie: &Saisie, nom: &str) -> Option<u32> {
    let texte: String = saisie.texte(nom).chars().filter(|c| !c.is_whitespace() && *c != '%').collect();
    if texte.is_empty() {
        return None;
    }
    let points = points_de_base(&texte);
    if points.is_none() {
        l.erreurs.ajouter(nom, "Écrivez un pourcentage entre 0 et 100, par exemple 30 ou 32,5.");
    }
    points
}

fn points_de_base(texte: &str) -> Option<u32> {
    let (entier, fraction) = texte.split_once([',', '.']).unwrap_or((texte, ""));
    if fraction.len() > 2 || !fraction.bytes().all(|o| o.is_ascii_digit()) {
        return None;
    }
    let centiemes: u32 = format!("{fraction:0<2}").parse().ok()?;
    let points = entier.parse::<u32>().ok()?.checked_mul(100)?.checked_add(centiemes)?;
    (points <= 10_000).then_some(points)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;
    use rstest::rstest;

    #[test]
    fn chaque_fiche_livree_traverse_le_formulaire_sans_rien_perdre() {
        let listes = web::zonages::connues(&web::locaux::Locaux::default());
        for catalogue in [Catalogue::embarque().unwrap(), Catalogue::demonstration().unwrap()] {
            for levier in catalogue.leviers() {
                assert_eq!(lire(&en_saisie(levier), Some(&levier.id), &listes).as_ref(), Ok(levier), "{}", levier.id);
            }
        }
    }

    #[rstest]
    #[case("30", Some(3_000))]
    #[case("32,5", Some(3_250))]
    #[case("0,05", Some(5))]
    #[case("100", Some(10_000))]
    #[case("100,01", None)]
    #[case("12,345", None)]
    #[case("-1", None)]
    #[case("trente", None)]
    fn les_pourcentages(#[case] texte: &str, #[case] attendu: Option<u32>) {
        assert_eq!(points_de_base(texte), attendu);
    }

    #[rstest]
    #[case::sans_nom("nom", "", "nom")]
    #[case::nature("nature", "cadeau", "nature")]
    #[case::date("a_revoir_le", "bientôt", "a_revoir_le")]
    #[case::adresse("url", "javascript:alert(1)", "url")]
    #[case::taux("taux", "300", "taux")]
    #[case::theme_inconnu("themes", "sorcellerie", "themes")]
    #[case::departement_sans_base("porteur_genre", "departement", "base_de_competence")]
    fn une_erreur_est_a_cote_de_son_champ(#[case] champ: &str, #[case] valeur: &str, #[case] erreur: &str) {
        let detr = Catalogue::embarque().unwrap().par_id("detr").unwrap().clone();
        let saisie = en_saisie(&detr).sans(champ).avec(champ, valeur);
        assert!(lire(&saisie, Some("detr"), &[]).unwrap_err().de(erreur).is_some());
    }

    #[rstest]
    #[case("Fonds d’aide à l’Épicerie (2026)", "fonds-d-aide-a-l-epicerie-2026")]
    #[case("  ///  ", "")]
    fn un_identifiant_se_tire_du_nom(#[case] nom: &str, #[case] attendu: &str) {
        assert_eq!(identifiant_de(nom), attendu);
    }
}
