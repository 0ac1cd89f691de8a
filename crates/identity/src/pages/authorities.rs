//! The administrator's desk: the authorities.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use kernel::{Authority as AuthorityMark, Ctx, Fault, Id, PageAsk, Scope};
use webkit::{Answer, App, Form, FormData, Listing, Page, Shell, address, asked, filter_of, flash, page};

use super::{again, fault, mendable};
use crate::{
    ADMINISTER,
    model::authority::{Authority, AuthorityFacts},
    service::{authorities as service, divisions::places},
};

#[derive(Template)]
#[template(path = "authorities.html")]
pub(crate) struct AuthoritiesPage {
    pub(crate) shell: Shell,
    /// Each with whether the caller may change it.
    pub(crate) authorities: Vec<(Authority, bool)>,
    /// Whether the caller may make one known.
    pub(crate) whole: bool,
    /// What the names shown hold; empty for all.
    pub(crate) q: String,
    /// Names of the divisions, by code.
    pub(crate) places: HashMap<String, String>,
    pub(crate) next: String,
    pub(crate) first: String,
}

impl AuthoritiesPage {
    fn asked(&self) -> String {
        asked(&[("q", &self.q)])
    }

    fn place<'a>(&'a self, code: &'a str) -> &'a str {
        self.places.get(code).map_or(code, String::as_str)
    }
}

#[derive(serde::Deserialize)]
pub(crate) struct ListAsk {
    #[serde(default)]
    q: String,
    after: Option<String>,
}

/// The list as it is written out.
pub(crate) const LISTING: Listing = Listing {
    code: "identity.authorities",
    name: "实施主体",
    page: "/desk/authorities",
    needs: &[ADMINISTER],
    columns: &[
        ("名称", 36),
        ("简称", 16),
        ("统一社会信用代码", 24),
        ("区划代码", 16),
        ("所在地", 20),
        ("电话", 20),
        ("地址", 36),
    ],
    rows: |ctx, app, query, ask| Box::pin(rows(ctx, app, query, ask)),
};

async fn rows(ctx: &Ctx, app: &App, query: &str, ask: &PageAsk) -> kernel::Result<kernel::Page<Vec<String>>> {
    let asked: ListAsk = filter_of(query)?;
    if !ctx.may_somewhere(ADMINISTER) {
        return Err(kernel::Error::Forbidden { action: ADMINISTER.words });
    }
    let found = service::authority_search(&app.db, asked.q.trim(), ask).await?;
    let places = places(&app.db, found.items.iter().map(|it| it.facts.division.as_str())).await?;
    Ok(found.map(|it| {
        let place = places.get(&it.facts.division).cloned().unwrap_or_default();
        let AuthorityFacts { name, short_name, uscc, division, phone, address, .. } = it.facts;
        vec![name, short_name, uscc, division, place, phone, address]
    }))
}

pub(crate) async fn list(State(app): State<App>, it: Page, Query(ask): Query<ListAsk>) -> Answer {
    let q = ask.q.trim().to_owned();
    let found = service::authority_search(&app.db, &q, &PageAsk::from_query(ask.after.as_deref(), None)?).await?;
    let places = places(&app.db, found.items.iter().map(|it| it.facts.division.as_str())).await?;
    let href = |after: &str| address("/desk/authorities", &[("q", &q), ("after", after)]);
    let with_right = |one: Authority| {
        let mine = it.ctx.may(ADMINISTER, &one.scope()).is_ok();
        (one, mine)
    };
    page(&AuthoritiesPage {
        authorities: found.items.into_iter().map(with_right).collect(),
        shell: it.shell,
        whole: makes(&it.ctx).is_ok(),
        next: found.next.map(|next| href(&next)).unwrap_or_default(),
        first: if ask.after.is_some() { href("") } else { String::new() },
        q,
        places,
    })
}

#[derive(Template)]
#[template(path = "authority.html")]
pub(crate) struct AuthorityPage {
    pub(crate) shell: Shell,
    /// Where the form goes.
    pub(crate) action: String,
    pub(crate) title: String,
    /// The version that the form shows; empty for a new authority.
    pub(crate) version: String,
    pub(crate) facts: AuthorityFacts,
    pub(crate) faults: Vec<Fault>,
}

impl AuthorityPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }

    fn blank(shell: Shell, facts: AuthorityFacts, faults: Vec<Fault>) -> Self {
        let (action, title) = ("/desk/authorities".to_owned(), "新增实施主体".to_owned());
        Self { shell, action, title, version: String::new(), facts, faults }
    }

    fn of(shell: Shell, id: Id<AuthorityMark>, version: i64, (facts, faults): (AuthorityFacts, Vec<Fault>)) -> Self {
        let (action, title) = (format!("/desk/authorities/{id}"), "修改实施主体".to_owned());
        Self { shell, action, title, version: version.to_string(), facts, faults }
    }
}

fn facts(form: &FormData) -> AuthorityFacts {
    let text = |name: &str| form.text(name).to_owned();
    AuthorityFacts {
        name: text("name"),
        short_name: text("short_name"),
        uscc: text("uscc"),
        division: text("division"),
        phone: text("phone"),
        address: text("address"),
        hours: text("hours"),
    }
}

/// Asks whether the caller may make an authority known: anywhere, or in a division.
fn makes(ctx: &Ctx) -> kernel::Result<()> {
    let bound = ctx.actor.grants.iter().any(|it| it.permission == ADMINISTER.code && it.branch.is_some());
    if bound { Ok(()) } else { ctx.may(ADMINISTER, &Scope::SITE).map(drop) }
}

pub(crate) async fn blank(it: Page) -> Answer {
    makes(&it.ctx)?;
    page(&AuthorityPage::blank(it.shell, AuthorityFacts::default(), Vec::new()))
}

pub(crate) async fn create(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    let facts = facts(&form);
    match service::create_authority(&it.ctx, &app.db, &facts).await {
        Ok(_) => Ok(flash("/desk/authorities", "done", "实施主体已新增。")),
        Err(error) => again(page(&AuthorityPage::blank(it.shell, facts, mendable(error)?))),
    }
}

pub(crate) async fn show(State(app): State<App>, it: Page, Path(id): Path<Id<AuthorityMark>>) -> Answer {
    let found = service::authority(&app.db, id).await;
    // Whoever may not change it learns not whether there is one.
    let scope = found.as_ref().map_or(Scope::authority(id), Authority::scope);
    it.ctx.may(ADMINISTER, &scope)?;
    let Authority { facts, head, .. } = found?;
    page(&AuthorityPage::of(it.shell, id, head.version, (facts, Vec::new())))
}

pub(crate) async fn change(
    State(app): State<App>,
    it: Page,
    Path(id): Path<Id<AuthorityMark>>,
    Form(form): Form,
) -> Answer {
    let (facts, version) = (facts(&form), form.version()?);
    match service::authority_change(&it.ctx, &app.db, (id, version), &facts).await {
        Ok(()) => Ok(flash("/desk/authorities", "done", "实施主体信息已修改。")),
        Err(error) => again(page(&AuthorityPage::of(it.shell, id, version, (facts, mendable(error)?)))),
    }
}
