//! Imports over the interface: a department's own system hands in its list, and sees what the desk sees.

use kernel::{Authority, Id};
use serde_json::{Value, json};
use testkit::{Answer, Site, Visitor};

use super::{all_items, authority, jobs::desk, jobs::list, jobs::rounds, sites};
use crate::{draft, tests::keeper};

const IMPORTS: &str = "/api/v1/desk/imports";

async fn hand_in(site: &Site, who: &Visitor, at: Id<Authority>, (name, bytes): (&str, &[u8])) -> Answer {
    let path = format!("{IMPORTS}?authority={at}&name={name}");
    site.send(who, ("POST", &path), "application/octet-stream", bytes.to_vec()).await
}

async fn act(site: &Site, who: &Visitor, id: &str, act: &str) -> Answer {
    site.call(who, "POST", &format!("{IMPORTS}/{id}/{act}"), json!({})).await
}

fn id_of(answer: &Answer) -> String {
    answer.json()["id"].as_str().unwrap_or_else(|| panic!("{}", answer.body)).to_owned()
}

#[tokio::test]
async fn what_is_no_list_is_refused_with_its_reason_and_a_stranger_sees_nothing() {
    for site in sites().await {
        let (office, who, _) = desk(&site).await;
        let other = authority(&site.app.system("test"), &site.app.db, "谯城区教育局", "11341600000000027K").await;
        let stranger = keeper(&site, Some(other)).await;
        let file = list(1);
        for (name, bytes) in [("a.xlsx", &b"PK\x03\x04"[..]), ("a.csv", b""), ("a.exe", b"MZ\x90\0\0")] {
            let answer = hand_in(&site, &who, office, (name, bytes)).await;
            assert_eq!(answer.status, 422, "{name}: {}", answer.body);
            assert_eq!(answer.json()["errors"][0]["field"], "file", "{}", answer.body);
        }
        assert_eq!(hand_in(&site, &site.anonymous(), office, ("a.csv", file.as_bytes())).await.status, 401);
        assert_eq!(hand_in(&site, &stranger, office, ("a.csv", file.as_bytes())).await.status, 403);
        let made = hand_in(&site, &who, office, ("a.csv", file.as_bytes())).await;
        let id = id_of(&made);
        for path in ["", "/report"] {
            assert_eq!(site.get(&stranger, &format!("{IMPORTS}/{id}{path}")).await.status, 403, "{path}");
        }
        for it in ["check", "start", "stop"] {
            assert_eq!(act(&site, &stranger, &id, it).await.status, 403, "{it}");
        }
        assert_eq!(act(&site, &who, &id, "start").await.status, 409, "not before it was checked");
        assert_eq!(act(&site, &who, &id, "stop").await.status, 409, "nothing runs");
        assert_eq!(site.get(&who, &format!("{IMPORTS}/{id}/report?kind=other")).await.status, 422);
        let mapping = |columns: Value| json!({ "sheets": [{ "sheet": "", "head": 1, "columns": columns }] });
        let name = "up_task_general_basic.task_name";
        for wrong in [
            json!({ "sheets": [] }),
            mapping(json!(["up_task_general_basic.no_such"])),
            mapping(json!([name, name])),
            mapping(json!(vec![""; 99])),
        ] {
            let answer = site.call(&who, "PUT", &format!("{IMPORTS}/{id}/mapping"), wrong.clone()).await;
            assert_eq!(answer.status, 422, "{wrong}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn a_list_goes_in_over_the_interface_and_the_desk_shows_the_same_import() {
    for site in sites().await {
        let (office, who, item) = desk(&site).await;
        let before = all_items(&site.app.db).await;
        let made = hand_in(&site, &who, office, ("list.csv", list(3).as_bytes())).await;
        assert_eq!(made.status, 201, "{}: {}", site.engine, made.body);
        let (id, mut mapping) = (id_of(&made), made.json()["mapping"].clone());
        assert_eq!((&made.json()["state"], &made.json()["authority"]), (&json!("mapping"), &json!(office)));
        let heads = mapping["sheets"][0]["heads"].as_array().unwrap();
        let at = heads.iter().position(|it| it == "我局自定的名字").unwrap();
        assert_eq!(mapping["sheets"][0]["columns"][at], "", "whose meaning nobody can guess");
        let known = site.get(&who, "/api/v1/desk/import-columns").await.json();
        let name = known.as_array().unwrap().iter().find(|it| it["column"] == "up_task_general_basic.task_name");
        mapping["sheets"][0]["columns"][at] = name.unwrap()["column"].clone();
        assert_eq!(name.unwrap()["label"], "事项名称");
        let kept = site.call(&who, "PUT", &format!("{IMPORTS}/{id}/mapping"), mapping.clone()).await;
        assert_eq!((kept.status, &kept.json()["mapping"]), (200, &mapping), "{}", kept.body);
        assert_eq!(act(&site, &who, &id, "check").await.json()["state"], "checking");
        rounds(&site, 1).await;
        let checked = site.get(&who, &format!("{IMPORTS}/{id}")).await.json();
        assert_eq!((&checked["state"], &checked["place"]), (&json!("checked"), &checked["total"]), "{checked}");
        assert_eq!(checked["counts"], json!({ "added": 3, "updated": 1, "unchanged": 0, "refused": 1 }));
        assert_eq!(all_items(&site.app.db).await, before, "a check writes nothing");
        let refused = site.get(&who, &format!("{IMPORTS}/{id}/report")).await.json();
        let line = &refused["lines"][0];
        assert_eq!((&line["line"], &line["value"]), (&json!(3), &json!("三天")), "{refused}");
        assert!(line["reason"].as_str().unwrap().contains("整数") && refused["next"].is_null(), "{refused}");
        let changed = site.get(&who, &format!("{IMPORTS}/{id}/report?kind=changed")).await.json();
        assert_eq!(changed["lines"][0]["item"], json!(item));
        assert_eq!(changed["lines"][0]["changes"][0]["field"], "承诺办结时限", "{changed}");
        assert_eq!(act(&site, &who, &id, "start").await.json()["state"], "running");
        assert_eq!(act(&site, &who, &id, "stop").await.json()["state"], "stopped");
        rounds(&site, 1).await;
        assert_eq!(all_items(&site.app.db).await, before, "stopped is stopped");
        assert_eq!(act(&site, &who, &id, "start").await.json()["state"], "running", "and goes on");
        rounds(&site, 1).await;
        assert_eq!(site.get(&who, &format!("{IMPORTS}/{id}")).await.json()["state"], "done");
        assert_eq!(draft(&site.app.db, item).await.unwrap().unwrap().promised_limit.unwrap().n, 2);
        assert_eq!(act(&site, &who, &id, "check").await.status, 409, "done is done");
        let page = site.get(&who, &format!("/desk/items/exchange/{id}")).await.body;
        assert!(page.contains("导入完成") && page.contains("list.csv"), "{page}");
    }
}

#[tokio::test]
async fn imports_and_reports_are_read_page_by_page_and_each_line_comes_once() {
    for site in sites().await {
        let (office, who, _) = desk(&site).await;
        let rows: String = (0..25).map(|n| format!("000131024000,B-{n},第 {n} 个事项,三天\n")).collect();
        let text = format!("基本编码,地方编码,事项名称,承诺时限\n{rows}");
        let mut ids = Vec::new();
        for _ in 0..3 {
            site.clock.hours(1);
            ids.push(id_of(&hand_in(&site, &who, office, ("a.csv", text.as_bytes())).await));
        }
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let page = site.get(&who, &format!("{IMPORTS}?authority={office}&limit=2&after={after}")).await.json();
            seen.extend(page["imports"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_str() else { break };
            next.clone_into(&mut after);
        }
        ids.reverse();
        assert_eq!(seen, ids, "{}: the latest first", site.engine);
        assert_eq!(act(&site, &who, &ids[0], "check").await.status, 200);
        rounds(&site, 1).await;
        let (mut lines, mut after) = (Vec::new(), -1);
        loop {
            let path = format!("{IMPORTS}/{}/report?kind=refused&limit=10&after={after}", ids[0]);
            let page = site.get(&who, &path).await.json();
            lines.extend(page["lines"].as_array().unwrap().iter().map(|it| it["line"].as_u64().unwrap()));
            let Some(next) = page["next"].as_i64() else { break };
            after = next;
        }
        assert_eq!(lines, (2..27).collect::<Vec<_>>());
    }
}
