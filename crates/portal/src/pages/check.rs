//! 「我能不能办」: a few questions, one a page, that tell whether to apply here. Every answer stands in the address: it works without
//! script, goes back with the browser, and can be sent to somebody.

use std::{collections::BTreeMap, sync::Arc};

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::HeaderMap,
};
use catalogue::model::{CheckOption, CheckOutcome, CheckQuestion, CheckResult, ConditionCheck};
use kernel::{Error, Id, Item};
use webkit::{Answer, App, Shell, address};

use super::{guide::document, known};
use crate::pages::public::{Asked, PublicPages};

/// Answers taken from an address at most.
const ANSWERS_MAX: usize = 20;

/// An answer that was given.
pub(crate) struct Given {
    pub(crate) question: String,
    pub(crate) answer: String,
    /// The check with this answer and all after it taken back.
    pub(crate) back: String,
}

/// What it has come to.
pub(crate) enum Outcome {
    Next(CheckQuestion),
    Ended(CheckOption),
    Passed(Vec<CheckOption>),
}

#[derive(Template)]
#[template(path = "check.html")]
pub(crate) struct CheckPage {
    pub(crate) shell: Shell,
    pub(crate) item: String,
    pub(crate) name: String,
    pub(crate) takes_applications: bool,
    pub(crate) phone: String,
    pub(crate) check: ConditionCheck,
    pub(crate) given: Vec<Given>,
    /// Answers that the next form carries on.
    pub(crate) carried: Vec<(String, String)>,
    pub(crate) outcome: Outcome,
}

impl CheckPage {
    pub(crate) fn new(
        shell: Shell,
        (item, name, takes_applications): (String, String, bool),
        (check, phone): (ConditionCheck, String),
        answers: &BTreeMap<String, String>,
    ) -> Self {
        let outcome = match check.judge(answers) {
            CheckResult::Next(question) => Outcome::Next(question.clone()),
            CheckResult::Ended(option) => Outcome::Ended(option.clone()),
            CheckResult::Passed(notes) => Outcome::Passed(notes.into_iter().cloned().collect()),
        };
        let (given, carried) = given(&check, &item, answers, &outcome);
        Self { shell, item, name, takes_applications, phone, check, given, carried, outcome }
    }

    /// Tone and first line of the result.
    fn verdict(&self, option: &CheckOption) -> (&'static str, &'static str) {
        match option.outcome {
            CheckOutcome::Elsewhere => ("info", "这件事不在这里办"),
            CheckOutcome::Ask => ("info", "要问一问才能确定"),
            CheckOutcome::No | CheckOutcome::GoOn | CheckOutcome::Note => ("warn", "按您的回答，现在还不能办"),
        }
    }

    fn search(&self, name: &str) -> String {
        address("/search", &[("q", name)])
    }
}

/// The answers so far, in the order of the questions, up to the one that is asked now.
fn given(
    check: &ConditionCheck,
    item: &str,
    answers: &BTreeMap<String, String>,
    outcome: &Outcome,
) -> (Vec<Given>, Vec<(String, String)>) {
    let (mut given, mut carried): (Vec<Given>, Vec<(String, String)>) = Default::default();
    for question in &check.questions {
        if matches!(outcome, Outcome::Next(next) if next.key == question.key) {
            break;
        }
        let asked = question.only_if.as_ref().is_none_or(|it| answers.get(&it.question) == Some(&it.option));
        let option = question.options.iter().find(|it| answers.get(&question.key) == Some(&it.key));
        let Some(option) = option.filter(|_| asked) else { continue };
        let pairs: Vec<_> = carried.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
        let back = address(&format!("/items/{item}/check"), &pairs);
        given.push(Given { question: question.text.clone(), answer: option.text.clone(), back });
        carried.push((question.key.clone(), option.key.clone()));
        if matches!(outcome, Outcome::Ended(end) if end == option) {
            break;
        }
    }
    (given, carried)
}

pub(crate) async fn show(
    State(app): State<App>,
    shell: Shell,
    (Path(id), Query(answers)): (Path<String>, Query<Vec<(String, String)>>),
    headers: HeaderMap,
) -> Answer {
    let id: Id<Item> = id.parse()?;
    let known = known(&app).await?;
    let entry = Arc::clone(known.entry(id).ok_or(Error::NotFound { what: "事项" })?);
    let asked = Asked { shell, headers, stamp: known.stamp(app.clock.now()) };
    let render = async |shell: Shell| {
        let doc = document(&app, &entry.item).await?;
        let doc = doc.ok_or(Error::NotFound { what: "办事指南" })?;
        let check = doc.check.clone().ok_or(Error::NotFound { what: "这个事项的自查问题" })?;
        let answers: BTreeMap<_, _> = answers.into_iter().take(ANSWERS_MAX).collect();
        let it = &entry.item;
        let about = (it.id.to_string(), it.name.clone(), it.takes_applications());
        Ok(CheckPage::new(shell, about, (check, doc.consult_phone.clone()), &answers))
    };
    app.part::<PublicPages>()?.answer(asked, render).await
}
