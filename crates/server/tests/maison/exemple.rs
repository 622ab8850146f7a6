//! A whole small feature, made by the checklist of `docs/architecture.md`: a box where anyone leaves an idea. It stands in
//! one file because it is an example; a real one is a crate with `rules.rs`, `storage.rs`, `pages.rs`.

use web::feature::{Donnees, EntreeMenu, Route};
use web::{Acces, Feature};

/// Step 2: its face.
pub(crate) fn feature() -> Feature {
    Feature {
        nom: "exemple",
        migrations: storage::MIGRATIONS,
        routes: vec![Route {
            methodes: "GET POST",
            chemin: "/boite",
            acces: Acces::Public,
            vers: axum::routing::get(pages::montrer).post(pages::deposer),
        }],
        menu: vec![EntreeMenu { rang: 90, libelle: "Boîte à idées", url: "/boite", acces: Acces::Public }],
        evenements: &[(pages::DEPOSEE, |_, _| "Une idée est déposée".to_owned())],
        donnees: &[Donnees { quoi: "Les idées déposées", pourquoi: "Mission d’intérêt public", duree: "Un an" }],
        ..Feature::default()
    }
}

/// Step 3: pure.
mod rules {
    const MIN: usize = 5;

    /// An idea that can be kept.
    pub(super) fn idee(texte: &str) -> Result<&str, &'static str> {
        let texte = texte.trim();
        if texte.chars().count() < MIN { Err("Écrivez au moins quelques mots.") } else { Ok(texte) }
    }
}

/// Step 4: tables and queries.
#[expect(unreachable_pub, reason = "SeaORM's derive writes public items; in a crate they are reachable")]
mod storage {
    use platform::{Instant, Migration, ReadTx, WriteTx};
    use sea_orm::entity::prelude::*;
    use sea_orm::{IntoActiveModel, QueryOrder};

    pub(super) const MIGRATIONS: &[Migration] = &[Migration {
        feature: "exemple",
        numero: 1,
        nom: "idées",
        sql: "CREATE TABLE exemple_idee (id TEXT PRIMARY KEY, texte TEXT NOT NULL, deposee_le BIGINT NOT NULL)",
    }];

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "exemple_idee")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub texte: String,
        pub deposee_le: Instant,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    pub(super) async fn garder(tx: &WriteTx, idee: Model) -> Result<(), DbErr> {
        Entity::insert(idee.into_active_model()).exec_without_returning(tx).await.map(|_| ())
    }

    pub(super) async fn toutes(tx: &ReadTx) -> Result<Vec<Model>, DbErr> {
        Entity::find().order_by_desc(Column::DeposeeLe).all(tx).await
    }
}

/// Step 5: pages, `get` and `post` side by side.
mod pages {
    use askama::Template;
    use axum::http::StatusCode;
    use platform::journal::{self, Evenement};
    use web::composants::{ChampTexte, Html, ResumeErreurs};
    use web::formulaire::Erreurs;
    use web::{Cadre, CheckedForm, Reponse, Saisie};

    use super::{rules, storage};

    pub(super) const DEPOSEE: &str = "exemple.deposee";

    #[derive(Template)]
    #[template(
        ext = "html",
        source = "{{ resume }}<h1 class=\"govuk-heading-xl\">Boîte à idées</h1><ul>{% for i in idees %}<li>{{ i.texte }}</li>{% endfor %}</ul>\
                  <form method=\"post\" action=\"/boite\" novalidate>{{ caches }}{{ champ }}<button type=\"submit\" class=\"govuk-button\">Déposer</button></form>"
    )]
    struct PageBoite {
        resume: ResumeErreurs,
        caches: Html,
        champ: ChampTexte,
        idees: Vec<storage::Model>,
    }

    async fn page(cadre: &Cadre, saisie: Saisie, erreurs: Erreurs, statut: StatusCode) -> Reponse {
        let tx = cadre.instance.db.read().await?;
        let f = cadre.formulaire_avec(saisie, erreurs);
        let page = PageBoite {
            resume: f.resume(),
            caches: f.caches(),
            champ: f.texte("idee", "Votre idée"),
            idees: storage::toutes(&tx).await?,
        };
        cadre.page("Boîte à idées", &page)?.statut(statut).repondre()
    }

    pub(super) async fn montrer(cadre: Cadre) -> Reponse {
        page(&cadre, Saisie::default(), Erreurs::default(), StatusCode::OK).await
    }

    pub(super) async fn deposer(cadre: Cadre, form: CheckedForm) -> Reponse {
        let instance = &cadre.instance;
        let texte = match rules::idee(form.saisie.texte("idee")) {
            Ok(texte) => texte.to_owned(),
            Err(phrase) => {
                let mut erreurs = Erreurs::default();
                erreurs.ajouter("idee", phrase);
                return page(&cadre, form.saisie, erreurs, StatusCode::UNPROCESSABLE_ENTITY).await;
            }
        };
        let idee = storage::Model { id: instance.ids.uuid().to_string(), texte, deposee_le: instance.clock.instant() };
        let evenement = Evenement::nouveau(DEPOSEE, "idee", idee.id.clone());
        let tx = instance.db.begin().await?;
        storage::garder(&tx, idee).await?;
        journal::ecrire(&tx, &*instance.clock, &*instance.ids, evenement).await?;
        form.conclure(tx, "/boite", "Votre idée est déposée.").await
    }
}
