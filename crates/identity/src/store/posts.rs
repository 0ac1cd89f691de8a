//! The table of posts.

use journal::Head;
use kernel::{Id, PostRow, Result};
use storage::{Row, Unit, args};

use crate::model::post::{Held, HeldState};

/// The guard that fails when a post that somebody stands in for was ended meanwhile.
pub(crate) const PRINCIPAL_GUARD: &str = "post stood in for";
/// The guard that fails when somebody got to stand in for a post while it was ended.
pub(crate) const STANDINS_GUARD: &str = "stand-ins ended";

/// The columns of the table, by name: another column must not break a statement that a connection has prepared.
macro_rules! columns {
    () => {
        "p.id, p.person, p.code, p.authority, p.item, p.starts, p.ends, p.ended_at, p.division, p.unit, p.stands_for, p.principal, \
         p.version, p.head, p.changed_at"
    };
}

storage::sql! {
    /// One post.
    POST = concat!("SELECT ", columns!(), " FROM posts p WHERE p.id = $1");
    /// All posts of a person, those ended included, the latest first.
    POSTS_OF = concat!("SELECT ", columns!(), " FROM posts p WHERE p.person = $1 \
        ORDER BY p.ended_at IS NOT NULL, p.id DESC LIMIT $2");
    /// Who stands in for a post, those not ended.
    STANDINS_OF = concat!("SELECT ", columns!(), " FROM posts p WHERE p.stands_for = $1 AND p.ended_at IS NULL ORDER BY p.id LIMIT $2");
    /// Who stands in for a person in any post, those not ended.
    STANDINGS_FOR = concat!("SELECT ", columns!(), " FROM posts p WHERE p.principal = $1 AND p.ended_at IS NULL ORDER BY p.id LIMIT $2");
    /// A page of people who hold a post, with their posts in force, at any authority.
    OFFICERS = concat!("WITH page AS (SELECT DISTINCT person FROM posts WHERE ended_at IS NULL AND person > $1 \
            AND NOT EXISTS (SELECT 1 FROM clients c WHERE c.id = posts.person) ORDER BY person LIMIT $2) \
        SELECT ", columns!(), " FROM posts p JOIN page ON page.person = p.person WHERE p.ended_at IS NULL ORDER BY p.person, p.id");
    /// A page of people who hold a post at one authority, with those posts in force.
    OFFICERS_AT = concat!("WITH page AS (SELECT DISTINCT person FROM posts \
            WHERE authority = $3 AND ended_at IS NULL AND person > $1 \
            AND NOT EXISTS (SELECT 1 FROM clients c WHERE c.id = posts.person) ORDER BY person LIMIT $2) \
        SELECT ", columns!(), " FROM posts p JOIN page ON page.person = p.person \
        WHERE p.ended_at IS NULL AND p.authority = $3 ORDER BY p.person, p.id");
    /// A page of people who hold a post in one unit, with those posts in force.
    OFFICERS_IN = concat!("WITH page AS (SELECT DISTINCT person FROM posts \
            WHERE unit = $3 AND ended_at IS NULL AND person > $1 ORDER BY person LIMIT $2) \
        SELECT ", columns!(), " FROM posts p JOIN page ON page.person = p.person \
        WHERE p.ended_at IS NULL AND p.unit = $3 ORDER BY p.person, p.id");
    /// Somebody who holds a post of this kind for the whole site.
    POST_ANYBODY = "SELECT id FROM posts WHERE code = $1 AND authority IS NULL AND division IS NULL AND ended_at IS NULL LIMIT 1";
    /// A new post.
    POST_ADD = "INSERT INTO posts (id, person, code, authority, item, starts, ends, ended_at, division, unit, stands_for, principal, \
        version, head, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    /// A post ends, or its last day is another.
    POST_SET = "UPDATE posts SET ends = $2, ended_at = $3, version = $4, head = $5, changed_at = $6 \
        WHERE id = $1 AND version = $7 AND ended_at IS NULL";
    /// The post is in force on the day $2: what an act rests on, asked again as it is committed.
    POST_HOLDS = "SELECT id FROM posts WHERE id = $1 AND ended_at IS NULL AND starts <= $2 \
        AND (ends IS NULL OR ends >= $2)";
    /// The post is as it was read.
    POST_AS_READ = "SELECT id FROM posts WHERE id = $1 AND version = $2 AND ended_at IS NULL";
    /// Touches those who stand in for a post and are not ended: as it ends, none may be left.
    STANDINS_LEFT = "UPDATE posts SET version = version WHERE stands_for = $1 AND ended_at IS NULL";
    /// For the verification of the record.
    POST_ROWS = concat!("SELECT ", columns!(), " FROM posts p WHERE p.id > $1 ORDER BY p.id LIMIT $2");
}

pub(crate) fn state(row: &Row) -> Result<HeldState> {
    Ok(HeldState {
        person: row.id("person")?,
        code: row.string("code")?,
        authority: row.opt_id("authority")?,
        item: row.opt_id("item")?,
        starts: row.string("starts")?,
        ends: row.opt_text("ends")?.map(str::to_owned),
        ended_at: row.opt_moment("ended_at")?,
        division: row.opt_text("division")?.map(str::to_owned),
        unit: row.opt_id("unit")?,
        stands_for: row.opt_id("stands_for")?,
        principal: row.opt_id("principal")?,
    })
}

pub(crate) fn read(row: &Row) -> Result<Held> {
    Ok(Held { id: row.id("id")?, state: state(row)?, head: Head::of(row)? })
}

pub(crate) fn add(unit: &mut Unit, id: Id<PostRow>, it: &HeldState, head: &Head) {
    let values = args![
        id,
        it.person,
        &it.code,
        it.authority,
        it.item,
        &it.starts,
        it.ends.as_deref(),
        it.ended_at,
        it.division.as_deref(),
        it.unit,
        it.stands_for,
        it.principal,
        head.version,
        &head.hash,
        head.at
    ];
    unit.one("post held", POST_ADD, values);
}

/// The post's last day and end, as `it` says.
pub(crate) fn set(unit: &mut Unit, before: &Held, it: &HeldState, head: &Head) {
    let values =
        args![before.id, it.ends.as_deref(), it.ended_at, head.version, &head.hash, head.at, before.head.version];
    unit.one("post", POST_SET, values);
}
