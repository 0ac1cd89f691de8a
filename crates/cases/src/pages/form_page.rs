//! The fields of an application form as templates show them.

use catalogue::model::ApplicationForm;
use kernel::{Fault, Id, Item, Result};
use serde_json::Value;
use standards::DivisionCode;
use webkit::App;

use crate::form::{self, Field, Kind, Section};

/// Divisions offered in one list at most.
const DIVISIONS_MAX: usize = 600;

/// One field with its value and what is wrong with it.
#[derive(Debug, Clone)]
pub(crate) struct FieldView {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) hint: String,
    /// `text`, `tel`, `number`, `long`, `date`, `radios`, `select`, `consent`.
    pub(crate) control: &'static str,
    pub(crate) width: &'static str,
    pub(crate) value: String,
    pub(crate) error: String,
    pub(crate) required: bool,
    pub(crate) options: Vec<(String, String)>,
    pub(crate) max: u32,
}

/// A group of fields as a page shows it.
#[derive(Debug, Clone)]
pub(crate) struct SectionView {
    pub(crate) heading: String,
    pub(crate) hint: String,
    pub(crate) fields: Vec<FieldView>,
}

/// A group with these answers and faults.
pub(crate) fn section(it: &Section, values: &Value, faults: &[Fault], divisions: &[(String, String)]) -> SectionView {
    let fields = it.fields.iter().map(|it| field(it, values, faults, divisions)).collect();
    SectionView { heading: it.heading.clone(), hint: it.hint.clone(), fields }
}

/// One field with its answer and fault.
pub(crate) fn field(it: &Field, values: &Value, faults: &[Fault], divisions: &[(String, String)]) -> FieldView {
    let value = form::shown(it, &values[&it.name]);
    // What the platform brought in is said so, that the person looks at it.
    let wrong = faults.iter().any(|fault| fault.field == it.name);
    let known = !it.known.is_empty() && !value.is_empty() && !wrong;
    let yes_no = || vec![("yes".to_owned(), "是".to_owned()), ("no".to_owned(), "否".to_owned())];
    let (control, width, options) = match it.kind {
        Kind::Long => ("long", "", Vec::new()),
        Kind::Integer => ("number", "short", Vec::new()),
        Kind::Money => ("text", "mid", Vec::new()),
        Kind::Day => ("date", "", Vec::new()),
        Kind::Choice => ("radios", "", it.options.clone()),
        Kind::YesNo => ("radios", "", yes_no()),
        Kind::Select => ("select", "", it.options.clone()),
        Kind::Consent => ("consent", "", Vec::new()),
        Kind::Division if !divisions.is_empty() => ("select", "", divisions.to_vec()),
        Kind::Division => ("text", "mid", Vec::new()),
        Kind::Text if it.format == "mobile" => ("tel", "mid", Vec::new()),
        Kind::Text if it.max > 0 && it.max <= 20 => ("text", "mid", Vec::new()),
        Kind::Text => ("text", "", Vec::new()),
    };
    FieldView {
        name: it.name.clone(),
        title: it.title.clone(),
        hint: if known { format!("{}（平台已带入，请核对）", it.hint) } else { it.hint.clone() },
        control,
        width,
        value,
        error: faults
            .iter()
            .find(|fault| fault.field == it.name)
            .map_or_else(String::new, |fault| fault.message.clone()),
        required: it.required,
        options,
        max: it.max,
    }
}

/// The divisions that a form offers: those under the item's own, two levels where the first are counties. Empty if the form asks for
/// none, or none are known.
pub(crate) async fn divisions(app: &App, item: Id<Item>, form: &ApplicationForm) -> Result<Vec<(String, String)>> {
    let asks = form::sections(form).iter().any(|it| it.fields.iter().any(|field| field.kind == Kind::Division));
    if !asks {
        return Ok(Vec::new());
    }
    let own: DivisionCode = catalogue::item(&app.db, item).await?.division;
    let mut out = Vec::new();
    for child in identity::children(&app.db, Some(&own)).await? {
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
