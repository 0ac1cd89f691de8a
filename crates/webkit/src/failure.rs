//! Errors as people and programs read them: a calm page, or a problem document (RFC 9457).

use askama::Template;
use axum::{
    Json,
    http::{HeaderValue, StatusCode, Uri, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use kernel::{Error, Fault};

use crate::{
    App, Shell,
    caller::Called,
    shell::{Look, path_of},
};

/// What a handler gives.
pub type Answer<T = Response> = Result<T, Failure>;

/// An error on its way out. The session layer turns it into a page or a problem document.
#[derive(Debug)]
pub struct Failure(pub Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

/// Carried by the answer until the session layer renders it.
#[derive(Clone)]
struct Told {
    message: String,
    faults: Vec<Fault>,
    /// What is to be done once one has proven again who one is.
    prove: Option<&'static str>,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = match &self.0 {
            Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Error::NotFound { .. } => StatusCode::NOT_FOUND,
            Error::SignIn => StatusCode::UNAUTHORIZED,
            Error::Forbidden { .. } | Error::ProveAgain { .. } => StatusCode::FORBIDDEN,
            Error::Refused { .. } | Error::Stale { .. } => StatusCode::CONFLICT,
            Error::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Error::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Error::Internal(cause) => {
                tracing::error!(%cause, "request failed");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        let mut answer = status.into_response();
        let wait = match &self.0 {
            Error::TooMany { retry_after_s } => Some(*retry_after_s),
            Error::Busy => Some(2),
            _ => None,
        };
        if let Some(seconds) = wait {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        let message = self.0.message();
        let prove = if let Error::ProveAgain { action } = &self.0 { Some(*action) } else { None };
        let faults = if let Error::Invalid(faults) = self.0 { faults } else { Vec::new() };
        answer.extensions_mut().insert(Told { message, faults, prove });
        answer
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    shell: Shell,
    code: u16,
    title: String,
    message: String,
    faults: Vec<Fault>,
}

/// The type of the problem that is mended by proving again who one is (`POST /api/v1/sessions/current/proof`).
pub const PROVE_AGAIN: &str = "urn:yiwang:prove-again";

#[derive(serde::Serialize)]
struct Problem {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Fault>,
}

/// The words of what waits for a proof, if that is why the answer is a refusal.
pub(crate) fn wants_proof(answer: &Response) -> Option<&'static str> {
    answer.extensions().get::<Told>()?.prove
}

/// Turns an answer that carries a failure (or is a bare refusal of the router) into what the caller can read.
pub(crate) async fn render(
    app: &App,
    called: Option<&Called>,
    answer: Response,
    address: &Uri,
    look: Look,
) -> Response {
    let status = answer.status();
    let told = answer.extensions().get::<Told>().cloned();
    let bare =
        told.is_none() && answer.headers().get(header::CONTENT_TYPE).is_none_or(|it| it == "text/plain; charset=utf-8");
    if !(status.is_client_error() || status.is_server_error()) || (told.is_none() && !bare) {
        return answer;
    }
    let path = path_of(address);
    let told = told.unwrap_or_else(|| Told { message: words(status).1.to_owned(), faults: Vec::new(), prove: None });
    let api = path.starts_with("/api/");
    let retry = answer.headers().get(header::RETRY_AFTER).cloned();
    let mut out = if api {
        problem(status, told)
    } else if status == StatusCode::UNAUTHORIZED {
        let back = form_urlencoded::byte_serialize(path.as_bytes()).collect::<String>();
        Redirect::to(&format!("/login?next={back}")).into_response()
    } else {
        page(app, called, (status, path), told, look)
    };
    if let Some(retry) = retry {
        out.headers_mut().insert(header::RETRY_AFTER, retry);
    }
    out
}

fn problem(status: StatusCode, told: Told) -> Response {
    let body = Problem {
        r#type: if told.prove.is_some() { PROVE_AGAIN } else { "about:blank" },
        title: words(status).0,
        status: status.as_u16(),
        detail: told.message,
        errors: told.faults,
    };
    let mut out = (status, Json(body)).into_response();
    out.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    out
}

fn page(app: &App, called: Option<&Called>, (status, path): (StatusCode, &str), told: Told, look: Look) -> Response {
    let shell = Shell::make(app, called, path, look, None);
    let title = words(status).0.to_owned();
    let page = ErrorPage { shell, code: status.as_u16(), title, message: told.message, faults: told.faults };
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "the error page cannot be rendered");
            (status, words(status).1).into_response()
        }
    }
}

/// Title and default sentence of a status.
fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status.as_u16() {
        400 => ("请求有误", "浏览器发来的内容无法识别，请返回上一页重试。"),
        401 => ("请先登录", "请先登录，再继续办理。"),
        403 => ("没有权限", "您没有办理这项操作的权限。"),
        404 => ("没有找到", "您要找的页面不存在，可能已移动或地址有误。"),
        405 => ("不支持这种操作", "这个地址不支持这种操作，请从页面上的按钮办理。"),
        408 => ("等待超时", "网络较慢，请求没有完成，请重试。"),
        409 => ("未能办理", "当前状态不能这样办理。"),
        413 => ("内容过大", "提交的内容超过了允许的大小。"),
        415 => ("格式不支持", "提交的内容格式不支持。"),
        422 => ("请检查填写内容", "有内容需要更正。"),
        429 => ("操作过于频繁", "请稍后再试。"),
        503 => ("系统繁忙", "系统繁忙，请稍后再试。"),
        _ => ("系统出了故障", "系统出了故障，请稍后再试，或拨打服务电话。"),
    }
}
