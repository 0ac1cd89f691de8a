//! Promises of the kernel.

use std::sync::Arc;

use proptest::prelude::*;

use crate::*;

struct Sevens;
impl Random for Sevens {
    fn fill(&self, out: &mut [u8]) {
        out.fill(7);
    }
}

const ACCEPT: Permission = Permission::post("cases.accept", "受理办件");
const SEE: Permission = Permission::holder("cases.see", "查看办件").looking();

fn id<T>(n: u8) -> Id<T> {
    Id::from_parts(Moment::from_micros(0), [n; 10])
}

fn ctx(who: Who, grants: Vec<Grant>) -> Ctx {
    let actor = Actor { who, name: "李四".into(), grants, ..Actor::anonymous(Channel::Web) };
    Ctx::new(actor, Moment::from_micros(1_772_424_000_000_000), Arc::new(Sevens))
}

#[test]
fn ids_are_uuid_version_7_and_sort_by_time() {
    let early: Id<Person> = Id::from_parts(Moment::from_micros(1_000_000), [0xff; 10]);
    let late: Id<Person> = Id::from_parts(Moment::from_micros(2_000_000), [0; 10]);
    assert!(early < late && early.to_string() < late.to_string());
    let text = early.to_string();
    assert_eq!(&text[12..13], "7", "version nibble");
    assert!(matches!(&text[16..17], "8" | "9" | "a" | "b"), "variant nibble");
}

#[test]
fn what_is_no_id_is_not_found() {
    for text in [
        "",
        "1",
        "+0000000000000000000000000000001",
        "g0000000000000000000000000000000",
        "A0000000000000000000000000000000",
    ] {
        assert!(matches!(text.parse::<Id<Person>>(), Err(Error::NotFound { .. })), "{text}");
    }
}

#[test]
fn the_legal_day_is_that_of_utc_plus_8() {
    let eve = Moment::from(time::macros::datetime!(2026-02-28 15:59:59 UTC));
    let morning = Moment::from(time::macros::datetime!(2026-02-28 16:00 UTC));
    assert_eq!(eve.legal_date().to_string(), "2026-02-28");
    assert_eq!(morning.legal_date().to_string(), "2026-03-01");
    assert_eq!(Moment::start_of(morning.legal_date()), morning);
    assert_eq!(morning.zh(), "2026年3月1日 00:00");
    assert_eq!(eve.to_string(), "2026-02-28T15:59:59.000000Z");
}

#[test]
fn a_post_allows_only_within_its_authority_and_item() {
    let grant = |authority, item| Grant { item, ..Grant::of(ACCEPT, authority, id(9)) };
    let asked = Scope::item(id(1), id(2));
    let table = [
        (grant(None, None), true),
        (grant(Some(id(1)), None), true),
        (grant(Some(id(1)), Some(id(2))), true),
        (grant(Some(id(3)), None), false),
        (grant(Some(id(1)), Some(id(3))), false),
        (Grant { permission: "cases.decide", ..grant(None, None) }, false),
    ];
    for (grant, allowed) in table {
        let ctx = ctx(Who::Person(id(5)), vec![grant.clone()]);
        assert_eq!(ctx.may(ACCEPT, &asked).is_ok(), allowed, "{grant:?}");
    }
    let bound = ctx(Who::Person(id(5)), vec![grant(Some(id(1)), None)]);
    assert!(bound.may(ACCEPT, &Scope::SITE).is_err(), "a post at one authority is none for the site");
}

#[test]
fn a_post_for_a_division_allows_in_that_division_and_below_and_nowhere_else() {
    let city = Branch { from: 341_600_000_000, to: 341_699_999_999 };
    let bound = |authority| Grant { branch: Some(city), ..Grant::of(ACCEPT, authority, id(9)) };
    let at = |division| Scope::authority(id(1)).within(division);
    let table = [
        (bound(None), Scope::SITE, false),
        (bound(None), Scope::authority(id(1)), false),
        (bound(None), at(340_000_000_000), false),
        (bound(None), at(341_500_000_000), false),
        (bound(None), at(341_700_000_000), false),
        (bound(Some(id(2))), at(341_602_000_000), false),
        (bound(None), at(341_600_000_000), true),
        (bound(None), at(341_602_001_003), true),
        (bound(None), Scope::SITE.within(341_699_000_000), true),
    ];
    for (grant, scope, allowed) in table {
        let ctx = ctx(Who::Person(id(5)), vec![grant.clone()]);
        assert_eq!(ctx.may(ACCEPT, &scope).is_ok(), allowed, "{grant:?} {scope:?}");
    }
}

#[test]
fn a_holder_sees_its_own_thing_and_no_other() {
    let me = Holder::Person(id(5));
    let ctx = ctx(Who::Person(id(5)), vec![]);
    assert_eq!(ctx.may(SEE, &Scope::authority(id(1)).of(me)).unwrap(), Basis::Holder);
    let other = Holder::Person(id(6));
    assert!(matches!(ctx.may(SEE, &Scope::authority(id(1)).of(other)), Err(Error::Forbidden { .. })));
    assert!(matches!(ctx.may(SEE, &Scope::authority(id(1))), Err(Error::Forbidden { .. })), "no holder is nobody's");
    assert!(ctx.may(ACCEPT, &Scope::authority(id(1)).of(me)).is_err(), "a holder has no post over its own case");
}

#[test]
fn who_may_only_look_for_another_does_nothing_and_sees_no_more_than_the_mandate_says() {
    const FILE: Permission = Permission::holder("cases.file", "提交申请");
    let mother = Holder::Person(id(6));
    let mandate = Some(Mandate { row: id(70), items: vec![id(8)], matter: Some(id(30)), looks_only: true });
    let who = Actor { on_behalf_of: Some(mother), mandate, ..Actor::anonymous(Channel::Web) };
    let ctx = Ctx::new(Actor { who: Who::Person(id(5)), ..who }, Moment::from_micros(0), Arc::new(Sevens));
    let its = Scope::item(id(1), id(8)).of(mother).matter(id(30));
    let refused = |answer| matches!(answer, Err(Error::Refused { reason }) if reason.contains("只能查看"));
    assert!(refused(ctx.may(FILE, &its)), "nothing is done by it");
    assert!(ctx.may(SEE, &its.matter(id(31))).is_err(), "another thing is not seen");
    assert_eq!(ctx.may(SEE, &its).unwrap(), Basis::Mandate(id(70)));
}

#[test]
fn who_acts_for_another_may_do_what_the_mandate_is_for_and_nothing_else() {
    let mother = Holder::Person(id(6));
    let charged = |items: Vec<Id<Item>>, matter: Option<Id<Matter>>| {
        let mandate = Some(Mandate { row: id(70), items, matter, looks_only: false });
        let who = Actor { on_behalf_of: Some(mother), mandate, ..Actor::anonymous(Channel::Web) };
        Ctx::new(Actor { who: Who::Person(id(5)), ..who }, Moment::from_micros(0), Arc::new(Sevens))
    };
    let acting = |items| charged(items, None);
    let (asked, other) = (Scope::item(id(1), id(8)).of(mother), Scope::item(id(1), id(9)).of(mother));
    let rows = [
        ("for that item alone", vec![id(8)], asked, true),
        ("for another item", vec![id(8)], other, false),
        ("what belongs to no item, by a mandate for some", vec![id(8)], Scope::own(mother), false),
        ("any item, by a mandate for all", vec![], other, true),
        ("what belongs to no item, by a mandate for all", vec![], Scope::own(mother), true),
    ];
    for (words, items, scope, may) in rows {
        match acting(items).may(SEE, &scope) {
            Ok(basis) => assert!(may && basis == Basis::Mandate(id(70)), "{words}: {basis:?}"),
            Err(Error::Refused { .. }) => assert!(!may, "{words}"),
            Err(error) => panic!("{words}: {error}"),
        }
    }
    // Who is charged with one thing reaches that thing and no other of the same item.
    let one = charged(vec![id(8)], Some(id(30)));
    for scope in [asked, other, Scope::own(mother), asked.matter(id(31)), other.matter(id(31))] {
        assert!(matches!(one.may(SEE, &scope), Err(Error::Refused { .. })), "{scope:?}");
    }
    assert_eq!(one.may(SEE, &asked.matter(id(30))).unwrap(), Basis::Mandate(id(70)));
    assert!(
        acting(vec![id(8)]).may(SEE, &asked.matter(id(30))).is_ok(),
        "a mandate for the item holds for each of its things"
    );
    let own = Scope::own(Holder::Person(id(5)));
    assert!(acting(vec![]).may(SEE, &own).is_err(), "while one acts for another, one's own things rest");
}

#[test]
fn nobody_signed_in_is_asked_to_sign_in() {
    let nobody = Ctx::new(Actor::anonymous(Channel::Web), Moment::from_micros(0), Arc::new(Sevens));
    assert!(matches!(nobody.may(SEE, &Scope::SITE), Err(Error::SignIn)));
    assert!(matches!(nobody.person(), Err(Error::SignIn)));
}

#[test]
fn logs_name_no_person() {
    let ctx = ctx(Who::Person(id(5)), vec![]);
    assert!(!format!("{ctx:?}").contains("李四"));
    assert!(!Error::invalid("name", "姓名「张三」不对").to_string().contains("张三"));
}

#[test]
fn a_page_knows_whether_there_is_a_next() {
    let ask = PageAsk { after: None, limit: 2 };
    let key = |n: &i32| Cursor::new([n.to_string()]);
    assert_eq!(Page::cut(vec![1, 2], &ask, key).next, None);
    assert_eq!(Page::cut(vec![1, 2, 3], &ask, key).next.as_deref(), Some("2"));
    assert_eq!(PageAsk { after: None, limit: 9_999 }.rows(), usize::from(PAGE_MAX));
}

#[test]
fn a_cursor_with_a_character_that_no_database_takes_is_none() {
    assert!("a~\0".parse::<Cursor>().is_err());
}

proptest! {
    #[test]
    fn an_id_is_read_as_it_was_written(micros in 0..4_000_000_000_000_000_i64, random: [u8; 10]) {
        let id: Id<Person> = Id::from_parts(Moment::from_micros(micros), random);
        prop_assert_eq!(id.to_string().parse::<Id<Person>>().unwrap(), id);
    }

    #[test]
    fn a_cursor_is_read_as_it_was_written(keys in prop::collection::vec("[^\0]{0,20}", 1..4)) {
        let cursor = Cursor::new(keys);
        prop_assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
    }
}
