//! Real-name levels: raised by asking a base, or by an officer who sees the person; each change is in the record with what it rests on.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use journal::Head;
use kernel::{Basis, Ctx, Error, Fault, Id, Person, Result};
use serde::Serialize;
use storage::{Unit, args};
use webkit::App;

use super::{
    guard, kinds,
    people::card_of,
    tries::{count_tries, try_key},
};
use crate::{
    VERIFY,
    model::{
        account::Allowance,
        level::{self, Factor, Proof, Verdict},
        person::{PersonCard, PersonState},
    },
    store::people as rows,
};

/// Questions that one person may put to a base in a day: enough for whoever types badly, too few to try out numbers.
const QUESTIONS: Allowance = Allowance { tries: 12, seconds: 24 * 3_600 };

/// What a base is asked: whether this is one person.
pub struct Question {
    /// The name.
    pub name: String,
    /// The kind of paper, by its code.
    pub paper: &'static str,
    /// Its number.
    pub number: String,
    /// What else shall be that person's.
    pub factors: Vec<(Factor, String)>,
}

/// Names no one: a question stays out of logs.
impl std::fmt::Debug for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Question({} factors)", self.factors.len())
    }
}

/// What a base answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether name and number are of one person. Unless they agree, nothing else counts.
    pub identity: Verdict,
    /// The verdict on each factor, in the order of the question.
    pub factors: Vec<Verdict>,
}

impl Answer {
    /// The same to everything.
    #[must_use]
    pub fn all(verdict: Verdict, factors: usize) -> Self {
        Self { identity: verdict, factors: vec![verdict; factors] }
    }
}

/// A base that can tell whether facts belong to one person: the population base, a department's service, a demo's stand-in.
#[async_trait]
pub trait Verifier: Send + Sync {
    /// What people are told who is asked: 「公安人口库」.
    fn name(&self) -> &str;

    /// What every page that offers it says beside; empty: nothing. A demo says here that it is one.
    fn caution(&self) -> &str {
        ""
    }

    /// Asks. What cannot be asked is [`Verdict::NotReachable`], never an error: the person can go to a window.
    async fn verify(&self, ctx: &Ctx, question: &Question) -> Answer;

    /// Asks whether the first is a guardian of the second, a minor. Unless it says otherwise, a base knows nothing of families.
    async fn guardianship(&self, _ctx: &Ctx, _of: (&Question, &Question)) -> Verdict {
        Verdict::NotKnown
    }
}

/// Who is asked, as one of the site's own parts ([`webkit::Parts::own`]); without it a level is raised at a window only.
pub struct Verifiers(pub Arc<dyn Verifier>);

/// Who is asked on this site, if anybody.
pub(crate) fn verifier(app: &App) -> Option<Arc<dyn Verifier>> {
    app.part::<Verifiers>().ok().map(|it| Arc::clone(&it.0))
}

/// An entry of a change of level: the person's state, and what it came from.
#[derive(Serialize)]
struct Change<'a> {
    #[serde(flatten)]
    state: &'a PersonState,
    /// Who answered: a verifier's name, `window`, or `provider:ID`.
    by: &'a str,
}

/// What came of asking.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) answers: Vec<(Factor, Verdict)>,
    pub(crate) identity: Verdict,
    pub(crate) before: i64,
    pub(crate) level: i64,
}

/// What a level rests on now.
pub(crate) async fn own(ctx: &Ctx, app: &App) -> Result<(PersonCard, BTreeSet<Proof>)> {
    let person = ctx.person()?;
    let row = app.db.find(rows::PERSON, args![person]).await?.ok_or(Error::NotFound { what: "人员" })?;
    Ok((card_of(app, person).await?, rows::state(&row)?.proved))
}

/// The real-name level of a person; 0 of somebody without a card here.
///
/// # Errors
/// If the engine fails.
pub async fn real_name_level(app: &App, person: Id<Person>) -> Result<i64> {
    app.db.find(rows::PERSON, args![person]).await?.map_or(Ok(0), |row| row.int("level"))
}

/// Asks the site's base about the caller, and raises the level by what agrees. The phone that is asked about is the registered one.
///
/// # Errors
/// [`Error::Invalid`] for each number that cannot be right, or if nothing is given; [`Error::Refused`] if this site can ask nobody;
/// [`Error::TooMany`] after too many questions; if the engine fails.
pub(crate) async fn verify(ctx: &Ctx, app: &App, typed: &[(Factor, &str)]) -> Result<Outcome> {
    let base =
        verifier(app).ok_or_else(|| Error::refused("本站还没有接通核验渠道，请带身份证件到政务服务窗口核验。"))?;
    let (card, _) = own(ctx, app).await?;
    let factors = read(&card, typed)?;
    let person = card.id;
    let key = try_key(app, &["verify", &person.to_string()]);
    count_tries(ctx, app, &[(key, QUESTIONS)]).await?;
    let question =
        Question { name: card.name, paper: card.paper.kind().code(), number: card.paper.number().to_owned(), factors };
    let answer = base.verify(ctx, &question).await;
    let asked: Vec<Factor> = question.factors.iter().map(|it| it.0).collect();
    let answers: Vec<_> = asked.into_iter().zip(answer.factors.iter().copied()).collect();
    let agreed = answers.iter().filter(|it| answer.identity == Verdict::Agree && it.1 == Verdict::Agree);
    let agreed: BTreeSet<Proof> = agreed.map(|it| Proof::from(it.0)).collect();
    let (before, level) = prove(ctx, app, (person, None), &agreed, base.name()).await?;
    Ok(Outcome { answers, identity: answer.identity, before, level })
}

fn read(card: &PersonCard, typed: &[(Factor, &str)]) -> Result<Vec<(Factor, String)>> {
    let (mut factors, mut faults) = (Vec::new(), Vec::new());
    for (factor, text) in typed {
        let text = if *factor == Factor::Phone { card.mobile.as_str() } else { text };
        match factor.read(text) {
            Ok(number) => factors.push((*factor, number)),
            Err(fault) => faults.push(fault),
        }
    }
    if factors.is_empty() && faults.is_empty() {
        faults.push(Fault::new("phone", "请至少选一项来核对。"));
    }
    if faults.is_empty() { Ok(factors) } else { Err(Error::Invalid(faults)) }
}

/// By what right an officer vouches for whom he or she sees: a post that gives it, wherever it is.
pub(crate) fn vouches(ctx: &Ctx) -> Result<Basis> {
    ctx.person()?;
    let grant = ctx.actor.grants.iter().find(|it| it.permission == VERIFY.code);
    grant.map(|it| Basis::Post(it.post)).ok_or(Error::Forbidden { action: VERIFY.words })
}

/// An officer saw the person with the paper: the highest level.
///
/// # Errors
/// Those of the permission; [`Error::Refused`] for oneself, or if the person was seen before; if the engine fails.
pub(crate) async fn seen(ctx: &Ctx, app: &App, person: Id<Person>) -> Result<()> {
    let right = vouches(ctx)?;
    if ctx.person()? == person {
        return Err(Error::refused("不能核验自己，请由别的窗口人员核验。"));
    }
    let (before, level) = prove(ctx, app, (person, Some(right)), &BTreeSet::from([Proof::Window]), "window").await?;
    if before == level { Err(Error::refused("此人已经是三级，不必再核验。")) } else { Ok(()) }
}

/// Adds what was proved of a person, and gives the level before and after; nothing is written if nothing is new.
pub(crate) async fn prove(
    ctx: &Ctx,
    app: &App,
    (person, right): (Id<Person>, Option<Basis>),
    proofs: &BTreeSet<Proof>,
    by: &str,
) -> Result<(i64, i64)> {
    let row = app.db.find(rows::PERSON, args![person]).await?.ok_or(Error::NotFound { what: "人员" })?;
    let (state, before) = (rows::state(&row)?, Head::of(&row)?);
    let proved: BTreeSet<Proof> = state.proved.union(proofs).copied().collect();
    if proved == state.proved {
        return Ok((state.level, state.level));
    }
    let after = PersonState { level: level::level(&proved).max(state.level), proved, ..state.clone() };
    let mut unit = Unit::new(ctx);
    guard(&mut unit, ctx, right);
    change(&mut unit, ctx, person, (&before, &after), by)?;
    app.db.commit(unit).await?.or_stale("实名等级")?;
    Ok((state.level, after.level))
}

/// Writes a person's other level into this unit.
pub(crate) fn change(
    unit: &mut Unit,
    ctx: &Ctx,
    person: Id<Person>,
    (before, after): (&Head, &PersonState),
    by: &str,
) -> Result<()> {
    let entry = Change { state: after, by };
    let subject = super::people::vault_holder(person);
    let head = journal::append(unit, ctx, before, (&subject, kinds::LEVEL_CHANGED), &entry)?;
    rows::set(unit, person, after, (before, &head))
}
