//! What a provider says of a person, read by what is registered of the provider.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::provider::ProviderState;
use crate::model::person;

/// A text of a provider has so many bytes at most; a longer one counts as not there.
const TEXT_MAX: usize = 255;

/// What a provider said. Personal: sealed until the person has decided, never logged.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Told {
    /// The person's number there.
    pub(crate) subject: String,
    /// The session's number there; may be empty.
    pub(crate) sid: String,
    /// The name; may be empty.
    pub(crate) name: String,
    /// The citizen number as it was written; may be empty.
    pub(crate) number: String,
    /// The mobile number, eleven digits; may be empty.
    pub(crate) mobile: String,
    /// The real-name level that this means here, 0 to 3.
    pub(crate) level: i64,
    /// Whether the person showed two factors there, and this is believed.
    pub(crate) strong: bool,
}

impl Told {
    /// Reads the claims of an ID token, and where it is silent what the userinfo endpoint said. That two factors were shown is
    /// believed of what is signed alone. `None` without a subject.
    pub(crate) fn read(it: &ProviderState, signed: &Map<String, Value>, more: &Map<String, Value>) -> Option<Self> {
        let from = |name: &str| text(signed, name).or_else(|| text(more, name));
        let subject = from(&it.fields.subject).filter(|it| !it.is_empty())?;
        let optional = |field: &str| if field.is_empty() { String::new() } else { from(field).unwrap_or_default() };
        let level = if it.fields.level.is_empty() { None } else { from(&it.fields.level) };
        let strong = text(signed, "acr").is_some_and(|acr| it.two_factors.contains(&acr));
        Some(Self {
            subject,
            sid: text(signed, "sid").unwrap_or_default(),
            name: optional(&it.fields.name),
            number: optional(&it.fields.number),
            mobile: person::mobile(&optional(&it.fields.mobile)).unwrap_or_default(),
            level: level.map_or(0, |value| it.level(&value)),
            strong,
        })
    }

    /// What was handed over, by code and as it is shown.
    pub(crate) fn shown(&self) -> Vec<(&'static str, &'static str, String)> {
        let number = standards::PersonPaper::parse(standards::PaperKind::Citizen, &self.number);
        let number = number.map(|it| it.masked()).unwrap_or_default();
        let mobile = if self.mobile.is_empty() { String::new() } else { person::masked_mobile(&self.mobile) };
        // A level of nobody by name and number raises nothing here.
        let counts = self.level > 0 && !self.name.is_empty() && !number.is_empty();
        let level = if counts { super::super::level::words(self.level).to_owned() } else { String::new() };
        let rows = [
            ("name", "姓名", self.name.clone()),
            ("citizen_number", "公民身份号码", number),
            ("phone", "手机号", mobile),
            ("level", "实名等级", level),
        ];
        rows.into_iter().filter(|it| !it.2.is_empty()).collect()
    }
}

/// A claim as text: words, numbers and truth values are; lists and objects are not.
fn text(claims: &Map<String, Value>, name: &str) -> Option<String> {
    let text = match claims.get(name)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => yes.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    (text.len() <= TEXT_MAX && !text.chars().any(char::is_control)).then_some(text)
}
