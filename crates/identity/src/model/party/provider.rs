//! Providers at which people sign in to come in here (登录渠道): what is registered of one.

use journal::Head;
use kernel::Id;
use serde::{Deserialize, Serialize};

/// A provider, as an id's mark.
#[derive(Debug)]
pub enum ProviderMark {}

/// A name has so many characters at most.
pub const NAME_MAX: usize = 20;
/// A client id, a secret, or a claim's name has so many characters at most.
pub const WORD_MAX: usize = 200;
/// Scopes have so many characters at most.
pub const SCOPES_MAX: usize = 300;
/// Lines of a table at most.
pub const LINES_MAX: usize = 20;
/// Places on the sign-in page: 1 to this.
pub const ORDER_MAX: i64 = 99;

/// How a provider speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// OpenID Connect with discovery.
    #[default]
    Oidc,
    /// OAuth 2 with a user-information endpoint: addresses and names of fields are registered by hand.
    Oauth2,
    /// WeChat's own.
    Wechat,
    /// Alipay's own.
    Alipay,
}

impl Dialect {
    /// All.
    pub const ALL: [Self; 4] = [Self::Oidc, Self::Oauth2, Self::Wechat, Self::Alipay];

    /// As stored and sent.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Oidc => "oidc",
            Self::Oauth2 => "oauth2",
            Self::Wechat => "wechat",
            Self::Alipay => "alipay",
        }
    }

    /// As shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Oidc => "OpenID Connect（自动读取配置）",
            Self::Oauth2 => "OAuth 2.0（手工填写接口）",
            Self::Wechat => "微信",
            Self::Alipay => "支付宝",
        }
    }

    /// Whether it is one vendor's own: its addresses are known, and it says nothing of a person but a number.
    #[must_use]
    pub const fn vendor(self) -> bool {
        matches!(self, Self::Wechat | Self::Alipay)
    }
}

/// Where things stand in what a provider says; an empty name: it does not say it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fields {
    /// The person's number there.
    pub subject: String,
    /// The name.
    pub name: String,
    /// The citizen number.
    pub number: String,
    /// The mobile number.
    pub mobile: String,
    /// How well the person is known.
    pub level: String,
}

/// Addresses of a provider that cannot be asked for them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Places {
    /// Where the browser is sent.
    pub authorize: String,
    /// Where the code is exchanged.
    pub token: String,
    /// Where the person's facts are read.
    pub userinfo: String,
    /// Where the browser is sent from a page inside WeChat.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub inside: String,
}

/// What only the dialects of vendors have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Vendor {
    /// The official account (公众号) by which people come in from a page inside WeChat; empty: there is none.
    pub(crate) inside_client: String,
    /// Its secret.
    pub(crate) inside_secret: Option<SealedSecret>,
    /// Alipay's public key: base64 of its DER.
    pub(crate) public_key: String,
}

impl Vendor {
    fn none(&self) -> bool {
        *self == Self::default()
    }
}

/// A secret of ours at the provider: sealed in the vault under a key of its own, destroyed when another takes its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SealedSecret {
    /// Under what the vault keeps it: `provider_secret:ID`.
    pub(crate) id: String,
    /// SM3 of what is sealed.
    pub(crate) sealed: String,
}

/// All that the record determines of a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProviderState {
    pub(crate) name: String,
    pub(crate) dialect: Dialect,
    /// As its tokens name it, letter by letter; of the others the address at which its people sign in.
    pub(crate) issuer: String,
    /// As what we are known there; empty until the provider has said, and nobody comes in before.
    pub(crate) client: String,
    pub(crate) secret: Option<SealedSecret>,
    pub(crate) scopes: String,
    pub(crate) places: Places,
    pub(crate) fields: Fields,
    /// What its levels mean here.
    pub(crate) levels: Vec<(String, i64)>,
    /// Values of `acr` by which it says that two factors were shown, and is believed.
    pub(crate) two_factors: Vec<String>,
    /// Whether people who hold a post may come in by it.
    pub(crate) officers: bool,
    /// Its place on the sign-in page.
    pub(crate) order: i64,
    pub(crate) disabled: bool,
    #[serde(default, skip_serializing_if = "Vendor::none")]
    pub(crate) vendor: Vendor,
}

/// A provider as kept.
#[derive(Debug, Clone)]
pub(crate) struct Provider {
    pub(crate) id: Id<ProviderMark>,
    pub(crate) state: ProviderState,
    pub(crate) head: Head,
}

impl ProviderState {
    /// Whether anybody may come in by it.
    pub(crate) fn open(&self) -> bool {
        !self.disabled && !self.pending()
    }

    /// Whether it is not yet said as what we are known there.
    pub(crate) fn pending(&self) -> bool {
        self.client.is_empty() && self.vendor.inside_client.is_empty()
    }

    /// The real-name level that one of its levels means here; 0 of any that is not registered.
    pub(crate) fn level(&self, value: &str) -> i64 {
        self.levels.iter().find(|it| it.0 == value).map_or(0, |it| it.1)
    }
}
