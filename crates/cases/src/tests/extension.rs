//! The extension by the head's word, and special procedures with their own clock and experts, on the desk.

use serde_json::{Value, json};
use testkit::Visitor;

use super::world::{PDF, World, worlds};
use crate::CaseId;

const WHY: &str = "平面图与<现场>不一致，需要复核";

impl World {
    /// Whether this case stands in somebody's whole worklist.
    async fn lists(&self, who: &Visitor, id: CaseId) -> bool {
        let list = self.call("GET", who, "/api/v1/worklist", Value::Null).await.json();
        list["items"].as_array().expect("a list").iter().any(|it| it["id"] == id.to_string())
    }
}

#[tokio::test]
async fn the_head_finds_what_waits_for_approval_and_the_applicant_is_told_the_reasons_only_then() {
    for world in worlds().await {
        let engine = world.site.engine;
        // Applicants are told of what comes from the first reading on.
        world.settle().await;
        let id = world.accepted().await;
        world.done(&world.review, id, &[("act", "start_review")]).await;
        assert!(!world.lists(&world.head, id).await, "{engine}: nothing waits for the head yet");
        let none = world.form(&world.head, id, &[("act", "extend"), ("days", "3"), ("reason", WHY)]).await;
        assert!(none.status == 409 && none.body.contains("没有等候批准"), "{engine}: {}", none.body);
        world.done(&world.review, id, &[("act", "ask_extension"), ("days", "3"), ("reason", WHY)]).await;
        assert!(world.lists(&world.head, id).await && world.lists(&world.review, id).await, "{engine}");
        let counts = world.call("GET", &world.head, "/api/v1/worklist/counts", Value::Null).await;
        assert_eq!(counts.json()["all"], "1", "{engine}: {}", counts.body);
        for who in [&world.review, &world.decide, &world.accept] {
            let answer = world.form(who, id, &[("act", "extend"), ("days", "3"), ("reason", WHY)]).await;
            assert!(answer.status == 409 && answer.body.contains("应由负责人办理"), "{engine}: {}", answer.body);
        }
        let own = world.page(&world.applicant, &format!("/cases/{id}")).await;
        assert!(own.contains("提请本机关负责人批准") && !own.contains("需要复核"), "{engine}: {own}");
        let desk = world.page(&world.head, &format!("/desk/cases/{id}")).await;
        assert!(
            desk.contains("等候本机关负责人批准") && desk.contains("平面图与&#60;现场&#62;不一致"),
            "{engine}: {desk}"
        );
        let greedy = world.form(&world.head, id, &[("act", "extend"), ("days", "4"), ("reason", WHY)]).await;
        assert!(greedy.status == 422 && greedy.body.contains("批准的天数不能更多"), "{engine}: {}", greedy.body);
        world.done(&world.head, id, &[("act", "refuse_extension"), ("reason", "按期<办理>")]).await;
        assert!(!world.lists(&world.head, id).await, "{engine}");
        world.done(&world.review, id, &[("act", "ask_extension"), ("days", "3"), ("reason", WHY)]).await;
        // A program that says no more than «approved» approves what was asked for.
        world.act(&world.head, id, json!({"act": "extend"})).await;
        assert!(!world.lists(&world.head, id).await, "{engine}");
        world.settle().await;
        let own = world.page(&world.applicant, &format!("/cases/{id}")).await;
        assert!(own.contains("平面图与&#60;现场&#62;不一致，需要复核"), "{engine}: {own}");
        assert!(own.contains("延长办理期限通知书") && !own.contains("按期&#60;办理&#62;"), "{engine}: {own}");
        let told = world.page(&world.applicant, "/me/notices").await;
        assert!(told.contains("办理期限延长"), "{engine}: {told}");
        assert!(world.verified().await, "{engine}");
    }
}

#[tokio::test]
async fn a_special_procedure_shows_its_own_clock_and_who_found_its_result_is_for_officers() {
    for world in worlds().await {
        let engine = world.site.engine;
        let id = world.accepted().await;
        let start = [("act", "start_special"), ("procedure", "专家评审"), ("days", "3"), ("reason", "需要评审")];
        let page = world.page(&world.review, &format!("/desk/cases/{id}")).await;
        assert!(page.contains("专家评审（行政许可法第四十五条）"), "{engine}: {page}");
        world.done(&world.review, id, &start).await;
        let case = world.call("GET", &world.applicant, &format!("/api/v1/cases/{id}"), Value::Null).await.json();
        let special = case["clocks"].as_array().expect("clocks").iter().find(|it| it["name"] == "特别程序");
        assert_eq!(special.expect("its own clock")["text"], "剩 3 个工作日", "{engine}");
        let wrong = world.form(&world.review, id, &[("act", "prolong_special"), ("days", "3"), ("reason", "")]).await;
        assert!(wrong.status == 422, "{engine}: {}", wrong.body);
        let more = [("act", "prolong_special"), ("days", "6"), ("reason", "专家<在外地>")];
        world.done(&world.review, id, &more).await;
        let own = world.page(&world.applicant, &format!("/cases/{id}")).await;
        assert!(own.contains("共需 6 个工作日") && own.contains("专家&#60;在外地&#62;"), "{engine}: {own}");
        let bare = world.form(&world.review, id, &[("act", "end_special"), ("result", "通过评审")]).await;
        assert!(
            bare.status == 422 && bare.body.contains(r##"href="#end_special-experts""##),
            "{engine}: {}",
            bare.body
        );
        let place = format!("/desk/cases/{id}/exhibits");
        let report = world.site.upload(&world.review, &place, &[], ("file", "意见.pdf", PDF)).await;
        assert_eq!(report.status, 303, "{engine}");
        let experts = "王教授，某大学，教授\n刘工，某院，高级工程师";
        let end = [("act", "end_special"), ("result", "通过评审"), ("experts", experts)];
        world.done(&world.review, id, &end).await;
        let own = world.page(&world.applicant, &format!("/cases/{id}")).await;
        assert!(own.contains("通过评审") && !own.contains("王教授"), "{engine}: {own}");
        let desk = world.page(&world.decide, &format!("/desk/cases/{id}")).await;
        assert!(desk.contains("王教授") && desk.contains("意见.pdf"), "{engine}: {desk}");
        world.settle().await;
        assert!(world.verified().await, "{engine}");
    }
}
