//! A draft: its steps, the form, the materials, the check, and filing. Every page is shown by [`show`], every act ends in [`ended`].

use axum::{
    Json,
    extract::{Path, Query, State},
    response::Response,
};
use forms::{Judged, Offers, Section, Shown, Told};
use kernel::{Ctx, Error, Fault, Result};
use serde::Deserialize;
use serde_json::{Map, Value};
use webkit::{
    Access, Answer, App, Caller, Form, FormData, Page, Routes, Shell, UPLOAD_MAX, UploadForm, flash, page, see_other,
};

use super::{
    again, album,
    draft_pages::{CheckPage, FormPage, MaterialsPage, Problem, Step, TasksPage, View, placed},
};
use crate::{
    CaseId, FILE,
    service::{
        draft_bin,
        draft_renewal::{self as renewal, Standing},
        drafts::{self, Draft},
        filing::{self, HowFiled},
        filled::{self, Asked},
        known,
        materials::{self, NewMaterial},
        owing, preliminary,
        reads::{self, MaterialView},
        reuse,
    },
};

pub(crate) fn routes() -> Routes {
    let own = Access::May(FILE);
    Routes::new()
        .get("/drafts/{id}", own, tasks)
        .post("/drafts/{id}/renew", own, renew)
        .get("/drafts/{id}/form/{section}", own, section)
        .post("/drafts/{id}/form/{section}", own, section_send)
        .post("/drafts/{id}/save/{section}", own, autosave)
        .get("/drafts/{id}/materials", own, materials)
        .upload("/drafts/{id}/materials/{material}", own, UPLOAD_MAX, material_add)
        .post("/drafts/{id}/remove/{number}", own, material_remove)
        .post("/drafts/{id}/reuse/{material}", own, material_reuse)
        .get("/drafts/{id}/files/{number}", own, super::handed_out::file)
        .get("/drafts/{id}/check", own, check)
        .post("/drafts/{id}/file", own, file)
        .post("/drafts/{id}/discard", own, discard)
        .post("/drafts/{id}/restore", own, restore)
        .post("/drafts/{id}/destroy", own, destroy)
}

/// A page of a draft, with what is wrong (422). A draft that does not follow the version in force has its first page only.
async fn show(app: &App, it: Page, (id, view): (CaseId, View), faults: Vec<Fault>) -> Answer {
    let work = Work::of(&it.ctx, app, id).await?;
    if view != View::Tasks && !matches!(work.standing, Standing::Present) {
        return Ok(see_other(&format!("/drafts/{id}")));
    }
    let (wrong, shell) = (!faults.is_empty(), placed(it.shell, work.draft.at_window));
    let shown = match view {
        View::Tasks => page(&work.tasks(app, shell).await?)?,
        View::Section(number) if work.is_hidden(number) => return Ok(see_other(&format!("/drafts/{id}"))),
        View::Section(number) => page(&work.section(app, shell, (number, "", faults)).await?)?,
        View::Materials => page(&work.materials(shell, faults))?,
        View::Check => page(&work.check((&it.ctx, app), shell, faults).await?)?,
    };
    if wrong { again(shown) } else { Ok(shown) }
}

/// Ends an act: elsewhere, or on the page from which it came with what is wrong.
async fn ended(app: &App, it: Page, place: (CaseId, View), done: Result<Response>) -> Answer {
    match done {
        Ok(there) => Ok(there),
        Err(Error::Invalid(faults)) => show(app, it, place, faults).await,
        Err(error) => Err(error.into()),
    }
}

async fn tasks(State(app): State<App>, it: Page, Path(id): Path<CaseId>) -> Answer {
    show(&app, it, (id, View::Tasks), Vec::new()).await
}

/// Of which repeated group one more row is shown.
#[derive(Deserialize, Default)]
#[serde(default)]
struct SectionAsk {
    add: String,
}

async fn section(
    State(app): State<App>,
    it: Page,
    Path((id, number)): Path<(CaseId, usize)>,
    Query(ask): Query<SectionAsk>,
) -> Answer {
    if ask.add.is_empty() {
        return show(&app, it, (id, View::Section(number)), Vec::new()).await;
    }
    let work = Work::of(&it.ctx, &app, id).await?;
    if !matches!(work.standing, Standing::Present) || work.is_hidden(number) {
        return Ok(see_other(&format!("/drafts/{id}")));
    }
    let shell = placed(it.shell, work.draft.at_window);
    page(&work.section(&app, shell, (number, &ask.add, Vec::new())).await?)
}

async fn materials(State(app): State<App>, it: Page, Path(id): Path<CaseId>) -> Answer {
    show(&app, it, (id, View::Materials), Vec::new()).await
}

async fn check(State(app): State<App>, it: Page, Path(id): Path<CaseId>) -> Answer {
    show(&app, it, (id, View::Check), Vec::new()).await
}

async fn renew(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<CaseId>, Form(data): Form) -> Answer {
    let (_, left) = renewal::renew_draft(&ctx, &app, id, data.version()?).await?;
    let text = match left.len() {
        0 => "草稿已按现在的要求更新，原来的内容都保留了。请继续填写。".to_owned(),
        n => format!("草稿已按现在的要求更新，有 {n} 项没有带入。请继续填写。"),
    };
    Ok(flash(&format!("/drafts/{id}"), "done", &text))
}

async fn section_send(
    State(app): State<App>,
    it: Page,
    Path((id, number)): Path<(CaseId, usize)>,
    Form(data): Form,
) -> Answer {
    let done = send_section(&it.ctx, &app, (id, number), &data).await;
    ended(&app, it, (id, View::Section(number)), done).await
}

async fn send_section(ctx: &Ctx, app: &App, (id, number): (CaseId, usize), data: &FormData) -> Result<Response> {
    let Kept { draft, sections, .. } = keep(ctx, app, (id, number), data).await?;
    let here = format!("/drafts/{id}/form/{number}");
    if data.has("later") {
        return Ok(flash(&format!("/drafts/{id}"), "done", "草稿已保存，随时可以回来继续填写。"));
    }
    if data.has("refresh") {
        return Ok(see_other(&here));
    }
    if let Some((group, _)) = data.text("remove").split_once('/') {
        return Ok(see_other(&format!("{here}#{group}")));
    }
    let group = data.text("add");
    if let Some(rows) = sections[number - 1].fields.iter().find(|it| it.name == group).and_then(|it| it.rows.as_ref()) {
        let next = draft.values[group].as_array().map_or(0, Vec::len).min(rows.most.saturating_sub(1));
        return Ok(see_other(&format!("{here}?add={group}#{group}/{next}")));
    }
    let form = form_of(&draft)?;
    let judged = asked(&draft)?.judge(ctx, app, &draft.values).await?;
    let faults: Vec<_> = judged.faults.into_iter().filter(|it| is_in(&sections[number - 1], it)).collect();
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let next = (number..sections.len()).find(|it| form.asks(&sections[*it], &judged.settled));
    Ok(see_other(&match next {
        Some(next) => format!("/drafts/{id}/form/{}", next + 1),
        None => format!("/drafts/{id}/materials"),
    }))
}

/// Whether a fault lies in this section.
fn is_in(section: &Section, fault: &Fault) -> bool {
    let name = fault.field.split('/').next().unwrap_or_default();
    section.fields.iter().any(|it| it.name == name)
}

/// What was kept of a section that was sent.
struct Kept {
    draft: Draft,
    sections: Vec<Section>,
    /// The answers as they count, with the page's own rows, blank ones too.
    judged: Judged,
}

/// Keeps what was typed in one section, right or wrong: without what is not asked, with what is reckoned.
async fn keep(ctx: &Ctx, app: &App, (id, number): (CaseId, usize), data: &FormData) -> Result<Kept> {
    let mut draft = drafts::draft(ctx, app, id).await?;
    let form = form_of(&draft)?;
    let sections = forms::sections(form);
    let mut values = draft.values.as_object().cloned().unwrap_or_else(Map::new);
    forms::take(&group(&sections, number)?.fields, data, &mut values);
    forms::drop_row(data.text("remove"), &mut values);
    let judged = asked(&draft)?.judge(ctx, app, &Value::Object(values)).await?;
    let kept = forms::without_blank_rows(form, &judged.settled.values);
    draft.values = kept;
    draft.version = drafts::save_draft(ctx, app, id, data.version()?, &draft.values).await?;
    Ok(Kept { draft, sections, judged })
}

/// How the form of a draft is looked at.
fn asked(draft: &Draft) -> Result<Asked<'_>> {
    Ok(Asked { item: (draft.item, draft.item_version), form: form_of(draft)?, holder: draft.holder, before: None })
}

fn form_of(draft: &Draft) -> Result<&catalogue::model::ApplicationForm> {
    draft.document.form.as_ref().ok_or(Error::NotFound { what: "申请表" })
}

/// The `number`th group of the form, from 1.
fn group(sections: &[Section], number: usize) -> Result<&Section> {
    let found = number.checked_sub(1).and_then(|it| sections.get(it));
    found.ok_or(Error::NotFound { what: "申请表的这一页" })
}

/// Saves while the person types; answers with the new version for the form's hidden field, and with what the engine says of the page.
async fn autosave(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((id, number)): Path<(CaseId, usize)>,
    Form(data): Form,
) -> Answer<Json<Told>> {
    let Kept { draft, sections, judged } = keep(&ctx, &app, (id, number), &data).await?;
    let section = group(&sections, number)?;
    let offers = offers(&app, &draft, section, &judged.settled.values).await?;
    let shown = Shown { settled: &judged.settled, faults: &judged.faults, offers: &offers, add: "", origins: None };
    Ok(Json(Told::of(Some(draft.version), &forms::section_view(form_of(&draft)?, section, &shown))))
}

/// The divisions that a section offers.
async fn offers(app: &App, draft: &Draft, section: &Section, values: &Value) -> Result<Offers> {
    let own = catalogue::item(&app.db, draft.item).await?.division;
    Offers::of(app, Some(&own), &section.fields, values).await
}

async fn material_add(
    State(app): State<App>,
    it: Page,
    Path((id, material)): Path<(CaseId, String)>,
    upload: UploadForm,
) -> Answer {
    let pages = format!("/drafts/{id}/pages/{material}");
    let there = album::onward(&upload.data, pages, format!("/drafts/{id}/materials"));
    let taken = take_files(&it.ctx, &app, (id, &material), upload).await;
    let done = taken.map(|()| flash(&there, "done", "文件已上传。"));
    ended(&app, it, (id, View::Materials), done).await
}

/// Takes every file of an upload in; the first that cannot be taken ends it.
pub(super) async fn take_files(ctx: &Ctx, app: &App, (id, material): (CaseId, &str), upload: UploadForm) -> Result<()> {
    if upload.files.is_empty() {
        return Err(Error::invalid(format!("material.{material}"), "还没有选择文件，请先选择再上传。"));
    }
    let replaces = upload.data.has("replaces").then(|| upload.data.int("replaces")).transpose()?;
    for (index, file) in upload.files.into_iter().enumerate() {
        // Of several, the first takes the place of the old one.
        let replaces = replaces.filter(|_| index == 0);
        let new = NewMaterial { material: material.to_owned(), name: file.name, bytes: file.bytes, replaces };
        materials::add_material(ctx, app, id, &new).await?;
    }
    Ok(())
}

async fn material_reuse(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path((id, material)): Path<(CaseId, String)>,
    Form(data): Form,
) -> Answer {
    reuse::reuse(&ctx, &app, id, (&material, data.text("case"))).await?;
    Ok(flash(&format!("/drafts/{id}/materials"), "done", "这份材料已有，不用再交。"))
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

async fn file(State(app): State<App>, it: Page, Path(id): Path<CaseId>, Form(data): Form) -> Answer {
    let done = file_now(&it.ctx, &app, id, &data).await;
    if matches!(done, Err(Error::Refused { .. })) && is_older(&it.ctx, &app, id).await {
        // The draft's page says what changed and takes it over.
        return Ok(see_other(&format!("/drafts/{id}")));
    }
    ended(&app, it, (id, View::Check), done).await
}

async fn is_older(ctx: &Ctx, app: &App, id: CaseId) -> bool {
    match drafts::draft(ctx, app, id).await {
        Ok(draft) => !matches!(renewal::standing(app, &draft).await, Ok(Standing::Present)),
        Err(_) => false,
    }
}

async fn file_now(ctx: &Ctx, app: &App, id: CaseId, data: &FormData) -> Result<Response> {
    if !data.has("pledge") {
        return Err(Error::invalid("pledge", "请确认以上内容真实，再提交申请。"));
    }
    let how = HowFiled {
        on_paper: data.all("on_paper").into_iter().map(str::to_owned).collect(),
        incomplete: data.has("incomplete"),
        preliminary: data.text("preliminary").to_owned(),
        consent: data.has("consent"),
    };
    let filed = filing::file_draft(ctx, app, id, &how).await?;
    Ok(see_other(&format!("/cases/{}/receipt", filed.id)))
}

async fn discard(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<CaseId>, Form(_): Form) -> Answer {
    draft_bin::discard(&ctx, &app, id).await?;
    Ok(flash("/cases#binned", "done", "草稿已删除，30 天内可以找回。"))
}

async fn restore(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<CaseId>, Form(_): Form) -> Answer {
    draft_bin::restore(&ctx, &app, id).await?;
    Ok(flash(&format!("/drafts/{id}"), "done", "草稿已找回，可以继续填写。"))
}

async fn destroy(State(app): State<App>, Caller(ctx): Caller, Path(id): Path<CaseId>, Form(_): Form) -> Answer {
    draft_bin::destroy(&ctx, &app, id).await?;
    Ok(flash("/cases", "done", "草稿已彻底删除。"))
}

/// A draft with its groups, materials, and all that is wrong with it.
struct Work {
    draft: Draft,
    standing: Standing,
    sections: Vec<Section>,
    materials: Vec<MaterialView>,
    /// The answers as they count, if the item has a form.
    judged: Option<Judged>,
    missing: Vec<Fault>,
}

impl Work {
    async fn of(ctx: &Ctx, app: &App, id: CaseId) -> Result<Self> {
        let draft = drafts::draft(ctx, app, id).await?;
        let standing = renewal::standing(app, &draft).await?;
        let (mut sections, mut judged) = (Vec::new(), None);
        let mut draft = draft;
        if let Some(form) = &draft.document.form {
            sections = forms::sections(form);
            let values = forms::without_blank_rows(form, &draft.values);
            let it = asked(&draft)?.judge(ctx, app, &values).await?;
            draft.values = it.settled.values.clone();
            judged = Some(it);
        }
        let files = materials::list(app, id).await?;
        let handed_in: Vec<_> = files.iter().map(|it| it.0.material.as_str()).collect();
        let missing = filing::missing(&draft.document, &draft.values, &handed_in);
        let mut materials = reads::material_views(&draft.document, &draft.values, files);
        reuse::tell(app, &mut materials).await?;
        reuse::lay(reuse::offers(ctx, app, &reuse::Wanting::of_draft(&draft)).await?, &mut materials);
        Ok(Self { draft, standing, sections, materials, judged, missing })
    }

    async fn tasks(self, app: &App, shell: Shell) -> Result<TasksPage> {
        Ok(TasksPage {
            shell,
            id: self.draft.id.to_string(),
            item_name: self.draft.document.name.clone(),
            applicant: identity::holder_name(app, &self.draft.holder).await?,
            at_window: self.draft.at_window,
            version: self.draft.version,
            steps: self.steps(),
            ready: self.faults().is_empty(),
            updated: self.draft.updated_at.zh(),
            expires: self.draft.expires.zh_date(),
            standing: self.standing,
        })
    }

    fn faults(&self) -> &[Fault] {
        self.judged.as_ref().map_or(&[], |it| &it.faults)
    }

    /// Whether a section of the form, by its number from 1, is not asked as things stand.
    fn is_hidden(&self, number: usize) -> bool {
        let section = number.checked_sub(1).and_then(|it| self.sections.get(it));
        let asked = |it: &Section| match (&self.draft.document.form, &self.judged) {
            (Some(form), Some(judged)) => form.asks(it, &judged.settled),
            _ => true,
        };
        section.is_some_and(|it| !asked(it))
    }

    /// The numbers of the sections that are asked.
    fn asked(&self) -> Vec<usize> {
        (1..=self.sections.len()).filter(|it| !self.is_hidden(*it)).collect()
    }

    async fn section(
        self,
        app: &App,
        shell: Shell,
        (number, add, faults): (usize, &str, Vec<Fault>),
    ) -> Result<FormPage> {
        let (form, it) = (form_of(&self.draft)?, group(&self.sections, number)?);
        let judged = self.judged.as_ref().ok_or(Error::NotFound { what: "申请表" })?;
        let offers = offers(app, &self.draft, it, &judged.settled.values).await?;
        let origins = known::origins(app, form, &self.draft).await?;
        let shown = Shown { settled: &judged.settled, faults: &faults, offers: &offers, add, origins: Some(&origins) };
        let section = forms::section_view(form, it, &shown);
        let steps = self.asked();
        Ok(FormPage {
            step: steps.iter().position(|it| *it == number).map_or(number, |it| it + 1),
            count: steps.len(),
            shell,
            id: self.draft.id.to_string(),
            item_name: self.draft.document.name.clone(),
            at_window: self.draft.at_window,
            version: self.draft.version,
            number,
            section,
            faults,
        })
    }

    fn materials(self, shell: Shell, faults: Vec<Fault>) -> MaterialsPage {
        MaterialsPage {
            shell,
            id: self.draft.id.to_string(),
            item_name: self.draft.document.name.clone(),
            at_window: self.draft.at_window,
            materials: self.materials,
            faults,
        }
    }

    async fn check(self, (ctx, app): (&Ctx, &App), shell: Shell, faults: Vec<Fault>) -> Result<CheckPage> {
        let ready = self.materials.iter().filter(|it| !it.files.is_empty()).map(|it| it.key.as_str());
        let ready: Vec<_> = ready.collect();
        let following = owing::following(ctx, app, (&self.draft.document, &self.draft.values), &ready).await?;
        let id = self.draft.id;
        let (offices, upper) =
            preliminary::choice(ctx, app, (self.draft.item, self.draft.holder), &self.draft.document).await?;
        let problem = |it: &Fault| Problem {
            href: format!("/drafts/{id}/form/{}#{}", self.place(&it.field), it.field),
            message: it.message.clone(),
        };
        Ok(CheckPage {
            shell,
            id: id.to_string(),
            item_name: self.draft.document.name.clone(),
            at_window: self.draft.at_window,
            consented: self.draft.consent_at.map_or_else(String::new, |at| at.zh()),
            form: filled::told(app, &self.draft.document, &self.draft.values).await?,
            problems: self.faults().iter().map(problem).collect(),
            missing: self.missing.iter().map(|it| it.message.clone()).collect(),
            following,
            offices,
            upper,
            materials: self.materials,
            faults,
        })
    }

    /// In which group a field stands, from 1.
    fn place(&self, field: &str) -> usize {
        let name = field.split('/').next().unwrap_or_default();
        self.sections.iter().position(|it| it.fields.iter().any(|one| one.name == name)).map_or(1, |it| it + 1)
    }

    fn steps(&self) -> Vec<Step> {
        let asked = self.asked().into_iter().map(|it| self.form_step(it - 1, &self.sections[it - 1]));
        let mut steps: Vec<_> = asked.collect();
        if self.materials.iter().any(|it| !it.from_form) {
            let (tone, status) = if self.missing.is_empty() { ("good", "已完成") } else { ("plain", "待上传") };
            let needed = self.materials.iter().filter(|it| it.required && !it.from_form);
            let names: Vec<_> = needed.map(|it| it.name.as_str()).collect();
            let hint = if names.is_empty() { String::new() } else { format!("需要：{}", names.join("、")) };
            let href = format!("/drafts/{}/materials", self.draft.id);
            steps.push(Step { href, title: "上传材料".to_owned(), tone, status, hint });
        }
        steps
    }

    fn form_step(&self, index: usize, section: &Section) -> Step {
        let wrong = self.faults().iter().any(|it| is_in(section, it));
        let empty = section.fields.iter().all(|it| self.draft.values.get(&it.name).is_none());
        let (tone, status) = match (wrong, empty) {
            (false, _) => ("good", "已完成"),
            (true, true) => ("plain", "未填写"),
            (true, false) => ("info", "填写中"),
        };
        let href = format!("/drafts/{}/form/{}", self.draft.id, index + 1);
        Step { href, title: section.heading.clone(), tone, status, hint: section.hint.clone() }
    }
}
