//! A paper from the record: what stands on it, and its print.

use std::collections::HashMap;

use kernel::{Error, Moment, Result};
use papers::{Info, Paper, PaperError};
use webkit::App;

use super::notice;
use crate::{
    model::{Event, Fact, PaperKind},
    service::{self, templates},
    store::CaseRow,
};

/// Stands where no font has the character (GB/T 9704 practice: 〓); the page of the paper shows it rightly.
const NO_GLYPH: char = '〓';
/// Characters of one text when a paper would have too many pages otherwise.
const CUT: usize = 300;

/// A paper that was read off the record.
pub(crate) struct Composed {
    pub(crate) paper: Paper,
    /// What the file is about, among its properties: the item's name.
    subject: String,
    /// From which template it was made.
    pub(crate) template: String,
}

/// The paper that this entry of the case gives rise to; `number` is its year and serial, if it has them.
///
/// # Errors
/// [`Error::NotFound`] if a text of it was erased by law; if the engine fails.
pub(crate) async fn compose(
    app: &App,
    (row, event, kind): (&CaseRow, &Event, PaperKind),
    number: Option<(i64, i64)>,
) -> Result<Composed> {
    let document = service::document(app, row.facts.item, row.facts.item_version).await?;
    let office = row.facts.office_of(&row.case, event);
    let authority = identity::authority(&app.db, office).await?;
    let applicant = identity::holder_name(app, &row.facts.holder).await?;
    let mut texts = HashMap::new();
    for (slot, text) in event.fact.texts() {
        let bytes = app.vault.open(&service::subject(row.id), &text.name).await?;
        texts.insert(slot.code(), String::from_utf8(bytes).map_err(Error::internal)?);
    }
    let sitting = row.case.handling().and_then(|it| it.hearing.as_ref()?.sitting.as_ref());
    let presides = match (&event.fact, sitting) {
        (Fact::HearingSet { presider, .. }, _) => Some(*presider),
        (Fact::HearingEnded { .. }, Some(sitting)) => Some(sitting.presider),
        _ => None,
    };
    let presider = match presides {
        Some(it) => identity::person_name(app, it).await?,
        None => String::new(),
    };
    let about = notice::About {
        row,
        event,
        kind,
        document: &document,
        authority: &authority.facts,
        applicant: &applicant,
        texts: &texts,
        presider: &presider,
        site: &app.site,
        number,
    };
    // What happened is told in the words that were in force then, whenever it is read off.
    let (words, template) = templates::for_paper(app, (office, kind), event.at).await?;
    Ok(Composed { paper: about.paper(&words), subject: document.name.clone(), template })
}

impl Composed {
    /// The paper as PDF, made at this instant.
    ///
    /// # Errors
    /// [`Error::Internal`] if it cannot be laid out.
    pub(crate) async fn print(&self, app: &App, at: Moment) -> Result<Vec<u8>> {
        print_paper(app, (self.paper.clone(), &self.subject), at).await
    }

    /// As [`Composed::print`], of what nobody waits for; `then` is done with it there too.
    ///
    /// # Errors
    /// As [`Composed::print`].
    pub(crate) async fn print_behind<T: Send + 'static>(
        &self,
        app: &App,
        at: Moment,
        then: impl FnOnce(Vec<u8>) -> T + Send + 'static,
    ) -> Result<T> {
        let (fonts, paper, subject) = (app.part::<papers::Fonts>()?, self.paper.clone(), self.subject.clone());
        app.behind(move || print(paper, &fonts, &subject, at).map(then)).await?
    }
}

/// A paper as PDF, made at this instant; what it is about stands among the properties of the file.
///
/// # Errors
/// [`Error::Internal`] if it cannot be laid out.
pub(crate) async fn print_paper(app: &App, (paper, subject): (Paper, &str), at: Moment) -> Result<Vec<u8>> {
    let (fonts, subject) = (app.part::<papers::Fonts>()?, subject.to_owned());
    let made = tokio::task::spawn_blocking(move || print(paper, &fonts, &subject, at));
    made.await.map_err(Error::internal)?
}

/// What stands across the papers of a demo site.
pub(crate) fn watermark(app: &App) -> Option<String> {
    notice::watermark(&app.site)
}

/// The paper as PDF. One rare character or one endless text must not keep all other papers of the site from being made.
fn print(paper: Paper, fonts: &papers::Fonts, subject: &str, at: Moment) -> Result<Vec<u8>> {
    let paper = each_text(&paper, &|text| text.chars().map(|c| shown(c, fonts)).collect())?;
    let info = Info {
        title: paper.title.clone(),
        author: paper.authority.clone(),
        subject: subject.chars().map(|c| shown(c, fonts)).collect(),
        keywords: paper.number.iter().cloned().collect(),
        created: time::OffsetDateTime::from_unix_timestamp(at.micros() / 1_000_000).map_err(Error::internal)?,
    };
    let laid = match papers::layout(&paper, fonts) {
        Err(PaperError::TooLong { .. }) => {
            let cut = |text: &str| match text.char_indices().nth(CUT) {
                Some((end, _)) => format!("{}……（全文见办件页面）", &text[..end]),
                None => text.to_owned(),
            };
            papers::layout(&each_text(&paper, &cut)?, fonts)
        }
        laid => laid,
    };
    papers::pdf(&laid.map_err(Error::internal)?, fonts, &info).map_err(Error::internal)
}

fn shown(c: char, fonts: &papers::Fonts) -> char {
    if c.is_control() || fonts.covers(c) { c } else { NO_GLYPH }
}

/// The same paper with every text of it changed.
fn each_text(paper: &Paper, change: &dyn Fn(&str) -> String) -> Result<Paper> {
    fn walk(value: &mut serde_json::Value, change: &dyn Fn(&str) -> String) {
        match value {
            serde_json::Value::String(text) => *text = change(text),
            serde_json::Value::Array(all) => all.iter_mut().for_each(|it| walk(it, change)),
            serde_json::Value::Object(all) => all.values_mut().for_each(|it| walk(it, change)),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(paper).map_err(Error::internal)?;
    walk(&mut value, change);
    serde_json::from_value(value).map_err(Error::internal)
}
