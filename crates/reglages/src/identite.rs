//! Identity of the instance: the accent colour is refused when it cannot be read on one of the grounds of the pages.

use askama::Template;
use axum::http::StatusCode;
use platform::journal::{self, Evenement, Visibilite};
use socle::reglage;
use web::composants::{
    Bouton, ChampFichier, ChampLong, ChampOptions, ChampTexte, Conflit, Html, OptionDeChamp, Poids, Resume,
    ResumeErreurs,
};
use web::formulaire::Erreurs;
use web::identite::{CLE, FONDS, Fond, Identite, contraste, contraste_de_l_accent};
use web::logo::Logo;
use web::{Cadre, CheckedForm, Reponse, Saisie, texte};

use crate::logo;

/// Contrast asked of the accent on every ground (WCAG 2.1, 1.4.3, level AA).
const CONTRASTE_MIN: f64 = 4.5;

/// The accent as it will look, without script: a button, then a link on each ground of the pages, with its contrast. SVG
/// attributes hold the colour (strict CSP).
#[derive(Template)]
#[template(path = "apercu_accent.html")]
struct Apercu {
    couleur: String,
    fonds: Vec<FondDApercu>,
    contraste: String,
    lisible: bool,
}

struct FondDApercu {
    couleur: &'static str,
    haut: usize,
    contraste: String,
}

/// As it is said, rounded down: a 4.46 is no 4.5.
fn dit(rapport: f64) -> String {
    format!("{:.1}", (rapport * 10.0).floor() / 10.0).replace('.', ",")
}

impl Apercu {
    fn de(couleur: &str) -> Option<Self> {
        let rapport = contraste_de_l_accent(couleur)?;
        let fonds = FONDS.iter().enumerate().filter_map(|(rang, &fond)| {
            Some(FondDApercu { couleur: fond, haut: rang * 44, contraste: dit(contraste(couleur, fond)?) })
        });
        Some(Self {
            couleur: couleur.to_owned(),
            fonds: fonds.collect(),
            contraste: dit(rapport),
            lisible: rapport >= CONTRASTE_MIN,
        })
    }

    /// Height of the drawing.
    fn hauteur(&self) -> usize {
        self.fonds.len() * 44
    }

    fn phrase(&self) -> String {
        let verdict = if self.lisible { "elle se lit sur chaque fond" } else { "choisissez-en une plus foncée" };
        format!(
            "Couleur {} : contraste {} au moins, sur le fond le plus difficile. Il faut 4,5 : {verdict}.",
            self.couleur, self.contraste
        )
    }
}

#[derive(Template)]
#[template(path = "identite.html")]
struct PageIdentite {
    resume: ResumeErreurs,
    caches: Html,
    caches_du_texte: Html,
    version: i64,
    conflit: Option<Conflit>,
    champs: Vec<ChampTexte>,
    apercu: Option<Apercu>,
    fond: ChampOptions,
    adresse: ChampLong,
    logo: Logo,
    fichier: ChampFichier,
    mots: ChampTexte,
}

fn page(cadre: &Cadre, saisie: Saisie, erreurs: Erreurs, conflit: Option<Conflit>) -> PageIdentite {
    let f = cadre.formulaire_avec(saisie, erreurs);
    PageIdentite {
        resume: f.resume(),
        caches: f.caches(),
        caches_du_texte: f.caches_gardes("/reglages/identite"),
        version: f.version(cadre.identite().version),
        conflit,
        champs: vec![
            f.texte("nom", "Nom du site").aide("En haut de chaque page."),
            f.texte("collectivite", "Nom de la collectivité"),
            f.texte("accent", "Couleur d’accent")
                .accent()
                .aide("Six chiffres ou lettres après #, par exemple #1f5c3a. Elle doit se lire sur tous les fonds du site : blanc, papier, sable, ciel."),
            f.texte("courriel", "Courriel de l’équipe (facultatif)").courriel(),
            f.texte("telephone", "Téléphone de l’équipe (facultatif)").telephone(),
            f.texte("delai", "Délai de réponse quand une commune n’a pas de secteur, en jours ouvrés").chiffres(),
            f.texte("directeur", "Directeur ou directrice de la publication (facultatif)")
                .aide("Obligatoire dans les mentions légales."),
            f.texte("hebergeur", "Hébergeur : nom, adresse, téléphone (facultatif)").aide("Obligatoire dans les mentions légales."),
            f.texte("dpo", "Délégué à la protection des données : comment le joindre (facultatif)"),
        ],
        apercu: Apercu::de(f.saisie.texte("accent")),
        fond: f
            .radios("fond", "Fond de la carte à déplacer", Fond::TOUS.iter().map(|f| OptionDeChamp::nouvelle(f.as_str(), f.libelle())))
            .aide("Le plan IGN est demandé à l’IGN par le navigateur de la personne, quand elle ouvre la carte : l’IGN voit son adresse de réseau. La page « Données personnelles » le dit alors."),
        adresse: f.long("adresse", "Adresse postale (facultatif)", 300).lignes(3),
        logo: cadre.identite().logo.clone(),
        fichier: f.fichier("logo", "Image du logo", logo::ACCEPTES),
        mots: f.texte("logo_mots", "Ce que montre le logo").aide(
            "Pour les personnes qui ne le voient pas. Par exemple : Département de Meurthe-et-Moselle.",
        ),
    }
}

/// The page with what is wrong in the form of the logo.
pub(crate) fn avec_erreurs(cadre: &Cadre, saisie: &Saisie, erreurs: Erreurs, statut: StatusCode) -> Reponse {
    let tapes = saisie_de(cadre.identite()).avec("logo_mots", saisie.texte("logo_mots"));
    let page = page(cadre, tapes, erreurs, None);
    cadre.page("Identité du site", &page)?.statut(statut).fil(&[("Réglages", "/reglages")]).repondre()
}

/// GET.
pub async fn montrer(cadre: Cadre) -> Reponse {
    let page = page(&cadre, saisie_de(cadre.identite()), Erreurs::default(), None);
    cadre.page("Identité du site", &page)?.fil(&[("Réglages", "/reglages")]).repondre()
}

/// What is saved, to compare with what was typed.
fn enregistree(i: &Identite) -> Resume {
    Resume::default()
        .ligne("Nom du site", &i.nom)
        .ligne("Nom de la collectivité", &i.collectivite)
        .ligne("Couleur d’accent", &i.accent)
        .ligne("Courriel", &i.courriel)
        .ligne("Téléphone", &i.telephone)
        .ligne("Adresse postale", &i.adresse)
        .ligne("Délai de réponse", texte::accorde(i.delai_jours_ouvres.into(), "jour ouvré", "jours ouvrés"))
        .ligne("Directeur ou directrice de la publication", &i.directeur_publication)
        .ligne("Hébergeur", &i.hebergeur)
        .ligne("Délégué à la protection des données", &i.dpo)
        .ligne("Fond de la carte", i.fond.libelle())
}

fn saisie_de(i: &Identite) -> Saisie {
    Saisie::default()
        .avec("nom", &i.nom)
        .avec("collectivite", &i.collectivite)
        .avec("accent", &i.accent)
        .avec("courriel", &i.courriel)
        .avec("telephone", &i.telephone)
        .avec("delai", i.delai_jours_ouvres.to_string())
        .avec("adresse", &i.adresse)
        .avec("fond", i.fond.as_str())
        .avec("directeur", &i.directeur_publication)
        .avec("hebergeur", &i.hebergeur)
        .avec("dpo", &i.dpo)
}

fn lire(form: &CheckedForm) -> Result<Identite, Erreurs> {
    let mut l = form.lecteur();
    let nom = l.texte("nom", "Donnez un nom au site.", 2, 60);
    let collectivite = l.texte("collectivite", "Donnez le nom de la collectivité.", 2, 100);
    let accent = form.saisie.texte("accent").trim().to_lowercase();
    match contraste_de_l_accent(&accent) {
        None => l.erreurs.ajouter("accent", "Écrivez une couleur comme #1f5c3a."),
        Some(rapport) if rapport < CONTRASTE_MIN => l.erreurs.ajouter(
            "accent",
            format!("Cette couleur se lit mal sur un des fonds du site (contraste {}, il faut 4,5). Choisissez-en une plus foncée.", dit(rapport)),
        ),
        Some(_) => {}
    }
    let courriel =
        if form.saisie.texte("courriel").trim().is_empty() { Some(String::new()) } else { l.courriel("courriel", "") };
    let delai: Option<u32> = l.choix("delai", "Écrivez un nombre de jours, par exemple 10.");
    if delai.is_some_and(|d| d == 0 || d > 60) {
        l.erreurs.ajouter("delai", "Entre 1 et 60 jours ouvrés.");
    }
    let fond: Option<Fond> = l.choix("fond", "Choisissez un fond dans la liste.");
    let libre = |l: &mut web::formulaire::Lecteur<'_>, nom, max| l.texte_libre(nom, max).unwrap_or_default();
    let (telephone, adresse) = (l.telephone("telephone").unwrap_or_default(), libre(&mut l, "adresse", 300));
    let (directeur_publication, hebergeur, dpo) =
        (libre(&mut l, "directeur", 200), libre(&mut l, "hebergeur", 300), libre(&mut l, "dpo", 200));
    match (nom, collectivite, courriel, delai, fond, l.erreurs.est_vide()) {
        (Some(nom), Some(collectivite), Some(courriel), Some(delai_jours_ouvres), Some(fond), true) => Ok(Identite {
            nom,
            collectivite,
            accent,
            courriel,
            telephone,
            adresse,
            directeur_publication,
            hebergeur,
            dpo,
            fond,
            delai_jours_ouvres,
            logo: Logo::default(),
            version: form.version(),
        }),
        _ => Err(l.erreurs),
    }
}

/// POST.
pub async fn enregistrer(cadre: Cadre, form: CheckedForm) -> Reponse {
    if form.saisie.texte("acte") == "apercu" {
        let page = page(&cadre, form.saisie.clone(), Erreurs::default(), None);
        return cadre.page("Identité du site", &page)?.repondre();
    }
    let identite = match lire(&form) {
        Ok(identite) => identite,
        Err(erreurs) => {
            let page = page(&cadre, form.saisie, erreurs, None);
            return cadre.page("Identité du site", &page)?.statut(StatusCode::UNPROCESSABLE_ENTITY).repondre();
        }
    };
    let instance = &cadre.instance;
    let par = cadre.visiteur.personne_id();
    let tx = instance.db.begin().await?;
    if !reglage::ecrire(&tx, &*instance.clock, CLE, &identite, identite.version, par).await? {
        drop(tx);
        let conflit = Conflit::sur("l’identité du site").enregistre(enregistree(cadre.identite()));
        let saisie = form.saisie.sur_la_version_actuelle();
        let page = page(&cadre, saisie, Erreurs::default(), Some(conflit));
        return cadre.page("Identité du site", &page)?.statut(StatusCode::CONFLICT).repondre();
    }
    let evenement = Evenement::nouveau(crate::REGLAGE_CHANGE, "reglage", CLE)
        .par(par.map(|id| id.as_str()))
        .visible(Visibilite::Exploitation);
    journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
    let reponse = form
        .conclure(tx, "/reglages/identite", "L’identité est enregistrée. Elle est visible sur toutes les pages.")
        .await?;
    instance.relire_reglages().await?;
    Ok(reponse)
}
