//! What a project is proposed: one statement, nothing expired, examples in the demonstration alone.

use domain::Cents;
use domain::constat::Verdict;
use domain::profil::{Besoin, Complements, Etape, NatureDepense, Porteur, ProfilDeProjet};
use domain::theme::Theme;
use leviers::Catalogue;
use leviers::levier::semis;
use rstest::rstest;
use testkit::{Appli, Moteur};
use web::feature::{DemandePropositions, Famille, Proposition};

fn profil(porteur: Porteur) -> ProfilDeProjet {
    ProfilDeProjet {
        commune: "54129".parse().unwrap(),
        themes: vec![Theme::Commerce],
        etape: Etape::Etude,
        porteur,
        cout: Some(Cents::euros(120_000)),
        complements: Complements { depenses: vec![NatureDepense::Travaux], ..Complements::default() },
    }
}

async fn proposer(appli: &Appli, profil: &ProfilDeProjet) -> Vec<Proposition> {
    let instance = &appli.instance;
    let faits = instance.faits_commune(&profil.commune).unwrap();
    let tx = instance.db.read().await.unwrap();
    let demande = DemandePropositions { tx: &tx, instance, profil, faits: &faits, jour: instance.aujourd_hui() };
    let avant = instance.db.nombre_de_requetes();
    let propositions = instance.maison.propositions(&demande).await.unwrap();
    assert_eq!(instance.db.nombre_de_requetes() - avant, 1, "one statement, whatever the number of sheets");
    propositions
}

fn de<'a>(propositions: &'a [Proposition], id: &str) -> &'a Proposition {
    propositions.iter().find(|p| p.id == id).unwrap_or_else(|| panic!("{id} is not proposed"))
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn chacune_avec_ses_raisons_et_rien_de_perime(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, vec![leviers::feature()]).await;
    let propositions = proposer(&appli, &profil(Porteur::Commune)).await;
    assert_eq!(propositions.iter().filter(|p| p.famille == Famille::Levier).count(), 35);
    assert!(!propositions.iter().any(|p| p.id == "grandir-en-milieu-rural"), "it ended in 2025");
    assert!(!propositions.iter().any(|p| p.famille == Famille::FormeJuridique), "the question is not open");
    let refus = de(&propositions, "fdva-2");
    assert_eq!((refus.verdict, refus.constats[0].verdict), (Verdict::Non, Verdict::Non));
    assert!(refus.constats.iter().all(|constat| !constat.sources.is_empty()));
    let exemple = de(&propositions, "appui-aux-territoires-54");
    assert!(exemple.exemple && exemple.aide.as_ref().unwrap().montant.is_some());

    // A sheet whose review is late stays in sight, "à vérifier", and out of the simulation.
    appli.horloge.avancer_de_jours(365);
    let plus_tard = proposer(&appli, &profil(Porteur::Commune)).await;
    let detr = de(&plus_tard, "detr");
    assert!(detr.aide.is_none() && detr.constats.iter().any(|constat| constat.code == "relecture"), "{detr:?}");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_chiffre_d_exemple_ne_compte_pas_hors_de_la_demonstration(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![leviers::feature()]).await;
    let propositions = proposer(&appli, &profil(Porteur::Commune)).await;
    assert_eq!(propositions.len(), 21, "the national sheets alone");
    semis::semer(&appli.instance, &Catalogue::demonstration().unwrap()).await.unwrap();
    let propositions = proposer(&appli, &profil(Porteur::Commune)).await;
    let appui = de(&propositions, "appui-aux-territoires-54");
    assert!(!appui.exemple && appui.aide.as_ref().unwrap().montant.is_none());
    appli.fin().await;
}

#[tokio::test]
async fn un_groupe_sans_statut_voit_les_formes_et_une_commune_seulement_si_elle_le_demande() {
    let appli = Appli::demonstration(Moteur::Sqlite, vec![leviers::feature()]).await;
    let formes =
        |propositions: &[Proposition]| propositions.iter().filter(|p| p.famille == Famille::FormeJuridique).count();
    let groupe = proposer(&appli, &profil(Porteur::Collectif)).await;
    assert_eq!(formes(&groupe), 10);
    assert_eq!(de(&groupe, "association").verdict, Verdict::Oui);
    assert_eq!(de(&groupe, "regie-communale").verdict, Verdict::Non);
    let mut commune = profil(Porteur::Commune);
    assert_eq!(formes(&proposer(&appli, &commune).await), 0);
    commune.complements.besoins = vec![Besoin::FormeJuridique];
    assert_eq!(formes(&proposer(&appli, &commune).await), 10);
    appli.fin().await;
}
