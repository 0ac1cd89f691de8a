//! What is written down when officers look at applicants' data, when the desk asks what for, and in whose stead a stand-in acts.

use identity::{Purpose, look_told};
use kernel::{Actor, Holder, Id, Person};
use serde_json::json;

use super::world::{World, person, worlds, worlds_for_persons};
use crate::{CaseId, act, case};

fn whose(world: &World) -> Id<Person> {
    let Holder::Person(id) = world.holder else { panic!("an item for persons") };
    id
}

async fn number(world: &World, id: CaseId) -> String {
    case(&world.ctx(&world.applicant), &world.site.app, id).await.expect("a case").summary.number
}

#[tokio::test]
async fn handling_a_case_is_a_purpose_and_ones_own_look_is_none() {
    for world in worlds_for_persons().await {
        let id = world.filed().await;
        let (app, number, applicant) = (&world.site.app, number(&world, id).await, whose(&world));
        let told = async |who| look_told(&world.ctx(who), app, applicant, &number).await.expect("an answer");
        assert_eq!(told(&world.review).await, None, "{}", world.site.engine);
        assert_eq!(world.site.get(&world.review, &format!("/desk/cases/{id}")).await.status, 200);
        assert_eq!(told(&world.review).await, Some(Purpose::Handling), "{}", world.site.engine);
        assert_eq!(told(&world.decide).await, None, "{}: one officer's look is not another's", world.site.engine);
    }
}

#[tokio::test]
async fn of_a_case_that_is_over_the_desk_asks_what_for_before_it_shows_anything_of_the_applicant() {
    for world in worlds_for_persons().await {
        let id = world.filed().await;
        let files = world.site.get(&world.review, &format!("/desk/cases/{id}")).await.body;
        let file = files.split("/materials/").nth(1).and_then(|it| it.split('"').next()).map(str::to_owned);
        world.act(&world.applicant, id, json!({"act": "withdraw", "reason": "不办了"})).await;
        let page = format!("/desk/cases/{id}");
        let shown = world.site.get(&world.decide, &page).await.body;
        assert!(shown.contains("请说明查看的目的") && !shown.contains("陈志远"), "{}: {shown}", world.site.engine);
        if let Some(file) = &file {
            let read = world.site.get(&world.decide, &format!("/cases/{id}/materials/{file}")).await;
            let asks = format!("{page}?then=%2Fcases%2F{id}%2Fmaterials%2F{file}");
            assert_eq!((read.status, read.location.as_str()), (303, asks.as_str()), "{}", world.site.engine);
        }
        for (purpose, words, told) in
            [("", "", "请选择查看的目的"), ("handling", "", "请选择查看的目的"), ("other", "", "请写明查看的目的")]
        {
            let answer = world
                .site
                .post(&world.decide, &format!("{page}/look"), &[("purpose", purpose), ("words", words)])
                .await;
            assert_eq!(answer.status, 422, "{}: {purpose}", world.site.engine);
            assert!(answer.body.contains(told), "{}: {purpose}: {}", world.site.engine, answer.body);
        }
        let told = [("purpose", "complaint"), ("words", "12345 转来的投诉")];
        assert_eq!(world.site.post(&world.decide, &format!("{page}/look"), &told).await.status, 303);
        let shown = world.site.get(&world.decide, &page).await.body;
        assert!(shown.contains("陈志远") && !shown.contains("请说明查看的目的"), "{}", world.site.engine);
        let applicant = world.site.post(&world.applicant, &format!("{page}/look"), &told).await;
        assert_eq!(applicant.status, 403, "{}", world.site.engine);
        // Who handled it today is not asked again today.
        assert!(world.site.get(&world.review, &page).await.body.contains("陈志远"), "{}", world.site.engine);
        world.site.clock.hours(24);
        assert!(world.site.get(&world.decide, &page).await.body.contains("请说明查看的目的"), "{}", world.site.engine);
    }
}

#[tokio::test]
async fn a_paper_of_a_case_that_is_over_is_opened_once_it_is_told_what_for() {
    for world in worlds_for_persons().await {
        let id = world.filed().await;
        world.act(&world.applicant, id, json!({"act": "withdraw", "reason": "不办了"})).await;
        world.settle().await;
        let case = world.call("GET", &world.applicant, &format!("/api/v1/cases/{id}"), json!(null)).await.json();
        let number = case["papers"].as_array().and_then(|it| it.last()).expect("a notice")["number"].clone();
        let file = format!("/cases/{id}/papers/{number}/pdf");
        assert_eq!(world.site.get(&world.applicant, &file).await.status, 200, "{}", world.site.engine);
        for place in [file.clone(), format!("/cases/{id}/papers/{number}")] {
            let asked = world.site.get(&world.decide, &place).await;
            assert_eq!(asked.status, 303, "{}: {}", world.site.engine, asked.body);
            let page = world.site.get(&world.decide, &asked.location).await.body;
            assert!(page.contains(&format!("name=\"then\" value=\"{place}\"")), "{}: {page}", world.site.engine);
        }
        let tell = async |then: &str| {
            let fields = [("purpose", "archive"), ("words", ""), ("then", then)];
            world.site.post(&world.decide, &format!("/desk/cases/{id}/look"), &fields).await.location
        };
        for elsewhere in ["https://evil.example/", "//evil.example", "/me", "/cases/../me"] {
            assert_eq!(tell(elsewhere).await, format!("/desk/cases/{id}"), "{}: {elsewhere}", world.site.engine);
        }
        assert_eq!(tell(&file).await, file, "{}", world.site.engine);
        assert_eq!(world.site.get(&world.decide, &file).await.status, 200, "{}", world.site.engine);
    }
}

#[tokio::test]
async fn a_program_too_tells_what_for_an_officer_looks_at_a_case_that_is_over() {
    for world in worlds_for_persons().await {
        let id = world.filed().await;
        let place = format!("/api/v1/cases/{id}");
        let read = async |who, path: &str| world.call("GET", who, path, json!(null)).await;
        assert_eq!(read(&world.decide, &place).await.status, 200, "{}: handling needs no word", world.site.engine);
        world.act(&world.applicant, id, json!({"act": "withdraw", "reason": "不办了"})).await;
        world.site.clock.hours(24);
        for path in [place.clone(), format!("{place}/timeline"), format!("{place}/papers/1")] {
            let refused = read(&world.decide, &path).await;
            assert_eq!(refused.status, 409, "{}: {path}: {}", world.site.engine, refused.body);
            assert!(refused.body.contains("looks") && !refused.body.contains("陈志远"), "{}: {path}", refused.body);
        }
        assert_eq!(read(&world.applicant, &place).await.status, 200, "{}: one's own", world.site.engine);
        let tell = async |who, told| world.call("POST", who, &format!("{place}/looks"), told).await.status;
        assert_eq!(tell(&world.applicant, json!({"purpose": "complaint"})).await, 403, "{}", world.site.engine);
        for wrong in ["", "handling", "interface", "other"] {
            assert_eq!(tell(&world.decide, json!({ "purpose": wrong })).await, 422, "{}: {wrong}", world.site.engine);
        }
        let told = json!({"purpose": "other", "words": "统计核对"});
        assert_eq!(tell(&world.decide, told).await, 204, "{}", world.site.engine);
        assert_eq!(read(&world.decide, &place).await.status, 200, "{}", world.site.engine);
    }
}

#[tokio::test]
async fn what_a_stand_in_does_stands_in_the_record_as_done_in_the_others_stead() {
    for world in worlds().await {
        let id = world.filed().await;
        let principal = person(&world.site, "李强").await;
        let ctx = world.ctx(&world.accept);
        let mut actor = Actor::clone(&ctx.actor);
        actor.grants.iter_mut().for_each(|it| it.stands_for = Some(principal));
        let ctx = ctx.as_actor(actor);
        let input = crate::ActInput { act: "accept".to_owned(), ..crate::ActInput::default() };
        act(&ctx, &world.site.app, id, world.version(id).await, &input).await.expect("accepted");
        let line = crate::timeline(&world.ctx(&world.review), &world.site.app, id)
            .await
            .expect("a timeline")
            .pop()
            .expect("a line");
        assert_eq!(line.who, "王窗口代李强（受理岗）", "{}", world.site.engine);
        let told = crate::timeline(&world.ctx(&world.applicant), &world.site.app, id).await.expect("a timeline").pop();
        assert!(!told.expect("a line").who.contains("李强"), "{}: the applicant reads the post", world.site.engine);
    }
}
