//! What keeps the directory true: corrections, questions of official sources, yearly confirmation without account.

use annuaire::acteur::{ActeurId, storage};
use annuaire::tenue::{rules, storage as tenue};
use annuaire::vocabulaire::{Champ, Diffusion, EtatActeur, Origine};
use axum::http::StatusCode;
use domain::droit::Fonction;
use domain::theme::Theme;
use rstest::rstest;
use sea_orm::{ConnectionTrait, raw_sql};
use socle::organisation::Nature;
use testkit::{Appli, Moteur, Navigateur, Page};

use crate::gestes::agent_nomme as agent;
use crate::monde::{Acteur, appli_avec};

const LISTE: &str = "/reglages/annuaire";

async fn valeur(appli: &Appli, reference: &str, champ: Champ) -> (String, Origine) {
    let tx = appli.instance.db.read().await.unwrap();
    let acteur = storage::par_reference(&tx, reference).await.unwrap().unwrap();
    let valeurs = storage::valeurs(&tx, &acteur.id).await.unwrap();
    let humaine = valeurs.iter().find(|v| v.courante && v.champ == champ && v.source != Origine::Sirene);
    let une = humaine.or_else(|| valeurs.iter().find(|v| v.courante && v.champ == champ)).unwrap();
    (une.valeur.clone(), une.source)
}

/// What the form holds, with some fields changed.
async fn corriger(qui: &mut Navigateur, reference: &str, champs: &[(&str, &str)]) -> Page {
    let url = format!("/annuaire/{reference}/modifier");
    let page = qui.ouvrir(&url).await;
    qui.envoyer_sans_suivre(&page, &url, champs).await
}

/// Sirene says another value, a minute later.
pub(crate) async fn sirene_dit(appli: &Appli, acteur: &ActeurId, champ: Champ, valeur: &str) {
    appli.horloge.avancer(60);
    let (id, champ, le) = (acteur.as_str(), champ.as_str(), appli.instance.clock.instant().0);
    let cle = appli.instance.ids.uuid().to_string();
    let tx = appli.instance.db.begin().await.unwrap();
    for sql in [
        raw_sql!(
            Postgres,
            "UPDATE acteur_valeur SET courante = FALSE WHERE acteur_id = {id} AND champ = {champ} AND source = 'sirene'"
        ),
        raw_sql!(
            Postgres,
            "INSERT INTO acteur_valeur (id, acteur_id, champ, valeur, source, source_du, recu_le, courante)
             VALUES ({cle}, {id}, {champ}, {valeur}, 'sirene', '2026-11-20', {le}, TRUE)"
        ),
    ] {
        tx.execute_raw(sql).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_agent_corrige_et_la_source_officielle_demande(#[case] moteur: Moteur) {
    let (appli, faits) = appli_avec(moteur, &[Acteur { nom: "LA RESSOURCERIE", ..Acteur::default() }]).await;
    let (id, reference) = &faits[0];
    let mut agent = agent(&appli, "agent@exemple.invalid").await;
    let fiche = format!("/annuaire/{reference}");
    let url = format!("{fiche}/modifier");
    let page = agent.ouvrir(&url).await;
    page.exiger("Personne n’a encore confirmé cette fiche");

    // Seen first, then saved: only what changed is a fact of the agent.
    let voir = [("telephone", "03 83 11 22 33"), ("site", ""), ("acte", "voir")];
    let page = agent.envoyer(&page, &url, &voir).await;
    page.exiger("Ce qui changera").exiger("03 83 00 00 00").exiger("03 83 11 22 33");
    assert_eq!(valeur(&appli, reference, Champ::Telephone).await.0, "03 83 00 00 00", "a preview writes nothing");
    let page = agent.envoyer(&page, &url, &[("telephone", "03 83 11 22 33"), ("acte", "enregistrer")]).await;
    page.exiger("La fiche est enregistrée").exiger("03 83 11 22 33").exiger("un agent du département");
    assert_eq!(valeur(&appli, reference, Champ::Nom).await.1, Origine::Sirene, "untouched: keeps its source");

    // Errors beside their fields, nothing lost, nothing saved.
    let faux = [("nom", ""), ("site", "javascript:alert(1)"), ("telephone", "12"), ("courriel", "x"), ("sigle", "<b>")];
    let page = corriger(&mut agent, reference, &faux).await;
    assert_eq!(page.statut, StatusCode::UNPROCESSABLE_ENTITY);
    page.exiger("Écrivez le nom").exiger("commence par https://").exiger("dix chiffres").exiger("pas complète");
    assert_eq!(page.attribut("#sigle", "value").as_deref(), Some("<b>"));

    // Two agents: the second sees what the first did, and keeps its text.
    let avant = agent.ouvrir(&url).await;
    corriger(&mut agent, reference, &[("sigle", "RT"), ("acte", "enregistrer")]).await;
    let conflit = agent.envoyer(&avant, &url, &[("sigle", "LRT"), ("acte", "enregistrer")]).await;
    assert_eq!(conflit.statut, StatusCode::CONFLICT);
    conflit.exiger("Quelqu’un a modifié cette fiche").exiger("RT");
    assert_eq!(conflit.attribut("#sigle", "value").as_deref(), Some("LRT"));

    // Sirene says something else: the page keeps the agent's word, the question is asked.
    agent.ouvrir(LISTE).await.exiger("Rien à trancher");
    sirene_dit(&appli, id, Champ::Telephone, "03 99 99 99 99").await;
    sirene_dit(&appli, id, Champ::Sigle, "r.t.").await;
    let liste = agent.ouvrir(LISTE).await;
    liste.exiger("À trancher : 1").exiger("03 83 11 22 33").exiger("03 99 99 99 99");
    agent.ouvrir(&fiche).await.exiger("03 83 11 22 33");
    let garder = agent.envoyer(&liste, LISTE, &[("choix", "garder")]).await;
    garder.exiger("Vous gardez la valeur").exiger("Rien à trancher");
    let encore = agent.envoyer_sans_suivre(&liste, LISTE, &[("choix", "prendre"), ("_cle", "autre")]).await;
    assert_eq!(encore.statut, StatusCode::SEE_OTHER, "answered already: nothing is taken");
    assert_eq!(valeur(&appli, reference, Champ::Telephone).await.0, "03 83 11 22 33");

    sirene_dit(&appli, id, Champ::Telephone, "03 88 88 88 88").await;
    let liste = agent.ouvrir(LISTE).await;
    agent.envoyer(&liste, LISTE, &[("choix", "prendre")]).await.exiger("La valeur officielle est prise");
    agent.ouvrir(&fiche).await.exiger("03 88 88 88 88");

    // Who has nothing to do there.
    let (mut maire, _) =
        appli.connecter("maire@exemple.invalid", Some((Nature::Commune, "54395", Fonction::Maire))).await;
    assert_eq!(maire.ouvrir(&url).await.statut, StatusCode::FORBIDDEN);
    assert_eq!(maire.ouvrir(LISTE).await.statut, StatusCode::FORBIDDEN);
    appli.fin().await;
}

/// Themes are written all together: what a colleague chose meanwhile is read before it is replaced.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn les_themes_qu_un_autre_vient_de_choisir_se_voient(#[case] moteur: Moteur) {
    let (appli, faits) = appli_avec(moteur, &[Acteur { nom: "LA RESSOURCERIE", ..Acteur::default() }]).await;
    let reference = &faits[0].1;
    let mut agent = agent(&appli, "agent@exemple.invalid").await;
    let url = format!("/annuaire/{reference}/modifier");
    let avant = agent.ouvrir(&url).await;
    let premiers = [("themes", "mobilite"), ("themes", "numerique"), ("site", ""), ("acte", "enregistrer")];
    corriger(&mut agent, reference, &premiers).await;
    let conflit = agent.envoyer(&avant, &url, &[("themes", "energies"), ("site", ""), ("acte", "enregistrer")]).await;
    assert_eq!(conflit.statut, StatusCode::CONFLICT, "{}", conflit.texte());
    let ligne = conflit.textes(".tr-alerte tr").into_iter().find(|ligne| ligne.starts_with("Thèmes"));
    let ligne = ligne.expect("the themes stand in the table of the conflict");
    assert!(ligne.contains(Theme::Mobilite.libelle()) && ligne.contains(Theme::Numerique.libelle()), "{ligne}");
    assert!(!ligne.contains(Theme::Energies.libelle()), "what the page says, not what was typed: {ligne}");
    assert_eq!(conflit.attribut("input[value=energies]", "checked").as_deref(), Some(""), "the choice stays");
    agent.envoyer(&conflit, &url, &[("acte", "enregistrer")]).await.exiger("La fiche est enregistrée");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_fiche_se_confirme_chaque_annee_puis_s_endort(#[case] moteur: Moteur) {
    let acteurs = [
        Acteur { nom: "Confirmée", ..Acteur::default() },
        Acteur { nom: "Discrète", diffusion: Diffusion::Partielle, ..Acteur::default() },
        Acteur { nom: "Close", etat: EtatActeur::Cesse, ..Acteur::default() },
    ];
    let (appli, faits) = appli_avec(moteur, &acteurs).await;
    let fiches: Vec<String> = faits.iter().map(|(_, reference)| format!("/annuaire/{reference}")).collect();
    let mut visiteur = appli.navigateur();
    appli.le_lendemain().await;
    assert!(appli.courriels().await.is_empty(), "nobody is bothered within the year");
    assert!(!visiteur.ouvrir(&fiches[0]).await.contient("À confirmer"));

    // A year later: one mail, to who may be written to; opening its link does nothing, its button confirms, once.
    appli.horloge.avancer_de_jours(366);
    appli.le_lendemain().await;
    let courriels = appli.courriels().await;
    assert_eq!(courriels.len(), 1, "who asked for a partial diffusion is not canvassed, who closed neither");
    courriels[0].texte().find("Confirmée est dans notre annuaire").unwrap();
    visiteur.ouvrir(&fiches[0]).await.exiger("À confirmer");
    appli.le_lendemain().await;
    assert_eq!(appli.courriels().await.len(), 1, "not twice");
    let lien = courriels[0].texte().split("http://terreau.test").nth(1).unwrap();
    let lien = lien.split(char::is_whitespace).next().unwrap().to_owned();
    let page = visiteur.ouvrir(&lien).await;
    page.exiger("Ces informations sont-elles justes").exiger("Confirmée");
    visiteur.ouvrir(&fiches[0]).await.exiger("À confirmer");
    visiteur.envoyer(&page, &lien, &[]).await.exiger("La fiche est confirmée jusqu’au");
    appli.travailler().await;
    assert!(!visiteur.ouvrir(&fiches[0]).await.contient("À confirmer"));
    assert_eq!(visiteur.ouvrir(&lien).await.statut, StatusCode::NOT_FOUND);
    assert_eq!(visiteur.ouvrir("/confirmer-une-fiche/n-importe-quoi").await.statut, StatusCode::NOT_FOUND);
    let mut un_agent = agent(&appli, "un@exemple.invalid").await;
    un_agent.ouvrir(LISTE).await.exiger("Suivis d’une confirmation");

    // Two years without a word: hidden to the public, seen by the agent with the reason, woken by a confirmation.
    appli.horloge.avancer_de_jours(366);
    appli.le_lendemain().await;
    assert_eq!(visiteur.ouvrir(&fiches[1]).await.statut, StatusCode::NOT_FOUND);
    assert!(!visiteur.ouvrir("/annuaire").await.contient("Discrète"));
    visiteur.ouvrir(&fiches[0]).await.exiger("Confirmée");
    let mut autre_agent = agent(&appli, "autre@exemple.invalid").await;
    autre_agent.ouvrir(LISTE).await.exiger("Fiches endormies").exiger("Discrète");
    autre_agent.ouvrir(&fiches[1]).await.exiger("Le public ne voit plus cette fiche");
    let url = format!("{}/modifier", fiches[1]);
    let page = autre_agent.ouvrir(&url).await;
    autre_agent.envoyer(&page, &format!("{}/confirmer", fiches[1]), &[]).await.exiger("La fiche est confirmée");
    appli.travailler().await;
    visiteur.ouvrir(&fiches[1]).await.exiger("Discrète");
    visiteur.ouvrir("/annuaire").await.exiger("Discrète");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn tant_que_la_regle_le_dit_sirene_tient_une_fiche_eveillee(#[case] moteur: Moteur) {
    let (appli, faits) = appli_avec(moteur, &[Acteur { nom: "Tenue", ..Acteur::default() }]).await;
    appli.horloge.avancer_de_jours(800);
    let du = appli.instance.aujourd_hui().to_string();
    let tx = appli.instance.db.begin().await.unwrap();
    tx.execute_raw(raw_sql!(Postgres, "UPDATE acteur_valeur SET source_du = {du} WHERE source = 'sirene'"))
        .await
        .unwrap();
    let maintenant = appli.instance.clock.instant();
    let avant = maintenant.plus_seconds(-730 * 86_400);
    let le = |jour: &str| Some(jour.parse().unwrap());
    let (recent, jamais) = (le("2027-01-01"), le("2099-01-01"));
    assert_eq!(tenue::endormir(&tx, avant, recent, maintenant).await.unwrap(), 0);
    assert_eq!(tenue::endormir(&tx, avant, jamais, maintenant).await.unwrap(), 1, "Sirene too is silent");
    assert_eq!(tenue::endormir(&tx, avant, recent, maintenant).await.unwrap(), 1, "woken by Sirene");
    tx.commit().await.unwrap();
    let tx = appli.instance.db.read().await.unwrap();
    let acteur = storage::par_reference(&tx, &faits[0].1).await.unwrap().unwrap();
    assert_eq!((acteur.etat, rules::ENDORMIE_MOIS), (EtatActeur::Actif, 24));
    drop(tx);
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn depuis_decembre_sirene_ne_confirme_plus_une_fiche(#[case] moteur: Moteur) {
    let (appli, faits) = appli_avec(moteur, &[Acteur { nom: "Tenue", ..Acteur::default() }]).await;
    appli.horloge.avancer_de_jours(800);
    let du = appli.instance.aujourd_hui().to_string();
    let tx = appli.instance.db.begin().await.unwrap();
    tx.execute_raw(raw_sql!(Postgres, "UPDATE acteur_valeur SET source_du = {du} WHERE source = 'sirene'"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    appli.le_lendemain().await;
    let fiche = format!("/annuaire/{}", faits[0].1);
    let mut visiteur = appli.navigateur();
    assert_eq!(visiteur.ouvrir(&fiche).await.statut, StatusCode::NOT_FOUND);
    // Agents see why; a confirmation wakes it, Sirene alone does not.
    let mut agent = agent(&appli, "un@exemple.invalid").await;
    let pourquoi = "Être au répertoire Sirene dit que la structure existe";
    agent.ouvrir(&fiche).await.exiger("Le public ne voit plus cette fiche").exiger(pourquoi);
    agent.ouvrir(LISTE).await.exiger("Tenue").exiger("Règle depuis le 1er décembre 2026").exiger(pourquoi);
    appli.le_lendemain().await;
    assert_eq!(visiteur.ouvrir(&fiche).await.statut, StatusCode::NOT_FOUND);
    let page = agent.ouvrir(&format!("{fiche}/modifier")).await;
    agent.envoyer(&page, &format!("{fiche}/confirmer"), &[]).await.exiger("La fiche est confirmée");
    appli.le_lendemain().await;
    visiteur.ouvrir(&fiche).await.exiger("Tenue");
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn ce_que_l_acteur_donne_reste_a_lui_quand_un_import_arrive(#[case] moteur: Moteur) {
    let discrete = Acteur { nom: "Discrète", diffusion: Diffusion::Partielle, ..Acteur::default() };
    let (appli, faits) = appli_avec(moteur, &[discrete]).await;
    let (id, reference) = &faits[0];
    let (acteur, le) = (id.as_str(), appli.instance.clock.instant().0);
    let tx = appli.instance.db.begin().await.unwrap();
    for phrase in [
        raw_sql!(Postgres, "UPDATE acteur SET telephone = '03 83 99 88 77' WHERE id = {acteur}"),
        raw_sql!(
            Postgres,
            "INSERT INTO acteur_valeur (id, acteur_id, champ, valeur, source, recu_le, courante)
             VALUES ('v-tel', {acteur}, 'telephone', '03 83 99 88 77', 'acteur', {le}, TRUE)"
        ),
    ] {
        tx.execute_raw(phrase).await.unwrap();
    }
    tx.commit().await.unwrap();
    sirene_dit(&appli, id, Champ::Telephone, "03 99 99 99 99").await;
    let page = appli.navigateur().ouvrir(&format!("/annuaire/{reference}")).await;
    assert_eq!(page.attribut("aside a[href^='tel:']", "href").as_deref(), Some("tel:0383998877"));
    page.exiger("l’acteur lui-même");
    assert!(!page.contient("03 99 99 99 99"), "what it did not give is not told");
    appli.fin().await;
}
