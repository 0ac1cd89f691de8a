//! Promises of the portal, on every engine.

mod guide;
mod handled;
mod search;
mod sites;

use kernel::{Authority, Id, Item};
use webkit::Area;

static AREAS: [&Area; 3] = [&identity::AREA, &catalogue::AREA, &crate::AREA];

const HEAD: &str = "department,department_code,item_name,main_item,item_type,division,local_code\n";

/// What the program would put into a site's memory.
fn own() -> Vec<std::sync::Arc<dyn std::any::Any + Send + Sync>> {
    [catalogue::own(), crate::own(None), vec![testkit::fonts()]].concat()
}

/// The places of the demo, down to the districts.
const DIVISIONS: &str = "code,name,level,parent\n340000000000,安徽省,2,\n341600000000,亳州市,3,340000000000\n\
    341602000000,谯城区,4,341600000000\n510000000000,四川省,2,\n511600000000,广安市,3,510000000000\n\
    511602000000,广安区,4,511600000000\n";

/// A site with these places and one authority of 谯城区.
async fn offices() -> Vec<(testkit::Site, Id<Authority>)> {
    let mut out = Vec::new();
    for site in testkit::sites_with(&AREAS, |_| own(), None).await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        identity::import_divisions(&ctx, db, DIVISIONS.as_bytes()).await.unwrap();
        let facts = identity::AuthorityFacts {
            name: "谯城区市场监督管理局".to_owned(),
            short_name: "谯市监".to_owned(),
            uscc: "11341600000000019Q".to_owned(),
            division: "341602000000".to_owned(),
            phone: "0558-5550101".to_owned(),
            address: "演示大道1号".to_owned(),
            hours: "工作日".to_owned(),
        };
        let office = identity::create_authority(&ctx, db, &facts).await.unwrap();
        out.push((site, office));
    }
    out
}

/// A site with its licence in force, and two rows of a list.
async fn sites() -> Vec<(testkit::Site, Id<Authority>, Id<Item>)> {
    let mut out = Vec::new();
    for (site, office) in offices().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let text = include_str!("../../yiwang/demo/items/01-food-business-licence.json");
        let licence = serde_json::from_str(text).unwrap();
        let item = catalogue::create_item(&ctx, db, office, &licence).await.unwrap();
        catalogue::publish(&ctx, db, item, 1).await.unwrap();
        list(
            &site,
            "区教科体局,,学生资助政策<script>咨询,,20,341602000000,A1\n区教科体局,,延缓入学审批,,01,341602000000,A2\n",
        )
        .await;
        out.push((site, office, item));
    }
    out
}

/// Imports rows of a list.
async fn list(site: &testkit::Site, rows: &str) {
    let text = format!("{HEAD}{rows}");
    catalogue::import_items(&site.app.system("test"), &site.app.db, text.as_bytes(), &|_, _| {}).await.unwrap();
}

async fn found(site: &testkit::Site, q: &str) -> Vec<String> {
    let query: String = q.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let hits = site.get(&site.anonymous(), &format!("/api/v1/search?q={query}")).await.json();
    hits.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn people_find_an_item_by_their_own_words_and_nonsense_finds_nothing() {
    for (site, _, _) in sites().await {
        for (q, best) in [
            ("", None),
            ("   ，。", None),
            ("%' OR 1=1 --", None),
            ("火箭发射", None),
            ("开饭店", Some("食品经营许可（首次申请）")),
            ("我要开饭店怎么办", Some("食品经营许可（首次申请）")),
            ("食品经营", Some("食品经营许可（首次申请）")),
            ("食品 谯城区", Some("食品经营许可（首次申请）")),
            ("延缓 入学", Some("延缓入学审批")),
            ("学生资助咨询", Some("学生资助政策<script>咨询")),
        ] {
            assert_eq!(found(&site, q).await.first().map(String::as_str), best, "{q}, {}", site.engine);
        }
        assert_eq!(site.get(&site.anonymous(), &format!("/search?q={}", "a".repeat(5_000))).await.status, 200);
    }
}

#[tokio::test]
async fn the_index_follows_the_journal_and_a_cancelled_item_is_gone() {
    for (site, office, item) in sites().await {
        assert_eq!(found(&site, "开饭店").await.len(), 1, "{}", site.engine);
        list(&site, "谯城区市场监督管理局,,开饭店咨询,,20,341602000000,B1\n").await;
        catalogue::cancel(&site.app.system("test"), &site.app.db, item, 2).await.unwrap();
        site.settle(&AREAS).await;
        site.clock.hours(1);
        assert_eq!(found(&site, "开饭店").await, ["开饭店咨询"]);
        assert_eq!(site.get(&site.anonymous(), &format!("/items/{item}")).await.status, 404);
        let page = site.get(&site.anonymous(), &format!("/items?authority={office}")).await.body;
        assert!(page.contains("开饭店咨询") && !page.contains("食品经营许可（首次申请）"));
    }
}

#[tokio::test]
async fn what_happens_to_people_leaves_every_way_in_standing() {
    for (site, _, _) in sites().await {
        let ways = async || site.get(&site.anonymous(), "/").await.body.matches("/places/341602000000").count();
        assert_eq!(ways().await, 1, "{}", site.engine);
        let facts = identity::NewPerson {
            paper: standards::PaperKind::Citizen,
            name: "李桂兰".to_owned(),
            citizen_number: "341602194803120026".to_owned(),
            mobile: "13900000001".to_owned(),
            address: String::new(),
            level: 0,
        };
        identity::create_person(&site.app.system("test"), &site.app, &facts).await.unwrap();
        site.settle(&AREAS).await;
        site.clock.hours(1);
        assert_eq!(ways().await, 1, "{}", site.engine);
        assert_eq!(site.get(&site.anonymous(), "/places/341602000000").await.status, 200);
    }
}

#[tokio::test]
async fn a_guide_tells_everything_and_an_incomplete_one_takes_no_application() {
    for (site, _, item) in sites().await {
        let nobody = site.anonymous();
        let guide = site.get(&nobody, &format!("/items/{item}")).await.body;
        for text in [
            "8 个工作日",
            "10 个工作日",
            "不收费",
            "不用跑",
            "市场监管综合窗口 A02",
            "第三十五条第一款",
            "家里自己住的房子能开小吃店吗",
            "行政复议",
            "0558-5550103",
            "申请表中「是否制售凉菜、冷荤、裱花蛋糕」填「是」的才要交",
            "受理后 10 个工作日内补交",
        ] {
            assert!(guide.contains(text), "{text}, {}", site.engine);
        }
        assert!(guide.contains(&format!("/items/{item}/apply")));
        let list = site.get(&nobody, "/api/v1/items?type=20").await.json();
        let listed = list["items"][0]["id"].as_str().unwrap().to_owned();
        let bare = site.get(&nobody, &format!("/items/{listed}")).await.body;
        assert!(bare.contains("待完善，暂不能网上申请") && !bare.contains("/apply"), "{}", site.engine);
        assert!(!bare.contains("<script>咨询"), "text of a list never becomes markup");
    }
}

#[tokio::test]
async fn a_guide_is_kept_by_its_tag_until_the_item_changes_and_never_with_a_caller_s_name() {
    for (site, _, item) in sites().await {
        let path = format!("/items/{item}");
        let get = async |tag: &str, token: &str| {
            use http_body_util::BodyExt;
            use tower::ServiceExt;
            let request = axum::http::Request::get(&path).header("if-none-match", tag).header("authorization", token);
            let request = request.body(axum::body::Body::empty()).unwrap();
            let answer = webkit::service(&site.app, &AREAS).oneshot(request).await.unwrap();
            let header =
                |name: &str| answer.headers().get(name).map_or(String::new(), |it| it.to_str().unwrap().to_owned());
            let (status, etag, cache) = (answer.status().as_u16(), header("etag"), header("cache-control"));
            let bare = header("set-cookie").is_empty();
            let body = answer.into_body().collect().await.unwrap().to_bytes();
            (status, etag, cache, bare, body)
        };
        let (status, etag, cache, bare, body) = get("", "").await;
        assert_eq!((status, cache.as_str(), bare), (200, "public, max-age=60", true), "{}", site.engine);
        assert!(!body.is_empty());
        let before = site.app.db.queries();
        let (status, again, _, _, body) = get(&etag, "").await;
        assert_eq!((status, &again, body.len()), (304, &etag, 0));
        assert_eq!(site.app.db.queries(), before, "what everybody reads asks the database nothing");
        let visitor = site.anonymous();
        let seen = site.get(&visitor, &path).await.body;
        assert_eq!(site.get(&visitor, &path).await.body, seen, "kept ready for the next");

        let (ctx, db) = (site.app.system("test"), &site.app.db);
        catalogue::suspend(&ctx, db, item, 2).await.unwrap();
        site.settle(&AREAS).await;
        site.clock.hours(1);
        let (status, changed, ..) = get(&etag, "").await;
        assert_eq!(status, 200, "another version is another page");
        assert_ne!(changed, etag);
        assert!(site.get(&visitor, &path).await.body.contains("暂停办理"), "nobody is shown what was kept before");

        let li = site.person("李四", &[]);
        let page = site.get(&li, &path).await;
        assert!(page.body.contains("李四"));
        assert!(page.body.contains("暂停办理") && !page.body.contains("/apply"));
        assert!(!site.get(&site.anonymous(), &path).await.body.contains("李四"));
    }
}

#[tokio::test]
async fn every_way_in_leads_to_the_items_and_unknown_ways_say_so() {
    for (site, office, _) in sites().await {
        let nobody = site.anonymous();
        for path in [
            "/",
            "/places/341600",
            "/places/341602000000",
            "/items",
            "/items?for=person&type=01&kind=promised&place=341602",
            "/search?q=%E9%A3%9F%E5%93%81",
        ] {
            let page = site.get(&nobody, path).await;
            assert_eq!(page.status, 200, "{path}");
            assert!(page.body.contains("食品经营许可（首次申请）"), "{path}, {}", site.engine);
        }
        let other = site.get(&nobody, &format!("/items?authority={office}&kind=immediate")).await;
        assert!(other.body.contains("没有符合条件的事项"));
        for path in ["/places/110000", "/places/x", "/items/x", "/items?type=x", "/items?after=x", "/items?authority=x"]
        {
            assert_eq!(site.get(&nobody, path).await.status, 404, "{path}");
        }
    }
}

#[tokio::test]
async fn a_long_list_is_paged_without_asking_the_database() {
    for (site, _, _) in sites().await {
        let rows: String = (0..50).map(|i| format!("区教科体局,,备案{i},,01,341602000000,C{i}\n")).collect();
        list(&site, &rows).await;
        let (mut path, mut seen) = ("/items".to_owned(), Vec::new());
        site.get(&site.anonymous(), &path).await;
        let before = site.app.db.queries();
        loop {
            let page = site.get(&site.anonymous(), &path).await.body;
            let ids = page.split("class=\"service-name\" href=\"/items/").skip(1).map(|it| it[..32].to_owned());
            seen.extend(ids);
            let Some(next) = page.split("rel=\"next\" href=\"").nth(1) else { break };
            path = next.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
        }
        assert_eq!(site.app.db.queries(), before, "{}", site.engine);
        assert_eq!(seen.len(), 53, "{}", site.engine);
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 53, "no item twice");
    }
}

#[test]
fn pages_have_samples_and_lists_cannot_become_markup() {
    let samples = (crate::AREA.samples)();
    assert_eq!(samples.len(), 24);
    for sample in samples {
        let markup = ["<script>咨询", "个<script>", "排<script>", "<img>", "预约<b>", "大厅<b>"];
        assert!(markup.iter().all(|it| !sample.html.contains(it)), "{}", sample.name);
        assert!(sample.html.contains("<title>"), "{}", sample.name);
    }
}
