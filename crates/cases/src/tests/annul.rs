//! A mistake of an officer, mended in the open by the head of the organ: on the desk, in the timeline, on papers, to the applicant.

use serde_json::{Value, json};
use testkit::Visitor;

use super::world::{World, officer, worlds};
use crate::{CaseId, DECIDE, HEAD, SEE};

impl World {
    /// The number of the last decisive act, as the head's page names it; `None`: there is none.
    async fn undoable(&self, who: &Visitor, id: CaseId) -> Option<u64> {
        let case = self.call("GET", who, &format!("/api/v1/cases/{id}"), Value::Null).await.json();
        case["undoable"]["number"].as_u64()
    }
}

#[tokio::test]
async fn the_head_undoes_the_last_decision_by_name_and_all_of_it_stays_to_be_read() {
    for world in worlds().await {
        let engine = world.site.engine;
        let id = world.for_decision().await;
        world.act(&world.decide, id, json!({"act": "approve", "opinion": "同意"})).await;
        world.settle().await;
        let number = world.undoable(&world.head, id).await.expect("a decision").to_string();
        assert_eq!(world.undoable(&world.decide, id).await, None, "{engine}: nobody else is offered it");
        let why = "申请人<名下>另有同址许可";
        let form = [("act", "annul"), ("number", number.as_str()), ("reason", why)];
        for who in [&world.decide, &world.review, &world.accept, &world.issue] {
            let answer = world.form(who, id, &form).await;
            assert!(answer.status == 409 && answer.body.contains("应由负责人办理"), "{engine}: {}", answer.body);
        }
        assert_eq!(world.form(&world.applicant, id, &form).await.status, 403, "{engine}");
        for (wrong, status) in [([form[0], ("number", "1"), form[2]], 422), ([form[0], form[1], ("reason", " ")], 422)]
        {
            let answer = world.form(&world.head, id, &wrong).await;
            assert_eq!(answer.status, status, "{engine} {wrong:?}: {}", answer.body);
        }
        let page = world.page(&world.head, &format!("/desk/cases/{id}")).await;
        assert!(page.contains("将撤销：") && page.contains("何审批办理的"), "{engine}: {page}");
        world.done(&world.head, id, &form).await;
        assert_eq!(world.stage(id).await, "for_decision", "{engine}");
        world.settle().await;

        for (who, place) in [(&world.applicant, "/cases"), (&world.review, "/desk/cases")] {
            let page = world.page(who, &format!("{place}/{id}")).await;
            assert!(page.contains("<s>准予通过</s>") && page.contains("已撤销"), "{engine} {place}: {page}");
            assert!(page.contains("申请人&#60;名下&#62;另有同址许可"), "{engine} {place}: the reason: {page}");
            assert!(page.contains("（已作废）") && page.contains("更正通知书"), "{engine} {place}: {page}");
        }
        let own = world.page(&world.applicant, &format!("/cases/{id}")).await;
        assert!(!own.contains("马局长"), "{engine}: to the applicant by office");
        let desk = world.page(&world.review, &format!("/desk/cases/{id}")).await;
        assert!(desk.contains("马局长（负责人）"), "{engine}: by name: {desk}");
        let told = world.page(&world.applicant, "/me/notices").await;
        assert!(told.contains("办理有更正"), "{engine}: {told}");
        let paper = world.page(&world.applicant, &format!("/cases/{id}/papers/{number}")).await;
        assert!(paper.contains("本文书已作废"), "{engine}: {paper}");
        let case = world.call("GET", &world.applicant, &format!("/api/v1/cases/{id}"), Value::Null).await.json();
        let papers = case["papers"].as_array().expect("papers");
        let withdrawn: Vec<_> = papers.iter().filter(|it| it["withdrawn"] == true).collect();
        assert_eq!(withdrawn.len(), 1, "{engine}: {papers:?}");

        // Another decision is made as if for the first time, and the rows follow from the record.
        world.act(&world.decide, id, json!({"act": "refuse", "reasons": "另有同址许可"})).await;
        assert_eq!(world.stage(id).await, "refused", "{engine}");
        assert!(world.verified().await, "{engine}");
    }
}

#[tokio::test]
async fn nobody_undoes_the_own_act_and_after_delivery_the_law_has_another_way() {
    for world in worlds().await {
        let engine = world.site.engine;
        let both = officer(&world.site, "郑兼任", &[SEE, DECIDE, HEAD], world.authority).await;
        let id = world.for_decision().await;
        world.act(&both, id, json!({"act": "approve"})).await;
        let number = world.undoable(&world.head, id).await.expect("a decision");
        let own = world.try_act(&both, id, json!({"act": "annul", "number": number, "reason": "有误"})).await;
        assert!(own.status == 409 && own.body.contains("不能自己撤销自己的办理"), "{engine}: {}", own.body);
        world.act(&world.issue, id, json!({"act": "issue", "documents": ["A1"]})).await;
        world.act(&world.issue, id, json!({"act": "deliver", "way": "window", "proof": "本人签收"})).await;
        let late = world.try_act(&world.head, id, json!({"act": "annul", "number": number, "reason": "有误"})).await;
        assert!(late.status == 409 && late.body.contains("第六十九条"), "{engine}: {}", late.body);
        assert!(world.verified().await, "{engine}");
    }
}

#[tokio::test]
async fn an_opinion_undone_stays_inside_the_office() {
    for world in worlds().await {
        let engine = world.site.engine;
        let id = world.for_decision().await;
        let number = world.undoable(&world.head, id).await.expect("an opinion");
        world.act(&world.head, id, json!({"act": "annul", "number": number, "reason": "核查记录弄错了"})).await;
        assert_eq!(world.stage(id).await, "under_review", "{engine}");
        world.settle().await;
        let own = world.page(&world.applicant, &format!("/cases/{id}")).await;
        assert!(!own.contains("核查记录弄错了") && !own.contains("更正通知书"), "{engine}: {own}");
        assert!(!world.page(&world.applicant, "/me/notices").await.contains("办理有更正"), "{engine}");
        let desk = world.page(&world.decide, &format!("/desk/cases/{id}")).await;
        assert!(desk.contains("核查记录弄错了") && desk.contains("<s>提出审核意见</s>"), "{engine}: {desk}");
    }
}
