//! Promises of the web's ground.

use std::{
    any::Any,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use kernel::{Error, Fault, Moment, Permission};
use tower::ServiceExt;
use webkit::{
    Access, Answer, App, Area, Caller, Failure, Form, Keep, PublicState, ReadyAnswers, Routes, Stamp,
    axum::{
        Extension,
        body::{Body, to_bytes},
        extract::{Request, State},
        http::StatusCode,
        response::IntoResponse,
    },
    flash,
};

const WORK: Permission = Permission::post("test.work", "试验操作");

fn routes() -> Routes {
    Routes::new()
        .get("/open", Access::Public, || async { "open" })
        .get("/mine", Access::SignedIn, |Caller(ctx): Caller| async move { ctx.actor.name.clone() })
        .get("/desk/work", Access::May(WORK), || async { "work" })
        .post("/open", Access::Public, |Form(form): Form| async move { flash(form.text("to"), "done", "已完成。") })
        .get("/broken", Access::Public, || async { Answer::<()>::Err(Failure(Error::internal("secret cause"))) })
        .get("/faulty", Access::Public, || async {
            Answer::<()>::Err(Failure(Error::Invalid(vec![Fault::new("name", "姓名<script>不能为空。")])))
        })
        .get("/api/v1/faulty", Access::Public, || async {
            Answer::<()>::Err(Failure(Error::invalid("name", "请填写姓名。")))
        })
        .get("/panics", Access::Public, || async {
            #[expect(clippy::panic, reason = "the promise is about panics")]
            if true {
                panic!("boom");
            }
            "never"
        })
}

static AREA: Area = Area { routes, ..Area::empty("test") };

#[tokio::test]
async fn a_route_asks_its_question_before_the_handler_runs() {
    for site in testkit::sites(&[&AREA]).await {
        let (nobody, li, clerk) = (site.anonymous(), site.person("李四", &[]), site.person("王五", &[(WORK, None)]));
        assert_eq!(site.get(&nobody, "/open").await.status, 200);
        let led = site.get(&nobody, "/mine?a=1&b=2").await;
        assert_eq!((led.status, led.location.as_str()), (303, "/login?next=%2Fmine%3Fa%3D1%26b%3D2"));
        assert_eq!(site.get(&li, "/mine").await.body, "李四");
        assert_eq!(site.get(&li, "/desk/work").await.status, 403);
        assert_eq!(site.get(&clerk, "/desk/work").await.status, 200);
        assert_eq!(site.get(&li, "/nowhere").await.status, 404);
    }
}

/// What was said to the log.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<String>>);

impl tracing::field::Visit for Heard {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        if let Ok(mut said) = self.0.lock() {
            said.push_str(&format!(" {}={value:?}", field.name()));
        }
    }
}

impl tracing::Subscriber for Heard {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "yiwang::security"
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[tokio::test]
async fn what_is_refused_stands_in_the_log_by_id_and_route_and_nothing_of_what_was_asked() {
    let site = testkit::sites(&[&AREA]).await.remove(0);
    let li = site.person("李四", &[]);
    let heard = Heard::default();
    let _listening = tracing::subscriber::set_default(heard.clone());
    site.get(&li, "/open?secret=1").await;
    assert_eq!(*heard.0.lock().unwrap(), "");
    site.get(&li, "/desk/work?secret=1").await;
    let said = heard.0.lock().unwrap().clone();
    assert!(said.contains("who=person:") && said.contains("GET") && said.contains("/desk/work"), "{said}");
    assert!(!said.contains("secret") && !said.contains("李四"), "{said}");
}

#[tokio::test]
async fn a_form_without_its_token_is_refused_and_says_what_to_do() {
    let site = testkit::sites(&[&AREA]).await.remove(0);
    let answer = site.post(&site.anonymous(), "/open", &[("to", "/open")]).await;
    assert_eq!(answer.status, 409);
    assert!(answer.body.contains("刷新页面"), "{}", answer.body);
}

#[tokio::test]
async fn errors_are_pages_for_people_and_problems_for_programs() {
    let site = testkit::sites(&[&AREA]).await.remove(0);
    let nobody = site.anonymous();
    let page = site.get(&nobody, "/faulty").await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("&#60;script&#62;") || page.body.contains("&lt;script&gt;"), "markup is escaped");
    assert!(!page.body.contains("<script>不能"), "markup is escaped");
    let problem = site.get(&nobody, "/api/v1/faulty").await;
    assert_eq!((problem.status, problem.kind.as_str()), (422, "application/problem+json"));
    assert_eq!(problem.json()["errors"][0]["field"], "name");
    let broken = site.get(&nobody, "/broken").await;
    assert_eq!(broken.status, 500);
    assert!(!broken.body.contains("secret cause"), "causes are for logs");
    assert_eq!(site.get(&nobody, "/panics").await.status, 500);
}

#[tokio::test]
async fn the_look_leads_only_back_into_the_site() {
    let site = testkit::sites(&[&AREA]).await.remove(0);
    for (back, to) in
        [("/items?a=1", "/items?a=1"), ("//evil.example", "/"), ("https://evil.example", "/"), ("/\\evil", "/")]
    {
        let back = back.replace('?', "%3F").replace('\\', "%5C");
        let answer = site.get(&site.anonymous(), &format!("/look?set=care-contrast-junk&back={back}")).await;
        assert_eq!(answer.location, to);
        assert!(answer.cookies.iter().any(|it| it.starts_with("yiwang_look=care-contrast;")), "{:?}", answer.cookies);
    }
}

/// What the public pages of a test hang on; below zero: nobody knows.
struct Public(AtomicI64);

impl PublicState for Public {
    fn stamp(&self, _now: Moment) -> Option<Stamp> {
        u64::try_from(self.0.load(Ordering::SeqCst)).ok()
    }
}

static PUBLIC_AREA: Area = Area {
    routes: || {
        let kept = |State(app): State<App>| async move {
            let public = app.part::<Public>()?;
            let text = format!("{} {}", "页".repeat(200), app.part::<AtomicU64>()?.fetch_add(1, Ordering::SeqCst));
            let mut answer = text.into_response();
            if let Some(stamp) = public.stamp(app.clock.now()) {
                answer.extensions_mut().insert(Keep(stamp));
            }
            Answer::Ok(answer)
        };
        let missing = |State(app): State<App>| async move {
            app.part::<AtomicU64>()?.fetch_add(1, Ordering::SeqCst);
            Answer::Ok((StatusCode::NOT_FOUND, Extension(Keep(1)), "nothing").into_response())
        };
        Routes::new().get("/kept", Access::Public, kept).get("/missing", Access::Public, missing)
    },
    ..Area::empty("public")
};

#[tokio::test]
async fn a_public_page_is_made_once_until_what_it_shows_changes_and_never_serves_who_is_known() {
    let own = |_: &storage::Db| -> Vec<Arc<dyn Any + Send + Sync>> {
        let public = Arc::new(Public(AtomicI64::new(1)));
        let ready = ReadyAnswers::new(Arc::clone(&public) as Arc<dyn PublicState>);
        vec![public, Arc::new(ready), Arc::new(AtomicU64::new(0))]
    };
    let site = testkit::sites_with(&[&PUBLIC_AREA], own, None).await.remove(0);
    let (public, made) = (site.app.part::<Public>().unwrap(), site.app.part::<AtomicU64>().unwrap());
    let ask = async |path: &str, header: (&'static str, &'static str)| {
        let request = Request::get(path).header(header.0, header.1).body(Body::empty()).unwrap();
        let answer = webkit::service(&site.app, &[&PUBLIC_AREA]).oneshot(request).await.unwrap();
        assert_eq!(answer.headers()["x-frame-options"], "DENY", "what is kept has every header");
        let packed = answer.headers().contains_key("content-encoding");
        (packed, to_bytes(answer.into_body(), 10_000).await.unwrap(), made.load(Ordering::SeqCst))
    };
    let plain = ("accept", "text/html");
    let (packed, first, _) = ask("/kept", plain).await;
    assert!(!packed);
    assert_eq!(ask("/kept", plain).await, (false, first, 1), "the second visitor gets the same bytes");
    let (packed, small, count) = ask("/kept", ("accept-encoding", "gzip")).await;
    assert!(packed && small.len() < 200, "each packing is kept for itself: {}", small.len());
    assert_eq!(ask("/kept", ("accept-encoding", "gzip")).await, (true, small, count));
    for (at, own) in [
        ("/kept", ("cookie", "yiwang_look=care")),
        ("/kept", ("authorization", "Bearer x")),
        ("/kept", ("range", "bytes=0-5")),
        ("/kept", ("if-none-match", "\"x\"")),
        ("/kept?other", plain),
        ("/missing", plain),
        ("/missing", plain),
    ] {
        let before = made.load(Ordering::SeqCst);
        assert_eq!(ask(at, own).await.2, before + 1, "{at} {own:?} is made for this visitor");
    }
    for stamp in [2, -1] {
        let before = made.load(Ordering::SeqCst);
        public.0.store(stamp, Ordering::SeqCst);
        assert_eq!(ask("/kept", plain).await.2, before + 1, "what changed, or may have, is made anew");
    }
}
