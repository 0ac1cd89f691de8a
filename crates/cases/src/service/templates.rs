//! Templates of papers: what legal affairs have them say, for one authority or for the site; in force at once on every node. A version
//! never changes, and a paper follows the one that was in force when what it tells happened.

use catalogue::LEGAL_CHECK;
use journal::{Head, append};
use kernel::{Authority, Basis, Ctx, Error, Fault, Id, Moment, Result, Scope};
use serde::{Deserialize, Serialize};
use storage::{Db, Unit, args};
use webkit::App;

use crate::{
    model::{
        PaperKind,
        template::{Kit, Spec, Template},
    },
    store::{self, templates as rows},
};

/// The kind of entry that puts a version in force, or takes a template back.
pub(crate) const TEMPLATE_WRITTEN: &str = "cases.paper_template_written";
/// Characters of a reason at most.
pub(crate) const REASON_MAX: usize = 200;
/// What is told of who wrote which version: so many at most, the latest.
const TOLD_MAX: usize = 50;

/// A template, as an id's mark.
#[derive(Debug)]
pub(crate) enum TemplateMark {}

/// What the record says of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TemplateWritten {
    /// The authority for which it is; empty: the site.
    pub(crate) authority: String,
    pub(crate) kind: String,
    /// SM3 of the template; empty: it was taken back.
    pub(crate) body_sm3: String,
    /// SM3 of the sealed reason.
    pub(crate) reason_sm3: String,
}

/// Where a template that is in force comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// The program; with the SM3 of its words.
    Shipped(String),
    /// This version of the site's.
    Site(i64),
    /// This version of the authority's own.
    Own(i64),
}

impl Source {
    /// As a paper keeps it.
    fn code(&self, authority: Id<Authority>) -> String {
        match self {
            Self::Shipped(sm3) => format!("shipped@{}", sm3.get(..16).unwrap_or_default()),
            Self::Site(version) => format!("site@{version}"),
            Self::Own(version) => format!("{authority}@{version}"),
        }
    }

    /// As the desk says it.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Shipped(_) => "系统自带".to_owned(),
            Self::Site(version) => format!("全站模板第 {version} 版"),
            Self::Own(version) => format!("本单位模板第 {version} 版"),
        }
    }
}

/// A template in force, and since when; `None`: ever since.
#[derive(Debug, Clone)]
pub(crate) struct InForce {
    pub(crate) template: Template,
    pub(crate) source: Source,
    pub(crate) since: Option<Moment>,
}

/// Under what the chain of a template stands, and the vault keeps the reasons.
pub(crate) fn subject(id: Id<TemplateMark>) -> String {
    format!("paper-template:{id}")
}

/// An authority as rows name it.
fn whose(authority: Option<Id<Authority>>) -> String {
    authority.map(|it| it.to_string()).unwrap_or_default()
}

/// The template that held at a moment: the authority's own, or else the site's, or else what the program ships.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn in_force(
    db: &Db,
    kit: &Kit,
    (authority, kind): (Option<Id<Authority>>, PaperKind),
    at: Moment,
) -> Result<InForce> {
    for whom in authority.map(Some).into_iter().chain([None]) {
        let Some(row) = db.find(rows::TEMPLATE_AT, args![whose(whom), kind.code(), at]).await? else { continue };
        if row.text("body")?.is_empty() {
            continue;
        }
        let version = row.int("version")?;
        let source = if whom.is_some() { Source::Own(version) } else { Source::Site(version) };
        return Ok(InForce { template: row.json("body")?, source, since: Some(row.moment("at")?) });
    }
    let template = kit.spec(kind).map_err(Error::internal)?.shipped.clone();
    let source = Source::Shipped(vault::sm3_hex(store::json(&template)?.as_bytes()));
    Ok(InForce { template, source, since: None })
}

/// The template of a paper of a case, and what the paper keeps of where it comes from.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn for_paper(
    app: &App,
    (authority, kind): (Id<Authority>, PaperKind),
    at: Moment,
) -> Result<(Template, String)> {
    let found = in_force(&app.db, &*app.part::<Kit>()?, (Some(authority), kind), at).await?;
    let source = found.source.code(authority);
    Ok((found.template, source))
}

/// Asks whether the caller writes templates of this authority, or of the site.
fn permit(ctx: &Ctx, authority: Option<Id<Authority>>) -> Result<Basis> {
    ctx.may(LEGAL_CHECK, &authority.map_or(Scope::SITE, Scope::authority))
}

/// One kind of paper with its template, as legal affairs see it.
#[derive(Debug, Clone)]
pub(crate) struct KindView {
    pub(crate) kind: PaperKind,
    pub(crate) in_force: InForce,
    /// The latest version of the template of this very authority, or of the site; 0: there is none. What a form guards.
    pub(crate) version: i64,
}

/// What is in force of every kind of paper, for who writes the templates of this authority or of the site.
///
/// # Errors
/// [`Error::Forbidden`] without [`LEGAL_CHECK`] there; if the engine fails.
pub(crate) async fn overview(ctx: &Ctx, app: &App, authority: Option<Id<Authority>>) -> Result<Vec<KindView>> {
    permit(ctx, authority)?;
    let kit = app.part::<Kit>()?;
    let mut out = Vec::with_capacity(kit.specs().len());
    for spec in kit.specs() {
        out.push(view(ctx, app, &kit, (authority, spec.kind)).await?);
    }
    Ok(out)
}

async fn view(ctx: &Ctx, app: &App, kit: &Kit, of: (Option<Id<Authority>>, PaperKind)) -> Result<KindView> {
    let in_force = in_force(&app.db, kit, of, ctx.now).await?;
    let version = kept(&app.db, of).await?.map_or(0, |it| it.1.version);
    Ok(KindView { kind: of.1, in_force, version })
}

/// The row of a template, if it was ever written.
async fn kept(
    db: &Db,
    (authority, kind): (Option<Id<Authority>>, PaperKind),
) -> Result<Option<(Id<TemplateMark>, Head)>> {
    let row = db.find(rows::TEMPLATE, args![whose(authority), kind.code()]).await?;
    row.map(|row| Ok((row.id("id")?, Head::of(&row)?))).transpose()
}

/// The template of a kind of paper, as [`overview`].
///
/// # Errors
/// As [`overview`]; [`Error::NotFound`] if there is no such kind or authority.
pub(crate) async fn one(ctx: &Ctx, app: &App, (authority, kind): (Option<Id<Authority>>, &str)) -> Result<KindView> {
    permit(ctx, authority)?;
    let kind = PaperKind::from_code(kind).ok_or(Error::NotFound { what: "这种文书" })?;
    if let Some(id) = authority {
        identity::authority(&app.db, id).await?;
    }
    view(ctx, app, &*app.part::<Kit>()?, (authority, kind)).await
}

/// A version that was put in force.
#[derive(Debug, Clone)]
pub(crate) struct VersionLine {
    pub(crate) version: i64,
    pub(crate) at: Moment,
    /// Who wrote it.
    pub(crate) by: String,
    /// Why.
    pub(crate) reason: String,
    /// Whether it takes the template back.
    pub(crate) back: bool,
}

/// The versions of a template, the latest first.
///
/// # Errors
/// [`Error::Forbidden`]; if the engine fails.
pub(crate) async fn versions(ctx: &Ctx, app: &App, of: (Option<Id<Authority>>, PaperKind)) -> Result<Vec<VersionLine>> {
    permit(ctx, of.0)?;
    let Some((id, _)) = kept(&app.db, of).await? else { return Ok(Vec::new()) };
    let mut told = journal::history(&app.db, &subject(id)).await?;
    told.reverse();
    told.truncate(TOLD_MAX);
    let names = identity::names(app, told.iter().map(|it| it.actor.as_str())).await?;
    let reasons = app.vault.open_all(&subject(id), "reason.").await?;
    let mut out = Vec::with_capacity(told.len());
    for record in told {
        let written: TemplateWritten = serde_json::from_str(&record.body).map_err(Error::internal)?;
        let reason = reasons.iter().find(|it| it.0 == reason_name(record.version));
        out.push(VersionLine {
            version: record.version,
            at: record.at,
            by: names.of(&record.actor).to_owned(),
            reason: reason.map(|it| String::from_utf8_lossy(&it.1).into_owned()).unwrap_or_default(),
            back: written.body_sm3.is_empty(),
        });
    }
    Ok(out)
}

fn reason_name(version: i64) -> String {
    format!("reason.{version}")
}

/// One version as it was written; `None`: it took the template back.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`]; if the engine fails.
pub(crate) async fn version(
    ctx: &Ctx,
    app: &App,
    of: (Option<Id<Authority>>, PaperKind),
    version: i64,
) -> Result<(Moment, Option<Template>)> {
    permit(ctx, of.0)?;
    let none = || Error::NotFound { what: "这一版模板" };
    let (id, _) = kept(&app.db, of).await?.ok_or_else(none)?;
    let row = app.db.find(rows::TEMPLATE_VERSION, args![id, version]).await?.ok_or_else(none)?;
    let template = if row.text("body")?.is_empty() { None } else { Some(row.json("body")?) };
    Ok((row.moment("at")?, template))
}

/// Puts a template in force at once, for one authority or for the site, or (`None`) takes it back, so that what is wider holds again.
/// `version`: what the form showed.
///
/// # Errors
/// [`Error::Forbidden`] without [`LEGAL_CHECK`] there; [`Error::Invalid`] at `block-N`, `blocks` or `reason`; [`Error::Refused`] if nothing
/// changes; [`Error::Stale`] if somebody wrote it meanwhile; if the engine fails.
pub(crate) async fn put(
    ctx: &Ctx,
    app: &App,
    (of, version): ((Option<Id<Authority>>, PaperKind), i64),
    template: Option<&Template>,
    reason: &str,
) -> Result<()> {
    let right = permit(ctx, of.0)?;
    let kit = app.part::<Kit>()?;
    let spec = kit.spec(of.1).map_err(Error::internal)?;
    let template = template.map(Template::normal);
    let mut faults = template.as_ref().map(|it| faults(app, &kit, spec, it)).transpose()?.unwrap_or_default();
    faults.extend(reason_fault(reason));
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let before = kept(&app.db, of).await?;
    let (id, head) = before.clone().unwrap_or_else(|| (ctx.new_id(), Head::none()));
    if head.version != version {
        return Err(Error::Stale { what: "文书模板", by: None });
    }
    let body = template.as_ref().map(store::json).transpose()?.unwrap_or_default();
    if unchanged(app, id, (version, &body)).await? {
        return Err(Error::refused("内容和现在的一样，没有要发布的修改。"));
    }
    let mut unit = Unit::new(ctx);
    identity::still_holds(&mut unit, ctx, &right);
    let holder = subject(id);
    let key = match before {
        Some(_) => app.vault.key(&holder).await?,
        None => app.vault.create(&mut unit, ctx, &holder),
    };
    let sealed = (&holder[..], &key);
    let reason_sm3 = app.vault.seal(&mut unit, ctx, sealed, &reason_name(version + 1), reason.trim().as_bytes());
    let body_sm3 = if body.is_empty() { String::new() } else { vault::sm3_hex(body.as_bytes()) };
    let entry = TemplateWritten { authority: whose(of.0), kind: of.1.code().to_owned(), body_sm3, reason_sm3 };
    let next = append(&mut unit, ctx, &head, (&holder, TEMPLATE_WRITTEN), &entry)?;
    if version == 0 {
        let values = args![id, entry.authority, entry.kind, next.version, &next.hash, next.at];
        unit.one(rows::GUARD, rows::TEMPLATE_ADD, values);
    } else {
        unit.one(rows::GUARD, rows::TEMPLATE_CHANGE, args![id, next.version, &next.hash, next.at, version]);
    }
    unit.one(rows::GUARD, rows::TEMPLATE_KEEP, args![id, next.version, body, next.at]);
    app.db.commit(unit).await?.or_stale("文书模板")
}

async fn unchanged(app: &App, id: Id<TemplateMark>, (version, body): (i64, &str)) -> Result<bool> {
    match app.db.find(rows::TEMPLATE_VERSION, args![id, version]).await? {
        Some(row) => Ok(row.text("body")? == body),
        // To take back what was never written is nothing either.
        None => Ok(body.is_empty()),
    }
}

fn reason_fault(reason: &str) -> Option<Fault> {
    let chars = reason.trim().chars().count();
    match chars {
        0 => Some(Fault::new("reason", "请写明修改的理由，例如「按新修订的《…》调整表述」。")),
        n if n > REASON_MAX => Some(Fault::new("reason", format!("理由有 {n} 个字，最多 {REASON_MAX} 个。"))),
        _ => None,
    }
}

/// What is wrong with a template, its rules first; what keeps the rules is laid out with the examples in each circumstance.
///
/// # Errors
/// If the fonts are not there.
pub(crate) fn faults(app: &App, kit: &Kit, spec: &Spec, template: &Template) -> Result<Vec<Fault>> {
    let faults = kit.faults(spec, template);
    if !faults.is_empty() {
        return Ok(faults);
    }
    let fonts = app.part::<papers::Fonts>()?;
    let all: Vec<&str> = match spec.circumstances.as_slice() {
        [] => vec![""],
        some => some.iter().map(|it| it.code.as_str()).collect(),
    };
    let laid = |circumstance: &&str| {
        let paper = crate::feed::sample::paper(&app.site, kit, (spec, template), (circumstance, None));
        papers::layout(&paper, &fonts).err()
    };
    Ok(all
        .iter()
        .find_map(laid)
        .map(|error| Fault::new("blocks", format!("不能排版：{error}。")))
        .into_iter()
        .collect())
}
