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
            assert_eq!(read.status, 409, "{}: {}", world.site.engine, read.body);
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
