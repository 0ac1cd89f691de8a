//! Identifiers that know what they identify.

use std::{cmp, fmt, hash, marker::PhantomData, str::FromStr};

use crate::{Error, Moment};

/// A UUIDv7 (RFC 9562) that knows what it identifies; written as 32 lower-case hex digits, sorted by time of making.
///
/// ```
/// enum Case {}
/// enum Office {}
/// let case: kernel::Id<Case> = kernel::Id::from_parts(kernel::Moment::from_micros(1_000), [7; 10]);
/// assert_eq!(case.to_string().parse::<kernel::Id<Case>>().unwrap(), case);
/// // let office: kernel::Id<Office> = case; // does not compile
/// ```
pub struct Id<T>(u128, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// Time first, so that ids sort by age on both engines; then 74 random bits.
    #[must_use]
    pub fn from_parts(at: Moment, random: [u8; 10]) -> Self {
        let millis = u128::from(at.micros().max(0).unsigned_abs() / 1_000) & ((1 << 48) - 1);
        let mut tail = [0; 16];
        tail[6..].copy_from_slice(&random);
        let tail = u128::from_be_bytes(tail);
        let version = 0x7_u128 << 76;
        let variant = 0b10_u128 << 62;
        let random_a = (tail >> 62 & 0xfff) << 64;
        let random_b = tail & ((1 << 62) - 1);
        Self(millis << 80 | version | random_a | variant | random_b, PhantomData)
    }

    /// The same identifier, read as that of something else: for one thing seen from two areas.
    #[must_use]
    pub fn cast<U>(self) -> Id<U> {
        Id(self.0, PhantomData)
    }
}

impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<T> FromStr for Id<T> {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let well_formed = text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        match u128::from_str_radix(text, 16) {
            Ok(number) if well_formed => Ok(Self(number, PhantomData)),
            _ => Err(Error::NotFound { what: "页面" }),
        }
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for Id<T> {}

impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

impl<T> hash::Hash for Id<T> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<T> serde::Serialize for Id<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, T> serde::Deserialize<'de> for Id<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text: std::borrow::Cow<'de, str> = serde::Deserialize::deserialize(deserializer)?;
        text.parse().map_err(|_| serde::de::Error::custom("an id has 32 lower-case hex digits"))
    }
}
