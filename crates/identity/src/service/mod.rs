//! What can be done: one function an act. Each asks permission, reads, lets the model decide, and commits one unit.

pub(crate) mod accounts;
pub(crate) mod authorities;
pub(crate) mod by_code;
pub(crate) mod closing;
pub(crate) mod codes;
pub(crate) mod colleagues;
pub(crate) mod contact;
pub(crate) mod divisions;
pub(crate) mod dossier;
pub(crate) mod enterprises;
pub(crate) mod entry;
pub(crate) mod erasure;
pub(crate) mod factors;
pub(crate) mod guardians;
pub(crate) mod items;
pub(crate) mod leavings;
pub(crate) mod levels;
pub(crate) mod looks;
pub(crate) mod mailbox;
pub(crate) mod mandates;
pub(crate) mod messages;
pub(crate) mod names;
pub(crate) mod openid;
pub(crate) mod party;
pub(crate) mod people;
pub(crate) mod posts;
pub(crate) mod prove;
pub(crate) mod qr;
pub(crate) mod reach;
pub(crate) mod registers;
pub(crate) mod roster;
pub(crate) mod sessions;
pub(crate) mod standins;
pub(crate) mod told;
pub(crate) mod tries;
pub(crate) mod units;
pub(crate) mod why;

use kernel::{Basis, Ctx, Result, Scope, Who};
use storage::Unit;

use crate::ADMINISTER;

/// The kinds of journal entries that the area writes.
pub(crate) mod kinds {
    /// A person became known.
    pub(crate) const PERSON_REGISTERED: &str = "identity.person_registered";
    /// A person's real-name level is another, and what it rests on.
    pub(crate) const LEVEL_CHANGED: &str = "identity.level_changed";
    /// A person has another telephone number, and what its level rests on since.
    pub(crate) const PHONE_CHANGED: &str = "identity.phone_changed";
    /// A person has a mailbox, another one, or none any more.
    pub(crate) const MAILBOX_CHANGED: &str = "identity.mailbox_changed";
    /// A person's data was erased.
    pub(crate) const PERSON_ERASED: &str = "identity.person_erased";
    /// A person got an account.
    pub(crate) const ACCOUNT_OPENED: &str = "identity.account_opened";
    /// A person set another password.
    pub(crate) const PASSWORD_CHANGED: &str = "identity.password_changed";
    /// An account was closed for good.
    pub(crate) const ACCOUNT_CLOSED: &str = "identity.account_closed";
    /// Somebody asked for the own account to be closed.
    pub(crate) const CLOSING_ASKED: &str = "identity.closing_asked";
    /// A closing was called off, by whoever asked or by what came up.
    pub(crate) const CLOSING_UNDONE: &str = "identity.closing_undone";
    /// The days of grace are over: the account was closed.
    pub(crate) const CLOSING_DONE: &str = "identity.closing_done";
    /// A second factor was set up.
    pub(crate) const FACTOR_SET: &str = "identity.factor_set";
    /// A second factor ended.
    pub(crate) const FACTOR_ENDED: &str = "identity.factor_ended";
    /// An administrator took a colleague's second factors away.
    pub(crate) const FACTORS_RESET: &str = "identity.factors_reset";
    /// Somebody signed in.
    pub(crate) const SIGNED_IN: &str = "identity.signed_in";
    /// An authority became known.
    pub(crate) const AUTHORITY_CREATED: &str = "identity.authority_created";
    /// Facts of an authority changed.
    pub(crate) const AUTHORITY_CHANGED: &str = "identity.authority_changed";
    /// Somebody got a post.
    pub(crate) const POST_GRANTED: &str = "identity.post_granted";
    /// A post's last day is another.
    pub(crate) const POST_CHANGED: &str = "identity.post_changed";
    /// Somebody will leave on a day, on another day, or not.
    pub(crate) const LEAVING_SET: &str = "identity.leaving_set";
    /// Somebody left: sessions and tokens ended.
    pub(crate) const LEFT: &str = "identity.left";
    /// An authority got a unit.
    pub(crate) const UNIT_CREATED: &str = "identity.unit_created";
    /// A unit is called otherwise.
    pub(crate) const UNIT_CHANGED: &str = "identity.unit_changed";
    /// A unit lies elsewhere.
    pub(crate) const UNIT_MOVED: &str = "identity.unit_moved";
    /// A unit is no more.
    pub(crate) const UNIT_ENDED: &str = "identity.unit_ended";
    /// A post ended.
    pub(crate) const POST_ENDED: &str = "identity.post_ended";
    /// An enterprise became known.
    pub(crate) const ENTERPRISE_REGISTERED: &str = "identity.enterprise_registered";
    /// What the register says of an enterprise is another: its representative, name or address.
    pub(crate) const ENTERPRISE_CHANGED: &str = "identity.enterprise_changed";
    /// Somebody may act for another at once: the legal representative, or whom an administrator names.
    pub(crate) const MANDATE_GIVEN: &str = "identity.mandate_given";
    /// Somebody was invited to act for another.
    pub(crate) const MANDATE_OFFERED: &str = "identity.mandate_offered";
    /// Whoever was invited accepted.
    pub(crate) const MANDATE_ACCEPTED: &str = "identity.mandate_accepted";
    /// Nobody acts by it any more: declined, ended by either side, or over.
    pub(crate) const MANDATE_ENDED: &str = "identity.mandate_ended";
    /// A system may let people sign in with their account here, or call the API.
    pub(crate) const CLIENT_REGISTERED: &str = "identity.client_registered";
    /// What a system may, or its secrets, changed.
    pub(crate) const CLIENT_CHANGED: &str = "identity.client_changed";
    /// A person agreed that a system reads certain facts.
    pub(crate) const CONSENT_GIVEN: &str = "identity.consent_given";
    /// A person decided otherwise about the same system.
    pub(crate) const CONSENT_CHANGED: &str = "identity.consent_changed";
    /// A person withdrew what it had agreed to.
    pub(crate) const CONSENT_WITHDRAWN: &str = "identity.consent_withdrawn";
    /// People may come in by signing in at this provider.
    pub(crate) const PROVIDER_REGISTERED: &str = "identity.provider_registered";
    /// What is registered of a provider changed, or whether it is on.
    pub(crate) const PROVIDER_CHANGED: &str = "identity.provider_changed";
    /// A person agreed that an account at a provider is theirs, and to what was handed over.
    pub(crate) const LINK_MADE: &str = "identity.link_made";
    /// An account at a provider is a person's no more.
    pub(crate) const LINK_ENDED: &str = "identity.link_ended";
    /// A token or code was used a second time: whoever held it lost it to somebody.
    pub(crate) const TOKEN_REUSED: &str = "identity.token_reused";
    /// A key that signs tokens was made.
    pub(crate) const SIGNING_KEY_MADE: &str = "identity.signing_key_made";
    /// A key signs and verifies no more; its private half was destroyed.
    pub(crate) const SIGNING_KEY_RETIRED: &str = "identity.signing_key_retired";
    /// A chunk of a file of divisions was taken.
    pub(crate) const DIVISIONS_IMPORTED: &str = "identity.divisions_imported";
}

/// By what right an administrator acts in this scope; `None`: the program itself acts (`init`, `demo`, `import`), which no
/// request can.
///
/// # Errors
/// As [`Ctx::may`].
pub(crate) fn administers(ctx: &Ctx, scope: &Scope) -> Result<Option<Basis>> {
    match ctx.actor.who {
        Who::System(_) => Ok(None),
        Who::Anonymous | Who::Person(_) | Who::Client(_) => ctx.may(ADMINISTER, scope).map(Some),
    }
}

/// Guards the unit by the right it rests on.
pub(crate) fn guard(unit: &mut Unit, ctx: &Ctx, right: Option<Basis>) {
    if let Some(basis) = right {
        posts::still_holds(unit, ctx, &basis);
    }
}
