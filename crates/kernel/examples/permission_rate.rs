//! How long one permission question takes for somebody with forty posts, the most that any list of this platform expects of one person:
//! `cargo run --release -p kernel --example permission_rate`. The goal is under 5 µs; figures stand in `docs/benchmarks.md`.

use std::{hint::black_box, sync::Arc};

use kernel::{
    Actor, Branch, Channel, Clock, Ctx, Grant, Id, Moment, Permission, Random, Scope, SystemClock, SystemRandom, Who,
};

/// Posts of one person.
const POSTS: u8 = 40;
/// Questions a round.
const QUESTIONS: u32 = 1_000_000;

const SEE: Permission = Permission::holder("cases.see", "查看办件");
const DECIDE: Permission = Permission::post("cases.decide", "审批办件");
const ISSUE: Permission = Permission::post("cases.issue", "制证送达");
const ADMINISTER: Permission = Permission::post("identity.administer", "管理人员岗位");

fn id<T>(n: u8) -> Id<T> {
    Id::from_parts(Moment::from_micros(0), [n; 10])
}

/// Each post gives three permissions at an authority of its own; the last one is for a division.
fn grants() -> Vec<Grant> {
    let mut out = Vec::new();
    for n in 0..POSTS - 1 {
        out.extend([SEE, DECIDE, ISSUE].map(|it| Grant::of(it, Some(id(n)), id(n))));
    }
    let branch = Some(Branch { from: 341_600_000_000, to: 341_699_999_999 });
    out.push(Grant { branch, ..Grant::of(ADMINISTER, None, id(POSTS)) });
    out
}

fn main() {
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let who = Who::Person(id(250));
    let actor = Actor { who, grants: grants(), ..Actor::anonymous(Channel::Web) };
    let ctx = Ctx::new(actor, SystemClock.now(), random);
    let questions = [
        ("the last post allows it", ADMINISTER, Scope::authority(id(99)).within(341_602_000_000)),
        ("the last authority allows it", DECIDE, Scope::item(id(POSTS - 2), id(7))),
        ("no post allows it", DECIDE, Scope::item(id(99), id(7))),
    ];
    for (words, permission, scope) in questions {
        let began = SystemClock.now();
        for _ in 0..QUESTIONS {
            let _ = black_box(ctx.may(black_box(permission), black_box(&scope)));
        }
        let took = SystemClock.now().micros() - began.micros();
        println!("{words}: {} ns a question", took * 1_000 / i64::from(QUESTIONS));
    }
}
