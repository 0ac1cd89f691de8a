//! Applying: before one files, the form, the materials, the check, and filing.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use catalogue::{Documents, ItemDocument};
use kernel::{Ctx, Error, Fault, Id, Item, Result, Scope};
use serde_json::{Map, Value};
use webkit::{Access, Answer, App, Caller, Form, Page, Routes, Shell, UPLOAD_MAX, UploadForm, flash, page, see_other};

use super::form_page::{self, SectionView};
use crate::{
    CaseId, FILE,
    form::{self, Section},
    parts::Checkers,
    rules,
    service::{
        drafts::{self, Draft, DraftAsk},
        filing::{self, HowFiled},
        materials::{self, NewMaterial},
        reads::{self, AnswersView, MaterialView},
    },
};

pub(crate) fn routes() -> Routes {
    let own = Access::May(FILE);
    Routes::new()
        .get("/items/{id}/apply", own, start)
        .post("/items/{id}/apply", own, begin)
        .get("/drafts/{id}", own, tasks)
        .get("/drafts/{id}/form/{section}", own, form_show)
        .post("/drafts/{id}/form/{section}", own, form_send)
        .post("/drafts/{id}/save/{section}", own, autosave)
        .get("/drafts/{id}/materials", own, materials_show)
        .upload("/drafts/{id}/materials/{material}", own, UPLOAD_MAX, material_add)
        .post("/drafts/{id}/remove/{number}", own, material_remove)
        .get("/drafts/{id}/files/{number}", own, super::mine::file)
        .get("/drafts/{id}/check", own, check)
        .post("/drafts/{id}/file", own, file)
        .post("/drafts/{id}/discard", own, discard)
}

/// What a person knows before beginning.
#[derive(Template)]
#[template(path = "apply.html")]
pub(crate) struct StartPage {
    pub(crate) shell: Shell,
    pub(crate) item: String,
    pub(crate) authority: String,
    pub(crate) document: Arc<ItemDocument>,
    /// Why it cannot be begun, or empty.
    pub(crate) refusal: String,
    /// A draft of the same item: its id and when it was last changed.
    pub(crate) draft: Option<(String, String)>,
}

impl StartPage {
    fn promise(&self) -> String {
        self.document.promised_limit.map_or_else(|| "见办事指南".to_owned(), |it| it.to_string())
    }

    fn statutory(&self) -> String {
        self.document.base.as_ref().map_or_else(String::new, |it| it.statutory_limit.to_string())
    }

    fn cost(&self) -> String {
        rules::cost(&self.document)
    }

    fn visits(&self) -> String {
        match &self.document.visits {
            Some(it) if it.times == 0 => "不用跑，全程网上办".to_owned(),
            Some(it) => format!("{} 次（{}）", it.times, it.reason),
            None => "见办事指南".to_owned(),
        }
    }
}

async fn start(State(app): State<App>, it: Page, Path(id): Path<Id<Item>>) -> Answer {
    let documents = app.part::<Documents>()?;
    let published = catalogue::published(&app.db, &documents, id).await?;
    let authority = identity::authority(&app.db, published.item.authority).await?.facts.name;
    let holder = it.ctx.actor.holder().ok_or(Error::SignIn)?;
    it.ctx.may(FILE, &Scope::own(holder))?;
    let refusal = drafts::check_audience(&published.document, holder).err().map_or_else(String::new, |it| it.message());
    let draft = drafts::drafts_of(&it.ctx, &app).await?.into_iter().find(|draft| draft.1 == id);
    page(&StartPage {
        shell: it.shell,
        item: id.to_string(),
        authority,
        document: published.document,
        refusal,
        draft: draft.map(|(id, _, at)| (id.to_string(), at.zh())),
    })
}

async fn begin(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<Id<Item>>, Form(_): Form) -> Answer {
    let draft = drafts::create_draft(&ctx, &app, &DraftAsk { item: id, holder: None, consent: false }).await?;
    Ok(see_other(&format!("/drafts/{}", draft.id)))
}

/// One step of a draft.
pub(crate) struct Step {
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) tone: &'static str,
    pub(crate) status: &'static str,
    pub(crate) hint: String,
}

/// The steps of a draft.
#[derive(Template)]
#[template(path = "draft.html")]
pub(crate) struct TasksPage {
    pub(crate) shell: Shell,
    pub(crate) id: String,
    pub(crate) item_name: String,
    pub(crate) applicant: String,
    pub(crate) at_window: bool,
    pub(crate) steps: Vec<Step>,
    pub(crate) ready: bool,
    pub(crate) updated: String,
    pub(crate) expires: String,
}

/// A draft with its groups, materials, and all that is wrong with it.
struct Work {
    draft: Draft,
    sections: Vec<Section>,
    materials: Vec<MaterialView>,
    faults: Vec<Fault>,
    missing: Vec<Fault>,
}

impl Work {
    async fn of(ctx: &Ctx, app: &App, id: CaseId) -> Result<Self> {
        let draft = drafts::draft(ctx, app, id).await?;
        let (mut sections, mut faults) = (Vec::new(), Vec::new());
        if let Some(form) = &draft.document.form {
            sections = form::sections(form);
            let checker = app.part::<Checkers>()?.get((draft.item, draft.item_version), form)?;
            faults = checker.faults(&draft.values);
        }
        let files = materials::list(app, id).await?;
        let handed_in: Vec<_> = files.iter().map(|it| it.0.material.as_str()).collect();
        let missing = filing::missing(&draft.document, &draft.values, &handed_in);
        let materials = reads::material_views(&draft.document, &draft.values, files);
        Ok(Self { draft, sections, materials, faults, missing })
    }

    fn of_section<'a>(&'a self, section: &'a Section) -> impl Iterator<Item = &'a Fault> {
        self.faults.iter().filter(|it| section.fields.iter().any(|field| field.name == it.field))
    }

    /// In which group a field stands, from 1.
    fn place(&self, field: &str) -> usize {
        self.sections.iter().position(|it| it.fields.iter().any(|one| one.name == field)).map_or(1, |it| it + 1)
    }

    fn steps(&self) -> Vec<Step> {
        let id = self.draft.id;
        let mut steps: Vec<Step> = Vec::new();
        for (index, section) in self.sections.iter().enumerate() {
            let wrong = self.of_section(section).count();
            let empty = section.fields.iter().all(|it| self.draft.values.get(&it.name).is_none());
            let (tone, status) = match (wrong, empty) {
                (0, _) => ("good", "已完成"),
                (_, true) => ("plain", "未填写"),
                _ => ("info", "填写中"),
            };
            let href = format!("/drafts/{id}/form/{}", index + 1);
            steps.push(Step { href, title: section.heading.clone(), tone, status, hint: section.hint.clone() });
        }
        if self.materials.iter().any(|it| !it.from_form) {
            let (tone, status) = if self.missing.is_empty() { ("good", "已完成") } else { ("plain", "待上传") };
            let names: Vec<_> =
                self.materials.iter().filter(|it| it.required && !it.from_form).map(|it| it.name.as_str()).collect();
            let hint = if names.is_empty() { String::new() } else { format!("需要：{}", names.join("、")) };
            steps.push(Step {
                href: format!("/drafts/{id}/materials"),
                title: "上传材料".to_owned(),
                tone,
                status,
                hint,
            });
        }
        steps
    }
}

async fn tasks(State(app): State<App>, it: Page, Path(id): Path<CaseId>) -> Answer {
    let work = Work::of(&it.ctx, &app, id).await?;
    let applicant = identity::holder_name(&app, &work.draft.holder).await?;
    page(&TasksPage {
        shell: it.shell,
        id: id.to_string(),
        item_name: work.draft.document.name.clone(),
        applicant,
        at_window: work.draft.at_window,
        steps: work.steps(),
        ready: work.faults.is_empty(),
        updated: work.draft.updated_at.zh(),
        expires: work.draft.expires.zh_date(),
    })
}

/// One group of the form.
#[derive(Template)]
#[template(path = "draft_form.html")]
pub(crate) struct FormPage {
    pub(crate) shell: Shell,
    pub(crate) id: String,
    pub(crate) item_name: String,
    pub(crate) version: i64,
    pub(crate) number: usize,
    pub(crate) count: usize,
    pub(crate) section: SectionView,
    pub(crate) faults: Vec<Fault>,
}

/// The `number`th group of the form, from 1.
async fn form_page_of(
    app: &App,
    shell: Shell,
    draft: &Draft,
    (number, faults): (usize, Vec<Fault>),
) -> Result<FormPage> {
    let form = draft.document.form.as_ref().ok_or(Error::NotFound { what: "申请表" })?;
    let sections = form::sections(form);
    let section = number
        .checked_sub(1)
        .and_then(|it| sections.get(it))
        .ok_or(Error::NotFound { what: "申请表的这一页" })?;
    let divisions = form_page::divisions(app, draft.item, form).await?;
    Ok(FormPage {
        shell,
        id: draft.id.to_string(),
        item_name: draft.document.name.clone(),
        version: draft.version,
        number,
        count: sections.len(),
        section: form_page::section(section, &draft.values, &faults, &divisions),
        faults,
    })
}

async fn form_show(State(app): State<App>, it: Page, Path((id, number)): Path<(CaseId, usize)>) -> Answer {
    let draft = drafts::draft(&it.ctx, &app, id).await?;
    page(&form_page_of(&app, it.shell, &draft, (number, Vec::new())).await?)
}

/// Keeps what was typed in one group, right or wrong, and gives the draft as it is now with the group's fields.
async fn keep(
    ctx: &Ctx,
    app: &App,
    (id, number): (CaseId, usize),
    data: &webkit::FormData,
) -> Result<(Draft, Vec<Section>)> {
    let mut draft = drafts::draft(ctx, app, id).await?;
    let form = draft.document.form.as_ref().ok_or(Error::NotFound { what: "申请表" })?;
    let sections = form::sections(form);
    let section = number
        .checked_sub(1)
        .and_then(|it| sections.get(it))
        .ok_or(Error::NotFound { what: "申请表的这一页" })?;
    let mut values = draft.values.as_object().cloned().unwrap_or_else(Map::new);
    form::take(&section.fields, data, &mut values);
    draft.values = Value::Object(values);
    draft.version = drafts::save_draft(ctx, app, id, data.version()?, &draft.values).await?;
    Ok((draft, sections))
}

async fn form_send(
    State(app): State<App>,
    it: Page,
    Path((id, number)): Path<(CaseId, usize)>,
    Form(data): Form,
) -> Answer {
    let (draft, sections) = keep(&it.ctx, &app, (id, number), &data).await?;
    if data.has("later") {
        return Ok(flash(&format!("/drafts/{id}"), "done", "草稿已保存，随时可以回来继续填写。"));
    }
    let form = draft.document.form.as_ref().ok_or(Error::NotFound { what: "申请表" })?;
    let checker = app.part::<Checkers>()?.get((draft.item, draft.item_version), form)?;
    let here = |it: &Fault| sections[number - 1].fields.iter().any(|field| field.name == it.field);
    let faults: Vec<_> = checker.faults(&draft.values).into_iter().filter(here).collect();
    if !faults.is_empty() {
        return again(page(&form_page_of(&app, it.shell, &draft, (number, faults)).await?)?);
    }
    Ok(see_other(&match number < sections.len() {
        true => format!("/drafts/{id}/form/{}", number + 1),
        false => format!("/drafts/{id}/materials"),
    }))
}

/// Saves while the person types; answers with the new version for the form's hidden field.
async fn autosave(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(place): Path<(CaseId, usize)>,
    Form(data): Form,
) -> Answer {
    let (draft, _) = keep(&ctx, &app, place, &data).await?;
    Ok(draft.version.to_string().into_response())
}

/// The materials of a draft.
#[derive(Template)]
#[template(path = "draft_materials.html")]
pub(crate) struct MaterialsPage {
    pub(crate) shell: Shell,
    pub(crate) id: String,
    pub(crate) item_name: String,
    pub(crate) at_window: bool,
    pub(crate) materials: Vec<MaterialView>,
    pub(crate) faults: Vec<Fault>,
}

impl MaterialsPage {
    fn fault(&self, key: &str) -> &str {
        let field = format!("material.{key}");
        self.faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
    }
}

async fn materials_page(
    ctx: &Ctx,
    app: &App,
    (shell, id): (Shell, CaseId),
    faults: Vec<Fault>,
) -> Result<MaterialsPage> {
    let work = Work::of(ctx, app, id).await?;
    Ok(MaterialsPage {
        shell,
        id: id.to_string(),
        item_name: work.draft.document.name.clone(),
        at_window: work.draft.at_window,
        materials: work.materials,
        faults,
    })
}

async fn materials_show(State(app): State<App>, it: Page, Path(id): Path<CaseId>) -> Answer {
    page(&materials_page(&it.ctx, &app, (it.shell, id), Vec::new()).await?)
}

async fn material_add(
    State(app): State<App>,
    it: Page,
    Path((id, material)): Path<(CaseId, String)>,
    upload: UploadForm,
) -> Answer {
    match take_files(&it.ctx, &app, (id, &material), upload).await {
        Ok(()) => Ok(flash(&format!("/drafts/{id}/materials"), "done", "文件已上传。")),
        Err(Error::Invalid(faults)) => again(page(&materials_page(&it.ctx, &app, (it.shell, id), faults).await?)?),
        Err(error) => Err(error.into()),
    }
}

/// Takes every file of an upload in; the first that cannot be taken ends it.
pub(super) async fn take_files(ctx: &Ctx, app: &App, (id, material): (CaseId, &str), upload: UploadForm) -> Result<()> {
    if upload.files.is_empty() {
        return Err(Error::invalid(format!("material.{material}"), "还没有选择文件，请先选择再上传。"));
    }
    for file in upload.files {
        let new = NewMaterial { material: material.to_owned(), name: file.name, bytes: file.bytes };
        materials::add_material(ctx, app, id, &new).await?;
    }
    Ok(())
}

async fn material_remove(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((id, number)): Path<(CaseId, i64)>,
    Form(_): Form,
) -> Answer {
    materials::remove_material(&ctx, &app, id, number).await?;
    Ok(flash(&format!("/drafts/{id}/materials"), "done", "文件已移除。"))
}

/// One thing to mend before filing, with where.
pub(crate) struct Problem {
    pub(crate) href: String,
    pub(crate) message: String,
}

/// All answers once more before they are sent.
#[derive(Template)]
#[template(path = "draft_check.html")]
pub(crate) struct CheckPage {
    pub(crate) shell: Shell,
    pub(crate) id: String,
    pub(crate) item_name: String,
    pub(crate) at_window: bool,
    /// When the person at the window agreed, in words; empty: not yet.
    pub(crate) consented: String,
    pub(crate) form: Vec<AnswersView>,
    pub(crate) materials: Vec<MaterialView>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) missing: Vec<String>,
    pub(crate) faults: Vec<Fault>,
}

impl CheckPage {
    fn fault(&self, field: &str) -> &str {
        self.faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
    }
}

async fn check_page(ctx: &Ctx, app: &App, (shell, id): (Shell, CaseId), faults: Vec<Fault>) -> Result<CheckPage> {
    let work = Work::of(ctx, app, id).await?;
    let problem = |it: &Fault| Problem {
        href: format!("/drafts/{id}/form/{}#{}", work.place(&it.field), it.field),
        message: it.message.clone(),
    };
    Ok(CheckPage {
        shell,
        id: id.to_string(),
        item_name: work.draft.document.name.clone(),
        at_window: work.draft.at_window,
        consented: work.draft.consent_at.map_or_else(String::new, |at| at.zh()),
        form: reads::told(&app.db, &work.draft.document, &work.draft.values).await?,
        problems: work.faults.iter().map(problem).collect(),
        missing: work.missing.iter().map(|it| it.message.clone()).collect(),
        materials: work.materials,
        faults,
    })
}

async fn check(State(app): State<App>, it: Page, Path(id): Path<CaseId>) -> Answer {
    page(&check_page(&it.ctx, &app, (it.shell, id), Vec::new()).await?)
}

async fn file(State(app): State<App>, it: Page, Path(id): Path<CaseId>, Form(data): Form) -> Answer {
    if !data.has("pledge") {
        let faults = vec![Fault::new("pledge", "请确认以上内容真实，再提交申请。")];
        return again(page(&check_page(&it.ctx, &app, (it.shell, id), faults).await?)?);
    }
    let how = HowFiled {
        on_paper: data.all("on_paper").into_iter().map(str::to_owned).collect(),
        incomplete: data.has("incomplete"),
        consent: data.has("consent"),
    };
    match filing::file_draft(&it.ctx, &app, id, &how).await {
        Ok(filed) => Ok(see_other(&format!("/cases/{}/receipt", filed.id))),
        Err(Error::Invalid(faults)) => again(page(&check_page(&it.ctx, &app, (it.shell, id), faults).await?)?),
        Err(error) => Err(error.into()),
    }
}

async fn discard(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<CaseId>, Form(_): Form) -> Answer {
    drafts::discard(&ctx, &app, id).await?;
    Ok(flash("/cases", "done", "草稿已删除。"))
}

/// The same page with what is wrong (422).
pub(super) fn again(mut shown: Response) -> Answer {
    *shown.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(shown)
}
