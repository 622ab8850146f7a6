//! Partner feeds: the real ones, damaged ones, twice the same, after an agent's edit. On both engines.

use std::path::PathBuf;

use axum::http::StatusCode;
use domain::constat::Verdict;
use domain::droit::Fonction;
use domain::profil::{Complements, Etape, Porteur, ProfilDeProjet};
use domain::theme::{NomsDeThemes, Theme};
use jiff::civil::date;
use leviers::import::{Echec, Fichier, Rapport, importer};
use leviers::levier::storage::{self, Etat};
use leviers::{Condition, apparier};
use rstest::rstest;
use socle::organisation::Nature;
use testkit::{Appli, Moteur};

/// A real file, or nothing, said.
#[expect(clippy::print_stderr, reason = "a skipped test is seen")]
fn reel(nom: &str) -> Option<Vec<u8>> {
    let chemin = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/aides")).join(nom);
    let octets = std::fs::read(&chemin).ok();
    if octets.is_none() {
        eprintln!("SAUTÉ : {} n’est pas là", chemin.display());
    }
    octets
}

async fn appli(moteur: Moteur) -> Appli {
    Appli::nouvelle(moteur, vec![leviers::feature()]).await
}

async fn prendre(appli: &Appli, octets: &[u8], source: Option<&str>) -> Result<Rapport, Echec> {
    importer(&appli.instance, None, Fichier { nom: "flux", octets, source }, false).await
}

const NATIONAL: &str = "\u{feff}id,titre,promesse,description,eligibilite,types_aides,porteurs,programmes_parents,url_source,cibles,eligibilite_geographique,eligibilite_geographique_exclusions,date_ouverture,date_cloture,date_mise_a_jour\r
aide-1,Aide aux vergers,Planter un verger,\"<p>Planter des arbres.</p><script>alert(1)</script>\",\"Être une commune;\r
avoir un terrain\",financement|information,\"[{ nom: 'Région Exemple', siren: '', roles: [ 'financeur' ]}]\",,https://exemple.invalid/vergers,secteur public|associations,DEP-54|REG-84,COM-54395,2026-01-01T00:00:00Z,2027-12-31T22:59:59Z,2026-06-01T00:00:00Z\r
aide-2,,Sans nom,Description,,financement,,,,associations,PAYS-99100,,,,2026-06-01T00:00:00Z\r
aide-1,Aide aux vergers (bis),Planter,Deux fois la même clé,,financement,,,,associations,PAYS-99100,,,,\r
";

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn le_fichier_national_entre_a_relire_avec_ses_raisons(#[case] moteur: Moteur) {
    let appli = appli(moteur).await;
    let rapport = prendre(&appli, NATIONAL.as_bytes(), None).await.unwrap();
    assert_eq!((rapport.lues, rapport.nouvelles.len(), rapport.refus.len()), (3, 1, 2), "{rapport}");
    let refus: Vec<String> = rapport.refus.iter().map(|r| format!("{} : {}", r.place, r.raison)).collect();
    assert!(refus[0].contains("ligne 4 : Il manque le nom"), "{refus:?}");
    assert!(refus[1].contains("ligne 5 : Même identifiant que ligne 2"), "{refus:?}");

    let tx = appli.instance.db.read().await.unwrap();
    let fiche = storage::par_id(&tx, "dispositif-aide-aide-1").await.unwrap().unwrap();
    let levier = fiche.levier().unwrap();
    assert_eq!((fiche.etat(), fiche.version, fiche.modifie_ici), (Etat::ARelire, 1, false));
    assert_eq!((levier.pour_quoi.as_str(), levier.porteur.nom.as_str()), ("Planter des arbres.", "Région Exemple"));
    assert_eq!((levier.valable_du, levier.valable_au), (Some(date(2026, 1, 1)), Some(date(2027, 12, 31))));
    assert!(levier.criteres.iter().any(|c| matches!(&c.condition, Condition::Porteurs { acceptes, .. }
        if acceptes.contains(&Porteur::Commune) && !acceptes.contains(&Porteur::Scop))));
    // Outside the list and the simulation until an agent publishes.
    let en_vigueur = storage::en_vigueur(&tx, appli.instance.aujourd_hui()).await.unwrap();
    assert!(!en_vigueur.iter().any(|l| l.id == levier.id));
    // Its conditions already judge.
    let profil = ProfilDeProjet {
        commune: "54129".parse().unwrap(),
        themes: vec![Theme::Jardins],
        etape: Etape::Idee,
        porteur: Porteur::Scop,
        cout: None,
        complements: Complements::default(),
    };
    let faits = appli.instance.faits_commune(&profil.commune).unwrap();
    let refuse = apparier(&levier, &profil, &faits, appli.instance.aujourd_hui(), &NomsDeThemes::default());
    assert_eq!(refuse.refus().map(|c| c.code.as_str()).collect::<Vec<_>>(), ["porteurs"]);
    let commune = ProfilDeProjet { porteur: Porteur::Commune, ..profil };
    assert_eq!(
        apparier(&levier, &commune, &faits, appli.instance.aujourd_hui(), &NomsDeThemes::default()).verdict,
        Verdict::AVerifier
    );
    drop(tx);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_seconde_fois_rien_ne_change_et_un_texte_d_agent_n_est_pas_ecrase(#[case] moteur: Moteur) {
    let appli = appli(moteur).await;
    // A trial writes nothing.
    let fichier = Fichier { nom: "flux.csv", octets: NATIONAL.as_bytes(), source: None };
    let essai = importer(&appli.instance, None, fichier, true).await.unwrap();
    assert!(essai.change() && essai.to_string().contains("rien n’est enregistré"));
    assert_eq!(prendre(&appli, NATIONAL.as_bytes(), None).await.unwrap().nouvelles.len(), 1);
    appli.horloge.avancer_de_jours(40);
    let rapport = prendre(&appli, NATIONAL.as_bytes(), None).await.unwrap();
    assert_eq!((rapport.change(), rapport.gardees), (false, 1), "{rapport}");
    // The date of update changes every night: that is no change.
    let nuit = NATIONAL.replace("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z");
    assert!(!prendre(&appli, nuit.as_bytes(), None).await.unwrap().change());
    // Nobody has taken it up: the feed may change it.
    let autre = NATIONAL.replace("Planter un verger", "Planter un grand verger");
    assert_eq!(prendre(&appli, autre.as_bytes(), None).await.unwrap().changees, ["Aide aux vergers"]);

    // An agent publishes it with their own words; the feed changes again: proposed.
    let mandat = Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::AgentSite));
    let (mut agent, _) = appli.connecter("agent@exemple.invalid", mandat).await;
    let chemin = "/reglages/leviers/dispositif-aide-aide-1";
    let page = agent.ouvrir(chemin).await;
    let page =
        agent.envoyer(&page, chemin, &[("resume", "Nos mots à nous pour cette aide."), ("acte", "publier")]).await;
    page.exiger("La fiche est publiée");
    let rapport = prendre(&appli, NATIONAL.as_bytes(), None).await.unwrap();
    assert_eq!((rapport.proposees.len(), rapport.changees.len()), (1, 0), "{rapport}");
    assert!(!prendre(&appli, NATIONAL.as_bytes(), None).await.unwrap().change(), "proposed once");
    let page = agent.ouvrir("/reglages/leviers").await;
    page.exiger("Textes proposés").exiger("Nos mots à nous").exiger("Planter un verger");
    let page = agent.envoyer(&page, &format!("{chemin}/proposition"), &[("choix", "adopter")]).await;
    page.exiger("Le texte proposé est adopté");
    assert!(!page.contient("Textes proposés"));
    // A sheet that left the feed is named, and stays.
    let vide =
        NATIONAL.replace("aide-1,Aide aux vergers,", "aide-9,Une autre aide,").replace("aide-1,Aide", "aide-9,Aide");
    assert_eq!(prendre(&appli, vide.as_bytes(), None).await.unwrap().absentes, ["Aide aux vergers"]);
    appli.fin().await;
}

#[rstest]
#[case::vide("", "vide")]
#[case::json_coupe("{\"results\": [{\"name\": ", "abîmé à la ligne 1")]
#[case::autre_tableau("Nom;Prénom\nA;B\n", "ne ressemble à aucun flux connu")]
#[case::autre_json("[{\"a\": 1}]", "ne ressemble à aucun flux connu")]
#[tokio::test]
async fn un_fichier_qui_n_en_est_pas_un_est_refuse_en_francais(#[case] texte: &str, #[case] attendu: &str) {
    let appli = appli(Moteur::Sqlite).await;
    match prendre(&appli, texte.as_bytes(), None).await {
        Err(Echec::Fichier(raison)) => assert!(raison.contains(attendu), "{raison}"),
        autre => panic!("{autre:?}"),
    }
    appli.fin().await;
}

#[rstest]
#[case("flux-departement-drome.json", "departement-drome", 3)]
#[case("flux-ile-de-france.json", "ile-de-france", 3)]
#[case("flux-ademe-agir.json", "ademe-agir", 5)]
#[case("flux-ministere-de-la-culture.json", "ministere-de-la-culture", 3)]
#[case("schema-dispositif-aide-exemple.csv", "dispositif-aide", 1)]
#[case("schema-dispositif-aide-exemple-complet.csv", "dispositif-aide", 1)]
#[tokio::test]
async fn les_vrais_flux_entrent_sans_balise_ni_refus(#[case] nom: &str, #[case] source: &str, #[case] nombre: usize) {
    let Some(octets) = reel(nom) else { return };
    let appli = appli(Moteur::Sqlite).await;
    let rapport = prendre(&appli, &octets, None).await.unwrap();
    assert_eq!((rapport.lues, rapport.nouvelles.len(), rapport.refus.len()), (nombre, nombre, 0), "{rapport}");
    let tx = appli.instance.db.read().await.unwrap();
    for fiche in storage::de_l_origine(&tx, &format!("import:{source}")).await.unwrap() {
        let levier = fiche.levier().unwrap();
        let textes = [&levier.nom, &levier.resume, &levier.pour_quoi, &levier.montant];
        for texte in textes {
            assert!(!texte.contains('<') && !texte.contains("&#0") && !texte.contains("&nbsp"), "{texte}");
        }
        assert!(levier.id.starts_with(source), "{}", levier.id);
        assert!(!levier.criteres.is_empty(), "whom, where: at least one condition: {levier:?}");
    }
    drop(tx);
    assert!(!prendre(&appli, &octets, None).await.unwrap().change(), "a second import changes nothing");
    appli.fin().await;
}

#[test]
fn chaque_categorie_d_ile_de_france_a_un_sens() {
    let Some(octets) = reel("correspondance-ile-de-france-categories.csv") else { return };
    let feuille = documents::lecture::lire("categories.csv", &octets).unwrap();
    let correspondance =
        leviers::import::correspondance::toutes().unwrap().iter().find(|c| c.id == "ile-de-france").unwrap();
    for ligne in &feuille.lignes {
        let mot = ligne.cases[0].texte();
        assert!(leviers::import::correspondance::sens(&correspondance.vocabulaire.themes, &mot).is_some(), "{mot}");
    }
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_agent_envoie_le_fichier_essaie_puis_importe(#[case] moteur: Moteur) {
    let appli = appli(moteur).await;
    let mandat = Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::AgentSite));
    let (mut agent, _) = appli.connecter("agent@exemple.invalid", mandat).await;
    let chemin = "/reglages/imports/aides";
    let page = agent.ouvrir(chemin).await;
    let fichier = ("fichier", "aides.csv", NATIONAL.as_bytes());
    // No file; a file of something else; an unknown source.
    let sans = agent.envoyer_fichier(&page, chemin, &[], ("fichier", "", b"")).await;
    assert_eq!(sans.statut, StatusCode::UNPROCESSABLE_ENTITY);
    sans.exiger("Choisissez le fichier");
    let image = ("fichier", "photo.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice());
    let autre = agent.envoyer_fichier(&page, chemin, &[], image).await;
    assert_eq!(autre.statut, StatusCode::UNPROCESSABLE_ENTITY);
    let inconnue = agent.envoyer_fichier(&page, chemin, &[("source", "mars")], fichier).await;
    inconnue.exiger("La source « mars » n’est pas connue");

    let essai = agent.envoyer_fichier(&page, chemin, &[("mode", "essai")], fichier).await;
    essai.exiger("rien n’est enregistré").exiger("1 nouvelle fiche, à relire").exiger("ligne 4");
    assert!(!agent.ouvrir("/reglages/leviers").await.contient("Aide aux vergers"));
    let fait = agent.envoyer_fichier(&page, chemin, &[("mode", "importer")], fichier).await;
    fait.exiger("1 nouvelle fiche, à relire").exiger("Aide aux vergers");
    agent.ouvrir("/reglages/leviers").await.exiger("Aide aux vergers").exiger("importée (dispositif-aide)");
    appli.fin().await;
}
