//! My account: who I am here, where I am signed in, my password.

use askama::Template;
use axum::extract::State;
use kernel::Fault;
use webkit::{Answer, App, Caller, Form, Page, Shell, flash, page, without_session};

use super::{Token, again, fault, mendable};
use crate::{
    model::{
        code::masked_mailbox,
        level,
        person::{PersonCard, masked_mobile},
    },
    service::{
        accounts, mailbox,
        people::card_of,
        sessions::{self, OwnSession},
    },
};

#[derive(Template)]
#[template(path = "me.html")]
pub(crate) struct MePage {
    pub(crate) shell: Shell,
    pub(crate) name: String,
    /// The kind of paper.
    pub(crate) paper: &'static str,
    pub(crate) citizen_number: String,
    pub(crate) mobile: String,
    /// Most of it as stars; empty: none.
    pub(crate) mailbox: String,
    /// Whether this site sends mail.
    pub(crate) mail: bool,
    pub(crate) level: &'static str,
    pub(crate) sessions: Vec<OwnSession>,
}

pub(crate) async fn show(State(app): State<App>, it: Page, Token(token): Token) -> Answer {
    let Page { ctx, shell } = it;
    let person = ctx.person()?;
    let PersonCard { name, paper, mobile, mailbox, level, .. } = card_of(&app, person).await?;
    let sessions = sessions::own(&ctx, &app, &token).await?;
    let kind = paper.kind().name();
    let (citizen_number, mobile, level) = (paper.masked(), masked_mobile(&mobile), level::words(level));
    let (mailbox, mail) = (masked_mailbox(&mailbox), mailbox::offered(&app));
    page(&MePage { shell, name, paper: kind, citizen_number, mobile, mailbox, mail, level, sessions })
}

pub(crate) async fn end_session(State(app): State<App>, Caller(ctx): Caller, Form(form): Form) -> Answer {
    sessions::end(&ctx, &app, form.text("id").parse()?).await?;
    Ok(flash("/me", "done", "那台设备已退出登录。"))
}

pub(crate) async fn end_others(State(app): State<App>, Caller(ctx): Caller, Token(token): Token, _: Form) -> Answer {
    sessions::end_others(&ctx, &app, &token).await?;
    Ok(flash("/me", "done", "其他设备都已退出登录。"))
}

pub(crate) async fn end_all(State(app): State<App>, Caller(ctx): Caller, _: Form) -> Answer {
    sessions::end_all(&ctx, &app).await?;
    let gone = flash("/", "done", "所有设备都已退出登录，用本账号登录的其他系统也会退出。");
    Ok(without_session(&app, gone))
}

#[derive(Template)]
#[template(path = "password.html")]
pub(crate) struct PasswordPage {
    pub(crate) shell: Shell,
    pub(crate) faults: Vec<Fault>,
}

impl PasswordPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }
}

pub(crate) async fn password(shell: Shell) -> Answer {
    page(&PasswordPage { shell, faults: Vec::new() })
}

pub(crate) async fn change_password(State(app): State<App>, it: Page, Token(token): Token, Form(form): Form) -> Answer {
    let typed = (form.raw("old_password"), form.raw("new_password"));
    match accounts::change_password(&it.ctx, &app, typed, &token).await {
        Ok(()) => Ok(flash("/me", "done", "密码已修改，其他设备都已退出登录。")),
        Err(error) => {
            let faults = mendable(error)?;
            again(page(&PasswordPage { shell: it.shell, faults }))
        }
    }
}
