//! What one takes along of a guide: the one-time notice, the application form blank and filled in as an example.

use axum::{
    extract::{Path, Query, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use kernel::{Error, Id, Item, Moment};
use papers::{Fonts, Info, Paper};
use webkit::{Answer, App};

use super::{guide::document, known};
use crate::{
    forms,
    levels::Levels,
    once::{About, paper, situations},
};

/// Anybody may keep a form so many seconds; its address names the version of the guide.
const FORM_KEPT: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// Stands for a character that no font has, so that one rare name does not withhold the paper.
const NO_GLYPH: char = '〓';

/// The one-time notice of an item. `when` numbers the situations chosen; with `chosen` and none of them, the plain case.
pub(crate) async fn pdf(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(asked): Query<Vec<(String, String)>>,
) -> Answer {
    let id: Id<Item> = id.parse()?;
    let known = known(&app).await?;
    let entry = known.entry(id).ok_or(Error::NotFound { what: "事项" })?;
    let doc = document(&app, &entry.item).await?.ok_or(Error::NotFound { what: "办事指南" })?;
    let all = situations(&doc);
    let numbers = asked.iter().filter(|it| it.0 == "when").filter_map(|it| it.1.parse::<usize>().ok());
    let picked: Vec<_> = numbers.filter_map(|it| all.get(it).cloned()).collect();
    let now = app.clock.now();
    let address = format!("{}/items/{id}", app.site.address);
    let watermark = app.site.demo.then(|| "演示站点，不具法律效力".to_owned());
    let levels = Levels::of(&doc, &known, &entry.authority.name);
    let about = About { watermark, levels, ..about(&app, &entry.authority.name, &address) };
    let chosen = asked.iter().any(|it| it.0 == "chosen");
    let paper = paper(&doc, &about, (chosen || !picked.is_empty()).then_some(&picked));
    let (fonts, author, subject) = (app.part::<Fonts>()?, entry.authority.name.clone(), doc.name.clone());
    let made = tokio::task::spawn_blocking(move || print(&paper, &fonts, (&author, &subject), now));
    let bytes = made.await.map_err(Error::internal)??;
    Ok(download(bytes, &format!("一次性告知单-{}.pdf", doc.name)))
}

/// What stands on every paper of a guide: whose it is, where it lies, whom to ring, of which day.
fn about<'a>(app: &'a App, authority: &'a str, address: &'a str) -> About<'a> {
    let today = app.clock.now().legal_date();
    About { authority, address, phone: &app.site.phone, levels: None, today, watermark: None }
}

/// Which form is asked for.
#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(crate) struct FormAsk {
    /// Not empty: filled in as an example.
    filled: String,
}

/// The application form, drawn of the form that is filled in online.
struct Form {
    paper: Paper,
    fonts: std::sync::Arc<Fonts>,
    /// The authority's name.
    author: String,
    /// The item's name.
    subject: String,
    at: Moment,
}

impl Form {
    async fn of(app: &App, id: &str, ask: &FormAsk) -> kernel::Result<Self> {
        let id: Id<Item> = id.parse()?;
        let known = known(app).await?;
        let entry = known.entry(id).ok_or(Error::NotFound { what: "事项" })?;
        let nothing = || Error::NotFound { what: "申请表" };
        let doc = document(app, &entry.item).await?.ok_or_else(nothing)?;
        let now = app.clock.now();
        let address = format!("{}/items/{id}", app.site.address);
        let about = about(app, &entry.authority.name, &address);
        let names = match ask.filled.is_empty() {
            true => None,
            false => Some(identity::division_names(&app.db, &forms::divisions(&doc)).await?),
        };
        let paper = forms::paper(&doc, &about, names.as_ref()).ok_or_else(nothing)?;
        let (author, subject) = (entry.authority.name.clone(), doc.name.clone());
        Ok(Self { paper, fonts: app.part::<Fonts>()?, author, subject, at: now })
    }
}

/// The application form as PDF: blank, or with `filled` as an example.
pub(crate) async fn form(State(app): State<App>, Path(id): Path<String>, Query(ask): Query<FormAsk>) -> Answer {
    let it = Form::of(&app, &id, &ask).await?;
    let name = format!("{}.pdf", it.paper.title);
    let made = tokio::task::spawn_blocking(move || print(&it.paper, &it.fonts, (&it.author, &it.subject), it.at));
    let mut answer = download(made.await.map_err(Error::internal)??, &name);
    answer.headers_mut().insert(header::CACHE_CONTROL, FORM_KEPT);
    Ok(answer)
}

/// Its first page, so that one sees what it is before one fetches it.
pub(crate) async fn form_page(State(app): State<App>, Path(id): Path<String>, Query(ask): Query<FormAsk>) -> Answer {
    let it = Form::of(&app, &id, &ask).await?;
    let drawn = tokio::task::spawn_blocking(move || {
        let laid = papers::layout(&printable(&it.paper, &it.fonts)?, &it.fonts).map_err(Error::internal)?;
        Ok(laid.pages.first().map(|page| papers::svg(page, &it.fonts)).unwrap_or_default())
    });
    let drawn: kernel::Result<String> = drawn.await.map_err(Error::internal)?;
    let mut answer = drawn?.into_response();
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
    answer.headers_mut().insert(header::CACHE_CONTROL, FORM_KEPT);
    Ok(answer)
}

/// The paper without characters that no font has.
fn printable(paper: &Paper, fonts: &Fonts) -> kernel::Result<Paper> {
    let mut value = serde_json::to_value(paper).map_err(Error::internal)?;
    each_text(&mut value, &|text| shown(text, fonts));
    serde_json::from_value(value).map_err(Error::internal)
}

fn shown(text: &str, fonts: &Fonts) -> String {
    text.chars().map(|c| if c.is_control() || fonts.covers(c) { c } else { NO_GLYPH }).collect()
}

fn print(paper: &Paper, fonts: &Fonts, (author, subject): (&str, &str), at: Moment) -> kernel::Result<Vec<u8>> {
    let paper = printable(paper, fonts)?;
    let info = Info {
        title: paper.title.clone(),
        author: shown(author, fonts),
        subject: shown(subject, fonts),
        keywords: Vec::new(),
        created: time::OffsetDateTime::from_unix_timestamp(at.micros() / 1_000_000).map_err(Error::internal)?,
    };
    let laid = papers::layout(&paper, fonts).map_err(Error::internal)?;
    papers::pdf(&laid, fonts, &info).map_err(Error::internal)
}

fn each_text(value: &mut serde_json::Value, change: &dyn Fn(&str) -> String) {
    match value {
        serde_json::Value::String(text) => *text = change(text),
        serde_json::Value::Array(all) => all.iter_mut().for_each(|it| each_text(it, change)),
        serde_json::Value::Object(all) => all.values_mut().for_each(|it| each_text(it, change)),
        _ => {}
    }
}

fn download(bytes: Vec<u8>, name: &str) -> Response {
    let mut answer = bytes.into_response();
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    let name = webkit::encoded(name);
    if let Ok(value) = HeaderValue::from_str(&format!("inline; filename*=UTF-8''{name}")) {
        answer.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    answer
}
