//! The pages of signing in at others, and of their desk, with made-up content.

use webkit::Sample;

use super::{NOON, fault, id, sample, shell};
use crate::{
    model::party::{
        new_provider::NewProvider,
        provider::{Dialect, Fields},
    },
    pages::{
        party::{ConfirmPage, FirstPage, LeftPage, LinksPage, TroublePage},
        providers::{ProviderChoicePage, ProviderFormPage, ProviderLine, ProviderPage, ProviderView, ProvidersPage},
    },
    service::party::{links::OwnLink, providers::Way},
};

const NAME: &str = "国家政务服务平台";

/// A way in by a provider.
pub(super) fn way() -> Way {
    Way { id: id(), name: NAME.to_owned() }
}

/// What people see.
pub(super) fn signing_in() -> Vec<Sample> {
    let (provider, name) = (NAME.to_owned(), "陈志远".to_owned());
    let told = vec![("姓名", name.clone()), ("公民身份号码", "3416************26".to_owned())];
    let first = FirstPage { shell: shell(), provider: provider.clone(), told: told.clone() };
    let bare = FirstPage { shell: shell(), provider: provider.clone(), told: Vec::new() };
    let confirm = ConfirmPage { shell: shell(), provider: provider.clone(), told, name };
    let link = OwnLink { id: id(), provider: id(), name: provider.clone(), since: NOON };
    let links = LinksPage { shell: shell(), links: vec![link], ways: vec![way()] };
    let address = "https://login.example.gov.cn/logout?client_id=1".to_owned();
    let left = LeftPage { shell: shell(), name: provider, address };
    let reason = "对方的登录服务暂时连不上，请过一会儿再试，或用其他方式登录。";
    vec![
        sample("party_trouble.html", &TroublePage { shell: shell(), reason }),
        sample("party_first.html", &first),
        sample("party_first.html", &bare),
        sample("party_confirm.html", &confirm),
        sample("party_links.html", &links),
        sample("party_links.html", &LinksPage { shell: shell(), links: Vec::new(), ways: Vec::new() }),
        sample("party_left.html", &left),
    ]
}

/// The desk.
pub(super) fn desk() -> Vec<Sample> {
    let text = |it: &str| it.to_owned();
    let dialect = Dialect::Oidc.name();
    let line = ProviderLine {
        id: id::<()>().to_string(),
        name: text(NAME),
        dialect,
        order: 1,
        disabled: false,
        pending: false,
    };
    let form = |dialect, subject: &str, field| ProviderFormPage {
        shell: shell(),
        action: text("/desk/providers"),
        title: text("登记登录渠道"),
        version: String::new(),
        key: text("key"),
        new: NewProvider {
            dialect,
            fields: Fields { subject: text(subject), ..Fields::default() },
            ..NewProvider::default()
        },
        faults: fault(field),
    };
    let view = ProviderView {
        name: text(NAME),
        dialect,
        vendor: false,
        oidc: true,
        issuer: text("https://login.example.gov.cn"),
        client: text("bozhou"),
        has_secret: true,
        inside: String::new(),
        subject: text("sub"),
        scopes: text("openid profile"),
        levels: vec![(text("3"), "三级（现场或人脸核验）")],
        two_factors: vec![text("mfa"), text("urn:mfa")],
        officers: true,
        disabled: false,
        back: text("https://zwfw.example.gov.cn/login/at/1/back"),
        logout: text("https://zwfw.example.gov.cn/login/at/1/logout"),
        home: text("https://zwfw.example.gov.cn/"),
    };
    let provider = ProviderPage { shell: shell(), id: id::<()>().to_string(), version: 1, provider: view };
    vec![
        sample("providers.html", &ProvidersPage { shell: shell(), providers: vec![line] }),
        sample("provider_choice.html", &ProviderChoicePage { shell: shell() }),
        sample("provider_form.html", &form(Dialect::Oidc, "", "issuer")),
        sample("provider_form.html", &form(Dialect::Oauth2, "", "token")),
        sample("provider_form.html", &form(Dialect::Wechat, "unionid", "inside_secret")),
        sample("provider_form.html", &form(Dialect::Alipay, "open_id", "public_key")),
        sample("provider.html", &provider),
    ]
}
