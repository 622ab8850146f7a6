//! The journal: written with the data, read back in the order of time and by visibility.

use platform::journal::{self, Evenement, Visibilite};
use platform::{Clock as _, Moteur};
use rstest::rstest;

use crate::base::{Base, Horloge, Suite, nombre};

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn an_event_is_read_back_whole_newest_first_and_only_at_its_visibility(#[case] moteur: Moteur) {
    let (horloge, ids) = (Horloge::default(), Suite::default());
    let base = Base::migree(moteur, &horloge).await;
    let tx = base.db.begin().await.unwrap();
    let decrit = Evenement::nouveau("projet.decrit", "projet", "p1")
        .par(Some("camille"))
        .projet("p1")
        .visible(Visibilite::Public)
        .faits(serde_json::json!({ "communes": ["54395"] }));
    journal::ecrire(&tx, &horloge, &ids, decrit).await.unwrap();
    horloge.avancer(60);
    let note = Evenement::nouveau("projet.note", "projet", "p1").projet("p1").visible(Visibilite::Agents);
    journal::ecrire(&tx, &horloge, &ids, note).await.unwrap();
    let ailleurs = Evenement::nouveau("projet.note", "projet", "p2").projet("p2").visible(Visibilite::Public);
    journal::ecrire(&tx, &horloge, &ids, ailleurs).await.unwrap();
    tx.commit().await.unwrap();

    let tx = base.db.read().await.unwrap();
    let tout = journal::du_projet(&tx, "p1", &[Visibilite::Public, Visibilite::Agents], 10).await.unwrap();
    let genres: Vec<&str> = tout.iter().map(|ligne| ligne.genre.as_str()).collect();
    assert_eq!(genres, ["projet.note", "projet.decrit"]);
    let public = journal::du_projet(&tx, "p1", &[Visibilite::Public], 10).await.unwrap();
    let [ligne] = public.as_slice() else { panic!("one public event, not {public:?}") };
    assert_eq!(ligne.personne.as_deref(), Some("camille"));
    assert_eq!(ligne.faits, r#"{"communes":["54395"]}"#);
    assert_eq!(ligne.instant.plus_seconds(60), horloge.instant());
    assert_eq!(journal::du_projet(&tx, "p1", &[Visibilite::Agents, Visibilite::Public], 1).await.unwrap().len(), 1);
    drop(tx);
    base.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn an_event_of_a_transaction_given_up_is_not_kept(#[case] moteur: Moteur) {
    let (horloge, ids) = (Horloge::default(), Suite::default());
    let base = Base::migree(moteur, &horloge).await;
    let tx = base.db.begin().await.unwrap();
    journal::ecrire(&tx, &horloge, &ids, Evenement::nouveau("a.b", "a", "1")).await.unwrap();
    tx.rollback().await.unwrap();
    let tx = base.db.read().await.unwrap();
    assert_eq!(nombre(&tx, "SELECT count(*) AS n FROM journal").await, 0);
    drop(tx);
    base.fin().await;
}
