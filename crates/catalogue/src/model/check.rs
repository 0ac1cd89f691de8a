//! The condition check (「我能不能办?」): a few questions that tell a person whether to apply here, before any form is filled.

use std::collections::BTreeMap;

use kernel::Fault;
use serde::{Deserialize, Serialize};

/// Questions of a check at most: more is an examination, not a help.
pub const CHECK_QUESTIONS_MAX: usize = 10;
/// Answers of one question at most.
pub const CHECK_OPTIONS_MAX: usize = 8;

/// A few questions, asked one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConditionCheck {
    /// One sentence before the first question; may be empty.
    #[serde(default)]
    pub intro: String,
    /// The questions, in order.
    pub questions: Vec<CheckQuestion>,
    /// What is said when no answer spoke against it.
    pub passed: String,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckQuestion {
    /// Its name within the check for programs: `age`.
    pub key: String,
    /// The question in plain words.
    pub text: String,
    /// How to find the answer; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
    /// Asked only if an earlier question was answered so; `None`: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_if: Option<Answered>,
    /// The answers; two («是», «否») or a few.
    pub options: Vec<CheckOption>,
}

/// An earlier question with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Key of the question.
    pub question: String,
    /// Key of the answer.
    pub option: String,
}

/// One answer and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckOption {
    /// Its name within the question: `yes`.
    pub key: String,
    /// The words of the answer.
    pub text: String,
    /// What follows.
    pub outcome: CheckOutcome,
    /// Why, and what to do; needed unless it goes on.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub explain: String,
    /// Name of the item to go to, with [`CheckOutcome::Elsewhere`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub item: String,
}

/// What follows from an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    /// Nothing speaks against it: the next question.
    GoOn,
    /// It can be done, but something more is needed; the explanation says what. The next question.
    Note,
    /// It cannot be done; the explanation says why.
    No,
    /// It is done elsewhere, or is another item.
    Elsewhere,
    /// Nobody can say without seeing the case: ask the window.
    Ask,
}

/// What a check has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckResult<'a> {
    /// This question is next.
    Next(&'a CheckQuestion),
    /// An answer ended it.
    Ended(&'a CheckOption),
    /// All questions are answered and nothing spoke against it. The notes that were given on the way.
    Passed(Vec<&'a CheckOption>),
}

impl ConditionCheck {
    /// What these answers (question → option) come to. Answers to unknown questions and unknown options count as not given.
    #[must_use]
    pub fn judge(&self, answers: &BTreeMap<String, String>) -> CheckResult<'_> {
        let mut notes = Vec::new();
        for question in self.questions.iter().filter(|it| it.is_asked(answers)) {
            let given = answers.get(&question.key);
            let Some(option) = question.options.iter().find(|it| Some(&it.key) == given) else {
                return CheckResult::Next(question);
            };
            match option.outcome {
                CheckOutcome::GoOn => {}
                CheckOutcome::Note => notes.push(option),
                CheckOutcome::No | CheckOutcome::Elsewhere | CheckOutcome::Ask => return CheckResult::Ended(option),
            }
        }
        CheckResult::Passed(notes)
    }

    /// What is wrong with the check itself, at its fields below `check`.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut say = |field: String, message: String| faults.push(Fault::new(field, message));
        if self.questions.is_empty() {
            say("check".to_owned(), "「我能不能办」没有问题，请补充问题或者删去这一节。".to_owned());
        }
        if self.questions.len() > CHECK_QUESTIONS_MAX {
            let n = self.questions.len();
            say("check".to_owned(), format!("「我能不能办」最多 {CHECK_QUESTIONS_MAX} 个问题，现有 {n} 个。"));
        }
        if self.passed.trim().is_empty() {
            say("check".to_owned(), "请写明都符合时对群众说什么，如「您可以办理」。".to_owned());
        }
        for (i, it) in self.questions.iter().enumerate() {
            let at = format!("check/questions/{i}");
            if !(2..=CHECK_OPTIONS_MAX).contains(&it.options.len()) {
                say(at.clone(), format!("问题「{}」应有 2 至 {CHECK_OPTIONS_MAX} 个答案。", it.text));
            }
            let earlier = &self.questions[..i];
            if let Some(when) = &it.only_if {
                let known = earlier.iter().find(|it| it.key == when.question);
                if !known.is_some_and(|it| it.options.iter().any(|it| it.key == when.option)) {
                    say(at.clone(), format!("问题「{}」的前提应是前面某个问题的某个答案。", it.text));
                }
            }
            if it.key.is_empty() || earlier.iter().any(|other| other.key == it.key) {
                say(at.clone(), format!("问题「{}」的标识为空或者重复。", it.text));
            }
            for option in &it.options {
                if option.outcome != CheckOutcome::GoOn && option.explain.trim().is_empty() {
                    say(at.clone(), format!("答案「{}」会改变结论，请写明原因和怎么办。", option.text));
                }
            }
        }
        faults
    }
}

impl CheckQuestion {
    fn is_asked(&self, answers: &BTreeMap<String, String>) -> bool {
        self.only_if.as_ref().is_none_or(|it| answers.get(&it.question) == Some(&it.option))
    }
}
