//! The administrator's desk: providers at which people sign in to come in here (登录渠道).

use askama::Template;
use axum::extract::{Path, Query, State};
use kernel::{Fault, Id};
use webkit::{Access, Answer, App, Caller, Form, FormData, Page, Routes, Shell, flash, fresh_key, page};

use super::{again, fault, mendable};
use crate::{
    PROVIDERS,
    model::party::{
        alipay,
        new_provider::NewProvider,
        provider::{Dialect, Fields, Places, Provider, ProviderMark, ProviderState},
        wechat,
    },
    service::party::{
        providers::{self as service, Change},
        trip::back_address,
    },
};

pub(crate) fn routes() -> Routes {
    let may = Access::May(PROVIDERS);
    Routes::new()
        .get("/desk/providers", may, list)
        .post("/desk/providers", may, create)
        .get("/desk/providers/new", may, blank)
        .get("/desk/providers/{id}", may, show)
        .get("/desk/providers/{id}/edit", may, edit)
        .post("/desk/providers/{id}/edit", may, change)
        .post("/desk/providers/{id}/disabled", may, set_disabled)
}

/// One provider in the list.
pub(crate) struct ProviderLine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) dialect: &'static str,
    pub(crate) order: i64,
    pub(crate) disabled: bool,
    /// Whether its client id is still to come.
    pub(crate) pending: bool,
}

#[derive(Template)]
#[template(path = "providers.html")]
pub(crate) struct ProvidersPage {
    pub(crate) shell: Shell,
    pub(crate) providers: Vec<ProviderLine>,
}

async fn list(State(app): State<App>, it: Page) -> Answer {
    let line = |it: Provider| ProviderLine {
        pending: it.state.pending(),
        id: it.id.to_string(),
        name: it.state.name,
        dialect: it.state.dialect.name(),
        order: it.state.order,
        disabled: it.state.disabled,
    };
    let providers = service::list(&it.ctx, &app).await?.into_iter().map(line).collect();
    page(&ProvidersPage { shell: it.shell, providers })
}

#[derive(Template)]
#[template(path = "provider_form.html")]
pub(crate) struct ProviderFormPage {
    pub(crate) shell: Shell,
    pub(crate) action: String,
    pub(crate) title: String,
    /// Empty for a new one.
    pub(crate) version: String,
    /// Under which a new one is registered only once.
    pub(crate) key: String,
    pub(crate) new: NewProvider,
    pub(crate) faults: Vec<Fault>,
}

impl ProviderFormPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }

    /// The name of the dialect that is registered.
    fn dialect(&self) -> &'static str {
        self.new.dialect.name()
    }

    /// Whether it is this dialect: each asks for what it needs.
    fn speaks(&self, dialect: &str) -> bool {
        self.new.dialect.code() == dialect
    }

    /// Whether it is one vendor's.
    fn vendor(&self) -> bool {
        self.new.dialect.vendor()
    }

    /// Whether one of the addresses that are folded away is wrong.
    fn faulty_place(&self) -> bool {
        ["authorize", "inside", "token"].iter().any(|it| !self.fault(it).is_empty())
    }

    /// By which of a vendor's numbers a person can be known.
    fn subjects(&self) -> Vec<(&'static str, &'static str)> {
        match self.new.dialect {
            Dialect::Wechat => vec![
                (wechat::UNIONID, "unionid：同一开放平台账号下的网站应用和公众号都相同"),
                (wechat::OPENID, "openid：只在这一个应用或公众号里不变"),
            ],
            _ => vec![
                (alipay::OPEN_ID, "open_id：新建的应用得到的编号"),
                (alipay::USER_ID, "user_id：较早的应用得到的编号（2088 开头）"),
            ],
        }
    }

    fn blank(shell: Shell, key: String, new: NewProvider, faults: Vec<Fault>) -> Self {
        let (action, title) = ("/desk/providers".to_owned(), "登记登录渠道".to_owned());
        Self { shell, action, title, version: String::new(), key, new, faults }
    }

    fn editing(shell: Shell, it: &Provider, new: NewProvider, faults: Vec<Fault>) -> Self {
        let (action, title) = (format!("/desk/providers/{}/edit", it.id), format!("修改{}", it.state.name));
        Self { shell, action, title, version: it.head.version.to_string(), key: String::new(), new, faults }
    }
}

fn typed(form: &FormData) -> NewProvider {
    let text = |name: &str| form.text(name).to_owned();
    NewProvider {
        name: text("name"),
        dialect: Dialect::ALL.into_iter().find(|it| it.code() == form.text("dialect")).unwrap_or_default(),
        issuer: text("issuer"),
        client: text("client"),
        secret: text("secret"),
        inside_client: text("inside_client"),
        inside_secret: text("inside_secret"),
        public_key: text("public_key"),
        scopes: text("scopes"),
        places: Places {
            authorize: text("authorize"),
            token: text("token"),
            userinfo: text("userinfo"),
            inside: text("inside"),
        },
        fields: Fields {
            subject: text("subject_field"),
            name: text("name_field"),
            number: text("number_field"),
            mobile: text("mobile_field"),
            level: text("level_field"),
        },
        levels: text("levels"),
        two_factors: text("two_factors"),
        officers: form.has("officers"),
        order: form.text("order").trim().parse().unwrap_or(0),
    }
}

fn as_typed(it: &ProviderState) -> NewProvider {
    let levels: Vec<_> = it.levels.iter().map(|row| format!("{}={}", row.0, row.1)).collect();
    NewProvider {
        name: it.name.clone(),
        dialect: it.dialect,
        issuer: it.issuer.clone(),
        client: it.client.clone(),
        secret: String::new(),
        inside_client: it.vendor.inside_client.clone(),
        inside_secret: String::new(),
        public_key: it.vendor.public_key.clone(),
        scopes: it.scopes.clone(),
        places: it.places.clone(),
        fields: it.fields.clone(),
        levels: levels.join("\n"),
        two_factors: it.two_factors.join("\n"),
        officers: it.officers,
        order: it.order,
    }
}

/// What a new one begins with: the names of OpenID Connect Core section 5.1, and of this platform's own provider; of a vendor what it
/// publishes.
fn first(dialect: Dialect) -> NewProvider {
    let text = |it: &str| it.to_owned();
    let (name, subject, scopes) = match dialect {
        Dialect::Oidc | Dialect::Oauth2 => ("", "sub", "openid profile"),
        Dialect::Wechat => ("微信", wechat::UNIONID, ""),
        Dialect::Alipay => ("支付宝", alipay::OPEN_ID, alipay::SCOPE),
    };
    let places = match dialect {
        Dialect::Oidc | Dialect::Oauth2 => Places::default(),
        Dialect::Wechat => Places {
            authorize: text(wechat::QR),
            inside: text(wechat::INSIDE),
            token: text(wechat::TOKEN),
            userinfo: String::new(),
        },
        Dialect::Alipay => {
            Places { authorize: text(alipay::AUTHORIZE), token: text(alipay::GATEWAY), ..Places::default() }
        }
    };
    let fields = Fields {
        subject: text(subject),
        name: text("name"),
        number: text("citizen_number"),
        mobile: text("phone_number"),
        level: text("real_name_level"),
    };
    NewProvider { name: text(name), dialect, places, fields, scopes: text(scopes), order: 1, ..NewProvider::default() }
}

/// Which dialect a new provider speaks is chosen before its form: each form asks for what its dialect needs and nothing else.
#[derive(Template)]
#[template(path = "provider_choice.html")]
pub(crate) struct ProviderChoicePage {
    pub(crate) shell: Shell,
}

#[derive(serde::Deserialize)]
struct DialectAsk {
    #[serde(default)]
    dialect: String,
}

async fn blank(it: Page, Query(ask): Query<DialectAsk>) -> Answer {
    match Dialect::ALL.into_iter().find(|dialect| dialect.code() == ask.dialect) {
        Some(dialect) => {
            let key = fresh_key(&it.ctx);
            page(&ProviderFormPage::blank(it.shell, key, first(dialect), Vec::new()))
        }
        None => page(&ProviderChoicePage { shell: it.shell }),
    }
}

async fn create(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    let new = typed(&form);
    match service::register(&it.ctx, &app, form.text("key"), &new).await {
        Ok(id) => Ok(flash(&format!("/desk/providers/{id}"), "done", "登录渠道已登记。")),
        Err(error) => {
            let (faults, key) = (mendable(error)?, form.text("key").to_owned());
            again(page(&ProviderFormPage::blank(it.shell, key, unsecret(new), faults)))
        }
    }
}

/// A secret is never shown again.
fn unsecret(new: NewProvider) -> NewProvider {
    NewProvider { secret: String::new(), inside_secret: String::new(), ..new }
}

#[derive(Template)]
#[template(path = "provider.html")]
pub(crate) struct ProviderPage {
    pub(crate) shell: Shell,
    pub(crate) id: String,
    pub(crate) version: i64,
    pub(crate) provider: ProviderView,
}

/// What is registered of a provider, in words.
pub(crate) struct ProviderView {
    pub(crate) name: String,
    pub(crate) dialect: &'static str,
    /// Whether it is one vendor's.
    pub(crate) vendor: bool,
    /// Whether it publishes what it is, and tells of sessions that end.
    pub(crate) oidc: bool,
    pub(crate) issuer: String,
    pub(crate) client: String,
    pub(crate) has_secret: bool,
    /// The official account of WeChat; empty: there is none.
    pub(crate) inside: String,
    /// By which field a person is known.
    pub(crate) subject: String,
    pub(crate) scopes: String,
    /// 「对方的值：这里的等级」.
    pub(crate) levels: Vec<(String, &'static str)>,
    pub(crate) two_factors: Vec<String>,
    pub(crate) officers: bool,
    pub(crate) disabled: bool,
    /// What the provider must know of us.
    pub(crate) back: String,
    pub(crate) logout: String,
    pub(crate) home: String,
}

fn view(it: &Provider, app: &App) -> ProviderView {
    let state = &it.state;
    let words = |row: &(String, i64)| (row.0.clone(), crate::model::level::words(row.1));
    ProviderView {
        name: state.name.clone(),
        dialect: state.dialect.name(),
        vendor: state.dialect.vendor(),
        oidc: state.dialect == Dialect::Oidc,
        issuer: state.issuer.clone(),
        client: state.client.clone(),
        has_secret: state.secret.is_some(),
        inside: state.vendor.inside_client.clone(),
        subject: state.fields.subject.clone(),
        scopes: state.scopes.clone(),
        levels: state.levels.iter().map(words).collect(),
        two_factors: state.two_factors.clone(),
        officers: state.officers,
        disabled: state.disabled,
        back: back_address(app, it.id),
        logout: format!("{}/login/at/{}/logout", app.site.address, it.id),
        home: format!("{}/", app.site.address),
    }
}

async fn show(State(app): State<App>, it: Page, Path(id): Path<Id<ProviderMark>>) -> Answer {
    let found = service::get_administered(&it.ctx, &app, id).await?;
    let (version, provider) = (found.head.version, view(&found, &app));
    page(&ProviderPage { shell: it.shell, id: id.to_string(), version, provider })
}

async fn edit(State(app): State<App>, it: Page, Path(id): Path<Id<ProviderMark>>) -> Answer {
    let found = service::get_administered(&it.ctx, &app, id).await?;
    page(&ProviderFormPage::editing(it.shell, &found, as_typed(&found.state), Vec::new()))
}

async fn change(State(app): State<App>, it: Page, Path(id): Path<Id<ProviderMark>>, Form(form): Form) -> Answer {
    let (new, version) = (typed(&form), form.version()?);
    match service::change(&it.ctx, &app, (id, version), Change::Facts(&new)).await {
        Ok(()) => Ok(flash(&format!("/desk/providers/{id}"), "done", "登录渠道的登记已修改。")),
        Err(error) => {
            let faults = mendable(error)?;
            let found = service::get_administered(&it.ctx, &app, id).await?;
            let (dialect, issuer) = (found.state.dialect, found.state.issuer.clone());
            let new = NewProvider { dialect, issuer, ..unsecret(new) };
            let shown = ProviderFormPage::editing(it.shell, &found, new, faults);
            again(page(&ProviderFormPage { version: version.to_string(), ..shown }))
        }
    }
}

async fn set_disabled(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<ProviderMark>>,
    Form(form): Form,
) -> Answer {
    let disabled = form.text("disabled") == "yes";
    service::change(&ctx, &app, (id, form.version()?), Change::Disabled(disabled)).await?;
    let words = if disabled {
        "登录渠道已停用，谁也不能再用它登录。"
    } else {
        "登录渠道已恢复使用。"
    };
    Ok(flash(&format!("/desk/providers/{id}"), "done", words))
}
