//! The demo's cases, lived one act after the other through the same service as everybody's.

use crate::{demo::loader::Loading, outcome::Failed};

/// Lives every case of the demo.
pub(crate) async fn live(_loading: &Loading<'_>) -> Result<(), Failed> {
    Ok(())
}
