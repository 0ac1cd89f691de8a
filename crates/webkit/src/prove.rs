//! Proving again who one is, before what decides, seals or revokes: the page keeps the form that was sent and sends it once more after the
//! proof, so that nothing typed is lost.

use askama::Template;
use axum::{
    body::{Body, Bytes, HttpBody, to_bytes},
    extract::Request,
    http::{Method, StatusCode, header},
    response::Response,
};
use kernel::{Error, Fault};

use crate::{
    Answer, App, CSRF_FIELD, Failure, FormData, Shell,
    caller::Called,
    limits::BODY_MAX,
    page,
    shell::{Look, path_of},
};

/// Where the proof is sent; the identity area answers there.
pub const PROVE: &str = "/prove";
/// What stands before the names of kept fields, so that they are none of the page's own.
const KEPT: &str = "kept:";

/// The question who it is, and, once it is answered, the way on.
#[derive(Template)]
#[template(path = "prove.html")]
pub struct ProvePage {
    /// What frames the page.
    pub shell: Shell,
    /// What is to be done, in words of the window.
    pub action: String,
    /// Where the kept form goes.
    pub to: String,
    /// The fields of the kept form.
    pub kept: Vec<(String, String)>,
    /// Whether it is proven: the form goes on by itself, or by a button.
    pub proven: bool,
    /// What is wrong with the proof.
    pub faults: Vec<Fault>,
}

impl ProvePage {
    /// The page of a proof that was sent: with the form that it carries. `None`: it carries none that leads on within this site.
    #[must_use]
    pub fn of(shell: Shell, form: &FormData) -> Option<Self> {
        let to = form.text("to");
        let inside = to.starts_with('/') && !to.starts_with("//") && !to.contains(['\\', '\r', '\n', '\t']);
        let kept = form.pairs().iter().filter_map(|it| Some((it.0.strip_prefix(KEPT)?.to_owned(), it.1.clone())));
        let (action, to, kept) = (form.text("action").to_owned(), to.to_owned(), kept.collect());
        inside.then_some(Self { shell, action, to, kept, proven: false, faults: Vec::new() })
    }

    fn fault(&self, field: &str) -> &str {
        self.faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
    }
}

/// Whether a form may have to be sent once more: the caller's proof is old, and it carries no files.
fn worth_keeping(request: &Request, called: &Called) -> bool {
    let old = called.ctx.actor.proof_ends.is_some_and(|ends| ends <= called.ctx.now);
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|it| it.to_str().ok());
    let plain = text(header::CONTENT_TYPE).is_some_and(|it| it.starts_with("application/x-www-form-urlencoded"));
    let small = request.body().size_hint().upper().is_some_and(|it| usize::try_from(it).is_ok_and(|it| it <= BODY_MAX));
    old && !called.api && request.method() == Method::POST && plain && small
}

/// Keeps the body of a form that may have to be sent once more.
pub(crate) async fn keep(request: Request, called: &Called) -> Result<(Request, Option<Bytes>), Failure> {
    if !worth_keeping(&request, called) {
        return Ok((request, None));
    }
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, BODY_MAX).await.map_err(|_| Failure(Error::Busy))?;
    Ok((Request::from_parts(parts, Body::from(bytes.clone())), Some(bytes)))
}

/// The page that asks who it is, with the form that was sent.
pub(crate) fn ask(app: &App, called: &Called, address: &axum::http::Uri, look: Look, sent: (&str, &[u8])) -> Answer {
    let path = path_of(address);
    let fields = form_urlencoded::parse(sent.1).map(|it| (it.0.into_owned(), it.1.into_owned()));
    let kept = fields.filter(|it| it.0 != CSRF_FIELD).collect();
    let shell = Shell::make(app, Some(called), path, look, None);
    let (action, to) = (sent.0.to_owned(), path.to_owned());
    let mut asked: Response = page(&ProvePage { shell, action, to, kept, proven: false, faults: Vec::new() })?;
    *asked.status_mut() = StatusCode::FORBIDDEN;
    Ok(asked)
}
