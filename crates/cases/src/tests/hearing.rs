//! A hearing from the notice of the right to it to the decision that rests on its record, on the pages of the desk and the applicant.

use serde_json::json;
use testkit::Visitor;

use super::world::{World, officer, person, worlds};
use crate::{CaseId, REVIEW, SEE};

impl World {
    /// The content of the last paper of this title.
    async fn paper(&self, id: CaseId, title: &str) -> String {
        self.settle().await;
        let case = self.call("GET", &self.applicant, &format!("/api/v1/cases/{id}"), json!(null)).await.json();
        let all = case["papers"].as_array().expect("papers").clone();
        let found = all.iter().rev().find(|it| it["title"] == title);
        let number = found.unwrap_or_else(|| panic!("{title} in {all:?}"))["number"].as_i64().expect("a number");
        let read = crate::paper_content(&self.ctx(&self.applicant), &self.site.app, id, number).await;
        serde_json::to_string(&read.expect("a paper").1).expect("a document")
    }

    /// What the applicant does about a hearing on the own page.
    async fn heard(&self, id: CaseId, fields: &[(&str, &str)]) -> testkit::Answer {
        let version = self.version(id).await.to_string();
        let fields = [&[("version", version.as_str())], fields].concat();
        self.site.post(&self.applicant, &format!("/cases/{id}/hearing"), &fields).await
    }

    /// An officer of the authority who has not touched the case, in the register of posts.
    async fn presider(&self, name: &str) -> String {
        let id = person(&self.site, name).await;
        let system = self.site.app.system("test");
        let post = identity::NewPost::from_today(id, "review", Some(self.authority));
        identity::grant_post(&system, &self.site.app, &post).await.expect("a post");
        id.to_string()
    }

    /// A case for decision whose item wants the right told first; what it waits for is refused before.
    async fn to_be_told(&self) -> CaseId {
        self.revise(|it| {
            it.special_procedures.iter_mut().filter(|it| it.kind == "hearing").for_each(|it| it.required = true);
        })
        .await;
        // Who is told of cases is told of what comes from now on.
        self.settle().await;
        let id = self.for_decision().await;
        let early = self.form(&self.decide, id, &[("act", "approve")]).await;
        assert!(early.status == 409 && early.body.contains("有权要求听证"), "{}", early.body);
        let bare = self.form(&self.review, id, &[("act", "tell_hearing"), ("reason", "")]).await;
        assert!(bare.status == 422 && bare.body.contains("必须写明原因"), "{}", bare.body);
        self.done(&self.review, id, &[("act", "tell_hearing"), ("reason", "涉及相邻住户采光")]).await;
        id
    }
}

/// Announces a sitting and says what came of it.
async fn announce(world: &World, who: &Visitor, id: CaseId, (at, presider): (&str, &str)) -> testkit::Answer {
    let fields =
        [("act", "set_hearing"), ("held_at", at), ("place", "二楼<听证室>"), ("presider", presider), ("public", "yes")];
    world.form(who, id, &fields).await
}

#[tokio::test]
async fn a_hearing_goes_from_the_notice_of_the_right_to_the_decision_that_rests_on_its_record() {
    for world in worlds().await {
        let (id, engine) = (world.to_be_told().await, world.site.engine);
        let right = world.paper(id, "听证权利告知书").await;
        for words in ["2026年3月9日前", "涉及相邻住户采光", "不承担本机关组织听证的费用", "谯市监听告〔2026〕1号"]
        {
            assert!(right.contains(words), "{words} in {right}");
        }
        let own = world.page(&world.applicant, &format!("/cases/{id}")).await;
        assert!(own.contains("您有权要求举行听证") && own.contains("确认放弃听证"), "{engine}: {own}");
        let told = world.page(&world.applicant, "/me/notices").await;
        assert!(told.contains("可以申请听证"), "{engine}: {told}");
        let open = world.form(&world.decide, id, &[("act", "approve")]).await;
        assert!(open.status == 409 && open.body.contains("期限届满或者申请人放弃之前"), "{}", open.body);

        let asked = world.heard(id, &[("act", "ask_hearing"), ("reason", "要求当面说明")]).await;
        assert_eq!((asked.status, world.stage(id).await.as_str()), (303, "suspended"), "{engine}: {}", asked.body);
        assert!(world.paper(id, "特别程序告知书").await.contains("20 个工作日内、2026年3月30日前组织听证"));
        let own = world.page(&world.applicant, &format!("/cases/{id}")).await;
        assert!(own.contains("计时暂停") && own.contains("2026年3月30日前举行听证"), "{engine}: {own}");

        let (first, second) = (world.presider("郑主持").await, world.presider("冯主持").await);
        let reviewer = world.review.person.expect("a person").to_string();
        let stranger = person(&world.site, "路人").await.to_string();
        let wrong = [
            ("2026-03-05T09:30", first.as_str(), "最早在2026年3月12日举行"),
            ("2026-04-09T09:30", &first, "最迟在2026年3月30日举行"),
            ("下周一", &first, "请填写听证的日期和时间"),
            ("2026-03-20T09:30", &stranger, "从本机关的工作人员中选择"),
            ("2026-03-20T09:30", &reviewer, "请"),
            ("2026-03-20T09:30", "", "请选择听证主持人"),
        ];
        for (at, presider, says) in wrong {
            let answer = announce(&world, &world.review, id, (at, presider)).await;
            assert!(answer.status == 422 && answer.body.contains(says), "{engine} {at} {says}: {}", answer.body);
            assert!(
                answer.body.contains("二楼&lt;听证室&gt;") || answer.body.contains("二楼&#60;听证室&#62;"),
                "what was typed stays"
            );
        }
        assert_eq!(announce(&world, &world.review, id, ("2026-03-13T09:30", &first)).await.status, 303, "{engine}");
        let notice = world.paper(id, "听证通知书").await;
        for words in ["2026年3月13日 09:30", "二楼<听证室>", "郑主持", "已经向社会公告", "有权申请回避"]
        {
            assert!(notice.contains(words), "{words} in {notice}");
        }

        let bare = world.heard(id, &[("act", "ask_recusal"), ("reason", " ")]).await;
        assert!(bare.status == 422 && bare.body.contains("必须写明原因"), "{}", bare.body);
        assert_eq!(world.heard(id, &[("act", "ask_recusal"), ("reason", "是邻居的亲属")]).await.status, 303);
        let answer = [("act", "answer_recusal"), ("granted", "yes"), ("reason", "情况属实")];
        world.done(&world.decide, id, &answer).await;
        let again = announce(&world, &world.review, id, ("2026-03-16T14:00", &first)).await;
        assert!(again.status == 422 && again.body.contains("已经回避"), "{}", again.body);
        assert_eq!(announce(&world, &world.review, id, ("2026-03-16T14:00", &second)).await.status, 303, "{engine}");

        let record = [("act", "hold_hearing"), ("record", "申请人陈述采光方案，邻居质证。"), ("signed", "yes")];
        let early = world.form(&world.review, id, &record).await;
        assert!(early.status == 409 && early.body.contains("还没有到时间"), "{}", early.body);
        world.site.clock.hours(14 * 24);
        let unsigned = world.form(&world.review, id, &record[..2]).await;
        assert!(unsigned.status == 422 && unsigned.body.contains("签字或者盖章"), "{}", unsigned.body);
        world.done(&world.review, id, &record).await;
        assert!(world.paper(id, "听证笔录").await.contains("邻居质证"));
        world.done(&world.decide, id, &[("act", "approve")]).await;
        let decision = world.paper(id, "准予行政许可决定书").await;
        assert!(decision.contains("依法举行了听证，根据2026年3月16日登记的听证笔录"), "{engine}: {decision}");
        let timeline = world.page(&world.applicant, &format!("/cases/{id}")).await;
        for words in ["告知听证权利", "申请听证，暂停计时", "主持人：</strong>冯主持", "同意回避", "听证结束，恢复计时"]
        {
            assert!(timeline.contains(words), "{engine}: {words} in {timeline}");
        }
        assert!(world.verified().await, "{engine}");
    }
}

#[tokio::test]
async fn who_waives_the_hearing_is_decided_on_at_once_and_nobody_else_can_waive_it() {
    for world in worlds().await {
        let id = world.to_be_told().await;
        let other = officer(&world.site, "孙审核", &[SEE, REVIEW], world.authority).await;
        for who in [&world.review, &world.decide, &other] {
            let answer = world.try_act(who, id, json!({"act": "waive_hearing"})).await;
            assert!(answer.status == 409 && answer.body.contains("应由申请人办理"), "{}", answer.body);
        }
        let stranger = world.site.person("路人", &[]);
        assert_eq!(world.try_act(&stranger, id, json!({"act": "waive_hearing"})).await.status, 404);
        let unknown = world.heard(id, &[("act", "approve")]).await;
        assert_eq!(unknown.status, 422, "the page is for hearings only: {}", unknown.body);
        assert_eq!(world.heard(id, &[("act", "waive_hearing")]).await.status, 303);
        let late = world.heard(id, &[("act", "ask_hearing")]).await;
        assert_eq!(late.status, 303, "told on the page of the case");
        assert_eq!(world.stage(id).await, "for_decision");
        let case = world.call("GET", &world.applicant, &format!("/api/v1/cases/{id}"), json!(null)).await.json();
        assert_eq!(case["hearing"]["standing"], "申请人放弃听证", "{case}");
        world.done(&world.decide, id, &[("act", "approve")]).await;
        assert!(!world.paper(id, "准予行政许可决定书").await.contains("听证笔录"), "{}", world.site.engine);
    }
}
