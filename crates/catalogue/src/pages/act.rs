//! Proposing an act on an item: what, on which basis, from which day; and taking a proposal back.

use askama::Template;
use axum::extract::{Path, State};
use identity::{Meant, Reach};
use kernel::{Authority, Error, Fault, Id, Item, PageAsk};
use standards::UseLevel;
use webkit::{Answer, App, Form, FormData, Page, Shell, flash, page};

use super::{here, owned};
use crate::{
    CATALOGUE,
    model::{ActKind, ItemAct, ItemState, ItemSummary},
    reads, service,
};

#[derive(Template)]
#[template(path = "item_act.html")]
pub(crate) struct ActPage {
    pub(crate) shell: Shell,
    pub(crate) item: ItemSummary,
    pub(crate) kinds: Vec<(String, String)>,
    /// Items of the same authority that the words of the form mean, if they mean more than one.
    pub(crate) items: Vec<(String, String)>,
    /// Authorities that the words of the form mean, if they mean more than one.
    pub(crate) offices: Vec<(String, String)>,
    pub(crate) levels: Vec<(String, String)>,
    pub(crate) typed: Vec<(String, String)>,
    pub(crate) faults: Vec<Fault>,
}

impl ActPage {
    fn typed(&self, field: &str) -> &str {
        self.typed.iter().find(|it| it.0 == field).map_or("", |it| it.1.as_str())
    }

    fn fault(&self, field: &str) -> &str {
        self.faults.iter().find(|it| it.field == field).map_or("", |it| it.message.as_str())
    }
}

/// So many items are offered for the words of the form; who finds more writes more of the name.
const OFFERED_MAX: u16 = 20;

/// Items and authorities to choose from, as (id, name).
type Offered = (Vec<(String, String)>, Vec<(String, String)>);

async fn act_page(
    app: &App,
    it: Page,
    id: Id<Item>,
    (typed, faults): (Vec<(String, String)>, Vec<Fault>),
    (items, offices): Offered,
) -> Answer {
    let item = reads::item(&app.db, id).await?;
    it.ctx.may(CATALOGUE, &kernel::Scope::authority(item.authority))?;
    let possible = |kind: &ActKind| match kind {
        ActKind::Suspend => item.state == ItemState::Published,
        ActKind::Resume => item.state == ItemState::Suspended,
        ActKind::Cancel => true,
        _ => matches!(item.state, ItemState::Published | ItemState::Suspended),
    };
    page(&ActPage {
        kinds: owned(ActKind::ALL.iter().copied().filter(possible).map(|it| (it.code(), it.name()))),
        items,
        offices,
        levels: owned(UseLevel::ALL.iter().map(|it| (it.code(), it.name()))),
        shell: it.shell,
        item,
        typed,
        faults,
    })
}

pub(super) async fn form(State(app): State<App>, it: Page, Path(id): Path<String>) -> Answer {
    act_page(&app, it, id.parse()?, Default::default(), Offered::default()).await
}

pub(super) async fn propose(State(app): State<App>, it: Page, Path(id): Path<String>, Form(form): Form) -> Answer {
    let id: Id<Item> = id.parse()?;
    let own = reads::item(&app.db, id).await?;
    it.ctx.may(CATALOGUE, &kernel::Scope::authority(own.authority))?;
    let mut offered = Offered::default();
    let proposed = match read_act(&app, &own, &form, &mut offered).await {
        Ok(act) => service::acts::propose_act(&it.ctx, &app.db, id, form.version()?, &act).await,
        Err(error) => Err(error),
    };
    match proposed {
        Ok(_) => Ok(flash(&here(id), "done", "已提出，等待机构编制部门审核。")),
        Err(Error::Invalid(faults)) => {
            // What is wrong with a choice stands at the words, unless there is something to choose from.
            let at_words = |mut it: Fault| {
                match it.field.as_str() {
                    "into" if offered.0.is_empty() => it.field = "into_name".to_owned(),
                    "to" if offered.1.is_empty() => it.field = "to_name".to_owned(),
                    _ => {}
                }
                it
            };
            let faults = faults.into_iter().map(at_words).collect();
            act_page(&app, it, id, (form.pairs().to_vec(), faults), offered).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn read_act(app: &App, own: &ItemSummary, form: &FormData, offered: &mut Offered) -> kernel::Result<ItemAct> {
    let kind = ActKind::from_code(form.text("kind")).ok_or_else(|| Error::invalid("kind", "请选择要做什么。"))?;
    let effect = form.text("effect").parse().map_err(|message: String| Error::invalid("effect", message))?;
    Ok(ItemAct {
        kind,
        basis: form.text("basis").to_owned(),
        effect,
        parts: form.text("parts").lines().map(str::to_owned).collect(),
        into: into(app, own, form, &mut offered.0).await?,
        to: to(app, form, &mut offered.1).await?,
        level: UseLevel::from_code(form.text("level")),
    })
}

/// The item of the same authority that the form names, by words or by a choice among those the words mean.
async fn into(
    app: &App,
    own: &ItemSummary,
    form: &FormData,
    offered: &mut Vec<(String, String)>,
) -> kernel::Result<Option<Id<Item>>> {
    let (words, chosen) = (form.text("into_name").trim(), form.text("into"));
    if words.is_empty() {
        return Ok(None);
    }
    let filter =
        reads::ItemFilter { authority: Some(own.authority), text: words.to_owned(), ..reads::ItemFilter::default() };
    let found = reads::items(&app.db, &filter, &PageAsk { after: None, limit: OFFERED_MAX }).await?;
    let others: Vec<_> = found.items.iter().filter(|it| it.id != own.id).collect();
    let mut exact = others.iter().filter(|it| it.name == words);
    match (others.as_slice(), exact.next(), exact.next()) {
        (_, Some(only), None) => return Ok(Some(only.id)),
        ([], ..) => return Err(Error::invalid("into_name", format!("本单位没有名称含「{words}」的其他事项。"))),
        ([only], ..) if found.next.is_none() => return Ok(Some(only.id)),
        (several, ..) => {
            if let Some(it) = several.iter().find(|it| it.id.to_string() == chosen) {
                return Ok(Some(it.id));
            }
        }
    }
    offered.extend(others.iter().map(|it| (it.id.to_string(), it.name.clone())));
    let told = if found.next.is_some() {
        "名称相符的事项太多，把名称写全，或者选择一个。"
    } else {
        "有几个事项名称相符，请选择一个。"
    };
    Err(Error::invalid("into", told))
}

/// The authority that the form names, by words or by a choice among those the words mean.
async fn to(app: &App, form: &FormData, offered: &mut Vec<(String, String)>) -> kernel::Result<Option<Id<Authority>>> {
    let words = form.text("to_name").trim();
    if words.is_empty() {
        return Ok(None);
    }
    match Reach::at(&app.db, None).await?.meant(&app.db, words, form.text("to")).await? {
        Meant::One(id) => Ok(Some(id)),
        Meant::Nothing => Err(Error::invalid("to_name", format!("没有名称含「{words}」的实施主体，少写几个字再试。"))),
        Meant::TooMany => Err(Error::invalid("to_name", format!("名称含「{words}」的实施主体太多，请把名称写全。"))),
        Meant::Several(found) => {
            offered.extend(found.into_iter().map(|it| (it.id.to_string(), it.facts.name)));
            Err(Error::invalid("to", "有几个实施主体名称相符，请选择一个。"))
        }
    }
}

pub(super) async fn withdraw(State(app): State<App>, it: Page, Path(id): Path<String>, Form(form): Form) -> Answer {
    let id: Id<Item> = id.parse()?;
    service::acts::withdraw_act(&it.ctx, &app.db, id, form.text("act").parse()?).await?;
    Ok(flash(&here(id), "done", "已撤回。"))
}
