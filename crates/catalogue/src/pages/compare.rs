//! Two versions of an item side by side.

use askama::Template;
use axum::extract::{Path, Query, State};
use kernel::{Id, Item};
use webkit::{Answer, App, Page, Shell, page};

use super::may_look;
use crate::{
    model::{Difference, ItemDocument, ItemSummary, differences},
    reads,
    service::base::working,
};

#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(super) struct CompareAsk {
    left: String,
    right: String,
}

#[derive(Template)]
#[template(path = "item_compare.html")]
pub(crate) struct ComparePage {
    pub(crate) shell: Shell,
    pub(crate) item: ItemSummary,
    pub(crate) choices: Vec<(String, String)>,
    pub(crate) left: String,
    pub(crate) right: String,
    pub(crate) found: Vec<Difference>,
}

impl ComparePage {
    fn word(&self, choice: &str) -> &str {
        self.choices.iter().find(|it| it.0 == choice).map_or("", |it| it.1.as_str())
    }
}

/// The choice that stands for what is being written.
const DRAFT: &str = "draft";

pub(super) async fn show(
    State(app): State<App>,
    it: Page,
    Path(id): Path<String>,
    Query(ask): Query<CompareAsk>,
) -> Answer {
    let id: Id<Item> = id.parse()?;
    let item = reads::item(&app.db, id).await?;
    may_look(&it.ctx, item.authority)?;
    let versions = reads::versions(&app.db, id).await?;
    let mut choices: Vec<(String, String)> = Vec::new();
    if item.stage.is_some() {
        choices.push((DRAFT.to_owned(), "正在修改的".to_owned()));
    }
    choices.extend(versions.iter().map(|(n, at)| (n.to_string(), format!("第 {n} 版（{}）", at.zh_date()))));
    let known = |asked: &str, place: usize| {
        let found = choices.iter().find(|it| it.0 == asked).or_else(|| choices.get(place)).or_else(|| choices.last());
        found.map(|it| it.0.clone()).unwrap_or_default()
    };
    let (left, right) = (known(&ask.left, 1), known(&ask.right, 0));
    let (one, two) = (document(&app, &item, &left).await?, document(&app, &item, &right).await?);
    page(&ComparePage { shell: it.shell, item, choices, found: differences(&one, &two), left, right })
}

async fn document(app: &App, item: &ItemSummary, choice: &str) -> kernel::Result<ItemDocument> {
    match choice.parse() {
        Ok(number) => {
            let documents = app.part::<crate::Documents>()?;
            Ok((*reads::version(&app.db, &documents, item.id, number).await?).clone())
        }
        Err(_) => working(&app.db, item).await,
    }
}
