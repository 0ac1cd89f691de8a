//! The desk of an enterprise, for its legal representative: who acts for it.

use askama::Template;
use axum::extract::{Path, Query, State};
use kernel::{Enterprise as EnterpriseMark, Holder, Id};
use webkit::{Answer, App, Page, Shell, page};

use super::mandates::{ListAsk, MandateView, views};
use crate::service::{
    enterprises::{self, Represented, enterprises_of},
    mandates,
};

/// Where one's enterprises are.
pub(crate) const HERE: &str = "/me/enterprises";

#[derive(Template)]
#[template(path = "enterprises.html")]
pub(crate) struct EnterprisesPage {
    pub(crate) shell: Shell,
    pub(crate) enterprises: Vec<Represented>,
}

pub(crate) async fn list(State(app): State<App>, it: Page) -> Answer {
    let Page { ctx, shell } = it;
    let enterprises = enterprises_of(&app.db, ctx.person()?, ctx.now.legal_date()).await?;
    page(&EnterprisesPage { shell, enterprises })
}

#[derive(Template)]
#[template(path = "enterprise.html")]
pub(crate) struct EnterprisePage {
    pub(crate) shell: Shell,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) uscc: String,
    pub(crate) address: String,
    pub(crate) agents: Vec<MandateView>,
    pub(crate) next: String,
    pub(crate) first: String,
}

pub(crate) async fn show(
    State(app): State<App>,
    it: Page,
    Path(id): Path<Id<EnterpriseMark>>,
    Query(ask): Query<ListAsk>,
) -> Answer {
    let Page { ctx, shell } = it;
    let found = mandates::given(&ctx, &app, Holder::Enterprise(id), &ask.page()?).await?;
    let it = enterprises::enterprise(&app.db, id).await?;
    let (next, first) = ask.links(&format!("{HERE}/{id}"), found.next);
    let agents = views(&app, found.items, true).await?;
    let (name, uscc, address) = (it.name, it.uscc, it.address);
    page(&EnterprisePage { shell, id: id.to_string(), name, uscc, address, agents, next, first })
}
