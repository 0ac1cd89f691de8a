//! The pages of signing in to systems of others, and of their desk, with made-up content.

use webkit::Sample;

use super::{NOON, fault, id, sample, shell};
use crate::{
    model::openid::client::{Kind, NewClient},
    pages::{
        client_posts::ClientPost,
        clients::{
            ClientFormPage, ClientKeysPage, ClientLine, ClientPage, ClientSecretPage, ClientView, ClientsPage, KeyLine,
            ScopeField,
        },
        openid::{ConsentPage, LeavePage, LogoutPage, ScopeLine, SystemsPage, TroublePage},
    },
    service::openid::consents::Connected,
};

/// What a person sees of signing in to another system.
pub(super) fn signing_in() -> Vec<Sample> {
    let text = |it: &str| it.to_owned();
    let line = |code, words, sensitive: bool| ScopeLine {
        code,
        words,
        purpose: text("核对申请人身份"),
        ticked: !sensitive,
        sensitive,
    };
    let consent = ConsentPage {
        shell: shell(),
        handle: text("handle"),
        name: text("不动产登记系统"),
        office: text("亳州市自然资源和规划局"),
        host: text("bdc.example.gov.cn"),
        scopes: vec![line("profile", "您的姓名", false), line("citizen_number", "您的公民身份号码", true)],
    };
    let address = text("https://bdc.example.gov.cn/callback?code=1&iss=2");
    let leave =
        LeavePage { shell: shell(), name: text("不动产登记系统"), address, fields: vec![("code", text("1"))] };
    let logout = LogoutPage { shell: shell(), name: text("不动产登记系统"), fields: vec![("state", text("1"))] };
    let connected =
        Connected { client: id(), name: text("不动产登记系统"), reads: text("登录、姓名"), since: NOON };
    vec![
        sample("openid_consent.html", &consent),
        sample("openid_leave.html", &leave),
        sample("openid_logout.html", &logout),
        sample("openid_systems.html", &SystemsPage { shell: shell(), systems: vec![connected] }),
        sample("openid_trouble.html", &TroublePage { shell: shell(), reason: "返回地址与登记的不一致。" }),
    ]
}

fn post() -> ClientPost {
    let text = |it: &str| it.to_owned();
    ClientPost {
        id: id::<()>().to_string(),
        name: text("受理"),
        item: text("食品经营许可"),
        scopes: text("cases.accept cases.file"),
    }
}

/// The desk of systems of others.
#[expect(clippy::too_many_lines, reason = "a sample of each page")]
pub(super) fn clients() -> Vec<Sample> {
    let text = |it: &str| it.to_owned();
    let name = text("不动产登记系统");
    let line = ClientLine {
        id: id::<()>().to_string(),
        name: name.clone(),
        office: text("亳州市自然资源和规划局"),
        kind: Kind::Web.name(),
        disabled: false,
    };
    let next = text("/desk/clients?after=1");
    let list = ClientsPage {
        shell: shell(),
        clients: vec![line],
        whole: true,
        asked: String::new(),
        next,
        first: String::new(),
    };
    let scope = ScopeField {
        code: "profile",
        name: "姓名",
        words: "您的姓名",
        ticked: true,
        purpose: text("核对申请人身份"),
        fault: String::new(),
    };
    let form = ClientFormPage {
        shell: shell(),
        action: text("/desk/clients"),
        title: text("登记接入系统"),
        version: String::new(),
        key: text("key"),
        office: String::new(),
        kind: Kind::Web,
        new: NewClient::default(),
        scopes: vec![scope],
        faults: fault("redirects"),
    };
    let view = ClientView {
        name: name.clone(),
        office: text("亳州市自然资源和规划局"),
        issuer: text("https://zwfw.example.gov.cn"),
        kind: Kind::Machine.name(),
        proof: "密钥字符串（client_secret）",
        redirects: vec![text("https://bdc.example.gov.cn/callback")],
        scopes: vec![("姓名", text("核对申请人身份"))],
        rules: vec!["令牌用 RS256 签名"],
        machine: true,
        by_secret: true,
        secret_since: text("2026年3月2日 12:00"),
        old_until: text("2026年3月9日 12:00"),
        disabled: false,
    };
    let client = ClientPage {
        shell: shell(),
        id: id::<()>().to_string(),
        version: 1,
        client: view,
        posts: vec![post()],
        kinds: vec![("accept", "受理")],
        typed: (text("accept"), String::new()),
        faults: fault("code"),
    };
    let (kid, from) = (id::<()>().to_string(), text("2026年3月2日 12:00"));
    let key = KeyLine { kid: kid.clone(), alg: "ES256", from, tone: "good", state: "正在使用" };
    let secret = ClientSecretPage { shell: shell(), id: kid, name, secret: text("yw_cs_sample") };
    vec![
        sample("clients.html", &list),
        sample("client_form.html", &form),
        sample("client.html", &client),
        sample("client_keys.html", &ClientKeysPage { shell: shell(), keys: vec![key], whole: true }),
        sample("client_secret.html", &secret),
    ]
}
