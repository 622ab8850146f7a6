//! A zoning as fields, and back: one of the lists of this site, or one that the program does not have.

use domain::code::CodeCommune;
use web::composants::OptionDeChamp;
use web::formulaire::Lecteur;
use web::zonages::ListeConnue;
use web::{Formulaire, Saisie};

use super::condition::{annee_libre, codes, nombre};
use super::{Champ, texte};
use crate::levier::critere::Zonage;

fn nom(rang: usize, champ: &str) -> String {
    format!("c{rang}_{champ}")
}

pub(super) fn champs(f: &Formulaire, rang: usize, listes: &[ListeConnue]) -> Vec<Champ> {
    let long = |champ: &str, libelle: &str| {
        let aide = "Seulement sans liste de ce site. Codes séparés par des espaces.";
        Champ::Long(f.long(nom(rang, champ), libelle, 20_000).aide(aide).lignes(2))
    };
    let choisie = nom(rang, "liste");
    let options = options(listes, f.saisie.texte(&choisie));
    vec![
        Champ::Selection(
            f.selection(choisie, "Liste de ce site", options)
                .aide("La réponse vient de la liste : oui, non, ou à vérifier. Une liste s’ajoute dans Réglages, Périmètres et zonages."),
        ),
        Champ::Texte(
            texte(f, nom(rang, "nom"), "Nom du zonage, avec son article").aide("Vide : le nom de la liste choisie."),
        ),
        Champ::Texte(
            texte(f, nom(rang, "millesime"), "Année de la liste")
                .chiffres()
                .aide("Vide : celle de la liste choisie. Si la liste change d’année, la réponse devient « à vérifier »."),
        ),
        long("communes", "Communes de la liste que vous connaissez"),
        long("absentes", "Communes connues comme absentes"),
    ]
}

fn options(listes: &[ListeConnue], choisie: &str) -> Vec<OptionDeChamp> {
    let mut options = vec![OptionDeChamp::nouvelle("", "Aucune : ce site n’a pas la liste")];
    if !choisie.is_empty() && listes.iter().all(|liste| liste.id != choisie) {
        options.push(OptionDeChamp::nouvelle(choisie, "Une liste qui n’est plus sur ce site"));
    }
    options.extend(listes.iter().map(|liste| {
        let ou = if liste.locale { "liste de ce territoire" } else { "liste nationale" };
        OptionDeChamp::nouvelle(&liste.id, format!("{}, {} ({ou})", liste.nom, liste.annee))
    }));
    options
}

pub(super) fn en_saisie(saisie: Saisie, rang: usize, zonage: &Zonage) -> Saisie {
    let joints = |codes: &[CodeCommune]| codes.iter().map(CodeCommune::as_str).collect::<Vec<_>>().join(" ");
    saisie
        .avec(&nom(rang, "liste"), zonage.liste.clone().unwrap_or_default())
        .avec(&nom(rang, "nom"), &zonage.nom)
        .avec(&nom(rang, "millesime"), zonage.millesime.to_string())
        .avec(&nom(rang, "communes"), joints(&zonage.communes))
        .avec(&nom(rang, "absentes"), joints(&zonage.absentes))
}

pub(super) fn lire(l: &mut Lecteur<'_>, saisie: &Saisie, rang: usize, listes: &[ListeConnue]) -> Option<Zonage> {
    let choisie = saisie.texte(&nom(rang, "liste"));
    if choisie.is_empty() {
        return Some(Zonage {
            nom: l.texte(&nom(rang, "nom"), "Donnez le nom du zonage.", 2, 200)?,
            millesime: nombre(l, saisie, &nom(rang, "millesime"), true)?,
            liste: None,
            communes: codes(l, saisie, &nom(rang, "communes"), "une commune")?,
            absentes: codes(l, saisie, &nom(rang, "absentes"), "une commune")?,
        });
    }
    let Some(liste) = listes.iter().find(|liste| liste.id == choisie) else {
        l.erreurs
            .ajouter(&nom(rang, "liste"), "Cette liste n’est plus sur ce site. Choisissez-en une autre, ou aucune.");
        return None;
    };
    Some(Zonage {
        nom: l.texte_libre(&nom(rang, "nom"), 200).unwrap_or_else(|| liste.nom.clone()),
        millesime: annee_libre(l, saisie, &nom(rang, "millesime"))?.unwrap_or(liste.annee),
        liste: Some(liste.id.clone()),
        communes: Vec::new(),
        absentes: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use web::Saisie;
    use web::zonages::ListeConnue;

    use super::{en_saisie, lire};

    fn listes() -> Vec<ListeConnue> {
        vec![ListeConnue { id: "ici.gal".into(), nom: "GAL d’exemple".into(), annee: 2025, locale: true }]
    }

    #[rstest]
    #[case(&[("c0_liste", "ici.gal")], Some(("GAL d’exemple", 2025, Some("ici.gal"))))]
    #[case(&[("c0_liste", "ici.gal"), ("c0_nom", "le GAL"), ("c0_millesime", "2024")], Some(("le GAL", 2024, Some("ici.gal"))))]
    #[case(&[("c0_liste", "ici.retiree")], None)]
    #[case(&[("c0_nom", "la zone"), ("c0_millesime", "2024")], Some(("la zone", 2024, None)))]
    #[case(&[("c0_nom", "la zone")], None)]
    fn un_zonage_se_lit(#[case] champs: &[(&str, &str)], #[case] attendu: Option<(&str, i16, Option<&str>)>) {
        let saisie = champs.iter().fold(Saisie::default(), |saisie, (nom, valeur)| saisie.avec(nom, *valeur));
        let mut lecteur = saisie.lecteur();
        let lu = lire(&mut lecteur, &saisie, 0, &listes());
        assert_eq!(lu.is_none(), !lecteur.erreurs.est_vide());
        assert_eq!(lu.as_ref().map(|z| (z.nom.as_str(), z.millesime, z.liste.as_deref())), attendu);
        let Some(lu) = lu else { return };
        let revenue = en_saisie(Saisie::default(), 0, &lu);
        assert_eq!(lire(&mut revenue.lecteur(), &revenue, 0, &listes()), Some(lu), "the same there and back");
    }
}
