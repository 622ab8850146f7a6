//! What an address of mail or of the web says of who holds it. Pure. A public mailbox or a page on a platform says nothing:
//! anyone may have one. What is registered, and what only hosts others, comes from the Public Suffix List (crate `psl`).

use psl::Type;

/// Mailboxes that anyone may open. A name without a dot stands for all its endings (`hotmail.fr`, `hotmail.com`).
const BOITES_PUBLIQUES: &[&str] = &[
    "gmail",
    "googlemail",
    "hotmail",
    "outlook",
    "live",
    "msn",
    "yahoo",
    "ymail",
    "icloud",
    "me",
    "mac",
    "aol",
    "gmx",
    "protonmail",
    "proton",
    "pm",
    "tutanota",
    "tuta",
    "mailo",
    "netcourrier",
    "laposte",
    "orange",
    "wanadoo",
    "free",
    "sfr",
    "neuf",
    "bbox",
    "numericable",
    "cegetel",
    "club-internet",
    "9online",
    "aliceadsl",
    "alice",
    "voila",
    "caramail",
    "zaclys",
    "riseup",
    "yandex",
    "mail",
    "email",
    "noos",
    "libertysurf",
    "infonie",
    "tiscali",
    "dbmail",
    "nordnet",
    "gandi",
    "hushmail",
    "vivaldi",
    "zoho",
    "hey",
    "fastmail",
    "estvideo",
    "evc",
    "worldonline",
    "dartybox",
];

/// Places where anyone may open a page, that the Public Suffix List does not tell: the name of the place proves nothing.
const PLATEFORMES: &[&str] = &[
    "facebook.com",
    "instagram.com",
    "linkedin.com",
    "x.com",
    "twitter.com",
    "youtube.com",
    "helloasso.com",
    "wordpress.com",
    "wix.com",
    "blogger.com",
    "google.com",
    "jimdo.com",
    "jimdofree.com",
    "jimdosite.com",
    "e-monsite.com",
    "over-blog.com",
    "canalblog.com",
    "webnode.fr",
    "webnode.com",
    "assoconnect.com",
    "weebly.com",
    "strikingly.com",
    "pagesperso-orange.fr",
    "free.fr",
    "sportsregions.fr",
    "footeo.com",
    "kalisport.com",
    "linktr.ee",
    "framasite.org",
    "site123.me",
    "business.site",
    "mystrikingly.com",
    "ghost.io",
    "squarespace.com",
    "myportfolio.com",
];

/// The domain of an address of mail, when it is not a public mailbox.
#[must_use]
pub fn domaine_propre(courriel: &str) -> Option<String> {
    let (nom, domaine) = courriel.trim().rsplit_once('@')?;
    let domaine = domaine.trim_end_matches('.').to_lowercase();
    let valable = !nom.is_empty() && domaine.contains('.') && !domaine.starts_with('.');
    (valable && !est_publique(&domaine)).then_some(domaine)
}

/// The part of a host that somebody registered: `toul.asso.fr` for `www.toul.asso.fr`; nothing for `asso.fr`, which is nobody's.
fn enregistre(hote: &str) -> Option<&str> {
    psl::domain_str(hote)
}

/// Is it nobody's, a mailbox that anyone may open, or the name of a platform?
fn est_publique(domaine: &str) -> bool {
    let Some(enregistre) = enregistre(domaine) else { return true };
    let nom = enregistre.split('.').next().unwrap_or_default();
    BOITES_PUBLIQUES.contains(&nom) || sur_une_plateforme(domaine)
}

/// A place where anyone has a page: ours to know, or of the private part of the Public Suffix List.
fn sur_une_plateforme(hote: &str) -> bool {
    let prive = psl::suffix(hote.as_bytes()).is_some_and(|suffixe| suffixe.typ() == Some(Type::Private));
    prive
        || PLATEFORMES.iter().any(|plateforme| {
            hote == *plateforme || hote.strip_suffix(plateforme).is_some_and(|avant| avant.ends_with('.'))
        })
}

/// Host of a site, without `www.`.
fn hote(site: &str) -> Option<String> {
    let sans = site.trim().to_lowercase();
    let sans = sans.strip_prefix("https://").or_else(|| sans.strip_prefix("http://")).unwrap_or(&sans);
    let hote = sans.split(['/', '?', '#']).next()?;
    // What stands before `@` is no part of the host; a port either.
    let hote = hote.rsplit('@').next()?.split(':').next()?.trim_end_matches('.');
    let hote = hote.strip_prefix("www.").unwrap_or(hote);
    (hote.contains('.') && !hote.starts_with('.')).then(|| hote.to_owned())
}

/// The domain of a site, when it is the structure's own.
#[must_use]
pub fn domaine_du_site(site: &str) -> Option<String> {
    hote(site).filter(|hote| !est_publique(hote))
}

/// A domain, then those above it, down to the one that was registered: who has a mail at `exemple.fr` speaks for
/// `vente.exemple.fr`, and not the other way round.
pub fn jusqu_a_l_enregistre(domaine: &str) -> impl Iterator<Item = &str> {
    let dernier = enregistre(domaine).unwrap_or(domaine);
    std::iter::successors(Some(domaine), move |plus_bas| {
        (*plus_bas != dernier).then(|| plus_bas.split_once('.').map(|(_, au_dessus)| au_dessus)).flatten()
    })
}

/// The same site, however it is written; a page of a platform is known by its path.
#[must_use]
pub fn cle_du_site(site: &str) -> Option<String> {
    let hote = hote(site)?;
    if !sur_une_plateforme(&hote) {
        return Some(hote);
    }
    let sans = site.trim().to_lowercase();
    let chemin = sans.split("://").last()?.split_once('/').map_or("", |(_, chemin)| chemin);
    let chemin = chemin.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
    // A subdomain is a page of its own; the bare platform is nobody's.
    let nue = PLATEFORMES.contains(&hote.as_str()) || enregistre(&hote).is_none();
    match (chemin.is_empty(), nue) {
        (true, true) => None,
        (true, false) => Some(hote),
        (false, _) => Some(format!("{hote}/{chemin}")),
    }
}

/// Digits of a telephone, from the leading zero.
#[must_use]
pub fn cle_du_telephone(telephone: &str) -> Option<String> {
    let chiffres: String = telephone.chars().filter(char::is_ascii_digit).collect();
    let national =
        chiffres.strip_prefix("0033").or_else(|| chiffres.strip_prefix("33").filter(|reste| reste.len() >= 9));
    let national = national.map_or(chiffres.clone(), |reste| format!("0{}", reste.trim_start_matches('0')));
    (national.len() == 10).then_some(national)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("contact@laressourcerie.fr", Some("laressourcerie.fr"))]
    #[case("Contact@La-Ressourcerie.FR", Some("la-ressourcerie.fr"))]
    #[case("asso.toul@gmail.com", None)]
    #[case("asso@hotmail.fr", None)]
    #[case("asso@yahoo.co.uk", None)]
    #[case("asso@wanadoo.fr", None)]
    #[case("asso@laposte.net", None)]
    #[case("asso@free.fr", None)]
    #[case("contact@orange-bleue.fr", Some("orange-bleue.fr"))]
    #[case("contact@toul.wixsite.com", None)]
    #[case("contact@toul.github.io", None)]
    #[case("contact@toul.asso.fr", Some("toul.asso.fr"))]
    #[case("contact@asso.fr", None)]
    #[case("contact@gouv.fr", None)]
    #[case("contact@mail.laressourcerie.fr", Some("mail.laressourcerie.fr"))]
    #[case("contact@structure.invalid", Some("structure.invalid"))]
    #[case("pas une adresse", None)]
    #[case("@exemple.fr", None)]
    fn une_boite_publique_ne_prouve_rien(#[case] courriel: &str, #[case] attendu: Option<&str>) {
        assert_eq!(domaine_propre(courriel).as_deref(), attendu);
    }

    #[rstest]
    #[case("https://www.laressourcerie.fr/nous-trouver?x=1", Some("laressourcerie.fr"))]
    #[case("LaRessourcerie.fr", Some("laressourcerie.fr"))]
    #[case("https://www.facebook.com/laressourcerie", None)]
    #[case("https://laressourcerie.wixsite.com/accueil", None)]
    #[case("https://laressourcerie.fr@mechant.example/", Some("mechant.example"))]
    #[case("http://asso.free.fr", None)]
    #[case("toul", None)]
    fn une_page_sur_une_plateforme_ne_prouve_rien(#[case] site: &str, #[case] attendu: Option<&str>) {
        assert_eq!(domaine_du_site(site).as_deref(), attendu);
    }

    #[test]
    fn la_liste_des_suffixes_ne_sait_rien_de_nos_plateformes() {
        let deja = |hote: &&&str| psl::suffix(hote.as_bytes()).is_some_and(|s| s.typ() == Some(Type::Private));
        assert_eq!(PLATEFORMES.iter().filter(deja).collect::<Vec<_>>(), Vec::<&&str>::new());
    }

    #[rstest]
    #[case("laressourcerie.fr", &["laressourcerie.fr"])]
    #[case("vente.en.laressourcerie.fr", &["vente.en.laressourcerie.fr", "en.laressourcerie.fr", "laressourcerie.fr"])]
    #[case("vente.toul.asso.fr", &["vente.toul.asso.fr", "toul.asso.fr"])]
    fn un_domaine_remonte_a_ce_qui_est_enregistre(#[case] domaine: &str, #[case] attendus: &[&str]) {
        assert_eq!(jusqu_a_l_enregistre(domaine).collect::<Vec<_>>(), attendus);
    }

    #[rstest]
    #[case("https://www.laressourcerie.fr/contact", Some("laressourcerie.fr"))]
    #[case("https://facebook.com/LaRessourcerie/?ref=1", Some("facebook.com/laressourcerie"))]
    #[case("https://facebook.com/", None)]
    #[case("https://wixsite.com/", None)]
    #[case("https://laressourcerie.wixsite.com", Some("laressourcerie.wixsite.com"))]
    fn un_site_se_reconnait(#[case] site: &str, #[case] attendu: Option<&str>) {
        assert_eq!(cle_du_site(site).as_deref(), attendu);
    }

    #[rstest]
    #[case("03 83 00 00 00", Some("0383000000"))]
    #[case("+33 (0)3.83.00.00.00", Some("0383000000"))]
    #[case("0033383000000", Some("0383000000"))]
    #[case("3 83", None)]
    fn un_telephone_se_reconnait(#[case] telephone: &str, #[case] attendu: Option<&str>) {
        assert_eq!(cle_du_telephone(telephone).as_deref(), attendu);
    }
}
