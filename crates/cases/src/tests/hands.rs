//! What an item says of how its cases are handled: whose hands must differ, and how long an applicant has for a correction.

use catalogue::model::{TimeLimit, TimeUnit};
use serde_json::json;
use testkit::Visitor;

use super::world::{World, officer, worlds};
use crate::{ACCEPT, CaseFilter, CaseId, DECIDE, SEE, worklist};

/// An officer with all posts has accepted a case, another has reviewed it; it is to be decided.
async fn ready_to_decide(world: &World) -> (Visitor, CaseId) {
    let both = officer(&world.site, "赵全能", &[SEE, ACCEPT, DECIDE], world.authority).await;
    let id = world.filed().await;
    world.act(&both, id, json!({"act": "accept"})).await;
    world.act(&world.review, id, json!({"act": "start_review"})).await;
    world.act(&world.review, id, json!({"act": "recommend", "favour": true, "opinion": "符合条件"})).await;
    (both, id)
}

#[tokio::test]
async fn where_the_item_separates_hands_who_accepted_sees_why_and_another_decides() {
    for world in worlds().await {
        world.revise(|it| it.separate_hands = true).await;
        let (both, id) = ready_to_decide(&world).await;
        let listed = async |who| {
            let (ctx, filter) = (world.ctx(who), CaseFilter::default());
            worklist(&ctx, &world.site.app, &filter, &kernel::PageAsk::default()).await.expect("a list").items.len()
        };
        assert_eq!(listed(&both).await, 0, "{}: no decision is offered to the wrong hand", world.site.engine);
        assert_eq!(listed(&world.decide).await, 1, "{}", world.site.engine);
        let approve = json!({"act": "approve", "opinion": "同意"});
        let refused = world.try_act(&both, id, approve.clone()).await;
        assert!(refused.status == 409 && refused.body.contains("您已受理过本办件"), "{}", refused.body);
        let page = async |who| world.site.get(who, &format!("/desk/cases/{id}")).await.body;
        let shown = page(&both).await;
        assert!(
            shown.contains("您已受理过本办件，由其他审批人员作决定") && !shown.contains("value=\"approve\""),
            "{shown}"
        );
        let shown = page(&world.decide).await;
        assert!(shown.contains("受理、审核过的人不再作决定") && shown.contains("value=\"approve\""), "{shown}");
        world.act(&world.decide, id, approve).await;
        assert_eq!(world.stage(id).await, "approved", "{}", world.site.engine);
    }
}

#[tokio::test]
async fn where_the_item_does_not_one_officer_may_accept_and_decide() {
    for world in worlds().await {
        let (both, id) = ready_to_decide(&world).await;
        world.act(&both, id, json!({"act": "approve", "opinion": "同意"})).await;
        assert!(!world.site.get(&both, &format!("/desk/cases/{id}")).await.body.contains("审批分离"));
    }
}

#[tokio::test]
async fn a_correction_notice_names_the_day_that_the_item_sets_and_what_follows_after_it() {
    for world in worlds().await {
        for (limit, told) in [(None, false), (Some(TimeLimit { n: 10, unit: TimeUnit::WorkingDay }), true)] {
            world.revise(|it| it.correction_limit = limit).await;
            let id = world.filed().await;
            let faults = json!([{"about": "layout", "what": "请标出洗消水池"}]);
            world.act(&world.accept, id, json!({"act": "ask_correction", "faults": faults})).await;
            world.settle().await;
            let case = world.call("GET", &world.applicant, &format!("/api/v1/cases/{id}"), json!(null)).await.json();
            let papers = case["papers"].as_array().expect("papers");
            let number = papers.last().expect("the notice")["number"].clone();
            let page = world.site.get(&world.applicant, &format!("/cases/{id}/papers/{number}")).await;
            assert_eq!(page.body.contains("逾期未补正的，本次申请不再办理"), told, "{}: {}", page.status, page.body);
        }
    }
}
