//! How often something may be tried: counted in the database, so that all nodes share the counts, and before the try is made.

use kernel::{Ctx, Error, Result};
use storage::{Commit, Unit, args};
use webkit::App;

use crate::{model::account::Allowance, store::accounts as rows};

/// The key of a counter: a keyed digest, so that no table tells who tried what.
pub(crate) fn try_key(app: &App, parts: &[&str]) -> String {
    app.vault.digest("tries", &parts.join("\n"))
}

/// Counted tries that were honest after all.
pub(crate) fn take_back(unit: &mut Unit, tries: &[(String, Allowance)]) {
    for (key, _) in tries {
        unit.run(rows::TRY_BACK, args![key]);
    }
}

/// Counts a try before it is made, so that many at once are no way round the limit.
///
/// # Errors
/// [`Error::TooMany`] if one of the allowances is used up; if the engine fails.
pub(crate) async fn count_tries(ctx: &Ctx, app: &App, tries: &[(String, Allowance)]) -> Result<()> {
    let mut unit = Unit::new(ctx);
    for (key, allowance) in tries {
        let window_start = ctx.now.plus_seconds(-allowance.seconds);
        rows::count_try(&mut unit, key, ctx.now, window_start, allowance.tries);
    }
    if let Commit::Done = app.db.commit(unit).await? {
        return Ok(());
    }
    let mut wait = 1;
    for (key, allowance) in tries {
        if let Some(row) = app.db.find(rows::TRIES, args![key, allowance.tries]).await? {
            let until = row.moment("since")?.plus_seconds(allowance.seconds);
            wait = wait.max((until.micros() - ctx.now.micros()) / 1_000_000 + 1);
        }
    }
    Err(Error::TooMany { retry_after_s: u32::try_from(wait).unwrap_or(u32::MAX) })
}

/// Questions about one thing from one network: enough for one who mistypes.
const ABOUT_FROM_NETWORK: Allowance = Allowance { tries: 10, seconds: 10 * 60 };
/// Questions about one thing, whoever asks: what guards it must not be guessed by many.
const ABOUT: Allowance = Allowance { tries: 60, seconds: 3_600 };
/// Questions from one network: a hall with many people behind one address must not stand still.
const FROM_NETWORK: Allowance = Allowance { tries: 120, seconds: 10 * 60 };

/// Counts a question that anybody may ask without signing in: `what` it is, and about which thing.
///
/// # Errors
/// [`Error::TooMany`] after too many about it, or from this network; if the engine fails.
pub async fn count_question(ctx: &Ctx, app: &App, (what, about): (&str, &str), from: std::net::IpAddr) -> Result<()> {
    let network = network(from);
    let tries = [
        (try_key(app, &["question", what, about, &network]), ABOUT_FROM_NETWORK),
        (try_key(app, &["question", what, about]), ABOUT),
        (try_key(app, &["questions", what, &network]), FROM_NETWORK),
    ];
    count_tries(ctx, app, &tries).await
}

/// The network that somebody comes from, as tries are counted: an IPv4 address, or the 64 bits that one subscriber has of IPv6.
pub(crate) fn network(address: std::net::IpAddr) -> String {
    match address {
        std::net::IpAddr::V4(it) => it.to_string(),
        std::net::IpAddr::V6(it) => match it.to_ipv4_mapped() {
            Some(it) => it.to_string(),
            None => it.segments()[..4].iter().map(|part| format!("{part:x}:")).collect(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_a_network_of_ipv6_addresses_is_one() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:203.0.113.9"), of("203.0.113.9"));
        assert_ne!(of("203.0.113.9"), of("203.0.113.8"));
    }
}
