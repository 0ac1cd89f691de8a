//! The applicants' pages: by form, without script, nothing typed ever run.

use serde_json::json;

use super::world::{PDF, worlds_for_persons};

#[test]
fn every_template_has_a_sample_and_none_lets_typed_text_become_a_tag() {
    let samples = crate::pages::samples();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    for entry in std::fs::read_dir(folder).expect("templates") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a template");
        let name = path.file_name().and_then(|it| it.to_str()).expect("a name").to_owned();
        let is_page = text.contains("{% extends");
        assert!(!is_page || samples.iter().any(|it| it.name == name), "{name} has no sample");
    }
    for sample in samples {
        for typed in ["<script>alert", "<b>敏", "<i>牛肉馍", "<b>水池", "<b>工商户"] {
            assert!(!sample.html.contains(typed), "{} lets {typed} through", sample.name);
        }
        assert!(!sample.html.contains(" style=\"") && sample.html.contains("<h1"), "{}", sample.name);
    }
}

#[tokio::test]
async fn a_person_applies_corrects_and_withdraws_by_plain_forms() {
    for world in worlds_for_persons().await {
        let (site, me) = (&world.site, &world.applicant);
        let start = site.get(me, &format!("/items/{}/apply", world.item)).await;
        assert!(start.status == 200 && start.body.contains("开始填写"), "{}", start.body);
        let begun = site.post(me, &format!("/items/{}/apply", world.item), &[]).await;
        assert_eq!(begun.status, 303, "{}", begun.body);
        let draft = begun.location.clone();
        assert!(site.get(me, &draft).await.body.contains("先填完上面的内容"));
        let first = site.get(me, &format!("{draft}/form/1")).await;
        assert!(first.body.contains("陈志远") && first.body.contains("由平台从"), "{}", first.body);
        let bad = site
            .post(me, &format!("{draft}/form/1"), &[("version", "1"), ("citizen_number", "<script>alert(1)</script>")])
            .await;
        assert!(
            bad.status == 422 && bad.body.contains("请照身份证填写") && !bad.body.contains("<script>alert"),
            "{}",
            bad.body
        );
        let id = draft.trim_start_matches("/drafts/").to_owned();
        let save = json!({"version": 2, "values": world.values()});
        assert_eq!(world.call("PUT", me, &format!("/api/v1/drafts/{id}"), save).await.status, 200);
        let wrong = site.upload(me, &format!("{draft}/materials/household"), &[], ("f", "a.pdf", b"<html>")).await;
        assert!(wrong.status == 422 || wrong.status == 404, "{}", wrong.body);
        let check = site.get(me, &format!("{draft}/check")).await;
        assert!(check.status == 200 && check.body.contains("必须的材料还没有齐"), "{}", check.body);
        let unsure = site.post(me, &format!("{draft}/file"), &[("incomplete", "yes")]).await;
        assert!(unsure.status == 422 && unsure.body.contains("请确认以上内容真实"));
        let filed = site.post(me, &format!("{draft}/file"), &[("incomplete", "yes"), ("pledge", "yes")]).await;
        assert_eq!(filed.location, format!("/cases/{id}/receipt"), "{}", filed.body);
        let twice = site.post(me, &format!("{draft}/file"), &[("incomplete", "yes"), ("pledge", "yes")]).await;
        assert_eq!(twice.location, filed.location, "a second click gives the same case");
        assert!(site.get(me, &filed.location).await.body.contains("办件编号"));
        assert!(site.get(me, "/cases").await.body.contains(&world.document.name));
        let case: crate::CaseId = id.parse().unwrap();
        let key = world.document.materials.iter().find(|it| it.key != "application").unwrap().key.clone();
        let faults = json!([{"about": key, "what": "请补交<b>清楚的</b>照片"}]);
        world.act(&world.accept, case, json!({"act": "ask_correction", "faults": faults})).await;
        let page = site.get(me, &format!("/cases/{id}/supply")).await;
        assert!(page.body.contains("清楚的") && !page.body.contains("<b>清楚的"), "{}", page.body);
        let up = site.upload(me, &format!("/cases/{id}/supply/{key}"), &[], ("f", "照片<img>.pdf", PDF)).await;
        assert_eq!(up.status, 303, "{}", up.body);
        let version = world.version(case).await.to_string();
        let sent = site.post(me, &format!("/cases/{id}/supply"), &[("version", &version)]).await;
        assert_eq!((sent.status, world.stage(case).await.as_str()), (303, "resupplied"), "{}", sent.body);
        world.settle().await;
        let shown = site.get(me, &format!("/cases/{id}")).await;
        assert!(shown.body.contains("补正材料已收") && shown.body.contains("照片&#60;img&#62;.pdf"), "{}", shown.body);
        let paper = site.get(me, &format!("/cases/{id}/papers/2")).await;
        assert!(paper.status == 200 && paper.body.contains("申请材料补正告知书"), "{}", paper.body);
        assert_eq!(site.get(me, &format!("/cases/{id}/papers/2/pdf")).await.kind, "application/pdf");
        let version = world.version(case).await.to_string();
        assert_eq!(site.post(me, &format!("/cases/{id}/withdraw"), &[("version", &version)]).await.status, 303);
        assert_eq!(world.stage(case).await, "taken_back");
    }
}
