//! Cases found by a number, and the worklist's filters, only among what a post may see.

use serde_json::{Value, json};
use testkit::Visitor;

use super::world::{World, citizen_number, credit_code, officer, worlds, worlds_for_persons};
use crate::{ACCEPT, CaseId, SEE, service};

async fn number(world: &World, id: CaseId) -> String {
    service::load(&world.site.app, id).await.expect("a case").facts.number
}

/// The ids found by this number, by API.
async fn find(world: &World, who: &Visitor, number: &str) -> Vec<Value> {
    let answer = world.call("POST", who, "/api/v1/cases/find", json!({"number": number})).await;
    assert_eq!(answer.status, 200, "{}: {}", world.site.engine, answer.body);
    answer.json()["items"].as_array().expect("items").iter().map(|it| it["id"].clone()).collect()
}

#[tokio::test]
async fn a_number_that_is_none_is_told_so_and_only_officers_look() {
    for world in worlds().await {
        for wrong in ["", "1", "341602199301010029", "<script>alert(1)</script>"] {
            let answer = world.call("POST", &world.accept, "/api/v1/cases/find", json!({"number": wrong})).await;
            assert_eq!(answer.status, 422, "{wrong}: {}", answer.body);
            let page = world.site.post(&world.accept, "/desk/find", &[("number", wrong)]).await;
            assert!(page.status == 422 && page.body.contains("请输入完整的"), "{wrong}: {}", page.body);
            assert!(!page.body.contains("<script>alert"), "{}", page.body);
        }
        let asked = json!({"number": credit_code("9234160200300001")});
        let answer = world.call("POST", &world.applicant, "/api/v1/cases/find", asked).await;
        assert_eq!(answer.status, 403, "{}", answer.body);
    }
}

#[tokio::test]
async fn a_case_is_found_by_its_number_by_posts_that_may_see_it_and_by_nobody_else() {
    for world in worlds().await {
        let id = world.filed().await;
        let number = number(&world, id).await;
        assert_eq!(find(&world, &world.accept, &format!(" {number} ")).await, [json!(id)], "{}", world.site.engine);
        let elsewhere = officer(&world.site, "外局", &[SEE, ACCEPT], world.site.app.system("t").new_id()).await;
        assert_eq!(find(&world, &elsewhere, &number).await, Vec::<Value>::new());
        let page = world.site.post(&world.accept, "/desk/find", &[("number", &number)]).await.body;
        assert!(page.contains(&format!("/desk/cases/{id}")), "{page}");
        let nothing = world.site.post(&elsewhere, "/desk/find", &[("number", &number)]).await.body;
        assert!(nothing.contains("没有找到办件"), "{nothing}");
    }
}

#[tokio::test]
async fn the_cases_of_an_applicant_are_found_by_the_number_on_the_card_page_by_page() {
    for world in worlds().await {
        let code = credit_code("9234160200300061");
        let new = identity::NewEnterprise {
            uscc: code.clone(),
            name: "谯城区志远牛肉馍店（试验）".to_owned(),
            representative: None,
            address: String::new(),
        };
        let system = world.site.app.system("test");
        let enterprise = identity::create_enterprise(&system, &world.site.app.db, &new).await.expect("an enterprise");
        let mut ids = Vec::new();
        for _ in 0..3 {
            let body = json!({"item": world.item.to_string(), "values": world.values(), "incomplete": true, "consent": true,
                "holder": format!("enterprise:{enterprise}")});
            let filed = world.call("POST", &world.accept, "/api/v1/cases", body).await;
            assert_eq!(filed.status, 201, "{}", filed.body);
            ids.push(filed.json()["id"].clone());
            world.site.clock.hours(1);
        }
        ids.reverse();
        assert_eq!(find(&world, &world.decide, &code).await, ids, "newest first on {}", world.site.engine);
        let ask = json!({"number": code, "limit": 2});
        let first = world.call("POST", &world.decide, "/api/v1/cases/find", ask).await.json();
        let ask = json!({"number": code, "limit": 2, "after": first["next"]});
        let rest = world.call("POST", &world.decide, "/api/v1/cases/find", ask).await.json();
        assert_eq!(
            (&first["items"][1]["id"], &rest["items"][0]["id"], &rest["next"]),
            (&ids[1], &ids[2], &Value::Null)
        );
        assert_eq!(find(&world, &world.decide, &credit_code("9234160200300077")).await, Vec::<Value>::new());
        let elsewhere = officer(&world.site, "外局", &[SEE, ACCEPT], world.site.app.system("t").new_id()).await;
        assert_eq!(find(&world, &elsewhere, &code).await, Vec::<Value>::new(), "another authority's cases");
    }
    for world in worlds_for_persons().await {
        let id = world.filed().await;
        let person = world.applicant.person.expect("a person");
        let card = identity::person_card(
            &world.ctx(&world.accept),
            &world.site.app,
            person,
            (identity::Purpose::Handling, &identity::Look::default()),
        )
        .await
        .expect("a card");
        assert_eq!(find(&world, &world.accept, card.paper.number()).await, [json!(id)]);
        let nobody = citizen_number(999);
        assert_eq!(find(&world, &world.accept, &nobody).await, Vec::<Value>::new(), "{}", world.site.engine);
    }
}

#[tokio::test]
async fn the_worklist_by_api_shows_only_what_is_due_soon_when_asked() {
    for world in worlds().await {
        let id = world.filed().await;
        let list = async |soon: bool| {
            let path = format!("/api/v1/worklist?soon={soon}");
            world.call("GET", &world.accept, &path, json!(null)).await.json()["items"].as_array().map(Vec::len)
        };
        assert_eq!((list(false).await, list(true).await), (Some(1), Some(0)), "due on Monday 9 March");
        world.site.clock.hours(24 * 2);
        assert_eq!(list(true).await, Some(1), "{}: {id} is due in three working days", world.site.engine);
    }
}
