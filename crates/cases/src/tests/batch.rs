//! Several like cases at once: what is checked, what is carried out, what is told of each.

use serde_json::{Value, json};

use super::world::{World, officer, worlds};
use crate::{CaseId, DECIDE, SEE};

impl World {
    async fn check(&self, who: &testkit::Visitor, ids: &[CaseId]) -> testkit::Answer {
        let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
        self.call("POST", who, "/api/v1/worklist/batch/check", json!({ "cases": ids })).await
    }

    async fn batch(&self, who: &testkit::Visitor, ids: &[(CaseId, i64)], mut act: Value) -> testkit::Answer {
        let cases: Vec<_> = ids.iter().map(|it| json!({ "id": it.0.to_string(), "version": it.1 })).collect();
        act["cases"] = json!(cases);
        self.call("POST", who, "/api/v1/worklist/batch", act).await
    }
}

#[tokio::test]
async fn unlike_cases_none_and_too_many_are_no_batch() {
    for world in worlds().await {
        let (filed, decide) = (world.filed().await, world.for_decision().await);
        for ids in [vec![], vec![filed; 51], vec![filed, decide]] {
            let answer = world.check(&world.accept, &ids).await;
            assert_eq!(answer.status, 422, "{}: {} cases: {}", world.site.engine, ids.len(), answer.body);
        }
        let stranger = officer(&world.site, "别处", &[SEE, DECIDE], world.site.app.system("test").new_id()).await;
        assert_eq!(world.check(&stranger, &[filed]).await.status, 404, "{}", world.site.engine);
    }
}

#[tokio::test]
async fn a_batch_says_of_each_case_why_it_cannot_go_along() {
    for world in worlds().await {
        let (free, held) = (world.for_decision().await, world.for_decision().await);
        let other = officer(&world.site, "赵审批", &[SEE, DECIDE], world.authority).await;
        let claimed = world.call("POST", &other, &format!("/api/v1/cases/{held}/claim"), json!({})).await;
        assert_eq!(claimed.status, 200, "{}", claimed.body);
        let told = world.check(&world.decide, &[free, held]).await.json();
        assert_eq!(told["rows"][0]["hindrance"], "", "{}: {told}", world.site.engine);
        assert_eq!(told["rows"][1]["hindrance"], "在赵审批手上，请先接手", "{}", world.site.engine);
        assert_eq!(told["acts"], json!([["approve", "准予通过"]]), "{}: no refusal by the dozen", world.site.engine);
        let none = world.check(&world.issue, &[free]).await.json();
        assert_eq!(none["acts"], json!([]), "{}", world.site.engine);
        assert_eq!(none["rows"][0]["hindrance"], "这一环节不由您的岗位办理", "{}", world.site.engine);
    }
}

#[tokio::test]
async fn each_case_of_a_batch_is_done_whole_or_told_why_not() {
    for world in worlds().await {
        let (one, moved, two) = (world.for_decision().await, world.for_decision().await, world.for_decision().await);
        let mut shown = Vec::new();
        for id in [one, moved, two] {
            shown.push((id, world.version(id).await));
        }
        world.act(&world.decide, moved, json!({"act": "return", "reason": "请再核对"})).await;
        for wrong in [json!({"act": "refuse", "reasons": "x"}), json!({"act": ""})] {
            assert_eq!(world.batch(&world.decide, &shown, wrong).await.status, 422, "{}", world.site.engine);
        }
        let told = world.batch(&world.decide, &shown, json!({"act": "approve", "opinion": "符合条件"})).await.json();
        let done: Vec<_> = told.as_array().expect("results").iter().map(|it| it["done"] == true).collect();
        assert_eq!(done, [true, false, true], "{}: {told}", world.site.engine);
        assert!(told[1]["told"].as_str().is_some_and(|it| it.contains("何审批")), "{told}");
        assert_eq!(world.stage(moved).await, "under_review", "{}: nothing of it was done", world.site.engine);
        assert_eq!(world.stage(two).await, "approved", "{}", world.site.engine);
        // Sent twice, nothing is done twice.
        let again = world.batch(&world.decide, &shown[..1], json!({"act": "approve"})).await.json();
        assert_eq!(again[0]["done"], false, "{}: {again}", world.site.engine);
    }
}

#[tokio::test]
async fn the_pages_of_a_batch_lead_from_the_ticks_to_the_result_and_back_to_the_list() {
    for world in worlds().await {
        let (one, two) = (world.accepted().await, world.accepted().await);
        let ids = [one.to_string(), two.to_string()];
        let ticked = [("case", ids[0].as_str()), ("case", ids[1].as_str()), ("back", "whose=group")];
        let shown = world.site.post(&world.review, "/desk/batch", &ticked).await;
        assert!(shown.status == 200 && shown.body.contains("2 件可以一起办"), "{}", shown.body);
        let cases: Vec<_> = shown.body.split("name=\"case\" value=\"").skip(1).collect();
        let cases: Vec<_> = cases.iter().map(|it| it.split('"').next().expect("a value").to_owned()).collect();
        assert_eq!(cases.len(), 2, "{}", world.site.engine);
        let with = |act: &'static str| {
            let mut fields = vec![("act", act), ("back", "whose=group")];
            fields.extend(cases.iter().map(|it| ("case", it.as_str())));
            fields
        };
        let wrong = world.site.post(&world.review, "/desk/batch/acts", &with("recommend")).await;
        assert!(wrong.status == 422 && wrong.body.contains("请选择审核结论"), "{}: {}", wrong.status, wrong.body);
        let done = world.site.post(&world.review, "/desk/batch/acts", &with("start_review")).await;
        assert!(done.status == 200 && done.body.contains("2 件全部办成"), "{}: {}", done.status, done.body);
        assert!(done.body.contains("/desk?whose=group") && world.stage(two).await == "under_review");
        let empty = world.site.post(&world.review, "/desk/batch", &[("back", "whose=group")]).await;
        assert_eq!((empty.status, empty.location.as_str()), (303, "/desk?whose=group"), "{}", world.site.engine);
        // What cannot go together leads back to the list, and the ticks are still there.
        let three = world.filed().await.to_string();
        let mixed = [("case", ids[0].as_str()), ("case", three.as_str()), ("back", "")];
        let apart = world.site.post(&world.review, "/desk/batch", &mixed).await;
        assert_eq!((apart.status, apart.location.clone()), (303, format!("/desk?ticked={},{three}", ids[0])));
        let list = world.site.get(&world.review, &apart.location).await;
        assert!(list.body.contains(&format!("value=\"{}\" checked", ids[0])), "{}", world.site.engine);
        assert!(!list.body.contains(&format!("value=\"{}\" checked", ids[1])), "{}", world.site.engine);
        // So it does from a later page; where that has grown empty, nobody is told that nothing waits.
        let later = format!("after=9999-12-31~{}", ids[0]);
        let apart = world.site.post(&world.review, "/desk/batch", &[mixed[0], mixed[1], ("back", &later)]).await;
        assert_eq!(apart.location, format!("/desk?{later}&ticked={},{three}", ids[0]), "{}", world.site.engine);
        let list = world.site.get(&world.review, &apart.location).await;
        assert!(list.body.contains("后面没有办件了") && list.body.contains("回到第一页"), "{}", world.site.engine);
        assert!(!list.body.contains("现在没有待办的办件"), "{}", world.site.engine);
    }
}
