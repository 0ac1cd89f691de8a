//! What I was told of my cases (我的消息).

use askama::Template;
use axum::extract::{Query, State};
use kernel::PageAsk;
use serde::Deserialize;
use webkit::{Access, Answer, App, Caller, Form, FormData, Page, Routes, Sample, Shell, address, flash, page};

use crate::service::notices::{self, Notice, NoticeChoices};

const HERE: &str = "/me/notices";

pub(super) fn routes() -> Routes {
    Routes::new().get(HERE, Access::SignedIn, show).post("/me/notices/read", Access::SignedIn, read).post(
        "/me/notices/choices",
        Access::SignedIn,
        choose,
    )
}

#[derive(Template)]
#[template(path = "notices.html")]
struct NoticesPage {
    shell: Shell,
    notices: Vec<Notice>,
    unread: i64,
    choices: NoticeChoices,
    next: String,
    first: String,
}

impl NoticesPage {
    /// Up to which notice this page shows them: what comes while it is read stays unread.
    fn last(&self) -> &str {
        self.notices.first().map_or("", |it| it.id.as_str())
    }
}

#[derive(Deserialize)]
struct Ask {
    after: Option<String>,
}

async fn show(State(app): State<App>, Page { ctx, shell }: Page, Query(ask): Query<Ask>) -> Answer {
    let found = notices::own(&ctx, &app, &PageAsk::from_query(ask.after.as_deref(), None)?).await?;
    let href = |after: &str| address(HERE, &[("after", after)]);
    page(&NoticesPage {
        unread: notices::unread(&ctx, &app).await?,
        choices: notices::choices(&ctx, &app).await?,
        shell,
        notices: found.items,
        next: found.next.as_deref().map(href).unwrap_or_default(),
        first: if ask.after.is_some() { HERE.to_owned() } else { String::new() },
    })
}

async fn read(State(app): State<App>, Caller(ctx): Caller, Form(data): Form) -> Answer {
    notices::read(&ctx, &app, data.text("last")).await?;
    Ok(flash(HERE, "done", "已全部标为已看。"))
}

async fn choose(State(app): State<App>, Caller(ctx): Caller, Form(data): Form) -> Answer {
    notices::choose(&ctx, &app, chosen(&data)).await?;
    Ok(flash(HERE, "done", "短信和邮件设置已保存。"))
}

fn chosen(data: &FormData) -> NoticeChoices {
    NoticeChoices { progress: data.has("progress"), night: data.has("night"), mail: data.has("mail") }
}

/// Made-up content.
pub(super) fn samples() -> Vec<Sample> {
    let shell = || Shell { path: HERE.to_owned(), ..Shell::sample("亳州市政务服务网") };
    let notice = |title: &str, unread, message: &str| Notice {
        id: "0196f0c3a2b47c11a0b1c2d3e4f50617".to_owned(),
        case: "0196f0c3a2b47c11a0b1c2d3e4f50617".to_owned(),
        number: "TEST0001".to_owned(),
        item_name: "食品经营许可<b>（新办）</b>".to_owned(),
        title: title.to_owned(),
        at: "2026-03-02T01:00:00Z".to_owned(),
        when: "2026年3月2日 09:00".to_owned(),
        unread,
        message: message.to_owned(),
        mail: if unread { "邮件等待发送".to_owned() } else { String::new() },
    };
    let all = vec![
        notice("需要补正", true, "短信将在2026年3月3日 08:00发送"),
        notice("申请已提交", false, "短信已发出，2026年3月2日 09:00"),
    ];
    let of = |notices: Vec<Notice>| NoticesPage {
        shell: shell(),
        unread: i64::from(!notices.is_empty()),
        notices,
        choices: NoticeChoices { progress: true, night: false, mail: true },
        next: "/me/notices?after=1".to_owned(),
        first: String::new(),
    };
    let html = |it: NoticesPage| Sample { name: "notices.html", html: it.render().unwrap_or_default() };
    vec![html(of(all)), html(of(Vec::new()))]
}
