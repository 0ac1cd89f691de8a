//! The whole HTTP service of a site: every area's routes behind the same guards.

use std::time::Duration;

use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use tower::ServiceBuilder;
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer, timeout::TimeoutLayer};
use utoipa::openapi::Info;

use crate::{Access, App, Area, Routes, assets, guard, limits::ANSWER_SECONDS, pages};

/// Where the API describes itself.
const OPENAPI: &str = "/api/v1/openapi.json";

/// Every route of these areas and the site's own pages, with the question of each: for serving, for the permission table and for
/// the API's description.
#[must_use]
pub fn all_routes(areas: &[&Area], demo: bool) -> Routes {
    let mut all = areas.iter().fold(pages::routes(demo), |sum, area| sum.merge((area.routes)()));
    all.openapi.info = Info::builder()
        .title("一网开放接口")
        .version("1")
        .description(Some(
            "政务服务网的接口：与网页同一套业务、同一套权限。除标明公开的以外，请求须带 Authorization: Bearer 会话。",
        ))
        .build();
    let text: Bytes = all.openapi.to_json().unwrap_or_default().into();
    all.get(
        OPENAPI,
        Access::Public,
        move || async move { ([(header::CONTENT_TYPE, "application/json")], text.clone()) },
    )
}

/// Every area's routes, the site's own pages and assets, and what stands before them.
pub fn service(app: &App, areas: &[&Area]) -> Router {
    let all = all_routes(areas, app.site.demo);
    let guarded = all
        .router
        .fallback(|| async { StatusCode::NOT_FOUND })
        // The first of a stack stands outermost. One stack costs one box a request, a layer each its own.
        .layer(
            ServiceBuilder::new()
                .layer(from_fn_with_state(app.clone(), guard::session))
                .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_secs(ANSWER_SECONDS)))
                .layer(CatchPanicLayer::new()),
        );
    guarded
        .merge(assets::router())
        .layer(ServiceBuilder::new().layer(CompressionLayer::new()).layer(from_fn_with_state(app.clone(), observe)))
        .with_state(app.clone())
}

/// Counts and times every answer by its route (never by its address, which may name a person's thing), and adds the headers that
/// every answer carries.
async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let started = app.clock.now();
    let method = request.method().clone();
    let route = request.extensions().get::<axum::extract::MatchedPath>().map_or("-", |it| it.as_str()).to_owned();
    let mut answer = next.run(request).await;
    guard::security_headers(answer.headers_mut());
    #[expect(clippy::cast_precision_loss, reason = "microseconds of one request are far below 2^52")]
    let seconds = (app.clock.now().micros() - started.micros()).max(0) as f64 / 1e6;
    let status = answer.status().as_u16();
    tracing::info!(%method, route, status, seconds, "answered");
    let labels = [("method", method.to_string()), ("route", route), ("status", status.to_string())];
    metrics::histogram!("yiwang_http_seconds", &labels).record(seconds);
    answer
}
