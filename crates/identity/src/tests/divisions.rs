//! A file of divisions: the bad ones first.

use kernel::Error;
use proptest::prelude::*;
use standards::DivisionCode;

use super::sites;
use crate::{children, division, import_divisions, model::division::read, path};

const HEAD: &str = "code,name,level,parent\n";
const TOP: &str = "340000000000,安徽省,2,\n341600000000,亳州市,3,340000000000\n341602000000,谯城区,4,341600000000\n";

#[tokio::test]
async fn a_file_that_is_no_file_of_divisions_is_refused_whole_and_says_why() {
    let table: [(&[u8], &str); 5] = [
        (b"", "表头应为"),
        (HEAD.as_bytes(), "没有任何行政区划"),
        (b"code;name;level;parent\n1;2;3;4\n", "表头应为"),
        (b"code,name,level,parent\n34\xb0\xb2,", "不是 UTF-8"),
        ("name,code,level,parent\n安徽省,340000000000,2,\n".as_bytes(), "表头应为"),
    ];
    for site in sites().await {
        let ctx = site.app.system("import");
        for (file, words) in table {
            let error = import_divisions(&ctx, &site.app.db, file).await.unwrap_err();
            assert!(matches!(error, Error::Invalid(_)) && error.message().contains(words), "{}", error.message());
        }
        assert!(children(&site.app.db, None).await.unwrap().is_empty(), "{}", site.engine);
        let li = site.person("李四", &[]);
        let refused = import_divisions(&site.ctx(&li), &site.app.db, format!("{HEAD}{TOP}").as_bytes()).await;
        assert!(matches!(refused, Err(Error::Forbidden { .. })), "{}", site.engine);
    }
}

#[tokio::test]
async fn every_bad_row_is_named_with_line_column_and_reason_and_the_good_ones_go_in() {
    let table = [
        ("34160200300", "薛阁街道,5,341602000000", "code", "应为 6 或 12 位"),
        ("991602003000", "薛阁街道,5,341602000000", "code", "省级代码"),
        ("341602003000", ",5,341602000000", "name", "名称应为"),
        ("341602003000", "薛阁街道,4,341602000000", "level", "层级应为 5"),
        ("341602003000", "薛阁街道,,341602000000", "level", "层级应为 5"),
        ("341602003000", "薛阁街道,5,", "parent", "必须填写上级"),
        ("341602003000", "薛阁街道,5,3416", "parent", "应为 6 或 12 位"),
        ("341602003000", "薛阁街道,5,341600000001", "parent", "乡级代码"),
        ("341602003000", "薛阁街道,5,341621000000", "parent", "不在 341621000000 之内"),
        ("341602003000", "薛阁街道,5,341602003000", "parent", "不在 341602003000 之内"),
        ("341621100000", "城关街道,5,341621000000", "parent", "既不在本文件"),
        ("340000000000", "安徽省,2,340000000000", "parent", "省级没有上级"),
        ("341602000000", "谯城区,4,341600000000", "code", "与第 4 行重复"),
        ("341602003000", "薛阁街道,5", "code", "应有 4 列，实为 3 列"),
    ];
    for site in sites().await {
        let ctx = site.app.system("import");
        for (code, rest, column, words) in table {
            let file = format!("\u{feff}{HEAD}{TOP}{code},{rest}\r\n341602004000,汤陵街道,5,341602000000\n");
            let report = import_divisions(&ctx, &site.app.db, file.as_bytes()).await.unwrap();
            assert_eq!((report.refused_count, report.refused.len()), (1, 1), "{code},{rest}: {:?}", report.refused);
            let fault = &report.refused[0];
            assert_eq!((fault.line, fault.column), (5, column), "{fault}");
            assert!(fault.reason.contains(words), "{fault}");
            assert_eq!(report.added + report.unchanged, 4, "{}: the others go in", site.engine);
        }
        let orphan = "341623000000,利辛县,3,341600000000\n341623100000,城关镇,5,341623000000\n";
        let report = import_divisions(&ctx, &site.app.db, format!("{HEAD}{orphan}").as_bytes()).await.unwrap();
        assert_eq!(report.to_string(), "导入 0, 更新 0, 未变 0, 拒绝 2", "a child falls with its parent");
    }
}

#[tokio::test]
async fn bozhou_goes_in_once_and_the_same_file_again_changes_nothing() {
    let file = include_bytes!("../../../yiwang/demo/divisions.csv");
    for site in sites().await {
        let (db, ctx) = (&site.app.db, site.app.system("import"));
        let first = import_divisions(&ctx, db, file).await.unwrap();
        assert_eq!(first.to_string(), "导入 1822, 更新 0, 未变 0, 拒绝 0", "{}", site.engine);
        let units = db.stats().units;
        let again = import_divisions(&ctx, db, file).await.unwrap();
        assert_eq!(again.to_string(), "导入 0, 更新 0, 未变 1822, 拒绝 0", "{}", site.engine);
        assert_eq!(db.stats().units, units, "{}: nothing was written", site.engine);
        let renamed = format!("{HEAD}341602000000,新谯城区,4,341600000000\n");
        let report = import_divisions(&ctx, db, renamed.as_bytes()).await.unwrap();
        assert_eq!(report.to_string(), "导入 0, 更新 1, 未变 0, 拒绝 0", "{}", site.engine);
        let village: DivisionCode = "341602002001".parse().unwrap();
        let names: Vec<_> = path(db, &village).await.unwrap().into_iter().map(|it| it.name).collect();
        assert_eq!(names[..3], ["安徽省", "亳州市", "新谯城区"], "{}", site.engine);
        assert_eq!(names.len(), 5, "{}", site.engine);
        let city: DivisionCode = "341600".parse().unwrap();
        let under: Vec<_> =
            children(db, Some(&city)).await.unwrap().into_iter().map(|it| it.code.to_string()).collect();
        assert_eq!(under, ["341602000000", "341621000000", "341622000000", "341623000000"], "{}", site.engine);
        assert_eq!(division(db, &city).await.unwrap().level_name(), "市级");
        assert!(matches!(division(db, &"110000".parse().unwrap()).await, Err(Error::NotFound { .. })));
        let shown = site.get(&site.anonymous(), "/api/v1/divisions?parent=3416").await;
        assert_eq!(shown.status, 422, "{}", shown.body);
        let shown = site.get(&site.anonymous(), "/api/v1/divisions?parent=341600").await.json();
        assert_eq!(shown[0]["name"], "新谯城区", "{}", site.engine);
    }
}

proptest! {
    #[test]
    fn no_file_at_all_breaks_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400), rows in ".{0,200}") {
        let _ = read(&bytes);
        if let Ok((lines, faults)) = read(format!("{HEAD}{rows}\n").as_bytes()) {
            prop_assert!(lines.len() + faults.len() > 0);
        }
    }
}
