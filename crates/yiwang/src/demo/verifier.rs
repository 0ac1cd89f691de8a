//! The stand-in for bases of others, in demo sites only: it knows the made-up people and enterprises, and every page says what it is.

use async_trait::async_trait;
use identity::{Answer, EnterpriseQuestion, Question, Register, Registered, Verdict, Verifier};
use kernel::Ctx;
use serde::Deserialize;

/// An enterprise of the demo's register.
#[derive(Deserialize)]
struct Entry {
    uscc: String,
    name: String,
    representative: String,
    address: String,
    #[serde(default)]
    head_office: String,
}

/// Made-up enterprises, some of which nobody has claimed yet.
const REGISTER: &str = include_str!("../../demo/register.json");

/// A guardian and a minor whom the demo's base of families knows, by their citizen numbers.
#[derive(Deserialize)]
struct Family {
    guardian: String,
    child: String,
    child_number: String,
}

/// Made-up families.
const FAMILIES: &str = include_str!("../../demo/families.json");

/// Answers by a rule that anybody can play through.
pub(crate) struct Demo;

#[async_trait]
impl Verifier for Demo {
    fn name(&self) -> &'static str {
        "演示核验"
    }

    fn caution(&self) -> &'static str {
        "演示站不连真实的库：手机号总是一致；其他号码的最后四位与您证件号的最后四位相同，就算一致；以 0000 结尾的算查不到，以 9999 结尾的算连不上。"
    }

    async fn verify(&self, _ctx: &Ctx, question: &Question) -> Answer {
        let tail = |text: &str| text.chars().rev().take(4).collect::<Vec<_>>();
        let verdict = |factor: identity::Factor, number: &str| match number {
            _ if factor == identity::Factor::Phone => Verdict::Agree,
            it if it.ends_with("0000") => Verdict::NotKnown,
            it if it.ends_with("9999") => Verdict::NotReachable,
            it if tail(it) == tail(&question.number) => Verdict::Agree,
            _ => Verdict::Disagree,
        };
        let factors = question.factors.iter().map(|it| verdict(it.0, &it.1)).collect();
        Answer { identity: Verdict::Agree, factors }
    }

    async fn guardianship(&self, _ctx: &Ctx, (guardian, child): (&Question, &Question)) -> Verdict {
        let families: Vec<Family> = serde_json::from_str(FAMILIES).unwrap_or_default();
        match families.into_iter().find(|it| it.child_number == child.number) {
            Some(it) if it.guardian == guardian.number && it.child == child.name => Verdict::Agree,
            Some(_) => Verdict::Disagree,
            None => Verdict::NotKnown,
        }
    }
}

#[async_trait]
impl Register for Demo {
    fn name(&self) -> &'static str {
        "演示登记信息"
    }

    fn caution(&self) -> &'static str {
        "演示站不连真实的登记信息，只认得几家虚构的单位：吴海涛可以认领「亳州演示药都文旅有限公司谯城分公司」（91341602MA0000234E）。"
    }

    async fn enterprise(&self, _ctx: &Ctx, question: &EnterpriseQuestion) -> Registered {
        let entries: Vec<Entry> = serde_json::from_str(REGISTER).unwrap_or_default();
        let Some(found) = entries.into_iter().find(|it| it.uscc == question.uscc) else {
            return Registered::only(Verdict::NotKnown);
        };
        if found.name != question.name || found.representative != question.representative {
            return Registered::only(Verdict::Disagree);
        }
        Registered { verdict: Verdict::Agree, address: found.address, head_office: found.head_office }
    }
}
