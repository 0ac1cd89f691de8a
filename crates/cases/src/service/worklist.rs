//! Worklists: what waits for an officer's posts.

use std::{
    collections::{BTreeSet, HashMap},
    fmt::Display,
};

use kernel::{Authority, Ctx, Cursor, Error, Id, Item, Page, PageAsk, Permission, Person, Result};
use serde::{Deserialize, Serialize};
use standards::Limit;
use storage::{Sql, Value, args, each};
use webkit::App;

use super::{
    claims,
    reads::{CaseSummary, summaries},
};
use crate::{
    ACCEPT, Calendars, DECIDE, HEAD, ISSUE, REVIEW, SEE,
    store::{self, CaseRow, desk},
};

/// In whose hands the cases of a worklist are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whose {
    /// Whoever's, or nobody's.
    #[default]
    All,
    /// The caller's own, and those of whom the caller stands in for (我的).
    Mine,
    /// Nobody's; and those of colleagues who are away (本组待领).
    Group,
    /// This officer's.
    Of(Id<Person>),
}

/// Which cases a worklist shows. Empty: all that wait for the caller.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CaseFilter {
    /// Waiting for this post: `accept`, `review`, `decide`, `issue`; or `applicant`, `none` (over), `handed_up` (examined first here and
    /// decided above), of all the caller's authorities.
    pub post: String,
    /// Of this item.
    pub item: Option<Id<Item>>,
    /// In this state, by code.
    pub stage: String,
    /// Only what is due within so many working days, or was; below 0: only what is overdue.
    pub within: Option<i32>,
    /// In whose hands.
    pub whose: Whose,
}

/// Working days within which a worklist calls a day near (即将到期).
pub(crate) const SOON_DAYS: i32 = 3;
/// How many cases are counted at most; more are told as «99+».
const COUNTED: i64 = 100;
/// Working days ahead that a list can ask for at most.
const WITHIN_MAX: u32 = 250;

/// The head of the organ: what waits for this post waits for another one too.
const HEAD_POST: &str = "head";

/// What was examined first here and handed up.
pub(crate) const HANDED_UP: &str = "handed_up";

/// The posts that have worklists.
pub(crate) const POSTS: [(&str, &str, Permission); 5] = [
    ("accept", "受理", ACCEPT),
    ("review", "审核", REVIEW),
    ("decide", "审批", DECIDE),
    ("issue", "发证", ISSUE),
    (HEAD_POST, "负责人", HEAD),
];

/// A post at one authority (`None`: at every one), and the item to which it is bound, if it is.
type Slot = (Option<Id<Authority>>, &'static str, Option<Id<Item>>);

/// The key of a case in a worklist: its most pressing day, and its id.
type Key = (String, String);

/// What waits for the caller's posts, the most pressing first: a walk over the index for each post and authority, however long the lists
/// are, and one read of the cases on the page.
///
/// # Errors
/// [`Error::Forbidden`] without any post that handles cases; [`Error::NotFound`] for a key of another list; if the engine fails.
pub async fn worklist(ctx: &Ctx, app: &App, filter: &CaseFilter, ask: &PageAsk) -> Result<Page<CaseSummary>> {
    let rows = worklist_rows(ctx, app, filter, ask).await?;
    summaries(ctx, app, rows).await
}

/// As [`worklist`], with all that is kept of each case.
pub(crate) async fn worklist_rows(ctx: &Ctx, app: &App, filter: &CaseFilter, ask: &PageAsk) -> Result<Page<CaseRow>> {
    if !ctx.actor.grants.iter().any(|it| it.permission == SEE.code) {
        return Err(Error::Forbidden { action: "办理办件" });
    }
    let (due, id) = match &ask.after {
        Some(cursor) => (cursor.text(0)?.to_owned(), cursor.text(1)?.to_owned()),
        None => (String::new(), String::new()),
    };
    let walk = Walk { after: (due, id), until: until(ctx, app, filter.within).await?, limit: ask.sql_limit() };
    // Several posts may show the same case; each is listed once.
    let waiting = match filter.whose {
        Whose::Mine => in_hand(app, filter, &walk, &claims::whose(ctx)).await?,
        Whose::Of(person) => in_hand(app, filter, &walk, &[person]).await?,
        Whose::All | Whose::Group => at_posts(ctx, app, filter, &walk).await?,
    };
    let key = |it: &Key| Cursor::new([it.0.clone(), it.1.clone()]);
    let page = Page::cut(waiting.into_iter().collect(), ask, key);
    let ids: Vec<&str> = page.items.iter().map(|it| it.1.as_str()).collect();
    let mut rows = read(app, &ids).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for key in &page.items {
        if let Some(row) = rows.remove(&key.1)
            && super::sees(ctx, &row).is_ok()
            && !is_for_others(ctx, app, &row).await?
        {
            items.push(row);
        }
    }
    Ok(Page { items, next: page.next })
}

/// From where to where one walks over an index.
struct Walk {
    after: Key,
    until: String,
    limit: i64,
}

impl Walk {
    async fn over(&self, app: &App, sql: Sql, values: Vec<Value>, found: &mut BTreeSet<Key>) -> Result<()> {
        for row in app.db.query(sql, values).await? {
            found.insert((row.string("due_key")?, row.string("id")?));
        }
        Ok(())
    }
}

/// What these officers have in hand.
async fn in_hand(app: &App, filter: &CaseFilter, walk: &Walk, whose: &[Id<Person>]) -> Result<BTreeSet<Key>> {
    let mut found = BTreeSet::new();
    let item = filter.item.map(|it| it.to_string()).unwrap_or_default();
    for person in whose {
        let values =
            args![*person, &walk.after.0, &walk.after.1, &walk.until, walk.limit, &item, &filter.stage, &filter.post];
        walk.over(app, desk::IN_HAND, values, &mut found).await?;
    }
    Ok(found)
}

/// What waits for the caller's posts: all of it, or what nobody has in hand.
async fn at_posts(ctx: &Ctx, app: &App, filter: &CaseFilter, walk: &Walk) -> Result<BTreeSet<Key>> {
    let mut found = BTreeSet::new();
    let group = filter.whose == Whose::Group;
    for (authority, post, bound) in slots(ctx, &filter.post) {
        if bound.is_some() && filter.item.is_some() && bound != filter.item {
            continue;
        }
        let at = authority.map(|it| it.to_string()).unwrap_or_default();
        let item = bound.or(filter.item).map(|it| it.to_string()).unwrap_or_default();
        let mut values = args![at, post, &walk.after.0, &walk.after.1, &walk.until, walk.limit];
        if post == HEAD_POST {
            // Nobody has in hand what waits for the head.
            if !group {
                values.extend(args![item, &filter.stage]);
                let sql = if authority.is_some() { desk::HEAD_WAITING } else { desk::HEAD_WAITING_ANYWHERE };
                walk.over(app, sql, values, &mut found).await?;
            }
            continue;
        }
        if post == HANDED_UP {
            // Whoever has a post at every authority finds it in the lists of those that decide.
            if authority.is_some() {
                values.extend(args![item, &filter.stage]);
                walk.over(app, desk::HANDED_UP, values, &mut found).await?;
            }
            continue;
        }
        let narrowed = group || !(item.is_empty() && filter.stage.is_empty());
        if narrowed {
            values.extend(args![item, &filter.stage]);
        }
        if !group {
            walk.over(app, waiting(authority.is_some(), narrowed), values, &mut found).await?;
        } else if authority.is_some() {
            walk.over(app, desk::FREE, values.clone(), &mut found).await?;
            values.push(ctx.now.legal_date().into());
            walk.over(app, desk::LEFT_BEHIND, values, &mut found).await?;
        } else {
            walk.over(app, desk::FREE_ANYWHERE, values, &mut found).await?;
        }
    }
    Ok(found)
}

/// How long the caller's lists are, each counted to «99+» and no further.
#[derive(Debug, Clone, Default, serde::Serialize, webkit::utoipa::ToSchema)]
pub(crate) struct WorklistCounts {
    /// 我的：`0` 至 `99`，或者 `99+`
    pub(crate) mine: String,
    /// 本组待领
    pub(crate) group: String,
    /// 全部待办
    pub(crate) all: String,
}

/// How long the caller's lists are: a bounded count for each post and authority, however long the lists are.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn worklist_counts(ctx: &Ctx, app: &App) -> Result<WorklistCounts> {
    let (mut mine, mut free, mut all) = (0, 0, 0);
    for person in claims::whose(ctx) {
        let row = app.db.find(desk::COUNT_IN_HAND, args![person, COUNTED]).await?;
        mine += row.map_or(Ok(0), |row| row.int("cases"))?;
    }
    for (authority, post, bound) in slots(ctx, "") {
        let at = authority.map(|it| it.to_string()).unwrap_or_default();
        let item = bound.map(|it| it.to_string()).unwrap_or_default();
        let sql = match (post, authority) {
            (HEAD_POST, Some(_)) => desk::COUNT_HEAD,
            (HEAD_POST, None) => desk::COUNT_HEAD_ANYWHERE,
            (_, Some(_)) => desk::COUNT_WAITING,
            (_, None) => desk::COUNT_WAITING_ANYWHERE,
        };
        if let Some(row) = app.db.find(sql, args![at, post, item, COUNTED]).await? {
            free += row.int("free")?;
            all += row.int("waiting")?;
        }
    }
    let told = |n: i64| if n >= COUNTED { format!("{}+", COUNTED - 1) } else { n.to_string() };
    Ok(WorklistCounts { mine: told(mine), group: told(free), all: told(all) })
}

/// Whether the caller's authorities examined something first and handed it up.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn hands_up(ctx: &Ctx, app: &App) -> Result<bool> {
    for (authority, post, _) in slots(ctx, HANDED_UP) {
        let Some(authority) = authority else { continue };
        if app.db.find(desk::HANDED_UP, args![authority, post, "", "", store::NO_DAY, 1_i64, "", ""]).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
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

fn waiting(at_one_authority: bool, narrowed: bool) -> Sql {
    match (at_one_authority, narrowed) {
        (true, false) => store::WAITING,
        (true, true) => store::WAITING_FOR,
        (false, false) => store::WAITING_ANYWHERE,
        (false, true) => store::WAITING_ANYWHERE_FOR,
    }
}

/// Cases by their ids, in one query if there are any.
///
/// # Errors
/// If the engine fails.
pub(super) async fn read<T: Display>(app: &App, ids: &[T]) -> Result<HashMap<String, CaseRow>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = app.db.query(store::CASES, args![each(ids)]).await?;
    rows.iter().map(|row| Ok((row.string("id")?, store::case(row)?))).collect()
}

/// The last day that a list shows: within so many working days, before today, or any.
async fn until(ctx: &Ctx, app: &App, within: Option<i32>) -> Result<String> {
    let today = ctx.now.legal_date();
    let day = match within {
        None => return Ok(store::NO_DAY.to_owned()),
        Some(..0) => today.previous_day().unwrap_or(today),
        Some(0) => today,
        Some(days) => {
            let calendar = app.part::<Calendars>()?.now(&app.db, ctx.now).await?;
            let limit = Limit::working_days(days.unsigned_abs().min(WITHIN_MAX));
            calendar.due(today, limit, &[]).map_err(Error::internal)?.value()
        }
    };
    Ok(day.to_string())
}

/// The lists that the caller's posts open.
fn slots(ctx: &Ctx, wanted: &str) -> BTreeSet<Slot> {
    let wanted: Vec<(&'static str, Permission)> = match wanted {
        "applicant" => vec![("applicant", SEE)],
        "none" => vec![("none", SEE)],
        HANDED_UP => vec![(HANDED_UP, SEE)],
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
