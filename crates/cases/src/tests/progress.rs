//! How a case stands, asked without signing in: by number and name, and nothing personal told.

use serde_json::json;
use testkit::Visitor;

use super::world::{World, worlds, worlds_for_persons};
use crate::{CaseId, service};

async fn number(world: &World, id: CaseId) -> String {
    service::load(&world.site.app, id).await.expect("a case").facts.number
}

async fn ask(world: &World, number: &str, name: &str) -> testkit::Answer {
    let nobody = world.site.anonymous();
    world.call("POST", &nobody, "/api/v1/progress", json!({"number": number, "name": name})).await
}

/// By the page's form.
async fn page(world: &World, who: &Visitor, number: &str, name: &str) -> testkit::Answer {
    world.site.post(who, "/progress", &[("number", number), ("name", name)]).await
}

#[tokio::test]
async fn a_wrong_number_and_anothers_name_are_told_alike_and_soon_no_more_is_answered() {
    for world in worlds_for_persons().await {
        let engine = world.site.engine;
        let number = number(&world, world.filed().await).await;
        for wrong in ["", "1", "34160<script>"] {
            assert_eq!(ask(&world, wrong, "陈志远").await.status, 422, "{engine}: {wrong}");
        }
        assert_eq!(ask(&world, &number, " ").await.status, 422, "{engine}: no name");
        let mut other = number.clone();
        let last = if other.ends_with('1') { '2' } else { '1' };
        other.pop();
        other.push(last);
        let unknown = ask(&world, &other, "陈志远").await;
        let anothers = ask(&world, &number, "陈志").await;
        assert!(unknown.status == anothers.status && unknown.status != 200, "{engine}: {}", unknown.body);
        for n in 0..9 {
            let status = ask(&world, &number, &format!("陈{n}")).await.status;
            assert_eq!(status, anothers.status, "{engine}: {n}");
        }
        let many = ask(&world, &number, "陈志远").await;
        assert_eq!(many.status, 429, "{engine}: names are not to be guessed: {}", many.body);
        world.site.clock.seconds(601);
        assert_eq!(ask(&world, &number, "陈志远").await.status, 200, "{engine}: later again");
    }
}

#[tokio::test]
async fn whoever_knows_number_and_name_is_told_how_it_stands_and_nothing_personal() {
    for world in worlds().await {
        let engine = world.site.engine;
        let id = world.filed().await;
        let fault = json!({"about": "", "what": "租赁合同缺第二页，请房东张三签字"});
        world.act(&world.accept, id, json!({"act": "receive"})).await;
        world.act(&world.accept, id, json!({"act": "ask_correction", "faults": [fault]})).await;
        let number = number(&world, id).await;
        let told = ask(&world, &number, " 陈 志远").await;
        assert_eq!(told.status, 200, "{engine}: {}", told.body);
        let body = told.json();
        assert_eq!((body["stage"].as_str(), body["your_turn"].as_bool()), (Some("correction_asked"), Some(true)));
        assert_eq!(body["events"].as_array().expect("events").len(), 3, "{engine}: {}", told.body);
        let passer = world.site.person("路人", &[]);
        let shown = page(&world, &passer, &number, "陈志远").await;
        assert!(shown.status == 200 && shown.body.contains(&world.document.name), "{engine}: {}", shown.body);
        assert!(shown.body.contains("0558-5550100"), "{engine}: whom to ask");
        assert!(!told.body.contains("陈志远"), "{engine}: {}", told.body);
        for personal in ["王窗口", "张三", "租赁合同", "材料.pdf", id.to_string().as_str()] {
            assert!(!told.body.contains(personal), "{engine}: {personal}: {}", told.body);
            assert!(!shown.body.contains(personal), "{engine}: {personal} on the page");
        }
        let wrong = page(&world, &passer, &number, "陈志").await;
        assert!(wrong.status == 422 && wrong.body.contains("没有找到编号和申请人都对得上的办件"), "{engine}");
    }
}
