//! Promises of search: what people ask for they find, over the real list of 广安区 and the written items of 亳州.

use std::fmt::Write;

use kernel::Moment;

use super::AREAS;
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

/// A site with both lists.
async fn sites() -> Vec<testkit::Site> {
    let mut out = Vec::new();
    for site in testkit::sites_with(&AREAS, |_| [catalogue::own(), crate::own(None)].concat(), None).await {
        let (ctx, db) = (site.app.system("test"), &site.app.db);
        let divisions = "code,name,level,parent\n340000000000,安徽省,2,\n341600000000,亳州市,3,340000000000\n\
            341602000000,谯城区,4,341600000000\n510000000000,四川省,2,\n511600000000,广安市,3,510000000000\n\
            511602000000,广安区,4,511600000000\n";
        identity::import_divisions(&ctx, db, divisions.as_bytes()).await.unwrap();
        let facts = identity::AuthorityFacts {
            name: "谯城区政务服务中心".to_owned(),
            short_name: "谯政服".to_owned(),
            uscc: "11341600000000019Q".to_owned(),
            division: "341602000000".to_owned(),
            phone: "0558-5550101".to_owned(),
            address: "演示大道1号".to_owned(),
            hours: "工作日".to_owned(),
        };
        let office = identity::create_authority(&ctx, db, &facts).await.unwrap();
        let mut files: Vec<_> = std::fs::read_dir(WRITTEN).unwrap().map(|it| it.unwrap().path()).collect();
        files.sort();
        for file in files.iter().filter(|it| it.extension().is_some_and(|it| it == "json")) {
            let document = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
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

#[tokio::test]
async fn whoever_asks_in_their_own_words_finds_the_right_item() {
    let all = questions();
    for site in sites().await {
        let index = site.app.part::<SearchIndex>().unwrap();
        assert!(index.is_whole());
        let (mut tuned, mut held) = (Score::default(), Score::default());
        for (at, question) in all.iter().enumerate() {
            let ask = Ask { text: question.text.to_owned(), limit: 10, ..Ask::default() };
            let found = index.search(&site.app.db, site.app.clock.now(), &ask).await.unwrap();
            let names: Vec<String> = found.hits.iter().map(|it| it.entry.item.name.clone()).collect();
            if at % 3 == 2 { held.add(question, &names) } else { tuned.add(question, &names) }
        }
        for (name, score) in [("tuned by", &tuned), ("held out", &held)] {
            let (three, ten) = score.shares();
            println!("{name}, {}: first three {three:.3}, first ten {ten:.3}", site.engine);
            let (least_three, least_ten) = if name == "held out" { (0.85, 0.9) } else { (0.85, 0.95) };
            assert!(
                three >= least_three && ten >= least_ten,
                "{name}: {three:.3} {ten:.3}\n{}",
                if name == "held out" && std::env::var("SHOW_HELD").is_err() { "" } else { &score.missed }
            );
        }
    }
}
