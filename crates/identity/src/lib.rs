//! Who is who: divisions, authorities, people, enterprises, accounts, sessions and posts; and sign-on for the systems of others
//! (OpenID Provider).
//!
//! Other areas ask here for names ([`names`]), a person's data ([`person_card`]), authorities ([`authority`], [`authorities`])
//! and divisions ([`division`], [`children`], [`path`]), and guard what they commit by the post it rests on ([`still_holds`]).
//! Personal data lies in the vault under `person:ID`; rows hold keyed digests.

mod api;
mod breached;
mod callers;
pub mod model;
mod pages;
mod passwords;
mod replay;
mod service;
mod store;
pub mod testing;

#[cfg(test)]
mod tests;

use kernel::{Permission, Post};
use webkit::{Area, Nav, Sweep};

pub use callers::{SiteCallers, callers};
pub use model::{
    account::NewAccount,
    authority::{Authority, AuthorityFacts},
    code::{CodePurpose, Recipient},
    division::{Division, ImportReport, RowFault},
    enterprise::{Enterprise, NewEnterprise},
    level::{Factor, Verdict},
    look::Purpose,
    mandate::{ITEMS_MAX, NewMandate, OneMatter, POWERS, Role, Standing, powers},
    person::{NewPerson, PersonCard, masked_mobile},
    post::NewPost,
    roster::{Counts, Trouble},
};
pub use pages::choice::{Choice, ChoiceAsk, Offer};
pub use service::{
    accounts::{create_account, first_administrator},
    authorities::{
        authorities, authority, authority_change, authority_list, authority_search, create_authority,
        create_listed_authority, find_authority_by_uscc,
    },
    codes::{CODE_GUARD, CodeClaim, prove as prove_code, send as send_code, used as code_used},
    colleagues::{COLLEAGUES_MAX, colleagues},
    divisions::{check_divisions, children, division, division_names, find_division, import_divisions, path},
    dossier::{Dossier, Dossiers, Hindrance, Section},
    enterprises::{Represented, add_agent, create_enterprise, enterprise, enterprises_of, find_enterprise_by_uscc},
    erasure::erase_person,
    guardians::{Declaration, declare as declare_guardian},
    items::{FOUND_MAX, ItemDirectory, ItemName, ItemNames},
    levels::{Answer, Question, Verifier, Verifiers, real_name_level},
    looks::{Look, look, look_told},
    mandates::{Acting, Charged, accept, acting, charged, decline, end, offer},
    messages::{
        MAIL as MAIL_MESSAGE, NOTICE_SECONDS as TEXT_SECONDS, Outgoing, SMS as SMS_MESSAGE, Texting, mail_person,
        outgoing, text_person, texts_ended,
    },
    names::{Names, holder_name, names, person_name, person_names},
    openid::{
        clients::{Connected, connected, is_connected, is_told_of},
        keys::{ShownKey, renew as renew_token_keys, token_keys},
        logout::{LogoutNotice, logout_notice},
    },
    party::{Errand, Fetcher, Fetching},
    people::{create_person, find_people_by_mobile, find_person_by_citizen_number, find_person_by_paper, person_card},
    posts::{end_post, grant_post, still_holds},
    reach::{Meant, Reach},
    registers::{EnterpriseQuestion, Register, Registered, Registers, claim},
    roster::{Progress, RosterReport, import_officers},
    tries::count_question,
};
pub use sheets::Source;

/// To manage people, posts and authorities (管理人员岗位), at one authority or for the whole site.
pub const ADMINISTER: Permission = Permission::post("identity.administer", "管理人员岗位").when_proven();
/// To vouch at a window for whom one sees (窗口核验身份): real-name levels, mandates of who stands there, guardians.
pub const VERIFY: Permission = Permission::post("identity.verify", "窗口核验身份");
/// To let systems of others use the accounts and the API (管理接入系统), at one authority or for the whole site.
pub const CONNECT: Permission = Permission::post("identity.connect", "管理接入系统").when_proven();
/// To say at which providers people may sign in to come in here (管理登录渠道), for the whole site.
pub const PROVIDERS: Permission = Permission::post("identity.providers", "管理登录渠道").when_proven();
/// To see and change one's own account; whoever is signed in may.
pub const OWN: Permission = Permission::holder("identity.own", "管理本人账号");
/// To change how one signs in; whoever is signed in may, after proving who it is.
pub const FACTORS: Permission = Permission::holder("identity.factors", "更改登录方式").when_proven();
/// To get all that is held of oneself, and to close one's account; whoever is signed in may, after proving who it is.
pub const DATA: Permission = Permission::holder("identity.data", "导出本人信息、注销账号").when_proven();
/// The kind of outbox message that [`logout_notice`] makes a request of.
pub const LOGOUT_MESSAGE: &str = service::openid::logout::MESSAGE;
/// What of the world outside the site the program has been told of by its settings; one of the site's own parts
/// ([`webkit::Parts::own`]). A site without this part has none of it.
#[derive(Debug, Clone, Default)]
pub struct Means {
    /// Whether messages to telephones have a gateway.
    pub sms: bool,
    /// Whether messages to mailboxes have a server.
    pub mail: bool,
    /// The operator's copy of a list of breached passwords, ordered by SHA-1.
    pub breached_passwords: Option<std::path::PathBuf>,
}

/// The administrator's post.
pub const ADMIN: Post =
    Post { code: "admin", name: "人员管理", permissions: &[ADMINISTER, CONNECT, PROVIDERS], apart: &[] };

/// The area.
pub const AREA: Area = Area {
    routes: || pages::routes().merge(api::routes()),
    migrations: store::MIGRATIONS,
    sql: store::SQL,
    posts: &[ADMIN],
    replays: replay::all,
    sweeps: &[
        Sweep {
            name: "identity.sessions",
            every_s: 3_600,
            run: |app, ctx| Box::pin(service::accounts::sweep(app, ctx)),
        },
        Sweep { name: "identity.messages", every_s: 300, run: |app, ctx| Box::pin(service::messages::sweep(app, ctx)) },
        Sweep {
            name: "identity.mandates",
            every_s: 3_600,
            run: |app, ctx| Box::pin(service::mandates::sweep(app, ctx)),
        },
        Sweep { name: "identity.leavings", every_s: 60, run: |app, ctx| Box::pin(service::leavings::sweep(app, ctx)) },
        Sweep {
            name: "identity.closings",
            every_s: 3_600,
            run: |app, ctx| Box::pin(service::closing::sweep(app, ctx)),
        },
        Sweep { name: "identity.factors", every_s: 300, run: |app, ctx| Box::pin(service::factors::sweep(app, ctx)) },
        Sweep { name: "identity.arrivals", every_s: 300, run: |app, ctx| Box::pin(service::party::sweep(app, ctx)) },
        Sweep { name: "identity.roster", every_s: 2, run: |app, ctx| Box::pin(service::roster::job::sweep(app, ctx)) },
        Sweep { name: "identity.tokens", every_s: 600, run: |app, ctx| Box::pin(service::openid::sweep(app, ctx)) },
        Sweep {
            name: "identity.logouts",
            every_s: 5,
            run: |app, ctx| Box::pin(service::openid::logout::sweep(app, ctx)),
        },
    ],
    lists: pages::LISTS,
    nav: &[
        Nav { href: "/desk/people", text: "人员岗位", needs: Some(ADMINISTER), order: 80 },
        Nav { href: "/desk/organisation", text: "机构", needs: Some(ADMINISTER), order: 80 },
        Nav { href: "/desk/verify", text: "核验身份", needs: Some(VERIFY), order: 45 },
        Nav { href: "/desk/authorities", text: "实施主体", needs: Some(ADMINISTER), order: 81 },
        Nav { href: "/desk/clients", text: "接入系统", needs: Some(CONNECT), order: 82 },
        Nav { href: "/desk/providers", text: "登录渠道", needs: Some(PROVIDERS), order: 83 },
        Nav { href: "/me", text: "我的账号", needs: Some(OWN), order: 90 },
    ],
    samples: pages::samples,
    ..Area::empty("identity")
};
