//! Systems of others (接入系统): what is registered of one, and what it may therefore do.

use std::net::{Ipv4Addr, Ipv6Addr};

use journal::Head;
use kernel::{Authority, Client as ClientMark, Fault, Id, Moment};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use url::{Host, Url};

use super::{key::Algorithm, proof::Keys, scope, scope::Scopes};
use crate::model::{account::sm3_hex, line};

/// A name has so many characters at most.
pub const NAME_MAX: usize = 40;
/// A purpose has so many characters at most.
pub const PURPOSE_MAX: usize = 100;
/// Redirect addresses of one kind at most.
pub const REDIRECTS_MAX: usize = 10;
/// An address has so many bytes at most.
pub const ADDRESS_MAX: usize = 500;
/// After a change of secret the old one is good for so many seconds more: a week to bring the new one to every machine.
pub const OLD_SECRET_SECONDS: i64 = 7 * 24 * 3_600;

/// What kind of system it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// With a server of its own, which keeps a secret.
    #[default]
    Web,
    /// An app on a telephone or computer, which can keep none (RFC 8252).
    Public,
    /// A machine that calls the API for nobody in particular.
    Machine,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Web, Self::Public, Self::Machine];

    /// As stored and sent.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Public => "public",
            Self::Machine => "machine",
        }
    }

    /// As shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Web => "网站（有自己的服务器）",
            Self::Public => "手机或电脑上的应用",
            Self::Machine => "机器接口（不代表任何人）",
        }
    }
}

/// How a system shows that it is itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// A secret that it was given here (`client_secret_basic`, `client_secret_post`).
    #[default]
    Secret,
    /// A signature with a key of its own (`private_key_jwt`, RFC 7523).
    Key,
    /// Nothing: PKCE alone binds the answer to it (`none`).
    Nothing,
}

/// A scope that the system may ask for, and what for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowed {
    /// The scope.
    pub scope: String,
    /// What the system uses it for, as the person reads it.
    pub purpose: String,
}

/// A secret, of which only the digest is kept: it has 256 bits, so that a plain digest is as good as a slow one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Secret {
    pub(crate) digest: String,
    pub(crate) made_at: Moment,
    /// When it stops; `None`: it is the present one.
    pub(crate) until: Option<Moment>,
}

/// All that the record determines of a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ClientState {
    pub(crate) authority: Id<Authority>,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) proof: Proof,
    pub(crate) redirects: Vec<String>,
    pub(crate) logout_redirects: Vec<String>,
    /// Where it is told that a session ended; may be empty.
    pub(crate) backchannel: String,
    pub(crate) scopes: Vec<Allowed>,
    pub(crate) alg: Algorithm,
    /// Its own public keys as a JWK set; empty unless it proves itself by key.
    pub(crate) keys: String,
    /// Systems with the same sector know a person by the same number (OpenID Connect Core section 8.1).
    pub(crate) sector: String,
    pub(crate) officers_only: bool,
    pub(crate) must_push: bool,
    /// Whether it may ask about tokens of other systems.
    pub(crate) inspects: bool,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) disabled: bool,
}

/// A system as kept.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) id: Id<ClientMark>,
    pub(crate) state: ClientState,
    pub(crate) head: Head,
}

impl ClientState {
    /// What it may ask for.
    pub(crate) fn scope_set(&self) -> Scopes {
        Scopes::of(self.scopes.iter().map(|it| it.scope.as_str()))
    }

    /// What it uses a scope for.
    pub(crate) fn purpose(&self, scope: &str) -> &str {
        self.scopes.iter().find(|it| it.scope == scope).map_or("", |it| it.purpose.as_str())
    }

    /// Whether an answer may go to this address: one that is registered, letter by letter (RFC 9700 section 2.1); an app on one's own
    /// machine may choose its port (RFC 8252 section 7.3).
    pub(crate) fn redirects_to(&self, address: &str) -> bool {
        let exact = self.redirects.iter().any(|it| it == address);
        exact || (self.kind == Kind::Public && self.redirects.iter().any(|it| same_but_port(it, address)))
    }

    /// Whether this is one of its secrets that still is good.
    pub(crate) fn has_secret(&self, given: &str, now: Moment) -> bool {
        let digest = sm3_hex(given);
        let good = self.secrets.iter().filter(|it| it.until.is_none_or(|until| until > now));
        good.fold(false, |found, it| found | bool::from(it.digest.as_bytes().ct_eq(digest.as_bytes())))
    }

    /// The same with a new secret; the one before is good for a while yet, all older ones are not.
    pub(crate) fn with_secret(&self, secret: &str, now: Moment) -> Self {
        let made = Secret { digest: sm3_hex(secret), made_at: now, until: None };
        let until = Some(now.plus_seconds(OLD_SECRET_SECONDS));
        let before = self.secrets.iter().filter(|it| it.until.is_none()).map(|it| Secret { until, ..it.clone() });
        Self { secrets: before.chain([made]).collect(), ..self.clone() }
    }

    /// The same with only the present secret.
    pub(crate) fn without_old_secret(&self) -> Self {
        let secrets = self.secrets.iter().filter(|it| it.until.is_none()).cloned().collect();
        Self { secrets, ..self.clone() }
    }
}

fn same_but_port(registered: &str, address: &str) -> bool {
    let (Ok(registered), Ok(mut address)) = (Url::parse(registered), Url::parse(address)) else { return false };
    let plain = address.username().is_empty() && address.password().is_none() && address.fragment().is_none();
    plain
        && is_loopback(&registered)
        && is_loopback(&address)
        && address.set_port(registered.port()).is_ok()
        && address == registered
}

/// `http` to this machine itself, by number: a name may lead elsewhere (RFC 8252 section 8.3).
fn is_loopback(url: &Url) -> bool {
    let here = match url.host() {
        Some(Host::Ipv4(it)) => it == Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(it)) => it == Ipv6Addr::LOCALHOST,
        Some(Host::Domain(_)) | None => false,
    };
    url.scheme() == "http" && here
}

/// A system as an administrator fills it in.
#[derive(Debug, Clone, Default)]
pub struct NewClient {
    /// Its name, as people know it.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// Whether it proves itself by a key of its own instead of a secret.
    pub by_key: bool,
    /// Its public keys (JWK set), if so.
    pub keys: String,
    /// Redirect addresses, one a line.
    pub redirects: String,
    /// Addresses to return to after signing out, one a line.
    pub logout_redirects: String,
    /// Where it is told that a session ended; may be empty.
    pub backchannel: String,
    /// What it may ask for.
    pub scopes: Vec<Allowed>,
    /// Whether tokens are signed with RS256 instead of ES256.
    pub rsa: bool,
    /// Its sector, where its addresses have several hosts or several systems share one; empty: the host.
    pub sector: String,
    /// Whether only officers may sign in.
    pub officers_only: bool,
    /// Whether it must push its requests (RFC 9126).
    pub must_push: bool,
    /// Whether it may ask about tokens of other systems.
    pub inspects: bool,
}

impl NewClient {
    /// Checks every field; what is not filled in here (secrets, whether it is disabled) comes from `before`.
    ///
    /// # Errors
    /// What is wrong, field by field.
    pub(crate) fn check(
        &self,
        authority: Id<Authority>,
        before: Option<&ClientState>,
    ) -> Result<ClientState, Vec<Fault>> {
        let mut faults = Vec::new();
        let name = line(&mut faults, "name", "系统名称", &self.name, NAME_MAX);
        let kind = before.map_or(self.kind, |it| it.kind);
        let people = kind != Kind::Machine;
        let (redirects, logout_redirects) = if people {
            (
                addresses(&mut faults, "redirects", &self.redirects, true),
                addresses(&mut faults, "logout_redirects", &self.logout_redirects, false),
            )
        } else {
            (Vec::new(), Vec::new())
        };
        let backchannel = if people { self.backchannel.trim() } else { "" };
        if let Some(wrong) = Some(backchannel).filter(|it| !it.is_empty()).and_then(address_fault) {
            faults.push(Fault::new("backchannel", wrong));
        }
        let proof = match kind {
            Kind::Public => Proof::Nothing,
            Kind::Web | Kind::Machine if self.by_key => Proof::Key,
            Kind::Web | Kind::Machine => Proof::Secret,
        };
        let keys = if proof == Proof::Key { self.keys.trim().to_owned() } else { String::new() };
        if proof == Proof::Key && Keys::read(&keys).is_none() {
            let words = "公钥集应为 JWK 格式（{\"keys\":[…]}），只含 ES256 或 RS256 的公钥，每把有 kid。";
            faults.push(Fault::new("keys", words));
        }
        let sector = self.sector(&mut faults, &redirects, before);
        let scopes = if people { self.allowed(&mut faults) } else { Vec::new() };
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(ClientState {
            authority,
            name,
            kind,
            proof,
            redirects,
            logout_redirects,
            backchannel: backchannel.to_owned(),
            scopes,
            alg: if self.rsa { Algorithm::Rs256 } else { Algorithm::Es256 },
            keys,
            sector,
            officers_only: people && self.officers_only,
            must_push: people && self.must_push,
            inspects: self.inspects && proof != Proof::Nothing,
            secrets: before.map(|it| it.secrets.clone()).unwrap_or_default(),
            disabled: before.is_some_and(|it| it.disabled),
        })
    }

    /// Once given it stays: another sector would make every person a stranger to the system.
    fn sector(&self, faults: &mut Vec<Fault>, redirects: &[String], before: Option<&ClientState>) -> String {
        if let Some(before) = before {
            return before.sector.clone();
        }
        let given = self.sector.trim().to_ascii_lowercase();
        if given.len() > ADDRESS_MAX || given.chars().any(char::is_whitespace) {
            faults.push(Fault::new("sector", "共用编号的范围应为一个主机名，如 app.example.gov.cn。"));
        }
        let mut hosts: Vec<String> =
            redirects.iter().filter_map(|it| Url::parse(it).ok()?.host_str().map(str::to_owned)).collect();
        hosts.dedup();
        match hosts.as_slice() {
            _ if !given.is_empty() => given,
            [host] => host.clone(),
            [] => String::new(),
            _ => {
                faults.push(Fault::new("sector", "返回地址分属几个主机，请写明共用编号的范围。"));
                String::new()
            }
        }
    }

    fn allowed(&self, faults: &mut Vec<Fault>) -> Vec<Allowed> {
        let mut out = Vec::new();
        for it in &self.scopes {
            let Some(known) = scope::scope(&it.scope) else {
                faults.push(Fault::new("scopes", "没有这种范围，请从列表中选择。"));
                continue;
            };
            let field = format!("purpose-{}", known.code);
            let purpose = if matches!(known.code, scope::OPENID | scope::OFFLINE) {
                it.purpose.trim().to_owned()
            } else {
                line(faults, &field, &format!("「{}」的用途", known.name), &it.purpose, PURPOSE_MAX)
            };
            out.push(Allowed { scope: known.code.to_owned(), purpose });
        }
        if out.is_empty() {
            faults.push(Fault::new("scopes", "请至少选择一项。"));
        }
        out
    }
}

fn addresses(faults: &mut Vec<Fault>, field: &str, text: &str, needed: bool) -> Vec<String> {
    let lines: Vec<String> = text.lines().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect();
    if needed && lines.is_empty() {
        faults.push(Fault::new(field, "请填写至少一个返回地址，一行一个。"));
    }
    if lines.len() > REDIRECTS_MAX {
        faults.push(Fault::new(field, format!("地址最多 {REDIRECTS_MAX} 个。")));
    }
    faults.extend(lines.iter().filter_map(|it| address_fault(it)).map(|wrong| Fault::new(field, wrong)));
    lines
}

/// What is wrong with an address of another system.
fn address_fault(text: &str) -> Option<String> {
    let wrong = |why: &str| Some(format!("「{text}」{why}"));
    let url = match Url::parse(text) {
        Ok(url) if text.len() <= ADDRESS_MAX && text.is_ascii() => url,
        _ => return wrong("不是完整的网址，请填写如 https://app.example.gov.cn/callback 的地址。"),
    };
    if url.scheme() != "https" && !is_loopback(&url) {
        return wrong("须以 https:// 开头（本机调试可用 http://127.0.0.1）。");
    }
    if url.fragment().is_some() || text.contains('#') {
        return wrong("不能含有 #。");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("不能含有用户名或密码。");
    }
    if text.contains('*') || url.host_str().is_none_or(str::is_empty) {
        return wrong("不能含有通配符，须写明主机。");
    }
    None
}
