//! The words of the site: short sentences, simple words, acronyms that the house explains. Read in `contenu/`, in the
//! templates and in the strings of the Rust files, as a person reads them: what tags, figures and variables say is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Literal, TokenStream, TokenTree};
use serde::Deserialize;
use toml::Value;
use web::sigles;

/// A sentence of more words is two sentences.
const MOTS_PAR_PHRASE: usize = 25;
/// Kandel and Moles's reading ease (1958: Flesch's measure for French), 0 to 100. From 60 up, a text is read by someone who
/// left school at fifteen.
const FACILITE: f64 = 60.0;
/// Below, the measure says nothing.
const MOTS_MESURABLES: usize = 60;
/// A line of a page that is easy to read.
const MOTS_PAR_LIGNE_FACILE: usize = 12;

/// Capitals that are no acronym: patterns, titles of law, one word of a form.
const PAS_DES_SIGLES: &[&str] = &["AAAA", "MM", "JJ", "XX", "XXX", "NON", "OUI", "III"];

struct Texte {
    ou: String,
    dit: String,
}

fn racine() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn fichiers(dossier: &Path, fin: &str, trouves: &mut Vec<PathBuf>) {
    for entree in fs::read_dir(dossier).unwrap() {
        let chemin = entree.unwrap().path();
        if chemin.is_dir() {
            fichiers(&chemin, fin, trouves);
        } else if chemin.extension().is_some_and(|extension| extension == fin) {
            trouves.push(chemin);
        }
    }
}

fn nom(chemin: &Path) -> String {
    chemin.strip_prefix(racine()).unwrap_or(chemin).display().to_string().replace("crates/server/../../", "")
}

/// References to a law, names of organisations and of functions: nobody reads them as sentences.
const PAS_DES_PHRASES: [&str; 5] = ["bases_legales", "source", "nom", "contact", "responsable"];

/// Every sentence of a file of content: strings that hold a space.
fn chaines(valeur: &Value, dites: &mut Vec<String>) {
    match valeur {
        Value::String(texte) if texte.contains(' ') => dites.push(texte.clone()),
        Value::Array(valeurs) => valeurs.iter().for_each(|valeur| chaines(valeur, dites)),
        Value::Table(table) => {
            let lus = table.iter().filter(|(cle, _)| !PAS_DES_PHRASES.contains(&cle.as_str()));
            lus.for_each(|(_, valeur)| chaines(valeur, dites));
        }
        _ => {}
    }
}

fn contenus() -> Vec<Texte> {
    let mut chemins = Vec::new();
    fichiers(&racine().join("contenu"), "toml", &mut chemins);
    // Tables of machines, and the words themselves.
    chemins.retain(|chemin| !nom(chemin).contains("correspondances-aides") && !nom(chemin).contains("contenu/mots"));
    chemins
        .iter()
        .map(|chemin| {
            let mut dites = Vec::new();
            chaines(&fs::read_to_string(chemin).unwrap().parse::<toml::Table>().map(Value::Table).unwrap(), &mut dites);
            Texte { ou: nom(chemin), dit: sans_variables(&dites.join("\n")) }
        })
        .collect()
}

fn gabarits() -> Vec<Texte> {
    let mut chemins = Vec::new();
    fichiers(&racine().join("crates"), "html", &mut chemins);
    chemins.retain(|chemin| nom(chemin).contains("/templates/"));
    chemins.iter().map(|chemin| Texte { ou: nom(chemin), dit: visible(&fs::read_to_string(chemin).unwrap()) }).collect()
}

/// Sources whose strings are shown to people. Not read: what only developers or operators see, the invented people of the
/// demonstration, tables, patterns of addresses.
fn sources() -> Vec<PathBuf> {
    const CRATES: [&str; 11] = [
        "accompagnement",
        "annuaire",
        "comptes",
        "graphiques",
        "leviers",
        "observatoire",
        "opendata",
        "projets",
        "reglages",
        "web",
        "domain/src/regle",
    ];
    const PAS_LUS: [&str; 6] = ["migrations", "_tests.rs", "/demo", "generateur", "publication/rules.rs", "/tests/"];
    let mut chemins = Vec::new();
    for crate_lu in CRATES {
        fichiers(&racine().join("crates").join(crate_lu), "rs", &mut chemins);
    }
    chemins.retain(|chemin| !PAS_LUS.iter().any(|pas_lu| nom(chemin).contains(pas_lu)));
    chemins
}

/// Strings of a Rust file that are French: not attributes, tests, statements, messages for the log or for who develops.
fn litteraux(jetons: TokenStream, lus: &mut Vec<String>) {
    const MACROS_TUES: [&str; 12] = [
        "raw_sql",
        "assert",
        "assert_eq",
        "assert_ne",
        "debug_assert",
        "panic",
        "error",
        "warn",
        "info",
        "debug",
        "trace",
        "include_str",
    ];
    let mut jetons = jetons.into_iter().peekable();
    let mut tue = false;
    let mut de_test = false;
    let mut avant = String::new();
    while let Some(jeton) = jetons.next() {
        match jeton {
            // `#[…]` and `#![…]`: documentation is one too. After `#[cfg(test)]`, the module.
            TokenTree::Punct(signe) if signe.as_char() == '#' => {
                jetons.next_if(|jeton| matches!(jeton, TokenTree::Punct(signe) if signe.as_char() == '!'));
                if let Some(TokenTree::Group(attribut)) = jetons.peek()
                    && attribut.delimiter() == Delimiter::Bracket
                {
                    de_test = de_test || attribut.stream().to_string().replace(' ', "") == "cfg(test)";
                    jetons.next();
                }
            }
            TokenTree::Ident(mot) => {
                tue = MACROS_TUES.contains(&mot.to_string().as_str())
                    && matches!(jetons.peek(), Some(TokenTree::Punct(s)) if s.as_char() == '!');
                avant = mot.to_string();
            }
            TokenTree::Punct(signe) if signe.as_char() == ';' => de_test = false,
            TokenTree::Punct(_) => {}
            TokenTree::Group(groupe) => {
                // `.expect("…")` and `Erreur::interne("…")` are read in the log alone.
                let muet = tue || de_test || avant == "expect" || avant == "interne";
                if !muet {
                    litteraux(groupe.stream(), lus);
                }
                if groupe.delimiter() == Delimiter::Brace {
                    de_test = false;
                }
                tue = false;
                avant.clear();
            }
            TokenTree::Literal(literal) => lus.extend(francais(&literal)),
        }
    }
}

/// A string of several words in French, as it is read.
fn francais(literal: &Literal) -> Option<String> {
    const PETITS_MOTS: [&str; 14] =
        ["le", "la", "les", "des", "une", "un", "du", "de", "vous", "votre", "ce", "est", "pas", "pour"];
    let texte = syn::parse_str::<syn::LitStr>(&literal.to_string()).ok()?.value();
    let dits = mots(&texte);
    let francais = dits.iter().any(|mot| PETITS_MOTS.contains(&mot.as_str()) || !mot.is_ascii());
    let requete =
        ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WHERE ", "CREATE "].iter().any(|verbe| texte.contains(verbe));
    (texte.contains(' ') && dits.len() > 1 && francais && !requete).then(|| visible(&sans_places(&texte)))
}

/// `{}` and `{nom}` of a format are one word each.
fn sans_places(texte: &str) -> String {
    let mut parts = texte.split('{');
    let debut = parts.next().unwrap_or_default().to_owned();
    parts.fold(debut, |dit, part| dit + "x" + part.split_once('}').map_or("", |(_, suite)| suite))
}

fn chaines_de_rust() -> Vec<Texte> {
    sources()
        .iter()
        .map(|chemin| {
            let mut lus = Vec::new();
            litteraux(fs::read_to_string(chemin).unwrap().parse().unwrap(), &mut lus);
            Texte { ou: nom(chemin), dit: lus.join("\n") }
        })
        .collect()
}

/// Words written inside the expressions of the templates: buttons, most of all.
fn mots_des_expressions() -> Vec<Texte> {
    let mut chemins = Vec::new();
    fichiers(&racine().join("crates"), "html", &mut chemins);
    chemins.retain(|chemin| nom(chemin).contains("/templates/"));
    let dits = |gabarit: &str| {
        let mut lus = Vec::new();
        for expression in gabarit.split("{{").skip(1).filter_map(|reste| reste.split_once("}}")) {
            if let Ok(jetons) = expression.0.parse::<TokenStream>() {
                litteraux(jetons, &mut lus);
            }
        }
        lus.join("\n")
    };
    chemins.iter().map(|c| Texte { ou: nom(c), dit: dits(&fs::read_to_string(c).unwrap()) }).collect()
}

fn tous() -> Vec<Texte> {
    contenus().into_iter().chain(gabarits()).chain(mots_des_expressions()).chain(chaines_de_rust()).collect()
}

/// Without what a template computes: a variable is one word, a condition is nothing.
fn sans_variables(texte: &str) -> String {
    let blocs = [("{#", "#}", ""), ("{%", "%}", ""), ("{{", "}}", "x")];
    blocs.iter().fold(texte.to_owned(), |reste, (ouvre, ferme, a_la_place)| {
        let mut parts = reste.split(ouvre);
        let debut = parts.next().unwrap_or_default().to_owned();
        parts.fold(debut, |dit, part| dit + a_la_place + part.split_once(ferme).map_or("", |(_, suite)| suite))
    })
}

/// What a page shows: no tag, no drawing; an element that ends a line ends a sentence.
fn visible(gabarit: &str) -> String {
    const LIGNES: [&str; 12] =
        ["p", "li", "h", "d", "t", "label", "legend", "caption", "button", "option", "summary", "br"];
    let html = sans_variables(gabarit);
    let mut dit = String::new();
    let mut dessin = false;
    for morceau in html.split('<') {
        let (balise, texte) = morceau.split_once('>').unwrap_or(("", morceau));
        dessin = (dessin || balise.starts_with("svg")) && !balise.starts_with("/svg");
        if dessin {
            continue;
        }
        let bloc = LIGNES.iter().any(|nom| balise.trim_start_matches('/').starts_with(nom));
        dit.push_str(if bloc { "\n" } else { " " });
        dit.push_str(texte);
    }
    dit
}

/// Words of a text, small, without punctuation.
fn mots(texte: &str) -> Vec<String> {
    texte
        .split(|lettre: char| !lettre.is_alphanumeric())
        .filter(|mot| mot.chars().any(char::is_alphabetic))
        .map(str::to_lowercase)
        .collect()
}

/// Addresses are not read aloud; a mark at the end of a word ends a sentence, or a part that stands alone.
fn phrases(texte: &str) -> Vec<String> {
    texte
        .lines()
        .flat_map(|ligne| {
            let lus: Vec<&str> =
                ligne.split_whitespace().filter(|mot| !mot.contains("://") && !mot.contains("](")).collect();
            lus.split_inclusive(|mot| mot.trim_end_matches([')', '»', '*']).ends_with(['.', '!', '?', ';', ':']))
                .map(|phrase| phrase.join(" "))
                .collect::<Vec<_>>()
        })
        .filter(|phrase| !mots(phrase).is_empty())
        .collect()
}

/// Syllables that are said: groups of vowels, without the mute end.
fn syllabes(mot: &str) -> usize {
    let voyelle = |lettre: char| "aeiouyàâäéèêëîïôöùûüœæ".contains(lettre);
    let mut groupes = 0;
    let mut dedans = false;
    for lettre in mot.chars() {
        groupes += usize::from(voyelle(lettre) && !dedans);
        dedans = voyelle(lettre);
    }
    let muette = ["e", "es", "ent"].iter().any(|fin| mot.ends_with(fin));
    (groupes - usize::from(muette && groupes > 1)).max(1)
}

#[expect(clippy::cast_precision_loss, reason = "counts of words of one file")]
fn facilite(texte: &str) -> f64 {
    let phrases = phrases(texte);
    let lus: Vec<String> = phrases.iter().flat_map(|phrase| mots(phrase)).collect();
    let dites: usize = lus.iter().map(|mot| syllabes(mot)).sum();
    207.0 - 1.015 * lus.len() as f64 / phrases.len() as f64 - 73.6 * dites as f64 / lus.len() as f64
}

#[test]
fn aucune_phrase_n_est_longue() {
    let mut longues = Vec::new();
    for texte in tous() {
        for phrase in phrases(&texte.dit) {
            let nombre = mots(&phrase).len();
            if nombre > MOTS_PAR_PHRASE {
                longues.push(format!("{} : {nombre} mots : {phrase}", texte.ou));
            }
        }
    }
    assert!(longues.is_empty(), "{}", longues.join("\n"));
}

/// Strings of Rust are pieces of pages: their length is measured, not their ease together.
#[test]
fn chaque_texte_se_lit_sans_effort() {
    let mesures: Vec<(String, f64)> = contenus()
        .into_iter()
        .chain(gabarits())
        .filter(|texte| mots(&texte.dit).len() >= MOTS_MESURABLES)
        .map(|texte| (texte.ou, facilite(&texte.dit)))
        .collect();
    assert!(mesures.len() > 30, "texts were read: {}", mesures.len());
    let durs: Vec<_> = mesures.iter().filter(|(_, facilite)| *facilite < FACILITE).collect();
    assert!(durs.is_empty(), "{durs:#?}");
}

#[derive(Deserialize)]
struct AEviter {
    permis: Vec<String>,
    mots: BTreeMap<String, String>,
}

fn contient(texte: &[String], mot: &str) -> bool {
    let (mot, debut) = mot.strip_suffix('*').map_or((mot, false), |mot| (mot, true));
    let cherches = mots(mot);
    texte.windows(cherches.len()).any(|vus| {
        vus.iter().zip(&cherches).enumerate().all(|(rang, (vu, cherche))| {
            vu == cherche || (debut && rang + 1 == cherches.len() && vu.starts_with(cherche.as_str()))
        })
    })
}

#[test]
fn aucun_mot_n_est_de_ceux_a_eviter() {
    let liste: AEviter =
        toml::from_str(&fs::read_to_string(racine().join("contenu/mots/a-eviter.toml")).unwrap()).unwrap();
    let mut trouves = Vec::new();
    for texte in tous() {
        let mut dit = mots(&texte.dit).join(" ");
        for permis in &liste.permis {
            dit = dit.replace(&mots(permis).join(" "), " ");
        }
        let lus = mots(&dit);
        for (mot, plutot) in &liste.mots {
            if contient(&lus, mot) {
                trouves.push(format!("{} : « {mot} », plutôt : {plutot}", texte.ou));
            }
        }
    }
    assert!(trouves.is_empty(), "{}", trouves.join("\n"));
}

#[test]
fn chaque_sigle_a_son_sens() {
    let mut vus = BTreeSet::new();
    let mut inconnus = BTreeSet::new();
    for texte in tous() {
        for sigle in sigles::candidats(&texte.dit) {
            // L1253: an article of a code.
            let article = sigle.chars().skip(1).all(|lettre| lettre.is_ascii_digit());
            if article || PAS_DES_SIGLES.contains(&sigle) {
                continue;
            }
            vus.insert(sigle.to_owned());
            if sigles::sens(sigle).is_none() {
                inconnus.insert(format!("{sigle} ({})", texte.ou));
            }
        }
    }
    assert!(vus.len() > 20, "acronyms were read: {vus:?}");
    assert!(inconnus.is_empty(), "contenu/mots/sigles.toml ne dit pas ce que veut dire : {inconnus:#?}");
}

#[test]
fn aucun_texte_n_a_d_emoticone() {
    for texte in tous() {
        let intrus: String = texte
            .dit
            .chars()
            .filter(|lettre| *lettre >= '\u{1f000}' || ('\u{2600}'..'\u{27c0}').contains(lettre))
            .collect();
        assert!(intrus.is_empty(), "{} : {intrus}", texte.ou);
    }
}

#[test]
fn une_ligne_facile_est_une_idee_courte() {
    for page in reglages::facile::pages() {
        for partie in &page.parties {
            assert!((2..=5).contains(&partie.lignes.len()), "« {} »: 2 to 5 lines", partie.titre);
            for ligne in &partie.lignes {
                assert!(mots(ligne).len() <= MOTS_PAR_LIGNE_FACILE, "{ligne}");
                let coupee = ligne.contains([';', '(', '%']) || ligne.contains(", qui ") || ligne.contains(", que ");
                assert!(!coupee, "une idée à la fois : {ligne}");
                assert_eq!(sigles::candidats(ligne).count(), 0, "{ligne}");
            }
        }
    }
}

#[test]
fn les_chaines_de_rust_sont_lues_et_elles_seules() {
    let source = r##"
        //! Une phrase de documentation du module.
        /// Une phrase de documentation pour qui développe.
        #[expect(clippy::x, reason = "une raison pour le compilateur")]
        fn dire(n: u8) -> String {
            tracing::error!("une ligne du journal de bord");
            tx.execute_raw(raw_sql!(Postgres, "SELECT le nom de la table"));
            let _ = autre().expect("une promesse de la maison");
            format!("Il reste {n} places pour <strong>le</strong> car de {}.", r#"la "commune" de Cirey"#)
        }
        const CLE: &str = "une-cle";
        #[cfg(test)]
        mod tests { const T: &str = "une phrase de test pour rien"; }
        const APRES: &str = "Après le module de test.";
    "##;
    let mut lus = Vec::new();
    litteraux(source.parse().unwrap(), &mut lus);
    let lus: Vec<String> = lus.iter().map(|lu| lu.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(lus, ["Il reste x places pour le car de x.", "la \"commune\" de Cirey", "Après le module de test."]);
    assert!(chaines_de_rust().iter().map(|texte| texte.dit.lines().count()).sum::<usize>() > 2_000);
    assert!(mots_des_expressions().iter().any(|texte| texte.dit.contains("Recevoir le code")));
}

#[test]
fn la_mesure_distingue_le_simple_du_savant() {
    let simple = "Vous avez une idée. Dites-la ici. Une personne vous aide. C’est gratuit.";
    let savant = "L’instrumentation méthodologique nécessaire à l’opérationnalisation de la contractualisation \
                  territoriale présuppose l’identification préalable des problématiques intercommunales.";
    assert!(facilite(simple) > 80.0, "{}", facilite(simple));
    assert!(facilite(savant) < 20.0, "{}", facilite(savant));
    assert_eq!(phrases("Une. Deux : trois\nQuatre (cinq.) six").len(), 5);
    assert_eq!(
        visible("<p>Un <b>mot</b>{% if x %} de {{ y }}{% endif %}</p><svg><title>non</title></svg><li>oui").trim(),
        "Un  mot  de x\n \noui".trim()
    );
    assert!(contient(&mots("dans le cadre de ce projet"), "dans le cadre de"));
    assert!(contient(&mots("les textes afférents"), "afférent*"));
    assert!(!contient(&mots("une initiative"), "initier"));
}
