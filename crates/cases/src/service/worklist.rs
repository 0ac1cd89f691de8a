//! Worklists: what waits for an officer's posts.

use std::collections::{BTreeSet, HashMap};

use kernel::{Authority, Ctx, Cursor, Error, Id, Item, Page, PageAsk, Permission, Result};
use standards::Limit;
use storage::{Sql, Value, args};
use webkit::App;

use super::reads::{CaseSummary, summaries};
use crate::{
    ACCEPT, Calendars, DECIDE, ISSUE, REVIEW, SEE,
    store::{self, CaseRow},
};

/// Which cases a worklist shows. Empty: all that wait for the caller.
#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    /// Waiting for this post: `accept`, `review`, `decide`, `issue`; or `applicant`, `none` (over), of all the caller's authorities.
    pub post: String,
    /// Of this item.
    pub item: Option<Id<Item>>,
    /// In this state, by code.
    pub stage: String,
    /// Only what is due within [`SOON_DAYS`] working days, or was.
    pub soon: bool,
}

/// Working days within which a worklist calls a day near (即将到期).
const SOON_DAYS: u32 = 3;

/// The posts that have worklists.
pub(crate) const POSTS: [(&str, &str, Permission); 4] =
    [("accept", "受理", ACCEPT), ("review", "审核", REVIEW), ("decide", "审批", DECIDE), ("issue", "发证", ISSUE)];

/// A post at one authority (`None`: at every one), and the item to which it is bound, if it is.
type Slot = (Option<Id<Authority>>, &'static str, Option<Id<Item>>);

/// What waits for the caller's posts, the most pressing first: a walk over the index for each post and authority, however long the lists
/// are, and one read of the cases on the page.
///
/// # Errors
/// [`Error::Forbidden`] without any post that handles cases; [`Error::NotFound`] for a key of another list; if the engine fails.
pub async fn worklist(ctx: &Ctx, app: &App, filter: &CaseFilter, ask: &PageAsk) -> Result<Page<CaseSummary>> {
    if !ctx.actor.grants.iter().any(|it| it.permission == SEE.code) {
        return Err(Error::Forbidden { action: "办理办件" });
    }
    let (due, id) = match &ask.after {
        Some(cursor) => (cursor.text(0)?.to_owned(), cursor.text(1)?.to_owned()),
        None => (String::new(), String::new()),
    };
    let until = if filter.soon { soon(ctx, app).await? } else { store::NO_DAY.to_owned() };
    // Several posts may show the same case; each is listed once.
    let mut waiting = BTreeSet::new();
    for (authority, post, bound) in slots(ctx, filter) {
        if bound.is_some() && filter.item.is_some() && bound != filter.item {
            continue;
        }
        let at = authority.map(|it| it.to_string()).unwrap_or_default();
        let item = bound.or(filter.item).map(|it| it.to_string()).unwrap_or_default();
        let mut values = args![at, post, &due, &id, &until, ask.sql_limit()];
        let narrowed = !(item.is_empty() && filter.stage.is_empty());
        if narrowed {
            values.extend(args![item, &filter.stage]);
        }
        for row in app.db.query(walk(authority.is_some(), narrowed), values).await? {
            waiting.insert((row.string("due_key")?, row.string("id")?));
        }
    }
    let key = |it: &(String, String)| Cursor::new([it.0.clone(), it.1.clone()]);
    let page = Page::cut(waiting.into_iter().collect(), ask, key);
    let mut rows = read(app, &page.items).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for key in &page.items {
        if let Some(row) = rows.remove(&key.1)
            && !is_for_others(ctx, app, &row).await?
        {
            items.push(row);
        }
    }
    summaries(ctx, app, Page { items, next: page.next }).await
}

/// Whether a case waits for a decision that the caller may not make, having accepted or reviewed it where the item separates hands.
async fn is_for_others(ctx: &Ctx, app: &App, row: &CaseRow) -> Result<bool> {
    let Ok(person) = ctx.person() else { return Ok(false) };
    let had = row.case.handling().is_some_and(|it| it.hand_of(person).is_some());
    if !had || store::post_of(row.case.stage()) != "decide" {
        return Ok(false);
    }
    Ok(super::document(app, row.facts.item, row.facts.item_version).await?.separate_hands)
}

fn walk(at_one_authority: bool, narrowed: bool) -> Sql {
    match (at_one_authority, narrowed) {
        (true, false) => store::WAITING,
        (true, true) => store::WAITING_FOR,
        (false, false) => store::WAITING_ANYWHERE,
        (false, true) => store::WAITING_ANYWHERE_FOR,
    }
}

async fn read(app: &App, keys: &[(String, String)]) -> Result<HashMap<String, CaseRow>> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let mut values: Vec<Value> = keys.iter().map(|it| Value::from(&it.1)).collect();
    values.resize(store::CASES_AT_ONCE, Value::from(""));
    let rows = app.db.query(store::CASES, values).await?;
    rows.iter().map(|row| Ok((row.string("id")?, store::case(row)?))).collect()
}

/// The last day that is near today.
async fn soon(ctx: &Ctx, app: &App) -> Result<String> {
    let calendar = app.part::<Calendars>()?.now(&app.db, ctx.now).await?;
    let due = calendar.due(ctx.now.legal_date(), Limit::working_days(SOON_DAYS), &[]).map_err(Error::internal)?;
    Ok(due.value().to_string())
}

/// The lists that the caller's posts open.
fn slots(ctx: &Ctx, filter: &CaseFilter) -> BTreeSet<Slot> {
    let wanted: Vec<(&'static str, Permission)> = match filter.post.as_str() {
        "applicant" => vec![("applicant", SEE)],
        "none" => vec![("none", SEE)],
        post => POSTS.iter().filter(|it| post.is_empty() || it.0 == post).map(|it| (it.0, it.2)).collect(),
    };
    let mut slots = BTreeSet::new();
    for (post, permission) in wanted {
        let grants = ctx.actor.grants.iter().filter(|it| it.permission == permission.code);
        slots.extend(grants.map(|it| (it.authority, post, it.item)));
    }
    // Whoever may see all of a list need not walk its parts.
    let whole: BTreeSet<Slot> = slots.iter().filter(|it| it.2.is_none()).copied().collect();
    slots.retain(|&(authority, post, item)| {
        let wider = [(None, post, None), (authority, post, None)];
        wider.iter().all(|it| !whole.contains(it) || *it == (authority, post, item))
    });
    slots
}
