//! A form's answers in words.

use catalogue::{ItemDocument, model::ApplicationForm};
use kernel::Result;
use serde::Serialize;
use serde_json::Value;
use standards::DivisionCode;
use webkit::{App, utoipa::ToSchema};

use crate::form::{self, Kind, Places};

/// A group of answers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnswersView {
    /// 分组
    pub heading: String,
    /// 名称和内容
    pub answers: Vec<(String, String)>,
}

/// The answers in words, group by group; divisions by their full names.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn told(app: &App, document: &ItemDocument, values: &Value) -> Result<Vec<AnswersView>> {
    let Some(form) = &document.form else { return Ok(Vec::new()) };
    let places = places(app, Some(form), values).await?;
    let group = |section: form::Section| AnswersView {
        answers: section
            .fields
            .iter()
            .map(|it| (it.title.clone(), form::told(it, &values[&it.name], &places)))
            .collect(),
        heading: section.heading,
    };
    Ok(form::sections(form).into_iter().map(group).collect())
}

/// The full names of the divisions that these answers name: 「安徽省亳州市谯城区」. One that is not known is left out, and its code shown.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn places(app: &App, form: Option<&ApplicationForm>, values: &Value) -> Result<Places> {
    let mut places = Places::new();
    let fields = form.map(form::sections).into_iter().flatten().flat_map(|it| it.fields);
    for field in fields.filter(|it| it.kind == Kind::Division) {
        let Some(code) = values[&field.name].as_str().and_then(|it| DivisionCode::parse(it).ok()) else { continue };
        let path = identity::path(&app.db, &code).await?;
        if !path.is_empty() {
            places.insert(code.as_str().to_owned(), path.into_iter().map(|it| it.name).collect());
        }
    }
    Ok(places)
}
