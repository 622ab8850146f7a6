//! Every form that a person can reach, sent empty, then filled with nonsense: never a bare refusal. Either it is done, or the
//! same page comes back with the message beside the field and what was typed still there. Where a long text is typed, it is
//! kept before it is sent.

use std::collections::BTreeSet;

use rstest::rstest;
use server::features;
use testkit::{Appli, FormulaireMontre, Moteur, Navigateur, Page, Remplissage};

/// The template of a path among the routes, so that a hundred projects are one page.
fn modele(appli: &Appli, chemin: &str) -> Option<&'static str> {
    let chemin: Vec<&str> = chemin.split(['?', '#']).next()?.split('/').collect();
    let convient = |modele: &str| {
        let parties: Vec<&str> = modele.split('/').collect();
        parties.len() == chemin.len()
            && parties.iter().zip(&chemin).all(|(attendue, lue)| attendue.starts_with('{') || attendue == lue)
    };
    // A fixed address before one with a parameter.
    let mut modeles: Vec<&'static str> =
        appli.routes.iter().map(|(_, modele, _)| *modele).filter(|modele| convient(modele)).collect();
    modeles.sort_by_key(|modele| modele.matches('{').count());
    modeles.first().copied()
}

/// A form, and the page that shows it.
struct Rencontre {
    page: String,
    modele: &'static str,
    formulaire: FormulaireMontre,
}

/// Every form reached from these pages by following links, each kind once.
async fn rencontrer(appli: &Appli, navigateur: &mut Navigateur) -> Vec<Rencontre> {
    const PAR_MODELE: usize = 2;
    let mut a_voir: Vec<String> = ["/", "/compte", "/tableau", "/reglages", "/projets"].map(str::to_owned).into();
    let (mut vus, mut par_modele) = (BTreeSet::new(), std::collections::BTreeMap::<&str, usize>::new());
    let (mut connus, mut rencontres) = (BTreeSet::new(), Vec::new());
    while let Some(chemin) = a_voir.pop() {
        let Some(modele_de_page) = modele(appli, &chemin) else { continue };
        let fois = par_modele.entry(modele_de_page).or_default();
        if *fois >= PAR_MODELE || !vus.insert(chemin.clone()) {
            continue;
        }
        *fois += 1;
        let page = navigateur.ouvrir(&chemin).await;
        let html = page.entetes.get("content-type").is_some_and(|t| t.to_str().unwrap().starts_with("text/html"));
        if !page.statut.is_success() || !html {
            continue;
        }
        for formulaire in page.formulaires() {
            let Some(modele) = modele(appli, &formulaire.action) else { continue };
            let cle = (modele, formulaire.noms.clone(), formulaire.acte.clone());
            if !formulaire.noms.is_empty() && connus.insert(cle) {
                rencontres.push(Rencontre { page: chemin.clone(), modele, formulaire });
            }
        }
        a_voir.extend(page.liens().into_iter().map(|lien| lien.split('#').next().unwrap_or_default().to_owned()));
    }
    rencontres
}

async fn envoyer(navigateur: &mut Navigateur, formulaire: &FormulaireMontre, remplissage: Remplissage) -> Page {
    let valeurs = formulaire.valeurs(remplissage);
    if formulaire.fichiers {
        // An empty file field is sent as a file without a name.
        return navigateur.poster_fichier(&formulaire.action, valeurs, ("fichier", "", b"")).await;
    }
    navigateur.poster(&formulaire.action, &testkit::navigateur::corps(valeurs)).await
}

/// What is wrong with an answer, if something is.
fn reproche(page: &Page, formulaire: &FormulaireMontre, remplissage: Remplissage) -> Option<String> {
    match page.statut.as_u16() {
        // Done, a preview, or both texts.
        200 | 303 | 409 => None,
        422 if page.textes(".govuk-error-summary").is_empty() => Some("sans résumé des erreurs".to_owned()),
        422 => {
            let contenus = page.contenus();
            let perdus: Vec<&str> = formulaire
                .valeurs(remplissage)
                .iter()
                .filter(|(nom, valeur)| formulaire.noms.contains(nom) && valeur.len() > 100)
                .filter(|(nom, valeur)| !contenus.iter().any(|(n, v)| n == nom && v.trim() == valeur.trim()))
                .map(|(nom, _)| nom.as_str())
                .collect();
            (!perdus.is_empty()).then(|| format!("le texte tapé est perdu : {}", perdus.join(", ")))
        }
        autre => Some(format!("{autre} : {}", page.texte().chars().take(160).collect::<String>())),
    }
}

#[rstest]
#[case::personne("", 8)]
#[case::maire("maire.cirey@exemple.invalid", 20)]
#[case::secretaire("secretaire@exemple.invalid", 20)]
#[case::association("association@exemple.invalid", 12)]
#[case::charge("charge.lunevillois@exemple.invalid", 20)]
#[case::coordination("coordination@exemple.invalid", 20)]
#[case::direction("direction@exemple.invalid", 10)]
#[case::facilitation("facilitation@exemple.invalid", 10)]
#[case::site("site@exemple.invalid", 60)]
#[tokio::test]
async fn aucun_formulaire_ne_renvoie_un_refus_nu(#[case] role: &str, #[case] au_moins: usize) {
    let (mut reproches, mut nombre) = (BTreeSet::new(), 0);
    let appli = Appli::demonstration(Moteur::Sqlite, features()).await;
    let mut navigateur = appli.navigateur();
    if !role.is_empty() {
        let page = navigateur.ouvrir("/demo").await;
        navigateur.envoyer(&page, "/demo", &[("role", role)]).await;
    }
    let rencontres = rencontrer(&appli, &mut navigateur).await;
    for Rencontre { page, modele, .. } in rencontres.iter().filter(|rencontre| rencontre.formulaire.sans_garde) {
        reproches.insert(format!("{page} → {modele} : un long texte, dont rien n’est gardé avant l’envoi"));
    }
    // Nonsense first: it changes nothing, where an empty form may.
    for remplissage in [Remplissage::Absurde, Remplissage::Vide] {
        for Rencontre { page, modele, formulaire } in &rencontres {
            // Its page again: a form sent twice gets its first answer.
            let frais = navigateur.ouvrir(page).await;
            let Some(formulaire) = frais.formulaires().into_iter().find(|f| f.est(formulaire)) else { continue };
            let reponse = envoyer(&mut navigateur, &formulaire, remplissage).await;
            nombre += 1;
            if let Some(reproche) = reproche(&reponse, &formulaire, remplissage) {
                let noms = formulaire.noms.join(",");
                reproches
                    .insert(format!("{page} → {modele} [{noms}] {} {remplissage:?} : {reproche}", formulaire.acte));
            }
        }
    }
    appli.courriels().await;
    appli.fin().await;
    let lignes: Vec<String> = reproches.into_iter().collect();
    assert!(lignes.is_empty(), "{} sur {nombre} :\n{}", lignes.len(), lignes.join("\n"));
    assert!(nombre >= au_moins, "{nombre} formulaires seulement");
}
