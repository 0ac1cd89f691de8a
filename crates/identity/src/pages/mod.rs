//! Pages of people: sign-in and registration, one's own account, and the administrator's desk.

mod authorities;
mod by_code;
pub(crate) mod choice;
mod client_posts;
mod clients;
mod closing;
mod contact;
mod enterprises;
mod entry;
mod factors;
mod level;
mod looks;
mod mandates;
mod matrix;
mod officer;
mod openid;
mod organisation;
mod own;
mod party;
mod people;
mod post_words;
mod prove;
mod providers;
mod qr;
mod register;
mod roster;
mod samples;
mod second;
mod standing;
mod why;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use kernel::Fault;
use time::{Date, macros::format_description};
use webkit::{Access, Answer, App, BEARER, Failure, FormData, Listing, Routes, SESSION_COOKIE};

use crate::{
    ADMINISTER, VERIFY,
    service::{entry::Device, roster::job::UPLOAD_BYTES_MAX},
};
pub(crate) use samples::samples;

/// The lists that can be written out.
pub(crate) const LISTS: &[Listing] = &[authorities::LISTING, looks::LISTING, clients::LISTING];

pub(crate) fn routes() -> Routes {
    desk()
        .merge(represented())
        .merge(organisation_routes())
        .merge(clients::routes())
        .merge(openid::routes())
        .merge(party::routes())
        .merge(providers::routes())
        .merge(contact::routes())
        .merge(by_code::routes())
        .merge(register::routes())
        .merge(factors::routes())
        .merge(second::routes())
        .merge(prove::routes())
        .merge(qr::routes())
        .merge(closing::routes())
}

fn desk() -> Routes {
    Routes::new()
        .get("/login", Access::Public, entry::login)
        .post("/login", Access::Public, entry::sign_in)
        .post("/login/demo", Access::Public, entry::sign_in_demo)
        .post("/logout", Access::Public, entry::sign_out)
        .get("/first", Access::Public, entry::first)
        .post("/first", Access::Public, entry::first_sign_up)
        .get("/me", Access::SignedIn, own::show)
        .post("/me/sessions/end", Access::SignedIn, own::end_session)
        .post("/me/sessions/end-others", Access::SignedIn, own::end_others)
        .post("/me/sessions/end-all", Access::SignedIn, own::end_all)
        .get("/me/password", Access::SignedIn, own::password)
        .post("/me/password", Access::SignedIn, own::change_password)
        .get("/desk/people", Access::May(ADMINISTER), people::list)
        .post("/desk/people/find", Access::May(ADMINISTER), people::find)
        .get("/desk/authorities", Access::May(ADMINISTER), authorities::list)
        .post("/desk/authorities", Access::May(ADMINISTER), authorities::create)
        .get("/desk/authorities/new", Access::May(ADMINISTER), authorities::blank)
        .get("/desk/authorities/{id}", Access::May(ADMINISTER), authorities::show)
        .post("/desk/authorities/{id}", Access::May(ADMINISTER), authorities::change)
}

/// Acting for others, and others who act for one.
fn represented() -> Routes {
    Routes::new()
        .get("/me/acting", Access::SignedIn, mandates::acting)
        .post("/me/acting", Access::SignedIn, mandates::act_for)
        .get("/me/mandates", Access::SignedIn, mandates::list)
        .get("/me/mandates/new", Access::SignedIn, mandates::offer_own)
        .post("/me/mandates/new", Access::SignedIn, mandates::send_own)
        .post("/me/mandates/{id}/accept", Access::SignedIn, mandates::accept)
        .post("/me/mandates/{id}/decline", Access::SignedIn, mandates::decline)
        .post("/me/mandates/{id}/end", Access::SignedIn, mandates::end)
        .get("/me/level", Access::SignedIn, level::show)
        .post("/me/level", Access::SignedIn, level::verify)
        .get("/me/guardian", Access::SignedIn, level::guardian)
        .post("/me/guardian", Access::SignedIn, level::declare)
        .get("/desk/verify", Access::May(VERIFY), level::find_page)
        .post("/desk/verify", Access::May(VERIFY), level::find)
        .get("/desk/verify/{id}", Access::May(VERIFY), level::person)
        .post("/desk/verify/{id}/seen", Access::May(VERIFY), level::seen)
        .post("/desk/verify/{id}/mandates", Access::May(VERIFY), level::charge)
        .post("/desk/verify/{id}/guardians/{mandate}", Access::May(VERIFY), level::confirm)
        .get("/me/enterprises", Access::SignedIn, enterprises::list)
        .post("/me/enterprises", Access::SignedIn, enterprises::claim)
        .get("/me/enterprises/{id}", Access::SignedIn, enterprises::show)
        .get("/me/enterprises/{id}/agents/new", Access::SignedIn, mandates::offer_enterprise)
        .post("/me/enterprises/{id}/agents/new", Access::SignedIn, mandates::send_enterprise)
}

/// A day as people read it.
fn zh_day(iso: &str) -> String {
    Date::parse(iso, format_description!("[year]-[month]-[day]"))
        .map_or_else(|_| iso.to_owned(), |it| format!("{}年{}月{}日", it.year(), u8::from(it.month()), it.day()))
}

/// The day in a field of a form, if one is given.
fn day(form: &FormData, field: &str) -> kernel::Result<Option<Date>> {
    match form.text(field) {
        "" => Ok(None),
        text => Date::parse(text, format_description!("[year]-[month]-[day]"))
            .map(Some)
            .map_err(|_| kernel::Error::invalid(field, "日期应为「2026-03-02」这样的写法，请更正。")),
    }
}

/// Officers one by one, the organisation, and why somebody may do something.
fn organisation_routes() -> Routes {
    Routes::new()
        .merge(roster_routes())
        .get("/desk/people/matrix", Access::May(ADMINISTER), matrix::show)
        .get("/desk/people/{id}", Access::May(ADMINISTER), officer::show)
        .post("/desk/people/{id}/posts", Access::May(ADMINISTER), officer::grant)
        .post("/desk/people/{id}/posts/end", Access::May(ADMINISTER), officer::end)
        .post("/desk/people/{id}/leaving", Access::May(ADMINISTER), officer::leave)
        .get("/desk/people/{id}/stand-in", Access::May(ADMINISTER), standing::blank)
        .post("/desk/people/{id}/stand-in", Access::May(ADMINISTER), standing::send)
        .get("/desk/organisation", Access::May(ADMINISTER), organisation::show)
        .post("/desk/organisation/units", Access::May(ADMINISTER), organisation::create)
        .post("/desk/organisation/units/{id}", Access::May(ADMINISTER), organisation::change)
        .get("/desk/why", Access::SignedIn, why::show)
        .get("/me/looks", Access::SignedIn, looks::show)
}

/// Lists of officers, in and out.
fn roster_routes() -> Routes {
    let administers = Access::May(ADMINISTER);
    Routes::new()
        .get("/desk/people/import", administers, roster::show)
        .upload("/desk/people/import", administers, UPLOAD_BYTES_MAX + 64 * 1024, roster::begin)
        .get("/desk/people/import/template.xlsx", administers, roster::template)
        .get("/desk/people/import/{id}", administers, roster::job_page)
        .post("/desk/people/import/{id}/start", administers, roster::start)
        .post("/desk/people/import/{id}/forget", administers, roster::forget)
        .get("/desk/people/import/{id}/report.csv", administers, roster::report)
        .get("/desk/people/export/{file}", administers, roster::list)
}

/// The secret token that this request carries; empty if none.
pub(crate) struct Token(pub(crate) String);

impl FromRequestParts<App> for Token {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Failure> {
        let text = |name: header::HeaderName| parts.headers.get(name).and_then(|it| it.to_str().ok());
        let bearer = text(header::AUTHORIZATION).and_then(|it| it.strip_prefix(BEARER));
        Ok(Self(bearer.or_else(|| cookie(&parts.headers)).unwrap_or_default().to_owned()))
    }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|it| it.to_str().ok()).flat_map(|it| it.split(';'));
    all.filter_map(|pair| pair.trim().split_once('=')).find(|pair| pair.0 == SESSION_COOKIE).map(|pair| pair.1)
}

/// The cookie by which a browser is known again.
pub(crate) const DEVICE_COOKIE: &str = "yiwang_device";

/// What a browser calls itself; empty: nothing that can be read.
fn agent(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|it| it.to_str().ok()).unwrap_or_default()
}

/// The device that a browser says it is, and the secret by which it is known again.
pub(crate) fn device(headers: &HeaderMap) -> Device {
    let secret = webkit::cookie(headers, DEVICE_COOKIE).filter(|it| it.len() == 64).unwrap_or_default().to_owned();
    let held = cookie(headers).unwrap_or_default().to_owned();
    Device { words: crate::model::session::device(agent(headers)), secret, program: false, held }
}

/// The device that a program says it is; it keeps no secret to be known by.
pub(crate) fn program(headers: &HeaderMap) -> Device {
    Device { secret: String::new(), program: true, held: String::new(), ..device(headers) }
}

/// What is wrong with a field of a form; empty if nothing.
fn fault<'a>(faults: &'a [Fault], field: &str) -> &'a str {
    faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
}

/// The faults of an error that the person can mend on the same page; any other error goes on.
fn mendable(error: kernel::Error) -> Result<Vec<Fault>, Failure> {
    match error {
        kernel::Error::Invalid(faults) => Ok(faults),
        kernel::Error::Refused { reason } => Ok(vec![Fault::new("", reason)]),
        other => Err(Failure(other)),
    }
}

/// A form shown again with what is wrong (422).
fn again(answer: Answer) -> Answer {
    let mut answer: Response = answer?.into_response();
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}

/// An address within this site to go on to; anything else leads to `/me`.
fn onward(next: &str) -> &str {
    let inside = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n', '\t']);
    if inside && !next.starts_with("/login") { next } else { "/me" }
}
