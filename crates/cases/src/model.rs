//! What a case is and may become. Pure: no database, clock, web or async.
//!
//! [`Case::file`] begins a case, [`Case::act`] decides what an act makes happen (events, or a [`Refusal`] in Chinese), and
//! [`Case::apply`] folds an event into the case. Who may do what in which stage stands in one table, [`TABLE`], which `act` itself
//! asks and from which `docs/case-machine.md` is made.

mod act;
mod apply;
mod clocks;
mod day;
mod event;
mod handling;
mod intake;
mod machine;
mod paper;
mod refusal;
mod result;
mod rules;
mod state;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod words;

pub(crate) use act::{
    Act, ActKind, By, CODE_MAX, CODES_MAX, CorrectionFault, DeliveryWay, FAULTS_MAX, Filing, Grounds, Role, TEXT_MAX,
};
pub(crate) use apply::Misfit;
pub(crate) use clocks::{Alarm, Clocks, Face, Level};
pub(crate) use event::{Acceptance, Dues, Event, Fact};
pub(crate) use machine::Setting;
pub(crate) use paper::PaperKind;
pub(crate) use refusal::{Cause, Refusal};
pub(crate) use rules::{
    ACCEPTANCE_DAYS, DELIVERY_DAYS, EXTENSION_DAYS_MAX, MaterialRule, Rules, SPECIAL_BY_LAW, SPECIAL_DAYS_MAX,
    SpecialRule, Thresholds,
};
pub(crate) use state::{
    Case, Correction, Decision, Delivered, Extension, Handling, Intake, Issued, Mark, Outcome, Special, Stage, State,
    Step, Stop, Unaccepted,
};
pub(crate) use table::{Hands, Line, TABLE};
pub(crate) use text::{Slot, TextRef};
pub(crate) use words::{Advice, Offer, Progress, ProgressState, due_words};
