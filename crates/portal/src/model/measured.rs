//! How long an item has really taken here lately. Told only when there are enough cases to be honest and not to tell of anybody's.

/// Decided cases needed before anything is told of them.
pub(crate) const CASES_MIN: usize = 10;
/// Decided cases that are looked at, the latest.
pub(crate) const CASES_MAX: i64 = 500;
/// How many legal days back.
pub(crate) const DAYS_BACK: i64 = 365;

/// What decided cases took, in working days from acceptance to decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// How many cases.
    pub cases: usize,
    /// What the fastest of them took.
    pub fastest: i64,
    /// Half of them took no more.
    pub typical: i64,
    /// Nine in ten took no more.
    pub slow: i64,
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
        Some(Self { cases: days.len(), fastest: days[0], typical: at(50), slow: at(90) })
    }

    /// In words.
    #[must_use]
    pub fn words(&self) -> String {
        let within = |it: i64| if it == 0 { "当天".to_owned() } else { format!(" {it} 个工作日内") };
        let (fastest, typical, slow) = (within(self.fastest), within(self.typical), within(self.slow));
        if fastest == slow {
            return format!("最近一年的 {} 件，大多{slow}办好", self.cases);
        }
        format!("最近一年的 {} 件：最快的{fastest}办好，一半{typical}办好，十件里九件{slow}办好", self.cases)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_cases_tell_nothing_and_enough_tell_the_fastest_the_typical_and_the_slow() {
        assert_eq!(Measured::of(vec![1; CASES_MIN - 1]), None);
        for (days, fastest, typical, slow) in [
            ((1..=10).collect::<Vec<_>>(), 1, 5, 9),
            (vec![3, 0, 0, 0, 0, 0, 0, 0, 9, 9], 0, 0, 9),
            (vec![4; 37], 4, 4, 4),
            ((1..=11).rev().collect(), 1, 6, 10),
        ] {
            let it = Measured::of(days.clone()).unwrap();
            assert_eq!((it.cases, it.fastest, it.typical, it.slow), (days.len(), fastest, typical, slow), "{days:?}");
        }
        for (it, words) in [
            (
                Measured { cases: 12, fastest: 0, typical: 3, slow: 8 },
                "最近一年的 12 件：最快的当天办好，一半 3 个工作日内办好，十件里九件 8 个工作日内办好",
            ),
            (Measured { cases: 37, fastest: 4, typical: 4, slow: 4 }, "最近一年的 37 件，大多 4 个工作日内办好"),
        ] {
            assert_eq!(it.words(), words);
        }
    }
}
