//! Dates as papers write them.

use time::Date;

/// A date in Arabic figures, months and days without leading zeros: «2026年3月2日» (GB/T 9704—2012, 7.3.5.4).
pub fn date_in_digits(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), u8::from(date.month()), date.day())
}

/// A date in Chinese characters with 〇 for nought: «二〇二六年三月二日», as certificates and older papers write it.
pub fn date_in_characters(date: Date) -> String {
    let year: String = date.year().to_string().chars().map(digit).collect();
    format!("{year}年{}月{}日", count(u8::from(date.month())), count(date.day()))
}

/// One figure as a character; a sign stays what it is.
fn digit(figure: char) -> char {
    const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    figure.to_digit(10).and_then(|d| DIGITS.get(d as usize).copied()).unwrap_or(figure)
}

/// A number from 1 to 31 as it is spoken: 十, 十一, 二十, 三十一.
fn count(number: u8) -> String {
    let (tens, ones) = (number / 10, number % 10);
    let mut spoken = String::new();
    if tens > 1 {
        spoken.push(digit(char::from(b'0' + tens)));
    }
    if tens > 0 {
        spoken.push('十');
    }
    if ones > 0 {
        spoken.push(digit(char::from(b'0' + ones)));
    }
    spoken
}
