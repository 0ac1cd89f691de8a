//! What a case is and may become. Pure: no database, clock, web or async.
//!
//! [`Case::file`] begins a case, [`Case::act`] decides what an act makes happen (events, or a [`Refusal`] in Chinese), and
//! [`Case::apply`] folds an event into the case. Who may do what in which stage stands in one table, [`TABLE`], which `act` itself
//! asks and from which `docs/case-machine.md` is made.

mod act;
pub(crate) mod album;
mod annul;
mod apply;
mod clocks;
mod day;
mod event;
mod event_texts;
mod event_words;
pub(crate) mod export;
mod extension;
mod handling;
mod hearing;
mod hearing_rules;
pub(crate) mod hook;
mod intake;
mod kind;
mod machine;
pub(crate) mod notice;
pub(crate) mod opinion;
mod paper;
pub(crate) mod pledge;
mod preliminary;
mod refusal;
mod result;
mod rules;
mod site_check;
mod special;
mod stage;
mod state;
mod table;
pub(crate) mod template;
#[cfg(test)]
mod tests;
mod text;
pub(crate) mod validity;
mod wake;
mod weighing;
mod words;

pub(crate) use act::{Act, AtOnce, By, CorrectionFault, DeliveryWay, Filing, Grounds, Role};
pub(crate) use annul::annulled_words;
pub(crate) use clocks::{Alarm, Face, Level};
#[cfg(test)]
pub(crate) use event::Dues;
pub(crate) use event::{Acceptance, Event, Fact};
pub(crate) use extension::ExtensionAct;
pub(crate) use hearing::{Hearing, HearingAct, HearingEnd, Recusal};
pub(crate) use kind::ActKind;
pub(crate) use machine::Setting;
pub(crate) use paper::PaperKind;
pub(crate) use rules::{EXTENSION_DAYS_MAX, HEARING, MaterialRule, Rules, SpecialRule, Thresholds};
pub(crate) use site_check::{Exhibit, Found};
pub(crate) use stage::Stage;
#[cfg(test)]
pub(crate) use state::Stop;
pub(crate) use state::{Case, Outcome, State};
pub(crate) use table::TABLE;
pub(crate) use text::{Slot, TextRef};
pub(crate) use weighing::{
    Chosen, GradeChosen, GradeRule, PointAnswer, PointRule, PointVerdict, Weighed, Weighing, Weight,
};
pub(crate) use words::{Advice, Offer, Progress, ProgressState};
