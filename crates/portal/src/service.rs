//! What can be done with sites and notices. Each act asks permission, reads, lets the model decide, and commits one unit.

pub(crate) mod notices;
pub(crate) mod sites;

use kernel::{Authority, Ctx, Id, Result, Scope, Who};
use sm3::{Digest, Sm3};
use storage::Unit;

use crate::SITES;

/// The kinds of journal entries that the portal writes. [`crate::SearchIndex`] follows them by `portal.`.
pub(crate) mod kinds {
    /// A place got a site of its own.
    pub(crate) const SITE_MADE: &str = "portal.site_made";
    /// What a site says changed.
    pub(crate) const SITE_CHANGED: &str = "portal.site_changed";
    /// A notice was posted.
    pub(crate) const NOTICE_POSTED: &str = "portal.notice_posted";
    /// A notice was changed.
    pub(crate) const NOTICE_CHANGED: &str = "portal.notice_changed";
    /// A notice was taken back.
    pub(crate) const NOTICE_WITHDRAWN: &str = "portal.notice_withdrawn";
}

/// Asks whether the actor edits what this authority keeps, and makes the unit rest on the post that says so. The platform's own
/// workers (the operator's command line) ask no permission.
///
/// # Errors
/// As [`Ctx::may`].
pub(crate) fn allow(ctx: &Ctx, unit: &mut Unit, keeper: Id<Authority>) -> Result<()> {
    if matches!(ctx.actor.who, Who::System(_)) {
        return Ok(());
    }
    let basis = ctx.may(SITES, &Scope::authority(keeper))?;
    identity::still_holds(unit, ctx, &basis);
    Ok(())
}

/// SM3 of a text, in hex: what a journal entry says of words that it does not repeat.
pub(crate) fn fingerprint(text: &str) -> String {
    Sm3::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
