//! Login at others (relying party): which providers there are, what they say of a person, whom here it is believed of.

pub mod alipay;
pub mod link;
pub mod new_provider;
pub mod provider;
pub mod token;
pub mod told;
pub mod wechat;

use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// An address has so many bytes at most.
pub const ADDRESS_MAX: usize = 500;

/// Reads an address of others: `https`, or `http` to this machine by number; without name and password in it, and without a fragment.
#[must_use]
pub fn address(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok().filter(|_| text.len() <= ADDRESS_MAX)?;
    let here = match url.host()? {
        Host::Ipv4(it) => it == Ipv4Addr::LOCALHOST,
        Host::Ipv6(it) => it == Ipv6Addr::LOCALHOST,
        Host::Domain(_) => false,
    };
    let secure = url.scheme() == "https" || (url.scheme() == "http" && here);
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    (secure && plain).then_some(url)
}
