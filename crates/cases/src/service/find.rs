//! Cases by a number, for officers: that of the case, or of who applied.

use std::collections::BTreeSet;

use identity::{Look, Purpose};
use kernel::{Basis, Ctx, Cursor, Error, Holder, Page, PageAsk, Result};
use standards::{CaseNumber, CitizenNumber, CreditCode};
use storage::{args, each};
use webkit::App;

use super::{
    load_for,
    reads::{self, CaseSummary},
    sees,
};
use crate::{
    SEE,
    store::{self, CaseRow},
};

/// The cases of this number that the caller's posts may see, newest first: one case by its own number (办件编号), or all of a person or
/// enterprise by citizen number or unified social credit code. People are found by the keyed digest of the number, which is kept
/// nowhere in clear; the look-up is logged without it.
///
/// # Errors
/// [`Error::Forbidden`] without any post that handles cases; [`Error::Invalid`] at `number` for anything else;
/// [`Error::NotFound`] for a key of another list; if the engine fails.
pub async fn find_cases(ctx: &Ctx, app: &App, number: &str, ask: &PageAsk) -> Result<Page<CaseSummary>> {
    if !ctx.actor.grants.iter().any(|it| it.permission == SEE.code) {
        return Err(Error::Forbidden { action: "办理办件" });
    }
    let holder = match read(number)? {
        Wanted::Case(number) => return one(ctx, app, &number).await,
        wanted => holder(ctx, app, wanted).await?,
    };
    match holder {
        Some(holder) => {
            let rows = rows_of(ctx, app, holder, ask).await?;
            reads::summaries(ctx, app, rows).await
        }
        None => Ok(Page { items: Vec::new(), next: None }),
    }
}

/// Who applied under this number of a person or enterprise, as its rows are kept. Who asks has a post that handles cases.
///
/// # Errors
/// [`Error::Invalid`] at `number` for anything else, or nobody's; if the engine fails.
pub(crate) async fn whose(ctx: &Ctx, app: &App, number: &str) -> Result<String> {
    let unknown = "请用申请人的公民身份号码或者统一社会信用代码查找以后再导出。";
    let found = match read(number)? {
        Wanted::Case(_) => None,
        wanted => holder(ctx, app, wanted).await?,
    };
    found.map(|it| it.to_string()).ok_or_else(|| Error::invalid("number", unknown))
}

/// Whose number it is; of a person's the look-up is logged.
async fn holder(ctx: &Ctx, app: &App, wanted: Wanted) -> Result<Option<Holder>> {
    Ok(match wanted {
        Wanted::Case(_) => None,
        Wanted::Person(number) => {
            let found = identity::find_person_by_citizen_number(app, &number).await?;
            if let Some(person) = found {
                let basis = ctx.actor.grants.iter().find(|it| it.permission == SEE.code).map(|it| Basis::Post(it.post));
                identity::look(ctx, app, person, (Purpose::Finding, &Look { basis, ..Look::default() })).await?;
            }
            found.map(Holder::Person)
        }
        Wanted::Enterprise(code) => {
            identity::find_enterprise_by_uscc(&app.db, code.as_str()).await?.map(|it| Holder::Enterprise(it.id))
        }
    })
}

/// What a number is.
enum Wanted {
    Case(CaseNumber),
    Person(CitizenNumber),
    Enterprise(CreditCode),
}

fn read(number: &str) -> Result<Wanted> {
    let number = number.trim();
    if let Ok(it) = CaseNumber::parse(number) {
        return Ok(Wanted::Case(it));
    }
    if let Ok(it) = CitizenNumber::parse(number) {
        return Ok(Wanted::Person(it));
    }
    let unknown = "请输入完整的办件编号、公民身份号码或统一社会信用代码，核对有没有错漏。";
    CreditCode::parse(number).map(Wanted::Enterprise).map_err(|_| Error::invalid("number", unknown))
}

async fn one(ctx: &Ctx, app: &App, number: &CaseNumber) -> Result<Page<CaseSummary>> {
    let mut items = Vec::new();
    if let Some(row) = app.db.find(store::NUMBER, args![number.to_string()]).await? {
        match load_for(ctx, app, row.id("case_id")?).await {
            Ok(row) => items.push(row),
            // Nobody learns from a number whether a case exists.
            Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    reads::summaries(ctx, app, Page { items, next: None }).await
}

/// The cases of an applicant that the caller's posts may see, newest first.
pub(crate) async fn rows_of(ctx: &Ctx, app: &App, holder: Holder, ask: &PageAsk) -> Result<Page<CaseRow>> {
    let (at, id) = match &ask.after {
        Some(cursor) => (cursor.int(0)?, cursor.text(1)?.to_owned()),
        None => (i64::MAX, String::new()),
    };
    let grants = ctx.actor.grants.iter().filter(|it| it.permission == SEE.code);
    let posts: BTreeSet<_> = grants.map(|it| it.authority).collect();
    let (anywhere, places) = (posts.contains(&None), each(posts.iter().flatten()));
    let values = args![holder.to_string(), at, id, ask.sql_limit(), anywhere, places];
    let rows = app.db.query(store::OF_HOLDER_SEEN, values).await?;
    let rows = rows.iter().map(store::case).collect::<Result<Vec<CaseRow>>>()?;
    let mut page = Page::cut(rows, ask, |it| Cursor::new([it.case.filed.at.micros().to_string(), it.id.to_string()]));
    page.items.retain(|it| sees(ctx, it).is_ok());
    Ok(page)
}
