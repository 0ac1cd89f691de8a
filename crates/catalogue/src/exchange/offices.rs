//! Whose items a row speaks of: bodies by code and by name, and whether the actor keeps their catalogue.

use std::collections::HashMap;

use kernel::{Authority, Ctx, Id, PAGE_MAX, PageAsk, Permission, Result, Scope, Who};
use standards::{CreditCode, DivisionCode};
use storage::Db;

use crate::store::folded;

/// What is known of a body.
#[derive(Clone)]
pub(crate) struct Body {
    pub(crate) name: String,
    pub(crate) code: String,
    pub(crate) division: DivisionCode,
}

/// All bodies of the site.
pub(crate) struct Bodies {
    all: HashMap<Id<Authority>, Body>,
    by_code: HashMap<String, Id<Authority>>,
    by_name: HashMap<String, Vec<Id<Authority>>>,
}

impl Bodies {
    /// All bodies of the site.
    ///
    /// # Errors
    /// If the engine fails.
    pub(crate) async fn read(db: &Db) -> Result<Self> {
        let mut out = Self { all: HashMap::new(), by_code: HashMap::new(), by_name: HashMap::new() };
        let mut ask = PageAsk { after: None, limit: PAGE_MAX };
        loop {
            let page = identity::authority_list(db, &ask).await?;
            for it in page.items {
                let Ok(division) = DivisionCode::parse(&it.facts.division) else { continue };
                for name in [&it.facts.name, &it.facts.short_name].into_iter().filter(|it| !it.is_empty()) {
                    out.by_name.entry(folded(name)).or_default().push(it.id);
                }
                if !it.facts.uscc.is_empty() {
                    out.by_code.insert(it.facts.uscc.clone(), it.id);
                }
                out.all.insert(it.id, Body { name: it.facts.name, code: it.facts.uscc, division });
            }
            let Some(next) = page.next else { return Ok(out) };
            ask.after = Some(next.parse()?);
        }
    }

    /// One body.
    pub(crate) fn get(&self, id: Id<Authority>) -> Option<&Body> {
        self.all.get(&id)
    }

    /// The body that a row names; `None`: it names none.
    ///
    /// # Errors
    /// In Chinese, why no body of the site is meant.
    pub(crate) fn named(
        &self,
        (code, name): (&str, &str),
        default: Option<Id<Authority>>,
    ) -> std::result::Result<Option<Id<Authority>>, String> {
        let by_code = CreditCode::parse(code).ok().and_then(|it| self.by_code.get(it.as_str()).copied());
        if let Some(id) = by_code {
            return Ok(Some(id));
        }
        if name.is_empty() {
            return if code.is_empty() { Ok(None) } else { Err("没有这个编码的实施主体".to_owned()) };
        }
        let named = self.by_name.get(&folded(name)).map_or(&[][..], Vec::as_slice);
        match named {
            [] => Err("没有这个实施主体".to_owned()),
            [one] => Ok(Some(*one)),
            several => match default.filter(|it| several.contains(it)) {
                Some(id) => Ok(Some(id)),
                None => Err("同名的实施主体不止一个，请写明统一社会信用代码".to_owned()),
            },
        }
    }
}

/// Whether the actor may do this there. The platform's own workers and the command line may.
pub(crate) fn may(ctx: &Ctx, permission: Permission, authority: Option<Id<Authority>>) -> bool {
    let scope = authority.map_or(Scope::SITE, Scope::authority);
    matches!(ctx.actor.who, Who::System(_)) || ctx.may(permission, &scope).is_ok()
}
