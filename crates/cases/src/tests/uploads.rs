//! Files in pieces: what was acknowledged stays, nothing comes twice, and nobody's reach goes beyond today's way of handing in.

use serde_json::{Value, json};
use testkit::{Answer, Visitor};

use super::world::{PDF, World, worlds};
use crate::service;

/// A piece of this test: the least that is taken.
const PIECE: usize = 64 * 1024;

/// A PDF of some pieces and a bit.
fn large(pieces: usize) -> Vec<u8> {
    let mut bytes = PDF.to_vec();
    bytes.extend((0..pieces * PIECE).map(|it| u8::try_from(it % 251).expect("small")));
    bytes
}

async fn draft(world: &World) -> String {
    let body = json!({"item": world.item.to_string(), "values": world.values()});
    let made = world.call("POST", &world.applicant, "/api/v1/drafts", body).await;
    assert_eq!(made.status, 201, "{}: {}", world.site.engine, made.body);
    made.json()["id"].as_str().expect("an id").to_owned()
}

async fn begin(world: &World, who: &Visitor, case: &str, (material, size): (&str, usize)) -> Answer {
    let body = json!({"case": case, "material": material, "name": "C:\\布局图.pdf", "size": size});
    world.call("POST", who, "/api/v1/uploads", body).await
}

async fn begun(world: &World, case: &str, size: usize) -> String {
    let answer = begin(world, &world.applicant, case, ("layout", size)).await;
    assert_eq!(answer.status, 201, "{}: {}", world.site.engine, answer.body);
    answer.json()["id"].as_str().expect("an id").to_owned()
}

async fn put(world: &World, who: &Visitor, id: &str, (offset, bytes): (usize, &[u8])) -> Answer {
    let bearer = format!("Bearer {}", who.token().expect("a session"));
    let offset = offset.to_string();
    let headers = [
        ("authorization", bearer.as_str()),
        ("upload-offset", offset.as_str()),
        ("content-type", "application/octet-stream"),
    ];
    world.site.send_with(("PATCH", &format!("/api/v1/uploads/{id}")), &headers, bytes.to_vec()).await
}

async fn brought(world: &World, id: &str, bytes: &[u8]) {
    for (number, piece) in bytes.chunks(PIECE).enumerate() {
        let answer = put(world, &world.applicant, id, (number * PIECE, piece)).await;
        assert_eq!(answer.status, 200, "{}: {}", world.site.engine, answer.body);
    }
}

async fn finish(world: &World, id: &str, sm3: &str) -> Answer {
    world.call("POST", &world.applicant, &format!("/api/v1/uploads/{id}/finish"), json!({"sm3": sm3})).await
}

async fn files(world: &World, case: &str) -> Vec<Value> {
    let draft = world.call("GET", &world.applicant, &format!("/api/v1/drafts/{case}"), json!(null)).await.json();
    let layout = draft["materials"].as_array().expect("materials").iter().find(|it| it["key"] == "layout").cloned();
    layout.expect("the layout")["files"].as_array().expect("files").clone()
}

async fn blobs(world: &World) -> Vec<String> {
    world.site.app.blobs.list("", 10_000).await.expect("a list")
}

#[tokio::test]
async fn what_can_never_become_a_file_is_refused_before_it_is_sent() {
    for world in worlds().await {
        let case = draft(&world).await;
        let begins = [
            (begin(&world, &world.applicant, &case, ("layout", 0)).await, 422),
            (begin(&world, &world.applicant, &case, ("layout", 50 * 1024 * 1024 + 1)).await, 413),
            (begin(&world, &world.applicant, &case, ("no-such-thing", 10)).await, 422),
            (begin(&world, &world.applicant, &case, ("application", 10)).await, 422),
            (begin(&world, &world.applicant, "nonsense", ("layout", 10)).await, 404),
            (begin(&world, &world.site.person("路人", &[]), &case, ("layout", 10)).await, 404),
            (begin(&world, &world.site.anonymous(), &case, ("layout", 10)).await, 401),
        ];
        for (answer, status) in begins {
            assert_eq!(answer.status, status, "{}: {}", world.site.engine, answer.body);
        }
        let id = begun(&world, &case, 3 * PIECE).await;
        let page = vec![b'<'; PIECE];
        let first = put(&world, &world.applicant, &id, (0, &page)).await;
        assert!(first.status == 422 && first.body.contains("只能上传"), "{}: {}", world.site.engine, first.body);
        let crumb = put(&world, &world.applicant, &id, (0, PDF)).await;
        assert!(crumb.status == 422 && crumb.body.contains("64 KB"), "{}: {}", world.site.engine, crumb.body);
        let beyond = put(&world, &world.applicant, &id, (0, &large(4))).await;
        assert!(beyond.status == 422 && beyond.body.contains("还大"), "{}: {}", world.site.engine, beyond.body);
        let vast = put(&world, &world.applicant, &id, (0, &vec![b'%'; 4 * 1024 * 1024 + 1])).await;
        assert_eq!(vast.status, 413, "{}: {}", world.site.engine, vast.body);
    }
}

#[tokio::test]
async fn a_file_in_pieces_becomes_the_same_material_as_one_that_came_at_once() {
    for world in worlds().await {
        let (case, bytes) = (draft(&world).await, large(3));
        let id = begun(&world, &case, bytes.len()).await;
        brought(&world, &id, &bytes).await;
        let early = files(&world, &case).await;
        assert!(early.is_empty(), "{}: it counts once it is whole and checked", world.site.engine);
        let made = finish(&world, &id, &vault::sm3_hex(&bytes)).await;
        assert_eq!((made.status, made.json()["number"].as_i64()), (201, Some(1)), "{}", made.body);
        let again = finish(&world, &id, "").await;
        assert_eq!((again.status, again.json()["number"].as_i64()), (201, Some(1)), "{}", again.body);
        let found = files(&world, &case).await;
        assert_eq!((found.len(), found[0]["name"].as_str()), (1, Some("布局图.pdf")), "{}", world.site.engine);
        let read = world.site.get(&world.applicant, &format!("/drafts/{case}/files/1")).await;
        assert!(read.status == 200 && read.bytes == bytes, "{}: other bytes", world.site.engine);
        assert_eq!(blobs(&world).await.len(), 1, "{}: its pieces are gone", world.site.engine);
    }
}

#[tokio::test]
async fn after_a_broken_line_it_goes_on_where_it_was_and_no_piece_counts_twice() {
    for world in worlds().await {
        let (case, bytes) = (draft(&world).await, large(2));
        let id = begun(&world, &case, bytes.len()).await;
        brought(&world, &id, &bytes[..PIECE]).await;
        // The answer was lost: the sender brings the piece once more, then asks.
        let twice = put(&world, &world.applicant, &id, (0, &bytes[..PIECE])).await;
        assert!(twice.status == 409 && twice.body.contains(&PIECE.to_string()), "{}", twice.body);
        let ahead = put(&world, &world.applicant, &id, (2 * PIECE, &bytes[2 * PIECE..])).await;
        assert_eq!(ahead.status, 409, "{}: {}", world.site.engine, ahead.body);
        let whole = finish(&world, &id, "").await;
        assert!(whole.status == 409 && whole.body.contains("还没有传完"), "{}", whole.body);
        let path = format!("/api/v1/uploads/{id}");
        let asked = world.call("GET", &world.applicant, &path, json!(null)).await.json();
        assert_eq!((asked["received"].as_u64(), asked["name"].as_str()), (Some(PIECE as u64), Some("布局图.pdf")));
        let (one, other) = tokio::join!(
            put(&world, &world.applicant, &id, (PIECE, &bytes[PIECE..2 * PIECE])),
            put(&world, &world.applicant, &id, (PIECE, &bytes[PIECE..2 * PIECE])),
        );
        let mut both = [one.status, other.status];
        both.sort_unstable();
        assert_eq!(both, [200, 409], "{}: {} {}", world.site.engine, one.body, other.body);
        assert_eq!(put(&world, &world.applicant, &id, (2 * PIECE, &bytes[2 * PIECE..])).await.status, 200);
        let (one, other) = tokio::join!(finish(&world, &id, ""), finish(&world, &id, ""));
        assert_eq!((one.status, other.status), (201, 201), "{}: {} {}", world.site.engine, one.body, other.body);
        assert_eq!(files(&world, &case).await.len(), 1, "{}", world.site.engine);
    }
}

#[tokio::test]
async fn a_file_that_is_not_what_its_sender_meant_or_hides_its_kind_is_not_taken_and_leaves_nothing() {
    for world in worlds().await {
        let case = draft(&world).await;
        let zip = [b"PK\x03\x04".as_slice(), &[0; 26], b"others/page.xml", &[0; PIECE]].concat();
        for (bytes, sm3, words) in [(large(1), "00".repeat(32), "不一样"), (zip, String::new(), "只能上传")] {
            let id = begun(&world, &case, bytes.len()).await;
            brought(&world, &id, &bytes).await;
            let answer = finish(&world, &id, &sm3).await;
            assert!(answer.status == 422 && answer.body.contains(words), "{}: {}", world.site.engine, answer.body);
            let gone = world.call("GET", &world.applicant, &format!("/api/v1/uploads/{id}"), json!(null)).await;
            assert_eq!(gone.status, 404, "{}: {}", world.site.engine, gone.body);
        }
        assert!(files(&world, &case).await.is_empty() && blobs(&world).await.is_empty(), "{}", world.site.engine);
    }
}

#[tokio::test]
async fn an_upload_is_its_owners_alone() {
    for world in worlds().await {
        let (case, bytes) = (draft(&world).await, large(1));
        let id = begun(&world, &case, bytes.len()).await;
        let path = format!("/api/v1/uploads/{id}");
        for who in [&world.site.person("路人", &[]), &world.accept] {
            let answers = [
                put(&world, who, &id, (0, &bytes[..PIECE])).await,
                world.call("GET", who, &path, json!(null)).await,
                world.call("POST", who, &format!("{path}/finish"), json!({})).await,
                world.call("DELETE", who, &path, json!(null)).await,
            ];
            assert!(answers.iter().all(|it| it.status == 404), "{}: {:?}", world.site.engine, answers[0].body);
        }
        brought(&world, &id, &bytes).await;
        assert_eq!(world.call("DELETE", &world.applicant, &path, json!(null)).await.status, 204);
        assert_eq!(finish(&world, &id, "").await.status, 404, "{}", world.site.engine);
        assert!(blobs(&world).await.is_empty(), "{}", world.site.engine);
    }
}

#[tokio::test]
async fn who_has_much_on_the_way_waits_until_some_of_it_is_done() {
    for world in worlds().await {
        let case = draft(&world).await;
        let mut ids = Vec::new();
        for _ in 0..8 {
            ids.push(begun(&world, &case, 50 * 1024 * 1024).await);
        }
        let more = begin(&world, &world.applicant, &case, ("layout", 1)).await;
        assert!(more.status == 409 && more.body.contains("400 MB"), "{}: {}", world.site.engine, more.body);
        for id in ids {
            world.call("DELETE", &world.applicant, &format!("/api/v1/uploads/{id}"), json!(null)).await;
        }
        for _ in 0..20 {
            begun(&world, &case, 10).await;
        }
        let more = begin(&world, &world.applicant, &case, ("layout", 10)).await;
        assert!(more.status == 409 && more.body.contains("20 个"), "{}: {}", world.site.engine, more.body);
    }
}

#[tokio::test]
async fn what_nobody_goes_on_with_is_forgotten_after_three_days_and_with_its_draft() {
    for world in worlds().await {
        let (case, bytes) = (draft(&world).await, large(1));
        let (left, thrown) = (begun(&world, &case, bytes.len()).await, begun(&world, &draft(&world).await, 10).await);
        brought(&world, &left, &bytes[..PIECE]).await;
        world.site.clock.hours(71);
        assert_eq!(put(&world, &world.applicant, &left, (PIECE, &bytes[PIECE..])).await.status, 200, "still there");
        world.site.clock.hours(73);
        let sweep = async || {
            let system = world.site.app.system("cases.uploads");
            service::uploads::sweep(&world.site.app, &system).await.expect("a round");
        };
        sweep().await;
        for id in [&left, &thrown] {
            let gone = world.call("GET", &world.applicant, &format!("/api/v1/uploads/{id}"), json!(null)).await;
            assert_eq!(gone.status, 404, "{}: {}", world.site.engine, gone.body);
        }
        assert!(blobs(&world).await.is_empty(), "{}", world.site.engine);
        let id = begun(&world, &case, bytes.len()).await;
        brought(&world, &id, &bytes).await;
        assert_eq!(
            world.call("DELETE", &world.applicant, &format!("/api/v1/drafts/{case}"), json!(null)).await.status,
            204
        );
        assert_eq!(finish(&world, &id, "").await.status, 404, "{}", world.site.engine);
        assert!(blobs(&world).await.is_empty(), "{}", world.site.engine);
    }
}

#[tokio::test]
async fn a_case_takes_pieces_only_while_something_is_to_be_supplied() {
    for world in worlds().await {
        let id = world.filed().await.to_string();
        let early = begin(&world, &world.applicant, &id, ("layout", 10)).await;
        assert!(early.status == 409 && early.body.contains("现在不需要"), "{}", early.body);
        let faults = json!([{"about": "layout", "what": "请标出洗消水池"}]);
        world.act(&world.accept, id.parse().expect("an id"), json!({"act": "ask_correction", "faults": faults})).await;
        let bytes = large(1);
        let upload = begun(&world, &id, bytes.len()).await;
        brought(&world, &upload, &bytes).await;
        assert_eq!(finish(&world, &upload, "").await.status, 201, "{}", world.site.engine);
        let late = begun(&world, &id, bytes.len()).await;
        brought(&world, &late, &bytes).await;
        world.act(&world.applicant, id.parse().expect("an id"), json!({"act": "supply"})).await;
        let answer = finish(&world, &late, "").await;
        assert!(answer.status == 409 && answer.body.contains("现在不需要"), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_file_is_replaced_in_one_step_until_it_is_sent_and_never_one_of_another_material() {
    for world in worlds().await {
        let case = draft(&world).await;
        world.upload(&world.applicant, &format!("/api/v1/drafts/{case}"), "layout").await;
        let send = async |material: &str, replaces: i64, bytes: &[u8]| {
            let path = format!("/api/v1/drafts/{case}/materials/{material}?name=b.pdf&replaces={replaces}");
            world.site.send(&world.applicant, ("POST", &path), "application/octet-stream", bytes.to_vec()).await
        };
        for (material, replaces) in [("business-licence", 1), ("layout", 7)] {
            let answer = send(material, replaces, PDF).await;
            assert!(answer.status == 409 && answer.body.contains("要替换的文件"), "{}", answer.body);
        }
        assert_eq!(send("layout", 1, PDF).await.status, 201, "{}", world.site.engine);
        let found = files(&world, &case).await;
        assert_eq!((found.len(), found[0]["number"].as_i64()), (1, Some(2)), "{}", world.site.engine);
        assert_eq!(blobs(&world).await.len(), 1, "{}: the old one is gone", world.site.engine);
        // The same in pieces, and as a form.
        let bytes = large(1);
        let body = json!({"case": case, "material": "layout", "name": "c.pdf", "size": bytes.len(), "replaces": 2});
        let made = world.call("POST", &world.applicant, "/api/v1/uploads", body).await.json();
        let id = made["id"].as_str().expect("an id").to_owned();
        brought(&world, &id, &bytes).await;
        assert_eq!(finish(&world, &id, "").await.status, 201, "{}", world.site.engine);
        let path = format!("/drafts/{case}/materials/layout");
        let file = ("material.layout", "d.pdf", PDF);
        let sent = world.site.upload(&world.applicant, &path, &[("replaces", "3")], file).await;
        assert_eq!(sent.status, 303, "{}: {}", world.site.engine, sent.body);
        let found = files(&world, &case).await;
        assert_eq!((found.len(), found[0]["name"].as_str()), (1, Some("d.pdf")), "{}", world.site.engine);
    }
}

#[tokio::test]
async fn after_a_correction_the_newest_counts_and_the_earlier_file_stays_to_be_read() {
    for world in worlds().await {
        let id = world.filed().await;
        let faults = json!([{"about": "layout", "what": "请标出洗消水池"}]);
        world.act(&world.accept, id, json!({"act": "ask_correction", "faults": faults})).await;
        world.site.clock.hours(24);
        world.upload(&world.applicant, &format!("/api/v1/cases/{id}"), "layout").await;
        let seen = async |who: &Visitor| {
            let case = world.call("GET", who, &format!("/api/v1/cases/{id}"), json!(null)).await.json();
            let found =
                case["materials"].as_array().expect("materials").iter().find(|it| it["key"] == "layout").cloned();
            found.expect("the layout")["files"].as_array().expect("files").clone()
        };
        let waiting = seen(&world.applicant).await;
        assert!(waiting.iter().all(|it| it["superseded"] == false), "{waiting:?}: nothing was sent yet");
        world.act(&world.applicant, id, json!({"act": "supply"})).await;
        for who in [&world.applicant, &world.accept] {
            let found = seen(who).await;
            let told: Vec<_> = found.iter().map(|it| (it["superseded"].as_bool(), it["note"].as_str())).collect();
            assert_eq!(told.len(), 2, "{}: {told:?}", world.site.engine);
            assert!(told[0].0 == Some(true) && told[0].1.is_some_and(|it| it.ends_with("首次提交")), "{told:?}");
            assert!(told[1].0 == Some(false) && told[1].1.is_some_and(|it| it.ends_with("补交")), "{told:?}");
        }
        let page = world.site.get(&world.accept, &format!("/desk/cases/{id}")).await.body;
        assert!(page.contains("以前提交的 1 个文件"), "{page}");
        let old = world.call("GET", &world.accept, &format!("/api/v1/cases/{id}/files/1"), json!(null)).await;
        assert_eq!(old.status, 200, "{}: {}", world.site.engine, old.body);
    }
}
