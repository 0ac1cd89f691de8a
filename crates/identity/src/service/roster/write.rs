//! What was decided is done: some people in one unit; if somebody else was at one of them meanwhile, each alone.

use kernel::{Ctx, Result};
use storage::{Commit, Unit};
use webkit::App;

use super::planned::{Planned, PlannedPost, Whom};
use crate::{
    model::roster::{Column, Counts, Trouble},
    service::{accounts, people, posts},
};

/// Rows that could not be written after all.
#[derive(Debug, Default)]
pub(super) struct Late {
    pub(super) troubles: Vec<Trouble>,
    /// How many people they are of.
    pub(super) people: usize,
    added: i64,
    changed: i64,
}

impl Late {
    /// Takes them out of what was counted before.
    pub(super) fn take_from(&self, counts: &mut Counts) {
        counts.added -= self.added;
        counts.changed -= self.changed;
        counts.refused += self.added + self.changed;
    }

    fn add(&mut self, it: &Planned, guard: &str) {
        let (column, reason) = match guard {
            "person" => (Column::Number, "刚刚有人登记了这个证件号码，请重新导入这个文件。"),
            "account" | vault::GUARD => (Column::Login, "登录名刚刚被使用，请换一个。"),
            "post held" => (Column::Post, "刚刚有人授予了同一个岗位，请重新导入这个文件核对。"),
            kernel::POST_GUARD => (Column::Office, "您的管理岗位已经终止，没有导入。"),
            _ => (Column::Post, "刚刚有人改过，请重新导入这个文件核对。"),
        };
        self.troubles.extend(it.lines().map(|line| line.trouble(column, reason)));
        self.people += 1;
        self.added += it.added();
        self.changed += it.changed();
    }
}

/// Does what was decided of these people; `also` adds to each unit what stands beside it.
///
/// # Errors
/// If the engine fails.
pub(super) async fn chunk(
    ctx: &Ctx,
    app: &App,
    chunk: &[Planned],
    also: &(dyn Fn(&mut Unit) -> Result<()> + Sync),
) -> Result<Late> {
    let mut late = Late::default();
    let mut whole = Unit::new(ctx);
    for it in chunk {
        add(&mut whole, ctx, app, it).await?;
    }
    also(&mut whole)?;
    if app.db.commit(whole).await? == Commit::Done {
        return Ok(late);
    }
    for it in chunk {
        let mut unit = Unit::new(ctx);
        add(&mut unit, ctx, app, it).await?;
        if let Commit::Lost { guard } = app.db.commit(unit).await? {
            late.add(it, guard);
        }
    }
    let mut rest = Unit::new(ctx);
    also(&mut rest)?;
    if !rest.is_empty() {
        app.db.commit(rest).await?.or_stale("导入")?;
    }
    Ok(late)
}

async fn add(unit: &mut Unit, ctx: &Ctx, app: &App, it: &Planned) -> Result<()> {
    let person = it.whom.id();
    let key = match &it.whom {
        Whom::New(_, checked) => Some(people::add(unit, ctx, &app.vault, person, checked)?),
        Whom::Known(_) if it.login.is_some() => Some(app.vault.key(&people::vault_holder(person)).await?),
        Whom::Known(_) => None,
    };
    if let (Some(login), Some(key)) = (&it.login, &key) {
        accounts::seal_login(unit, ctx, app, (person, key), login);
        accounts::add_account(unit, ctx, app, person, (login, String::new(), None))?;
    }
    for (_, post) in &it.posts {
        match post {
            PlannedPost::New(state, right) => posts::grant(unit, ctx, ctx.new_id(), (state, *right))?,
            PlannedPost::Last(day) => day.write(unit, ctx)?,
            PlannedPost::Same => {}
        }
    }
    Ok(())
}
