//! What an item is and may become: its document, its states, the rules for publishing it. Pure.

mod act;
mod base;
mod check;
mod codes;
mod completeness;
mod day;
mod difference;
mod document;
mod fields;
mod file;
mod item;
mod job;
mod legal;
mod limits;
mod list;
mod material;
mod parts;
mod review;
mod rules;
mod sheets;
mod suspects;
mod topics;

pub use act::{ActKind, ActStage, BASIS_MAX, ItemAct, PARTS_MAX};
pub use base::{BaseEntry, Directory};
pub use check::{
    Answered, CHECK_OPTIONS_MAX, CHECK_QUESTIONS_MAX, CheckOption, CheckOutcome, CheckQuestion, CheckResult,
    ConditionCheck,
};
pub use codes::{Audience, DeliveryWay, HandlingWay, StepPost, TimeUnit};
pub use completeness::{ELEMENTS, Element, Missing, missing, percent_complete, percent_of_list};
pub use day::Day;
pub use difference::{Difference, Meeting, differences, meet, with_field, words};
pub use document::ItemDocument;
pub use fields::{Field, Group, Kind, LAW, Options, SECTIONS, field, field_name, fields_of, group_of, word_of};
pub use file::{FILE_BYTES_MAX, FILES_MAX, FileRef};
pub use forms::{ApplicationForm, FormSection};
pub use item::{ItemState, ItemSummary};
pub use job::JobState;
pub use legal::{
    CourtWay, Discretion, DiscretionGrade, Duty, Intermediary, LegalBasis, OfficeWay, Payer, Remedies, Responsibility,
};
pub(crate) use limits::over_limits;
pub use limits::{
    ALIASES_MAX, DOCUMENT_BYTES_MAX, ITEM_NAME_MAX, LINE_MAX, LIST_MAX, LOCAL_CODE_MAX, MATERIAL_NAME_MAX, TEXT_MAX,
};
pub use list::{LIST_BYTES_MAX, LIST_HEADER, LIST_ROWS_MAX, ListRow, read_list};
pub use material::Requirement;
pub use parts::{
    Booking, Channels, ContactWay, Courier, Extension, Fee, FeeLine, ItemResult, LocalField, Preliminary, ProcessStep,
    Question, Sample, SpecialProcedure, TimeLimit, Visits, Window,
};
pub use review::{Opened, Revision, Stage};
pub use rules::{Finding, LIST_WORDS_MAX, Rule, Rulebook, Severity, WORD_MAX, WordList};
pub use sheets::{ListKind, OPEN_COLUMNS, OpenColumn, Sheet};
pub use suspects::{Suspect, SuspectKind};
pub use topics::{
    BusinessEvent, CORP_TOPICS, ItemTags, LOCAL_TOPIC, LifeEvent, PERSON_TOPICS, ServiceFlag, Topics, service_flags,
    topic_code,
};
