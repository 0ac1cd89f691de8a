//! Papers of natural persons: the form of each number.

use standards::{CitizenNumber, PaperKind, PersonPaper};
use time::macros::date;

/// A number like a citizen number, with this division and a right check character.
fn permit(division: &str) -> String {
    let stem = format!("{division}19900101001");
    format!("{stem}{}", standards::iso7064::mod_11_2(&stem).unwrap())
}

#[test]
fn a_number_that_its_paper_cannot_bear_is_refused() {
    let mainland = permit("341602");
    let rows = [
        (PaperKind::Citizen, "341602199001010001"),
        (PaperKind::HongKongMacaoPass, "A12345678"),
        (PaperKind::HongKongMacaoPass, "H1234567"),
        (PaperKind::HongKongMacaoPass, "H123456789"),
        (PaperKind::TaiwanPass, "1234567"),
        (PaperKind::TaiwanPass, "A1234567"),
        (PaperKind::ResidencePermit, mainland.as_str()),
        (PaperKind::ForeignResidence, "US1341600000012"),
        (PaperKind::ForeignResidence, "810000199001010010"),
        (PaperKind::ForeignResidence, "美国人三四一六"),
        (PaperKind::Passport, "E123"),
        (PaperKind::Passport, "E 12345678"),
        (PaperKind::Passport, ""),
    ];
    for (kind, number) in rows {
        let error = PersonPaper::parse(kind, number).unwrap_err();
        assert!(number.is_empty() || !error.message().contains(number), "{}: {}", kind.name(), error.message());
    }
}

#[test]
fn a_paper_is_read_as_it_is_typed_and_shown_with_stars() {
    let permit = permit("810000");
    let rows = [
        (PaperKind::Citizen, "11010519491231002x", "110***********002X"),
        (PaperKind::HongKongMacaoPass, " h12345678 ", "H******78"),
        (PaperKind::HongKongMacaoPass, "M1234567801", "M********01"),
        (PaperKind::TaiwanPass, "１２３４５６７８", "1*****78"),
        (PaperKind::ResidencePermit, permit.as_str(), "810***********"),
        (PaperKind::ForeignResidence, "USA341600000012", "USA********0012"),
        (PaperKind::ForeignResidence, "911400198001011234", "911***********1234"),
        (PaperKind::Passport, "E12345678", "E******78"),
    ];
    for (kind, typed, masked) in rows {
        let paper = PersonPaper::parse(kind, typed).unwrap_or_else(|error| panic!("{typed}: {error}"));
        assert!(paper.masked().starts_with(masked), "{typed}: {}", paper.masked());
        assert_eq!(PersonPaper::parse(kind, paper.number()).unwrap(), paper, "read again it is the same");
        assert!(!format!("{paper:?}").contains(paper.number()), "{paper:?}");
        assert_eq!(PaperKind::from_code(kind.code()), Some(kind));
    }
}

#[test]
fn a_residence_permit_bears_a_citizen_number_and_others_bear_none() {
    let number = permit("830000");
    let paper = PersonPaper::parse_on(PaperKind::ResidencePermit, &number, date!(2026 - 03 - 02)).unwrap();
    assert_eq!(paper.citizen_number(), CitizenNumber::parse(&number).ok());
    assert!(PersonPaper::parse_on(PaperKind::ResidencePermit, &number, date!(1989 - 12 - 31)).is_err(), "unborn");
    assert_eq!(PersonPaper::parse(PaperKind::Passport, "E12345678").unwrap().citizen_number(), None);
}
