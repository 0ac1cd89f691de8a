//! How long an item has really taken here lately. Told only when there are enough cases to be honest and not to tell of anybody's.

/// Decided cases needed before anything is told of them.
pub(crate) const CASES_MIN: usize = 10;
/// Decided cases that are looked at, the latest.
pub(crate) const CASES_MAX: i64 = 500;
/// How many legal days back.
pub(crate) const DAYS_BACK: i64 = 365;

/// What decided cases took, in working days from acceptance to decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Measured {
    /// How many cases.
    pub(crate) cases: usize,
    /// Half of them took no more.
    pub(crate) median: i64,
    /// Four in five took no more.
    pub(crate) most: i64,
}

impl Measured {
    /// Of these cases; `None`: too few.
    pub(crate) fn of(mut days: Vec<i64>) -> Option<Self> {
        if days.len() < CASES_MIN {
            return None;
        }
        days.sort_unstable();
        // The smallest value that at least so many per cent of the cases do not exceed (nearest rank).
        let at = |percent: usize| days[(days.len() * percent).div_ceil(100).saturating_sub(1)];
        Some(Self { cases: days.len(), median: at(50), most: at(80) })
    }

    /// In words.
    pub(crate) fn words(&self) -> String {
        let days = |it: i64| if it == 0 { "当天".to_owned() } else { format!("{it} 个工作日") };
        let (half, most) = (days(self.median), days(self.most));
        if half == most {
            return format!("最近一年的 {} 件，大多 {most}办好", self.cases);
        }
        format!("最近一年的 {} 件，一半在 {half}内办好，八成在 {most}内办好", self.cases)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_cases_tell_nothing_and_enough_tell_half_and_four_fifths() {
        assert_eq!(Measured::of(vec![1; CASES_MIN - 1]), None);
        for (days, median, most) in [
            ((1..=10).collect::<Vec<_>>(), 5, 8),
            (vec![3, 0, 0, 0, 0, 0, 0, 0, 9, 9], 0, 3),
            (vec![4; 37], 4, 4),
            ((1..=11).rev().collect(), 6, 9),
        ] {
            let it = Measured::of(days.clone()).unwrap();
            assert_eq!((it.cases, it.median, it.most), (days.len(), median, most), "{days:?}");
        }
        assert_eq!(
            Measured { cases: 12, median: 0, most: 3 }.words(),
            "最近一年的 12 件，一半在 当天内办好，八成在 3 个工作日内办好"
        );
    }
}
