//! What the platform brings into a form: with where it comes from, open to be put right, and beside what was written when it is decided.

use serde_json::{Value, json};

use super::world::{World, worlds, worlds_for_persons};

async fn begin(world: &World) -> String {
    let begun = world.site.post(&world.applicant, &format!("/items/{}/apply", world.item), &[]).await;
    assert_eq!(begun.status, 303, "{}: {}", world.site.engine, begun.body);
    begun.location
}

async fn page(world: &World, path: &str) -> String {
    let page = world.site.get(&world.applicant, path).await;
    assert_eq!(page.status, 200, "{}: {}", world.site.engine, page.body);
    page.body
}

async fn save(world: &World, draft: &str, values: &Value) {
    let id = draft.trim_start_matches("/drafts/");
    let version = world.call("GET", &world.applicant, &format!("/api/v1/drafts/{id}"), Value::Null).await.json();
    let body = json!({ "version": version["version"], "values": values });
    let saved = world.call("PUT", &world.applicant, &format!("/api/v1/drafts/{id}"), body).await;
    assert_eq!(saved.status, 200, "{}: {}", world.site.engine, saved.body);
}

#[tokio::test]
async fn what_is_brought_in_says_from_where_and_may_be_written_otherwise() {
    for world in worlds_for_persons().await {
        let engine = world.site.engine;
        let draft = begin(&world).await;
        let first = page(&world, &format!("{draft}/form/1")).await;
        for words in ["由平台从实名登记信息带入", "由平台从账号登记的手机号带入", "href=\"/me/phone\""]
        {
            assert!(first.contains(words), "{engine}: {words}: {first}");
        }
        let mut values = world.values();
        values["name"] = "陈致远".into();
        save(&world, &draft, &values).await;
        let first = page(&world, &format!("{draft}/form/1")).await;
        assert!(first.contains("实名登记信息中是「陈志远」，和您填的不一样"), "{engine}: {first}");
        assert!(first.contains("value=\"陈致远\""), "{engine}: what was written stays: {first}");
    }
}

#[tokio::test]
async fn who_decides_reads_what_was_written_beside_what_is_registered() {
    for world in worlds_for_persons().await {
        let engine = world.site.engine;
        let id = world.filed().await;
        let shown = world.site.get(&world.review, &format!("/desk/cases/{id}")).await.body;
        assert!(shown.contains("和登记信息比对") && shown.contains("不一致"), "{engine}: {shown}");
        assert!(shown.contains("陈志远") && shown.contains("实名登记信息"), "{engine}: {shown}");
        let own = page(&world, &format!("/cases/{id}")).await;
        assert!(!own.contains("和登记信息比对"), "{engine}: not on the applicant's page");
    }
}

#[tokio::test]
async fn what_was_written_once_is_not_asked_a_second_time() {
    for world in worlds().await {
        let engine = world.site.engine;
        let id = world.filed().await;
        let draft = begin(&world).await;
        let shown = world.call("GET", &world.applicant, &format!("/api/v1{draft}"), Value::Null).await.json();
        let before = world.values();
        let same =
            before.as_object().expect("answers").iter().filter(|(field, value)| shown["values"][*field] == **value);
        assert!(same.count() >= 2, "{engine}: {shown}");
        let told: Vec<_> = shown["known"].as_array().expect("a list").iter().map(|it| it["from"].to_string()).collect();
        assert!(told.iter().any(|it| it.contains("您以前的申请")), "{engine}: {told:?}");
        assert!(!told.iter().any(|it| it.contains(&id.to_string())), "{engine}: in words: {told:?}");
        // A stranger's draft of the same item gets nothing of it.
        let stranger = world.site.visitor(super::world::person(&world.site, "周晓梅").await, "周晓梅", &[], None);
        let tried = world.call("GET", &stranger, &format!("/api/v1{draft}"), Value::Null).await;
        assert_eq!(tried.status, 404, "{engine}");
    }
}

#[tokio::test]
async fn a_clerk_at_the_window_gets_nothing_of_what_the_applicant_wrote_elsewhere() {
    for world in worlds_for_persons().await {
        let engine = world.site.engine;
        world.filed().await;
        let asked = json!({ "item": world.item.to_string(), "holder": world.holder.to_string(), "consent": true });
        let begun = world.call("POST", &world.accept, "/api/v1/drafts", asked).await;
        assert_eq!(begun.status, 201, "{engine}: {}", begun.body);
        let told = begun.json()["known"].to_string();
        assert!(told.contains("实名登记信息") && !told.contains("以前的申请"), "{engine}: {told}");
    }
}

#[tokio::test]
async fn before_one_begins_one_reads_what_it_really_takes_here() {
    for world in worlds_for_persons().await {
        let engine = world.site.engine;
        let path = format!("/items/{}/apply", world.item);
        assert!(!page(&world, &path).await.contains("这里实际用时"), "{engine}: nothing is made up");
        for _ in 0..10 {
            let id = world.for_decision().await;
            world.act(&world.decide, id, json!({"act": "approve", "opinion": "同意"})).await;
        }
        world.settle().await;
        let told = page(&world, &path).await;
        assert!(told.contains("最近一年的 10 件，大多当天办好"), "{engine}: {told}");
    }
}
