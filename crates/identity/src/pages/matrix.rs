//! The posts of one authority at a glance: people by kinds of post (岗位一览表), a page at a time.

use askama::Template;
use axum::extract::{Query, State};
use kernel::{PageAsk, Post};
use webkit::{Answer, App, Page, Shell, address, page};

use super::{
    choice::{Choice, ChoiceAsk},
    post_words::{PostLine, Words},
};
use crate::{
    ADMINISTER, SiteCallers,
    model::post::Held,
    service::{
        posts::{self, Officer},
        reach::Reach,
    },
};

const HERE: &str = "/desk/people/matrix";
/// People on a page: so many rows are read without turning.
const ROWS: u16 = 40;

/// What a person has of one kind of post.
pub(crate) struct Cell {
    pub(crate) kind: &'static str,
    /// One mark a post: 「在岗」, 「代李强」, 「至2026年3月9日」; none if it holds none.
    pub(crate) marks: Vec<(&'static str, String)>,
}

/// A person's row.
pub(crate) struct MatrixLine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) cells: Vec<Cell>,
    /// Kinds that should not lie in one hand, in words; empty if there are none.
    pub(crate) apart: String,
}

#[derive(Template)]
#[template(path = "matrix.html")]
pub(crate) struct MatrixPage {
    pub(crate) shell: Shell,
    pub(crate) choice: Choice,
    pub(crate) kinds: Vec<&'static str>,
    pub(crate) lines: Vec<MatrixLine>,
    pub(crate) next: String,
    pub(crate) first: String,
}

#[derive(serde::Deserialize)]
pub(crate) struct Ask {
    #[serde(flatten)]
    choice: ChoiceAsk,
    after: Option<String>,
}

pub(crate) async fn show(State(app): State<App>, Page { ctx, shell }: Page, Query(ask): Query<Ask>) -> Answer {
    let realm = Reach::of(&ctx, &app.db, ADMINISTER).await?;
    let choice = realm.choose(&app.db, &ask.choice, (HERE, &[]), true).await?;
    let mut out =
        MatrixPage { shell, kinds: Vec::new(), lines: Vec::new(), next: String::new(), first: String::new(), choice };
    let Some(at) = out.choice.chosen.as_ref().map(|it| it.id).filter(|_| !out.choice.open) else { return page(&out) };
    let found = posts::officers(&ctx, &app, Some(at), &PageAsk::from_query(ask.after.as_deref(), Some(ROWS))?).await?;
    let kinds = app.part::<SiteCallers>()?;
    let words = Words::of(&ctx, &app, (&kinds, &realm), found.page.items.iter().flat_map(|it| &it.posts)).await?;
    // Kinds that nobody here holds would be empty columns.
    let held = |kind: &&Post| found.page.items.iter().any(|it| it.posts.iter().any(|it| it.state.code == kind.code));
    let shown: Vec<&Post> = kinds.posts().iter().filter(held).collect();
    out.kinds = shown.iter().map(|it| it.name).collect();
    for it in &found.page.items {
        out.lines.push(line(it, found.names.person(&it.person), &shown, &words));
    }
    let href = |after: &str| address(HERE, &[("authority", &out.choice.id()), ("after", after)]);
    out.next = found.page.next.as_deref().map(href).unwrap_or_default();
    out.first = if ask.after.is_some() { href("") } else { String::new() };
    page(&out)
}

fn line(it: &Officer, name: &str, kinds: &[&Post], words: &Words<'_>) -> MatrixLine {
    let of = |kind: &&Post| it.posts.iter().filter(|held| held.state.code == kind.code).collect::<Vec<&Held>>();
    let cell =
        |kind: &&Post| Cell { kind: kind.name, marks: words.lines(of(kind).into_iter()).iter().map(mark).collect() };
    let held: Vec<&&Post> = kinds.iter().filter(|kind| !of(kind).is_empty()).collect();
    let mut apart = Vec::new();
    for (n, one) in held.iter().enumerate() {
        let against = held[n + 1..].iter().filter(|other| one.apart.contains(&other.code));
        apart.extend(against.map(|other| format!("{}与{}", one.name, other.name)));
    }
    MatrixLine {
        id: it.person.to_string(),
        name: name.to_owned(),
        cells: kinds.iter().map(cell).collect(),
        apart: apart.join("、"),
    }
}

/// A post as its cell tells it: standing in before the state, the state before the plain yes.
fn mark(it: &PostLine) -> (&'static str, String) {
    match (it.stead.as_str(), it.state) {
        ("", "在岗") => ("good", "在岗".to_owned()),
        ("", state) => (it.tone, state.to_owned()),
        (stead, "在岗") => ("info", stead.to_owned()),
        (stead, state) => (it.tone, format!("{stead}（{state}）")),
    }
}
