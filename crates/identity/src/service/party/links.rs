//! Accounts at providers that are linked: made with the person's consent, listed, ended; what a provider's word does to the level.

use journal::Head;
use kernel::{Ctx, Error, Id, Moment, Person, Result};
use standards::{PaperKind, PersonPaper};
use storage::{Commit, Unit, args};
use webkit::App;

use super::{
    super::{accounts::as_person, kinds, levels, people, told::tell},
    logout, providers,
    trip::{self, Arrival},
};
use crate::{
    FACTORS,
    model::{
        level::Proof,
        party::{
            link::{Link, LinkMark, LinkState},
            provider::{Provider, ProviderMark},
            told::Told,
        },
        person::PersonCard,
    },
    store::party as rows,
};

/// Links of one person that are read at most: one a provider.
const OF_ONE_MAX: i64 = 60;

/// Under what an account at a provider is known here.
fn subject(app: &App, provider: Id<ProviderMark>, subject: &str) -> String {
    app.vault.digest("login-subject", &format!("{provider}\n{subject}"))
}

/// Under what a session at a provider is known here.
pub(crate) fn sid(app: &App, provider: Id<ProviderMark>, sid: &str) -> String {
    app.vault.digest("login-session", &format!("{provider}\n{sid}"))
}

/// Whose an account at a provider is.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn by_subject(app: &App, provider: Id<ProviderMark>, told: &str) -> Result<Option<Link>> {
    let row = app.db.find(rows::LINK_BY_SUBJECT, args![subject(app, provider, told)]).await?;
    row.as_ref().map(rows::link).transpose()
}

/// The links of a person that are in force.
async fn of(app: &App, person: Id<Person>) -> Result<Vec<Link>> {
    app.db.query(rows::LINKS, args![person, OF_ONE_MAX]).await?.iter().map(rows::link).collect()
}

/// A link as its owner sees it.
pub(crate) struct OwnLink {
    pub(crate) id: Id<LinkMark>,
    pub(crate) provider: Id<ProviderMark>,
    pub(crate) name: String,
    pub(crate) since: Moment,
}

/// The caller's links.
///
/// # Errors
/// [`Error::SignIn`] if nobody is signed in; if the engine fails.
pub(crate) async fn own(ctx: &Ctx, app: &App) -> Result<Vec<OwnLink>> {
    let (found, all) = (of(app, ctx.person()?).await?, providers::all(app).await?);
    let named = |it: Link| {
        let provider = all.iter().find(|provider| provider.id == it.state.provider)?;
        let (id, since) = (it.id, it.state.made_at);
        Some(OwnLink { id, provider: provider.id, name: provider.state.name.clone(), since })
    };
    Ok(found.into_iter().filter_map(named).collect())
}

/// Links the account at the provider with the caller, who has read what was handed over and agreed; gives where it wanted to go.
///
/// # Errors
/// [`Error::Refused`] if there is nobody to link, or the link cannot be; those of a fresh proof of who one is; if the engine fails.
pub(crate) async fn make(ctx: &Ctx, app: &App, secret: &str) -> Result<String> {
    ctx.proven(FACTORS)?;
    let person = ctx.person()?;
    let Some(arrival) = trip::arrival(ctx, app, secret).await? else { return Err(over()) };
    make_for(ctx, app, person, arrival).await
}

fn over() -> Error {
    Error::refused("这次登录已经过期，或者已经处理过。请重新从那个渠道登录一次。")
}

/// As [`make`], of a person who has just registered with this arrival.
///
/// # Errors
/// As [`make`].
pub(crate) async fn make_for(ctx: &Ctx, app: &App, person: Id<Person>, arrival: Arrival) -> Result<String> {
    let (provider, told) = (&arrival.provider, &arrival.told);
    let card = people::card_of(app, person).await?;
    let ctx = &as_person(ctx, person, &card.name);
    if contradicts(told, &card) {
        return Err(Error::refused("对方登记的身份号码与您在本站的不一致，不能关联。请核对两边登录的是不是同一个人。"));
    }
    let state = LinkState {
        provider: provider.id,
        person,
        subject: subject(app, provider.id, &told.subject),
        told: told.shown().iter().map(|it| it.0).collect::<Vec<_>>().join(" "),
        made_at: ctx.now,
        ended_at: None,
    };
    let id = ctx.new_id();
    let mut unit = Unit::new(ctx);
    arrival.used(&mut unit, app);
    let about = (format!("link:{id}"), kinds::LINK_MADE);
    let head = journal::append(&mut unit, ctx, &Head::none(), (&about.0, about.1), &state)?;
    rows::link_add(&mut unit, id, &state, &head);
    let words = format!("您的账号已与{}关联，可以用它登录。", provider.state.name);
    tell(&mut unit, ctx, app, person, &words).await?;
    match app.db.commit(unit).await? {
        Commit::Done => {}
        Commit::Lost { guard: rows::TRIP_GUARD } => return Err(over()),
        Commit::Lost { .. } => {
            let words =
                "不能关联：对方的这个账号已经与别人关联，或您已经关联了那里的另一个账号。请先在「关联的登录」里解除。";
            return Err(Error::refused(words));
        }
    }
    raise(ctx, app, (provider, person), told).await?;
    Ok(arrival.next)
}

/// Whether the provider speaks of somebody else: of another citizen number.
fn contradicts(told: &Told, card: &PersonCard) -> bool {
    !told.number.is_empty() && number(told) != Some(card.paper.number().to_owned())
}

fn number(told: &Told) -> Option<String> {
    let paper = PersonPaper::parse(PaperKind::Citizen, &told.number).ok()?;
    Some(paper.number().to_owned())
}

/// Raises the level to what a provider's word means, if it speaks by name and number of this very person. It never falls by it.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn raise(
    ctx: &Ctx,
    app: &App,
    (provider, person): (&Provider, Id<Person>),
    told: &Told,
) -> Result<()> {
    let Some(proof) = Proof::elsewhere(told.level) else { return Ok(()) };
    let card = people::card_of(app, person).await?;
    if card.name != told.name || number(told) != Some(card.paper.number().to_owned()) {
        return Ok(());
    }
    let ctx = &as_person(ctx, person, &card.name);
    let by = format!("provider:{}", provider.id);
    levels::prove(ctx, app, (person, None), &[proof].into(), &by).await.map(drop)
}

/// Ends one of the caller's links, and the sessions that came by it. Everybody here has a password, so nobody is locked out.
///
/// # Errors
/// [`Error::NotFound`] if it is none of the caller's; those of a fresh proof of who one is; if the engine fails.
pub(crate) async fn end(ctx: &Ctx, app: &App, id: Id<LinkMark>) -> Result<()> {
    ctx.proven(FACTORS)?;
    let person = ctx.person()?;
    let found = of(app, person).await?.into_iter().find(|it| it.id == id);
    let link = found.ok_or(Error::NotFound { what: "关联的登录" })?;
    let mut unit = Unit::new(ctx);
    end_in(&mut unit, ctx, &link)?;
    logout::end_sessions(&mut unit, ctx, app, rows::SESSIONS_OF_LINK, &id.to_string()).await?;
    tell(&mut unit, ctx, app, person, "您的账号已解除一个关联的登录。").await?;
    app.db.commit(unit).await?.or_stale("关联的登录")
}

fn end_in(unit: &mut Unit, ctx: &Ctx, link: &Link) -> Result<()> {
    let at = ctx.now.max(link.head.at);
    let state = LinkState { ended_at: Some(at), ..link.state.clone() };
    let about = (format!("link:{}", link.id), kinds::LINK_ENDED);
    let head = journal::append(unit, ctx, &link.head, (&about.0, about.1), &state)?;
    rows::link_end(unit, link, at, &head);
    Ok(())
}

/// Ends all links of a person in this unit: nothing of it stays here.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn end_all_of(ctx: &Ctx, app: &App, unit: &mut Unit, person: Id<Person>) -> Result<()> {
    for link in of(app, person).await? {
        end_in(unit, ctx, &link)?;
    }
    Ok(())
}
