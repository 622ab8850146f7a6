//! What was just done, said once on top of the next page. An act that has a reverse act offers it there: nobody is asked
//! "are you sure?" before.

use askama::Template;
use serde::{Deserialize, Serialize};

use super::{Bouton, Html, Icone, Poids, Signe, composant};

/// A sentence, and how to come back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub(crate) phrase: String,
    pub(crate) annuler: Option<Retour>,
}

/// The form of the reverse act: where it is posted, what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Retour {
    url: String,
    champs: Vec<(String, String)>,
}

impl Message {
    /// It is done.
    #[must_use]
    pub fn nouveau(phrase: impl Into<String>) -> Self {
        Self { phrase: phrase.into(), annuler: None }
    }

    /// The reverse act is one button away: a form of this site, whose handler checks rights and state like any other.
    #[must_use]
    pub fn annulable(mut self, url: &str, champs: &[(&str, &str)]) -> Self {
        let champs = champs.iter().map(|(nom, valeur)| ((*nom).to_owned(), (*valeur).to_owned())).collect();
        self.annuler = Some(Retour { url: crate::cadre::chemin_interne(url), champs });
        self
    }
}

impl From<&str> for Message {
    fn from(phrase: &str) -> Self {
        Self::nouveau(phrase)
    }
}

impl From<&String> for Message {
    fn from(phrase: &String) -> Self {
        Self::nouveau(phrase.as_str())
    }
}

/// A message as shown; `caches` are the hidden fields of a form of the page.
#[derive(Template, Clone, Debug)]
#[template(path = "composants/message.html")]
pub struct MessageVu {
    message: Message,
    caches: Html,
}

impl MessageVu {
    /// Shows a message.
    #[must_use]
    pub fn nouveau(message: Message, caches: Html) -> Self {
        Self { message, caches }
    }
}

composant!(MessageVu);

#[cfg(test)]
mod tests {
    use super::{Html, Message, MessageVu};

    #[test]
    fn seul_un_geste_reversible_a_son_bouton() {
        let vu = |message| MessageVu::nouveau(message, Html("<input name=\"_jeton\">".to_owned())).to_string();
        let simple = vu(Message::nouveau("C’est <fait>."));
        assert!(simple.contains("C’est &#60;fait&#62;.") && !simple.contains("<form"), "{simple}");
        let reversible = vu(Message::nouveau("C’est fait.").annulable("/ici", &[("acte", "re\"faire")]));
        assert!(reversible.contains("action=\"/ici\"") && reversible.contains("_jeton"), "{reversible}");
        assert!(reversible.contains("name=\"acte\" value=\"re&#34;faire\""), "{reversible}");
        assert!(reversible.contains("Annuler"), "{reversible}");
    }

    #[test]
    fn l_annulation_reste_sur_le_site() {
        let message = Message::nouveau("Fait.").annulable("//autre.example/", &[]);
        assert_eq!(message.annuler.map(|retour| retour.url).as_deref(), Some("/"));
    }
}
