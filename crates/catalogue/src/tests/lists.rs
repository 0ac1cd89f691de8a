//! What is published for everybody: lists as page and file, open data with its dictionary; nothing of a draft, no formula, no markup.

use super::{authority, licence, sites};
use crate::{
    create_item, import_items,
    lists::plain,
    model::{Fee, FeeLine, ListKind, OPEN_COLUMNS},
    publish,
};

const USCC: &str = "11341600000000019Q";

#[test]
fn what_a_spreadsheet_would_take_for_a_formula_is_text() {
    for (cell, wanted) in [
        ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
        ("+86", "+86"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("@SUM(1)", "'@SUM(1)"),
        ("-12.5", "-12.5"),
        ("-无", "'-无"),
        ("食品经营许可", "食品经营许可"),
        ("", ""),
    ] {
        assert_eq!(plain(cell), wanted);
    }
}

#[tokio::test]
async fn an_authority_s_lists_are_a_page_and_four_kinds_of_file_for_everybody() {
    for site in sites().await {
        let (system, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&system, db, "谯城区市场监督管理局", USCC).await;
        let mut doc = licence();
        doc.name = "食品经营许可<b>（首次申请）".to_owned();
        doc.responsibility = None;
        let line = FeeLine { name: "工本费".to_owned(), standard: "=10 元".to_owned(), ..FeeLine::default() };
        doc.fee = Some(Fee { charged: true, basis: "价目".to_owned(), lines: vec![line], online_payment: true });
        let id = create_item(&system, db, office, &doc).await.unwrap();
        let nobody = site.anonymous();
        let page = format!("/lists/{office}");
        assert!(!site.get(&nobody, &page).await.body.contains("首次申请"), "not before it is published");
        publish(&system, db, id, 1).await.unwrap();
        for kind in ListKind::ALL {
            let shown = site.get(&nobody, &format!("{page}?kind={}", kind.code())).await;
            assert_eq!(shown.status, 200, "{}", site.engine);
            assert!(!shown.body.contains("许可<b>"), "text stays text");
            let on = *kind != ListKind::Duty;
            assert_eq!(shown.body.contains("首次申请"), on, "{}", kind.name());
            for ending in ["csv", "json", "xlsx", "pdf"] {
                let file = site.get(&nobody, &format!("{page}/{}.{ending}", kind.code())).await;
                assert_eq!(file.status, 200, "{} {ending}: {}", kind.name(), file.body);
                let begins = match ending {
                    "csv" => "\u{feff}序号",
                    "json" => "{",
                    "xlsx" => "PK",
                    _ => "%PDF",
                };
                assert!(file.body.starts_with(begins), "{} {ending}", kind.name());
            }
        }
        assert!(site.get(&nobody, &format!("{page}/fee.csv")).await.body.contains("'=10 元"));
        let json = site.get(&nobody, &format!("{page}/power.json")).await.json();
        assert_eq!(json["rows"][0]["实施编码"], format!("{USCC}4000131024000"));
        for wrong in ["power.exe", "power", "other.csv"] {
            assert_eq!(site.get(&nobody, &format!("{page}/{wrong}")).await.status, 404, "{wrong}");
        }
    }
}

#[tokio::test]
async fn the_open_data_holds_every_public_item_once_with_the_columns_of_its_dictionary() {
    for site in sites().await {
        let (system, db) = (site.app.system("test"), &site.app.db);
        let office = authority(&system, db, "谯城区市场监督管理局", USCC).await;
        create_item(&system, db, office, &licence()).await.unwrap();
        import_items(&system, db, include_bytes!("../../../yiwang/demo/items-guanganqu.csv"), &|_, _| {})
            .await
            .unwrap();
        let nobody = site.anonymous();
        let csv = site.get(&nobody, "/open-data/items.csv").await.body;
        let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
        let head: Vec<_> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        assert_eq!(head, OPEN_COLUMNS.iter().map(|it| it.key).collect::<Vec<_>>(), "{}", site.engine);
        assert_eq!(reader.records().filter_map(Result::ok).count(), 988, "all that is public, and no draft");
        let json = site.get(&nobody, "/open-data/items.json").await.json();
        assert_eq!(json.as_array().unwrap().len(), 988);
        assert_eq!(json[0].as_object().unwrap().len(), OPEN_COLUMNS.len());
        let dictionary = site.get(&nobody, "/open-data/dictionary.csv").await.body;
        let page = site.get(&nobody, "/open-data").await.body;
        for column in OPEN_COLUMNS {
            assert!(dictionary.contains(column.key) && page.contains(column.name), "{}", column.key);
        }
        for path in ["document,materials.common_mistakes,", "document,check.questions.options.outcome,"] {
            assert!(dictionary.contains(path), "{path}");
        }
        assert!(!dictionary.contains("review_points"), "what only officers read is not published");
        assert_eq!(site.get(&nobody, "/open-data/people.csv").await.status, 404);
    }
}
