//! How the area's things are replayed by `journal verify`. Each entry holds all that the record determines of its thing, so the
//! last one tells the thing.

use journal::{Record, Replay, Thing};
use kernel::{Error, Result};
use serde::{Serialize, de::DeserializeOwned};
use storage::{Row, Sql};

use crate::{
    model::{
        account::AccountState,
        authority::AuthorityFacts,
        closing::ClosingState,
        enterprise::EnterpriseState,
        factor::FactorState,
        leaving::LeavingState,
        mandate::MandateState,
        openid::{client::ClientState, consent::ConsentState, key::KeyState},
        party::{link::LinkState, provider::ProviderState},
        person::PersonState,
        post::HeldState,
        unit::UnitState,
    },
    service::kinds,
    store,
};

/// Things of one kind.
struct Things {
    prefix: &'static str,
    kinds: &'static [&'static str],
    rows: Sql,
    state: fn(&Row) -> Result<String>,
    canonical: fn(&str) -> Result<String>,
}

impl Replay for Things {
    fn prefix(&self) -> &'static str {
        self.prefix
    }

    fn rows(&self) -> Sql {
        self.rows
    }

    fn row(&self, row: &Row) -> Result<Thing> {
        Ok(Thing { subject: format!("{}{}", self.prefix, row.text("id")?), state: (self.state)(row)? })
    }

    fn replay(&self, entries: &[Record]) -> Result<Thing> {
        if let Some(strange) = entries.iter().find(|it| !self.kinds.contains(&it.kind.as_str())) {
            return Err(Error::internal(format!("{} knows no {}", strange.subject, strange.kind)));
        }
        let last = entries.last().ok_or_else(|| Error::internal("a thing without entries"))?;
        Ok(Thing { subject: last.subject.clone(), state: (self.canonical)(&last.body)? })
    }
}

fn json(state: &impl Serialize) -> Result<String> {
    serde_json::to_string(state).map_err(Error::internal)
}

fn canonical<T: Serialize + DeserializeOwned>(body: &str) -> Result<String> {
    json(&serde_json::from_str::<T>(body).map_err(Error::internal)?)
}

/// A system's state beside the column that its list goes by.
fn client(authority: &str, state: &ClientState) -> Result<String> {
    Ok(format!("{authority} {}", json(state)?))
}

/// Every kind of thing of the area.
pub(crate) fn all() -> Vec<Box<dyn Replay>> {
    let mut all = people();
    all.extend(officers());
    all.extend(openid());
    all.extend(party());
    all
}

/// Units, and who leaves when.
fn officers() -> Vec<Box<dyn Replay>> {
    vec![
        Box::new(Things {
            prefix: "org_unit:",
            kinds: &[kinds::UNIT_CREATED, kinds::UNIT_CHANGED, kinds::UNIT_MOVED, kinds::UNIT_ENDED],
            rows: store::units::UNIT_ROWS,
            state: |row| json(&store::units::state(row)?),
            canonical: canonical::<UnitState>,
        }),
        Box::new(Things {
            prefix: "closing:",
            kinds: &[kinds::CLOSING_ASKED, kinds::CLOSING_UNDONE, kinds::CLOSING_DONE],
            rows: store::closings::CLOSING_ROWS,
            state: |row| json(&store::closings::state(row)?),
            canonical: canonical::<ClosingState>,
        }),
        Box::new(Things {
            prefix: "leaving:",
            kinds: &[kinds::LEAVING_SET, kinds::LEFT],
            rows: store::leavings::LEAVING_ROWS,
            state: |row| json(&store::leavings::state(row)?),
            canonical: canonical::<LeavingState>,
        }),
    ]
}

/// Providers at which people sign in, and who is linked there.
fn party() -> Vec<Box<dyn Replay>> {
    vec![
        Box::new(Things {
            prefix: "provider:",
            kinds: &[kinds::PROVIDER_REGISTERED, kinds::PROVIDER_CHANGED],
            rows: store::party::PROVIDERS,
            state: |row| json(&store::party::provider(row)?.state),
            canonical: canonical::<ProviderState>,
        }),
        Box::new(Things {
            prefix: "link:",
            kinds: &[kinds::LINK_MADE, kinds::LINK_ENDED],
            rows: store::party::LINK_ROWS,
            state: |row| json(&store::party::link_state(row)?),
            canonical: canonical::<LinkState>,
        }),
    ]
}

/// The things of the OpenID Provider.
fn openid() -> Vec<Box<dyn Replay>> {
    vec![
        Box::new(Things {
            prefix: "client:",
            kinds: &[kinds::CLIENT_REGISTERED, kinds::CLIENT_CHANGED],
            rows: store::openid::clients::CLIENTS,
            state: |row| {
                let (authority, state) = store::openid::clients::state(row)?;
                client(&authority, &state)
            },
            canonical: |body| {
                let state: ClientState = serde_json::from_str(body).map_err(Error::internal)?;
                client(&state.authority.to_string(), &state)
            },
        }),
        Box::new(Things {
            prefix: "consent:",
            kinds: &[kinds::CONSENT_GIVEN, kinds::CONSENT_CHANGED, kinds::CONSENT_WITHDRAWN],
            rows: store::openid::consents::CONSENT_ROWS,
            state: |row| json(&store::openid::consents::state(row)?),
            canonical: canonical::<ConsentState>,
        }),
        Box::new(Things {
            prefix: "signing_key:",
            kinds: &[kinds::SIGNING_KEY_MADE, kinds::SIGNING_KEY_RETIRED],
            rows: store::openid::signing_keys::SIGNING_KEY_ROWS,
            state: |row| json(&store::openid::signing_keys::state(row)?),
            canonical: canonical::<KeyState>,
        }),
    ]
}

fn people() -> Vec<Box<dyn Replay>> {
    vec![
        Box::new(Things {
            prefix: "person:",
            kinds: &[
                kinds::PERSON_REGISTERED,
                kinds::LEVEL_CHANGED,
                kinds::PHONE_CHANGED,
                kinds::MAILBOX_CHANGED,
                kinds::PERSON_ERASED,
            ],
            rows: store::people::PERSON_ROWS,
            state: |row| json(&store::people::state(row)?),
            canonical: canonical::<PersonState>,
        }),
        Box::new(Things {
            prefix: "account:",
            kinds: &[kinds::ACCOUNT_OPENED, kinds::PASSWORD_CHANGED, kinds::ACCOUNT_CLOSED],
            rows: store::accounts::ACCOUNT_ROWS,
            state: |row| json(&store::accounts::state(row)?),
            canonical: canonical::<AccountState>,
        }),
        Box::new(Things {
            prefix: "factor:",
            kinds: &[kinds::FACTOR_SET, kinds::FACTOR_ENDED],
            rows: store::factors::FACTOR_ROWS,
            state: |row| json(&store::factors::state(row)?),
            canonical: canonical::<FactorState>,
        }),
        Box::new(Things {
            prefix: "authority:",
            kinds: &[kinds::AUTHORITY_CREATED, kinds::AUTHORITY_CHANGED],
            rows: store::authorities::AUTHORITY_ROWS,
            state: |row| json(&store::authorities::facts(row)?),
            canonical: canonical::<AuthorityFacts>,
        }),
        Box::new(Things {
            prefix: "post:",
            kinds: &[kinds::POST_GRANTED, kinds::POST_CHANGED, kinds::POST_ENDED],
            rows: store::posts::POST_ROWS,
            state: |row| json(&store::posts::state(row)?),
            canonical: canonical::<HeldState>,
        }),
        Box::new(Things {
            prefix: "enterprise:",
            kinds: &[kinds::ENTERPRISE_REGISTERED, kinds::ENTERPRISE_CHANGED],
            rows: store::enterprises::ENTERPRISE_ROWS,
            state: |row| json(&store::enterprises::state(row)?),
            canonical: canonical::<EnterpriseState>,
        }),
        Box::new(Things {
            prefix: "mandate:",
            kinds: &[kinds::MANDATE_GIVEN, kinds::MANDATE_OFFERED, kinds::MANDATE_ACCEPTED, kinds::MANDATE_ENDED],
            rows: store::mandates::MANDATE_ROWS,
            state: |row| json(&store::mandates::state(row)?),
            canonical: canonical::<MandateState>,
        }),
    ]
}
