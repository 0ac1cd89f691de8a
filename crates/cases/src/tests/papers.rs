//! Papers: numbered without gap or repeat, telling what the law asks for.

use serde_json::json;

use super::world::worlds;

#[tokio::test]
async fn papers_of_one_kind_are_numbered_without_gap_or_repeat() {
    for world in worlds().await {
        for _ in 0..5 {
            world.accepted().await;
        }
        world.settle().await;
        for _ in 0..4 {
            world.accepted().await;
        }
        world.settle().await;
        world.settle().await;
        let rows = world.site.app.db.query(crate::store::PAPER_ROWS, storage::args!["", 100_i64]).await.unwrap();
        let mut serials: Vec<_> = rows.iter().map(|it| it.int("serial").unwrap()).collect();
        serials.sort_unstable();
        assert_eq!(serials, (1..=9).collect::<Vec<_>>(), "{}", world.site.engine);
    }
}

#[tokio::test]
async fn the_receipt_is_there_with_the_application_and_goes_by_the_case_number() {
    for world in worlds().await {
        let id = world.filed().await;
        let told = world.call("GET", &world.applicant, &format!("/api/v1/cases/{id}"), json!(null)).await.json();
        assert_eq!(told["papers"][0]["document_number"], told["number"], "{told}");
        let path = format!("/api/v1/cases/{id}/papers/1");
        let pdf = world.call("GET", &world.applicant, &path, json!(null)).await;
        assert_eq!((pdf.status, pdf.kind.as_str()), (200, "application/pdf"));
        assert!(pdf.bytes.starts_with(b"%PDF"));
        let again = world.call("GET", &world.applicant, &path, json!(null)).await;
        assert!(pdf.bytes == again.bytes, "the same paper, whenever it is asked for");
        let stranger = world.site.person("路人", &[]);
        assert_eq!(world.call("GET", &stranger, &path, json!(null)).await.status, 404);
        for number in [0, 2, 99] {
            let path = format!("/api/v1/cases/{id}/papers/{number}");
            assert_eq!(world.call("GET", &world.applicant, &path, json!(null)).await.status, 404, "{number}");
        }
    }
}

#[tokio::test]
async fn a_paper_being_made_is_said_so_and_then_there_as_pdf() {
    for world in worlds().await {
        let id = world.accepted().await;
        let number = world.version(id).await;
        let path = format!("/api/v1/cases/{id}/papers/{number}");
        assert_eq!(world.call("GET", &world.applicant, &path, json!(null)).await.status, 404);
        let told = world.call("GET", &world.applicant, &format!("/api/v1/cases/{id}"), json!(null)).await.json();
        assert_eq!(told["papers"][1]["document_number"], "", "{told}");
        world.settle().await;
        let pdf = world.call("GET", &world.applicant, &path, json!(null)).await;
        assert_eq!((pdf.status, pdf.kind.as_str()), (200, "application/pdf"));
        assert!(pdf.bytes.starts_with(b"%PDF"));
        let stranger = world.site.person("路人", &[]);
        assert_eq!(world.call("GET", &stranger, &path, json!(null)).await.status, 404);
    }
}

#[tokio::test]
async fn a_refusal_gives_reasons_law_and_both_remedies() {
    for world in worlds().await {
        let id = world.for_decision().await;
        let bare = world.try_act(&world.decide, id, json!({"act": "refuse"})).await;
        assert_eq!(bare.status, 422, "a refusal without reasons is impossible: {}", bare.body);
        world.act(&world.decide, id, json!({"act": "refuse", "reasons": "经营场所与布局图不符😀"})).await;
        world.settle().await;
        let version = world.version(id).await;
        let (row, paper) =
            crate::paper_content(&world.ctx(&world.applicant), &world.site.app, id, version).await.unwrap();
        assert_eq!(row.title, "不予行政许可决定书");
        let text = serde_json::to_string(&paper).unwrap();
        for word in
            ["经营场所与布局图不符😀", "食品安全法", "行政复议", "行政诉讼", "谯市监不准〔2026〕1号", "演示站点"]
        {
            assert!(text.contains(word), "{word} in {text}");
        }
    }
}
