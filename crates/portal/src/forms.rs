//! The application form of an item on paper, made of the very form that is filled in online: blank, and filled in as an example.

use std::collections::HashMap;

use catalogue::{
    ItemDocument,
    model::{ApplicationForm, Requirement},
};
use forms::Kind;
use papers::{Block, Field, Paper};
use serde_json::Value;
use standards::DivisionCode;

use crate::once::About;

/// What stands across every page of a filled example.
const EXAMPLE: &str = "填写样例，人物虚构";
/// Boxes to tick.
const EMPTY_BOX: char = '□';
const TICKED_BOX: char = '■';
/// Room to write a date.
const DATE_ROOM: &str = "＿＿＿＿年＿＿月＿＿日";

/// Whether this material is the form itself, so that the platform can draw it; nobody need upload it.
pub(crate) fn is_drawn(doc: &ItemDocument, it: &Requirement) -> bool {
    it.key == Requirement::FROM_FORM && doc.form.is_some()
}

/// The name of the form: that of its material.
pub(crate) fn title(doc: &ItemDocument) -> String {
    let material = doc.materials.iter().find(|it| it.key == Requirement::FROM_FORM);
    material.map_or_else(|| format!("{}申请表", doc.name), |it| it.name.clone())
}

/// Divisions in the filled example, whose names the paper shows.
pub(crate) fn divisions(doc: &ItemDocument) -> Vec<DivisionCode> {
    let (Some(form), Some(sample)) = (&doc.form, &doc.sample) else { return Vec::new() };
    let fields = form.layout.iter().flat_map(|it| &it.fields);
    let codes = fields.filter(|it| {
        form.schema["properties"][it.as_str()]["format"].as_str().is_some_and(|it| matches!(it, "division" | "place"))
    });
    codes.filter_map(|it| DivisionCode::parse(sample.form.get(it)?.as_str()?).ok()).collect()
}

/// The form. With `names` of divisions it is filled in as the item's example; `None`: blank.
pub(crate) fn paper(
    doc: &ItemDocument,
    about: &About<'_>,
    names: Option<&HashMap<DivisionCode, String>>,
) -> Option<Paper> {
    let form = doc.form.as_ref()?;
    let answers = match names {
        Some(_) => Some(&doc.sample.as_ref()?.form),
        None => None,
    };
    let mut blocks = vec![Block::Paragraph(format!("办理事项：{}", doc.name))];
    for section in &form.layout {
        blocks.push(Block::Heading(section.heading.clone()));
        let field = |name: &String| {
            let value = match (answers, names) {
                (Some(answers), Some(names)) => filled(form, name, answers.get(name), names),
                _ => room(form, name),
            };
            Field { label: label(form, name), value }
        };
        blocks.push(Block::Table(section.fields.iter().map(field).collect()));
    }
    blocks
        .push(Block::Paragraph("申请人声明：以上填写的内容真实、完整，如有不实，愿意承担相应的法律责任。".to_owned()));
    blocks.push(Block::Paragraph(match names {
        Some(_) => "申请人：（本人签名，单位盖章）　　日期：（填写签名当天）".to_owned(),
        None => format!("申请人（签名或者盖章）：＿＿＿＿＿＿　　日期：{DATE_ROOM}"),
    }));
    Some(Paper {
        authority: String::new(),
        title: if names.is_some() { format!("{}（填写样例）", title(doc)) } else { title(doc) },
        number: None,
        addressee: None,
        blocks,
        signature: None,
        notes: vec![format!(
            "带 * 的必须填写；有 {EMPTY_BOX} 的选一项，涂黑或者打勾。在网上申请的，在网页上填写，不用交这张表：{}",
            about.address
        )],
        verification: None,
        watermark: if names.is_some() { Some(EXAMPLE.to_owned()) } else { about.watermark.clone() },
    })
}

/// The label of a field; with a star if it must be filled in, with a word if only by some: paper cannot hide it.
fn label(form: &ApplicationForm, field: &str) -> String {
    if form.conditions.contains_key(field) {
        return format!("{}（有此情形的填写）", form.title(field));
    }
    let must = form.schema["required"].as_array().is_some_and(|all| all.iter().any(|it| it == field));
    format!("{}{}", if must { "*" } else { "" }, form.title(field))
}

/// What one may choose from.
fn options(schema: &Value) -> Vec<String> {
    if schema["type"] == "boolean" {
        return vec!["是".to_owned(), "否".to_owned()];
    }
    let listed = schema["enum"].as_array().or_else(|| schema["items"]["enum"].as_array());
    listed.into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect()
}

fn boxes(options: &[String], chosen: &dyn Fn(&str) -> bool) -> String {
    let one = |it: &String| format!("{}{it}", if chosen(it) { TICKED_BOX } else { EMPTY_BOX });
    options.iter().map(one).collect::<Vec<_>>().join("　")
}

/// Where the answer goes on the blank form.
fn room(form: &ApplicationForm, field: &str) -> String {
    let schema = &form.schema["properties"][field];
    let options = options(schema);
    match schema["format"].as_str() {
        _ if !options.is_empty() => boxes(&options, &|_| false),
        Some("date") => DATE_ROOM.to_owned(),
        Some("money-fen") => "＿＿＿＿＿＿元".to_owned(),
        Some("area-hundredths") => "＿＿＿＿＿＿平方米".to_owned(),
        _ if form.is_group(field) => {
            let columns = form.columns(field);
            let titles = columns.iter().map(|it| ::forms::field(form, &format!("{field}/{it}")).map(|it| it.title));
            let row = titles.flatten().map(|it| format!("{it}＿＿＿＿")).collect::<Vec<_>>().join("　");
            ["1. ", "2. ", "3. "].map(|it| format!("{it}{row}")).join("；")
        }
        _ => String::new(),
    }
}

fn filled(
    form: &ApplicationForm,
    field: &str,
    answer: Option<&Value>,
    names: &HashMap<DivisionCode, String>,
) -> String {
    let schema = &form.schema["properties"][field];
    let Some(answer) = answer else { return "（不用填）".to_owned() };
    let asked = ::forms::field(form, field);
    if let Some(it) = asked.filter(|it| matches!(it.kind, Kind::Group | Kind::Area | Kind::Paper | Kind::Signature)) {
        return ::forms::told(&it, answer, &::forms::Places::new());
    }
    let options = options(schema);
    if !options.is_empty() {
        let chosen = words(schema, answer);
        return boxes(&options, &|it| chosen.split('、').any(|one| one == it));
    }
    let place = answer.as_str().and_then(|it| names.get(&DivisionCode::parse(it).ok()?));
    place.cloned().unwrap_or_else(|| words(schema, answer))
}

/// An answer in words: 「是」, 「12.50 元」, 「甲、乙」.
pub(crate) fn words(schema: &Value, answer: &Value) -> String {
    match answer {
        Value::Bool(true) => "是".to_owned(),
        Value::Bool(false) => "否".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(|it| words(schema, it)).collect::<Vec<_>>().join("、"),
        Value::Number(fen) if schema["format"] == "money-fen" => match fen.as_i64() {
            Some(fen) => format!("{}.{:02} 元", fen / 100, fen % 100),
            None => fen.to_string(),
        },
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::date;

    use super::*;

    fn licence() -> ItemDocument {
        serde_json::from_str(include_str!("../../yiwang/demo/items/01-food-business-licence.json")).unwrap()
    }

    fn about() -> About<'static> {
        About {
            authority: "某局",
            address: "/items/1",
            phone: "12345",
            levels: None,
            today: date!(2026 - 03 - 02),
            watermark: None,
        }
    }

    fn fields(paper: &Paper) -> HashMap<&str, &str> {
        let tables = paper.blocks.iter().filter_map(|it| if let Block::Table(rows) = it { Some(rows) } else { None });
        tables.flatten().map(|it| (it.label.as_str(), it.value.as_str())).collect()
    }

    #[test]
    fn an_item_without_a_form_or_an_example_has_no_paper_of_it() {
        let bare = ItemDocument { form: None, ..licence() };
        assert!(paper(&bare, &about(), None).is_none());
        assert!(!bare.materials.iter().any(|it| is_drawn(&bare, it)));
        let unfilled = ItemDocument { sample: None, ..licence() };
        assert!(paper(&unfilled, &about(), Some(&HashMap::new())).is_none());
        assert!(paper(&unfilled, &about(), None).is_some());
    }

    #[test]
    fn the_blank_form_has_room_for_every_answer_and_the_example_shows_how_each_is_given() {
        let doc = licence();
        let (blank, example) =
            (paper(&doc, &about(), None).unwrap(), paper(&doc, &about(), Some(&HashMap::new())).unwrap());
        let asked: Vec<_> = doc.form.as_ref().unwrap().layout.iter().flat_map(|it| &it.fields).collect();
        assert_eq!((fields(&blank).len(), fields(&example).len()), (asked.len(), asked.len()));
        assert_eq!(fields(&blank)["*是否委托他人办理"], "□是　□否");
        assert_eq!(fields(&example)["*是否委托他人办理"], "□是　■否");
        assert_eq!((fields(&blank)["*经营者名称"], fields(&blank)["代办人姓名（有此情形的填写）"]), ("", ""));
        assert_eq!(fields(&example)["代办人姓名（有此情形的填写）"], "（不用填）");
        assert!(!fields(&example)["*经营者名称"].is_empty());
        assert!(
            example.watermark.is_some() && blank.watermark.is_none(),
            "an example is never taken for an application"
        );
        let fonts = papers::Fonts::embedded().unwrap();
        let laid = papers::layout(&example, &fonts).unwrap();
        let red = |it: &papers::Mark| matches!(it, papers::Mark::Rule(rule) if rule.colour == papers::Colour::RED);
        assert!(!laid.pages.iter().flat_map(|it| &it.marks).any(red), "no authority speaks by it");
        let drawn = [EMPTY_BOX, TICKED_BOX].into_iter().chain(DATE_ROOM.chars());
        assert!(drawn.into_iter().all(|it| fonts.covers(it)), "every mark has a glyph");
    }

    #[test]
    fn answers_of_every_kind_are_told_in_words() {
        for (schema, answer, said) in [
            (json!({}), json!(null), "null"),
            (json!({}), json!(3), "3"),
            (json!({ "format": "money-fen" }), json!(120_050), "1200.50 元"),
            (json!({ "type": "boolean" }), json!(false), "否"),
            (json!({ "type": "array" }), json!(["甲", "乙"]), "甲、乙"),
        ] {
            assert_eq!(words(&schema, &answer), said);
        }
    }
}
