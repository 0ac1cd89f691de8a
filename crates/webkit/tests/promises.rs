//! Promises of the web's ground.

use kernel::{Error, Fault, Permission};

use webkit::{Access, Answer, Area, Caller, Failure, Form, Routes, flash};

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
