//! Item codes of 12, 31 and 33 characters, and the case numbers that begin with them.

use standards::{CaseNumber, CodeWarning, CreditCode, HandlingCode, ItemBaseCode, ItemCode, ItemType, UseLevel};
use time::macros::date;

/// Implementing code or handling code, level, type: seen in public.
pub(crate) const REAL_ITEMS: [(&str, UseLevel, &str); 8] = [
    ("11450000007565194H200011501500504", UseLevel::Province, "01"),
    ("12440100741854396C3442014055017", UseLevel::City, "20"),
    ("11440113MB2C92966P4000131004000", UseLevel::County, "01"),
    ("11440113MB2C92966P4000131024000", UseLevel::County, "01"),
    ("1144011300752361314440102001001", UseLevel::County, "01"),
    ("11370800MB285591843370117002011", UseLevel::City, "01"),
    ("11440100007482575H3440118009000", UseLevel::City, "01"),
    ("12441500196720244T3442199806003", UseLevel::City, "21"),
];

#[test]
fn a_wrong_item_code_is_refused_with_the_place_and_the_reason() {
    for (text, message) in [
        ("", "没有填写实施编码"),
        ("11440113MB2C92966P400013100400", "实施编码应为 31 位，实为 30 位"),
        ("11440113MB2C92966P400013100400A", "第 31 位应为数字，实为「A」"),
        ("11440113MB2C92966H4000131004000", "第 18 位校验码应为 P，实为 H"),
        ("11440113MB2C92966P0000131004000", "第 19 位起的行使层级应为 1 至 7，实为「0」"),
        ("11440113MB2C92966P8000131004000", "第 19 位起的行使层级应为 1 至 7，实为「8」"),
        ("11440113MB2C92966P4160131004000", "第 20 位起的目录区划应为 00、省级代码或 66（兵团），实为「16」"),
    ] {
        assert_eq!(ItemCode::parse(text).unwrap_err().message(), message, "{text:?}");
    }
    assert_eq!(ItemBaseCode::parse("710131004000").unwrap_err().position, Some(1));
    assert_eq!(ItemBaseCode::parse("00013100400").unwrap_err().message(), "基本编码应为 12 位，实为 11 位");
    let error = HandlingCode::parse("11450000007565194H2000115015005").unwrap_err();
    assert_eq!(error.message(), "业务办理项编码应为 33 位，实为 31 位");
}

#[test]
fn every_known_item_code_falls_apart_into_body_level_and_base() {
    for (text, level, type_code) in REAL_ITEMS {
        let item = ItemCode::parse(&text[..31]).unwrap();
        assert_eq!(item.body(), CreditCode::parse(&text[..18]).unwrap());
        assert_eq!((item.use_level(), item.item_type().code()), (level, type_code), "{text}");
        assert_eq!(item.base(), ItemBaseCode::parse(&text[19..31]).unwrap());
        assert_eq!(item.base().item_type(), item.item_type());
        assert_eq!(ItemCode::from_parts(&item.body(), level, &item.base()).unwrap(), item);
        assert_eq!(item.warning(), None, "{text}");
    }
}

#[test]
fn a_base_code_tells_directory_type_main_and_sub_item() {
    let code = ItemBaseCode::parse("442199806003").unwrap();
    assert_eq!((code.directory(), code.main_item(), code.sub_item()), ("44", "99806", "003"));
    assert_eq!(code.item_type().name(), "公共服务（扩展）");
    assert_eq!(ItemBaseCode::parse("000131004000").unwrap().item_type(), ItemType::Licence);
    assert!(ItemBaseCode::parse("660131004000").is_ok());
}

#[test]
fn a_handling_code_is_an_implementing_code_and_a_sequence() {
    let code = HandlingCode::parse(" 11450000007565194h200011501500504 ").unwrap();
    assert_eq!((code.item().as_str(), code.sequence()), ("11450000007565194H2000115015005", "04"));
}

#[test]
fn the_directory_of_another_province_is_odd_but_valid() {
    let item = ItemCode::parse("11450000007565194H2440115015005").unwrap();
    let warning = item.warning().unwrap();
    assert_eq!(warning, CodeWarning::ProvinceDiffers { body: "45".into(), directory: "44".into() });
    assert_eq!(warning.message(), "实施主体的区划「45」与目录区划「44」不一致，请核对");
}

#[test]
fn a_wrong_case_number_is_refused_with_the_place_and_the_reason() {
    for (text, message) in [
        ("", "没有填写办件编号"),
        ("12441500196720244T344219980600320220623006", "办件编号应为 43 至 50 位，实为 42 位"),
        ("12441500196720244T344219980600320220623000000000068", "办件编号应为 43 至 50 位，实为 51 位"),
        ("12441500196720244T3442199806003202206310068", "第 32 位起的日期「20220631」不是真实的日期"),
        ("12441500196720244T344219980600320220623006A", "第 43 位应为数字，实为「A」"),
        ("12441500196720244H3442199806003202206230068", "第 18 位校验码应为 T，实为 H"),
        ("12441500196720244T9442199806003202206230068", "第 19 位起的行使层级应为 1 至 7，实为「9」"),
    ] {
        assert_eq!(CaseNumber::parse(text).unwrap_err().message(), message, "{text:?}");
    }
}

#[test]
fn a_case_number_tells_item_day_and_serial() {
    let number = CaseNumber::parse("12441500196720244T3442199806003202206230068").unwrap();
    assert_eq!(number.item().as_str(), "12441500196720244T3442199806003");
    assert_eq!((number.date(), number.serial()), (date!(2022 - 06 - 23), 68));
    assert_eq!(CaseNumber::new(&number.item(), number.date(), 68).unwrap(), number);
}

#[test]
fn the_serial_widens_past_9999_until_the_field_of_50_characters_is_full() {
    let item = ItemCode::parse("12441500196720244T3442199806003").unwrap();
    for (serial, length) in [(1, 43), (9_999, 43), (10_000, 44), (99_999_999_999, 50)] {
        let number = CaseNumber::new(&item, date!(2026 - 03 - 02), serial).unwrap();
        assert_eq!((number.as_str().len(), number.serial()), (length, serial));
        assert_eq!(CaseNumber::parse(number.as_str()).unwrap(), number);
    }
    let error = CaseNumber::new(&item, date!(2026 - 03 - 02), 100_000_000_000).unwrap_err();
    assert_eq!(error.message(), "流水号应为不超过 11 位的数字，实为「100000000000」");
}
