//! From what a page sent to answers: what cannot be read as its type is kept as typed, so that nothing typed is lost.

use serde_json::{Map, Number, Value};
use standards::DivisionCode;
use webkit::FormData;

use crate::{
    amount,
    field::{Field, Kind, ROWS_MAX, Rows},
};

/// Reads these fields from a page's form into the answers. An empty field is no answer; a row of a group in which nothing was written
/// stays as a blank row, so that rows keep their numbers. What the platform reckons is not read.
pub fn take(fields: &[Field], data: &FormData, answers: &mut Map<String, Value>) {
    for field in fields.iter().filter(|it| !it.calculated) {
        let value = match &field.rows {
            Some(rows) => take_rows(&field.name, rows, data),
            None => one(field, &field.name, data),
        };
        match value {
            Some(value) => answers.insert(field.name.clone(), value),
            None => answers.remove(&field.name),
        };
    }
}

fn take_rows(group: &str, rows: &Rows, data: &FormData) -> Option<Value> {
    let row_of = |name: &str| name.strip_prefix(group)?.strip_prefix('/')?.split('/').next()?.parse::<usize>().ok();
    let last = data.pairs().iter().filter_map(|it| row_of(&it.0)).filter(|it| *it < 2 * ROWS_MAX).max()?;
    let row = |index: usize| {
        let mut cells = Map::new();
        for field in rows.columns.iter().filter(|it| !it.calculated) {
            if let Some(value) = one(field, &format!("{group}/{index}/{}", field.name), data) {
                cells.insert(field.name.clone(), value);
            }
        }
        Value::Object(cells)
    };
    Some(Value::Array((0..=last).map(row).collect()))
}

fn one(field: &Field, name: &str, data: &FormData) -> Option<Value> {
    let text = data.text(name);
    match field.kind {
        Kind::Consent => data.has(name).then_some(Value::Bool(true)),
        Kind::YesNo => match text {
            "yes" => Some(Value::Bool(true)),
            "no" => Some(Value::Bool(false)),
            _ => None,
        },
        Kind::Paper => paper(name, data),
        Kind::Place => place(name, data),
        _ if text.is_empty() => None,
        Kind::Money | Kind::Area => Some(amount::read(text).map_or_else(|| Value::from(text), Value::from)),
        Kind::Integer => Some(text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from)),
        Kind::Number => {
            let whole = text.parse::<i64>().map(Number::from).ok();
            let number = whole.or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64));
            Some(number.map_or_else(|| Value::from(text), Value::Number))
        }
        _ => Some(Value::from(text)),
    }
}

/// Kind and number of a paper; a kind alone is no answer, unless it is another than the one that is offered first.
fn paper(name: &str, data: &FormData) -> Option<Value> {
    let (kind, number) = (data.text(&format!("{name}/kind")), data.text(&format!("{name}/number")));
    let offered = standards::PaperKind::default().code();
    let empty = number.is_empty() && (kind.is_empty() || kind == offered);
    (!empty).then(|| Value::from(format!("{kind}:{number}")))
}

/// The deepest division that lies in those chosen above it: whoever changes the province leaves a city of another behind.
fn place(name: &str, data: &FormData) -> Option<Value> {
    let mut found: Option<DivisionCode> = None;
    for level in 0..6 {
        let chosen = data.text(&format!("{name}/{level}"));
        let Ok(code) = DivisionCode::parse(chosen) else { break };
        if found.as_ref().is_some_and(|above| !code.is_within(above)) {
            break;
        }
        found = Some(code);
    }
    found.map(|it| Value::from(it.as_str()))
}

/// Takes one row of a repeated group out, named as its button is: 「staff/2」. What names no row changes nothing.
pub fn drop_row(named: &str, answers: &mut Map<String, Value>) {
    let Some((group, row)) = named.split_once('/') else { return };
    let rows = answers.get_mut(group).and_then(Value::as_array_mut);
    if let (Some(rows), Ok(row)) = (rows, row.parse::<usize>())
        && row < rows.len()
    {
        rows.remove(row);
    }
}
