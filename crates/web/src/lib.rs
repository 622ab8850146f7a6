//! What every page stands on: extractors, layout, form components, error pages, and the face of a feature.
//!
//! - [`feature`]: [`Feature`], plain data by which a feature is gathered (routes, jobs, migrations, menu, propositions…).
//! - [`instance`]: [`Instance`], one collectivité with its database, perimeter, identity, clock.
//! - [`contexte`]: [`Contexte`], what is known of one request (visitor, nonce, request number).
//! - [`logo`]: the logo of the collectivité.
//! - [`locaux`], [`textes`]: what the agent of the site changed on screen; the texts that may be changed.
//! - [`zonages`]: the lists of communes that a condition may name.
//! - [`courriels`]: mails from templates, sent by the worker.
//! - [`contact`]: whom to call for a commune, and the promised day.
//! - [`affichage`]: light, dark, high contrast: the reader's choice.
//! - [`brouillon`]: drafts made without account in this browser, and the way back to them.
//! - [`cadre`]: [`Cadre`], the layout: turns a content into a whole page with a stated cache policy.
//! - [`formulaire`]: [`CheckedForm`], the only way to read a form (CSRF, doubles), and [`Formulaire`], the way to show one.
//! - [`fichier`]: [`CheckedFormFichier`], the same with files; downloads and exports.
//! - [`images`]: pictures received, read within limits.
//! - [`composants`]: fields, tables, summaries, constats… each a struct with its template.
//! - [`typographie`]: unbreakable spaces of French, on every page.
//! - [`poids`]: what each page weighs and costs, measured on the answers.
//! - [`sigles`]: acronyms, explained at the end of each page that uses them.
//! - [`recherche`]: what a feature lets be found; how the index follows the database.
//! - [`trouvailles`]: what is found beside the index: the visitor's own, what is in memory.
//! - [`ouvert`]: what a feature publishes as open data, and what is never in it.
//! - [`suite`]: where to go after signing in.
//! - [`erreur`]: [`Erreur`], answered as a French page that helps.
//! - [`application`]: the middleware, in order, around the routes of all features.
//! - [`hotes`]: which instance answers, by host name.
//! - [`accessibilite`]: the 106 criteria of the RGAA, and what is met of them.
//! - [`actifs`]: style sheet, script, fonts: named by their digest, kept for ever by browsers.

pub mod accessibilite;
pub mod actifs;
pub mod affichage;
pub mod application;
pub mod brouillon;
pub mod cadre;
pub mod composants;
pub mod contact;
pub mod contexte;
pub mod courriels;
pub mod erreur;
pub mod feature;
pub mod fichier;
pub mod formulaire;
pub mod hotes;
pub mod identite;
pub mod images;
pub mod instance;
pub mod locaux;
pub mod logo;
pub mod ouvert;
pub mod poids;
pub mod recherche;
pub mod sigles;
pub mod suite;
pub mod texte;
pub mod textes;
pub mod trouvailles;
pub mod typographie;
pub mod zonages;

pub use cadre::{Cache, Cadre};
pub use contexte::{Contexte, Visiteur};
pub use erreur::{Erreur, Reponse};
pub use feature::{Acces, Feature, Maison};
pub use fichier::CheckedFormFichier;
pub use formulaire::{CheckedForm, Formulaire, Saisie};
pub use instance::Instance;
pub use suite::Suite;
