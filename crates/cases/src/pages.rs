//! Pages: the applicant's and the officer's.

mod album;
mod apply;
mod charge;
mod desk;
mod desk_about;
mod desk_act;
mod desk_batch;
mod desk_case;
mod desk_claim;
mod desk_export;
mod desk_find;
mod desk_note;
mod desk_opinions;
mod desk_samples;
mod draft;
mod draft_pages;
mod handed_out;
mod hooks;
mod mine;
mod notices;
mod pledges;
mod progress;
mod samples;
mod templates;
mod together;
mod window;

use axum::{http::StatusCode, response::Response};
use webkit::{Answer, Listing, Routes, Sample};

pub(crate) use charge::day as charge_day;
pub(crate) use desk_export::send as send_export;

/// The lists that can be written out, besides those of cases.
pub(crate) const LISTS: &[Listing] = &[pledges::LISTING, desk_opinions::LISTING, hooks::LISTING];

pub(crate) fn routes() -> Routes {
    let own = Routes::new()
        .merge(apply::routes())
        .merge(album::routes())
        .merge(draft::routes())
        .merge(together::routes())
        .merge(mine::routes())
        .merge(charge::routes())
        .merge(handed_out::routes())
        .merge(notices::routes());
    let desks = desk::routes().merge(desk_find::routes()).merge(desk_case::routes()).merge(desk_claim::routes());
    let desks = desks
        .merge(desk_export::routes())
        .merge(desk_batch::routes())
        .merge(desk_note::routes())
        .merge(desk_opinions::routes())
        .merge(hooks::routes())
        .merge(pledges::routes());
    own.merge(progress::routes()).merge(desks).merge(templates::routes()).merge(window::routes())
}

pub(crate) fn samples() -> Vec<Sample> {
    let desks = [
        desk::samples(),
        desk_find::samples(),
        desk_case::samples(),
        desk_claim::samples(),
        desk_export::samples(),
        desk_batch::samples(),
        desk_note::samples(),
        desk_opinions::samples(),
        hooks::samples(),
        templates::samples(),
    ]
    .concat();
    [
        samples::all(),
        charge::samples(),
        album::samples(),
        together::samples(),
        pledges::samples(),
        notices::samples(),
        progress::samples(),
        desks,
        window::samples(),
    ]
    .concat()
}

/// The same page with what is wrong (422).
fn again(mut shown: Response) -> Answer {
    *shown.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(shown)
}
