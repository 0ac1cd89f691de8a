//! The worklist (工作台): what waits for the caller's posts, the most pressing first.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Query, State};
use catalogue::{ItemFilter, ItemState};
use kernel::{Ctx, Error, Id, Item, PAGE_MAX, PageAsk, Result, Scope};
use webkit::{Access, Answer, App, Page, Routes, Sample, Shell, address, page};

use crate::{
    CaseFilter, CaseSummary, DESK, FILE_AT_WINDOW, SEE,
    model::Stage,
    service::worklist::{self, POSTS},
    store,
};

/// Authorities whose items the filter offers at most.
const AUTHORITIES_MAX: usize = 3;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/desk", Access::May(DESK), list)
}

/// What the address of a worklist asks for.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
struct ListAsk {
    post: String,
    item: String,
    stage: String,
    soon: String,
    after: String,
}

impl ListAsk {
    /// The address of the same list for this post, from its start or after a key.
    fn href(&self, post: &str, after: &str) -> String {
        let pairs =
            [("post", post), ("item", &self.item), ("stage", &self.stage), ("soon", &self.soon), ("after", after)];
        address("/desk", &pairs)
    }

    /// The address of the whole list of the same post.
    fn cleared(&self) -> String {
        address("/desk", &[("post", &self.post)])
    }

    /// Whether something besides the post narrows the list.
    fn narrowed(&self) -> bool {
        !(self.item.is_empty() && self.stage.is_empty() && self.soon.is_empty())
    }
}

/// One list that the caller may look at.
struct Tab {
    href: String,
    text: &'static str,
    current: bool,
}

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage {
    shell: Shell,
    ask: ListAsk,
    tabs: Vec<Tab>,
    items: Vec<(String, String)>,
    stages: Vec<(&'static str, &'static str)>,
    rows: Vec<CaseSummary>,
    next: String,
    first: String,
    may_file: bool,
}

impl DeskPage {
    /// What the list holds, said when it is empty.
    fn nothing(&self) -> (&'static str, &'static str) {
        match self.ask.post.as_str() {
            _ if self.ask.narrowed() => ("没有符合条件的办件", "换一个条件看看，或者清除筛选。"),
            "applicant" => ("没有等待申请人的办件", "要求补正、容缺后补的办件在申请人补交以前列在这里。"),
            "none" => ("还没有办结的办件", "办结、不予受理、撤回的办件列在这里。"),
            _ => ("现在没有待办的办件", "新的申请提交后会出现在这里，最紧的排在最前。"),
        }
    }
}

async fn list(State(app): State<App>, it: Page, Query(ask): Query<ListAsk>) -> Answer {
    let Page { ctx, shell } = it;
    let item = match ask.item.as_str() {
        "" => None,
        id => Some(id.parse()?),
    };
    let filter = CaseFilter { post: ask.post.clone(), item, stage: ask.stage.clone(), soon: !ask.soon.is_empty() };
    let found = worklist::worklist(&ctx, &app, &filter, &PageAsk::from_query(Some(&ask.after), None)?).await?;
    let next = found.next.map(|key| ask.href(&ask.post, &key)).unwrap_or_default();
    let first = if ask.after.is_empty() { String::new() } else { ask.href(&ask.post, "") };
    page(&DeskPage {
        tabs: tabs(&ctx, &ask),
        items: items(&ctx, &app, item).await?,
        stages: stages(&ask.post),
        rows: found.items,
        next,
        first,
        may_file: ctx.may_somewhere(FILE_AT_WINDOW),
        shell,
        ask,
    })
}

/// The lists of the posts that the caller holds, what waits for applicants, and what is over.
fn tabs(ctx: &Ctx, ask: &ListAsk) -> Vec<Tab> {
    let held = POSTS.iter().filter(|it| ctx.may_somewhere(it.2)).map(|it| (it.0, it.1));
    let all = [("", "全部待办")].into_iter().chain(held).chain([("applicant", "等申请人"), ("none", "已结束")]);
    // A state belongs to one list: it does not go along to another.
    let plain = ListAsk { stage: String::new(), ..ask.clone() };
    all.map(|(post, text)| Tab { href: plain.href(post, ""), text, current: ask.post == post }).collect()
}

/// The states that cases of this list can be in.
fn stages(post: &str) -> Vec<(&'static str, &'static str)> {
    let here = |stage: &Stage| match post {
        "" => !matches!(store::post_of(*stage), "applicant" | "none"),
        post => store::post_of(*stage) == post,
    };
    Stage::ALL.into_iter().filter(here).map(|it| (it.code(), it.name())).collect()
}

/// The items of the caller's authorities that are in force, for the filter. For a post at all authorities there is none to offer but
/// the one that is asked for: a list of thousands helps nobody.
async fn items(ctx: &Ctx, app: &App, asked: Option<Id<Item>>) -> Result<Vec<(String, String)>> {
    let grants = ctx.actor.grants.iter().filter(|it| it.permission == SEE.code);
    let authorities: BTreeSet<_> = grants.filter_map(|it| it.authority).collect();
    let mut out = Vec::new();
    for authority in authorities.into_iter().take(AUTHORITIES_MAX) {
        let filter =
            ItemFilter { authority: Some(authority), state: Some(ItemState::Published), ..ItemFilter::default() };
        let found = catalogue::items(&app.db, &filter, &PageAsk { after: None, limit: PAGE_MAX }).await?;
        let mine = found.items.into_iter().filter(|it| ctx.may(SEE, &Scope::item(authority, it.id)).is_ok());
        out.extend(mine.map(|it| (it.id.to_string(), it.name)));
    }
    if let Some(asked) = asked.filter(|asked| out.iter().all(|it| it.0 != asked.to_string())) {
        let item = match catalogue::item(&app.db, asked).await {
            Ok(item) if ctx.may(SEE, &Scope::item(item.authority, asked)).is_ok() => Some(item),
            Ok(_) | Err(Error::NotFound { .. }) => None,
            Err(error) => return Err(error),
        };
        out.extend(item.map(|it| (it.id.to_string(), it.name)));
    }
    Ok(out)
}

/// The page with made-up content: full and empty.
pub(crate) fn samples() -> Vec<Sample> {
    let tab = |text, current| Tab { href: "/desk".to_owned(), text, current };
    let sample = |ask: ListAsk, rows: Vec<CaseSummary>| DeskPage {
        shell: super::desk_samples::shell(),
        tabs: vec![
            tab("全部待办", true),
            tab("受理", false),
            tab("审批", false),
            tab("等申请人", false),
            tab("已结束", false),
        ],
        items: vec![("1".to_owned(), "食品经营许可（新办）".to_owned())],
        stages: stages(""),
        next: if rows.is_empty() { String::new() } else { "/desk?after=2026-03-09~1".to_owned() },
        rows,
        first: String::new(),
        may_file: true,
        ask,
    };
    let full = sample(ListAsk::default(), super::desk_samples::summaries());
    let narrowed = sample(ListAsk { soon: "yes".to_owned(), ..ListAsk::default() }, Vec::new());
    [full, narrowed].iter().filter_map(|it| Some(Sample { name: "desk.html", html: it.render().ok()? })).collect()
}
