use super::{Configuration, Origine, Sources};

fn sources(fichier: &str, environnement: &[(&str, &str)], options: &[(&str, &str)]) -> Sources {
    let paires = |liste: &[(&str, &str)]| liste.iter().map(|&(a, b)| (a.to_owned(), b.to_owned())).collect();
    Sources { fichier: Some(fichier.to_owned()), environnement: paires(environnement), options: paires(options) }
}

fn charger(fichier: &str, environnement: &[(&str, &str)], options: &[(&str, &str)]) -> Configuration {
    Configuration::charger(&sources(fichier, environnement, options)).unwrap()
}

#[test]
fn with_nothing_said_it_listens_on_this_machine_alone() {
    let c = Configuration::charger(&Sources::default()).unwrap();
    assert_eq!(c.adresse.to_string(), "127.0.0.1:8054");
    assert_eq!(c.base_url.reveler(), "sqlite://donnees/terreau.sqlite");
    assert_eq!(c.url_publique, "http://127.0.0.1:8054");
}

#[test]
fn flags_win_over_environment_which_wins_over_the_file() {
    let fichier = "adresse = '127.0.0.1:1'\njournal = 'warn'\ntravailleurs = 3";
    let env = [("TERREAU_ADRESSE", "127.0.0.1:2"), ("TERREAU_JOURNAL", "debug"), ("PATH", "x")];
    let c = charger(fichier, &env, &[("adresse", "127.0.0.1:3")]);
    assert_eq!((c.adresse.port(), c.origine("adresse")), (3, Origine::Option));
    assert_eq!((c.journal.as_str(), c.origine("journal")), ("debug", Origine::Environnement));
    assert_eq!((c.travailleurs, c.origine("travailleurs")), (3, Origine::Fichier));
    assert_eq!(c.origine("demo"), Origine::Defaut);
}

#[test]
fn an_unknown_name_is_refused_with_the_nearest_one() {
    let erreur = Configuration::charger(&sources(
        "[smtp]\nexpediteurs = 'a'",
        &[("TERREAU_ADRESE", "x")],
        &[("bases.url", "x")],
    ))
    .unwrap_err();
    let remedes: Vec<_> = erreur.0.iter().map(|p| p.remede.as_str()).collect();
    assert_eq!(
        remedes,
        [
            "Vouliez-vous écrire « smtp.expediteur » ?",
            "Vouliez-vous écrire « TERREAU_ADRESSE » ?",
            "Vouliez-vous écrire « base.url » ?"
        ]
    );
}

#[test]
fn all_badly_written_values_are_told_at_once() {
    let erreur =
        Configuration::charger(&sources("adresse = 'ici'\ndemo = 'oui'\nmandataires = ['x']", &[], &[])).unwrap_err();
    let cles: Vec<_> = erreur.0.iter().map(|p| p.cle.as_str()).collect();
    assert_eq!(cles, ["adresse", "demo", "mandataires"]);
}

#[test]
fn no_secret_is_ever_shown() {
    let fichier = "base.url = 'postgres://terreau:SECRET1/@x@serveur/base?sslpassword=SECRET2'
        [smtp]
        url = 'smtps://moi:SECRET3@serveur'
        mot-de-passe = 'SECRET4'
        [oidc]
        emetteur = 'https://exemple.invalid'
        secret = 'SECRET5'";
    let c = charger(fichier, &[], &[]);
    let texte = format!("{}{c:?}{:?}", c.presenter(), c.verifier());
    assert!(!texte.contains("SECRET"), "{texte}");
    assert!(texte.contains("base.url = postgres://terreau:***@serveur/base?sslpassword=***  (fichier)"));
    assert!(texte.contains("oidc.secret = ***  (fichier)"));
}

#[test]
fn a_syntax_error_does_not_quote_the_line() {
    let erreur = Configuration::charger(&sources("oidc.secret = SECRET", &[], &[])).unwrap_err();
    assert!(!erreur.to_string().contains("SECRET"), "{erreur}");
}

#[test]
fn several_hosts_lead_to_several_instances() {
    let c = charger("[hotes]\n'Terreau.Exemple.invalid' = 'meurthe.toml'", &[], &[]);
    assert_eq!(c.hotes["terreau.exemple.invalid"], "meurthe.toml");
}

#[test]
fn a_site_that_could_not_work_is_told_why() {
    let c = charger("adresse = '0.0.0.0:80'\ntravailleurs = 0\nbase.url = 'mysql://x'", &[], &[]);
    let cles: Vec<_> = c.verifier().into_iter().map(|p| p.cle).collect();
    assert_eq!(cles, ["base.url", "url-publique", "smtp.url", "travailleurs"]);
}

#[test]
fn a_complete_site_has_no_problem() {
    let fichier = "url-publique = 'https://terreau.exemple.invalid/'
        smtp.url = 'smtps://serveur.invalid'
        smtp.expediteur = 'Terreau <terreau@exemple.invalid>'";
    assert_eq!(charger(fichier, &[], &[]).verifier(), []);
}

#[test]
fn the_demonstration_needs_no_mail_server() {
    assert_eq!(charger("demo = true", &[], &[]).verifier(), []);
}
