//! Login at others (relying party): providers registered at the desk, the way there and back, accounts that are linked, the way out.
//! Rules are those of `model/party`; what is fetched comes through [`Fetcher`], which `yiwang` gives.

pub(crate) mod links;
pub(crate) mod logout;
pub(crate) mod metadata;
pub(crate) mod providers;
pub(crate) mod trip;
mod vendors;

use std::sync::Arc;

use async_trait::async_trait;
use kernel::{Ctx, Error, Result};
use storage::{Unit, args};
use webkit::App;

use crate::{
    model::{
        openid::{Denial, Parameters},
        party::token::Doubt,
    },
    store::party as rows,
};

/// Arrivals forgotten in one round.
const SWEPT: i64 = 200;

/// A request to a provider.
pub struct Errand {
    /// Where to: `https`, or `http` on this machine.
    pub address: String,
    /// The `Authorization` header; empty: none.
    pub authorization: String,
    /// The form to post, urlencoded; `None`: the address is read.
    pub form: Option<String>,
}

/// Says only where to: what is asked may be secret.
impl std::fmt::Debug for Errand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Errand({})", self.address.split('?').next().unwrap_or_default())
    }
}

/// Asks providers. Whoever fetches keeps limits of size and time, follows no redirect, and calls no address inside the house that the
/// operator did not allow: what is asked may come from a document of others.
#[async_trait]
pub trait Fetcher: Send + Sync {
    /// The body of an answer 2xx.
    ///
    /// # Errors
    /// If there is none, for whatever reason; its words go to the log and hold nothing personal.
    async fn fetch(&self, errand: Errand) -> Result<Vec<u8>>;
}

/// How providers are asked, as one of the site's own parts ([`webkit::Parts::own`]); without it nobody signs in elsewhere.
pub struct Fetching(pub Arc<dyn Fetcher>);

pub(crate) async fn fetch(app: &App, errand: Errand) -> Trip<Vec<u8>> {
    let Ok(fetching) = app.part::<Fetching>() else { return Err(Trouble::NotReachable.into()) };
    let told = format!("{errand:?}");
    fetching.0.fetch(errand).await.map_err(|error| {
        tracing::warn!(errand = %told, cause = ?error, "a login provider did not answer");
        Trouble::NotReachable.into()
    })
}

/// Why nobody comes in by a provider, as people are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It is switched off, or there is none.
    Off,
    /// It does not answer, or not as it should.
    NotReachable,
    /// The person, or the provider, gave up.
    Cancelled,
    /// It took too long, or was used.
    Late,
    /// Another browser was sent there.
    NotHere,
    /// What it says cannot be believed.
    Doubted(Doubt),
    /// The answer says that it is another provider's.
    Mixed,
    /// Whoever holds a post does not come in by it.
    Officer,
    /// It is for pages inside WeChat alone.
    Inside,
}

impl Trouble {
    /// What people are told: what happened, and what to do.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Off => "这个登录渠道没有启用或已经停用，请用其他方式登录。",
            Self::NotReachable => "对方的登录服务暂时连不上，请过一会儿再试，或用其他方式登录。",
            Self::Cancelled => "您在对方那里取消了登录，或对方没有同意。本站没有得到您的任何信息。",
            Self::Late => "登录用的时间太长，或者这个回执已经用过，请重新登录一次。",
            Self::NotHere => "这个登录回执不是给这个浏览器的。请在同一个浏览器里重新登录一次。",
            Self::Doubted(Doubt::Refused) => "对方没有认可这次登录：回执可能用过了，或者已经过期。请重新登录一次。",
            Self::Inside => "这个登录渠道只在微信里能用。请在微信里打开本站，或用其他方式登录。",
            Self::Doubted(_) | Self::Mixed => {
                "对方的应答没有通过安全核对，没有登录。请重新登录一次；仍不行的，请用其他方式登录。"
            }
            Self::Officer => "您在本站有工作岗位，请用本站的账号和两步验证登录。",
        }
    }

    /// As logs name it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::NotReachable => "not_reachable",
            Self::Cancelled => "cancelled",
            Self::Late => "late",
            Self::NotHere => "not_here",
            Self::Doubted(doubt) => doubt.code(),
            Self::Mixed => "mixed",
            Self::Officer => "officer",
            Self::Inside => "outside_wechat",
        }
    }
}

/// Why it stops: what people are told, or a fault of the platform.
#[derive(Debug)]
pub(crate) enum Stop {
    Trouble(Trouble),
    Failed(Error),
}

impl From<Trouble> for Stop {
    fn from(it: Trouble) -> Self {
        Self::Trouble(it)
    }
}

impl From<Doubt> for Stop {
    fn from(it: Doubt) -> Self {
        Self::Trouble(Trouble::Doubted(it))
    }
}

impl From<Error> for Stop {
    fn from(it: Error) -> Self {
        Self::Failed(it)
    }
}

/// A parameter that comes twice is nobody's honest answer.
impl From<Denial> for Stop {
    fn from(_: Denial) -> Self {
        Self::Trouble(Trouble::Doubted(Doubt::Malformed))
    }
}

/// What comes of a step of the way.
pub(crate) type Trip<T> = std::result::Result<T, Stop>;

/// A form of these pairs.
pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The parameters of a query or a form.
pub(crate) fn parameters(text: &[u8]) -> Parameters {
    Parameters::of(form_urlencoded::parse(text).map(|it| (it.0.into_owned(), it.1.into_owned())).collect())
}

/// Forgets who did not come back, and what providers said of whoever did not decide.
pub(crate) async fn sweep(app: &App, ctx: &Ctx) -> Result<()> {
    let mut unit = Unit::new(ctx);
    unit.run(rows::TRIPS_SWEEP, args![ctx.now]);
    for row in app.db.query(rows::ARRIVALS_OVER, args![ctx.now, SWEPT]).await? {
        app.vault.destroy(&mut unit, &trip::arrival_holder(row.text("id")?));
        unit.run(rows::ARRIVAL_DONE, args![row.text("token")?]);
    }
    app.db.commit(unit).await?.or_stale("登录")
}
