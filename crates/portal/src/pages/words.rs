//! The desk of search (搜索词): how people say it, words of asking, and what was not found.

use askama::Template;
use axum::extract::{Path, Query, State};
use kernel::{Ctx, Error, Fault, Id, Moment, PageAsk, Scope};
use webkit::{
    Access, Answer, App, Form, FormData, Listing, Page, Routes, Shell, address, asked, filter_of, flash, page,
};

use crate::{
    WORDS,
    search::{
        keep::{self, Miss},
        word::Word,
        words::{shipped, shipped_asking},
    },
    store::search::WordMark,
};

pub(crate) fn routes() -> Routes {
    let keeps = Access::May(WORDS);
    Routes::new()
        .get("/desk/search", keeps, show)
        .post("/desk/search", keeps, add)
        .post("/desk/search/words/{id}", keeps, change)
        .get("/desk/search/missed", keeps, missed)
        .post("/desk/search/missed", keeps, forget)
}

const HERE: &str = "/desk/search";
/// Shipped words that a page shows of those that hold a text.
const SHIPPED_SHOWN: usize = 50;

#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub(crate) struct WordsAsk {
    /// `asking` or nothing.
    pub(crate) kind: String,
    /// Which shipped words are looked up.
    pub(crate) q: String,
    /// A saying that is to be added, from the list of what was not found.
    pub(crate) said: String,
    pub(crate) after: String,
}

impl WordsAsk {
    fn asking(&self) -> bool {
        self.kind == "asking"
    }
}

/// A shipped word: what is said, what it is called.
type Shipped = (String, String);

#[derive(Template)]
#[template(path = "words_desk.html")]
pub(crate) struct WordsPage {
    pub(crate) shell: Shell,
    pub(crate) ask: WordsAsk,
    pub(crate) words: Vec<Word>,
    pub(crate) next: String,
    pub(crate) first: String,
    /// What was typed into the form.
    pub(crate) said: String,
    pub(crate) meant: String,
    pub(crate) faults: Vec<Fault>,
    /// Whether the caller may change words, which hold for the whole site.
    pub(crate) may_change: bool,
    pub(crate) shipped: Vec<Shipped>,
}

impl WordsPage {
    fn fault(&self, field: &str) -> &str {
        self.faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
    }

    fn asking(&self) -> bool {
        self.ask.asking()
    }

    fn asked(&self) -> String {
        asked(&[("kind", &self.ask.kind)])
    }

    /// Where the portal answers this.
    fn trial(said: &str) -> String {
        address("/search", &[("q", said)])
    }
}

/// The shipped words that hold a text.
pub(crate) fn looked_up(q: &str, asking: bool) -> Vec<Shipped> {
    if q.is_empty() {
        return Vec::new();
    }
    if asking {
        let found = shipped_asking().filter(|it| it.contains(q)).take(SHIPPED_SHOWN);
        return found.map(|it| (it.to_owned(), String::new())).collect();
    }
    let each = shipped().flat_map(|(said, meant)| said.into_iter().map(move |it| (it, meant)));
    let found = each.filter(|it| it.0.contains(q) || it.1.contains(q)).take(SHIPPED_SHOWN);
    found.map(|it| (it.0.to_owned(), it.1.to_owned())).collect()
}

async fn words_page(app: &App, it: Page, ask: WordsAsk, typed: (String, String, Vec<Fault>)) -> Answer {
    let asking = ask.asking();
    let found = keep::words(&app.db, asking, &PageAsk::from_query(Some(&ask.after), None)?).await?;
    let here = |after: &str| address(HERE, &[("kind", &ask.kind), ("q", &ask.q), ("after", after)]);
    page(&WordsPage {
        words: found.items,
        next: found.next.map(|key| here(&key)).unwrap_or_default(),
        first: if ask.after.is_empty() { String::new() } else { here("") },
        may_change: it.ctx.may(WORDS, &Scope::SITE).is_ok(),
        shipped: looked_up(ask.q.trim(), asking),
        shell: it.shell,
        said: typed.0,
        meant: typed.1,
        faults: typed.2,
        ask,
    })
}

async fn show(State(app): State<App>, it: Page, Query(ask): Query<WordsAsk>) -> Answer {
    let said = ask.said.clone();
    words_page(&app, it, ask, (said, String::new(), Vec::new())).await
}

/// A word as a form says it.
fn typed(form: &FormData) -> Word {
    let asking = form.text("kind") == "asking";
    Word {
        id: Id::from_parts(Moment::from_micros(0), [0; 10]),
        said: form.text("said").to_owned(),
        meant: if asking { String::new() } else { form.text("meant").to_owned() },
        asking,
        active: form.text("off") != "yes",
        version: 0,
        changed_at: Moment::from_micros(0),
    }
}

async fn add(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    let word = typed(&form);
    let kind = form.text("kind").to_owned();
    match keep::word_create(&it.ctx, &app.db, word.clone()).await {
        Ok(_) => {
            let told = format!("已保存「{}」，几秒内全站生效。", word.said);
            Ok(flash(&address(HERE, &[("kind", &kind)]), "done", &told))
        }
        Err(Error::Invalid(faults)) => {
            let ask = WordsAsk { kind, ..WordsAsk::default() };
            words_page(&app, it, ask, (word.said, word.meant, faults)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn change(State(app): State<App>, it: Page, Path(id): Path<String>, Form(form): Form) -> Answer {
    let id: Id<WordMark> = id.parse()?;
    let back = address(HERE, &[("kind", form.text("kind"))]);
    let to = (form.text("meant").to_owned(), form.text("active") == "yes");
    match keep::word_change(&it.ctx, &app.db, id, form.version()?, to).await {
        Ok(()) => Ok(flash(&back, "done", "已保存，几秒内全站生效。")),
        Err(Error::Invalid(faults)) => {
            let why: Vec<_> = faults.into_iter().map(|it| it.message).collect();
            Ok(flash(&back, "fault", &format!("没有保存：{}", why.join(" "))))
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(serde::Deserialize, Default)]
#[serde(default)]
struct MissedAsk {
    after: String,
}

#[derive(Template)]
#[template(path = "missed_desk.html")]
pub(crate) struct MissedPage {
    pub(crate) shell: Shell,
    pub(crate) misses: Vec<Miss>,
    pub(crate) next: String,
    pub(crate) first: String,
    pub(crate) may_change: bool,
}

impl MissedPage {
    /// Where a saying is added.
    fn adding(said: &str) -> String {
        address(HERE, &[("said", said)])
    }
}

/// The site's own words, as they are written out.
pub(crate) const LISTING: Listing = Listing {
    code: "portal.words",
    name: "搜索词",
    page: HERE,
    needs: &[WORDS],
    columns: &[("怎么说", 36), ("事项名称里的词", 60), ("种类", 12), ("状态", 8), ("修改日期", 16)],
    rows: |ctx, app, query, ask| Box::pin(rows(ctx, app, query, ask)),
};

fn may_look(ctx: &Ctx) -> kernel::Result<()> {
    if ctx.may_somewhere(WORDS) { Ok(()) } else { Err(Error::Forbidden { action: WORDS.words }) }
}

async fn rows(ctx: &Ctx, app: &App, query: &str, ask: &PageAsk) -> kernel::Result<kernel::Page<Vec<String>>> {
    may_look(ctx)?;
    let found = keep::words(&app.db, filter_of::<WordsAsk>(query)?.asking(), ask).await?;
    Ok(found.map(|it| {
        let kind = if it.asking { "提问用语" } else { "说法" };
        let state = if it.active { "在用" } else { "停用" };
        vec![it.said, it.meant, kind.to_owned(), state.to_owned(), it.changed_at.zh_date()]
    }))
}

/// The list of what was not found, as it is written out.
pub(crate) const MISSED: Listing = Listing {
    code: "portal.missed",
    name: "没搜到的",
    page: "/desk/search/missed",
    needs: &[WORDS],
    columns: &[("搜索的话", 36), ("次数", 8), ("第一次", 16), ("最近一次", 16)],
    rows: |ctx, app, _, ask| Box::pin(missed_rows(ctx, app, ask)),
};

async fn missed_rows(ctx: &Ctx, app: &App, ask: &PageAsk) -> kernel::Result<kernel::Page<Vec<String>>> {
    may_look(ctx)?;
    let found = keep::misses(&app.db, ask).await?;
    Ok(found.map(|it| vec![it.text, it.times.to_string(), it.first_day, it.last_day]))
}

async fn missed(State(app): State<App>, it: Page, Query(ask): Query<MissedAsk>) -> Answer {
    let found = keep::misses(&app.db, &PageAsk::from_query(Some(&ask.after), None)?).await?;
    let here = |after: &str| address("/desk/search/missed", &[("after", after)]);
    page(&MissedPage {
        misses: found.items,
        next: found.next.map(|key| here(&key)).unwrap_or_default(),
        first: if ask.after.is_empty() { String::new() } else { here("") },
        may_change: it.ctx.may(WORDS, &Scope::SITE).is_ok(),
        shell: it.shell,
    })
}

async fn forget(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    keep::forget_miss(&it.ctx, &app.db, form.text("text")).await?;
    Ok(flash("/desk/search/missed", "done", "已从列表中移除；再有人搜不到时会重新出现。"))
}
