//! Two people on one form, on both databases: the second sees what the first saved and keeps their own text, even when their
//! form came back once with an error or a preview.

use axum::http::StatusCode;
use domain::droit::Fonction;
use rstest::rstest;
use server::features;
use socle::organisation::Nature;
use testkit::{Appli, Moteur, Navigateur, Page};

type Champs<'a> = &'a [(&'a str, &'a str)];

/// One form and four ways to fill it.
struct Ecran<'a> {
    chemin: &'a str,
    /// What the other person saves meanwhile.
    autre: Champs<'a>,
    /// What comes back: an error, or a preview.
    revient: Champs<'a>,
    /// What one then sends.
    ensuite: Champs<'a>,
    /// Read on the page of the conflict: what the other saved.
    enregistre: &'a str,
    /// In its form: one's own text.
    garde: &'a str,
}

/// Reads, lets the other save, sends what comes back, then sends again: a conflict; and once more, knowingly: saved.
async fn croiser(navigateur: &mut Navigateur, ecran: &Ecran<'_>) {
    let Ecran { chemin, autre, revient, ensuite, enregistre, garde } = ecran;
    let (lue, ailleurs) = (navigateur.ouvrir(chemin).await, navigateur.ouvrir(chemin).await);
    let page = navigateur.envoyer(&ailleurs, chemin, autre).await;
    assert_eq!(page.statut, StatusCode::OK, "{chemin} : {}", page.texte());
    let revenue = navigateur.envoyer(&lue, chemin, revient).await;
    assert!(
        [StatusCode::OK, StatusCode::UNPROCESSABLE_ENTITY].contains(&revenue.statut),
        "{chemin} {}",
        revenue.statut
    );
    let page = navigateur.envoyer(&revenue, chemin, ensuite).await;
    assert_eq!(page.statut, StatusCode::CONFLICT, "{chemin} : {}", page.texte());
    page.exiger("Quelqu’un a").exiger(enregistre);
    assert!(page.html.contains(garde), "{chemin} : one's own text is kept");
    let page: Page = navigateur.envoyer(&page, chemin, ensuite).await;
    assert_eq!(page.statut, StatusCode::OK, "{chemin}, knowingly: {}", page.texte());
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn les_ecrans_d_un_projet(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let (mut porteur, _) = appli.connecter("porteuse@exemple.invalid", None).await;
    let page = porteur.ouvrir("/projets/nouveau").await;
    let idee = [
        ("titre", "Rouvrir le café-épicerie"),
        ("commune", "Cirey-sur-Vezouze (54)"),
        ("manque", "Plus de commerce depuis deux ans."),
        ("themes", "commerce"),
    ];
    let page = porteur.envoyer(&page, "/projets/nouveau", &idee).await;
    let base = page.chemin.trim_end_matches("/suite").to_owned();
    let chemin = |fin: &str| format!("{base}/{fin}");
    let (description, suite) = (chemin("description"), chemin("suite"));
    let (argent, batiment) = (chemin("precisions"), chemin("precisions/batiment"));
    let situation = |cout| [("etape", "etude"), ("porteur", "commune"), ("cout", cout)];
    let ecrans = [
        Ecran {
            chemin: &description,
            autre: &[("titre", "Titre de l’autre personne")],
            revient: &[("titre", "")],
            ensuite: &[("titre", "Mon titre à moi")],
            enregistre: "Titre de l’autre personne",
            garde: "Mon titre à moi",
        },
        Ecran {
            chemin: &suite,
            autre: &situation("120 000"),
            revient: &situation("beaucoup"),
            ensuite: &situation("130 000"),
            enregistre: "120\u{202f}000",
            garde: "130 000",
        },
        Ecran {
            chemin: &argent,
            autre: &[("fonds_prives", "4 000")],
            revient: &[("fonds_prives", "peu")],
            ensuite: &[("fonds_prives", "5 000")],
            enregistre: "4\u{202f}000",
            garde: "5 000",
        },
        Ecran {
            chemin: &batiment,
            autre: &[("surface", "120")],
            revient: &[("surface", "grande")],
            ensuite: &[("surface", "140")],
            enregistre: "120",
            garde: "140",
        },
    ];
    for ecran in &ecrans {
        croiser(&mut porteur, ecran).await;
    }
    appli.fin().await;
}

#[rstest]
#[case::sqlite(Moteur::Sqlite)]
#[case::postgres(Moteur::Postgres)]
#[tokio::test]
async fn les_reglages(#[case] moteur: Moteur) {
    let appli = Appli::demonstration(moteur, features()).await;
    let mandat = Some((Nature::Departement, "Meurthe-et-Moselle", Fonction::AgentSite));
    let (mut agent, _) = appli.connecter("agent@exemple.invalid", mandat).await;
    let secteurs = agent.ouvrir("/reglages/secteurs").await;
    let secteur = secteurs.html.split("href=\"").find(|lien| lien.starts_with("/reglages/secteurs/")).unwrap();
    let secteur = secteur.split('"').next().unwrap().to_owned();
    let ecrans = [
        Ecran {
            chemin: "/reglages/identite",
            autre: &[("nom", "Nom de l’autre")],
            revient: &[("nom", "Mon nom"), ("acte", "apercu")],
            ensuite: &[("nom", "Mon nom")],
            enregistre: "Nom de l’autre",
            garde: "Mon nom",
        },
        Ecran {
            chemin: "/reglages/textes/accueil.titre",
            autre: &[("contenu", "Titre de l’autre"), ("acte", "enregistrer")],
            revient: &[("contenu", "Mon titre"), ("acte", "apercu")],
            ensuite: &[("contenu", "Mon titre"), ("acte", "enregistrer")],
            enregistre: "Titre de l’autre",
            garde: "Mon titre",
        },
        Ecran {
            chemin: "/reglages/conservation",
            autre: &[("annees", "12"), ("source", "Tableau de l’autre"), ("acte", "duree")],
            revient: &[("annees", "longtemps"), ("source", "Mon tableau"), ("acte", "duree")],
            ensuite: &[("annees", "15"), ("source", "Mon tableau"), ("acte", "duree")],
            enregistre: "Tableau de l’autre",
            garde: "Mon tableau",
        },
        Ecran {
            chemin: "/reglages/annuaire/portrait",
            autre: &[("km", "11")],
            revient: &[("km", "loin")],
            ensuite: &[("km", "22")],
            enregistre: "11 km",
            garde: "22",
        },
        Ecran {
            chemin: "/reglages/annuaire/campagne",
            autre: &[("par_jour", "11")],
            revient: &[("par_jour", "peu")],
            ensuite: &[("par_jour", "22")],
            enregistre: "11",
            garde: "22",
        },
        Ecran {
            chemin: &secteur,
            autre: &[("nom", "Secteur de l’autre")],
            revient: &[("nom", "Mon secteur"), ("delai", "900")],
            ensuite: &[("nom", "Mon secteur"), ("delai", "7")],
            enregistre: "Secteur de l’autre",
            garde: "Mon secteur",
        },
    ];
    for ecran in &ecrans {
        croiser(&mut agent, ecran).await;
    }
    appli.fin().await;
}
