//! What each row of a list would do: who is meant, what is there already, and what is asked of whoever does it on the desk.

use std::collections::{BTreeMap, HashMap};

use kernel::{Authority as AuthorityMark, Basis, Ctx, Error, Id, Item, Person, Result};
use standards::{PaperKind, PersonPaper};
use storage::{Db, Row, Sql, args, each};
use webkit::App;

use super::{
    decide_places::Places,
    planned::{Planned, PlannedPost, Whom},
};
use crate::{
    model::{
        account::{login_faults, login_name},
        look::Purpose,
        person::{NewPerson, mobile},
        post::{Held, HeldState, NewPost},
        roster::{Column, Counts, Line, Trouble},
    },
    service::{
        accounts::login_digest,
        looks::{self, Look},
        names::{Names, person_names},
        people::paper_digest,
        posts,
    },
    store::{self, posts as post_rows, roster as rows},
};

/// What a list would do.
#[derive(Default)]
pub(crate) struct Decided {
    pub(super) counts: Counts,
    pub(super) troubles: Vec<Trouble>,
    /// The people with whom something is done, in the order of the file.
    pub(super) people: Vec<Planned>,
}

/// A person as the rows of a list ask for it.
#[derive(Clone)]
struct Found {
    id: Id<Person>,
    citizen: String,
    mobile: String,
}

/// What is known already of whom a list speaks.
#[derive(Default)]
struct Standing {
    by_id: HashMap<String, Found>,
    by_paper: HashMap<String, Id<Person>>,
    by_login: HashMap<String, Id<Person>>,
    /// The digest of the login name of whoever has an account.
    logins: HashMap<Id<Person>, String>,
    posts: HashMap<Id<Person>, Vec<Held>>,
    names: Names,
}

/// Which person a row means, as far as its cells tell.
struct Asked {
    paper: Option<(PersonPaper, String)>,
    login: String,
    login_digest: String,
}

async fn many(db: &Db, sql: Sql, keys: &[String]) -> Result<Vec<Row>> {
    db.query(sql, args![each(keys)]).await
}

impl Standing {
    async fn read(app: &App, lines: &[Line], asked: &[std::result::Result<Asked, Vec<Trouble>>]) -> Result<Self> {
        let mut it = Self::default();
        let asked = || asked.iter().filter_map(|it| it.as_ref().ok());
        let papers: Vec<String> = asked().filter_map(|it| Some(it.paper.as_ref()?.1.clone())).collect();
        let logins: Vec<String> = asked().filter(|it| !it.login.is_empty()).map(|it| it.login_digest.clone()).collect();
        for row in many(&app.db, rows::ACCOUNTS_OF_LOGINS, &logins).await? {
            it.by_login.insert(row.string("login")?, row.id("person")?);
        }
        let mut ids: Vec<String> = lines.iter().map(|it| it.get(Column::Id).to_owned()).collect();
        ids.extend(it.by_login.values().map(ToString::to_string));
        ids.retain(|it| !it.is_empty());
        let mut found = many(&app.db, rows::PEOPLE_OF_PAPERS, &papers).await?;
        found.extend(many(&app.db, rows::PEOPLE_OF_IDS, &ids).await?);
        for row in &found {
            let one = Found { id: row.id("id")?, citizen: row.string("citizen")?, mobile: row.string("mobile")? };
            it.by_paper.insert(one.citizen.clone(), one.id);
            it.by_id.insert(one.id.to_string(), one);
        }
        let ids: Vec<String> = it.by_id.keys().cloned().collect();
        for row in many(&app.db, rows::ACCOUNTS_OF_PEOPLE, &ids).await? {
            it.logins.insert(row.id("person")?, row.string("login")?);
        }
        for row in many(&app.db, rows::POSTS_OF_PEOPLE, &ids).await? {
            let held = post_rows::read(&row)?;
            it.posts.entry(held.state.person).or_default().push(held);
        }
        let people: Vec<Id<Person>> = it.by_id.values().map(|it| it.id).collect();
        it.names = person_names(app, &people).await?;
        Ok(it)
    }
}

/// What a list would do; nothing is written, but that somebody without a post is looked at.
///
/// # Errors
/// If the engine fails.
pub(crate) async fn decide(ctx: &Ctx, app: &App, lines: Vec<Line>) -> Result<Decided> {
    let asked: Vec<_> = lines.iter().map(|it| asked(ctx, app, it)).collect();
    let mut decider = Decider {
        ctx,
        app,
        standing: Standing::read(app, &lines, &asked).await?,
        places: Places::default(),
        planned: BTreeMap::new(),
        order: Vec::new(),
        logins: HashMap::new(),
    };
    let mut out = Decided::default();
    for (line, asked) in lines.into_iter().zip(asked) {
        let refused = match asked {
            Err(troubles) => decider.refused(&line, (troubles, None)).await?,
            Ok(asked) => match decider.row(&line, asked).await? {
                Ok(()) => continue,
                Err(troubles) => troubles,
            },
        };
        out.counts.refused += 1;
        out.troubles.extend(refused);
    }
    for key in decider.order {
        let Some(person) = decider.planned.remove(&key) else { continue };
        let (added, changed) = (person.added(), person.changed());
        out.counts.added += added;
        out.counts.changed += changed;
        out.counts.same += store::count(person.posts.len()) - added - changed;
        if person.does_something() {
            out.people.push(person);
        }
    }
    Ok(out)
}

/// What a row's own cells say of the person.
fn asked(ctx: &Ctx, app: &App, line: &Line) -> std::result::Result<Asked, Vec<Trouble>> {
    let mut troubles = Vec::new();
    let kind = match line.get(Column::Paper) {
        "" => Some(PaperKind::default()),
        "身份证" => Some(PaperKind::Citizen),
        name => PaperKind::ALL.into_iter().find(|it| it.name() == name || it.code() == name),
    };
    if kind.is_none() {
        let names: Vec<_> = PaperKind::ALL.iter().map(|it| it.name()).collect();
        troubles.push(line.trouble(Column::Paper, format!("没有这种证件，应为：{}。", names.join("、"))));
    }
    let typed = line.get(Column::Number);
    let paper =
        match kind.filter(|_| !typed.is_empty()) {
            None => None,
            Some(kind) => match PersonPaper::parse_on(kind, typed, ctx.now.legal_date()) {
                Ok(paper) => Some((paper.clone(), paper_digest(&app.vault, &paper))),
                Err(_) if typed.contains("E+") => {
                    troubles.push(line.trouble(
                        Column::Number,
                        "证件号码被表格软件变成了科学计数，请把这一列设为文本格式后重新填写。",
                    ));
                    None
                }
                Err(error) => {
                    troubles.push(line.trouble(Column::Number, format!("{}。请照证件填写。", error.message())));
                    None
                }
            },
        };
    let login = login_name(line.get(Column::Login));
    if !login.is_empty() {
        troubles.extend(login_faults(&login).into_iter().map(|it| line.trouble(Column::Login, it.message)));
    }
    if !line.get(Column::Mobile).is_empty() && mobile(line.get(Column::Mobile)).is_none() {
        troubles.push(line.trouble(Column::Mobile, "手机号应为 11 位数字，以 1 开头，请核对。"));
    }
    let login_digest = if login.is_empty() { String::new() } else { login_digest(app, &login) };
    if troubles.is_empty() { Ok(Asked { paper, login, login_digest }) } else { Err(troubles) }
}

/// What a row comes to: nothing wrong, or what is.
type Row_ = std::result::Result<(), Vec<Trouble>>;

struct Decider<'a> {
    ctx: &'a Ctx,
    app: &'a App,
    standing: Standing,
    places: Places,
    /// People by what tells them apart within the list.
    planned: BTreeMap<String, Planned>,
    order: Vec<String>,
    /// Login names that are to be opened, with the line that asks for each.
    logins: HashMap<String, (String, u32)>,
}

impl Decider<'_> {
    async fn row(&mut self, line: &Line, asked: Asked) -> Result<Row_> {
        let known = match self.known(line, &asked) {
            Ok(known) => known,
            Err(trouble) => return self.refused(line, (vec![trouble], None)).await.map(Err),
        };
        let key = known
            .as_ref()
            .map_or_else(|| asked.paper.as_ref().map_or_else(String::new, |it| it.1.clone()), |it| it.id.to_string());
        let fresh = !self.planned.contains_key(&key);
        let (whom, login) = match known {
            Some(found) => match self.known_person(line, &asked, &found).await? {
                Ok(login) => (Whom::Known(found.id), login),
                Err(trouble) => return self.refused(line, (vec![trouble], Some(found.id))).await.map(Err),
            },
            None => match self.new_person(line, &asked, &key) {
                Ok(it) => it,
                Err(troubles) => return self.refused(line, (troubles, None)).await.map(Err),
            },
        };
        if let Some(login) = &login
            && let Some((_, at)) = self.logins.get(login).filter(|it| it.0 != key)
        {
            return Ok(Err(vec![line.trouble(Column::Login, format!("与第 {at} 行的登录名相同，请换一个。"))]));
        }
        if let (Some(login), Some(before)) = (&login, self.planned.get(&key))
            && before.login.as_ref().is_some_and(|it| it != login)
        {
            return Ok(Err(vec![line.trouble(Column::Login, "与前面的行是同一个人，登录名却不同，请核对。")]));
        }
        let post = match self.post(line, &whom, &key).await? {
            Ok(post) => post,
            Err(troubles) => return Ok(Err(troubles)),
        };
        if let Some(login) = &login {
            self.logins.insert(login.clone(), (key.clone(), line.line));
        }
        if fresh {
            self.order.push(key.clone());
            self.planned.insert(key, Planned { whom, login, posts: vec![(line.clone(), post)] });
        } else if let Some(person) = self.planned.get_mut(&key) {
            person.login = person.login.take().or(login);
            person.posts.push((line.clone(), post));
        }
        Ok(Ok(()))
    }

    /// All that is to be mended in a row whose person is refused: what is wrong with its post is told in the same go.
    async fn refused(
        &mut self,
        line: &Line,
        (mut troubles, whom): (Vec<Trouble>, Option<Id<Person>>),
    ) -> Result<Vec<Trouble>> {
        let held = whom.and_then(|it| self.standing.posts.get(&it)).map(Vec::as_slice).unwrap_or_default();
        if let Err(more) = self.places.of(self.ctx, self.app, line, held).await? {
            troubles.extend(more);
        }
        Ok(troubles)
    }

    /// Whom a row means of those who are known: by id, paper, or login name, which must not contradict each other.
    fn known(&self, line: &Line, asked: &Asked) -> std::result::Result<Option<Found>, Trouble> {
        let id = line.get(Column::Id);
        let by_id = self.standing.by_id.get(id);
        if !id.is_empty() && by_id.is_none() {
            return Err(line.trouble(Column::Id, "没有这个人员编号。新人员请留空。"));
        }
        let of = |id: Option<&Id<Person>>| id.and_then(|it| self.standing.by_id.get(&it.to_string()));
        let by_paper = asked.paper.as_ref().and_then(|it| of(self.standing.by_paper.get(&it.1)));
        let by_login = of(self.standing.by_login.get(&asked.login_digest));
        let found = by_id.or(by_paper).or(by_login.filter(|_| asked.paper.is_none()));
        let differs = |other: Option<&Found>| matches!((found, other), (Some(a), Some(b)) if a.id != b.id);
        if differs(by_paper) || by_id.is_some() && asked.paper.is_some() && by_paper.is_none() {
            return Err(line.trouble(Column::Number, "证件号码与人员编号不是同一个人，请核对。"));
        }
        if differs(by_login) || found.is_none() && by_login.is_some() {
            return Err(line.trouble(Column::Login, "登录名已被别人使用，请换一个。"));
        }
        if found.is_none() && asked.paper.is_none() {
            let words = "没有写明是谁：新人员请填写姓名、证件号码、手机号，已登记的人请填写证件号码或者人员编号。";
            return Err(line.trouble(Column::Number, words));
        }
        match found {
            Some(it) if it.citizen.starts_with("erased:") => Err(line.trouble(Column::Id, "此人的信息已经依法删除。")),
            found => Ok(found.cloned()),
        }
    }

    /// What a row says of somebody known must be so; nothing of it is changed here. Gives the account that it opens.
    async fn known_person(
        &self,
        line: &Line,
        asked: &Asked,
        found: &Found,
    ) -> Result<std::result::Result<Option<String>, Trouble>> {
        let name = line.get(Column::Name);
        if !self.standing.posts.contains_key(&found.id) && !name.is_empty() {
            // Names of officers are no secret of the desk's; whether somebody else's is right is a look.
            let basis = self.ctx.actor.grants.iter().find(|it| it.permission == crate::ADMINISTER.code);
            let basis = basis.map(|it| Basis::Post(it.post));
            let about = (Purpose::Posts, &Look { basis, ..Look::default() });
            looks::look(self.ctx, self.app, found.id, about).await?;
        }
        if !name.is_empty() && name != self.standing.names.person(&found.id) {
            return Ok(Err(line.trouble(Column::Name, "与登记的姓名不一致，请核对证件号码、人员编号有没有填错行。")));
        }
        if let Some(number) = mobile(line.get(Column::Mobile))
            && self.app.vault.digest("mobile", &number) != found.mobile
        {
            let words = "与本人登记的手机号不一致。手机号只能由本人修改，这里请留空。";
            return Ok(Err(line.trouble(Column::Mobile, words)));
        }
        Ok(match self.standing.logins.get(&found.id) {
            Some(login) if !asked.login.is_empty() && *login != asked.login_digest => {
                Err(line.trouble(Column::Login, "此人已有账号，登录名不能在这里修改，请留空。"))
            }
            Some(_) => Ok(None),
            None => Ok(Some(asked.login.clone()).filter(|it| !it.is_empty())),
        })
    }

    /// Somebody who is made known by this row, or was by an earlier one of the list.
    fn new_person(
        &self,
        line: &Line,
        asked: &Asked,
        key: &str,
    ) -> std::result::Result<(Whom, Option<String>), Vec<Trouble>> {
        let login = Some(asked.login.clone()).filter(|it| !it.is_empty());
        let name = line.get(Column::Name);
        if let Some(before) = self.planned.get(key) {
            let Whom::New(id, checked) = &before.whom else { return Ok((Whom::Known(before.whom.id()), login)) };
            let first = before.posts.first().map_or(0, |it| it.0.line);
            if !name.is_empty() && name != checked.name {
                let words = format!("与第 {first} 行是同一个证件号码，姓名却不同，请核对。");
                return Err(vec![line.trouble(Column::Name, words)]);
            }
            return Ok((Whom::Known(*id), login));
        }
        let new = NewPerson {
            name: name.to_owned(),
            paper: asked.paper.as_ref().map(|it| it.0.kind()).unwrap_or_default(),
            citizen_number: line.get(Column::Number).to_owned(),
            mobile: line.get(Column::Mobile).to_owned(),
            ..NewPerson::default()
        };
        let column = |field: &str| match field {
            "name" => Column::Name,
            "mobile" => Column::Mobile,
            _ => Column::Number,
        };
        match new.check(self.ctx.now.legal_date()) {
            Ok(checked) => Ok((Whom::New(self.ctx.new_id(), Box::new(checked)), login)),
            Err(faults) => Err(faults.into_iter().map(|it| line.trouble(column(&it.field), it.message)).collect()),
        }
    }

    /// What the row does about the post it names.
    async fn post(
        &mut self,
        line: &Line,
        whom: &Whom,
        key: &str,
    ) -> Result<std::result::Result<PlannedPost, Vec<Trouble>>> {
        let held = self.standing.posts.get(&whom.id()).map(Vec::as_slice).unwrap_or_default();
        let placed = match self.places.of(self.ctx, self.app, line, held).await? {
            Ok(placed) => placed,
            Err(troubles) => return Ok(Err(troubles)),
        };
        let same = |code: &str, authority: Option<Id<AuthorityMark>>, item: Option<Id<Item>>| {
            code == placed.code && authority == Some(placed.authority) && item == placed.item
        };
        let is_same = |it: &HeldState| same(&it.code, it.authority, it.item);
        let twice = self.planned.get(key).and_then(|it| {
            it.posts.iter().find(|it| match &it.1 {
                PlannedPost::New(state, _) => is_same(state),
                PlannedPost::Last(day) => day.of(is_same),
                PlannedPost::Same => false,
            })
        });
        if let Some((before, _)) = twice {
            return Ok(Err(vec![line.trouble(Column::Post, format!("与第 {} 行重复。", before.line))]));
        }
        if let Some(held) = held.iter().find(|it| is_same(&it.state) && it.state.division.is_none()) {
            return self.standing_post(line, held, (placed.unit, placed.starts, placed.ends)).await;
        }
        let new = NewPost {
            person: whom.id(),
            code: placed.code,
            authority: Some(placed.authority),
            item: placed.item,
            division: None,
            unit: placed.unit,
            starts: placed.starts,
            ends: placed.ends,
        };
        // A person of an earlier row of this list is made known in the same unit.
        let known = !self.standing.by_id.contains_key(&whom.id().to_string());
        match posts::granting(self.ctx, self.app, &new, known).await {
            Ok((state, right)) => Ok(Ok(PlannedPost::New(Box::new(state), right))),
            Err(error) => told(line, error).map(Err),
        }
    }

    /// A row about a post that stands: only its last day can be another.
    async fn standing_post(
        &self,
        line: &Line,
        held: &Held,
        (unit, starts, ends): (Option<Id<crate::model::unit::OrgUnitMark>>, Option<time::Date>, Option<time::Date>),
    ) -> Result<std::result::Result<PlannedPost, Vec<Trouble>>> {
        let state = &held.state;
        if starts.is_some_and(|it| it.to_string() != state.starts) {
            let words =
                format!("此人已有这个岗位，从 {} 起，起始日期不能改；请留空，或者先终止再重新授予。", state.starts);
            return Ok(Err(vec![line.trouble(Column::Starts, words)]));
        }
        if unit.is_some() && unit != state.unit || unit.is_none() && state.unit.is_some() {
            let words = "此人已有这个岗位，处室窗口与登记的不同。换处室请先在页面上终止原来的岗位，再导入。";
            return Ok(Err(vec![line.trouble(Column::Unit, words)]));
        }
        if ends.map(|it| it.to_string()) == state.ends {
            return Ok(Ok(PlannedPost::Same));
        }
        match posts::lasting(self.ctx, self.app, held, ends).await {
            Ok(day) => Ok(Ok(PlannedPost::Last(day))),
            Err(error) => told(line, error).map(Err),
        }
    }
}

/// Why the desk would refuse a row, at its column; what is no fault of the row goes on.
fn told(line: &Line, error: Error) -> Result<Vec<Trouble>> {
    let column = |field: &str| match field {
        "unit" => Column::Unit,
        "starts" => Column::Starts,
        "ends" => Column::Ends,
        _ => Column::Post,
    };
    match error {
        Error::Invalid(faults) => {
            Ok(faults.into_iter().map(|it| line.trouble(column(&it.field), it.message)).collect())
        }
        Error::Forbidden { .. } => Ok(vec![line.trouble(Column::Office, super::decide_places::BEYOND)]),
        Error::Refused { reason } => Ok(vec![line.trouble(Column::Post, reason)]),
        other => Err(other),
    }
}
