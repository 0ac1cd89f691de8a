//! Photographs: several become one PDF as the person says, nothing of the camera goes along, and their small pictures are seen by whoever may
//! see them.

use jpeg_encoder::{ColorType, Encoder};
use serde_json::{Value, json};
use testkit::{Answer, Visitor};

use super::world::{World, worlds};

/// A photograph whose camera wrote that it was held upright (EXIF tag 274: 6), and where.
pub(super) fn photograph(shade: u8) -> Vec<u8> {
    let (mut jpeg, pixels) = (Vec::new(), vec![shade; 64 * 32 * 3]);
    Encoder::new(&mut jpeg, 80).encode(&pixels, 64, 32, ColorType::Rgb).expect("encoded");
    let entry = [0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
    let exif = [b"Exif\0\0MM\0\x2a\0\0\0\x08".as_slice(), &entry, b"GPS 33.84,115.78"].concat();
    let length = u16::try_from(exif.len() + 2).expect("short").to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &exif, &jpeg[2..]].concat()
}

async fn draft(world: &World) -> String {
    let body = json!({"item": world.item.to_string(), "values": world.values()});
    let made = world.call("POST", &world.applicant, "/api/v1/drafts", body).await;
    assert_eq!(made.status, 201, "{}: {}", world.site.engine, made.body);
    made.json()["id"].as_str().expect("an id").to_owned()
}

async fn sent(world: &World, place: &str, name: &str, bytes: &[u8]) -> Answer {
    let path = format!("{place}/materials/layout?name={name}");
    world.site.send(&world.applicant, ("POST", &path), "application/octet-stream", bytes.to_vec()).await
}

async fn with_photographs(world: &World, count: u8) -> String {
    let id = draft(world).await;
    for number in 0..count {
        let answer = sent(world, &format!("/api/v1/drafts/{id}"), "a.jpg", &photograph(number)).await;
        assert_eq!(answer.status, 201, "{}: {}", world.site.engine, answer.body);
    }
    id
}

async fn files(world: &World, who: &Visitor, place: &str) -> Vec<Value> {
    let told = world.call("GET", who, place, json!(null)).await.json();
    let layout = told["materials"].as_array().expect("materials").iter().find(|it| it["key"] == "layout").cloned();
    layout.expect("the layout")["files"].as_array().expect("files").clone()
}

async fn blobs(world: &World) -> usize {
    world.site.app.blobs.list("", 10_000).await.expect("a list").len()
}

#[tokio::test]
async fn what_cannot_be_bound_is_told_with_what_to_do_and_the_photographs_stay() {
    for world in worlds().await {
        let id = draft(&world).await;
        let (page, draft) = (format!("/drafts/{id}/pages/layout"), format!("/api/v1/drafts/{id}"));
        let heic = [b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".as_slice(), &[0; 100]].concat();
        let refused = sent(&world, &draft, "a.heic", &heic).await;
        assert!(refused.status == 422 && refused.body.contains("兼容性最佳"), "{}", refused.body);
        let none = world.site.post(&world.applicant, &page, &[("p", "")]).await;
        assert!(none.status == 422 && none.body.contains("还没有可以合成的照片"), "{}", none.body);
        let whole = photograph(1);
        for bytes in [&whole[..], &whole[..whole.len() / 2]] {
            assert_eq!(sent(&world, &draft, "a.jpg", bytes).await.status, 201, "{}", world.site.engine);
        }
        let broken = world.site.post(&world.applicant, &page, &[("p", "")]).await;
        assert!(broken.status == 422 && broken.body.contains("第 2 张照片不能用"), "{}", broken.body);
        let stranger = world.site.person("路人", &[]);
        assert_eq!(world.site.get(&stranger, &page).await.status, 404, "{}", world.site.engine);
        assert_eq!(world.site.post(&stranger, &page, &[("p", "")]).await.status, 404, "{}", world.site.engine);
        let other = world.site.get(&world.applicant, &format!("/drafts/{id}/pages/no-such-thing")).await;
        assert_eq!(other.status, 422, "{}: {}", world.site.engine, other.body);
        assert_eq!(files(&world, &world.applicant, &draft).await.len(), 2, "{}", world.site.engine);
        for _ in 0..59 {
            sent(&world, &draft, "a.jpg", &whole).await;
        }
        let many = world.site.post(&world.applicant, &page, &[("p", "")]).await;
        assert!(many.status == 422 && many.body.contains("最多 60 页，现在有 61 页"), "{}", many.body);
        assert_eq!(files(&world, &world.applicant, &draft).await.len(), 61, "{}", world.site.engine);
    }
}

#[tokio::test]
async fn photographs_become_one_pdf_in_their_place_and_nothing_of_the_camera_goes_along() {
    for world in worlds().await {
        let id = with_photographs(&world, 4).await;
        let place = format!("/drafts/{id}/pages/layout");
        assert!(world.site.get(&world.applicant, &format!("/drafts/{id}/materials")).await.body.contains(&place));
        let first = world.site.get(&world.applicant, &place).await.body;
        assert!(first.contains("?p=2.0-1.0-3.0-4.0#leaf-1") && first.contains("?p=1.1-2.0-3.0-4.0#leaf-1"), "{first}");
        // The third first, the first turned, the second left out.
        let order = "3.0-1.1-4.0-2.x";
        let page = world.site.get(&world.applicant, &format!("{place}?p={order}")).await.body;
        let at = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words}: {page}"));
        assert!(at("id=\"leaf-3\"") < at("id=\"leaf-1\"") && at("id=\"leaf-4\"") < at("id=\"leaf-2\""), "{page}");
        assert!(page.contains("已转 90 度") && page.contains("turned-1"), "{page}");
        let bound = world.site.post(&world.applicant, &place, &[("p", order)]).await;
        assert_eq!(bound.status, 303, "{}: {}", world.site.engine, bound.body);
        let left = files(&world, &world.applicant, &format!("/api/v1/drafts/{id}")).await;
        let told: Vec<_> = left.iter().map(|it| (it["number"].as_i64(), it["kind"].as_str())).collect();
        assert_eq!(told, [(Some(2), Some("jpeg")), (Some(5), Some("pdf"))], "{}", world.site.engine);
        assert!(left[1]["name"].as_str().is_some_and(|it| it.ends_with("（3 页照片）.pdf")), "{left:?}");
        assert_eq!(blobs(&world).await, 3, "{}: the PDF, and the photograph with its small picture", world.site.engine);
        let case: crate::CaseId = id.parse().expect("an id");
        let ctx = world.ctx(&world.applicant);
        let pdf = crate::read_material(&ctx, &world.site.app, case, 5).await.expect("a PDF").bytes;
        let holds = |needle: &str| pdf.windows(needle.len()).any(|it| it == needle.as_bytes());
        assert!(pdf.starts_with(b"%PDF-") && holds("/DCTDecode"), "photographs are set as they are");
        assert!(!holds("GPS") && !holds("Exif"), "{}", world.site.engine);
    }
}

#[tokio::test]
async fn a_photograph_shot_from_the_page_of_pictures_comes_back_to_it_in_its_order() {
    for world in worlds().await {
        let id = with_photographs(&world, 2).await;
        let path = format!("/drafts/{id}/materials/layout");
        let (picture, order) = (photograph(9), [("pages", "2.0-1.3")]);
        let sent = world.site.upload(&world.applicant, &path, &order, ("material.layout", "c.jpg", &picture)).await;
        assert_eq!(sent.status, 303, "{}: {}", world.site.engine, sent.body);
        assert_eq!(sent.location, format!("/drafts/{id}/pages/layout?p=2.0-1.3"), "{}", world.site.engine);
        let page = world.site.get(&world.applicant, &format!("/drafts/{id}/pages/layout?p=2.0-1.3")).await.body;
        assert!(page.contains("value=\"2.0-1.3-3.0\""), "the new one is the last: {page}");
    }
}

#[tokio::test]
async fn programs_bind_photographs_too_also_for_a_case_that_waits_for_something() {
    for world in worlds().await {
        let id = world.filed().await;
        let path = format!("/api/v1/cases/{id}/materials/layout/pdf");
        let bind = async |pages: Value| world.call("POST", &world.applicant, &path, json!({"pages": pages})).await;
        assert_eq!(bind(json!([])).await.status, 409, "{}: nothing is to be supplied", world.site.engine);
        let faults = json!([{"about": "layout", "what": "请标出洗消水池"}]);
        world.act(&world.accept, id, json!({"act": "ask_correction", "faults": faults})).await;
        let case = format!("/api/v1/cases/{id}");
        for shade in 1..=2 {
            sent(&world, &case, "a.jpg", &photograph(shade)).await;
        }
        let waiting = files(&world, &world.applicant, &case).await;
        let numbers: Vec<_> = waiting.iter().filter(|it| it["kind"] == "jpeg").map(|it| it["number"].clone()).collect();
        for wrong in [json!([{"file": 1}]), json!([{"file": numbers[0], "turn": 45}]), json!([{"file": 99}])] {
            assert_eq!(bind(wrong).await.status, 422, "{}", world.site.engine);
        }
        let page = world.site.get(&world.applicant, &format!("/cases/{id}/supply/layout/pages")).await;
        assert!(page.status == 200 && page.body.contains("第 2 页"), "{}: {}", page.status, page.body);
        let bound = bind(json!([{"file": numbers[1], "turn": 270}])).await;
        assert_eq!(bound.status, 201, "{}: {}", world.site.engine, bound.body);
        world.act(&world.applicant, id, json!({"act": "supply"})).await;
        let kinds: Vec<_> = files(&world, &world.accept, &case).await.iter().map(|it| it["kind"].clone()).collect();
        assert_eq!(kinds, ["pdf", "jpeg", "pdf"], "{}: what was not bound stays a file", world.site.engine);
    }
}

#[tokio::test]
async fn a_small_picture_is_seen_by_whoever_may_see_the_file_and_by_nobody_else() {
    for world in worlds().await {
        let id = with_photographs(&world, 1).await;
        world.upload(&world.applicant, &format!("/api/v1/drafts/{id}"), "business-licence").await;
        let (own, api) = (format!("/drafts/{id}/files/1/thumb"), format!("/api/v1/cases/{id}/files/1/thumbnail"));
        let stranger = world.site.person("路人", &[]);
        for who in [&stranger, &world.accept] {
            assert_eq!(world.call("GET", who, &api, json!(null)).await.status, 404, "{}", world.site.engine);
        }
        assert_eq!(world.site.get(&stranger, &own).await.status, 404, "{}", world.site.engine);
        let none = world.site.get(&world.applicant, &format!("/drafts/{id}/files/2/thumb")).await;
        assert_eq!(none.status, 404, "{}: a PDF has none", world.site.engine);
        let shown = world.site.get(&world.applicant, &own).await;
        assert_eq!((shown.status, shown.kind.as_str()), (200, "image/jpeg"), "{}", world.site.engine);
        let page = world.site.get(&world.applicant, &format!("/drafts/{id}/materials")).await.body;
        assert!(page.contains(&own) && page.contains("a.jpg的缩略图"), "{page}");
        let body = json!({"draft": id, "incomplete": true});
        assert_eq!(world.call("POST", &world.applicant, "/api/v1/cases", body).await.status, 201);
        let filed = format!("/cases/{id}/materials/1/thumb");
        for who in [&world.applicant, &world.accept] {
            assert_eq!(world.site.get(who, &filed).await.status, 200, "{}", world.site.engine);
            assert_eq!(world.call("GET", who, &api, json!(null)).await.status, 200, "{}", world.site.engine);
        }
        assert_eq!(world.site.get(&stranger, &filed).await.status, 404, "{}", world.site.engine);
        let desk = world.site.get(&world.accept, &format!("/desk/cases/{id}")).await.body;
        assert!(desk.contains(&filed), "{desk}");
    }
}

#[tokio::test]
async fn a_small_picture_goes_with_its_file_and_with_its_draft() {
    for world in worlds().await {
        let id = with_photographs(&world, 2).await;
        assert_eq!(blobs(&world).await, 4, "{}", world.site.engine);
        let removed = world.site.post(&world.applicant, &format!("/drafts/{id}/remove/1"), &[]).await;
        assert_eq!((removed.status, blobs(&world).await), (303, 2), "{}", world.site.engine);
        for step in ["discard", "destroy"] {
            let gone = world.site.post(&world.applicant, &format!("/drafts/{id}/{step}"), &[]).await;
            assert_eq!(gone.status, 303, "{}: {}", world.site.engine, gone.body);
        }
        assert_eq!(blobs(&world).await, 0, "{}", world.site.engine);
    }
}
