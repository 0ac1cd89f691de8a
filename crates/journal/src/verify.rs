//! `yiwang journal verify`: from one snapshot, every chain, the running chain, the signed heads, and the things replayed.
//!
//! Three walks by key, each in pages, so that a large record needs no more memory than a small one: all entries chain by chain,
//! each chain compared with its thing's row; the numbered entries in the order of the feed; the signed heads beside them.

use std::fmt;

use kernel::{Error, Result};
use storage::{Row, Snapshot, Sql, Value, args};

use crate::{
    FeedHead, Head, Record, SignedHead, SitePublicKey,
    attested::{Attested, Beside, Wrong},
    entry::{Hash, limit},
    store,
};

/// Rows read at once.
const PAGE: usize = 500;

/// The longest chain that is replayed; a thing with more entries is a mistake of its area.
const CHAIN_MAX: usize = 100_000;

const NO_CHAIN: &str = "这一行没有日志";
const NO_ROW: &str = "日志有这一事物，状态表中却没有";

/// A thing as its rows tell it, in a form that a replay can be compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// The subject of its chain.
    pub subject: String,
    /// All that the record determines, as canonical JSON text.
    pub state: String,
}

/// How the things of one kind are replayed and compared with their rows.
pub trait Replay: Send + Sync {
    /// What its subjects begin with: `case:`. A subject is this and the row's `id`.
    fn prefix(&self) -> &'static str;
    /// A page of the things' rows by key: `$1` is the last id seen (`''` at first), `$2` the limit. Has the columns `id`,
    /// `version`, `head`, `changed_at` and what [`Replay::row`] needs. Ordered by `id`, which is an [`Id`](kernel::Id).
    fn rows(&self) -> Sql;
    /// The thing as its row tells it.
    ///
    /// # Errors
    /// If the row cannot be read.
    fn row(&self, row: &Row) -> Result<Thing>;
    /// The thing as its entries tell it, oldest first; the sum of what happened.
    ///
    /// # Errors
    /// If the entries make no sense: a kind unknown, an act out of order.
    fn replay(&self, entries: &[Record]) -> Result<Thing>;
    /// Rows without a chain that rest on entries of these things.
    fn attested(&self) -> Vec<Attested> {
        Vec::new()
    }
}

/// What was checked.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Entries whose hash was made anew and agrees.
    pub entries: u64,
    /// Chains followed from their first entry to the head that the thing's row keeps.
    pub chains: u64,
    /// Things replayed and found equal to their rows.
    pub things: u64,
    /// Signed heads whose signature and running chain agree.
    pub signed_heads: u64,
}

/// The first thing found altered.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Broken {
    /// The table.
    pub table: String,
    /// Which row, by its key.
    pub row: String,
    /// What does not agree, in Chinese.
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}：{}", self.table, self.row, self.what)
    }
}

/// Why a walk ended early.
enum Stop {
    Broken(Broken),
    Engine(Error),
}

impl Stop {
    /// At an altered row.
    fn at(table: &str, row: impl fmt::Display, what: impl Into<String>) -> Self {
        Self::Broken(Broken { table: table.to_owned(), row: row.to_string(), what: what.into() })
    }
}

type Walk<T> = std::result::Result<T, Stop>;

/// Checks everything; the inner result names the first altered row.
///
/// `keys` are the site's public keys, in the order in which it signed with them: one, or more where it was changed. Once a head is
/// signed with a later key, no head after it may bear an earlier one: a key that was given up vouches for nothing new
/// (so all nodes change it together).
///
/// # Errors
/// If the engine fails.
pub async fn verify(
    snapshot: &Snapshot,
    keys: &[SitePublicKey],
    replays: &[&dyn Replay],
) -> Result<std::result::Result<Report, Broken>> {
    let mut report = Report::default();
    let walk = async {
        let numbered = chains(snapshot, replays, &mut report).await?;
        let head = head(snapshot).await?;
        running(snapshot, keys, &head, &mut report).await?;
        if numbered == head.position {
            Ok(())
        } else {
            // The walk by position passed over an entry that bears another's number.
            Err(Stop::at(
                "journal",
                head.position,
                format!("已编号 {numbered} 条，与总链头的 {} 条不符", head.position),
            ))
        }
    };
    match walk.await {
        Ok(()) => Ok(Ok(report)),
        Err(Stop::Broken(broken)) => Ok(Err(broken)),
        Err(Stop::Engine(error)) => Err(error),
    }
}

/// Follows every chain and compares it with its thing; gives how many entries are numbered.
///
/// An entry that disagrees with its own hash is the altered row itself. What else disagrees may only follow from such a one further
/// on (its subject was altered, so that it is missing here), and is told only if there is none.
async fn chains(snapshot: &Snapshot, replays: &[&dyn Replay], report: &mut Report) -> Walk<i64> {
    let mut things: Vec<Things<'_>> = replays.iter().map(|replay| Things::new(*replay)).collect();
    let mut beside: Vec<(&str, Beside)> = Vec::new();
    for replay in replays {
        beside.extend(replay.attested().into_iter().map(|it| (replay.prefix(), Beside::new(it))));
    }
    let mut chain = Chain::default();
    let mut suspect = None;
    let mut numbered = 0;
    let mut after = args!["", i64::MIN];
    loop {
        let page: Vec<Record> = page(snapshot, store::BY_KEY, after.clone(), Record::read).await?;
        let Some(last) = page.last() else { break };
        after = args![&last.subject, last.version];
        for entry in page {
            if entry.hash != entry.hash_anew() {
                return Err(Stop::at("journal", name(&entry.subject, entry.version), "内容与本条校验值不符"));
            }
            numbered += i64::from(entry.position.is_some());
            report.entries += 1;
            if suspect.is_none() {
                for (_, rows) in beside.iter_mut().filter(|it| entry.subject.starts_with(it.0)) {
                    let wrong = rows.follow(snapshot, &entry).await;
                    suspect = suspect.or(told_wrong(rows, wrong)?);
                }
            }
            if suspect.is_none() {
                suspect = found(chain.follow(snapshot, &mut things, (entry, report)).await)?;
            }
        }
    }
    if suspect.is_none() {
        suspect = found(chain.close(snapshot, &mut things, report).await)?;
    }
    if let Some(broken) = suspect {
        return Err(Stop::Broken(broken));
    }
    for (_, rows) in &mut beside {
        let wrong = rows.close(snapshot).await;
        if let Some(broken) = told_wrong(rows, wrong)? {
            return Err(Stop::Broken(broken));
        }
    }
    for thing in &mut things {
        if let Some(row) = thing.next(snapshot).await? {
            return Err(Stop::at(thing.table(), row.id, NO_CHAIN));
        }
    }
    Ok(numbered)
}

/// What rows beside the chains are wrong, apart from a failing engine.
fn told_wrong(rows: &Beside, wrong: Result<Option<Wrong>>) -> Walk<Option<Broken>> {
    let broken = |(row, what): Wrong| Broken { table: rows.table().to_owned(), row, what: what.to_owned() };
    wrong.map(|it| it.map(broken)).map_err(Stop::Engine)
}

/// What was found altered, apart from a failing engine.
fn found(walked: Walk<()>) -> Walk<Option<Broken>> {
    match walked {
        Ok(()) => Ok(None),
        Err(Stop::Broken(broken)) => Ok(Some(broken)),
        Err(engine) => Err(engine),
    }
}

/// The chain that is being followed.
#[derive(Default)]
struct Chain {
    subject: String,
    head: Option<Head>,
    /// The place of its kind among the replays; entries are kept only where there is one.
    kind: Option<usize>,
    entries: Vec<Record>,
}

impl Chain {
    fn of(subject: &str, things: &[Things<'_>]) -> Self {
        let kind = things.iter().position(|it| subject.starts_with(it.replay.prefix()));
        Self { subject: subject.to_owned(), kind, ..Self::default() }
    }

    /// Goes on with the next entry, which may begin another chain.
    async fn follow(
        &mut self,
        snapshot: &Snapshot,
        things: &mut [Things<'_>],
        (entry, report): (Record, &mut Report),
    ) -> Walk<()> {
        if entry.subject != self.subject {
            self.close(snapshot, things, report).await?;
            *self = Self::of(&entry.subject, things);
        }
        self.take(entry)
    }

    fn take(&mut self, entry: Record) -> Walk<()> {
        let broken = |what: &str| Err(Stop::at("journal", name(&entry.subject, entry.version), what));
        let head = self.head.clone().unwrap_or_else(Head::none);
        if entry.version != head.version + 1 {
            return broken(&format!("前面缺少第 {} 条", head.version + 1));
        }
        if entry.prev != head.hash {
            return broken("与上一条的校验值不相接");
        }
        if entry.at < head.at {
            return broken("时间早于上一条");
        }
        if self.entries.len() == CHAIN_MAX {
            return broken(&format!("同一事物的日志超过 {CHAIN_MAX} 条，无法重演"));
        }
        self.head = Some(entry.head());
        if self.kind.is_some() {
            self.entries.push(entry);
        }
        Ok(())
    }

    /// Compares the whole chain with the thing's row, if things of its kind have rows.
    async fn close(&self, snapshot: &Snapshot, things: &mut [Things<'_>], report: &mut Report) -> Walk<()> {
        let Some(head) = &self.head else { return Ok(()) };
        report.chains += 1;
        let Some(things) = self.kind.and_then(|kind| things.get_mut(kind)) else { return Ok(()) };
        let id = &self.subject[things.replay.prefix().len()..];
        let Some(row) = things.next(snapshot).await? else {
            return Err(Stop::at(things.table(), id, NO_ROW));
        };
        if row.id != id {
            let rows =
                snapshot.query(store::CHAIN, args![format!("{}{}", things.replay.prefix(), row.id), 1_i64]).await;
            return Err(match rows {
                Err(error) => Stop::Engine(error),
                Ok(rows) if rows.is_empty() => Stop::at(things.table(), row.id, NO_CHAIN),
                Ok(_) => Stop::at(things.table(), id, NO_ROW),
            });
        }
        let broken = |what: &str| Err(Stop::at(things.table(), id, what));
        if row.head.version != head.version {
            return broken(&format!("版本是 {}，日志到第 {} 条", row.head.version, head.version));
        }
        if row.head.hash != head.hash {
            return broken("链头校验值与日志最后一条不符");
        }
        if row.head.at != head.at {
            return broken("变更时间与日志最后一条不符");
        }
        match things.replay.replay(&self.entries) {
            Ok(thing) if thing == row.thing => {}
            Ok(_) => return broken("内容与按日志重演的结果不符"),
            Err(error) => return broken(&format!("日志无法重演（{error}）")),
        }
        report.things += 1;
        Ok(())
    }
}

/// The rows of things of one kind, by id, beside the walk over the chains.
struct Things<'a> {
    replay: &'a dyn Replay,
    rows: std::vec::IntoIter<ThingRow>,
    after: String,
    ended: bool,
}

struct ThingRow {
    id: String,
    head: Head,
    thing: Thing,
}

impl<'a> Things<'a> {
    fn new(replay: &'a dyn Replay) -> Self {
        Self { replay, rows: Vec::new().into_iter(), after: String::new(), ended: false }
    }

    /// Things of a kind are named by it: the crate knows no area's tables.
    fn table(&self) -> &'static str {
        self.replay.prefix().trim_end_matches(':')
    }

    async fn next(&mut self, snapshot: &Snapshot) -> Walk<Option<ThingRow>> {
        if self.rows.len() == 0 && !self.ended {
            let values = args![&self.after, limit(PAGE)];
            let rows = match snapshot.query(self.replay.rows(), values).await {
                Ok(rows) => rows,
                Err(error) => {
                    let broken = Stop::at(self.table(), format!("{} 之后", self.after), "有一行读不出来");
                    return Err(unreadable(snapshot, error, broken).await);
                }
            };
            self.ended = rows.len() < PAGE;
            let mut page = Vec::with_capacity(rows.len());
            for row in &rows {
                let id = row.string("id").map_err(Stop::Engine)?;
                let unreadable = |error| Stop::at(self.table(), &id, format!("这一行读不出来（{error}）"));
                let head = Head::of(row).map_err(unreadable)?;
                let thing = self.replay.row(row).map_err(unreadable)?;
                page.push(ThingRow { id, head, thing });
            }
            self.after = page.last().map(|row| row.id.clone()).unwrap_or_default();
            self.rows = page.into_iter();
        }
        Ok(self.rows.next())
    }
}

/// The head row, which must be one and agree with its own check.
async fn head(snapshot: &Snapshot) -> Walk<FeedHead> {
    let broken = |what: &str| Stop::at("journal_head", 1, what);
    let rows = match snapshot.query(store::HEAD, args![]).await {
        Ok(rows) => rows,
        Err(error) => return Err(unreadable(snapshot, error, broken("这一行读不出来")).await),
    };
    let [row] = &rows[..] else { return Err(broken("应当只有一行")) };
    let read = || Ok::<_, Error>((FeedHead::read(row)?, row.int("id")?, row.string("mark")?));
    let (head, id, mark) = read().map_err(|_| broken("这一行读不出来"))?;
    if id != 1 || mark != head.mark() {
        return Err(broken("内容与本行校验值不符"));
    }
    Ok(head)
}

/// Makes the running chain anew over all numbered entries and compares it with the head and, on the way, with the signed heads.
async fn running(snapshot: &Snapshot, keys: &[SitePublicKey], head: &FeedHead, report: &mut Report) -> Walk<()> {
    let outside = snapshot.query(store::OUTSIDE, args![head.position]).await.map_err(Stop::Engine)?;
    if let Some(row) = outside.first() {
        let read = || Ok::<_, Error>((name(row.text("subject")?, row.int("version")?), row.int("position")?));
        let (name, position) = read().map_err(Stop::Engine)?;
        return Err(Stop::at("journal", name, format!("序号 {position} 不在 1 到总链头的 {} 之间", head.position)));
    }
    let mut signed = Signed { keys, after: i64::MIN, page: Vec::new().into_iter(), waiting: None, ended: false };
    let mut at = FeedHead { position: 0, running: Hash::new(), epoch: 0 };
    signed.agree(snapshot, &at, report).await?;
    loop {
        let read = |row: &Row| {
            let name = name(row.text("subject")?, row.int("version")?);
            Ok((name, row.string("hash")?, row.int("position")?))
        };
        let page = page(snapshot, store::BY_POSITION, args![at.position], read).await?;
        if page.is_empty() {
            break;
        }
        for (name, hash, position) in page {
            if position != at.position + 1 {
                let missing = format!("序号 {}", at.position + 1);
                return Err(Stop::at("journal", missing, format!("没有这一条，其后是{name}（序号 {position}）")));
            }
            at.take(&hash);
            signed.agree(snapshot, &at, report).await?;
        }
    }
    if at.position != head.position {
        let missing = format!("序号 {}", at.position + 1);
        return Err(Stop::at("journal", missing, format!("没有这一条，总链头却已到 {}", head.position)));
    }
    if at.running != head.running {
        return Err(Stop::at("journal_head", 1, "总链校验值与日志不符：有条目的序号被改动，或总链头被改动"));
    }
    match signed.next(snapshot).await? {
        Some(beyond) => Err(Stop::at("journal_signed_heads", beyond.position, "签名到此序号，日志却没有这么多")),
        None => Ok(()),
    }
}

/// The signed heads by position, beside the walk over the running chain.
struct Signed<'a> {
    /// That in use where the walk stands, and those after it.
    keys: &'a [SitePublicKey],
    after: i64,
    page: std::vec::IntoIter<SignedHead>,
    waiting: Option<SignedHead>,
    ended: bool,
}

impl Signed<'_> {
    /// Checks the signed head of this position, if there is one.
    async fn agree(&mut self, snapshot: &Snapshot, at: &FeedHead, report: &mut Report) -> Walk<()> {
        let Some(head) = self.next(snapshot).await? else { return Ok(()) };
        let broken = |what| Err(Stop::at("journal_signed_heads", head.position, what));
        if head.position > at.position {
            self.waiting = Some(head);
            return Ok(());
        }
        match self.keys.iter().position(|key| head.is_by(key)) {
            Some(later) => self.keys = &self.keys[later..],
            None => return broken("签名与内容不符，或不是本站点此时的密钥所签"),
        }
        if head.position < at.position || head.running != at.running {
            return broken("签名时的总链校验值与日志不符");
        }
        report.signed_heads += 1;
        Ok(())
    }

    async fn next(&mut self, snapshot: &Snapshot) -> Walk<Option<SignedHead>> {
        if let Some(head) = self.waiting.take().or_else(|| self.page.next()) {
            return Ok(Some(head));
        }
        if self.ended {
            return Ok(None);
        }
        let page = page(snapshot, store::SIGNED_AFTER, args![self.after], SignedHead::read).await?;
        self.after = page.last().map_or(self.after, |head| head.position);
        self.ended = page.is_empty();
        self.page = page.into_iter();
        Ok(self.page.next())
    }
}

/// A page of rows after a key. A row that cannot be read is an altered row, not a failure of the engine: it is looked for one by
/// one and named by the key before it.
async fn page<T>(snapshot: &Snapshot, sql: Sql, after: Vec<Value>, read: impl Fn(&Row) -> Result<T>) -> Walk<Vec<T>> {
    let ask = |rows: usize| {
        let mut values = after.clone();
        values.push(Value::Int(limit(rows)));
        snapshot.query(sql, values)
    };
    let mut rows = ask(PAGE).await;
    for fewer in [PAGE / 10, 1] {
        if rows.is_err() {
            rows = ask(fewer).await;
        }
    }
    let table = if sql == store::SIGNED_AFTER { "journal_signed_heads" } else { "journal" };
    let broken = || {
        let after: Vec<String> = after.iter().map(plain).collect();
        Stop::at(table, format!("{} 之后", after.join(" ")), "有一行读不出来")
    };
    match rows {
        Ok(rows) => rows.iter().map(|row| read(row).map_err(|_| broken())).collect(),
        Err(error) => Err(unreadable(snapshot, error, broken()).await),
    }
}

/// Tells an unreadable row from a failing engine: the engine still answers about something else.
async fn unreadable(snapshot: &Snapshot, error: Error, broken: Stop) -> Stop {
    match snapshot.query(store::ALIVE, args![]).await {
        Ok(_) => broken,
        Err(_) => Stop::Engine(error),
    }
}

fn name(subject: &str, version: i64) -> String {
    format!("{subject} 第 {version} 条")
}

fn plain(value: &Value) -> String {
    match value {
        Value::Int(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        _ => String::new(),
    }
}
