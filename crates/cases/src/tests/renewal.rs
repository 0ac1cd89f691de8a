//! A draft begun under an older version of its item: told what changed, taken over by one act, nothing lost in silence.

use catalogue::{
    ItemDocument,
    model::{TimeLimit, TimeUnit},
};
use serde_json::{Value, json};

use super::world::{World, worlds};

/// A draft with every answer and two files, by API.
async fn filled(world: &World) -> (String, i64) {
    let body = json!({"item": world.item.to_string(), "values": world.values()});
    let draft = world.call("POST", &world.applicant, "/api/v1/drafts", body).await.json();
    let id = draft["id"].as_str().expect("an id").to_owned();
    for material in ["layout", "rules"] {
        world.upload(&world.applicant, &format!("/api/v1/drafts/{id}"), material).await;
    }
    (id, draft["version"].as_i64().expect("a version"))
}

async fn read(world: &World, id: &str) -> Value {
    world.call("GET", &world.applicant, &format!("/api/v1/drafts/{id}"), json!(null)).await.json()
}

/// One field more, one less; one material less; a shorter promise.
fn changed(document: &mut ItemDocument) {
    let form = document.form.as_mut().expect("a form");
    let properties = form.schema["properties"].as_object_mut().expect("fields");
    properties.insert("opened".to_owned(), json!({"type": "string", "title": "开业日期", "format": "date"}));
    properties.remove("area");
    form.schema["required"].as_array_mut().expect("a list").retain(|it| it != "area");
    form.layout.iter_mut().for_each(|it| it.fields.retain(|it| it != "area"));
    document.materials.retain(|it| it.key != "layout");
    document.promised_limit = Some(TimeLimit { n: 5, unit: TimeUnit::WorkingDay });
    if let Some(sample) = &mut document.sample {
        sample.form.as_object_mut().expect("answers").remove("area");
    }
}

#[tokio::test]
async fn an_outdated_draft_is_filed_by_nobody_and_loses_nothing_by_trying() {
    for world in worlds().await {
        let (id, _) = filled(&world).await;
        let before = read(&world, &id).await;
        assert!(before.get("renewal").is_none(), "{before}");
        world.revise(changed).await;
        let filed = world.call("POST", &world.applicant, "/api/v1/cases", json!({"draft": id})).await;
        assert!(filed.status == 409 && filed.body.contains("请打开草稿看看有什么变化"), "{}", filed.body);
        let after = read(&world, &id).await;
        assert_eq!(
            (&after["values"], &after["version"]),
            (&before["values"], &before["version"]),
            "{}",
            world.site.engine
        );
        let stranger = world.site.person("路人", &[]);
        let path = format!("/api/v1/drafts/{id}/renew");
        let foreign = world.call("POST", &stranger, &path, json!({"version": after["version"]})).await;
        assert_eq!(foreign.status, 404);
        let stale = world.call("POST", &world.applicant, &path, json!({"version": 99})).await;
        assert_eq!(stale.status, 409, "another window changed it: {}", stale.body);
        assert_eq!(read(&world, &id).await["item_version"], before["item_version"]);
    }
}

#[tokio::test]
async fn one_act_takes_a_draft_over_keeps_what_fits_and_names_the_rest() {
    for world in worlds().await {
        let (id, version) = filled(&world).await;
        world.revise(changed).await;
        let told = read(&world, &id).await["renewal"].clone();
        let words: Vec<_> = told["changes"].as_array().expect("changes").iter().map(|it| it["words"].clone()).collect();
        for sentence in [
            "新增「开业日期」（选填）。",
            "不再填写「经营面积（平方米）」。",
            "承诺办结时限由「8 个工作日」改为「5 个工作日」。",
        ] {
            assert!(words.contains(&json!(sentence)), "{sentence} in {words:?}");
        }
        let path = format!("/api/v1/drafts/{id}/renew");
        let renewed = world.call("POST", &world.applicant, &path, json!({"version": version})).await;
        assert_eq!(renewed.status, 200, "{}: {}", world.site.engine, renewed.body);
        let renewed = renewed.json();
        assert_eq!(renewed["left"], told["left"], "exactly what was told before goes");
        let names: Vec<_> = renewed["left"].as_array().expect("a list").iter().map(|it| it["name"].clone()).collect();
        assert_eq!(names.len(), 2, "{names:?}");
        let draft = read(&world, &id).await;
        let mut expected = world.values();
        expected.as_object_mut().expect("answers").remove("area");
        assert_eq!(draft["values"], expected);
        assert!(draft.get("renewal").is_none() && draft["version"] == version + 1, "{draft}");
        let files = |draft: &Value| {
            let all = draft["materials"].as_array().expect("materials").clone();
            all.into_iter().filter(|it| !it["files"].as_array().expect("files").is_empty()).count()
        };
        assert_eq!(files(&draft), 1, "the file whose material is still asked for");
        let again = world.call("POST", &world.applicant, &path, json!({"version": version})).await;
        assert_eq!((again.status, &again.json()["left"]), (200, &json!([])), "a second click changes nothing");
        let filed = world.call("POST", &world.applicant, "/api/v1/cases", json!({"draft": id})).await;
        assert_eq!(filed.status, 201, "{}: {}", world.site.engine, filed.body);
        assert!(super::record::verify(&world).await.is_ok(), "the record verifies");
    }
}

#[tokio::test]
async fn a_file_that_comes_while_a_draft_is_taken_over_is_never_left_at_a_material_that_went() {
    for world in worlds().await {
        for late in 0..12 {
            let (id, version) = filled(&world).await;
            world.revise(changed).await;
            let upload = async {
                for _ in 0..late {
                    tokio::task::yield_now().await;
                }
                let path = format!("/api/v1/drafts/{id}/materials/layout?name=a.pdf");
                let kind = "application/octet-stream";
                world.site.send(&world.applicant, ("POST", &path), kind, super::world::PDF.to_vec()).await
            };
            let path = format!("/api/v1/drafts/{id}/renew");
            let renew = world.call("POST", &world.applicant, &path, json!({"version": version}));
            let (uploaded, renewed) = tokio::join!(upload, renew);
            let id = id.parse().expect("an id");
            let draft = crate::draft(&world.ctx(&world.applicant), &world.site.app, id).await.expect("the draft");
            let files = crate::service::materials::list(&world.site.app, id).await.expect("files");
            let strange = files.iter().find(|it| draft.document.requirement(&it.0.material).is_none());
            assert!(
                strange.is_none(),
                "{}, {late}: {} and {}: {}",
                world.site.engine,
                uploaded.status,
                renewed.status,
                uploaded.body
            );
            assert!(uploaded.status == 201 || renewed.status == 200, "{}: somebody was first", world.site.engine);
            world.revise(|_| {}).await;
        }
    }
}

#[tokio::test]
async fn the_pages_of_an_outdated_draft_lead_to_what_changed_and_one_button() {
    for world in worlds().await {
        let (id, version) = filled(&world).await;
        world.revise(changed).await;
        let (site, me, page) = (&world.site, &world.applicant, format!("/drafts/{id}"));
        for step in ["form/1", "materials", "check"] {
            let answer = site.get(me, &format!("{page}/{step}")).await;
            assert_eq!((answer.status, answer.location.as_str()), (303, page.as_str()), "{step}");
        }
        let filed = site.post(me, &format!("{page}/file"), &[("pledge", "yes")]).await;
        assert_eq!((filed.status, filed.location.as_str()), (303, page.as_str()), "{}", filed.body);
        let shown = site.get(me, &page).await.body;
        for words in ["这件事的要求更新了", "新增「开业日期」", "下面这些不能带入", "材料.pdf", "更新草稿"]
        {
            assert!(shown.contains(words), "{words} on {}: {shown}", site.engine);
        }
        let version = version.to_string();
        let renewed = site.post(me, &format!("{page}/renew"), &[("version", &version)]).await;
        assert_eq!((renewed.status, renewed.location.as_str()), (303, page.as_str()), "{}", renewed.body);
        let shown = site.get(me, &page).await.body;
        assert!(shown.contains("核对并提交") && !shown.contains("这件事的要求更新了"), "{shown}");
    }
}

#[tokio::test]
async fn a_draft_of_an_item_that_takes_no_application_says_so_and_is_kept() {
    for world in worlds().await {
        let (id, _) = filled(&world).await;
        let (db, ctx) = (&world.site.app.db, world.site.app.system("test"));
        let version = catalogue::item(db, world.item).await.expect("the item").version;
        catalogue::suspend(&ctx, db, world.item, version).await.expect("suspended");
        let shown = world.site.get(&world.applicant, &format!("/drafts/{id}")).await;
        assert!(shown.status == 200 && shown.body.contains("该事项已暂停办理"), "{}", shown.body);
        assert!(read(&world, &id).await["closed"].as_str().is_some_and(|it| it.contains("暂停")));
        let renew =
            world.call("POST", &world.applicant, &format!("/api/v1/drafts/{id}/renew"), json!({"version": 1})).await;
        assert_eq!(renew.status, 409, "{}", renew.body);
    }
}
