//! Imports and their reports, as they are written out.

use kernel::{Authority, Ctx, Cursor, Error, Id, Page, PageAsk, Result};
use webkit::{App, Listing, filter_of};

use super::exchange::{HERE, whose};
use crate::{
    CATALOGUE, ReportLine,
    exchange::{
        job::{self, CHANGED, FieldChange, REPORT_KINDS},
        write::ImportMark,
    },
};

/// The imports for an authority, or for the site.
pub(crate) const LISTING: Listing = Listing {
    code: "catalogue.imports",
    name: "事项的导入",
    page: HERE,
    needs: &[CATALOGUE],
    columns: &[
        ("文件", 36),
        ("实施主体", 36),
        ("时间", 20),
        ("状态", 12),
        ("新增", 10),
        ("修改", 10),
        ("未变", 10),
        ("拒绝", 10),
        ("没有完成的原因", 36),
    ],
    rows: |ctx, app, query, ask| Box::pin(rows(ctx, app, query, ask)),
};

#[derive(serde::Deserialize, Default)]
#[serde(default)]
struct ImportsAsk {
    authority: String,
}

async fn rows(ctx: &Ctx, app: &App, query: &str, ask: &PageAsk) -> Result<Page<Vec<String>>> {
    let authority: Option<Id<Authority>> = whose(&filter_of::<ImportsAsk>(query)?.authority)?;
    let found = job::jobs(ctx, &app.db, authority, ask).await?;
    let office = match authority {
        Some(id) => identity::authority(&app.db, id).await?.facts.name,
        None => "全站".to_owned(),
    };
    Ok(found.map(|it| {
        let mut cells = vec![it.shown_name().to_owned(), office.clone(), it.begun_at.zh(), it.state.name().to_owned()];
        let counts = [it.counts.added, it.counts.updated, it.counts.unchanged, it.counts.refused];
        cells.extend(counts.map(|it| it.to_string()));
        cells.push(it.failure);
        cells
    }))
}

/// The report of one import: the lines of one kind.
pub(crate) const REPORT: Listing = Listing {
    code: "catalogue.import",
    name: "导入报告",
    page: "/desk/items/exchange/{id}",
    needs: &[CATALOGUE],
    columns: &[("种类", 12), ("工作表", 24), ("行", 8), ("列", 24), ("内容", 36), ("原因", 60), ("怎么办", 36)],
    rows: |ctx, app, query, ask| Box::pin(report(ctx, app, query, ask)),
};

#[derive(serde::Deserialize)]
struct ReportAsk {
    id: Id<ImportMark>,
    kind: String,
}

async fn report(ctx: &Ctx, app: &App, query: &str, ask: &PageAsk) -> Result<Page<Vec<String>>> {
    let ReportAsk { id, kind } = filter_of(query)?;
    let job = job::job(ctx, &app.db, id).await?;
    let (kind, words) = REPORT_KINDS.iter().find(|it| it.0 == kind).ok_or(Error::NotFound { what: "这种报告" })?;
    let after = ask.after.as_ref().map_or(Ok(-1), |it| it.int(0))?;
    let found = job::report(&app.db, job.id, (kind, after), ask.sql_limit()).await?;
    let page = Page::cut(found, ask, |it| Cursor::new([it.0.to_string()]));
    Ok(page.map(|it| cells((kind, words), it.1)))
}

fn cells((kind, words): (&str, &str), it: ReportLine) -> Vec<String> {
    let line = if it.line == 0 { String::new() } else { it.line.to_string() };
    if kind != CHANGED {
        return vec![words.to_owned(), it.sheet, line, it.column, it.value, it.reason, it.advice];
    }
    let changes: Vec<FieldChange> = serde_json::from_str(&it.reason).unwrap_or_default();
    let changes: Vec<_> = changes.iter().map(|it| format!("{}：{} → {}", it.0, it.1, it.2)).collect();
    vec![words.to_owned(), it.sheet, line, String::new(), it.value, changes.join("\n"), String::new()]
}
