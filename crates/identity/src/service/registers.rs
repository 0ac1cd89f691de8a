//! Claiming an enterprise against the register of legal persons: name, code and representative must agree.
//!
//! Whoever the register names as legal representative gets the desk of the enterprise; whoever was it before loses it at once. Agents stay:
//! they act for the enterprise, not for its representative (民法典 art. 61, 62).

use std::sync::Arc;

use async_trait::async_trait;
use journal::Head;
use kernel::{Ctx, Enterprise as EnterpriseMark, Error, Fault, Holder, Id, Person, Result};
use standards::CreditCode;
use storage::{Db, Unit, args};
use webkit::App;

use super::{
    kinds, mandates,
    people::card_of,
    tries::{count_tries, try_key},
};
use crate::{
    model::{
        account::Allowance,
        enterprise::{Enterprise, EnterpriseState, NewEnterprise},
        level::Verdict,
        mandate::{Mandated, Role},
    },
    store::{enterprises as rows, mandates as mandate_rows},
};

/// The real-name level that claiming takes: who claims gets power over all that the enterprise has here.
pub(crate) const CLAIM_LEVEL: i64 = 2;
/// Claims of one person in a day.
const CLAIMS: Allowance = Allowance { tries: 10, seconds: 24 * 3_600 };
/// Branches of one enterprise that its desk lists at most.
const BRANCHES_MAX: i64 = 200;

/// What a register is asked: whether this person represents this enterprise.
pub struct EnterpriseQuestion {
    /// 统一社会信用代码.
    pub uscc: String,
    /// The enterprise's name.
    pub name: String,
    /// The name of who claims to represent it.
    pub representative: String,
    /// The kind of the representative's paper, by its code.
    pub paper: &'static str,
    /// The number of that paper.
    pub number: String,
}

/// Names no one: a question stays out of logs.
impl std::fmt::Debug for EnterpriseQuestion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EnterpriseQuestion({})", self.uscc)
    }
}

/// What a register answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// Whether code, name and representative are of one enterprise that is in being.
    pub verdict: Verdict,
    /// Its registered address; may be empty.
    pub address: String,
    /// Of a branch (分支机构): the code of its head office; empty: it is none.
    pub head_office: String,
}

impl Registered {
    /// An answer without anything further.
    #[must_use]
    pub fn only(verdict: Verdict) -> Self {
        Self { verdict, address: String::new(), head_office: String::new() }
    }
}

/// A register of legal persons.
#[async_trait]
pub trait Register: Send + Sync {
    /// What people are told who is asked: 「市场监管登记」.
    fn name(&self) -> &str;

    /// What the page of claiming says beside; empty: nothing. A demo says here that it is one.
    fn caution(&self) -> &str {
        ""
    }

    /// Asks. What cannot be asked is [`Verdict::NotReachable`], never an error.
    async fn enterprise(&self, ctx: &Ctx, question: &EnterpriseQuestion) -> Registered;
}

/// The register that is asked, as one of the site's own parts ([`webkit::Parts::own`]).
pub struct Registers(pub Arc<dyn Register>);

/// The register of this site, if there is one.
pub(crate) fn register(app: &App) -> Option<Arc<dyn Register>> {
    app.part::<Registers>().ok().map(|it| Arc::clone(&it.0))
}

/// Claims an enterprise whose legal representative the caller is, by its register; gives its id.
///
/// # Errors
/// [`Error::Invalid`] for each field that is wrong or does not agree; [`Error::Refused`] if no register can be asked, the caller's level is
/// too low, or the caller has it already; [`Error::TooMany`]; [`Error::Stale`] if somebody was first; if the engine fails.
pub async fn claim(ctx: &Ctx, app: &App, (uscc, name): (&str, &str)) -> Result<Id<EnterpriseMark>> {
    let base = register(app)
        .ok_or_else(|| Error::refused("本站还没有接通法人登记信息，请法定代表人带营业执照到政务服务窗口登记。"))?;
    let own = card_of(app, ctx.person()?).await?;
    if own.level < CLAIM_LEVEL {
        return Err(Error::refused("认领单位要二级实名。请先在「我的账号」的「实名等级」里核验，再来认领。"));
    }
    let typed = NewEnterprise { uscc: uscc.to_owned(), name: name.to_owned(), ..NewEnterprise::default() };
    let state = typed.check().map_err(Error::Invalid)?;
    let key = try_key(app, &["claim", &own.id.to_string()]);
    count_tries(ctx, app, &[(key, CLAIMS)]).await?;
    let question = EnterpriseQuestion {
        uscc: state.uscc.clone(),
        name: state.name.clone(),
        representative: own.name.clone(),
        paper: own.paper.kind().code(),
        number: own.paper.number().to_owned(),
    };
    let told = base.enterprise(ctx, &question).await;
    agreed(told.verdict)?;
    let head_office = CreditCode::parse(&told.head_office).ok().map(|it| it.as_str().to_owned());
    let state = EnterpriseState { representative: Some(own.id), address: told.address, head_office, ..state };
    settle(ctx, app, own.id, state).await
}

fn agreed(verdict: Verdict) -> Result<()> {
    let fault = |field: &str, words: &str| Err(Error::Invalid(vec![Fault::new(field, words)]));
    match verdict {
        Verdict::Agree => Ok(()),
        Verdict::Disagree => {
            fault("name", "名称、统一社会信用代码和法定代表人没有核对上，请照营业执照核对；您须是登记的法定代表人。")
        }
        Verdict::NotKnown => fault("uscc", "登记信息里没有查到这个统一社会信用代码，请核对。"),
        Verdict::NotReachable => Err(Error::refused("登记信息暂时连不上，请过一会儿再试，或带营业执照到窗口办理。")),
    }
}

async fn settle(ctx: &Ctx, app: &App, person: Id<Person>, state: EnterpriseState) -> Result<Id<EnterpriseMark>> {
    let mut unit = Unit::new(ctx);
    let id = match app.db.find(rows::ENTERPRISE_BY_USCC, args![&state.uscc]).await? {
        None => {
            let id = ctx.new_id();
            let subject = format!("enterprise:{id}");
            let about = (subject.as_str(), kinds::ENTERPRISE_REGISTERED);
            let head = journal::append(&mut unit, ctx, &Head::none(), about, &state)?;
            rows::add(&mut unit, id, &state, &head);
            id
        }
        Some(row) => {
            let (id, before) = (row.id("id")?, Head::of(&row)?);
            let address = if state.address.is_empty() { rows::state(&row)?.address } else { state.address.clone() };
            let state = EnterpriseState { address, ..state };
            let about = (format!("enterprise:{id}"), kinds::ENTERPRISE_CHANGED);
            let head = journal::append(&mut unit, ctx, &before, (&about.0, about.1), &state)?;
            rows::set(&mut unit, id, &state, (&before, &head));
            id
        }
    };
    let holder = Holder::Enterprise(id);
    for earlier in open_of(&app.db, holder).await? {
        let own = earlier.state.agent == Some(person);
        if own && earlier.state.role == Role::Legal {
            return Err(Error::refused("您已经是本单位登记的法定代表人，不必再认领。"));
        }
        // Whoever represented it before does so no more; whoever was its agent and now represents it needs one right only.
        if own || earlier.state.role == Role::Legal {
            mandates::end_in(&mut unit, ctx, app, &earlier)?;
        }
    }
    mandates::seat(&mut unit, ctx, holder, (person, Role::Legal))?;
    app.db.commit(unit).await?.or_stale("单位信息")?;
    Ok(id)
}

async fn open_of(db: &Db, holder: Holder) -> Result<Vec<Mandated>> {
    let found = db.query(mandate_rows::MANDATES_OPEN, args![holder.to_string(), mandates::OPEN_MAX]).await?;
    found.iter().map(mandate_rows::read).collect()
}

/// The branches of an enterprise that are known here. A branch acts for itself; its head office sees that it is there.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn branches(db: &Db, head_office: &str) -> Result<Vec<Enterprise>> {
    db.query(rows::BRANCHES, args![head_office, BRANCHES_MAX]).await?.iter().map(rows::read).collect()
}
