//! Several applications filled in at once: what they ask alike is written once, each is still its own.

use catalogue::ItemDocument;
use kernel::{Id, Item};
use serde_json::{Value, json};
use testkit::Answer;

use super::world::{ALLOWANCE, World, person, worlds_for_persons};

/// A second item for persons, which asks for the same but one.
async fn second(world: &World) -> Id<Item> {
    let mut document: ItemDocument = serde_json::from_str(ALLOWANCE).expect("a document");
    document.name = "高龄津贴补发".to_owned();
    document.handling_number = Some(2);
    let form = document.form.as_mut().expect("a form");
    form.schema["properties"]["bank"]["maxLength"] = 20.into();
    world.publish(&document).await
}

async fn begun(world: &World, other: Id<Item>) -> (String, Vec<String>) {
    let (one, two) = (world.item.to_string(), other.to_string());
    let begun = world.site.post(&world.applicant, "/together", &[("item", &one), ("item", &two)]).await;
    assert_eq!(begun.status, 303, "{}: {}", world.site.engine, begun.body);
    let ids = begun.location.split(['=', '&']).filter(|it| it.len() == 32).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(ids.len(), 2, "{}", begun.location);
    (begun.location, ids)
}

async fn draft(world: &World, id: &str) -> Value {
    world.call("GET", &world.applicant, &format!("/api/v1/drafts/{id}"), Value::Null).await.json()
}

/// What stands in the shared fields of a page.
fn standing(page: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        rest.split('"').next().map(str::to_owned)
    };
    let (mut out, mut list) = (Vec::new(), None);
    for tag in page.split('<') {
        let own = attribute(tag, "name").filter(|it| it.starts_with("shared"));
        let chosen = !tag.contains("type=\"radio\"") || tag.contains(" checked");
        if tag.starts_with("select") {
            list = own;
        } else if tag.starts_with("option") && tag.contains(" selected") {
            out.extend(list.clone().zip(attribute(tag, "value")));
        } else if tag.starts_with("textarea") {
            let text = tag.split_once('>').map(|it| it.1.trim().to_owned());
            out.extend(own.zip(text));
        } else if tag.starts_with("input") && chosen {
            out.extend(own.zip(attribute(tag, "value")));
        }
    }
    out
}

/// Sends the page with the versions of the drafts as they are now (or `behind` of it), and what is said about some fields by their title.
async fn send(world: &World, (path, ids): (&str, &[String]), behind: i64, said: &[(&str, &str)]) -> Answer {
    let page = world.site.get(&world.applicant, path).await.body;
    let name = |title: &str| {
        let before = page.split(title).next().expect("a page");
        let at = before.rfind("for=\"").map(|at| &before[at + 5..]).expect("a label");
        at.split('"').next().expect("a name").to_owned()
    };
    let mut form: Vec<(String, String)> = Vec::new();
    for id in ids {
        let version = draft(world, id).await["version"].as_i64().expect("a version") - behind;
        form.push((format!("version-{id}"), version.to_string()));
    }
    // As a browser does: what stands on the page goes along, but for what somebody types over.
    let typed: Vec<_> = said.iter().map(|(title, text)| (name(title), (*text).to_owned())).collect();
    form.extend(standing(&page).into_iter().filter(|it| typed.iter().all(|other| other.0 != it.0)));
    form.extend(typed);
    let form: Vec<_> = form.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    world.site.post(&world.applicant, path, &form).await
}

#[tokio::test]
async fn what_two_applications_ask_alike_is_written_once_right_or_wrong() {
    for world in worlds_for_persons().await {
        let engine = world.site.engine;
        let other = second(&world).await;
        let rows = "code,name,level,parent\n340000000000,安徽省,2,\n341600000000,亳州市,3,340000000000\n\
            341602000000,谯城区,4,341600000000\n341602002000,薛阁街道,5,341602000000\n";
        let system = world.site.app.system("test");
        identity::import_divisions(&system, &world.site.app.db, rows.as_bytes()).await.expect("divisions");
        let alone = world.site.post(&world.applicant, "/together", &[("item", &world.item.to_string())]).await;
        assert!(alone.status == 422 && alone.body.contains("请至少选两件事"), "{engine}: {}", alone.body);
        let chosen = world.site.get(&world.applicant, &format!("/together?item={}&item={other}", world.item)).await;
        assert!(chosen.body.contains("高龄津贴补发") && chosen.body.contains("移除"), "{engine}: {}", chosen.body);

        let (path, ids) = begun(&world, other).await;
        let page = world.site.get(&world.applicant, &path).await.body;
        assert!(page.contains("老人姓名") && page.matches("联系电话").count() == 1, "{engine}: {page}");
        assert!(
            !page.contains("开户银行") && !page.contains("代办人姓名"),
            "{engine}: what differs or hangs on answers"
        );
        let wrong = send(&world, (&path, &ids), 0, &[("老人姓名", "陈志远"), ("联系电话", "123")]).await;
        assert!(wrong.status == 422 && wrong.body.contains("value=\"123\""), "{engine}: {}", wrong.body);
        for id in &ids {
            let body = json!({ "version": draft(&world, id).await["version"], "values": world.values() });
            let saved = world.call("PUT", &world.applicant, &format!("/api/v1/drafts/{id}"), body).await;
            assert_eq!(saved.status, 200, "{engine}: {}", saved.body);
        }
        let good = send(&world, (&path, &ids), 0, &[("老人姓名", "陈志远"), ("联系电话", "13900000123")]).await;
        assert_eq!(good.status, 303, "{engine}: {}", good.body);
        for id in &ids {
            let values = draft(&world, id).await["values"].clone();
            assert_eq!((&values["name"], &values["mobile"]), (&"陈志远".into(), &"13900000123".into()), "{engine}");
        }
        // Chosen once more, the same drafts go on.
        assert_eq!(begun(&world, other).await.1, ids, "{engine}");
    }
}

#[tokio::test]
async fn a_draft_that_was_changed_meanwhile_keeps_all_as_they_are() {
    for world in worlds_for_persons().await {
        let engine = world.site.engine;
        let other = second(&world).await;
        let (path, ids) = begun(&world, other).await;
        let before = [draft(&world, &ids[0]).await["values"].clone(), draft(&world, &ids[1]).await["values"].clone()];
        let late = send(&world, (&path, &ids), 1, &[("联系电话", "13900000123")]).await;
        assert!(late.status == 409 && late.body.contains("已在别的窗口"), "{engine}: {}", late.body);
        for (id, before) in ids.iter().zip(before) {
            assert_eq!(draft(&world, id).await["values"], before, "{engine}");
        }
        let stranger = world.site.visitor(person(&world.site, "周晓梅").await, "周晓梅", &[], None);
        assert_eq!(world.site.get(&stranger, &path).await.status, 404, "{engine}");
        assert_eq!(world.site.get(&world.applicant, "/together/fill?draft=1").await.status, 404, "{engine}");
    }
}
