//! Credit codes (GB 32100) and organisation codes (GB 11714).

use standards::{CreditCode, OrganisationCode};

pub(crate) const REAL_CREDIT_CODES: [&str; 19] = [
    "91110000600037341L",
    "91350100M000100Y43",
    "91310115591693856A",
    "11450000007565194H",
    "12440100741854396C",
    "11440113MB2C92966P",
    "114401130075236131",
    "11370800MB28559184",
    "11440100007482575H",
    "12441500196720244T",
    "11100000000013338W",
    "11330105002500287C",
    "11430000006122244L",
    "11100000MB03271699",
    "11330100000000019E",
    "91330106000000019W",
    "12511602000000019K",
    "51330100000000019A",
    "91440300MA00000152",
];

#[test]
fn a_wrong_credit_code_is_refused_with_the_place_and_the_reason() {
    for (text, message) in [
        ("", "没有填写统一社会信用代码"),
        ("9111000060003734L", "统一社会信用代码应为 18 位，实为 17 位"),
        ("9I110000600037341L", "第 2 位应为数字或字母（不用 I、O、S、V、Z），实为「I」"),
        ("91A10000600037341L", "第 3 位应为数字，实为「A」"),
        ("9111000060003734１Z", "第 18 位应为数字或字母（不用 I、O、S、V、Z），实为「Z」"),
        ("11450000007565194X", "第 18 位校验码应为 H，实为 X"),
        ("11450000007565184H", "第 18 位校验码应为 G，实为 H"),
    ] {
        assert_eq!(CreditCode::parse(text).unwrap_err().message(), message, "{text:?}");
    }
}

#[test]
fn the_organisation_code_inside_a_credit_code_is_checked_too() {
    // The last character fits the whole, character 17 does not fit characters 9 to 16.
    let error = CreditCode::parse("114500000075651905").unwrap_err();
    assert_eq!((error.position, error.message().as_str()), (Some(17), "第 17 位组织机构代码校验码应为 4，实为 0"));
}

#[test]
fn every_known_credit_code_is_read_and_its_organisation_code_stands_alone() {
    for text in REAL_CREDIT_CODES {
        let code = CreditCode::parse(text).unwrap();
        assert_eq!(code.as_str(), text);
        let organisation = code.organisation();
        assert_eq!(OrganisationCode::parse(organisation.as_str()).unwrap(), organisation);
        assert_eq!(format!("{}{}{}", code.category(), code.division_prefix(), organisation), text[..17]);
    }
}

#[test]
fn a_wrong_organisation_code_is_refused_with_the_place_and_the_reason() {
    for (text, message) in [
        ("", "没有填写组织机构代码"),
        ("0000133", "组织机构代码应为 9 位，实为 7 位"),
        ("000013331", "第 9 位校验码应为 8，实为 1"),
        ("00001333-1", "第 10 位校验码应为 8，实为 1"),
        ("000013?38", "第 7 位应为数字或字母，实为「?」"),
        ("00001333A8", "第 9 位应为连字符「-」，实为「A」"),
        ("00001333A", "第 9 位应为数字或 X，实为「A」"),
    ] {
        // The USCC 11100000000013338W holds the organisation code 00001333-8.
        assert_eq!(OrganisationCode::parse(text).unwrap_err().message(), message, "{text:?}");
    }
}

#[test]
fn an_organisation_code_is_read_with_and_without_its_hyphen() {
    for text in ["000013338", "00001333-8", "００００１３３３－８", " 00001333—8 "] {
        assert_eq!(OrganisationCode::parse(text).unwrap().as_str(), "000013338", "{text:?}");
    }
}
