//! Promises of the area, on every engine.

mod browser;
mod choice;
mod closing;
mod codes;
mod divisions;
mod erasure;
mod factors;
mod levels;
mod limits;
mod looks;
mod mailbox;
mod mandates;
mod officers;
mod openid;
mod party;
mod posts;
mod qr;
mod record;
mod registering;
mod roster;
mod signing_in;

use std::{any::Any, sync::Arc};

use kernel::{Id, Permission, Person, Post};
use standards::CitizenNumber;
use testkit::{Site, Visitor};
use webkit::App;

use crate::{ADMIN, AREA, AuthorityFacts, NewAccount, NewPerson, callers, create_account, create_person};

/// What a post of another area may allow.
pub(crate) const WORK: Permission = Permission::post("test.work", "受理办件");
/// Another area's kind of post.
pub(crate) const WORKER: Post = Post { code: "worker", name: "受理", permissions: &[WORK], apart: &["decider"] };
/// A kind of post that should lie in another hand than that.
pub(crate) const DECIDER: Post = Post { code: "decider", name: "审批", permissions: &[DECIDE], apart: &["worker"] };
/// What it allows.
pub(crate) const DECIDE: Permission = Permission::post("test.decide", "审批办件");
/// A password that will do.
pub(crate) const PASSWORD: &str = "谯城的牛肉馍真是香喷喷";

/// The area, and every kind of post, for a site with parts of its own.
pub(crate) const AREA_OF_TESTS: &webkit::Area = &AREA;
/// See [`AREA_OF_TESTS`].
pub(crate) const POSTS: [Post; 3] = [ADMIN, WORKER, DECIDER];

pub(crate) fn own(_: &storage::Db) -> Vec<Arc<dyn Any + Send + Sync>> {
    vec![callers([ADMIN, WORKER, DECIDER])]
}

/// A site on each engine, with real sessions.
pub(crate) async fn sites() -> Vec<Site> {
    testkit::sites_with(&[&AREA], own, Some(callers([ADMIN, WORKER, DECIDER]))).await
}

/// As [`sites`], with a gateway for messages.
pub(crate) async fn sites_with_means() -> Vec<Site> {
    fn own_means(db: &storage::Db) -> Vec<Arc<dyn Any + Send + Sync>> {
        let mut all = own(db);
        all.push(Arc::new(crate::Means { sms: true, ..crate::Means::default() }));
        all
    }
    testkit::sites_with(&[&AREA], own_means, Some(callers([ADMIN, WORKER]))).await
}

storage::sql! {
    /// What waits in the outbox.
    OUTBOX = "SELECT body FROM outbox ORDER BY key DESC LIMIT 1";
}

/// The body of the latest message of the outbox.
pub(crate) async fn outbox_body(app: &App) -> String {
    app.db.find(OUTBOX, storage::args![]).await.unwrap().unwrap().string("body").unwrap()
}

/// The same database as a site that is no demo.
pub(crate) fn in_earnest(app: &App) -> App {
    let own = [own(&app.db), app.part::<crate::Means>().into_iter().map(|it| it as _).collect()].concat();
    testkit::altered(app, &[&AREA], own, |it| it.site.demo = false)
}

/// The `n`th citizen number (n < 500) of a division that was made after all of them were born.
pub(crate) fn citizen_number(n: u32) -> CitizenNumber {
    let stem = format!("34160219900101{:03}", n * 2);
    let check = standards::iso7064::mod_11_2(&stem).unwrap();
    CitizenNumber::parse(&format!("{stem}{check}")).unwrap()
}

/// A person whose name tells who it is.
pub(crate) fn person(name: &str, n: u32) -> NewPerson {
    NewPerson {
        name: name.to_owned(),
        paper: standards::PaperKind::Citizen,
        citizen_number: citizen_number(n).to_string(),
        mobile: format!("139000000{n:02}"),
        address: "安徽省亳州市谯城区演示路 8 号".to_owned(),
        level: 0,
    }
}

/// A person with an account.
pub(crate) async fn somebody(app: &App, (name, login): (&str, &str), n: u32, demo: Option<&str>) -> Id<Person> {
    let ctx = app.system("test");
    let id = create_person(&ctx, app, &person(name, n)).await.unwrap();
    let demo = demo.map(str::to_owned);
    let account = NewAccount { login: login.to_owned(), password: PASSWORD.to_owned(), demo };
    create_account(&ctx, app, id, &account).await.unwrap();
    id
}

/// Signs in through the API.
pub(crate) async fn signed_in(site: &Site, login: &str) -> Visitor {
    let body = serde_json::json!({ "login": login, "password": PASSWORD });
    let answer = site.call(&site.anonymous(), "POST", "/api/v1/sessions", body).await;
    assert_eq!(answer.status, 201, "{}: {}", site.engine, answer.body);
    Visitor::with_token(answer.json()["token"].as_str().unwrap())
}

/// What an authority of Bozhou says of itself.
pub(crate) fn facts(name: &str, uscc: &str) -> AuthorityFacts {
    AuthorityFacts {
        name: name.to_owned(),
        short_name: "亳市监".to_owned(),
        uscc: uscc.to_owned(),
        division: "341600000000".to_owned(),
        phone: "0558-5550111".to_owned(),
        address: "亳州市谯城区演示大道1号".to_owned(),
        hours: "工作日 上午 9:00—12:00".to_owned(),
    }
}
