//! Whether a document could be published as an item's, under which codes, and all that keeps it from that.

use kernel::{Error, Fault, Item, Result};
use standards::{HandlingCode, ItemCode};
use storage::{Db, args};

use super::{base, one_code};
use crate::{
    model::{BaseEntry, Finding, ItemDocument, ItemSummary, Rulebook, Severity},
    offices::{self, Office},
    store,
};

/// The implementing code (实施编码, 31 characters) and, for a part of an item, the code of the part (业务办理项编码, 33); else empty.
type Codes = (String, String);

/// The codes under which the document may be published as this item's.
///
/// # Errors
/// [`Error::Invalid`] with [all that keeps it](obstacles) from being published.
pub(crate) async fn coded(db: &Db, item: &ItemSummary, doc: &ItemDocument, book: &Rulebook) -> Result<Codes> {
    let (codes, obstacles) = weighed(db, item, doc, book).await?;
    match codes.filter(|_| obstacles.is_empty()) {
        Some(codes) => Ok(codes),
        None => Err(Error::Invalid(obstacles.into_iter().map(Fault::from).collect())),
    }
}

/// All that keeps the document from being published: what the guide lacks, a base entry that has changed, an authority without code,
/// a code that another item has.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn obstacles(
    db: &Db,
    item: &ItemSummary,
    doc: &ItemDocument,
    book: &Rulebook,
) -> Result<Vec<Finding>> {
    Ok(weighed(db, item, doc, book).await?.1)
}

async fn weighed(
    db: &Db,
    item: &ItemSummary,
    doc: &ItemDocument,
    book: &Rulebook,
) -> Result<(Option<Codes>, Vec<Finding>)> {
    let office = offices::office(db, item.authority).await?;
    let directory = base::find(db, doc.base.as_ref().map(|it| it.code.as_str()).unwrap_or_default()).await?;
    let mut found = book.findings(doc);
    found.extend(outside(doc, &office, directory.map(|it| it.0).as_ref()));
    found.extend(preliminary(db, doc, &office).await?);
    let codes = match codes(doc, &office, item) {
        Ok(codes) => codes,
        Err(finding) => {
            found.push(finding);
            return Ok((None, found));
        }
    };
    if let Some((item_code, handling_code)) = &codes {
        let bearer = db.find(store::ITEM_OF_CODE, args![item_code, handling_code]).await?;
        if bearer.map(|row| row.id::<Item>("id")).transpose()?.is_some_and(|other| other != item.id) {
            found.extend(one_code(book));
        }
    }
    Ok((codes, found))
}

fn block(field: &str, message: impl Into<String>) -> Finding {
    Finding { rule: 0, field: field.to_owned(), message: message.into(), severity: Severity::Block }
}

/// What keeps the document from being published and does not lie in it.
fn outside(doc: &ItemDocument, office: &Office, directory: Option<&BaseEntry>) -> Vec<Finding> {
    let mut out = Vec::new();
    if directory.is_some() && directory != doc.base.as_ref() {
        out.push(block("base", "基本目录已经变更，请先打开本事项保存一次，按新的基本目录核对后再送审。"));
    }
    if office.credit_code.is_none() {
        let message = "实施主体没有统一社会信用代码，无法生成实施编码，请先在机构管理中补充。";
        out.push(block("authority", message));
    }
    out
}

/// Offices of the preliminary review that the site does not know, or that do not lie below the authority.
async fn preliminary(db: &Db, doc: &ItemDocument, office: &Office) -> Result<Vec<Finding>> {
    let mut out = Vec::new();
    let codes = doc.preliminary.iter().flat_map(|it| &it.offices).map(|it| it.trim()).filter(|it| !it.is_empty());
    for (place, code) in codes.enumerate() {
        let at = format!("preliminary/offices/{place}");
        let Some(lower) = offices::lower(db, code).await? else {
            out.push(block(
                &at,
                format!("没有统一社会信用代码为「{code}」的机关，请先在机构管理中登记，或者更正代码。"),
            ));
            continue;
        };
        if !lower.is_within(&office.division) || lower == office.division {
            let message = format!("「{code}」不是本机关的下级机关，不能由它初审；请填写本地以下各级的机关。");
            out.push(block(&at, message));
        }
    }
    Ok(out)
}

/// The codes that the document gives the item (实施编码 = USCC + 行使层级 + 基本编码); `None` while it does not say enough.
fn codes(doc: &ItemDocument, office: &Office, item: &ItemSummary) -> std::result::Result<Option<Codes>, Finding> {
    let (Some(body), Some(level), Some(base)) = (&office.credit_code, doc.use_levels.first(), &doc.base) else {
        return Ok(None);
    };
    let Ok(code) = ItemCode::from_parts(body, *level, &base.code) else { return Ok(None) };
    let code = code.as_str().to_owned();
    let part = match doc.handling_number {
        None => String::new(),
        Some(n) => match HandlingCode::parse(&format!("{code}{n:02}")) {
            Ok(part) if n > 0 => part.as_str().to_owned(),
            _ => return Err(block("handling_number", "业务办理项序号应为 1 至 99。")),
        },
    };
    if item.item_code.is_empty() || (&item.item_code, &item.handling_code) == (&code, &part) {
        return Ok(Some((code, part)));
    }
    let was = &item.item_code;
    let message = format!("实施编码一经发布不得变更（原为 {was}）。基本编码、层级或者序号变了的，请新编一个事项。");
    Err(block("base", message))
}
