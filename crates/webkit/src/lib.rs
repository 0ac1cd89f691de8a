//! What every page and endpoint shares: the site's state ([`App`]), areas and their routes ([`Area`], [`Routes`]), who calls
//! ([`Caller`]), forms and CSRF ([`Form`]), errors as page or problem document ([`Failure`]), layout and components.
//!
//! Areas render; this crate frames. It knows no area.

mod address;
mod app;
mod archive;
mod area;
mod assets;
mod behind;
mod caller;
mod cookies;
mod failure;
mod form;
mod guard;
mod limits;
mod listing;
mod observe;
mod pages;
mod prove;
mod qr;
mod ready;
mod routes;
mod server;
mod shell;

pub use address::{address, encoded};
pub use app::{App, Parts, SiteInfo};
pub use archive::{ArchiveSink, Packing, archive, safe_name};
pub use area::{Area, Nav, Sample, Sweep, Task};
pub use caller::{
    BEARER, Caller, Callers, ClientAddress, SESSION_COOKIE, Session, cookie, session_cookie, set_cookie,
    without_session,
};
pub use failure::{Answer, Failure, PROVE_AGAIN};
pub use form::{CSRF_FIELD, Form, FormData, KEY_FIELD, Upload, UploadForm, fresh_key};
pub use guard::security_headers;
pub use limits::{BODY_MAX, UPLOAD_MAX};
pub use listing::{Listing, Rows, asked, filter_of};
pub use prove::{PROVE, ProvePage};
pub use qr::qr_svg;
pub use ready::{Keep, PublicState, ReadyAnswers, Stamp};
pub use routes::{Access, Method, Route, Routes};
pub use server::{all_routes, service};
pub use shell::{Frame, NavLink, Notice, Page, Shell, ShellCaller, flash, page, see_other, streamed};

pub use axum;
pub use utoipa;
pub use utoipa_axum::routes;
