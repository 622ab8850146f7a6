//! What an upgrade keeps of what people wrote before it.

use annuaire::acteur::ActeurId;
use annuaire::offre::lecture;
use annuaire::vocabulaire::{ModeOffre, Tarif};
use rstest::rstest;
use sea_orm::ConnectionTrait;
use testkit::{Appli, Moteur};
use web::Feature;

/// The number of the last migration before an offer accepted several legal ways.
const AVANT: i64 = 14;

const ECRIT_AVANT: [&str; 4] = [
    "INSERT INTO organisation (id, nature, nom, nom_tri, cree_le, version) VALUES ('o', 'acteur', 'Une', 'une', 0, 1)",
    "INSERT INTO acteur (id, organisation_id, reference, nom, nom_tri, famille, etat, diffusion, ess_loi, ess_loi_motif,
        ess_stat, ess_stat_motif, exemple, cree_le, modifie_le, version)
     VALUES ('a', 'o', 'REF', 'Une', 'une', 'association', 'actif', 'totale', 'oui', '', 'inconnu', '', FALSE, 0, 0, 1)",
    "INSERT INTO offre (id, acteur_id, titre, titre_tri, description, genre, mode, payant, active, exemple, cree_le, modifie_le,
        version)
     VALUES ('1', 'a', 'Conseil', 'conseil', '', 'ingenierie', 'gratuit', FALSE, TRUE, FALSE, 0, 0, 1),
            ('2', 'a', 'Étude', 'etude', '', 'ingenierie', 'achat', TRUE, TRUE, FALSE, 0, 0, 1)",
    "INSERT INTO acteur_valeur (id, acteur_id, champ, valeur, source, recu_le, courante)
     VALUES ('v', 'a', 'preuve-ess', 'Statuts du 12 mars 2024', 'agent', 0, TRUE),
            ('w', 'a', 'preuve-ess', 'Agrément ESUS', 'esus', 0, TRUE)",
];

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_mise_a_jour_garde_les_offres_et_les_preuves(#[case] moteur: Moteur) {
    let toutes = annuaire::feature().migrations;
    let avant = toutes.iter().position(|migration| migration.numero > AVANT).unwrap();
    let ancienne = Feature { nom: "annuaire", migrations: &toutes[..avant], ..Feature::default() };
    let appli = Appli::nouvelle(moteur, vec![ancienne]).await;
    let tx = appli.instance.db.begin().await.unwrap();
    for sql in ECRIT_AVANT {
        tx.execute_unprepared(sql).await.unwrap();
    }
    tx.commit().await.unwrap();
    let appli = appli.rouvrir(vec![annuaire::feature()]).await;
    let tx = appli.instance.db.read().await.unwrap();
    let offres = lecture::de_l_acteur(&tx, &ActeurId("a".to_owned())).await.unwrap();
    let dites: Vec<_> = offres.iter().map(|o| (o.offre.modes(), o.offre.tarif, o.offre.payant)).collect();
    assert_eq!(dites, [(vec![], Some(Tarif::Gratuit), false), (vec![ModeOffre::Achat], None, true)]);
    let faits = tx
        .query_all_raw(sea_orm::raw_sql!(Postgres, "SELECT champ, valeur FROM acteur_valeur ORDER BY id"))
        .await
        .unwrap();
    let faits: Vec<(String, String)> =
        faits.iter().map(|f| (f.try_get("", "champ").unwrap(), f.try_get("", "valeur").unwrap())).collect();
    let attendus = [("decision-ess-loi", "oui : Statuts du 12 mars 2024"), ("preuve-ess", "Agrément ESUS")];
    assert_eq!(faits, attendus.map(|(champ, valeur)| (champ.to_owned(), valeur.to_owned())));
    drop(tx);
    appli.fin().await;
}
