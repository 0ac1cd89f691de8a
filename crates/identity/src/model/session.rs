//! Sessions: how long one stays signed in.

use kernel::{Id, Moment, Person};

use super::party::link::Came;

/// A session, as an id's mark.
#[derive(Debug)]
pub enum SessionMark {}

/// How long a session lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// Seconds without any request after which it ends.
    pub idle: i64,
    /// Seconds after which it ends in any case.
    pub whole: i64,
}

/// Of an officer, who works with other people's data: half an hour idle, twelve hours in all.
pub const OFFICER: Lifetime = Lifetime { idle: 30 * 60, whole: 12 * 3600 };
/// Of an applicant, who looks for papers while a form is open: two hours idle, a day in all.
pub const APPLICANT: Lifetime = Lifetime { idle: 2 * 3600, whole: 24 * 3600 };
/// The row is touched at most so often, in seconds: a page must not cost a write.
pub(crate) const SEEN_EVERY: i64 = 60;

/// What decides, seals or revokes is done within so many seconds of the last proof of who one is.
pub(crate) const PROOF_SECONDS: i64 = 30 * 60;

/// A session as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionRow {
    /// SM3 of the secret token.
    pub(crate) token: String,
    pub(crate) id: Id<SessionMark>,
    pub(crate) person: Id<Person>,
    /// 「Windows 电脑上的 Chrome」, or the program's own name.
    pub(crate) device: String,
    pub(crate) made_at: Moment,
    pub(crate) seen_at: Moment,
    /// Two factors were shown.
    pub(crate) strong: bool,
    /// When its owner last proved who it is.
    pub(crate) proved_at: Moment,
    /// It was opened on a device not seen before.
    pub(crate) unfamiliar: bool,
    /// By which link it came, if from a provider.
    pub(crate) came: Option<Came>,
}

impl Lifetime {
    /// The lifetime of a person's sessions.
    #[must_use]
    pub fn of(officer: bool) -> Self {
        if officer { OFFICER } else { APPLICANT }
    }

    /// When a session that began then and was last used then ends.
    #[must_use]
    pub fn end(self, made_at: Moment, seen_at: Moment) -> Moment {
        seen_at.plus_seconds(self.idle).min(made_at.plus_seconds(self.whole))
    }
}

/// What a person recognises a device by, out of what the browser says of itself.
#[must_use]
pub fn device(agent: &str) -> String {
    let system = [
        ("iPhone", "苹果手机"),
        ("iPad", "苹果平板"),
        ("HarmonyOS", "鸿蒙设备"),
        ("Android", "安卓手机"),
        ("Windows", "Windows 电脑"),
        ("Mac OS", "苹果电脑"),
        ("Linux", "Linux 电脑"),
    ];
    let browser = [
        ("MicroMessenger", "微信"),
        ("AlipayClient", "支付宝"),
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let first = |table: &[(&str, &'static str)]| table.iter().find(|it| agent.contains(it.0)).map(|it| it.1);
    match (first(&system), first(&browser)) {
        (Some(system), Some(browser)) => format!("{system}上的 {browser}"),
        (Some(system), None) => system.to_owned(),
        (None, Some(browser)) => browser.to_owned(),
        (None, None) => "其他设备或程序".to_owned(),
    }
}
