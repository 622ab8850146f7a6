//! The demonstration: invented people, entered by a button; the mails that would have left. Routes exist only there.

use askama::Template;
use domain::droit::Fonction;
use jiff::civil::date;
use platform::courriel::{CourrielLocal, boite_locale};
use socle::mandat::{self, Nouveau, Verification};
use socle::organisation::{self, Nature, Nouvelle};
use socle::{PersonneId, personne, secteur};
use web::cadre::{cookie, poser};
use web::composants::{Bouton, Html, Poids};
use web::contexte::COOKIE_SESSION;
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, texte};

use crate::connexion::ouvrir_session;
use crate::premier_agent::departement;

/// An invented person.
pub struct Role {
    /// Address, at `.invalid`.
    pub courriel: &'static str,
    prenom: &'static str,
    nom: &'static str,
    /// Who they are, in words.
    pub role: &'static str,
    organisation: Organisation,
    fonction: Fonction,
    vers: &'static str,
}

enum Organisation {
    Departement,
    Commune(&'static str),
    Acteur(&'static str),
}

/// Everyone who can be tried.
pub const ROLES: &[Role] = &[
    Role {
        courriel: "maire.cirey@exemple.invalid",
        prenom: "Camille",
        nom: "Exemple-Maire",
        role: "Maire de Cirey-sur-Vezouze",
        organisation: Organisation::Commune("54129"),
        fonction: Fonction::Maire,
        vers: "/projets",
    },
    Role {
        courriel: "secretaire@exemple.invalid",
        prenom: "Dominique",
        nom: "Exemple-Secrétaire",
        role: "Secrétaire de mairie de quatre communes",
        organisation: Organisation::Commune("54129"),
        fonction: Fonction::AgentCommune,
        vers: "/projets",
    },
    Role {
        courriel: "association@exemple.invalid",
        prenom: "Sacha",
        nom: "Exemple-Asso",
        role: "Acteur de l’économie sociale et solidaire",
        organisation: Organisation::Acteur("Les Granges partagées (exemple)"),
        fonction: Fonction::Representant,
        vers: "/projets",
    },
    Role {
        courriel: "charge.lunevillois@exemple.invalid",
        prenom: "Claude",
        nom: "Exemple-Chargé",
        role: "Chargé·e territorial·e du Lunévillois",
        organisation: Organisation::Departement,
        fonction: Fonction::ChargeTerritorial,
        vers: "/tableau",
    },
    Role {
        courriel: "coordination@exemple.invalid",
        prenom: "Maxime",
        nom: "Exemple-Coordination",
        role: "Coordination de l’équipe",
        organisation: Organisation::Departement,
        fonction: Fonction::Coordinateur,
        vers: "/tableau",
    },
    Role {
        courriel: "direction@exemple.invalid",
        prenom: "Andrea",
        nom: "Exemple-Direction",
        role: "Direction, élu·e du département",
        organisation: Organisation::Departement,
        fonction: Fonction::Direction,
        vers: "/pilotage",
    },
    Role {
        courriel: "facilitation@exemple.invalid",
        prenom: "Alix",
        nom: "Exemple-Clauses",
        role: "Facilitateur·rice de clauses",
        organisation: Organisation::Departement,
        fonction: Fonction::Facilitateur,
        vers: "/marches",
    },
    Role {
        courriel: "site@exemple.invalid",
        prenom: "Lou",
        nom: "Exemple-Site",
        role: "Agent qui gère le site",
        organisation: Organisation::Departement,
        fonction: Fonction::AgentSite,
        vers: "/reglages",
    },
];

/// The four communes of the secretary.
const COMMUNES_DE_LA_SECRETAIRE: &[&str] = &["54129", "54540", "54421", "54419"];

/// Makes the invented people, their mandates, and the charge of the secteurs made by the settings.
///
/// # Errors
/// The engine refused.
pub async fn semer(instance: &Instance) -> Result<(), Erreur> {
    let (clock, ids) = (&*instance.clock, &*instance.ids);
    let tx = instance.db.begin().await?;
    for role in ROLES {
        let personne = personne::trouver_ou_creer(&tx, clock, ids, role.courriel).await?;
        if !personne.nom.is_empty() {
            continue;
        }
        personne::nommer(&tx, &personne, role.prenom, role.nom, Some("03 00 00 00 00")).await?;
        let codes: &[&str] = match role.organisation {
            Organisation::Commune(_) if role.fonction == Fonction::AgentCommune => COMMUNES_DE_LA_SECRETAIRE,
            _ => &[""],
        };
        for code in codes {
            let organisation = organisation_de(&tx, instance, role, code).await?;
            let nouveau = Nouveau {
                personne: personne.id.clone(),
                organisation,
                fonction: role.fonction,
                du: date(2026, 3, 29),
                au: None,
                preuve: "Personne inventée de la démonstration".to_owned(),
                verifie_par: Some(Verification::Preuve),
            };
            mandat::donner(&tx, clock, ids, nouveau).await?;
        }
        if role.fonction == Fonction::ChargeTerritorial {
            confier_les_secteurs(&tx, instance, &personne.id).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

async fn organisation_de(
    tx: &platform::WriteTx,
    instance: &Instance,
    role: &Role,
    code: &str,
) -> Result<socle::OrganisationId, Erreur> {
    let nouvelle = match (&role.organisation, code) {
        (Organisation::Departement, _) => return Ok(departement(tx, instance).await?),
        (Organisation::Commune(seule), code) => {
            let commune = if code.is_empty() { seule } else { code }.parse().map_err(Erreur::interne)?;
            let nom = instance.referentiel().nom_commune(&commune).to_owned();
            Nouvelle { nature: Nature::Commune, siren: None, rna: None, commune: Some(commune), nom, courriel: None }
        }
        (Organisation::Acteur(nom), _) => Nouvelle {
            nature: Nature::Acteur,
            siren: None,
            rna: None,
            commune: None,
            nom: (*nom).to_owned(),
            courriel: Some(role.courriel.to_owned()),
        },
    };
    Ok(organisation::trouver_ou_creer(tx, &*instance.clock, &*instance.ids, nouvelle).await?.id)
}

async fn confier_les_secteurs(
    tx: &platform::WriteTx,
    instance: &Instance,
    personne: &PersonneId,
) -> Result<(), Erreur> {
    for secteur in secteur::tous(tx).await?.iter().filter(|s| s.nom.contains("Lunévillois")) {
        secteur::confier(tx, &*instance.ids, &secteur.id, personne, date(2026, 1, 1)).await?;
    }
    Ok(())
}

#[derive(Template)]
#[template(path = "demo.html")]
struct PageDemo {
    caches: Html,
    roles: Vec<(&'static str, String, &'static str)>,
}

/// GET.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let page = PageDemo {
        caches: cadre.formulaire().caches(),
        roles: ROLES.iter().map(|r| (r.courriel, format!("{} {}", r.prenom, r.nom), r.role)).collect(),
    };
    cadre.page("Choisir un rôle", &page)?.repondre()
}

/// POST: enters as one of the invented people, and only as one of them.
pub async fn entrer(cadre: Cadre, form: CheckedForm) -> Reponse {
    let choisi = form.saisie.texte("role");
    let role = ROLES.iter().find(|role| role.courriel == choisi).ok_or(Erreur::Introuvable("ce rôle"))?;
    let tx = cadre.instance.db.begin().await?;
    let personne =
        personne::par_courriel(&tx, role.courriel).await?.ok_or(Erreur::Introuvable("cette personne inventée"))?;
    let secret = ouvrir_session(&tx, &cadre, &personne.id).await?;
    let message = format!("Vous êtes {} ({}).", personne.nom_complet(), role.role);
    let mut reponse = form.conclure(tx, role.vers, &message).await?;
    poser(&mut reponse, &cookie(&cadre, COOKIE_SESSION, secret, 1));
    Ok(reponse)
}

struct CourrielVu {
    quand: String,
    courriel: CourrielLocal,
    corps: Html,
}

#[derive(Template)]
#[template(path = "courriels.html")]
struct PageCourriels {
    courriels: Vec<CourrielVu>,
}

/// GET: the mails that would have left, newest first; links are made clickable.
pub async fn courriels(cadre: Cadre) -> Reponse {
    let instance = &cadre.instance;
    let tx = instance.db.read().await?;
    let courriels = boite_locale(&tx, 50)
        .await?
        .into_iter()
        .map(|courriel| CourrielVu {
            quand: texte::moment(instance.heure_de(courriel.recu_le)),
            corps: Html(avec_liens(&texte::paragraphes(&courriel.texte), &instance.url_publique)),
            courriel,
        })
        .collect();
    cadre.page("Courriels de la démonstration", &PageCourriels { courriels })?.repondre()
}

/// Addresses of this site, in text already escaped, become links.
fn avec_liens(html: &str, site: &str) -> String {
    let mut resultat = String::with_capacity(html.len());
    let mut reste = html;
    while let Some(debut) = reste.find(site) {
        let (avant, apres) = reste.split_at(debut);
        let fin = apres.find(['<', ' ', '\n', '"']).unwrap_or(apres.len());
        let (adresse, suite) = apres.split_at(fin);
        let chemin = adresse.strip_prefix(site).unwrap_or(adresse);
        resultat.push_str(avant);
        resultat.push_str(&format!("<a class=\"govuk-link\" href=\"{chemin}\">{adresse}</a>"));
        reste = suite;
    }
    resultat.push_str(reste);
    resultat
}
