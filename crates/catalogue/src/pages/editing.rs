//! Editing a section of an item: controls from the field table, files, and what happens when two have edited the same.

use askama::Template;
use axum::extract::{Path, Query, State};
use kernel::{Error, Fault, Id, Item, Scope};
use serde_json::Value;
use webkit::{Answer, App, Form, FormData, Page, Shell, Upload, UploadForm, flash, page};

use super::{here, item::SectionLine};
use crate::{
    CATALOGUE,
    edit::{self, Files, Focus, Part, Shape},
    model::{
        Difference, FILE_BYTES_MAX, Field, FileRef, Group, ItemDocument, ItemSummary, LINE_MAX, Meeting, SECTIONS,
        Stage, group_of, meet, with_field,
    },
    reads,
    service::{self, base::working, rules::rulebook},
};

/// A page of the editor with its files at most, in bytes.
pub(super) const BODY_MAX: usize = 50 * 1024 * 1024;

#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(super) struct EditAsk {
    list: String,
    row: String,
}

impl EditAsk {
    fn focus(&self, fields: &'static [Field]) -> Option<Focus> {
        let field =
            fields.iter().find(|it| it.key == self.list || self.list.is_empty() && edit::is_paged(it).is_some())?;
        edit::is_paged(field)?;
        let row = self.row.parse().ok().filter(|it| *it <= crate::model::LIST_MAX)?;
        Some(Focus { field: field.key.to_owned(), row })
    }
}

#[derive(Template)]
#[template(path = "item_edit.html")]
pub(crate) struct EditPage {
    pub(crate) shell: Shell,
    pub(crate) item: ItemSummary,
    pub(crate) group: Group,
    pub(crate) sections: Vec<SectionLine>,
    pub(crate) parts: Vec<Part>,
    pub(crate) action: String,
    pub(crate) focus: Option<Focus>,
    pub(crate) rows: usize,
    /// What keeps the page from being saved.
    pub(crate) faults: Vec<Fault>,
    /// How many findings are shown at their fields.
    pub(crate) open: usize,
    /// Why it cannot be edited now; empty: it can.
    pub(crate) closed: String,
}

/// The section's fields.
fn section(code: &str) -> kernel::Result<(Group, &'static [Field])> {
    let found = SECTIONS.iter().find(|it| it.0.code() == code);
    found.map(|it| (it.0, it.1)).ok_or(Error::NotFound { what: "这一节" })
}

/// An item with what is being written of it, for somebody who keeps it.
pub(super) async fn kept(app: &App, it: &Page, id: Id<Item>) -> kernel::Result<(ItemSummary, ItemDocument)> {
    let item = reads::item(&app.db, id).await?;
    it.ctx.may(CATALOGUE, &Scope::authority(item.authority))?;
    let doc = working(&app.db, &item).await?;
    Ok((item, doc))
}

/// What is said at the fields: rules, advice, and the reasons of the last return.
async fn told(app: &App, item: &ItemSummary, doc: &ItemDocument) -> kernel::Result<Vec<Fault>> {
    let book = rulebook(&app.db).await?;
    let mut out: Vec<Fault> = book.findings(doc).into_iter().map(Into::into).collect();
    out.extend(book.warnings(doc).into_iter().map(|it| Fault::new(it.field, format!("建议：{}", it.message))));
    if item.stage == Some(Stage::Writing) {
        let remarks = reads::remarks(app, item.id).await?;
        let last = remarks.first().map(|it| it.round);
        let last = remarks.into_iter().filter(|it| Some(it.round) == last && !it.field.is_empty());
        out.extend(last.map(|it| Fault::new(it.field, format!("退回意见：{}", it.reason))));
    }
    Ok(out)
}

/// Why an item cannot be edited now; empty: it can.
pub(super) fn closed(item: &ItemSummary) -> String {
    match item.stage {
        _ if !item.state.is_open() => "该事项已取消，不能再修改。".to_owned(),
        Some(stage) if !stage.is_open() => {
            format!("这次修改现为「{}」，不能改动。确需修改的，请先在事项页面撤回。", stage.name())
        }
        _ => String::new(),
    }
}

/// What was typed and is wrong, to be shown again.
type Typed = Option<(Value, Vec<Fault>)>;

async fn edit_page(app: &App, it: Page, id: Id<Item>, (code, ask): (&str, EditAsk), typed: Typed) -> Answer {
    let (group, fields) = section(code)?;
    let (item, doc) = kept(app, &it, id).await?;
    let said = told(app, &item, &doc).await?;
    let focus = ask.focus(fields);
    let (value, mut faults) = match typed {
        Some((value, faults)) => (value, faults),
        None => (serde_json::to_value(&doc).map_err(Error::internal)?, Vec::new()),
    };
    let here: Vec<_> = said.iter().filter(|it| group_of(&it.field) == Some(group)).cloned().collect();
    let open = here.len();
    let at_fields: Vec<_> = faults.iter().cloned().chain(here).collect();
    let files = format!("/items/{id}/files");
    let given = edit::Given { doc: &value, faults: &at_fields, focus: focus.as_ref(), files: &files };
    let parts = edit::parts(fields, &given);
    faults.retain(|it| !it.message.is_empty());
    let found = rulebook(&app.db).await?.all(&doc);
    let rows = focus.as_ref().and_then(|it| value.get(&it.field)).and_then(Value::as_array).map_or(0, Vec::len);
    let closed = closed(&item);
    let action = match &focus {
        Some(focus) => format!("/desk/items/{id}/edit/{code}?list={}&row={}", focus.field, focus.row),
        None => format!("/desk/items/{id}/edit/{code}"),
    };
    let sections = super::item::sections(id, &found);
    page(&EditPage { shell: it.shell, item, group, sections, parts, action, focus, rows, faults, open, closed })
}

pub(super) async fn show(
    State(app): State<App>,
    it: Page,
    Path((id, code)): Path<(String, String)>,
    Query(ask): Query<EditAsk>,
) -> Answer {
    edit_page(&app, it, id.parse()?, (&code, ask), None).await
}

pub(super) async fn save(
    State(app): State<App>,
    it: Page,
    Path((id, code)): Path<(String, String)>,
    Query(ask): Query<EditAsk>,
    form: UploadForm,
) -> Answer {
    let id: Id<Item> = id.parse()?;
    let (group, fields) = section(&code)?;
    let (item, now) = kept(&app, &it, id).await?;
    let version = form.data.version()?;
    let (files, mut faults) = keep_files(&app, &form.files).await?;
    let focus = ask.focus(fields);
    // What the editor started from: if somebody saved meanwhile, not what is there now.
    let base = if item.version == version { now.clone() } else { started_from(&app, &item, version).await? };
    let old = serde_json::to_value(&base).map_err(Error::internal)?;
    let (typed, wrong) = edit::read(fields, &old, focus.as_ref(), (&form.data, &files));
    faults.extend(wrong);
    let yours = match serde_json::from_value::<ItemDocument>(typed.clone()) {
        Ok(doc) if faults.is_empty() => doc,
        Ok(_) => return edit_page(&app, it, id, (&code, ask), Some((typed, faults))).await,
        Err(error) => {
            if faults.is_empty() {
                faults.push(Fault::new("", format!("有内容不符合要求，没有保存：{error}。")));
            }
            return edit_page(&app, it, id, (&code, ask), Some((typed, faults))).await;
        }
    };
    if item.version != version {
        return meeting(&app, &it, item, (&base, &now, &yours)).await;
    }
    let yours = with_current_base(&app, yours).await?;
    match service::items::revise(&it.ctx, &app.db, id, version, &yours).await {
        Ok(()) => Ok(flash(&after(id, group, focus.as_ref()), "done", "已保存。审核、发布后才对外生效。")),
        Err(Error::Invalid(faults)) => edit_page(&app, it, id, (&code, ask), Some((typed, faults))).await,
        Err(Error::Stale { .. }) => {
            let (item, now) = kept(&app, &it, id).await?;
            meeting(&app, &it, item, (&base, &now, &yours)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Where one goes after saving: back to the list of rows, or the same section.
fn after(id: Id<Item>, group: Group, focus: Option<&Focus>) -> String {
    let anchor = focus.map(|it| format!("#{}", it.field)).unwrap_or_default();
    format!("/desk/items/{id}/edit/{}{anchor}", group.code())
}

pub(super) async fn started_from(app: &App, item: &ItemSummary, version: i64) -> kernel::Result<ItemDocument> {
    if let Some((doc, _)) = reads::draft_at(&app.db, item.id, version).await? {
        return Ok(doc);
    }
    let documents = app.part::<crate::Documents>()?;
    let kept = documents.find(&app.db, item.id, item.current_version).await?;
    Ok(kept.map_or_else(|| ItemDocument::named(&item.name), |it| (*it).clone()))
}

/// The document with its base entry as the directory has it now.
pub(super) async fn with_current_base(app: &App, doc: ItemDocument) -> kernel::Result<ItemDocument> {
    let Some(base) = &doc.base else { return Ok(doc) };
    let known = service::base::find(&app.db, base.code.as_str()).await?;
    Ok(match known {
        Some((entry, _)) => ItemDocument { base: Some(entry), ..doc },
        None => doc,
    })
}

/// Keeps the files of a page; what is no file of a kind that people can open is refused at its field.
async fn keep_files(app: &App, files: &[Upload]) -> kernel::Result<(Files, Vec<Fault>)> {
    let (mut out, mut faults) = (Files::new(), Vec::new());
    for it in files {
        let bytes = u64::try_from(it.bytes.len()).unwrap_or(u64::MAX);
        if bytes > FILE_BYTES_MAX || it.name.chars().count() > LINE_MAX {
            faults.push(Fault::new(&*it.field, "文件不能超过 20 MB，文件名不能超过 200 个字。"));
            continue;
        }
        let Some(media) = media(&it.bytes, &it.name) else {
            faults.push(Fault::new(&*it.field, "只能上传 PDF、OFD、Word、Excel 文档和 PNG、JPG 图片。"));
            continue;
        };
        let blob = app.blobs.put(it.bytes.to_vec()).await?;
        out.insert(it.field.clone(), FileRef { name: it.name.clone(), blob, bytes, media: media.to_owned() });
    }
    Ok((out, faults))
}

/// What a file is, by its first bytes; office documents and OFD, which are archives, also by their name.
fn media(bytes: &[u8], name: &str) -> Option<&'static str> {
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let zip = bytes.starts_with(b"PK\x03\x04");
    let ole = bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]);
    match ending.as_str() {
        "pdf" if bytes.starts_with(b"%PDF-") => Some("application/pdf"),
        "png" if bytes.starts_with(b"\x89PNG\r\n") => Some("image/png"),
        "jpg" | "jpeg" if bytes.starts_with(&[0xff, 0xd8, 0xff]) => Some("image/jpeg"),
        "ofd" if zip => Some("application/ofd"),
        "docx" if zip => Some("application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        "xlsx" if zip => Some("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        "doc" if ole => Some("application/msword"),
        "xls" if ole => Some("application/vnd.ms-excel"),
        _ => None,
    }
}

#[derive(Template)]
#[template(path = "item_meet.html")]
pub(crate) struct MeetPage {
    pub(crate) shell: Shell,
    pub(crate) item: ItemSummary,
    pub(crate) who: String,
    pub(crate) contested: Vec<Difference>,
    pub(crate) yours: Vec<Difference>,
    /// Your words, as a document of the fields you changed.
    pub(crate) kept: String,
}

/// Shows the second of two editors what the first changed, with all of the second's words kept in the page.
pub(super) async fn meeting(
    app: &App,
    it: &Page,
    item: ItemSummary,
    (base, theirs, yours): (&ItemDocument, &ItemDocument, &ItemDocument),
) -> Answer {
    let Meeting { contested, yours: own, .. } = meet(base, theirs, yours);
    let first = reads::draft_at(&app.db, item.id, item.version).await?.map(|it| it.1).unwrap_or_default();
    let who = if first.is_empty() {
        "其他人".to_owned()
    } else {
        identity::names(app, [&first]).await?.of(&first).to_owned()
    };
    // Only the words that differ travel with the page.
    let mut kept = serde_json::to_value(yours).map_err(Error::internal)?;
    if let Some(fields) = kept.as_object_mut() {
        fields.retain(|key, _| contested.iter().chain(&own).any(|it| it.field == *key));
    }
    let kept = kept.to_string();
    page(&MeetPage { shell: it.shell.clone(), item, who, contested, yours: own, kept })
}

/// Lays the chosen words onto what is there now.
pub(super) async fn merge(State(app): State<App>, it: Page, Path(id): Path<String>, Form(form): Form) -> Answer {
    let id: Id<Item> = id.parse()?;
    let (item, now) = kept(&app, &it, id).await?;
    let yours: ItemDocument = serde_json::from_str(form.text("kept"))
        .map_err(|_| Error::invalid("kept", "页面内容不完整，请返回重新填写。"))?;
    let merged = chosen(&form, &now, &yours);
    if item.version != form.version()? {
        return meeting(&app, &it, item, (&now, &now, &merged)).await;
    }
    let merged = with_current_base(&app, merged).await?;
    service::items::revise(&it.ctx, &app.db, id, item.version, &merged).await?;
    Ok(flash(&here(id), "done", "已合并保存，两个人的修改都在。"))
}

fn chosen(form: &FormData, now: &ItemDocument, yours: &ItemDocument) -> ItemDocument {
    let mine = crate::model::fields_of().map(|it| it.1).filter(|field| form.text(&format!("take/{field}")) == "yours");
    mine.fold(now.clone(), |doc, field| with_field(&doc, yours, field))
}
