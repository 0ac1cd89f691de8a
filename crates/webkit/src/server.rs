//! The whole HTTP service of a site: every area's routes behind the same guards.

use std::time::Duration;

use axum::{
    Router,
    extract::{Request, State},
    http::StatusCode,
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer, timeout::TimeoutLayer};

use crate::{App, Area, assets, guard, limits::ANSWER_SECONDS, pages};

/// Every area's routes, the site's own pages and assets, and what stands before them.
#[must_use]
pub fn service(app: &App, areas: &[&Area]) -> Router {
    let own = pages::routes(app);
    let all = areas.iter().fold(own, |sum, area| sum.merge((area.routes)()));
    let guarded = all
        .router
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_secs(ANSWER_SECONDS)))
        .layer(from_fn_with_state(app.clone(), guard::session));
    guarded
        .merge(assets::router())
        .layer(from_fn_with_state(app.clone(), observe))
        .layer(CompressionLayer::new())
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
    metrics::histogram!("yiwang_http_seconds", "method" => method.to_string(), "route" => route.clone()).record(seconds);
    metrics::counter!("yiwang_http_answers", "route" => route.clone(), "status" => status.to_string()).increment(1);
    tracing::info!(%method, route, status, seconds, "answered");
    answer
}
