//! What follows later: its day is told before one files, it is reminded of in time and once, and nobody is reminded of what is there.

use serde_json::json;

use super::world::{World, worlds};
use crate::{CaseId, service};

/// One round of reminders.
async fn remind(world: &World) {
    let ctx = world.site.app.system("cases.owed");
    service::owing::remind(&world.site.app, &ctx)
        .await
        .unwrap_or_else(|error| panic!("{}: {error}", world.site.engine));
}

/// What the applicant was reminded of, the first first.
async fn reminded(world: &World) -> Vec<String> {
    let page = world.call("GET", &world.applicant, "/api/v1/notices", json!(null)).await.json();
    let all = page["items"].as_array().expect("items").iter().rev();
    all.filter_map(|it| it["title"].as_str()).filter(|it| it.contains("容缺")).map(str::to_owned).collect()
}

/// A case accepted on Monday 2 March 2026 whose appointment of a manager is owed: by Monday 16 March, ten working days later.
async fn owing(world: &World) -> CaseId {
    // A reader begins with what comes after it first ran.
    world.settle().await;
    let body = json!({"item": world.item.to_string(), "values": world.values()});
    let draft = world.call("POST", &world.applicant, "/api/v1/drafts", body).await.json();
    let id = draft["id"].as_str().expect("an id").to_owned();
    for it in draft["materials"].as_array().expect("materials") {
        if it["required"] == true && it["from_form"] == false && it["may_follow"] == false {
            world.upload(&world.applicant, &format!("/api/v1/drafts/{id}"), it["key"].as_str().expect("a key")).await;
        }
    }
    let page = world.site.get(&world.applicant, &format!("/drafts/{id}/check")).await.body;
    // Accepted on the last of five days, Monday 9 March, it would be due on Monday 23 March.
    assert!(page.contains("受理后 10 个工作日内补交，最晚不超过 2026年3月23日"), "{page}");
    assert!(page.contains("承诺按期补交容缺的材料"), "{page}");
    let filed = world.call("POST", &world.applicant, "/api/v1/cases", json!({"draft": id})).await;
    assert_eq!(filed.status, 201, "{}: {}", world.site.engine, filed.body);
    let id: CaseId = id.parse().expect("an id");
    world.act(&world.accept, id, json!({"act": "accept", "owed": ["manager"]})).await;
    world.settle().await;
    id
}

#[tokio::test]
async fn who_owes_something_is_reminded_five_days_and_a_day_before_on_the_day_and_once_after_it() {
    for world in worlds().await {
        let id = owing(&world).await;
        let own = world.site.get(&world.applicant, &format!("/cases/{id}")).await.body;
        assert!(own.contains("请您在2026年3月16日前补交"), "{own}");
        let desk = async || world.site.get(&world.review, &format!("/desk/cases/{id}")).await.body;
        assert!(desk().await.contains("2026年3月16日前补交"), "{}", world.site.engine);
        let days = [
            (0, None),
            (7, Some("容缺材料快到期")),
            (6, Some("容缺材料还剩一个工作日")),
            (1, Some("容缺材料今天到期")),
            (1, Some("容缺材料逾期未交")),
            (1, None),
        ];
        let mut expected = Vec::new();
        for (later, title) in days {
            world.site.clock.hours(24 * later);
            expected.extend(title.map(str::to_owned));
            tokio::join!(remind(&world), remind(&world));
            remind(&world).await;
            assert_eq!(reminded(&world).await, expected, "{}: {later} days later", world.site.engine);
        }
        assert!(desk().await.contains("应当在2026年3月16日前补交，已经逾期"), "{}", world.site.engine);
    }
}

#[tokio::test]
async fn nobody_is_reminded_of_what_was_supplied() {
    for world in worlds().await {
        let id = owing(&world).await;
        world.upload(&world.applicant, &format!("/api/v1/cases/{id}"), "manager").await;
        world.act(&world.applicant, id, json!({"act": "supply_owed"})).await;
        world.settle().await;
        for later in [7, 6, 1, 1] {
            world.site.clock.hours(24 * later);
            remind(&world).await;
        }
        assert!(reminded(&world).await.is_empty(), "{}", world.site.engine);
    }
}
