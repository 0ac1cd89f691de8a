//! Drafts, uploads, and what happens when an application is sent.

use serde_json::json;
use testkit::Visitor;

use super::world::{PDF, World, officer, worlds, worlds_for_persons};
use crate::FILE_AT_WINDOW;

async fn draft(world: &World, who: &Visitor) -> serde_json::Value {
    let answer = world.call("POST", who, "/api/v1/drafts", json!({"item": world.item.to_string()})).await;
    assert_eq!(answer.status, 201, "{}: {}", world.site.engine, answer.body);
    answer.json()
}

#[tokio::test]
async fn what_is_wrong_or_missing_is_told_all_at_once_at_its_field() {
    for world in worlds().await {
        let mut values = world.values();
        values["mobile"] = json!("123");
        values["credit_code"] = json!("9234");
        let body = json!({"item": world.item.to_string(), "values": values});
        let answer = world.call("POST", &world.applicant, "/api/v1/cases", body).await;
        assert_eq!(answer.status, 422, "{}", answer.body);
        let errors = answer.json()["errors"].clone();
        let fields: Vec<_> =
            errors.as_array().expect("errors").iter().map(|it| it["field"].as_str().unwrap_or_default()).collect();
        for field in ["mobile", "credit_code", "material.layout"] {
            assert!(fields.contains(&field), "{field} in {fields:?}");
        }
    }
}

#[tokio::test]
async fn an_incomplete_application_is_taken_when_the_applicant_insists() {
    for world in worlds().await {
        let body = json!({"item": world.item.to_string(), "values": world.values(), "incomplete": true});
        let answer = world.call("POST", &world.applicant, "/api/v1/cases", body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        let id = answer.json()["id"].as_str().unwrap_or_default().parse().unwrap();
        let accept = world.try_act(&world.accept, id, json!({"act": "accept"})).await;
        assert_eq!(accept.status, 409, "it cannot be accepted as it is");
        assert!(accept.body.contains("缺少"), "{}", accept.body);
    }
}

#[tokio::test]
async fn an_application_sent_again_with_its_key_is_the_same_case() {
    for world in worlds().await {
        let body = json!({"item": world.item.to_string(), "values": world.values(), "incomplete": true, "idempotency_key": "once"});
        let first = world.call("POST", &world.applicant, "/api/v1/cases", body.clone()).await;
        let again = world.call("POST", &world.applicant, "/api/v1/cases", body).await;
        assert_eq!((first.status, again.status), (201, 201));
        assert_eq!(first.json(), again.json(), "{}", world.site.engine);
        let list = world.call("GET", &world.applicant, "/api/v1/cases", json!(null)).await.json();
        assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    }
}

#[tokio::test]
async fn filing_costs_one_read_and_one_unit() {
    for world in worlds().await {
        let body = || json!({"item": world.item.to_string(), "values": world.values(), "incomplete": true});
        // The first of the day leases serials.
        world.call("POST", &world.applicant, "/api/v1/cases", body()).await;
        let before = world.site.app.db.stats();
        let answer = world.call("POST", &world.applicant, "/api/v1/cases", body()).await;
        assert_eq!(answer.status, 201);
        let after = world.site.app.db.stats();
        assert_eq!((after.queries - before.queries, after.units - before.units), (1, 1), "{}", world.site.engine);
    }
}

#[tokio::test]
async fn a_draft_is_filled_with_what_is_known_kept_and_shown_to_nobody_else() {
    for world in worlds_for_persons().await {
        let made = draft(&world, &world.applicant).await;
        assert_eq!(made["values"]["name"], "陈志远", "{made}");
        let path = format!("/api/v1/drafts/{}", made["id"].as_str().expect("an id"));
        let save = json!({"version": 1, "values": {"name": "陈志远", "half": "还没填完"}});
        assert_eq!(world.call("PUT", &world.applicant, &path, save.clone()).await.json()["version"], 2);
        assert_eq!(world.call("PUT", &world.applicant, &path, save).await.status, 409, "an older window loses");
        let read = world.call("GET", &world.applicant, &path, json!(null)).await.json();
        assert_eq!(read["values"]["half"], "还没填完");
        let other = world.site.person("路人", &[]);
        assert_eq!(world.call("GET", &other, &path, json!(null)).await.status, 404);
        assert_eq!(world.call("DELETE", &other, &path, json!(null)).await.status, 404);
        assert_eq!(world.call("DELETE", &world.applicant, &path, json!(null)).await.status, 204);
        assert_eq!(world.call("GET", &world.applicant, &path, json!(null)).await.status, 404);
    }
}

#[tokio::test]
async fn only_papers_and_pictures_are_taken_whatever_their_name_says() {
    for world in worlds().await {
        let made = draft(&world, &world.applicant).await;
        let place = format!("/api/v1/drafts/{}/materials", made["id"].as_str().expect("an id"));
        let table: [(&str, &str, &[u8], u16); 6] = [
            ("layout", "a.pdf", b"<script>alert(1)</script>", 422),
            ("layout", "a.pdf", b"", 422),
            ("nonsense", "a.pdf", PDF, 422),
            ("application", "a.pdf", PDF, 422),
            ("layout", "%3Cscript%3E.pdf", PDF, 201),
            ("layout", "a.png", b"\x89PNG\r\n\x1a\n....", 201),
        ];
        for (material, name, bytes, status) in table {
            let path = format!("{place}/{material}?name={name}");
            let answer =
                world.site.send(&world.applicant, ("POST", &path), "application/octet-stream", bytes.to_vec()).await;
            assert_eq!(answer.status, status, "{name} on {}: {}", world.site.engine, answer.body);
        }
    }
}

#[tokio::test]
async fn a_file_of_more_than_fifty_megabytes_is_refused() {
    for world in worlds().await.into_iter().take(1) {
        let made = draft(&world, &world.applicant).await;
        let path = format!("/api/v1/drafts/{}/materials/layout", made["id"].as_str().expect("an id"));
        let large = [PDF, &vec![b' '; 50 * 1024 * 1024]].concat();
        let answer = world.site.send(&world.applicant, ("POST", &path), "application/octet-stream", large).await;
        assert_eq!(answer.status, 413, "{}", answer.body);
    }
}

#[tokio::test]
async fn a_material_is_read_back_as_it_was_by_those_who_may_see_the_case() {
    for world in worlds().await {
        let id = world.filed().await;
        let path = format!("/api/v1/cases/{id}/files/1");
        for who in [&world.applicant, &world.accept, &world.decide] {
            let answer = world.call("GET", who, &path, json!(null)).await;
            assert_eq!((answer.status, answer.bytes.as_slice()), (200, PDF));
        }
        let stranger = world.site.person("路人", &[]);
        assert_eq!(world.call("GET", &stranger, &path, json!(null)).await.status, 404);
    }
}

#[tokio::test]
async fn a_window_files_for_a_person_present_only_with_consent() {
    for world in worlds_for_persons().await {
        let body = |consent: bool| {
            json!({"item": world.item.to_string(), "values": world.values(), "holder": world.holder.to_string(),
                "incomplete": true, "consent": consent, "on_paper": []})
        };
        let stranger = world.site.person("路人", &[]);
        assert_eq!(world.call("POST", &stranger, "/api/v1/cases", body(true)).await.status, 403);
        let silent = world.call("POST", &world.accept, "/api/v1/cases", body(false)).await;
        assert!(silent.status == 422 && silent.body.contains("consent"), "{}", silent.body);
        let filed = world.call("POST", &world.accept, "/api/v1/cases", body(true)).await;
        assert_eq!(filed.status, 201, "{}", filed.body);
        let mine = world.call("GET", &world.applicant, "/api/v1/cases", json!(null)).await.json();
        assert_eq!(mine["items"][0]["id"], filed.json()["id"], "it is the applicant's own case");
    }
}

#[tokio::test]
async fn consent_told_when_a_draft_is_begun_is_recorded_with_the_case_and_by_whom_and_when() {
    for world in worlds_for_persons().await {
        let begin = async |consent: bool| {
            let body = json!({"item": world.item.to_string(), "values": world.values(), "holder": world.holder.to_string(),
                "consent": consent});
            world.call("POST", &world.accept, "/api/v1/drafts", body).await.json()["id"].clone()
        };
        let (silent, told) = (begin(false).await, begin(true).await);
        let agreed = world.site.app.system("t").now;
        world.site.clock.hours(1);
        let file = async |draft| {
            world.call("POST", &world.accept, "/api/v1/cases", json!({"draft": draft, "incomplete": true})).await
        };
        let refused = file(silent).await;
        assert!(refused.status == 422 && refused.body.contains("consent"), "{}", refused.body);
        let filed = file(told.clone()).await;
        assert_eq!(filed.status, 201, "{}: {}", world.site.engine, filed.body);
        let row = crate::service::load(&world.site.app, told.as_str().expect("an id").parse().unwrap()).await.unwrap();
        assert_eq!((row.facts.consent_at, Some(row.facts.filed_by)), (Some(agreed), world.accept.person));
        let page = world.site.get(&world.accept, &format!("/desk/cases/{}", row.id)).await.body;
        assert!(page.contains(&format!("申请人于{}当面同意", agreed.zh())), "{page}");
        let own = world.filed().await;
        assert_eq!(crate::service::load(&world.site.app, own).await.unwrap().facts.consent_at, None);
    }
}

#[tokio::test]
async fn a_post_that_ended_a_moment_ago_files_nothing() {
    for world in worlds_for_persons().await {
        let unseated = world.site.person("前同事", &[(FILE_AT_WINDOW, Some(world.authority))]);
        let body = json!({"item": world.item.to_string(), "values": world.values(), "holder": world.holder.to_string(),
            "incomplete": true, "consent": true});
        assert_eq!(world.call("POST", &unseated, "/api/v1/cases", body.clone()).await.status, 403);
        let seated = officer(&world.site, "新同事", &[FILE_AT_WINDOW, crate::SEE], world.authority).await;
        assert_eq!(world.call("POST", &seated, "/api/v1/cases", body).await.status, 201);
    }
}

#[tokio::test]
async fn a_row_of_a_corrected_group_comes_and_goes_by_its_button_before_anything_is_sent() {
    for world in worlds().await {
        let id = world.filed().await;
        let faults = json!([{"about": "employees", "what": "请补上李建军的健康证明"}]);
        world.act(&world.accept, id, json!({"act": "ask_correction", "faults": faults})).await;
        let (path, version) = (format!("/cases/{id}/supply"), world.version(id).await.to_string());
        let typed = [
            ("version", version.as_str()),
            ("employees/0/name", "陈志远"),
            ("employees/1/name", "王秀英"),
            ("employees/2/name", "新来的人"),
        ];
        for (button, row, kept, gone) in
            [("add", "employees", "新来的人", ""), ("remove", "employees/1", "新来的人", "王秀英")]
        {
            let mut fields = typed.to_vec();
            fields.push((button, row));
            let page = world.site.post(&world.applicant, &path, &fields).await;
            assert_eq!(page.status, 200, "{button} on {}: {}", world.site.engine, page.body);
            assert!(
                page.body.contains(kept) && (gone.is_empty() || !page.body.contains(gone)),
                "{button}: {}",
                page.body
            );
        }
        assert_eq!(world.stage(id).await, "correction_asked", "nothing was sent on {}", world.site.engine);
    }
}
