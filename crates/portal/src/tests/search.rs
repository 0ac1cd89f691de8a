//! Promises of search: what people ask for they find, over the real list of 广安区 and the written items of 亳州.

use std::fmt::Write;

use catalogue::ItemDocument;
use kernel::{Authority, Id, Item, Moment};
use testkit::{Site, Visitor};

use super::{AREAS, list, offices, sites};
use crate::{Ask, SearchIndex};

/// Questions with their right answers.
const QUERIES: &str = include_str!("../../tests/queries.tsv");
/// The real list.
const LIST: &str = include_str!("../../../yiwang/demo/items-guanganqu.csv");
/// The written items.
const WRITTEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../yiwang/demo/items");

/// A question and the names of items that are right for it.
struct Question {
    text: &'static str,
    right: Vec<&'static str>,
}

fn questions() -> Vec<Question> {
    let lines = QUERIES.lines().filter(|it| !it.starts_with('#') && !it.is_empty());
    lines
        .map(|it| it.split_once('\t').unwrap())
        .map(|(text, right)| Question { text, right: right.split('|').collect() })
        .collect()
}

/// A site with both lists, each item found.
async fn whole_lists() -> Vec<Site> {
    let mut out = Vec::new();
    for (site, office) in offices().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let mut files: Vec<_> = std::fs::read_dir(WRITTEN).unwrap().map(|it| it.unwrap().path()).collect();
        files.sort();
        for file in files.iter().filter(|it| it.extension().is_some_and(|it| it == "json")) {
            let mut document: ItemDocument = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
            // The one office of this site has none below it.
            document.preliminary = None;
            let item = catalogue::create_item(&ctx, db, office, &document).await.unwrap();
            catalogue::publish(&ctx, db, item, 1).await.unwrap();
        }
        catalogue::import_items(&ctx, db, LIST.as_bytes(), &|_, _| {}).await.unwrap();
        site.app.part::<SearchIndex>().unwrap().settled(db, Moment::from_micros(1)).await.unwrap();
        out.push(site);
    }
    out
}

/// Shares of questions whose right answer is among the first three and ten; and what was missed, for whoever reads a failure.
#[derive(Default)]
struct Score {
    asked: f64,
    three: f64,
    ten: f64,
    missed: String,
}

impl Score {
    fn add(&mut self, question: &Question, names: &[String]) {
        self.asked += 1.0;
        let place = names.iter().position(|it| question.right.contains(&it.as_str())).unwrap_or(usize::MAX);
        self.three += f64::from(u8::from(place < 3));
        self.ten += f64::from(u8::from(place < 10));
        if place >= 3 {
            let first = names.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(" / ");
            let _ = writeln!(self.missed, "{} [{place}] → {first}", question.text);
        }
    }

    fn shares(&self) -> (f64, f64) {
        (self.three / self.asked, self.ten / self.asked)
    }
}

#[test]
fn the_questions_are_many_and_a_third_share_no_word_with_their_answer() {
    let all = questions();
    assert!(all.len() >= 300, "{}", all.len());
    let pairs = |text: &str| text.chars().zip(text.chars().skip(1)).collect::<Vec<_>>();
    let strange = |it: &&Question| {
        let asked = pairs(it.text);
        !it.right.iter().any(|name| pairs(name).iter().any(|pair| asked.contains(pair)))
    };
    assert!(all.iter().filter(strange).count() * 3 >= all.len());
}

/// The lists take a while to load; whatever only asks does so of one site.
#[tokio::test]
async fn over_the_whole_lists_search_answers_whatever_is_asked_and_finds_what_was_meant() {
    for site in &whole_lists().await {
        no_query_however_hostile_fails(site).await;
        whoever_asks_in_their_own_words_finds_the_right_item(site).await;
        pinyin_first_letters_traditional_characters_and_slips_find_what_was_meant(site).await;
        a_place_in_the_question_is_a_filter_and_what_can_be_applied_for_comes_first(site).await;
        whoever_types_is_offered_sayings_and_names(site).await;
    }
}

async fn whoever_asks_in_their_own_words_finds_the_right_item(site: &Site) {
    let all = questions();
    let index = site.app.part::<SearchIndex>().unwrap();
    assert!(index.is_whole());
    let (mut tuned, mut held, mut both) = (Score::default(), Score::default(), Score::default());
    for (at, question) in all.iter().enumerate() {
        let ask = Ask { text: question.text.to_owned(), limit: 10, ..Ask::default() };
        let found = index.search(&site.app.db, site.app.clock.now(), &ask).await.unwrap();
        let names: Vec<String> = found.hits.iter().map(|it| it.entry.item.name.clone()).collect();
        both.add(question, &names);
        if at % 3 == 2 { held.add(question, &names) } else { tuned.add(question, &names) }
    }
    // Whoever tunes search reads what was missed of the questions it is tuned by, never of those held out.
    for (name, score, least) in [
        ("all questions", &both, (0.85, 0.95)),
        ("those tuned by", &tuned, (0.85, 0.95)),
        ("those held out", &held, (0.85, 0.90)),
    ] {
        let (three, ten) = score.shares();
        println!("{name}, {}: first three {three:.3}, first ten {ten:.3}", site.engine);
        let missed = &tuned.missed;
        assert!(three >= least.0 && ten >= least.1, "{name}: {three:.3} {ten:.3}\n{missed}");
    }
}

async fn names(site: &Site, text: &str) -> Vec<String> {
    let index = site.app.part::<SearchIndex>().unwrap();
    let ask = Ask { text: text.to_owned(), limit: 10, ..Ask::default() };
    let found = index.search(&site.app.db, site.app.clock.now(), &ask).await.unwrap();
    found.hits.iter().map(|it| it.entry.item.name.clone()).collect()
}

async fn no_query_however_hostile_fails(site: &Site) {
    let long = "营业执照".repeat(30_000);
    for text in [
        "",
        " \t\n",
        "\u{0}\u{7}\u{1b}[31m",
        "\u{202e}\u{200b}\u{feff}",
        "((((((((((",
        "a AND b OR NOT *:* [1 TO 2} field:^2 ~5 \"",
        "(a+)+$ .*.*.*.* \\",
        "' OR 1=1; DROP TABLE items; --",
        "%25%00 ../../etc/passwd",
        "<script>alert(1)</script>",
        "😀🏳️‍🌈𠮷㐂",
        "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
        "zhuangzhuangzhuangzhuangzhuangzhuangzhuangzhuangzhuangzhuangzhuang",
        &long,
    ] {
        names(site, text).await;
        let query: String =
            text.chars().take(1_500).collect::<String>().bytes().map(|it| format!("%{it:02X}")).collect();
        for path in ["/search", "/api/v1/search", "/api/v1/search/suggestions"] {
            let answer = site.get(&site.anonymous(), &format!("{path}?q={query}")).await;
            assert_eq!(answer.status, 200, "{path} {text:.40}, {}", site.engine);
        }
    }
    assert!(names(site, "火箭发射塔").await.is_empty());
}

async fn pinyin_first_letters_traditional_characters_and_slips_find_what_was_meant(site: &Site) {
    for (text, meant) in [
        ("shipinjingying", "食品经营许可（首次申请）"),
        ("yiliaojiuzhu", "医疗救助对象手工（零星）报销"),
        ("jmsfz", "居民身份证丢失补领"),
        ("食品經營許可", "食品经营许可（首次申请）"),
        ("最低生活保彰", "最低生活保障申请"),
        ("最低生活障申请", "最低生活保障申请"),
        ("失业保险金伸领", "失业保险金申领"),
        ("教师资认定", "教师资格认定"),
        ("ＫＴＶ", "设立歌舞娱乐场所《娱乐经营许可证》核发"),
    ] {
        let found = names(site, text).await;
        assert!(found.iter().take(3).any(|it| it == meant), "{text}: {found:?}, {}", site.engine);
    }
}

async fn a_place_in_the_question_is_a_filter_and_what_can_be_applied_for_comes_first(site: &Site) {
    let index = site.app.part::<SearchIndex>().unwrap();
    let find = async |text: &str| {
        let ask = Ask { text: text.to_owned(), ..Ask::default() };
        index.search(&site.app.db, site.app.clock.now(), &ask).await.unwrap()
    };
    for (text, place, code) in [
        ("谯城 开饭店", "谯城区", "341602"),
        ("在谯城区开饭店", "谯城区", "341602"),
        ("广安区 开饭店", "广安区", "511602"),
        ("开饭店 广安", "广安市", "511602"),
    ] {
        let found = find(text).await;
        assert_eq!(found.place.map(|it| it.1).as_deref(), Some(place), "{text}");
        assert!(
            !found.hits.is_empty() && found.hits.iter().all(|it| it.entry.item.division.as_str().starts_with(code))
        );
    }
    let found = find("开饭店").await;
    assert!(found.place.is_none() && found.hits[0].entry.item.takes_applications());
    let offices = find("谯城区市场监督管理局").await;
    assert!(
        offices.hits.iter().all(|it| it.entry.authority.name == "谯城区市场监督管理局") && !offices.hits.is_empty()
    );
}

async fn whoever_types_is_offered_sayings_and_names(site: &Site) {
    for (typed, offered) in
        [("开饭", "开饭店"), ("kaifan", "开饭店"), ("失业保险金申", "失业保险金申领"), ("社保卡丢", "社会保障卡挂失")]
    {
        let query: String = typed.bytes().map(|it| format!("%{it:02X}")).collect();
        let answer = site.get(&site.anonymous(), &format!("/api/v1/search/suggestions?q={query}")).await.json();
        let all: Vec<_> = answer.as_array().unwrap().iter().filter_map(|it| it.as_str()).collect();
        assert!(all.len() <= crate::SUGGESTIONS_MAX && all.contains(&offered), "{typed}: {all:?}, {}", site.engine);
    }
    let page = site.get(&site.anonymous(), "/search").await.body;
    assert!(page.contains("<datalist id=\"often\"><option"), "without a script the box suggests too");
}

#[tokio::test]
async fn the_desk_teaches_a_saying_and_switches_a_shipped_one_off_for_the_whole_site() {
    for (site, ..) in sites().await {
        list(
            &site,
            "区农业农村局,,养蜂证申领,,01,341602000000,B1\n区文旅局,,歌舞娱乐场所设立,,01,341602000000,B2\n\
             区农业农村局,,畜禽养殖场备案,,01,341602000000,B3\n",
        )
        .await;
        let office = site.app.system("test").new_id();
        let (keeper, local) =
            (site.person("马腾", &[(crate::WORDS, None)]), site.person("李四", &[(crate::WORDS, Some(office))]));
        for who in [&keeper, &local] {
            identity::testing::seat(&site.app, &site.ctx(who)).await.unwrap();
        }
        let add = async |who: &Visitor, said: &str, meant: &str, off: &str| {
            site.post(who, "/desk/search", &[("said", said), ("meant", meant), ("kind", ""), ("off", off)]).await
        };
        assert_eq!(add(&local, "办红本", "养蜂证申领", "").await.status, 403, "words hold for the whole site");
        assert!(add(&keeper, "办", "", "").await.body.contains("请填写 2 到 20 个字"));
        assert!(names(&site, "办红本").await.first().is_none_or(|it| it != "养蜂证申领"));
        assert_eq!(add(&keeper, "办红本", "养蜂证申领", "").await.status, 303);
        assert!(add(&keeper, "办红本", "养蜂证申领", "").await.body.contains("这个说法已经有了"));
        assert_eq!(names(&site, "开饭店").await[0], "食品经营许可（首次申请）");
        assert_eq!(add(&keeper, "KTV", "", "yes").await.status, 303);
        let before = names(&site, "ktv").await;
        site.settle(&AREAS).await;
        site.clock.hours(1);
        assert_eq!(names(&site, "办红本").await[0], "养蜂证申领", "{}", site.engine);
        assert!(before.iter().any(|it| it.contains("歌舞娱乐")));
        assert!(!names(&site, "ktv").await.iter().any(|it| it.contains("歌舞娱乐")));
        // An answer given before is not given any more when there is a better one.
        assert!(!names(&site, "信鸽").await.iter().any(|it| it == "信鸽公棚备案"));
        list(&site, "区农业农村局,,信鸽公棚备案,,01,341602000000,B4\n").await;
        site.settle(&AREAS).await;
        site.clock.hours(1);
        assert_eq!(names(&site, "信鸽").await[0], "信鸽公棚备案", "{}", site.engine);
        let page = site.get(&keeper, "/desk/search?q=%E5%85%BB%E7%8C%AA").await.body;
        assert!(page.contains("办红本") && page.contains("畜禽养殖场"));
        assert!(site.get(&local, "/desk/search").await.body.contains("只能查看"));
    }
}

#[tokio::test]
async fn whoever_asks_from_a_place_is_shown_first_what_is_done_there_or_near_it() {
    let divisions =
        format!("{}341602100000,古井镇,5,341602000000\n341602100201,药王村,6,341602100000\n", super::DIVISIONS);
    for (site, _) in offices().await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        identity::import_divisions(&ctx, db, divisions.as_bytes()).await.unwrap();
        let at = |code: &str, name: &str| format!("某局,,{name},,01,{code},X{code}\n");
        let rows: Vec<_> =
            [("511602000000", "养蜂证核发"), ("341600000000", "养蜂证核发"), ("341602100000", "养蜂证核发")]
                .into_iter()
                .map(|it| at(it.0, it.1))
                .collect();
        list(&site, &rows.concat()).await;
        let first = async |query: &str| {
            let query: String = query.chars().map(|c| if c.is_ascii() { c.to_string() } else { encoded(c) }).collect();
            let page = site.get(&site.anonymous(), &format!("/search?{query}")).await.body;
            let api = site.get(&site.anonymous(), &format!("/api/v1/search?{query}")).await;
            (page, api.json()[0]["division"].as_str().unwrap_or_default().to_owned())
        };
        for (near, division) in
            [("341602100201", "341602100000"), ("341602000000", "341602100000"), ("511602000000", "511602000000")]
        {
            let (page, found) = first(&format!("q=养蜂&near={near}")).await;
            assert_eq!(found, division, "{near}, {}", site.engine);
            assert!(page.contains("排在前面") && page.contains(&format!("name=\"near\" value=\"{near}\"")), "{near}");
        }
        let (page, _) = first("q=养蜂&near=x").await;
        assert!(!page.contains("排在前面"), "a place that there is not");
    }
}

fn encoded(c: char) -> String {
    c.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn what_was_not_found_is_listed_for_the_desk_without_anything_personal() {
    for (site, ..) in sites().await {
        list(&site, "区交通局,,机动车驾驶证,,01,341602000000,B1\n").await;
        let keeper = site.person("马腾", &[(crate::WORDS, None)]);
        identity::testing::seat(&site.app, &site.ctx(&keeper)).await.unwrap();
        for text in ["无人驾驶飞艇", "张桂兰", "13900000001", "无人驾驶飞艇"] {
            let query: String = text.bytes().map(|it| format!("%{it:02X}")).collect();
            site.get(&site.anonymous(), &format!("/search?q={query}")).await;
            site.clock.hours(1);
        }
        let list = site.get(&keeper, "/desk/search/missed").await.body;
        assert!(
            list.contains("无人驾驶飞艇") && !list.contains("张桂兰") && !list.contains("13900000001"),
            "{}",
            site.engine
        );
        assert!(list.contains(">2</td>"), "asked for twice");
        let api =
            format!("/api/v1/search?q={}", "无人机表演".bytes().map(|it| format!("%{it:02X}")).collect::<String>());
        site.get(&site.anonymous(), &api).await;
        site.clock.hours(1);
        site.get(&site.anonymous(), &api).await;
        assert!(site.get(&keeper, "/desk/search/missed").await.body.contains("无人机表演"), "asked through the API");
        site.post(&keeper, "/desk/search/missed", &[("text", "无人驾驶飞艇")]).await;
        assert!(!site.get(&keeper, "/desk/search/missed").await.body.contains("无人驾驶飞艇</th>"));
    }
}

#[tokio::test]
async fn an_index_that_is_missing_damaged_or_older_is_made_anew_and_search_answers_meanwhile() {
    for (site, ..) in sites().await {
        let (db, now) = (&site.app.db, site.app.clock.now());
        let ask = Ask { text: "开饭店".to_owned(), ..Ask::default() };
        let folder = site.folder().join("search");
        let right = async |index: &SearchIndex| {
            let found = index.search(db, now, &ask).await.unwrap();
            found.hits[0].entry.item.name == "食品经营许可（首次申请）"
        };
        let first = SearchIndex::new(Some(site.folder().to_owned()));
        assert!(right(&first).await, "before there is an index");
        first.settled(db, now).await.unwrap();
        assert!(first.is_whole() && right(&first).await);
        drop(first);
        let beside = SearchIndex::for_reading(site.folder());
        assert!(right(&beside).await && beside.is_whole(), "the command line uses it");
        for spoil in ["meta.json", "terms", "all"] {
            for file in std::fs::read_dir(&folder).unwrap().map(|it| it.unwrap().path()) {
                let name = file.to_string_lossy().into_owned();
                match spoil {
                    "meta.json" if name.ends_with("meta.json") => {
                        let text = std::fs::read_to_string(&file).unwrap().replace("yiwang search", "older search");
                        std::fs::write(&file, text).unwrap();
                    }
                    "terms" if name.ends_with(".term") => {
                        let mut bytes = std::fs::read(&file).unwrap();
                        bytes.iter_mut().take(40).for_each(|it| *it = 0xff);
                        std::fs::write(&file, bytes).unwrap();
                    }
                    "all" => std::fs::remove_file(&file).unwrap(),
                    _ => {}
                }
            }
            let beside = SearchIndex::for_reading(site.folder());
            assert!(right(&beside).await && !beside.is_whole(), "{spoil}: not trusted");
            let index = SearchIndex::new(Some(site.folder().to_owned()));
            assert!(right(&index).await, "{spoil}");
            index.settled(db, now).await.unwrap();
            assert!(index.is_whole() && right(&index).await, "{spoil}, {}", site.engine);
        }
    }
}

#[tokio::test]
async fn lists_of_the_desk_walk_an_index() {
    for site in testkit::sites_with(&AREAS, |_| [catalogue::own(), crate::own(None)].concat(), None).await {
        let scans = storage::testing::scans(&site.app.db, crate::store::search::SQL).await.unwrap();
        // Counts of tables that are bounded.
        let more: Vec<_> =
            scans.iter().filter(|it| !it.starts_with("WORDS_COUNT") && !it.starts_with("MISSES_COUNT")).collect();
        assert!(more.is_empty(), "{more:?}, {}", site.engine);
    }
}

/// An item that 安徽省司法厅 decides and 亳州市司法局 accepts and examines first; and both organs.
async fn examined_below(site: &Site, office: Id<Authority>) -> (Id<Item>, ItemDocument, [Id<Authority>; 2]) {
    let (ctx, db) = (site.app.system("test"), &site.app.db);
    let more = "code,name,level,parent\n341200000000,阜阳市,3,340000000000\n";
    identity::import_divisions(&ctx, db, more.as_bytes()).await.unwrap();
    let mut facts = identity::authority(db, office).await.unwrap().facts;
    let mut organ = async |name: &str, code: &str, division: &str| {
        (facts.name, facts.short_name) = (name.to_owned(), name.chars().take(4).collect());
        (facts.uscc, facts.division) = (code.to_owned(), division.to_owned());
        identity::create_authority(&ctx, db, &facts).await.unwrap()
    };
    let upper = organ("安徽省司法厅", "11340000003000006M", "340000000000").await;
    let text = include_str!("../../../yiwang/demo/items/55-lawyer-licence.json");
    let document: ItemDocument = serde_json::from_str(text).unwrap();
    let code = document.preliminary.as_ref().expect("a lower organ").offices[0].clone();
    let lower = organ("亳州市司法局<b>", &code, "341600000000").await;
    let item = catalogue::create_item(&ctx, db, upper, &document).await.unwrap();
    catalogue::publish(&ctx, db, item, 1).await.unwrap();
    (item, document, [upper, lower])
}

#[tokio::test]
async fn what_an_upper_organ_decides_and_one_applies_for_here_is_found_here_and_counted_once() {
    for (site, office) in offices().await {
        let (ctx, db, nobody) = (site.app.system("test"), &site.app.db, site.anonymous());
        let (item, mut document, [upper, lower]) = examined_below(&site, office).await;
        site.settle(&AREAS).await;
        site.clock.hours(1);
        let link = format!("href=\"/items/{item}\"");
        let shown = async |path: &str| site.get(&nobody, path).await.body.contains(&link);
        let counted = async |path: &str, before: &str| {
            let page = site.get(&nobody, path).await.body;
            page.split(before).nth(1).map(|it| it.chars().take(60).collect::<String>())
        };
        // Not where one can do nothing about it.
        for path in [
            "/items?place=341200000000",
            "/items?place=511600000000",
            "/items?level=county",
            &format!("/items?authority={office}"),
        ] {
            assert!(!shown(path).await, "{path} on {}", site.engine);
        }
        let beside = site.get(&nobody, "/places/341200000000").await.body;
        assert!(beside.contains(&link) && !beside.contains("这里共有"), "{}: as what the province does", site.engine);
        for path in [
            "/items?place=341600000000",
            "/items?place=341600000000&own=yes",
            "/items?place=341600000000&level=city",
            "/items?place=340000000000&own=yes",
            "/items?level=province",
            "/places/341600000000",
            &format!("/items?authority={lower}"),
            &format!("/items?authority={upper}"),
        ] {
            assert!(shown(path).await, "{path} on {}", site.engine);
        }
        let page = site.get(&nobody, "/items?place=341600000000").await.body;
        assert!(page.contains("向亳州市司法局&#60;b&#62;申请，由安徽省司法厅决定"), "{}: {page}", site.engine);
        let own = site.get(&nobody, "/places/341600000000").await.body;
        assert_eq!(own.matches(&link).count(), 1, "{}: not again among what the province does", site.engine);
        assert!(
            own.contains("这里共有 1 项") && own.contains("亳州市司法局&#60;b&#62;</a> <small class=\"muted\">1 项"),
            "{own}"
        );
        let above = counted("/places/340000000000", "这里共有 ").await;
        assert!(above.is_some_and(|it| it.starts_with("1 项")), "{}: once for both levels", site.engine);
        // Search, filtered by the place, by its name in the query, and by the lower organ's.
        for query in [
            "q=%E5%BE%8B%E5%B8%88&place=341600000000",
            "q=%E4%BA%B3%E5%B7%9E%E5%B8%82%20%E5%BE%8B%E5%B8%88",
            "q=%E4%BA%B3%E5%B7%9E%E5%B8%82%E5%8F%B8%E6%B3%95%E5%B1%80%20%E5%BE%8B%E5%B8%88",
            "q=%E5%BE%8B%E5%B8%88&near=341600000000",
        ] {
            let hits = site.get(&nobody, &format!("/api/v1/search?{query}")).await.json();
            assert_eq!(hits[0]["id"], item.to_string(), "{query} on {}: {hits}", site.engine);
            assert_eq!(hits[0]["apply_to"][0], "亳州市司法局<b>", "{query}: {hits}");
        }
        // What is examined below no more is not found there any more.
        document.preliminary = None;
        let version = catalogue::item(db, item).await.unwrap().version;
        catalogue::revise(&ctx, db, item, version, &document).await.unwrap();
        catalogue::publish(&ctx, db, item, version + 1).await.unwrap();
        site.settle(&AREAS).await;
        site.clock.hours(1);
        assert!(!shown("/items?place=341600000000").await, "{}", site.engine);
        assert!(!shown(&format!("/items?authority={lower}")).await, "{}", site.engine);
    }
}
