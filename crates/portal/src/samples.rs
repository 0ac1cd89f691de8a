//! The portal's pages with made-up content.

mod sites;

use std::sync::Arc;

use askama::Template;
use catalogue::{
    ItemDocument, ItemState, ItemSummary,
    model::{CheckOption, CheckOutcome, CheckQuestion, ConditionCheck, Preliminary, ProcessStep, StepPost},
};
use identity::AuthorityFacts;
use kernel::{Fault, Id, Moment};
use standards::{DivisionCode, ItemType};
use webkit::{Sample, Shell};

use crate::{
    index::Known,
    model::measured::Measured,
    pages::{
        check::CheckPage,
        guide::{Content, GuidePage},
        list::{ItemsPage, ListAsk},
        search::{SearchAsk, SearchPage},
        words::{MissedPage, WordsAsk, WordsPage, looked_up},
    },
    search::{keep::Miss, word::Word},
};

fn item(n: u8, name: &str, state: ItemState) -> Option<ItemSummary> {
    let whose = (Id::from_parts(Moment::from_micros(0), [n; 10]), Id::from_parts(Moment::from_micros(0), [9; 10]));
    Some(ItemSummary {
        local_code: "511A01-341602".to_owned(),
        main_item: "主项<b>".to_owned(),
        aliases: vec!["开饭店".to_owned()],
        summary: "开饭店、小吃店的，开业前先办这张证。".to_owned(),
        state,
        current_version: i64::from(state == ItemState::Published),
        immediate: Some(false),
        for_persons: true,
        for_organisations: true,
        promise: "8 个工作日".to_owned(),
        visits: Some(0),
        ..ItemSummary::named(whose, DivisionCode::parse("341602").ok()?, ItemType::Licence, name)
    })
}

fn known() -> Option<Known> {
    let items = vec![
        item(1, "食品经营许可（首次申请）", ItemState::Published)?,
        item(2, "学生资助政策<script>咨询", ItemState::Listed)?,
    ];
    let facts = AuthorityFacts {
        name: "谯城区市场监督管理局".to_owned(),
        uscc: "11341600000000019Q".to_owned(),
        division: "341602000000".to_owned(),
        ..AuthorityFacts::default()
    };
    let name = |code: &str, name: &str| Some((DivisionCode::parse(code).ok()?, name.to_owned()));
    let path = vec![name("340000", "安徽省")?, name("341600", "亳州市")?, name("341602", "谯城区")?];
    Some(Known::of(items, &facts, path))
}

/// The portal's pages with made-up content.
pub(crate) fn all() -> Vec<Sample> {
    rendered().unwrap_or_default()
}

fn rendered() -> Option<Vec<Sample>> {
    let index = crate::SearchIndex::new(None);
    let (known, shell) = (known()?, Shell::sample("亳州市政务服务网"));
    let step = |name: &str, days| ProcessStep::new(StepPost::Review, name, days, "窗口", "核对");
    let doc = ItemDocument {
        steps: vec![step("受理", 1), step("审核", 4)],
        preliminary: Some(Preliminary {
            offices: vec!["11341600000000019Q".to_owned()],
            days: 20,
            basis: "某某条例<b>第八条".to_owned(),
        }),
        ..ItemDocument::named("食品经营许可（首次申请）")
    };
    let measured = Measured::of((0..20).collect());
    let content = Content { doc: Some(Arc::new(doc)), measured };
    let first = known.entry(Id::from_parts(Moment::from_micros(0), [1; 10]))?;
    let listed = known.entry(Id::from_parts(Moment::from_micros(0), [2; 10]))?;
    let code = DivisionCode::parse("341602").ok()?;
    let sample = |name, html: askama::Result<String>| Some(Sample { name, html: html.ok()? });
    let mut all = sites::all(&shell, &known, &code)?;
    all.extend(checks(&shell).into_iter().flatten());
    all.extend([
        sample("items.html", ItemsPage::new(shell.clone(), ListAsk::default(), &known).ok()?.render())?,
        sample("search.html", searched(&shell, (&index, &known), ("开饭店", "")).ok()?.render())?,
        sample("search.html", searched(&shell, (&index, &known), ("<script>", "341602")).ok()?.render())?,
        sample("words_desk.html", words_page(shell.clone(), true).render())?,
        sample("words_desk.html", words_page(shell.clone(), false).render())?,
        sample("missed_desk.html", missed_page(shell.clone()).render())?,
        sample("guide.html", GuidePage::new(shell.clone(), first, &known, content).render())?,
        sample("guide.html", GuidePage::new(shell, listed, &known, Content::default()).render())?,
    ]);
    Some(all)
}

/// Search for `q`, from the page of a place or from none.
fn searched(
    shell: &Shell,
    (index, known): (&crate::SearchIndex, &Known),
    (q, near): (&str, &str),
) -> kernel::Result<SearchPage> {
    let ask = SearchAsk { q: q.to_owned(), near: near.to_owned(), ..SearchAsk::default() };
    let near = DivisionCode::parse(near).ok().map(|it| (it, "谯城区<b>".to_owned()));
    SearchPage::new(shell.clone(), (index, known), &ask, near)
}

/// 「我能不能办」: a question, a refusal, a pass.
fn checks(shell: &Shell) -> [Option<Sample>; 3] {
    let option = |key: &str, outcome, explain: &str| CheckOption {
        key: key.to_owned(),
        text: format!("{key}<b>"),
        outcome,
        explain: explain.to_owned(),
        item: if outcome == CheckOutcome::Elsewhere { "个体工商户设立登记".to_owned() } else { String::new() },
    };
    let question = |key: &str, options| CheckQuestion {
        key: key.to_owned(),
        text: "有店面吗？".to_owned(),
        hint: "租的也算".to_owned(),
        only_if: None,
        options,
    };
    let yes = option("yes", CheckOutcome::Note, "带上租赁合同");
    let check = ConditionCheck {
        intro: "两个问题".to_owned(),
        questions: vec![
            question("shop", vec![yes.clone(), option("no", CheckOutcome::Elsewhere, "先办这个")]),
            question("cold", vec![yes, option("no", CheckOutcome::GoOn, "")]),
        ],
        passed: "您可以办理".to_owned(),
    };
    let page = |answers: &[(&str, &str)]| {
        let answers = answers.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect();
        let about = ("1".to_owned(), "食品经营许可".to_owned(), true);
        let page = CheckPage::new(shell.clone(), about, (check.clone(), "12345".to_owned()), &answers);
        Some(Sample { name: "check.html", html: page.render().ok()? })
    };
    [page(&[("shop", "yes")]), page(&[("shop", "no")]), page(&[("shop", "yes"), ("cold", "yes")])]
}

fn words_page(shell: Shell, may_change: bool) -> WordsPage {
    let word = |n: u8, said: &str, active| Word {
        id: Id::from_parts(Moment::from_micros(0), [n; 10]),
        said: said.to_owned(),
        meant: "不动产登记 房屋+所有权".to_owned(),
        asking: false,
        active,
        version: 1,
        changed_at: Moment::from_micros(0),
    };
    WordsPage {
        shell,
        ask: WordsAsk { q: "房产证".to_owned(), ..WordsAsk::default() },
        words: vec![word(1, "办红本", true), word(2, "<b>", false)],
        next: "/desk/search?after=1".to_owned(),
        first: String::new(),
        said: String::new(),
        meant: String::new(),
        faults: if may_change {
            vec![Fault::new("said", "请填写 2 到 20 个字，中间不留空格。")]
        } else {
            Vec::new()
        },
        may_change,
        shipped: looked_up("房产证", false),
    }
}

fn missed_page(shell: Shell) -> MissedPage {
    let miss = |text: &str, times| Miss {
        text: text.to_owned(),
        times,
        first_day: "2026-03-01".to_owned(),
        last_day: "2026-03-02".to_owned(),
    };
    MissedPage {
        shell,
        misses: vec![miss("无人机", 12), miss("<script>咨询", 1)],
        next: String::new(),
        first: String::new(),
        may_change: true,
    }
}
