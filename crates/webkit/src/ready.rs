//! Public answers kept ready as they go out: packed, with every header. Whoever sends no cookie and no token gets one without
//! the way through routes and guards, and nothing is packed twice. «A thousand tabs at nine in the morning» read the same pages.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    num::NonZeroUsize,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::future::Either;
use kernel::Moment;
use lru::LruCache;
use tower::Service;

use crate::{App, observe::Timed};

/// Answers kept at most.
const KEPT: NonZeroUsize = NonZeroUsize::new(400).expect("a number above zero");
/// A longer answer (in bytes, packed or not) is made each time: with [`KEPT`] this bounds the memory.
const BYTES_MAX: usize = 128 * 1024;
/// A longer address, or a longer list of packings (`Accept-Encoding`), is not looked up.
const KEY_MAX: usize = 300;

/// What all public pages hang on: another value, other pages. Made of whatever the pages show.
pub type Stamp = u64;

/// Tells on what public pages hang now. Given by the area that renders them.
pub trait PublicState: Send + Sync {
    /// The stamp at this instant; `None`: it must be looked at anew, which the next page does.
    fn stamp(&self, now: Moment) -> Option<Stamp>;
}

/// Put into the extensions of an answer that is the same for whoever sends no cookie and no token, as long as this is the stamp.
#[derive(Debug, Clone, Copy)]
pub struct Keep(pub Stamp);

/// The answers kept ready. A part of [`App`]; a site without one makes every answer anew.
pub struct ReadyAnswers {
    state: Arc<dyn PublicState>,
    kept: Mutex<LruCache<String, Arc<Kept>>>,
}

struct Kept {
    stamp: Stamp,
    headers: HeaderMap,
    body: Bytes,
    timed: Timed,
}

impl ReadyAnswers {
    /// None yet.
    #[must_use]
    pub fn new(state: Arc<dyn PublicState>) -> Self {
        Self { state, kept: Mutex::new(LruCache::new(KEPT)) }
    }

    fn find(&self, key: &str, now: Moment) -> Option<Arc<Kept>> {
        let stamp = self.state.stamp(now)?;
        let found = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned();
        found.filter(|it| it.stamp == stamp)
    }

    /// Keeps an answer if it says that it may be kept.
    async fn keep(&self, key: String, mut answer: Response) -> Response {
        let (keep, timed) = (answer.extensions().get().copied(), answer.extensions_mut().remove());
        let (Some(Keep(stamp)), Some(timed), StatusCode::OK) = (keep, timed, answer.status()) else { return answer };
        debug_assert!(
            !answer.headers().contains_key(header::SET_COOKIE),
            "what anybody may have carries nobody's cookie"
        );
        let (mut parts, body) = answer.into_parts();
        // The page lies in memory whole already; only its packing is still to come.
        let Ok(body) = to_bytes(body, usize::MAX).await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        parts.headers.remove(header::TRANSFER_ENCODING);
        if body.len() <= BYTES_MAX {
            let kept = Kept { stamp, headers: parts.headers.clone(), body: body.clone(), timed };
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).put(key, Arc::new(kept));
        }
        Response::from_parts(parts, Body::from(body))
    }
}

impl Kept {
    fn answer(&self) -> Response {
        let mut answer = Response::new(Body::from(self.body.clone()));
        *answer.headers_mut() = self.headers.clone();
        answer
    }
}

/// By what an answer is found: packings that the visitor takes, and the address. `None`: this visitor's answer is its own, or asks
/// whether it changed, or for a part.
fn key(request: &Request) -> Option<String> {
    let headers = request.headers();
    let own = [header::COOKIE, header::AUTHORIZATION, header::IF_NONE_MATCH, header::RANGE];
    if request.method() != Method::GET || own.iter().any(|it| headers.contains_key(it)) {
        return None;
    }
    let packings = headers.get(header::ACCEPT_ENCODING).map_or("", |it| it.to_str().unwrap_or_default());
    let address = request.uri().path_and_query()?.as_str();
    (packings.len() + address.len() < KEY_MAX).then(|| [packings, "\n", address].concat())
}

/// A service with ready answers before it.
#[derive(Clone)]
pub(crate) struct WithReady<S> {
    pub(crate) app: App,
    pub(crate) answers: Arc<ReadyAnswers>,
    pub(crate) inner: S,
}

impl<S> Service<Request> for WithReady<S>
where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send + 'static>,
{
    type Response = Response;
    type Error = Infallible;
    type Future =
        Either<Ready<Result<Response, Infallible>>, Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let Some(key) = key(&request) else { return Either::Right(Box::pin(self.inner.call(request))) };
        let started = self.app.clock.now();
        if let Some(kept) = self.answers.find(&key, started) {
            let answer = kept.answer();
            kept.timed.record(&self.app, started);
            return Either::Left(ready(Ok(answer)));
        }
        let (answers, coming) = (Arc::clone(&self.answers), self.inner.call(request));
        Either::Right(Box::pin(async move {
            let Ok(answer) = coming.await;
            Ok(answers.keep(key, answer).await)
        }))
    }
}
