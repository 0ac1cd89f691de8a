//! Division codes (GB/T 2260 and the twelve digits of the statistics).

use standards::{DivisionCode, DivisionLevel, province_name};

fn division(text: &str) -> DivisionCode {
    DivisionCode::parse(text).unwrap()
}

#[test]
fn a_wrong_division_is_refused_with_the_place_and_the_reason() {
    for (text, message) in [
        ("", "没有填写行政区划代码"),
        ("34", "行政区划代码应为 6 或 12 位，实为 2 位"),
        ("34160200100", "行政区划代码应为 6 或 12 位，实为 11 位"),
        ("34160A", "第 6 位应为数字，实为「A」"),
        ("990000", "第 1 位起的省级代码应为国家标准中的省级代码，实为「99」"),
        ("000000000000", "第 1 位起的省级代码应为国家标准中的省级代码，实为「00」"),
        ("340002", "第 3 位起的地级代码应为非零数字（下级不为零），实为「00」"),
        ("341602000001", "第 7 位起的乡级代码应为非零数字（下级不为零），实为「000」"),
    ] {
        assert_eq!(DivisionCode::parse(text).unwrap_err().message(), message, "{text:?}");
    }
}

#[test]
fn the_level_and_the_parents_follow_from_the_code_however_deep_the_tree_is() {
    use DivisionLevel::{City, County, Province, Town, Village};
    let chains: [&[(&str, DivisionLevel)]; 4] = [
        &[
            ("341602001003", Village),
            ("341602001000", Town),
            ("341602000000", County),
            ("341600000000", City),
            ("340000000000", Province),
        ],
        // 东莞 has no counties: its towns lie directly under the city.
        &[("441900003005", Village), ("441900003000", Town), ("441900000000", City), ("440000000000", Province)],
        &[("620200101000", Town), ("620200000000", City), ("620000000000", Province)],
        // 仙桃 lies directly under its province, by way of a grouping node.
        &[("429004000000", County), ("429000000000", City), ("420000000000", Province)],
    ];
    for chain in chains {
        for pair in chain.windows(2) {
            assert_eq!(division(pair[0].0).parent(), Some(division(pair[1].0)), "{}", pair[0].0);
        }
        for (code, level) in chain {
            assert_eq!(division(code).level(), *level, "{code}");
        }
        assert_eq!(division(chain[chain.len() - 1].0).parent(), None);
    }
}

#[test]
fn only_the_city_digits_90_group_what_lies_directly_under_a_province() {
    assert!(division("429000").is_grouping_node());
    assert!(!division("429004").is_grouping_node());
    assert!(!division("341600").is_grouping_node());
    assert!(!division("340000").is_grouping_node());
}

#[test]
fn a_division_lies_within_itself_and_all_above_it() {
    let village = division("341602001003");
    for above in ["341602001003", "341602001000", "341602", "341600", "340000"] {
        assert!(village.is_within(&division(above)), "{above}");
    }
    for other in ["341602001004", "341602002000", "341621", "341700", "330000"] {
        assert!(!village.is_within(&division(other)), "{other}");
    }
    assert!(!division("341600").is_within(&village));
}

#[test]
fn six_digits_are_the_same_division_as_twelve() {
    assert_eq!(division("341602"), division("341602000000"));
    assert_eq!(division("３４１６０２").as_str(), "341602000000");
    assert_eq!(division("341602001003").six_digits(), "341602");
    assert_eq!(division("341602001000").significant(), "341602001");
}

#[test]
fn provinces_have_their_names() {
    for (code, name) in [("11", "北京市"), ("34", "安徽省"), ("65", "新疆维吾尔自治区"), ("82", "澳门特别行政区")]
    {
        assert_eq!(province_name(code), Some(name));
    }
    for code in ["", "1", "00", "16", "66", "83", "99", "341"] {
        assert_eq!(province_name(code), None, "{code}");
    }
}
