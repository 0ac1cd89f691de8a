//! «奇葩证明»: materials, of a department or of all, that no law demands, that the platform holds, or that villages and employers are made to prove.

use askama::Template;
use axum::extract::{Query, State};
use kernel::{Authority, Ctx, Error, Id, PageAsk, Scope};
use webkit::{Answer, App, Listing, Page, Shell, address, asked, filter_of, page, see_other};

use super::{here, list::chosen, may_look, offices::whose, offices_of};
use crate::{
    CATALOGUE, LEGAL_CHECK, OFFICE_CHECK,
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
    /// Whose, and of which kind, as the address has it.
    pub(crate) asked: String,
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
fn reached(ctx: &Ctx, authority: &str) -> kernel::Result<Option<Id<Authority>>> {
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
    let offices = offices_of(app, &found.items).await?;
    let ids: Vec<_> = found.items.iter().map(|it| it.id).collect();
    let documents = reads::working_of(&app.db, &ids).await?;
    let mut rows = Vec::new();
    for item in &found.items {
        let Some(doc) = documents.get(&item.id) else { continue };
        let of_kind = book.suspects(doc).into_iter().filter(|it| kind.is_none_or(|kind| it.kind == kind));
        let office = offices.get(&item.authority).cloned().unwrap_or_default();
        rows.extend(of_kind.map(|found| SuspectLine {
            office: office.clone(),
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
    let authority = reached(&it.ctx, &of)?;
    let name = name_of(&app, authority).await?;
    let kind = SuspectKind::from_code(&ask.kind);
    let from = PageAsk::from_query(Some(&ask.after), None)?;
    let book = rulebook(&app.db).await?;
    let (mut rows, next) = lines(&app, &book, (authority, kind), &from).await?;
    if it.ctx.may(CATALOGUE, &authority.map_or(Scope::SITE, Scope::authority)).is_err() {
        rows.iter_mut().for_each(|it| it.href.clone_from(&it.item_href));
    }
    let code = kind.map_or("", SuspectKind::code);
    let here = |kind: &str, after: &str| {
        address("/desk/items/suspects", &[("authority", &of), ("kind", kind), ("after", after)])
    };
    let each = SuspectKind::ALL.iter().map(|it| (here(it.code(), ""), it.name(), kind == Some(*it)));
    page(&SuspectsPage {
        tabs: std::iter::once((here("", ""), "全部", kind.is_none())).chain(each).collect(),
        asked: asked(&[("authority", &of), ("kind", code)]),
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

/// The list as it is written out.
pub(crate) const LISTING: Listing = Listing {
    code: "catalogue.suspects",
    name: "可疑材料",
    page: "/desk/items/suspects",
    needs: &[CATALOGUE, OFFICE_CHECK, LEGAL_CHECK],
    columns: &[
        ("单位", 36),
        ("事项", 36),
        ("实施编码", 34),
        ("材料序号", 10),
        ("材料", 36),
        ("种类", 20),
        ("为什么", 60),
    ],
    rows: |ctx, app, query, ask| Box::pin(rows(ctx, app, query, ask)),
};

async fn rows(ctx: &Ctx, app: &App, query: &str, ask: &PageAsk) -> kernel::Result<kernel::Page<Vec<String>>> {
    let asked: SuspectsAsk = filter_of(query)?;
    let of = (reached(ctx, &asked.authority)?, SuspectKind::from_code(&asked.kind));
    let (items, next) = lines(app, &rulebook(&app.db).await?, of, ask).await?;
    let cells = |it: SuspectLine| {
        let Suspect { material, name, kind, why, .. } = it.found;
        vec![it.office, it.item, it.code, (material + 1).to_string(), name, kind.name().to_owned(), why]
    };
    Ok(kernel::Page { items: items.into_iter().map(cells).collect(), next })
}

/// Whose materials, for people; empty: those of all departments.
async fn name_of(app: &App, authority: Option<Id<Authority>>) -> kernel::Result<String> {
    match authority {
        Some(id) => Ok(identity::authority(&app.db, id).await?.facts.name),
        None => Ok(String::new()),
    }
}
