//! The catalogue desk (目录管理): what my authority has, what it lacks, and the acts on it.

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use kernel::{Authority, Ctx, Error, Fault, Id, Item, PageAsk, Scope};
use standards::ItemType;
use webkit::{Access, Answer, App, Form, FormData, Page, Routes, Shell, flash, page, see_other};

use crate::{
    CATALOGUE, ItemFilter, StateCount,
    edit::MainFields,
    model::{Finding, ItemDocument, ItemState, ItemSummary, Missing, TimeUnit, findings, missing, percent_complete},
    reads, service,
};

pub(crate) fn routes() -> Routes {
    let keeps = Access::May(CATALOGUE);
    Routes::new()
        .get("/desk/items", keeps, list)
        .get("/desk/items/{id}", keeps, show)
        .post("/desk/items/{id}", keeps, save)
        .post("/desk/items/{id}/publish", keeps, publish)
        .post("/desk/items/{id}/suspend", keeps, suspend)
        .post("/desk/items/{id}/resume", keeps, resume)
}

/// Authorities that the desk's menu offers at most.
const MENU_MAX: u16 = 100;

#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(crate) struct ListAsk {
    authority: String,
    state: String,
    #[serde(rename = "type")]
    item_type: String,
    q: String,
    after: String,
}

impl ListAsk {
    /// The address of the same list in this state, from its start or after a key.
    fn href(&self, state: &str, after: &str) -> String {
        let pairs = [
            ("authority", self.authority.as_str()),
            ("state", state),
            ("type", &self.item_type),
            ("q", &self.q),
            ("after", after),
        ];
        let pairs = pairs.into_iter().filter(|it| !it.1.is_empty());
        let query: Vec<_> = pairs.map(|(key, value)| format!("{key}={}", encoded(value))).collect();
        if query.is_empty() { "/desk/items".to_owned() } else { format!("/desk/items?{}", query.join("&")) }
    }
}

/// A value as an address carries it.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    text.bytes().map(|it| if plain(it) { char::from(it).to_string() } else { format!("%{it:02X}") }).collect()
}

pub(crate) struct Tab {
    href: String,
    text: &'static str,
    current: bool,
    count: String,
}

#[derive(Template)]
#[template(path = "items_desk.html")]
pub(crate) struct ItemsPage {
    shell: Shell,
    ask: ListAsk,
    authorities: Vec<(String, String)>,
    types: Vec<(&'static str, &'static str)>,
    tabs: Vec<Tab>,
    items: Vec<ItemSummary>,
    next: String,
    first: String,
}

impl ItemsPage {
    pub(crate) fn sample(shell: Shell, ask: ListAsk, items: Vec<ItemSummary>) -> Self {
        let authorities = vec![("1".to_owned(), "谯城区市场监督管理局".to_owned())];
        let tabs = tabs(&ask, &[StateCount { state: ItemState::Listed, items: 1, missing: 20 }]);
        let types = ItemType::ALL.iter().map(|it| (it.code(), it.name())).collect();
        Self {
            shell,
            ask,
            authorities,
            types,
            tabs,
            items,
            next: "/desk/items?after=1".to_owned(),
            first: String::new(),
        }
    }
}

async fn list(State(app): State<App>, it: Page, Query(mut ask): Query<ListAsk>) -> Answer {
    let authorities = kept_authorities(&app, &it.ctx).await?;
    if ask.authority.is_empty() {
        ask.authority = authorities.first().map(|it| it.0.clone()).unwrap_or_default();
    }
    if ask.authority.is_empty() {
        return Err(Error::refused("还没有任何实施主体，请先在机构管理中添加。").into());
    }
    let authority: Id<Authority> = ask.authority.parse()?;
    it.ctx.may(CATALOGUE, &Scope::authority(authority))?;
    let filter = ItemFilter {
        authority: Some(authority),
        state: ItemState::from_code(&ask.state),
        item_type: ItemType::from_code(&ask.item_type),
        text: ask.q.chars().take(100).collect(),
        ..ItemFilter::default()
    };
    let found = reads::items(&app.db, &filter, &PageAsk::from_query(Some(&ask.after), None)?).await?;
    let tabs = tabs(&ask, &reads::counts(&app.db, authority).await?);
    let next = found.next.map(|key| ask.href(&ask.state, &key)).unwrap_or_default();
    let first = if ask.after.is_empty() { String::new() } else { ask.href(&ask.state, "") };
    let types = ItemType::ALL.iter().map(|it| (it.code(), it.name())).collect();
    page(&ItemsPage { shell: it.shell, ask, authorities, types, tabs, items: found.items, next, first })
}

/// The authorities whose items the caller keeps, by name.
async fn kept_authorities(app: &App, ctx: &Ctx) -> kernel::Result<Vec<(String, String)>> {
    let granted: Vec<_> = ctx.actor.grants.iter().filter(|it| it.permission == CATALOGUE.code).collect();
    let all = granted.iter().any(|it| it.authority.is_none());
    let mut out: Vec<_> = if all {
        let page = identity::authority_list(&app.db, &PageAsk { after: None, limit: MENU_MAX }).await?;
        page.items.into_iter().map(|it| (it.id.to_string(), it.facts.name)).collect()
    } else {
        let ids: Vec<_> = granted.iter().filter_map(|it| it.authority).collect();
        let known: HashMap<_, _> = identity::authorities(&app.db, &ids).await?;
        known.into_values().map(|it| (it.id.to_string(), it.facts.name)).collect()
    };
    out.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(out)
}

fn tabs(ask: &ListAsk, counts: &[StateCount]) -> Vec<Tab> {
    let total: i64 = counts.iter().map(|it| it.items).sum();
    let all = Tab { href: ask.href("", ""), text: "全部", current: ask.state.is_empty(), count: total.to_string() };
    let states = ItemState::ALL.into_iter().map(|state| Tab {
        href: ask.href(state.code(), ""),
        text: state.name(),
        current: ask.state == state.code(),
        count: counts.iter().find(|it| it.state == state).map_or_else(|| "0".to_owned(), |it| it.items.to_string()),
    });
    std::iter::once(all).chain(states).collect()
}

#[derive(Template)]
#[template(path = "item_desk.html")]
pub(crate) struct ItemPage {
    shell: Shell,
    item: ItemSummary,
    authority: String,
    has_draft: bool,
    missing: Vec<Missing>,
    findings: Vec<Finding>,
    versions: Vec<(i64, String)>,
    form: MainFields,
    units: Vec<(&'static str, &'static str)>,
    faults: Vec<Fault>,
}

impl ItemPage {
    pub(crate) fn sample(
        shell: Shell,
        item: ItemSummary,
        (missing, findings): (Vec<Missing>, Vec<Finding>),
        form: MainFields,
    ) -> Self {
        let authority = "谯城区市场监督管理局".to_owned();
        let faults = vec![Fault::new("name", "请填写事项名称。")];
        let units = TimeUnit::ALL.iter().map(|it| (it.code(), it.name())).collect();
        Self { shell, item, authority, has_draft: true, missing, findings, versions: Vec::new(), form, units, faults }
    }

    fn fault(&self, field: &str) -> &str {
        self.faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
    }

    fn percent(&self) -> i64 {
        percent_complete(service::count(self.missing.len()))
    }
}

/// What is being written of an item: its draft, else what is in force, else no more than its name.
async fn working(app: &App, item: &ItemSummary) -> kernel::Result<(ItemDocument, bool)> {
    if let Some(draft) = reads::draft(&app.db, item.id).await? {
        return Ok((draft, true));
    }
    if item.current_version == 0 {
        return Ok((ItemDocument::named(&item.name), false));
    }
    let documents = app.part::<crate::Documents>()?;
    let document = reads::version(&app.db, &documents, item.id, item.current_version).await?;
    Ok(((*document).clone(), false))
}

async fn item_page(app: &App, it: Page, id: Id<Item>, typed: Option<(MainFields, Vec<Fault>)>) -> Answer {
    let item = reads::item(&app.db, id).await?;
    it.ctx.may(CATALOGUE, &Scope::authority(item.authority))?;
    let (document, has_draft) = working(app, &item).await?;
    let authority = identity::authority(&app.db, item.authority).await?.facts.name;
    let versions = reads::versions(&app.db, id).await?.into_iter().map(|(number, at)| (number, at.zh())).collect();
    let (form, faults) = typed.unwrap_or_else(|| (MainFields::of(&document), Vec::new()));
    page(&ItemPage {
        shell: it.shell,
        authority,
        has_draft,
        missing: missing(&document),
        findings: findings(&document).into_iter().filter(|it| it.rule != 14).collect(),
        versions,
        form,
        units: TimeUnit::ALL.iter().map(|it| (it.code(), it.name())).collect(),
        faults,
        item,
    })
}

async fn show(State(app): State<App>, it: Page, Path(id): Path<String>) -> Answer {
    item_page(&app, it, id.parse()?, None).await
}

async fn save(State(app): State<App>, it: Page, Path(id): Path<String>, Form(form): Form) -> Answer {
    let id: Id<Item> = id.parse()?;
    let fields = MainFields::read(&form);
    match write(&app, &it.ctx, id, &form, &fields).await {
        Ok(()) => Ok(flash(&here(id), "done", "已保存。修改在发布后才对外生效。")),
        Err(Error::Invalid(faults)) => item_page(&app, it, id, Some((fields, faults))).await,
        Err(error) => Err(error.into()),
    }
}

async fn write(app: &App, ctx: &Ctx, id: Id<Item>, form: &FormData, fields: &MainFields) -> kernel::Result<()> {
    let item = reads::item(&app.db, id).await?;
    ctx.may(CATALOGUE, &Scope::authority(item.authority))?;
    let (mut document, _) = working(app, &item).await?;
    fields.apply(&mut document)?;
    service::revise(ctx, &app.db, id, form.version()?, &document).await
}

async fn publish(State(app): State<App>, it: Page, Path(id): Path<String>, Form(form): Form) -> Answer {
    let id: Id<Item> = id.parse()?;
    match service::publish(&it.ctx, &app.db, id, form.version()?).await {
        Ok(number) => Ok(flash(&here(id), "done", &format!("已发布第 {number} 版，对外生效。"))),
        Err(Error::Invalid(faults)) => {
            Ok(flash(&here(id), "fault", &format!("没有发布：还有 {} 处需要更正，见下方清单。", faults.len())))
        }
        Err(error) => Err(error.into()),
    }
}

async fn suspend(State(app): State<App>, it: Page, Path(id): Path<String>, Form(form): Form) -> Answer<Response> {
    let id: Id<Item> = id.parse()?;
    service::suspend(&it.ctx, &app.db, id, form.version()?).await?;
    Ok(flash(&here(id), "done", "已暂停：群众可以查看，暂不能申请；在办件照常办理。"))
}

async fn resume(State(app): State<App>, it: Page, Path(id): Path<String>, Form(form): Form) -> Answer<Response> {
    let id: Id<Item> = id.parse()?;
    service::resume(&it.ctx, &app.db, id, form.version()?).await?;
    Ok(see_other(&here(id)))
}

fn here(id: Id<Item>) -> String {
    format!("/desk/items/{id}")
}
