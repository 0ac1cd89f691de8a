//! How long a result holds, as far as the item's list says it in words that leave no doubt (有效期: 「五年」, 「长期」).

use time::{Date, Month};

/// Until when a result holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Without end.
    Always,
    /// To this day, included.
    Until(Date),
}

impl Holds {
    /// What these words say of a result of this day; `None`: they leave it open (a yearly check, a date in the paper itself).
    #[must_use]
    pub(crate) fn of(words: &str, made: Date) -> Option<Self> {
        let words = words.trim().trim_end_matches('。');
        if matches!(words, "长期" | "长期有效" | "永久" | "永久有效") {
            return Some(Self::Always);
        }
        let words = words.trim_end_matches("有效");
        let years = number(words.strip_suffix('年')?)?;
        let year = made.year().checked_add(i32::from(years))?;
        let same = made.replace_year(year).or_else(|_| Date::from_calendar_date(year, Month::March, 1)).ok()?;
        same.previous_day().map(Self::Until)
    }

    /// Whether it still holds on this day.
    #[must_use]
    pub(crate) fn holds(self, today: Date) -> bool {
        match self {
            Self::Always => true,
            Self::Until(last) => today <= last,
        }
    }
}

/// 「五」, 「十」, 「十五」, 「二十」, 「3」.
fn number(words: &str) -> Option<u8> {
    if let Ok(number) = words.trim().parse::<u8>() {
        return (number > 0).then_some(number);
    }
    let digit =
        |it: char| "一二三四五六七八九".chars().position(|one| one == it).and_then(|at| u8::try_from(at + 1).ok());
    let digit = |it: char| if it == '两' { Some(2) } else { digit(it) };
    let signs: Vec<char> = words.trim().chars().collect();
    match signs[..] {
        ['十'] => Some(10),
        ['十', one] => digit(one).map(|it| 10 + it),
        [ten, '十'] => digit(ten).map(|it| it * 10),
        [ten, '十', one] => Some(digit(ten)? * 10 + digit(one)?),
        [one] => digit(one),
        _ => None,
    }
}

/// Whether a result of this name is what a material of that name asks for: the same words, without title marks and what stands in brackets.
#[must_use]
pub(crate) fn bears(result: &str, material: &str) -> bool {
    let plain = |it: &str| {
        let bare = it.split(['（', '(']).next().unwrap_or_default();
        bare.trim().trim_matches(['《', '》', '「', '」']).to_owned()
    };
    !plain(result).is_empty() && plain(result) == plain(material)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn words_that_leave_it_open_say_nothing() {
        for words in [
            "",
            "年",
            "0年",
            "百年",
            "六年、十年或者长期",
            "长期，每年签注一次",
            "以注明期间为准",
            "一次性",
            "当年学期有效",
            "五年以上",
        ] {
            assert_eq!(Holds::of(words, date!(2026 - 03 - 02)), None, "{words}");
        }
    }

    #[test]
    fn years_end_on_the_day_before_and_what_is_without_end_always_holds() {
        let made = date!(2026 - 03 - 02);
        for (words, last) in [
            ("五年", date!(2031 - 03 - 01)),
            ("三年有效", date!(2029 - 03 - 01)),
            ("两年", date!(2028 - 03 - 01)),
            ("10年", date!(2036 - 03 - 01)),
            ("十五年", date!(2041 - 03 - 01)),
            ("二十年", date!(2046 - 03 - 01)),
        ] {
            let holds = Holds::of(words, made).unwrap();
            assert_eq!(holds, Holds::Until(last), "{words}");
            assert!(holds.holds(last) && !holds.holds(last.next_day().unwrap()), "{words}");
        }
        assert_eq!(Holds::of("一年", date!(2028 - 02 - 29)), Some(Holds::Until(date!(2029 - 02 - 28))));
        assert!(Holds::of("长期", made).unwrap().holds(date!(2099 - 01 - 01)));
    }

    #[test]
    fn a_result_is_what_a_material_of_its_name_asks_for() {
        for (result, material, same) in [
            ("食品经营许可证", "营业执照", false),
            ("", "", false),
            ("（正本）", "（副本）", false),
            ("食品经营许可证", "食品经营许可证", true),
            ("食品经营许可证（正本）", "《食品经营许可证》（复印件）", true),
        ] {
            assert_eq!(bears(result, material), same, "{result} {material}");
        }
    }
}
