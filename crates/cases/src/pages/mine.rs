//! One's own cases: the list, a case, what must be supplied.

use askama::Template;
use axum::extract::{Path, Query, State};
use forms::{FieldView, Offers, Shown};
use kernel::{Ctx, Error, Fault, PageAsk, Result};
use serde::Deserialize;
use serde_json::{Map, Value};
use webkit::{
    Access, Answer, App, Caller, Form, FormData, Page, Routes, Shell, UPLOAD_MAX, UploadForm, flash, page, see_other,
};

use super::{again, album, draft};
use crate::{
    CaseId, FILE, SEE,
    service::{
        acts::{self, ActInput},
        charging,
        draft_bin::{self, WARN_DAYS},
        drafts::{self, OwnDraft},
        filled::Asked,
        materials,
        notices::{self, Notice},
        reads::{self, CaseDetail, CaseSummary, FaultView, MaterialView, TimelineEntry},
        reuse,
    },
};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/cases", Access::May(FILE), list)
        .get("/cases/{id}", Access::May(SEE), show)
        .get("/cases/{id}/receipt", Access::May(FILE), receipt)
        .get("/cases/{id}/supply", Access::May(FILE), supply)
        .upload("/cases/{id}/supply/{material}", Access::May(FILE), UPLOAD_MAX, supply_file)
        .post("/cases/{id}/supply/{material}/reuse", Access::May(FILE), supply_reuse)
        .post("/cases/{id}/unsupply/{number}", Access::May(FILE), supply_remove)
        .post("/cases/{id}/supply", Access::May(FILE), supply_send)
        .post("/cases/{id}/withdraw", Access::May(FILE), withdraw)
        .post("/cases/{id}/hearing", Access::May(FILE), hearing)
}

/// A draft as the list shows it.
#[derive(Clone)]
pub(crate) struct DraftLine {
    pub(crate) id: String,
    pub(crate) item_name: String,
    pub(crate) updated: String,
    /// Until when it is kept, or can be brought back.
    pub(crate) until: String,
    /// Whether that is soon.
    pub(crate) soon: bool,
}

/// One's own cases.
#[derive(Template)]
#[template(path = "cases.html")]
pub(crate) struct ListPage {
    pub(crate) shell: Shell,
    pub(crate) cases: Vec<CaseSummary>,
    pub(crate) drafts: Vec<DraftLine>,
    /// Those that can be brought back.
    pub(crate) binned: Vec<DraftLine>,
    pub(crate) unread: i64,
    pub(crate) next: String,
    pub(crate) first: String,
}

impl ListPage {
    /// Where the latest drafts are filled in at once.
    fn together(&self) -> String {
        super::together::fill_address(self.drafts.iter().map(|it| it.id.clone()))
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ListAsk {
    after: String,
}

async fn list(State(app): State<App>, it: Page, Query(ask): Query<ListAsk>) -> Answer {
    let found = reads::my_cases(&it.ctx, &app, &PageAsk::from_query(Some(&ask.after), None)?).await?;
    let (mut lines, mut binned) = (Vec::new(), Vec::new());
    if ask.after.is_empty() {
        lines = draft_lines(&it.ctx, &app, drafts::drafts_of(&it.ctx, &app).await?).await?;
        binned = draft_lines(&it.ctx, &app, draft_bin::binned(&it.ctx, &app).await?).await?;
    }
    page(&ListPage {
        shell: it.shell,
        cases: found.items,
        drafts: lines,
        binned,
        unread: notices::unread(&it.ctx, &app).await?,
        next: found.next.map_or_else(String::new, |next| format!("/cases?after={}", webkit::encoded(&next))),
        first: if ask.after.is_empty() { String::new() } else { "/cases".to_owned() },
    })
}

async fn draft_lines(ctx: &Ctx, app: &App, drafts: Vec<OwnDraft>) -> Result<Vec<DraftLine>> {
    let items: Vec<_> = drafts.iter().map(|it| it.item).collect();
    let items = catalogue::items_of(&app.db, &items).await?;
    let soon = ctx.now.plus_seconds(WARN_DAYS * 86_400);
    let line = |it: OwnDraft| DraftLine {
        id: it.id.to_string(),
        item_name: items.get(&it.item).map_or("", |it| it.name.as_str()).to_owned(),
        updated: it.updated_at.zh(),
        until: it.expires.zh_date(),
        soon: it.expires < soon,
    };
    Ok(drafts.into_iter().map(line).collect())
}

/// A case as its applicant reads it.
#[derive(Template)]
#[template(path = "case.html")]
pub(crate) struct CasePage {
    pub(crate) shell: Shell,
    pub(crate) case: CaseDetail,
    pub(crate) timeline: Vec<TimelineEntry>,
    pub(crate) notices: Vec<Notice>,
    /// What was sent about a hearing and not carried out, and what is wrong with it.
    pub(crate) typed: FormData,
    pub(crate) faults: Vec<Fault>,
    /// Whether one can charge somebody with it.
    pub(crate) charge: bool,
}

/// What the applicant can do about a hearing in words: the act, its button, what is asked.
const HEARING_WORDS: [(&str, &str, &str); 2] =
    [("ask_recusal", "申请主持人回避", "回避的理由"), ("drop_hearing", "撤回听证申请", "撤回的原因")];

impl CasePage {
    fn notice(&self) -> &'static str {
        if self.case.your_turn { "warn" } else { "info" }
    }

    fn can(&self, act: &str) -> bool {
        self.case.acts.iter().any(|it| it.act == act)
    }

    /// Whether there is anything for the applicant to do about a hearing.
    fn hears(&self) -> bool {
        self.can("ask_hearing") || HEARING_WORDS.iter().any(|it| self.can(it.0))
    }

    fn hearing_words(&self) -> [(&'static str, &'static str, &'static str); 2] {
        HEARING_WORDS
    }

    /// The reason that was typed for this act.
    fn said(&self, act: &str) -> &str {
        if self.typed.text("act") == act { self.typed.text("reason") } else { "" }
    }

    fn fault(&self, act: &str, field: &str) -> &str {
        let place = format!("{act}-{field}");
        self.faults.iter().find(|it| it.field == place).map_or("", |it| it.message.as_str())
    }

    fn supplies(&self) -> bool {
        self.can("supply") || self.can("supply_owed")
    }
}

async fn show(State(app): State<App>, it: Page, Path(id): Path<CaseId>) -> Answer {
    let case = reads::case(&it.ctx, &app, id).await?;
    if case.officer {
        return Ok(see_other(&format!("/desk/cases/{id}")));
    }
    page(&case_page(&app, it, case, (FormData::default(), Vec::new())).await?)
}

async fn case_page(app: &App, it: Page, case: CaseDetail, (typed, faults): (FormData, Vec<Fault>)) -> Result<CasePage> {
    let id = case.summary.id.parse()?;
    let timeline = reads::timeline(&it.ctx, app, id).await?;
    let notices = notices::of_case(&it.ctx, app, id).await?;
    let row = crate::service::load(app, id).await?;
    let charge = charging::may_charge(&it.ctx, app, &row).await?;
    Ok(CasePage { shell: it.shell, case, timeline, notices, typed, faults, charge })
}

/// What the applicant does about a hearing.
async fn hearing(State(app): State<App>, it: Page, Path(id): Path<CaseId>, Form(form): Form) -> Answer {
    let place = format!("/cases/{id}");
    let words = match form.text("act") {
        "ask_hearing" => "听证申请已提交。时间和地点确定后通知您。",
        "waive_hearing" => "已登记：您放弃听证。",
        "ask_recusal" => "回避申请已提交，答复后通知您。",
        "drop_hearing" => "已撤回听证申请，办理期限继续计算。",
        other => return Err(Error::invalid("act", format!("没有「{other}」这种操作。")).into()),
    };
    let (act, reason) = (form.text("act").to_owned(), form.text("reason").to_owned());
    let input = ActInput { act, reason, ..ActInput::default() };
    match acts::act(&it.ctx, &app, id, form.version()?, &input).await {
        Ok(_) => Ok(flash(&place, "done", words)),
        Err(Error::Invalid(faults)) => {
            let at = |it: Fault| Fault::new(format!("{}-{}", input.act, it.field), it.message);
            let faults = faults.into_iter().map(at).collect();
            let case = reads::case(&it.ctx, &app, id).await?;
            again(page(&case_page(&app, it, case, (form, faults)).await?)?)
        }
        Err(error @ (Error::Refused { .. } | Error::Stale { .. })) => Ok(flash(&place, "warn", &error.message())),
        Err(error) => Err(error.into()),
    }
}

/// What the person holds after filing.
#[derive(Template)]
#[template(path = "receipt.html")]
pub(crate) struct ReceiptPage {
    pub(crate) shell: Shell,
    pub(crate) case: CaseDetail,
}

async fn receipt(State(app): State<App>, it: Page, Path(id): Path<CaseId>) -> Answer {
    let case = reads::case(&it.ctx, &app, id).await?;
    page(&ReceiptPage { shell: it.shell, case })
}

/// Everything that must be supplied, in one place.
#[derive(Template)]
#[template(path = "case_supply.html")]
pub(crate) struct SupplyPage {
    pub(crate) shell: Shell,
    pub(crate) case: CaseDetail,
    pub(crate) wanted: Vec<(FaultView, Option<MaterialView>)>,
    pub(crate) others: Vec<MaterialView>,
    pub(crate) fields: Vec<FieldView>,
    pub(crate) faults: Vec<Fault>,
}

impl SupplyPage {
    fn act(&self) -> &'static str {
        if self.case.faults.is_empty() { "supply_owed" } else { "supply" }
    }

    /// Whether a pledge may be signed for it now: after a notice, while nothing lies ready in its place.
    fn may_pledge(&self, it: &MaterialView) -> bool {
        self.act() == "supply" && it.may_pledge && it.files.iter().all(|file| file.filed)
    }

    fn fault(&self, key: &str) -> &str {
        let field = format!("material.{key}");
        self.faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
    }
}

/// The fields that the notice names, and those that are asked only if these are answered so: they may come up.
fn named(case: &CaseDetail) -> Vec<forms::Field> {
    let Some(form) = &case.document.form else { return Vec::new() };
    let mut names: Vec<&str> = case.faults.iter().map(|it| it.about.trim_start_matches('/')).collect();
    names.retain(|it| form.property(it).is_some());
    loop {
        let follows = |name: &&str| {
            let section = form.layout.iter().find(|it| it.fields.iter().any(|it| it == name));
            let conditions = section.and_then(|it| it.only_if.as_ref()).into_iter().chain(form.conditions.get(*name));
            conditions.into_iter().any(|it| names.contains(&it.field.as_str()))
        };
        let more: Vec<&str> = form.names().into_iter().filter(|it| !names.contains(it) && follows(it)).collect();
        if more.is_empty() {
            break;
        }
        names.extend(more);
    }
    names.into_iter().filter_map(|it| forms::field(form, it)).collect()
}

/// The fields as the page shows them, with what was typed and is wrong. A group has one row more, to be filled in or left blank.
async fn fields(
    ctx: &Ctx,
    app: &App,
    case: &CaseDetail,
    (faults, typed): (&[Fault], Option<Value>),
) -> Result<Vec<FieldView>> {
    let (Some(form), fields) = (&case.document.form, named(case)) else { return Ok(Vec::new()) };
    if fields.is_empty() {
        return Ok(Vec::new());
    }
    let mut values = case.values.clone();
    if let (Some(values), Some(Value::Object(typed))) = (values.as_object_mut(), typed) {
        values.extend(typed);
    }
    let item = catalogue::item(&app.db, case.summary.item.parse()?).await?;
    let asked = Asked { item: (item.id, case.item_version), form, holder: case.holder, before: Some(&case.values) };
    let settled = asked.judge(ctx, app, &values).await?.settled;
    let offers = Offers::of(app, Some(&item.division), &fields, &settled.values).await?;
    let shown = |it: &forms::Field| {
        forms::field_view(it, &Shown { settled: &settled, faults, offers: &offers, add: &it.name, origins: None })
    };
    Ok(fields.iter().map(shown).collect())
}

async fn supply_page(
    it: Page,
    app: &App,
    id: CaseId,
    (faults, typed): (Vec<Fault>, Option<Value>),
) -> Result<SupplyPage> {
    let case = reads::case(&it.ctx, app, id).await?;
    if case.faults.is_empty() && case.owed.is_empty() {
        return Err(Error::refused("现在不需要补交材料。需要补正时，我们会一次告知全部内容。"));
    }
    let fields = fields(&it.ctx, app, &case, (&faults, typed)).await?;
    let all = if case.faults.is_empty() { &case.owed } else { &case.faults };
    let material = |about: &str| case.materials.iter().find(|it| it.key == about && !it.from_form).cloned();
    let wanted: Vec<_> = all.iter().map(|it| (it.clone(), material(&it.about))).collect();
    let others = case.materials.iter().filter(|it| !it.from_form && all.iter().all(|fault| fault.about != it.key));
    let others = if case.faults.is_empty() { Vec::new() } else { others.cloned().collect() };
    Ok(SupplyPage { shell: it.shell, case, wanted, others, fields, faults })
}

async fn supply(State(app): State<App>, it: Page, Path(id): Path<CaseId>) -> Answer {
    page(&supply_page(it, &app, id, (Vec::new(), None)).await?)
}

async fn supply_file(
    State(app): State<App>,
    it: Page,
    Path((id, material)): Path<(CaseId, String)>,
    upload: UploadForm,
) -> Answer {
    let pages = format!("/cases/{id}/supply/{material}/pages");
    let there = album::onward(&upload.data, pages, format!("/cases/{id}/supply"));
    match draft::take_files(&it.ctx, &app, (id, &material), upload).await {
        Ok(()) => Ok(flash(&there, "done", "文件已上传。全部补齐后，请点最下面的「提交」。")),
        Err(Error::Invalid(faults)) => again(page(&supply_page(it, &app, id, (faults, None)).await?)?),
        Err(error) => Err(error.into()),
    }
}

async fn supply_reuse(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((id, material)): Path<(CaseId, String)>,
    Form(data): Form,
) -> Answer {
    reuse::reuse(&ctx, &app, id, (&material, data.text("case"))).await?;
    Ok(flash(&format!("/cases/{id}/supply"), "done", "已放进来，不用再上传。全部补齐后，请点最下面的「提交」。"))
}

async fn supply_remove(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((id, number)): Path<(CaseId, i64)>,
    Form(_): Form,
) -> Answer {
    materials::remove_material(&ctx, &app, id, number).await?;
    Ok(flash(&format!("/cases/{id}/supply"), "done", "文件已移除。"))
}

async fn supply_send(State(app): State<App>, it: Page, Path(id): Path<CaseId>, Form(data): Form) -> Answer {
    let case = reads::case(&it.ctx, &app, id).await?;
    let mut typed = Map::new();
    let fields = named(&case);
    forms::take(&fields, &data, &mut typed);
    // What was emptied is no answer any more.
    for field in fields.iter().filter(|it| !it.calculated) {
        typed.entry(field.name.clone()).or_insert(Value::Null);
    }
    forms::drop_row(data.text("remove"), &mut typed);
    let values = if typed.is_empty() { None } else { Some(Value::Object(typed)) };
    // Without script a row comes and goes by a button of its own; nothing is sent yet.
    if data.has("add") || data.has("remove") {
        return page(&supply_page(it, &app, id, (Vec::new(), values)).await?);
    }
    let act = if case.faults.is_empty() { "supply_owed" } else { "supply" };
    let input = ActInput { act: act.to_owned(), values: values.clone(), ..ActInput::default() };
    match acts::act(&it.ctx, &app, id, data.version()?, &input).await {
        Ok(_) => Ok(flash(&format!("/cases/{id}"), "done", "补交的材料已经提交。")),
        Err(Error::Invalid(faults)) => again(page(&supply_page(it, &app, id, (faults, values)).await?)?),
        Err(error) => Err(error.into()),
    }
}

async fn withdraw(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<CaseId>, Form(data): Form) -> Answer {
    let input = ActInput { act: "withdraw".to_owned(), reason: data.text("reason").to_owned(), ..ActInput::default() };
    acts::act(&ctx, &app, id, data.version()?, &input).await?;
    Ok(flash(&format!("/cases/{id}"), "done", "申请已撤回。"))
}
