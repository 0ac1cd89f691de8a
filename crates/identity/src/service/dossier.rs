//! All that the platform holds of one person, for that person alone (个人信息保护法 art. 45: 查阅、复制、转移). What other areas hold they
//! tell through a trait that the program hands over, since this area knows none of them; through the same they say what keeps an account
//! from being closed, and forget what need not be kept.

use std::sync::Arc;

use async_trait::async_trait;
use kernel::{Actor, Ctx, Error, Id, PAGE_MAX, PageAsk, Person, Result};
use serde_json::{Map, Value};
use storage::{BlobId, Unit, args};
use webkit::{App, ArchiveSink, Packing};

use super::{
    closing, factors, looks, mandates,
    openid::consents,
    people::{card_of, vault_holder},
    posts,
};
use crate::{
    DATA, SiteCallers,
    model::{level, session::APPLICANT},
    store::{people as people_rows, sessions},
};

/// Rows of one table at most; whoever has more is told where the rest is.
const ROWS_MAX: usize = 10_000;
/// Sessions of one person that are told at most.
const SESSIONS_MAX: i64 = 50;

/// A table of what is held of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What it is called.
    pub name: &'static str,
    /// Its heads.
    pub heads: &'static [&'static str],
    /// Its rows, each with a cell for each head.
    pub rows: Vec<Vec<String>>,
}

/// What keeps an account from being closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hindrance {
    /// What there is.
    pub what: String,
    /// What to do about it: a whole sentence.
    pub remedy: String,
}

/// What another area holds of people.
#[async_trait]
pub trait Dossier: Send + Sync {
    /// What is held of whoever asks, who acts for itself.
    ///
    /// # Errors
    /// If the engine fails.
    async fn told(&self, ctx: &Ctx, app: &App) -> Result<Vec<Section>>;

    /// What keeps the account of a person from being closed now.
    ///
    /// # Errors
    /// If the engine fails.
    async fn hindrances(&self, ctx: &Ctx, app: &App, person: Id<Person>) -> Result<Vec<Hindrance>>;

    /// Adds to this unit that what need not be kept of a person is forgotten; gives the files that may go once it is committed.
    ///
    /// # Errors
    /// If the engine fails.
    async fn forget(&self, app: &App, unit: &mut Unit, person: Id<Person>) -> Result<Vec<BlobId>>;

    /// Puts the files of whoever asks into the archive; gives what was left out, a whole sentence each: why, and where it can be had.
    ///
    /// # Errors
    /// If the engine fails, or nobody fetches the archive any more.
    async fn files(&self, ctx: &Ctx, app: &App, into: &mut ArchiveSink) -> Result<Vec<String>>;
}

/// Who else holds something of people, as one of the site's own parts ([`webkit::Parts::own`]).
pub struct Dossiers(pub Arc<dyn Dossier>);

pub(super) async fn hindrances(ctx: &Ctx, app: &App, person: Id<Person>) -> Result<Vec<Hindrance>> {
    match app.part::<Dossiers>() {
        Ok(others) => others.0.hindrances(ctx, app, person).await,
        Err(_) => Ok(Vec::new()),
    }
}

pub(super) async fn forget(app: &App, unit: &mut Unit, person: Id<Person>) -> Result<Vec<BlobId>> {
    match app.part::<Dossiers>() {
        Ok(others) => others.0.forget(app, unit, person).await,
        Err(_) => Ok(Vec::new()),
    }
}

/// All that is held of whoever asks: its tables; files come when the archive is filled.
pub(crate) struct Gathered {
    ctx: Ctx,
    sections: Vec<Section>,
}

/// Gathers all that is held of whoever asks.
///
/// # Errors
/// [`Error::SignIn`]; [`Error::ProveAgain`]; [`Error::Refused`] while one acts for another; if the engine fails.
pub(crate) async fn gather(ctx: &Ctx, app: &App) -> Result<Gathered> {
    let person = closing::own(ctx)?;
    ctx.proven(DATA)?;
    let actor = Actor { on_behalf_of: None, mandate: None, ..ctx.actor.as_ref().clone() };
    let ctx = ctx.as_actor(actor);
    let mut sections = identity(&ctx, app, person).await?;
    if let Ok(others) = app.part::<Dossiers>() {
        sections.extend(others.0.told(&ctx, app).await?);
    }
    for it in &mut sections {
        it.rows.truncate(ROWS_MAX);
    }
    Ok(Gathered { ctx, sections })
}

/// Fills the archive: one JSON file, a text table for each section, the files that other areas hold, and at the end a page that says what
/// is in it and what is not.
///
/// # Errors
/// If the engine fails, or nobody fetches the archive any more.
pub(crate) async fn fill(it: Gathered, app: &App, mut into: ArchiveSink) -> Result<()> {
    let Gathered { ctx, sections } = it;
    let mut whole = Map::new();
    for it in &sections {
        whole.insert(it.name.to_owned(), Value::from_iter(it.rows.iter().map(|row| object(it.heads, row))));
    }
    let text = serde_json::to_vec_pretty(&whole).map_err(Error::internal)?;
    into.add("全部内容.json", Packing::Smaller, text).await?;
    for it in &sections {
        let text = sheets::text_table(it.heads, &it.rows).map_err(Error::internal)?;
        into.add(&format!("{}.csv", it.name), Packing::Smaller, text).await?;
    }
    let left = match app.part::<Dossiers>() {
        Ok(others) => others.0.files(&ctx, app, &mut into).await?,
        Err(_) => Vec::new(),
    };
    into.add("说明.txt", Packing::Smaller, guide(app, &ctx, (&sections, &left))).await?;
    into.finish().await
}

fn object(heads: &[&str], row: &[String]) -> Value {
    heads
        .iter()
        .zip(row)
        .map(|(head, cell)| ((*head).to_owned(), Value::from(cell.as_str())))
        .collect::<Map<_, _>>()
        .into()
}

fn guide(app: &App, ctx: &Ctx, (sections, left): (&[Section], &[String])) -> String {
    let names: Vec<_> = sections.iter().map(|it| format!("- {}：{} 条", it.name, it.rows.len())).collect();
    format!(
        "{} 保存的您的个人信息\r\n导出时间：{}\r\n\r\n依据《个人信息保护法》第四十五条。「全部内容.json」供程序读取，各 .csv 文件内容相同，\
         可以用表格软件打开。\r\n\r\n{}\r\n\r\n没有包括的：登录密码、验证器密钥（只存摘要或者加密保存，谁也读不出来）；发给您的短信\
         （发出一小时后销毁）。{}\r\n这个文件里有您的全部个人信息，请妥善保管。\r\n",
        app.site.name,
        ctx.now.zh(),
        names.join("\r\n"),
        left.iter().map(|it| format!("\r\n- {it}")).collect::<String>()
    )
}

fn section(name: &'static str, heads: &'static [&'static str], rows: Vec<Vec<String>>) -> Section {
    Section { name, heads, rows }
}

/// What this area holds.
async fn identity(ctx: &Ctx, app: &App, person: Id<Person>) -> Result<Vec<Section>> {
    Ok(vec![
        about(app, person).await?,
        ways_in(ctx, app).await?,
        devices(ctx, app, person).await?,
        held(ctx, app, person).await?,
        represented(ctx, app, person).await?,
        systems(ctx, app).await?,
        seen(ctx, app).await?,
    ])
}

async fn about(app: &App, person: Id<Person>) -> Result<Section> {
    let card = card_of(app, person).await?;
    let login = match app.vault.open(&vault_holder(person), "login").await {
        Ok(bytes) => String::from_utf8(bytes).map_err(Error::internal)?,
        Err(Error::NotFound { .. }) => String::new(),
        Err(error) => return Err(error),
    };
    let row = app.db.find(people_rows::PERSON, args![person]).await?.ok_or(Error::NotFound { what: "人员" })?;
    let proved: Vec<_> = people_rows::state(&row)?.proved.iter().map(|it| it.name().to_owned()).collect();
    let cells = [
        ("人员编号", person.to_string()),
        ("姓名", card.name),
        ("证件类型", card.paper.kind().name().to_owned()),
        ("证件号码", card.paper.number().to_owned()),
        ("手机号", card.mobile),
        ("邮箱", card.mailbox),
        ("住址", card.address),
        ("登录名", login),
        ("实名等级", level::words(card.level).to_owned()),
        ("等级的依据", proved.join("、")),
    ];
    let rows = cells.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
    Ok(section("本人信息", &["项目", "内容"], rows))
}

async fn ways_in(ctx: &Ctx, app: &App) -> Result<Section> {
    let found = factors::own(ctx, app).await?;
    let rows = found.into_iter().map(|it| vec![it.kind.name().to_owned(), it.name.clone(), it.note()]);
    Ok(section("登录方式", &["种类", "名称", "设置和使用"], rows.collect()))
}

async fn devices(ctx: &Ctx, app: &App, person: Id<Person>) -> Result<Section> {
    let mut rows = Vec::new();
    for row in app.db.query(sessions::SESSIONS, args![person, SESSIONS_MAX]).await? {
        let it = sessions::read(&row)?;
        if APPLICANT.end(it.made_at, it.seen_at) > ctx.now {
            rows.push(vec![it.device, it.made_at.zh(), it.seen_at.zh()]);
        }
    }
    Ok(section("登录中的设备", &["设备", "登录时间", "最近使用"], rows))
}

async fn held(ctx: &Ctx, app: &App, person: Id<Person>) -> Result<Section> {
    let held = posts::posts_of(&app.db, person).await?;
    let kinds = app.part::<SiteCallers>()?;
    let ids: Vec<_> = held.iter().filter_map(|it| it.state.authority).collect();
    let offices = super::authorities::authorities(&app.db, &ids).await?;
    let today = ctx.now.legal_date().to_string();
    let row = |it: &crate::model::post::Held| {
        let kind = kinds.post(&it.state.code).map_or(it.state.code.as_str(), |it| it.name);
        let office =
            it.state.authority.and_then(|it| offices.get(&it)).map_or("全站或地区", |it| it.facts.name.as_str());
        let (starts, ends) = (it.state.starts.clone(), it.state.ends.clone().unwrap_or_default());
        vec![kind.to_owned(), office.to_owned(), starts, ends, it.state.words(&today).1.to_owned()]
    };
    Ok(section("岗位", &["岗位", "单位", "起", "止", "状态"], held.iter().map(row).collect()))
}

/// Whom the person acts for, and who for it.
async fn represented(ctx: &Ctx, app: &App, person: Id<Person>) -> Result<Section> {
    let mut lines = mandates::received(ctx, app).await?;
    let mut ask = PageAsk { after: None, limit: PAGE_MAX };
    while lines.len() < ROWS_MAX {
        let page = mandates::given(ctx, app, kernel::Holder::Person(person), &ask).await?;
        lines.extend(page.items);
        let Some(next) = page.next else { break };
        ask.after = Some(next.parse()?);
    }
    let row = |it: mandates::MandateLine| {
        let (role, standing) = (it.role.name().to_owned(), it.standing.words().1.to_owned());
        vec![it.principal, it.agent, role, it.starts, it.ends.unwrap_or_default(), standing]
    };
    let heads = &["委托人", "办理人", "身份", "起", "止", "状态"];
    Ok(section("委托代办", heads, lines.into_iter().map(row).collect()))
}

async fn systems(ctx: &Ctx, app: &App) -> Result<Section> {
    let found = consents::own(ctx, app).await?;
    let rows = found.into_iter().map(|it| vec![it.name, it.reads, it.since.zh()]);
    Ok(section("已授权的系统", &["系统", "可以读取", "授权时间"], rows.collect()))
}

async fn seen(ctx: &Ctx, app: &App) -> Result<Section> {
    let mut rows = Vec::new();
    let mut ask = PageAsk { after: None, limit: PAGE_MAX };
    while rows.len() < ROWS_MAX {
        let page = looks::own(ctx, app, &ask).await?;
        let row = |it: looks::LookLine| vec![it.day, it.who, it.post, it.purpose, it.matter, it.times.to_string()];
        rows.extend(page.items.into_iter().map(row));
        let Some(next) = page.next else { break };
        ask.after = Some(next.parse()?);
    }
    Ok(section("谁看过我的信息", &["日期", "单位或系统", "岗位", "目的", "办件", "次数"], rows))
}
