//! What one takes along of a guide: the one-time notice as PDF.

use axum::{
    extract::{Path, Query, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use kernel::{Error, Id, Item, Moment};
use papers::{Fonts, Info, Paper};
use webkit::{Answer, App};

use super::{guide::document, known};
use crate::once::{About, paper, situations};

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
    let about = About {
        authority: &entry.authority.name,
        address: &format!("{}/items/{id}", app.site.address),
        phone: &app.site.phone,
        today: now.legal_date(),
        watermark: app.site.demo.then(|| "演示站点，不具法律效力".to_owned()),
    };
    let chosen = asked.iter().any(|it| it.0 == "chosen");
    let paper = paper(&doc, &about, (chosen || !picked.is_empty()).then_some(&picked));
    let (fonts, subject) = (app.part::<Fonts>()?, doc.name.clone());
    let made = tokio::task::spawn_blocking(move || print(&paper, &fonts, &subject, now));
    let bytes = made.await.map_err(Error::internal)??;
    Ok(download(bytes, &format!("一次性告知单-{}.pdf", doc.name)))
}

fn print(paper: &Paper, fonts: &Fonts, subject: &str, at: Moment) -> kernel::Result<Vec<u8>> {
    let shown = |text: &str| -> String {
        text.chars().map(|c| if c.is_control() || fonts.covers(c) { c } else { NO_GLYPH }).collect()
    };
    let mut value = serde_json::to_value(paper).map_err(Error::internal)?;
    each_text(&mut value, &shown);
    let paper: Paper = serde_json::from_value(value).map_err(Error::internal)?;
    let info = Info {
        title: paper.title.clone(),
        author: paper.authority.clone(),
        subject: shown(subject),
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
    let name = crate::links::encoded(name);
    if let Ok(value) = HeaderValue::from_str(&format!("inline; filename*=UTF-8''{name}")) {
        answer.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    answer
}
