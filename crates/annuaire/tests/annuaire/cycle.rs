//! The whole life of the directory, on the real list of insertion bodies of the 54 (2020, as shipped): import, doubles, claim,
//! edit, moderation, confirmation, search, export, then a month where Sirene renames, closes and moves some of them. What
//! Sirene says here is invented for the test.

use annuaire::acteur::{self, etablissement, storage, valeur};
use annuaire::import::fichier::FichierRecu;
use annuaire::import::rapport::Rapport;
use annuaire::tenue::storage as tenue;
use annuaire::vocabulaire::{Champ, EtatActeur, Origine};
use domain::identifiant::Siret;
use rstest::rstest;
use sea_orm::{EntityTrait, QueryOrder};
use testkit::{Appli, Moteur};

use crate::gestes::agent;
use crate::gestes::importer_du;
use crate::monde::{self, inserer};
use crate::sirene::recu;

const LISTE: &str = include_str!("../../../../demonstration/54/siae-2020.csv");

async fn importer(appli: &Appli, fichiers: Vec<FichierRecu>) -> Rapport {
    appli.horloge.avancer(60);
    let rapport = importer_du(appli, fichiers, None).await.unwrap();
    appli.travailler().await;
    rapport
}

/// Somebody asks, an agent accepts what waits at that address.
async fn un_agent_accepte(appli: &Appli, liste: &str, acte: &str) {
    let mut agent = agent(appli).await;
    let une = agent.ouvrir(liste).await.attribut("main th a, main td a", "href").unwrap();
    let page = agent.ouvrir(&une).await;
    let reponse = agent.envoyer(&page, &une, &[("acte", acte)]).await;
    assert!(reponse.statut.is_success(), "{}", reponse.texte());
    appli.travailler().await;
}

async fn relire(appli: &Appli, acteur: &acteur::Model) -> acteur::Model {
    let tx = appli.instance.db.read().await.unwrap();
    acteur::Entity::find_by_id(acteur.id.clone()).one(&tx).await.unwrap().unwrap()
}

async fn lieux(appli: &Appli, acteur: &acteur::Model) -> Vec<etablissement::Model> {
    let tx = appli.instance.db.read().await.unwrap();
    storage::etablissements(&tx, &acteur.id).await.unwrap()
}

async fn valeurs(appli: &Appli, acteur: &acteur::Model) -> Vec<valeur::Model> {
    let tx = appli.instance.db.read().await.unwrap();
    storage::valeurs(&tx, &acteur.id).await.unwrap()
}

fn dite(valeurs: &[valeur::Model], champ: Champ) -> (&str, Origine) {
    let retenue = valeur::retenue(valeurs, champ).unwrap();
    (&retenue.valeur, retenue.source)
}

/// Legal units of a stock: number, state, name.
fn unites(unites: &[(&str, &str, &str)]) -> FichierRecu {
    let entete = "siren,statutDiffusionUniteLegale,dateDernierTraitementUniteLegale,etatAdministratifUniteLegale,\
                  denominationUniteLegale,categorieJuridiqueUniteLegale,economieSocialeSolidaireUniteLegale\n";
    let lignes = unites.iter().map(|(siren, etat, nom)| format!("{siren},O,2026-11-20T10:00:00,{etat},{nom},9220,O\n"));
    recu("StockUniteLegale_utf8.csv", entete.to_owned() + &lignes.collect::<String>())
}

/// An establishment: number, seat or not, commune (code, postal code, name), state.
type Lieu<'a> = (String, bool, (&'a str, &'a str, &'a str), &'a str);

/// Establishments of a stock.
fn stock(lieux: &[Lieu<'_>]) -> FichierRecu {
    let entete = "siret,statutDiffusionEtablissement,dateDernierTraitementEtablissement,etablissementSiege,\
                  numeroVoieEtablissement,typeVoieEtablissement,libelleVoieEtablissement,codePostalEtablissement,\
                  libelleCommuneEtablissement,codeCommuneEtablissement,etatAdministratifEtablissement\n";
    let lignes = lieux.iter().map(|(siret, siege, (code, postal, nom), etat)| {
        format!("{siret},O,2026-11-20T10:00:00,{siege},8,RUE,DU LAVOIR,{postal},{nom},{code},{etat}\n")
    });
    recu("StockEtablissement_utf8.csv", entete.to_owned() + &lignes.collect::<String>())
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_tour_complet_de_l_annuaire(#[case] moteur: Moteur) {
    let appli = Appli::nouvelle(moteur, vec![annuaire::feature()]).await;
    let rapport = importer(&appli, vec![recu("siae-2020.csv", LISTE)]).await;
    assert!(rapport.nouveaux > 55 && rapport.refusees == 0, "{}", rapport.en_texte());
    let tx = appli.instance.db.read().await.unwrap();
    let tous = acteur::Entity::find().order_by_asc(acteur::Column::Siren).all(&tx).await.unwrap();
    drop(tx);
    let [garde, clos, parti] = [&tous[10], &tous[20], &tous[30]];
    let siren = |acteur: &acteur::Model| acteur.siren.as_ref().unwrap().to_string();
    let fiche = format!("/annuaire/{}", garde.reference);

    // Doubles: somebody had written the same structure down by hand. The two are one.
    let (nom, commune) = (garde.nom.clone().leak(), garde.commune.as_ref().unwrap().as_str().to_owned().leak());
    let tx = appli.instance.db.begin().await.unwrap();
    let jumelle = monde::Acteur { nom, commune, ..monde::Acteur::default() };
    let (_, jumelle) = inserer(&tx, &appli.instance, &jumelle).await;
    tx.commit().await.unwrap();
    let mut un_agent = agent(&appli).await;
    let doublons = "/reglages/annuaire/doublons";
    let page = un_agent.ouvrir(doublons).await;
    un_agent.envoyer(&page, doublons, &[]).await.exiger("La recherche est lancée");
    appli.travailler().await;
    un_agent.ouvrir(doublons).await.exiger(&garde.nom);
    let banc = format!("{doublons}/{}/{jumelle}", garde.reference);
    let page = un_agent.ouvrir(&banc).await;
    un_agent.envoyer(&page, &banc, &[("acte", "reunir")]).await.exiger("Les deux fiches sont réunies");
    appli.travailler().await;

    // Claim, then edit.
    let (mut camille, _) = appli.connecter("camille@exemple.invalid", None).await;
    let url = format!("{fiche}/revendiquer");
    let page = camille.ouvrir(&url).await;
    let preuve = [("moyen", "agent"), ("preuve", "Je préside l’association depuis mars.")];
    camille.envoyer(&page, &url, &preuve).await.exiger("Un agent la lira");
    un_agent_accepte(&appli, "/reglages/annuaire/revendications", "accepter").await;
    let url = format!("{fiche}/modifier");
    let page = camille.ouvrir(&url).await;
    let dits = [
        ("nom", "Le nom que nous nous donnons"),
        ("telephone", "03 83 99 88 77"),
        ("courriel", "contact@structure.invalid"),
        ("acte", "enregistrer"),
    ];
    camille.envoyer(&page, &url, &dits).await.exiger("est enregistrée");

    // Moderation: a neighbour knows better, an agent takes it.
    let mut voisin = appli.navigateur();
    let url = format!("{fiche}/proposer");
    let page = voisin.ouvrir(&url).await;
    let propose = [
        ("nom", "Le nom que nous nous donnons"),
        ("telephone", "03 83 99 88 77"),
        ("courriel", "contact@structure.invalid"),
        ("presentation", "Un chantier qui répare des vélos, ouvert le samedi."),
        ("courriel_auteur", "voisin@exemple.invalid"),
    ];
    voisin.envoyer(&page, &url, &propose).await.exiger("Un agent lira votre proposition");
    un_agent_accepte(&appli, "/reglages/annuaire/propositions", "prendre").await;

    // Confirmation, a year later, by the link of a mail.
    appli.horloge.avancer_de_jours(366);
    appli.le_lendemain().await;
    let courriels = appli.courriels().await;
    let rappel = courriels.iter().find(|c| c.texte().contains("/confirmer-une-fiche/")).unwrap();
    assert_eq!(rappel.destinataire(), "contact@structure.invalid");
    let lien = rappel.texte().split("http://terreau.test").nth(1).unwrap();
    let lien = lien.split(char::is_whitespace).next().unwrap().to_owned();
    let page = voisin.ouvrir(&lien).await;
    voisin.envoyer(&page, &lien, &[]).await.exiger("La fiche est confirmée");
    appli.travailler().await;

    // Search and export.
    voisin.ouvrir("/annuaire?q=repare+velos+samedi").await.exiger("Le nom que nous nous donnons");
    let csv = voisin.ouvrir("/annuaire/export?format=csv&q=velos").await.html;
    assert!(csv.contains("Le nom que nous nous donnons") && csv.contains(&siren(garde)), "{csv}");
    let avant = valeurs(&appli, garde).await;
    assert_eq!(dite(&avant, Champ::Nom), ("Le nom que nous nous donnons", Origine::Acteur));
    assert_eq!(dite(&avant, Champ::Telephone).1, Origine::Acteur);
    assert_eq!(dite(&avant, Champ::Presentation).1, Origine::Agent);

    // The next import changes one, closes one, moves one.
    let nouveau = (1..).map(|nic| format!("{}{nic:05}", siren(parti))).find(|n| n.parse::<Siret>().is_ok()).unwrap();
    let ancien = lieux(&appli, parti).await[0].siret.clone().unwrap();
    let siege = lieux(&appli, garde).await.into_iter().find(|lieu| lieu.siret.is_some()).unwrap();
    let toul = ("54528", "54200", "TOUL");
    let ici = (siege.commune.as_str(), "54000", "ICI");
    let fichiers = vec![
        unites(&[
            (&siren(garde), "A", "DENOMINATION DE SIRENE"),
            (&siren(clos), "C", "FERMEE"),
            (&siren(parti), "A", "PARTIE A TOUL"),
        ]),
        stock(&[
            (siege.siret.clone().unwrap(), true, ici, "A"),
            (ancien, false, ("54395", "54000", "NANCY"), "F"),
            (nouveau.clone(), true, toul, "A"),
        ]),
    ];
    let rapport = importer(&appli, fichiers).await;
    assert_eq!(rapport.refusees, 0, "{}", rapport.en_texte());
    assert_eq!(relire(&appli, garde).await.nom, "Le nom que nous nous donnons", "what the actor said stays");
    let tx = appli.instance.db.read().await.unwrap();
    let questions = tenue::questions(&tx).await.unwrap();
    drop(tx);
    assert!(questions.iter().any(|q| q.proposee_source == Origine::Sirene), "Sirene asks");
    assert_eq!(relire(&appli, clos).await.etat, EtatActeur::Cesse);
    let apres = relire(&appli, parti).await;
    assert_eq!(apres.commune.as_ref().unwrap().as_str(), "54528");
    let ouverts: Vec<_> = lieux(&appli, parti).await.into_iter().filter(|lieu| lieu.ouvert).collect();
    assert_eq!((ouverts.len(), ouverts[0].siret.as_deref()), (1, Some(nouveau.as_str())));
    assert_eq!(ouverts[0].source, Origine::Sirene);

    // An agent sees the question; the page says where each value comes from.
    let mut un_agent = agent(&appli).await;
    let page = un_agent.ouvrir("/reglages/annuaire").await;
    page.exiger("DENOMINATION DE SIRENE");
    voisin.ouvrir(&fiche).await.exiger("l’acteur lui-même");
    voisin.ouvrir("/annuaire?insee=54528").await.exiger(&apres.nom);
    appli.fin().await;
}
