//! Where codes and messages go: another mobile number, or a mailbox besides it. First the new one, then the code that was sent there; and no
//! mailbox any more.

use askama::Template;
use axum::extract::State;
use kernel::{Fault, Id, Person};
use webkit::{Access, Answer, App, ClientAddress, Form, FormData, Page, Routes, Shell, flash, page};

use super::{again, fault, mendable};
use crate::{
    model::{
        code::{Recipient, masked_mailbox},
        level, person,
    },
    service::{contact, mailbox, people::card_of},
};

pub(crate) fn routes() -> Routes {
    let signed = Access::SignedIn;
    let routes = [Way::Phone, Way::Mailbox].into_iter().fold(Routes::new(), |routes, way| {
        let place = way.words().place;
        routes
            .get(place, signed, move |State(app): State<App>, it: Page| async move {
                shown(&app, it, way, (FormData::default(), String::new(), Vec::new())).await
            })
            .post(place, signed, move |State(app): State<App>, it: Page, Form(form): Form| change(app, it, way, form))
            .post(way.words().code, signed, move |State(app): State<App>, it: Page, from: ClientAddress, form: Form| {
                send(app, it, way, (from, form))
            })
    });
    routes.post("/me/mailbox/remove", signed, remove)
}

/// Where somebody can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// By the number of a mobile telephone, which everybody has.
    Phone,
    /// By mail, besides.
    Mailbox,
}

/// What the page of a way says.
pub(crate) struct Words {
    place: &'static str,
    /// Where the code is asked for.
    code: &'static str,
    /// The field of the form.
    field: &'static str,
    /// Of which kind the field is, and what a browser fills in.
    kind: &'static str,
    title: &'static str,
    label: &'static str,
    hint: &'static str,
    /// The new one, in the middle of a sentence.
    fresh: &'static str,
    code_hint: &'static str,
    done: &'static str,
    leave: &'static str,
    afterwards: (&'static str, &'static str),
    demo: &'static str,
}

const PHONE: Words = Words {
    place: "/me/phone",
    code: "/me/phone/code",
    field: "mobile",
    kind: "tel",
    title: "更换手机号",
    label: "新手机号",
    hint: "11 位，您本人在用的号码",
    fresh: "新号码",
    code_hint: "短信里的 6 位数字",
    done: "更换",
    leave: "不换了",
    afterwards: (
        "更换以后",
        "旧号码会收到一条提醒，不能再用来登录。实名等级是靠旧号码核验的，这一项不再算数，可以用新号码重新核对；\
        在窗口核验过的不受影响。别人按旧号码发来、还没有接受的委托邀请，请对方重新发。",
    ),
    demo: "演示站不发短信",
};

const MAILBOX: Words = Words {
    place: "/me/mailbox",
    code: "/me/mailbox/code",
    field: "mailbox",
    kind: "email",
    title: "登记邮箱",
    label: "邮箱",
    hint: "您本人在用的邮箱，如 name@example.cn",
    fresh: "新邮箱",
    code_hint: "邮件里的 6 位数字；没有看到的，看看垃圾邮件",
    done: "登记",
    leave: "不登记了",
    afterwards: (
        "登记以后",
        "能看到这个邮箱的人，可以用验证码登录您的账号，所以只登记您自己的邮箱。\
        登记、更换和取消都会发消息告诉您的手机和原来的邮箱。实名等级不变。",
    ),
    demo: "演示站不发消息",
};

impl Way {
    pub(crate) fn words(self) -> &'static Words {
        match self {
            Self::Phone => &PHONE,
            Self::Mailbox => &MAILBOX,
        }
    }

    /// The present one, most of it as stars; empty: none.
    async fn present(self, app: &App, whose: Id<Person>) -> kernel::Result<String> {
        let card = card_of(app, whose).await?;
        Ok(match self {
            Self::Phone => person::masked_mobile(&card.mobile),
            Self::Mailbox => masked_mailbox(&card.mailbox),
        })
    }
}

#[derive(Template)]
#[template(path = "contact.html")]
pub(crate) struct ContactPage {
    pub(crate) shell: Shell,
    pub(crate) way: Way,
    /// The present one, most of it as stars; empty: none.
    pub(crate) present: String,
    pub(crate) form: FormData,
    /// What goes with the code that was sent; empty: none was yet.
    pub(crate) handle: String,
    pub(crate) faults: Vec<Fault>,
}

impl ContactPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }

    /// What was typed.
    fn typed(&self) -> &str {
        self.form.text(self.way.words().field)
    }

    /// Where the code went, most of it as stars.
    fn masked(&self) -> String {
        match self.way {
            Way::Phone => person::mobile(self.typed()).map(|it| person::masked_mobile(&it)).unwrap_or_default(),
            Way::Mailbox => Recipient::parse(self.typed()).map(|it| it.masked()).unwrap_or_default(),
        }
    }
}

async fn shown(app: &App, it: Page, way: Way, (form, handle, faults): (FormData, String, Vec<Fault>)) -> Answer {
    let present = way.present(app, it.ctx.person()?).await?;
    page(&ContactPage { shell: it.shell, way, present, form, handle, faults })
}

async fn send(app: App, it: Page, way: Way, (ClientAddress(from), Form(form)): (ClientAddress, Form)) -> Answer {
    let to = form.text(way.words().field);
    let sent = match way {
        Way::Phone => contact::ask(&it.ctx, &app, to, from).await,
        Way::Mailbox => mailbox::ask(&it.ctx, &app, to, from).await,
    };
    match sent {
        Ok(handle) => shown(&app, it, way, (form, handle, Vec::new())).await,
        Err(error) => {
            let faults = mendable(error)?;
            again(shown(&app, it, way, (form, String::new(), faults)).await)
        }
    }
}

async fn change(app: App, it: Page, way: Way, form: FormData) -> Answer {
    let (to, proof) = (form.text(way.words().field), (form.text("handle"), form.text("code")));
    let done = match way {
        Way::Phone => contact::change(&it.ctx, &app, to, proof).await.map(renumbered),
        Way::Mailbox => mailbox::change(&it.ctx, &app, to, proof)
            .await
            .map(|()| ("/me", "done", "邮箱已登记，以后可以用它收验证码和消息。".to_owned())),
    };
    match done {
        Ok((place, tone, words)) => Ok(flash(place, tone, &words)),
        Err(error) => {
            let (faults, handle) = (mendable(error)?, form.text("handle").to_owned());
            again(shown(&app, it, way, (form, handle, faults)).await)
        }
    }
}

/// What is told after a change of number, which may take the level down.
fn renumbered((before, after): (i64, i64)) -> (&'static str, &'static str, String) {
    if after >= before {
        return ("/me", "done", "手机号已更换，实名等级不变。".to_owned());
    }
    let level = level::words(after);
    let words =
        format!("手机号已更换。原来靠旧号码核验的一项不再算数，实名等级现为{level}；新号码可以在这里重新核对。");
    ("/me/level", "warn", words)
}

async fn remove(State(app): State<App>, it: Page, _: Form) -> Answer {
    mailbox::remove(&it.ctx, &app).await?;
    Ok(flash("/me", "done", "邮箱已取消登记。"))
}
