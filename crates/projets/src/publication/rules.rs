//! What a text must not say before the conseil has decided: a price, the address of a building. Pure. It reads signs
//! (a number and "€", a number and the name of a street); "15 000 habitants" is neither.

/// What was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Genre {
    /// "45 000 €".
    Montant,
    /// "12 rue de la Gare".
    Adresse,
}

/// A passage that looks like one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Indice {
    /// As what.
    pub(super) genre: Genre,
    /// As it is written.
    pub(super) extrait: String,
}

const EUROS: &str = "€ euro euros eur keuro keuros meuros";
/// Between a number and "€".
const MULTIPLES: &str = "k m md cent cents mille millier milliers million millions milliard milliards de d";
const NOMBRES: &str = "deux trois quatre cinq six sept huit neuf dix onze douze quinze vingt trente quarante cinquante \
    soixante cent cents mille millier milliers million millions";
/// After a number, in the singular: a street.
const VOIES: &str = "rue ruelle avenue av boulevard bd bld blvd impasse imp allée allee chemin route rte quai square \
    sente sentier faubourg fbg venelle esplanade lotissement hameau résidence rond lieu place";
/// A street only with its name: "15 cours de français" is none.
const VOIES_NOMMEES: &str = "cours passage voie cité promenade montée allées";
const LIAISONS: &str = "de du des d la le les l";
const AVANT_LA_VOIE: &str = "bis ter quater grande grand petite vieille haute basse";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nature {
    Nombre,
    Mot,
    Signe,
}

#[derive(Clone, Copy, Debug)]
struct Jeton<'a> {
    nature: Nature,
    texte: &'a str,
    debut: usize,
}

impl Jeton<'_> {
    /// One of these words, whatever its case.
    fn est(&self, mots: &str) -> bool {
        let texte = self.texte.to_lowercase();
        mots.split(' ').any(|mot| mot == texte)
    }

    fn nom_propre(&self) -> bool {
        self.nature == Nature::Mot && self.texte.starts_with(char::is_uppercase)
    }

    fn fin(&self) -> usize {
        self.debut + self.texte.len()
    }
}

/// What looks like an amount or an address, in the order of the text.
#[must_use]
pub(super) fn indices(texte: &str) -> Vec<Indice> {
    let jetons = jetons(texte);
    let (mut trouves, mut rang) = (Vec::new(), 0);
    while let Some(premier) = jetons.get(rang) {
        let trouve = montant(&jetons, rang)
            .map(|fin| (Genre::Montant, fin))
            .or_else(|| adresse(&jetons, rang).map(|fin| (Genre::Adresse, fin)));
        if let Some((genre, dernier)) = trouve {
            let fin = jetons.get(dernier).map_or(premier.fin(), Jeton::fin);
            let extrait = texte.get(premier.debut..fin).unwrap_or_default().to_owned();
            trouves.push(Indice { genre, extrait });
            rang = dernier;
        }
        rang += 1;
    }
    trouves
}

/// The sentence beside a field ("Le titre"); `None` when nothing is to be said.
#[must_use]
pub(super) fn refus(champ: &str, texte: &str) -> Option<String> {
    let indices = indices(texte);
    let cites = |genre, quoi: &str| {
        let extraits: Vec<String> =
            indices.iter().filter(|i| i.genre == genre).map(|i| format!("«\u{a0}{}\u{a0}»", i.extrait)).collect();
        (!extraits.is_empty()).then(|| format!("{quoi} ({})", extraits.join(", ")))
    };
    let dits: Vec<String> =
        [cites(Genre::Montant, "un montant"), cites(Genre::Adresse, "une adresse")].into_iter().flatten().collect();
    (!dits.is_empty())
        .then(|| format!("{champ} donne {}. Retirez-le tant que le conseil n’a pas délibéré.", dits.join(" et ")))
}

/// Rank of the last word of the amount that begins at `rang`.
fn montant(jetons: &[Jeton<'_>], rang: usize) -> Option<usize> {
    let premier = jetons.get(rang)?;
    if premier.texte == "€" {
        return jetons.get(rang + 1).filter(|jeton| jeton.nature == Nature::Nombre).map(|_| rang + 1);
    }
    if premier.nature != Nature::Nombre && !premier.est(NOMBRES) {
        return None;
    }
    let suivant = jetons.get(rang + 1)?;
    if premier.nature == Nature::Nombre && ["HT", "TTC"].contains(&suivant.texte) {
        return Some(rang + 1);
    }
    let multiples = jetons.iter().skip(rang + 1).take(4).take_while(|jeton| jeton.est(MULTIPLES)).count();
    let dernier = rang + 1 + multiples;
    jetons.get(dernier).filter(|jeton| jeton.est(EUROS)).map(|_| dernier)
}

/// Rank of the last word of the address that begins at `rang`.
fn adresse(jetons: &[Jeton<'_>], rang: usize) -> Option<usize> {
    let numero = jetons.get(rang).and_then(numero)?;
    // "au 12 de la rue de la Gare"
    let annonce = rang.checked_sub(1).and_then(|avant| jetons.get(avant)).is_some_and(|j| j.est("au du numéro"));
    let passe = |jeton: &&Jeton<'_>| {
        jeton.texte == ","
            || jeton.est(AVANT_LA_VOIE)
            || (jeton.nature == Nature::Mot && jeton.texte.chars().count() == 1 && !jeton.est("à y l d"))
            || (annonce && jeton.est(LIAISONS))
    };
    let voie = rang + 1 + jetons.iter().skip(rang + 1).take(4).take_while(passe).count();
    let liaisons = jetons.iter().skip(voie + 1).take(3).take_while(|jeton| jeton.est(LIAISONS)).count();
    let nom = voie + 1 + liaisons;
    let nomme = jetons.get(nom).filter(|jeton| jeton.nature != Nature::Signe)?;
    let genre = jetons.get(voie)?;
    let nommee = genre.est(VOIES_NOMMEES) || (numero == 1 && genre.est(VOIES));
    if !(genre.est(VOIES) || nommee) || (nommee && !nomme.nom_propre()) {
        return None;
    }
    let suite = jetons.iter().skip(nom + 1).take(3).take_while(|jeton| jeton.nom_propre()).count();
    Some(nom + suite)
}

/// A number on a door: four digits at most, and not a year.
fn numero(jeton: &Jeton<'_>) -> Option<u32> {
    let numero: u32 =
        (jeton.nature == Nature::Nombre && jeton.texte.len() <= 4).then(|| jeton.texte.parse().ok())??;
    (numero > 0 && !(1_900..2_100).contains(&numero)).then_some(numero)
}

/// Words, numbers ("45 000,50" is one) and signs; spaces, hyphens and apostrophes only separate.
fn jetons(texte: &str) -> Vec<Jeton<'_>> {
    let mut jetons = Vec::new();
    let mut reste = texte;
    while let Some(premier) = reste.chars().next() {
        let debut = texte.len() - reste.len();
        let (nature, longueur) = if premier.is_ascii_digit() {
            (Some(Nature::Nombre), nombre(reste))
        } else if premier.is_alphabetic() {
            (Some(Nature::Mot), reste.find(|c: char| !c.is_alphabetic()).unwrap_or(reste.len()))
        } else {
            let separe = premier.is_whitespace() || "-–’'".contains(premier);
            ((!separe).then_some(Nature::Signe), premier.len_utf8())
        };
        let (mot, suite) = reste.split_at(longueur);
        jetons.extend(nature.map(|nature| Jeton { nature, texte: mot, debut }));
        reste = suite;
    }
    jetons
}

/// Length of the number that begins a text: groups of three digits, then decimals.
fn nombre(texte: &str) -> usize {
    let chiffres = |texte: &str| texte.bytes().take_while(u8::is_ascii_digit).count();
    let mut longueur = chiffres(texte);
    let mut groupe = longueur <= 3;
    loop {
        let (_, reste) = texte.split_at(longueur);
        let Some(separateur) = reste.chars().next().filter(|c| " \u{a0}\u{202f}.,".contains(*c)) else {
            return longueur;
        };
        let (_, apres) = reste.split_at(separateur.len_utf8());
        match chiffres(apres) {
            3 if groupe => longueur += separateur.len_utf8() + 3,
            nombre @ 1..=2 if ".,".contains(separateur) => return longueur + separateur.len_utf8() + nombre,
            _ => return longueur,
        }
        groupe = true;
    }
}

#[cfg(test)]
mod tests {
    use super::Genre::{Adresse, Montant};
    use super::{Genre, indices, refus};
    use rstest::rstest;

    #[rstest]
    #[case("Vendu 45 000 €", Montant, "45 000 €")]
    #[case("Vendu 45\u{202f}000\u{a0}€, net", Montant, "45\u{202f}000\u{a0}€")]
    #[case("pour 1.250.000,50€ au plus", Montant, "1.250.000,50€")]
    #[case("vendu 45000 euros", Montant, "45000 euros")]
    #[case("loyer de 350 Euros par mois", Montant, "350 Euros")]
    #[case("un budget de 120 k€", Montant, "120 k€")]
    #[case("environ 1,2 million d’euros", Montant, "1,2 million d’euros")]
    #[case("quarante mille euros", Montant, "quarante mille euros")]
    #[case("plusieurs milliers d'euros", Montant, "milliers d'euros")]
    #[case("€ 45 000", Montant, "€ 45 000")]
    #[case("soit 37 500 HT", Montant, "37 500 HT")]
    #[case("12 rue de la Gare", Adresse, "12 rue de la Gare")]
    #[case("au 12, rue de la gare, à Cirey", Adresse, "12, rue de la gare")]
    #[case("12 bis rue Jean Jaurès", Adresse, "12 bis rue Jean Jaurès")]
    #[case("12B avenue Foch", Adresse, "12B avenue Foch")]
    #[case("12-14 Grande-Rue du Bac", Adresse, "14 Grande-Rue du Bac")]
    #[case("3 place de la mairie", Adresse, "3 place de la mairie")]
    #[case("1 place de la Mairie", Adresse, "1 place de la Mairie")]
    #[case("7 cours Léopold", Adresse, "7 cours Léopold")]
    #[case("n° 5 impasse des Lilas", Adresse, "5 impasse des Lilas")]
    #[case("au 12 de la rue de la Gare", Adresse, "12 de la rue de la Gare")]
    #[case("4 lieu-dit Le Moulin", Adresse, "4 lieu-dit Le Moulin")]
    fn un_montant_ou_une_adresse_se_reconnait(#[case] texte: &str, #[case] genre: Genre, #[case] extrait: &str) {
        let trouves: Vec<_> = indices(texte).into_iter().map(|i| (i.genre, i.extrait)).collect();
        assert_eq!(trouves, [(genre, extrait.to_owned())]);
    }

    #[rstest]
    #[case("Pour les 15 000 habitants du bassin")]
    #[case("Les habitants font 15 km, route de Nancy")]
    #[case("Depuis 2019, rue de la Gare, le café est fermé")]
    #[case("La rue de la Gare et la place de la Mairie")]
    #[case("12 places en crèche, 3 rues à refaire, 1 place de parking")]
    #[case("15 cours de français, 2 cours d’eau, 4 passages par jour")]
    #[case("Deux commerces sur 3 de la place ont fermé")]
    #[case("Le passage à l’euro, la zone euro, en 2002")]
    #[case("30 % des ménages, 2,5 ETP, 120 m²")]
    #[case("Ouvert de 8 h à 12 h, le 15 de chaque mois")]
    #[case("54129 Cirey-sur-Vezouze")]
    #[case("")]
    fn pas_de_fausse_alerte(#[case] texte: &str) {
        assert_eq!(indices(texte), []);
    }

    #[test]
    fn le_refus_cite_chaque_passage() {
        let dit =
            refus("Le texte", "12 rue de la Gare, vendu 45 000 € ou 50 000 €").map(|dit| dit.replace('\u{a0}', " "));
        assert_eq!(
            dit.as_deref(),
            Some(
                "Le texte donne un montant (« 45 000 € », « 50 000 € ») et une adresse (« 12 rue de la Gare »). \
                 Retirez-le tant que le conseil n’a pas délibéré."
            )
        );
        assert_eq!(refus("Le texte", "Un café pour 15 000 habitants"), None);
    }
}
