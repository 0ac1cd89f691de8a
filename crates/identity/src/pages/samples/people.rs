//! Samples of the pages for lists of officers, and of one's own data.

use webkit::Sample;

use super::{fault, sample, shell};
use crate::{
    model::roster::{Column, ImportState, Line},
    pages::{
        choice::Choice,
        roster::{RosterJobPage, RosterPage},
    },
    service::roster::job::Job,
};

pub(super) fn roster() -> Vec<Sample> {
    let page = RosterPage {
        shell: shell(),
        choice: Choice::sample(true),
        jobs: vec![Job::sample(ImportState::Done)],
        faults: fault("file"),
    };
    let mut samples = vec![sample("roster.html", &page)];
    for state in [ImportState::Checked, ImportState::Running, ImportState::Done, ImportState::Failed] {
        let line = Line::of(3, &[Some(Column::Post)], &["<b>受理".to_owned()]);
        let lines = vec![line.trouble(Column::Post, "没有这种岗位。")];
        let page = RosterJobPage { shell: shell(), task: Job::sample(state), lines, all: 2 };
        samples.push(sample("roster_job.html", &page));
    }
    samples
}
