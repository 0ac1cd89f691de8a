//! Samples of the pages for lists of officers, and of one's own data.

use webkit::Sample;

use super::{fault, sample, shell};
use crate::{
    model::roster::{Column, ImportState, Line},
    pages::{
        choice::Choice,
        closing::{ClosePage, DataPage},
        roster::{RosterJobPage, RosterPage},
    },
    service::{dossier::Hindrance, roster::job::Job},
};

/// One's own data, and closing one's account: hindered, open, asked for.
pub(super) fn closing() -> Vec<Sample> {
    let one = || Hindrance { what: "有未办结的办件：<1>".to_owned(), remedy: "请等它办结。".to_owned() };
    let page = |due: &str, hindrances| {
        let faults = fault("known");
        sample("close.html", &ClosePage { shell: shell(), due: due.to_owned(), hindrances, faults })
    };
    vec![
        sample("data.html", &DataPage { shell: shell() }),
        page("", vec![one()]),
        page("", Vec::new()),
        page("2026年3月9日 12:00", Vec::new()),
    ]
}

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
