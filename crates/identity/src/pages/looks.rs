//! Who saw my data (谁看过我的信息).

use askama::Template;
use axum::extract::{Query, State};
use kernel::{Ctx, PageAsk};
use webkit::{Answer, App, Listing, Page, Shell, address, page};

use super::zh_day;
use crate::service::looks::{self, LookLine};

const HERE: &str = "/me/looks";

#[derive(Template)]
#[template(path = "looks.html")]
pub(crate) struct LooksPage {
    pub(crate) shell: Shell,
    pub(crate) looks: Vec<LookLine>,
    pub(crate) next: String,
    pub(crate) first: String,
}

impl LooksPage {
    fn day(&self, it: &LookLine) -> String {
        zh_day(&it.day)
    }
}

#[derive(serde::Deserialize)]
pub(crate) struct Ask {
    after: Option<String>,
}

/// The list as it is written out, for whose data it is.
pub(crate) const LISTING: Listing = Listing {
    code: "identity.looks",
    name: "谁看过我的信息",
    page: HERE,
    needs: &[],
    columns: &[("日期", 16), ("单位或系统", 36), ("岗位", 12), ("目的", 36), ("办件", 50), ("次数", 8)],
    rows: |ctx, app, _, ask| Box::pin(rows(ctx, app, ask)),
};

async fn rows(ctx: &Ctx, app: &App, ask: &PageAsk) -> kernel::Result<kernel::Page<Vec<String>>> {
    let found = looks::own(ctx, app, ask).await?;
    Ok(found.map(|it| vec![zh_day(&it.day), it.who, it.post, it.purpose, it.matter, it.times.to_string()]))
}

pub(crate) async fn show(State(app): State<App>, Page { ctx, shell }: Page, Query(ask): Query<Ask>) -> Answer {
    let found = looks::own(&ctx, &app, &PageAsk::from_query(ask.after.as_deref(), None)?).await?;
    let href = |after: &str| address(HERE, &[("after", after)]);
    page(&LooksPage {
        shell,
        looks: found.items,
        next: found.next.as_deref().map(href).unwrap_or_default(),
        first: if ask.after.is_some() { href("") } else { String::new() },
    })
}
