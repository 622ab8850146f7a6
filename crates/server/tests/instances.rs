//! Two collectivités in one process, each at its host: nothing of one is seen from the other, on both databases.

#![expect(clippy::unwrap_used, reason = "a test fails with a line number")]

use std::collections::BTreeMap;

use axum::http::StatusCode;
use domain::droit::Fonction;
use rstest::rstest;
use server::features;
use socle::organisation::Nature;
use testkit::{Appli, Moteur, Navigateur};
use web::Maison;
use web::application::{Instances, Limites, application, routes};
use web::contexte::COOKIE_SESSION;

const ICI: &str = "54.terreau.test";
const AILLEURS: &str = "35.terreau.test";

/// One application for both, as `serve` makes it.
fn ensemble(ici: &Appli, ailleurs: &Appli) -> Navigateur {
    let instances =
        BTreeMap::from([(ICI.to_owned(), ici.instance.clone()), (AILLEURS.to_owned(), ailleurs.instance.clone())]);
    let routes = routes(&mut Maison::nouvelle(features()));
    Navigateur::nouveau(application(Instances::par_hote(instances), routes, &Limites::default()))
}

async fn agent(appli: &Appli) -> String {
    let mandat = Some((Nature::Departement, "Le département", Fonction::AgentSite));
    let (_, id) = appli.connecter("agent@exemple.invalid", mandat).await;
    let (clock, ids) = (&*appli.instance.clock, &*appli.instance.ids);
    let tx = appli.instance.db.begin().await.unwrap();
    let jeton = ids.jeton();
    socle::session::ouvrir(&tx, clock, &jeton, &id, "navigateur de test").await.unwrap();
    tx.commit().await.unwrap();
    jeton
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn deux_instances_ne_se_melangent_pas(#[case] moteur: Moteur) {
    let ici = Appli::pour("54", moteur, features(), false).await;
    let ailleurs = Appli::pour("35", moteur, features(), false).await;
    let visiteur = ensemble(&ici, &ailleurs);
    let (mut chez_nous, mut chez_eux) = (visiteur.clone().vers(ICI), visiteur.clone().vers("35.Terreau.test:443"));

    // Sessions: what opens one opens nothing in the other, not even with the same cookie.
    let jeton = agent(&ici).await;
    for navigateur in [&mut chez_nous, &mut chez_eux] {
        navigateur.poser_cookie(COOKIE_SESSION, &jeton);
    }
    chez_nous.ouvrir("/reglages").await.exiger("Textes du site");
    let refus = chez_eux.demander("GET", "/reglages", None).await;
    assert_eq!(refus.statut, StatusCode::SEE_OTHER);
    assert!(refus.entetes["location"].to_str().unwrap().starts_with("/connexion"));

    // Settings kept in memory: changed here, as shipped there.
    let chemin = "/reglages/textes/accueil.titre";
    let page = chez_nous.ouvrir(chemin).await;
    chez_nous.envoyer(&page, chemin, &[("contenu", "Chez nous seulement"), ("acte", "enregistrer")]).await;
    chez_nous.ouvrir("/").await.exiger("Chez nous seulement");
    assert!(!chez_eux.ouvrir("/").await.contient("Chez nous seulement"));

    // Search index, communes.
    let trouvees = chez_nous.ouvrir("/recherche?q=Cirey-sur-Vezouze").await;
    assert!(trouvees.html.contains("/communes/54129"), "{}", trouvees.texte());
    chez_eux.ouvrir("/recherche?q=Cirey-sur-Vezouze").await.exiger("Rien ne répond");
    chez_eux.ouvrir("/recherche?q=Rennes").await.exiger("Rennes");
    assert_eq!(chez_eux.ouvrir("/communes/54129").await.statut, StatusCode::NOT_FOUND);

    // Mails: asked for in one database, sent by its worker alone.
    let page = chez_eux.ouvrir("/connexion").await;
    chez_eux.envoyer(&page, "/connexion", &[("courriel", "maire@exemple.invalid")]).await;
    assert!(ici.courriels().await.is_empty());
    assert_eq!(ailleurs.courriels().await.len(), 1);
    ici.fin().await;
    ailleurs.fin().await;
}

#[tokio::test]
async fn un_hote_inconnu_n_a_pas_de_site() {
    let ici = Appli::pour("54", Moteur::Sqlite, features(), false).await;
    let ailleurs = Appli::pour("35", Moteur::Sqlite, features(), false).await;
    for hote in ["autre.terreau.test", "", "54.terreau.test.exemple.invalid"] {
        let page = ensemble(&ici, &ailleurs).vers(hote).ouvrir("/").await;
        assert_eq!(page.statut, StatusCode::MISDIRECTED_REQUEST, "{hote}");
        assert!(page.html.contains("Ce site n’est pas à cette adresse"), "{}", page.html);
        assert!(!page.html.contains("Meurthe"), "no instance is told");
    }
    // Alone, an instance answers at every host.
    assert_eq!(ici.navigateur().vers("autre.terreau.test").ouvrir("/").await.statut, StatusCode::OK);
    ici.fin().await;
    ailleurs.fin().await;
}
