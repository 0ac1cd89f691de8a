//! The desk of an enterprise, for its legal representative: who acts for it.

use askama::Template;
use axum::extract::{Path, Query, State};
use kernel::{Enterprise as EnterpriseMark, Fault, Holder, Id};
use webkit::{Answer, App, Form, FormData, Page, Shell, flash, page};

use super::{
    again, fault,
    mandates::{ListAsk, MandateView, views},
    mendable,
};
use crate::service::{
    enterprises::{self, Represented, enterprises_of},
    mandates, registers,
};

/// Where one's enterprises are.
pub(crate) const HERE: &str = "/me/enterprises";

#[derive(Template)]
#[template(path = "enterprises.html")]
pub(crate) struct EnterprisesPage {
    pub(crate) shell: Shell,
    pub(crate) enterprises: Vec<Represented>,
    /// The register that is asked, and what is said beside; empty: none on this site.
    pub(crate) register: String,
    pub(crate) caution: String,
    pub(crate) form: FormData,
    pub(crate) faults: Vec<Fault>,
}

impl EnterprisesPage {
    fn fault(&self, field: &str) -> &str {
        fault(&self.faults, field)
    }
}

async fn list_page(app: &App, it: Page, (form, faults): (FormData, Vec<Fault>)) -> kernel::Result<EnterprisesPage> {
    let Page { ctx, shell } = it;
    let enterprises = enterprises_of(&app.db, ctx.person()?, ctx.now.legal_date()).await?;
    let base = registers::register(app);
    let register = base.as_ref().map_or_else(String::new, |it| it.name().to_owned());
    let caution = base.as_ref().map_or_else(String::new, |it| it.caution().to_owned());
    Ok(EnterprisesPage { shell, enterprises, register, caution, form, faults })
}

pub(crate) async fn list(State(app): State<App>, it: Page) -> Answer {
    page(&list_page(&app, it, (FormData::default(), Vec::new())).await?)
}

pub(crate) async fn claim(State(app): State<App>, it: Page, Form(form): Form) -> Answer {
    match registers::claim(&it.ctx, &app, (form.text("uscc"), form.text("name"))).await {
        Ok(id) => Ok(flash(&format!("{HERE}/{id}"), "done", "已认领。要代表本单位办事，请在页面上方切换。")),
        Err(error) => {
            let faults = mendable(error)?;
            again(page(&list_page(&app, it, (form, faults)).await?))
        }
    }
}

#[derive(Template)]
#[template(path = "enterprise.html")]
pub(crate) struct EnterprisePage {
    pub(crate) shell: Shell,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) uscc: String,
    pub(crate) address: String,
    /// Its branches that are known here, as (name, code).
    pub(crate) branches: Vec<(String, String)>,
    /// Of a branch: the code of its head office.
    pub(crate) head_office: String,
    pub(crate) agents: Vec<MandateView>,
    pub(crate) next: String,
    pub(crate) first: String,
}

pub(crate) async fn show(
    State(app): State<App>,
    it: Page,
    Path(id): Path<Id<EnterpriseMark>>,
    Query(ask): Query<ListAsk>,
) -> Answer {
    let Page { ctx, shell } = it;
    let found = mandates::given(&ctx, &app, Holder::Enterprise(id), &ask.page()?).await?;
    let it = enterprises::enterprise(&app.db, id).await?;
    let (next, first) = ask.links(&format!("{HERE}/{id}"), found.next);
    let agents = views(&app, found.items, true).await?;
    let branches = registers::branches(&app.db, &it.uscc).await?.into_iter().map(|it| (it.name, it.uscc)).collect();
    let (name, uscc, address, head_office) = (it.name, it.uscc, it.address, it.head_office.unwrap_or_default());
    page(&EnterprisePage { shell, id: id.to_string(), name, uscc, address, branches, head_office, agents, next, first })
}
