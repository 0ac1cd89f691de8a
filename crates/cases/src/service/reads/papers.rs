//! The papers of a case, as pages show them.

use std::collections::BTreeMap;

use catalogue::ItemDocument;
use kernel::{Error, Result};
use serde::Serialize;
use webkit::{App, utoipa::ToSchema};

use crate::{
    model::{Event, PaperKind},
    service::{papers, subject},
    store::CaseRow,
};

/// A paper as pages show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PaperView {
    /// 序号
    pub number: i64,
    /// 标题
    pub title: String,
    /// 文号；空：正在出具
    pub document_number: String,
    /// 出具时间
    pub made_at: String,
    /// 已作废：所依据的办理步骤已经撤销
    pub withdrawn: bool,
}

/// The papers that are made, and those that are being made.
pub(crate) async fn paper_views(
    app: &App,
    row: &CaseRow,
    document: &ItemDocument,
    made: Vec<papers::PaperRow>,
) -> Result<Vec<PaperView>> {
    let mut views: BTreeMap<i64, PaperView> = made.into_iter().map(|it| (it.number, paper_view(&it))).collect();
    for record in journal::history(&app.db, &subject(row.id)).await? {
        let event = Event::read(&record.kind, &record.body).map_err(Error::internal)?;
        if let (Some(kind), Some(item_type)) = (event.paper(), document.item_type()) {
            views.entry(record.version).or_insert_with(|| unkept(row, &record, kind.title(item_type), kind));
        }
    }
    Ok(views.into_values().map(|it| marked(row, it)).collect())
}

pub(super) fn paper_view(it: &papers::PaperRow) -> PaperView {
    PaperView {
        number: it.number,
        title: it.title.clone(),
        document_number: it.document_number.clone(),
        made_at: it.made_at.zh(),
        withdrawn: false,
    }
}

/// A paper that is not kept: one read off the record is there at once, another is being made.
pub(super) fn unkept(row: &CaseRow, record: &journal::Record, title: &str, kind: PaperKind) -> PaperView {
    let (document_number, made_at) =
        if kind.is_read_off() { (row.facts.number.clone(), record.at.zh()) } else { Default::default() };
    PaperView { number: record.version, title: title.to_owned(), document_number, made_at, withdrawn: false }
}

/// The same, marked where the act for which it was made was undone.
pub(super) fn marked(row: &CaseRow, it: PaperView) -> PaperView {
    if row.case.is_annulled(it.number) {
        PaperView { title: format!("{}（已作废）", it.title), withdrawn: true, ..it }
    } else {
        it
    }
}
