//! The tables of accounts, of counted tries, and of one-time codes.

use journal::Head;
use kernel::{Id, Moment, Person, Result};
use storage::{Row, Unit, args};

use crate::model::account::{Account, AccountState};

/// The guard that fails when something was tried too often.
pub(crate) const TRIES_GUARD: &str = "tries";
/// The guard that fails when a one-time code is unknown, used or too old.
pub(crate) const CODE_GUARD: &str = "code";

/// The columns of the table, by name: another column must not break a statement that a connection has prepared.
macro_rules! columns {
    () => {
        "person, login, password, demo, version, head, changed_at"
    };
}

storage::sql! {
    /// The account of a person.
    ACCOUNT = concat!("SELECT ", columns!(), " FROM accounts WHERE person = $1");
    /// The account of a login name.
    ACCOUNT_BY_LOGIN = concat!("SELECT ", columns!(), " FROM accounts WHERE login = $1");
    /// The account of the person with a citizen number.
    ACCOUNT_BY_CITIZEN = "SELECT a.person, a.login, a.password, a.demo, a.version, a.head, a.changed_at FROM people p JOIN accounts a ON a.person = p.id WHERE p.citizen = $1";
    /// Accounts of the people with a mobile number.
    ACCOUNTS_BY_MOBILE = "SELECT a.person, a.login, a.password, a.demo, a.version, a.head, a.changed_at FROM people p JOIN accounts a ON a.person = p.id WHERE p.mobile = $1 ORDER BY p.id LIMIT $2";
    /// Accounts of the people with a mailbox. That it is not empty is said for the index, which has only such.
    ACCOUNTS_BY_MAILBOX = "SELECT a.person, a.login, a.password, a.demo, a.version, a.head, a.changed_at FROM people p JOIN accounts a ON a.person = p.id WHERE p.mailbox = $1 AND p.mailbox <> '' ORDER BY p.id LIMIT $2";
    /// The made-up people of a demo site.
    ACCOUNTS_DEMO = concat!("SELECT ", columns!(), " FROM accounts WHERE demo IS NOT NULL ORDER BY person LIMIT $1");
    /// A new account.
    ACCOUNT_ADD = "INSERT INTO accounts (person, login, password, demo, version, head, changed_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// Another password, unless the account was changed meanwhile.
    ACCOUNT_PASSWORD = "UPDATE accounts SET password = $2, version = $3, head = $4, changed_at = $5 \
        WHERE person = $1 AND version = $6";
    /// An account that nobody signs in with any more, unless it was changed meanwhile.
    ACCOUNT_CLOSE = "UPDATE accounts SET login = $2, password = '', demo = NULL, version = $3, head = $4, changed_at = $5 \
        WHERE person = $1 AND version = $6";
    /// For the verification of the record.
    ACCOUNT_ROWS = "SELECT person AS id, login, password, demo, version, head, changed_at FROM accounts \
        WHERE person > $1 ORDER BY person LIMIT $2";
    /// One more try, unless there were $4 since $3; what was counted before $3 is forgotten.
    TRY = "INSERT INTO tries (key, count, since) VALUES ($1, 1, $2) ON CONFLICT (key) DO UPDATE SET \
        count = CASE WHEN tries.since <= $3 THEN 1 ELSE tries.count + 1 END, \
        since = CASE WHEN tries.since <= $3 THEN excluded.since ELSE tries.since END \
        WHERE tries.since <= $3 OR tries.count < $4";
    /// When a counter began.
    TRIES = "SELECT since FROM tries WHERE key = $1 AND count >= $2";
    /// The try was an honest one after all.
    TRY_BACK = "UPDATE tries SET count = count - 1 WHERE key = $1 AND count > 0";
    /// Nothing was tried.
    TRIES_GONE = "DELETE FROM tries WHERE key = $1";
    /// Counters that matter no more.
    TRIES_SWEEP = "DELETE FROM tries WHERE since < $1";
    /// A new one-time code.
    CODE_ADD = "INSERT INTO first_codes (code, until) VALUES ($1, $2)";
    /// Older codes do not work beside a new one.
    CODES_END = "UPDATE first_codes SET until = 0 WHERE used_by IS NULL";
    /// A one-time code is used up.
    CODE_USE = "UPDATE first_codes SET used_by = $2 WHERE code = $1 AND used_by IS NULL AND until > $3";
    /// Whether a one-time code would work.
    CODE_WORKS = "SELECT until FROM first_codes WHERE code = $1 AND used_by IS NULL AND until > $2";
}

pub(crate) fn read(row: &Row) -> Result<Account> {
    Ok(Account {
        person: row.id("person")?,
        login: row.string("login")?,
        password: row.string("password")?,
        demo: row.opt_text("demo")?.map(str::to_owned),
        head: Head::of(row)?,
    })
}

pub(crate) fn state(row: &Row) -> Result<AccountState> {
    Ok(AccountState::of(row.text("login")?, row.text("password")?, row.opt_text("demo")?))
}

pub(crate) fn add(unit: &mut Unit, it: &Account) {
    let Account { person, login, password, demo, head } = it;
    let values = args![*person, login, password, demo.as_deref(), head.version, &head.hash, head.at];
    unit.one("account", ACCOUNT_ADD, values);
}

pub(crate) fn set_password(unit: &mut Unit, before: &Account, password: &str, head: &Head) {
    let values = args![before.person, password, head.version, &head.hash, head.at, before.head.version];
    unit.one("account", ACCOUNT_PASSWORD, values);
}

pub(crate) fn close(unit: &mut Unit, before: &Account, login: &str, head: &Head) {
    let values = args![before.person, login, head.version, &head.hash, head.at, before.head.version];
    unit.one("account", ACCOUNT_CLOSE, values);
}

/// Counts one more try of `key` in this unit; [`TRIES_GUARD`] fails if there were `limit` since `window_start`.
pub(crate) fn count_try(unit: &mut Unit, key: &str, now: Moment, window_start: Moment, limit: i64) {
    unit.one(TRIES_GUARD, TRY, args![key, now, window_start, limit]);
}

pub(crate) fn use_code(unit: &mut Unit, digest: &str, by: Id<Person>, now: Moment) {
    unit.one(CODE_GUARD, CODE_USE, args![digest, by, now]);
}
