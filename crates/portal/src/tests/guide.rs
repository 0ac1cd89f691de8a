//! Promises of the guide and of the ways in, on every engine.

use catalogue::ItemDocument;
use kernel::{Id, Item};
use serde_json::{Value, json};
use testkit::Site;

use super::{AREAS, sites};
use crate::once::{About, paper, situations};

/// The licence of the demo with these fields set.
fn document(change: impl FnOnce(&mut Value)) -> ItemDocument {
    let text = include_str!("../../../yiwang/demo/items/01-food-business-licence.json");
    let mut value: Value = serde_json::from_str(text).unwrap();
    change(&mut value);
    serde_json::from_value(value).unwrap()
}

fn check() -> Value {
    let option = |key: &str, text: &str, outcome: &str, explain: &str| json!({ "key": key, "text": text, "outcome": outcome, "explain": explain });
    json!({
        "intro": "三个问题",
        "questions": [
            { "key": "shop", "text": "有店面吗？", "options": [option("yes", "有", "go_on", ""), option("no", "没有", "no", "先租好店面<script>再来")] },
            { "key": "licence", "text": "有营业执照吗？", "options": [option("yes", "有", "go_on", ""), option("no", "没有", "note", "先办营业执照")] },
            { "key": "cold", "text": "做凉菜吗？", "only_if": { "question": "licence", "option": "yes" },
              "options": [option("yes", "做", "note", "要有专间"), option("no", "不做", "go_on", "")] }
        ],
        "passed": "您可以办理"
    })
}

/// Publishes the item anew with this document.
async fn publish(site: &Site, item: Id<Item>, doc: &ItemDocument) {
    let (ctx, db) = (site.app.system("test"), &site.app.db);
    let version = catalogue::item(db, item).await.unwrap().version;
    catalogue::revise(&ctx, db, item, version, doc).await.unwrap();
    catalogue::publish(&ctx, db, item, version + 1).await.unwrap();
    site.settle(&AREAS).await;
    site.clock.hours(1);
}

#[tokio::test]
async fn a_few_questions_tell_whether_one_can_apply_and_need_no_script() {
    for (site, _, item) in sites().await {
        let nobody = site.anonymous();
        publish(&site, item, &document(|it| it["check"] = Value::Null)).await;
        let path = format!("/items/{item}/check");
        assert_eq!(site.get(&nobody, &path).await.status, 404, "an item without questions, {}", site.engine);
        publish(&site, item, &document(|it| it["check"] = check())).await;
        assert!(site.get(&nobody, &format!("/items/{item}")).await.body.contains(&path), "{}", site.engine);
        for (answers, shows, hides) in [
            ("", "有店面吗？", "有营业执照吗？"),
            ("?shop=maybe", "有店面吗？", "有营业执照吗？"),
            ("?shop=no", "现在还不能办", "有营业执照吗？"),
            ("?shop=yes", "有营业执照吗？", "做凉菜吗？"),
            ("?licence=yes&shop=yes", "做凉菜吗？", "您可以办理"),
            ("?shop=yes&licence=no", "您可以办理", "做凉菜吗？"),
            ("?shop=yes&licence=yes&cold=yes", "要有专间", "现在还不能办"),
        ] {
            let page = site.get(&nobody, &format!("{path}{answers}")).await;
            assert_eq!(page.status, 200, "{answers}");
            assert!(page.body.contains(shows) && !page.body.contains(hides), "{answers}, {}", site.engine);
            assert!(!page.body.contains("<script>再来") && !page.body.contains("method=\"post\""), "{answers}");
        }
        let page = site.get(&nobody, &format!("{path}?shop=yes")).await.body;
        assert!(page.contains("name=\"shop\" value=\"yes\""), "the form carries the answers on");
    }
}

/// The same document with markup in every text of it that is free.
fn hostile(mut it: Value) -> Value {
    const MARKUP: &str = "</p><script>alert(1)</script>\" onload=\"x";
    fn walk(value: &mut Value) {
        match value {
            Value::String(text) if !text.is_ascii() => text.push_str(MARKUP),
            Value::Array(all) => all.iter_mut().for_each(walk),
            Value::Object(all) => all.values_mut().for_each(walk),
            _ => {}
        }
    }
    for field in ["summary", "aliases", "conditions", "not_for", "questions", "rights", "windows", "remedies", "nearby"]
    {
        walk(&mut it[field]);
    }
    for step in it["steps"].as_array_mut().unwrap() {
        ["office", "how"].into_iter().for_each(|field| walk(&mut step[field]));
    }
    for material in it["materials"].as_array_mut().unwrap() {
        for field in ["name", "source_explain", "fill_explain", "accept_standard", "common_mistakes", "legal_basis"] {
            walk(&mut material[field]);
        }
    }
    it
}

#[tokio::test]
async fn words_of_an_item_never_become_markup_wherever_the_guide_shows_them() {
    for (site, _, item) in sites().await {
        let doc = document(|it| {
            it["check"] = check();
            it["nearby"] = json!("村里");
            *it = hostile(it.take());
        });
        publish(&site, item, &doc).await;
        let nobody = site.anonymous();
        for path in [format!("/items/{item}"), "/".to_owned(), "/items".to_owned(), "/places/341602".to_owned()] {
            let body = site.get(&nobody, &path).await.body;
            assert!(body.contains("alert(1)"), "the words are there: {path}, {}", site.engine);
            assert!(!body.contains("<script>alert") && !body.contains("\" onload=\""), "{path}, {}", site.engine);
        }
    }
}

#[tokio::test]
async fn the_one_time_notice_is_a_paper_of_what_the_chosen_situation_asks_for() {
    let doc = document(|_| {});
    let all = situations(&doc);
    assert!(!all.is_empty());
    let about = About {
        authority: "谯城区市场监督管理局",
        address: "https://example.org/items/1",
        phone: "12345",
        levels: None,
        today: time::macros::date!(2026 - 03 - 02),
        watermark: None,
    };
    let text = |picked: Option<&[String]>| serde_json::to_string(&paper(&doc, &about, picked)).unwrap();
    let conditional: Vec<_> = doc.materials.iter().filter(|it| it.condition.is_some()).collect();
    let (nobody_chose, none, first) = (text(None), text(Some(&[])), text(Some(&all[..1])));
    for it in &conditional {
        assert!(nobody_chose.contains(&it.name) && !none.contains(&it.name), "{}", it.name);
        assert_eq!(first.contains(&it.name), crate::pages::guide::when(&doc, it) == all[0], "{}", it.name);
    }
    for (site, _, item) in sites().await {
        for query in ["", "?chosen=yes", "?chosen=yes&when=0", "?when=99", "?when=x"] {
            let answer = site.get(&site.anonymous(), &format!("/items/{item}/once.pdf{query}")).await;
            assert_eq!(answer.status, 200, "{query}, {}", site.engine);
            assert!(answer.body.starts_with("%PDF"), "{query}, {}", site.engine);
        }
        assert_eq!(site.get(&site.anonymous(), &format!("/items/{item}/files/{}", "0".repeat(64))).await.status, 404);
    }
}

#[tokio::test]
async fn the_blank_form_and_the_filled_example_stand_side_by_side_and_what_people_get_wrong_under_them() {
    for (site, _, item) in sites().await {
        let nobody = site.anonymous();
        let guide = site.get(&nobody, &format!("/items/{item}")).await.body;
        let place = |text: &str| guide.find(text).unwrap_or_else(|| panic!("{text}, {}", site.engine));
        let blank = place(&format!("/items/{item}/form.svg?v=1"));
        let filled = place(&format!("/items/{item}/form.svg?filled=yes&#38;v=1"));
        assert!(blank < filled && filled < place("大家常错在"), "{}", site.engine);
        for (query, kind, begins) in [
            ("form.pdf", "application/pdf", "%PDF"),
            ("form.pdf?filled=yes", "application/pdf", "%PDF"),
            ("form.svg", "image/svg+xml", "<svg"),
            ("form.svg?filled=yes", "image/svg+xml", "<svg"),
        ] {
            let answer = site.get(&nobody, &format!("/items/{item}/{query}")).await;
            assert_eq!((answer.status, answer.kind.as_str()), (200, kind), "{query}, {}", site.engine);
            assert!(answer.body.starts_with(begins), "{query}");
        }
        let listed = site.get(&nobody, "/api/v1/items?type=20").await.json();
        let bare = listed["items"][0]["id"].as_str().unwrap().to_owned();
        for path in ["form.pdf", "form.svg"] {
            assert_eq!(site.get(&nobody, &format!("/items/{bare}/{path}")).await.status, 404, "an item without a form");
        }
        // A department's own form takes the place of the drawn one.
        let own = "a".repeat(64);
        let doc = document(|it| it["materials"][0]["blank_form"] = json!({ "name": "本局表格.pdf", "blob": own }));
        publish(&site, item, &doc).await;
        let guide = site.get(&nobody, &format!("/items/{item}")).await.body;
        assert!(guide.contains(&format!("/items/{item}/files/{own}")) && guide.contains("form.svg?filled=yes"));
        assert!(!guide.contains("form.svg?v="), "{}", site.engine);
    }
}

#[tokio::test]
async fn events_of_life_and_what_is_easy_lead_to_their_items_and_unknown_ones_to_nothing() {
    for (site, _, item) in sites().await {
        let doc = document(|it| {
            it["nearby"] = json!("各镇为民服务中心");
            it["topics"]["life_events"] = json!(["startup"]);
            it["topics"]["business_events"] = json!(["permit"]);
        });
        publish(&site, item, &doc).await;
        let nobody = site.anonymous();
        let home = site.get(&nobody, "/").await.body;
        for way in ["life=startup", "business=permit", "flag=nearby", "flag=no_visit", "sort=recent"] {
            assert!(home.contains(way), "{way}, {}", site.engine);
            let list = site.get(&nobody, &format!("/items?{way}")).await.body;
            assert!(list.contains("食品经营许可（首次申请）"), "{way}, {}", site.engine);
            assert!(!list.contains("延缓入学审批"), "{way}, {}", site.engine);
        }
        assert!(site.get(&nobody, "/items?level=county").await.body.contains("食品经营许可（首次申请）"));
        for (way, status) in
            [("life=birth", 200), ("level=city", 200), ("life=x", 404), ("flag=x", 404), ("level=x", 404)]
        {
            let list = site.get(&nobody, &format!("/items?{way}")).await;
            assert_eq!(list.status, status, "{way}");
            assert!(!list.body.contains("食品经营许可（首次申请）"), "{way}, {}", site.engine);
        }
    }
}

#[tokio::test]
async fn who_reads_the_guide_is_told_whom_to_apply_to_who_examines_first_and_who_decides() {
    const CODE: &str = "113416020000090059";
    for (site, _, item) in sites().await {
        let (ctx, db, nobody) = (site.app.system("test"), &site.app.db, site.anonymous());
        let (path, api) = (format!("/items/{item}"), format!("/api/v1/items/{item}"));
        let plain = site.get(&nobody, &path).await.body;
        assert!(!plain.contains("谁先审查"), "nobody examines first, {}", site.engine);
        assert_eq!(site.get(&nobody, &api).await.json()["levels"], Value::Null, "{}", site.engine);
        let street = "code,name,level,parent\n341602001000,花戏楼街道,5,341602000000\n";
        identity::import_divisions(&ctx, db, street.as_bytes()).await.unwrap();
        let mut facts = identity::AuthorityFacts {
            name: "花戏楼市场监管所<b>".to_owned(),
            short_name: "花戏楼所".to_owned(),
            uscc: CODE.to_owned(),
            division: "341602001000".to_owned(),
            phone: "0558-5550199".to_owned(),
            address: "演示街9号".to_owned(),
            hours: "工作日".to_owned(),
        };
        let lower = identity::create_authority(&ctx, db, &facts).await.unwrap();
        let doc = document(|it| {
            it["preliminary"] = json!({ "offices": [CODE], "days": 7, "basis": "某某条例第八条" });
        });
        publish(&site, item, &doc).await;
        let page = site.get(&nobody, &path).await.body;
        for words in [
            "花戏楼市场监管所&#60;b&#62;",
            "自受理之日起 7 个工作日内审查完毕，连同全部申请材料报送谯城区市场监督管理局",
            "谯城区市场监督管理局，自受理之日起 8 个工作日内作出决定（已含初审的时间）",
            "不得要求您重复提供",
            "某某条例第八条",
        ] {
            assert!(page.contains(words), "{words}, {}: {page}", site.engine);
        }
        let told = &site.get(&nobody, &api).await.json()["levels"];
        assert_eq!(told["offices"][0]["code"], CODE, "{}", site.engine);
        assert_eq!((&told["days"], &told["upper"]), (&json!(7), &json!("谯城区市场监督管理局")), "{}", site.engine);
        // The guide is kept by visitors and node; an organ's new name shows nevertheless.
        let version = identity::authority(db, lower).await.unwrap().head.version;
        facts.name = "花戏楼街道市场监管所".to_owned();
        identity::authority_change(&ctx, db, (lower, version), &facts).await.unwrap();
        site.settle(&AREAS).await;
        site.clock.hours(1);
        let page = site.get(&nobody, &path).await.body;
        assert!(page.contains("花戏楼街道市场监管所") && !page.contains("花戏楼市场监管所"), "{}", site.engine);
    }
}
