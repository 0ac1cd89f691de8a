//! The desk of systems: where a department's own system is told what happens to cases, and what it was told.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use identity::CONNECT;
use kernel::{Client, Ctx, Error, Fault, Id, Item, Moment, PageAsk};
use webkit::{
    Access, Answer, App, Caller, Failure, Form, FormData, Listing, Page, Routes, Sample, Shell, asked, filter_of,
    flash, page,
};

use super::again;
use crate::{
    model::hook::{KINDS, kind_name},
    service::hooks::{self, Change, HOOKS_MAX, Hook, HookMark, NewHook, Sent},
};

/// Messages on a page.
const ROWS: u16 = 50;

pub(crate) fn routes() -> Routes {
    let may = Access::May(CONNECT);
    Routes::new()
        .get("/desk/clients/{id}/hooks", may, list)
        .post("/desk/clients/{id}/hooks", may, set_up)
        .get("/desk/clients/{id}/hooks/{hook}", may, show)
        .post("/desk/clients/{id}/hooks/{hook}/secret", may, renew)
        .post("/desk/clients/{id}/hooks/{hook}/stopped", may, stop)
        .post("/desk/clients/{id}/hooks/{hook}/again", may, send_again)
        .post("/desk/clients/{id}/hooks/{hook}/skip", may, skip)
}

/// One place in the list.
struct HookLine {
    href: String,
    address: String,
    about: String,
    stopped: bool,
}

#[derive(Template)]
#[template(path = "hooks.html")]
struct HooksPage {
    shell: Shell,
    client: String,
    system: String,
    hooks: Vec<HookLine>,
    /// Whether there may be one more.
    more: bool,
    form: FormData,
    /// Types that are ticked.
    chosen: Vec<String>,
    faults: Vec<Fault>,
}

impl HooksPage {
    fn fault(&self, field: &str) -> &str {
        self.faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
    }

    fn kinds(&self) -> Vec<(&'static str, &'static str)> {
        KINDS.to_vec()
    }
}

/// Of what it is told, in words.
fn about(hook: &Hook, names: &HashMap<Id<Item>, String>) -> String {
    let kinds = match hook.state.kinds.as_slice() {
        [] => "全部事件".to_owned(),
        some => some.iter().map(|it| kind_name(it)).collect::<Vec<_>>().join("、"),
    };
    match hook.state.item.map(|it| names.get(&it).map_or("一个事项", String::as_str)) {
        Some(item) => format!("只推送「{item}」：{kinds}"),
        None => kinds,
    }
}

/// The names of the items to which these are bound.
async fn item_names(app: &App, hooks: &[Hook]) -> kernel::Result<HashMap<Id<Item>, String>> {
    let mut bound: Vec<_> = hooks.iter().filter_map(|it| it.state.item).collect();
    bound.sort();
    bound.dedup();
    let found = catalogue::items_of(&app.db, &bound).await?;
    Ok(found.into_iter().map(|(id, it)| (id, it.name)).collect())
}

async fn list(State(app): State<App>, it: Page, Path(id): Path<Id<Client>>) -> Answer {
    listed(&app, it, id, (FormData::default(), Vec::new())).await
}

async fn listed(app: &App, it: Page, id: Id<Client>, (form, faults): (FormData, Vec<Fault>)) -> Answer {
    let (system, found) = hooks::list(&it.ctx, app, id).await?;
    let mut lines = Vec::with_capacity(found.len());
    let names = item_names(app, &found).await?;
    for hook in &found {
        lines.push(HookLine {
            href: format!("/desk/clients/{id}/hooks/{}", hook.id),
            address: hook.state.address.clone(),
            about: about(hook, &names),
            stopped: hook.state.stopped,
        });
    }
    page(&HooksPage {
        shell: it.shell,
        client: id.to_string(),
        system: system.name,
        more: i64::try_from(lines.len()).unwrap_or(HOOKS_MAX) < HOOKS_MAX,
        hooks: lines,
        chosen: form.all("kinds").into_iter().map(str::to_owned).collect(),
        form,
        faults,
    })
}

async fn set_up(State(app): State<App>, it: Page, Path(id): Path<Id<Client>>, Form(form): Form) -> Answer {
    let done = async {
        let item = item_of(&app, &it, id, form.text("item").trim()).await?;
        let kinds = form.all("kinds").into_iter().map(str::to_owned).collect();
        let new = NewHook { address: form.text("address").to_owned(), kinds, item };
        hooks::set_up(&it.ctx, &app, id, &new).await
    };
    match done.await {
        Ok((hook, secret)) => told(it.shell, (id, hook), secret),
        Err(Error::Invalid(faults)) => again(listed(&app, it, id, (form, faults)).await?),
        Err(error) => Err(Failure(error)),
    }
}

/// The item of the system's authority that these words name; none named: all.
async fn item_of(app: &App, it: &Page, id: Id<Client>, words: &str) -> kernel::Result<Option<Id<Item>>> {
    if words.is_empty() {
        return Ok(None);
    }
    let authority = identity::connected(&it.ctx, app, id).await?.authority;
    let filter = catalogue::ItemFilter {
        authority: Some(authority),
        text: words.chars().take(100).collect(),
        public: true,
        ..catalogue::ItemFilter::default()
    };
    let ask = PageAsk { after: None, limit: ROWS };
    let mut found = catalogue::items(&app.db, &filter, &ask).await?.items;
    // And what it examines first for others.
    let code = identity::authority(&app.db, authority).await?.facts.uscc;
    if !code.is_empty() {
        found.extend(catalogue::examined_at(&app.db, &code, &filter.text, &ask).await?.items);
    }
    let exact = found.iter().find(|it| it.name == words);
    match (exact, found.as_slice()) {
        (Some(it), _) | (None, [it]) => Ok(Some(it.id)),
        (None, []) => Err(Error::invalid("item", "本单位没有这个名称的事项，请核对后填写全称。")),
        (None, several) => {
            let names: Vec<_> = several.iter().take(5).map(|it| format!("「{}」", it.name)).collect();
            Err(Error::invalid("item", format!("有几个事项：{}。请填写其中一个的全称。", names.join(""))))
        }
    }
}

/// The page that shows a secret, once.
#[derive(Template)]
#[template(path = "hook_secret.html")]
struct HookSecretPage {
    shell: Shell,
    client: String,
    hook: String,
    secret: String,
}

fn told(shell: Shell, (client, hook): (Id<Client>, Id<HookMark>), secret: String) -> Answer {
    page(&HookSecretPage { shell, client: client.to_string(), hook: hook.to_string(), secret })
}

/// One message, as the desk reads it.
struct SentLine {
    id: String,
    case: String,
    kind: &'static str,
    sequence: i64,
    when: String,
    tone: &'static str,
    state: &'static str,
    detail: String,
    /// Whether it was set aside, and may be sent once more.
    aside: bool,
}

fn sent_line(it: Sent) -> SentLine {
    let (tone, state, detail, aside) = match &it.standing {
        None => ("good", "已送达", String::new(), false),
        Some(how) => {
            let tries = format!("试过 {} 次", how.attempts);
            let why =
                if how.error.is_empty() { String::new() } else { format!("，最近一次：{}", reason(&how.error)) };
            match how.state.as_str() {
                "sent" => ("good", "已送达", how.ended_at.map(Moment::zh).unwrap_or_default(), false),
                "aside" => ("bad", "没有送达", format!("{tries}{why}；同一办件后面的事件在等它"), true),
                "skipped" => ("plain", "已跳过", format!("{tries}{why}"), false),
                _ if how.held => ("info", "等待推送", "等同一办件的前一条送达".to_owned(), false),
                _ if how.attempts == 0 => ("info", "等待推送", String::new(), false),
                _ => ("warn", "稍后再试", format!("{tries}{why}；下次 {}", how.due.zh()), false),
            }
        }
    };
    let kind = kind_name(&it.kind);
    let (case, when) = (it.case.to_string(), it.made_at.zh());
    SentLine { id: it.id, case, kind, sequence: it.sequence, when, tone, state, detail, aside }
}

/// Why a try failed, for administrators: the outbox keeps it in operators' English.
fn reason(error: &str) -> String {
    let plain = error.trim_start_matches("internal: ");
    match plain.strip_prefix("answered ") {
        Some(status) => format!("对方返回 {status}"),
        None if plain.contains("no answer") => "对方没有在规定时间内回答".to_owned(),
        None if plain.contains("inside the house") => "地址在内部网络，本站没有允许".to_owned(),
        None => "连接不上对方".to_owned(),
    }
}

#[derive(Template)]
#[template(path = "hook.html")]
struct HookPage {
    shell: Shell,
    client: String,
    system: String,
    id: String,
    version: i64,
    address: String,
    about: String,
    stopped: bool,
    secret_since: String,
    /// Until when the old secret signs too; empty: it does not.
    old_until: String,
    sent: Vec<SentLine>,
    next: String,
}

impl HookPage {
    fn here(&self) -> String {
        format!("/desk/clients/{}/hooks/{}", self.client, self.id)
    }

    fn asked(&self) -> String {
        asked(&[("client", &self.client), ("hook", &self.id)])
    }
}

/// What was sent to one place, as it is written out. It names cases by their ids, and no applicant.
pub(super) const LISTING: Listing = Listing {
    code: "cases.hook",
    name: "事件推送",
    page: "/desk/clients/{client}/hooks/{hook}",
    needs: &[CONNECT],
    columns: &[("时间", 20), ("事件", 24), ("办件", 36), ("第几步", 8), ("结果", 12), ("说明", 60)],
    rows: |ctx, app, query, ask| Box::pin(rows(ctx, app, query, ask)),
};

#[derive(serde::Deserialize)]
struct ListingAsk {
    client: Id<Client>,
    hook: Id<HookMark>,
}

async fn rows(ctx: &Ctx, app: &App, query: &str, ask: &PageAsk) -> kernel::Result<kernel::Page<Vec<String>>> {
    let ListingAsk { client, hook } = filter_of(query)?;
    hooks::one(ctx, app, (client, hook)).await?;
    let found = hooks::sent(app, hook, ask).await?;
    Ok(found.map(|it| {
        let it = sent_line(it);
        vec![it.when, it.kind.to_owned(), it.case, it.sequence.to_string(), it.state.to_owned(), it.detail]
    }))
}

#[derive(serde::Deserialize)]
struct Ask {
    after: Option<String>,
}

async fn show(
    State(app): State<App>,
    it: Page,
    Path((client, id)): Path<(Id<Client>, Id<HookMark>)>,
    Query(ask): Query<Ask>,
) -> Answer {
    let (system, hook) = hooks::one(&it.ctx, &app, (client, id)).await?;
    let sent = hooks::sent(&app, id, &PageAsk::from_query(ask.after.as_deref(), Some(ROWS))?).await?;
    let names = item_names(&app, std::slice::from_ref(&hook)).await?;
    let signing = hook.state.signing(it.ctx.now);
    let next = sent.next.map(|after| format!("/desk/clients/{client}/hooks/{id}?after={after}")).unwrap_or_default();
    page(&HookPage {
        shell: it.shell,
        client: client.to_string(),
        system: system.name,
        id: id.to_string(),
        version: hook.head.version,
        address: hook.state.address.clone(),
        about: about(&hook, &names),
        stopped: hook.state.stopped,
        secret_since: signing.first().map(|it| it.made_at.zh()).unwrap_or_default(),
        old_until: signing.iter().find_map(|it| it.until).map(Moment::zh).unwrap_or_default(),
        sent: sent.items.into_iter().map(sent_line).collect(),
        next,
    })
}

type Place = Path<(Id<Client>, Id<HookMark>)>;

async fn renew(State(app): State<App>, it: Page, Path((client, id)): Place, Form(form): Form) -> Answer {
    let made = hooks::change(&it.ctx, &app, (client, id, form.version()?), Change::Secret).await?;
    told(it.shell, (client, id), made.unwrap_or_default())
}

async fn stop(State(app): State<App>, Caller(ctx): Caller, Path((client, id)): Place, Form(form): Form) -> Answer {
    let stopped = form.text("stopped") == "yes";
    hooks::change(&ctx, &app, (client, id, form.version()?), Change::Stopped(stopped)).await?;
    let words = if stopped { "已停止推送。停止期间的事件不会补发。" } else { "已恢复推送。" };
    Ok(flash(&format!("/desk/clients/{client}/hooks/{id}"), "done", words))
}

async fn skip(State(app): State<App>, Caller(ctx): Caller, Path((client, id)): Place, Form(form): Form) -> Answer {
    let message = form.text("message").to_owned();
    hooks::change(&ctx, &app, (client, id, form.version()?), Change::Skip(message)).await?;
    Ok(flash(&format!("/desk/clients/{client}/hooks/{id}"), "done", "已跳过，同一办件后面的事件接着推送。"))
}

async fn send_again(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((client, id)): Place,
    Form(form): Form,
) -> Answer {
    let message = form.text("message").to_owned();
    hooks::change(&ctx, &app, (client, id, form.version()?), Change::Again(message)).await?;
    Ok(flash(&format!("/desk/clients/{client}/hooks/{id}"), "done", "已重新排队，马上再发。"))
}

pub(crate) fn samples() -> Vec<Sample> {
    let id = |n: u8| Id::<HookMark>::from_parts(Moment::from_micros(0), [n; 10]).to_string();
    let line = HookLine {
        href: format!("/desk/clients/{}/hooks/{}", id(2), id(1)),
        address: "https://spxk.example.gov.cn/hooks?a=<1>".to_owned(),
        about: "只推送「食品经营许可」：受理（含视为受理）、作出决定".to_owned(),
        stopped: true,
    };
    let hooks = HooksPage {
        shell: super::desk_samples::shell(),
        client: id(2),
        system: "食品许可<审批>系统".to_owned(),
        hooks: vec![line],
        more: true,
        form: FormData::default(),
        chosen: vec!["case.decided".to_owned()],
        faults: vec![Fault::new("address", "须以 https:// 开头。")],
    };
    let sent = |tone, state, detail: &str, aside| SentLine {
        id: id(4),
        case: id(5),
        kind: "受理（含视为受理）",
        sequence: 3,
        when: "2026年3月2日 12:00".to_owned(),
        tone,
        state,
        detail: detail.to_owned(),
        aside,
    };
    let hook = HookPage {
        shell: super::desk_samples::shell(),
        client: id(2),
        system: "食品许可审批系统".to_owned(),
        id: id(1),
        version: 2,
        address: "https://spxk.example.gov.cn/hooks".to_owned(),
        about: "全部事件".to_owned(),
        stopped: false,
        secret_since: "2026年3月1日 9:00".to_owned(),
        old_until: "2026年3月3日 9:00".to_owned(),
        sent: vec![
            sent("bad", "没有送达", "试过 12 次，最近一次：对方返回 503", true),
            sent("good", "已送达", "2026年3月2日 12:00", false),
        ],
        next: "/desk/clients/x/hooks/y?after=3".to_owned(),
    };
    let secret = HookSecretPage {
        shell: super::desk_samples::shell(),
        client: id(2),
        hook: id(1),
        secret: "whsec_sample".to_owned(),
    };
    let shown = [("hooks.html", hooks.render()), ("hook.html", hook.render()), ("hook_secret.html", secret.render())];
    shown.into_iter().filter_map(|(name, html)| Some(Sample { name, html: html.ok()? })).collect()
}
