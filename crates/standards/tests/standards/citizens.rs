//! Citizen numbers (GB 11643).

use standards::{CitizenNumber, Sex};
use time::macros::date;

#[test]
fn a_wrong_number_is_refused_with_the_place_and_the_reason() {
    for (text, message) in [
        ("", "没有填写公民身份号码"),
        ("  \u{3000}", "没有填写公民身份号码"),
        ("11010519491231002", "公民身份号码应为 18 位，实为 17 位"),
        ("110105491231002", "公民身份号码应为 18 位，实为 15 位"),
        ("11010519491231002XX", "公民身份号码应为 18 位，实为 19 位"),
        ("1101O519491231002X", "第 5 位应为数字，实为「O」"),
        ("110105 9491231002X", "第 7 位应为数字，实为空格"),
        ("11010519491231002Y", "第 18 位应为数字或 X，实为「Y」"),
        ("11010519491231002\u{0}", "第 18 位应为数字或 X，实为不可见字符 U+0000"),
        ("一10105194912310021", "第 1 位应为数字，实为「一」"),
        ("110105194902300020", "第 7 位起的出生日期「19490230」不是真实的日期"),
        ("110105194913310020", "第 7 位起的出生日期「19491331」不是真实的日期"),
        ("110105190002290020", "第 7 位起的出生日期「19000229」不是真实的日期"),
        ("440524188001010013", "第 18 位校验码应为 4，实为 3"),
        ("110105194912310021", "第 18 位校验码应为 X，实为 1"),
        ("11010519491231001X", "第 18 位校验码应为 1，实为 X"),
    ] {
        let error = CitizenNumber::parse(text).unwrap_err();
        assert_eq!(error.message(), message, "{text:?}");
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn an_error_tells_the_character_counted_from_one() {
    assert_eq!(CitizenNumber::parse("440524188001010013").unwrap_err().position, Some(18));
    assert_eq!(CitizenNumber::parse("  4405x4188001010013 ").unwrap_err().position, Some(5));
    assert_eq!(CitizenNumber::parse("44").unwrap_err().position, None);
}

#[test]
fn every_known_number_is_read() {
    for text in [
        "11010519491231002X",
        "440524188001010014",
        "360426199101010071",
        "330106199003070014",
        "511602198512241231",
        "999901199001010010",
    ] {
        assert_eq!(CitizenNumber::parse(text).unwrap().as_str(), text);
    }
}

#[test]
fn what_an_input_method_makes_of_a_number_is_put_right() {
    for text in [
        "11010519491231002x",
        " 11010519491231002X\t\r\n",
        "１１０１０５１９４９１２３１００２Ｘ",
        "\u{FEFF}11010519491231002ｘ\u{3000}",
    ] {
        assert_eq!(CitizenNumber::parse(text).unwrap().as_str(), "11010519491231002X", "{text:?}");
    }
}

#[test]
fn nobody_is_born_after_today() {
    let number = "330106199003070014";
    let error = CitizenNumber::parse_on(number, date!(1990 - 03 - 06)).unwrap_err();
    assert_eq!(error.message(), "第 7 位起的出生日期晚于 1990-03-06，尚未到来");
    assert_eq!(error.position, Some(7));
    assert!(CitizenNumber::parse_on(number, date!(1990 - 03 - 07)).is_ok());
}

#[test]
fn a_number_tells_birth_sex_and_division() {
    let woman = CitizenNumber::parse("11010519491231002X").unwrap();
    assert_eq!((woman.birth_date(), woman.sex()), (date!(1949 - 12 - 31), Sex::Female));
    assert_eq!((woman.division_prefix(), woman.sex().code(), woman.sex().name()), ("110105", "2", "女"));
    let man = CitizenNumber::parse("360426199101010071").unwrap();
    assert_eq!((man.sex(), man.sex().code(), man.sex().name()), (Sex::Male, "1", "男"));
}

#[test]
fn a_year_of_age_is_completed_on_the_birthday() {
    let born_new_year = CitizenNumber::parse("360426199101010071").unwrap();
    for (day, age) in [
        (date!(1990 - 12 - 31), None),
        (date!(1991 - 01 - 01), Some(0)),
        (date!(2008 - 12 - 31), Some(17)),
        (date!(2009 - 01 - 01), Some(18)),
    ] {
        assert_eq!(born_new_year.age_on(day), age, "{day}");
    }
}

#[test]
fn only_provinces_and_residence_permits_are_known_beginnings() {
    assert!(!CitizenNumber::parse("999901199001010010").unwrap().has_known_province());
    assert!(CitizenNumber::parse("330106199003070014").unwrap().has_known_province());
}

#[test]
fn a_number_never_reaches_a_log_by_debug() {
    let number = CitizenNumber::parse("330106199003070014").unwrap();
    let debug = format!("{number:?}");
    assert_eq!(debug, "CitizenNumber(******************)");
    assert_eq!(number.masked(), "330***********0014");
    assert_eq!(number.masked().len(), 18);
}
