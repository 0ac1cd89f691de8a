//! Promises of sites and notices, on every engine.

use kernel::{Authority, Id};
use standards::DivisionCode;
use testkit::{Site, Visitor};

use super::{AREAS, sites};
use crate::{
    SITES,
    model::{
        colour::{CONTRAST_MIN, Colour, sheet},
        notice::{NoticeFacts, NoticeKind},
        place::Place,
        site::{PhoneLine, SiteFacts},
    },
    service::sites::NewSite,
};

/// 谯城区 with a site of its own, and somebody who edits it.
async fn with_site() -> Vec<(Site, Visitor, Id<Authority>, Place)> {
    let mut out = Vec::new();
    for (site, office, _) in sites().await {
        let divisions = "code,name,level,parent\n340000000000,安徽省,2,\n341600000000,亳州市,3,340000000000\n341602000000,谯城区,4,341600000000\n341602100000,古井镇,5,341602000000\n341602100201,药王村,6,341602100000\n";
        identity::import_divisions(&site.app.system("test"), &site.app.db, divisions.as_bytes()).await.unwrap();
        let editor = site.person("编辑", &[(SITES, Some(office))]);
        let new = NewSite { division: code("341602000000"), hall: String::new(), keeper: office };
        let place = crate::make_site(&site.app.system("test"), &site.app.db, &new).await.unwrap();
        out.push((site, editor, office, place));
    }
    out
}

fn code(text: &str) -> DivisionCode {
    DivisionCode::parse(text).unwrap()
}

fn notice(title: &str, starts: &str, ends: &str) -> NoticeFacts {
    NoticeFacts {
        kind: NoticeKind::Warn,
        title: title.to_owned(),
        body: "请互相<script>转告".to_owned(),
        below: true,
        starts: starts.to_owned(),
        ends: ends.to_owned(),
    }
}

async fn fresh(site: &Site) {
    site.settle(&AREAS).await;
    site.clock.hours(1);
}

#[test]
fn a_colour_on_which_white_words_cannot_be_read_is_refused_and_a_readable_one_is_offered() {
    for (text, fine) in
        [("#000000", true), ("#0c3f85", true), ("#1f6f54", true), ("#ffffff", false), ("#e8b600", false)]
    {
        let colour = Colour::parse(text).unwrap();
        assert_eq!(colour.contrast_with_white() >= CONTRAST_MIN, fine, "{text}");
        assert!(colour.readable().contrast_with_white() >= CONTRAST_MIN, "{text}");
        let facts = SiteFacts { colour: text.to_owned(), ..SiteFacts::default() };
        match facts.check(false) {
            Ok(_) => assert!(fine, "{text}"),
            Err(faults) => assert!(!fine && faults[0].message.contains(&colour.readable().to_string()), "{text}"),
        }
    }
    for text in ["", "red", "#12345", "#12345g", "#1234567", "}body{}"] {
        assert!(Colour::parse(text).is_none(), "{text}");
    }
    // Every colour there is on the corners of the cube: what the sheet writes can be read.
    for corner in 0..8_u8 {
        let part = |bit: u8| if corner >> bit & 1 == 1 { "ff" } else { "00" };
        let colour = Colour::parse(&format!("#{}{}{}", part(0), part(1), part(2))).unwrap();
        let sheet = sheet(colour);
        let value = |name: &str| Colour::parse(&sheet.split(name).nth(1).unwrap()[..7]).unwrap();
        let (brand, words) = (value("--brand:"), value("--on-brand-2:"));
        assert!(words.contrast(brand) >= CONTRAST_MIN && sheet.starts_with("@media screen{html:not(.contrast){"));
    }
}

#[test]
fn what_a_site_says_is_checked_field_by_field() {
    let with = |change: fn(&mut SiteFacts)| {
        let mut facts = SiteFacts::default();
        change(&mut facts);
        facts.check(false).err().unwrap_or_default().iter().map(|it| it.field.clone()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(with(|_| {}), "");
    assert_eq!(with(|it| it.longitude = "115.7".to_owned()), "longitude");
    assert_eq!(with(|it| (it.longitude, it.latitude) = ("200".to_owned(), "33.8".to_owned())), "longitude");
    assert_eq!(with(|it| (it.longitude, it.latitude) = ("115.7787".to_owned(), "33.8".to_owned())), "");
    assert_eq!(with(|it| it.map_link = "javascript:alert(1)".to_owned()), "map_link");
    assert_eq!(with(|it| it.map_link = "http://example.org".to_owned()), "map_link");
    assert_eq!(with(|it| it.welcome = "长".repeat(601)), "welcome");
    let line = |number: &str| vec![PhoneLine { label: "咨询".to_owned(), number: number.to_owned() }];
    for (number, fault) in [("", "phone_0"), ("打电话", "phone_0"), ("0558-5550101", ""), ("12345", "")] {
        let facts = SiteFacts { phones: line(number), ..SiteFacts::default() };
        let faults = facts.check(false).err().unwrap_or_default();
        assert_eq!(faults.first().map_or("", |it| it.field.as_str()), fault, "{number}");
    }
    for (starts, ends, field) in [
        ("", "2026-03-02", "starts"),
        ("2026-02-30", "2026-03-02", "starts"),
        ("2026-03-02", "2026-03-01", "ends"),
        ("2026-03-02", "2028-03-02", "ends"),
        ("2026-03-02", "2026-03-02", ""),
    ] {
        let faults = notice("题", starts, ends).check().err().unwrap_or_default();
        assert_eq!(faults.first().map_or("", |it| it.field.as_str()), field, "{starts} {ends}");
    }
}

#[tokio::test]
async fn only_those_with_the_post_at_its_keeper_edit_a_site_and_no_place_gets_two() {
    for (site, editor, office, place) in with_site().await {
        let (db, new) =
            (&site.app.db, |text: &str| NewSite { division: code(text), hall: String::new(), keeper: office });
        let ctx = site.app.system("test");
        assert!(crate::make_site(&ctx, db, &new("341602000000")).await.is_err(), "a second site, {}", site.engine);
        assert!(crate::make_site(&ctx, db, &new("341600000000")).await.is_err(), "above the keeper's own place");
        assert!(crate::make_site(&ctx, db, &new("341602999000")).await.is_err(), "a place that is not there");
        let other = site.person("别人", &[(SITES, Some(ctx.new_id()))]);
        for (who, status) in [(&site.anonymous(), 303), (&site.person("李四", &[]), 403), (&other, 403), (&editor, 200)]
        {
            let answer = site.get(who, &format!("/desk/places/{place}")).await;
            assert_eq!(answer.status, status, "{}", site.engine);
        }
        let facts = SiteFacts::default();
        let changed = crate::change_site(&site.ctx(&other), db, (&place, 1), ("", &facts)).await;
        assert!(matches!(changed, Err(kernel::Error::Forbidden { .. })), "{}", site.engine);
        let posted = crate::post_notice(&site.ctx(&other), db, &place, &notice("题", "2026-03-02", "2026-03-03")).await;
        assert!(matches!(posted, Err(kernel::Error::Forbidden { .. })), "{}", site.engine);
    }
}

#[tokio::test]
async fn what_the_desk_writes_stands_on_the_page_as_text_and_two_editors_do_not_overwrite_each_other() {
    for (site, _, _, place) in with_site().await {
        let facts = SiteFacts {
            welcome: "欢迎<script>alert(1)</script>".to_owned(),
            address: "演示大道<b>2号".to_owned(),
            way_there: "\" onclick=\"x".to_owned(),
            longitude: "115.778676".to_owned(),
            latitude: "33.844582".to_owned(),
            colour: "#1f6f54".to_owned(),
            ..SiteFacts::default()
        };
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        crate::change_site(&ctx, db, (&place, 1), ("", &facts)).await.unwrap();
        let late = crate::change_site(&ctx, db, (&place, 1), ("", &SiteFacts::default())).await;
        assert!(matches!(late, Err(kernel::Error::Stale { .. })), "{}", site.engine);
        fresh(&site).await;
        let nobody = site.anonymous();
        let page = site.get(&nobody, "/places/341602").await.body;
        for text in
            ["欢迎&#60;script", "演示大道&#60;b", "geo:33.844582,115.778676", "look.css?v=2", "东经 115.778676°"]
        {
            assert!(page.contains(text), "{text}, {}", site.engine);
        }
        assert!(!page.contains("alert(1)</script>") && !page.contains("\" onclick"));
        let sheet = site.get(&nobody, "/places/341602000000/look.css?v=2").await.body;
        assert!(sheet.contains("--brand:#1f6f54"), "{sheet}");
        // A village that has no site of its own shows the nearest place that says where to go.
        let village = site.get(&nobody, "/places/341602100201").await.body;
        assert!(village.contains("可以到谯城区办") && village.contains("要到谯城区办的"), "{}", site.engine);
        assert!(village.contains("食品经营许可（首次申请）"), "what is done higher up");
        assert_eq!(site.get(&nobody, "/places/341602100299").await.status, 404);
    }
}

#[tokio::test]
async fn a_notice_is_shown_from_its_first_day_to_its_last_here_and_below_until_it_is_taken_back() {
    for (site, _, _, place) in with_site().await {
        let (ctx, db, nobody) = (site.app.system("test"), &site.app.db, site.anonymous());
        let shown = async |path: &str| {
            let body = site.get(&nobody, path).await.body;
            ["今天", "明天", "昨天"].into_iter().filter(|it| body.contains(*it)).collect::<Vec<_>>().join(" ")
        };
        crate::post_notice(&ctx, db, &place, &notice("今天", "2026-03-02", "2026-03-02")).await.unwrap();
        crate::post_notice(&ctx, db, &place, &notice("明天", "2026-03-03", "2026-03-04")).await.unwrap();
        crate::post_notice(&ctx, db, &place, &notice("昨天", "2026-02-27", "2026-03-01")).await.unwrap();
        fresh(&site).await;
        assert_eq!(shown("/places/341602").await, "今天", "{}", site.engine);
        assert_eq!(shown("/places/341602100201").await, "今天", "below, {}", site.engine);
        assert_eq!(shown("/places/341600").await, "", "not above, {}", site.engine);
        assert_eq!(shown("/places/341602/notices").await, "今天 昨天", "what is to come is not told yet");
        site.clock.hours(24);
        assert_eq!(shown("/places/341602").await, "明天", "{}", site.engine);
        let all = crate::notices_of(db, &place, &kernel::PageAsk::default()).await.unwrap().items;
        let tomorrow = all.iter().find(|it| it.facts.title == "明天").unwrap();
        let ctx = site.app.system("test");
        crate::withdraw_notice(&ctx, db, (tomorrow.id, 1)).await.unwrap();
        let again = crate::change_notice(&ctx, db, (tomorrow.id, 2), &tomorrow.facts).await;
        assert!(matches!(again, Err(kernel::Error::Refused { .. })), "what was taken back stays so");
        fresh(&site).await;
        assert_eq!(shown("/places/341602").await, "", "{}", site.engine);
        assert_eq!(site.get(&nobody, &format!("/notices/{}", tomorrow.id)).await.status, 404);
        let today = all.iter().find(|it| it.facts.title == "今天").unwrap();
        let text = site.get(&nobody, &format!("/notices/{}", today.id)).await;
        assert!(text.status == 200 && !text.body.contains("<script>转告"), "{}", site.engine);
    }
}

#[tokio::test]
async fn a_hall_that_is_no_division_has_its_page_and_its_departments() {
    for (site, _, office, _) in with_site().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let new = NewSite { division: code("341602000000"), hall: "开发区<大厅>".to_owned(), keeper: office };
        let hall = crate::make_site(&ctx, db, &new).await.unwrap();
        let facts = SiteFacts { offices: vec![office], ..SiteFacts::default() };
        crate::change_site(&ctx, db, (&hall, 1), ("开发区<大厅>", &facts)).await.unwrap();
        fresh(&site).await;
        let page = site.get(&site.anonymous(), &format!("/places/{hall}")).await.body;
        assert!(page.contains("开发区&#60;大厅&#62;") && page.contains("食品经营许可（首次申请）"), "{}", site.engine);
        let county = site.get(&site.anonymous(), "/places/341602").await.body;
        assert!(county.contains(&format!("/places/{hall}")), "its place leads to it, {}", site.engine);
    }
}

#[tokio::test]
async fn a_picture_is_a_picture_by_its_bytes_and_tells_in_words_what_it_shows() {
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";
    for (site, _, _, place) in with_site().await {
        let (ctx, app) = (site.app.system("test"), &site.app);
        let put = async |bytes: &[u8], alt: &str, version: i64| {
            let picture = Some((bytes.to_vec(), alt.to_owned()));
            crate::set_picture(&ctx, (&app.db, &app.blobs), (&place, version), picture).await
        };
        assert!(put(b"<svg onload=alert(1)>", "大楼", 1).await.is_err(), "{}", site.engine);
        assert!(put(PNG, "", 1).await.is_err(), "no words");
        put(PNG, "大楼\"正门", 1).await.unwrap();
        let blob = crate::site(&app.db, &place).await.unwrap().facts.picture.unwrap().blob;
        let nobody = site.anonymous();
        let picture = site.get(&nobody, &format!("/places/341602000000/picture/{blob}")).await;
        assert_eq!(picture.status, 200, "{}", site.engine);
        assert_eq!(site.get(&nobody, "/places/341602000000/picture/x").await.status, 404);
        fresh(&site).await;
        assert!(site.get(&nobody, "/places/341602").await.body.contains("alt=\"大楼&#34;正门\""), "{}", site.engine);
    }
}

#[tokio::test]
async fn a_place_asks_the_database_a_fixed_number_of_questions_once_and_then_none() {
    for (site, _, _, _) in with_site().await {
        let nobody = site.anonymous();
        site.get(&nobody, "/places/341602").await;
        let asked = async |path: &str| {
            let before = site.app.db.queries();
            assert_eq!(site.get(&nobody, path).await.status, 200, "{path}");
            site.app.db.queries() - before
        };
        assert_eq!(asked("/places/341602").await, 0, "{}", site.engine);
        assert_eq!(asked("/places/341602100201").await, 5, "{}", site.engine);
        assert_eq!(asked("/places/341600").await, 5, "{}", site.engine);
        assert_eq!(asked("/places/341602100201").await, 0, "{}", site.engine);
    }
}

#[tokio::test]
async fn the_record_agrees_with_sites_and_notices_and_no_statement_reads_a_whole_table() {
    for (site, _, _, place) in with_site().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        crate::post_notice(&ctx, db, &place, &notice("题", "2026-03-02", "2026-03-03")).await.unwrap();
        site.settle(&AREAS).await;
        for replay in crate::replay::all() {
            let rows = db.query(replay.rows(), storage::args!["", 100_i64]).await.unwrap();
            assert_eq!(rows.len(), 1, "{} {}", replay.prefix(), site.engine);
            let thing = replay.row(&rows[0]).unwrap();
            let record = journal::history(db, &thing.subject).await.unwrap();
            assert_eq!(replay.replay(&record).unwrap(), thing, "{}", site.engine);
        }
        let found = storage::testing::scans(db, crate::store::SQL).await.unwrap();
        // For the verification of the record and lists of everything: a page by the primary key, from its beginning.
        let may = ["SITES: ", "SITE_ROWS: ", "NOTICE_ROWS: "];
        let found: Vec<_> = found.iter().filter(|it| !may.iter().any(|name| it.starts_with(name))).collect();
        assert!(found.is_empty(), "{}: {found:?}", site.engine);
    }
}

#[tokio::test]
async fn however_many_authorities_there_are_any_of_them_can_be_made_the_keeper_of_a_new_site() {
    for (site, _, _, _) in with_site().await {
        let all = identity::testing::many_authorities(&site.app, 60).await.unwrap();
        let editor = site.person("总编辑", &[(SITES, None)]);
        let blank = site.get(&editor, "/desk/places/new").await.body;
        assert!(blank.contains("请选择实施主体") && !blank.contains("name=\"division\""), "{}: {blank}", site.engine);
        let found = site.get(&editor, "/desk/places/new?office=%E7%AC%AC060").await.body;
        let last = all[59].to_string();
        assert!(found.contains("第060街道办事处") && found.contains(&last), "{}: {found}", site.engine);
        let fields = [("division", "34160210020X"), ("authority", last.as_str()), ("hall", "")];
        let again = site.post(&editor, "/desk/places", &fields).await;
        assert!(again.status == 422 && again.body.contains("34160210020X"), "{}", site.engine);
        assert!(again.body.contains("第060街道办事处"), "{}: the choice is kept", site.engine);
        let none = site.post(&editor, "/desk/places", &[("division", "341602100201"), ("authority", "")]).await;
        assert!(none.status == 422 && none.body.contains("请选择维护单位"), "{}: {}", site.engine, none.body);
        let fields = [("division", "341602100201"), ("authority", last.as_str()), ("hall", "")];
        // This editor's post is not on record, as if it had just been ended: nothing is made, and that is said as it is.
        let ended = site.post(&editor, "/desk/places", &fields).await;
        assert!(ended.status == 403 && ended.body.contains("办理这件事"), "{}: {}", site.engine, ended.body);
        let new = NewSite { division: code("341602100201"), hall: String::new(), keeper: all[59] };
        crate::make_site(&site.app.system("test"), &site.app.db, &new).await.unwrap();
    }
}
