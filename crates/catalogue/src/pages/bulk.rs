//! Bulk change: choose items and a field, see what would change, then do it.

use askama::Template;
use axum::extract::{RawQuery, State};
use kernel::{Error, Fault, Id, Item};
use serde_json::{Value, json};
use webkit::{Answer, App, Form, FormData, Page, Shell, address, flash, page};

use crate::{
    CATALOGUE,
    edit::{self, Part, Shape},
    model::{Field, field},
    reads,
    service::bulk::{BULK_MAX, BulkRow, bulk_apply, bulk_preview, fields},
};

#[derive(Template)]
#[template(path = "bulk_desk.html")]
pub(crate) struct BulkPage {
    pub(crate) shell: Shell,
    pub(crate) authority: String,
    pub(crate) chosen: Vec<String>,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) field: String,
    pub(crate) parts: Vec<Part>,
    pub(crate) rows: Vec<BulkRow>,
    pub(crate) value: String,
    pub(crate) faults: Vec<Fault>,
}

impl BulkPage {
    fn changing(&self) -> usize {
        self.rows.iter().filter(|it| !it.changes.is_empty() && it.refused.is_empty()).count()
    }
}

/// Asks for the field, then for its value, then shows what would change; nothing is written by looking.
pub(super) async fn ask(State(app): State<App>, it: Page, RawQuery(query): RawQuery) -> Answer {
    let query = query.unwrap_or_default();
    let pairs = form_urlencoded::parse(query.as_bytes()).take(BULK_MAX * 2);
    let sent = FormData::of(pairs.map(|it| (it.0.into_owned(), it.1.into_owned())).collect());
    let mut chosen: Vec<String> = sent.all("item").into_iter().map(str::to_owned).collect();
    chosen.truncate(BULK_MAX);
    if chosen.is_empty() {
        let list = address("/desk/items", &[("authority", sent.text("authority"))]);
        return Ok(flash(&list, "warn", "请先勾选要修改的事项。"));
    }
    let ids: Vec<Id<Item>> = chosen.iter().map(|it| it.parse()).collect::<kernel::Result<_>>()?;
    for item in reads::items_of(&app.db, &ids).await?.values() {
        it.ctx.may(CATALOGUE, &kernel::Scope::authority(item.authority))?;
    }
    let key = sent.text("field").to_owned();
    let mut shown = BulkPage {
        shell: it.shell,
        authority: sent.text("authority").to_owned(),
        chosen,
        fields: super::owned(fields()),
        parts: Vec::new(),
        rows: Vec::new(),
        value: String::new(),
        faults: Vec::new(),
        field: key.clone(),
    };
    let Some(field) = field(&key).filter(|_| fields().iter().any(|it| it.0 == key)) else { return page(&shown) };
    let (value, faults) = value(field, &sent);
    shown.faults = faults;
    let doc = json!({ field.key: value });
    let given = edit::Given { doc: &doc, faults: &shown.faults, focus: None, files: "" };
    shown.parts = edit::parts(std::slice::from_ref(field), &given);
    if shown.faults.is_empty() && sent.has("preview") {
        match bulk_preview(&app.db, &ids, &key, &value).await {
            Ok(rows) => (shown.rows, shown.value) = (rows, value.to_string()),
            Err(Error::Invalid(faults)) => shown.faults = faults,
            Err(error) => return Err(error.into()),
        }
    }
    page(&shown)
}

fn value(field: &'static Field, sent: &FormData) -> (Value, Vec<Fault>) {
    let (doc, faults) = edit::read(std::slice::from_ref(field), &json!({}), None, (sent, &edit::Files::new()));
    (doc.get(field.key).cloned().unwrap_or_default(), faults)
}

pub(super) async fn apply(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    let value: Value = serde_json::from_str(form.text("value"))
        .map_err(|_| Error::invalid("value", "页面内容不完整，请返回重新预览。"))?;
    let chosen = form.all("item").into_iter().map(|it| {
        let (id, version) = it.split_once('@').unwrap_or((it, ""));
        Ok((id.parse()?, version.parse().map_err(|_| Error::invalid("item", "页面已过期，请重新预览。"))?))
    });
    let chosen: Vec<(Id<Item>, i64)> = chosen.collect::<kernel::Result<_>>()?;
    let left = bulk_apply(&it.ctx, &app.db, &chosen, form.text("field"), &value).await?;
    let list = address("/desk/items", &[("authority", form.text("authority"))]);
    let done = chosen.len() - left.len();
    let known = reads::items_of(&app.db, &left.iter().map(|it| it.0).collect::<Vec<_>>()).await?;
    let names: Vec<_> = left
        .iter()
        .take(5)
        .map(|it| format!("{}：{}", known.get(&it.0).map_or("事项", |it| it.name.as_str()), it.1))
        .collect();
    if left.is_empty() {
        return Ok(flash(&list, "done", &format!("已修改 {done} 个事项，审核、发布后生效。")));
    }
    Ok(flash(&list, "warn", &format!("已修改 {done} 个，{} 个没有修改。{}", left.len(), names.join("；"))))
}
