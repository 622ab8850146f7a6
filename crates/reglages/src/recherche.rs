//! What is found in memory: the pages of the site that the visitor may enter, its settings for who runs it, the rules, the
//! questions of the help, the words explained. No statement.

use askama::Template;
use domain::droit::Action;
use web::composants::mots;
use web::recherche::Trouve;
use web::textes::derives::GLOSSAIRE;
use web::textes::en_html;
use web::trouvailles::{DemandeTrouver, Mots, Trouvailles};
use web::{Cache, Cadre, Erreur, Instance, Reponse};

/// Longest excerpt, characters.
const EXTRAIT: usize = 160;

/// Pages of everyone that are not in the menu.
const PAGES: [(&str, &str, &str); 10] = [
    ("Aide", "Comment cela se passe, questions fréquentes", "/aide"),
    ("Facile à lire", "Le site en phrases courtes et en images", "/facile-a-lire"),
    ("Les mots expliqués", "Ce que veulent dire les mots et les sigles", "/mots"),
    ("Les règles", "Droit et argent : ce que le site applique, avec ses dates", "/regles"),
    ("Nos délais", "En combien de jours le département répond", "/delais"),
    ("Affichage", "Clair, sombre, contraste, raccourcis du clavier", "/affichage"),
    ("Accessibilité", "Déclaration, taux, ce qui reste à faire", "/accessibilite"),
    ("Données ouvertes", "Les tableaux que chacun peut prendre", "/donnees"),
    ("Données personnelles", "Ce que le site garde de vous, et vos droits", "/donnees-personnelles"),
    ("Mentions légales", "Qui publie ce site", "/mentions-legales"),
];

/// The families that are in memory.
pub(crate) async fn trouver(demande: &DemandeTrouver<'_>) -> Result<Vec<Trouvailles>, Erreur> {
    let DemandeTrouver { cadre, mots, max, .. } = demande;
    let famille = |nom, titre, tous| Trouvailles::nouvelles(nom, titre, tous, *max);
    Ok(vec![
        famille("reglages", "Réglages du site", reglages(cadre, mots)).avant(),
        famille("pages", "Pages du site", pages(cadre, mots)),
        famille("aide", "Aide", questions(&cadre.instance, mots)),
        famille("mots", "Mots expliqués", termes(&cadre.instance, mots)),
        famille("regles", "Règles", regles(&cadre.instance, mots)),
    ])
}

fn trouve(titre: impl Into<String>, resume: impl Into<String>, url: impl Into<String>) -> Trouve {
    let (titre, resume, url) = (titre.into(), resume.into(), url.into());
    Trouve { id: url.clone(), titre, url, resume, exemple: false }
}

/// Settings, for who may change them.
fn reglages(cadre: &Cadre, mots: &Mots) -> Vec<Trouve> {
    if !cadre.visiteur.peut(Action::GererLeSite) {
        return Vec::new();
    }
    let liens = cadre.instance.maison.reglages().into_iter();
    let siens = liens.filter(|lien| mots.sont_dans([lien.libelle, lien.texte]));
    siens.map(|lien| trouve(lien.libelle, lien.texte, lien.url)).collect()
}

/// Entries of the visitor's own menu, then the pages of everyone.
fn pages(cadre: &Cadre, mots: &Mots) -> Vec<Trouve> {
    let menu = cadre.instance.maison.menu(&cadre.visiteur, cadre.instance.demo);
    let menu = menu.iter().map(|entree| (entree.libelle, "Dans le menu", entree.url));
    let toutes = menu.filter(|(libelle, ..)| mots.sont_dans([*libelle]));
    let autres = PAGES.into_iter().filter(|(libelle, texte, _)| mots.sont_dans([*libelle, *texte]));
    toutes.chain(autres).map(|(libelle, texte, url)| trouve(libelle, texte, url)).collect()
}

/// The rules, by number, title or text.
fn regles(instance: &Instance, mots: &Mots) -> Vec<Trouve> {
    let siennes = instance.maison.regles().filter(|fiche| {
        let textes = [fiche.id, fiche.titre].into_iter().chain(fiche.texte.iter().copied());
        mots.sont_dans(textes)
    });
    siennes
        .map(|fiche| {
            let titre = format!("{} – {}", fiche.id.to_uppercase(), fiche.titre);
            trouve(titre, extrait(fiche.texte.first().copied().unwrap_or_default()), format!("/regles/{}", fiche.id))
        })
        .collect()
}

/// The questions of the help, as the agent of the site left them: "### question", then its answer.
fn questions(instance: &Instance, mots: &Mots) -> Vec<Trouve> {
    let texte = instance.texte("aide.questions");
    let questions = texte.split("### ").skip(1).filter_map(|bloc| bloc.split_once('\n'));
    let siennes = questions.filter(|(question, reponse)| mots.sont_dans([*question, *reponse]));
    siennes.map(|(question, reponse)| trouve(question.trim(), extrait(&en_clair(reponse)), "/aide")).collect()
}

/// Markdown without its signs.
fn en_clair(markdown: &str) -> String {
    let html = en_html(markdown);
    html.split('<').map(|morceau| morceau.split_once('>').map_or(morceau, |(_, mots)| mots)).collect()
}

/// A first line, cut at a word.
fn extrait(texte: &str) -> String {
    let texte = texte.trim();
    if texte.chars().count() <= EXTRAIT {
        return texte.to_owned();
    }
    let debut: String = texte.chars().take(EXTRAIT).collect();
    format!("{}…", debut.rsplit_once(' ').map_or(debut.as_str(), |(entier, _)| entier))
}

fn sens(instance: &Instance, cle: &str) -> String {
    instance.texte(&format!("{GLOSSAIRE}.{cle}"))
}

fn termes(instance: &Instance, cherches: &Mots) -> Vec<Trouve> {
    let siens = mots().map(|(cle, mot)| (cle, mot, sens(instance, cle)));
    let siens = siens.filter(|(_, mot, sens)| cherches.sont_dans([mot.mot.as_str(), sens.as_str()]));
    siens
        .map(|(cle, mot, sens)| trouve(web::texte::majuscule(&mot.mot), extrait(&sens), format!("/mots#{cle}")))
        .collect()
}

/// A word, what it means, the text it comes from.
struct MotVu {
    cle: &'static str,
    mot: String,
    sens: String,
    texte: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "mots.html")]
struct PageMots {
    mots: Vec<MotVu>,
    sigles: Vec<(&'static str, &'static str)>,
}

/// GET `/mots`: the words explained in the pages, and the acronyms, all together.
pub(crate) async fn les_mots(cadre: Cadre) -> Reponse {
    let mut vus: Vec<MotVu> = mots()
        .map(|(cle, mot)| MotVu {
            cle,
            mot: web::texte::majuscule(&mot.mot),
            sens: sens(&cadre.instance, cle),
            texte: mot.texte.as_deref(),
        })
        .collect();
    vus.sort_by_cached_key(|vu| domain::tri::cle_de_tri(&vu.mot));
    let page = PageMots { mots: vus, sigles: web::sigles::tous().collect() };
    cadre.page("Les mots expliqués", &page)?.fil(&[("Aide", "/aide")]).cache(Cache::Public(3600)).repondre()
}

#[cfg(test)]
mod tests {
    use super::{EXTRAIT, en_clair, extrait};

    #[test]
    fn un_extrait_finit_sur_un_mot() {
        assert_eq!(extrait(" Court. "), "Court.");
        let long = extrait(&"mot ".repeat(100));
        assert!(long.chars().count() <= EXTRAIT + 1 && long.ends_with("mot…"), "{long}");
        assert_eq!(en_clair("Voir **la** [règle](/regles)."), "Voir la règle.\n");
    }
}
