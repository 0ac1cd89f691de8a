//! Opinions of other offices: asked, seen by those alone who are asked, answered in time or late, reminded of, never shown to the applicant.

use identity::AuthorityFacts;
use kernel::{Authority, Id};
use serde_json::{Value, json};
use testkit::Visitor;

use super::world::{PDF, World, credit_code, officer, worlds};
use crate::{ADVISE, CaseId, DECIDE, REVIEW, SEE};

const QUESTION: &str = "厨房与<住宅>相邻，疏散通道是否符合要求？";

struct Office {
    id: Id<Authority>,
    adviser: Visitor,
}

impl World {
    /// Another office with somebody who answers for it.
    async fn office(&self, serial: u32, name: &str) -> Office {
        let facts = AuthorityFacts {
            name: name.to_owned(),
            short_name: name.chars().skip(3).take(4).collect(),
            uscc: credit_code(&format!("1134160200300{serial:03}")),
            division: "341602".to_owned(),
            phone: "0558-5550200".to_owned(),
            address: "试验大道 2 号".to_owned(),
            hours: "工作日 9:00—17:00".to_owned(),
        };
        let system = self.site.app.system("test");
        let id = identity::create_authority(&system, &self.site.app.db, &facts).await.expect("an authority");
        let adviser = officer(&self.site, "周消防", &[ADVISE], id).await;
        let person = adviser.person.expect("a person");
        let post = identity::NewPost::from_today(person, "advise", Some(id));
        identity::grant_post(&system, &self.site.app, &post).await.expect("a post");
        Office { id, adviser }
    }

    async fn ask(&self, who: &Visitor, id: CaseId, (office, due, files): (&str, &str, &[i64])) -> testkit::Answer {
        let new = json!({"office": office, "due": due, "question": QUESTION, "files": files});
        self.call("POST", who, &format!("/api/v1/cases/{id}/opinions"), new).await
    }

    /// The only question that waits for this adviser.
    async fn only(&self, who: &Visitor) -> String {
        let list = self.call("GET", who, "/api/v1/opinions", Value::Null).await;
        let items = list.json()["items"].as_array().expect("a list").clone();
        assert_eq!(items.len(), 1, "{}: {}", self.site.engine, list.body);
        items[0]["id"].as_str().expect("an id").to_owned()
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_question_is_told_at_its_field_and_only_who_handles_the_case_asks() {
    for world in worlds().await {
        let engine = world.site.engine;
        let office = world.office(11, "谯城区消防救援大队（试验）").await;
        let early = world.filed().await;
        let answer = world.ask(&world.review, early, ("谯城区消防救援大队（试验）", "2026-03-09", &[])).await;
        assert!(answer.status == 409 && answer.body.contains("还没有受理"), "{engine}: {}", answer.body);
        let id = world.accepted().await;
        for (office, due, files, field) in [
            ("", "2026-03-09", &[][..], "office"),
            ("没有这个单位", "2026-03-09", &[], "office"),
            ("谯城区", "2026-03-09", &[], "office"),
            ("谯城区消防救援大队（试验）", "明天", &[], "due"),
            ("谯城区消防救援大队（试验）", "2026-03-02", &[], "due"),
            ("谯城区消防救援大队（试验）", "2026-12-31", &[], "due"),
            ("谯城区消防救援大队（试验）", "2026-03-09", &[999], "files"),
        ] {
            let answer = world.ask(&world.review, id, (office, due, files)).await;
            assert!(answer.status == 422 && answer.body.contains(field), "{engine} {office} {due}: {}", answer.body);
        }
        for who in [&world.accept, &world.issue, &world.applicant, &office.adviser] {
            let answer = world.ask(who, id, ("谯城区消防救援大队（试验）", "2026-03-09", &[])).await;
            assert!(matches!(answer.status, 403 | 404), "{engine}: {} {}", answer.status, answer.body);
        }
        let empty = [("office", "谯城区消防救援大队（试验）"), ("due", "2026-03-09"), ("question", " ")];
        let answer = world.site.post(&world.review, &format!("/desk/cases/{id}/opinions"), &empty).await;
        assert!(answer.status == 422 && answer.body.contains("请写明要征求意见的问题"), "{engine}: {}", answer.body);
        assert!(answer.body.contains(r#"value="谯城区消防救援大队（试验）""#), "{engine}: what was typed is kept");
        assert_eq!(
            world.call("GET", &office.adviser, "/api/v1/opinions", Value::Null).await.json()["items"],
            json!([])
        );
        assert!(office.id != world.authority);
    }
}

#[tokio::test]
async fn who_is_asked_sees_the_question_and_the_chosen_files_and_nobody_else_does() {
    for world in worlds().await {
        let engine = world.site.engine;
        let office = world.office(11, "谯城区消防救援大队（试验）").await;
        let other = world.office(12, "谯城区文化旅游体育局（试验）").await;
        let id = world.accepted().await;
        let case = world.call("GET", &world.review, &format!("/api/v1/cases/{id}"), Value::Null).await.json();
        let all = case["materials"].as_array().expect("materials");
        let numbers: Vec<i64> = all.iter().filter_map(|it| it["files"][0]["number"].as_i64()).collect();
        let (shown, kept) = (numbers[0], numbers[1]);
        let before = case["clocks"].clone();
        let asked = world.ask(&world.review, id, ("谯城区消防救援大队（试验）", "2026-03-09", &[shown])).await;
        assert_eq!(asked.status, 201, "{engine}: {}", asked.body);
        let after = world.call("GET", &world.review, &format!("/api/v1/cases/{id}"), Value::Null).await.json();
        assert_eq!(after["clocks"], before, "{engine}: no clock stops");

        let opinion = world.only(&office.adviser).await;
        let page = world.page(&office.adviser, &format!("/desk/opinions/{opinion}")).await;
        assert!(page.contains("厨房与&#60;住宅&#62;相邻") && !page.contains("陈志远"), "{engine}: {page}");
        assert!(!page.contains(case["number"].as_str().expect("a number")), "{engine}: {page}");
        let path = |number: i64| format!("/desk/opinions/{opinion}/files/{number}");
        let file = world.site.get(&office.adviser, &path(shown)).await;
        assert_eq!((file.status, file.bytes.as_ref()), (200, PDF), "{engine}");
        assert_eq!(world.site.get(&office.adviser, &path(kept)).await.status, 404, "{engine}: not chosen");
        for place in [format!("/desk/cases/{id}"), format!("/api/v1/cases/{id}")] {
            assert!(matches!(world.site.get(&office.adviser, &place).await.status, 403 | 404), "{engine}: {place}");
        }
        assert_eq!(world.site.get(&other.adviser, &format!("/desk/opinions/{opinion}")).await.status, 404, "{engine}");
        assert_eq!(world.site.get(&other.adviser, &path(shown)).await.status, 404, "{engine}");
        assert_eq!(world.site.get(&world.review, &format!("/desk/opinions/{opinion}")).await.status, 403, "{engine}");
        let mine = [world.site.get(&world.applicant, &format!("/desk/opinions/{opinion}")).await.status];
        assert_eq!(mine, [403], "{engine}");

        let empty = world.site.post(&office.adviser, &format!("/desk/opinions/{opinion}"), &[("answer", " ")]).await;
        assert!(empty.status == 422 && empty.body.contains("请写明答复意见"), "{engine}: {}", empty.body);
        let said = [("answer", "通道<不足>一米一")];
        let done = world.site.post(&office.adviser, &format!("/desk/opinions/{opinion}"), &said).await;
        assert_eq!(done.status, 303, "{engine}: {}", done.body);
        let again = json!({"answer": "再说一次"});
        let twice = world.call("POST", &office.adviser, &format!("/api/v1/opinions/{opinion}/answer"), again).await;
        assert!(twice.status == 409 && twice.body.contains("已经答复"), "{engine}: {}", twice.body);

        let desk = world.page(&world.decide, &format!("/desk/cases/{id}")).await;
        assert!(desk.contains("通道&#60;不足&#62;一米一") && desk.contains("已按时答复"), "{engine}: {desk}");
        assert!(desk.contains("周消防（谯城区消防救援大队（试验））"), "{engine}: in the officers' timeline: {desk}");
        for path in [format!("/cases/{id}"), format!("/api/v1/cases/{id}"), format!("/api/v1/cases/{id}/timeline")] {
            let own = world.site.get(&world.applicant, &path).await.body;
            assert!(!own.contains("消防") && !own.contains("征求"), "{engine} {path}: {own}");
        }
        let list = world.call("GET", &world.applicant, &format!("/api/v1/cases/{id}/opinions"), Value::Null).await;
        assert_eq!(list.status, 403, "{engine}: {}", list.body);
        let rows =
            world.site.app.db.query(crate::store::opinions::OPINION_ROWS, storage::args!["", 10_i64]).await.unwrap();
        assert!(!rows[0].string("state").unwrap().contains("通道"), "{engine}: words lie sealed");
        assert!(world.verified().await, "{engine}");
    }
}

#[tokio::test]
async fn a_late_answer_is_shown_late_a_reminder_goes_once_before_and_once_after_and_a_question_is_taken_back() {
    for world in worlds().await {
        let engine = world.site.engine;
        let office = world.office(11, "谯城区消防救援大队（试验）").await;
        let second = officer(&world.site, "吴审核", &[SEE, REVIEW, DECIDE], world.authority).await;
        let id = world.accepted().await;
        let asked = world.ask(&world.review, id, ("谯城区消防救援大队（试验）", "2026-03-04", &[])).await;
        assert_eq!(asked.status, 201, "{engine}: {}", asked.body);
        let opinion = world.only(&office.adviser).await;
        let reminded = async || {
            let system = world.site.app.system("test");
            crate::service::opinions::remind(&world.site.app, &system).await.expect("reminded");
            let all = storage::args!["2099-12-31", "", "", 10_i64];
            let rows = world.site.app.db.query(crate::store::opinions::REMINDERS_DUE, all).await.unwrap();
            // Who was reminded twice is not reminded again.
            rows.first().map_or(2, |row| row.int("reminded").unwrap())
        };
        // The day is Monday 2 March: two working days are left, then one, then none.
        assert_eq!(reminded().await, 0, "{engine}");
        let later = |days: i64| world.site.clock.set(world.site.app.clock.now().plus_seconds(days * 24 * 3_600));
        later(1);
        assert_eq!((reminded().await, reminded().await), (1, 1), "{engine}");
        later(2);
        assert_eq!((reminded().await, reminded().await), (2, 2), "{engine}");
        let page = world.page(&office.adviser, "/desk/opinions").await;
        assert!(page.contains("逾期未答复"), "{engine}: {page}");
        let said = json!({"answer": "没有意见"});
        let done = world.call("POST", &office.adviser, &format!("/api/v1/opinions/{opinion}/answer"), said).await;
        assert_eq!(done.status, 204, "{engine}: {}", done.body);
        let desk = world.page(&world.decide, &format!("/desk/cases/{id}")).await;
        assert!(desk.contains("已逾期答复") && desk.contains("答复征求意见（逾期）"), "{engine}: {desk}");
        assert!(world.page(&office.adviser, "/desk/opinions?show=done").await.contains("已逾期答复"), "{engine}");

        let asked = world.ask(&second, id, ("谯城区消防救援大队（试验）", "2026-03-20", &[])).await;
        assert_eq!(asked.status, 201, "{engine}: {}", asked.body);
        let open = world.only(&office.adviser).await;
        let path = format!("/desk/cases/{id}/opinions/2/withdraw");
        assert_eq!(world.site.post(&world.review, &path, &[]).await.status, 303, "{engine}");
        assert_eq!(world.site.get(&office.adviser, &format!("/desk/opinions/{open}")).await.status, 404, "{engine}");
        let gone = world.call("DELETE", &world.review, &format!("/api/v1/cases/{id}/opinions/1"), Value::Null).await;
        assert_eq!(gone.status, 409, "{engine}: what was answered stays: {}", gone.body);
        assert!(world.verified().await, "{engine}");
    }
}

#[tokio::test]
async fn questions_that_were_taken_back_end_no_list_before_its_end() {
    for world in worlds().await {
        let engine = world.site.engine;
        let name = "谯城区消防救援大队（试验）";
        let office = world.office(11, name).await;
        let id = world.accepted().await;
        // In the order of their days: answered, four taken back, answered.
        for (number, day, answered) in
            [(1, 4, true), (2, 5, false), (3, 6, false), (4, 9, false), (5, 10, false), (6, 11, true)]
        {
            let asked = world.ask(&world.review, id, (name, &format!("2026-03-{day:02}"), &[])).await;
            assert_eq!(asked.status, 201, "{engine} {number}: {}", asked.body);
            let opinion = world.only(&office.adviser).await;
            let done = if answered {
                let said = json!({"answer": format!("第 {number} 次答复")});
                world.call("POST", &office.adviser, &format!("/api/v1/opinions/{opinion}/answer"), said).await
            } else {
                let place = format!("/api/v1/cases/{id}/opinions/{number}");
                world.call("DELETE", &world.review, &place, Value::Null).await
            };
            assert_eq!(done.status, 204, "{engine} {number}: {}", done.body);
        }
        for limit in [1, 2, 3, 5, 6, 50] {
            let (mut seen, mut after) = (Vec::new(), String::new());
            loop {
                let place = format!("/api/v1/opinions?done=true&limit={limit}&after={after}");
                let page = world.call("GET", &office.adviser, &place, Value::Null).await.json();
                let rows = page["items"].as_array().expect("a list");
                assert!(!rows.is_empty() || page["next"].is_null(), "{engine} {limit}: an empty page leads nowhere");
                seen.extend(rows.iter().map(|it| it["due"].as_str().expect("a day").to_owned()));
                let Some(next) = page["next"].as_str() else { break };
                after = next.to_owned();
            }
            assert_eq!(seen, ["2026年3月4日", "2026年3月11日"], "{engine} {limit}");
        }
    }
}
