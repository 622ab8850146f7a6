//! What waits for an agent, and what was decided: two tabs of one list, paged. Claims and proposals are listed alike; pairs
//! that may be the same are paged and counted alike.

use askama::Template;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use web::composants::{EtatVide, Onglets, Pagination, Tableau};
use web::{Cadre, Reponse, texte};

use crate::tenue::FIL;

/// Rows of a page.
const PAR_PAGE: u64 = 25;

/// What makes one list another.
pub(crate) struct Liste {
    pub(crate) url: &'static str,
    pub(crate) titre: &'static str,
    pub(crate) intro: &'static str,
    /// Name of the tabs.
    pub(crate) onglets: &'static str,
    pub(crate) un: &'static str,
    pub(crate) plusieurs: &'static str,
    pub(crate) vide: &'static str,
    /// When such a thing comes here.
    pub(crate) quand: &'static str,
}

/// Which rows are asked for.
#[derive(Clone, Copy)]
pub(crate) struct Tranche {
    pub(crate) decidees: bool,
    page: u64,
}

impl Tranche {
    pub(crate) fn demandee(cadre: &Cadre) -> Self {
        let demande = cadre.demande();
        Self { decidees: demande.texte("vue") == "decidees", page: demande.page() }
    }

    /// For `LIMIT`.
    pub(crate) fn nombre(self) -> i64 {
        PAR_PAGE.cast_signed()
    }

    /// For `OFFSET`.
    pub(crate) fn premier(self) -> i64 {
        ((self.page - 1) * PAR_PAGE).cast_signed()
    }

    /// The way to the other pages; `base` is the address with its filters.
    pub(crate) fn pagination(self, base: &str, total: u64) -> Pagination {
        Pagination::nouvelle(base, self.page, total, PAR_PAGE)
    }
}

/// What a statement counts, under the name `n`.
pub(crate) async fn compter(db: &impl ConnectionTrait, phrase: Statement) -> Result<u64, DbErr> {
    let ligne = db.query_one_raw(phrase).await?;
    let n: i64 = ligne.map(|ligne| ligne.try_get("", "n")).transpose()?.unwrap_or(0);
    Ok(u64::try_from(n).unwrap_or(0))
}

#[derive(Template)]
#[template(path = "a_decider.html")]
struct PageListe {
    titre: &'static str,
    intro: &'static str,
    onglets: Onglets,
    compte: String,
    tableau: Option<Tableau>,
    vide: EtatVide,
    pagination: Pagination,
}

/// The page. `tableau` is absent when nothing is there.
pub(crate) fn montrer(cadre: &Cadre, liste: &Liste, tranche: Tranche, total: u64, tableau: Option<Tableau>) -> Reponse {
    let decidees = format!("{}?vue=decidees", liste.url);
    let ici = if tranche.decidees { decidees.as_str() } else { liste.url };
    let page = PageListe {
        titre: liste.titre,
        intro: liste.intro,
        onglets: Onglets::nouveaux(liste.onglets, &[("En attente", liste.url), ("Décidées", &decidees)], ici),
        compte: texte::accorde(total, liste.un, liste.plusieurs),
        tableau,
        vide: EtatVide { titre: liste.vide.to_owned(), texte: liste.quand.to_owned(), action: None },
        pagination: tranche.pagination(ici, total),
    };
    cadre.page(liste.titre, &page)?.fil(&FIL).repondre()
}
