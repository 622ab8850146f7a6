//! The agents' list of pairs: to be judged, set aside, merged.

use askama::Template;
use platform::ReadTx;
use web::composants::{
    Bouton, Cellule, EtatVide, Etiquette, Html, Onglets, OptionDeChamp, Pagination, Selection, Tableau, Ton,
};
use web::{Cadre, CheckedForm, Erreur, Instance, Reponse, Saisie, texte};

use super::recherche;
use super::rules::{Raison, Surete};
use super::storage::paires::{self, Filtre, Ligne, etat};
use super::storage::reunions::{self, Faite};
use crate::a_decider::Tranche;
use crate::tenue::FIL;

/// Address of the list.
pub(crate) const URL: &str = "/reglages/annuaire/doublons";

/// Which pairs are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Vue {
    AJuger,
    Ecartees,
    Reunies,
}

impl Vue {
    fn lire(saisie: &Saisie) -> Self {
        match saisie.texte("vue") {
            "ecartees" => Self::Ecartees,
            "reunies" => Self::Reunies,
            _ => Self::AJuger,
        }
    }

    fn cle(self) -> &'static str {
        match self {
            Self::AJuger => "",
            Self::Ecartees => "ecartees",
            Self::Reunies => "reunies",
        }
    }

    fn adresse(self) -> String {
        if self == Self::AJuger { URL.to_owned() } else { format!("{URL}?vue={}", self.cle()) }
    }
}

#[derive(Template)]
#[template(path = "doublons.html")]
struct PageDoublons {
    onglets: Onglets,
    caches: Html,
    vue: &'static str,
    filtres: Option<(Selection, Selection)>,
    compte: String,
    tableau: Option<Tableau>,
    vide: EtatVide,
    pagination: Pagination,
}

/// GET `/reglages/annuaire/doublons`. Two statements.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let saisie = cadre.demande();
    let vue = Vue::lire(&saisie);
    let tranche = Tranche::demandee(&cadre);
    let tx = cadre.instance.db.read().await?;
    let contenu = match vue {
        Vue::Reunies => les_reunies(&cadre, &tx, tranche).await?,
        _ => les_paires(&cadre, &tx, vue, saisie, tranche).await?,
    };
    cadre.page("Doublons de l’annuaire", &contenu)?.fil(&FIL).repondre()
}

fn onglets(vue: Vue) -> Onglets {
    let adresses = [Vue::AJuger, Vue::Ecartees, Vue::Reunies].map(Vue::adresse);
    let [a_juger, ecartees, reunies] = &adresses;
    Onglets::nouveaux(
        "Doublons",
        &[("À juger", a_juger.as_str()), ("Écartées", ecartees), ("Réunies", reunies)],
        &vue.adresse(),
    )
}

async fn les_paires(
    cadre: &Cadre,
    tx: &ReadTx,
    vue: Vue,
    saisie: Saisie,
    tranche: Tranche,
) -> Result<PageDoublons, Erreur> {
    let filtre = Filtre {
        etat: if vue == Vue::Ecartees { etat::ECARTE } else { etat::PROPOSE },
        surete: saisie.texte("surete").parse().ok(),
        raison: saisie.texte("raison").parse().ok(),
    };
    let total = paires::nombre(tx, &filtre).await?;
    let lignes = paires::lister(tx, &filtre, tranche).await?;
    let mut base = vue.adresse();
    for (nom, valeur) in [("surete", filtre.surete.map(Surete::as_str)), ("raison", filtre.raison.map(Raison::as_str))]
    {
        if let Some(valeur) = valeur {
            base = format!("{base}{}{nom}={valeur}", if base.contains('?') { '&' } else { '?' });
        }
    }
    let f = cadre.formulaire_avec(saisie, web::formulaire::Erreurs::default());
    let tous = |mots: &str| OptionDeChamp::nouvelle("", mots);
    let suretes = Surete::TOUS.iter().map(|s| OptionDeChamp::nouvelle(s.as_str(), texte::majuscule(s.libelle())));
    let raisons = Raison::TOUS.iter().map(|r| OptionDeChamp::nouvelle(r.as_str(), texte::majuscule(r.libelle())));
    Ok(PageDoublons {
        onglets: onglets(vue),
        caches: f.caches(),
        vue: vue.cle(),
        filtres: Some((
            f.selection("surete", "Certitude", std::iter::once(tous("Toutes")).chain(suretes)),
            f.selection("raison", "Raison", std::iter::once(tous("Toutes")).chain(raisons)),
        )),
        compte: texte::accorde(total, "paire", "paires"),
        tableau: (!lignes.is_empty()).then(|| tableau(&cadre.instance, &lignes)),
        vide: vide(vue),
        pagination: tranche.pagination(&base, total),
    })
}

fn vide(vue: Vue) -> EtatVide {
    let (titre, texte) = match vue {
        Vue::AJuger => (
            "Aucune paire à juger",
            "Le site cherche chaque nuit les fiches qui se ressemblent : même numéro, même nom dans la même commune, même \
             courriel, même site… Vous pouvez aussi chercher maintenant.",
        ),
        Vue::Ecartees => {
            ("Aucune paire écartée", "Une paire que vous jugez différente vient ici, et n’est plus proposée.")
        }
        Vue::Reunies => ("Aucune réunion", "Deux fiches réunies viennent ici : la réunion peut être défaite."),
    };
    EtatVide { titre: titre.to_owned(), texte: texte.to_owned(), action: None }
}

pub(crate) fn ton(surete: Surete) -> Ton {
    match surete {
        Surete::Sure => Ton::Positif,
        Surete::Probable => Ton::Attente,
        Surete::Possible => Ton::Neutre,
    }
}

fn tableau(instance: &Instance, lignes: &[Ligne]) -> Tableau {
    let fiche = |nom: &str, siren: Option<&str>, commune: Option<&str>| {
        let commune =
            commune.and_then(|code| code.parse().ok()).map(|code| instance.referentiel().nom_commune(&code).to_owned());
        let siren = siren.map(|siren| format!("SIREN {siren}"));
        let suite: Vec<String> = [commune, siren].into_iter().flatten().collect();
        format!("{nom}{}{}", if suite.is_empty() { "" } else { " · " }, suite.join(" · "))
    };
    let lignes = lignes.iter().map(|ligne| {
        let raisons: Vec<&str> = ligne.raisons().map(Raison::libelle).collect();
        let surete = ligne.surete();
        vec![
            Cellule::lien(
                &format!("{URL}/{}/{}", ligne.a, ligne.b),
                &fiche(&ligne.nom_a, ligne.siren_a.as_deref(), ligne.commune_a.as_deref()),
            ),
            Cellule::texte(fiche(&ligne.nom_b, ligne.siren_b.as_deref(), ligne.commune_b.as_deref())),
            Cellule::html(Etiquette::nouvelle(surete.libelle(), ton(surete))),
            Cellule::texte(if raisons.is_empty() { "choisie par un agent".to_owned() } else { raisons.join(", ") }),
        ]
    });
    Tableau {
        legende: "Paires de fiches, la plus sûre d’abord".to_owned(),
        colonnes: ["Fiche", "Ressemble à", "Certitude", "Pourquoi"].map(str::to_owned).into(),
        lignes: lignes.collect(),
    }
}

async fn les_reunies(cadre: &Cadre, tx: &ReadTx, tranche: Tranche) -> Result<PageDoublons, Erreur> {
    let total = reunions::nombre(tx).await?;
    let faites = reunions::lister(tx, tranche).await?;
    Ok(PageDoublons {
        onglets: onglets(Vue::Reunies),
        caches: cadre.formulaire().caches(),
        vue: Vue::Reunies.cle(),
        filtres: None,
        compte: texte::accorde(total, "réunion", "réunions"),
        tableau: (!faites.is_empty()).then(|| tableau_des_reunies(&cadre.instance, &faites)),
        vide: vide(Vue::Reunies),
        pagination: tranche.pagination(&Vue::Reunies.adresse(), total),
    })
}

fn tableau_des_reunies(instance: &Instance, faites: &[Faite]) -> Tableau {
    let jour = |le| texte::jour(instance.jour_de(le));
    let lignes = faites.iter().map(|faite| {
        let etat = faite.defaite_le.map_or_else(|| "en place".to_owned(), |le| format!("défaite le {}", jour(le)));
        vec![
            Cellule::lien(&format!("/reglages/annuaire/reunions/{}", faite.id), &faite.nom),
            Cellule::lien(&format!("/annuaire/{}", faite.reference), &faite.garde),
            Cellule::texte(jour(faite.faite_le)),
            Cellule::texte(faite.par.as_deref().unwrap_or("compte effacé")),
            Cellule::texte(etat),
        ]
    });
    Tableau {
        legende: "Réunions, la plus récente d’abord".to_owned(),
        colonnes: ["Fiche réunie", "Dans", "Le", "Par", "État"].map(str::to_owned).into(),
        lignes: lignes.collect(),
    }
}

/// POST: looks for pairs now.
pub async fn chercher(cadre: Cadre, form: CheckedForm) -> Reponse {
    let tx = cadre.instance.db.begin().await?;
    recherche::demander(&tx, &cadre.instance).await?;
    form.conclure(tx, URL, "La recherche est lancée. Revenez dans une minute.").await
}

/// The button that looks for pairs now.
pub(crate) fn bouton() -> Bouton {
    Bouton::envoyer("Chercher maintenant").poids(web::composants::Poids::Secondaire)
}
