//! The base directory (基本目录): list, one entry with the lists that implement it, and its change by the organisation office.

use askama::Template;
use axum::extract::{Path, Query, State};
use kernel::{Ctx, Error, Fault, PageAsk, Permission};
use serde_json::{Value, json};
use standards::{ItemType, UseLevel};
use webkit::{Answer, App, Form, Listing, Page, Shell, address, asked, filter_of, flash, page};

use super::{offices_of, owned};
use crate::{
    BaseRow, CATALOGUE, DIRECTORY, LEGAL_CHECK, OFFICE_CHECK,
    edit::{self, Part, Shape},
    model::{Audience, BaseEntry, Directory, Field, ItemSummary, Kind, LAW, Stage},
    reads,
    service::base::put_base,
};

/// Whoever keeps or checks items, or keeps the directory, looks at it.
const LOOKS: &[Permission] = &[CATALOGUE, DIRECTORY, OFFICE_CHECK, LEGAL_CHECK];

fn may_look(ctx: &Ctx) -> kernel::Result<()> {
    let looks = LOOKS.iter().any(|permission| ctx.may_somewhere(*permission));
    if looks { Ok(()) } else { Err(Error::Forbidden { action: DIRECTORY.words }) }
}

fn types() -> Vec<(&'static str, &'static str)> {
    ItemType::ALL.iter().map(|it| (it.code(), it.name())).collect()
}

fn directories() -> Vec<(&'static str, &'static str)> {
    vec![
        ("by_code", "按编码（00 为国家目录）"),
        ("national", "国家目录"),
        ("provincial", "省级目录"),
        ("local", "市县补充目录"),
    ]
}

const fn f(key: &'static str, name: &'static str, kind: Kind, hint: &'static str, required: bool) -> Field {
    Field { key, name, hint, kind, required }
}

/// The fields of an entry.
const FIELDS: &[Field] = &[
    f("code", "基本编码", Kind::Line, "12 位：目录 2 位 + 类型 2 位 + 主项 5 位 + 子项 3 位", true),
    f("name", "事项名称", Kind::Line, "", true),
    f("item_type", "事项类型", Kind::Choice(types), "与基本编码第 3、4 位一致", true),
    f("main_item", "主项名称", Kind::Line, "是子项的填写", false),
    f("legal_basis", "设定依据", Kind::Rows(LAW), "", true),
    f("statutory_limit", "法定办结时限", Kind::Limit, "", true),
    f("limit_explain", "法定时限说明", Kind::Line, "", false),
    f(
        "service_objects",
        "服务对象",
        Kind::Choices(|| Audience::ALL.iter().map(|it| (it.code(), it.name())).collect()),
        "",
        true,
    ),
    f(
        "use_levels",
        "行使层级",
        Kind::Choices(|| UseLevel::ALL.iter().map(|it| (it.code(), it.name())).collect()),
        "不选则不限制",
        false,
    ),
    f("materials", "最多要求的材料", Kind::Lines, "每行一个材料名称；实施清单只能少，不能多。不填则不限制", false),
    f("visits_max", "最多到现场次数", Kind::Number, "不填则不限制", false),
    f("directory", "目录层级", Kind::Choice(directories), "", true),
    f("local_code", "地方基本编码", Kind::Line, "", false),
];

#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(super) struct BaseAsk {
    #[serde(rename = "type")]
    item_type: String,
    q: String,
    after: String,
}

#[derive(Template)]
#[template(path = "bases_desk.html")]
pub(crate) struct BasesPage {
    pub(crate) shell: Shell,
    pub(crate) keeps: bool,
    pub(crate) types: Vec<(String, String)>,
    pub(crate) item_type: String,
    pub(crate) q: String,
    pub(crate) entries: Vec<BaseRow>,
    pub(crate) next: String,
    pub(crate) first: String,
}

/// The directory as it is written out.
pub(crate) const LISTING: Listing = Listing {
    code: "catalogue.base",
    name: "基本目录",
    page: "/desk/base",
    needs: LOOKS,
    columns: &[("名称", 36), ("类型", 12), ("基本编码", 16), ("目录", 24), ("法定时限", 20), ("变更日期", 16)],
    rows: |ctx, app, query, ask| Box::pin(rows(ctx, app, query, ask)),
};

async fn rows(ctx: &Ctx, app: &App, query: &str, ask: &PageAsk) -> kernel::Result<kernel::Page<Vec<String>>> {
    let asked: BaseAsk = filter_of(query)?;
    may_look(ctx)?;
    let found = reads::base_entries(&app.db, ItemType::from_code(&asked.item_type), &asked.text(), ask).await?;
    Ok(found.map(|it| {
        vec![
            it.entry.name.clone(),
            it.entry.item_type.name().to_owned(),
            it.entry.code.to_string(),
            it.entry.directory_name().to_string(),
            it.entry.statutory_limit.to_string(),
            it.changed_at.zh_date(),
        ]
    }))
}

impl BaseAsk {
    fn text(&self) -> String {
        self.q.chars().take(100).collect()
    }
}

impl BasesPage {
    fn asked(&self) -> String {
        asked(&[("type", &self.item_type), ("q", &self.q)])
    }
}

pub(super) async fn list(State(app): State<App>, it: Page, Query(ask): Query<BaseAsk>) -> Answer {
    may_look(&it.ctx)?;
    let text = ask.text();
    let page_ask = PageAsk::from_query(Some(&ask.after), None)?;
    let found = reads::base_entries(&app.db, ItemType::from_code(&ask.item_type), &text, &page_ask).await?;
    let href = |after: &str| address("/desk/base", &[("type", &*ask.item_type), ("q", &text), ("after", after)]);
    let next = found.next.map(|key| href(&key)).unwrap_or_default();
    let first = if ask.after.is_empty() { String::new() } else { href("") };
    let keeps = it.ctx.may_somewhere(DIRECTORY);
    let (item_type, q) = (ask.item_type.clone(), text.clone());
    page(&BasesPage { shell: it.shell, keeps, types: owned(types()), item_type, q, entries: found.items, next, first })
}

#[derive(Template)]
#[template(path = "base_desk.html")]
pub(crate) struct BasePage {
    pub(crate) shell: Shell,
    /// What is asked for when the implementing lists are written out.
    pub(crate) asked: String,
    pub(crate) keeps: bool,
    pub(crate) entry: Option<BaseRow>,
    pub(crate) parts: Vec<Part>,
    pub(crate) touched: Vec<(ItemSummary, String)>,
    pub(crate) next: String,
    pub(crate) faults: Vec<Fault>,
}

/// The implementing lists that rest on an entry, as they are written out.
pub(crate) const IMPLEMENTING: Listing = Listing {
    code: "catalogue.implementing",
    name: "实施清单",
    page: "/desk/base/{code}",
    needs: LOOKS,
    columns: &[
        ("实施清单", 36),
        ("实施主体", 36),
        ("状态", 10),
        ("修改环节", 12),
        ("承诺时限", 20),
        ("实施编码", 34),
        ("业务办理项编码", 36),
        ("依据的目录版本", 16),
    ],
    rows: |ctx, app, query, ask| Box::pin(implementing(ctx, app, query, ask)),
};

#[derive(serde::Deserialize)]
struct ImplementingAsk {
    code: String,
}

async fn implementing(ctx: &Ctx, app: &App, query: &str, ask: &PageAsk) -> kernel::Result<kernel::Page<Vec<String>>> {
    let ImplementingAsk { code } = filter_of(query)?;
    may_look(ctx)?;
    let found = reads::of_base(&app.db, &code, ask).await?;
    let offices = offices_of(app, &found.items).await?;
    Ok(found.map(|it| {
        vec![
            it.name,
            offices.get(&it.authority).cloned().unwrap_or_default(),
            it.state.name().to_owned(),
            it.stage.map_or("", Stage::name).to_owned(),
            it.promise,
            it.item_code,
            it.handling_code,
            it.base_version.to_string(),
        ]
    }))
}

async fn base_page(app: &App, it: Page, (code, after): (&str, &str), typed: Option<(Value, Vec<Fault>)>) -> Answer {
    may_look(&it.ctx)?;
    let entry = if code.is_empty() { None } else { Some(reads::base_entry(&app.db, code).await?) };
    let (value, faults) = match (typed, &entry) {
        (Some(typed), _) => typed,
        (None, Some(row)) => (serde_json::to_value(&row.entry).map_err(Error::internal)?, Vec::new()),
        (None, None) => (json!({ "directory": "by_code" }), Vec::new()),
    };
    let mut value = value;
    if let Some(map) = value.as_object_mut() {
        map.entry("directory").or_insert_with(|| json!(Directory::ByCode));
    }
    let given = edit::Given { doc: &value, faults: &faults, focus: None, files: "" };
    // The code of an entry that is listed never changes.
    let fields = if entry.is_some() { &FIELDS[1..] } else { FIELDS };
    let parts = edit::parts(fields, &given);
    let touched = reads::of_base(&app.db, code, &PageAsk::from_query(Some(after), None)?).await?;
    let offices = offices_of(app, &touched.items).await?;
    let name = |it: &ItemSummary| offices.get(&it.authority).cloned().unwrap_or_default();
    let next = touched.next.as_deref().map(|key| address(&format!("/desk/base/{code}"), &[("after", key)]));
    page(&BasePage {
        keeps: it.ctx.may(DIRECTORY, &kernel::Scope::SITE).is_ok(),
        next: next.unwrap_or_default(),
        asked: asked(&[("code", code)]),
        touched: touched.items.into_iter().map(|it| (name(&it), it)).map(|(name, it)| (it, name)).collect(),
        entry,
        parts,
        faults,
        shell: it.shell,
    })
}

pub(super) async fn fresh(State(app): State<App>, it: Page) -> Answer {
    base_page(&app, it, ("", ""), None).await
}

pub(super) async fn show(
    State(app): State<App>,
    it: Page,
    Path(code): Path<String>,
    Query(ask): Query<BaseAsk>,
) -> Answer {
    base_page(&app, it, (&code, &ask.after), None).await
}

pub(super) async fn save(State(app): State<App>, it: Page, Path(code): Path<String>, Form(form): Form) -> Answer {
    let known = if code == "new" { None } else { Some(reads::base_entry(&app.db, &code).await?) };
    let old = known.as_ref().map_or_else(|| Ok(json!({})), |it| serde_json::to_value(&it.entry));
    let fields = if known.is_some() { &FIELDS[1..] } else { FIELDS };
    let files = edit::Files::new();
    let (typed, mut faults) = edit::read(fields, &old.map_err(Error::internal)?, None, (&form, &files));
    for it in fields.iter().filter(|it| it.required) {
        let value = typed.get(it.key).unwrap_or(&Value::Null);
        let blank = value.is_null() || *value == json!("") || value.as_array().is_some_and(Vec::is_empty);
        if blank && !faults.iter().any(|fault| fault.field == it.key) {
            faults.push(Fault::new(it.key, format!("请填写「{}」。", it.name)));
        }
    }
    let again = if known.is_some() { code.as_str() } else { "" };
    if !faults.is_empty() {
        return base_page(&app, it, (again, ""), Some((typed, faults))).await;
    }
    let entry: BaseEntry = match serde_json::from_value(typed.clone()) {
        Ok(entry) => entry,
        Err(error) => {
            let faults = vec![Fault::new("code", format!("有内容不符合要求：{error}。"))];
            return base_page(&app, it, (again, ""), Some((typed, faults))).await;
        }
    };
    let version = if known.is_some() { form.version()? } else { 0 };
    match put_base(&it.ctx, &app.db, version, &entry).await {
        Ok(()) => {
            let to = format!("/desk/base/{}", entry.code.as_str());
            Ok(flash(&to, "done", "已保存。受影响的实施清单已列在下方，并已各自打开修改。"))
        }
        Err(Error::Invalid(faults)) => base_page(&app, it, (again, ""), Some((typed, faults))).await,
        Err(error) => Err(error.into()),
    }
}
