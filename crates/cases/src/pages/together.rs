//! Several applications filled in at once: choosing the items, and the page on which what they ask alike is written.

use askama::Template;
use axum::extract::{RawQuery, State};
use catalogue::{Documents, ItemSummary};
use forms::{FieldView, Offers, Settled, Shown};
use kernel::{Ctx, Error, Fault, Id, Item, Result};
use url::form_urlencoded;
use webkit::{Access, Answer, App, Form, Page, Routes, Sample, Shell, flash, page, see_other};

use super::again;
use crate::{
    CaseId, FILE,
    service::{
        drafts,
        together::{self, Shared, TOGETHER_MAX, Together, version_name},
    },
};

/// Results of a search for a further item.
const HITS: usize = 10;
/// Names in the address at most; the rest is not read.
const PAIRS_MAX: usize = 40;
const QUERY_MAX: usize = 60;

pub(crate) fn routes() -> Routes {
    let own = Access::May(FILE);
    Routes::new().get("/together", own, choose).post("/together", own, begin).get("/together/fill", own, show).post(
        "/together/fill",
        own,
        fill,
    )
}

/// An item that is chosen or can be.
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) authority: String,
    /// The address by which it is taken in or out.
    pub(crate) href: String,
    pub(crate) item: String,
}

/// Choosing what to apply for.
#[derive(Template)]
#[template(path = "together.html")]
pub(crate) struct ChoosePage {
    pub(crate) shell: Shell,
    pub(crate) chosen: Vec<Line>,
    pub(crate) found: Vec<Line>,
    pub(crate) query: String,
    /// Whether a search was made.
    pub(crate) searched: bool,
    pub(crate) trouble: String,
}

impl ChoosePage {
    fn full(&self) -> bool {
        self.chosen.len() >= TOGETHER_MAX
    }
}

/// A draft of several, and how far it is.
pub(crate) struct PartLine {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) version: (String, i64),
    /// Answers still wanting or wrong.
    pub(crate) left: usize,
}

/// What is asked alike.
#[derive(Template)]
#[template(path = "together_fill.html")]
pub(crate) struct FillPage {
    pub(crate) shell: Shell,
    /// The address with the drafts in it.
    pub(crate) address: String,
    pub(crate) fields: Vec<FieldView>,
    pub(crate) parts: Vec<PartLine>,
    pub(crate) faults: Vec<Fault>,
}

/// All values of this name in the address.
fn named(query: Option<&str>, name: &str) -> Vec<String> {
    let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).take(PAIRS_MAX);
    pairs.filter(|it| it.0 == name).map(|it| it.1.into_owned()).collect()
}

fn address(path: &str, name: &str, all: impl IntoIterator<Item = String>, query: &str) -> String {
    let mut out = form_urlencoded::Serializer::new(String::new());
    for it in all {
        out.append_pair(name, &it);
    }
    if !query.is_empty() {
        out.append_pair("q", query);
    }
    format!("{path}?{}", out.finish())
}

/// The page on which these drafts are filled in, the first of them if they are too many.
pub(super) fn fill_address(drafts: impl IntoIterator<Item = String>) -> String {
    address("/together/fill", "draft", drafts.into_iter().take(TOGETHER_MAX), "")
}

async fn choose(State(app): State<App>, it: Page, RawQuery(query): RawQuery) -> Answer {
    let items: Vec<Id<Item>> = named(query.as_deref(), "item").iter().filter_map(|it| it.parse().ok()).collect();
    let asked = named(query.as_deref(), "q").pop().unwrap_or_default();
    let asked: String = asked.trim().chars().take(QUERY_MAX).collect();
    choosing(&app, it, (items, asked), String::new()).await
}

async fn choosing(app: &App, it: Page, (mut items, query): (Vec<Id<Item>>, String), trouble: String) -> Answer {
    items.truncate(TOGETHER_MAX);
    let known = catalogue::items_of(&app.db, &items).await?;
    let all: Vec<String> = items.iter().map(Id::to_string).collect();
    let mut chosen = Vec::new();
    for id in &items {
        let Some(item) = known.get(id) else { continue };
        let rest = all.iter().filter(|it| **it != id.to_string()).cloned();
        chosen.push(line(app, item, address("/together", "item", rest, &query)).await?);
    }
    let mut found = Vec::new();
    if !query.is_empty() {
        let ask = portal::Ask { text: query.clone(), limit: HITS, ..portal::Ask::default() };
        for hit in app.part::<portal::SearchIndex>()?.search(&app.db, it.ctx.now, &ask).await?.hits {
            let item = &hit.entry.item;
            if items.contains(&item.id) || !serves(&it.ctx, app, item).await? {
                continue;
            }
            let more = all.iter().cloned().chain([item.id.to_string()]);
            let href = address("/together", "item", more, "");
            let (name, authority) = (item.name.clone(), hit.entry.authority.name.clone());
            found.push(Line { name, authority, href, item: item.id.to_string() });
        }
    }
    let searched = !query.is_empty();
    page(&ChoosePage { shell: it.shell, chosen, found, query, searched, trouble })
}

async fn line(app: &App, item: &ItemSummary, href: String) -> Result<Line> {
    let authority = identity::authority(&app.db, item.authority).await?.facts.name;
    Ok(Line { name: item.name.clone(), authority, href, item: item.id.to_string() })
}

/// Whether an item can be applied for here and serves whom one acts for.
async fn serves(ctx: &Ctx, app: &App, item: &ItemSummary) -> Result<bool> {
    let Some(holder) = ctx.actor.holder().filter(|_| item.takes_applications()) else { return Ok(false) };
    let documents = app.part::<Documents>()?;
    match catalogue::published(&app.db, &documents, item.id).await {
        Ok(it) => Ok(drafts::check_audience(&it.document, holder).is_ok()),
        Err(Error::Refused { .. } | Error::NotFound { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn begin(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    let items: Vec<Id<Item>> = form.all("item").iter().filter_map(|it| it.parse().ok()).collect();
    match together::begin(&it.ctx, &app, &items).await {
        Ok(drafts) => Ok(see_other(&fill_address(drafts.iter().map(Id::to_string)))),
        Err(error @ Error::Refused { .. }) => again(choosing(&app, it, (items, String::new()), error.message()).await?),
        Err(error) => Err(error.into()),
    }
}

fn drafts_in(query: Option<&str>) -> Vec<CaseId> {
    named(query, "draft").iter().filter_map(|it| it.parse().ok()).collect()
}

async fn show(State(app): State<App>, it: Page, RawQuery(query): RawQuery) -> Answer {
    let together = Together::of(&it.ctx, &app, &drafts_in(query.as_deref())).await?;
    page(&filling(&app, it.shell, &together, Vec::new()).await?)
}

async fn fill(State(app): State<App>, it: Page, RawQuery(query): RawQuery, Form(form): Form) -> Answer {
    let mut together = Together::of(&it.ctx, &app, &drafts_in(query.as_deref())).await?;
    let faults = together.keep(&it.ctx, &app, &form).await?;
    if !faults.is_empty() {
        return again(page(&filling(&app, it.shell, &together, faults).await?)?);
    }
    let here = filling(&app, it.shell, &together, Vec::new()).await?.address;
    let words = format!("已填入 {} 份申请，接着填各自还要填的。", together.parts.len());
    Ok(flash(&format!("{here}#rest"), "done", &words))
}

async fn filling(app: &App, shell: Shell, all: &Together, faults: Vec<Fault>) -> Result<FillPage> {
    let settled = Settled { values: all.values(), hidden: std::collections::BTreeSet::new() };
    let fields: Vec<_> = all.shared.iter().map(|it| it.field.clone()).collect();
    let offers = Offers::of(app, None, &fields, &settled.values).await?;
    let origins = all.origins(app).await?;
    let shown = Shown { settled: &settled, faults: &faults, offers: &offers, add: "", origins: Some(&origins) };
    let drawn = |it: &Shared| {
        let names: Vec<_> = it.at.iter().map(|at| all.parts[at.0].draft.document.name.as_str()).collect();
        let view = forms::field_view(&it.field, &shown);
        let mut hint = vec![view.hint.clone()];
        if names.len() < all.parts.len() {
            hint.push(format!("用于{}", names.join("、")));
        }
        if it.differs {
            hint.push("现在各件填的不一样，保存后都以这里为准".to_owned());
        }
        hint.retain(|it| !it.is_empty());
        FieldView { hint: hint.join("；"), ..view }
    };
    let part = |it: &together::Part| PartLine {
        href: format!("/drafts/{}", it.draft.id),
        name: it.draft.document.name.clone(),
        version: (version_name(it.draft.id), it.draft.version),
        left: it.faults.len(),
    };
    Ok(FillPage {
        shell,
        address: fill_address(all.parts.iter().map(|it| it.draft.id.to_string())),
        fields: all.shared.iter().map(drawn).collect(),
        parts: all.parts.iter().map(part).collect(),
        faults,
    })
}

/// The pages with made-up content.
pub(super) fn samples() -> Vec<Sample> {
    let shell = || {
        let mut shell = Shell::sample("亳州市政务服务网");
        shell.path = "/cases".to_owned();
        shell
    };
    let line = |name: &str| Line {
        name: name.to_owned(),
        authority: "谯城区<b>敏</b>市场监督管理局".to_owned(),
        href: "/together?item=1".to_owned(),
        item: "1".to_owned(),
    };
    let choose = |chosen: Vec<Line>, query: &str, trouble: &str| ChoosePage {
        shell: shell(),
        chosen,
        found: if query == "营业" {
            vec![line("个体工商户设立登记"), line("食品小作坊登记")]
        } else {
            Vec::new()
        },
        searched: !query.is_empty(),
        query: query.to_owned(),
        trouble: trouble.to_owned(),
    };
    let field = |name: &str, title: &str, error: &str| FieldView {
        name: name.to_owned(),
        title: title.to_owned(),
        hint: "每件都要填".to_owned(),
        control: "text",
        required: true,
        value: "\"><script>alert(1)</script>".to_owned(),
        error: error.to_owned(),
        ..FieldView::default()
    };
    let part = |name: &str, left| PartLine {
        href: "/drafts/1".to_owned(),
        name: name.to_owned(),
        version: ("version-1".to_owned(), 3),
        left,
    };
    let fill = |fields: Vec<FieldView>, faults: Vec<Fault>| FillPage {
        shell: shell(),
        address: "/together/fill?draft=1&draft=2".to_owned(),
        fields,
        parts: vec![part("个体工商户设立登记<b>敏</b>", 0), part("食品经营许可（新办）", 4)],
        faults,
    };
    let wrong = vec![Fault::new("shared0", "请填写姓名。")];
    let fields = || vec![field("shared0", "姓名", ""), field("shared1", "联系电话", "")];
    let pages = [
        ("together.html", choose(Vec::new(), "", "").render()),
        ("together.html", choose(vec![line("食品经营许可（新办）")], "营业", "").render()),
        ("together.html", choose(vec![line("甲"), line("乙")], "没有的事", "请至少选两件事。").render()),
        ("together_fill.html", fill(fields(), Vec::new()).render()),
        ("together_fill.html", fill(vec![field("shared0", "姓名", "请填写姓名。")], wrong).render()),
        ("together_fill.html", fill(Vec::new(), Vec::new()).render()),
    ];
    pages.into_iter().filter_map(|(name, html)| Some(Sample { name, html: html.ok()? })).collect()
}
