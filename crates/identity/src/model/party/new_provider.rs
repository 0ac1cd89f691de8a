//! A provider as an administrator fills it in, and what can be wrong with it, field by field, by the dialect it speaks.

use kernel::Fault;

use super::{
    ADDRESS_MAX, address, alipay,
    provider::{Dialect, Fields, LINES_MAX, NAME_MAX, ORDER_MAX, Places, ProviderState, SCOPES_MAX, Vendor, WORD_MAX},
    wechat,
};
use crate::model::{level::SEEN, line, optional_line};

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
    /// Our secret there, of Alipay the app's private key; empty: as before, or none.
    pub secret: String,
    /// The official account of WeChat, for pages inside it; may be empty.
    pub inside_client: String,
    /// Its secret; empty: as before.
    pub inside_secret: String,
    /// Alipay's public key.
    pub public_key: String,
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
        let dialect = before.map_or(self.dialect, |it| it.dialect);
        let client = self.client(&mut faults, dialect);
        let places = self.places(&mut faults, dialect);
        let issuer = match (before, dialect) {
            (Some(before), _) => before.issuer.clone(),
            (None, Dialect::Oidc) => self.issuer(&mut faults),
            (None, _) if places.authorize.is_empty() => places.inside.clone(),
            (None, _) => places.authorize.clone(),
        };
        let scopes = self.scopes(&mut faults, dialect);
        let fields = self.fields(&mut faults, dialect);
        let vendor = self.vendor(&mut faults, (dialect, before));
        let (levels, two_factors) = match dialect.vendor() {
            true => (Vec::new(), Vec::new()),
            false => (
                levels(&mut faults, &self.levels),
                lines(&mut faults, "two_factors", "两步验证的取值", &self.two_factors),
            ),
        };
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
            vendor,
        })
    }

    /// As what we are known there. WeChat needs an app of ours or an official account, Alipay an app: either is had before it is
    /// registered here.
    fn client(&self, faults: &mut Vec<Fault>, dialect: Dialect) -> String {
        match dialect {
            Dialect::Oidc | Dialect::Oauth2 => optional_line(faults, "client", "客户端编号", &self.client, WORD_MAX),
            Dialect::Alipay => line(faults, "client", "应用编号（APPID）", &self.client, WORD_MAX),
            Dialect::Wechat => {
                let client = optional_line(faults, "client", "网站应用的 AppID", &self.client, WORD_MAX);
                if client.is_empty() && self.inside_client.trim().is_empty() {
                    faults.push(Fault::new("client", "请填写网站应用或公众号的 AppID，至少一个。"));
                }
                client
            }
        }
    }

    /// What only vendors have, with the secrets that go with it: there is no way in without them.
    fn vendor(&self, faults: &mut Vec<Fault>, (dialect, before): (Dialect, Option<&ProviderState>)) -> Vendor {
        let had = before.map(|it| &it.vendor);
        match dialect {
            Dialect::Oidc | Dialect::Oauth2 => {
                optional_line(faults, "secret", "密钥", &self.secret, WORD_MAX);
                Vendor::default()
            }
            Dialect::Wechat => {
                let inside_client =
                    optional_line(faults, "inside_client", "公众号的 AppID", &self.inside_client, WORD_MAX);
                let secret_kept = before.is_some_and(|it| it.secret.is_some());
                if !self.client.trim().is_empty() && !secret_kept {
                    line(faults, "secret", "网站应用的 AppSecret", &self.secret, WORD_MAX);
                }
                let inside_secret = had.and_then(|it| it.inside_secret.clone());
                if !inside_client.is_empty() && inside_secret.is_none() {
                    line(faults, "inside_secret", "公众号的 AppSecret", &self.inside_secret, WORD_MAX);
                }
                Vendor { inside_client, inside_secret, public_key: String::new() }
            }
            Dialect::Alipay => {
                self.alipay_keys(faults, before.is_some_and(|it| it.secret.is_some()));
                Vendor { public_key: alipay::bare(&self.public_key), ..Vendor::default() }
            }
        }
    }

    /// Our private key and Alipay's public one: each must be what it says it is, or every sign-in would fail.
    fn alipay_keys(&self, faults: &mut Vec<Fault>, kept: bool) {
        let wrong = |label: &str| format!("{label}应为支付宝密钥工具给出的 RSA2 密钥（2048 位以上），请整段粘贴。");
        let private = alipay::private_key(&self.secret);
        let secret_missing = self.secret.trim().is_empty();
        if (secret_missing && !kept) || (!secret_missing && private.is_none()) || self.secret.len() > alipay::KEY_MAX {
            faults.push(Fault::new("secret", wrong("应用私钥")));
        }
        if self.public_key.len() > alipay::KEY_MAX || alipay::public_key(&self.public_key).is_none() {
            faults.push(Fault::new("public_key", wrong("支付宝公钥")));
        } else if private.is_some_and(|it| alipay::own(&self.public_key, &it)) {
            faults.push(Fault::new(
                "public_key",
                "这是应用自己的公钥。请在支付宝开放平台「接口加签方式」里复制支付宝公钥。",
            ));
        }
    }

    fn issuer(&self, faults: &mut Vec<Fault>) -> String {
        let typed = self.issuer.trim();
        if address(typed).is_none_or(|it| it.query().is_some()) {
            faults.push(wrong_address("issuer", "签发者"));
        }
        typed.to_owned()
    }

    /// Addresses of a provider that publishes none. Those of vendors are known and stand there unless others are typed.
    fn places(&self, faults: &mut Vec<Fault>, dialect: Dialect) -> Places {
        let mut read = |field: &str, label: &str, typed: &str, known: &str| {
            let typed = Some(typed.trim()).filter(|it| !it.is_empty()).unwrap_or(known);
            if address(typed).is_none() {
                faults.push(wrong_address(field, label));
            }
            typed.to_owned()
        };
        let it = &self.places;
        match dialect {
            Dialect::Oidc => Places::default(),
            Dialect::Oauth2 => Places {
                authorize: read("authorize", "登录地址", &it.authorize, ""),
                token: read("token", "令牌地址", &it.token, ""),
                userinfo: read("userinfo", "用户信息地址", &it.userinfo, ""),
                inside: String::new(),
            },
            Dialect::Wechat => Places {
                authorize: read("authorize", "扫码登录地址", &it.authorize, wechat::QR),
                inside: read("inside", "微信内登录地址", &it.inside, wechat::INSIDE),
                token: read("token", "令牌地址", &it.token, wechat::TOKEN),
                userinfo: String::new(),
            },
            Dialect::Alipay => Places {
                authorize: read("authorize", "登录地址", &it.authorize, alipay::AUTHORIZE),
                token: read("token", "网关地址", &it.token, alipay::GATEWAY),
                ..Places::default()
            },
        }
    }

    fn fields(&self, faults: &mut Vec<Fault>, dialect: Dialect) -> Fields {
        if dialect.vendor() {
            return Fields { subject: self.vendor_subject(faults, dialect), ..Fields::default() };
        }
        let mut read = |field: &str, label: &str, typed: &str| optional_line(faults, field, label, typed, WORD_MAX);
        let it = &self.fields;
        let (name, number) =
            (read("name_field", "姓名字段", &it.name), read("number_field", "身份号码字段", &it.number));
        let (mobile, level) =
            (read("mobile_field", "手机号字段", &it.mobile), read("level_field", "等级字段", &it.level));
        let subject = match dialect {
            Dialect::Oauth2 => line(faults, "subject_field", "用户编号字段", &it.subject, WORD_MAX),
            // The standard's own.
            _ => "sub".to_owned(),
        };
        Fields { subject, name, number, mobile, level }
    }

    /// By which of a vendor's two numbers a person is known. With two ways into WeChat only one number is the same in both.
    fn vendor_subject(&self, faults: &mut Vec<Fault>, dialect: Dialect) -> String {
        let both = match dialect {
            Dialect::Wechat => [wechat::UNIONID, wechat::OPENID],
            _ => [alipay::OPEN_ID, alipay::USER_ID],
        };
        let typed = self.fields.subject.trim();
        if !both.contains(&typed) {
            let words = format!("请选择按哪个编号认人：{} 或 {}。", both[0], both[1]);
            faults.push(Fault::new("subject_field", words));
        }
        let two_ways = !self.client.trim().is_empty() && !self.inside_client.trim().is_empty();
        if dialect == Dialect::Wechat && two_ways && typed == wechat::OPENID {
            let words = "同时登记网站应用和公众号的，应按 unionid 认人：同一个人在两处的 openid 不同。";
            faults.push(Fault::new("subject_field", words));
        }
        typed.to_owned()
    }

    fn scopes(&self, faults: &mut Vec<Fault>, dialect: Dialect) -> String {
        let typed = optional_line(faults, "scopes", "请求的范围", &self.scopes, SCOPES_MAX);
        let mut words: Vec<&str> = typed.split_whitespace().collect();
        match dialect {
            Dialect::Oidc if !words.contains(&"openid") => words.insert(0, "openid"),
            Dialect::Alipay if words.is_empty() => words.push(alipay::SCOPE),
            // What WeChat is asked for follows from where the page is open.
            Dialect::Wechat => words.clear(),
            _ => {}
        }
        words.join(if dialect == Dialect::Alipay { "," } else { " " })
    }
}

fn wrong_address(field: &str, label: &str) -> Fault {
    let words = format!("{label}应为 https:// 开头的网址（本机可用 http://127.0.0.1），不超过 {ADDRESS_MAX} 个字符。");
    Fault::new(field, words)
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
