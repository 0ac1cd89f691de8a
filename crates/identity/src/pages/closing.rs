//! One's own data as a file, and closing one's account: what goes, what stays and why, what hinders it.

use askama::Template;
use axum::extract::State;
use kernel::{Error, Fault};
use webkit::{Access, Answer, App, Caller, Form, Page, Routes, Shell, archive, flash, page, session_cookie};

use super::{again, entry::with_cookie, fault, mendable};
use crate::{
    model::closing::GRACE_DAYS,
    service::{
        closing,
        dossier::{self, Hindrance},
    },
};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/me/data", Access::SignedIn, data)
        .post("/me/data", Access::SignedIn, export)
        .get("/me/close", Access::SignedIn, show)
        .post("/me/close", Access::SignedIn, ask)
        .post("/me/close/undo", Access::SignedIn, undo)
}

#[derive(Template)]
#[template(path = "data.html")]
pub(crate) struct DataPage {
    pub(crate) shell: Shell,
}

async fn data(shell: Shell) -> Answer {
    page(&DataPage { shell })
}

async fn export(State(app): State<App>, Caller(ctx): Caller, _: Form) -> Answer {
    let gathered = dossier::gather(&ctx, &app).await?;
    let (into, answer) = archive("我的个人信息.zip");
    tokio::spawn(async move {
        if let Err(error) = dossier::fill(gathered, &app, into).await {
            tracing::warn!(%error, "somebody's own data was not handed out whole");
        }
    });
    Ok(answer)
}

#[derive(Template)]
#[template(path = "close.html")]
pub(crate) struct ClosePage {
    pub(crate) shell: Shell,
    /// When the account is closed, if that was asked for; else empty.
    pub(crate) due: String,
    pub(crate) hindrances: Vec<Hindrance>,
    pub(crate) faults: Vec<Fault>,
}

impl ClosePage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }

    fn days(&self) -> i64 {
        GRACE_DAYS
    }
}

async fn closing_page(app: &App, it: Page, faults: Vec<Fault>) -> kernel::Result<ClosePage> {
    let person = closing::own(&it.ctx)?;
    let due = closing::pending(app, person).await?.map(|it| it.zh()).unwrap_or_default();
    let hindrances = if due.is_empty() { closing::hindrances(&it.ctx, app, person).await? } else { Vec::new() };
    Ok(ClosePage { shell: it.shell, due, hindrances, faults })
}

async fn show(State(app): State<App>, it: Page) -> Answer {
    page(&closing_page(&app, it, Vec::new()).await?)
}

async fn ask(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    let asked = if form.has("known") {
        closing::ask(&it.ctx, &app).await
    } else {
        Err(Error::invalid("known", "请先看完上面的说明，再勾选。"))
    };
    match asked {
        Ok(()) => {
            let words = format!("注销申请已收到，{GRACE_DAYS} 天后生效。在此之前登录，可以撤销。");
            Ok(with_cookie(flash("/", "done", &words), &session_cookie(&app, "", 0)))
        }
        Err(error) => {
            let faults = mendable(error)?;
            again(page(&closing_page(&app, it, faults).await?))
        }
    }
}

async fn undo(State(app): State<App>, Caller(ctx): Caller, _: Form) -> Answer {
    closing::undo(&ctx, &app).await?;
    Ok(flash("/me", "done", "注销申请已撤销，账号照常使用。"))
}
