//! Messages to people by telephone and mail: what they say and to whom lies sealed until it is sent; the outbox knows the id only.
//!
//! In a demo site nothing is sent: messages lie in its open «演示短信箱». In a real one a courier of the program takes them to the
//! gateway that the settings name; without one, whoever asks for a code is told so.

use std::collections::HashMap;

use kernel::{Ctx, Error, Id, Moment, Person, Result};
use serde::{Deserialize, Serialize};
use storage::{Unit, args};
use webkit::App;

use crate::{Means, model::code::Recipient, store::messages as rows};

/// The kinds of outbox message that [`outgoing`] makes something to send of: by telephone, by mail.
pub const SMS: &str = "sms";
/// As [`SMS`], by mail.
pub const MAIL: &str = "mail";
/// Messages that the box of a demo site shows.
const SHOWN: i64 = 30;
/// What is kept of a message is destroyed so many seconds after its end.
const KEPT: i64 = 3_600;
/// Messages destroyed in one round.
const SWEPT: i64 = 200;
/// A notice is worth sending for so long, in seconds.
pub const NOTICE_SECONDS: i64 = 24 * 3_600;
/// The item of the vault.
const BODY: &str = "body";

/// A message, as an id's mark.
#[derive(Debug)]
pub enum MessageMark {}

/// What lies sealed.
#[derive(Serialize, Deserialize)]
struct Sealed {
    to: Recipient,
    text: String,
}

/// What the outbox holds.
#[derive(Serialize, Deserialize)]
struct Reference {
    message: Id<MessageMark>,
}

/// A message as it is to be sent.
pub struct Outgoing {
    /// Its id: the receiver may be asked twice for the same.
    pub id: Id<MessageMark>,
    /// To whom.
    pub to: Recipient,
    /// What it says, in Chinese, with the site's name.
    pub text: String,
    /// After this nobody wants it any more.
    pub until: Moment,
}

fn holder(id: Id<MessageMark>) -> String {
    format!("message:{id}")
}

/// Whether messages to such a recipient reach anybody: by a gateway, or, in a demo site, its box.
///
/// # Errors
/// [`Error::Refused`] if nobody would get it, with what to do.
pub(crate) fn reachable(app: &App, to: &Recipient) -> Result<()> {
    let means = app.part::<Means>().map(|it| (*it).clone()).unwrap_or_default();
    match to {
        _ if app.site.demo => Ok(()),
        Recipient::Mobile(_) if means.sms => Ok(()),
        Recipient::Mailbox(_) if means.mail => Ok(()),
        Recipient::Mobile(_) => Err(Error::refused(format!(
            "本站还没有开通短信服务，发不出验证码。请用密码登录，或拨打 {}，也可以带身份证到政务服务窗口办理。",
            app.site.phone
        ))),
        Recipient::Mailbox(_) => Err(Error::refused("本站还没有开通邮件服务，请改用手机号。")),
    }
}

/// Puts a message into the unit, to be sent after it. `silent`: made like any other but for nobody, so that how long it takes tells
/// nothing.
///
/// # Errors
/// If the message cannot be written.
pub(crate) fn queue(
    unit: &mut Unit,
    ctx: &Ctx,
    app: &App,
    (to, text): (&Recipient, String),
    (until, silent): (Moment, bool),
) -> Result<()> {
    add(unit, ctx, app, (to, text), &Timing { from: ctx.now, until, silent }).map(drop)
}

/// When a message is sent, if at all.
struct Timing {
    from: Moment,
    until: Moment,
    silent: bool,
}

fn add(
    unit: &mut Unit,
    ctx: &Ctx,
    app: &App,
    (to, text): (&Recipient, String),
    &Timing { from, until, silent }: &Timing,
) -> Result<Id<MessageMark>> {
    let id = ctx.new_id();
    let kind = match to {
        Recipient::Mobile(_) => SMS,
        Recipient::Mailbox(_) => MAIL,
    };
    let key = app.vault.create(unit, ctx, &holder(id));
    let sealed = serde_json::to_vec(&Sealed { to: to.clone(), text }).map_err(Error::internal)?;
    let _ = app.vault.seal(unit, ctx, (&holder(id), &key), BODY, &sealed);
    let state = if silent { "silent" } else { "made" };
    unit.run(rows::MESSAGE_ADD, args![id, state, ctx.now, until]);
    if !silent && !app.site.demo && reachable(app, to).is_ok() {
        journal::outbox::enqueue_for(unit, (kind, &holder(id)), &Reference { message: id }, from)?;
    }
    Ok(id)
}

/// What became of a notice to a person by telephone or mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Texting {
    /// It leaves with the unit, or when its time has come.
    Queued(Id<MessageMark>),
    /// It lies in the box of a demo site, where nothing is sent.
    Shown,
    /// The person has no number or mailbox, or was erased.
    NoPhone,
    /// The site sends no messages of this kind.
    NoGateway,
}

/// Puts a notice to a person into the unit, by telephone: a whole sentence, to be sent from then on. The site's name is put before it.
///
/// # Errors
/// If the engine fails.
pub async fn text_person(
    unit: &mut Unit,
    ctx: &Ctx,
    app: &App,
    person: Id<Person>,
    (words, from): (&str, Moment),
) -> Result<Texting> {
    match super::people::mobile_of(app, person).await {
        Ok(mobile) => tell(unit, ctx, app, (&Recipient::Mobile(mobile), words, from)),
        Err(Error::NotFound { .. }) => Ok(Texting::NoPhone),
        Err(error) => Err(error),
    }
}

/// As [`text_person`], by mail.
///
/// # Errors
/// If the engine fails.
pub async fn mail_person(
    unit: &mut Unit,
    ctx: &Ctx,
    app: &App,
    person: Id<Person>,
    (words, from): (&str, Moment),
) -> Result<Texting> {
    match super::people::mailbox_of(app, person).await? {
        Some(mailbox) => tell(unit, ctx, app, (&Recipient::Mailbox(mailbox), words, from)),
        None => Ok(Texting::NoPhone),
    }
}

fn tell(unit: &mut Unit, ctx: &Ctx, app: &App, (to, words, from): (&Recipient, &str, Moment)) -> Result<Texting> {
    if reachable(app, to).is_err() {
        return Ok(Texting::NoGateway);
    }
    let text = format!("【{}】{words}", app.site.name);
    let until = from.plus_seconds(NOTICE_SECONDS);
    let id = add(unit, ctx, app, (to, text), &Timing { from, until, silent: false })?;
    Ok(if app.site.demo { Texting::Shown } else { Texting::Queued(id) })
}

/// Of these messages those that are over, by their ids as text: whether they were sent, and when.
///
/// # Errors
/// If the engine fails.
pub async fn texts_ended(app: &App, ids: &[String]) -> Result<HashMap<String, (bool, Moment)>> {
    let keys: Vec<_> = ids.iter().map(|it| format!("message:{it}")).collect();
    let ended = journal::outbox::ended(&app.db, &keys).await?;
    let bare = |(key, end): (String, (bool, Moment))| (key.trim_start_matches("message:").to_owned(), end);
    Ok(ended.into_iter().map(bare).collect())
}

/// The message of an outbox row, as it is to be sent; `None` if its time is over.
///
/// # Errors
/// If the engine fails, or the row is not of a message.
pub async fn outgoing(ctx: &Ctx, app: &App, body: &str) -> Result<Option<Outgoing>> {
    let Reference { message } = serde_json::from_str(body).map_err(Error::internal)?;
    let Some(row) = app.db.find(rows::MESSAGE, args![message]).await? else { return Ok(None) };
    let until = row.moment("until")?;
    if until <= ctx.now {
        return Ok(None);
    }
    let Sealed { to, text } = unsealed(app, message).await?;
    Ok(Some(Outgoing { id: message, to, text, until }))
}

async fn unsealed(app: &App, id: Id<MessageMark>) -> Result<Sealed> {
    serde_json::from_slice(&app.vault.open(&holder(id), BODY).await?).map_err(Error::internal)
}

/// A message in the box of a demo site.
pub(crate) struct Shown {
    /// The number or mailbox, most of it as stars.
    pub(crate) to: String,
    pub(crate) text: String,
    pub(crate) at: Moment,
}

/// The latest messages of a demo site, the newest first.
///
/// # Errors
/// [`Error::NotFound`] elsewhere; if the engine fails.
pub(crate) async fn demo_box(app: &App) -> Result<Vec<Shown>> {
    if !app.site.demo {
        return Err(Error::NotFound { what: "页面" });
    }
    let found = app.db.query(rows::MESSAGES_LATEST, args!["made", SHOWN]).await?;
    let ids = found.iter().map(|row| row.id("id")).collect::<Result<Vec<_>>>()?;
    let holders: Vec<_> = ids.iter().map(|id| holder(*id)).collect();
    let opened: HashMap<_, _> = app.vault.open_each(&holders, BODY).await?.into_iter().collect();
    let mut shown = Vec::new();
    for (row, holder) in found.iter().zip(&holders) {
        let Some(bytes) = opened.get(holder) else { continue };
        let Sealed { to, text } = serde_json::from_slice(bytes).map_err(Error::internal)?;
        shown.push(Shown { to: to.masked(), text, at: row.moment("made_at")? });
    }
    Ok(shown)
}

/// Destroys messages whose time is over, and codes that nobody can use.
pub(crate) async fn sweep(app: &App, ctx: &Ctx) -> Result<()> {
    let dead = ctx.now.plus_seconds(-KEPT);
    let mut unit = Unit::new(ctx);
    for row in app.db.query(rows::MESSAGES_OVER, args![dead, SWEPT]).await? {
        let id = row.id("id")?;
        app.vault.destroy(&mut unit, &holder(id));
        unit.run(rows::MESSAGE_GONE, args![id]);
    }
    unit.run(crate::store::codes::CODES_SWEEP, args![ctx.now]);
    app.db.commit(unit).await?.or_stale("消息")
}
