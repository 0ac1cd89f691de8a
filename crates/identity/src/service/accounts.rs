//! Accounts: opened, signed in to, changed; the first administrator; how often one may try.

use std::net::IpAddr;

use journal::Head;
use kernel::{Actor, Ctx, Error, Fault, Id, Moment, Person, Result, Scope, Who};
use standards::CitizenNumber;
use storage::{Unit, args};
use webkit::App;

use super::{
    administers,
    codes::{self, CodeClaim},
    entry::{self, Device, Entered, How},
    guard, kinds, people, posts,
    tries::{count_tries, network, take_back, try_key},
};
use crate::{
    ADMIN, SiteCallers, breached,
    model::{
        account::{
            ACCOUNT, ACCOUNT_AT_ADDRESS, ADDRESS, Account, AccountState, LONGEST, NewAccount, PASSWORD_CHANGE,
            PASSWORD_MAX, REGISTER, login_faults, login_name, password_faults, sm3_hex,
        },
        code::Recipient,
        person::{CheckedPerson, NewPerson},
        post::HeldState,
        session::{APPLICANT, SEEN_EVERY},
    },
    passwords::Passwords,
    store::{accounts as rows, openid::tokens, posts as post_rows, sessions},
};

/// A one-time code works for so many seconds: a day.
const CODE_SECONDS: i64 = 24 * 3_600;
/// What one-time codes are made of: no letter or digit that can be taken for another.
const CODE_ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// A login name that is typed has so many characters at most; a longer one is nobody's.
const TYPED_MAX: usize = 100;
/// Made-up people that the sign-in page of a demo site lists at most.
const DEMO_MAX: i64 = 40;

/// What somebody types to sign in.
pub(crate) struct SignIn<'a> {
    /// Login name or citizen number.
    pub(crate) login: &'a str,
    pub(crate) password: &'a str,
    pub(crate) address: IpAddr,
    pub(crate) device: Device,
}

/// Somebody who has just signed in.
pub(crate) struct SignedIn {
    /// The secret token; only its SM3 is kept.
    pub(crate) token: String,
    pub(crate) person: Id<Person>,
    pub(crate) name: String,
    /// When the session ends in any case.
    pub(crate) expires: Moment,
    /// The secret by which the browser is known again; empty for a program.
    pub(crate) device: String,
    /// Whether its owner asked for the account to be closed, and may still think again.
    pub(crate) closing: bool,
}

/// Goes in by login and password: signed in, or on to the second factor.
///
/// # Errors
/// Those of [`verified`]; if the engine fails.
pub(crate) async fn sign_in(ctx: &Ctx, app: &App, ask: SignIn<'_>) -> Result<Entered> {
    let device = ask.device.clone();
    let (account, unit) = verified(ctx, app, ask).await?;
    entry::enter(ctx, app, unit, &account, &device).await
}

/// The account of login and password, and a unit that takes its tries back. A wrong password, an unknown login and a made-up person outside a demo site are told apart neither by the words nor
/// by the time it takes.
///
/// # Errors
/// [`Error::Invalid`] if login and password do not agree; [`Error::TooMany`] after too many tries; [`Error::Busy`] if too many sign
/// in at once; if the engine fails.
pub(crate) async fn verified(ctx: &Ctx, app: &App, ask: SignIn<'_>) -> Result<(Account, Unit)> {
    let login = login_name(ask.login);
    let tries = [
        (try_key(app, &["sign-in", &login, &network(ask.address)]), ACCOUNT_AT_ADDRESS),
        (try_key(app, &["sign-in", &login]), ACCOUNT),
        (try_key(app, &["sign-in at", &network(ask.address)]), ADDRESS),
    ];
    count_tries(ctx, app, &tries).await?;
    let account = find_account(app, &login).await?;
    let usable = account.filter(|it| it.demo.is_none() || app.site.demo);
    let stored = usable.as_ref().map(|it| it.password.as_str());
    // A longer one is nobody's password, and is not worth hashing.
    let short = ask.password.chars().count() <= PASSWORD_MAX;
    let verified = match passwords(app)?.verify(if short { ask.password } else { "" }, stored).await {
        Err(Error::Busy) => {
            // Nothing was tried: a crowd at the door must not use up an honest person's tries.
            let mut unit = Unit::new(ctx);
            take_back(&mut unit, &tries);
            app.db.commit(unit).await?.or_stale("登录")?;
            return Err(Error::Busy);
        }
        verified => verified?,
    };
    let right = short && verified;
    let person = usable.as_ref().map(|it| it.person);
    let Some(account) = usable.filter(|_| right) else {
        tracing::warn!(target: "yiwang::security", ?person, "a sign-in with a wrong login or password");
        return Err(Error::invalid("password", "登录名或密码不正确，请核对后重新输入。"));
    };
    let mut unit = Unit::new(ctx);
    // In the order in which they are counted, so that two of one hall never wait for each other.
    unit.run(rows::TRIES_GONE, args![&tries[0].0]);
    take_back(&mut unit, &tries[1..]);
    Ok((account, unit))
}

/// Signs in as a made-up person, by one click on the sign-in page of a demo site.
///
/// # Errors
/// [`Error::NotFound`] outside a demo site, and for everybody real.
pub(crate) async fn sign_in_demo(ctx: &Ctx, app: &App, person: Id<Person>, device: &Device) -> Result<SignedIn> {
    let row = app.db.find(rows::ACCOUNT, args![person]).await?;
    let account = row.as_ref().map(rows::read).transpose()?;
    if !app.site.demo || account.is_none_or(|it| it.demo.is_none()) {
        return Err(Error::NotFound { what: "演示账号" });
    }
    let how = How { made_up: true, ..How::default() };
    entry::open(ctx, app, Unit::new(ctx), person, (device, how)).await
}

/// The same context with this person acting for itself.
pub(crate) fn as_person(ctx: &Ctx, person: Id<Person>, name: &str) -> Ctx {
    let who = Who::Person(person);
    let actor = Actor { who, name: name.to_owned(), ..Actor::anonymous(ctx.actor.channel) };
    ctx.as_actor(actor)
}

pub(crate) async fn find_account(app: &App, login: &str) -> Result<Option<Account>> {
    if login.chars().count() > TYPED_MAX {
        return Ok(None);
    }
    let row = match CitizenNumber::parse(login) {
        Ok(number) => app.db.find(rows::ACCOUNT_BY_CITIZEN, args![people::citizen_digest(&app.vault, &number)]).await?,
        Err(_) => app.db.find(rows::ACCOUNT_BY_LOGIN, args![login_digest(app, login)]).await?,
    };
    row.as_ref().map(rows::read).transpose()
}

/// By what the account of a login name is found.
pub(crate) fn login_digest(app: &App, login: &str) -> String {
    app.vault.digest("login", login)
}

pub(crate) fn passwords(app: &App) -> Result<Passwords> {
    Ok(app.part::<SiteCallers>()?.passwords.clone())
}

/// The hash of a password that somebody wants, unless it is known from breaches.
///
/// # Errors
/// Those of [`breached::refuse`]; [`Error::Busy`] if too many wait.
pub(crate) async fn hashed(ctx: &Ctx, app: &App, field: &'static str, password: &str) -> Result<String> {
    breached::refuse(app, field, password).await?;
    passwords(app)?.hash(ctx, password).await
}

/// Opens an account for a person.
///
/// # Errors
/// Those of the permission (for the whole site); [`Error::Invalid`] if login or password will not do; [`Error::Refused`] if the
/// person has an account or the login is another's; [`Error::NotFound`] if there is no such person; if the engine fails.
pub async fn create_account(ctx: &Ctx, app: &App, person: Id<Person>, new: &NewAccount) -> Result<()> {
    let right = administers(ctx, &Scope::SITE)?;
    let (login, faults) = account_faults(new);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    if app.db.find(crate::store::people::PERSON, args![person]).await?.is_none() {
        return Err(Error::NotFound { what: "人员" });
    }
    let hash = hashed(ctx, app, "password", &new.password).await?;
    let mut unit = Unit::new(ctx);
    guard(&mut unit, ctx, right);
    let key = app.vault.key(&people::vault_holder(person)).await?;
    seal_login(&mut unit, ctx, app, (person, &key), &login);
    add_account(&mut unit, ctx, app, person, (&login, hash, new.demo.clone()))?;
    app.db.commit(unit).await?.or_else(|_| Error::refused("此人已有账号，或登录名已被使用，请换一个登录名。"))
}

fn account_faults(new: &NewAccount) -> (String, Vec<Fault>) {
    let login = login_name(&new.login);
    let mut faults = login_faults(&login);
    faults.extend(password_faults("password", &login, &new.password));
    (login, faults)
}

/// The login name is kept sealed, for its owner to see.
pub(crate) fn seal_login(
    unit: &mut Unit,
    ctx: &Ctx,
    app: &App,
    (person, key): (Id<Person>, &vault::DataKey),
    login: &str,
) {
    let _ = app.vault.seal(unit, ctx, (&people::vault_holder(person), key), "login", login.as_bytes());
}

/// Adds an account to this unit; without a password nobody signs in by one, until its owner sets it with a code by telephone.
pub(crate) fn add_account(
    unit: &mut Unit,
    ctx: &Ctx,
    app: &App,
    person: Id<Person>,
    (login, password, demo): (&str, String, Option<String>),
) -> Result<()> {
    let login = login_digest(app, login);
    let state = AccountState::of(&login, &password, demo.as_deref());
    let subject = format!("account:{person}");
    let head = journal::append(unit, ctx, &Head::none(), (&subject, kinds::ACCOUNT_OPENED), &state)?;
    rows::add(unit, &Account { person, login, password, demo, head });
    Ok(())
}

/// A person who registers, as typed.
#[derive(Default)]
pub(crate) struct Registration {
    pub(crate) person: NewPerson,
    pub(crate) account: NewAccount,
}

impl Registration {
    fn check(&self, ctx: &Ctx) -> Result<(CheckedPerson, String)> {
        let (login, more) = account_faults(&self.account);
        match self.person.check(ctx.now.legal_date()) {
            Ok(checked) if more.is_empty() => Ok((checked, login)),
            Ok(_) => Err(Error::Invalid(more)),
            Err(mut faults) => {
                faults.extend(more);
                Err(Error::Invalid(faults))
            }
        }
    }
}

/// Registers a person at level 0, who has shown nothing yet. Whether it was the citizen number or the login name that is known already
/// is not told.
///
/// # Errors
/// [`Error::Invalid`] for each field that is wrong, at `code` if the number was not proven; [`Error::TooMany`] after too many tries from one
/// address; [`Error::Refused`] if number or login are known; if the engine fails.
pub(crate) async fn register(
    ctx: &Ctx,
    app: &App,
    (new, claim): (&Registration, CodeClaim<'_>),
    address: IpAddr,
) -> Result<Id<Person>> {
    let (checked, login) = new.check(ctx)?;
    count_tries(ctx, app, &[(try_key(app, &["register", &network(address)]), REGISTER)]).await?;
    codes::prove(ctx, app, claim, &Recipient::Mobile(checked.mobile.clone())).await?;
    let hash = hashed(ctx, app, "password", &new.account.password).await?;
    let known = known_by_another(app, &checked).await?;
    let id = known.unwrap_or_else(|| ctx.new_id());
    let own = as_person(ctx, id, &checked.name);
    let mut unit = Unit::new(ctx);
    codes::used(&mut unit, app, claim);
    let checked = CheckedPerson { level: 0, ..checked };
    let key = match known {
        Some(_) => app.vault.key(&people::vault_holder(id)).await?,
        None => people::add(&mut unit, &own, &app.vault, id, &checked)?,
    };
    seal_login(&mut unit, &own, app, (id, &key), &login);
    add_account(&mut unit, &own, app, id, (&login, hash, None))?;
    app.db.commit(unit).await?.or_else(|_| {
        Error::refused(
            "这些信息不能用于注册：身份证号可能已经登记过，或者登录名已被使用。已有账号请直接登录；\
             登录名没有问题仍不能注册的，请带身份证到政务服务窗口办理。",
        )
    })?;
    Ok(id)
}

/// The person whom a window, or a guardian, has made known under this paper, this name and this number, which is proven: the account is
/// opened for it. Of anybody else known under this paper nothing is told.
async fn known_by_another(app: &App, typed: &CheckedPerson) -> Result<Option<Id<Person>>> {
    let Some(person) = people::find_person_by_paper(app, &typed.paper).await? else { return Ok(None) };
    let card = match people::card_of(app, person).await {
        Ok(card) => card,
        Err(Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok((card.name == typed.name && card.mobile == typed.mobile).then_some(person))
}

/// Makes the one-time code with which the first administrator signs up at `/first`; works for a day. An older code ends.
///
/// # Errors
/// [`Error::Forbidden`] for everybody but the program itself; [`Error::Refused`] if the site has an administrator; if the engine
/// fails.
pub async fn first_administrator(ctx: &Ctx, app: &App) -> Result<String> {
    if administers(ctx, &Scope::SITE)?.is_some() {
        return Err(Error::Forbidden { action: "设立首位管理员" });
    }
    if app.db.find(post_rows::POST_ANYBODY, args![ADMIN.code]).await?.is_some() {
        return Err(Error::refused("本站已有管理员，请由现任管理员在「人员岗位」中授予岗位。"));
    }
    let plain: Vec<char> =
        ctx.random_bytes::<16>().iter().map(|byte| char::from(CODE_ALPHABET[usize::from(byte % 32)])).collect();
    let code = plain.chunks(4).map(|it| it.iter().collect::<String>()).collect::<Vec<_>>().join("-");
    let mut unit = Unit::new(ctx);
    unit.run(rows::CODES_END, args![]);
    unit.run(rows::CODE_ADD, args![code_digest(app, &code), ctx.now.plus_seconds(CODE_SECONDS)]);
    app.db.commit(unit).await?.or_stale("一次性代码")?;
    Ok(code)
}

fn code_digest(app: &App, code: &str) -> String {
    let plain: String = login_name(code).chars().filter(char::is_ascii_alphanumeric).collect();
    app.vault.digest("first-code", &plain)
}

/// Signs up the first administrator with the one-time code: person, account and post in one unit.
///
/// # Errors
/// [`Error::Invalid`] at `code` if it is unknown, used or too old, or for each field that is wrong; [`Error::TooMany`] after too many
/// tries from one address; if the engine fails.
pub(crate) async fn first_sign_up(
    ctx: &Ctx,
    app: &App,
    code: &str,
    new: &Registration,
    address: IpAddr,
) -> Result<Id<Person>> {
    count_tries(ctx, app, &[(try_key(app, &["first", &network(address)]), REGISTER)]).await?;
    let wrong = || Error::invalid("code", "一次性代码不正确、已使用或已过期，请核对，或重新生成。");
    let digest = code_digest(app, code);
    if app.db.find(rows::CODE_WORKS, args![&digest, ctx.now]).await?.is_none() {
        return Err(wrong());
    }
    let (checked, login) = new.check(ctx)?;
    let hash = hashed(ctx, app, "password", &new.account.password).await?;
    let id = ctx.new_id();
    let own = as_person(ctx, id, &checked.name);
    let mut unit = Unit::new(ctx);
    rows::use_code(&mut unit, &digest, id, ctx.now);
    let key = people::add(&mut unit, &own, &app.vault, id, &checked)?;
    seal_login(&mut unit, &own, app, (id, &key), &login);
    add_account(&mut unit, &own, app, id, (&login, hash, None))?;
    let starts = ctx.now.legal_date().to_string();
    posts::add(&mut unit, &own, ctx.new_id(), &HeldState::plain(id, ADMIN.code, None, starts))?;
    app.db.commit(unit).await?.or_else(|guard| match guard {
        rows::CODE_GUARD => wrong(),
        _ => Error::refused("身份证号或登录名已经登记过，请核对。"),
    })?;
    Ok(id)
}

/// Sets another password for the caller and ends the caller's other sessions.
///
/// # Errors
/// [`Error::SignIn`] if nobody is signed in; [`Error::Invalid`] if the old one is wrong or the new one will not do;
/// [`Error::TooMany`] after too many wrong ones; if the engine fails.
pub(crate) async fn change_password(ctx: &Ctx, app: &App, (old, new): (&str, &str), token: &str) -> Result<()> {
    let person = ctx.person()?;
    let row = app.db.find(rows::ACCOUNT, args![person]).await?.ok_or(Error::NotFound { what: "账号" })?;
    let account = rows::read(&row)?;
    let login = app.vault.open(&people::vault_holder(person), "login").await?;
    let faults = password_faults("new_password", &String::from_utf8_lossy(&login), new);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let tries = (try_key(app, &["password", &person.to_string()]), PASSWORD_CHANGE);
    count_tries(ctx, app, std::slice::from_ref(&tries)).await?;
    let pool = passwords(app)?;
    if old.chars().count() > PASSWORD_MAX || !pool.verify(old, Some(&account.password)).await? {
        return Err(Error::invalid("old_password", "原密码不正确，请重新输入。"));
    }
    let hash = hashed(ctx, app, "new_password", new).await?;
    let mut unit = Unit::new(ctx);
    unit.run(rows::TRIES_GONE, args![tries.0]);
    let state = AccountState::of(&account.login, &hash, account.demo.as_deref());
    let about = (format!("account:{person}"), kinds::PASSWORD_CHANGED);
    let head = journal::append(&mut unit, ctx, &account.head, (&about.0, about.1), &state)?;
    rows::set_password(&mut unit, &account, &hash, &head);
    unit.run(tokens::FAMILIES_LOGOUT_OTHERS, args![person, sm3_hex(token), ctx.now]);
    unit.run(sessions::SESSIONS_END_OTHERS, args![person, sm3_hex(token)]);
    app.db.commit(unit).await?.or_stale("账号")
}

/// A made-up person on the sign-in page of a demo site.
#[derive(Debug, Clone)]
pub(crate) struct DemoPerson {
    pub(crate) id: Id<Person>,
    pub(crate) name: String,
    /// What is said of the person.
    pub(crate) words: String,
}

/// The made-up people of a demo site; none elsewhere.
pub(crate) async fn demo_people(app: &App) -> Result<Vec<DemoPerson>> {
    if !app.site.demo {
        return Ok(Vec::new());
    }
    let found = app.db.query(rows::ACCOUNTS_DEMO, args![DEMO_MAX]).await?;
    let found = found.iter().map(rows::read).collect::<Result<Vec<_>>>()?;
    let ids: Vec<_> = found.iter().map(|it| it.person).collect();
    let names = super::names::person_names(app, &ids).await?;
    let of = |it: Account| DemoPerson {
        id: it.person,
        name: names.person(&it.person).to_owned(),
        words: it.demo.unwrap_or_default(),
    };
    let mut people = Vec::new();
    for it in found {
        let held = super::posts::posts_of(&app.db, it.person).await?;
        people.push((held.iter().map(|it| along_the_way(&it.state.code)).min(), of(it)));
    }
    people.sort_by_key(|it| it.0);
    Ok(people.into_iter().map(|it| it.1).collect())
}

/// Where a post comes in the life of a case, so that the made-up people stand in the order in which a visitor plays them: citizens,
/// who hold none, first.
fn along_the_way(code: &str) -> usize {
    const ORDER: [&str; 6] = ["accept", "review", "decide", "issue", "head", "catalogue"];
    ORDER.iter().position(|it| *it == code).unwrap_or(ORDER.len())
}

/// Removes sessions that nobody can use any more and counters that matter no more.
pub(crate) async fn sweep(app: &App, ctx: &Ctx) -> Result<()> {
    let mut unit = Unit::new(ctx);
    let dead = ctx.now.plus_seconds(-(APPLICANT.idle + 2 * SEEN_EVERY));
    unit.run(tokens::FAMILIES_LOGOUT_IDLE, args![dead, ctx.now]);
    unit.run(sessions::SESSIONS_SWEEP, args![dead]);
    let old = ctx.now.plus_seconds(-LONGEST);
    unit.run(rows::TRIES_SWEEP, args![old]);
    app.db.commit(unit).await?.or_stale("会话")
}
