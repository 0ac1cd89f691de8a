//! Every list of the desks is written out from the button on its page: with the content, the filter and the rights of the page; an empty one
//! offers none. Each is asked for through the real router.

use catalogue::{
    CATALOGUE, DIRECTORY, LEGAL_CHECK, OFFICE_CHECK,
    model::{ActKind, BaseEntry, Day, ItemAct},
};
use identity::{AuthorityFacts, CONNECT};
use kernel::{Authority, Id, PageAsk, Permission};
use portal::{NewSite, SITES, WORDS};
use serde_json::json;
use testkit::Visitor;

use super::{
    exports_of_lists::{API, written},
    world::{World, credit_code, officer, worlds, worlds_for_persons},
};
use crate::{ADVISE, SEE};

impl World {
    /// Another office of the same place.
    async fn other_office(&self) -> Id<Authority> {
        let facts = AuthorityFacts {
            name: "谯城区教育局（试验）".to_owned(),
            uscc: credit_code("1134160200300077"),
            division: "341602".to_owned(),
            ..AuthorityFacts::default()
        };
        let system = self.site.app.system("test");
        identity::create_listed_authority(&system, &self.site.app.db, &facts).await.expect("an authority")
    }

    /// Somebody with this permission at an office.
    async fn hand(&self, may: Permission, at: Id<Authority>) -> Visitor {
        officer(&self.site, may.words, &[may], at).await
    }

    /// What the button of this list on a page asks for; `None`: the page has no such button.
    async fn offer(&self, who: &Visitor, page: &str, list: &str) -> Option<String> {
        let shown = self.page(who, page).await;
        let form = shown.split(&format!("name=\"list\" value=\"{list}\"")).nth(1)?;
        let asked = form.split("name=\"asked\" value=\"").nth(1).and_then(|it| it.split('"').next());
        Some(asked.expect("what is asked for").replace("&#38;", "&"))
    }

    /// Presses the button of this list on a page and reads the file, without its head. What is asked leads back to the page.
    async fn pressed(&self, who: &Visitor, (page, list): (&str, &str)) -> Vec<Vec<String>> {
        let engine = self.site.engine;
        let asked = self.offer(who, page, list).await;
        let asked = asked.unwrap_or_else(|| panic!("{engine}: {page} offers no {list}"));
        let fields = [("list", list), ("asked", &asked), ("form", "csv")];
        let form = self.site.post(who, "/desk/exports/ask", &fields).await;
        assert_eq!(form.status, 200, "{engine} {list}: {}", form.body);
        let back = page.split('?').next().expect("a path");
        assert!(form.body.contains(&format!("href=\"{back}")), "{engine} {list}: {}", form.body);
        let mut rows = written(self, who, json!({"list": list, "asked": asked, "form": "csv"})).await;
        rows.remove(0);
        rows
    }

    /// What the list refuses or gives whoever asks for a part that another's page shows.
    async fn status_of(&self, who: &Visitor, list: &str, asked: &str) -> u16 {
        let ask = json!({"list": list, "asked": asked, "form": "csv"});
        self.call("POST", who, API, ask).await.status
    }
}

/// Whether there are just these rows, each beginning with these cells.
fn are(rows: &[Vec<String>], expected: &[&[&str]]) -> bool {
    let begins = |row: &Vec<String>, cells: &&[&str]| row.iter().zip(*cells).all(|(a, b)| a == b);
    rows.len() == expected.len() && rows.iter().zip(expected).all(|(row, cells)| begins(row, cells))
}

fn encoded(text: &str) -> String {
    webkit::encoded(text)
}

#[tokio::test]
async fn the_base_directory_is_written_out_by_type_and_words_and_so_are_the_lists_that_rest_on_an_entry() {
    for world in worlds().await {
        let (engine, app) = (world.site.engine, &world.site.app);
        let keeper = world.hand(DIRECTORY, world.authority).await;
        let first = world.document.base.clone().expect("a base entry");
        let mut other = serde_json::to_value(&first).expect("JSON");
        (other["code"], other["name"]) = (json!("000120999000"), json!("试验登记"));
        let other: BaseEntry = serde_json::from_value(other).expect("an entry");
        for it in [&first, &other] {
            let version = catalogue::base_entry(&app.db, it.code.as_str()).await.map_or(0, |it| it.version);
            catalogue::put_base(&app.system("test"), &app.db, version, it).await.expect("listed");
        }
        let list = "catalogue.base";
        let rows = world.pressed(&keeper, ("/desk/base", list)).await;
        let (one, two) = ([first.name.as_str(), "行政许可", "000131024000"], ["试验登记", "行政许可", "000120999000"]);
        assert!(are(&rows, &[&two, &one]), "{engine}: {rows:?}");
        let by_words = format!("/desk/base?type=01&q={}", encoded("试验"));
        assert!(are(&world.pressed(&keeper, (&by_words, list)).await, &[&two]), "{engine}");
        for empty in ["/desk/base?type=02", "/desk/base?q=zz"] {
            assert_eq!(world.offer(&keeper, empty, list).await, None, "{engine} {empty}");
        }
        let list = "catalogue.implementing";
        let rows = world.pressed(&keeper, ("/desk/base/000131024000", list)).await;
        let name = "谯城区市场监督管理局（试验）";
        assert!(are(&rows, &[&[&world.document.name, name, "在用"]]), "{engine}: {rows:?}");
        assert_eq!(world.offer(&keeper, "/desk/base/000120999000", list).await, None, "{engine}");
        for list in ["catalogue.base", list] {
            assert_eq!(world.site.get(&world.accept, "/desk/base").await.status, 403, "{engine}");
            assert_eq!(world.status_of(&world.accept, list, "code=000131024000").await, 403, "{engine}");
        }
    }
}

#[tokio::test]
async fn what_was_not_found_and_the_words_of_the_site_are_written_out_for_who_keeps_them() {
    for world in worlds().await {
        let engine = world.site.engine;
        let keeper = world.site.person("马腾", &[(WORDS, None)]);
        identity::testing::seat(&world.site.app, &world.site.ctx(&keeper)).await.expect("a seat");
        let (missed, words) = (("/desk/search/missed", "portal.missed"), ("/desk/search", "portal.words"));
        for (page, list) in [missed, words] {
            assert_eq!(world.offer(&keeper, page, list).await, None, "{engine} {page}: nothing yet");
        }
        world.settle().await;
        world.site.clock.hours(1);
        for _ in 0..2 {
            world.site.get(&world.site.anonymous(), &format!("/search?q={}", encoded("无人驾驶飞艇"))).await;
            world.site.clock.hours(1);
        }
        let rows = world.pressed(&keeper, missed).await;
        assert!(are(&rows, &[&["无人驾驶飞艇", "2"]]), "{engine}: {rows:?}");
        for (kind, said, meant) in [("", "办红本", "不动产登记"), ("asking", "要啥手续", "")] {
            let added = world.site.post(&keeper, words.0, &[("kind", kind), ("said", said), ("meant", meant)]).await;
            assert_eq!(added.status, 303, "{engine}: {}", added.body);
        }
        let rows = world.pressed(&keeper, words).await;
        assert!(are(&rows, &[&["办红本", "不动产登记", "说法", "在用"]]), "{engine}: {rows:?}");
        let rows = world.pressed(&keeper, ("/desk/search?kind=asking", words.1)).await;
        assert!(are(&rows, &[&["要啥手续", "", "提问用语"]]), "{engine}: {rows:?}");
        for (page, list) in [missed, words] {
            assert_eq!(world.site.get(&world.accept, page).await.status, 403, "{engine}");
            assert_eq!(world.status_of(&world.accept, list, "").await, 403, "{engine}");
        }
    }
}

#[tokio::test]
async fn what_waits_for_a_check_is_written_out_for_who_makes_that_check_there() {
    for world in worlds().await {
        let (engine, app) = (world.site.engine, &world.site.app);
        let other = world.other_office().await;
        let [writer, theirs] = [world.hand(CATALOGUE, world.authority).await, world.hand(CATALOGUE, other).await];
        let [checker, stranger] =
            [world.hand(OFFICE_CHECK, world.authority).await, world.hand(OFFICE_CHECK, other).await];
        let lawyer = world.hand(LEGAL_CHECK, world.authority).await;
        let list = "catalogue.checks";
        let (office, legal) = ("/desk/item-checks?stage=office", "/desk/item-checks?stage=legal");
        assert_eq!(world.offer(&checker, office, list).await, None, "{engine}: nothing yet");
        let (db, mut document) = (&app.db, world.document.clone());
        let version = async |id| catalogue::item(db, id).await.expect("an item").version;
        document.summary = "改过的一句话".to_owned();
        let ctx = world.ctx(&writer);
        catalogue::revise(&ctx, db, world.item, version(world.item).await, &document).await.expect("a draft");
        catalogue::submit(&ctx, db, world.item, version(world.item).await).await.expect("submitted");
        let ctx = world.ctx(&theirs);
        let fresh = catalogue::create_item(&ctx, db, other, &world.document).await.expect("an item");
        catalogue::submit(&ctx, db, fresh, version(fresh).await).await.expect("submitted");
        let own: &[&str] = &[&document.name, "谯城区市场监督管理局（试验）", "行政许可", "第 2 版", "待机构编制审核"];
        let new: &[&str] = &[&document.name, "谯城区教育局（试验）", "行政许可", "首次发布"];
        assert!(are(&world.pressed(&checker, (office, list)).await, &[own]), "{engine}");
        // The other office's stands behind this one's, which is passed over.
        assert!(are(&world.pressed(&stranger, (office, list)).await, &[new]), "{engine}");
        let all = app.lists().iter().find(|it| it.code == list).expect("the list").rows;
        let (who, one) = (world.ctx(&stranger), PageAsk { after: None, limit: 1 });
        let first = all(&who, app, "stage=office", &one).await.expect("a page");
        assert!(are(&first.items, &[new]), "{engine}: a page of others' alone is passed over: {first:?}");
        let whole = world.site.person("编办", &[(OFFICE_CHECK, None)]);
        identity::testing::seat(app, &world.site.ctx(&whole)).await.expect("a seat");
        let mut rows = world.pressed(&whole, (office, list)).await;
        // Submitted at the same instant, they stand in either order.
        rows.sort_unstable();
        assert!(are(&rows, &[own, new]), "{engine}: {rows:?}");
        assert_eq!(world.offer(&lawyer, legal, list).await, None, "{engine}: not yet with legal affairs");
        let rows = written(&world, &lawyer, json!({"list": list, "asked": "stage=office", "form": "csv"})).await;
        assert_eq!(rows.len(), 1, "{engine}: the other check is not hers: {rows:?}");
        catalogue::pass(&world.ctx(&checker), db, world.item, version(world.item).await).await.expect("passed");
        let rows = world.pressed(&lawyer, (legal, list)).await;
        assert!(are(&rows, &[&[&document.name, own[1], own[2], own[3], "待法制审核"]]), "{engine}: {rows:?}");
        assert_eq!(world.offer(&checker, office, list).await, None, "{engine}: done");
        assert_eq!(world.status_of(&writer, list, "stage=office").await, 403, "{engine}");
    }
}

#[tokio::test]
async fn acts_that_wait_are_written_out_for_the_organisation_office_there() {
    for world in worlds().await {
        let (engine, db) = (world.site.engine, &world.site.app.db);
        let other = world.other_office().await;
        let writer = world.hand(CATALOGUE, world.authority).await;
        let [checker, stranger] =
            [world.hand(OFFICE_CHECK, world.authority).await, world.hand(OFFICE_CHECK, other).await];
        let at = ("/desk/item-checks", "catalogue.acts");
        assert_eq!(world.offer(&checker, at.0, at.1).await, None, "{engine}");
        let ctx = world.ctx(&writer);
        let act = ItemAct {
            kind: ActKind::Suspend,
            basis: "亳编〔2026〕8号".to_owned(),
            effect: Day(ctx.now.legal_date()),
            parts: Vec::new(),
            into: None,
            to: None,
            level: None,
        };
        let version = catalogue::item(db, world.item).await.expect("the item").version;
        catalogue::propose_act(&ctx, db, world.item, version, &act).await.expect("proposed");
        let rows = world.pressed(&checker, at).await;
        assert!(are(&rows, &[&[&world.document.name, "谯城区市场监督管理局（试验）"]]), "{engine}: {rows:?}");
        assert!(rows[0][2].contains("暂停") && rows[0][3] == "亳编〔2026〕8号", "{engine}: {rows:?}");
        assert_eq!(world.offer(&stranger, at.0, at.1).await, None, "{engine}");
        let rows = written(&world, &stranger, json!({"list": at.1, "asked": "", "form": "csv"})).await;
        assert_eq!(rows.len(), 1, "{engine}: {rows:?}");
        assert_eq!(world.status_of(&writer, at.1, "").await, 403, "{engine}");
    }
}

#[tokio::test]
async fn suspect_materials_and_how_far_departments_are_are_written_out_of_ones_own_or_of_all() {
    for world in worlds().await {
        let engine = world.site.engine;
        let other = world.other_office().await;
        let [keeper, stranger] = [world.hand(CATALOGUE, world.authority).await, world.hand(CATALOGUE, other).await];
        let lawyer = world.site.person("法制", &[(LEGAL_CHECK, None)]);
        identity::testing::seat(&world.site.app, &world.site.ctx(&lawyer)).await.expect("a seat");
        let (mut document, db) = (world.document.clone(), &world.site.app.db);
        document.materials[2].legal_basis.clear();
        document.materials[1].need = standards::MaterialNecessity::Required;
        let version = catalogue::item(db, world.item).await.expect("the item").version;
        catalogue::revise(&world.ctx(&keeper), db, world.item, version, &document).await.expect("a draft");
        let (page, list) = (format!("/desk/items/suspects?authority={}", world.authority), "catalogue.suspects");
        let (bare, held) = (document.materials[2].name.as_str(), document.materials[1].name.as_str());
        let name = "谯城区市场监督管理局（试验）";
        let kinds = |rows: &[Vec<String>]| rows.iter().map(|it| (it[4].clone(), it[5].clone())).collect::<Vec<_>>();
        let (first, second) = ((held.to_owned(), "平台已掌握".to_owned()), (bare.to_owned(), "没有依据".to_owned()));
        let rows = world.pressed(&keeper, (&page, list)).await;
        assert_eq!(kinds(&rows), [first.clone(), second.clone()], "{engine}");
        assert!(rows[1][0] == name && rows[1][1] == document.name && rows[1][3] == "3", "{engine}: {rows:?}");
        for (kind, expected) in [("held", first), ("no_basis", second)] {
            let rows = world.pressed(&keeper, (&format!("{page}&kind={kind}"), list)).await;
            assert_eq!(kinds(&rows), [expected], "{engine} {kind}");
        }
        assert_eq!(world.offer(&keeper, &format!("{page}&kind=proof"), list).await, None, "{engine}");
        assert!(!world.pressed(&lawyer, ("/desk/items/suspects", list)).await.is_empty(), "{engine}: of all");
        assert_eq!(world.offer(&stranger, "/desk/items/suspects", list).await, None, "{engine}: none of one's own");
        for asked in [format!("authority={}", world.authority), String::new()] {
            assert_eq!(world.status_of(&stranger, list, &asked).await, 403, "{engine} {asked}");
        }
        let at = ("/desk/items/offices", "catalogue.offices");
        let (ours, theirs) = (["谯城区市场监督管理局（试验）"], ["谯城区教育局（试验）"]);
        let rows = world.pressed(&keeper, at).await;
        assert!(are(&rows, &[&ours]) && rows[0][3] == "1", "{engine}: {rows:?}");
        assert!(are(&world.pressed(&stranger, at).await, &[&theirs]), "{engine}: one's own");
        assert_eq!(world.pressed(&lawyer, at).await.len(), 2, "{engine}");
        let by_words = format!("{}?q={}", at.0, encoded("教育"));
        assert!(are(&world.pressed(&lawyer, (&by_words, at.1)).await, &[&theirs]), "{engine}");
        assert_eq!(world.offer(&lawyer, "/desk/items/offices?q=zz", at.1).await, None, "{engine}");
        assert_eq!(world.status_of(&world.accept, at.1, "").await, 403, "{engine}");
    }
}

#[tokio::test]
async fn imports_and_their_reports_are_written_out_for_who_keeps_that_catalogue() {
    for world in worlds().await {
        let (engine, app) = (world.site.engine, &world.site.app);
        let other = world.other_office().await;
        let [keeper, stranger] = [world.hand(CATALOGUE, world.authority).await, world.hand(CATALOGUE, other).await];
        let of = |office: Id<Authority>| format!("/desk/items/exchange?authority={office}");
        let (list, report) = ("catalogue.imports", "catalogue.import");
        assert_eq!(world.offer(&keeper, &of(world.authority), list).await, None, "{engine}");
        let rows = format!("事项名称,承诺时限\n{},三天\n", world.document.name);
        let office = world.authority.to_string();
        let fields = [("authority", office.as_str())];
        let file = ("file", "清单.csv", rows.as_bytes());
        let job = world.site.upload(&keeper, "/desk/items/exchange", &fields, file).await.location;
        assert_eq!(world.offer(&keeper, &job, report).await, None, "{engine}: not checked yet");
        let check = [("sheet", "0"), ("do", "check"), ("blank", "keep")];
        assert_eq!(world.site.post(&keeper, &format!("{job}/columns"), &check).await.status, 303, "{engine}");
        let worker = catalogue::AREA.sweeps.iter().find(|it| it.name == "catalogue.imports").expect("a worker");
        (worker.run)(app, &app.system("catalogue.imports")).await.expect("a round");
        let rows = world.pressed(&keeper, (&of(world.authority), list)).await;
        assert!(
            are(&rows, &[&["清单.csv", "谯城区市场监督管理局（试验）"]]) && rows[0][7] == "1",
            "{engine}: {rows:?}"
        );
        let rows = world.pressed(&keeper, (&format!("{job}?kind=refused"), report)).await;
        assert!(rows.len() == 1 && rows[0][0] == "拒绝" && rows[0][4] == "三天", "{engine}: {rows:?}");
        assert_eq!(world.offer(&keeper, &format!("{job}?kind=changed"), report).await, None, "{engine}: no such line");
        assert_eq!(world.offer(&stranger, &of(other), list).await, None, "{engine}");
        let id = job.rsplit('/').next().expect("an id");
        for (list, asked) in [
            (list, fields.map(|it| format!("{}={}", it.0, it.1)).concat()),
            (list, String::new()),
            (report, format!("id={id}&kind=refused")),
        ] {
            assert_eq!(world.status_of(&stranger, list, &asked).await, 403, "{engine} {list} {asked}");
        }
    }
}

#[tokio::test]
async fn systems_of_an_office_and_what_was_pushed_to_one_are_written_out_for_who_connects_them() {
    for world in worlds().await {
        let (engine, app) = (world.site.engine, &world.site.app);
        let other = world.other_office().await;
        let [admin, stranger] = [world.hand(CONNECT, world.authority).await, world.hand(CONNECT, other).await];
        let at = ("/desk/clients", "identity.clients");
        assert_eq!(world.offer(&admin, at.0, at.1).await, None, "{engine}");
        let person = admin.person.expect("a person");
        let system = app.system("test");
        let (client, _) = identity::testing::connect(app, &system, world.authority, person).await.expect("a system");
        let rows = world.pressed(&admin, at).await;
        assert!(are(&rows, &[&["试验系统", "谯城区市场监督管理局（试验）"]]), "{engine}: {rows:?}");
        assert_eq!(rows[0][3..], ["使用中", &client.to_string()], "{engine}");
        assert_eq!(world.offer(&stranger, at.0, at.1).await, None, "{engine}");
        let theirs = format!("authority={}", world.authority);
        assert_eq!(world.status_of(&stranger, at.1, &theirs).await, 403, "{engine}");
        assert_eq!(written(&world, &stranger, json!({"list": at.1, "form": "csv"})).await.len(), 1, "{engine}");

        world.settle().await;
        let hooks = format!("/desk/clients/{client}/hooks");
        let made = world.site.post(&admin, &hooks, &[("address", "https://app.example.gov.cn/hooks")]).await;
        assert_eq!(made.status, 200, "{engine}: {}", made.body);
        let list = world.page(&admin, &hooks).await;
        let hook = list.split(&format!("{hooks}/")).nth(1).and_then(|it| it.split('"').next()).expect("a link");
        let (page, list) = (format!("{hooks}/{hook}"), "cases.hook");
        assert_eq!(world.offer(&admin, &page, list).await, None, "{engine}");
        let case = world.accepted().await;
        world.settle().await;
        let rows = world.pressed(&admin, (&page, list)).await;
        let told: Vec<_> = rows.iter().rev().map(|it| (it[2].clone(), it[3].clone(), it[4].as_str())).collect();
        let (id, after) = (case.to_string(), |n: i64| n.to_string());
        assert!(told.len() >= 2 && told[0] == (id.clone(), after(1), "等待推送"), "{engine}: {told:?}");
        assert!(told.iter().all(|it| it.0 == id), "{engine}: {told:?}");
        let asked = format!("client={client}&hook={hook}");
        assert_eq!(world.status_of(&stranger, list, &asked).await, 403, "{engine}");
        assert_eq!(world.status_of(&admin, list, &format!("client={client}&hook={client}")).await, 404, "{engine}");
    }
}

#[tokio::test]
async fn sites_and_the_notices_of_ones_own_are_written_out() {
    for world in worlds().await {
        let (engine, app) = (world.site.engine, &world.site.app);
        let divisions = "code,name,level,parent\n340000000000,安徽省,2,\n341600000000,亳州市,3,340000000000\n\
            341602000000,谯城区,4,341600000000\n";
        identity::import_divisions(&app.system("test"), &app.db, divisions.as_bytes()).await.expect("divisions");
        let other = world.other_office().await;
        let [editor, stranger] = [world.hand(SITES, world.authority).await, world.hand(SITES, other).await];
        let (at, list) = (("/desk/places", "portal.places"), "portal.notices");
        assert_eq!(world.offer(&editor, at.0, at.1).await, None, "{engine}");
        let division = standards::DivisionCode::parse("341602000000").expect("a code");
        let new = NewSite { division, hall: String::new(), keeper: world.authority };
        let place = portal::make_site(&app.system("test"), &app.db, &new).await.expect("a site").to_string();
        let rows = world.pressed(&editor, at).await;
        let cells = ["谯城区", &place, "谯城区市场监督管理局（试验）", &format!("http://127.0.0.1/places/{place}")];
        assert!(are(&rows, &[&cells]), "{engine}: {rows:?}");
        let page = format!("/desk/places/{place}/notices");
        assert_eq!(world.offer(&editor, &page, list).await, None, "{engine}");
        let today = app.clock.now().legal_date().to_string();
        let notice = [
            ("kind", "warn"),
            ("title", "大厅停电"),
            ("body", "周三上午停电，请改日来。"),
            ("starts", &today),
            ("ends", &today),
        ];
        assert_eq!(world.site.post(&editor, &page, &notice).await.status, 303, "{engine}");
        let rows = world.pressed(&editor, (&page, list)).await;
        let cells = ["大厅停电", "周三上午停电，请改日来。", "提醒", &today, &today, "", "展示中"];
        assert!(are(&rows, &[&cells]), "{engine}: {rows:?}");
        assert_eq!(world.status_of(&stranger, list, &format!("place={place}")).await, 403, "{engine}");
        assert_eq!(world.status_of(&world.accept, at.1, "").await, 403, "{engine}");
    }
}

#[tokio::test]
async fn what_an_office_is_asked_by_others_is_written_out_for_that_office_alone() {
    for world in worlds_for_persons().await {
        let engine = world.site.engine;
        let other = world.other_office().await;
        let [adviser, stranger] = [world.hand(ADVISE, other).await, world.hand(ADVISE, world.authority).await];
        let post = identity::NewPost::from_today(adviser.person.expect("a person"), "advise", Some(other));
        identity::grant_post(&world.site.app.system("test"), &world.site.app, &post).await.expect("a post");
        let (page, list) = ("/desk/opinions", "cases.opinions");
        assert_eq!(world.offer(&adviser, page, list).await, None, "{engine}");
        let case = world.accepted().await;
        world.act(&world.review, case, json!({"act": "start_review"})).await;
        let due = (world.site.app.clock.now().legal_date() + time::Duration::days(7)).to_string();
        let place = format!("/api/v1/cases/{case}/opinions");
        // The first is taken back: it counts on no page.
        for n in 0..2 {
            let new = json!({"office": "谯城区教育局（试验）", "due": due, "question": "是否在册？", "files": []});
            let asked = world.call("POST", &world.review, &place, new).await;
            assert_eq!(asked.status, 201, "{engine}: {}", asked.body);
            if n == 0 {
                let back = format!("/desk/cases/{case}/opinions/1/withdraw");
                assert_eq!(world.site.post(&world.review, &back, &[]).await.status, 303, "{engine}");
            }
        }
        let rows = world.pressed(&adviser, (page, list)).await;
        assert!(are(&rows, &[&[&world.document.name, "谯城区市场监督管理局（试验）"]]), "{engine}: {rows:?}");
        assert_eq!(rows[0][4], "等候答复", "{engine}");
        assert_eq!(world.offer(&adviser, "/desk/opinions?show=done", list).await, None, "{engine}: none answered");
        assert_eq!(world.offer(&stranger, page, list).await, None, "{engine}");
        assert_eq!(written(&world, &stranger, json!({"list": list, "form": "csv"})).await.len(), 1, "{engine}");
        let unrelated = world.hand(SEE, other).await;
        assert_eq!(world.status_of(&unrelated, list, "").await, 403, "{engine}");
    }
}

#[tokio::test]
async fn every_list_that_can_be_written_out_is_known_by_its_code_and_refuses_who_may_not_have_it() {
    for world in worlds().await {
        let lists = world.site.app.lists();
        let mut codes: Vec<_> = lists.iter().map(|it| it.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), lists.len(), "each code once");
        let described = include_str!("../api/exports.rs");
        for list in lists {
            assert!(described.contains(&format!("`{}` ", list.code)), "the API does not name {}", list.code);
            let ask = json!({"list": list.code, "form": "csv"});
            let person = world.applicant.person.expect("a person");
            let passer_by = world.site.visitor(person, "路人", &[], None);
            let somebody = world.call("POST", &passer_by, API, ask.clone()).await;
            let expected = if list.needs.is_empty() { 202 } else { 403 };
            assert_eq!(somebody.status, expected, "{}: {}", world.site.engine, list.code);
            let anybody = world.call("POST", &world.site.anonymous(), API, ask).await;
            assert_eq!(anybody.status, 401, "{}: {}", world.site.engine, list.code);
        }
    }
}
