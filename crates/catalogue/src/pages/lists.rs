//! What an authority publishes of its items: its lists as page and file, and the open data of the whole site with its dictionary.

use askama::Template;
use axum::{
    body::Bytes,
    extract::{Path, Query, State},
    http::HeaderValue,
    response::{IntoResponse, Response},
};
use futures_util::stream;
use kernel::{Authority, Error, Id, Item};
use webkit::{Answer, App, Page, Shell, page, streamed};

use super::headers;
use crate::{
    lists::{self, published_list},
    model::{Field, Kind, ListKind, OPEN_COLUMNS, SECTIONS, Sheet},
    reads,
};

/// Anybody may keep a list so many seconds.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=300");

#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(super) struct ListsAsk {
    kind: String,
}

#[derive(Template)]
#[template(path = "lists.html")]
pub(crate) struct ListsPage {
    pub(crate) shell: Shell,
    pub(crate) authority: String,
    pub(crate) sheet: Sheet,
}

impl ListsPage {
    /// The values of a row with the names of their columns.
    fn cells<'a>(&self, row: &'a [String]) -> Vec<(&'static str, &'a str)> {
        self.sheet.kind.columns().iter().copied().zip(row.iter().map(String::as_str)).collect()
    }

    fn tabs(&self) -> Vec<(String, &'static str, bool)> {
        let kinds = ListKind::ALL.iter();
        kinds
            .map(|it| (format!("/lists/{}?kind={}", self.authority, it.code()), it.name(), *it == self.sheet.kind))
            .collect()
    }

    fn files(&self) -> [(String, &'static str); 4] {
        let at = |ending| format!("/lists/{}/{}.{ending}", self.authority, self.sheet.kind.code());
        [(at("pdf"), "PDF"), (at("xlsx"), "XLSX"), (at("csv"), "CSV"), (at("json"), "JSON")]
    }
}

pub(super) async fn show(
    State(app): State<App>,
    it: Page,
    Path(id): Path<String>,
    Query(ask): Query<ListsAsk>,
) -> Answer {
    let authority: Id<Authority> = id.parse()?;
    let kind = ListKind::from_code(&ask.kind).unwrap_or(ListKind::Power);
    let sheet = published_list(&app.db, authority, kind).await?;
    page(&ListsPage { shell: it.shell, authority: id, sheet })
}

/// A list as a file: `power.csv`, `duty.json`, `service.xlsx`, `fee.pdf`.
pub(super) async fn file(
    State(app): State<App>,
    it: Page,
    Path((id, file)): Path<(String, String)>,
) -> Answer<Response> {
    let missing = || Error::NotFound { what: "清单" };
    let (kind, ending) = file.split_once('.').ok_or_else(missing)?;
    let kind = ListKind::from_code(kind).ok_or_else(missing)?;
    let sheet = published_list(&app.db, id.parse()?, kind).await?;
    let (media, bytes) = match ending {
        "csv" => ("text/csv; charset=utf-8", lists::sheet_csv(&sheet)?),
        "json" => ("application/json", lists::sheet_json(&sheet).to_string().into_bytes()),
        "xlsx" => {
            let media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            (media, lists::sheet_xlsx(&sheet)?)
        }
        "pdf" => {
            let (fonts, day) = (app.part::<papers::Fonts>()?, it.ctx.now.legal_date());
            let sheet = sheet.clone();
            let laid = tokio::task::spawn_blocking(move || lists::sheet_pdf(&sheet, &fonts, day));
            ("application/pdf", laid.await.map_err(Error::internal)??)
        }
        _ => return Err(missing().into()),
    };
    Ok((headers(media, &format!("{}.{ending}", sheet.title()), CACHE)?, bytes).into_response())
}

/// A row of the dictionary of the whole document: name in files, Chinese name, what to write.
pub(crate) struct Entry {
    pub(crate) path: String,
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) meaning: &'static str,
}

/// Every field of the whole document, from the field table of the desk.
pub(crate) fn dictionary() -> Vec<Entry> {
    let mut out = Vec::new();
    for (_, fields) in SECTIONS {
        below(fields, "", &mut out);
    }
    // What only officers read is not published.
    out.retain(|it| !matches!(it.path.as_str(), "required_points" | "review_points"));
    out
}

fn below(fields: &'static [Field], path: &str, out: &mut Vec<Entry>) {
    for it in fields {
        let path = if path.is_empty() { it.key.to_owned() } else { format!("{path}.{}", it.key) };
        let (kind, inner) = match it.kind {
            Kind::Rows(inner) => ("列表", inner),
            Kind::Fields(inner) => ("对象", inner),
            Kind::Lines | Kind::Choices(_) | Kind::Words(_) | Kind::Files => ("列表", &[][..]),
            Kind::Number | Kind::Money => ("整数", &[][..]),
            Kind::YesNo | Kind::Flag => ("是否", &[][..]),
            Kind::Day => ("日期", &[][..]),
            Kind::Limit | Kind::File | Kind::Form | Kind::When | Kind::Shown(_) => ("对象", &[][..]),
            Kind::Line | Kind::Text | Kind::Choice(_) => ("文字", &[][..]),
        };
        out.push(Entry { path: path.clone(), name: it.name, kind, meaning: it.hint });
        below(inner, &path, out);
    }
}

#[derive(Template)]
#[template(path = "open_data.html")]
pub(crate) struct OpenPage {
    pub(crate) shell: Shell,
    pub(crate) fields: Vec<Entry>,
}

pub(super) async fn open(it: Page) -> Answer {
    page(&OpenPage { shell: it.shell, fields: dictionary() })
}

/// Where a stream of items stands.
struct Reading {
    app: App,
    after: Option<Id<Item>>,
    json: bool,
    begun: bool,
    done: bool,
}

/// The open data of the whole site, streamed: memory does not grow with it.
pub(super) async fn open_file(State(app): State<App>, Path(file): Path<String>) -> Answer<Response> {
    let (media, json) = match file.as_str() {
        "items.csv" => ("text/csv; charset=utf-8", false),
        "items.json" => ("application/json", true),
        "dictionary.csv" => return dictionary_file(),
        _ => return Err(Error::NotFound { what: "开放数据" }.into()),
    };
    let start = Reading { app, after: None, json, begun: false, done: false };
    let chunks = stream::unfold(start, |mut it| async move {
        if it.done {
            return None;
        }
        let chunk = chunk(&mut it).await.map_err(|error| std::io::Error::other(error.to_string()));
        it.done |= chunk.is_err();
        Some((chunk, it))
    });
    Ok((headers(media, &file, CACHE)?, streamed(chunks)).into_response())
}

async fn chunk(it: &mut Reading) -> kernel::Result<Bytes> {
    let items = reads::all_after(&it.app.db, it.after).await?;
    it.after = items.last().map(|item| item.id);
    it.done = items.len() < reads::SCAN_MAX;
    let offices: Vec<_> = items.iter().map(|it| it.authority).collect();
    let offices = identity::authorities(&it.app.db, &offices).await?;
    let rows: Vec<Vec<String>> = items
        .iter()
        .filter(|it| it.state.is_public())
        .map(|item| {
            let office = offices.get(&item.authority).map(|it| (it.facts.name.as_str(), it.facts.uscc.as_str()));
            OPEN_COLUMNS.iter().map(|column| (column.value)(item, office.unwrap_or_default())).collect()
        })
        .collect();
    let first = !std::mem::replace(&mut it.begun, true);
    if !it.json {
        let head = first.then(|| OPEN_COLUMNS.iter().map(|it| it.key).collect());
        let rows = rows.iter().map(|row| row.iter().map(String::as_str).collect());
        return Ok(lists::csv(head.into_iter().chain(rows), first)?.into());
    }
    let mut out = String::from(if first { "[" } else { "" });
    for (n, row) in rows.iter().enumerate() {
        if !(first && n == 0) {
            out.push(',');
        }
        let pairs = OPEN_COLUMNS.iter().zip(row).map(|(column, it)| (column.key.to_owned(), it.as_str().into()));
        out.push_str(&serde_json::Value::Object(pairs.collect()).to_string());
    }
    out.push_str(if it.done { "]" } else { "" });
    Ok(out.into())
}

fn dictionary_file() -> Answer<Response> {
    let head = std::iter::once(vec!["文件", "字段", "名称", "类型", "说明"]);
    let items = OPEN_COLUMNS.iter().map(|it| vec!["items", it.key, it.name, "文字", it.meaning]);
    let whole = dictionary();
    let whole = whole.iter().map(|it| vec!["document", &*it.path, it.name, it.kind, it.meaning]);
    let bytes = lists::csv(head.chain(items).chain(whole), true)?;
    Ok((headers("text/csv; charset=utf-8", "dictionary.csv", CACHE)?, bytes).into_response())
}
