//! Real-name levels (实名等级): what raises them and what they rest on.
//!
//! 0 registered; 1 the name, the identity number and one further fact agree with a base that keeps them; 2 two further facts agree;
//! 3 the person was seen, at a window or by face. A level is never set by hand: it follows from what was proved.

use std::collections::BTreeSet;

use kernel::Fault;
use serde::{Deserialize, Serialize};

use super::person::half_width;

/// The highest level.
pub const SEEN: i64 = 3;
/// A number that somebody types has so many characters at most.
const NUMBER_MAX: usize = 40;

/// What can be shown besides name and identity number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// The mobile number is registered to the person (运营商实名).
    Phone,
    /// The social-security card (社会保障卡).
    SocialSecurity,
    /// A bank card (银行卡).
    BankCard,
    /// The account of the housing provident fund (住房公积金).
    ProvidentFund,
    /// The file of the driving licence (驾驶证档案).
    DrivingFile,
}

impl Factor {
    /// All of them, as pages list them.
    pub const ALL: [Self; 5] =
        [Self::Phone, Self::SocialSecurity, Self::BankCard, Self::ProvidentFund, Self::DrivingFile];

    /// As stored and as sent to a base.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::SocialSecurity => "social_security",
            Self::BankCard => "bank_card",
            Self::ProvidentFund => "provident_fund",
            Self::DrivingFile => "driving_file",
        }
    }

    /// As shown: what is asked for.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Phone => "手机号",
            Self::SocialSecurity => "社会保障卡号",
            Self::BankCard => "银行卡号",
            Self::ProvidentFund => "公积金账号",
            Self::DrivingFile => "驾驶证档案编号",
        }
    }

    /// Where one finds it.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Phone => "须是您本人实名登记的号码",
            Self::SocialSecurity => "印在社保卡正面",
            Self::BankCard => "任意一张本人的储蓄卡或信用卡，印在卡的正面",
            Self::ProvidentFund => "在公积金的存折、联名卡或手机应用里",
            Self::DrivingFile => "12 位数字，印在驾驶证副页",
        }
    }

    /// The number as it is sent: letters and digits only, in upper case, of a possible length.
    ///
    /// Lengths: bank cards 12 to 19 digits (ISO/IEC 7812-1), the driving file 12 digits (as printed on the licence); for the others no
    /// rule of the whole country is known, so any of 4 to 40 letters and digits will do.
    ///
    /// # Errors
    /// What is wrong, at the field of the factor's code.
    pub fn read(self, text: &str) -> Result<String, Fault> {
        let plain: String = text
            .chars()
            .map(half_width)
            .filter(|it| !it.is_whitespace() && *it != '-')
            .collect::<String>()
            .to_uppercase();
        let digits = plain.chars().all(|it| it.is_ascii_digit());
        let length = plain.chars().count();
        let right = match self {
            Self::Phone => super::person::mobile(&plain).is_some(),
            Self::BankCard => digits && (12..=19).contains(&length),
            Self::DrivingFile => digits && length == 12,
            Self::SocialSecurity | Self::ProvidentFund => {
                plain.chars().all(|it| it.is_ascii_alphanumeric()) && (4..=NUMBER_MAX).contains(&length)
            }
        };
        right
            .then_some(plain)
            .ok_or_else(|| Fault::new(self.code(), format!("{}不像是对的，请照着证卡核对。", self.name())))
    }
}

/// What a base answers to one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is as said.
    Agree,
    /// It is otherwise.
    Disagree,
    /// The base knows nothing of it.
    NotKnown,
    /// The base could not be asked, or did not answer in time.
    NotReachable,
}

impl Verdict {
    /// As shown beside what was asked.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Agree => "核对一致",
            Self::Disagree => "核对不一致，请检查是否填错",
            Self::NotKnown => "没有查到记录，请换一项",
            Self::NotReachable => "对方系统暂时连不上，请过一会儿再试",
        }
    }
}

/// What a level rests on. Stored by its codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// The mobile number agreed.
    Phone,
    /// The social-security card agreed.
    SocialSecurity,
    /// A bank card agreed.
    BankCard,
    /// The provident fund's account agreed.
    ProvidentFund,
    /// The driving licence's file agreed.
    DrivingFile,
    /// An officer saw the person with the paper.
    Window,
    /// A camera did, against the paper's picture.
    Face,
    /// Another provider, at which the person signed in, says so of level 1.
    #[serde(rename = "elsewhere_1")]
    ElsewhereOne,
    /// As before, of level 2.
    #[serde(rename = "elsewhere_2")]
    ElsewhereTwo,
    /// As before, of level 3.
    #[serde(rename = "elsewhere_3")]
    ElsewhereSeen,
}

impl Proof {
    /// The word of another provider for this level; none of level 0.
    #[must_use]
    pub(crate) fn elsewhere(level: i64) -> Option<Self> {
        match level {
            ..=0 => None,
            1 => Some(Self::ElsewhereOne),
            2 => Some(Self::ElsewhereTwo),
            _ => Some(Self::ElsewhereSeen),
        }
    }

    /// As its owner reads it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Phone => "手机号核对一致",
            Self::SocialSecurity => "社会保障卡核对一致",
            Self::BankCard => "银行卡核对一致",
            Self::ProvidentFund => "公积金账号核对一致",
            Self::DrivingFile => "驾驶证档案编号核对一致",
            Self::Window => "窗口当面核验",
            Self::Face => "人脸核验",
            Self::ElsewhereOne => "另一平台核验（一级）",
            Self::ElsewhereTwo => "另一平台核验（二级）",
            Self::ElsewhereSeen => "另一平台核验（三级）",
        }
    }
}

impl From<Factor> for Proof {
    fn from(factor: Factor) -> Self {
        match factor {
            Factor::Phone => Self::Phone,
            Factor::SocialSecurity => Self::SocialSecurity,
            Factor::BankCard => Self::BankCard,
            Factor::ProvidentFund => Self::ProvidentFund,
            Factor::DrivingFile => Self::DrivingFile,
        }
    }
}

/// The level that these proofs give.
#[must_use]
pub fn level(proved: &BTreeSet<Proof>) -> i64 {
    // The word of another provider counts for what it says, and does not add up with anything.
    let of = |it: &Proof| match it {
        Proof::Window | Proof::Face | Proof::ElsewhereSeen => SEEN,
        Proof::ElsewhereTwo => 2,
        Proof::ElsewhereOne => 1,
        Proof::Phone | Proof::SocialSecurity | Proof::BankCard | Proof::ProvidentFund | Proof::DrivingFile => 0,
    };
    let agreed = proved.iter().filter(|it| of(it) == 0).count();
    let agreed = i64::try_from(agreed.min(2)).unwrap_or(0);
    proved.iter().map(of).max().unwrap_or(0).max(agreed)
}

/// What still stands once the mobile number is another: all but what rested on it.
#[must_use]
pub fn without_phone(proved: &BTreeSet<Proof>) -> BTreeSet<Proof> {
    proved.iter().copied().filter(|it| *it != Proof::Phone).collect()
}

/// The proofs behind a level that whoever made the person known answers for (a loader, a window that saw the papers).
#[must_use]
pub(crate) fn behind(level: i64) -> BTreeSet<Proof> {
    let proofs: &[Proof] = match level {
        ..=0 => &[],
        1 => &[Proof::Phone],
        2 => &[Proof::Phone, Proof::SocialSecurity],
        _ => &[Proof::Window],
    };
    proofs.iter().copied().collect()
}

/// A level in words.
#[must_use]
pub fn words(level: i64) -> &'static str {
    match level {
        ..=0 => "未核验",
        1 => "一级（两项信息核对一致）",
        2 => "二级（三项信息核对一致）",
        _ => "三级（现场或人脸核验）",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_follows_from_what_was_proved() {
        use Proof::{
            BankCard, DrivingFile, ElsewhereOne, ElsewhereSeen, ElsewhereTwo, Face, Phone, ProvidentFund,
            SocialSecurity, Window,
        };
        let rows: [(&[Proof], i64); 13] = [
            (&[], 0),
            (&[Phone], 1),
            (&[BankCard], 1),
            (&[Phone, BankCard], 2),
            (&[SocialSecurity, ProvidentFund, DrivingFile], 2),
            (&[Window], 3),
            (&[Face], 3),
            (&[Phone, Window], 3),
            (&[ElsewhereOne], 1),
            (&[ElsewhereTwo], 2),
            (&[ElsewhereSeen], 3),
            (&[Phone, ElsewhereOne], 1),
            (&[Phone, BankCard, ElsewhereOne], 2),
        ];
        for (proved, expected) in rows {
            assert_eq!(level(&proved.iter().copied().collect()), expected, "{proved:?}");
        }
        for given in 0..=3 {
            assert_eq!(level(&behind(given)), given);
        }
    }

    #[test]
    fn with_another_number_falls_what_rested_on_the_old_one() {
        use Proof::{BankCard, Phone, Window};
        let rows: [(&[Proof], i64); 4] =
            [(&[Phone], 0), (&[Phone, BankCard], 1), (&[BankCard], 1), (&[Phone, Window], 3)];
        for (proved, expected) in rows {
            assert_eq!(level(&without_phone(&proved.iter().copied().collect())), expected, "{proved:?}");
        }
    }

    #[test]
    fn a_number_that_cannot_be_right_is_told_before_anybody_is_asked() {
        let wrong = [
            (Factor::Phone, "0558-5550100"),
            (Factor::BankCard, "6222"),
            (Factor::BankCard, "62220212A2345678"),
            (Factor::DrivingFile, "34160000001"),
            (Factor::SocialSecurity, ""),
            (Factor::ProvidentFund, "账号"),
        ];
        for (factor, text) in wrong {
            assert_eq!(factor.read(text).unwrap_err().field, factor.code(), "{text}");
        }
        let right = [
            (Factor::Phone, "139 0000 0001", "13900000001"),
            (Factor::BankCard, "6222 0212 3456 7890", "6222021234567890"),
            (Factor::DrivingFile, "３４１６００００００１２", "341600000012"),
            (Factor::SocialSecurity, "ab1234567", "AB1234567"),
        ];
        for (factor, text, read) in right {
            assert_eq!(factor.read(text).unwrap(), read);
        }
    }
}
