//! Systems of departments where a lower organ examines first: each level's system does its own part and never the other's.

use serde_json::{Value, json};
use testkit::Visitor;

use super::{
    preliminary::{Below, STREET},
    systems::{ALL, by, sent, step, system},
    world::{PDF, World, worlds},
};
use crate::CaseId;

/// A system of the lower organ, really registered.
async fn system_of(world: &World, below: &Below) -> Visitor {
    let grants: Vec<_> = ALL.iter().map(|it| (*it, Some(below.authority))).collect();
    let visitor = world.site.machine("市场监管所业务系统", &grants);
    identity::testing::seat(&world.site.app, &world.ctx(&visitor)).await.expect("a seat");
    visitor
}

/// The cases of a system's list, with where each is worked on.
async fn pulled(world: &World, who: &Visitor, more: &str) -> Vec<(String, String)> {
    let list = world.site.get(who, &format!("/api/v1/systems/cases{more}")).await;
    assert_eq!(list.status, 200, "{}: {}", world.site.engine, list.body);
    let text = |it: &Value, field: &str| it[field].as_str().expect("text").to_owned();
    list.json()["items"].as_array().expect("items").iter().map(|it| (text(it, "id"), text(it, "desk_name"))).collect()
}

/// A step that must be refused, with these words.
async fn refused(world: &World, (who, id): (&Visitor, CaseId), act: Value, words: &str) {
    let version = format!("\"{}\"", world.version(id).await);
    let name = act["act"].clone();
    let answer = sent(world, (who, id), (&format!("no-{name}"), &version), &by("张三", "A01", act)).await;
    assert_eq!(answer.status, 409, "{} {name}: {}", world.site.engine, answer.body);
    assert!(answer.body.contains(words), "{} {name}: {}", world.site.engine, answer.body);
}

#[tokio::test]
async fn each_levels_system_pulls_and_does_its_own_part_and_is_refused_the_others() {
    for world in worlds().await {
        let engine = world.site.engine;
        let below = Below::at(&world, STREET.0, STREET.1).await;
        let beside = Below::at(&world, "341602002000", "1134160200300003").await;
        let plain = world.accepted().await;
        world.examined_by(&[&below.code]).await;
        let (upper, lower) = (system(&world, &ALL).await, system_of(&world, &below).await);
        let (other, bound) = (system_of(&world, &beside).await, system_of(&world, &below).await);
        world.site.bind(&bound, world.site.app.system("test").new_id());
        let id = world.filed().await;
        world.settle().await;
        let path = format!("/api/v1/systems/cases/{id}");
        let whole = async |who: &Visitor| world.site.get(who, &path).await;
        let plain_path = format!("/api/v1/systems/cases/{plain}");
        assert_eq!(world.site.get(&lower, &plain_path).await.status, 404, "{engine}: what it does not examine");
        for (who, what) in [(&other, "another street"), (&bound, "another item")] {
            assert_eq!(pulled(&world, who, "?all=true").await, [], "{engine}: {what}");
            assert_eq!(whole(who).await.status, 404, "{engine}: {what}");
        }
        // While it is with the street, nobody does the other's part.
        let first = format!("由{}受理和初审", below.name);
        refused(&world, (&upper, id), json!({"act": "accept"}), &first).await;
        assert!(pulled(&world, &lower, "").await.is_empty(), "{engine}: it is not accepted yet");
        let told = [(id.to_string(), below.name.clone())];
        assert_eq!(pulled(&world, &lower, "?all=true").await, told, "{engine}");
        step(&world, (&lower, id), "1", by("所接件", "S1", json!({"act": "accept"}))).await;
        step(&world, (&lower, id), "2", by("所审查", "S2", json!({"act": "start_review"}))).await;
        let favour = json!({"act": "recommend", "favour": true, "opinion": "同意"});
        refused(&world, (&lower, id), favour.clone(), "先由下级机关审查").await;
        refused(&world, (&lower, id), json!({"act": "approve", "opinion": "同意"}), "").await;
        let result = format!("{path}/files?name=a.pdf");
        let file = world.site.send(&lower, ("POST", &result), "application/octet-stream", PDF.to_vec()).await;
        assert!(file.status == 409 && file.body.contains("由决定机关制作"), "{engine}: {}", file.body);
        let shown = whole(&lower).await.json();
        assert!(shown["content"]["materials"].is_array(), "{engine}: what it examines it reads: {shown}");
        let acts: Vec<_> = shown["acts"].as_array().expect("acts").iter().map(|it| it["act"].clone()).collect();
        assert!(acts.contains(&json!("hand_up")) && !acts.contains(&json!("recommend")), "{engine}: {acts:?}");
        assert_eq!(whole(&upper).await.json()["acts"], json!([]), "{engine}: the district sees it and waits");
        let up = json!({"act": "hand_up", "favour": true, "opinion": "现场<相符>，建议准予"});
        step(&world, (&lower, id), "3", by("所审查", "S2", up)).await;
        world.settle().await;
        // Handed up, it is the other way round; the street learns that it went, and reads no more of it.
        refused(&world, (&lower, id), json!({"act": "start_review"}), "已经报送").await;
        let upper_name = identity::authority(&world.site.app.db, world.authority).await.unwrap().facts.name;
        assert_eq!(pulled(&world, &lower, "").await, [(id.to_string(), upper_name)], "{engine}");
        let shown = whole(&lower).await.json();
        assert_eq!((&shown["content"], &shown["acts"]), (&Value::Null, &json!([])), "{engine}: {shown}");
        assert_eq!(world.site.get(&lower, &format!("{path}/files/1")).await.status, 403, "{engine}");
        let shown = whole(&upper).await.json();
        let opinion = &shown["content"]["preliminary"];
        assert_eq!(opinion["opinion"], "现场<相符>，建议准予", "{engine}: {shown}");
        assert_eq!((&opinion["favour"], &opinion["office"]), (&json!(true), &json!(below.name)), "{engine}");
        step(&world, (&upper, id), "4", by("李审核", "B1", json!({"act": "start_review"}))).await;
        step(&world, (&upper, id), "5", by("李审核", "B1", favour)).await;
        step(&world, (&upper, id), "6", by("何决定", "B2", json!({"act": "approve"}))).await;
        world.settle().await;
        assert!(world.verified().await, "{engine}");
    }
}
