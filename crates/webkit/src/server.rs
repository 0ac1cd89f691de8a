//! The whole HTTP service of a site: every area's routes behind the same guards.

use std::time::Duration;

use axum::{
    Router,
    body::Bytes,
    http::{StatusCode, header},
    middleware::from_fn_with_state,
};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate},
    },
    timeout::TimeoutLayer,
};
use utoipa::openapi::Info;

use crate::{
    Access, App, Area, ReadyAnswers, Routes, assets, guard, limits::ANSWER_SECONDS, observe::observe, pages,
    ready::WithReady,
};

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

/// What is packed on its way: all but what is packed already, papers, pictures and archives, which only cost time.
fn packable() -> impl Predicate {
    DefaultPredicate::new()
        .and(NotForContentType::const_new("application/pdf"))
        .and(NotForContentType::const_new("application/zip"))
        .and(NotForContentType::const_new("application/ofd"))
        .and(NotForContentType::const_new("application/octet-stream"))
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
    let whole = guarded
        .merge(assets::router())
        .layer(
            ServiceBuilder::new()
                .layer(CompressionLayer::new().compress_when(packable()))
                .layer(from_fn_with_state(app.clone(), observe)),
        )
        .with_state(app.clone());
    match app.part::<ReadyAnswers>() {
        Ok(answers) => Router::new().fallback_service(WithReady { app: app.clone(), answers, inner: whole }),
        Err(_) => whole,
    }
}
