//! A condition over a number or a day: from what on, up to what. The words are the law's: 以上、以下 include what they name, 不足 does not
//! (民法典第一千二百五十九条).

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{field::Kind, format};

/// Bounds of a number, in the unit in which its field is kept, or of a day. At least one is given, and at most one of the two upper ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
// A bound that is misspelt would be one that is not there.
#[serde(default, deny_unknown_fields)]
pub struct Range {
    /// 以上: this or more; of a day: on it or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least: Option<Value>,
    /// 以下: this or less; of a day: on it or earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most: Option<Value>,
    /// 不足: less than this; of a day: before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub below: Option<Value>,
}

impl Range {
    /// Whether an answer lies within. No answer, and one that is no number or day as the bounds are, does not.
    #[must_use]
    pub fn holds(&self, answer: &Value) -> bool {
        let side = |bound: &Option<Value>, fits: fn(Ordering) -> bool| {
            bound.as_ref().is_none_or(|it| order(answer, it).is_some_and(fits))
        };
        !answer.is_null()
            && side(&self.least, Ordering::is_ge)
            && side(&self.most, Ordering::is_le)
            && side(&self.below, Ordering::is_lt)
    }

    /// Whether it begins where another, or itself, has ended: nothing lies within both.
    pub(crate) fn begins_after(&self, other: &Self) -> bool {
        let past = |bound: &Option<Value>, is: fn(Ordering) -> bool| {
            self.least.as_ref().zip(bound.as_ref()).and_then(|(it, end)| order(it, end)).is_some_and(is)
        };
        past(&other.most, Ordering::is_gt) || past(&other.below, Ordering::is_ge)
    }

    /// What is wrong with it over a field of this kind and name: which part, `field`, `least`, `most` or `below`, and words.
    pub(crate) fn wrong(&self, kind: Option<Kind>, title: &str) -> Vec<(&'static str, String)> {
        let Some(kind) = kind.filter(|it| is_ranged(*it)) else {
            return vec![("field", format!("「{title}」不是数字、金额、面积或者日期，不能按范围判断，请换一项。"))];
        };
        let bounds = [("least", &self.least), ("most", &self.most), ("below", &self.below)];
        let mut out: Vec<_> = bounds
            .into_iter()
            .filter(|it| it.1.as_ref().is_some_and(|it| !fits(kind, it)))
            .map(|it| (it.0, advice(kind).to_owned()))
            .collect();
        if self.most.is_some() && self.below.is_some() {
            out.push(("below", "「以下」和「不足」只能填一个，请去掉一个。".to_owned()));
        }
        if bounds.iter().all(|it| it.1.is_none()) {
            out.push(("least", "请写从多少起、到多少为止，至少写一头。".to_owned()));
        }
        if out.is_empty() && self.begins_after(self) {
            let upper = if self.most.is_some() { "most" } else { "below" };
            out.push((upper, "上限应当大于下限，这样写没有什么能符合，请改正。".to_owned()));
        }
        out
    }

    /// Whether it is one of days.
    pub(crate) fn is_of_days(&self) -> bool {
        [&self.least, &self.most, &self.below].into_iter().flatten().any(Value::is_string)
    }

    /// It in words: 「200 平方米以上不足 500 平方米」, 「在2026年3月2日（含当日）以后」.
    pub(crate) fn words(&self, said: impl Fn(&Value) -> String) -> String {
        let bound = |it: &Option<Value>, after: &str| {
            let said = it.as_ref().map(&said)?;
            let gap = if said.ends_with(|it: char| it.is_ascii_digit()) { " " } else { "" };
            Some(format!("{said}{gap}{after}"))
        };
        if self.is_of_days() {
            let parts = [
                bound(&self.least, "（含当日）以后"),
                bound(&self.most, "（含当日）以前"),
                bound(&self.below, "（不含当日）以前"),
            ];
            return format!("在{}", parts.into_iter().flatten().collect::<Vec<_>>().join("、"));
        }
        let below = self.below.as_ref().map(|it| format!("不足 {}", said(it)));
        match (bound(&self.least, "以上"), bound(&self.most, "以下"), below) {
            (Some(least), Some(most), _) => format!("{least} {most}"),
            (least, most, below) => [least, most, below].into_iter().flatten().collect(),
        }
    }
}

/// Whether answers of this kind have more and less.
pub(crate) const fn is_ranged(kind: Kind) -> bool {
    matches!(kind, Kind::Integer | Kind::Number | Kind::Money | Kind::Area | Kind::Day)
}

/// Whether a bound is of its field's kind.
fn fits(kind: Kind, bound: &Value) -> bool {
    match kind {
        Kind::Day => bound.as_str().and_then(format::day).is_some(),
        Kind::Number => bound.is_number(),
        _ => bound.is_i64(),
    }
}

fn advice(kind: Kind) -> &'static str {
    match kind {
        Kind::Day => "日期应写成 2026-03-02 这样。",
        Kind::Integer => "请填写整数，如 10。",
        Kind::Money => "请填写金额，如 10000 或 10000.50，单位是元。",
        Kind::Area => "请填写面积，如 200 或 200.50，单位是平方米。",
        _ => "请填写数字，如 10 或 10.5。",
    }
}

/// How two numbers or two days stand to each other.
fn order(one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => match (one.as_i64(), other.as_i64()) {
            (Some(one), Some(other)) => Some(one.cmp(&other)),
            _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
        },
        (Value::String(one), Value::String(other)) => Some(format::day(one)?.cmp(&format::day(other)?)),
        _ => None,
    }
}
