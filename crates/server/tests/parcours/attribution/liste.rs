//! The list of a chargé: filtered, ordered, kept; acts on several requests at once, undone; never on those of others.

use axum::http::StatusCode;
use rstest::rstest;
use testkit::{Moteur, Page};

use super::{Agent, Monde, agir, suit};

const CIREY: &str = "Cirey-sur-Vezouze (54)";
const LOT: &str = "/tableau/lot";

/// Titles of the rows, in order.
fn titres(page: &Page) -> Vec<String> {
    page.textes("table tbody th a")
}

/// Values of the boxes, in order.
fn cases(page: &Page) -> Vec<String> {
    page.html
        .split("name=\"demande\" value=\"")
        .skip(1)
        .map(|reste| reste.split('"').next().unwrap().to_owned())
        .collect()
}

async fn liste(agent: &mut Agent, filtres: &str) -> Page {
    agent.navigateur.ouvrir(&format!("/tableau/liste{filtres}")).await
}

/// Does an act on these boxes of the page.
async fn sur(agent: &mut Agent, page: &Page, choix: &[String], champs: &[(&str, &str)]) -> Page {
    let choix: Vec<(&str, &str)> = choix.iter().map(|valeur| ("demande", valeur.as_str())).collect();
    agent.navigateur.envoyer(page, LOT, &[champs, &choix].concat()).await
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_liste_se_filtre_se_trie_et_se_garde(#[case] moteur: Moteur) {
    let mut m = Monde::nouveau(moteur).await;
    for titre in ["Une épicerie", "Un atelier", "Une bibliothèque"] {
        m.demande(titre, CIREY).await;
    }
    m.demande("Ailleurs", "Nancy (54)").await;
    let page = liste(&mut m.ada, "?tri=titre").await;
    assert_eq!(titres(&page), ["Un atelier", "Une bibliothèque", "Une épicerie"]);
    page.exiger("3 demandes").exiger("restants");
    assert_eq!(page.attribut("th[aria-sort]", "aria-sort").as_deref(), Some("ascending"));
    let inverse = page.attribut("th[aria-sort] a", "href").unwrap();
    assert_eq!(titres(&m.ada.navigateur.ouvrir(&inverse).await), ["Une épicerie", "Une bibliothèque", "Un atelier"]);
    assert_eq!(titres(&liste(&mut m.coordination, "?q=ailleurs").await), ["Ailleurs"]);

    for (filtre, attendus) in [
        ("?q=EPICERIE", vec!["Une épicerie"]),
        ("?q=100%25_", vec![]),
        ("?delai=retard", vec![]),
        ("?delai=a-repondre&tri=titre", vec!["Un atelier", "Une bibliothèque", "Une épicerie"]),
        ("?delai=sans-nouvelles", vec![]),
        ("?suite=prevue", vec![]),
        ("?commune=Cirey&q=atelier", vec!["Un atelier"]),
        ("?theme=commerce&q=atelier&etape=etude&suite=aucune", vec!["Un atelier"]),
        ("?theme=foret", vec![]),
        ("?secteur=aucun", vec![]),
    ] {
        let page = liste(&mut m.ada, filtre).await;
        assert_eq!(
            (page.statut, titres(&page)),
            (StatusCode::OK, attendus.iter().map(|t| (*t).to_owned()).collect()),
            "{filtre}"
        );
    }
    // What is not understood shows nothing rather than more, and says where.
    let page = liste(&mut m.ada, "?delai=jamais").await;
    assert!(titres(&page).is_empty());
    page.exiger("Ce choix n’existe pas");
    let csv = liste(&mut m.ada, "?q=atelier&format=csv").await;
    assert!(csv.html.contains("Un atelier") && !csv.html.contains("épicerie") && !csv.html.contains("Ailleurs"));

    // Kept under a name, one's own; forgotten, and taken back.
    let page = liste(&mut m.ada, "?q=atelier&tri=titre").await;
    let garder = |nom: &'static str| [("nom", nom)];
    let refuse = m.ada.navigateur.envoyer(&page, "/tableau/filtres", &garder("")).await;
    assert_eq!(refuse.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refuse.exiger("Donnez un nom à ce filtre");
    let page = m.ada.navigateur.envoyer(&page, "/tableau/filtres", &garder("Mes <ateliers>")).await;
    page.exiger("Le filtre « Mes <ateliers> » est gardé");
    let nav = "nav[aria-label='Mes filtres'] a";
    assert_eq!(page.textes(nav), ["Mes <ateliers>"]);
    assert_eq!(page.attribut(nav, "href").as_deref(), Some("/tableau/liste?q=atelier&tri=titre"));
    assert!(liste(&mut m.bob, "").await.textes(nav).is_empty(), "one's own");
    let page = m.ada.navigateur.envoyer(&page, "/tableau/filtres", &[("acte", "supprimer")]).await;
    page.exiger("est supprimé");
    assert!(page.textes(nav).is_empty());
    let page = m.ada.navigateur.envoyer(&page, "/tableau/filtres", &[]).await;
    assert_eq!(page.textes(nav), ["Mes <ateliers>"], "taken back");
    let donnees = m.ada.navigateur.ouvrir("/compte/donnees").await;
    assert!(donnees.html.contains("Mes <ateliers>"));
    m.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn plusieurs_demandes_d_un_coup_puis_comme_avant(#[case] moteur: Moteur) {
    let mut m = Monde::nouveau(moteur).await;
    let mut references = Vec::new();
    for titre in ["A", "B", "C"] {
        references.push(m.demande(&format!("Projet {titre}"), CIREY).await);
    }
    let page = liste(&mut m.ada, "?tri=titre").await;
    let toutes = cases(&page);
    assert_eq!(toutes.len(), 3);

    // Nothing chosen, nothing said: 422, and what was chosen stays chosen.
    let refuse = sur(&mut m.ada, &page, &[], &[("acte", "suite"), ("prochaine", "Rappeler")]).await;
    assert_eq!(refuse.statut, StatusCode::UNPROCESSABLE_ENTITY);
    refuse.exiger("Choisissez au moins une demande");
    let refuse = sur(&mut m.ada, &page, &toutes[..1], &[("acte", "suite")]).await;
    refuse.exiger("Dites quoi faire, ou pour quand");
    assert!(refuse.attribut("#demande-0", "checked").is_some() && refuse.attribut("#demande-1", "checked").is_none());

    // One was changed meanwhile: it is left alone.
    agir(&mut m.ada.navigateur, &references[2], &[("acte", "telephone")]).await.exiger("répondu par téléphone");
    let champs = [("acte", "suite"), ("prochaine", "Rappeler la mairie"), ("prochaine_le", "2026-12-03")];
    let fait = sur(&mut m.ada, &page, &toutes, &champs).await;
    fait.exiger("La prochaine action est notée pour 2 demandes").exiger("Une autre a changé");
    assert_eq!(liste(&mut m.ada, "?suite=prevue").await.textes("td[data-label='Prochaine action']").len(), 2);
    fait.exiger("Rappeler la mairie 3 décembre 2026");
    let annuler = fait.attribut(".tr-message form", "action").unwrap();
    let revenu = m.ada.navigateur.envoyer(&fait, &annuler, &[]).await;
    revenu.exiger("2 demandes sont comme avant");
    assert!(titres(&liste(&mut m.ada, "?suite=prevue").await).is_empty());
    let encore = m.ada.navigateur.demander("GET", "/tableau/liste", None).await;
    assert!(encore.html.contains("Projet A"));

    // Answered by telephone, where an answer was owed; undone, and the commune reads that it was a mistake.
    let page = liste(&mut m.ada, "?tri=titre&toutes=oui").await;
    let fait = sur(&mut m.ada, &page, &cases(&page), &[("acte", "telephone")]).await;
    fait.exiger("répondu par téléphone à 2 demandes").exiger("1 demande avait déjà une réponse");
    assert!(titres(&liste(&mut m.ada, "?delai=a-repondre").await).is_empty());
    let annuler = fait.attribut(".tr-message form", "action").unwrap();
    // Not by someone else.
    let vole = m.bob.navigateur.ouvrir("/tableau/liste").await;
    let jeton = vole.attribut("input[name=_jeton]", "value").unwrap();
    let refus = m.bob.navigateur.poster(&annuler, &format!("_jeton={jeton}&_cle=x")).await;
    assert_eq!(refus.statut, StatusCode::NOT_FOUND);
    m.ada.navigateur.envoyer(&fait, &annuler, &[]).await.exiger("2 demandes sont comme avant");
    assert_eq!(titres(&liste(&mut m.ada, "?delai=a-repondre").await).len(), 2);
    m.porteuse.ouvrir(&format!("/projets/{}", references[0])).await.exiger("notée par erreur, est annulée");
    m.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn confier_plusieurs_demandes_et_jamais_celles_d_un_autre(#[case] moteur: Moteur) {
    let mut m = Monde::nouveau(moteur).await;
    let a = m.demande("Projet A", CIREY).await;
    let b = m.demande("Projet B", CIREY).await;
    let ailleurs = m.demande("Projet de Nancy", "Nancy (54)").await;
    let page = liste(&mut m.ada, "?tri=titre").await;
    let mut choix = cases(&page);
    let sans = sur(&mut m.ada, &page, &choix, &[("acte", "confier"), ("agent", "personne")]).await;
    assert_eq!(sans.statut, StatusCode::UNPROCESSABLE_ENTITY);
    sans.exiger("Choisissez à qui confier ces demandes");

    // A box forged: not hers, so nothing is done there.
    choix.push(format!("{ailleurs}:1"));
    let avant = m.appli.courriels().await.len();
    let carl = m.carl.id.clone();
    let fait = sur(&mut m.ada, &page, &choix, &[("acte", "confier"), ("agent", carl.as_str())]).await;
    fait.exiger("2 projets sont confiés à Exemple carl").exiger("n’est plus à vous");
    let mut recus = m.destinataires(avant).await;
    recus.sort();
    assert_eq!(recus, ["carl@exemple.invalid", "porteuse@exemple.invalid"], "one mail for two, to each side");
    assert!(titres(&liste(&mut m.ada, "").await).is_empty());
    assert_eq!(titres(&liste(&mut m.carl, "?tri=titre").await), ["Projet A", "Projet B"]);
    for reference in [&a, &b] {
        suit(&mut m.carl, reference, true).await;
    }
    suit(&mut m.carl, &ailleurs, false).await;
    suit(&mut m.bob, &ailleurs, true).await;
    m.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn le_tableau_montre_les_premieres_et_mene_aux_autres(#[case] moteur: Moteur) {
    let mut m = Monde::nouveau(moteur).await;
    for numero in 0..10 {
        m.demande(&format!("Projet {numero}"), CIREY).await;
    }
    let requetes = || m.appli.instance.db.nombre_de_requetes();
    let page = m.ada.navigateur.ouvrir("/tableau").await;
    page.exiger("À répondre (10)").exiger("Voir les 2 autres");
    assert_eq!(page.textes("section[aria-labelledby=t-a-repondre] li").len(), 8);
    let suite = page.attribut("section[aria-labelledby=t-a-repondre] > p a", "href").unwrap();
    let avant = requetes();
    let page = m.ada.navigateur.ouvrir(&suite).await;
    let cout = requetes() - avant;
    assert_eq!(titres(&page).len(), 10);
    let avant = requetes();
    m.ada.navigateur.ouvrir("/tableau/liste?delai=retard").await.exiger("Aucune demande ne répond");
    assert_eq!(requetes() - avant, cout, "as many statements for none as for ten");
    m.fin().await;
}
