//! Identifiers of electronic licences (GB/T 36904).

use standards::{CertificateId, CertificateIssuer, CreditCode, DivisionCode};

pub(crate) const REAL_CERTIFICATES: [&str; 3] = [
    "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
    "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
    "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
];

#[test]
fn a_wrong_identifier_is_refused_with_the_place_and_the_reason() {
    for (text, message) in [
        ("", "没有填写证照标识"),
        ("1.2.156.3005.2", "证照标识应由点号分为 10 段，实为 5 段"),
        (
            "1.2.156.3006.2.11100000MB03271699022.340100.000000016.001.9",
            "第 1 位起的根标识应为 1.2.156.3005.2，实为「1.2.156.3006.2」",
        ),
        ("1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.8", "第 59 位校验码应为 9，实为 8"),
        ("1.2.156.3005.2.1110000MB03271699022.340100.000000016.001.9", "证照类型代码应为 21 位，实为 20 位"),
        ("1.2.156.3005.2.11100000MB03271698022.340100.000000016.001.9", "第 33 位校验码应为 9，实为 8"),
        ("1.2.156.3005.2.11100000MB0327169902A.340100.000000016.001.9", "第 36 位应为数字，实为「A」"),
        (
            "1.2.156.3005.2.11100000MB03271699022.3401.000000016.001.9",
            "第 38 位起的颁发机构代码应为 18 位统一社会信用代码或 6、12 位行政区划代码，实为「3401」",
        ),
        (
            "1.2.156.3005.2.11100000MB03271699022.990100.000000016.001.9",
            "第 38 位起的省级代码应为国家标准中的省级代码，实为「99」",
        ),
        ("1.2.156.3005.2.11100000MB03271699022.340100..001.9", "没有填写证照流水号"),
        ("1.2.156.3005.2.11100000MB03271699022.340100.0000-0016.001.9", "第 49 位应为数字或字母，实为「-」"),
        ("1.2.156.3005.2.11100000MB03271699022.340100.000000016.01.9", "证照版本号应为 3 位，实为 2 位"),
        ("1.2.156.3005.2.11100000MB03271699022.340100.000000016.0A1.9", "第 56 位应为数字，实为「A」"),
        ("1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.", "没有填写证照校验码"),
    ] {
        assert_eq!(CertificateId::parse(text).unwrap_err().message(), message, "{text:?}");
    }
    let long = format!("1.2.156.3005.2.11100000MB03271699022.340100.{}.001.9", "0".repeat(33));
    assert_eq!(CertificateId::parse(&long).unwrap_err().message(), "证照流水号应为 1 至 32 位，实为 33 位");
}

#[test]
fn every_known_identifier_is_read() {
    for text in REAL_CERTIFICATES {
        assert_eq!(CertificateId::parse(text).unwrap().as_str(), text);
    }
    let typed = "１．２．１５６．３００５．２。11100000mb03271699022．340100．000000016．001．9";
    assert_eq!(CertificateId::parse(typed).unwrap().as_str(), REAL_CERTIFICATES[2]);
}

#[test]
fn an_identifier_tells_its_parts() {
    let id = CertificateId::parse(REAL_CERTIFICATES[0]).unwrap();
    assert_eq!(id.definer(), CreditCode::parse("11100000000013338W").unwrap());
    assert_eq!((id.type_code(), id.issuer()), ("11100000000013338W009", "11330105002500287C"));
    assert_eq!((id.serial(), id.version()), ("2025052201", 2));
}

#[test]
fn an_identifier_is_put_together_from_parts_with_its_check_character() {
    let definer = |text| CreditCode::parse(text).unwrap();
    let body = CertificateIssuer::Body(definer("11330105002500287C"));
    let division = |text| CertificateIssuer::Division(DivisionCode::parse(text).unwrap());
    for ((definer, kind), issuer, serial, version, expected) in [
        (
            (definer("11100000000013338W"), 1),
            &body,
            "2026000001",
            1,
            "1.2.156.3005.2.11100000000013338W001.11330105002500287C.2026000001.001.A",
        ),
        (
            (definer("11100000000013338W"), 11),
            &division("330100"),
            "000000001",
            1,
            "1.2.156.3005.2.11100000000013338W011.330100.000000001.001.O",
        ),
        ((definer("11100000MB03271699"), 22), &division("340100"), "000000016", 1, REAL_CERTIFICATES[2]),
    ] {
        let id = CertificateId::from_parts((&definer, kind), issuer, serial, version).unwrap();
        assert_eq!(id.as_str(), expected);
    }
}

#[test]
fn parts_that_do_not_fit_are_refused() {
    let definer = CreditCode::parse("11100000000013338W").unwrap();
    let issuer = CertificateIssuer::Body(definer.clone());
    assert!(CertificateId::from_parts((&definer, 1000), &issuer, "1", 1).is_err());
    assert!(CertificateId::from_parts((&definer, 1), &issuer, "1", 1000).is_err());
    for serial in ["", "1.2", "1 2", "一"] {
        assert!(CertificateId::from_parts((&definer, 1), &issuer, serial, 1).is_err(), "{serial:?}");
    }
    let village = CertificateIssuer::Division(DivisionCode::parse("341602001003").unwrap());
    let id = CertificateId::from_parts((&definer, 1), &village, "A1", 1).unwrap();
    assert_eq!(id.issuer(), "341602001003");
}

#[test]
fn the_next_version_is_the_same_licence_and_none_follows_999() {
    let id = CertificateId::parse(REAL_CERTIFICATES[2]).unwrap();
    let next = id.next_version().unwrap();
    assert_eq!(next.as_str(), "1.2.156.3005.2.11100000MB03271699022.340100.000000016.002.7");
    let definer = id.definer();
    let last = CertificateId::from_parts((&definer, 1), &CertificateIssuer::Body(definer.clone()), "1", 999).unwrap();
    assert_eq!(last.next_version().unwrap_err().message(), "证照版本号应为 3 位，实为 4 位");
}
