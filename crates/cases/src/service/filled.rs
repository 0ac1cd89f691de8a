//! A form's answers: looked at in the light of who applies, and told in words.

use std::sync::Arc;

use catalogue::{ItemDocument, model::ApplicationForm};
use forms::{Checker, Judged, Kind, Places, Setting};
use kernel::{Ctx, Error, Fault, Holder, Id, Item, Result};
use serde::Serialize;
use serde_json::Value;
use webkit::{App, utoipa::ToSchema};

use super::drafts::ANSWERS_MAX;
use crate::{parts::Checkers, store};

/// Whose form it is, and of which version of which item.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) item: (Id<Item>, i64),
    pub(crate) form: &'a ApplicationForm,
    pub(crate) holder: Holder,
    /// The answers as they were filed before.
    pub(crate) before: Option<&'a Value>,
}

impl Asked<'_> {
    /// The answers as they count now, and what is wrong with them.
    ///
    /// # Errors
    /// If the engine fails.
    pub(crate) async fn judge(&self, ctx: &Ctx, app: &App, answers: &Value) -> Result<Judged> {
        let signers = self.signers(ctx, app).await?;
        let setting = Setting { today: ctx.now.legal_date(), signers: &signers, before: self.before };
        Ok(self.checker(app)?.judge(answers, &setting))
    }

    /// The answers as they are filed: without blank rows and what is not asked, reckoned, in canonical spelling; with what is wrong.
    ///
    /// # Errors
    /// [`Error::TooLarge`]; if the engine fails.
    pub(crate) async fn filed(&self, ctx: &Ctx, app: &App, answers: &Value) -> Result<(Value, Vec<Fault>)> {
        let answers = forms::without_blank_rows(self.form, answers);
        let Judged { settled, faults } = self.judge(ctx, app, &answers).await?;
        let mut values = settled.values;
        self.checker(app)?.canonical(&mut values);
        if store::json(&values)?.len() > ANSWERS_MAX {
            return Err(Error::TooLarge {
                reason: "申请表填写的内容过多，请精简后再提交。".to_owned()
            });
        }
        Ok((values, faults))
    }

    fn checker(&self, app: &App) -> Result<Arc<Checker>> {
        app.part::<Checkers>()?.get(self.item, self.form)
    }

    /// Who may sign: the applicant; and whoever acts for it, an enterprise, a principal or a child, in the own name (民法典第一百六十一条、第一百六十二条:
    /// an agent acts in the principal's name, and signs as the agent).
    async fn signers(&self, ctx: &Ctx, app: &App) -> Result<Vec<String>> {
        let signed = forms::sections(self.form).iter().any(|it| it.fields.iter().any(|it| it.kind == Kind::Signature));
        if !signed {
            return Ok(Vec::new());
        }
        let mut whom = vec![self.holder];
        if ctx.actor.holder() == Some(self.holder) {
            whom.push(Holder::Person(ctx.person()?));
            whom.dedup();
        }
        let names = identity::names(app, &whom).await?;
        Ok(whom.iter().map(|it| names.of(it).to_owned()).filter(|it| !it.is_empty()).collect())
    }
}

/// A group of answers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnswersView {
    /// 分组
    pub heading: String,
    /// 名称和内容
    pub answers: Vec<(String, String)>,
    /// 逐行填写的内容
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<TableView>,
    /// Which group of the form it is, from 1.
    #[serde(skip)]
    pub number: usize,
}

/// Answers of a repeated group.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TableView {
    /// 标识
    pub name: String,
    /// 名称
    pub title: String,
    /// 每行的项目
    pub columns: Vec<String>,
    /// 每行的内容
    pub rows: Vec<Vec<String>>,
}

/// The answers in words, group by group; divisions by their full names. What was not asked is not told.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn told(app: &App, document: &ItemDocument, values: &Value) -> Result<Vec<AnswersView>> {
    let Some(form) = &document.form else { return Ok(Vec::new()) };
    let sections = forms::sections(form);
    let places = forms::places(app, &sections, values).await?;
    let hidden = form.hidden(values);
    let group = |(index, mut section): (usize, forms::Section)| {
        section.fields.retain(|it| !hidden.contains(&it.name));
        let single = section.fields.iter().filter(|it| it.rows.is_none());
        let answers = single.map(|it| (it.title.clone(), forms::told(it, &values[&it.name], &places)));
        let tables = section.fields.iter().filter_map(|it| table(it, &values[&it.name], &places));
        AnswersView {
            answers: answers.collect(),
            tables: tables.collect(),
            number: index + 1,
            heading: section.heading,
        }
    };
    let told = sections.into_iter().enumerate().map(group);
    Ok(told.filter(|it| !it.answers.is_empty() || !it.tables.is_empty()).collect())
}

fn table(field: &forms::Field, value: &Value, places: &Places) -> Option<TableView> {
    let columns = &field.rows.as_ref()?.columns;
    let row = |row: &Value| columns.iter().map(|it| forms::told(it, &row[&it.name], places)).collect();
    Some(TableView {
        name: field.name.clone(),
        title: field.title.clone(),
        columns: columns.iter().map(|it| it.title.clone()).collect(),
        rows: value.as_array().into_iter().flatten().map(row).collect(),
    })
}

/// The full names of the divisions that these answers name.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn places(app: &App, form: Option<&ApplicationForm>, values: &Value) -> Result<Places> {
    forms::places(app, &form.map(forms::sections).unwrap_or_default(), values).await
}
