//! Who has a case in hand: claimed, put back, handed over; away and stood in for; lists and their counts.

use kernel::{Actor, Ctx, PageAsk};
use serde_json::{Value, json};
use testkit::Visitor;

use super::world::{World, officer, person, worlds};
use crate::{
    ACCEPT, ASSIGN, CaseFilter, CaseId, DECIDE, REVIEW, SEE, Whose, act, assign_case, claim_case, release_case,
    service::{absences, worklist::worklist_counts},
    worklist,
};

impl World {
    async fn claim(&self, who: &Visitor, id: CaseId, over: bool) -> testkit::Answer {
        self.call("POST", who, &format!("/api/v1/cases/{id}/claim"), json!({ "over": over })).await
    }

    /// The ids of a list of somebody's.
    async fn list(&self, ctx: &Ctx, whose: Whose) -> Vec<String> {
        let filter = CaseFilter { whose, ..CaseFilter::default() };
        let found = worklist(ctx, &self.site.app, &filter, &PageAsk::default()).await.expect("a list");
        found.items.into_iter().map(|it| it.id).collect()
    }
}

/// A second officer who accepts.
async fn colleague(world: &World) -> Visitor {
    officer(&world.site, "赵窗口", &[SEE, ACCEPT], world.authority).await
}

#[tokio::test]
async fn a_case_is_claimed_by_whoever_holds_its_present_post_and_by_nobody_else() {
    for world in worlds().await {
        let id = world.filed().await;
        for (who, status) in [(&world.review, 403), (&world.applicant, 403), (&world.accept, 200), (&world.accept, 200)]
        {
            let answer = world.claim(who, id, false).await;
            assert_eq!(answer.status, status, "{} {:?}: {}", world.site.engine, who.person, answer.body);
        }
        let stranger = officer(&world.site, "别处", &[SEE, ACCEPT], world.site.app.system("test").new_id()).await;
        assert_eq!(world.claim(&stranger, id, true).await.status, 404, "{}", world.site.engine);
    }
}

#[tokio::test]
async fn what_a_colleague_has_in_hand_is_open_to_read_and_taken_over_before_it_is_acted_on() {
    for world in worlds().await {
        let (id, other) = (world.filed().await, colleague(&world).await);
        assert_eq!(world.claim(&world.accept, id, false).await.status, 200);
        let page = world.site.get(&other, &format!("/desk/cases/{id}")).await.body;
        assert!(page.contains("王窗口正在办这件") && page.contains("接手"), "{}: {page}", world.site.engine);
        assert!(!page.contains(r#"name="act" value="accept""#), "{}: no form that would be refused", world.site.engine);
        let refused = world.try_act(&other, id, json!({"act": "accept"})).await;
        assert!(refused.status == 409 && refused.body.contains("在王窗口手上"), "{}", refused.body);
        let second = world.claim(&other, id, false).await;
        assert!(second.status == 409 && second.body.contains("已由王窗口认领"), "{}", second.body);
        assert_eq!(world.claim(&other, id, true).await.status, 200, "{}: taken over", world.site.engine);
        world.act(&other, id, json!({"act": "accept"})).await;
    }
}

#[tokio::test]
async fn a_claim_makes_no_act_stale_and_an_act_no_claim_of_the_same_post() {
    for world in worlds().await {
        let id = world.filed().await;
        let shown = world.version(id).await;
        assert_eq!(world.claim(&world.accept, id, false).await.status, 200);
        let body = json!({"act": "receive", "version": shown});
        let acted = world.call("POST", &world.accept, &format!("/api/v1/cases/{id}/acts"), body).await;
        assert_eq!(acted.status, 200, "{}: the form of before the claim holds: {}", world.site.engine, acted.body);
        let row = crate::service::load(&world.site.app, id).await.expect("a case");
        assert_eq!(row.claimed_by, world.accept.person, "{}: received, and still in the same hands", world.site.engine);
    }
}

#[tokio::test]
async fn with_its_next_post_a_case_is_free_and_returned_it_is_back_with_whoever_had_it() {
    for world in worlds().await {
        let id = world.accepted().await;
        assert_eq!(world.claim(&world.review, id, false).await.status, 200);
        let hands = async || crate::service::load(&world.site.app, id).await.expect("a case").claimed_by;
        world.act(&world.review, id, json!({"act": "start_review"})).await;
        world.act(&world.review, id, json!({"act": "recommend", "favour": true, "opinion": "符合"})).await;
        assert_eq!(hands().await, None, "{}: nobody has it at the next post", world.site.engine);
        assert_eq!(world.claim(&world.decide, id, false).await.status, 200);
        world.act(&world.decide, id, json!({"act": "return", "reason": "请再核"})).await;
        assert_eq!(hands().await, world.review.person, "{}: back with who had it", world.site.engine);
        let told = world.call("GET", &world.applicant, &format!("/api/v1/cases/{id}"), Value::Null).await;
        assert!(!told.body.contains("李审核"), "{}: the applicant reads no officer's name", world.site.engine);
        let verified = world.verified().await;
        assert!(verified, "{}: rows and record agree", world.site.engine);
    }
}

impl World {
    pub(super) async fn verified(&self) -> bool {
        let snapshot = self.site.app.db.snapshot().await.expect("a snapshot");
        let replays: Vec<_> = super::world::AREAS.iter().flat_map(|it| (it.replays)()).collect();
        let replays: Vec<_> = replays.iter().map(AsRef::as_ref).collect();
        journal::verify(&snapshot, &[], &replays).await.expect("the engine reads").is_ok()
    }
}

#[tokio::test]
async fn cases_are_handed_out_by_who_may_and_only_to_officers_of_the_post() {
    for world in worlds().await {
        let (id, app) = (world.filed().await, &world.site.app);
        let head = officer(&world.site, "周科长", &[SEE, ASSIGN], world.authority).await;
        let system = app.system("test");
        // The post of the register, by which colleagues are found; the worlds' officers have made-up ones.
        let clerk = person(&world.site, "郑窗口").await;
        let post = identity::NewPost::from_today(clerk, "accept", Some(world.authority));
        identity::grant_post(&system, app, &post).await.expect("a post");
        let reviewer = world.review.person.expect("a person");
        let error = assign_case(&world.ctx(&head), app, id, reviewer).await.expect_err("not of the post");
        assert!(error.message().contains("本岗位"), "{}: {error:?}", world.site.engine);
        let error = assign_case(&world.ctx(&world.accept), app, id, clerk).await.expect_err("has it not in hand");
        assert!(matches!(error, kernel::Error::Forbidden { .. }), "{}: {error:?}", world.site.engine);
        let took = assign_case(&world.ctx(&head), app, id, clerk).await.expect("handed over");
        assert_eq!(took.name, "郑窗口");
        let page = world.site.get(&head, &format!("/desk/cases/{id}/assign")).await.body;
        assert!(page.contains("郑窗口（现在由其办理）"), "{}: {page}", world.site.engine);
        let error = release_case(&world.ctx(&world.accept), app, id).await.expect_err("a colleague's");
        assert!(matches!(error, kernel::Error::Forbidden { .. }), "{}: {error:?}", world.site.engine);
        release_case(&world.ctx(&head), app, id).await.expect("put back by who hands out");
        release_case(&world.ctx(&head), app, id).await.expect_err("nobody has it any more");
        assert!(world.verified().await, "{}", world.site.engine);
    }
}

#[tokio::test]
async fn lists_are_ones_own_the_groups_and_all_and_their_counts_stop_at_ninety_nine() {
    for world in worlds().await {
        let (own, theirs, free) = (world.filed().await, world.filed().await, world.filed().await);
        let (me, other) = (world.ctx(&world.accept), colleague(&world).await);
        claim_case(&me, &world.site.app, own, false).await.expect("claimed");
        claim_case(&world.ctx(&other), &world.site.app, theirs, false).await.expect("claimed");
        assert_eq!(world.list(&me, Whose::Mine).await, [own.to_string()], "{}", world.site.engine);
        assert_eq!(world.list(&me, Whose::Group).await, [free.to_string()], "{}", world.site.engine);
        assert_eq!(world.list(&me, Whose::All).await.len(), 3, "{}", world.site.engine);
        let of = Whose::Of(other.person.expect("a person"));
        assert_eq!(world.list(&me, of).await, [theirs.to_string()], "{}", world.site.engine);
        let counts = worklist_counts(&me, &world.site.app).await.expect("counts");
        assert_eq!((counts.mine.as_str(), counts.group.as_str(), counts.all.as_str()), ("1", "1", "3"));
        let page = world.site.get(&world.accept, "/desk?whose=mine").await.body;
        assert!(page.contains("本组待领") && page.contains("王窗口"), "{}: {page}", world.site.engine);
    }
}

#[tokio::test]
async fn what_an_absent_officer_has_in_hand_shows_to_the_group_and_to_nobody_before_or_after() {
    for world in worlds().await {
        let (id, other) = (world.filed().await, colleague(&world).await);
        let (app, colleague) = (&world.site.app, world.ctx(&other));
        claim_case(&world.ctx(&world.accept), app, id, false).await.expect("claimed");
        let wrong = [("starts", "2026-03-05"), ("ends", "2026-03-02")];
        assert_eq!(world.site.post(&world.accept, "/desk/absence", &wrong).await.status, 422, "{}", world.site.engine);
        let today = colleague.now.legal_date();
        let tomorrow = today.next_day().expect("a day");
        let seen = async || world.list(&world.ctx(&other), Whose::Group).await.len();
        assert_eq!(seen().await, 0, "{}", world.site.engine);
        for (days, shown) in [(Some((tomorrow, tomorrow)), 0), (Some((today, tomorrow)), 1), (None, 0)] {
            absences::set_absence(&world.ctx(&world.accept), app, days).await.expect("told");
            assert_eq!(seen().await, shown, "{} {days:?}", world.site.engine);
        }
    }
}

#[tokio::test]
async fn who_stands_in_has_the_others_cases_in_hand_and_acts_without_taking_them_over() {
    for world in worlds().await {
        let (id, app) = (world.filed().await, &world.site.app);
        claim_case(&world.ctx(&world.accept), app, id, false).await.expect("claimed");
        let other = colleague(&world).await;
        let mut actor = Actor::clone(&world.ctx(&other).actor);
        actor.grants.iter_mut().for_each(|it| it.stands_for = world.accept.person);
        let stand_in = world.ctx(&other).as_actor(actor);
        assert_eq!(world.list(&stand_in, Whose::Mine).await, [id.to_string()], "{}", world.site.engine);
        let input = crate::ActInput { act: "accept".to_owned(), ..crate::ActInput::default() };
        act(&stand_in, app, id, world.version(id).await, &input).await.expect("accepted");
    }
}

#[tokio::test]
async fn a_window_may_record_a_withdrawal_though_a_reviewer_has_the_case_in_hand() {
    for world in worlds().await {
        let id = world.accepted().await;
        assert_eq!(world.claim(&world.review, id, false).await.status, 200);
        world.act(&world.accept, id, json!({"act": "withdraw", "reason": "不开店了"})).await;
    }
}

#[tokio::test]
async fn two_who_claim_at_once_do_not_both_have_it() {
    for world in worlds().await {
        let (id, other) = (world.filed().await, colleague(&world).await);
        let (app, first, second) = (&world.site.app, world.ctx(&world.accept), world.ctx(&other));
        let both = futures(claim_case(&first, app, id, false), claim_case(&second, app, id, false)).await;
        let done = usize::from(both.0.is_ok()) + usize::from(both.1.is_ok());
        assert_eq!(done, 1, "{}: {both:?}", world.site.engine);
        assert!(world.verified().await, "{}", world.site.engine);
    }
}

async fn futures<A, B>(one: impl Future<Output = A>, other: impl Future<Output = B>) -> (A, B) {
    tokio::join!(one, other)
}

#[tokio::test]
async fn lists_are_kept_under_a_name_twenty_of_them_and_only_ones_own_are_forgotten() {
    for world in worlds().await {
        let keep = async |name: &str, asked: &str| {
            let answer = world
                .call("POST", &world.accept, "/api/v1/worklist/views", json!({ "name": name, "asked": asked }))
                .await;
            answer.status
        };
        for (name, asked, status) in [
            ("", "whose=mine", 422),
            ("名字长得二十个字都放不下所以不收的一个视图名", "", 422),
            ("换行", "whose=mine\r\nX: y", 422),
            ("我的", "whose=mine&within=3", 201),
            ("我的", "", 422),
        ] {
            assert_eq!(keep(name, asked).await, status, "{} {name}", world.site.engine);
        }
        let page = world.site.get(&world.accept, "/desk?whose=mine&within=3").await.body;
        assert!(page.contains("我的视图") && page.contains("/desk?whose=mine&#38;within=3"), "{page}");
        for n in 2..=20 {
            assert_eq!(keep(&format!("第{n}个"), "").await, 201, "{}", world.site.engine);
        }
        assert_eq!(keep("第 21 个", "").await, 409, "{}", world.site.engine);
        let forget = async |who| world.call("DELETE", who, "/api/v1/worklist/views/1", Value::Null).await.status;
        assert_eq!(forget(&world.review).await, 404, "{}", world.site.engine);
        assert_eq!((forget(&world.accept).await, forget(&world.accept).await), (204, 404), "{}", world.site.engine);
    }
}

#[tokio::test]
async fn ticked_cases_are_claimed_together_and_each_that_is_not_is_told_with_its_reason() {
    for world in worlds().await {
        let (one, two, theirs) = (world.filed().await, world.filed().await, world.filed().await);
        let other = officer(&world.site, "孙审批", &[SEE, ACCEPT, REVIEW, DECIDE], world.authority).await;
        assert_eq!(world.claim(&other, theirs, false).await.status, 200);
        let ids = [one, two, theirs].map(|it| it.to_string());
        let fields: Vec<_> = ids.iter().map(|it| ("case", it.as_str())).chain([("back", "whose=group")]).collect();
        let answer = world.site.post(&world.accept, "/desk/claims", &fields).await;
        assert_eq!((answer.status, answer.location.as_str()), (303, "/desk?whose=group"), "{}", world.site.engine);
        let mine = world.list(&world.ctx(&world.accept), Whose::Mine).await;
        assert_eq!(mine.len(), 2, "{}: {mine:?}", world.site.engine);
        let elsewhere = world.site.post(&world.accept, "/desk/claims", &[("back", "\r\nLocation: x")]).await;
        assert_eq!(elsewhere.location, "/desk", "{}", world.site.engine);
    }
}
