//! Where a row puts somebody: authority, unit, kind of post, item, days. What many rows name alike is asked once.

use std::collections::HashMap;

use kernel::{Authority as AuthorityMark, Ctx, Error, Id, Item, PageAsk, Result};
use time::Date;
use webkit::App;

use crate::{
    SiteCallers,
    model::{
        authority::Authority,
        post::Held,
        roster::{Column, Line, Trouble},
        unit::OrgUnitMark,
    },
    service::{
        administers,
        authorities::{authority_named, find_authority_by_uscc},
        items, units,
    },
};

/// Why a row is refused whose authority another administers.
pub(super) const BEYOND: &str = "这个单位不在您的管理范围内，请由它的管理员导入。";
/// Units of one name that are looked at in one authority.
const ALIKE_MAX: u16 = 100;

/// Where a row puts somebody.
pub(super) struct Placed {
    pub(super) authority: Id<AuthorityMark>,
    pub(super) unit: Option<Id<OrgUnitMark>>,
    pub(super) code: String,
    pub(super) item: Option<Id<Item>>,
    pub(super) starts: Option<Date>,
    pub(super) ends: Option<Date>,
}

/// What is found, or why not.
type Answered<T> = std::result::Result<T, String>;

/// What was asked already.
#[derive(Default)]
pub(super) struct Places {
    offices: HashMap<String, Answered<Authority>>,
    units: HashMap<(Id<AuthorityMark>, String), Answered<Id<OrgUnitMark>>>,
    items: HashMap<(Id<AuthorityMark>, String), Answered<Id<Item>>>,
}

impl Places {
    /// Where the row puts somebody who holds these posts.
    ///
    /// # Errors
    /// If the engine fails.
    pub(super) async fn of(
        &mut self,
        ctx: &Ctx,
        app: &App,
        line: &Line,
        held: &[Held],
    ) -> Result<std::result::Result<Placed, Vec<Trouble>>> {
        let mut troubles = Vec::new();
        let mut keep = |column: Column, reason: String| troubles.push(line.trouble(column, reason));
        let office = self.office(ctx, app, line.get(Column::Office)).await?.map_err(|it| keep(Column::Office, it)).ok();
        let code = kind(app, line.get(Column::Post))?;
        if code.is_none() {
            keep(Column::Post, "没有这种岗位。请照「人员岗位」页面上的岗位名称填写。".to_owned());
        }
        let mut day = |column: Column| match line.get(column) {
            "" => None,
            text => sheets::cell::date(text).map_err(|it| keep(column, it)).ok(),
        };
        let (starts, ends) = (day(Column::Starts), day(Column::Ends));
        let (mut unit, mut item) = (None, None);
        if let Some(office) = &office {
            if !line.get(Column::Unit).is_empty() {
                let found = self.unit(app, office.id, line.get(Column::Unit)).await?;
                unit = found.map_err(|it| keep(Column::Unit, it)).ok();
            }
            if !line.get(Column::Item).is_empty() {
                let found = self.item(app, office, line.get(Column::Item), held).await?;
                item = found.map_err(|it| keep(Column::Item, it)).ok();
            }
        }
        Ok(match (office, code) {
            (Some(office), Some(code)) if troubles.is_empty() => {
                Ok(Placed { authority: office.id, unit, code: code.to_owned(), item, starts, ends })
            }
            _ => Err(troubles),
        })
    }

    async fn office(&mut self, ctx: &Ctx, app: &App, words: &str) -> Result<Answered<Authority>> {
        if let Some(known) = self.offices.get(words) {
            return Ok(known.clone());
        }
        let found = office(ctx, app, words).await?;
        self.offices.insert(words.to_owned(), found.clone());
        Ok(found)
    }

    async fn unit(&mut self, app: &App, office: Id<AuthorityMark>, words: &str) -> Result<Answered<Id<OrgUnitMark>>> {
        let key = (office, words.to_owned());
        if let Some(known) = self.units.get(&key) {
            return Ok(known.clone());
        }
        let found = unit(app, office, words).await?;
        self.units.insert(key, found.clone());
        Ok(found)
    }

    async fn item(&mut self, app: &App, office: &Authority, name: &str, held: &[Held]) -> Result<Answered<Id<Item>>> {
        // An item that is applied for no more is still that of a post that stands.
        let ids: Vec<_> =
            held.iter().filter(|it| it.state.authority == Some(office.id)).filter_map(|it| it.state.item).collect();
        if let Some(it) = items::named(app, &ids).await?.into_iter().find(|it| it.name == name) {
            return Ok(Ok(it.id));
        }
        let key = (office.id, name.to_owned());
        if let Some(known) = self.items.get(&key) {
            return Ok(known.clone());
        }
        let found = items::find(app, name, None).await?;
        let mut own = found.into_iter().filter(|it| it.name == name && it.authority == office.facts.name);
        let found = match (own.next(), own.next()) {
            (Some(it), None) => Ok(it.id),
            (None, _) => Err(format!("{}没有这个事项，或者不在办理中。请写事项全称。", office.facts.name)),
            (Some(_), Some(_)) => Err("这个单位有几个同名的事项，请在页面上授予这个岗位。".to_owned()),
        };
        self.items.insert(key, found.clone());
        Ok(found)
    }
}

/// The authority of a code or name, if whoever asks administers it.
async fn office(ctx: &Ctx, app: &App, words: &str) -> Result<Answered<Authority>> {
    if words.is_empty() {
        return Ok(Err("没有写单位。全站、地区的岗位请在页面上授予。".to_owned()));
    }
    let mut found: Vec<Authority> = find_authority_by_uscc(&app.db, &words.to_uppercase()).await?.into_iter().collect();
    if found.is_empty() {
        found = authority_named(&app.db, words).await?;
    }
    let office = match (found.pop(), found.pop()) {
        (Some(it), None) => it,
        (None, _) => return Ok(Err("没有这个单位。请写全称、简称或者统一社会信用代码。".to_owned())),
        (Some(_), Some(_)) => return Ok(Err("有几个单位叫这个名称，请写统一社会信用代码。".to_owned())),
    };
    match administers(ctx, &office.scope()) {
        Ok(_) => Ok(Ok(office)),
        Err(Error::Forbidden { .. }) => Ok(Err(BEYOND.to_owned())),
        Err(error) => Err(error),
    }
}

/// The unit of an authority that a path (`审批科/一号窗口`) names: the last name, below the ones before it.
async fn unit(app: &App, office: Id<AuthorityMark>, words: &str) -> Result<Answered<Id<OrgUnitMark>>> {
    let path: Vec<&str> = words.split(['/', '／', '>']).map(str::trim).filter(|it| !it.is_empty()).collect();
    let Some(last) = path.last() else { return Ok(Err("没有写处室窗口的名称。".to_owned())) };
    let found = units::named_at(&app.db, office, last, &PageAsk { after: None, limit: ALIKE_MAX }).await?;
    let mut fits = Vec::new();
    for it in found.items.into_iter().filter(|it| it.state.name == *last) {
        let above = if path.len() == 1 { Vec::new() } else { units::path(&app.db, it.id).await? };
        let names: Vec<&str> = above.iter().map(|it| it.state.name.as_str()).collect();
        if path.len() == 1 || names.ends_with(&path) {
            fits.push(it.id);
        }
    }
    Ok(match fits.as_slice() {
        [one] => Ok(*one),
        [] => Err("这个单位没有这个处室、窗口，请先在「机构」里设立。".to_owned()),
        _ => Err("这个单位有几个同名的处室、窗口，请从上级写起，用 / 隔开。".to_owned()),
    })
}

/// The kind of post that is called so, by name or code.
fn kind(app: &App, name: &str) -> Result<Option<&'static str>> {
    let kinds = app.part::<SiteCallers>()?;
    Ok(kinds.posts().iter().find(|it| it.name == name || it.code == name).map(|it| it.code))
}
