//! `yiwang demo`: Bozhou in one command.

use crate::{
    outcome::Failed,
    settings::Settings,
};

/// Loads what is missing and serves.
pub(crate) async fn run(_settings: &Settings, _load_only: bool) -> Result<(), Failed> {
    Err(Failed::Platform("演示数据正在装配".to_owned()))
}
