//! The table of posts.

use journal::Head;
use kernel::{Id, PostRow, Result};
use storage::{Row, Unit, args};

use crate::model::post::{Held, HeldState};

/// The columns of the table, by name: another column must not break a statement that a connection has prepared.
macro_rules! columns {
    () => {
        "id, person, code, authority, item, starts, ends, ended_at, version, head, changed_at"
    };
}

storage::sql! {
    /// One post.
    POST = concat!("SELECT ", columns!(), " FROM posts WHERE id = $1");
    /// All posts of a person, those ended included, the latest first.
    POSTS_OF = concat!("SELECT ", columns!(), " FROM posts WHERE person = $1 \
        ORDER BY ended_at IS NOT NULL, id DESC LIMIT $2");
    /// A page of people who hold a post, with their posts in force, at any authority.
    OFFICERS = "WITH page AS (SELECT DISTINCT person FROM posts WHERE ended_at IS NULL AND person > $1 \
            AND NOT EXISTS (SELECT 1 FROM clients c WHERE c.id = posts.person) ORDER BY person LIMIT $2) \
        SELECT p.id, p.person, p.code, p.authority, p.item, p.starts, p.ends, p.ended_at, \
            p.version, p.head, p.changed_at \
        FROM posts p JOIN page ON page.person = p.person WHERE p.ended_at IS NULL ORDER BY p.person, p.id";
    /// A page of people who hold a post at one authority, with those posts in force.
    OFFICERS_AT = "WITH page AS (SELECT DISTINCT person FROM posts \
            WHERE authority = $3 AND ended_at IS NULL AND person > $1 \
            AND NOT EXISTS (SELECT 1 FROM clients c WHERE c.id = posts.person) ORDER BY person LIMIT $2) \
        SELECT p.id, p.person, p.code, p.authority, p.item, p.starts, p.ends, p.ended_at, \
            p.version, p.head, p.changed_at \
        FROM posts p JOIN page ON page.person = p.person \
        WHERE p.ended_at IS NULL AND p.authority = $3 ORDER BY p.person, p.id";
    /// Somebody who holds a post of this kind for the whole site.
    POST_ANYBODY = "SELECT id FROM posts WHERE code = $1 AND authority IS NULL AND ended_at IS NULL LIMIT 1";
    /// A new post.
    POST_ADD = "INSERT INTO posts (id, person, code, authority, item, starts, ends, ended_at, version, head, changed_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    /// A post ends.
    POST_END = "UPDATE posts SET ended_at = $2, version = $3, head = $4, changed_at = $5 \
        WHERE id = $1 AND version = $6 AND ended_at IS NULL";
    /// The post is in force on the day $2: what an act rests on, asked again as it is committed.
    POST_HOLDS = "SELECT id FROM posts WHERE id = $1 AND ended_at IS NULL AND starts <= $2 \
        AND (ends IS NULL OR ends >= $2)";
    /// For the verification of the record.
    POST_ROWS = concat!("SELECT ", columns!(), " FROM posts WHERE id > $1 ORDER BY id LIMIT $2");
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
    })
}

pub(crate) fn read(row: &Row) -> Result<Held> {
    Ok(Held { id: row.id("id")?, state: state(row)?, head: Head::of(row)? })
}

pub(crate) fn add(unit: &mut Unit, id: Id<PostRow>, it: &HeldState, head: &Head) {
    let HeldState { person, code, authority, item, starts, ends, ended_at } = it;
    let (version, hash, at) = (head.version, &head.hash, head.at);
    let ends = ends.as_deref();
    let values = args![id, *person, code, *authority, *item, starts, ends, *ended_at, version, hash, at];
    unit.one("post held", POST_ADD, values);
}

pub(crate) fn end(unit: &mut Unit, before: &Held, head: &Head) {
    let values = args![before.id, head.at, head.version, &head.hash, head.at, before.head.version];
    unit.one("post", POST_END, values);
}
