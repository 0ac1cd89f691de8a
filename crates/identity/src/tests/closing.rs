//! Promises of one's own data and of closing one's account.

use std::{io::Read, sync::Arc};

use async_trait::async_trait;
use kernel::{Ctx, Id, Person, Result};
use storage::{BlobId, Unit};
use testkit::{Site, Visitor};
use webkit::{App, ArchiveSink, Packing, axum};

use super::{AREA_OF_TESTS, browser::Browser, own, person, signed_in, sites, somebody};
use crate::{
    Dossier, Dossiers, Hindrance, NewPost, Section, callers, grant_post,
    service::{closing, names::person_name},
};

const DAY: i64 = 24;

/// Another area that holds one thing of everybody, and an open case of whoever is called so.
struct Other;

#[async_trait]
impl Dossier for Other {
    async fn told(&self, ctx: &Ctx, _: &App) -> Result<Vec<Section>> {
        let rows = vec![vec![ctx.person()?.to_string(), "=1+1".to_owned()]];
        Ok(vec![Section { name: "办件", heads: &["人", "内容"], rows }])
    }

    async fn hindrances(&self, _: &Ctx, app: &App, person: Id<Person>) -> Result<Vec<Hindrance>> {
        let open = person_name(app, person).await? == "有办件的人";
        let one = Hindrance { what: "有未办结的办件".to_owned(), remedy: "请等它办结。".to_owned() };
        Ok(if open { vec![one] } else { Vec::new() })
    }

    async fn forget(&self, _: &App, _: &mut Unit, _: Id<Person>) -> Result<Vec<BlobId>> {
        Ok(Vec::new())
    }

    async fn files(&self, ctx: &Ctx, _: &App, into: &mut ArchiveSink) -> Result<Vec<String>> {
        into.add("办件/1/材料/身份证.pdf", Packing::AsIs, ctx.person()?.to_string()).await?;
        Ok(vec!["太大的文件没有放进来，请在「我的办件」下载。".to_owned()])
    }
}

async fn sites_with_another_area() -> Vec<Site> {
    fn all(db: &storage::Db) -> Vec<Arc<dyn std::any::Any + Send + Sync>> {
        let mut all = own(db);
        all.push(Arc::new(Dossiers(Arc::new(Other))));
        all
    }
    testkit::sites_with(&[AREA_OF_TESTS], all, Some(callers(super::POSTS))).await
}

/// The files of an archive, by name, in their order.
fn unpacked(bytes: Vec<u8>) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let count = archive.len();
    let file = |n| {
        let mut entry = archive.by_index(n).unwrap();
        let (name, mut text) = (entry.name().unwrap().into_owned(), Vec::new());
        entry.read_to_end(&mut text).unwrap();
        (name, text)
    };
    (0..count).map(file).collect()
}

async fn ask(site: &Site, who: &Visitor) -> testkit::Answer {
    site.post(who, "/me/close", &[("known", "1")]).await
}

async fn sweep(site: &Site) {
    closing::sweep(&site.app, &site.app.system("identity.closings")).await.unwrap();
}

#[tokio::test]
async fn an_account_is_not_closed_unread_unproven_by_another_or_while_something_hinders() {
    for site in sites_with_another_area().await {
        let zhou = somebody(&site.app, ("周新", "zhouxin"), 1, None).await;
        let who = signed_in(&site, "zhouxin").await;
        assert_eq!(site.post(&who, "/me/close", &[]).await.status, 422, "{}: not ticked", site.engine);
        assert_eq!(site.post(&who, "/me/close/undo", &[]).await.status, 409, "{}: nothing to undo", site.engine);
        site.clock.seconds(31 * 60);
        let unproven = ask(&site, &who).await;
        assert!(unproven.body.contains("请确认是您本人"), "{}: {}", site.engine, unproven.body);
        let unproven = site.post(&who, "/me/data", &[]).await;
        assert!(unproven.body.contains("请确认是您本人"), "{}: {}", site.engine, unproven.body);
        assert_eq!(closing::pending(&site.app, zhou).await.unwrap(), None, "{}", site.engine);

        somebody(&site.app, ("有办件的人", "youbanjian"), 2, None).await;
        let busy = signed_in(&site, "youbanjian").await;
        let told = ask(&site, &busy).await;
        assert!(told.status == 422 && told.body.contains("有未办结的办件"), "{}: {}", site.engine, told.body);
        assert!(site.get(&busy, "/me/close").await.body.contains("请等它办结"), "{}", site.engine);

        let officer = somebody(&site.app, ("孙静", "sunjing"), 3, Some("试验")).await;
        grant_post(&site.app.system("test"), &site.app, &NewPost::from_today(officer, "worker", None)).await.unwrap();
        let officer = signed_in(&site, "sunjing").await;
        let told = ask(&site, &officer).await;
        assert!(told.status == 422 && told.body.contains("有或者曾有工作岗位"), "{}: {}", site.engine, told.body);
    }
}

#[tokio::test]
async fn within_seven_days_signing_in_offers_the_way_back_and_after_it_all_is_as_before() {
    for site in sites().await {
        let zhou = somebody(&site.app, ("周新", "zhouxin"), 1, None).await;
        let who = signed_in(&site, "zhouxin").await;
        assert_eq!(ask(&site, &who).await.status, 303, "{}", site.engine);
        assert_eq!(site.get(&who, "/me").await.location, "/login?next=%2Fme", "{}: signed out", site.engine);
        site.clock.hours(6 * DAY);
        sweep(&site).await;
        assert_eq!(person_name(&site.app, zhou).await.unwrap(), "周新", "{}", site.engine);
        let mut browser = Browser::new(&site.app);
        browser.get("/login").await;
        let fields = [("login", "zhouxin"), ("password", super::PASSWORD), ("next", "/me/mandates")];
        assert_eq!(browser.post("/login", &fields).await.location, "/me/close", "{}", site.engine);
        let who = signed_in(&site, "zhouxin").await;
        assert!(site.get(&who, "/me/close").await.body.contains("撤销注销"), "{}", site.engine);
        assert_eq!(ask(&site, &who).await.status, 422, "{}: not twice", site.engine);
        assert_eq!(site.post(&who, "/me/close/undo", &[]).await.status, 303, "{}", site.engine);
        site.clock.hours(2 * DAY);
        sweep(&site).await;
        assert_eq!(person_name(&site.app, zhou).await.unwrap(), "周新", "{}", site.engine);
        assert_eq!(ask(&site, &signed_in(&site, "zhouxin").await).await.status, 303, "{}: again", site.engine);
    }
}

#[tokio::test]
async fn after_seven_days_nobody_can_read_who_it_was_and_the_record_is_whole() {
    for site in sites_with_another_area().await {
        let zhou = somebody(&site.app, ("周新", "zhouxin"), 1, None).await;
        let who = signed_in(&site, "zhouxin").await;
        assert_eq!(ask(&site, &who).await.status, 303, "{}", site.engine);
        site.clock.hours(7 * DAY);
        sweep(&site).await;
        sweep(&site).await;
        assert_eq!(person_name(&site.app, zhou).await.unwrap(), "已注销人员", "{}", site.engine);
        let body = serde_json::json!({ "login": "zhouxin", "password": super::PASSWORD });
        assert_eq!(site.call(&site.anonymous(), "POST", "/api/v1/sessions", body).await.status, 422, "{}", site.engine);
        let again = crate::create_person(&site.app.system("test"), &site.app, &person("周新", 1)).await.unwrap();
        assert_ne!(again, zhou, "{}: whoever comes again is made known anew", site.engine);
        site.settle(&[AREA_OF_TESTS]).await;
        let replays = crate::replay::all();
        let replays: Vec<_> = replays.iter().map(AsRef::as_ref).collect();
        let found = journal::verify(&site.app.db.snapshot().await.unwrap(), &[], &replays).await.unwrap();
        found.unwrap_or_else(|broken| panic!("{}: {broken}", site.engine));
    }
}

#[tokio::test]
async fn what_came_up_in_the_days_of_grace_keeps_the_account() {
    for site in sites().await {
        let zhou = somebody(&site.app, ("周新", "zhouxin"), 1, None).await;
        assert_eq!(ask(&site, &signed_in(&site, "zhouxin").await).await.status, 303, "{}", site.engine);
        grant_post(&site.app.system("test"), &site.app, &NewPost::from_today(zhou, "worker", None)).await.unwrap();
        site.clock.hours(7 * DAY);
        sweep(&site).await;
        assert_eq!(person_name(&site.app, zhou).await.unwrap(), "周新", "{}", site.engine);
        assert_eq!(closing::pending(&site.app, zhou).await.unwrap(), None, "{}: called off", site.engine);
    }
}

#[tokio::test]
async fn everybody_gets_all_that_is_held_of_them_and_nothing_of_anybody_else() {
    for site in sites_with_another_area().await {
        let zhou = somebody(&site.app, ("周新", "zhouxin"), 1, None).await;
        somebody(&site.app, ("孙静", "sunjing"), 2, None).await;
        let ctx = crate::service::accounts::as_person(&site.app.system("test"), zhou, "周新");
        let gathered = crate::service::dossier::gather(&ctx, &site.app).await.unwrap();
        let (into, answer) = webkit::archive("我的个人信息.zip");
        let filled = crate::service::dossier::fill(gathered, &site.app, into);
        let (filled, bytes) = tokio::join!(filled, axum::body::to_bytes(answer.into_body(), 10_000_000));
        filled.unwrap();
        let bytes = bytes.unwrap().to_vec();
        let files = unpacked(bytes);
        let names: Vec<_> = files.iter().map(|it| it.0.as_str()).collect();
        let wanted = [
            "全部内容.json",
            "本人信息.csv",
            "登录方式.csv",
            "登录中的设备.csv",
            "岗位.csv",
            "委托代办.csv",
            "已授权的系统.csv",
            "谁看过我的信息.csv",
            "办件.csv",
            "办件/1/材料/身份证.pdf",
            "说明.txt",
        ];
        assert_eq!(names, wanted, "{}", site.engine);
        let text = |n: usize| String::from_utf8(files[n].1.clone()).unwrap();
        let number = super::citizen_number(1).to_string();
        for told in ["周新", "zhouxin", "13900000001", number.as_str(), "演示路 8 号"] {
            assert!(text(0).contains(told) && text(1).contains(told), "{}: {told}", site.engine);
        }
        let whole: serde_json::Value = serde_json::from_str(&text(0)).unwrap();
        assert_eq!(whole["办件"][0]["人"], zhou.to_string());
        assert!(text(8).contains("'=1+1"), "a spreadsheet sees no formula");
        assert!(text(9) == zhou.to_string() && text(10).contains("太大的文件没有放进来"), "what is left out is said");
        for (name, bytes) in &files {
            let text = String::from_utf8_lossy(bytes);
            assert!(!text.contains("孙静") && !text.contains("13900000002"), "{}: {name}", site.engine);
        }
        let who = signed_in(&site, "zhouxin").await;
        let answer = site.post(&who, "/me/data", &[]).await;
        assert!(answer.status == 200 && answer.body.starts_with("PK"), "{}", site.engine);
    }
}
