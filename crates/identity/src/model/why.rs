//! Why somebody may do something, or what is missing: the permission question answered in full, post by post.

use kernel::{Grant, Permission, Post, Scope};
use standards::DivisionCode;

use super::{
    division::branch,
    post::{Held, HeldState},
};

/// What one post of a person says to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Says {
    /// It allows it.
    Yes,
    /// It would, from its first day on.
    NotYet,
    /// It would, but is for another item.
    OtherItem,
    /// It would, but is elsewhere.
    Elsewhere,
    /// It would, but its last day is over.
    Over,
    /// It would, but was ended.
    Ended,
}

/// What each post that concerns the question says to it, by its place in `held`: those that allow it first, one's own before those in
/// which one stands in; then what comes nearest.
pub(crate) fn explain(
    held: &[Held],
    kinds: &[Post],
    (permission, scope, today): (Permission, &Scope, &str),
) -> Vec<(usize, Says)> {
    let gives = |it: &HeldState| {
        let kind = kinds.iter().find(|kind| kind.code == it.code);
        kind.is_some_and(|kind| kind.permissions.contains(&permission))
    };
    let concerned = held.iter().enumerate().filter(|(_, it)| gives(&it.state));
    let mut out: Vec<_> = concerned.map(|(at, it)| (at, says(it, permission, scope, today))).collect();
    out.sort_by_key(|(at, says)| (*says, held[*at].state.stands_for.is_some(), *at));
    out
}

fn says(it: &Held, permission: Permission, scope: &Scope, today: &str) -> Says {
    let held = &it.state;
    if held.ended_at.is_some() {
        return Says::Ended;
    }
    if held.ends.as_deref().is_some_and(|last| last < today) {
        return Says::Over;
    }
    let branch = held.division.as_deref().and_then(|code| DivisionCode::parse(code).ok()).map(|code| branch(&code));
    let grant = Grant { item: held.item, branch, ..Grant::of(permission, held.authority, it.id) };
    if !(Grant { item: None, ..grant.clone() }).covers(permission, scope) {
        return Says::Elsewhere;
    }
    match (grant.covers(permission, scope), held.starts.as_str() > today) {
        (false, _) => Says::OtherItem,
        (true, true) => Says::NotYet,
        (true, false) => Says::Yes,
    }
}

#[cfg(test)]
mod tests {
    use journal::Head;
    use kernel::{Id, Moment};

    use super::*;

    const DECIDE: Permission = Permission::post("cases.decide", "审批办件");
    const ACCEPT: Permission = Permission::post("cases.accept", "受理办件");
    const KINDS: [Post; 2] = [
        Post { code: "decide", name: "审批", permissions: &[DECIDE], apart: &[] },
        Post { code: "accept", name: "受理", permissions: &[ACCEPT], apart: &[] },
    ];

    fn id<T>(n: u8) -> Id<T> {
        Id::from_parts(Moment::from_micros(0), [n; 10])
    }

    fn held(change: impl FnOnce(&mut HeldState)) -> Held {
        let mut state = HeldState::plain(id(1), "decide", Some(id(2)), "2026-03-01".to_owned());
        change(&mut state);
        Held { id: id(9), state, head: Head::none() }
    }

    #[test]
    fn each_post_says_why_it_allows_or_what_is_missing() {
        let asked = Scope::item(id(2), id(3)).within(341_602_000_000);
        let table: [(&str, Held, Option<Says>); 10] = [
            ("another kind of post", held(|it| it.code = "accept".to_owned()), None),
            ("ended", held(|it| it.ended_at = Some(Moment::from_micros(1))), Some(Says::Ended)),
            ("over", held(|it| it.ends = Some("2026-03-01".to_owned())), Some(Says::Over)),
            ("another authority", held(|it| it.authority = Some(id(7))), Some(Says::Elsewhere)),
            (
                "another division",
                held(|it| {
                    it.authority = None;
                    it.division = Some("341500000000".to_owned());
                }),
                Some(Says::Elsewhere),
            ),
            ("another item", held(|it| it.item = Some(id(8))), Some(Says::OtherItem)),
            ("from tomorrow", held(|it| it.starts = "2026-03-03".to_owned()), Some(Says::NotYet)),
            ("its last day", held(|it| it.ends = Some("2026-03-02".to_owned())), Some(Says::Yes)),
            ("the whole site", held(|it| it.authority = None), Some(Says::Yes)),
            (
                "the division above",
                held(|it| {
                    it.authority = None;
                    it.division = Some("341600000000".to_owned());
                }),
                Some(Says::Yes),
            ),
        ];
        for (what, held, expected) in table {
            let said = explain(&[held], &KINDS, (DECIDE, &asked, "2026-03-02"));
            assert_eq!(said.first().map(|it| it.1), expected, "{what}");
        }
    }

    #[test]
    fn what_allows_comes_before_what_does_not_and_ones_own_before_anothers() {
        let all =
            [held(|it| it.ends = Some("2026-03-01".to_owned())), held(|it| it.stands_for = Some(id(5))), held(|_| ())];
        let said = explain(&all, &KINDS, (DECIDE, &Scope::authority(id(2)), "2026-03-02"));
        assert_eq!(said, [(2, Says::Yes), (1, Says::Yes), (0, Says::Over)]);
    }
}
