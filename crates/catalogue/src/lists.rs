//! Lists as files: CSV, JSON, XLSX and PDF, all from one table of words. No cell is ever read as a formula.

use kernel::{Authority, Error, Id, PAGE_MAX, PageAsk, Result};
use papers::{Block, Fonts, ListItem, Paper, PaperError};
use rust_xlsxwriter::{Format, FormatAlign, Workbook, XlsxError};
use serde_json::{Map, Value};
use storage::Db;

use crate::{
    model::{ItemDocument, ItemState, ItemSummary, ListKind, Sheet},
    reads::{self, ItemFilter},
};

/// Items of one authority's list at most: more than any county's largest department has.
const ITEMS_MAX: usize = 5_000;
/// Characters that no font has are replaced so often before a paper is given up.
const RARE_MAX: usize = 200;
/// What stands for a character that no font has (as in notices).
const RARE: &str = "〓";
/// A column is at most so many characters wide.
const WIDE_MAX: usize = 60;

/// The list of this kind of an authority: its items that the public sees.
///
/// # Errors
/// [`Error::NotFound`] if there is no such authority; [`Error::TooLarge`] past [`ITEMS_MAX`]; if the engine fails.
pub async fn published_list(db: &Db, authority: Id<Authority>, kind: ListKind) -> Result<Sheet> {
    let office = identity::authority(db, authority).await?.facts.name;
    let filter = ItemFilter { authority: Some(authority), public: true, ..ItemFilter::default() };
    let mut items: Vec<(ItemSummary, Option<ItemDocument>)> = Vec::new();
    let mut ask = PageAsk { after: None, limit: PAGE_MAX };
    loop {
        let page = reads::items(db, &filter, &ask).await?;
        let ids: Vec<_> = page.items.iter().filter(|it| it.state != ItemState::Listed).map(|it| it.id).collect();
        let mut documents = reads::in_force_of(db, &ids).await?;
        items.extend(page.items.into_iter().map(|it| (documents.remove(&it.id), it)).map(|(doc, it)| (it, doc)));
        if items.len() > ITEMS_MAX {
            return Err(Error::TooLarge { reason: format!("清单超过 {ITEMS_MAX} 项，请使用开放数据。") });
        }
        let Some(next) = page.next else { break };
        ask.after = Some(next.parse()?);
    }
    Ok(Sheet::of(kind, &office, &items))
}

/// A cell of a CSV file: what a spreadsheet would take for a formula is made text.
pub(crate) fn plain(cell: &str) -> String {
    let number = cell.parse::<f64>().is_ok();
    match cell.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') if !number => format!("'{cell}"),
        _ => cell.to_owned(),
    }
}

/// Rows as CSV in UTF-8 with its mark, as spreadsheets expect it.
///
/// # Errors
/// If a row cannot be written.
pub(crate) fn csv<'a>(rows: impl Iterator<Item = Vec<&'a str>>, mark: bool) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.iter().map(|it| plain(it))).map_err(Error::internal)?;
    }
    let body = writer.into_inner().map_err(|error| Error::internal(error.to_string()))?;
    Ok(if mark { ["\u{feff}".as_bytes(), &body].concat() } else { body })
}

/// A list as CSV.
///
/// # Errors
/// As [`csv`].
pub(crate) fn sheet_csv(sheet: &Sheet) -> Result<Vec<u8>> {
    let head = std::iter::once(sheet.kind.columns().to_vec());
    let rows = sheet.rows.iter().map(|row| row.iter().map(String::as_str).collect());
    csv(head.chain(rows), true)
}

/// A list as JSON: an object a row, keyed by the column's name.
pub(crate) fn sheet_json(sheet: &Sheet) -> Value {
    let row = |row: &Vec<String>| {
        let pairs = sheet.kind.columns().iter().zip(row);
        Value::Object(pairs.map(|(name, it)| ((*name).to_owned(), Value::from(it.as_str()))).collect::<Map<_, _>>())
    };
    let rows: Vec<_> = sheet.rows.iter().map(row).collect();
    serde_json::json!({ "title": sheet.title(), "rows": rows })
}

/// A list as an XLSX workbook of one sheet; every cell is text.
///
/// # Errors
/// If the workbook cannot be written.
pub(crate) fn sheet_xlsx(sheet: &Sheet) -> Result<Vec<u8>> {
    workbook(sheet).map_err(Error::internal)
}

fn workbook(sheet: &Sheet) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    page.set_name(sheet.kind.name())?;
    let columns = sheet.kind.columns();
    let last = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    let head = Format::new().set_bold().set_align(FormatAlign::Center).set_text_wrap();
    let cell = Format::new().set_align(FormatAlign::Top).set_text_wrap();
    page.merge_range(
        0,
        0,
        0,
        last,
        &sheet.title(),
        &Format::new().set_bold().set_font_size(16).set_align(FormatAlign::Center),
    )?;
    for (column, name) in (0_u16..).zip(columns) {
        page.write_string_with_format(1, column, *name, &head)?;
        let longest = sheet.rows.iter().filter_map(|it| it.get(usize::from(column))).map(|it| it.chars().count()).max();
        let wide = longest.unwrap_or_default().max(name.chars().count()).clamp(4, WIDE_MAX);
        // A Chinese character is as wide as two digits.
        page.set_column_width(column, u32::try_from(wide).unwrap_or(60) * 2)?;
    }
    for (row, values) in (2_u32..).zip(&sheet.rows) {
        for (column, value) in (0_u16..).zip(values) {
            page.write_string_with_format(row, column, value.as_str(), &cell)?;
        }
    }
    page.set_freeze_panes(2, 2)?;
    page.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(1, 1)?;
    book.save_to_buffer()
}

/// A list as an official paper. A character that no font has becomes 〓, as in notices.
///
/// # Errors
/// [`Error::TooLarge`] if it fills more pages than a paper may have.
pub(crate) fn sheet_pdf(sheet: &Sheet, fonts: &Fonts, day: time::Date) -> Result<Vec<u8>> {
    let mut paper = paper(sheet, day);
    for _ in 0..RARE_MAX {
        match papers::layout(&paper, fonts) {
            Ok(laid) => {
                let info = papers::Info {
                    title: sheet.title(),
                    author: sheet.authority.clone(),
                    subject: sheet.kind.name().to_owned(),
                    keywords: Vec::new(),
                    created: day.midnight().assume_utc(),
                };
                return papers::pdf(&laid, fonts, &info).map_err(Error::internal);
            }
            Err(PaperError::MissingGlyph { character, .. }) => paper = without(&paper, character)?,
            Err(PaperError::TooLong { limit }) => {
                let reason = format!("清单超过 {limit} 页，不宜打印成一份，请下载 XLSX。");
                return Err(Error::TooLarge { reason });
            }
            Err(error) => return Err(Error::internal(error)),
        }
    }
    Err(Error::internal("too many characters that no font has"))
}

/// The paper without a character that no font has.
fn without(paper: &Paper, character: char) -> Result<Paper> {
    let text = serde_json::to_string(paper).map_err(Error::internal)?;
    serde_json::from_str(&text.replace(character, RARE)).map_err(Error::internal)
}

fn paper(sheet: &Sheet, day: time::Date) -> Paper {
    let columns = sheet.kind.columns();
    // 序号 and 事项名称 are the item itself; the other columns are what is said of it.
    let item = |row: &Vec<String>| ListItem {
        text: row.get(1).cloned().unwrap_or_default(),
        notes: columns
            .iter()
            .zip(row)
            .skip(2)
            .filter(|it| !it.1.is_empty())
            .map(|(name, value)| format!("{name}：{value}"))
            .collect(),
    };
    let count = format!("{}共 {} 条。", sheet.kind.about(), sheet.rows.len());
    let mut blocks = vec![Block::Paragraph(count)];
    if !sheet.rows.is_empty() {
        blocks.push(Block::List(sheet.rows.iter().map(item).collect()));
    }
    Paper {
        authority: sheet.authority.clone(),
        title: sheet.kind.name().to_owned(),
        number: None,
        addressee: None,
        blocks,
        signature: Some(papers::Signature {
            authority: sheet.authority.clone(),
            date: day,
            date_style: papers::DateStyle::Digits,
            seal: papers::SealMark::Blank,
        }),
        notes: Vec::new(),
        verification: None,
        watermark: None,
    }
}
