//! The screen of the agent: a file, a trial first, then the import; the report on the same page. An import sent twice
//! changes nothing the second time.

use askama::Template;
use axum::http::StatusCode;
use platform::fichiers::Genre;
use web::composants::{Bouton, ChampFichier, ChampOptions, Html, OptionDeChamp, ResumeErreurs, Selection};
use web::fichier::CheckedFormFichier;
use web::formulaire::Erreurs;
use web::{Cadre, Erreur, Reponse, Saisie};

use super::{Echec, Fichier, Rapport, correspondance, importer};

#[derive(Template)]
#[template(path = "import.html")]
struct PageImport {
    resume: ResumeErreurs,
    caches: Html,
    rapport: Option<Rapport>,
    fichier: ChampFichier,
    source: Selection,
    mode: ChampOptions,
}

fn page(cadre: &Cadre, saisie: Saisie, erreurs: Erreurs, rapport: Option<Rapport>) -> Result<PageImport, Erreur> {
    let f = cadre.formulaire_avec(saisie, erreurs);
    let sources = correspondance::toutes().map_err(Erreur::interne)?;
    let options = std::iter::once(OptionDeChamp::nouvelle("", "La reconnaître dans le fichier"))
        .chain(sources.iter().map(|source| OptionDeChamp::nouvelle(&source.id, &source.nom)));
    let modes = [
        OptionDeChamp::nouvelle("essai", "Essayer").aide("Dit ce qui changerait. Rien n’est enregistré."),
        OptionDeChamp::nouvelle("importer", "Importer").aide("Les fiches attendent votre relecture avant d’être vues."),
    ];
    Ok(PageImport {
        resume: f.resume(),
        caches: f.caches(),
        rapport,
        fichier: f.fichier("fichier", "Fichier du partenaire", Genre::TABLEAUX).aussi("json"),
        source: f.selection("source", "D’où vient-il ?", options),
        mode: f.radios("mode", "Que faire ?", modes),
    })
}

fn repondre(cadre: &Cadre, page: &PageImport, statut: StatusCode) -> Reponse {
    let fil = [("Fiches des aides", "/reglages/leviers")];
    cadre.page("Importer les aides d’un partenaire", page)?.statut(statut).fil(&fil).repondre()
}

/// GET.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let page = page(&cadre, Saisie::default().avec("mode", "essai"), Erreurs::default(), None)?;
    repondre(&cadre, &page, StatusCode::OK)
}

/// POST.
pub async fn recevoir(cadre: Cadre, form: CheckedFormFichier) -> Reponse {
    let mut erreurs = Erreurs::default();
    let source = Some(form.saisie.texte("source")).filter(|source| !source.is_empty());
    let essai = form.saisie.texte("mode") != "importer";
    let resultat = match form.fichier("fichier") {
        None => Err(Echec::Fichier("Choisissez le fichier du partenaire.".to_owned())),
        Some(recu) => {
            let fichier = Fichier { nom: &recu.nom, octets: &recu.octets, source };
            importer(&cadre.instance, cadre.visiteur.personne_id(), fichier, essai).await
        }
    };
    match resultat {
        Ok(rapport) => {
            let page = page(&cadre, form.saisie.clone(), erreurs, Some(rapport))?;
            repondre(&cadre, &page, StatusCode::OK)
        }
        Err(Echec::Fichier(raison)) => {
            erreurs.ajouter("fichier", raison);
            let page = page(&cadre, form.saisie.clone(), erreurs, None)?;
            repondre(&cadre, &page, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(Echec::Erreur(erreur)) => Err(erreur),
    }
}
