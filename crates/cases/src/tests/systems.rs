//! Systems of departments: what they pull and send back, and what the applicant reads of it.

use identity::{Purpose, look_told};
use kernel::{Holder, Permission};
use serde_json::{Value, json};
use testkit::{Answer, Visitor};

use super::{
    record,
    world::{PDF, World, worlds, worlds_for_persons},
};
use crate::{CaseId, SYSTEM_ACT, SYSTEM_CONTENT, SYSTEM_PULL, case, timeline};

pub(super) const ALL: [Permission; 3] = [SYSTEM_PULL, SYSTEM_CONTENT, SYSTEM_ACT];

/// A system of the world's office, really registered, with these permissions.
pub(super) async fn system(world: &World, may: &[Permission]) -> Visitor {
    let grants: Vec<_> = may.iter().map(|it| (*it, Some(world.authority))).collect();
    let visitor = world.site.machine("食品许可审批系统", &grants);
    identity::testing::seat(&world.site.app, &world.ctx(&visitor)).await.expect("a seat");
    visitor
}

/// A step with these headers.
pub(super) async fn sent(
    world: &World,
    (who, id): (&Visitor, CaseId),
    (key, version): (&str, &str),
    step: &Value,
) -> Answer {
    let bearer = format!("Bearer {}", who.token().expect("a token"));
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", key),
        ("if-match", version),
    ];
    let path = format!("/api/v1/systems/cases/{id}/steps");
    world.site.send_with(("POST", &path), &headers, step.to_string().into_bytes()).await
}

pub(super) fn by(name: &str, number: &str, mut step: Value) -> Value {
    step["operator"] = json!({"name": name, "number": number});
    step
}

/// A step at the case's present version, which must be carried out.
pub(super) async fn step(world: &World, (who, id): (&Visitor, CaseId), key: &str, step: Value) {
    let version = format!("\"{}\"", world.version(id).await);
    let answer = sent(world, (who, id), (key, &version), &step).await;
    assert_eq!(answer.status, 200, "{} {key}: {}", world.site.engine, answer.body);
}

#[tokio::test]
async fn a_case_handled_in_the_departments_own_system_goes_the_same_way_and_both_sides_read_who_did_it() {
    for world in worlds().await {
        let (system, id) = (system(&world, &ALL).await, world.filed().await);
        let of = (&system, id);
        let (zhang, li) = (|it| by("张接件", "A01", it), |it| by("李决定", "B02", it));
        step(&world, of, "1", zhang(json!({"act": "receive"}))).await;
        step(&world, of, "2", zhang(json!({"act": "accept"}))).await;
        step(&world, of, "3", zhang(json!({"act": "start_review"}))).await;
        step(&world, of, "4", zhang(json!({"act": "recommend", "favour": true, "opinion": "现场符合要求"}))).await;
        let path = format!("/api/v1/systems/cases/{id}/files?name=%E8%AE%B8%E5%8F%AF%E8%AF%81.pdf");
        let file = world.site.send(&system, ("POST", &path), "application/octet-stream", PDF.to_vec()).await;
        assert_eq!(file.status, 201, "{}: {}", world.site.engine, file.body);
        let number = file.json()["number"].as_i64().expect("a number");
        let early = world.site.get(&world.applicant, &format!("/cases/{id}/materials/{number}")).await;
        assert_eq!(early.status, 404, "{}: no result before the decision", world.site.engine);
        step(&world, of, "5", li(json!({"act": "approve"}))).await;
        step(&world, of, "6", li(json!({"act": "issue", "documents": ["JY23416020012345"]}))).await;
        step(&world, of, "7", li(json!({"act": "deliver", "way": "electronic"}))).await;
        assert_eq!(world.stage(id).await, "delivered", "{}", world.site.engine);
        let told = |lines: Vec<crate::TimelineEntry>| lines.into_iter().map(|it| it.who).collect::<Vec<_>>();
        let app = &world.site.app;
        let own = told(timeline(&world.ctx(&world.applicant), app, id).await.expect("a timeline"));
        let how = "由业务系统“食品许可审批系统”办理，承办人张接件";
        assert_eq!(own[2], format!("谯城区市场监督管理局（试验） 受理岗，{how}"), "{}: {own:?}", world.site.engine);
        assert!(!own.concat().contains("A01"), "{}: a work number is the office's matter", world.site.engine);
        let desk = told(timeline(&world.ctx(&world.review), app, id).await.expect("a timeline"));
        assert_eq!(desk[2], format!("受理岗，{how}（工号 A01）"), "{}: {desk:?}", world.site.engine);
        assert!(desk[5].contains("李决定（工号 B02）"), "{}: {desk:?}", world.site.engine);
        let page = world.site.get(&world.applicant, &format!("/cases/{id}")).await.body;
        assert!(page.contains("结果附件") && page.contains("许可证.pdf"), "{}: {page}", world.site.engine);
        let read = world.site.get(&world.applicant, &format!("/cases/{id}/materials/{number}")).await;
        assert_eq!((read.status, read.bytes.as_slice()), (200, PDF), "{}", world.site.engine);
        world.settle().await;
        record::verify(&world).await.unwrap_or_else(|broken| panic!("{}: {broken}", world.site.engine));
        let papers = case(&world.ctx(&world.applicant), app, id).await.expect("a case").papers;
        assert!(papers.iter().all(|it| !it.document_number.is_empty()), "{}: {papers:?}", world.site.engine);
    }
}

#[tokio::test]
async fn a_step_sent_twice_is_done_once_and_another_under_the_same_key_is_refused() {
    for world in worlds().await {
        let (system, id) = (system(&world, &ALL).await, world.filed().await);
        let of = (&system, id);
        let accept = by("张三", "A01", json!({"act": "accept"}));
        let bad = [
            (("", "\"1\""), accept.clone(), 422, "Idempotency-Key"),
            (("a b", "\"1\""), accept.clone(), 422, "Idempotency-Key"),
            (("k", ""), accept.clone(), 422, "If-Match"),
            (("k", "\"1\""), json!({"act": "accept"}), 422, "operator.name"),
            (("k", "\"1\""), by("张三", "", json!({"act": "accept"})), 422, "operator.number"),
            (("k", "\"1\""), by("张三", "A01", json!({"act": "withdraw"})), 422, "业务系统不能办理"),
            (("k", "\"1\""), by("张三", "A01", json!({"act": "supply"})), 422, "业务系统不能办理"),
            (("k", "\"7\""), accept.clone(), 409, "已被他人处理"),
            (("k", "\"1\""), by("张三", "A01", json!({"act": "issue"})), 409, "不能"),
        ];
        for (head, body, status, words) in bad {
            let answer = sent(&world, of, head, &body).await;
            assert_eq!(answer.status, status, "{} {body}: {}", world.site.engine, answer.body);
            assert!(answer.body.contains(words), "{}: {words}: {}", world.site.engine, answer.body);
            assert_eq!(answer.kind, "application/problem+json", "{}", world.site.engine);
        }
        let first = sent(&world, of, ("k-1", "\"1\""), &accept).await;
        assert_eq!(first.status, 200, "{}: {}", world.site.engine, first.body);
        let again = sent(&world, of, ("k-1", "\"1\""), &accept).await;
        assert_eq!((again.status, &again.body), (200, &first.body), "{}", world.site.engine);
        assert_eq!(world.version(id).await, 3, "{}: received and accepted, once", world.site.engine);
        let other = sent(&world, of, ("k-1", "\"3\""), &by("张三", "A01", json!({"act": "start_review"}))).await;
        assert_eq!(other.status, 422, "{}: {}", world.site.engine, other.body);
        assert!(other.body.contains("另一项操作"), "{}: {}", world.site.engine, other.body);
        // Both at once: one is done, both are told the same.
        let review = by("张三", "A01", json!({"act": "start_review"}));
        let (one, two) =
            tokio::join!(sent(&world, of, ("k-2", "\"3\""), &review), sent(&world, of, ("k-2", "\"3\""), &review));
        assert_eq!((one.status, two.status), (200, 200), "{}: {} {}", world.site.engine, one.body, two.body);
        assert_eq!((one.body, world.version(id).await), (two.body, 4), "{}", world.site.engine);
    }
}

#[tokio::test]
async fn a_system_sees_the_cases_of_its_items_and_what_people_wrote_only_with_the_scope() {
    for world in worlds_for_persons().await {
        let id = world.accepted().await;
        world.settle().await;
        let whole = format!("/api/v1/systems/cases/{id}");
        let (full, thin) = (system(&world, &ALL).await, system(&world, &[SYSTEM_PULL]).await);
        let elsewhere = world.site.machine("别的系统", &[(SYSTEM_PULL, Some(world.site.app.system("test").new_id()))]);
        let other_item = system(&world, &ALL).await;
        world.site.bind(&other_item, world.site.app.system("test").new_id());
        for (who, what) in [(&elsewhere, "another office"), (&other_item, "another item")] {
            assert_eq!(world.site.get(who, &whole).await.status, 404, "{}: {what}", world.site.engine);
            let list = world.site.get(who, "/api/v1/systems/cases").await.json();
            assert_eq!(list["items"], json!([]), "{}: {what}", world.site.engine);
        }
        for who in [&world.accept, &world.applicant, &world.site.anonymous()] {
            let status = world.site.get(who, &whole).await.status;
            assert!(matches!(status, 401 | 403), "{}: {status}", world.site.engine);
        }
        let shown = world.site.get(&thin, &whole).await;
        assert_eq!((shown.status, &shown.json()["content"]), (200, &Value::Null), "{}", world.site.engine);
        assert!(
            !shown.body.contains("陈志远") && !shown.body.contains("3416021990"),
            "{}: {}",
            world.site.engine,
            shown.body
        );
        assert_eq!(world.site.get(&thin, &format!("{whole}/files/1")).await.status, 403, "{}", world.site.engine);
        let refused = sent(&world, (&thin, id), ("k", "\"2\""), &by("张三", "1", json!({"act": "start_review"}))).await;
        assert_eq!(refused.status, 403, "{}", world.site.engine);
        let shown = world.site.get(&full, &whole).await.json();
        assert_eq!(shown["content"]["applicant"], "陈志远", "{}: {shown}", world.site.engine);
        assert!(shown["acts"].as_array().expect("acts").iter().any(|it| it["act"] == "start_review"), "{shown}");
        let number = case(&world.ctx(&world.applicant), &world.site.app, id).await.expect("a case").summary.number;
        let Holder::Person(applicant) = world.holder else { panic!("an item for persons") };
        let told = async |who: &Visitor| {
            look_told(&world.ctx(who), &world.site.app, applicant, &number).await.expect("an answer")
        };
        assert_eq!(told(&full).await, Some(Purpose::Handling), "{}: the person reads it", world.site.engine);
        assert_eq!(told(&thin).await, None, "{}: it saw nothing of the person", world.site.engine);
    }
}

#[tokio::test]
async fn a_system_that_keeps_its_place_misses_no_case_and_gets_each_once_a_change() {
    for world in worlds().await {
        let system = system(&world, &ALL).await;
        let one = world.filed().await;
        world.settle().await;
        let two = world.accepted().await;
        world.settle().await;
        let asked = async |after: &str, more: &str| {
            let path = format!("/api/v1/systems/cases?after={after}{more}");
            let answer = world.site.get(&system, &path).await;
            assert_eq!(answer.status, 200, "{}: {}", world.site.engine, answer.body);
            let page = answer.json();
            let ids = page["items"].as_array().expect("items").iter();
            let ids: Vec<String> = ids.map(|it| it["id"].as_str().expect("an id").to_owned()).collect();
            (ids, page["next"].as_str().expect("a place").to_owned(), page["more"] == true)
        };
        let (ids, place, _) = asked("", "").await;
        assert_eq!(ids, [two.to_string()], "{}: accepted ones", world.site.engine);
        let (ids, half, more) = asked("", "&all=true&limit=1").await;
        assert_eq!((ids, more), (vec![one.to_string()], true), "{}", world.site.engine);
        assert_eq!(asked(&half, "&all=true").await.0, [two.to_string()], "{}", world.site.engine);
        let (ids, same, _) = asked(&place, "").await;
        assert_eq!((ids.len(), &same), (0, &place), "{}: nothing new, and the place is kept", world.site.engine);
        world.act(&world.accept, one, json!({"act": "accept"})).await;
        world.settle().await;
        world.act(&world.review, two, json!({"act": "start_review"})).await;
        world.act(&world.review, two, json!({"act": "recommend", "favour": true, "opinion": "同意"})).await;
        world.settle().await;
        let (ids, last, _) = asked(&place, "").await;
        assert_eq!(ids, [one.to_string(), two.to_string()], "{}", world.site.engine);
        assert_eq!(asked(&last, "").await.0.len(), 0, "{}", world.site.engine);
        for wrong in ["x", "1~2~", "-"] {
            let answer = world.site.get(&system, &format!("/api/v1/systems/cases?after={wrong}")).await;
            assert!(matches!(answer.status, 200 | 404), "{}: {wrong}: {}", world.site.engine, answer.status);
        }
    }
}

#[tokio::test]
async fn who_accepted_over_there_does_not_decide_where_hands_are_apart() {
    for world in worlds().await {
        world.revise(|it| it.separate_hands = true).await;
        let (system, id) = (system(&world, &ALL).await, world.filed().await);
        let of = (&system, id);
        step(&world, of, "1", by("张三", "A01", json!({"act": "accept"}))).await;
        step(&world, of, "2", by("李四", "A02", json!({"act": "start_review"}))).await;
        step(&world, of, "3", by("李四", "A02", json!({"act": "recommend", "favour": true, "opinion": "好"}))).await;
        for number in ["A01", "A02"] {
            let decide = by("随便叫什么", number, json!({"act": "approve"}));
            let answer = sent(&world, of, (&format!("no-{number}"), "\"5\""), &decide).await;
            assert_eq!(answer.status, 409, "{} {number}: {}", world.site.engine, answer.body);
            assert!(answer.body.contains("审批分离"), "{}: {}", world.site.engine, answer.body);
        }
        step(&world, of, "4", by("王五", "A03", json!({"act": "approve"}))).await;
    }
}

#[tokio::test]
async fn a_file_is_read_in_parts_and_what_lies_in_an_officers_hands_waits() {
    for world in worlds().await {
        let (system, id) = (system(&world, &ALL).await, world.accepted().await);
        let shown = world.site.get(&system, &format!("/api/v1/systems/cases/{id}")).await.json();
        let materials = shown["content"]["materials"].as_array().expect("materials").clone();
        let number = materials.iter().find_map(|it| it["files"][0]["number"].as_i64()).expect("a file");
        let bearer = format!("Bearer {}", system.token().expect("a token"));
        let path = format!("/api/v1/systems/cases/{id}/files/{number}");
        let part = async |range: &str| {
            let headers = [("authorization", bearer.as_str()), ("range", range)];
            world.site.send_with(("GET", &path), &headers, Vec::new()).await
        };
        assert_eq!(part("bytes=900-").await.status, 416, "{}", world.site.engine);
        let first = part("bytes=0-3").await;
        assert_eq!((first.status, first.bytes.as_slice()), (206, &PDF[..4]), "{}", world.site.engine);
        let rest = part("bytes=4-").await;
        assert_eq!((rest.status, rest.bytes.as_slice()), (206, &PDF[4..]), "{}", world.site.engine);
        let claimed = world.call("POST", &world.review, &format!("/api/v1/cases/{id}/claim"), json!({})).await;
        assert_eq!(claimed.status, 200, "{}", claimed.body);
        let review = by("张三", "A01", json!({"act": "start_review"}));
        let held = sent(&world, (&system, id), ("k", "\"3\""), &review).await;
        assert_eq!(held.status, 409, "{}: {}", world.site.engine, held.body);
        assert!(held.body.contains("手上"), "{}: {}", world.site.engine, held.body);
    }
}
