//! The administrator's desk: systems of others that use the accounts or the API (接入系统).

use askama::Template;
use axum::extract::{Path, Query, State};
use kernel::{Authority, Client as ClientMark, Ctx, Fault, Id, PageAsk, Scope as Realm};
use webkit::{
    Access, Answer, App, Caller, Form, FormData, Listing, Page, Routes, Shell, address, asked, filter_of, flash,
    fresh_key, page,
};

use super::{
    again,
    client_posts::{self, ClientPost},
    fault, mendable,
};
use crate::{
    CONNECT, SiteCallers,
    model::openid::{
        client::{Allowed, Client, ClientState, Kind, NewClient, Proof},
        key::Algorithm,
        scope::SCOPES,
    },
    service::{
        authorities::{authorities, authority, authority_search, find_authority_by_uscc},
        openid::{
            clients::{self as service, Change},
            issuer, keys,
        },
    },
};

pub(crate) fn routes() -> Routes {
    let may = Access::May(CONNECT);
    Routes::new()
        .get("/desk/clients", may, list)
        .post("/desk/clients", may, create)
        .get("/desk/clients/new", may, blank)
        .get("/desk/clients/keys", may, signing_keys)
        .post("/desk/clients/keys", may, renew_keys)
        .get("/desk/clients/{id}", may, show)
        .get("/desk/clients/{id}/edit", may, edit)
        .post("/desk/clients/{id}/edit", may, change)
        .post("/desk/clients/{id}/secret", may, renew_secret)
        .post("/desk/clients/{id}/secret/drop", may, drop_secret)
        .post("/desk/clients/{id}/disabled", may, set_disabled)
        .post("/desk/clients/{id}/posts", may, client_posts::grant)
        .post("/desk/clients/{id}/posts/end", may, client_posts::end)
}

/// One system in the list.
pub(crate) struct ClientLine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) office: String,
    pub(crate) kind: &'static str,
    pub(crate) disabled: bool,
}

#[derive(Template)]
#[template(path = "clients.html")]
pub(crate) struct ClientsPage {
    pub(crate) shell: Shell,
    pub(crate) clients: Vec<ClientLine>,
    /// Whether the caller may see the whole site.
    pub(crate) whole: bool,
    /// Whose they are, as the address has it.
    pub(crate) asked: String,
    pub(crate) next: String,
    pub(crate) first: String,
}

#[derive(serde::Deserialize)]
pub(crate) struct ListAsk {
    authority: Option<Id<Authority>>,
    after: Option<String>,
}

impl ListAsk {
    /// Whose systems are meant; `None`: those of the whole site.
    fn at(&self, ctx: &Ctx) -> Option<Id<Authority>> {
        if ctx.may(CONNECT, &Realm::SITE).is_ok() {
            return self.authority;
        }
        // Who administers a branch sees the branch.
        let own = ctx.actor.grants.iter().find(|it| it.permission == CONNECT.code).and_then(|it| it.authority);
        self.authority.or(own)
    }
}

async fn lines(
    ctx: &Ctx,
    app: &App,
    at: Option<Id<Authority>>,
    ask: &PageAsk,
) -> kernel::Result<kernel::Page<ClientLine>> {
    let found = service::list(ctx, app, at, ask).await?;
    let places: Vec<_> = found.items.iter().map(|it| it.state.authority).collect();
    let places = authorities(&app.db, &places).await?;
    Ok(found.map(|it| ClientLine {
        id: it.id.to_string(),
        office: places.get(&it.state.authority).map(|it| it.facts.name.clone()).unwrap_or_default(),
        kind: it.state.kind.name(),
        disabled: it.state.disabled,
        name: it.state.name,
    }))
}

/// The list as it is written out.
pub(super) const LISTING: Listing = Listing {
    code: "identity.clients",
    name: "接入系统",
    page: "/desk/clients",
    needs: &[CONNECT],
    columns: &[("名称", 36), ("所属单位", 36), ("种类", 20), ("状态", 12), ("系统标识", 40)],
    rows: |ctx, app, query, ask| Box::pin(rows(ctx, app, query, ask)),
};

async fn rows(ctx: &Ctx, app: &App, query: &str, ask: &PageAsk) -> kernel::Result<kernel::Page<Vec<String>>> {
    let at = filter_of::<ListAsk>(query)?.at(ctx);
    let found = lines(ctx, app, at, ask).await?;
    Ok(found.map(|it| {
        let state = if it.disabled { "已停用" } else { "使用中" };
        vec![it.name, it.office, it.kind.to_owned(), state.to_owned(), it.id]
    }))
}

async fn list(State(app): State<App>, it: Page, Query(ask): Query<ListAsk>) -> Answer {
    let at = ask.at(&it.ctx);
    let found = lines(&it.ctx, &app, at, &PageAsk::from_query(ask.after.as_deref(), None)?).await?;
    let whose = at.map(|it| it.to_string()).unwrap_or_default();
    let here = |after: &str| address("/desk/clients", &[("authority", &whose), ("after", after)]);
    page(&ClientsPage {
        whole: at.is_none(),
        clients: found.items,
        asked: asked(&[("authority", &whose)]),
        next: found.next.map(|next| here(&next)).unwrap_or_default(),
        first: if ask.after.is_some() { here("") } else { String::new() },
        shell: it.shell,
    })
}

/// A scope with its box and its purpose.
pub(crate) struct ScopeField {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) words: &'static str,
    pub(crate) ticked: bool,
    pub(crate) purpose: String,
    pub(crate) fault: String,
}

#[derive(Template)]
#[template(path = "client_form.html")]
pub(crate) struct ClientFormPage {
    pub(crate) shell: Shell,
    pub(crate) action: String,
    pub(crate) title: String,
    /// Empty for a new system.
    pub(crate) version: String,
    /// Under which a new one is registered only once.
    pub(crate) key: String,
    /// The office, as typed; not asked for again afterwards.
    pub(crate) office: String,
    pub(crate) kind: Kind,
    pub(crate) new: NewClient,
    pub(crate) scopes: Vec<ScopeField>,
    pub(crate) faults: Vec<Fault>,
}

impl ClientFormPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }

    fn kinds(&self) -> Vec<(&'static str, &'static str)> {
        Kind::ALL.iter().map(|it| (it.code(), it.name())).collect()
    }

    fn of(shell: Shell, new: NewClient, faults: Vec<Fault>) -> Self {
        let field = |it: &crate::model::openid::scope::Scope| {
            let chosen = new.scopes.iter().find(|allowed| allowed.scope == it.code);
            ScopeField {
                code: it.code,
                name: it.name,
                words: it.words,
                ticked: chosen.is_some(),
                purpose: chosen.map(|it| it.purpose.clone()).unwrap_or_default(),
                fault: fault(&faults, &format!("purpose-{}", it.code)).to_owned(),
            }
        };
        let (action, title) = ("/desk/clients".to_owned(), "登记接入系统".to_owned());
        let (version, key, office) = (String::new(), String::new(), String::new());
        let (scopes, kind) = (SCOPES.iter().map(field).collect(), new.kind);
        Self { shell, action, title, version, key, office, kind, new, scopes, faults }
    }

    fn editing(mut self, it: &Client) -> Self {
        self.action = format!("/desk/clients/{}/edit", it.id);
        self.title = format!("修改{}", it.state.name);
        self.version = it.head.version.to_string();
        self.kind = it.state.kind;
        self
    }
}

fn typed(form: &FormData) -> NewClient {
    let text = |name: &str| form.text(name).to_owned();
    let scopes = form
        .all("scopes")
        .into_iter()
        .map(|it| Allowed { scope: it.to_owned(), purpose: form.text(&format!("purpose-{it}")).to_owned() });
    NewClient {
        name: text("name"),
        kind: Kind::ALL.into_iter().find(|it| it.code() == form.text("kind")).unwrap_or_default(),
        by_key: form.has("by_key"),
        keys: text("keys"),
        redirects: text("redirects"),
        logout_redirects: text("logout_redirects"),
        backchannel: text("backchannel"),
        scopes: scopes.collect(),
        rsa: form.has("rsa"),
        sector: text("sector"),
        officers_only: form.has("officers_only"),
        must_push: form.has("must_push"),
        inspects: form.has("inspects"),
    }
}

fn as_typed(it: &ClientState) -> NewClient {
    NewClient {
        name: it.name.clone(),
        kind: it.kind,
        by_key: it.proof == Proof::Key,
        keys: it.keys.clone(),
        redirects: it.redirects.join("\n"),
        logout_redirects: it.logout_redirects.join("\n"),
        backchannel: it.backchannel.clone(),
        scopes: it.scopes.clone(),
        rsa: it.alg == Algorithm::Rs256,
        sector: it.sector.clone(),
        officers_only: it.officers_only,
        must_push: it.must_push,
        inspects: it.inspects,
    }
}

async fn blank(it: Page) -> Answer {
    let key = fresh_key(&it.ctx);
    let openid = Allowed { scope: "openid".to_owned(), purpose: String::new() };
    let new = NewClient { scopes: vec![openid], ..NewClient::default() };
    page(&ClientFormPage { key, ..ClientFormPage::of(it.shell, new, Vec::new()) })
}

/// The authority that these words name: its code, or its whole name.
async fn office(app: &App, words: &str) -> kernel::Result<Id<Authority>> {
    let by_code = find_authority_by_uscc(&app.db, words).await?;
    let found = match by_code {
        Some(found) => Some(found),
        None if words.is_empty() => None,
        None => {
            let named = authority_search(&app.db, words, &PageAsk { after: None, limit: 20 }).await?;
            named.items.into_iter().find(|it| it.facts.name == words)
        }
    };
    let unknown = "没有这个实施主体，请填写它的全称或统一社会信用代码。";
    found.map(|it| it.id).ok_or_else(|| kernel::Error::invalid("office", unknown))
}

async fn create(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    let new = typed(&form);
    let done = async {
        let office = office(&app, form.text("office")).await?;
        service::register(&it.ctx, &app, (office, form.text("key")), &new).await
    };
    match done.await {
        Ok((id, Some(secret))) => told(it.shell, id, new.name, secret),
        Ok((id, None)) => Ok(flash(&format!("/desk/clients/{id}"), "done", "接入系统已登记。")),
        Err(error) => {
            let (key, office) = (form.text("key").to_owned(), form.text("office").to_owned());
            let form = ClientFormPage::of(it.shell, new, mendable(error)?);
            again(page(&ClientFormPage { key, office, ..form }))
        }
    }
}

/// The page that shows a secret, once.
#[derive(Template)]
#[template(path = "client_secret.html")]
pub(crate) struct ClientSecretPage {
    pub(crate) shell: Shell,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) secret: String,
}

fn told(shell: Shell, id: Id<ClientMark>, name: String, secret: String) -> Answer {
    page(&ClientSecretPage { shell, id: id.to_string(), name, secret })
}

#[derive(Template)]
#[template(path = "client.html")]
pub(crate) struct ClientPage {
    pub(crate) shell: Shell,
    pub(crate) id: String,
    pub(crate) version: i64,
    pub(crate) client: ClientView,
    pub(crate) posts: Vec<ClientPost>,
    /// Kinds of post to grant, if it is a machine.
    pub(crate) kinds: Vec<(&'static str, &'static str)>,
    /// What was typed to grant one: the kind, and the item's name.
    pub(crate) typed: (String, String),
    pub(crate) faults: Vec<Fault>,
}

/// What is registered of a system, in words.
pub(crate) struct ClientView {
    pub(crate) name: String,
    pub(crate) office: String,
    pub(crate) issuer: String,
    pub(crate) kind: &'static str,
    pub(crate) proof: &'static str,
    pub(crate) redirects: Vec<String>,
    pub(crate) scopes: Vec<(&'static str, String)>,
    pub(crate) rules: Vec<&'static str>,
    pub(crate) machine: bool,
    pub(crate) by_secret: bool,
    /// Since when the present secret is good.
    pub(crate) secret_since: String,
    /// Until when the old one is good yet; empty: there is none.
    pub(crate) old_until: String,
    pub(crate) disabled: bool,
}

fn view(it: &ClientState, office: String, app: &App, now: kernel::Moment) -> ClientView {
    let rules = [
        (it.officers_only, "只许有岗位的工作人员登录"),
        (it.must_push, "登录请求须先推送（PAR）"),
        (it.inspects, "可以查验其他系统的令牌"),
        (it.alg == Algorithm::Rs256, "令牌用 RS256 签名"),
        (!it.backchannel.is_empty(), "会话结束时通知该系统"),
    ];
    let named = SCOPES.iter().filter_map(|scope| {
        let allowed = it.scopes.iter().find(|it| it.scope == scope.code)?;
        Some((scope.name, allowed.purpose.clone()))
    });
    let present = it.secrets.iter().find(|it| it.until.is_none());
    let old = it.secrets.iter().filter_map(|it| it.until).find(|until| *until > now);
    ClientView {
        name: it.name.clone(),
        office,
        issuer: issuer(app).to_owned(),
        kind: it.kind.name(),
        proof: match it.proof {
            Proof::Secret => "密钥字符串（client_secret）",
            Proof::Key => "自己的私钥签名（private_key_jwt）",
            Proof::Nothing => "不用密钥，只用 PKCE",
        },
        redirects: it.redirects.clone(),
        scopes: named.collect(),
        rules: rules.into_iter().filter(|it| it.0).map(|it| it.1).collect(),
        machine: it.kind == Kind::Machine,
        by_secret: it.proof == Proof::Secret,
        secret_since: present.map(|it| it.made_at.zh()).unwrap_or_default(),
        old_until: old.map(|it| it.zh()).unwrap_or_default(),
        disabled: it.disabled,
    }
}

impl ClientPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }
}

async fn show(State(app): State<App>, it: Page, Path(id): Path<Id<ClientMark>>) -> Answer {
    one(&app, it, id, (("", ""), Vec::new())).await
}

pub(super) async fn one(
    app: &App,
    it: Page,
    id: Id<ClientMark>,
    (typed, faults): ((&str, &str), Vec<Fault>),
) -> Answer {
    let found = service::get_administered(&it.ctx, app, id).await?;
    let office = authority(&app.db, found.state.authority).await?.facts.name;
    let callers = app.part::<SiteCallers>()?;
    let held = client_posts::lines(app, &found).await?;
    page(&ClientPage {
        id: id.to_string(),
        version: found.head.version,
        posts: held,
        kinds: callers.posts().iter().map(|it| (it.code, it.name)).collect(),
        typed: (typed.0.to_owned(), typed.1.to_owned()),
        client: view(&found.state, office, app, it.ctx.now),
        shell: it.shell,
        faults,
    })
}

async fn edit(State(app): State<App>, it: Page, Path(id): Path<Id<ClientMark>>) -> Answer {
    let found = service::get_administered(&it.ctx, &app, id).await?;
    page(&ClientFormPage::of(it.shell, as_typed(&found.state), Vec::new()).editing(&found))
}

async fn change(State(app): State<App>, it: Page, Path(id): Path<Id<ClientMark>>, Form(form): Form) -> Answer {
    let (new, version) = (typed(&form), form.version()?);
    match service::change(&it.ctx, &app, (id, version), Change::Facts(&new)).await {
        Ok(_) => Ok(flash(&format!("/desk/clients/{id}"), "done", "接入系统的登记已修改。")),
        Err(error) => {
            let faults = mendable(error)?;
            let found = service::get_administered(&it.ctx, &app, id).await?;
            let form = ClientFormPage::of(it.shell, new, faults).editing(&found);
            again(page(&ClientFormPage { version: version.to_string(), ..form }))
        }
    }
}

async fn renew_secret(State(app): State<App>, it: Page, Path(id): Path<Id<ClientMark>>, Form(form): Form) -> Answer {
    let made = service::change(&it.ctx, &app, (id, form.version()?), Change::Secret).await?;
    let name = service::get_administered(&it.ctx, &app, id).await?.state.name;
    told(it.shell, id, name, made.unwrap_or_default())
}

async fn drop_secret(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<ClientMark>>,
    Form(form): Form,
) -> Answer {
    service::change(&ctx, &app, (id, form.version()?), Change::DropOldSecret).await?;
    Ok(flash(&format!("/desk/clients/{id}"), "done", "旧密钥已停用。"))
}

async fn set_disabled(
    State(app): State<App>,
    Caller(ctx): Caller,
    Path(id): Path<Id<ClientMark>>,
    Form(form): Form,
) -> Answer {
    let disabled = form.text("disabled") == "yes";
    service::change(&ctx, &app, (id, form.version()?), Change::Disabled(disabled)).await?;
    let words = if disabled { "已停用，它的令牌立即失效。" } else { "已恢复使用。" };
    Ok(flash(&format!("/desk/clients/{id}"), "done", words))
}

/// One key that signs tokens.
pub(crate) struct KeyLine {
    pub(crate) kid: String,
    pub(crate) alg: &'static str,
    pub(crate) from: String,
    pub(crate) tone: &'static str,
    pub(crate) state: &'static str,
}

#[derive(Template)]
#[template(path = "client_keys.html")]
pub(crate) struct ClientKeysPage {
    pub(crate) shell: Shell,
    pub(crate) keys: Vec<KeyLine>,
    /// Whether the caller may change them.
    pub(crate) whole: bool,
}

async fn signing_keys(State(app): State<App>, it: Page) -> Answer {
    let ring = keys::ring(&it.ctx, &app).await?;
    let line = |key: &keys::SigningKey| {
        let current = ring.current(key.alg, it.ctx.now).is_some_and(|it| it.kid == key.kid);
        let (tone, state) = match key.use_from > it.ctx.now {
            _ if current => ("good", "正在使用"),
            true => ("info", "已公布，待用"),
            false => ("plain", "只用于验证"),
        };
        KeyLine { kid: key.kid.clone(), alg: key.alg.code(), from: key.use_from.zh(), tone, state }
    };
    let lines = ring.keys().iter().map(line).collect();
    page(&ClientKeysPage { whole: it.ctx.may(CONNECT, &Realm::SITE).is_ok(), shell: it.shell, keys: lines })
}

async fn renew_keys(State(app): State<App>, Caller(ctx): Caller, _: Form) -> Answer {
    ctx.may(CONNECT, &Realm::SITE)?;
    keys::renew(&ctx, &app).await?;
    Ok(flash("/desk/clients/keys", "done", "下一把密钥已公布，一天后开始使用。"))
}
