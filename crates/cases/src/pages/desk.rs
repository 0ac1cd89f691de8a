//! The worklist (工作台): what waits for the caller's posts, the most pressing first: one's own, the group's, all.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, Query, State};
use catalogue::{ItemFilter, ItemState};
use kernel::{Ctx, Error, Fault, Id, Item, PAGE_MAX, PageAsk, Result, Scope};
use webkit::{Access, Answer, App, Form, Page, Routes, Sample, Shell, address, flash, page};

use super::again;
use crate::{
    CaseFilter, CaseId, CaseSummary, DESK, FILE_AT_WINDOW, SEE,
    model::Stage,
    service::{
        absences::{self, Absence},
        claims,
        views::{self, SavedView},
        worklist::{self, HANDED_UP, POSTS, SOON_DAYS, Whose, WorklistCounts},
    },
    store,
};

/// Authorities whose items the filter offers at most.
const AUTHORITIES_MAX: usize = 3;
/// What the filter offers of due days: working days ahead (below 0: overdue), and the words.
const DAYS: [(&str, &str); 5] =
    [("-1", "已超期"), ("0", "今天到期和超期"), ("3", "3 个工作日内"), ("5", "5 个工作日内"), ("10", "10 个工作日内")];
/// Cases that are claimed from a list at once at most: as many as a page has.
const TICKED_MAX: usize = 100;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/desk", Access::May(DESK), list)
        .post("/desk/claims", Access::May(DESK), claim)
        .post("/desk/views", Access::May(DESK), keep)
        .post("/desk/views/{number}/forget", Access::May(DESK), forget)
        .get("/desk/absence", Access::May(DESK), absent)
        .post("/desk/absence", Access::May(DESK), set_absent)
}

/// What the address of a worklist asks for.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct ListAsk {
    whose: String,
    post: String,
    item: String,
    stage: String,
    within: String,
    /// An older way to say «within three working days».
    soon: String,
    after: String,
    /// Cases that were ticked on this page before it was left, with commas between.
    ticked: String,
}

impl ListAsk {
    /// What it asks for, but for where the page begins.
    fn pairs(&self) -> [(&'static str, &str); 5] {
        let [whose, post] = [("whose", self.whose.as_str()), ("post", self.post.as_str())];
        [whose, post, ("item", &self.item), ("stage", &self.stage), ("within", &self.within)]
    }

    /// The address of this list, from its start or after a key.
    fn href(&self, after: &str) -> String {
        address("/desk", &[&self.pairs()[..], &[("after", after)]].concat())
    }

    /// What this very page asks for: where forms on it lead back to.
    fn here(&self) -> String {
        self.asked_after(&self.after)
    }

    /// What a kept list asks for, as its address has it.
    fn asked(&self) -> String {
        self.asked_after("")
    }

    fn asked_after(&self, after: &str) -> String {
        self.href(after).split_once('?').map(|it| it.1.to_owned()).unwrap_or_default()
    }

    /// Whether something besides the tab narrows the list.
    fn narrowed(&self) -> bool {
        let by = !matches!(self.whose.as_str(), "" | "mine" | "group");
        let post = !matches!(self.post.as_str(), "" | "applicant" | "none" | HANDED_UP);
        by || post || !(self.item.is_empty() && self.stage.is_empty() && self.within.is_empty())
    }

    /// Whether it is a list of cases that officers work on.
    fn waits(&self) -> bool {
        !matches!(self.post.as_str(), "applicant" | "none" | HANDED_UP)
    }

    pub(super) fn filter(&self) -> Result<CaseFilter> {
        let wrong = |field: &'static str| move |_| Error::invalid(field, "筛选条件不对，请重新选择。");
        let item = if self.item.is_empty() { None } else { Some(self.item.parse()?) };
        let within = if self.within.is_empty() { None } else { Some(self.within.parse().map_err(wrong("within"))?) };
        let whose = match self.whose.as_str() {
            "" => Whose::All,
            "mine" => Whose::Mine,
            "group" => Whose::Group,
            person => Whose::Of(person.parse()?),
        };
        Ok(CaseFilter { post: self.post.clone(), item, stage: self.stage.clone(), within, whose })
    }
}

/// One list that the caller may look at.
struct Tab {
    href: String,
    text: &'static str,
    current: bool,
    count: String,
}

/// A list that the caller keeps under a name.
struct Kept {
    number: i64,
    name: String,
    href: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage {
    shell: Shell,
    ask: ListAsk,
    tabs: Vec<Tab>,
    posts: Vec<(&'static str, &'static str)>,
    items: Vec<(String, String)>,
    stages: Vec<(&'static str, &'static str)>,
    kept: Vec<Kept>,
    rows: Vec<CaseSummary>,
    next: String,
    first: String,
    away: Option<Absence>,
    may_file: bool,
}

impl DeskPage {
    /// What the list holds, said when it is empty.
    fn nothing(&self) -> (&'static str, &'static str) {
        match (self.ask.post.as_str(), self.ask.whose.as_str()) {
            // Those that stood here were taken in hand or dealt with; those before them may still wait.
            _ if !self.first.is_empty() => {
                ("后面没有办件了", "原来列在这里的已被认领、办理或者换了位置，请回到第一页看看。")
            }
            _ if self.ask.narrowed() => ("没有符合条件的办件", "换一个条件看看，或者清除筛选。"),
            ("applicant", _) => ("没有等待申请人的办件", "要求补正、容缺后补的办件在申请人补交以前列在这里。"),
            (HANDED_UP, _) => ("没有报送上级的办件", "本机关初审后报送上级机关的办件列在这里，可以查看，不能再办理。"),
            ("none", _) => ("还没有办结的办件", "办结、不予受理、撤回的办件列在这里。"),
            (_, "mine") => ("您手上没有办件", "到「本组待领」认领，或者等科室负责人分派。"),
            (_, "group") => ("没有待领的办件", "新的申请提交后会出现在这里；同事不在岗时，其手上的办件也列在这里。"),
            _ => ("现在没有待办的办件", "新的申请提交后会出现在这里，最紧的排在最前。"),
        }
    }

    fn days(&self) -> &'static [(&'static str, &'static str)] {
        &DAYS
    }

    /// Whether rows can be ticked: to claim them.
    fn ticks(&self) -> bool {
        self.ask.waits()
    }

    /// Whether a case was ticked before the page was left.
    fn is_ticked(&self, case: &str) -> bool {
        self.ask.ticked.split(',').any(|it| it == case)
    }

    /// The address of the whole list of the same tab.
    fn cleared(&self) -> String {
        let whose = if matches!(self.ask.whose.as_str(), "mine" | "group") { self.ask.whose.as_str() } else { "" };
        let post = if self.ask.waits() { "" } else { self.ask.post.as_str() };
        address("/desk", &[("whose", whose), ("post", post)])
    }

    /// Whose cases a list of one officer's shows.
    fn officer(&self) -> Option<&str> {
        let one = !matches!(self.ask.whose.as_str(), "" | "mine" | "group");
        one.then(|| self.rows.first().map_or("这位同事", |it| it.claimed_by.as_str()))
    }
}

async fn list(State(app): State<App>, it: Page, Query(mut ask): Query<ListAsk>) -> Answer {
    let Page { ctx, shell } = it;
    if !ask.soon.is_empty() && ask.within.is_empty() {
        ask.within = SOON_DAYS.to_string();
    }
    let filter = ask.filter()?;
    let found = worklist::worklist(&ctx, &app, &filter, &PageAsk::from_query(Some(&ask.after), None)?).await?;
    let counts = worklist::worklist_counts(&ctx, &app).await?;
    let kept = views::views(&ctx, &app).await?;
    page(&DeskPage {
        tabs: tabs(&ask, counts, worklist::hands_up(&ctx, &app).await?),
        posts: POSTS.iter().filter(|it| ctx.may_somewhere(it.2)).map(|it| (it.0, it.1)).collect(),
        items: items(&ctx, &app, filter.item).await?,
        stages: stages(&ask.post),
        kept: kept.into_iter().map(|it| as_kept(it, &ask)).collect(),
        rows: found.items,
        next: found.next.map(|key| ask.href(&key)).unwrap_or_default(),
        first: if ask.after.is_empty() { String::new() } else { ask.href("") },
        away: absences::absence(&ctx, &app).await?,
        may_file: ctx.may_somewhere(FILE_AT_WINDOW),
        shell,
        ask,
    })
}

fn as_kept(it: SavedView, ask: &ListAsk) -> Kept {
    let current = it.asked == ask.asked();
    let href = if it.asked.is_empty() { "/desk".to_owned() } else { format!("/desk?{}", it.asked) };
    Kept { number: it.number, name: it.name, href, current }
}

/// One's own, the group's, all; what waits for applicants, and what is over.
fn tabs(ask: &ListAsk, counts: WorklistCounts, handed_up: bool) -> Vec<Tab> {
    let mut lists = vec![
        ("mine", "", "我的", counts.mine),
        ("group", "", "本组待领", counts.group),
        ("", "", "全部待办", counts.all),
        ("", "applicant", "等申请人", String::new()),
        ("", "none", "已结束", String::new()),
    ];
    if handed_up || ask.post == HANDED_UP {
        lists.insert(4, ("", HANDED_UP, "已报送上级", String::new()));
    }
    let here = |whose: &str, post: &str| {
        let post_here = if ask.waits() { "" } else { ask.post.as_str() };
        let whose_here = if matches!(ask.whose.as_str(), "mine" | "group") { ask.whose.as_str() } else { "" };
        (whose, post) == (whose_here, post_here)
    };
    let tab = |(whose, post, text, count): (&str, &str, &'static str, String)| Tab {
        href: address("/desk", &[("whose", whose), ("post", post)]),
        current: here(whose, post),
        text,
        count,
    };
    lists.into_iter().map(tab).collect()
}

/// Takes the ticked cases in hand, one after the other, and says of each that could not be taken why.
async fn claim(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    let ticked: Vec<CaseId> = form.all("case").into_iter().take(TICKED_MAX).map(str::parse).collect::<Result<_>>()?;
    let back = back(form.text("back"));
    if ticked.is_empty() {
        return Ok(flash(&back, "warn", "请先勾选要认领的办件。"));
    }
    let (mut taken, mut not) = (0, BTreeSet::new());
    for id in ticked {
        match claims::claim_case(&it.ctx, &app, id, false).await {
            Ok(_) => taken += 1,
            Err(Error::Internal(error)) => return Err(Error::Internal(error).into()),
            Err(error) => {
                not.insert(error.message());
            }
        }
    }
    let not: Vec<_> = not.into_iter().collect();
    Ok(match (taken, not.is_empty()) {
        (_, true) => flash(&back, "done", &format!("已认领 {taken} 件，列在「我的」里。")),
        (0, false) => flash(&back, "warn", &not.join("")),
        (_, false) => flash(&back, "warn", &format!("已认领 {taken} 件；其余没有认领：{}", not.join(""))),
    })
}

/// The list to which one goes back: never anywhere else.
pub(super) fn back(asked: &str) -> String {
    if asked.is_empty() || !asked.chars().all(|it| it.is_ascii_graphic()) {
        return "/desk".to_owned();
    }
    format!("/desk?{asked}")
}

/// [`back`], with what was ticked there.
pub(super) fn back_with(asked: &str, ticked: &[CaseId]) -> String {
    let list = back(asked);
    if ticked.is_empty() {
        return list;
    }
    let ids: Vec<_> = ticked.iter().take(TICKED_MAX).map(ToString::to_string).collect();
    let sign = if list.contains('?') { '&' } else { '?' };
    format!("{list}{sign}ticked={}", ids.join(","))
}

/// Keeps the list under a name.
async fn keep(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    let back = back(form.text("asked"));
    match views::keep_view(&it.ctx, &app, (form.text("name"), form.text("asked"))).await {
        Ok(kept) => Ok(flash(&back, "done", &format!("已保存视图「{}」。", kept.name))),
        Err(error @ (Error::Invalid(_) | Error::Refused { .. })) => Ok(flash(&back, "warn", &error.message())),
        Err(error) => Err(error.into()),
    }
}

async fn forget(State(app): State<App>, it: Page, Path(number): Path<i64>) -> Answer {
    views::forget_view(&it.ctx, &app, number).await?;
    Ok(flash("/desk", "done", "已删除这个视图。"))
}

#[derive(Template)]
#[template(path = "desk_absence.html")]
struct AbsencePage {
    shell: Shell,
    away: Option<Absence>,
    starts: String,
    ends: String,
    faults: Vec<Fault>,
}

impl AbsencePage {
    fn fault(&self, field: &str) -> &str {
        self.faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
    }
}

async fn absent(State(app): State<App>, it: Page) -> Answer {
    let away = absences::absence(&it.ctx, &app).await?;
    let days = away.clone().unwrap_or(Absence { starts: it.ctx.now.legal_date().to_string(), ends: String::new() });
    page(&AbsencePage { shell: it.shell, away, starts: days.starts, ends: days.ends, faults: Vec::new() })
}

async fn set_absent(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    let (starts, ends) = (form.text("starts").to_owned(), form.text("ends").to_owned());
    let told = async {
        let days = if form.has("back") {
            None
        } else {
            Some((absences::day("starts", &starts)?, absences::day("ends", &ends)?))
        };
        absences::set_absence(&it.ctx, &app, days).await.map(|()| days.is_some())
    };
    match told.await {
        Ok(true) => Ok(flash("/desk", "done", "已登记不在岗。这段时间您手上的办件同事也看得到，可以接手。")),
        Ok(false) => Ok(flash("/desk", "done", "已取消不在岗登记。")),
        Err(Error::Invalid(faults)) => {
            let away = absences::absence(&it.ctx, &app).await?;
            again(page(&AbsencePage { shell: it.shell, away, starts, ends, faults })?)
        }
        Err(error) => Err(error.into()),
    }
}

/// The states that cases of this list can be in.
fn stages(post: &str) -> Vec<(&'static str, &'static str)> {
    let here = |stage: &Stage| match post {
        "" => !matches!(store::post_of(*stage), "applicant" | "none"),
        HANDED_UP => true,
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

/// The pages with made-up content: full and empty, present and away.
pub(crate) fn samples() -> Vec<Sample> {
    let counts = WorklistCounts { mine: "2".to_owned(), group: "99+".to_owned(), all: "99+".to_owned() };
    let away = Absence { starts: "2026-03-02".to_owned(), ends: "2026-03-06".to_owned() };
    let kept = SavedView { number: 1, name: "快到期的<新办>".to_owned(), asked: "within=3".to_owned() };
    let sample = |ask: ListAsk, rows: Vec<CaseSummary>, away: Option<Absence>| DeskPage {
        shell: super::desk_samples::shell(),
        tabs: tabs(&ask, counts.clone(), true),
        posts: vec![("accept", "受理"), ("decide", "审批")],
        items: vec![("1".to_owned(), "食品经营许可（新办）".to_owned())],
        stages: stages(""),
        kept: vec![as_kept(kept.clone(), &ask)],
        next: if rows.is_empty() { String::new() } else { "/desk?after=2026-03-09~1".to_owned() },
        rows,
        first: String::new(),
        away,
        may_file: true,
        ask,
    };
    let ask = |whose: &str, within: &str| ListAsk {
        whose: whose.to_owned(),
        within: within.to_owned(),
        ..ListAsk::default()
    };
    let pages = [
        sample(ask("", ""), super::desk_samples::summaries(), None),
        sample(ask("mine", "3"), Vec::new(), Some(away.clone())),
        sample(ask("0196f0c3a2b47c11a0b1c2d3e4f50617", ""), super::desk_samples::summaries(), None),
    ];
    let absence = |away: Option<Absence>, faults: Vec<Fault>| AbsencePage {
        shell: super::desk_samples::shell(),
        starts: "2026-03-02".to_owned(),
        ends: String::new(),
        away,
        faults,
    };
    let wrong = vec![Fault::new("ends", "请选择日期，如 2026-03-02。")];
    let absences = [absence(None, Vec::new()), absence(Some(away), wrong)];
    let lists = pages.iter().filter_map(|it| Some(Sample { name: "desk.html", html: it.render().ok()? }));
    let aways = absences.iter().filter_map(|it| Some(Sample { name: "desk_absence.html", html: it.render().ok()? }));
    lists.chain(aways).collect()
}
