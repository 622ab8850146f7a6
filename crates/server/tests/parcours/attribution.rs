//! Who answers a request: absent, gone, a commune that changes secteur, a call; handed over in [`remise`]. On the board, by
//! mail, by right.

mod liste;
mod remise;

use axum::http::StatusCode;
use domain::droit::Fonction;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use platform::WriteTx;
use rstest::rstest;
use server::features;
use socle::organisation::Nature;
use socle::secteur::{self, SecteurId, absence};
use socle::{PersonneId, mandat};
use testkit::{Appli, Moteur, Navigateur, Page};

use crate::IDEE;

const CIREY: &str = "54129";
const NANCY: &str = "54395";
const JOUR: Date = date(2026, 11, 24);

struct Agent {
    navigateur: Navigateur,
    id: PersonneId,
    courriel: String,
}

impl Agent {
    async fn tableau(&mut self) -> Page {
        self.navigateur.ouvrir("/tableau").await
    }
}

/// Ada answers for the north (Cirey), Bob for the south (Nancy), Carl for nothing yet; a commune asks in Cirey.
struct Monde {
    appli: Appli,
    nord: SecteurId,
    sud: SecteurId,
    ada: Agent,
    bob: Agent,
    carl: Agent,
    coordination: Agent,
    porteuse: Navigateur,
}

impl Monde {
    async fn nouveau(moteur: Moteur) -> Self {
        let appli = Appli::nouvelle(moteur, features()).await;
        let ada = agent(&appli, "ada", Fonction::ChargeTerritorial).await;
        let bob = agent(&appli, "bob", Fonction::ChargeTerritorial).await;
        let carl = agent(&appli, "carl", Fonction::ChargeTerritorial).await;
        let coordination = agent(&appli, "coordination", Fonction::Coordinateur).await;
        let (porteuse, _) = appli.connecter("porteuse@exemple.invalid", None).await;
        let tx = appli.instance.db.begin().await.unwrap();
        let nord = un_secteur(&tx, &appli, "Nord", CIREY, &ada.id).await;
        let sud = un_secteur(&tx, &appli, "Sud", NANCY, &bob.id).await;
        tx.commit().await.unwrap();
        Self { appli, nord, sud, ada, bob, carl, coordination, porteuse }
    }

    /// A project of a commune that asks for accompaniment; its reference.
    async fn demande(&mut self, titre: &str, commune: &str) -> String {
        let page = self.porteuse.ouvrir("/projets/nouveau").await;
        let mut idee = IDEE.to_vec();
        idee[0].1 = titre;
        idee[1].1 = commune;
        let page = self.porteuse.envoyer(&page, "/projets/nouveau", &idee).await;
        let reference = page.chemin.split('/').nth(2).unwrap().to_owned();
        let suite = [("etape", "etude"), ("porteur", "commune"), ("besoins", "argent"), ("maire_informe", "oui")];
        self.porteuse.envoyer(&page, &format!("/projets/{reference}/suite"), &suite).await;
        let action = format!("/projets/{reference}/accompagnement");
        let page = self.porteuse.ouvrir(&action).await;
        let page = self.porteuse.envoyer(&page, &action, &[("message", "Nous aider à commencer.")]).await;
        page.exiger("Votre demande est envoyée");
        reference
    }

    /// The commune writes; who of the département is told.
    async fn ecrit(&mut self, reference: &str) -> Vec<String> {
        let avant = self.appli.courriels().await.len();
        let page = self.porteuse.ouvrir(&format!("/projets/{reference}")).await;
        let action = format!("/projets/{reference}/accompagnement/message");
        self.porteuse.envoyer(&page, &action, &[("texte", "Le conseil a délibéré.")]).await.exiger("Votre message est");
        self.destinataires(avant).await
    }

    async fn destinataires(&self, avant: usize) -> Vec<String> {
        let courriels = self.appli.courriels().await;
        courriels.iter().skip(avant).map(|courriel| courriel.destinataire().to_owned()).collect()
    }

    async fn finir(&self, agent: &Agent) {
        let tx = self.appli.instance.db.begin().await.unwrap();
        mandat::terminer_tous(&tx, &agent.id, JOUR.yesterday().unwrap()).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn absenter(&self, agent: &Agent, remplacant: Option<&Agent>) {
        let tx = self.appli.instance.db.begin().await.unwrap();
        let ids = &*self.appli.instance.ids;
        let (du, au) = (JOUR.yesterday().unwrap(), JOUR.checked_add(10.days()).unwrap());
        absence::noter(&tx, ids, &agent.id, du, au, remplacant.map(|r| &r.id)).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn de_retour(&self) {
        let tx = self.appli.instance.db.begin().await.unwrap();
        for vue in absence::a_partir_du(&tx, JOUR).await.unwrap() {
            let absence = absence::par_id(&tx, &vue.id).await.unwrap().unwrap();
            absence::revenir(&tx, &absence, JOUR).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// Cirey goes to the south today.
    async fn demenager(&self) {
        let tx = self.appli.instance.db.begin().await.unwrap();
        let nouveau = secteur_de("Sud", &[NANCY, CIREY], JOUR);
        assert!(secteur::modifier(&tx, &self.sud, 1, &nouveau).await.unwrap());
        tx.commit().await.unwrap();
    }

    async fn fin(self) {
        self.appli.fin().await;
    }
}

async fn agent(appli: &Appli, nom: &str, fonction: Fonction) -> Agent {
    let courriel = format!("{nom}@exemple.invalid");
    let mandat = Some((Nature::Departement, "Meurthe-et-Moselle", fonction));
    let (navigateur, id) = appli.connecter(&courriel, mandat).await;
    Agent { navigateur, id, courriel }
}

fn secteur_de(nom: &str, communes: &[&str], du: Date) -> secteur::Nouveau {
    secteur::Nouveau {
        nom: nom.to_owned(),
        telephone: None,
        courriel: None,
        delai_jours_ouvres: 5,
        communes: communes.iter().map(|code| code.parse().unwrap()).collect(),
        du,
    }
}

async fn un_secteur(tx: &WriteTx, appli: &Appli, nom: &str, commune: &str, agent: &PersonneId) -> SecteurId {
    let (ids, debut) = (&*appli.instance.ids, date(2026, 1, 1));
    let id = secteur::creer(tx, ids, secteur_de(nom, &[commune], debut)).await.unwrap();
    secteur::confier(tx, ids, &id, agent, debut).await.unwrap();
    id
}

fn suivi(reference: &str) -> String {
    format!("/projets/{reference}/suivi")
}

/// Hands a project over from its page.
async fn confier(de: &mut Navigateur, reference: &str, a: &PersonneId) -> Page {
    agir(de, reference, &[("acte", "confier"), ("agent", a.as_str())]).await
}

async fn agir(agent: &mut Navigateur, reference: &str, champs: &[(&str, &str)]) -> Page {
    let chemin = suivi(reference);
    let page = agent.ouvrir(&chemin).await;
    let version = page.attribut("input[name=version]", "value").unwrap();
    agent.envoyer(&page, &chemin, &[champs, &[("version", version.as_str())]].concat()).await
}

/// On the board and by right, or neither.
async fn suit(agent: &mut Agent, reference: &str, oui: bool) {
    let chemin = suivi(reference);
    let tableau = agent.tableau().await;
    assert_eq!(tableau.html.contains(&chemin), oui, "{} : {}", agent.courriel, tableau.texte());
    let attendu = if oui { StatusCode::OK } else { StatusCode::FORBIDDEN };
    assert_eq!(agent.navigateur.ouvrir(&chemin).await.statut, attendu, "{}", agent.courriel);
}

/// What may happen to Ada, who answers for Cirey.
#[derive(Clone, Copy, Debug)]
enum Cas {
    Presente,
    Remplacee,
    AbsenteSansRemplacement,
    Partie,
    RemplacantParti,
    RemplacantAbsent,
}

#[rstest]
#[case(Cas::Presente, Some("ada"))]
#[case(Cas::Remplacee, Some("carl"))]
#[case(Cas::AbsenteSansRemplacement, None)]
#[case(Cas::Partie, None)]
#[case(Cas::RemplacantParti, None)]
#[case(Cas::RemplacantAbsent, None)]
#[tokio::test]
async fn qui_repond_pour_une_commune(
    #[case] cas: Cas,
    #[case] attendu: Option<&str>,
    #[values(Moteur::Sqlite, Moteur::Postgres)] moteur: Moteur,
) {
    let mut m = Monde::nouveau(moteur).await;
    let ancienne = m.demande("Une demande d’avant", "Cirey-sur-Vezouze (54)").await;
    match cas {
        Cas::Presente => {}
        Cas::Remplacee => m.absenter(&m.ada, Some(&m.carl)).await,
        Cas::AbsenteSansRemplacement => m.absenter(&m.ada, None).await,
        Cas::Partie => m.finir(&m.ada).await,
        Cas::RemplacantParti => {
            m.absenter(&m.ada, Some(&m.carl)).await;
            m.finir(&m.carl).await;
        }
        Cas::RemplacantAbsent => {
            m.absenter(&m.ada, Some(&m.carl)).await;
            m.absenter(&m.carl, None).await;
        }
    }
    let commune = m.appli.navigateur().ouvrir(&format!("/communes/{CIREY}")).await;
    for nom in ["ada", "carl"] {
        assert_eq!(commune.contient(&format!("Exemple {nom}")), attendu == Some(nom), "{nom} : {}", commune.texte());
    }
    assert_eq!(commune.contient("La coordination répond"), attendu.is_none(), "{}", commune.texte());
    let destinataire = format!("{}@exemple.invalid", attendu.unwrap_or("coordination"));
    let avant = m.appli.courriels().await.len();
    m.demande("Une demande d’aujourd’hui", "Cirey-sur-Vezouze (54)").await;
    let mut recus = m.destinataires(avant).await;
    recus.retain(|a| a != "porteuse@exemple.invalid");
    assert_eq!(recus, [destinataire.as_str()]);
    assert_eq!(m.ecrit(&ancienne).await, [destinataire.as_str()], "a request made before");
    let charge = m.coordination.tableau().await;
    let nord = charge.textes("tbody tr").into_iter().find(|ligne| ligne.contains("Nord")).unwrap();
    let dit = attendu.map_or_else(|| "la coordination".to_owned(), |nom| format!("Exemple {nom}"));
    assert!(nord.contains(&dit), "{nord}");
    m.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn une_demande_suit_sa_commune_dans_un_autre_secteur(#[case] moteur: Moteur) {
    let mut m = Monde::nouveau(moteur).await;
    let suivie = m.demande("Rouvrir le café", "Cirey-sur-Vezouze (54)").await;
    let confiee = m.demande("Rouvrir l’école", "Cirey-sur-Vezouze (54)").await;
    confier(&mut m.ada.navigateur, &confiee, &m.carl.id).await.exiger("Le projet est confié");
    m.demenager().await;
    suit(&mut m.bob, &suivie, true).await;
    suit(&mut m.ada, &suivie, false).await;
    assert_eq!(m.ecrit(&suivie).await, ["bob@exemple.invalid"]);
    suit(&mut m.carl, &confiee, true).await;
    assert!(!m.bob.tableau().await.html.contains(&suivi(&confiee)), "handed to Carl, it stays his");
    let charge = m.coordination.tableau().await;
    let ligne = |nom: &str| charge.textes("tbody tr").into_iter().find(|ligne| ligne.contains(nom)).unwrap();
    assert_eq!(ligne("Nord"), "NordExemple ada000");
    assert_eq!(ligne("Sud"), "SudExemple bob220");
    let export = m.bob.navigateur.ouvrir("/tableau?format=csv").await;
    assert!(export.html.contains("Exemple bob") && !export.html.contains("Exemple ada"), "{}", export.html);
    m.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn la_coordination_voit_ce_qui_n_a_pas_de_secteur(#[case] moteur: Moteur) {
    let mut m = Monde::nouveau(moteur).await;
    let ici = m.demande("Rouvrir le café", "Cirey-sur-Vezouze (54)").await;
    assert!(!m.coordination.tableau().await.textes("tbody tr").iter().any(|ligne| ligne.contains("Sans secteur")));
    let ailleurs = m.demande("Une halle de marché", "Lunéville (54)").await;
    let page = m.coordination.tableau().await;
    let lignes = page.textes("tbody tr");
    assert!(lignes.contains(&"Sans secteurla coordination110".to_owned()), "{lignes:?}");
    let filtre = |secteur: &str| format!("/tableau?secteur={secteur}");
    for (secteur, montre, tait) in [("aucun", &ailleurs, &ici), (m.nord.as_str(), &ici, &ailleurs)] {
        let page = m.coordination.navigateur.ouvrir(&filtre(secteur)).await;
        assert!(page.html.contains(&suivi(montre)) && !page.html.contains(&suivi(tait)), "{secteur}");
    }
    m.fin().await;
}

/// Who takes the call of a commune that nobody answers for follows it; for the others, who answers is told.
#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn un_appel_va_a_qui_le_suivra(#[case] moteur: Moteur) {
    let mut m = Monde::nouveau(moteur).await;
    let page = m.carl.navigateur.ouvrir("/saisir").await;
    let appel = |commune| [("commune", commune), ("phrase", "La mairie veut rouvrir la halle.")];
    let saisi = m.carl.navigateur.envoyer(&page, "/saisir", &appel("Lunéville (54)")).await;
    saisi.exiger("L’appel est saisi");
    let reference = saisi.chemin.split('/').nth(2).unwrap().to_owned();
    suit(&mut m.carl, &reference, true).await;
    suit(&mut m.bob, &reference, false).await;

    let avant = m.appli.courriels().await.len();
    let page = m.carl.navigateur.ouvrir("/saisir").await;
    let saisi = m.carl.navigateur.envoyer(&page, "/saisir", &appel("Cirey-sur-Vezouze (54)")).await;
    assert_eq!((saisi.chemin.as_str(), saisi.statut), ("/tableau", StatusCode::OK));
    saisi.exiger("L’appel est saisi").exiger("répond pour Cirey-sur-Vezouze");
    assert_eq!(m.destinataires(avant).await, ["ada@exemple.invalid"]);
    let page = m.ada.navigateur.ouvrir("/saisir").await;
    m.ada.navigateur.envoyer(&page, "/saisir", &appel("Cirey-sur-Vezouze (54)")).await.exiger("jours ouvrés");
    assert_eq!(m.destinataires(avant + 1).await, [""; 0], "nobody is told of what they did themselves");
    m.fin().await;
}
