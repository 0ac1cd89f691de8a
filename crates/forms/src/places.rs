//! Divisions that a page offers: those under the item's own as one list, and those of the whole country step by step.

use std::collections::BTreeMap;

use kernel::Result;
use serde::Serialize;
use serde_json::Value;
use standards::DivisionCode;
use webkit::App;

use crate::field::{Field, Kind, Places, Section};

/// Divisions offered in one list at most.
const DIVISIONS_MAX: usize = 600;
/// Places of one page whose steps are looked up at most; one more is shown by its first step.
const PLACES_MAX: usize = 60;

/// One step of a place: what is chosen, and from what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Level {
    /// The code that is chosen, or empty.
    pub chosen: String,
    /// Codes and names.
    pub options: Vec<(String, String)>,
}

/// What a page offers of divisions.
#[derive(Debug, Clone, Default)]
pub struct Offers {
    /// Those under the item's own; empty if the section asks for none, or none are known.
    pub divisions: Vec<(String, String)>,
    /// The tops of the country; empty if the section asks for no place, or none are known.
    pub top: Vec<(String, String)>,
    /// The steps to each code that is chosen.
    pub steps: BTreeMap<String, Vec<Level>>,
}

impl Offers {
    /// The steps of a place where this code is chosen; `name` is where it stands.
    #[must_use]
    pub fn levels(&self, _name: &str, chosen: &str) -> Vec<Level> {
        let first = || vec![Level { chosen: String::new(), options: self.top.clone() }];
        self.steps.get(chosen).cloned().unwrap_or_else(first)
    }

    /// What these sections need with these answers; `own` is the division of the item's authority.
    ///
    /// # Errors
    /// If the engine fails.
    pub async fn of(app: &App, own: Option<&DivisionCode>, fields: &[Field], values: &Value) -> Result<Self> {
        let mut out = Self::default();
        let kinds = |wanted: Kind| {
            let columns = |it: &Field| it.rows.iter().any(|it| it.columns.iter().any(|it| it.kind == wanted));
            fields.iter().any(|it| it.kind == wanted || columns(it))
        };
        if let (true, Some(own)) = (kinds(Kind::Division), own) {
            out.divisions = below(app, own).await?;
        }
        if kinds(Kind::Place) {
            out.top = options(app, None).await?;
            for code in chosen(fields, values).into_iter().take(PLACES_MAX) {
                let steps = steps(app, &code, &out.top).await?;
                out.steps.insert(code.as_str().to_owned(), steps);
            }
        }
        Ok(out)
    }
}

/// All divisions of these kinds that answers name.
fn named(fields: &[Field], values: &Value, kinds: &[Kind]) -> Vec<DivisionCode> {
    let mut out = Vec::new();
    for field in fields {
        let value = &values[&field.name];
        match &field.rows {
            Some(rows) => {
                for row in value.as_array().into_iter().flatten() {
                    out.extend(named(&rows.columns, row, kinds));
                }
            }
            None if kinds.contains(&field.kind) => {
                out.extend(value.as_str().and_then(|it| DivisionCode::parse(it).ok()));
            }
            None => {}
        }
    }
    out
}

fn chosen(fields: &[Field], values: &Value) -> Vec<DivisionCode> {
    let mut out = named(fields, values, &[Kind::Place]);
    out.sort();
    out.dedup();
    out
}

async fn options(app: &App, above: Option<&DivisionCode>) -> Result<Vec<(String, String)>> {
    let found = identity::children(&app.db, above).await?;
    Ok(found.into_iter().map(|it| (it.code.as_str().to_owned(), it.name)).collect())
}

/// Each step from the top to a division, and one more below it, where there is one.
async fn steps(app: &App, code: &DivisionCode, top: &[(String, String)]) -> Result<Vec<Level>> {
    let mut out = Vec::new();
    let mut offered = top.to_vec();
    for it in identity::path(&app.db, code).await? {
        out.push(Level { chosen: it.code.as_str().to_owned(), options: offered });
        offered = options(app, Some(&it.code)).await?;
    }
    if !offered.is_empty() {
        out.push(Level { chosen: String::new(), options: offered });
    }
    Ok(out)
}

/// The divisions under one: two levels where the first are counties.
async fn below(app: &App, own: &DivisionCode) -> Result<Vec<(String, String)>> {
    let mut out = Vec::new();
    for child in identity::children(&app.db, Some(own)).await? {
        if child.level >= 5 {
            out.push((child.code.as_str().to_owned(), child.name));
            continue;
        }
        for below in identity::children(&app.db, Some(&child.code)).await? {
            out.push((below.code.as_str().to_owned(), format!("{} {}", child.name, below.name)));
        }
    }
    out.truncate(DIVISIONS_MAX);
    Ok(out)
}

/// The full names of the divisions that these answers name: 「安徽省亳州市谯城区」. One that is not known is left out, and its code shown.
///
/// # Errors
/// If the engine fails.
pub async fn places(app: &App, sections: &[Section], values: &Value) -> Result<Places> {
    let mut places = Places::new();
    for section in sections {
        for code in named(&section.fields, values, &[Kind::Division, Kind::Place]) {
            if places.contains_key(code.as_str()) {
                continue;
            }
            let path = identity::path(&app.db, &code).await?;
            if !path.is_empty() {
                places.insert(code.as_str().to_owned(), path.into_iter().map(|it| it.name).collect());
            }
        }
    }
    Ok(places)
}
