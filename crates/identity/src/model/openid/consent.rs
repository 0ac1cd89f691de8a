//! What a person agreed to, and what comes next of a request to sign in.

use journal::Head;
use kernel::{Client, Id, Moment, Person};
use serde::{Deserialize, Serialize};

use super::{
    Denial,
    request::AuthRequest,
    scope::{OPENID, Scopes},
};

/// A consent, as an id's mark.
#[derive(Debug)]
pub enum ConsentMark {}

/// What the record determines of a consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ConsentState {
    pub(crate) person: Id<Person>,
    pub(crate) client: Id<Client>,
    /// What was agreed to, with blanks between.
    pub(crate) scopes: String,
    /// What was decided upon.
    pub(crate) asked: String,
    pub(crate) ended_at: Option<Moment>,
}

/// A consent as kept.
#[derive(Debug, Clone)]
pub(crate) struct Consent {
    pub(crate) id: Id<ConsentMark>,
    pub(crate) state: ConsentState,
    pub(crate) head: Head,
}

impl ConsentState {
    /// The decision about these scopes, taken with those about others before. To sign in is agreed to by whoever agrees at all.
    pub(crate) fn decided(
        before: Option<&Self>,
        whose: (Id<Person>, Id<Client>),
        asked: &Scopes,
        agreed: &Scopes,
    ) -> Self {
        let parse = |text: fn(&Self) -> &str| Scopes::parse(before.map_or("", text));
        let (had, knew) = (parse(|it| &it.scopes), parse(|it| &it.asked));
        let agreed = agreed.with(&Scopes::of([OPENID])).both(asked);
        let scopes = had.without(asked).with(&agreed).to_string();
        Self { person: whose.0, client: whose.1, scopes, asked: knew.with(asked).to_string(), ended_at: None }
    }
}

/// Who sits at the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Visitor {
    pub(crate) person: Id<Person>,
    /// When the session began.
    pub(crate) signed_in_at: Moment,
    /// Whether the person holds any post.
    pub(crate) officer: bool,
}

/// What comes next of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Somebody must sign in; `again`: although somebody is signed in.
    SignIn { again: bool },
    /// The person must be asked.
    Ask,
    /// A code may be given for these scopes.
    Answer(Scopes),
    /// The other system is told no.
    Deny(Denial),
}

/// What comes next of a request made at `asked_at`, with this visitor and what it agreed to before (OpenID Connect Core 3.1.2.1 and
/// 3.1.2.3).
pub(crate) fn next(
    (request, asked_at): (&AuthRequest, Moment),
    officers_only: bool,
    visitor: Option<Visitor>,
    consent: Option<&ConsentState>,
    now: Moment,
) -> Step {
    let silent = request.prompt.none;
    let told = |code, why| Step::Deny(Denial { code, why });
    let Some(visitor) = visitor else {
        return if silent { told("login_required", "nobody is signed in") } else { Step::SignIn { again: false } };
    };
    let stale = request.max_age.is_some_and(|age| visitor.signed_in_at.plus_seconds(age) < now);
    let demanded = (request.prompt.login || stale) && visitor.signed_in_at < asked_at;
    if demanded {
        return if silent {
            told("login_required", "the person signed in too long ago")
        } else {
            Step::SignIn { again: true }
        };
    }
    if officers_only && !visitor.officer {
        return told("access_denied", "only officers with a post may sign in to this system");
    }
    let asked = Scopes::of(request.scopes.iter().map(String::as_str));
    let decided = consent.filter(|it| asked.within(&Scopes::parse(&it.asked)));
    match decided {
        Some(decided) if !request.prompt.consent => Step::Answer(asked.both(&Scopes::parse(&decided.scopes))),
        _ if silent => told("consent_required", "the person was not asked yet"),
        _ => Step::Ask,
    }
}
