//! What frames a page: site, caller, menus, look; and the answers a page gives.

use std::sync::Arc;

use askama::Template;
use axum::{
    body::{Body, Bytes},
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, Uri, header, request::Parts},
    response::{Html, IntoResponse, Redirect, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::{Stream, StreamExt};
use kernel::{Ctx, Error};

use crate::{
    Answer, App, Failure, Nav, SiteInfo,
    assets::{CSS_HREF, JS_HREF},
    caller::{Called, called, cookie},
    guard::csrf_token,
};

/// A link of the main navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavLink {
    /// The address.
    pub href: &'static str,
    /// The words.
    pub text: &'static str,
    /// Whether the page lies under it.
    pub current: bool,
}

/// Who is signed in, for the page's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShellCaller {
    /// The person's name.
    pub name: String,
    /// The enterprise or person acted for.
    pub acting_for: Option<String>,
    /// Whether the person may act for anybody else.
    pub may_switch: bool,
    /// Whether the person has any post.
    pub officer: bool,
}

/// One sentence on top of the page after an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// `done`, `info`, `warn` or `fault`.
    pub kind: &'static str,
    /// The sentence, in Chinese.
    pub text: String,
}

/// How the visitor wants pages to look, kept in cookies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Look {
    care: bool,
    contrast: bool,
}

impl Look {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let look = cookie(headers, "yiwang_look").unwrap_or_default();
        Self { care: look.contains("care"), contrast: look.contains("contrast") }
    }
}

/// Path and query of an address.
pub(crate) fn path_of(address: &Uri) -> &str {
    address.path_and_query().map_or("/", |it| it.as_str())
}

/// What frames every page; `layout.html` reads it as `shell`.
#[derive(Debug, Clone)]
pub struct Shell {
    /// The site.
    pub site: SiteInfo,
    /// Who is signed in.
    pub caller: Option<ShellCaller>,
    /// The main navigation.
    pub nav: Vec<NavLink>,
    /// For every form: `<input type="hidden" name="csrf" value="…">`.
    pub csrf: String,
    /// Where the page lies.
    pub path: String,
    /// One sentence on top.
    pub notice: Option<Notice>,
    /// 关怀版: large type, fewer columns.
    pub care: bool,
    /// High contrast.
    pub contrast: bool,
    /// The style sheet's address.
    pub css: &'static str,
    /// The script's address.
    pub js: &'static str,
    /// The legal year, for the foot.
    pub year: i32,
}

impl Shell {
    /// A shell without a request: for samples and tests.
    #[must_use]
    pub fn sample(name: &str) -> Self {
        let site = SiteInfo {
            name: name.to_owned(),
            division: "341600000000".to_owned(),
            phone: "12345".to_owned(),
            demo: true,
            address: "http://127.0.0.1:8080".to_owned(),
            trusted_proxies: Vec::new(),
        };
        let caller = ShellCaller { name: "张三".to_owned(), acting_for: None, may_switch: false, officer: false };
        Self {
            site,
            caller: Some(caller),
            nav: vec![NavLink { href: "/", text: "首页", current: true }],
            csrf: "sample".to_owned(),
            path: "/".to_owned(),
            notice: None,
            care: false,
            contrast: false,
            css: CSS_HREF,
            js: JS_HREF,
            year: 2026,
        }
    }

    /// Whether the navigation has a link with this address for the caller.
    #[must_use]
    pub fn leads_to(&self, href: &str) -> bool {
        self.nav.iter().any(|it| it.href == href)
    }

    /// The same page under this link of the navigation, whose address does not begin as its own. Without such a link nothing changes.
    #[must_use]
    pub fn under(mut self, href: &str) -> Self {
        if self.leads_to(href) {
            for link in &mut self.nav {
                link.current = link.href == href;
            }
        }
        self
    }

    pub(crate) fn make(app: &App, called: Option<&Called>, path: &str, look: Look, notice: Option<Notice>) -> Self {
        let caller = called.filter(|it| it.ctx.person().is_ok()).map(|it| ShellCaller {
            name: it.ctx.actor.name.clone(),
            acting_for: it.acting_for.clone(),
            may_switch: it.may_switch,
            officer: !it.ctx.actor.grants.is_empty(),
        });
        Self {
            site: app.site.clone(),
            caller,
            nav: called.map(|it| navigation(app, &it.ctx, path)).unwrap_or_default(),
            csrf: called.map(csrf_token).unwrap_or_default(),
            path: path.to_owned(),
            notice,
            care: look.care,
            contrast: look.contrast,
            css: CSS_HREF,
            js: JS_HREF,
            year: app.clock.now().legal_date().year(),
        }
    }
}

fn navigation(app: &App, ctx: &Ctx, path: &str) -> Vec<NavLink> {
    let seen: Vec<_> = app.menu().iter().filter(|it| it.needs.is_none_or(|needs| ctx.may_somewhere(needs))).collect();
    // A page stands under one link: the one that says most of its address.
    let leads = |it: &&&Nav| if it.href == "/" { path == "/" } else { path.starts_with(it.href) };
    let current = seen.iter().filter(leads).map(|it| it.href).max_by_key(|it| it.len());
    seen.iter().map(|it| NavLink { href: it.href, text: it.text, current: current == Some(it.href) }).collect()
}

impl FromRequestParts<App> for Shell {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        Frame::from_request_parts(parts, app).await.map(|it| it.shell(app))
    }
}

/// The frame of a page before it is made, for handlers that mostly answer with bytes made before: making it costs more than they do.
pub struct Frame {
    called: Arc<Called>,
    address: Uri,
    look: Look,
    notice: Option<Notice>,
}

impl Frame {
    /// Large type and high contrast, if the page is the same for everybody who wants these: nobody is signed in, there is no notice,
    /// and the address asks for nothing. `None`: the page is this caller's own.
    #[must_use]
    pub fn for_anybody(&self) -> Option<(bool, bool)> {
        let own = self.called.ctx.person().is_ok() || self.notice.is_some() || self.address.query().is_some();
        (!own).then_some((self.look.care, self.look.contrast))
    }

    /// The frame.
    #[must_use]
    pub fn shell(self, app: &App) -> Shell {
        Shell::make(app, Some(&self.called), path_of(&self.address), self.look, self.notice)
    }
}

impl FromRequestParts<App> for Frame {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Failure> {
        Ok(Self {
            called: Arc::clone(called(parts)?),
            address: parts.uri.clone(),
            look: Look::of(&parts.headers),
            notice: read_flash(&parts.headers),
        })
    }
}

/// Both the caller's context and the page's frame, for handlers that need both.
pub struct Page {
    /// Who acts, and when.
    pub ctx: Ctx,
    /// What frames the page.
    pub shell: Shell,
}

impl FromRequestParts<App> for Page {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let shell = Shell::from_request_parts(parts, app).await?;
        Ok(Self { ctx: called(parts)?.ctx.clone(), shell })
    }
}

/// Renders a page.
///
/// # Errors
/// If the template fails.
pub fn page(template: &impl Template) -> Answer {
    let html = template.render().map_err(|error| Failure(Error::internal(error)))?;
    let mut answer = Html(html).into_response();
    // A notice is shown once.
    answer.headers_mut().append(header::SET_COOKIE, HeaderValue::from_static(FLASH_GONE));
    Ok(answer)
}

/// A body made while it is read. Asked again after its end it says again that it has ended, as the packing of answers asks of it.
pub fn streamed<C, E>(chunks: impl Stream<Item = Result<C, E>> + Send + 'static) -> Body
where
    C: Into<Bytes> + 'static,
    E: Into<axum::BoxError> + 'static,
{
    Body::from_stream(chunks.fuse())
}

/// After a form was carried out: look at the result (303), so that a reload sends nothing twice.
#[must_use]
pub fn see_other(path: &str) -> Response {
    Redirect::to(path).into_response()
}

const FLASH: &str = "yiwang_notice";
const FLASH_GONE: &str = "yiwang_notice=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0";

/// As [`see_other`], with one sentence on top of the next page. The sentence must hold no personal data.
#[must_use]
pub fn flash(path: &str, kind: &'static str, text: &str) -> Response {
    let mut answer = see_other(path);
    let value = format!("{FLASH}={kind}.{}; Path=/; HttpOnly; SameSite=Lax; Max-Age=60", URL_SAFE_NO_PAD.encode(text));
    if let Ok(value) = HeaderValue::from_str(&value) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
    answer
}

fn read_flash(headers: &HeaderMap) -> Option<Notice> {
    let (kind, text) = cookie(headers, FLASH)?.split_once('.')?;
    let kind = ["done", "info", "warn", "fault"].into_iter().find(|it| *it == kind)?;
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    (text.chars().count() <= 200).then_some(Notice { kind, text })
}
