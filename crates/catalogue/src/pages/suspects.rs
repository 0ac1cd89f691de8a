//! «奇葩证明»: materials, of a department or of all, that no law demands, that the platform holds, or that villages and employers are made to prove.

use askama::Template;
use axum::{
    body::Bytes,
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use kernel::{Authority, Ctx, Cursor, Error, Id, PAGE_MAX, PageAsk, Scope};
use webkit::{Answer, App, Page, Shell, address, page, see_other, streamed};

use super::{NO_STORE, headers, here, list::chosen, may_look, offices::whose};
use crate::{
    CATALOGUE, lists,
    model::{Rulebook, Suspect, SuspectKind},
    reads,
    service::rules::rulebook,
};

#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(crate) struct SuspectsAsk {
    authority: String,
    kind: String,
    after: String,
}

/// A suspect material, with its item.
pub(crate) struct SuspectLine {
    /// Whose it is.
    pub(crate) office: String,
    pub(crate) item: String,
    pub(crate) code: String,
    /// The item's page on the desk.
    pub(crate) item_href: String,
    /// Where the material is mended; for who only checks, the item's page.
    pub(crate) href: String,
    pub(crate) found: Suspect,
}

#[derive(Template)]
#[template(path = "suspects_desk.html")]
pub(crate) struct SuspectsPage {
    pub(crate) shell: Shell,
    /// Whose materials: id and name; both empty: those of all departments.
    pub(crate) authority: (String, String),
    /// The kinds, each with its address and whether it is shown.
    pub(crate) tabs: Vec<(String, &'static str, bool)>,
    pub(crate) file: String,
    /// The same of all departments; empty if it is that already, or not the caller's to see.
    pub(crate) all: String,
    pub(crate) rows: Vec<SuspectLine>,
    pub(crate) next: String,
    pub(crate) first: String,
}

/// Whose materials are asked for; `None`: those of all departments.
///
/// # Errors
/// [`kernel::Error::Forbidden`] unless the caller keeps or checks them.
fn asked(ctx: &Ctx, authority: &str) -> kernel::Result<Option<Id<Authority>>> {
    let authority = if authority.is_empty() { None } else { Some(authority.parse()?) };
    match authority {
        Some(authority) => may_look(ctx, authority)?,
        None if whose(ctx)?.is_none() => {}
        None => return Err(Error::Forbidden { action: "查看全部单位的可疑材料" }),
    }
    Ok(authority)
}

/// The suspect materials of a page of items, of one kind or of all.
async fn lines(
    app: &App,
    book: &Rulebook,
    (authority, kind): (Option<Id<Authority>>, Option<SuspectKind>),
    ask: &PageAsk,
) -> kernel::Result<(Vec<SuspectLine>, Option<String>)> {
    let found = reads::with_suspects(&app.db, authority, ask).await?;
    let offices: Vec<_> = found.items.iter().map(|it| it.authority).collect();
    let offices = identity::authorities(&app.db, &offices).await?;
    let ids: Vec<_> = found.items.iter().map(|it| it.id).collect();
    let documents = reads::working_of(&app.db, &ids).await?;
    let mut rows = Vec::new();
    for item in &found.items {
        let Some(doc) = documents.get(&item.id) else { continue };
        let of_kind = book.suspects(doc).into_iter().filter(|it| kind.is_none_or(|kind| it.kind == kind));
        let office = offices.get(&item.authority).map_or("", |it| it.facts.name.as_str());
        rows.extend(of_kind.map(|found| SuspectLine {
            office: office.to_owned(),
            item: item.name.clone(),
            code: item.item_code.clone(),
            item_href: here(item.id),
            href: format!("{}/edit/materials?list=materials&row={}", here(item.id), found.material),
            found,
        }));
    }
    Ok((rows, found.next))
}

pub(super) async fn show(State(app): State<App>, it: Page, Query(ask): Query<SuspectsAsk>) -> Answer {
    let whole = whose(&it.ctx)?.is_none();
    let of = match chosen(&it, &ask.authority)? {
        Some((authority, _)) => authority.to_string(),
        None if whole => String::new(),
        None => return Ok(see_other("/desk/items/offices")),
    };
    let authority = asked(&it.ctx, &of)?;
    let name = name_of(&app, authority).await?;
    let kind = SuspectKind::from_code(&ask.kind);
    let from = PageAsk::from_query(Some(&ask.after), None)?;
    let book = rulebook(&app.db).await?;
    let (mut rows, next) = lines(&app, &book, (authority, kind), &from).await?;
    if it.ctx.may(CATALOGUE, &authority.map_or(Scope::SITE, Scope::authority)).is_err() {
        rows.iter_mut().for_each(|it| it.href.clone_from(&it.item_href));
    }
    let code = kind.map_or("", SuspectKind::code);
    let at =
        |path: &str, kind: &str, after: &str| address(path, &[("authority", &of), ("kind", kind), ("after", after)]);
    let here = |kind: &str, after: &str| at("/desk/items/suspects", kind, after);
    let each = SuspectKind::ALL.iter().map(|it| (here(it.code(), ""), it.name(), kind == Some(*it)));
    page(&SuspectsPage {
        tabs: std::iter::once((here("", ""), "全部", kind.is_none())).chain(each).collect(),
        file: at("/desk/items/suspects.csv", code, ""),
        next: next.map(|key| here(code, &key)).unwrap_or_default(),
        first: if ask.after.is_empty() { String::new() } else { here(code, "") },
        all: if whole && authority.is_some() {
            address("/desk/items/suspects", &[("kind", code)])
        } else {
            String::new()
        },
        authority: (of.clone(), name),
        rows,
        shell: it.shell,
    })
}

/// The same as a table, whole, streamed: memory does not grow with it.
pub(super) async fn file(State(app): State<App>, it: Page, Query(ask): Query<SuspectsAsk>) -> Answer<Response> {
    let authority = asked(&it.ctx, &ask.authority)?;
    let name = name_of(&app, authority).await?;
    let kind = SuspectKind::from_code(&ask.kind);
    let headers = headers("text/csv; charset=utf-8", &format!("{name}可疑材料.csv"), NO_STORE)?;
    let book = rulebook(&app.db).await?;
    let begin = (app, book, Some(PageAsk { after: None, limit: PAGE_MAX }), true);
    let blocks = stream::unfold(begin, move |(app, book, ask, first)| async move {
        let ask = ask?;
        let block = block(&app, &book, (authority, kind), (&ask, first)).await;
        let next = block.as_ref().ok().and_then(|it| it.1.clone()).map(|after| PageAsk { after: Some(after), ..ask });
        Some((block.map(|it| it.0).map_err(|error| std::io::Error::other(error.to_string())), (app, book, next, false)))
    });
    Ok((headers, streamed(blocks)).into_response())
}

/// Whose materials, for people; empty: those of all departments.
async fn name_of(app: &App, authority: Option<Id<Authority>>) -> kernel::Result<String> {
    match authority {
        Some(id) => Ok(identity::authority(&app.db, id).await?.facts.name),
        None => Ok(String::new()),
    }
}

async fn block(
    app: &App,
    book: &Rulebook,
    of: (Option<Id<Authority>>, Option<SuspectKind>),
    (ask, first): (&PageAsk, bool),
) -> kernel::Result<(Bytes, Option<Cursor>)> {
    let (rows, next) = lines(app, book, of, ask).await?;
    let head = first.then(|| vec!["单位", "事项", "实施编码", "材料序号", "材料", "种类", "为什么"]);
    let numbers: Vec<String> = rows.iter().map(|it| (it.found.material + 1).to_string()).collect();
    let rows = rows.iter().zip(&numbers).map(|(it, n)| {
        vec![it.office.as_str(), &it.item, &it.code, n, &it.found.name, it.found.kind.name(), &it.found.why]
    });
    let text = lists::csv(head.into_iter().chain(rows), first)?;
    Ok((text.into(), next.map(|key| key.parse()).transpose()?))
}
