//! Promises of lists of officers: rows that are wrong are named and change nothing, good ones do what the desk does, and no more.

use kernel::{Authority, Id};
use standards::DivisionCode;
use testkit::{Site, Visitor};

use super::{citizen_number, facts, signed_in, sites, somebody};
use crate::{
    AuthorityFacts, NewPost, RosterReport, Source, create_authority, grant_post, import_officers,
    model::unit::NewUnit,
    service::{posts, roster::job, units},
};

const HEADS: &str = "人员编号,姓名,证件类型,证件号码,手机号,登录名,单位,处室窗口,岗位,事项,起,止\n";
const COUNTY: &str = "谯城区城市管理局";
const CITY: &str = "亳州市市场监督管理局";

async fn office(site: &Site, name: &str, uscc: &str, division: &str) -> Id<Authority> {
    let facts = AuthorityFacts { division: division.to_owned(), ..facts(name, uscc) };
    create_authority(&site.app.system("test"), &site.app.db, &facts).await.unwrap()
}

/// The city's and the county's authority; the latter with two windows of one name.
async fn two(site: &Site) -> [Id<Authority>; 2] {
    let ctx = site.app.system("test");
    let divisions = "code,name,level,parent\n340000000000,安徽省,2,\n341600000000,亳州市,3,340000000000\n\
        341602000000,谯城区,4,341600000000\n";
    crate::import_divisions(&ctx, &site.app.db, divisions.as_bytes()).await.unwrap();
    let city = office(site, CITY, "11341600000000027K", "341600000000").await;
    let county = office(site, COUNTY, "11341600000000035E", "341602000000").await;
    for name in ["审批科", "监管科"] {
        let new = NewUnit { kind: "office".to_owned(), name: name.to_owned() };
        let above = units::create(&ctx, &site.app.db, (county, None), &new).await.unwrap();
        let new = NewUnit { kind: "window".to_owned(), name: "一号窗口".to_owned() };
        units::create(&ctx, &site.app.db, (county, Some(above)), &new).await.unwrap();
    }
    [city, county]
}

async fn import(site: &Site, text: &str, dry_run: bool) -> RosterReport {
    let ctx = site.app.system("test");
    let file = Source::Memory(text.as_bytes().to_vec().into());
    import_officers(&ctx, &site.app, (file, "名单.csv"), dry_run, &|_, _| {}).await.unwrap()
}

fn counts(report: &RosterReport) -> (i64, i64, i64, i64) {
    let it = report.counts;
    (it.added, it.changed, it.same, it.refused)
}

#[tokio::test]
async fn each_wrong_row_is_named_with_line_column_value_and_what_to_do_and_the_others_go_in() {
    for site in sites().await {
        two(&site).await;
        let known = somebody(&site.app, ("丁一", "dingyi"), 1, Some("试验")).await;
        somebody(&site.app, ("孙静", "sunjing"), 2, Some("试验")).await;
        let n = |n: u32| citizen_number(n).to_string();
        let table: Vec<(String, Option<&str>)> = vec![
            (format!(",周新,,{},13900000010,zhouxin,{COUNTY},审批科/一号窗口,受理,,2026-03-02,", n(10)), None),
            (format!(",周旧,,34160219900101002X,13900000011,,{COUNTY},,受理,,,"), Some("证件号码 列，「…002X」")),
            (format!(",,,{},13900000012,,{COUNTY},,受理,,,", n(12)), Some("姓名 列，「」：请填写姓名")),
            (format!(",周丙,,{},139,,{COUNTY},,受理,,,", n(13)), Some("手机号 列，「139」：手机号应为 11 位")),
            (
                format!(",周丁,护照本,{},13900000014,,{COUNTY},,受理,,,", n(14)),
                Some("证件类型 列，「护照本」：没有这种证件"),
            ),
            (
                format!(",周戊,,{},13900000015,1234,{COUNTY},,受理,,,", n(15)),
                Some("登录名 列，「1234」：登录名不能只有数字"),
            ),
            (
                format!(",周己,,{},13900000016,sunjing,{COUNTY},,受理,,,", n(16)),
                Some("登录名 列，「sunjing」：登录名已被别人使用"),
            ),
            (format!(",周庚,,{},13900000017,,某某局,,受理,,,", n(17)), Some("单位 列，「某某局」：没有这个单位")),
            (format!(",周辛,,{},13900000018,,,,受理,,,", n(18)), Some("单位 列，「」：没有写单位")),
            (format!(",周壬,,{},13900000019,,{COUNTY},一号窗口,受理,,,", n(19)), Some("几个同名的处室")),
            (format!(",周癸,,{},13900000020,,{COUNTY},三号窗口,受理,,,", n(20)), Some("没有这个处室、窗口")),
            (format!(",吴甲,,{},13900000021,,{COUNTY},,局长,,,", n(21)), Some("岗位 列，「局长」：没有这种岗位")),
            (
                format!(",吴乙,,{},13900000022,,{COUNTY},,受理,,2026-02-30,", n(22)),
                Some("起 列，「2026-02-30」：不是日期"),
            ),
            (format!(",吴丙,,{},13900000023,,{COUNTY},,受理,,2026-03-09,2026-03-02", n(23)), Some("止 列")),
            (format!(",吴丁,,{},13900000024,,{COUNTY},,受理,不动产登记,,", n(24)), Some("没有这个事项")),
            (format!(",丁二,,{},,,{COUNTY},,受理,,,", n(1)), Some("姓名 列，「丁二」：与登记的姓名不一致")),
            (
                format!(",丁一,,{},13900000099,,{COUNTY},,受理,,,", n(1)),
                Some("手机号 列，「…0099」：与本人登记的手机号不一致"),
            ),
            (format!(",丁一,,{},,dingyi2,{COUNTY},,受理,,,", n(1)), Some("登录名不能在这里修改")),
            (format!("{},丁一,,{},,,{COUNTY},,受理,,,", known, n(2)), Some("不是同一个人")),
            (format!("0123456789abcdef0123456789abcdef,某人,,,,,{COUNTY},,受理,,,"), Some("没有这个人员编号")),
            (format!(",无名,,,,,{COUNTY},,受理,,,"), Some("没有写明是谁")),
            (
                format!(",周新改,,{},13900000010,,{COUNTY},,审批,,,", n(10)),
                Some("与第 2 行是同一个证件号码，姓名却不同"),
            ),
            (format!(",周新,,{},13900000010,,{COUNTY},,受理,,,", n(10)), Some("与第 2 行重复")),
            (format!(",吴戊,,{},13900000025,zhouxin,{COUNTY},,受理,,,", n(25)), Some("与第 2 行的登录名相同")),
            (format!(",丁一,,{},139****0001,,{COUNTY},,审批,,,2026-12-31", n(1)), None),
            (format!(",<b>,,{},13900000026,,=1+1,,受理,,,", n(26)), Some("「=1+1」：没有这个单位")),
        ];
        let lines: String = table.iter().map(|it| format!("{}\n", it.0)).collect();
        for dry_run in [true, false] {
            let report = import(&site, &format!("{HEADS}{lines}"), dry_run).await;
            let wanted: Vec<_> = table.iter().enumerate().filter_map(|(n, it)| Some((n + 2, it.1?))).collect();
            let told: Vec<_> = report.troubles.iter().map(ToString::to_string).collect();
            assert_eq!(told.len(), wanted.len(), "{told:#?}");
            for (told, (line, wanted)) in told.iter().zip(wanted) {
                assert!(told.starts_with(&format!("第 {line} 行")) && told.contains(wanted), "{told}\nwanted {wanted}");
            }
            assert_eq!(counts(&report), (2, 0, 0, 24), "{}", site.engine);
        }
        let held = posts::posts_of(&site.app.db, known).await.unwrap();
        assert_eq!(held.len(), 1, "{}: the good row of somebody known", site.engine);
        let again = import(&site, &format!("{HEADS}{lines}"), false).await;
        assert_eq!((again.counts.added, again.counts.changed), (0, 0), "{}: once is enough", site.engine);
    }
}

#[tokio::test]
async fn all_that_is_wrong_in_a_row_is_told_in_one_go() {
    for site in sites().await {
        two(&site).await;
        let broken = ",周新,,34160219900101,139,1234,某某局,,局长,,2026-13-01,";
        let unnamed = format!(",,,{},13900000012,,某某局,,受理,,,", citizen_number(12));
        let report = import(&site, &format!("{HEADS}{broken}\n{unnamed}\n"), true).await;
        let told: Vec<_> = report.troubles.iter().map(ToString::to_string).collect();
        let of = |line: &str| told.iter().filter(|it| it.starts_with(line)).cloned().collect::<Vec<_>>().join("\n");
        for column in ["证件号码 列", "登录名 列", "手机号 列", "单位 列", "岗位 列", "起 列"] {
            assert!(of("第 2 行").contains(column), "{}: {column}: {told:#?}", site.engine);
        }
        for column in ["姓名 列", "单位 列"] {
            assert!(of("第 3 行").contains(column), "{}: {column}: {told:#?}", site.engine);
        }
        assert_eq!(report.counts.refused, 2, "{}: rows are counted, not faults", site.engine);
    }
}

#[tokio::test]
async fn a_file_that_is_no_list_of_officers_or_too_long_is_refused_whole() {
    let row = format!(",周新,,,,,{COUNTY},,受理,,,\n");
    let table = [
        (String::new(), "空的"),
        ("甲,乙\n1,2\n".to_owned(), "没有认出列名"),
        (HEADS.to_owned(), "只有列名"),
        (format!("{HEADS}{}", row.repeat(5_001)), "超过 5000 行"),
        (format!("{HEADS},{},,,,,,,,,,\n", "长".repeat(2_000)), "内容过长"),
        (format!("{HEADS},\"{}", "长".repeat(1 << 20)), "引号"),
        ("%PDF-1.7".to_owned(), "PDF"),
    ];
    for site in sites().await {
        let (ctx, commits) = (site.app.system("test"), site.app.db.stats().commits);
        for (text, why) in &table {
            let file = Source::Memory(text.clone().into_bytes().into());
            let refused = import_officers(&ctx, &site.app, (file, "名单.csv"), false, &|_, _| {}).await;
            let error = refused.expect_err(why);
            assert!(error.message().contains(why), "{}: {}", site.engine, error.message());
        }
        assert_eq!(site.app.db.stats().commits, commits, "{}: nothing is written", site.engine);
    }
}

#[tokio::test]
async fn whoever_comes_by_a_list_has_an_account_that_no_password_opens() {
    for site in sites().await {
        two(&site).await;
        let row = format!(",周新,,{},13900000010,zhouxin,{COUNTY},,受理,,,\n", citizen_number(10));
        assert_eq!(counts(&import(&site, &format!("{HEADS}{row}"), false).await), (1, 0, 0, 0));
        for password in ["", "周新的密码不是这个", "zhouxin"] {
            let body = serde_json::json!({ "login": "zhouxin", "password": password });
            let answer = site.call(&site.anonymous(), "POST", "/api/v1/sessions", body).await;
            assert_eq!(answer.status, 422, "{}: {}", site.engine, answer.body);
        }
    }
}

#[tokio::test]
async fn another_last_day_is_a_change_and_what_a_list_cannot_change_it_refuses() {
    for site in sites().await {
        two(&site).await;
        let number = citizen_number(10);
        let row = |rest: &str| format!("{HEADS},周新,,{number},13900000010,,{rest}\n");
        let made = import(&site, &row(&format!("{COUNTY},审批科/一号窗口,受理,,2026-03-02,")), false).await;
        assert_eq!(counts(&made), (1, 0, 0, 0), "{}", site.engine);
        let refused = [
            (format!("{COUNTY},审批科/一号窗口,受理,,2026-03-05,"), "起始日期不能改"),
            (format!("{COUNTY},监管科/一号窗口,受理,,,"), "处室窗口与登记的不同"),
            (format!("{COUNTY},审批科/一号窗口,受理,,,2020-01-01"), "结束日期已过"),
        ];
        for (rest, why) in refused {
            let report = import(&site, &row(&rest), false).await;
            assert_eq!(counts(&report), (0, 0, 0, 1), "{}", site.engine);
            assert!(report.troubles[0].reason.contains(why), "{}", report.troubles[0]);
        }
        for (ends, wanted) in [("2027-12-31", (0, 1, 0, 0)), ("2027-12-31", (0, 0, 1, 0)), ("", (0, 1, 0, 0))] {
            let report = import(&site, &row(&format!("{COUNTY},审批科/一号窗口,受理,,,{ends}")), false).await;
            assert_eq!(counts(&report), wanted, "{}: {ends} {:?}", site.engine, report.troubles);
        }
    }
}

/// An administrator of the county, signed in.
async fn chief(site: &Site) -> Visitor {
    let chief = somebody(&site.app, ("丁一", "dingyi"), 1, Some("试验")).await;
    let division = Some("341602000000".parse::<DivisionCode>().unwrap());
    let new = NewPost { division, ..NewPost::from_today(chief, "admin", None) };
    grant_post(&site.app.system("test"), &site.app, &new).await.unwrap();
    signed_in(site, "dingyi").await
}

async fn hand_in(site: &Site, who: &Visitor, text: &str) -> serde_json::Value {
    let path = "/api/v1/desk/officers/imports?name=list.csv";
    let answer = site.send(who, ("POST", path), "application/octet-stream", text.as_bytes().to_vec()).await;
    assert_eq!(answer.status, 201, "{}: {}", site.engine, answer.body);
    answer.json()
}

#[tokio::test]
async fn an_administrator_takes_in_rows_of_the_own_branch_and_a_row_beyond_is_refused_by_name() {
    for site in sites().await {
        let [city, county] = two(&site).await;
        let dingyi = chief(&site).await;
        let row = |n: u32, office: &str| format!(",周新{n},,{},139000000{n},,{office},,受理,,,\n", citizen_number(n));
        let text = format!("{HEADS}{}{}{}", row(10, COUNTY), row(11, CITY), row(12, "11341600000000035E"));
        let made = hand_in(&site, &dingyi, &text).await;
        assert_eq!((made["added"].as_i64(), made["refused"].as_i64()), (Some(2), Some(1)), "{made}");
        let trouble = &made["troubles"][0];
        assert_eq!((trouble["line"].as_i64(), trouble["value"].as_str()), (Some(3), Some(CITY)));
        assert!(trouble["reason"].as_str().unwrap().contains("不在您的管理范围内"));
        let id = made["id"].as_str().unwrap();
        let sunjing = {
            let other = somebody(&site.app, ("孙静", "sunjing"), 2, Some("试验")).await;
            grant_post(&site.app.system("test"), &site.app, &NewPost::from_today(other, "admin", None)).await.unwrap();
            signed_in(&site, "sunjing").await
        };
        for path in [format!("/desk/people/import/{id}"), format!("/api/v1/desk/officers/imports/{id}")] {
            assert_eq!(site.get(&sunjing, &path).await.status, 404, "{}: another's list", site.engine);
        }
        assert_eq!(site.get(&dingyi, &format!("/desk/people/import/{id}")).await.status, 200);
        let started = site.post(&dingyi, &format!("/desk/people/import/{id}/start"), &[]).await;
        assert_eq!(started.status, 303, "{}: {}", site.engine, started.body);
        assert_eq!(site.post(&dingyi, &format!("/desk/people/import/{id}/start"), &[]).await.status, 409, "only once");
        job::sweep(&site.app, &site.app.system("identity.roster")).await.unwrap();
        let done = site.get(&dingyi, &format!("/api/v1/desk/officers/imports/{id}")).await.json();
        assert_eq!((done["state"].as_str(), done["done"].as_i64()), (Some("done"), Some(2)), "{done}");
        let list = site.get(&dingyi, &format!("/desk/people?authority={county}")).await.body;
        assert!(list.contains("周新10") && list.contains("周新12"), "{}", site.engine);
        let list = site.get(&sunjing, &format!("/desk/people?authority={city}")).await.body;
        assert!(!list.contains("周新"), "{}", site.engine);
    }
}

#[tokio::test]
async fn an_import_whose_starter_administers_nothing_any_more_stops_and_says_so() {
    for site in sites().await {
        let [_, county] = two(&site).await;
        let dingyi = chief(&site).await;
        let row = format!(",周新,,{},13900000010,,{COUNTY},,受理,,,\n", citizen_number(10));
        let made = hand_in(&site, &dingyi, &format!("{HEADS}{row}")).await;
        let id: Id<job::ImportMark> = made["id"].as_str().unwrap().parse().unwrap();
        site.post(&dingyi, &format!("/desk/people/import/{id}/start"), &[]).await;
        let chief = site.get(&dingyi, "/api/v1/me").await.json()["person"].as_str().unwrap().parse().unwrap();
        let ctx = site.app.system("test");
        for held in posts::posts_of(&site.app.db, chief).await.unwrap() {
            crate::end_post(&ctx, &site.app, held.id).await.unwrap();
        }
        job::sweep(&site.app, &site.app.system("identity.roster")).await.unwrap();
        let after = posts::officers(&ctx, &site.app, Some(county), &kernel::PageAsk { after: None, limit: 10 }).await;
        assert!(after.unwrap().page.items.is_empty(), "{}: nothing was written", site.engine);
    }
}

#[tokio::test]
async fn an_exported_list_names_nobodys_number_and_changes_nothing_when_it_comes_back() {
    for site in sites().await {
        let [city, _] = two(&site).await;
        let n = |n: u32| citizen_number(n).to_string();
        let rows = [
            format!(",周新,,{},13900000010,zhouxin,{COUNTY},审批科/一号窗口,受理,,2026-03-02,2027-03-01\n", n(10)),
            format!(",周新,,,,zhouxin,{CITY},,审批,,,\n"),
            format!(",=孙静,,{},13900000011,,{CITY},,受理,,,\n", n(11)),
        ];
        let made = import(&site, &format!("{HEADS}{}", rows[0]), false).await;
        assert_eq!(counts(&made), (1, 0, 0, 0), "{:?}", made.troubles);
        let made = import(&site, &format!("{HEADS}{}{}{}", rows[0], rows[1], rows[2]), false).await;
        assert_eq!(counts(&made), (2, 0, 1, 0), "{:?}", made.troubles);
        let admin = somebody(&site.app, ("丁一", "dingyi"), 1, Some("试验")).await;
        grant_post(&site.app.system("test"), &site.app, &NewPost::from_today(admin, "admin", None)).await.unwrap();
        let dingyi = signed_in(&site, "dingyi").await;
        for (authority, posts) in [(String::new(), 3), (city.to_string(), 2)] {
            for ending in ["csv", "xlsx"] {
                let path = format!("/desk/people/export/officers.{ending}?authority={authority}");
                let shown = site.get(&dingyi, &path).await;
                assert_eq!(shown.status, 200, "{}: {path}", site.engine);
                if ending == "csv" {
                    let told = ["周新", n(10).as_str(), "13900000010", "zhouxin"].map(|it| shown.body.contains(it));
                    assert_eq!(told, [true, false, false, false], "{}", shown.body);
                }
                let ctx = site.app.system("test");
                let whose = authority.parse().ok();
                let file = crate::service::roster::export::list(&ctx, &site.app, whose, ending).await.unwrap();
                let source = Source::Memory(file.into());
                let back = import_officers(&ctx, &site.app, (source, "back"), false, &|_, _| {}).await.unwrap();
                assert_eq!(counts(&back), (0, 0, posts, 0), "{} {ending}: {:?}", site.engine, back.troubles);
            }
        }
        assert_eq!(site.get(&dingyi, "/desk/people/import/template.xlsx").await.status, 200);
        let template = crate::service::roster::export::template().unwrap();
        let error = import_officers(
            &site.app.system("test"),
            &site.app,
            (Source::Memory(template.into()), "t"),
            true,
            &|_, _| {},
        )
        .await
        .expect_err("blank");
        assert!(error.message().contains("只有列名"), "{}", error.message());
    }
}

#[tokio::test]
async fn a_long_list_goes_in_by_chunks_in_rounds_that_go_on_where_they_stood() {
    for site in sites().await {
        two(&site).await;
        let dingyi = chief(&site).await;
        let people: String = (0..600_u32)
            .map(|n| {
                let stem = format!("34160219910101{n:03}");
                let check = standards::iso7064::mod_11_2(&stem).unwrap();
                format!(",周{n},,{stem}{check},1390001{n:04},,{COUNTY},,受理,,,\n")
            })
            .collect();
        let made = hand_in(&site, &dingyi, &format!("{HEADS}{people}")).await;
        assert_eq!(made["added"].as_i64(), Some(600), "{made}");
        let id = made["id"].as_str().unwrap();
        site.post(&dingyi, &format!("/desk/people/import/{id}/start"), &[]).await;
        let before = site.app.db.stats().commits;
        let mut states = Vec::new();
        for _ in 0..2 {
            job::sweep(&site.app, &site.app.system("identity.roster")).await.unwrap();
            let it = site.get(&dingyi, &format!("/api/v1/desk/officers/imports/{id}")).await.json();
            states.push((it["state"].as_str().unwrap().to_owned(), it["done"].as_i64().unwrap()));
        }
        assert_eq!(states, [("running".to_owned(), 500), ("done".to_owned(), 600)], "{}", site.engine);
        assert!(site.app.db.stats().commits - before < 40, "fifty people a unit");
        site.clock.hours(25);
        job::sweep(&site.app, &site.app.system("identity.roster")).await.unwrap();
        let dingyi = signed_in(&site, "dingyi").await;
        assert_eq!(site.get(&dingyi, &format!("/desk/people/import/{id}")).await.status, 404, "gone after a day");
    }
}

/// A citizen number for a list longer than one day has numbers for.
fn numbered(n: u32) -> String {
    let stem = format!("341602199{}{:02}{:02}{:03}", n / 4_000, 1 + n / 400 % 10, 1 + n / 20 % 20, n % 20 * 2);
    let check = standards::iso7064::mod_11_2(&stem).unwrap();
    format!("{stem}{check}")
}

#[tokio::test]
async fn five_thousand_officers_go_in_by_one_list_and_one_more_is_told_before_anything_is_done() {
    let row = |n: u32| {
        let (number, mobile) = (numbered(n), 13_800_000_000_u64 + u64::from(n));
        format!(",陈某,,{number},{mobile},chen{n},{COUNTY},审批科,受理,,2026-03-02,\n")
    };
    for site in sites().await {
        let engine = site.engine;
        two(&site).await;
        let whole: String = (0..5_000).map(row).collect();
        let ctx = site.app.system("test");
        let longer = format!("{HEADS}{whole}{}", row(5_000));
        let file = Source::Memory(longer.into_bytes().into());
        let refused = import_officers(&ctx, &site.app, (file, "名单.csv"), false, &|_, _| {}).await;
        let told = refused.map(|it| it.troubles.iter().map(ToString::to_string).collect::<String>());
        let told = told.unwrap_or_else(|error| error.message());
        assert!(told.contains("5000 行") && told.contains("分成几个文件"), "{engine}: {told}");
        let begun = std::time::Instant::now();
        let report = import(&site, &format!("{HEADS}{whole}"), false).await;
        // Read by whoever measures (`--nocapture`); nothing is promised of it here.
        println!("{engine}: 5,000 rows in {:.1} s", begun.elapsed().as_secs_f64());
        assert_eq!(counts(&report), (5_000, 0, 0, 0), "{engine}: {:?}", report.troubles.first());
        let found = crate::find_people_by_mobile(&site.app, "13800004999").await.unwrap();
        assert_eq!(found.len(), 1, "{engine}: the last row");
    }
}
