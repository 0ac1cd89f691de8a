//! What people ask about cases, by noun.

mod detail;
mod lists;
mod materials;
mod papers;
mod timeline;
mod weights;

pub(crate) use detail::UndoableView;
pub use detail::{CaseDetail, case};
pub use lists::{CaseSummary, my_cases};
pub use timeline::{TimelineEntry, timeline};

pub(crate) use detail::{FaultView, OfferView, StepView, about_name, case_faults, offer, steps};
pub(crate) use lists::summaries;
pub(crate) use materials::{FileView, MaterialView, file_view, material_views, results};
pub(crate) use papers::{PaperView, paper_views};
pub(crate) use weights::{GradeView, WeightView};
