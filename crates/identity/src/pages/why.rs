//! «Why may this person do this?» in plain Chinese, with the chain of posts, or with what is missing.

use askama::Template;
use axum::extract::{Query, State};
use kernel::{Error, Id, Permission, Person};
use webkit::{Answer, App, Page, Shell, page};

use super::{
    choice::{Choice, ChoiceAsk},
    post_words::{Words, days},
    zh_day,
};
use crate::{
    ADMINISTER, SiteCallers,
    model::why::Says,
    service::{
        names::person_name,
        reach::Reach,
        why::{Link, Question, permissions, why},
    },
};

/// One post that concerns the question, in words.
pub(crate) struct ReasonLine {
    pub(crate) tone: &'static str,
    pub(crate) says: String,
    pub(crate) post: String,
    pub(crate) chain: Vec<String>,
}

#[derive(Template)]
#[template(path = "why.html")]
pub(crate) struct WhyPage {
    pub(crate) shell: Shell,
    pub(crate) person: String,
    pub(crate) name: String,
    /// Whether the caller asks about itself.
    pub(crate) own: bool,
    pub(crate) act: String,
    /// All acts, as (code, words).
    pub(crate) acts: Vec<(&'static str, &'static str)>,
    pub(crate) item: String,
    pub(crate) choice: Choice,
    /// The answer in one sentence; empty before a question.
    pub(crate) answer: String,
    pub(crate) may: bool,
    pub(crate) lines: Vec<ReasonLine>,
    /// Kinds of post that give it.
    pub(crate) givers: Vec<&'static str>,
}

#[derive(serde::Deserialize)]
pub(crate) struct Ask {
    #[serde(flatten)]
    choice: ChoiceAsk,
    #[serde(default)]
    person: String,
    #[serde(default)]
    act: String,
    #[serde(default)]
    item: String,
}

pub(crate) async fn show(State(app): State<App>, Page { ctx, shell }: Page, Query(ask): Query<Ask>) -> Answer {
    let me = ctx.person()?;
    let person: Id<Person> = if ask.person.is_empty() { me } else { ask.person.parse()? };
    let own = person == me;
    if !own && !ctx.may_somewhere(ADMINISTER) {
        return Err(Error::Forbidden { action: ADMINISTER.words }.into());
    }
    let acts = permissions(&app)?;
    let asked = acts.iter().find(|it| it.code == ask.act).copied();
    // One's own question may be about any authority; one about others is where the caller administers.
    let realm = if own { Reach::at(&app.db, None).await? } else { Reach::of(&ctx, &app.db, ADMINISTER).await? };
    let id = person.to_string();
    let keep = [("person", id.as_str()), ("act", &ask.act), ("item", &ask.item)];
    let choice = realm.choose(&app.db, &ask.choice, ("/desk/why", &keep), false).await?;
    let kinds = app.part::<SiteCallers>()?;
    let gives = |permission: Permission| {
        let posts = kinds.posts().iter().filter(move |it| it.permissions.contains(&permission));
        posts.map(|it| it.name).collect::<Vec<_>>()
    };
    let mut out = WhyPage {
        shell,
        name: person_name(&app, person).await?,
        person: id.clone(),
        own,
        act: ask.act.clone(),
        acts: acts.iter().map(|it| (it.code, it.words)).collect(),
        item: ask.item.clone(),
        answer: String::new(),
        may: false,
        lines: Vec::new(),
        givers: asked.map(gives).unwrap_or_default(),
        choice,
    };
    if let (Some(permission), false) = (asked, out.choice.open) {
        let authority = out.choice.chosen.as_ref().map(|it| it.id);
        let item = if ask.item.is_empty() { None } else { Some(ask.item.parse()?) };
        let reasons = why(&ctx, &app, &Question { person, permission, authority, item }).await?;
        let mut held = Vec::with_capacity(reasons.links.len() * 2);
        for it in &reasons.links {
            held.push(&it.held);
            held.extend(&it.principal);
        }
        let words = Words::of(&ctx, &app, (&kinds, &realm), held.into_iter()).await?;
        out.may = reasons.may();
        out.lines = reasons.links.iter().map(|it| line(it, &words)).collect();
        out.answer = sentence(&out, permission);
    }
    page(&out)
}

/// The answer in one sentence.
fn sentence(it: &WhyPage, permission: Permission) -> String {
    let place = match (it.choice.name(), it.item.is_empty()) {
        ("", _) => "在全站范围".to_owned(),
        (name, true) => format!("在{name}"),
        (name, false) => format!("在{name}的这个事项上"),
    };
    let (who, what) = (if it.own { "您" } else { it.name.as_str() }, permission.words);
    if it.may {
        return format!("可以。{who}{place}有权「{what}」，依据是下面的岗位。");
    }
    let givers = it.givers.join("」「");
    if it.lines.is_empty() {
        return format!("不可以。{who}没有能「{what}」的岗位；能的岗位是「{givers}」。");
    }
    format!("不可以。{who}{place}现在无权「{what}」：下面的岗位能做这件事，但都不适用。")
}

fn line(it: &Link, words: &Words<'_>) -> ReasonLine {
    let held = &it.held.state;
    let (tone, says) = match it.says {
        Says::Yes => ("good", "有权".to_owned()),
        Says::NotYet => ("info", format!("{}起才到任", zh_day(&held.starts))),
        Says::OtherItem => ("warn", "只限另一个事项".to_owned()),
        Says::Elsewhere => ("warn", "不在这里任职".to_owned()),
        Says::Over => ("plain", format!("{}已到期", zh_day(held.ends.as_deref().unwrap_or_default()))),
        Says::Ended => ("plain", held.ended_at.map_or_else(String::new, |at| format!("{}已终止", at.zh_date()))),
    };
    let mut chain = vec![format!("任期：{}。", days(held))];
    if let Some(at) = it.granted_at {
        chain.push(format!("由{}于{}授予。", it.granted_by, at.zh()));
    }
    if let Some(principal) = &it.principal {
        let own = &principal.state;
        chain.push(format!(
            "{}的岗：原岗位任期{}{}；原岗位终止，代岗同时终止。",
            words.stead(held),
            days(own),
            if own.ended_at.is_some() { "，已终止" } else { "" }
        ));
    }
    ReasonLine { tone, says, post: format!("{}：{}", words.kind(&held.code), words.place(held)), chain }
}
