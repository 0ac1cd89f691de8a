//! What somebody who acts for another may do with the other's cases, and what is seen of it.

use identity::{NewMandate, accept, acting, end, offer};
use kernel::{Holder, Id, Item, Mandate, MandateRow};
use serde_json::json;
use standards::tables::RealNameLevel;
use testkit::Visitor;
use time::Duration;

use super::world::{World, person, worlds_for_persons};
use crate::CaseId;

/// Somebody charged by the applicant with these items (all if there are none), and the right by which.
async fn charged(world: &World, items: Vec<Id<Item>>) -> (Visitor, Id<MandateRow>) {
    let app = &world.site.app;
    let son = person(&world.site, "张强").await;
    let own = world.site.visitor(son, "张强", &[], None);
    let card =
        identity::person_card(&world.ctx(&own), app, son, (identity::Purpose::Handling, &identity::Look::default()))
            .await
            .expect("a card");
    let ends = Some(app.clock.now().legal_date() + Duration::days(30));
    let new = NewMandate { name: card.name, mobile: card.mobile, items: items.clone(), ends, ..NewMandate::default() };
    let id = offer(&world.ctx(&world.applicant), app, world.holder, &new).await.expect("an offer");
    accept(&world.ctx(&own), app, id).await.expect("accepted");
    let held = acting(&app.db, son, app.clock.now().legal_date()).await.expect("mandates");
    assert_eq!((held[0].id, held[0].principal, &held[0].items), (id, world.holder, &items));
    (world.site.acting(son, "张强", world.holder, Mandate { row: id, items, matter: None, looks_only: false }), id)
}

async fn files(world: &World, who: &Visitor, key: &str) -> testkit::Answer {
    let body = json!({ "item": world.item.to_string(), "values": world.values(), "incomplete": true, "key": key });
    let answer = world.call("POST", who, "/api/v1/cases", body).await;
    assert!(answer.status < 500, "{}: {}", world.site.engine, answer.body);
    answer
}

#[tokio::test]
async fn who_is_charged_with_an_item_files_it_and_the_principal_reads_by_whom() {
    for world in worlds_for_persons().await {
        let (son, mandate) = charged(&world, vec![world.item]).await;
        let filed = files(&world, &son, "a").await;
        assert_eq!(filed.status, 201, "{}: {}", world.site.engine, filed.body);
        let id: CaseId = filed.json()["id"].as_str().expect("an id").parse().expect("an id");
        let (app, mother) = (&world.site.app, world.ctx(&world.applicant));
        let line = crate::timeline(&mother, app, id).await.expect("a timeline").remove(0);
        assert_eq!(line.who, "申请人，由张强代办", "{}", world.site.engine);
        for who in [&world.applicant, &son] {
            let list = world.site.get(who, "/api/v1/cases").await;
            assert_eq!(list.json()["items"][0]["id"], id.to_string(), "{}: {}", world.site.engine, list.body);
            assert_eq!(world.site.get(who, &format!("/cases/{id}")).await.status, 200, "{}", world.site.engine);
        }
        end(&mother, app, mandate).await.expect("ended");
        let after = files(&world, &son, "b").await;
        assert_eq!(after.status, 409, "{}: whose page was open when it ended: {}", world.site.engine, after.body);
        assert!(after.body.contains("终止"), "{}: {}", world.site.engine, after.body);
    }
}

#[tokio::test]
async fn who_acts_for_another_signs_in_the_own_name_or_the_principals_and_in_nobody_elses() {
    for world in worlds_for_persons().await {
        world
            .revise(|it| {
                let form = it.form.as_mut().expect("a form");
                form.schema["properties"]["sign"] =
                    json!({"type": "string", "title": "申请人签名", "format": "signature"});
                form.layout[0].fields.push("sign".to_owned());
            })
            .await;
        let (son, _) = charged(&world, vec![world.item]).await;
        for (name, status) in [("王五", 422), ("张强", 201), ("陈志远", 201)] {
            let mut values = world.values();
            values["sign"] = name.into();
            let body = json!({ "item": world.item.to_string(), "values": values, "incomplete": true, "key": name });
            let answer = world.call("POST", &son, "/api/v1/cases", body).await;
            assert_eq!(answer.status, status, "{} {name}: {}", world.site.engine, answer.body);
        }
    }
}

#[tokio::test]
async fn from_the_page_of_a_case_somebody_is_charged_with_it() {
    for world in worlds_for_persons().await {
        let engine = world.site.engine;
        let id = world.filed().await;
        let page = world.site.get(&world.applicant, &format!("/cases/{id}")).await.body;
        assert!(page.contains(&format!("/cases/{id}/charge")), "{engine}: {page}");
        let ask = world.site.get(&world.applicant, &format!("/cases/{id}/charge")).await.body;
        let link = format!("/me/mandates/new?items={}&amp;ends=2026-", world.item);
        assert!(ask.contains(&link), "{engine}: the whole item may be meant: {ask}");
        let path = format!("/me/mandates/new?items={}&ends=2026-08-29", world.item);
        let form = world.site.get(&world.applicant, &path).await.body;
        assert!(form.contains(&world.item.to_string()) && form.contains("2026-08-29"), "{engine}: {form}");
        let (son, _) = charged(&world, vec![world.item]).await;
        let seen = world.site.get(&son, &format!("/cases/{id}")).await;
        assert!(seen.status == 200 && !seen.body.contains("请别人替我办"), "{engine}: no third: {}", seen.body);
    }
}

#[tokio::test]
async fn who_is_charged_with_another_item_neither_files_nor_reads() {
    for world in worlds_for_persons().await {
        let id = world.filed().await;
        let (son, _) = charged(&world, vec![world.ctx(&world.applicant).new_id()]).await;
        let draft = world.call("POST", &son, "/api/v1/drafts", json!({ "item": world.item.to_string() })).await;
        let case = format!("/cases/{id}");
        let rows = [
            ("filing at once", files(&world, &son, "a").await),
            ("beginning a draft", draft),
            ("the page of applying", world.site.get(&son, &format!("/items/{}/apply", world.item)).await),
            ("the case", world.site.get(&son, &case).await),
            ("withdrawing it", world.try_act(&son, id, json!({ "act": "withdraw", "reason": "不办了" })).await),
        ];
        for (words, answer) in rows {
            assert_eq!(answer.status, 409, "{}: {words}: {}", world.site.engine, answer.body);
            assert!(answer.body.contains("不在您的代办范围内"), "{}: {words}: {}", world.site.engine, answer.body);
        }
        let list = world.site.get(&son, "/api/v1/cases").await.json();
        assert_eq!(list["items"].as_array().map(Vec::len), Some(0), "{}: {list}", world.site.engine);
        let stranger = world.site.person("王某", &[]);
        assert_eq!(world.site.get(&stranger, &case).await.status, 404, "{}: a stranger", world.site.engine);
    }
}

#[tokio::test]
async fn a_draft_begun_for_another_is_closed_to_who_acts_for_that_one_no_more() {
    for world in worlds_for_persons().await {
        let (son, _) = charged(&world, vec![]).await;
        let draft = world.call("POST", &son, "/api/v1/drafts", json!({ "item": world.item.to_string() })).await;
        let id = draft.json()["id"].as_str().expect("an id").to_owned();
        let himself = world.site.visitor(son.person.expect("a person"), "张强", &[], None);
        for (who, status) in [(&son, 200), (&himself, 409), (&world.applicant, 404)] {
            let page = world.site.get(who, &format!("/drafts/{id}")).await;
            assert_eq!(page.status, status, "{}: {}", world.site.engine, page.body);
        }
        let filed = world.call("POST", &himself, "/api/v1/cases", json!({ "draft": id })).await;
        assert_eq!(filed.status, 409, "{}: {}", world.site.engine, filed.body);
        let gone = world.site.post(&son, &format!("/drafts/{id}/discard"), &[]).await;
        assert_eq!(gone.status, 303, "{}: {}", world.site.engine, gone.body);
        for act in ["restore", "destroy"] {
            let tried = world.site.post(&himself, &format!("/drafts/{id}/{act}"), &[]).await;
            assert_eq!(tried.status, 409, "{}: {act} of what was put away: {}", world.site.engine, tried.body);
        }
        let back = world.site.post(&son, &format!("/drafts/{id}/restore"), &[]).await;
        assert_eq!(back.status, 303, "{}: {}", world.site.engine, back.body);
        assert!(matches!(world.holder, Holder::Person(_)));
    }
}

#[tokio::test]
async fn an_item_that_demands_a_level_keeps_the_draft_of_who_has_not_reached_it() {
    for world in worlds_for_persons().await {
        world.revise(|it| it.real_name_level = Some(RealNameLevel::Two)).await;
        let (app, system) = (&world.site.app, world.site.app.system("test"));
        let new = identity::NewPerson {
            name: "何卫东".to_owned(),
            citizen_number: super::world::citizen_number(777),
            mobile: "13900000777".to_owned(),
            level: 1,
            ..identity::NewPerson::default()
        };
        let person = identity::create_person(&system, app, &new).await.expect("a person");
        let who = world.site.visitor(person, "何卫东", &[], None);
        let page = world.site.get(&who, &format!("/items/{}/apply", world.item)).await;
        assert!(page.body.contains("去提升实名等级"), "{}: {}", world.site.engine, page.body);
        let draft = world.call("POST", &who, "/api/v1/drafts", json!({ "item": world.item.to_string() })).await;
        let id = draft.json()["id"].as_str().expect("an id").to_owned();
        let filed = world.call("POST", &who, "/api/v1/cases", json!({ "draft": id, "incomplete": true })).await;
        assert_eq!(filed.status, 409, "{}: {}", world.site.engine, filed.body);
        assert!(filed.body.contains("实名等级"), "{}: {}", world.site.engine, filed.body);
        assert_eq!(
            world.site.get(&who, &format!("/drafts/{id}")).await.status,
            200,
            "{}: it is kept",
            world.site.engine
        );
        let reached = files(&world, &world.applicant, "a").await;
        assert_eq!(reached.status, 201, "{}: {}", world.site.engine, reached.body);
    }
}
