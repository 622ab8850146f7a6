//! What each persona sees first: the header, the answer to a project, the page of a commune.

use domain::droit::Fonction;
use rstest::rstest;
use server::features;
use socle::organisation::Nature;
use testkit::{Appli, Moteur, Navigateur, Page};

use crate::decrire;

/// These marks stand in this order in the page.
fn dans_l_ordre(page: &Page, marques: &[&str]) {
    let places: Vec<Option<usize>> = marques.iter().map(|marque| page.html.find(marque)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{marques:?} : {places:?}");
}

async fn entrer(appli: &Appli, role: &str) -> Navigateur {
    let mut n = appli.navigateur();
    let page = n.ouvrir("/demo").await;
    n.envoyer(&page, "/demo", &[("role", role)]).await;
    n
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_reponse_dit_deux_etapes_puis_ce_qui_sert_d_abord(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (page, _) = decrire(&mut appli.navigateur()).await;
    let suite = [
        "Ne signez aucun devis",
        "t-etapes",
        "id=\"contact\"",
        "Garder ce projet",
        "id=\"leviers\"",
        "id=\"reste\"",
        "id=\"acteurs\"",
    ];
    dans_l_ordre(&page, &suite);
    assert_eq!(page.textes("#leviers > ul > li").len(), 3, "the first ones in sight");
    let autres = page.textes("#leviers-autres > div > ul > li").len();
    assert!(autres > 1);
    let pli = page.textes("#leviers-autres > summary");
    assert!(pli[0].starts_with(&format!("{autres} autres")), "{pli:?}");
    assert_eq!(page.textes("#leviers-autres li h3").len(), autres, "folded, never hidden");
    // What fits is before what is to be verified.
    let premiers = page.textes("#leviers > ul > li h3");
    assert!(premiers[0].contains("Semble possible"), "{premiers:?}");
    let raisons = page.textes("#leviers > ul > li > .govuk-body");
    assert!(raisons.iter().any(|raison| raison.contains("Ce porteur est accepté : commune.")), "{raisons:?}");
    let sources = page.textes("#leviers .tr-constat__source");
    assert!(sources.iter().any(|source| source.starts_with("Source de ces réponses : ")), "said once: {sources:?}");
    // The figure and the bar are in sight; how it is counted is a press away.
    assert_eq!(page.textes("#reste > .tr-montant, #reste > .tr-graphique").len(), 2);
    let plis = page.textes("#reste > details > summary");
    assert!(plis.iter().any(|pli| pli == "Le calcul, ligne par ligne"), "{plis:?}");
    assert_eq!(page.textes("#reste > details .tr-plan__total").len(), 1);
    // A family without anything is not in the summary, and its section says why.
    assert!(page.textes(".tr-sommaire a[href='#formes']").is_empty());
    assert_eq!(page.textes(".tr-sommaire a[href='#leviers']").len(), 1);
    page.exiger("La question de la forme juridique ne se pose pas ici");
    assert!(!page.texte().contains(",00"), "cents only where there are some");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_page_d_une_commune_commence_par_qui_et_quoi(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let page = appli.navigateur().ouvrir("/communes/54129").await;
    dans_l_ordre(&page, &["t-contact", "t-projets", "t-acteurs", "t-voisines", "t-fiche"]);
    let plis = page.textes("#t-fiche ~ details > summary");
    assert_eq!(plis, ["Mairie, habitants, intercommunalité", "Zonages et programmes"], "facts are folded");
    let titres = page.textes("svg.tr-carte-svg > title");
    assert_eq!(titres, ["Cirey-sur-Vezouze et les communes voisines"]);
    assert!(page.textes("svg.tr-carte-svg > desc")[0].contains("communes"));
    assert_eq!(page.textes("figcaption a[href='#carte-commune-suite']"), ["Voir la liste"]);
    assert_eq!(page.textes("#carte-commune-suite").len(), 1);
    assert!(page.textes("svg.tr-carte-svg a[tabindex]").is_empty(), "a small map is walked with Tab");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn l_en_tete_tient_en_peu_de_lignes_et_dit_ou_l_on_est(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mut charge = entrer(&appli, "charge.lunevillois@exemple.invalid").await;
    let page = charge.ouvrir("/projets/cafecrey").await;
    assert_eq!(page.textes(".govuk-breadcrumbs a"), ["Accueil", "Tableau de bord"]);
    assert_eq!(page.textes("#menu [aria-current]"), ["Tableau de bord"]);
    assert_eq!(page.textes("#menu > li").len(), 7, "six entries, and the others under one word");
    assert!(page.textes("#menu details li").iter().any(|entree| entree == "Mandats à vérifier"));
    assert_eq!(page.textes("header details.tr-compte form[action='/deconnexion']").len(), 1);
    let page = charge.ouvrir("/agents/mandats").await;
    assert_eq!(page.textes("#menu summary.tr-ici").len(), 1, "the word of the fold is lit when the page is in it");

    let mandat = Some((Nature::Commune, "54129", Fonction::Maire));
    let (mut maire, _) = appli.connecter("maire@cirey.invalid", mandat).await;
    let page = maire.ouvrir("/projets/cafecrey").await;
    assert_eq!(page.textes(".govuk-breadcrumbs a"), ["Accueil", "Mes projets"]);
    assert_eq!(page.textes("#menu [aria-current]"), ["Mes projets"]);
    assert!(page.textes("#menu details").is_empty(), "few entries: nothing is folded");
    appli.fin().await;
}
