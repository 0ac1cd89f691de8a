//! What an item is and may become: its document, its states, the rules for publishing it. Pure.

mod codes;
mod completeness;
mod document;
mod item;
mod limits;
mod list;
mod parts;
mod rules;

pub use codes::{Audience, DeliveryWay, HandlingWay, StepPost, TimeUnit};
pub use completeness::{ELEMENTS, Element, Missing, missing, percent_complete};
pub use document::ItemDocument;
pub use item::{ItemState, ItemSummary};
pub(crate) use limits::over_limits;
pub use limits::{
    ALIASES_MAX, DOCUMENT_BYTES_MAX, ITEM_NAME_MAX, LINE_MAX, LIST_MAX, LOCAL_CODE_MAX, MATERIAL_NAME_MAX, TEXT_MAX,
};
pub use list::{LIST_BYTES_MAX, LIST_HEADER, LIST_ROWS_MAX, ListRow, read_list};
pub use parts::{
    ApplicationForm, BaseEntry, CourtWay, Extension, Fee, FeeLine, FormSection, ItemResult, LegalBasis, NeededWhen,
    OfficeWay, ProcessStep, Question, Remedies, Requirement, Sample, SpecialProcedure, TimeLimit, Topics, Visits,
    Window,
};
pub use rules::{Finding, RULES, Rule, findings};
