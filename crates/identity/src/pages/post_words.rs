//! Posts in words, as the desks of people, of the organisation and of «why» show them.

use std::collections::HashMap;

use kernel::{Authority as AuthorityMark, Ctx, Id, Person};
use standards::DivisionCode;
use webkit::App;

use super::zh_day;
use crate::{
    SiteCallers,
    model::{
        authority::Authority,
        division::number,
        post::{Held, HeldState},
        unit::{OrgUnit, OrgUnitMark},
    },
    service::{
        authorities::authorities,
        divisions::division_names,
        names::{Names, person_names},
        posts::Officer,
        reach::Reach,
        units,
    },
};

/// One post, in words.
#[derive(Clone)]
pub(crate) struct PostLine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) place: String,
    pub(crate) days: String,
    pub(crate) tone: &'static str,
    pub(crate) state: &'static str,
    /// 「代李强」; empty if it is one's own.
    pub(crate) stead: String,
    /// Who stands in for its holder and until when, one line each.
    pub(crate) stood: Vec<String>,
    /// Whether the caller may end it.
    pub(crate) mine: bool,
}

/// One kind of post that a person holds, with the places: several posts of one kind read as one line.
pub(crate) struct PostGroup {
    pub(crate) name: String,
    pub(crate) posts: Vec<PostLine>,
}

/// Places of one kind of post that are read at a glance; the others are folded away.
const GLANCE: usize = 3;

impl PostGroup {
    /// The places read at a glance: all, unless that leaves at least two to fold away.
    pub(crate) fn glance(&self) -> &[PostLine] {
        if self.posts.len() > GLANCE + 1 { &self.posts[..GLANCE] } else { &self.posts }
    }

    /// The places folded away.
    pub(crate) fn folded(&self) -> &[PostLine] {
        &self.posts[self.glance().len()..]
    }
}

/// A person with posts, in words.
pub(crate) struct OfficerLine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) groups: Vec<PostGroup>,
}

/// What is needed to put posts into words.
pub(crate) struct Words<'a> {
    pub(crate) kinds: &'a SiteCallers,
    realm: &'a Reach,
    places: HashMap<Id<AuthorityMark>, Authority>,
    divisions: HashMap<DivisionCode, String>,
    units: HashMap<Id<OrgUnitMark>, OrgUnit>,
    principals: Names,
    today: String,
}

impl<'a> Words<'a> {
    /// All that these posts name: a query for each kind of thing, however many posts there are.
    ///
    /// # Errors
    /// If the engine fails.
    pub(crate) async fn of(
        ctx: &Ctx,
        app: &App,
        (kinds, realm): (&'a SiteCallers, &'a Reach),
        posts: impl Iterator<Item = &Held>,
    ) -> kernel::Result<Self> {
        let posts: Vec<&HeldState> = posts.map(|it| &it.state).collect();
        let ids: Vec<_> = posts.iter().filter_map(|it| it.authority).collect();
        let codes = posts.iter().filter_map(|it| DivisionCode::parse(it.division.as_deref()?).ok());
        let named: Vec<_> = posts.iter().filter_map(|it| it.unit).collect();
        let principals: Vec<_> = posts.iter().filter_map(|it| it.principal).collect();
        Ok(Self {
            kinds,
            realm,
            places: authorities(&app.db, &ids).await?,
            divisions: division_names(&app.db, &codes.collect::<Vec<_>>()).await?,
            units: units::many(&app.db, &named).await?,
            principals: person_names(app, &principals).await?,
            today: ctx.now.legal_date().to_string(),
        })
    }

    /// Whether the caller administers where this post is.
    pub(crate) fn covers(&self, it: &HeldState) -> bool {
        match (it.authority, &it.division) {
            (Some(id), _) => self.realm.covers(self.places.get(&id)),
            (None, Some(division)) => self.realm.has(number(division)),
            (None, None) => self.realm.is_whole(),
        }
    }

    /// What its kind is called.
    pub(crate) fn kind(&self, code: &str) -> String {
        self.kinds.post(code).map_or_else(|| code.to_owned(), |it| it.name.to_owned())
    }

    /// Where it is: 「亳州市市场监督管理局·食品科」, 「亳州市及所辖各地」, 「全站」.
    pub(crate) fn place(&self, it: &HeldState) -> String {
        let mut place = match (it.authority, &it.division) {
            (Some(id), _) => self.places.get(&id).map_or_else(String::new, |it| it.facts.name.clone()),
            (None, Some(code)) => {
                let name = DivisionCode::parse(code).ok().and_then(|it| self.divisions.get(&it));
                format!("{}及所辖各地", name.unwrap_or(code))
            }
            (None, None) => "全站".to_owned(),
        };
        if let Some(unit) = it.unit.and_then(|id| self.units.get(&id)) {
            place = format!("{place}·{}", unit.state.name);
        }
        if it.item.is_some() { format!("{place}（限一个事项）") } else { place }
    }

    /// 「代李强」, or nothing if it is one's own.
    pub(crate) fn stead(&self, it: &HeldState) -> String {
        it.principal.map_or_else(String::new, |id| format!("代{}", self.principals.person(&id)))
    }

    pub(crate) fn line(&self, it: &Held) -> PostLine {
        let (tone, state) = it.state.words(&self.today);
        PostLine {
            id: it.id.to_string(),
            name: self.kind(&it.state.code),
            place: self.place(&it.state),
            days: days(&it.state),
            tone,
            state,
            stead: self.stead(&it.state),
            stood: Vec::new(),
            mine: it.state.ended_at.is_none() && self.covers(&it.state),
        }
    }

    /// Posts in words: in the order of their kinds, those of one kind by place.
    pub(crate) fn lines<'b>(&self, posts: impl Iterator<Item = &'b Held>) -> Vec<PostLine> {
        let kind = |it: &Held| self.kinds.posts().iter().position(|kind| kind.code == it.state.code);
        let division = |it: &Held| it.state.authority.and_then(|id| Some(self.places.get(&id)?.facts.division.clone()));
        let mut sorted: Vec<_> =
            posts.map(|it| (it.state.ended_at.is_some(), kind(it), division(it), self.line(it))).collect();
        sorted.sort_by(|a, b| (a.0, a.1, &a.2, &a.3.place).cmp(&(b.0, b.1, &b.2, &b.3.place)));
        sorted.into_iter().map(|it| it.3).collect()
    }

    pub(crate) fn officer(&self, it: &Officer, names: &Names) -> OfficerLine {
        let mut groups: Vec<PostGroup> = Vec::new();
        for post in self.lines(it.posts.iter()) {
            match groups.iter_mut().find(|group| group.name == post.name) {
                Some(group) => group.posts.push(post),
                None => groups.push(PostGroup { name: post.name.clone(), posts: vec![post] }),
            }
        }
        OfficerLine { id: it.person.to_string(), name: names.person(&it.person).to_owned(), groups }
    }
}

/// Who stands in, in words: 「孙静，2026年3月2日至2026年3月9日」.
pub(crate) fn standing(it: &HeldState, names: &Names, person: Id<Person>) -> String {
    format!("{}，{}", names.person(&person), days(it))
}

/// From when to when, in words.
pub(crate) fn days(it: &HeldState) -> String {
    match &it.ends {
        Some(ends) => format!("{}至{}", zh_day(&it.starts), zh_day(ends)),
        None => format!("{}起，长期", zh_day(&it.starts)),
    }
}
