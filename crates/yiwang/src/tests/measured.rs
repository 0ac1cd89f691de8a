//! A promise from one end of the house to the other: the guide says how long an item really takes, as the law counts it.

use catalogue::model::SpecialProcedure;
use serde_json::json;

use super::world::World;
use crate::site::AREAS;

/// Cases that a guide needs before it tells anything of them.
const CASES: usize = 10;

#[tokio::test]
async fn the_guide_tells_how_long_cases_really_took_without_the_days_on_which_the_legal_clock_stood() {
    for site in testkit::sites_with(AREAS, super::own, None).await {
        let world = World::of(site).await;
        let hearing = r#"{"kind": "hearing", "name": "听证", "basis": "行政许可法第四十五条", "days_max": 20}"#;
        let hearing: SpecialProcedure = serde_json::from_str(hearing).expect("a procedure");
        world.revise(|it| it.special_procedures = vec![hearing]).await;
        let guide = async || {
            world.site.settle(AREAS).await;
            world.site.clock.hours(1);
            world.site.get(&world.site.anonymous(), &format!("/items/{}", world.item)).await.body
        };
        let mut cases = Vec::new();
        for n in 0..CASES {
            cases.push(world.file(&format!("measured-{n}")).await);
        }
        let each = async |who: &testkit::Visitor, act: serde_json::Value| {
            for case in &cases {
                world.act(who, case, act.clone()).await;
            }
        };
        // Monday 2 March 2026 to Monday 9 March: five working days, of which four (3 to 6 March) belong to an appraisal.
        each(&world.officer, json!({ "act": "accept", "obtained": ["household"] })).await;
        each(&world.officer, json!({ "act": "start_review" })).await;
        world.site.clock.hours(24);
        each(
            &world.officer,
            json!({ "act": "start_special", "procedure": "鉴定", "days": 10, "reason": "材料需要鉴定" }),
        )
        .await;
        world.site.clock.hours(72);
        each(&world.officer, json!({ "act": "end_special", "result": "属实", "experts": "市鉴定所" })).await;
        each(&world.officer, json!({ "act": "recommend", "favour": true, "opinion": "符合条件" })).await;
        world.site.clock.hours(70);
        assert!(!guide().await.contains("这里实际用时"), "nothing is decided, {}", world.site.engine);
        each(&world.chief, json!({ "act": "approve", "opinion": "同意" })).await;
        // What is told of cases is reckoned anew each day.
        world.site.clock.hours(24);
        assert!(guide().await.contains("最近一年的 10 件，大多 1 个工作日内办好"), "{}", world.site.engine);
    }
}
