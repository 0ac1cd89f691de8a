//! Numbers with two digits after the point, kept as whole numbers of hundredths: yuan in fen, square metres in hundredths.

/// Hundredths as people write them: `1234.50`, without a fraction if there is none.
pub(crate) fn written(hundredths: i64) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let (whole, rest) = (hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100);
    if rest == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest:02}") }
}

/// What was typed as hundredths; `None` if it is no number with at most two digits of fraction.
pub(crate) fn read(text: &str) -> Option<i64> {
    let half = |it: char| match it {
        '０'..='９' | '．' => char::from_u32(u32::from(it) - 0xFEE0).unwrap_or(it),
        '。' => '.',
        it => it,
    };
    let plain: String = text.chars().filter(|it| !matches!(it, ',' | '，' | ' ')).map(half).collect();
    let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
    if rest.len() > 2 || !rest.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let rest: i64 = format!("{rest:0<2}").parse().ok()?;
    let below = if whole.starts_with('-') { -rest } else { rest };
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_in_yuan_and_kept_in_fen() {
        let table = [
            ("1.234", None),
            ("两百", None),
            ("1.-5", None),
            ("", None),
            ("1200", Some(120_000)),
            ("1,200.5", Some(120_050)),
            ("１２．５", Some(1_250)),
            ("-0.5", Some(-50)),
            ("0.01", Some(1)),
        ];
        for (typed, kept) in table {
            assert_eq!(read(typed), kept, "{typed}");
        }
        let told = [120_000, 120_050, 1, -50].map(written);
        assert_eq!(told, ["1200", "1200.50", "0.01", "-0.50"]);
    }
}
