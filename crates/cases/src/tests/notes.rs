//! What officers write on a case for each other, what is typed and not sent, files in place, phrases.

use serde_json::{Value, json};
use testkit::{Answer, Visitor};

use super::world::{World, officer, worlds};
use crate::{ASSIGN, CaseId, SEE};

impl World {
    async fn note(&self, who: &Visitor, id: CaseId, note: Value) -> Answer {
        self.call("POST", who, &format!("/api/v1/cases/{id}/notes"), note).await
    }

    async fn desk(&self, who: &Visitor, id: CaseId) -> String {
        let answer = self.site.get(who, &format!("/desk/cases/{id}")).await;
        assert_eq!(answer.status, 200, "{}: {}", self.site.engine, answer.body);
        answer.body
    }

    /// The number of the first file handed in for this material.
    async fn file(&self, who: &Visitor, id: CaseId, material: &str) -> String {
        let case = self.call("GET", who, &format!("/api/v1/cases/{id}"), Value::Null).await.json();
        let all = case["materials"].as_array().expect("materials");
        let it = all.iter().find(|it| it["key"] == material).expect("the material");
        it["files"][0]["number"].to_string()
    }
}

#[tokio::test]
async fn a_note_that_is_wrong_is_told_at_its_field_and_the_applicant_neither_writes_nor_reads_one() {
    for world in worlds().await {
        let id = world.filed().await;
        let table = [
            (json!({"kind": "gossip", "text": "x"}), 422),
            (json!({"kind": "note", "text": " "}), 422),
            (json!({"kind": "note", "text": "字".repeat(2_001)}), 422),
            (json!({"kind": "mark", "about": "999", "verdict": "good"}), 422),
            (json!({"kind": "mark", "about": "1", "verdict": "mend"}), 422),
            (json!({"kind": "mark", "about": "1", "verdict": "good", "page": -1}), 422),
            (json!({"kind": "point", "about": "999", "verdict": "met"}), 422),
            (json!({"kind": "point", "about": "0", "verdict": "unmet"}), 422),
            (json!({"kind": "note", "text": "申请人电话里说<周五>来补"}), 201),
        ];
        for (note, status) in table {
            let answer = world.note(&world.review, id, note.clone()).await;
            assert_eq!(answer.status, status, "{} {note}: {}", world.site.engine, answer.body);
        }
        assert_eq!(world.note(&world.applicant, id, json!({"kind": "note", "text": "x"})).await.status, 403);
        let path = format!("/api/v1/cases/{id}/notes");
        assert_eq!(world.call("GET", &world.applicant, &path, Value::Null).await.status, 403, "{}", world.site.engine);
        for path in [format!("/api/v1/cases/{id}"), format!("/cases/{id}"), format!("/api/v1/cases/{id}/timeline")] {
            assert!(!world.site.get(&world.applicant, &path).await.body.contains("周五"), "{path}");
        }
        let shown = world.desk(&world.decide, id).await;
        assert!(
            shown.contains("申请人电话里说&#60;周五&#62;来补") && shown.contains("李审核"),
            "{}",
            world.site.engine
        );
    }
}

#[tokio::test]
async fn marks_say_what_to_mend_and_stand_ready_in_the_one_notice_the_last_mark_of_a_file_holding() {
    for world in worlds().await {
        let id = world.filed().await;
        let version = world.version(id).await;
        let file = world.file(&world.accept, id, "layout").await;
        for (verdict, page, text) in [("bad", 0, "不是平面图"), ("mend", 2, "没有标出洗消水池")] {
            let note = json!({"kind": "mark", "about": file, "verdict": verdict, "page": page, "text": text});
            let answer = world.note(&world.accept, id, note).await;
            assert_eq!(answer.status, 201, "{}: {}", world.site.engine, answer.body);
        }
        assert_eq!(world.version(id).await, version, "{}: a mark makes no act stale", world.site.engine);
        let shown = world.desk(&world.accept, id).await;
        let notice = shown.split_once("what.layout").expect("the notice's row").1;
        assert!(notice.contains("第 2 页：没有标出洗消水池"), "{}: {notice}", world.site.engine);
        assert!(shown.contains("需补正") && !notice.contains("不是平面图"), "{}", world.site.engine);
    }
}

#[tokio::test]
async fn points_of_review_are_checked_by_name_and_those_left_are_counted_where_one_recommends() {
    for world in worlds().await {
        let points = world.document.review_points.len();
        assert!(points > 0, "the item has points");
        let id = world.accepted().await;
        world.act(&world.review, id, json!({"act": "start_review"})).await;
        let left = format!("还有 {points} 条审查要点没有核对");
        assert!(world.desk(&world.review, id).await.contains(&left), "{}", world.site.engine);
        for n in 0..points {
            let form = [("kind", "point"), ("about", &n.to_string()), ("verdict", "met")];
            let answer = world.site.post(&world.review, &format!("/desk/cases/{id}/notes"), &form).await;
            assert_eq!(answer.status, 303, "{}: {}", world.site.engine, answer.body);
        }
        let shown = world.desk(&world.review, id).await;
        assert!(!shown.contains("条审查要点没有核对") && shown.contains("符合"), "{}", world.site.engine);
        let wrong = [("kind", "point"), ("about", "0"), ("verdict", "unmet")];
        let answer = world.site.post(&world.review, &format!("/desk/cases/{id}/notes"), &wrong).await;
        assert!(answer.status == 422 && answer.body.contains("请写明内容"), "{}", world.site.engine);
    }
}

#[tokio::test]
async fn what_is_typed_is_kept_for_its_writer_alone_until_the_act_is_done() {
    for world in worlds().await {
        let id = world.for_decision().await;
        let place = format!("/desk/cases/{id}/typed");
        let typed = [("act", "refuse"), ("reasons", "面积只有<八>平方米"), ("version", "3")];
        assert_eq!(world.site.post(&world.decide, &place, &typed).await.status, 204, "{}", world.site.engine);
        assert_eq!(world.site.post(&world.applicant, &place, &typed).await.status, 403, "{}", world.site.engine);
        assert_eq!(world.site.post(&world.decide, &place, &[("act", "dance")]).await.status, 422);
        let shown = world.desk(&world.decide, id).await;
        assert!(shown.contains("面积只有&#60;八&#62;平方米") && shown.contains("上次没有提交的内容"), "{shown}");
        let other = officer(&world.site, "赵审批", &[SEE, crate::DECIDE], world.authority).await;
        assert!(!world.desk(&other, id).await.contains("面积只有"), "{}: nobody else's", world.site.engine);
        world.act(&world.decide, id, json!({"act": "ask_extension", "days": 3, "reason": "需要现场核查"})).await;
        assert!(!world.desk(&world.decide, id).await.contains("面积只有"), "{}: gone with the act", world.site.engine);
    }
}

#[tokio::test]
async fn a_file_is_seen_in_place_by_pages_of_this_site_alone_and_by_officers_of_its_case() {
    for world in worlds().await {
        let id = world.filed().await;
        let file = world.file(&world.accept, id, "layout").await;
        let place = format!("/desk/cases/{id}/materials/{file}");
        assert!(world.desk(&world.accept, id).await.contains(&format!("src=\"{place}\"")), "{}", world.site.engine);
        let shown = world.site.get(&world.accept, &place).await;
        assert_eq!(shown.status, 200, "{}", world.site.engine);
        let stranger = officer(&world.site, "别处", &[SEE], world.site.app.system("test").new_id()).await;
        assert_eq!(world.site.get(&stranger, &place).await.status, 404, "{}", world.site.engine);
    }
}

#[tokio::test]
async fn phrases_are_ones_own_or_the_offices_and_the_latter_are_changed_by_who_hands_out_cases() {
    for world in worlds().await {
        let id = world.for_decision().await;
        let head = officer(&world.site, "周科长", &[SEE, ASSIGN], world.authority).await;
        let office = world.authority.to_string();
        let add = async |who: &Visitor, office: &str, text: &str| {
            let new = json!({"office": office, "text": text});
            world.call("POST", who, "/api/v1/worklist/phrases", new).await.status
        };
        assert_eq!(add(&world.decide, "", "").await, 422, "{}", world.site.engine);
        assert_eq!(add(&world.decide, &office, "同意").await, 403, "{}", world.site.engine);
        assert_eq!(add(&world.applicant, "", "同意").await, 403, "{}", world.site.engine);
        assert_eq!(add(&world.decide, "", "符合条件，同意。").await, 201, "{}", world.site.engine);
        assert_eq!(add(&head, &office, "材料齐全，符合法定形式。").await, 201, "{}", world.site.engine);
        let shown = world.desk(&world.decide, id).await;
        assert!(
            shown.contains("符合条件，同意。") && shown.contains("材料齐全，符合法定形式。"),
            "{}",
            world.site.engine
        );
        let own = world.site.get(&head, "/desk/phrases").await.body;
        assert!(own.contains("材料齐全") && !own.contains("符合条件，同意"), "{}: {own}", world.site.engine);
        let forget = async |who: &Visitor, office: &str| {
            let place = format!("/api/v1/worklist/phrases/1?office={office}");
            world.call("DELETE", who, &place, Value::Null).await.status
        };
        assert_eq!(forget(&world.decide, &office).await, 403, "{}", world.site.engine);
        assert_eq!((forget(&world.decide, "").await, forget(&world.decide, "").await), (204, 404));
    }
}

#[tokio::test]
async fn earlier_cases_of_the_applicant_with_this_authority_stand_on_the_page() {
    for world in worlds().await {
        let (before, now) = (world.filed().await, world.filed().await);
        let shown = world.desk(&world.accept, now).await;
        assert!(shown.contains("申请人在本单位的其他办件"), "{}", world.site.engine);
        assert!(shown.contains(&format!("/desk/cases/{before}\"")), "{}", world.site.engine);
    }
}
