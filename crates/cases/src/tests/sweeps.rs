//! What follows by itself once a day is past: once, by certain days only, whoever sweeps and however often.

use catalogue::{
    ItemDocument,
    model::{TimeLimit, TimeUnit},
};
use kernel::Moment;
use serde_json::json;
use time::macros::datetime;

use super::world::{World, worlds};
use crate::{CaseId, import_calendar, service};

const NOTICE_2027: &str = include_str!("notice-2027.csv");

/// One round of the sweeper.
async fn sweep(world: &World) {
    let ctx = world.site.app.system("cases.clocks");
    service::sweeps::clocks(&world.site.app, &ctx)
        .await
        .unwrap_or_else(|error| panic!("{}: {error}", world.site.engine));
}

/// An answer to a correction notice is due within ten working days.
fn ten_days(document: &mut ItemDocument) {
    document.correction_limit = Some(TimeLimit { n: 10, unit: TimeUnit::WorkingDay });
}

/// A case that was sent back once, today.
async fn sent_back(world: &World) -> CaseId {
    let id = world.filed().await;
    let faults = json!([{"about": "layout", "what": "请标出洗消水池"}]);
    world.act(&world.accept, id, json!({"act": "ask_correction", "faults": faults})).await;
    id
}

/// A case that was approved and delivered today.
async fn delivered(world: &World, way: &str) -> CaseId {
    let id = world.for_decision().await;
    world.act(&world.decide, id, json!({"act": "approve", "opinion": "同意"})).await;
    world.act(&world.issue, id, json!({"act": "issue", "documents": []})).await;
    world.act(&world.issue, id, json!({"act": "deliver", "way": way})).await;
    id
}

#[tokio::test]
async fn an_application_that_nobody_answers_is_accepted_by_law_after_five_working_days() {
    for world in worlds().await {
        let id = world.filed().await;
        world.site.clock.hours(24 * 7);
        sweep(&world).await;
        assert_eq!(world.stage(id).await, "filed", "Monday 9 March is the last of the five days");
        world.site.clock.hours(24);
        sweep(&world).await;
        assert_eq!(world.stage(id).await, "accepted", "{}", world.site.engine);
        world.settle().await;
        let told = world.call("GET", &world.applicant, &format!("/api/v1/cases/{id}/timeline"), json!(null)).await;
        assert!(told.body.contains("视为受理"), "{}", told.body);
        let entry = journal::find(&world.site.app.db, &service::subject(id), 2).await.unwrap().unwrap();
        assert!(entry.body.contains("2026-03-02"), "accepted on the day of the materials: {}", entry.body);
    }
}

#[tokio::test]
async fn a_notice_that_is_not_answered_within_the_time_of_the_item_lapses_and_the_applicant_is_told() {
    for world in worlds().await {
        let unlimited = sent_back(&world).await;
        world.revise(ten_days).await;
        let id = sent_back(&world).await;
        world.site.clock.hours(24 * 14);
        sweep(&world).await;
        assert_eq!(world.stage(id).await, "correction_asked", "Monday 16 March is the last of the ten days");
        world.site.clock.hours(24);
        sweep(&world).await;
        assert_eq!(world.stage(id).await, "lapsed", "{}", world.site.engine);
        assert_eq!(world.stage(unlimited).await, "correction_asked", "filed under a list that sets no time");
        let entry = journal::find(&world.site.app.db, &service::subject(id), 3).await.unwrap().unwrap();
        assert_eq!((entry.kind.as_str(), entry.actor.as_str()), ("cases.lapsed", "system:cases.clocks"));
        world.settle().await;
        let (row, _) =
            crate::paper_content(&world.ctx(&world.applicant), &world.site.app, id, 3).await.expect("a paper");
        assert_eq!(row.title, "逾期未补正终止办理告知书");
        let supply = world.try_act(&world.applicant, id, json!({"act": "supply"})).await;
        assert!(supply.status == 409 && supply.body.contains("逾期未补正"), "{}", supply.body);
    }
}

#[tokio::test]
async fn an_answer_on_the_last_day_is_in_time_however_the_sweeper_races() {
    for world in worlds().await {
        world.revise(ten_days).await;
        let id = sent_back(&world).await;
        world.site.clock.hours(24 * 14);
        world.upload(&world.applicant, &format!("/api/v1/cases/{id}"), "layout").await;
        let answer = world.try_act(&world.applicant, id, json!({"act": "supply"}));
        let ((), answer) = tokio::join!(sweep(&world), answer);
        assert_eq!(answer.status, 200, "{}", answer.body);
        world.site.clock.hours(24);
        sweep(&world).await;
        assert_eq!(world.stage(id).await, "resupplied", "{}", world.site.engine);
    }
}

#[tokio::test]
async fn a_delivered_case_closes_on_the_next_day_unless_it_was_delivered_by_public_notice() {
    for world in worlds().await {
        let (id, by_notice) = (delivered(&world, "window").await, delivered(&world, "public_notice").await);
        sweep(&world).await;
        assert_eq!(world.stage(id).await, "delivered", "the day of delivery belongs to the desk");
        world.site.clock.hours(24);
        sweep(&world).await;
        assert_eq!(world.stage(id).await, "closed", "{}", world.site.engine);
        assert_eq!(world.stage(by_notice).await, "delivered");
        let head = service::load(&world.site.app, id).await.unwrap().head;
        let entry = journal::find(&world.site.app.db, &service::subject(id), head.version).await.unwrap().unwrap();
        assert_eq!((entry.kind.as_str(), entry.actor.as_str()), ("cases.closed", "system:cases.clocks"));
    }
}

#[tokio::test]
async fn nothing_follows_on_a_provisional_day_until_the_notice_of_holidays_makes_it_certain() {
    for world in worlds().await {
        world.revise(ten_days).await;
        let at = |moment: time::OffsetDateTime| world.site.clock.set(Moment::from(moment));
        at(datetime!(2026-12-28 12:00 +8));
        let (unanswered, asked) = (world.filed().await, sent_back(&world).await);
        at(datetime!(2027-03-01 12:00 +8));
        sweep(&world).await;
        assert_eq!(world.stage(unanswered).await, "filed", "{}", world.site.engine);
        assert_eq!(world.stage(asked).await, "correction_asked");
        let system = world.site.app.system("operator");
        import_calendar(&system, &world.site.app, NOTICE_2027.as_bytes()).await.unwrap();
        sweep(&world).await;
        assert_eq!(world.stage(unanswered).await, "accepted", "{}", world.site.engine);
        assert_eq!(world.stage(asked).await, "lapsed");
    }
}

#[tokio::test]
async fn two_nodes_at_once_and_a_sweeper_that_starts_again_do_each_act_once() {
    for world in worlds().await {
        let mut ids = Vec::new();
        for _ in 0..6 {
            ids.push(world.filed().await);
        }
        world.site.clock.hours(24 * 8);
        tokio::join!(sweep(&world), sweep(&world));
        sweep(&world).await;
        for id in ids {
            let history = journal::history(&world.site.app.db, &service::subject(id)).await.unwrap();
            let kinds: Vec<_> = history.iter().map(|it| it.kind.as_str()).collect();
            assert_eq!(kinds, ["cases.filed", "cases.deemed_accepted"], "{}", world.site.engine);
        }
    }
}
