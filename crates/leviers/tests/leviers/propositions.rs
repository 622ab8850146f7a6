//! What a project is proposed: one statement, nothing expired, examples in the demonstration alone.

use domain::Cents;
use domain::constat::Verdict;
use domain::droit::Fonction;
use domain::profil::{Besoin, Complements, Etape, NatureDepense, Porteur, ProfilDeProjet};
use domain::theme::Theme;
use leviers::Catalogue;
use leviers::levier::semis;
use rstest::rstest;
use serde_json::{Value, json};
use socle::organisation::Nature;
use socle::reglage;
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
    let faits = instance.faits_pour_criteres(&profil.commune).unwrap();
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

fn zonage(propositions: &[Proposition], id: &str) -> (Verdict, String, Vec<String>) {
    let constat = de(propositions, id).constats.iter().find(|constat| constat.code == "zonage").unwrap();
    let sources = constat.sources.iter().map(|source| source.libelle.clone()).collect();
    (constat.verdict, constat.phrase.replace('\u{a0}', " "), sources)
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_zonage_se_lit_dans_les_listes_du_site(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![leviers::feature()]).await;
    let frr = "france-ruralites-revitalisation";
    let cirey = profil(Porteur::Scop);
    let (verdict, phrase, sources) = zonage(&proposer(&appli, &cirey).await, frr);
    assert_eq!(verdict, Verdict::Oui, "{phrase}");
    assert!(phrase.starts_with("Cirey-sur-Vezouze est dans la liste de 2024"), "{phrase}");
    assert!(sources.iter().any(|source| source.contains("arrêté du 19 juin 2024")), "{sources:?}");
    // Nancy is not in a list that grew; the list of the other programme is not known for this département.
    let nancy = ProfilDeProjet { commune: "54395".parse().unwrap(), ..cirey.clone() };
    assert_eq!(zonage(&proposer(&appli, &nancy).await, frr).0, Verdict::AVerifier);
    let (verdict, phrase, _) = zonage(&proposer(&appli, &profil(Porteur::Commune)).await, "villages-d-avenir");
    assert_eq!(verdict, Verdict::AVerifier);
    assert!(phrase.contains("n’a pas la liste de ce département"), "{phrase}");

    // A list entered here, complete, chosen by a sheet: yes, no, then nothing once it is withdrawn.
    ecrire_la_liste(
        &appli,
        Some(json!({
            "nom": "GAL d’exemple", "du": "2025-01-01", "au": null, "millesime": 2025, "source": "Convention d’exemple",
            "complete": true, "communes": ["54129"],
        })),
    )
    .await;
    choisir_la_liste(&appli, frr).await;
    let (verdict, _, sources) = zonage(&proposer(&appli, &cirey).await, frr);
    assert_eq!(verdict, Verdict::Oui);
    assert!(sources.iter().any(|source| source.contains("Convention d’exemple")), "{sources:?}");
    assert_eq!(zonage(&proposer(&appli, &nancy).await, frr).0, Verdict::Non);
    ecrire_la_liste(&appli, None).await;
    let (verdict, phrase, _) = zonage(&proposer(&appli, &nancy).await, frr);
    assert_eq!(verdict, Verdict::AVerifier);
    assert!(phrase.contains("n’est plus sur ce site"), "{phrase}");
    appli.fin().await;
}

async fn ecrire_la_liste(appli: &Appli, liste: Option<Value>) {
    let instance = &appli.instance;
    let version = instance.locaux().version("zonage.gal");
    let tx = instance.db.begin().await.unwrap();
    assert!(reglage::ecrire(&tx, &*instance.clock, "zonage.gal", &liste, version, None).await.unwrap());
    tx.commit().await.unwrap();
    instance.relire_reglages().await.unwrap();
}

/// On the screen of the sheet: the list is one of those that exist, its year and name come with it.
async fn choisir_la_liste(appli: &Appli, id: &str) {
    let mandat = Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::AgentSite));
    let (mut agent, _) = appli.connecter("agent@exemple.invalid", mandat).await;
    let chemin = format!("/reglages/leviers/{id}");
    let page = agent.ouvrir(&chemin).await;
    assert_eq!(page.attribut("select[name$=_liste] option[selected]", "value").as_deref(), Some("frr-2024"));
    page.exiger("Villages d’avenir, 2024 (liste nationale)").exiger("GAL d’exemple, 2025 (liste de ce territoire)");
    let champ = |nom: &str| page.attribut(&format!("[name$=_{nom}]"), "name").unwrap();
    let liste = champ("liste");
    let rang = liste.trim_end_matches("_liste");
    let (nom, annee) = (format!("{rang}_nom"), format!("{rang}_millesime"));
    let inconnue = [(liste.as_str(), "ici.autre"), ("acte", "publier")];
    agent.envoyer(&page, &chemin, &inconnue).await.exiger("Cette liste n’est plus sur ce site");
    let champs = [(liste.as_str(), "ici.gal"), (&nom, ""), (&annee, ""), ("acte", "publier")];
    agent.envoyer(&page, &chemin, &champs).await.exiger("La fiche est");
    appli.navigateur().ouvrir(&format!("/leviers/{id}")).await.exiger("Être dans GAL d’exemple, liste de 2025");
}
