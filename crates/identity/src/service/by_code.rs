//! Ways in by a code, sent by telephone or mail: signing in, and setting another password when the old one is forgotten.

use std::net::IpAddr;

use kernel::{Ctx, Error, Id, Person, Result};
use storage::{Commit, Unit, args};
use webkit::App;

use super::{
    accounts,
    codes::{self, CodeClaim},
    entry::{self, Device, Entered},
    kinds, names, people,
    told::tell,
};
use crate::{
    model::{
        account::{Account, AccountState, login_name, password_faults},
        code::{CodePurpose, Recipient},
        person::hidden_name,
    },
    store::{accounts as rows, factors::entry_end_all, openid::tokens, people as people_rows, sessions},
};

/// Accounts with one number or mailbox that are offered at most: a family may share one.
const SHARED_MAX: i64 = 20;

/// The mobile number that somebody typed.
///
/// # Errors
/// [`Error::Invalid`] at `mobile` if it is none.
pub(crate) fn number(typed: &str) -> Result<Recipient> {
    let mobile = crate::model::person::mobile(typed);
    mobile.map(Recipient::Mobile).ok_or_else(|| Error::invalid("mobile", "手机号应为 11 位数字，以 1 开头，请核对。"))
}

/// The mobile number or mailbox that somebody typed.
///
/// # Errors
/// [`Error::Invalid`] at `to` if it is neither.
fn number_or_mailbox(typed: &str) -> Result<Recipient> {
    let words = "请填写 11 位手机号，或者像 name@example.cn 这样的邮箱。";
    Recipient::parse(typed).ok_or_else(|| Error::invalid("to", words))
}

/// Sends a code to sign in with. Whether anybody has the number or mailbox is told neither by the words nor by the time it takes.
///
/// # Errors
/// [`Error::Invalid`] at `to` if it is neither; those of [`codes::send`].
pub(crate) async fn ask_to_sign_in(ctx: &Ctx, app: &App, to: &str, from: IpAddr) -> Result<String> {
    let to = number_or_mailbox(to)?;
    let known = !reached_by(app, &to).await?.is_empty();
    codes::send(ctx, app, CodePurpose::SignIn, (&to, known), from).await
}

/// What came of a code.
pub(crate) enum ByCode {
    /// In, or on to the second factor.
    In(Entered),
    /// Several people have this number or mailbox: who is it? Each with a name of which the first character is hidden.
    Who(Vec<(Id<Person>, String)>),
}

/// What somebody sends to sign in with a code.
pub(crate) struct CodeSignIn<'a> {
    /// The number or mailbox it was sent to.
    pub(crate) to: &'a str,
    pub(crate) handle: &'a str,
    pub(crate) code: &'a str,
    /// Who of those who have it; `None`: not asked yet.
    pub(crate) person: Option<Id<Person>>,
    pub(crate) device: Device,
}

/// Signs in with a code.
///
/// # Errors
/// Those of [`codes::prove`]; if the engine fails.
pub(crate) async fn sign_in(ctx: &Ctx, app: &App, ask: CodeSignIn<'_>) -> Result<ByCode> {
    let to = number_or_mailbox(ask.to)?;
    let claim = CodeClaim { purpose: CodePurpose::SignIn, handle: ask.handle, code: ask.code };
    codes::prove(ctx, app, claim, &to).await?;
    let found = reached_by(app, &to).await?;
    let account = match (ask.person, found.as_slice()) {
        (Some(person), all) => all.iter().find(|it| it.person == person),
        (None, [one]) => Some(one),
        (None, []) => None,
        (None, all) => {
            let ids: Vec<_> = all.iter().map(|it| it.person).collect();
            let names = names::person_names(app, &ids).await?;
            return Ok(ByCode::Who(ids.into_iter().map(|id| (id, hidden_name(names.person(&id)))).collect()));
        }
    };
    let account = account.ok_or_else(|| Error::invalid("code", "验证码不正确或已过期，请重新获取。"))?;
    let mut unit = Unit::new(ctx);
    codes::used(&mut unit, app, claim);
    entry::enter(ctx, app, unit, account, &ask.device).await.map(ByCode::In)
}

/// Accounts that may be used here, of people with this number or mailbox.
async fn reached_by(app: &App, to: &Recipient) -> Result<Vec<Account>> {
    let statement = match to {
        Recipient::Mobile(_) => rows::ACCOUNTS_BY_MOBILE,
        Recipient::Mailbox(_) => rows::ACCOUNTS_BY_MAILBOX,
    };
    let found = app.db.query(statement, args![people::digest_of(&app.vault, to), SHARED_MAX]).await?;
    let found = found.iter().map(rows::read).collect::<Result<Vec<_>>>()?;
    Ok(found.into_iter().filter(|it| it.demo.is_none() || app.site.demo).collect())
}

/// What somebody types who forgot the password.
pub(crate) struct Forgot<'a> {
    /// Login name or citizen number.
    pub(crate) login: &'a str,
    /// The number or mailbox that the platform knows.
    pub(crate) to: &'a str,
}

/// Sends a code with which a forgotten password is set anew, if login and number or mailbox belong together; nothing tells whether they
/// do.
///
/// # Errors
/// [`Error::Invalid`] at `to` if it is neither; those of [`codes::send`].
pub(crate) async fn ask_forgot(ctx: &Ctx, app: &App, ask: &Forgot<'_>, from: IpAddr) -> Result<String> {
    let to = number_or_mailbox(ask.to)?;
    if ask.login.is_empty() {
        return Err(Error::invalid("login", "请填写登录名或身份证号。"));
    }
    let known = of_both(app, ask.login, &to).await?.is_some();
    codes::send(ctx, app, CodePurpose::Forgot, (&to, known), from).await
}

/// The account of this login, if its owner has this number or mailbox.
async fn of_both(app: &App, login: &str, to: &Recipient) -> Result<Option<Account>> {
    let account = accounts::find_account(app, &login_name(login)).await?;
    let account = account.filter(|it| it.demo.is_none() || app.site.demo);
    // Asked even if there is no account, so that it takes as long.
    let person = account.as_ref().map_or_else(String::new, |it| it.person.to_string());
    let row = app.db.find(people_rows::PERSON, args![person]).await?;
    let state = row.as_ref().map(people_rows::state).transpose()?;
    let kept = state.map(|it| match to {
        Recipient::Mobile(_) => it.mobile,
        Recipient::Mailbox(_) => it.mailbox,
    });
    Ok(account.filter(|_| kept == Some(people::digest_of(&app.vault, to))))
}

/// Sets another password by a code; every session of the account ends, and its owner is told.
///
/// # Errors
/// Those of [`codes::prove`]; [`Error::Invalid`] at `new_password` if it will not do; if the engine fails.
pub(crate) async fn set_forgotten(
    ctx: &Ctx,
    app: &App,
    ask: &Forgot<'_>,
    (handle, code): (&str, &str),
    password: &str,
) -> Result<()> {
    let to = number_or_mailbox(ask.to)?;
    let faults = password_faults("new_password", &login_name(ask.login), password);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let claim = CodeClaim { purpose: CodePurpose::Forgot, handle, code };
    codes::prove(ctx, app, claim, &to).await?;
    let wrong = || Error::invalid("code", "验证码不正确或已过期，请重新获取。");
    let account = of_both(app, ask.login, &to).await?.ok_or_else(wrong)?;
    let hash = accounts::hashed(ctx, app, "new_password", password).await?;
    let person = account.person;
    let own = accounts::as_person(ctx, person, "");
    let mut unit = Unit::new(ctx);
    codes::used(&mut unit, app, claim);
    let state = AccountState::of(&account.login, &hash, account.demo.as_deref());
    let about = format!("account:{person}");
    let head = journal::append(&mut unit, &own, &account.head, (&about, kinds::PASSWORD_CHANGED), &state)?;
    rows::set_password(&mut unit, &account, &hash, &head);
    unit.run(tokens::FAMILIES_LOGOUT_OTHERS, args![person, "", ctx.now]);
    unit.run(sessions::SESSIONS_END, args![person]);
    entry_end_all(&mut unit, person);
    tell(&mut unit, ctx, app, person, "您的密码已经重设，所有设备都已退出登录。").await?;
    match app.db.commit(unit).await? {
        Commit::Done => Ok(()),
        Commit::Lost { guard: codes::CODE_GUARD } => Err(wrong()),
        Commit::Lost { .. } => Err(Error::Stale { what: "账号", by: None }),
    }
}
