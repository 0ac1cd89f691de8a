//! Who saw my data (谁看过我的信息).

use askama::Template;
use axum::extract::{Query, State};
use kernel::PageAsk;
use webkit::{Answer, App, Page, Shell, address, page};

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
