//! What applicants are told as their cases go on: on the platform always, by text message and mail as they chose. A reader of the record makes it, so
//! no act waits for it; messages leave through the outbox, and how each ended is written back.

use kernel::{Ctx, Cursor, Error, Holder, Id, Moment, Page, PageAsk, Person, Result};
use serde::{Deserialize, Serialize};
use storage::{Sql, Unit, args};
use webkit::{App, utoipa::ToSchema};

use crate::{
    CaseId,
    model::{
        Event,
        notice::{Choices, send_at, title_of, told},
    },
    service,
    store::{self, CaseRow},
};

/// What sorts after every id.
const LAST: &str = "~";
/// What happened longer ago is told on the platform only.
const LATE_SECONDS: i64 = 24 * 3_600;
/// Notices of one case that are shown.
const OF_CASE_MAX: i64 = 100;
/// More unread ones than this are not counted.
const UNREAD_MAX: i64 = 100;
/// Messages whose end is looked for in one query, and such queries in one round.
const SETTLED: i64 = 100;
const ROUNDS_MAX: usize = 50;
/// A message is over so long after it should have left: its own time is over, whatever the outbox says.
const OVER_SECONDS: i64 = 26 * 3_600;

/// How a text message of a notice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sending {
    /// Shown in the demo's box, where nothing is sent.
    Shown,
    /// The person does not want it.
    Unwanted,
    NoPhone,
    NoGateway,
    /// It happened too long ago.
    Late,
    Waiting,
    Sent,
    Failed,
}

impl Sending {
    const ALL: [(Self, &str, &str); 8] = [
        (Self::Shown, "shown", "演示站不发短信，可在演示信箱查看"),
        (Self::Unwanted, "unwanted", "按本人选择没有发短信"),
        (Self::NoPhone, "no_phone", "没有登记手机号，没有发短信"),
        (Self::NoGateway, "no_gateway", "本站还没有开通短信，没有发短信"),
        (Self::Late, "late", "时间已久，没有发短信"),
        (Self::Waiting, "waiting", "短信等待发送"),
        (Self::Sent, "sent", "短信已发出"),
        (Self::Failed, "failed", "短信没有发出去"),
    ];

    fn code(self) -> &'static str {
        Self::ALL.iter().find(|it| it.0 == self).map_or("", |it| it.1)
    }
}

/// Something that a person was told of a case.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Notice {
    /// 消息标识
    pub(crate) id: String,
    /// 办件标识；代表单位办的，没有切换为该单位时为空
    pub(crate) case: String,
    /// 办件编号；在办件自己的列表里为空
    pub(crate) number: String,
    /// 事项名称；在办件自己的列表里为空
    pub(crate) item_name: String,
    /// 说了什么
    pub(crate) title: String,
    /// 时间（RFC 3339）
    pub(crate) at: String,
    /// 时间，供人阅读
    pub(crate) when: String,
    /// 是否还没有看过
    pub(crate) unread: bool,
    /// 短信怎么样了
    pub(crate) message: String,
    /// 邮件怎么样了；没有登记邮箱、没有选择发邮件的为空
    pub(crate) mail: String,
}

impl Notice {
    /// When it was, and how it went out.
    pub(crate) fn told(&self) -> String {
        let parts = [self.when.as_str(), &self.message, &self.mail];
        parts.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join("，")
    }
}

/// What somebody chose to be told by text message and mail.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub(crate) struct NoticeChoices {
    /// 每一步进度都发短信；不选时只发需要本人办理和决定结果的
    pub(crate) progress: bool,
    /// 夜间（22 点到次日 8 点）也发；不选时等到早上 8 点
    pub(crate) night: bool,
    /// 登记了邮箱的，同样的内容也发邮件
    #[serde(default = "yes")]
    pub(crate) mail: bool,
}

/// What a program that does not know of mail means.
fn yes() -> bool {
    true
}

/// Tells the applicant of this entry, in the unit of the reader that read it.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn tell(
    ctx: &Ctx,
    unit: &mut Unit,
    app: &App,
    (row, event, number): (&CaseRow, &Event, i64),
) -> Result<()> {
    let Some(told) = told(&event.fact) else { return Ok(()) };
    let (kind, at) = (event.kind(), event.at);
    say(ctx, unit, app, &Saying { row, number, kind, at, words: told.words, matters: told.matters }).await
}

/// Something to be told of a case.
pub(super) struct Saying<'a> {
    pub(super) row: &'a CaseRow,
    /// Its number among what was told of the case: that of the entry it follows from.
    pub(super) number: i64,
    pub(super) kind: &'static str,
    /// When it happened.
    pub(super) at: Moment,
    /// What goes on after the item's name and the case's number.
    pub(super) words: &'static str,
    /// Whether it is sent whatever was chosen.
    pub(super) matters: bool,
}

/// Tells it on the platform, and by text message as the person chose.
///
/// # Errors
/// If the engine fails.
pub(super) async fn say(ctx: &Ctx, unit: &mut Unit, app: &App, it: &Saying<'_>) -> Result<()> {
    // Who acts for an enterprise is told; what a window files for somebody is told to that person.
    let person = match it.row.facts.holder {
        Holder::Person(person) => person,
        Holder::Enterprise(_) => it.row.facts.filed_by,
    };
    let choices = choices_of(app, person).await?;
    let at = send_at(ctx.now, choices);
    let mut sent = (Sent::default(), Sent::default());
    let sending = if it.at.plus_seconds(LATE_SECONDS) < ctx.now {
        Sending::Late
    } else if !(it.matters || choices.progress) {
        Sending::Unwanted
    } else {
        let item = catalogue::items_of(&app.db, &[it.row.facts.item]).await?;
        let name = item.get(&it.row.facts.item).map_or("", |it| it.name.as_str());
        let text = format!("您申请的「{name}」（办件编号 {}）{}。", it.row.facts.number, it.words);
        sent.0 = Sent::of(identity::text_person(unit, ctx, app, person, (&text, at)).await?, at);
        if choices.mail {
            sent.1 = Sent::of(identity::mail_person(unit, ctx, app, person, (&text, at)).await?, at);
        }
        sent.0.sending.unwrap_or(Sending::NoPhone)
    };
    // Sorts by time; of what one act did in the order in which it did it.
    let id = format!("{:016x}-{:06}-{}", it.at.micros(), it.number, it.row.id);
    // Whoever has no mailbox misses nothing.
    let mail = sent.1.sending.filter(|it| !matches!(it, Sending::NoPhone | Sending::NoGateway));
    let values = args![
        it.row.id,
        it.number,
        id,
        person,
        it.kind,
        it.at,
        sending.code(),
        sent.0.message,
        sent.0.at,
        mail.map_or("", Sending::code),
        sent.1.message,
        sent.1.at
    ];
    unit.run(store::NOTICE_ADD, values);
    Ok(())
}

/// How a message went out, or not.
#[derive(Default)]
struct Sent {
    sending: Option<Sending>,
    message: Option<String>,
    at: Option<Moment>,
}

impl Sent {
    fn of(texting: identity::Texting, at: Moment) -> Self {
        let (sending, message) = match texting {
            identity::Texting::Queued(id) => (Sending::Waiting, Some(id.to_string())),
            identity::Texting::Shown => (Sending::Shown, None),
            identity::Texting::NoPhone => (Sending::NoPhone, None),
            identity::Texting::NoGateway => (Sending::NoGateway, None),
        };
        let at = message.as_ref().map(|_| at);
        Self { sending: Some(sending), message, at }
    }
}

pub(super) async fn choices_of(app: &App, person: Id<Person>) -> Result<Choices> {
    let row = app.db.find(store::CHOICES, args![person]).await?;
    row.as_ref().map_or(Ok(Choices::default()), store::choices)
}

/// Looks how messages on their way ended, and writes it down.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn settle(app: &App, ctx: &Ctx) -> Result<()> {
    for (waiting, settled) in
        [(store::NOTICES_WAITING, store::NOTICE_SETTLED), (store::MAILS_WAITING, store::MAIL_SETTLED)]
    {
        settle_those(app, ctx, (waiting, settled)).await?;
    }
    Ok(())
}

async fn settle_those(app: &App, ctx: &Ctx, (waiting, settled): (Sql, Sql)) -> Result<()> {
    let (mut at, mut after) = (i64::MIN, String::new());
    for _ in 0..ROUNDS_MAX {
        let rows = app.db.query(waiting, args![ctx.now, at, &after, SETTLED]).await?;
        let Some(last) = rows.last() else { break };
        (at, after) = (last.int("send_at")?, last.string("id")?);
        let ids = rows.iter().map(|row| row.string("message")).collect::<Result<Vec<_>>>()?;
        let ended = identity::texts_ended(app, &ids).await?;
        let mut unit = Unit::new(ctx);
        for (row, message) in rows.iter().zip(&ids) {
            let send_at = row.moment("send_at")?;
            let (sent_until, over) =
                (send_at.plus_seconds(identity::TEXT_SECONDS), send_at.plus_seconds(OVER_SECONDS) < ctx.now);
            let end = match ended.get(message) {
                // What the outbox got rid of after its time was sent to nobody.
                Some((sent, at)) if *sent && *at <= sent_until => Some((Sending::Sent, *at)),
                Some((_, at)) => Some((Sending::Failed, *at)),
                None => over.then_some((Sending::Failed, ctx.now)),
            };
            if let Some((sending, at)) = end {
                unit.run(settled, args![row.string("id")?, sending.code(), at]);
            }
        }
        app.db.commit(unit).await?.or_stale("消息")?;
    }
    Ok(())
}

/// What the caller was told, the latest first.
///
/// # Errors
/// [`Error::SignIn`]; [`Error::NotFound`] for a key of another list; if the engine fails.
pub(crate) async fn own(ctx: &Ctx, app: &App, ask: &PageAsk) -> Result<Page<Notice>> {
    let person = ctx.person()?;
    let before = ask.after.as_ref().map_or(Ok(LAST), |cursor| cursor.text(0))?;
    let rows = app.db.query(store::NOTICES_OF, args![person, before, ask.sql_limit()]).await?;
    let page = Page::cut(rows, ask, |row| Cursor::new([row.text("id").unwrap_or_default()]));
    let ids = page.items.iter().map(|row| row.id("item")).collect::<Result<Vec<_>>>()?;
    let items = catalogue::items_of(&app.db, &ids).await?;
    let acting = ctx.actor.holder().map(|it| it.to_string());
    let mut lines = Vec::with_capacity(page.items.len());
    for (row, item) in page.items.iter().zip(&ids) {
        let item_name = items.get(item).map_or_else(String::new, |it| it.name.clone());
        let mut line = Notice { number: row.string("case_number")?, item_name, ..notice(row, ctx.now)? };
        // A case opens for whom one acts at present.
        if acting.as_deref() != Some(row.text("holder")?) {
            line.case.clear();
        }
        lines.push(line);
    }
    Ok(Page { items: lines, next: page.next })
}

/// How many of them the caller has not seen, at most a hundred.
///
/// # Errors
/// [`Error::SignIn`]; if the engine fails.
pub(crate) async fn unread(ctx: &Ctx, app: &App) -> Result<i64> {
    let row = app.db.find(store::NOTICES_UNREAD, args![ctx.person()?, UNREAD_MAX]).await?;
    row.map_or(Ok(0), |row| row.int("unread"))
}

/// The caller has seen what came up to `last` (all if empty).
///
/// # Errors
/// [`Error::SignIn`]; if the engine fails.
pub(crate) async fn read(ctx: &Ctx, app: &App, last: &str) -> Result<()> {
    let mut unit = Unit::new(ctx);
    let last = if last.is_empty() { LAST } else { last };
    unit.run(store::NOTICES_READ, args![ctx.person()?, last, ctx.now]);
    app.db.commit(unit).await?.or_stale("消息")
}

/// What was told of a case, for whoever may see it.
///
/// # Errors
/// As [`crate::service::reads::case`].
pub(crate) async fn of_case(ctx: &Ctx, app: &App, id: CaseId) -> Result<Vec<Notice>> {
    service::load_for(ctx, app, id).await?;
    let rows = app.db.query(store::NOTICES_OF_CASE, args![id, OF_CASE_MAX]).await?;
    rows.iter().map(|row| notice(row, ctx.now)).collect()
}

fn notice(row: &storage::Row, now: Moment) -> Result<Notice> {
    let (kind, at) = (row.text("kind")?, row.moment("made_at")?);
    let message = standing(row, ["sending", "send_at", "settled_at"], now)?;
    let mail = standing(row, ["mail_sending", "mail_send_at", "mail_settled_at"], now)?.replace("短信", "邮件");
    Ok(Notice {
        id: row.string("id")?,
        case: row.string("case_id")?,
        number: String::new(),
        item_name: String::new(),
        title: title_of(kind).to_owned(),
        at: at.to_string(),
        when: at.zh(),
        unread: row.opt_moment("read_at")?.is_none(),
        message,
        mail,
    })
}

/// How a message stands, by these columns, in words; empty: there is none.
fn standing(row: &storage::Row, [sending, send_at, settled_at]: [&str; 3], now: Moment) -> Result<String> {
    let code = row.text(sending)?;
    if code.is_empty() {
        return Ok(String::new());
    }
    let known = Sending::ALL.iter().find(|it| it.1 == code).ok_or_else(|| Error::internal("how a message stands"))?;
    Ok(match known.0 {
        Sending::Sent => match row.opt_moment(settled_at)? {
            Some(at) => format!("{}，{}", known.2, at.zh()),
            None => known.2.to_owned(),
        },
        Sending::Waiting => match row.opt_moment(send_at)?.filter(|it| *it > now) {
            Some(at) => format!("短信将在{}发送", at.zh()),
            None => known.2.to_owned(),
        },
        _ => known.2.to_owned(),
    })
}

/// What the caller chose.
///
/// # Errors
/// [`Error::SignIn`]; if the engine fails.
pub(crate) async fn choices(ctx: &Ctx, app: &App) -> Result<NoticeChoices> {
    let Choices { progress, night, mail } = choices_of(app, ctx.person()?).await?;
    Ok(NoticeChoices { progress, night, mail })
}

/// The caller chooses.
///
/// # Errors
/// As [`choices`].
pub(crate) async fn choose(ctx: &Ctx, app: &App, it: NoticeChoices) -> Result<()> {
    let mut unit = Unit::new(ctx);
    unit.run(store::CHOICES_SET, args![ctx.person()?, it.progress, it.night, it.mail]);
    app.db.commit(unit).await?.or_stale("消息设置")
}
