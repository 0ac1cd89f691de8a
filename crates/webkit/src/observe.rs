//! Counts and times every answer by its route, never by its address, which may name a person's thing.

use axum::{
    extract::{MatchedPath, Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use kernel::Moment;
use metrics::Histogram;

use crate::{App, cookies, guard, ready::Keep};

/// How answers of one method, route and status are counted and timed.
#[derive(Clone)]
pub(crate) struct Timed {
    method: Method,
    route: String,
    status: u16,
    times: Histogram,
}

impl Timed {
    fn new(method: Method, route: String, status: u16) -> Self {
        let labels = [("method", method.to_string()), ("route", route.clone()), ("status", status.to_string())];
        Self { method, route, status, times: metrics::histogram!("yiwang_http_seconds", &labels) }
    }

    /// An answer that was begun then goes out now.
    pub(crate) fn record(&self, app: &App, started: Moment) {
        #[expect(clippy::cast_precision_loss, reason = "microseconds of one request are far below 2^52")]
        let seconds = (app.clock.now().micros() - started.micros()).max(0) as f64 / 1e6;
        tracing::info!(method = %self.method, route = self.route, status = self.status, seconds, "answered");
        self.times.record(seconds);
    }
}

/// Stands around everything: measures, and adds the headers that every answer carries.
pub(crate) async fn observe(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = app.clock.now();
    let secure = app.site.secure();
    if secure {
        cookies::arrived(request.headers_mut());
    }
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("-", |it| it.as_str()).to_owned();
    let mut answer = next.run(request).await;
    if secure {
        cookies::leaving(answer.headers_mut());
    }
    guard::security_headers(&app.site, answer.headers_mut());
    let timed = Timed::new(method, route, answer.status().as_u16());
    timed.record(&app, started);
    if answer.extensions().get::<Keep>().is_some() {
        answer.extensions_mut().insert(timed);
    }
    answer
}
