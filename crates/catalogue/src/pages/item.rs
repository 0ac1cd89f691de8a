//! One item on the desk: where it stands, what is inherited and what its own, what is to be mended, its hands, versions and acts.

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use kernel::{Ctx, Error, Fault, Id, Item};
use standards::UseLevel;
use webkit::{Answer, App, Form, Page, Shell, flash, page};

use super::{ITEMS, LEGAL_CHECKS, OFFICE_CHECKS, here, may, may_look};
use crate::{
    CATALOGUE, LEGAL_CHECK, OFFICE_CHECK,
    model::{
        ActStage, Finding, Group, ItemDocument, ItemSummary, Revision, SECTIONS, Severity, Stage, group_of,
        percent_complete,
    },
    reads,
    service::{self, base::working},
};

/// A section of the editing desk, with how it stands.
pub(crate) struct SectionLine {
    pub(crate) group: Group,
    pub(crate) href: String,
    pub(crate) faults: usize,
    pub(crate) advice: usize,
}

impl SectionLine {
    /// How many findings, for the side; empty: none.
    pub(crate) fn count(&self) -> String {
        if self.faults > 0 { self.faults.to_string() } else { String::new() }
    }
}

/// One row of what the base directory gives and what the list itself says.
pub(crate) struct Inherited {
    pub(crate) name: &'static str,
    pub(crate) base: String,
    pub(crate) own: String,
    pub(crate) note: String,
}

/// Somebody's reason for sending it back, to be read.
pub(crate) struct Said {
    pub(crate) who: String,
    pub(crate) at: String,
    pub(crate) place: String,
    pub(crate) reason: String,
}

/// An act, to be read.
pub(crate) struct ActLine {
    pub(crate) id: String,
    pub(crate) words: String,
    pub(crate) stage: ActStage,
    pub(crate) basis: String,
    pub(crate) who: String,
    pub(crate) reason: String,
    pub(crate) made: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "item_desk.html")]
pub(crate) struct ItemPage {
    pub(crate) shell: Shell,
    pub(crate) item: ItemSummary,
    pub(crate) authority: String,
    pub(crate) doc: ItemDocument,
    pub(crate) revision: Option<Revision>,
    pub(crate) hands: Vec<(&'static str, String)>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) warnings: Vec<Finding>,
    pub(crate) sections: Vec<SectionLine>,
    pub(crate) inherited: Vec<Inherited>,
    /// How many materials are suspect.
    pub(crate) suspects: usize,
    pub(crate) said: Vec<Said>,
    pub(crate) versions: Vec<(i64, String)>,
    pub(crate) acts: Vec<ActLine>,
    pub(crate) keeps: bool,
    pub(crate) checks: bool,
    /// The list of the desk from which the caller comes, and what it is called.
    pub(crate) list: (String, &'static str),
    pub(crate) faults: Vec<Fault>,
}

impl ItemPage {
    fn percent(&self) -> i64 {
        let missing = crate::model::missing(&self.doc).len();
        percent_complete(service::count(missing))
    }

    fn stage(&self) -> Option<Stage> {
        self.revision.as_ref().map(|it| it.stage)
    }

    /// Whether a step of the way is behind (`past`), under way (`now`) or ahead.
    fn way(&self, step: &Stage) -> &'static str {
        let step = *step;
        let order = |it: Stage| Stage::ALL.iter().position(|stage| *stage == it);
        match self.stage() {
            None if self.item.current_version > 0 => "past",
            None => "ahead",
            Some(now) if now == step => "now",
            Some(now) if order(now) > order(step) => "past",
            Some(_) => "ahead",
        }
    }

    fn code<'a>(&self, code: &'a str, otherwise: &'a str) -> &'a str {
        if code.is_empty() { otherwise } else { code }
    }

    /// Where a finding is mended.
    fn mend(&self, it: &Finding) -> String {
        let id = self.item.id;
        let mut parts = it.field.split('/');
        let (top, row) = (parts.next().unwrap_or_default(), parts.next().and_then(|it| it.parse::<usize>().ok()));
        let paged = crate::model::field(top).is_some_and(|it| crate::edit::is_paged(it).is_some());
        match (group_of(&it.field), row) {
            (Some(group), Some(row)) if paged => {
                format!("/desk/items/{id}/edit/{}?row={row}&list={top}#{}", group.code(), it.field)
            }
            (Some(group), _) => format!("/desk/items/{id}/edit/{}#{}", group.code(), it.field),
            (None, _) => format!("/desk/items/{id}/edit/basic"),
        }
    }
}

/// The sections with how many findings and pieces of advice each has.
pub(crate) fn sections(id: Id<Item>, found: &[Finding]) -> Vec<SectionLine> {
    let count = |group: Group, severity: Severity| {
        found.iter().filter(|it| it.severity == severity && group_of(&it.field) == Some(group)).count()
    };
    let line = |group: Group| SectionLine {
        group,
        href: format!("/desk/items/{id}/edit/{}", group.code()),
        faults: count(group, Severity::Block),
        advice: count(group, Severity::Warn),
    };
    SECTIONS.iter().map(|it| line(it.0)).collect()
}

/// What the base directory gives and what the list itself says, side by side.
pub(crate) fn inherited(doc: &ItemDocument) -> Vec<Inherited> {
    let Some(base) = &doc.base else { return Vec::new() };
    let joined = |it: Vec<String>| it.join("、");
    let levels = |it: &[UseLevel]| joined(it.iter().map(|it| it.name().to_owned()).collect());
    let row = |name, base: String, own: String, note: String| Inherited { name, base, own, note };
    let none = String::new;
    let promise = doc.promised_limit.map(|it| it.to_string()).unwrap_or_default();
    let saved = doc.promised_limit.filter(|it| it.unit == base.statutory_limit.unit && it.n <= base.statutory_limit.n);
    let saved = saved.filter(|_| base.statutory_limit.n > 0);
    let saved = saved.map(|it| format!("压缩 {}%", (base.statutory_limit.n - it.n) * 100 / base.statutory_limit.n));
    let own_laws = joined(doc.local_basis.iter().map(crate::model::LegalBasis::cited).collect());
    let fewer =
        base.materials.len().checked_sub(doc.materials.len()).filter(|it| *it > 0 && !base.materials.is_empty());
    vec![
        row("名称", base.name.clone(), doc.name.clone(), none()),
        row("事项类型", base.item_type.name().to_owned(), none(), "继承".to_owned()),
        row(
            "设定依据",
            joined(base.legal_basis.iter().map(crate::model::LegalBasis::cited).collect()),
            own_laws,
            none(),
        ),
        row("办结时限", format!("法定 {}", base.statutory_limit), promise, saved.unwrap_or_default()),
        row(
            "服务对象",
            joined(base.service_objects.iter().map(|it| it.name().to_owned()).collect()),
            none(),
            "继承".to_owned(),
        ),
        row("行使层级", levels(&base.use_levels), levels(&doc.use_levels), none()),
        row(
            "申请材料",
            if base.materials.is_empty() { none() } else { format!("最多 {} 项", base.materials.len()) },
            format!("{} 项", doc.materials.len()),
            fewer.map(|it| format!("少 {it} 项")).unwrap_or_default(),
        ),
        row(
            "到现场次数",
            base.visits_max.map(|it| format!("最多 {it} 次")).unwrap_or_default(),
            doc.visits.as_ref().map(|it| format!("{} 次", it.times)).unwrap_or_default(),
            none(),
        ),
    ]
}

async fn item_page(app: &App, it: Page, id: Id<Item>, faults: Vec<Fault>) -> Answer {
    let item = reads::item(&app.db, id).await?;
    may_look(&it.ctx, item.authority)?;
    let doc = working(&app.db, &item).await?;
    let revision = reads::revision(&app.db, id).await?.map(|it| it.revision);
    let authority = identity::authority(&app.db, item.authority).await?.facts.name;
    let versions = reads::versions(&app.db, id).await?.into_iter().map(|(number, at)| (number, at.zh())).collect();
    let (remarks, acts) = (reads::remarks(app, id).await?, reads::acts(app, id).await?);
    let mut whom: BTreeSet<String> = remarks.iter().map(|it| it.who.clone()).collect();
    whom.extend(acts.iter().flat_map(|it| [it.proposed_by.clone(), it.decided_by.clone()]));
    whom.extend(revision.iter().flat_map(|it| it.writers.iter().chain(&it.office).chain(&it.legal).cloned()));
    whom.remove("");
    let names = identity::names(app, whom).await?;
    let made: Vec<_> = acts.iter().flat_map(|it| it.made.clone()).collect();
    let made = reads::items_of(&app.db, &made).await?;
    let hands = hands(revision.as_ref(), &names);
    let book = service::rules::rulebook(&app.db).await?;
    let mut found = match &revision {
        Some(it) if it.stage == Stage::Writing => service::codes::obstacles(&app.db, &item, &doc, &book).await?,
        _ => book.findings(&doc),
    };
    found.extend(book.warnings(&doc));
    let last = remarks.first().map(|it| it.round);
    page(&ItemPage {
        authority,
        hands,
        sections: sections(id, &found),
        findings: found.iter().filter(|it| it.severity == Severity::Block).cloned().collect(),
        warnings: found.into_iter().filter(|it| it.severity == Severity::Warn).collect(),
        inherited: inherited(&doc),
        suspects: book.suspects(&doc).len(),
        said: remarks
            .iter()
            .filter(|it| Some(it.round) == last)
            .map(|it| Said {
                who: format!(
                    "{}（{}）",
                    names.of(&it.who),
                    if it.stage == Some(Stage::Legal) { "法制" } else { "机构编制" }
                ),
                at: it.at.zh(),
                place: crate::model::field(&it.field).map_or("整体", |it| it.name).to_owned(),
                reason: it.reason.clone(),
            })
            .collect(),
        versions,
        acts: acts.iter().map(|it| act_line(it, &names, &made)).collect(),
        keeps: may(&it.ctx, CATALOGUE, &item),
        checks: revision.as_ref().is_some_and(|now| match now.stage {
            Stage::Office => may(&it.ctx, OFFICE_CHECK, &item),
            Stage::Legal => may(&it.ctx, LEGAL_CHECK, &item),
            _ => false,
        }),
        list: list_of(&it.ctx, &item),
        revision,
        doc,
        item,
        faults,
        shell: it.shell,
    })
}

/// The list on which the caller finds this item: of the keepers, or of those who check.
fn list_of(ctx: &Ctx, item: &ItemSummary) -> (String, &'static str) {
    if may(ctx, CATALOGUE, item) {
        (format!("{}?authority={}", ITEMS.0, item.authority), ITEMS.1)
    } else if may(ctx, OFFICE_CHECK, item) {
        (OFFICE_CHECKS.0.to_owned(), OFFICE_CHECKS.1)
    } else {
        (LEGAL_CHECKS.0.to_owned(), LEGAL_CHECKS.1)
    }
}

/// Whose hands a revision has been in, by name.
fn hands(revision: Option<&Revision>, names: &identity::Names) -> Vec<(&'static str, String)> {
    let Some(it) = revision else { return Vec::new() };
    let name = |who: &String| names.of(who).to_owned();
    let writers: Vec<_> = it.writers.iter().map(name).collect();
    let mut out = vec![("编制", writers.join("、"))];
    out.extend(it.office.iter().map(|who| ("机构编制审核", name(who))));
    out.extend(it.legal.iter().map(|who| ("法制审核", name(who))));
    out
}

/// An act in words.
pub(crate) fn act_line(
    it: &service::acts::ActRow,
    names: &identity::Names,
    made: &std::collections::HashMap<Id<Item>, ItemSummary>,
) -> ActLine {
    let into = it.act.into.and_then(|id| made.get(&id)).map(|it| format!("，并入「{}」", it.name)).unwrap_or_default();
    ActLine {
        id: it.id.to_string(),
        words: format!("{}，{}生效{into}", it.act.kind.name(), it.act.effect.zh()),
        stage: it.stage,
        basis: it.act.basis.clone(),
        who: names.of(&it.proposed_by).to_owned(),
        reason: it.reason.clone(),
        made: it
            .made
            .iter()
            .map(|id| (here(*id), made.get(id).map_or_else(|| "新事项".to_owned(), |it| it.name.clone())))
            .collect(),
    }
}

pub(super) async fn show(State(app): State<App>, it: Page, Path(id): Path<String>) -> Answer {
    item_page(&app, it, id.parse()?, Vec::new()).await
}

pub(super) async fn submit(State(app): State<App>, it: Page, Path(id): Path<String>, Form(form): Form) -> Answer {
    let id: Id<Item> = id.parse()?;
    match service::review::submit(&it.ctx, &app.db, id, form.version()?).await {
        Ok(()) => Ok(flash(&here(id), "done", "已送审：先由机构编制部门审核，再由法制机构审核。")),
        Err(Error::Invalid(faults)) => {
            Ok(flash(&here(id), "fault", &format!("没有送审：还有 {} 处需要更正，见下方清单。", faults.len())))
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn withdraw(State(app): State<App>, it: Page, Path(id): Path<String>, Form(form): Form) -> Answer {
    let id: Id<Item> = id.parse()?;
    service::review::withdraw(&it.ctx, &app.db, id, form.version()?).await?;
    Ok(flash(&here(id), "done", "已撤回，可以继续修改，改好后重新送审。"))
}

pub(super) async fn publish(State(app): State<App>, it: Page, Path(id): Path<String>, Form(form): Form) -> Answer {
    use service::items::Publication::{InForce, Waits};
    let id: Id<Item> = id.parse()?;
    match service::items::publish_on_day(&it.ctx, &app.db, id, form.version()?).await {
        Ok(InForce(number)) => Ok(flash(&here(id), "done", &format!("已发布第 {number} 版，对外生效。"))),
        Ok(Waits(day)) => Ok(flash(&here(id), "done", &format!("已发布，将在{}自动生效。", day.zh()))),
        Err(Error::Invalid(faults)) => item_page(&app, it, id, faults).await,
        Err(error) => Err(error.into()),
    }
}

/// A file of the version in force, for everybody; of the revision, for those who keep or check it.
pub(super) async fn file(
    State(app): State<App>,
    it: Page,
    Path((id, file)): Path<(String, String)>,
) -> Answer<Response> {
    let item = reads::item(&app.db, id.parse()?).await?;
    let missing = || Error::NotFound { what: "文件" };
    let documents = app.part::<crate::Documents>()?;
    let mut found = None;
    if item.state.is_public()
        && let Some(doc) = documents.find(&app.db, item.id, item.current_version).await?
    {
        found = doc.files().into_iter().find(|it| it.1.blob == file).map(|it| it.1.clone());
    }
    if found.is_none() && may_look(&it.ctx, item.authority).is_ok() {
        let doc = working(&app.db, &item).await?;
        found = doc.files().into_iter().find(|it| it.1.blob == file).map(|it| it.1.clone());
    }
    let found = found.ok_or_else(missing)?;
    let bytes = app.blobs.get(&found.blob).await?;
    let mut headers = HeaderMap::new();
    let media = HeaderValue::from_str(&found.media).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, media);
    headers.insert(HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));
    let name = format!("attachment; filename*=UTF-8''{}", webkit::encoded(&found.name));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(Error::internal)?);
    Ok((headers, bytes).into_response())
}
