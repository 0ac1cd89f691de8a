//! Never asked twice: what counts still is taken in by one click, for the same applicant alone, and the officer sees where it comes from.

use kernel::Holder;
use serde_json::{Value, json};
use testkit::Visitor;

use super::world::{PDF, World, credit_code, worlds};

/// For so many days what was handed in counts here.
const DAYS: i64 = 30;

/// A world whose item lets a layout be used again, and in which the applicant handed one in.
async fn handed_in(world: &World) -> String {
    world
        .revise(|it| {
            let layout = it.materials.iter_mut().find(|it| it.key == "layout").expect("the layout");
            layout.reuse_days = Some(u32::try_from(DAYS).expect("small"));
        })
        .await;
    world.filed().await.to_string()
}

async fn draft(world: &World, who: &Visitor) -> Value {
    let body = json!({"item": world.item.to_string(), "values": world.values()});
    let made = world.call("POST", who, "/api/v1/drafts", body).await;
    assert_eq!(made.status, 201, "{}: {}", world.site.engine, made.body);
    made.json()
}

fn id(it: &Value) -> &str {
    it["id"].as_str().expect("an id")
}

fn material(it: &Value) -> &Value {
    let all = it["materials"].as_array().expect("materials");
    all.iter().find(|it| it["key"] == "layout").expect("the layout")
}

async fn reuse(world: &World, who: &Visitor, draft: &str, case: &str) -> testkit::Answer {
    let path = format!("/api/v1/drafts/{draft}/materials/layout/reuse");
    world.call("POST", who, &path, json!({"case": case})).await
}

async fn blobs(world: &World) -> usize {
    world.site.app.blobs.list("", 10_000).await.expect("a list").len()
}

#[tokio::test]
async fn nothing_is_offered_that_is_another_applicants_over_or_found_wrong() {
    for world in worlds().await {
        let case = handed_in(&world).await;
        let firm = identity::NewEnterprise {
            uscc: credit_code("9134160200300001"),
            name: "谯城区远志商贸有限公司（试验）".to_owned(),
            representative: world.applicant.person,
            address: String::new(),
        };
        let system = world.site.app.system("test");
        let firm = identity::create_enterprise(&system, &world.site.app.db, &firm).await.expect("a firm");
        let person = world.applicant.person.expect("a person");
        let other = world.site.visitor(person, "陈志远", &[], Some(Holder::Enterprise(firm)));
        let theirs = draft(&world, &other).await;
        assert!(material(&theirs)["earlier_offer"].is_null(), "{}: {theirs}", world.site.engine);
        let taken = reuse(&world, &other, id(&theirs), &case).await;
        assert!(taken.status == 409 && taken.body.contains("不能直接用"), "{}: {}", world.site.engine, taken.body);

        let own = draft(&world, &world.applicant).await;
        assert_eq!(material(&own)["earlier_offer"]["case"], case.as_str(), "{}: {own}", world.site.engine);
        let number = {
            let seen = world.call("GET", &world.applicant, &format!("/api/v1/cases/{case}"), json!(null)).await.json();
            material(&seen)["files"][0]["number"].to_string()
        };
        let mark = json!({"kind": "mark", "about": number, "verdict": "bad", "text": "看不清"});
        let marked = world.call("POST", &world.accept, &format!("/api/v1/cases/{case}/notes"), mark).await;
        assert_eq!(marked.status, 201, "{}: {}", world.site.engine, marked.body);
        let path = format!("/api/v1/drafts/{}", id(&own));
        let now = world.call("GET", &world.applicant, &path, json!(null)).await.json();
        assert!(material(&now)["earlier_offer"].is_null(), "{}: {now}", world.site.engine);
        assert_eq!(reuse(&world, &world.applicant, id(&own), &case).await.status, 409, "{}", world.site.engine);
    }
}

#[tokio::test]
async fn it_counts_through_its_last_day_and_not_on_the_next() {
    for world in worlds().await {
        handed_in(&world).await;
        for (hours, offered) in [(24 * DAYS, true), (24, false)] {
            world.site.clock.hours(hours);
            let own = draft(&world, &world.applicant).await;
            assert_eq!(material(&own)["earlier_offer"].is_null(), !offered, "{}: {own}", world.site.engine);
        }
    }
}

#[tokio::test]
async fn by_one_click_it_is_there_stored_once_and_stays_where_it_came_from() {
    for world in worlds().await {
        let case = handed_in(&world).await;
        let before = blobs(&world).await;
        let own = draft(&world, &world.applicant).await;
        let page = world.site.get(&world.applicant, &format!("/drafts/{}/materials", id(&own))).await.body;
        assert!(page.contains("您以前交过这份材料") && page.contains("用这一份"), "{page}");
        let form = [("case", case.as_str())];
        let path = format!("/drafts/{}/reuse/layout", id(&own));
        assert_eq!(world.site.post(&world.applicant, &path, &form).await.status, 303, "{}", world.site.engine);
        let page = world.site.get(&world.applicant, &format!("/drafts/{}/materials", id(&own))).await.body;
        assert!(page.contains("已有，无需再交"), "{page}");
        assert_eq!(blobs(&world).await, before, "{}: nothing was copied", world.site.engine);
        let file = world.site.get(&world.applicant, &format!("/drafts/{}/files/1", id(&own))).await;
        assert_eq!((file.status, file.bytes.as_slice()), (200, PDF), "{}: {}", world.site.engine, file.body);
        let gone = world.call("DELETE", &world.applicant, &format!("/api/v1/drafts/{}", id(&own)), json!(null)).await;
        assert_eq!((gone.status, blobs(&world).await), (204, before), "{}: {}", world.site.engine, gone.body);
        let there = world.call("GET", &world.applicant, &format!("/api/v1/cases/{case}/files/1"), json!(null)).await;
        assert_eq!((there.status, there.bytes.as_slice()), (200, PDF), "{}", world.site.engine);
    }
}

#[tokio::test]
async fn the_officer_sees_where_it_comes_from_and_how_far_it_is_to_be_trusted() {
    for world in worlds().await {
        let case = handed_in(&world).await;
        let seen = world.call("GET", &world.accept, &format!("/api/v1/cases/{case}"), json!(null)).await.json();
        let number = material(&seen)["files"][0]["number"].to_string();
        let own = draft(&world, &world.applicant).await;
        assert_eq!(reuse(&world, &world.applicant, id(&own), &case).await.status, 200, "{}", world.site.engine);
        for it in own["materials"].as_array().expect("materials") {
            let key = it["key"].as_str().expect("a key");
            if it["required"] == true && it["from_form"] == false && key != "layout" {
                world.upload(&world.applicant, &format!("/api/v1/drafts/{}", id(&own)), key).await;
            }
        }
        let filed = world.call("POST", &world.applicant, "/api/v1/cases", json!({"draft": id(&own)})).await;
        assert_eq!(filed.status, 201, "{}: it counts as handed in: {}", world.site.engine, filed.body);
        let path = format!("/desk/cases/{}", id(&own));
        for (mark, trust) in [("", "可信等级 D"), ("original", "可信等级 B")] {
            if !mark.is_empty() {
                let mark = json!({"kind": "mark", "about": number, "verdict": mark});
                let marked = world.call("POST", &world.accept, &format!("/api/v1/cases/{case}/notes"), mark).await;
                assert_eq!(marked.status, 201, "{}: {}", world.site.engine, marked.body);
            }
            let page = world.site.get(&world.accept, &path).await.body;
            assert!(page.contains("提交过，这次直接使用") && page.contains(trust), "{mark}: {page}");
        }
        // What was used again is no source of its own: its time does not begin anew.
        world.site.clock.hours(24 * (DAYS + 1));
        let later = draft(&world, &world.applicant).await;
        assert!(material(&later)["earlier_offer"].is_null(), "{}: {later}", world.site.engine);
    }
}
