//! Made-up valid values of every code, for properties.

use proptest::prelude::*;
use standards::{
    CaseNumber, CertificateId, CertificateIssuer, CitizenNumber, CreditCode, ItemBaseCode, ItemCode, OrganisationCode,
    ProjectCode, UseLevel, iso7064,
};
use time::{Date, macros::date};

/// Days from 1 January 1900 to the end of 2099.
pub(crate) fn any_date() -> impl Strategy<Value = Date> {
    (date!(1900 - 01 - 01).to_julian_day()..=date!(2099 - 12 - 31).to_julian_day())
        .prop_map(|julian| Date::from_julian_day(julian).unwrap())
}

pub(crate) fn citizen() -> impl Strategy<Value = CitizenNumber> {
    (100_000..1_000_000, any_date(), 0..1000).prop_map(|(division, birth, sequence)| {
        let (year, month, day) = (birth.year(), u8::from(birth.month()), birth.day());
        let digits = format!("{division}{year}{month:02}{day:02}{sequence:03}");
        CitizenNumber::parse(&format!("{digits}{}", iso7064::mod_11_2(&digits).unwrap())).unwrap()
    })
}

/// Tries every check character: an independent way to the one that fits.
pub(crate) fn credit() -> impl Strategy<Value = CreditCode> {
    ("[1-9AY][0-9A-H][0-9]{6}", "[0-9A-HJ-NPQRTUWXY]{8}").prop_map(|(head, eight)| {
        let checks = "0123456789ABCDEFGHJKLMNPQRTUWXY";
        let organisation = checks.chars().find_map(|c| OrganisationCode::parse(&format!("{eight}{c}")).ok()).unwrap();
        checks.chars().find_map(|c| CreditCode::parse(&format!("{head}{organisation}{c}")).ok()).unwrap()
    })
}

pub(crate) fn item() -> impl Strategy<Value = ItemCode> {
    let province = prop::sample::select(vec!["00", "11", "34", "44", "51", "65", "66"]);
    (credit(), prop::sample::select(UseLevel::ALL), province, "[0-9]{10}").prop_map(|(body, level, province, rest)| {
        let base = ItemBaseCode::parse(&format!("{province}{rest}")).unwrap();
        ItemCode::from_parts(&body, level, &base).unwrap()
    })
}

pub(crate) fn case() -> impl Strategy<Value = CaseNumber> {
    (item(), any_date(), 0u64..99_999_999_999)
        .prop_map(|(item, date, serial)| CaseNumber::new(&item, date, serial).unwrap())
}

pub(crate) fn certificate() -> impl Strategy<Value = CertificateId> {
    (credit(), 0u16..1000, credit(), "[0-9A-Z]{1,32}", 0u16..999).prop_map(
        |(definer, kind, issuer, serial, version)| {
            CertificateId::from_parts((&definer, kind), &CertificateIssuer::Body(issuer), &serial, version).unwrap()
        },
    )
}

pub(crate) fn project() -> impl Strategy<Value = ProjectCode> {
    ("2[1-9]", 1..=12, "[0-9]{15}").prop_map(|(year, month, rest)| {
        let digits = format!("{year}{month:02}{rest}");
        ProjectCode::parse(&format!("{digits}{}", iso7064::mod_11_10(&digits).unwrap())).unwrap()
    })
}
