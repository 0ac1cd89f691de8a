//! One request or job: who acts, the one instant at which it happens, and where its randomness comes from.

use std::{fmt, sync::Arc};

use crate::{Basis, Client, Error, Grant, Holder, Id, Mandate, Moment, Permission, Person, Result, Scope};

/// Where the time comes from. Read once, at the edge, into [`Ctx::now`].
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Moment;
}

/// Where randomness comes from: the system's generator in life, a seeded one in tests.
pub trait Random: Send + Sync {
    /// Fills `out` with bytes that nobody can foretell.
    fn fill(&self, out: &mut [u8]);
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where the time comes from")]
    fn now(&self) -> Moment {
        Moment::from(time::OffsetDateTime::now_utc())
    }
}

/// The operating system's random generator.
#[derive(Debug, Clone, Copy)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "this is where randomness comes from")]
    #[expect(
        clippy::panic,
        reason = "a machine without randomness can keep no secret: to stop is the only safe answer"
    )]
    fn fill(&self, out: &mut [u8]) {
        if let Err(error) = getrandom::fill(out) {
            panic!("the system's random generator failed: {error}");
        }
    }
}

/// Who stands behind an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Nobody is signed in.
    Anonymous,
    /// A person: applicant or officer.
    Person(Id<Person>),
    /// A system of somebody's own that calls the API for nobody in particular (机器接口).
    Client(Id<Client>),
    /// The platform itself, by the name of the worker.
    System(&'static str),
}

/// Written into the journal: `anonymous`, `person:…`, `client:…`, `system:…`.
impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Client(id) => write!(f, "client:{id}"),
            Self::System(name) => write!(f, "system:{name}"),
        }
    }
}

/// The way by which an act came in (申请类型 of the exchange tables).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The person's own browser.
    Web,
    /// An officer at a window, for a person who stands there.
    Window,
    /// The JSON API.
    Api,
    /// The platform's own workers.
    System,
}

/// Who acts, for whom, through which channel and with which posts.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Who stands behind the act.
    pub who: Who,
    /// The person's name, for pages; never logged, never in the journal.
    pub name: String,
    /// The enterprise or person acted for, if not oneself.
    pub on_behalf_of: Option<Holder>,
    /// The right by which it acts for another, with its bounds. `None`: it acts for itself, or whoever made the context answers for it.
    pub mandate: Option<Mandate>,
    /// The way by which the act came in.
    pub channel: Channel,
    /// What the person's posts allow, read with the session.
    pub grants: Vec<Grant>,
    /// Until when what decides, seals or revokes is done without proving again who one is. `None`: there is no proof that could grow
    /// old (a worker, a machine).
    pub proof_ends: Option<Moment>,
}

impl Actor {
    /// Nobody is signed in.
    #[must_use]
    pub fn anonymous(channel: Channel) -> Self {
        Self {
            who: Who::Anonymous,
            name: String::new(),
            on_behalf_of: None,
            mandate: None,
            channel,
            grants: Vec::new(),
            proof_ends: None,
        }
    }

    /// One of the platform's own workers; it passes no permission question, since it asks none.
    #[must_use]
    pub fn system(name: &'static str) -> Self {
        Self {
            who: Who::System(name),
            name: "系统".to_owned(),
            on_behalf_of: None,
            mandate: None,
            channel: Channel::System,
            grants: Vec::new(),
            proof_ends: None,
        }
    }

    /// The holder whose things are this actor's own: whom it acts for, or itself.
    #[must_use]
    pub fn holder(&self) -> Option<Holder> {
        match (self.on_behalf_of, self.who) {
            (Some(holder), _) => Some(holder),
            (None, Who::Person(id)) => Some(Holder::Person(id)),
            (None, Who::Anonymous | Who::Client(_) | Who::System(_)) => None,
        }
    }
}

/// One request or job. Built once at the edge and passed first, so that rules never read a clock.
#[derive(Clone)]
pub struct Ctx {
    /// Who acts.
    pub actor: Arc<Actor>,
    /// The one instant at which all of it happens.
    pub now: Moment,
    random: Arc<dyn Random>,
}

/// What is told to whoever would do something for another and may only look.
const LOOKS_ONLY: &str = "您受委托只能查看，不能办理。请由委托人自己办理，或者请委托人改为「可以办理」重新委托。";
/// What is told to whoever acts for another beyond what he or she was charged with.
const BEYOND_MANDATE: &str = "这件事不在您的代办范围内。请由委托人自己办理，或者请委托人把这个事项加进委托。";

impl Ctx {
    /// A context for `actor` at `now`.
    #[must_use]
    pub fn new(actor: Actor, now: Moment, random: Arc<dyn Random>) -> Self {
        Self { actor: Arc::new(actor), now, random }
    }

    /// The same instant and randomness under another actor: an officer who files for a person present.
    #[must_use]
    pub fn as_actor(&self, actor: Actor) -> Self {
        Self { actor: Arc::new(actor), now: self.now, random: Arc::clone(&self.random) }
    }

    /// A fresh id.
    #[must_use]
    pub fn new_id<T>(&self) -> Id<T> {
        Id::from_parts(self.now, self.random_bytes())
    }

    /// Fresh bytes that nobody can foretell: keys, codes, tokens.
    #[must_use]
    pub fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        self.random.fill(&mut out);
        out
    }

    /// The person who acts.
    ///
    /// # Errors
    /// [`Error::SignIn`] if nobody is signed in, or a worker or a system acts.
    pub fn person(&self) -> Result<Id<Person>> {
        match self.actor.who {
            Who::Person(id) => Ok(id),
            Who::Anonymous | Who::Client(_) | Who::System(_) => Err(Error::SignIn),
        }
    }

    /// Asks whether the actor may do `permission` in `scope`, and by what right.
    ///
    /// The right that is returned names the post or the mandate it rests on, so that the unit can guard it (`identity::still_holds`).
    /// Who acts for another by a mandate for certain items may do nothing with the others.
    ///
    /// # Errors
    /// [`Error::SignIn`] if nobody is signed in, [`Error::Forbidden`] if somebody is but may not, [`Error::Refused`] if it is beyond what
    /// the actor was charged with.
    pub fn may(&self, permission: Permission, scope: &Scope) -> Result<Basis> {
        if self.actor.who == Who::Anonymous {
            return Err(Error::SignIn);
        }
        if permission.holder && scope.holder.is_some() && scope.holder == self.actor.holder() {
            return match &self.actor.mandate {
                None => Ok(Basis::Holder),
                Some(mandate) if !mandate.covers(scope) => Err(Error::refused(BEYOND_MANDATE)),
                Some(mandate) if mandate.looks_only && !permission.looks => Err(Error::refused(LOOKS_ONLY)),
                Some(mandate) => Ok(Basis::Mandate(mandate.row)),
            };
        }
        let grant = self.actor.grants.iter().find(|grant| grant.covers(permission, scope));
        grant.map(|grant| Basis::Post(grant.post)).ok_or(Error::Forbidden { action: permission.words })
    }

    /// Asks, where an act is carried out, whether its permission wants a proof of who one is that is not old.
    ///
    /// # Errors
    /// [`Error::ProveAgain`] if it wants one and it is.
    pub fn proven(&self, permission: Permission) -> Result<()> {
        let old = self.actor.proof_ends.is_some_and(|ends| ends <= self.now);
        if permission.proven && old { Err(Error::ProveAgain { action: permission.words }) } else { Ok(()) }
    }

    /// Whether the actor has `permission` anywhere: for menus, and for a route's first, coarse question.
    #[must_use]
    pub fn may_somewhere(&self, permission: Permission) -> bool {
        let own = permission.holder && self.actor.holder().is_some();
        own || self.actor.grants.iter().any(|grant| grant.permission == permission.code)
    }
}

/// Names the actor only by id: a person's name stays out of logs.
impl fmt::Debug for Ctx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ctx({} at {})", self.actor.who, self.now)
    }
}
