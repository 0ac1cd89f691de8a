//! What changed between two versions of an item, in plain words for who fills in a draft, and what of the draft goes along. Pure.

use std::collections::BTreeSet;

use catalogue::{
    ItemDocument,
    model::{ApplicationForm, Requirement, TimeLimit},
};
use forms::{Condition, Field, Kind, Places};
use serde::Serialize;
use serde_json::{Map, Value};
use standards::DivisionCode;
use time::{Date, macros::format_description};
use webkit::utoipa::ToSchema;

use crate::rules::{self, APPLICATION};

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Change {
    /// 什么有变化：`form` 申请表、`materials` 材料、`terms` 时限、收费等
    pub about: &'static str,
    /// 变化，一句话
    pub words: String,
}

/// Something of a draft that does not go along to the present version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Left {
    /// 申请表的项目或材料名称
    pub name: String,
    /// 原来填写的内容或文件名
    pub content: String,
    /// 为什么不能带入
    pub why: &'static str,
    /// 是文件的，文件的序号
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<i64>,
}

/// Everything that changed and concerns who applies, form first, then materials, then time, money and the rest. Empty: nothing that
/// an applicant would notice.
pub(crate) fn changes(old: &ItemDocument, new: &ItemDocument) -> Vec<Change> {
    let form = form_changes(old.form.as_ref(), new.form.as_ref()).into_iter().map(|it| ("form", it));
    let materials = material_changes(old, new).into_iter().map(|it| ("materials", it));
    let terms = term_changes(old, new).into_iter().map(|it| ("terms", it));
    form.chain(materials).chain(terms).map(|(about, words)| Change { about, words }).collect()
}

fn form_changes(old: Option<&ApplicationForm>, new: Option<&ApplicationForm>) -> Vec<String> {
    let (before, after) = (fields(old), fields(new));
    let mut out = Vec::new();
    for field in &after {
        match before.iter().find(|it| it.name == field.name) {
            None => out.push(format!("新增「{}」（{}）。", field.title, need(field.required))),
            Some(was) => {
                let same = property(old, &field.name) == property(new, &field.name);
                out.extend(field_changes(was, field, same));
                if conditions(old, &field.name) != conditions(new, &field.name) {
                    out.push(format!("「{}」在什么情况下填写，有变化。", field.title));
                }
                let made =
                    |form: Option<&ApplicationForm>| form.and_then(|it| it.calculations.get(&field.name).cloned());
                match (made(old), made(new)) {
                    (before, after) if before == after => {}
                    (_, Some(_)) => out.push(format!("「{}」改由平台计算，或者算法有变化。", field.title)),
                    (_, None) => out.push(format!("「{}」改由您填写。", field.title)),
                }
            }
        }
    }
    let gone = before.iter().filter(|was| after.iter().all(|it| it.name != was.name));
    out.extend(gone.map(|was| format!("不再填写「{}」。", was.title)));
    out
}

fn field_changes(was: &Field, now: &Field, same_schema: bool) -> Vec<String> {
    let title = &now.title;
    let mut out = Vec::new();
    if was.title != now.title {
        out.push(format!("「{}」改为「{title}」。", was.title));
    }
    if was.required != now.required {
        out.push(format!("「{title}」由{}改为{}。", need(was.required), need(now.required)));
    }
    let options = |it: &Field| it.options.iter().map(|it| it.0.clone()).collect::<Vec<_>>();
    let (before, after) = (options(was), options(now));
    if before != after && !before.is_empty() && !after.is_empty() {
        let listed = |from: &[String], without: &[String]| {
            from.iter().filter(|it| !without.contains(it)).cloned().collect::<Vec<_>>().join("、")
        };
        let (more, fewer) = (listed(&after, &before), listed(&before, &after));
        let mut parts = Vec::new();
        if !more.is_empty() {
            parts.push(format!("增加{more}"));
        }
        if !fewer.is_empty() {
            parts.push(format!("取消{fewer}"));
        }
        if !parts.is_empty() {
            out.push(format!("「{title}」的选项有变化：{}。", parts.join("；")));
        }
    } else if !same_schema && out.is_empty() && was.hint == now.hint {
        out.push(format!("「{title}」的填写要求有变化。"));
    }
    if was.hint != now.hint && !now.hint.is_empty() {
        out.push(format!("「{title}」的填写说明改为：{}", sentence(&now.hint)));
    }
    out
}

fn material_changes(old: &ItemDocument, new: &ItemDocument) -> Vec<String> {
    let mut out = Vec::new();
    for now in &new.materials {
        match old.requirement(&now.key) {
            None => out.push(format!("新增「{}」（{}）。", now.name, necessity(now))),
            Some(was) => out.extend(requirement_changes(was, now)),
        }
    }
    let gone = old.materials.iter().filter(|it| new.requirement(&it.key).is_none());
    out.extend(gone.map(|it| format!("不再需要「{}」。", it.name)));
    out
}

fn requirement_changes(was: &Requirement, now: &Requirement) -> Vec<String> {
    let mut out = Vec::new();
    if was.name != now.name {
        out.push(format!("「{}」改为「{}」。", was.name, now.name));
    }
    if necessity(was) != necessity(now) {
        out.push(format!("「{}」由{}改为{}。", now.name, necessity(was), necessity(now)));
    } else if was.condition != now.condition {
        out.push(format!("「{}」在什么情况下需要，有变化。", now.name));
    }
    for (before, after) in [(&was.fill_explain, &now.fill_explain), (&was.accept_standard, &now.accept_standard)] {
        if before != after && !after.is_empty() {
            out.push(format!("「{}」的要求改为：{}", now.name, sentence(after)));
        }
    }
    if (was.original_copies, was.duplicate_copies) != (now.original_copies, now.duplicate_copies) {
        let (originals, copies) = (now.original_copies, now.duplicate_copies);
        out.push(format!("「{}」的份数改为原件 {originals} 份、复印件 {copies} 份。", now.name));
    }
    out
}

fn term_changes(old: &ItemDocument, new: &ItemDocument) -> Vec<String> {
    let limit = |it: Option<TimeLimit>, none: &str| it.map_or_else(|| none.to_owned(), |it| it.to_string());
    let statute = |it: &ItemDocument| it.base.as_ref().map(|it| it.statutory_limit);
    let visits = |it: &ItemDocument| it.visits.as_ref().map_or_else(String::new, |it| format!("{} 次", it.times));
    let pairs = [
        ("事项名称", old.name.clone(), new.name.clone()),
        ("承诺办结时限", limit(old.promised_limit, "不另作承诺"), limit(new.promised_limit, "不另作承诺")),
        ("法定办结时限", limit(statute(old), "未写明"), limit(statute(new), "未写明")),
        ("补正期限", limit(old.correction_limit, "不限期"), limit(new.correction_limit, "不限期")),
        ("收费", rules::cost(old), rules::cost(new)),
        ("到办事现场次数", visits(old), visits(new)),
    ];
    let moved = pairs.into_iter().filter(|(_, before, after)| before != after);
    let mut out: Vec<_> = moved
        .map(|(name, before, after)| match before.is_empty() {
            true => format!("{name}改为「{after}」。"),
            false => format!("{name}由「{before}」改为「{after}」。"),
        })
        .collect();
    out.extend(
        new.conditions
            .iter()
            .filter(|it| !old.conditions.contains(it))
            .map(|it| format!("受理条件增加：{}", sentence(it))),
    );
    out.extend(
        old.conditions
            .iter()
            .filter(|it| !new.conditions.contains(it))
            .map(|it| format!("受理条件取消：{}", sentence(it))),
    );
    out
}

/// The answers that still fit the present form, and those that do not, each by its name and with what was written. An answer goes along
/// if its field stands as it was, or if what is written can still stand in the field; whether it is right the check says, as ever.
pub(crate) fn carry(
    old: &ItemDocument,
    new: &ItemDocument,
    values: &Value,
    places: &Places,
) -> (Map<String, Value>, Vec<Left>) {
    let (before, after) = (fields(old.form.as_ref()), fields(new.form.as_ref()));
    let (mut kept, mut left) = (Map::new(), Vec::new());
    for (name, value) in values.as_object().into_iter().flatten() {
        let was = before.iter().find(|it| it.name == *name);
        let now = after.iter().find(|it| it.name == *name);
        let same = property(old.form.as_ref(), name) == property(new.form.as_ref(), name);
        if let (true, Value::Array(rows)) = (now.is_some_and(|it| it.kind == Kind::Group), value) {
            let (rows, lost) = carry_rows((old.form.as_ref(), new.form.as_ref()), (name, rows), places);
            kept.insert(name.clone(), rows);
            left.extend(lost);
            continue;
        }
        let why = match now {
            None => Some("新的申请表没有这一项"),
            Some(_) if same => None,
            Some(now) => misfit(was, now, value),
        };
        match (why, was.or(now)) {
            (None, _) => drop(kept.insert(name.clone(), value.clone())),
            (Some(why), Some(field)) => {
                left.push(Left {
                    name: field.title.clone(),
                    content: forms::told(field, value, places),
                    why,
                    file: None,
                });
            }
            (Some(why), None) => left.push(Left { name: name.clone(), content: plain(value), why, file: None }),
        }
    }
    (kept, left)
}

/// Why a value cannot stand in a field that changed.
fn misfit(was: Option<&Field>, now: &Field, value: &Value) -> Option<&'static str> {
    let was_kind = was.map(|it| it.kind);
    match now.kind {
        // Agreement to another text is none.
        Kind::Consent => Some("声明的内容有变化，请重新确认"),
        // Yuan and plain numbers are not the same number.
        Kind::Money | Kind::Area | Kind::Integer | Kind::Number if was_kind.is_some_and(|it| it != now.kind) => {
            Some("填写方式有变化")
        }
        Kind::Money | Kind::Area | Kind::Integer | Kind::Number => (!value.is_number()).then_some("应当填写数字"),
        Kind::YesNo => (!value.is_boolean()).then_some("填写方式有变化"),
        Kind::Choice | Kind::Select => {
            let offered = value.as_str().is_some_and(|text| now.options.iter().any(|it| it.0 == text));
            (!offered).then_some("不在新的选项中")
        }
        Kind::Day => {
            let iso = format_description!("[year]-[month]-[day]");
            let day = value.as_str().is_some_and(|text| Date::parse(text, iso).is_ok());
            (!day).then_some("应当填写日期")
        }
        Kind::Group => (!value.is_array()).then_some("改为逐行填写"),
        Kind::Paper => {
            let known = value.as_str().is_some_and(|it| it.contains(':'));
            (!known).then_some("应当填写证件种类和号码")
        }
        Kind::Division | Kind::Place => {
            let known = value.as_str().is_some_and(|text| DivisionCode::parse(text).is_ok());
            (!known).then_some("应当选择行政区划")
        }
        Kind::Text | Kind::Long | Kind::Signature => (!value.is_string()).then_some("填写方式有变化"),
    }
}

/// The files that have no place in the present version: numbers, and what the applicant is told of each.
pub(crate) fn files_left(
    old: &ItemDocument,
    new: &ItemDocument,
    files: &[(i64, String, String)],
) -> (BTreeSet<i64>, Vec<Left>) {
    let stays = |material: &str| material != APPLICATION && new.requirement(material).is_some();
    let gone = files.iter().filter(|it| !stays(&it.1));
    let told = gone.map(|(number, material, name)| {
        let title = old.requirement(material).map_or(material.as_str(), |it| it.name.as_str());
        let left = Left {
            name: title.to_owned(), content: name.clone(), why: "不再需要这份材料", file: Some(*number)
        };
        (*number, left)
    });
    told.unzip()
}

/// The fields in the order of the page; after a repeated group its columns, each by its path and with the group's name before its own.
fn fields(form: Option<&ApplicationForm>) -> Vec<Field> {
    let mut out = Vec::new();
    for field in form.map(forms::sections).into_iter().flatten().flat_map(|it| it.fields) {
        let columns = field.rows.iter().flat_map(|it| &it.columns).map(|it| Field {
            name: format!("{}/{}", field.name, it.name),
            title: format!("{}：{}", field.title, it.title),
            ..it.clone()
        });
        let columns: Vec<_> = columns.collect();
        out.push(field);
        out.extend(columns);
    }
    out
}

/// The rules of one field, whatever its words are: its schema, when it is asked, how it is reckoned. Those of a group are its own, without
/// its columns'.
fn property(form: Option<&ApplicationForm>, path: &str) -> Option<Value> {
    let form = form?;
    let mut schema = form.property(path)?.clone();
    if let (true, Some(group)) = (form.is_group(path), schema.as_object_mut()) {
        group.remove("items");
    }
    // The words of a consent are what one agrees to; those of another field change nothing of what it takes.
    if let Some(words) = schema.as_object_mut().filter(|it| it.get("const") != Some(&Value::Bool(true))) {
        words.remove("title");
        words.remove("description");
    }
    Some(schema)
}

/// When a field is asked.
fn conditions<'a>(form: Option<&'a ApplicationForm>, path: &'a str) -> Vec<&'a Condition> {
    let Some(form) = form else { return Vec::new() };
    let section = form.layout.iter().find(|it| it.fields.iter().any(|it| it == path));
    section.and_then(|it| it.only_if.as_ref()).into_iter().chain(form.conditions.get(path)).collect()
}

/// Why the cells of a group's rows that have no place any more do not go along, with the rows that do.
fn carry_rows(
    (old, new): (Option<&ApplicationForm>, Option<&ApplicationForm>),
    (group, rows): (&str, &[Value]),
    places: &Places,
) -> (Value, Vec<Left>) {
    let (before, after) = (fields(old), fields(new));
    let (mut kept, mut left) = (Vec::new(), Vec::new());
    for (place, row) in rows.iter().enumerate() {
        let mut cells = Map::new();
        for (column, value) in row.as_object().into_iter().flatten() {
            let path = format!("{group}/{column}");
            let was = before.iter().find(|it| it.name == path);
            let now = after.iter().find(|it| it.name == path);
            let same = property(old, &path) == property(new, &path);
            let why = match now {
                None => Some("新的申请表没有这一项"),
                Some(_) if same => None,
                Some(now) => misfit(was, now, value),
            };
            let Some(why) = why else {
                cells.insert(column.clone(), value.clone());
                continue;
            };
            let title = was.or(now).map_or(column.as_str(), |it| it.title.as_str());
            let content = was.or(now).map_or_else(|| plain(value), |it| forms::told(it, value, places));
            left.push(Left { name: format!("{title}（第 {} 行）", place + 1), content, why, file: None });
        }
        if !cells.is_empty() {
            kept.push(Value::Object(cells));
        }
    }
    (Value::Array(kept), left)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn need(required: bool) -> &'static str {
    if required { "必填" } else { "选填" }
}

fn necessity(it: &Requirement) -> &'static str {
    match (it.is_required(), it.max_days_owed.is_some()) {
        _ if it.key == APPLICATION => "由申请表生成",
        (true, _) if it.condition.is_some() => "符合条件时需要",
        (_, true) => "可以后补",
        (true, false) => "必须提交",
        (false, false) => "有就提交",
    }
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['。', '！', '？']) { text.to_owned() } else { format!("{text}。") }
}
