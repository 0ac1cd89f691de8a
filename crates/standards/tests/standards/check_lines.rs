//! What `yiwang code check KIND` says of a line.

use crate::{
    certificates::REAL_CERTIFICATES, items::REAL_ITEMS, organisations::REAL_CREDIT_CODES, projects::NEW_PROJECTS,
};
use standards::check::{self, Kind};
use time::macros::date;

fn verdict(kind: Kind, line: &str) -> String {
    check::line(kind, line, date!(2026 - 03 - 02)).map_or_else(|error| error.message(), |()| "ok".to_owned())
}

#[test]
fn an_unknown_kind_names_the_known_ones() {
    let error = "card".parse::<Kind>().unwrap_err();
    assert!(error.to_string().starts_with("没有「card」这种代码；可用：citizen、"));
    for kind in Kind::ALL {
        assert!(error.to_string().contains(kind.name()));
        assert_eq!(kind.to_string().parse::<Kind>().unwrap(), *kind);
    }
}

#[test]
fn a_made_up_province_and_a_birth_after_today_are_refused() {
    assert_eq!(verdict(Kind::Citizen, "999901199001010010"), "第 1 位起的行政区划应为国家标准中的省级代码，实为「99」");
    let number = "330106199003070014";
    assert_eq!(verdict(Kind::Citizen, number), "ok");
    assert!(check::line(Kind::Citizen, number, date!(1990 - 03 - 06)).is_err());
}

#[test]
fn a_line_of_the_wrong_length_is_told_all_lengths_of_item_codes() {
    assert_eq!(verdict(Kind::Item, "0001310040001"), "事项编码应为 12、31 或 33 位，实为 13 位");
    assert_eq!(verdict(Kind::Item, ""), "没有填写事项编码");
}

#[test]
fn every_kind_reads_its_own_values() {
    for text in REAL_CREDIT_CODES {
        assert_eq!(verdict(Kind::Uscc, text), "ok");
    }
    for (text, ..) in REAL_ITEMS {
        assert_eq!(verdict(Kind::Item, text), "ok");
        assert_eq!(verdict(Kind::Item, &text[19..31]), "ok");
        assert_eq!(verdict(Kind::Case, &format!("{}202603020001", &text[..31])), "ok");
    }
    for text in REAL_CERTIFICATES {
        assert_eq!(verdict(Kind::Certificate, text), "ok");
    }
    for text in NEW_PROJECTS {
        assert_eq!(verdict(Kind::Project, text), "ok");
    }
    assert_eq!(verdict(Kind::Division, "341602"), "ok");
}
