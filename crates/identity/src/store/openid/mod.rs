//! The tables of the OpenID Provider.

pub(crate) mod clients;
pub(crate) mod consents;
pub(crate) mod signing_keys;
pub(crate) mod tokens;
