//! The pages of a draft as their templates take them; [`super::draft`] fills them.

use askama::Template;
use forms::SectionView;
use kernel::Fault;
use webkit::Shell;

use crate::{
    change::Change,
    service::{draft_renewal::Standing, filled::AnswersView, owing::Following, reads::MaterialView},
};

/// The pages of a draft.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// Its steps.
    Tasks,
    /// One group of the form, from 1.
    Section(usize),
    /// Its materials.
    Materials,
    /// All answers once more.
    Check,
}

/// A page of a draft under its link of the navigation: the desk's where a clerk fills it in at a window, else one's own cases'.
pub(crate) fn placed(shell: Shell, at_window: bool) -> Shell {
    shell.under(if at_window { "/desk" } else { "/cases" })
}

/// One step of a draft.
pub(crate) struct Step {
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) tone: &'static str,
    pub(crate) status: &'static str,
    pub(crate) hint: String,
}

/// The steps of a draft, or why it cannot go on as it is.
#[derive(Template)]
#[template(path = "draft.html")]
pub(crate) struct TasksPage {
    pub(crate) shell: Shell,
    pub(crate) id: String,
    pub(crate) item_name: String,
    pub(crate) applicant: String,
    pub(crate) at_window: bool,
    pub(crate) version: i64,
    pub(crate) standing: Standing,
    pub(crate) steps: Vec<Step>,
    pub(crate) ready: bool,
    pub(crate) updated: String,
    pub(crate) expires: String,
}

impl TasksPage {
    /// What changed, by what it is about, each with its heading.
    fn changed<'a>(&self, all: &'a [Change]) -> Vec<(&'static str, Vec<&'a str>)> {
        let headings = [("form", "申请表"), ("materials", "材料"), ("terms", "时限、收费等")];
        let of =
            |about: &str| all.iter().filter(|it| it.about == about).map(|it| it.words.as_str()).collect::<Vec<_>>();
        headings.map(|(about, heading)| (heading, of(about))).into_iter().filter(|it| !it.1.is_empty()).collect()
    }
}

/// One group of the form.
#[derive(Template)]
#[template(path = "draft_form.html")]
pub(crate) struct FormPage {
    pub(crate) shell: Shell,
    pub(crate) id: String,
    pub(crate) item_name: String,
    pub(crate) at_window: bool,
    pub(crate) version: i64,
    /// Its number in the form, and which of how many steps it is.
    pub(crate) number: usize,
    pub(crate) step: usize,
    pub(crate) count: usize,
    pub(crate) section: SectionView,
    pub(crate) faults: Vec<Fault>,
}

/// The materials of a draft.
#[derive(Template)]
#[template(path = "draft_materials.html")]
pub(crate) struct MaterialsPage {
    pub(crate) shell: Shell,
    pub(crate) id: String,
    pub(crate) item_name: String,
    pub(crate) at_window: bool,
    pub(crate) materials: Vec<MaterialView>,
    pub(crate) faults: Vec<Fault>,
}

impl MaterialsPage {
    fn fault(&self, key: &str) -> &str {
        let field = format!("material.{key}");
        self.faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
    }
}

/// One thing to mend before filing, with where.
pub(crate) struct Problem {
    pub(crate) href: String,
    pub(crate) message: String,
}

/// All answers once more before they are sent.
#[derive(Template)]
#[template(path = "draft_check.html")]
pub(crate) struct CheckPage {
    pub(crate) shell: Shell,
    pub(crate) id: String,
    pub(crate) item_name: String,
    pub(crate) at_window: bool,
    /// When the person at the window agreed, in words; empty: not yet.
    pub(crate) consented: String,
    pub(crate) form: Vec<AnswersView>,
    pub(crate) materials: Vec<MaterialView>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) missing: Vec<String>,
    /// What may follow and does not lie ready, and by when.
    pub(crate) following: Option<Following>,
    /// The organs that may examine first: codes and names.
    pub(crate) offices: Vec<(String, String)>,
    /// The organ that decides.
    pub(crate) upper: String,
    pub(crate) faults: Vec<Fault>,
}

impl CheckPage {
    fn fault(&self, field: &str) -> &str {
        self.faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
    }
}
