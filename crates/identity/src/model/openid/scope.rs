//! What a system may ask to read about a person, in the words the person reads.

use std::collections::BTreeSet;

use super::Denial;

/// One thing that a system may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// As the protocol writes it.
    pub code: &'static str,
    /// In short: 「姓名」.
    pub name: &'static str,
    /// What the person agrees to, in plain words.
    pub words: &'static str,
    /// The claims it gives.
    pub claims: &'static [&'static str],
    /// Whether it is sensitive (个人信息保护法 articles 28, 29: separate consent): its box is not ticked beforehand.
    pub sensitive: bool,
}

/// Without it there is no sign-in, only a token.
pub const OPENID: &str = "openid";
/// Tokens may be renewed while the person is away.
pub const OFFLINE: &str = "offline_access";

/// Every scope, in the order a person reads them.
pub const SCOPES: &[Scope] = &[
    Scope {
        code: OPENID,
        name: "登录",
        words: "确认是您本人登录。这个系统只得到一个专用编号，不同系统的编号不同。",
        claims: &["sub"],
        sensitive: false,
    },
    Scope { code: "profile", name: "姓名", words: "您的姓名", claims: &["name"], sensitive: false },
    Scope {
        code: "citizen_number",
        name: "证件号码",
        words: "您的公民身份号码",
        claims: &["citizen_number"],
        sensitive: true,
    },
    Scope { code: "phone", name: "手机号", words: "您的手机号", claims: &["phone_number"], sensitive: true },
    Scope {
        code: "level",
        name: "实名级别",
        words: "您的实名等级（零至三级）",
        claims: &["real_name_level"],
        sensitive: false,
    },
    Scope {
        code: "enterprise",
        name: "企业",
        words: "您现在代表哪个单位办事：名称和统一社会信用代码",
        claims: &["enterprise"],
        sensitive: false,
    },
    Scope {
        code: "agency",
        name: "经办范围",
        words: "您可以代表哪些单位办事，是法定代表人还是经办人",
        claims: &["agency"],
        sensitive: false,
    },
    Scope {
        code: "posts",
        name: "岗位",
        words: "您的工作岗位：在哪个实施主体、做什么",
        claims: &["posts"],
        sensitive: false,
    },
    Scope {
        code: OFFLINE,
        name: "持续访问",
        words: "您退出登录后，30 天内仍可读取以上同意的内容",
        claims: &[],
        sensitive: true,
    },
];

/// The scope of this code.
#[must_use]
pub fn scope(code: &str) -> Option<&'static Scope> {
    SCOPES.iter().find(|it| it.code == code)
}

/// A set of scopes; written with blanks between, in order of the alphabet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes(BTreeSet<String>);

impl Scopes {
    /// Reads `a b c`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self(text.split(' ').filter(|it| !it.is_empty()).map(str::to_owned).collect())
    }

    /// These scopes.
    #[must_use]
    pub fn of<'a>(codes: impl IntoIterator<Item = &'a str>) -> Self {
        Self(codes.into_iter().map(str::to_owned).collect())
    }

    /// Whether this one is among them.
    #[must_use]
    pub fn has(&self, code: &str) -> bool {
        self.0.contains(code)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether each of these is among `others`.
    #[must_use]
    pub fn within(&self, others: &Self) -> bool {
        self.0.is_subset(&others.0)
    }

    /// Those that are also among `others`.
    #[must_use]
    pub fn both(&self, others: &Self) -> Self {
        Self(self.0.intersection(&others.0).cloned().collect())
    }

    /// These and `others`.
    #[must_use]
    pub fn with(&self, others: &Self) -> Self {
        Self(self.0.union(&others.0).cloned().collect())
    }

    /// These without `others`.
    #[must_use]
    pub fn without(&self, others: &Self) -> Self {
        Self(self.0.difference(&others.0).cloned().collect())
    }

    /// Each code.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// What is asked for, out of what may be; nothing asked for is all that may be.
    ///
    /// # Errors
    /// If it asks for more.
    pub fn narrowed(asked: Option<&str>, allowed: &Self) -> Result<Self, Denial> {
        let Some(asked) = asked else { return Ok(allowed.clone()) };
        let asked = Self::parse(asked);
        if asked.is_empty() || !asked.within(allowed) {
            return Err(Denial::scope("the scope is not this client's, or more than was granted"));
        }
        Ok(asked)
    }
}

impl std::fmt::Display for Scopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.iter().collect::<Vec<_>>().join(" "))
    }
}
