//! Rows of cases: what a case is about, its state, and the columns that follow from it.

use journal::Head;
use kernel::{Authority, Channel, Error, Holder, Id, Item, Moment, Person, Result};
use serde::{Deserialize, Serialize};
use standards::Due;
use storage::{Row, Unit, Value, args};

use super::{CASE_ADD, CASE_CHANGE, NUMBER_ADD, guard};
use crate::{
    CaseId,
    model::{Case, Event, Fact, Role, Stage, State},
};

/// A file as the record knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileRef {
    /// Its number within the case.
    pub(crate) number: i64,
    /// Which material it is.
    pub(crate) material: String,
    /// SM3 of its sealed bytes; empty: handed over on paper.
    pub(crate) sm3: String,
}

/// The form's answers as the record knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FormRef {
    /// The name of the sealed item in the vault.
    pub(crate) name: String,
    /// SM3 of its sealed bytes.
    pub(crate) sm3: String,
}

/// What a case is about, fixed at filing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Facts {
    pub(crate) number: String,
    pub(crate) item: Id<Item>,
    pub(crate) item_version: i64,
    pub(crate) authority: Id<Authority>,
    pub(crate) division: String,
    #[serde(with = "holder_text")]
    pub(crate) holder: Holder,
    pub(crate) filed_by: Id<Person>,
    /// The organ that accepts and examines first; `None`: the authority does all itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) preliminary: Option<Id<Authority>>,
    /// When the person at the window agreed, as `filed_by` told; `None`: filed by the applicant.
    pub(crate) consent_at: Option<Moment>,
}

/// A case with everything its row keeps.
#[derive(Debug, Clone)]
pub(crate) struct CaseRow {
    pub(crate) id: CaseId,
    pub(crate) facts: Facts,
    pub(crate) case: Case,
    pub(crate) form: FormRef,
    pub(crate) files: Vec<FileRef>,
    /// Who has it in hand at its present post.
    pub(crate) claimed_by: Option<Id<Person>>,
    pub(crate) head: Head,
}

impl Facts {
    /// At which organ the case is worked on in this state: where it is examined first, and once it was handed up where it is decided.
    pub(crate) fn desk(&self, case: &Case) -> Id<Authority> {
        self.preliminary.filter(|_| case.handed_up().is_none()).unwrap_or(self.authority)
    }

    /// Which organ spoke in this event of the case.
    pub(crate) fn office_of(&self, case: &Case, event: &Event) -> Id<Authority> {
        let handed_up = !event.fact.is_of_intake() && case.handed_up().is_some_and(|it| it.by.at <= event.at);
        self.preliminary.filter(|_| !handed_up).unwrap_or(self.authority)
    }

    /// Whether this event came about while the case was with the organ that examines first, its handing-up included.
    pub(crate) fn was_below(&self, case: &Case, event: &Event) -> bool {
        let before = || case.handed_up().is_none_or(|it| event.at < it.by.at);
        self.preliminary.is_some()
            && (event.fact.is_of_intake() || matches!(event.fact, Fact::HandedUp { .. }) || before())
    }
}

impl CaseRow {
    /// At which organ the case is worked on now.
    pub(crate) fn desk(&self) -> Id<Authority> {
        self.facts.desk(&self.case)
    }

    /// Whether an officer in this role has to do with the case where it is: an organ that only examines first neither decides nor issues.
    pub(crate) fn works(&self, role: Role) -> bool {
        self.desk() == self.facts.authority || !matches!(role, Role::Decide | Role::Issue)
    }
}

/// Columns that follow from the state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Derived {
    pub(crate) stage: String,
    pub(crate) post: String,
    pub(crate) due_key: String,
    pub(crate) open: bool,
    /// Something waits for the head of the organ.
    pub(crate) head_asked: bool,
    /// The day after which the platform acts by itself.
    pub(crate) wake: Option<Due>,
    pub(crate) promised: Option<Due>,
    pub(crate) statutory: Option<Due>,
}

/// Who must act next at a stage.
pub(crate) fn post_of(stage: Stage) -> &'static str {
    match stage {
        Stage::Filed | Stage::Received | Stage::Resupplied => "accept",
        Stage::CorrectionAsked | Stage::ApprovedOwing => "applicant",
        Stage::Accepted | Stage::UnderReview | Stage::Suspended => "review",
        Stage::ForDecision => "decide",
        Stage::Approved | Stage::Refused | Stage::Issued | Stage::Delivered => "issue",
        _ => "none",
    }
}

/// After every day of the calendar: no day presses.
pub(crate) const NO_DAY: &str = "9999-12-31";

impl Derived {
    /// What follows from this state.
    pub(crate) fn of(case: &Case) -> Self {
        let stage = case.stage();
        let pressing = match &case.state {
            State::Filed { intake } | State::Received { intake, .. } | State::Resupplied { intake, .. } => {
                Some(intake.due)
            }
            State::CorrectionAsked { correction, .. } => correction.answer_due,
            State::InHand { handling, .. } => Some(handling.pressing_due()),
            State::Suspended { special, .. } => Some(special.expected_end),
            State::Decided { decision, .. } | State::Issued { decision, .. } => Some(decision.delivery_due),
            _ => None,
        };
        let handling = case.handling().filter(|_| !matches!(case.state, State::Suspended { .. }));
        Self {
            stage: stage.code().to_owned(),
            post: post_of(stage).to_owned(),
            due_key: pressing.map_or_else(|| NO_DAY.to_owned(), |due| due.value().to_string()),
            open: !stage.is_final() && stage != Stage::Delivered,
            head_asked: matches!(&case.state, State::InHand { handling, .. } if handling.extension_asked.is_some()),
            wake: case.wake().map(|it| it.after),
            promised: handling.map(|it| it.promised_due),
            statutory: handling.map(|it| it.statutory_due),
        }
    }

    /// What the row's columns say.
    pub(crate) fn read(row: &Row) -> Result<Self> {
        let due = |day: &str, tbd: &str| -> Result<Option<Due>> {
            let provisional = row.flag(tbd)?;
            match row.opt_date(day)? {
                None if provisional => Err(Error::internal(format!("{tbd} without a day"))),
                day => Ok(day.map(|day| if provisional { Due::Provisional(day) } else { Due::Fixed(day) })),
            }
        };
        Ok(Self {
            stage: row.string("stage")?,
            post: row.string("post")?,
            due_key: row.string("due_key")?,
            open: row.flag("open")?,
            head_asked: row.flag("head_asked")?,
            wake: due("wake_day", "wake_tbd")?,
            promised: due("promised_due", "promised_tbd")?,
            statutory: due("statutory_due", "statutory_tbd")?,
        })
    }
}

fn day(due: Option<Due>) -> (Value, Value) {
    let provisional = due.is_some_and(Due::is_provisional);
    (Value::from(due.map(|due| due.value())), Value::from(provisional))
}

/// Reads a row of `cases`.
pub(crate) fn case(row: &Row) -> Result<CaseRow> {
    Ok(CaseRow {
        id: row.id("id")?,
        facts: facts(row)?,
        case: row.json("state")?,
        form: row.json("form")?,
        files: row.json("files")?,
        claimed_by: person_or_none(row.text("claimed_by")?)?,
        head: Head::of(row)?,
    })
}

/// A person's id as stored; empty: nobody.
pub(crate) fn person_or_none(text: &str) -> Result<Option<Id<Person>>> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}

/// An authority's id as stored; empty: none.
fn authority_or_none(text: &str) -> Result<Option<Id<Authority>>> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}

/// Reads what a case is about.
pub(crate) fn facts(row: &Row) -> Result<Facts> {
    Ok(Facts {
        number: row.string("number")?,
        item: row.id("item")?,
        item_version: row.int("item_version")?,
        authority: row.id("authority")?,
        division: row.string("division")?,
        holder: row.text("holder")?.parse()?,
        filed_by: row.id("filed_by")?,
        preliminary: authority_or_none(row.text("preliminary")?)?,
        consent_at: row.opt_moment("consent_at")?,
    })
}

/// A document as stored.
pub(crate) fn json(document: &impl Serialize) -> Result<String> {
    serde_json::to_string(document).map_err(Error::internal)
}

/// What changes of a case's row, in the order of `CASE_CHANGE`: stage, the documents, the derived columns, where the chain stands.
fn changing(it: &CaseRow) -> Result<Vec<Value>> {
    let derived = Derived::of(&it.case);
    let (wake, wake_tbd) = day(derived.wake);
    let (promised, promised_tbd) = day(derived.promised);
    let (statutory, statutory_tbd) = day(derived.statutory);
    Ok(args![
        derived.stage,
        json(&it.case)?,
        json(&it.form)?,
        json(&it.files)?,
        wake,
        wake_tbd,
        promised,
        promised_tbd,
        statutory,
        statutory_tbd,
        derived.post,
        derived.due_key,
        derived.open,
        derived.head_asked,
        it.head.version,
        &it.head.hash,
        it.head.at,
    ])
}

/// Adds a case with its number.
pub(crate) fn case_add(unit: &mut Unit, it: &CaseRow) -> Result<()> {
    let facts = &it.facts;
    let mut values = args![
        it.id,
        &facts.number,
        facts.item,
        facts.item_version,
        facts.authority,
        &facts.division,
        facts.holder.to_string(),
        facts.filed_by,
        channel_code(it.case.channel),
        facts.consent_at,
        it.case.filed.at,
    ];
    values.extend(changing(it)?);
    values.extend(args![facts.preliminary.map(|it| it.to_string()).unwrap_or_default(), it.desk()]);
    unit.one(guard::CASE, CASE_ADD, values);
    unit.one(guard::NUMBER, NUMBER_ADD, args![&facts.number, it.id]);
    Ok(())
}

/// Changes a case from the version `was`.
pub(crate) fn case_change(unit: &mut Unit, it: &CaseRow, was: i64) -> Result<()> {
    let mut values = args![it.id];
    values.extend(changing(it)?);
    values.extend(args![was, it.desk()]);
    unit.one(guard::CASE, CASE_CHANGE, values);
    Ok(())
}

/// As stored.
pub(crate) fn channel_code(channel: Channel) -> &'static str {
    match channel {
        Channel::Web => "web",
        Channel::Window => "window",
        Channel::Api => "api",
        Channel::System => "system",
    }
}

/// The way of a code.
pub(crate) fn channel(code: &str) -> Result<Channel> {
    match code {
        "web" => Ok(Channel::Web),
        "window" => Ok(Channel::Window),
        "api" => Ok(Channel::Api),
        "system" => Ok(Channel::System),
        _ => Err(Error::internal(format!("unknown channel {code}"))),
    }
}

/// Holders as the record writes them.
mod holder_text {
    use kernel::Holder;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(holder: &Holder, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(holder)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Holder, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| D::Error::custom("not a holder"))
    }
}
