//! Providers at which people sign in to come in here (登录渠道): what is registered of one.

use journal::Head;
use kernel::{Fault, Id};
use serde::{Deserialize, Serialize};

use super::{ADDRESS_MAX, address};
use crate::model::{level::SEEN, line, optional_line};

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
}

impl Dialect {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Oidc, Self::Oauth2];

    /// As stored and sent.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Oidc => "oidc",
            Self::Oauth2 => "oauth2",
        }
    }

    /// As shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Oidc => "OpenID Connect（自动读取配置）",
            Self::Oauth2 => "OAuth 2.0（手工填写接口）",
        }
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
    /// As its tokens name it, letter by letter; of OAuth 2 the address at which its people sign in.
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
        !self.disabled && !self.client.is_empty()
    }

    /// The real-name level that one of its levels means here; 0 of any that is not registered.
    pub(crate) fn level(&self, value: &str) -> i64 {
        self.levels.iter().find(|it| it.0 == value).map_or(0, |it| it.1)
    }
}

/// A provider as an administrator fills it in.
#[derive(Clone, Default)]
pub struct NewProvider {
    /// Its name, as people know it.
    pub name: String,
    /// How it speaks; not changed afterwards.
    pub dialect: Dialect,
    /// Its issuer; not changed afterwards.
    pub issuer: String,
    /// As what we are known there; may follow later, since the provider asks for our address first.
    pub client: String,
    /// Our secret there; empty: as before, or none.
    pub secret: String,
    /// What is asked for, with blanks between.
    pub scopes: String,
    /// Addresses of OAuth 2.
    pub places: Places,
    /// Where things stand.
    pub fields: Fields,
    /// One a line: 「值=级」.
    pub levels: String,
    /// One a line.
    pub two_factors: String,
    /// Whether people who hold a post may come in by it.
    pub officers: bool,
    /// Its place on the sign-in page.
    pub order: i64,
}

impl NewProvider {
    /// Checks every field. Dialect and issuer of one that is registered stay: another issuer's people would be taken for its own.
    ///
    /// # Errors
    /// What is wrong, field by field.
    pub(crate) fn check(&self, before: Option<&ProviderState>) -> Result<ProviderState, Vec<Fault>> {
        let mut faults = Vec::new();
        let name = line(&mut faults, "name", "渠道名称", &self.name, NAME_MAX);
        let client = optional_line(&mut faults, "client", "客户端编号", &self.client, WORD_MAX);
        optional_line(&mut faults, "secret", "密钥", &self.secret, WORD_MAX);
        let dialect = before.map_or(self.dialect, |it| it.dialect);
        let places = if dialect == Dialect::Oauth2 { self.places(&mut faults) } else { Places::default() };
        let issuer = match (before, dialect) {
            (Some(before), _) => before.issuer.clone(),
            (None, Dialect::Oidc) => self.issuer(&mut faults),
            (None, Dialect::Oauth2) => places.authorize.clone(),
        };
        let scopes = scopes(&mut faults, dialect, &self.scopes);
        let fields = self.fields(&mut faults, dialect);
        let levels = levels(&mut faults, &self.levels);
        let two_factors = lines(&mut faults, "two_factors", "两步验证的取值", &self.two_factors);
        if dialect == Dialect::Oauth2 && !two_factors.is_empty() {
            faults.push(Fault::new("two_factors", "OAuth 2.0 的应答没有签名，不能凭它免去两步验证，请清空。"));
        }
        if !(1..=ORDER_MAX).contains(&self.order) {
            faults.push(Fault::new("order", format!("次序应为 1 至 {ORDER_MAX} 的数字。")));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let (secret, disabled) = (before.and_then(|it| it.secret.clone()), before.is_some_and(|it| it.disabled));
        let (officers, order) = (self.officers, self.order);
        Ok(ProviderState {
            name,
            dialect,
            issuer,
            client,
            secret,
            scopes,
            places,
            fields,
            levels,
            two_factors,
            officers,
            order,
            disabled,
        })
    }

    fn issuer(&self, faults: &mut Vec<Fault>) -> String {
        let typed = self.issuer.trim();
        if address(typed).is_none_or(|it| it.query().is_some()) {
            faults.push(wrong_address("issuer", "签发者"));
        }
        typed.to_owned()
    }

    fn places(&self, faults: &mut Vec<Fault>) -> Places {
        let mut read = |field: &str, label: &str, typed: &str| {
            let typed = typed.trim();
            if address(typed).is_none() {
                faults.push(wrong_address(field, label));
            }
            typed.to_owned()
        };
        Places {
            authorize: read("authorize", "登录地址", &self.places.authorize),
            token: read("token", "令牌地址", &self.places.token),
            userinfo: read("userinfo", "用户信息地址", &self.places.userinfo),
        }
    }

    fn fields(&self, faults: &mut Vec<Fault>, dialect: Dialect) -> Fields {
        let mut read = |field: &str, label: &str, typed: &str| optional_line(faults, field, label, typed, WORD_MAX);
        let it = &self.fields;
        let (name, number) =
            (read("name_field", "姓名字段", &it.name), read("number_field", "身份号码字段", &it.number));
        let (mobile, level) =
            (read("mobile_field", "手机号字段", &it.mobile), read("level_field", "等级字段", &it.level));
        let subject = match dialect {
            // The standard's own.
            Dialect::Oidc => "sub".to_owned(),
            Dialect::Oauth2 => line(faults, "subject_field", "用户编号字段", &it.subject, WORD_MAX),
        };
        Fields { subject, name, number, mobile, level }
    }
}

fn wrong_address(field: &str, label: &str) -> Fault {
    let words = format!("{label}应为 https:// 开头的网址（本机可用 http://127.0.0.1），不超过 {ADDRESS_MAX} 个字符。");
    Fault::new(field, words)
}

fn scopes(faults: &mut Vec<Fault>, dialect: Dialect, typed: &str) -> String {
    let typed = optional_line(faults, "scopes", "请求的范围", typed, SCOPES_MAX);
    let mut words: Vec<&str> = typed.split_whitespace().collect();
    if dialect == Dialect::Oidc && !words.contains(&"openid") {
        words.insert(0, "openid");
    }
    words.join(" ")
}

/// The lines of a field, without empty ones.
fn lines(faults: &mut Vec<Fault>, field: &str, label: &str, typed: &str) -> Vec<String> {
    let found: Vec<&str> = typed.lines().map(str::trim).filter(|it| !it.is_empty()).collect();
    if found.len() > LINES_MAX {
        faults.push(Fault::new(field, format!("{label}最多 {LINES_MAX} 行，请删减。")));
    }
    found.into_iter().map(|it| line(faults, field, label, it, WORD_MAX)).collect()
}

/// The table of levels: a value of the provider, `=`, and the real-name level that it means here.
fn levels(faults: &mut Vec<Fault>, typed: &str) -> Vec<(String, i64)> {
    let mut table: Vec<(String, i64)> = Vec::new();
    for line in lines(faults, "levels", "等级对照", typed) {
        let read = line.rsplit_once('=').and_then(|(value, level)| {
            let level = level.trim().parse::<i64>().ok().filter(|it| (0..=SEEN).contains(it))?;
            Some((value.trim().to_owned(), level)).filter(|it| !it.0.is_empty())
        });
        match read {
            Some(row) if table.iter().any(|it| it.0 == row.0) => {
                faults.push(Fault::new("levels", format!("「{}」写了两次，请只留一行。", row.0)));
            }
            Some(row) => table.push(row),
            None => faults.push(Fault::new("levels", format!("「{line}」应写成「值=级」，级为 0 至 {SEEN}。"))),
        }
    }
    table
}
